/* Rates: two readings of a counter to a rate, or to "not known" with the reason.
 *
 * Pure. A rate is given only where exactly one value is possible: whatever could be a restart, a
 * reset or more than one wrap is not known, so that nothing ever draws a spike. */
#pragma once

#include "observation/observation.h"

typedef enum {
    RV_RATE_KNOWN,
    RV_RATE_FIRST,         /* there is no reading before this one */
    RV_RATE_NOT_GIVEN,     /* the device did not give the counter, now or before */
    RV_RATE_BACKWARDS,     /* not later than the reading before */
    RV_RATE_GAP,           /* longer apart than the heartbeat */
    RV_RATE_RESTARTED,     /* uptime did not advance with the clock */
    RV_RATE_DISCONTINUITY, /* ifCounterDiscontinuityTime changed (RFC 2863 §3.1.5) */
    RV_RATE_WIDTH,         /* 32 bits then, 64 now, or the other way round */
    RV_RATE_RESET,         /* went back, and no wrap explains it */
    RV_RATE_AMBIGUOUS,     /* could have wrapped more than once at this speed */
    RV_RATE_TOO_FAST,      /* more than 105 % of what the interface can carry */
} RvRateReason;

/* When counters were read, by our clock and by the device's. */
typedef struct {
    gint64 taken_at_ms;
    gint64 uptime_ticks; /* sysUpTime, hundredths of a second modulo 2^32; -1: not given */
} RvRateMoment;

typedef struct {
    guint64 before, now; /* RV_COUNTER_NONE: not given */
    gboolean is_64bit_before, is_64bit_now;
    double ceiling; /* what it can count in one second; 0: not known */
} RvRateCounter;

/* Whether counters of the two moments may be subtracted: BACKWARDS, GAP, RESTARTED or KNOWN.
 * sysUpTime wraps after 497 days; it is compared modulo 2^32 with the time that passed by our
 * clock. */
RvRateReason rv_rate_compare(const RvRateMoment *before, const RvRateMoment *now,
                             gint64 heartbeat_ms);

/* Counts per second over `seconds`; NAN unless *reason (may be NULL) is RV_RATE_KNOWN. */
double rv_rate_counter(const RvRateCounter *counter, double seconds, RvRateReason *reason);

/* What an interface's counters can count in a second: octets, packets (of at least 64 octets, 20
 * more on the wire). 0 where the speed is not known or only nominal (tunnels, loopbacks, VLANs). */
double rv_rate_octet_ceiling(const RvInterface *interface);
double rv_rate_packet_ceiling(const RvInterface *interface);

/* Errors and discards have 32 bits at any speed (IF-MIB has no wider form), and what a fast port
 * can count of packets would wrap them between two rounds. That four thousand million errors came
 * in `seconds` is not thought of: the ceiling of packets, but never more than leaves one value
 * possible. Else no port of 10 Gbit/s would have a rate of errors at all. */
double rv_rate_error_ceiling(double packet_ceiling, double seconds);

/* "restarted", …: for messages and tests. */
const char *rv_rate_reason_word(RvRateReason reason);
