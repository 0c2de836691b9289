#include "base/clock.h"

static gint64 simulated_start_ms;
static gint64 simulated_origin_ms;
static gboolean simulated;

static void
read_simulation(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        const char *now = g_getenv("RACKVITALS_NOW");
        char *end = NULL;

        if (now != NULL && *now != '\0') {
            gint64 seconds = g_ascii_strtoll(now, &end, 10);

            if (end != NULL && *end == '\0' && seconds > 0) {
                simulated = TRUE;
                simulated_start_ms = seconds * 1000;
                simulated_origin_ms = rv_clock_monotonic_ms();
            }
        }
        g_once_init_leave(&done, 1);
    }
}

gint64
rv_clock_now_ms(void)
{
    read_simulation();
    if (simulated)
        return simulated_start_ms + rv_clock_monotonic_ms() - simulated_origin_ms;
    return g_get_real_time() / 1000;
}

gint64
rv_clock_monotonic_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

gboolean
rv_clock_is_simulated(void)
{
    read_simulation();
    return simulated;
}

char *
rv_clock_format(gint64 ms, GTimeZone *zone)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) there = NULL;

    if (utc == NULL)
        return g_strdup("?");
    there = zone != NULL ? g_date_time_to_timezone(utc, zone) : g_date_time_to_local(utc);
    return g_date_time_format(there, "%Y-%m-%d %H:%M:%S");
}
