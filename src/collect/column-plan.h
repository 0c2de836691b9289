/* Column plans: what a health round reads for a set of profiles, and what of it moves.
 *
 * Values, states and counters move; names, places, units, scales and limits stand still until the
 * device says that it changed. Made once for each set of profiles. */
#pragma once

#include "profile/profile.h"

typedef struct {
    GArray *moving; /* RvOid, ascending: columns, and instances of scalars */
    GArray *still;  /* the others */
    guint64 hash;   /* of all */
    guint shortest; /* length of the moving ones */
} RvColumnPlan;

/* `oid` is one of the moving columns, or lies in one. */
gboolean rv_column_plan_moves(const RvColumnPlan *plan, const RvOid *oid);

typedef struct RvColumnPlans RvColumnPlans;

/* `packets`: unicast packets of interfaces too. */
RvColumnPlans *rv_column_plans_new(gboolean packets);
void rv_column_plans_free(RvColumnPlans *plans);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvColumnPlans, rv_column_plans_free)

/* For `profiles` (const RvProfile*, which must outlive `plans`); borrowed from `plans`. */
const RvColumnPlan *rv_column_plans_get(RvColumnPlans *plans, const GPtrArray *profiles);
