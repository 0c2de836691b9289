#include "rrd/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#define RRD_EXPORT_DEPRECATED /* for the types of the file's header; no function of that part is   \
                                 called */
#include <rrd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "rrd/number.h"
#include "rrd/quick.h"
#include "rrd/rows.h"

#define SOURCES_CEILING 64
#define ARCHIVES_CEILING 1000
#define ROWS_CEILING 10000000 /* nobody draws or judges more at once */

/* librrd's words for what went wrong, with its state cleared for the next call. */
static void
take_error(GError **error, const char *path)
{
    const char *words = rrd_get_error();

    if (words == NULL || *words == '\0')
        words = "librrd gave no reason";
    if (g_strstr_len(words, -1, path) != NULL)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s", words);
    else
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", path, words);
    rrd_clear_error();
}

static void
append_limit(GString *text, double limit)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(limit))
        g_string_append(text, ":U");
    else
        g_string_append_printf(text, ":%s", g_ascii_formatd(number, sizeof number, "%.15g", limit));
}

static char **
definitions(const RvRrdTemplate *template)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    for (guint i = 0; i < template->sources->len; i++) {
        const RvRrdSource *source = &g_array_index(template->sources, RvRrdSource, i);
        GString *text = g_string_new(NULL);

        g_string_printf(text, "DS:%s:GAUGE:%u", source->name, template->heartbeat_s);
        append_limit(text, source->minimum);
        append_limit(text, source->maximum);
        g_ptr_array_add(all, g_string_free(text, FALSE));
    }
    for (guint i = 0; i < template->archives->len; i++) {
        const RvRrdArchive *archive = &g_array_index(template->archives, RvRrdArchive, i);
        char part[G_ASCII_DTOSTR_BUF_SIZE];

        g_ascii_formatd(part, sizeof part, "%.3f", archive->unknown_at_most);
        g_ptr_array_add(all, g_strdup_printf("RRA:%s:%s:%u:%u", archive->function, part,
                                             archive->steps, archive->rows));
    }
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_steal(all, NULL);
}

/* librrd does not say why it cannot make a file. */
static gboolean
may_make(const char *beside, const char *path, GError **error)
{
    int fd = open(beside, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    if (fd >= 0) {
        close(fd);
        return TRUE;
    }
    g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: cannot be made: %s", path, g_strerror(errno));
    return FALSE;
}

/* librrd does not look at the result of its last write, nor say why another failed: a file that a
 * full disk cut short could pass for made, so that its size is checked before it gets its name. */
static gboolean
make(const char *beside, const char *path, const char *source, const RvRrdTemplate *template,
     gint64 start_s, GError **error)
{
    g_auto(GStrv) words = definitions(template);
    const char *sources[] = {source, NULL};
    struct stat status;

    rrd_clear_error();
    if (rrd_create_r2(beside, template->step_s, (time_t)start_s, 0, source != NULL ? sources : NULL,
                      NULL, (int)g_strv_length(words), (const char **)words) != 0 &&
        rrd_test_error() && *rrd_get_error() != '\0') {
        take_error(error, path);
        return FALSE;
    }
    if (stat(beside, &status) == 0 && (gsize)status.st_size == rv_rrd_file_bytes(template))
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "%s: cannot be written whole (%" G_GSIZE_FORMAT " bytes); is the disk full?", path,
                rv_rrd_file_bytes(template));
    return FALSE;
}

