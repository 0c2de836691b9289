#include "plan/evidence.h"

#include <math.h>
#include <string.h>

#include "observation/words.h"

#define SIGNIFICANCE 0.001  /* many sensors are looked at: one in a thousand is by chance */
#define HORIZON 1.0         /* forecasts reach as far as the past did … */
#define HORIZON_SEASON 0.34 /* … but not where it may be the season that is seen */
#define FASTER 1.5          /* than the whole, before the newer half alone counts */
#define SLOW 0.85           /* of the twins' median */
#define CHANGED 0.85        /* of its own past, or the inverse */
#define TWINS_MINIMUM 2
#define PAST_DAYS 28
#define WEEK_DAYS 7
#define AMBIENT_LEAST 1.0 /* °C between the quartiles */
#define LIGHT_LOST 1.0    /* dB over the days looked at */

static const char *const kind_words[] = {"slow_for_its_twins", "changed_from_its_past",
                                         "nears_limit", "falling_light"};

const char *
rv_evidence_kind_word(RvEvidenceKind kind)
{
    return kind_words[kind];
}

void
rv_evidence_free(RvEvidence *evidence)
{
    if (evidence == NULL)
        return;
    g_free(evidence->device);
    g_free(evidence->key);
    g_free(evidence->name);
    g_free(evidence->sentence);
    g_free(evidence);
}

static RvEvidence *
add(GPtrArray *found, RvEvidenceKind kind, const RvPartPast *part, double now, double normal)
{
    RvEvidence *evidence = g_new0(RvEvidence, 1);

    evidence->kind = kind;
    evidence->device = g_strdup(part->device);
    evidence->key = g_strdup(part->key);
    evidence->name = g_strdup(part->name);
    evidence->now = now;
    evidence->normal = normal;
    evidence->soonest_days = evidence->likely_days = evidence->latest_days = -1;
    evidence->p = NAN;
    g_ptr_array_add(found, evidence);
    return evidence;
}

static gint
compare_doubles(gconstpointer a, gconstpointer b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return left < right ? -1 : left > right;
}

static double
median(GArray *values)
{
    guint middle = values->len / 2;

    if (values->len == 0)
        return NAN;
    g_array_sort(values, compare_doubles);
    if (values->len % 2 == 1)
        return g_array_index(values, double, middle);
    return (g_array_index(values, double, middle - 1) + g_array_index(values, double, middle)) / 2;
}

/* ---- against its twins ---- */

/* Twins differ in digits only: "Fan 1", "Fan 2" and "FAN3 Tray 1" have two kinds among them. */
static gboolean
is_twin(const RvPartPast *a, const RvPartPast *b)
{
    const char *left = a->name, *right = b->name;

    if (a == b || a->class != b->class || strcmp(a->device, b->device) != 0 ||
        g_strcmp0(a->group, b->group) != 0)
        return FALSE;
    for (;;) {
        while (g_ascii_isdigit(*left))
            left++;
        while (g_ascii_isdigit(*right))
            right++;
        if (*left != *right)
            return FALSE;
        if (*left == '\0')
            return TRUE;
        left++;
        right++;
    }
}

static void
look_at_twins(const GPtrArray *parts, const RvPartPast *part, GPtrArray *found)
{
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    RvEvidence *evidence;
    double normal;

    if (part->class != RV_CLASS_FAN || !isfinite(part->value))
        return;
    for (guint i = 0; i < parts->len; i++) {
        const RvPartPast *other = g_ptr_array_index(parts, i);

        if (is_twin(part, other) && isfinite(other->value))
            g_array_append_val(values, other->value);
    }
    normal = median(values);
    if (values->len < TWINS_MINIMUM || !(part->value < SLOW * normal))
        return;
    evidence = add(found, RV_EVIDENCE_SLOW_FOR_ITS_TWINS, part, part->value, normal);
    evidence->sentence = g_strdup_printf("turns at %.0f where its %u twins turn at %.0f (median)",
                                         part->value, values->len, normal);
}

/* ---- against its own past ---- */

/* Median of the days in [from, until). */
static double
median_between(const RvPartPast *part, gint64 from_day, gint64 until_day, guint least)
{
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));

    for (guint i = 0; i < part->day_count; i++) {
        const RvDailyValue *one = &part->days[i];

        if (one->day >= from_day && one->day < until_day && isfinite(one->value))
            g_array_append_val(values, one->value);
    }
    return values->len >= least ? median(values) : NAN;
}

