#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "observation/words.h"
#include "rrd/graph-axis.h"
#include "rrd/graph-drawing.h"
#include "rrd/graph-text.h"

typedef struct {
    double low, high;
} Range;

/* A band from one level to the other, both inside the axis: the lower is drawn as nothing, the rest
 * stacked on it. */
static void
draw_band(RvDrawing *drawing, const Range *range, double from, double to, const char *color)
{
    static const char *const names[] = {"a", "b"};
    char low[G_ASCII_DTOSTR_BUF_SIZE];
    char high[G_ASCII_DTOSTR_BUF_SIZE];
    guint n = drawing->arguments->len; /* makes the names unique */

    from = CLAMP(from, range->low, range->high);
    to = CLAMP(to, range->low, range->high);
    if (isnan(from) || isnan(to) || to <= from)
        return;
    rv_drawing_add(drawing, "CDEF:%s%u=%s,%s,POP", names[0], n, rv_drawing_number(from, low),
                   drawing->base);
    rv_drawing_add(drawing, "CDEF:%s%u=%s,%s,POP", names[1], n, rv_drawing_number(to - from, high),
                   drawing->base);
    rv_drawing_add(drawing, "AREA:%s%u", names[0], n);
    rv_drawing_add(drawing, "AREA:%s%u%s::STACK", names[1], n, color);
}

static void
draw_level(RvDrawing *drawing, const Range *range, double level, RvGraphWord which,
           const char *color, const char *unit)
{
    g_autofree char *value = rv_graph_value(level, unit);
    g_autofree char *text = NULL;
    g_autofree char *escaped = NULL;
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(level))
        return;
    text = g_strdup_printf("%s %s", rv_drawing_word(drawing, which), value);
    escaped = rv_graph_escape(text);
    if (level >= range->low && level <= range->high)
        rv_drawing_item(drawing,
                        g_strdup_printf("HRULE:%s%s", rv_drawing_number(level, buffer), color),
                        escaped, which == RV_WORD_WARNING ? "dashes=2,2" : "dashes=6,2");
    else /* too far from the values to be drawn */
        rv_drawing_item(drawing, g_strdup("COMMENT"), escaped, NULL);
}

/* Its edges tell it from what was not observed, in grey as well. */
#define OTHERS_TINT "#0072B250"
#define OTHERS_EDGE "#0072B2A0"
#define OTHERS_SOLID "#B0D3E7"
#define WARNING_TINT "#E69F0026"
#define CRITICAL_TINT "#D55E0033"

static double
or_else(double limit, double fallback)
{
    return isnan(limit) ? fallback : limit;
}

static void
draw_limits(RvDrawing *drawing, const Range *range, const char *unit)
{
    const RvLimits *limits = drawing->request->limits;

    if (limits == NULL)
        return;
    if (!isnan(limits->high_warning))
        draw_band(drawing, range, limits->high_warning, or_else(limits->high_critical, range->high),
                  WARNING_TINT);
    if (!isnan(limits->high_critical))
        draw_band(drawing, range, limits->high_critical, range->high, CRITICAL_TINT);
    if (!isnan(limits->low_warning))
        draw_band(drawing, range, or_else(limits->low_critical, range->low), limits->low_warning,
                  WARNING_TINT);
    if (!isnan(limits->low_critical))
        draw_band(drawing, range, range->low, limits->low_critical, CRITICAL_TINT);
    draw_level(drawing, range, limits->high_critical, RV_WORD_CRITICAL, "#D55E00", unit);
    draw_level(drawing, range, limits->high_warning, RV_WORD_WARNING, "#E69F00", unit);
    draw_level(drawing, range, limits->low_warning, RV_WORD_WARNING, "#E69F00", unit);
    draw_level(drawing, range, limits->low_critical, RV_WORD_CRITICAL, "#D55E00", unit);
}

/* Seven colours that are told apart on white; those that dashes leave alike are far apart in grey,
 * too. librrd's own mark in the legend shows no dashes. */
static const char *const line_colors[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                          "#E69F00", "#56B4E9", "#000000"};
static const struct {
    const char *dashes, *sample;
} line_styles[] = {{"", "----"}, {"6,3", "- - "}, {"1.5,2.5", "...."}, {"7,2,1.5,2", "-.-."}};

static void
draw_sensor_line(RvDrawing *drawing, guint place, guint n, gboolean alone, const char *text)
{
    guint style = alone ? 0 : place % G_N_ELEMENTS(line_styles);
    const char *dashes = line_styles[style].dashes;

    rv_drawing_add(drawing, "LINE%s:v%u%s:%s%s%s\\l%s%s", alone ? "1.8" : "1.4", n,
                   line_colors[place % G_N_ELEMENTS(line_colors)],
                   alone ? "" : line_styles[style].sample, alone ? "" : " ", text,
                   *dashes != '\0' ? ":dashes=" : "", dashes);
}

