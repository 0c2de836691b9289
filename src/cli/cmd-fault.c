#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fault-import.h"
#include "cli/fault-print.h"
#include "cli/report-run.h"
#include "cli/state-options.h"
#include "cli/subcommand.h"

/* All options of all subcommands; each parses the ones that are its own. */
typedef struct {
    RvStateOptions state;
    char *format, *device, *title, *kind, *level, *at, *root_cause, *method, *loss;
    char *output, *language;
    gboolean all, handed_over;
} Options;

static void
options_clear(Options *options)
{
    rv_state_options_clear(&options->state);
    g_free(options->format);
    g_free(options->device);
    g_free(options->title);
    g_free(options->kind);
    g_free(options->level);
    g_free(options->at);
    g_free(options->root_cause);
    g_free(options->method);
    g_free(options->loss);
    g_free(options->output);
    g_free(options->language);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse(Options *options, const char *summary, const GOptionEntry *entries, int *argc, char ***argv,
      GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(summary);

    if (entries != NULL)
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

/* ---- printing ---- */

/* Prints `one`, or `faults` where it is NULL. `formats`: those of the command, for a message. */
static gboolean
print(Options *options, const RvCliContext *context, const RvFault *one, const GPtrArray *faults,
      const char *formats, GError **error)
{
    g_autoptr(GTimeZone) zone = rv_state_options_zone(&options->state, context, error);
    const RvConfiguration *site = options->state.site;
    g_autoptr(GString) out = g_string_new(NULL);
    RvFaultStyle style = {.zone = zone, .now_ms = rv_clock_now_ms()};
    RvFaultFormat format;

    if (zone == NULL)
        return FALSE;
    style.language = rv_state_options_language(&options->state, context);
    style.policy = site->plan->faults;
    style.calendar = site->plan->fault_calendar;
    if (!rv_fault_format_parse(options->format, one == NULL, &format)) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "--format %s: there are %s", options->format,
                    formats);
        return FALSE;
    }
    if (one != NULL)
        rv_fault_print_one(&style, format, one, out);
    else
        rv_fault_print_list(&style, format, faults, out);
    fwrite(out->str, 1, out->len, stdout);
    return TRUE;
}

/* "No faults" is a good answer only where the name is right. */
static gboolean
is_known(RvState *state, const char *device, GError **error)
{
    g_autoptr(GPtrArray) faults = rv_ledger_list(state, device, 0, G_MAXINT64, error);
    g_autoptr(RvDeviceRow) row = NULL;
    GError *problem = NULL;

    if (faults == NULL || faults->len > 0)
        return faults != NULL;
    row = rv_state_device(state, device, &problem);
    if (problem != NULL)
        g_propagate_error(error, problem);
    else if (row == NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "--device: '%s' was never asked and has no faults; `rackvitals inventory list` "
                    "shows the names",
                    device);
    return row != NULL;
}

static int
run_list(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"all", 0, 0, G_OPTION_ARG_NONE, &options.all, "those that are resolved, too", NULL},
        {"device", 0, 0, G_OPTION_ARG_STRING, &options.device, "of one device", "NAME"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "text, json or csv", "FORMAT"},
        {NULL},
    };
    g_autoptr(RvState) state = NULL;
    g_autoptr(GPtrArray) faults = NULL;

    if (!parse(&options, "- faults that are not resolved", entries, &argc, &argv, error))
        return EX_USAGE;
    if (argc > 1) {
        usage(error, "fault list takes no device by itself; give it as --device NAME");
        return EX_USAGE;
    }
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_READ, error);
    if (state == NULL)
        return EX_USAGE;
    faults = rv_ledger_list(state, options.device, options.all ? 0 : G_MAXINT64, G_MAXINT64, error);
    if (faults == NULL ||
        (faults->len == 0 && options.device != NULL && !is_known(state, options.device, error)))
        return EX_USAGE;
    return print(&options, context, NULL, faults, "text, json and csv", error) ? 0 : EX_USAGE;
}

static RvFault *
get_fault(RvState *state, gint64 id, GError **error)
{
    GError *problem = NULL;
    RvFault *fault = rv_ledger_get(state, id, &problem);

    if (problem != NULL)
        g_propagate_error(error, problem);
    else if (fault == NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "no fault %" G_GINT64_FORMAT "; `rackvitals fault list --all` shows them", id);
    return fault;
}

static int
run_show(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "text or json", "FORMAT"},
        {NULL},
    };
    g_autoptr(RvState) state = NULL;
    g_autoptr(RvFault) fault = NULL;
    gint64 id;

    if (!parse(&options, "ID - one fault with its clocks and its trail", entries, &argc, &argv,
               error))
        return EX_USAGE;
    if (argc != 2) {
        usage(error, "fault show takes the number of a fault");
        return EX_USAGE;
    }
    if (!rv_cli_parse_id(argv[1], &id, error))
        return EX_USAGE;
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_READ, error);
    fault = state != NULL ? get_fault(state, id, error) : NULL;
    return fault != NULL && print(&options, context, fault, NULL, "text and json", error)
               ? 0
               : EX_USAGE;
}

