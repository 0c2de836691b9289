/* The JSON form of an Observation, as another machine may send it: what is taken prints, and comes
 * back as it was. */
#include <string.h>

#include "fuzz.h"
#include "observation/json.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *json = json_loadb((const char *)data, size, 0, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(RvObservation) observation = NULL;

    if (json == NULL)
        return 0;
    observation = rv_observation_from_json(json, &error);
    json_decref(json);
    g_assert_true((observation == NULL) == (error != NULL));
    if (observation != NULL) {
        g_autofree char *line = rv_observation_to_json_line(observation);
        g_autoptr(RvObservation) again = NULL;
        g_autofree char *second = NULL;

        g_assert_true(g_utf8_validate(line, -1, NULL));
        json = json_loads(line, 0, NULL);
        again = rv_observation_from_json(json, NULL);
        json_decref(json);
        g_assert_nonnull(again);
        second = rv_observation_to_json_line(again);
        g_assert_cmpstr(line, ==, second);
        rv_observation_settle(observation);
    }
    return 0;
}
