/* One page that says how the period was. */
#include <math.h>
#include <string.h>

#include "report/sections.h"

/* ---- the verdict ---- */

static RvMark
mark_of_period(const RvReport *report)
{
    return report->coverage.observed_ms == 0                           ? RV_MARK_UNKNOWN
           : report->not_met > 0                                       ? RV_MARK_CRITICAL
           : report->sums.critical > 0 || report->sums.open_faults > 0 ? RV_MARK_WARNING
           : report->not_proven > 0                                    ? RV_MARK_UNKNOWN
                                                                       : RV_MARK_OK;
}

/* How it was, in plain words; the figures come behind. */
static char *
judgement(const RvDocument *document, const RvReport *report)
{
    if (report->not_met > 0)
        return rv_write_text(report->devices->len == 1
                                 ? SAY("The service level was missed.", "服务级别未达标。")
                                 : SAY("The service level was missed on %u of %u devices.",
                                       "%2$u 台设备中有 %1$u 台未达到服务级别。"),
                             report->not_met, report->devices->len);
    if ((report->sums.critical > 0 || report->sums.open_faults > 0) && report->not_proven > 0)
        return rv_write_text(SAY("Work is left, and too little was observed to prove the service "
                                 "level (devices: %u of %u).",
                                 "仍有待办事项；%2$u 台设备中有 %1$u 台观测不足，无法证明达标。"),
                             report->not_proven, report->devices->len);
    if (report->sums.critical > 0 || report->sums.open_faults > 0)
        return g_strdup(SAY("No device missed its service level, but work is left.",
                            "没有设备未达标，但仍有待办事项。"));
    if (report->not_proven > 0)
        return rv_write_text(
            SAY("Good as far as it was seen, but too little was observed to prove the service "
                "level (devices: %u of %u).",
                "已观测部分运行良好，但 %2$u 台设备中有 %1$u 台观测不足，无法证明达标。"),
            report->not_proven, report->devices->len);
    if (report->met == 0)
        return g_strdup(SAY("Nothing is left open; no service level was agreed.",
                            "无遗留问题；未约定服务级别。"));
    return g_strdup(SAY("A good period: every promise was kept, nothing is left open.",
                        "本周期运行良好：服务承诺全部达标，无遗留问题。"));
}

static void
add_verdict(RvDocument *document, const RvReport *report)
{
    g_autofree char *a = rv_write_availability(report->a);
    g_autofree char *said = NULL;
    RvBlock *block;

    if (report->coverage.observed_ms == 0) {
        block = rv_document_text(document, RV_BLOCK_LEAD, "%s",
                                 SAY("Nothing was observed in this period: no statement about the "
                                     "machine room can be made.",
                                     "本周期内没有任何观测数据，无法对机房状况作出结论。"));
    } else {
        said = judgement(document, report);
        block = rv_document_text(
            document, RV_BLOCK_LEAD,
            SAY("%s Availability was %s; faults still open: %u, devices critical at the end: %u.",
                "%s总体可用率 %s，未解决故障 %u 起，期末处于严重状态的设备 %u 台。"),
            said, a, report->sums.open_faults, report->sums.critical);
    }
    block->mark = mark_of_period(report);
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
    g_autofree char *faults = rv_write_text("%u", report->faults->len);
    g_autofree char *open =
        rv_write_text(SAY("%u not resolved", "未解决 %u 起"), report->sums.open_faults);
    g_autofree char *seen = rv_write_percent(report->sums.observed, 1);
    g_autofree char *devices =
        rv_write_text(SAY("devices: %u", "共 %u 台设备"), report->devices->len);

    tile(table, SAY("Availability (bounds)", "总体可用率（上下界）"), RV_MARK_NONE, a, bounds);
    tile(table, SAY("Score", "综合评分"), RV_MARK_NONE, score, of);
    tile(table, SAY("Faults", "故障"), RV_MARK_NONE, faults, open);
    tile(table, SAY("Observed", "观测覆盖"), RV_MARK_NONE, seen, devices);
}

/* ---- service classes ---- */