/* ---- steps ---- */

static gboolean
read_new_fault(Options *options, const RvCliContext *context, RvFault *fault, GError **error)
{
    g_autoptr(GTimeZone) zone = rv_state_options_zone(&options->state, context, error);

    if (zone == NULL)
        return FALSE;
    if (options->title == NULL || options->title[0] == '\0')
        return usage(error, "a fault needs --title, what is wrong in one sentence");
    if (options->kind != NULL && !rv_fault_kind_parse(options->kind, &fault->kind))
        return usage(error, "--kind: there are defect, question and alarm");
    fault->level =
        (char *)rv_fault_level_parse(options->level, options->state.site->plan->faults, error);
    if (fault->level == NULL || !rv_cli_parse_time(options->at != NULL ? options->at : "now", zone,
                                                   &fault->opened_ms, error))
        return FALSE;
    if (fault->opened_ms > rv_clock_now_ms())
        return usage(error, "--at: a fault cannot begin in the future");
    return fault->device == NULL ||
           rv_cli_check_device(options->state.site->inventory, fault->device, error);
}

static int
run_open(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {.state.parts = RV_CONFIGURATION_INVENTORY};
    const GOptionEntry entries[] = {
        {"title", 0, 0, G_OPTION_ARG_STRING, &options.title, "what is wrong, or asked", "TEXT"},
        {"kind", 0, 0, G_OPTION_ARG_STRING, &options.kind, "defect (default), question or alarm",
         "KIND"},
        {"level", 0, 0, G_OPTION_ARG_STRING, &options.level,
         "by the service plan (default the mildest)", "LEVEL"},
        {"at", 0, 0, G_OPTION_ARG_STRING, &options.at, "when it began (default now)", "TIME"},
        {NULL},
    };
    g_autoptr(RvState) state = NULL;
    RvFault fault = {.kind = RV_FAULT_DEFECT};

    if (!parse(&options, "[DEVICE] - open a fault by hand", entries, &argc, &argv, error))
        return EX_USAGE;
    if (argc > 2) {
        usage(error, "fault open takes one device at most; quote the text of --title");
        return EX_USAGE;
    }
    fault.device = argc > 1 ? argv[1] : NULL;
    if (!read_new_fault(&options, context, &fault, error))
        return EX_USAGE;
    fault.title = options.title;
    fault.opened_by = (char *)rv_state_options_who(&options.state);
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_WRITE, error);
    if (state == NULL || !rv_ledger_open(state, &fault, error))
        return EX_USAGE;
    g_print("fault %" G_GINT64_FORMAT "\n", fault.id);
    return 0;
}

typedef gboolean (*TextStep)(RvState *state, gint64 id, gint64 now_ms, const char *who,
                             const char *text, GError **error);

/* ID and words that are joined to one text. */
static int
run_text_step(const RvCliContext *context, int argc, char **argv, const char *summary,
              gboolean needs_text, TextStep step, GError **error)
{
    g_auto(Options) options = {0};
    g_autofree char *text = NULL;
    g_autoptr(RvState) state = NULL;
    gint64 id;

    if (!parse(&options, summary, NULL, &argc, &argv, error))
        return EX_USAGE;
    if (argc < (needs_text ? 3 : 2)) {
        usage(error,
              needs_text ? "give the number of a fault and a text" : "give the number of a fault");
        return EX_USAGE;
    }
    if (!rv_cli_parse_id(argv[1], &id, error))
        return EX_USAGE;
    text = g_strjoinv(" ", argv + 2);
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_WRITE, error);
    return state != NULL && step(state, id, rv_clock_now_ms(), rv_state_options_who(&options.state),
                                 text, error)
               ? 0
               : EX_USAGE;
}

static int
run_ack(const RvCliContext *context, int argc, char **argv, GError **error)
{
    return run_text_step(context, argc, argv, "ID [TEXT] - say that you take care of it", FALSE,
                         rv_ledger_acknowledge, error);
}

static int
run_note(const RvCliContext *context, int argc, char **argv, GError **error)
{
    return run_text_step(context, argc, argv, "ID TEXT - add to the trail", TRUE, rv_ledger_note,
                         error);
}

static int
run_plan(const RvCliContext *context, int argc, char **argv, GError **error)
{
    return run_text_step(context, argc, argv, "ID TEXT - enter the emergency plan", TRUE,
                         rv_ledger_plan, error);
}

