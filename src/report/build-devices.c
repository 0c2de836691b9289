/* Device by device: reachability, parts, findings, log entries. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/text-order.h"
#include "observation/words.h"
#include "report/build.h"

/* ---- which devices ---- */

static char *
text_of(const char *text)
{
    return g_strdup(text != NULL ? text : "");
}

static const char *
site_name(const RvBuild *build, const char *id)
{
    const RvSite *site = rv_inventory_site(build->sources->configuration->inventory, id);

    return site != NULL ? site->name : NULL;
}

static RvReportDevice *
add_device(RvBuild *build, const char *name, const RvDevice *known, const RvDeviceRow *row)
{
    RvReportDevice *device = g_new0(RvReportDevice, 1);

    device->name = g_strdup(name);
    device->in_inventory = known != NULL;
    device->host = text_of(known != NULL ? known->address : row != NULL ? row->host : NULL);
    device->kind = text_of(known != NULL ? known->kind : row != NULL ? row->kind : NULL);
    device->site = text_of(known != NULL ? known->site : row != NULL ? row->site : NULL);
    device->site_name = text_of(site_name(build, device->site));
    device->rack = text_of(known != NULL ? known->rack : NULL);
    device->service_class = text_of(known != NULL ? known->service_class : NULL);
    device->owner = text_of(known != NULL ? known->owner : NULL);
    device->vendor = text_of(row != NULL ? row->vendor : NULL);
    device->model = text_of(row != NULL ? row->model : NULL);
    device->os_version = text_of(row != NULL ? row->os_version : NULL);
    device->serial = text_of(row != NULL ? row->serial : NULL);
    device->profile = text_of(row != NULL ? row->profile : NULL);
    device->first_ms = row != NULL ? row->first_ms : 0;
    device->last_ms = row != NULL ? row->last_ms : 0;
    device->last_state = RV_STATE_NOT_ASKED;
    g_ptr_array_add(build->report->devices, device);
    g_hash_table_insert(build->devices, device->name, device);
    return device;
}

static gboolean
is_wanted(const RvBuild *build, const char *name)
{
    return build->request->device == NULL || strcmp(build->request->device, name) == 0;
}

static gboolean
list_devices(RvBuild *build, GError **error)
{
    g_autoptr(GPtrArray) rows = rv_state_devices(build->sources->state, error);
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    const GPtrArray *known = build->sources->configuration->inventory->devices;

    if (rows == NULL)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        RvDeviceRow *row = g_ptr_array_index(rows, i);

        g_hash_table_insert(by_name, row->name, row);
    }
    for (guint i = 0; i < known->len; i++) {
        const RvDevice *device = g_ptr_array_index(known, i);

        if (is_wanted(build, device->name))
            add_device(build, device->name, device, g_hash_table_lookup(by_name, device->name));
    }
    /* devices that left the inventory still are in the report of the time when they were asked */
    for (guint i = 0; i < rows->len; i++) {
        const RvDeviceRow *row = g_ptr_array_index(rows, i);

        if (is_wanted(build, row->name) && g_hash_table_lookup(build->devices, row->name) == NULL &&
            row->first_ms < build->report->until_ms &&
            row->last_ms >= build->report->period.from_ms)
            add_device(build, row->name, NULL, row);
    }
    if (known->len == 0)
        rv_build_gap(build, RV_GAP_NO_INVENTORY, NULL);
    if (build->request->device != NULL && build->report->devices->len == 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "no device '%s' in the inventory, and none of that name was asked in %s",
                    build->request->device, build->report->period.label);
        return FALSE;
    }
    return TRUE;
}

/* ---- reachability ---- */

const RvServiceClass *
rv_build_class(const RvBuild *build, const char *device)
{
    const RvDevice *known = rv_inventory_find(build->sources->configuration->inventory, device);

    return known != NULL && known->service_class != NULL
               ? rv_service_plan_class(build->plan, known->service_class)
               : NULL;
}

RvAvailability *
rv_build_availability(const RvBuild *build, const char *device, gint64 from_ms, gint64 until_ms,
                      GPtrArray **intervals, GPtrArray **windows, GError **error)
{
    const RvServiceClass *class = rv_build_class(build, device);
    g_autoptr(GArray) coverage = NULL;
    RvAvailabilityTerms terms = {.from_ms = from_ms,
                                 .until_ms = until_ms,
                                 .target = class != NULL ? class->availability : NAN,
                                 .exclusions = build->plan->exclusions};

    *intervals =
        rv_state_reachability(build->sources->state, device, NULL, from_ms, until_ms, error);
    if (*intervals == NULL)
        return NULL;
    *windows = rv_maintenance_windows(build->sources->state, device, RV_MAINTENANCE_NUMBERS,
                                      from_ms, until_ms, error);
    if (*windows == NULL)
        return NULL;
    if (class != NULL && class->coverage != NULL)
        coverage = rv_calendar_spans(class->coverage, from_ms, until_ms);
    terms.coverage = coverage;
    terms.maintenance = *windows;
    return rv_availability(*intervals, &terms);
}

