#include "poll/keeper.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "health/judge.h"
#include "observation/json.h"
#include "observation/words.h"
#include "plan/dependency.h"

#define PROBLEMS_NAMED 20 /* in the log of one round */
#define BATCH 64
#define BATCH_WAIT_MS 500

typedef struct {
    RvObservation *observation;
    RvTasks tasks;
    char *line; /* its JSON */
    gboolean spooled;
} Waiting;

struct RvKeeper {
    const RvConfiguration *configuration;
    RvState *state;
    RvRrdStore *store;
    RvPollSpool *spool;
    gint64 round_id;
    GHashTable *devices; /* name → RvDevice */
    GHashTable *rows;    /* name → RvDeviceRow; may be NULL */
    GPtrArray *batch;    /* Waiting* */
    GPtrArray *silent;   /* Waiting* */
    GHashTable *up;      /* names that answered in this round */
    gint64 deadline_ms;  /* monotonic, of storing answers; 0: none */
    gint64 oldest_ms;    /* monotonic: since when the batch waits */
    RvKept kept;
    GHashTable *said; /* problems that were logged, so that a full disk is named once */
    guint unsaid;     /* problems that were too many to be named */
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
    keeper->store = store;
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
    keeper->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
    g_hash_table_unref(keeper->said);
    g_free(keeper);
}

void
rv_keeper_know(RvKeeper *keeper, GHashTable *rows)
{
    keeper->rows = rows;
}

void
rv_keeper_set_deadline(RvKeeper *keeper, gint64 deadline_ms)
{
    keeper->deadline_ms = deadline_ms;
}

const RvKept *
rv_keeper_kept(const RvKeeper *keeper)
{
    return &keeper->kept;
}

guint
rv_keeper_silent(const RvKeeper *keeper)
{
    return keeper->silent->len;
}

/* Logs it, unless just that was said already, or so many others that nobody reads on: a clock that
 * was set back is the trouble of every file. */
static void
problem(RvKeeper *keeper, const char *device, const char *what)
{
    g_autofree char *text =
        device != NULL ? g_strdup_printf("%s: %s", device, what) : g_strdup(what);

    keeper->kept.problems++;
    if (g_hash_table_contains(keeper->said, text))
        return;
    if (g_hash_table_size(keeper->said) >= PROBLEMS_NAMED) {
        keeper->unsaid++;
        rv_info("%s", text);
        return;
    }
    rv_warning("%s", text);
    g_hash_table_add(keeper->said, g_steal_pointer(&text));
}

static void
say_unsaid(RvKeeper *keeper)
{
    if (keeper->unsaid > 0)
        rv_warning("and %u more problems; rackvitals -v poll names each", keeper->unsaid);
    keeper->unsaid = 0;
}

static void
problem_of(RvKeeper *keeper, const char *device, GError **error)
{
    problem(keeper, device, (*error)->message);
    g_clear_error(error);
}

/* ---- judging ---- */

static const char *
name_of(const RvObservation *observation)
{
    return observation->device.name[0] != '\0' ? observation->device.name
                                               : observation->device.host;
}

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
    const char *name = name_of(observation);
    const RvDevice *device = g_hash_table_lookup(keeper->devices, name);
    RvHealthContext context = {0};
    g_autoptr(RvPrevious) previous = NULL;
    g_autoptr(GError) error = NULL;

    if (keeper->state != NULL && (tasks & RV_TASK_HEALTH) != 0 &&
        rv_observation_reachability(observation) == RV_STATE_UP) {
        previous = rv_state_previous(keeper->state, name, &error);
        if (previous == NULL)
            problem_of(keeper, name, &error);
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

static RvRrdPrevious *
counters_before(RvKeeper *keeper, const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) counters = rv_state_counters(keeper->state, name, &error);
    g_autoptr(RvObservation) latest = NULL;
    RvRrdPrevious *previous = counters != NULL ? rv_rrd_previous_from_bytes(counters) : NULL;

    if (previous != NULL)
        return previous;
    if (error == NULL)
        latest = rv_state_latest(keeper->state, name, &error);
    if (error != NULL)
        problem_of(keeper, NULL, &error);
    return latest != NULL ? rv_rrd_previous_new(latest) : NULL;
}

static void
take_report(RvKeeper *keeper, RvRrdReport *report)
{
    for (guint i = 0; report->failures != NULL && i < report->failures->len; i++) {
        const RvRrdFailure *failure = g_ptr_array_index(report->failures, i);
        g_autofree char *text = g_strdup_printf("%s: %s", failure->file, failure->reason);

        problem(keeper, NULL, text);
    }
    keeper->kept.series += report->written;
    keeper->kept.created += report->created;
    rv_rrd_report_clear(report);
}

