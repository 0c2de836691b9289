#include "cli/inventory-accept.h"

#include "base/text.h"

static gboolean
is_named(const RvSensor *sensor, char **globs)
{
    for (; *globs != NULL; globs++)
        if (rv_text_glob(*globs, sensor->name) || rv_text_glob(*globs, sensor->key))
            return TRUE;
    return FALSE;
}

GPtrArray *
rv_inventory_accept(RvState *state, const char *device, char **globs, gint64 now_ms, GError **error)
{
    g_autoptr(GPtrArray) accepted = g_ptr_array_new_with_free_func(g_free);
    GError *problem = NULL;
    g_autoptr(RvObservation) latest = rv_state_latest(state, device, &problem);

    for (guint i = 0; latest != NULL && i < latest->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(latest->sensors, i);

        if (sensor->presence != RV_PRESENCE_MISSING || !is_named(sensor, globs))
            continue;
        if (rv_state_forget_part(state, device, sensor->key, now_ms, &problem))
            g_ptr_array_add(accepted, g_strdup_printf("%s (%s)", sensor->name, sensor->key));
        if (problem != NULL)
            break;
    }
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return NULL;
    }
    return g_steal_pointer(&accepted);
}
