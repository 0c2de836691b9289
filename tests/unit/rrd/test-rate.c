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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rate/moments", test_moments);
    g_test_add_func("/rate/counters", test_counters);
    g_test_add_func("/rate/ceilings", test_ceilings);
    return g_test_run();
}
