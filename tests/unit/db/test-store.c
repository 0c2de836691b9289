/* What a judged observation leaves in the tables. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "db/sql.h"
#include "made.h"
#include "observation/words.h"
#include "plan/availability.h"

#define TEST(name, function)                                                                       \
    g_test_add("/db/store/" name, Place, NULL, place_open, function, place_close)

/* ---- reachability ---- */

typedef struct {
    const char *what;
    const char *samples; /* letters u d n b and the second, sampled every 60 s */
    const char *intervals;
} Row;

static const Row rows[] = {
    {"one sample knows an instant", "u0", "up 0-0"},
    {"equal samples extend", "u0 u60 u120", "up 0-120"},
    {"a sample holds until the next", "u0 u60 d120 d180 u240", "up 0-120 down 120-240 up 240-240"},
    {"two intervals late is still a sample", "u0 u120 u240", "up 0-240"},
    {"2.5 intervals are the edge", "u0 u150", "up 0-150"},
    {"longer is not known", "u0 u60 u600 u660", "up 0-60 blind 60-600 up 600-660"},
    {"not known after down either", "d0 d60 u3600", "down 0-60 blind 60-3600 up 3600-3600"},
    {"a parent down is another state", "u0 n60 n120 u180", "up 0-60 unreachable 60-180 up 180-180"},
    {"cut off ourselves", "u0 b60 u120", "up 0-60 blind 60-120 up 120-120"},
    {"cut off, then no samples: blind all the while", "u0 b60 u3600",
     "up 0-60 blind 60-3600 up 3600-3600"},
    {"no samples, then cut off", "u0 b3600 u3660",
     "up 0-0 blind 0-3600 blind 3600-3660 up 3660-3660"},
    {"a last sample of down knows its instant", "u0 d60 u3600",
     "up 0-60 down 60-60 blind 60-3600 up 3600-3600"},
    {"an older sample changes nothing", "u0 u60 u120 d90 u180", "up 0-180"},
    {"the same moment twice counts once", "u0 u60 u60 u120", "up 0-120"},
};

static RvReachability
state_of(char letter)
{
    return letter == 'u'   ? RV_STATE_UP
           : letter == 'd' ? RV_STATE_DOWN
           : letter == 'n' ? RV_STATE_UNREACHABLE
                           : RV_STATE_BLIND;
}

static void
test_reachability(Place *place, gconstpointer unused)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) samples = g_strsplit(rows[i].samples, " ", -1);
        g_autofree char *device = g_strdup_printf("device-%" G_GSIZE_FORMAT, i);
        g_autofree char *text = NULL;
        g_autoptr(GPtrArray) intervals = NULL;
        GError *error = NULL;

        g_test_message("%s", rows[i].what);
        for (char **sample = samples; *sample != NULL; sample++)
            store(place->state,
                  made_sample(device, 1000000 + g_ascii_strtoll(*sample + 1, NULL, 10), "snmp",
                              state_of((*sample)[0])),
                  RV_TASK_REACHABILITY);
        intervals = rv_state_reachability(place->state, device, NULL, 0, G_MAXINT64, &error);
        g_assert_no_error(error);
        for (guint j = 0; j < intervals->len; j++) {
            RvInterval *interval = g_ptr_array_index(intervals, j);

            interval->from_ms -= 1000000000;
            interval->until_ms -= 1000000000;
        }
        text = intervals_text(intervals);
        g_assert_cmpstr(text, ==, rows[i].intervals);
    }
}

static RvObservation *
with_uptime(gint64 s, gint64 uptime_seconds)
{
    RvObservation *sample = made_sample("a", s, "snmp", RV_STATE_UP);

    sample->device.uptime_seconds = uptime_seconds;
    sample->device.uptime_ticks = uptime_seconds * 100 % ((gint64)1 << 32);
    return sample;
}

static void
assert_intervals(RvState *state, const char *device, const char *protocol, const char *expected)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) intervals =
        rv_state_reachability(state, device, protocol, 0, G_MAXINT64, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    text = intervals_text(intervals);
    g_assert_cmpstr(text, ==, expected);
}

