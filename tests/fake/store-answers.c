/* Stores answers as a poller would: observations from standard input, a JSON object a line in the
 * order of time, judged, into STATE-FOLDER's state.db and RRD files.
 *
 * store-answers STATE-FOLDER RRD-TEMPLATES */
#include <stdio.h>
#include <stdlib.h>

#include "db/state.h"
#include "health/judge.h"
#include "observation/json.h"
#include "rrd/store.h"

static RvState *state;
static RvRrdStore *store;
static GHashTable *counters; /* device → RvRrdPrevious* */

static void
stop(const GError *error)
{
    fprintf(stderr, "store-answers: %s\n", error != NULL ? error->message : "wrong");
    exit(1);
}

static void
take(const char *line)
{
    const RvStoreContext context = {.tasks = RV_TASK_REACHABILITY | RV_TASK_HEALTH | RV_TASK_CENSUS,
                                    .reachability_interval_ms = 300000,
                                    .health_interval_ms = 300000};
    json_t *json = json_loads(line, 0, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(RvObservation) observation =
        json != NULL ? rv_observation_from_json(json, &error) : NULL;
    RvRrdReport report = {0};

    json_decref(json);
    if (observation == NULL)
        stop(error);
    rv_observation_settle(observation);
    rv_health_judge(observation, NULL);
    if (!rv_state_store_observation(state, observation, &context, &error))
        stop(error);
    if (!rv_rrd_store_write(store, observation->device.name, observation,
                            g_hash_table_lookup(counters, observation->device.name), &report,
                            &error))
        stop(error);
    rv_rrd_report_clear(&report);
    g_hash_table_insert(counters, g_strdup(observation->device.name),
                        rv_rrd_previous_new(observation));
}

int
main(int argc, char **argv)
{
    g_autofree char *path = argc == 3 ? g_build_filename(argv[1], "state.db", NULL) : NULL;
    g_autofree char *folder = argc == 3 ? g_build_filename(argv[1], "rrd", NULL) : NULL;
    const RvRrdOptions options = {.folder = folder, .template_folder = argv[argc - 1]};
    g_autoptr(GError) error = NULL;
    char *line = NULL;
    size_t size = 0;

    if (argc != 3)
        return 64;
    state = rv_state_open(path, RV_STATE_MODE_WRITE, &error);
    store = state != NULL ? rv_rrd_store_open(&options, &error) : NULL;
    if (store == NULL)
        stop(error);
    counters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                     (GDestroyNotify)rv_rrd_previous_free);
    while (getline(&line, &size, stdin) > 0)
        take(line);
    free(line);
    g_hash_table_unref(counters);
    rv_rrd_store_free(store);
    rv_state_close(state);
    return 0;
}
