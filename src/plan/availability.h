/* Availability: how much of the agreed service time a device served (rackvitals-availability(7)
 * has the formulas). Pure; all sums are whole milliseconds. */
#pragma once

#include "plan/interval.h"

typedef enum {
    RV_PROMISE_NONE, /* no target, or no agreed service time */
    RV_PROMISE_MET,
    RV_PROMISE_NOT_MET,
    RV_PROMISE_NOT_PROVEN, /* what was not observed decides */
} RvPromise;

const char *rv_promise_word(RvPromise promise); /* "none" "met" "not_met" "not_proven" */

typedef struct {
    gint64 from_ms, until_ms;     /* the period; of one that still runs, until now */
    const GArray *coverage;       /* RvSpan: when service was promised; NULL: always */
    const GPtrArray *maintenance; /* RvWindow*: planned; may be NULL */
    const GPtrArray *exclusions;  /* RvWindow*: agreed with the customer; may be NULL */
    double target;                /* 0.999; NAN: none */
} RvAvailabilityTerms;

/* What a stretch of the period counted as; the first that fits, from the top. */
typedef enum {
    RV_PIECE_NOT_COVERED,
    RV_PIECE_MAINTENANCE,
    RV_PIECE_EXCLUDED,
    RV_PIECE_DOWN, /* where intervals contradict each other, down wins over up */
    RV_PIECE_UP,
    RV_PIECE_NOT_OBSERVED, /* blind, not asked, unreachable behind a dead parent, no interval */
} RvPieceKind;
#define RV_PIECE_KINDS (RV_PIECE_NOT_OBSERVED + 1)

const char *rv_piece_word(RvPieceKind kind); /* "not_covered" "maintenance" … */

typedef struct {
    gint64 from_ms, until_ms;
    RvPieceKind kind;
    const RvInterval *interval; /* that made it; borrowed from the input; NULL: none */
    const RvWindow *window;     /* the same, of maintenance and exclusions */
} RvPiece;

typedef struct {
    gint64 from_ms, until_ms; /* real time; what was not observed between two downs belongs to it */
    gint64 counted_ms;        /* of it down within the agreed service time */
    gboolean open;            /* it ran on at the end of the period */
} RvOutage;

typedef struct {
    gint64 period_ms;
    gint64 sum_ms[RV_PIECE_KINDS]; /* these add up to period_ms */
    gint64 agreed_ms;              /* AST = up + down + not observed */
    gint64 up_ms, down_ms, not_observed_ms;
    double a;             /* up / (up + down); NAN: nothing was observed */
    double a_low, a_high; /* all that was not observed as down, as up; NAN: no agreed time */
    double target;
    gint64 budget_ms;   /* down time the target allows; 0 without target */
    double budget_used; /* down / budget; NAN without budget */
    RvPromise promise;
    guint outages;       /* that took agreed service time */
    gint64 mttr_ms;      /* down / outages; -1: no outage */
    gint64 mtbf_ms;      /* up / outages; -1: no outage */
    GArray *pieces;      /* RvPiece, ascending, without holes: every interval behind the numbers */
    GArray *outage_list; /* RvOutage, ascending */
} RvAvailability;

/* `intervals` (RvInterval*) may come in any order, overlap, and reach out of the period. Pieces
 * borrow from `intervals` and `terms`. */
RvAvailability *rv_availability(const GPtrArray *intervals, const RvAvailabilityTerms *terms);
void rv_availability_free(RvAvailability *availability);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvAvailability, rv_availability_free)

/* Redundant devices as one: up while at least `needed` members are up, down when it cannot be,
 * else not observed. `members`: GPtrArray of GPtrArray of RvInterval*. Gives RvInterval*, within
 * [from, until), ascending. */
GPtrArray *rv_availability_group(const GPtrArray *members, guint needed, gint64 from_ms,
                                 gint64 until_ms);
