#include <math.h>
#include <string.h>

#include "health/findings.h"
#include "html/curve.h"
#include "html/markup.h"
#include "html/page.h"
#include "observation/describe.h"
#include "observation/words.h"
#include "plan/interval.h"
#include "rrd/names.h"

#define ROWS_CEILING 200 /* of each table of the past */
#define ROWS_AT_ONCE 20
#define FINDINGS_AT_ONCE 8
#define FINDINGS_ON_OVERVIEW 2

void
rv_html_line_free(RvHtmlLine *line)
{
    if (line == NULL)
        return;
    g_free(line->name);
    g_free(line->href);
    g_free(line->kind);
    g_free(line->site);
    g_free(line->model);
    g_free(line->strip);
    g_ptr_array_unref(line->findings);
    g_free(line);
}

/* ASCII, no '%': links need no second escaping. */
char *
rv_html_page_name(const char *device)
{
    g_autofree char *encoded = rv_rrd_name_encode(device);

    if (encoded == NULL)
        return NULL;
    g_strdelimit(encoded, "%", '_');
    if (strchr(encoded, '_') != NULL) { /* two names may have become one */
        g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, device, -1);

        return g_strdup_printf("%.120s-%.12s.html", encoded, sum);
    }
    return g_strconcat(encoded, ".html", NULL);
}

/* Nobody has asked it for a while: what is stored says nothing of now. */
static gboolean
is_stale(const RvHtmlDevice *device)
{
    return device->options->now_ms - device->row->last_ms > device->options->stale_ms;
}

static gboolean
is_silent(const RvHtmlDevice *device)
{
    return device->row->state != RV_STATE_UP || is_stale(device);
}

static RvVerdict
verdict_now(const RvHtmlDevice *device)
{
    if (is_stale(device))
        return RV_VERDICT_UNKNOWN;
    switch (device->row->state) {
    case RV_STATE_UP:
        return device->latest != NULL ? device->latest->status : RV_VERDICT_UNKNOWN;
    case RV_STATE_DOWN:
        return RV_VERDICT_CRITICAL;
    case RV_STATE_UNREACHABLE:
    case RV_STATE_BLIND:
    case RV_STATE_NOT_ASKED:
        return RV_VERDICT_UNKNOWN;
    }
    return RV_VERDICT_UNKNOWN;
}

/* ---- what is wrong ---- */

static char *
finding_text(RvLanguage language, const RvFinding *finding)
{
    const char *reason = finding->reason, *value = finding->value;
    g_autofree char *said = rv_say_judgement(language, reason);
    /* a reason that is about a limit begins with the value */
    gboolean limit =
        finding->sensor != NULL && reason != NULL && strstr(reason, "(limit of the ") != NULL;

    if (limit)
        return g_strdup_printf(RV_SAY(language, "%s: %s", "%s：%s"), finding->subject, said);
    if (language == RV_LANGUAGE_EN)
        return rv_finding_text(finding);
    if (finding->sensor == NULL)
        return g_strdup_printf("%s：%s", finding->subject, reason != NULL ? reason : value);
    if (strcmp(value, "-") == 0)
        return g_strdup_printf("%s：%s", finding->subject, said);
    if (reason == NULL || *said == '\0')
        return g_strdup_printf("%s：%s", finding->subject, value);
    if (finding->sensor->state != NULL && strstr(reason, finding->sensor->state) != NULL)
        return g_strdup_printf("%s：%s（设备报告）", finding->subject, value);
    return g_strdup_printf("%s：%s（%s）", finding->subject, value, said);
}

static char *
silence_text(const RvHtmlDevice *device)
{
    const RvDeviceRow *row = device->row;
    RvLanguage language = device->options->language;
    g_autofree char *since =
        rv_markup_time(device->options, is_stale(device) ? row->last_ms : row->since_ms);
    const char *detail = row->detail != NULL ? row->detail : "";
    const char *reason = rv_say_reason(language, row->reason);
    /* details are English sentences */
    g_autofree char *why = *detail == '\0' ? g_strdup(reason)
                           : language == RV_LANGUAGE_EN
                               ? g_strdup(detail)
                               : g_strdup_printf("%s（%s）", reason, detail);

    if (is_stale(device))
        return g_strdup_printf("%s %s", RV_SAY(language, "not asked since", "此后未再询问："),
                               since);
    return g_strdup_printf("%s %s %s%s%s", rv_say_reachability(language, row->state),
                           RV_SAY(language, "since", "自"), since, *why != '\0' ? ": " : "", why);
}