static gboolean
add_reachability(RvBuild *build, RvReportDevice *device, GError **error)
{
    device->availability =
        rv_build_availability(build, device->name, build->report->period.from_ms,
                              build->report->until_ms, &device->intervals, &device->windows, error);
    if (device->availability == NULL)
        return FALSE;
    for (guint i = 0; i < device->intervals->len; i++) {
        const RvInterval *interval = g_ptr_array_index(device->intervals, i);

        device->observed |=
            interval->state != RV_STATE_BLIND && interval->state != RV_STATE_NOT_ASKED;
        device->last_state = interval->state;
        device->last_reason = interval->reason;
    }
    return TRUE;
}

/* ---- parts ---- */

/* Warnings and worse; unknown is no finding of a part, only of our sight. */
static gboolean
is_bad(RvVerdict verdict)
{
    return verdict == RV_VERDICT_WARNING || verdict == RV_VERDICT_CRITICAL;
}

static gint64
clipped(const RvBuild *build, const RvVerdictInterval *interval, gint64 *from_ms, gint64 *until_ms)
{
    *from_ms = MAX(interval->from_ms, build->report->period.from_ms);
    *until_ms = MIN(interval->until_ms, build->report->until_ms);
    return MAX(0, *until_ms - *from_ms);
}

static RvReportFinding *
add_finding(RvBuild *build, RvReportDevice *device, const RvVerdictInterval *interval)
{
    RvReportFinding *finding = g_new0(RvReportFinding, 1);

    finding->device = g_strdup(interval->device);
    finding->key = g_strdup(interval->key);
    finding->name = g_strdup(interval->name);
    finding->group = g_strdup(interval->group);
    finding->component = g_strdup(interval->component);
    finding->class = interval->class;
    finding->part = rv_part_group(interval->group);
    finding->first_ms = MAX(interval->from_ms, build->report->period.from_ms);
    finding->since_before = interval->from_ms < build->report->period.from_ms;
    g_ptr_array_add(build->report->findings, finding);
    device->findings++;
    return finding;
}

static void
note_bad(RvBuild *build, RvReportFinding *finding, const RvVerdictInterval *interval)
{
    gint64 from_ms, until_ms;

    finding->bad_ms += clipped(build, interval, &from_ms, &until_ms);
    finding->last_ms = until_ms;
    finding->times++;
    if (finding->times == 1 ||
        rv_verdict_worst(interval->status, finding->worst) == interval->status) {
        finding->worst = interval->status;
        finding->presence = interval->presence;
        g_free(finding->reason);
        finding->reason = g_strdup(interval->reason);
    }
}

static int
compare_spans(gconstpointer a, gconstpointer b)
{
    const RvSpan *left = a, *right = b;

    return left->from_ms < right->from_ms ? -1 : left->from_ms > right->from_ms;
}

gint64
rv_build_union(GArray *spans, gint64 from_ms, gint64 until_ms)
{
    gint64 sum = 0, end = from_ms;

    g_array_sort(spans, compare_spans);
    for (guint i = 0; i < spans->len; i++) {
        const RvSpan *span = &g_array_index(spans, RvSpan, i);
        gint64 begin = MAX(span->from_ms, end), stop = MIN(span->until_ms, until_ms);

        if (stop > begin)
            sum += stop - begin;
        end = MAX(end, stop);
    }
    return sum;
}

void
rv_build_bad_time(const GPtrArray *verdicts, const RvAvailability *availability, gint64 from_ms,
                  gint64 until_ms, gint64 *critical_ms, gint64 *warning_ms)
{
    g_autoptr(GArray) critical = g_array_new(FALSE, FALSE, sizeof(RvSpan));
    g_autoptr(GArray) bad = g_array_new(FALSE, FALSE, sizeof(RvSpan));

    for (guint i = 0; i < verdicts->len; i++) {
        const RvVerdictInterval *interval = g_ptr_array_index(verdicts, i);
        RvSpan span = {interval->from_ms, interval->until_ms};

        if (!is_bad(interval->status))
            continue;
        g_array_append_val(bad, span);
        if (interval->status == RV_VERDICT_CRITICAL)
            g_array_append_val(critical, span);
    }
    for (guint i = 0; i < availability->pieces->len; i++) {
        const RvPiece *piece = &g_array_index(availability->pieces, RvPiece, i);
        RvSpan span = {piece->from_ms, piece->until_ms};

        if (piece->kind != RV_PIECE_DOWN)
            continue;
        g_array_append_val(bad, span);
        g_array_append_val(critical, span);
    }
    *critical_ms = rv_build_union(critical, from_ms, until_ms);
    *warning_ms = rv_build_union(bad, from_ms, until_ms) - *critical_ms;
}

