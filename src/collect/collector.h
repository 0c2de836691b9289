/* The collector: a device in, one Observation out, over SNMP, IPMI or both at once.
 *
 * Asks through snmp/ and ipmi/, interprets with profiles and the IPMI interpretation table. Does
 * not judge or store. Always calls back by the deadline, with what came until then; never blocks.
 */
#pragma once

#include "inventory/device.h"

typedef struct RvCollector RvCollector;

typedef struct {
    const char *const
        *profile_folders;       /* NULL-terminated; later ones override profiles of the same name */
    const char *interpretation; /* the IPMI state table; NULL: BMCs are not asked */
    const char *state_folder;   /* SDR caches, agents' habits and engines; NULL: nothing is kept */
    guint ipmi_threads;         /* 0: default */
    guint packets_per_second;   /* that leave to agents; 0: no limit */
    gboolean packet_counters;   /* unicast packets in each health round, not with a census alone */
    GPtrArray *trail; /* gets sentences (char*) for profile explain: candidates, and what became of
                         each row; NULL: nobody asks */
} RvCollectorOptions;

typedef enum {
    RV_COLLECT_REACHABILITY = 1 << 0, /* does it answer at all: one cheap request per protocol */
    RV_COLLECT_HEALTH = 1 << 1,       /* sensors, interfaces, new log entries */
    RV_COLLECT_CENSUS = 1 << 2,       /* components, FRU, firmware */
    RV_COLLECT_ALL = (1 << 3) - 1,
    RV_COLLECT_ONE_TRY = 1 << 3, /* … with one SNMP packet: it was silent when it was asked last */
} RvCollectTasks;

typedef struct {
    guint32 sel_record; /* last SEL record seen; 0: none */
    gint64 sel_time;
} RvCollectMemory;

/* `observation` belongs to the callback; sorted (rv_observation_settle), not judged. */
typedef void (*RvCollectDone)(RvObservation *observation, gpointer user_data);

/* RV_ERROR_CONFIG when a profile or the table is wrong, with all problems. */
RvCollector *rv_collector_new(GMainContext *context, const RvCollectorOptions *options,
                              GError **error);
void rv_collector_free(RvCollector *collector);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvCollector, rv_collector_free)

/* The answers of those under way take as much memory as they should: start nobody now. A device
 * that is silent takes little. */
gboolean rv_collector_is_full(const RvCollector *collector);

/* `device` is borrowed until `done`; `memory` may be NULL. */
void rv_collector_start(RvCollector *collector, const RvDevice *device, RvCollectTasks tasks,
                        const RvCollectMemory *memory, gint64 deadline_ms, RvCollectDone done,
                        gpointer user_data);
