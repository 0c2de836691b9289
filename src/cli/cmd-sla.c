#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/text-width.h"
#include "cli/commands.h"
#include "cli/state-options.h"
#include "cli/subcommand.h"
#include "db/maintenance.h"
#include "observation/words.h"
#include "plan/availability.h"
#include "plan/calendar.h"
#include "plan/words.h"

typedef struct {
    RvStateOptions state;
    char *at, *period, *target, *hours, *format, *anchor;
    char **holidays, **workdays;
} Options;

static void
options_clear(Options *options)
{
    rv_state_options_clear(&options->state);
    g_free(options->at);
    g_free(options->period);
    g_free(options->target);
    g_free(options->hours);
    g_free(options->format);
    g_free(options->anchor);
    g_strfreev(options->holidays);
    g_strfreev(options->workdays);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* What the options come to. */
typedef struct {
    const char *device;
    RvPeriod period;
    GTimeZone *zone;
    const RvServicePlan *plan;
    const RvServiceClass *class; /* what the device is promised; NULL: nothing */
    const RvCalendar *calendar;
    RvCalendar *own_calendar; /* by the options */
    double target;            /* 0 … 1; NAN: none */
    gboolean json;
    RvLanguage language;
    gint64 now_ms;
} Question;

static void
question_clear(Question *question)
{
    g_clear_pointer(&question->zone, g_time_zone_unref);
    rv_calendar_free(question->own_calendar);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Question, question_clear)

static gboolean
usage(GError **error, const char *message)
{
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, message);
    return FALSE;
}

/* ---- reading the question ---- */

/* "2026-10" is a month; without --at: the period that runs. */
static gboolean
read_period(const Options *options, Question *question, GError **error)
{
    RvPeriodKind kind = RV_PERIOD_MONTH;
    const char *anchor;

    if (options->period != NULL && !rv_period_kind_parse(options->period, &kind))
        return usage(error, "--period: there are day, round, month, quarter and year");
    anchor = options->anchor != NULL ? options->anchor : question->plan->round_anchor;
    if (options->at != NULL)
        return rv_period_parse(kind, options->at, question->zone, anchor, &question->period, error);
    question->period = rv_period_at(kind, question->zone, anchor, question->now_ms);
    return TRUE;
}

static gboolean
read_target(const Options *options, Question *question, GError **error)
{
    char *end = NULL;
    double percent;

    question->target = question->class != NULL ? question->class->availability : NAN;
    if (options->target == NULL)
        return TRUE;
    percent = g_ascii_strtod(options->target, &end);
    if (end == options->target || (*end != '\0' && strcmp(end, "%") != 0) ||
        !(percent > 0 && percent <= 100))
        return usage(error, "--target takes percent, as 99.9");
    question->target = percent / 100;
    return TRUE;
}

static gboolean
add_days(char **days, RvCalendar *calendar,
         gboolean (*add)(RvCalendar *, int, int, int, const char *), GError **error)
{
    for (char **day = days; day != NULL && *day != NULL; day++) {
        int year, month, number, end = 0;

        if (sscanf(*day, "%4d-%2d-%2d%n", &year, &month, &number, &end) != 3 ||
            (*day)[end] != '\0' || !add(calendar, year, month, number, ""))
            return usage(error, "--holiday and --workday take a day, as 2026-10-01");
    }
    return TRUE;
}

static gboolean
read_calendar(const Options *options, Question *question, GError **error)
{
    int from_hour, from_minute, until_hour, until_minute, end = 0;

    if (options->hours == NULL && question->class != NULL && question->class->coverage != NULL) {
        question->calendar = question->class->coverage;
        return TRUE;
    }
    question->calendar = question->own_calendar =
        options->hours == NULL ? rv_calendar_new_always("7x24", question->zone)
                               : rv_calendar_new(options->hours, question->zone);
    if (options->hours == NULL)
        return TRUE;
    rv_calendar_clear_hours(question->own_calendar);
    if (sscanf(options->hours, "%2d:%2d-%2d:%2d%n", &from_hour, &from_minute, &until_hour,
               &until_minute, &end) != 4 ||
        options->hours[end] != '\0' || from_minute > 59 || until_minute > 59 ||
        !rv_calendar_add_hours(question->own_calendar, from_hour * 60 + from_minute,
                               until_hour * 60 + until_minute))
        return usage(error, "--hours takes the hours of a working day, as 09:00-18:00");
    return add_days(options->holidays, question->own_calendar, rv_calendar_add_holiday, error) &&
           add_days(options->workdays, question->own_calendar, rv_calendar_add_workday, error);
}