static gint64
newest_end(const RvBuild *build, const GPtrArray *verdicts)
{
    gint64 newest = 0, from_ms, until_ms;

    for (guint i = 0; i < verdicts->len; i++) {
        clipped(build, g_ptr_array_index(verdicts, i), &from_ms, &until_ms);
        newest = MAX(newest, until_ms);
    }
    return newest;
}

/* Verdicts come by key and time: the last one of a key that reaches as far as any is how it is at
 * the end of the period; a sensor that ended before is no longer there. */
static void
judge_parts(RvBuild *build, RvReportDevice *device, const GPtrArray *verdicts)
{
    gint64 newest = newest_end(build, verdicts), from_ms, until_ms;
    RvReportFinding *finding = NULL;

    for (guint i = 0; i < verdicts->len; i++) {
        const RvVerdictInterval *one = g_ptr_array_index(verdicts, i);
        const RvVerdictInterval *next =
            i + 1 < verdicts->len ? g_ptr_array_index(verdicts, i + 1) : NULL;
        gboolean last = next == NULL || strcmp(next->key, one->key) != 0;
        RvReportPart *part = &device->parts[rv_part_group(one->group)];
        gboolean lasts;

        clipped(build, one, &from_ms, &until_ms);
        lasts = last && until_ms >= newest;
        if (finding != NULL && strcmp(finding->key, one->key) != 0)
            finding = NULL;
        if (is_bad(one->status)) {
            if (finding == NULL)
                finding = add_finding(build, device, one);
            note_bad(build, finding, one);
        }
        if (part->sensors == 0)
            part->now = part->worst = RV_VERDICT_OK;
        part->sensors += last && one->presence != RV_PRESENCE_ABSENT;
        part->worst = rv_verdict_worst(part->worst, one->status);
        if (lasts) {
            part->now = rv_verdict_worst(part->now, one->status);
            part->bad += is_bad(one->status);
        }
        if (finding != NULL)
            finding->now = lasts ? one->status : RV_VERDICT_OK;
    }
}

static void
sum_up(RvReportDevice *device)
{
    device->now = device->worst = RV_VERDICT_OK;
    for (guint i = 0; i < RV_PART_GROUPS; i++) {
        if (device->parts[i].sensors == 0)
            continue;
        device->now = rv_verdict_worst(device->now, device->parts[i].now);
        device->worst = rv_verdict_worst(device->worst, device->parts[i].worst);
    }
    if (!device->observed) {
        device->now = device->worst = RV_VERDICT_UNKNOWN;
    } else {
        if (device->last_state == RV_STATE_DOWN)
            device->now = RV_VERDICT_CRITICAL;
        else if (device->last_state != RV_STATE_UP)
            device->now = rv_verdict_worst(device->now, RV_VERDICT_UNKNOWN);
        if (device->availability->down_ms > 0)
            device->worst = RV_VERDICT_CRITICAL;
    }
}

static gboolean
add_parts(RvBuild *build, RvReportDevice *device, GError **error)
{
    gint64 from_ms = build->report->period.from_ms, until_ms = build->report->until_ms;
    g_autoptr(GPtrArray) verdicts =
        rv_state_verdicts(build->sources->state, device->name, from_ms, until_ms, FALSE, error);
    g_autoptr(GArray) spans = NULL;

    if (verdicts == NULL)
        return FALSE;
    judge_parts(build, device, verdicts);
    rv_build_bad_time(verdicts, device->availability, from_ms, until_ms, &device->critical_ms,
                      &device->warning_ms);
    spans = rv_state_health_spans(build->sources->state, device->name, from_ms, until_ms, error);
    if (spans == NULL)
        return FALSE;
    device->judged_ms = rv_build_union(spans, from_ms, until_ms);
    sum_up(device);
    return TRUE;
}

/* ---- the latest answer ---- */

/* IANAifType: ethernetCsmacd, gigabitEthernet and their like; the rest (loopback, VLAN, tunnel) is
 * no port. */
static gboolean
is_port(const RvInterface *interface)
{
    return interface->type == 6 || interface->type == 117 || interface->type == 62 ||
           interface->type == 69 || interface->type == 56;
}

