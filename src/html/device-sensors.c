/* Sensors by kind of part, and interfaces, each with its curve of the last day. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "health/findings.h"
#include "html/curve.h"
#include "html/markup.h"
#include "html/page.h"
#include "html/traffic.h"
#include "observation/describe.h"
#include "observation/words.h"

#define CURVE_S 86400
#define CURVE_STEP_S 900
#define FILTER_LEAST 40     /* fewer rows are found by eye */
#define SENSORS_AT_ONCE 20  /* of a group, or as many as are not well … */
#define SENSORS_AT_MOST 100 /* … up to these */
#define PORTS_AT_ONCE 48

static RvSeries *
fetch(const RvHtmlDevice *device, const char *key, const char *source, const char *function)
{
    gint64 now_s = device->options->now_ms / 1000;

    if (device->store == NULL)
        return NULL;
    /* a series that is not there yet has no curve; that is no error of the page */
    return rv_rrd_fetch(device->store, device->row->name, key, source, function, now_s - CURVE_S,
                        now_s, CURVE_STEP_S, NULL);
}

/* ---- sensors ---- */

static void
put_curve(const RvHtmlDevice *device, const RvSensor *sensor, GString *out)
{
    const RvRrdTemplate *template =
        device->store != NULL && isfinite(sensor->value)
            ? rv_rrd_templates_for_class(rv_rrd_store_templates(device->store), sensor->class)
            : NULL;
    g_autofree char *key = NULL;
    g_autoptr(RvSeries) series = NULL;

    if (template == NULL || template->sources->len == 0 || template->archives->len == 0)
        return;
    key = g_strdup_printf("%s/%s", rv_class_word(sensor->class), sensor->key);
    series = fetch(device, key, g_array_index(template->sources, RvRrdSource, 0).name,
                   g_array_index(template->archives, RvRrdArchive, 0).function);
    if (series != NULL && rv_series_known(series) > 0) {
        g_autofree char *least = rv_describe_number(sensor, rv_series_minimum(series));
        g_autofree char *most = rv_describe_number(sensor, rv_series_maximum(series));
        g_autofree char *label = g_strdup_printf("%s: 24 h, %s … %s", sensor->name, least, most);

        rv_curve(out, series, NULL, label);
    }
}

