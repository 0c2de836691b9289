/* The fault ledger and maintenance, from stored observations on. */
#include <string.h>

#include "base/error.h"
#include "db/ledger.h"
#include "db/maintenance.h"
#include "made.h"

#define TEST(name, function)                                                                       \
    g_test_add("/db/ledger/" name, Place, NULL, place_open, function, place_close)

static RvInventory *
inventory_of(const char *names)
{
    RvInventory *inventory = rv_inventory_new();
    g_auto(GStrv) list = g_strsplit(names, " ", -1);

    for (char **name = list; *name != NULL; name++)
        g_ptr_array_add(inventory->devices, rv_device_new(*name));
    return inventory;
}

/* What an update did: "open a reachability 1" … */
static char *
update(Place *place, const RvInventory *inventory, gint64 s)
{
    g_autoptr(RvFaultPolicy) policy = rv_fault_policy_new_default();
    GError *error = NULL;
    g_autoptr(GPtrArray) done = rv_ledger_update(place->state, inventory, policy, s * 1000, &error);
    GString *text = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < done->len; i++) {
        const RvFaultAction *action = g_ptr_array_index(done, i);

        g_assert_cmpint(action->fault, !=, 0);
        g_string_append_printf(text, "%s%s %s %s", i > 0 ? "; " : "",
                               rv_fault_action_word(action->kind), action->device, action->cause);
    }
    return g_string_free(text, FALSE);
}

static void
assert_update(Place *place, const RvInventory *inventory, gint64 s, const char *expected)
{
    g_autofree char *text = update(place, inventory, s);

    g_assert_cmpstr(text, ==, expected);
}

static void
assert_trail(RvState *state, gint64 id, const char *expected)
{
    GError *error = NULL;
    g_autoptr(RvFault) fault = rv_ledger_get(state, id, &error);
    g_autoptr(GString) text = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < fault->trail->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               ((RvFaultEntry *)g_ptr_array_index(fault->trail, i))->action);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
