/* The round: asks what is due, stores what came, brings the ledger up to date.
 *
 * Blocks until it is over, which is by its deadline at the latest. SIGTERM and SIGINT end it early:
 * sessions are closed and what came is stored. */
#pragma once

#include "conf/configuration.h"
#include "poll/asker.h"
#include "poll/due.h"

typedef struct {
    guint due, done; /* devices */
    guint silent;    /* of those done, that did not answer */
} RvRoundProgress;

typedef struct {
    const RvConfiguration *configuration; /* with inventory, credentials and service plan */
    const char *template_folder;          /* RRD templates */
    const char *const *devices;           /* globs, NULL-terminated; NULL or empty: all */
    RvDueMode mode;
    gint64 deadline_ms; /* of the whole round, from its start; 0: the configuration's */
    guint workers;      /* 0: the configuration's */
    const char *version;
    const RvAsker *asker;
    gboolean
        *packet_counters; /* is set before anybody is asked: a template wants them; may be NULL */
    void (*progress)(const RvRoundProgress *progress, gpointer user_data); /* may be NULL */
    gpointer user_data;
} RvRoundOptions;

typedef struct {
    gint64 id;                          /* in the state; 0: nothing was due */
    guint due, asked, answered, failed; /* devices; failed: asked, and did not answer */
    guint not_asked;                    /* the deadline or a signal came first */
    guint unreachable, blind;           /* of the failed */
    guint sensors, verdicts[4];
    guint recovered;        /* answers of earlier rounds that the state took now */
    guint series_recovered; /* answers of earlier rounds whose series were written now */
    guint waiting;          /* answers that could not be stored; the next run does */
    guint series_waiting;   /* answers that the state has, and whose series wait */
    guint lost;             /* answers, or series of answers, that could not be kept either */
    guint problems;         /* each was logged */
    gint64 duration_ms;
    int stopped_by; /* a signal; 0: none */
    /* Something that asks does not come back: it may still use what the caller lent. Leave by
     * _exit.
     */
    gboolean hangs;
    GPtrArray *actions; /* RvFaultAction*: what became of faults; never NULL */
} RvRoundResult;

void rv_round_result_clear(RvRoundResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvRoundResult, rv_round_result_clear)

/* FALSE where there was no round at all: RV_ERROR_LOCKED, a state that cannot be opened, wrong
 * templates or profiles, a glob that matches no device (RV_ERROR_USAGE). */
gboolean rv_round_run(const RvRoundOptions *options, RvRoundResult *result, GError **error);

/* "50 devices due, 50 asked, …": one line without its end; caller frees. */
char *rv_round_summary(const RvRoundResult *result);
