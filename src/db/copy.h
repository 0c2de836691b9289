/* Copying a state from one place to another, row by row, ids and all. */
#pragma once

#include "db/state.h"

typedef struct {
    const char *table; /* static */
    guint64 rows;
} RvCopied;

/* All of `from`, as it is at one moment, into `to`, which must be empty (RV_ERROR_USAGE else); in
 * one transaction: all of it, or nothing. Both have the schema of this program. Gives RvCopied by
 * table; what arrived was counted again. Who copies sees to it that no round runs meanwhile. */
GArray *rv_state_copy(RvState *from, RvState *to, GError **error);
/* How many rows each table has: RvCopied. */
GArray *rv_state_count(RvState *state, GError **error);
