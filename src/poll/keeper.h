/* The keeper: judges what came in and puts it where it lasts: spool, RRD files, state.
 *
 * Answers are stored in batches, one transaction each: first the RRD files, which refuse a sample
 * that they have, then the state, then the spool is emptied; a kill between any two steps loses
 * nothing and doubles nothing. Where series cannot be written, or others have to come first, the
 * state takes the answers all the same, and they stay in the spool for their series. Silent devices
 * are held back until rv_keeper_settle(). */
#pragma once

#include "conf/configuration.h"
#include "db/state.h"
#include "poll/spool.h"
#include "rrd/store.h"

typedef struct {
    guint stored;      /* observations that the state took */
    guint unstored;    /* that it did not, for want of a disk or of time: they stay in the spool */
    guint lost;        /* of these, what the spool had no room for either */
    guint owed;        /* of the stored, whose series have to wait in the spool */
    guint owed_lost;   /* of these, what the spool had no room for */
    guint sensors;     /* judged */
    guint verdicts[4]; /* of these, by RvVerdict */
    guint series, created; /* RRD files written; of these, new ones */
    guint problems;        /* things that could not be stored; each was logged */
} RvKept;

typedef struct RvKeeper RvKeeper;

/* All are borrowed and must outlive the keeper. `spool` NULL: nothing is spooled (it is being
 * read). `store` NULL: no RRD files are written. `state` NULL: the database does not answer; all is
 * spooled, and judged without a past only to be counted. */
RvKeeper *rv_keeper_new(const RvConfiguration *configuration, RvState *state, RvRrdStore *store,
                        RvPollSpool *spool, gint64 round_id);
void rv_keeper_free(RvKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvKeeper, rv_keeper_free)

/* What was known of the devices before the round: name → RvDeviceRow; borrowed. */
void rv_keeper_know(RvKeeper *keeper, GHashTable *rows);

/* Answers are stored until then (rv_clock_monotonic_ms), and their series written until
 * `series_ms`; what comes later stays in the spool. 0, as at first: whenever. */
void rv_keeper_set_deadlines(RvKeeper *keeper, gint64 state_ms, gint64 series_ms);

/* Series are left in the spool: older ones have to be written first. */
void rv_keeper_leave_series(RvKeeper *keeper);

/* Takes the observation over. Problems are logged and counted, nothing stops the round. */
void rv_keeper_add(RvKeeper *keeper, RvObservation *observation, RvTasks tasks);
/* The same with what the keeper's spool has already, as that kind. */
void rv_keeper_add_spooled(RvKeeper *keeper, RvObservation *observation, RvTasks tasks,
                           RvPollSpoolKind kind);

/* Stores what waits, if it is much or has waited long; `all`: in any case. */
void rv_keeper_flush(RvKeeper *keeper, gboolean all);

/* The round's end: finds out which silent devices are only unreachable, or whether we were cut off,
 * and stores them. `cut_off`: it is known that we were. `silent` (may be NULL) hears of each. */
typedef void (*RvKeeperSilent)(const char *device, RvReachability state, const char *why,
                               gpointer user_data);
void rv_keeper_settle(RvKeeper *keeper, gboolean cut_off, RvKeeperSilent silent,
                      gpointer user_data);

/* Silent devices that wait for that. */
guint rv_keeper_silent(const RvKeeper *keeper);

/* As of now: ask again after more. */
const RvKept *rv_keeper_kept(RvKeeper *keeper);
