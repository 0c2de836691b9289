#include "poll/keeper.h"

#include <string.h>

#include "base/clock.h"
#include "health/judge.h"
#include "observation/json.h"
#include "observation/words.h"
#include "plan/dependency.h"
#include "poll/recorder.h"

#define BATCH 64
#define BATCH_BYTES (8u << 20) /* of JSON */
#define BATCH_WAIT_MS 500

typedef struct {
    RvObservation *observation;
    RvTasks tasks;
    char *line;           /* its JSON */
    RvPollSpoolKind kind; /* silent ones: as which it is in the spool */
    gboolean spooled;
} Waiting;

struct RvKeeper {
    const RvConfiguration *configuration;
    RvState *state;
    RvRecorder recorder;
    RvPollSpool *spool;
    gint64 round_id;
    GHashTable *devices; /* name → RvDevice */
    GHashTable *rows;    /* name → RvDeviceRow; may be NULL */
    GPtrArray *batch;    /* Waiting* */
    gsize batch_bytes;   /* of its lines */
    GPtrArray *silent;   /* Waiting* */
    GHashTable *up;      /* names that answered in this round */
    gint64 state_ms;     /* monotonic, the deadline of storing answers; 0: none */
    gint64 series_ms;    /* of writing their series */
    gboolean leaves;     /* all series to the spool */
    gint64 oldest_ms;    /* monotonic: since when the batch waits */
    RvTrouble trouble;
    RvKept kept;
};

static void
waiting_free(gpointer data)
{
    Waiting *waiting = data;

    rv_observation_free(waiting->observation);
    g_free(waiting->line);
    g_free(waiting);
}

RvKeeper *
rv_keeper_new(const RvConfiguration *configuration, RvState *state, RvRrdStore *store,
              RvPollSpool *spool, gint64 round_id)
{
    RvKeeper *keeper = g_new0(RvKeeper, 1);

    keeper->configuration = configuration;
    keeper->state = state;
    keeper->recorder = (RvRecorder){.state = state, .store = store, .trouble = &keeper->trouble};
    keeper->spool = spool;
    keeper->round_id = round_id;
    keeper->devices = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < configuration->inventory->devices->len; i++) {
        RvDevice *device = g_ptr_array_index(configuration->inventory->devices, i);

        g_hash_table_insert(keeper->devices, device->name, device);
    }
    keeper->batch = g_ptr_array_new_with_free_func(waiting_free);
    keeper->silent = g_ptr_array_new_with_free_func(waiting_free);
    keeper->up = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return keeper;
}

void
rv_keeper_free(RvKeeper *keeper)
{
    if (keeper == NULL)
        return;
    g_ptr_array_unref(keeper->batch);
    g_ptr_array_unref(keeper->silent);
    g_hash_table_unref(keeper->up);
    g_hash_table_unref(keeper->devices);
    rv_trouble_clear(&keeper->trouble);
    g_free(keeper);
}

void
rv_keeper_know(RvKeeper *keeper, GHashTable *rows)
{
    keeper->rows = rows;
}

void
rv_keeper_set_deadlines(RvKeeper *keeper, gint64 state_ms, gint64 series_ms)
{
    keeper->state_ms = state_ms;
    keeper->series_ms = series_ms;
}

void
rv_keeper_leave_series(RvKeeper *keeper)
{
    keeper->leaves = TRUE;
}

const RvKept *
rv_keeper_kept(RvKeeper *keeper)
{
    keeper->kept.problems = keeper->trouble.count;
    keeper->kept.series = keeper->recorder.series;
    keeper->kept.created = keeper->recorder.created;
    return &keeper->kept;
}

guint
rv_keeper_silent(const RvKeeper *keeper)
{
    return keeper->silent->len;
}

/* ---- judging ---- */

static void
count(RvKeeper *keeper, const RvObservation *observation)
{
    for (guint i = 0; i < observation->sensors->len; i++)
        keeper->kept.verdicts[((RvSensor *)g_ptr_array_index(observation->sensors, i))->status]++;
    keeper->kept.sensors += observation->sensors->len;
}

