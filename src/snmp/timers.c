#include "snmp/timers.h"

static RvTimer *
at(const RvTimers *timers, guint place)
{
    return g_ptr_array_index(timers->heap, place - 1);
}

static void
put(RvTimers *timers, guint place, RvTimer *timer)
{
    g_ptr_array_index(timers->heap, place - 1) = timer;
    timer->place = place;
}

static void
rise(RvTimers *timers, RvTimer *timer)
{
    guint place = timer->place;

    while (place > 1 && at(timers, place / 2)->due_ms > timer->due_ms) {
        put(timers, place, at(timers, place / 2));
        place /= 2;
    }
    put(timers, place, timer);
}

static void
sink(RvTimers *timers, RvTimer *timer)
{
    guint place = timer->place, n = timers->heap->len;

    for (;;) {
        guint child = place * 2;

        if (child < n && at(timers, child + 1)->due_ms < at(timers, child)->due_ms)
            child++;
        if (child > n || at(timers, child)->due_ms >= timer->due_ms)
            break;
        put(timers, place, at(timers, child));
        place = child;
    }
    put(timers, place, timer);
}

void
rv_timers_set(RvTimers *timers, RvTimer *timer, gint64 due_ms)
{
    if (timers->heap == NULL)
        timers->heap = g_ptr_array_new();
    rv_timers_unset(timers, timer);
    timer->due_ms = due_ms;
    g_ptr_array_add(timers->heap, timer);
    timer->place = timers->heap->len;
    rise(timers, timer);
}

void
rv_timers_unset(RvTimers *timers, RvTimer *timer)
{
    RvTimer *last;

    if (timer->place == 0)
        return;
    last = at(timers, timers->heap->len);
    g_ptr_array_set_size(timers->heap, (gint)timers->heap->len - 1);
    if (last != timer) {
        put(timers, timer->place, last);
        sink(timers, last);
        rise(timers, last);
    }
    timer->place = 0;
}

gint64
rv_timers_next_ms(const RvTimers *timers)
{
    return timers->heap == NULL || timers->heap->len == 0 ? G_MAXINT64 : at(timers, 1)->due_ms;
}

void
rv_timers_run(RvTimers *timers, gint64 now_ms)
{
    while (rv_timers_next_ms(timers) <= now_ms) {
        RvTimer *timer = at(timers, 1);

        rv_timers_unset(timers, timer);
        timer->fire(timer);
    }
}

void
rv_timers_clear(RvTimers *timers)
{
    g_clear_pointer(&timers->heap, g_ptr_array_unref);
}
