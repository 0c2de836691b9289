/* Service level, faults, actions. */
#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "observation/words.h"
#include "report/sections.h"

#define ROWS 60

/* ---- service level ---- */

static void
add_class_detail(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("Availability by class", "各服务级别可用率"));
    g_autofree char *low = rv_write_availability(report->a_low);
    g_autofree char *high = rv_write_availability(report->a_high);
    g_autofree char *seen = rv_write_percent(report->sums.observed, 1);

    rv_table_column(table, SAY("Class", "服务级别"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Hours", "服务时间"), 12, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Target", "指标"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Availability", "可用率"), 15, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("At least", "下界"), 13, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("At most", "上界"), 13, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Budget used", "额度已用"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Met", "达标"), 8, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Not met", "未达标"), 10, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Not proven", "无法证明"), 12, RV_ALIGN_RIGHT);
    for (guint i = 0; i < report->classes->len; i++) {
        const RvReportClass *one = g_ptr_array_index(report->classes, i);

        if (one->devices == 0)
            continue;
        rv_table_row(table);
        rv_table_cell(table, "%s", rv_class_name(document, one));
        rv_table_cell(table, "%s", one->coverage);
        rv_table_take(table, rv_write_percent(one->target, 2));
        rv_table_take(table, rv_write_availability(one->a));
        rv_table_take(table, rv_write_availability(one->a_low));
        rv_table_take(table, rv_write_availability(one->a_high));
        rv_table_take(table, rv_write_percent(one->budget_ms > 0 && isfinite(one->a)
                                                  ? (double)one->down_ms / (double)one->budget_ms
                                                  : NAN,
                                              0));
        rv_table_cell(table, "%u", one->met);
        rv_table_cell(table, "%u", one->not_met);
        rv_table_cell(table, "%u", one->not_proven);
    }
    if (!isfinite(report->a))
        return;
    if (report->sums.observed >= 1) {
        rv_table_finding(table,
                         SAY("All of the service time was observed; the availability of all is %s",
                             "服务时间全部观测，总体可用率 %s"),
                         low);
        return;
    }
    rv_table_finding(table,
                     SAY("With %s of the service time observed, the availability of all lies "
                         "between %s and %s",
                         "服务时间观测到 %s，总体可用率介于 %s 与 %s 之间"),
                     seen, low, high);
}

static int
compare_availability(gconstpointer a, gconstpointer b)
{
    const RvReportDevice *left = *(RvReportDevice *const *)a, *right = *(RvReportDevice *const *)b;

    if (left->availability->down_ms != right->availability->down_ms)
        return left->availability->down_ms > right->availability->down_ms ? -1 : 1;
    if (left->availability->not_observed_ms != right->availability->not_observed_ms)
        return left->availability->not_observed_ms > right->availability->not_observed_ms ? -1 : 1;
    return rv_text_compare(left->name, right->name);
}

#define UNSEEN_SHOWN 12
#define PART_TIME_NAMED 6
#define NEWCOMER_MS 86400000 /* a new device is not of the site's first round */

/* Devices that were never down, but not observed all of the time. */
typedef struct {
    guint devices;
    gint64 least_ms, most_ms; /* not observed */
} Unseen;

/* A poller that stood still makes one row of each device, all alike: many such rows are counted in
 * `unseen` instead. */
static void
pick_devices(const RvReport *report, GPtrArray *devices, Unseen *unseen)
{
    for (guint i = 0; i < report->devices->len; i++) {
        const RvAvailability *a =
            ((RvReportDevice *)g_ptr_array_index(report->devices, i))->availability;

        unseen->devices += a->down_ms == 0 && a->not_observed_ms > 0;
    }
    if (unseen->devices <= UNSEEN_SHOWN)
        unseen->devices = 0;
    for (guint i = 0; i < report->devices->len; i++) {
        RvReportDevice *device = g_ptr_array_index(report->devices, i);
        gint64 unseen_ms = device->availability->not_observed_ms;

        if (device->availability->down_ms > 0 || (unseen->devices == 0 && unseen_ms > 0)) {
            g_ptr_array_add(devices, device);
        } else if (unseen_ms > 0) {
            unseen->least_ms = MIN(unseen->least_ms, unseen_ms);
            unseen->most_ms = MAX(unseen->most_ms, unseen_ms);
        }
    }
}

