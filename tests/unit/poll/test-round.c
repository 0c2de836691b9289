/* A round with an asker that only pretends: what is asked, stored, said and left behind. */
#include "poll/round.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "observation/json.h"
#include "poll/keeper.h"
#include "poll/lock.h"
#include "poll/spool.h"
#include "pretender.h"
#include "rrd/store.h"

#define NOW_MS (G_GINT64_CONSTANT(1800000000) * 1000)

typedef struct {
    char *folder;
    RvConfiguration configuration;
    RvServicePlan plan;
    RvRoundOptions options;
    RvRoundResult result;
} Site;

static void
add_device(Site *site, const char *name, const char *parent)
{
    RvDevice *device = rv_device_new(name);

    g_free(device->address);
    device->address = g_strdup("192.0.2.1");
    device->snmp = rv_snmp_access_new();
    if (parent != NULL) {
        g_strfreev(device->parents);
        device->parents = g_strsplit(parent, " ", -1);
    }
    g_ptr_array_add(site->configuration.inventory->devices, device);
}

/* Devices "up-1 down-1<up-1": after '<' the parent. */
static Site *
site_new(const char *devices)
{
    Site *site = g_new0(Site, 1);
    g_auto(GStrv) words = g_strsplit(devices, " ", -1);
    GError *error = NULL;

    site->folder = g_dir_make_tmp("rackvitals-poll-XXXXXX", &error);
    g_assert_no_error(error);
    site->plan.faults = rv_fault_policy_new_default();
    site->configuration = (RvConfiguration){
        .state_folder = site->folder,
        .reachability_ms = 60000,
        .health_ms = 300000,
        .census_ms = 86400000,
        .deadline_ms = 20000,
        .workers = 1,
        .inventory = rv_inventory_new(),
        .plan = &site->plan,
    };
    for (char **word = words; *word != NULL; word++) {
        char *parent = strchr(*word, '<');

        if (parent != NULL)
            *parent++ = '\0';
        add_device(site, *word, parent);
    }
    site->options = (RvRoundOptions){
        .configuration = &site->configuration,
        .template_folder = g_getenv("RACKVITALS_RRD_TEMPLATES"),
        .version = "test",
        .asker = &pretender,
    };
    pretender_forget();
    pretender_now_ms = 0;
    return site;
}

static void
remove_all(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        remove_all(below);
    }
    g_remove(path);
}

static void
site_free(Site *site)
{
    rv_round_result_clear(&site->result);
    remove_all(site->folder);
    rv_inventory_free(site->configuration.inventory);
    rv_fault_policy_free(site->plan.faults);
    g_free(site->folder);
    g_free(site);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Site, site_free)

static void
go(Site *site)
{
    GError *error = NULL;

    rv_round_result_clear(&site->result);
    rv_round_run(&site->options, &site->result, &error);
    g_assert_no_error(error);
}

static RvState *
look(const Site *site)
{
    g_autofree char *path = g_build_filename(site->folder, "state.db", NULL);
    GError *error = NULL;
    RvState *state = rv_state_open(path, RV_STATE_MODE_READ, &error);

    g_assert_no_error(error);
    return state;
}

static RvReachability
state_of(const Site *site, const char *name)
{
    g_autoptr(RvState) state = look(site);
    g_autoptr(RvDeviceRow) row = rv_state_device(state, name, NULL);

    g_assert_nonnull(row);
    return row->state;
}

static guint
files_in_spool(const Site *site)
{
    g_autoptr(GPtrArray) files = rv_poll_spool_leftovers(site->folder);

    return files->len;
}

/* ---- cases ---- */

