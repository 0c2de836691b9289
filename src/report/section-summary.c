/* One page that says how the period was. */
#include <math.h>
#include <string.h>

#include "report/sections.h"

/* ---- the verdict ---- */

static void
add_verdict(RvDocument *document, const RvReport *report)
{
    guint critical = report->sums.critical, open = report->sums.open_faults;
    g_autofree char *a = rv_write_availability(report->a);
    RvBlock *block;

    if (report->coverage.observed_ms == 0) {
        block = rv_document_text(document, RV_BLOCK_LEAD, "%s",
                                 SAY("Nothing was observed in this period: no statement about the "
                                     "machine room can be made.",
                                     "本周期内没有任何观测数据，无法对机房状况作出结论。"));
        block->mark = RV_MARK_UNKNOWN;
        return;
    }
    if (report->not_met > 0)
        block = rv_document_text(
            document, RV_BLOCK_LEAD,
            SAY("The service level was missed on %u of %u devices. Overall availability was %s; "
                "faults still open: %u, devices critical at the end: %u.",
                "%2$u 台设备中有 %1$u 台未达到服务级别。总体可用率 %3$s；未解决故障 %4$u 起，"
                "期末处于严重状态的设备 %5$u 台。"),
            report->not_met, report->devices->len, a, open, critical);
    else if (critical > 0 || open > 0)
        block = rv_document_text(
            document, RV_BLOCK_LEAD,
            SAY("No device missed its service level (availability %s), but work is left: faults "
                "still open: %u, devices critical at the end: %u of %u.",
                "没有设备未达标（总体可用率 %s），但仍有待办事项：未解决故障 %u 起，"
                "期末处于严重状态的设备 %u 台（共 %u 台）。"),
            a, open, critical, report->devices->len);
    else if (report->not_proven > 0)
        block =
            rv_document_text(document, RV_BLOCK_LEAD,
                             SAY("Good as far as it was seen (availability %s), but too little was "
                                 "observed to prove "
                                 "the service level of %u of %u devices.",
                                 "已观测部分运行良好（总体可用率 %1$s），但 %3$u 台设备中有 %2$u "
                                 "台观测不足，无法证明达标。"),
                             a, report->not_proven, report->devices->len);
    else
        block = rv_document_text(
            document, RV_BLOCK_LEAD,
            SAY("A good period: availability %s over %u devices, no fault left open, no device "
                "critical at the end.",
                "本周期运行良好：总体可用率 %s（%u 台设备），无未解决故障，期末无严重状态设备。"),
            a, report->devices->len);
    block->mark = report->not_met > 0        ? RV_MARK_CRITICAL
                  : critical > 0 || open > 0 ? RV_MARK_WARNING
                  : report->not_proven > 0   ? RV_MARK_UNKNOWN
                                             : RV_MARK_OK;
}

/* ---- key figures ---- */

static void
tile(RvTable *table, const char *label, RvMark mark, const char *value, const char *note)
{
    rv_table_row(table);
    rv_table_cell(table, "%s", label);
    rv_table_mark(table, mark, value);
    rv_table_cell(table, "%s", note);
}

static void
add_tiles(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TILES, NULL);
    g_autofree char *a = rv_write_availability(report->a);
    g_autofree char *low = rv_write_availability(report->a_low);
    g_autofree char *high = rv_write_availability(report->a_high);
    g_autofree char *bounds = g_strdup_printf("%s – %s", low, high);
    g_autofree char *score = rv_write_number(report->score.score, 0);
    g_autofree char *raw = rv_write_number(report->score.raw, 0);
    g_autofree char *of =
        isfinite(report->score.score)
            ? g_strdup_printf(SAY("of 100; %s before caps", "满分 100；封顶前 %s"), raw)
            : g_strdup(SAY("no score", "无评分"));
    g_autofree char *faults = g_strdup_printf("%u", report->faults->len);
    g_autofree char *open =
        g_strdup_printf(SAY("%u not resolved", "未解决 %u 起"), report->sums.open_faults);
    g_autofree char *seen = rv_write_percent(report->sums.observed, 1);
    g_autofree char *devices =
        g_strdup_printf(SAY("%u devices", "共 %u 台设备"), report->devices->len);

    tile(table, SAY("Availability", "总体可用率"), RV_MARK_NONE, a, bounds);
    tile(table, SAY("Score", "综合评分"), RV_MARK_NONE, score, of);
    tile(table, SAY("Faults", "故障"), RV_MARK_NONE, faults, open);
    tile(table, SAY("Observed", "观测覆盖"), RV_MARK_NONE, seen, devices);
}

