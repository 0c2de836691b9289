/* The recorder: writes the series of answers into RRD files, as they come or later from the spool.
 *
 * Rates are made from the counters that the state has: those of the answer whose series were
 * written last. RRD files take samples in the order of time only, so that what waits in the spool
 * comes before anything newer; a sample that is there already changes nothing. */
#pragma once

#include "db/state.h"
#include "poll/trouble.h"
#include "rrd/store.h"

typedef struct {
    RvState *state;
    RvRrdStore *store; /* NULL: no RRD files are written, which counts as written */
    RvTrouble *trouble;
    guint series, created; /* files written; of these, new ones */
} RvRecorder;

/* From begin to settle rrdcached is not waited for. */
void rv_recorder_begin(RvRecorder *recorder);
/* FALSE: nothing can be written at present. A file that fails is a problem, and no reason to try
 * again. */
gboolean rv_recorder_write(RvRecorder *recorder, const RvObservation *observation);
/* FALSE: of none of it since begin is it known whether it was taken. */
gboolean rv_recorder_settle(RvRecorder *recorder);

/* What the state has to know once the series are written; NULL: nothing. Caller frees. */
GBytes *rv_recorder_counters(const RvObservation *observation);

/* Writes a file of series from the spool, and the counters into the state, until the deadline
 * (rv_clock_monotonic_ms); the answers are counted in *written. TRUE: all of it, and the file is
 * gone; else the next time goes on where this one ended. */
gboolean rv_recorder_catch_up(RvRecorder *recorder, const char *path, gint64 deadline_ms,
                              guint *written);
