#include <string.h>

#include "db/store.h"
#include "observation/words.h"

/* Link changes, by the hour: a port that flaps all day is 24 rows. What the links were is kept as
 * one text beside the latest answer, a line for each interface, "KEY TAB STATE". */

#define HOUR_MS ((gint64)3600000)
#define INTERFACES_CEILING 20000 /* of one device */

static const char *
known_state(const RvInterface *interface)
{
    return interface->oper_status != RV_OPER_UNKNOWN_TO_US &&
                   interface->oper_status != RV_OPER_UNKNOWN
               ? rv_oper_status_word(interface->oper_status)
               : NULL;
}

static gboolean
can_be_kept(const RvInterface *interface)
{
    return interface->key != NULL && interface->key[0] != '\0' &&
           strpbrk(interface->key, "\t\n") == NULL;
}

/* key → state, both owned. NULL on error; *before: the text. */
static GHashTable *
load(const RvStoring *storing, char **before, GError **error)
{
    g_autoptr(GHashTable) links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    RvStatement *row =
        rv_db_query(storing->state, error, "SELECT links FROM latest WHERE device = ?1",
                    RV_INT(storing->device));
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(storing->state, row, error);
    g_auto(GStrv) lines = NULL;

    *before = NULL;
    if (step == RV_STEP_ERROR)
        return NULL;
    if (step == RV_STEP_ROW) {
        *before = rv_db_column_text(row, 0);
        rv_db_done(row);
    }
    lines = g_strsplit(*before != NULL ? *before : "", "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        char *tab = strchr(*line, '\t');

        if (tab != NULL)
            g_hash_table_insert(links, g_strndup(*line, (gsize)(tab - *line)), g_strdup(tab + 1));
    }
    return g_steal_pointer(&links);
}

static gboolean
note_change(const RvStoring *storing, const RvInterface *interface, const char *state,
            GError **error)
{
    gint64 hour_ms = storing->now_ms - storing->now_ms % HOUR_MS;

    return rv_db_run(storing->state, error,
                     "INSERT INTO link (device, interface, name, hour_ms, first_ms, last_ms,"
                     "  changes, downs, state) VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6, ?7)"
                     " ON CONFLICT (device, interface, hour_ms) DO UPDATE SET name = ?3,"
                     "  last_ms = ?5, changes = link.changes + 1, downs = link.downs + ?6,"
                     "  state = ?7",
                     RV_INT(storing->device), RV_TEXT(interface->key), RV_TEXT(interface->name),
                     RV_INT(hour_ms), RV_INT(storing->now_ms),
                     RV_INT(interface->oper_status != RV_OPER_UP), RV_TEXT(state));
}

/* A port that a person shut is no flap: its state is remembered, its change is not counted. */
static gboolean
store_link(const RvStoring *storing, const RvInterface *interface, const char *before,
           const char *state, GError **error)
{
    gboolean up = interface->oper_status == RV_OPER_UP;
    gboolean was_up = before != NULL && strcmp(before, rv_oper_status_word(RV_OPER_UP)) == 0;

    return before == NULL || up == was_up || interface->admin_status == RV_ADMIN_DOWN ||
           note_change(storing, interface, state, error);
}

static int
by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static char *
write_text(GHashTable *links)
{
    GList *keys = g_list_sort(g_hash_table_get_keys(links), by_text);
    GString *text = g_string_new(NULL);

    for (const GList *key = keys; key != NULL; key = key->next)
        g_string_append_printf(text, "%s\t%s\n", (const char *)key->data,
                               (const char *)g_hash_table_lookup(links, key->data));
    g_list_free(keys);
    return g_string_free(text, FALSE);
}

/* What a whole answer does not name is no more. */
static void
keep(GHashTable *after, GHashTable *before, gboolean whole)
{
    GHashTableIter each;
    gpointer key, state;

    if (whole)
        return;
    g_hash_table_iter_init(&each, before);
    while (g_hash_table_iter_next(&each, &key, &state))
        if (!g_hash_table_contains(after, key) && g_hash_table_size(after) < INTERFACES_CEILING)
            g_hash_table_insert(after, g_strdup(key), g_strdup(state));
}

gboolean
rv_store_links(const RvStoring *storing, GError **error)
{
    const GPtrArray *interfaces = storing->observation->interfaces;
    g_autofree char *old = NULL;
    g_autofree char *text = NULL;
    g_autoptr(GHashTable) before = NULL;
    g_autoptr(GHashTable) after = NULL;

    if (interfaces->len == 0)
        return TRUE;
    before = load(storing, &old, error);
    if (before == NULL)
        return FALSE;
    after = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < interfaces->len && i < INTERFACES_CEILING; i++) {
        const RvInterface *one = g_ptr_array_index(interfaces, i);
        const char *was, *state = known_state(one);

        if (!can_be_kept(one))
            continue;
        was = g_hash_table_lookup(before, one->key);
        if (state != NULL && !store_link(storing, one, was, state, error))
            return FALSE;
        if (state != NULL || was != NULL)
            g_hash_table_insert(after, g_strdup(one->key), g_strdup(state != NULL ? state : was));
    }
    keep(after, before, storing->whole);
    text = write_text(after);
    return g_strcmp0(text, old) == 0 ||
           rv_db_run(storing->state, error, "UPDATE latest SET links = ?2 WHERE device = ?1",
                     RV_INT(storing->device), RV_TEXT(text));
}
