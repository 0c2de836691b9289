#include "rrd/graph.h"

#include <math.h>
#include <rrd.h>
#include <string.h>

#include "base/error.h"
#include "base/output.h"
#include "base/text.h"
#include "observation/words.h"
#include "rrd/fonts.h"
#include "rrd/graph-rules.h"
#include "rrd/graph-text.h"

#define LINES_CEILING 14
#define SPANS_CEILING 500
#define LABEL_CELLS 34
#define INDENT "  " /* as wide as a legend's colour mark */

typedef struct {
    RvRrdStore *store;
    const RvGraphRequest *request;
    const RvGraphRules *rules;
    RvGraphLanguage language;
    GPtrArray *arguments; /* char*, owned */
    GPtrArray *legend;    /* Item*: shades and levels, for the last line */
    char *base;           /* name of a DEF that is there: for expressions of time */
} Drawing;

/* What the last line of the legend names: drawn already, or by `element` itself. */
typedef struct {
    char *element; /* "HRULE:45#E69F00", or "AREA:void" and a colour to name what is drawn elsewhere
                    */
    char *text;    /* escaped */
    char *rest;    /* options behind the text; may be NULL */
} Item;

static void
item_free(Item *item)
{
    g_free(item->element);
    g_free(item->text);
    g_free(item->rest);
    g_free(item);
}

static void
add_item(Drawing *drawing, char *element, const char *text, const char *rest)
{
    Item *item = g_new(Item, 1);

    *item = (Item){.element = element, .text = g_strdup(text), .rest = g_strdup(rest)};
    g_ptr_array_add(drawing->legend, item);
}

gboolean
rv_graph_format_parse(const char *word, RvGraphFormat *format)
{
    static const char *const words[] = {"png", "svg", "pdf"};

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(words[i], word) == 0) {
            *format = (RvGraphFormat)i;
            return TRUE;
        }
    return FALSE;
}

