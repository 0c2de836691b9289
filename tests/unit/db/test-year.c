/* A year of a small room under a simulated clock, sampled every hour: what the ledger and the
 * availability say at its end is what the script of that year says. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "db/ledger.h"
#include "db/maintenance.h"
#include "made.h"
#include "plan/availability.h"

#define HOUR ((gint64)3600000)
#define HOURS (365 * 24)
#define BEGIN (1767196800 * (gint64)1000) /* 2026-01-01 00:00 in China */

/* ---- the script: hours from the beginning of the year ---- */

typedef enum { DOWN, BEHIND, WARNING, CRITICAL, POLLER_STOPPED } Event;

static const struct {
    Event event;
    const char *device, *sensor;
    int from_h, until_h;
} script[] = {
    {DOWN, "core", NULL, 1000, 1006},
    {BEHIND, "leaf", NULL, 1000, 1006},
    {CRITICAL, "db", "psu-1/state", 2000, 2010},
    {CRITICAL, "db", "psu-1/voltage", 2000, 2009},
    {DOWN, "web", NULL, 3000, 3001}, /* flapping: never two samples in a row */
    {DOWN, "web", NULL, 3002, 3003},
    {DOWN, "web", NULL, 3004, 3005},
    {POLLER_STOPPED, NULL, NULL, 4000, 4030},
    {DOWN, "leaf", NULL, 5002, 5012}, /* its maintenance ends at 5008 */
    {WARNING, "db", "fan-1/speed", 6000, 6100},
    {WARNING, "db", "disk-3/state", 7000, 7010},
    {CRITICAL, "db", "disk-3/state", 7010, 7020},
    {DOWN, "web", NULL, 8000, 8020},
    {WARNING, "web", "fan-1/speed", 8500, 8501}, /* gone before the hour is over twice */
};

static const char *const devices[] = {"core", "leaf", "db", "web"};
static const char *const sensors[] = {"psu-1/state", "psu-1/voltage", "fan-1/speed",
                                      "disk-3/state"};

typedef enum { ACKNOWLEDGE, PLAN, RESOLVE, HAND_OVER } Deed;

static const struct {
    Deed deed;
    gint64 fault;
    int at_h;
} deeds[] = {
    {ACKNOWLEDGE, 2, 2002}, {RESOLVE, 2, 2012}, {HAND_OVER, 2, 2030}, {ACKNOWLEDGE, 6, 8002},
    {PLAN, 6, 8015},        {RESOLVE, 6, 8021}, {HAND_OVER, 6, 8050},
};

/* Hour of opening, device, cause, level; recovery; clocks respond, resolve, plan, report at the
 * end of the year (k kept, B breached, - none). */
static const char expected[] = "1: 1000 core reachability 1 recovered 1006 BBB- folds leaf\n"
                               "2: 2000 db part:psu-1 2 recovered 2010 Bkkk\n"
                               "3: 5008 leaf reachability 1 recovered 5012 BBB-\n"
                               "4: 6000 db part:fan-1 3 recovered 6100 BBB-\n"
                               "5: 7000 db part:disk-3 2 recovered 7020 BBB-\n"
                               "6: 8000 web reachability 1 recovered 8020 BBkB\n";

/* Hours of the year: up, down, not observed, maintenance. A sample holds for the hour after it. */
static const struct {
    const char *device;
    int down_h, dark_h, maintenance_h;
    guint outages;
} years[] = {
    {"core", 6, 31, 0, 1},
    {"leaf", 4, 31 + 6, 8, 1}, /* 5008 to 5012: the rest was maintenance, or behind core */
    {"db", 0, 31, 0, 0},
    {"web", 3 + 20, 31, 0, 4},
};

/* ---- living it ---- */

static gboolean
holds(Event event, const char *device, const char *sensor, int hour)
{
    for (gsize i = 0; i < G_N_ELEMENTS(script); i++) {
        if (script[i].event == event && g_strcmp0(script[i].device, device) == 0 &&
            (sensor == NULL || g_strcmp0(script[i].sensor, sensor) == 0) &&
            script[i].from_h <= hour && hour < script[i].until_h)
            return TRUE;
    }
    return FALSE;
}

static void
sample(RvState *state, const char *device, int hour)
{
    const RvStoreContext context = {.tasks = RV_TASK_REACHABILITY | RV_TASK_HEALTH,
                                    .reachability_interval_ms = HOUR,
                                    .health_interval_ms = HOUR};
    RvReachability how = holds(DOWN, device, NULL, hour)     ? RV_STATE_DOWN
                         : holds(BEHIND, device, NULL, hour) ? RV_STATE_UNREACHABLE
                                                             : RV_STATE_UP;
    g_autoptr(RvObservation) one = made_sample(device, 0, "snmp", how);
    GError *error = NULL;

    one->taken_at_ms = BEGIN + hour * HOUR;
    for (gsize i = 0; how == RV_STATE_UP && i < G_N_ELEMENTS(sensors); i++) {
        RvVerdict status = holds(CRITICAL, device, sensors[i], hour)  ? RV_VERDICT_CRITICAL
                           : holds(WARNING, device, sensors[i], hour) ? RV_VERDICT_WARNING
                                                                      : RV_VERDICT_OK;

        made_sensor(one, sensors[i], status)->component =
            g_strndup(sensors[i], strcspn(sensors[i], "/"));
    }
    rv_state_store_observation(state, one, &context, &error);
    g_assert_no_error(error);
}

