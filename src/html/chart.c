#include "html/chart.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "html/markup.h"
#include "rrd/graph-axis.h"

#define WIDTH 2000 /* of the drawing's own units; a screen makes of them what fits */
#define HEIGHT 1000
#define COLUMNS 340 /* a line has no more points */

/* ---- where things are ---- */

static int
x_of(const RvChart *chart, gint64 time_s)
{
    gint64 x = (time_s - chart->start_s) * WIDTH / (chart->end_s - chart->start_s);

    return (int)CLAMP(x, 0, WIDTH);
}

static int
y_of(const RvChart *chart, double value)
{
    double y = (chart->high - value) / (chart->high - chart->low) * HEIGHT;

    return (int)lround(CLAMP(y, 0, HEIGHT));
}

static double
share_of(const RvChart *chart, double value)
{
    return CLAMP((chart->high - value) / (chart->high - chart->low), 0, 1) * 100;
}

/* ---- columns: what a pixel can show of a series ---- */

typedef struct {
    int x;
    double low, mean, high; /* NAN: not known */
} Column;

static GArray *
columns_of(const RvChart *chart, const RvSeries *series)
{
    gint64 span_s = chart->end_s - chart->start_s;
    gsize each = MAX((gsize)ceil((double)span_s / COLUMNS / series->step_s), 1);
    GArray *columns =
        g_array_sized_new(FALSE, FALSE, sizeof(Column), (guint)(series->n / each + 1));

    for (gsize i = 0; i < series->n; i += each) {
        gsize n = MIN(each, series->n - i);
        const RvSeries part = {.n = n, .values = series->values + i};
        gint64 middle = series->start_s + (gint64)(2 * i + n) * series->step_s / 2;
        Column column = {x_of(chart, middle), rv_series_minimum(&part), rv_series_mean(&part),
                         rv_series_maximum(&part)};

        if (middle >= chart->start_s && middle <= chart->end_s)
            g_array_append_val(columns, column);
    }
    return columns;
}

static gboolean
is_known(const GArray *columns, guint i)
{
    return i < columns->len && !isnan(g_array_index(columns, Column, i).mean);
}

/* ---- paths: relative and in whole numbers, which is a third of the bytes ---- */

typedef struct {
    GString *out;
    int x, y;
} Pen;

static void
pen_move(Pen *pen, char command, int x, int y)
{
    g_string_append_c(pen->out, command);
    rv_markup_integer(pen->out, command == 'M' ? x : x - pen->x);
    g_string_append_c(pen->out, ' ');
    rv_markup_integer(pen->out, command == 'M' ? y : y - pen->y);
    pen->x = x;
    pen->y = y;
}

/* One more point; on a level only the last one counts. */
static void
put_line_path(GString *out, const RvChart *chart, const GArray *columns)
{
    Pen pen = {.out = out};

    for (guint i = 0; i < columns->len; i++) {
        const Column *column = &g_array_index(columns, Column, i);
        int y;

        if (isnan(column->mean))
            continue;
        y = y_of(chart, column->mean);
        if (!is_known(columns, i - 1)) { /* i - 1 of 0 is beyond the end */
            pen_move(&pen, 'M', column->x, y);
            if (!is_known(columns, i + 1)) /* alone: a dot */
                g_string_append(out, "h1");
        } else if (y != pen.y || !is_known(columns, i + 1) ||
                   y != y_of(chart, g_array_index(columns, Column, i + 1).mean)) {
            pen_move(&pen, 'l', column->x, y);
        }
    }
}

/* Between two of the columns' values, each unbroken piece a closed outline. */
static void
put_band_path(GString *out, const RvChart *chart, const GArray *columns, gsize upper, gsize lower)
{
    for (guint i = 0; i < columns->len; i++) {
        Pen pen = {.out = out};
        guint begin = i;

        if (!is_known(columns, i))
            continue;
        for (; is_known(columns, i); i++) {
            const Column *column = &g_array_index(columns, Column, i);

            pen_move(&pen, i == begin ? 'M' : 'l', column->x,
                     y_of(chart, G_STRUCT_MEMBER(double, column, upper)));
        }
        for (guint j = i; j > begin; j--) {
            const Column *column = &g_array_index(columns, Column, j - 1);
            double value = lower != 0 ? G_STRUCT_MEMBER(double, column, lower) : chart->low;

            pen_move(&pen, 'l', column->x, y_of(chart, value));
        }
        g_string_append_c(out, 'z');
    }
}

