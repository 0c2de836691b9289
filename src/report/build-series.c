/* What the RRD files tell: interfaces, environment, capacity, trends, curves of findings. */
#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "observation/words.h"
#include "report/build.h"

#define HOUR_S 3600
#define DAY_S 86400
#define PAST_DAYS 180     /* that trends look back */
#define SIGNIFICANCE 0.01 /* as plan/evidence */
#define SUSPECTS_DAYS 90  /* of the small curve beside a suspect */
#define GRAPHS_OF_A_DEVICE 4
#define GRAPHS_OF_A_REPORT 60
#define GRAPH_POINTS 372
#define ROWS_MOST 5000000

typedef struct {
    RvBuild *build;
    const RvReportDevice *device;
    const RvObservation *latest; /* NULL: none */
    GHashTable *sensors;         /* key → RvSensor* of latest */
    GHashTable *interfaces;      /* key → RvInterface* */
    gint64 from_s, until_s;
    GPtrArray *pasts; /* RvPartPast* with days of its own */
    GPtrArray *inlet; /* one GArray of RvDailyValue, or empty */
    guint failures;
    guint longest; /* days of the longest past */
} Reading;

/* `n` sources of one file; FALSE where it cannot be read, which is a gap. */
static gboolean
fetch_sources(Reading *reading, const char *key, const char *const *sources, guint n,
              const char *function, gint64 from_s, guint step_s, RvSeries **series)
{
    g_autoptr(GError) problem = NULL;
    /* a step of 1 s asks for the finest there is; over a year that were more rows than are given */
    guint least_s = (guint)((reading->until_s - from_s) / ROWS_MOST + 1);

    step_s = MAX(step_s, least_s);
    if (rv_rrd_fetch_sources(reading->build->sources->rrd, reading->device->name, key, sources, n,
                             function, from_s, reading->until_s, step_s, series, &problem))
        return TRUE;
    if (reading->failures++ == 0)
        rv_build_gap(reading->build, RV_GAP_READ, problem->message);
    return FALSE;
}

static RvSeries *
fetch(Reading *reading, const char *key, const char *source, const char *function, gint64 from_s,
      guint step_s)
{
    RvSeries *series = NULL;

    fetch_sources(reading, key, &source, 1, function, from_s, step_s, &series);
    return series;
}

static gboolean
keeps(const RvRrdSeriesInfo *info, const char *function)
{
    for (guint i = 0; info->template != NULL && i < info->template->archives->len; i++)
        if (strcmp(g_array_index(info->template->archives, RvRrdArchive, i).function, function) ==
            0)
            return TRUE;
    return FALSE;
}

/* Peaks outlive the fine values that they are of: the archive of MAX or MIN, of its rows that lie
 * wholly in the period. NAN where there is none. */
static void
read_peaks(Reading *reading, const RvRrdSeriesInfo *info, const char *const *sources, guint n,
           const char *function, double *peaks)
{
    gboolean upper = strcmp(function, "MAX") == 0;
    RvSeries *series[2] = {NULL, NULL};

    for (guint i = 0; i < n; i++)
        peaks[i] = NAN;
    if (!keeps(info, function) ||
        !fetch_sources(reading, info->key, sources, n, function, reading->from_s, HOUR_S, series))
        return;
    for (guint i = 0; i < n; i++) {
        for (gsize j = 0; j < series[i]->n; j++) {
            gint64 begin_s = series[i]->start_s + (gint64)(j * series[i]->step_s);

            if (begin_s >= reading->from_s && begin_s + series[i]->step_s <= reading->until_s)
                peaks[i] = upper ? fmax(peaks[i], series[i]->values[j])
                                 : fmin(peaks[i], series[i]->values[j]);
        }
        rv_series_free(series[i]);
    }
}

static double
known_share(const RvSeries *series)
{
    return series->n > 0 ? (double)rv_series_known(series) / (double)series->n : 0;
}

/* ---- interfaces ---- */