static void
find_ends(const RvPartPast *part, gint64 *first, gint64 *last)
{
    *first = G_MAXINT64;
    *last = G_MININT64;
    for (guint i = 0; i < part->day_count; i++) {
        if (!isfinite(part->days[i].value))
            continue;
        *first = MIN(*first, part->days[i].day);
        *last = MAX(*last, part->days[i].day);
    }
}

/* Fans that no longer reach their speed, rails that lost some volts: quantities whose normal is
 * one number. Temperatures and loads have seasons; trends look at those. */
static gboolean
has_one_normal(const RvPartPast *part)
{
    return part->class == RV_CLASS_FAN || part->class == RV_CLASS_VOLTAGE;
}

static void
look_at_past(const RvPartPast *part, GPtrArray *found)
{
    RvEvidence *evidence;
    double now, normal, tolerance;
    gint64 first, last;

    if (!has_one_normal(part))
        return;
    find_ends(part, &first, &last);
    if (last < first || last - first + 1 < PAST_DAYS + WEEK_DAYS)
        return;
    now = median_between(part, last - WEEK_DAYS + 1, last + 1, WEEK_DAYS - 2);
    normal = median_between(part, first, first + PAST_DAYS, PAST_DAYS / 2);
    tolerance = part->class == RV_CLASS_VOLTAGE ? 0.03 : 1 - CHANGED;
    if (!isfinite(now) || !isfinite(normal) || fabs(now - normal) <= tolerance * fabs(normal))
        return;
    if (part->class == RV_CLASS_FAN && now > normal) /* faster is an answer to heat */
        return;
    evidence = add(found, RV_EVIDENCE_CHANGED_FROM_ITS_PAST, part, now, normal);
    evidence->sentence = g_strdup_printf("%.4g %s in the last week, %.4g in its first four", now,
                                         rv_class_unit(part->class), normal);
}

/* ---- trends ---- */

/* The nearest limit in the direction of the trend; NAN: none. */
static double
limit_ahead(const RvLimits *limits, RvTrendKind kind, double level)
{
    double near = kind == RV_TREND_RISING ? limits->high_warning : limits->low_warning;
    double far = kind == RV_TREND_RISING ? limits->high_critical : limits->low_critical;

    if (isfinite(near) && (kind == RV_TREND_RISING ? near > level : near < level))
        return near;
    return far;
}

/* Volumes fill; other shares are loads, which come and go. */
static gboolean
is_volume(const char *group)
{
    static const char *const groups[] = {"storage", "disk", "filesystem", NULL};

    return group != NULL && g_strv_contains(groups, group);
}

gboolean
rv_evidence_has_trend(RvClass class, const char *group)
{
    switch (class) {
    case RV_CLASS_TEMPERATURE:
    case RV_CLASS_FAN:
    case RV_CLASS_VOLTAGE:
    case RV_CLASS_OPTICAL_POWER:
    case RV_CLASS_CHARGE:
    case RV_CLASS_RUNTIME:
    case RV_CLASS_COUNT: /* corrected errors, reallocated sectors */
        return TRUE;
    case RV_CLASS_PERCENT:
        return is_volume(group);
    case RV_CLASS_CURRENT:
    case RV_CLASS_POWER:
    case RV_CLASS_ENERGY:
    case RV_CLASS_HUMIDITY:
    case RV_CLASS_FREQUENCY:
    case RV_CLASS_AIRFLOW:
    case RV_CLASS_STATE:
        break; /* loads and the weather come and go */
    }
    return FALSE;
}

static char *
describe_forecast(const RvEvidence *evidence, double limit, const char *unit, double slope)
{
    if (evidence->latest_days == G_MAXINT64)
        return g_strdup_printf("%+.3g %s a day; reaches %.4g %s in about %" G_GINT64_FORMAT
                               " days, not before %" G_GINT64_FORMAT,
                               slope, unit, limit, unit, evidence->likely_days,
                               evidence->soonest_days);
    return g_strdup_printf("%+.3g %s a day; reaches %.4g %s in %" G_GINT64_FORMAT
                           " to %" G_GINT64_FORMAT " days",
                           slope, unit, limit, unit, evidence->soonest_days, evidence->latest_days);
}

static gboolean
forecast(const RvPartPast *part, const RvTrend *trend, gint64 span_days, double horizon,
         GPtrArray *found)
{
    double limit = limit_ahead(&part->limits, trend->kind, trend->level);
    gint64 soonest, likely, latest;
    RvEvidence *evidence;

    if (!rv_trend_reaches(trend, limit, span_days, horizon, &soonest, &likely, &latest))
        return FALSE;
    evidence = add(found, RV_EVIDENCE_NEARS_LIMIT, part, trend->level, limit);
    evidence->soonest_days = soonest;
    evidence->likely_days = likely;
    evidence->latest_days = latest;
    evidence->p = trend->p;
    evidence->sentence =
        describe_forecast(evidence, limit, rv_class_unit(part->class), trend->slope);
    return TRUE;
}

