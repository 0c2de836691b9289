#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "db/backend.h"
#include "db/copy.h"
#include "db/dialect.h"
#include "db/libpq.h"
#include "db/schema.h"

#define CONNECT_MS 5000
#define AGAIN_MS 5000 /* after a connection that failed: a round has no time to wait for each */
#define MARK "rackvitals_schema"
#define BOOL_TYPE 16 /* of pg_type.dat, as the next ones */
#define BYTEA_TYPE 17
#define INT8_TYPE 20
#define INT4_TYPE 23
/* Advisory locks are numbers that everybody in a database shares: ours, and the schema's. */
#define LOCK_WRITER "1381392243, hashtext(current_schema())"
#define LOCK_ROUND "1381392244, hashtext(current_schema())"

typedef struct {
    const RvLibpq *pq;
    PGconn *link;
    guint generation; /* of the link; statements are prepared in one */
    guint statements; /* for their names */
    gint64 failed_ms; /* monotonic; 0: the last connection did not fail */
    gint64 changes;
    gboolean claimed; /* the round is ours */
} Connection;

typedef struct {
    RvStatement statement;
    char *sql;
    char name[16];
    guint generation; /* 0: not prepared */
    PGresult *result; /* NULL: not run */
    int row, rows;
    GPtrArray *bytes; /* binary values of this row, unescaped */
} Statement;

static Connection *
connection_of(RvState *state)
{
    return state->handle;
}

/* ---- failures ---- */

/* SQLSTATE, or its class: the longer ones first. */
static const struct {
    const char *code;
    RvError error;
    const char *advice;
} failures[] = {
    {"42501", RV_ERROR_STORE, "give our user rights on the schema: GRANT USAGE, CREATE ON SCHEMA"},
    {"25006", RV_ERROR_STORE, "it is read only, as a standby is; name the primary server"},
    {"53100", RV_ERROR_STORE, "free some space on the server"},
    {"53300", RV_ERROR_UNAVAILABLE, "raise max_connections of the server"},
    {"55P03", RV_ERROR_STORE,
     "another program has held it for too long; see pg_stat_activity which one"},
    {"57014", RV_ERROR_STORE, "the server ended the statement"},
    {"57P", RV_ERROR_UNAVAILABLE, "the server starts or stops; the next round tries again"},
    {"3D000", RV_ERROR_AUTH, "make it: createdb"},
    {"3F000", RV_ERROR_AUTH, "make the schema that search_path names: CREATE SCHEMA"},
    {"28", RV_ERROR_AUTH, "see the user, the password and the server's pg_hba.conf"},
    {"08", RV_ERROR_UNAVAILABLE, "see that the server runs"},
    {"53", RV_ERROR_STORE, "the server lacks room or memory"},
    {"XX", RV_ERROR_STORE, "look at the server's log: it may be damaged"},
};

static void
set_error(RvState *state, const char *code, const char *message, GError **error)
{
    g_autofree char *what = g_strdup(message);
    char *end = strchr(what, '\n'); /* details are for the server's log */

    if (end != NULL)
        *end = '\0';
    for (gsize i = 0; code != NULL && i < G_N_ELEMENTS(failures); i++) {
        if (strncmp(code, failures[i].code, strlen(failures[i].code)) != 0)
            continue;
        g_set_error(error, RV_ERROR, failures[i].error, "%s: %s (%s); %s", state->path, what, code,
                    failures[i].advice);
        return;
    }
    if (code != NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: %s (%s); `rackvitals doctor` looks into it", state->path, what, code);
    else
        g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE, "%s: %s; see that the server runs",
                    state->path, what[0] != '\0' ? what : "the connection is lost");
}

/* Always FALSE. Takes the result over. */
static gboolean
fail(RvState *state, PGresult *result, GError **error)
{
    const Connection *connection = connection_of(state);
    const char *code =
        result != NULL ? connection->pq->PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message =
        result != NULL ? connection->pq->PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

    set_error(state, code,
              message != NULL ? message : connection->pq->PQerrorMessage(connection->link), error);
    connection->pq->PQclear(result);
    return FALSE;
}

