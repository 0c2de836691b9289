/* What the operator demands of an Observation: parts that must be there, limits of the site. Plain
 * values. */
#pragma once

#include "observation/observation.h"

/* "psu: 2": so many present parts of a group (rv_sensor_group) must be there. */
typedef struct {
    char *group;
    guint count;
} RvExpected;

/* A site's own limit for sensors: highest precedence. */
typedef struct {
    char *sensors; /* glob on the sensor's key or name */
    gboolean any_class;
    RvClass class;
    RvLimits limits; /* in the class's unit; NAN keeps what profile or device say */
} RvPolicyLimit;

RvExpected *rv_expected_new(const char *group, guint count);
void rv_expected_free(RvExpected *expected);
RvPolicyLimit *rv_policy_limit_new(const char *sensors);
void rv_policy_limit_free(RvPolicyLimit *policy);