/* ---- service classes ---- */

static void
add_classes(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("Service level by class", "各服务级别达标情况"));

    rv_table_column(table, SAY("Class", "服务级别"), 26, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Result", "结果"), 18, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "设备"), 12, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Target", "指标"), 14, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Availability", "可用率"), 16, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Down", "中断时间"), 16, RV_ALIGN_RIGHT);
    table->none = g_strdup(SAY("There is no device.", "没有设备。"));
    for (guint i = 0; i < report->classes->len; i++) {
        const RvReportClass *one = g_ptr_array_index(report->classes, i);

        if (one->devices == 0)
            continue;
        rv_table_row(table);
        rv_table_cell(table, "%s", rv_class_name(document, one));
        rv_promise_cell(table, document, one->promise);
        rv_table_cell(table, "%u", one->devices);
        rv_table_take(table, rv_write_percent(one->target, 2));
        rv_table_take(table, rv_write_availability(one->a));
        rv_table_take(table, rv_write_duration(document->language, one->down_ms));
    }
}

/* ---- score ---- */

static void
add_score(RvDocument *document, const RvReport *report)
{
    RvChart *down = rv_chart_new(RV_CHART_COLUMNS,
                                 SAY("Down time of all devices together", "全部设备累计中断时间"),
                                 SAY("hours", "小时"));
    RvChart *score =
        rv_chart_new(RV_CHART_COLUMNS, SAY("Score", "综合评分"), SAY("of 100", "满分 100"));

    score->high = 100;
    down->height = score->height = 96;
    for (guint i = 0; i < report->history->len; i++) {
        const RvReportMonth *month = g_ptr_array_index(report->history, i);
        gboolean now = i + 1 == report->history->len;
        double hours = month->known ? (double)month->down_ms / 3600000 : NAN;
        g_autofree char *written = rv_write_number(hours, hours == rint(hours) ? 0 : 1);
        g_autofree char *points = rv_write_number(month->score, 0);
        const char *label = strlen(month->label) > 10 ? month->label + 5 : month->label;
        g_autofree char *shown = g_strndup(label, 7);

        rv_chart_bar(down, shown, hours, written, now);
        rv_chart_bar(score, shown, month->score, points, now);
    }
    rv_document_panel(document, down);
    rv_document_panel(document, score);
}

static void
add_caps(RvDocument *document, const RvReport *report)
{
    const RvReportScore *score = &report->score;
    GString *text = g_string_new(NULL);
    g_autofree char *service = rv_write_number(score->service, 1);
    g_autofree char *health = rv_write_number(score->health, 1);
    g_autofree char *handling = rv_write_number(score->handling, 1);
    g_autofree char *coverage = rv_write_number(score->coverage, 1);

    if (score->caps[RV_CAP_NOTHING]) {
        rv_document_text(document, RV_BLOCK_SMALL, "%s",
                         SAY("There is no score: nothing was observed.", "无评分：没有观测数据。"));
        g_string_free(text, TRUE);
        return;
    }
    g_string_append_printf(text,
                           SAY("Score: service %s/40, health %s/30, handling %s/20, coverage %s/10",
                               "评分构成：服务 %s/40，健康 %s/30，处置 %s/20，覆盖 %s/10"),
                           service, health, handling, coverage);
    if (score->caps[RV_CAP_PROMISE])
        g_string_append(
            text, SAY("; capped at 79: a promise was not kept", "；封顶 79：存在未达标的服务承诺"));
    if (score->caps[RV_CAP_UNSEEN])
        g_string_append(
            text, SAY("; capped at 84: less than 90% was observed", "；封顶 84：观测覆盖不足 90%"));
    if (score->caps[RV_CAP_OPEN])
        g_string_append(text, SAY("; capped at 89: a device is critical at the end",
                                  "；封顶 89：期末仍有严重状态设备"));
    g_string_append(text, SAY(".", "。"));
    rv_document_text(document, RV_BLOCK_SMALL, "%s", text->str);
    g_string_free(text, TRUE);
}

