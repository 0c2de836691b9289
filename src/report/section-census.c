/* What changed, firmware, management access, coverage of the inspection. */
#include <math.h>
#include <string.h>

#include "report/sections.h"

#define ROWS 60

/* ---- changes ---- */

static const char *
say_change(const RvDocument *document, RvChangeKind kind)
{
    switch (kind) {
    case RV_CHANGE_DEVICE_NEW:
        return SAY("new device", "新设备");
    case RV_CHANGE_IDENTITY:
        return SAY("identity", "标识变更");
    case RV_CHANGE_PART_ADDED:
        return SAY("part added", "部件新增");
    case RV_CHANGE_PART_REMOVED:
        return SAY("part removed", "部件移除");
    case RV_CHANGE_PART_REPLACED:
        return SAY("part replaced", "部件更换");
    case RV_CHANGE_FIRMWARE:
        return SAY("firmware", "固件变更");
    case RV_CHANGE_RESTART:
        return SAY("restart", "重启");
    case RV_CHANGE_LOST_SAMPLES:
        return SAY("samples lost", "采样缺失");
    case RV_CHANGE_LATE_SAMPLE:
        return SAY("late sample", "采样延迟");
    case RV_CHANGE_PART_FORGOTTEN:
        return SAY("part written off", "部件注销");
    case RV_CHANGE_LOG_CLEARED:
        return SAY("log cleared", "日志被清空");
    }
    return "";
}

static const char *
say_field(const RvDocument *document, const char *field)
{
    static const struct {
        const char *field, *en, *zh;
    } fields[] = {{"os_version", "system version", "系统版本"},
                  {"serial", "serial number", "序列号"},
                  {"model", "model", "型号"},
                  {"vendor", "vendor", "厂商"},
                  {"sys_descr", "description", "系统描述"},
                  {"host", "address", "地址"},
                  {"firmware", "firmware", "固件"},
                  {"chassis", "chassis", "机箱"}};

    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
        if (strcmp(field, fields[i].field) == 0)
            return SAY(fields[i].en, fields[i].zh);
    return field;
}

static char *
describe_change(const RvDocument *document, const RvChange *change)
{
    const char *subject = say_field(document, change->subject);

    if (change->kind == RV_CHANGE_RESTART)
        return g_strdup("");
    if (change->before[0] != '\0' && change->after[0] != '\0')
        return g_strdup_printf(SAY("%s: %s → %s", "%s：%s → %s"), subject, change->before,
                               change->after);
    return g_strdup_printf(
        "%s%s%s", subject,
        subject[0] != '\0' && change->after[0] + change->before[0] != 0 ? SAY(": ", "：") : "",
        change->after[0] != '\0' ? change->after : change->before);
}

void
rv_section_changes(RvDocument *document, const RvReport *report)
{
    RvTable *table;
    g_autofree char *caption = NULL;

    rv_document_heading(document, 1, "changes", SAY("Asset changes", "资产变更"));
    caption = rv_write_text(
        SAY("Changes of devices, parts and firmware: %u", "设备、部件与固件变更共 %u 项"),
        report->changes->len);
    table = rv_document_table(document, RV_BLOCK_TABLE, caption);
    rv_table_column(table, SAY("Time", "时间"), 19, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Device", "设备"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Change", "变更"), 16, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("What", "内容"), 50, RV_ALIGN_LEFT);
    table->none =
        g_strdup(report->coverage.observed_ms == 0
                     ? SAY("No statement: nothing was observed.", "无法判断：没有观测数据。")
                     : SAY("No change of devices, parts or firmware was seen.",
                           "没有发现设备、部件或固件变更。"));
    for (guint i = 0; i < report->changes->len; i++) {
        const RvChange *change = g_ptr_array_index(report->changes, i);
        g_autofree char *what = NULL;

        if (rv_table_full(document, table, ROWS, report->changes->len))
            break;
        rv_table_row(table);
        rv_table_take(table, rv_write_time(document->language, change->time_ms, report->zone));
        rv_device_cell(table, report, change->device);
        rv_table_cell(table, "%s", say_change(document, change->kind));
        what = describe_change(document, change);
        rv_table_cell(table, "%s", rv_or_dash(what));
    }
}

