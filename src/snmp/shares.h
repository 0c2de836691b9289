/* Shares: what the answers of all agents under way may take together, and who is cut when they take
 * more.
 *
 * What one agent says is bounded (answers.h), but not by so little that hundreds could say as much
 * at once. The one that says most beyond what was expected of it is cut, so that an agent that
 * makes up values costs no other one its own. */
#pragma once

#include "snmp/answers.h"

#define RV_SHARES_CEILING (128u << 20) /* bytes */

/* Of one agent while it is asked. */
typedef struct {
    const RvSnmpAnswers *answers;
    gsize bytes; /* as last counted */
    GList link;
} RvShare;

typedef struct {
    GQueue all; /* RvShare* */
    gsize bytes;
} RvShares;

void rv_share_begin(RvShares *shares, RvShare *share, const RvSnmpAnswers *answers);
/* Counts anew. */
void rv_share_count(RvShares *shares, RvShare *share);
/* May be called again. */
void rv_share_end(RvShares *shares, RvShare *share);
/* Who is to be cut; NULL: all have room. */
RvShare *rv_shares_excessive(const RvShares *shares);
