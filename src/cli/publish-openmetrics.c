#include "base/output.h"
#include "cli/publish.h"

#include <stdio.h>
#include <string.h>

#include "cli/openmetrics.h"
#include "poll/place.h"

/* What nobody has asked for so long says nothing of now. */
#define STALE_MS ((gint64)15 * 60000)

static RvState *
open_state(const RvPublish *publish, GError **error)
{
    return rv_place_open(publish->configuration, publish->state_folder, RV_STATE_MODE_READ, error);
}

/* What was known before it ever answered. */
static RvObservation *
nothing_said(const RvDeviceRow *row)
{
    RvObservation *observation = rv_observation_new();

    g_free(observation->device.name);
    g_free(observation->device.host);
    g_free(observation->device.kind);
    g_free(observation->device.site);
    observation->device.name = g_strdup(row->name);
    observation->device.host = g_strdup(row->host);
    observation->device.kind = g_strdup(row->kind);
    observation->device.site = g_strdup(row->site);
    return observation;
}

/* The verdict as of now: silence counts. */
static void
judge_silence(RvObservation *observation, RvReachability state)
{
    switch (state) {
    case RV_STATE_UP:
        break;
    case RV_STATE_DOWN:
        observation->status = RV_VERDICT_CRITICAL;
        break;
    case RV_STATE_UNREACHABLE:
    case RV_STATE_BLIND:
    case RV_STATE_NOT_ASKED:
        observation->status = RV_VERDICT_UNKNOWN;
        break;
    }
}

static gboolean
add_source(RvState *state, const RvDeviceRow *row, gint64 now_ms, GArray *sources, GError **error)
{
    g_autoptr(GError) problem = NULL;
    RvObservation *latest = rv_state_latest(state, row->name, &problem);
    RvMetricsSource source = {
        .state = row->state, .sampled_ms = row->last_ms, .silent = row->state != RV_STATE_UP};

    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    if (latest == NULL)
        latest = nothing_said(row);
    judge_silence(latest, row->state);
    source.observation = latest;
    g_array_append_val(sources, source);
    return TRUE;
}

static void
source_clear(gpointer data)
{
    RvMetricsSource *source = data;

    rv_observation_free((RvObservation *)source->observation);
}

static gboolean
write_text(const char *file, const GString *text, GError **error)
{
    if (file == NULL || strcmp(file, "-") == 0) {
        fwrite(text->str, 1, text->len, stdout);
        return TRUE;
    }
    /* the new file has a name of its own until it is whole: a collector of *.prom never sees half
     * of it */
    return rv_output_write(file, text->str, text->len, 0644, error);
}

gboolean
rv_publish_openmetrics(const RvPublish *publish, const char *file, GError **error)
{
    const RvInventory *inventory = publish->configuration->inventory;
    g_autoptr(RvState) state = open_state(publish, error);
    g_autoptr(GPtrArray) rows = state != NULL ? rv_state_devices(state, error) : NULL;
    g_autoptr(GArray) sources = g_array_new(FALSE, FALSE, sizeof(RvMetricsSource));
    g_autoptr(GString) text = g_string_new(NULL);

    g_array_set_clear_func(sources, source_clear);
    if (rows == NULL)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        const RvDeviceRow *row = g_ptr_array_index(rows, i);

        if (inventory->devices->len > 0 && rv_inventory_find(inventory, row->name) == NULL)
            continue;
        if (!add_source(state, row, publish->now_ms, sources, error))
            return FALSE;
    }
    rv_openmetrics_print((const RvMetricsSource *)sources->data, sources->len, text);
    return write_text(file != NULL ? file : publish->configuration->openmetrics_file, text, error);
}
