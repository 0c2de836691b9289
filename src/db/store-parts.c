#include <string.h>

#include "base/error.h"
#include "db/store.h"
#include "observation/words.h"

#define EVENTS_CEILING 20000 /* of one answer; an IPMI log holds at most 65535 records */

/* ---- components ---- */

typedef struct {
    gint64 id;
    char *name, *model, *serial, *firmware, *hardware;
    gboolean named; /* by this census */
} Part;

static void
part_free(gpointer data)
{
    Part *part = data;

    g_free(part->name);
    g_free(part->model);
    g_free(part->serial);
    g_free(part->firmware);
    g_free(part->hardware);
    g_free(part);
}

static GHashTable *
load_parts(const RvStoring *storing, GError **error)
{
    g_autoptr(GHashTable) parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, part_free);
    RvStatement *row =
        rv_db_query(storing->state, error,
                    "SELECT key, id, name, model, serial, firmware, hardware FROM component"
                    " WHERE device = ?1 AND until_ms IS NULL",
                    RV_INT(storing->device));
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(storing->state, row, error)) == RV_STEP_ROW) {
        Part *part = g_new0(Part, 1);

        part->id = rv_db_column_int(row, 1);
        part->name = rv_db_column_word(row, 2);
        part->model = rv_db_column_word(row, 3);
        part->serial = rv_db_column_word(row, 4);
        part->firmware = rv_db_column_word(row, 5);
        part->hardware = rv_db_column_word(row, 6);
        g_hash_table_insert(parts, rv_db_column_word(row, 0), part);
    }
    return step == RV_STEP_END ? g_steal_pointer(&parts) : NULL;
}

static char *
describe(const char *name, const char *model, const char *serial)
{
    return g_strdup_printf("%s%s%s%s%s", name, model[0] != '\0' ? " " : "", model,
                           serial[0] != '\0' ? " S/N " : "", serial);
}

static gboolean
add_part(const RvStoring *storing, const RvComponent *component, GError **error)
{
    return rv_db_run(
        storing->state, error,
        "INSERT INTO component (device, key, idx, class, name, model, serial,"
        " part_number, vendor, firmware, hardware, asset_tag, parent, from_ms,"
        " last_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
        " ?14, ?14)",
        RV_INT(storing->device), RV_TEXT(component->key), RV_INT(component->index),
        rv_db_text(component->class), RV_TEXT(component->name), RV_TEXT(component->model),
        RV_TEXT(component->serial), RV_TEXT(component->part_number), RV_TEXT(component->vendor),
        RV_TEXT(component->firmware), RV_TEXT(component->hardware), RV_TEXT(component->asset_tag),
        RV_TEXT(component->parent), RV_INT(storing->now_ms));
}

static gboolean
end_part(const RvStoring *storing, const Part *part, GError **error)
{
    return rv_db_run(storing->state, error, "UPDATE component SET until_ms = ?2 WHERE id = ?1",
                     RV_INT(part->id), RV_INT(storing->now_ms));
}

/* What the answer leaves empty says nothing about a change. */
static gboolean
differs(const char *before, const char *after)
{
    return before[0] != '\0' && after[0] != '\0' && strcmp(before, after) != 0;
}

static gboolean
replace_part(const RvStoring *storing, const Part *part, const RvComponent *component,
             GError **error)
{
    gboolean other =
        differs(part->serial, component->serial) || differs(part->model, component->model);
    g_autofree char *before = describe(part->name, part->model, part->serial);
    g_autofree char *after = describe(component->name, component->model, component->serial);

    if (!end_part(storing, part, error) || !add_part(storing, component, error))
        return FALSE;
    if (other)
        return rv_store_change(storing, storing->now_ms, RV_CHANGE_PART_REPLACED, component->key,
                               before, after, error);
    return rv_store_change(storing, storing->now_ms, RV_CHANGE_FIRMWARE, component->key,
                           part->firmware, component->firmware, error);
}

