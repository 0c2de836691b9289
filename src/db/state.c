#include "db/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "db/schema.h"

#define BUSY_MS 10000

static void
finalize(gpointer statement)
{
    sqlite3_finalize(statement);
}

void
rv_state_close(RvState *state)
{
    if (state == NULL)
        return;
    g_hash_table_unref(state->statements);
    sqlite3_close(state->handle);
    g_free(state->path);
    g_free(state);
}

const char *
rv_state_path(const RvState *state)
{
    return state->path;
}

int
rv_state_schema_version(void)
{
    return RV_SCHEMA_VERSION;
}

/* A state file in a folder that cannot be written: WAL needs its -shm file beside it. Without a
 * -wal nobody is writing, and the file alone is the whole truth. */
static gboolean
must_be_immutable(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *wal = g_strconcat(path, "-wal", NULL);

    return access(folder, W_OK) != 0 && access(wal, F_OK) != 0;
}

static gboolean
open_handle(RvState *state, GError **error)
{
    g_autofree char *escaped = g_uri_escape_string(state->path, "/", TRUE);
    gboolean read_only = state->mode == RV_STATE_MODE_READ;
    g_autofree char *uri = g_strdup_printf(
        "file:%s%s", escaped, read_only && must_be_immutable(state->path) ? "?immutable=1" : "");
    int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

    if (sqlite3_open_v2(uri, &state->handle, flags, NULL) != SQLITE_OK)
        return rv_db_fail(state, error);
    sqlite3_extended_result_codes(state->handle, 0);
    sqlite3_busy_timeout(state->handle, BUSY_MS);
    return TRUE;
}

/* Refuses what is not ours before anything is written to it. Gives the version, -1 on error. */
static int
recognize(RvState *state, GError **error)
{
    int application = rv_schema_file_application(state, error);
    int version = application < 0 ? -1 : rv_schema_file_version(state, error);
    int tables = version < 0 ? -1 : rv_schema_file_tables(state, error);

    if (tables < 0)
        return -1;
    if ((version > 0 || tables > 0) && application != RV_SCHEMA_APPLICATION) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA,
                    "%s: this is the database of another program; name another state folder",
                    state->path);
        return -1;
    }
    if (version > RV_SCHEMA_VERSION) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA,
                    "%s: written by a newer rackvitals (schema %d, this program knows up to %d); "
                    "install that version, or put a backup of the older schema in its place",
                    state->path, version, RV_SCHEMA_VERSION);
        return -1;
    }
    return version;
}

static gboolean
set_up_writer(RvState *state, GError **error)
{
    return rv_db_script(state,
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                        "PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000",
                        error);
}

/* A whole copy by SQLite's own backup: what is still in the WAL comes along. */
static gboolean
back_up(RvState *state, int version, GError **error)
{
    g_autofree char *copy = g_strdup_printf("%s.backup-v%d", state->path, version);
    g_autofree char *half = g_strconcat(copy, ".part", NULL);
    sqlite3 *target = NULL;
    sqlite3_backup *backup;
    int result;

    unlink(half);
    result = sqlite3_open_v2(half, &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (result == SQLITE_OK) {
        backup = sqlite3_backup_init(target, "main", state->handle, "main");
        if (backup != NULL)
            sqlite3_backup_step(backup, -1);
        result = backup != NULL ? sqlite3_backup_finish(backup) : sqlite3_errcode(target);
    }
    sqlite3_close(target);
    if (result == SQLITE_OK && (chmod(half, 0640) != 0 || rename(half, copy) != 0))
        result = SQLITE_IOERR;
    if (result == SQLITE_OK) {
        rv_info("%s: schema %d kept as %s before migration", state->path, version, copy);
        return TRUE;
    }
    unlink(half);
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "%s: the backup before migration failed (%s); nothing was changed; make room for "
                "a copy beside the file",
                copy, sqlite3_errstr(result));
    return FALSE;
}

static gboolean
bring_up_to_date(RvState *state, int version, GError **error)
{
    if (version == RV_SCHEMA_VERSION)
        return TRUE;
    if (state->mode == RV_STATE_MODE_READ) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: schema %d is older than this program (%d); run `rackvitals poll` once, "
                    "it migrates the file",
                    state->path, version, RV_SCHEMA_VERSION);
        return FALSE;
    }
    if (version > 0 && !back_up(state, version, error))
        return FALSE;
    return rv_schema_migrate(state, RV_SCHEMA_VERSION, error);
}

/* Made by us rather than by SQLite, so that its rights do not hang on the umask. */
static gboolean
make_file(const char *path, GError **error)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    int code = errno;

    if (file >= 0) {
        close(file);
        return TRUE;
    }
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "%s: cannot be opened for writing: %s; see that the folder exists and that our "
                "user may write in it",
                path, g_strerror(code));
    return FALSE;
}

static gboolean
find_file(const char *path, RvStateMode mode, GError **error)
{
    if (mode == RV_STATE_MODE_WRITE)
        return make_file(path, error);
    if (access(path, F_OK) == 0)
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT,
                "%s: %s; `rackvitals poll` makes it in its first round", path, g_strerror(errno));
    return FALSE;
}

RvState *
rv_state_open(const char *path, RvStateMode mode, GError **error)
{
    g_autoptr(RvState) state = NULL;
    int version;

    if (!find_file(path, mode, error))
        return NULL;
    state = g_new0(RvState, 1);
    state->path = g_strdup(path);
    state->mode = mode;
    state->statements = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, finalize);
    if (!open_handle(state, error))
        return NULL;
    version = recognize(state, error);
    if (version < 0)
        return NULL;
    if (mode == RV_STATE_MODE_WRITE && !set_up_writer(state, error))
        return NULL;
    if (!bring_up_to_date(state, version, error))
        return NULL;
    return g_steal_pointer(&state);
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
    sqlite3_stmt *statement = rv_db_query_with(state, error, rules[rule].sql, NULL, 0);
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

static gboolean
verify_file(RvState *state, GPtrArray *sentences, GError **error)
{
    sqlite3_stmt *statement = rv_db_query_with(state, error, "PRAGMA integrity_check(20)", NULL, 0);
    RvStep step;

    if (statement == NULL)
        return FALSE;
    while ((step = rv_db_step(state, statement, error)) == RV_STEP_ROW) {
        g_autofree char *text = rv_db_column_word(statement, 0);

        if (strcmp(text, "ok") != 0)
            g_ptr_array_add(sentences, g_steal_pointer(&text));
    }
    return step == RV_STEP_END;
}

GPtrArray *
rv_state_verify(RvState *state, GError **error)
{
    g_autoptr(GPtrArray) sentences = g_ptr_array_new_with_free_func(g_free);

    if (!verify_file(state, sentences, error))
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
