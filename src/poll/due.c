#include "poll/due.h"

#define SLACK_CEILING_MS 10000
#define TASKS 3

static gint64
slack_of(gint64 interval_ms)
{
    return MIN(interval_ms / 10, SLACK_CEILING_MS);
}

/* FNV-1a, 64 bits, and a last stir for names that differ in their last digit only: the same on
 * every machine and in every version. */
static guint64
hash_of(const char *name)
{
    guint64 hash = G_GUINT64_CONSTANT(14695981039346656037);

    for (const guchar *p = (const guchar *)name; *p != '\0'; p++)
        hash = (hash ^ *p) * G_GUINT64_CONSTANT(1099511628211);
    hash = (hash ^ hash >> 33) * G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    return hash ^ hash >> 33;
}

/* When the next turn begins that lies more than half an interval after `asked_ms`. */
static gint64
next_turn(gint64 asked_ms, gint64 interval_ms, gint64 phase_ms)
{
    gint64 after = asked_ms + interval_ms / 2 - phase_ms;

    return phase_ms + (after / interval_ms + 1) * interval_ms;
}

/* From an eighth of the interval before its turn to a quarter after it: wide enough that a timer's
 * minutes and seconds do not push anybody out again. */
static gboolean
is_in_turn(gint64 asked_ms, gint64 interval_ms, gint64 phase_ms)
{
    gint64 since = (asked_ms - phase_ms + interval_ms / 8) % interval_ms;

    return since >= 0 && since < interval_ms * 3 / 8;
}

static gboolean
is_due(gint64 asked_ms, gint64 interval_ms, gint64 phase_ms, gboolean turns, gint64 now_ms)
{
    gint64 slack = slack_of(interval_ms);

    if (asked_ms == 0 || asked_ms > now_ms + slack) /* never, or the clock was set back */
        return TRUE;
    if (!turns || is_in_turn(asked_ms, interval_ms, phase_ms))
        return now_ms - asked_ms >= interval_ms - slack;
    return now_ms >= next_turn(asked_ms, interval_ms, phase_ms) - slack;
}

gboolean
rv_due_probe_first(const RvDeviceRow *row)
{
    return row != NULL && (row->state == RV_STATE_DOWN || row->state == RV_STATE_UNREACHABLE ||
                           row->state == RV_STATE_BLIND);
}

RvTasks
rv_due_tasks(const RvDeviceRow *row, const char *name, const RvDueIntervals *intervals,
             RvDueMode mode, gint64 now_ms)
{
    const gint64 interval_ms[TASKS] = {intervals->reachability_ms, intervals->health_ms,
                                       intervals->census_ms};
    guint64 hash = hash_of(name);
    guint tasks = 0;

    if (row == NULL || mode == RV_DUE_FORCE)
        return RV_TASK_REACHABILITY | RV_TASK_HEALTH | RV_TASK_CENSUS;
    for (guint i = 0; i < TASKS; i++) {
        gint64 asked_ms = i > 0 && rv_due_probe_first(row) ? row->answered_ms[i] : row->asked_ms[i];
        gint64 phase_ms = (gint64)(hash % (guint64)MAX(interval_ms[i], 1));

        if (is_due(asked_ms, MAX(interval_ms[i], 1), phase_ms, i > 0 && mode == RV_DUE_IN_TURN,
                   now_ms))
            tasks |= 1u << i;
    }
    if (rv_due_probe_first(row) && (tasks & RV_TASK_REACHABILITY) == 0)
        return 0; /* it had its probe a moment ago */
    /* parts are told apart from what is gone by the sensors of the same answer */
    if ((tasks & RV_TASK_CENSUS) != 0)
        tasks |= RV_TASK_HEALTH;
    if ((tasks & RV_TASK_HEALTH) != 0)
        tasks |= RV_TASK_REACHABILITY;
    return tasks;
}
