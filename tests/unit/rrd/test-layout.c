/* Files whose layout is not their template's: found, and made anew with their history. */
#include "rrd/layout.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "rrd/file.h"
#include "rrd/store.h"
#include "rrd/survey.h"

#define T0 G_GINT64_CONSTANT(1800000000)

typedef struct {
    char *folder, *templates_folder;
    RvRrdStore *store;
} Place;

static const char old_series[] = "templates:\n"
                                 "  - template: sensor\n"
                                 "    series: sensor\n"
                                 "    classes: [temperature]\n"
                                 "    step: 300s\n"
                                 "    heartbeat: 600s\n"
                                 "    sources: [ { name: value } ]\n"
                                 "    archives:\n"
                                 "      - { function: AVERAGE, every: 300s, keep: 2d }\n"
                                 "      - { function: MAX, every: 1h, keep: 10d }\n";

static void
write_templates(const Place *place, const char *text)
{
    g_autofree char *path = g_build_filename(place->templates_folder, "series.yaml", NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
reopen(Place *place)
{
    const RvRrdOptions options = {.folder = place->folder,
                                  .template_folder = place->templates_folder};
    GError *error = NULL;

    rv_rrd_store_free(place->store);
    place->store = rv_rrd_store_open(&options, &error);
    g_assert_no_error(error);
}

static void
place_open(Place *place, gconstpointer unused)
{
    place->folder = g_dir_make_tmp("rackvitals-layout-XXXXXX", NULL);
    place->templates_folder = g_dir_make_tmp("rackvitals-layout-XXXXXX", NULL);
    write_templates(place, old_series);
    reopen(place);
}

static void
remove_all(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *below = g_build_filename(path, name, NULL);

        remove_all(below);
    }
    g_remove(path);
}

static void
place_close(Place *place, gconstpointer unused)
{
    rv_rrd_store_free(place->store);
    remove_all(place->folder);
    remove_all(place->templates_folder);
    g_free(place->folder);
    g_free(place->templates_folder);
}

/* A day of samples: the value is the number of the sample. */
static void
fill(Place *place, const char *device)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE);
    RvRrdReport report = {0};
    GError *error = NULL;

    g_free(sensor->key);
    sensor->key = g_strdup("inlet");
    for (guint i = 0; i < 288; i++) {
        observation->taken_at_ms = (T0 + (gint64)i * 300) * 1000;
        sensor->value = i;
        rv_rrd_store_write(place->store, device, observation, NULL, &report, &error);
        g_assert_no_error(error);
    }
    g_assert_cmpuint(report.failed, ==, 0);
    rv_rrd_report_clear(&report);
}

static double
mean(Place *place, const char *function, guint step_s)
{
    g_autoptr(RvSeries) series = rv_rrd_fetch(place->store, "sw-1", "temperature/inlet", "value",
                                              function, T0 + 3600, T0 + 80000, step_s, NULL);

    g_assert_nonnull(series);
    return rv_series_mean(series);
}

static RvRrdSeriesInfo *
only_series(Place *place, GPtrArray **all)
{
    *all = rv_rrd_store_series(place->store, "sw-1");
    g_assert_cmpuint((*all)->len, ==, 1);
    return g_ptr_array_index(*all, 0);
}

static void
test_same(Place *place, gconstpointer unused)
{
    g_autoptr(GPtrArray) all = NULL;
    const RvRrdSeriesInfo *info;
    g_autofree char *difference = NULL;
    GError *error = NULL;

    fill(place, "sw-1");
    info = only_series(place, &all);
    difference = rv_rrd_layout_difference(info->path, info->template, &error);
    g_assert_no_error(error);
    g_assert_null(difference);
}

typedef struct {
    const char *says, *step, *heartbeat, *archives, *difference;
} Change;

