/* Telling: hands the ledger to notify/, once after each round. */
#pragma once

#include "conf/configuration.h"
#include "db/ledger.h"

/* Nothing to do where no channel is configured. Blocks while it sends, at most `budget_ms`; what is
 * not sent by then waits in the spool for the next round. */
gboolean rv_telling_run(RvState *state, const RvConfiguration *configuration, gint64 now_ms,
                        gint64 budget_ms, GError **error);