/* "warning ≤5 ≥45, critical ≤0 ≥55 °C" */
static char *
limits_text(RvLanguage language, const RvSensor *sensor)
{
    g_autofree char *limits = rv_describe_limits(sensor);
    g_autoptr(GString) text = g_string_new(limits);

    if (language == RV_LANGUAGE_ZH) {
        g_string_replace(text, "warning", "告警", 0);
        g_string_replace(text, "critical", "严重", 0);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static void
put_sensor(const RvHtmlDevice *device, const RvSensor *sensor, GString *out)
{
    RvLanguage language = device->options->language;
    g_autofree char *title = rv_finding_title(device->latest, sensor);
    g_autofree char *value = rv_describe_value(sensor);
    g_autofree char *limits = limits_text(language, sensor);
    g_autofree char *reason =
        sensor->status != RV_VERDICT_OK ? rv_say_judgement(language, sensor->reason) : NULL;

    rv_markup(out, "<tr class=\"%s\"><td>", sensor->status != RV_VERDICT_OK ? "bad" : "");
    if (sensor->presence == RV_PRESENCE_ABSENT)
        rv_markup(out, "<span class=\"soft\">– %s</span>",
                  RV_SAY(language, "not fitted", "未安装"));
    else
        rv_markup_verdict(out, language, sensor->status);
    rv_markup(out, "</td><th scope=\"row\">%s", title);
    if (reason != NULL && *reason != '\0')
        rv_markup(out, "<br><span class=\"soft\">%s</span>", reason);
    rv_markup(out, "</th><td class=\"number\">%s</td><td>",
              sensor->presence == RV_PRESENCE_ABSENT ? "" : value);
    put_curve(device, sensor, out);
    rv_markup(out, "</td><td class=\"soft\">%s</td></tr>\n",
              sensor->presence == RV_PRESENCE_PRESENT ? limits : "");
}

static void
put_group(const RvHtmlDevice *device, const char *group, GPtrArray *sensors, RvMarkupTable *table,
          GString *out)
{
    RvLanguage language = device->options->language;
    guint bad = 0;

    g_ptr_array_sort(sensors, rv_findings_compare_sensors);
    for (guint i = 0; i < sensors->len; i++)
        bad += ((const RvSensor *)g_ptr_array_index(sensors, i))->status != RV_VERDICT_OK;
    rv_markup(out,
              "</tbody><tbody><tr class=\"group\"><th colspan=\"5\" scope=\"rowgroup\">%s "
              "(%u)</th></tr>\n",
              rv_say_group(language, group), sensors->len);
    for (guint i = 0; i < sensors->len; i++) {
        rv_markup_row(out, table, i, sensors->len, CLAMP(bad, SENSORS_AT_ONCE, SENSORS_AT_MOST));
        put_sensor(device, g_ptr_array_index(sensors, i), out);
    }
    rv_markup_rows_end(out, table);
}

/* Groups in the order in which a technician looks; others after, as they come. */
static GPtrArray *
groups_of(const RvObservation *latest)
{
    static const char *const order[] = {"psu",     "fan",      "temperature", "voltage",   "power",
                                        "battery", "humidity", "disk",        "array",     "module",
                                        "optics",  "cpu",      "memory",      "enclosure", "log"};
    GPtrArray *groups = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
        g_ptr_array_add(groups, (gpointer)order[i]);
    for (guint i = 0; i < latest->sensors->len; i++) {
        const char *group = rv_sensor_group(g_ptr_array_index(latest->sensors, i));

        if (!g_ptr_array_find_with_equal_func(groups, group, g_str_equal, NULL))
            g_ptr_array_add(groups, (gpointer)group);
    }
    return groups;
}

/* A section, with a field where it is long. */
static void
begin_section(const RvHtmlDevice *device, const char *id, const char *title, guint n, GString *out)
{
    g_autofree char *field = g_strdup_printf("find-%s", id);

    g_string_append(out, "<section>\n");
    rv_markup_heading(out, id, title, n);
    if (n >= FILTER_LEAST)
        rv_markup_filter(out, device->options->language, field);
}

void
rv_html_device_sensors(const RvHtmlDevice *device, GString *out)
{
    static const RvMarkupColumn columns[] = {
        {{"Verdict", "判定"}, FALSE}, {{"Sensor", "传感器"}, FALSE},
        {{"Value", "读数"}, TRUE},    {{"Last 24 h", "最近 24 小时"}, FALSE},
        {{"Limits", "门限"}, FALSE},  {{NULL}, FALSE}};
    RvLanguage language = device->options->language;
    RvMarkupTable table = {language, "sensors", "sensors", columns, FALSE};
    g_autoptr(GPtrArray) groups = NULL;

    if (device->latest == NULL || device->latest->sensors->len == 0)
        return;
    groups = groups_of(device->latest);
    begin_section(device, "sensors", RV_SAY(language, "Sensors", "传感器"),
                  device->latest->sensors->len, out);
    rv_markup_table(out, &table);
    for (guint i = 0; i < groups->len; i++) {
        const char *group = g_ptr_array_index(groups, i);
        g_autoptr(GPtrArray) sensors = g_ptr_array_new();

        for (guint j = 0; j < device->latest->sensors->len; j++) {
            RvSensor *sensor = g_ptr_array_index(device->latest->sensors, j);

            if (strcmp(rv_sensor_group(sensor), group) == 0)
                g_ptr_array_add(sensors, sensor);
        }
        if (sensors->len > 0)
            put_group(device, group, sensors, &table, out);
    }
    rv_markup_table_end(out, &table);
    g_string_append(out, "</section>\n");
}

/* ---- interfaces ---- */

/* Empty where there is none; on a narrow screen its name stands before it. */
static void
put_figure(GString *out, const char *name, const char *figure)
{
    if (figure == NULL || *figure == '\0')
        g_string_append(out, "<td class=\"number\"></td>");
    else
        rv_markup(out, "<td class=\"number\" data-name=\"%s\">%s</td>", name, figure);
}

static void
put_traffic(const RvHtmlDevice *device, const RvInterface *interface, const RvTraffic *traffic,
            GString *out)
{
    RvLanguage language = device->options->language;
    g_autofree char *key = g_strdup_printf("%s/%s", traffic->template->name, interface->key);
    gint64 now_s = device->options->now_ms / 1000;
    RvSeries *read[2] = {NULL, NULL};
    g_autoptr(RvSeries) in = NULL;
    g_autoptr(RvSeries) sent = NULL;
    g_autofree char *last_in = NULL;
    g_autofree char *last_out = NULL;
    g_autofree char *label = NULL;

    /* a port that was never up has no series, and no curve */
    if (rv_rrd_fetch_sources(device->store, device->row->name, key,
                             (const char *const[]){traffic->in, traffic->out}, 2, "AVERAGE",
                             now_s - CURVE_S, now_s, CURVE_STEP_S, read, NULL)) {
        in = read[0];
        sent = read[1];
        last_in = rv_write_rate(rv_series_last(in));
        last_out = rv_write_rate(rv_series_last(sent));
    }
    put_figure(out, RV_SAY(language, "In", "入"), last_in);
    put_figure(out, RV_SAY(language, "Out", "出"), last_out);
    g_string_append(out, "<td>");
    if (in != NULL) {
        label =
            g_strdup_printf("%s: 24 h, %s %s, %s %s", interface->name, RV_SAY(language, "in", "入"),
                            last_in, RV_SAY(language, "out (dashed)", "出（虚线）"), last_out);
        rv_curve(out, in, sent, label);
    }
    g_string_append(out, "</td>");
}

static char *
write_count(guint64 count)
{
    g_autofree char *digits = rv_text_natural(count != RV_COUNTER_NONE ? count : 0);

    return rv_write_grouped(digits);
}

/* What never happened stands back. */
static void
put_counter(GString *out, const char *name, guint64 a, guint64 b)
{
    g_autofree char *in = write_count(a), *sent = write_count(b);
    gboolean none = strcmp(in, "0") == 0 && strcmp(sent, "0") == 0;

    if (a == RV_COUNTER_NONE && b == RV_COUNTER_NONE)
        g_string_append(out, "<td class=\"number\"></td>");
    else
        rv_markup(out, "<td class=\"number%s\" data-name=\"%s\">%s / %s</td>", none ? " soft" : "",
                  name, in, sent);
}

static const char *
link_word(RvLanguage language, const RvInterface *interface)
{
    if (interface->oper_status == RV_OPER_UP)
        return RV_SAY(language, "up", "连接");
    if (interface->admin_status == RV_ADMIN_DOWN)
        return RV_SAY(language, "switched off", "已关闭");
    if (interface->oper_status == RV_OPER_DOWN)
        return RV_SAY(language, "down", "断开");
    return rv_oper_status_word(interface->oper_status);
}

void
rv_html_device_interfaces(const RvHtmlDevice *device, GString *out)
{
    static const RvMarkupColumn columns[] = {{{"Interface", "接口"}, FALSE},
                                             {{"Link", "链路"}, FALSE},
                                             {{"Speed", "速率"}, TRUE},
                                             {{"In", "入"}, TRUE},
                                             {{"Out", "出"}, TRUE},
                                             {{"Last 24 h", "最近 24 小时"}, FALSE},
                                             {{"Errors in / out", "错误 入 / 出"}, TRUE},
                                             {{"Discards in / out", "丢弃 入 / 出"}, TRUE},
                                             {{NULL}, FALSE}};
    RvLanguage language = device->options->language;
    RvMarkupTable table = {language, "ports", "interfaces", columns, FALSE};
    RvTraffic traffic = {0};
    gboolean kept =
        device->store != NULL && rv_traffic_find(rv_rrd_store_templates(device->store), &traffic);

    if (device->latest == NULL || device->latest->interfaces->len == 0)
        return;
    begin_section(device, "interfaces", RV_SAY(language, "Interfaces", "接口"),
                  device->latest->interfaces->len, out);
    rv_markup_table(out, &table);
    for (guint i = 0; i < device->latest->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(device->latest->interfaces, i);
        g_autofree char *speed = rv_describe_speed(interface->speed_bps);

        rv_markup_row(out, &table, i, device->latest->interfaces->len, PORTS_AT_ONCE);
        rv_markup(out, "<tr><th scope=\"row\">%s", interface->name);
        if (*interface->alias != '\0')
            rv_markup(out, "<br><span class=\"soft\">%s</span>", interface->alias);
        rv_markup(out, "</th><td>%s</td><td class=\"number\">%s</td>",
                  link_word(language, interface), speed);
        if (kept)
            put_traffic(device, interface, &traffic, out);
        else
            g_string_append(out, "<td></td><td></td><td></td>");
        put_counter(out, RV_SAY(language, columns[6].words[0], columns[6].words[1]),
                    interface->in_errors, interface->out_errors);
        put_counter(out, RV_SAY(language, columns[7].words[0], columns[7].words[1]),
                    interface->in_discards, interface->out_discards);
        g_string_append(out, "</tr>\n");
    }
    rv_markup_table_end(out, &table);
    g_string_append(out, "</section>\n");
}
