/* Publishing: what is known of the estate, written where others fetch it: HTML pages, a textfile
 * for node_exporter. By command, or after each round where the site file says so. */
#pragma once

#include "cli/command.h"
#include "conf/configuration.h"

typedef struct {
    const RvConfiguration *configuration; /* with its inventory */
    const char *state_folder;             /* NULL: the configuration's */
    const char *language;                 /* NULL: the configuration's */
    GTimeZone *zone;                      /* NULL: local */
    gboolean graphs;                      /* of the pages: a week, too */
    gint64 now_ms;
} RvPublish;

/* `folder` NULL: the configuration's (RV_ERROR_USAGE where that has none). *pages may be NULL. */
gboolean rv_publish_html(const RvPublish *publish, const char *folder, guint *pages,
                         GError **error);
/* `file` NULL: the configuration's, else standard output; "-" is standard output. Devices that do
 * not answer now are there without readings. */
gboolean rv_publish_openmetrics(const RvPublish *publish, const char *file, GError **error);

/* Whatever the configuration wants after a round; nothing where it wants nothing. Pages are written
 * once in a health interval. */
gboolean rv_publish_after_round(const RvPublish *publish, GError **error);
