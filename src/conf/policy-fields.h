/* Limits and expected parts, as they stand in the site file, in groups and at devices. Private to
 * this room. */
#pragma once

#include "conf/fields.h"
#include "observation/policy.h"

extern const RvField rv_policy_fields[];

/* A list of limits, put in front of `policies` (RvPolicyLimit*): what is nearer to the device
 * counts first. */
void rv_policies_read(RvReader *reader, const RvYamlNode *list, GPtrArray *policies);

/* A map of groups of parts and counts, into `expected` (RvExpected*), where a group that is there
 * already gets the new count. */
void rv_expected_read(RvReader *reader, const RvYamlNode *map, GPtrArray *expected);