static gboolean
is_fine(const Connection *connection, const PGresult *result)
{
    ExecStatusType status = connection->pq->PQresultStatus(result);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

/* ---- connecting ---- */

/* Notices ("there is no transaction in progress") are not for our stderr. */
static void
ignore(void *data, const PGresult *result)
{
}

/* "FATAL:  28P01: password authentication failed …": where the server spoke, its code. */
static const char *
code_in(const char *message, char code[6])
{
    const char *place = strstr(message, ":  ");

    for (; place != NULL; place = strstr(place + 1, ":  ")) {
        gsize length = strspn(place + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

        if (length != 5 || place[8] != ':')
            continue;
        memcpy(code, place + 3, 5);
        code[5] = '\0';
        return code;
    }
    return NULL;
}

static void
fail_to_connect(RvState *state, PGconn *link, const char *message, GError **error)
{
    const RvLibpq *pq = connection_of(state)->pq;
    const char *whole = message != NULL ? message : pq->PQerrorMessage(link);
    char code[6];
    const char *found = code_in(whole, code);
    const char *text = found != NULL ? strstr(whole, code) + strlen("28P01: ") : whole;

    set_error(state, found, text, error);
    connection_of(state)->failed_ms = rv_clock_monotonic_ms();
}

/* libpq's connect_timeout counts for each address of a name; ours for all of them. */
static gboolean
wait_for(const RvLibpq *pq, PGconn *link, PostgresPollingStatusType wanted, gint64 deadline_ms)
{
    struct pollfd one = {.fd = pq->PQsocket(link),
                         .events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT};
    gint64 left_ms = deadline_ms - rv_clock_monotonic_ms();

    return left_ms > 0 && poll(&one, 1, (int)left_ms) > 0;
}

static gboolean
finish_connecting(RvState *state, PGconn *link, GError **error)
{
    const RvLibpq *pq = connection_of(state)->pq;
    gint64 deadline_ms = rv_clock_monotonic_ms() + CONNECT_MS;
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;

    if (link != NULL && pq->PQstatus(link) != CONNECTION_BAD) {
        (void)pq->PQsetErrorVerbosity(link, PQERRORS_VERBOSE);
        pq->PQsetNoticeReceiver(link, ignore, NULL);
        do {
            if (!wait_for(pq, link, status, deadline_ms)) {
                fail_to_connect(state, link, "no answer in 5 s", error);
                return FALSE;
            }
            status = pq->PQconnectPoll(link);
        } while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING);
    }
    if (status == PGRES_POLLING_OK)
        return TRUE;
    fail_to_connect(state, link, NULL, error);
    return FALSE;
}

/* What a round asks are look-ups by an index. A server that has not analyzed young tables yet takes
 * them for small, and would read them whole for each device, and hold on to that plan. (What is off
 * here has a great price in the planner's books, for which it would compile.) */
#define LOOK_UPS                                                                                   \
    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off;"            \
    "SET enable_mergejoin = off; SET enable_material = off; SET jit = off;"                        \
    "SET plan_cache_mode = force_generic_plan"

static gboolean
set_up(RvState *state, GError **error)
{
    const Connection *connection = connection_of(state);
    g_autofree char *sql = g_strdup_printf(
        "SET client_encoding = 'UTF8'; SET lock_timeout = %d;"
        "SET idle_in_transaction_session_timeout = '5min'; SET standard_conforming_strings = on;"
        "SET bytea_output = 'hex'; %s",
        RV_BUSY_MS,
        state->mode == RV_STATE_MODE_READ ? "SET default_transaction_read_only = on" : LOOK_UPS);
    PGresult *result = connection->pq->PQexec(connection->link, sql);

    if (!is_fine(connection, result))
        return fail(state, result, error);
    connection->pq->PQclear(result);
    return TRUE;
}

static gboolean
take_claim(RvState *state, gboolean *taken, GError **error)
{
    const Connection *connection = connection_of(state);
    PGresult *result =
        connection->pq->PQexec(connection->link, "SELECT pg_try_advisory_lock(" LOCK_ROUND ")");

    if (!is_fine(connection, result))
        return fail(state, result, error);
    *taken = connection->pq->PQgetvalue(result, 0, 0)[0] == 't';
    connection->pq->PQclear(result);
    return TRUE;
}

/* A round that lost its connection lost its claim too: it goes on only where it gets it again. */
static gboolean
claim_again(RvState *state, GError **error)
{
    gboolean taken = TRUE;

    if (connection_of(state)->claimed && !take_claim(state, &taken, error))
        return FALSE;
    if (!taken)
        g_set_error(error, RV_ERROR, RV_ERROR_LOCKED,
                    "%s: the connection was lost, and a round of another machine has begun",
                    state->path);
    return taken;
}

static gboolean
connect_to(RvState *state, GError **error)
{
    Connection *connection = connection_of(state);
    /* what stands in the connection string goes before what stands before it here */
    const char *const keys[] = {"fallback_application_name",
                                "tcp_user_timeout",
                                "keepalives_idle",
                                "dbname",
                                state->password != NULL ? "password" : NULL,
                                NULL};
    const char *const values[] = {"rackvitals",
                                  "10000",
                                  "30",
                                  state->server,
                                  state->password != NULL ? rv_secret_reveal(state->password)
                                                          : NULL,
                                  NULL};
    PGconn *link = connection->pq->PQconnectStartParams(keys, values, 1);

    if (!finish_connecting(state, link, error)) {
        connection->pq->PQfinish(link);
        return FALSE;
    }
    connection->pq->PQfinish(connection->link);
    connection->link = link;
    connection->generation++;
    connection->failed_ms = 0;
    return set_up(state, error) && claim_again(state, error);
}

static gboolean
is_lost(const Connection *connection)
{
    return connection->link == NULL || connection->pq->PQstatus(connection->link) != CONNECTION_OK;
}

static gboolean
ready(RvState *state, GError **error)
{
    Connection *connection = connection_of(state);

    /* notices an end that the server has sent meanwhile */
    if (!is_lost(connection) && connection->pq->PQconsumeInput(connection->link) == 1 &&
        !is_lost(connection))
        return TRUE;
    if (connection->failed_ms != 0 && rv_clock_monotonic_ms() - connection->failed_ms < AGAIN_MS) {
        g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE,
                    "%s: the connection is lost; see that the server runs", state->path);
        return FALSE;
    }
    if (!connect_to(state, error))
        return FALSE;
    rv_info("%s: the connection was lost, and is there again", state->path);
    return TRUE;
}

