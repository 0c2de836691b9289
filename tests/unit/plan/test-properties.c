/* Random calendars, devices and lives, each held against something slow and obvious. */
#include <string.h>

#include "plan/availability.h"
#include "plan/calendar.h"
#include "plan/dependency.h"
#include "plan/fault.h"

#define MINUTE ((gint64)60000)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* ---- calendars ---- */

/* Where something happens to clocks or years, and a moment near it. */
static const struct {
    const char *what, *zone;
    int year, month, day;
} places[] = {
    {"clocks go forward", "Europe/Berlin", 2026, 3, 29},
    {"clocks go back", "Europe/Berlin", 2026, 10, 25},
    {"by half an hour", "Australia/Lord_Howe", 2026, 4, 5},
    {"and forward again", "Australia/Lord_Howe", 2026, 10, 4},
    {"at midnight, so that there is none", "America/Sao_Paulo", 2018, 11, 4},
    {"back over midnight", "America/Sao_Paulo", 2018, 2, 18},
    {"a day that was left out", "Pacific/Apia", 2011, 12, 30},
    {"a year ends", "Asia/Shanghai", 2026, 12, 31},
    {"a leap day", "Asia/Shanghai", 2028, 2, 29},
    {"a year ends in winter time", "America/New_York", 2026, 12, 31},
};

/* Days from 0001-01-01, and the minute of the day: what a clock on the wall shows. */
static gint64
wall(GTimeZone *zone, gint64 ms)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    GDate date;
    int year, month, day;

    g_date_time_get_ymd(local, &year, &month, &day);
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return (gint64)g_date_get_julian(&date) * 1440 + g_date_time_get_hour(local) * 60 +
           g_date_time_get_minute(local);
}

typedef struct {
    RvCalendar *calendar;
    gint64 from_ms;
    GArray *walls; /* gint64, of each minute from from_ms */
    gboolean *covered;
    guint minutes;
} Week;

static void
make_calendar(Week *week, GRand *rand, guint place)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(places[place].zone);
    GDate date;
    int minute = 0;

    week->calendar = rv_calendar_new("random", zone);
    week->calendar->weekdays = (guint)g_rand_int_range(rand, 0, 128);
    rv_calendar_clear_hours(week->calendar);
    while (minute < 1440) {
        int from = g_rand_int_range(rand, minute, 1440);
        int until = g_rand_boolean(rand) ? 1440 : g_rand_int_range(rand, from + 1, 1441);

        g_assert_true(rv_calendar_add_hours(week->calendar, from, until));
        minute = until + 1;
    }
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)places[place].day, (GDateMonth)places[place].month,
                   (GDateYear)places[place].year);
    g_date_subtract_days(&date, 3);
    for (int i = 0; i < 7; i++, g_date_add_days(&date, 1)) {
        gboolean (*add)(RvCalendar *, int, int, int, const char *) =
            g_rand_boolean(rand) ? rv_calendar_add_holiday : rv_calendar_add_workday;

        if (g_rand_int_range(rand, 0, 3) == 0)
            g_assert_true(add(week->calendar, g_date_get_year(&date), (int)g_date_get_month(&date),
                              g_date_get_day(&date), ""));
    }
}

/* The first minute at which the wall shows that, or later. */
static guint
first_showing(const Week *week, gint64 moment)
{
    guint i = 0;

    while (i < week->minutes && g_array_index(week->walls, gint64, i) < moment)
        i++;
    return i;
}

static gboolean
works(const RvCalendar *calendar, guint32 julian)
{
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, julian);
    if (g_hash_table_contains(calendar->workdays, GUINT_TO_POINTER(julian)))
        return TRUE;
    return (calendar->weekdays & 1u << (g_date_get_weekday(&date) - G_DATE_MONDAY)) != 0 &&
           !g_hash_table_contains(calendar->holidays, GUINT_TO_POINTER(julian));
}

/* Minute by minute, by what the clock shows. */
static void
watch(Week *week)
{
    gint64 first = g_array_index(week->walls, gint64, 0) / 1440;
    gint64 last = g_array_index(week->walls, gint64, week->minutes - 1) / 1440;

    for (gint64 day = first; day <= last; day++) {
        if (!works(week->calendar, (guint32)day))
            continue;
        for (guint i = 0; i < week->calendar->hours->len; i++) {
            const RvDayHours *hours = &g_array_index(week->calendar->hours, RvDayHours, i);
            guint until = first_showing(week, day * 1440 + hours->until_minute);

            for (guint j = first_showing(week, day * 1440 + hours->from_minute); j < until; j++)
                week->covered[j] = TRUE;
        }
    }
}

