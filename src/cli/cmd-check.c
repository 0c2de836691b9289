#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/log.h"
#include "base/text.h"
#include "check/check.h"
#include "cli/collector-options.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/target-options.h"
#include "conf/configuration.h"
#include "observation/json.h"
#include "observation/words.h"
#include "poll/place.h"

/* A recorded answer is a file that a person names; this is where a mistake ends. */
#define RECORDED_CEILING (256u << 20)

typedef struct {
    const char *word;
    RvPrint print;
    gboolean whole; /* one output of all devices, at the end */
} Format;

static const Format formats[] = {
    {"text", rv_print_text, FALSE},    {"json", rv_print_json, FALSE},
    {"nagios", rv_print_nagios, TRUE}, {"openmetrics", rv_print_openmetrics, TRUE},
    {"csv", rv_print_csv, FALSE},
};

typedef struct {
    RvTargetOptions *target;
    char *format, *from;
    gboolean explain, all;
} Options;

static void
options_clear(Options *options)
{
    rv_target_options_free(options->target);
    g_free(options->format);
    g_free(options->from);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* What was judged so far, on its way to standard output. */
typedef struct {
    const Format *format;
    RvPrintStyle style;
    GPtrArray *kept; /* RvObservation*: for formats that print all at once */
    RvVerdict worst;
} Output;

static gboolean
usage(GError **error, const char *message)
{
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, message);
    return FALSE;
}

static const Format *
find_format(const char *word, GError **error)
{
    const char *words[G_N_ELEMENTS(formats) + 1] = {NULL};
    const char *nearest;

    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (strcmp(word, formats[i].word) == 0)
            return &formats[i];
        words[i] = formats[i].word;
    }
    nearest = rv_text_nearest(word, words);
    g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                "--format %s: there are text, json, nagios, openmetrics and csv%s%s%s", word,
                nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                nearest != NULL ? "'?" : "");
    return NULL;
}

/* ---- printing ---- */

static void
print(Output *output, const GPtrArray *observations)
{
    g_autoptr(GString) text = g_string_new(NULL);

    output->format->print(observations, &output->style, text);
    output->style.first = FALSE;
    fwrite(text->str, 1, text->len, stdout);
    fflush(stdout);
}

static void
take(RvObservation *observation, gpointer user_data)
{
    Output *output = user_data;

    output->worst = rv_verdict_worst(output->worst, observation->status);
    g_ptr_array_add(output->kept, observation);
    if (output->format->whole)
        return;
    print(output, output->kept);
    g_ptr_array_set_size(output->kept, 0);
}

/* ---- recorded answers ---- */

static gboolean
take_line(const char *file, guint number, const char *line, Output *output, GError **error)
{
    json_error_t problem;
    json_t *json = json_loads(line, 0, &problem);
    RvObservation *observation;

    if (json == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s:%u:%d: %s", file, number, problem.column,
                    problem.text);
        return FALSE;
    }
    observation = rv_observation_from_json(json, error);
    json_decref(json);
    if (observation == NULL) {
        g_prefix_error(error, "%s:%u: ", file, number);
        return FALSE;
    }
    rv_check_judge(observation, NULL, NULL);
    take(observation, output);
    return TRUE;
}

static char *
read_recorded(const char *file, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean standard_input = strcmp(file, "-") == 0;
    FILE *stream = standard_input ? stdin : fopen(file, "re");
    char buffer[65536];
    gsize n;

    if (stream == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: %m", file);
        return NULL;
    }
    while (text->len < RECORDED_CEILING && (n = fread(buffer, 1, sizeof buffer, stream)) > 0)
        g_string_append_len(text, buffer, (gssize)n);
    if (!standard_input)
        fclose(stream);
    if (text->len >= RECORDED_CEILING) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s: more than %u MiB", file,
                    RECORDED_CEILING >> 20);
        return NULL;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* A line is a device, as `check --format json` prints it. */
static gboolean
read_answers(const char *file, Output *output, GError **error)
{
    g_autofree char *text = read_recorded(file, error);
    g_auto(GStrv) lines = NULL;
    guint devices = 0;

    if (text == NULL)
        return FALSE;
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (*g_strstrip(lines[i]) == '\0')
            continue;
        devices++;
        if (!take_line(file, i + 1, lines[i], output, error))
            return FALSE;
    }
    if (devices == 0)
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s: holds no answer", file);
    return devices > 0;
}

/* ---- asking now ---- */

/* Shipped profiles first, then the site's. */
/* History is a help, not a need: an address that was never polled has none. */
static RvState *
open_state(const RvConfiguration *configuration)
{
    g_autoptr(GError) error = NULL;
    RvState *state = rv_place_open(configuration, NULL, RV_STATE_MODE_READ, &error);

    if (state == NULL)
        rv_info("judged without history: %s", error->message);
    return state;
}

