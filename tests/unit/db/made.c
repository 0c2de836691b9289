#include "made.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <math.h>
#include <unistd.h>

#include "observation/words.h"

#define SERVER "RACKVITALS_TEST_POSTGRESQL"

gboolean
made_on_server(void)
{
    return g_getenv(SERVER) != NULL;
}

void
made_sql(const char *server, const char *sql)
{
    PGconn *link = PQconnectdb(server);
    PGresult *result = PQexec(link, sql);

    g_assert_cmpstr(PQresultErrorMessage(result), ==, "");
    PQclear(result);
    PQfinish(link);
}

char *
made_server(void)
{
    static guint schemas;
    g_autofree char *schema = g_strdup_printf("test_%d_%u", (int)getpid(), ++schemas);
    g_autofree char *sql = g_strdup_printf("CREATE SCHEMA %s", schema);

    made_sql(g_getenv(SERVER), sql);
    return g_strdup_printf("%s options=-csearch_path=%s", g_getenv(SERVER), schema);
}

RvState *
place_state(const Place *place, RvStateMode mode, GError **error)
{
    return rv_state_open_at(&(RvStatePlace){.file = place->path, .server = place->server}, mode,
                            error);
}

void
place_open(Place *place, gconstpointer unused)
{
    GError *error = NULL;

    place->folder = g_dir_make_tmp("rackvitals-db-XXXXXX", &error);
    g_assert_no_error(error);
    place->path = g_build_filename(place->folder, "state.db", NULL);
    place->server = made_on_server() ? made_server() : NULL;
    place->state = place_state(place, RV_STATE_MODE_WRITE, &error);
    g_assert_no_error(error);
}

void
place_close(Place *place, gconstpointer unused)
{
    g_autoptr(GDir) folder = g_dir_open(place->folder, 0, NULL);
    const char *name;

    rv_state_close(place->state);
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(place->folder, name, NULL);

        g_unlink(path);
    }
    g_rmdir(place->folder);
    g_free(place->folder);
    g_free(place->path);
    g_free(place->server);
}

static void
set(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

RvObservation *
made_sample(const char *device, gint64 s, const char *protocol, RvReachability state)
{
    RvObservation *observation = rv_observation_new();
    RvProtocol *one = rv_observation_add_protocol(observation, protocol);

    set(&observation->device.name, device);
    set(&observation->device.host, "192.0.2.1");
    observation->taken_at_ms = s * 1000;
    one->state = state;
    one->reason = state == RV_STATE_DOWN ? RV_REASON_NO_ANSWER : RV_REASON_NONE;
    return observation;
}

RvSensor *
made_sensor(RvObservation *observation, const char *key, RvVerdict status)
{
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE);

    set(&sensor->key, key);
    set(&sensor->name, key);
    sensor->value = 21.5;
    sensor->status = status;
    sensor->presence = RV_PRESENCE_PRESENT;
    return sensor;
}

RvComponent *
made_component(RvObservation *observation, const char *key, const char *serial,
               const char *firmware)
{
    RvComponent *component = rv_observation_add_component(observation);

    set(&component->key, key);
    set(&component->class, "psu");
    set(&component->name, key);
    set(&component->serial, serial);
    set(&component->firmware, firmware);
    return component;
}

void
store(RvState *state, RvObservation *observation, RvTasks tasks)
{
    const RvStoreContext context = {.tasks = tasks};
    GError *error = NULL;

    rv_state_store_observation(state, observation, &context, &error);
    g_assert_no_error(error);
    rv_observation_free(observation);
}

char *
intervals_text(const GPtrArray *intervals)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < intervals->len; i++) {
        const RvInterval *one = g_ptr_array_index(intervals, i);

        g_string_append_printf(text, "%s%s %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
                               i > 0 ? " " : "", rv_reachability_word(one->state),
                               one->from_ms / 1000, one->until_ms / 1000);
    }
    return g_string_free(text, FALSE);
}