static RvReportInterface *
new_interface(const Reading *reading, const char *key)
{
    const RvInterface *known = g_hash_table_lookup(reading->interfaces, key);
    RvReportInterface *one = g_new0(RvReportInterface, 1);

    one->device = g_strdup(reading->device->name);
    one->key = g_strdup(key);
    one->name = g_strdup(known != NULL && known->name[0] != '\0' ? known->name : key);
    one->alias = g_strdup(known != NULL ? known->alias : "");
    one->speed_bps = known != NULL && known->speed_bps > 0 ? (double)known->speed_bps : NAN;
    one->in_mean = one->in_95 = one->in_max = one->out_mean = one->out_95 = one->out_max = NAN;
    one->used = NAN;
    return one;
}

static void
take_direction(const RvSeries *series, double peak, double *mean, double *p95, double *most)
{
    *mean = rv_series_mean(series);
    *p95 = rv_series_percentile(series, 95);
    *most = fmax(rv_series_maximum(series), peak);
}

static void
read_interface(Reading *reading, const RvRrdSeriesInfo *info)
{
    static const char *const sources[] = {"in", "out"};
    RvReportInterface *one = new_interface(reading, strchr(info->key, '/') + 1);
    RvSeries *series[2];
    double peaks[2], most;

    g_ptr_array_add(reading->build->report->interfaces, one);
    if (!fetch_sources(reading, info->key, sources, 2, "AVERAGE", reading->from_s, 1, series))
        return;
    read_peaks(reading, info, sources, 2, "MAX", peaks);
    take_direction(series[0], peaks[0], &one->in_mean, &one->in_95, &one->in_max);
    take_direction(series[1], peaks[1], &one->out_mean, &one->out_95, &one->out_max);
    one->known = known_share(series[1]);
    most = fmax(one->in_95, one->out_95); /* of NAN and x: x */
    if (isfinite(one->speed_bps) && isfinite(most))
        one->used = most / one->speed_bps;
    for (guint i = 0; i < 2; i++)
        rv_series_free(series[i]);
}

static void
read_errors(Reading *reading, const char *series_key)
{
    const char *key = strchr(series_key, '/') + 1;
    GPtrArray *all = reading->build->report->interfaces;
    g_autoptr(RvSeries) series =
        fetch(reading, series_key, "faults", "AVERAGE", reading->from_s, HOUR_S);
    RvReportInterface *one = NULL;

    if (series == NULL)
        return;
    for (guint i = all->len; i > 0 && one == NULL; i--) {
        RvReportInterface *at = g_ptr_array_index(all, i - 1);

        if (strcmp(at->device, reading->device->name) != 0)
            break;
        if (strcmp(at->key, key) == 0)
            one = at;
    }
    if (one == NULL) {
        one = new_interface(reading, key);
        g_ptr_array_add(all, one);
    }
    one->faults = rv_series_known(series) > 0 ? rv_series_total(series) : 0;
}

/* ---- sensors ---- */

/* Of [from_s, until_s). */
static gint64
time_above_in(const RvSeries *series, double limit, gint64 from_s, gint64 until_s)
{
    gint64 sum_ms = 0;

    for (gsize i = 0; i < series->n; i++) {
        gint64 begin_s = series->start_s + (gint64)i * series->step_s;

        if (begin_s >= from_s && begin_s < until_s && series->values[i] >= limit)
            sum_ms += (gint64)series->step_s * 1000;
    }
    return sum_ms;
}

/* Seconds that the finest means of a series are kept. */
static gint64
kept_finest(const RvRrdSeriesInfo *info)
{
    const RvRrdArchive *finest = NULL;

    for (guint i = 0; info->template != NULL && i < info->template->archives->len; i++) {
        const RvRrdArchive *one = &g_array_index(info->template->archives, RvRrdArchive, i);

        if (strcmp(one->function, "AVERAGE") == 0 && (finest == NULL || one->steps < finest->steps))
            finest = one;
    }
    return finest != NULL ? (gint64)info->template->step_s * finest->steps * finest->rows : 0;
}

