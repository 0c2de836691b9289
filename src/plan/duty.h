/* Duties: what the plan promises period by period (a round every two weeks, a report every month,
 * quarter, year), and what of it is due, done or overdue. Pure. */
#pragma once

#include "plan/calendar.h"

/* One promise. */
typedef struct {
    RvPeriodKind kind; /* a round is to be made within its period, a report after it */
    gint64 within_ms;  /* after the period's end; counted by `calendar` where that is given */
} RvDuty;

/* Something that was done: the round of a period, or its report handed over. */
typedef struct {
    RvPeriodKind kind;
    gint64 from_ms;  /* begin of the period it is for */
    gint64 until_ms; /* end of it */
    gint64 done_ms;
    char *file; /* where it lies; "" for none */
    char *who;
} RvDelivery;

void rv_delivery_free(RvDelivery *delivery);

typedef enum {
    RV_DUTY_RUNNING, /* the period is not over */
    RV_DUTY_DUE,     /* over, not done, in time still */
    RV_DUTY_DONE,
    RV_DUTY_DONE_LATE,
    RV_DUTY_OVERDUE,
} RvDutyState;

const char *
rv_duty_state_word(RvDutyState state); /* "running" "due" "done" "done_late" "overdue" */

typedef struct {
    RvPeriod period;
    gint64 due_ms;
    const RvDelivery *delivery; /* the first one made of it; borrowed; NULL: none */
    RvDutyState state;
} RvDutyStatus;

typedef struct {
    GTimeZone *zone;            /* of the contract; NULL: local */
    const char *anchor;         /* first day of some round; NULL: as rv_period_at */
    const RvCalendar *calendar; /* for within_ms; NULL: every hour counts */
    gint64 from_ms,
        until_ms; /* periods that end in [from, until), and the one that runs at `until` */
} RvDutyTerms;

/* GArray of RvDutyStatus, oldest first; at most 1000. `deliveries`: RvDelivery*, in any order. */
GArray *rv_duty_status(const RvDuty *duty, const GPtrArray *deliveries, const RvDutyTerms *terms,
                       gint64 now_ms);
