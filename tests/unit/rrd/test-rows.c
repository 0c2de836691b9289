/* Rows are read as librrd reads them, over random files and spans. */
#include "rrd/rows.h"

#include <glib/gstdio.h>
#include <math.h>
#include <rrd.h>
#include <string.h>

#include "made-template.h"
#include "rrd/file.h"

#define T0 G_GINT64_CONSTANT(1800000000)
#define SPANS 400

typedef struct {
    const char *says;
    guint samples, sources;
    int unknown_percent;
} File;

static const File files[] = {
    {"an empty file", 0, 1, 0},
    {"a file that is not full", 20, 2, 10},
    {"archives that went around", 3000, 2, 10},
    {"a source of which nothing is known", 500, 1, 100},
};

static const RvRrdArchive archives[] = {{"AVERAGE", 1, 50, 0.5},   {"AVERAGE", 12, 40, 0.5},
                                        {"MAX", 12, 30, 0.5},      {"LAST", 7, 20, 0.5},
                                        {"AVERAGE", 288, 5, 0.99}, {"MAX", 1, 10, 0.5}};

static RvRrdTemplate *
template_of(const File *file)
{
    const MadeTemplate made = {300, 900, file->sources, NAN, NAN, archives, G_N_ELEMENTS(archives)};

    return made_template(&made);
}

static gint64
fill(const char *path, const RvRrdTemplate *template, const File *file)
{
    gint64 time_s = T0;

    for (guint i = 0; i < file->samples; i++) {
        double values[2];

        time_s += g_test_rand_int_range(1, 500);
        for (guint n = 0; n < 2; n++)
            values[n] = g_test_rand_int_range(0, 100) < file->unknown_percent
                            ? NAN
                            : g_test_rand_int_range(0, 1000);
        g_assert_cmpint(rv_rrd_file_update(-1, path, template, time_s, values, NULL), ==,
                        RV_WRITE_DONE);
    }
    return time_s;
}

static void
assert_as_librrd(const char *path, const char *function, gint64 start_s, gint64 end_s, guint step_s)
{
    time_t start = (time_t)start_s, end = (time_t)end_s;
    gulong step = step_s, n = 0;
    char **names = NULL;
    double *data = NULL;
    RvRrdRows rows;

    rrd_clear_error();
    g_assert_cmpint(rrd_fetch_r(path, function, &start, &end, &step, &n, &names, &data), ==, 0);
    g_assert_true(rv_rrd_rows_read(path, function, start_s, end_s, step_s, &rows));
    g_assert_cmpint(rows.start_s, ==, start);
    g_assert_cmpuint(rows.step_s, ==, step);
    g_assert_cmpuint(rows.n, ==, (gulong)(end - start) / step);
    g_assert_cmpuint(rows.n_sources, ==, n);
    for (gulong i = 0; i < n; i++) {
        g_assert_cmpstr(rows.sources[i], ==, names[i]);
        rrd_freemem(names[i]);
    }
    for (gsize i = 0; i < rows.n * n; i++)
        g_assert_true(rows.values[i] == data[i] || (isnan(rows.values[i]) && isnan(data[i])));
    rrd_freemem(names);
    rrd_freemem(data);
    rv_rrd_rows_clear(&rows);
}

static void
test_file(gconstpointer data)
{
    static const char *const functions[] = {"AVERAGE", "MAX", "LAST", "MIN"};
    static const guint steps[] = {1, 300, 3600, 86400, 100000};
    const File *file = data;
    RvRrdTemplate *template = template_of(file);
    g_autofree char *folder = g_dir_make_tmp("rackvitals-rows-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.rrd", NULL);
    RvRrdRows rows;
    gint64 last_s;

    g_assert_true(rv_rrd_file_create(path, template, T0, NULL));
    last_s = fill(path, template, file);
    for (guint i = 0; i < SPANS; i++) {
        gint64 start_s = last_s + g_test_rand_int_range(-2000000, 3000);
        gint64 end_s = start_s + g_test_rand_int_range(1, 1000000);

        assert_as_librrd(path, functions[i % 4], start_s, end_s,
                         steps[g_test_rand_int_range(0, G_N_ELEMENTS(steps))]);
    }
    g_assert_false(rv_rrd_rows_read(path, "FAILURES", T0, T0 + 3600, 300, &rows));
    g_unlink(path);
    g_rmdir(folder);
    made_template_free(template);
}

/* What is no file of ours is left to librrd, which says what is wrong with it. */
static void
test_left(void)
{
    RvRrdTemplate *template = template_of(&files[1]);
    g_autofree char *folder = g_dir_make_tmp("rackvitals-rows-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.rrd", NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    RvRrdRows rows;

    g_assert_false(rv_rrd_rows_read(path, "AVERAGE", T0, T0 + 3600, 300, &rows));
    g_assert_true(rv_rrd_file_create(path, template, T0, NULL));
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    for (gsize i = 0; i < length; i += 1 + length / 97) {
        g_assert_true(g_file_set_contents(path, bytes, (gssize)i, NULL));
        if (rv_rrd_rows_read(path, "AVERAGE", T0, T0 + 3600, 300, &rows))
            rv_rrd_rows_clear(&rows); /* its rows are all there */
        else
            g_assert_null(rows.values);
    }
    g_assert_true(g_file_set_contents(path, "not an RRD file", -1, NULL));
    g_assert_false(rv_rrd_rows_read(path, "AVERAGE", T0, T0 + 3600, 300, &rows));
    g_unlink(path);
    g_rmdir(folder);
    made_template_free(template);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_strdup_printf("/rows/%s: as librrd", files[i].says);

        g_test_add_data_func(path, &files[i], test_file);
    }
    g_test_add_func("/rows/a missing, short or other file is left alone", test_left);
    return g_test_run();
}