static void
test_first(void)
{
    g_autoptr(Site) site = site_new("up-1 up-2 down-1");
    g_autoptr(RvState) state = NULL;
    g_autoptr(GPtrArray) rounds = NULL;
    g_autoptr(RvObservation) latest = NULL;
    g_autofree char *summary = NULL;
    const RvRound *round;

    go(site);
    g_assert_cmpuint(site->result.due, ==, 3);
    g_assert_cmpuint(site->result.asked, ==, 3);
    g_assert_cmpuint(site->result.answered, ==, 2);
    g_assert_cmpuint(site->result.failed, ==, 1);
    g_assert_cmpuint(site->result.verdicts[RV_VERDICT_OK], ==, 2);
    g_assert_cmpuint(site->result.problems, ==, 0);
    state = look(site);
    rounds = rv_state_rounds(state, 0, G_MAXINT64, NULL);
    g_assert_cmpuint(rounds->len, ==, 1);
    round = g_ptr_array_index(rounds, 0);
    g_assert_cmpuint(round->answered, ==, 2);
    g_assert_cmpint(round->ended_ms, >=, round->started_ms);
    g_assert_null(round->note);
    latest = rv_state_latest(state, "up-1", NULL);
    g_assert_cmpuint(latest->sensors->len, ==, 1);
    g_assert_cmpint(state_of(site, "down-1"), ==, RV_STATE_DOWN);
    g_assert_cmpuint(files_in_spool(site), ==, 0);
    site->result.duration_ms = 1234;
    summary = rv_round_summary(&site->result);
    g_assert_cmpstr(summary, ==,
                    "3 devices due, 3 asked, 2 answered, 1 failed; 2 sensors: 2 ok, 0 warning, 0 "
                    "critical, 0 unknown; 1.2 s");
}

static void
test_nothing_due(void)
{
    g_autoptr(Site) site = site_new("up-1");

    go(site);
    pretender_forget();
    go(site);
    g_assert_cmpuint(site->result.due, ==, 0);
    g_assert_cmpint(site->result.id, ==, 0);
    site->options.mode = RV_DUE_FORCE;
    go(site);
    g_assert_cmpuint(site->result.answered, ==, 1);
}