static void G_GNUC_PRINTF(2, 3) add(Drawing *drawing, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(drawing->arguments, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void
add_option(Drawing *drawing, const char *option, const char *value)
{
    add(drawing, "%s", option);
    add(drawing, "%s", value);
}

static const char *
word(const Drawing *drawing, RvGraphWord which)
{
    return drawing->rules->words[which].in[drawing->language];
}

/* A number for an expression, whatever the locale. */
static const char *
number(double value, char *buffer)
{
    return g_ascii_formatd(buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.10g", value);
}

/* --- what is the same for all --- */

/* How the time axis is ruled and named, by the span shown. Digits only: right in every language. */
static const struct {
    gint64 up_to_s;
    const char *grid;
} time_grids[] = {
    {2 * 3600, "MINUTE:5:MINUTE:15:MINUTE:15:0:%H:%M"},
    {7 * 3600, "MINUTE:15:HOUR:1:HOUR:1:0:%H:%M"},
    {26 * 3600, "HOUR:1:HOUR:3:HOUR:3:0:%H:%M"},
    {50 * 3600, "HOUR:2:HOUR:6:HOUR:6:0:%H:%M"},
    {10 * 86400, "HOUR:6:DAY:1:DAY:1:86400:%m-%d"},
    {45 * 86400, "DAY:1:DAY:3:DAY:3:0:%m-%d"},
    {120 * 86400, "WEEK:1:MONTH:1:WEEK:2:0:%m-%d"},
    {500 * 86400, "MONTH:1:MONTH:3:MONTH:1:2592000:%Y-%m"},
    {G_MAXINT64, "MONTH:3:YEAR:1:YEAR:1:31536000:%Y"},
};

static const char *const theme[] = {
    "BACK#FFFFFF",    "CANVAS#FFFFFF", "SHADEA#FFFFFF", "SHADEB#FFFFFF", "GRID#00000014",
    "MGRID#00000028", "FRAME#FFFFFF",  "ARROW#FFFFFF",  "AXIS#9A9A9A",   "FONT#262626",
};

static void
add_look(Drawing *drawing, RvGraphFormat format, const char *family, const char *fixed_family)
{
    static const char *const formats[] = {"PNG", "SVG", "PDF"};
    const struct {
        const char *place;
        double points;
        const char *family;
    } fonts[] = {{"DEFAULT", 8, family},
                 {"TITLE", 11, family},
                 {"AXIS", 8, family},
                 {"UNIT", 8.5, family},
                 {"LEGEND", 8.5, fixed_family}};
    gint64 span_s = drawing->request->end_s - drawing->request->start_s;
    guint grid = 0;

    add_option(drawing, "--imgformat", formats[format]);
    if (format == RV_GRAPH_PNG)
        add_option(drawing, "--zoom", "2");
    for (gsize i = 0; i < G_N_ELEMENTS(theme); i++)
        add_option(drawing, "--color", theme[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(fonts); i++) {
        char points[G_ASCII_DTOSTR_BUF_SIZE];

        add(drawing, "--font");
        add(drawing, "%s:%s:%s", fonts[i].place, number(fonts[i].points, points), fonts[i].family);
    }
    while (span_s > time_grids[grid].up_to_s)
        grid++;
    add_option(drawing, "--x-grid", time_grids[grid].grid);
    add_option(drawing, "--border", "0");
    add(drawing, "--disable-rrdtool-tag");
    add(drawing, "--dynamic-labels");
    add(drawing, "--grid-dash");
    add(drawing, "1:0");
}

static void
add_frame(Drawing *drawing, guint height)
{
    const RvGraphRequest *request = drawing->request;

    add(drawing, "--start");
    add(drawing, "%" G_GINT64_FORMAT, request->start_s);
    add(drawing, "--end");
    add(drawing, "%" G_GINT64_FORMAT, request->end_s);
    add(drawing, "--width");
    add(drawing, "%u", request->width > 0 ? request->width : 760);
    add(drawing, "--height");
    add(drawing, "%u", request->height > 0 ? request->height : height);
}

static void
add_title(Drawing *drawing, const char *what)
{
    const RvGraphRequest *request = drawing->request;
    g_autofree char *text = request->title != NULL
                                ? g_strdup(request->title)
                                : g_strdup_printf("%s   %s", request->device, what);
    g_autofree char *clean = rv_text_clean(text, -1, 1000);
    g_autofree char *clipped = rv_graph_pad(clean, 100, FALSE);

    add(drawing, "--title");
    add(drawing, "%s\n", g_strstrip(clipped));
}

static void
add_def(Drawing *drawing, const char *name, const char *path, const char *source,
        const char *function)
{
    g_autoptr(GString) escaped = g_string_new(NULL);

    for (const char *p = path; *p != '\0'; p++) {
        if (*p == ':' || *p == '\\')
            g_string_append_c(escaped, '\\');
        g_string_append_c(escaped, *p);
    }
    add(drawing, "DEF:%s=%s:%s:%s", name, escaped->str, source, function);
    if (drawing->base != NULL)
        return;
    drawing->base = g_strdup(name);
    add(drawing, "CDEF:void=%s,POP,UNKN", name);
}

static const char *
label_of(const Drawing *drawing, guint n)
{
    const char *key = drawing->request->keys[n];
    const char *slash = strchr(key, '/');

    if (drawing->request->labels != NULL)
        return drawing->request->labels[n];
    return slash != NULL ? slash + 1 : key;
}

static RvSeries *
fetch(Drawing *drawing, const char *key, const char *source, const char *function, GError **error)
{
    const RvGraphRequest *request = drawing->request;

    return rv_rrd_fetch(drawing->store, request->device, key, source, function, request->start_s,
                        request->end_s, 1, error);
}

static const char *
function_of(const RvRrdTemplate *template)
{
    return g_array_index(template->archives, RvRrdArchive, 0).function;
}

/* --- the legend: a table in a fixed-width font --- */

typedef struct {
    const char *title;
    double (*value)(const RvSeries *series);
} Column;

static void
add_heading(Drawing *drawing, const char *const *titles, guint n, guint label_cells)
{
    g_autoptr(GString) line = g_string_new(INDENT);
    g_autofree char *gap = g_strnfill(label_cells, ' ');

    g_string_append(line, gap);
    for (guint i = 0; i < n; i++) {
        g_autofree char *cell = rv_graph_pad(titles[i], 14, TRUE);

        g_string_append(line, cell);
    }
    add(drawing, "COMMENT:%s\\l", line->str);
}

/* Label and cells of one line, escaped. */
static char *
legend_text(const char *label, guint label_cells, const double *values, guint n, const char *unit)
{
    g_autofree char *clean = rv_text_clean(label, -1, 400);
    g_autofree char *padded = rv_graph_pad(clean, label_cells, FALSE);
    g_autoptr(GString) line = g_string_new(padded);

    for (guint i = 0; i < n; i++) {
        g_autofree char *value = rv_graph_value(values[i], unit);
        g_autofree char *cell = rv_graph_pad(value, 14, TRUE);

        g_string_append(line, cell);
    }
    return rv_graph_escape(line->str);
}

/* --- shades behind the lines --- */

static const struct {
    RvGraphWord word;
    const char *color, *solid;
} shades[] = {
    [RV_SHADE_OUTAGE] = {RV_WORD_OUTAGE, "#D55E0038", "#EFC4A8"},
    [RV_SHADE_MAINTENANCE] = {RV_WORD_MAINTENANCE, "#0072B226", "#CCE2EF"},
};

static void
add_spans(Drawing *drawing)
{
    gboolean named[G_N_ELEMENTS(shades)] = {FALSE};

    for (guint i = 0; i < MIN(drawing->request->n_spans, SPANS_CEILING); i++) {
        const RvGraphSpan *span = &drawing->request->spans[i];

        add(drawing,
            "CDEF:span%u=%s,POP,TIME,%" G_GINT64_FORMAT ",GE,TIME,%" G_GINT64_FORMAT
            ",LE,*,INF,UNKN,IF",
            i, drawing->base, span->start_s, span->end_s);
        add(drawing, "AREA:span%u%s", i, shades[span->shade].color);
        if (!named[span->shade])
            add_item(drawing, g_strconcat("AREA:void", shades[span->shade].solid, NULL),
                     word(drawing, shades[span->shade].word), NULL);
        named[span->shade] = TRUE;
    }
}

/* Where the first of the lines is not known. */
static void
add_gap(Drawing *drawing, const RvSeries *series)
{
    if (rv_series_known(series) == series->n)
        return;
    add(drawing, "CDEF:gap=%s,UN,INF,UNKN,IF", drawing->base);
    add(drawing, "AREA:gap#00000016");
    add_item(drawing, g_strdup("AREA:void#DCDCDC"), word(drawing, RV_WORD_NOT_OBSERVED), NULL);
}

static void
add_legend(Drawing *drawing)
{
    for (guint i = 0; i < drawing->legend->len; i++) {
        const Item *item = g_ptr_array_index(drawing->legend, i);

        if (i == 0)
            add(drawing, "COMMENT: \\s");
        add(drawing, "%s:%s%s%s%s", item->element, item->text,
            i + 1 == drawing->legend->len ? "\\l" : "   ", item->rest != NULL ? ":" : "",
            item->rest != NULL ? item->rest : "");
    }
}

/* --- interfaces: a rule of graphs.yaml --- */

static void
draw_line(Drawing *drawing, const RvGraphRule *rule, const RvGraphLine *line, guint n,
          const char *text)
{
    if (line->area) {
        add(drawing, "AREA:v%u%s66:%s\\l", n, line->color, text);
        add(drawing, "LINE0.8:v%u%s", n, line->color);
    } else {
        add(drawing, "LINE1.6:v%u%s:%s\\l", n, line->color, text);
    }
}

static gboolean
draw_rule_line(Drawing *drawing, const RvGraphRule *rule, guint n, const char *path,
               const char *function, guint label_cells, GError **error)
{
    const RvGraphLine *line = g_ptr_array_index(rule->lines, n);
    g_autoptr(RvSeries) series =
        fetch(drawing, drawing->request->keys[0], line->source, function, error);
    g_autofree char *name = g_strdup_printf("v%u", n);
    g_autofree char *text = NULL;
    char level[G_ASCII_DTOSTR_BUF_SIZE];
    double values[5];

    if (series == NULL)
        return FALSE;
    values[0] = rv_series_last(series);
    values[1] = rv_series_mean(series);
    values[2] = rv_series_percentile(series, 50);
    values[3] = rv_series_maximum(series);
    values[4] = rule->percentile > 0 ? rv_series_percentile(series, rule->percentile) : NAN;
    text = legend_text(line->text.in[drawing->language], label_cells, values,
                       rule->percentile > 0 ? 5 : 4, rule->unit);
    add_def(drawing, name, path, line->source, function);
    if (n == 0) {
        add_gap(drawing, series);
        add_spans(drawing);
    }
    draw_line(drawing, rule, line, n, text);
    if (!isnan(values[4]))
        add(drawing, "HRULE:%s%s::dashes=%s", number(values[4], level), line->color,
            n == 0 ? "2,3" : "7,3");
    return TRUE;
}

/* Ticks at the foot where there were any; no file means that there never were. */
static void
draw_marks(Drawing *drawing, const RvGraphRule *rule, guint label_cells)
{
    const char *slash = strchr(drawing->request->keys[0], '/');
    g_autofree char *key = NULL;
    g_autofree char *path = NULL;
    g_autoptr(RvSeries) series = NULL;
    g_autofree char *text = NULL;
    double values[4];

    if (rule->mark_series == NULL || slash == NULL)
        return;
    key = g_strconcat(rule->mark_series, slash, NULL);
    path = rv_rrd_store_path(drawing->store, drawing->request->device, key);
    series = fetch(drawing, key, rule->mark->source, "AVERAGE", NULL);
    if (series == NULL || !(rv_series_maximum(series) > 0))
        return;
    values[0] = rv_series_last(series);
    values[1] = rv_series_mean(series);
    values[2] = rv_series_percentile(series, 50);
    values[3] = rv_series_maximum(series);
    text = legend_text(rule->mark->text.in[drawing->language], label_cells, values, 4, "/s");
    add_def(drawing, "mark", path, rule->mark->source, "AVERAGE");
    add(drawing, "CDEF:marked=mark,0,GT,1,UNKN,IF");
    add(drawing, "TICK:marked%s:0.045", rule->mark->color);
    add(drawing, "AREA:void%s:%s\\l", rule->mark->color, text);
}

static guint
label_cells_of(const Drawing *drawing, const RvGraphRule *rule)
{
    guint cells = rule->mark != NULL ? rv_graph_cells(rule->mark->text.in[drawing->language]) : 0;

    for (guint i = 0; i < rule->lines->len; i++) {
        const RvGraphLine *line = g_ptr_array_index(rule->lines, i);

        cells = MAX(cells, rv_graph_cells(line->text.in[drawing->language]));
    }
    return CLAMP(cells, 10, LABEL_CELLS);
}

static gboolean
draw_rule(Drawing *drawing, const RvRrdSeriesInfo *info, GError **error)
{
    const RvGraphRule *rule = rv_graph_rules_find(drawing->rules, info->template->name);
    const char *const titles[] = {word(drawing, RV_WORD_LAST), word(drawing, RV_WORD_MEAN),
                                  word(drawing, RV_WORD_MEDIAN), word(drawing, RV_WORD_MAXIMUM),
                                  word(drawing, RV_WORD_PERCENTILE)};
    g_autofree char *what = NULL;
    guint label_cells;

    if (rule == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_CONFIG, "graphs.yaml: no graph of series '%s'",
                    info->template->name);
        return FALSE;
    }
    label_cells = label_cells_of(drawing, rule);
    what = g_strdup_printf("%s   %s", label_of(drawing, 0), rule->title.in[drawing->language]);
    add_frame(drawing, 210);
    add_title(drawing, what);
    add(drawing, "--slope-mode");
    add_option(drawing, "--vertical-label", rule->unit);
    add_option(drawing, "--lower-limit", "0");
    add(drawing, "--alt-autoscale-max");
    add_heading(drawing, titles, rule->percentile > 0 ? 5 : 4, label_cells);
    for (guint i = 0; i < rule->lines->len; i++)
        if (!draw_rule_line(drawing, rule, i, info->path, function_of(info->template), label_cells,
                            error))
            return FALSE;
    draw_marks(drawing, rule, label_cells);
    return TRUE;
}

/* --- sensors of one class --- */

/* Where a class's axis begins, and the least it spans, so that noise does not fill the picture. */
static const struct {
    gboolean from_zero;
    double least_span;  /* in the unit */
    double least_share; /* of the highest value */
} axes[RV_CLASSES] = {
    [RV_CLASS_TEMPERATURE] = {FALSE, 10, 0}, [RV_CLASS_FAN] = {TRUE, 1, 0},
    [RV_CLASS_VOLTAGE] = {FALSE, 0, 0.06},   [RV_CLASS_CURRENT] = {TRUE, 0.1, 0},
    [RV_CLASS_POWER] = {TRUE, 1, 0},         [RV_CLASS_ENERGY] = {FALSE, 1, 0},
    [RV_CLASS_HUMIDITY] = {FALSE, 20, 0},    [RV_CLASS_OPTICAL_POWER] = {FALSE, 3, 0},
    [RV_CLASS_FREQUENCY] = {FALSE, 1, 0},    [RV_CLASS_PERCENT] = {TRUE, 10, 0},
    [RV_CLASS_CHARGE] = {TRUE, 100, 0},      [RV_CLASS_RUNTIME] = {TRUE, 60, 0},
    [RV_CLASS_AIRFLOW] = {TRUE, 1, 0},       [RV_CLASS_COUNT] = {TRUE, 2, 0},
};

typedef struct {
    double low, high;
} Range;

/* 1, 2 or 5 times a power of ten: about a fifth of the span. */
static double
round_step(double span)
{
    double power = pow(10, floor(log10(span / 5)));
    double part = span / 5 / power;

    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
}

/* A limit is shown where it lies near enough to leave the values their room. */
static gboolean
is_near(double limit, const Range *values, double span)
{
    return !isnan(limit) && limit <= values->high + 1.5 * span && limit >= values->low - 1.5 * span;
}

static Range
choose_range(RvClass class, Range values, const RvLimits *limits)
{
    Range range = values;
    double span;
    double step;

    if (isnan(values.low))
        values = range = (Range){0, 1};
    if (axes[class].from_zero)
        range.low = MIN(0, values.low);
    span = MAX(MAX(range.high - range.low, axes[class].least_span),
               fabs(values.high) * axes[class].least_share);
    span = MAX(span, 1e-6);
    if (!axes[class].from_zero)
        range.low = (values.high + values.low - span) / 2;
    range.high = MAX(range.low + span, values.high);
    if (limits != NULL) {
        const double all[] = {limits->low_critical, limits->low_warning, limits->high_warning,
                              limits->high_critical};

        for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
            if (is_near(all[i], &values, span)) {
                range.low = MIN(range.low, all[i] - span * 0.05);
                range.high = MAX(range.high, all[i] + span * 0.05);
            }
    }
    step = round_step(range.high - range.low);
    range.low = axes[class].from_zero && range.low >= 0 ? 0 : floor(range.low / step - 0.1) * step;
    range.high = ceil(range.high / step + 0.1) * step;
    return range;
}

/* A band from one level to the other, both inside the axis: the lower is drawn as nothing, the rest
 * stacked on it. */
static void
draw_band(Drawing *drawing, const Range *range, double from, double to, const char *color)
{
    static const char *const names[] = {"a", "b"};
    char low[G_ASCII_DTOSTR_BUF_SIZE];
    char high[G_ASCII_DTOSTR_BUF_SIZE];
    guint n = drawing->arguments->len; /* makes the names unique */

    from = CLAMP(from, range->low, range->high);
    to = CLAMP(to, range->low, range->high);
    if (isnan(from) || isnan(to) || to <= from)
        return;
    add(drawing, "CDEF:%s%u=%s,%s,POP", names[0], n, number(from, low), drawing->base);
    add(drawing, "CDEF:%s%u=%s,%s,POP", names[1], n, number(to - from, high), drawing->base);
    add(drawing, "AREA:%s%u", names[0], n);
    add(drawing, "AREA:%s%u%s::STACK", names[1], n, color);
}

static void
draw_level(Drawing *drawing, const Range *range, double level, RvGraphWord which, const char *color,
           const char *unit)
{
    g_autofree char *value = rv_graph_value(level, unit);
    g_autofree char *text = NULL;
    g_autofree char *escaped = NULL;
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(level))
        return;
    text = g_strdup_printf("%s %s", word(drawing, which), value);
    escaped = rv_graph_escape(text);
    if (level >= range->low && level <= range->high)
        add_item(drawing, g_strdup_printf("HRULE:%s%s", number(level, buffer), color), escaped,
                 which == RV_WORD_WARNING ? "dashes=2,2" : "dashes=6,2");
    else /* too far from the values to be drawn */
        add_item(drawing, g_strdup("COMMENT"), escaped, NULL);
}

#define WARNING_TINT "#E69F0026"
#define CRITICAL_TINT "#D55E0033"

static double
or_else(double limit, double fallback)
{
    return isnan(limit) ? fallback : limit;
}

static void
draw_limits(Drawing *drawing, const Range *range, const char *unit)
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

/* Seven colours that are told apart on white, then the same again with dashes. */
static const char *const line_colors[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                          "#E69F00", "#56B4E9", "#000000"};
static const char *const line_dashes[] = {"", "5,2", "2,2"};

static void
draw_sensor_line(Drawing *drawing, guint n, gboolean alone, const char *text)
{
    guint colors = G_N_ELEMENTS(line_colors);
    const char *dashes = alone ? "" : line_dashes[(n / colors + n) % G_N_ELEMENTS(line_dashes)];

    add(drawing, "LINE%s:v%u%s:%s\\l%s%s", alone ? "1.8" : "1.4", n, line_colors[n % colors], text,
        *dashes != '\0' ? ":dashes=" : "", dashes);
}

static gboolean
fetch_all(Drawing *drawing, guint n, const char *function, GPtrArray *all, Range *values,
          GError **error)
{
    *values = (Range){NAN, NAN};
    for (guint i = 0; i < n; i++) {
        RvSeries *series = fetch(drawing, drawing->request->keys[i], "value", function, error);

        if (series == NULL)
            return FALSE;
        g_ptr_array_add(all, series);
        values->low = fmin(values->low, rv_series_minimum(series));
        values->high = fmax(values->high, rv_series_maximum(series));
    }
    return TRUE;
}

static void
draw_sensor_lines(Drawing *drawing, const GPtrArray *all, guint label_cells, const char *unit)
{
    for (guint i = 0; i < all->len; i++) {
        const RvSeries *series = g_ptr_array_index(all, i);
        const double values[] = {rv_series_last(series), rv_series_minimum(series),
                                 rv_series_mean(series), rv_series_maximum(series)};
        g_autofree char *text = legend_text(label_of(drawing, i), label_cells, values, 4, unit);

        draw_sensor_line(drawing, i, all->len == 1, text);
    }
}

static gboolean
draw_sensors(Drawing *drawing, const RvRrdSeriesInfo *first, guint n, GError **error)
{
    const char *const titles[] = {word(drawing, RV_WORD_LAST), word(drawing, RV_WORD_MINIMUM),
                                  word(drawing, RV_WORD_MEAN), word(drawing, RV_WORD_MAXIMUM)};
    const char *function = function_of(first->template);
    const char *unit =
        drawing->request->unit != NULL ? drawing->request->unit : rv_class_unit(first->class);
    const char *class_name = drawing->rules->classes[first->class].in[drawing->language];
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)rv_series_free);
    g_autofree char *what = NULL;
    guint label_cells = 10;
    Range values;
    Range range;
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (!fetch_all(drawing, n, function, all, &values, error))
        return FALSE;
    range = choose_range(first->class, values, drawing->request->limits);
    for (guint i = 0; i < n; i++)
        label_cells = CLAMP(rv_graph_cells(label_of(drawing, i)), label_cells, LABEL_CELLS);
    what = n == 1 ? g_strdup_printf("%s   %s", label_of(drawing, 0), class_name)
                  : g_strdup(class_name);
    add_frame(drawing, n > 6 ? 260 : 210);
    add_title(drawing, what);
    add(drawing, "--slope-mode");
    add_option(drawing, "--vertical-label", unit);
    add_option(drawing, "--lower-limit", number(range.low, buffer));
    add_option(drawing, "--upper-limit", number(range.high, buffer));
    add(drawing, "--rigid");
    if (range.high < 10000)
        add_option(drawing, "--units-exponent", "0");
    add_heading(drawing, titles, G_N_ELEMENTS(titles), label_cells);
    for (guint i = 0; i < n; i++) {
        g_autofree char *path =
            rv_rrd_store_path(drawing->store, drawing->request->device, drawing->request->keys[i]);
        g_autofree char *name = g_strdup_printf("v%u", i);

        add_def(drawing, name, path, "value", function);
    }
    if (n == 1)
        add_gap(drawing, g_ptr_array_index(all, 0));
    add_spans(drawing);
    draw_limits(drawing, &range, unit);
    draw_sensor_lines(drawing, all, label_cells, unit);
    return TRUE;
}