/* ---- the connection string ---- */

static const char *
option(const PQconninfoOption *options, const char *key)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, key) == 0)
            return options->val != NULL && options->val[0] != '\0' ? options->val : NULL;
    return NULL;
}

/* Says what is wrong in words of our own: libpq's quote the string. */
static gboolean
read_server(RvState *state, GError **error)
{
    const RvLibpq *pq = connection_of(state)->pq;
    char *problem = NULL;
    PQconninfoOption *options = pq->PQconninfoParse(state->server, &problem);
    const char *host, *name, *schema;

    pq->PQfreemem(problem);
    if (options == NULL || option(options, "password") != NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_CONFIG, "'database' %s",
                    options == NULL ? "is no connection string of PostgreSQL, as "
                                      "'host=db.example.com dbname=rackvitals user=rackvitals'"
                                    : "holds a password; name a 'database-password' instead");
        pq->PQconninfoFree(options);
        return FALSE;
    }
    host = option(options, "host");
    name = option(options, "dbname");
    schema = option(options, "options");
    g_free(state->path);
    state->path = g_strdup_printf("PostgreSQL, database %s%s%s%s%s%s",
                                  name != NULL ? name : "of our name", host != NULL ? " at " : "",
                                  host != NULL ? host : "", schema != NULL ? " (" : "",
                                  schema != NULL ? schema : "", schema != NULL ? ")" : "");
    pq->PQconninfoFree(options);
    return TRUE;
}

static gboolean
open_state(RvState *state, GError **error)
{
    Connection *connection = g_new0(Connection, 1);

    state->handle = connection;
    connection->pq = rv_libpq(error);
    return connection->pq != NULL && read_server(state, error) && connect_to(state, error);
}

static void
close_state(RvState *state)
{
    Connection *connection = connection_of(state);

    if (connection == NULL)
        return;
    /* by hand: a server notices the end of a session a moment later */
    if (connection->claimed && !is_lost(connection))
        connection->pq->PQclear(
            connection->pq->PQexec(connection->link, "SELECT pg_advisory_unlock(" LOCK_ROUND ")"));
    if (connection->pq != NULL)
        connection->pq->PQfinish(connection->link);
    g_free(connection);
}

/* ---- statements ---- */

static RvStatement *
prepare(RvState *state, const char *sql, GError **error)
{
    Statement *statement = g_new0(Statement, 1);

    statement->statement.state = state;
    statement->sql = rv_dialect_query(sql);
    statement->bytes = g_ptr_array_new();
    g_snprintf(statement->name, sizeof statement->name, "s%u", ++connection_of(state)->statements);
    return &statement->statement;
}

