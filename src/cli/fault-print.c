#include "cli/fault-print.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/text-width.h"
#include "cli/csv.h"
#include "cli/state-options.h"
#include "plan/fault-facts.h"
#include "plan/words.h"

gboolean
rv_fault_format_parse(const char *word, gboolean list, RvFaultFormat *format)
{
    static const char *const words[] = {"text", "json", "csv"};

    *format = RV_FAULT_TEXT;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (word == NULL || strcmp(word, words[i]) == 0) {
            *format = (RvFaultFormat)i;
            return list || i != RV_FAULT_CSV;
        }
    }
    return FALSE;
}

/* A level that the plan no longer has runs no clocks. */
static void
read_clocks(const RvFaultStyle *style, const RvFault *fault, RvClock clocks[RV_CLOCK_KINDS])
{
    static const RvFaultLevel none = {0};
    const RvFaultLevel *level = rv_fault_policy_level(style->policy, fault->level);
    RvFaultTimes times = rv_fault_times(fault);

    rv_fault_clocks(&times, level != NULL ? level : &none, style->calendar, style->now_ms, clocks);
}

/* Words of files; people read status_said. */
static const char *
status_word(const RvFault *fault)
{
    return fault->resolved_ms != 0       ? "resolved"
           : fault->recovered_ms != 0    ? "recovered"
           : fault->acknowledged_ms != 0 ? "acknowledged"
                                         : "open";
}

/* ---- text ---- */

#define SAY(in_english, in_chinese) RV_SAY(style->language, in_english, in_chinese)

static const char *
status_said(const RvFaultStyle *style, const RvFault *fault)
{
    return fault->resolved_ms != 0       ? SAY("resolved", "已解决")
           : fault->recovered_ms != 0    ? SAY("recovered", "已恢复")
           : fault->acknowledged_ms != 0 ? SAY("acknowledged", "已响应")
                                         : SAY("open", "待响应");
}

/* The clock that matters next: breached ones first, then the one with the least time left. */
static const RvClock *
next_clock(const RvClock clocks[RV_CLOCK_KINDS])
{
    const RvClock *next = NULL;

    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        const RvClock *clock = &clocks[i];

        if (clock->exists && clock->done_ms == 0 &&
            (next == NULL || clock->left_ms < next->left_ms))
            next = clock;
    }
    return next;
}

static void
print_next_clock(const RvFaultStyle *style, const RvClock *clock, GString *out)
{
    g_autofree char *left = rv_cli_duration(ABS(clock->left_ms));

    g_string_append_printf(out, "  [%s %s %s]", rv_say_clock(style->language, clock->kind),
                           clock->left_ms < 0 ? SAY("overdue by", "已超时") : SAY("in", "剩余"),
                           left);
}

static void
print_line(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    g_autofree char *opened = rv_clock_format(fault->opened_ms, style->zone);
    g_autofree char *status = rv_text_fit(status_said(style, fault), 12);
    g_autofree char *device = rv_text_pad(fault->device, 20);
    g_autofree char *title = rv_ledger_title(fault, style->language);
    RvClock clocks[RV_CLOCK_KINDS];
    const RvClock *next;

    read_clocks(style, fault, clocks);
    next = next_clock(clocks);
    g_string_append_printf(out, "%4" G_GINT64_FORMAT "  %s  %s %s  %s %s %s", fault->id, opened,
                           SAY("level", "级别"), fault->level, status, device, title);
    if (next != NULL)
        print_next_clock(style, next, out);
    g_string_append_c(out, '\n');
}

static void
print_field(GString *out, const char *name, const char *value)
{
    g_autofree char *label = rv_text_pad(name, 14);

    if (value != NULL && value[0] != '\0')
        g_string_append_printf(out, "%s %s\n", label, value);
}

static const char *
who_said(const RvFaultStyle *style, const char *who)
{
    return strcmp(who, "rule") == 0 ? SAY("rule", "自动") : who;
}

static void
print_moment(const RvFaultStyle *style, GString *out, const char *name, gint64 ms, const char *who)
{
    g_autofree char *time = NULL;
    g_autofree char *text = NULL;

    if (ms == 0)
        return;
    time = rv_clock_format(ms, style->zone);
    text = who == NULL ? g_strdup(time)
                       : g_strdup_printf(SAY("%s by %s", "%s，%s"), time, who_said(style, who));
    print_field(out, name, text);
}

