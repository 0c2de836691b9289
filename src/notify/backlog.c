#include <string.h>

#include "notify/notify.h"
#include "notify/spool.h"

void
rv_backlog_free(RvBacklog *backlog)
{
    if (backlog == NULL)
        return;
    g_free(backlog->channel);
    g_free(backlog);
}

static RvBacklog *
find(GPtrArray *all, const char *channel)
{
    RvBacklog *backlog;

    for (guint i = 0; i < all->len; i++) {
        backlog = g_ptr_array_index(all, i);
        if (strcmp(backlog->channel, channel) == 0)
            return backlog;
    }
    backlog = g_new0(RvBacklog, 1);
    backlog->channel = g_strdup(channel);
    backlog->since_ms = G_MAXINT64;
    g_ptr_array_add(all, backlog);
    return backlog;
}

GPtrArray *
rv_notify_backlog(const char *folder, GError **error)
{
    RvSpool *spool = rv_spool_look(folder, error);
    GPtrArray *all;

    if (spool == NULL)
        return NULL;
    all = g_ptr_array_new_with_free_func((GDestroyNotify)rv_backlog_free);
    for (guint i = 0; i < spool->queue->len; i++) {
        const RvMessage *message = g_ptr_array_index(spool->queue, i);
        RvBacklog *backlog = find(all, message->channel);

        backlog->events += message->events->len;
        backlog->attempts = MAX(backlog->attempts, message->attempts);
        for (guint j = 0; j < message->events->len; j++)
            backlog->since_ms =
                MIN(backlog->since_ms,
                    ((const RvNews *)g_ptr_array_index(message->events, j))->queued_ms);
    }
    rv_spool_free(spool);
    return all;
}