/* ---- three facts, three risks, three decisions ---- */

#define MOST 3

static void
add_facts(RvDocument *document, const RvReport *report, RvBlock *items)
{
    const RvReportDevice *worst = NULL;

    if (report->coverage.observed_ms == 0) {
        rv_document_item(items, SAY("Rounds made in the period: %u.", "本周期内的巡检轮次：%u。"),
                         report->coverage.rounds);
        return;
    }
    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);

        if (device->availability->down_ms > 0 &&
            (worst == NULL || device->availability->down_ms > worst->availability->down_ms))
            worst = device;
    }
    if (worst != NULL) {
        g_autofree char *down = rv_write_duration(document->language, worst->availability->down_ms);

        rv_document_item(
            items,
            worst->availability->outages == 1
                ? SAY("%s was down longest: %s, in %u outage.", "%s 中断时间最长：%s，共 %u 次。")
                : SAY("%s was down longest: %s, in %u outages.", "%s 中断时间最长：%s，共 %u 次。"),
            worst->name, down, worst->availability->outages);
    }
    rv_document_item(items,
                     SAY("The ledger holds faults: %u, of these not resolved: %u.",
                         "故障台账共 %u 起，其中 %u 起未解决。"),
                     report->faults->len, report->sums.open_faults);
    if (report->findings->len > 0)
        rv_document_item(items,
                         SAY("Parts that were at warning or worse at some time: %u.",
                             "%u 个部件曾出现告警或严重状态。"),
                         report->findings->len);
    else
        rv_document_item(items, "%s", SAY("No part gave a warning.", "没有部件出现告警。"));
}

