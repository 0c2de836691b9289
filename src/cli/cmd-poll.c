#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/collector-options.h"
#include "cli/commands.h"
#include "cli/data-folder.h"
#include "cli/progress.h"
#include "cli/publish.h"
#include "cli/version.h"
#include "conf/configuration.h"
#include "poll/collecting.h"
#include "poll/round.h"

#define WORKERS_CEILING 64
#define DEADLINE_FLOOR_MS 1000

typedef struct {
    char **devices;
    gboolean all_due, force;
    char *deadline, *state;
    int workers;
} Options;

static void
options_clear(Options *options)
{
    g_strfreev(options->devices);
    g_free(options->deadline);
    g_free(options->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
usage(GError **error, const char *text)
{
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, text);
    return FALSE;
}

static gboolean
check_options(const Options *options, gint64 *deadline_ms, GError **error)
{
    *deadline_ms = 0;
    if (options->all_due && options->force)
        return usage(error, "--all-due and --force: give one of them");
    if (options->workers < 0 || options->workers > WORKERS_CEILING)
        return usage(error, "--workers: a number from 1 to 64");
    if (options->deadline != NULL && (!rv_text_parse_duration_ms(options->deadline, deadline_ms) ||
                                      *deadline_ms < DEADLINE_FLOOR_MS))
        return usage(error, "--deadline: a duration of at least 1s, as 50s or 2m");
    return TRUE;
}

static void
show(const RvRoundProgress *progress, gpointer user_data)
{
    rv_progress_show(user_data, progress->done, progress->due, progress->silent);
}

/* Runs the round; TRUE where there was one. */
static gboolean
run(const Options *options, const RvConfiguration *configuration, gint64 deadline_ms,
    RvRoundResult *result, GError **error)
{
    g_auto(RvCliCollectorOptions) collector = {0};
    g_autofree char *shipped = rv_cli_data_folder("rrd-templates");
    const RvAsker asker = rv_collecting(&collector.options);
    g_autoptr(RvProgress) bar = rv_progress_new(rv_log_level() == RV_LOG_CRITICAL);
    const RvRoundOptions round = {
        .configuration = configuration,
        .template_folder =
            configuration->rrd_templates != NULL ? configuration->rrd_templates : shipped,
        .devices = (const char *const *)options->devices,
        .mode = options->force     ? RV_DUE_FORCE
                : options->all_due ? RV_DUE_ALL
                                   : RV_DUE_IN_TURN,
        .deadline_ms = deadline_ms,
        .workers = (guint)options->workers,
        .version = RV_VERSION,
        .asker = &asker,
        .packet_counters = &collector.options.packet_counters,
        .progress = show,
        .user_data = bar,
    };

    rv_cli_collector_options(configuration, &collector);
    collector.options.state_folder = configuration->state_folder;
    return rv_round_run(&round, result, error);
}

/* A page that cannot be written is worth a look; the round is stored all the same. */
static gboolean
publish(const RvCliContext *context, const RvConfiguration *configuration)
{
    g_autoptr(GError) error = NULL;
    const RvPublish publish = {
        .configuration = configuration,
        .language = context->language,
        .graphs = TRUE,
        .now_ms = rv_clock_now_ms(),
    };

    if (rv_publish_after_round(&publish, &error))
        return TRUE;
    rv_warning("%s", error->message);
    return FALSE;
}

static int
finish(const RvRoundResult *result, gboolean published)
{
    g_autofree char *summary = rv_round_summary(result);
    gboolean well = published && result->failed == 0 && result->not_asked == 0 &&
                    result->waiting == 0 && result->series_waiting == 0 && result->lost == 0 &&
                    result->problems == 0;

    if (rv_log_level() != RV_LOG_CRITICAL)
        printf("%s\n", summary);
    fflush(stdout);
    if (result->hangs)
        _exit(well ? EX_OK : 1);
    return well ? EX_OK : 1;
}

/* A round takes and gives back some hundred kilobytes for each device: given back to the system
 * each time, they would cost as much as asking. */
static void
keep_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 16 * 1024 * 1024);
    (void)mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
    (void)mallopt(M_TOP_PAD, 1024 * 1024);
}

int
rv_cmd_poll(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"device", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &options.devices,
         "only devices and groups that match; may be given several times", "GLOB"},
        {"all-due", 0, 0, G_OPTION_ARG_NONE, &options.all_due,
         "also what is due but would wait for its turn", NULL},
        {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "everything, due or not", NULL},
        {"deadline", 0, 0, G_OPTION_ARG_STRING, &options.deadline,
         "when the round ends, whatever came (default from the site file, 50s)", "TIME"},
        {"workers", 0, 0, G_OPTION_ARG_INT, &options.workers,
         "processes that ask (default by cores and devices)", "N"},
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &options.state,
         "state folder (default from the site file)", "FOLDER"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("- one round of what is due, stored and judged");
    g_autoptr(RvConfiguration) configuration = NULL;
    g_auto(RvRoundResult) result = {0};
    gint64 deadline_ms;

    g_option_context_add_main_entries(parser, entries, NULL);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc > 1) {
        usage(error, "poll takes no arguments; choose devices by --device GLOB");
        return EX_USAGE;
    }
    if (!check_options(&options, &deadline_ms, error))
        return EX_USAGE;
    configuration = rv_configuration_load(context->config, RV_CONFIGURATION_ALL, error);
    if (configuration == NULL)
        return EX_CONFIG;
    if (configuration->inventory->devices->len == 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_CONFIG,
                    "the inventory has no devices, so there is nothing to poll; "
                    "rackvitals-inventory(5) shows how to declare them");
        return EX_CONFIG;
    }
    if (options.state != NULL) {
        g_free(configuration->state_folder);
        configuration->state_folder = g_canonicalize_filename(options.state, NULL);
    }
    keep_memory();
    if (!run(&options, configuration, deadline_ms, &result, error))
        return EX_SOFTWARE;
    return finish(&result, publish(context, configuration));
}