/* A sign of life names no sensors: what it does not name is not gone. */
static void
judge(RvKeeper *keeper, RvObservation *observation, RvTasks tasks)
{
    const char *name = rv_observation_name(observation);
    const RvDevice *device = g_hash_table_lookup(keeper->devices, name);
    RvHealthContext context = {0};
    g_autoptr(RvPrevious) previous = NULL;
    g_autoptr(GError) error = NULL;

    if (keeper->state != NULL && (tasks & RV_TASK_HEALTH) != 0 &&
        rv_observation_reachability(observation) == RV_STATE_UP) {
        previous = rv_state_previous(keeper->state, name, &error);
        if (previous == NULL)
            rv_trouble_take(&keeper->trouble, name, &error);
        else
            context = (RvHealthContext){.previous = previous->verdicts, .seen = previous->seen};
        if (device != NULL) {
            context.expected = device->expected;
            context.policies = device->policies;
        }
    }
    rv_health_judge(observation, &context);
    count(keeper, observation);
}

/* ---- storing ---- */

static gboolean
is_too_late(RvPollSpoolKind kind, gint64 deadline_ms)
{
    return kind == RV_SPOOL_ANSWERS && deadline_ms > 0 && rv_clock_monotonic_ms() >= deadline_ms;
}

/* How many of the batch are in their files, or never will be: in the order of the batch. Files take
 * most of the time, new ones above all: it is looked at before each device's. */
static guint
write_batch(RvKeeper *keeper, const GPtrArray *batch, RvPollSpoolKind kind)
{
    guint n = 0;

    if (keeper->leaves)
        return 0;
    rv_recorder_begin(&keeper->recorder);
    while (
        n < batch->len && !is_too_late(kind, keeper->series_ms) &&
        rv_recorder_write(&keeper->recorder, ((Waiting *)g_ptr_array_index(batch, n))->observation))
        n++;
    return rv_recorder_settle(&keeper->recorder) ? n : 0;
}

static gboolean
store_one(RvKeeper *keeper, const Waiting *waiting, gboolean written)
{
    const RvConfiguration *configuration = keeper->configuration;
    g_autoptr(GBytes) counters = written ? rv_recorder_counters(waiting->observation) : NULL;
    const RvStoreContext context = {
        .round_id = keeper->round_id,
        .tasks = waiting->tasks,
        .reachability_interval_ms = configuration->reachability_ms,
        .health_interval_ms = configuration->health_ms,
        .line = waiting->line,
        .counters = counters,
    };
    g_autoptr(GError) error = NULL;

    if (rv_state_store_observation(keeper->state, waiting->observation, &context, &error))
        return TRUE;
    rv_trouble_take(&keeper->trouble, NULL, &error);
    return FALSE;
}

/* The state takes a batch whole or not at all; one observation that it refuses is left out. */
static gboolean
store_batch(RvKeeper *keeper, const GPtrArray *batch, guint written)
{
    g_autoptr(GError) error = NULL;
    guint stored = 0;

    if (!rv_state_begin(keeper->state, &error)) {
        rv_trouble_take(&keeper->trouble, NULL, &error);
        return FALSE;
    }
    for (guint i = 0; i < batch->len; i++)
        stored += store_one(keeper, g_ptr_array_index(batch, i), i < written);
    if (rv_state_finish(keeper->state, TRUE, &error)) {
        keeper->kept.stored += stored;
        return TRUE;
    }
    rv_trouble_take(&keeper->trouble, NULL, &error);
    return FALSE;
}

/* Those of the batch from `first` on stay in the spool, and are lost where it has them not. */
static void
leave(const RvKeeper *keeper, const GPtrArray *batch, guint first, guint *left, guint *lost)
{
    *left += batch->len - first;
    for (guint i = first; keeper->spool != NULL && i < batch->len; i++)
        *lost += !((Waiting *)g_ptr_array_index(batch, i))->spooled;
}

