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

static RvSensor *
add_sensor(RvObservation *observation, const char *name, const char *entity, RvVerdict status)
{
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_STATE);

    g_free(sensor->name);
    sensor->name = g_strdup(name);
    sensor->entity = g_strdup(entity);
    sensor->status = status;
    return sensor;
}

/* Two supplies whose sensors have one name, and a temperature that is not read. */
static RvObservation *
server(const char *power_state)
{
    RvObservation *observation = rv_observation_new();

    observation->device.power_state = g_strdup(power_state);
    add_sensor(observation, "Status", "Power Supply 1", RV_VERDICT_OK);
    add_sensor(observation, "Status", "Power Supply 2", RV_VERDICT_CRITICAL)->state =
        g_strdup("failed");
    add_sensor(observation, "CPU Temp", "Processor 1", RV_VERDICT_UNKNOWN);
    return observation;
}

static void
test_titles(void)
{
    g_autoptr(RvObservation) observation = server("on");
    g_autoptr(GPtrArray) findings = rv_findings(observation);
    const RvFinding *first = g_ptr_array_index(findings, 0);
    const RvFinding *second = g_ptr_array_index(findings, 1);

    g_assert_cmpuint(findings->len, ==, 2);
    g_assert_cmpstr(first->subject, ==, "Status (Power Supply 2)");
    g_assert_cmpstr(second->subject, ==, "CPU Temp");
}

static void
test_host_off(void)
{
    g_autoptr(RvObservation) observation = server("off");
    g_autoptr(GPtrArray) findings = rv_findings(observation);

    g_assert_cmpuint(findings->len, ==, 1);
    g_assert_cmpint(((RvFinding *)g_ptr_array_index(findings, 0))->verdict, ==,
                    RV_VERDICT_CRITICAL);
}

/* Light is read once and told in dBm and in watts. */
static void
test_told_once(void)
{
    static const struct {
        const char *what, *name, *oid;
        guint findings;
    } cases[] = {
        {"one object of one name", "power Rx 0/0/1/1", "1.3.6.1.9.4.7", 1},
        {"a text with several readings", "power Rx 2", "1.3.6.1.9.4.7", 2},
        {"two objects", "power Rx 0/0/1/1", "1.3.6.1.9.4.8", 2},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(RvObservation) observation = rv_observation_new();
        g_autoptr(GPtrArray) findings = NULL;

        add_sensor(observation, "power Rx 0/0/1/1", NULL, RV_VERDICT_CRITICAL)->oid =
            g_strdup("1.3.6.1.9.4.7");
        add_sensor(observation, cases[i].name, NULL, RV_VERDICT_CRITICAL)->oid =
            g_strdup(cases[i].oid);
        findings = rv_findings(observation);
        g_test_message("%s", cases[i].what);
        g_assert_cmpuint(findings->len, ==, cases[i].findings);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/findings/sensors, worst first", test_order);
    g_test_add_func("/findings/of several of one name, with its part", test_titles);
    g_test_add_func("/findings/a sensor without a reading while the host is off is none",
                    test_host_off);
    g_test_add_func("/findings/told-once", test_told_once);
    return g_test_run();
}
