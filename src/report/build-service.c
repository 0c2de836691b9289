/* Service level: what was promised, and how faults were handled. */
#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "report/build.h"

/* ---- service classes ---- */

static RvReportClass *
find_class(RvBuild *build, const RvServiceClass *class)
{
    const char *id = class != NULL ? class->id : "";
    RvReportClass *one;

    for (guint i = 0; i < build->report->classes->len; i++) {
        one = g_ptr_array_index(build->report->classes, i);
        if (strcmp(one->id, id) == 0)
            return one;
    }
    one = g_new0(RvReportClass, 1);
    one->id = g_strdup(id);
    one->name = g_strdup(class == NULL ? "" : class->name != NULL ? class->name : class->id);
    one->target = class != NULL ? class->availability : NAN;
    one->coverage =
        g_strdup(class != NULL && class->coverage != NULL ? class->coverage->name : "7x24");
    g_ptr_array_add(build->report->classes, one);
    return one;
}

static void
count_promise(RvPromise promise, guint *met, guint *not_met, guint *not_proven)
{
    *met += promise == RV_PROMISE_MET;
    *not_met += promise == RV_PROMISE_NOT_MET;
    *not_proven += promise == RV_PROMISE_NOT_PROVEN;
}

static double
share(gint64 part, gint64 whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

static void
add_classes(RvBuild *build)
{
    RvReport *report = build->report;
    gint64 up = 0, down = 0, unseen = 0;

    for (guint i = 0; i < build->plan->classes->len; i++)
        find_class(build, g_ptr_array_index(build->plan->classes, i));
    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);
        const RvAvailability *a = device->availability;
        RvReportClass *class = find_class(build, rv_build_class(build, device->name));

        class->devices++;
        class->agreed_ms += a->agreed_ms;
        class->up_ms += a->up_ms;
        class->down_ms += a->down_ms;
        class->not_observed_ms += a->not_observed_ms;
        class->maintenance_ms += a->sum_ms[RV_PIECE_MAINTENANCE];
        class->excluded_ms += a->sum_ms[RV_PIECE_EXCLUDED];
        class->budget_ms += a->budget_ms;
        count_promise(a->promise, &class->met, &class->not_met, &class->not_proven);
        count_promise(a->promise, &report->met, &report->not_met, &report->not_proven);
        up += a->up_ms;
        down += a->down_ms;
        unseen += a->not_observed_ms;
    }
    for (guint i = 0; i < report->classes->len; i++) {
        RvReportClass *class = g_ptr_array_index(report->classes, i);

        class->a = share(class->up_ms, class->up_ms + class->down_ms);
        class->a_low = share(class->up_ms, class->agreed_ms);
        class->a_high = share(class->up_ms + class->not_observed_ms, class->agreed_ms);
        class->promise = class->not_met > 0      ? RV_PROMISE_NOT_MET
                         : class->not_proven > 0 ? RV_PROMISE_NOT_PROVEN
                         : class->met > 0        ? RV_PROMISE_MET
                                                 : RV_PROMISE_NONE;
    }
    report->a = share(up, up + down);
    report->a_low = share(up, up + down + unseen);
    report->a_high = share(up + unseen, up + down + unseen);
    report->down_ms = down;
}

/* ---- redundant groups ---- */

static gboolean
matches_any(char **globs, const char *name)
{
    for (; globs != NULL && *globs != NULL; globs++)
        if (g_pattern_match_simple(*globs, name))
            return TRUE;
    return FALSE;
}

