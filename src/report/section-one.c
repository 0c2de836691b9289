/* Reports about one thing: a device, a fault. */
#include <math.h>
#include <string.h>

#include "report/sections.h"

static RvTable *
pairs(RvDocument *document, const char *caption)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, caption);

    rv_table_column(table, "", 28, RV_ALIGN_LEFT);
    rv_table_column(table, "", 72, RV_ALIGN_LEFT);
    table->headless = TRUE;
    return table;
}

static void
pair(RvTable *table, const char *label, const char *value)
{
    rv_table_row(table);
    rv_table_cell(table, "%s", label)->strong = TRUE;
    rv_table_cell(table, "%s", rv_or_dash(value));
}

static void
pair_take(RvTable *table, const char *label, char *value)
{
    pair(table, label, value);
    g_free(value);
}

/* Those of two that are known. */
static char *
joined(const RvDocument *document, const char *first, const char *second)
{
    gboolean both = first[0] != '\0' && second[0] != '\0';

    return g_strdup_printf("%s%s%s", first, both ? SAY(", ", "，") : "", second);
}

static char *
place_of(const RvDocument *document, const RvReportDevice *device)
{
    return joined(document, device->site_name[0] != '\0' ? device->site_name : device->site,
                  device->rack);
}

static const char *
class_name(const RvDocument *document, const RvReport *report, const RvReportDevice *device)
{
    for (guint i = 0; i < report->classes->len; i++) {
        const RvReportClass *one = g_ptr_array_index(report->classes, i);

        if (g_strcmp0(one->id, device->service_class) == 0)
            return rv_class_name(document, one);
    }
    return device->service_class;
}

/* ---- fault ---- */

static void
add_clocks(RvDocument *document, const RvReport *report, const RvReportFault *one)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, SAY("Agreed times", "约定时限"));
    guint late = 0, all = 0;

    rv_table_column(table, SAY("Clock", "时限"), 24, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Due", "期限"), 24, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Done", "完成"), 24, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Result", "结果"), 28, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("The level of this fault has no clocks.", "该级别没有约定时限。"));
    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        const RvClock *clock = &one->clocks[i];
        char *name;

        if (!clock->exists)
            continue;
        rv_table_row(table);
        name = g_strdup(rv_say_clock(document->language, clock->kind));
        name[0] = g_ascii_toupper(name[0]);
        rv_table_take(table, name);
        rv_table_take(table, rv_write_time(document->language, clock->due_ms, report->zone));
        rv_table_take(table, rv_write_time(document->language, clock->done_ms, report->zone));
        rv_table_mark(table,
                      clock->breached       ? RV_MARK_CRITICAL
                      : clock->done_ms != 0 ? RV_MARK_OK
                                            : RV_MARK_UNKNOWN,
                      clock->breached       ? SAY("late", "超时")
                      : clock->done_ms != 0 ? SAY("kept", "按时")
                                            : SAY("running", "进行中"));
        late += clock->breached;
        all++;
    }
    rv_table_finding(table, SAY("Agreed times: %u, missed: %u", "约定时限 %u 项，超时 %u 项"), all,
                     late);
}

static void
add_trail(RvDocument *document, const RvReport *report, const RvFault *fault)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, SAY("What happened", "处理过程"));

    rv_table_column(table, SAY("Time", "时间"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("By", "人员"), 14, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Step", "步骤"), 16, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Text", "内容"), 50, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("Nothing is noted.", "没有记录。"));
    for (guint i = 0; fault->trail != NULL && i < fault->trail->len; i++) {
        const RvFaultEntry *entry = g_ptr_array_index(fault->trail, i);
        g_autofree char *text = NULL;

        rv_table_row(table);
        rv_table_take(table, rv_write_time(document->language, entry->time_ms, report->zone));
        rv_table_cell(table, "%s",
                      g_strcmp0(entry->who, "rule") == 0 ? SAY("by rule", "自动")
                                                         : rv_or_dash(entry->who));
        rv_table_cell(table, "%s", rv_say_fault_action(document->language, entry->action));
        text = rv_ledger_entry_text(fault, entry, document->language);
        rv_table_cell(table, "%s", rv_or_dash(text));
    }
}

