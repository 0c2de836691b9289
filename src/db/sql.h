/* The SQL layer inside: statements, columns, transactions, whatever the database. For db/ alone.
 *
 * SQL is written once, as both databases take it, with ?1 for parameters; what only one of them
 * understands stands in its backend. Statements are prepared once and kept by the address of their
 * text, which must be a literal. */
#pragma once

#include "db/state.h"

typedef struct RvBackend RvBackend;

/* A backend's own kind of statement begins with this. */
typedef struct {
    RvState *state;
} RvStatement;

struct RvState {
    const RvBackend *backend;
    gpointer handle;    /* the backend's own */
    char *path;         /* what messages name: a file, or server and database without a password */
    char *file;         /* state.db in the state folder; backups lie beside it */
    char *server;       /* connection string; NULL: SQLite */
    RvSecret *password; /* may be NULL */
    RvStateMode mode;
    GHashTable *statements; /* const char* (by address) → RvStatement* */
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

/* Runs a statement that gives no rows. */
gboolean rv_db_run_with(RvState *state, GError **error, const char *sql, const RvParam *params,
                        gsize count);
#define rv_db_run(state, error, sql, ...) rv_db_run_with(state, error, sql, RV_PARAMS(__VA_ARGS__))

/* Runs an INSERT that ends in RETURNING id, and gives that id. */
gboolean rv_db_insert_with(RvState *state, gint64 *id, GError **error, const char *sql,
                           const RvParam *params, gsize count);
#define rv_db_insert(state, id, error, sql, ...)                                                   \
    rv_db_insert_with(state, id, error, sql, RV_PARAMS(__VA_ARGS__))

/* A statement ready for rv_db_step; borrowed, NULL on error. It must be stepped to its end, or
 * ended by rv_db_done, before the same text is used again. */
RvStatement *rv_db_query_with(RvState *state, GError **error, const char *sql,
                              const RvParam *params, gsize count);
#define rv_db_query(state, error, sql, ...)                                                        \
    rv_db_query_with(state, error, sql, RV_PARAMS(__VA_ARGS__))

typedef enum { RV_STEP_ROW, RV_STEP_END, RV_STEP_ERROR } RvStep;
/* After END and ERROR the statement is reset. */
RvStep rv_db_step(RvState *state, RvStatement *statement, GError **error);
void rv_db_done(RvStatement *statement);

/* Several statements without parameters. */
gboolean rv_db_script(RvState *state, const char *sql, GError **error);
/* One number; -1 on error. */
gint64 rv_db_ask(RvState *state, const char *sql, GError **error);
/* Rows that the last statement changed. */
gint64 rv_db_changes(RvState *state);
/* Frees what was prepared from a text that is about to go. */
void rv_db_forget(RvState *state, const char *sql);

/* Transactions nest: only the outermost one writes; an inner one takes back its own part. Each
 * begin is followed by one commit or rollback. One that writes waits for those of other processes.
 */
gboolean rv_db_begin(RvState *state, GError **error);
/* One that only reads, all of it as of one moment; ended by a rollback. */
gboolean rv_db_begin_reading(RvState *state, GError **error);
gboolean rv_db_commit(RvState *state, GError **error);
void rv_db_rollback(RvState *state);
/* Commits when `fine`, else rolls back; gives whether all is stored. */
gboolean rv_db_finish(RvState *state, gboolean fine, GError **error);

/* Columns. A borrowed one lasts until the next step. */
gboolean rv_db_column_is_null(RvStatement *statement, int column);
const char *rv_db_column_string(RvStatement *statement, int column); /* borrowed; NULL where NULL */
gconstpointer rv_db_column_blob(RvStatement *statement, int column, gsize *length); /* borrowed */
char *rv_db_column_text(RvStatement *statement, int column); /* NULL where NULL */
char *rv_db_column_word(RvStatement *statement, int column); /* "" where NULL */
gint64 rv_db_column_int(RvStatement *statement, int column); /* 0 where NULL; true is 1 */

/* A word of the file as our enumeration; the last value where it is none of them. */
RvReachability rv_db_reachability(RvStatement *statement, int column);
RvReason rv_db_reason(RvStatement *statement, int column);
RvVerdict rv_db_verdict(RvStatement *statement, int column);
RvPresence rv_db_presence(RvStatement *statement, int column);