static gboolean
store_part(const RvStoring *storing, GHashTable *parts, const RvComponent *component,
           gboolean first_census, GError **error)
{
    Part *part = g_hash_table_lookup(parts, component->key);
    g_autofree char *what = describe(component->name, component->model, component->serial);

    if (part == NULL)
        return add_part(storing, component, error) &&
               (first_census || rv_store_change(storing, storing->now_ms, RV_CHANGE_PART_ADDED,
                                                component->key, "", what, error));
    part->named = TRUE;
    if (differs(part->serial, component->serial) || differs(part->model, component->model) ||
        differs(part->firmware, component->firmware))
        return replace_part(storing, part, component, error);
    return rv_db_run(storing->state, error,
                     "UPDATE component SET last_ms = ?2, name = ?3, idx = ?4,"
                     " serial = CASE ?5 WHEN '' THEN serial ELSE ?5 END,"
                     " model = CASE ?6 WHEN '' THEN model ELSE ?6 END,"
                     " firmware = CASE ?7 WHEN '' THEN firmware ELSE ?7 END WHERE id = ?1",
                     RV_INT(part->id), RV_INT(storing->now_ms), RV_TEXT(component->name),
                     RV_INT(component->index), RV_TEXT(component->serial),
                     RV_TEXT(component->model), RV_TEXT(component->firmware));
}

static gboolean
remove_unnamed(const RvStoring *storing, GHashTable *parts, GError **error)
{
    GHashTableIter each;
    gpointer key, value;

    g_hash_table_iter_init(&each, parts);
    while (g_hash_table_iter_next(&each, &key, &value)) {
        const Part *part = value;
        g_autofree char *what = describe(part->name, part->model, part->serial);

        if (part->named)
            continue;
        if (!end_part(storing, part, error) ||
            !rv_store_change(storing, storing->now_ms, RV_CHANGE_PART_REMOVED, key, what, "",
                             error))
            return FALSE;
    }
    return TRUE;
}

gboolean
rv_store_components(const RvStoring *storing, GError **error)
{
    const GPtrArray *components = storing->observation->components;
    g_autoptr(GHashTable) parts = load_parts(storing, error);
    g_autoptr(GHashTable) named = g_hash_table_new(g_str_hash, g_str_equal);
    gboolean first_census;

    if (parts == NULL)
        return FALSE;
    first_census = g_hash_table_size(parts) == 0;
    for (guint i = 0; i < components->len; i++) {
        const RvComponent *component = g_ptr_array_index(components, i);

        if (!g_hash_table_add(named, component->key)) /* two parts in one place: the first counts */
            continue;
        if (!store_part(storing, parts, component, first_census, error))
            return FALSE;
    }
    /* an empty census of a device that had parts is an answer that failed, not an empty rack */
    return !storing->whole || components->len == 0 || remove_unnamed(storing, parts, error);
}

/* ---- events ---- */

static gboolean
newest_record(const RvStoring *storing, gint64 *record, GError **error)
{
    RvStatement *row = rv_db_query(storing->state, error,
                                   "SELECT record_id FROM event WHERE device = ?1"
                                   " ORDER BY id DESC LIMIT 1",
                                   RV_INT(storing->device));
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(storing->state, row, error);

    *record = 0;
    if (step == RV_STEP_ROW) {
        *record = rv_db_column_int(row, 0);
        rv_db_done(row);
    }
    return step != RV_STEP_ERROR;
}

static gboolean
store_event(const RvStoring *storing, const RvEvent *event, gboolean *news, GError **error)
{
    if (!rv_db_run(storing->state, error,
                   "INSERT INTO event (device, record_id, time_ms, seen_ms, sensor, text, asserted,"
                   " severity) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
                   RV_INT(storing->device), RV_INT(event->record_id), RV_INT(event->time_ms),
                   RV_INT(storing->now_ms), RV_TEXT(event->sensor), RV_TEXT(event->text),
                   RV_INT(event->asserted != FALSE), RV_TEXT(rv_verdict_word(event->severity))))
        return FALSE;
    *news = rv_db_changes(storing->state) > 0;
    return TRUE;
}

gboolean
rv_store_events(const RvStoring *storing, GError **error)
{
    const GPtrArray *events = storing->observation->events;
    gboolean cleared = FALSE;
    gint64 newest;

    if (events->len == 0)
        return TRUE;
    if (!newest_record(storing, &newest, error))
        return FALSE;
    for (guint i = 0; i < MIN(events->len, EVENTS_CEILING); i++) {
        const RvEvent *event = g_ptr_array_index(events, i);
        gboolean news;

        if (!store_event(storing, event, &news, error))
            return FALSE;
        /* a new entry with a number that was passed before: the log was cleared */
        cleared = cleared || (news && event->record_id <= newest);
    }
    return !cleared ||
           rv_store_change(storing, storing->now_ms, RV_CHANGE_LOG_CLEARED, "", "", "", error);
}
