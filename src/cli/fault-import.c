#include "cli/fault-import.h"

#include <string.h>

#include "base/error.h"
#include "base/problems.h"
#include "cli/csv.h"
#include "cli/state-options.h"

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
cell(const Import *import, const RvCsvRow *row, Column column)
{
    int place = import->places[column];

    return place >= 0 && (guint)place < row->cells->len ? g_ptr_array_index(row->cells, place) : "";
}

static void
complain(Import *import, const RvCsvRow *row, Column column, const char *message)
{
    rv_problems_add(import->problems, import->file, row->line, (guint)import->places[column] + 1,
                    "%s: %s", column_names[column], message);
}

/* FALSE: nothing there, or nothing that is a time. */
static gboolean
read_time(Import *import, const RvCsvRow *row, Column column, gint64 *ms)
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
who_of(const Import *import, const RvCsvRow *row)
{
    const char *by = cell(import, row, COLUMN_BY);

    return by[0] != '\0' ? by : import->who;
}

/* Counts the step, or complains of why it could not be taken. */
static void
settle(Import *import, const RvCsvRow *row, Column column, gboolean taken, GError *problem)
{
    if (taken)
        import->steps++;
    else
        complain(import, row, column, problem->message);
    g_clear_error(&problem);
}

static void
import_acknowledgement(Import *import, const RvCsvRow *row, const RvFault *fault)
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
import_plan(Import *import, const RvCsvRow *row, const RvFault *fault)
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
import_resolution(Import *import, const RvCsvRow *row, const RvFault *fault)
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
import_report(Import *import, const RvCsvRow *row, const RvFault *fault)
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
import_row(Import *import, const RvCsvRow *row, GError **error)
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
read_heading(Import *import, const RvCsvRow *heading)
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
    g_autoptr(GPtrArray) rows = rv_csv_read(text);
    g_autoptr(RvProblems) problems = rv_problems_new();
    Import import = {.state = state, .file = file, .who = who, .zone = zone, .problems = problems};
    gboolean fine;

    if (!rv_ledger_begin(state, error))
        return FALSE;
    fine = rv_ledger_finish(state, import_rows(&import, rows, error), error);
    *steps = import.steps;
    return fine;
}
