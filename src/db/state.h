/* State: what lasts between rounds, in one SQLite file or in a PostgreSQL database
 * (rackvitals-state(7) has the tables).
 *
 * WAL, so that readers never wait for a poll and a killed writer leaves what it had committed
 * whole; one transaction per observation. Not thread-safe: a handle belongs to one thread. Every
 * error is RV_ERROR_STORE and names the file and what to do, except where said.
 *
 * The journal is made of intervals. A sample holds from its time until the next sample; when more
 * than 2.5 times the sampling interval lies between two samples, that time is stored as BLIND
 * (lost samples): it counts neither as up nor as down. A sample that is not younger than the last
 * one changes no interval and is written to the journal as `late`.
 *
 * Readers give arrays (GPtrArray) that own their elements; `device` NULL means every device; an
 * unknown device gives an empty array. Periods are half open, Unix milliseconds. Intervals are not
 * cut to the period asked for. */
#pragma once

#include "base/secret.h"
#include "health/judge.h"
#include "plan/duty.h"
#include "plan/interval.h"

typedef struct RvState RvState;

typedef enum {
    RV_STATE_MODE_READ,  /* reports and lists: never writes, never makes a file */
    RV_STATE_MODE_WRITE, /* makes the file where there is none, and migrates an older one */
} RvStateMode;

/* Migration copies the file to PATH.backup-v<old schema> first. A schema newer than ours, or a file
 * that is some other program's, is refused (RV_ERROR_DATA). Reading without a file is
 * RV_ERROR_NO_INPUT; reading an older schema is refused with the advice to poll once. */
RvState *rv_state_open(const char *path, RvStateMode mode, GError **error);

/* Where the state is. A server that does not answer is RV_ERROR_UNAVAILABLE; one that refuses us
 * RV_ERROR_AUTH. Before it migrates a server's database, everything in it is kept as the SQLite
 * file FILE.postgresql-backup-v<old schema>, which rv_state_copy() puts back. */
typedef struct {
    const char *file;   /* state.db in the state folder */
    const char *server; /* PostgreSQL connection string without password; NULL: the file */
    RvSecret *password; /* of the server; NULL: libpq's own ways */
} RvStatePlace;

RvState *rv_state_open_at(const RvStatePlace *place, RvStateMode mode, GError **error);
void rv_state_close(RvState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvState, rv_state_close)

const char *rv_state_path(const RvState *state); /* for messages; never a password in it */
/* Claims the round for this process until the state is closed; RV_ERROR_LOCKED where another one,
 * perhaps on another machine, runs on the same server's database. A file has the lock beside it. */
gboolean rv_state_claim_round(RvState *state, GError **error);

const char *rv_state_backend(const RvState *state); /* "SQLite", "PostgreSQL" */
int rv_state_schema_version(void);                  /* of this program */

/* Integrity as SQLite and our own rules see it (overlapping intervals, ends before beginnings):
 * an array of sentences, empty when all is well. */
GPtrArray *rv_state_verify(RvState *state, GError **error);

/* Deletes closed history that ended before `before_ms`: intervals, events, journal, rounds, ended
 * maintenance. Faults and components are kept. */
gboolean rv_state_prune(RvState *state, gint64 before_ms, GError **error);

/* ---- rounds ---- */

typedef struct {
    gint64 id; /* given by rv_state_round_start */
    gint64 started_ms;
    gint64 ended_ms;                    /* 0: still runs, or was killed */
    char *host;                         /* where the poller ran */
    char *version;                      /* of rackvitals */
    gboolean simulated;                 /* under a simulated clock: reports say "demonstration" */
    guint due, asked, answered, failed; /* devices */
    char *note;                         /* why it ended early …; may be NULL */
} RvRound;

void rv_round_free(RvRound *round);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvRound, rv_round_free)

/* Stores the start and gives round->id. */
gboolean rv_state_round_start(RvState *state, RvRound *round, GError **error);
/* Stores ended_ms, the counts and the note of round->id. */
gboolean rv_state_round_end(RvState *state, const RvRound *round, GError **error);
/* When the state begins: the first round or sample that it knows of; 0: nothing yet. */
gboolean rv_state_begins(RvState *state, gint64 *first_ms, GError **error);
/* RvRound*, those that started in the period, oldest first. */
GPtrArray *rv_state_rounds(RvState *state, gint64 from_ms, gint64 until_ms, GError **error);

