/* Static pages of the estate as it is now: an overview, worst first, and a page for each device.
 *
 * Self-contained (style, pictures and the one script are in the page), so that they open from a
 * disk and work behind any web server; nothing a device sent gets in unescaped. Each file is
 * replaced at once or not at all; pages of devices that are gone are removed. */
#pragma once

#include "db/state.h"
#include "inventory/device.h"
#include "report/words.h"
#include "rrd/store.h"

#define RV_HTML_STALE_MS ((gint64)15 * 60000) /* the least that is called so */

typedef struct {
    const char *folder; /* made where it is not there */
    RvLanguage language;
    GTimeZone *zone; /* NULL: local; that of the process (TZ) for the graphs */
    gint64 now_ms;
    gint64 stale_ms; /* a device not asked, a page not written for so long says so */
    gboolean graphs; /* of a week, too */
} RvHtmlOptions;

/* `store` NULL: no curves. `inventory` NULL or empty: every device that the state file knows, else
 * those of the inventory. *pages (may be NULL) gets how many were written. RV_ERROR_CREATE,
 * RV_ERROR_STORE. */
gboolean rv_html_write_pages(RvState *state, RvRrdStore *store, const RvInventory *inventory,
                             const RvHtmlOptions *options, guint *pages, GError **error);
