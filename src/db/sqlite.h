/* The handle inside: the only header of the program that knows SQLite. For db/ alone.
 *
 * Statements are prepared once and kept by the address of their text, which must be a literal. */
#pragma once

#include <sqlite3.h>

#include "db/state.h"

struct RvState {
    sqlite3 *handle;
    char *path;
    RvStateMode mode;
    GHashTable *statements; /* const char* (by address) → sqlite3_stmt* */
    guint depth;            /* of nested transactions */
};

typedef struct {
    enum { RV_PARAM_NULL, RV_PARAM_INT, RV_PARAM_TEXT, RV_PARAM_BLOB } type;
    gint64 number; /* or the length of a blob */
    const void *bytes;
} RvParam;

#define RV_INT(x) ((RvParam){RV_PARAM_INT, (gint64)(x), NULL})
#define RV_TEXT(x) rv_db_text(x) /* NULL is stored as NULL */
#define RV_BLOB(x, n) ((RvParam){RV_PARAM_BLOB, (gint64)(n), (x)})
/* A time or a reference that 0 says is not there. */
#define RV_INT_OR_NULL(x) ((RvParam){(x) != 0 ? RV_PARAM_INT : RV_PARAM_NULL, (gint64)(x), NULL})

static inline RvParam
rv_db_text(const char *text)
{
    return (RvParam){text != NULL ? RV_PARAM_TEXT : RV_PARAM_NULL, -1, text};
}

#define RV_PARAMS(...)                                                                             \
    (const RvParam[]){__VA_ARGS__}, sizeof((const RvParam[]){__VA_ARGS__}) / sizeof(RvParam)

/* Turns SQLite's last error into RV_ERROR_STORE: path, what happened, what to do. Always FALSE. */
gboolean rv_db_fail(RvState *state, GError **error);

/* Runs a statement that gives no rows. */
gboolean rv_db_run_with(RvState *state, GError **error, const char *sql, const RvParam *params,
                        gsize count);
#define rv_db_run(state, error, sql, ...) rv_db_run_with(state, error, sql, RV_PARAMS(__VA_ARGS__))

/* A statement ready for rv_db_step; borrowed, NULL on error. It must be stepped to its end, or
 * ended by rv_db_done, before the same text is used again. */
sqlite3_stmt *rv_db_query_with(RvState *state, GError **error, const char *sql,
                               const RvParam *params, gsize count);
#define rv_db_query(state, error, sql, ...)                                                        \
    rv_db_query_with(state, error, sql, RV_PARAMS(__VA_ARGS__))

typedef enum { RV_STEP_ROW, RV_STEP_END, RV_STEP_ERROR } RvStep;
/* After END and ERROR the statement is reset. */
RvStep rv_db_step(RvState *state, sqlite3_stmt *statement, GError **error);
void rv_db_done(sqlite3_stmt *statement);

/* Several statements without parameters. */
gboolean rv_db_script(RvState *state, const char *sql, GError **error);

/* Transactions nest: only the outermost one writes; an inner one takes back its own part. Each
 * begin is followed by one commit or rollback. */
gboolean rv_db_begin(RvState *state, GError **error);
gboolean rv_db_commit(RvState *state, GError **error);
void rv_db_rollback(RvState *state);
/* Commits when `fine`, else rolls back; gives whether all is stored. */
gboolean rv_db_finish(RvState *state, gboolean fine, GError **error);

gint64 rv_db_last_id(RvState *state);

/* Columns: copies; NULL where NULL. */
char *rv_db_column_text(sqlite3_stmt *statement, int column);
/* "" where NULL. */
char *rv_db_column_word(sqlite3_stmt *statement, int column);
gint64 rv_db_column_int(sqlite3_stmt *statement, int column);

/* A word of the file as our enumeration; the last value where it is none of them. */
RvReachability rv_db_reachability(sqlite3_stmt *statement, int column);
RvReason rv_db_reason(sqlite3_stmt *statement, int column);
RvVerdict rv_db_verdict(sqlite3_stmt *statement, int column);
RvPresence rv_db_presence(sqlite3_stmt *statement, int column);
