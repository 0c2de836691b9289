/* Faults: from how things are now to what the ledger is told, and the clocks. */
#include <string.h>

#include "plan/fault.h"

#define MINUTE ((gint64)60000)
#define HOUR (60 * MINUTE)
#define NOW (1000 * HOUR)

typedef struct {
    RvFaultPolicy *policy;
    GPtrArray *devices, *open;
} Room;

static void
room_open(Room *room, gconstpointer unused)
{
    room->policy = rv_fault_policy_new_default();
    room->devices = g_ptr_array_new_with_free_func((GDestroyNotify)rv_device_now_free);
    room->open = g_ptr_array_new_with_free_func((GDestroyNotify)rv_open_fault_free);
}

static void
room_close(Room *room, gconstpointer unused)
{
    rv_fault_policy_free(room->policy);
    g_ptr_array_unref(room->devices);
    g_ptr_array_unref(room->open);
}

static RvDeviceNow *
device(Room *room, const char *name, RvReachability state, gint64 minutes_ago, guint samples)
{
    RvDeviceNow *one = rv_device_now_new(name);

    one->state = state;
    one->since_ms = NOW - minutes_ago * MINUTE;
    one->samples = samples;
    one->health_ms = NOW;
    g_ptr_array_add(room->devices, one);
    return one;
}

static RvCondition *
condition(RvDeviceNow *of, const char *cause, RvVerdict status, gint64 minutes_ago, guint samples)
{
    RvCondition *one = rv_condition_new(cause, "psu", "PSU 1 is not well");

    one->status = status;
    one->from_ms = NOW - minutes_ago * MINUTE;
    one->samples = samples;
    g_ptr_array_add(of->conditions, one);
    return one;
}

static RvOpenFault *
fault(Room *room, gint64 id, const char *name, const char *cause, const char *level)
{
    RvOpenFault *one = g_new0(RvOpenFault, 1);

    one->id = id;
    one->device = g_strdup(name);
    one->cause = g_strdup(cause);
    one->level = g_strdup(level);
    one->opened_ms = NOW - 2 * HOUR;
    g_ptr_array_add(room->open, one);
    return one;
}

