/* Puts observations into a state file, as a round does: one JSON object a line on standard input.
 *
 * store-observation STATE.db */
#include <stdio.h>

#include "db/state.h"
#include "observation/json.h"

int
main(int argc, char **argv)
{
    const RvStoreContext context = {.tasks =
                                        RV_TASK_REACHABILITY | RV_TASK_HEALTH | RV_TASK_CENSUS};
    g_autoptr(GError) error = NULL;
    g_autoptr(RvState) state =
        rv_state_open(argc > 1 ? argv[1] : "state.db", RV_STATE_MODE_WRITE, &error);
    json_t *json;

    while (error == NULL && (json = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        g_autoptr(RvObservation) observation = rv_observation_from_json(json, &error);

        json_decref(json);
        if (observation != NULL)
            rv_state_store_observation(state, observation, &context, &error);
    }
    if (error != NULL)
        fprintf(stderr, "%s\n", error->message);
    return error != NULL;
}