static void
do_deeds(RvState *state, int hour)
{
    const RvResolution resolution = {"worn out", "replaced", "none"};
    gint64 now_ms = BEGIN + hour * HOUR;
    GError *error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(deeds); i++) {
        if (deeds[i].at_h != hour)
            continue;
        switch (deeds[i].deed) {
        case ACKNOWLEDGE:
            rv_ledger_acknowledge(state, deeds[i].fault, now_ms, "li", "", &error);
            break;
        case PLAN:
            rv_ledger_plan(state, deeds[i].fault, now_ms, "li", "bring a spare", &error);
            break;
        case RESOLVE:
            rv_ledger_resolve(state, deeds[i].fault, now_ms, "li", &resolution, &error);
            break;
        case HAND_OVER:
            rv_ledger_reported(state, deeds[i].fault, now_ms, "li", &error);
            break;
        }
        g_assert_no_error(error);
    }
}

static RvInventory *
make_inventory(void)
{
    RvInventory *inventory = rv_inventory_new();

    for (gsize i = 0; i < G_N_ELEMENTS(devices); i++) {
        RvDevice *device = rv_device_new(devices[i]);

        if (strcmp(devices[i], "leaf") == 0) {
            g_strfreev(device->parents);
            device->parents = g_strsplit("core", " ", -1);
        }
        g_ptr_array_add(inventory->devices, device);
    }
    return inventory;
}

static void
live(RvState *state)
{
    g_autoptr(RvInventory) inventory = make_inventory();
    g_autoptr(RvFaultPolicy) policy = rv_fault_policy_new_default();
    GError *error = NULL;

    for (int hour = 0; hour <= HOURS; hour++) {
        do_deeds(state, hour);
        if (holds(POLLER_STOPPED, NULL, NULL, hour))
            continue;
        for (gsize i = 0; i < G_N_ELEMENTS(devices); i++)
            sample(state, devices[i], hour);
        g_ptr_array_unref(rv_ledger_update(state, inventory, policy, BEGIN + hour * HOUR, &error));
        g_assert_no_error(error);
    }
}

/* ---- looking back ---- */

static int
hour_of(gint64 ms)
{
    return (int)((ms - BEGIN) / HOUR);
}

static void
describe_clocks(const RvFault *fault, GString *text)
{
    g_autoptr(RvFaultPolicy) policy = rv_fault_policy_new_default();
    RvFaultTimes times = rv_fault_times(fault);
    RvClock clocks[RV_CLOCK_KINDS];

    rv_fault_clocks(&times, rv_fault_policy_level(policy, fault->level), NULL, BEGIN + HOURS * HOUR,
                    clocks);
    for (guint i = 0; i < RV_CLOCK_KINDS; i++)
        g_string_append_c(text, !clocks[i].exists ? '-' : clocks[i].breached ? 'B' : 'k');
}

static void
describe(RvState *state, gint64 id, GString *text)
{
    GError *error = NULL;
    g_autoptr(RvFault) fault = rv_ledger_get(state, id, &error);

    g_assert_no_error(error);
    g_string_append_printf(text, "%d: %d %s %s %s recovered %d ", (int)fault->id,
                           hour_of(fault->opened_ms), fault->device, fault->cause, fault->level,
                           hour_of(fault->recovered_ms));
    describe_clocks(fault, text);
    for (guint i = 0; i < fault->trail->len; i++) {
        const RvFaultEntry *entry = g_ptr_array_index(fault->trail, i);

        if (strcmp(entry->action, "fold") == 0)
            g_string_append_printf(text, " folds %.*s", (int)strcspn(entry->text, " "),
                                   entry->text);
    }
    g_string_append_c(text, '\n');
}

static void
assert_ledger(RvState *state)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) faults = rv_ledger_list(state, NULL, 0, G_MAXINT64, &error);
    g_autoptr(GString) text = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < faults->len; i++)
        describe(state, ((RvFault *)g_ptr_array_index(faults, i))->id, text);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
assert_year(RvState *state, gsize row)
{
    GError *error = NULL;
    gint64 until_ms = BEGIN + HOURS * HOUR;
    g_autoptr(GPtrArray) intervals =
        rv_state_reachability(state, years[row].device, NULL, BEGIN, until_ms, &error);
    g_autoptr(GPtrArray) windows = rv_maintenance_windows(
        state, years[row].device, RV_MAINTENANCE_NUMBERS, BEGIN, until_ms, &error);
    const RvAvailabilityTerms terms = {
        .from_ms = BEGIN, .until_ms = until_ms, .maintenance = windows, .target = NAN};
    g_autoptr(RvAvailability) year = NULL;

    g_assert_no_error(error);
    year = rv_availability(intervals, &terms);
    g_test_message("%s", years[row].device);
    g_assert_cmpint(year->down_ms, ==, years[row].down_h * HOUR);
    g_assert_cmpint(year->not_observed_ms, ==, years[row].dark_h * HOUR);
    g_assert_cmpint(year->sum_ms[RV_PIECE_MAINTENANCE], ==, years[row].maintenance_h * HOUR);
    g_assert_cmpuint(year->outages, ==, years[row].outages);
}

static void
test_year(Place *place, gconstpointer unused)
{
    RvMaintenance window = {.devices = (char *)"leaf",
                            .from_ms = BEGIN + 5000 * HOUR,
                            .until_ms = BEGIN + 5008 * HOUR,
                            .numbers = TRUE,
                            .alarms = TRUE,
                            .who = (char *)"li",
                            .why = (char *)"new line cards",
                            .made_ms = BEGIN};
    GError *error = NULL;
    g_autoptr(GPtrArray) sentences = NULL;

    g_assert_true(rv_maintenance_add(place->state, &window, &error));
    live(place->state);
    assert_ledger(place->state);
    for (gsize i = 0; i < G_N_ELEMENTS(years); i++)
        assert_year(place->state, i);
    sentences = rv_state_verify(place->state, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(sentences->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/db/year/is as its script says", Place, NULL, place_open, test_year, place_close);
    return g_test_run();
}
