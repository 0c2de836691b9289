#include "cli/fault-import.h"

#include <string.h>

#include "base/error.h"
#include "base/problems.h"
#include "base/text.h"
#include "cli/state-options.h"

#define ROWS_CEILING 100000

typedef enum {
    COLUMN_ID,
    COLUMN_ACKNOWLEDGED,
    COLUMN_PLANNED,
    COLUMN_PLAN,
    COLUMN_RESOLVED,
    COLUMN_ROOT_CAUSE,
    COLUMN_METHOD,
    COLUMN_LOSS,
    COLUMN_REPORTED,
    COLUMN_BY,
} Column;
#define COLUMNS (COLUMN_BY + 1)

static const char *const column_names[COLUMNS] = {
    "id",         "acknowledged", "planned", "plan",     "resolved",
    "root_cause", "method",       "loss",    "reported", "by"};

/* ---- CSV ---- */

typedef struct {
    guint line;       /* where it begins */
    GPtrArray *cells; /* char* */
} Row;

static void
row_free(gpointer data)
{
    Row *row = data;

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

/* Reads one cell and moves *at to what ended it: ',', a line end or the end. */
static char *
read_cell(const char **at, guint *line)
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
        } else if (!quoted && strchr(",\r\n", **at) != NULL) {
            break;
        }
        *line += **at == '\n';
        g_string_append_c(cell, **at);
    }
    return finish_cell(cell);
}

