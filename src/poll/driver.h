/* The driver: leads an asker through many devices, a bounded number at once, until a deadline.
 *
 * Devices are started in the order given, a few each millisecond. A device that was down is first
 * asked for a sign of life only, with one packet; where it gives one, the rest follows. Lives on
 * one GMainContext.
 */
#pragma once

#include "db/state.h"
#include "poll/asker.h"

typedef struct {
    const RvDevice *device;
    RvTasks tasks;
    gboolean probe_first;
    RvCollectMemory memory;
    gint64 budget_ms; /* of this device */
} RvAsk;

typedef struct {
    guint devices;      /* in flight at once */
    guint bmcs;         /* of these, with a BMC: they wait for a thread each */
    gint64 deadline_ms; /* rv_clock_monotonic_ms; nothing is started later … */
    gint64 late_ms;     /* … and callbacks that are on their way are awaited so much longer */
} RvDriverLimits;

/* What drives, tells and listens. All are called on the driver's context. */
typedef struct {
    /* The answer to asks[n], asked for `tasks`; `observation` belongs to the callee. */
    void (*answer)(guint n, RvTasks tasks, RvObservation *observation, gpointer user_data);
    /* No more answers come. Called once; the driver may be freed within. */
    void (*finished)(gpointer user_data);
    /* FALSE: start nobody now, what came is not taken care of yet. */
    gboolean (*has_room)(gpointer user_data);
    /* TRUE: end now. */
    gboolean (*must_stop)(gpointer user_data);
    gpointer user_data;
} RvDriverEvents;

typedef struct RvDriver RvDriver;

/* `asks` (of RvAsk; borrowed) and what they point to must outlive the driver. `asker` is an opened
 * one and stays the caller's; so do the events. */
RvDriver *rv_driver_new(GMainContext *context, const RvAsker *kind, gpointer asker,
                        const GArray *asks, const RvDriverLimits *limits,
                        const RvDriverEvents *events);
/* The asker has to be closed first: what is under way still points here. */
void rv_driver_free(RvDriver *driver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvDriver, rv_driver_free)