/* At the finest step as far back as it is kept, before that in the steps of `series`. */
static gint64
time_above(Reading *reading, const RvRrdSeriesInfo *info, const RvSeries *series, double limit)
{
    gint64 last_s = MAX(reading->until_s, reading->latest->taken_at_ms / 1000);
    gint64 from_s = MAX(reading->from_s, last_s - kept_finest(info) + series->step_s);
    gint64 over = (from_s - series->start_s) % series->step_s;
    g_autoptr(RvSeries) fine = NULL;

    if (over > 0)
        from_s += series->step_s - over; /* where a step of `series` ends */
    if (from_s < reading->until_s)
        fine = fetch(reading, info->key, "value", "AVERAGE", from_s, 1);
    if (fine == NULL || fine->step_s >= series->step_s)
        return time_above_in(series, limit, reading->from_s, reading->until_s);
    return time_above_in(series, limit, series->start_s, from_s) +
           time_above_in(fine, limit, from_s, reading->until_s);
}

static RvReportSeries *
read_statistics(Reading *reading, const RvRrdSeriesInfo *info, const RvSensor *sensor)
{
    static const char *const value = "value";
    g_autoptr(RvSeries) series =
        fetch(reading, info->key, value, sensor->class == RV_CLASS_ENERGY ? "LAST" : "AVERAGE",
              reading->from_s, HOUR_S);
    RvReportSeries *one;
    double highest, lowest;

    if (series == NULL || rv_series_known(series) == 0)
        return NULL;
    read_peaks(reading, info, &value, 1, "MAX", &highest);
    read_peaks(reading, info, &value, 1, "MIN", &lowest);
    one = g_new0(RvReportSeries, 1);
    one->device = g_strdup(reading->device->name);
    one->key = g_strdup(sensor->key);
    one->name = g_strdup(sensor->name);
    one->class = sensor->class;
    one->limits = sensor->limits;
    one->mean = rv_series_mean(series);
    one->p95 = rv_series_percentile(series, 95);
    one->minimum = fmin(rv_series_minimum(series), lowest);
    one->maximum = fmax(rv_series_maximum(series), highest);
    one->last = rv_series_last(series);
    one->known = known_share(series);
    one->margin = one->used = NAN;
    if (one->maximum >= sensor->limits.high_warning)
        one->above_ms = time_above(reading, info, series, sensor->limits.high_warning);
    if (sensor->class == RV_CLASS_ENERGY && one->last >= one->minimum)
        one->used = one->last - one->minimum;
    if (sensor->class == RV_CLASS_POWER)
        one->used = rv_series_total(series) / 3.6e6; /* W·s to kWh */
    return one;
}

static double
to_nearest_limit(double value, const RvLimits *limits)
{
    const double distances[] = {limits->high_warning - value, limits->high_critical - value,
                                value - limits->low_warning, value - limits->low_critical};
    double nearest = NAN;

    for (gsize i = 0; i < G_N_ELEMENTS(distances); i++)
        if (isfinite(distances[i]) && !(distances[i] >= nearest))
            nearest = distances[i];
    return nearest;
}

static gboolean
is_inlet(const RvSensor *sensor)
{
    static const char *const words[] = {"inlet",       "ambient", "intake", "air in",
                                        "front panel", "进风",    "进气",   "环境"};
    g_autofree char *name = g_utf8_strdown(sensor->name, -1);
    g_autofree char *key = g_utf8_strdown(sensor->key, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(name, words[i]) != NULL || strstr(key, words[i]) != NULL)
            return TRUE;
    return FALSE;
}

/* Which table a sensor belongs to; NULL: none. */
static GPtrArray *
table_of(const Reading *reading, const RvSensor *sensor)
{
    RvReport *report = reading->build->report;

    switch (sensor->class) {
    case RV_CLASS_TEMPERATURE:
        return is_inlet(sensor) ? report->inlets : NULL;
    case RV_CLASS_POWER:
    case RV_CLASS_ENERGY:
        return report->energy;
    case RV_CLASS_PERCENT:
        return report->capacity;
    case RV_CLASS_OPTICAL_POWER:
        return report->optics;
    case RV_CLASS_FAN:
    case RV_CLASS_VOLTAGE:
    case RV_CLASS_CURRENT:
    case RV_CLASS_HUMIDITY:
    case RV_CLASS_FREQUENCY:
    case RV_CLASS_CHARGE:
    case RV_CLASS_RUNTIME:
    case RV_CLASS_AIRFLOW:
    case RV_CLASS_COUNT:
    case RV_CLASS_STATE:
        break;
    }
    return NULL;
}

