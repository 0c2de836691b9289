/* The report model: every number that a report of ours prints, before language and pages.
 *
 * Made once from the state file, the RRD files, the configuration and an explicit now; the PDF,
 * HTML and CSV writers and the JSON show it. What is not known is NAN, 0 or NULL as each field
 * says, and `gaps` says why. Times are Unix milliseconds, 0: never. */
#pragma once

#include "conf/configuration.h"
#include "db/ledger.h"
#include "db/maintenance.h"
#include "plan/availability.h"
#include "plan/evidence.h"
#include "rrd/store.h"

typedef enum { RV_REPORT_PERIOD, RV_REPORT_DEVICE, RV_REPORT_FAULT } RvReportKind;

/* Columns of the device matrix. */
typedef enum {
    RV_PART_PSU,
    RV_PART_FAN,
    RV_PART_TEMPERATURE,
    RV_PART_VOLTAGE,
    RV_PART_DISK,
    RV_PART_OPTICS,
    RV_PART_OTHER,
} RvPartGroup;
#define RV_PART_GROUPS (RV_PART_OTHER + 1)

RvPartGroup rv_part_group(const char *group); /* "disk", "array" … */
const char *rv_part_group_word(RvPartGroup group);

typedef struct {
    guint sensors;        /* 0: the device has none */
    guint bad;            /* warning or critical at the end of the period */
    RvVerdict now, worst; /* at the end; within the period */
} RvReportPart;

/* A sensor that was not well at some time of the period. */
typedef struct {
    char *device, *key, *name, *group;
    char *component; /* may be NULL */
    RvClass class;
    RvPartGroup part;
    RvVerdict worst;
    RvVerdict now;            /* at the end of the period */
    RvPresence presence;      /* of the worst */
    char *reason;             /* of the latest that was the worst; English; may be NULL */
    gint64 first_ms, last_ms; /* begin of the first, end of the last within the period */
    gint64 bad_ms;            /* warning and critical within the period */
    guint times;
    gboolean since_before; /* it was so when the period began */
} RvReportFinding;

typedef struct {
    char *name, *host, *kind, *site, *rack, *service_class, *owner; /* "" where not given */
    char *site_name;                                                /* of the inventory; "" */
    char *vendor, *model, *os_version, *serial, *profile;           /* "" where not known */
    gboolean in_inventory;
    gboolean observed;              /* any sample in the period */
    gint64 first_ms, last_ms;       /* first and last sample ever; 0: none */
    GPtrArray *intervals, *windows; /* of the availability */
    RvAvailability *availability;
    RvReachability last_state; /* at the end of the period */
    RvReason last_reason;
    RvReportPart parts[RV_PART_GROUPS];
    RvVerdict now, worst;     /* of all parts and reachability */
    guint events, bad_events; /* log entries of the period; of these warning or critical */
    gint64 critical_ms,
        warning_ms;   /* any part critical; else any warning; down counts as critical */
    gint64 judged_ms; /* health was sampled */
    RvFirmwareVerdict firmware;
    char *firmware_sentence;            /* may be NULL */
    guint limits[RV_LIMITS_POLICY + 1]; /* sensors by source of their limits */
    guint interfaces, interfaces_up;    /* Ethernet and such, by the latest answer; 0: none told */
    double ports_used;                  /* share of interfaces that are up; NAN: none told */
    gint64 latest_ms;                   /* of the latest answer; 0: none */
    guint findings, faults;             /* of this device */
} RvReportDevice;

typedef struct {
    char *id, *name;
    double target; /* NAN: none */
    char *coverage;
    guint devices, met, not_met, not_proven;
    gint64 agreed_ms, up_ms, down_ms, not_observed_ms, maintenance_ms, excluded_ms;
    double a, a_low, a_high; /* over all its devices' time; NAN: nothing observed */
    gint64 budget_ms;
    RvPromise promise; /* not met where any device is not */
} RvReportClass;

typedef struct {
    char *id, *name;
    guint members, needed;
    double target;
    double a, a_low, a_high;
    gint64 down_ms;
    RvPromise promise;
} RvReportGroup;

typedef struct {
    RvFault *fault; /* with its trail */
    RvClock clocks[RV_CLOCK_KINDS];
    char *level_name;
    gint64 down_ms; /* of its device while it lasted, within the period; -1: not a reachability
                       fault */
    gboolean opened_before; /* the period */
} RvReportFault;

typedef struct {
    char *level, *name;
    guint faults, open;
    guint kept[RV_CLOCK_KINDS], breached[RV_CLOCK_KINDS], running[RV_CLOCK_KINDS];
} RvReportHandling;

