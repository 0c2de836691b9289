/* Charts: plain descriptions of what is drawn, and drawing them with cairo into any surface.
 *
 * No chart junk: thin axes, few ticks, units at the axis, limits and outages where they matter.
 * Lines differ in dashes and weight as well as in colour, so that they stay apart in grey. */
#pragma once

#include <cairo.h>
#include <glib.h>
#include <pango/pangocairo.h>

typedef enum {
    RV_CHART_TIME,    /* lines over time */
    RV_CHART_COLUMNS, /* upright bars with labels below */
    RV_CHART_BARS,    /* lying bars with labels beside; with `cumulative` a Pareto chart */
} RvChartKind;

typedef struct {
    char *label;
    double *values; /* NAN: a hole */
    gsize n;
    gboolean area; /* filled below */
} RvChartLine;

typedef struct {
    char *label;
    double value;
    gboolean upper; /* else a lower limit */
    gboolean critical;
} RvChartLimit;

typedef struct {
    double from, until; /* Unix seconds */
    gboolean planned;   /* maintenance; else an outage */
} RvChartSpan;

typedef struct {
    char *label;
    double value; /* NAN: no bar, "–" */
    char *text;   /* written at the bar */
    gboolean strong;
} RvChartBar;

typedef struct {
    RvChartKind kind;
    char *title, *unit;
    char *number, *finding; /* "Figure 3" before the title, a sentence below it; NULL: none */
    char *subject;          /* whose it is: on a line of its own above the title; NULL: none */
    char *place;            /* name that links go to; NULL */
    gint64 start_s, end_s;  /* TIME */
    GTimeZone *zone;        /* borrowed; of the ticks */
    GArray *lines;          /* RvChartLine */
    GArray *limits;         /* RvChartLimit */
    GArray *spans;          /* RvChartSpan */
    GArray *bars;           /* RvChartBar */
    double target;          /* a line across columns; NAN */
    double low, high;       /* forced ends of the axis; NAN: from the values */
    gboolean rates;         /* values are bit/s: k, M, G at the axis */
    double height;          /* points; 0: the default of its kind */
    char *legend_outage, *legend_planned, *nothing; /* words */
} RvChart;

RvChart *rv_chart_new(RvChartKind kind, const char *title, const char *unit);
void rv_chart_free(RvChart *chart);
/* Copies the values, which are spread evenly over the chart's time. */
void rv_chart_line(RvChart *chart, const char *label, const double *values, gsize n, gboolean area);
/* NAN: no limit. */
void rv_chart_limit(RvChart *chart, const char *label, double value, gboolean upper,
                    gboolean critical);
void rv_chart_span(RvChart *chart, gint64 from_ms, gint64 until_ms, gboolean planned);
void rv_chart_bar(RvChart *chart, const char *label, double value, const char *text,
                  gboolean strong);

/* Font families. */
typedef struct {
    const char *text; /* Latin letters and numbers */
    const char *wide; /* Chinese; NULL: whatever has the characters */
    gboolean quotes;  /* “” — … are Chinese, too */
} RvFamilies;

/* Has the characters of `text` that are Chinese set in their family. fonts.c. */
void rv_families_apply(const RvFamilies *families, PangoAttrList *list, const char *text);

typedef struct {
    RvFamilies families;
    double accent[3], ink[3], grey[3];
} RvChartStyle;

/* Height it wants at that width, points. */
double rv_chart_height(const RvChart *chart, double width);
void rv_chart_draw(const RvChart *chart, cairo_t *cairo, const RvChartStyle *style, double x,
                   double y, double width, double height);
/* A word-sized line without axes. */
void rv_chart_spark(cairo_t *cairo, const RvChartStyle *style, const double *values, gsize n,
                    double x, double y, double width, double height);
