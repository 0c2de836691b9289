#include "collect/habits.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/text.h"
#include "collect/packed.h"

#define ASK_AGAIN_MS (60 * 60 * 1000)
#define COLUMN_CEILING 20000
#define FIRST_LINE "rackvitals agent habits 1"

struct RvHabits {
    char *path;         /* NULL: nothing is kept */
    gint64 asked_at_ms; /* when everything was asked last */
    gint64 now_ms;
    gboolean changed;
    GHashTable *rows; /* RvOid → rows + 1 */
};

static void
column_free(gpointer data)
{
    rv_oid_clear(data);
    g_free(data);
}

static void
put(RvHabits *habits, RvOid column, guint rows)
{
    g_hash_table_replace(habits->rows, g_memdup2(&column, sizeof column),
                         GUINT_TO_POINTER(rows + 1));
}

static void
read_lines(RvHabits *habits, char *text)
{
    char *save = NULL, *line = strtok_r(text, "\n", &save);

    if (line == NULL || strcmp(line, FIRST_LINE) != 0)
        return;
    line = strtok_r(NULL, "\n", &save);
    habits->asked_at_ms = line != NULL ? g_ascii_strtoll(line, NULL, 10) : 0;
    while ((line = strtok_r(NULL, "\n", &save)) != NULL &&
           g_hash_table_size(habits->rows) < COLUMN_CEILING) {
        char *space = strchr(line, ' ');
        guint64 rows = space != NULL ? g_ascii_strtoull(space + 1, NULL, 10) : G_MAXUINT64;
        RvOid column;

        if (rows > G_MAXINT - 1)
            continue;
        *space = '\0';
        if (rv_oid_parse(line, &column))
            put(habits, column, (guint)rows);
    }
}

RvHabits *
rv_habits_load(const char *state_folder, const char *device, gint64 now_ms)
{
    RvHabits *habits = g_new0(RvHabits, 1);
    g_autofree char *slug = rv_text_slug(device), *text = NULL;

    habits->now_ms = now_ms;
    habits->rows = g_hash_table_new_full(rv_oid_hash, rv_oid_equal, column_free, NULL);
    if (state_folder == NULL)
        return habits;
    habits->path = g_build_filename(state_folder, "agents", slug, NULL);
    if (g_file_get_contents(habits->path, &text, NULL, NULL))
        read_lines(habits, text);
    if (habits->asked_at_ms > now_ms || now_ms - habits->asked_at_ms > ASK_AGAIN_MS)
        rv_habits_forget_absent(habits);
    return habits;
}

void
rv_habits_free(RvHabits *habits)
{
    if (habits == NULL)
        return;
    g_hash_table_unref(habits->rows);
    g_free(habits->path);
    g_free(habits);
}

gint
rv_habits_rows(const RvHabits *habits, const RvOid *column)
{
    return (gint)GPOINTER_TO_UINT(g_hash_table_lookup(habits->rows, column)) - 1;
}

void
rv_habits_set(RvHabits *habits, const RvOid *column, guint rows)
{
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(habits->rows, column));

    rows = MIN(rows, G_MAXINT - 1);
    if (known == rows + 1 || (known == 0 && g_hash_table_size(habits->rows) >= COLUMN_CEILING))
        return;
    put(habits, rv_oid_copy(column), rows);
    habits->changed = TRUE;
}

void
rv_habits_forget_absent(RvHabits *habits)
{
    GHashTableIter iter;
    gpointer rows;

    g_hash_table_iter_init(&iter, habits->rows);
    while (g_hash_table_iter_next(&iter, NULL, &rows)) {
        if (GPOINTER_TO_UINT(rows) == 1)
            g_hash_table_iter_remove(&iter);
    }
    habits->asked_at_ms = habits->now_ms;
    habits->changed = TRUE;
}

void
rv_habits_save(RvHabits *habits)
{
    g_autoptr(GString) out = NULL;
    g_autofree char *folder = NULL;
    GHashTableIter iter;
    gpointer column, rows;

    if (habits->path == NULL || !habits->changed)
        return;
    folder = g_path_get_dirname(habits->path);
    out = g_string_new(FIRST_LINE "\n");
    g_string_append_printf(out, "%" G_GINT64_FORMAT "\n", habits->asked_at_ms);
    g_hash_table_iter_init(&iter, habits->rows);
    while (g_hash_table_iter_next(&iter, &column, &rows)) {
        g_autofree char *text = rv_oid_format(column);

        g_string_append_printf(out, "%s %u\n", text, GPOINTER_TO_UINT(rows) - 1);
    }
    g_mkdir_with_parents(folder, 0750);
    rv_packed_write(habits->path, out->str, out->len);
    habits->changed = FALSE;
}
