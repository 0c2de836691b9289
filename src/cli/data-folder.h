/* Where the files that come with the program lie: in the source tree while it runs from its build
 * folder, else where they were installed. */
#pragma once

#include <glib.h>

/* "profiles", "rrd-templates", "mibs", "ipmi-states.yaml", …: RACKVITALS_DATA/NAME where that is
 * set; caller frees. */
char *rv_cli_data_folder(const char *name);
