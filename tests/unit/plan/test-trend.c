/* Trends on series whose truth is known; rates are counted, not assumed. */
#include <math.h>

#include "plan/trend.h"

#define MANY 400 /* days of the longest series */

/* Normal by Box and Muller. */
static double
noise(GRand *rand, double deviation)
{
    double u = 1 - g_rand_double(rand), v = g_rand_double(rand);

    return deviation * sqrt(-2 * log(u)) * cos(2 * G_PI * v);
}

static void
make(RvDailyValue *values, guint count, GRand *rand, double level, double slope, double deviation)
{
    for (guint i = 0; i < count; i++) {
        values[i].day = 20000 + (gint64)i;
        values[i].value = level + slope * i + noise(rand, deviation);
    }
}

static void
test_too_short(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    RvDailyValue values[MANY];

    make(values, MANY, rand, 40, 1, 0);
    g_assert_cmpint(rv_trend(values, 27, 0.01).kind, ==, RV_TREND_TOO_SHORT);
    g_assert_cmpint(rv_trend(values, 28, 0.01).kind, ==, RV_TREND_RISING);
    g_assert_cmpint(rv_trend(values, 0, 0.01).kind, ==, RV_TREND_TOO_SHORT);
    values[3].value = NAN; /* a hole makes 27 of 28 */
    g_assert_cmpint(rv_trend(values, 28, 0.01).kind, ==, RV_TREND_TOO_SHORT);
}

static void
test_constant(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    RvDailyValue values[60];
    RvTrend trend;

    make(values, 60, rand, 40, 0, 0);
    trend = rv_trend(values, 60, 0.01);
    g_assert_cmpint(trend.kind, ==, RV_TREND_NONE);
    g_assert_cmpfloat(trend.slope, ==, 0);
    g_assert_cmpfloat(trend.p, ==, 1);
}

static void
test_line(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    RvDailyValue values[60];
    gint64 soonest, likely, latest;
    RvTrend trend;

    make(values, 60, rand, 40, 0.5, 0);
    trend = rv_trend(values, 60, 0.01);
    g_assert_cmpint(trend.kind, ==, RV_TREND_RISING);
    g_assert_cmpfloat_with_epsilon(trend.slope, 0.5, 1e-9);
    g_assert_cmpfloat_with_epsilon(trend.level, 69.5, 1e-9);
    g_assert_true(rv_trend_reaches(&trend, 79.5, 60, 1, &soonest, &likely, &latest));
    g_assert_cmpint(soonest, ==, 20);
    g_assert_cmpint(likely, ==, 20);
    g_assert_cmpint(latest, ==, 20);
    g_assert_false(rv_trend_reaches(&trend, 20, 60, 1, &soonest, &likely, &latest) && likely > 0);
    g_assert_false(rv_trend_reaches(&trend, 120, 60, 1, &soonest, &likely, &latest)); /* too far */
    g_assert_true(rv_trend_reaches(&trend, 60, 60, 1, &soonest, &likely, &latest));
    g_assert_cmpint(likely, ==, 0); /* reached */
    g_assert_false(rv_trend_reaches(&trend, NAN, 60, 1, &soonest, &likely, &latest));
}

static void
test_outliers(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);
    RvDailyValue values[90];
    RvTrend trend;

    make(values, 90, rand, 3000, -4, 20);
    for (guint i = 0; i < 90; i += 9)
        values[i].value = 60000; /* a sensor that sometimes lies */
    trend = rv_trend(values, 90, 0.01);
    g_assert_cmpint(trend.kind, ==, RV_TREND_FALLING);
    g_assert_cmpfloat_with_epsilon(trend.slope, -4, 1);
}

/* ---- stated rates, on noise of 1 and series of 60 days ---- */

#define SERIES 400
#define SIGNIFICANCE 0.01

