#include "db/ledger.h"

#include <string.h>

#include "base/error.h"
#include "db/sql.h"
#include "plan/fault-facts.h"

static void
entry_free(gpointer data)
{
    RvFaultEntry *entry = data;

    g_free(entry->who);
    g_free(entry->action);
    g_free(entry->text);
    g_free(entry->facts);
    g_free(entry);
}

void
rv_fault_free(RvFault *fault)
{
    if (fault == NULL)
        return;
    g_free(fault->device);
    g_free(fault->cause);
    g_free(fault->level);
    g_free(fault->title);
    g_free(fault->facts);
    g_free(fault->opened_by);
    g_free(fault->acknowledged_by);
    g_free(fault->planned_by);
    g_free(fault->resolved_by);
    g_free(fault->reported_by);
    g_free(fault->plan);
    g_free(fault->root_cause);
    g_free(fault->method);
    g_free(fault->loss);
    g_clear_pointer(&fault->trail, g_ptr_array_unref);
    g_free(fault);
}

RvFaultTimes
rv_fault_times(const RvFault *fault)
{
    return (RvFaultTimes){fault->opened_ms, fault->acknowledged_ms, fault->planned_ms,
                          fault->resolved_ms, fault->reported_ms};
}

char *
rv_ledger_title(const RvFault *fault, RvLanguage language)
{
    char *said = rv_fault_facts_say(fault->facts, language);

    return said != NULL ? said : g_strdup(fault->title);
}

/* Trails of before schema 6 have no facts, but the first entry repeats the title. */
char *
rv_ledger_entry_text(const RvFault *fault, const RvFaultEntry *entry, RvLanguage language)
{
    char *said = rv_fault_facts_say(entry->facts, language);

    if (said != NULL)
        return said;
    return g_strcmp0(entry->text, fault->title) == 0 ? rv_ledger_title(fault, language)
                                                     : g_strdup(entry->text);
}

/* ---- reading ---- */

#define FAULT_COLUMNS                                                                              \
    "SELECT id, device, cause, kind, level, title, opened_ms, opened_by, acknowledged_ms,"         \
    " planned_ms, recovered_ms, resolved_ms, reported_ms, acknowledged_by, planned_by,"            \
    " resolved_by, reported_by, plan, root_cause, method, loss, parent, facts FROM fault "

static RvFault *
read_fault(RvStatement *row)
{
    RvFault *fault = g_new0(RvFault, 1);
    g_autofree char *kind = rv_db_column_word(row, 3);

    fault->id = rv_db_column_int(row, 0);
    fault->device = rv_db_column_word(row, 1);
    fault->cause = rv_db_column_word(row, 2);
    rv_fault_kind_parse(kind, &fault->kind);
    fault->level = rv_db_column_word(row, 4);
    fault->title = rv_db_column_word(row, 5);
    fault->opened_ms = rv_db_column_int(row, 6);
    fault->opened_by = rv_db_column_word(row, 7);
    fault->acknowledged_ms = rv_db_column_int(row, 8);
    fault->planned_ms = rv_db_column_int(row, 9);
    fault->recovered_ms = rv_db_column_int(row, 10);
    fault->resolved_ms = rv_db_column_int(row, 11);
    fault->reported_ms = rv_db_column_int(row, 12);
    fault->acknowledged_by = rv_db_column_text(row, 13);
    fault->planned_by = rv_db_column_text(row, 14);
    fault->resolved_by = rv_db_column_text(row, 15);
    fault->reported_by = rv_db_column_text(row, 16);
    fault->plan = rv_db_column_text(row, 17);
    fault->root_cause = rv_db_column_text(row, 18);
    fault->method = rv_db_column_text(row, 19);
    fault->loss = rv_db_column_text(row, 20);
    fault->parent = rv_db_column_int(row, 21);
    fault->facts = rv_db_column_text(row, 22);
    return fault;
}

static GPtrArray *
read_faults(RvState *state, RvStatement *row, GError **error)
{
    g_autoptr(GPtrArray) faults = g_ptr_array_new_with_free_func((GDestroyNotify)rv_fault_free);
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(state, row, error)) == RV_STEP_ROW)
        g_ptr_array_add(faults, read_fault(row));
    return step == RV_STEP_END ? g_steal_pointer(&faults) : NULL;
}

