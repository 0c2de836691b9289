/* Faults: which verdicts become one, and the clocks that run while it lasts. Pure.
 *
 * One fault per cause: reachability of a device, or one of its parts, however many sensors speak of
 * that part. A device that is down behind dead parents opens none of its own; it is folded into the
 * parent's. */
#pragma once

#include "plan/calendar.h"

typedef enum {
    RV_FAULT_ALARM,    /* opened by rule */
    RV_FAULT_DEFECT,   /* seen by a person, without an alarm */
    RV_FAULT_QUESTION, /* a consultation */
} RvFaultKind;

const char *rv_fault_kind_word(RvFaultKind kind); /* "alarm" "defect" "question" */
gboolean rv_fault_kind_parse(const char *word, RvFaultKind *kind);

/* ---- policy ---- */

/* Durations of 0: there is no such clock. */
typedef struct {
    char *id, *name;      /* "1"; what a person reads */
    gint64 respond_ms;    /* from the opening to the acknowledgement */
    gint64 resolve_ms;    /* from the opening to the resolution */
    gint64 plan_ms;       /* from the opening to the emergency plan, where not resolved by then */
    gint64 report_ms;     /* from the resolution to the fault report */
    gboolean by_coverage; /* clocks stand still outside the calendar; FALSE: every hour counts */
} RvFaultLevel;

/* What a rule asks for; NULL matches all. The first rule that fits decides. */
typedef struct {
    char *devices, *kinds, *service_classes; /* globs */
    char *what;       /* glob on "reachability" or the group of the part: fan, psu, disk … */
    RvVerdict status; /* RV_VERDICT_WARNING: that or worse */
    gint64 after_ms;  /* it has to hold that long … */
    guint samples;    /* … and that many samples */
    char *level;      /* id; NULL: opens no fault */
} RvFaultRule;

typedef struct {
    GPtrArray *levels; /* RvFaultLevel*, worst first */
    GPtrArray *rules;  /* RvFaultRule* */
} RvFaultPolicy;

RvFaultPolicy *rv_fault_policy_new(void); /* empty */
/* What holds without a service plan: level 1 (down, twice in a row), 2 (critical, twice), 3 (a
 * warning for an hour), each 30 min to respond, 12 h to resolve, 16 h to an emergency plan, 24 h
 * to the report. */
RvFaultPolicy *rv_fault_policy_new_default(void);
void rv_fault_policy_free(RvFaultPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvFaultPolicy, rv_fault_policy_free)
RvFaultLevel *rv_fault_policy_add_level(RvFaultPolicy *policy, const char *id, const char *name);
/* Matches everything at RV_VERDICT_WARNING, at once. */
RvFaultRule *rv_fault_policy_add_rule(RvFaultPolicy *policy, const char *level);
const RvFaultLevel *rv_fault_policy_level(const RvFaultPolicy *policy, const char *id);

/* ---- decisions ---- */

/* A cause that is not well now. */
typedef struct {
    char *cause;      /* "part:KEY" */
    char *group;      /* kind of part */
    char *title;      /* one sentence */
    char *facts;      /* what it says, as plan/fault-facts.h; may be NULL */
    RvVerdict status; /* the worst of its sensors; UNKNOWN neither opens nor ends a fault */
    gint64 from_ms;
    guint samples;
} RvCondition;

RvCondition *rv_condition_new(const char *cause, const char *group, const char *title);
void rv_condition_free(RvCondition *condition);

/* How a device is now. */
typedef struct {
    const char *name, *kind, *service_class; /* borrowed; "" where not given */
    char **parents;                          /* borrowed, NULL-terminated; NULL: none */
    RvReachability state;
    RvReason reason;    /* why it is not up … */
    const char *detail; /* … in a sentence; may be NULL */
    gint64 since_ms;    /* of that state */
    guint samples;      /* in that state */
    gint64 health_ms;   /* last health answer; 0: none */
    gboolean quiet;     /* planned maintenance now: nothing is opened */
    gint64 quiet_ms; /* end of the last such window; 0: none. What began in it counts from here */
    GPtrArray *conditions; /* RvCondition* */
} RvDeviceNow;

RvDeviceNow *rv_device_now_new(const char *name);
void rv_device_now_free(RvDeviceNow *device);

/* A fault that is not resolved. */
typedef struct {
    gint64 id;
    char *device, *cause, *level;
    gint64 opened_ms, recovered_ms; /* 0: lasts */
} RvOpenFault;

void rv_open_fault_free(RvOpenFault *fault);

#define RV_CAUSE_REACHABILITY "reachability"
#define RV_CAUSE_PART "part:" /* before the part, or the key of a sensor that has none */
/* What stands behind RV_CAUSE_PART, in `cause`; NULL: it is another cause. */
const char *rv_cause_part(const char *cause);

typedef enum {
    RV_FAULT_ACTION_OPEN,
    RV_FAULT_ACTION_WORSEN,  /* to `level` */
    RV_FAULT_ACTION_RECOVER, /* the condition went away */
    RV_FAULT_ACTION_RELAPSE, /* it came back before the fault was resolved */
    RV_FAULT_ACTION_FOLD,    /* `device` is down behind the device `parent`, which has the fault */
} RvFaultActionKind;

typedef struct {
    RvFaultActionKind kind;
    gint64 fault; /* id; 0 for OPEN, where the ledger gives it, and FOLD */
    char *device, *cause, *level, *title, *parent; /* "" where not used */
    char *facts;                                   /* of the title; may be NULL */
    gint64 time_ms;
} RvFaultAction;

const char *rv_fault_action_word(RvFaultActionKind kind); /* "open" "worsen" … */
void rv_fault_action_free(RvFaultAction *action);

/* RvFaultAction*, what to write into the ledger now, in the order of `devices` (RvDeviceNow*).
 * `open`: RvOpenFault*. */
GPtrArray *rv_fault_decide(const RvFaultPolicy *policy, const GPtrArray *devices,
                           const GPtrArray *open, gint64 now_ms);

/* ---- clocks ---- */

typedef enum {
    RV_CLOCK_RESPOND,
    RV_CLOCK_RESOLVE,
    RV_CLOCK_PLAN,
    RV_CLOCK_REPORT,
} RvClockKind;
#define RV_CLOCK_KINDS (RV_CLOCK_REPORT + 1)

const char *rv_clock_kind_word(RvClockKind kind); /* "respond" "resolve" "plan" "report" */

/* Times of a fault; 0: not yet. */
typedef struct {
    gint64 opened_ms, acknowledged_ms, planned_ms, resolved_ms, reported_ms;
} RvFaultTimes;

typedef struct {
    RvClockKind kind;
    gboolean exists; /* the level has it, and it has started */
    gint64 due_ms;
    gint64 done_ms;    /* 0: not done */
    gboolean breached; /* done too late, or not done and due */
    gint64 left_ms;    /* to the due time as the clock counts; below 0: over; 0 once done */
} RvClock;

/* `calendar` is used where the level counts by coverage; may be NULL. */
void rv_fault_clocks(const RvFaultTimes *times, const RvFaultLevel *level,
                     const RvCalendar *calendar, gint64 now_ms, RvClock clocks[RV_CLOCK_KINDS]);
