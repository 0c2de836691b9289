/* Numbers as "%.15g" writes them, whatever they are. */
#include "rrd/number.h"

#include <math.h>
#include <string.h>

static void
check(double value)
{
    char ours[RV_RRD_NUMBER_SIZE], theirs[RV_RRD_NUMBER_SIZE];
    gsize length = 0;
    gboolean exact = rv_rrd_number_put(ours, value, &length);

    g_ascii_formatd(theirs, sizeof theirs, "%.15g", value);
    g_assert_cmpstr(ours, ==, theirs);
    g_assert_cmpuint(length, ==, strlen(ours));
    g_assert_true(!exact || g_ascii_strtod(ours, NULL) == value);
}

static void
test_some(void)
{
    static const double values[] = {
        0,         -0.0, 1,      -1,     0.1,   0.5,    20.1,    -40.25,          0.0001,
        0.00001,   1e14, 1e15,   1e16,   1e300, 1e-300, 1.0 / 3, 999999999999999, 99999999999999.9,
        0.3 - 0.1, 100,  1200.5, 1792e6, 4e-5,  0.9999, 0.99999};

    for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
        check(values[i]);
}

static void
test_many(void)
{
    for (guint i = 0; i < 200000; i++) {
        double n = floor(g_test_rand_double_range(-1e9, 1e9));

        check(n / pow(10, g_test_rand_int_range(0, 12)));
        check(g_test_rand_double_range(-1, 1) * pow(10, g_test_rand_int_range(-8, 18)));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/number/limits", test_some);
    g_test_add_func("/number/readings and any others", test_many);
    return g_test_run();
}
