/* Graphs of a made-up device. RACKVITALS_GALLERY=FOLDER keeps the pictures, for people to look at.
 */
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/error.h"
#include "rrd/fonts.h"
#include "rrd/graph-drawing.h"
#include "rrd/graph-text.h"
#include "rrd/graph.h"

#define T0 G_GINT64_CONSTANT(1790812800) /* 2026-10-01 00:00 UTC */
#define STEP 300
#define DEVICE "core-sw-01"
#define HOSTILE "a:b\\l%s <b>&amp;\n\u98ce\u6247 \\"

static char *folder; /* the state folder */
static char *rrd_folder;
static RvRrdStore *store;
static guint n_rounds;

static double
wave(double hours, double phase)
{
    return sin((hours - 9 + phase) / 24 * 2 * G_PI);
}

/* The same at each run: no clock and no chance in a test. */
static double
noise(guint n, guint salt)
{
    guint32 x = (n + 1) * 2654435761u ^ salt * 40503u;

    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    return (double)x / 4294967296.0 - 0.5;
}

static void
add_sensor(RvObservation *now, RvClass class, const char *key, double value)
{
    RvSensor *sensor = rv_observation_add_sensor(now, class);

    g_free(sensor->key);
    sensor->key = g_strdup(key);
    sensor->value = value;
}

static void
add_port(RvObservation *now, guint n, guint64 *in, guint64 *out, guint64 *errors)
{
    RvInterface *port = rv_observation_add_interface(now, 1);
    double hours = n / 12.0;
    double busy = 0.5 + 0.45 * wave(hours, 0) + 0.25 * noise(n, 1);

    *in += (guint64)(MAX(busy, 0.02) * 420e6 / 8 * STEP);
    *out += (guint64)(MAX(busy * 0.4 + 0.1 * noise(n, 2), 0.01) * 420e6 / 8 * STEP);
    *errors += n % 288 > 130 && n % 288 < 150 ? (guint64)(300 * (1 + noise(n, 3))) : 0;
    g_free(port->key);
    port->key = g_strdup("GigabitEthernet0/0/1");
    port->type = 6;
    port->speed_bps = 1000000000;
    port->oper_status = RV_OPER_UP;
    port->counters_64bit = TRUE;
    port->in_octets = *in;
    port->out_octets = *out;
    port->in_errors = *errors;
    port->out_errors = port->in_discards = port->out_discards = 0;
}

static RvObservation *
make_round(guint n, guint64 *in, guint64 *out, guint64 *errors)
{
    RvObservation *now = rv_observation_new();
    double hours = n / 12.0;

    now->taken_at_ms = (T0 + (gint64)n * STEP) * 1000;
    now->device.uptime_ticks = 100000 + (gint64)n * STEP * 100;
    add_port(now, n, in, out, errors);
    add_sensor(now, RV_CLASS_TEMPERATURE, "chassis/inlet", 24 + 2 * wave(hours, 3) + noise(n, 4));
    add_sensor(now, RV_CLASS_TEMPERATURE, "chassis/outlet", 36 + 5 * wave(hours, 2) + noise(n, 5));
    for (guint i = 1; i <= 6; i++) {
        g_autofree char *fan = g_strdup_printf("chassis/fan-tray-1/fan-%u", i);
        g_autofree char *cpu = g_strdup_printf("chassis/slot-%u/cpu", i);

        add_sensor(now, RV_CLASS_FAN, fan,
                   5200 + 150 * i + 900 * wave(hours, 2) + 150 * noise(n, 5 + i));
        add_sensor(now, RV_CLASS_TEMPERATURE, cpu,
                   44 + 3 * i + 5 * wave(hours, 2) + 2 * noise(n, 20 + i));
    }
    add_sensor(now, RV_CLASS_VOLTAGE, "chassis/psu-1/12v", 12.05 + 0.06 * noise(n, 30));
    add_sensor(now, RV_CLASS_OPTICAL_POWER, "GigabitEthernet0/0/1/rx",
               -6.2 + 0.4 * noise(n, 31) - n * 0.0004);
    add_sensor(now, RV_CLASS_PERCENT, HOSTILE, 50 + 20 * wave(hours, 0) + 10 * noise(n, 32));
    return now;
}

