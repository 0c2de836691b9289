#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/publish.h"
#include "cli/state-options.h"

int
rv_cmd_openmetrics(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvStateOptions) state = {.parts = RV_CONFIGURATION_INVENTORY};
    g_autofree char *output = NULL;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output,
         "a file, replaced at once or not at all; - is standard output (default: "
         "openmetrics of the site file, else -)",
         "FILE"},
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &state.folder,
         "state folder (default: that of the site file)", "FOLDER"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("- the last answers of all devices, for Prometheus");
    const RvConfiguration *site;
    RvPublish publish = {0};

    g_option_context_add_main_entries(parser, entries, NULL);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc > 1) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "openmetrics takes no arguments; the file is named by --output");
        return EX_USAGE;
    }
    site = rv_state_options_site(&state, context, error);
    if (site == NULL)
        return EX_USAGE;
    publish.configuration = site;
    publish.state_folder = state.folder;
    publish.now_ms = rv_clock_now_ms();
    return rv_publish_openmetrics(&publish, output, error) ? 0 : EX_USAGE;
}
