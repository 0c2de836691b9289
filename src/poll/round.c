#include "poll/round.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "db/ledger.h"
#include "poll/crew.h"
#include "poll/keeper.h"
#include "poll/lock.h"
#include "poll/place.h"
#include "poll/telling.h"
#include "poll/uplink.h"

#define DEVICES_IN_FLIGHT 2000
#define BMCS_IN_FLIGHT 32
#define DEVICE_BUDGET_MS 30000
#define RESERVE_FLOOR_MS 1000 /* of the deadline, for storing */
#define RESERVE_CEILING_MS 5000
#define FLUSH_EVERY_MS 250
#define LATE_MS 1000
#define HANG_MS 3000 /* beyond the asking's deadline: it does not come back */
#define CLOSING_MS 1000
#define TELLING_FLOOR_MS 500 /* what is not told by then waits for the next round */
#define DAY_MS ((gint64)86400000)
#define EARLIEST_MS                                                                                \
    (DAY_MS * 365)         /* what is below is no time: spools of older versions count rounds */
#define SPOOL_LOOKED_AT 60 /* files: the rounds of half an hour */
#define NAMES_CEILING 20   /* of silent devices in the log of one round */

typedef struct {
    const RvRoundOptions *options;
    const RvConfiguration *configuration;
    RvRoundResult *result;
    RvPollLock *lock;
    RvState *state;   /* NULL: the database does not answer, all goes to the spool */
    gboolean by_time; /* the spool being read is named by the time of its round */
    RvRrdStore *store;
    RvPollSpool *spool;
    RvKeeper *keeper;
    GHashTable *rows;  /* name → RvDeviceRow, owned */
    GArray *asks;      /* RvAsk */
    GByteArray *heard; /* by ask: 1 once something came */
    GMainContext *context;
    GMainLoop *loop;
    RvCrew *crew;
    gint64 started_ms, start_ms; /* wall clock, monotonic */
    gint64 whole_ms;             /* what the round may take */
    gint64 deadline_ms;          /* monotonic, of asking */
    gint64 hang_ms;              /* after that nobody is waited for */
    RvRoundProgress progress;
    GError *error; /* nobody could be asked */
    gboolean finished;
    guint newly_down;
} Round;

/* ---- what is due ---- */

static gboolean
is_wanted(const Round *round, const RvDevice *device)
{
    const char *const *globs = round->options->devices;

    if (globs == NULL || globs[0] == NULL)
        return TRUE;
    for (; *globs != NULL; globs++)
        if (rv_text_glob(*globs, device->name) ||
            (device->group != NULL && rv_text_glob(*globs, device->group)))
            return TRUE;
    return FALSE;
}

static gboolean
check_globs(const Round *round, GError **error)
{
    const char *const *globs = round->options->devices;

    for (; globs != NULL && *globs != NULL; globs++) {
        g_autoptr(GPtrArray) matches = rv_inventory_select(round->configuration->inventory, *globs);

        if (matches->len > 0)
            continue;
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "--device %s: the inventory has no such device or group; `rackvitals "
                    "inventory list` shows them",
                    *globs);
        return FALSE;
    }
    return TRUE;
}

static gboolean
load_rows(Round *round, GError **error)
{
    g_autoptr(GPtrArray) rows = rv_state_devices(round->state, error);

    if (rows == NULL)
        return FALSE;
    round->rows =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)rv_device_row_free);
    g_ptr_array_set_free_func(rows, NULL);
    for (guint i = 0; i < rows->len; i++) {
        RvDeviceRow *row = g_ptr_array_index(rows, i);

        g_hash_table_insert(round->rows, row->name, row);
    }
    return TRUE;
}

static gboolean
remember(Round *round, RvAsk *ask, GError **error)
{
    g_autoptr(RvPrevious) previous = NULL;

    if (ask->device->ipmi == NULL || round->state == NULL)
        return TRUE;
    previous = rv_state_previous(round->state, ask->device->name, error);
    if (previous == NULL)
        return FALSE;
    ask->memory.sel_record = previous->event_record;
    ask->memory.sel_time = previous->event_time_ms / 1000;
    return TRUE;
}

