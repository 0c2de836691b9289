#include "rrd/store.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "rrd/file.h"
#include "rrd/names.h"

/* 2026-10-01 00:00 UTC, on a step */
#define T0 G_GINT64_CONSTANT(1790812800)
#define STEP 300

typedef struct {
    char *folder, *templates;
    RvRrdStore *store;
    GPid daemon;
    char *socket;
} Fixture;

static RvRrdStore *
open_store(const Fixture *fixture, const char *daemon_socket)
{
    g_autofree char *folder = g_build_filename(fixture->folder, "rrd", NULL);
    const RvRrdOptions options = {
        .folder = folder, .template_folder = fixture->templates, .daemon_socket = daemon_socket};
    g_autoptr(GError) error = NULL;
    RvRrdStore *store = rv_rrd_store_open(&options, &error);

    g_assert_no_error(error);
    return store;
}

static void
set_up(Fixture *fixture, gconstpointer unused)
{
    fixture->folder = g_dir_make_tmp("rackvitals-rrd-XXXXXX", NULL);
    fixture->templates = g_strdup(g_getenv("RACKVITALS_RRD_TEMPLATES"));
    fixture->store = open_store(fixture, NULL);
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) entries =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *entry;

    if (entries != NULL)
        (void)g_chmod(path, 0755);
    while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        g_autofree char *below = g_build_filename(path, entry, NULL);

        remove_tree(below);
    }
    g_remove(path);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
    rv_rrd_store_free(fixture->store);
    if (fixture->daemon != 0) {
        kill(fixture->daemon, SIGTERM);
        g_spawn_close_pid(fixture->daemon);
    }
    remove_tree(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->templates);
    g_free(fixture->socket);
}

/* A device with one port and one sensor, at T0 + n steps; the port carries 8 Mbit/s in and 800
 * kbit/s out. */
static RvObservation *
make_round(guint n)
{
    RvObservation *now = rv_observation_new();
    RvProtocol *snmp = rv_observation_add_protocol(now, "snmp");
    RvInterface *port = rv_observation_add_interface(now, 1);
    RvSensor *sensor = rv_observation_add_sensor(now, RV_CLASS_TEMPERATURE);

    now->taken_at_ms = (T0 + (gint64)n * STEP) * 1000;
    now->device.uptime_ticks = 100000 + (gint64)n * STEP * 100;
    snmp->state = RV_STATE_UP;
    snmp->answers = snmp->requests = 1;
    snmp->duration_ms = 12;
    g_free(port->key);
    port->key = g_strdup("GigabitEthernet0/0/1");
    port->type = 6;
    port->speed_bps = 1000000000;
    port->oper_status = RV_OPER_UP;
    port->counters_64bit = TRUE;
    port->in_octets = (guint64)n * STEP * 1000000;
    port->out_octets = (guint64)n * STEP * 100000;
    port->in_errors = port->out_errors = port->in_discards = port->out_discards = 0;
    g_free(sensor->key);
    sensor->key = g_strdup("chassis/inlet/temperature");
    sensor->value = 20 + n % 10;
    return now;
}

static RvRrdReport
write_round(RvRrdStore *store, const char *device, const RvObservation *now,
            const RvObservation *before)
{
    /* by way of the bytes that a poller keeps from round to round */
    g_autoptr(GBytes) kept = before != NULL ? rv_rrd_previous_to_bytes(before) : NULL;
    g_autoptr(RvRrdPrevious) previous = kept != NULL ? rv_rrd_previous_from_bytes(kept) : NULL;
    g_autoptr(GError) error = NULL;
    RvRrdReport report = {0};

    rv_rrd_store_write(store, device, now, previous, &report, &error);
    g_assert_no_error(error);
    return report;
}

static void
write_rounds(RvRrdStore *store, const char *device, guint first, guint last)
{
    g_autoptr(RvObservation) before = first > 0 ? make_round(first - 1) : NULL;

    for (guint n = first; n <= last; n++) {
        RvObservation *now = make_round(n);
        RvRrdReport report = write_round(store, device, now, before);

        g_assert_cmpuint(report.failed, ==, 0);
        rv_rrd_report_clear(&report);
        rv_observation_free(before);
        before = now;
    }
}

static double
mean_of(RvRrdStore *store, const char *device, const char *key, const char *source, guint first,
        guint last)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvSeries) series =
        rv_rrd_fetch(store, device, key, source, "AVERAGE", T0 + (gint64)first * STEP,
                     T0 + (gint64)last * STEP, 1, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(series->step_s, ==, STEP);
    g_assert_cmpuint(series->n, ==, last - first);
    g_assert_cmpint(series->start_s, ==, T0 + (gint64)first * STEP);
    return rv_series_mean(series);
}

static void
test_values(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GPtrArray) series = NULL;
    g_autoptr(GPtrArray) devices = NULL;

    write_rounds(fixture->store, "sw", 0, 20);
    g_assert_cmpfloat_with_epsilon(
        mean_of(fixture->store, "sw", "interface/GigabitEthernet0/0/1", "in", 1, 20), 8e6, 1e-3);
    g_assert_cmpfloat_with_epsilon(
        mean_of(fixture->store, "sw", "interface/GigabitEthernet0/0/1", "out", 1, 20), 8e5, 1e-3);
    g_assert_cmpfloat_with_epsilon(
        mean_of(fixture->store, "sw", "temperature/chassis/inlet/temperature", "value", 10, 20),
        24.5, 1e-9);
    series = rv_rrd_store_series(fixture->store, "sw");
    g_assert_cmpuint(series->len, ==, 3);
    g_assert_cmpstr(((RvRrdSeriesInfo *)g_ptr_array_index(series, 0))->key, ==,
                    "interface/GigabitEthernet0/0/1");
    g_assert_cmpstr(((RvRrdSeriesInfo *)g_ptr_array_index(series, 1))->key, ==, "reachability");
    g_assert_cmpstr(((RvRrdSeriesInfo *)g_ptr_array_index(series, 2))->key, ==,
                    "temperature/chassis/inlet/temperature");
    devices = rv_rrd_store_devices(fixture->store);
    g_assert_cmpuint(devices->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(devices, 0), ==, "sw");
}

