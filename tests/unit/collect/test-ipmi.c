#include <freeipmi/freeipmi.h>
#include <math.h>

#include "collect/ipmi.h"
#include "observation/words.h"

static RvIpmiStates *states;

/* One analog sensor of a threshold type with that unit, as an observation. */
static RvObservation *
observe(guint8 base_unit, const char *unit, double value)
{
    g_autoptr(RvIpmiAnswers) answers = rv_ipmi_answers_new();
    RvObservation *observation = rv_observation_new();
    RvIpmiSensor *sensor = rv_ipmi_sensor_new();

    answers->state = RV_STATE_UP;
    sensor->name = g_strdup("Sensor");
    sensor->type = sensor->event_type = 1;
    sensor->base_unit = base_unit;
    sensor->unit = g_strdup(unit);
    sensor->readable = sensor->analog = TRUE;
    sensor->value = value;
    g_ptr_array_add(answers->sensors, sensor);
    rv_collect_ipmi(answers, states, observation);
    return observation;
}

/* What a unit of IPMI 2.0 table 43-15 is to us; all that are not here are numbers with a unit. */
static const struct {
    guint8 code;
    RvClass class;
    double of_hundred;
} known[] = {
    {1, RV_CLASS_TEMPERATURE, 100},
    {2, RV_CLASS_TEMPERATURE, 340.0 / 9},
    {3, RV_CLASS_TEMPERATURE, -173.15},
    {4, RV_CLASS_VOLTAGE, 100},
    {5, RV_CLASS_CURRENT, 100},
    {6, RV_CLASS_POWER, 100},
    {7, RV_CLASS_ENERGY, 100 / 3.6e6},
    {17, RV_CLASS_AIRFLOW, 100},
    {18, RV_CLASS_FAN, 100},
    {19, RV_CLASS_FREQUENCY, 100},
};

static void
test_units(void)
{
    for (guint code = 0; code <= IPMI_SENSOR_UNIT_GRAMS; code++) {
        const char *unit = ipmi_sensor_units_abbreviated[code];
        g_autoptr(RvObservation) observation = observe((guint8)code, unit, 100);
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, 0);
        RvClass class = RV_CLASS_COUNT;
        double value = 100;

        for (guint i = 0; i < G_N_ELEMENTS(known); i++)
            if (known[i].code == code) {
                class = known[i].class;
                value = known[i].of_hundred;
            }
        if (sensor->class != class)
            g_error("unit %u (%s) is %s", code, unit, rv_class_word(sensor->class));
        g_assert_cmpfloat_with_epsilon(sensor->value, value, 1e-9);
        if (class == RV_CLASS_COUNT)
            g_assert_cmpstr(sensor->unit, ==, unit);
    }
}

/* What is counted per time, or by another unit, is not the unit itself. */
static void
test_composed(void)
{
    for (guint code = 1; code <= 19; code++)
        for (guint rate = 1; rate <= 6; rate++) {
            char unit[64] = "";
            g_autoptr(RvObservation) observation = NULL;
            const RvSensor *sensor;

            g_assert_cmpint(ipmi_sensor_units_string(0, 0, (guint8)rate, (guint8)code, 0, unit,
                                                     sizeof unit - 1, TRUE),
                            >, 0);
            if (g_strcmp0(unit, ipmi_sensor_units_abbreviated[code]) == 0)
                continue; /* RPM per minute is RPM */
            observation = observe((guint8)code, unit, 5);
            sensor = g_ptr_array_index(observation->sensors, 0);
            g_assert_cmpint(sensor->class, ==, RV_CLASS_COUNT);
            g_assert_cmpstr(sensor->unit, ==, unit);
        }
}

int
main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int result;

    g_test_init(&argc, &argv, NULL);
    states = rv_ipmi_states_load(argv[1], &error);
    g_assert_no_error(error);
    g_test_add_func("/collect/ipmi: every unit of the specification", test_units);
    g_test_add_func("/collect/ipmi: units per time", test_composed);
    result = g_test_run();
    rv_ipmi_states_free(states);
    return result;
}
