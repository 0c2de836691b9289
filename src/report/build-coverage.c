/* Coverage: how well we looked. */
#include <math.h>
#include <string.h>

#include "report/build.h"

#define BLIND_SHOWN 20
#define SHOWN_MS 1000 /* a moment between two samples is no stretch, and prints as none */

static gboolean
add_rounds(RvBuild *build, GError **error)
{
    RvReportCoverage *coverage = &build->report->coverage;
    g_autoptr(GPtrArray) rounds = rv_state_rounds(
        build->sources->state, build->report->period.from_ms, build->report->until_ms, error);

    if (rounds == NULL)
        return FALSE;
    for (guint i = 0; i < rounds->len; i++) {
        const RvRound *round = g_ptr_array_index(rounds, i);

        coverage->rounds++;
        coverage->finished += round->ended_ms != 0;
        coverage->killed += round->ended_ms == 0 && i + 1 < rounds->len;
        coverage->simulated += round->simulated;
        coverage->asked += round->asked;
        coverage->answered += round->answered;
        coverage->failed += round->failed;
    }
    build->report->simulated = coverage->simulated > 0;
    return TRUE;
}

static int
compare_spans(gconstpointer a, gconstpointer b)
{
    const RvSpan *left = a, *right = b;

    return left->from_ms < right->from_ms ? -1 : left->from_ms > right->from_ms;
}

static int
compare_blind(gconstpointer a, gconstpointer b)
{
    const RvReportBlind *left = *(RvReportBlind *const *)a, *right = *(RvReportBlind *const *)b;
    gint64 l = left->until_ms - left->from_ms, r = right->until_ms - right->from_ms;

    return l != r ? (l > r ? -1 : 1) : left->from_ms < right->from_ms ? -1 : 1;
}

/* Stretches in which at least half of the devices were not observed: the poller stood still, or
 * was cut off. */
static void
add_blind(RvBuild *build)
{
    RvReport *report = build->report;
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(RvSpan)); /* until_ms: +1 or -1 */
    gint64 depth = 0, half = MAX(1, ((gint64)report->devices->len + 1) / 2), from_ms = 0, most = 0;

    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);

        for (guint j = 0; j < device->availability->pieces->len; j++) {
            const RvPiece *piece = &g_array_index(device->availability->pieces, RvPiece, j);
            RvSpan begin = {piece->from_ms, 1}, end = {piece->until_ms, -1};

            if (piece->kind != RV_PIECE_NOT_OBSERVED)
                continue;
            g_array_append_val(edges, begin);
            g_array_append_val(edges, end);
        }
    }
    g_array_sort(edges, compare_spans);
    for (guint i = 0; i < edges->len;) {
        gint64 at_ms = g_array_index(edges, RvSpan, i).from_ms, before = depth;

        /* all that happens at one moment counts at once */
        while (i < edges->len && g_array_index(edges, RvSpan, i).from_ms == at_ms)
            depth += g_array_index(edges, RvSpan, i++).until_ms;
        if (before < half && depth >= half) {
            from_ms = at_ms;
            most = 0;
        }
        most = MAX(most, depth);
        if (before >= half && depth < half && at_ms - from_ms >= SHOWN_MS) {
            RvReportBlind *blind = g_new0(RvReportBlind, 1);

            blind->from_ms = from_ms;
            blind->until_ms = at_ms;
            blind->devices = (guint)most;
            g_ptr_array_add(report->coverage.blind, blind);
        }
    }
    g_ptr_array_sort(report->coverage.blind, compare_blind);
    if (report->coverage.blind->len > BLIND_SHOWN)
        g_ptr_array_set_size(report->coverage.blind, BLIND_SHOWN);
}

static void
add_observed(RvBuild *build)
{
    RvReportCoverage *coverage = &build->report->coverage;

    for (guint i = 0; i < build->report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(build->report->devices, i);

        coverage->never += !device->observed;
        coverage->expected_ms += device->availability->agreed_ms;
        coverage->observed_ms += device->availability->up_ms + device->availability->down_ms;
    }
}

/* Samples of an interval, as many as its share in the period. */
static double
samples_within(const RvInterval *interval, gint64 from_ms, gint64 until_ms)
{
    gint64 whole = interval->until_ms - interval->from_ms;
    gint64 part = MIN(interval->until_ms, until_ms) - MAX(interval->from_ms, from_ms);

    if (interval->state == RV_STATE_BLIND || interval->state == RV_STATE_NOT_ASKED)
        return 0;
    return whole > 0 ? (double)interval->samples * (double)MAX(0, part) / (double)whole
                     : interval->samples;
}

/* What the interval of the site file asks for, and what came of it. A device is expected from its
 * first sample on; one that never had any, all the time. */
static void
add_samples(RvBuild *build)
{
    RvReport *report = build->report;
    RvReportCoverage *coverage = &report->coverage;
    gint64 from_ms = report->period.from_ms, until_ms = report->until_ms;
    gint64 every_ms = MAX(1000, build->sources->configuration->reachability_ms);

    coverage->planned = (guint)((until_ms - from_ms) / every_ms);
    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);
        gint64 expected = MAX(0, until_ms - MAX(from_ms, device->first_ms)) / every_ms;
        double received = 0;

        for (guint j = 0; j < device->intervals->len; j++)
            received += samples_within(g_ptr_array_index(device->intervals, j), from_ms, until_ms);
        coverage->samples_expected += expected;
        /* rounds that were forced gave more; both edges of the period may have one */
        coverage->samples_received += MIN(expected, (gint64)(received + 0.5));
    }
}

static gboolean
add_duties(RvBuild *build, GError **error)
{
    RvReport *report = build->report;
    g_autoptr(GPtrArray) deliveries = NULL;
    RvDutyTerms terms = {.zone = report->zone,
                         .anchor = build->plan->round_anchor,
                         .calendar = build->plan->duty_calendar,
                         .from_ms = report->period.from_ms,
                         .until_ms = report->until_ms - 1};

    if (build->plan->duties->len == 0)
        return TRUE;
    deliveries =
        rv_state_deliveries(build->sources->state, report->period.from_ms - (gint64)366 * 86400000,
                            report->until_ms, error);
    if (deliveries == NULL)
        return FALSE;
    for (guint i = 0; i < build->plan->duties->len; i++) {
        const RvDuty *duty = &g_array_index(build->plan->duties, RvDuty, i);
        g_autoptr(GArray) statuses = rv_duty_status(duty, deliveries, &terms, report->made_ms);

        for (guint j = 0; j < statuses->len; j++) {
            const RvDutyStatus *status = &g_array_index(statuses, RvDutyStatus, j);
            RvReportDuty *one = g_new0(RvReportDuty, 1);

            one->kind = duty->kind;
            g_strlcpy(one->label, status->period.label, sizeof one->label);
            one->due_ms = status->due_ms;
            one->done_ms = status->delivery != NULL ? status->delivery->done_ms : 0;
            one->state = status->state;
            g_ptr_array_add(report->duties, one);
        }
    }
    return TRUE;
}

gboolean
rv_build_coverage(RvBuild *build, GError **error)
{
    add_observed(build);
    add_samples(build);
    add_blind(build);
    return add_rounds(build, error) && add_duties(build, error);
}
