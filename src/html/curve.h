/* Small pictures in the page itself: curves of a day, strips of availability. For html/ alone. */
#pragma once

#include "html/html.h"
#include "rrd/series.h"

/* A curve of one series, or of two on one scale (`second` may be NULL); `label` is what a reader
 * hears. Nothing where no value is known. */
void rv_curve(GString *out, const RvSeries *series, const RvSeries *second, const char *label);

/* RvInterval* from `from_ms` to `until_ms`; *share gets up / (up + down), NAN where neither was
 * seen. */
void rv_strip(GString *out, RvLanguage language, const GPtrArray *intervals, gint64 from_ms,
              gint64 until_ms, double *share);