/* ---- many sensors: the worst as lines, the rest as a band ---- */

#define LINES_CEILING 14
#define SAMPLE_CELLS 5 /* of a line's style, before its label */

typedef struct {
    guint n; /* of the request's keys */
    RvSeries *series;
    double worst;
} Sensor;

static void
sensor_clear(gpointer sensor)
{
    rv_series_free(((Sensor *)sensor)->series);
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
compare_worst(gconstpointer a, gconstpointer b)
{
    const Sensor *x = a, *y = b;

    if (isnan(x->worst) != isnan(y->worst))
        return isnan(x->worst) ? 1 : -1;
    if (x->worst > y->worst || x->worst < y->worst)
        return x->worst > y->worst ? -1 : 1;
    return x->n < y->n ? -1 : 1;
}

/* The worst first, so that the legend begins with it. */
static GArray *
fetch_sensors(RvDrawing *drawing, guint n, const RvRrdTemplate *template, Range *values,
              GError **error)
{
    g_autoptr(GArray) sensors = g_array_new(FALSE, FALSE, sizeof(Sensor));

    g_array_set_clear_func(sensors, sensor_clear);
    *values = (Range){NAN, NAN};
    for (guint i = 0; i < n; i++) {
        Sensor sensor = {.n = i};
        double low, high;

        sensor.series = rv_drawing_fetch(drawing, drawing->request->keys[i], "value",
                                         rv_drawing_function(template), error);
        if (sensor.series == NULL)
            return NULL;
        low = rv_series_minimum(sensor.series);
        high = rv_series_maximum(sensor.series);
        sensor.worst = is_worse_low(template) ? -low : high;
        values->low = fmin(values->low, low);
        values->high = fmax(values->high, high);
        g_array_append_val(sensors, sensor);
    }
    g_array_sort(sensors, compare_worst);
    return g_steal_pointer(&sensors);
}

static void
draw_lines(RvDrawing *drawing, const GArray *sensors, guint label_cells)
{
    for (guint i = 0; i < MIN(sensors->len, LINES_CEILING); i++) {
        const Sensor *sensor = &g_array_index(sensors, Sensor, i);
        const double values[] = {rv_series_last(sensor->series), rv_series_minimum(sensor->series),
                                 rv_series_mean(sensor->series), rv_series_maximum(sensor->series)};
        gboolean alone = sensors->len == 1;
        g_autofree char *text = rv_drawing_legend(rv_drawing_label(drawing, sensor->n),
                                                  label_cells - (alone ? 0 : SAMPLE_CELLS), values,
                                                  G_N_ELEMENTS(values), "");

        draw_sensor_line(drawing, i, sensor->n, alone, text);
    }
}

/* "v3,v7,MINNAN,v8,MINNAN" */
static char *
fold(const GArray *sensors, const char *function)
{
    GString *expression = g_string_new(NULL);

    for (guint i = LINES_CEILING; i < sensors->len; i++)
        g_string_append_printf(expression, expression->len == 0 ? "v%u" : ",v%u,%s",
                               g_array_index(sensors, Sensor, i).n, function);
    return g_string_free(expression, FALSE);
}

static char *
others_text(const RvDrawing *drawing, guint n)
{
    g_auto(GStrv) parts = g_strsplit(rv_drawing_word(drawing, RV_WORD_OTHERS), "%u", 2);
    g_autofree char *number = g_strdup_printf("%u", n);

    return g_strconcat(parts[0], number, parts[1], NULL);
}

/* Behind the lines; its name comes after theirs. */
static void
draw_band_of_others(RvDrawing *drawing, const GArray *sensors)
{
    g_autofree char *low = fold(sensors, "MINNAN");
    g_autofree char *high = fold(sensors, "MAXNAN");

    if (*low == '\0')
        return;
    rv_drawing_add(drawing, "CDEF:lowest=%s", low);
    rv_drawing_add(drawing, "CDEF:highest=%s", high);
    rv_drawing_add(drawing, "CDEF:range=highest,lowest,-");
    rv_drawing_add(drawing, "AREA:lowest");
    rv_drawing_add(drawing, "AREA:range" OTHERS_TINT "::STACK");
    rv_drawing_add(drawing, "LINE0.7:lowest" OTHERS_EDGE);
    rv_drawing_add(drawing, "LINE0.7:highest" OTHERS_EDGE);
}

static void
name_others(RvDrawing *drawing, const GArray *sensors, guint label_cells)
{
    double values[] = {NAN, NAN, 0, NAN}; /* as the lines' */
    gsize known = 0;
    g_autofree char *label = NULL;
    g_autofree char *text = NULL;

    if (sensors->len <= LINES_CEILING)
        return;
    for (guint i = LINES_CEILING; i < sensors->len; i++) {
        const Sensor *sensor = &g_array_index(sensors, Sensor, i);
        gsize count = rv_series_known(sensor->series);

        values[1] = fmin(values[1], rv_series_minimum(sensor->series));
        values[3] = fmax(values[3], rv_series_maximum(sensor->series));
        if (count > 0)
            values[2] += rv_series_mean(sensor->series) * (double)count;
        known += count;
    }
    values[2] = known > 0 ? values[2] / (double)known : NAN;
    label = others_text(drawing, sensors->len - LINES_CEILING);
    text = rv_drawing_legend(label, label_cells, values, G_N_ELEMENTS(values), "");
    rv_drawing_add(drawing, "AREA:void" OTHERS_SOLID ":%s\\l", text);
}

/* ---- the whole ---- */

static void
set_axis(RvDrawing *drawing, const Range *range, const char *unit)
{
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    rv_drawing_add(drawing, "--slope-mode");
    rv_drawing_option(drawing, "--vertical-label", unit);
    rv_drawing_option(drawing, "--lower-limit", rv_drawing_number(range->low, buffer));
    rv_drawing_option(drawing, "--upper-limit", rv_drawing_number(range->high, buffer));
    rv_drawing_add(drawing, "--rigid");
    if (range->high < 10000)
        rv_drawing_option(drawing, "--units-exponent", "0");
}

static guint
cells_of_labels(const RvDrawing *drawing, const GArray *sensors)
{
    g_autofree char *others =
        sensors->len > LINES_CEILING ? others_text(drawing, sensors->len - LINES_CEILING) : NULL;
    guint cells = others != NULL ? rv_graph_cells(others) : 10;

    for (guint i = 0; i < MIN(sensors->len, LINES_CEILING); i++) {
        guint n = g_array_index(sensors, Sensor, i).n;

        cells = MAX(cells, rv_graph_cells(rv_drawing_label(drawing, n)) +
                               (sensors->len > 1 ? SAMPLE_CELLS : 0));
    }
    return CLAMP(cells, 10, RV_DRAWING_LABEL_CELLS + SAMPLE_CELLS);
}

static void
define_all(RvDrawing *drawing, guint n, const char *function)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *path =
            rv_rrd_store_path(drawing->store, drawing->request->device, drawing->request->keys[i]);
        g_autofree char *name = g_strdup_printf("v%u", i);

        rv_drawing_def(drawing, name, path, "value", function);
    }
}

