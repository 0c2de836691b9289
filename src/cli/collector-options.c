#include "cli/collector-options.h"

#include "cli/data-folder.h"

static char **
profile_folders(const RvConfiguration *configuration)
{
    GPtrArray *folders = g_ptr_array_new();
    char **own = configuration != NULL ? configuration->profile_folders : NULL;

    g_ptr_array_add(folders, rv_cli_data_folder("profiles"));
    for (char **folder = own; folder != NULL && *folder != NULL; folder++)
        g_ptr_array_add(folders, g_strdup(*folder));
    g_ptr_array_add(folders, NULL);
    return (char **)g_ptr_array_free(folders, FALSE);
}

void
rv_cli_collector_options(const RvConfiguration *configuration, RvCliCollectorOptions *collector)
{
    const char *states = configuration != NULL ? configuration->ipmi_states : NULL;

    collector->profile_folders = profile_folders(configuration);
    collector->interpretation =
        states != NULL ? g_strdup(states) : rv_cli_data_folder("ipmi-states.yaml");
    collector->options = (RvCollectorOptions){
        .profile_folders = (const char *const *)collector->profile_folders,
        .interpretation = collector->interpretation,
        .ipmi_threads = configuration != NULL ? configuration->ipmi_threads : 0,
        .packets_per_second = configuration != NULL ? configuration->packets_per_second : 0,
    };
}

void
rv_cli_collector_options_clear(RvCliCollectorOptions *collector)
{
    g_strfreev(collector->profile_folders);
    g_free(collector->interpretation);
}
