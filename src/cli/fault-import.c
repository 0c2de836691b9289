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
    COLUMN_DEVICE,
    COLUMN_KIND,
    COLUMN_LEVEL,
    COLUMN_TITLE,
    COLUMN_OPENED,
} Column;
#define COLUMNS (COLUMN_OPENED + 1)

static const char *const column_names[COLUMNS] = {
    "id",       "acknowledged", "planned", "plan", "resolved", "root_cause", "method", "loss",
    "reported", "by",           "device",  "kind", "level",    "title",      "opened"};

/* ---- steps ---- */

typedef struct {
    RvState *state;
    const RvFaultImportTerms *terms;
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
    rv_problems_add(import->problems, import->terms->file, row->line,
                    (guint)MAX(import->places[column], 0) + 1, "%s: %s", column_names[column],
                    message);
}

/* FALSE: nothing there, or nothing that is a time. */
static gboolean
read_time(Import *import, const RvCsvRow *row, Column column, gint64 *ms)
{
    const char *text = cell(import, row, column);
    g_autoptr(GError) problem = NULL;

    if (text[0] == '\0')
        return FALSE;
    if (!rv_cli_parse_time(text, import->terms->zone, ms, &problem)) {
        complain(import, row, column, problem->message);
        return FALSE;
    }
    if (*ms > import->terms->now_ms) {
        complain(import, row, column,
                 "that is in the future; the times are read in the zone of --zone");
        return FALSE;
    }
    return TRUE;
}