static gboolean
read_trail(RvState *state, RvFault *fault, GError **error)
{
    RvStatement *row = rv_db_query(state, error,
                                   "SELECT time_ms, who, action, text, facts FROM fault_trail"
                                   " WHERE fault = ?1 ORDER BY time_ms, id",
                                   RV_INT(fault->id));
    RvStep step = RV_STEP_ERROR;

    fault->trail = g_ptr_array_new_with_free_func(entry_free);
    while (row != NULL && (step = rv_db_step(state, row, error)) == RV_STEP_ROW) {
        RvFaultEntry *entry = g_new0(RvFaultEntry, 1);

        entry->time_ms = rv_db_column_int(row, 0);
        entry->who = rv_db_column_word(row, 1);
        entry->action = rv_db_column_word(row, 2);
        entry->text = rv_db_column_word(row, 3);
        entry->facts = rv_db_column_text(row, 4);
        g_ptr_array_add(fault->trail, entry);
    }
    return step == RV_STEP_END;
}

RvFault *
rv_ledger_get(RvState *state, gint64 id, GError **error)
{
    RvStatement *row = rv_db_query(state, error, FAULT_COLUMNS "WHERE id = ?1", RV_INT(id));
    g_autoptr(GPtrArray) faults = read_faults(state, row, error);
    g_autoptr(RvFault) fault = NULL;

    if (faults == NULL || faults->len == 0)
        return NULL;
    fault = g_ptr_array_steal_index(faults, 0);
    return read_trail(state, fault, error) ? g_steal_pointer(&fault) : NULL;
}

GPtrArray *
rv_ledger_list(RvState *state, const char *device, gint64 from_ms, gint64 until_ms, GError **error)
{
    return read_faults(state,
                       rv_db_query(state, error,
                                   FAULT_COLUMNS "WHERE (?1 = '' OR device = ?1) AND opened_ms < ?3"
                                                 " AND (resolved_ms IS NULL OR resolved_ms >= ?2)"
                                                 " ORDER BY opened_ms, id",
                                   RV_TEXT(device != NULL ? device : ""), RV_INT(from_ms),
                                   RV_INT(until_ms)),
                       error);
}

GPtrArray *
rv_ledger_open_faults(RvState *state, GError **error)
{
    return read_faults(
        state,
        rv_db_query_with(state, error,
                         FAULT_COLUMNS "WHERE resolved_ms IS NULL ORDER BY opened_ms, id", NULL, 0),
        error);
}

/* ---- several steps ---- */

gboolean
rv_ledger_begin(RvState *state, GError **error)
{
    return rv_db_begin(state, error);
}

gboolean
rv_ledger_finish(RvState *state, gboolean fine, GError **error)
{
    return rv_db_finish(state, fine, error);
}

/* ---- by hand ---- */

static gboolean
add_entry(RvState *state, gint64 fault, gint64 time_ms, const char *who, const char *action,
          const char *text, const char *facts, GError **error)
{
    return rv_db_run(state, error,
                     "INSERT INTO fault_trail (fault, time_ms, who, action, text, facts)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                     RV_INT(fault), RV_INT(time_ms), RV_TEXT(who), RV_TEXT(action), RV_TEXT(text),
                     RV_TEXT(facts));
}

static gboolean
insert_fault(RvState *state, RvFault *fault, GError **error)
{
    if (!rv_db_insert(state, &fault->id, error,
                      "INSERT INTO fault (device, cause, kind, level, title, opened_ms, opened_by,"
                      " facts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
                      RV_TEXT(fault->device != NULL ? fault->device : ""),
                      RV_TEXT(fault->cause != NULL ? fault->cause : ""),
                      RV_TEXT(rv_fault_kind_word(fault->kind)), RV_TEXT(fault->level),
                      RV_TEXT(fault->title), RV_INT(fault->opened_ms), RV_TEXT(fault->opened_by),
                      RV_TEXT(fault->facts)))
        return FALSE;
    return add_entry(state, fault->id, fault->opened_ms, fault->opened_by, "open", fault->title,
                     fault->facts, error);
}

gboolean
rv_ledger_open(RvState *state, RvFault *fault, GError **error)
{
    if (!rv_db_begin(state, error))
        return FALSE;
    return rv_db_finish(state, insert_fault(state, fault, error), error);
}

typedef struct {
    gint64 id, now_ms;
    const char *who, *text;
    const RvResolution *resolution;
} Step;

/* A step that a person takes: where it may be taken, and what it writes. */
typedef struct {
    const char *action;
    const char *sql; /* ?1 id, ?2 time, ?3 who, ?4 text, ?5 method, ?6 loss */
    const char *refusal;
} StepKind;

