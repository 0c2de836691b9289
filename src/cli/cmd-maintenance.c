#include <jansson.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text-width.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/state-options.h"
#include "cli/subcommand.h"
#include "db/maintenance.h"

#define DAY_MS ((gint64)86400000)

/* ---- add ---- */

typedef struct {
    RvStateOptions state;
    char *from, *until, *duration, *why, *last;
    int every_days;
    gboolean only_alarms, only_numbers;
} AddOptions;

static void
add_options_clear(AddOptions *options)
{
    rv_state_options_clear(&options->state);
    g_free(options->from);
    g_free(options->until);
    g_free(options->duration);
    g_free(options->why);
    g_free(options->last);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AddOptions, add_options_clear)

static gboolean
parse_add(AddOptions *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"from", 0, 0, G_OPTION_ARG_STRING, &options->from, "when it begins (default now)", "TIME"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &options->until, "when it ends", "TIME"},
        {"for", 0, 0, G_OPTION_ARG_STRING, &options->duration, "or how long it takes, as 2h",
         "DURATION"},
        {"why", 0, 0, G_OPTION_ARG_STRING, &options->why, "what is done; reports say it", "TEXT"},
        {"every", 0, 0, G_OPTION_ARG_INT, &options->every_days,
         "again at the same local time every so many days", "DAYS"},
        {"last", 0, 0, G_OPTION_ARG_STRING, &options->last, "with --every: none begins after this",
         "TIME"},
        {"only-alarms", 0, 0, G_OPTION_ARG_NONE, &options->only_alarms,
         "open no faults, but count the time as usual", NULL},
        {"only-numbers", 0, 0, G_OPTION_ARG_NONE, &options->only_numbers,
         "take the time out of the numbers, but open faults as usual", NULL},
        {NULL},
    };
    g_autoptr(GOptionContext) context =
        g_option_context_new("DEVICE-GLOB - plan a maintenance window, or enter one afterwards");

    g_option_context_add_main_entries(context, entries, NULL);
    rv_state_options_add(&options->state, context);
    return g_option_context_parse(context, argc, argv, error);
}

static gboolean
usage(GError **error, const char *message)
{
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, message);
    return FALSE;
}

static gboolean
read_times(const AddOptions *options, GTimeZone *zone, RvMaintenance *maintenance, GError **error)
{
    gint64 duration_ms;

    if (!rv_cli_parse_time(options->from != NULL ? options->from : "now", zone,
                           &maintenance->from_ms, error))
        return FALSE;
    if ((options->until == NULL) == (options->duration == NULL))
        return usage(error, "give when the maintenance ends: --until TIME or --for DURATION");
    if (options->until != NULL)
        return rv_cli_parse_time(options->until, zone, &maintenance->until_ms, error);
    if (!rv_text_parse_duration_ms(options->duration, &duration_ms))
        return usage(error, "--for takes a duration, as 90m, 2h or 1d");
    maintenance->until_ms = maintenance->from_ms + duration_ms;
    return TRUE;
}

static gboolean
read_recurrence(const AddOptions *options, GTimeZone *zone, RvMaintenance *maintenance,
                GError **error)
{
    if (options->every_days < 0 || options->every_days > 366)
        return usage(error, "--every takes a number of days, 1 to 366");
    if (options->last != NULL && options->every_days == 0)
        return usage(error, "--last needs --every");
    if (options->only_alarms && options->only_numbers)
        return usage(error, "--only-alarms and --only-numbers exclude each other");
    maintenance->every_days = (guint)options->every_days;
    if (options->last == NULL)
        return TRUE;
    if (!rv_cli_parse_time(options->last, zone, &maintenance->last_ms, error))
        return FALSE;
    maintenance->last_ms++; /* one that begins at that moment is still meant */
    return TRUE;
}

