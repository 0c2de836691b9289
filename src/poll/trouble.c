#include "poll/trouble.h"

#include "base/log.h"

#define NAMED_CEILING 20

void
rv_trouble_add(RvTrouble *trouble, const char *device, const char *what)
{
    g_autofree char *text =
        device != NULL ? g_strdup_printf("%s: %s", device, what) : g_strdup(what);

    trouble->count++;
    if (trouble->said == NULL)
        trouble->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (g_hash_table_contains(trouble->said, text))
        return;
    if (g_hash_table_size(trouble->said) >= NAMED_CEILING) {
        trouble->unsaid++;
        rv_info("%s", text);
        return;
    }
    rv_warning("%s", text);
    g_hash_table_add(trouble->said, g_steal_pointer(&text));
}

void
rv_trouble_take(RvTrouble *trouble, const char *device, GError **error)
{
    rv_trouble_add(trouble, device, (*error)->message);
    g_clear_error(error);
}

void
rv_trouble_close(RvTrouble *trouble)
{
    if (trouble->unsaid > 0)
        rv_warning("and %u more problems; rackvitals -v poll names each", trouble->unsaid);
    trouble->unsaid = 0;
}

void
rv_trouble_clear(RvTrouble *trouble)
{
    g_clear_pointer(&trouble->said, g_hash_table_unref);
}
