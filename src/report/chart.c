#include "report/chart.h"
#include "report/words.h"

#include <math.h>
#include <string.h>

#define LABEL_POINTS 7.5
#define TITLE_POINTS 8.5
#define BAR_HEIGHT 15.0
#define FINDING_HEIGHT 13.0
#define LIMIT_HEIGHT 8.5

/* Okabe and Ito's colours: apart for people with any colour vision, and by lightness in grey. */
static const double line_colours[][3] = {
    {0.00, 0.36, 0.60}, {0.80, 0.36, 0.02}, {0.00, 0.53, 0.40},
    {0.62, 0.30, 0.50}, {0.25, 0.25, 0.25}, {0.25, 0.56, 0.80},
};
static const double dashes[][2] = {{0, 0}, {4, 2}, {1.5, 1.5}, {6, 1.5}, {0, 0}, {3, 3}};

static void
line_clear(gpointer data)
{
    g_free(((RvChartLine *)data)->label);
    g_free(((RvChartLine *)data)->values);
}

static void
limit_clear(gpointer data)
{
    g_free(((RvChartLimit *)data)->label);
}

static void
bar_clear(gpointer data)
{
    g_free(((RvChartBar *)data)->label);
    g_free(((RvChartBar *)data)->text);
}

RvChart *
rv_chart_new(RvChartKind kind, const char *title, const char *unit)
{
    RvChart *chart = g_new0(RvChart, 1);

    chart->kind = kind;
    chart->title = g_strdup(title);
    chart->unit = g_strdup(unit);
    chart->lines = g_array_new(FALSE, TRUE, sizeof(RvChartLine));
    chart->limits = g_array_new(FALSE, TRUE, sizeof(RvChartLimit));
    chart->spans = g_array_new(FALSE, TRUE, sizeof(RvChartSpan));
    chart->bars = g_array_new(FALSE, TRUE, sizeof(RvChartBar));
    g_array_set_clear_func(chart->lines, line_clear);
    g_array_set_clear_func(chart->limits, limit_clear);
    g_array_set_clear_func(chart->bars, bar_clear);
    chart->target = chart->low = chart->high = NAN;
    return chart;
}

void
rv_chart_free(RvChart *chart)
{
    if (chart == NULL)
        return;
    g_free(chart->title);
    g_free(chart->unit);
    g_free(chart->number);
    g_free(chart->subject);
    g_free(chart->place);
    g_free(chart->finding);
    g_free(chart->legend_outage);
    g_free(chart->legend_planned);
    g_free(chart->nothing);
    g_array_unref(chart->lines);
    g_array_unref(chart->limits);
    g_array_unref(chart->spans);
    g_array_unref(chart->bars);
    g_free(chart);
}

void
rv_chart_line(RvChart *chart, const char *label, const double *values, gsize n, gboolean area)
{
    RvChartLine line = {g_strdup(label), g_memdup2(values, n * sizeof *values), n, area};

    g_array_append_val(chart->lines, line);
}

void
rv_chart_limit(RvChart *chart, const char *label, double value, gboolean upper, gboolean critical)
{
    RvChartLimit limit = {NULL, value, upper, critical};

    if (!isfinite(value))
        return;
    limit.label = g_strdup(label);
    g_array_append_val(chart->limits, limit);
}

void
rv_chart_span(RvChart *chart, gint64 from_ms, gint64 until_ms, gboolean planned)
{
    RvChartSpan span = {(double)from_ms / 1000, (double)until_ms / 1000, planned};

    g_array_append_val(chart->spans, span);
}

void
rv_chart_bar(RvChart *chart, const char *label, double value, const char *text, gboolean strong)
{
    RvChartBar bar = {g_strdup(label), value, g_strdup(text), strong};

    g_array_append_val(chart->bars, bar);
}

/* ---- text ---- */

typedef struct {
    cairo_t *cairo;
    const RvChartStyle *style;
} Pen;

typedef enum { AT_LEFT, AT_RIGHT, AT_MIDDLE } Anchor;