/* Who has waited longest comes first, so that nobody misses two deadlines in a row. */
static int
compare_asks(gconstpointer a, gconstpointer b, gpointer rows)
{
    const RvAsk *one = a, *other = b;
    const RvDeviceRow *first = g_hash_table_lookup(rows, one->device->name);
    const RvDeviceRow *second = g_hash_table_lookup(rows, other->device->name);
    gint64 first_ms = first != NULL ? first->asked_ms[0] / 1000 : 0;
    gint64 second_ms = second != NULL ? second->asked_ms[0] / 1000 : 0;

    return first_ms < second_ms ? -1 : first_ms > second_ms;
}

static gboolean
plan(Round *round, GError **error)
{
    const RvConfiguration *configuration = round->configuration;
    const RvDueIntervals intervals = {configuration->reachability_ms, configuration->health_ms,
                                      configuration->census_ms};

    for (guint i = 0; i < configuration->inventory->devices->len; i++) {
        const RvDevice *device = g_ptr_array_index(configuration->inventory->devices, i);
        const RvDeviceRow *row = g_hash_table_lookup(round->rows, device->name);
        RvAsk ask = {.device = device, .probe_first = rv_due_probe_first(row)};

        if (!is_wanted(round, device))
            continue;
        ask.tasks =
            rv_due_tasks(row, device->name, &intervals, round->options->mode, round->started_ms);
        if (ask.tasks == 0)
            continue;
        ask.budget_ms = device->budget_ms > 0                 ? device->budget_ms
                        : configuration->device_budget_ms > 0 ? configuration->device_budget_ms
                                                              : DEVICE_BUDGET_MS;
        if (!remember(round, &ask, error))
            return FALSE;
        g_array_append_val(round->asks, ask);
    }
    g_array_sort_with_data(round->asks, compare_asks, round->rows);
    round->result->due = round->progress.due = round->asks->len;
    g_byte_array_set_size(round->heard, round->asks->len);
    if (round->asks->len > 0)
        memset(round->heard->data, 0, round->heard->len);
    return TRUE;
}

/* The ledger and the round's own row come after it. */
static gint64
store_deadline(const Round *round)
{
    return round->start_ms + round->whole_ms - MIN(RESERVE_FLOOR_MS, round->whole_ms / 10);
}

/* ---- what waits in the spool ---- */

static void
know_from_spool(RvObservation *observation, RvTasks tasks, gint64 round_id, gpointer user_data)
{
    GHashTable *rows = user_data;
    RvDeviceRow *row = g_hash_table_lookup(rows, observation->device.name);

    if (row == NULL) {
        row = g_new0(RvDeviceRow, 1);
        row->name = g_strdup(observation->device.name);
        g_hash_table_insert(rows, row->name, row);
    }
    if (row->last_ms > observation->taken_at_ms) {
        rv_observation_free(observation);
        return;
    }
    row->last_ms = observation->taken_at_ms;
    row->state = rv_observation_reachability(observation);
    for (guint i = 0; i < G_N_ELEMENTS(row->asked_ms); i++) {
        if (((guint)tasks & (1u << i)) == 0)
            continue;
        row->asked_ms[i] = observation->taken_at_ms;
        if (row->state == RV_STATE_UP)
            row->answered_ms[i] = observation->taken_at_ms;
    }
    rv_observation_free(observation);
}

/* When devices were asked last, where that waits in the spool and the state does not know of it. */
static void
know_spooled(Round *round)
{
    g_autoptr(GPtrArray) paths = rv_poll_spool_leftovers(round->configuration->state_folder);
    guint first = paths->len > SPOOL_LOOKED_AT ? paths->len - SPOOL_LOOKED_AT : 0;

    for (guint i = first; i < paths->len; i++) {
        guint broken;

        (void)rv_poll_spool_read(g_ptr_array_index(paths, i), know_from_spool, round->rows, &broken,
                                 NULL);
    }
}

