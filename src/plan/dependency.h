/* Dependencies: who is down, who only cannot be reached, and whether it is we who were cut off.
 * Pure; over one round, before its observations are stored. */
#pragma once

#include "observation/observation.h"

/* Strings are borrowed. `state` is UP, DOWN or NOT_ASKED as the round found it, and is what is
 * changed; parents that are not in the list count as alive. */
typedef struct {
    const char *name;
    char **parents; /* NULL-terminated; may be NULL */
    RvReachability state;
    RvReason reason;
} RvReached;

/* Whether nobody answered for a reason that lies with us: no route to any of them, or none of the
 * names resolves. One device alone is no witness. */
gboolean rv_dependency_cut_off(const RvReached *devices, guint count);

/* DOWN becomes UNREACHABLE where the device has parents and none of them is alive; where we are cut
 * off, every DOWN becomes BLIND. A parent that was not asked in this round is looked up in
 * `before` (name → GINT_TO_POINTER(RvReachability + 1); may be NULL), else counts as alive. */
void rv_dependency_resolve(RvReached *devices, guint count, GHashTable *before);

/* Writes the state into an observation: every protocol that is DOWN becomes `state`, with a
 * sentence that says why. */
void rv_dependency_apply(RvObservation *observation, RvReachability state);