/* A part that works but is not normal. */
typedef struct {
    RvEvidence *evidence;
    RvClass class;
    char *group, *component; /* component: NULL where not known */
    double limit;            /* NAN */
    GArray *days;            /* double, one for each day, NAN: none */
} RvReportSuspect;

typedef enum {
    RV_ACTION_RESTORE, /* the device is down */
    RV_ACTION_REPLACE,
    RV_ACTION_ORDER,   /* a spare, then replace */
    RV_ACTION_FIND,    /* a part that is missing */
    RV_ACTION_COOL,    /* look at cooling and airflow */
    RV_ACTION_SUPPLY,  /* look at the power that comes in */
    RV_ACTION_OPTICS,  /* clean, or replace the transceiver */
    RV_ACTION_RELIEVE, /* less load, or more of it */
    RV_ACTION_INSPECT,
} RvActionKind;

const char *rv_action_word(RvActionKind kind); /* "replace" … */

typedef enum {
    RV_URGENCY_NOW,  /* critical at the end of the period */
    RV_URGENCY_SOON, /* warning */
    RV_URGENCY_PLAN, /* works, but not as it should */
} RvUrgency;

const char *rv_urgency_word(RvUrgency urgency); /* "now", "soon", "plan" */

/* What is to be done; each part once. */
typedef struct {
    char *device, *rack;
    char *part;           /* name of the sensor that says so; "" of the whole device */
    char *model, *serial; /* of the part; "" where not known */
    RvActionKind kind;
    RvUrgency urgency;
    gint64 fault;  /* the open one about it; 0: none */
    gint64 due_ms; /* when that one is to be resolved, as agreed; 0: nothing agreed */
    char *owner;   /* of the device; "" where not given */
} RvReportAction;

/* What the report before would have predicted, held against what came. */
typedef struct {
    guint predicted, came, failed_to_come, not_foreseen;
} RvReportScorecard;

typedef struct {
    char *device, *key, *name, *alias;
    double speed_bps;                                         /* NAN: not known */
    double in_mean, in_95, in_max, out_mean, out_95, out_max; /* bit/s; NAN */
    double used;   /* the larger 95th percentile, share of the speed; NAN */
    double faults; /* packets with errors or discards in the period; 0: none seen */
    double known;  /* share of the period with values */
} RvReportInterface;

typedef struct {
    char *device, *key, *name;
    RvClass class;
    double mean, p95, minimum, maximum, last;
    RvLimits limits;
    double known;
    double margin;   /* optics: to the nearest limit, dB; NAN */
    double used;     /* energy, kWh in the period; NAN */
    gboolean part;   /* of power: its device has a sensor of the whole, which counts instead */
    gint64 above_ms; /* at or above the high warning limit */
} RvReportSeries;

typedef struct {
    char *device; /* "" for the part's own row */
    char *model, *part, *version;
    RvFirmwareVerdict verdict;
    char *sentence;          /* may be NULL */
    char *min, *exact, *why; /* of the rule that decided; "" where it has none */
} RvReportFirmware;

typedef struct {
    char *model, *version;
    guint devices;
} RvReportVersion;

typedef enum {
    RV_WEAK_SNMP_1,
    RV_WEAK_SNMP_2C,
    RV_WEAK_COMMUNITY, /* public, private … */
    RV_WEAK_NO_AUTH,
    RV_WEAK_NO_PRIVACY,
    RV_WEAK_MD5,
    RV_WEAK_DES,
    RV_WEAK_IPMI_1_5,
    RV_WEAK_CIPHER, /* suites 0 to 2 */
    RV_WEAK_ANONYMOUS,
    RV_WEAK_ADMIN, /* asks with more rights than it needs */
} RvWeakness;
#define RV_WEAKNESSES (RV_WEAK_ADMIN + 1)

const char *rv_weakness_word(RvWeakness weakness); /* "snmp_1" … */
RvVerdict rv_weakness_verdict(RvWeakness weakness);

typedef struct {
    char *label; /* "2026-09" */
    gboolean known;
    double a;
    double score;
    guint devices, faults, met, not_met, not_proven;
    gint64 down_ms;
} RvReportMonth;

typedef enum {
    RV_CAP_NONE,
    RV_CAP_PROMISE, /* a promise was not kept: at most 79 */
    RV_CAP_OPEN,    /* a part is critical or a device down at the end: at most 89 */
    RV_CAP_UNSEEN,  /* less than 90 % was observed: at most 84 */
    RV_CAP_NOTHING, /* nothing was observed: no score */
} RvScoreCap;

