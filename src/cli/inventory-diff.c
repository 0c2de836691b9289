#include "cli/inventory-diff.h"

#include <string.h>

#include "health/judge.h"

#define EXPECTED_PREFIX "expected/"

void
rv_difference_free(RvDifference *difference)
{
    if (difference == NULL)
        return;
    g_free(difference->device);
    g_free(difference->declared);
    g_free(difference->found);
    g_free(difference->sentence);
    g_free(difference);
}

static void add(GPtrArray *differences, const char *device, const char *kind, const char *declared,
                const char *found, const char *format, ...) G_GNUC_PRINTF(6, 7);

static void
add(GPtrArray *differences, const char *device, const char *kind, const char *declared,
    const char *found, const char *format, ...)
{
    RvDifference *difference = g_new0(RvDifference, 1);
    va_list arguments;

    difference->device = g_strdup(device);
    difference->kind = kind;
    difference->declared = g_strdup(declared);
    difference->found = g_strdup(found);
    va_start(arguments, format);
    difference->sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(differences, difference);
}

/* Not so where it was accepted since that answer. */
static gboolean
is_missed(const RvPrevious *previous, const char *key)
{
    for (guint i = 0; i < previous->seen->len; i++)
        if (strcmp(((const RvSeenPart *)g_ptr_array_index(previous->seen, i))->key, key) == 0)
            return TRUE;
    return FALSE;
}

/* Parts that are too few by today's inventory, and parts that were there once. */
static void
compare_parts(const RvDevice *device, RvObservation *latest, const RvPrevious *previous,
              GPtrArray *differences)
{
    const RvHealthContext context = {.expected = device->expected};

    for (guint i = latest->sensors->len; i > 0; i--) {
        const RvSensor *sensor = g_ptr_array_index(latest->sensors, i - 1);

        /* by the inventory of that day */
        if (g_str_has_prefix(sensor->key, EXPECTED_PREFIX))
            g_ptr_array_remove_index(latest->sensors, i - 1);
        else if (sensor->presence == RV_PRESENCE_MISSING && is_missed(previous, sensor->key))
            add(differences, device->name, "missing", sensor->name, "",
                "%s was seen and is gone (%s)", sensor->name, sensor->key);
    }
    rv_health_judge(latest, &context);
    for (guint i = 0; i < latest->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(latest->sensors, i);

        if (g_str_has_prefix(sensor->key, EXPECTED_PREFIX))
            add(differences, device->name, "expected", sensor->key + strlen(EXPECTED_PREFIX), "",
                "%s: %s", sensor->key + strlen(EXPECTED_PREFIX), sensor->reason);
    }
}

static gboolean
compare_device(RvState *state, const RvDevice *device, GPtrArray *differences, GError **error)
{
    GError *problem = NULL;
    g_autoptr(RvDeviceRow) row = rv_state_device(state, device->name, &problem);
    g_autoptr(RvObservation) latest =
        row != NULL ? rv_state_latest(state, device->name, &problem) : NULL;
    g_autoptr(RvPrevious) previous = NULL;

    if (problem != NULL) {
        g_propagate_error(error, problem);
        return FALSE;
    }
    if (row == NULL) {
        add(differences, device->name, "never_asked", "", "", "was never asked");
        return TRUE;
    }
    if (latest == NULL) {
        add(differences, device->name, "no_answer", "", "", "never answered%s%s",
            row->detail != NULL ? ": " : "", row->detail != NULL ? row->detail : "");
        return TRUE;
    }
    if (device->serial != NULL && row->serial != NULL && strcmp(device->serial, row->serial) != 0)
        add(differences, device->name, "serial", device->serial, row->serial,
            "serial is %s, declared is %s", row->serial, device->serial);
    if (device->serial != NULL && row->serial == NULL)
        add(differences, device->name, "serial", device->serial, "",
            "serial is not told by the device, declared is %s", device->serial);
    previous = rv_state_previous(state, device->name, error);
    if (previous == NULL)
        return FALSE;
    compare_parts(device, latest, previous, differences);
    return TRUE;
}

static gboolean
compare_strangers(RvState *state, const RvInventory *inventory, GPtrArray *differences,
                  GError **error)
{
    g_autoptr(GPtrArray) rows = rv_state_devices(state, error);

    if (rows == NULL)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        const RvDeviceRow *row = g_ptr_array_index(rows, i);

        if (rv_inventory_find(inventory, row->name) == NULL)
            add(differences, row->name, "not_declared", "", row->host,
                "was asked%s%s and is not in the inventory", *row->host != '\0' ? " at " : "",
                row->host);
    }
    return TRUE;
}

GPtrArray *
rv_inventory_diff(RvState *state, const RvInventory *inventory, const GPtrArray *devices,
                  GError **error)
{
    g_autoptr(GPtrArray) differences =
        g_ptr_array_new_with_free_func((GDestroyNotify)rv_difference_free);

    for (guint i = 0; i < devices->len; i++)
        if (!compare_device(state, g_ptr_array_index(devices, i), differences, error))
            return NULL;
    if (devices->len == inventory->devices->len &&
        !compare_strangers(state, inventory, differences, error))
        return NULL;
    return g_steal_pointer(&differences);
}
