#include "cli/data-folder.h"

#include <string.h>

#include "cli/version.h"

char *
rv_cli_data_folder(const char *name)
{
    const char *data = g_getenv("RACKVITALS_DATA");
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);

    if (data != NULL && *data != '\0')
        return g_build_filename(data, name, NULL);
    if (program == NULL || !g_str_has_prefix(program, RV_BUILD_ROOT "/"))
        return g_build_filename(RV_DATADIR, name, NULL);
    /* these lie beside the example files */
    return strcmp(name, "profiles") == 0 || strcmp(name, "ipmi-states.yaml") == 0
               ? g_build_filename(RV_SOURCE_ROOT, "conf", name, NULL)
               : g_build_filename(RV_SOURCE_ROOT, name, NULL);
}
