#include "db/state.h"

#include "base/error.h"
#include "db/backend.h"
#include "db/schema.h"

/* ---- opening ---- */

static void
unprepare(gpointer statement)
{
    RvStatement *one = statement;

    one->state->backend->unprepare(one);
}

void
rv_state_close(RvState *state)
{
    if (state == NULL)
        return;
    g_hash_table_unref(state->statements);
    state->backend->close(state);
    rv_secret_unref(state->password);
    g_free(state->path);
    g_free(state->file);
    g_free(state->server);
    g_free(state);
}

const char *
rv_state_path(const RvState *state)
{
    return state->path;
}

const char *
rv_state_backend(const RvState *state)
{
    return state->backend->name;
}

int
rv_state_schema_version(void)
{
    return RV_SCHEMA_VERSION;
}

/* Refuses what is not ours before anything is written to it. Gives the version, -1 on error. */
static int
recognize(RvState *state, GError **error)
{
    RvSchemaMark mark;

    if (!state->backend->read_mark(state, &mark, error))
        return -1;
    if ((mark.version > 0 || mark.tables > 0) && mark.application != RV_SCHEMA_APPLICATION) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA,
                    "%s: this is the database of another program; name another %s", state->path,
                    state->server == NULL ? "state folder"
                                          : "database, or a schema of its own as search_path");
        return -1;
    }
    if (mark.version > RV_SCHEMA_VERSION) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA,
                    "%s: written by a newer rackvitals (schema %d, this program knows up to %d); "
                    "install that version, or put a backup of the older schema in its place",
                    state->path, mark.version, RV_SCHEMA_VERSION);
        return -1;
    }
    return mark.version;
}

static gboolean
bring_up_to_date(RvState *state, int from, int version, GError **error)
{
    if (from >= version)
        return TRUE;
    if (state->mode == RV_STATE_MODE_READ && from == 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT,
                    "%s: nothing is stored there yet; `rackvitals poll` begins it", state->path);
        return FALSE;
    }
    if (state->mode == RV_STATE_MODE_READ) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: schema %d is older than this program (%d); run `rackvitals poll` once, "
                    "it migrates the file",
                    state->path, from, RV_SCHEMA_VERSION);
        return FALSE;
    }
    if (from > 0 && !state->backend->back_up(state, from, error))
        return FALSE;
    return rv_schema_migrate(state, version, error);
}

RvState *
rv_state_open_schema(const RvStatePlace *place, RvStateMode mode, int version, GError **error)
{
    g_autoptr(RvState) state = g_new0(RvState, 1);
    int from;

    state->backend = place->server != NULL ? &rv_backend_postgresql : &rv_backend_sqlite;
    state->file = g_strdup(place->file);
    state->path = g_strdup(place->file); /* until the backend knows better */
    state->server = g_strdup(place->server);
    state->password = place->password != NULL ? rv_secret_ref(place->password) : NULL;
    state->mode = mode;
    state->statements = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, unprepare);
    if (!state->backend->open(state, error))
        return NULL;
    from = recognize(state, error);
    if (from < 0)
        return NULL;
    /* only now: what is not ours is not touched */
    if (mode == RV_STATE_MODE_WRITE && state->server == NULL &&
        !rv_db_script(state,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                      "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000",
                      error))
        return NULL;
    return bring_up_to_date(state, from, version, error) ? g_steal_pointer(&state) : NULL;
}

RvState *
rv_state_open_at(const RvStatePlace *place, RvStateMode mode, GError **error)
{
    return rv_state_open_schema(place, mode, RV_SCHEMA_VERSION, error);
}

RvState *
rv_state_open(const char *path, RvStateMode mode, GError **error)
{
    return rv_state_open_at(&(RvStatePlace){.file = path}, mode, error);
}

gboolean
rv_state_claim_round(RvState *state, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (state->backend->claim(state, &problem))
        return TRUE;
    if (problem != NULL)
        g_propagate_error(error, g_steal_pointer(&problem));
    else
        g_set_error(error, RV_ERROR, RV_ERROR_LOCKED,
                    "%s: a round of another machine, or of another state folder, runs on it",
                    state->path);
    return FALSE;
}

gboolean
rv_state_begin(RvState *state, GError **error)
{
    return rv_db_begin(state, error);
}

