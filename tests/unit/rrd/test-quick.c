/* The quick way writes what librrd writes, to the byte, over random histories. */
#include "rrd/quick.h"

#include <glib/gstdio.h>
#include <math.h>
#include <rrd.h>
#include <string.h>

#include "made-template.h"
#include "rrd/file.h"

#define T0 G_GINT64_CONSTANT(1800000000)
#define SAMPLES 3000
#define LARGEST 100 /* value */

typedef struct {
    const char *says;
    guint step_s, heartbeat_s, sources;
    double minimum, maximum;
    int unknown_percent, short_percent, late_percent; /* samples like that */
    gboolean decimals;                                /* not whole numbers */
    int longest;                                      /* gap in steps; 0: 4 */
} History;

static const History histories[] = {
    {"each step a sample, all known", 300, 450, 1, NAN, NAN, 0, 0, 0, FALSE},
    {"a timer with jitter", 300, 900, 2, NAN, NAN, 0, 20, 0, FALSE},
    {"unknown values", 300, 450, 1, NAN, NAN, 30, 10, 0, FALSE},
    {"mostly unknown values", 60, 90, 2, NAN, NAN, 80, 10, 0, FALSE},
    {"values out of range", 300, 900, 2, 0, 50, 10, 10, 0, FALSE},
    {"gaps, within and beyond the heartbeat", 300, 900, 1, NAN, NAN, 5, 20, 20, FALSE},
    {"often several samples a step", 300, 450, 2, NAN, NAN, 10, 90, 2, FALSE},
    {"gaps of days, longer than archives reach back", 300, 900, 2, NAN, NAN, 10, 20, 30, FALSE,
     2000},
    {"a heartbeat that bridges any gap", 60, 1000000, 2, NAN, NAN, 20, 20, 40, FALSE, 900},
    {"decimals", 300, 900, 2, NAN, NAN, 10, 20, 5, TRUE},
};

static const RvRrdArchive archives[] = {{"AVERAGE", 1, 50, 0.5}, {"AVERAGE", 12, 40, 0.5},
                                        {"MIN", 12, 30, 0.9},    {"MAX", 12, 30, 0.0},
                                        {"LAST", 7, 20, 0.5},    {"MAX", 1, 10, 0.5},
                                        {"MIN", 288, 5, 0.25},   {"AVERAGE", 288, 5, 0.9}};

static RvRrdTemplate *
template_of(const History *history)
{
    const MadeTemplate made = {history->step_s,       history->heartbeat_s, history->sources,
                               history->minimum,      history->maximum,     archives,
                               G_N_ELEMENTS(archives)};

    return made_template(&made);
}

static gboolean
happens(int percent)
{
    return g_test_rand_int_range(0, 100) < percent;
}

static double
some_value(gboolean decimals)
{
    return decimals ? g_test_rand_double_range(-10, LARGEST) : g_test_rand_int_range(-10, LARGEST);
}

static gint64
next_time(const History *history, gint64 time_s)
{
    int step = (int)history->step_s;

    if (happens(history->short_percent))
        return time_s + g_test_rand_int_range(1, step);
    if (happens(history->late_percent))
        return time_s +
               g_test_rand_int_range(step, (history->longest > 0 ? history->longest : 4) * step);
    return time_s + step;
}

static void
by_librrd(const char *path, const RvRrdTemplate *template, gint64 time_s, const double *values)
{
    g_autoptr(GString) sample = g_string_new(NULL);
    const char *arguments[1];

    rv_rrd_file_format(sample, time_s, values, template->sources->len);
    arguments[0] = sample->str;
    rrd_clear_error();
    g_assert_cmpint(rrd_update_r(path, NULL, 1, arguments), ==, 0);
}

/* To the byte, but for the sign of a NAN, which means nothing. Numbers lie on multiples of 8.
 * librrd's reading of decimals rounds less well than the C library's: there the last digits of
 * the largest amounts that are summed may differ, however small their sum is. */