/* "open a reachability 1; fold b reachability a" */
static void
assert_actions(const Room *room, const char *expected)
{
    g_autoptr(GPtrArray) actions = rv_fault_decide(room->policy, room->devices, room->open, NOW);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < actions->len; i++) {
        const RvFaultAction *action = g_ptr_array_index(actions, i);

        g_string_append_printf(text, "%s%s %s %s%s%s%s%s", i > 0 ? "; " : "",
                               rv_fault_action_word(action->kind), action->device, action->cause,
                               action->level[0] != '\0' ? " " : "", action->level,
                               action->parent[0] != '\0' ? " " : "", action->parent);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static void
test_opening(Room *room, gconstpointer unused)
{
    RvDeviceNow *a;

    device(room, "once", RV_STATE_DOWN, 1, 1);
    device(room, "twice", RV_STATE_DOWN, 2, 2);
    device(room, "blind", RV_STATE_BLIND, 100, 9);
    device(room, "new", RV_STATE_NOT_ASKED, 0, 0);
    a = device(room, "a", RV_STATE_UP, 1000, 900);
    condition(a, "part:psu-1", RV_VERDICT_CRITICAL, 10, 2);
    condition(a, "part:psu-2", RV_VERDICT_CRITICAL, 5, 1);
    condition(a, "part:fan-1", RV_VERDICT_WARNING, 59, 12);
    condition(a, "part:fan-2", RV_VERDICT_WARNING, 60, 12);
    condition(a, "part:fan-3", RV_VERDICT_UNKNOWN, 600, 120);
    assert_actions(room, "open twice reachability 1; open a part:psu-1 2; open a part:fan-2 3");
}

static void
test_once(Room *room, gconstpointer unused)
{
    condition(device(room, "a", RV_STATE_UP, 1000, 900), "part:psu-1", RV_VERDICT_CRITICAL, 10, 2);
    fault(room, 7, "a", "part:psu-1", "2");
    assert_actions(room, "");
}

static void
test_worsen(Room *room, gconstpointer unused)
{
    condition(device(room, "a", RV_STATE_UP, 1000, 900), "part:psu-1", RV_VERDICT_CRITICAL, 10, 2);
    fault(room, 7, "a", "part:psu-1", "3");
    assert_actions(room, "worsen a part:psu-1 2");
}

static void
test_recovery(Room *room, gconstpointer unused)
{
    RvDeviceNow *a = device(room, "a", RV_STATE_UP, 10, 10);

    condition(a, "part:psu-1", RV_VERDICT_UNKNOWN, 10, 2);
    fault(room, 1, "a", RV_CAUSE_REACHABILITY, "1");
    fault(room, 2, "a", "part:psu-1", "2"); /* unknown is not well */
    fault(room, 3, "a", "part:psu-2", "2");
    fault(room, 4, "a", "", "2"); /* by hand: a person ends it */
    assert_actions(room, "recover a reachability; recover a part:psu-2");
    a->health_ms = NOW - 3 * HOUR; /* no health answer since the fault began */
    assert_actions(room, "recover a reachability");
    a->state = RV_STATE_DOWN;
    a->samples = 1;
    assert_actions(room, "");
}

static void
test_relapse(Room *room, gconstpointer unused)
{
    condition(device(room, "a", RV_STATE_UP, 1000, 900), "part:psu-1", RV_VERDICT_CRITICAL, 10, 2);
    fault(room, 7, "a", "part:psu-1", "2")->recovered_ms = NOW - HOUR;
    assert_actions(room, "relapse a part:psu-1");
}

static void
test_folding(Room *room, gconstpointer unused)
{
    static char *core[] = {(char *)"core", NULL};
    static char *access[] = {(char *)"access", NULL};
    static char *both[] = {(char *)"core", (char *)"core-2", NULL};
    RvDeviceNow *server;

    device(room, "core", RV_STATE_DOWN, 5, 5);
    device(room, "core-2", RV_STATE_UP, 500, 500);
    device(room, "access", RV_STATE_UNREACHABLE, 4, 4)->parents = core;
    server = device(room, "server", RV_STATE_DOWN, 4, 4);
    server->parents = access;
    condition(server, "part:psu-1", RV_VERDICT_CRITICAL, 100, 20); /* as last heard */
    device(room, "twin", RV_STATE_DOWN, 4, 4)->parents = both;
    assert_actions(room, "open core reachability 1; fold access reachability core; "
                         "fold server reachability core; open twin reachability 1");
}

static void
test_maintenance(Room *room, gconstpointer unused)
{
    RvDeviceNow *a = device(room, "a", RV_STATE_DOWN, 60, 60);
    g_autoptr(GPtrArray) actions = NULL;

    a->quiet = TRUE;
    assert_actions(room, "");
    a->quiet = FALSE;
    a->quiet_ms = NOW - 10 * MINUTE; /* it began in the window and outlived it */
    actions = rv_fault_decide(room->policy, room->devices, room->open, NOW);
    g_assert_cmpuint(actions->len, ==, 1);
    g_assert_cmpint(((RvFaultAction *)g_ptr_array_index(actions, 0))->time_ms, ==,
                    NOW - 10 * MINUTE);
}

static void
test_rules(Room *room, gconstpointer unused)
{
    RvFaultPolicy *policy = rv_fault_policy_new();
    RvFaultRule *rule;
    RvDeviceNow *lab = device(room, "lab-01", RV_STATE_UP, 100, 100);
    RvDeviceNow *gold = device(room, "db-01", RV_STATE_UP, 100, 100);

    rv_fault_policy_free(room->policy);
    room->policy = policy;
    rv_fault_policy_add_level(policy, "A", "worst");
    rv_fault_policy_add_level(policy, "B", "bad");
    rv_fault_policy_add_rule(policy, NULL)->devices = g_strdup("lab-*"); /* opens none */
    rule = rv_fault_policy_add_rule(policy, "A");
    rule->service_classes = g_strdup("gold");
    rule->what = g_strdup("psu");
    rule->status = RV_VERDICT_CRITICAL;
    rv_fault_policy_add_rule(policy, "B");
    gold->service_class = "gold";
    condition(lab, "part:psu-1", RV_VERDICT_CRITICAL, 10, 2);
    condition(gold, "part:psu-1", RV_VERDICT_CRITICAL, 10, 2);
    condition(gold, "part:psu-2", RV_VERDICT_WARNING, 10, 2);
    assert_actions(room, "open db-01 part:psu-1 A; open db-01 part:psu-2 B");
}

/* ---- clocks ---- */

typedef struct {
    const char *what;
    gint64 acknowledged_h, planned_h, resolved_h, reported_h, now_h; /* after the opening */
    const char *clocks; /* a letter each: - none, r runs, d done, B breached */
} ClockRow;

static const ClockRow clock_rows[] = {
    {"just opened", 0, 0, 0, 0, 0, "rrr-"},
    {"nobody came", 0, 0, 0, 0, 13, "BBr-"},
    {"nobody ever came", 0, 0, 0, 0, 17, "BBB-"},
    {"on the due hour is in time", 0, 0, 12, 0, 12, "Bddr"},
    {"resolved late, with a plan in time", 1, 15, 20, 0, 21, "BBdr"},
    {"the report in time", 0, 0, 2, 25, 30, "Bddd"},
    {"the report late", 0, 0, 2, 27, 30, "BddB"},
};

static void
test_clocks(void)
{
    g_autoptr(RvFaultPolicy) policy = rv_fault_policy_new_default();
    const RvFaultLevel *level = rv_fault_policy_level(policy, "1");

    for (gsize i = 0; i < G_N_ELEMENTS(clock_rows); i++) {
        const ClockRow *row = &clock_rows[i];
        RvFaultTimes times = {NOW, row->acknowledged_h != 0 ? NOW + row->acknowledged_h * HOUR : 0,
                              row->planned_h != 0 ? NOW + row->planned_h * HOUR : 0,
                              row->resolved_h != 0 ? NOW + row->resolved_h * HOUR : 0,
                              row->reported_h != 0 ? NOW + row->reported_h * HOUR : 0};
        RvClock clocks[RV_CLOCK_KINDS];
        char text[RV_CLOCK_KINDS + 1] = {0};

        g_test_message("%s", row->what);
        rv_fault_clocks(&times, level, NULL, NOW + row->now_h * HOUR, clocks);
        for (guint j = 0; j < RV_CLOCK_KINDS; j++)
            text[j] = !clocks[j].exists        ? '-'
                      : clocks[j].breached     ? 'B'
                      : clocks[j].done_ms != 0 ? 'd'
                                               : 'r';
        g_assert_cmpstr(text, ==, row->clocks);
    }
}

static void
test_clock_by_coverage(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    g_autoptr(RvCalendar) calendar = rv_calendar_new("5x8", zone);
    g_autoptr(GDateTime) friday = g_date_time_new(zone, 2026, 11, 20, 17, 0, 0);
    g_autoptr(GDateTime) tuesday = g_date_time_new(zone, 2026, 11, 24, 11, 0, 0);
    RvFaultLevel level = {.resolve_ms = 12 * HOUR, .by_coverage = TRUE};
    RvFaultTimes times = {.opened_ms = g_date_time_to_unix(friday) * 1000};
    RvClock clocks[RV_CLOCK_KINDS];

    rv_fault_clocks(&times, &level, calendar, times.opened_ms + 48 * HOUR, clocks);
    g_assert_cmpint(clocks[RV_CLOCK_RESOLVE].due_ms, ==, g_date_time_to_unix(tuesday) * 1000);
    g_assert_cmpint(clocks[RV_CLOCK_RESOLVE].left_ms, ==, 11 * HOUR); /* Sunday: an hour is gone */
    g_assert_false(clocks[RV_CLOCK_RESOLVE].breached);
    g_assert_false(clocks[RV_CLOCK_RESPOND].exists);
}

#define TEST(name, function)                                                                       \
    g_test_add("/plan/fault/" name, Room, NULL, room_open, function, room_close)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("what lasts opens one", test_opening);
    TEST("a cause opens one fault only", test_once);
    TEST("a warning that turns critical worsens its fault", test_worsen);
    TEST("what is seen well again recovers", test_recovery);
    TEST("what comes back before it is resolved relapses", test_relapse);
    TEST("children of dead parents are folded in", test_folding);
    TEST("maintenance opens nothing, and what outlives it counts from its end", test_maintenance);
    TEST("the first rule that fits decides", test_rules);
    g_test_add_func("/plan/fault/clocks", test_clocks);
    g_test_add_func("/plan/fault/clocks stand still outside coverage", test_clock_by_coverage);
    return g_test_run();
}
