#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "db/backend.h"
#include "db/schema.h"

typedef struct {
    RvStatement statement;
    sqlite3_stmt *handle;
} Statement;

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

/* SQLite's last error: path, what happened, what to do. Always FALSE. */
static gboolean
fail(RvState *state, GError **error)
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

/* ---- statements ---- */

static gboolean
ready(RvState *state, GError **error)
{
    return TRUE;
}

static RvStatement *
prepare(RvState *state, const char *sql, GError **error)
{
    sqlite3_stmt *handle = NULL;
    Statement *statement;

    if (sqlite3_prepare_v3(state->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL) !=
        SQLITE_OK) {
        fail(state, error);
        return NULL;
    }
    statement = g_new0(Statement, 1);
    *statement = (Statement){{state}, handle};
    return &statement->statement;
}

static sqlite3_stmt *
handle_of(RvStatement *statement)
{
    return ((Statement *)statement)->handle;
}

static void
unprepare(RvStatement *statement)
{
    sqlite3_finalize(handle_of(statement));
    g_free(statement);
}

static int
bind_one(sqlite3_stmt *statement, int position, const RvParam *param)
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

static gboolean
bind(RvStatement *statement, const RvParam *params, gsize count, GError **error)
{
    for (gsize i = 0; i < count; i++) {
        if (bind_one(handle_of(statement), (int)i + 1, &params[i]) != SQLITE_OK)
            return fail(statement->state, error);
    }
    return TRUE;
}

static void
done(RvStatement *statement)
{
    sqlite3_reset(handle_of(statement));
    sqlite3_clear_bindings(handle_of(statement)); /* they are borrowed */
}

static RvStep
step(RvStatement *statement, GError **error)
{
    switch (sqlite3_step(handle_of(statement))) {
    case SQLITE_ROW:
        return RV_STEP_ROW;
    case SQLITE_DONE:
        done(statement);
        return RV_STEP_END;
    default:
        fail(statement->state, error);
        done(statement);
        return RV_STEP_ERROR;
    }
}

static gboolean
script(RvState *state, const char *sql, GError **error)
{
    return sqlite3_exec(state->handle, sql, NULL, NULL, NULL) == SQLITE_OK || fail(state, error);
}

static gint64
changes(RvState *state)
{
    return sqlite3_changes64(state->handle);
}

static gboolean
is_inside(RvState *state)
{
    return sqlite3_get_autocommit(state->handle) == 0;
}

/* ---- columns ---- */

static gboolean
is_null(RvStatement *statement, int column)
{
    return sqlite3_column_type(handle_of(statement), column) == SQLITE_NULL;
}

static const char *
string(RvStatement *statement, int column)
{
    return (const char *)sqlite3_column_text(handle_of(statement), column);
}

static gint64
integer(RvStatement *statement, int column)
{
    return sqlite3_column_int64(handle_of(statement), column);
}

static gconstpointer
blob(RvStatement *statement, int column, gsize *length)
{
    gconstpointer bytes = sqlite3_column_blob(handle_of(statement), column);

    *length = (gsize)sqlite3_column_bytes(handle_of(statement), column);
    return bytes;
}

static int
kind(RvStatement *statement, int column)
{
    switch (sqlite3_column_type(handle_of(statement), column)) {
    case SQLITE_NULL:
        return RV_PARAM_NULL;
    case SQLITE_INTEGER:
        return RV_PARAM_INT;
    case SQLITE_BLOB:
        return RV_PARAM_BLOB;
    default:
        return RV_PARAM_TEXT;
    }
}

/* ---- the file ---- */

/* A state file in a folder that cannot be written: WAL needs its -shm file beside it. Without a
 * -wal nobody is writing, and the file alone is the whole truth. */
static gboolean
must_be_immutable(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *wal = g_strconcat(path, "-wal", NULL);

    return access(folder, W_OK) != 0 && access(wal, F_OK) != 0;
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

static gboolean
open_state(RvState *state, GError **error)
{
    g_autofree char *escaped = g_uri_escape_string(state->file, "/", TRUE);
    gboolean read_only = state->mode == RV_STATE_MODE_READ;
    g_autofree char *uri = NULL;
    int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
                (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    sqlite3 *handle = NULL;
    int result;

    if (!find_file(state->file, state->mode, error))
        return FALSE;
    uri = g_strdup_printf("file:%s%s", escaped,
                          read_only && must_be_immutable(state->file) ? "?immutable=1" : "");
    result = sqlite3_open_v2(uri, &handle, flags, NULL);
    state->handle = handle;
    if (result != SQLITE_OK)
        return fail(state, error);
    sqlite3_extended_result_codes(handle, 0);
    sqlite3_busy_timeout(handle, RV_BUSY_MS);
    return TRUE;
}

static void
close_state(RvState *state)
{
    sqlite3_close(state->handle);
}

/* ---- schema ---- */

static gboolean
read_mark(RvState *state, RvSchemaMark *mark, GError **error)
{
    static const char *const questions[] = {"PRAGMA application_id", "PRAGMA user_version",
                                            "SELECT count(*) FROM sqlite_master"};
    gint64 answers[G_N_ELEMENTS(questions)];

    for (gsize i = 0; i < G_N_ELEMENTS(questions); i++) {
        GError *problem = NULL;

        answers[i] = rv_db_ask(state, questions[i], &problem);
        if (problem != NULL) {
            g_propagate_error(error, problem);
            return FALSE;
        }
    }
    *mark = (RvSchemaMark){(int)answers[0], (int)answers[1], (int)answers[2]};
    return TRUE;
}

static gboolean
write_mark(RvState *state, int version, GError **error)
{
    g_autofree char *stamp = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                             RV_SCHEMA_APPLICATION, version);

    return script(state, stamp, error);
}

static char *
translate(const char *sql)
{
    return g_strdup(sql);
}

/* A whole copy by SQLite's own backup: what is still in the WAL comes along. */
static gboolean
back_up(RvState *state, int version, GError **error)
{
    g_autofree char *copy = g_strdup_printf("%s.backup-v%d", state->file, version);
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
inspect(RvState *state, GPtrArray *sentences, GError **error)
{
    RvStatement *row = rv_db_query_with(state, error, "PRAGMA integrity_check(20)", NULL, 0);
    RvStep result = RV_STEP_ERROR;

    while (row != NULL && (result = rv_db_step(state, row, error)) == RV_STEP_ROW) {
        g_autofree char *text = rv_db_column_word(row, 0);

        if (strcmp(text, "ok") != 0)
            g_ptr_array_add(sentences, g_steal_pointer(&text));
    }
    return result == RV_STEP_END;
}

static gboolean
claim(RvState *state, GError **error)
{
    return TRUE; /* the file is on one machine, and the lock beside it does it */
}

static gboolean
settle_ids(RvState *state, const char *table, GError **error)
{
    return TRUE; /* it counts on from the highest by itself */
}

const RvBackend rv_backend_sqlite = {
    .name = "SQLite",
    .open = open_state,
    .close = close_state,
    .ready = ready,
    .prepare = prepare,
    .unprepare = unprepare,
    .bind = bind,
    .step = step,
    .done = done,
    .script = script,
    .changes = changes,
    .is_null = is_null,
    .string = string,
    .integer = integer,
    .blob = blob,
    .kind = kind,
    .begin = "BEGIN IMMEDIATE",
    .begin_reading = "BEGIN",
    .is_inside = is_inside,
    .read_mark = read_mark,
    .write_mark = write_mark,
    .translate = translate,
    .back_up = back_up,
    .inspect = inspect,
    .claim = claim,
    .settle_ids = settle_ids,
};