static void
assert_same(const char *one, const char *other, guint sample, double apart)
{
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;
    gsize n = 0, m = 0;

    g_assert_true(g_file_get_contents(one, &a, &n, NULL));
    g_assert_true(g_file_get_contents(other, &b, &m, NULL));
    g_assert_cmpuint(n, ==, m);
    for (gsize i = 0; i < n; i += sizeof(double)) {
        double x, y;

        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        if (memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y)) || fabs(x - y) <= apart)
            continue;
        g_test_message("sample %u: at byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                       ": %.17g, not %.17g",
                       sample, i, n, x, y);
        g_assert_cmpmem(&x, sizeof x, &y, sizeof y);
    }
}

static void
test_history(gconstpointer data)
{
    const History *history = data;
    RvRrdTemplate *template = template_of(history);
    g_autofree char *folder = g_dir_make_tmp("rackvitals-quick-XXXXXX", NULL);
    g_autofree char *ours = g_build_filename(folder, "ours.rrd", NULL);
    g_autofree char *theirs = g_build_filename(folder, "theirs.rrd", NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    gint64 time_s = T0;
    guint quick = 0;
    double apart = history->decimals ? 1e-14 * LARGEST * 288 * history->step_s : 0;

    g_assert_true(rv_rrd_file_create(ours, template, T0, NULL));
    /* a copy: librrd has a new file begin at rows of its own choice */
    g_assert_true(g_file_get_contents(ours, &bytes, &length, NULL));
    g_assert_true(g_file_set_contents(theirs, bytes, (gssize)length, NULL));
    for (guint i = 0; i < SAMPLES; i++) {
        double values[2];

        time_s = next_time(history, time_s);
        for (guint n = 0; n < 2; n++)
            values[n] = happens(history->unknown_percent) ? NAN : some_value(history->decimals);
        by_librrd(theirs, template, time_s, values);
        if (rv_rrd_quick_update(-1, ours, template, time_s, values))
            quick++;
        else
            by_librrd(ours, template, time_s, values);
        if (i % 50 == 0)
            assert_same(ours, theirs, i, apart);
    }
    assert_same(ours, theirs, SAMPLES, apart);
    g_test_message("%u of %d samples the quick way", quick, SAMPLES);
    g_assert_cmpuint(quick, ==, SAMPLES);
    g_unlink(ours);
    g_unlink(theirs);
    g_rmdir(folder);
    made_template_free(template);
}

/* What is not the plain case is left alone. */
static void
test_left(void)
{
    RvRrdTemplate *template = template_of(&histories[0]);
    g_autofree char *folder = g_dir_make_tmp("rackvitals-quick-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.rrd", NULL);
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    gsize n = 0, m = 0;
    const double value = 1;

    g_assert_false(rv_rrd_quick_update(-1, path, template, T0 + 300, &value));
    g_assert_true(rv_rrd_file_create(path, template, T0, NULL));
    g_assert_true(g_file_get_contents(path, &before, &n, NULL));
    g_assert_false(rv_rrd_quick_update(-1, path, template, T0, &value));
    g_assert_false(rv_rrd_quick_update(-1, path, template, T0 - 300, &value));
    g_assert_true(g_file_get_contents(path, &after, &m, NULL));
    g_assert_cmpmem(before, n, after, m);
    g_assert_true(g_file_set_contents(path, before, (gssize)n - 8, NULL));
    g_assert_false(rv_rrd_quick_update(-1, path, template, T0 + 300, &value));
    g_unlink(path);
    g_rmdir(folder);
    made_template_free(template);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(histories); i++) {
        g_autofree char *path = g_strdup_printf("/quick/%s: as librrd", histories[i].says);

        g_test_add_data_func(path, &histories[i], test_history);
    }
    g_test_add_func("/quick/what is missing, short or later is left alone", test_left);
    return g_test_run();
}