/* What RRDtool itself says of a file; skips the test where it is not there. */
static char *
rrdtool_info(const char *path)
{
    const char *arguments[] = {"rrdtool", "info", path, NULL};
    char *out = NULL;
    int status = 1;

    if (!g_spawn_sync(NULL, (char **)arguments, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL,
                      &status, NULL)) {
        g_test_skip("rrdtool is not installed");
        return NULL;
    }
    g_assert_cmpint(status, ==, 0);
    return out;
}

static void
test_rrdtool_reads(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GPtrArray) series = NULL;

    write_rounds(fixture->store, "sw", 0, 3);
    series = rv_rrd_store_series(fixture->store, "sw");
    g_assert_cmpuint(series->len, ==, 3);
    for (guint i = 0; i < series->len; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(series, i);
        g_autofree char *said = rrdtool_info(info->path);
        g_autofree char *last =
            g_strdup_printf("last_update = %" G_GINT64_FORMAT "\n", T0 + 3 * STEP);

        if (said == NULL)
            return;
        g_assert_nonnull(strstr(said, last));
        g_assert_nonnull(strstr(said, "type = \"GAUGE\""));
        g_assert_null(strstr(said, "COUNTER"));
    }
}

static void
test_sizes(Fixture *fixture, gconstpointer unused)
{
    const RvRrdTemplates *templates = rv_rrd_store_templates(fixture->store);
    gsize interface = 0;

    for (guint i = 0; i < rv_rrd_templates_count(templates); i++) {
        const RvRrdTemplate *template = rv_rrd_templates_get(templates, i);
        gsize bytes = rv_rrd_file_bytes(template);
        g_autofree char *path = g_build_filename(fixture->folder, template->name, NULL);
        g_autofree char *content = NULL;
        g_autoptr(GError) error = NULL;
        gsize length = 0;

        g_assert_true(rv_rrd_file_create(path, template, T0, &error));
        g_assert_true(g_file_get_contents(path, &content, &length, NULL));
        g_assert_cmpuint(length, ==, bytes);
        g_test_message("%s: %" G_GSIZE_FORMAT " bytes", template->name, bytes);
        if (template->kind == RV_SERIES_INTERFACE)
            interface += bytes;
        if (template->kind == RV_SERIES_SENSOR)
            g_assert_cmpuint(bytes, <=, 130000);
    }
    g_assert_cmpuint(interface, <=, 500 * 1024); /* errors seen or not */
}

static char *
content_of_all(RvRrdStore *store, const char *device)
{
    g_autoptr(GPtrArray) series = rv_rrd_store_series(store, device);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    for (guint i = 0; i < series->len; i++) {
        g_autofree char *content = NULL;
        gsize length = 0;

        g_file_get_contents(((RvRrdSeriesInfo *)g_ptr_array_index(series, i))->path, &content,
                            &length, NULL);
        g_checksum_update(sum, (const guchar *)content, (gssize)length);
    }
    return g_strdup(g_checksum_get_string(sum));
}

static void
test_twice(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(RvObservation) before = make_round(4);
    g_autoptr(RvObservation) now = make_round(5);
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    RvRrdReport report;

    write_rounds(fixture->store, "sw", 0, 5);
    first = content_of_all(fixture->store, "sw");
    report = write_round(fixture->store, "sw", now, before);
    g_assert_cmpuint(report.unchanged, ==, 3);
    g_assert_cmpuint(report.written + report.failed, ==, 0);
    second = content_of_all(fixture->store, "sw");
    g_assert_cmpstr(first, ==, second);
    rv_rrd_report_clear(&report);
}

