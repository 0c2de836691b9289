#include "rrd/series.h"

#include <math.h>

RvSeries *
rv_series_new(gint64 start_s, guint step_s, gsize n)
{
    RvSeries *series = g_new0(RvSeries, 1);

    *series = (RvSeries){.start_s = start_s, .step_s = step_s, .n = n, .values = g_new(double, n)};
    for (gsize i = 0; i < n; i++)
        series->values[i] = NAN;
    return series;
}

void
rv_series_free(RvSeries *series)
{
    if (series == NULL)
        return;
    g_free(series->values);
    g_free(series);
}

gsize
rv_series_known(const RvSeries *series)
{
    gsize known = 0;

    for (gsize i = 0; i < series->n; i++)
        known += !isnan(series->values[i]);
    return known;
}

static double
sum_of(const RvSeries *series)
{
    double sum = 0;

    for (gsize i = 0; i < series->n; i++)
        if (!isnan(series->values[i]))
            sum += series->values[i];
    return sum;
}

double
rv_series_mean(const RvSeries *series)
{
    gsize known = rv_series_known(series);

    return known > 0 ? sum_of(series) / (double)known : NAN;
}

double
rv_series_minimum(const RvSeries *series)
{
    double minimum = NAN;

    for (gsize i = 0; i < series->n; i++)
        minimum = fmin(minimum, series->values[i]); /* fmin passes over NAN */
    return minimum;
}

double
rv_series_maximum(const RvSeries *series)
{
    double maximum = NAN;

    for (gsize i = 0; i < series->n; i++)
        maximum = fmax(maximum, series->values[i]);
    return maximum;
}

double
rv_series_last(const RvSeries *series)
{
    for (gsize i = series->n; i > 0; i--)
        if (!isnan(series->values[i - 1]))
            return series->values[i - 1];
    return NAN;
}

/* The value that would stand at `place` in ascending order; reorders. Quickselect: a month of
 * 300 s steps need not be sorted for one value. */
static double
select_value(double *values, gsize n, gsize place)
{
    gsize low = 0, high = n - 1;

    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        gsize i = low, j = high;

        for (;; i++, j--) {
            double swapped;

            while (values[i] < pivot)
                i++;
            while (values[j] > pivot)
                j--;
            if (i >= j)
                break;
            swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
        if (place <= j)
            high = j;
        else
            low = j + 1;
    }
    return values[place];
}

double
rv_series_percentile(const RvSeries *series, double percent)
{
    g_autofree double *known = g_new(double, series->n);
    gsize n = 0;
    double place;

    for (gsize i = 0; i < series->n; i++)
        if (!isnan(series->values[i]))
            known[n++] = series->values[i];
    if (n == 0)
        return NAN;
    /* 95 * 100 / 100 must not become 95.00000000000001 */
    place = ceil(percent * (double)n / 100 - 1e-9);
    return select_value(known, n, (gsize)CLAMP(place, 1, (double)n) - 1);
}

double
rv_series_total(const RvSeries *series)
{
    return rv_series_known(series) > 0 ? sum_of(series) * series->step_s : NAN;
}
