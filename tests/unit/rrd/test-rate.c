#include <math.h>

#include "rrd/rate.h"

#define HEARTBEAT_MS 900000
#define NONE RV_COUNTER_NONE
#define GIGABIT (1e9 / 8)
#define HUNDRED_MEGABIT (1e8 / 8)

typedef struct {
    const char *words;
    RvRateMoment before, now;
    RvRateReason reason;
} MomentRow;

/* 2026-10-01 00:00 UTC and five minutes later */
#define T0 G_GINT64_CONSTANT(1790812800000)
#define T1 (T0 + 300000)

static const MomentRow moments[] = {
    {"uptime advances with the clock", {T0, 1000000}, {T1, 1030000}, RV_RATE_KNOWN},
    {"uptime is not given", {T0, -1}, {T1, -1}, RV_RATE_KNOWN},
    {"uptime is given only now", {T0, -1}, {T1, 5}, RV_RATE_KNOWN},
    {"uptime went back: reboot", {T0, 1000000}, {T1, 12000}, RV_RATE_RESTARTED},
    {"uptime is higher, but by less than the time that passed: reboot just after a reboot",
     {T0, 2000},
     {T1, 17000},
     RV_RATE_RESTARTED},
    {"sysUpTime wraps after 497 days", {T0, 4294957296}, {T1, 20000}, RV_RATE_KNOWN},
    {"a reboot in the minute where it would have wrapped",
     {T0, 4294957296},
     {T1, 4000},
     RV_RATE_RESTARTED},
    {"the agent's answer was 8 s late", {T0, 1000000}, {T1, 1029200}, RV_RATE_KNOWN},
    {"same time", {T0, 1000000}, {T0, 1000000}, RV_RATE_BACKWARDS},
    {"our clock went back", {T1, 1000000}, {T0, 1030000}, RV_RATE_BACKWARDS},
    {"exactly the heartbeat", {T0, 1000000}, {T0 + HEARTBEAT_MS, 1090000}, RV_RATE_KNOWN},
    {"longer than the heartbeat", {T0, 1000000}, {T0 + HEARTBEAT_MS + 1, 1090000}, RV_RATE_GAP},
    {"our clock jumped a minute ahead of the device's",
     {T0, 1000000},
     {T1 + 60000, 1030000},
     RV_RATE_RESTARTED},
};

static void
test_moments(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(moments); i++) {
        const MomentRow *row = &moments[i];

        g_test_message("%s", row->words);
        g_assert_cmpstr(rv_rate_reason_word(rv_rate_compare(&row->before, &row->now, HEARTBEAT_MS)),
                        ==, rv_rate_reason_word(row->reason));
    }
}

typedef struct {
    const char *words;
    RvRateCounter counter;
    double seconds, rate;
    RvRateReason reason;
} CounterRow;

static const CounterRow counters[] = {
    {"plain", {1000, 4000, TRUE, TRUE, GIGABIT}, 300, 10, RV_RATE_KNOWN},
    {"nothing passed", {1000, 1000, TRUE, TRUE, GIGABIT}, 300, 0, RV_RATE_KNOWN},
    {"no reading before", {NONE, 4000, TRUE, TRUE, GIGABIT}, 300, NAN, RV_RATE_NOT_GIVEN},
    {"no reading now", {1000, NONE, TRUE, TRUE, GIGABIT}, 300, NAN, RV_RATE_NOT_GIVEN},
    {"64 bits went back: reset", {4000, 1000, TRUE, TRUE, GIGABIT}, 300, NAN, RV_RATE_RESET},
    {"64 bits beyond 2^53",
     {G_GUINT64_CONSTANT(1) << 60, (G_GUINT64_CONSTANT(1) << 60) + 3000, TRUE, TRUE, GIGABIT},
     300,
     10,
     RV_RATE_KNOWN},
    {"32 bits wrap at 100 Mbit/s in 100 s",
     {4294967000, 704, FALSE, FALSE, HUNDRED_MEGABIT},
     100,
     10,
     RV_RATE_KNOWN},
    {"32 bits went back further than a wrap explains: reset",
     {1000000000, 5, FALSE, FALSE, HUNDRED_MEGABIT},
     100,
     NAN,
     RV_RATE_RESET},
    {"32 bits at 1 Gbit/s for 300 s: could have wrapped eight times",
     {1000, 4000, FALSE, FALSE, GIGABIT},
     300,
     NAN,
     RV_RATE_AMBIGUOUS},
    {"32 bits at 1 Gbit/s for 30 s: cannot wrap twice",
     {1000, 4000, FALSE, FALSE, GIGABIT},
     30,
     100,
     RV_RATE_KNOWN},
    {"32 bits, speed not known, forward", {1000, 4000, FALSE, FALSE, 0}, 300, 10, RV_RATE_KNOWN},
    {"32 bits, speed not known, backward: nobody can tell",
     {4294967000, 4, FALSE, FALSE, 0},
     300,
     NAN,
     RV_RATE_RESET},
    {"32 bits became 64", {1000, 4000, FALSE, TRUE, GIGABIT}, 300, NAN, RV_RATE_WIDTH},
    {"64 bits became 32", {1000, 4000, TRUE, FALSE, GIGABIT}, 300, NAN, RV_RATE_WIDTH},
    {"a 32-bit counter that holds more",
     {G_MAXUINT32, G_GUINT64_CONSTANT(4294967300), FALSE, FALSE, GIGABIT},
     30,
     NAN,
     RV_RATE_WIDTH},
    {"exactly line rate", {0, 125000000u * 10ull, TRUE, TRUE, GIGABIT}, 10, GIGABIT, RV_RATE_KNOWN},
    {"5 % over: the clock of the port",
     {0, 131250000u * 10ull, TRUE, TRUE, GIGABIT},
     10,
     GIGABIT * 1.05,
     RV_RATE_KNOWN},
    {"6 % over: a spike", {0, 132500000u * 10ull, TRUE, TRUE, GIGABIT}, 10, NAN, RV_RATE_TOO_FAST},
    {"speed not known, faster than any port",
     {0, G_GUINT64_CONSTANT(1) << 62, TRUE, TRUE, 0},
     300,
     NAN,
     RV_RATE_TOO_FAST},
    {"no time passed", {0, 10, TRUE, TRUE, GIGABIT}, 0, NAN, RV_RATE_BACKWARDS},
};

