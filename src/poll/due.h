/* Due: which tasks of a device a round has to ask for. Pure.
 *
 * Reachability is due an interval after it was last asked. Health and census have their own turn
 * within the interval, by a hash of the device's name, so that the rounds of a day carry the same
 * load: a device that is asked out of its turn (the first time, or after a stop) is led back to it,
 * with one distance of half to one and a half intervals. A device in its turn is due an interval
 * after it was last asked, with 10 s (or a tenth of a short interval) of slack for a timer that is
 * not quite punctual. */
#pragma once

#include "db/state.h"

typedef struct {
    gint64 reachability_ms, health_ms, census_ms;
} RvDueIntervals;

typedef enum {
    RV_DUE_IN_TURN,
    RV_DUE_ALL,   /* whose interval has passed, whatever its turn */
    RV_DUE_FORCE, /* everything, now */
} RvDueMode;

/* `row` NULL: never asked, everything is due. A health or census task brings reachability along. Of
 * a device that was down the last answer counts, not the last question: what it owes is due as soon
 * as it answers. */
RvTasks rv_due_tasks(const RvDeviceRow *row, const char *name, const RvDueIntervals *intervals,
                     RvDueMode mode, gint64 now_ms);

/* Whether the last sample says that asking for more than a sign of life is likely to be in vain. */
gboolean rv_due_probe_first(const RvDeviceRow *row);