/* ---- what a killed run left ---- */

typedef struct {
    Round *round;
    RvKeeper *keeper;
    guint taken;
} Replay;

/* Stored as one transaction, after its RRD files: what the state knows is in both. */
static void
replay_one(RvObservation *observation, RvTasks tasks, gint64 round_id, gpointer user_data)
{
    Replay *replay = user_data;
    const RvDeviceRow *row = g_hash_table_lookup(replay->round->rows, observation->device.name);

    if (row != NULL && row->last_ms >= observation->taken_at_ms) {
        rv_observation_free(observation);
        return;
    }
    rv_keeper_add(replay->keeper, observation, tasks);
    replay->taken++;
}

static gboolean
replay_file(Round *round, const char *path, Replay *replay)
{
    g_autoptr(GError) error = NULL;
    guint broken = 0;

    if (!rv_poll_spool_read(path, replay_one, replay, &broken, &error)) {
        rv_warning("%s", error->message);
        round->result->problems++;
        return FALSE;
    }
    if (broken > 0)
        rv_info("%s: %u lines were cut short and are not stored", path, broken);
    return TRUE;
}

/* A round that could not tell the database of itself. */
static gboolean
record_replayed(Round *round, gint64 started_ms, const RvKept *kept, GError **error)
{
    g_autoptr(GPtrArray) known = rv_state_rounds(round->state, started_ms, started_ms + 1, error);
    g_autoptr(RvRound) row = NULL;

    if (known == NULL || known->len > 0)
        return known != NULL;
    row = g_new0(RvRound, 1);
    row->started_ms = started_ms;
    row->host = g_strdup(g_get_host_name());
    row->version = g_strdup(round->options->version);
    row->simulated = rv_clock_is_simulated();
    row->due = row->asked = kept->stored + kept->unstored;
    row->answered = row->asked;
    row->ended_ms = started_ms;
    row->note = g_strdup("stored later: the database did not answer");
    return rv_state_round_start(round->state, row, error) &&
           rv_state_round_end(round->state, row, error);
}

/* The files of one round, which begin at `first`; *stored: all of it. */
static gboolean
replay_round(Round *round, const GPtrArray *paths, guint first, guint count, gboolean *stored,
             GError **error)
{
    g_autoptr(RvKeeper) keeper =
        rv_keeper_new(round->configuration, round->state, round->store, NULL, 0);
    gint64 started_ms = rv_poll_spool_round(g_ptr_array_index(paths, first));
    Replay replay = {round, keeper, 0};
    gboolean fine = TRUE;
    const RvKept *kept;

    rv_keeper_know(keeper, round->rows);
    rv_keeper_set_deadline(keeper, store_deadline(round));
    for (guint i = 0; i < count; i++)
        fine = replay_file(round, g_ptr_array_index(paths, first + i), &replay) && fine;
    rv_keeper_settle(keeper, FALSE, NULL, NULL);
    kept = rv_keeper_kept(keeper);
    round->result->recovered += kept->stored;
    round->result->problems += kept->problems;
    *stored = kept->unstored == 0;
    for (guint i = 0; i < count && fine && *stored; i++)
        (void)g_unlink(g_ptr_array_index(paths, first + i));
    return replay.taken == 0 || !round->by_time || record_replayed(round, started_ms, kept, error);
}

/* Once, when what was kept is stored: who reads it knows what the gap is. */
static void
tell_lost(Round *round)
{
    const char *folder = round->configuration->state_folder;
    g_autofree char *lost = rv_poll_spool_say_lost(folder, round->configuration->plan->zone);

    if (lost == NULL)
        return;
    rv_warning("%s; that time is not observed", lost);
    rv_poll_spool_forget_lost(folder);
}

