#include "rrd/head.h"

#include <string.h>
#include <unistd.h>

static gboolean
is_ours(const stat_head_t *fixed)
{
    return memcmp(fixed->cookie, RRD_COOKIE, sizeof fixed->cookie) == 0 &&
           strcmp(fixed->version, RRD_VERSION3) == 0 && fixed->float_cookie == FLOAT_COOKIE &&
           fixed->ds_cnt > 0 && fixed->ds_cnt <= RV_RRD_SOURCES_CEILING && fixed->rra_cnt > 0 &&
           fixed->rra_cnt <= RV_RRD_ARCHIVES_CEILING && fixed->pdp_step > 0 &&
           fixed->pdp_step <= G_MAXINT32;
}

static gboolean
lay_out(RvRrdHead *head, gsize length)
{
    gsize sources = head->fixed.ds_cnt, archives = head->fixed.rra_cnt;

    head->sources = (ds_def_t *)(void *)(head->bytes + sizeof head->fixed);
    head->archives = (rra_def_t *)(void *)(head->sources + sources);
    head->live = (live_head_t *)(void *)(head->archives + archives);
    head->steps = (pdp_prep_t *)(void *)(head->live + 1);
    head->rows = (cdp_prep_t *)(void *)(head->steps + sources);
    head->places = (rra_ptr_t *)(void *)(head->rows + sources * archives);
    head->end = (gsize)((guint8 *)(head->places + archives) - head->bytes);
    return head->end <= length;
}

static gboolean
has_archives(const RvRrdHead *head)
{
    for (gulong i = 0; i < head->fixed.rra_cnt; i++) {
        const rra_def_t *archive = &head->archives[i];

        if (archive->pdp_cnt == 0 || archive->pdp_cnt > G_MAXINT32 / head->fixed.pdp_step ||
            archive->row_cnt == 0 || archive->row_cnt > G_MAXINT32 ||
            head->places[i].cur_row >= archive->row_cnt)
            return FALSE;
    }
    return TRUE;
}

gsize
rv_rrd_head_bytes(gsize sources, gsize archives)
{
    return sizeof(stat_head_t) + sizeof(live_head_t) +
           sources * (sizeof(ds_def_t) + sizeof(pdp_prep_t) + archives * sizeof(cdp_prep_t)) +
           archives * (sizeof(rra_def_t) + sizeof(rra_ptr_t));
}

/* FALSE: it is none, or longer than what was read. */
static gboolean
read_head(int fd, RvRrdHead *head, gsize bytes)
{
    gssize length = pread(fd, head->bytes, bytes, 0);

    return length >= (gssize)sizeof head->fixed && is_ours(&head->fixed) &&
           lay_out(head, (gsize)length) && has_archives(head) && head->live->last_up >= 0;
}

gboolean
rv_rrd_head_read(int fd, RvRrdHead *head, gsize expected)
{
    return (expected > 0 && expected < sizeof head->bytes && read_head(fd, head, expected)) ||
           read_head(fd, head, sizeof head->bytes);
}