/* Whether rrdcached is, so that answers have to wait in the spool; whatever else fails, fails
 * again. */
static gboolean
is_gone(RvKeeper *keeper, const char *name, GError **error)
{
    gboolean gone = g_error_matches(*error, RV_ERROR, RV_ERROR_UNAVAILABLE);

    if (*error != NULL)
        problem_of(keeper, gone ? NULL : name, error);
    return gone;
}

static gboolean
write_series(RvKeeper *keeper, const RvObservation *observation)
{
    const char *name = name_of(observation);
    g_autoptr(RvRrdPrevious) previous = NULL;
    g_autoptr(GError) error = NULL;
    RvRrdReport report = {0};

    if (keeper->store == NULL)
        return TRUE;
    if (observation->interfaces->len > 0)
        previous = counters_before(keeper, name);
    rv_rrd_store_write(keeper->store, name, observation, previous, &report, &error);
    take_report(keeper, &report);
    return !is_gone(keeper, name, &error);
}

/* Files take most of the time, new ones above all: it is looked at before each device's. */
static gboolean
is_too_late(const RvKeeper *keeper, RvPollSpoolKind kind)
{
    return kind == RV_SPOOL_ANSWERS && keeper->deadline_ms > 0 &&
           rv_clock_monotonic_ms() >= keeper->deadline_ms;
}

/* How many of the batch are in their files, or never will be: in the order of the batch. */
static guint
write_batch(RvKeeper *keeper, const GPtrArray *batch, RvPollSpoolKind kind)
{
    g_autoptr(GError) error = NULL;
    RvRrdReport report = {0};
    guint n = 0;

    if (keeper->store != NULL && rv_rrd_store_away(keeper->store) != NULL)
        return 0; /* which was said once */
    if (keeper->store != NULL)
        rv_rrd_store_begin(keeper->store);
    while (n < batch->len && !is_too_late(keeper, kind) &&
           write_series(keeper, ((Waiting *)g_ptr_array_index(batch, n))->observation))
        n++;
    if (keeper->store == NULL)
        return n;
    rv_rrd_store_settle(keeper->store, &report, &error);
    take_report(keeper, &report);
    return is_gone(keeper, NULL, &error) ? 0 : n;
}

static gboolean
store_one(RvKeeper *keeper, const Waiting *waiting)
{
    const RvConfiguration *configuration = keeper->configuration;
    g_autoptr(GBytes) counters = waiting->observation->interfaces->len > 0
                                     ? rv_rrd_previous_to_bytes(waiting->observation)
                                     : NULL;
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
    problem_of(keeper, NULL, &error);
    return FALSE;
}

/* The state takes a batch whole or not at all; one observation that it refuses is left out. */
static gboolean
store_batch(RvKeeper *keeper, const GPtrArray *batch)
{
    g_autoptr(GError) error = NULL;
    guint stored = 0;

    if (!rv_state_begin(keeper->state, &error)) {
        problem_of(keeper, NULL, &error);
        return FALSE;
    }
    for (guint i = 0; i < batch->len; i++)
        stored += store_one(keeper, g_ptr_array_index(batch, i));
    if (rv_state_finish(keeper->state, TRUE, &error)) {
        keeper->kept.stored += stored;
        return TRUE;
    }
    problem_of(keeper, NULL, &error);
    return FALSE;
}

/* Those of the batch from `first` on. */
static void
leave_unstored(RvKeeper *keeper, const GPtrArray *batch, guint first)
{
    keeper->kept.unstored += batch->len - first;
    for (guint i = first; keeper->spool != NULL && i < batch->len; i++)
        keeper->kept.lost += !((Waiting *)g_ptr_array_index(batch, i))->spooled;
}

static void
store(RvKeeper *keeper, GPtrArray *batch, RvPollSpoolKind kind)
{
    guint n;

    if (batch->len == 0)
        return;
    if (keeper->state == NULL) {
        leave_unstored(keeper, batch, 0);
        g_ptr_array_set_size(batch, 0);
        return;
    }
    n = write_batch(keeper, batch, kind);
    leave_unstored(keeper, batch, n);
    g_ptr_array_set_size(batch, (int)n);
    if (!store_batch(keeper, batch))
        leave_unstored(keeper, batch, 0);
    else if (keeper->spool != NULL && keeper->kept.unstored == 0) /* what failed stays spooled */
        rv_poll_spool_settle(keeper->spool, kind);
    g_ptr_array_set_size(batch, 0);
}

