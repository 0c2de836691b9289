/* Trends, the device matrix, environment, interfaces, capacity. */
#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "observation/words.h"
#include "report/sections.h"

#define TOP 20
#define DEVICES_SHOWN 3000
#define FEW_PORTS 3 /* of a host: no device with ports to run out of */

static char *
no_series(const RvDocument *document, const RvReport *report, const char *otherwise)
{
    if (report->coverage.observed_ms == 0)
        return g_strdup(
            SAY("No statement: nothing was observed.", "无法判断：本周期没有观测数据。"));
    return g_strdup(
        rv_report_has_gap(report, RV_GAP_NO_SERIES)
            ? SAY("No statement: there are no stored series.", "无法判断：没有历史数据序列。")
            : otherwise);
}

/* ---- trends ---- */

static void
trends_finding(RvDocument *document, const RvReport *report, RvTable *table)
{
    const RvEvidence *first = NULL;
    guint all = 0;

    for (guint i = 0; i < report->suspects->len; i++) {
        const RvEvidence *one =
            ((RvReportSuspect *)g_ptr_array_index(report->suspects, i))->evidence;

        if (one->kind != RV_EVIDENCE_NEARS_LIMIT)
            continue;
        all++;
        if (first == NULL || one->soonest_days < first->soonest_days)
            first = one;
    }
    if (first != NULL)
        rv_table_finding(
            table,
            first->soonest_days == 1
                ? SAY("Moving towards a limit: %u; the first, on %s, may reach it in %u day",
                      "趋向限值的指标 %u 项，最早的一项位于 %s，可能在 %u 天后达到限值")
                : SAY("Moving towards a limit: %u; the first, on %s, may reach it in %u days",
                      "趋向限值的指标 %u 项，最早的一项位于 %s，可能在 %u 天后达到限值"),
            all, first->device, (guint)first->soonest_days);
}

void
rv_section_trends(RvDocument *document, const RvReport *report)
{
    const RvReportScorecard *card = &report->scorecard;
    RvTable *table;

    rv_document_heading(document, 1, "trends", SAY("Trends and predictions", "趋势与预测"));
    table = rv_document_table(document, RV_BLOCK_TABLE,
                              SAY("Quantities that move towards a limit", "趋向限值的指标"));
    rv_table_column(table, SAY("Device", "设备"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Quantity", "指标"), 26, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Now", "当前"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Limit", "限值"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Days to the limit", "距限值天数"), 22, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("p value", "p 值"), 12, RV_ALIGN_RIGHT);
    table->none =
        no_series(document, report,
                  SAY("No quantity drifts significantly towards a limit (Mann-Kendall, "
                      "p < 0.01, at least 28 days of data).",
                      "没有指标显著趋向限值（Mann-Kendall 检验，p < 0.01，至少 28 天数据）。"));
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvReportSuspect *suspect = g_ptr_array_index(report->suspects, i);
        const RvEvidence *evidence = suspect->evidence;

        if (evidence->kind != RV_EVIDENCE_NEARS_LIMIT ||
            rv_table_full(document, table, TOP * 2, report->suspects->len))
            continue;
        rv_table_row(table);
        rv_device_cell(table, report, evidence->device);
        rv_table_cell(table, "%s", evidence->name);
        rv_table_take(table, rv_write_measure(evidence->now, suspect->class));
        rv_table_take(table, rv_write_measure(evidence->normal, suspect->class));
        rv_table_take(table, rv_forecast_days(document, evidence));
        if (evidence->p < 0.001)
            rv_table_cell(table, "< 0.001");
        else
            rv_table_take(table, rv_write_number(evidence->p, 3));
    }
    trends_finding(document, report, table);
    if (report->coverage.observed_ms == 0)
        return;
    if (card->predicted == 0 && card->not_foreseen > 0)
        rv_document_text(
            document, RV_BLOCK_TEXT,
            SAY("Scorecard: the data before this period predicted that no limit would be reached "
                "in it; limits reached unforeseen: %u.",
                "预测核对：根据本周期之前的数据，预测无指标达到限值；实际达到限值而未预见的 %u "
                "项。"),
            card->not_foreseen);
    else if (card->predicted + card->not_foreseen == 0)
        rv_document_text(
            document, RV_BLOCK_TEXT, "%s",
            SAY("Scorecard: the data before this period predicted that no limit would be reached "
                "in it, and none was.",
                "预测核对：根据本周期之前的数据，预测无指标达到限值，实际也未发生。"));
    else
        rv_document_text(
            document, RV_BLOCK_TEXT,
            SAY("Scorecard: limits predicted to be reached in this period: %u; of these reached "
                "%u, not reached %u; reached unforeseen: %u.",
                "预测核对：此前预测本周期达到限值 %u 项，其中应验 %u 项、未发生 %u 项；实际达到限值"
                "而未预见的 %u 项。"),
            card->predicted, card->came, card->failed_to_come, card->not_foreseen);
}