static const StepKind acknowledging = {
    "acknowledge",
    "UPDATE fault SET acknowledged_ms = ?2, acknowledged_by = ?3"
    " WHERE id = ?1 AND opened_ms <= ?2 AND acknowledged_ms IS NULL AND resolved_ms IS NULL",
    "is acknowledged or resolved already"};
static const StepKind noting = {"note", "UPDATE fault SET id = id WHERE id = ?1", ""};
static const StepKind planning = {
    "plan",
    "UPDATE fault SET planned_ms = coalesce(planned_ms, ?2), planned_by = coalesce(planned_by, ?3),"
    " plan = ?4 WHERE id = ?1 AND opened_ms <= ?2 AND resolved_ms IS NULL",
    "is resolved already"};
static const StepKind resolving = {
    "resolve",
    "UPDATE fault SET resolved_ms = ?2, resolved_by = ?3, root_cause = ?4, method = ?5, loss = ?6"
    " WHERE id = ?1 AND opened_ms <= ?2 AND resolved_ms IS NULL",
    "is resolved already"};
static const StepKind reporting = {
    "report",
    "UPDATE fault SET reported_ms = ?2, reported_by = ?3"
    " WHERE id = ?1 AND resolved_ms <= ?2 AND reported_ms IS NULL",
    "is not resolved by then, or its report was handed over already"};

static gboolean
refuse(RvState *state, const Step *step, const StepKind *kind, GError **error)
{
    g_autoptr(RvFault) fault = rv_ledger_get(state, step->id, error);

    if (error != NULL && *error != NULL)
        return FALSE;
    if (fault == NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "no fault %" G_GINT64_FORMAT "; `rackvitals fault list --all` shows them",
                    step->id);
    else
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "fault %" G_GINT64_FORMAT " %s", step->id,
                    fault->opened_ms > step->now_ms ? "was opened only after that" : kind->refusal);
    return FALSE;
}

static gboolean
write_step(RvState *state, const Step *step, const StepKind *kind, GError **error)
{
    const RvResolution none = {0};
    const RvResolution *resolution = step->resolution != NULL ? step->resolution : &none;
    const RvParam params[] = {
        RV_INT(step->id),    RV_INT(step->now_ms),        RV_TEXT(step->who),
        RV_TEXT(step->text), RV_TEXT(resolution->method), RV_TEXT(resolution->loss)};
    gsize count = step->resolution != NULL ? 6 : kind == &planning ? 4 : kind == &noting ? 1 : 3;

    if (!rv_db_run_with(state, error, kind->sql, params, count))
        return FALSE;
    if (rv_db_changes(state) == 0)
        return refuse(state, step, kind, error);
    return add_entry(state, step->id, step->now_ms, step->who, kind->action, step->text, NULL,
                     error);
}

static gboolean
take_step(RvState *state, const Step *step, const StepKind *kind, GError **error)
{
    if (!rv_db_begin(state, error))
        return FALSE;
    return rv_db_finish(state, write_step(state, step, kind, error), error);
}

gboolean
rv_ledger_acknowledge(RvState *state, gint64 id, gint64 now_ms, const char *who, const char *text,
                      GError **error)
{
    return take_step(state, &(Step){id, now_ms, who, text, NULL}, &acknowledging, error);
}

gboolean
rv_ledger_note(RvState *state, gint64 id, gint64 now_ms, const char *who, const char *text,
               GError **error)
{
    return take_step(state, &(Step){id, now_ms, who, text, NULL}, &noting, error);
}

gboolean
rv_ledger_plan(RvState *state, gint64 id, gint64 now_ms, const char *who, const char *text,
               GError **error)
{
    return take_step(state, &(Step){id, now_ms, who, text, NULL}, &planning, error);
}

gboolean
rv_ledger_resolve(RvState *state, gint64 id, gint64 now_ms, const char *who,
                  const RvResolution *resolution, GError **error)
{
    const Step step = {id, now_ms, who, resolution->root_cause, resolution};

    if (resolution->root_cause == NULL || resolution->root_cause[0] == '\0' ||
        resolution->method == NULL || resolution->method[0] == '\0') {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "a fault is resolved with its cause and the method that helped");
        return FALSE;
    }
    return take_step(state, &step, &resolving, error);
}

gboolean
rv_ledger_reported(RvState *state, gint64 id, gint64 now_ms, const char *who, GError **error)
{
    return take_step(state, &(Step){id, now_ms, who, "", NULL}, &reporting, error);
}
