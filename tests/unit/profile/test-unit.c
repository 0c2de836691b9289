/* Units: every word in the unit of its class, and what cannot be. */
#include "profile/unit.h"

#include <math.h>

static void
test_convert(void)
{
    static const struct {
        const char *what, *unit;
        RvClass class;
        double raw, value;
    } rows[] = {
        {"Celsius stays", "C", RV_CLASS_TEMPERATURE, 41, 41},
        {"tenths of a degree", "dC", RV_CLASS_TEMPERATURE, 254, 25.4},
        {"Fahrenheit", "F", RV_CLASS_TEMPERATURE, 77, 25},
        {"tenths of Fahrenheit", "dF", RV_CLASS_TEMPERATURE, 770, 25},
        {"Kelvin", "K", RV_CLASS_TEMPERATURE, 298.15, 25},
        {"millivolt", "mV", RV_CLASS_VOLTAGE, 3312, 3.312},
        {"laser bias of SFF-8472", "2uA", RV_CLASS_CURRENT, 3000, 0.006},
        {"light of SFF-8472", "0.1uW", RV_CLASS_OPTICAL_POWER, 10000, 0},
        {"half a milliwatt of light", "mW", RV_CLASS_OPTICAL_POWER, 0.5, -3.0103},
        {"hundredths of dBm", "cdBm", RV_CLASS_OPTICAL_POWER, -512, -5.12},
        {"kilowatt", "kW", RV_CLASS_POWER, 1.5, 1500},
        {"minutes", "min", RV_CLASS_RUNTIME, 7, 420},
        {"ticks", "ticks", RV_CLASS_RUNTIME, 42000, 420},
        {"turns a second", "rps", RV_CLASS_FAN, 100, 6000},
        {"watt-hours", "Wh", RV_CLASS_ENERGY, 2500, 2.5},
        {"tenths of Hertz", "dHz", RV_CLASS_FREQUENCY, 499, 49.9},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const RvUnit *unit = rv_unit_find(rows[i].unit);

        g_test_message("%s", rows[i].what);
        g_assert_nonnull(unit);
        g_assert_true(rv_unit_fits(unit, rows[i].class));
        g_assert_cmpfloat_with_epsilon(rv_unit_convert(unit, rows[i].class, rows[i].raw),
                                       rows[i].value, 1e-4);
    }
}

static void
test_dark(void)
{
    const RvUnit *milliwatt = rv_unit_find("mW");

    g_assert_true(isnan(rv_unit_convert(milliwatt, RV_CLASS_OPTICAL_POWER, 0)));
    g_assert_true(isnan(rv_unit_convert(milliwatt, RV_CLASS_OPTICAL_POWER, -0.1)));
    g_assert_cmpfloat_with_epsilon(rv_unit_convert(milliwatt, RV_CLASS_POWER, 0), 0, 1e-9);
}

static void
test_fits(void)
{
    g_assert_null(rv_unit_find("bogus"));
    g_assert_null(rv_unit_find("MV")); /* case matters: mV */
    g_assert_false(rv_unit_fits(rv_unit_find("V"), RV_CLASS_TEMPERATURE));
    g_assert_true(rv_unit_fits(rv_unit_find("%"), RV_CLASS_FAN));
    g_assert_cmpstr(rv_unit_shown(rv_unit_find("%"), RV_CLASS_FAN), ==, "%");
    g_assert_cmpstr(rv_unit_shown(NULL, RV_CLASS_FAN), ==, "rpm");
}

static void
test_plausible(void)
{
    g_assert_true(rv_class_plausible(RV_CLASS_TEMPERATURE, -40));
    g_assert_false(rv_class_plausible(RV_CLASS_TEMPERATURE, 214748364));
    g_assert_false(rv_class_plausible(RV_CLASS_FAN, -1));
    g_assert_false(rv_class_plausible(RV_CLASS_OPTICAL_POWER, -100));
    g_assert_false(rv_class_plausible(RV_CLASS_HUMIDITY, 255));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/unit/convert", test_convert);
    g_test_add_func("/profile/unit/dark", test_dark);
    g_test_add_func("/profile/unit/fits", test_fits);
    g_test_add_func("/profile/unit/plausible", test_plausible);
    return g_test_run();
}
