/* Makes a state file out of a random but seeded life of a machine room, and prints what the program
 * computes from it, one JSON object a line, for recompute.py to hold against its own.
 *
 * make-journal STATE.DB SEED */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/maintenance.h"
#include "db/state.h"
#include "plan/availability.h"
#include "plan/calendar.h"

#define DEVICES 6
#define STEP_S 600        /* between two samples */
#define FROM_S 1759161600 /* 2025-09-29T16:00Z: two days before October in China */
#define UNTIL_S (FROM_S + (gint64)36 * 86400)
#define ZONE "Asia/Shanghai"

typedef struct {
    RvState *state;
    GRand *rand;
    char name[16];
    RvReachability now;
    gint64 booted_s;
} Life;

static void
fail(const GError *error)
{
    fprintf(stderr, "make-journal: %s\n", error->message);
    exit(1);
}

static gboolean
chance(Life *life, double probability)
{
    return g_rand_double(life->rand) < probability;
}

static void
store(Life *life, gint64 s)
{
    const RvStoreContext context = {.tasks = RV_TASK_REACHABILITY,
                                    .reachability_interval_ms = STEP_S * 1000};
    g_autoptr(RvObservation) sample = rv_observation_new();
    RvProtocol *protocol = rv_observation_add_protocol(sample, "snmp");
    GError *error = NULL;

    g_free(sample->device.name);
    sample->device.name = g_strdup(life->name);
    sample->taken_at_ms = s * 1000 + g_rand_int_range(life->rand, 0, 20000);
    protocol->state = life->now;
    protocol->reason = life->now == RV_STATE_DOWN ? RV_REASON_NO_ANSWER : RV_REASON_NONE;
    if (life->now == RV_STATE_UP)
        sample->device.uptime_seconds = s - life->booted_s;
    if (!rv_state_store_observation(life->state, sample, &context, &error))
        fail(error);
}

/* Long good times, outages, restarts, flapping, blindness, the poller stopped. */
static void
live(Life *life)
{
    gint64 stopped_until_s = 0;

    life->now = RV_STATE_UP;
    life->booted_s = FROM_S - 86400;
    for (gint64 s = FROM_S; s < UNTIL_S; s += STEP_S) {
        if (s < stopped_until_s)
            continue;
        if (chance(life, 0.002))
            stopped_until_s = s + g_rand_int_range(life->rand, 1, 20) * 3600;
        if (life->now != RV_STATE_UP && chance(life, 0.2))
            life->now = RV_STATE_UP;
        else if (life->now == RV_STATE_UP && chance(life, 0.01))
            life->now = (RvReachability)g_rand_int_range(life->rand, 1, 5);
        if (life->now == RV_STATE_UP && chance(life, 0.004))
            life->booted_s = s - g_rand_int_range(life->rand, 1, STEP_S);
        store(life, s);
        if (chance(life, 0.003))
            store(life, s - 5 * STEP_S); /* late */
    }
}

static void
plan_maintenance(RvState *state, GRand *rand)
{
    for (int i = 0; i < 8; i++) {
        gint64 from_ms =
            (FROM_S + g_rand_int_range(rand, 0, (gint32)(UNTIL_S - FROM_S))) * (gint64)1000;
        gint64 until_ms = from_ms + (gint64)g_rand_int_range(rand, 60, 8 * 3600) * 1000;
        RvMaintenance one = {.devices = (char *)(i % 2 == 0 ? "*" : "device-?"),
                             .from_ms = from_ms,
                             .until_ms = until_ms,
                             .every_days = i % 3 == 0 ? (guint)i + 1 : 0,
                             .zone = (char *)ZONE,
                             .numbers = i != 5,
                             .alarms = TRUE,
                             .who = (char *)"li",
                             .why = (char *)"planned",
                             .made_ms = from_ms};
        GError *error = NULL;

        if (!rv_maintenance_add(state, &one, &error))
            fail(error);
        if (i == 3 && !rv_maintenance_end(state, one.id, from_ms + 30000, "li", &error))
            fail(error);
    }
}