typedef struct {
    double service, health, handling, coverage; /* points of 40, 30, 20, 10; NAN: not rated */
    double raw;                                 /* their sum, over what could be rated, of 100 */
    double score;                               /* under its caps; NAN: none */
    gboolean caps[RV_CAP_NOTHING + 1];
} RvReportScore;

typedef struct {
    gint64 from_ms, until_ms;
    guint devices;
} RvReportBlind;

typedef struct {
    guint rounds, finished, killed, simulated;
    guint planned; /* rounds: one for each interval that the site file gives */
    guint64 asked, answered, failed;
    gint64 samples_expected, samples_received; /* of reachability, of all devices */
    gint64 expected_ms, observed_ms;           /* agreed time of all devices; of it observed */
    guint lost, late;                          /* gaps in the journal; samples that came late */
    guint never;      /* devices of the inventory without any sample in the period */
    GPtrArray *blind; /* RvReportBlind*: longest times in which nothing was seen */
} RvReportCoverage;

/* Over the whole report. */
typedef struct {
    guint open_faults, resolved;
    guint overdue_faults;                           /* open, past the time to resolve */
    gint64 resolve_mean_ms;                         /* of the resolved; 0: none */
    guint clocks_kept, clocks_late, clocks_running; /* of all faults and kinds */
    guint devices_down, devices_unseen;             /* down at some time; in part not observed */
    guint outages;                                  /* of all devices */
    gint64 mttr_ms, mtbf_ms;                        /* over all devices; 0: no outage */
    gint64 excluded_ms;                             /* maintenance and exclusions, of all devices */
    guint bad_parts;                                /* findings that are not well at the end */
    guint suspect_parts;                            /* suspects, each part once */
    guint ports, ports_up;                          /* of all devices */
    guint weak_kinds, weak_devices;                 /* weaknesses there are; devices with any */
    guint critical, bad, unknown; /* devices at the end of the period; bad: warning or critical */
    guint critical_parts;         /* findings that are critical at the end */
    guint new_devices, changed_parts, changed_firmware, restarts;
    double inlet_mean, inlet_maximum; /* °C: mean of the inlets' means; NAN: no inlet */
    double energy_kwh;                /* of all devices that tell their power; NAN: none */
    guint spares, unpriced;           /* parts to buy; of these without a price */
    double spares_cost;               /* of those with a price; NAN: none has */
    double observed;                  /* share of the agreed service time; NAN: none was agreed */
} RvReportSums;

typedef struct {
    char *cause;
    guint faults;
    gint64 down_ms;
    double cumulative; /* share of all faults, with the causes before this one */
    gboolean vital;    /* of the few that make 80 % of the faults */
} RvReportCause;

/* Faults of one device and one cause. */
typedef struct {
    char *device, *cause;
    guint times;    /* 2 at least */
    gint64 last_ms; /* when the latest was opened */
} RvReportRecurring;

/* Parts of one kind that are to be bought. */
typedef struct {
    char *part;           /* "psu" … */
    guint bad, suspected; /* not well at the end; works, but is not normal */
    double price, cost;   /* NAN: the service plan has no price */
} RvReportSpares;

/* A model of devices, and how much it ages. */
typedef struct {
    char *model; /* "" where not known */
    guint devices, findings, faults, suspects;
    double per_device; /* findings and suspects */
} RvReportModel;

typedef struct {
    RvPeriodKind kind;
    char label[24];
    gint64 due_ms, done_ms;
    RvDutyState state;
} RvReportDuty;

/* A curve of the appendix. */
typedef struct {
    char *device, *key, *name, *unit;
    char *component; /* NULL: none */
    RvLimits limits;
    gboolean rates; /* bit/s, in and out */
    gint64 start_s, end_s;
    GArray *values[2]; /* double, evenly spread; the second NULL but for interfaces */
} RvReportGraph;

typedef enum {
    RV_GAP_NO_SERIES, /* no RRD folder */
    RV_GAP_NO_PLAN,   /* nothing promised */
    RV_GAP_NO_INVENTORY,
    RV_GAP_SHORT_HISTORY,   /* fewer than 28 days: no trends */
    RV_GAP_LIMITS_OF_TODAY, /* the period is past, limits are those of the latest answer */
    RV_GAP_NO_SECRETS,      /* communities were not read */
    RV_GAP_READ,            /* a device's series could not be read; detail */
} RvGapKind;

typedef struct {
    RvGapKind kind;
    char *detail; /* may be NULL */
} RvReportGap;

