/* The two-weekly round: two pages to tick and sign. */
#include <math.h>
#include <string.h>

#include "observation/words.h"
#include "report/sections.h"

#define FINDINGS_SHOWN 14

static void
add_head(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, NULL);
    g_autofree char *from = rv_write_date(document->language, report->period.from_ms, report->zone);
    g_autofree char *until =
        rv_write_date(document->language, report->period.until_ms - 1, report->zone);
    g_autofree char *seen = rv_write_percent(report->sums.observed, 1);

    table->headless = TRUE;
    for (int i = 0; i < 4; i++)
        rv_table_column(table, "", i % 2 == 0 ? 16 : 34, RV_ALIGN_LEFT);
    rv_table_row(table);
    rv_table_cell(table, "%s", SAY("Customer", "客户"))->strong = TRUE;
    rv_table_cell(table, "%s", rv_or_dash(report->customer));
    rv_table_cell(table, "%s", SAY("Number", "编号"))->strong = TRUE;
    rv_table_cell(table, "%s", report->number);
    rv_table_row(table);
    rv_table_cell(table, "%s", SAY("Project", "项目"))->strong = TRUE;
    rv_table_cell(table, "%s", rv_or_dash(report->project));
    rv_table_cell(table, "%s", SAY("Period", "周期"))->strong = TRUE;
    rv_table_cell(table, SAY("%s to %s", "%s至%s"), from, until);
    rv_table_row(table);
    rv_table_cell(table, "%s", SAY("Rounds made", "巡检轮次"))->strong = TRUE;
    rv_table_cell(table, SAY("%u, of these finished %u", "%u 轮，其中完成 %u 轮"),
                  report->coverage.rounds, report->coverage.finished);
    rv_table_cell(table, "%s", SAY("Observed", "观测覆盖"))->strong = TRUE;
    rv_table_cell(table, "%s", seen);
}

static void
add_checks(RvDocument *document, const RvReport *report)
{
    static const struct {
        RvPartGroup part;
        const char *en, *zh;
    } checks[] = {
        {RV_PART_PSU, "Power supplies", "电源"},          {RV_PART_FAN, "Fans", "风扇"},
        {RV_PART_TEMPERATURE, "Temperatures", "温度"},    {RV_PART_VOLTAGE, "Voltages", "电压"},
        {RV_PART_DISK, "Disks and arrays", "磁盘与阵列"}, {RV_PART_OPTICS, "Optics", "光模块"},
        {RV_PART_OTHER, "Other parts", "其他部件"},
    };
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("Checked by machine", "自动巡检项目"));
    guint up = 0, observed = 0, all_bad = 0;

    table->roomy = TRUE;

    rv_table_column(table, SAY("Check", "项目"), 26, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "设备数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Sensors", "传感器数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Abnormal", "异常"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Result", "结果"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Checked", "已核对"), 12, RV_ALIGN_CENTRE);
    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);

        observed += device->observed;
        up += device->observed && device->last_state == RV_STATE_UP;
    }
    rv_table_row(table);
    rv_table_cell(table, "%s", SAY("Reachability", "可达性"));
    rv_table_cell(table, "%u", report->devices->len);
    rv_table_cell(table, "–");
    rv_table_cell(table, "%u", report->devices->len - up);
    rv_verdict_cell(table, document,
                    observed == 0                ? RV_VERDICT_UNKNOWN
                    : up == report->devices->len ? RV_VERDICT_OK
                                                 : RV_VERDICT_CRITICAL);
    rv_table_mark(table, RV_MARK_BOX, "");
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        guint devices = 0, sensors = 0, bad = 0;
        RvVerdict worst = RV_VERDICT_OK;

        for (guint j = 0; j < report->devices->len; j++) {
            const RvReportPart *part =
                &((RvReportDevice *)g_ptr_array_index(report->devices, j))->parts[checks[i].part];

            devices += part->sensors > 0;
            sensors += part->sensors;
            bad += part->bad;
            all_bad += part->bad;
            if (part->sensors > 0)
                worst = rv_verdict_worst(worst, part->now);
        }
        rv_table_row(table);
        rv_table_cell(table, "%s", SAY(checks[i].en, checks[i].zh));
        rv_table_cell(table, "%u", devices);
        rv_table_cell(table, "%u", sensors);
        rv_table_cell(table, "%u", bad);
        if (sensors > 0)
            rv_verdict_cell(table, document, worst);
        else
            rv_table_cell(table, "%s", SAY("no such sensors", "无此类传感器"));
        rv_table_mark(table, RV_MARK_BOX, "");
    }
    rv_table_finding(table,
                     SAY("Checked by machine: devices %u, of these not reachable %u; abnormal "
                         "sensors: %u",
                         "自动巡检：设备 %u 台，其中不可达 %u 台；异常传感器 %u 个"),
                     report->devices->len, report->devices->len - up, all_bad);
}