static const Change changes[] = {
    {"an archive keeps longer", "300s", "600s",
     "      - { function: AVERAGE, every: 300s, keep: 4d }\n"
     "      - { function: MAX, every: 1h, keep: 10d }\n",
     "576 rows of AVERAGE over 300 s, not 1152 of AVERAGE over 300 s"},
    {"a finer step", "60s", "600s",
     "      - { function: AVERAGE, every: 60s, keep: 2d }\n"
     "      - { function: MAX, every: 1h, keep: 10d }\n",
     "step 300 s, not 60 s"},
    {"one more archive, another heartbeat", "300s", "900s",
     "      - { function: AVERAGE, every: 300s, keep: 2d }\n"
     "      - { function: MAX, every: 1h, keep: 10d }\n"
     "      - { function: AVERAGE, every: 1h, keep: 10d }\n",
     "heartbeat 600 s, not 900 s; 2 archives, not 3"},
};

static void
test_change(Place *place, gconstpointer data)
{
    const Change *change = data;
    g_autofree char *text = g_strdup_printf("templates:\n"
                                            "  - template: sensor\n"
                                            "    series: sensor\n"
                                            "    classes: [temperature]\n"
                                            "    step: %s\n"
                                            "    heartbeat: %s\n"
                                            "    sources: [ { name: value } ]\n"
                                            "    archives:\n%s",
                                            change->step, change->heartbeat, change->archives);
    g_autoptr(GPtrArray) all = NULL;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    const RvRrdSeriesInfo *info;
    double average, maximum;
    gint64 last_s = 0;
    GError *error = NULL;

    fill(place, "sw-1");
    average = mean(place, "AVERAGE", 300);
    maximum = mean(place, "MAX", 3600);
    write_templates(place, text);
    reopen(place);
    info = only_series(place, &all);
    before = rv_rrd_layout_difference(info->path, info->template, &error);
    g_assert_no_error(error);
    g_assert_nonnull(before);
    g_assert_true(g_str_has_prefix(before, change->difference));
    g_assert_true(rv_rrd_layout_migrate(info->path, info->template, &error));
    g_assert_no_error(error);
    after = rv_rrd_layout_difference(info->path, info->template, &error);
    g_assert_null(after);
    /* a finer step draws the old rows as steps of their own: at the edges of the span one more or
     * less counts */
    g_assert_cmpfloat_with_epsilon(mean(place, "AVERAGE", 300), average, 1);
    g_assert_cmpfloat_with_epsilon(mean(place, "MAX", 3600), maximum, 1e-6);
    g_assert_true(rv_rrd_file_last(info->path, &last_s, NULL));
    g_assert_cmpint(last_s, ==, T0 + 287 * 300);
}

static void
test_broken(Place *place, gconstpointer unused)
{
    g_autoptr(GPtrArray) all = NULL;
    g_autofree char *difference = NULL;
    g_autoptr(GError) error = NULL;
    const RvRrdSeriesInfo *info;

    fill(place, "sw-1");
    info = only_series(place, &all);
    g_assert_true(g_file_set_contents(info->path, "RRD", -1, NULL));
    difference = rv_rrd_layout_difference(info->path, info->template, &error);
    g_assert_null(difference);
    g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
}