static void
write_one(const RvObservation *now, const RvObservation *before, const char *device)
{
    g_autoptr(RvRrdPrevious) previous = before != NULL ? rv_rrd_previous_new(before) : NULL;
    g_autoptr(GError) error = NULL;
    RvRrdReport report = {0};

    rv_rrd_store_write(store, device, now, previous, &report, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(report.failed, ==, 0);
    rv_rrd_report_clear(&report);
}

static void
write_reachability(void)
{
    for (guint minute = 1; minute <= n_rounds * 5; minute++) {
        g_autoptr(RvObservation) now = rv_observation_new();
        RvProtocol *snmp = rv_observation_add_protocol(now, "snmp");

        now->taken_at_ms = (T0 + 60 * (gint64)minute) * 1000;
        snmp->state = minute > 900 && minute < 921     ? RV_STATE_DOWN
                      : minute > 1300 && minute < 1360 ? RV_STATE_BLIND
                                                       : RV_STATE_UP;
        write_one(now, NULL, DEVICE "-reach");
    }
}

static void
set_up(void)
{
    RvRrdOptions options = {.template_folder = g_getenv("RACKVITALS_RRD_TEMPLATES")};
    const char *days = g_getenv("RACKVITALS_GALLERY_DAYS");
    g_autoptr(RvObservation) before = NULL;
    g_autoptr(GError) error = NULL;
    guint64 in = 0, out = 0, errors = 0;

    n_rounds = 288 * (days != NULL ? (guint)CLAMP(atoi(days), 1, 400) : 2);
    folder = g_dir_make_tmp("rackvitals-graph-XXXXXX", NULL);
    rrd_folder = g_build_filename(folder, "rrd", NULL);
    options.folder = rrd_folder;
    store = rv_rrd_store_open(&options, &error);
    g_assert_no_error(error);
    for (guint n = 0; n <= n_rounds; n++) {
        RvObservation *now;

        if (n > 200 && n < 218)
            continue; /* a gap of an hour and a half */
        now = make_round(n, &in, &out, &errors);
        write_one(now, before, DEVICE);
        rv_observation_free(before);
        before = now;
    }
    write_reachability();
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *entry;

    while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        g_autofree char *below = g_build_filename(path, entry, NULL);

        remove_tree(below);
    }
    g_remove(path);
}

static GBytes *
draw(const char *name, const RvGraphRequest *request, RvGraphFormat format)
{
    static const char *const endings[] = {"png", "svg", "pdf"};
    const char *gallery = g_getenv("RACKVITALS_GALLERY");
    g_autoptr(GError) error = NULL;
    g_autofree char *note = NULL;
    GBytes *picture = rv_rrd_graph(store, request, format, &note, &error);

    g_assert_no_error(error);
    if (note != NULL)
        g_test_message("%s: %s", name, note);
    if (gallery != NULL) {
        g_autofree char *file = g_strdup_printf("%s/%s.%s", gallery, name, endings[format]);

        g_file_set_contents(file, g_bytes_get_data(picture, NULL),
                            (gssize)g_bytes_get_size(picture), NULL);
    }
    return picture;
}

static void
assert_begins(GBytes *picture, const char *magic)
{
    g_assert_cmpuint(g_bytes_get_size(picture), >, 1000);
    g_assert_cmpint(memcmp(g_bytes_get_data(picture, NULL), magic, strlen(magic)), ==, 0);
}

static RvGraphRequest
request_of(const char *const *keys, const char *language)
{
    return (RvGraphRequest){.device = DEVICE,
                            .keys = keys,
                            .language = language,
                            .start_s = T0,
                            .end_s = T0 + (gint64)n_rounds * STEP};
}

static void
test_formats(void)
{
    static const char *const magics[] = {"\x89PNG", "<?xml", "%PDF"};
    const char *const keys[] = {"interface/GigabitEthernet0/0/1", NULL};
    RvGraphRequest english = request_of(keys, "en");
    RvGraphRequest chinese = request_of(keys, "zh_CN");

    for (guint format = 0; format < G_N_ELEMENTS(magics); format++) {
        g_autoptr(GBytes) a = draw("traffic-en", &english, (RvGraphFormat)format);
        g_autoptr(GBytes) b = draw("traffic-zh", &chinese, (RvGraphFormat)format);

        assert_begins(a, magics[format]);
        assert_begins(b, magics[format]);
    }
}

