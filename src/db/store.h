/* One observation on its way into the tables; the steps of rv_state_store_observation. For db/
 * alone. */
#pragma once

#include "db/sql.h"

typedef struct {
    RvState *state;
    const RvObservation *observation;
    RvStoreContext context;
    const char *name; /* of the device */
    gint64 device;    /* its row */
    gint64 now_ms;    /* of the sample */
    gboolean fresh;   /* the device was not known before */
    gboolean whole;   /* every protocol answered, none partially */
    RvReachability reachability;
    gint64 last_ms;                               /* of the sample before; 0: none */
    gint64 uptime_ticks, uptime_at_ms, booted_ms; /* as known before; 0 / -1: not known */
    gint64 health_samples;                        /* with this one */
    char *identity[7]; /* as known before, in the order of rv_identity_columns */
} RvStoring;

/* Journal entry at the time of the sample. */
gboolean rv_store_change(const RvStoring *storing, gint64 time_ms, RvChangeKind kind,
                         const char *subject, const char *before, const char *after,
                         GError **error);

gboolean rv_store_reachability(const RvStoring *storing, GError **error);
/* After it: the uptime, which SNMP gave, says that the device restarted at `booted_ms`. Time
 * between the last sample and the restart was not observed: it may have worked until shortly
 * before, or not. Where another protocol answered all the while, only SNMP's own intervals are cut.
 */
gboolean rv_store_restart(const RvStoring *storing, gint64 booted_ms, GError **error);
gboolean rv_store_verdicts(RvStoring *storing, GError **error);
/* After the latest answer was stored: what became of its interfaces' links. */
gboolean rv_store_links(const RvStoring *storing, GError **error);
gboolean rv_store_components(const RvStoring *storing, GError **error);
gboolean rv_store_events(const RvStoring *storing, GError **error);
