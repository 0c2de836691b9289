#include "collect/column-plan.h"

#include "base/hash.h"
#include "collect/questions.h"

#define PLANS_CEILING 4096

struct RvColumnPlans {
    gboolean packets;
    GHashTable *by_profiles; /* GBytes of the profiles' addresses → RvColumnPlan */
};

static void
plan_free(gpointer data)
{
    RvColumnPlan *plan = data;

    g_array_unref(plan->moving);
    g_array_unref(plan->still);
    g_free(plan);
}

static guint
shared(const RvOid *a, const RvOid *b)
{
    guint n = 0;

    while (n < a->length && n < b->length && a->ids[n] == b->ids[n])
        n++;
    return n;
}

/* A column that `oid` lies in is the last before it, or shares its beginning with those between. */
gboolean
rv_column_plan_moves(const RvColumnPlan *plan, const RvOid *oid)
{
    guint low = 0, high = plan->moving->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (rv_oid_compare(&g_array_index(plan->moving, RvOid, middle), oid) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low > 0) {
        const RvOid *column = &g_array_index(plan->moving, RvOid, --low);

        if (rv_oid_is_below(oid, column))
            return TRUE;
        if (shared(oid, column) < plan->shortest)
            return FALSE;
    }
    return FALSE;
}

RvColumnPlans *
rv_column_plans_new(gboolean packets)
{
    RvColumnPlans *plans = g_new0(RvColumnPlans, 1);

    plans->packets = packets;
    plans->by_profiles = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                               (GDestroyNotify)g_bytes_unref, plan_free);
    return plans;
}

void
rv_column_plans_free(RvColumnPlans *plans)
{
    if (plans == NULL)
        return;
    g_hash_table_unref(plans->by_profiles);
    g_free(plans);
}

static void
add_moving_of(RvQuestions *moving, const RvProfile *profile)
{
    g_autoptr(GArray) columns = rv_profile_moving_columns(profile);

    for (guint i = 0; i < columns->len; i++)
        rv_questions_add(moving, &g_array_index(columns, RvOid, i));
}

static RvColumnPlan *
make(const GPtrArray *profiles, gboolean packets)
{
    g_autoptr(RvQuestions) all = rv_questions_new(), moving = rv_questions_new();
    RvColumnPlan *plan = g_new0(RvColumnPlan, 1);
    const GArray *oids;

    for (guint i = 0; i < profiles->len; i++) {
        rv_questions_add_profile(all, g_ptr_array_index(profiles, i), FALSE);
        add_moving_of(moving, g_ptr_array_index(profiles, i));
    }
    rv_questions_add_interfaces(all, packets);
    rv_questions_add_entities(all, FALSE);
    rv_questions_add_moving_interfaces(moving, packets);
    plan->moving = rv_oids_new();
    plan->still = rv_oids_new();
    plan->hash = RV_HASH_BASIS;
    plan->shortest = RV_OID_CEILING;
    oids = rv_questions_oids(all);
    for (guint i = 0; i < oids->len; i++) {
        const RvOid *oid = &g_array_index(oids, RvOid, i);
        gboolean moves = rv_questions_has(moving, oid);
        RvOid copy = rv_oid_copy(oid);

        plan->hash = rv_hash_more(plan->hash, oid->ids, oid->length * sizeof *oid->ids);
        plan->hash = rv_hash_more(plan->hash, &moves, sizeof moves);
        plan->shortest = moves ? MIN(plan->shortest, oid->length) : plan->shortest;
        g_array_append_val(moves ? plan->moving : plan->still, copy);
    }
    return plan;
}

const RvColumnPlan *
rv_column_plans_get(RvColumnPlans *plans, const GPtrArray *profiles)
{
    g_autoptr(GBytes) key = g_bytes_new(profiles->pdata, profiles->len * sizeof(gpointer));
    RvColumnPlan *plan = g_hash_table_lookup(plans->by_profiles, key);

    if (plan != NULL)
        return plan;
    if (g_hash_table_size(plans->by_profiles) >= PLANS_CEILING)
        g_hash_table_remove_all(plans->by_profiles);
    plan = make(profiles, plans->packets);
    g_hash_table_insert(plans->by_profiles, g_steal_pointer(&key), plan);
    return plan;
}
