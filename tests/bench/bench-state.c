/* What a round's writes into the state cost, on SQLite and on PostgreSQL in one run: the same
 * observations of 48-port switches, a transaction for each hundred devices, as a round stores them.
 *
 * bench-state [DEVICES [ROUNDS]], under tests/postgresql.py, which runs the server. The first round
 * makes the rows; what counts are those after it. */
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/state.h"
#include "observation/json.h"

#define T0_MS (G_GINT64_CONSTANT(1790812800) * 1000)
#define MINUTE_MS G_GINT64_CONSTANT(60000)
#define IN_HAND 100 /* observations in one transaction */
#define INTERFACES 55
#define SENSORS 51

typedef struct {
    const char *name;
    RvTasks tasks;
    double flips; /* share of sensors whose verdict changes in each round */
} Kind;

static const Kind kinds[] = {
    {"reachability", RV_TASK_REACHABILITY, 0},
    {"health, nothing changes", RV_TASK_REACHABILITY | RV_TASK_HEALTH, 0},
    {"changing health, 1 of 10 sensors changes", RV_TASK_REACHABILITY | RV_TASK_HEALTH, 0.1},
};

static void
fail(const GError *error)
{
    fprintf(stderr, "bench-state: %s\n", error->message);
    exit(1);
}

static void
set(char **text, char *value)
{
    g_free(*text);
    *text = value;
}

static void
add_parts(RvObservation *observation, const Kind *kind, guint round)
{
    for (guint i = 0; i < SENSORS; i++) {
        RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE);
        gboolean flips = i < kind->flips * SENSORS && round % 2 == 1;

        set(&sensor->key, g_strdup_printf("chassis/module-%u/sensor-%u", i / 4, i));
        set(&sensor->name, g_strdup_printf("Module %u sensor %u", i / 4, i));
        sensor->value = 20 + (round + i) % 30;
        sensor->status = flips ? RV_VERDICT_WARNING : RV_VERDICT_OK;
        sensor->presence = RV_PRESENCE_PRESENT;
    }
    for (guint i = 1; i <= INTERFACES; i++) {
        RvInterface *interface = rv_observation_add_interface(observation, i);

        set(&interface->key, g_strdup_printf("ethernet%u", i));
        set(&interface->name, g_strdup_printf("Ethernet%u", i));
        interface->oper_status = i < 5 ? RV_OPER_UP : RV_OPER_DOWN;
        interface->admin_status = RV_ADMIN_UP;
    }
}

static RvObservation *
answer(const Kind *kind, guint device, guint round)
{
    RvObservation *observation = rv_observation_new();

    set(&observation->device.name, g_strdup_printf("%c-%u", kind->name[0], device));
    set(&observation->device.host, g_strdup("192.0.2.1"));
    observation->taken_at_ms = T0_MS + round * MINUTE_MS;
    observation->device.uptime_seconds = 100000 + round * 60;
    observation->device.uptime_ticks = observation->device.uptime_seconds * 100;
    rv_observation_add_protocol(observation, "snmp")->state = RV_STATE_UP;
    if ((kind->tasks & RV_TASK_HEALTH) != 0)
        add_parts(observation, kind, round);
    return observation;
}

static void
store(RvState *state, const GPtrArray *answers, const GPtrArray *lines, const Kind *kind)
{
    GError *error = NULL;

    for (guint i = 0; i < answers->len; i += IN_HAND) {
        if (!rv_state_begin(state, &error))
            fail(error);
        for (guint j = i; j < MIN(i + IN_HAND, answers->len); j++) {
            const RvStoreContext context = {.tasks = kind->tasks,
                                            .health_interval_ms = MINUTE_MS,
                                            .line = g_ptr_array_index(lines, j)};

            if (!rv_state_store_observation(state, g_ptr_array_index(answers, j), &context, &error))
                fail(error);
        }
        if (!rv_state_finish(state, TRUE, &error))
            fail(error);
    }
}

/* Milliseconds for a device, the first round left out. */
static double
measure(RvState *state, const Kind *kind, guint devices, guint rounds)
{
    gint64 spent_us = 0;

    for (guint round = 0; round <= rounds; round++) {
        g_autoptr(GPtrArray) answers =
            g_ptr_array_new_with_free_func((GDestroyNotify)rv_observation_free);
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
        gint64 begin_us;

        for (guint i = 0; i < devices; i++) {
            RvObservation *one = answer(kind, i, round);

            g_ptr_array_add(answers, one);
            g_ptr_array_add(lines, rv_observation_to_json_line(one));
        }
        begin_us = g_get_monotonic_time();
        store(state, answers, lines, kind);
        if (round > 0)
            spent_us += g_get_monotonic_time() - begin_us;
    }
    return (double)spent_us / 1000 / rounds / devices;
}

int
main(int argc, char **argv)
{
    guint devices = argc > 1 ? (guint)atoi(argv[1]) : 200;
    guint rounds = argc > 2 ? (guint)atoi(argv[2]) : 5;
    const char *server = g_getenv("RACKVITALS_TEST_POSTGRESQL");
    g_autofree char *folder = g_dir_make_tmp("rackvitals-bench-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "state.db", NULL);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", folder);
    GError *error = NULL;
    RvState *file = rv_state_open(path, RV_STATE_MODE_WRITE, &error);
    RvState *remote = NULL;

    if (file != NULL && server != NULL)
        remote = rv_state_open_at(&(RvStatePlace){.file = path, .server = server},
                                  RV_STATE_MODE_WRITE, &error);
    if (error != NULL)
        fail(error);
    printf("| a device, ms | SQLite | PostgreSQL | ratio |\n|---|---|---|---|\n");
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        double here = measure(file, &kinds[i], devices, rounds);
        double there = remote != NULL ? measure(remote, &kinds[i], devices, rounds) : NAN;

        printf("| %s | %.3f | %.3f | %.1f |\n", kinds[i].name, here, there, there / here);
        fflush(stdout);
    }
    rv_state_close(file);
    rv_state_close(remote);
    return system(command) == 0 ? 0 : 1; /* NOLINT */
}
