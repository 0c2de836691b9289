/* Timers: a heap of due times that lie in the structures they wake. */
#pragma once

#include <glib.h>

typedef struct RvTimer RvTimer;
struct RvTimer {
    gint64 due_ms;                /* monotonic */
    guint place;                  /* in the heap, from 1; 0: not set */
    void (*fire)(RvTimer *timer); /* taken from the heap before it is called */
};

typedef struct {
    GPtrArray *heap; /* RvTimer*; NULL until the first one */
} RvTimers;

void rv_timers_set(RvTimers *timers, RvTimer *timer, gint64 due_ms);
void rv_timers_unset(RvTimers *timers, RvTimer *timer);
/* G_MAXINT64: none. */
gint64 rv_timers_next_ms(const RvTimers *timers);
/* Fires those that are due, in order. */
void rv_timers_run(RvTimers *timers, gint64 now_ms);
void rv_timers_clear(RvTimers *timers);
