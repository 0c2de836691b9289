/* The week of a device: answers, sensors of each class, ports. */
#include <math.h>
#include <string.h>

#include "base/log.h"
#include "base/text-order.h"
#include "health/findings.h"
#include "html/chart.h"
#include "html/markup.h"
#include "html/page.h"
#include "html/spans.h"
#include "html/traffic.h"
#include "observation/describe.h"
#include "observation/words.h"
#include "rrd/graph-axis.h"
#include "rrd/graph.h"

#define SPAN_S (7 * 86400)
#define STEP_S 300
#define MARGIN_S (2 * STEP_S)
#define PORTS_AT_ONCE 8 /* the others unfold */
#define PORTS_CEILING 128
#define SENSORS_CEILING 500 /* of one class */

typedef struct {
    const RvHtmlDevice *device;
    GHashTable *sensors; /* series key → RvSensor*, borrowed */
    GArray *spans;
    gint64 start_s, end_s;
    GString *out;
} Week;

static void
week_clear(Week *week)
{
    g_clear_pointer(&week->sensors, g_hash_table_unref);
    g_clear_pointer(&week->spans, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Week, week_clear)

/* The oldest row of an archive of exactly a week may be gone by the time it is read: better begin a
 * little later than be given hours for minutes. */
static gboolean
fetch(const Week *week, const RvRrdTemplate *template, const char *key, const char *const *sources,
      guint n, RvSeries **series)
{
    const char *function = template->archives->len > 0
                               ? g_array_index(template->archives, RvRrdArchive, 0).function
                               : "AVERAGE";

    return rv_rrd_fetch_sources(week->device->store, week->device->row->name, key, sources, n,
                                function, week->start_s + MARGIN_S, week->end_s, STEP_S, series,
                                NULL);
}

static RvChart
chart_of(const Week *week, const char *title)
{
    return (RvChart){
        .language = week->device->options->language,
        .zone = week->device->options->zone,
        .title = title,
        .start_s = week->start_s,
        .end_s = week->end_s,
        .spans = (const RvGraphSpan *)week->spans->data,
        .n_spans = week->spans->len,
    };
}

/* From 0 to a round value above the highest, or above `least`. */
static double
round_top(double highest, double least)
{
    double top = fmax(isnan(highest) ? 0 : highest, least);
    double step = rv_graph_axis_step(top);

    return ceil(top / step - 1e-6) * step;
}

/* ---- sensors of one class ---- */

typedef struct {
    RvClass class;
    gboolean low;      /* gets worse downwards */
    GPtrArray *lines;  /* Line* */
    gboolean one_unit; /* figures are written as the first one's are */
} Group;

typedef struct {
    char *name;
    const RvSensor *sensor; /* NULL: not among the last answer */
    RvSeries *series;
    double worst;
} Line;

static void
line_free(Line *line)
{
    g_free(line->name);
    rv_series_free(line->series);
    g_free(line);
}

static void
group_free(Group *group)
{
    g_ptr_array_unref(group->lines);
    g_free(group);
}

/* What gets worse downwards has an archive of the lowest. */
static gboolean
is_worse_low(const RvRrdTemplate *template)
{
    for (guint i = 0; i < template->archives->len; i++)
        if (strcmp(g_array_index(template->archives, RvRrdArchive, i).function, "MIN") == 0)
            return TRUE;
    return FALSE;
}

static int
rank_of(const Line *line)
{
    static const int ranks[] = {[RV_VERDICT_CRITICAL] = 0,
                                [RV_VERDICT_WARNING] = 1,
                                [RV_VERDICT_UNKNOWN] = 2,
                                [RV_VERDICT_OK] = 2};

    return line->sensor != NULL ? ranks[line->sensor->status] : 2;
}

static int
compare_lines(gconstpointer a, gconstpointer b)
{
    const Line *x = *(Line *const *)a, *y = *(Line *const *)b;

    if (rank_of(x) != rank_of(y))
        return rank_of(x) - rank_of(y);
    if (x->worst > y->worst || x->worst < y->worst)
        return x->worst > y->worst ? -1 : 1;
    return rv_text_compare(x->name, y->name);
}

static Group *
group_for(GPtrArray *groups, const RvRrdSeriesInfo *info)
{
    Group *group;

    for (guint i = 0; i < groups->len; i++)
        if (((Group *)g_ptr_array_index(groups, i))->class == info->class)
            return g_ptr_array_index(groups, i);
    group = g_new0(Group, 1);
    group->class = info->class;
    group->low = is_worse_low(info->template);
    group->lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_free);
    g_ptr_array_add(groups, group);
    return group;
}

