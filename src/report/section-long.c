/* What only long periods show: quarter and year. */
#include <math.h>
#include <string.h>

#include "report/sections.h"

/* ---- period over period ---- */

static void
add_row(RvDocument *document, RvTable *table, const RvReportMonth *month)
{
    rv_table_row(table);
    rv_table_cell(table, "%s", month->label);
    if (!month->known) {
        for (int j = 0; j < 7; j++)
            rv_table_cell(table, "–");
        return;
    }
    rv_table_cell(table, "%u", month->devices);
    rv_table_take(table, rv_write_availability(month->a));
    rv_table_take(table, rv_write_duration(document->language, month->down_ms));
    rv_table_cell(table, "%u", month->faults);
    rv_table_cell(table, "%u", month->met);
    rv_table_cell(table, "%u", month->not_met);
    rv_table_take(table, rv_write_number(month->score, 0));
}

static void
add_periods(RvDocument *document, const GPtrArray *periods, const char *caption)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, caption);
    guint unknown = 0; /* periods before the first that is known */

    rv_table_column(table, SAY("Period", "周期"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "设备"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Availability", "可用率"), 18, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Down", "中断"), 18, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Faults", "故障"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Met", "达标"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Not met", "未达标"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Score", "评分"), 12, RV_ALIGN_RIGHT);
    for (guint i = 0; i < periods->len; i++) {
        const RvReportMonth *one = g_ptr_array_index(periods, i);

        if (one->known || table->rows->len > 0 || i + 1 == periods->len)
            add_row(document, table, one);
        else
            unknown = i + 1;
    }
    if (unknown > 0)
        table->shortened =
            g_strdup_printf(SAY("Nothing is known of the time before %s.", "%s 之前没有数据。"),
                            ((RvReportMonth *)g_ptr_array_index(periods, unknown))->label);
}

/* The month with the most down time, said as the finding. */
static char *
months_caption(RvDocument *document, const RvReport *report)
{
    const RvReportMonth *worst = NULL;
    g_autofree char *down = NULL;

    for (guint i = 0; i < report->months->len; i++) {
        const RvReportMonth *month = g_ptr_array_index(report->months, i);

        if (month->known && month->down_ms > 0 &&
            (worst == NULL || month->down_ms > worst->down_ms))
            worst = month;
    }
    if (worst == NULL)
        return g_strdup(SAY("Month by month: no downtime was seen", "逐月对比：未发现中断"));
    down = rv_write_duration(document->language, worst->down_ms);
    return g_strdup_printf(
        SAY("Month by month: most downtime in %s, %s", "逐月对比：%s 中断时间最长，为 %s"),
        worst->label, down);
}

/* ---- Pareto ---- */

static void
add_pareto(RvDocument *document, const RvReport *report)
{
    RvChart *chart;
    g_autofree char *caption = NULL, *share = NULL;
    guint few = 0;
    double most = 0; /* share of the faults that these make */

    if (report->causes->len == 0) {
        rv_document_text(document, RV_BLOCK_TEXT, "%s",
                         SAY("There was no fault, so there are no causes to weigh.",
                             "没有故障，因此没有原因分布。"));
        return;
    }
    chart = rv_chart_new(RV_CHART_BARS, SAY("Faults by cause", "故障原因分布"), "");
    for (guint i = 0; i < report->causes->len; i++) {
        const RvReportCause *cause = g_ptr_array_index(report->causes, i);
        g_autofree char *text =
            rv_write_text(SAY("%u  (%.0f%% with those above)", "%u（累计 %.0f%%）"), cause->faults,
                          100 * cause->cumulative);

        few += cause->vital;
        most = cause->vital ? cause->cumulative : most;
        rv_chart_bar(chart, rv_say_group(document->language, cause->cause), cause->faults, text,
                     cause->vital);
    }
    share = rv_write_percent(most, 0);
    caption = report->causes->len == 1
                  ? g_strdup(SAY("All faults have one cause", "全部故障属于同一类原因"))
                  : rv_write_text(few == 1 ? SAY("%u of %u causes makes %s of the faults",
                                                 "%2$u 类原因中，%1$u 类占全部故障的 %3$s")
                                           : SAY("%u of %u causes make %s of the faults",
                                                 "%2$u 类原因中，%1$u 类占全部故障的 %3$s"),
                                  few, report->causes->len, share);
    rv_document_chart(document, chart, caption);
}