static void
put_finding(GString *out, RvLanguage language, RvVerdict verdict, const char *text)
{
    rv_markup(out, "<li class=\"%s\">", rv_verdict_word(verdict));
    rv_markup_verdict(out, language, verdict);
    rv_markup(out, " <span>%s</span></li>\n", text);
}

static void
put_silence(const RvHtmlDevice *device, RvHtmlLine *line, GString *out)
{
    RvLanguage language = device->options->language;
    g_autofree char *text = silence_text(device);

    rv_markup(out, "<p class=\"banner\" role=\"alert\">%s", text);
    if (device->latest != NULL) {
        g_autofree char *time = rv_markup_time(device->options, device->latest->taken_at_ms);

        rv_markup(out, "<br>%s %s",
                  RV_SAY(language, "What follows was said at", "以下为历史应答，采集于"), time);
    }
    g_string_append(out, "</p>\n");
    g_ptr_array_add(line->findings, g_steal_pointer(&text));
}

/* What is wrong is always seen, of what is unknown no more than can be read at once. */
static guint
at_once(const GPtrArray *findings)
{
    guint wrong = 0;

    for (guint i = 0; i < findings->len; i++)
        wrong += ((const RvFinding *)g_ptr_array_index(findings, i))->verdict != RV_VERDICT_UNKNOWN;
    return MAX(wrong, FINDINGS_AT_ONCE);
}

/* Also fills the line's findings. */
static void
put_findings(const RvHtmlDevice *device, RvHtmlLine *line, GString *out)
{
    RvLanguage language = device->options->language;
    g_autoptr(GPtrArray) findings =
        device->latest != NULL ? rv_findings(device->latest) : g_ptr_array_new();
    guint shown = at_once(findings);

    if (is_silent(device))
        put_silence(device, line, out);
    else if (findings->len == 0)
        rv_markup(out, "<p class=\"well\">%s</p>\n",
                  RV_SAY(language, "Nothing needs a look.", "没有需要关注的问题。"));
    if (findings->len == 0)
        return;
    rv_markup_heading(out, "findings", RV_SAY(language, "What needs a look", "需要关注"), 0);
    g_string_append(out, "<ul class=\"findings\">\n");
    for (guint i = 0; i < findings->len; i++) {
        const RvFinding *finding = g_ptr_array_index(findings, i);
        g_autofree char *text = finding_text(language, finding);

        if (i == shown) {
            g_string_append(out, "</ul>\n<details class=\"rest\"><summary>");
            rv_markup(out, RV_SAY(language, "%u more", "其余 %u 项"), findings->len - i);
            g_string_append(out, "</summary><ul class=\"findings\">\n");
        }
        put_finding(out, language, finding->verdict, text);
        if (is_silent(device))
            continue;
        if (line->findings->len < FINDINGS_ON_OVERVIEW)
            g_ptr_array_add(line->findings, g_steal_pointer(&text));
        else
            line->more++;
    }
    g_string_append(out, findings->len > shown ? "</ul></details>\n" : "</ul>\n");
}

static void
put_faults(const RvHtmlDevice *device, GString *out)
{
    RvLanguage language = device->options->language;
    gboolean begun = FALSE;

    for (guint i = 0; device->faults != NULL && i < device->faults->len; i++) {
        const RvFault *fault = g_ptr_array_index(device->faults, i);
        g_autofree char *opened = rv_markup_time(device->options, fault->opened_ms);
        g_autofree char *title = rv_say_fault(language, fault);

        if (strcmp(fault->device, device->row->name) != 0)
            continue;
        if (!begun) {
            rv_markup_heading(out, "faults", RV_SAY(language, "Open faults", "未关闭故障"), 0);
            g_string_append(out, "<ul>\n");
        }
        begun = TRUE;
        rv_markup(out, "<li>#%" G_GINT64_FORMAT " · %s %s · %s · %s</li>\n", fault->id,
                  RV_SAY(language, "level", "级别"), fault->level, opened, title);
    }
    if (begun)
        g_string_append(out, "</ul>\n");
}

/* ---- who it is ---- */