static void
add_sensor(const Week *week, GPtrArray *groups, const RvRrdSeriesInfo *info)
{
    const char *slash = strchr(info->key, '/');
    const RvSensor *sensor = g_hash_table_lookup(week->sensors, info->key);
    Group *group = group_for(groups, info);
    RvSeries *series = NULL;
    Line *line;

    if (group->lines->len >= SENSORS_CEILING || info->template->sources->len == 0 ||
        !fetch(week, info->template, info->key,
               &(const char *){g_array_index(info->template->sources, RvRrdSource, 0).name}, 1,
               &series))
        return;
    if (rv_series_known(series) == 0) {
        rv_series_free(series);
        return;
    }
    line = g_new0(Line, 1);
    line->sensor = sensor;
    line->name = sensor != NULL ? rv_finding_title(week->device->latest, sensor)
                                : g_strdup(slash != NULL ? slash + 1 : info->key);
    line->series = series;
    line->worst = group->low ? -rv_series_minimum(series) : rv_series_maximum(series);
    g_ptr_array_add(group->lines, line);
}

static char *
write_measure(double value, gconstpointer how)
{
    const Group *group = how;
    const Line *first = g_ptr_array_index(group->lines, 0);

    return group->one_unit ? rv_describe_number(first->sensor, value)
                           : rv_write_measure(value, group->class);
}

static gboolean
same_limit(double a, double b)
{
    return isnan(a) ? isnan(b) : !(a < b) && !(a > b);
}

static gboolean
same_limits(const RvLimits *a, const RvLimits *b)
{
    return same_limit(a->low_critical, b->low_critical) &&
           same_limit(a->low_warning, b->low_warning) &&
           same_limit(a->high_warning, b->high_warning) &&
           same_limit(a->high_critical, b->high_critical);
}

/* Those of all lines; NULL where they differ. */
static const RvLimits *
limits_of(const Group *group)
{
    const RvLimits *limits = NULL;

    for (guint i = 0; i < group->lines->len; i++) {
        const Line *line = g_ptr_array_index(group->lines, i);

        if (line->sensor == NULL || (limits != NULL && !same_limits(limits, &line->sensor->limits)))
            return NULL;
        limits = &line->sensor->limits;
    }
    return limits;
}

static gboolean
has_one_unit(const Group *group)
{
    const Line *first = g_ptr_array_index(group->lines, 0);

    for (guint i = 0; i < group->lines->len; i++) {
        const Line *line = g_ptr_array_index(group->lines, i);

        if (line->sensor == NULL || strcmp(line->sensor->unit, first->sensor->unit) != 0)
            return FALSE;
    }
    return TRUE;
}

static void
put_group(const Week *week, Group *group)
{
    RvChart chart = chart_of(week, rv_say_class(week->device->options->language, group->class));
    g_autofree RvChartLine *lines = g_new0(RvChartLine, group->lines->len);
    const RvLimits *limits;

    g_ptr_array_sort(group->lines, compare_lines);
    group->one_unit = has_one_unit(group);
    limits = limits_of(group);
    chart.low = chart.high = NAN;
    for (guint i = 0; i < group->lines->len; i++) {
        const Line *line = g_ptr_array_index(group->lines, i);

        lines[i] = (RvChartLine){line->name, line->series};
        chart.low = fmin(chart.low, rv_series_minimum(line->series));
        chart.high = fmax(chart.high, rv_series_maximum(line->series));
    }
    rv_graph_axis(group->class, limits, &chart.low, &chart.high);
    chart.limits = limits;
    chart.lines = lines;
    chart.n_lines = group->lines->len;
    chart.band = TRUE;
    chart.write = write_measure;
    chart.how = group;
    rv_chart(week->out, &chart);
}