/* ---- matrix ---- */

static void
part_cell(RvTable *table, const RvDocument *document, const RvReportPart *part)
{
    if (part->sensors == 0) {
        rv_table_cell(table, "–");
        return;
    }
    if (part->now == RV_VERDICT_OK && part->worst != RV_VERDICT_OK) {
        rv_table_mark(table, RV_MARK_OK, SAY("back", "恢复"));
        return;
    }
    switch (part->now) {
    case RV_VERDICT_OK:
        rv_table_mark(table, RV_MARK_OK, SAY("OK", "正常"));
        break;
    case RV_VERDICT_WARNING:
        rv_table_mark(table, RV_MARK_WARNING, SAY("warn", "告警"));
        break;
    case RV_VERDICT_CRITICAL:
        rv_table_mark(table, RV_MARK_CRITICAL, SAY("crit", "严重"));
        break;
    case RV_VERDICT_UNKNOWN:
        rv_table_mark(table, RV_MARK_UNKNOWN, SAY("unkn", "未知"));
        break;
    }
}

static void
reach_cell(RvTable *table, const RvDocument *document, const RvReportDevice *device)
{
    g_autofree char *a = rv_write_availability(device->availability->a);

    if (!device->observed)
        rv_table_mark(table, RV_MARK_UNKNOWN, SAY("not seen", "未观测"));
    else if (device->last_state == RV_STATE_DOWN)
        rv_table_mark(table, RV_MARK_CRITICAL, a);
    else
        rv_table_mark(table, device->availability->down_ms > 0 ? RV_MARK_WARNING : RV_MARK_OK, a);
}

static void
firmware_cell(RvTable *table, const RvDocument *document, RvFirmwareVerdict verdict)
{
    switch (verdict) {
    case RV_FIRMWARE_NO_RULE:
        rv_table_cell(table, "–");
        break;
    case RV_FIRMWARE_FINE:
        rv_table_mark(table, RV_MARK_OK, SAY("OK", "正常"));
        break;
    case RV_FIRMWARE_UNKNOWN:
        rv_table_mark(table, RV_MARK_UNKNOWN, SAY("unkn", "未知"));
        break;
    case RV_FIRMWARE_OLD:
        rv_table_mark(table, RV_MARK_WARNING, SAY("old", "过旧"));
        break;
    case RV_FIRMWARE_DIFFERS:
        rv_table_mark(table, RV_MARK_WARNING, SAY("differs", "不符"));
        break;
    case RV_FIRMWARE_DENIED:
        rv_table_mark(table, RV_MARK_CRITICAL, SAY("denied", "禁用"));
        break;
    }
}

static void
matrix_row(RvDocument *document, const RvReport *report, RvTable *table,
           const RvReportDevice *device)
{
    static const RvPartGroup columns[] = {RV_PART_PSU,     RV_PART_FAN,  RV_PART_TEMPERATURE,
                                          RV_PART_VOLTAGE, RV_PART_DISK, RV_PART_OPTICS,
                                          RV_PART_OTHER};

    RvCell *name;

    rv_table_row(table);
    name = rv_table_cell(table, "%s%s", device->name,
                         device->in_inventory || rv_report_has_gap(report, RV_GAP_NO_INVENTORY)
                             ? ""
                             : SAY(" (not in the inventory)", "（未纳入台账）"));
    name->place = rv_device_place(report, device->name);
    name->target = rv_curves_place(report, device->name);
    reach_cell(table, document, device);
    for (gsize i = 0; i < G_N_ELEMENTS(columns); i++)
        part_cell(table, document, &device->parts[columns[i]]);
    if (device->events == 0)
        rv_table_cell(table, "–");
    else if (device->bad_events > 0)
        rv_table_take(table, rv_write_text("%u/%u", device->bad_events, device->events))->mark =
            RV_MARK_WARNING;
    else
        rv_table_cell(table, "0/%u", device->events);
    firmware_cell(table, document, device->firmware);
}

