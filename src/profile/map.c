#include "profile/map.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

const char *const rv_meaning_words[RV_MEANINGS + 1] = {"ok",      "warning", "critical",
                                                       "unknown", "absent",  "ignore"};

struct RvMap {
    GPtrArray *entries; /* RvMapEntry* */
    GHashTable *exact;  /* key of an entry → the entry */
    gboolean globs;
};

static void
entry_free(gpointer data)
{
    RvMapEntry *entry = data;

    g_free(entry->key);
    g_free(entry->value);
    g_free(entry);
}

RvMap *
rv_map_new(void)
{
    RvMap *map = g_new0(RvMap, 1);

    map->entries = g_ptr_array_new_with_free_func(entry_free);
    map->exact = g_hash_table_new(g_str_hash, g_str_equal);
    return map;
}

void
rv_map_free(RvMap *map)
{
    if (map == NULL)
        return;
    g_hash_table_unref(map->exact);
    g_ptr_array_unref(map->entries);
    g_free(map);
}

gboolean
rv_map_add(RvMap *map, const char *key, const char *value, RvMeaning meaning)
{
    g_autofree char *lower = g_utf8_strdown(key, -1);
    RvMapEntry *entry;
    char *end = NULL;

    if (g_hash_table_contains(map->exact, lower))
        return FALSE;
    entry = g_new0(RvMapEntry, 1);
    entry->key = g_steal_pointer(&lower);
    entry->value = g_strdup(value);
    entry->number = g_ascii_strtod(value, &end);
    if (end == value || *end != '\0')
        entry->number = NAN;
    entry->meaning = meaning;
    g_ptr_array_add(map->entries, entry);
    g_hash_table_insert(map->exact, entry->key, entry);
    map->globs = map->globs || strpbrk(entry->key, "*?") != NULL;
    return TRUE;
}

static const RvMapEntry *
find_glob(const RvMap *map, const char *lower)
{
    for (guint i = 0; i < map->entries->len; i++) {
        const RvMapEntry *entry = g_ptr_array_index(map->entries, i);

        if (strpbrk(entry->key, "*?") != NULL && rv_text_glob(entry->key, lower))
            return entry;
    }
    return NULL;
}

const RvMapEntry *
rv_map_find(const RvMap *map, const char *text)
{
    g_autofree char *lower = NULL;
    const RvMapEntry *entry = g_hash_table_lookup(map->exact, text);

    if (entry != NULL)
        return entry;
    lower = g_utf8_strdown(text, -1);
    entry = g_hash_table_lookup(map->exact, lower);
    return entry != NULL || !map->globs ? entry : find_glob(map, lower);
}

guint
rv_map_size(const RvMap *map)
{
    return map->entries->len;
}

const RvMapEntry *
rv_map_entry(const RvMap *map, guint n)
{
    return g_ptr_array_index(map->entries, n);
}