static void
test_restart(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) changes = NULL;
    const RvChange *restart;

    store(place->state, with_uptime(10000, 5000), RV_TASK_REACHABILITY);
    store(place->state, with_uptime(10060, 5060), RV_TASK_REACHABILITY);
    store(place->state, with_uptime(10120, 20), RV_TASK_REACHABILITY);
    store(place->state, with_uptime(10180, 80), RV_TASK_REACHABILITY);
    assert_intervals(place->state, "a", NULL, "up 10000-10060 blind 10060-10100 up 10100-10180");
    assert_intervals(place->state, "a", "snmp", "up 10000-10060 blind 10060-10100 up 10100-10180");
    changes = rv_state_changes(place->state, "a", 10060000, G_MAXINT64, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(changes->len, ==, 1);
    restart = g_ptr_array_index(changes, 0);
    g_assert_cmpint(restart->kind, ==, RV_CHANGE_RESTART);
    g_assert_cmpint(restart->time_ms, ==, 10100000); /* dated from the uptime */
}

/* Nothing is rounded: 400 ms that nobody saw are 400 ms. */
static void
test_restart_within_a_second(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    RvObservation *sample = with_uptime(10180, 120);
    g_autoptr(GPtrArray) intervals = NULL;
    g_autoptr(RvAvailability) result = NULL;
    const RvAvailabilityTerms terms = {.from_ms = 10000000, .until_ms = 10180400, .target = NAN};

    store(place->state, with_uptime(10000, 5000), RV_TASK_REACHABILITY);
    store(place->state, with_uptime(10060, 5060), RV_TASK_REACHABILITY);
    sample->taken_at_ms += 400; /* booted 400 ms after the sample before */
    store(place->state, sample, RV_TASK_REACHABILITY);
    intervals = rv_state_reachability(place->state, "a", NULL, 0, G_MAXINT64, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(intervals->len, ==, 3);
    g_assert_cmpint(((RvInterval *)g_ptr_array_index(intervals, 1))->from_ms, ==, 10060000);
    g_assert_cmpint(((RvInterval *)g_ptr_array_index(intervals, 1))->until_ms, ==, 10060400);
    result = rv_availability(intervals, &terms);
    g_assert_cmpint(result->sum_ms[RV_PIECE_NOT_OBSERVED], ==, 400);
    g_assert_cmpint(result->sum_ms[RV_PIECE_UP], ==, 180000);
    g_assert_cmpfloat(result->a, ==, 1);
    g_assert_cmpfloat(result->a_low, <, 1);
}

/* The BMC answered all the while: the device as a whole was up. */
static void
test_restart_beside_bmc(Place *place, gconstpointer unused)
{
    for (int i = 0; i < 3; i++) {
        RvObservation *sample = with_uptime(10000 + i * 60, i < 2 ? 5000 + i * 60 : 20);

        rv_observation_add_protocol(sample, "ipmi")->state = RV_STATE_UP;
        store(place->state, sample, RV_TASK_REACHABILITY);
    }
    assert_intervals(place->state, "a", NULL, "up 10000-10120");
    assert_intervals(place->state, "a", "ipmi", "up 10000-10120");
    assert_intervals(place->state, "a", "snmp", "up 10000-10060 blind 10060-10100 up 10100-10120");
}

/* Lost samples are not observed anyway. */
static void
test_restart_in_gap(Place *place, gconstpointer unused)
{
    store(place->state, with_uptime(10000, 5000), RV_TASK_REACHABILITY);
    store(place->state, with_uptime(20000, 100), RV_TASK_REACHABILITY);
    store(place->state, with_uptime(20060, 160), RV_TASK_REACHABILITY);
    assert_intervals(place->state, "a", NULL, "up 10000-10000 blind 10000-20000 up 20000-20060");
}

static void
test_uptime_wrap(Place *place, gconstpointer unused)
{
    const gint64 wrap = ((gint64)1 << 32) / 100;
    RvObservation *after;

    store(place->state, with_uptime(100000000, wrap - 30), RV_TASK_REACHABILITY);
    after = with_uptime(100000060, 30);
    after->device.uptime_ticks = 3000;
    store(place->state, after, RV_TASK_REACHABILITY);
    assert_intervals(place->state, "a", NULL, "up 100000000-100000060");
}

static void
test_protocols(Place *place, gconstpointer unused)
{
    for (gint64 s = 60; s <= 180; s += 60) {
        RvObservation *sample = made_sample("a", s, "snmp", RV_STATE_UP);

        rv_observation_add_protocol(sample, "ipmi")->state = s == 120 ? RV_STATE_DOWN : RV_STATE_UP;
        store(place->state, sample, RV_TASK_REACHABILITY);
    }
    assert_intervals(place->state, "a", NULL, "up 60-180");
    assert_intervals(place->state, "a", "ipmi", "up 60-120 down 120-180 up 180-180");
}

/* ---- verdicts ---- */

static void
assert_verdicts(RvState *state, const char *expected)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) verdicts = rv_state_verdicts(state, NULL, 0, G_MAXINT64, FALSE, &error);
    g_autoptr(GString) text = g_string_new(NULL);

    g_assert_no_error(error);
    for (guint i = 0; i < verdicts->len; i++) {
        const RvVerdictInterval *one = g_ptr_array_index(verdicts, i);

        g_string_append_printf(text, "%s%s %s %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "%s x%u",
                               i > 0 ? ", " : "", one->key, rv_verdict_word(one->status),
                               one->from_ms / 1000, one->until_ms / 1000, one->open ? "+" : "",
                               one->samples);
    }
    g_assert_cmpstr(text->str, ==, expected);
}

