/* Replay: brings what earlier rounds left in the spool to where it lasts.
 *
 * First the state takes the answers that it does not know, round after round as they were: what one
 * of them stored the next one continues. What is left of them are series, which are written when
 * the round has done its own. */
#pragma once

#include "conf/configuration.h"
#include "db/state.h"
#include "rrd/store.h"

typedef struct {
    const RvConfiguration *configuration;
    RvState *state;
    RvRrdStore *store;
    const char *version;
} RvReplay;

typedef struct {
    guint stored;   /* answers that the state took */
    guint written;  /* answers whose series were written */
    guint problems; /* each was logged */
} RvReplayed;

/* Until the deadline (rv_clock_monotonic_ms); *all: nothing is left that the state does not know.
 * FALSE: the state fails. Adds to *done. */
gboolean rv_replay_answers(const RvReplay *replay, gint64 deadline_ms, RvReplayed *done,
                           gboolean *all, GError **error);
/* Until the deadline, or until nothing can be written; what is left waits. When the spool is empty,
 * it is told what was lost of what it should have kept. */
void rv_replay_series(const RvReplay *replay, gint64 deadline_ms, RvReplayed *done);