/* Where none of them is known. */
static void
draw_gap(RvDrawing *drawing, const GArray *sensors)
{
    g_autoptr(GString) unknown = g_string_new(NULL);

    for (guint i = 0; i < sensors->len; i++) {
        const Sensor *sensor = &g_array_index(sensors, Sensor, i);

        if (rv_series_known(sensor->series) == sensor->series->n)
            return;
        g_string_append_printf(unknown, i == 0 ? "v%u,UN" : ",v%u,UN,*", sensor->n);
    }
    rv_drawing_gap(drawing, unknown->str);
}

gboolean
rv_draw_sensors(RvDrawing *drawing, const RvRrdSeriesInfo *first, guint n, GError **error)
{
    const char *const titles[] = {
        rv_drawing_word(drawing, RV_WORD_LAST), rv_drawing_word(drawing, RV_WORD_MINIMUM),
        rv_drawing_word(drawing, RV_WORD_MEAN), rv_drawing_word(drawing, RV_WORD_MAXIMUM)};
    const char *unit =
        drawing->request->unit != NULL ? drawing->request->unit : rv_class_unit(first->class);
    const char *class_name = drawing->rules->classes[first->class].in[drawing->language];
    g_autoptr(GArray) sensors = NULL;
    g_autofree char *what = NULL;
    guint label_cells;
    Range values;
    Range range;

    sensors = fetch_sensors(drawing, n, first->template, &values, error);
    if (sensors == NULL)
        return FALSE;
    range = values;
    rv_graph_axis(first->class, drawing->request->limits, &range.low, &range.high);
    label_cells = cells_of_labels(drawing, sensors);
    what = n == 1 ? g_strdup_printf("%s   %s", rv_drawing_label(drawing, 0), class_name)
                  : g_strdup(class_name);
    rv_drawing_frame(drawing, n > 6 ? 260 : 210);
    rv_drawing_title(drawing, what);
    set_axis(drawing, &range, unit);
    rv_drawing_heading(drawing, titles, G_N_ELEMENTS(titles), label_cells, unit);
    define_all(drawing, n, rv_drawing_function(first->template));
    draw_gap(drawing, sensors);
    rv_drawing_spans(drawing);
    draw_limits(drawing, &range, unit);
    draw_band_of_others(drawing, sensors);
    draw_lines(drawing, sensors, label_cells);
    name_others(drawing, sensors, label_cells);
    return TRUE;
}
