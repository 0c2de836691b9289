#include <string.h>

#include "db/store.h"
#include "observation/words.h"

/* Link changes, by the hour: a port that flaps all day is 24 rows. What the links were is kept as
 * one text beside the latest answer, a line for each interface: "KEY TAB STATE", and after another
 * tab ifLastChange, where it is told. By this a link that went and came between two rounds shows.
 */

#define HOUR_MS ((gint64)3600000)
#define LINKS_UP_MS HOUR_MS      /* after a start; until then changes are of the start */
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

/* key → state and what follows it, both owned. NULL on error; *before: the text. */
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
note_changes(const RvStoring *storing, const RvInterface *interface, const char *state,
             guint changes, guint downs, GError **error)
{
    gint64 hour_ms = storing->now_ms - storing->now_ms % HOUR_MS;

    return rv_db_run(storing->state, error,
                     "INSERT INTO link (device, interface, name, hour_ms, first_ms, last_ms,"
                     "  changes, downs, state) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?8, ?6, ?7)"
                     " ON CONFLICT (device, interface, hour_ms) DO UPDATE SET name = ?3,"
                     "  last_ms = ?5, changes = link.changes + ?8, downs = link.downs + ?6,"
                     "  state = ?7",
                     RV_INT(storing->device), RV_TEXT(interface->key), RV_TEXT(interface->name),
                     RV_INT(hour_ms), RV_INT(storing->now_ms), RV_INT(downs), RV_TEXT(state),
                     RV_INT(changes));
}

/* Since the last round it left the state that it is in, and came back. An agent that gives its own
 * clock for each link tells nothing. */
static gboolean
went_and_came(const RvStoring *storing, const RvInterface *interface, const char *before)
{
    const char *tab = strchr(before, '\t');
    gint64 ticks = storing->observation->device.uptime_ticks, runs_ms = ticks * 10;

    return tab != NULL && interface->last_change_ticks > g_ascii_strtoll(tab + 1, NULL, 10) &&
           interface->last_change_ticks < ticks && runs_ms >= LINKS_UP_MS &&
           storing->now_ms - runs_ms <= storing->uptime_at_ms;
}

/* A port that a person shut is no flap: its state is remembered, its change is not counted. */
static gboolean
store_link(const RvStoring *storing, const RvInterface *interface, const char *before,
           const char *state, GError **error)
{
    const char *word = rv_oper_status_word(RV_OPER_UP);
    gboolean up = interface->oper_status == RV_OPER_UP, was_up;

    if (before == NULL || interface->admin_status == RV_ADMIN_DOWN)
        return TRUE;
    was_up = g_str_has_prefix(before, word) && strcspn(before, "\t") == strlen(word);
    if (up != was_up)
        return note_changes(storing, interface, state, 1, !up, error);
    return !went_and_came(storing, interface, before) ||
           note_changes(storing, interface, state, 2, 1, error);
}

static char *
line_of(const RvInterface *interface, const char *state)
{
    return interface->last_change_ticks < 0
               ? g_strdup(state)
               : g_strdup_printf("%s\t%" G_GINT64_FORMAT, state, interface->last_change_ticks);
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
            g_hash_table_insert(after, g_strdup(one->key),
                                state != NULL ? line_of(one, state) : g_strdup(was));
    }
    keep(after, before, storing->whole);
    text = write_text(after);
    return g_strcmp0(text, old) == 0 ||
           rv_db_run(storing->state, error, "UPDATE latest SET links = ?2 WHERE device = ?1",
                     RV_INT(storing->device), RV_TEXT(text));
}
