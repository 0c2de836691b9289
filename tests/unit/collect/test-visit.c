/* Visits: what is kept of an agent gives the same observation as asking for all of it, in a few
 * requests, and never outlives what it was read from. */
#include <glib/gstdio.h>
#include <string.h>

#include "../snmp/asked.h"
#include "base/clock.h"
#include "collect/collector.h"
#include "collect/kept.h"
#include "observation/json.h"
#include "snmp/recording.h"

#define PATIENT 10000
#define IMPATIENT 50 /* where silence is what is shown */

static const char *profiles; /* folder */

/* A switch, as far as it is of interest here. 0 and NULL: as usual. */
typedef struct {
    int ports, first_sensor, sensors;                          /* -1: none */
    gint64 uptime;                                             /* ticks */
    gint64 entities_changed, interfaces_changed, link_changed; /* ticks; -1: not told */
    const char *descr, *alias, *part;
    int speed; /* Mbit/s */
    int flip;  /* 1: ports that were up are down, and the others up */
    const char *object_id;
    int vendor_fans; /* in Dell's coolingDeviceTable */
} Switch;

static void
usual(gint64 *field, gint64 value)
{
    *field = *field == 0 ? value : *field;
}

static Switch
settled(const Switch *rough)
{
    Switch the = *rough;

    the.ports = the.ports == 0 ? 30 : the.ports;
    the.first_sensor = the.first_sensor == 0 ? 1 : the.first_sensor;
    the.sensors = the.sensors == 0 ? 8 : MAX(the.sensors, 0);
    the.speed = the.speed == 0 ? 1000 : the.speed;
    usual(&the.uptime, 900000);
    usual(&the.entities_changed, 5);
    usual(&the.interfaces_changed, 6);
    usual(&the.link_changed, 7);
    the.descr = the.descr != NULL ? the.descr : "a switch, firmware 1";
    the.alias = the.alias != NULL ? the.alias : "uplink";
    the.part = the.part != NULL ? the.part : "inlet";
    the.object_id = the.object_id != NULL ? the.object_id : "1.3.6.1.4.1.99999.1";
    return the;
}

static void
add(GString *text, const char *column, int row, int tag, const char *format, ...)
{
    va_list arguments;

    g_string_append_printf(text, "%s.%d|%d|", column, row, tag);
    va_start(arguments, format);
    g_string_append_vprintf(text, format, arguments);
    va_end(arguments);
    g_string_append_c(text, '\n');
}

static void
add_ports(GString *text, const Switch *the)
{
    static const char *const counters[] = {"13", "14", "19", "20"};
    static const char *const wide[] = {"6", "7", "10", "11"};

    for (int row = 1; row <= the->ports; row++) {
        add(text, "1.3.6.1.2.1.2.2.1.2", row, 4, "Ethernet%d", row);
        add(text, "1.3.6.1.2.1.2.2.1.3", row, 2, "6");
        add(text, "1.3.6.1.2.1.2.2.1.7", row, 2, "1");
        add(text, "1.3.6.1.2.1.2.2.1.8", row, 2, "%d", 1 + (row + the->flip) % 2);
        add(text, "1.3.6.1.2.1.2.2.1.9", row, 67, "%d", (int)the->link_changed);
        add(text, "1.3.6.1.2.1.2.2.1.10", row, 65, "%d", row);
        for (guint i = 0; i < G_N_ELEMENTS(counters); i++) {
            g_autofree char *column = g_strconcat("1.3.6.1.2.1.2.2.1.", counters[i], NULL);

            add(text, column, row, 65, "%d", row);
        }
        add(text, "1.3.6.1.2.1.31.1.1.1.1", row, 4, "Et%d", row);
        for (guint i = 0; i < G_N_ELEMENTS(wide); i++) {
            g_autofree char *column = g_strconcat("1.3.6.1.2.1.31.1.1.1.", wide[i], NULL);

            add(text, column, row, 70, "%d", 1000 * row);
        }
        add(text, "1.3.6.1.2.1.31.1.1.1.15", row, 66, "%d", the->speed);
        add(text, "1.3.6.1.2.1.31.1.1.1.18", row, 4, "%s", the->alias);
    }
}

