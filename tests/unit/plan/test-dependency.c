/* Dependencies: rounds as found, and as they are meant. */
#include <string.h>

#include "plan/dependency.h"

/* "core:d leaf(core):d": u up, d down, r down without route, - not asked; then u, d, n
 * (unreachable), b (blind), -. */
static const struct {
    const char *what, *round, *before, *after;
} rows[] = {
    {"all is well", "core:u leaf(core):u", "", "uu"},
    {"a leaf is down", "core:u leaf(core):d", "", "ud"},
    {"behind a dead core", "core:d leaf(core):d", "", "dn"},
    {"whatever the order", "leaf(core):d core:d", "", "nd"},
    {"two levels down", "core:d leaf(core):d srv(leaf):d", "", "dnn"},
    {"one of two parents lives", "a:d b:u leaf(a,b):d", "", "dud"},
    {"both are dead", "a:d b:d leaf(a,b):d", "", "ddn"},
    {"a parent that nobody knows lives", "leaf(gone):d", "", "d"},
    {"a parent not asked, dead before", "core:- leaf(core):d", "core:d", "-n"},
    {"a parent not in this round, dead before", "leaf(core):d", "core:d", "n"},
    {"a parent not asked, alive before", "core:- leaf(core):d", "core:u", "-d"},
    {"a child that answers behind a dead parent is up", "core:d leaf(core):u", "", "du"},
    {"no route to anyone: it is us", "core:r leaf(core):r", "", "bb"},
    {"no route to some", "a:r b:u", "", "du"},
    {"no route to one alone says nothing", "a:r b:-", "", "d-"},
    {"silence is not no route", "a:d b:r", "", "dd"},
};

static RvReached
parse(char *word)
{
    char *state = strrchr(word, ':'), *parents = strchr(word, '(');
    RvReached one = {.name = word, .state = RV_STATE_DOWN, .reason = RV_REASON_NO_ANSWER};

    if (state[1] == 'u')
        one.state = RV_STATE_UP;
    else if (state[1] == '-')
        one.state = RV_STATE_NOT_ASKED;
    else if (state[1] == 'r')
        one.reason = RV_REASON_NO_ROUTE;
    *state = '\0';
    if (parents != NULL) {
        parents[strlen(parents) - 1] = '\0';
        one.parents = g_strsplit(parents + 1, ",", -1);
        *parents = '\0';
    }
    return one;
}

static GHashTable *
parse_before(char **words)
{
    GHashTable *before = g_hash_table_new(g_str_hash, g_str_equal);

    for (char **word = words; *word != NULL; word++) {
        RvReached one = parse(*word);

        g_hash_table_insert(before, (gpointer)one.name, GINT_TO_POINTER((int)one.state + 1));
    }
    return before;
}

static void
test_rounds(void)
{
    static const char letters[] = "udnb-"; /* in the order of RvReachability */

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) words = g_strsplit(rows[i].round, " ", -1);
        g_auto(GStrv) earlier = g_strsplit(rows[i].before, " ", rows[i].before[0] != '\0' ? -1 : 0);
        g_autoptr(GHashTable) before = parse_before(earlier);
        guint count = g_strv_length(words);
        RvReached devices[8];
        char text[9] = {0};

        g_test_message("%s", rows[i].what);
        for (guint j = 0; j < count; j++)
            devices[j] = parse(words[j]);
        rv_dependency_resolve(devices, count, before);
        for (guint j = 0; j < count; j++) {
            text[j] = letters[devices[j].state];
            g_strfreev(devices[j].parents);
        }
        g_assert_cmpstr(text, ==, rows[i].after);
    }
}

static void
test_apply(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    RvProtocol *protocol = rv_observation_add_protocol(observation, "snmp");

    protocol->state = RV_STATE_DOWN;
    protocol->reason = RV_REASON_NO_ANSWER;
    rv_dependency_apply(observation, RV_STATE_DOWN);
    g_assert_cmpint(rv_observation_reachability(observation), ==, RV_STATE_DOWN);
    rv_dependency_apply(observation, RV_STATE_UNREACHABLE);
    g_assert_cmpint(rv_observation_reachability(observation), ==, RV_STATE_UNREACHABLE);
    g_assert_cmpstr(protocol->detail, ==, "all its parents are down");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/dependency/rounds", test_rounds);
    g_test_add_func("/plan/dependency/an observation says it", test_apply);
    return g_test_run();
}