static void
test_one_sensor(void)
{
    const RvLimits limits = {NAN, NAN, 45, 55};
    const RvLimits volts = {11.4, 11.6, 12.4, 12.6};
    const RvLimits light = {-14, -12, -1, 0};
    const char *const keys[] = {"temperature/chassis/outlet", NULL};
    const char *const volt_keys[] = {"voltage/chassis/psu-1/12v", NULL};
    const char *const light_keys[] = {"optical_power/GigabitEthernet0/0/1/rx", NULL};
    const RvGraphSpan spans[] = {{T0 + 7200, T0 + 10800, RV_SHADE_MAINTENANCE},
                                 {T0 + 200 * STEP, T0 + 212 * STEP, RV_SHADE_OUTAGE}};
    RvGraphRequest request = request_of(keys, "zh_CN");
    g_autoptr(GBytes) shaded = NULL;
    g_autoptr(GBytes) volt = NULL;
    g_autoptr(GBytes) optics = NULL;

    request.limits = &limits;
    request.spans = spans;
    request.n_spans = G_N_ELEMENTS(spans);
    shaded = draw("sensor-zh", &request, RV_GRAPH_PNG);
    assert_begins(shaded, "\x89PNG");
    request = request_of(volt_keys, "en");
    request.limits = &volts;
    volt = draw("voltage-en", &request, RV_GRAPH_PNG);
    request = request_of(light_keys, "en");
    request.limits = &light;
    optics = draw("optics-en", &request, RV_GRAPH_PNG);
    assert_begins(optics, "\x89PNG");
}

static void
test_class(void)
{
    g_autoptr(GPtrArray) all = rv_rrd_store_series(store, DEVICE);
    g_autoptr(GPtrArray) fans = g_ptr_array_new();
    g_autoptr(GPtrArray) warm = g_ptr_array_new();
    RvGraphRequest request;
    g_autoptr(GBytes) a = NULL;
    g_autoptr(GBytes) b = NULL;

    for (guint i = 0; i < all->len; i++) {
        RvRrdSeriesInfo *info = g_ptr_array_index(all, i);

        if (info->has_class && info->class == RV_CLASS_FAN)
            g_ptr_array_add(fans, info->key);
        if (info->has_class && info->class == RV_CLASS_TEMPERATURE)
            g_ptr_array_add(warm, info->key);
    }
    g_ptr_array_add(fans, NULL);
    g_ptr_array_add(warm, NULL);
    request = request_of((const char *const *)fans->pdata, "en");
    a = draw("fans-en", &request, RV_GRAPH_PNG);
    request = request_of((const char *const *)warm->pdata, "zh_CN");
    b = draw("temperatures-zh", &request, RV_GRAPH_PNG);
    assert_begins(a, "\x89PNG");
    assert_begins(b, "\x89PNG");
}

#define MANY DEVICE "-many"

/* 60 temperatures; what their names are is up to the device. */
static const char *const strange_names[] = {
    "\u05d7\u05d9\u05d9\u05e9\u05df 12 \u05d8\u05de\u05e4\u05e8\u05d8\u05d5\u05e8\u05d4",
    "\U0001f525 \U0001f525 hot",
    "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301 zalgo",
    "a name that goes on and on and on and on and on, and then some more",
    "\u8fdb\u98ce\u53e3 1\u53f7 \u5f88\u957f\u7684\u540d\u79f0\u5f88\u957f\u7684",
    "\u00b0C \u2192 \u00b5 \u00e9\u00fc\u00f1 \u03a9",
};

static void
write_many(guint rounds)
{
    for (guint n = 0; n < rounds; n++) {
        g_autoptr(RvObservation) now = rv_observation_new();

        now->taken_at_ms = (T0 + (gint64)n * STEP) * 1000;
        for (guint i = 0; i < 60; i++) {
            g_autofree char *key = g_strdup_printf("slot-%02u", i);

            add_sensor(now, RV_CLASS_TEMPERATURE, key,
                       30 + i % 40 + 5 * wave(n / 12.0, i / 10.0) + 2 * noise(n, 40 + i));
        }
        write_one(now, NULL, MANY);
    }
}