static void
add_sensors(GString *text, const Switch *the)
{
    add(text, "1.3.6.1.2.1.47.1.1.1.1.2", 1, 4, "chassis");
    add(text, "1.3.6.1.2.1.47.1.1.1.1.4", 1, 2, "0");
    add(text, "1.3.6.1.2.1.47.1.1.1.1.5", 1, 2, "3");
    for (int n = 0; n < the->sensors; n++) {
        int row = 100 + the->first_sensor + n;

        add(text, "1.3.6.1.2.1.47.1.1.1.1.2", row, 4, "%s %d", the->part, row);
        add(text, "1.3.6.1.2.1.47.1.1.1.1.4", row, 2, "1");
        add(text, "1.3.6.1.2.1.47.1.1.1.1.5", row, 2, "8");
        add(text, "1.3.6.1.2.1.47.1.1.1.1.7", row, 4, "%s %d", the->part, row);
        add(text, "1.3.6.1.2.1.99.1.1.1.1", row, 2, "8");
        add(text, "1.3.6.1.2.1.99.1.1.1.2", row, 2, "9");
        add(text, "1.3.6.1.2.1.99.1.1.1.3", row, 2, "1");
        add(text, "1.3.6.1.2.1.99.1.1.1.4", row, 2, "%d", 200 + row);
        add(text, "1.3.6.1.2.1.99.1.1.1.5", row, 2, "1");
    }
}

static void
add_vendor_fans(GString *text, const Switch *the)
{
    for (int row = 1; row <= the->vendor_fans; row++) {
        add(text, "1.3.6.1.4.1.674.10892.5.4.700.12.1.5.1", row, 2, "3");
        add(text, "1.3.6.1.4.1.674.10892.5.4.700.12.1.6.1", row, 2, "%d", 6000 + row);
        add(text, "1.3.6.1.4.1.674.10892.5.4.700.12.1.8.1", row, 4, "Fan%d", row);
    }
}

static char *
recording_of(const Switch *rough)
{
    const Switch settled_switch = settled(rough), *the = &settled_switch;
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "1.3.6.1.2.1.1.1.0|4|%s\n", the->descr);
    g_string_append_printf(text, "1.3.6.1.2.1.1.2.0|6|%s\n", the->object_id);
    g_string_append_printf(text, "1.3.6.1.2.1.1.3.0|67|%d\n", (int)the->uptime);
    g_string_append(text, "1.3.6.1.2.1.1.5.0|4|sw\n");
    if (the->interfaces_changed >= 0)
        g_string_append_printf(text, "1.3.6.1.2.1.31.1.5.0|67|%d\n", (int)the->interfaces_changed);
    if (the->entities_changed >= 0)
        g_string_append_printf(text, "1.3.6.1.2.1.47.1.4.1.0|67|%d\n", (int)the->entities_changed);
    add_ports(text, the);
    add_sensors(text, the);
    add_vendor_fans(text, the);
    return g_string_free(text, FALSE);
}

/* ---- one visit ---- */

static void
on_done(RvObservation *observation, gpointer user_data)
{
    *(RvObservation **)user_data = observation;
}

/* By a collector of its own, as each round of poll has. `pace`: packets a second; 0: any. */
static RvObservation *
visit_paced(const Switch *the, const char *manner, const char *state_folder, RvCollectTasks tasks,
            guint pace, gint64 patience_ms)
{
    g_autofree char *recording = recording_of(the);
    g_autofree char *arguments = g_strconcat("--frozen ", manner, NULL);
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(GError) error = NULL;
    const char *const folders[] = {profiles, NULL};
    const RvCollectorOptions options = {
        .profile_folders = folders, .state_folder = state_folder, .packets_per_second = pace};
    g_autoptr(RvCollector) collector = rv_collector_new(context, &options, &error);
    RvDevice *device = rv_device_new("core-sw-01");
    RvObservation *observation = NULL;
    Fake fake;

    g_assert_no_error(error);
    fake_start(&fake, arguments, recording);
    device->snmp = rv_snmp_access_new();
    device->snmp->address = g_strdup("127.0.0.1");
    device->snmp->port = fake.port;
    device->snmp->community = rv_secret_new("public");
    device->snmp->timeout_ms = *manner != '\0' ? IMPATIENT : device->snmp->timeout_ms;
    rv_collector_start(collector, device, tasks, NULL, rv_clock_monotonic_ms() + patience_ms,
                       on_done, &observation);
    while (observation == NULL)
        g_main_context_iteration(context, TRUE);
    fake_stop(&fake);
    rv_device_free(device);
    return observation;
}

