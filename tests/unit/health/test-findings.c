#include "health/findings.h"

/* Rows are in the order that is wanted; they go in the other way round. */
static const struct {
    const char *words;
    RvVerdict status;
    RvPresence presence;
} rows[] = {
    {"what is critical first, gone or not", RV_VERDICT_CRITICAL, RV_PRESENCE_MISSING},
    {"then warnings", RV_VERDICT_WARNING, RV_PRESENCE_PRESENT},
    {"then what nobody knows", RV_VERDICT_UNKNOWN, RV_PRESENCE_PRESENT},
    {"then what is well", RV_VERDICT_OK, RV_PRESENCE_PRESENT},
    {"empty bays last", RV_VERDICT_OK, RV_PRESENCE_ABSENT},
};

static void
test_order(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autoptr(GPtrArray) sensors = g_ptr_array_new();

    for (gsize i = G_N_ELEMENTS(rows); i-- > 0;) {
        RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_STATE);

        sensor->status = rows[i].status;
        sensor->presence = rows[i].presence;
        g_ptr_array_add(sensors, sensor);
    }
    g_ptr_array_sort(sensors, rv_findings_compare_sensors);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const RvSensor *sensor = g_ptr_array_index(sensors, i);

        g_test_message("%s", rows[i].words);
        g_assert_cmpint(sensor->status, ==, rows[i].status);
        g_assert_cmpint(sensor->presence, ==, rows[i].presence);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/findings/sensors, worst first", test_order);
    return g_test_run();
}