typedef struct {
    RvReportKind kind;
    char *subject; /* device name; NULL */
    gint64 fault_id;
    /* head */
    RvPeriod period;
    gint64 until_ms; /* end of the period, or now where it runs */
    gboolean running, simulated;
    gint64 made_ms;
    GTimeZone *zone;
    char *zone_name, *number, *language;
    guint edition;
    char *customer, *provider, *project, *contract, *confidentiality; /* "" */
    char *logo, *accent;                                              /* NULL */
    char *currency;                                                   /* of prices; "" */
    char *version, *state_digest, *configuration_digest;
    char *inventory_digest, *plan_digest; /* "" where there is no such file, or a folder of them */
    int schema;
    GPtrArray *sign_off; /* RvSignOff* */
    /* what was found */
    GPtrArray *devices;  /* RvReportDevice*, worst first */
    GHashTable *places;  /* device name → its place in `devices`, from 1 */
    GPtrArray *classes;  /* RvReportClass* */
    GPtrArray *groups;   /* RvReportGroup* */
    GPtrArray *findings; /* RvReportFinding*, worst first */
    GPtrArray *faults;   /* RvReportFault* */
    GPtrArray *handling; /* RvReportHandling* */
    GPtrArray *suspects; /* RvReportSuspect* */
    GPtrArray *actions;  /* RvReportAction*, most urgent first */
    RvReportScorecard scorecard;
    GPtrArray *interfaces;                          /* RvReportInterface*, by 95th percentile */
    GPtrArray *inlets, *energy, *capacity, *optics; /* RvReportSeries* */
    GPtrArray *links;                               /* RvLinkChanges*, most changes first */
    GPtrArray *changes;                             /* RvChange*, without lost and late samples */
    GPtrArray *firmware; /* RvReportFirmware*: against the baseline, not fine */
    guint firmware_judged, firmware_fine;
    GPtrArray *versions;            /* RvReportVersion* */
    GPtrArray *weak[RV_WEAKNESSES]; /* char*: devices */
    guint access_known;             /* devices whose access the inventory gives */
    GPtrArray *events;      /* RvEventRow*, warning and critical, newest first; the first 200 */
    guint event_count;      /* all of the period */
    GPtrArray *maintenance; /* RvMaintenance* */
    GPtrArray *exclusions;  /* RvWindow* */
    GPtrArray *duties;      /* RvReportDuty* */
    GPtrArray *history;     /* RvReportMonth*, oldest first; the last is this period */
    GPtrArray *months;      /* RvReportMonth*: of a quarter or year, its months */
    GPtrArray *causes;      /* RvReportCause*, most faults first */
    GPtrArray *recurring;   /* RvReportRecurring*, most often first */
    GPtrArray *models;      /* RvReportModel*, most per device first */
    GPtrArray *spares;      /* RvReportSpares* */
    RvReportScore score;
    RvReportCoverage coverage;
    RvReportSums sums;
    double a, a_low, a_high; /* over all devices */
    gint64 down_ms;
    guint met, not_met, not_proven;
    GPtrArray *graphs; /* RvReportGraph*, by device, of what has findings */
    GPtrArray *gaps;   /* RvReportGap*: what could not be said, and why */
} RvReport;

typedef struct {
    RvState *state;
    RvRrdStore *rrd; /* NULL: none */
    const RvConfiguration *configuration;
    gboolean secrets; /* credentials were loaded: default communities can be told */
    void (*progress)(const char *what, double share, gpointer data); /* may be NULL */
    gpointer progress_data;
} RvReportSources;

typedef struct {
    RvReportKind kind;
    RvPeriod period;
    GTimeZone *zone;       /* borrowed; NULL: the plan's */
    const char *zone_name; /* NULL: the plan's */
    const char *device;    /* of a device report */
    gint64 fault;          /* of a fault report */
    gint64 now_ms;
    guint edition;       /* 1 … */
    const char *version; /* of the program */
} RvReportRequest;

/* RV_ERROR_STORE, RV_ERROR_USAGE (no such device or fault). A device or series that cannot be read
 * is a gap, not an error. */
RvReport *rv_report_build(const RvReportSources *sources, const RvReportRequest *request,
                          GError **error);
void rv_report_free(RvReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvReport, rv_report_free)

/* Borrowed; NULL: not in the report. */
const RvReportDevice *rv_report_device(const RvReport *report, const char *name);
/* Its place in `devices`, from 1; 0: not in the report. */
guint rv_report_place(const RvReport *report, const char *name);
gboolean rv_report_has_gap(const RvReport *report, RvGapKind kind);