static void
add_by_eye(RvDocument *document, const RvReport *report)
{
    static const struct {
        const char *en, *zh;
    } checks[] = {
        {"Status lights agree with this list", "设备指示灯与本单一致"},
        {"No unusual noise, smell or heat", "无异常噪声、气味与高温"},
        {"Cables, plugs and labels in order", "线缆、接头与标签完好"},
        {"Dust filters clean, blanking panels in place", "防尘网清洁，盲板齐全"},
        {"Air conditioning and humidity in order", "空调与湿度正常"},
        {"UPS and power distribution in order", "UPS 与配电正常"},
        {"Cabinets locked, visits entered in the log", "机柜上锁，出入登记完整"},
        {"Room clean, doors and fire protection in order", "机房清洁，门禁与消防正常"},
        {"Spare parts in stock as listed", "备件库存与清单相符"},
    };
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("To be checked on site", "现场检查项目"));

    table->roomy = TRUE;
    rv_table_column(table, SAY("Check", "项目"), 44, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("OK", "正常"), 10, RV_ALIGN_CENTRE);
    rv_table_column(table, SAY("Not OK", "异常"), 10, RV_ALIGN_CENTRE);
    rv_table_column(table, SAY("Remark", "备注"), 36, RV_ALIGN_LEFT);
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        rv_table_row(table);
        rv_table_cell(table, "%s", SAY(checks[i].en, checks[i].zh));
        rv_table_mark(table, RV_MARK_BOX, "");
        rv_table_mark(table, RV_MARK_BOX, "");
        rv_table_cell(table, "%s", "");
    }
}

static void
add_not_well(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(
        document, RV_BLOCK_TABLE,
        SAY("Abnormal at the end of the round, to be handled", "期末异常，待处理"));
    guint all = 0;

    rv_table_column(table, SAY("Device", "设备"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Part", "部件"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Now", "状态"), 13, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Evidence", "依据"), 36, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Handled", "已处理"), 10, RV_ALIGN_CENTRE);
    table->none =
        g_strdup(report->coverage.observed_ms == 0
                     ? SAY("No statement: nothing was observed.", "无法判断：没有观测数据。")
                     : SAY("All parts are OK.", "全部部件正常。"));
    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);

        if (!device->observed || device->last_state == RV_STATE_UP ||
            rv_table_full(document, table, FINDINGS_SHOWN, report->devices->len))
            continue;
        rv_table_row(table);
        rv_device_cell(table, report, device->name);
        rv_table_cell(table, "%s", SAY("whole device", "整机"));
        rv_table_mark(table,
                      device->last_state == RV_STATE_DOWN ? RV_MARK_CRITICAL : RV_MARK_UNKNOWN,
                      rv_say_reachability(document->language, device->last_state));
        rv_table_cell(table, "%s",
                      rv_or_dash(rv_say_reason(document->language, device->last_reason)));
        rv_table_mark(table, RV_MARK_BOX, "");
    }
    for (guint i = 0; i < report->findings->len; i++)
        all += ((RvReportFinding *)g_ptr_array_index(report->findings, i))->now != RV_VERDICT_OK;
    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);

        if (finding->now == RV_VERDICT_OK || rv_table_full(document, table, FINDINGS_SHOWN, all))
            continue;
        rv_table_row(table);
        rv_device_cell(table, report, finding->device);
        rv_table_take(table, rv_finding_name(document, report, finding));
        rv_verdict_cell(table, document, finding->now);
        rv_table_take(table, rv_finding_sentence(document, finding));
        rv_table_mark(table, RV_MARK_BOX, "");
    }
}

void
rv_section_round(RvDocument *document, const RvReport *report)
{
    g_autofree char *period = rv_write_period(document->language, &report->period, report->zone);
    g_autofree char *heading = g_strdup_printf(
        "%s  %s", rv_say_period_kind(document->language, report->period.kind), period);

    rv_document_heading(document, 1, "round", heading);
    if (report->simulated)
        rv_document_text(document, RV_BLOCK_BANNER, "%s",
                         SAY("DEMONSTRATION: the rounds ran under a simulated clock.",
                             "演示：巡检在模拟时钟下运行。"));
    add_head(document, report);
    add_checks(document, report);
    add_by_eye(document, report);
    rv_document_page(document);
    add_not_well(document, report);
    rv_document_text(document, RV_BLOCK_TEXT,
                     SAY("Faults in the ledger: %u, of these not resolved: %u. Remarks:",
                         "故障台账 %u 起，其中未解决 %u 起。备注："),
                     report->faults->len, report->sums.open_faults);
    rv_document_text(document, RV_BLOCK_LINES, "%s", "");
    rv_sign_boxes(document, report);
}
