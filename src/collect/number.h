/* From a device's raw number to a value in the unit of its class. */
#pragma once

#include "collect/evaluate.h"

/* scale, offset, scale-by, precision, scale-enum, unit. NAN where the conversion has no result. */
double rv_number_scale(const RvScaling *scaling, const RvRow *row, RvClass class, double raw);
/* The unit that the row is in; NULL: the class's own. */
const RvUnit *rv_number_unit(const RvScaling *scaling, const RvRow *row);

/* The cell's raw numbers, before scaling: one, or with `numbers: all` each of the text. */
GArray *rv_number_raw(const RvSensorRule *rule, const RvVarbind *cell);
/* raw → value, with minus, plus, times, percent-of and scaling. */
double rv_number_value(const RvSensorRule *rule, const RvRow *row, RvClass class, double raw);

/* NAN where the row gives no such limit. */
double rv_number_limit(const RvLimitRule *limit, const RvSensorRule *rule, const RvRow *row,
                       RvClass class);