/* ---- taking ---- */

/* Only answers are worth the disk before they are stored; that the spool cannot be written is said,
 * and storing goes on. */
static void
spool(RvKeeper *keeper, Waiting *waiting, RvPollSpoolKind kind)
{
    g_autoptr(GError) error = NULL;

    if (keeper->spool == NULL)
        return;
    waiting->spooled =
        rv_poll_spool_append(keeper->spool, kind, waiting->tasks, waiting->line, &error);
    if (!waiting->spooled)
        problem_of(keeper, NULL, &error);
}

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

void
rv_keeper_add(RvKeeper *keeper, RvObservation *observation, RvTasks tasks)
{
    Waiting *waiting = g_new(Waiting, 1);
    RvReachability state;

    forgive_own_delay(observation);
    state = rv_observation_reachability(observation);
    if (state == RV_STATE_NOT_ASKED)
        tasks = 0; /* still owed */
    judge(keeper, observation, tasks);
    *waiting = (Waiting){observation, tasks, rv_observation_to_json_brief(observation), FALSE};
    if (state == RV_STATE_DOWN) {
        spool(keeper, waiting, RV_SPOOL_SILENT);
        g_ptr_array_add(keeper->silent, waiting);
        return;
    }
    if (state == RV_STATE_UP)
        g_hash_table_add(keeper->up, g_strdup(name_of(observation)));
    spool(keeper, waiting, RV_SPOOL_ANSWERS);
    if (keeper->batch->len == 0)
        keeper->oldest_ms = rv_clock_monotonic_ms();
    g_ptr_array_add(keeper->batch, waiting);
    rv_keeper_flush(keeper, FALSE);
}

void
rv_keeper_flush(RvKeeper *keeper, gboolean all)
{
    if (all || keeper->batch->len >= BATCH ||
        (keeper->batch->len > 0 && rv_clock_monotonic_ms() - keeper->oldest_ms >= BATCH_WAIT_MS))
        store(keeper, keeper->batch, RV_SPOOL_ANSWERS);
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
        const RvDevice *device = g_hash_table_lookup(keeper->devices, name_of(observation));

        add_reached(reached, name_of(observation), device != NULL ? device->parents : NULL,
                    RV_STATE_DOWN, reason_of(observation));
    }
    g_hash_table_iter_init(&each, keeper->up);
    while (g_hash_table_iter_next(&each, &name, NULL))
        add_reached(reached, name, NULL, RV_STATE_UP, RV_REASON_NONE);
    return reached;
}

static gboolean
is_for_later(const RvKeeper *keeper)
{
    return keeper->state == NULL ||
           (keeper->store != NULL && rv_rrd_store_away(keeper->store) != NULL);
}

/* Without a state, or rrdcached, the round's findings on its silent devices are kept as answers
 * are: who stores them later does not know any more whether we were cut off. */
static void
spool_settled(RvKeeper *keeper)
{
    for (guint i = 0; i < keeper->silent->len; i++) {
        Waiting *waiting = g_ptr_array_index(keeper->silent, i);

        waiting->line = rv_observation_to_json_brief(waiting->observation);
        spool(keeper, waiting, RV_SPOOL_ANSWERS);
    }
    if (keeper->spool != NULL)
        rv_poll_spool_settle(keeper->spool, RV_SPOOL_SILENT);
}

void
rv_keeper_settle(RvKeeper *keeper, gboolean cut_off, RvKeeperSilent heard, gpointer user_data)
{
    g_autoptr(GArray) reached = NULL;
    g_autoptr(GHashTable) before = NULL;

    rv_keeper_flush(keeper, TRUE);
    if (keeper->silent->len == 0) {
        say_unsaid(keeper);
        return;
    }
    reached = gather(keeper);
    before = states_before(keeper);
    rv_dependency_resolve((RvReached *)(void *)reached->data, reached->len, before);
    for (guint i = 0; i < keeper->silent->len; i++) {
        Waiting *waiting = g_ptr_array_index(keeper->silent, i);
        RvReachability state =
            cut_off ? RV_STATE_BLIND : g_array_index(reached, RvReached, i).state;

        if (heard != NULL)
            heard(name_of(waiting->observation), state, why(waiting->observation), user_data);
        rv_dependency_apply(waiting->observation, state);
        rv_health_judge(waiting->observation, NULL);
        g_clear_pointer(&waiting->line, g_free);
    }
    if (is_for_later(keeper))
        spool_settled(keeper);
    store(keeper, keeper->silent, RV_SPOOL_SILENT);
    say_unsaid(keeper);
}