static void
put_term(GString *out, const char *term, const char *text)
{
    if (text != NULL && *text != '\0')
        rv_markup(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", term, text);
}

static char *
protocol_text(RvLanguage language, const RvProtocol *protocol)
{
    if (language == RV_LANGUAGE_EN || protocol->state != RV_STATE_UP || protocol->partial)
        return rv_describe_protocol(protocol);
    return g_strdup_printf("%" G_GINT64_FORMAT " 毫秒内应答", protocol->duration_ms);
}

static void
put_identity(const RvHtmlDevice *device, GString *out)
{
    RvLanguage language = device->options->language;
    const RvDeviceRow *row = device->row;
    const RvDeviceIdentity *said = device->latest != NULL ? &device->latest->device : NULL;
    g_autofree char *uptime = said != NULL && said->uptime_seconds >= 0
                                  ? rv_write_duration(language, said->uptime_seconds * 1000)
                                  : NULL;
    g_autofree char *last = rv_markup_time(device->options, row->last_ms);
    g_autofree char *answered =
        rv_markup_time(device->options, device->latest != NULL ? device->latest->taken_at_ms : 0);
    g_autofree char *model = g_strdup_printf("%s %s", row->vendor != NULL ? row->vendor : "",
                                             row->model != NULL ? row->model : "");
    g_autofree char *os = g_strdup_printf("%s %s", row->os != NULL ? row->os : "",
                                          row->os_version != NULL ? row->os_version : "");

    rv_markup_heading(out, "identity", RV_SAY(language, "Device", "设备"), 0);
    g_string_append(out, "<dl>\n");
    put_term(out, RV_SAY(language, "Address", "地址"), row->host);
    put_term(out, RV_SAY(language, "Kind", "类别"),
             *row->kind != '\0' ? rv_say_kind(language, row->kind) : "");
    put_term(out, RV_SAY(language, "Site", "站点"), row->site);
    put_term(out, RV_SAY(language, "Model", "型号"), g_strstrip(model));
    put_term(out, RV_SAY(language, "System", "系统"), g_strstrip(os));
    put_term(out, RV_SAY(language, "Serial number", "序列号"), row->serial);
    put_term(out, RV_SAY(language, "Name on the device", "设备自称"), row->sys_name);
    put_term(out, RV_SAY(language, "Location", "位置"), said != NULL ? said->sys_location : NULL);
    put_term(out, RV_SAY(language, "Up for", "已运行"), uptime);
    put_term(out, RV_SAY(language, "Profile", "型号档案"), row->profile);
    put_term(out, RV_SAY(language, "Last asked", "最近询问"), last);
    put_term(out, RV_SAY(language, "Last full answer", "最近完整应答"), answered);
    for (guint i = 0; device->latest != NULL && i < device->latest->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(device->latest->protocols, i);
        g_autofree char *text = protocol_text(language, protocol);

        if (protocol->state != RV_STATE_NOT_ASKED && !is_silent(device))
            put_term(out, protocol->name, text);
    }
    g_string_append(out, "</dl>\n");
}

static void
put_availability(const RvHtmlDevice *device, RvHtmlLine *line, GString *out)
{
    RvLanguage language = device->options->language;
    g_autoptr(GString) strip = g_string_new(NULL);
    g_autofree char *percent = NULL;

    rv_strip(strip, language, device->reachability, device->from_ms, device->options->now_ms,
             &line->share);
    line->strip = g_strdup(strip->str);
    percent = isnan(line->share) ? g_strdup("–") : rv_write_availability(line->share);
    rv_markup_heading(out, "reachability",
                      RV_SAY(language, "Reachability, 30 days", "可达性（30 天）"), 0);
    rv_markup(out, "<p>%s: <b>%s</b> <span class=\"soft\">(%s)</span></p>\n",
              RV_SAY(language, "Answered, of the time observed", "观测时间内应答占比"), percent,
              RV_SAY(language, "grey: not observed; no service hours are taken into account",
                     "灰色为未观测时段；未按服务时间折算"));
    g_string_append(out, strip->str);
    g_string_append_c(out, '\n');
}

/* ---- the past: newest first, as many as one reads ---- */

typedef struct {
    const char *id, *title[2];
    RvMarkupColumn columns[6]; /* NULL-terminated */
    GPtrArray *(*read)(const RvHtmlDevice *device, GError **error);
    void (*put)(const RvHtmlDevice *device, gconstpointer row, GString *out);
} Past;

static GPtrArray *
read_verdicts(const RvHtmlDevice *device, GError **error)
{
    return rv_state_verdicts(device->state, device->row->name, device->from_ms,
                             device->options->now_ms, TRUE, error);
}

static void
put_verdict(const RvHtmlDevice *device, gconstpointer row, GString *out)
{
    const RvVerdictInterval *one = row;
    RvLanguage language = device->options->language;
    g_autofree char *from = rv_markup_time(device->options, one->from_ms);
    g_autofree char *until = rv_markup_time(device->options, one->until_ms);
    g_autofree char *why = rv_say_judgement(language, one->reason);

    rv_markup(out, "<tr><td class=\"when\">%s</td><td class=\"when\">%s</td><td>", from,
              one->open ? RV_SAY(language, "still so", "持续中") : until);
    rv_markup_verdict(out, language, one->status);
    rv_markup(out, "</td><td>%s</td><td>%s</td></tr>\n", one->name, why);
}

static GPtrArray *
read_events(const RvHtmlDevice *device, GError **error)
{
    return rv_state_events(device->state, device->row->name, device->from_ms,
                           device->options->now_ms, error);
}

static void
put_event(const RvHtmlDevice *device, gconstpointer entry, GString *out)
{
    const RvEventRow *row = entry;
    const RvEvent *event = &row->event;
    RvLanguage language = device->options->language;
    g_autofree char *time =
        rv_markup_time(device->options, event->time_ms > 0 ? event->time_ms : row->seen_ms);

    rv_markup(out, "<tr><td class=\"when\">%s%s</td><td>", time,
              event->time_ms > 0 ? "" : RV_SAY(language, " (read)", "（读取时间）"));
    rv_markup_verdict(out, language, event->ended ? RV_VERDICT_OK : event->severity);
    rv_markup(out, "</td><td>%s</td><td>%s%s</td></tr>\n", event->sensor, event->text,
              !event->asserted ? RV_SAY(language, " (went away)", "（已消除）")
              : event->ended   ? RV_SAY(language, " (over since)", "（已恢复）")
                               : "");
}

static const char *
change_word(RvLanguage language, RvChangeKind kind)
{
    static const char *const words[RV_CHANGE_KINDS][2] = {
        [RV_CHANGE_DEVICE_NEW] = {"first answer", "首次应答"},
        [RV_CHANGE_IDENTITY] = {"identity", "身份变化"},
        [RV_CHANGE_PART_ADDED] = {"part added", "部件增加"},
        [RV_CHANGE_PART_REMOVED] = {"part removed", "部件移除"},
        [RV_CHANGE_PART_REPLACED] = {"part replaced", "部件更换"},
        [RV_CHANGE_FIRMWARE] = {"firmware", "固件变化"},
        [RV_CHANGE_RESTART] = {"restart", "重启"},
        [RV_CHANGE_LOST_SAMPLES] = {"not observed", "未观测"},
        [RV_CHANGE_LATE_SAMPLE] = {"late sample", "迟到采样"},
        [RV_CHANGE_PART_FORGOTTEN] = {"part forgotten", "部件除名"},
        [RV_CHANGE_LOG_CLEARED] = {"log cleared", "日志清空"},
    };

    return RV_SAY(language, words[kind][0], words[kind][1]);
}

/* Of samples that were lost or late, times are kept as numbers. */
static char *
change_value(const RvHtmlDevice *device, const RvChange *change, const char *value)
{
    gboolean timed =
        change->kind == RV_CHANGE_LOST_SAMPLES || change->kind == RV_CHANGE_LATE_SAMPLE;

    return timed && *value != '\0'
               ? rv_markup_time(device->options, g_ascii_strtoll(value, NULL, 10))
               : g_strdup(value);
}

static GPtrArray *
read_changes(const RvHtmlDevice *device, GError **error)
{
    return rv_state_changes(device->state, device->row->name, device->from_ms,
                            device->options->now_ms, error);
}

static void
put_change(const RvHtmlDevice *device, gconstpointer row, GString *out)
{
    const RvChange *change = row;
    g_autofree char *time = rv_markup_time(device->options, change->time_ms);
    g_autofree char *before = change_value(device, change, change->before);
    g_autofree char *after = change_value(device, change, change->after);

    rv_markup(out,
              "<tr><td class=\"when\">%s</td><td>%s</td><th "
              "scope=\"row\">%s</th><td>%s</td><td>%s</td></tr>\n",
              time, change_word(device->options->language, change->kind), change->subject, before,
              after);
}

static const Past pasts[] = {
    {"past",
     {"Not well in 30 days", "30 天内异常"},
     {{{"From", "开始"}, FALSE},
      {{"Until", "结束"}, FALSE},
      {{"Verdict", "判定"}, FALSE},
      {{"Part", "部件"}, FALSE},
      {{"Why", "原因"}, FALSE},
      {{NULL}, FALSE}},
     read_verdicts,
     put_verdict},
    {"events",
     {"Events of 30 days", "30 天内事件"},
     {{{"Time", "时间"}, FALSE},
      {{"Level", "级别"}, FALSE},
      {{"Sensor", "传感器"}, FALSE},
      {{"Event", "事件"}, FALSE},
      {{NULL}, FALSE}},
     read_events,
     put_event},
    {"changes",
     {"Changes in 30 days", "30 天内变更"},
     {{{"Time", "时间"}, FALSE},
      {{"Change", "变更"}, FALSE},
      {{"What", "对象"}, FALSE},
      {{"Before", "之前"}, FALSE},
      {{"After", "之后"}, FALSE},
      {{NULL}, FALSE}},
     read_changes,
     put_change},
};

static gboolean
put_past(const RvHtmlDevice *device, const Past *past, GString *out, GError **error)
{
    RvLanguage language = device->options->language;
    g_autoptr(GPtrArray) all = past->read(device, error);
    RvMarkupTable table = {language, "past", past->id, past->columns, FALSE};
    guint shown;

    if (all == NULL)
        return FALSE;
    if (all->len == 0)
        return TRUE;
    shown = MIN(all->len, ROWS_CEILING);
    rv_markup_heading(out, past->id, RV_SAY(language, past->title[0], past->title[1]), all->len);
    rv_markup_table(out, &table);
    for (guint i = 0; i < shown; i++) {
        rv_markup_row(out, &table, i, shown, ROWS_AT_ONCE);
        past->put(device, g_ptr_array_index(all, all->len - 1 - i), out);
    }
    rv_markup_table_end(out, &table);
    if (shown < all->len)
        rv_markup(out, "<p class=\"soft\">%s %u</p>\n",
                  RV_SAY(language, "older ones, not shown:", "更早的未列出："), all->len - shown);
    return TRUE;
}

/* ---- parts and notes ---- */

static void
put_components(const RvHtmlDevice *device, GString *out)
{
    static const RvMarkupColumn columns[] = {
        {{"Kind", "类别"}, FALSE},     {{"Name", "名称"}, FALSE},
        {{"Model", "型号"}, FALSE},    {{"Serial number", "序列号"}, FALSE},
        {{"Firmware", "固件"}, FALSE}, {{NULL}, FALSE}};
    RvLanguage language = device->options->language;
    const GPtrArray *components = device->latest != NULL ? device->latest->components : NULL;
    RvMarkupTable table = {language, "parts", "parts", columns, FALSE};

    if (components == NULL || components->len == 0)
        return;
    rv_markup_heading(out, "parts", RV_SAY(language, "Parts", "部件"), components->len);
    rv_markup_table(out, &table);
    for (guint i = 0; i < components->len; i++) {
        const RvComponent *component = g_ptr_array_index(components, i);

        rv_markup_row(out, &table, i, components->len, ROWS_AT_ONCE);
        rv_markup(out,
                  "<tr><td>%s</td><th scope=\"row\">%s</th><td>%s %s</td><td>%s</td>"
                  "<td>%s</td></tr>\n",
                  rv_say_group(language, component->class), component->name, component->vendor,
                  component->model, component->serial, component->firmware);
    }
    rv_markup_table_end(out, &table);
}

static void
put_notes(const RvHtmlDevice *device, GString *out)
{
    if (device->latest == NULL || device->latest->notes->len == 0)
        return;
    rv_markup_heading(
        out, "notes",
        RV_SAY(device->options->language, "Notes of asking and judging", "采集与判定备注"),
        device->latest->notes->len);
    rv_markup(out, "<details><summary>%s</summary>\n<ul>\n",
              RV_SAY(device->options->language, "Show them", "展开"));
    for (guint i = 0; i < device->latest->notes->len; i++)
        rv_markup(out, "<li>%s</li>\n", (const char *)g_ptr_array_index(device->latest->notes, i));
    g_string_append(out, "</ul></details>\n");
}

/* ---- at a glance ---- */

static void
put_counts(RvLanguage language, const RvObservation *latest, GString *out)
{
    static const RvVerdict order[] = {RV_VERDICT_CRITICAL, RV_VERDICT_WARNING, RV_VERDICT_UNKNOWN,
                                      RV_VERDICT_OK};
    guint counts[RV_VERDICT_UNKNOWN + 1] = {0};

    rv_findings_count(latest, counts);
    rv_markup(out, "<li><a href=\"#sensors\">%s</a><br>", RV_SAY(language, "Sensors", "传感器"));
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++)
        if (counts[order[i]] > 0) {
            rv_markup(out, "<b>%u</b> ", counts[order[i]]);
            rv_markup_verdict(out, language, order[i]);
            g_string_append_c(out, ' ');
        }
    g_string_append(out, "</li>\n");
}

