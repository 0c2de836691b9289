#include "observation/pairs.h"

#define SEPARATOR " ; " /* between the parts of an event's text */

/* Parts of a text that say how much, not what. */
static const char *const amounts[] = {
    "Sensor Reading = ", "Threshold = ", "Reading = ", "Trigger Reading = "};

/* States of which a sensor has one at a time (IPMI 2.0 table 42-2): what is well again, and the
 * beginnings of what that ends. */
static const struct {
    const char *well, *ends[3];
} states[] = {
    {"State Deasserted", {"State Asserted"}},
    {"Predictive Failure deasserted", {"Predictive Failure asserted"}},
    {"Limit Not Exceeded", {"Limit Exceeded"}},
    {"Performance Met", {"Performance Lags"}},
    {"transition to OK",
     {"transition to Non-Critical", "transition to Critical", "transition to Non-recoverable"}},
    {"Device Inserted/Device Present", {"Device Removed/Device Absent"}},
    {"Device Enabled", {"Device Disabled"}},
    {"transition to Running",
     {"transition to Degraded", "transition to Off Line", "Install Error"}},
    {"Fully Redundant", {"Redundancy Lost", "Redundancy Degraded", "Non-redundant"}},
    {"Entity Present", {"Entity Absent", "Entity Disabled"}},
};

static gboolean
is_amount(const char *part)
{
    for (guint i = 0; i < G_N_ELEMENTS(amounts); i++)
        if (g_str_has_prefix(part, amounts[i]))
            return TRUE;
    return FALSE;
}

/* Sensor and text without amounts: what two entries of one state have in common. */
static char *
state_of(const RvEvent *event)
{
    g_auto(GStrv) parts = g_strsplit(event->text, SEPARATOR, -1);
    GString *state = g_string_new(event->sensor);

    for (char **part = parts; *part != NULL; part++)
        if (!is_amount(*part))
            g_string_append_printf(state, "\n%s", *part);
    return g_string_free(state, FALSE);
}

/* Bit n: row n of the table has it as what is well. */
static guint
well_rows(const char *text)
{
    guint rows = 0;

    for (guint i = 0; i < G_N_ELEMENTS(states); i++)
        if (g_str_has_prefix(text, states[i].well))
            rows |= 1u << i;
    return rows;
}

/* Bit n: row n ends it. */
static guint
ending_rows(const char *text)
{
    guint rows = 0;

    for (guint i = 0; i < G_N_ELEMENTS(states); i++)
        for (guint j = 0; j < G_N_ELEMENTS(states[i].ends) && states[i].ends[j] != NULL; j++)
            if (g_str_has_prefix(text, states[i].ends[j]))
                rows |= 1u << i;
    return rows;
}

static void
end_all(GPtrArray *standing)
{
    for (guint i = 0; standing != NULL && i < standing->len; i++)
        ((RvEvent *)g_ptr_array_index(standing, i))->ended = TRUE;
    if (standing != NULL)
        g_ptr_array_set_size(standing, 0);
}

static void
end_excluded(GPtrArray *standing, const RvEvent *well)
{
    for (guint i = standing->len; i > 0; i--) {
        RvEvent *event = g_ptr_array_index(standing, i - 1);

        if ((well_rows(well->text) & ending_rows(event->text)) == 0)
            continue;
        event->ended = TRUE;
        g_ptr_array_remove_index(standing, i - 1);
    }
}

static GPtrArray *
list_of(GHashTable *lists, char *key)
{
    GPtrArray *list = g_hash_table_lookup(lists, key);

    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(lists, key, list);
    } else {
        g_free(key);
    }
    return list;
}

static GHashTable *
lists_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_ptr_array_unref);
}

void
rv_events_pair(const GPtrArray *events)
{
    g_autoptr(GHashTable) by_state = lists_new();  /* standing, whatever its kind */
    g_autoptr(GHashTable) by_sensor = lists_new(); /* standing, of those that exclude others */

    for (guint i = 0; i < events->len; i++) {
        RvEvent *event = g_ptr_array_index(events, i);
        GPtrArray *same = list_of(by_state, state_of(event));

        event->ended = FALSE;
        if (!event->asserted)
            end_all(same);
        else
            g_ptr_array_add(same, event);
        if (event->asserted && well_rows(event->text) != 0)
            end_excluded(list_of(by_sensor, g_strdup(event->sensor)), event);
        if (event->asserted && ending_rows(event->text) != 0)
            g_ptr_array_add(list_of(by_sensor, g_strdup(event->sensor)), event);
    }
}
