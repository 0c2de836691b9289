#include "report/sections.h"
#include "base/text.h"
#include "observation/words.h"

#include <math.h>
#include <string.h>

/* ---- shared ---- */

const char *
rv_or_dash(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : "–";
}

char *
rv_device_place(const RvReport *report, const char *device)
{
    guint place = rv_report_place(report, device != NULL ? device : "");

    return place > 0 ? g_strdup_printf("device-%u", place) : NULL;
}

char *
rv_curves_place(const RvReport *report, const char *device)
{
    return g_strdup_printf("curves-%u", rv_report_place(report, device));
}

RvCell *
rv_device_cell(RvTable *table, const RvReport *report, const char *device)
{
    RvCell *cell = rv_table_cell(table, "%s", rv_or_dash(device));

    cell->target = rv_device_place(report, device);
    return cell;
}

RvCell *
rv_verdict_cell(RvTable *table, const RvDocument *document, RvVerdict verdict)
{
    return rv_table_mark(table, rv_mark_of(verdict), rv_say_verdict(document->language, verdict));
}

RvCell *
rv_promise_cell(RvTable *table, const RvDocument *document, RvPromise promise)
{
    return rv_table_mark(table, rv_mark_of_promise(promise),
                         rv_say_promise(document->language, promise));
}

const char *
rv_class_name(const RvDocument *document, const RvReportClass *one)
{
    return one->name[0] != '\0' ? one->name : SAY("no class", "未分级");
}

gboolean
rv_table_full(const RvDocument *document, RvTable *table, guint most, guint all)
{
    if (table->rows->len < most)
        return FALSE;
    if (table->shortened == NULL)
        table->shortened =
            rv_write_text(SAY("The first %u of %u are shown; all are in the attached data.",
                              "仅列出前 %u 项，共 %u 项；全部数据见附件。"),
                          most, all);
    return TRUE;
}

static char *
forecast_sentence(const RvDocument *document, const RvEvidence *evidence, const char *unit)
{
    g_autofree char *limit = rv_write_value(evidence->normal, unit);
    guint soonest = (guint)evidence->soonest_days, latest = (guint)evidence->latest_days;

    if (evidence->latest_days == G_MAXINT64)
        return rv_write_text(SAY("reaches its limit of %s in about %u days, not before %u",
                                 "约 %2$u 天后达到限值 %1$s，最早 %3$u 天"),
                             limit, (guint)evidence->likely_days, soonest);
    if (soonest == latest)
        return rv_write_text(
            soonest == 1
                ? SAY("reaches its limit of %s in about %u day", "约 %2$u 天后达到限值 %1$s")
                : SAY("reaches its limit of %s in about %u days", "约 %2$u 天后达到限值 %1$s"),
            limit, soonest);
    return rv_write_text(
        SAY("reaches its limit of %s in %u to %u days", "将在 %2$u 至 %3$u 天内达到限值 %1$s"),
        limit, soonest, latest);
}

char *
rv_forecast_days(const RvDocument *document, const RvEvidence *evidence)
{
    guint likely = (guint)evidence->likely_days, soonest = (guint)evidence->soonest_days;

    if (evidence->latest_days == G_MAXINT64)
        return rv_write_text(SAY("%u, not before %u", "%u，最早 %u"), likely, soonest);
    if (evidence->soonest_days == evidence->latest_days)
        return rv_write_text("%u", likely);
    return rv_write_text("%u (%u – %u)", likely, soonest, (guint)evidence->latest_days);
}

char *
rv_suspect_sentence(const RvDocument *document, const RvReportSuspect *suspect)
{
    const RvEvidence *evidence = suspect->evidence;
    const char *unit = rv_class_unit(suspect->class);
    g_autofree char *now = rv_write_value(evidence->now, unit);
    g_autofree char *normal = rv_write_value(evidence->normal, unit);
    g_autofree char *lost = rv_write_value(evidence->normal - evidence->now, "dB");

    switch (evidence->kind) {
    case RV_EVIDENCE_SLOW_FOR_ITS_TWINS:
        return g_strdup_printf(SAY("turns at %s, its twins at %s", "转速 %s，同组风扇为 %s"), now,
                               normal);
    case RV_EVIDENCE_CHANGED_FROM_ITS_PAST:
        return g_strdup_printf(
            SAY("%s in the last week, %s in its first four", "最近一周 %s，最初四周为 %s"), now,
            normal);
    case RV_EVIDENCE_NEARS_LIMIT:
        return forecast_sentence(document, evidence, unit);
    case RV_EVIDENCE_FALLING_LIGHT:
        return g_strdup_printf(SAY("lost %s of light", "光功率下降 %s"), lost);
    }
    return g_strdup("");
}

#define NAME_SHOWN 48

char *
rv_short_text(const char *text, guint most)
{
    g_autofree char *clean = rv_text_clean(text != NULL ? text : "", -1, 0);
    g_autofree char *begin = NULL;

    if (g_utf8_strlen(clean, -1) <= (glong)most)
        return g_steal_pointer(&clean);
    begin = g_utf8_substring(clean, 0, (glong)most - 1);
    return g_strconcat(g_strchomp(begin), "…", NULL);
}