static gboolean
cannot(const char *path, GError **error)
{
    g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

/* What takes the place of a file with history has its rights and its owner, whoever made it (only
 * root can give files away), and is on the disk before it has its name. */
static gboolean
take_after(const char *beside, const char *source, GError **error)
{
    struct stat status;
    int fd = open(beside, O_RDONLY | O_CLOEXEC);
    gboolean good = fd >= 0 && stat(source, &status) == 0 &&
                    (fchown(fd, status.st_uid, status.st_gid) == 0 || errno == EPERM) &&
                    fchmod(fd, status.st_mode & 07777) == 0 && fsync(fd) == 0;

    if (!good)
        cannot(source, error);
    if (fd >= 0)
        close(fd);
    return good;
}

gboolean
rv_rrd_file_create(const char *path, const RvRrdTemplate *template, gint64 start_s, GError **error)
{
    return rv_rrd_file_create_from(path, NULL, template, start_s, error);
}

gboolean
rv_rrd_file_create_from(const char *path, const char *source, const RvRrdTemplate *template,
                        gint64 start_s, GError **error)
{
    g_autofree char *beside = g_strdup_printf("%s.new", path);

    if (!may_make(beside, path, error) || !make(beside, path, source, template, start_s, error) ||
        (source != NULL && !take_after(beside, source, error))) {
        (void)g_unlink(beside);
        return FALSE;
    }
    if (g_rename(beside, path) != 0) {
        cannot(path, error);
        (void)g_unlink(beside);
        return FALSE;
    }
    return TRUE;
}

typedef struct {
    stat_head_t head;
    ds_def_t sources[SOURCES_CEILING];
} Header;

static gboolean
is_header(const Header *header, gssize length)
{
    const stat_head_t *head = &header->head;

    return length >= (gssize)sizeof *head &&
           memcmp(head->cookie, RRD_COOKIE, sizeof head->cookie) == 0 &&
           head->float_cookie == FLOAT_COOKIE && head->ds_cnt > 0 &&
           head->ds_cnt <= SOURCES_CEILING && head->rra_cnt <= ARCHIVES_CEILING;
}

static gboolean
read_header(const char *path, gsize sources, Header *header, gint64 *file_bytes, GError **error)
{
    struct stat status;
    gsize wanted = sizeof header->head + sources * sizeof *header->sources;
    gssize length = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    memset(header, 0, wanted); /* the file may be shorter */

    if (fd >= 0 && fstat(fd, &status) == 0)
        length = pread(fd, header, wanted, 0);
    if (length < 0)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    if (length < 0)
        return FALSE;
    *file_bytes = status.st_size;
    if (is_header(header, length))
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "%s: is not an RRD file of this machine; move it away and a new one is made", path);
    return FALSE;
}

gsize
rv_rrd_file_bytes(const RvRrdTemplate *template)
{
    gsize sources = template->sources->len;
    gsize archives = template->archives->len;
    gsize bytes = sizeof(stat_head_t) + sources * (sizeof(ds_def_t) + sizeof(pdp_prep_t)) +
                  archives * (sizeof(rra_def_t) + sizeof(rra_ptr_t)) + sizeof(live_head_t) +
                  sources * archives * sizeof(cdp_prep_t);

    for (guint i = 0; i < archives; i++)
        bytes +=
            g_array_index(template->archives, RvRrdArchive, i).rows * sources * sizeof(rrd_value_t);
    return bytes;
}

gboolean
rv_rrd_file_probe(const char *path, const RvRrdTemplate *template, GError **error)
{
    Header header;
    gint64 file_bytes;
    gboolean same;

    if (!read_header(path, template->sources->len, &header, &file_bytes, error))
        return FALSE;
    same = header.head.ds_cnt == template->sources->len;
    for (guint i = 0; same && i < template->sources->len; i++)
        same = strncmp(header.sources[i].ds_nam,
                       g_array_index(template->sources, RvRrdSource, i).name, DS_NAM_SIZE) == 0;
    if (!same) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: its data sources are not those of template '%s'; change the template "
                    "back, or move the file away and a new one is made",
                    path, template->name);
        return FALSE;
    }
    if (header.head.rra_cnt == template->archives->len &&
        (gsize)file_bytes < rv_rrd_file_bytes(template)) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: is cut short; move it away and a new one is made", path);
        return FALSE;
    }
    return TRUE;
}

char **
rv_rrd_file_sources(const char *path, GError **error)
{
    Header header;
    gint64 file_bytes;
    char **names;

    if (!read_header(path, SOURCES_CEILING, &header, &file_bytes, error))
        return NULL;
    names = g_new0(char *, header.head.ds_cnt + 1);
    for (guint i = 0; i < header.head.ds_cnt; i++)
        names[i] = g_strndup(header.sources[i].ds_nam, DS_NAM_SIZE);
    return names;
}

void
rv_rrd_file_format(GString *text, gint64 time_s, const double *values, guint n)
{
    char number[RV_RRD_NUMBER_SIZE];
    gsize length;

    rv_rrd_number_put(number, (double)time_s, &length);
    g_string_append_len(text, number, (gssize)length);
    for (guint i = 0; i < n; i++) {
        length = 1;
        number[0] = 'U';
        if (isfinite(values[i]))
            rv_rrd_number_put(number, values[i], &length);
        g_string_append_c(text, ':');
        g_string_append_len(text, number, (gssize)length);
    }
}

gboolean
rv_rrd_file_last(const char *path, gint64 *time_s, GError **error)
{
    rrd_clear_error();
    *time_s = rrd_last_r(path);
    if (*time_s >= 0)
        return TRUE;
    take_error(error, path);
    return FALSE;
}