void
rv_section_matrix(RvDocument *document, const RvReport *report)
{
    RvTable *table;
    g_autofree char *caption = NULL;

    rv_document_heading(document, 1, "devices", SAY("Devices", "设备总览"));
    rv_document_text(
        document, RV_BLOCK_SMALL, "%s",
        SAY("A dash: no such sensors, no log entries, or no firmware rule. Back: abnormal at some "
            "time of the period, OK at its end. Log: entries of warning or worse / all entries. "
            "Reach: availability within the agreed service time.",
            "图例：“–”表示没有此类传感器、没有日志条目或没有固件规则；“恢复”表示周期内曾异常，"
            "期末已正常；“日志”为告警及以上条目数／总条目数；“可达”为约定服务时间内的可用率。"));
    caption = rv_write_text(
        SAY("Devices at the end of the period: %u, abnormal %u, unknown %u; worst first",
            "期末设备状态：共 %u 台，异常 %u 台，未知 %u 台（按严重程度排序）"),
        report->devices->len, report->sums.bad, report->sums.unknown);
    table = rv_document_table(document, RV_BLOCK_TABLE, caption);
    rv_table_column(table, SAY("Device", "设备"), 23, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Reach", "可达"), 15.5, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("PSU", "电源"), 10.5, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Fan", "风扇"), 10.5, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Temp", "温度"), 10.5, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Volt", "电压"), 10.5, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Disk", "磁盘"), 10.5, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Optics", "光模块"), 10.5, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Other", "其他"), 10.5, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Log", "日志"), 9, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Firmware", "固件"), 12, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("There is no device in the inventory, and none was asked.",
                               "台账中没有设备，也没有任何设备被巡检。"));
    for (guint i = 0; i < report->devices->len; i++) {
        if (rv_table_full(document, table, DEVICES_SHOWN, report->devices->len))
            break;
        matrix_row(document, report, table, g_ptr_array_index(report->devices, i));
    }
}

/* ---- environment ---- */