static void
add_classes(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("Service level by class", "服务级别达标情况"));
    guint counts[RV_PROMISE_NOT_PROVEN + 1] = {0};

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
        rv_table_take(table, isfinite(one->a) ? rv_write_duration(document->language, one->down_ms)
                                              : g_strdup("–"));
        counts[one->promise]++;
    }
    rv_table_finding(
        table,
        SAY("Service level by class: met %u of %u, not met %u, not proven %u",
            "各级别服务达标情况：达标 %u 个（共 %u 个），未达标 %u 个，无法证明 %u 个"),
        counts[RV_PROMISE_MET], table->rows->len, counts[RV_PROMISE_NOT_MET],
        counts[RV_PROMISE_NOT_PROVEN]);
}

/* ---- score ---- */

/* A figure of this period beside that of the period before. */
static char *
beside_before(const RvDocument *document, const RvReport *report, gboolean score)
{
    const GPtrArray *all = report->history;
    g_autofree char *text[2] = {NULL, NULL};

    for (guint i = 0; i < 2 && i < all->len; i++) {
        const RvReportMonth *one = g_ptr_array_index(all, all->len - 1 - i);

        if (one->known && (!score || isfinite(one->score)))
            text[i] = score ? rv_write_number(one->score, 0)
                            : rv_write_duration(document->language, one->down_ms);
    }
    if (text[0] == NULL)
        return g_strdup(SAY("nothing is known of this period", "本周期无数据"));
    if (text[1] == NULL)
        return g_strdup_printf(
            SAY("%s; the period before is not known", "本周期 %s，上一周期无数据"), text[0]);
    return g_strdup_printf(SAY("%s, after %s in the period before", "本周期 %s，上一周期 %s"),
                           text[0], text[1]);
}

static void
add_score(RvDocument *document, const RvReport *report)
{
    RvChart *down = rv_chart_new(RV_CHART_COLUMNS,
                                 SAY("Downtime of all devices together", "全部设备累计中断时间"),
                                 SAY("hours", "小时"));
    RvChart *score =
        rv_chart_new(RV_CHART_COLUMNS, SAY("Score", "综合评分"), SAY("of 100", "满分 100"));

    g_autofree char *down_finding = NULL, *score_finding = NULL;

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
    down_finding = beside_before(document, report, FALSE);
    score_finding = beside_before(document, report, TRUE);
    rv_document_panel(document, down, down_finding);
    rv_document_panel(document, score, score_finding)->flexible = TRUE;
}

/* The caps that lower the score; those above the points change nothing. */
static void
name_caps(const RvDocument *document, const RvReportScore *score, GString *text)
{
    const char *const caps[] = {
        [RV_CAP_PROMISE] =
            SAY("; capped at 79: a promise was not kept", "；封顶 79：存在未达标的服务承诺"),
        [RV_CAP_UNSEEN] =
            SAY("; capped at 84: less than 90% was observed", "；封顶 84：观测覆盖不足 90%"),
        [RV_CAP_OPEN] = SAY("; capped at 89: a device is critical at the end",
                            "；封顶 89：期末仍有严重状态设备"),
    };

    for (guint i = 0; score->score < score->raw && i < G_N_ELEMENTS(caps); i++)
        if (score->caps[i] && caps[i] != NULL)
            g_string_append(text, caps[i]);
}

static void
add_caps(RvDocument *document, const RvReport *report)
{
    const RvReportScore *score = &report->score;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *service = rv_write_number(score->service, 1);
    g_autofree char *health = rv_write_number(score->health, 1);
    g_autofree char *handling = rv_write_number(score->handling, 1);
    g_autofree char *coverage = rv_write_number(score->coverage, 1);

    if (score->caps[RV_CAP_NOTHING]) {
        rv_document_text(document, RV_BLOCK_SMALL, "%s",
                         SAY("There is no score: nothing was observed.", "无评分：没有观测数据。"));
        return;
    }
    name_caps(document, score, text);
    rv_document_text(document, RV_BLOCK_SMALL,
                     SAY("Score: service %s/40, health %s/30, handling %s/20, coverage %s/10%s.",
                         "评分构成：服务 %s/40，健康 %s/30，处置 %s/20，覆盖 %s/10%s。"),
                     service, health, handling, coverage, text->str);
}

/* ---- three facts, three risks, three decisions ---- */

#define MOST 3
#define NAMED 2
#define BRIEF 44 /* characters: a risk is a line or two */

