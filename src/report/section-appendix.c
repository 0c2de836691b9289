/* Appendices: curves, method, sources. */
#include <math.h>
#include <string.h>

#include "report/sections.h"

/* ---- graphs of devices with a finding ---- */

static void
add_limit(RvChart *chart, const char *word, double value, gboolean upper, gboolean critical)
{
    g_autofree char *number = rv_write_value(value, NULL);
    g_autofree char *label = g_strdup_printf("%s %s", word, number);

    rv_chart_limit(chart, label, value, upper, critical);
}

static RvChart *
make_chart(RvDocument *document, const RvReport *report, const RvReportGraph *graph)
{
    RvChart *chart = rv_chart_new(RV_CHART_TIME, graph->name, graph->unit);
    const RvReportDevice *device = rv_report_device(report, graph->device);

    chart->start_s = graph->start_s;
    chart->end_s = graph->end_s;
    chart->zone = report->zone;
    chart->rates = graph->rates;
    if (graph->rates)
        chart->low = 0;
    chart->legend_outage = g_strdup(SAY("outage", "中断"));
    chart->legend_planned = g_strdup(SAY("maintenance", "维护"));
    chart->nothing = g_strdup(SAY("no values in the period", "本周期没有数据"));
    for (guint i = 0; i < 2; i++)
        if (graph->values[i] != NULL)
            rv_chart_line(chart,
                          !graph->rates ? ""
                          : i == 0      ? SAY("in", "流入")
                                        : SAY("out", "流出"),
                          (const double *)graph->values[i]->data, graph->values[i]->len,
                          graph->rates && i == 0);
    add_limit(chart, SAY("critical", "严重"), graph->limits.high_critical, TRUE, TRUE);
    add_limit(chart, SAY("warning", "告警"), graph->limits.high_warning, TRUE, FALSE);
    add_limit(chart, SAY("warning", "告警"), graph->limits.low_warning, FALSE, FALSE);
    add_limit(chart, SAY("critical", "严重"), graph->limits.low_critical, FALSE, TRUE);
    for (guint i = 0; device != NULL && i < device->availability->pieces->len; i++) {
        const RvPiece *piece = &g_array_index(device->availability->pieces, RvPiece, i);

        if (piece->kind == RV_PIECE_DOWN || piece->kind == RV_PIECE_MAINTENANCE)
            rv_chart_span(chart, piece->from_ms, piece->until_ms,
                          piece->kind == RV_PIECE_MAINTENANCE);
    }
    return chart;
}

/* Whether a curve is that of what was found, or of its part. */
static gboolean
shows(const RvReportGraph *graph, const RvReportFinding *finding)
{
    if (strcmp(finding->device, graph->device) != 0)
        return FALSE;
    return g_str_has_suffix(graph->key, finding->key) ||
           (graph->component != NULL && finding->component != NULL &&
            strcmp(graph->component, finding->component) == 0);
}

/* What a curve is shown for, as a sentence. */
static char *
found_at(const RvDocument *document, const RvReport *report, const RvReportGraph *graph)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);
        g_autofree char *sentence = NULL;

        if (!shows(graph, finding))
            continue;
        sentence = rv_finding_sentence(document, finding);
        return strcmp(finding->name, graph->name) == 0
                   ? g_steal_pointer(&sentence)
                   : g_strdup_printf(SAY("%s: %s", "%s：%s"), finding->name, sentence);
    }
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvReportSuspect *suspect = g_ptr_array_index(report->suspects, i);

        if (strcmp(suspect->evidence->device, graph->device) == 0 &&
            g_str_has_suffix(graph->key, suspect->evidence->key))
            return rv_suspect_sentence(document, suspect);
    }
    return NULL;
}

/* Between which values a curve goes. */
static char *
span_of(const RvDocument *document, const RvReportGraph *graph)
{
    double low = NAN, high = NAN;
    g_autofree char *from = NULL, *to = NULL;

    for (guint i = 0; i < 2 && graph->values[i] != NULL; i++)
        for (guint j = 0; j < graph->values[i]->len; j++) {
            double value = g_array_index(graph->values[i], double, j);

            low = fmin(low, value); /* of NAN and x: x */
            high = fmax(high, value);
        }
    if (!isfinite(low))
        return g_strdup("");
    from = graph->rates ? rv_write_rate(low) : rv_write_value(low, graph->unit);
    to = graph->rates ? rv_write_rate(high) : rv_write_value(high, graph->unit);
    return g_strdup_printf(SAY("between %s and %s", "介于 %s 与 %s 之间"), from, to);
}