static void
series_columns(RvTable *table, const RvDocument *document, const char *what)
{
    rv_table_column(table, SAY("Device", "设备"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, what, 36, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Lowest", "最低"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Mean", "平均"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("P95", "95 分位"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Highest", "最高"), 12, RV_ALIGN_RIGHT);
}

static void
series_cells(RvTable *table, const RvReport *report, const RvReportSeries *one)
{
    rv_table_row(table);
    rv_device_cell(table, report, one->device);
    rv_table_cell(table, "%s", one->name);
    rv_table_take(table, rv_write_measure(one->minimum, one->class));
    rv_table_take(table, rv_write_measure(one->mean, one->class));
    rv_table_take(table, rv_write_measure(one->p95, one->class));
    rv_table_take(table, rv_write_measure(one->maximum, one->class));
}

static void
add_inlets(RvDocument *document, const RvReport *report)
{
    RvTable *table;
    g_autofree char *caption = NULL;

    if (report->inlets->len > 0) {
        g_autofree char *most = rv_write_measure(report->sums.inlet_maximum, RV_CLASS_TEMPERATURE);
        g_autofree char *mean = rv_write_measure(report->sums.inlet_mean, RV_CLASS_TEMPERATURE);

        caption = g_strdup_printf(SAY("Inlet air reached %s; the average of all inlets is %s",
                                      "进风温度最高 %s，平均 %s"),
                                  most, mean);
    }
    table = rv_document_table(document, RV_BLOCK_TABLE,
                              caption != NULL ? caption : SAY("Inlet temperatures", "进风温度"));
    series_columns(table, document, SAY("Sensor", "传感器"));
    rv_table_column(table, SAY("Limit", "告警限"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Above for", "超限时长"), 14, RV_ALIGN_RIGHT);
    table->none =
        no_series(document, report,
                  SAY("No values of an inlet or ambient sensor are stored for the period.",
                      "本周期没有进风或环境温度的存储数据。"));
    for (guint i = 0; i < report->inlets->len; i++) {
        const RvReportSeries *one = g_ptr_array_index(report->inlets, i);

        if (rv_table_full(document, table, TOP, report->inlets->len))
            break;
        series_cells(table, report, one);
        rv_table_take(table, rv_write_value(one->limits.high_warning, "°C"));
        rv_table_take(table, isfinite(one->limits.high_warning)
                                 ? rv_write_duration(document->language, one->above_ms)
                                 : g_strdup("–"));
    }
}

static void
add_energy(RvDocument *document, const RvReport *report)
{
    RvTable *table;
    g_autofree char *caption = NULL, *sum = NULL;
    guint parts = 0;

    sum = rv_write_value(round(report->sums.energy_kwh), "kWh");
    caption = isfinite(report->sums.energy_kwh)
                  ? g_strdup_printf(SAY("The devices that tell their power used %s in the period",
                                        "可测功率的设备本周期合计用电 %s"),
                                    sum)
                  : g_strdup(SAY("Energy", "能耗"));
    table = rv_document_table(document, RV_BLOCK_TABLE, caption);
    series_columns(table, document, SAY("Sensor", "传感器"));
    rv_table_column(table, SAY("Used", "用电量"), 16, RV_ALIGN_RIGHT);
    table->none = no_series(document, report,
                            SAY("No values of power or energy are stored for the period.",
                                "本周期没有功率或电能的存储数据。"));
    for (guint i = 0; i < report->energy->len; i++) {
        const RvReportSeries *one = g_ptr_array_index(report->energy, i);

        if (rv_table_full(document, table, TOP, report->energy->len))
            break;
        series_cells(table, report, one);
        rv_table_take(table, rv_write_measure(one->used, RV_CLASS_ENERGY));
        parts += one->part;
    }
    if (parts > 0)
        rv_table_note(table, SAY("A device that tells the power of its supplies and that of the "
                                 "whole is counted by that of the whole.",
                                 "同时给出各电源与整机功率的设备，仅按整机功率计入合计。"));
}

void
rv_section_environment(RvDocument *document, const RvReport *report)
{
    rv_document_heading(document, 1, "environment", SAY("Environment", "机房环境"));
    add_inlets(document, report);
    add_energy(document, report);
}

/* ---- interfaces ---- */

static void
top_finding(RvDocument *document, const RvReport *report, RvTable *table)
{
    const RvReportInterface *first =
        report->interfaces->len > 0 ? g_ptr_array_index(report->interfaces, 0) : NULL;
    g_autofree char *used = first != NULL ? rv_write_percent(first->used, 1) : NULL;
    g_autofree char *name = first != NULL ? rv_short_name(first->name) : NULL;

    if (first != NULL && isfinite(first->used))
        rv_table_finding(table,
                         SAY("Busiest interfaces: %s %s comes first, at %s of its speed",
                             "最繁忙的接口：%s %s 居首，95 分位达带宽的 %s"),
                         first->device, name, used);
}

static void
add_top(RvDocument *document, const RvReport *report)
{
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("Busiest interfaces", "最繁忙的接口"));
    guint all = 0;

    rv_table_column(table, SAY("Device", "设备"), 16, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Interface", "接口"), 36, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Speed", "带宽"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("In, P95", "流入 95 分位"), 16, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Out, P95", "流出 95 分位"), 16, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Used", "利用率"), 11, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Sampled", "数据完整率"), 11, RV_ALIGN_RIGHT);
    table->none = no_series(
        document, report,
        report->interfaces->len > 0
            ? SAY("No traffic of an interface is stored for the period.",
                  "本周期没有接口流量的存储数据。")
            : SAY("No interface was up in the period.", "本周期内没有处于启用状态的接口。"));
    for (guint i = 0; i < report->interfaces->len; i++)
        all += isfinite(((RvReportInterface *)g_ptr_array_index(report->interfaces, i))->in_95);
    for (guint i = 0; i < report->interfaces->len; i++) {
        const RvReportInterface *one = g_ptr_array_index(report->interfaces, i);

        if (!isfinite(one->in_95) || rv_table_full(document, table, TOP, all))
            continue;
        rv_table_row(table);
        rv_device_cell(table, report, one->device);
        rv_table_cell(table, "%s%s%s", one->name, one->alias[0] != '\0' ? "  " : "", one->alias);
        rv_table_take(table, rv_write_rate(one->speed_bps));
        rv_table_take(table, rv_write_rate(one->in_95));
        rv_table_take(table, rv_write_rate(one->out_95));
        rv_table_take(table, rv_write_percent(one->used, 1));
        rv_table_take(table, rv_write_percent(one->known, 0));
    }
    top_finding(document, report, table);
}

static int
compare_faults(gconstpointer a, gconstpointer b)
{
    const RvReportInterface *left = *(RvReportInterface *const *)a;
    const RvReportInterface *right = *(RvReportInterface *const *)b;

    if (left->faults != right->faults)
        return left->faults > right->faults ? -1 : 1;
    return rv_text_compare(left->key, right->key);
}

static void
add_errors(RvDocument *document, const RvReport *report)
{
    g_autoptr(GPtrArray) bad = g_ptr_array_new();
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE,
                          SAY("Interfaces with errors or discards", "存在错误或丢弃的接口"));

    rv_table_column(table, SAY("Device", "设备"), 24, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Interface", "接口"), 40, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Errors and discards", "错误与丢弃（包）"), 20, RV_ALIGN_RIGHT);
    table->none =
        no_series(document, report,
                  SAY("No interface counted an error or a discard.", "没有接口记录到错误或丢弃。"));
    for (guint i = 0; i < report->interfaces->len; i++) {
        RvReportInterface *one = g_ptr_array_index(report->interfaces, i);

        if (one->faults >= 1)
            g_ptr_array_add(bad, one);
    }
    g_ptr_array_sort(bad, compare_faults);
    for (guint i = 0; i < bad->len && !rv_table_full(document, table, TOP, bad->len); i++) {
        const RvReportInterface *one = g_ptr_array_index(bad, i);

        rv_table_row(table);
        rv_device_cell(table, report, one->device);
        rv_table_cell(table, "%s%s%s", one->name, one->alias[0] != '\0' ? "  " : "", one->alias);
        rv_table_take(table, rv_write_number(one->faults, 0));
    }
    if (bad->len > 0)
        rv_table_finding(table,
                         SAY("Interfaces with errors or discards: %u of %u, most on %s",
                             "存在错误或丢弃的接口：%u 个（共 %u 个），最多者位于 %s"),
                         bad->len, report->interfaces->len,
                         ((RvReportInterface *)g_ptr_array_index(bad, 0))->device);
}

static void
add_optics(RvDocument *document, const RvReport *report)
{
    const RvReportSeries *first =
        report->optics->len > 0 ? g_ptr_array_index(report->optics, 0) : NULL;
    g_autofree char *least =
        first != NULL ? rv_write_value(round(first->margin * 100) / 100, "dB") : NULL;
    g_autofree char *caption =
        first != NULL && isfinite(first->margin)
            ? g_strdup_printf(SAY("Optics: the smallest margin to a limit is %s, on %s",
                                  "光模块：光功率距限值的余量最小为 %s，位于 %s"),
                              least, first->device)
            : g_strdup(SAY("Optics: margin of the lowest optical power to the nearest limit",
                           "光模块：最低光功率距最近限值的余量"));
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, caption);

    series_columns(table, document, SAY("Sensor", "传感器"));
    rv_table_column(table, SAY("Margin", "余量"), 12, RV_ALIGN_RIGHT);
    table->none = no_series(document, report,
                            SAY("No optical power of a transceiver is stored for the period.",
                                "本周期没有光模块光功率的存储数据。"));
    for (guint i = 0; i < report->optics->len; i++) {
        const RvReportSeries *one = g_ptr_array_index(report->optics, i);

        if (rv_table_full(document, table, TOP, report->optics->len))
            break;
        series_cells(table, report, one);
        rv_table_take(table, rv_write_value(round(one->margin * 100) / 100, "dB"));
    }
}

static void
add_links(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("Links that went up and down", "链路状态翻转"));

    rv_table_column(table, SAY("Device", "设备"), 24, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Interface", "接口"), 40, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Changes", "翻转次数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Down", "其中断开"), 12, RV_ALIGN_RIGHT);
    table->none =
        g_strdup(report->coverage.observed_ms == 0
                     ? SAY("No statement: nothing was observed.", "无法判断：本周期没有观测数据。")
                     : SAY("No link was seen to change.", "未见链路状态变化。"));
    for (guint i = 0; i < report->links->len; i++) {
        const RvLinkChanges *one = g_ptr_array_index(report->links, i);

        if (rv_table_full(document, table, TOP, report->links->len))
            break;
        rv_table_row(table);
        rv_device_cell(table, report, one->device);
        rv_table_cell(table, "%s", one->name);
        rv_table_cell(table, "%u", one->changes);
        rv_table_cell(table, "%u", one->downs);
    }
    rv_table_finding(table,
                     SAY("Links that went up and down, as far as the samples saw: %u (ports shut "
                         "by a person do not count)",
                         "链路状态翻转：采样发现 %u 条（人为关闭的端口不计）"),
                     report->links->len);
}