static void
test_many(void)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) labels = g_ptr_array_new();
    RvGraphRequest request;
    g_autoptr(GBytes) english = NULL;
    g_autoptr(GBytes) few = NULL;
    g_autofree char *note = NULL;

    write_many(MIN(n_rounds, 150));
    for (guint i = 0; i < 60; i++)
        g_ptr_array_add(keys, g_strdup_printf("temperature/slot-%02u", i));
    for (guint i = 0; i < 60; i++)
        g_ptr_array_add(labels, i >= 30 && i - 30 < G_N_ELEMENTS(strange_names)
                                    ? (gpointer)strange_names[i - 30]
                                    : g_ptr_array_index(keys, i));
    g_ptr_array_add(keys, NULL);
    request = request_of((const char *const *)keys->pdata, "en");
    request.device = MANY;
    english = rv_rrd_graph(store, &request, RV_GRAPH_PNG, &note, NULL);
    g_assert_nonnull(english);
    g_assert_null(note); /* nothing was left out */
    g_bytes_unref(draw("many-en", &request, RV_GRAPH_PNG));
    request.labels = (const char *const *)labels->pdata;
    request.language = "zh_CN";
    g_bytes_unref(draw("many-zh", &request, RV_GRAPH_PNG));
    request.keys = (const char *const *)keys->pdata + 28;
    request.labels = (const char *const *)labels->pdata + 28;
    g_free(keys->pdata[38]);
    keys->pdata[38] = NULL;
    request.language = "en";
    few = draw("strange-en", &request, RV_GRAPH_PNG);
    assert_begins(few, "\x89PNG");
}

/* ---- what the pictures say, and how lines are told apart ---- */

static RvGraphRequest
class_request(const char *language, const char *class, GPtrArray *keys)
{
    g_autoptr(GPtrArray) all = rv_rrd_store_series(store, DEVICE);

    for (guint i = 0; i < all->len; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(all, i);

        if (g_str_has_prefix(info->key, class))
            g_ptr_array_add(keys, g_strdup(info->key));
    }
    g_ptr_array_add(keys, NULL);
    return request_of((const char *const *)keys->pdata, language);
}

/* As pdftotext reads it, runs of blanks as one; NULL: it is not installed. */
static char *
words_of(const RvGraphRequest *request)
{
    g_autofree char *reader = g_find_program_in_path("pdftotext");
    g_autofree char *file = g_build_filename(folder, "words.pdf", NULL);
    g_autoptr(GBytes) picture = draw("words", request, RV_GRAPH_PDF);
    const char *arguments[] = {reader, "-layout", file, "-", NULL};
    g_autoptr(GRegex) blanks = g_regex_new("\\s+", 0, 0, NULL);
    g_autofree char *out = NULL;

    if (reader == NULL)
        return NULL;
    g_file_set_contents(file, g_bytes_get_data(picture, NULL), (gssize)g_bytes_get_size(picture),
                        NULL);
    g_assert_true(
        g_spawn_sync(NULL, (char **)arguments, NULL, 0, NULL, NULL, &out, NULL, NULL, NULL));
    return g_regex_replace_literal(blanks, out, -1, 0, " ", 0, NULL);
}

static const struct {
    const char *words, *language, *class;
    const char *parts[4]; /* in this order; NULL-terminated */
} said_rows[] = {
    {"the zone is named", "en", "interface/", {"2026-10-01 00:00 \u2013 2026-10-", "UTC+00:00"}},
    {"so are both dashed levels", "en", "interface/", {".... in 95th pct", "- - out 95th pct"}},
    {"the hottest first", "en", "temperature/", {"---- chassis/slot-6", "- - chassis/slot-5"}},
    {"the slowest first", "en", "fan/", {"---- chassis/fan-tray-1/fan-1", "- - chassis"}},
    {"where none was observed", "en", "fan/", {"fan-6", "not observed"}},
    {"in Chinese", "zh_CN", "fan/", {"-.-. chassis/fan-tray-1/fan-4", "\u672a\u89c2\u6d4b"}},
};

static void
test_said(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(said_rows); i++) {
        g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
        RvGraphRequest request = class_request(said_rows[i].language, said_rows[i].class, keys);
        g_autofree char *words = words_of(&request);
        const char *at = words;

        if (words == NULL) {
            g_test_skip("pdftotext is not there");
            return;
        }
        g_test_message("%s: %s", said_rows[i].words, words);
        for (const char *const *part = said_rows[i].parts; *part != NULL; part++) {
            at = strstr(at, *part);
            g_assert_nonnull(at);
        }
    }
}

static void
on_element(GMarkupParseContext *context, const char *name, const char **names, const char **values,
           gpointer found, GError **error)
{
    (void)context;
    (void)error;
    g_assert_cmpstr(name, !=, "script");
    g_assert_cmpstr(name, !=, "foreignObject");
    for (; *names != NULL; names++, values++) {
        if (g_str_has_suffix(*names, "href"))
            g_assert_true(g_str_has_prefix(*values, "#") ||
                          g_str_has_prefix(*values, "data:image/png;"));
        g_assert_null(strstr(*values, "url(http"));
        if (strcmp(*names, "style") == 0 && strstr(*values, "stroke-dasharray") != NULL)
            g_hash_table_add(found, g_strdup(strstr(*values, "stroke-dasharray")));
    }
}