void
rv_section_graphs(RvDocument *document, const RvReport *report)
{
    const char *device = NULL;

    rv_document_heading(
        document, 1, "graphs",
        report->kind == RV_REPORT_DEVICE
            ? SAY("Curves", "曲线")
            : SAY("Appendix: curves of devices with findings", "附录：异常设备曲线"));
    if (report->graphs->len == 0)
        rv_document_text(
            document, RV_BLOCK_TEXT, "%s",
            rv_report_has_gap(report, RV_GAP_NO_SERIES)
                ? SAY("There are no stored series to draw.", "没有可绘制的历史数据序列。")
                : SAY("No device has a finding with a curve.", "没有可绘制曲线的异常设备。"));
    for (guint i = 0; i < report->graphs->len; i++) {
        const RvReportGraph *graph = g_ptr_array_index(report->graphs, i);
        g_autofree char *finding = found_at(document, report, graph);

        RvChart *chart = make_chart(document, report, graph);

        if (report->kind != RV_REPORT_DEVICE) {
            chart->subject = g_strdup(graph->device);
            if (device == NULL || strcmp(device, graph->device) != 0)
                chart->place = rv_curves_place(report, graph->device);
        }
        device = graph->device;
        if (finding == NULL)
            finding = span_of(document, graph);
        rv_document_panel(document, chart, finding);
    }
}

/* ---- method ---- */

void
rv_section_method(RvDocument *document, const RvReport *report)
{
    RvBlock *items;

    rv_document_heading(document, 1, "method", SAY("Appendix: method", "附录：方法与公式"));
    items = rv_document_items(document);
    rv_document_item(
        items, "%s",
        SAY("Availability A = up / (up + down), within the agreed service time: service "
            "hours without planned maintenance and agreed exclusions. Time that was not observed "
            "counts as neither; the lower bound takes all of it as down, the upper bound as up.",
            "可用率 A = 可达时间 / (可达时间 + "
            "中断时间)，仅计约定服务时间（服务时段扣除计划维护与约定除外）。"
            "未观测时间两者均不计；下界将其全部视为中断，上界将其全部视为可达。"));
    rv_document_item(
        items, "%s",
        SAY("A promise is met where even the lower bound reaches the target, not met where not "
            "even the upper bound does, and otherwise not proven.",
            "下界达到指标判为“达标”，上界低于指标判为“未达标”，其余判为“无法证明”。"));
    rv_document_item(
        items, "%s",
        SAY("MTTR = down / outages, MTBF = up / outages; outages are those that took agreed "
            "service time.",
            "MTTR = 中断时间 / 中断次数，MTBF = 可达时间 / "
            "中断次数；仅计占用约定服务时间的中断。"));
    rv_document_item(
        items, "%s",
        SAY("Score: 40 points for devices whose promise was met (not proven: half; without "
            "targets: the availability), 30 for the share of judged time without critical "
            "(warning: "
            "half) parts, 20 for clocks kept, 10 for observed service time. What cannot be "
            "rated is left out and the rest scaled to 100. Caps: 79 where a promise was not kept, "
            "84 "
            "where less than 90% was observed, 89 where a device is critical at the end.",
            "评分：达标设备占 40 分（无法证明计半；无指标时取可用率），无严重状态的受检时间占 30 "
            "分（告警计半），"
            "按时处置占 20 分，观测覆盖占 10 分。无法评定的部分不计，其余折算为百分制。"
            "封顶：存在未达标承诺 79 分，观测不足 90% 时 84 分，期末有严重状态设备 89 分。"));
    rv_document_item(
        items, "%s",
        SAY("95th percentile (P95): nearest rank. For interfaces over the values at the finest "
            "step that is stored for the period; for sensors over hourly means or, where those are "
            "not stored, those of the next longer step. Unknown values do not count, nor does "
            "their energy.",
            "95 分位：取最近秩。接口使用本周期可得的最细粒度数据；传感器使用小时均值（未存储时取"
            "更长的下一级粒度）。未知值不计，其电能也不计。"));
    rv_document_item(
        items, "%s",
        SAY("Time above a limit: from the values at the polling interval as far back as they are "
            "stored, before that from the means above.",
            "超限时长：采集间隔的数据仍存储的部分按其计算，更早的部分按上述均值计算。"));
    rv_document_item(
        items, "%s",
        SAY("Highest and lowest: the peaks stored for each whole day (UTC), of values at the "
            "polling interval; at the edges of the period, and where no peaks are stored, the "
            "extremes of the means above. Which peaks are stored: rackvitals-rrd-templates(5).",
            "最高与最低：取每个完整自然日（UTC）所存储的峰值，粒度为采集间隔；周期首尾及未存储峰值"
            "时，取上述均值的极值。存储哪些峰值见 rackvitals-rrd-templates(5)。"));
    rv_document_item(
        items, "%s",
        SAY("Trends: Theil-Sen slope of daily means, Mann-Kendall test, p < 0.01, at least 28 "
            "days; temperatures are corrected for the inlet where there is one. Forecasts reach "
            "no further ahead than the data reach back.",
            "趋势：日均值的 Theil-Sen 斜率与 Mann-Kendall 检验，p < 0.01，至少 28 天；"
            "有进风传感器时对温度作进风校正。预测时长不超过历史时长。"));
    rv_document_item(items, "%s",
                     SAY("States and clocks of faults are as they stood when the report was made.",
                         "故障的状态与时限以报告生成时刻为准。"));
}

/* ---- sources ---- */

static void
fact(RvTable *table, const char *label, char *value)
{
    rv_table_row(table);
    rv_table_cell(table, "%s", label);
    rv_table_take(table, value);
}

