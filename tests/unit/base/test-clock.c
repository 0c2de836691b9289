#include "base/clock.h"

static void
test_format(void)
{
    static const struct {
        const char *shows, *zone, *text;
        gint64 ms;
    } rows[] = {
        {"the epoch", "UTC", "1970-01-01 00:00:00", 0},
        {"China has no summer time", "Asia/Shanghai", "2026-10-31 23:59:07", 1793462347000},
        {"milliseconds are cut, not rounded", "UTC", "2026-10-31 15:59:07", 1793462347999},
        {"a time that no calendar has", "UTC", "?", G_MAXINT64},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(rows[i].zone);
        g_autofree char *text = NULL;

        g_test_message("%s", rows[i].shows);
        g_assert_nonnull(zone);
        text = rv_clock_format(rows[i].ms, zone);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

/* Replaced before the clock is first asked, in a process of its own. */
static void
test_simulated(void)
{
    if (g_test_subprocess()) {
        gint64 first = rv_clock_now_ms();

        g_assert_true(rv_clock_is_simulated());
        g_assert_cmpint(first, >=, 1762272000000);
        g_assert_cmpint(first, <, 1762272000000 + 60000);
        g_assert_cmpint(rv_clock_now_ms(), >=, first);
        return;
    }
    g_setenv("RACKVITALS_NOW", "1762272000", TRUE);
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_unsetenv("RACKVITALS_NOW");
}

static void
test_no_time(void)
{
    if (g_test_subprocess()) {
        g_assert_false(rv_clock_is_simulated());
        g_assert_cmpint(rv_clock_now_ms(), >, 1700000000000);
        return;
    }
    g_setenv("RACKVITALS_NOW", "yesterday", TRUE);
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_unsetenv("RACKVITALS_NOW");
}

static void
test_monotonic(void)
{
    gint64 then = rv_clock_monotonic_ms();

    g_assert_cmpint(rv_clock_monotonic_ms(), >=, then);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/format", test_format);
    g_test_add_func("/clock/simulated", test_simulated);
    g_test_add_func("/clock/no-time", test_no_time);
    g_test_add_func("/clock/monotonic", test_monotonic);
    return g_test_run();
}
