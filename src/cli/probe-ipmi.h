/* Finding out how a BMC wants to be asked, without ever locking an account. */
#pragma once

#include "inventory/access.h"
#include "ipmi/answers.h"

/* Tries `given`, then what the BMC's refusals suggest: workarounds, lower privilege, IPMI 1.5. A
 * refused user or password ends it: that one attempt is all. Where something works, *works gets it
 * (caller frees), with the lowest privilege that reads sensors. The last answers are returned;
 * `trail` gets a sentence (char*) for each attempt. Blocks until `deadline_ms`
 * (rv_clock_monotonic_ms). NULL: the pool could not be made. */
RvIpmiAnswers *rv_probe_ipmi(const RvIpmiAccess *given, gint64 deadline_ms, RvIpmiAccess **works,
                             GPtrArray *trail, GError **error);

/* Words of the inventory: "2.0", "user". */
const char *rv_probe_version_word(RvIpmiVersion version);
const char *rv_probe_privilege_word(RvIpmiPrivilege privilege);
