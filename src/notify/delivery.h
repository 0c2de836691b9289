/* Delivery: one message to one channel. A file for each kind. Private to this room.
 *
 * `handing` is called exactly before the peer can first have the message whole; where it gives
 * FALSE, the peer does not get it. A run that is killed before that call has told nobody. */
#pragma once

#include "notify/text.h"

typedef enum {
    RV_DELIVERY_TAKEN,
    RV_DELIVERY_REFUSED,   /* the peer, or we, said no to this message */
    RV_DELIVERY_UNREACHED, /* nothing was handed over: others would fare no better */
    RV_DELIVERY_SILENT,    /* handed over, no answer in time */
} RvDeliveryResult;

typedef struct {
    const RvChannel *channel;
    const RvMessage *message;
    const RvNotifyText *text;
    const char *language, *host;
    gint64 now_ms, timeout_ms;
    const char *journal_socket, *syslog_socket;
    gboolean (*handing)(gpointer data);
    gpointer data;
} RvDelivery;

/* The error says why, unless TAKEN: RV_ERROR_TIMEOUT, _AUTH, _PROTOCOL, _UNAVAILABLE, _CONFIG. */
/* A whole message to the mail server of delivery->channel. `to`: addresses, NULL-terminated. */
RvDeliveryResult rv_mail_hand_over(const RvDelivery *delivery, const char *mail, char *const *to,
                                   GError **error);
/* By the kind of the channel. */
RvDeliveryResult rv_deliver(const RvDelivery *delivery, GError **error);
RvDeliveryResult rv_deliver_mail(const RvDelivery *delivery, GError **error);
RvDeliveryResult rv_deliver_webhook(const RvDelivery *delivery, GError **error);
RvDeliveryResult rv_deliver_command(const RvDelivery *delivery, GError **error);
RvDeliveryResult rv_deliver_log(const RvDelivery *delivery, GError **error);
