#include "plan/interval.h"

RvInterval *
rv_interval_new(RvReachability state, gint64 from_ms, gint64 until_ms)
{
    RvInterval *interval = g_new0(RvInterval, 1);

    interval->state = state;
    interval->from_ms = from_ms;
    interval->until_ms = until_ms;
    return interval;
}

void
rv_interval_free(RvInterval *interval)
{
    if (interval == NULL)
        return;
    g_free(interval->detail);
    g_free(interval);
}

RvWindow *
rv_window_new(gint64 from_ms, gint64 until_ms, const char *who, const char *why)
{
    RvWindow *window = g_new0(RvWindow, 1);

    window->from_ms = from_ms;
    window->until_ms = until_ms;
    window->who = g_strdup(who);
    window->why = g_strdup(why);
    return window;
}

void
rv_window_free(RvWindow *window)
{
    if (window == NULL)
        return;
    g_free(window->who);
    g_free(window->why);
    g_free(window);
}
