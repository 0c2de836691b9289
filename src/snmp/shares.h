/* Shares: what the answers of all agents under way may take together, who waits while they take
 * much, and who is cut when they take more.
 *
 * What one agent says is bounded (answers.h), but not by so little that hundreds could say as much
 * at once. Where room gets scarce only some are asked on, those that are nearest to their end and
 * leave room then; the others lose nothing but time. An agent that makes up values never ends:
 * where there is no room left the one that says most beyond what was expected of it is cut, so that
 * it costs no other one its own. */
#pragma once

#include "snmp/answers.h"

#define RV_SHARES_SCARCE (96u << 20)   /* bytes: from here on some are asked on … */
#define RV_SHARES_CEILING (224u << 20) /* … and here one is cut */

/* Of one agent while it is asked. */
typedef struct {
    const RvSnmpAnswers *answers;
    gsize bytes; /* as last counted */
    gboolean waits;
    GList link;
} RvShare;

typedef struct {
    GQueue all; /* RvShare* */
    gsize bytes;
    guint waiting;
} RvShares;

void rv_share_begin(RvShares *shares, RvShare *share, const RvSnmpAnswers *answers);
/* Counts anew. */
void rv_share_count(RvShares *shares, RvShare *share);
/* May be called again. */
void rv_share_end(RvShares *shares, RvShare *share);
/* FALSE: it waits (and `waits` says so) until rv_shares_next names it. */
gboolean rv_share_may_go_on(RvShares *shares, RvShare *share);
gboolean rv_shares_are_scarce(const RvShares *shares);
/* One that waited and may go on now, no longer waiting; NULL: none. To be asked for whenever
 * another one has ended or waits. */
RvShare *rv_shares_next(RvShares *shares);
/* Who is to be cut; NULL: all have room. */
RvShare *rv_shares_excessive(const RvShares *shares);
