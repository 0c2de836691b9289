/* The crew: who asks while the caller's thread stores.
 *
 * One worker is a thread of this process with its own loop; several are processes, because SNMPv3's
 * state in net-snmp is one per process. They send each Observation as a line of JSON. Answers and
 * the end come on the caller's context. */
#pragma once

#include "poll/driver.h"

typedef struct RvCrew RvCrew;

typedef struct {
    /* The answer to asks[n]; `observation` belongs to the callee. */
    void (*answer)(guint n, RvTasks tasks, RvObservation *observation, gpointer user_data);
    /* No more answers come; called once. `error` (borrowed): nobody could be asked, or not all. */
    void (*finished)(const GError *error, gpointer user_data);
    gpointer user_data;
} RvCrewEvents;

/* `asks` (of RvAsk), `kind` and `events` must outlive the crew. With several workers this forks:
 * call it before the process has threads. `leave` (may be NULL) is called in each child first. */
RvCrew *rv_crew_start(GMainContext *context, const RvAsker *kind, const GArray *asks,
                      const RvDriverLimits *limits, guint workers, void (*leave)(gpointer),
                      const RvCrewEvents *events, GError **error);
/* Ends asking soon: sessions are closed, then `finished` is called. */
void rv_crew_stop(RvCrew *crew);
/* After `finished`, or to end at once. Waits until the workers are gone. */
void rv_crew_free(RvCrew *crew);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvCrew, rv_crew_free)
