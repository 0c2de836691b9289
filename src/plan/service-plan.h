/* The service plan: what was promised to whom, as plain values. Made by conf/ from
 * service-plan.yaml, or by rv_service_plan_new() where there is none. */
#pragma once

#include "plan/calendar.h"
#include "plan/duty.h"
#include "plan/fault.h"
#include "plan/firmware.h"

/* What devices of a class are promised. */
typedef struct {
    char *id, *name;            /* "gold"; what a person reads */
    double availability;        /* 0.999; NAN: no target */
    const RvCalendar *coverage; /* borrowed from the plan; NULL: always */
} RvServiceClass;

/* Devices that stand in for each other: up while `needed` of them are. */
typedef struct {
    char *id, *name;
    char **devices; /* globs, NULL-terminated */
    guint needed;
    char *service_class; /* NULL: that of the first member */
} RvRedundantGroup;

typedef struct {
    char *role, *name; /* "prepared" "reviewed" "approved" "customer"; the name may be "" */
} RvSignOff;

typedef struct {
    RvPeriodKind kind;
    char *format;     /* "pdf" "html" … */
    char **mail_to;   /* addresses, NULL-terminated; never NULL */
    char **languages; /* "zh_CN" "en"; NULL-terminated; never NULL; empty: the site's */
} RvPromisedReport;

/* What a part costs, in the currency of the contract; NAN: not agreed. */
typedef struct {
    char *currency; /* "CNY"; "" where not given */
    double psu, fan, disk, battery, module, memory, optics;
} RvPartPrices;

typedef struct {
    char *customer, *provider, *project, *contract, *confidentiality; /* "" where not given */
    char *logo;                       /* path of a PNG; NULL: none */
    char *accent;                     /* "#1f4e79"; NULL: the default */
    char *report_prefix;              /* of report numbers; "" */
    GTimeZone *zone;                  /* of the contract; never NULL */
    char *zone_name;                  /* IANA name; "" where local */
    char *round_anchor;               /* first day of some two-week round; NULL: as rv_period_at */
    GPtrArray *calendars;             /* RvCalendar* */
    GPtrArray *classes;               /* RvServiceClass* */
    GPtrArray *groups;                /* RvRedundantGroup* */
    RvFaultPolicy *faults;            /* never NULL */
    const RvCalendar *fault_calendar; /* of levels that count by coverage; NULL: always */
    GArray *duties;                   /* RvDuty */
    const RvCalendar *duty_calendar;  /* NULL: every hour counts */
    GPtrArray *reports;               /* RvPromisedReport* */
    GPtrArray *sign_off;              /* RvSignOff*, in the order of signing */
    GPtrArray *firmware;              /* RvFirmwareRule* */
    RvPartPrices prices;              /* for the budget of parts to replace */
    GPtrArray *exclusions;            /* RvWindow*: agreed with the customer */
} RvServicePlan;

/* What holds where nothing was agreed: no targets, the default fault policy, no duties. */
RvServicePlan *rv_service_plan_new(void);
void rv_service_plan_free(RvServicePlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvServicePlan, rv_service_plan_free)

void rv_service_class_free(RvServiceClass *service_class);
void rv_redundant_group_free(RvRedundantGroup *group);
void rv_sign_off_free(RvSignOff *sign_off);
void rv_promised_report_free(RvPromisedReport *report);

const RvServiceClass *rv_service_plan_class(const RvServicePlan *plan, const char *id);
const RvCalendar *rv_service_plan_calendar(const RvServicePlan *plan, const char *name);

/* Kinds of parts that are bought and replaced, as rv_sensor_group() names them; NULL-terminated. */
extern const char *const rv_priced_parts[];
/* Of a kind of part; NAN: no price, or no such kind. */
double rv_service_plan_price(const RvServicePlan *plan, const char *part);