static PangoLayout *
make_text(const Pen *pen, const char *text, double points, double width)
{
    PangoLayout *layout = pango_cairo_create_layout(pen->cairo);
    PangoFontDescription *font = pango_font_description_new();

    pango_font_description_set_family(font, pen->style->families.text);
    pango_font_description_set_absolute_size(font, points * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, text != NULL ? text : "", -1);
    if (text != NULL && !g_str_is_ascii(text)) {
        PangoAttrList *attributes = pango_attr_list_new();

        rv_families_apply(&pen->style->families, attributes, text);
        pango_layout_set_attributes(layout, attributes);
        pango_attr_list_unref(attributes);
    }
    if (width > 0) {
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
        pango_layout_set_single_paragraph_mode(layout, TRUE);
    }
    return layout;
}

static void
ink(const Pen *pen, const double colour[3], double alpha)
{
    cairo_set_source_rgba(pen->cairo, colour[0], colour[1], colour[2], alpha);
}

/* Gives the width it took. `y` is the middle of the line. */
static double
put_text(const Pen *pen, const char *text, double points, double x, double y, Anchor anchor,
         double width)
{
    PangoLayout *layout = make_text(pen, text, points, width);
    PangoRectangle box;
    double w, h;

    pango_layout_get_extents(layout, NULL, &box);
    w = (double)box.width / PANGO_SCALE;
    h = (double)box.height / PANGO_SCALE;
    if (width > 0)
        pango_layout_set_width(layout, -1),
            pango_layout_set_width(layout, (int)(MIN(w + 0.5, width) * PANGO_SCALE));
    cairo_move_to(pen->cairo,
                  x - (anchor == AT_RIGHT    ? w
                       : anchor == AT_MIDDLE ? w / 2
                                             : 0),
                  y - h / 2);
    pango_cairo_show_layout(pen->cairo, layout);
    g_object_unref(layout);
    return w;
}

static double
text_width(const Pen *pen, const char *text, double points)
{
    PangoLayout *layout = make_text(pen, text, points, 0);
    int width;

    pango_layout_get_size(layout, &width, NULL);
    g_object_unref(layout);
    return (double)width / PANGO_SCALE;
}

static double
put_strong(const Pen *pen, const char *text, double x, double y)
{
    PangoLayout *layout = make_text(pen, text, TITLE_POINTS, 0);
    PangoFontDescription *font =
        pango_font_description_copy(pango_layout_get_font_description(layout));
    int width, height;

    pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_layout_get_size(layout, &width, &height);
    cairo_move_to(pen->cairo, x, y - (double)height / PANGO_SCALE / 2);
    pango_cairo_show_layout(pen->cairo, layout);
    pango_font_description_free(font);
    g_object_unref(layout);
    return (double)width / PANGO_SCALE;
}

static gboolean
has_finding(const RvChart *chart)
{
    return chart->finding != NULL && chart->finding[0] != '\0';
}

/* Of the lines above and below the title. */
static double
more_head(const RvChart *chart)
{
    return (has_finding(chart) ? FINDING_HEIGHT : 0) +
           (chart->subject != NULL ? FINDING_HEIGHT : 0);
}

/* ---- axis of values ---- */

typedef struct {
    double low, high, step;
} Axis;

static double
nice_step(double span, int ticks)
{
    double raw = span / ticks, power = pow(10, floor(log10(raw))), part = raw / power;

    return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 2.5 ? 2.5 : part <= 5 ? 5 : 10);
}

static Axis
make_axis(double low, double high, gboolean forced_low, gboolean forced_high)
{
    Axis axis = {low, high, 1};
    double span = high - low;

    if (!(span > 0)) {
        span = fabs(low) > 0 ? fabs(low) * 0.2 : 1;
        axis.low = forced_low ? low : low - span / 2;
        axis.high = axis.low + span;
    }
    axis.step = nice_step(axis.high - axis.low, 4);
    if (!forced_low)
        axis.low = floor(axis.low / axis.step + 1e-9) * axis.step;
    if (!forced_high)
        axis.high = ceil(axis.high / axis.step - 1e-9) * axis.step;
    return axis;
}

