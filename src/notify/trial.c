/* A marked test message, so that nobody learns only from a fault that a channel takes none. */
#include <string.h>

#include "base/error.h"
#include "notify/delivery.h"
#include "notify/notify.h"

static gboolean
go_on(gpointer unused)
{
    return TRUE;
}

static RvMessage *
make_message(const RvChannel *channel, gint64 now_ms)
{
    RvMessage *message = rv_message_new(channel->id, now_ms);
    const RvNotice none = {.opened_ms = now_ms};

    g_ptr_array_add(message->events, rv_news_new(RV_NEWS_TEST, &none, now_ms));
    return message;
}

gboolean
rv_notify_test(const RvChannel *channel, const RvNotifyOptions *options, gint64 now_ms,
               gint64 timeout_ms, GError **error)
{
    const char *language = channel->language != NULL ? channel->language : options->language;
    RvMessage *message = make_message(channel, now_ms);
    g_auto(RvNotifyText) text = {0};
    const RvDelivery delivery = {
        .channel = channel,
        .message = message,
        .text = &text,
        .language = language,
        .host = options->host != NULL ? options->host : g_get_host_name(),
        .now_ms = now_ms,
        .timeout_ms = timeout_ms,
        .journal_socket = options->journal_socket,
        .syslog_socket = options->syslog_socket,
        .handing = go_on,
    };
    RvDeliveryResult result;

    rv_notify_write(message, language, options->zone, &text);
    result = rv_deliver(&delivery, error);
    rv_message_free(message);
    if (result == RV_DELIVERY_SILENT)
        g_prefix_error(error, "it took the message but did not say so in time: ");
    return result == RV_DELIVERY_TAKEN;
}
