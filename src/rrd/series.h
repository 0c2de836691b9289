/* Series: values at an even step, and what the reports say about them. Pure but for memory.
 *
 * NAN is "not known" and never counts: not as 0, not in a number of samples. */
#pragma once

#include <glib.h>

/* Value i covers the step that ends at start_s + (i + 1) * step_s. */
typedef struct {
    gint64 start_s; /* Unix time */
    guint step_s;
    gsize n;
    double *values;
} RvSeries;

RvSeries *rv_series_new(gint64 start_s, guint step_s, gsize n); /* all NAN */
void rv_series_free(RvSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvSeries, rv_series_free)

/* Values that are known. */
gsize rv_series_known(const RvSeries *series);
/* NAN where nothing is known. */
double rv_series_mean(const RvSeries *series);
double rv_series_minimum(const RvSeries *series);
double rv_series_maximum(const RvSeries *series);
double rv_series_last(const RvSeries *series);
/* Nearest rank: of n known values in ascending order the one at place ceil(percent / 100 * n), 1 at
 * least; always a value that was measured. 95 of 100 values 1…100 is 95. */
double rv_series_percentile(const RvSeries *series, double percent);
/* Sum of value * step_s: bit/s become bits, shares of up become seconds. */
double rv_series_total(const RvSeries *series);
