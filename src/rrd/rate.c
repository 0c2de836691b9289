#include "rrd/rate.h"

#include <math.h>

#define WRAP_32 4294967296.0
#define SPEED_TOLERANCE 1.05
/* No port carries more: stands in where the speed is not known. 1.6 Tbit/s in octets. */
#define OCTETS_OF_NO_PORT (1.6e12 / 8)
/* The uptime may differ this much from our clock: agents cache it, answers are late. */
#define UPTIME_TOLERANCE_S 10.0
#define UPTIME_TOLERANCE_PART 0.02

/* IANAifType: what these report as speed is a constant of the driver. */
static const int nominal_types[] = {
    1 /* other */,    24 /* softwareLoopback */, 53 /* propVirtual */, 131 /* tunnel */,
    135 /* l2vlan */, 136 /* l3ipvlan */,        150 /* mplsTunnel */, 209 /* bridge */};

RvRateReason
rv_rate_compare(const RvRateMoment *before, const RvRateMoment *now, gint64 heartbeat_ms)
{
    gint64 elapsed_ms = now->taken_at_ms - before->taken_at_ms;
    double elapsed_s = (double)elapsed_ms / 1000;
    double advance_s;

    if (elapsed_ms <= 0)
        return RV_RATE_BACKWARDS;
    if (elapsed_ms > heartbeat_ms)
        return RV_RATE_GAP;
    if (before->uptime_ticks < 0 || now->uptime_ticks < 0)
        return RV_RATE_KNOWN;
    advance_s = (guint32)(now->uptime_ticks - before->uptime_ticks) / 100.0;
    if (fabs(advance_s - elapsed_s) > UPTIME_TOLERANCE_S + UPTIME_TOLERANCE_PART * elapsed_s)
        return RV_RATE_RESTARTED;
    return RV_RATE_KNOWN;
}

/* The distance counted, or why there is none. */
static RvRateReason
distance_of(const RvRateCounter *counter, double seconds, double *distance)
{
    double most = counter->ceiling * SPEED_TOLERANCE * seconds;

    if (counter->before == RV_COUNTER_NONE || counter->now == RV_COUNTER_NONE)
        return RV_RATE_NOT_GIVEN;
    if (counter->is_64bit_before != counter->is_64bit_now)
        return RV_RATE_WIDTH;
    if (counter->is_64bit_now) {
        *distance = (double)(counter->now - counter->before);
        return counter->now < counter->before ? RV_RATE_RESET : RV_RATE_KNOWN;
    }
    if (counter->now > G_MAXUINT32 || counter->before > G_MAXUINT32)
        return RV_RATE_WIDTH;
    if (counter->ceiling <= 0 && counter->now < counter->before)
        return RV_RATE_RESET;
    *distance = (double)(guint32)(counter->now - counter->before);
    if (counter->ceiling > 0 && *distance + WRAP_32 <= most)
        return RV_RATE_AMBIGUOUS;
    if (counter->now<counter->before && * distance> most)
        return RV_RATE_RESET;
    return RV_RATE_KNOWN;
}

double
rv_rate_counter(const RvRateCounter *counter, double seconds, RvRateReason *reason)
{
    double ceiling = counter->ceiling > 0 ? counter->ceiling : OCTETS_OF_NO_PORT;
    double distance = NAN;
    RvRateReason why = seconds > 0 ? distance_of(counter, seconds, &distance) : RV_RATE_BACKWARDS;

    if (why == RV_RATE_KNOWN && distance / seconds > ceiling * SPEED_TOLERANCE)
        why = RV_RATE_TOO_FAST;
    if (reason != NULL)
        *reason = why;
    return why == RV_RATE_KNOWN ? distance / seconds : NAN;
}

static double
bits_of(const RvInterface *interface)
{
    for (gsize i = 0; i < G_N_ELEMENTS(nominal_types); i++)
        if (interface->type == nominal_types[i])
            return 0;
    return interface->speed_bps > 0 ? (double)interface->speed_bps : 0;
}

double
rv_rate_octet_ceiling(const RvInterface *interface)
{
    return bits_of(interface) / 8;
}

double
rv_rate_packet_ceiling(const RvInterface *interface)
{
    return bits_of(interface) / (8 * (64 + 20));
}

double
rv_rate_error_ceiling(double packet_ceiling, double seconds)
{
    return seconds > 0 ? MIN(packet_ceiling, G_MAXUINT32 / SPEED_TOLERANCE / seconds)
                       : packet_ceiling;
}

const char *
rv_rate_reason_word(RvRateReason reason)
{
    static const char *const words[] = {
        [RV_RATE_KNOWN] = "known",
        [RV_RATE_FIRST] = "first",
        [RV_RATE_NOT_GIVEN] = "not_given",
        [RV_RATE_BACKWARDS] = "backwards",
        [RV_RATE_GAP] = "gap",
        [RV_RATE_RESTARTED] = "restarted",
        [RV_RATE_DISCONTINUITY] = "discontinuity",
        [RV_RATE_WIDTH] = "width",
        [RV_RATE_RESET] = "reset",
        [RV_RATE_AMBIGUOUS] = "ambiguous",
        [RV_RATE_TOO_FAST] = "too_fast",
    };

    return words[reason];
}
