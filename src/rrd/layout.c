#include "rrd/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "rrd/file.h"
#include "rrd/head.h"

#define SOURCES_CEILING 64
#define ARCHIVES_CEILING 1000
#define HEAD_CEILING                                                                               \
    (sizeof(stat_head_t) + SOURCES_CEILING * sizeof(ds_def_t) +                                    \
     ARCHIVES_CEILING * sizeof(rra_def_t))

typedef struct {
    guint8 *bytes;
    const stat_head_t *head;
    const ds_def_t *sources;
    const rra_def_t *archives;
} Layout;

static guint8 *
read_head(const char *path, gssize *length, GError **error)
{
    guint8 *bytes = g_malloc0(HEAD_CEILING);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *length = fd >= 0 ? pread(fd, bytes, HEAD_CEILING, 0) : -1;
    if (*length < 0)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    if (*length >= 0)
        return bytes;
    g_free(bytes);
    return NULL;
}

static gboolean
is_whole(const Layout *layout, gsize length)
{
    const stat_head_t *head = layout->head;

    return length >= sizeof *head && memcmp(head->cookie, RRD_COOKIE, sizeof head->cookie) == 0 &&
           head->float_cookie == FLOAT_COOKIE && head->ds_cnt <= SOURCES_CEILING &&
           head->rra_cnt <= ARCHIVES_CEILING &&
           length >=
               sizeof *head + head->ds_cnt * sizeof(ds_def_t) + head->rra_cnt * sizeof(rra_def_t);
}

/* Caller frees layout->bytes. */
static gboolean
read_layout(const char *path, Layout *layout, GError **error)
{
    gssize length;

    layout->bytes = read_head(path, &length, error);
    if (layout->bytes == NULL)
        return FALSE;
    layout->head = (const stat_head_t *)layout->bytes;
    if (!is_whole(layout, (gsize)length)) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: is not an RRD file of this machine; move it away and a new one is made",
                    path);
        g_free(layout->bytes);
        return FALSE;
    }
    layout->sources = (const ds_def_t *)(layout->head + 1);
    layout->archives = (const rra_def_t *)(layout->sources + layout->head->ds_cnt);
    return TRUE;
}

static void G_GNUC_PRINTF(2, 3) differs(GString *text, const char *format, ...)
{
    va_list arguments;

    if (text->len > 0)
        g_string_append(text, "; ");
    va_start(arguments, format);
    g_string_append_vprintf(text, format, arguments);
    va_end(arguments);
}

static void
compare_sources(GString *text, const Layout *layout, const RvRrdTemplate *template)
{
    if (layout->head->ds_cnt != template->sources->len)
        differs(text, "%lu sources, not %u", layout->head->ds_cnt, template->sources->len);
    for (guint i = 0; i < MIN(layout->head->ds_cnt, template->sources->len); i++) {
        const ds_def_t *source = &layout->sources[i];
        const char *name = g_array_index(template->sources, RvRrdSource, i).name;

        if (strncmp(source->ds_nam, name, DS_NAM_SIZE) != 0)
            differs(text, "source %.*s, not %s", DS_NAM_SIZE, source->ds_nam, name);
        if (source->par[DS_mrhb_cnt].u_cnt != template->heartbeat_s)
            differs(text, "heartbeat %lu s, not %u s", source->par[DS_mrhb_cnt].u_cnt,
                    template->heartbeat_s);
    }
}

static gboolean
is_same_archive(const rra_def_t *file, const RvRrdArchive *wanted)
{
    return strncmp(file->cf_nam, wanted->function, CF_NAM_SIZE) == 0 &&
           file->pdp_cnt == wanted->steps && file->row_cnt == wanted->rows &&
           fabs(file->par[RRA_cdp_xff_val].u_val - wanted->unknown_at_most) < 0.0006;
}

static void
compare_archives(GString *text, const Layout *layout, const RvRrdTemplate *template)
{
    if (layout->head->rra_cnt != template->archives->len)
        differs(text, "%lu archives, not %u", layout->head->rra_cnt, template->archives->len);
    for (guint i = 0; i < MIN(layout->head->rra_cnt, template->archives->len); i++) {
        const rra_def_t *file = &layout->archives[i];
        const RvRrdArchive *wanted = &g_array_index(template->archives, RvRrdArchive, i);

        if (!is_same_archive(file, wanted))
            differs(text, "%lu rows of %.*s over %lu s, not %u of %s over %u s", file->row_cnt,
                    CF_NAM_SIZE, file->cf_nam, file->pdp_cnt * layout->head->pdp_step, wanted->rows,
                    wanted->function, wanted->steps * template->step_s);
    }
}

char *
rv_rrd_layout_difference(const char *path, const RvRrdTemplate *template, GError **error)
{
    g_autoptr(GString) text = NULL;
    Layout layout;

    if (!read_layout(path, &layout, error))
        return NULL;
    text = g_string_new(NULL);
    if (layout.head->pdp_step != template->step_s)
        differs(text, "step %lu s, not %u s", layout.head->pdp_step, template->step_s);
    compare_sources(text, &layout, template);
    compare_archives(text, &layout, template);
    g_free(layout.bytes);
    return text->len > 0 ? g_strdup(text->str) : NULL;
}

/* librrd believes what a head says of its rows. FALSE with *error where it says what cannot be;
 * heads larger than ours are left to librrd. */
static gboolean
is_sound(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    RvRrdHead head = {0};
    guint64 rows = 0;
    struct stat status;
    gboolean sound = fd >= 0 && rv_rrd_head_read(fd, &head, 0) && fstat(fd, &status) == 0;

    if (fd >= 0)
        close(fd);
    for (guint i = 0; sound && i < head.fixed.rra_cnt; i++)
        rows += head.archives[i].row_cnt;
    if (sound &&
        status.st_size == (off_t)(head.end + rows * head.fixed.ds_cnt * sizeof(rrd_value_t)))
        return TRUE;
    if (!sound && (head.fixed.ds_cnt > RV_RRD_SOURCES_CEILING ||
                   head.fixed.rra_cnt > RV_RRD_ARCHIVES_CEILING))
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "%s: its head does not fit its rows, so that its history cannot be read; move it "
                "away and a new one is made",
                path);
    return FALSE;
}

gboolean
rv_rrd_layout_migrate(const char *path, const RvRrdTemplate *template, GError **error)
{
    gint64 last_s = 0;

    return is_sound(path, error) && rv_rrd_file_last(path, &last_s, error) &&
           rv_rrd_file_create_from(path, path, template, last_s, error);
}