/* Well formed, nothing from elsewhere, and lines have dashes of their own. */
static void
test_svg(void)
{
    static const GMarkupParser parser = {.start_element = on_element};
    static const char *const classes[] = {"fan/", "interface/", "percent/", "optical_power/"};
    g_autoptr(GHashTable) dashes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(classes); i++) {
        g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
        RvGraphRequest request = class_request("zh_CN", classes[i], keys);
        g_autoptr(GBytes) picture = draw("parsed", &request, RV_GRAPH_SVG);
        g_autoptr(GMarkupParseContext) context =
            g_markup_parse_context_new(&parser, 0, dashes, NULL);
        g_autoptr(GError) error = NULL;

        g_markup_parse_context_parse(context, g_bytes_get_data(picture, NULL),
                                     (gssize)g_bytes_get_size(picture), &error);
        g_assert_no_error(error);
        g_assert_true(g_markup_parse_context_end_parse(context, &error));
        if (i == 0)
            g_assert_cmpuint(g_hash_table_size(dashes), >=, 3);
    }
}

/* What librrd is told of 60 sensors: which lines there are, and where nothing is known. */
static void
test_told(void)
{
    g_autofree char *path =
        g_build_filename(rv_rrd_store_template_folder(store), "graphs.yaml", NULL);
    g_autoptr(RvGraphRules) rules = rv_graph_rules_load(path, NULL);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) legend =
        g_ptr_array_new_with_free_func((GDestroyNotify)rv_drawing_item_free);
    g_autoptr(GPtrArray) all = rv_rrd_store_series(store, MANY);
    g_autoptr(GHashTable) looks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GRegex) line =
        g_regex_new("^LINE1.4:v[0-9]+(#[0-9A-F]{6}):(----|- - |[.]{4}|-[.]-[.]) ", 0, 0, NULL);
    RvGraphRequest request;
    RvDrawing drawing = {.store = store, .rules = rules, .arguments = arguments, .legend = legend};
    guint up = 0, down = 0;

    for (guint i = 0; i < all->len; i++)
        g_ptr_array_add(keys, g_strdup(((RvRrdSeriesInfo *)g_ptr_array_index(all, i))->key));
    g_ptr_array_add(keys, NULL);
    request = request_of((const char *const *)keys->pdata, "en");
    request.device = MANY;
    request.end_s += 86400;
    drawing.request = &request;
    g_assert_true(rv_draw_sensors(&drawing, g_ptr_array_index(all, 0), all->len, NULL));
    for (guint i = 0; i < arguments->len; i++) {
        const char *argument = g_ptr_array_index(arguments, i);
        g_autoptr(GMatchInfo) match = NULL;

        up += g_str_has_prefix(argument, "AREA:gapINF");
        down += g_str_has_prefix(argument, "AREA:gapNEGINF");
        if (g_regex_match(line, argument, 0, &match)) {
            g_autofree char *color = g_match_info_fetch(match, 1);
            g_autofree char *style = g_match_info_fetch(match, 2);

            g_assert_true(g_hash_table_add(looks, g_strconcat(color, style, NULL)));
            g_assert_cmpint(strcmp(style, "----") == 0, ==, strstr(argument, "dashes=") == NULL);
        }
    }
    g_assert_cmpuint(g_hash_table_size(looks), ==, 14);
    g_assert_cmpuint(up, ==, 1); /* also where the whole axis is below 0 */
    g_assert_cmpuint(down, ==, 1);
    g_free(drawing.base);
}