static RvObservation *
health(gint64 s)
{
    return made_sample("a", s, "snmp", RV_STATE_UP);
}

static void
store_health(Place *place, gint64 s, RvVerdict status)
{
    RvObservation *sample = health(s);

    made_sensor(sample, "psu-1", status);
    store(place->state, sample, RV_TASK_HEALTH);
}

static void
test_only_changes(Place *place, gconstpointer unused)
{
    store_health(place, 300, RV_VERDICT_OK);
    store_health(place, 600, RV_VERDICT_OK);
    store_health(place, 900, RV_VERDICT_CRITICAL);
    store_health(place, 1200, RV_VERDICT_CRITICAL);
    store_health(place, 1500, RV_VERDICT_OK);
    assert_verdicts(place->state,
                    "psu-1 ok 300-900 x2, psu-1 critical 900-1500 x2, psu-1 ok 1500-1500+ x1");
}

static void
test_sensor_gone(Place *place, gconstpointer unused)
{
    store_health(place, 300, RV_VERDICT_OK);
    store(place->state, health(600), RV_TASK_HEALTH);
    assert_verdicts(place->state, "psu-1 ok 300-600 x1");
}

static void
test_partial_answer(Place *place, gconstpointer unused)
{
    RvObservation *partial = health(600);

    store_health(place, 300, RV_VERDICT_CRITICAL);
    ((RvProtocol *)g_ptr_array_index(partial->protocols, 0))->partial = TRUE;
    store(place->state, partial, RV_TASK_HEALTH);
    store_health(place, 900, RV_VERDICT_CRITICAL);
    assert_verdicts(
        place->state,
        "psu-1 critical 300-600 x1, psu-1 unknown 600-900 x1, psu-1 critical 900-900+ x1");
}

