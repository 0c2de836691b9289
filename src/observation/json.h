/* The JSON form of an Observation: what `check --format json` prints, tests compare and pollers
 * send. Fields may be added, never renamed (RFC 8259; NAN and missing are null). */
#pragma once

#include <jansson.h>

#include "observation/observation.h"

/* One line, without a line end; caller frees. */
char *rv_observation_to_json_line(const RvObservation *observation);
/* The same without what is not known (null there, which reading takes as the same): half as long.
 * For what only we read again. */
char *rv_observation_to_json_brief(const RvObservation *observation);
/* The inverse. RV_ERROR_DATA names the field that is wrong. */
RvObservation *rv_observation_from_json(const json_t *json, GError **error);