/* ---- storing ---- */

/* Same bits as RvCollectTasks. */
typedef enum {
    RV_TASK_REACHABILITY = 1 << 0,
    RV_TASK_HEALTH = 1 << 1,
    RV_TASK_CENSUS = 1 << 2,
} RvTasks;

typedef struct {
    gint64 round_id;                 /* 0: none */
    RvTasks tasks;                   /* what was asked for */
    gint64 reachability_interval_ms; /* how often a sample is expected; 0: 60 s */
    gint64 health_interval_ms;       /* 0: 5 min */
    const char *line; /* rv_observation_to_json_brief, where the caller has it; may be NULL */
    GBytes *counters; /* for rv_state_counters of the next round; NULL: what is there stays */
} RvStoreContext;

/* Stores one judged observation, whole or not at all. The device is known by device.name (its host
 * where the name is empty). Silence leaves verdicts, parts and the latest answer as they were.
 * Parts and components are called gone only by a census or health answer that was whole: every
 * protocol up, none partial. */
gboolean rv_state_store_observation(RvState *state, const RvObservation *observation,
                                    const RvStoreContext *context, GError **error);

/* Several observations as one transaction, which is many times quicker: all are stored, or none.
 * One that is refused within it takes back only itself. _finish with `fine` FALSE takes all back
 * and gives FALSE without touching *error. */
gboolean rv_state_begin(RvState *state, GError **error);
gboolean rv_state_finish(RvState *state, gboolean fine, GError **error);

/* ---- what the poller needs ---- */

typedef struct {
    char *name, *host, *kind, *site;                                      /* never NULL */
    char *vendor, *model, *os, *os_version, *serial, *profile, *sys_name; /* NULL: not known */
    gint64 first_ms, last_ms; /* first and last sample */
    RvReachability state;     /* of the last sample; NOT_ASKED: none yet */
    RvReason reason;
    char *detail;          /* may be NULL */
    gint64 since_ms;       /* begin of that state */
    RvVerdict status;      /* of the last whole judging */
    gint64 booted_ms;      /* by its uptime; 0: not known */
    gint64 asked_ms[3];    /* by task (reachability, health, census); 0: never */
    gint64 answered_ms[3]; /* the same, where it answered */
} RvDeviceRow;

void rv_device_row_free(RvDeviceRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvDeviceRow, rv_device_row_free)
/* RvDeviceRow*, by name. */
GPtrArray *rv_state_devices(RvState *state, GError **error);
/* NULL without an error: not known. */
RvDeviceRow *rv_state_device(RvState *state, const char *device, GError **error);

/* What judging and collecting want to know of the past. */
typedef struct {
    GHashTable *verdicts; /* sensor key → GINT_TO_POINTER(RvVerdict + 1), as RvHealthContext */
    GPtrArray *seen; /* RvSeenPart*: parts once seen present, and missing since or still there */
    guint32 event_record; /* of the newest event stored; 0: none */
    gint64 event_time_ms;
} RvPrevious;

void rv_previous_free(RvPrevious *previous);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvPrevious, rv_previous_free)
/* Never NULL without an error; empty for an unknown device. */
RvPrevious *rv_state_previous(RvState *state, const char *device, GError **error);

/* Takes a part out of what was seen (the operator removed it on purpose): its missing verdict ends
 * at `now_ms`. FALSE without an error where there is no such part. */
gboolean rv_state_forget_part(RvState *state, const char *device, const char *key, gint64 now_ms,
                              GError **error);

/* The last judged health answer as it was (sensors, interfaces with raw counters, taken_at_ms);
 * components from the last census. NULL without an error: none yet. The counters of rates come
 * from here: (now - then) / (now.taken_at_ms - then->taken_at_ms). */
RvObservation *rv_state_latest(RvState *state, const char *device, GError **error);

/* What was given last as `counters`, by RvStoreContext or by rv_state_keep_counters: they belong to
 * the answer whose series were written last, which may be older than the latest. NULL without an
 * error: none were given yet. */
GBytes *rv_state_counters(RvState *state, const char *device, GError **error);
/* For answers that were stored without. Changes nothing where the device never gave a health
 * answer.
 */
gboolean rv_state_keep_counters(RvState *state, const char *device, GBytes *counters,
                                GError **error);

/* ---- what the reports need ---- */