/* --- reachability: a strip --- */

static gboolean
draw_reachability(Drawing *drawing, const RvRrdSeriesInfo *info, GError **error)
{
    g_autoptr(RvSeries) series = fetch(drawing, "reachability", "up", "AVERAGE", error);
    g_autofree char *down = NULL;
    double mean;
    double down_minutes;

    if (series == NULL)
        return FALSE;
    mean = rv_series_mean(series);
    down_minutes = (double)rv_series_known(series) * (1 - mean) * series->step_s / 60;
    add_frame(drawing, 40);
    add_title(drawing, word(drawing, RV_WORD_AVAILABILITY));
    add_option(drawing, "--lower-limit", "0");
    add_option(drawing, "--upper-limit", "1");
    add(drawing, "--rigid");
    add_option(drawing, "--y-grid", "none");
    add_def(drawing, "up", info->path, "up", "AVERAGE");
    /* the shortest outage stays visible in the longest span: at least a third of the strip */
    add(drawing, "CDEF:down=up,UN,UNKN,up,1,LT,1,up,-,0.34,MAX,0,IF,IF");
    add(drawing, "CDEF:rest=1,down,-");
    add(drawing, "CDEF:gap=up,UN,1,UNKN,IF");
    add(drawing, "AREA:gap#D9D9D9:%s   ", word(drawing, RV_WORD_NOT_OBSERVED));
    add(drawing, "AREA:rest#009E7399:%s   ", word(drawing, RV_WORD_UP));
    down = isnan(mean) ? g_strdup("–") : g_strdup_printf("%.0f min", down_minutes);
    add(drawing, "AREA:down#D55E00:%s %s   :STACK", word(drawing, RV_WORD_DOWN), down);
    add_spans(drawing);
    if (isnan(mean))
        add(drawing, "COMMENT:%s –\\l", word(drawing, RV_WORD_AVAILABILITY));
    else
        add(drawing, "COMMENT:%s %.3f%%\\l", word(drawing, RV_WORD_AVAILABILITY),
            floor(mean * 1e5) / 1e3);
    return TRUE;
}