static void
say_unseen(RvDocument *document, const Unseen *unseen, gboolean others)
{
    const char *more = others ? SAY("further devices", "另有设备") : SAY("devices", "设备");
    g_autofree char *least = rv_write_duration(document->language, unseen->least_ms);
    g_autofree char *most = rv_write_duration(document->language, unseen->most_ms);
    g_autofree char *span = strcmp(least, most) == 0
                                ? g_strdup(most)
                                : g_strdup_printf(SAY("%s to %s", "%s至 %s"), least, most);

    rv_document_text(document, RV_BLOCK_TEXT,
                     SAY("Never seen down, but not observed for %3$s of their agreed service time: "
                         "%2$u %1$s.",
                         "%1$s %2$u 台未发现中断，但约定服务时间内各有 %3$s未被观测。"),
                     more, unseen->devices, span);
}

/* Appends "server-23 (2026-10-20)", or counts it where enough are named. */
static void
name_with_day(const RvDocument *document, const RvReport *report, GString *names, guint *count,
              const char *device, gint64 day_ms)
{
    g_autofree char *day = NULL, *name = NULL;

    if (++*count > PART_TIME_NAMED)
        return;
    day = rv_write_date(document->language, day_ms, report->zone);
    name = rv_short_name(device);
    g_string_append_printf(names, SAY("%s%s (%s)", "%s%s（%s）"),
                           names->len > 0 ? SAY(", ", "、") : "", name, day);
}

static void
say_with_day(RvDocument *document, const GString *names, guint count, const char *what)
{
    g_autofree char *more =
        count > PART_TIME_NAMED
            ? rv_write_text(SAY(" and %u more", " 等，另有 %u 台"), count - PART_TIME_NAMED)
            : g_strdup("");

    if (count > 0)
        rv_document_text(document, RV_BLOCK_SMALL, SAY("%s: %s%s.", "%s：%s%s。"), what, names->str,
                         more);
}

/* Devices that came or went count as not observed for the rest: says which and since when. A site
 * whose rounds began in the period has no newcomers. */
static void
say_part_time(RvDocument *document, const RvReport *report)
{
    g_autoptr(GString) new_names = g_string_new(NULL), old_names = g_string_new(NULL);
    gint64 begun_ms = G_MAXINT64;
    guint new_count = 0, old_count = 0;

    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);

        if (device->first_ms != 0)
            begun_ms = MIN(begun_ms, device->first_ms);
    }
    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);

        if (device->first_ms > MAX(report->period.from_ms, begun_ms + NEWCOMER_MS) &&
            device->first_ms < report->until_ms)
            name_with_day(document, report, new_names, &new_count, device->name, device->first_ms);
        if (!device->in_inventory && !rv_report_has_gap(report, RV_GAP_NO_INVENTORY) &&
            device->last_ms != 0 && device->last_ms < report->until_ms - NEWCOMER_MS)
            name_with_day(document, report, old_names, &old_count, device->name, device->last_ms);
    }
    say_with_day(document, new_names, new_count,
                 SAY("First asked within the period, before that not observed",
                     "周期内开始巡检的设备，此前计为未观测"));
    say_with_day(document, old_names, old_count,
                 SAY("No longer in the inventory, since the last sample not observed",
                     "已不在台账中的设备，末次采样后计为未观测"));
}

static void
add_device_availability(RvDocument *document, const RvReport *report)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new();
    g_autofree char *down = rv_write_duration(document->language, report->down_ms);
    Unseen unseen = {0, G_MAXINT64, 0};
    RvTable *table = rv_document_table(
        document, RV_BLOCK_TABLE,
        SAY("Devices that were down, or not observed", "发生中断或未被观测的设备"));

    rv_table_column(table, SAY("Device", "设备"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Result", "结果"), 16, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Availability", "可用率"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Down", "中断"), 15, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Outages", "次数"), 11, RV_ALIGN_RIGHT);
    rv_table_column(table, "MTTR", 14, RV_ALIGN_RIGHT);
    rv_table_column(table, "MTBF", 17, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Not observed", "未观测"), 17, RV_ALIGN_RIGHT);
    pick_devices(report, devices, &unseen);
    table->none =
        g_strdup(unseen.devices > 0
                     ? SAY("No device was seen down.", "未发现设备中断。")
                     : SAY("Every device was observed and up for all of its agreed service time.",
                           "所有设备在约定服务时间内均被观测且可达。"));
    g_ptr_array_sort(devices, compare_availability);
    for (guint i = 0; i < devices->len && !rv_table_full(document, table, ROWS, devices->len);
         i++) {
        const RvReportDevice *device = g_ptr_array_index(devices, i);
        const RvAvailability *a = device->availability;

        rv_table_row(table);
        rv_device_cell(table, report, device->name);
        rv_promise_cell(table, document, a->promise);
        rv_table_take(table, rv_write_availability(a->a));
        rv_table_take(table, rv_write_duration(document->language, a->down_ms));
        rv_table_cell(table, "%u", a->outages);
        rv_table_take(table, a->outages > 0 ? rv_write_duration(document->language, a->mttr_ms)
                                            : g_strdup("–"));
        rv_table_take(table, a->outages > 0 ? rv_write_duration(document->language, a->mtbf_ms)
                                            : g_strdup("–"));
        rv_table_take(table, rv_write_duration(document->language, a->not_observed_ms));
    }
    rv_table_finding(table,
                     SAY("Devices down at some time: %u of %u, %s together; not observed all of "
                         "the time: %u",
                         "发生中断的设备 %u 台（共 %u 台），累计中断 %s；观测不完整的设备 %u 台"),
                     report->sums.devices_down, report->devices->len, down,
                     report->sums.devices_unseen);
    if (unseen.devices > 0)
        say_unseen(document, &unseen, devices->len > 0);
    say_part_time(document, report);
}