static void
test_backwards(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(RvObservation) old = make_round(3);
    g_autoptr(RvObservation) unset = make_round(0);
    g_autoptr(RvObservation) jumped = make_round(0);
    g_autoptr(GError) error = NULL;
    RvRrdReport report;

    write_rounds(fixture->store, "sw", 0, 5);
    report = write_round(fixture->store, "sw", old, NULL);
    g_assert_cmpuint(report.failed, ==, 3);
    g_assert_nonnull(
        strstr(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->reason, "backwards"));
    rv_rrd_report_clear(&report);

    unset->taken_at_ms = 86400000;
    g_assert_false(rv_rrd_store_write(fixture->store, "sw", unset, NULL, &report, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    g_clear_error(&error);

    jumped->taken_at_ms = (T0 + G_GINT64_CONSTANT(500) * 86400) * 1000;
    g_assert_false(rv_rrd_store_write(fixture->store, "sw", jumped, NULL, &report, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    rv_rrd_report_clear(&report);
}

typedef struct {
    const char *words;
    void (*change)(RvObservation *now);
} BreakRow;

static void
reboot(RvObservation *now)
{
    RvInterface *port = g_ptr_array_index(now->interfaces, 0);

    now->device.uptime_ticks = 9000;
    port->in_octets = port->out_octets = 700000000;
}

static void
cleared(RvObservation *now)
{
    RvInterface *port = g_ptr_array_index(now->interfaces, 0);

    port->in_octets = port->out_octets = 0;
}

static void
discontinuity(RvObservation *now)
{
    RvInterface *port = g_ptr_array_index(now->interfaces, 0);

    port->discontinuity_ticks = 110000;
    port->in_octets += 5000000000;
    port->out_octets += 5000000000;
}

static void
replaced(RvObservation *now)
{
    RvInterface *port = g_ptr_array_index(now->interfaces, 0);

    port->in_octets = port->out_octets = G_GUINT64_CONSTANT(1) << 62;
}

/* Another port answers under the key's name, with its own higher counters, and says since when. */
static void
reindexed(RvObservation *now)
{
    RvInterface *port = g_ptr_array_index(now->interfaces, 0);

    port->index = 17;
    port->in_octets = port->out_octets = G_GUINT64_CONSTANT(90000000000);
}

/* The rate that the new speed explains, the old one does not: the counters stay plausible only up
 * to the higher of the two. */
static void
slower_and_jumps(RvObservation *now)
{
    RvInterface *port = g_ptr_array_index(now->interfaces, 0);

    port->speed_bps = 10000000;
    port->in_octets += G_GUINT64_CONSTANT(50000000000);
    port->out_octets += G_GUINT64_CONSTANT(50000000000);
}

/* From 64 bits to 32: a module that knows no more. */
static void
narrower(RvObservation *now)
{
    RvInterface *port = g_ptr_array_index(now->interfaces, 0);

    port->counters_64bit = FALSE;
    port->in_octets = port->out_octets = 4000000000;
}

static const BreakRow breaks[] = {
    {"indexes moved: another port's counters under the same key", reindexed},
    {"ifSpeed changed, and more passed than either speed carries", slower_and_jumps},
    {"the replaced module has 32 bits", narrower},
    {"the device rebooted", reboot},
    {"counters were cleared", cleared},
    {"ifCounterDiscontinuityTime changed", discontinuity},
    {"another module answers under the name", replaced},
};

static void
test_no_spikes(Fixture *fixture, gconstpointer unused)
{
    for (gsize i = 0; i < G_N_ELEMENTS(breaks); i++) {
        g_autofree char *device = g_strdup_printf("sw-%" G_GSIZE_FORMAT, i);
        g_autoptr(RvObservation) before = make_round(5);
        g_autoptr(RvObservation) now = make_round(6);
        g_autoptr(RvSeries) series = NULL;
        RvRrdReport report;

        g_test_message("%s", breaks[i].words);
        ((RvInterface *)g_ptr_array_index(before->interfaces, 0))->discontinuity_ticks = 0;
        write_rounds(fixture->store, device, 0, 5);
        breaks[i].change(now);
        report = write_round(fixture->store, device, now, before);
        g_assert_cmpuint(report.unknown, >=, 2);
        rv_rrd_report_clear(&report);
        series = rv_rrd_fetch(fixture->store, device, "interface/GigabitEthernet0/0/1", "in",
                              "AVERAGE", T0 + STEP, T0 + 6 * STEP, 1, NULL);
        g_assert_cmpuint(rv_series_known(series), ==, 4);
        g_assert_true(isnan(series->values[4]));
        g_assert_cmpfloat_with_epsilon(rv_series_maximum(series), 8e6, 1e-3);
    }
}

/* An interface whose speed changed keeps its rate where the counters went on. */
static void
test_speed_changes(Fixture *fixture, gconstpointer unused)
{
    static const gint64 speeds[] = {100000000, 1000000000, 10000000000, 10000000, 0};

    for (gsize i = 0; i < G_N_ELEMENTS(speeds); i++) {
        g_autofree char *device = g_strdup_printf("sw-%" G_GSIZE_FORMAT, i);
        g_autoptr(RvObservation) before = make_round(5);
        g_autoptr(RvObservation) now = make_round(6);
        RvRrdReport report;

        write_rounds(fixture->store, device, 0, 5);
        ((RvInterface *)g_ptr_array_index(now->interfaces, 0))->speed_bps = speeds[i];
        report = write_round(fixture->store, device, now, before);
        g_assert_cmpuint(report.unknown, ==, 0);
        rv_rrd_report_clear(&report);
        g_assert_cmpfloat_with_epsilon(
            mean_of(fixture->store, device, "interface/GigabitEthernet0/0/1", "in", 1, 6), 8e6,
            1e-3);
    }
}

/* A port of 100 Gbit/s, whose packets could wrap 32 bits between two rounds, has errors all the
 * same. */
static void
test_errors_of_fast_ports(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(RvObservation) before = make_round(0);

    for (guint n = 1; n <= 12; n++) { /* a whole hour, as errors are kept */
        RvObservation *now = make_round(n);
        RvInterface *port = g_ptr_array_index(now->interfaces, 0);
        RvRrdReport report;

        port->speed_bps = G_GINT64_CONSTANT(100000000000);
        port->in_errors = 4294966996 + (guint64)n * 600;
        port->in_errors &= G_MAXUINT32; /* wraps in the first round */
        ((RvInterface *)g_ptr_array_index(before->interfaces, 0))->in_errors =
            (4294966996 + (guint64)(n - 1) * 600) & G_MAXUINT32;
        report = write_round(fixture->store, "sw", now, before);
        g_assert_cmpuint(report.failed, ==, 0);
        rv_rrd_report_clear(&report);
        rv_observation_free(before);
        before = now;
    }
    g_autoptr(RvSeries) series = rv_rrd_fetch(fixture->store, "sw", "errors/GigabitEthernet0/0/1",
                                              "faults", "AVERAGE", T0, T0 + 3600, 1, NULL);

    g_assert_cmpuint(series->n, ==, 1);
    g_assert_cmpfloat_with_epsilon(series->values[0], 2, 1e-9);
}

/* A device of 100 series where three cannot be written: the others are. */
static void
test_failures_are_named(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(RvObservation) first = make_round(0);
    g_autoptr(RvObservation) second = make_round(1);
    RvRrdReport report;

    for (guint i = 0; i < 97; i++)
        for (guint n = 0; n < 2; n++) {
            RvSensor *sensor =
                rv_observation_add_sensor(n == 0 ? first : second, RV_CLASS_TEMPERATURE);

            g_free(sensor->key);
            sensor->key = g_strdup_printf("slot-%u/temperature", i);
            sensor->value = 30;
        }
    report = write_round(fixture->store, "sw", first, NULL);
    g_assert_cmpuint(report.created, ==, 100);
    rv_rrd_report_clear(&report);
    for (guint i = 0; i < 3; i++) {
        g_autofree char *key = g_strdup_printf("temperature/slot-%u/temperature", i * 40);
        g_autofree char *path = rv_rrd_store_path(fixture->store, "sw", key);

        g_assert_cmpint(truncate(path, 0), ==, 0);
    }
    report = write_round(fixture->store, "sw", second, first);
    g_assert_cmpuint(report.written, ==, 97);
    g_assert_cmpuint(report.failed, ==, 3);
    for (guint i = 0; i < 3; i++) {
        const RvRrdFailure *failure = g_ptr_array_index(report.failures, i);
        g_autofree char *name = g_strdup_printf("temperature.slot-%u+temperature.rrd", i * 40);

        g_assert_true(g_str_has_suffix(failure->file, name));
        g_assert_cmpstr(failure->reason, !=, "");
    }
    rv_rrd_report_clear(&report);
}

static void
test_files_begin(Fixture *fixture, gconstpointer unused)
{
    const char *key = "interface/GigabitEthernet0/0/1";
    g_autofree char *path = rv_rrd_store_path(fixture->store, "sw", key);
    g_autofree char *errors =
        rv_rrd_store_path(fixture->store, "sw", "errors/GigabitEthernet0/0/1");
    g_autoptr(RvObservation) down = make_round(0);
    g_autoptr(RvObservation) up = make_round(1);
    g_autoptr(RvObservation) bad = make_round(2);
    RvRrdReport report;

    ((RvInterface *)g_ptr_array_index(down->interfaces, 0))->oper_status = RV_OPER_DOWN;
    report = write_round(fixture->store, "sw", down, NULL);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_cmpuint(report.skipped, ==, 2);
    rv_rrd_report_clear(&report);
    report = write_round(fixture->store, "sw", up, down);
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(errors, G_FILE_TEST_EXISTS));
    rv_rrd_report_clear(&report);
    ((RvInterface *)g_ptr_array_index(bad->interfaces, 0))->out_discards = 30;
    report = write_round(fixture->store, "sw", bad, up);
    g_assert_true(g_file_test(errors, G_FILE_TEST_EXISTS));
    rv_rrd_report_clear(&report);
}

static void
test_hostile_names(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *endless = g_strnfill(4096, '.');
    const char *const hostile[] = {"../../../tmp/x",    "/etc/passwd", "a\nb",
                                   "\u673a\u623f:%s%n", endless,       "-rf *"};
    g_autoptr(GPtrArray) devices = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
        g_autoptr(RvObservation) now = make_round(1);
        RvSensor *sensor = g_ptr_array_index(now->sensors, 0);
        g_autofree char *key = g_strdup_printf("temperature/%s", hostile[i]);
        g_autofree char *path = rv_rrd_store_path(fixture->store, hostile[i], key);
        g_autoptr(GPtrArray) series = NULL;
        RvRrdReport report;

        g_free(sensor->key);
        sensor->key = g_strdup(hostile[i]);
        report = write_round(fixture->store, hostile[i], now, NULL);
        g_assert_cmpuint(report.failed, ==, 0);
        g_assert_true(g_str_has_prefix(path, fixture->folder));
        g_assert_null(strstr(path, "/../"));
        g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
        series = rv_rrd_store_series(fixture->store, hostile[i]);
        g_assert_cmpuint(series->len, ==, 3);
        g_assert_cmpstr(((RvRrdSeriesInfo *)g_ptr_array_index(series, 2))->key, ==, key);
        rv_rrd_report_clear(&report);
    }
    devices = rv_rrd_store_devices(fixture->store);
    g_assert_cmpuint(devices->len, ==, G_N_ELEMENTS(hostile));
    for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++)
        g_assert_true(g_ptr_array_find_with_equal_func(devices, hostile[i], g_str_equal, NULL));
    g_assert_null(rv_rrd_store_path(fixture->store, "sw", "../x/y"));
    g_assert_null(rv_rrd_store_path(fixture->store, "", "temperature/x"));
}

static void
test_broken_files(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *cut =
        rv_rrd_store_path(fixture->store, "sw", "interface/GigabitEthernet0/0/1");
    g_autofree char *odd = rv_rrd_store_path(fixture->store, "sw", "reachability");
    g_autoptr(RvObservation) before = make_round(3);
    g_autoptr(RvObservation) now = make_round(4);
    RvRrdReport report;

    write_rounds(fixture->store, "sw", 0, 3);
    g_assert_cmpint(truncate(cut, 5000), ==, 0);
    g_assert_true(g_file_set_contents(odd, "no RRD file", -1, NULL));
    report = write_round(fixture->store, "sw", now, before);
    g_assert_cmpuint(report.failed, ==, 2);
    g_assert_cmpuint(report.written, ==, 1);
    for (guint i = 0; i < report.failures->len; i++) {
        const RvRrdFailure *failure = g_ptr_array_index(report.failures, i);

        g_test_message("%s: %s", failure->file, failure->reason);
        g_assert_true(g_str_has_suffix(failure->file, ".rrd"));
        g_assert_true(failure->file[0] != '/');
    }
    rv_rrd_report_clear(&report);
}

/* What is read-only is so for others, too, when root steps down for a moment. */
#define NOBODY 65534

static RvRrdReport
write_round_as_nobody(Fixture *fixture, const RvObservation *now, const RvObservation *before)
{
    gboolean root = geteuid() == 0;
    RvRrdReport report;

    g_assert_true(!root || seteuid(NOBODY) == 0);
    report = write_round(fixture->store, "sw", now, before);
    g_assert_true(!root || seteuid(0) == 0);
    return report;
}

static void
test_read_only(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = rv_rrd_store_path(fixture->store, "sw", "reachability");
    g_autofree char *folder = g_path_get_dirname(path);
    g_autoptr(GPtrArray) series = NULL;
    g_autoptr(RvObservation) before = make_round(3);
    g_autoptr(RvObservation) now = make_round(4);
    RvRrdReport report;

    write_rounds(fixture->store, "sw", 0, 3);
    g_assert_cmpint(g_chmod(fixture->folder, 0755), ==, 0);
    series = rv_rrd_store_series(fixture->store, "sw");
    for (guint i = 0; i < series->len; i++) {
        const char *file = ((RvRrdSeriesInfo *)g_ptr_array_index(series, i))->path;

        g_assert_cmpint(g_chmod(file, strcmp(file, path) == 0 ? 0444 : 0666), ==, 0);
    }
    report = write_round_as_nobody(fixture, now, before);
    g_assert_cmpuint(report.failed, ==, 1);
    g_assert_cmpuint(report.written, ==, 2);
    g_assert_true(g_str_has_suffix(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->file,
                                   "reachability.rrd"));
    g_test_message("%s", ((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->reason);
    g_assert_nonnull(
        strstr(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->reason, "ermission"));
    rv_rrd_report_clear(&report);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_chmod(folder, 0555), ==, 0);
    report = write_round_as_nobody(fixture, now, before);
    g_assert_cmpuint(report.failed, ==, 1); /* cannot be made again */
    g_assert_cmpuint(report.unchanged, ==, 2);
    g_assert_true(g_str_has_suffix(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->file,
                                   "reachability.rrd"));
    g_assert_cmpstr(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->reason, ==,
                    "cannot be made: Permission denied");
    rv_rrd_report_clear(&report);
}

/* A folder that is a file: works for root too. */
static void
test_no_folder(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(fixture->folder, "rrd", NULL);
    g_autoptr(RvObservation) now = make_round(0);
    g_autoptr(GError) error = NULL;
    RvRrdReport report = {0};

    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    g_assert_null(rv_rrd_store_away(fixture->store));
    g_assert_false(rv_rrd_store_write(fixture->store, "sw", now, NULL, &report, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE);
    g_assert_cmpuint(report.failed, ==, 0); /* it is nobody's own fault */
    g_assert_cmpstr(rv_rrd_store_away(fixture->store), ==, error->message);
    rv_rrd_report_clear(&report);
}

/* A limit on the size of files stands in for a full disk: the write falls short in the same way. */
static void
test_disk_full(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = rv_rrd_store_path(fixture->store, "sw", "reachability");
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    g_autoptr(RvObservation) now = make_round(0);
    struct rlimit before;
    struct rlimit tight;
    RvRrdReport report;

    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    tight = before;
    tight.rlim_cur = 600000; /* an interface fits, reachability does not */
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &tight), ==, 0);
    report = write_round(fixture->store, "sw", now, NULL);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    g_assert_cmpuint(report.failed, ==, 1);
    g_assert_cmpuint(report.written, ==, 2);
    g_assert_nonnull(
        strstr(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->file, "reachability.rrd"));
    g_test_message("%s", ((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->reason);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(beside, G_FILE_TEST_EXISTS));
    rv_rrd_report_clear(&report);
}

static void
test_reachability(Fixture *fixture, gconstpointer unused)
{
    static const struct {
        const char *words;
        RvReachability state;
        double up;
    } rows[] = {{"up", RV_STATE_UP, 1},
                {"down", RV_STATE_DOWN, 0},
                {"a parent is down", RV_STATE_UNREACHABLE, 0},
                {"we were cut off: not observed", RV_STATE_BLIND, NAN},
                {"up again", RV_STATE_UP, 1}};
    g_autoptr(RvSeries) series = NULL;
    g_autoptr(RvSeries) rtt = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) now = make_round(0);
        RvRrdReport report;

        now->taken_at_ms = (T0 + 60 * (gint64)(i + 1)) * 1000;
        ((RvProtocol *)g_ptr_array_index(now->protocols, 0))->state = rows[i].state;
        report = write_round(fixture->store, "sw", now, NULL);
        rv_rrd_report_clear(&report);
    }
    series =
        rv_rrd_fetch(fixture->store, "sw", "reachability", "up", "AVERAGE", T0, T0 + 300, 60, NULL);
    rtt = rv_rrd_fetch(fixture->store, "sw", "reachability", "rtt", "AVERAGE", T0, T0 + 300, 60,
                       NULL);
    g_assert_cmpuint(series->n, ==, G_N_ELEMENTS(rows));
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].words);
        g_assert_true(isnan(rows[i].up) ? isnan(series->values[i])
                                        : series->values[i] == rows[i].up);
        g_assert_true(rows[i].up == 1 ? rtt->values[i] == 12 : isnan(rtt->values[i]));
    }
}

