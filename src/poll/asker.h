/* What asks a device: the collector, or in tests something that only pretends to. */
#pragma once

#include "collect/collector.h"

/* An asker lives on one GMainContext and thread: opened, used and closed there. */
typedef struct {
    /* As one of `askers` that share what limits all of them together. */
    gpointer (*open)(GMainContext *context, guint askers, gpointer user_data, GError **error);
    /* As rv_collector_start. */
    void (*start)(gpointer asker, const RvDevice *device, RvCollectTasks tasks,
                  const RvCollectMemory *memory, gint64 deadline_ms, RvCollectDone done,
                  gpointer user_data);
    /* TRUE: start nobody now. NULL: never. */
    gboolean (*is_full)(gpointer asker);
    /* Cancels what is under way without calling back. */
    void (*close)(gpointer asker);
    gpointer user_data; /* of open */
} RvAsker;
