#include "cli/publish.h"

#include <glib/gstdio.h>

#include "base/clock.h"
#include "cli/data-folder.h"
#include "html/html.h"
#include "poll/place.h"

static RvState *
open_state(const RvPublish *publish, GError **error)
{
    return rv_place_open(publish->configuration, publish->state_folder, RV_STATE_MODE_READ, error);
}

static RvRrdStore *
open_store(const RvPublish *publish, GError **error)
{
    const RvConfiguration *configuration = publish->configuration;
    g_autofree char *shipped = rv_cli_data_folder("rrd-templates");
    g_autofree char *folder = g_build_filename(
        publish->state_folder != NULL ? publish->state_folder : configuration->state_folder, "rrd",
        NULL);
    const RvRrdOptions options = {
        .folder = folder,
        .template_folder =
            configuration->rrd_templates != NULL ? configuration->rrd_templates : shipped,
        .daemon_socket = configuration->rrdcached_socket,
    };

    return rv_rrd_store_open(&options, error);
}

gboolean
rv_publish_html(const RvPublish *publish, const char *folder, guint *pages, GError **error)
{
    const RvConfiguration *configuration = publish->configuration;
    g_autoptr(RvState) state = NULL;
    g_autoptr(RvRrdStore) store = NULL;
    const RvHtmlOptions options = {
        .folder = folder != NULL ? folder : configuration->html_folder,
        .language = rv_language_parse(publish->language != NULL ? publish->language
                                                                : configuration->language),
        .zone = publish->zone,
        .now_ms = publish->now_ms,
        /* whoever asks seldom is not late before twice that long */
        .stale_ms = MAX(RV_HTML_STALE_MS,
                        2 * MAX(configuration->health_ms, configuration->reachability_ms)),
        .graphs = publish->graphs,
    };

    if (options.folder == NULL) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "where to? give --output FOLDER, or name one in the site file");
        return FALSE;
    }
    state = open_state(publish, error);
    store = state != NULL ? open_store(publish, error) : NULL;
    return store != NULL &&
           rv_html_write_pages(state, store, configuration->inventory, &options, pages, error);
}

/* Pages cost more than a textfile: once in a health interval, not with each round that only asks
 * who is there. Under a simulated clock the age of a file says nothing. */
static gboolean
are_fresh(const RvConfiguration *configuration)
{
    g_autofree char *path = g_build_filename(configuration->html_folder, "index.html", NULL);
    GStatBuf status;

    return !rv_clock_is_simulated() && g_stat(path, &status) == 0 &&
           (gint64)status.st_mtime * 1000 + configuration->health_ms > rv_clock_now_ms();
}

gboolean
rv_publish_after_round(const RvPublish *publish, GError **error)
{
    const RvConfiguration *configuration = publish->configuration;

    if (configuration->openmetrics_file != NULL && !rv_publish_openmetrics(publish, NULL, error))
        return FALSE;
    return configuration->html_folder == NULL || are_fresh(configuration) ||
           rv_publish_html(publish, NULL, NULL, error);
}