static RvObservation *
visit_with(const Switch *the, const char *manner, const char *state_folder, RvCollectTasks tasks)
{
    return visit_paced(the, manner, state_folder, tasks, 0, PATIENT);
}

static RvObservation *
visit(const Switch *the, const char *state_folder, RvCollectTasks tasks)
{
    return visit_with(the, "", state_folder, tasks);
}

static guint
requests_of(const RvObservation *observation)
{
    const RvProtocol *protocol = g_ptr_array_index(observation->protocols, 0);

    g_assert_cmpint(protocol->state, ==, RV_STATE_UP);
    g_assert_false(protocol->partial);
    return protocol->requests;
}

/* What the device said, without how it was asked and when. */
static char *
said(RvObservation *observation)
{
    RvProtocol *protocol = g_ptr_array_index(observation->protocols, 0);

    protocol->requests = protocol->answers = protocol->retries = 0;
    protocol->duration_ms = 0;
    observation->taken_at_ms = 0;
    return rv_observation_to_json_line(observation);
}

static char *
state_folder_new(void)
{
    char *folder = g_dir_make_tmp("rackvitals-visit-XXXXXX", NULL);

    g_assert_nonnull(folder);
    return folder;
}

static void
state_folder_remove(char *folder)
{
    static const char *const names[] = {"agents/core-sw-01", "agents/core-sw-01.kept", "agents",
                                        ""};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        (void)g_remove(path);
    }
    g_free(folder);
}

/* ---- a first round, then another ---- */

#define FEW 12 /* a request for each column that moves, and for a port that changed */

typedef struct {
    const char *words;
    Switch before, after;
    RvCollectTasks tasks; /* of the second round */
    gboolean few;         /* its requests */
    gboolean fresh;       /* it says what a stranger would hear; else what was kept */
} Row;

#define HEALTH RV_COLLECT_HEALTH
static const Row rows[] = {
    {"nothing changed: only what moves is asked, and all is known", {0}, {0}, HEALTH, TRUE, TRUE},
    {"an agent without signs of change",
     {.entities_changed = -1, .interfaces_changed = -1},
     {.entities_changed = -1, .interfaces_changed = -1},
     HEALTH,
     TRUE,
     TRUE},
    {"a port came, and no sign told", {0}, {.ports = 31}, HEALTH, FALSE, TRUE},
    {"a port went", {0}, {.ports = 29}, HEALTH, FALSE, TRUE},
    {"a sensor has another index, as many as before",
     {0},
     {.first_sensor = 2},
     HEALTH,
     FALSE,
     TRUE},
    {"the last sensor went", {0}, {.sensors = -1}, HEALTH, FALSE, TRUE},
    {"it was started again", {0}, {.uptime = 100, .alias = "new"}, HEALTH, FALSE, TRUE},
    {"it has other firmware",
     {0},
     {.descr = "a switch, firmware 2", .part = "intake"},
     HEALTH,
     FALSE,
     TRUE},
    {"its parts changed", {0}, {.entities_changed = 800000, .part = "intake"}, HEALTH, FALSE, TRUE},
    {"its interfaces changed",
     {0},
     {.interfaces_changed = 800000, .alias = "new"},
     HEALTH,
     FALSE,
     TRUE},
    {"a link came up with another speed",
     {0},
     {.link_changed = 800000, .speed = 100, .flip = 1},
     HEALTH,
     TRUE,
     TRUE},
    {"a link went and came, and all statuses are as they were",
     {0},
     {.link_changed = 800000, .speed = 100},
     HEALTH,
     TRUE,
     TRUE},
    {"another alias, and no sign: the old one holds …", {0}, {.alias = "new"}, HEALTH, TRUE, FALSE},
    {"… until the census", {0}, {.alias = "new"}, HEALTH | RV_COLLECT_CENSUS, FALSE, TRUE},
};

