#include "rrd/rows.h"

#include <fcntl.h>
#include <math.h>
#define RRD_EXPORT_DEPRECATED /* for the types of the file's header; no function of that part is   \
                                 called */
#include <rrd.h>
#include <string.h>
#include <unistd.h>

#define HEAD_CEILING 8192
#define SOURCES_CEILING 16
#define ARCHIVES_CEILING 16

/* The file's head, as it lies on disk. */
typedef struct {
    union {
        guint8 bytes[HEAD_CEILING];
        stat_head_t head;
    };
    const ds_def_t *sources;
    const rra_def_t *archives;
    const rra_ptr_t *places;
    gint64 last_s;
    gsize end; /* the first archive's rows begin here */
} Head;

void
rv_rrd_rows_clear(RvRrdRows *rows)
{
    g_strfreev(rows->sources);
    g_free(rows->values);
    *rows = (RvRrdRows){0};
}

static gboolean
is_ours(const stat_head_t *head)
{
    return memcmp(head->cookie, RRD_COOKIE, sizeof head->cookie) == 0 &&
           strcmp(head->version, RRD_VERSION3) == 0 && head->float_cookie == FLOAT_COOKIE &&
           head->ds_cnt > 0 && head->ds_cnt <= SOURCES_CEILING && head->rra_cnt > 0 &&
           head->rra_cnt <= ARCHIVES_CEILING && head->pdp_step > 0 && head->pdp_step <= G_MAXINT32;
}

