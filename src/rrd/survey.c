#include "rrd/survey.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "rrd/file.h"
#include "rrd/layout.h"
#include "rrd/names.h"

#define BLOCK 512 /* of st_blocks, POSIX */

void
rv_rrd_finding_free(RvRrdFinding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->path);
    g_free(finding->text);
    g_free(finding);
}

void
rv_rrd_survey_clear(RvRrdSurvey *survey)
{
    g_clear_pointer(&survey->findings, g_ptr_array_unref);
}

static guint64
bytes_of(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 ? (guint64)status.st_blocks * BLOCK : 0;
}

static void
add(RvRrdSurvey *survey, RvRrdFindingKind kind, const char *path, guint64 bytes, char *text)
{
    RvRrdFinding *finding = g_new(RvRrdFinding, 1);

    *finding = (RvRrdFinding){.kind = kind, .path = g_strdup(path), .text = text, .bytes = bytes};
    g_ptr_array_add(survey->findings, finding);
}

static void
look_at(RvRrdSurvey *survey, const RvRrdSeriesInfo *series)
{
    guint64 bytes = bytes_of(series->path);
    g_autoptr(GError) error = NULL;
    char *difference;

    survey->files++;
    survey->bytes += bytes;
    if (series->template == NULL) {
        add(survey, RV_RRD_ORPHAN_SERIES, series->path, bytes,
            g_strdup("no template makes such series any more"));
        return;
    }
    difference = rv_rrd_layout_difference(series->path, series->template, &error);
    if (error != NULL)
        add(survey, RV_RRD_BROKEN, series->path, bytes, g_strdup(error->message));
    else if (difference != NULL)
        add(survey, RV_RRD_LAYOUT, series->path, bytes, difference);
}

/* What lies in a device's folder and is no series: halves of files that were being made. */
static void
look_for_halves(RvRrdSurvey *survey, const char *folder)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *entry;

    while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(folder, entry, NULL);

        if (strstr(entry, ".rrd.new") != NULL) /* librrd's own has six letters more */
            add(survey, RV_RRD_LEFTOVER, path, bytes_of(path),
                g_strdup("half a file, left where a run was killed"));
    }
}

void
rv_rrd_survey(const RvRrdStore *store, GHashTable *known, RvRrdSurvey *survey)
{
    g_autoptr(GPtrArray) devices = rv_rrd_store_devices(store);

    *survey = (RvRrdSurvey){.findings =
                                g_ptr_array_new_with_free_func((GDestroyNotify)rv_rrd_finding_free),
                            .devices = devices->len};
    for (guint i = 0; i < devices->len; i++) {
        const char *device = g_ptr_array_index(devices, i);
        g_autoptr(GPtrArray) all = rv_rrd_store_series(store, device);
        g_autofree char *some = rv_rrd_store_path(store, device, "reachability");
        g_autofree char *folder = some != NULL ? g_path_get_dirname(some) : NULL;
        guint64 before = survey->bytes;

        for (guint n = 0; n < all->len; n++)
            look_at(survey, g_ptr_array_index(all, n));
        if (folder != NULL)
            look_for_halves(survey, folder);
        if (!g_hash_table_contains(known, device))
            add(survey, RV_RRD_ORPHAN_DEVICE, folder, survey->bytes - before,
                g_strdup_printf("the inventory has no device '%s'", device));
    }
}

/* ---- size ---- */

GArray *
rv_rrd_shares_new(const RvRrdTemplates *templates)
{
    GArray *shares = g_array_new(FALSE, FALSE, sizeof(RvRrdShare));

    for (guint i = 0; i < rv_rrd_templates_count(templates); i++) {
        const RvRrdShare share = {.template = rv_rrd_templates_get(templates, i)};

        g_array_append_val(shares, share);
    }
    return shares;
}

static void
add_files(RvRrdShare *share, guint files)
{
    share->files += files;
    share->bytes += (guint64)files * rv_rrd_file_bytes(share->template);
}

static guint
count_interfaces(const RvObservation *observation, RvCreateWhen when)
{
    guint count = 0;

    for (guint i = 0; i < observation->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(observation->interfaces, i);
        gboolean up = interface->oper_status == RV_OPER_UP;
        gboolean bad = (interface->in_errors != RV_COUNTER_NONE && interface->in_errors > 0) ||
                       (interface->in_discards != RV_COUNTER_NONE && interface->in_discards > 0);

        count += when == RV_CREATE_ON_UP ? up : when == RV_CREATE_ON_NONZERO ? up && bad : TRUE;
    }
    return count;
}

static guint
count_sensors(const RvObservation *observation, const RvRrdTemplates *templates,
              const RvRrdTemplate *template)
{
    guint count = 0;

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        count += !isnan(sensor->value) &&
                 rv_rrd_templates_for_class(templates, sensor->class) == template;
    }
    return count;
}

void
rv_rrd_shares_add(GArray *shares, const RvRrdTemplates *templates, const RvObservation *observation)
{
    for (guint i = 0; i < shares->len; i++) {
        RvRrdShare *share = &g_array_index(shares, RvRrdShare, i);

        switch (share->template->kind) {
        case RV_SERIES_REACHABILITY:
            add_files(share, 1);
            break;
        case RV_SERIES_INTERFACE:
            add_files(share, count_interfaces(observation, share->template->create));
            break;
        case RV_SERIES_SENSOR:
            add_files(share, count_sensors(observation, templates, share->template));
            break;
        }
    }
}

void
rv_rrd_shares_guess(GArray *shares, const RvRrdTemplates *templates, guint interfaces,
                    guint sensors)
{
    const RvRrdTemplate *usual = rv_rrd_templates_for_class(templates, RV_CLASS_TEMPERATURE);

    for (guint i = 0; i < shares->len; i++) {
        RvRrdShare *share = &g_array_index(shares, RvRrdShare, i);

        if (share->template->kind == RV_SERIES_REACHABILITY)
            add_files(share, 1);
        else if (share->template->kind == RV_SERIES_INTERFACE &&
                 share->template->create != RV_CREATE_ON_NONZERO)
            add_files(share, interfaces);
        else if (share->template == usual)
            add_files(share, sensors);
    }
}

guint64
rv_rrd_shares_bytes(const GArray *shares)
{
    guint64 bytes = 0;

    for (guint i = 0; i < shares->len; i++)
        bytes += g_array_index(shares, RvRrdShare, i).bytes;
    return bytes;
}
