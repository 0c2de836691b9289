#include <math.h>
#include <string.h>

#include "rrd/names.h"
#include "rrd/series.h"

#define U NAN

typedef struct {
    const char *words;
    double values[8];
    gsize n;
    double mean, minimum, maximum, last, p50, p95;
} Row;

static const Row rows[] = {
    {"nothing at all", {0}, 0, U, U, U, U, U, U},
    {"nothing known", {U, U, U}, 3, U, U, U, U, U, U},
    {"one value", {7}, 1, 7, 7, 7, 7, 7, 7},
    {"unknown does not count", {U, 2, U, 4, U}, 5, 3, 2, 4, 4, 2, 4},
    {"nearest rank of eight", {8, 1, 7, 2, 6, 3, 5, 4}, 8, 4.5, 1, 8, 4, 4, 8},
    {"zeros count", {0, 0, 0, 10}, 4, 2.5, 0, 10, 10, 0, 10},
};

static void
assert_same(double a, double b)
{
    if (isnan(b))
        g_assert_true(isnan(a));
    else
        g_assert_cmpfloat_with_epsilon(a, b, 1e-12);
}

static void
test_statistics(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        g_autoptr(RvSeries) series = rv_series_new(0, 300, row->n);

        g_test_message("%s", row->words);
        for (gsize n = 0; n < row->n; n++)
            series->values[n] = row->values[n];
        assert_same(rv_series_mean(series), row->mean);
        assert_same(rv_series_minimum(series), row->minimum);
        assert_same(rv_series_maximum(series), row->maximum);
        assert_same(rv_series_last(series), row->last);
        assert_same(rv_series_percentile(series, 50), row->p50);
        assert_same(rv_series_percentile(series, 95), row->p95);
    }
}

static void
test_percentile_of_hundred(void)
{
    g_autoptr(RvSeries) series = rv_series_new(0, 300, 100);

    for (guint i = 0; i < 100; i++)
        series->values[i] = 100 - i;
    g_assert_cmpfloat(rv_series_percentile(series, 95), ==, 95);
    g_assert_cmpfloat(rv_series_percentile(series, 0), ==, 1);
    g_assert_cmpfloat(rv_series_percentile(series, 100), ==, 100);
    g_assert_cmpfloat(rv_series_total(series), ==, 5050 * 300);
}

static const struct {
    const char *words, *name, *component;
} names[] = {
    {"plain", "core-sw-01", "core-sw-01"},
    {"slashes", "GigabitEthernet0/0/1", "GigabitEthernet0+0+1"},
    {"out of the folder", "../../etc/passwd", "%2E.+..+etc+passwd"},
    {"the folder itself", ".", "%2E"},
    {"hidden", ".name", "%2Ename"},
    {"what we escape with", "a%2Fb+c~d", "a%252Fb%2Bc%7Ed"},
    {"spaces, quotes, colons", "a b:'\"\\", "a%20b%3A%27%22%5C"},
    {"Chinese", "\u98ce\u6247", "%E9%A3%8E%E6%89%87"},
    {"line ends and bytes that are no text", "a\n\xff\x01", "a%0A%FF%01"},
};

static void
test_names(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *component = rv_rrd_name_encode(names[i].name);
        g_autofree char *back = rv_rrd_name_decode(component);

        g_test_message("%s", names[i].words);
        g_assert_cmpstr(component, ==, names[i].component);
        g_assert_cmpstr(back, ==, names[i].name);
        g_assert_null(strchr(component, '/'));
    }
}

static void
test_long_names(void)
{
    g_autofree char *long_a = g_strnfill(4096, '/');
    g_autofree char *long_b = g_strnfill(4096, '/');
    g_autofree char *too_long = g_strnfill(4097, 'x');
    g_autofree char *a = rv_rrd_name_encode(long_a);
    g_autofree char *b = NULL;

    long_b[4095] = 'x';
    b = rv_rrd_name_encode(long_b);
    g_assert_cmpuint(strlen(a), <=, 160);
    g_assert_true(rv_rrd_name_is_cut(a));
    g_assert_cmpstr(a, !=, b);
    g_assert_null(rv_rrd_name_decode(a));
    g_assert_null(rv_rrd_name_encode(too_long));
    g_assert_null(rv_rrd_name_encode(""));
    g_assert_null(rv_rrd_name_decode("a%"));
    g_assert_null(rv_rrd_name_decode("a%00"));
    for (guint i = 40; i < 60; i++) { /* cut wherever: never inside %XX */
        g_autofree char *name = g_strnfill(i, 'a');
        g_autofree char *whole =
            g_strconcat(name, "\xe9\xa3\x8e\xe9\xa3\x8e\xe9\xa3\x8e\xe9\xa3\x8e", name, name, name,
                        name, name, NULL);
        g_autofree char *component = rv_rrd_name_encode(whole);
        const char *tilde = strchr(component, '~');

        g_assert_nonnull(tilde);
        g_assert_cmpint(tilde[-1], !=, '%');
        g_assert_cmpint(tilde[-2], !=, '%');
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/series/statistics", test_statistics);
    g_test_add_func("/series/percentile of a hundred", test_percentile_of_hundred);
    g_test_add_func("/names/there and back", test_names);
    g_test_add_func("/names/long", test_long_names);
    return g_test_run();
}