static void
test_counters(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(counters); i++) {
        const CounterRow *row = &counters[i];
        RvRateReason reason;
        double rate = rv_rate_counter(&row->counter, row->seconds, &reason);

        g_test_message("%s", row->words);
        g_assert_cmpstr(rv_rate_reason_word(reason), ==, rv_rate_reason_word(row->reason));
        if (isnan(row->rate))
            g_assert_true(isnan(rate));
        else
            g_assert_cmpfloat_with_epsilon(rate, row->rate, 1e-9 * (1 + row->rate));
    }
}

static void
test_ceilings(void)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    RvInterface *interface = rv_observation_add_interface(observation, 1);

    interface->type = 6; /* ethernetCsmacd */
    interface->speed_bps = 1000000000;
    g_assert_cmpfloat(rv_rate_octet_ceiling(interface), ==, GIGABIT);
    g_assert_cmpfloat_with_epsilon(rv_rate_packet_ceiling(interface), 1488095.2, 0.1);
    interface->speed_bps = -1;
    g_assert_cmpfloat(rv_rate_octet_ceiling(interface), ==, 0);
    interface->speed_bps = 9600;
    interface->type = 131; /* tunnel: the speed is nominal */
    g_assert_cmpfloat(rv_rate_octet_ceiling(interface), ==, 0);
}

typedef struct {
    const char *words;
    double bits_per_second; /* 0: not known */
    guint64 before, now;
    double seconds, rate; /* NAN: not known */
    RvRateReason reason;
} ErrorRow;

/* 32 bits each, as IF-MIB has them. */
static const ErrorRow errors[] = {
    {"1 Gbit/s: a few errors", 1e9, 100, 400, 300, 1, RV_RATE_KNOWN},
    {"10 Gbit/s, whose packets wrap 32 bits within five minutes: a few errors", 1e10, 100, 400, 300,
     1, RV_RATE_KNOWN},
    {"400 Gbit/s, the same", 4e11, 100, 400, 300, 1, RV_RATE_KNOWN},
    {"400 Gbit/s, none", 4e11, 100, 100, 300, 0, RV_RATE_KNOWN},
    {"400 Gbit/s, an hour between the rounds", 4e11, 100, 3700, 3600, 1, RV_RATE_KNOWN},
    {"10 Gbit/s: the counter wraps", 1e10, 4294967096, 100, 300, 1, RV_RATE_KNOWN},
    {"1 Gbit/s: cleared, and no wrap explains it", 1e9, 3000000000, 0, 300, NAN, RV_RATE_RESET},
    {"100 Mbit/s: more errors than packets fit", 1e8, 0, 60000000, 300, NAN, RV_RATE_TOO_FAST},
    {"speed not known: forward is counted", 0, 100, 400, 300, 1, RV_RATE_KNOWN},
    {"speed not known: backward, nobody can tell", 0, 400, 100, 300, NAN, RV_RATE_RESET},
};

static void
test_errors(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
        const ErrorRow *row = &errors[i];
        RvInterface interface = {.type = 6, .speed_bps = (gint64)row->bits_per_second};
        const RvRateCounter counter = {
            .before = row->before,
            .now = row->now,
            .ceiling = rv_rate_error_ceiling(rv_rate_packet_ceiling(&interface), row->seconds),
        };
        RvRateReason reason;
        double rate = rv_rate_counter(&counter, row->seconds, &reason);

        g_test_message("%s", row->words);
        g_assert_cmpstr(rv_rate_reason_word(reason), ==, rv_rate_reason_word(row->reason));
        g_assert_true(isnan(row->rate) ? isnan(rate) : rate == row->rate);
    }
}

/* The same counter as one of packets is not told apart from its wraps: what the rows above are
 * for. */
static void
test_packets_wrap(void)
{
    RvInterface interface = {.type = 6, .speed_bps = 10000000000};
    const RvRateCounter counter = {
        .before = 100, .now = 400, .ceiling = rv_rate_packet_ceiling(&interface)};
    RvRateReason reason;

    g_assert_true(isnan(rv_rate_counter(&counter, 300, &reason)));
    g_assert_cmpstr(rv_rate_reason_word(reason), ==, "ambiguous");
    g_assert_cmpfloat(rv_rate_error_ceiling(1000, 300), ==, 1000); /* slow ports keep theirs */
    g_assert_cmpfloat(rv_rate_error_ceiling(1000, 0), ==, 1000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rate/moments", test_moments);
    g_test_add_func("/rate/counters", test_counters);
    g_test_add_func("/rate/ceilings", test_ceilings);
    g_test_add_func("/rate/errors have 32 bits at any speed", test_errors);
    g_test_add_func("/rate/packets may wrap", test_packets_wrap);
    return g_test_run();
}