/* --- the whole --- */

/* The axis names hours or days: from when to when they are stands below. */
static void
add_dates(Drawing *drawing)
{
    g_autoptr(GDateTime) start = g_date_time_new_from_unix_local(drawing->request->start_s);
    g_autoptr(GDateTime) end = g_date_time_new_from_unix_local(drawing->request->end_s);
    g_autofree char *from = start != NULL ? g_date_time_format(start, "%Y-%m-%d %H\\:%M") : NULL;
    g_autofree char *to = end != NULL ? g_date_time_format(end, "%Y-%m-%d %H\\:%M") : NULL;

    if (from != NULL && to != NULL)
        add(drawing, "COMMENT:%s – %s\\r", from, to);
}

static const RvRrdSeriesInfo *
find_series(const GPtrArray *all, const char *key)
{
    for (guint i = 0; i < all->len; i++)
        if (strcmp(((RvRrdSeriesInfo *)g_ptr_array_index(all, i))->key, key) == 0)
            return g_ptr_array_index(all, i);
    return NULL;
}

/* All keys are there, with a template, and fit on one axis. The first is returned. */
static const RvRrdSeriesInfo *
check_request(const RvGraphRequest *request, const GPtrArray *all, GError **error)
{
    const RvRrdSeriesInfo *first = NULL;

    if (request->end_s <= request->start_s || request->keys[0] == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "nothing to draw: no series, or an end before the start");
        return NULL;
    }
    for (guint i = 0; request->keys[i] != NULL; i++) {
        const RvRrdSeriesInfo *info = find_series(all, request->keys[i]);

        if (info == NULL || info->template == NULL) {
            g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: no series '%s'", request->device,
                        request->keys[i]);
            return NULL;
        }
        if (first == NULL)
            first = info;
        if (i > 0 && (!first->has_class || !info->has_class || info->class != first->class)) {
            g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                        "%s: '%s' and '%s' do not fit on one axis; only sensors of one class do",
                        request->device, request->keys[0], request->keys[i]);
            return NULL;
        }
    }
    return first;
}