gboolean
rv_state_finish(RvState *state, gboolean fine, GError **error)
{
    return rv_db_finish(state, fine, error);
}

/* ---- verify ---- */

static const struct {
    const char *sql, *format; /* one %s: the device; then two times */
} rules[] = {
    {"SELECT d.name, a.from_ms, b.from_ms FROM reachability a JOIN reachability b"
     "  ON b.device = a.device AND b.protocol = a.protocol AND b.from_ms >= a.from_ms"
     "  AND b.id <> a.id AND b.from_ms < a.until_ms AND b.until_ms > a.from_ms"
     "  JOIN device d ON d.id = a.device LIMIT 20",
     "%s: reachability intervals that begin at %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT
     " ms overlap"},
    {"SELECT d.name, a.from_ms, b.from_ms FROM health_span a JOIN health_span b"
     "  ON b.device = a.device AND b.from_ms >= a.from_ms AND b.id <> a.id"
     "  AND b.from_ms < a.until_ms AND b.until_ms > a.from_ms"
     "  JOIN device d ON d.id = a.device LIMIT 20",
     "%s: health spans that begin at %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " ms overlap"},
    {"SELECT d.name || ' ' || s.key, a.from_ms, b.from_ms FROM verdict a JOIN verdict b"
     "  ON b.sensor = a.sensor AND b.from_ms > a.from_ms"
     "  AND (a.until_ms IS NULL OR b.from_ms < a.until_ms)"
     "  JOIN sensor s ON s.id = a.sensor JOIN device d ON d.id = s.device LIMIT 20",
     "%s: verdicts that begin at %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " ms overlap"},
    {"SELECT host, started_ms, ended_ms FROM round WHERE ended_ms < started_ms LIMIT 20",
     "%s: the round of %" G_GINT64_FORMAT " ms ended before it began (%" G_GINT64_FORMAT " ms)"},
};

static gboolean
verify_rule(RvState *state, gsize rule, GPtrArray *sentences, GError **error)
{
    RvStatement *statement = rv_db_query_with(state, error, rules[rule].sql, NULL, 0);
    RvStep step;

    if (statement == NULL)
        return FALSE;
    while ((step = rv_db_step(state, statement, error)) == RV_STEP_ROW) {
        g_autofree char *who = rv_db_column_word(statement, 0);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        g_ptr_array_add(sentences,
                        g_strdup_printf(rules[rule].format, who, rv_db_column_int(statement, 1),
                                        rv_db_column_int(statement, 2)));
#pragma GCC diagnostic pop
    }
    return step == RV_STEP_END;
}

GPtrArray *
rv_state_verify(RvState *state, GError **error)
{
    g_autoptr(GPtrArray) sentences = g_ptr_array_new_with_free_func(g_free);

    if (!state->backend->inspect(state, sentences, error))
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (!verify_rule(state, i, sentences, error))
            return NULL;
    }
    return g_steal_pointer(&sentences);
}

/* ---- retention ---- */

gboolean
rv_state_prune(RvState *state, gint64 before_ms, GError **error)
{
    /* the newest interval of each kind stays: it is what the next sample continues */
    static const char *const deletions[] = {
        "DELETE FROM reachability WHERE until_ms < ?1 AND id NOT IN"
        "  (SELECT max(id) FROM reachability GROUP BY device, protocol)",
        "DELETE FROM health_span WHERE until_ms < ?1 AND id NOT IN"
        "  (SELECT max(id) FROM health_span GROUP BY device)",
        "DELETE FROM verdict WHERE until_ms < ?1",
        "DELETE FROM event WHERE seen_ms < ?1 AND id NOT IN"
        "  (SELECT max(id) FROM event GROUP BY device)",
        "DELETE FROM change WHERE time_ms < ?1",
        "DELETE FROM link WHERE last_ms < ?1",
        "DELETE FROM round WHERE started_ms < ?1",
        "DELETE FROM maintenance WHERE until_ms < ?1 AND"
        "  (every_days = 0 OR last_ms < ?1 OR ended_ms < ?1)",
    };
    gboolean fine = TRUE;

    if (!rv_db_begin(state, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(deletions) && fine; i++)
        fine = rv_db_run(state, error, deletions[i], RV_INT(before_ms));
    return rv_db_finish(state, fine, error);
}