/* RvInterval* of one device that touch the period, in order. `protocol` NULL: the device as a whole
 * (up when any protocol is), else "snmp" or "ipmi". What rv_availability() takes. */
GPtrArray *rv_state_reachability(RvState *state, const char *device, const char *protocol,
                                 gint64 from_ms, gint64 until_ms, GError **error);

/* Spans in which health was sampled without gaps; a verdict between them was not observed. GArray
 * of RvSpan. */
GArray *rv_state_health_spans(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                              GError **error);

typedef struct {
    char *device, *key, *name, *group, *component; /* component may be NULL */
    RvClass class;
    RvVerdict status;
    RvPresence presence;
    char *reason;             /* may be NULL */
    gint64 from_ms, until_ms; /* open: until the last sample */
    gboolean open;
    guint samples; /* health samples, counted when the interval begins and ends */
} RvVerdictInterval;

void rv_verdict_interval_free(RvVerdictInterval *interval);
/* RvVerdictInterval* that touch the period, by device, key, time. `only_bad`: without ok. */
GPtrArray *rv_state_verdicts(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                             gboolean only_bad, GError **error);

typedef struct {
    char *device;
    gint64 seen_ms; /* when we first read it */
    RvEvent event;
} RvEventRow;

void rv_event_row_free(RvEventRow *row);
/* RvEventRow* by the event's time, or by the time it was read where its clock was not set; what
 * ended within the period is so marked. */
GPtrArray *rv_state_events(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                           GError **error);

typedef struct {
    char *device;
    RvComponent component;
    gint64 from_ms;  /* first seen as it is here */
    gint64 until_ms; /* gone or changed; 0: still there */
    gint64 last_ms;  /* last census that saw it */
} RvComponentRow;

void rv_component_row_free(RvComponentRow *row);
/* RvComponentRow* that were there at some time of the period. */
GPtrArray *rv_state_components(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                               GError **error);

typedef enum {
    RV_CHANGE_DEVICE_NEW, /* first answer of a device */
    RV_CHANGE_IDENTITY,   /* subject: vendor, model, serial, os_version … */
    RV_CHANGE_PART_ADDED, /* subject: component key; after: what it is */
    RV_CHANGE_PART_REMOVED,
    RV_CHANGE_PART_REPLACED, /* another serial or model in the same place */
    RV_CHANGE_FIRMWARE,      /* subject: component key, or "os_version" of the device */
    RV_CHANGE_RESTART,       /* dated from the uptime */
    RV_CHANGE_LOST_SAMPLES,  /* before: last sample, after: this one, Unix milliseconds */
    RV_CHANGE_LATE_SAMPLE,
    RV_CHANGE_PART_FORGOTTEN, /* by an operator */
    RV_CHANGE_LOG_CLEARED,    /* the device's event log began anew */
} RvChangeKind;
#define RV_CHANGE_KINDS (RV_CHANGE_LOG_CLEARED + 1)

typedef struct {
    gint64 time_ms;
    char *device;
    RvChangeKind kind;
    char *subject, *before, *after; /* "" where they say nothing */
} RvChange;

const char *rv_change_kind_word(RvChangeKind kind); /* "firmware", "part_removed", … */
void rv_change_free(RvChange *change);
/* RvChange*, oldest first. */
GPtrArray *rv_state_changes(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                            GError **error);

/* How often a link went up and down, as far as samples saw it: once for each health answer at most.
 * Ports that a person shut are not counted. */
typedef struct {
    char *device, *interface, *name; /* key and name of the interface */
    guint changes, downs;            /* downs: of the changes, away from up */
    gint64 first_ms, last_ms;        /* first and last change within the period */
} RvLinkChanges;

void rv_link_changes_free(RvLinkChanges *changes);
/* RvLinkChanges*, most changes first. Counted by whole hours of Unix time, by their first change.
 */
GPtrArray *rv_state_link_changes(RvState *state, const char *device, gint64 from_ms,
                                 gint64 until_ms, GError **error);

/* ---- what was promised and done ---- */

/* A report was handed over, or a round was made, for a period. */
gboolean rv_state_delivery_add(RvState *state, const RvDelivery *delivery, GError **error);
/* RvDelivery* for periods that touch [from, until), by the time they were done. What
 * rv_duty_status() takes. */
GPtrArray *rv_state_deliveries(RvState *state, gint64 from_ms, gint64 until_ms, GError **error);
