/* Intervals: how it was with a device, and for how long.
 *
 * Half open, from_ms <= t < until_ms, Unix milliseconds. Time that no interval covers was not
 * observed. */
#pragma once

#include "observation/observation.h"

typedef struct {
    gint64 from_ms, until_ms;
    RvReachability state; /* BLIND and NOT_ASKED: not observed */
    RvReason reason;      /* why `state`, where it is not up */
    char *detail;         /* one sentence for a person; may be NULL */
    guint samples;        /* how many answers, or failures to answer, made it */
} RvInterval;

RvInterval *rv_interval_new(RvReachability state, gint64 from_ms, gint64 until_ms);
void rv_interval_free(RvInterval *interval);

/* A window of time with a meaning of its own: maintenance, an agreed exclusion. */
typedef struct {
    gint64 id; /* of the ledger; 0: none */
    gint64 from_ms, until_ms;
    char *who, *why; /* never NULL */
} RvWindow;

RvWindow *rv_window_new(gint64 from_ms, gint64 until_ms, const char *who, const char *why);
void rv_window_free(RvWindow *window);

/* A piece of time and nothing else; lists of spans are GArray of RvSpan. */
typedef struct {
    gint64 from_ms, until_ms;
} RvSpan;
