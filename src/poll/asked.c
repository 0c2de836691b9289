#include "poll/asked.h"

#include <stdio.h>

#define TASKS G_N_ELEMENTS(((RvDeviceRow *)NULL)->asked_ms)

static GHashTable *
new_rows(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)rv_device_row_free);
}

GHashTable *
rv_asked_of_state(RvState *state, GError **error)
{
    g_autoptr(GPtrArray) all = rv_state_devices(state, error);
    GHashTable *rows;

    if (all == NULL)
        return NULL;
    rows = new_rows();
    g_ptr_array_set_free_func(all, NULL);
    for (guint i = 0; i < all->len; i++) {
        RvDeviceRow *row = g_ptr_array_index(all, i);

        g_hash_table_insert(rows, row->name, row);
    }
    return rows;
}

static RvDeviceRow *
row_of(GHashTable *rows, const char *name)
{
    RvDeviceRow *row = g_hash_table_lookup(rows, name);

    if (row != NULL)
        return row;
    row = g_new0(RvDeviceRow, 1);
    row->name = g_strdup(name);
    g_hash_table_insert(rows, row->name, row);
    return row;
}

void
rv_asked_note(GHashTable *rows, const RvAsked *asked)
{
    RvDeviceRow *row = row_of(rows, asked->device);

    row->last_ms = asked->taken_ms;
    row->state = asked->state;
    for (guint i = 0; i < TASKS; i++) {
        if (((guint)asked->tasks & 1u << i) == 0)
            continue;
        row->asked_ms[i] = asked->taken_ms;
        if (asked->state == RV_STATE_UP)
            row->answered_ms[i] = asked->taken_ms;
    }
}

/* ---- the file: a line a device, "STATE LAST ASKED×3 ANSWERED×3 NAME" ---- */

static char *
path_in(const char *state_folder)
{
    return g_build_filename(state_folder, "asked", NULL);
}

#define NUMBER "%" G_GINT64_FORMAT " "

static void
read_row(GHashTable *rows, const char *line)
{
    RvDeviceRow row = {0};
    guint state;
    int at = 0;

    if (sscanf(line, "%u " NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER "%n", &state,
               &row.last_ms, &row.asked_ms[0], &row.asked_ms[1], &row.asked_ms[2],
               &row.answered_ms[0], &row.answered_ms[1], &row.answered_ms[2], &at) != 8 ||
        state > RV_STATE_NOT_ASKED || line[at] == '\0')
        return;
    row.state = (RvReachability)state;
    row.name = g_strdup(line + at);
    g_hash_table_replace(rows, row.name, g_memdup2(&row, sizeof row));
}

GHashTable *
rv_asked_load(const char *state_folder)
{
    g_autofree char *path = path_in(state_folder);
    g_autofree char *text = NULL;
    GHashTable *rows = new_rows();
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return rows;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        read_row(rows, *line);
    return rows;
}

void
rv_asked_save(const char *state_folder, GHashTable *rows)
{
    g_autofree char *path = path_in(state_folder);
    g_autoptr(GString) text = g_string_new(NULL);
    GHashTableIter each;
    gpointer value;

    g_hash_table_iter_init(&each, rows);
    while (g_hash_table_iter_next(&each, NULL, &value)) {
        const RvDeviceRow *row = value;

        g_string_append_printf(text, "%u " NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER NUMBER "%s\n",
                               (guint)row->state, row->last_ms, row->asked_ms[0], row->asked_ms[1],
                               row->asked_ms[2], row->answered_ms[0], row->answered_ms[1],
                               row->answered_ms[2], row->name);
    }
    (void)g_file_set_contents_full(path, text->str, (gssize)text->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0640, NULL);
}