/* The first names of a list, joined. */
static char *
names_of(const RvDocument *document, const GPtrArray *names)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < names->len && i < NAMED; i++) {
        g_autofree char *name = rv_short_name(g_ptr_array_index(names, i));

        g_string_append_printf(text, "%s%s", i > 0 ? SAY(", ", "、") : "", name);
    }
    if (names->len > NAMED) {
        g_autofree char *more =
            rv_write_text(SAY(" and %u more", " 等，另有 %u 项"), names->len - NAMED);

        g_string_append(text, more);
    }
    return g_string_free(text, FALSE);
}

static void
add_fact_of_down_time(RvDocument *document, const RvReport *report, RvBlock *items)
{
    const RvReportDevice *worst = NULL;
    g_autofree char *down = NULL, *all = NULL;

    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);

        if (device->availability->down_ms > 0 &&
            (worst == NULL || device->availability->down_ms > worst->availability->down_ms))
            worst = device;
    }
    if (worst == NULL) {
        rv_document_item(items, "%s",
                         SAY("No device was down within its agreed service time.",
                             "约定服务时间内没有设备中断。"));
        return;
    }
    down = rv_write_duration(document->language, worst->availability->down_ms);
    all = rv_write_duration(document->language, report->down_ms);
    rv_document_item(items,
                     report->sums.devices_down == 1
                         ? SAY("Downtime: %u device, %s together; longest %s, for %s (outages: "
                               "%u).",
                               "中断：%u 台设备累计 %s；最长为 %s，共 %s（%u 次）。")
                         : SAY("Downtime: %u devices, %s together; longest %s, for %s (outages: "
                               "%u).",
                               "中断：%u 台设备累计 %s；最长为 %s，共 %s（%u 次）。"),
                     report->sums.devices_down, all, worst->name, down,
                     worst->availability->outages);
}

static void
add_facts(RvDocument *document, const RvReport *report, RvBlock *items)
{
    const RvReportSums *sums = &report->sums;
    g_autofree char *mean = rv_write_duration(document->language, sums->resolve_mean_ms);

    if (report->coverage.observed_ms == 0) {
        rv_document_item(items, SAY("Rounds made in the period: %u.", "本周期内的巡检轮次：%u。"),
                         report->coverage.rounds);
        rv_document_item_target(items, "coverage");
        return;
    }
    add_fact_of_down_time(document, report, items);
    rv_document_item_target(items, "service-level");
    if (report->faults->len == 0)
        rv_document_item(
            items, "%s",
            SAY("No faults: the fault ledger is empty.", "故障台账为空，本周期没有故障。"));
    else if (sums->resolved > 0)
        rv_document_item(
            items,
            SAY("Faults: %u, resolved %u (after %s on average), open %u; agreed times "
                "missed: %u.",
                "故障：共 %u 起，已解决 %u 起（平均用时 %s），未解决 %u 起；超过约定时限 "
                "%u 项。"),
            report->faults->len, sums->resolved, mean, sums->open_faults, sums->clocks_late);
    else
        rv_document_item(items,
                         SAY("Faults: %u, none resolved; agreed times missed: %u.",
                             "故障：共 %u 起，均未解决；超过约定时限 %u 项。"),
                         report->faults->len, sums->clocks_late);
    rv_document_item_target(items, "faults");
    if (report->findings->len > 0)
        rv_document_item(
            items,
            SAY("Hardware: parts at warning or worse at some time %u, still at the end %u.",
                "硬件：%u 个部件曾出现告警或严重状态，期末仍有 %u 个未恢复。"),
            report->findings->len, sums->bad_parts);
    else
        rv_document_item(items, "%s",
                         SAY("Hardware: no part gave a warning.", "硬件：没有部件出现告警。"));
    rv_document_item_target(items, "actions");
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

/* Devices that anyone could enter, each once. */
static GPtrArray *
open_devices(const RvReport *report)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < RV_WEAKNESSES; i++)
        for (guint j = 0;
             rv_weakness_verdict((RvWeakness)i) == RV_VERDICT_CRITICAL && j < report->weak[i]->len;
             j++) {
            char *name = g_ptr_array_index(report->weak[i], j);

            if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
                g_ptr_array_add(names, name);
        }
    return names;
}

/* Without whose limit it is, which stands with the evidence. */
static char *
brief_sentence(const RvDocument *document, const RvReportFinding *finding)
{
    g_autofree char *whole = rv_finding_sentence(document, finding);
    char *source = g_strrstr(whole, SAY(" (", "（"));

    if (source != NULL && g_str_has_suffix(source, SAY(")", "）")))
        *source = '\0';
    return rv_short_text(whole, BRIEF);
}

