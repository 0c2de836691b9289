#include "plan/channel.h"

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
