#include "plan/channel.h"

#include <string.h>

void
rv_channel_free(RvChannel *channel)
{
    if (channel == NULL)
        return;
    g_free(channel->id);
    g_free(channel->url);
    g_free(channel->from);
    g_free(channel->user);
    g_clear_pointer(&channel->password, rv_secret_unref);
    g_clear_pointer(&channel->key, rv_secret_unref);
    g_strfreev(channel->to);
    g_strfreev(channel->bcc);
    g_strfreev(channel->command);
    g_free(channel->ca_file);
    g_free(channel->levels);
    g_free(channel->language);
    g_free(channel);
}

const RvChannel *
rv_channel_find(const GPtrArray *channels, const char *id)
{
    for (guint i = 0; channels != NULL && i < channels->len; i++) {
        const RvChannel *channel = g_ptr_array_index(channels, i);

        if (strcmp(channel->id, id) == 0)
            return channel;
    }
    return NULL;
}