void
rv_section_interfaces(RvDocument *document, const RvReport *report)
{
    rv_document_heading(document, 1, "interfaces", SAY("Interfaces", "接口"));
    add_top(document, report);
    add_errors(document, report);
    add_optics(document, report);
    add_links(document, report);
}

/* ---- capacity ---- */

/* When it reaches its limit, where it moves towards one; "–": it does not, as far as is known. */
static char *
days_left(const RvDocument *document, const RvReport *report, const RvReportSeries *one)
{
    if (one->last >= one->limits.high_warning)
        return g_strdup(SAY("reached", "已达到"));
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvEvidence *evidence =
            ((RvReportSuspect *)g_ptr_array_index(report->suspects, i))->evidence;

        if (evidence->kind == RV_EVIDENCE_NEARS_LIMIT &&
            strcmp(evidence->device, one->device) == 0 && g_str_has_suffix(one->key, evidence->key))
            return rv_forecast_days(document, evidence);
    }
    return g_strdup("–");
}

/* The fullest first, of these those with the most ports. */
static int
compare_ports(gconstpointer a, gconstpointer b)
{
    const RvReportDevice *left = *(RvReportDevice *const *)a, *right = *(RvReportDevice *const *)b;

    if (left->ports_used != right->ports_used)
        return left->ports_used > right->ports_used ? -1 : 1;
    if (left->interfaces != right->interfaces)
        return left->interfaces > right->interfaces ? -1 : 1;
    return rv_text_compare(left->name, right->name);
}

