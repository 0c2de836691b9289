#include "rrd/rows.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "rrd/head.h"

void
rv_rrd_rows_clear(RvRrdRows *rows)
{
    g_strfreev(rows->sources);
    g_free(rows->values);
    *rows = (RvRrdRows){0};
}

/* ---- which archive, as librrd's rrd_fetch.c chooses ---- */

static gint64
step_of(const RvRrdHead *head, gulong n)
{
    return (gint64)(head->fixed.pdp_step * head->archives[n].pdp_cnt);
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
choose(const RvRrdHead *head, const char *function, gint64 start_s, gint64 end_s, gint64 step_s)
{
    gint64 full_apart = 0, part_apart = 0, part_match = 0;
    gint full = -1, part = -1;

    for (gulong i = 0; i < head->fixed.rra_cnt; i++) {
        gint64 step = step_of(head, i), apart = ABS(step_s - step);
        gint64 first = head->live->last_up - head->live->last_up % step -
                       step * (gint64)head->archives[i].row_cnt;
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
read_ring(int fd, const RvRrdHead *head, gulong archive, gint64 first, RvRrdRows *rows)
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
name_sources(const RvRrdHead *head, RvRrdRows *rows)
{
    rows->n_sources = head->fixed.ds_cnt;
    rows->sources = g_new0(char *, rows->n_sources + 1);
    for (gsize i = 0; i < rows->n_sources; i++)
        rows->sources[i] = g_strndup(head->sources[i].ds_nam, DS_NAM_SIZE);
}

static gboolean
read_rows(int fd, const char *function, gint64 start_s, gint64 end_s, guint step_s, RvRrdRows *rows)
{
    RvRrdHead head;
    gint archive;
    gint64 step, oldest;

    if (!rv_rrd_head_read(fd, &head, 0))
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
    oldest = head.live->last_up - head.live->last_up % step -
             step * ((gint64)head.archives[archive].row_cnt - 1);
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