/* Round after round, as they were: what one of them stored the next one continues. */
static gboolean
replay_leftovers(Round *round, GError **error)
{
    g_autoptr(GPtrArray) paths = rv_poll_spool_leftovers(round->configuration->state_folder);
    gboolean stored = TRUE;

    for (guint i = 0, count; i < paths->len && stored; i += count) {
        gint64 number = rv_poll_spool_round(g_ptr_array_index(paths, i));

        for (count = 1; i + count < paths->len; count++)
            if (rv_poll_spool_round(g_ptr_array_index(paths, i + count)) != number)
                break;
        round->by_time = number >= EARLIEST_MS;
        if (!replay_round(round, paths, i, count, &stored, error))
            return FALSE;
        g_clear_pointer(&round->rows, g_hash_table_unref);
        if (!load_rows(round, error))
            return FALSE;
    }
    if (round->result->recovered > 0)
        rv_info("%u answers that waited in the spool were stored", round->result->recovered);
    if (stored)
        tell_lost(round);
    return TRUE;
}

/* ---- without a database ---- */

/* A server that is away, or refuses us for now, must not keep us from asking: what comes waits in
 * the spool. Not so where it holds what is not ours, or another machine's round runs. */
static gboolean
may_do_without(const Round *round, const GError *error)
{
    return round->configuration->database != NULL &&
           (g_error_matches(error, RV_ERROR, RV_ERROR_UNAVAILABLE) ||
            g_error_matches(error, RV_ERROR, RV_ERROR_AUTH) ||
            g_error_matches(error, RV_ERROR, RV_ERROR_STORE));
}

static gboolean
open_state(Round *round, GError **error)
{
    g_autoptr(GError) problem = NULL;

    round->state = rv_place_open(round->configuration, NULL, RV_STATE_MODE_WRITE, &problem);
    if (round->state != NULL)
        return rv_state_claim_round(round->state, error);
    if (!may_do_without(round, problem)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    rv_warning("%s; what devices answer waits in the spool until it is there again",
               problem->message);
    round->result->problems++;
    return TRUE;
}

static gboolean
load(Round *round, GError **error)
{
    if (round->state == NULL)
        round->rows = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
                                            (GDestroyNotify)rv_device_row_free);
    else if (!load_rows(round, error))
        return FALSE;
    if (round->state != NULL && rv_rrd_store_away(round->store) == NULL)
        return replay_leftovers(round, error);
    know_spooled(round);
    return TRUE;
}

/* ---- answers ---- */

static void
tell(Round *round)
{
    if (round->options->progress != NULL)
        round->options->progress(&round->progress, round->options->user_data);
}

static void
answer(guint n, RvTasks tasks, RvObservation *observation, gpointer user_data)
{
    Round *round = user_data;
    const RvDevice *device = g_array_index(round->asks, RvAsk, n).device;
    RvReachability state = rv_observation_reachability(observation);

    if (round->heard->data[n] != 0) {
        rv_observation_free(observation);
        return;
    }
    round->heard->data[n] = 1;
    round->result->asked++;
    round->result->answered += state == RV_STATE_UP;
    round->result->failed += state != RV_STATE_UP;
    round->progress.done++;
    round->progress.silent += state != RV_STATE_UP;
    if (state == RV_STATE_UP && rv_due_probe_first(g_hash_table_lookup(round->rows, device->name)))
        rv_info("%s: answers again", device->name);
    rv_keeper_add(round->keeper, observation, tasks);
    tell(round);
}

static void
finished(const GError *error, gpointer user_data)
{
    Round *round = user_data;

    if (error != NULL && round->error == NULL)
        round->error = g_error_copy(error);
    round->finished = TRUE;
    g_main_loop_quit(round->loop);
}

static void
leave(gpointer user_data)
{
    rv_poll_lock_leave(((Round *)user_data)->lock);
}

/* ---- asking ---- */