static gboolean
any_bmc(const GPtrArray *devices)
{
    gboolean any = FALSE;

    for (guint i = 0; i < devices->len; i++)
        any |= ((const RvDevice *)g_ptr_array_index(devices, i))->ipmi != NULL;
    return any;
}

static gboolean
ask(const Options *options, const RvCliContext *context, char **targets, Output *output,
    GError **error)
{
    g_autoptr(GPtrArray) devices =
        rv_target_options_resolve(options->target, context, targets, error);
    g_autoptr(RvConfiguration) configuration = NULL;
    g_autoptr(RvState) state = NULL;
    g_auto(RvCliCollectorOptions) collector = {0};
    RvCheckOptions check = {.collector = &collector.options};

    if (devices == NULL)
        return FALSE;
    configuration = rv_configuration_load(context->config, RV_CONFIGURATION_SITE, error);
    if (configuration == NULL)
        return FALSE;
    state = open_state(configuration);
    rv_cli_collector_options(configuration, &collector);
    if (!any_bmc(devices))
        collector.options.interpretation = NULL; /* a large table, and of BMCs only */
    if (g_access(configuration->state_folder, W_OK) == 0)
        collector.options.state_folder = configuration->state_folder;
    check.state = state;
    check.budget_ms = rv_target_options_budget_ms(options->target);
    return rv_check_run(devices, &check, take, output, error);
}

/* ---- the command ---- */

static gboolean
parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options->format,
         "text (default), json, nagios, openmetrics or csv", "FORMAT"},
        {"explain", 0, 0, G_OPTION_ARG_NONE, &options->explain,
         "where each value and limit comes from, what was dropped and why", NULL},
        {"verbose", 'v', 0, G_OPTION_ARG_NONE, &options->all, "fold no list", NULL},
        {"from", 0, 0, G_OPTION_ARG_FILENAME, &options->from,
         "judge and print answers recorded with --format json; - is standard input", "FILE"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("TARGET… - ask devices now, judge and print; nothing is stored");

    g_option_context_set_description(
        parser, "A TARGET is a device of the inventory, a glob, or any address.\n"
                "Exit status: 0 ok, 1 warning, 2 critical, 3 unknown; see rackvitals-check(1).");
    options->target = rv_target_options_new();
    g_option_context_add_main_entries(parser, entries, NULL);
    rv_target_options_add(options->target, parser);
    return g_option_context_parse(parser, argc, argv, error);
}

static int
run(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const int statuses[] = {[RV_VERDICT_OK] = 0,
                                   [RV_VERDICT_WARNING] = 1,
                                   [RV_VERDICT_CRITICAL] = 2,
                                   [RV_VERDICT_UNKNOWN] = 3};
    g_auto(Options) options = {0};
    g_autoptr(GPtrArray) kept = g_ptr_array_new_with_free_func((GDestroyNotify)rv_observation_free);
    Output output = {.kept = kept, .style = {.first = TRUE}};

    if (!parse(&options, &argc, &argv, error))
        return EX_USAGE;
    output.format = find_format(options.format != NULL ? options.format : "text", error);
    if (output.format == NULL)
        return EX_USAGE;
    rv_print_style_for(STDOUT_FILENO, &output.style);
    output.style.explain = options.explain;
    output.style.all = options.all || rv_log_level() >= RV_LOG_INFO;
    if ((argc > 1) == (options.from != NULL)) {
        usage(error, "check takes a TARGET or more, or answers by --from FILE");
        return EX_USAGE;
    }
    if (options.from != NULL ? !read_answers(options.from, &output, error)
                             : !ask(&options, context, argv + 1, &output, error))
        return EX_USAGE;
    if (output.format->whole)
        print(&output, kept);
    return statuses[output.worst];
}

/* Looked for before the options are parsed: a wrong option is answered in the caller's convention,
 * too. */
static gboolean
is_plugin(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--format=nagios") == 0 ||
            (strcmp(argv[i], "--format") == 0 && i + 1 < argc &&
             strcmp(argv[i + 1], "nagios") == 0))
            return TRUE;
    return FALSE;
}

int
rv_cmd_check(const RvCliContext *context, int argc, char **argv, GError **error)
{
    gboolean plugin = is_plugin(argc, argv);
    g_autoptr(GError) problem = NULL;
    int status = run(context, argc, argv, &problem);

    if (problem == NULL)
        return status;
    if (plugin) { /* what stops a plugin is UNKNOWN, on standard output, in one line */
        g_autofree char *clean = rv_text_clean(problem->message, -1, 1000);

        g_strdelimit(clean, "|", '/');
        printf("UNKNOWN - %s\n", clean);
        return 3;
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return status;
}