static void
test_far_and_near(void)
{
    const char *const keys[] = {"interface/GigabitEthernet0/0/1", NULL};
    const char *const warm[] = {"temperature/chassis/outlet", NULL};
    RvGraphSpan spans[400];
    RvGraphRequest request = request_of(keys, "zh_CN");

    for (guint i = 0; i < G_N_ELEMENTS(spans); i++)
        spans[i] = (RvGraphSpan){T0 - 40 * (gint64)86400 * (i % 40) - 3600 * (gint64)i,
                                 T0 - 40 * (gint64)86400 * (i % 40) - 3600 * (gint64)i + 120,
                                 i % 3 == 0 ? RV_SHADE_OUTAGE : RV_SHADE_MAINTENANCE};
    request.spans = spans;
    request.n_spans = G_N_ELEMENTS(spans);
    request.start_s = request.end_s - 5 * 365 * (gint64)86400;
    g_bytes_unref(draw("years-zh", &request, RV_GRAPH_PNG));
    request = request_of(warm, "en");
    spans[0] = (RvGraphSpan){request.end_s - 3000, request.end_s - 2940, RV_SHADE_OUTAGE};
    spans[1] = (RvGraphSpan){request.end_s - 2000, request.end_s - 1400, RV_SHADE_MAINTENANCE};
    request.spans = spans;
    request.n_spans = 2;
    request.start_s = request.end_s - 3600;
    g_bytes_unref(draw("hour-en", &request, RV_GRAPH_PNG));
}

static const struct {
    const char *words;
    RvGraphSpan spans[3];
    guint n, joined;
    gint64 start_s, end_s; /* of the first that is left */
} joined_rows[] = {
    {"what lies outside is not there", {{0, 100, RV_SHADE_OUTAGE}}, 1, 0, 0, 0},
    {"cut to the picture", {{900, 1100, RV_SHADE_OUTAGE}}, 1, 1, 1000, 1100},
    {"touching ones are one", {{1200, 1300, 0}, {1100, 1200, 0}}, 2, 1, 1100, 1300},
    {"so are those nearer than a pixel", {{1100, 1200, 0}, {1210, 1300, 0}}, 2, 1, 1100, 1300},
    {"others stay", {{1100, 1200, 0}, {1211, 1300, 0}}, 2, 2, 1100, 1200},
    {"one within another", {{1100, 1500, 0}, {1200, 1300, 0}}, 2, 1, 1100, 1500},
    {"two kinds are never one",
     {{1100, 1200, RV_SHADE_OUTAGE}, {1100, 1200, RV_SHADE_MAINTENANCE}},
     2,
     2,
     1100,
     1200},
};

static void
test_joined(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(joined_rows); i++) {
        g_autoptr(GArray) joined =
            rv_graph_spans_join(joined_rows[i].spans, joined_rows[i].n, 1000, 2000, 10);

        g_test_message("%s", joined_rows[i].words);
        g_assert_cmpuint(joined->len, ==, joined_rows[i].joined);
        if (joined->len > 0) {
            g_assert_cmpint(g_array_index(joined, RvGraphSpan, 0).start_s, ==,
                            joined_rows[i].start_s);
            g_assert_cmpint(g_array_index(joined, RvGraphSpan, 0).end_s, ==, joined_rows[i].end_s);
        }
    }
}

static void
test_strip(void)
{
    const char *const keys[] = {"reachability", NULL};
    RvGraphRequest request = request_of(keys, "zh_CN");
    g_autoptr(GBytes) chinese = NULL;
    g_autoptr(GBytes) english = NULL;

    request.device = DEVICE "-reach";
    chinese = draw("strip-zh", &request, RV_GRAPH_PNG);
    request.language = "en";
    english = draw("strip-en", &request, RV_GRAPH_PNG);
    assert_begins(chinese, "\x89PNG");
}

static void
test_hostile(void)
{
    const char *const keys[] = {"percent/" HOSTILE, NULL};
    RvGraphRequest request = request_of(keys, "zh_CN");
    g_autoptr(GBytes) picture = draw("hostile", &request, RV_GRAPH_PNG);
    g_autofree char *escaped = rv_graph_escape(HOSTILE);

    assert_begins(picture, "\x89PNG");
    g_assert_cmpstr(escaped, ==, "a\\:b/l%s <b>&amp; \u98ce\u6247 /");
}

static void
test_refused(void)
{
    const char *const nothing[] = {NULL};
    const char *const unknown[] = {"temperature/none", NULL};
    const char *const mixed[] = {"temperature/chassis/inlet", "voltage/chassis/psu-1/12v", NULL};
    const struct {
        const char *words;
        const char *const *keys;
        int code;
    } rows[] = {{"no series", nothing, RV_ERROR_USAGE},
                {"a series that is not there", unknown, RV_ERROR_NO_INPUT},
                {"two quantities on one axis", mixed, RV_ERROR_USAGE}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvGraphRequest request = request_of(rows[i].keys, "en");
        g_autoptr(GError) error = NULL;

        g_test_message("%s", rows[i].words);
        g_assert_null(rv_rrd_graph(store, &request, RV_GRAPH_PNG, NULL, &error));
        g_assert_error(error, RV_ERROR, rows[i].code);
    }
}