static guint
count_found(double slope, RvTrendKind kind, guint *covered)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261124);
    RvDailyValue values[60];
    guint found = 0;

    *covered = 0;
    for (guint i = 0; i < SERIES; i++) {
        RvTrend trend;

        make(values, 60, rand, 40, slope, 1);
        trend = rv_trend(values, 60, SIGNIFICANCE);
        found += kind == RV_TREND_NONE ? trend.kind != RV_TREND_NONE : trend.kind == kind;
        *covered += trend.slope_low <= slope && slope <= trend.slope_high;
    }
    return found;
}

static void
test_false_alarms(void)
{
    guint covered, found = count_found(0, RV_TREND_NONE, &covered);

    g_test_message("false alarms: %u of %u at a significance of %g", found, SERIES, SIGNIFICANCE);
    g_test_message("the interval holds the truth in %u of %u", covered, SERIES);
    g_assert_cmpuint(found, <=, SERIES * 2 / 100);
    g_assert_cmpuint(covered, >=, SERIES * 92 / 100);
}

/* Days that resemble the day before, as temperatures do (first order, 0.5). */
static void
test_memory(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261125);
    RvDailyValue values[60];
    guint found = 0;

    for (guint i = 0; i < SERIES; i++) {
        double rest = noise(rand, 1);

        for (guint j = 0; j < 60; j++) {
            values[j] = (RvDailyValue){(gint64)j, 40 + rest};
            rest = 0.5 * rest + noise(rand, 0.87);
        }
        found += rv_trend(values, 60, SIGNIFICANCE).kind != RV_TREND_NONE;
    }
    g_test_message("false alarms: %u of %u where days resemble each other", found, SERIES);
    g_assert_cmpuint(found, <=, SERIES * 4 / 100);
}

static void
test_detection(void)
{
    guint covered, found;

    /* 0.05 a day: 3 deviations of the noise in the 60 days */
    found = count_found(0.05, RV_TREND_RISING, &covered);
    g_test_message("found: %u of %u that rise by 3 deviations", found, SERIES);
    g_assert_cmpuint(found, >=, SERIES * 95 / 100);
    g_assert_cmpuint(covered, >=, SERIES * 92 / 100);
    found = count_found(-0.03, RV_TREND_FALLING, &covered);
    g_test_message("found: %u of %u that fall by 1.8 deviations", found, SERIES);
    g_assert_cmpuint(found, >=, SERIES * 75 / 100);
}

/* A processor that only follows the room's spring is no trend; one that also ages is. */
static void
test_ambient(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(9);
    RvDailyValue ambient[120], healthy[120], ageing[120];

    for (guint i = 0; i < 120; i++) {
        ambient[i].day = healthy[i].day = ageing[i].day = (gint64)i;
        ambient[i].value = 23 - 3 * cos(2 * G_PI * i / 120) + noise(rand, 0.8);
        healthy[i].value = 30 + 1.2 * ambient[i].value + noise(rand, 0.5);
        ageing[i].value = healthy[i].value + 0.03 * i;
    }
    g_assert_cmpint(rv_trend(healthy, 60, 0.01).kind, ==, RV_TREND_RISING);
    g_assert_true(rv_trend_correct(healthy, 60, ambient, 120, 1));
    g_assert_cmpint(rv_trend(healthy, 60, 0.01).kind, ==, RV_TREND_NONE);
    g_assert_false(rv_trend_correct(ageing, 120, ambient, 20, 1)); /* too few days in common */
    g_assert_true(rv_trend_correct(ageing, 120, ambient, 120, 1));
    g_assert_cmpint(rv_trend(ageing, 120, 0.01).kind, ==, RV_TREND_RISING);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/trend/refused under 28 days", test_too_short);
    g_test_add_func("/plan/trend/a constant has none", test_constant);
    g_test_add_func("/plan/trend/a line, and when it reaches a limit", test_line);
    g_test_add_func("/plan/trend/outliers do not bend it", test_outliers);
    g_test_add_func("/plan/trend/false alarms are as rare as stated", test_false_alarms);
    g_test_add_func("/plan/trend/false alarms where days resemble each other", test_memory);
    g_test_add_func("/plan/trend/true trends are found", test_detection);
    g_test_add_func("/plan/trend/what follows the room is no trend", test_ambient);
    return g_test_run();
}