static void
add_group(RvBuild *build, const RvRedundantGroup *group)
{
    g_autoptr(GPtrArray) members = g_ptr_array_new();
    g_autoptr(GPtrArray) intervals = NULL;
    g_autoptr(GArray) coverage = NULL;
    g_autoptr(RvAvailability) result = NULL;
    const RvServiceClass *class = NULL;
    RvAvailabilityTerms terms = {.from_ms = build->report->period.from_ms,
                                 .until_ms = build->report->until_ms,
                                 .target = NAN,
                                 .exclusions = build->plan->exclusions};
    RvReportGroup *one;

    for (guint i = 0; i < build->report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(build->report->devices, i);

        if (!matches_any(group->devices, device->name))
            continue;
        g_ptr_array_add(members, device->intervals);
        if (class == NULL)
            class = group->service_class != NULL
                        ? rv_service_plan_class(build->plan, group->service_class)
                        : rv_build_class(build, device->name);
    }
    if (members->len == 0)
        return;
    if (class != NULL) {
        terms.target = class->availability;
        if (class->coverage != NULL)
            coverage = rv_calendar_spans(class->coverage, terms.from_ms, terms.until_ms);
        terms.coverage = coverage;
    }
    intervals = rv_availability_group(members, group->needed, terms.from_ms, terms.until_ms);
    result = rv_availability(intervals, &terms);
    one = g_new0(RvReportGroup, 1);
    one->id = g_strdup(group->id);
    one->name = g_strdup(group->name != NULL ? group->name : group->id);
    one->members = members->len;
    one->needed = group->needed;
    one->target = result->target;
    one->a = result->a;
    one->a_low = result->a_low;
    one->a_high = result->a_high;
    one->down_ms = result->down_ms;
    one->promise = result->promise;
    g_ptr_array_add(build->report->groups, one);
}

/* ---- faults ---- */

/* Agreed service time in which its device was down while the fault lasted. */
static gint64
down_while(const RvReportDevice *device, const RvFault *fault, gint64 until_ms)
{
    gint64 end = fault->recovered_ms != 0  ? fault->recovered_ms
                 : fault->resolved_ms != 0 ? fault->resolved_ms
                                           : until_ms;
    gint64 sum = 0;

    for (guint i = 0; i < device->availability->outage_list->len; i++) {
        const RvOutage *outage = &g_array_index(device->availability->outage_list, RvOutage, i);

        /* the fault is opened after some samples: the outage it is about began before */
        if (outage->from_ms <= end && outage->until_ms >= fault->opened_ms)
            sum += outage->counted_ms;
    }
    return sum;
}

static const RvReportHandling *
count_handling(RvBuild *build, const RvReportFault *fault)
{
    GPtrArray *all = build->report->handling;
    RvReportHandling *handling = NULL;

    for (guint i = 0; i < all->len && handling == NULL; i++) {
        RvReportHandling *one = g_ptr_array_index(all, i);

        if (g_strcmp0(one->level, fault->fault->level) == 0)
            handling = one;
    }
    if (handling == NULL) {
        handling = g_new0(RvReportHandling, 1);
        handling->level = g_strdup(fault->fault->level);
        handling->name = g_strdup(fault->level_name);
        g_ptr_array_add(all, handling);
    }
    handling->faults++;
    handling->open += fault->fault->resolved_ms == 0;
    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        const RvClock *clock = &fault->clocks[i];

        if (!clock->exists)
            continue;
        handling->breached[i] += clock->breached;
        handling->kept[i] += !clock->breached && clock->done_ms != 0;
        handling->running[i] += !clock->breached && clock->done_ms == 0;
    }
    return handling;
}

static const char *
cause_of(const RvBuild *build, const RvFault *fault)
{
    const char *part;

    if (fault->cause == NULL || fault->cause[0] == '\0')
        return rv_fault_kind_word(fault->kind);
    if (strcmp(fault->cause, RV_CAUSE_REACHABILITY) == 0)
        return RV_CAUSE_REACHABILITY;
    part = rv_cause_part(fault->cause);
    if (part == NULL)
        part = fault->cause;
    for (guint i = 0; i < build->report->findings->len; i++) {
        const RvReportFinding *finding = g_ptr_array_index(build->report->findings, i);

        if (g_strcmp0(finding->device, fault->device) == 0 &&
            (g_strcmp0(finding->key, part) == 0 || g_strcmp0(finding->component, part) == 0))
            return finding->group;
    }
    for (guint i = 0; i < RV_PART_OTHER; i++)
        if (strstr(part, rv_part_group_word((RvPartGroup)i)) != NULL)
            return rv_part_group_word((RvPartGroup)i);
    return "other";
}

static void
count_cause(RvBuild *build, const RvReportFault *fault)
{
    const char *cause = cause_of(build, fault->fault);
    GPtrArray *all = build->report->causes;
    RvReportCause *one = NULL;

    for (guint i = 0; i < all->len && one == NULL; i++)
        if (strcmp(((RvReportCause *)g_ptr_array_index(all, i))->cause, cause) == 0)
            one = g_ptr_array_index(all, i);
    if (one == NULL) {
        one = g_new0(RvReportCause, 1);
        one->cause = g_strdup(cause);
        g_ptr_array_add(all, one);
    }
    one->faults++;
    one->down_ms += MAX(0, fault->down_ms);
}

