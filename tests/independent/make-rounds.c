/* Stores rounds whose inputs are given: each line of standard input is one answer of one device,
 *
 *   SECONDS DEVICE UPTIME-TICKS IN OUT ERRORS IN OUT ERRORS INLET POWER
 *
 * counters of two ports of 1 Gbit/s, then °C and W, "U" where the device did not say. Series are
 * written as poll writes them; the state gets each device's answers of full hours, which is what a
 * report needs to know that there is such a device.
 *
 * make-rounds STATE-FOLDER TEMPLATES */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/state.h"
#include "rrd/store.h"

#define PORTS 2

static void
fail(const char *words)
{
    fprintf(stderr, "make-rounds: %s\n", words);
    exit(1);
}

static void
set(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

static double
number(const char *word)
{
    return strcmp(word, "U") == 0 ? NAN : g_ascii_strtod(word, NULL);
}

static void
add_port(RvObservation *observation, guint n, char **words)
{
    RvInterface *port = rv_observation_add_interface(observation, n);
    g_autofree char *key = g_strdup_printf("port-%u", n);

    set(&port->key, key);
    set(&port->name, key);
    port->type = 6;
    port->admin_status = RV_ADMIN_UP;
    port->oper_status = RV_OPER_UP;
    port->speed_bps = 1000000000;
    port->counters_64bit = TRUE;
    port->in_octets = g_ascii_strtoull(words[0], NULL, 10);
    port->out_octets = g_ascii_strtoull(words[1], NULL, 10);
    port->in_errors = g_ascii_strtoull(words[2], NULL, 10);
    port->out_errors = port->in_discards = port->out_discards = 0;
}

static void
add_sensor(RvObservation *observation, RvClass class, const char *key, const char *unit,
           double value)
{
    RvSensor *sensor = rv_observation_add_sensor(observation, class);

    set(&sensor->key, key);
    set(&sensor->name, key);
    set(&sensor->group, class == RV_CLASS_POWER ? "power" : "temperature");
    set(&sensor->unit, unit);
    sensor->value = value;
    sensor->presence = RV_PRESENCE_PRESENT;
    sensor->limits = RV_LIMITS_EMPTY;
}

static RvObservation *
read_answer(char **words)
{
    RvObservation *observation = rv_observation_new();
    RvProtocol *protocol = rv_observation_add_protocol(observation, "snmp");

    observation->taken_at_ms = g_ascii_strtoll(words[0], NULL, 10) * 1000;
    set(&observation->device.name, words[1]);
    set(&observation->device.host, "192.0.2.1");
    set(&observation->device.kind, "switch");
    set(&observation->device.site, "one");
    observation->device.uptime_ticks = g_ascii_strtoll(words[2], NULL, 10);
    observation->device.uptime_seconds = observation->device.uptime_ticks / 100;
    protocol->state = RV_STATE_UP;
    for (guint n = 0; n < PORTS; n++)
        add_port(observation, n + 1, words + 3 + 3 * n);
    add_sensor(observation, RV_CLASS_TEMPERATURE, "inlet/temperature", "°C",
               number(words[3 + 3 * PORTS]));
    add_sensor(observation, RV_CLASS_POWER, "chassis/power", "W", number(words[4 + 3 * PORTS]));
    rv_observation_settle(observation);
    return observation;
}

static void
store(RvState *state, RvRrdStore *rrd, GHashTable *before, RvObservation *observation)
{
    const char *name = observation->device.name;
    const RvRrdPrevious *previous = g_hash_table_lookup(before, name);
    const RvStoreContext context = {.tasks = RV_TASK_REACHABILITY | RV_TASK_HEALTH | RV_TASK_CENSUS,
                                    .reachability_interval_ms = 3600000,
                                    .health_interval_ms = 3600000};
    g_autoptr(GError) error = NULL;
    RvRrdReport report = {0};

    if (!rv_rrd_store_write(rrd, name, observation, previous, &report, &error))
        fail(error->message);
    if (report.failed > 0)
        fail(((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->reason);
    rv_rrd_report_clear(&report);
    g_hash_table_insert(before, g_strdup(name), rv_rrd_previous_new(observation));
    if (observation->taken_at_ms / 1000 % 3600 < 300 &&
        !rv_state_store_observation(state, observation, &context, &error))
        fail(error->message);
}

int
main(int argc, char **argv)
{
    g_autoptr(GHashTable) before = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                         (GDestroyNotify)rv_rrd_previous_free);
    g_autoptr(RvState) state = NULL;
    g_autoptr(RvRrdStore) rrd = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = NULL;
    g_autofree char *path = NULL;
    char line[1024];

    if (argc != 3)
        return 64;
    folder = g_build_filename(argv[1], "rrd", NULL);
    path = g_build_filename(argv[1], "state.db", NULL);
    g_mkdir_with_parents(argv[1], 0755);
    state = rv_state_open(path, RV_STATE_MODE_WRITE, &error);
    rrd = state != NULL ? rv_rrd_store_open(
                              &(RvRrdOptions){.folder = folder, .template_folder = argv[2]}, &error)
                        : NULL;
    if (rrd == NULL || !rv_state_begin(state, &error))
        fail(error->message);
    while (fgets(line, sizeof line, stdin) != NULL) {
        g_auto(GStrv) words = g_strsplit(g_strchomp(line), " ", -1);
        g_autoptr(RvObservation) observation = NULL;

        if (g_strv_length(words) != 5 + 3 * PORTS)
            fail("a line without its words");
        observation = read_answer(words);
        store(state, rrd, before, observation);
    }
    if (!rv_state_finish(state, TRUE, &error))
        fail(error->message);
    return 0;
}