/* --- rrdcached --- */

static gboolean
answers(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    gboolean good;

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    good = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return good;
}

static gboolean
start_daemon(Fixture *fixture)
{
    g_autofree char *listen_at = NULL;
    g_autofree char *pid_file = g_build_filename(fixture->folder, "rrdcached.pid", NULL);
    gint64 until = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

    fixture->socket = g_build_filename(fixture->folder, "rrdcached.sock", NULL);
    listen_at = g_strconcat("unix:", fixture->socket, NULL);
    const char *arguments[] = {"rrdcached", "-g",   "-l", listen_at, "-p", pid_file,
                               "-w",        "3600", "-f", "7200",    NULL};

    if (!g_spawn_async(NULL, (char **)arguments, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                           G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, &fixture->daemon, NULL)) {
        g_test_skip("rrdcached is not installed");
        return FALSE;
    }
    while (!answers(fixture->socket)) {
        g_assert_cmpint(g_get_monotonic_time(), <, until);
        g_usleep(2000);
    }
    return TRUE;
}

static void
test_daemon(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(RvRrdStore) store = NULL;
    g_autoptr(RvObservation) before = make_round(19);
    g_autoptr(RvObservation) now = make_round(20);
    g_autoptr(RvObservation) old = make_round(10);
    g_autofree char *path = NULL;
    RvRrdReport report;
    gint64 last_s = 0;

    if (!start_daemon(fixture))
        return;
    store = open_store(fixture, fixture->socket);
    write_rounds(store, "sw", 0, 20);
    path = rv_rrd_store_path(store, "sw", "interface/GigabitEthernet0/0/1");
    g_assert_true(rv_rrd_file_last(path, &last_s, NULL));
    g_assert_cmpint(last_s, <, T0); /* nothing written yet: the daemon holds it */
    g_assert_cmpfloat_with_epsilon(
        mean_of(store, "sw", "interface/GigabitEthernet0/0/1", "in", 1, 20), 8e6, 1e-3);
    report = write_round(store, "sw", now, before);
    g_assert_cmpuint(report.unchanged, ==, 3);
    g_assert_cmpuint(report.written + report.failed, ==, 0);
    rv_rrd_report_clear(&report);
    report = write_round(store, "sw", old, NULL);
    g_assert_cmpuint(report.failed, ==, 3);
    g_assert_nonnull(
        strstr(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->reason, "backwards"));
    rv_rrd_report_clear(&report);
    g_assert_true(rv_rrd_store_flush(store, "sw", NULL));
    g_assert_cmpfloat_with_epsilon(
        mean_of(fixture->store, "sw", "interface/GigabitEthernet0/0/1", "out", 1, 20), 8e5, 1e-3);
}

