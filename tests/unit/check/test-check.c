/* check over a collector that answers as it is told: order, judging, and that it always ends. */
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "check/check.h"

/* ---- a collector that does as the device's name says: "late-200" answers after 200 ms, "never"
 * not at all ---- */

struct RvCollector {
    GMainContext *context;
};

typedef struct {
    char *name;
    RvCollectDone done;
    gpointer user_data;
} Question;

static guint flying, most_flying;
static RvCollectMemory memory_given;
static GPtrArray *unanswered; /* Question* */

RvCollector *
rv_collector_new(GMainContext *context, const RvCollectorOptions *options, GError **error)
{
    RvCollector *collector;

    if (options->interpretation != NULL) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_CONFIG, "x.yaml:1:1: wrong");
        return NULL;
    }
    collector = g_new0(RvCollector, 1);
    collector->context = context;
    return collector;
}

void
rv_collector_free(RvCollector *collector)
{
    g_free(collector);
}

static void
question_free(Question *question)
{
    g_free(question->name);
    g_free(question);
}

static gboolean
answer(gpointer user_data)
{
    Question *question = user_data;
    RvObservation *observation = rv_observation_new();
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE);

    flying--;
    g_free(observation->device.name);
    observation->device.name = g_strdup(question->name);
    rv_observation_add_protocol(observation, "snmp")->state = RV_STATE_UP;
    g_free(sensor->key);
    sensor->key = g_strdup("inlet");
    sensor->value = 59;
    sensor->hysteresis = 3;
    sensor->limits.high_warning = 60;
    sensor->limits_source = RV_LIMITS_DEVICE;
    question->done(observation, question->user_data);
    question_free(question);
    return G_SOURCE_REMOVE;
}

void
rv_collector_start(RvCollector *collector, const RvDevice *device, RvCollectTasks tasks,
                   const RvCollectMemory *memory, gint64 deadline_ms, RvCollectDone done,
                   gpointer user_data)
{
    Question *question = g_new0(Question, 1);
    g_autoptr(GSource) source = NULL;

    question->name = g_strdup(device->name);
    question->done = done;
    question->user_data = user_data;
    memory_given = *memory;
    flying++;
    most_flying = MAX(most_flying, flying);
    if (g_str_has_prefix(device->name, "never")) {
        g_ptr_array_add(unanswered, question);
        return;
    }
    source = g_str_has_prefix(device->name, "late-")
                 ? g_timeout_source_new((guint)atoi(device->name + 5))
                 : g_idle_source_new();
    g_source_set_callback(source, answer, question, NULL);
    g_source_attach(source, collector->context);
}

/* ---- */

static GPtrArray *
devices_named(const char *const *names)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func((GDestroyNotify)rv_device_free);

    for (; *names != NULL; names++) {
        RvDevice *device = rv_device_new(*names);

        device->snmp = rv_snmp_access_new();
        g_ptr_array_add(devices, device);
    }
    return devices;
}

static void
keep(RvObservation *observation, gpointer user_data)
{
    g_ptr_array_add(user_data, observation);
}