/* That the spool cannot be written is said, and storing goes on. */
static void
spool(RvKeeper *keeper, Waiting *waiting)
{
    g_autoptr(GError) error = NULL;

    if (keeper->spool == NULL || waiting->spooled)
        return;
    waiting->spooled =
        rv_poll_spool_append(keeper->spool, waiting->kind, waiting->tasks, waiting->line, &error);
    if (!waiting->spooled)
        rv_trouble_take(&keeper->trouble, NULL, &error);
}

/* Where they have to wait, the round's findings on its silent devices are kept as answers are: who
 * stores them later does not know any more whether we were cut off. */
static void
spool_settled(RvKeeper *keeper, const GPtrArray *silent)
{
    for (guint i = 0; i < silent->len; i++) {
        Waiting *waiting = g_ptr_array_index(silent, i);

        if (waiting->spooled && waiting->kind == RV_SPOOL_ANSWERS)
            continue; /* was found then */
        waiting->line = rv_observation_to_json_brief(waiting->observation);
        waiting->kind = RV_SPOOL_ANSWERS;
        waiting->spooled = FALSE;
        spool(keeper, waiting);
    }
    if (keeper->spool != NULL)
        rv_poll_spool_settle(keeper->spool, RV_SPOOL_SILENT);
}

static void
store(RvKeeper *keeper, GPtrArray *batch, RvPollSpoolKind kind)
{
    RvKept *kept = &keeper->kept;
    gboolean may_be = keeper->state != NULL && !is_too_late(kind, keeper->state_ms);
    guint written = may_be ? write_batch(keeper, batch, kind) : 0;

    if (kind == RV_SPOOL_SILENT && written < batch->len)
        spool_settled(keeper, batch);
    if (may_be && store_batch(keeper, batch, written))
        leave(keeper, batch, written, &kept->owed, &kept->owed_lost);
    else
        leave(keeper, batch, 0, &kept->unstored, &kept->lost);
    if (keeper->spool != NULL && kept->unstored == 0 && kept->owed == 0)
        rv_poll_spool_settle(keeper->spool, kind);
    g_ptr_array_set_size(batch, 0);
}

/* ---- taking ---- */

/* A protocol whose turn never came within our time says nothing about the device. */
static void
forgive_own_delay(RvObservation *observation)
{
    for (guint i = 0; i < observation->protocols->len; i++) {
        RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state == RV_STATE_DOWN && protocol->reason == RV_REASON_BUDGET &&
            protocol->requests == 0)
            protocol->state = RV_STATE_NOT_ASKED;
    }
}

static void
take(RvKeeper *keeper, RvObservation *observation, RvTasks tasks, Waiting how)
{
    Waiting *waiting = g_memdup2(&how, sizeof how);
    RvReachability state;

    forgive_own_delay(observation);
    state = rv_observation_reachability(observation);
    if (state == RV_STATE_NOT_ASKED)
        tasks = 0; /* still owed */
    judge(keeper, observation, tasks);
    waiting->observation = observation;
    waiting->tasks = tasks;
    waiting->line = rv_observation_to_json_brief(observation);
    if (!waiting->spooled)
        waiting->kind = state == RV_STATE_DOWN ? RV_SPOOL_SILENT : RV_SPOOL_ANSWERS;
    spool(keeper, waiting);
    if (state == RV_STATE_DOWN) {
        g_ptr_array_add(keeper->silent, waiting);
        return;
    }
    if (state == RV_STATE_UP)
        g_hash_table_add(keeper->up, g_strdup(rv_observation_name(observation)));
    if (keeper->batch->len == 0)
        keeper->oldest_ms = rv_clock_monotonic_ms();
    g_ptr_array_add(keeper->batch, waiting);
    keeper->batch_bytes += strlen(waiting->line);
    rv_keeper_flush(keeper, FALSE);
}

void
rv_keeper_add(RvKeeper *keeper, RvObservation *observation, RvTasks tasks)
{
    take(keeper, observation, tasks, (Waiting){0});
}

void
rv_keeper_add_spooled(RvKeeper *keeper, RvObservation *observation, RvTasks tasks,
                      RvPollSpoolKind kind)
{
    take(keeper, observation, tasks, (Waiting){.kind = kind, .spooled = TRUE});
}