/* What closing a session may take: the command under way has to end before. */
static gint64
longest_command_ms(const Round *round)
{
    guint longest_ms = 0;

    for (guint i = 0; i < round->asks->len; i++) {
        const RvIpmiAccess *ipmi = g_array_index(round->asks, RvAsk, i).device->ipmi;

        if (ipmi != NULL)
            longest_ms = MAX(longest_ms, ipmi->timeout_ms);
    }
    return longest_ms;
}

static gboolean
on_signal(Round *round, int number)
{
    if (round->result->stopped_by == 0) {
        rv_info("signal %d: ending the round", number);
        round->hang_ms = MAX(HANG_MS, longest_command_ms(round) + CLOSING_MS);
    }
    round->result->stopped_by = number;
    rv_crew_stop(round->crew);
    round->deadline_ms = MIN(round->deadline_ms, rv_clock_monotonic_ms());
    return G_SOURCE_CONTINUE;
}

static gboolean
on_term(gpointer user_data)
{
    return on_signal(user_data, SIGTERM);
}

static gboolean
on_interrupt(gpointer user_data)
{
    return on_signal(user_data, SIGINT);
}

static gboolean
on_time(gpointer user_data)
{
    Round *round = user_data;

    rv_keeper_flush(round->keeper, FALSE);
    if (rv_clock_monotonic_ms() > round->deadline_ms + round->hang_ms) {
        round->result->hangs = TRUE;
        g_main_loop_quit(round->loop);
    }
    tell(round);
    return G_SOURCE_CONTINUE;
}

static GSource *
attach(Round *round, GSource *source, GSourceFunc function)
{
    g_source_set_callback(source, function, round, NULL);
    g_source_attach(source, round->context);
    return source;
}

static guint
workers_of(const Round *round)
{
    guint workers =
        round->options->workers > 0 ? round->options->workers : round->configuration->workers;
    guint cores = g_get_num_processors();

    /* one thread asks while another stores: more pays off only beyond two cores */
    if (workers == 0)
        workers = cores > 2 ? MIN(cores - 1, 1 + round->asks->len / 1000) : 1;
    return MAX(MIN(workers, round->asks->len), 1);
}

static void
destroy(GSource *source)
{
    g_source_destroy(source);
    g_source_unref(source);
}

static gboolean
ask_all(Round *round, GError **error)
{
    const RvConfiguration *configuration = round->configuration;
    const RvCrewEvents events = {answer, finished, round};
    const RvDriverLimits limits = {
        .devices = configuration->max_devices > 0 ? configuration->max_devices : DEVICES_IN_FLIGHT,
        .bmcs = configuration->ipmi_threads > 0 ? configuration->ipmi_threads * 2 : BMCS_IN_FLIGHT,
        .deadline_ms = round->deadline_ms,
        .late_ms = MIN(LATE_MS, (round->start_ms + round->whole_ms - round->deadline_ms) / 2),
    };
    GSource *sources[3];

    round->crew = rv_crew_start(round->context, round->options->asker, round->asks, &limits,
                                workers_of(round), leave, &events, error);
    if (round->crew == NULL)
        return FALSE;
    sources[0] = attach(round, g_unix_signal_source_new(SIGTERM), on_term);
    sources[1] = attach(round, g_unix_signal_source_new(SIGINT), on_interrupt);
    sources[2] = attach(round, g_timeout_source_new(FLUSH_EVERY_MS), on_time);
    g_main_loop_run(round->loop);
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        destroy(sources[i]);
    if (!round->result->hangs)
        g_clear_pointer(&round->crew, rv_crew_free);
    if (round->error != NULL && round->result->asked == 0) {
        g_propagate_error(error, g_steal_pointer(&round->error));
        return FALSE;
    }
    return TRUE;
}

/* ---- the end ---- */

static void
note_problem(Round *round, GError **error)
{
    rv_warning("%s", (*error)->message);
    g_clear_error(error);
    round->result->problems++;
}