static int
compare_classes(gconstpointer a, gconstpointer b)
{
    const Group *x = *(Group *const *)a, *y = *(Group *const *)b;

    return (int)x->class - (int)y->class;
}

static void
put_sensors(const Week *week, const GPtrArray *series)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func((GDestroyNotify)group_free);

    for (guint i = 0; i < series->len; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(series, i);

        if (info->template != NULL && info->has_class)
            add_sensor(week, groups, info);
    }
    g_ptr_array_sort(groups, compare_classes);
    for (guint i = 0; i < groups->len; i++) {
        Group *group = g_ptr_array_index(groups, i);

        if (group->lines->len > 0)
            put_group(week, group);
    }
}

/* ---- how long it takes to answer ---- */

static char *
write_ms(double value, gconstpointer how)
{
    (void)how;
    return rv_write_value(value, "ms");
}

static void
put_answers(const Week *week, const RvRrdSeriesInfo *info)
{
    RvLanguage language = week->device->options->language;
    RvChart chart = chart_of(week, RV_SAY(language, "Time to answer", "应答时间"));
    RvChartLine line = {.name = chart.title};
    g_autoptr(RvSeries) series = NULL;
    const char *source = NULL;

    for (guint i = 0; i < info->template->sources->len; i++) {
        const RvRrdSource *one = &g_array_index(info->template->sources, RvRrdSource, i);

        if (one->from == RV_FROM_RTT)
            source = one->name;
    }
    if (source == NULL || !fetch(week, info->template, info->key, &source, 1, &series) ||
        rv_series_known(series) == 0)
        return;
    line.series = series;
    chart.lines = &line;
    chart.n_lines = 1;
    chart.band = TRUE;
    chart.high = round_top(rv_series_maximum(series), 1);
    chart.write = write_ms;
    rv_chart(week->out, &chart);
}

/* ---- ports ---- */

typedef struct {
    const RvInterface *interface;
    RvSeries *series[2]; /* in, out */
    RvSeries *faults;    /* NULL: there never were any */
    double busy;         /* bit/s, 95 of 100 times less */
} Port;

static void
port_free(Port *port)
{
    rv_series_free(port->series[0]);
    rv_series_free(port->series[1]);
    rv_series_free(port->faults);
    g_free(port);
}

static Port *
read_port(const Week *week, const RvTraffic *traffic, const RvInterface *interface)
{
    g_autofree char *key = g_strdup_printf("%s/%s", traffic->template->name, interface->key);
    Port *port = g_new0(Port, 1);

    port->interface = interface;
    if (!fetch(week, traffic->template, key, (const char *const[]){traffic->in, traffic->out}, 2,
               port->series) ||
        rv_series_known(port->series[0]) + rv_series_known(port->series[1]) == 0) {
        port_free(port);
        return NULL;
    }
    port->busy =
        fmax(rv_series_percentile(port->series[0], 95), rv_series_percentile(port->series[1], 95));
    if (traffic->faults != NULL) {
        g_autofree char *faults =
            g_strdup_printf("%s/%s", traffic->faults_template->name, interface->key);

        fetch(week, traffic->faults_template, faults, &traffic->faults, 1, &port->faults);
    }
    return port;
}

/* What has faults, then what is busy. */
static int
compare_ports(gconstpointer a, gconstpointer b)
{
    const Port *x = *(Port *const *)a, *y = *(Port *const *)b;
    gboolean faulty = x->faults != NULL && rv_series_maximum(x->faults) > 0;
    gboolean other = y->faults != NULL && rv_series_maximum(y->faults) > 0;

    if (faulty != other)
        return other - faulty;
    if (x->busy > y->busy || x->busy < y->busy)
        return x->busy > y->busy ? -1 : 1;
    return rv_text_compare(x->interface->name, y->interface->name);
}

static char *
write_rate(double value, gconstpointer how)
{
    (void)how;
    return rv_write_rate(value);
}