static void
look_at_light(const RvPartPast *part, const RvTrend *trend, gint64 span_days, GPtrArray *found)
{
    double lost = -trend->slope * (double)span_days;
    RvEvidence *evidence;

    if (part->class != RV_CLASS_OPTICAL_POWER || trend->kind != RV_TREND_FALLING ||
        lost < LIGHT_LOST)
        return;
    evidence = add(found, RV_EVIDENCE_FALLING_LIGHT, part, trend->level, trend->level + lost);
    evidence->p = trend->p;
    evidence->sentence =
        g_strdup_printf("lost %.1f dB in %" G_GINT64_FORMAT " days", lost, span_days);
}

static gboolean
is_trend(const RvTrend *trend)
{
    return trend->kind == RV_TREND_RISING || trend->kind == RV_TREND_FALLING;
}

/* Whether the newer half tells another story: it drifts where the whole did not, or much faster,
 * and faster than the whole can be said to. */
static gboolean
is_news(const RvTrend *newer, const RvTrend *whole)
{
    if (!is_trend(newer))
        return FALSE;
    if (newer->kind != whole->kind)
        return TRUE;
    if (fabs(newer->slope) < FASTER * fabs(whole->slope))
        return FALSE;
    return newer->kind == RV_TREND_RISING ? newer->slope_low > whole->slope_high
                                          : newer->slope_high < whole->slope_low;
}

/* Not sure enough to replace the whole, the newer half still says how much faster or slower it may
 * be by now. */
static void
widen(RvTrend *whole, const RvTrend *newer)
{
    if (!isfinite(newer->slope_low) || !isfinite(newer->slope_high))
        return;
    whole->slope_low = MIN(whole->slope_low, newer->slope_low);
    whole->slope_high = MAX(whole->slope_high, newer->slope_high);
}

/* Wear begins some day: what was before it hides how fast it is. The past is halved as long as the
 * newer half says something else; *span_days is what is left of it. */
static RvTrend
newest_trend(const RvDailyValue *days, guint count, gint64 last, gint64 *span_days)
{
    RvTrend trend = rv_trend(days, count, SIGNIFICANCE);

    for (gint64 half = *span_days / 2; half >= RV_TREND_DAYS_MINIMUM; half /= 2) {
        g_autofree RvDailyValue *newer = g_new(RvDailyValue, count);
        guint kept = 0;
        RvTrend one;

        for (guint i = 0; i < count; i++)
            if (days[i].day > last - half)
                newer[kept++] = days[i];
        one = rv_trend(newer, kept, SIGNIFICANCE);
        if (!is_news(&one, &trend)) {
            widen(&trend, &one);
            break;
        }
        trend = one;
        *span_days = half;
    }
    return trend;
}

static void
look_at_trend(const RvPartPast *part, const RvDailyValue *ambient, guint ambient_count,
              GPtrArray *found)
{
    g_autofree RvDailyValue *days = NULL;
    gboolean warm = part->class == RV_CLASS_TEMPERATURE;
    gint64 first, last, span_days;
    RvTrend trend;

    if (part->day_count == 0 || !rv_evidence_has_trend(part->class, part->group))
        return;
    find_ends(part, &first, &last);
    if (last < first)
        return;
    days = g_memdup2(part->days, part->day_count * sizeof *days);
    if (warm && ambient != NULL &&
        rv_trend_correct(days, part->day_count, ambient, ambient_count, AMBIENT_LEAST))
        warm = FALSE;
    span_days = last - first + 1;
    trend = newest_trend(days, part->day_count, last, &span_days);
    if (is_trend(&trend) &&
        !forecast(part, &trend, span_days, warm ? HORIZON_SEASON : HORIZON, found))
        look_at_light(part, &trend, span_days, found);
}

GPtrArray *
rv_evidence_find(const GPtrArray *parts, const RvDailyValue *ambient, guint ambient_count)
{
    GPtrArray *found = g_ptr_array_new_with_free_func((GDestroyNotify)rv_evidence_free);

    for (guint i = 0; i < parts->len; i++) {
        const RvPartPast *part = g_ptr_array_index(parts, i);

        if (part->status != RV_VERDICT_OK)
            continue;
        look_at_twins(parts, part, found);
        look_at_past(part, found);
        look_at_trend(part, ambient, ambient_count, found);
    }
    return found;
}
