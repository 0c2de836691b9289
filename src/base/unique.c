#include "base/unique.h"

struct RvUnique {
    GHashTable *taken; /* name → the last number that was put behind it; 0: none */
};

RvUnique *
rv_unique_new(void)
{
    RvUnique *unique = g_new0(RvUnique, 1);

    unique->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return unique;
}

void
rv_unique_free(RvUnique *unique)
{
    if (unique == NULL)
        return;
    g_hash_table_unref(unique->taken);
    g_free(unique);
}

gboolean
rv_unique_is_taken(const RvUnique *unique, const char *name)
{
    return g_hash_table_contains(unique->taken, name);
}

char *
rv_unique_take(RvUnique *unique, const char *name, char mark)
{
    char *chosen = g_strdup(name);

    if (rv_unique_is_taken(unique, name)) {
        guint n = MAX(GPOINTER_TO_UINT(g_hash_table_lookup(unique->taken, name)), 1);

        do {
            g_free(chosen);
            chosen = g_strdup_printf("%s%c%u", name, mark, ++n);
        } while (rv_unique_is_taken(unique, chosen));
        g_hash_table_insert(unique->taken, g_strdup(name), GUINT_TO_POINTER(n));
    }
    g_hash_table_insert(unique->taken, g_strdup(chosen), NULL);
    return chosen;
}
