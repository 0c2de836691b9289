/* Lives a scripted year with the program's own code under a clock that is an argument: judges,
 * keeps, updates the ledger and tells people, round by round. What happens comes as JSON from
 * year.py, times in Unix seconds.
 *
 * live-year RACKVITALS.YAML SCRIPT.JSON */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "conf/configuration.h"
#include "db/ledger.h"
#include "db/maintenance.h"
#include "poll/keeper.h"
#include "poll/telling.h"

#define TELLING_MS 20000

typedef struct {
    RvConfiguration *configuration;
    RvState *state;
    json_t *script, *happens, *deeds;
    char *folder;
    gsize deed; /* next one */
    gint64 now_s;
} Life;

static void
check(const GError *error)
{
    if (error == NULL)
        return;
    fprintf(stderr, "live-year: %s\n", error->message);
    exit(1);
}

static gint64
number(const json_t *json, const char *key)
{
    return json_integer_value(json_object_get(json, key));
}

static const char *
word(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

static gboolean
holds(const Life *life, const char *what, const char *whom)
{
    gsize i;
    json_t *one;

    json_array_foreach(life->happens, i, one)
    {
        if (strcmp(word(one, "what"), what) == 0 && strcmp(word(one, "whom"), whom) == 0 &&
            number(one, "from_s") <= life->now_s && life->now_s < number(one, "until_s"))
            return TRUE;
    }
    return FALSE;
}

/* ---- what a device says ---- */

static void
add_sensor(const Life *life, RvObservation *sample, const char *place)
{
    g_autofree char *whom = g_strconcat(sample->device.name, "/", place, NULL);
    gboolean critical = holds(life, "critical", whom), warning = holds(life, "warning", whom);
    RvSensor *sensor = rv_observation_add_sensor(sample, RV_CLASS_STATE);

    g_free(sensor->key);
    g_free(sensor->name);
    sensor->key = g_strconcat(place, "/state", NULL);
    sensor->name = g_strdup(place);
    sensor->component = g_strdup(place);
    sensor->group = g_strndup(place, strcspn(place, "-"));
    sensor->state = g_strdup(critical ? "failed" : warning ? "degraded" : "good");
    sensor->has_device_verdict = TRUE;
    sensor->device_verdict = critical  ? RV_VERDICT_CRITICAL
                             : warning ? RV_VERDICT_WARNING
                                       : RV_VERDICT_OK;
}

static RvObservation *
observe(const Life *life, const RvDevice *device)
{
    static const char *const places[] = {"psu-1", "fan-1", "disk-3"};
    RvObservation *sample = rv_observation_new();
    RvProtocol *protocol = rv_observation_add_protocol(sample, "snmp");
    gboolean cut_off = holds(life, "unreachable-network", "*");

    g_free(sample->device.name);
    g_free(sample->device.host);
    sample->device.name = g_strdup(device->name);
    sample->device.host = g_strdup(device->address);
    sample->taken_at_ms = life->now_s * 1000;
    protocol->requests = 1;
    if (cut_off || holds(life, "down", device->name)) {
        protocol->state = RV_STATE_DOWN;
        protocol->reason = cut_off ? RV_REASON_NO_ROUTE : RV_REASON_NO_ANSWER;
        protocol->detail = g_strdup(cut_off ? "no route to host" : "no answer within 3000 ms");
        return sample;
    }
    protocol->state = RV_STATE_UP;
    protocol->answers = 1;
    for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
        add_sensor(life, sample, places[i]);
    return sample;
}

/* ---- what people do ---- */

static void
do_deed(const Life *life, const json_t *deed)
{
    const RvResolution resolution = {"worn out", "replaced", "none"};
    const char *what = word(deed, "what");
    gint64 fault = number(deed, "fault"), at_ms = number(deed, "at_s") * 1000;
    GError *error = NULL;

    if (strcmp(what, "acknowledge") == 0)
        rv_ledger_acknowledge(life->state, fault, at_ms, "li", "", &error);
    else if (strcmp(what, "plan") == 0)
        rv_ledger_plan(life->state, fault, at_ms, "li", "bring a spare", &error);
    else if (strcmp(what, "resolve") == 0)
        rv_ledger_resolve(life->state, fault, at_ms, "li", &resolution, &error);
    else if (strcmp(what, "report") == 0)
        rv_ledger_reported(life->state, fault, at_ms, "li", &error);
    else
        g_set_error(&error, 1, 1, "there is no deed '%s'", what);
    check(error);
}

static void
do_deeds(Life *life)
{
    for (; life->deed < json_array_size(life->deeds); life->deed++) {
        const json_t *deed = json_array_get(life->deeds, life->deed);

        if (number(deed, "at_s") > life->now_s)
            return;
        do_deed(life, deed);
    }
}

static void
plan_maintenance(const Life *life)
{
    gsize i;
    json_t *one;

    json_array_foreach(json_object_get(life->script, "maintenance"), i, one)
    {
        RvMaintenance window = {.devices = (char *)word(one, "devices"),
                                .from_ms = number(one, "from_s") * 1000,
                                .until_ms = number(one, "until_s") * 1000,
                                .numbers = TRUE,
                                .alarms = TRUE,
                                .who = (char *)"li",
                                .why = (char *)"new controller",
                                .made_ms = number(life->script, "from_s") * 1000};
        GError *error = NULL;

        rv_maintenance_add(life->state, &window, &error);
        check(error);
    }
}

/* The word that makes peers.py refuse. */
static void
set_mood(const Life *life)
{
    g_autofree char *path = g_build_filename(life->folder, "mood", NULL);
    GError *error = NULL;

    g_file_set_contents(path, holds(life, "refuse", "") ? "refuse" : "", -1, &error);
    check(error);
}

/* ---- a round ---- */

static GHashTable *
load_rows(const Life *life, GPtrArray *rows)
{
    GHashTable *by_name = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < rows->len; i++) {
        RvDeviceRow *row = g_ptr_array_index(rows, i);

        g_hash_table_insert(by_name, row->name, row);
    }
    return by_name;
}