/* ---- firmware ---- */

static const char *
say_firmware(const RvDocument *document, RvFirmwareVerdict verdict)
{
    switch (verdict) {
    case RV_FIRMWARE_NO_RULE:
        return SAY("no rule", "无规则");
    case RV_FIRMWARE_FINE:
        return SAY("as required", "符合");
    case RV_FIRMWARE_UNKNOWN:
        return SAY("unknown", "未知");
    case RV_FIRMWARE_OLD:
        return SAY("too old", "过旧");
    case RV_FIRMWARE_DIFFERS:
        return SAY("differs", "不符");
    case RV_FIRMWARE_DENIED:
        return SAY("denied", "禁用");
    }
    return "";
}

/* What the baseline asks for; caller frees. */
static char *
wanted_version(const RvDocument *document, const RvReportFirmware *one)
{
    gboolean denied = one->verdict == RV_FIRMWARE_DENIED;
    GString *text = g_string_new(one->exact);

    if (one->exact[0] == '\0' && one->min[0] != '\0')
        g_string_append_printf(text, SAY("%s or newer", "%s 及以上"), one->min);
    if (text->len == 0 && denied)
        g_string_append(text, SAY("any other", "其他版本"));
    if (denied && one->why[0] != '\0')
        g_string_append_printf(text, SAY(" (%s)", "（%s）"), one->why);
    return g_string_free(text, FALSE);
}

static void
add_off_baseline(RvDocument *document, const RvReport *report)
{
    RvTable *table;
    g_autofree char *caption = NULL;

    if (report->firmware_judged == 0) {
        rv_document_text(document, RV_BLOCK_TEXT, "%s",
                         SAY("The service plan has no firmware baseline that applies to a device "
                             "here; versions are listed only.",
                             "服务计划中没有适用于本站设备的固件基线，以下仅列出版本。"));
        return;
    }
    caption = rv_write_text(SAY("Firmware that meets the baseline: %u of %u judged",
                                "受检固件 %2$u 项，符合基线 %1$u 项"),
                            report->firmware_fine, report->firmware_judged);
    table = rv_document_table(document, RV_BLOCK_TABLE, caption);
    rv_table_column(table, SAY("Device", "设备"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Part", "部件"), 12, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Model", "型号"), 22, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Version", "当前版本"), 23, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Required", "要求版本"), 26, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Result", "结果"), 13, RV_ALIGN_LEFT);
    table->none = g_strdup(SAY("Every version meets the baseline.", "全部符合基线。"));
    for (guint i = 0; i < report->firmware->len; i++) {
        const RvReportFirmware *one = g_ptr_array_index(report->firmware, i);

        if (rv_table_full(document, table, ROWS, report->firmware->len))
            break;
        rv_table_row(table);
        rv_device_cell(table, report, one->device);
        rv_table_cell(table, "%s", one->part[0] != '\0' ? one->part : SAY("device", "整机"));
        rv_table_cell(table, "%s", rv_or_dash(one->model));
        rv_table_cell(table, "%s", rv_or_dash(one->version));
        rv_table_take(table, wanted_version(document, one));
        rv_table_mark(table,
                      one->verdict == RV_FIRMWARE_DENIED    ? RV_MARK_CRITICAL
                      : one->verdict == RV_FIRMWARE_UNKNOWN ? RV_MARK_UNKNOWN
                                                            : RV_MARK_WARNING,
                      say_firmware(document, one->verdict));
    }
}

static void
versions_finding(RvDocument *document, const RvReport *report, RvTable *table)
{
    const char *last = NULL;
    guint models = 0, mixed = 0, of_this = 0;

    for (guint i = 0; i < report->versions->len; i++) {
        const RvReportVersion *one = g_ptr_array_index(report->versions, i);

        of_this = last != NULL && strcmp(last, one->model) == 0 ? of_this + 1 : 1;
        models += of_this == 1;
        mixed += of_this == 2;
        last = one->model;
    }
    rv_table_finding(
        table,
        SAY("Versions in use, newest of each model first; models with more than one: %u "
            "of %u",
            "在用版本（同型号新版本在前）：%2$u 个型号中有 %1$u 个存在多个版本"),
        mixed, models);
}

