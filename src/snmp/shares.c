#include "snmp/shares.h"

#define AT_ONCE 32       /* are asked on where room is scarce */
#define LARGE (4u << 20) /* bytes: few agents say as much, who makes up values does */

static void
set_waiting(RvShares *shares, RvShare *share, gboolean waits)
{
    shares->waiting += waits - share->waits;
    share->waits = waits;
}

void
rv_share_begin(RvShares *shares, RvShare *share, const RvSnmpAnswers *answers)
{
    *share = (RvShare){.answers = answers, .link.data = share};
    g_queue_push_tail_link(&shares->all, &share->link);
    rv_share_count(shares, share);
}

void
rv_share_count(RvShares *shares, RvShare *share)
{
    gsize bytes = rv_snmp_answers_bytes(share->answers);

    shares->bytes += bytes - share->bytes;
    share->bytes = bytes;
}

void
rv_share_end(RvShares *shares, RvShare *share)
{
    if (share->answers == NULL)
        return;
    set_waiting(shares, share, FALSE);
    g_queue_unlink(&shares->all, &share->link);
    shares->bytes -= share->bytes;
    share->answers = NULL;
}

gboolean
rv_shares_are_scarce(const RvShares *shares)
{
    return shares->bytes >= RV_SHARES_SCARCE;
}

/* Who has said most is nearest to its end, unless it is far beyond what agents say. */
static gboolean
is_before(const RvShare *one, const RvShare *other)
{
    gboolean large = one->bytes >= LARGE;

    if (large != (other->bytes >= LARGE))
        return !large;
    return large ? one->bytes < other->bytes : one->bytes > other->bytes;
}

static gboolean
has_turn(const RvShares *shares, const RvShare *share)
{
    guint before = 0;
    gboolean passed = FALSE;

    if (!rv_shares_are_scarce(shares))
        return TRUE;
    for (GList *each = shares->all.head; each != NULL && before < AT_ONCE; each = each->next) {
        passed = passed || each->data == share;
        before += is_before(each->data, share) || (!passed && !is_before(share, each->data));
    }
    return before < AT_ONCE;
}

gboolean
rv_share_may_go_on(RvShares *shares, RvShare *share)
{
    set_waiting(shares, share, !has_turn(shares, share));
    return !share->waits;
}

RvShare *
rv_shares_next(RvShares *shares)
{
    RvShare *first = NULL;

    for (GList *each = shares->waiting > 0 ? shares->all.head : NULL; each != NULL;
         each = each->next) {
        RvShare *share = each->data;

        if (share->waits && (first == NULL || is_before(share, first)))
            first = share;
    }
    return first != NULL && rv_share_may_go_on(shares, first) ? first : NULL;
}

RvShare *
rv_shares_excessive(const RvShares *shares)
{
    RvShare *most = NULL;
    gsize excess = 0;

    if (shares->bytes <= RV_SHARES_CEILING)
        return NULL;
    for (GList *each = shares->all.head; each != NULL; each = each->next) {
        RvShare *share = each->data;
        gsize beyond = rv_snmp_answers_unexpected(share->answers);

        if (most == NULL || beyond > excess) {
            most = share;
            excess = beyond;
        }
    }
    return most;
}
