#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/data-folder.h"
#include "cli/progress.h"
#include "cli/subcommand.h"
#include "conf/configuration.h"
#include "db/state.h"
#include "poll/lock.h"
#include "poll/place.h"
#include "rrd/layout.h"
#include "rrd/survey.h"

#define INTERFACES_GUESS 24
#define SENSORS_GUESS 20
#define MIB (1024.0 * 1024)

typedef struct {
    char *state, *templates;
    char **devices;
    gboolean dry_run;
    int interfaces, sensors;
} Options;

static void
options_clear(Options *options)
{
    g_free(options->state);
    g_free(options->templates);
    g_strfreev(options->devices);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

typedef struct {
    Options options;
    RvConfiguration *configuration;
    char *folder; /* state */
    RvRrdStore *store;
} Work;

static void
work_clear(Work *work)
{
    options_clear(&work->options);
    rv_rrd_store_free(work->store);
    rv_configuration_free(work->configuration);
    g_free(work->folder);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

/* ---- what all have in common ---- */

static gboolean
open_work(Work *work, const RvCliContext *context, GError **error)
{
    g_autofree char *shipped = rv_cli_data_folder("rrd-templates");
    g_autofree char *series = NULL;
    RvRrdOptions options = {0};

    work->configuration = rv_configuration_load(context->config, RV_CONFIGURATION_INVENTORY, error);
    if (work->configuration == NULL)
        return FALSE;
    work->folder = work->options.state != NULL ? g_canonicalize_filename(work->options.state, NULL)
                                               : g_strdup(work->configuration->state_folder);
    series = g_build_filename(work->folder, "rrd", NULL);
    options.folder = series;
    options.template_folder = work->options.templates != NULL ? work->options.templates
                              : work->configuration->rrd_templates != NULL
                                  ? work->configuration->rrd_templates
                                  : shipped;
    options.daemon_socket = work->configuration->rrdcached_socket;
    work->store = rv_rrd_store_open(&options, error);
    return work->store != NULL;
}

static gboolean
parse(Work *work, const char *summary, const GOptionEntry *more, int *argc, char ***argv,
      GError **error)
{
    const GOptionEntry entries[] = {
        {"state", 0, 0, G_OPTION_ARG_FILENAME, &work->options.state,
         "state folder (default from the site file)", "FOLDER"},
        {"templates", 0, 0, G_OPTION_ARG_FILENAME, &work->options.templates,
         "folder of RRD templates (default from the site file)", "FOLDER"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser = g_option_context_new(summary);

    g_option_context_add_main_entries(parser, entries, NULL);
    if (more != NULL)
        g_option_context_add_main_entries(parser, more, NULL);
    if (!g_option_context_parse(parser, argc, argv, error))
        return FALSE;
    if (*argc > 1)
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "'%s': there are no arguments here",
                    (*argv)[1]);
    return *argc == 1;
}

static GHashTable *
known_devices(const Work *work)
{
    GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < work->configuration->inventory->devices->len; i++)
        g_hash_table_add(
            known,
            ((RvDevice *)g_ptr_array_index(work->configuration->inventory->devices, i))->name);
    return known;
}

/* ---- size ---- */

static void
print_shares(const GArray *shares)
{
    printf("%-16s %10s %12s %12s\n", "template", "files", "bytes each", "MiB");
    for (guint i = 0; i < shares->len; i++) {
        const RvRrdShare *share = &g_array_index(shares, RvRrdShare, i);

        printf("%-16s %10u %12" G_GUINT64_FORMAT " %12.1f\n", share->template->name, share->files,
               share->files > 0 ? share->bytes / share->files : 0, (double)share->bytes / MIB);
    }
    printf("%-16s %10s %12s %12.1f\n", "all", "", "", (double)rv_rrd_shares_bytes(shares) / MIB);
}

static void
print_room(const Work *work, guint64 wanted)
{
    g_autofree char *above = g_path_get_dirname(work->folder);
    struct statvfs room;
    double free_mib;

    if (statvfs(work->folder, &room) != 0 && statvfs(above, &room) != 0)
        return;
    free_mib = (double)room.f_bavail * (double)room.f_frsize / MIB;
    printf("free on that disk: %.1f MiB%s\n", free_mib,
           (double)wanted / MIB > free_mib ? ", which is not enough for new files" : "");
}

static int
run_size(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Work) work = {.options = {.interfaces = INTERFACES_GUESS, .sensors = SENSORS_GUESS}};
    const GOptionEntry entries[] = {
        {"interfaces", 0, 0, G_OPTION_ARG_INT, &work.options.interfaces,
         "interfaces in use of a device that has not answered yet (default 24)", "N"},
        {"sensors", 0, 0, G_OPTION_ARG_INT, &work.options.sensors,
         "sensors of such a device (default 20)", "N"},
        {NULL},
    };
    g_autoptr(RvState) state = NULL;
    g_autoptr(GArray) shares = NULL;
    const RvRrdTemplates *templates;
    guint guessed = 0;

    if (!parse(&work, "- what the series of the inventory take on disk", entries, &argc, &argv,
               error) ||
        !open_work(&work, context, error))
        return EX_USAGE;
    templates = rv_rrd_store_templates(work.store);
    shares = rv_rrd_shares_new(templates);
    state = rv_place_open(work.configuration, work.options.state, RV_STATE_MODE_READ,
                          NULL); /* before the first poll there is none */
    for (guint i = 0; i < work.configuration->inventory->devices->len; i++) {
        const RvDevice *device = g_ptr_array_index(work.configuration->inventory->devices, i);
        g_autoptr(RvObservation) latest =
            state != NULL ? rv_state_latest(state, device->name, NULL) : NULL;

        if (latest != NULL)
            rv_rrd_shares_add(shares, templates, latest);
        else
            rv_rrd_shares_guess(shares, templates, (guint)MAX(work.options.interfaces, 0),
                                (guint)MAX(work.options.sensors, 0));
        guessed += latest == NULL;
    }
    print_shares(shares);
    if (guessed > 0)
        printf(
            "%u of %u devices have not answered yet: %d interfaces and %d sensors were taken for "
            "each\n",
            guessed, work.configuration->inventory->devices->len, work.options.interfaces,
            work.options.sensors);
    print_room(&work, rv_rrd_shares_bytes(shares));
    return EX_OK;
}

/* ---- orphans ---- */

static int
run_orphans(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Work) work = {0};
    g_autoptr(GHashTable) known = NULL;
    g_auto(RvRrdSurvey) survey = {0};
    guint found = 0;
    guint64 bytes = 0;

    if (!parse(&work, "- files that belong to no device or template", NULL, &argc, &argv, error) ||
        !open_work(&work, context, error))
        return EX_USAGE;
    known = known_devices(&work);
    rv_rrd_survey(work.store, known, &survey);
    for (guint i = 0; i < survey.findings->len; i++) {
        const RvRrdFinding *finding = g_ptr_array_index(survey.findings, i);

        if (finding->kind == RV_RRD_LAYOUT || finding->kind == RV_RRD_BROKEN)
            continue;
        printf("%s: %s (%.1f MiB)\n", finding->path, finding->text, (double)finding->bytes / MIB);
        found++;
        bytes += finding->bytes;
    }
    if (found > 0)
        printf("%u orphans, %.1f MiB; remove them by hand where their history is not wanted\n",
               found, (double)bytes / MIB);
    return found > 0 ? 1 : EX_OK;
}