void
rv_section_firmware(RvDocument *document, const RvReport *report)
{
    RvTable *table;

    rv_document_heading(document, 1, "firmware", SAY("Firmware", "固件"));
    add_off_baseline(document, report);
    table = rv_document_table(document, RV_BLOCK_TABLE, SAY("Versions in use", "在用版本"));
    rv_table_column(table, SAY("Model", "型号"), 40, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Version", "版本"), 40, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "设备数"), 14, RV_ALIGN_RIGHT);
    table->none = g_strdup(SAY("No device told its model.", "没有设备给出型号。"));
    for (guint i = 0; i < report->versions->len; i++) {
        const RvReportVersion *one = g_ptr_array_index(report->versions, i);

        if (rv_table_full(document, table, ROWS, report->versions->len))
            break;
        rv_table_row(table);
        rv_table_cell(table, "%s", one->model);
        rv_table_cell(table, "%s", rv_or_dash(one->version));
        rv_table_cell(table, "%u", one->devices);
    }
    versions_finding(document, report, table);
}

/* ---- access ---- */

static const char *
say_weakness(const RvDocument *document, RvWeakness weakness)
{
    switch (weakness) {
    case RV_WEAK_SNMP_1:
        return SAY("SNMPv1: no encryption, no authentication", "SNMPv1：无加密、无认证");
    case RV_WEAK_SNMP_2C:
        return SAY("SNMPv2c: no encryption, no authentication", "SNMPv2c：无加密、无认证");
    case RV_WEAK_COMMUNITY:
        return SAY("Default SNMP community", "默认 SNMP 团体字");
    case RV_WEAK_NO_AUTH:
        return SAY("SNMPv3 without authentication", "SNMPv3 未启用认证");
    case RV_WEAK_NO_PRIVACY:
        return SAY("SNMPv3 without encryption", "SNMPv3 未启用加密");
    case RV_WEAK_MD5:
        return SAY("SNMPv3 with MD5", "SNMPv3 使用 MD5");
    case RV_WEAK_DES:
        return SAY("SNMPv3 with DES", "SNMPv3 使用 DES");
    case RV_WEAK_IPMI_1_5:
        return SAY("IPMI 1.5: no encryption", "IPMI 1.5：无加密");
    case RV_WEAK_CIPHER:
        return SAY("IPMI cipher suite 0, 1 or 2", "IPMI 弱加密套件（0、1、2）");
    case RV_WEAK_ANONYMOUS:
        return SAY("IPMI without a user name", "IPMI 匿名访问");
    case RV_WEAK_ADMIN:
        return SAY("IPMI polled as administrator, although user is enough",
                   "IPMI 以管理员权限采集（普通用户权限即可）");
    }
    return "";
}

static char *
list_devices(const RvDocument *document, const GPtrArray *devices)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < devices->len && i < 12; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? SAY(", ", "、") : "",
                               (const char *)g_ptr_array_index(devices, i));
    if (devices->len > 12) {
        g_autofree char *more =
            rv_write_text(SAY(" and %u more", " 等，另有 %u 台"), devices->len - 12);

        g_string_append(text, more);
    }
    return g_string_free(text, FALSE);
}