static Axis
axis_of_lines(const RvChart *chart)
{
    double low = INFINITY, high = -INFINITY, room;

    for (guint i = 0; i < chart->lines->len; i++) {
        const RvChartLine *line = &g_array_index(chart->lines, RvChartLine, i);

        for (gsize j = 0; j < line->n; j++) {
            if (!isfinite(line->values[j]))
                continue;
            low = MIN(low, line->values[j]);
            high = MAX(high, line->values[j]);
        }
    }
    if (!isfinite(low))
        return make_axis(0, 1, TRUE, TRUE);
    /* limits that are far away would press the line flat: those within reach only */
    room = MAX(high - low, fabs(high) * 0.15);
    for (guint i = 0; i < chart->limits->len; i++) {
        double value = g_array_index(chart->limits, RvChartLimit, i).value;

        if (value > high && value <= high + 2.5 * room)
            high = value + 0.05 * room;
        if (value < low && value >= low - 2.5 * room)
            low = value - 0.05 * room;
    }
    if (isfinite(chart->low))
        low = chart->low;
    if (isfinite(chart->high))
        high = chart->high;
    return make_axis(low, high, isfinite(chart->low), isfinite(chart->high));
}

static char *
tick_text(const RvChart *chart, const Axis *axis, double value)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T"};
    gsize i = 0;
    double shown = value, top = MAX(fabs(axis->high), fabs(axis->low)), step = axis->step;
    char digits[64];
    g_autofree char *grouped = NULL;

    if (chart->rates)
        for (; top >= 1000 && i + 1 < G_N_ELEMENTS(prefixes); i++) {
            top /= 1000;
            shown /= 1000;
            step /= 1000;
        }
    g_snprintf(digits, sizeof digits, "%.*f",
               (int)CLAMP(ceil(-log10(step) - 1e-9) +
                              (fabs(step / pow(10, floor(log10(step))) - 2.5) < 0.01 ? 1 : 0),
                          0, 6),
               fabs(shown) < step / 1e6 ? 0 : shown);
    if (strspn(digits, "0.") == strlen(digits))
        return g_strdup(digits); /* of zero the prefix says nothing */
    grouped = rv_write_grouped(digits);
    return g_strconcat(grouped, prefixes[i], NULL);
}

/* ---- plot over time ---- */

typedef struct {
    double x, y, width, height; /* of the plot itself */
    Axis axis;
} Plot;

static double
to_y(const Plot *plot, double value)
{
    return plot->y +
           plot->height * (1 - (value - plot->axis.low) / (plot->axis.high - plot->axis.low));
}

static double
to_x(const RvChart *chart, const Plot *plot, double s)
{
    return plot->x +
           plot->width * (s - (double)chart->start_s) / (double)(chart->end_s - chart->start_s);
}

static void
draw_value_ticks(const Pen *pen, const RvChart *chart, const Plot *plot)
{
    for (double value = ceil(plot->axis.low / plot->axis.step - 1e-9) * plot->axis.step;
         value <= plot->axis.high + plot->axis.step * 1e-6; value += plot->axis.step) {
        g_autofree char *text = tick_text(chart, &plot->axis, value);
        double y = to_y(plot, value);

        ink(pen, pen->style->grey, 0.35);
        cairo_set_line_width(pen->cairo, 0.4);
        cairo_move_to(pen->cairo, plot->x, y);
        cairo_line_to(pen->cairo, plot->x + plot->width, y);
        cairo_stroke(pen->cairo);
        ink(pen, pen->style->ink, 1);
        put_text(pen, text, LABEL_POINTS, plot->x - 3, y, AT_RIGHT, 0);
    }
}

