/* What an SDR record alone says about its sensor (IPMI 2.0 §43.1, §43.2), and how its numbers are
 * read (§36.3). Pure. */
#pragma once

#include "ipmi/answers.h"
#include "ipmi/sdr.h"

/* `sibling` 0 for the record's own sensor, n for the nth that shares it. NULL where the record
 * describes no sensor that can be asked. */
RvIpmiSensor *rv_ipmi_sensor_describe(const RvSdrRecord *record, guint sibling);

/* How many sensors share the record; 1: it is its own. */
guint rv_ipmi_sensor_shared(const RvSdrRecord *record);

/* y = L[(m·x + b·10^b_exponent) · 10^r_exponent] */
typedef struct {
    gint16 m, b;
    gint8 b_exponent, r_exponent;
    guint8 linearization, format; /* tables 43-1: 70h to 7Fh: factors must be asked; 0 to 2 */
} RvIpmiFactors;

/* FALSE where the record has none: compact, or not a number. */
gboolean rv_ipmi_factors(const RvSdrRecord *record, RvIpmiFactors *factors);
gboolean rv_ipmi_factors_must_be_asked(const RvIpmiFactors *factors);
/* Of Get Sensor Reading Factors (§35.5): six bytes after the next reading. They hold for one
 * reading, and no further linearization is due. */
void rv_ipmi_factors_set(RvIpmiFactors *factors, const guint8 *bytes);
/* NAN where the factors must be asked. */
double rv_ipmi_value(const RvIpmiFactors *factors, guint8 raw);
