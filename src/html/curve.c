#include "html/curve.h"

#include <math.h>

#include "html/markup.h"
#include "plan/interval.h"

#define WIDTH 120
#define HEIGHT 24
#define POINTS 60
#define STRIP_LOW "y=\"7\" height=\"13\""
#define STRIP_HIGH "height=\"20\""

typedef struct {
    double least, most;
} Scale;

static void
widen(Scale *scale, const RvSeries *series)
{
    double least = series != NULL ? rv_series_minimum(series) : NAN;
    double most = series != NULL ? rv_series_maximum(series) : NAN;

    scale->least = fmin(scale->least, least); /* fmin passes over NAN */
    scale->most = fmax(scale->most, most);
}

/* Tenths of a pixel, in whole numbers: points are most of a page. */
static int
x_of(const RvSeries *series, gsize i)
{
    return series->n > 1 ? (int)(10 + i * (WIDTH - 2) * 10 / (series->n - 1)) : WIDTH * 5;
}

static int
y_of(const Scale *scale, double value)
{
    return (int)lround((scale->most - value) / (scale->most - scale->least) * (HEIGHT - 4) * 10) +
           20;
}

static void
append_point(GString *out, char command, int x, int y)
{
    g_string_append_c(out, command);
    rv_markup_integer(out, x);
    g_string_append_c(out, ' ');
    rv_markup_integer(out, y);
}

/* On a level only its ends count. */
static gboolean
is_within_level(const Scale *scale, const RvSeries *series, gsize i)
{
    const double *values = series->values;

    return i > 0 && i + 1 < series->n && !isnan(values[i - 1]) && !isnan(values[i + 1]) &&
           y_of(scale, values[i - 1]) == y_of(scale, values[i]) &&
           y_of(scale, values[i + 1]) == y_of(scale, values[i]);
}

/* What is not known breaks the line; a lone value is a dot. */
static void
append_line(GString *out, const Scale *scale, const RvSeries *series, const char *dash)
{
    g_string_append_printf(out,
                           "<path fill=\"none\" stroke=\"currentColor\" stroke-width=\"14\" "
                           "stroke-linecap=\"round\"%s d=\"",
                           dash);
    for (gsize i = 0; i < series->n; i++) {
        gboolean begins = i == 0 || isnan(series->values[i - 1]);

        if (isnan(series->values[i]) || is_within_level(scale, series, i))
            continue;
        append_point(out, begins ? 'M' : 'L', x_of(series, i), y_of(scale, series->values[i]));
        if (begins && (i + 1 == series->n || isnan(series->values[i + 1])))
            g_string_append(out, "h1");
    }
    g_string_append(out, "\"/>");
}

/* Means of as many values as make a point that is seen. */
static RvSeries *
thin(const RvSeries *series)
{
    gsize each = (series->n + POINTS - 1) / POINTS;
    RvSeries *thinned =
        rv_series_new(series->start_s, series->step_s * (guint)each, (series->n + each - 1) / each);

    for (gsize i = 0; i < thinned->n; i++) {
        const RvSeries part = {.n = MIN(each, series->n - i * each),
                               .values = series->values + i * each};

        thinned->values[i] = rv_series_mean(&part);
    }
    return thinned;
}

void
rv_curve(GString *out, const RvSeries *whole, const RvSeries *other, const char *label)
{
    Scale scale = {NAN, NAN};
    g_autoptr(RvSeries) series = whole->n > 0 ? thin(whole) : NULL;
    g_autoptr(RvSeries) second = other != NULL && other->n > 0 ? thin(other) : NULL;

    if (series == NULL)
        return;
    widen(&scale, series);
    widen(&scale, second);
    if (isnan(scale.least))
        return;
    if (scale.most - scale.least < 1e-9 * fmax(1, fabs(scale.most))) {
        double room = fmax(1, fabs(scale.most) * 0.1);

        scale.least -= room;
        scale.most += room;
    }
    rv_markup(out,
              "<svg class=\"curve\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
              "aria-label=\"%s\"><title>%s</title>",
              WIDTH, HEIGHT, WIDTH * 10, HEIGHT * 10, label, label);
    append_line(out, &scale, series, "");
    if (second != NULL)
        append_line(out, &scale, second, " stroke-dasharray=\"30 20\"");
    g_string_append(out, "</svg>");
}

static const char *
class_of(RvReachability state)
{
    switch (state) {
    case RV_STATE_UP:
        return "up";
    case RV_STATE_DOWN:
    case RV_STATE_UNREACHABLE:
        return "down";
    case RV_STATE_BLIND:
    case RV_STATE_NOT_ASKED:
        return "gap";
    }
    return "gap";
}

static void
append_piece(GString *out, const RvInterval *interval, gint64 from_ms, gint64 until_ms)
{
    double period = (double)(until_ms - from_ms);
    double begin = (double)(MAX(interval->from_ms, from_ms) - from_ms) / period * 1000;
    double end = (double)(MIN(interval->until_ms, until_ms) - from_ms) / period * 1000;
    char x[G_ASCII_DTOSTR_BUF_SIZE], width[G_ASCII_DTOSTR_BUF_SIZE];

    if (interval->state == RV_STATE_BLIND || interval->state == RV_STATE_NOT_ASKED)
        return;
    g_ascii_formatd(x, sizeof x, "%.2f", begin);
    /* an outage of minutes is still seen in a month */
    g_ascii_formatd(width, sizeof width, "%.2f",
                    interval->state == RV_STATE_UP ? end - begin : fmax(end - begin, 1.5));
    /* outages stand out without their colour, too */
    g_string_append_printf(out, "<rect class=\"%s\" x=\"%s\" %s width=\"%s\"/>",
                           class_of(interval->state), x,
                           interval->state == RV_STATE_UP ? STRIP_LOW : STRIP_HIGH, width);
}

void
rv_strip(GString *out, RvLanguage language, const GPtrArray *intervals, gint64 from_ms,
         gint64 until_ms, double *share)
{
    gint64 up = 0, down = 0;
    g_autofree char *percent = NULL;

    for (guint i = 0; i < intervals->len; i++) {
        const RvInterval *interval = g_ptr_array_index(intervals, i);
        gint64 ms = MIN(interval->until_ms, until_ms) - MAX(interval->from_ms, from_ms);

        if (ms > 0 && interval->state == RV_STATE_UP)
            up += ms;
        else if (ms > 0 && interval->state == RV_STATE_DOWN)
            down += ms;
    }
    *share = up + down > 0 ? (double)up / (double)(up + down) : NAN;
    percent = isnan(*share) ? g_strdup("–") : rv_write_availability(*share);
    rv_markup(
        out,
        "<svg class=\"strip\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" "
        "role=\"img\" aria-label=\"%s %s\"><rect class=\"gap\" width=\"1000\" " STRIP_LOW "/>",
        RV_SAY(language, "answered for, of the time observed:", "观测时间内应答占比："), percent);
    for (int pass = 0; pass < 2; pass++) { /* outages over the rest */
        for (guint i = 0; i < intervals->len; i++) {
            const RvInterval *interval = g_ptr_array_index(intervals, i);

            if ((interval->state == RV_STATE_UP) == (pass == 0) && interval->until_ms > from_ms &&
                interval->from_ms < until_ms)
                append_piece(out, interval, from_ms, until_ms);
        }
    }
    g_string_append(out, "</svg>");
}