char *
rv_short_name(const char *name)
{
    return rv_short_text(name, NAME_SHOWN);
}

char *
rv_finding_name(const RvDocument *document, const RvReport *report, const RvReportFinding *finding)
{
    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *other = g_ptr_array_index(report->findings, i);

        if (other != finding && strcmp(other->device, finding->device) == 0 &&
            strcmp(other->name, finding->name) == 0)
            return g_strdup_printf(SAY("%s (%s)", "%s（%s）"), finding->name,
                                   rv_say_class(document->language, finding->class));
    }
    return g_strdup(finding->name);
}

char *
rv_finding_sentence(const RvDocument *document, const RvReportFinding *finding)
{
    if (finding->presence == RV_PRESENCE_MISSING && finding->reason == NULL)
        return g_strdup(SAY("missing", "缺失"));
    return rv_say_judgement(document->language, finding->reason);
}

char *
rv_fault_title(const RvDocument *document, const RvFault *fault)
{
    return rv_say_fault(document->language, fault);
}

/* ---- cover ---- */

static void
cover_row(RvTable *table, const char *label, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    rv_table_row(table);
    rv_table_cell(table, "%s", label);
    rv_table_cell(table, "%s", value);
}

static char *
coverage_sentence(const RvDocument *document, const RvReport *report)
{
    g_autofree char *observed = rv_write_percent(report->sums.observed, 1);

    return rv_write_text(report->devices->len == 1
                             ? SAY("%s of the agreed service time of %u device was observed",
                                   "已观测 %2$u 台设备约定服务时间的 %1$s")
                             : SAY("%s of the agreed service time of %u devices was observed",
                                   "已观测 %2$u 台设备约定服务时间的 %1$s"),
                         observed, report->devices->len);
}

static char *
sign_off_sentence(const RvDocument *document, const RvReport *report)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < report->sign_off->len; i++) {
        const RvSignOff *one = g_ptr_array_index(report->sign_off, i);

        g_string_append_printf(text, "%s%s %s", i > 0 ? "  ·  " : "",
                               rv_say_role(document->language, one->role), rv_or_dash(one->name));
    }
    return g_string_free(text, FALSE);
}

static char *
cover_subject(const RvDocument *document, const RvReport *report)
{
    g_autofree char *period = rv_write_period(document->language, &report->period, report->zone);

    switch (report->kind) {
    case RV_REPORT_PERIOD:
        break;
    case RV_REPORT_DEVICE:
        return g_strdup_printf("%s  ·  %s", report->subject, period);
    case RV_REPORT_FAULT:
        return g_strdup_printf(SAY("Fault %d", "故障 %d"), (int)report->fault_id);
    }
    return g_steal_pointer(&period);
}

void
rv_section_cover(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_COVER, NULL);
    RvBlock *block = g_ptr_array_index(document->blocks, document->blocks->len - 1);
    g_autofree char *from = rv_write_time(document->language, report->period.from_ms, report->zone);
    g_autofree char *until = rv_write_time(document->language, report->until_ms, report->zone);
    g_autofree char *made = rv_write_time(document->language, report->made_ms, report->zone);
    g_autofree char *span = g_strdup_printf(
        "%s – %s%s", from, until, report->running ? SAY(" (still running)", "（周期未结束）") : "");
    g_autofree char *observed = coverage_sentence(document, report);
    g_autofree char *signers = sign_off_sentence(document, report);
    g_autofree char *edition = rv_write_text(
        report->edition > 1 ? SAY("%s, revised edition %u", "%s，修订版第 %u 版") : "%s",
        report->number, report->edition);

    g_ptr_array_add(block->texts, g_strdup(document->title));
    g_ptr_array_add(block->texts, cover_subject(document, report));
    if (report->customer[0] != '\0')
        g_ptr_array_add(block->texts, g_strdup(report->customer));
    cover_row(table, SAY("Customer", "客户"), report->customer);
    cover_row(table, SAY("Provider", "服务方"), report->provider);
    cover_row(table, SAY("Project", "项目"), report->project);
    cover_row(table, SAY("Contract", "合同编号"), report->contract);
    cover_row(table, SAY("Report number", "报告编号"), edition);
    cover_row(table, SAY("Period", "报告周期"), span);
    cover_row(table, SAY("Time zone", "时区"), rv_or_dash(report->zone_name));
    cover_row(table, SAY("Made at", "生成时间"), made);
    cover_row(table, SAY("Data coverage", "数据覆盖"), observed);
    cover_row(table, SAY("Responsible", "责任人"), signers);
    cover_row(table, SAY("Confidentiality", "密级"), report->confidentiality);
    if (report->simulated)
        rv_document_text(
            document, RV_BLOCK_BANNER, "%s",
            SAY("DEMONSTRATION. Rounds of this period ran under a simulated clock; the report "
                "shows "
                "what rackvitals makes of such data and is no statement about a real machine room.",
                "演示报告。本周期的巡检在模拟时钟下运行；本报告仅展示软件如何处理此类数据，"
                "不代表任何真实机房的状况。"));
}

