#include "poll/collecting.h"

static gpointer
open_collector(GMainContext *context, gpointer user_data, GError **error)
{
    return rv_collector_new(context, user_data, error);
}

static void
start(gpointer asker, const RvDevice *device, RvCollectTasks tasks, const RvCollectMemory *memory,
      gint64 deadline_ms, RvCollectDone done, gpointer user_data)
{
    rv_collector_start(asker, device, tasks, memory, deadline_ms, done, user_data);
}

static void
close_collector(gpointer asker)
{
    rv_collector_free(asker);
}

RvAsker
rv_collecting(const RvCollectorOptions *options)
{
    return (RvAsker){open_collector, start, close_collector, (gpointer)options};
}
