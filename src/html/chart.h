/* Charts: series of one quantity over one span of time, as a figure of the page.
 *
 * Lines are SVG, scales and figures are HTML: they are read at any width, in light and dark, in
 * grey, on paper and without eyes. A line is of a mean per column, so that no chart is larger than
 * a screen can show; figures are of every value that is kept. Pure. */
#pragma once

#include "observation/observation.h"
#include "report/words.h"
#include "rrd/graph.h"
#include "rrd/series.h"

#define RV_CHART_LINES 8 /* that are told apart; the rest is a band */

typedef struct {
    const char *name;
    const RvSeries *series;
} RvChartLine;

typedef struct {
    RvLanguage language;
    GTimeZone *zone; /* NULL: local */
    const char *title;
    gint64 start_s, end_s;
    const RvChartLine *lines; /* the most important first */
    guint n_lines;
    gboolean area;            /* the first one is filled */
    gboolean band;            /* a lone line with its lowest and highest of each column */
    const RvChartLine *marks; /* where it is not 0: ticks at the foot; NULL: none */
    const RvLimits *limits;   /* of all lines; NULL: none */
    double low, high;         /* of the axis */
    const RvGraphSpan *spans; /* ascending, apart; shaded */
    guint n_spans;
    char *(*write)(double value, gconstpointer how); /* a figure with its unit */
    gconstpointer how;
} RvChart;

void rv_chart(GString *out, const RvChart *chart);
