/* What only a server can do: go away, refuse, be shared by machines; and copies to and from it. */
#include <string.h>

#include "base/error.h"
#include "db/backend.h"
#include "db/copy.h"
#include "made.h"
#include "observation/json.h"

#define TEST(name, function)                                                                       \
    g_test_add("/db/postgresql/" name, Place, NULL, place_open, function, place_close)

static char *
reachability_of(RvState *state)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = rv_state_reachability(state, "a", NULL, 0, G_MAXINT64, &error);

    g_assert_no_error(error);
    return intervals_text(rows);
}

/* As a server that is started anew, or a firewall that forgets, does. */
static void
cut_connections(const Place *place)
{
    made_sql(place->server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE application_name = 'rackvitals'");
}

static void
test_connects_again(Place *place, gconstpointer unused)
{
    g_autofree char *text = NULL;

    store(place->state, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
    cut_connections(place);
    store(place->state, made_sample("a", 120, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
    cut_connections(place);
    text = reachability_of(place->state);
    g_assert_cmpstr(text, ==, "up 60-120");
}

/* What was not committed is gone, and is said to be; nothing of it is there twice afterwards. */
static void
test_lost_within(Place *place, gconstpointer unused)
{
    const RvStoreContext context = {.tasks = RV_TASK_HEALTH};
    g_autoptr(RvObservation) third = made_sample("a", 180, "snmp", RV_STATE_UP);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    store(place->state, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
    g_assert_true(rv_state_begin(place->state, &error));
    store(place->state, made_sample("a", 120, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
    cut_connections(place);
    g_assert_false(rv_state_store_observation(place->state, third, &context, &error));
    g_clear_error(&error);
    g_assert_false(rv_state_finish(place->state, TRUE, &error));
    g_assert_nonnull(error);
    text = reachability_of(place->state);
    g_assert_cmpstr(text, ==, "up 60-60");
    store(place->state, made_sample("a", 120, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
}

static void
test_claim(Place *place, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvState) other = place_state(place, RV_STATE_MODE_WRITE, &error);

    g_assert_true(rv_state_claim_round(place->state, &error));
    g_assert_false(rv_state_claim_round(other, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_LOCKED);
    g_clear_error(&error);
    g_clear_pointer(&place->state, rv_state_close);
    g_assert_true(rv_state_claim_round(other, &error));
    g_assert_no_error(error);
}

/* Others may store between, as a person does at a terminal while a round runs. */
static void
test_writers_wait(Place *place, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvState) other = place_state(place, RV_STATE_MODE_WRITE, &error);

    g_assert_true(rv_db_script(other, "SET lock_timeout = 100", &error));
    g_assert_true(rv_state_begin(place->state, &error));
    g_assert_false(rv_state_begin(other, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    g_assert_nonnull(strstr(error->message, "another program has held it"));
    g_clear_error(&error);
    g_assert_true(rv_state_finish(place->state, TRUE, &error));
    store(other, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
}

static const struct {
    const char *what, *server;
    RvError code;
    const char *says;
} refused[] = {
    {"no server there", "host=/nowhere dbname=x", RV_ERROR_UNAVAILABLE, "/nowhere"},
    {"a port where nobody listens", "host=127.0.0.1 port=1 dbname=x", RV_ERROR_UNAVAILABLE,
     "127.0.0.1"},
    {"no string at all", "hunter2 is it", RV_ERROR_CONFIG, "no connection string"},
    {"a password in it", "dbname=x password=hunter2", RV_ERROR_CONFIG, "database-password"},
    {"a password in the address", "postgresql://u:hunter2@127.0.0.1/x", RV_ERROR_CONFIG,
     "database-password"},
    {"an address cut short", "postgresql://u:hunter2@[::1/x", RV_ERROR_CONFIG,
     "no connection string"},
};

static void
test_refused(Place *place, gconstpointer unused)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", refused[i].what);
        g_assert_null(
            rv_state_open_at(&(RvStatePlace){.file = place->path, .server = refused[i].server},
                             RV_STATE_MODE_WRITE, &error));
        g_assert_error(error, RV_ERROR, (int)refused[i].code);
        g_assert_nonnull(strstr(error->message, refused[i].says));
        g_assert_null(strstr(error->message, "hunter2"));
    }
}

static void
test_not_there(Place *place, gconstpointer unused)
{
    g_autofree char *base = g_strdup(g_getenv("RACKVITALS_TEST_POSTGRESQL"));
    g_autofree char *schema = g_strconcat(base, " options=-csearch_path=nobody_made_it", NULL);
    g_autofree char *database = g_strconcat(base, " dbname=nobody_made_it", NULL);
    const char *const servers[] = {schema, database};

    for (gsize i = 0; i < G_N_ELEMENTS(servers); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(rv_state_open_at(&(RvStatePlace){.file = place->path, .server = servers[i]},
                                       RV_STATE_MODE_WRITE, &error));
        g_assert_error(error, RV_ERROR, RV_ERROR_AUTH);
        g_assert_nonnull(strstr(error->message, i == 0 ? "CREATE SCHEMA" : "createdb"));
    }
}

static void
test_nothing_yet(Place *place, gconstpointer unused)
{
    g_autofree char *server = made_server();
    g_autoptr(GError) error = NULL;

    g_assert_null(rv_state_open_at(&(RvStatePlace){.file = place->path, .server = server},
                                   RV_STATE_MODE_READ, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_NO_INPUT);
}

static void
test_other_tables(Place *place, gconstpointer unused)
{
    g_autofree char *server = made_server();
    g_autoptr(GError) error = NULL;

    made_sql(server, "CREATE TABLE customers (id INTEGER)");
    g_assert_null(rv_state_open_at(&(RvStatePlace){.file = place->path, .server = server},
                                   RV_STATE_MODE_WRITE, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_DATA);
    g_assert_nonnull(strstr(error->message, "search_path"));
}

static void
test_lost_table(Place *place, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) sentences = NULL;

    made_sql(place->server, "DROP TABLE delivery");
    sentences = rv_state_verify(place->state, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sentences->len, ==, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(sentences, 0), "delivery"));
}

/* Names in the order of bytes, whatever the server's collation makes of them. */
static void
test_order(Place *place, gconstpointer unused)
{
    static const char *const names[] = {"B", "a-2", "a.1", "a_3", "b", "交换机"};
    g_autoptr(GPtrArray) rows = NULL;

    for (gsize i = G_N_ELEMENTS(names); i-- > 0;)
        store(place->state, made_sample(names[i], 60, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
    rows = rv_state_devices(place->state, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_cmpstr(((RvDeviceRow *)g_ptr_array_index(rows, i))->name, ==, names[i]);
}

/* A peer's text that is no UTF-8 must not cost the whole answer. */
static void
test_broken_text(Place *place, gconstpointer unused)
{
    RvObservation *sample = made_sample("a", 60, "snmp", RV_STATE_UP);
    g_autoptr(RvDeviceRow) row = NULL;

    sample->device.model = g_strdup("X\xff"
                                    "1");
    store(place->state, sample, RV_TASK_REACHABILITY);
    row = rv_state_device(place->state, "a", NULL);
    g_assert_cmpstr(row->model, ==,
                    "X\xef\xbf\xbd"
                    "1");
}

static void
fill(RvState *state)
{
    for (gint64 s = 60; s <= 3000; s += 60) {
        RvObservation *sample = made_sample("a", s, "snmp", RV_STATE_UP);

        for (int i = 0; i < 7; i++) {
            g_autofree char *key = g_strdup_printf("风扇-%d", i);

            made_sensor(sample, key, s / 60 % (i + 2) == 0 ? RV_VERDICT_WARNING : RV_VERDICT_OK);
        }
        made_component(sample, "psu-1", "S1", "");
        store(state, sample, RV_TASK_HEALTH | RV_TASK_CENSUS);
    }
}

static char *
everything(RvState *state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) verdicts = rv_state_verdicts(state, NULL, 0, G_MAXINT64, FALSE, &error);
    g_autoptr(RvObservation) latest = rv_state_latest(state, "a", &error);
    g_autofree char *line = rv_observation_to_json_line(latest);
    g_autofree char *times = reachability_of(state);
    GString *text = g_string_new(times);

    for (guint i = 0; i < verdicts->len; i++) {
        const RvVerdictInterval *one = g_ptr_array_index(verdicts, i);

        g_string_append_printf(text, " %s %d %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, one->key,
                               one->status, one->from_ms, one->until_ms);
    }
    g_string_append(text, line);
    return g_string_free(text, FALSE);
}

static guint64
rows_of(const GArray *copied)
{
    guint64 rows = 0;

    for (guint i = 0; i < copied->len; i++)
        rows += g_array_index(copied, RvCopied, i).rows;
    return rows;
}

/* To a server's schema, from there to a file, and from that to another schema. */
static void
test_copy(Place *place, gconstpointer unused)
{
    g_autofree char *first_path = g_build_filename(place->folder, "first.db", NULL);
    g_autofree char *second = made_server();
    g_autoptr(GError) error = NULL;
    g_autoptr(RvState) file = rv_state_open(first_path, RV_STATE_MODE_WRITE, &error);
    g_autoptr(RvState) reading = rv_state_open_at(
        &(RvStatePlace){.file = place->path, .server = place->server}, RV_STATE_MODE_READ, &error);
    g_autoptr(RvState) server = rv_state_open_at(
        &(RvStatePlace){.file = place->path, .server = second}, RV_STATE_MODE_WRITE, &error);
    g_autoptr(GArray) out = NULL;
    g_autoptr(GArray) in = NULL;
    g_autofree char *before = NULL;
    g_autofree char *between = NULL;
    g_autofree char *after = NULL;

    fill(place->state);
    out = rv_state_copy(reading, file, &error);
    g_assert_no_error(error);
    in = rv_state_copy(file, server, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(rows_of(out), >, 100);
    g_assert_cmpuint(rows_of(out), ==, rows_of(in));
    before = everything(place->state);
    between = everything(file);
    after = everything(server);
    g_assert_cmpstr(before, ==, between);
    g_assert_cmpstr(before, ==, after);
    store(server, made_sample("new", 60, "snmp", RV_STATE_UP), RV_TASK_HEALTH); /* ids go on */
    g_assert_null(rv_state_copy(file, server, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (!made_on_server())
        return g_test_run();
    TEST("a connection that was cut is made anew", test_connects_again);
    TEST("what was cut in a transaction is not stored, and said so", test_lost_within);
    TEST("one round at a time, whatever the machine", test_claim);
    TEST("a writer waits for another, and not for ever", test_writers_wait);
    TEST("refusals name what to do and no password", test_refused);
    TEST("a database or schema that is not there", test_not_there);
    TEST("reading what nobody began", test_nothing_yet);
    TEST("a schema with tables of others is not touched", test_other_tables);
    TEST("doctor's look misses a table", test_lost_table);
    TEST("names sort by bytes", test_order);
    TEST("a text that is no UTF-8", test_broken_text);
    TEST("everything there and back", test_copy);
    return g_test_run();
}
