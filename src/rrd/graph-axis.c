#include "rrd/graph-axis.h"

#include <math.h>

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

double
rv_graph_axis_step(double span)
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

void
rv_graph_axis(RvClass class, const RvLimits *limits, double *low, double *high)
{
    Range values = {*low, *high};
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
    step = rv_graph_axis_step(range.high - range.low);
    range.low = axes[class].from_zero && range.low >= 0 ? 0 : floor(range.low / step - 0.1) * step;
    range.high = ceil(range.high / step + 0.1) * step;
    *low = range.low;
    *high = range.high;
}