static void
put_ports(RvLanguage language, const RvObservation *latest, GString *out)
{
    guint up = 0, off = 0;

    for (guint i = 0; i < latest->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(latest->interfaces, i);

        up += interface->oper_status == RV_OPER_UP;
        off += interface->oper_status != RV_OPER_UP && interface->admin_status == RV_ADMIN_DOWN;
    }
    rv_markup(out,
              "<li><a href=\"#interfaces\">%s</a><br><b>%u</b> %s <b>%u</b> %s <b>%u</b> %s</li>\n",
              RV_SAY(language, "Interfaces", "接口"), up, RV_SAY(language, "up", "连接"),
              latest->interfaces->len - up - off, RV_SAY(language, "down", "断开"), off,
              RV_SAY(language, "switched off", "已关闭"));
}

static void
put_summary(const RvHtmlDevice *device, const RvHtmlLine *line, GString *out)
{
    RvLanguage language = device->options->language;
    /* what was well before it fell silent would look like good news */
    const RvObservation *latest = is_silent(device) ? NULL : device->latest;
    g_autofree char *percent =
        isnan(line->share) ? g_strdup("–") : rv_write_availability(line->share);

    g_string_append(out, "<ul class=\"tiles summary\">\n");
    if (latest != NULL && latest->sensors->len > 0)
        put_counts(language, latest, out);
    if (latest != NULL && latest->interfaces->len > 0)
        put_ports(language, latest, out);
    rv_markup(out, "<li><a href=\"#reachability\">%s</a><br><b>%s</b> %s</li>\n</ul>\n",
              RV_SAY(language, "30 days", "30 天"), percent, RV_SAY(language, "answered", "应答"));
}

