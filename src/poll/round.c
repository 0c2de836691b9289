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
#include "poll/asked.h"
#include "poll/crew.h"
#include "poll/keeper.h"
#include "poll/lock.h"
#include "poll/place.h"
#include "poll/replay.h"
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
#define NAMES_CEILING 20 /* of silent devices in the log of one round */

typedef struct {
    const RvRoundOptions *options;
    const RvConfiguration *configuration;
    RvRoundResult *result;
    RvPollLock *lock;
    RvState *state;  /* NULL: the database does not answer, all goes to the spool */
    gboolean behind; /* the state does not have all of the spool yet: this round's wait as well */
    RvReplayed replayed;
    RvRrdStore *store;
    RvPollSpool *spool;
    RvKeeper *keeper;
    GHashTable *rows;  /* name → RvDeviceRow, owned */
    GArray *asks;      /* RvAsk */
    GByteArray *heard; /* by ask: 1 once something came */
    GArray *asked;     /* RvAsked */
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

/* ---- what earlier rounds left ---- */

static RvReplay
replay_of(const Round *round)
{
    return (RvReplay){round->configuration, round->state, round->store, round->options->version};
}

/* Half of the time is for asking. */
static gboolean
load(Round *round, GError **error)
{
    const char *folder = round->configuration->state_folder;
    const RvReplay replay = replay_of(round);
    gint64 deadline_ms = round->start_ms + (round->deadline_ms - round->start_ms) / 2;
    gboolean all;

    if (round->state == NULL) {
        round->rows = rv_asked_load(folder);
        return TRUE;
    }
    if (!rv_replay_answers(&replay, deadline_ms, &round->replayed, &all, error))
        return FALSE;
    round->behind = !all;
    if (round->behind)
        rv_warning("there was no time to store all that waits in the spool; what this round hears "
                   "waits behind it");
    round->rows = rv_asked_of_state(round->state, error);
    return round->rows != NULL;
}

/* Those of the round are the last ones. */
static void
write_waiting_series(Round *round)
{
    const char *folder = round->configuration->state_folder;
    const RvReplay replay = replay_of(round);
    RvRoundResult *result = round->result;
    g_autoptr(GPtrArray) left = NULL;

    if (round->state != NULL && rv_rrd_store_away(round->store) == NULL && result->stopped_by == 0)
        rv_replay_series(&replay, store_deadline(round), &round->replayed);
    left = rv_poll_spool_leftovers_of(folder, TRUE);
    if (left->len == 0) {
        round->replayed.written -= MIN(round->replayed.written, result->series_waiting);
        result->series_waiting = 0;
    }
    result->recovered = round->replayed.stored;
    result->series_recovered = round->replayed.written;
    result->problems += round->replayed.problems;
}

/* Without a server the state is as near as the file would be. */
static void
remember_asked(Round *round)
{
    if (round->configuration->database == NULL)
        return;
    for (guint i = 0; i < round->asked->len; i++)
        rv_asked_note(round->rows, &g_array_index(round->asked, RvAsked, i));
    rv_asked_save(round->configuration->state_folder, round->rows);
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
    const RvAsked asked = {device->name, tasks, state, observation->taken_at_ms};

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
    if (state != RV_STATE_NOT_ASKED)
        g_array_append_val(round->asked, asked);
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
note_lost(Round *round, const RvKept *kept)
{
    const char *folder = round->configuration->state_folder;
    guint dropped = round->spool != NULL ? rv_poll_spool_dropped(round->spool) : 0;

    round->result->lost = kept->lost + kept->owed_lost + dropped;
    if (dropped > 0)
        rv_warning("the spool is full (spool-ceiling, %u MiB): the oldest %u answers in it made "
                   "room; see why they are not stored: rackvitals doctor",
                   round->configuration->spool_mib, dropped);
    if (kept->lost > 0)
        rv_poll_spool_note_lost(folder, RV_SPOOL_ANSWERS, kept->lost, round->started_ms);
    if (kept->owed_lost > 0)
        rv_poll_spool_note_lost(folder, RV_SPOOL_SERIES, kept->owed_lost, round->started_ms);
}

static void
settle(Round *round)
{
    gboolean cut_off = FALSE;
    const RvKept *kept;

    if (rv_keeper_silent(round->keeper) > 0 && round->configuration->uplink != NULL)
        cut_off = !rv_uplink_answers(round->configuration->uplink);
    if (cut_off)
        rv_warning("%s does not answer: we have no network; silent devices are not counted as down",
                   round->configuration->uplink);
    rv_keeper_settle(round->keeper, cut_off, silent, round);
    kept = rv_keeper_kept(round->keeper);
    if (round->newly_down > NAMES_CEILING)
        rv_warning("and %u more that do not answer", round->newly_down - NAMES_CEILING);
    round->result->sensors = kept->sensors;
    memcpy(round->result->verdicts, kept->verdicts, sizeof kept->verdicts);
    round->result->problems += kept->problems;
    round->result->waiting = kept->unstored - kept->lost;
    round->result->series_waiting = kept->owed - kept->owed_lost;
    note_lost(round, kept);
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

/* What the templates keep is worth asking for. */
static void
tell_asker(const Round *round)
{
    const guint packets = 1u << RV_COUNTER_IN_UNICAST | 1u << RV_COUNTER_OUT_UNICAST;

    if (round->options->packet_counters != NULL)
        *round->options->packet_counters =
            rv_rrd_templates_use(rv_rrd_store_templates(round->store), packets);
}

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
        rv_warning("%s; series wait in the spool until it is there again",
                   rv_rrd_store_away(round->store));
        round->result->problems++;
    }
    if (round->store == NULL)
        return FALSE;
    tell_asker(round);
    return load(round, error) && plan(round, error);
}

static gboolean
record_start(Round *round, RvRound *row, GError **error)
{
    const char *folder = round->configuration->state_folder;
    g_autoptr(GPtrArray) waiting = rv_poll_spool_leftovers_of(folder, TRUE);
    g_autoptr(GError) problem = NULL;

    row->started_ms = round->started_ms;
    row->host = g_strdup(g_get_host_name());
    row->version = g_strdup(round->options->version);
    row->simulated = rv_clock_is_simulated();
    row->due = round->result->due;
    if (round->state != NULL && !rv_state_round_start(round->state, row, error))
        return FALSE;
    round->result->id = row->id;
    round->spool = rv_poll_spool_open(folder, round->started_ms, &problem);
    if (round->spool == NULL)
        note_problem(round, &problem);
    else
        rv_poll_spool_limit(round->spool, (guint64)round->configuration->spool_mib * 1024 * 1024);
    round->keeper = rv_keeper_new(round->configuration, round->behind ? NULL : round->state,
                                  round->store, round->spool, row->id);
    rv_keeper_know(round->keeper, round->rows);
    rv_keeper_set_deadlines(round->keeper, store_deadline(round), round->deadline_ms);
    if (waiting->len > 0)
        rv_keeper_leave_series(round->keeper);
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
ask_and_store(Round *round, GError **error)
{
    g_autoptr(RvRound) row = g_new0(RvRound, 1);

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
    if (round->state != NULL)
        record_end(round, row);
    return TRUE;
}

static gboolean
run(Round *round, GError **error)
{
    if (!prepare(round, error) || (round->asks->len > 0 && !ask_and_store(round, error)))
        return FALSE;
    if (round->state != NULL) {
        update_ledger(round); /* clocks run on, and a person may have changed something */
        if (round->asks->len > 0)
            prune(round);
        tell_people(round);
    }
    write_waiting_series(round);
    remember_asked(round);
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
    g_array_unref(round->asked);
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
    round.asked = g_array_new(FALSE, FALSE, sizeof(RvAsked));
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
    if (result->series_recovered > 0)
        g_string_append_printf(text, "; the series of %u answers that waited were written",
                               result->series_recovered);
    if (result->waiting > 0)
        g_string_append_printf(text, "; %u answers wait in the spool", result->waiting);
    if (result->series_waiting > 0)
        g_string_append_printf(text, "; the series of %u answers wait in the spool",
                               result->series_waiting);
    if (result->lost > 0)
        g_string_append_printf(text, "; %u answers lost", result->lost);
    if (result->problems > 0)
        g_string_append_printf(text, "; %u problem%s", result->problems,
                               result->problems == 1 ? "" : "s");
    g_string_append_printf(text, "; %.1f s", (double)result->duration_ms / 1000);
    return g_string_free(text, FALSE);
}