static GArray *
read_days(Reading *reading, const char *series_key)
{
    g_autoptr(RvSeries) series = fetch(reading, series_key, "value", "AVERAGE",
                                       reading->until_s - (gint64)PAST_DAYS * DAY_S, DAY_S);
    GArray *days = g_array_new(FALSE, FALSE, sizeof(RvDailyValue));

    for (gsize i = 0; series != NULL && i < series->n; i++) {
        gint64 end_s = series->start_s + (gint64)(i + 1) * series->step_s;
        RvDailyValue value = {end_s / DAY_S, series->values[i]};

        if (isfinite(value.value) && series->step_s == DAY_S)
            g_array_append_val(days, value);
    }
    return days;
}

static void
past_free(gpointer data)
{
    RvPartPast *past = data;

    g_free((RvDailyValue *)past->days);
    g_free(past);
}

/* How it was at the end of the period: the latest answer, where that is not of a later time. */
static double
value_at_end(const Reading *reading, const RvSensor *sensor, const GArray *days)
{
    if (reading->latest->taken_at_ms <= (reading->until_s + DAY_S) * 1000)
        return sensor->value;
    return g_array_index(days, RvDailyValue, days->len - 1).value;
}

static void
read_past(Reading *reading, const char *series_key, const RvSensor *sensor)
{
    g_autoptr(GArray) days = read_days(reading, series_key);
    RvPartPast *past;

    /* what was not seen in the period is no evidence of it */
    if (days->len == 0 ||
        (g_array_index(days, RvDailyValue, days->len - 1).day + 1) * DAY_S < reading->from_s)
        return;
    past = g_new0(RvPartPast, 1);
    past->device = reading->device->name;
    past->key = sensor->key;
    past->name = sensor->name;
    past->group = rv_sensor_group(sensor);
    past->class = sensor->class;
    past->status = sensor->status;
    past->value = value_at_end(reading, sensor, days);
    past->limits = sensor->limits;
    past->day_count = days->len;
    past->days = g_memdup2(days->data, days->len * sizeof(RvDailyValue));
    g_ptr_array_add(reading->pasts, past);
    reading->longest = MAX(reading->longest, days->len);
    if (sensor->class == RV_CLASS_TEMPERATURE && is_inlet(sensor) && reading->inlet->len == 0)
        g_ptr_array_add(reading->inlet, g_steal_pointer(&days));
}

static void
read_sensor(Reading *reading, const RvRrdSeriesInfo *info)
{
    const RvSensor *sensor =
        g_hash_table_lookup(reading->sensors, info->key + strlen(rv_class_word(info->class)) + 1);
    GPtrArray *table;
    RvReportSeries *one;

    if (sensor == NULL)
        return; /* no longer named: its past says nothing of a part that is gone */
    table = table_of(reading, sensor);
    one = table != NULL ? read_statistics(reading, info, sensor) : NULL;
    if (one != NULL) {
        if (sensor->class == RV_CLASS_OPTICAL_POWER)
            one->margin = to_nearest_limit(one->minimum, &sensor->limits);
        g_ptr_array_add(table, one);
    }
    if (rv_evidence_has_trend(sensor->class, rv_sensor_group(sensor)))
        read_past(reading, info->key, sensor);
}

/* ---- parts that are not normal ---- */

static const RvPartPast *
find_past(const Reading *reading, const char *key)
{
    for (guint i = 0; i < reading->pasts->len; i++)
        if (strcmp(((RvPartPast *)g_ptr_array_index(reading->pasts, i))->key, key) == 0)
            return g_ptr_array_index(reading->pasts, i);
    return NULL;
}

