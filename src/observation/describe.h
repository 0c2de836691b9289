/* Short English for people: a value with its unit, a limit, a time of running, why a protocol is
 * silent. Callers free. */
#pragma once

#include "observation/observation.h"

/* "41 °C", "4200 rpm", "12.1 V", "99.98 %", "33.5 mA", "failed", "on mains" (of onMains), "not
 * fitted"; "-" where nothing was given. */
char *rv_describe_value(const RvSensor *sensor);
/* The same of another number of the sensor, as a limit, where value and limits are so small that
 * they are told in thousandths or millionths: "0.006 mW"; else NULL. */
char *rv_describe_small(const RvSensor *sensor, double value);
/* A number in the class's usual precision with the sensor's unit. */
char *rv_describe_number(const RvSensor *sensor, double value);
/* "warning ≤5 ≥45, critical ≤0 ≥55 °C"; "" where there are none. */
char *rv_describe_limits(const RvSensor *sensor);
/* "3 d 06:12:48"; "" below 0. */
char *rv_describe_duration(gint64 seconds);
/* "10 Gbit/s"; "over 4 Gbit/s" where a 32-bit number could not say more; "" below 1. */
char *rv_describe_speed(gint64 bits_per_second);
/* The word of the JSON form as people write it: "not asked". */
const char *rv_describe_reachability(RvReachability state);
/* "up in 41 ms", "down: no answer", "up in 41 ms, not whole: …". */
char *rv_describe_protocol(const RvProtocol *protocol);
/* Why it is not up, or not whole: its detail, else a sentence of the reason; NULL where all is
 * well.
 */
char *rv_describe_trouble(const RvProtocol *protocol);