static void
test_daemon_broken_file(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = rv_rrd_store_path(fixture->store, "sw", "reachability");
    g_autoptr(RvRrdStore) store = NULL;
    g_autoptr(RvObservation) before = make_round(3);
    g_autoptr(RvObservation) now = make_round(4);
    RvRrdReport report;

    if (!start_daemon(fixture))
        return;
    write_rounds(fixture->store, "sw", 0, 3);
    g_assert_cmpint(truncate(path, 20000), ==, 0);
    store = open_store(fixture, fixture->socket);
    report = write_round(store, "sw", now, before);
    g_assert_cmpuint(report.failed, ==, 1);
    g_assert_cmpuint(report.written, ==, 2);
    rv_rrd_report_clear(&report);
}

/* --- what is known of files, from process to process --- */

#define PORT "interface/GigabitEthernet0/0/1"
#define HOUR 13 /* rounds, with a process each: by then each file was looked into again */

/* The file's first bytes are others; inode and size stay. */
static void
overwrite(const char *path)
{
    FILE *file = g_fopen(path, "r+");

    g_assert_nonnull(file);
    g_assert_cmpuint(fwrite("nonsense", 1, 8, file), ==, 8);
    g_assert_cmpint(fclose(file), ==, 0);
}

static void
cut_short(const char *path)
{
    g_assert_cmpint(truncate(path, 20000), ==, 0);
}