static RvObservation *
not_asked(const Round *round, const RvDevice *device)
{
    RvObservation *observation = rv_observation_new();
    const char *const names[] = {device->snmp != NULL ? "snmp" : NULL,
                                 device->ipmi != NULL ? "ipmi" : NULL};

    observation->taken_at_ms = rv_clock_now_ms();
    g_free(observation->device.name);
    observation->device.name = g_strdup(device->name);
    g_free(observation->device.host);
    observation->device.host = g_strdup(device->address != NULL ? device->address : "");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        RvProtocol *protocol =
            names[i] != NULL ? rv_observation_add_protocol(observation, names[i]) : NULL;

        if (protocol == NULL)
            continue;
        protocol->state = RV_STATE_NOT_ASKED;
        protocol->reason = RV_REASON_BUDGET;
        protocol->detail = g_strdup(round->result->stopped_by != 0
                                        ? "the round was ended by a signal before its turn"
                                        : "the round's deadline came before its turn");
    }
    return observation;
}

static void
note_not_asked(Round *round)
{
    for (guint n = 0; n < round->asks->len; n++) {
        if (round->heard->data[n] != 0)
            continue;
        round->result->not_asked++;
        rv_keeper_add(round->keeper, not_asked(round, g_array_index(round->asks, RvAsk, n).device),
                      0);
    }
}

/* A person hears of a change, not of every minute in which nothing changed; and of many at once
 * only the first. */
static void
silent(const char *name, RvReachability state, const char *why, gpointer user_data)
{
    Round *round = user_data;
    gboolean news = !rv_due_probe_first(g_hash_table_lookup(round->rows, name));

    round->result->unreachable += state == RV_STATE_UNREACHABLE;
    round->result->blind += state == RV_STATE_BLIND;
    if (state != RV_STATE_DOWN || !news || round->newly_down++ >= NAMES_CEILING)
        rv_info("%s: does not answer: %s", name, why);
    else
        rv_warning("%s: does not answer: %s", name, why);
}

static void
settle(Round *round)
{
    gboolean cut_off = FALSE;
    const RvKept *kept = rv_keeper_kept(round->keeper);

    if (rv_keeper_silent(round->keeper) > 0 && round->configuration->uplink != NULL)
        cut_off = !rv_uplink_answers(round->configuration->uplink);
    if (cut_off)
        rv_warning("%s does not answer: we have no network; silent devices are not counted as down",
                   round->configuration->uplink);
    rv_keeper_settle(round->keeper, cut_off, silent, round);
    if (round->newly_down > NAMES_CEILING)
        rv_warning("and %u more that do not answer", round->newly_down - NAMES_CEILING);
    round->result->sensors = kept->sensors;
    memcpy(round->result->verdicts, kept->verdicts, sizeof kept->verdicts);
    round->result->problems += kept->problems;
    round->result->waiting = kept->unstored - kept->lost;
    round->result->lost = kept->lost;
    if (kept->lost > 0)
        rv_poll_spool_note_lost(round->configuration->state_folder, kept->lost, round->started_ms);
}

static void
update_ledger(Round *round)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *actions =
        rv_ledger_update(round->state, round->configuration->inventory,
                         round->configuration->plan->faults, rv_clock_now_ms(), &error);

    if (actions == NULL) {
        note_problem(round, &error);
        return;
    }
    g_ptr_array_unref(round->result->actions);
    round->result->actions = actions;
}

static void
tell_people(Round *round)
{
    gint64 left_ms = round->start_ms + round->whole_ms - rv_clock_monotonic_ms();
    g_autoptr(GError) error = NULL;

    if (!rv_telling_run(round->state, round->configuration, rv_clock_now_ms(),
                        MAX(left_ms, TELLING_FLOOR_MS), &error))
        note_problem(round, &error);
}

/* By the devices as they were when it began: whether none was asked since midnight (UTC). */
static gboolean
is_first_of_day(const Round *round)
{
    gint64 midnight_ms = round->started_ms - round->started_ms % DAY_MS;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, round->rows);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const RvDeviceRow *)value)->last_ms >= midnight_ms)
            return FALSE;
    }
    return TRUE;
}