static void
add_ports(RvDocument *document, const RvReport *report)
{
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("Ports in use", "端口使用情况"));
    g_autoptr(GPtrArray) devices = g_ptr_array_new();

    rv_table_column(table, SAY("Device", "设备"), 30, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Model", "型号"), 30, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Ports", "端口数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Up", "启用"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("In use", "占用率"), 12, RV_ALIGN_RIGHT);
    table->none = g_strdup(SAY("No device named its ports.", "没有设备提供端口信息。"));
    for (guint i = 0; i < report->devices->len; i++) {
        RvReportDevice *device = g_ptr_array_index(report->devices, i);

        if (device->interfaces > FEW_PORTS)
            g_ptr_array_add(devices, device);
    }
    g_ptr_array_sort(devices, compare_ports);
    for (guint i = 0; i < devices->len && !rv_table_full(document, table, TOP, devices->len); i++) {
        const RvReportDevice *device = g_ptr_array_index(devices, i);

        rv_table_row(table);
        rv_device_cell(table, report, device->name);
        rv_table_cell(table, "%s", rv_or_dash(device->model));
        rv_table_cell(table, "%u", device->interfaces);
        rv_table_cell(table, "%u", device->interfaces_up);
        rv_table_take(table, rv_write_percent(device->ports_used, 0));
    }
    rv_table_finding(
        table,
        SAY("Ports in use: %u of %u on all devices (latest answers, fullest device first)",
            "端口使用情况：全部设备启用 %u 个，共 %u 个（取最近一次应答，占用率高者在前）"),
        report->sums.ports_up, report->sums.ports);
}

void
rv_section_capacity(RvDocument *document, const RvReport *report)
{
    RvTable *table;

    rv_document_heading(document, 1, "capacity", SAY("Capacity", "容量"));
    table = rv_document_table(document, RV_BLOCK_TABLE,
                              SAY("Processors, memory and volumes", "处理器、内存与存储卷"));
    series_columns(table, document, SAY("Resource", "资源"));
    rv_table_column(table, SAY("Limit", "告警限"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Days to it", "距限值天数"), 16, RV_ALIGN_RIGHT);
    table->none =
        no_series(document, report,
                  SAY("No utilisation of processors, memory or volumes is stored for the period.",
                      "本周期没有处理器、内存或存储卷利用率的存储数据。"));
    for (guint i = 0; i < report->capacity->len; i++) {
        const RvReportSeries *one = g_ptr_array_index(report->capacity, i);

        if (rv_table_full(document, table, TOP, report->capacity->len))
            break;
        series_cells(table, report, one);
        rv_table_take(table, rv_write_value(one->limits.high_warning, "%"));
        rv_table_take(table, days_left(document, report, one));
    }
    if (report->capacity->len > 0) {
        const RvReportSeries *first = g_ptr_array_index(report->capacity, 0);
        g_autofree char *most = rv_write_measure(first->maximum, first->class);
        g_autofree char *name = rv_short_name(first->name);

        rv_table_finding(table,
                         SAY("Processors, memory and volumes: the fullest was %s of %s, at %s",
                             "处理器、内存与存储卷：%2$s 的 %1$s 利用率最高，达 %3$s"),
                         name, first->device, most);
    }
    add_ports(document, report);
}