static void
forget_bytes(Statement *statement)
{
    const RvLibpq *pq = connection_of(statement->statement.state)->pq;

    for (guint i = 0; i < statement->bytes->len; i++)
        pq->PQfreemem(g_ptr_array_index(statement->bytes, i));
    g_ptr_array_set_size(statement->bytes, 0);
}

static void
done(RvStatement *base)
{
    Statement *statement = (Statement *)base;

    forget_bytes(statement);
    connection_of(base->state)->pq->PQclear(statement->result);
    statement->result = NULL;
}

static void
unprepare(RvStatement *base)
{
    Statement *statement = (Statement *)base;

    done(base); /* the server forgets it at the end of the session */
    g_ptr_array_unref(statement->bytes);
    g_free(statement->sql);
    g_free(statement);
}

static gboolean
prepare_there(Statement *statement, GError **error)
{
    RvState *state = statement->statement.state;
    const Connection *connection = connection_of(state);
    PGresult *result;

    if (statement->generation == connection->generation)
        return TRUE;
    result = connection->pq->PQprepare(connection->link, statement->name, statement->sql, 0, NULL);
    if (!is_fine(connection, result))
        return fail(state, result, error);
    connection->pq->PQclear(result);
    statement->generation = connection->generation;
    return TRUE;
}

typedef struct {
    GPtrArray *values; /* char*; NULL is NULL */
    GPtrArray *owned;
    GArray *lengths, *formats; /* int */
} Values;

/* A peer's bytes that are no UTF-8 would make the server refuse the whole answer. */
static const char *
valid(const char *text, GPtrArray *owned)
{
    char *mended;

    if (g_utf8_validate(text, -1, NULL))
        return text;
    mended = g_utf8_make_valid(text, -1);
    g_ptr_array_add(owned, mended);
    return mended;
}

static void
add_value(Values *values, const RvParam *param)
{
    const char *value = NULL;
    int length = 0, format = 0;
    char *number;

    switch (param->type) {
    case RV_PARAM_NULL:
        break;
    case RV_PARAM_INT:
        value = number = g_strdup_printf("%" G_GINT64_FORMAT, param->number);
        g_ptr_array_add(values->owned, number);
        break;
    case RV_PARAM_TEXT:
        value = valid(param->bytes, values->owned);
        break;
    case RV_PARAM_BLOB:
        value = param->bytes;
        length = (int)param->number;
        format = 1;
        break;
    }
    g_ptr_array_add(values->values, (gpointer)value);
    g_array_append_val(values->lengths, length);
    g_array_append_val(values->formats, format);
}

static PGresult *
execute(Statement *statement, const RvParam *params, gsize count)
{
    const Connection *connection = connection_of(statement->statement.state);
    Values values = {g_ptr_array_new(), g_ptr_array_new_with_free_func(g_free),
                     g_array_new(FALSE, FALSE, sizeof(int)),
                     g_array_new(FALSE, FALSE, sizeof(int))};
    PGresult *result;

    for (gsize i = 0; i < count; i++)
        add_value(&values, &params[i]);
    result = connection->pq->PQexecPrepared(
        connection->link, statement->name, (int)count, (const char *const *)values.values->pdata,
        (const int *)(void *)values.lengths->data, (const int *)(void *)values.formats->data, 0);
    g_ptr_array_unref(values.values);
    g_ptr_array_unref(values.owned);
    g_array_unref(values.lengths);
    g_array_unref(values.formats);
    return result;
}

/* A question that met a server which has just been started anew may be asked again; what writes
 * may have been done, and is for the caller to decide. */
static gboolean
may_ask_again(const Statement *statement)
{
    RvState *state = statement->statement.state;

    return state->depth == 0 && is_lost(connection_of(state)) &&
           g_str_has_prefix(statement->sql, "SELECT");
}

static gboolean
run(Statement *statement, const RvParam *params, gsize count, GError **error)
{
    RvState *state = statement->statement.state;
    Connection *connection = connection_of(state);
    PGresult *result;

    done(&statement->statement);
    if (!prepare_there(statement, error))
        return FALSE;
    result = execute(statement, params, count);
    if (!is_fine(connection, result))
        return fail(state, result, error);
    statement->result = result;
    statement->row = -1;
    statement->rows = connection->pq->PQntuples(result);
    connection->changes = g_ascii_strtoll(connection->pq->PQcmdTuples(result), NULL, 10);
    return TRUE;
}