static void
add_groups(RvDocument *document, const RvReport *report)
{
    RvTable *table;

    if (report->groups->len == 0)
        return;
    table = rv_document_table(document, RV_BLOCK_TABLE,
                              SAY("Redundant groups: up while enough members are",
                                  "冗余组：足够数量的成员可达即视为可达"));
    rv_table_column(table, SAY("Group", "冗余组"), 30, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Needed", "所需/成员"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Result", "结果"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Availability", "可用率"), 16, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Down", "中断"), 16, RV_ALIGN_RIGHT);
    for (guint i = 0; i < report->groups->len; i++) {
        const RvReportGroup *group = g_ptr_array_index(report->groups, i);

        rv_table_row(table);
        rv_table_cell(table, "%s", group->name);
        rv_table_cell(table, "%u / %u", group->needed, group->members);
        rv_promise_cell(table, document, group->promise);
        rv_table_take(table, rv_write_availability(group->a));
        rv_table_take(table, rv_write_duration(document->language, group->down_ms));
    }
}

static void
add_excluded(RvDocument *document, const RvReport *report)
{
    g_autofree char *together = rv_write_duration(document->language, report->sums.excluded_ms);
    RvTable *table = rv_document_table(
        document, RV_BLOCK_TABLE,
        SAY("Time taken out of the agreed service time", "从约定服务时间中扣除的时段"));

    rv_table_column(table, SAY("Kind", "类别"), 15, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "设备"), 15, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("From", "开始"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Until", "结束"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Reason", "原因"), 32, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Entered by", "登记人"), 16, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("No time was taken out: there was no maintenance and no agreed "
                               "exclusion.",
                               "没有扣除时段：本周期无计划维护，也无约定除外。"));
    for (guint i = 0; i < report->maintenance->len; i++) {
        const RvMaintenance *one = g_ptr_array_index(report->maintenance, i);
        gboolean late = one->made_ms > one->from_ms;
        g_autofree char *recurring = NULL;

        if (!one->numbers || rv_table_full(document, table, ROWS, report->maintenance->len))
            continue;
        rv_table_row(table);
        recurring = one->every_days == 0   ? g_strdup("")
                    : one->every_days == 1 ? g_strdup(SAY(", every day", "（每天）"))
                                           : rv_write_text(SAY(", every %u days", "（每 %u 天）"),
                                                           (guint)one->every_days);
        rv_table_cell(table, "%s%s%s", SAY("maintenance", "计划维护"),
                      late ? SAY(", entered afterwards", "（事后登记）") : "", recurring);
        rv_table_cell(table, "%s", one->devices);
        rv_table_take(table, rv_write_time(document->language, one->from_ms, report->zone));
        rv_table_take(table, rv_write_time(document->language,
                                           one->ended_ms != 0 ? MIN(one->ended_ms, one->until_ms)
                                                              : one->until_ms,
                                           report->zone));
        rv_table_cell(table, "%s", one->why);
        rv_table_cell(table, "%s", one->who);
    }
    for (guint i = 0; i < report->exclusions->len; i++) {
        const RvWindow *window = g_ptr_array_index(report->exclusions, i);

        rv_table_row(table);
        rv_table_cell(table, "%s", SAY("agreed exclusion", "约定除外"));
        rv_table_cell(table, "%s", SAY("all devices", "全部设备"));
        rv_table_take(table, rv_write_time(document->language, window->from_ms, report->zone));
        rv_table_take(table, rv_write_time(document->language, window->until_ms, report->zone));
        rv_table_cell(table, "%s", window->why);
        rv_table_cell(table, "%s", window->who);
    }
    rv_table_finding(table,
                     SAY("Taken out of the agreed service time: %s, added up over the devices",
                         "从约定服务时间中扣除的时段：按设备累计 %s"),
                     together);
}