void
rv_section_fault(RvDocument *document, const RvReport *report)
{
    const RvReportFault *one =
        report->faults->len > 0 ? g_ptr_array_index(report->faults, 0) : NULL;
    const RvFault *fault = one != NULL ? one->fault : NULL;
    g_autofree char *heading =
        g_strdup_printf(SAY("Fault report %d", "故障报告 %d"), (int)report->fault_id);
    const RvReportDevice *device;
    RvTable *table;

    rv_document_heading(document, 1, "fault", heading);
    if (report->simulated)
        rv_document_text(document, RV_BLOCK_BANNER, "%s",
                         SAY("DEMONSTRATION: the rounds ran under a simulated clock.",
                             "演示：巡检在模拟时钟下运行。"));
    if (fault == NULL)
        return;
    device = rv_report_device(report, fault->device);
    table = pairs(document, NULL);
    pair(table, SAY("Report number", "报告编号"), report->number);
    pair_take(table, SAY("Made at", "生成时间"),
              rv_write_time(document->language, report->made_ms, report->zone));
    pair(table, SAY("Customer", "客户"), report->customer);
    pair(table, SAY("Device", "设备"), fault->device);
    if (device != NULL)
        pair_take(table, SAY("Model, serial number", "型号、序列号"),
                  joined(document, device->model, device->serial));
    if (device != NULL)
        pair_take(table, SAY("Site, rack", "机房、机柜"), place_of(document, device));
    pair_take(table, SAY("What was seen", "故障现象"), rv_fault_title(document, fault));
    pair(table, SAY("Kind", "类别"), rv_say_fault_kind(document->language, fault->kind));
    pair(table, SAY("Level", "级别"), rv_say_fault_level(document->language, one->level_name));
    pair(table, SAY("Cause", "原因"),
         fault->root_cause != NULL ? fault->root_cause : SAY("not yet known", "尚未查明"));
    pair(table, SAY("Method", "方法"),
         fault->method != NULL ? fault->method : SAY("not yet resolved", "尚未解决"));
    pair(table, SAY("Loss", "损失"),
         g_strcmp0(fault->loss, "none") == 0 ? SAY("none", "无") : fault->loss);
    if (fault->plan != NULL)
        pair(table, SAY("Emergency plan", "应急方案"), fault->plan);
    pair_take(table, SAY("Opened", "登记时间"),
              rv_write_time(document->language, fault->opened_ms, report->zone));
    pair_take(table, SAY("Recovered", "恢复时间"),
              rv_write_time(document->language, fault->recovered_ms, report->zone));
    pair_take(table, SAY("Resolved", "解决时间"),
              rv_write_time(document->language, fault->resolved_ms, report->zone));
    if (fault->resolved_ms != 0)
        pair_take(table, SAY("Time to resolve", "解决用时"),
                  rv_write_duration(document->language, fault->resolved_ms - fault->opened_ms));
    if (one->down_ms >= 0)
        pair_take(table, SAY("Down within service time", "服务时间内中断"),
                  rv_write_duration(document->language, one->down_ms));
    add_clocks(document, report, one);
    add_trail(document, report, fault);
    rv_sign_boxes(document, report);
}

/* ---- device ---- */

static void
add_identity(RvDocument *document, const RvReport *report, const RvReportDevice *device)
{
    RvTable *table = pairs(document, SAY("Identity", "设备信息"));

    pair(table, SAY("Device", "设备"), device->name);
    pair(table, SAY("Address", "地址"), device->host);
    pair(table, SAY("Kind", "类型"), rv_say_kind(document->language, device->kind));
    pair_take(table, SAY("Vendor, model", "厂商、型号"),
              joined(document, device->vendor, device->model));
    pair(table, SAY("Version", "版本"), device->os_version);
    pair(table, SAY("Serial number", "序列号"), device->serial);
    pair_take(table, SAY("Site, rack", "机房、机柜"), place_of(document, device));
    pair(table, SAY("Service class", "服务级别"), class_name(document, report, device));
    pair(table, SAY("Profile", "型号档案"), device->profile);
}

static void
add_pieces(RvDocument *document, const RvReport *report, const RvReportDevice *device)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("Every interval that was not up", "所有非可达时段"));
    g_autofree char *a = rv_write_availability(device->availability->a);
    g_autofree char *down = rv_write_duration(document->language, device->availability->down_ms);
    guint all = 0;

    rv_table_column(table, SAY("From", "开始"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Until", "结束"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Long", "时长"), 16, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Counted as", "计为"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Why", "原因"), 30, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("The device was up all the time.", "设备始终可达。"));
    for (guint i = 0; i < device->availability->pieces->len; i++)
        all += g_array_index(device->availability->pieces, RvPiece, i).kind != RV_PIECE_UP;
    for (guint i = 0; i < device->availability->pieces->len; i++) {
        const RvPiece *piece = &g_array_index(device->availability->pieces, RvPiece, i);

        if (piece->kind == RV_PIECE_UP || rv_table_full(document, table, 60, all))
            continue;
        rv_table_row(table);
        rv_table_take(table, rv_write_time(document->language, piece->from_ms, report->zone));
        rv_table_take(table, rv_write_time(document->language, piece->until_ms, report->zone));
        rv_table_take(table,
                      rv_write_duration(document->language, piece->until_ms - piece->from_ms));
        rv_table_cell(table, "%s", rv_say_piece(document->language, piece->kind));
        rv_table_cell(table, "%s",
                      piece->window != NULL ? piece->window->why
                      : piece->interval != NULL
                          ? rv_or_dash(rv_say_reason(document->language, piece->interval->reason))
                          : "–");
    }
    rv_table_finding(table,
                     SAY("Availability %s, down %s (outages: %u); every interval that was not up",
                         "可用率 %s，中断 %s（%u 次）；所有非可达时段如下"),
                     a, down, device->availability->outages);
}

void
rv_section_device(RvDocument *document, const RvReport *report)
{
    const RvReportDevice *device =
        report->devices->len > 0 ? g_ptr_array_index(report->devices, 0) : NULL;

    rv_document_page(document);
    rv_document_heading(document, 1, "device", report->subject);
    if (device == NULL)
        return;
    add_identity(document, report, device);
    add_pieces(document, report, device);
    rv_section_actions(document, report);
    rv_section_faults(document, report);
    rv_section_interfaces(document, report);
    rv_section_changes(document, report);
    rv_section_firmware(document, report);
}