/* Days, months or hours, as many as have room. */
static void
draw_time_ticks(const Pen *pen, const RvChart *chart, const Plot *plot)
{
    double days = (double)(chart->end_s - chart->start_s) / 86400;
    int fit = MAX(2, (int)(plot->width / 42)), every = MAX(1, (int)ceil(days / fit));
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(chart->start_s);
    g_autoptr(GDateTime) local =
        chart->zone != NULL ? g_date_time_to_timezone(utc, chart->zone) : g_date_time_to_local(utc);
    g_autoptr(GDateTime) day = NULL;
    gboolean months = days > 200, hours = days <= 2;

    if (every > 3 && every < 7)
        every = every <= 5 ? 5 : 7;
    day = g_date_time_new(chart->zone != NULL ? chart->zone : g_date_time_get_timezone(local),
                          g_date_time_get_year(local), g_date_time_get_month(local),
                          months ? 1 : g_date_time_get_day_of_month(local), 0, 0, 0);
    ink(pen, pen->style->ink, 1);
    for (int i = 0; day != NULL && i < 400; i++) {
        double s = (double)g_date_time_to_unix(day);
        g_autofree char *text = g_date_time_format(day, months  ? "%Y-%m"
                                                        : hours ? "%H:%M"
                                                                : "%m-%d");
        GDateTime *next = months  ? g_date_time_add_months(day, MAX(1, every / 30))
                          : hours ? g_date_time_add_hours(day, days <= 1 ? 4 : 8)
                                  : g_date_time_add_days(day, every);

        if (s > (double)chart->end_s) {
            g_date_time_unref(next);
            break;
        }
        if (s >= (double)chart->start_s) {
            double x = to_x(chart, plot, s);

            cairo_set_line_width(pen->cairo, 0.5);
            cairo_move_to(pen->cairo, x, plot->y + plot->height);
            cairo_line_to(pen->cairo, x, plot->y + plot->height + 2.5);
            cairo_stroke(pen->cairo);
            if (x + 14 <= plot->x + plot->width + 6)
                put_text(pen, text, LABEL_POINTS, x, plot->y + plot->height + 8.5,
                         x - plot->x < 12 ? AT_LEFT : AT_MIDDLE, 0);
        }
        g_date_time_unref(day);
        day = next;
    }
}

static void
draw_spans(const Pen *pen, const RvChart *chart, const Plot *plot)
{
    static const double red[3] = {0.78, 0.16, 0.12};

    for (guint i = 0; i < chart->spans->len; i++) {
        const RvChartSpan *span = &g_array_index(chart->spans, RvChartSpan, i);
        double from =
            to_x(chart, plot, CLAMP(span->from, (double)chart->start_s, (double)chart->end_s));
        double until =
            to_x(chart, plot, CLAMP(span->until, (double)chart->start_s, (double)chart->end_s));

        if (span->until <= (double)chart->start_s || span->from >= (double)chart->end_s)
            continue;
        ink(pen, span->planned ? pen->style->grey : red, span->planned ? 0.25 : 0.22);
        cairo_rectangle(pen->cairo, from, plot->y, MAX(0.8, until - from), plot->height);
        cairo_fill(pen->cairo);
        /* a bar at the top tells them apart in grey: solid for outages, hollow for maintenance */
        ink(pen, span->planned ? pen->style->grey : red, 1);
        cairo_rectangle(pen->cairo, from, plot->y - 2.4, MAX(0.8, until - from), 2.4);
        if (span->planned) {
            cairo_set_line_width(pen->cairo, 0.5);
            cairo_stroke(pen->cairo);
        } else {
            cairo_fill(pen->cairo);
        }
    }
}

static gboolean
is_drawn(const RvChartLimit *limit, const Axis *axis)
{
    return limit->value >= axis->low && limit->value <= axis->high;
}

/* Room at the right for the names of limits. */
static double
limits_width(const Pen *pen, const RvChart *chart, const Axis *axis)
{
    double widest = 0;

    for (guint i = 0; i < chart->limits->len; i++) {
        const RvChartLimit *limit = &g_array_index(chart->limits, RvChartLimit, i);

        if (is_drawn(limit, axis))
            widest = MAX(widest, text_width(pen, limit->label, LABEL_POINTS) + 4);
    }
    return MIN(widest, 90);
}