/* Bytes of the head changed at random: it is migrated or refused, and the process lives. */
static void
test_damaged_heads(Place *place, gconstpointer unused)
{
    g_autoptr(GPtrArray) all = NULL;
    g_autofree char *whole = NULL;
    const RvRrdSeriesInfo *info;
    gsize length = 0;
    guint refused = 0;

    fill(place, "sw-1");
    write_templates(place, "templates:\n"
                           "  - template: sensor\n"
                           "    series: sensor\n"
                           "    classes: [temperature]\n"
                           "    step: 300s\n"
                           "    sources: [ { name: value } ]\n"
                           "    archives: [ { function: AVERAGE, every: 300s, keep: 4d } ]\n");
    reopen(place);
    info = only_series(place, &all);
    g_assert_true(g_file_get_contents(info->path, &whole, &length, NULL));
    for (guint i = 0; i < 300; i++) {
        g_autofree char *text = g_memdup2(whole, length);
        g_autofree char *difference = NULL;
        g_autoptr(GError) error = NULL;

        for (guint n = 0; n <= i % 4; n++)
            text[g_test_rand_int_range(0, 1200)] ^= (char)(1 << g_test_rand_int_range(0, 8));
        g_assert_cmpint(g_unlink(info->path), ==, 0);
        g_assert_true(g_file_set_contents_full(info->path, text, (gssize)length,
                                               G_FILE_SET_CONTENTS_NONE, 0644, NULL));
        difference = rv_rrd_layout_difference(info->path, info->template, &error);
        if (difference != NULL)
            (void)rv_rrd_layout_migrate(info->path, info->template, &error);
        if (error != NULL && i < 5)
            g_test_message("%s", error->message);
        refused += error != NULL;
        if (error != NULL)
            g_assert_error(error, RV_ERROR, RV_ERROR_STORE);
    }
    g_test_message("%u of 300 refused", refused);
    g_assert_cmpuint(refused, >, 5);
}

static void
test_survey(Place *place, gconstpointer unused)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(RvRrdSurvey) survey = {0};
    g_autofree char *path = NULL;
    g_autofree char *half = NULL;
    const RvRrdFinding *finding;

    fill(place, "sw-1");
    fill(place, "gone-1");
    g_hash_table_add(known, (gpointer) "sw-1");
    path = rv_rrd_store_path(place->store, "sw-1", "temperature/inlet");
    half = g_strconcat(path, ".newaB3xYz", NULL); /* librrd's own, before it is ours */
    g_assert_true(g_file_set_contents(half, "half", -1, NULL));
    rv_rrd_survey(place->store, known, &survey);
    g_assert_cmpuint(survey.devices, ==, 2);
    g_assert_cmpuint(survey.files, ==, 2);
    g_assert_cmpuint(survey.findings->len, ==, 2);
    finding = g_ptr_array_index(survey.findings, 0);
    g_assert_cmpint(finding->kind, ==, RV_RRD_ORPHAN_DEVICE);
    g_assert_nonnull(strstr(finding->text, "gone-1"));
    g_assert_cmpuint(finding->bytes, >, 1000);
    finding = g_ptr_array_index(survey.findings, 1);
    g_assert_cmpint(finding->kind, ==, RV_RRD_LEFTOVER);
    g_assert_cmpstr(finding->path, ==, half);
}

/* What is foretold from an answer is what writing it makes. */
static void
test_size(Place *place, gconstpointer unused)
{
    const RvRrdTemplates *templates = rv_rrd_store_templates(place->store);
    g_autoptr(GArray) shares = rv_rrd_shares_new(templates);
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autofree char *path = rv_rrd_store_path(place->store, "sw-1", "temperature/inlet");
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE);
    GStatBuf status;

    sensor->value = 21;
    rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE)->value = NAN;
    rv_rrd_shares_add(shares, templates, observation);
    fill(place, "sw-1");
    g_assert_cmpint(g_stat(path, &status), ==, 0);
    g_assert_cmpuint(rv_rrd_shares_bytes(shares), ==, status.st_size);
    rv_rrd_shares_guess(shares, templates, 10, 3);
    g_assert_cmpuint(rv_rrd_shares_bytes(shares), ==, 4 * status.st_size);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, data, function) g_test_add(path, Place, data, place_open, function, place_close)
    ADD("/layout/a file as its template says", NULL, test_same);
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        g_autofree char *path = g_strdup_printf("/layout/%s: history is kept", changes[i].says);

        ADD(path, &changes[i], test_change);
    }
    ADD("/layout/what is no RRD file is named", NULL, test_broken);
    ADD("/layout/a damaged head is refused", NULL, test_damaged_heads);
    ADD("/layout/orphans and halves are found", NULL, test_survey);
    ADD("/layout/the size that is foretold is the size that comes", NULL, test_size);
    return g_test_run();
}