test_outage(Place *place, gconstpointer unused)
{
    g_autoptr(RvInventory) inventory = inventory_of("a never");
    const RvResolution resolution = {"power cord pulled", "put back", "none"};
    GError *error = NULL;
    g_autoptr(RvFault) fault = NULL;

    store(place->state, made_sample("a", 60, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
    assert_update(place, inventory, 60, "");
    store(place->state, made_sample("a", 120, "snmp", RV_STATE_DOWN), RV_TASK_REACHABILITY);
    assert_update(place, inventory, 120, "");
    store(place->state, made_sample("a", 180, "snmp", RV_STATE_DOWN), RV_TASK_REACHABILITY);
    assert_update(place, inventory, 180, "open a reachability");
    assert_update(place, inventory, 180, "");
    g_assert_true(rv_ledger_acknowledge(place->state, 1, 190000, "li", "on my way", &error));
    store(place->state, made_sample("a", 240, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
    assert_update(place, inventory, 240, "recover a reachability");
    store(place->state, made_sample("a", 300, "snmp", RV_STATE_DOWN), RV_TASK_REACHABILITY);
    store(place->state, made_sample("a", 360, "snmp", RV_STATE_DOWN), RV_TASK_REACHABILITY);
    assert_update(place, inventory, 360, "relapse a reachability");
    g_assert_true(rv_ledger_resolve(place->state, 1, 370000, "li", &resolution, &error));
    assert_update(place, inventory, 375, ""); /* not asked since */
    store(place->state, made_sample("a", 420, "snmp", RV_STATE_UP), RV_TASK_REACHABILITY);
    assert_update(place, inventory, 420, "");
    assert_trail(place->state, 1, "open acknowledge recover relapse resolve");
    fault = rv_ledger_get(place->state, 1, &error);
    g_assert_cmpint(fault->opened_ms, ==, 120000); /* the first sample that was not answered */
    g_assert_cmpstr(fault->method, ==, "put back");
}

static void
test_resolved_but_still_bad(Place *place, gconstpointer unused)
{
    g_autoptr(RvInventory) inventory = inventory_of("a");
    const RvResolution resolution = {"x", "y", ""};
    GError *error = NULL;
    g_autoptr(RvFault) second = NULL;

    for (gint64 s = 60; s <= 180; s += 60)
        store(place->state, made_sample("a", s, "snmp", RV_STATE_DOWN), RV_TASK_REACHABILITY);
    assert_update(place, inventory, 180, "open a reachability");
    g_assert_true(rv_ledger_resolve(place->state, 1, 200000, "li", &resolution, &error));
    store(place->state, made_sample("a", 240, "snmp", RV_STATE_DOWN), RV_TASK_REACHABILITY);
    assert_update(place, inventory, 240, "open a reachability");
    second = rv_ledger_get(place->state, 2, &error);
    g_assert_cmpint(second->opened_ms, ==, 200000);
}

/* Three sensors of one part are one cause; the worst of them speaks. */
static void
test_part(Place *place, gconstpointer unused)
{
    g_autoptr(RvInventory) inventory = inventory_of("a");

    for (gint64 s = 300; s <= 900; s += 300) {
        RvObservation *sample = made_sample("a", s, "snmp", RV_STATE_UP);
        RvVerdict verdict = s < 900 ? RV_VERDICT_CRITICAL : RV_VERDICT_OK;

        made_sensor(sample, "psu-1/state", verdict)->component = g_strdup("psu-1");
        made_sensor(sample, "psu-1/voltage", verdict)->component = g_strdup("psu-1");
        made_sensor(sample, "inlet", RV_VERDICT_OK);
        store(place->state, sample, RV_TASK_HEALTH);
        assert_update(place, inventory, s,
                      s == 600   ? "open a part:psu-1"
                      : s == 900 ? "recover a part:psu-1"
                                 : "");
    }
}

static void
test_fold(Place *place, gconstpointer unused)
{
    g_autoptr(RvInventory) inventory = inventory_of("core leaf");
    RvDevice *leaf = g_ptr_array_index(inventory->devices, 1);

    g_strfreev(leaf->parents);
    leaf->parents = g_strsplit("core", " ", -1);
    for (gint64 s = 60; s <= 120; s += 60) {
        store(place->state, made_sample("core", s, "snmp", RV_STATE_DOWN), RV_TASK_REACHABILITY);
        store(place->state, made_sample("leaf", s, "snmp", RV_STATE_UNREACHABLE),
              RV_TASK_REACHABILITY);
    }
    assert_update(place, inventory, 120, "open core reachability; fold leaf reachability");
    assert_update(place, inventory, 120, "");
    assert_trail(place->state, 1, "open fold");
}

static void
test_by_hand(Place *place, gconstpointer unused)
{
    RvFault fault = {.kind = RV_FAULT_QUESTION,
                     .level = (char *)"3",
                     .title = (char *)"how is the array extended?",
                     .opened_ms = 1000,
                     .opened_by = (char *)"wang"};
    const RvResolution empty = {"", "", ""}, full = {"question", "answered", "none"};
    GError *error = NULL;
    g_autoptr(GPtrArray) open = NULL;

    g_assert_true(rv_ledger_open(place->state, &fault, &error));
    g_assert_true(rv_ledger_note(place->state, fault.id, 2000, "li", "asked the vendor", &error));
    g_assert_true(rv_ledger_plan(place->state, fault.id, 3000, "li", "call on Monday", &error));
    g_assert_false(rv_ledger_reported(place->state, fault.id, 3500, "li", &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
    g_clear_error(&error);
    g_assert_false(rv_ledger_resolve(place->state, fault.id, 4000, "li", &empty, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
    g_clear_error(&error);
    g_assert_true(rv_ledger_resolve(place->state, fault.id, 4000, "li", &full, &error));
    g_assert_false(rv_ledger_acknowledge(place->state, fault.id, 5000, "li", "", &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
    g_clear_error(&error);
    g_assert_true(rv_ledger_reported(place->state, fault.id, 6000, "li", &error));
    g_assert_false(rv_ledger_note(place->state, 99, 6000, "li", "?", &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
    g_clear_error(&error);
    assert_trail(place->state, fault.id, "open note plan resolve report");
    open = rv_ledger_open_faults(place->state, &error);
    g_assert_cmpuint(open->len, ==, 0);
}

/* ---- maintenance ---- */

#define HOUR ((gint64)3600000)

static RvMaintenance
window(const char *devices, gint64 from_ms, gint64 until_ms)
{
    return (RvMaintenance){.devices = (char *)devices,
                           .from_ms = from_ms,
                           .until_ms = until_ms,
                           .zone = (char *)"Europe/Berlin",
                           .numbers = TRUE,
                           .alarms = TRUE,
                           .who = (char *)"li",
                           .why = (char *)"firmware",
                           .made_ms = 1};
}

static guint
count_windows(RvState *state, const char *device, gint64 from_ms, gint64 until_ms)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) windows =
        rv_maintenance_windows(state, device, RV_MAINTENANCE_NUMBERS, from_ms, until_ms, &error);

    g_assert_no_error(error);
    return windows->len;
}

static void
test_windows(Place *place, gconstpointer unused)
{
    RvMaintenance once = window("db-*", 10 * HOUR, 12 * HOUR);
    GError *error = NULL;

    g_assert_true(rv_maintenance_add(place->state, &once, &error));
    g_assert_cmpuint(count_windows(place->state, "db-01", 0, 24 * HOUR), ==, 1);
    g_assert_cmpuint(count_windows(place->state, "web-01", 0, 24 * HOUR), ==, 0);
    g_assert_cmpuint(count_windows(place->state, "db-01", 12 * HOUR, 24 * HOUR), ==, 0);
    g_assert_true(rv_maintenance_end(place->state, once.id, 11 * HOUR, "li", &error));
    g_assert_cmpuint(count_windows(place->state, "db-01", 11 * HOUR, 24 * HOUR), ==, 0);
    g_assert_false(rv_maintenance_end(place->state, once.id, 11 * HOUR, "li", &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
    g_error_free(error);
}

/* Sundays at 4:30 for an hour, over the change to winter of 2026-10-25: the wall clock rules. */
static void
test_recurring(Place *place, gconstpointer unused)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");
    g_autoptr(GDateTime) first = g_date_time_new(zone, 2026, 10, 4, 4, 30, 0);
    g_autoptr(GDateTime) winter = g_date_time_new(zone, 2026, 11, 1, 4, 30, 0);
    gint64 from_ms = g_date_time_to_unix(first) * 1000;
    RvMaintenance weekly = window("*", from_ms, from_ms + HOUR);
    GError *error = NULL;
    g_autoptr(GPtrArray) windows = NULL;

    weekly.every_days = 7;
    weekly.last_ms = g_date_time_to_unix(winter) * 1000 + 1;
    g_assert_true(rv_maintenance_add(place->state, &weekly, &error));
    windows =
        rv_maintenance_windows(place->state, "a", RV_MAINTENANCE_NUMBERS, 0, G_MAXINT64, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(windows->len, ==, 5);
    g_assert_cmpint(((RvWindow *)g_ptr_array_index(windows, 4))->from_ms, ==,
                    g_date_time_to_unix(winter) * 1000);
    g_assert_cmpuint(
        count_windows(place->state, "a", from_ms + 7 * 24 * HOUR, from_ms + 8 * 24 * HOUR), ==, 1);
    g_assert_true(
        rv_maintenance_end(place->state, weekly.id, from_ms + 10 * 24 * HOUR, "li", &error));
    g_assert_cmpuint(count_windows(place->state, "a", 0, G_MAXINT64), ==, 2);
}

/* Every day at 2:30 over the day on which that comes twice, and the one on which it does not come.
 */
static void
test_recurring_at_the_change(Place *place, gconstpointer unused)
{
    static const struct {
        const char *first, *change; /* UTC */
    } rows[] = {{"2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z"},
                {"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z"}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GDateTime) first = g_date_time_new_from_iso8601(rows[i].first, NULL);
        g_autoptr(GDateTime) change = g_date_time_new_from_iso8601(rows[i].change, NULL);
        gint64 from_ms = g_date_time_to_unix(first) * 1000;
        RvMaintenance daily = window("*", from_ms, from_ms + HOUR / 2);
        g_autoptr(GPtrArray) windows =
            g_ptr_array_new_with_free_func((GDestroyNotify)rv_window_free);

        daily.every_days = 1;
        rv_maintenance_expand(&daily, from_ms, from_ms + 40 * HOUR, windows);
        g_assert_cmpuint(windows->len, ==, 2);
        g_assert_cmpint(((RvWindow *)g_ptr_array_index(windows, 0))->from_ms, ==, from_ms);
        g_assert_cmpint(((RvWindow *)g_ptr_array_index(windows, 1))->from_ms, ==,
                        g_date_time_to_unix(change) * 1000);
    }
}

static void
test_wrong_maintenance(Place *place, gconstpointer unused)
{
    RvMaintenance rows[] = {window("", 1, 2), window("*", 2, 2), window("*", 1, 30 * HOUR),
                            window("*", 1, 2)};

    rows[2].every_days = 1;
    rows[3].why = (char *)"";
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GError *error = NULL;

        g_assert_false(rv_maintenance_add(place->state, &rows[i], &error));
        g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
        g_error_free(error);
    }
}

static void
test_quiet(Place *place, gconstpointer unused)
{
    g_autoptr(RvInventory) inventory = inventory_of("a");
    RvMaintenance quiet = window("a", 30000, 250000);
    GError *error = NULL;
    g_autoptr(RvFault) fault = NULL;

    g_assert_true(rv_maintenance_add(place->state, &quiet, &error));
    for (gint64 s = 60; s <= 300; s += 60) {
        store(place->state, made_sample("a", s, "snmp", RV_STATE_DOWN), RV_TASK_REACHABILITY);
        assert_update(place, inventory, s, s < 300 ? "" : "open a reachability");
    }
    fault = rv_ledger_get(place->state, 1, &error);
    g_assert_cmpint(fault->opened_ms, ==, 250000); /* counts from the window's end */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("maintenance recurs over the changes of clocks", test_recurring_at_the_change);
    TEST("an outage from the first silence to the resolution", test_outage);
    TEST("what is resolved and still bad opens another", test_resolved_but_still_bad);
    TEST("sensors of one part are one cause", test_part);
    TEST("a child of a dead parent is written into the parent's trail, once", test_fold);
    TEST("by hand, step by step", test_by_hand);
    TEST("a window is for the devices it names, and can be ended", test_windows);
    TEST("a recurring window follows the wall clock", test_recurring);
    TEST("what is no maintenance is refused", test_wrong_maintenance);
    TEST("alarms are quiet in maintenance", test_quiet);
    return g_test_run();
}