/* What the site promised for the device; the options come before it. */
static gboolean
read_promise(Options *options, const RvCliContext *context, Question *question, GError **error)
{
    const RvConfiguration *site = rv_state_options_site(&options->state, context, error);
    const RvDevice *device;

    if (site == NULL)
        return FALSE;
    device = rv_inventory_find(site->inventory, question->device);
    question->plan = site->plan;
    if (device != NULL && device->service_class != NULL)
        question->class = rv_service_plan_class(site->plan, device->service_class);
    return TRUE;
}

static gboolean
read_question(Options *options, const RvCliContext *context, Question *question, GError **error)
{
    if (!read_promise(options, context, question, error))
        return FALSE;
    question->now_ms = rv_clock_now_ms();
    question->zone = rv_state_options_zone(&options->state, context, error);
    if (options->format != NULL && strcmp(options->format, "text") != 0 &&
        strcmp(options->format, "json") != 0)
        return usage(error, "--format: there are text and json");
    question->language = rv_state_options_language(&options->state, context);
    question->json = g_strcmp0(options->format, "json") == 0;
    return question->zone != NULL && read_period(options, question, error) &&
           read_target(options, question, error) && read_calendar(options, question, error);
}

/* ---- printing ---- */

#define SAY(in_english, in_chinese) RV_SAY(question->language, in_english, in_chinese)

static void
print_row(const char *name, const char *value)
{
    g_autofree char *label = rv_text_pad(name, 18);

    g_print("%s %s\n", label, value);
}

static void
print_ratio(const Question *question, const char *name, double value)
{
    g_autofree char *text =
        isnan(value) ? g_strdup(SAY("none", "无")) : g_strdup_printf("%.4f %%", value * 100);

    print_row(name, text);
}

/* "04:05:06", and ".700" where it is no whole second: the parts have to make the sum. */
static char *
exact_duration(gint64 ms)
{
    g_autofree char *seconds = rv_cli_duration(ms);

    return ms % 1000 == 0 ? g_steal_pointer(&seconds)
                          : g_strdup_printf("%s.%03d", seconds, (int)(ABS(ms) % 1000));
}

static void
print_sum(const char *name, gint64 ms)
{
    g_autofree char *duration = exact_duration(ms);

    print_row(name, duration);
}

static void
print_cause(const Question *question, const RvPiece *piece)
{
    const RvInterval *interval = piece->interval;
    const char *why;

    if (piece->window != NULL) {
        g_print(SAY(" %s (%s)", " %s（%s）"), piece->window->why, piece->window->who);
    } else if (interval == NULL && piece->kind == RV_PIECE_NOT_OBSERVED) {
        g_print(" %s", SAY("no samples", "没有采样"));
    } else if (interval != NULL && interval->state != RV_STATE_UP) {
        why = rv_say_interval(question->language, interval);
        g_print(" %s%s%s",
                SAY(rv_reachability_word(interval->state),
                    rv_say_reachability(question->language, interval->state)),
                why[0] != '\0' ? SAY(": ", "：") : "", why);
    }
}

static void
print_piece(const Question *question, const RvPiece *piece)
{
    g_autofree char *from = rv_clock_format(piece->from_ms, question->zone);
    g_autofree char *until = rv_clock_format(piece->until_ms, question->zone);
    g_autofree char *lasts = exact_duration(piece->until_ms - piece->from_ms);
    g_autofree char *kind = rv_text_pad(
        SAY(rv_piece_word(piece->kind), rv_say_piece(question->language, piece->kind)), 12);

    g_print("  %s  %s  %16s  %s", from, until, lasts, g_strchomp(kind));
    if (piece->window != NULL || piece->interval == NULL || piece->interval->state != RV_STATE_UP)
        g_print("%*s", (int)(12 - MIN(rv_text_width(kind), 12)), "");
    print_cause(question, piece);
    g_print("\n");
}