/* From the highest to the lowest, as they were added; their names beside the plot, where no line
 * crosses them, and apart from each other. */
static void
draw_limits(const Pen *pen, const RvChart *chart, const Plot *plot)
{
    static const double critical[3] = {0.72, 0.11, 0.11}, warning[3] = {0.55, 0.36, 0.0};
    double above = -INFINITY;

    for (guint i = 0; i < chart->limits->len; i++) {
        const RvChartLimit *limit = &g_array_index(chart->limits, RvChartLimit, i);
        double y = to_y(plot, limit->value), dash[2] = {limit->critical ? 5 : 2, 2};

        if (!is_drawn(limit, &plot->axis))
            continue;
        ink(pen, limit->critical ? critical : warning, 1);
        cairo_set_line_width(pen->cairo, 0.8);
        cairo_set_dash(pen->cairo, dash, 2, 0);
        cairo_move_to(pen->cairo, plot->x, y);
        cairo_line_to(pen->cairo, plot->x + plot->width, y);
        cairo_stroke(pen->cairo);
        cairo_set_dash(pen->cairo, NULL, 0, 0);
        above = MAX(y, above + LIMIT_HEIGHT);
        put_text(pen, limit->label, LABEL_POINTS, plot->x + plot->width + 4, above, AT_LEFT, 0);
    }
}

static void
trace(const Pen *pen, const RvChartLine *line, const Plot *plot, gboolean area)
{
    double step = plot->width / (double)line->n, base = to_y(plot, MAX(0, plot->axis.low));
    gboolean open = FALSE;
    double x = 0;

    for (gsize i = 0; i < line->n; i++) {
        double y;

        if (!isfinite(line->values[i])) {
            if (open && area) {
                cairo_line_to(pen->cairo, x, base);
                cairo_close_path(pen->cairo);
            }
            open = FALSE;
            continue;
        }
        x = plot->x + ((double)i + 0.5) * step;
        y = CLAMP(to_y(plot, line->values[i]), plot->y, plot->y + plot->height);
        if (!open && area)
            cairo_move_to(pen->cairo, x, base);
        if (!open && !area) {
            cairo_move_to(pen->cairo, x - MIN(0.5, step / 2), y);
            cairo_line_to(pen->cairo, x + MIN(0.5, step / 2), y);
        }
        cairo_line_to(pen->cairo, x, y);
        open = TRUE;
    }
    if (open && area) {
        cairo_line_to(pen->cairo, x, base);
        cairo_close_path(pen->cairo);
    }
}

static void
draw_lines(const Pen *pen, const RvChart *chart, const Plot *plot)
{
    for (guint i = 0; i < chart->lines->len; i++) {
        const RvChartLine *line = &g_array_index(chart->lines, RvChartLine, i);
        const double *colour = line_colours[i % G_N_ELEMENTS(line_colours)];
        const double *dash = dashes[i % G_N_ELEMENTS(dashes)];

        if (line->n == 0)
            continue;
        if (line->area) {
            trace(pen, line, plot, TRUE);
            ink(pen, colour, 0.22);
            cairo_fill(pen->cairo);
        }
        trace(pen, line, plot, FALSE);
        ink(pen, colour, 1);
        cairo_set_line_width(pen->cairo, 0.9);
        cairo_set_line_join(pen->cairo, CAIRO_LINE_JOIN_ROUND);
        if (dash[0] > 0)
            cairo_set_dash(pen->cairo, dash, 2, 0);
        cairo_stroke(pen->cairo);
        cairo_set_dash(pen->cairo, NULL, 0, 0);
    }
}

