#include "plan/dependency.h"

#define WITNESSES_MINIMUM 2

static gboolean
is_ours(RvReason reason)
{
    return reason == RV_REASON_NO_ROUTE || reason == RV_REASON_NAME;
}

gboolean
rv_dependency_cut_off(const RvReached *devices, guint count)
{
    guint witnesses = 0;

    for (guint i = 0; i < count; i++) {
        if (devices[i].state == RV_STATE_NOT_ASKED)
            continue;
        if (devices[i].state == RV_STATE_UP || !is_ours(devices[i].reason))
            return FALSE;
        witnesses++;
    }
    return witnesses >= WITNESSES_MINIMUM;
}

static gboolean
is_dead(RvReachability state)
{
    return state == RV_STATE_DOWN || state == RV_STATE_UNREACHABLE;
}

/* States as found, by name: what resolving changes does not hang on the order of the list. */
static GHashTable *
index_states(const RvReached *devices, guint count, GHashTable *before)
{
    GHashTable *states = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < count; i++) {
        gpointer state = GINT_TO_POINTER((int)devices[i].state + 1);
        gpointer earlier = before != NULL ? g_hash_table_lookup(before, devices[i].name) : NULL;

        if (devices[i].state == RV_STATE_NOT_ASKED && earlier != NULL)
            state = earlier;
        g_hash_table_insert(states, (gpointer)devices[i].name, state);
    }
    return states;
}

static gboolean
all_dead(char **parents, GHashTable *states, GHashTable *before)
{
    for (char **parent = parents; *parent != NULL; parent++) {
        int state = GPOINTER_TO_INT(g_hash_table_lookup(states, *parent));

        if (state == 0 && before != NULL)
            state = GPOINTER_TO_INT(g_hash_table_lookup(before, *parent));
        if (state == 0 || !is_dead((RvReachability)(state - 1)))
            return FALSE;
    }
    return TRUE;
}

void
rv_dependency_resolve(RvReached *devices, guint count, GHashTable *before)
{
    g_autoptr(GHashTable) states = index_states(devices, count, before);
    gboolean cut_off = rv_dependency_cut_off(devices, count);

    for (guint i = 0; i < count; i++) {
        RvReached *one = &devices[i];

        if (one->state != RV_STATE_DOWN)
            continue;
        if (cut_off)
            one->state = RV_STATE_BLIND;
        else if (one->parents != NULL && one->parents[0] != NULL &&
                 all_dead(one->parents, states, before))
            one->state = RV_STATE_UNREACHABLE;
    }
}

void
rv_dependency_apply(RvObservation *observation, RvReachability state)
{
    const char *why =
        state == RV_STATE_BLIND ? "we have no network ourselves" : "all its parents are down";

    if (state != RV_STATE_BLIND && state != RV_STATE_UNREACHABLE)
        return;
    for (guint i = 0; i < observation->protocols->len; i++) {
        RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state != RV_STATE_DOWN)
            continue;
        protocol->state = state;
        g_free(protocol->detail);
        protocol->detail = g_strdup(why);
    }
}