/* ---- recurring ---- */

/* What was seen the last time; caller frees. */
static char *
last_seen(const RvDocument *document, const RvReport *report, const RvReportRecurring *one)
{
    for (guint i = report->faults->len; i > 0; i--) {
        const RvFault *fault = ((RvReportFault *)g_ptr_array_index(report->faults, i - 1))->fault;

        if (fault->opened_ms == one->last_ms && strcmp(fault->device, one->device) == 0 &&
            g_strcmp0(fault->cause, one->cause) == 0)
            return rv_fault_title(document, fault);
    }
    return g_strdup(one->cause);
}

static void
add_recurring(RvDocument *document, const RvReport *report)
{
    const GPtrArray *found = report->recurring;
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("Faults that came back", "重复故障"));

    rv_table_column(table, SAY("Device", "设备"), 24, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("What was seen the last time", "最近一次现象"), 44, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Times", "次数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Last", "最近一次"), 20, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("No fault came back.", "没有重复发生的故障。"));
    for (guint i = 0; i < found->len; i++) {
        const RvReportRecurring *one = g_ptr_array_index(found, i);

        if (rv_table_full(document, table, 20, found->len))
            break;
        rv_table_row(table);
        rv_device_cell(table, report, one->device);
        rv_table_take(table, last_seen(document, report, one));
        rv_table_cell(table, "%u", one->times);
        rv_table_take(table, rv_write_time(document->language, one->last_ms, report->zone));
    }
    rv_table_finding(table,
                     SAY("Faults that came back, on the same device for the same cause: %u",
                         "重复故障：同一设备、同一原因共 %u 组"),
                     found->len);
}

/* This period's availability beside that of the one before. */
static char *
history_caption(RvDocument *document, const RvReport *report)
{
    const GPtrArray *all = report->history;
    const RvReportMonth *before = all->len > 1 ? g_ptr_array_index(all, all->len - 2) : NULL;
    g_autofree char *now = rv_write_availability(report->a);
    g_autofree char *then = before != NULL ? rv_write_availability(before->a) : NULL;

    if (before == NULL || !before->known)
        return g_strdup_printf(SAY("Period over period: availability %s; the period before is not "
                                   "known",
                                   "与往期对比：本周期可用率 %s，上一周期无数据"),
                               now);
    return g_strdup_printf(SAY("Period over period: availability %s, after %s in the period before",
                               "与往期对比：本周期可用率 %s，上一周期 %s"),
                           now, then);
}

void
rv_section_over_time(RvDocument *document, const RvReport *report)
{
    g_autofree char *before = NULL;

    rv_document_heading(document, 1, "over-time", SAY("Over time", "历史对比"));
    if (report->months->len > 0) {
        g_autofree char *caption = months_caption(document, report);

        add_periods(document, report->months, caption);
    }
    before = history_caption(document, report);
    add_periods(document, report->history, before);
    add_pareto(document, report);
    add_recurring(document, report);
}

/* ---- year: what to renew ---- */

static void
models_finding(RvDocument *document, const RvReport *report, RvTable *table)
{
    const RvReportModel *first =
        report->models->len > 0 ? g_ptr_array_index(report->models, 0) : NULL;
    g_autofree char *most = first != NULL ? rv_write_number(first->per_device, 2) : NULL;

    if (first != NULL && first->per_device > 0)
        rv_table_finding(
            table,
            SAY("Models to look at first for renewal: %s, with %s abnormal or suspected "
                "parts for each device",
                "设备更新评估重点：%s，单台异常及关注部件 %s 个"),
            rv_or_dash(first->model), most);
}

/* Says the amount, or why there is none. */
static void
spares_finding(RvDocument *document, const RvReport *report, RvTable *table)
{
    const RvReportSums *sums = &report->sums;
    g_autofree char *cost = rv_write_number(sums->spares_cost, 2);

    if (!isfinite(sums->spares_cost)) {
        rv_table_finding(table,
                         SAY("Replacement budget: parts to buy %u; the service plan has no prices, "
                             "so there is no amount",
                             "更换预算：需备件 %u 件；服务计划未给出单价，无法计算金额"),
                         sums->spares);
        return;
    }
    rv_table_finding(table,
                     SAY("Replacement budget: parts to buy %u, for %s %s (without a price: %u)",
                         "更换预算：需备件 %u 件，合计 %s %s（无单价 %u 件）"),
                     sums->spares, report->currency, cost, sums->unpriced);
}

