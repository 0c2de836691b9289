/* What a person reads of a value. */
#include <math.h>

#include "observation/describe.h"

static void
test_states(void)
{
    static const struct {
        const char *state, *text;
    } rows[] = {
        {"ok", "ok"},
        {"notPresent", "not present"},
        {"onLine", "on line"},
        {"noTestsInitiated", "no tests initiated"},
        {"presentOK", "present OK"},
        {"sourceB", "source B"},
        {"OK", "OK"},
        {"PowerOn", "PowerOn"},   /* a name, not an enumeration's word */
        {"on iSCSI", "on iSCSI"}, /* a sentence */
        {"dc-150w", "dc-150w"},
        {"größerAls", "größer als"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = rv_observation_new();
        RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_STATE);
        g_autofree char *text = NULL;

        sensor->state = g_strdup(rows[i].state);
        text = rv_describe_value(sensor);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void
test_small(void)
{
    static const struct {
        const char *what;
        RvClass class;
        double value, limit; /* high critical; NAN: none */
        const char *text;
    } rows[] = {
        {"a laser's current", RV_CLASS_CURRENT, 0.03345, NAN, "33.5 mA"},
        {"a supply's current", RV_CLASS_CURRENT, 0.63, NAN, "0.63 A"},
        {"light in watts", RV_CLASS_POWER, 0.0006322, NAN, "632 µW"},
        {"little light", RV_CLASS_POWER, 1e-7, NAN, "0.1 µW"},
        {"nothing", RV_CLASS_POWER, 0, NAN, "0 W"},
        {"a current below zero", RV_CLASS_CURRENT, -0.0021, NAN, "-2.1 mA"},
        {"a limit keeps the unit", RV_CLASS_CURRENT, 0.03345, 0.1, "0.033 A"},
        {"and a small one is in the small unit", RV_CLASS_CURRENT, 0.03345, 0.09, "33.5 mA"},
        {"no light beside a small limit", RV_CLASS_POWER, 0, 6e-6, "0 µW"},
        {"a rail is no current", RV_CLASS_VOLTAGE, 0.03, NAN, "0.03 V"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = rv_observation_new();
        RvSensor *sensor = rv_observation_add_sensor(observation, rows[i].class);
        g_autofree char *text = NULL;

        g_test_message("%s", rows[i].what);
        sensor->value = rows[i].value;
        sensor->limits.high_critical = rows[i].limit;
        text = rv_describe_value(sensor);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void
test_speeds(void)
{
    static const struct {
        gint64 bits_per_second;
        const char *text;
    } rows[] = {{-1, ""},
                {0, ""},
                {64000, "64 kbit/s"},
                {2500000000, "2.5 Gbit/s"},
                {G_MAXUINT32, "over 4 Gbit/s"},
                {400000000000, "400 Gbit/s"}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = rv_describe_speed(rows[i].bits_per_second);

        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/describe/states", test_states);
    g_test_add_func("/describe/small", test_small);
    g_test_add_func("/describe/speeds", test_speeds);
    return g_test_run();
}
