#include "html/html.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/output.h"
#include "html/markup.h"
#include "html/page.h"
#include "plan/interval.h"

#define DAY_MS ((gint64)86400000)
#define UNFINISHED ".rackvitals-page-"

typedef struct {
    RvState *state;
    RvRrdStore *store;
    const RvHtmlOptions *options;
    char *devices;       /* the folder of device pages */
    GPtrArray *faults;   /* RvFault* */
    GPtrArray *lines;    /* RvHtmlLine* */
    GHashTable *written; /* char*: names of pages */
} Work;

static void
work_clear(Work *work)
{
    g_free(work->devices);
    g_clear_pointer(&work->faults, g_ptr_array_unref);
    g_clear_pointer(&work->lines, g_ptr_array_unref);
    g_clear_pointer(&work->written, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

/* ---- files ---- */

static gboolean
make_folder(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0755) == 0)
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_CREATE, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

/* Beside it, then in its place: a reader sees the old page or the new one. It is not waited for the
 * disk, which would take longer than all else; after a loss of power the next round writes anew. */
static gboolean
write_page(const char *folder, const char *name, const GString *page, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *beside = g_build_filename(folder, UNFINISHED "XXXXXX", NULL);
    int fd = g_mkstemp_full(beside, O_WRONLY | O_CLOEXEC, 0644);
    gboolean good = fd >= 0 && rv_output_write_fd(fd, page->str, page->len);
    int cause = errno;

    if (fd >= 0 && close(fd) != 0 && good) {
        good = FALSE;
        cause = errno;
    }
    if (good && g_rename(beside, path) != 0) {
        good = FALSE;
        cause = errno;
    }
    if (good)
        return TRUE;
    if (fd >= 0)
        g_unlink(beside);
    g_set_error(error, RV_ERROR, RV_ERROR_CREATE, "%s: %s", path, g_strerror(cause));
    return FALSE;
}

/* What a run that was killed left; nobody takes a day for a page. */
static void
remove_unfinished(const char *folder, gint64 now_s)
{
    g_autoptr(GDir) names = g_dir_open(folder, 0, NULL);
    const char *name;

    while (names != NULL && (name = g_dir_read_name(names)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        GStatBuf status;

        if (g_str_has_prefix(name, UNFINISHED) && g_lstat(path, &status) == 0 &&
            status.st_mtime < now_s - 86400)
            g_unlink(path);
    }
}

/* Only what we once wrote is ours to remove. */
static gboolean
is_ours(const char *path)
{
    char head[512] = {0};
    FILE *file = fopen(path, "re");
    gsize n;

    if (file == NULL)
        return FALSE;
    n = fread(head, 1, sizeof head - 1, file);
    fclose(file);
    head[n] = '\0';
    return strstr(head, RV_MARKUP_GENERATOR) != NULL;
}

static void
remove_old_pages(const Work *work)
{
    g_autoptr(GDir) folder = g_dir_open(work->devices, 0, NULL);
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(work->devices, name, NULL);

        if (g_str_has_suffix(name, ".html") && !g_hash_table_contains(work->written, name) &&
            is_ours(path))
            g_unlink(path);
    }
}

/* The overview has just been written: its time is now, whatever clock the rounds go by. */
static void
remove_leftovers(const Work *work)
{
    g_autofree char *overview = g_build_filename(work->options->folder, "index.html", NULL);
    GStatBuf status;

    if (g_stat(overview, &status) != 0)
        return;
    remove_unfinished(work->devices, status.st_mtime);
    remove_unfinished(work->options->folder, status.st_mtime);
}

/* ---- devices ---- */

static gboolean
write_device(Work *work, const RvDeviceRow *row, GError **error)
{
    g_autofree char *name = rv_html_page_name(row->name);
    g_autoptr(RvObservation) latest = NULL;
    g_autoptr(GPtrArray) reachability = NULL;
    g_autoptr(GString) page = g_string_new(NULL);
    g_autoptr(GError) problem = NULL;
    RvHtmlDevice device = {
        .state = work->state,
        .store = work->store,
        .options = work->options,
        .row = row,
        .faults = work->faults,
        .from_ms = work->options->now_ms - RV_HTML_DAYS * DAY_MS,
    };
    RvHtmlLine *line = NULL;
    gboolean good;

    if (name == NULL)
        return TRUE;
    latest = rv_state_latest(work->state, row->name, &problem);
    if (problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    reachability = rv_state_reachability(work->state, row->name, NULL, device.from_ms,
                                         work->options->now_ms, error);
    if (reachability == NULL)
        return FALSE;
    device.latest = latest;
    device.reachability = reachability;
    good = rv_html_device(&device, page, &line, error);
    g_ptr_array_add(work->lines, line);
    if (!good || !write_page(work->devices, name, page, error))
        return FALSE;
    g_hash_table_add(work->written, g_steal_pointer(&name));
    return TRUE;
}

static gboolean
is_wanted(const RvInventory *inventory, const RvDeviceRow *row)
{
    return inventory == NULL || inventory->devices->len == 0 ||
           rv_inventory_find(inventory, row->name) != NULL;
}

gboolean
rv_html_write_pages(RvState *state, RvRrdStore *store, const RvInventory *inventory,
                    const RvHtmlOptions *options, guint *pages, GError **error)
{
    g_auto(Work) work = {
        .state = state,
        .store = store,
        .options = options,
        .devices = g_build_filename(options->folder, "devices", NULL),
        .lines = g_ptr_array_new_with_free_func((GDestroyNotify)rv_html_line_free),
        .written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };
    g_autoptr(GPtrArray) rows = rv_state_devices(state, error);
    g_autoptr(GString) overview = g_string_new(NULL);

    if (rows == NULL || !make_folder(work.devices, error))
        return FALSE;
    work.faults = rv_ledger_open_faults(state, error);
    if (work.faults == NULL)
        return FALSE;
    for (guint i = 0; i < rows->len; i++)
        if (is_wanted(inventory, g_ptr_array_index(rows, i)) &&
            !write_device(&work, g_ptr_array_index(rows, i), error))
            return FALSE;
    rv_html_overview(options, work.lines, work.faults, overview);
    if (!write_page(options->folder, "index.html", overview, error))
        return FALSE;
    remove_old_pages(&work);
    remove_leftovers(&work);
    if (pages != NULL)
        *pages = work.lines->len + 1;
    return TRUE;
}