/* ---- behind the lines ---- */

static void
put_rectangle(GString *out, const char *class, int x, int y, int width, int height)
{
    g_string_append_printf(out, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
                           class, x, y, width, height);
}

static const char *
shade_word(RvLanguage language, RvGraphShade shade)
{
    switch (shade) {
    case RV_SHADE_OUTAGE:
        return RV_SAY(language, "outage", "中断");
    case RV_SHADE_MAINTENANCE:
        return RV_SAY(language, "maintenance", "维护");
    }
    return "";
}

static const char *
shade_class(RvGraphShade shade)
{
    return shade == RV_SHADE_OUTAGE ? "outage" : "maintenance";
}

/* An outage of minutes is still seen in a week. */
static void
put_spans(GString *out, const RvChart *chart)
{
    for (guint i = 0; i < chart->n_spans; i++) {
        const RvGraphSpan *span = &chart->spans[i];
        g_autofree char *from = rv_clock_format(span->start_s * 1000, chart->zone);
        g_autofree char *until = rv_clock_format(span->end_s * 1000, chart->zone);
        int x = x_of(chart, span->start_s);
        int width = MAX(x_of(chart, span->end_s) - x, 4);

        g_string_append_printf(out,
                               "<rect class=\"%s\" x=\"%d\" y=\"-10\" width=\"%d\" height=\"%d\">",
                               shade_class(span->shade), x, width, HEIGHT + 20);
        rv_markup(out, "<title>%s: %.16s – %.16s</title></rect>",
                  shade_word(chart->language, span->shade), from, until);
    }
}

/* Where nobody looked: what is not known of the first line. */
static gboolean
put_gaps(GString *out, const RvChart *chart, const GArray *columns)
{
    int wide = 3 * WIDTH / COLUMNS; /* less is the edge of a row */
    gboolean any = FALSE, between = TRUE;
    int x = 0;

    if (columns->len > 1) /* or a row of some hours */
        wide = MAX(wide,
                   2 * (g_array_index(columns, Column, 1).x - g_array_index(columns, Column, 0).x));
    for (guint i = 0; i <= columns->len; i++) {
        int here = i < columns->len ? g_array_index(columns, Column, i).x : WIDTH;

        if (i < columns->len && !is_known(columns, i)) {
            between = TRUE;
            continue;
        }
        if ((between || i == columns->len) && here - x > wide) {
            put_rectangle(out, "gap", x, 0, here - x, HEIGHT);
            any = TRUE;
        }
        x = here;
        between = FALSE;
    }
    return any;
}

static void
put_limit_band(GString *out, const RvChart *chart, const char *class, double from, double to)
{
    int top, foot;

    if (isnan(from) || isnan(to))
        return;
    top = y_of(chart, MAX(from, to));
    foot = y_of(chart, MIN(from, to));
    if (foot > top)
        put_rectangle(out, class, 0, top, WIDTH, foot - top);
}

static void
put_limits(GString *out, const RvChart *chart)
{
    const RvLimits *limits = chart->limits;
    double top, foot;

    if (limits == NULL)
        return;
    top = isnan(limits->high_critical) ? chart->high : limits->high_critical;
    foot = isnan(limits->low_critical) ? chart->low : limits->low_critical;
    put_limit_band(out, chart, "limit warning", limits->high_warning, top);
    put_limit_band(out, chart, "limit critical", limits->high_critical,
                   MAX(chart->high, limits->high_critical));
    put_limit_band(out, chart, "limit warning", foot, limits->low_warning);
    put_limit_band(out, chart, "limit critical", MIN(chart->low, limits->low_critical),
                   limits->low_critical);
}

