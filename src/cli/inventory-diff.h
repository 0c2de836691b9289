/* What the inventory declares against what was found. */
#pragma once

#include "db/state.h"
#include "inventory/device.h"

typedef struct {
    char *device;
    const char *kind;       /* "never_asked" "no_answer" "serial" "expected" "missing"
                               "not_declared" */
    char *declared, *found; /* "" where they say nothing */
    char *sentence;
} RvDifference;

void rv_difference_free(RvDifference *difference);

/* RvDifference*, in the order of `devices` (RvDevice*), then what the state file knows and
 * `inventory` does not. NULL: the state file could not be read. */
GPtrArray *rv_inventory_diff(RvState *state, const RvInventory *inventory, const GPtrArray *devices,
                             GError **error);
