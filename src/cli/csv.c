#include "cli/csv.h"

#include <string.h>

#include "base/text.h"

#define ROWS_CEILING 100000

static void
row_free(gpointer data)
{
    RvCsvRow *row = data;

    g_ptr_array_unref(row->cells);
    g_free(row);
}

/* The apostrophe that keeps spreadsheets from taking a cell for a formula is ours. */
static char *
finish_cell(GString *cell)
{
    const char *text = cell->str;

    if (text[0] == '\'' && text[1] != '\0' && strchr("=+-@", text[1]) != NULL)
        text++;
    return rv_text_clean(text, -1, 0);
}

/* Reads one cell and moves *at to what ended it: one of `ends` or the end. */
static char *
read_cell(const char **at, const char *ends, guint *line)
{
    g_autoptr(GString) cell = g_string_new(NULL);
    gboolean quoted = **at == '"';

    if (quoted)
        (*at)++;
    for (; **at != '\0'; (*at)++) {
        if (quoted && (*at)[0] == '"' && (*at)[1] == '"') {
            (*at)++;
        } else if (quoted && **at == '"') {
            quoted = FALSE;
            continue;
        } else if (!quoted && strchr(ends, **at) != NULL) {
            break;
        }
        *line += **at == '\n';
        g_string_append_c(cell, **at);
    }
    return finish_cell(cell);
}

static RvCsvRow *
read_row(const char **at, const char *ends, guint *line)
{
    RvCsvRow *row = g_new0(RvCsvRow, 1);

    row->line = *line;
    row->cells = g_ptr_array_new_with_free_func(g_free);
    for (;;) {
        g_ptr_array_add(row->cells, read_cell(at, ends, line));
        if (**at != ends[0])
            break;
        (*at)++;
    }
    if (**at == '\r')
        (*at)++;
    if (**at == '\n') {
        (*at)++;
        (*line)++;
    }
    return row;
}

/* Spreadsheets of some countries write semicolons or tabs: by the first line. */
static const char *
find_ends(const char *text)
{
    static const char *const ends[] = {",\r\n", ";\r\n", "\t\r\n"};
    gsize length = strcspn(text, "\r\n");

    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (memchr(text, ends[i][0], length) != NULL)
            return ends[i];
    return ends[0];
}

GPtrArray *
rv_csv_read(const char *text)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    const char *ends;
    guint line = 1;

    if (g_str_has_prefix(text, "\xef\xbb\xbf")) /* spreadsheets put a byte order mark */
        text += 3;
    ends = find_ends(text);
    while (*text != '\0' && rows->len < ROWS_CEILING) {
        const char *before = text;

        g_ptr_array_add(rows, read_row(&text, ends, &line));
        if (text == before)
            break;
    }
    return rows;
}

void
rv_csv_append(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    if (text != NULL && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL)
        g_string_append_c(out, '\'');
    for (const char *at = text != NULL ? text : ""; *at != '\0'; at++) {
        if (*at == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *at);
    }
    g_string_append(out, "\",");
}

void
rv_csv_end_row(GString *out)
{
    g_string_truncate(out, out->len - 1);
    g_string_append(out, "\r\n");
}