/* A part with evidence of several kinds is one risk. */
static gboolean
named_before(const RvReport *report, guint index)
{
    const RvEvidence *one =
        ((RvReportSuspect *)g_ptr_array_index(report->suspects, index))->evidence;

    for (guint i = 0; i < index; i++) {
        const RvEvidence *other =
            ((RvReportSuspect *)g_ptr_array_index(report->suspects, i))->evidence;

        if (strcmp(one->device, other->device) == 0 && strcmp(one->key, other->key) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
add_risks(RvDocument *document, const RvReport *report, RvBlock *items)
{
    guint weak = report->weak[RV_WEAK_COMMUNITY]->len + report->weak[RV_WEAK_CIPHER]->len +
                 report->weak[RV_WEAK_ANONYMOUS]->len;

    for (guint i = 0; i < report->findings->len && items->texts->len < MOST; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);
        g_autofree char *sentence = NULL;

        if (finding->now != RV_VERDICT_CRITICAL)
            break;
        sentence = rv_finding_sentence(document, finding);
        rv_document_item(items, SAY("%s, %s: %s.", "%s，%s：%s。"), finding->device, finding->name,
                         sentence);
    }
    for (guint i = 0; i < report->suspects->len && items->texts->len < MOST; i++) {
        const RvReportSuspect *suspect = g_ptr_array_index(report->suspects, i);
        g_autofree char *sentence = NULL;

        if (named_before(report, i))
            continue;
        sentence = rv_suspect_sentence(document, suspect);
        rv_document_item(items, SAY("%s, %s %s.", "%s，%s：%s。"), suspect->evidence->device,
                         suspect->evidence->name, sentence);
    }
    if (weak > 0 && items->texts->len < MOST)
        rv_document_item(
            items,
            SAY("Access open to anyone who tries the usual passwords or none: %u places.",
                "%u 处管理入口使用默认口令、弱加密或匿名访问。"),
            weak);
    if (report->not_proven > 0 && items->texts->len < MOST)
        rv_document_item(
            items,
            SAY("For %u devices the promise can neither be proven nor denied: too much "
                "was not observed.",
                "%u 台设备因观测不足，无法证明是否达标。"),
            report->not_proven);
    if (items->texts->len == 0)
        rv_document_item(
            items, "%s",
            SAY("None is known from what was observed.", "根据观测数据，未发现已知风险。"));
}

static void
add_decisions(RvDocument *document, const RvReport *report, RvBlock *items)
{
    guint replace = report->sums.critical_parts;

    if (replace > 0)
        rv_document_item(items,
                         replace == 1
                             ? SAY("Replace or repair the %u critical part (see Actions).",
                                   "更换或修复 %u 个处于严重状态的部件（见“处理建议”）。")
                             : SAY("Replace or repair the %u critical parts (see Actions).",
                                   "更换或修复 %u 个处于严重状态的部件（见“处理建议”）。"),
                         replace);
    if (report->sums.open_faults > 0)
        rv_document_item(items,
                         report->sums.open_faults == 1
                             ? SAY("See the %u open fault through.", "尽快解决 %u 起未结故障。")
                             : SAY("See the %u open faults through.", "尽快解决 %u 起未结故障。"),
                         report->sums.open_faults);
    if (report->firmware->len > 0 && items->texts->len < MOST)
        rv_document_item(items,
                         SAY("Plan firmware updates; versions off the baseline: %u.",
                             "为 %u 处不符合基线的固件安排升级。"),
                         report->firmware->len);
    if (report->weak[RV_WEAK_COMMUNITY]->len > 0 && items->texts->len < MOST)
        rv_document_item(items,
                         SAY("Change the default SNMP communities; devices that use them: %u.",
                             "更换 %u 台设备的默认 SNMP 团体字。"),
                         report->weak[RV_WEAK_COMMUNITY]->len);
    if (rv_report_has_gap(report, RV_GAP_NO_PLAN) && items->texts->len < MOST)
        rv_document_item(items, "%s",
                         SAY("Agree on service levels: no device has a target.",
                             "约定服务级别：目前没有设备设定指标。"));
    if (items->texts->len == 0)
        rv_document_item(items, "%s", SAY("None is needed.", "无需决策。"));
}

static void
add_changed(RvDocument *document, const RvReport *report)
{
    const RvReportSums *sums = &report->sums;

    rv_document_text(
        document, RV_BLOCK_TEXT,
        SAY("What changed: new devices %u; parts added, removed or replaced %u; firmware "
            "changes %u; restarts %u.",
            "主要变化：新增设备 %u 台，部件增减或更换 %u 次，固件变更 %u 次，设备重启 %u 次。"),
        sums->new_devices, sums->changed_parts, sums->changed_firmware, sums->restarts);
}

static void
heading_line(RvDocument *document, const char *text)
{
    RvBlock *block = rv_document_text(document, RV_BLOCK_LEAD, "%s", text);

    block->mark = RV_MARK_NONE;
}

void
rv_section_summary(RvDocument *document, const RvReport *report)
{
    rv_document_page(document);
    rv_document_heading(document, 1, "summary", SAY("Summary", "管理摘要"));
    add_verdict(document, report);
    add_tiles(document, report);
    add_classes(document, report);
    add_score(document, report);
    add_caps(document, report);
    heading_line(document, SAY("Facts", "事实"));
    add_facts(document, report, rv_document_items(document));
    heading_line(document, SAY("Risks", "风险"));
    add_risks(document, report, rv_document_items(document));
    heading_line(document, SAY("Decisions", "需要决策"));
    add_decisions(document, report, rv_document_items(document));
    add_changed(document, report);
}
