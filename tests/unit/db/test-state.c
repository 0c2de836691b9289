/* The file itself: opening, versions, refusals, errors, a killed writer. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "db/backend.h"
#include "db/schema.h"
#include "made.h"

#define TEST(name, function)                                                                       \
    g_test_add("/db/state/" name, Place, NULL, place_open, function, place_close)

static char *
reachability_of(RvState *state, const char *device)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = rv_state_reachability(state, device, NULL, 0, G_MAXINT64, &error);

    g_assert_no_error(error);
    return intervals_text(rows);
}

static void
test_reopen(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *text = NULL;

    store(place->state, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
    store(place->state, made_sample("a", 120, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
    rv_state_close(place->state);
    place->state = place_state(place, RV_STATE_MODE_READ, &error);
    g_assert_no_error(error);
    text = reachability_of(place->state, "a");
    g_assert_cmpstr(text, ==, "up 60-120");
}

static void
test_newer_schema(Place *place, gconstpointer unused)
{
    GError *error = NULL;

    g_assert_true(place->state->backend->write_mark(place->state, 999, &error));
    g_assert_null(place_state(place, RV_STATE_MODE_WRITE, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
    g_assert_nonnull(strstr(error->message, "newer rackvitals"));
    g_error_free(error);
}

static void
test_foreign_database(Place *place, gconstpointer unused)
{
    GError *error = NULL;

    if (place->server != NULL) {
        made_sql(place->server, "DROP TABLE rackvitals_schema");
        g_assert_null(place_state(place, RV_STATE_MODE_WRITE, &error));
        g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
        g_error_free(error);
        return;
    }
    /* other programs often leave both marks at 0 */
    g_assert_true(
        rv_db_script(place->state, "PRAGMA application_id = 0; PRAGMA user_version = 0", &error));
    g_assert_null(place_state(place, RV_STATE_MODE_WRITE, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
    g_clear_error(&error);
    g_assert_true(rv_db_script(place->state, "PRAGMA application_id = 7", &error));
    g_assert_null(place_state(place, RV_STATE_MODE_WRITE, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
    g_error_free(error);
}

static void
test_no_database(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *other = g_build_filename(place->folder, "text.db", NULL);

    g_assert_true(g_file_set_contents(other, "this is a text, and a long enough one", -1, NULL));
    g_assert_null(rv_state_open(other, RV_STATE_MODE_WRITE, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    g_assert_nonnull(strstr(error->message, other));
    g_error_free(error);
}

static void
test_reading_nothing(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *other = g_build_filename(place->folder, "none.db", NULL);

    g_assert_null(rv_state_open(other, RV_STATE_MODE_READ, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_NO_INPUT);
    g_assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
    g_error_free(error);
}

static void
test_no_folder(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *other = g_build_filename(place->folder, "no", "such.db", NULL);

    g_assert_null(rv_state_open(other, RV_STATE_MODE_WRITE, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    g_assert_nonnull(strstr(error->message, other));
    g_error_free(error);
}

/* What an older program left. */
static void
make_old(const RvStatePlace *old)
{
    GError *error = NULL;
    g_autoptr(RvState) state = rv_state_open_schema(old, RV_STATE_MODE_WRITE, 1, &error);

    g_assert_no_error(error);
    store(state, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
}

static int
version_of(RvState *state)
{
    RvSchemaMark mark;

    g_assert_true(state->backend->read_mark(state, &mark, NULL));
    return mark.version;
}

static void
test_migration(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *path = g_build_filename(place->folder, "old.db", NULL);
    g_autofree char *server = place->server != NULL ? made_server() : NULL;
    const RvStatePlace old = {.file = path, .server = server};
    g_autofree char *backup =
        g_strconcat(path, server != NULL ? ".postgresql-backup-v1" : ".backup-v1", NULL);
    g_autofree char *text = NULL;
    g_autofree char *kept = NULL;
    g_autoptr(RvState) state = NULL;
    g_autoptr(RvState) before = NULL;

    make_old(&old);
    g_assert_null(rv_state_open_at(&old, RV_STATE_MODE_READ, &error)); /* reading never migrates */
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    g_clear_error(&error);
    state = rv_state_open_at(&old, RV_STATE_MODE_WRITE, &error);
    g_assert_no_error(error);
    g_assert_cmpint(version_of(state), ==, rv_state_schema_version());
    text = reachability_of(state, "a");
    g_assert_cmpstr(text, ==, "up 60-60");
    before = rv_state_open_schema(&(RvStatePlace){.file = backup}, RV_STATE_MODE_READ, 1, &error);
    g_assert_no_error(error);
    g_assert_cmpint(version_of(before), ==, 1);
    kept = reachability_of(before, "a");
    g_assert_cmpstr(kept, ==, "up 60-60");
}

static void
test_cannot_write(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    const RvStoreContext context = {.tasks = RV_TASK_REACHABILITY};
    g_autoptr(RvState) reader = place_state(place, RV_STATE_MODE_READ, &error);
    g_autoptr(RvObservation) sample = made_sample("a", 60, "snmp", RV_STATE_UP);

    g_assert_no_error(error);
    g_assert_false(rv_state_store_observation(reader, sample, &context, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    g_assert_nonnull(strstr(error->message, rv_state_path(reader)));
    g_assert_nonnull(strstr(error->message, place->server != NULL ? "read only" : "rights"));
    g_error_free(error);
}

static void
test_full_disk(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    const RvStoreContext context = {.tasks = RV_TASK_HEALTH};
    g_autoptr(RvObservation) big = made_sample("b", 120, "snmp", RV_STATE_UP);
    g_autofree char *text = NULL;

    store(place->state, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
    for (int i = 0; i < 5000; i++) {
        g_autofree char *key = g_strdup_printf("sensor-%d", i);

        made_sensor(big, key, RV_VERDICT_OK);
    }
    g_assert_true(rv_db_script(place->state, "PRAGMA max_page_count = 60", &error));
    g_assert_false(rv_state_store_observation(place->state, big, &context, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    g_assert_nonnull(strstr(error->message, "disk is full"));
    g_clear_error(&error);
    text = reachability_of(place->state, "a");
    g_assert_cmpstr(text, ==, "up 60-60");
    g_assert_null(rv_state_device(place->state, "b", &error)); /* whole or not at all */
    g_assert_no_error(error);
    store(place->state, made_sample("a", 120, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
}

/* The child stores without end, says once that it began, and is killed in the middle of it. */
static void
store_for_ever(const Place *place, int pipe_end)
{
    RvState *state = place_state(place, RV_STATE_MODE_WRITE, NULL);

    for (gint64 s = 60;; s += 60) {
        RvObservation *sample = made_sample("a", s, "snmp", RV_STATE_UP);

        for (int i = 0; i < 50; i++) {
            g_autofree char *key = g_strdup_printf("sensor-%d", i);

            made_sensor(sample, key, (s / 60) % 2 == 0 ? RV_VERDICT_OK : RV_VERDICT_WARNING);
        }
        store(state, sample, RV_TASK_HEALTH);
        if (s == 60 * 20 && write(pipe_end, "x", 1) != 1)
            _exit(1);
    }
}

static void
test_kill(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) sentences = NULL;
    g_autoptr(GPtrArray) verdicts = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    const RvInterval *interval;
    int ends[2], status;
    char byte;
    pid_t child;

    rv_state_close(place->state);
    place->state = NULL;
    g_assert_cmpint(pipe(ends), ==, 0);
    child = fork();
    if (child == 0)
        store_for_ever(place, ends[1]);
    g_assert_cmpint(read(ends[0], &byte, 1), ==, 1);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    close(ends[0]);
    close(ends[1]);
    place->state = place_state(place, RV_STATE_MODE_WRITE, &error);
    g_assert_no_error(error);
    sentences = rv_state_verify(place->state, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sentences->len, ==, 0);
    rows = rv_state_reachability(place->state, "a", NULL, 0, G_MAXINT64, &error);
    g_assert_cmpuint(rows->len, ==, 1);
    interval = g_ptr_array_index(rows, 0);
    g_assert_cmpint(interval->until_ms, >=, 60 * 20 * 1000);
    /* each sample changed each of the 50 sensors: all or none of them are in */
    verdicts = rv_state_verdicts(place->state, "a", 0, G_MAXINT64, FALSE, &error);
    g_assert_cmpuint(verdicts->len, ==, 50 * (guint)(interval->until_ms / 60000));
}

static void
test_rounds(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    RvRound round = {.started_ms = 1000,
                     .host = (char *)"poller",
                     .version = (char *)"1",
                     .simulated = TRUE,
                     .due = 3};
    g_autoptr(GPtrArray) rounds = NULL;
    const RvRound *read;

    g_assert_true(rv_state_round_start(place->state, &round, &error));
    round.ended_ms = 2000;
    round.asked = 3;
    round.answered = 2;
    round.failed = 1;
    g_assert_true(rv_state_round_end(place->state, &round, &error));
    round.started_ms = 5000;
    g_assert_true(rv_state_round_start(place->state, &round, &error));
    rounds = rv_state_rounds(place->state, 0, 10000, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rounds->len, ==, 2);
    read = g_ptr_array_index(rounds, 0);
    g_assert_true(read->simulated);
    g_assert_cmpuint(read->answered, ==, 2);
    g_assert_cmpuint(read->failed, ==, 1);
    read = g_ptr_array_index(rounds, 1);
    g_assert_cmpint(read->ended_ms, ==, 0); /* killed, or runs still */
}

static void
test_prune(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    store(place->state, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
    store(place->state, made_sample("a", 120, "snmp", RV_STATE_DOWN), RV_TASK_HEALTH);
    store(place->state, made_sample("a", 180, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
    store(place->state, made_sample("a", 240, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
    before = reachability_of(place->state, "a");
    g_assert_cmpstr(before, ==, "up 60-120 down 120-180 up 180-240");
    g_assert_true(rv_state_prune(place->state, 1000 * 1000, &error));
    after = reachability_of(place->state, "a");
    g_assert_cmpstr(after, ==, "up 180-240"); /* the one that the next sample continues */
}

#define IDS(table) "SELECT CAST(id AS TEXT) FROM " table " ORDER BY " table ".id"

/* Rows of one table: what stays behind when everything before second 1000 goes. */
static const struct {
    const char *ids; /* a literal: statements are kept by their address */
    const char *before, *after, *rows;
} kept[] = {
    {IDS("round"), "1,2,3", "2,3",
     "INSERT INTO round (id, started_ms, host, version, simulated) VALUES"
     " (1, 999999, '', '', 0), (2, 1000000, '', '', 0), (3, 2000000, '', '', 0);"},
    /* 1 is over; 2 ended at the moment itself; 3 is the newest of a protocol that was given up */
    {IDS("reachability"), "1,2,3", "2,3",
     "INSERT INTO reachability (id, device, protocol, state, reason, from_ms, until_ms, samples)"
     " VALUES (1, 1, '', 'up', 'none', 0, 900000, 1), (2, 1, '', 'up', 'none', 900000, 1000000, 1),"
     " (3, 1, 'ipmi', 'up', 'none', 0, 1000, 1);"},
    {IDS("health_span"), "1,2", "2",
     "INSERT INTO health_span (id, device, from_ms, until_ms, samples) VALUES"
     " (1, 1, 0, 1000, 2), (2, 1, 2000, 3000, 2);"},
    /* 2 holds since long ago, and still does */
    {IDS("verdict"), "1,2,3", "2,3",
     "INSERT INTO verdict (id, sensor, status, presence, from_ms, until_ms, first_sample) VALUES"
     " (1, 1, 'warning', 'present', 0, 5000, 1), (2, 1, 'ok', 'present', 5000, NULL, 2),"
     " (3, 2, 'ok', 'present', 0, 1000000, 1);"},
    /* 2 is the newest that was read: the next read goes on from it */
    {IDS("event"), "1,2", "2",
     "INSERT INTO event (id, device, record_id, time_ms, seen_ms, sensor, text, asserted, severity)"
     " VALUES (1, 1, 7, 10, 10, '', 'a', 1, ''), (2, 1, 8, 20, 20, '', 'b', 1, '');"},
    {IDS("change"), "1,2", "2",
     "INSERT INTO change (id, time_ms, device, kind, subject, before, after) VALUES"
     " (1, 999999, 1, 'restart', '', '', ''), (2, 1000000, 1, 'restart', '', '', '');"},
    {IDS("link"), "1,2", "2",
     "INSERT INTO link (id, device, interface, name, hour_ms, first_ms, last_ms, changes, downs,"
     " state) VALUES (1, 1, 'p', 'p', 0, 1, 2, 1, 1, 'down'),"
     " (2, 1, 'p', 'p', 3600000, 3600000, 3600000, 1, 0, 'up');"},
    /* over; repeats for ever; repeated until then; was ended then; repeats until later; to come */
    {IDS("maintenance"), "1,2,3,4,5,6", "2,5,6",
     "INSERT INTO maintenance (id, devices, from_ms, until_ms, every_days, last_ms, ended_ms, who,"
     " why, made_ms) VALUES (1, '*', 0, 10, 0, NULL, NULL, 'w', 'w', 0),"
     " (2, '*', 0, 10, 7, NULL, NULL, 'w', 'w', 0), (3, '*', 0, 10, 7, 500, NULL, 'w', 'w', 0),"
     " (4, '*', 0, 10, 7, NULL, 500, 'w', 'w', 0), (5, '*', 0, 10, 7, 2000000, NULL, 'w', 'w', 0),"
     " (6, '*', 2000000, 3000000, 0, NULL, NULL, 'w', 'w', 0);"},
    /* what people answer for is kept */
    {IDS("fault"), "1", "1",
     "INSERT INTO fault (id, device, cause, kind, level, title, opened_ms, opened_by, resolved_ms)"
     " VALUES (1, 'a', '', 'defect', '3', 't', 1, 'w', 2);"},
    {IDS("fault_trail"), "1", "1",
     "INSERT INTO fault_trail (id, fault, time_ms, who, action, text) VALUES"
     " (1, 1, 1, 'w', 'open', 't');"},
    {IDS("component"), "1", "1",
     "INSERT INTO component (id, device, key, idx, class, name, model, serial, part_number, vendor,"
     " firmware, hardware, asset_tag, from_ms, until_ms, last_ms) VALUES"
     " (1, 1, 'k', 0, 'psu', '', '', '', '', '', '', '', '', 1, 2, 2);"},
    {IDS("delivery"), "1", "1",
     "INSERT INTO delivery (id, kind, from_ms, until_ms, done_ms, file, who) VALUES"
     " (1, 'month', 1, 2, 3, '', 'w');"},
};

/* "1,2,3"; caller frees. */
static char *
words_of(RvState *state, const char *sql)
{
    GError *error = NULL;
    RvStatement *row = rv_db_query_with(state, &error, sql, NULL, 0);
    GString *text = g_string_new(NULL);
    RvStep step;

    g_assert_no_error(error);
    while ((step = rv_db_step(state, row, &error)) == RV_STEP_ROW)
        g_string_append_printf(text, "%s%s", text->len > 0 ? "," : "", rv_db_column_string(row, 0));
    g_assert_no_error(error);
    return g_string_free(text, FALSE);
}

static void
test_retention(Place *place, gconstpointer unused)
{
    GError *error = NULL;

    rv_db_script(place->state,
                 "INSERT INTO device (id, name) VALUES (1, 'a');"
                 "INSERT INTO sensor (id, device, key, name, class, grp, first_ms, seen) VALUES"
                 " (1, 1, 'x', 'x', 'fan', 'fan', 0, 1), (2, 1, 'y', 'y', 'fan', 'fan', 0, 1);",
                 &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autofree char *ids = NULL;

        rv_db_script(place->state, kept[i].rows, &error);
        g_assert_no_error(error);
        ids = words_of(place->state, kept[i].ids);
        g_assert_cmpstr(ids, ==, kept[i].before);
    }
    rv_state_prune(place->state, 1000000, &error);
    g_assert_no_error(error);
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        g_autofree char *ids = words_of(place->state, kept[i].ids);

        g_test_message("%s", kept[i].ids);
        g_assert_cmpstr(ids, ==, kept[i].after);
    }
}

/* ---- the schema and what is copied of it ---- */

static void
add_columns(GPtrArray *names, const char *table, const char *columns)
{
    g_auto(GStrv) all = g_strsplit(columns, ",", -1);

    for (char **column = all; *column != NULL; column++)
        g_ptr_array_add(names, g_strconcat(table, ".", g_strstrip(*column), NULL));
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "change.after,change.before …": what rv_state_copy() copies; caller frees. */
static char *
copied_columns(int version)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (const RvSchemaTable *table = rv_schema_tables; table->name != NULL; table++) {
        if (table->since > version)
            continue;
        add_columns(names, table->name, table->key);
        add_columns(names, table->name, table->columns);
        for (gsize i = 0; i < G_N_ELEMENTS(table->more); i++) {
            if (table->more[i].columns != NULL && table->more[i].since <= version)
                add_columns(names, table->name, table->more[i].columns);
        }
    }
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return g_strjoinv(",", (char **)names->pdata);
}

/* A table or column that the copy forgets would be lost by `db copy` and by backups. */
static void
test_all_is_copied(Place *place, gconstpointer unused)
{
    const char *sql =
        place->server != NULL
            ? "SELECT table_name || '.' || column_name FROM information_schema.columns"
              " WHERE table_schema = current_schema() AND table_name <> 'rackvitals_schema'"
              " ORDER BY (table_name || '.' || column_name) COLLATE \"C\""
            : "SELECT m.name || '.' || p.name FROM sqlite_master m, pragma_table_info(m.name) p"
              " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1";

    for (int version = 1; version <= RV_SCHEMA_VERSION; version++) {
        GError *error = NULL;
        g_autofree char *name = g_strdup_printf("of-%d.db", version);
        g_autofree char *path = g_build_filename(place->folder, name, NULL);
        g_autofree char *server = place->server != NULL ? made_server() : NULL;
        const RvStatePlace of = {.file = path, .server = server};
        g_autoptr(RvState) state = rv_state_open_schema(&of, RV_STATE_MODE_WRITE, version, &error);
        g_autofree char *copied = copied_columns(version);
        g_autofree char *there = NULL;

        g_assert_no_error(error);
        there = words_of(state, sql);
        g_test_message("schema %d", version);
        g_assert_cmpstr(there, ==, copied);
    }
}

/* A poll writes while a report reads and a person acknowledges. */
static void
test_together(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(RvState) reader = NULL;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;

    store(place->state, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
    reader = place_state(place, RV_STATE_MODE_READ, &error);
    g_assert_no_error(error);
    g_assert_true(rv_db_begin(place->state, &error));
    store(place->state, made_sample("a", 120, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
    before = reachability_of(reader, "a");
    g_assert_cmpstr(before, ==, "up 60-60"); /* what is not committed is not there */
    g_assert_true(rv_db_commit(place->state, &error));
    after = reachability_of(reader, "a");
    g_assert_cmpstr(after, ==, "up 60-120");
}

/* A page of noise in the middle: an error or a sentence, never a crash. */
static void
test_damaged(Place *place, gconstpointer unused)
{
    g_autofree char *noise = g_malloc(4096);
    g_autoptr(GPtrArray) sentences = NULL;
    g_autoptr(RvState) state = NULL;
    GError *error = NULL;
    int file;

    for (gint64 s = 300; s < 30000; s += 300) {
        RvObservation *sample = made_sample("a", s, "snmp", RV_STATE_UP);

        made_sensor(sample, "psu-1", s % 600 == 0 ? RV_VERDICT_OK : RV_VERDICT_WARNING);
        store(place->state, sample, RV_TASK_HEALTH);
    }
    rv_state_close(place->state);
    place->state = NULL;
    memset(noise, 0xa5, 4096);
    file = open(place->path, O_WRONLY | O_CLOEXEC);
    for (off_t page = 1; page < 30; page++)
        g_assert_cmpint(pwrite(file, noise, 4096, page * 4096), ==, 4096);
    close(file);
    state = place_state(place, RV_STATE_MODE_WRITE, &error);
    if (state != NULL)
        sentences = rv_state_verify(state, &error);
    g_assert_true(error != NULL || sentences->len > 0);
    if (error != NULL)
        g_assert_nonnull(strstr(error->message, place->path));
    g_clear_error(&error);
}

static void
test_deliveries(Place *place, gconstpointer unused)
{
    const RvDelivery made = {RV_PERIOD_MONTH, 1000, 2000, 2500, (char *)"a.pdf", (char *)"li"};
    GError *error = NULL;
    g_autoptr(GPtrArray) all = NULL;
    g_autoptr(GPtrArray) later = NULL;

    g_assert_true(rv_state_delivery_add(place->state, &made, &error));
    all = rv_state_deliveries(place->state, 1999, 3000, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(all->len, ==, 1);
    g_assert_cmpint(((RvDelivery *)g_ptr_array_index(all, 0))->kind, ==, RV_PERIOD_MONTH);
    g_assert_cmpstr(((RvDelivery *)g_ptr_array_index(all, 0))->file, ==, "a.pdf");
    later = rv_state_deliveries(place->state, 2000, 3000, &error);
    g_assert_cmpuint(later->len, ==, 0);
}

#define FILE_TEST(name, function)                                                                  \
    if (!made_on_server())                                                                         \
    TEST(name, function)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("what was closed opens again with what it held", test_reopen);
    TEST("a newer schema is refused", test_newer_schema);
    TEST("the database of another program is refused", test_foreign_database);
    FILE_TEST("a file that is no database is refused by name", test_no_database);
    FILE_TEST("reading makes no file", test_reading_nothing);
    FILE_TEST("a folder that is not there is named", test_no_folder);
    TEST("an older schema is copied, then migrated", test_migration);
    TEST("what cannot be written says what to do", test_cannot_write);
    FILE_TEST("a full disk takes back the whole observation", test_full_disk);
    TEST("a writer killed by signal leaves whole observations", test_kill);
    TEST("rounds keep their counts, and an end only where there was one", test_rounds);
    TEST("retention keeps what the next sample continues", test_prune);
    TEST("retention by table: what is over goes, what people answer for stays", test_retention);
    TEST("a copy has every table and column of every schema", test_all_is_copied);
    TEST("readers see what is committed, and do not wait", test_together);
    FILE_TEST("a damaged file is told, not crashed on", test_damaged);
    TEST("what was handed over is kept by its period", test_deliveries);
    return g_test_run();
}