static void
handling_cell(RvTable *table, const RvDocument *document, const RvReportHandling *one,
              RvClockKind kind)
{
    guint all = one->kept[kind] + one->breached[kind] + one->running[kind];
    g_autofree char *text = NULL;

    if (all == 0) {
        rv_table_cell(table, "–");
        return;
    }
    text = one->running[kind] > 0
               ? rv_write_text(SAY("%u kept, %u late, %u running", "按时 %u，超时 %u，进行中 %u"),
                               one->kept[kind], one->breached[kind], one->running[kind])
               : rv_write_text(SAY("%u kept, %u late", "按时 %u，超时 %u"), one->kept[kind],
                               one->breached[kind]);
    rv_table_mark(table, one->breached[kind] > 0 ? RV_MARK_CRITICAL : RV_MARK_OK, text);
}

static void
add_handling(RvDocument *document, const RvReport *report)
{
    const RvReportSums *sums = &report->sums;
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("Response and handling", "响应与处置时限"));

    rv_table_column(table, SAY("Level", "级别"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Faults", "故障"), 9, RV_ALIGN_RIGHT);
    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        g_autofree char *head = g_strdup(rv_say_clock(document->language, (RvClockKind)i));

        head[0] = g_ascii_toupper(head[0]);
        rv_table_column(table, head, 20, RV_ALIGN_LEFT);
    }
    table->none = g_strdup(SAY("There was no fault to handle.", "本周期没有需要处置的故障。"));
    for (guint i = 0; i < report->handling->len; i++) {
        const RvReportHandling *one = g_ptr_array_index(report->handling, i);

        rv_table_row(table);
        rv_table_cell(table, "%s", rv_or_dash(rv_say_fault_level(document->language, one->name)));
        rv_table_cell(table, "%u", one->faults);
        for (guint j = 0; j < RV_CLOCK_KINDS; j++)
            handling_cell(table, document, one, (RvClockKind)j);
    }
    rv_table_finding(table,
                     SAY("Agreed times for response and handling: kept %u, missed %u, still "
                         "running %u",
                         "响应与处置时限：按时 %u 项，超时 %u 项，进行中 %u 项"),
                     sums->clocks_kept, sums->clocks_late, sums->clocks_running);
}

void
rv_section_service_level(RvDocument *document, const RvReport *report)
{
    rv_document_heading(document, 1, "service-level", SAY("Service level", "服务级别"));
    if (rv_report_has_gap(report, RV_GAP_NO_PLAN))
        rv_document_text(
            document, RV_BLOCK_TEXT, "%s",
            SAY("No service level was agreed for any device, so nothing here is met or "
                "not met; the figures stand by themselves.",
                "所有设备均未约定服务级别，因此不作达标判定，仅列出数据。"));
    add_class_detail(document, report);
    add_groups(document, report);
    add_device_availability(document, report);
    add_handling(document, report);
    add_excluded(document, report);
}

/* ---- faults ---- */

/* How its agreed times were kept. */
static void
clocks_cell(const RvDocument *document, RvTable *table, const RvReportFault *one)
{
    guint all = 0, late = 0, running = 0;
    g_autofree char *text = NULL;

    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        const RvClock *clock = &one->clocks[i];

        all += clock->exists;
        late += clock->exists && clock->breached;
        running += clock->exists && !clock->breached && clock->done_ms == 0;
    }
    if (all == 0) {
        rv_table_cell(table, "–");
        return;
    }
    text = late > 0      ? rv_write_text(SAY("%u late", "超时 %u"), late)
           : running > 0 ? rv_write_text(SAY("%u running", "进行中 %u"), running)
                         : g_strdup(SAY("kept", "按时"));
    rv_table_mark(table,
                  late > 0      ? RV_MARK_CRITICAL
                  : running > 0 ? RV_MARK_UNKNOWN
                                : RV_MARK_OK,
                  text);
}

