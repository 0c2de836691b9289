/* The only place that asks the system for the time.
 *
 * Everything else takes `now_ms` as an argument. RACKVITALS_NOW (Unix seconds)
 * in the environment replaces the wall clock at program start, for simulated
 * histories; rv_clock_is_simulated() then says so, and reports print it. */
#pragma once

#include <glib.h>

/* Wall clock, Unix time in milliseconds. */
gint64 rv_clock_now_ms(void);

/* Monotonic milliseconds, for budgets and durations; never simulated. */
gint64 rv_clock_monotonic_ms(void);

/* True where the wall clock was replaced. */
gboolean rv_clock_is_simulated(void);

/* "2026-10-31 23:59:07" in `zone` (NULL: local); caller frees. */
char *rv_clock_format(gint64 ms, GTimeZone *zone);
