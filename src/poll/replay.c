#include "poll/replay.h"

#include <glib/gstdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "poll/asked.h"
#include "poll/keeper.h"
#include "poll/recorder.h"

#define EARLIEST_MS                                                                                \
    ((gint64)86400000 * 365) /* what is below is no time: spools of older versions count rounds */

/* ---- answers ---- */

typedef struct {
    const RvReplay *replay;
    RvKeeper *keeper;
    GHashTable *rows;     /* name → RvDeviceRow: what the state knew before */
    GHashTable *taken;    /* names; of one round each has one answer */
    RvPollSpoolKind kind; /* of the file that is being read */
    gint64 deadline_ms;
    gboolean whole; /* everything could be read, and there was time for it */
} Answers;

static gboolean
take_one(RvObservation *observation, RvTasks tasks, gint64 line, gpointer user_data)
{
    Answers *answers = user_data;
    const char *name = rv_observation_name(observation);
    const RvDeviceRow *row = g_hash_table_lookup(answers->rows, name);

    if ((row != NULL && row->last_ms >= observation->taken_at_ms) ||
        !g_hash_table_add(answers->taken, g_strdup(name))) {
        rv_observation_free(observation);
        return TRUE;
    }
    rv_keeper_add_spooled(answers->keeper, observation, tasks, answers->kind);
    answers->whole = rv_clock_monotonic_ms() < answers->deadline_ms;
    return answers->whole;
}

static void
take_file(Answers *answers, const char *path, RvReplayed *done)
{
    g_autoptr(GError) error = NULL;
    guint broken = 0;

    answers->kind = rv_poll_spool_kind(path);
    if (!rv_poll_spool_read(path, take_one, answers, &broken, &error)) {
        rv_warning("%s", error->message);
        done->problems++;
        answers->whole = FALSE;
    }
    if (broken > 0)
        rv_info("%s: %u lines were cut short and are not stored", path, broken);
}

/* A round that could not tell the database of itself. */
static gboolean
record(const RvReplay *replay, gint64 started_ms, const RvKept *kept, GError **error)
{
    g_autoptr(GPtrArray) known = rv_state_rounds(replay->state, started_ms, started_ms + 1, error);
    g_autoptr(RvRound) row = NULL;

    if (known == NULL || known->len > 0)
        return known != NULL;
    row = g_new0(RvRound, 1);
    row->started_ms = started_ms;
    row->host = g_strdup(g_get_host_name());
    row->version = g_strdup(replay->version);
    row->simulated = rv_clock_is_simulated();
    row->due = row->asked = kept->stored + kept->unstored;
    row->answered = row->asked;
    row->ended_ms = started_ms;
    row->note = g_strdup("stored later: the database did not answer");
    return rv_state_round_start(replay->state, row, error) &&
           rv_state_round_end(replay->state, row, error);
}

/* Whatever the state had of it before, series may be owed of all of it. */
static gboolean
finish_round(Answers *answers, RvPollSpool *spool, gint64 number, RvReplayed *done, GError **error)
{
    const RvKept *kept;

    rv_keeper_settle(answers->keeper, FALSE, NULL, NULL);
    kept = rv_keeper_kept(answers->keeper);
    done->stored += kept->stored;
    done->problems += kept->problems;
    answers->whole = answers->whole && kept->unstored == 0;
    if (answers->whole)
        rv_poll_spool_keep_series(spool);
    return g_hash_table_size(answers->taken) == 0 || number < EARLIEST_MS ||
           record(answers->replay, number, kept, error);
}

/* The files of one round, which begin at `first`. */
static gboolean
take_round(const RvReplay *replay, const GPtrArray *paths, guint first, guint count,
           gint64 deadline_ms, RvReplayed *done, gboolean *whole, GError **error)
{
    gint64 number = rv_poll_spool_round(g_ptr_array_index(paths, first));
    g_autoptr(GHashTable) rows = rv_asked_of_state(replay->state, error);
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(RvPollSpool) spool = NULL;
    g_autoptr(RvKeeper) keeper = NULL;
    Answers answers = {.replay = replay, .rows = rows, .taken = taken, .whole = TRUE};
    gboolean fine;

    if (rows != NULL)
        spool = rv_poll_spool_reopen(replay->configuration->state_folder, number, error);
    if (spool == NULL)
        return FALSE;
    keeper = rv_keeper_new(replay->configuration, replay->state, replay->store, spool, 0);
    rv_keeper_know(keeper, rows);
    rv_keeper_leave_series(keeper);
    answers.keeper = keeper;
    answers.deadline_ms = deadline_ms;
    for (guint i = 0; i < count && answers.whole; i++)
        take_file(&answers, g_ptr_array_index(paths, first + i), done);
    fine = finish_round(&answers, spool, number, done, error);
    *whole = answers.whole;
    return fine;
}

gboolean
rv_replay_answers(const RvReplay *replay, gint64 deadline_ms, RvReplayed *done, gboolean *all,
                  GError **error)
{
    g_autoptr(GPtrArray) paths =
        rv_poll_spool_leftovers_of(replay->configuration->state_folder, FALSE);

    *all = TRUE;
    for (guint i = 0, count; i < paths->len && *all; i += count) {
        gint64 number = rv_poll_spool_round(g_ptr_array_index(paths, i));

        for (count = 1; i + count < paths->len; count++)
            if (rv_poll_spool_round(g_ptr_array_index(paths, i + count)) != number)
                break;
        if (!take_round(replay, paths, i, count, deadline_ms, done, all, error))
            return FALSE;
    }
    if (done->stored > 0)
        rv_info("%u answers that waited in the spool were stored", done->stored);
    return TRUE;
}

/* ---- series ---- */

/* Once, when what was kept is stored: who reads it knows what the gap is. */
static void
tell_lost(const RvConfiguration *configuration)
{
    g_autofree char *lost =
        rv_poll_spool_say_lost(configuration->state_folder, configuration->plan->zone);

    if (lost == NULL)
        return;
    rv_warning("%s", lost);
    rv_poll_spool_forget_lost(configuration->state_folder);
}

void
rv_replay_series(const RvReplay *replay, gint64 deadline_ms, RvReplayed *done)
{
    const char *folder = replay->configuration->state_folder;
    g_autoptr(GPtrArray) paths = rv_poll_spool_leftovers_of(folder, TRUE);
    RvTrouble trouble = {0};
    RvRecorder recorder = {.state = replay->state, .store = replay->store, .trouble = &trouble};
    guint i = 0;

    while (i < paths->len && rv_recorder_catch_up(&recorder, g_ptr_array_index(paths, i),
                                                  deadline_ms, &done->written))
        i++;
    rv_trouble_close(&trouble);
    done->problems += trouble.count;
    rv_trouble_clear(&trouble);
    if (rv_poll_spool_bytes(folder) == 0)
        tell_lost(replay->configuration);
}