/* Of the same length, in its place. */
static void
replace(const char *path)
{
    g_autofree char *text = NULL;
    gsize length = 0;

    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    memset(text, 'x', length);
    g_assert_true(g_file_set_contents_full(path, text, (gssize)length,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL));
}

static void
take_away(const char *path)
{
    g_assert_cmpint(g_unlink(path), ==, 0);
}

static void
take_rights(const char *path)
{
    g_assert_cmpint(g_chmod(path, 0444), ==, 0);
}

static void
leave(const char *path)
{
}

/* What was kept of the files in a round before. */
static void
spoil_known(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *known = g_build_filename(folder, ".known", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;

    g_assert_true(g_file_get_contents(known, &text, &length, NULL));
    g_assert_cmpuint(length, >, 40);
    text[40] ^= 1;
    g_assert_true(g_file_set_contents(known, text, (gssize)length, NULL));
}

static void
cut_known(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *known = g_build_filename(folder, ".known", NULL);

    g_assert_cmpint(truncate(known, 50), ==, 0);
}

typedef struct {
    const char *words;
    void (*harm)(const char *path);
    guint rounds; /* until it is said by name, each round from then on; 0: never */
    gboolean made_anew;
} Harm;

static const Harm harms[] = {
    {"nothing happens to it", leave, 0, FALSE},
    {"is cut short", cut_short, 1, FALSE},
    {"is another file now", replace, 1, FALSE},
    {"is gone", take_away, 0, TRUE},
    {"has no right to be written", take_rights, 1, FALSE},
    {"is written over in place", overwrite, HOUR, FALSE},
    {"what was kept of it is damaged", spoil_known, 0, FALSE},
    {"what was kept of it is cut short", cut_known, 0, FALSE},
};

/* A round by a process of its own, which is not root. */
static RvRrdReport
write_alone(Fixture *fixture, guint n)
{
    g_autoptr(RvRrdStore) store = open_store(fixture, fixture->socket);
    g_autoptr(RvObservation) now = make_round(n);
    g_autoptr(RvObservation) before = make_round(n - 1);
    gboolean root = geteuid() == 0;
    RvRrdReport report;

    g_assert_true(!root || seteuid(NOBODY) == 0);
    report = write_round(store, "sw", now, before);
    g_assert_true(!root || seteuid(0) == 0);
    return report;
}

static void
give_to_nobody(const char *path)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *entry;

    g_assert_true(geteuid() != 0 || chown(path, NOBODY, NOBODY) == 0);
    while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        g_autofree char *below = g_build_filename(path, entry, NULL);

        give_to_nobody(below);
    }
}