static const char *
who_of(const Import *import, const RvCsvRow *row)
{
    const char *by = cell(import, row, COLUMN_BY);

    return by[0] != '\0' ? by : import->terms->who;
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

/* ---- faults that a ticket system opened ---- */

/* What the row says of a new fault; texts are borrowed from it. FALSE: it was complained of. */
static gboolean
read_new(Import *import, const RvCsvRow *row, RvFault *fault)
{
    const char *kind = cell(import, row, COLUMN_KIND), *level = cell(import, row, COLUMN_LEVEL);
    g_autoptr(GError) problem = NULL;

    fault->device = (char *)cell(import, row, COLUMN_DEVICE);
    fault->title = (char *)cell(import, row, COLUMN_TITLE);
    fault->opened_by = (char *)who_of(import, row);
    fault->kind = RV_FAULT_DEFECT;
    if (cell(import, row, COLUMN_OPENED)[0] == '\0') {
        complain(import, row, COLUMN_OPENED,
                 "a row without id is a new fault, and says when it began");
        return FALSE;
    }
    if (!read_time(import, row, COLUMN_OPENED, &fault->opened_ms))
        return FALSE;
    if (kind[0] != '\0' && !rv_fault_kind_parse(kind, &fault->kind)) {
        complain(import, row, COLUMN_KIND, "there are defect, question and alarm");
        return FALSE;
    }
    fault->level = (char *)rv_fault_level_parse(level[0] != '\0' ? level : NULL,
                                                import->terms->policy, &problem);
    if (fault->level == NULL) {
        complain(import, row, COLUMN_LEVEL, problem->message);
        return FALSE;
    }
    if (fault->device[0] != '\0' &&
        !rv_cli_check_device(import->terms->inventory, fault->device, &problem)) {
        complain(import, row, COLUMN_DEVICE, problem->message);
        return FALSE;
    }
    return TRUE;
}

/* Taken over before: *id stays 0 where it was not. */
static gboolean
find_same(Import *import, const RvFault *fault, gint64 *id, GError **error)
{
    g_autoptr(GPtrArray) all =
        rv_ledger_list(import->state, fault->device, fault->opened_ms, fault->opened_ms + 1, error);

    for (guint i = 0; all != NULL && i < all->len; i++) {
        const RvFault *one = g_ptr_array_index(all, i);

        if (one->opened_ms == fault->opened_ms && strcmp(one->title, fault->title) == 0 &&
            strcmp(one->device, fault->device) == 0)
            *id = one->id;
    }
    return all != NULL;
}

/* *id stays 0 where the row was complained of. */
static gboolean
open_new(Import *import, const RvCsvRow *row, gint64 *id, GError **error)
{
    RvFault fault = {0};

    *id = 0;
    if (!read_new(import, row, &fault))
        return TRUE;
    if (!find_same(import, &fault, id, error))
        return FALSE;
    if (*id != 0)
        return TRUE;
    if (!rv_ledger_open(import->state, &fault, error))
        return FALSE;
    *id = fault.id;
    import->steps++;
    return TRUE;
}

static gboolean
is_empty(const RvCsvRow *row)
{
    for (guint i = 0; i < row->cells->len; i++) {
        if (((const char *)g_ptr_array_index(row->cells, i))[0] != '\0')
            return FALSE;
    }
    return TRUE;
}

/* ---- rows ---- */

/* *id 0: there is none, and that was complained of. */
static gboolean
find_id(Import *import, const RvCsvRow *row, gint64 *id, GError **error)
{
    const char *text = cell(import, row, COLUMN_ID);
    g_autoptr(GError) problem = NULL;

    *id = 0;
    if (text[0] == '\0' && cell(import, row, COLUMN_TITLE)[0] != '\0')
        return open_new(import, row, id, error);
    if (!rv_cli_parse_id(text, id, &problem))
        complain(import, row, COLUMN_ID, problem->message);
    return TRUE;
}

static gboolean
import_row(Import *import, const RvCsvRow *row, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(RvFault) fault = NULL;
    gint64 id;

    if (is_empty(row))
        return TRUE;
    if (!find_id(import, row, &id, error))
        return FALSE;
    if (id == 0)
        return TRUE;
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
        rv_problems_add(import->problems, import->terms->file, 1, 1,
                        "the first line names the columns, and one of them is id");
    else
        for (guint i = 1; i < rows->len; i++) {
            if (!import_row(import, g_ptr_array_index(rows, i), error))
                return FALSE;
        }
    return rv_problems_settle(import->problems, error);
}

/* Spreadsheets save what they like. */
static gboolean
is_utf8(Import *import, const char *text, gsize length)
{
    const char *end = text;
    guint line = 1;

    if (g_utf8_validate(text, (gssize)length, &end))
        return TRUE;
    for (const char *at = text; at < end; at++)
        line += *at == '\n';
    rv_problems_add(import->problems, import->terms->file, line, 1,
                    "this is no UTF-8 text; save it as \"CSV UTF-8\"");
    return FALSE;
}

static gboolean
import_text(Import *import, const char *text, gsize length, GError **error)
{
    g_autoptr(GPtrArray) rows = NULL;

    if (!is_utf8(import, text, length))
        return rv_problems_settle(import->problems, error);
    rows = rv_csv_read(text);
    return import_rows(import, rows, error);
}

gboolean
rv_fault_import(RvState *state, const RvFaultImportTerms *terms, const char *text, gsize length,
                guint *steps, GError **error)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    Import import = {.state = state, .terms = terms, .problems = problems};
    gboolean fine;

    if (!rv_ledger_begin(state, error))
        return FALSE;
    fine = rv_ledger_finish(state, import_text(&import, text, length, error), error);
    *steps = import.steps;
    return fine;
}

const char *
rv_fault_level_parse(const char *word, const RvFaultPolicy *policy, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    g_autofree char *all = NULL;
    const RvFaultLevel *level;

    for (guint i = 0; i < policy->levels->len; i++)
        g_ptr_array_add(ids, ((RvFaultLevel *)g_ptr_array_index(policy->levels, i))->id);
    if (word == NULL && ids->len > 0)
        return g_ptr_array_index(ids, ids->len - 1);
    level = word != NULL ? rv_fault_policy_level(policy, word) : NULL;
    if (level != NULL)
        return level->id;
    g_ptr_array_add(ids, NULL);
    all = g_strjoinv(", ", (char **)ids->pdata);
    g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "there is no level '%s'; the service plan has %s",
                word != NULL ? word : "", all);
    return NULL;
}
