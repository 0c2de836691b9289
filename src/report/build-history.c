/* Score and history: this period beside the five before. */
#include <math.h>
#include <string.h>

#include "report/build.h"

#define PERIODS_BEFORE 5
#define POINTS_SERVICE 40.0
#define POINTS_HEALTH 30.0
#define POINTS_HANDLING 20.0
#define POINTS_COVERAGE 10.0
#define CAP_PROMISE 79.0
#define CAP_UNSEEN 84.0
#define CAP_OPEN 89.0
#define SEEN_ENOUGH 0.9

RvReportScore
rv_build_score(double promise_share, double health_share, double kept_share, double seen_share,
               gboolean broken, gboolean open)
{
    const double shares[] = {promise_share, health_share, kept_share, seen_share};
    const double weights[] = {POINTS_SERVICE, POINTS_HEALTH, POINTS_HANDLING, POINTS_COVERAGE};
    double points[4], sum = 0, of = 0;
    RvReportScore score = {0};

    for (int i = 0; i < 4; i++) {
        points[i] = isfinite(shares[i]) ? weights[i] * CLAMP(shares[i], 0, 1) : NAN;
        if (!isfinite(shares[i]))
            continue;
        sum += points[i];
        of += weights[i];
    }
    score.service = points[0];
    score.health = points[1];
    score.handling = points[2];
    score.coverage = points[3];
    score.raw = of > 0 ? sum / of * 100 : NAN;
    score.score = score.raw;
    if (!(seen_share > 0)) {
        score.caps[RV_CAP_NOTHING] = TRUE;
        score.raw = score.score = NAN;
        return score;
    }
    score.caps[RV_CAP_PROMISE] = broken;
    score.caps[RV_CAP_UNSEEN] = seen_share < SEEN_ENOUGH;
    score.caps[RV_CAP_OPEN] = open;
    if (score.caps[RV_CAP_PROMISE])
        score.score = MIN(score.score, CAP_PROMISE);
    if (score.caps[RV_CAP_UNSEEN])
        score.score = MIN(score.score, CAP_UNSEEN);
    if (score.caps[RV_CAP_OPEN])
        score.score = MIN(score.score, CAP_OPEN);
    return score;
}

/* Met counts whole, not proven half. Without targets: the availability of all as it is. */
static double
promise_share(guint met, guint not_met, guint not_proven, double a)
{
    guint all = met + not_met + not_proven;

    return all > 0 ? (met + 0.5 * not_proven) / all : a;
}

static double
kept_share(const GPtrArray *handling)
{
    guint kept = 0, breached = 0;

    for (guint i = 0; i < handling->len; i++) {
        const RvReportHandling *one = g_ptr_array_index(handling, i);

        for (guint j = 0; j < RV_CLOCK_KINDS; j++) {
            kept += one->kept[j];
            breached += one->breached[j];
        }
    }
    return kept + breached > 0 ? (double)kept / (kept + breached) : NAN;
}

static void
score_now(RvBuild *build)
{
    RvReport *report = build->report;
    double bad = 0, whole = 0;
    gboolean open = FALSE;

    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);
        gint64 known = MAX(device->judged_ms, device->critical_ms + device->warning_ms);

        bad += (double)device->critical_ms + 0.5 * (double)device->warning_ms;
        whole += (double)known;
        open |= device->now == RV_VERDICT_CRITICAL;
    }
    report->score =
        rv_build_score(promise_share(report->met, report->not_met, report->not_proven, report->a),
                       whole > 0 ? 1 - bad / whole : NAN, kept_share(report->handling),
                       report->coverage.expected_ms > 0 ? (double)report->coverage.observed_ms /
                                                              (double)report->coverage.expected_ms
                                                        : NAN,
                       report->not_met > 0, open);
}

/* ---- periods before ---- */

static RvReportMonth *
add_month(GPtrArray *months, const char *label)
{
    RvReportMonth *month = g_new0(RvReportMonth, 1);

    month->label = g_strdup(label);
    month->a = month->score = NAN;
    g_ptr_array_add(months, month);
    return month;
}

typedef struct {
    gint64 up, down, agreed;
    double bad, judged;
    gboolean open;
} Sums;

static gboolean
sum_health(RvBuild *build, const char *device, const RvAvailability *a, const RvPeriod *period,
           Sums *sums, GError **error)
{
    RvState *state = build->sources->state;
    g_autoptr(GArray) spans = NULL;
    g_autoptr(GPtrArray) verdicts =
        rv_state_verdicts(state, device, period->from_ms, period->until_ms, TRUE, error);
    gint64 critical_ms, warning_ms;

    if (verdicts == NULL)
        return FALSE;
    spans = rv_state_health_spans(state, device, period->from_ms, period->until_ms, error);
    if (spans == NULL)
        return FALSE;
    rv_build_bad_time(verdicts, a, period->from_ms, period->until_ms, &critical_ms, &warning_ms);
    sums->bad += (double)critical_ms + 0.5 * (double)warning_ms;
    sums->judged += (double)MAX(rv_build_union(spans, period->from_ms, period->until_ms),
                                critical_ms + warning_ms);
    for (guint i = 0; i < verdicts->len; i++) {
        const RvVerdictInterval *one = g_ptr_array_index(verdicts, i);

        sums->open |= one->status == RV_VERDICT_CRITICAL && one->until_ms >= period->until_ms;
    }
    return TRUE;
}

