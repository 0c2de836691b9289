#include "snmp/shares.h"

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
    g_queue_unlink(&shares->all, &share->link);
    shares->bytes -= share->bytes;
    share->answers = NULL;
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
