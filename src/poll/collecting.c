#include "poll/collecting.h"

static gpointer
open_collector(GMainContext *context, guint askers, gpointer user_data, GError **error)
{
    RvCollectorOptions options = *(const RvCollectorOptions *)user_data;

    if (options.packets_per_second > 0)
        options.packets_per_second = MAX(options.packets_per_second / askers, 1);
    return rv_collector_new(context, &options, error);
}

static void
start(gpointer asker, const RvDevice *device, RvCollectTasks tasks, const RvCollectMemory *memory,
      gint64 deadline_ms, RvCollectDone done, gpointer user_data)
{
    rv_collector_start(asker, device, tasks, memory, deadline_ms, done, user_data);
}

static gboolean
is_full(gpointer asker)
{
    return rv_collector_is_full(asker);
}

static void
close_collector(gpointer asker)
{
    rv_collector_free(asker);
}

RvAsker
rv_collecting(const RvCollectorOptions *options)
{
    return (RvAsker){open_collector, start, is_full, close_collector, (gpointer)options};
}