static void
add_fault_row(RvDocument *document, const RvReport *report, RvTable *table,
              const RvReportFault *one)
{
    const RvFault *fault = one->fault;
    g_autofree char *title = rv_fault_title(document, fault);
    gint64 end = fault->resolved_ms;

    rv_table_row(table);
    rv_table_cell(table, "%d", (int)fault->id)->place = g_strdup_printf("fault-%d", (int)fault->id);
    rv_table_cell(table, "%s", rv_or_dash(rv_say_fault_level(document->language, one->level_name)));
    rv_device_cell(table, report, fault->device);
    rv_table_cell(table, "%s", title);
    rv_table_take(table, rv_write_time(document->language, fault->opened_ms, report->zone));
    rv_table_take(table, end != 0 ? rv_write_duration(document->language, end - fault->opened_ms)
                                  : g_strdup("–"));
    clocks_cell(document, table, one);
    rv_table_mark(table,
                  end != 0                   ? RV_MARK_OK
                  : fault->recovered_ms != 0 ? RV_MARK_WARNING
                                             : RV_MARK_CRITICAL,
                  end != 0                   ? SAY("resolved", "已解决")
                  : fault->recovered_ms != 0 ? SAY("recovered", "已恢复")
                                             : SAY("open", "未解决"));
}

static void
add_ledger(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, SAY("Fault ledger", "故障台账"));

    rv_table_column(table, SAY("No.", "编号"), 6, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Level", "级别"), 14, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Device", "设备"), 16, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("What", "现象"), 33, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Opened", "登记时间"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Duration", "用时"), 15, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("In time", "时限"), 15, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("State", "状态"), 14, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("No fault was open in this period.", "本周期内没有故障。"));
    for (guint i = 0; i < report->faults->len; i++) {
        if (rv_table_full(document, table, ROWS, report->faults->len))
            break;
        add_fault_row(document, report, table, g_ptr_array_index(report->faults, i));
    }
    rv_table_finding(
        table,
        SAY("Fault ledger: faults %u, resolved %u, open %u (past the agreed time: %u)",
            "故障台账：共 %u 起，已解决 %u 起，未解决 %u 起（其中超过约定时限 %u 起）"),
        report->faults->len, report->sums.resolved, report->sums.open_faults,
        report->sums.overdue_faults);
}

/* Of all devices together; those of each are with the service level. */
static void
add_means(RvDocument *document, const RvReport *report)
{
    const RvReportSums *sums = &report->sums;
    g_autofree char *mttr = rv_write_duration(document->language, sums->mttr_ms);
    g_autofree char *mtbf = rv_write_duration(document->language, sums->mtbf_ms);

    if (sums->outages > 0)
        rv_document_text(
            document, RV_BLOCK_TEXT,
            SAY("Outages within the agreed service time: %u. Over all devices the mean time to "
                "restore (MTTR) is %s, the mean time between failures (MTBF) %s for each device.",
                "约定服务时间内中断 %u 次。全部设备平均修复时间（MTTR）%s，单台平均故障间隔"
                "时间（MTBF）%s。"),
            sums->outages, mttr, mtbf);
    else if (report->coverage.observed_ms > 0)
        rv_document_text(document, RV_BLOCK_TEXT, "%s",
                         SAY("There was no outage within the agreed service time, so there is no "
                             "MTTR and no MTBF.",
                             "约定服务时间内没有中断，因此不计算 MTTR 与 MTBF。"));
}

static void
add_resolutions(RvDocument *document, const RvReport *report)
{
    g_autofree char *mean = rv_write_duration(document->language, report->sums.resolve_mean_ms);
    guint all = report->sums.resolved;
    RvTable *table;

    if (all == 0)
        return;
    table = rv_document_table(document, RV_BLOCK_TABLE,
                              SAY("Cause, method and loss", "原因、方法与损失"));
    rv_table_column(table, SAY("No.", "编号"), 6, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Kind", "类别"), 9, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Cause", "原因"), 30, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Method", "方法"), 30, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Loss", "损失"), 20, RV_ALIGN_LEFT);
    for (guint i = 0; i < report->faults->len; i++) {
        const RvFault *fault = ((RvReportFault *)g_ptr_array_index(report->faults, i))->fault;

        if (fault->resolved_ms == 0 || rv_table_full(document, table, ROWS, all))
            continue;
        rv_table_row(table);
        rv_table_cell(table, "%d", (int)fault->id);
        rv_table_cell(table, "%s", rv_say_fault_kind(document->language, fault->kind));
        rv_table_cell(table, "%s", rv_or_dash(fault->root_cause));
        rv_table_cell(table, "%s", rv_or_dash(fault->method));
        rv_table_cell(table, "%s",
                      g_strcmp0(fault->loss, "none") == 0 ? SAY("none", "无")
                                                          : rv_or_dash(fault->loss));
    }
    rv_table_finding(table,
                     all == 1
                         ? SAY("Cause, method and loss of the %u resolved fault; it took %s",
                               "已解决故障 %u 起的原因、方法与损失，用时 %s")
                         : SAY("Causes, methods and losses of the %u resolved faults; they took "
                               "%s on average",
                               "已解决故障 %u 起的原因、方法与损失，平均用时 %s"),
                     all, mean);
}

