#include "db/sqlite.h"

#include <string.h>

#include "base/error.h"
#include "observation/words.h"

static const struct {
    int code;
    const char *what, *advice;
} failures[] = {
    {SQLITE_FULL, "the disk is full", "free some space and run the command again"},
    {SQLITE_READONLY, "it cannot be written",
     "give our user write rights on the file and on its folder"},
    {SQLITE_PERM, "access is refused", "give our user rights on the file and on its folder"},
    {SQLITE_BUSY, "another program has held it for too long",
     "see with `fuser` which one, and run the command again"},
    {SQLITE_LOCKED, "another program has held it for too long",
     "see with `fuser` which one, and run the command again"},
    {SQLITE_CANTOPEN, "it cannot be opened",
     "see that the folder exists and that our user may write in it"},
    {SQLITE_CORRUPT, "it is damaged",
     "move it away and put the last backup in its place; `rackvitals doctor` says more"},
    {SQLITE_NOTADB, "it is no database of ours", "name another file, or move this one away"},
    {SQLITE_IOERR, "reading or writing failed", "look at the disk and at the system's log"},
};

gboolean
rv_db_fail(RvState *state, GError **error)
{
    int code = sqlite3_errcode(state->handle);

    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        if (failures[i].code != (code & 0xff))
            continue;
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s (%s); %s", state->path,
                    failures[i].what, sqlite3_errmsg(state->handle), failures[i].advice);
        return FALSE;
    }
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "%s: %s (SQLite %d); `rackvitals doctor` looks into the file", state->path,
                sqlite3_errmsg(state->handle), sqlite3_extended_errcode(state->handle));
    return FALSE;
}

static sqlite3_stmt *
prepare(RvState *state, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(state->statements, sql);

    if (statement != NULL)
        return statement;
    if (sqlite3_prepare_v3(state->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
        SQLITE_OK) {
        rv_db_fail(state, error);
        return NULL;
    }
    g_hash_table_insert(state->statements, (gpointer)sql, statement);
    return statement;
}

static int
bind(sqlite3_stmt *statement, int position, const RvParam *param)
{
    switch (param->type) {
    case RV_PARAM_NULL:
        return sqlite3_bind_null(statement, position);
    case RV_PARAM_INT:
        return sqlite3_bind_int64(statement, position, param->number);
    case RV_PARAM_TEXT:
        return sqlite3_bind_text(statement, position, param->bytes, -1, SQLITE_STATIC);
    case RV_PARAM_BLOB:
        return sqlite3_bind_blob64(statement, position, param->bytes, (sqlite3_uint64)param->number,
                                   SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

sqlite3_stmt *
rv_db_query_with(RvState *state, GError **error, const char *sql, const RvParam *params,
                 gsize count)
{
    sqlite3_stmt *statement = prepare(state, sql, error);

    if (statement == NULL)
        return NULL;
    for (gsize i = 0; i < count; i++) {
        if (bind(statement, (int)i + 1, &params[i]) != SQLITE_OK) {
            rv_db_fail(state, error);
            return NULL;
        }
    }
    return statement;
}

RvStep
rv_db_step(RvState *state, sqlite3_stmt *statement, GError **error)
{
    switch (sqlite3_step(statement)) {
    case SQLITE_ROW:
        return RV_STEP_ROW;
    case SQLITE_DONE:
        rv_db_done(statement);
        return RV_STEP_END;
    default:
        rv_db_fail(state, error);
        rv_db_done(statement);
        return RV_STEP_ERROR;
    }
}

void
rv_db_done(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement); /* they are borrowed */
}

gboolean
rv_db_run_with(RvState *state, GError **error, const char *sql, const RvParam *params, gsize count)
{
    sqlite3_stmt *statement = rv_db_query_with(state, error, sql, params, count);

    return statement != NULL && rv_db_step(state, statement, error) == RV_STEP_END;
}

gboolean
rv_db_script(RvState *state, const char *sql, GError **error)
{
    return sqlite3_exec(state->handle, sql, NULL, NULL, NULL) == SQLITE_OK ||
           rv_db_fail(state, error);
}

/* The outer transaction is gone, as SQLite takes it back by itself when the disk is full: nothing
 * more may be written as if it were there. */
static gboolean
is_lost(RvState *state)
{
    return state->depth > 0 && sqlite3_get_autocommit(state->handle) != 0;
}

gboolean
rv_db_begin(RvState *state, GError **error)
{
    if (is_lost(state)) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: what was to be stored together was taken back; nothing was changed",
                    state->path);
        return FALSE;
    }
    if (!rv_db_script(state, state->depth == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT inner", error))
        return FALSE;
    state->depth++;
    return TRUE;
}

gboolean
rv_db_commit(RvState *state, GError **error)
{
    if (rv_db_script(state, state->depth > 1 ? "RELEASE inner" : "COMMIT", error)) {
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
    sqlite3_exec(state->handle, state->depth > 1 ? "ROLLBACK TO inner; RELEASE inner" : "ROLLBACK",
                 NULL, NULL, NULL);
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

gint64
rv_db_last_id(RvState *state)
{
    return sqlite3_last_insert_rowid(state->handle);
}

char *
rv_db_column_text(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

char *
rv_db_column_word(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    return g_strdup(text != NULL ? text : "");
}

gint64
rv_db_column_int(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

static gboolean
is_word(sqlite3_stmt *statement, int column, const char *word)
{
    return g_strcmp0((const char *)sqlite3_column_text(statement, column), word) == 0;
}

RvReachability
rv_db_reachability(sqlite3_stmt *statement, int column)
{
    RvReachability state = RV_STATE_UP;

    while (state < RV_STATE_NOT_ASKED && !is_word(statement, column, rv_reachability_word(state)))
        state++;
    return state;
}

RvReason
rv_db_reason(sqlite3_stmt *statement, int column)
{
    RvReason reason = RV_REASON_NONE;

    while (reason < RV_REASON_CONFIGURATION && !is_word(statement, column, rv_reason_word(reason)))
        reason++;
    return is_word(statement, column, rv_reason_word(reason)) ? reason : RV_REASON_NONE;
}

RvVerdict
rv_db_verdict(sqlite3_stmt *statement, int column)
{
    RvVerdict verdict = RV_VERDICT_OK;

    while (verdict < RV_VERDICT_UNKNOWN && !is_word(statement, column, rv_verdict_word(verdict)))
        verdict++;
    return verdict;
}

RvPresence
rv_db_presence(sqlite3_stmt *statement, int column)
{
    RvPresence presence = RV_PRESENCE_PRESENT;

    while (presence < RV_PRESENCE_MISSING &&
           !is_word(statement, column, rv_presence_word(presence)))
        presence++;
    return presence;
}