static int
run_resolve(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"cause", 0, 0, G_OPTION_ARG_STRING, &options.root_cause, "why it came", "TEXT"},
        {"method", 0, 0, G_OPTION_ARG_STRING, &options.method, "what helped", "TEXT"},
        {"loss", 0, 0, G_OPTION_ARG_STRING, &options.loss, "what was lost (default none)", "TEXT"},
        {NULL},
    };
    RvResolution resolution;
    g_autoptr(RvState) state = NULL;
    gint64 id;

    if (!parse(&options, "ID - end a fault", entries, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        usage(error, "fault resolve takes the number of a fault");
        return EX_USAGE;
    }
    if (!rv_cli_parse_id(argv[1], &id, error))
        return EX_USAGE;
    resolution = (RvResolution){options.root_cause, options.method,
                                options.loss != NULL ? options.loss : "none"};
    state = rv_state_options_open(&options.state, context, RV_STATE_MODE_WRITE, error);
    return state != NULL &&
                   rv_ledger_resolve(state, id, rv_clock_now_ms(),
                                     rv_state_options_who(&options.state), &resolution, error)
               ? 0
               : EX_USAGE;
}

/* Forms to sign; the others are for terminals and programs. */
static gboolean
is_paper(const char *format)
{
    return g_strcmp0(format, "pdf") == 0 || g_strcmp0(format, "html") == 0;
}

static int
write_paper(const RvCliContext *context, const Options *options, gint64 id, GError **error)
{
    const RvReportOptions paper = {.state = options->state,
                                   .format = options->format,
                                   .output = options->output,
                                   .language = options->language};
    const RvReportOrder order = {.kind = RV_REPORT_FAULT, .period = RV_PERIOD_MONTH, .fault = id};

    return rv_report_run(context, &paper, &order, error);
}

static int
run_report(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "text, json, pdf or html", "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         "of pdf and html: a file, or - (default: archived in the state folder)", "FILE"},
        {"lang", 0, 0, G_OPTION_ARG_STRING, &options.language, "of pdf and html: zh_CN or en",
         "LANGUAGE"},
        {"handed-over", 0, 0, G_OPTION_ARG_NONE, &options.handed_over,
         "note that the customer has it: stops its clock", NULL},
        {NULL},
    };
    g_autoptr(RvState) state = NULL;
    g_autoptr(RvFault) fault = NULL;
    gint64 id;

    if (!parse(&options, "ID - the report of one fault", entries, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        usage(error, "fault report takes the number of a fault");
        return EX_USAGE;
    }
    if (!rv_cli_parse_id(argv[1], &id, error))
        return EX_USAGE;
    state = rv_state_options_open(&options.state, context,
                                  options.handed_over ? RV_STATE_MODE_WRITE : RV_STATE_MODE_READ,
                                  error);
    if (state == NULL ||
        (options.handed_over && !rv_ledger_reported(state, id, rv_clock_now_ms(),
                                                    rv_state_options_who(&options.state), error)))
        return EX_USAGE;
    if (is_paper(options.format)) {
        g_clear_pointer(&state, rv_state_close);
        return write_paper(context, &options, id, error);
    }
    fault = get_fault(state, id, error);
    return fault != NULL && print(&options, context, fault, NULL, "text, json, pdf and html", error)
               ? 0
               : EX_USAGE;
}

static int
run_import(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {.state.parts = RV_CONFIGURATION_INVENTORY};
    g_autoptr(GTimeZone) zone = NULL;
    g_autoptr(RvState) state = NULL;
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = NULL;
    RvFaultImportTerms terms;
    gsize length = 0;
    guint steps = 0;

    if (!parse(&options, "FILE - take over what a ticket system did", NULL, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        usage(error, "fault import takes a CSV file");
        return EX_USAGE;
    }
    if (!g_file_get_contents(argv[1], &text, &length, &problem)) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_NO_INPUT, problem->message);
        return EX_NOINPUT;
    }
    zone = rv_state_options_zone(&options.state, context, error);
    state = zone != NULL
                ? rv_state_options_open(&options.state, context, RV_STATE_MODE_WRITE, error)
                : NULL;
    if (state == NULL)
        return EX_USAGE;
    terms = (RvFaultImportTerms){.file = argv[1],
                                 .who = rv_state_options_who(&options.state),
                                 .zone = zone,
                                 .inventory = options.state.site->inventory,
                                 .policy = options.state.site->plan->faults,
                                 .now_ms = rv_clock_now_ms()};
    if (!rv_fault_import(state, &terms, text, length, &steps, error))
        return EX_USAGE;
    g_print("%u steps taken over\n", steps);
    return 0;
}

int
rv_cmd_fault(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"list", run_list, "", "faults that are not resolved"},
        {"show", run_show, "ID", "one fault with its clocks and its trail"},
        {"open", run_open, "[DEVICE]", "open a defect or a question by hand"},
        {"ack", run_ack, "ID [TEXT]", "say that you take care of it"},
        {"note", run_note, "ID TEXT", "add to the trail"},
        {"plan", run_plan, "ID TEXT", "enter the emergency plan"},
        {"resolve", run_resolve, "ID", "end it with cause, method and loss"},
        {"report", run_report, "ID", "the report of one fault"},
        {"import", run_import, "FILE", "take over what a ticket system did"},
        {NULL},
    };

    return rv_subcommand_run("fault", rows, context, argc, argv, error);
}
