/* SEL: the BMC's event log, read from where we stopped last time. Never written, never cleared. */
#pragma once

#include "ipmi/round.h"
#include "ipmi/sdr-image.h"

#define RV_SEL_ENTRIES_MAX 4096 /* in one round; the next goes on from there */

/* Without an SDR sensors have no names. With `task->sel_after_record` only what came after
 * it; answers->sel_restarted where that record is no longer what it was. */
void rv_ipmi_sel_read(RvIpmiSession *session, RvSdrImage *image, const RvIpmiTask *task,
                      RvIpmiRound *round);