/* ---- scales ---- */

static void
put_levels(GString *lines, GString *labels, const RvChart *chart)
{
    double step = rv_graph_axis_step(chart->high - chart->low);
    double first = ceil(chart->low / step - 1e-6) * step;
    char top[G_ASCII_DTOSTR_BUF_SIZE];

    for (guint i = 0; i < 12 && first + i * step <= chart->high + step * 1e-6; i++) {
        double value = first + i * step;
        g_autofree char *text = chart->write(fabs(value) < step * 1e-6 ? 0 : value, chart->how);

        g_string_append_printf(lines, "M0 %dh%d", y_of(chart, value), WIDTH);
        g_ascii_formatd(top, sizeof top, "%.1f", share_of(chart, value));
        rv_markup(labels, "<span style=\"top:%s%%\">%s</span>", top, text);
    }
}

/* Midnights. */
static void
put_days(GString *lines, GString *labels, const RvChart *chart)
{
    g_autoptr(GTimeZone) local = chart->zone == NULL ? g_time_zone_new_local() : NULL;
    GTimeZone *zone = chart->zone != NULL ? chart->zone : local;
    g_autoptr(GDateTime) begin = g_date_time_new_from_unix_utc(chart->start_s);
    g_autoptr(GDateTime) here = g_date_time_to_timezone(begin, zone);
    g_autoptr(GDateTime) day =
        g_date_time_new(zone, g_date_time_get_year(here), g_date_time_get_month(here),
                        g_date_time_get_day_of_month(here), 0, 0, 0);

    for (int i = 1; i < 40; i++) {
        g_autoptr(GDateTime) next = g_date_time_add_days(day, i);
        gint64 time_s = g_date_time_to_unix(next);
        int x = x_of(chart, time_s);

        if (time_s > chart->end_s)
            break;
        g_string_append_printf(lines, "M%d 0v%d", x, HEIGHT);
        if (x > WIDTH * 3 / 100 && x < WIDTH * 97 / 100)
            g_string_append_printf(labels, "<span style=\"left:%d.%d%%\">%02d-%02d</span>",
                                   x * 100 / WIDTH, x * 1000 / WIDTH % 10,
                                   g_date_time_get_month(next), g_date_time_get_day_of_month(next));
    }
}

/* ---- the lines ---- */

static void
put_line(GString *out, const RvChart *chart, guint n)
{
    g_autoptr(GArray) columns = columns_of(chart, chart->lines[n].series);

    if (n == 0 && chart->area) {
        g_string_append(out, "<path class=\"area c0\" d=\"");
        put_band_path(out, chart, columns, G_STRUCT_OFFSET(Column, mean), 0);
        g_string_append(out, "\"/>");
    }
    if (chart->band && chart->n_lines == 1) {
        g_string_append(out, "<path class=\"area c0\" d=\"");
        put_band_path(out, chart, columns, G_STRUCT_OFFSET(Column, high),
                      G_STRUCT_OFFSET(Column, low));
        g_string_append(out, "\"/>");
    }
    g_string_append_printf(out, "<path class=\"line c%u\" d=\"", n);
    put_line_path(out, chart, columns);
    g_string_append(out, "\"/>");
}

/* Beyond the ceiling of lines: from the lowest to the highest of them. */
static void
put_others(GString *out, const RvChart *chart)
{
    g_autoptr(GArray) all = NULL;

    for (guint n = RV_CHART_LINES; n < chart->n_lines; n++) {
        GArray *columns = columns_of(chart, chart->lines[n].series);

        if (all == NULL) {
            all = columns;
            continue;
        }
        for (guint i = 0; i < MIN(all->len, columns->len); i++) {
            Column *sum = &g_array_index(all, Column, i);
            const Column *one = &g_array_index(columns, Column, i);

            sum->low = fmin(sum->low, one->low);
            sum->high = fmax(sum->high, one->high);
            sum->mean = isnan(sum->mean) ? one->mean : sum->mean;
        }
        g_array_unref(columns);
    }
    if (all == NULL)
        return;
    g_string_append(out, "<path class=\"others\" d=\"");
    put_band_path(out, chart, all, G_STRUCT_OFFSET(Column, high), G_STRUCT_OFFSET(Column, low));
    g_string_append(out, "\"/>");
}

