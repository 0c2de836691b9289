/* Sums over the whole report, so that each figure is made once and every format prints the same. */
#include <math.h>
#include <string.h>

#include "report/build.h"

static void
sum_devices(RvReport *report)
{
    RvReportSums *sums = &report->sums;
    gint64 up_ms = 0;

    for (guint i = 0; i < report->devices->len; i++) {
        RvReportDevice *device = g_ptr_array_index(report->devices, i);

        sums->critical += device->now == RV_VERDICT_CRITICAL;
        sums->unknown += device->now == RV_VERDICT_UNKNOWN;
        sums->bad += device->now != RV_VERDICT_OK && device->now != RV_VERDICT_UNKNOWN;
        sums->devices_down += device->availability->down_ms > 0;
        sums->outages += device->availability->outages;
        up_ms += device->availability->up_ms;
        sums->devices_unseen += device->availability->not_observed_ms > 0;
        sums->ports += device->interfaces;
        sums->ports_up += device->interfaces_up;
        device->ports_used =
            device->interfaces > 0 ? (double)device->interfaces_up / device->interfaces : NAN;
    }
    if (sums->outages > 0) {
        sums->mttr_ms = report->down_ms / sums->outages;
        sums->mtbf_ms = up_ms / sums->outages;
    }
    for (guint i = 0; i < report->classes->len; i++) {
        const RvReportClass *one = g_ptr_array_index(report->classes, i);

        sums->excluded_ms += one->maintenance_ms + one->excluded_ms;
    }
}

static gboolean
is_same_part(const RvReportSuspect *left, const RvReportSuspect *right)
{
    return strcmp(left->evidence->device, right->evidence->device) == 0 &&
           strcmp(left->evidence->key, right->evidence->key) == 0;
}

static void
sum_parts(RvReport *report)
{
    RvReportSums *sums = &report->sums;

    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);

        sums->critical_parts += finding->now == RV_VERDICT_CRITICAL;
        sums->bad_parts += finding->now != RV_VERDICT_OK;
    }
    for (guint i = 0; i < report->suspects->len; i++) {
        guint first = 0;

        while (!is_same_part(g_ptr_array_index(report->suspects, first),
                             g_ptr_array_index(report->suspects, i)))
            first++;
        sums->suspect_parts += first == i;
    }
}

static void
sum_faults(RvReport *report)
{
    RvReportSums *sums = &report->sums;
    gint64 together_ms = 0;

    for (guint i = 0; i < report->faults->len; i++) {
        const RvReportFault *one = g_ptr_array_index(report->faults, i);

        if (one->fault->resolved_ms == 0) {
            sums->open_faults++;
            sums->overdue_faults += one->clocks[RV_CLOCK_RESOLVE].breached;
            continue;
        }
        sums->resolved++;
        together_ms += one->fault->resolved_ms - one->fault->opened_ms;
    }
    if (sums->resolved > 0)
        sums->resolve_mean_ms = together_ms / sums->resolved;
    for (guint i = 0; i < report->handling->len; i++) {
        const RvReportHandling *one = g_ptr_array_index(report->handling, i);

        for (guint j = 0; j < RV_CLOCK_KINDS; j++) {
            sums->clocks_kept += one->kept[j];
            sums->clocks_late += one->breached[j];
            sums->clocks_running += one->running[j];
        }
    }
}

static void
sum_access(RvReport *report)
{
    g_autoptr(GHashTable) devices = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < RV_WEAKNESSES; i++) {
        report->sums.weak_kinds += report->weak[i]->len > 0;
        for (guint j = 0; j < report->weak[i]->len; j++)
            g_hash_table_add(devices, g_ptr_array_index(report->weak[i], j));
    }
    report->sums.weak_devices = g_hash_table_size(devices);
}

static void
sum_changes(RvReport *report)
{
    RvReportSums *sums = &report->sums;

    for (guint i = 0; i < report->changes->len; i++) {
        const RvChange *change = g_ptr_array_index(report->changes, i);

        sums->changed_parts += change->kind == RV_CHANGE_PART_REPLACED ||
                               change->kind == RV_CHANGE_PART_ADDED ||
                               change->kind == RV_CHANGE_PART_REMOVED;
        sums->restarts += change->kind == RV_CHANGE_RESTART;
        sums->changed_firmware += change->kind == RV_CHANGE_FIRMWARE;
        sums->new_devices += change->kind == RV_CHANGE_DEVICE_NEW;
    }
}

/* Whether a sensor of power is that of its whole device. */
static gboolean
is_whole(const RvReportSeries *one)
{
    static const char *const words[] = {"system", "total", "chassis", "server",
                                        "dcmi",   "整机",  "总"};
    g_autofree char *name = g_utf8_strdown(one->name, -1);
    g_autofree char *key = g_utf8_strdown(one->key, -1);

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(name, words[i]) != NULL || strstr(key, words[i]) != NULL)
            return TRUE;
    return FALSE;
}

/* A server tells the power of each supply and that of the whole: together they count it twice. Of
 * several sensors of the whole the one that used most counts. */
static void
mark_parts(RvReport *report)
{
    g_autoptr(GHashTable) wholes = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < report->energy->len; i++) {
        RvReportSeries *one = g_ptr_array_index(report->energy, i);
        const RvReportSeries *whole = g_hash_table_lookup(wholes, one->device);

        if (one->class == RV_CLASS_POWER && is_whole(one) && isfinite(one->used) &&
            (whole == NULL || one->used > whole->used))
            g_hash_table_insert(wholes, one->device, one);
    }
    for (guint i = 0; i < report->energy->len; i++) {
        RvReportSeries *one = g_ptr_array_index(report->energy, i);
        const RvReportSeries *whole = g_hash_table_lookup(wholes, one->device);

        one->part = one->class == RV_CLASS_POWER && whole != NULL && whole != one;
    }
}

static void
sum_environment(RvReport *report)
{
    RvReportSums *sums = &report->sums;
    double sum = 0;

    sums->inlet_mean = sums->inlet_maximum = sums->energy_kwh = NAN;
    for (guint i = 0; i < report->inlets->len; i++) {
        const RvReportSeries *one = g_ptr_array_index(report->inlets, i);

        sum += one->mean;
        sums->inlet_maximum = fmax(sums->inlet_maximum, one->maximum); /* of NAN and x: x */
    }
    if (report->inlets->len > 0)
        sums->inlet_mean = sum / report->inlets->len;
    mark_parts(report);
    for (guint i = 0; i < report->energy->len; i++) {
        const RvReportSeries *one = g_ptr_array_index(report->energy, i);

        if (one->class == RV_CLASS_POWER && !one->part && isfinite(one->used))
            sums->energy_kwh = (isfinite(sums->energy_kwh) ? sums->energy_kwh : 0) + one->used;
    }
}

gboolean
rv_build_sums(RvBuild *build, G_GNUC_UNUSED GError **error)
{
    const RvReportCoverage *coverage = &build->report->coverage;

    sum_devices(build->report);
    sum_parts(build->report);
    sum_faults(build->report);
    sum_access(build->report);
    sum_changes(build->report);
    sum_environment(build->report);
    build->report->sums.observed =
        coverage->expected_ms > 0 ? (double)coverage->observed_ms / (double)coverage->expected_ms
                                  : NAN;
    return TRUE;
}
