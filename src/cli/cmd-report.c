#include <string.h>
#include <sysexits.h>

#include "cli/commands.h"
#include "cli/report-run.h"

typedef struct {
    RvReportOptions report;
    char *period, *at, *device;
} Options;

static void
options_clear(Options *options)
{
    rv_report_options_clear(&options->report);
    g_free(options->period);
    g_free(options->at);
    g_free(options->device);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

int
rv_cmd_report(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"period", 0, 0, G_OPTION_ARG_STRING, &options.period,
         "round, month (default), quarter or year", "KIND"},
        {"at", 0, 0, G_OPTION_ARG_STRING, &options.at,
         "2026-10, 2026-Q4, 2026 or a day of it (default: the period that ended last)", "WHEN"},
        {"device", 'd', 0, G_OPTION_ARG_STRING, &options.device, "a report on one device alone",
         "NAME"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("- the health-check report of a calendar period");
    RvReportOrder order = {.kind = RV_REPORT_PERIOD, .period = RV_PERIOD_MONTH};

    g_option_context_add_main_entries(parser, entries, NULL);
    rv_report_options_add(&options.report, parser);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 1) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "report takes no arguments; see rackvitals report --help");
        return EX_USAGE;
    }
    if (options.period != NULL &&
        (!rv_period_kind_parse(options.period, &order.period) || order.period == RV_PERIOD_DAY)) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "--period %s: there are round, month, quarter and year", options.period);
        return EX_USAGE;
    }
    order.at = options.at;
    order.device = options.device;
    if (options.device != NULL)
        order.kind = RV_REPORT_DEVICE;
    return rv_report_run(context, &options.report, &order, error);
}
