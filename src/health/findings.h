/* Findings: what is not well with one device, worst first. Pure. */
#pragma once

#include "observation/observation.h"

typedef struct {
    RvVerdict verdict;
    const char *subject;    /* "PSU 2", "snmp"; borrowed from the observation */
    char *value;            /* "failed", "71 °C", "down" */
    char *reason;           /* one sentence; may be NULL */
    const RvSensor *sensor; /* borrowed; NULL: a protocol */
} RvFinding;

/* Of a judged observation. RvFinding*, owned by the array; protocols before sensors of the same
 * verdict. */
GPtrArray *rv_findings(const RvObservation *observation);

/* "PSU 2: failed (the device says 'failed')", "Inlet: 46 °C is at or above …": one line; caller
 * frees. */
char *rv_finding_text(const RvFinding *finding);

/* Order of RvSensor* in a GPtrArray as people read them: worst first, among the well ones empty
 * bays last. */
int rv_findings_compare_sensors(gconstpointer a, gconstpointer b);

/* How many sensors that are fitted have each verdict; `counts` has RV_VERDICT_UNKNOWN + 1 places.
 */
void rv_findings_count(const RvObservation *observation, guint *counts);
