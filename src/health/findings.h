/* Findings: what is not well with one device, worst first. Pure. */
#pragma once

#include "observation/observation.h"

typedef struct {
    RvVerdict verdict;
    char *subject;          /* "PSU 2", "snmp"; of several of one name "Status (Power Supply 2)" */
    char *value;            /* "failed", "71 °C", "down" */
    char *reason;           /* one sentence; may be NULL */
    const RvSensor *sensor; /* borrowed; NULL: a protocol */
} RvFinding;

/* Of a judged observation, but for what an IPMI sensor cannot say while the host is off.
 * RvFinding*, owned by the array; protocols before sensors of the same
 * verdict. */
GPtrArray *rv_findings(const RvObservation *observation);

/* The sensor's name; of several of one name with its part, as "Status (Power Supply 2)": some BMCs
 * call the state of each of their supplies that. Caller frees. */
char *rv_finding_title(const RvObservation *observation, const RvSensor *sensor);

/* "PSU 2: failed (the device says 'failed')", "Inlet: 46 °C is at or above …": one line; caller
 * frees. */
char *rv_finding_text(const RvFinding *finding);

/* Order of RvSensor* in a GPtrArray as people read them: worst first, among the well ones empty
 * bays last. */
int rv_findings_compare_sensors(gconstpointer a, gconstpointer b);

/* How many sensors that are fitted have each verdict; `counts` has RV_VERDICT_UNKNOWN + 1 places.
 */
void rv_findings_count(const RvObservation *observation, guint *counts);