static void
ask(const Life *life, gint64 round)
{
    const GPtrArray *devices = life->configuration->inventory->devices;
    GError *error = NULL;
    g_autoptr(GPtrArray) rows = rv_state_devices(life->state, &error);
    g_autoptr(GHashTable) by_name = NULL;
    RvKeeper *keeper = rv_keeper_new(life->configuration, life->state, NULL, NULL, round);

    check(error);
    by_name = load_rows(life, rows);
    rv_keeper_know(keeper, by_name);
    for (guint i = 0; i < devices->len; i++)
        rv_keeper_add(keeper, observe(life, g_ptr_array_index(devices, i)),
                      RV_TASK_REACHABILITY | RV_TASK_HEALTH);
    rv_keeper_settle(keeper, FALSE, NULL, NULL);
    if (rv_keeper_kept(keeper)->problems > 0)
        exit(1);
    rv_keeper_free(keeper);
}

static void
make_round(const Life *life)
{
    gint64 now_ms = life->now_s * 1000;
    RvRound round = {.started_ms = now_ms,
                     .host = (char *)"poller",
                     .version = (char *)"year",
                     .simulated = TRUE};
    GPtrArray *actions;
    GError *error = NULL;

    rv_state_round_start(life->state, &round, &error);
    check(error);
    ask(life, round.id);
    actions = rv_ledger_update(life->state, life->configuration->inventory,
                               life->configuration->plan->faults, now_ms, &error);
    check(error);
    g_ptr_array_unref(actions);
    round.ended_ms = now_ms;
    rv_state_round_end(life->state, &round, &error);
    check(error);
    rv_telling_run(life->state, life->configuration, now_ms, TELLING_MS, &error);
    check(error);
}

int
main(int argc, char **argv)
{
    Life life = {0};
    g_autofree char *database = NULL;
    GError *error = NULL;

    if (argc != 3)
        return 64;
    life.configuration = rv_configuration_load(
        argv[1], RV_CONFIGURATION_INVENTORY | RV_CONFIGURATION_SERVICE_PLAN, &error);
    check(error);
    life.script = json_load_file(argv[2], 0, NULL);
    life.happens = json_object_get(life.script, "happens");
    life.deeds = json_object_get(life.script, "deeds");
    life.folder = g_path_get_dirname(argv[2]);
    database = g_build_filename(life.configuration->state_folder, "state.db", NULL);
    g_mkdir_with_parents(life.configuration->state_folder, 0750);
    life.state = rv_state_open(database, RV_STATE_MODE_WRITE, &error);
    check(error);
    plan_maintenance(&life);
    for (life.now_s = number(life.script, "from_s"); life.now_s <= number(life.script, "until_s");
         life.now_s += number(life.script, "step_s")) {
        do_deeds(&life);
        set_mood(&life);
        if (!holds(&life, "stopped", ""))
            make_round(&life);
    }
    rv_state_close(life.state);
    json_decref(life.script);
    rv_configuration_free(life.configuration);
    g_free(life.folder);
    return 0;
}