static void
add_spares(RvDocument *document, const RvReport *report)
{
    RvTable *table =
        rv_document_table(document, RV_BLOCK_TABLE, SAY("Replacement budget", "更换预算"));

    rv_table_column(table, SAY("Part", "部件"), 28, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Abnormal", "异常"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Suspected", "关注"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("To buy", "备件数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Price", "单价"), 16, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Cost", "金额"), 18, RV_ALIGN_RIGHT);
    table->none = g_strdup(
        report->coverage.observed_ms == 0
            ? SAY("No statement: nothing was observed.", "无法判断：没有观测数据。")
            : SAY("Nothing to buy: no part that is bought singly is bad or suspected at the end.",
                  "无需备件：期末没有异常或需关注的可更换部件。"));
    for (guint i = 0; i < report->spares->len; i++) {
        const RvReportSpares *one = g_ptr_array_index(report->spares, i);

        rv_table_row(table);
        rv_table_cell(table, "%s", rv_say_group(document->language, one->part));
        rv_table_cell(table, "%u", one->bad);
        rv_table_cell(table, "%u", one->suspected);
        rv_table_cell(table, "%u", one->bad + one->suspected);
        rv_table_take(table, rv_write_number(one->price, 2));
        rv_table_take(table, rv_write_number(one->cost, 2));
    }
    spares_finding(document, report, table);
    if (report->sums.unpriced > 0)
        table->shortened = g_strdup(SAY(
            "One spare for each part that is abnormal or suspected at the end. Prices come from "
            "'prices' in the service plan; a dash: none is given there.",
            "期末异常或需关注的部件各备一件。单价取自服务计划的 prices；“–”表示其中未给出。"));
}

/* ---- year: what to do about it ---- */

/* The few that make most of the faults. */
static char *
vital_causes(const RvDocument *document, const RvReport *report)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < report->causes->len; i++) {
        const RvReportCause *cause = g_ptr_array_index(report->causes, i);

        if (cause->vital)
            g_string_append_printf(text, "%s%s", text->len > 0 ? SAY(", ", "、") : "",
                                   rv_say_group(document->language, cause->cause));
    }
    return g_string_free(text, FALSE);
}

static void
plan_models(RvDocument *document, const RvReport *report, RvBlock *items)
{
    const RvReportModel *first =
        report->models->len > 0 ? g_ptr_array_index(report->models, 0) : NULL;
    g_autofree char *each = first != NULL ? rv_write_number(first->per_device, 2) : NULL;
    g_autofree char *name = first != NULL ? rv_short_name(first->model) : NULL;

    if (first == NULL || !(first->per_device > 0) || first->model[0] == '\0')
        return;
    rv_document_item(items,
                     SAY("Renewal: look first at %s (devices: %u), with the most abnormal or "
                         "suspected parts for each device: %s.",
                         "设备更新：优先评估 %s（%u 台），其单台异常及关注部件数最高，为 %s。"),
                     name, first->devices, each);
    rv_document_item_target(items, "prevention");
}

static void
plan_causes(RvDocument *document, const RvReport *report, RvBlock *items)
{
    g_autofree char *causes = vital_causes(document, report);

    if (report->faults->len == 0)
        return;
    rv_document_item(items,
                     SAY("Causes: of the faults (%u) most come from %s; measures against these pay "
                         "first.",
                         "故障治理：%u 起故障主要源于%s，应优先针对性整改。"),
                     report->faults->len, causes);
    rv_document_item_target(items, "over-time");
}

static void
plan_recurring(RvDocument *document, const RvReport *report, RvBlock *items)
{
    const RvReportRecurring *first =
        report->recurring->len > 0 ? g_ptr_array_index(report->recurring, 0) : NULL;

    if (first == NULL)
        return;
    rv_document_item(items,
                     SAY("Recurring faults: find the root cause of what came back, %s first (%u "
                         "times for the same cause).",
                         "重复故障：对反复发生的故障开展根因分析，首先是 %s（同一原因 %u 次）。"),
                     first->device, first->times);
    rv_document_item_target(items, "over-time");
}