static void
hold_spans(const Week *week)
{
    gint64 until_ms = week->from_ms + week->minutes * MINUTE;
    g_autoptr(GArray) spans = rv_calendar_spans(week->calendar, week->from_ms, until_ms);
    guint at = 0;

    for (guint i = 0; i < week->minutes; i++) {
        gint64 ms = week->from_ms + i * MINUTE;

        while (at < spans->len && g_array_index(spans, RvSpan, at).until_ms <= ms)
            at++;
        if ((at < spans->len && g_array_index(spans, RvSpan, at).from_ms <= ms) != week->covered[i])
            g_test_message("minute %u", i);
        g_assert_cmpint(at < spans->len && g_array_index(spans, RvSpan, at).from_ms <= ms, ==,
                        week->covered[i]);
    }
}

/* A clock that waits for so much covered time, from anywhere. */
static void
hold_clock(const Week *week, GRand *rand)
{
    guint from = (guint)g_rand_int_range(rand, 0, (gint32)week->minutes);
    guint until = (guint)g_rand_int_range(rand, (gint32)from, (gint32)week->minutes);
    gint64 from_ms = week->from_ms + from * MINUTE, until_ms = week->from_ms + until * MINUTE;
    gint64 sum = 0, due_ms;

    for (guint i = from; i < until; i++)
        sum += week->covered[i] ? MINUTE : 0;
    g_assert_cmpint(rv_calendar_between(week->calendar, from_ms, until_ms), ==, sum);
    if (sum == 0)
        return; /* due when service begins, however late that is */
    due_ms = rv_calendar_add(week->calendar, from_ms, sum);
    g_assert_cmpint(due_ms, <=, until_ms); /* the clock runs out when the last of it has passed */
    g_assert_cmpint(rv_calendar_between(week->calendar, from_ms, due_ms), ==, sum);
    g_assert_cmpint(rv_calendar_between(week->calendar, from_ms, due_ms - 1), ==, sum - 1);
}

static void
test_calendars(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (guint i = 0; i < 6 * G_N_ELEMENTS(places); i++) {
        guint place = i % G_N_ELEMENTS(places);
        Week week = {.minutes = 6 * 1440};

        g_test_message("%s", places[place].what);
        make_calendar(&week, rand, place);
        week.from_ms = rv_calendar_midnight_ms(week.calendar->zone, places[place].year,
                                               places[place].month, places[place].day) -
                       3 * DAY;
        week.walls = g_array_new(FALSE, FALSE, sizeof(gint64));
        week.covered = g_new0(gboolean, week.minutes);
        for (guint j = 0; j < week.minutes; j++) {
            gint64 shown = wall(week.calendar->zone, week.from_ms + j * MINUTE);

            g_array_append_val(week.walls, shown);
        }
        watch(&week);
        /* days that began before the first minute may reach into it */
        week.from_ms += DAY;
        memmove(week.covered, week.covered + 1440, (week.minutes - 1440) * sizeof *week.covered);
        week.minutes -= 2 * 1440;
        hold_spans(&week);
        for (int j = 0; j < 20; j++)
            hold_clock(&week, rand);
        g_array_unref(week.walls);
        g_free(week.covered);
        rv_calendar_free(week.calendar);
    }
}

/* ---- dependencies ---- */

#define DEVICES 10

typedef struct {
    char *names[DEVICES];
    char **parents[DEVICES];
    RvReached found[DEVICES];
} Tree;

/* Parents come before their children. */
static void
make_tree(Tree *tree, GRand *rand)
{
    for (guint i = 0; i < DEVICES; i++) {
        g_autoptr(GPtrArray) parents = g_ptr_array_new();

        tree->names[i] = g_strdup_printf("d%u", i);
        for (guint j = 0; j < i; j++) {
            if (g_rand_int_range(rand, 0, 4) == 0)
                g_ptr_array_add(parents, g_strdup(tree->names[j]));
        }
        g_ptr_array_add(parents, NULL);
        tree->parents[i] = g_strdupv((char **)parents->pdata);
        g_ptr_array_set_free_func(parents, g_free);
        tree->found[i] = (RvReached){
            .name = tree->names[i],
            .parents = tree->parents[i],
            .state = (RvReachability[]){RV_STATE_UP, RV_STATE_DOWN, RV_STATE_DOWN,
                                        RV_STATE_NOT_ASKED}[g_rand_int_range(rand, 0, 4)],
            .reason = g_rand_int_range(rand, 0, 8) > 0 ? RV_REASON_NO_ANSWER : RV_REASON_NO_ROUTE};
    }
}