static GPtrArray *
run(const GPtrArray *devices, RvCheckOptions *options)
{
    static const RvCollectorOptions collector = {0};
    GPtrArray *answers = g_ptr_array_new_with_free_func((GDestroyNotify)rv_observation_free);
    g_autoptr(GError) error = NULL;

    options->collector = &collector;
    if (options->budget_ms == 0)
        options->budget_ms = 60000;
    flying = most_flying = 0;
    g_assert_true(rv_check_run(devices, options, keep, answers, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(answers->len, ==, devices->len);
    return answers;
}

static void
test_order(void)
{
    static const char *const names[] = {"late-60", "a", "late-20", "b", NULL};
    g_autoptr(GPtrArray) devices = devices_named(names);
    RvCheckOptions options = {0};
    g_autoptr(GPtrArray) answers = run(devices, &options);

    g_assert_cmpuint(most_flying, ==, 4); /* side by side */
    for (guint i = 0; i < answers->len; i++) {
        const RvObservation *observation = g_ptr_array_index(answers, i);

        g_assert_cmpstr(observation->device.name, ==, names[i]);
        g_assert_cmpint(observation->status, ==, RV_VERDICT_OK);
    }
}

static void
test_at_once(void)
{
    static const char *const names[] = {"a", "late-10", "c", "late-5", "e", "f", NULL};
    g_autoptr(GPtrArray) devices = devices_named(names);
    RvCheckOptions options = {.at_once = 2};
    g_autoptr(GPtrArray) answers = run(devices, &options);

    g_assert_cmpuint(answers->len, ==, G_N_ELEMENTS(names) - 1);
    g_assert_cmpuint(most_flying, ==, 2);
}

static void
test_nobody(void)
{
    static const char *const names[] = {NULL};
    g_autoptr(GPtrArray) devices = devices_named(names);
    RvCheckOptions options = {0};
    g_autoptr(GPtrArray) answers = run(devices, &options);

    g_assert_cmpuint(answers->len, ==, 0);
}

/* A collector that broke its word delays nobody for ever. */
static void
test_never(void)
{
    static const char *const names[] = {"never", "a", NULL};
    g_autoptr(GPtrArray) devices = devices_named(names);
    RvCheckOptions options = {.budget_ms = 1};
    g_autoptr(GPtrArray) answers = NULL;
    const RvObservation *silent;
    Question *question;

    unanswered = g_ptr_array_new();
    answers = run(devices, &options);
    silent = g_ptr_array_index(answers, 0);
    g_assert_cmpstr(silent->device.name, ==, "never");
    g_assert_cmpint(silent->status, ==, RV_VERDICT_CRITICAL);
    g_assert_cmpint(rv_observation_protocol(silent, "snmp")->reason, ==, RV_REASON_BUDGET);
    g_assert_cmpstr(((RvObservation *)g_ptr_array_index(answers, 1))->device.name, ==, "a");
    question = g_ptr_array_index(unanswered, 0); /* and then it answers after all */
    question->done(rv_observation_new(), question->user_data);
    question_free(question);
    g_ptr_array_unref(unanswered);
}

static void
test_wrong_profile(void)
{
    static const char *const names[] = {"a", NULL};
    g_autoptr(GPtrArray) devices = devices_named(names);
    const RvCollectorOptions collector = {.interpretation = "x.yaml"};
    const RvCheckOptions options = {.collector = &collector, .budget_ms = 1000};
    g_autoptr(GError) error = NULL;

    g_assert_false(rv_check_run(devices, &options, keep, NULL, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_CONFIG);
}

/* What the operator demands of the device counts, and what the last round said. */
static void
test_demands(void)
{
    static const char *const names[] = {"a", NULL};
    g_autofree char *folder = g_dir_make_tmp("rackvitals-check-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "state.db", NULL);
    g_autoptr(GPtrArray) devices = devices_named(names);
    RvDevice *device = g_ptr_array_index(devices, 0);
    RvPolicyLimit *policy = rv_policy_limit_new("inlet");
    RvCheckOptions options = {0};
    const RvStoreContext context = {.tasks = RV_TASK_HEALTH};

    policy->limits.high_warning = 50;
    g_ptr_array_add(device->policies, policy);
    options.state = rv_state_open(path, RV_STATE_MODE_WRITE, NULL);
    g_assert_nonnull(options.state);
    {
        g_autoptr(GPtrArray) answers = run(devices, &options);
        RvObservation *observation = g_ptr_array_index(answers, 0);
        RvEvent *event = rv_observation_add_event(observation);

        g_assert_cmpint(observation->status, ==, RV_VERDICT_WARNING);
        observation->taken_at_ms = event->time_ms = 1762272000000;
        event->record_id = 17;
        g_assert_true(rv_state_store_observation(options.state, observation, &context, NULL));
    }
    policy->limits.high_warning = 61; /* under it, but by less than the hysteresis */
    {
        g_autoptr(GPtrArray) answers = run(devices, &options);

        g_assert_cmpint(((RvObservation *)g_ptr_array_index(answers, 0))->status, ==,
                        RV_VERDICT_WARNING);
        g_assert_cmpuint(memory_given.sel_record, ==, 17);
        g_assert_cmpint(memory_given.sel_time, ==, 1762272000);
    }
    rv_state_close(options.state);
    options.state = NULL; /* without a past it is well */
    {
        g_autoptr(GPtrArray) answers = run(devices, &options);

        g_assert_cmpint(((RvObservation *)g_ptr_array_index(answers, 0))->status, ==,
                        RV_VERDICT_OK);
        g_assert_cmpuint(memory_given.sel_record, ==, 0);
    }
    for (const char *const *suffix = (const char *const[]){"", "-wal", "-shm", NULL};
         *suffix != NULL; suffix++) {
        g_autofree char *file = g_strconcat(path, *suffix, NULL);

        g_unlink(file);
    }
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/check/order", test_order);
    g_test_add_func("/check/at-once", test_at_once);
    g_test_add_func("/check/nobody", test_nobody);
    g_test_add_func("/check/never", test_never);
    g_test_add_func("/check/wrong-profile", test_wrong_profile);
    g_test_add_func("/check/demands", test_demands);
    return g_test_run();
}