static void
add_latest(RvBuild *build, RvReportDevice *device)
{
    g_autoptr(GError) problem = NULL;
    RvObservation *latest = rv_state_latest(build->sources->state, device->name, &problem);

    if (latest == NULL) {
        if (problem != NULL)
            rv_build_gap(build, RV_GAP_READ, problem->message);
        return;
    }
    device->latest_ms = latest->taken_at_ms;
    for (guint i = 0; i < latest->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(latest->sensors, i);

        if (sensor->class != RV_CLASS_STATE)
            device->limits[sensor->limits_source]++;
    }
    for (guint i = 0; i < latest->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(latest->interfaces, i);

        device->interfaces += is_port(interface);
        device->interfaces_up += is_port(interface) && interface->oper_status == RV_OPER_UP;
    }
    g_hash_table_insert(build->latest, g_strdup(device->name), latest);
}

/* ---- log entries ---- */

#define EVENTS_SHOWN 200

static gboolean
add_events(RvBuild *build, GError **error)
{
    RvReport *report = build->report;
    g_autoptr(GPtrArray) rows = rv_state_events(build->sources->state, build->request->device,
                                                report->period.from_ms, report->until_ms, error);

    if (rows == NULL)
        return FALSE;
    for (guint i = rows->len; i > 0; i--) {
        RvEventRow *row = g_ptr_array_index(rows, i - 1);
        RvReportDevice *device = g_hash_table_lookup(build->devices, row->device);
        gboolean bad = is_bad(row->event.severity) && row->event.asserted && !row->event.ended;

        if (device == NULL)
            continue;
        report->event_count++;
        device->events++;
        device->bad_events += bad;
        if (bad && report->events->len < EVENTS_SHOWN)
            g_ptr_array_add(report->events, g_ptr_array_steal_index(rows, i - 1));
    }
    return TRUE;
}

/* ---- order ---- */

#define LATER_MS ((gint64)86400000) /* an answer of the next day still speaks of the period */

static int
severity(RvVerdict verdict)
{
    static const int order[] = {[RV_VERDICT_OK] = 0,
                                [RV_VERDICT_WARNING] = 2,
                                [RV_VERDICT_CRITICAL] = 3,
                                [RV_VERDICT_UNKNOWN] = 1};

    return order[verdict];
}

static int
compare_devices(gconstpointer a, gconstpointer b)
{
    const RvReportDevice *left = *(RvReportDevice *const *)a, *right = *(RvReportDevice *const *)b;

    if (severity(left->now) != severity(right->now))
        return severity(right->now) - severity(left->now);
    if (severity(left->worst) != severity(right->worst))
        return severity(right->worst) - severity(left->worst);
    if (left->critical_ms != right->critical_ms)
        return left->critical_ms > right->critical_ms ? -1 : 1;
    if (left->warning_ms != right->warning_ms)
        return left->warning_ms > right->warning_ms ? -1 : 1;
    return rv_text_compare(left->name, right->name);
}

static int
compare_findings(gconstpointer a, gconstpointer b)
{
    const RvReportFinding *left = *(RvReportFinding *const *)a;
    const RvReportFinding *right = *(RvReportFinding *const *)b;
    int order;

    if (severity(left->now) != severity(right->now))
        return severity(right->now) - severity(left->now);
    if (severity(left->worst) != severity(right->worst))
        return severity(right->worst) - severity(left->worst);
    if (left->bad_ms != right->bad_ms)
        return left->bad_ms > right->bad_ms ? -1 : 1;
    order = rv_text_compare(left->device, right->device);
    return order != 0 ? order : rv_text_compare(left->key, right->key);
}

gboolean
rv_build_devices(RvBuild *build, GError **error)
{
    GPtrArray *devices = build->report->devices;
    gboolean later = FALSE;

    if (!list_devices(build, error))
        return FALSE;
    for (guint i = 0; i < devices->len; i++) {
        RvReportDevice *device = g_ptr_array_index(devices, i);

        if (!add_reachability(build, device, error) || !add_parts(build, device, error))
            return FALSE;
        add_latest(build, device);
        if (i % 16 == 0)
            rv_build_progress(build, "devices", (double)i / devices->len);
    }
    if (!add_events(build, error))
        return FALSE;
    for (guint i = 0; i < devices->len; i++)
        later |= ((RvReportDevice *)g_ptr_array_index(devices, i))->latest_ms >
                 build->report->period.until_ms + LATER_MS;
    if (later)
        rv_build_gap(build, RV_GAP_LIMITS_OF_TODAY, NULL);
    g_ptr_array_sort(devices, compare_devices);
    for (guint i = 0; i < devices->len; i++)
        g_hash_table_insert(build->report->places,
                            ((RvReportDevice *)g_ptr_array_index(devices, i))->name,
                            GUINT_TO_POINTER(i + 1));
    g_ptr_array_sort(build->report->findings, compare_findings);
    return TRUE;
}
