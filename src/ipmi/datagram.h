/* Questions to a BMC outside any session: is it there, and why was a session refused. libfreeipmi
 * keeps such details to itself. */
#pragma once

#include "inventory/access.h"
#include "observation/observation.h"

/* Get Channel Authentication Capabilities, the one thing that every BMC answers to everybody (IPMI
 * 2.0 §22.13). Repeats every retransmission_ms, `timeout_ms` in all. RV_REASON_NONE: it answered.
 * *requests (may be NULL) counts up. Blocks. */
RvReason rv_ipmi_ping(const RvIpmiAccess *access, gint64 timeout_ms, guint *requests);

/* What it says to an RMCP+ Open Session Request for that cipher suite (§13.17): the status code of
 * table 13-15, -1 where it says nothing. Asked once. */
int rv_ipmi_open_status(const RvIpmiAccess *access, int cipher, gint64 timeout_ms);
