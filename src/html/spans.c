#include "html/spans.h"

#include "base/text.h"
#include "db/maintenance.h"
#include "plan/interval.h"
#include "rrd/graph.h"

static void
add_outages(GArray *spans, const GPtrArray *intervals)
{
    for (guint i = 0; i < intervals->len; i++) {
        const RvInterval *interval = g_ptr_array_index(intervals, i);
        const RvGraphSpan span = {interval->from_ms / 1000, interval->until_ms / 1000,
                                  RV_SHADE_OUTAGE};

        if (interval->state == RV_STATE_DOWN)
            g_array_append_val(spans, span);
    }
}

/* All windows, whatever they are taken for. */
static void
add_maintenance(GArray *spans, const GPtrArray *all, const char *device, gint64 from_ms,
                gint64 until_ms)
{
    g_autoptr(GPtrArray) windows = g_ptr_array_new_with_free_func((GDestroyNotify)rv_window_free);

    for (guint i = 0; i < all->len; i++) {
        const RvMaintenance *maintenance = g_ptr_array_index(all, i);

        if (rv_text_glob(maintenance->devices, device))
            rv_maintenance_expand(maintenance, from_ms, until_ms, windows);
    }
    for (guint i = 0; i < windows->len; i++) {
        const RvWindow *window = g_ptr_array_index(windows, i);
        const RvGraphSpan span = {window->from_ms / 1000, window->until_ms / 1000,
                                  RV_SHADE_MAINTENANCE};

        g_array_append_val(spans, span);
    }
}

GArray *
rv_html_spans(RvState *state, const char *device, gint64 from_ms, gint64 until_ms, GError **error)
{
    g_autoptr(GPtrArray) outages =
        rv_state_reachability(state, device, NULL, from_ms, until_ms, error);
    g_autoptr(GPtrArray) maintenance =
        outages != NULL ? rv_maintenance_list(state, from_ms, until_ms, error) : NULL;
    GArray *spans;

    if (maintenance == NULL)
        return NULL;
    spans = g_array_new(FALSE, FALSE, sizeof(RvGraphSpan));
    add_outages(spans, outages);
    add_maintenance(spans, maintenance, device, from_ms, until_ms);
    return spans;
}