static GBytes *
render(Drawing *drawing, GError **error)
{
    rrd_info_t *info;
    GBytes *picture = NULL;

    rrd_clear_error();
    info = rrd_graph_v((int)drawing->arguments->len, (char **)drawing->arguments->pdata);
    for (rrd_info_t *item = info; item != NULL; item = item->next)
        if (item->type == RD_I_BLO && strcmp(item->key, "image") == 0)
            picture = g_bytes_new(item->value.u_blo.ptr, item->value.u_blo.size);
    if (info != NULL)
        rrd_info_free(info);
    if (picture == NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: cannot be drawn: %s",
                    drawing->request->device,
                    rrd_test_error() ? rrd_get_error() : "librrd gave no picture");
    rrd_clear_error();
    return picture;
}

/* Chinese only with a font that has it: a page of boxes tells nobody anything. */
static RvGraphLanguage
choose_language(const RvGraphRequest *request, const RvGraphRules *rules, char **family,
                char **fixed, GString *notes)
{
    gboolean chinese = request->language != NULL && g_str_has_prefix(request->language, "zh");
    g_autoptr(GString) sample = g_string_new(NULL);

    if (chinese) {
        for (guint i = 0; i < RV_GRAPH_WORDS; i++)
            g_string_append(sample, rules->words[i].in[RV_LANGUAGE_ZH_CN]);
        for (guint i = 0; i < RV_CLASS_STATE; i++)
            g_string_append(sample, rules->classes[i].in[RV_LANGUAGE_ZH_CN]);
        *family = rv_font_family(sample->str, "zh-cn", FALSE);
        *fixed = rv_font_family(sample->str, "zh-cn", TRUE);
        if (*family != NULL) {
            if (*fixed == NULL)
                *fixed = g_strdup(*family);
            return RV_LANGUAGE_ZH_CN;
        }
        g_string_append(notes,
                        "no font with Chinese characters is installed, so the graph is in English; "
                        "install one, such as fonts-noto-cjk");
    }
    *family = rv_font_family("aZ09°", "en", FALSE);
    *fixed = rv_font_family("aZ09°", "en", TRUE);
    if (*family == NULL)
        *family = g_strdup("sans-serif");
    if (*fixed == NULL)
        *fixed = g_strdup("monospace");
    return RV_LANGUAGE_EN;
}