void
rv_section_faults(RvDocument *document, const RvReport *report)
{
    rv_document_heading(document, 1, "faults", SAY("Faults", "故障"));
    add_ledger(document, report);
    add_means(document, report);
    add_resolutions(document, report);
}

/* ---- actions ---- */

static void
add_bad_parts(RvDocument *document, const RvReport *report)
{
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("Hardware findings", "硬件异常"));

    rv_table_column(table, SAY("Device", "设备"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Part", "部件"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Worst", "最差"), 13, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("At the end", "期末"), 13, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Evidence", "依据"), 36, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Duration", "累计时长"), 14, RV_ALIGN_RIGHT);
    table->none =
        g_strdup(report->coverage.observed_ms == 0
                     ? SAY("No statement: nothing was observed.", "无法判断：没有观测数据。")
                     : SAY("Every part that was observed was OK all the time.",
                           "所有被观测的部件始终正常。"));
    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);
        g_autofree char *sentence = NULL;

        if (rv_table_full(document, table, ROWS, report->findings->len))
            break;
        sentence = rv_finding_sentence(document, finding);
        rv_table_row(table);
        rv_device_cell(table, report, finding->device);
        rv_table_take(table, rv_finding_name(document, report, finding));
        rv_verdict_cell(table, document, finding->worst);
        rv_verdict_cell(table, document, finding->now);
        rv_table_cell(table, "%s%s", sentence,
                      finding->since_before ? SAY("; since before the period", "；早于本周期")
                                            : "");
        rv_table_take(table, rv_write_duration(document->language, finding->bad_ms));
    }
    rv_table_finding(
        table,
        SAY("Hardware findings: parts abnormal at some time %u, still so at the end %u",
            "硬件异常：%u 个部件曾出现异常，其中 %u 个期末仍未恢复"),
        report->findings->len, report->sums.bad_parts);
    if (report->findings->len > 0)
        rv_table_note(table, SAY("Evidence: as it was when the part became so, the last time.",
                                 "依据为部件最近一次进入该状态时的读数。"));
}

static gboolean
is_same_part(const RvReport *report, guint left, guint right)
{
    const RvEvidence *a = ((RvReportSuspect *)g_ptr_array_index(report->suspects, left))->evidence;
    const RvEvidence *b = ((RvReportSuspect *)g_ptr_array_index(report->suspects, right))->evidence;

    return strcmp(a->device, b->device) == 0 && strcmp(a->key, b->key) == 0;
}

/* All that is said of the part of one suspect; NULL where an earlier one said it. */
static char *
evidence_together(const RvDocument *document, const RvReport *report, guint index)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < index; i++)
        if (is_same_part(report, i, index))
            return NULL;
    for (guint i = index; i < report->suspects->len; i++) {
        g_autofree char *sentence = NULL;

        if (!is_same_part(report, i, index))
            continue;
        sentence = rv_suspect_sentence(document, g_ptr_array_index(report->suspects, i));
        g_string_append_printf(text, "%s%s", text->len > 0 ? SAY("; ", "；") : "", sentence);
    }
    return g_strdup(text->str);
}