static double
legend_entry(const Pen *pen, double x, double y, const double colour[3], const double *dash,
             gboolean block, const char *label)
{
    ink(pen, colour, 1);
    if (block) {
        cairo_rectangle(pen->cairo, x, y - 3, 9, 6);
        if (dash == NULL)
            cairo_fill(pen->cairo);
        else
            cairo_set_line_width(pen->cairo, 0.6), cairo_stroke(pen->cairo);
    } else {
        cairo_set_line_width(pen->cairo, 1.4);
        if (dash != NULL && dash[0] > 0)
            cairo_set_dash(pen->cairo, dash, 2, 0);
        cairo_move_to(pen->cairo, x, y);
        cairo_line_to(pen->cairo, x + 12, y);
        cairo_stroke(pen->cairo);
        cairo_set_dash(pen->cairo, NULL, 0, 0);
    }
    ink(pen, pen->style->ink, 1);
    return x + 15 + put_text(pen, label, LABEL_POINTS, x + 15, y, AT_LEFT, 150) + 10;
}

static void
draw_legend(const Pen *pen, const RvChart *chart, double x, double y)
{
    static const double red[3] = {0.78, 0.16, 0.12};
    static const double hollow[2] = {1, 1};
    gboolean outage = FALSE, planned = FALSE;

    for (guint i = 0; i < chart->lines->len; i++) {
        const RvChartLine *line = &g_array_index(chart->lines, RvChartLine, i);

        if (line->label != NULL && line->label[0] != '\0')
            x = legend_entry(pen, x, y, line_colours[i % G_N_ELEMENTS(line_colours)],
                             dashes[i % G_N_ELEMENTS(dashes)], FALSE, line->label);
    }
    for (guint i = 0; i < chart->spans->len; i++) {
        outage |= !g_array_index(chart->spans, RvChartSpan, i).planned;
        planned |= g_array_index(chart->spans, RvChartSpan, i).planned;
    }
    if (outage && chart->legend_outage != NULL)
        x = legend_entry(pen, x, y, red, NULL, TRUE, chart->legend_outage);
    if (planned && chart->legend_planned != NULL)
        legend_entry(pen, x, y, pen->style->grey, hollow, TRUE, chart->legend_planned);
}

static gboolean
has_values(const RvChart *chart)
{
    for (guint i = 0; i < chart->lines->len; i++) {
        const RvChartLine *line = &g_array_index(chart->lines, RvChartLine, i);

        for (gsize j = 0; j < line->n; j++)
            if (isfinite(line->values[j]))
                return TRUE;
    }
    return FALSE;
}

static double
widest_tick(const Pen *pen, const RvChart *chart, const Axis *axis)
{
    double widest = 10;

    for (double value = axis->low; value <= axis->high + axis->step * 1e-6; value += axis->step) {
        g_autofree char *text = tick_text(chart, axis, value);

        widest = MAX(widest, text_width(pen, text, LABEL_POINTS));
    }
    return widest;
}

static void
draw_head(const Pen *pen, const RvChart *chart, double x, double y, double width)
{
    double left = x, right = x + width;
    gboolean unit = chart->unit != NULL && chart->unit[0] != '\0';
    gboolean wide = unit && g_unichar_iswide(g_utf8_get_char(chart->unit));
    g_autofree char *head =
        unit ? g_strdup_printf(wide ? "%s（%s）" : "%s (%s)",
                               chart->title != NULL ? chart->title : "", chart->unit)
             : g_strdup(chart->title);

    ink(pen, pen->style->ink, 1);
    if (chart->number != NULL)
        x += put_strong(pen, chart->number, x, y) + 6;
    if (chart->subject != NULL) {
        put_text(pen, chart->subject, TITLE_POINTS, x, y, AT_LEFT, right - x);
        x = left;
        y += FINDING_HEIGHT;
    }
    put_text(pen, head, TITLE_POINTS, x, y, AT_LEFT, right - x);
    if (has_finding(chart))
        put_text(pen, chart->finding, TITLE_POINTS, left, y + FINDING_HEIGHT, AT_LEFT, width);
}