static void
test_no_font(void)
{
    g_assert_null(rv_font_family("\U0010fffd", "zh-cn", FALSE)); /* private use: no font has it */
}

static const struct {
    const char *unit;
    double value;
    const char *text;
} values[] = {{"bit/s", 0, "0.00 bit/s"},
              {"bit/s", 8e6, "8.00 Mbit/s"},
              {"bit/s", 999.6, "1.00 kbit/s"},
              {"bit/s", 9.999e9, "10.0 Gbit/s"},
              {"\u00b0C", 41, "41.0 \u00b0C"},
              {"%", 100, "100%"},
              {"rpm", 5234.4, "5234 rpm"},
              {"dBm", -6.25, "-6.25 dBm"},
              {"", 3, "3.00"},
              {"", 1.5e15, "1.5e+15"},
              {"V", NAN, "-"}};

static void
test_texts(void)
{
    g_autofree char *padded = rv_graph_pad("\u6e29\u5ea6", 6, FALSE);
    g_autofree char *clipped = rv_graph_pad("\u6e29\u5ea6\u6e29\u5ea6", 6, FALSE);
    g_autofree char *middle = rv_graph_label("Chassis Ambient Temperature Sensor 0/3", 20);
    g_autofree char *wide =
        rv_graph_label("\u8fdb\u98ce\u53e3\u6e29\u5ea6\u4f20\u611f\u5668 3", 12);

    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *text = rv_graph_value(values[i].value, values[i].unit);

        g_assert_cmpstr(text, ==, values[i].text);
    }
    g_assert_cmpstr(padded, ==, "\u6e29\u5ea6  ");
    g_assert_cmpuint(rv_graph_cells(clipped), ==, 6);
    g_assert_true(g_str_has_prefix(clipped, "\u6e29\u5ea6"));
    g_assert_cmpuint(rv_graph_cells(middle), ==, 20);
    g_assert_nonnull(strstr(middle, "Chassis A..ensor 0/3"));
    g_assert_cmpuint(rv_graph_cells(wide), ==, 12);
    g_assert_nonnull(strstr(wide, " 3"));
}

static const struct {
    const char *words, *arguments;
    int status;
    const char *out, *err; /* part of it; NULL: nothing is said */
} commands[] = {
    {"what there is", "graph --list core-sw-01:*fan-1*", 0,
     "core-sw-01:fan/chassis/fan-tray-1/fan-1\n", NULL},
    {"one interface by its key", "graph -d core-sw-01 GigabitEthernet0/0/1 -o @/port.svg", 0,
     "port.svg\n", NULL},
    {"a class", "--lang zh_CN graph -d core-sw-01 fan -o @", 0, "/core-sw-01-fan.png\n", NULL},
    {"several pictures, one file", "graph -d core-sw-01 * -o @/all.pdf", 64, NULL, "give a folder"},
    {"several pictures, a folder", "graph -d core-sw-01* * -o @ --format pdf", 0,
     "reachability.pdf\n", NULL},
    {"nothing of the kind", "graph -d core-sw-01 none", 66, NULL,
     "no such series; rackvitals graph --list"},
    {"no device", "graph fan", 64, NULL, "--device"},
    {"no series", "graph", 64, NULL, "which series?"},
    {"an unknown format", "graph -d core-sw-01 fan --format gif", 64, NULL, "png, svg and pdf"},
    {"a time that is none", "graph -d core-sw-01 fan --from sometime", 64, NULL,
     "'sometime' is no time"},
    {"a place that cannot be written", "graph -d core-sw-01 fan -o @/no/such/x.png", 73, NULL,
     "/no/such/x.png"},
};

static void
run_command(const char *program, gsize i)
{
    g_auto(GStrv) arguments = g_strsplit(commands[i].arguments, " ", -1);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;

    g_ptr_array_add(all, g_strdup(program));
    for (char **argument = arguments; *argument != NULL; argument++)
        g_ptr_array_add(all, **argument == '@' ? g_strconcat(folder, *argument + 1, NULL)
                                               : g_strdup(*argument));
    g_ptr_array_add(all, g_strdup("--state"));
    g_ptr_array_add(all, g_strdup(folder));
    g_ptr_array_add(all, NULL);
    g_test_message("%s: %s", commands[i].words, commands[i].arguments);
    g_spawn_sync(folder, (char **)all->pdata, NULL, 0, NULL, NULL, &out, &err, &status, &error);
    g_assert_no_error(error);
    g_test_message("%s%s", out, err);
    g_assert_cmpint(WEXITSTATUS(status), ==, commands[i].status);
    g_assert_true(commands[i].out != NULL ? strstr(out, commands[i].out) != NULL : *out == '\0');
    g_assert_true(commands[i].err != NULL ? strstr(err, commands[i].err) != NULL : *err == '\0');
}