static GArray *
last_days(const RvPartPast *past)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    gint64 last = 0;

    for (guint i = 0; i < past->day_count; i++)
        last = MAX(last, past->days[i].day);
    for (gint64 day = last - SUSPECTS_DAYS + 1; past->day_count > 0 && day <= last; day++) {
        double value = NAN;

        for (guint i = 0; i < past->day_count; i++)
            if (past->days[i].day == day)
                value = past->days[i].value;
        if (values->len > 0 || isfinite(value))
            g_array_append_val(values, value);
    }
    return values;
}

/* Caller frees; NULL: not known. */
static char *
component_of(const Reading *reading, const char *key)
{
    const RvSensor *sensor = g_hash_table_lookup(reading->sensors, key);

    return sensor != NULL ? g_strdup(sensor->component) : NULL;
}

static void
find_suspects(Reading *reading)
{
    const GArray *inlet = reading->inlet->len > 0 ? g_ptr_array_index(reading->inlet, 0) : NULL;
    g_autoptr(GPtrArray) found =
        rv_evidence_find(reading->pasts, inlet != NULL ? (const RvDailyValue *)inlet->data : NULL,
                         inlet != NULL ? inlet->len : 0);

    while (found->len > 0) {
        RvReportSuspect *suspect = g_new0(RvReportSuspect, 1);
        const RvPartPast *past;

        suspect->evidence = g_ptr_array_steal_index(found, 0);
        past = find_past(reading, suspect->evidence->key);
        suspect->class = past->class;
        suspect->group = g_strdup(past->group);
        suspect->component = component_of(reading, past->key);
        suspect->limit =
            suspect->evidence->kind == RV_EVIDENCE_NEARS_LIMIT ? suspect->evidence->normal : NAN;
        suspect->days = last_days(past);
        g_ptr_array_add(reading->build->report->suspects, suspect);
    }
}

/* ---- scorecard ---- */

static gboolean
is_past(double value, double limit, gboolean upper)
{
    return isfinite(limit) && (upper ? value >= limit : value <= limit);
}

/* What the days before the period foretold, against the days of the period. */
static void
check_foresight(Reading *reading, const RvPartPast *past, double limit, gboolean upper)
{
    RvReportScorecard *card = &reading->build->report->scorecard;
    gint64 first = reading->from_s / DAY_S, soonest, likely, latest;
    guint before = 0;
    gboolean already = FALSE, came = FALSE, predicted;
    RvTrend trend;

    if (!isfinite(limit))
        return;
    while (before < past->day_count && past->days[before].day <= first)
        already |= is_past(past->days[before++].value, limit, upper);
    for (guint i = before; i < past->day_count; i++)
        came |= is_past(past->days[i].value, limit, upper);
    if (already || before == 0)
        return;
    trend = rv_trend(past->days, before, SIGNIFICANCE);
    predicted = trend.kind == (upper ? RV_TREND_RISING : RV_TREND_FALLING) &&
                rv_trend_reaches(&trend, limit, past->days[before - 1].day - past->days[0].day + 1,
                                 1.0, &soonest, &likely, &latest) &&
                likely <= (reading->until_s - reading->from_s) / DAY_S;
    card->predicted += predicted;
    card->came += predicted && came;
    card->failed_to_come += predicted && !came;
    card->not_foreseen += !predicted && came;
}

static void
fill_scorecard(Reading *reading)
{
    for (guint i = 0; i < reading->pasts->len; i++) {
        const RvPartPast *past = g_ptr_array_index(reading->pasts, i);
        double high = isfinite(past->limits.high_warning) ? past->limits.high_warning
                                                          : past->limits.high_critical;
        double low = isfinite(past->limits.low_warning) ? past->limits.low_warning
                                                        : past->limits.low_critical;

        check_foresight(reading, past, high, TRUE);
        check_foresight(reading, past, low, FALSE);
    }
}

/* ---- curves ---- */

static GArray *
thinned(const RvSeries *series)
{
    gsize by = MAX(1, (series->n + GRAPH_POINTS - 1) / GRAPH_POINTS);
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));

    for (gsize i = 0; i < series->n; i += by) {
        double sum = 0, value;
        guint known = 0;

        for (gsize j = i; j < MIN(i + by, series->n); j++) {
            if (!isfinite(series->values[j]))
                continue;
            sum += series->values[j];
            known++;
        }
        value = known > 0 ? sum / known : NAN;
        g_array_append_val(values, value);
    }
    return values;
}