static gboolean
sum_device(RvBuild *build, const RvReportDevice *device, const RvPeriod *period,
           RvReportMonth *month, Sums *sums, GError **error)
{
    g_autoptr(GPtrArray) intervals = NULL;
    g_autoptr(GPtrArray) windows = NULL;
    g_autoptr(RvAvailability) a = rv_build_availability(
        build, device->name, period->from_ms, period->until_ms, &intervals, &windows, error);

    if (a == NULL)
        return FALSE;
    sums->agreed += a->agreed_ms;
    if (a->up_ms + a->down_ms == 0)
        return TRUE;
    month->devices++;
    month->met += a->promise == RV_PROMISE_MET;
    month->not_met += a->promise == RV_PROMISE_NOT_MET;
    month->not_proven += a->promise == RV_PROMISE_NOT_PROVEN;
    sums->up += a->up_ms;
    sums->down += a->down_ms;
    sums->open |= a->outage_list->len > 0 &&
                  g_array_index(a->outage_list, RvOutage, a->outage_list->len - 1).open;
    return sum_health(build, device->name, a, period, sums, error);
}

/* Clocks as they stand now, as in the ledger of this period. */
static double
kept_then(const RvBuild *build, const GPtrArray *faults)
{
    guint kept = 0, breached = 0;

    for (guint i = 0; i < faults->len; i++) {
        const RvFault *fault = g_ptr_array_index(faults, i);
        const RvFaultLevel *level = rv_fault_policy_level(build->plan->faults, fault->level);
        RvFaultTimes times = rv_fault_times(fault);
        RvClock clocks[RV_CLOCK_KINDS] = {0};

        if (level == NULL)
            continue;
        rv_fault_clocks(&times, level, build->plan->fault_calendar, build->report->made_ms, clocks);
        for (guint j = 0; j < RV_CLOCK_KINDS; j++) {
            breached += clocks[j].exists && clocks[j].breached;
            kept += clocks[j].exists && !clocks[j].breached && clocks[j].done_ms != 0;
        }
    }
    return kept + breached > 0 ? (double)kept / (kept + breached) : NAN;
}

static gboolean
look_back(RvBuild *build, const RvPeriod *period, RvReportMonth *month, GError **error)
{
    g_autoptr(GPtrArray) faults = NULL;
    Sums sums = {0};

    for (guint i = 0; i < build->report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(build->report->devices, i);

        if (device->first_ms != 0 && device->first_ms < period->until_ms &&
            !sum_device(build, device, period, month, &sums, error))
            return FALSE;
    }
    faults = rv_ledger_list(build->sources->state, build->request->device, period->from_ms,
                            period->until_ms, error);
    if (faults == NULL)
        return FALSE;
    month->faults = faults->len;
    month->known = month->devices > 0;
    if (!month->known)
        return TRUE;
    month->a = (double)sums.up / (double)(sums.up + sums.down);
    month->down_ms = sums.down;
    month->score =
        rv_build_score(promise_share(month->met, month->not_met, month->not_proven, month->a),
                       sums.judged > 0 ? 1 - sums.bad / sums.judged : NAN, kept_then(build, faults),
                       sums.agreed > 0 ? (double)(sums.up + sums.down) / (double)sums.agreed : NAN,
                       month->not_met > 0, sums.open)
            .score;
    return TRUE;
}

/* The months of a quarter or year, as far as it has come. */
static gboolean
look_into(RvBuild *build, GError **error)
{
    const RvReport *report = build->report;
    const char *anchor = build->plan->round_anchor;
    RvPeriod month = rv_period_at(RV_PERIOD_MONTH, report->zone, anchor, report->period.from_ms);

    if (report->period.kind != RV_PERIOD_QUARTER && report->period.kind != RV_PERIOD_YEAR)
        return TRUE;
    for (; month.from_ms < report->until_ms; month = rv_period_next(&month, report->zone, anchor)) {
        RvReportMonth *into = add_month(report->months, month.label);

        RvPeriod so_far = month; /* the next month follows the whole one */

        so_far.until_ms = MIN(month.until_ms, report->until_ms);
        if (!look_back(build, &so_far, into, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
rv_build_history(RvBuild *build, GError **error)
{
    RvPeriod before[PERIODS_BEFORE], at = build->report->period;
    RvReportMonth *now;

    score_now(build);
    if (build->request->kind == RV_REPORT_FAULT)
        return TRUE;
    for (int i = PERIODS_BEFORE - 1; i >= 0; i--)
        at = before[i] = rv_period_previous(&at, build->report->zone, build->plan->round_anchor);
    for (int i = 0; i < PERIODS_BEFORE; i++) {
        rv_build_progress(build, "history", (double)i / PERIODS_BEFORE);
        if (!look_back(build, &before[i], add_month(build->report->history, before[i].label),
                       error))
            return FALSE;
    }
    now = add_month(build->report->history, build->report->period.label);
    now->devices = build->report->devices->len - build->report->coverage.never;
    now->known = now->devices > 0;
    now->a = build->report->a;
    now->score = build->report->score.score;
    now->faults = build->report->faults->len;
    now->met = build->report->met;
    now->not_met = build->report->not_met;
    now->not_proven = build->report->not_proven;
    now->down_ms = build->report->down_ms;
    return look_into(build, error);
}
