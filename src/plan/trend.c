#include "plan/trend.h"

#include <math.h>

#define CORRELATION_MAXIMUM 0.95
#define NEAR_DAYS 14
#define NORMAL_95 1.959963984540054 /* two-sided */

static const char *const kind_words[] = {"too_short", "none", "rising", "falling"};

const char *
rv_trend_kind_word(RvTrendKind kind)
{
    return kind_words[kind];
}

static gint
compare_doubles(gconstpointer a, gconstpointer b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return left < right ? -1 : left > right;
}

static gint
compare_days(gconstpointer a, gconstpointer b)
{
    const RvDailyValue *left = a, *right = b;

    return left->day < right->day ? -1 : left->day > right->day;
}

/* Of ascending values; between two of them where `rank` lies between. */
static double
at_rank(const GArray *sorted, double rank)
{
    double below = floor(rank);
    guint index = (guint)CLAMP(below, 0, (double)(sorted->len - 1));
    guint next = MIN(index + 1, sorted->len - 1);
    double part = CLAMP(rank - below, 0, 1);

    return g_array_index(sorted, double, index) * (1 - part) +
           g_array_index(sorted, double, next) * part;
}

static double
median(GArray *values)
{
    g_array_sort(values, compare_doubles);
    return at_rank(values, (values->len - 1) / 2.0);
}

/* Finite values by day, the last RV_TREND_DAYS_MAXIMUM of them. */
static GArray *
clean(const RvDailyValue *values, guint count)
{
    GArray *days = g_array_new(FALSE, FALSE, sizeof(RvDailyValue));

    for (guint i = 0; i < count; i++) {
        if (isfinite(values[i].value))
            g_array_append_val(days, values[i]);
    }
    g_array_sort(days, compare_days);
    if (days->len > RV_TREND_DAYS_MAXIMUM)
        g_array_remove_range(days, 0, days->len - RV_TREND_DAYS_MAXIMUM);
    return days;
}

/* Ascending slopes between all pairs of different days; *score gets Kendall's S. */
static GArray *
all_slopes(const GArray *days, gint64 *score)
{
    guint pairs = days->len * (days->len - 1) / 2;
    GArray *slopes = g_array_sized_new(FALSE, FALSE, sizeof(double), pairs);

    *score = 0;
    for (guint i = 0; i < days->len; i++) {
        const RvDailyValue *a = &g_array_index(days, RvDailyValue, i);

        for (guint j = i + 1; j < days->len; j++) {
            const RvDailyValue *b = &g_array_index(days, RvDailyValue, j);
            double slope = (b->value - a->value) / (double)(b->day - a->day);

            if (a->day == b->day)
                continue;
            g_array_append_val(slopes, slope);
            *score += (b->value > a->value) - (b->value < a->value);
        }
    }
    g_array_sort(slopes, compare_doubles);
    return slopes;
}

/* Variance of S under no trend; equal values make it smaller (Kendall, Rank Correlation Methods).
 */
static double
variance_of(const GArray *days)
{
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    double n = days->len, variance = n * (n - 1) * (2 * n + 5);

    for (guint i = 0; i < days->len; i++)
        g_array_append_val(values, g_array_index(days, RvDailyValue, i).value);
    g_array_sort(values, compare_doubles);
    for (guint i = 0; i < values->len;) {
        guint end = i + 1;
        double ties;

        while (end < values->len &&
               g_array_index(values, double, end) == g_array_index(values, double, i))
            end++;
        ties = end - i;
        variance -= ties * (ties - 1) * (2 * ties + 5);
        i = end;
    }
    return variance / 18;
}

/* Ranks (1 …, equal values share the mean) of what is left when the line is taken away. */
static double *
ranks_of_rest(const GArray *days, double slope)
{
    double *rest = g_new(double, days->len), *ranks = g_new(double, days->len);

    for (guint i = 0; i < days->len; i++) {
        const RvDailyValue *one = &g_array_index(days, RvDailyValue, i);

        rest[i] =
            one->value - slope * (double)(one->day - g_array_index(days, RvDailyValue, 0).day);
    }
    for (guint i = 0; i < days->len; i++) {
        ranks[i] = 0.5;
        for (guint j = 0; j < days->len; j++)
            ranks[i] += rest[j] < rest[i] ? 1 : rest[j] == rest[i] ? 0.5 : 0;
    }
    g_free(rest);
    return ranks;
}

