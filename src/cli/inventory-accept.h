/* Parts that were taken out on purpose: what is gone is accepted as gone. */
#pragma once

#include "db/state.h"

/* Takes those of the device's missing parts that one of the globs names, by name or key, out of
 * what was seen, and gives their keys and names as text ("PSU 2 (psu-2/state)"). NULL: the state
 * file failed; empty: none is missing that is named so. */
GPtrArray *rv_inventory_accept(RvState *state, const char *device, char **globs, gint64 now_ms,
                               GError **error);