static gboolean
has_archives(const Head *head)
{
    for (gulong i = 0; i < head->head.rra_cnt; i++) {
        const rra_def_t *archive = &head->archives[i];

        if (archive->pdp_cnt == 0 || archive->pdp_cnt > G_MAXINT32 / head->head.pdp_step ||
            archive->row_cnt == 0 || archive->row_cnt > G_MAXINT32 ||
            head->places[i].cur_row >= archive->row_cnt)
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_head(int fd, Head *head)
{
    gssize length = pread(fd, head->bytes, sizeof head->bytes, 0);
    gsize sources, archives;
    const live_head_t *live;

    if (length < (gssize)sizeof head->head || !is_ours(&head->head))
        return FALSE;
    sources = head->head.ds_cnt;
    archives = head->head.rra_cnt;
    head->sources = (const ds_def_t *)(const void *)(head->bytes + sizeof head->head);
    head->archives = (const rra_def_t *)(const void *)(head->sources + sources);
    live = (const live_head_t *)(const void *)(head->archives + archives);
    head->places = (const rra_ptr_t *)(const void *)((const guint8 *)(live + 1) +
                                                     sources * sizeof(pdp_prep_t) +
                                                     sources * archives * sizeof(cdp_prep_t));
    head->end = (gsize)((const guint8 *)(head->places + archives) - head->bytes);
    if (head->end > (gsize)length || !has_archives(head))
        return FALSE;
    head->last_s = live->last_up;
    return head->last_s >= 0;
}

/* ---- which archive, as librrd's rrd_fetch.c chooses ---- */

static gint64
step_of(const Head *head, gulong n)
{
    return (gint64)(head->head.pdp_step * head->archives[n].pdp_cnt);
}

static gboolean
is_plain(const char *function)
{
    static const char *const plain[] = {"AVERAGE", "MIN", "MAX", "LAST"};

    for (gsize i = 0; i < G_N_ELEMENTS(plain); i++)
        if (strncmp(function, plain[i], CF_NAM_SIZE) == 0)
            return TRUE;
    return FALSE;
}

/* Of rows of one step each the mean, the least and the last are all the same. */
static gboolean
serves(const rra_def_t *archive, const char *function)
{
    return strncmp(archive->cf_nam, function, CF_NAM_SIZE) == 0 ||
           (archive->pdp_cnt == 1 && is_plain(archive->cf_nam) && is_plain(function));
}

/* The nearest step of those that reach back to the start; where none does, the longest. */
static gint
choose(const Head *head, const char *function, gint64 start_s, gint64 end_s, gint64 step_s)
{
    gint64 full_apart = 0, part_apart = 0, part_match = 0;
    gint full = -1, part = -1;

    for (gulong i = 0; i < head->head.rra_cnt; i++) {
        gint64 step = step_of(head, i), apart = ABS(step_s - step);
        gint64 first =
            head->last_s - head->last_s % step - step * (gint64)head->archives[i].row_cnt;
        gint64 match = end_s - start_s - (first - start_s);

        if (!serves(&head->archives[i], function))
            continue;
        if (first <= start_s) {
            if (full < 0 || apart < full_apart) {
                full = (gint)i;
                full_apart = apart;
            }
        } else if (part < 0 || part_match < match || (part_match == match && apart < part_apart)) {
            part = (gint)i;
            part_match = match;
            part_apart = apart;
        }
    }
    return full >= 0 ? full : part;
}

/* ---- rows ---- */

static gboolean
read_values(int fd, off_t at, double *into, gsize count)
{
    gsize bytes = count * sizeof *into;

    return count == 0 || pread(fd, into, bytes, at) == (gssize)bytes;
}

/* Rows [first, first + rows->n) of the archive, the oldest being 0; those it does not have stay
 * NAN. A ring: two pieces at the most. */
static gboolean
read_ring(int fd, const Head *head, gulong archive, gint64 first, RvRrdRows *rows)
{
    gint64 count = (gint64)head->archives[archive].row_cnt;
    gint64 from = MAX(first, 0), until = MIN(first + (gint64)rows->n, count);
    gsize row = rows->n_sources * sizeof(double), base = head->end;

    for (gulong i = 0; i < archive; i++)
        base += head->archives[i].row_cnt * row;
    while (from < until) {
        gint64 place = ((gint64)head->places[archive].cur_row + 1 + from) % count;
        gint64 length = MIN(until - from, count - place);

        if (!read_values(fd, (off_t)(base + (gsize)place * row),
                         rows->values + (gsize)(from - first) * rows->n_sources,
                         (gsize)length * rows->n_sources))
            return FALSE;
        from += length;
    }
    return TRUE;
}

static void
name_sources(const Head *head, RvRrdRows *rows)
{
    rows->n_sources = head->head.ds_cnt;
    rows->sources = g_new0(char *, rows->n_sources + 1);
    for (gsize i = 0; i < rows->n_sources; i++)
        rows->sources[i] = g_strndup(head->sources[i].ds_nam, DS_NAM_SIZE);
}

static gboolean
read_rows(int fd, const char *function, gint64 start_s, gint64 end_s, guint step_s, RvRrdRows *rows)
{
    Head head;
    gint archive;
    gint64 step, oldest;

    if (!read_head(fd, &head))
        return FALSE;
    archive = choose(&head, function, start_s, end_s, (gint64)step_s);
    if (archive < 0)
        return FALSE;
    step = step_of(&head, (gulong)archive);
    name_sources(&head, rows);
    rows->start_s = start_s - start_s % step;
    rows->step_s = (guint)step;
    rows->n = (gsize)((end_s + step - end_s % step - rows->start_s) / step);
    rows->values = g_new(double, rows->n * rows->n_sources);
    for (gsize i = 0; i < rows->n * rows->n_sources; i++)
        rows->values[i] = NAN;
    oldest = head.last_s - head.last_s % step - step * ((gint64)head.archives[archive].row_cnt - 1);
    return read_ring(fd, &head, (gulong)archive, (rows->start_s + step - oldest) / step, rows);
}

gboolean
rv_rrd_rows_read(const char *path, const char *function, gint64 start_s, gint64 end_s, guint step_s,
                 RvRrdRows *rows)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean done;

    *rows = (RvRrdRows){0};
    if (fd < 0)
        return FALSE;
    done = read_rows(fd, function, start_s, end_s, step_s, rows);
    close(fd);
    if (!done)
        rv_rrd_rows_clear(rows);
    return done;
}