static void
draw_frame(const Pen *pen, const Plot *plot)
{
    ink(pen, pen->style->ink, 1);
    cairo_set_line_width(pen->cairo, 0.6);
    cairo_move_to(pen->cairo, plot->x, plot->y + plot->height);
    cairo_line_to(pen->cairo, plot->x + plot->width, plot->y + plot->height);
    cairo_stroke(pen->cairo);
}

static void
draw_time(const Pen *pen, const RvChart *chart, double x, double y, double width, double height)
{
    Plot plot = {.axis = axis_of_lines(chart)};
    double margin = widest_tick(pen, chart, &plot.axis) + 5;

    double head = 16 + more_head(chart);
    double right = has_values(chart) ? limits_width(pen, chart, &plot.axis) : 0;

    plot.x = x + margin;
    plot.y = y + head;
    plot.width = width - margin - 6 - right;
    plot.height = height - head - 28;
    draw_head(pen, chart, x, y + 5, width);
    draw_spans(pen, chart, &plot);
    if (has_values(chart)) {
        draw_value_ticks(pen, chart, &plot);
        draw_lines(pen, chart, &plot);
        draw_limits(pen, chart, &plot);
    } else {
        ink(pen, pen->style->grey, 1);
        put_text(pen, chart->nothing != NULL ? chart->nothing : "–", LABEL_POINTS + 1,
                 plot.x + plot.width / 2, plot.y + plot.height / 2, AT_MIDDLE, 0);
    }
    draw_frame(pen, &plot);
    draw_time_ticks(pen, chart, &plot);
    draw_legend(pen, chart, plot.x, y + height - 6);
}

/* ---- bars ---- */

static double
highest_bar(const RvChart *chart)
{
    double high = 0;

    for (guint i = 0; i < chart->bars->len; i++) {
        double value = g_array_index(chart->bars, RvChartBar, i).value;

        if (isfinite(value))
            high = MAX(high, value);
    }
    return high;
}

static void
draw_columns(const Pen *pen, const RvChart *chart, double x, double y, double width, double height)
{
    double high = isfinite(chart->high) ? chart->high : MAX(highest_bar(chart), 1e-9);
    double low = isfinite(chart->low) ? chart->low : 0;
    double head = 26 + more_head(chart);
    Plot plot = {x, y + head, width, height - head - 14, {low, high, 1}};
    double slot = width / MAX(1, chart->bars->len);

    draw_head(pen, chart, x, y + 5, width);
    for (guint i = 0; i < chart->bars->len; i++) {
        const RvChartBar *bar = &g_array_index(chart->bars, RvChartBar, i);
        double middle = x + slot * (i + 0.5), wide = MIN(slot * 0.62, 34);
        double top =
            isfinite(bar->value) ? to_y(&plot, CLAMP(bar->value, low, high)) : plot.y + plot.height;

        ink(pen, bar->strong ? pen->style->accent : pen->style->grey, bar->strong ? 1 : 0.55);
        cairo_rectangle(pen->cairo, middle - wide / 2, top, wide, plot.y + plot.height - top);
        cairo_fill(pen->cairo);
        ink(pen, pen->style->ink, 1);
        put_text(pen, bar->text, LABEL_POINTS, middle, top - 6, AT_MIDDLE, 0);
        put_text(pen, bar->label, LABEL_POINTS, middle, plot.y + plot.height + 8, AT_MIDDLE,
                 slot - 2);
    }
    draw_frame(pen, &plot);
    if (isfinite(chart->target) && chart->target >= low && chart->target <= high) {
        const double dash[2] = {4, 2};

        cairo_set_line_width(pen->cairo, 0.8);
        cairo_set_dash(pen->cairo, dash, 2, 0);
        cairo_move_to(pen->cairo, x, to_y(&plot, chart->target));
        cairo_line_to(pen->cairo, x + width, to_y(&plot, chart->target));
        cairo_stroke(pen->cairo);
        cairo_set_dash(pen->cairo, NULL, 0, 0);
    }
}