/* ---- migrate ---- */

typedef struct {
    guint seen, same, migrated, failed;
} Migration;

static gboolean
is_wanted(const Options *options, const char *device)
{
    if (options->devices == NULL)
        return TRUE;
    for (char **glob = options->devices; *glob != NULL; glob++)
        if (rv_text_glob(*glob, device))
            return TRUE;
    return FALSE;
}

static void
migrate_file(const Options *options, const RvRrdSeriesInfo *series, Migration *migration)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *difference = NULL;

    migration->seen++;
    difference = rv_rrd_layout_difference(series->path, series->template, &error);
    if (error == NULL && difference == NULL) {
        migration->same++;
        return;
    }
    if (error == NULL && options->dry_run) {
        printf("%s: %s\n", series->path, difference);
        migration->migrated++;
        return;
    }
    if (error == NULL && rv_rrd_layout_migrate(series->path, series->template, &error)) {
        rv_info("%s: was %s", series->path, difference);
        migration->migrated++;
        return;
    }
    rv_warning("%s", error->message);
    migration->failed++;
}

static gboolean
migrate_device(Work *work, const char *device, Migration *migration, GError **error)
{
    g_autoptr(GPtrArray) all = rv_rrd_store_series(work->store, device);

    if (!rv_rrd_store_flush(work->store, device, error))
        return FALSE;
    for (guint i = 0; i < all->len; i++) {
        const RvRrdSeriesInfo *series = g_ptr_array_index(all, i);

        if (series->template != NULL)
            migrate_file(&work->options, series, migration);
    }
    return TRUE;
}

static int
run_migrate(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Work) work = {0};
    const GOptionEntry entries[] = {
        {"device", 'd', 0, G_OPTION_ARG_STRING_ARRAY, &work.options.devices,
         "only devices that match; may be given several times", "GLOB"},
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &work.options.dry_run,
         "only say what would be changed", NULL},
        {NULL},
    };
    g_autoptr(RvPollLock) lock = NULL;
    g_autoptr(RvProgress) bar = NULL;
    g_autoptr(GPtrArray) devices = NULL;
    Migration migration = {0};

    if (!parse(&work, "- files get the layout of their templates and keep their history", entries,
               &argc, &argv, error) ||
        !open_work(&work, context, error))
        return EX_USAGE;
    if (!work.options.dry_run) {
        lock = rv_poll_lock_take(work.folder, rv_clock_now_ms(), error);
        if (lock == NULL)
            return EX_TEMPFAIL;
    }
    bar = rv_progress_new(rv_log_level() == RV_LOG_CRITICAL);
    devices = rv_rrd_store_devices(work.store);
    for (guint i = 0; i < devices->len; i++) {
        if (is_wanted(&work.options, g_ptr_array_index(devices, i)) &&
            !migrate_device(&work, g_ptr_array_index(devices, i), &migration, error))
            return EX_IOERR;
        rv_progress_show(bar, i + 1, devices->len, migration.failed);
    }
    g_clear_pointer(&bar, rv_progress_free);
    printf("%u files: %u as their templates say, %u %s, %u failed\n", migration.seen,
           migration.same, migration.migrated,
           work.options.dry_run ? "would be migrated" : "migrated", migration.failed);
    return migration.failed > 0 ? 1 : EX_OK;
}

int
rv_cmd_rrd(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"size", run_size, "", "what the series of the inventory take on disk"},
        {"orphans", run_orphans, "", "files that belong to no device or template"},
        {"migrate", run_migrate, "", "files get their templates' layout and keep their history"},
        {NULL},
    };

    return rv_subcommand_run("rrd", rows, context, argc, argv, error);
}