static double
correlation_at(const double *ranks, guint count, guint lag)
{
    double middle = (count + 1) / 2.0, with_lag = 0, without = 0;

    for (guint i = 0; i < count; i++)
        without += (ranks[i] - middle) * (ranks[i] - middle);
    for (guint i = 0; i + lag < count; i++)
        with_lag += (ranks[i] - middle) * (ranks[i + lag] - middle);
    return without > 0 ? with_lag / without : 0;
}

/* Today is like yesterday: fewer values speak than there are. The variance of a sum over a process
 * of first order grows by (1 + r) / (1 - r); r, taken from the rest of a fitted line, is too small
 * by about (2 + 4 r) / n, which is made good. Never below 1: the test does not become bolder by it.
 */
static double
inflation_of(const GArray *days, double slope)
{
    g_autofree double *ranks = ranks_of_rest(days, slope);
    double n = days->len, correlation = correlation_at(ranks, days->len, 1);

    if (correlation < 1 / sqrt(n))
        return 1;
    correlation = MIN((correlation * n + 2) / (n - 4), CORRELATION_MAXIMUM);
    return (1 + correlation) / (1 - correlation);
}

static double
level_of(const GArray *days, double slope)
{
    g_autoptr(GArray) heights = g_array_new(FALSE, FALSE, sizeof(double));
    gint64 last = g_array_index(days, RvDailyValue, days->len - 1).day;

    for (guint i = 0; i < days->len; i++) {
        const RvDailyValue *one = &g_array_index(days, RvDailyValue, i);
        double height = one->value + slope * (double)(last - one->day);

        g_array_append_val(heights, height);
    }
    return median(heights);
}

static gboolean
is_long_enough(const GArray *days)
{
    return days->len >= RV_TREND_DAYS_MINIMUM &&
           g_array_index(days, RvDailyValue, days->len - 1).day -
                   g_array_index(days, RvDailyValue, 0).day + 1 >=
               RV_TREND_DAYS_MINIMUM;
}

RvTrend
rv_trend(const RvDailyValue *values, guint count, double significance)
{
    RvTrend trend = {RV_TREND_TOO_SHORT, 0, NAN, NAN, NAN, NAN, 1};
    g_autoptr(GArray) days = clean(values, count);
    g_autoptr(GArray) slopes = NULL;
    double deviation, z, reach, middle;
    gint64 score;

    trend.days = days->len;
    if (!is_long_enough(days))
        return trend;
    slopes = all_slopes(days, &score);
    middle = (slopes->len - 1) / 2.0;
    trend.slope = at_rank(slopes, middle);
    deviation = sqrt(variance_of(days) * inflation_of(days, trend.slope));
    reach = NORMAL_95 * deviation / 2;
    trend.slope_low = at_rank(slopes, middle - reach);
    trend.slope_high = at_rank(slopes, middle + reach);
    trend.level = level_of(days, trend.slope);
    /* continuity: S moves in steps of 2 */
    z = deviation > 0 ? ((double)score - (score > 0) + (score < 0)) / deviation : 0;
    trend.p = erfc(fabs(z) / sqrt(2));
    trend.kind = trend.p >= significance || trend.slope == 0 ? RV_TREND_NONE
                 : trend.slope > 0                           ? RV_TREND_RISING
                                                             : RV_TREND_FALLING;
    return trend;
}

static gint64
days_until(double distance, double slope)
{
    if (slope == 0 || (distance > 0) != (slope > 0) || distance / slope > 1e6)
        return G_MAXINT64;
    return (gint64)ceil(distance / slope);
}

gboolean
rv_trend_reaches(const RvTrend *trend, double limit, gint64 span_days, double horizon,
                 gint64 *soonest, gint64 *likely, gint64 *latest)
{
    double distance = limit - trend->level;
    double steep = trend->kind == RV_TREND_RISING ? trend->slope_high : trend->slope_low;
    double flat = trend->kind == RV_TREND_RISING ? trend->slope_low : trend->slope_high;

    if ((trend->kind != RV_TREND_RISING && trend->kind != RV_TREND_FALLING) || isnan(limit))
        return FALSE;
    *soonest = *likely = *latest = 0;
    if (trend->kind == RV_TREND_RISING ? distance <= 0 : distance >= 0)
        return TRUE;
    *soonest = days_until(distance, steep);
    *likely = days_until(distance, trend->slope);
    *latest = days_until(distance, flat);
    return (double)*likely <= (double)span_days * horizon;
}

/* ---- correction by ambient ---- */

typedef struct {
    gint64 day;
    double ambient, value;
    guint index; /* in values */
} Pair;