static gboolean
has_marks(const RvChart *chart)
{
    return chart->marks != NULL && rv_series_maximum(chart->marks->series) > 0;
}

static void
put_marks(GString *out, const RvChart *chart)
{
    g_autoptr(GArray) columns = NULL;

    if (!has_marks(chart))
        return;
    columns = columns_of(chart, chart->marks->series);
    g_string_append(out, "<path class=\"marks\" d=\"");
    for (guint i = 0; i < columns->len; i++)
        if (g_array_index(columns, Column, i).high > 0)
            g_string_append_printf(out, "M%d %dv60", g_array_index(columns, Column, i).x,
                                   HEIGHT - 60);
    g_string_append(out, "\"/>");
}

/* ---- what it says in words ---- */

static void
put_key(GString *out, const char *class)
{
    g_string_append_printf(out,
                           "<svg class=\"key\" viewBox=\"0 0 28 10\" aria-hidden=\"true\"><path "
                           "class=\"%s\" d=\"M0 5h28\"/></svg> ",
                           class);
}

static void
put_figures(GString *out, const RvChart *chart, const char *key, const RvChartLine *line,
            char *(*write)(double, gconstpointer))
{
    const RvSeries *series = line->series;
    const double figures[] = {rv_series_last(series), rv_series_minimum(series),
                              rv_series_percentile(series, 50), rv_series_percentile(series, 95),
                              rv_series_maximum(series)};

    g_string_append(out, "<tr><th scope=\"row\">");
    put_key(out, key);
    rv_markup(out, "%s</th>", line->name);
    for (gsize i = 0; i < G_N_ELEMENTS(figures); i++) {
        g_autofree char *text = isnan(figures[i]) ? g_strdup("–") : write(figures[i], chart->how);

        rv_markup(out, "<td class=\"number\">%s</td>", text);
    }
    g_string_append(out, "</tr>\n");
}

static char *
write_each_second(double value, gconstpointer how)
{
    (void)how;
    return rv_write_value(value, "/s");
}

static void
put_table(GString *out, const RvChart *chart)
{
    static const char *const headings[][2] = {{"Last", "最新"},
                                              {"Lowest", "最小"},
                                              {"Median", "中位"},
                                              {"95th pct", "95 分位"},
                                              {"Highest", "最大"}};

    rv_markup(out, "<div class=\"scroll\"><table class=\"figures\" aria-label=\"%s\"><thead><tr>",
              chart->title);
    rv_markup(out, "<th scope=\"col\">%s</th>", RV_SAY(chart->language, "Line", "曲线"));
    for (gsize i = 0; i < G_N_ELEMENTS(headings); i++)
        rv_markup(out, "<th scope=\"col\" class=\"number\">%s</th>",
                  RV_SAY(chart->language, headings[i][0], headings[i][1]));
    g_string_append(out, "</tr></thead><tbody>\n");
    for (guint i = 0; i < MIN(chart->n_lines, RV_CHART_LINES); i++) {
        char key[16];

        g_snprintf(key, sizeof key, "line c%u", i);
        put_figures(out, chart, key, &chart->lines[i], chart->write);
    }
    if (has_marks(chart))
        put_figures(out, chart, "marks", chart->marks, write_each_second);
    g_string_append(out, "</tbody></table></div>\n");
}

