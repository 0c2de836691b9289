#include "cli/fault-print.h"

#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/csv.h"
#include "cli/state-options.h"

gboolean
rv_fault_format_parse(const char *word, RvFaultFormat *format, GError **error)
{
    static const char *const words[] = {"text", "json", "csv"};

    *format = RV_FAULT_TEXT;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (word == NULL || strcmp(word, words[i]) == 0) {
            *format = (RvFaultFormat)i;
            return TRUE;
        }
    }
    g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "--format %s: there are text, json and csv", word);
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

static const char *
status_word(const RvFault *fault)
{
    return fault->resolved_ms != 0       ? "resolved"
           : fault->recovered_ms != 0    ? "recovered"
           : fault->acknowledged_ms != 0 ? "acknowledged"
                                         : "open";
}

/* ---- text ---- */

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
print_line(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    g_autofree char *opened = rv_clock_format(fault->opened_ms, style->zone);
    RvClock clocks[RV_CLOCK_KINDS];
    const RvClock *next;

    read_clocks(style, fault, clocks);
    next = next_clock(clocks);
    g_string_append_printf(out, "%4" G_GINT64_FORMAT "  %s  level %s  %-12s %-20s %s", fault->id,
                           opened, fault->level, status_word(fault), fault->device, fault->title);
    if (next != NULL) {
        g_autofree char *left = rv_cli_duration(ABS(next->left_ms));

        g_string_append_printf(out, "  [%s %s %s]", rv_clock_kind_word(next->kind),
                               next->left_ms < 0 ? "overdue by" : "in", left);
    }
    g_string_append_c(out, '\n');
}

static void
print_field(GString *out, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0')
        g_string_append_printf(out, "%-14s %s\n", name, value);
}

static void
print_moment(const RvFaultStyle *style, GString *out, const char *name, gint64 ms, const char *who)
{
    g_autofree char *time = NULL;

    if (ms == 0)
        return;
    time = rv_clock_format(ms, style->zone);
    g_string_append_printf(out, "%-14s %s%s%s\n", name, time, who != NULL ? " by " : "",
                           who != NULL ? who : "");
}

static void
print_clocks(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    RvClock clocks[RV_CLOCK_KINDS];

    read_clocks(style, fault, clocks);
    for (guint i = 0; i < RV_CLOCK_KINDS; i++) {
        const RvClock *clock = &clocks[i];
        g_autofree char *due = NULL;
        g_autofree char *left = NULL;

        if (!clock->exists)
            continue;
        due = rv_clock_format(clock->due_ms, style->zone);
        left = rv_cli_duration(ABS(clock->left_ms));
        g_string_append_printf(out, "clock %-8s due %s, ", rv_clock_kind_word(clock->kind), due);
        if (clock->done_ms != 0)
            g_string_append(out, clock->breached ? "done too late\n" : "kept\n");
        else
            g_string_append_printf(out, "%s %s\n", clock->breached ? "overdue by" : "left:", left);
    }
}

static void
print_trail(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    for (guint i = 0; fault->trail != NULL && i < fault->trail->len; i++) {
        const RvFaultEntry *entry = g_ptr_array_index(fault->trail, i);
        g_autofree char *time = rv_clock_format(entry->time_ms, style->zone);

        g_string_append_printf(out, "  %s  %-12s %-12s %s\n", time, entry->action, entry->who,
                               entry->text);
    }
}

static void
print_text(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    const RvFaultLevel *level = rv_fault_policy_level(style->policy, fault->level);

    g_string_append_printf(out, "fault %" G_GINT64_FORMAT ": %s\n", fault->id, fault->title);
    print_field(out, "device", fault->device);
    print_field(out, "kind", rv_fault_kind_word(fault->kind));
    g_string_append_printf(out, "%-14s %s%s%s\n", "level", fault->level, level != NULL ? ", " : "",
                           level != NULL ? level->name : "");
    print_field(out, "cause", fault->cause);
    print_field(out, "status", status_word(fault));
    print_moment(style, out, "opened", fault->opened_ms, fault->opened_by);
    print_moment(style, out, "acknowledged", fault->acknowledged_ms, fault->acknowledged_by);
    print_moment(style, out, "planned", fault->planned_ms, fault->planned_by);
    print_field(out, "plan", fault->plan);
    print_moment(style, out, "recovered", fault->recovered_ms, NULL);
    print_moment(style, out, "resolved", fault->resolved_ms, fault->resolved_by);
    print_field(out, "root cause", fault->root_cause);
    print_field(out, "method", fault->method);
    print_field(out, "loss", fault->loss);
    print_moment(style, out, "reported", fault->reported_ms, fault->reported_by);
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
trail_to_json(const RvFault *fault)
{
    json_t *array = json_array();

    for (guint i = 0; i < fault->trail->len; i++) {
        const RvFaultEntry *entry = g_ptr_array_index(fault->trail, i);
        json_t *json = json_object();

        json_object_set_new(json, "time_ms", json_integer(entry->time_ms));
        json_object_set_new(json, "who", json_string(entry->who));
        json_object_set_new(json, "action", json_string(entry->action));
        json_object_set_new(json, "text", json_string(entry->text));
        json_array_append_new(array, json);
    }
    return array;
}

static void
print_json(const RvFaultStyle *style, const RvFault *fault, GString *out)
{
    json_t *json = json_object();
    char *line;

    json_object_set_new(json, "id", json_integer(fault->id));
    json_object_set_new(json, "device", json_string(fault->device));
    json_object_set_new(json, "kind", json_string(rv_fault_kind_word(fault->kind)));
    json_object_set_new(json, "level", json_string(fault->level));
    json_object_set_new(json, "cause", json_string(fault->cause));
    json_object_set_new(json, "title", json_string(fault->title));
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
        json_object_set_new(json, "trail", trail_to_json(fault));
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
    g_string_append_printf(out, "%" G_GINT64_FORMAT ",", fault->id);
    rv_csv_append(out, fault->device);
    rv_csv_append(out, rv_fault_kind_word(fault->kind));
    rv_csv_append(out, fault->level);
    rv_csv_append(out, fault->title);
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
    rv_csv_end_row(out);
}

void
rv_fault_print_list(const RvFaultStyle *style, RvFaultFormat format, const GPtrArray *faults,
                    GString *out)
{
    if (format == RV_FAULT_CSV)
        g_string_append(out, "id,device,kind,level,title,status,opened,acknowledged,planned,"
                             "recovered,resolved,reported,root_cause,method,loss\r\n");
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