static void
test_second_round(gconstpointer data)
{
    const Row *row = data;
    char *folder = state_folder_new();
    g_autoptr(RvObservation) first = visit(&row->before, folder, HEALTH);
    g_autoptr(RvObservation) second = visit(&row->after, folder, row->tasks);
    g_autoptr(RvObservation) stranger = visit(&row->after, NULL, row->tasks);
    guint requests = requests_of(second);
    g_autofree char *first_said = said(first), *second_said = said(second);
    g_autofree char *stranger_said = said(stranger);

    if (row->few)
        g_assert_cmpuint(requests, <=, FEW);
    else
        g_assert_cmpuint(requests, >, FEW);
    g_assert_true(g_str_equal(second_said, row->fresh ? stranger_said : first_said));
    state_folder_remove(folder);
}

/* What was read anew is kept in its turn. */
static void
test_third_round(void)
{
    const Switch before = {0}, after = {.ports = 31, .link_changed = 800000};
    char *folder = state_folder_new();
    g_autoptr(RvObservation) first = visit(&before, folder, RV_COLLECT_ALL);
    g_autoptr(RvObservation) second = visit(&after, folder, HEALTH);
    g_autoptr(RvObservation) third = visit(&after, folder, HEALTH);
    g_autofree char *second_said = NULL, *third_said = NULL;

    g_assert_cmpuint(requests_of(first), >, FEW);
    g_assert_cmpuint(requests_of(third), <=, FEW);
    second_said = said(second);
    third_said = said(third);
    g_assert_true(g_str_equal(third_said, second_said));
    state_folder_remove(folder);
}

/* A model that no profile names is read as the family of its vendor whose tables it answers, from
 * the first round on; and one that no family of the vendor is like costs nothing later. */
static void
test_relative(void)
{
    const Switch model = {.object_id = "1.3.6.1.4.1.674.7777", .vendor_fans = 3},
                 other = {.object_id = "1.3.6.1.4.1.674.7777"};
    char *folder = state_folder_new(), *another = state_folder_new();
    g_autoptr(RvObservation) first = visit(&model, folder, HEALTH);
    g_autoptr(RvObservation) second = visit(&model, folder, HEALTH);
    g_autoptr(RvObservation) bare = visit(&other, another, HEALTH);
    g_autoptr(RvObservation) later = visit(&other, another, HEALTH);
    g_autofree char *first_said = NULL, *second_said = NULL;
    guint fans = 0;

    g_assert_cmpstr(first->device.profile, ==, "dell-idrac");
    for (guint i = 0; i < first->sensors->len; i++)
        fans += ((const RvSensor *)g_ptr_array_index(first->sensors, i))->class == RV_CLASS_FAN;
    g_assert_cmpuint(fans, ==, 3);
    g_assert_cmpuint(requests_of(second), <=, FEW);
    first_said = said(first);
    second_said = said(second);
    g_assert_cmpstr(second_said, ==, first_said);
    g_assert_cmpuint(requests_of(bare), >, FEW);
    g_assert_cmpuint(requests_of(later), <=, FEW);
    state_folder_remove(folder);
    state_folder_remove(another);
}