static void
add_risks_of_parts(RvDocument *document, const RvReport *report, RvBlock *items)
{
    for (guint i = 0; i < report->findings->len && items->texts->len < MOST; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);
        g_autofree char *sentence = NULL, *bad = NULL, *name = NULL;

        if (finding->now != RV_VERDICT_CRITICAL)
            break;
        sentence = brief_sentence(document, finding);
        name = rv_short_text(finding->name, BRIEF);
        bad = rv_write_duration(document->language, finding->bad_ms);
        rv_document_item(items,
                         SAY("%s, %s: %s; %s of this period.", "%s，%s：%s，本周期累计 %s。"),
                         finding->device, name, sentence, bad);
        rv_document_item_target(items, "actions");
    }
    for (guint i = 0; i < report->suspects->len && items->texts->len < MOST; i++) {
        const RvReportSuspect *suspect = g_ptr_array_index(report->suspects, i);
        g_autofree char *sentence = NULL, *name = NULL;

        if (named_before(report, i))
            continue;
        sentence = rv_suspect_sentence(document, suspect);
        name = rv_short_text(suspect->evidence->name, BRIEF);
        rv_document_item(items, SAY("%s, %s %s.", "%s，%s：%s。"), suspect->evidence->device, name,
                         sentence);
        rv_document_item_target(items, "actions");
    }
}

static void
add_risks(RvDocument *document, const RvReport *report, RvBlock *items)
{
    g_autoptr(GPtrArray) open = open_devices(report);

    add_risks_of_parts(document, report, items);
    if (open->len > 0 && items->texts->len < MOST) {
        g_autofree char *names = names_of(document, open);

        rv_document_item(
            items,
            SAY("Management access by default communities, weak cipher suites or anonymous login; "
                "devices: %u (%s).",
                "管理访问使用默认团体字、弱加密套件或匿名登录的设备 %u 台（%s）。"),
            open->len, names);
        rv_document_item_target(items, "access");
    }
    if (report->not_proven > 0 && items->texts->len < MOST) {
        rv_document_item(items,
                         SAY("Devices of which too little was observed to prove that the promise "
                             "was kept: %u.",
                             "%u 台设备因观测不足，无法证明是否达标。"),
                         report->not_proven);
        rv_document_item_target(items, "coverage");
    }
    if (items->texts->len == 0)
        rv_document_item(
            items, "%s",
            report->coverage.observed_ms == 0
                ? SAY("Unknown: nothing was observed.", "未知：没有观测数据。")
                : SAY("None is known from what was observed.", "根据观测数据，未发现已知风险。"));
}

static void
decide_on_parts(RvDocument *document, const RvReport *report, RvBlock *items)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *names = NULL;

    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *finding = g_ptr_array_index(report->findings, i);

        if (finding->now == RV_VERDICT_CRITICAL)
            g_ptr_array_add(parts, g_strdup_printf("%s %s", finding->device, finding->name));
    }
    if (parts->len == 0)
        return;
    names = names_of(document, parts);
    rv_document_item(
        items, SAY("Replace or repair the critical parts: %s.", "更换或修复严重部件：%s。"), names);
}

static void
decide_on_faults(RvDocument *document, const RvReport *report, RvBlock *items)
{
    const RvFault *oldest = NULL;
    g_autofree char *age = NULL;

    for (guint i = 0; i < report->faults->len; i++) {
        const RvFault *fault = ((RvReportFault *)g_ptr_array_index(report->faults, i))->fault;

        if (fault->resolved_ms == 0 && (oldest == NULL || fault->opened_ms < oldest->opened_ms))
            oldest = fault;
    }
    if (oldest == NULL)
        return;
    age = rv_write_date(document->language, oldest->opened_ms, report->zone);
    rv_document_item(
        items,
        SAY("Open faults (%u, overdue %u): name an owner and a date; the oldest is fault %d of %s, "
            "on %s.",
            "未解决故障（%u 起，其中超时 %u 起）：明确责任人与期限；最早为故障 %d（%s登记，"
            "%s）。"),
        report->sums.open_faults, report->sums.overdue_faults, (int)oldest->id, age,
        oldest->device);
}