static gboolean
is_wanted(const RvBuild *build, const RvFault *fault)
{
    if (build->request->kind == RV_REPORT_FAULT)
        return fault->id == build->request->fault;
    return TRUE;
}

static gboolean
add_fault(RvBuild *build, gint64 id, GError **error)
{
    GError *problem = NULL;
    RvFault *fault = rv_ledger_get(build->sources->state, id, &problem);
    const RvFaultLevel *level;
    RvReportDevice *device;
    RvFaultTimes times;
    RvReportFault *one;

    if (problem != NULL) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    if (fault == NULL)
        return TRUE;
    one = g_new0(RvReportFault, 1);
    one->fault = fault;
    level = rv_fault_policy_level(build->plan->faults, fault->level);
    one->level_name = g_strdup(level != NULL && level->name != NULL ? level->name : fault->level);
    times = rv_fault_times(fault);
    /* clocks as they stand when the report is made, which may be after the period */
    if (level != NULL)
        rv_fault_clocks(&times, level, build->plan->fault_calendar, build->report->made_ms,
                        one->clocks);
    one->opened_before = fault->opened_ms < build->report->period.from_ms;
    device = g_hash_table_lookup(build->devices, fault->device);
    one->down_ms = device != NULL && g_strcmp0(fault->cause, RV_CAUSE_REACHABILITY) == 0
                       ? down_while(device, fault, build->report->until_ms)
                       : -1;
    if (device != NULL)
        device->faults++;
    g_ptr_array_add(build->report->faults, one);
    count_handling(build, one);
    count_cause(build, one);
    return TRUE;
}

static int
compare_handling(gconstpointer a, gconstpointer b)
{
    return g_strcmp0((*(RvReportHandling *const *)a)->level,
                     (*(RvReportHandling *const *)b)->level);
}

static int
compare_causes(gconstpointer a, gconstpointer b)
{
    const RvReportCause *left = *(RvReportCause *const *)a, *right = *(RvReportCause *const *)b;

    if (left->faults != right->faults)
        return left->faults > right->faults ? -1 : 1;
    return rv_text_compare(left->cause, right->cause);
}

static gboolean
add_faults(RvBuild *build, GError **error)
{
    g_autoptr(GPtrArray) list =
        rv_ledger_list(build->sources->state, build->request->device, build->report->period.from_ms,
                       build->report->until_ms, error);

    if (list == NULL)
        return FALSE;
    for (guint i = 0; i < list->len; i++) {
        const RvFault *fault = g_ptr_array_index(list, i);

        if (is_wanted(build, fault) && !add_fault(build, fault->id, error))
            return FALSE;
    }
    g_ptr_array_sort(build->report->handling, compare_handling);
    g_ptr_array_sort(build->report->causes, compare_causes);
    return TRUE;
}

/* ---- excluded time ---- */

static gboolean
add_excluded(RvBuild *build, GError **error)
{
    RvReport *report = build->report;
    g_autoptr(GPtrArray) list =
        rv_maintenance_list(build->sources->state, report->period.from_ms, report->until_ms, error);

    if (list == NULL)
        return FALSE;
    while (list->len > 0)
        g_ptr_array_add(report->maintenance, g_ptr_array_steal_index(list, 0));
    for (guint i = 0; i < build->plan->exclusions->len; i++) {
        const RvWindow *window = g_ptr_array_index(build->plan->exclusions, i);

        if (window->from_ms < report->until_ms && window->until_ms > report->period.from_ms)
            g_ptr_array_add(report->exclusions, rv_window_new(window->from_ms, window->until_ms,
                                                              window->who, window->why));
    }
    return TRUE;
}

gboolean
rv_build_service(RvBuild *build, GError **error)
{
    gboolean promised = FALSE;

    add_classes(build);
    for (guint i = 0; i < build->plan->groups->len; i++)
        add_group(build, g_ptr_array_index(build->plan->groups, i));
    for (guint i = 0; i < build->report->classes->len; i++)
        promised |=
            isfinite(((RvReportClass *)g_ptr_array_index(build->report->classes, i))->target);
    if (!promised)
        rv_build_gap(build, RV_GAP_NO_PLAN, NULL);
    return add_faults(build, error) && add_excluded(build, error);
}