static void
print_clocks(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    RvClock clocks[RV_CLOCK_KINDS];

    read_clocks(style, fault, clocks);
    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        const RvClock *clock = &clocks[i];
        g_autofree char *label = rv_text_pad(
            clock->exists ? rv_say_clock(style->language, clock->kind) : "", SAY(14, 8));
        g_autofree char *due = NULL;
        g_autofree char *left = NULL;

        if (!clock->exists)
            continue;
        due = rv_clock_format(clock->due_ms, style->zone);
        left = rv_cli_duration(ABS(clock->left_ms));
        g_string_append_printf(out, SAY("clock %s due %s, ", "时限 %s 应于 %s 前完成，"), label,
                               due);
        if (clock->done_ms != 0)
            g_string_append(out, clock->breached ? SAY("done too late\n", "超时完成\n")
                                                 : SAY("kept\n", "按时\n"));
        else
            g_string_append_printf(
                out, "%s %s\n",
                clock->breached ? SAY("overdue by", "已超时") : SAY("left:", "剩余"), left);
    }
}

static void
print_trail(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    for (guint i = 0; fault->trail != NULL && i < fault->trail->len; i++) {
        const RvFaultEntry *entry = g_ptr_array_index(fault->trail, i);
        g_autofree char *time = rv_clock_format(entry->time_ms, style->zone);
        g_autofree char *action =
            rv_text_pad(rv_say_fault_action(style->language, entry->action), SAY(20, 8));
        g_autofree char *who = rv_text_pad(who_said(style, entry->who), 12);
        g_autofree char *text = rv_ledger_entry_text(fault, entry, style->language);

        g_string_append_printf(out, "  %s  %s %s%s%s\n", time, action,
                               text[0] != '\0' ? who : who_said(style, entry->who),
                               text[0] != '\0' ? " " : "", text);
    }
}

static void
print_text(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    const RvFaultLevel *level = rv_fault_policy_level(style->policy, fault->level);
    g_autofree char *title = rv_ledger_title(fault, style->language);
    g_autofree char *detail = rv_fault_facts_detail(fault->facts);
    g_autofree char *level_said =
        g_strdup_printf(SAY("%s%s%s", "%s%s%s"), fault->level, level != NULL ? SAY(", ", "，") : "",
                        level != NULL ? rv_say_fault_level(style->language, level->name) : "");

    g_string_append_printf(
        out, SAY("fault %" G_GINT64_FORMAT ": %s\n", "故障 %" G_GINT64_FORMAT "：%s\n"), fault->id,
        title);
    print_field(out, SAY("device", "设备"), fault->device);
    print_field(out, SAY("kind", "种类"), rv_say_fault_kind(style->language, fault->kind));
    print_field(out, SAY("level", "级别"), level_said);
    print_field(out, SAY("cause", "告警对象"), fault->cause);
    if (style->language != RV_LANGUAGE_EN) /* the English title has it */
        print_field(out, SAY("detail", "详情"), detail);
    print_field(out, SAY("status", "状态"), status_said(style, fault));
    print_moment(style, out, SAY("opened", "登记"), fault->opened_ms, fault->opened_by);
    print_moment(style, out, SAY("acknowledged", "响应"), fault->acknowledged_ms,
                 fault->acknowledged_by);
    print_moment(style, out, SAY("planned", "应急方案"), fault->planned_ms, fault->planned_by);
    print_field(out, SAY("plan", "方案内容"), fault->plan);
    print_moment(style, out, SAY("recovered", "恢复"), fault->recovered_ms, NULL);
    print_moment(style, out, SAY("resolved", "解决"), fault->resolved_ms, fault->resolved_by);
    print_field(out, SAY("root cause", "原因"), fault->root_cause);
    print_field(out, SAY("method", "方法"), fault->method);
    print_field(out, SAY("loss", "损失"), fault->loss);
    print_moment(style, out, SAY("reported", "提交报告"), fault->reported_ms, fault->reported_by);
    print_clocks(style, fault, out);
    print_trail(style, fault, out);
}

/* ---- JSON ---- */

static json_t *
time_or_null(gint64 ms)
{
    return ms != 0 ? json_integer(ms) : json_null();
}

static json_t *
text_or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

static json_t *
clocks_to_json(const RvFaultStyle *style, const RvFault *fault)
{
    json_t *array = json_array();
    RvClock clocks[RV_CLOCK_KINDS];

    read_clocks(style, fault, clocks);
    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        const RvClock *clock = &clocks[i];
        json_t *json;

        if (!clock->exists)
            continue;
        json = json_object();
        json_object_set_new(json, "clock", json_string(rv_clock_kind_word(clock->kind)));
        json_object_set_new(json, "due_ms", json_integer(clock->due_ms));
        json_object_set_new(json, "done_ms", time_or_null(clock->done_ms));
        json_object_set_new(json, "breached", json_boolean(clock->breached));
        json_object_set_new(json, "left_ms",
                            clock->done_ms != 0 ? json_null() : json_integer(clock->left_ms));
        json_array_append_new(array, json);
    }
    return array;
}