static void
print_sums(const Question *question, const RvAvailability *result)
{
    print_sum(SAY("period", "周期"), result->period_ms);
    for (guint i = 0; i < RV_PIECE_KINDS; i++)
        print_sum(
            SAY(rv_piece_word((RvPieceKind)i), rv_say_piece(question->language, (RvPieceKind)i)),
            result->sum_ms[i]);
    print_sum(SAY("agreed service", "约定服务时间"), result->agreed_ms);
}

static void
print_text(const Question *question, const RvAvailability *result)
{
    g_autofree char *outages = g_strdup_printf("%u", result->outages);

    g_print("%s, %s%s, %s\n\n", question->device, question->period.label,
            question->period.until_ms > question->now_ms ? SAY(" until now", "（截至目前）") : "",
            question->calendar->name);
    for (guint i = 0; i < result->pieces->len; i++)
        print_piece(question, &g_array_index(result->pieces, RvPiece, i));
    g_print("\n");
    print_sums(question, result);
    print_ratio(question, SAY("A", "可用率 A"), result->a);
    print_ratio(question, SAY("A_lo", "下界 A_lo"), result->a_low);
    print_ratio(question, SAY("A_hi", "上界 A_hi"), result->a_high);
    if (!isnan(result->target)) {
        print_ratio(question, SAY("target", "目标"), result->target);
        print_sum(SAY("error budget", "允许中断"), result->budget_ms);
        print_ratio(question, SAY("budget used", "已用"), result->budget_used);
    }
    print_row(SAY("outages", "中断次数"), outages);
    if (result->outages > 0) {
        print_sum("MTTR", result->mttr_ms);
        print_sum("MTBF", result->mtbf_ms);
    }
    print_row(SAY("verdict", "结论"), SAY(rv_promise_word(result->promise),
                                          rv_say_promise(question->language, result->promise)));
}

static json_t *
number_or_null(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *
piece_to_json(const RvPiece *piece)
{
    json_t *json = json_object();

    json_object_set_new(json, "from_ms", json_integer(piece->from_ms));
    json_object_set_new(json, "until_ms", json_integer(piece->until_ms));
    json_object_set_new(json, "kind", json_string(rv_piece_word(piece->kind)));
    json_object_set_new(json, "state",
                        piece->interval != NULL
                            ? json_string(rv_reachability_word(piece->interval->state))
                            : json_null());
    json_object_set_new(json, "detail",
                        piece->interval != NULL && piece->interval->detail != NULL
                            ? json_string(piece->interval->detail)
                            : json_null());
    json_object_set_new(json, "maintenance",
                        piece->window != NULL ? json_integer(piece->window->id) : json_null());
    return json;
}

static json_t *
to_json(const Question *question, const RvAvailability *result)
{
    json_t *json = json_object(), *pieces = json_array();

    json_object_set_new(json, "device", json_string(question->device));
    json_object_set_new(json, "period", json_string(question->period.label));
    json_object_set_new(json, "coverage", json_string(question->calendar->name));
    json_object_set_new(json, "period_ms", json_integer(result->period_ms));
    for (guint i = 0; i < RV_PIECE_KINDS; i++) {
        g_autofree char *key = g_strconcat(rv_piece_word((RvPieceKind)i), "_ms", NULL);

        json_object_set_new(json, key, json_integer(result->sum_ms[i]));
    }
    json_object_set_new(json, "agreed_ms", json_integer(result->agreed_ms));
    json_object_set_new(json, "a", number_or_null(result->a));
    json_object_set_new(json, "a_low", number_or_null(result->a_low));
    json_object_set_new(json, "a_high", number_or_null(result->a_high));
    json_object_set_new(json, "target", number_or_null(result->target));
    json_object_set_new(json, "budget_ms", json_integer(result->budget_ms));
    json_object_set_new(json, "budget_used", number_or_null(result->budget_used));
    json_object_set_new(json, "outages", json_integer(result->outages));
    json_object_set_new(json, "mttr_ms",
                        result->outages > 0 ? json_integer(result->mttr_ms) : json_null());
    json_object_set_new(json, "mtbf_ms",
                        result->outages > 0 ? json_integer(result->mtbf_ms) : json_null());
    json_object_set_new(json, "promise", json_string(rv_promise_word(result->promise)));
    for (guint i = 0; i < result->pieces->len; i++)
        json_array_append_new(pieces, piece_to_json(&g_array_index(result->pieces, RvPiece, i)));
    json_object_set_new(json, "pieces", pieces);
    return json;
}

static void
print_json(const Question *question, const RvAvailability *result)
{
    json_t *json = to_json(question, result);
    char *line = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(12));

    g_print("%s\n", line);
    free(line);
    json_decref(json);
}