static void
put_port(const Week *week, const Port *port)
{
    RvLanguage language = week->device->options->language;
    const char *alias = port->interface->alias;
    g_autofree char *title =
        g_strdup_printf("%s%s%s", port->interface->name, *alias != '\0' ? " · " : "", alias);
    const RvChartLine lines[] = {{RV_SAY(language, "in", "流入"), port->series[0]},
                                 {RV_SAY(language, "out", "流出"), port->series[1]}};
    const RvChartLine marks = {RV_SAY(language, "errors and discards", "错误与丢弃"), port->faults};
    RvChart chart = chart_of(week, title);

    chart.lines = lines;
    chart.n_lines = G_N_ELEMENTS(lines);
    chart.area = TRUE;
    chart.marks = port->faults != NULL ? &marks : NULL;
    chart.high = round_top(
        fmax(rv_series_maximum(port->series[0]), rv_series_maximum(port->series[1])), 1000);
    chart.write = write_rate;
    rv_chart(week->out, &chart);
}

static void
put_ports(const Week *week)
{
    RvLanguage language = week->device->options->language;
    const RvObservation *latest = week->device->latest;
    g_autoptr(GPtrArray) ports = g_ptr_array_new_with_free_func((GDestroyNotify)port_free);
    RvTraffic traffic;

    if (latest == NULL || !rv_traffic_find(rv_rrd_store_templates(week->device->store), &traffic))
        return;
    for (guint i = 0; i < latest->interfaces->len && ports->len < PORTS_CEILING; i++) {
        const RvInterface *interface = g_ptr_array_index(latest->interfaces, i);
        Port *port =
            interface->oper_status == RV_OPER_UP ? read_port(week, &traffic, interface) : NULL;

        if (port != NULL)
            g_ptr_array_add(ports, port);
    }
    g_ptr_array_sort(ports, compare_ports);
    for (guint i = 0; i < ports->len; i++) {
        if (i == PORTS_AT_ONCE)
            rv_markup(week->out,
                      "<details class=\"more\"><summary>%s (%u)</summary><div class=\"graphs\">\n",
                      RV_SAY(language, "Ports with less traffic", "其余接口"), ports->len - i);
        put_port(week, g_ptr_array_index(ports, i));
    }
    if (ports->len > PORTS_AT_ONCE)
        g_string_append(week->out, "</div></details>\n");
}

/* ---- the section ---- */

static GHashTable *
sensors_of(const RvObservation *latest)
{
    GHashTable *sensors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; latest != NULL && i < latest->sensors->len; i++) {
        RvSensor *sensor = g_ptr_array_index(latest->sensors, i);

        g_hash_table_insert(
            sensors, g_strdup_printf("%s/%s", rv_class_word(sensor->class), sensor->key), sensor);
    }
    return sensors;
}

static GArray *
spans_of(const RvHtmlDevice *device, gint64 start_s, gint64 end_s)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) spans =
        rv_html_spans(device->state, device->row->name, start_s * 1000, end_s * 1000, &error);

    if (spans == NULL) {
        rv_info("%s: graphs without shades: %s", device->row->name, error->message);
        return g_array_new(FALSE, FALSE, sizeof(RvGraphSpan));
    }
    return rv_graph_spans_join((const RvGraphSpan *)spans->data, spans->len, start_s, end_s, 0);
}

void
rv_html_device_graphs(const RvHtmlDevice *device, GString *out)
{
    g_autoptr(GPtrArray) series = NULL;
    g_autoptr(GString) graphs = g_string_new(NULL);
    gint64 now_s = device->options->now_ms / 1000;
    g_auto(Week)
        week = {.device = device, .start_s = now_s - SPAN_S, .end_s = now_s, .out = graphs};

    if (device->store == NULL || !device->options->graphs)
        return;
    series = rv_rrd_store_series(device->store, device->row->name);
    week.sensors = sensors_of(device->latest);
    week.spans = spans_of(device, week.start_s, week.end_s);
    put_sensors(&week, series);
    put_ports(&week);
    for (guint i = 0; i < series->len; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(series, i);

        if (info->template != NULL && info->template->kind == RV_SERIES_REACHABILITY)
            put_answers(&week, info);
    }
    if (graphs->len == 0)
        return;
    rv_markup_heading(out, "week",
                      RV_SAY(device->options->language, "The last 7 days", "最近 7 天"), 0);
    g_string_append(out, "<div class=\"graphs\">\n");
    g_string_append_len(out, graphs->str, (gssize)graphs->len);
    g_string_append(out, "</div>\n");
}
