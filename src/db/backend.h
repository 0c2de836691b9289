/* What a database has to give to the SQL layer. For db/ alone.
 *
 * Errors are RV_ERROR_STORE, or RV_ERROR_UNAVAILABLE where no server answers; they name the place
 * and what to do. */
#pragma once

#include "db/sql.h"

#define RV_BUSY_MS 10000 /* how long a writer waits for another */

/* What a database says of itself. */
typedef struct {
    int application, version; /* 0: it has no mark */
    int tables;               /* things in it, whoever made them */
} RvSchemaMark;

struct RvBackend {
    const char *name;
    /* Makes the file where there is none and we may write; NO_INPUT where we only read. */
    gboolean (*open)(RvState *state, GError **error);
    void (*close)(RvState *state); /* statements are gone */
    /* Before anything outside of a transaction: a lost connection is made anew. */
    gboolean (*ready)(RvState *state, GError **error);

    RvStatement *(*prepare)(RvState *state, const char *sql, GError **error);
    void (*unprepare)(RvStatement *statement);
    gboolean (*bind)(RvStatement *statement, const RvParam *params, gsize count, GError **error);
    RvStep (*step)(RvStatement *statement, GError **error);
    void (*done)(RvStatement *statement);
    gboolean (*script)(RvState *state, const char *sql, GError **error);
    gint64 (*changes)(RvState *state);

    gboolean (*is_null)(RvStatement *statement, int column);
    const char *(*string)(RvStatement *statement, int column);
    gint64 (*integer)(RvStatement *statement, int column);
    gconstpointer (*blob)(RvStatement *statement, int column, gsize *length);

    int (*kind)(RvStatement *statement, int column); /* RV_PARAM_… of the value */

    const char *begin;         /* of a transaction that will write */
    const char *begin_reading; /* of one that sees the same moment to its end */
    /* Whether the transaction that was begun is still there. */
    gboolean (*is_inside)(RvState *state);

    gboolean (*read_mark)(RvState *state, RvSchemaMark *mark, GError **error);
    gboolean (*write_mark)(RvState *state, int version, GError **error);
    /* A step of the schema, which is written for SQLite; caller frees. */
    char *(*translate)(const char *step);
    /* Everything as it is, in a file beside the state file. */
    gboolean (*back_up)(RvState *state, int version, GError **error);
    /* Adds a sentence for each thing that is broken by the database's own account. */
    gboolean (*inspect)(RvState *state, GPtrArray *sentences, GError **error);
    /* For one round at a time, whatever machine it runs on: FALSE without an error where another
     * has it. Held until the state is closed. */
    gboolean (*claim)(RvState *state, GError **error);
    /* After rows were copied in with their ids. */
    gboolean (*settle_ids)(RvState *state, const char *table, GError **error);
};

extern const RvBackend rv_backend_sqlite;
extern const RvBackend rv_backend_postgresql;

/* Between two states of `version`, the second one empty; adds RvCopied by table (db/copy.h). */
gboolean rv_copy_rows(RvState *from, RvState *to, int version, GArray *copied, GError **error);

/* Opens and brings to `version` of the schema; older ones for backups and tests. */
RvState *rv_state_open_schema(const RvStatePlace *place, RvStateMode mode, int version,
                              GError **error);
