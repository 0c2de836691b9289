/* The words of files, JSON and commands for our enumerations. Untranslated. */
#pragma once

#include "observation/observation.h"

const char *rv_verdict_word(RvVerdict verdict); /* "ok" "warning" "critical" "unknown" */
gboolean rv_verdict_parse(const char *word, RvVerdict *verdict);
/* critical > unknown > warning > ok where `unknown` is worse than a warning for a person on call.
 */
RvVerdict rv_verdict_worst(RvVerdict a, RvVerdict b);

const char *rv_presence_word(RvPresence presence);
const char *rv_class_word(RvClass class); /* "temperature", "optical_power", … */
gboolean rv_class_parse(const char *word, RvClass *class);
const char *rv_class_unit(RvClass class);                 /* "°C", …; "" for state and count */
const char *rv_limits_source_word(RvLimitsSource source); /* "none" "device" "profile" "policy" */
const char *
rv_reachability_word(RvReachability state);  /* "up" "down" "unreachable" "blind" "not_asked" */
const char *rv_reason_word(RvReason reason); /* "no_answer", "credentials", … */
const char *rv_admin_status_word(RvAdminStatus status);
const char *rv_oper_status_word(RvOperStatus status);
/* The kind of part of a sensor: its group, else from its class. Never NULL. */
const char *rv_sensor_group(const RvSensor *sensor);