void
rv_section_access(RvDocument *document, const RvReport *report)
{
    RvTable *table;

    rv_document_heading(document, 1, "access",
                        SAY("Security of management access", "管理访问安全"));
    table = rv_document_table(
        document, RV_BLOCK_TABLE,
        SAY("Weak points of the access that the inventory uses", "台账所列管理访问方式的薄弱点"));
    rv_table_column(table, SAY("Finding", "发现"), 36, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Severity", "程度"), 15, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Devices", "台数"), 10, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Which", "设备"), 40, RV_ALIGN_LEFT);
    table->none = g_strdup(
        report->access_known == 0
            ? SAY("No statement: the inventory gives no access.", "无法判断：台账未给出访问方式。")
            : SAY("No weak point: SNMPv3 with encryption and IPMI 2.0 with strong "
                  "suites throughout.",
                  "未发现薄弱点：均使用加密的 SNMPv3 及强加密套件的 IPMI 2.0。"));
    for (guint i = 0; i < RV_WEAKNESSES; i++) {
        if (report->weak[i]->len == 0)
            continue;
        rv_table_row(table);
        rv_table_cell(table, "%s", say_weakness(document, (RvWeakness)i));
        rv_verdict_cell(table, document, rv_weakness_verdict((RvWeakness)i));
        rv_table_cell(table, "%u", report->weak[i]->len);
        rv_table_take(table, list_devices(document, report->weak[i]));
    }
    rv_table_finding(table,
                     SAY("Weak points of management access: kinds %u, devices %u of %u",
                         "管理访问薄弱点 %u 类，涉及设备 %u 台（共 %u 台）"),
                     report->sums.weak_kinds, report->sums.weak_devices, report->devices->len);
    if (rv_report_has_gap(report, RV_GAP_NO_SECRETS))
        rv_document_text(document, RV_BLOCK_SMALL, "%s",
                         SAY("The credentials were not read for this report: default communities, "
                             "users, algorithms and cipher suites could not be looked at.",
                             "本报告未读取凭据文件，因此未检查默认团体字、用户、算法与加密套件。"));
}

/* ---- coverage ---- */

static void
fact(RvTable *table, const char *label, char *value)
{
    rv_table_row(table);
    rv_table_cell(table, "%s", label);
    rv_table_take(table, value);
}

static char *
pair_of_counts(guint64 all, guint64 some)
{
    g_autofree char *left = rv_write_number((double)all, 0);
    g_autofree char *right = rv_write_number((double)some, 0);

    return g_strdup_printf("%s / %s", left, right);
}

static char *
three_counts(guint64 all, guint64 some, guint64 fewer)
{
    g_autofree char *left = rv_write_number((double)all, 0);
    g_autofree char *right = pair_of_counts(some, fewer);

    return g_strdup_printf("%s / %s", left, right);
}

static void
add_counts(RvDocument *document, const RvReport *report)
{
    const RvReportCoverage *c = &report->coverage;
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE, SAY("Rounds", "巡检执行情况"));
    g_autofree char *seen = rv_write_percent(report->sums.observed, 1);

    rv_table_column(table, "", 60, RV_ALIGN_LEFT);
    rv_table_column(table, "", 30, RV_ALIGN_RIGHT);
    table->headless = TRUE;
    fact(table, SAY("Rounds planned / made / completed", "巡检轮次：计划／执行／完成"),
         three_counts(c->planned, c->rounds, c->finished));
    fact(table, SAY("Samples expected / received", "采样数：应采／实采"),
         pair_of_counts((guint64)c->samples_expected, (guint64)c->samples_received));
    fact(table, SAY("Rounds cut short", "中途终止的轮次"), rv_write_text("%u", c->killed));
    fact(table, SAY("Devices asked / answered, over all rounds", "设备采集次数：发起／应答"),
         pair_of_counts(c->asked, c->answered));
    fact(table, SAY("Gaps in the samples of a device", "设备采样缺口数"),
         rv_write_text("%u", c->lost));
    fact(table, SAY("Samples that came late", "延迟采样数"), rv_write_text("%u", c->late));
    fact(table, SAY("Devices of the inventory never seen", "周期内从未观测到的设备"),
         rv_write_text("%u", c->never));
    if (isfinite(report->sums.observed))
        rv_table_finding(
            table,
            SAY("Rounds completed: %u of %u; %s of the agreed service time was observed",
                "巡检 %2$u 轮，完成 %1$u 轮；约定服务时间观测到 %3$s"),
            c->finished, c->rounds, seen);
    rv_table_note(table, SAY("Planned and expected: by the interval of reachability that the site "
                             "file gives when the report is made.",
                             "计划与应采数按生成报告时站点配置的可达性采集间隔计算。"));
}