static GArray *
pair_up(const RvDailyValue *values, guint count, const RvDailyValue *ambient, guint ambient_count)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
    g_autoptr(GHashTable) by_day = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, NULL);

    for (guint i = 0; i < ambient_count; i++)
        g_hash_table_insert(by_day, (gpointer)&ambient[i].day, (gpointer)&ambient[i]);
    for (guint i = 0; i < count; i++) {
        const RvDailyValue *other = g_hash_table_lookup(by_day, &values[i].day);
        Pair pair = {values[i].day, other != NULL ? other->value : NAN, values[i].value, i};

        if (isfinite(pair.ambient) && isfinite(pair.value) && pairs->len < RV_TREND_DAYS_MAXIMUM)
            g_array_append_val(pairs, pair);
    }
    return pairs;
}

typedef struct {
    double slope, weight;
} Slope;

static gint
compare_slopes(gconstpointer a, gconstpointer b)
{
    double left = ((const Slope *)a)->slope, right = ((const Slope *)b)->slope;

    return left < right ? -1 : left > right;
}

/* Between pairs at most `apart` days from each other whose ambient differs by `least`; the more it
 * differs, the more a slope says (Jaeckel's estimator). */
static GArray *
slopes_against(const GArray *pairs, gint64 apart, double least)
{
    GArray *slopes = g_array_new(FALSE, FALSE, sizeof(Slope));

    for (guint i = 0; i < pairs->len; i++) {
        const Pair *a = &g_array_index(pairs, Pair, i);

        for (guint j = i + 1; j < pairs->len; j++) {
            const Pair *b = &g_array_index(pairs, Pair, j);
            double change = b->ambient - a->ambient;
            Slope one = {(b->value - a->value) / change, fabs(change)};

            if (change != 0 && fabs(change) >= least && ABS(b->day - a->day) <= apart)
                g_array_append_val(slopes, one);
        }
    }
    return slopes;
}

/* Of ascending slopes: where `part` of all weight lies below. */
static double
weighted_quantile(const GArray *slopes, double part)
{
    double whole = 0, sum = 0;

    for (guint i = 0; i < slopes->len; i++)
        whole += g_array_index(slopes, Slope, i).weight;
    for (guint i = 0; i < slopes->len; i++) {
        const Slope *one = &g_array_index(slopes, Slope, i);

        sum += one->weight;
        if (sum >= part * whole)
            return one->slope;
    }
    return 0;
}

/* A part that ages through the spring drifts as the air does: taken over months, the air would get
 * the blame. Between days that are near to each other only the weather differs, but less exactly:
 * what they leave open, the months decide. */
static double
slope_against(const GArray *pairs, double least)
{
    g_autoptr(GArray) all = slopes_against(pairs, G_MAXINT32, 0);
    g_autoptr(GArray) near = slopes_against(pairs, NEAR_DAYS, least / 2);
    double whole, middle, error;

    g_array_sort(all, compare_slopes);
    g_array_sort(near, compare_slopes);
    whole = weighted_quantile(all, 0.5);
    if (near->len < pairs->len) /* the weather hardly changes */
        return whole;
    middle = weighted_quantile(near, 0.5);
    /* of a normal distribution, the quartiles are 1.35 deviations apart */
    error = (weighted_quantile(near, 0.75) - weighted_quantile(near, 0.25)) / 1.35 /
            sqrt((double)pairs->len);
    return CLAMP(whole, middle - NORMAL_95 * error, middle + NORMAL_95 * error);
}

gboolean
rv_trend_correct(RvDailyValue *values, guint count, const RvDailyValue *ambient,
                 guint ambient_count, double least)
{
    g_autoptr(GArray) pairs = pair_up(values, count, ambient, ambient_count);
    g_autoptr(GArray) air = g_array_new(FALSE, FALSE, sizeof(double));
    double slope, middle;

    if (pairs->len < RV_TREND_DAYS_MINIMUM)
        return FALSE;
    for (guint i = 0; i < pairs->len; i++)
        g_array_append_val(air, g_array_index(pairs, Pair, i).ambient);
    middle = median(air);
    if (at_rank(air, air->len * 0.75) - at_rank(air, air->len * 0.25) < least)
        return FALSE;
    slope = slope_against(pairs, least);
    for (guint i = 0; i < count; i++)
        values[i].value = NAN;
    for (guint i = 0; i < pairs->len; i++) {
        const Pair *pair = &g_array_index(pairs, Pair, i);

        values[pair->index].value = pair->value - slope * (pair->ambient - middle);
    }
    return TRUE;
}