static void
test_command(void)
{
    const char *program = g_getenv("RACKVITALS_PROGRAM");
    g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, T0 + (gint64)n_rounds * STEP);

    if (program == NULL || !g_file_test(program, G_FILE_TEST_IS_EXECUTABLE)) {
        g_test_skip("RACKVITALS_PROGRAM is not there");
        return;
    }
    g_setenv("RACKVITALS_NOW", now, TRUE);
    g_setenv("ASAN_OPTIONS", "detect_leaks=0", TRUE); /* those of the libraries, as below */
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        run_command(program, i);
}

/* librrd 1.7.2 loses a few texts with each graph, fontconfig and pango keep caches: not ours to
 * free. Read by the sanitizer, where there is one. */
const char *__lsan_default_suppressions(void);
const char *__asan_default_options(void);

const char *
__lsan_default_suppressions(void)
{
    return "leak:librrd.so\nleak:libfontconfig.so\nleak:libpango\nleak:libcairo.so\n";
}

const char *
__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0"; /* their frames are only found so */
}

static const struct {
    const char *words, *from, *to;
    gint64 start_s, end_s; /* -1: refused */
} span_rows[] = {
    {"nothing said: the last day", NULL, NULL, T0 - 86400, T0},
    {"dates", "2026-09-01", "2026-10-01", T0 - 30 * 86400, T0},
    {"date and time", "2026-09-30 22:00", "2026-09-30T23:00:00Z", T0 - 7200, T0 - 3600},
    {"a week back", "-7d", NULL, T0 - 7 * 86400, T0},
    {"from an end", "end-1d", "2026-10-01", T0 - 86400, T0},
    {"seconds since 1970", "1790809200", "1790812800", T0 - 3600, T0},
    {"turned round", "2026-10-01", "2026-09-01", -1, -1},
    {"no time", "sometime", NULL, -1, -1},
    {"no such day", "2026-02-30", NULL, -1, -1},
};

static void
test_spans(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(span_rows); i++) {
        g_autoptr(GError) error = NULL;
        gint64 start_s = 0, end_s = 0;
        gboolean good =
            rv_graph_parse_span(span_rows[i].from, span_rows[i].to, T0, &start_s, &end_s, &error);

        g_test_message("%s", span_rows[i].words);
        g_assert_cmpint(good, ==, span_rows[i].start_s >= 0);
        if (!good) {
            g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
            continue;
        }
        /* librrd asks the system's clock after us: a second may lie between */
        g_assert_cmpint(ABS(start_s - span_rows[i].start_s), <=, 5);
        g_assert_cmpint(ABS(end_s - span_rows[i].end_s), <=, 5);
    }
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    g_setenv("TZ", "UTC", TRUE);
    set_up();
    g_test_add_func("/graph/formats and languages", test_formats);
    g_test_add_func("/graph/one sensor", test_one_sensor);
    g_test_add_func("/graph/a class of sensors", test_class);
    g_test_add_func("/graph/more lines than fit", test_many);
    g_test_add_func("/graph/words of the pictures", test_said);
    g_test_add_func("/graph/svg", test_svg);
    g_test_add_func("/graph/lines are told apart", test_told);
    g_test_add_func("/graph/five years and an hour", test_far_and_near);
    g_test_add_func("/graph/shades that touch", test_joined);
    g_test_add_func("/graph/availability", test_strip);
    g_test_add_func("/graph/hostile names", test_hostile);
    g_test_add_func("/graph/refused", test_refused);
    g_test_add_func("/graph/no font", test_no_font);
    g_test_add_func("/graph/texts", test_texts);
    g_test_add_func("/graph/spans", test_spans);
    g_test_add_func("/graph/command", test_command);
    status = g_test_run();
    rv_rrd_store_free(store);
    remove_tree(folder);
    g_free(rrd_folder);
    g_free(folder);
    return status;
}