/* It was started again and fell silent before all was told: what it told is named as before. */
static void
test_cut_short(void)
{
    const Switch before = {0}, after = {.uptime = 100};

    for (guint n = 5; n < 20; n += 7) {
        char *folder = state_folder_new();
        g_autofree char *manner = g_strdup_printf("--misbehave silent-after=%u", n);
        g_autoptr(RvObservation) first = visit(&before, folder, HEALTH);
        g_autoptr(RvObservation) second = visit_with(&after, manner, folder, HEALTH);
        const RvProtocol *protocol = g_ptr_array_index(second->protocols, 0);

        g_assert_true(protocol->partial);
        for (guint i = 0; i < second->sensors->len; i++) {
            const RvSensor *sensor = g_ptr_array_index(second->sensors, i);
            gboolean known = FALSE;

            for (guint k = 0; k < first->sensors->len; k++)
                known =
                    known || g_str_equal(sensor->key,
                                         ((RvSensor *)g_ptr_array_index(first->sensors, k))->key);
            g_assert_true(known);
        }
        state_folder_remove(folder);
    }
}

/* Never yet whole, for want of time: the next visit does not ask again for what is not there, until
 * there is time for all that is. */
static void
test_slow(void)
{
    const Switch the = {0};
    char *folder = state_folder_new();
    gboolean whole = FALSE;

    for (guint tries = 0; tries < 20 && !whole; tries++) {
        g_autoptr(RvObservation) seen = visit_paced(&the, "", folder, HEALTH, 60, 750);
        const RvProtocol *protocol = g_ptr_array_index(seen->protocols, 0);

        whole = protocol->answers > 0 && !protocol->partial;
    }
    g_assert_true(whole);
    state_folder_remove(folder);
}

/* It was silent before: one packet shows whether it still is. */
static void
test_one_try(void)
{
    const Switch the = {0};
    const RvCollectTasks tasks = RV_COLLECT_REACHABILITY | RV_COLLECT_ONE_TRY;
    g_autoptr(RvObservation) silent = visit_with(&the, "--community other", NULL, tasks);
    g_autoptr(RvObservation) well = visit(&the, NULL, tasks);
    const RvProtocol *protocol = g_ptr_array_index(silent->protocols, 0);

    g_assert_cmpint(protocol->state, ==, RV_STATE_DOWN);
    g_assert_cmpuint(protocol->requests, ==, 1);
    g_assert_cmpuint(protocol->retries, ==, 0);
    g_assert_cmpuint(requests_of(well), ==, 1);
}

/* ---- the file ---- */

static void
test_damaged_file(void)
{
    const Switch the = {0};
    char *folder = state_folder_new();
    g_autofree char *path = g_build_filename(folder, "agents", "core-sw-01.kept", NULL);
    g_autoptr(RvObservation) stranger = visit(&the, NULL, HEALTH);
    g_autofree char *stranger_said = said(stranger);

    for (guint cut = 0; cut < 3; cut++) {
        g_autoptr(RvObservation) second = NULL;
        g_autofree char *text = NULL, *second_said = NULL;
        gsize size = 0;

        rv_observation_free(visit(&the, folder, HEALTH));
        g_assert_true(g_file_get_contents(path, &text, &size, NULL));
        g_assert_true(g_file_set_contents(path, text, (gssize)(size * cut / 3), NULL));
        second = visit(&the, folder, HEALTH);
        second_said = said(second);
        g_assert_true(g_str_equal(second_said, stranger_said));
    }
    state_folder_remove(folder);
}

static RvSnmpAnswers *
answers_of(const Switch *the)
{
    g_autofree char *text = recording_of(the);

    return rv_snmp_recording_parse(text, strlen(text), NULL);
}

