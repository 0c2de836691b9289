/* Sums over the whole report, so that each figure is made once and every format prints the same. */
#include <math.h>

#include "report/build.h"

static void
sum_devices(RvReport *report)
{
    RvReportSums *sums = &report->sums;

    for (guint i = 0; i < report->devices->len; i++) {
        RvReportDevice *device = g_ptr_array_index(report->devices, i);

        sums->critical += device->now == RV_VERDICT_CRITICAL;
        sums->unknown += device->now == RV_VERDICT_UNKNOWN;
        sums->bad += device->now != RV_VERDICT_OK && device->now != RV_VERDICT_UNKNOWN;
        device->ports_used =
            device->interfaces > 0 ? (double)device->interfaces_up / device->interfaces : NAN;
    }
    for (guint i = 0; i < report->findings->len; i++)
        sums->critical_parts +=
            ((RvReportFinding *)g_ptr_array_index(report->findings, i))->now == RV_VERDICT_CRITICAL;
    for (guint i = 0; i < report->faults->len; i++)
        sums->open_faults +=
            ((RvReportFault *)g_ptr_array_index(report->faults, i))->fault->resolved_ms == 0;
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
    for (guint i = 0; i < report->energy->len; i++) {
        const RvReportSeries *one = g_ptr_array_index(report->energy, i);

        if (one->class == RV_CLASS_POWER && isfinite(one->used))
            sums->energy_kwh = (isfinite(sums->energy_kwh) ? sums->energy_kwh : 0) + one->used;
    }
}

gboolean
rv_build_sums(RvBuild *build, G_GNUC_UNUSED GError **error)
{
    const RvReportCoverage *coverage = &build->report->coverage;

    sum_devices(build->report);
    sum_changes(build->report);
    sum_environment(build->report);
    build->report->sums.observed =
        coverage->expected_ms > 0 ? (double)coverage->observed_ms / (double)coverage->expected_ms
                                  : NAN;
    return TRUE;
}