static void
clear_tree(Tree *tree)
{
    for (guint i = 0; i < DEVICES; i++) {
        g_free(tree->names[i]);
        g_strfreev(tree->parents[i]);
    }
}

static const RvReached *
find_reached(const RvReached *devices, const char *name)
{
    for (guint i = 0; i < DEVICES; i++)
        if (strcmp(devices[i].name, name) == 0)
            return &devices[i];
    g_assert_not_reached();
}

static void
hold_states(const Tree *tree, const RvReached *resolved)
{
    guint asked = 0, without_route = 0;

    for (guint i = 0; i < DEVICES; i++) {
        asked += tree->found[i].state != RV_STATE_NOT_ASKED;
        without_route +=
            tree->found[i].state == RV_STATE_DOWN && tree->found[i].reason == RV_REASON_NO_ROUTE;
    }
    for (guint i = 0; i < DEVICES; i++) {
        const RvReached *found = &tree->found[i], *after = find_reached(resolved, found->name);
        gboolean alive = FALSE;

        for (char **parent = found->parents; *parent != NULL; parent++)
            alive |= find_reached(tree->found, *parent)->state != RV_STATE_DOWN;
        if (found->state != RV_STATE_DOWN)
            g_assert_cmpint(after->state, ==, found->state);
        else if (asked >= 2 && without_route == asked)
            g_assert_cmpint(after->state, ==, RV_STATE_BLIND);
        else
            g_assert_cmpint(after->state, ==,
                            found->parents[0] != NULL && !alive ? RV_STATE_UNREACHABLE
                                                                : RV_STATE_DOWN);
    }
}

static void
test_dependencies(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (int i = 0; i < 3000; i++) {
        RvReached resolved[DEVICES];
        Tree tree;

        make_tree(&tree, rand);
        if (i % 10 == 0) /* nobody has a route: a lost uplink */
            for (guint j = 0; j < DEVICES; j++)
                if (tree.found[j].state != RV_STATE_NOT_ASKED) {
                    tree.found[j].state = RV_STATE_DOWN;
                    tree.found[j].reason = RV_REASON_NO_ROUTE;
                }
        memcpy(resolved, tree.found, sizeof resolved);
        for (guint j = DEVICES; j > 1; j--) { /* in any order */
            guint other = (guint)g_rand_int_range(rand, 0, (gint32)j);
            RvReached one = resolved[j - 1];

            resolved[j - 1] = resolved[other];
            resolved[other] = one;
        }
        rv_dependency_resolve(resolved, DEVICES, NULL);
        hold_states(&tree, resolved);
        clear_tree(&tree);
    }
}

/* ---- redundant groups ---- */

#define MEMBERS 4
#define HOURS 48

static RvReachability
state_at(const GPtrArray *intervals, gint64 ms)
{
    for (guint i = 0; i < intervals->len; i++) {
        const RvInterval *one = g_ptr_array_index(intervals, i);

        if (one->from_ms <= ms && ms < one->until_ms)
            return one->state;
    }
    return RV_STATE_NOT_ASKED;
}

static GPtrArray *
make_member(GRand *rand)
{
    GPtrArray *intervals = g_ptr_array_new_with_free_func((GDestroyNotify)rv_interval_free);
    gint64 at = g_rand_int_range(rand, -5, 5);

    while (at < HOURS) {
        gint64 until = at + g_rand_int_range(rand, 1, 12);

        if (g_rand_int_range(rand, 0, 5) > 0) /* else nothing is known */
            g_ptr_array_add(intervals, rv_interval_new((RvReachability)g_rand_int_range(rand, 0, 4),
                                                       at * HOUR, until * HOUR));
        at = until;
    }
    return intervals;
}