static gboolean
bind(RvStatement *base, const RvParam *params, gsize count, GError **error)
{
    Statement *statement = (Statement *)base;
    g_autoptr(GError) problem = NULL;

    if (run(statement, params, count, &problem))
        return TRUE;
    if (may_ask_again(statement) && ready(base->state, NULL))
        return run(statement, params, count, error);
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

static RvStep
step(RvStatement *base, GError **error)
{
    Statement *statement = (Statement *)base;

    forget_bytes(statement);
    if (statement->result != NULL && ++statement->row < statement->rows)
        return RV_STEP_ROW;
    done(base);
    return RV_STEP_END;
}

static gboolean
script(RvState *state, const char *sql, GError **error)
{
    const Connection *connection = connection_of(state);
    PGresult *result = connection->pq->PQexec(connection->link, sql);

    if (!is_fine(connection, result) && state->depth == 0 && is_lost(connection) &&
        g_str_has_prefix(sql, "BEGIN") && ready(state, NULL)) { /* nothing was done before it */
        connection->pq->PQclear(result);
        result = connection->pq->PQexec(connection->link, sql);
    }
    if (!is_fine(connection, result))
        return fail(state, result, error);
    connection->pq->PQclear(result);
    return TRUE;
}

static gint64
changes(RvState *state)
{
    return connection_of(state)->changes;
}

static gboolean
is_inside(RvState *state)
{
    const Connection *connection = connection_of(state);

    return !is_lost(connection) &&
           connection->pq->PQtransactionStatus(connection->link) != PQTRANS_IDLE;
}

/* ---- columns ---- */

static gboolean
is_null(RvStatement *base, int column)
{
    const Statement *statement = (Statement *)base;

    return connection_of(base->state)->pq->PQgetisnull(statement->result, statement->row, column) !=
           0;
}

static const char *
string(RvStatement *base, int column)
{
    const Statement *statement = (Statement *)base;

    return is_null(base, column) ? NULL
                                 : connection_of(base->state)
                                       ->pq->PQgetvalue(statement->result, statement->row, column);
}

static gint64
integer(RvStatement *base, int column)
{
    const char *text = string(base, column);
    const Statement *statement = (Statement *)base;

    if (text == NULL)
        return 0;
    if (connection_of(base->state)->pq->PQftype(statement->result, column) == BOOL_TYPE)
        return text[0] == 't';
    return g_ascii_strtoll(text, NULL, 10);
}

static gconstpointer
blob(RvStatement *base, int column, gsize *length)
{
    const char *text = string(base, column);
    Statement *statement = (Statement *)base;
    guchar *bytes;

    *length = 0;
    if (text == NULL)
        return NULL;
    bytes = connection_of(base->state)->pq->PQunescapeBytea((const guchar *)text, length);
    g_ptr_array_add(statement->bytes, bytes);
    return bytes;
}

static int
kind(RvStatement *base, int column)
{
    const Statement *statement = (Statement *)base;

    if (is_null(base, column))
        return RV_PARAM_NULL;
    switch (connection_of(base->state)->pq->PQftype(statement->result, column)) {
    case BOOL_TYPE:
    case INT4_TYPE:
    case INT8_TYPE:
        return RV_PARAM_INT;
    case BYTEA_TYPE:
        return RV_PARAM_BLOB;
    default:
        return RV_PARAM_TEXT;
    }
}

/* ---- schema ---- */

static gboolean
read_mark(RvState *state, RvSchemaMark *mark, GError **error)
{
    gint64 schema = rv_db_ask(state, "SELECT current_schema() IS NOT NULL", error);
    gint64 marked, tables;

    *mark = (RvSchemaMark){0};
    if (schema == 0)
        set_error(state, "3F000", "it has no schema for us", error);
    if (schema != 1)
        return FALSE;
    tables = rv_db_ask(state,
                       "SELECT count(*) FROM pg_class c JOIN pg_namespace n"
                       " ON n.oid = c.relnamespace WHERE n.nspname = current_schema()"
                       " AND c.relkind IN ('r', 'p')",
                       error);
    marked = tables < 0 ? -1
                        : rv_db_ask(state,
                                    "SELECT count(*) FROM pg_class c JOIN pg_namespace n"
                                    " ON n.oid = c.relnamespace WHERE n.nspname = current_schema()"
                                    " AND c.relname = '" MARK "'",
                                    error);
    if (marked < 0)
        return FALSE;
    mark->tables = (int)tables;
    if (marked == 0)
        return TRUE;
    mark->application = (int)rv_db_ask(state, "SELECT max(application) FROM " MARK, error);
    mark->version = (int)rv_db_ask(state, "SELECT max(version) FROM " MARK, error);
    return mark->application >= 0 && mark->version >= 0;
}

static gboolean
write_mark(RvState *state, int version, GError **error)
{
    g_autofree char *sql =
        g_strdup_printf("CREATE TABLE IF NOT EXISTS " MARK
                        " (application BIGINT NOT NULL, version BIGINT NOT NULL);"
                        "DELETE FROM " MARK "; INSERT INTO " MARK " VALUES (%d, %d)",
                        RV_SCHEMA_APPLICATION, version);

    return script(state, sql, error);
}

static void
unlink_all(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm"};

    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *one = g_strconcat(path, endings[i], NULL);

        (void)g_unlink(one);
    }
}