/* It may be for a device that is to come, or is gone. */
static void
warn_of_nobody(const RvInventory *inventory, const char *glob)
{
    for (guint i = 0; i < inventory->devices->len; i++) {
        const RvDevice *device = g_ptr_array_index(inventory->devices, i);

        if (rv_text_glob(glob, device->name))
            return;
    }
    if (inventory->devices->len > 0)
        rv_warning("no device of the inventory matches '%s' now; `rackvitals inventory list` shows "
                   "their names",
                   glob);
}

static int
run_add(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(AddOptions) options = {.state.parts = RV_CONFIGURATION_INVENTORY};
    g_autoptr(GTimeZone) zone = NULL;
    g_autoptr(RvState) state = NULL;
    RvMaintenance maintenance = {.made_ms = rv_clock_now_ms()};

    if (!parse_add(&options, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        usage(error, "maintenance add takes one glob of device names, as 'db-*'");
        return EX_USAGE;
    }
    if (options.why == NULL || options.why[0] == '\0') {
        usage(error, "a maintenance needs --why, what is done; reports say it");
        return EX_USAGE;
    }
    zone = rv_state_options_zone(&options.state, context, error);
    if (zone == NULL || !read_times(&options, zone, &maintenance, error) ||
        !read_recurrence(&options, zone, &maintenance, error))
        return EX_USAGE;
    warn_of_nobody(options.state.site->inventory, argv[1]);
    maintenance.devices = argv[1];
    maintenance.zone = (char *)g_time_zone_get_identifier(zone);
    maintenance.numbers = !options.only_alarms;
    maintenance.alarms = !options.only_numbers;
    maintenance.who = (char *)rv_state_options_who(&options.state);
    maintenance.why = options.why;
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_WRITE, error);
    if (state == NULL || !rv_maintenance_add(state, &maintenance, error))
        return EX_USAGE;
    g_print("maintenance %" G_GINT64_FORMAT "%s\n", maintenance.id,
            maintenance.made_ms > maintenance.from_ms ? ", entered afterwards" : "");
    return 0;
}

/* ---- list ---- */

static json_t *
to_json(const RvMaintenance *one)
{
    json_t *json = json_object();

    json_object_set_new(json, "id", json_integer(one->id));
    json_object_set_new(json, "devices", json_string(one->devices));
    json_object_set_new(json, "from_ms", json_integer(one->from_ms));
    json_object_set_new(json, "until_ms", json_integer(one->until_ms));
    json_object_set_new(json, "every_days", json_integer(one->every_days));
    json_object_set_new(json, "last_ms",
                        one->last_ms != 0 ? json_integer(one->last_ms) : json_null());
    json_object_set_new(json, "zone", json_string(one->zone));
    json_object_set_new(json, "numbers", json_boolean(one->numbers));
    json_object_set_new(json, "alarms", json_boolean(one->alarms));
    json_object_set_new(json, "who", json_string(one->who));
    json_object_set_new(json, "why", json_string(one->why));
    json_object_set_new(json, "made_ms", json_integer(one->made_ms));
    json_object_set_new(json, "ended_ms",
                        one->ended_ms != 0 ? json_integer(one->ended_ms) : json_null());
    json_object_set_new(json, "ended_by",
                        one->ended_by != NULL ? json_string(one->ended_by) : json_null());
    return json;
}

/* How people are told of one. */
typedef struct {
    RvLanguage language;
    GTimeZone *zone;
} Style;

#define SAY(in_english, in_chinese) RV_SAY(style->language, in_english, in_chinese)

