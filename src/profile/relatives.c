#include "profile/relatives.h"

#include "profile/matching.h"

/* How well a relative serves: compared place by place. */
typedef struct {
    guint answered;  /* vendors' tables that the device answers */
    guint described; /* 1: sysDescr says nothing against it */
    guint common;    /* sub-identifiers that its sysObjectIDs share with the device's */
} Worth;

/* Below an enterprise; those of agents that many vendors build on say nothing of a vendor. */
static gboolean
is_of_a_vendor(const RvOid *oid)
{
    static const guint32 agents[] = {0, 311 /* Microsoft */, 2021 /* UCD */, 8072 /* Net-SNMP */};
    static guint32 ids[] = {1, 3, 6, 1, 4, 1};
    static const RvOid enterprises = {ids, G_N_ELEMENTS(ids)};

    if (oid->length < RV_ENTERPRISE_LENGTH || !rv_oid_is_below(oid, &enterprises))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(agents); i++)
        if (oid->ids[RV_ENTERPRISE_LENGTH - 1] == agents[i])
            return FALSE;
    return TRUE;
}

/* FALSE: enough of them. */
typedef gboolean (*VisitTable)(const RvOid *column, gpointer user_data);

/* Calls `visit` with the first column of each vendor's table that the profile and what it uses
 * read, until it has enough; `seen` are profiles that are done. */
static gboolean
each_table(RvProfiles *profiles, const RvProfileHead *head, GHashTable *seen, VisitTable visit,
           gpointer user_data)
{
    const RvProfile *profile = rv_profiles_get(profiles, head->name, NULL, NULL);

    if (!g_hash_table_add(seen, (gpointer)head))
        return TRUE;
    for (guint i = 0; profile != NULL && i < profile->tables->len; i++) {
        const RvTableRule *table = g_ptr_array_index(profile->tables, i);

        if (table->sensors->len > 0 && is_of_a_vendor(&table->entry) &&
            !visit(&((const RvSensorRule *)g_ptr_array_index(table->sensors, 0))->column,
                   user_data))
            return FALSE;
    }
    for (guint i = 0; i < head->uses->len; i++) {
        const RvProfileHead *used = rv_profiles_find(profiles, g_ptr_array_index(head->uses, i));

        if (used != NULL && !each_table(profiles, used, seen, visit, user_data))
            return FALSE;
    }
    return TRUE;
}

typedef struct {
    RvHas has;
    gpointer user_data;
    guint enough; /* answered ones */
    guint tables, answered;
} Count;

static gboolean
count_table(const RvOid *column, gpointer user_data)
{
    Count *count = user_data;

    count->tables++;
    if (count->has != NULL && count->has(column, count->user_data))
        count->answered++;
    return count->answered < count->enough;
}

static Count
count_tables(RvProfiles *profiles, const RvProfileHead *head, guint enough, RvHas has,
             gpointer user_data)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Count count = {has, user_data, enough, 0, 0};

    if (head != NULL)
        each_table(profiles, head, seen, count_table, &count);
    return count;
}

/* So many tables a relative has to beat; G_MAXUINT: nothing serves better than `fitting`. */
static guint
to_beat(RvProfiles *profiles, const RvFittingFamily *fitting, RvHas has, gpointer user_data)
{
    Count own =
        count_tables(profiles, fitting->head, fitting->loose ? G_MAXUINT : 1, has, user_data);

    if (fitting->loose)
        return own.answered;
    return own.tables > 0 && own.answered == 0 ? 0 : G_MAXUINT;
}

static guint
common_length(const RvProfileHead *head, const RvOid *object_id)
{
    guint most = 0;

    for (guint i = 0; i < head->object_ids->len; i++) {
        const RvOid *prefix = &g_array_index(head->object_ids, RvOid, i);
        guint same = 0;

        while (same < prefix->length && same < object_id->length &&
               prefix->ids[same] == object_id->ids[same])
            same++;
        most = MAX(most, same);
    }
    return most;
}

/* A family of the device's vendor that could serve it. */
static gboolean
is_candidate(const RvProfileHead *head, const RvFittingFamily *fitting, const RvOid *enterprise,
             const char *lower)
{
    return head != fitting->head && head->role == RV_ROLE_FAMILY && !head->none && !head->any &&
           !rv_matching_any_glob(head->descr_not, lower, NULL) &&
           common_length(head, enterprise) == RV_ENTERPRISE_LENGTH;
}

static int
compare_worth(const Worth *a, const Worth *b)
{
    if (a->answered != b->answered)
        return a->answered < b->answered ? -1 : 1;
    if (a->described != b->described)
        return a->described < b->described ? -1 : 1;
    return a->common == b->common ? 0 : a->common < b->common ? -1 : 1;
}

RvProfileHead *
rv_relatives_choose(RvProfiles *profiles, const RvSelf *self, const char *lower,
                    const RvFittingFamily *fitting, RvHas has, gpointer user_data)
{
    RvProfileHead *best = NULL;
    Worth best_worth = {0};
    RvOid enterprise = {self->object_id.ids, RV_ENTERPRISE_LENGTH};

    if (!is_of_a_vendor(&self->object_id))
        return NULL;
    best_worth.answered = to_beat(profiles, fitting, has, user_data);
    best_worth.described = best_worth.common = G_MAXUINT;
    for (guint i = 0; best_worth.answered < G_MAXUINT && i < rv_profiles_count(profiles); i++) {
        RvProfileHead *head = rv_profiles_head(profiles, i);
        Worth worth;

        if (!is_candidate(head, fitting, &enterprise, lower) ||
            !rv_matching_has_all(head, has, user_data))
            continue;
        worth.answered = count_tables(profiles, head, G_MAXUINT, has, user_data).answered;
        worth.described = head->descr->len == 0 || rv_matching_any_glob(head->descr, lower, NULL);
        worth.common = common_length(head, &self->object_id);
        if (compare_worth(&worth, &best_worth) > 0) {
            best = head;
            best_worth = worth;
        }
    }
    return best;
}

static gboolean
add_probe(const RvOid *column, gpointer user_data)
{
    RvOid copy = rv_oid_copy(column);

    g_array_append_val((GArray *)user_data, copy);
    return TRUE;
}

void
rv_relatives_probes(RvProfiles *profiles, const RvSelf *self, const char *lower,
                    const RvFittingFamily *fitting, RvHas has, gpointer user_data, GArray *oids)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    RvOid enterprise = {self->object_id.ids, RV_ENTERPRISE_LENGTH};

    if (!is_of_a_vendor(&self->object_id) ||
        to_beat(profiles, fitting, has, user_data) == G_MAXUINT)
        return;
    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        RvProfileHead *head = rv_profiles_head(profiles, i);

        if (!is_candidate(head, fitting, &enterprise, lower))
            continue;
        for (guint j = 0; j < head->has->len; j++)
            add_probe(&g_array_index(head->has, RvOid, j), oids);
        each_table(profiles, head, seen, add_probe, oids);
    }
}