static void
test_globs(void)
{
    g_autoptr(Site) site = site_new("up-1 up-2");
    const char *const one[] = {"*-2", NULL};
    const char *const none[] = {"sw-*", NULL};
    g_autofree char *asked = NULL;
    g_autoptr(GError) error = NULL;

    site->options.devices = one;
    go(site);
    asked = pretender_asked();
    g_assert_cmpstr(asked, ==, "up-2:7");
    site->options.devices = none;
    rv_round_result_clear(&site->result);
    g_assert_false(rv_round_run(&site->options, &site->result, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
}

static void
test_probe(void)
{
    g_autoptr(Site) site = site_new("down-1 up-1");
    g_autofree char *asked = NULL;

    go(site);
    pretender_forget();
    site->options.mode = RV_DUE_FORCE;
    go(site);
    asked = pretender_asked();
    g_assert_nonnull(strstr(asked, "down-1:9")); /* a sign of life, with one packet */
    g_assert_null(strstr(asked, "down-1:7"));
    g_assert_nonnull(strstr(asked, "up-1:7"));
}

/* The device of that name was down: it is asked for a sign of life, and at once for the rest. */
static void
test_comes_back(void)
{
    g_autoptr(Site) site = site_new("up-1");
    g_autofree char *path = g_build_filename(site->folder, "state.db", NULL);
    g_autoptr(RvState) state = rv_state_open(path, RV_STATE_MODE_WRITE, NULL);
    g_autoptr(RvObservation) silence = rv_observation_new();
    RvProtocol *protocol = rv_observation_add_protocol(silence, "snmp");
    const RvStoreContext context = {.tasks = RV_TASK_HEALTH};
    g_autofree char *asked = NULL;

    g_free(silence->device.name);
    silence->device.name = g_strdup("up-1");
    silence->taken_at_ms = rv_clock_now_ms() - 60000;
    protocol->state = RV_STATE_DOWN;
    g_assert_true(rv_state_store_observation(state, silence, &context, NULL));
    go(site);
    asked = pretender_asked();
    g_assert_cmpstr(asked, ==, "up-1:9 up-1:7");
    g_assert_cmpuint(site->result.asked, ==, 1);
    g_assert_cmpuint(site->result.sensors, ==, 1);
}

static void
test_parents(void)
{
    g_autoptr(Site) site = site_new("up-1 down-core down-acc<down-core down-other<up-1");

    go(site);
    g_assert_cmpint(state_of(site, "down-core"), ==, RV_STATE_DOWN);
    g_assert_cmpint(state_of(site, "down-acc"), ==, RV_STATE_UNREACHABLE);
    g_assert_cmpint(state_of(site, "down-other"), ==, RV_STATE_DOWN);
}

static void
test_deadline(void)
{
    g_autoptr(Site) site = site_new("never-1 slow-1 slow-2 slow-3 slow-4 slow-5 slow-6 up-1");
    g_autoptr(RvState) state = NULL;
    g_autoptr(GPtrArray) rounds = NULL;
    g_autoptr(RvDeviceRow) row = NULL;

    site->configuration.max_devices = 2; /* one place is lost to the one that never calls back */
    site->options.deadline_ms = 1000;
    go(site);
    g_assert_cmpuint(site->result.due, ==, 8);
    g_assert_cmpuint(site->result.asked + site->result.not_asked, ==, 8);
    g_assert_cmpuint(site->result.not_asked, >=, 5);
    g_assert_false(site->result.hangs);
    state = look(site);
    rounds = rv_state_rounds(state, 0, G_MAXINT64, NULL);
    g_assert_nonnull(((RvRound *)g_ptr_array_index(rounds, 0))->note);
    row = rv_state_device(state, "up-1", NULL);
    g_assert_cmpint(row->state, ==, RV_STATE_NOT_ASKED);
    g_assert_cmpint(row->reason, ==, RV_REASON_BUDGET);
    g_assert_cmpint(row->asked_ms[1], ==, 0);
}

static void
test_locked(void)
{
    g_autoptr(Site) site = site_new("up-1");
    g_autoptr(RvPollLock) lock = rv_poll_lock_take(site->folder, NOW_MS, NULL);
    g_autofree char *mine = g_strdup_printf("process %ld since ", (long)getpid());
    g_autofree char *holder = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(lock);
    g_assert_false(rv_round_run(&site->options, &site->result, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_LOCKED);
    g_assert_cmpint(rv_error_exit_status(error), ==, 75);
    g_assert_nonnull(strstr(error->message, mine));
    g_assert_true(rv_poll_lock_is_held(site->folder, &holder));
    g_clear_pointer(&lock, rv_poll_lock_free);
    rv_round_result_clear(&site->result);
    go(site);
}

static gboolean
kill_self(gpointer data)
{
    kill(getpid(), SIGTERM);
    return G_SOURCE_REMOVE;
}

static void
terminate_soon(const RvRoundProgress *progress, gpointer user_data)
{
    if (progress->done == 1)
        kill_self(NULL);
}

static void
test_signal(void)
{
    g_autoptr(Site) site = site_new("up-1 never-1");

    site->options.progress = terminate_soon;
    go(site);
    g_assert_cmpint(site->result.stopped_by, ==, SIGTERM);
    g_assert_cmpint(state_of(site, "up-1"), ==, RV_STATE_UP);
    g_assert_cmpint(state_of(site, "never-1"), ==, RV_STATE_NOT_ASKED);
}

/* Killed where the progress is told: answers are in the spool, some are stored. */
static void
die(const RvRoundProgress *progress, gpointer user_data)
{
    if (progress->done == GPOINTER_TO_UINT(user_data))
        kill(getpid(), SIGKILL);
}

static void
test_killed(gconstpointer data)
{
    g_autoptr(Site) site = site_new("up-1 up-2 up-3 up-4 down-1 down-2");
    g_autoptr(RvState) state = NULL;
    g_autoptr(GPtrArray) devices = NULL;
    guint after = GPOINTER_TO_UINT(data);
    guint known = 0;
    pid_t child = fork();
    int status;

    if (child == 0) {
        site->options.progress = die;
        site->options.user_data = GUINT_TO_POINTER(after);
        (void)rv_round_run(&site->options, &site->result, NULL);
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    g_assert_cmpuint(files_in_spool(site), >, 0);
    go(site);
    g_assert_cmpuint(site->result.recovered, ==, after);
    g_assert_cmpuint(site->result.due, ==, 6 - after); /* what was rescued is not asked again */
    g_assert_cmpuint(files_in_spool(site), ==, 0);
    state = look(site);
    devices = rv_state_devices(state, NULL);
    for (guint i = 0; i < devices->len; i++)
        known += ((RvDeviceRow *)g_ptr_array_index(devices, i))->last_ms > 0;
    g_assert_cmpuint(known, ==, 6);
}

/* The time for storing is over: what came waits in the spool, and the next run stores it. */
static void
test_no_time(void)
{
    g_autoptr(Site) site = site_new("up-1 up-2");
    g_autofree char *path = g_build_filename(site->folder, "state.db", NULL);
    RvState *state = rv_state_open(path, RV_STATE_MODE_WRITE, NULL);
    RvPollSpool *spool = rv_poll_spool_open(site->folder, 1, NULL);
    RvKeeper *keeper = rv_keeper_new(&site->configuration, state, NULL, spool, 1);
    RvObservation *observation = rv_observation_new();

    g_free(observation->device.name);
    observation->device.name = g_strdup("up-1");
    observation->taken_at_ms = rv_clock_now_ms() - 1000;
    rv_observation_add_protocol(observation, "snmp")->state = RV_STATE_UP;
    rv_keeper_set_deadlines(keeper, rv_clock_monotonic_ms(), 0);
    rv_keeper_add(keeper, observation, RV_TASK_REACHABILITY);
    rv_keeper_flush(keeper, TRUE);
    g_assert_cmpuint(rv_keeper_kept(keeper)->unstored, ==, 1);
    g_assert_cmpuint(rv_keeper_kept(keeper)->stored, ==, 0);
    rv_keeper_free(keeper);
    rv_poll_spool_free(spool);
    rv_state_close(state);
    g_assert_cmpuint(files_in_spool(site), ==, 1);
    go(site);
    g_assert_cmpuint(site->result.recovered, ==, 1);
    g_assert_cmpuint(files_in_spool(site), ==, 0);
}

/* The oldest round makes room, and what was in it is told; the round's own stays. */
static void
test_full_spool(void)
{
    g_autoptr(Site) site = site_new("up-1");
    g_autofree char *line = g_strnfill(1000, 'x');
    g_autofree char *lost = NULL;
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    RvPollSpool *first = rv_poll_spool_open(site->folder, 1, NULL);
    RvPollSpool *second;
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) again = NULL;

    g_assert_true(rv_poll_spool_append(first, RV_SPOOL_ANSWERS, 1, line, &error));
    rv_poll_spool_keep_series(first);
    rv_poll_spool_free(first);
    g_assert_cmpuint(rv_poll_spool_bytes(site->folder), ==, 1003);
    second = rv_poll_spool_open(site->folder, 60000, NULL);
    rv_poll_spool_limit(second, 2500);
    g_assert_true(rv_poll_spool_append(second, RV_SPOOL_SILENT, 1, line, &error));
    g_assert_cmpuint(rv_poll_spool_dropped(second), ==, 0);
    g_assert_true(rv_poll_spool_append(second, RV_SPOOL_ANSWERS, 1, line, &error));
    g_assert_cmpuint(rv_poll_spool_dropped(second), ==, 1);
    g_assert_cmpuint(rv_poll_spool_bytes(site->folder), ==, 2006);
    lost = rv_poll_spool_say_lost(site->folder, zone);
    g_assert_true(g_str_has_prefix(lost, "the series of 1 answers of the rounds from 1970-01-01"));
    g_assert_false(rv_poll_spool_append(second, RV_SPOOL_ANSWERS, 1, line, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    g_assert_nonnull(strstr(error->message, "spool-ceiling"));
    g_assert_false(rv_poll_spool_append(second, RV_SPOOL_ANSWERS, 1, line, &again));
    g_assert_cmpstr(error->message, ==, again->message); /* said once a round */
    rv_poll_spool_settle(second, RV_SPOOL_SILENT);
    g_clear_error(&again);
    g_assert_true(rv_poll_spool_append(second, RV_SPOOL_ANSWERS, 1, line, &again));
    rv_poll_spool_free(second);
}

static void
test_torn_spool(void)
{
    g_autoptr(Site) site = site_new("up-1");
    g_autofree char *folder = g_build_filename(site->folder, "spool", NULL);
    g_autofree char *path = g_build_filename(folder, "round-000000000007.answers", NULL);
    g_autofree char *text = NULL;
    g_autofree char *line = NULL;
    g_autoptr(RvObservation) observation = rv_observation_new();

    observation->taken_at_ms = NOW_MS;
    observation->device.name = (g_free(observation->device.name), g_strdup("up-1"));
    rv_observation_add_protocol(observation, "snmp")->state = RV_STATE_UP;
    line = rv_observation_to_json_line(observation);
    text = g_strdup_printf("1 %s\nnonsense\n1 %.*s", line, (int)strlen(line) / 2, line);
    g_mkdir(folder, 0750);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    site->options.mode = RV_DUE_ALL;
    go(site);
    g_assert_cmpuint(site->result.recovered, ==, 1);
    g_assert_cmpuint(files_in_spool(site), ==, 0);
}

/* Down in two rounds is a fault of the default policy: who is to be told is told, once. */
static void
test_told(void)
{
    g_autoptr(Site) site = site_new("down-1");
    g_autofree char *heard = g_build_filename(site->folder, "heard", NULL);
    g_autofree char *script = g_strdup_printf("cat >> %s; echo END >> %s", heard, heard);
    char *command[] = {(char *)"/bin/sh", (char *)"-c", script, NULL};
    char *nobody[] = {NULL};
    RvChannel channel = {.id = (char *)"pager",
                         .kind = RV_CHANNEL_COMMAND,
                         .to = nobody,
                         .bcc = nobody,
                         .command = command,
                         .quiet_from = -1,
                         .quiet_until = -1};
    g_autofree char *text = NULL;

    site->configuration.channels = g_ptr_array_new();
    g_ptr_array_add(site->configuration.channels, &channel);
    site->options.mode = RV_DUE_FORCE;
    for (guint i = 0; i < 4; i++) {
        go(site);
        g_usleep(2000); /* samples have to differ in time */
    }
    g_assert_true(g_file_get_contents(heard, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "down-1"));
    g_assert_true(g_str_has_suffix(text, "END\n"));
    g_assert_true(strstr(text, "END\n") == text + strlen(text) - strlen("END\n"));
    g_ptr_array_unref(site->configuration.channels);
}

/* Two rounds five minutes apart, the counter 300 MB further: 8 Mbit/s. */
static void
test_rates(void)
{
    g_autoptr(Site) site = site_new("up-1");
    g_autofree char *folder = g_build_filename(site->folder, "rrd", NULL);
    const RvRrdOptions options = {.folder = folder,
                                  .template_folder = g_getenv("RACKVITALS_RRD_TEMPLATES")};
    g_autoptr(RvRrdStore) store = NULL;
    g_autoptr(RvSeries) series = NULL;

    site->options.mode = RV_DUE_FORCE;
    for (guint i = 0; i < 3; i++) {
        pretender_now_ms = NOW_MS + i * 300000;
        pretender_octets = 1000000 + i * G_GUINT64_CONSTANT(300000000);
        go(site);
        g_assert_cmpuint(site->result.problems, ==, 0);
    }
    store = rv_rrd_store_open(&options, NULL);
    series = rv_rrd_fetch(store, "up-1", "interface/port-1", "in", "AVERAGE", NOW_MS / 1000,
                          NOW_MS / 1000 + 600, 300, NULL);
    g_assert_nonnull(series);
    g_assert_cmpfloat_with_epsilon(rv_series_mean(series), 8e6, 1);
    g_assert_cmpuint(rv_series_known(series), ==, 2);
}

static void
test_workers(void)
{
    g_autoptr(Site) site = site_new("up-1 up-2 up-3 up-4 up-5 down-1 down-2 slow-1");

    site->options.workers = 3;
    go(site);
    g_assert_cmpuint(site->result.asked, ==, 8);
    g_assert_cmpuint(site->result.answered, ==, 6);
    g_assert_cmpuint(site->result.sensors, ==, 6);
    g_assert_cmpint(waitpid(-1, NULL, WNOHANG), ==, -1); /* nobody is left */
}

/* One of two workers dies: what the other asked is kept, and the rest is owed. */
static void
test_worker_dies(void)
{
    g_autoptr(Site) site = site_new("crash-1 up-1 never-1 up-2");

    site->options.workers = 2;
    go(site);
    g_assert_cmpuint(site->result.answered, ==, 2);
    g_assert_cmpuint(site->result.not_asked, ==, 2);
    g_assert_cmpuint(site->result.problems, ==, 1);
}

static gpointer
open_refused(GMainContext *context, guint askers, gpointer user_data, GError **error)
{
    g_set_error(error, RV_ERROR, RV_ERROR_CONFIG, "profiles/x.yaml:1:1: wrong\nsecond line");
    return NULL;
}

static void
test_asker_refuses(gconstpointer data)
{
    g_autoptr(Site) site = site_new("up-1 up-2");
    RvAsker refusing = pretender;
    g_autoptr(GError) error = NULL;

    refusing.open = open_refused;
    site->options.asker = &refusing;
    site->options.workers = GPOINTER_TO_UINT(data);
    g_assert_false(rv_round_run(&site->options, &site->result, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_CONFIG);
    g_assert_cmpstr(error->message, ==, "profiles/x.yaml:1:1: wrong\nsecond line");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rv_log_set_level(RV_LOG_CRITICAL);
    g_test_add_func("/round/the first round stores what came", test_first);
    g_test_add_func("/round/a second one finds nothing due", test_nothing_due);
    g_test_add_func("/round/globs choose, and one without a match is refused", test_globs);
    g_test_add_func("/round/a device that was down costs one probe", test_probe);
    g_test_add_func("/round/one that is back is asked for all it owes", test_comes_back);
    g_test_add_func("/round/children of a dead parent are unreachable", test_parents);
    g_test_add_func("/round/the deadline holds, what it cut off is owed", test_deadline);
    g_test_add_func("/round/another run holds the lock", test_locked);
    g_test_add_func("/round/SIGTERM ends it and keeps what came", test_signal);
    g_test_add_data_func("/round/killed after the first answer, nothing is lost",
                         GUINT_TO_POINTER(1), test_killed);
    g_test_add_data_func("/round/killed after five, nothing is lost", GUINT_TO_POINTER(5),
                         test_killed);
    g_test_add_func("/round/what there is no time to store waits", test_no_time);
    g_test_add_func("/round/in a full spool the oldest makes room", test_full_spool);
    g_test_add_func("/round/a torn spool gives its whole lines", test_torn_spool);
    g_test_add_func("/round/rates are made from the round before", test_rates);
    g_test_add_func("/round/a fault is told, once", test_told);
    g_test_add_func("/round/workers share the devices", test_workers);
    g_test_add_func("/round/a worker that dies takes only its share along", test_worker_dies);
    g_test_add_data_func("/round/an asker that cannot begin says why", GUINT_TO_POINTER(1),
                         test_asker_refuses);
    g_test_add_data_func("/round/and so does one in a worker process", GUINT_TO_POINTER(2),
                         test_asker_refuses);
    return g_test_run();
}