/* Why librrd refused: a sample of this second is there, a later one is, or the file is not well. */
static RvRrdWrite
refused(const char *path, gint64 time_s, GError **error)
{
    g_autoptr(GError) first = NULL;
    gint64 last_s = 0;

    take_error(&first, path);
    if (rv_rrd_file_last(path, &last_s, NULL) && last_s >= time_s) {
        if (last_s == time_s)
            return RV_WRITE_UNCHANGED;
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: time goes backwards: it holds a sample %" G_GINT64_FORMAT
                    " s later than this one; is the clock right?",
                    path, last_s - time_s);
        return RV_WRITE_FAILED;
    }
    g_propagate_error(error, g_steal_pointer(&first));
    return RV_WRITE_FAILED;
}

static void
append_names(GString *names, const RvRrdTemplate *template)
{
    for (guint i = 0; i < template->sources->len; i++) {
        if (i > 0)
            g_string_append_c(names, ':');
        g_string_append(names, g_array_index(template->sources, RvRrdSource, i).name);
    }
}

RvRrdWrite
rv_rrd_file_update(int folder, const char *path, const RvRrdTemplate *template, gint64 time_s,
                   const double *values, GError **error)
{
    g_autoptr(GString) names = NULL;
    g_autoptr(GString) sample = NULL;
    const char *arguments[1];

    if (rv_rrd_quick_update(folder, path, template, time_s, values))
        return RV_WRITE_DONE;
    if (errno == ENOENT || errno == ENOTDIR)
        return RV_WRITE_NO_FILE; /* not even asked librrd: most series have none */
    names = g_string_sized_new(64);
    sample = g_string_sized_new(128);
    append_names(names, template);
    rv_rrd_file_format(sample, time_s, values, template->sources->len);
    arguments[0] = sample->str;
    rrd_clear_error();
    if (rrd_update_r(path, names->str, 1, arguments) == 0)
        return RV_WRITE_DONE;
    return refused(path, time_s, error);
}

/* librrd's way. */
static gboolean
fetch_rows(const char *path, const char *function, gint64 start_s, gint64 end_s, guint step_s,
           RvRrdRows *rows, GError **error)
{
    time_t start = (time_t)start_s, end = (time_t)end_s;
    gulong step = step_s, n_sources = 0;
    char **names = NULL;
    double *data = NULL;

    rrd_clear_error();
    if (rrd_fetch_r(path, function, &start, &end, &step, &n_sources, &names, &data) != 0) {
        take_error(error, path);
        return FALSE;
    }
    *rows = (RvRrdRows){.start_s = start,
                        .step_s = (guint)step,
                        .n = (gsize)((gulong)(end - start) / step),
                        .n_sources = n_sources,
                        .sources = g_new0(char *, n_sources + 1)};
    rows->values = g_memdup2(data, rows->n * n_sources * sizeof *data);
    for (gulong i = 0; i < n_sources; i++) {
        rows->sources[i] = g_strdup(names[i]);
        rrd_freemem(names[i]);
    }
    rrd_freemem(names);
    rrd_freemem(data);
    return TRUE;
}

static RvSeries *
take_column(const RvRrdRows *rows, const char *path, const char *source, GError **error)
{
    RvSeries *series;
    gsize column = 0;

    while (column < rows->n_sources && strcmp(rows->sources[column], source) != 0)
        column++;
    if (column == rows->n_sources) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: has no data source '%s'", path,
                    source);
        return NULL;
    }
    series = rv_series_new(rows->start_s, rows->step_s, rows->n);
    for (gsize i = 0; i < series->n; i++)
        series->values[i] = rows->values[i * rows->n_sources + column];
    return series;
}

gboolean
rv_rrd_file_fetch(const char *path, const char *const *sources, guint n, const char *function,
                  gint64 start_s, gint64 end_s, guint step_s, RvSeries **series, GError **error)
{
    guint step = MAX(step_s, 1);
    gint64 end = end_s - 1; /* librrd goes one row further where the end lies on a step */
    RvRrdRows rows = {0};
    guint taken = 0;

    if (start_s < 0 || end_s <= start_s || (end_s - start_s) / (gint64)step > ROWS_CEILING) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "%s: no such span of time", path);
        return FALSE;
    }
    if (!rv_rrd_rows_read(path, function, start_s, end, step, &rows) &&
        !fetch_rows(path, function, start_s, end, step, &rows, error))
        return FALSE;
    while (taken < n && (series[taken] = take_column(&rows, path, sources[taken], error)) != NULL)
        taken++;
    rv_rrd_rows_clear(&rows);
    if (taken == n)
        return TRUE;
    while (taken > 0)
        g_clear_pointer(&series[--taken], rv_series_free);
    return FALSE;
}