static void
add_limit_sources(RvDocument *document, const RvReport *report)
{
    guint counts[RV_LIMITS_POLICY + 1] = {0};
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("Where the limits come from", "限值来源"));

    for (guint i = 0; i < report->devices->len; i++)
        for (guint j = 0; j <= RV_LIMITS_POLICY; j++)
            counts[j] += ((RvReportDevice *)g_ptr_array_index(report->devices, i))->limits[j];
    rv_table_column(table, SAY("Source", "来源"), 60, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Sensors", "传感器数"), 20, RV_ALIGN_RIGHT);
    fact(table, SAY("Policy of this site", "本站策略"),
         rv_write_text("%u", counts[RV_LIMITS_POLICY]));
    fact(table, SAY("Profile of the device family", "型号档案"),
         rv_write_text("%u", counts[RV_LIMITS_PROFILE]));
    fact(table, SAY("The device itself", "设备自带"),
         rv_write_text("%u", counts[RV_LIMITS_DEVICE]));
    fact(table, SAY("None: not judged by its value", "无限值：不按数值判断"),
         rv_write_text("%u", counts[RV_LIMITS_NONE]));
    rv_table_finding(table,
                     SAY("Where limits come from: sensors that have some %u, that have none %u",
                         "限值来源：%u 个传感器有限值，%u 个没有"),
                     counts[RV_LIMITS_POLICY] + counts[RV_LIMITS_PROFILE] +
                         counts[RV_LIMITS_DEVICE],
                     counts[RV_LIMITS_NONE]);
}

static const char *
say_gap(const RvDocument *document, RvGapKind kind)
{
    switch (kind) {
    case RV_GAP_NO_SERIES:
        return SAY(
            "No stored series: nothing is said of interfaces, environment, capacity and trends.",
            "没有历史数据序列：不陈述接口、环境、容量与趋势。");
    case RV_GAP_NO_PLAN:
        return SAY("No service level is agreed.", "未约定服务级别。");
    case RV_GAP_NO_INVENTORY:
        return SAY("There is no inventory: the devices are those of the state file.",
                   "没有台账：设备清单取自状态库。");
    case RV_GAP_SHORT_HISTORY:
        return SAY("Less than 28 days of data: no trends.", "数据不足 28 天：不作趋势分析。");
    case RV_GAP_LIMITS_OF_TODAY:
        return SAY("The period is past: limits, firmware and access are those of today.",
                   "周期已过：限值、固件与访问方式取自当前数据。");
    case RV_GAP_NO_SECRETS:
        return SAY("Credentials were not read: default communities were not looked for.",
                   "未读取凭据：未检查默认团体字。");
    case RV_GAP_READ:
        return SAY("Data that could not be read", "无法读取的数据");
    }
    return "";
}

static void
add_gaps(RvDocument *document, const RvReport *report)
{
    RvBlock *items;

    if (report->gaps->len == 0)
        return;
    rv_document_text(document, RV_BLOCK_LEAD, "%s",
                     SAY("What this report cannot say", "本报告未能陈述的内容"));
    items = rv_document_items(document);
    for (guint i = 0; i < report->gaps->len && i < 30; i++) {
        const RvReportGap *gap = g_ptr_array_index(report->gaps, i);

        rv_document_item(items, "%s%s%s", say_gap(document, gap->kind),
                         gap->detail != NULL ? SAY(": ", "：") : "",
                         gap->detail != NULL ? gap->detail : "");
    }
}

void
rv_section_sources(RvDocument *document, const RvReport *report)
{
    RvTable *table;

    rv_document_heading(document, 1, "sources", SAY("Appendix: sources", "附录：数据来源"));
    add_limit_sources(document, report);
    add_gaps(document, report);
    table = rv_document_table(document, RV_BLOCK_TABLE, SAY("What it was made from", "数据与版本"));
    rv_table_column(table, "", 30, RV_ALIGN_LEFT);
    rv_table_column(table, "", 70, RV_ALIGN_LEFT);
    table->headless = TRUE;
    fact(table, SAY("rackvitals", "软件版本"), g_strdup(rv_or_dash(report->version)));
    fact(table, SAY("Schema of the state file", "状态库结构版本"),
         g_strdup_printf("%d", report->schema));
    fact(table, SAY("State file, SHA-256", "状态库 SHA-256"),
         g_strdup(rv_or_dash(report->state_digest)));
    fact(table, SAY("Site file, SHA-256", "站点配置 SHA-256"),
         g_strdup(rv_or_dash(report->configuration_digest)));
    fact(table, SAY("Inventory, SHA-256", "设备台账 SHA-256"),
         g_strdup(rv_or_dash(report->inventory_digest)));
    fact(table, SAY("Service plan, SHA-256", "服务计划 SHA-256"),
         g_strdup(rv_or_dash(report->plan_digest)));
    fact(table, SAY("Made at", "生成时间"),
         rv_write_time(document->language, report->made_ms, report->zone));
    fact(table, SAY("Attached to the PDF", "PDF 附件"),
         g_strdup("devices.csv, faults.csv, report.json"));
}