static void
decide_on_suspects(RvDocument *document, const RvReport *report, RvBlock *items)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *names = NULL;

    for (guint i = 0; i < report->suspects->len; i++) {
        const RvEvidence *one =
            ((RvReportSuspect *)g_ptr_array_index(report->suspects, i))->evidence;

        if (!named_before(report, i))
            g_ptr_array_add(parts, g_strdup_printf("%s %s", one->device, one->name));
    }
    if (parts->len == 0)
        return;
    names = names_of(document, parts);
    rv_document_item(
        items,
        SAY("Order spares or plan work before these fail: %s.", "在失效前备件或安排检修：%s。"),
        names);
}

static void
decide_on_access(RvDocument *document, const RvReport *report, RvBlock *items)
{
    const GPtrArray *devices = report->weak[RV_WEAK_COMMUNITY];
    g_autofree char *names = names_of(document, devices);

    if (devices->len > 0)
        rv_document_item(items,
                         SAY("Change default SNMP communities; devices: %u (%s).",
                             "更换默认 SNMP 团体字，涉及设备 %u 台（%s）。"),
                         devices->len, names);
}

static void
decide_on_firmware(RvDocument *document, const RvReport *report, RvBlock *items)
{
    if (report->firmware->len > 0)
        rv_document_item(items,
                         SAY("Plan firmware updates; versions off the baseline: %u.",
                             "为 %u 处不符合基线的固件安排升级。"),
                         report->firmware->len);
}

static void
decide_on_plan(RvDocument *document, const RvReport *report, RvBlock *items)
{
    if (rv_report_has_gap(report, RV_GAP_NO_PLAN))
        rv_document_item(items, "%s",
                         SAY("Agree on service levels: no device has a target.",
                             "约定服务级别：目前没有设备设定指标。"));
}

static void
decide_on_rounds(RvDocument *document, const RvReport *report, RvBlock *items)
{
    if (report->coverage.observed_ms == 0)
        rv_document_item(items, "%s",
                         SAY("Find out why nothing was observed, and start the rounds again.",
                             "查明未产生观测数据的原因，并恢复巡检。"));
}

/* The most pressing first. */
static void
add_decisions(RvDocument *document, const RvReport *report, RvBlock *items)
{
    static const struct {
        void (*decide)(RvDocument *, const RvReport *, RvBlock *);
        const char *section;
    } decisions[] = {
        {decide_on_rounds, "coverage"},    {decide_on_parts, "actions"},
        {decide_on_faults, "faults"},      {decide_on_suspects, "actions"},
        {decide_on_access, "access"},      {decide_on_firmware, "firmware"},
        {decide_on_plan, "service-level"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(decisions) && items->texts->len < MOST; i++) {
        decisions[i].decide(document, report, items);
        rv_document_item_target(items, decisions[i].section);
    }
    if (items->texts->len == 0)
        rv_document_item(items, "%s", SAY("None is needed.", "无需决策。"));
}

/* This period beside the one before, where that is known. */
static char *
since_before(const RvDocument *document, const RvReport *report)
{
    const GPtrArray *all = report->history;
    const RvReportMonth *before = all->len > 1 ? g_ptr_array_index(all, all->len - 2) : NULL;
    g_autofree char *then = NULL, *now = NULL;

    if (before == NULL || !before->known || !isfinite(report->a))
        return g_strdup("");
    then = rv_write_availability(before->a);
    now = rv_write_availability(report->a);
    return rv_write_text(SAY("availability %s (before: %s), faults %u (%u), devices below target "
                             "%u (%u); ",
                             "可用率 %s（上一周期 %s），故障 %u 起（%u 起），未达标设备 %u 台"
                             "（%u 台）；"),
                         now, then, report->faults->len, before->faults, report->not_met,
                         before->not_met);
}

static void
add_changed(RvDocument *document, const RvReport *report)
{
    const RvReportSums *sums = &report->sums;
    g_autofree char *before = since_before(document, report);

    rv_document_text(
        document, RV_BLOCK_TEXT,
        SAY("What changed: %snew devices %u, parts changed %u, firmware changes %u, restarts %u.",
            "主要变化：%s新增设备 %u 台，部件增减或更换 %u 次，固件变更 %u 次，设备重启 %u 次。"),
        before, sums->new_devices, sums->changed_parts, sums->changed_firmware, sums->restarts);
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