static RvHtmlLine *
make_line(const RvHtmlDevice *device)
{
    RvHtmlLine *line = g_new0(RvHtmlLine, 1);
    const RvDeviceRow *row = device->row;
    g_autofree char *page = rv_html_page_name(row->name);

    line->name = g_strdup(row->name);
    line->href = g_strdup_printf("devices/%s", page);
    line->kind = g_strdup(row->kind);
    line->site = g_strdup(row->site);
    line->model = g_strdup(row->model != NULL ? row->model : "");
    line->verdict = verdict_now(device);
    line->state = row->state;
    line->since_ms = row->since_ms;
    line->findings = g_ptr_array_new_with_free_func(g_free);
    return line;
}

gboolean
rv_html_device(const RvHtmlDevice *device, GString *out, RvHtmlLine **line, GError **error)
{
    RvHtmlLine *made = *line = make_line(device);
    g_autoptr(GString) body = g_string_new(NULL);

    put_findings(device, made, body);
    put_faults(device, body);
    put_identity(device, body);
    put_availability(device, made, body);
    rv_html_device_sensors(device, body);
    rv_html_device_interfaces(device, body);
    rv_html_device_graphs(device, body);
    for (gsize i = 0; i < G_N_ELEMENTS(pasts); i++)
        if (!put_past(device, &pasts[i], body, error))
            return FALSE;
    put_components(device, body);
    put_notes(device, body);
    rv_markup_begin(out, device->options, device->row->name, "../");
    rv_markup(out, "<h1><bdi>%s</bdi> ", device->row->name);
    rv_markup_verdict(out, device->options->language, made->verdict);
    g_string_append(out, "</h1>\n");
    rv_markup_as_of(out, device->options);
    put_summary(device, made, out);
    rv_markup_contents(out, device->options->language, body);
    g_string_append_len(out, body->str, (gssize)body->len);
    rv_markup_end(out, device->options);
    return TRUE;
}