static void
add_suspects(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("Parts to look at before they fail", "预防性关注部件"));

    rv_table_column(table, SAY("Device", "设备"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Part", "部件"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Now", "当前"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Past 90 days", "近 90 天"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Evidence", "依据"), 36, RV_ALIGN_LEFT);
    table->none = g_strdup(
        report->coverage.observed_ms == 0
            ? SAY("No statement: nothing was observed.", "无法判断：没有观测数据。")
        : rv_report_has_gap(report, RV_GAP_NO_SERIES)
            ? SAY("No statement: there are no stored series.", "无法判断：没有历史数据序列。")
            : SAY("None stands out against its twins, its own past or its limits.",
                  "与同类部件、自身历史及限值相比，均无明显异常。"));
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvReportSuspect *suspect = g_ptr_array_index(report->suspects, i);
        char *evidence = evidence_together(document, report, i);
        RvCell *cell;

        if (evidence == NULL)
            continue;
        if (rv_table_full(document, table, ROWS, report->sums.suspect_parts)) {
            g_free(evidence);
            break;
        }
        rv_table_row(table);
        rv_device_cell(table, report, suspect->evidence->device);
        rv_table_cell(table, "%s", suspect->evidence->name);
        rv_table_take(table, rv_write_measure(suspect->evidence->now, suspect->class));
        cell = rv_table_cell(table, "%s", "");
        cell->spark = g_array_ref(suspect->days);
        rv_table_take(table, evidence);
    }
    rv_table_finding(table,
                     SAY("Parts to look at before they fail (they work, but abnormally): %u",
                         "预防性关注部件 %u 个：仍在工作，但表现异常"),
                     report->sums.suspect_parts);
}

/* Parts that were not well when the period before ended; counts them, and those that are again. */
static void
add_lasting_parts(RvDocument *document, const RvReport *report, RvTable *table, guint *all,
                  guint *settled)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);
        g_autofree char *sentence = NULL;

        if (!finding->since_before)
            continue;
        (*all)++;
        *settled += finding->now == RV_VERDICT_OK;
        if (rv_table_full(document, table, ROWS, report->faults->len + report->findings->len))
            continue;
        sentence = rv_finding_sentence(document, finding);
        rv_table_row(table);
        rv_table_cell(table, SAY("%s: %s", "%s：%s"), finding->name, sentence);
        rv_device_cell(table, report, finding->device);
        rv_table_cell(table, "%s", SAY("before the period", "本周期之前"));
        rv_verdict_cell(table, document, finding->now);
    }
}

/* What was open when the period began, and what came of it. */
static void
add_follow_up(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("Follow-up of the period before", "上期遗留事项跟踪"));
    guint all = 0, settled = 0;

    rv_table_column(table, SAY("Item", "事项"), 50, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Device", "设备"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Since", "起始"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Now", "现状"), 14, RV_ALIGN_LEFT);
    table->none =
        g_strdup(report->coverage.observed_ms == 0
                     ? SAY("No statement on parts: nothing was observed. No fault was left over.",
                           "没有观测数据，无法判断部件；上期没有遗留故障。")
                     : SAY("Nothing was left over from the period before.", "上期没有遗留事项。"));
    for (guint i = 0; i < report->faults->len; i++) {
        const RvReportFault *one = g_ptr_array_index(report->faults, i);
        gboolean done = one->fault->resolved_ms != 0;
        g_autofree char *title = NULL;

        if (!one->opened_before)
            continue;
        all++;
        settled += done;
        if (rv_table_full(document, table, ROWS, report->faults->len))
            continue;
        title = rv_fault_title(document, one->fault);
        rv_table_row(table);
        rv_table_cell(table, SAY("Fault %d: %s", "故障 %d：%s"), (int)one->fault->id, title)
            ->target = g_strdup_printf("fault-%d", (int)one->fault->id);
        rv_device_cell(table, report, one->fault->device);
        rv_table_take(table,
                      rv_write_time(document->language, one->fault->opened_ms, report->zone));
        rv_table_mark(table, done ? RV_MARK_OK : RV_MARK_CRITICAL,
                      done ? SAY("resolved", "已解决") : SAY("open", "未解决"));
    }
    add_lasting_parts(document, report, table, &all, &settled);
    rv_table_finding(table,
                     SAY("Follow-up: left over from the period before %u, of these settled %u",
                         "上期遗留事项 %u 项，其中 %u 项已处理完毕"),
                     all, settled);
}

static const char *
say_action(const RvDocument *document, RvActionKind kind)
{
    static const struct {
        const char *en, *zh;
    } words[] = {
        [RV_ACTION_RESTORE] = {"find the cause and restore it", "排查原因并恢复"},
        [RV_ACTION_REPLACE] = {"replace", "更换"},
        [RV_ACTION_ORDER] = {"order a spare, then replace", "备件并安排更换"},
        [RV_ACTION_FIND] = {"put back, or write off", "核实去向，补装或注销"},
        [RV_ACTION_COOL] = {"check cooling and airflow", "检查制冷与风道"},
        [RV_ACTION_SUPPLY] = {"check the power supplied", "检查供电质量"},
        [RV_ACTION_OPTICS] = {"clean, else replace the transceiver",
                              "清洁光纤端面，必要时更换光模块"},
        [RV_ACTION_RELIEVE] = {"reduce the load or add capacity", "降低负载或扩容"},
        [RV_ACTION_INSPECT] = {"inspect on site", "现场检查"},
    };

    return SAY(words[kind].en, words[kind].zh);
}