static void
test_age(void)
{
    static const struct {
        const char *words;
        gint64 passed_s, uptime;
        gboolean holds;
    } later[] = {
        {"at once", 0, 900000, TRUE},
        {"an hour later", 3600, 900000 + 360000, TRUE},
        {"an hour later, with a clock that is 1 % slow", 3600, 900000 + 356400, TRUE},
        {"an hour later, started half an hour ago", 3600, 180000, FALSE},
        {"an hour later, started within it, but long enough ago to look older", 3600, 900001,
         FALSE},
        {"after a day", RV_KEPT_SECONDS, 900000 + 8640000, FALSE},
        {"our clock went back", -60, 900000, FALSE},
    };
    g_autoptr(RvColumnPlans) plans = rv_column_plans_new(FALSE);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GArray) probes = g_array_new(FALSE, FALSE, sizeof(RvOid));
    const RvColumnPlan *plan = rv_column_plans_get(plans, none);
    const Switch the = {0};
    g_autoptr(RvSnmpAnswers) answers = answers_of(&the);
    char *folder = state_folder_new();
    const gint64 now_ms = 1762272000000;
    g_autoptr(RvKept) kept = NULL, other = NULL;

    rv_kept_save(folder, "core-sw-01", answers, plan, probes, NULL, now_ms);
    kept = rv_kept_load(folder, "core-sw-01");
    g_assert_nonnull(kept);
    other = rv_kept_load(folder, "Core SW 01"); /* the same file, another device */
    g_assert_null(other);
    for (guint i = 0; i < G_N_ELEMENTS(later); i++) {
        const Switch then = {.uptime = later[i].uptime};
        g_autoptr(RvSnmpAnswers) heard = answers_of(&then);

        g_test_message("%s", later[i].words);
        g_assert_true(rv_kept_holds(kept, heard, plan, now_ms + later[i].passed_s * 1000) ==
                      later[i].holds);
    }
    state_folder_remove(folder);
}

/* When a link changed is read again after a while also where each look finds it as it was; what was
 * read so does not make the rest younger. */
static void
test_rest(void)
{
    g_autoptr(RvColumnPlans) plans = rv_column_plans_new(FALSE);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GArray) probes = g_array_new(FALSE, FALSE, sizeof(RvOid));
    const RvColumnPlan *plan = rv_column_plans_get(plans, none);
    const Switch the = {0}, flapped = {.link_changed = 800000};
    g_autoptr(RvSnmpAnswers) before = answers_of(&the), after = answers_of(&flapped);
    g_autoptr(RvKept) kept = NULL, again = NULL;
    g_autoptr(RvQuestions) asked = rv_questions_new();
    char *folder = state_folder_new();
    const gint64 now_ms = 1762272000000, later_ms = now_ms + 30 * 60 * 1000;
    guint count;

    rv_kept_save(folder, "core-sw-01", before, plan, probes, NULL, now_ms);
    kept = rv_kept_load(folder, "core-sw-01");
    rv_kept_resting(kept, now_ms + 300000, &count);
    g_assert_cmpuint(count, ==, 1); /* when links changed */
    rv_questions_add_moving_interfaces(asked, FALSE);
    g_assert_cmpint(rv_kept_compare(kept, after, asked), ==, RV_KEPT_SAME);
    for (const RvOid *oid = rv_kept_resting(kept, later_ms, &count); count > 0; oid++, count--)
        rv_questions_add(asked, oid);
    g_assert_cmpint(rv_kept_compare(kept, before, asked), ==, RV_KEPT_SAME);
    g_assert_cmpint(rv_kept_compare(kept, after, asked), ==, RV_KEPT_LINKS);
    rv_kept_save(folder, "core-sw-01", after, plan, probes, kept, later_ms);
    again = rv_kept_load(folder, "core-sw-01");
    g_assert_false(rv_kept_is_rested(again, later_ms + 300000));
    g_assert_cmpint(rv_kept_compare(again, after, asked), ==, RV_KEPT_SAME);
    g_assert_false(rv_kept_holds(again, before, plan, now_ms + (gint64)RV_KEPT_SECONDS * 1000));
    state_folder_remove(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, >, 1);
    profiles = argv[1];
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/collect/visit/%s", rows[i].words);

        g_test_add_data_func(path, &rows[i], test_second_round);
    }
    g_test_add_func("/collect/visit/third-round", test_third_round);
    g_test_add_func("/collect/visit/relative", test_relative);
    g_test_add_func("/collect/visit/cut-short", test_cut_short);
    g_test_add_func("/collect/visit/slow", test_slow);
    g_test_add_func("/collect/visit/one-try", test_one_try);
    g_test_add_func("/collect/kept/damaged-file", test_damaged_file);
    g_test_add_func("/collect/kept/age", test_age);
    g_test_add_func("/collect/kept/rest", test_rest);
    return g_test_run();
}