static json_t *
trail_to_json(const RvFaultStyle *style, const RvFault *fault)
{
    json_t *array = json_array();

    for (guint i = 0; i < fault->trail->len; i++) {
        const RvFaultEntry *entry = g_ptr_array_index(fault->trail, i);
        g_autofree char *text = rv_ledger_entry_text(fault, entry, style->language);
        json_t *json = json_object();

        json_object_set_new(json, "time_ms", json_integer(entry->time_ms));
        json_object_set_new(json, "who", json_string(entry->who));
        json_object_set_new(json, "action", json_string(entry->action));
        json_object_set_new(json, "text", json_string(text));
        json_array_append_new(array, json);
    }
    return array;
}

static void
print_json(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    g_autofree char *title = rv_ledger_title(fault, style->language);
    json_t *json = json_object();
    char *line;

    json_object_set_new(json, "id", json_integer(fault->id));
    json_object_set_new(json, "device", json_string(fault->device));
    json_object_set_new(json, "kind", json_string(rv_fault_kind_word(fault->kind)));
    json_object_set_new(json, "level", json_string(fault->level));
    json_object_set_new(json, "cause", json_string(fault->cause));
    json_object_set_new(json, "title", json_string(title));
    json_object_set_new(json, "status", json_string(status_word(fault)));
    json_object_set_new(json, "opened_ms", json_integer(fault->opened_ms));
    json_object_set_new(json, "opened_by", json_string(fault->opened_by));
    json_object_set_new(json, "acknowledged_ms", time_or_null(fault->acknowledged_ms));
    json_object_set_new(json, "acknowledged_by", text_or_null(fault->acknowledged_by));
    json_object_set_new(json, "planned_ms", time_or_null(fault->planned_ms));
    json_object_set_new(json, "planned_by", text_or_null(fault->planned_by));
    json_object_set_new(json, "plan", text_or_null(fault->plan));
    json_object_set_new(json, "recovered_ms", time_or_null(fault->recovered_ms));
    json_object_set_new(json, "resolved_ms", time_or_null(fault->resolved_ms));
    json_object_set_new(json, "resolved_by", text_or_null(fault->resolved_by));
    json_object_set_new(json, "root_cause", text_or_null(fault->root_cause));
    json_object_set_new(json, "method", text_or_null(fault->method));
    json_object_set_new(json, "loss", text_or_null(fault->loss));
    json_object_set_new(json, "reported_ms", time_or_null(fault->reported_ms));
    json_object_set_new(json, "reported_by", text_or_null(fault->reported_by));
    json_object_set_new(json, "clocks", clocks_to_json(style, fault));
    if (fault->trail != NULL)
        json_object_set_new(json, "trail", trail_to_json(style, fault));
    line = json_dumps(json, JSON_COMPACT);
    g_string_append(out, line);
    g_string_append_c(out, '\n');
    free(line);
    json_decref(json);
}

/* ---- CSV ---- */

static void
append_time_cell(const RvFaultStyle *style, GString *out, gint64 ms)
{
    g_autofree char *time = ms != 0 ? rv_clock_format(ms, style->zone) : NULL;

    rv_csv_append(out, time);
}

static void
print_csv(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    g_autofree char *title = rv_ledger_title(fault, style->language);

    g_string_append_printf(out, "%" G_GINT64_FORMAT ",", fault->id);
    rv_csv_append(out, fault->device);
    rv_csv_append(out, rv_fault_kind_word(fault->kind));
    rv_csv_append(out, fault->level);
    rv_csv_append(out, title);
    rv_csv_append(out, status_word(fault));
    append_time_cell(style, out, fault->opened_ms);
    append_time_cell(style, out, fault->acknowledged_ms);
    append_time_cell(style, out, fault->planned_ms);
    append_time_cell(style, out, fault->recovered_ms);
    append_time_cell(style, out, fault->resolved_ms);
    append_time_cell(style, out, fault->reported_ms);
    rv_csv_append(out, fault->root_cause);
    rv_csv_append(out, fault->method);
    rv_csv_append(out, fault->loss);
    rv_csv_append(out, fault->plan);
    rv_csv_end_row(out);
}

void
rv_fault_print_list(const RvFaultStyle *style, RvFaultFormat format, const GPtrArray *faults,
                    GString *out)
{
    if (format == RV_FAULT_CSV)
        g_string_append(out, "id,device,kind,level,title,status,opened,acknowledged,planned,"
                             "recovered,resolved,reported,root_cause,method,loss,plan\r\n");
    for (guint i = 0; i < faults->len; i++) {
        const RvFault *fault = g_ptr_array_index(faults, i);

        if (format == RV_FAULT_CSV)
            print_csv(style, fault, out);
        else if (format == RV_FAULT_JSON)
            print_json(style, fault, out);
        else
            print_line(style, fault, out);
    }
}

void
rv_fault_print_one(const RvFaultStyle *style, RvFaultFormat format, const RvFault *fault,
                   GString *out)
{
    if (format == RV_FAULT_JSON)
        print_json(style, fault, out);
    else
        print_text(style, fault, out);
}