static void
test_harm(Fixture *fixture, gconstpointer data)
{
    const Harm *harm = data;
    g_autofree char *path = rv_rrd_store_path(fixture->store, "sw", PORT);
    guint said = 0, created = 0, last = 3 + HOUR + 2;

    if (!start_daemon(fixture))
        return;
    write_rounds(fixture->store, "sw", 0, 1);
    give_to_nobody(fixture->folder);
    for (guint n = 2; n <= 3; n++) {
        RvRrdReport report = write_alone(fixture, n);

        g_assert_cmpuint(report.written, ==, 3);
        rv_rrd_report_clear(&report);
    }
    harm->harm(path);
    for (guint n = 4; n <= last; n++) {
        RvRrdReport report = write_alone(fixture, n);

        created += report.created;
        g_assert_cmpuint(report.written + report.failed, ==, 3);
        g_assert_cmpuint(report.failed, <=, 1);
        g_assert_true(said == 0 || report.failed == 1);
        if (report.failed == 1) {
            const RvRrdFailure *failure = g_ptr_array_index(report.failures, 0);

            g_assert_true(g_str_has_suffix(path, failure->file));
            if (said == 0)
                g_test_message("%s: %s", failure->file, failure->reason);
            said = said > 0 ? said : n - 3;
        }
        rv_rrd_report_clear(&report);
    }
    g_assert_cmpuint(said, <=, harm->rounds);
    g_assert_true(said > 0 || harm->rounds == 0);
    g_assert_cmpuint(created, ==, harm->made_anew ? 1 : 0);
}

/* Devices written between begin and settle: counted at the end, and by the device's name. */
static void
test_daemon_many(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(RvRrdStore) store = NULL;
    g_autoptr(RvObservation) now = make_round(1);
    g_autoptr(RvObservation) old = make_round(0);
    RvRrdReport report = {0};
    guint devices = 200; /* some ten times what is sent at once */

    if (!start_daemon(fixture))
        return;
    store = open_store(fixture, fixture->socket);
    for (guint pass = 0; pass < 3; pass++) {
        rv_rrd_store_begin(store);
        for (guint i = 0; i < devices; i++) {
            g_autofree char *name = g_strdup_printf("sw-%u", i);

            g_assert_true(rv_rrd_store_write(store, name, pass == 2 && i == 150 ? old : now, NULL,
                                             &report, NULL));
        }
        g_assert_cmpuint(report.written + report.unchanged, ==, 0);
        g_assert_true(rv_rrd_store_settle(store, &report, NULL));
        g_assert_cmpuint(report.written, ==, pass == 0 ? 3 * devices : 0);
        g_assert_cmpuint(report.unchanged, ==, pass == 0 ? 0 : 3 * (devices - (pass == 2)));
        g_assert_cmpuint(report.failed, ==, pass == 2 ? 3 : 0);
        if (pass == 2)
            g_assert_nonnull(
                strstr(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->file, "/sw-150/"));
        rv_rrd_report_clear(&report);
    }
    kill(fixture->daemon, SIGKILL);
    rv_rrd_store_begin(store);
    rv_rrd_store_write(store, "sw-1", now, NULL, &report, NULL);
    g_assert_false(rv_rrd_store_settle(store, &report, NULL));
    g_assert_cmpuint(report.written, ==, 0);
    rv_rrd_report_clear(&report);
}