static void
urgency_cell(const RvDocument *document, RvTable *table, RvUrgency urgency)
{
    static const struct {
        RvMark mark;
        const char *en, *zh;
    } words[] = {
        [RV_URGENCY_NOW] = {RV_MARK_CRITICAL, "now", "立即"},
        [RV_URGENCY_SOON] = {RV_MARK_WARNING, "soon", "尽快"},
        [RV_URGENCY_PLAN] = {RV_MARK_UNKNOWN, "plan", "计划"},
    };

    rv_table_mark(table, words[urgency].mark, SAY(words[urgency].en, words[urgency].zh));
}

/* What a spare is ordered by: "PSU 2 (PWR-460AC, PS1-2)". */
static char *
action_part(const RvDocument *document, const RvReportAction *action)
{
    const char *part = action->part[0] != '\0' ? action->part : SAY("whole device", "整机");
    gboolean both = action->model[0] != '\0' && action->serial[0] != '\0';

    if (action->model[0] == '\0' && action->serial[0] == '\0')
        return g_strdup(part);
    return g_strdup_printf(SAY("%s (%s%s%s)", "%s（%s%s%s）"), part, action->model,
                           both ? SAY(", ", "，") : "", action->serial);
}

static void
add_action_row(RvDocument *document, const RvReport *report, RvTable *table,
               const RvReportAction *action)
{
    rv_table_row(table);
    urgency_cell(document, table, action->urgency);
    rv_device_cell(table, report, action->device);
    rv_table_cell(table, "%s", rv_or_dash(action->rack));
    rv_table_take(table, action_part(document, action));
    rv_table_cell(table, "%s", say_action(document, action->kind));
    rv_table_cell(table, "%s", action->owner);
    rv_table_take(table, action->due_ms != 0
                             ? rv_write_time(document->language, action->due_ms, report->zone)
                             : g_strdup(""));
    if (action->fault != 0)
        rv_table_cell(table, "%d", (int)action->fault)->target =
            g_strdup_printf("fault-%d", (int)action->fault);
    else
        rv_table_cell(table, "–");
}

static void
add_actions(RvDocument *document, const RvReport *report)
{
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("What is to be done", "待办事项"));
    guint at_once = 0;

    rv_table_column(table, SAY("When", "时限"), 11, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Device", "设备"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Rack", "机柜"), 8, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Part", "部件"), 24, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("What to do", "建议措施"), 26, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Owner", "责任人"), 14, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Due", "完成期限"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Fault", "故障"), 8, RV_ALIGN_RIGHT);
    table->none =
        g_strdup(report->coverage.observed_ms == 0
                     ? SAY("No statement: nothing was observed.", "无法判断：没有观测数据。")
                     : SAY("Nothing is to be done: no part is abnormal at the end or about to be.",
                           "无待办事项：期末没有异常或即将异常的部件。"));
    for (guint i = 0; i < report->actions->len; i++) {
        const RvReportAction *action = g_ptr_array_index(report->actions, i);

        at_once += action->urgency == RV_URGENCY_NOW;
        if (!rv_table_full(document, table, ROWS, report->actions->len))
            add_action_row(document, report, table, action);
    }
    rv_table_finding(table,
                     SAY("What is to be done: %u, of these at once %u",
                         "待办事项共 %u 项，其中需立即处理 %u 项"),
                     report->actions->len, at_once);
    if (report->actions->len > 0)
        rv_table_note(table,
                      SAY("Owner: of the device, by the inventory. Due: the agreed time of "
                          "the open fault. What is blank is to be filled in.",
                          "责任人取自台账中的设备负责人，完成期限为未解决故障的约定解决时限；"
                          "空白处请手工填写。"));
}

void
rv_section_actions(RvDocument *document, const RvReport *report)
{
    rv_document_heading(document, 1, "actions",
                        SAY("Actions and parts to replace", "处理建议与待更换部件"));
    add_actions(document, report);
    add_bad_parts(document, report);
    add_suspects(document, report);
    add_follow_up(document, report);
}