/* Once a day is enough: by the first round of the day, at whatever minute it comes. */
static void
prune(Round *round)
{
    gint64 retention_ms = round->configuration->retention_ms;
    g_autoptr(GError) error = NULL;

    if (retention_ms > 0 && is_first_of_day(round) &&
        !rv_state_prune(round->state, round->started_ms - retention_ms, &error))
        note_problem(round, &error);
}

static char *
note_of(const Round *round)
{
    const RvRoundResult *result = round->result;

    if (result->stopped_by != 0)
        return g_strdup_printf("ended by signal %d", result->stopped_by);
    if (result->not_asked > 0)
        return g_strdup_printf("the deadline came before %u devices were asked", result->not_asked);
    return NULL;
}

/* ---- the whole ---- */

static gboolean
prepare(Round *round, GError **error)
{
    const RvConfiguration *configuration = round->configuration;
    g_autofree char *series = g_build_filename(configuration->state_folder, "rrd", NULL);
    const RvRrdOptions store = {.folder = series,
                                .template_folder = round->options->template_folder,
                                .daemon_socket = configuration->rrdcached_socket,
                                .may_be_away = TRUE};

    if (!check_globs(round, error))
        return FALSE;
    if (g_mkdir_with_parents(configuration->state_folder, 0750) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_CREATE,
                    "%s: the state folder cannot be made: %s; make it and give it to our user "
                    "(%s), or name another by 'state' in the site file",
                    configuration->state_folder, g_strerror(errno), g_get_user_name());
        return FALSE;
    }
    round->lock = rv_poll_lock_take(configuration->state_folder, round->started_ms, error);
    if (round->lock == NULL)
        return FALSE;
    if (!open_state(round, error))
        return FALSE;
    round->store = rv_rrd_store_open(&store, error);
    if (round->store != NULL && rv_rrd_store_away(round->store) != NULL) {
        rv_warning("%s; what devices answer waits in the spool until it is there again",
                   rv_rrd_store_away(round->store));
        round->result->problems++;
    }
    return round->store != NULL && load(round, error) && plan(round, error);
}

static gboolean
record_start(Round *round, RvRound *row, GError **error)
{
    g_autoptr(GError) problem = NULL;

    row->started_ms = round->started_ms;
    row->host = g_strdup(g_get_host_name());
    row->version = g_strdup(round->options->version);
    row->simulated = rv_clock_is_simulated();
    row->due = round->result->due;
    if (round->state != NULL && !rv_state_round_start(round->state, row, error))
        return FALSE;
    round->result->id = row->id;
    round->spool =
        rv_poll_spool_open(round->configuration->state_folder, round->started_ms, &problem);
    if (round->spool == NULL)
        note_problem(round, &problem);
    else
        rv_poll_spool_limit(round->spool, (guint64)round->configuration->spool_mib * 1024 * 1024);
    round->keeper =
        rv_keeper_new(round->configuration, round->state, round->store, round->spool, row->id);
    rv_keeper_know(round->keeper, round->rows);
    rv_keeper_set_deadline(round->keeper, store_deadline(round));
    return TRUE;
}

static void
record_end(Round *round, RvRound *row)
{
    g_autoptr(GError) error = NULL;

    row->ended_ms = MAX(rv_clock_now_ms(), row->started_ms);
    row->asked = round->result->asked;
    row->answered = round->result->answered;
    row->failed = round->result->failed;
    row->note = note_of(round);
    if (!rv_state_round_end(round->state, row, &error))
        note_problem(round, &error);
}