static void
print_result(const char *device, const char *coverage, const RvPeriod *period,
             const RvAvailability *result)
{
    json_t *json = json_object();

    json_object_set_new(json, "device", json_string(device));
    json_object_set_new(json, "period", json_string(period->label));
    json_object_set_new(json, "coverage", json_string(coverage));
    json_object_set_new(json, "target", json_real(result->target));
    json_object_set_new(json, "period_ms", json_integer(result->period_ms));
    json_object_set_new(json, "agreed_ms", json_integer(result->agreed_ms));
    json_object_set_new(json, "up_ms", json_integer(result->up_ms));
    json_object_set_new(json, "down_ms", json_integer(result->down_ms));
    json_object_set_new(json, "not_observed_ms", json_integer(result->not_observed_ms));
    json_object_set_new(json, "maintenance_ms", json_integer(result->sum_ms[RV_PIECE_MAINTENANCE]));
    json_object_set_new(json, "promise", json_string(rv_promise_word(result->promise)));
    json_dumpf(json, stdout, JSON_COMPACT | JSON_REAL_PRECISION(12));
    putchar('\n');
    json_decref(json);
}

static void
compute(RvState *state, const char *device, const RvCalendar *calendar, const RvPeriod *period,
        double target)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) intervals =
        rv_state_reachability(state, device, NULL, period->from_ms, period->until_ms, &error);
    g_autoptr(GPtrArray) windows = NULL;
    g_autoptr(GArray) coverage = NULL;
    g_autoptr(RvAvailability) result = NULL;
    RvAvailabilityTerms terms = {
        .from_ms = period->from_ms, .until_ms = period->until_ms, .target = target};

    if (intervals == NULL)
        fail(error);
    windows = rv_maintenance_windows(state, device, RV_MAINTENANCE_NUMBERS, period->from_ms,
                                     period->until_ms, &error);
    if (windows == NULL)
        fail(error);
    coverage = rv_calendar_spans(calendar, period->from_ms, period->until_ms);
    terms.coverage = coverage;
    terms.maintenance = windows;
    result = rv_availability(intervals, &terms);
    print_result(device, calendar->name, period, result);
}

int
main(int argc, char **argv)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(ZONE);
    g_autoptr(RvCalendar) always = rv_calendar_new_always("7x24", zone);
    g_autoptr(RvCalendar) office = rv_calendar_new("5x8", zone);
    g_autoptr(RvState) state = NULL;
    GError *error = NULL;
    Life life = {0};
    RvPeriod period;

    if (argc != 3)
        return 64;
    state = rv_state_open(argv[1], RV_STATE_MODE_WRITE, &error);
    if (state == NULL)
        fail(error);
    life.state = state;
    life.rand = g_rand_new_with_seed((guint32)atoi(argv[2]));
    /* National Day of 2025, and a day made up for */
    for (int day = 1; day <= 8; day++)
        rv_calendar_add_holiday(office, 2025, 10, day, "国庆节");
    rv_calendar_add_workday(office, 2025, 10, 11, "调休");
    plan_maintenance(state, life.rand);
    for (int i = 0; i < DEVICES; i++) {
        g_snprintf(life.name, sizeof life.name, "device-%d", i);
        live(&life);
    }
    for (int i = 0; i < DEVICES; i++) {
        g_snprintf(life.name, sizeof life.name, "device-%d", i);
        rv_period_parse(RV_PERIOD_MONTH, "2025-10", zone, NULL, &period, NULL);
        compute(state, life.name, always, &period, 0.95);
        compute(state, life.name, office, &period, 0.99);
        rv_period_parse(RV_PERIOD_DAY, "2025-10-17", zone, NULL, &period, NULL);
        compute(state, life.name, always, &period, 0.999);
    }
    g_rand_free(life.rand);
    return 0;
}