static Row *
read_row(const char **at, guint *line)
{
    Row *row = g_new0(Row, 1);

    row->line = *line;
    row->cells = g_ptr_array_new_with_free_func(g_free);
    for (;;) {
        g_ptr_array_add(row->cells, read_cell(at, line));
        if (**at != ',')
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

static GPtrArray *
read_rows(const char *text)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    guint line = 1;

    if (g_str_has_prefix(text, "\xef\xbb\xbf")) /* spreadsheets put a byte order mark */
        text += 3;
    while (*text != '\0' && rows->len < ROWS_CEILING) {
        const char *before = text;

        g_ptr_array_add(rows, read_row(&text, &line));
        if (text == before)
            break;
    }
    return rows;
}

/* ---- steps ---- */

typedef struct {
    RvState *state;
    const char *file, *who;
    GTimeZone *zone;
    RvProblems *problems;
    int places[COLUMNS]; /* in the file; -1: not there */
    guint steps;
} Import;

static const char *
cell(const Import *import, const Row *row, Column column)
{
    int place = import->places[column];

    return place >= 0 && (guint)place < row->cells->len ? g_ptr_array_index(row->cells, place) : "";
}

static void
complain(Import *import, const Row *row, Column column, const char *message)
{
    rv_problems_add(import->problems, import->file, row->line, (guint)import->places[column] + 1,
                    "%s: %s", column_names[column], message);
}

/* FALSE: nothing there, or nothing that is a time. */
static gboolean
read_time(Import *import, const Row *row, Column column, gint64 *ms)
{
    const char *text = cell(import, row, column);
    g_autoptr(GError) problem = NULL;

    if (text[0] == '\0')
        return FALSE;
    if (rv_cli_parse_time(text, import->zone, ms, &problem))
        return TRUE;
    complain(import, row, column, problem->message);
    return FALSE;
}

static const char *
who_of(const Import *import, const Row *row)
{
    const char *by = cell(import, row, COLUMN_BY);

    return by[0] != '\0' ? by : import->who;
}

/* Counts the step, or complains of why it could not be taken. */
static void
settle(Import *import, const Row *row, Column column, gboolean taken, GError *problem)
{
    if (taken)
        import->steps++;
    else
        complain(import, row, column, problem->message);
    g_clear_error(&problem);
}

static void
import_acknowledgement(Import *import, const Row *row, const RvFault *fault)
{
    GError *problem = NULL;
    gboolean taken;
    gint64 ms;

    if (fault->acknowledged_ms != 0 || fault->resolved_ms != 0 ||
        !read_time(import, row, COLUMN_ACKNOWLEDGED, &ms))
        return;
    taken = rv_ledger_acknowledge(import->state, fault->id, ms, who_of(import, row), "", &problem);
    settle(import, row, COLUMN_ACKNOWLEDGED, taken, problem);
}

static void
import_plan(Import *import, const Row *row, const RvFault *fault)
{
    GError *problem = NULL;
    gboolean taken;
    gint64 ms;

    if (fault->planned_ms != 0 || fault->resolved_ms != 0 ||
        !read_time(import, row, COLUMN_PLANNED, &ms))
        return;
    taken = rv_ledger_plan(import->state, fault->id, ms, who_of(import, row),
                           cell(import, row, COLUMN_PLAN), &problem);
    settle(import, row, COLUMN_PLANNED, taken, problem);
}

static void
import_resolution(Import *import, const Row *row, const RvFault *fault)
{
    const RvResolution resolution = {cell(import, row, COLUMN_ROOT_CAUSE),
                                     cell(import, row, COLUMN_METHOD),
                                     cell(import, row, COLUMN_LOSS)};
    GError *problem = NULL;
    gboolean taken;
    gint64 ms;

    if (fault->resolved_ms != 0 || !read_time(import, row, COLUMN_RESOLVED, &ms))
        return;
    taken =
        rv_ledger_resolve(import->state, fault->id, ms, who_of(import, row), &resolution, &problem);
    settle(import, row, COLUMN_RESOLVED, taken, problem);
}

static void
import_report(Import *import, const Row *row, const RvFault *fault)
{
    GError *problem = NULL;
    gboolean taken;
    gint64 ms;

    if (fault->reported_ms != 0 || !read_time(import, row, COLUMN_REPORTED, &ms))
        return;
    taken = rv_ledger_reported(import->state, fault->id, ms, who_of(import, row), &problem);
    settle(import, row, COLUMN_REPORTED, taken, problem);
}

static gboolean
import_row(Import *import, const Row *row, GError **error)
{
    const char *text = cell(import, row, COLUMN_ID);
    g_autoptr(GError) problem = NULL;
    g_autoptr(RvFault) fault = NULL;
    gint64 id;

    if (row->cells->len == 1 && text[0] == '\0') /* an empty line */
        return TRUE;
    if (!rv_cli_parse_id(text, &id, &problem)) {
        complain(import, row, COLUMN_ID, problem->message);
        return TRUE;
    }
    fault = rv_ledger_get(import->state, id, &problem);
    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    if (fault == NULL) {
        complain(import, row, COLUMN_ID, "the ledger has no such fault");
        return TRUE;
    }
    import_acknowledgement(import, row, fault);
    import_plan(import, row, fault);
    import_resolution(import, row, fault);
    import_report(import, row, fault);
    return TRUE;
}

static gboolean
read_heading(Import *import, const Row *heading)
{
    for (guint i = 0; i < COLUMNS; i++) {
        import->places[i] = -1;
        for (guint j = 0; j < heading->cells->len; j++) {
            if (strcmp(g_ptr_array_index(heading->cells, j), column_names[i]) == 0)
                import->places[i] = (int)j;
        }
    }
    return import->places[COLUMN_ID] >= 0;
}

static gboolean
import_rows(Import *import, const GPtrArray *rows, GError **error)
{
    if (rows->len == 0 || !read_heading(import, g_ptr_array_index(rows, 0)))
        rv_problems_add(import->problems, import->file, 1, 1,
                        "the first line names the columns, and one of them is id");
    else
        for (guint i = 1; i < rows->len; i++) {
            if (!import_row(import, g_ptr_array_index(rows, i), error))
                return FALSE;
        }
    return rv_problems_settle(import->problems, error);
}

gboolean
rv_fault_import(RvState *state, const char *file, const char *text, GTimeZone *zone,
                const char *who, guint *steps, GError **error)
{
    g_autoptr(GPtrArray) rows = read_rows(text);
    g_autoptr(RvProblems) problems = rv_problems_new();
    Import import = {.state = state, .file = file, .who = who, .zone = zone, .problems = problems};
    gboolean fine;

    if (!rv_ledger_begin(state, error))
        return FALSE;
    fine = rv_ledger_finish(state, import_rows(&import, rows, error), error);
    *steps = import.steps;
    return fine;
}