static gboolean
run(Round *round, GError **error)
{
    g_autoptr(RvRound) row = NULL;

    if (!prepare(round, error))
        return FALSE;
    if (round->asks->len == 0 && round->state == NULL)
        return TRUE;
    if (round->asks->len == 0) {
        update_ledger(round); /* clocks run on, and a person may have changed something */
        tell_people(round);
        return TRUE;
    }
    row = g_new0(RvRound, 1);
    if (!record_start(round, row, error) || !ask_all(round, error))
        return FALSE;
    if (round->error != NULL)
        note_problem(round, &round->error);
    if (round->result->hangs) {
        rv_warning("a question did not come back in time; the round ends without it");
        round->result->problems++;
    }
    note_not_asked(round);
    settle(round);
    if (round->state == NULL)
        return TRUE;
    update_ledger(round);
    prune(round);
    record_end(round, row);
    tell_people(round);
    return TRUE;
}

static void
clear(Round *round)
{
    if (round->result->hangs) /* the crew may still read these */
        (void)g_steal_pointer(&round->asks);
    else
        rv_crew_free(round->crew);
    rv_keeper_free(round->keeper);
    rv_poll_spool_free(round->spool);
    rv_rrd_store_free(round->store);
    rv_state_close(round->state);
    rv_poll_lock_free(round->lock);
    g_clear_pointer(&round->rows, g_hash_table_unref);
    g_clear_pointer(&round->asks, g_array_unref);
    g_byte_array_unref(round->heard);
    g_main_loop_unref(round->loop);
    g_main_context_unref(round->context);
    g_clear_error(&round->error);
}

gboolean
rv_round_run(const RvRoundOptions *options, RvRoundResult *result, GError **error)
{
    Round round = {.options = options, .configuration = options->configuration, .result = result};
    const gint64 whole_ms =
        options->deadline_ms > 0 ? options->deadline_ms : options->configuration->deadline_ms;
    gboolean fine;

    *result = (RvRoundResult){0};
    result->actions = g_ptr_array_new_with_free_func((GDestroyNotify)rv_fault_action_free);
    round.started_ms = rv_clock_now_ms();
    round.start_ms = rv_clock_monotonic_ms();
    round.whole_ms = whole_ms;
    round.deadline_ms =
        round.start_ms + whole_ms -
        CLAMP(whole_ms / 10, MIN(RESERVE_FLOOR_MS, whole_ms / 2), RESERVE_CEILING_MS);
    round.hang_ms = HANG_MS;
    round.asks = g_array_new(FALSE, FALSE, sizeof(RvAsk));
    round.heard = g_byte_array_new();
    round.context = g_main_context_new();
    round.loop = g_main_loop_new(round.context, FALSE);
    fine = run(&round, error);
    clear(&round);
    result->duration_ms = rv_clock_monotonic_ms() - round.start_ms;
    return fine;
}

void
rv_round_result_clear(RvRoundResult *result)
{
    g_clear_pointer(&result->actions, g_ptr_array_unref);
}

/* ---- the summary ---- */

char *
rv_round_summary(const RvRoundResult *result)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%u device%s due, %u asked, %u answered, %u failed", result->due,
                    result->due == 1 ? "" : "s", result->asked, result->answered, result->failed);
    if (result->not_asked > 0)
        g_string_append_printf(text, ", %u not asked", result->not_asked);
    if (result->sensors > 0)
        g_string_append_printf(
            text, "; %u sensors: %u ok, %u warning, %u critical, %u unknown", result->sensors,
            result->verdicts[RV_VERDICT_OK], result->verdicts[RV_VERDICT_WARNING],
            result->verdicts[RV_VERDICT_CRITICAL], result->verdicts[RV_VERDICT_UNKNOWN]);
    if (result->recovered > 0)
        g_string_append_printf(text, "; %u answers that waited were stored", result->recovered);
    if (result->waiting > 0)
        g_string_append_printf(text, "; %u answers wait in the spool", result->waiting);
    if (result->lost > 0)
        g_string_append_printf(text, "; %u answers lost", result->lost);
    if (result->problems > 0)
        g_string_append_printf(text, "; %u problem%s", result->problems,
                               result->problems == 1 ? "" : "s");
    g_string_append_printf(text, "; %.1f s", (double)result->duration_ms / 1000);
    return g_string_free(text, FALSE);
}