void
rv_keeper_flush(RvKeeper *keeper, gboolean all)
{
    if (keeper->batch->len == 0 ||
        (!all && keeper->batch->len < BATCH && keeper->batch_bytes < BATCH_BYTES &&
         rv_clock_monotonic_ms() - keeper->oldest_ms < BATCH_WAIT_MS))
        return;
    store(keeper, keeper->batch, RV_SPOOL_ANSWERS);
    keeper->batch_bytes = 0;
}

/* ---- the round's end ---- */

static RvReason
reason_of(const RvObservation *observation)
{
    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state == RV_STATE_DOWN)
            return protocol->reason;
    }
    return RV_REASON_NONE;
}

static const char *
why(const RvObservation *observation)
{
    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state != RV_STATE_UP && protocol->detail != NULL)
            return protocol->detail;
    }
    return "no answer";
}

static GHashTable *
states_before(const RvKeeper *keeper)
{
    GHashTable *before = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter each;
    gpointer name, row;

    if (keeper->rows == NULL)
        return before;
    g_hash_table_iter_init(&each, keeper->rows);
    while (g_hash_table_iter_next(&each, &name, &row))
        g_hash_table_insert(before, name, GINT_TO_POINTER((int)((RvDeviceRow *)row)->state + 1));
    return before;
}

static void
add_reached(GArray *reached, const char *name, char **parents, RvReachability state,
            RvReason reason)
{
    const RvReached one = {name, parents, state, reason};

    g_array_append_val(reached, one);
}

/* The silent ones first, in their order; then those that answered. */
static GArray *
gather(const RvKeeper *keeper)
{
    GArray *reached = g_array_new(FALSE, FALSE, sizeof(RvReached));
    GHashTableIter each;
    gpointer name;

    for (guint i = 0; i < keeper->silent->len; i++) {
        const RvObservation *observation =
            ((Waiting *)g_ptr_array_index(keeper->silent, i))->observation;
        const RvDevice *device =
            g_hash_table_lookup(keeper->devices, rv_observation_name(observation));

        add_reached(reached, rv_observation_name(observation),
                    device != NULL ? device->parents : NULL, RV_STATE_DOWN, reason_of(observation));
    }
    g_hash_table_iter_init(&each, keeper->up);
    while (g_hash_table_iter_next(&each, &name, NULL))
        add_reached(reached, name, NULL, RV_STATE_UP, RV_REASON_NONE);
    return reached;
}

/* `reached`: the silent ones first, in their order. */
static void
resolve_silent(RvKeeper *keeper, const GArray *reached, gboolean cut_off, RvKeeperSilent heard,
               gpointer user_data)
{
    for (guint i = 0; i < keeper->silent->len; i++) {
        Waiting *waiting = g_ptr_array_index(keeper->silent, i);
        RvReachability state =
            cut_off ? RV_STATE_BLIND : g_array_index(reached, RvReached, i).state;

        if (heard != NULL)
            heard(rv_observation_name(waiting->observation), state, why(waiting->observation),
                  user_data);
        rv_dependency_apply(waiting->observation, state);
        rv_health_judge(waiting->observation, NULL);
        g_clear_pointer(&waiting->line, g_free);
    }
}

static void
settle_silent(RvKeeper *keeper, gboolean cut_off, RvKeeperSilent heard, gpointer user_data)
{
    g_autoptr(GArray) reached = gather(keeper);
    g_autoptr(GHashTable) before = states_before(keeper);

    rv_dependency_resolve((RvReached *)(void *)reached->data, reached->len, before);
    resolve_silent(keeper, reached, cut_off, heard, user_data);
    store(keeper, keeper->silent, RV_SPOOL_SILENT);
}

void
rv_keeper_settle(RvKeeper *keeper, gboolean cut_off, RvKeeperSilent heard, gpointer user_data)
{
    rv_keeper_flush(keeper, TRUE);
    if (keeper->silent->len > 0)
        settle_silent(keeper, cut_off, heard, user_data);
    if (keeper->spool != NULL && keeper->kept.unstored == 0 && keeper->kept.owed > 0)
        rv_poll_spool_keep_series(keeper->spool);
    rv_trouble_close(&keeper->trouble);
}
