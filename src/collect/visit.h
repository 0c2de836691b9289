/* A visit: one agent asked and understood, in as few requests as what is known of it allows.
 *
 * First who it is. Then, where what stands still is kept from an earlier visit and no sign says
 * that it changed, only what moves; else, and where rows came or went, all of it. */
#pragma once

#include "collect/collector.h"
#include "collect/column-plan.h"
#include "profile/profiles.h"
#include "snmp/agent.h"

/* How many visits are under way, and what they take. */
typedef struct {
    guint silent;  /* nothing came yet */
    guint talking; /* something did */
    gsize typical; /* bytes of the answers of one, as the last ones were */
} RvVisitLoad;

/* What the visits of a collector share. */
typedef struct {
    RvSnmpLoop *loop;
    RvProfiles *profiles;
    RvColumnPlans *plans;
    RvVisitLoad *load;
    gboolean packet_counters; /* as in RvCollectorOptions */
    const char *state_folder; /* NULL: nothing is kept */
    guint64 digest;           /* of the profiles and of this program */
    GPtrArray *trail;         /* as in RvCollectorOptions */
} RvVisitMeans;

typedef struct RvVisit RvVisit;

/* Fills `observation` (borrowed) and calls `done` once, from the loop. */
RvVisit *rv_visit_start(const RvVisitMeans *means, const RvDevice *device, RvCollectTasks tasks,
                        gint64 deadline_ms, RvObservation *observation,
                        void (*done)(gpointer user_data), gpointer user_data);
/* Cancels what is under way. */
void rv_visit_free(RvVisit *visit);
