#include "db/sql.h"

#include <string.h>

#include "base/error.h"
#include "db/backend.h"
#include "observation/words.h"

/* ---- statements ---- */

static RvStatement *
prepare(RvState *state, const char *sql, GError **error)
{
    RvStatement *statement = g_hash_table_lookup(state->statements, sql);

    if (statement != NULL)
        return statement;
    statement = state->backend->prepare(state, sql, error);
    if (statement != NULL)
        g_hash_table_insert(state->statements, (gpointer)sql, statement);
    return statement;
}

RvStatement *
rv_db_query_with(RvState *state, GError **error, const char *sql, const RvParam *params,
                 gsize count)
{
    RvStatement *statement;

    if (state->depth == 0 && !state->backend->ready(state, error))
        return NULL;
    statement = prepare(state, sql, error);
    if (statement == NULL || !state->backend->bind(statement, params, count, error))
        return NULL;
    return statement;
}

RvStep
rv_db_step(RvState *state, RvStatement *statement, GError **error)
{
    return state->backend->step(statement, error);
}

void
rv_db_done(RvStatement *statement)
{
    statement->state->backend->done(statement);
}

gboolean
rv_db_run_with(RvState *state, GError **error, const char *sql, const RvParam *params, gsize count)
{
    RvStatement *statement = rv_db_query_with(state, error, sql, params, count);

    return statement != NULL && rv_db_step(state, statement, error) == RV_STEP_END;
}

gboolean
rv_db_insert_with(RvState *state, gint64 *id, GError **error, const char *sql,
                  const RvParam *params, gsize count)
{
    RvStatement *statement = rv_db_query_with(state, error, sql, params, count);

    if (statement == NULL || rv_db_step(state, statement, error) != RV_STEP_ROW)
        return FALSE;
    *id = rv_db_column_int(statement, 0);
    return rv_db_step(state, statement, error) == RV_STEP_END;
}

gboolean
rv_db_script(RvState *state, const char *sql, GError **error)
{
    return state->backend->script(state, sql, error);
}

gint64
rv_db_ask(RvState *state, const char *sql, GError **error)
{
    RvStatement *statement = rv_db_query_with(state, error, sql, NULL, 0);
    gint64 value;

    if (statement == NULL || rv_db_step(state, statement, error) != RV_STEP_ROW)
        return -1;
    value = rv_db_column_int(statement, 0);
    rv_db_done(statement);
    return value;
}

gint64
rv_db_changes(RvState *state)
{
    return state->backend->changes(state);
}

void
rv_db_forget(RvState *state, const char *sql)
{
    g_hash_table_remove(state->statements, sql);
}

/* ---- transactions ---- */

/* The outer transaction is gone, as SQLite takes it back by itself when the disk is full, and a
 * server when the connection is lost: nothing more may be written as if it were there. */
static gboolean
is_lost(RvState *state)
{
    return state->depth > 0 && !state->backend->is_inside(state);
}

static gboolean
begin(RvState *state, const char *sql, GError **error)
{
    if (is_lost(state)) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: what was to be stored together was taken back; nothing was changed",
                    state->path);
        return FALSE;
    }
    if (state->depth == 0 && !state->backend->ready(state, error))
        return FALSE;
    if (!rv_db_script(state, state->depth == 0 ? sql : "SAVEPOINT part", error)) {
        if (state->depth == 0) /* a server may have begun it before it failed */
            (void)rv_db_script(state, "ROLLBACK", NULL);
        return FALSE;
    }
    state->depth++;
    return TRUE;
}

gboolean
rv_db_begin(RvState *state, GError **error)
{
    return begin(state, state->backend->begin, error);
}

gboolean
rv_db_begin_reading(RvState *state, GError **error)
{
    return begin(state, state->backend->begin_reading, error);
}

gboolean
rv_db_commit(RvState *state, GError **error)
{
    if (is_lost(state))
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: what was to be stored together was taken back; nothing was changed",
                    state->path);
    else if (rv_db_script(state, state->depth > 1 ? "RELEASE part" : "COMMIT", error)) {
        state->depth--;
        return TRUE;
    }
    rv_db_rollback(state);
    return FALSE;
}

void
rv_db_rollback(RvState *state)
{
    /* where it is lost already these fail, and that is well */
    (void)rv_db_script(state, state->depth > 1 ? "ROLLBACK TO part; RELEASE part" : "ROLLBACK",
                       NULL);
    state->depth--;
}

gboolean
rv_db_finish(RvState *state, gboolean fine, GError **error)
{
    if (fine)
        return rv_db_commit(state, error);
    rv_db_rollback(state);
    return FALSE;
}

/* ---- columns ---- */

gboolean
rv_db_column_is_null(RvStatement *statement, int column)
{
    return statement->state->backend->is_null(statement, column);
}

const char *
rv_db_column_string(RvStatement *statement, int column)
{
    return statement->state->backend->string(statement, column);
}

gconstpointer
rv_db_column_blob(RvStatement *statement, int column, gsize *length)
{
    return statement->state->backend->blob(statement, column, length);
}

char *
rv_db_column_text(RvStatement *statement, int column)
{
    return g_strdup(rv_db_column_string(statement, column));
}

char *
rv_db_column_word(RvStatement *statement, int column)
{
    const char *text = rv_db_column_string(statement, column);

    return g_strdup(text != NULL ? text : "");
}

gint64
rv_db_column_int(RvStatement *statement, int column)
{
    return statement->state->backend->integer(statement, column);
}

static gboolean
is_word(RvStatement *statement, int column, const char *word)
{
    return g_strcmp0(rv_db_column_string(statement, column), word) == 0;
}

RvReachability
rv_db_reachability(RvStatement *statement, int column)
{
    RvReachability state = RV_STATE_UP;

    while (state < RV_STATE_NOT_ASKED && !is_word(statement, column, rv_reachability_word(state)))
        state++;
    return state;
}

RvReason
rv_db_reason(RvStatement *statement, int column)
{
    RvReason reason = RV_REASON_NONE;

    while (reason < RV_REASON_CONFIGURATION && !is_word(statement, column, rv_reason_word(reason)))
        reason++;
    return is_word(statement, column, rv_reason_word(reason)) ? reason : RV_REASON_NONE;
}

RvVerdict
rv_db_verdict(RvStatement *statement, int column)
{
    RvVerdict verdict = RV_VERDICT_OK;

    while (verdict < RV_VERDICT_UNKNOWN && !is_word(statement, column, rv_verdict_word(verdict)))
        verdict++;
    return verdict;
}

RvPresence
rv_db_presence(RvStatement *statement, int column)
{
    RvPresence presence = RV_PRESENCE_PRESENT;

    while (presence < RV_PRESENCE_MISSING &&
           !is_word(statement, column, rv_presence_word(presence)))
        presence++;
    return presence;
}
