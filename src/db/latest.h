/* The last judged answer of a device, kept whole as compressed JSON. For db/ alone. */
#pragma once

#include "db/sql.h"

/* `context`: the JSON line and the counters, where the caller has them. */
gboolean rv_latest_store(RvState *state, gint64 device, const RvObservation *observation,
                         const RvStoreContext *context, GError **error);