void
rv_section_contents(RvDocument *document, G_GNUC_UNUSED const RvReport *report)
{
    rv_document_text(document, RV_BLOCK_CONTENTS, "%s", "");
}

void
rv_section_sign_off(RvDocument *document, const RvReport *report)
{
    rv_document_heading(document, 1, "sign-off", SAY("Sign-off", "签署"));
    rv_sign_boxes(document, report);
}

void
rv_sign_boxes(RvDocument *document, const RvReport *report)
{
    RvTable *table;

    rv_document_text(
        document, RV_BLOCK_TEXT,
        SAY("With their signatures the undersigned confirm that they have read report %s.",
            "以下签署人确认已审阅编号为 %s 的报告。"),
        report->number);
    table = rv_document_table(document, RV_BLOCK_SIGN, NULL);
    for (guint i = 0; i < report->sign_off->len; i++) {
        const RvSignOff *one = g_ptr_array_index(report->sign_off, i);

        rv_table_row(table);
        rv_table_cell(table, "%s", rv_say_role(document->language, one->role));
        rv_table_cell(table, "%s", one->name);
    }
}

/* ---- the table of contents of each kind ---- */

typedef void (*Section)(RvDocument *document, const RvReport *report);

static const Section monthly[] = {
    rv_section_cover,       rv_section_summary,    rv_section_contents, rv_section_service_level,
    rv_section_faults,      rv_section_actions,    rv_section_trends,   rv_section_matrix,
    rv_section_environment, rv_section_interfaces, rv_section_capacity, rv_section_changes,
    rv_section_firmware,    rv_section_access,     rv_section_coverage, rv_section_sign_off,
    rv_section_graphs,      rv_section_method,     rv_section_sources,  NULL,
};
static const Section quarterly[] = {
    rv_section_cover,       rv_section_summary,       rv_section_contents,
    rv_section_over_time,   rv_section_service_level, rv_section_faults,
    rv_section_actions,     rv_section_trends,        rv_section_matrix,
    rv_section_environment, rv_section_interfaces,    rv_section_capacity,
    rv_section_changes,     rv_section_firmware,      rv_section_access,
    rv_section_coverage,    rv_section_sign_off,      rv_section_graphs,
    rv_section_method,      rv_section_sources,       NULL,
};
static const Section annual[] = {
    rv_section_cover,         rv_section_summary,
    rv_section_contents,      rv_section_over_time,
    rv_section_service_level, rv_section_faults,
    rv_section_actions,       rv_section_trends,
    rv_section_prevention,    rv_section_matrix,
    rv_section_environment,   rv_section_interfaces,
    rv_section_capacity,      rv_section_changes,
    rv_section_firmware,      rv_section_access,
    rv_section_coverage,      rv_section_sign_off,
    rv_section_graphs,        rv_section_method,
    rv_section_sources,       NULL,
};
static const Section two_weekly[] = {rv_section_round, NULL};
static const Section device[] = {rv_section_cover,  rv_section_device,  rv_section_graphs,
                                 rv_section_method, rv_section_sources, NULL};
static const Section fault[] = {rv_section_fault, NULL};

static const Section *
sections_of(const RvReport *report)
{
    static const Section *const by_period[] = {
        [RV_PERIOD_DAY] = monthly,   [RV_PERIOD_ROUND] = two_weekly,
        [RV_PERIOD_MONTH] = monthly, [RV_PERIOD_QUARTER] = quarterly,
        [RV_PERIOD_YEAR] = annual,
    };

    return report->kind == RV_REPORT_DEVICE  ? device
           : report->kind == RV_REPORT_FAULT ? fault
                                             : by_period[report->period.kind];
}

static char *
title_of(const RvDocument *document, const RvReport *report)
{
    switch (report->kind) {
    case RV_REPORT_PERIOD:
        break;
    case RV_REPORT_DEVICE:
        return g_strdup(SAY("Device report", "设备巡检报告"));
    case RV_REPORT_FAULT:
        return g_strdup(SAY("Fault report", "故障报告"));
    }
    return g_strdup(rv_say_period_kind(document->language, report->period.kind));
}

RvDocument *
rv_report_document(const RvReport *report, RvLanguage language)
{
    RvDocument *document = rv_document_new(language, report->zone);
    g_autofree char *subject = NULL;

    document->title = title_of(document, report);
    subject = cover_subject(document, report);
    document->subject = g_strdup(subject);
    document->author = g_strdup(report->provider[0] != '\0' ? report->provider : "rackvitals");
    document->number = g_strdup(report->number);
    document->running =
        g_strdup_printf("%s%s%s  ·  %s", report->customer,
                        report->customer[0] != '\0' ? "  ·  " : "", document->title, subject);
    g_free(document->confidentiality);
    document->confidentiality = g_strdup(report->confidentiality);
    document->accent = g_strdup(report->accent);
    document->logo = g_strdup(report->logo);
    document->made_ms = report->made_ms;
    document->demonstration = report->simulated;
    for (const Section *section = sections_of(report); *section != NULL; section++)
        (*section)(document, report);
    rv_document_settle(document);
    return document;
}
