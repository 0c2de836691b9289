/* An agent's answers, whatever they hold: what profiles make of them is clean and can be sent on.
 */
#include <math.h>
#include <string.h>

#include "collect/interpret.h"
#include "fuzz.h"
#include "observation/json.h"
#include "snmp/recording.h"

static RvProfiles *
standards(void)
{
    static RvProfiles *profiles;
    const char *folders[] = {STANDARD_PROFILES, NULL};

    if (profiles == NULL) {
        RvProblems *problems = rv_problems_new();

        profiles = rv_profiles_open(folders, NULL, problems);
        g_assert_cmpuint(rv_problems_count(problems), ==, 0);
        rv_problems_free(problems);
    }
    return profiles;
}

static void
assert_clean(const char *text)
{
    g_assert_true(text != NULL && g_utf8_validate(text, -1, NULL));
    for (const char *at = text; *at != '\0'; at++)
        g_assert_true((guint8)*at >= 0x20 && *at != 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    guint skipped;
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_recording_parse((const char *)data, size, &skipped);
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autofree char *json = NULL;

    rv_interpret_snmp(standards(), answers, NULL, observation, NULL);
    rv_observation_settle(observation);
    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        assert_clean(sensor->key);
        assert_clean(sensor->name);
        g_assert_cmpstr(sensor->key, !=, "");
        g_assert_false(isinf(sensor->value));
    }
    for (guint i = 0; i < observation->interfaces->len; i++)
        assert_clean(((RvInterface *)g_ptr_array_index(observation->interfaces, i))->name);
    for (guint i = 0; i < observation->components->len; i++)
        assert_clean(((RvComponent *)g_ptr_array_index(observation->components, i))->key);
    json = rv_observation_to_json_line(observation);
    g_assert_nonnull(json);
    return 0;
}