/* ---- the answer ---- */

static gboolean
is_known(RvState *state, const char *device, GError **error)
{
    GError *problem = NULL;
    g_autoptr(RvDeviceRow) row = rv_state_device(state, device, &problem);

    if (problem != NULL) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    if (row == NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "%s: %s was never asked; see its name with `rackvitals inventory list`",
                    rv_state_path(state), device);
    return row != NULL;
}

static gboolean
explain(RvState *state, const Question *question, GError **error)
{
    RvAvailabilityTerms terms = {.from_ms = question->period.from_ms,
                                 .until_ms = MIN(question->period.until_ms, question->now_ms),
                                 .target = question->target};
    g_autoptr(GPtrArray) intervals = NULL;
    g_autoptr(GPtrArray) windows = NULL;
    g_autoptr(GArray) coverage = NULL;
    g_autoptr(RvAvailability) result = NULL;

    if (terms.until_ms <= terms.from_ms)
        return usage(error, "that period has not begun yet");
    intervals =
        rv_state_reachability(state, question->device, NULL, terms.from_ms, terms.until_ms, error);
    if (intervals == NULL)
        return FALSE;
    windows = rv_maintenance_windows(state, question->device, RV_MAINTENANCE_NUMBERS, terms.from_ms,
                                     terms.until_ms, error);
    if (windows == NULL)
        return FALSE;
    coverage = rv_calendar_spans(question->calendar, terms.from_ms, terms.until_ms);
    terms.coverage = coverage;
    terms.maintenance = windows;
    terms.exclusions = question->plan->exclusions;
    result = rv_availability(intervals, &terms);
    if (question->json)
        print_json(question, result);
    else
        print_text(question, result);
    return TRUE;
}

static int
run_explain(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {.state.parts = RV_CONFIGURATION_INVENTORY};
    g_auto(Question) question = {0};
    const GOptionEntry entries[] = {
        {"at", 0, 0, G_OPTION_ARG_STRING, &options.at,
         "2026-10, 2026-Q4, 2026 or a day of it (default: the period that runs)", "WHEN"},
        {"period", 0, 0, G_OPTION_ARG_STRING, &options.period,
         "day, round, month (default), quarter or year", "KIND"},
        {"first-round", 0, 0, G_OPTION_ARG_STRING, &options.anchor,
         "first day of some two-week round (default by the service plan)", "DAY"},
        {"target", 0, 0, G_OPTION_ARG_STRING, &options.target,
         "promised availability, as 99.9 (default by its service class)", "PERCENT"},
        {"hours", 0, 0, G_OPTION_ARG_STRING, &options.hours,
         "promised from Monday to Friday, as 09:00-18:00 (default by its class, else 7x24)",
         "HOURS"},
        {"holiday", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.holidays,
         "with --hours: a day without service", "DAY"},
        {"workday", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.workdays,
         "with --hours: a day made up for", "DAY"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "text or json", "FORMAT"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("DEVICE - every interval that made the number");
    g_autoptr(RvState) state = NULL;

    g_option_context_add_main_entries(parser, entries, NULL);
    rv_state_options_add(&options.state, parser);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        usage(error, "sla explain takes the name of one device");
        return EX_USAGE;
    }
    question.device = argv[1];
    if (!read_question(&options, context, &question, error))
        return EX_USAGE;
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_READ, error);
    return state != NULL && is_known(state, question.device, error) &&
                   explain(state, &question, error)
               ? 0
               : EX_USAGE;
}

int
rv_cmd_sla(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"explain", run_explain, "DEVICE", "every interval that made the number"},
        {NULL},
    };

    return rv_subcommand_run("sla", rows, context, argc, argv, error);
}
