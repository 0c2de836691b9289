/* The last judged answer of a device, kept whole as compressed JSON. For db/ alone. */
#pragma once

#include "db/sqlite.h"

gboolean rv_latest_store(RvState *state, gint64 device, const RvObservation *observation,
                         GError **error);