/* "warning ≥45 °C": the levels that are drawn as bands. */
static void
put_limit_words(GString *out, const RvChart *chart)
{
    const RvLimits *limits = chart->limits;
    const struct {
        double limit;
        const char *sign, *class, *word;
    } rows[] = {
        {limits->low_critical, "≤", "limit critical", RV_SAY(chart->language, "critical", "严重")},
        {limits->low_warning, "≤", "limit warning", RV_SAY(chart->language, "warning", "告警")},
        {limits->high_warning, "≥", "limit warning", RV_SAY(chart->language, "warning", "告警")},
        {limits->high_critical, "≥", "limit critical", RV_SAY(chart->language, "critical", "严重")},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = NULL;

        if (isnan(rows[i].limit))
            continue;
        value = chart->write(rows[i].limit, chart->how);
        g_string_append(out, "<span>");
        put_key(out, rows[i].class);
        rv_markup(out, "%s %s%s</span>\n", rows[i].word, rows[i].sign, value);
    }
}

static void
put_shade_words(GString *out, const RvChart *chart)
{
    static const RvGraphShade shades[] = {RV_SHADE_OUTAGE, RV_SHADE_MAINTENANCE};

    for (gsize i = 0; i < G_N_ELEMENTS(shades); i++) {
        gint64 ms = 0;
        guint n = 0;
        g_autofree char *length = NULL;

        for (guint j = 0; j < chart->n_spans; j++)
            if (chart->spans[j].shade == shades[i]) {
                n++;
                ms += (MIN(chart->spans[j].end_s, chart->end_s) -
                       MAX(chart->spans[j].start_s, chart->start_s)) *
                      1000;
            }
        if (n == 0)
            continue;
        length = rv_write_duration(chart->language, ms);
        g_string_append(out, "<span>");
        put_key(out, shade_class(shades[i]));
        rv_markup(out, "%s: %u × (%s)</span>\n", shade_word(chart->language, shades[i]), n, length);
    }
}

static void
put_legend(GString *out, const RvChart *chart, gboolean gaps)
{
    g_autoptr(GString) items = g_string_new(NULL);

    if (chart->n_lines > RV_CHART_LINES) {
        g_string_append(items, "<span>");
        put_key(items, "others");
        rv_markup(items, RV_SAY(chart->language, "%u others, their range", "其余 %u 条的范围"),
                  chart->n_lines - RV_CHART_LINES);
        g_string_append(items, "</span>\n");
    }
    if (chart->limits != NULL)
        put_limit_words(items, chart);
    put_shade_words(items, chart);
    if (gaps) {
        g_string_append(items, "<span>");
        put_key(items, "gap");
        rv_markup(items, "%s</span>\n", RV_SAY(chart->language, "not observed", "未观测"));
    }
    if (items->len > 0)
        g_string_append_printf(out, "<p class=\"legend\">%s</p>\n", items->str);
}

void
rv_chart(GString *out, const RvChart *chart)
{
    g_autoptr(GString) grid = g_string_new(NULL);
    g_autoptr(GString) levels = g_string_new(NULL);
    g_autoptr(GString) days = g_string_new(NULL);
    g_autoptr(GArray) first = columns_of(chart, chart->lines[0].series);
    gboolean gaps;

    put_levels(grid, levels, chart);
    put_days(grid, days, chart);
    rv_markup(out, "<figure class=\"chart\"><figcaption>%s</figcaption>\n", chart->title);
    g_string_append_printf(
        out, "<div class=\"plot\"><div class=\"levels\" aria-hidden=\"true\">%s</div>",
        levels->str);
    rv_markup(out,
              "<svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" role=\"img\" "
              "aria-label=\"%s: %s\">",
              WIDTH, HEIGHT, chart->title,
              RV_SAY(chart->language, "the figures are in the table below", "数值见下表"));
    gaps = put_gaps(out, chart, first);
    put_limits(out, chart);
    g_string_append_printf(out, "<path class=\"grid\" d=\"%s\"/>", grid->str);
    put_spans(out, chart);
    put_others(out, chart);
    for (guint n = MIN(chart->n_lines, RV_CHART_LINES); n > 0; n--) /* the first on top */
        put_line(out, chart, n - 1);
    put_marks(out, chart);
    g_string_append_printf(out, "</svg><div class=\"days\" aria-hidden=\"true\">%s</div></div>\n",
                           days->str);
    put_legend(out, chart, gaps);
    put_table(out, chart);
    g_string_append(out, "</figure>\n");
}
