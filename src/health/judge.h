/* Judging: one Observation to verdicts. Pure: no clock, no I/O, no memory of its own.
 *
 * Order for each sensor: presence, then the state's meaning (device_verdict), then the limits;
 * the worst wins and `reason` says which. Threshold sources: site policy > profile > device > none;
 * insane limits (0/0, low >= high, outside what the quantity can be) are dropped with a note. A
 * value on a limit counts as past it (IPMI 2.0 §35.5). */
#pragma once

#include "observation/policy.h"

/* What was known before this round; any part may be NULL or empty. */
typedef struct {
    GPtrArray *expected;  /* RvExpected* */
    GPtrArray *policies;  /* RvPolicyLimit*, first match wins */
    GHashTable *previous; /* sensor key → GINT_TO_POINTER(RvVerdict + 1): for hysteresis */
    GPtrArray *seen;      /* RvSeenPart*: parts once seen working; those gone become `missing` */
} RvHealthContext;

typedef struct {
    char *key, *name, *group;
} RvSeenPart;

RvSeenPart *rv_seen_part_new(const char *key, const char *name, const char *group);
void rv_seen_part_free(RvSeenPart *part);

/* Sets status, reason, presence, limits and limits_source of each sensor and the status of the
 * whole. A part of `seen` that a whole (not partial) answer no longer names is added as a sensor
 * with presence missing; so are `expected` parts. For health answers: one that asked only whether
 * the device is there names no part.
 *
 * The whole is as bad as its worst sensor; `unknown` sensors count only where no other was judged.
 * A protocol that is down or answered in part beside one that is up makes it a warning; a device
 * of which no protocol answers is critical; one that we could not ask (parent down, we are cut off)
 * is unknown. Interfaces are not judged: a port without a link is no alarm. */
void rv_health_judge(RvObservation *observation, const RvHealthContext *context);

/* One value against limits; *which (may be NULL) gets "high_warning" … or NULL. NAN: unknown. */
RvVerdict rv_limits_judge(const RvLimits *limits, double value, const char **which);
