#include <stdio.h>
#include <sysexits.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/publish.h"
#include "cli/state-options.h"

typedef struct {
    RvStateOptions state;
    char *output;
    gboolean no_graphs;
} Options;

static void
options_clear(Options *options)
{
    rv_state_options_clear(&options->state);
    g_free(options->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse(Options *options, int *argc, char ***argv, GError **error)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options->output,
         "folder of the pages (default: html.folder of the site file)", "FOLDER"},
        {"no-graphs", 0, 0, G_OPTION_ARG_NONE, &options->no_graphs,
         "only the small curves of a day", NULL},
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &options->state.folder,
         "state folder (default: that of the site file)", "FOLDER"},
        {"zone", 0, 0, G_OPTION_ARG_STRING, &options->state.zone,
         "time zone of what is printed (default local)", "ZONE"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser =
        g_option_context_new("- static pages of the estate as it is now");

    g_option_context_add_main_entries(parser, entries, NULL);
    if (!g_option_context_parse(parser, argc, argv, error))
        return FALSE;
    if (*argc > 1)
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "html takes no arguments; the folder is named by --output");
    return *argc == 1;
}

int
rv_cmd_html(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {.state.parts = RV_CONFIGURATION_INVENTORY};
    const RvConfiguration *site;
    g_autoptr(GTimeZone) zone = NULL;
    RvPublish publish = {0};
    guint pages = 0;

    if (!parse(&options, &argc, &argv, error))
        return EX_USAGE;
    zone = rv_state_options_zone(&options.state, context, error);
    site = zone != NULL ? rv_state_options_site(&options.state, context, error) : NULL;
    if (site == NULL)
        return EX_USAGE;
    if (options.state.zone != NULL)
        g_setenv("TZ", options.state.zone, TRUE); /* librrd knows no other way */
    publish.configuration = site;
    publish.state_folder = options.state.folder;
    publish.language = context->language;
    publish.zone = zone;
    publish.graphs = !options.no_graphs;
    publish.now_ms = rv_clock_now_ms();
    if (!rv_publish_html(&publish, options.output, &pages, error))
        return EX_USAGE;
    printf("%u pages\n", pages);
    return 0;
}