static void
add_graph(Reading *reading, const char *series_key, const char *name, const RvSensor *sensor)
{
    static const char *const sources[2][2] = {{"value", NULL}, {"in", "out"}};
    gboolean rates = sensor == NULL;
    RvReportGraph *graph = g_new0(RvReportGraph, 1);

    graph->device = g_strdup(reading->device->name);
    graph->key = g_strdup(series_key);
    graph->name = g_strdup(name);
    graph->unit = g_strdup(rates ? "bit/s" : rv_class_unit(sensor->class));
    graph->limits = rates ? RV_LIMITS_EMPTY : sensor->limits;
    graph->component = g_strdup(rates ? NULL : sensor->component);
    graph->rates = rates;
    graph->start_s = reading->from_s;
    graph->end_s = reading->until_s;
    for (guint i = 0; i < 2 && sources[rates][i] != NULL; i++) {
        g_autoptr(RvSeries) series =
            fetch(reading, series_key, sources[rates][i],
                  !rates && sensor->class == RV_CLASS_ENERGY ? "LAST" : "AVERAGE", reading->from_s,
                  HOUR_S);

        if (series == NULL)
            continue;
        graph->start_s = series->start_s;
        graph->end_s = series->start_s + (gint64)series->n * series->step_s;
        graph->values[i] = thinned(series);
    }
    g_ptr_array_add(reading->build->report->graphs, graph);
}

/* A state has no curve; the numbers of the same part do, and those of its kind. */
static gboolean
speaks_of(const RvSensor *sensor, const RvReportFinding *finding)
{
    if (strcmp(sensor->key, finding->key) == 0)
        return TRUE;
    return finding->component != NULL && sensor->component != NULL &&
           strcmp(sensor->component, finding->component) == 0;
}

static gboolean
is_wanted(const Reading *reading, const RvSensor *sensor)
{
    const RvReport *report = reading->build->report;

    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);

        if (strcmp(finding->device, reading->device->name) == 0 && speaks_of(sensor, finding))
            return TRUE;
    }
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvReportSuspect *suspect = g_ptr_array_index(report->suspects, i);

        if (strcmp(suspect->evidence->device, reading->device->name) == 0 &&
            strcmp(suspect->evidence->key, sensor->key) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
add_graphs(Reading *reading, const GPtrArray *all)
{
    gboolean one_device = reading->build->request->kind == RV_REPORT_DEVICE;
    guint added = 0, most = one_device ? 24 : GRAPHS_OF_A_DEVICE;

    for (guint i = 0; i < all->len && added < most; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(all, i);
        const RvSensor *sensor =
            info->has_class
                ? g_hash_table_lookup(reading->sensors,
                                      info->key + strlen(rv_class_word(info->class)) + 1)
                : NULL;

        if (reading->build->report->graphs->len >= GRAPHS_OF_A_REPORT)
            return;
        if (sensor != NULL && (one_device || is_wanted(reading, sensor))) {
            add_graph(reading, info->key, sensor->name, sensor);
            added++;
        } else if (one_device && g_str_has_prefix(info->key, "interface/")) {
            const RvInterface *known = g_hash_table_lookup(reading->interfaces, info->key + 10);

            add_graph(reading, info->key, known != NULL ? known->name : info->key + 10, NULL);
            added++;
        }
    }
}

/* ---- a device ---- */

static void
index_latest(Reading *reading)
{
    for (guint i = 0; reading->latest != NULL && i < reading->latest->sensors->len; i++) {
        RvSensor *sensor = g_ptr_array_index(reading->latest->sensors, i);

        g_hash_table_insert(reading->sensors, sensor->key, sensor);
    }
    for (guint i = 0; reading->latest != NULL && i < reading->latest->interfaces->len; i++) {
        RvInterface *interface = g_ptr_array_index(reading->latest->interfaces, i);

        g_hash_table_insert(reading->interfaces, interface->key, interface);
    }
}

static guint
read_device(RvBuild *build, const RvReportDevice *device)
{
    g_autoptr(GHashTable) sensors = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) interfaces = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) pasts = g_ptr_array_new_with_free_func(past_free);
    g_autoptr(GPtrArray) inlet = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    g_autoptr(GPtrArray) all = rv_rrd_store_series(build->sources->rrd, device->name);
    Reading reading = {.build = build,
                       .device = device,
                       .latest = g_hash_table_lookup(build->latest, device->name),
                       .sensors = sensors,
                       .interfaces = interfaces,
                       .from_s = build->report->period.from_ms / 1000,
                       .until_s = build->report->until_ms / 1000,
                       .pasts = pasts,
                       .inlet = inlet};

    index_latest(&reading);
    rv_rrd_store_flush(build->sources->rrd, device->name, NULL);
    for (guint i = 0; i < all->len; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(all, i);

        if (info->has_class)
            read_sensor(&reading, info);
        else if (g_str_has_prefix(info->key, "interface/"))
            read_interface(&reading, info);
    }
    for (guint i = 0; i < all->len; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(all, i);

        if (!info->has_class && g_str_has_prefix(info->key, "errors/"))
            read_errors(&reading, info->key);
    }
    find_suspects(&reading);
    fill_scorecard(&reading);
    add_graphs(&reading, all);
    return reading.longest;
}