static void
test_partial_is_no_witness(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(RvPrevious) previous = NULL;
    RvObservation *partial = health(300);

    made_sensor(partial, "fan/fan-7", RV_VERDICT_OK); /* the column of names did not come */
    ((RvProtocol *)g_ptr_array_index(partial->protocols, 0))->partial = TRUE;
    store(place->state, partial, RV_TASK_HEALTH);
    store_health(place, 600, RV_VERDICT_OK);
    previous = rv_state_previous(place->state, "a", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(previous->seen->len, ==, 1);
    g_assert_cmpstr(((RvSeenPart *)g_ptr_array_index(previous->seen, 0))->key, ==, "psu-1");
}

static void
test_reachability_task(Place *place, gconstpointer unused)
{
    store_health(place, 300, RV_VERDICT_OK);
    store(place->state, health(360), RV_TASK_REACHABILITY);
    store(place->state, made_sample("a", 600, "snmp", RV_STATE_DOWN), RV_TASK_HEALTH);
    assert_verdicts(place->state, "psu-1 ok 300-300+ x1");
}

static void
test_health_spans(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(GArray) spans = NULL;

    store_health(place, 300, RV_VERDICT_OK);
    store_health(place, 600, RV_VERDICT_OK);
    store_health(place, 7200, RV_VERDICT_OK);
    store_health(place, 7500, RV_VERDICT_OK);
    spans = rv_state_health_spans(place->state, "a", 0, G_MAXINT64, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(spans->len, ==, 2);
    g_assert_cmpint(g_array_index(spans, RvSpan, 0).until_ms, ==, 600000);
    g_assert_cmpint(g_array_index(spans, RvSpan, 1).from_ms, ==, 7200000);
}

static void
test_previous(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(RvPrevious) previous = NULL;
    RvObservation *sample = health(300);
    const RvSeenPart *part;
    RvEvent *event;

    made_sensor(sample, "psu-1", RV_VERDICT_WARNING);
    made_sensor(sample, "psu-2", RV_VERDICT_OK)->presence = RV_PRESENCE_ABSENT;
    event = rv_observation_add_event(sample);
    event->record_id = 17;
    event->time_ms = 250000;
    store(place->state, sample, RV_TASK_HEALTH);
    previous = rv_state_previous(place->state, "a", &error);
    g_assert_no_error(error);
    g_assert_cmpint(GPOINTER_TO_INT(g_hash_table_lookup(previous->verdicts, "psu-1")), ==,
                    RV_VERDICT_WARNING + 1);
    g_assert_cmpuint(previous->seen->len, ==, 1); /* an empty bay was never seen */
    part = g_ptr_array_index(previous->seen, 0);
    g_assert_cmpstr(part->key, ==, "psu-1");
    g_assert_cmpuint(previous->event_record, ==, 17);
    g_assert_cmpint(previous->event_time_ms, ==, 250000);
    g_assert_true(rv_state_forget_part(place->state, "a", "psu-1", 400000, &error));
    g_assert_false(rv_state_forget_part(place->state, "a", "psu-1", 400000, &error));
    g_assert_no_error(error);
    rv_previous_free(previous);
    previous = rv_state_previous(place->state, "a", &error);
    g_assert_cmpuint(previous->seen->len, ==, 0);
}

static void
test_unknown_device(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(RvPrevious) previous = rv_state_previous(place->state, "nobody", &error);

    g_assert_no_error(error);
    g_assert_cmpuint(g_hash_table_size(previous->verdicts), ==, 0);
    g_assert_null(rv_state_latest(place->state, "nobody", &error));
    g_assert_no_error(error);
    g_assert_null(rv_state_device(place->state, "nobody", &error));
    g_assert_no_error(error);
}

/* ---- the latest answer ---- */

static void
test_latest(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(RvObservation) latest = NULL;
    RvObservation *sample = health(300);
    RvInterface *interface = rv_observation_add_interface(sample, 6);
    const RvInterface *read;

    made_sensor(sample, "inlet", RV_VERDICT_OK);
    made_component(sample, "psu-1", "S1", "1.0");
    interface->in_octets = G_GUINT64_CONSTANT(18446744073709551614);
    interface->out_octets = 42;
    store(place->state, sample, RV_TASK_HEALTH | RV_TASK_CENSUS);
    sample = health(600);
    interface = rv_observation_add_interface(sample, 6);
    interface->out_octets = 43;
    store(place->state, sample, RV_TASK_HEALTH);
    store(place->state, made_sample("a", 660, "snmp", RV_STATE_DOWN), RV_TASK_HEALTH);
    latest = rv_state_latest(place->state, "a", &error);
    g_assert_no_error(error);
    g_assert_cmpint(latest->taken_at_ms, ==, 600000); /* the silence after it changes nothing */
    read = g_ptr_array_index(latest->interfaces, 0);
    g_assert_cmpuint(read->out_octets, ==, 43);
    g_assert_cmpuint(read->in_octets, ==, RV_COUNTER_NONE);
    g_assert_cmpuint(latest->components->len, ==, 1);
}

/* ---- census ---- */

static void
census(Place *place, gint64 s, const char *serial, const char *firmware, gboolean second)
{
    RvObservation *sample = health(s);

    if (serial != NULL)
        made_component(sample, "psu-1", serial, firmware);
    if (second)
        made_component(sample, "psu-2", "S9", "1.0");
    made_component(sample, "chassis", "C1", "");
    store(place->state, sample, RV_TASK_CENSUS);
}

/* A last answer that was damaged is said to be, by file and device, and hurts no other. */
static void
test_damaged_latest(Place *place, gconstpointer unused)
{
    static const struct {
        const char *what, *sql;
    } damages[] = {
        {"cut off", "UPDATE latest SET body = substr(body, 1, length(body) / 2)"},
        {"empty", "UPDATE latest SET body = substr(body, 1, 0)"},
        {"longer than it says", "UPDATE latest SET size = size - 1"},
        {"shorter than it says", "UPDATE latest SET size = size + 1"},
        {"says that it has no size", "UPDATE latest SET size = 0"},
        {"says that it is 2^40 bytes", "UPDATE latest SET size = 1099511627776"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) told = NULL;

        g_test_message("%s", damages[i].what);
        store(place->state, made_sample("a", 10000 + i, "snmp", RV_STATE_UP), RV_TASK_HEALTH);
        rv_db_run_with(place->state, &error, damages[i].sql, NULL, 0);
        g_assert_no_error(error);
        g_assert_null(rv_state_latest(place->state, "a", &told));
        g_assert_error(told, RV_ERROR, RV_ERROR_STORE);
        g_assert_nonnull(strstr(told->message, "the last answer of a cannot be read"));
    }
}

static void
test_census(Place *place, gconstpointer unused)
{
    static const struct {
        gint64 time_s;
        RvChangeKind kind;
        const char *subject, *after;
    } expected[] = {
        {0, RV_CHANGE_DEVICE_NEW, "", "192.0.2.1"},
        {60, RV_CHANGE_FIRMWARE, "psu-1", "1.1"},
        {120, RV_CHANGE_PART_REPLACED, "psu-1", "psu-1 S/N S2"},
        {180, RV_CHANGE_PART_ADDED, "psu-2", "psu-2 S/N S9"},
        {240, RV_CHANGE_PART_REMOVED, "psu-1", ""},
    };
    GError *error = NULL;
    g_autoptr(GPtrArray) changes = NULL;
    g_autoptr(GPtrArray) there = NULL;
    g_autoptr(GPtrArray) once = NULL;

    census(place, 0, "S1", "1.0", FALSE);
    census(place, 60, "S1", "1.1", FALSE);
    census(place, 120, "S2", "1.1", FALSE);
    census(place, 180, "S2", "1.1", TRUE);
    census(place, 240, NULL, NULL, TRUE);
    changes = rv_state_changes(place->state, NULL, 0, G_MAXINT64, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(changes->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < changes->len; i++) {
        const RvChange *change = g_ptr_array_index(changes, i);

        g_assert_cmpint(change->time_ms, ==, expected[i].time_s * 1000);
        g_assert_cmpstr(rv_change_kind_word(change->kind), ==,
                        rv_change_kind_word(expected[i].kind));
        g_assert_cmpstr(change->subject, ==, expected[i].subject);
        g_assert_cmpstr(change->after, ==, expected[i].after);
    }
    there = rv_state_components(place->state, "a", 300000, 301000, &error);
    g_assert_cmpuint(there->len, ==, 2);
    once = rv_state_components(place->state, "a", 0, 1000, &error);
    g_assert_cmpuint(once->len, ==, 2);
}

static void
test_partial_census(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) there = NULL;
    RvObservation *sample = health(60);

    census(place, 0, "S1", "1.0", FALSE);
    made_component(sample, "chassis", "C1", "");
    rv_observation_add_protocol(sample, "ipmi")->state = RV_STATE_DOWN;
    store(place->state, sample, RV_TASK_CENSUS);
    there = rv_state_components(place->state, "a", 100000, 101000, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(there->len, ==, 2);
}

/* The database sorts keys by their bytes. */
static void
test_order(Place *place, gconstpointer unused)
{
    static const char *const keys[] = {"fan-1", "fan-2", "fan-10"};
    g_autoptr(GPtrArray) there = NULL;
    RvObservation *sample = health(0);

    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        made_component(sample, keys[i], "", "");
    store(place->state, sample, RV_TASK_CENSUS);
    there = rv_state_components(place->state, NULL, 1000, 2000, NULL);
    g_assert_cmpuint(there->len, ==, G_N_ELEMENTS(keys));
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
        g_assert_cmpstr(((RvComponentRow *)g_ptr_array_index(there, i))->component.key, ==,
                        keys[i]);
}

/* ---- events ---- */

static void
log_of(Place *place, gint64 s, gint64 first, gint64 last, gint64 base_s)
{
    RvObservation *sample = health(s);

    for (gint64 record = first; record <= last; record++) {
        RvEvent *event = rv_observation_add_event(sample);

        event->record_id = record;
        event->time_ms = (base_s + record) * 1000;
    }
    store(place->state, sample, RV_TASK_HEALTH);
}

static guint
count_changes(RvState *state, RvChangeKind kind)
{
    g_autoptr(GPtrArray) changes = rv_state_changes(state, NULL, 0, G_MAXINT64, NULL);
    guint count = 0;

    for (guint i = 0; i < changes->len; i++)
        count += ((RvChange *)g_ptr_array_index(changes, i))->kind == kind;
    return count;
}

static void
test_events(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) events = NULL;

    log_of(place, 300, 1, 10, 0);
    log_of(place, 600, 5, 12, 0); /* read again from 5 on */
    g_assert_cmpuint(count_changes(place->state, RV_CHANGE_LOG_CLEARED), ==, 0);
    log_of(place, 900, 1, 2, 700); /* cleared, and begun anew */
    g_assert_cmpuint(count_changes(place->state, RV_CHANGE_LOG_CLEARED), ==, 1);
    events = rv_state_events(place->state, "a", 0, G_MAXINT64, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(events->len, ==, 14);
}

/* ---- links ---- */

/* The link changed last, and the device started, at these times (Unix time, s; 0: not told). */
static void
link_told(Place *place, gint64 s, RvOperStatus oper, RvAdminStatus admin, gint64 changed_s,
          gint64 started_s)
{
    RvObservation *sample = health(s);
    RvInterface *port = rv_observation_add_interface(sample, 1);

    g_free(port->key);
    g_free(port->name);
    port->key = g_strdup("port-1");
    port->name = g_strdup("Gi0/1");
    port->oper_status = oper;
    port->admin_status = admin;
    if (changed_s > 0) {
        port->last_change_ticks = (changed_s - started_s) * 100;
        sample->device.uptime_ticks = (s - started_s) * 100;
        sample->device.uptime_seconds = s - started_s;
    }
    store(place->state, sample, RV_TASK_REACHABILITY | RV_TASK_HEALTH);
}

static void
link_of(Place *place, gint64 s, RvOperStatus oper, RvAdminStatus admin)
{
    link_told(place, s, oper, admin, 0, 0);
}

static guint
count_links(Place *place, gint64 from_s, gint64 until_s, guint *downs)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) links =
        rv_state_link_changes(place->state, NULL, from_s * 1000, until_s * 1000, &error);
    const RvLinkChanges *one;

    g_assert_no_error(error);
    *downs = 0;
    if (links->len == 0)
        return 0;
    g_assert_cmpuint(links->len, ==, 1);
    one = g_ptr_array_index(links, 0);
    g_assert_cmpstr(one->device, ==, "a");
    g_assert_cmpstr(one->interface, ==, "port-1");
    g_assert_cmpstr(one->name, ==, "Gi0/1");
    *downs = one->downs;
    return one->changes;
}

static void
test_links(Place *place, gconstpointer unused)
{
    guint downs;
    GError *error = NULL;

    link_of(place, 300, RV_OPER_UP, RV_ADMIN_UP);
    g_assert_cmpuint(count_links(place, 0, 86400, &downs), ==,
                     0); /* the first state is no change */
    link_of(place, 600, RV_OPER_DOWN, RV_ADMIN_UP);
    link_of(place, 900, RV_OPER_LOWER_LAYER_DOWN, RV_ADMIN_UP); /* not up either way */
    link_of(place, 1200, RV_OPER_UNKNOWN_TO_US, RV_ADMIN_UP);   /* says nothing */
    store(place->state, health(1500), RV_TASK_HEALTH);          /* names no interface */
    link_of(place, 1800, RV_OPER_UP, RV_ADMIN_UP);
    g_assert_cmpuint(count_links(place, 0, 86400, &downs), ==, 2);
    g_assert_cmpuint(downs, ==, 1);
    link_of(place, 2100, RV_OPER_DOWN, RV_ADMIN_DOWN); /* shut by a person */
    g_assert_cmpuint(count_links(place, 0, 86400, &downs), ==, 2);
    link_of(place, 2400, RV_OPER_UP, RV_ADMIN_UP); /* and opened again */
    g_assert_cmpuint(count_links(place, 0, 86400, &downs), ==, 3);
    for (guint i = 0; i < 24 * 12; i++) /* a day of flapping is a row an hour */
        link_of(place, 86400 + i * 300, i % 2 == 0 ? RV_OPER_DOWN : RV_OPER_UP, RV_ADMIN_UP);
    g_assert_cmpuint(count_links(place, 86400, 2 * 86400, &downs), ==, 288);
    g_assert_cmpuint(downs, ==, 144);
    g_assert_cmpuint(count_links(place, 86400, 86400 + 3600, &downs), ==, 12);
    rv_state_prune(place->state, (gint64)2 * 86400 * 1000 - 3600 * 1000, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(count_links(place, 0, 2 * 86400, &downs), ==, 12);
}

/* What no status showed: the link went and came between two rounds. */
static void
test_links_between(Place *place, gconstpointer unused)
{
    const gint64 day = 86400;
    guint downs;

    link_told(place, day, RV_OPER_UP, RV_ADMIN_UP, 20, 10);
    link_told(place, day + 300, RV_OPER_UP, RV_ADMIN_UP, 20, 10);
    g_assert_cmpuint(count_links(place, 0, 9 * day, &downs), ==, 0);
    link_told(place, day + 600, RV_OPER_UP, RV_ADMIN_UP, day + 400, 10);
    g_assert_cmpuint(count_links(place, 0, 9 * day, &downs), ==, 2);
    g_assert_cmpuint(downs, ==, 1);
    /* a change that the status shows is one, not three */
    link_told(place, day + 900, RV_OPER_DOWN, RV_ADMIN_UP, day + 700, 10);
    link_told(place, day + 1200, RV_OPER_DOWN, RV_ADMIN_UP, day + 700, 10);
    g_assert_cmpuint(count_links(place, 0, 9 * day, &downs), ==, 3);
    g_assert_cmpuint(downs, ==, 2);
    /* nor does the agent's own clock tell of one */
    link_told(place, day + 1250, RV_OPER_DOWN, RV_ADMIN_UP, day + 1250, 10);
    link_told(place, day + 1300, RV_OPER_DOWN, RV_ADMIN_UP, day + 1300, 10);
    /* a port that a person shut does not flap */
    link_told(place, day + 1500, RV_OPER_DOWN, RV_ADMIN_DOWN, day + 1400, 10);
    /* a start of the device is no flap of its links, nor are they while it starts */
    link_told(place, day + 1800, RV_OPER_DOWN, RV_ADMIN_UP, day + 1799, day + 1600);
    link_told(place, day + 2100, RV_OPER_DOWN, RV_ADMIN_UP, day + 1900, day + 1600);
    link_told(place, 3 * day, RV_OPER_DOWN, RV_ADMIN_UP, 2 * day + 9000, 2 * day);
    g_assert_cmpuint(count_links(place, 0, 9 * day, &downs), ==, 3);
    link_told(place, 3 * day + 300, RV_OPER_DOWN, RV_ADMIN_UP, 3 * day + 200, 2 * day);
    g_assert_cmpuint(count_links(place, 0, 9 * day, &downs), ==, 5);
}

/* ---- device ---- */

static void
test_device(Place *place, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) devices = NULL;
    RvObservation *sample = health(300);
    const RvDeviceRow *row;

    sample->device.os_version = g_strdup("8.1");
    store(place->state, sample, RV_TASK_REACHABILITY | RV_TASK_HEALTH);
    sample = health(360);
    sample->device.os_version = g_strdup("8.2");
    store(place->state, sample, RV_TASK_CENSUS);
    store(place->state, made_sample("a", 420, "snmp", RV_STATE_DOWN), RV_TASK_HEALTH);
    devices = rv_state_devices(place->state, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(devices->len, ==, 1);
    row = g_ptr_array_index(devices, 0);
    g_assert_cmpstr(row->os_version, ==, "8.2");
    g_assert_cmpint(row->state, ==, RV_STATE_DOWN);
    g_assert_cmpint(row->reason, ==, RV_REASON_NO_ANSWER);
    g_assert_cmpint(row->since_ms, ==, 420000);
    g_assert_cmpint(row->asked_ms[0], ==, 300000);
    g_assert_cmpint(row->asked_ms[1], ==, 420000);
    g_assert_cmpint(row->answered_ms[1], ==, 300000);
    g_assert_cmpint(row->answered_ms[2], ==, 360000);
    g_assert_cmpuint(count_changes(place->state, RV_CHANGE_FIRMWARE), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("samples become intervals", test_reachability);
    TEST("a restart between two samples is not observed time", test_restart);
    TEST("a restart within the second is not rounded away", test_restart_within_a_second);
    TEST("a restart while the BMC answers", test_restart_beside_bmc);
    TEST("a restart within lost samples", test_restart_in_gap);
    TEST("an uptime that wrapped is no restart", test_uptime_wrap);
    TEST("each protocol has its own intervals", test_protocols);
    TEST("only a change of verdict makes a row", test_only_changes);
    TEST("a sensor that a whole answer leaves out ends", test_sensor_gone);
    TEST("a partial answer makes what it leaves out unknown", test_partial_answer);
    TEST("what a partial answer names may go by another key later: never missed",
         test_partial_is_no_witness);
    TEST("silence and reachability change no verdict", test_reachability_task);
    TEST("health spans break where samples were lost", test_health_spans);
    TEST("judging gets the past it needs", test_previous);
    TEST("a device that is not known has no past", test_unknown_device);
    TEST("the latest answer comes back whole", test_latest);
    TEST("a latest answer that was damaged is told", test_damaged_latest);
    TEST("census dates what was added, removed, replaced, upgraded", test_census);
    TEST("a census without the BMC removes nothing", test_partial_census);
    TEST("parts are told in the order of their numbers", test_order);
    TEST("log entries are kept once", test_events);
    TEST("a flapping link is counted, in a row an hour", test_links);
    TEST("a link that goes and comes between two rounds is counted", test_links_between);
    TEST("the device's row is what was last known", test_device);
    return g_test_run();
}