static void
test_daemon_gone(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *folder = g_build_filename(fixture->folder, "rrd", NULL);
    g_autofree char *nobody = g_build_filename(fixture->folder, "nobody.sock", NULL);
    const RvRrdOptions options = {
        .folder = folder, .template_folder = fixture->templates, .daemon_socket = nobody};
    g_autoptr(GError) error = NULL;

    g_assert_null(rv_rrd_store_open(&options, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE);
}

/* --- templates --- */

static const struct {
    const char *words, *text, *message;
} wrong_templates[] = {
    {"an unknown key", "templates: [{ template: x, serie: sensor }]",
     ":1:28: unknown key 'serie'; did you mean 'series'?"},
    {"not YAML", "templates: [", "not valid YAML"},
    {"empty", "", ":1:1: the file needs 'templates'"},
    {"no sources", "templates: [{ template: x, series: interface }]", "'sources'"},
    {"an archive between steps",
     "templates: [{ template: x, series: reachability, sources: [{ name: up, from: up }], "
     "archives: [{ every: 100s, keep: 1d }] }]",
     "multiple of the step"},
    {"no such counter",
     "templates: [{ template: x, series: interface, sources: [{ name: a, from: in_octet }], "
     "archives: [{ keep: 1d }] }]",
     "'from' cannot be 'in_octet'; did you mean 'in_octets'?"},
    {"no such class",
     "templates: [{ template: x, series: sensor, classes: [warmth], sources: [{ name: a }], "
     "archives: [{ keep: 1d }] }]",
     "'warmth'"},
    {"a name that is a path",
     "templates: [{ template: ../x, series: interface, sources: [{ name: a, from: in_octets }], "
     "archives: [{ keep: 1d }] }]",
     "must be a name"},
};

static void
test_wrong_templates(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(fixture->folder, "t.yaml", NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(wrong_templates); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", wrong_templates[i].words);
        g_assert_true(g_file_set_contents(path, wrong_templates[i].text, -1, NULL));
        g_assert_null(rv_rrd_templates_load(fixture->folder, &error));
        g_assert_error(error, RV_ERROR, RV_ERROR_CONFIG);
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, wrong_templates[i].message));
    }
}

static void
test_kept_bytes(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(RvObservation) round = make_round(1);
    g_autoptr(GBytes) whole = rv_rrd_previous_to_bytes(round);
    gsize length = g_bytes_get_size(whole);

    for (gsize n = 0; n <= length; n++) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(whole, 0, n);
        g_autoptr(RvRrdPrevious) previous = rv_rrd_previous_from_bytes(part);

        g_assert_cmpint(previous != NULL, ==, n == length);
    }
}

/* Whatever an agent makes up, its files are counted; those that are there go on. */
static void
test_files_of_a_device(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(RvObservation) first = make_round(0), second = make_round(1);
    g_autoptr(RvRrdPrevious) previous = rv_rrd_previous_new(first);
    g_autofree char *path = rv_rrd_store_path(fixture->store, "sw1", "reachability");
    g_autofree char *folder = g_path_get_dirname(path);
    RvRrdReport report = {0};
    const RvRrdFailure *failure;

    g_assert_true(rv_rrd_store_write(fixture->store, "sw1", first, NULL, &report, NULL));
    for (guint i = 0; i < 10000; i++) {
        g_autofree char *other = g_strdup_printf("%s/%u", folder, i);
        FILE *file = fopen(other, "w");

        g_assert_nonnull(file);
        fclose(file);
    }
    for (guint i = 2; i < 12; i++) {
        RvInterface *port = rv_observation_add_interface(second, i);

        g_free(port->key);
        port->key = g_strdup_printf("port/made-up-%u", i);
        port->oper_status = RV_OPER_UP;
    }
    rv_rrd_report_clear(&report);
    g_assert_true(rv_rrd_store_write(fixture->store, "sw1", second, previous, &report, NULL));
    g_assert_cmpuint(report.created, ==, 0);
    g_assert_cmpuint(report.written, >, 0);
    g_assert_cmpuint(report.failed, ==, 1);
    failure = g_ptr_array_index(report.failures, 0);
    g_assert_true(g_str_has_suffix(failure->file, "/sw1"));
    g_assert_nonnull(strstr(failure->reason, "10000 files"));
    rv_rrd_report_clear(&report);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/store/values", test_values);
    ADD("/store/rrdtool reads every file", test_rrdtool_reads);
    ADD("/store/sizes", test_sizes);
    ADD("/store/counters kept as bytes, whole or not at all", test_kept_bytes);
    ADD("/store/the same round twice", test_twice);
    ADD("/store/time goes backwards or jumps", test_backwards);
    ADD("/store/no spikes", test_no_spikes);
    ADD("/store/a changed speed is no break", test_speed_changes);
    ADD("/store/errors of fast ports", test_errors_of_fast_ports);
    ADD("/store/what cannot be written is named, the others are", test_failures_are_named);
    ADD("/store/when files begin", test_files_begin);
    ADD("/store/files of a device have a ceiling", test_files_of_a_device);
    ADD("/store/hostile names", test_hostile_names);
    ADD("/store/broken files", test_broken_files);
    ADD("/store/read-only", test_read_only);
    ADD("/store/no folder", test_no_folder);
    ADD("/store/disk full", test_disk_full);
    ADD("/store/reachability", test_reachability);
    ADD("/daemon/values", test_daemon);
    ADD("/daemon/broken file", test_daemon_broken_file);
    for (gsize i = 0; i < G_N_ELEMENTS(harms); i++) {
        g_autofree char *words = g_strdup_printf("/daemon/a known file: %s", harms[i].words);

        g_test_add(words, Fixture, &harms[i], set_up, test_harm, tear_down);
    }
    ADD("/daemon/many devices at once", test_daemon_many);
    ADD("/daemon/gone", test_daemon_gone);
    ADD("/templates/wrong", test_wrong_templates);
    return g_test_run();
}
