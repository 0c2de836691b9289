#include "poll/recorder.h"

#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "poll/spool.h"

#define BATCH 64

GBytes *
rv_recorder_counters(const RvObservation *observation)
{
    return observation->interfaces->len > 0 ? rv_rrd_previous_to_bytes(observation) : NULL;
}

static RvRrdPrevious *
counters_before(RvRecorder *recorder, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) counters = rv_state_counters(recorder->state, name, &error);
    g_autoptr(RvObservation) latest = NULL;
    RvRrdPrevious *previous = counters != NULL ? rv_rrd_previous_from_bytes(counters) : NULL;

    if (previous != NULL)
        return previous;
    if (error == NULL)
        latest = rv_state_latest(recorder->state, name, &error);
    if (error != NULL)
        rv_trouble_take(recorder->trouble, NULL, &error);
    return latest != NULL ? rv_rrd_previous_new(latest) : NULL;
}

static void
take_report(RvRecorder *recorder, RvRrdReport *report)
{
    for (guint i = 0; report->failures != NULL && i < report->failures->len; i++) {
        const RvRrdFailure *failure = g_ptr_array_index(report->failures, i);
        g_autofree char *text = g_strdup_printf("%s: %s", failure->file, failure->reason);

        rv_trouble_add(recorder->trouble, NULL, text);
    }
    recorder->series += report->written;
    recorder->created += report->created;
    rv_rrd_report_clear(report);
}

/* Whether the store is away, so that series have to wait; whatever else fails, fails again. */
static gboolean
is_gone(RvRecorder *recorder, const char *name, GError **error)
{
    gboolean gone = g_error_matches(*error, RV_ERROR, RV_ERROR_UNAVAILABLE);

    if (*error != NULL)
        rv_trouble_take(recorder->trouble, gone ? NULL : name, error);
    return gone;
}

void
rv_recorder_begin(RvRecorder *recorder)
{
    if (recorder->store != NULL)
        rv_rrd_store_begin(recorder->store);
}

gboolean
rv_recorder_write(RvRecorder *recorder, const RvObservation *observation)
{
    const char *name = rv_observation_name(observation);
    g_autoptr(RvRrdPrevious) previous = NULL;
    g_autoptr(GError) error = NULL;
    RvRrdReport report = {0};

    if (recorder->store == NULL)
        return TRUE;
    if (rv_rrd_store_away(recorder->store) != NULL)
        return FALSE; /* which was said */
    if (observation->interfaces->len > 0)
        previous = counters_before(recorder, name);
    rv_rrd_store_write(recorder->store, name, observation, previous, &report, &error);
    take_report(recorder, &report);
    return !is_gone(recorder, name, &error);
}

gboolean
rv_recorder_settle(RvRecorder *recorder)
{
    g_autoptr(GError) error = NULL;
    RvRrdReport report = {0};

    if (recorder->store == NULL)
        return TRUE;
    rv_rrd_store_settle(recorder->store, &report, &error);
    take_report(recorder, &report);
    return !is_gone(recorder, NULL, &error);
}

/* ---- from the spool ---- */

typedef struct {
    char *device;
    GBytes *counters; /* may be NULL */
} Written;

static void
written_free(gpointer data)
{
    Written *written = data;

    g_free(written->device);
    g_clear_pointer(&written->counters, g_bytes_unref);
    g_free(written);
}

typedef struct {
    RvRecorder *recorder;
    const char *path;
    gint64 deadline_ms;
    GPtrArray *batch; /* Written */
    GArray *lines;    /* of the batch */
    gboolean stopped; /* the rest has to wait */
    guint written;
} CatchUp;

static gboolean
keep_counters(RvState *state, const GPtrArray *batch, GError **error)
{
    gboolean fine = rv_state_begin(state, error);

    if (!fine)
        return FALSE;
    for (guint i = 0; fine && i < batch->len; i++) {
        const Written *written = g_ptr_array_index(batch, i);

        fine = written->counters == NULL ||
               rv_state_keep_counters(state, written->device, written->counters, error);
    }
    return rv_state_finish(state, fine, error);
}

/* Files first, then the counters, then the lines are done with: killed in between, the same samples
 * come again and are there already. */
static void
finish_batch(CatchUp *all)
{
    g_autoptr(GError) error = NULL;

    if (!rv_recorder_settle(all->recorder)) {
        all->stopped = TRUE;
    } else if (!keep_counters(all->recorder->state, all->batch, &error) ||
               !rv_poll_spool_strike(all->path, all->lines, &error)) {
        rv_trouble_take(all->recorder->trouble, NULL, &error);
        all->stopped = TRUE;
    } else {
        all->written += all->batch->len;
    }
    g_ptr_array_set_size(all->batch, 0);
    g_array_set_size(all->lines, 0);
}

static gboolean
write_one(RvObservation *observation, RvTasks tasks, gint64 line, gpointer user_data)
{
    CatchUp *all = user_data;
    g_autoptr(RvObservation) now = observation;
    Written *written;

    if (all->batch->len == 0)
        rv_recorder_begin(all->recorder);
    all->stopped = !rv_recorder_write(all->recorder, now);
    if (all->stopped)
        return FALSE;
    written = g_new(Written, 1);
    *written = (Written){g_strdup(rv_observation_name(now)), rv_recorder_counters(now)};
    g_ptr_array_add(all->batch, written);
    g_array_append_val(all->lines, line);
    if (all->batch->len >= BATCH)
        finish_batch(all);
    all->stopped |= rv_clock_monotonic_ms() >= all->deadline_ms;
    return !all->stopped;
}

gboolean
rv_recorder_catch_up(RvRecorder *recorder, const char *path, gint64 deadline_ms, guint *written)
{
    g_autoptr(GPtrArray) batch = g_ptr_array_new_with_free_func(written_free);
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_autoptr(GError) error = NULL;
    CatchUp all = {recorder, path, deadline_ms, batch, lines, FALSE, 0};
    guint broken;

    if (rv_clock_monotonic_ms() >= deadline_ms)
        return FALSE;
    if (!rv_poll_spool_read(path, write_one, &all, &broken, &error)) {
        rv_trouble_take(recorder->trouble, NULL, &error);
        all.stopped = TRUE;
    }
    if (batch->len > 0)
        finish_batch(&all);
    *written += all.written;
    if (all.stopped)
        return FALSE;
    (void)g_unlink(path);
    return TRUE;
}