static void
test_groups(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (int i = 0; i < 2000; i++) {
        g_autoptr(GPtrArray) members =
            g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
        guint needed = (guint)g_rand_int_range(rand, 1, MEMBERS + 1);
        g_autoptr(GPtrArray) group = NULL;

        for (int j = 0; j < MEMBERS; j++)
            g_ptr_array_add(members, make_member(rand));
        group = rv_availability_group(members, needed, 0, HOURS * HOUR);
        for (gint64 hour = 0; hour < HOURS; hour++) {
            guint up = 0, down = 0;
            RvReachability state = state_at(group, hour * HOUR);

            for (guint j = 0; j < MEMBERS; j++) {
                RvReachability one = state_at(g_ptr_array_index(members, j), hour * HOUR);

                up += one == RV_STATE_UP;
                down += one == RV_STATE_DOWN;
            }
            if (up >= needed)
                g_assert_cmpint(state, ==, RV_STATE_UP);
            else if (MEMBERS - down < needed)
                g_assert_cmpint(state, ==, RV_STATE_DOWN);
            else
                g_assert_true(state != RV_STATE_UP && state != RV_STATE_DOWN);
        }
    }
}

/* ---- faults of a device that flaps ---- */

typedef struct {
    RvFaultPolicy *policy;
    RvOpenFault *fault; /* NULL: none */
    guint opened, relapsed, recovered;
} Ledger;

/* What db/ does with what was decided. */
static void
write_down(Ledger *ledger, const GPtrArray *actions)
{
    for (guint i = 0; i < actions->len; i++) {
        const RvFaultAction *action = g_ptr_array_index(actions, i);

        if (action->kind == RV_FAULT_ACTION_OPEN) {
            g_assert_null(ledger->fault); /* never two of one cause */
            ledger->fault = g_new0(RvOpenFault, 1);
            ledger->fault->id = ++ledger->opened;
            ledger->fault->device = g_strdup(action->device);
            ledger->fault->cause = g_strdup(action->cause);
            ledger->fault->level = g_strdup(action->level);
            ledger->fault->opened_ms = action->time_ms;
        } else if (action->kind == RV_FAULT_ACTION_RECOVER) {
            g_assert_cmpint(ledger->fault->recovered_ms, ==, 0);
            g_assert_cmpint(action->time_ms, >=, ledger->fault->opened_ms);
            ledger->fault->recovered_ms = action->time_ms;
            ledger->recovered++;
        } else if (action->kind == RV_FAULT_ACTION_RELAPSE) {
            g_assert_cmpint(ledger->fault->recovered_ms, !=, 0);
            ledger->fault->recovered_ms = 0;
            ledger->relapsed++;
        }
    }
}

static void
sample(Ledger *ledger, RvDeviceNow *device, gboolean up, gint64 now_ms)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new();
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    g_autoptr(GPtrArray) actions = NULL;
    RvReachability state = up ? RV_STATE_UP : RV_STATE_DOWN;

    if (device->state != state) {
        device->since_ms = now_ms;
        device->samples = 0;
    }
    device->state = state;
    device->samples++;
    g_ptr_array_add(devices, device);
    if (ledger->fault != NULL)
        g_ptr_array_add(open, ledger->fault);
    actions = rv_fault_decide(ledger->policy, devices, open, now_ms);
    write_down(ledger, actions);
}

/* The default policy wants two samples in a row: the fault of a life is what its runs of silence
 * say. */
static void
test_flapping(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed((guint32)g_test_rand_int());

    for (int life = 0; life < 500; life++) {
        Ledger ledger = {.policy = rv_fault_policy_new_default()};
        RvDeviceNow *device = rv_device_now_new("a");
        guint run = 0, opened = 0, relapsed = 0, recovered = 0;
        gboolean lasts = FALSE;

        for (int i = 1; i < 200; i++) {
            gboolean up = g_rand_boolean(rand);

            run = up ? 0 : run + 1;
            if (run == 2) {
                *(opened == 0 ? &opened : &relapsed) += 1;
                lasts = TRUE;
            } else if (up && lasts) {
                recovered++;
                lasts = FALSE;
            }
            sample(&ledger, device, up, i * MINUTE);
            g_assert_cmpuint(ledger.opened, ==, opened);
            g_assert_cmpuint(ledger.relapsed, ==, relapsed);
            g_assert_cmpuint(ledger.recovered, ==, recovered);
        }
        rv_device_now_free(device);
        rv_open_fault_free(ledger.fault);
        rv_fault_policy_free(ledger.policy);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/properties/coverage is what the clock on the wall shows",
                    test_calendars);
    g_test_add_func("/plan/properties/who is down and who is only behind", test_dependencies);
    g_test_add_func("/plan/properties/redundant groups hour by hour", test_groups);
    g_test_add_func("/plan/properties/one fault however it flaps", test_flapping);
    return g_test_run();
}