static void
plan_parts(RvDocument *document, const RvReport *report, RvBlock *items)
{
    if (report->sums.suspect_parts == 0)
        return;
    rv_document_item(items,
                     SAY("Parts: replace %u before they fail, in planned windows.",
                         "部件：在计划窗口内提前更换或检修关注部件 %u 个。"),
                     report->sums.suspect_parts);
    rv_document_item_target(items, "actions");
}

static void
plan_firmware(RvDocument *document, const RvReport *report, RvBlock *items)
{
    if (report->firmware->len == 0)
        return;
    rv_document_item(items,
                     SAY("Firmware: versions to be brought to the baseline: %u.",
                         "固件：将 %u 处不符合基线的版本升级到位。"),
                     report->firmware->len);
    rv_document_item_target(items, "firmware");
}

static void
plan_access(RvDocument *document, const RvReport *report, RvBlock *items)
{
    if (report->sums.weak_devices == 0)
        return;
    rv_document_item(items,
                     SAY("Security: harden the management access (SNMPv3 with encryption, accounts "
                         "with the least rights); devices: %u.",
                         "安全：加固 %u 台设备的管理访问（启用加密的 SNMPv3，账号遵循最小权限）。"),
                     report->sums.weak_devices);
    rv_document_item_target(items, "access");
}

static void
plan_coverage(RvDocument *document, const RvReport *report, RvBlock *items)
{
    g_autofree char *seen = rv_write_percent(report->sums.observed, 1);

    if (!(report->sums.observed < 0.99))
        return;
    rv_document_item(items,
                     SAY("Inspection: only %s of the agreed service time was observed; see to it "
                         "that the rounds run without a break.",
                         "巡检：约定服务时间仅观测到 %s，应保障巡检连续运行。"),
                     seen);
    rv_document_item_target(items, "coverage");
}

static void
add_strategy(RvDocument *document, const RvReport *report)
{
    static void (*const plans[])(RvDocument *, const RvReport *, RvBlock *) = {
        plan_models,   plan_causes, plan_recurring, plan_parts,
        plan_firmware, plan_access, plan_coverage,
    };
    RvBlock *items;

    rv_document_text(document, RV_BLOCK_LEAD, "%s",
                     SAY("Preventive strategy for the coming year", "下一年度预防性维护策略"));
    items = rv_document_items(document);
    for (gsize i = 0; i < G_N_ELEMENTS(plans); i++)
        plans[i](document, report, items);
    if (items->texts->len == 0)
        rv_document_item(
            items, "%s",
            report->coverage.observed_ms == 0
                ? SAY("No statement: nothing was observed.", "无法判断：没有观测数据。")
                : SAY("The data give no reason for a measure; go on as before.",
                      "数据未显示需要采取措施，维持现有安排。"));
}

void
rv_section_prevention(RvDocument *document, const RvReport *report)
{
    const GPtrArray *all = report->models;
    RvTable *table;

    rv_document_heading(document, 1, "prevention",
                        SAY("Ageing, prevention and replacement", "老化、预防与更换预算"));
    table = rv_document_table(
        document, RV_BLOCK_TABLE,
        SAY("Models by abnormal parts for each device", "按型号统计（单台异常数）"));
    rv_table_column(table, SAY("Model", "型号"), 36, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "设备数"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Faults", "故障"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Bad parts", "异常部件"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Suspects", "关注部件"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("For each device", "单台异常数"), 16, RV_ALIGN_RIGHT);
    table->none = g_strdup(SAY("There is no device.", "没有设备。"));
    for (guint i = 0; i < all->len; i++) {
        const RvReportModel *one = g_ptr_array_index(all, i);

        if (rv_table_full(document, table, 30, all->len))
            break;
        rv_table_row(table);
        rv_table_cell(table, "%s", rv_or_dash(one->model));
        rv_table_cell(table, "%u", one->devices);
        rv_table_cell(table, "%u", one->faults);
        rv_table_cell(table, "%u", one->findings);
        rv_table_cell(table, "%u", one->suspects);
        rv_table_take(table, rv_write_number(one->per_device, 2));
    }
    models_finding(document, report, table);
    add_strategy(document, report);
    add_spares(document, report);
}
