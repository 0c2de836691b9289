/* Checking: devices asked now, several at once, each judged. Stores nothing.
 *
 * What was known before (verdicts for hysteresis, parts once seen) comes from the state file where
 * there is one, so that a check says what the next round will say. */
#pragma once

#include "collect/collector.h"
#include "db/state.h"

typedef struct {
    const RvCollectorOptions *collector;
    RvState *state;   /* what is known of the devices; NULL: nothing */
    gint64 budget_ms; /* of one device that brings none of its own */
    guint at_once;    /* devices; 0: RV_CHECK_AT_ONCE */
} RvCheckOptions;
#define RV_CHECK_AT_ONCE 64

/* Called once for each device, in the order of `devices`, as soon as its answer and all before it
 * are there; `observation` is judged and belongs to the callee. */
typedef void (*RvCheckEach)(RvObservation *observation, gpointer user_data);

/* Blocks until the last is told. `devices`: RvDevice*. A device that does not answer is told, too.
 * FALSE where nobody can be asked: RV_ERROR_CONFIG (a profile is wrong). */
gboolean rv_check_run(const GPtrArray *devices, const RvCheckOptions *options, RvCheckEach each,
                      gpointer user_data, GError **error);

/* Judges what was collected, with the demands of `device` and what `state` knows (either may be
 * NULL). */
void rv_check_judge(RvObservation *observation, const RvDevice *device, RvState *state);
