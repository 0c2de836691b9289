/* Transceivers: the temperature, supply and laser current of a part that gives light are optics,
 * whatever their profile calls them. */
#include "collect/collecting.h"

/* How many of each class sit on a part; a part with several temperatures is more than a
 * transceiver. */
static guint *
count_on(GHashTable *parts, const char *part)
{
    guint *counts = g_hash_table_lookup(parts, part);

    if (counts == NULL) {
        counts = g_new0(guint, RV_CLASSES);
        g_hash_table_insert(parts, (gpointer)part, counts);
    }
    return counts;
}

static gboolean
is_of_transceiver(const RvSensor *sensor, GHashTable *parts)
{
    const guint *counts;

    if (sensor->group != NULL || sensor->component == NULL ||
        (sensor->class != RV_CLASS_TEMPERATURE && sensor->class != RV_CLASS_VOLTAGE &&
         sensor->class != RV_CLASS_CURRENT))
        return FALSE;
    counts = g_hash_table_lookup(parts, sensor->component);
    return counts[RV_CLASS_OPTICAL_POWER] > 0 && counts[RV_CLASS_TEMPERATURE] <= 1 &&
           counts[RV_CLASS_VOLTAGE] <= 1;
}

void
rv_collect_transceivers(RvObservation *observation)
{
    g_autoptr(GHashTable) parts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        if (sensor->component != NULL)
            count_on(parts, sensor->component)[sensor->class]++;
    }
    for (guint i = 0; i < observation->sensors->len; i++) {
        RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        if (is_of_transceiver(sensor, parts))
            sensor->group = g_strdup("optics");
    }
}