static void
draw_bars(const Pen *pen, const RvChart *chart, double x, double y, double width, double height)
{
    double high = isfinite(chart->high) ? chart->high : MAX(highest_bar(chart), 1e-9);
    double labels = 0, texts = 0, space;

    for (guint i = 0; i < chart->bars->len; i++) {
        const RvChartBar *bar = &g_array_index(chart->bars, RvChartBar, i);

        labels = MAX(labels, text_width(pen, bar->label, LABEL_POINTS + 0.5));
        texts = MAX(texts, text_width(pen, bar->text, LABEL_POINTS + 0.5));
    }
    labels = MIN(labels, width * 0.34);
    texts = MIN(texts, width * 0.3);
    space = width - labels - texts - 12;
    draw_head(pen, chart, x, y + 5, width);
    for (guint i = 0; i < chart->bars->len; i++) {
        const RvChartBar *bar = &g_array_index(chart->bars, RvChartBar, i);
        double middle = y + 16 + BAR_HEIGHT * (i + 0.5);
        double length = isfinite(bar->value) ? space * CLAMP(bar->value / high, 0, 1) : 0;

        ink(pen, pen->style->ink, 1);
        put_text(pen, bar->label, LABEL_POINTS + 0.5, x, middle, AT_LEFT, labels);
        ink(pen, bar->strong ? pen->style->accent : pen->style->grey, bar->strong ? 1 : 0.7);
        cairo_rectangle(pen->cairo, x + labels + 6, middle - 4.5, MAX(length, 0.6), 9);
        cairo_fill(pen->cairo);
        ink(pen, pen->style->ink, 1);
        put_text(pen, bar->text, LABEL_POINTS + 0.5, x + labels + 6 + length + 4, middle, AT_LEFT,
                 texts + 2);
    }
}

/* ---- public ---- */

double
rv_chart_height(const RvChart *chart, double width)
{
    double finding = more_head(chart);

    if (chart->height > 0)
        return chart->height + finding;
    switch (chart->kind) {
    case RV_CHART_TIME:
        return (width > 300 ? 130 : 112) + finding;
    case RV_CHART_COLUMNS:
        return 110 + finding;
    case RV_CHART_BARS:
        return 18 + BAR_HEIGHT * chart->bars->len;
    }
    return 100;
}

void
rv_chart_draw(const RvChart *chart, cairo_t *cairo, const RvChartStyle *style, double x, double y,
              double width, double height)
{
    const Pen pen = {cairo, style};

    cairo_save(cairo);
    cairo_new_path(cairo);
    switch (chart->kind) {
    case RV_CHART_TIME:
        draw_time(&pen, chart, x, y, width, height);
        break;
    case RV_CHART_COLUMNS:
        draw_columns(&pen, chart, x, y, width, height);
        break;
    case RV_CHART_BARS:
        draw_bars(&pen, chart, x, y, width, height);
        break;
    }
    cairo_restore(cairo);
}

void
rv_chart_spark(cairo_t *cairo, const RvChartStyle *style, const double *values, gsize n, double x,
               double y, double width, double height)
{
    const Pen pen = {cairo, style};
    RvChartLine line = {NULL, (double *)values, n, FALSE};
    Plot plot = {x, y, width, height, {INFINITY, -INFINITY, 1}};
    gsize last = n;

    for (gsize i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            continue;
        plot.axis.low = MIN(plot.axis.low, values[i]);
        plot.axis.high = MAX(plot.axis.high, values[i]);
        last = i;
    }
    if (last == n)
        return;
    if (!(plot.axis.high > plot.axis.low)) {
        plot.axis.low -= 1;
        plot.axis.high += 1;
    }
    cairo_save(cairo);
    cairo_new_path(cairo);
    trace(&pen, &line, &plot, FALSE);
    ink(&pen, style->accent, 1);
    cairo_set_line_width(cairo, 0.8);
    cairo_stroke(cairo);
    cairo_new_path(cairo);
    cairo_arc(cairo, x + ((double)last + 0.5) * width / (double)n, to_y(&plot, values[last]), 1.5,
              0, 2 * G_PI);
    cairo_fill(cairo);
    cairo_restore(cairo);
}
