#include "cli/inventory-import.h"

#include <string.h>

#include "base/problems.h"
#include "cli/csv.h"
#include "conf/address.h"
#include "yaml/node.h"

/* Where a column goes: a key of the device, or of its block. */
static const struct {
    const char *column, *block, *key;
} columns[] = {
    {"name", NULL, "name"},
    {"address", NULL, "address"},
    {"group", NULL, "group"},
    {"kind", NULL, "kind"},
    {"site", NULL, "site"},
    {"rack", NULL, "rack"},
    {"service-class", NULL, "service-class"},
    {"owner", NULL, "owner"},
    {"contract", NULL, "contract"},
    {"serial", NULL, "serial"},
    {"profile", NULL, "profile"},
    {"parents", NULL, "parents"},
    {"snmp-version", "snmp", "version"},
    {"snmp-credential", "snmp", "credential"},
    {"snmp-port", "snmp", "port"},
    {"ipmi-address", "ipmi", "address"},
    {"ipmi-credential", "ipmi", "credential"},
};
#define COLUMNS G_N_ELEMENTS(columns)

typedef struct {
    const char *file;
    RvProblems *problems;
    int places[COLUMNS]; /* in the file; -1: not there */
    GHashTable *names;   /* name → line + 1 */
} Import;

static void
complain(Import *import, guint line, int place, const char *message)
{
    rv_problems_add(import->problems, import->file, line, (guint)place + 1, "%s", message);
}

/* ---- heading ---- */

static void
read_heading(Import *import, const RvCsvRow *heading)
{
    const char *known[COLUMNS + 1] = {NULL};

    for (gsize i = 0; i < COLUMNS; i++) {
        known[i] = columns[i].column;
        import->places[i] = -1;
    }
    for (guint j = 0; j < heading->cells->len; j++) {
        const char *cell = g_ptr_array_index(heading->cells, j);
        g_autofree char *message = NULL, *suggestion = NULL;
        gsize i = 0;

        while (i < COLUMNS && g_ascii_strcasecmp(cell, columns[i].column) != 0)
            i++;
        if (i < COLUMNS) {
            import->places[i] = (int)j;
            continue;
        }
        suggestion = rv_yaml_suggest(cell, known);
        message = g_strdup_printf("no column is called '%s'%s", cell, suggestion);
        complain(import, heading->line, (int)j, message);
    }
    if (import->places[0] < 0 || import->places[1] < 0)
        complain(import, heading->line, 0,
                 "the first line names the columns; 'name' and 'address' are needed");
}

/* ---- rows ---- */

static const char *
cell_of(const Import *import, const RvCsvRow *row, gsize column)
{
    int place = import->places[column];

    return place >= 0 && (guint)place < row->cells->len ? g_ptr_array_index(row->cells, place) : "";
}

/* Plain where YAML reads it as the text it is, else in double quotes. */
static void
append_scalar(GString *out, const char *text)
{
    static const char *const traps[] = {"no",    "yes", "on", "off",  "true",
                                        "false", "y",   "n",  "null", NULL};
    g_autofree char *lower = g_ascii_strdown(text, -1);
    gboolean plain = g_ascii_isalnum(*text) && !g_strv_contains(traps, lower);

    for (const char *p = text; plain && *p != '\0'; p++)
        plain = g_ascii_isalnum(*p) || strchr("._-/", *p) != NULL;
    if (plain) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

static void
append_parents(GString *out, const char *text)
{
    g_auto(GStrv) names = g_strsplit_set(text, "; ,", -1);
    const char *between = "";

    g_string_append_c(out, '[');
    for (char **name = names; *name != NULL; name++) {
        if (**name == '\0')
            continue;
        g_string_append(out, between);
        append_scalar(out, *name);
        between = ", ";
    }
    g_string_append_c(out, ']');
}

static void
append_device(const Import *import, const RvCsvRow *row, GString *out)
{
    const char *block = NULL, *between = "";

    g_string_append(out, "  - { ");
    for (gsize i = 0; i < COLUMNS; i++) {
        const char *text = cell_of(import, row, i);

        if (*text == '\0')
            continue;
        if (block != NULL && g_strcmp0(block, columns[i].block) != 0) {
            g_string_append(out, " }");
            block = NULL;
        }
        g_string_append(out, between);
        if (columns[i].block != NULL && block == NULL) {
            block = columns[i].block;
            g_string_append_printf(out, "%s: { ", block);
        }
        g_string_append_printf(out, "%s: ", columns[i].key);
        if (strcmp(columns[i].key, "parents") == 0)
            append_parents(out, text);
        else
            append_scalar(out, text);
        between = ", ";
    }
    g_string_append(out, block != NULL ? " } }\n" : " }\n");
}

static void
import_row(Import *import, const RvCsvRow *row, GString *out)
{
    const char *name = cell_of(import, row, 0), *address = cell_of(import, row, 1);
    const char *problem = *address != '\0' ? rv_address_problem(address) : "";
    guint first = GPOINTER_TO_UINT(g_hash_table_lookup(import->names, name));
    g_autofree char *message = NULL;

    if (row->cells->len == 1 && *(char *)g_ptr_array_index(row->cells, 0) == '\0')
        return; /* an empty line */
    if (*name == '\0') {
        complain(import, row->line, import->places[0], "no name");
        return;
    }
    if (first != 0) {
        message = g_strdup_printf("device '%s' is in line %u already", name, first);
        complain(import, row->line, import->places[0], message);
    } else if (problem != NULL) {
        message = *problem == '\0' ? g_strdup("no address")
                                   : g_strdup_printf("'%s' is %s", address, problem);
        complain(import, row->line, import->places[1], message);
    }
    g_hash_table_insert(import->names, (gpointer)name, GUINT_TO_POINTER(row->line));
    append_device(import, row, out);
}

gboolean
rv_inventory_import(const char *file, const char *text, GString *out, GError **error)
{
    g_autoptr(GPtrArray) rows = rv_csv_read(text);
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    Import import = {.file = file, .problems = problems, .names = names};

    if (rows->len == 0)
        rv_problems_add(problems, file, 0, 0, "is empty");
    else
        read_heading(&import, g_ptr_array_index(rows, 0));
    g_string_append(out, "devices:\n");
    for (guint i = 1; i < rows->len && import.places[0] >= 0 && import.places[1] >= 0; i++)
        import_row(&import, g_ptr_array_index(rows, i), out);
    return rv_problems_settle(problems, error);
}