static gboolean
copy_out(RvState *state, const char *path, int version, GError **error)
{
    g_autoptr(GArray) copied = g_array_new(FALSE, FALSE, sizeof(RvCopied));
    g_autoptr(RvState) file =
        rv_state_open_schema(&(RvStatePlace){.file = path}, RV_STATE_MODE_WRITE, version, error);

    return file != NULL && rv_copy_rows(state, file, version, copied, error);
}

/* As a file of ours, which needs no rights beyond those on the tables, and which
 * `rackvitals db copy` puts back. */
static gboolean
back_up(RvState *state, int version, GError **error)
{
    g_autofree char *copy = g_strdup_printf("%s.postgresql-backup-v%d", state->file, version);
    g_autofree char *half = g_strconcat(copy, ".part", NULL);

    unlink_all(half);
    if (copy_out(state, half, version, error) && g_rename(half, copy) == 0) {
        rv_info("%s: schema %d kept as %s before migration", state->path, version, copy);
        return TRUE;
    }
    unlink_all(half);
    if (error != NULL && *error == NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: cannot be made", copy);
    g_prefix_error(error, "the backup before migration failed; nothing was changed: ");
    return FALSE;
}

/* The server vouches for its pages; what it cannot know is whether all of our tables are there. */
static gboolean
inspect(RvState *state, GPtrArray *sentences, GError **error)
{
    for (const RvSchemaTable *table = rv_schema_tables; table->name != NULL; table++) {
        RvStatement *row = rv_db_query(state, error,
                                       "SELECT count(*) FROM pg_class c JOIN pg_namespace n"
                                       " ON n.oid = c.relnamespace"
                                       " WHERE n.nspname = current_schema() AND c.relname = ?1"
                                       " AND c.relkind = 'r'",
                                       RV_TEXT(table->name));

        if (row == NULL || rv_db_step(state, row, error) != RV_STEP_ROW)
            return FALSE;
        if (rv_db_column_int(row, 0) == 0)
            g_ptr_array_add(sentences, g_strdup_printf("the table '%s' is gone", table->name));
        rv_db_done(row);
    }
    return TRUE;
}

static gboolean
claim(RvState *state, GError **error)
{
    Connection *connection = connection_of(state);

    return take_claim(state, &connection->claimed, error) && connection->claimed;
}

static gboolean
settle_ids(RvState *state, const char *table, GError **error)
{
    g_autofree char *sql = g_strdup_printf("SELECT setval(pg_get_serial_sequence('%s', 'id'),"
                                           " coalesce((SELECT max(id) FROM %s), 0) + 1, false)",
                                           table, table);

    return script(state, sql, error);
}

const RvBackend rv_backend_postgresql = {
    .name = "PostgreSQL",
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
    /* writers wait for each other, as those of a SQLite file do: each sees what the one before it
     * decided */
    .begin = "BEGIN; SELECT pg_advisory_xact_lock(" LOCK_WRITER ")",
    .begin_reading = "BEGIN ISOLATION LEVEL REPEATABLE READ",
    .is_inside = is_inside,
    .read_mark = read_mark,
    .write_mark = write_mark,
    .translate = rv_dialect_schema,
    .back_up = back_up,
    .inspect = inspect,
    .claim = claim,
    .settle_ids = settle_ids,
};