static gboolean
draw(Drawing *drawing, const RvRrdSeriesInfo *first, GString *notes, GError **error)
{
    guint n = g_strv_length((char **)drawing->request->keys);
    gboolean good;

    if (first->has_class)
        good = draw_sensors(drawing, first, MIN(n, LINES_CEILING), error);
    else if (first->template->kind == RV_SERIES_REACHABILITY)
        good = draw_reachability(drawing, first, error);
    else
        good = draw_rule(drawing, first, error);
    if (!good)
        return FALSE;
    if (n > LINES_CEILING) {
        g_autofree char *left = g_strdup_printf("%u", n - LINES_CEILING);
        g_auto(GStrv) parts = g_strsplit(word(drawing, RV_WORD_OTHERS), "%u", 2);
        g_autofree char *text = g_strconcat(parts[0], left, parts[1], NULL);

        g_string_append_printf(notes, "%s%s series were left out", notes->len > 0 ? "; " : "",
                               left);
        add(drawing, "COMMENT:" INDENT "%s\\l", text);
    }
    add_legend(drawing);
    add_dates(drawing);
    return TRUE;
}

GBytes *
rv_rrd_graph(RvRrdStore *store, const RvGraphRequest *request, RvGraphFormat format, char **note,
             GError **error)
{
    g_autofree char *path =
        g_build_filename(rv_rrd_store_template_folder(store), "graphs.yaml", NULL);
    g_autoptr(RvGraphRules) rules = rv_graph_rules_load(path, error);
    g_autoptr(GPtrArray) all = rv_rrd_store_series(store, request->device);
    g_autoptr(GPtrArray) arguments = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) legend = g_ptr_array_new_with_free_func((GDestroyNotify)item_free);
    g_autoptr(GString) notes = g_string_new(NULL);
    g_autofree char *family = NULL;
    g_autofree char *fixed = NULL;
    Drawing drawing = {.store = store,
                       .request = request,
                       .rules = rules,
                       .arguments = arguments,
                       .legend = legend};
    const RvRrdSeriesInfo *first;
    GBytes *picture = NULL;

    if (note != NULL)
        *note = NULL;
    if (rules == NULL)
        return NULL;
    first = check_request(request, all, error);
    if (first == NULL)
        return NULL;
    drawing.language = choose_language(request, rules, &family, &fixed, notes);
    add(&drawing, "graph");
    add(&drawing, "-");
    add_look(&drawing, format, family, fixed);
    if (draw(&drawing, first, notes, error))
        picture = render(&drawing, error);
    g_free(drawing.base);
    if (picture != NULL && note != NULL && notes->len > 0)
        *note = g_strdup(notes->str);
    return picture;
}

gboolean
rv_rrd_graph_to_file(RvRrdStore *store, const RvGraphRequest *request, RvGraphFormat format,
                     const char *path, char **note, GError **error)
{
    g_autoptr(GBytes) picture = rv_rrd_graph(store, request, format, note, error);

    return picture != NULL && rv_output_write(path, g_bytes_get_data(picture, NULL),
                                              g_bytes_get_size(picture), 0644, error);
}