/* ---- order ---- */

static double
used(const RvReportInterface *interface)
{
    return isfinite(interface->used) ? interface->used : -1;
}

static double
most_95(const RvReportInterface *interface)
{
    return fmax(isfinite(interface->in_95) ? interface->in_95 : -1,
                isfinite(interface->out_95) ? interface->out_95 : -1);
}

static int
compare_interfaces(gconstpointer a, gconstpointer b)
{
    const RvReportInterface *left = *(RvReportInterface *const *)a;
    const RvReportInterface *right = *(RvReportInterface *const *)b;
    int order;

    if (used(left) != used(right))
        return used(left) > used(right) ? -1 : 1;
    if (most_95(left) != most_95(right))
        return most_95(left) > most_95(right) ? -1 : 1;
    order = rv_text_compare(left->device, right->device);
    return order != 0 ? order : rv_text_compare(left->key, right->key);
}

static int
compare_highest(gconstpointer a, gconstpointer b)
{
    const RvReportSeries *left = *(RvReportSeries *const *)a, *right = *(RvReportSeries *const *)b;
    int order;

    if (left->maximum != right->maximum)
        return left->maximum > right->maximum ? -1 : 1;
    order = rv_text_compare(left->device, right->device);
    return order != 0 ? order : rv_text_compare(left->key, right->key);
}

static int
compare_margins(gconstpointer a, gconstpointer b)
{
    const RvReportSeries *left = *(RvReportSeries *const *)a, *right = *(RvReportSeries *const *)b;
    double l = isfinite(left->margin) ? left->margin : INFINITY;
    double r = isfinite(right->margin) ? right->margin : INFINITY;

    if (l != r)
        return l < r ? -1 : 1;
    return compare_highest(a, b);
}

gboolean
rv_build_series(RvBuild *build, GError **error)
{
    RvReport *report = build->report;
    guint longest = 0;

    if (build->request->kind == RV_REPORT_FAULT)
        return TRUE;
    if (build->sources->rrd == NULL) {
        rv_build_gap(build, RV_GAP_NO_SERIES, NULL);
        return TRUE;
    }
    for (guint i = 0; i < report->devices->len; i++) {
        guint days = read_device(build, g_ptr_array_index(report->devices, i));

        longest = MAX(longest, days);
        rv_build_progress(build, "series", (double)i / report->devices->len);
    }
    g_ptr_array_sort(report->interfaces, compare_interfaces);
    g_ptr_array_sort(report->inlets, compare_highest);
    g_ptr_array_sort(report->energy, compare_highest);
    g_ptr_array_sort(report->capacity, compare_highest);
    g_ptr_array_sort(report->optics, compare_margins);
    if (longest > 0 && longest < RV_TREND_DAYS_MINIMUM)
        rv_build_gap(build, RV_GAP_SHORT_HISTORY, NULL);
    return TRUE;
}