static void
print_text(const Style *style, const RvMaintenance *one)
{
    g_autofree char *from = rv_clock_format(one->from_ms, style->zone);
    g_autofree char *until = rv_clock_format(one->until_ms, style->zone);
    g_autofree char *devices = rv_text_pad(one->devices, 20);

    g_print(SAY("%4" G_GINT64_FORMAT "  %s  %s  %s %s (%s)",
                "%4" G_GINT64_FORMAT "  %s  %s  %s %s（%s）"),
            one->id, from, until, devices, one->why, one->who);
    if (one->every_days > 0)
        g_print(SAY(", every %u days", "，每 %u 天"), one->every_days);
    if (one->last_ms != 0) {
        g_autofree char *last = rv_clock_format(one->last_ms - 1, style->zone);

        g_print(SAY(" until %s", "，至 %s 止"), last);
    }
    if (!one->numbers)
        g_print("%s", SAY(", only alarms", "，仅不告警"));
    if (!one->alarms)
        g_print("%s", SAY(", only numbers", "，仅不计入可用率"));
    if (one->made_ms > one->from_ms)
        g_print("%s", SAY(", entered afterwards", "，事后补录"));
    if (one->ended_ms != 0) {
        g_autofree char *ended = rv_clock_format(one->ended_ms, style->zone);

        g_print(SAY(", ended %s by %s", "，%s 由 %s 结束"), ended, one->ended_by);
    }
    g_print("\n");
}

static gboolean
print_list(const GPtrArray *all, const char *format, const Style *style, GError **error)
{
    if (format != NULL && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return usage(error, "--format: there are text and json");
    for (guint i = 0; i < all->len; i++) {
        const RvMaintenance *one = g_ptr_array_index(all, i);
        json_t *json;
        g_autofree char *line = NULL;

        if (format == NULL || strcmp(format, "text") == 0) {
            print_text(style, one);
            continue;
        }
        json = to_json(one);
        line = json_dumps(json, JSON_COMPACT);
        json_decref(json);
        g_print("%s\n", line);
    }
    return TRUE;
}

static int
run_list(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvStateOptions) options = {0};
    g_autofree char *format = NULL;
    gboolean all = FALSE;
    const GOptionEntry entries[] = {
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, "those that are over, too", NULL},
        {"format", 0, 0, G_OPTION_ARG_STRING, &format, "text or json (a line each)", "FORMAT"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("- maintenance that runs or is to come");
    g_autoptr(GTimeZone) zone = NULL;
    g_autoptr(RvState) state = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    Style style;

    g_option_context_add_main_entries(parser, entries, NULL);
    rv_state_options_add(&options, parser);
    if (!g_option_context_parse(parser, &argc, &argv, error) ||
        !rv_cli_takes_no_more(argc, argv, error))
        return EX_USAGE;
    zone = rv_state_options_zone(&options, context, error);
    if (zone == NULL)
        return EX_USAGE;
    state = rv_state_options_open(&options, context, RV_STATE_MODE_READ, error);
    if (state == NULL)
        return EX_USAGE;
    style = (Style){rv_state_options_language(&options, context), zone};
    rows = rv_maintenance_list(state, all ? 0 : rv_clock_now_ms(),
                               rv_clock_now_ms() + 3660 * DAY_MS, error);
    return rows != NULL && print_list(rows, format, &style, error) ? 0 : EX_USAGE;
}

/* ---- end ---- */

static int
run_end(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvStateOptions) options = {0};
    g_autoptr(GOptionContext) parser =
        g_option_context_new("ID - end a maintenance now, or call it off");
    g_autoptr(RvState) state = NULL;
    gint64 id;

    rv_state_options_add(&options, parser);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        usage(error, "maintenance end takes the number of one; maintenance list shows them");
        return EX_USAGE;
    }
    if (!rv_cli_parse_id(argv[1], &id, error))
        return EX_USAGE;
    state = rv_state_options_open(&options, context, RV_STATE_MODE_WRITE, error);
    if (state == NULL)
        return EX_USAGE;
    return rv_maintenance_end(state, id, rv_clock_now_ms(), rv_state_options_who(&options), error)
               ? 0
               : EX_USAGE;
}

int
rv_cmd_maintenance(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"add", run_add, "DEVICE-GLOB", "plan a window, or enter one afterwards"},
        {"list", run_list, "", "windows that run or are to come"},
        {"end", run_end, "ID", "end one now, or call it off"},
        {NULL},
    };

    return rv_subcommand_run("maintenance", rows, context, argc, argv, error);
}
