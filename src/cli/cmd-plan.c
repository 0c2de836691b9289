#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/text-width.h"
#include "cli/commands.h"
#include "cli/state-options.h"
#include "cli/subcommand.h"
#include "plan/words.h"

#define DAY_MS ((gint64)86400000)
#define BACK_DEFAULT_DAYS 92

typedef struct {
    RvStateOptions state;
    char *format;
    RvLanguage language;
    gboolean open_only;
    int days;
} Options;

static void
options_clear(Options *options)
{
    rv_state_options_clear(&options->state);
    g_free(options->format);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

#define SAY(in_english, in_chinese) RV_SAY(language, in_english, in_chinese)

static void
print_text(const RvDutyStatus *status, RvLanguage language, GTimeZone *zone, gint64 now_ms)
{
    const RvDelivery *delivery = status->delivery;
    g_autofree char *due = rv_clock_format(status->due_ms, zone);
    g_autofree char *kind = rv_text_fit(rv_say_duty(language, status->period.kind), SAY(8, 6));
    g_autofree char *state = rv_text_fit(rv_say_duty_state(language, status->state), 10);
    g_autofree char *left = rv_cli_duration(ABS(status->due_ms - now_ms));

    g_print(SAY("%s %-22s %s due %s", "%s %-22s %s 期限 %s"), kind, status->period.label, state,
            due);
    if (delivery != NULL) {
        g_autofree char *done = rv_clock_format(delivery->done_ms, zone);

        g_print(SAY(", done %s", "，完成于 %s"), done);
        if (delivery->who[0] != '\0')
            g_print(SAY(" by %s", "，%s"), delivery->who);
    } else {
        g_print(status->due_ms >= now_ms ? SAY(", in %s", "，剩余 %s")
                                         : SAY(", %s ago", "，已超 %s"),
                left);
    }
    if (delivery != NULL && delivery->file[0] != '\0')
        g_print(SAY(", %s", "，%s"), delivery->file);
    g_print("\n");
}

static void
print_json(const RvDutyStatus *status)
{
    const RvDelivery *delivery = status->delivery;
    json_t *json =
        json_pack("{s:s,s:s,s:I,s:I,s:I,s:s}", "period", rv_period_kind_word(status->period.kind),
                  "label", status->period.label, "from_ms", (json_int_t)status->period.from_ms,
                  "until_ms", (json_int_t)status->period.until_ms, "due_ms",
                  (json_int_t)status->due_ms, "state", rv_duty_state_word(status->state));
    char *line;

    json_object_set_new(json, "done_ms",
                        delivery != NULL ? json_integer(delivery->done_ms) : json_null());
    json_object_set_new(json, "who", delivery != NULL ? json_string(delivery->who) : json_null());
    json_object_set_new(json, "file",
                        delivery != NULL && delivery->file[0] != '\0' ? json_string(delivery->file)
                                                                      : json_null());
    line = json_dumps(json, JSON_COMPACT);
    g_print("%s\n", line);
    free(line);
    json_decref(json);
}

static gboolean
print_duties(const Options *options, const RvServicePlan *plan, RvState *state, GTimeZone *zone,
             gboolean *overdue, GError **error)
{
    gint64 now_ms = rv_clock_now_ms(), first_ms;
    RvDutyTerms terms = {.zone = plan->zone,
                         .anchor = plan->round_anchor,
                         .calendar = plan->duty_calendar,
                         .until_ms = now_ms};
    g_autoptr(GPtrArray) deliveries = NULL;

    /* nobody owes a report of what was never watched */
    if (!rv_state_begins(state, &first_ms, error))
        return FALSE;
    terms.from_ms = MAX(now_ms - options->days * DAY_MS, first_ms != 0 ? first_ms : now_ms);
    deliveries = rv_state_deliveries(state, 0, G_MAXINT64, error);
    if (deliveries == NULL)
        return FALSE;
    for (guint i = 0; i < plan->duties->len; i++) {
        const RvDuty *duty = &g_array_index(plan->duties, RvDuty, i);
        g_autoptr(GArray) all = rv_duty_status(duty, deliveries, &terms, now_ms);

        for (guint j = 0; j < all->len; j++) {
            const RvDutyStatus *status = &g_array_index(all, RvDutyStatus, j);

            *overdue |= status->state == RV_DUTY_OVERDUE;
            if (options->open_only &&
                (status->state == RV_DUTY_DONE || status->state == RV_DUTY_DONE_LATE))
                continue;
            if (g_strcmp0(options->format, "json") == 0)
                print_json(status);
            else
                print_text(status, options->language, zone, now_ms);
        }
    }
    return TRUE;
}

static void
print_none(const Options *options)
{
    RvLanguage language = options->language;

    if (options->state.site->service_plan_path == NULL)
        g_print("%s\n", SAY("no duties: there is no service plan; name one as service-plan in the "
                            "site file",
                            "没有服务计划；请在站点文件中以 service-plan 指定"));
    else
        g_print("%s\n", SAY("no duties: the service plan promises none (duties, promised)",
                            "服务计划未约定巡检与报告（duties 的 promised）"));
}

static gboolean
check_options(const Options *options, GError **error)
{
    const char *problem = NULL;

    if (options->format != NULL && strcmp(options->format, "text") != 0 &&
        strcmp(options->format, "json") != 0)
        problem = "--format: there are text and json";
    else if (options->days < 1 || options->days > 3660)
        problem = "--days takes a number from 1 to 3660";
    if (problem != NULL)
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, problem);
    return problem == NULL;
}

static int
run_status(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {.days = BACK_DEFAULT_DAYS};
    const GOptionEntry entries[] = {
        {"days", 0, 0, G_OPTION_ARG_INT, &options.days,
         "periods that ended in the last so many days (default 92)", "NUMBER"},
        {"open", 0, 0, G_OPTION_ARG_NONE, &options.open_only, "without what is done", NULL},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "text or json (a line each)",
         "FORMAT"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("- rounds and reports that are due, done, overdue");
    g_autoptr(GTimeZone) zone = NULL;
    g_autoptr(RvState) state = NULL;
    gboolean overdue = FALSE;
    const RvServicePlan *plan;

    g_option_context_add_main_entries(parser, entries, NULL);
    rv_state_options_add(&options.state, parser);
    if (!g_option_context_parse(parser, &argc, &argv, error) ||
        !rv_cli_takes_no_more(argc, argv, error) || !check_options(&options, error))
        return EX_USAGE;
    zone = rv_state_options_zone(&options.state, context, error);
    if (zone == NULL)
        return EX_USAGE;
    plan = options.state.site->plan;
    options.language = rv_state_options_language(&options.state, context);
    if (plan->duties->len == 0) {
        print_none(&options);
        return 0;
    }
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_READ, error);
    if (state == NULL || !print_duties(&options, plan, state, zone, &overdue, error))
        return EX_USAGE;
    return overdue ? 1 : 0;
}

int
rv_cmd_plan(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"status", run_status, "", "rounds and reports that are due, done, overdue"},
        {NULL},
    };

    return rv_subcommand_run("plan", rows, context, argc, argv, error);
}