static void
add_blind(RvDocument *document, const RvReport *report)
{
    RvTable *table = rv_document_table(document, RV_BLOCK_TABLE,
                                       SAY("Blind time: at least half of the devices not observed",
                                           "盲区时段：半数以上设备未被观测"));

    rv_table_column(table, SAY("From", "开始"), 25, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Until", "结束"), 25, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Duration", "时长"), 20, RV_ALIGN_RIGHT);
    rv_table_column(table, SAY("Devices", "设备数"), 15, RV_ALIGN_RIGHT);
    table->none = g_strdup(SAY("There was no such time.", "没有盲区时段。"));
    for (guint i = 0; i < report->coverage.blind->len; i++) {
        const RvReportBlind *blind = g_ptr_array_index(report->coverage.blind, i);

        rv_table_row(table);
        rv_table_take(table, rv_write_time(document->language, blind->from_ms, report->zone));
        rv_table_take(table, rv_write_time(document->language, blind->until_ms, report->zone));
        rv_table_take(table,
                      rv_write_duration(document->language, blind->until_ms - blind->from_ms));
        rv_table_cell(table, "%u", blind->devices);
    }
    if (report->coverage.blind->len > 0) {
        const RvReportBlind *first = g_ptr_array_index(report->coverage.blind, 0);
        g_autofree char *longest =
            rv_write_duration(document->language, first->until_ms - first->from_ms);

        rv_table_finding(table,
                         SAY("Blind time: at least half of the devices were not observed, at the "
                             "longest for %s",
                             "盲区时段：半数以上设备未被观测，最长一段为 %s"),
                         longest);
    }
}

/* A round's label is its first and last day. */
static char *
duty_period(const RvDocument *document, const RvReportDuty *duty)
{
    const char *slash = strchr(duty->label, '/');

    if (slash == NULL)
        return g_strdup(duty->label);
    return g_strdup_printf(SAY("%.*s to %s", "%.*s 至 %s"), (int)(slash - duty->label), duty->label,
                           slash + 1);
}

static void
add_duties(RvDocument *document, const RvReport *report)
{
    static const struct {
        RvMark mark;
        const char *en, *zh;
    } states[] = {
        [RV_DUTY_RUNNING] = {RV_MARK_NONE, "running", "进行中"},
        [RV_DUTY_DUE] = {RV_MARK_WARNING, "due", "待完成"},
        [RV_DUTY_DONE] = {RV_MARK_OK, "done", "已完成"},
        [RV_DUTY_DONE_LATE] = {RV_MARK_WARNING, "done late", "逾期完成"},
        [RV_DUTY_OVERDUE] = {RV_MARK_CRITICAL, "overdue", "逾期未完成"},
    };
    guint counts[G_N_ELEMENTS(states)] = {0};
    RvTable *table;

    if (report->duties->len == 0)
        return;
    table = rv_document_table(document, RV_BLOCK_TABLE,
                              SAY("Promised reports and rounds", "服务计划承诺事项"));
    rv_table_column(table, SAY("Promise", "承诺"), 30, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Period", "周期"), 26, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Due", "期限"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("Done", "完成"), 20, RV_ALIGN_LEFT);
    rv_table_column(table, SAY("State", "状态"), 18, RV_ALIGN_LEFT);
    for (guint i = 0; i < report->duties->len; i++) {
        const RvReportDuty *duty = g_ptr_array_index(report->duties, i);

        rv_table_row(table);
        rv_table_cell(table, "%s", rv_say_period_kind(document->language, duty->kind));
        rv_table_take(table, duty_period(document, duty));
        rv_table_take(table, rv_write_time(document->language, duty->due_ms, report->zone));
        rv_table_take(table, rv_write_time(document->language, duty->done_ms, report->zone));
        rv_table_mark(table, states[duty->state].mark,
                      SAY(states[duty->state].en, states[duty->state].zh));
        counts[duty->state]++;
    }
    rv_table_finding(table,
                     SAY("Promised reports and rounds: %u done in time, %u late, %u overdue",
                         "服务计划承诺事项：按期完成 %u 项，逾期完成 %u 项，逾期未完成 %u 项"),
                     counts[RV_DUTY_DONE], counts[RV_DUTY_DONE_LATE], counts[RV_DUTY_OVERDUE]);
}

void
rv_section_coverage(RvDocument *document, const RvReport *report)
{
    rv_document_heading(document, 1, "coverage", SAY("Coverage of the inspection", "巡检覆盖"));
    add_counts(document, report);
    add_blind(document, report);
    add_duties(document, report);
}
