#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "notify/delivery.h"
#include "notify/notify.h"

#define DIGEST_AFTER 10
#define DELIVERY_TIMEOUT_MS 30000
#define LEAST_TIMEOUT_MS 1000 /* less is not tried: it would only fail */
#define FIRST_PAUSE_MS 60000
#define LONGEST_PAUSE_MS 3600000
#define EVENTS_CEILING 2000 /* that wait for one channel */
#define GIVE_UP_MS (G_GINT64_CONSTANT(3) * 24 * 3600 * 1000)

struct RvNotifier {
    RvNotifyOptions options;
    char *host;
    RvSpool *spool;
    guint in_doubt;
};

RvDeliveryResult
rv_deliver(const RvDelivery *delivery, GError **error)
{
    static RvDeliveryResult (*const kinds[])(const RvDelivery *, GError **) = {
        [RV_CHANNEL_MAIL] = rv_deliver_mail,
        [RV_CHANNEL_WEBHOOK] = rv_deliver_webhook,
        [RV_CHANNEL_COMMAND] = rv_deliver_command,
        [RV_CHANNEL_SYSLOG] = rv_deliver_log,
    };

    return kinds[delivery->channel->kind](delivery, error);
}

/* ---- opening ---- */

/* What was being handed over when an earlier run was killed may have arrived; twice it must not.
 * What was for a channel that the site file no longer has is dropped. */
static void
settle_queue(RvNotifier *notifier)
{
    GPtrArray *queue = notifier->spool->queue;

    for (guint i = queue->len; i-- > 0;) {
        const RvMessage *message = g_ptr_array_index(queue, i);

        if (message->state == RV_MESSAGE_HANDED) {
            rv_warning(
                "notify %s: message %s was being handed over when an earlier run ended; it may "
                "have arrived or not, and is not sent again",
                message->channel, message->id);
            notifier->in_doubt++;
        } else if (rv_channel_find(notifier->options.channels, message->channel) == NULL) {
            rv_warning("notify %s: there is no such channel any more; a message for it is dropped",
                       message->channel);
        } else {
            continue;
        }
        g_ptr_array_remove_index(queue, i);
    }
}

static gboolean
is_of_no_channel(gpointer key, gpointer value, gpointer channels)
{
    g_autofree char *channel = rv_spool_key_channel(key);

    return rv_channel_find(channels, channel) == NULL;
}

RvNotifier *
rv_notifier_open(const char *folder, const RvNotifyOptions *options, GError **error)
{
    RvNotifier *notifier = g_new0(RvNotifier, 1);

    notifier->options = *options;
    notifier->host = g_strdup(options->host != NULL ? options->host : g_get_host_name());
    notifier->spool = rv_spool_open(folder, error);
    if (notifier->spool == NULL) {
        rv_notifier_free(notifier);
        return NULL;
    }
    settle_queue(notifier);
    g_hash_table_foreach_remove(notifier->spool->known, is_of_no_channel,
                                (gpointer)notifier->options.channels);
    return notifier;
}

void
rv_notifier_free(RvNotifier *notifier)
{
    if (notifier == NULL)
        return;
    rv_spool_free(notifier->spool);
    g_free(notifier->host);
    g_free(notifier);
}

static int
by_number(gconstpointer a, gconstpointer b)
{
    gint64 left = *(const gint64 *)a, right = *(const gint64 *)b;

    return (left > right) - (left < right);
}

GArray *
rv_notifier_awaited(const RvNotifier *notifier)
{
    GArray *faults = g_array_new(FALSE, FALSE, sizeof(gint64));
    GHashTableIter iter;
    gpointer key;
    guint kept = 0;

    g_hash_table_iter_init(&iter, notifier->spool->known);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        gint64 fault = rv_spool_key_fault(key);

        g_array_append_val(faults, fault);
    }
    g_array_sort(faults, by_number);
    for (guint i = 0; i < faults->len; i++) {
        gint64 fault = g_array_index(faults, gint64, i);

        if (kept == 0 || g_array_index(faults, gint64, kept - 1) != fault)
            g_array_index(faults, gint64, kept++) = fault;
    }
    return g_array_set_size(faults, kept);
}

/* ---- taking ---- */

/* The message to `channel` that speaks of that fault and that nobody has yet, or NULL. */
static RvMessage *
find_waiting(const RvSpool *spool, const char *channel, gint64 fault)
{
    for (guint i = 0; i < spool->queue->len; i++) {
        RvMessage *message = g_ptr_array_index(spool->queue, i);

        if (message->state == RV_MESSAGE_WAITING && strcmp(message->channel, channel) == 0 &&
            rv_message_concerns(message, fault))
            return message;
    }
    return NULL;
}

/* All that a channel does not know yet of one fault is one message. */
static void
enqueue(RvSpool *spool, const RvChannel *channel, GPtrArray *events, gint64 now_ms)
{
    const RvNews *first = g_ptr_array_index(events, 0);
    RvMessage *message = rv_message_new(channel->id, now_ms);
    RvMessage *waiting = find_waiting(spool, channel->id, first->fault);

    for (guint i = 0; i < events->len; i++)
        ((RvNews *)g_ptr_array_index(events, i))->queued_ms = now_ms;
    g_ptr_array_extend_and_steal(message->events, g_ptr_array_ref(events));
    if (waiting == NULL) {
        g_ptr_array_add(spool->queue, message);
        return;
    }
    rv_message_take(waiting, message);
    rv_message_free(message);
}

static void
take_one(RvSpool *spool, const RvChannel *channel, const RvNotice *notice, gint64 now_ms)
{
    GPtrArray *events;
    RvKnown *known = rv_spool_known(spool, channel->id, notice->id);

    if (known != NULL && known->opened_ms != notice->opened_ms) {
        rv_spool_forget(spool, channel->id, notice->id);
        known = NULL;
    }
    if (known == NULL) {
        if (notice->resolved_ms != 0 || !rv_notify_concerns(channel, notice))
            return;
        known = rv_known_new(notice);
        rv_spool_learn(spool, channel->id, notice->id, known);
    }
    events = g_ptr_array_new_with_free_func((GDestroyNotify)rv_news_free);
    rv_notify_decide(channel, notice, known, now_ms, events);
    if (events->len > 0)
        enqueue(spool, channel, events, now_ms);
    else
        g_ptr_array_unref(events);
    if (rv_notify_finished(notice))
        rv_spool_forget(spool, channel->id, notice->id);
}

/* Those who were never told of a fault are told anew while it lasts, and hear of no recovery. */
static void
drop_oldest(RvSpool *spool, RvMessage *message)
{
    const RvNews *event = g_ptr_array_index(message->events, 0);

    if (event->kind == RV_NEWS_OPEN)
        rv_spool_forget(spool, message->channel, event->fault);
    g_ptr_array_remove_index(message->events, 0);
    if (message->events->len == 0)
        g_ptr_array_remove(spool->queue, message);
    else
        rv_message_change(message);
}

static guint
count_waiting(const RvSpool *spool, const RvChannel *channel)
{
    guint count = 0;

    for (guint i = 0; i < spool->queue->len; i++) {
        const RvMessage *message = g_ptr_array_index(spool->queue, i);

        if (message->state == RV_MESSAGE_WAITING && strcmp(message->channel, channel->id) == 0)
            count += message->events->len;
    }
    return count;
}

/* What a channel can make grow by taking nothing has a ceiling. */
static void
limit(RvSpool *spool, const RvChannel *channel)
{
    guint count = count_waiting(spool, channel);
    guint dropped = count > EVENTS_CEILING ? count - EVENTS_CEILING : 0;

    if (dropped > 0)
        rv_warning(
            "notify %s: more than %d events wait; the %u oldest are dropped, faults that last "
            "are told anew",
            channel->id, EVENTS_CEILING, dropped);
    for (guint i = 0; i < spool->queue->len && dropped > 0;) {
        RvMessage *message = g_ptr_array_index(spool->queue, i);

        if (message->state == RV_MESSAGE_WAITING && strcmp(message->channel, channel->id) == 0) {
            drop_oldest(spool, message); /* which may take the message from this place */
            dropped--;
        } else {
            i++;
        }
    }
}

static gboolean
is_unheard_of(gpointer key, gpointer value, gpointer ids)
{
    gint64 fault = rv_spool_key_fault(key);

    return !g_hash_table_contains(ids, &fault);
}

gboolean
rv_notifier_take(RvNotifier *notifier, const GPtrArray *notices, gint64 now_ms, GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_int64_hash, g_int64_equal);

    for (guint i = 0; i < notices->len; i++) {
        const RvNotice *notice = g_ptr_array_index(notices, i);

        g_hash_table_add(ids, (gpointer)&notice->id);
        for (guint j = 0; j < notifier->options.channels->len; j++)
            take_one(notifier->spool, g_ptr_array_index(notifier->options.channels, j), notice,
                     now_ms);
    }
    for (guint i = 0; i < notifier->options.channels->len; i++)
        limit(notifier->spool, g_ptr_array_index(notifier->options.channels, i));
    g_hash_table_foreach_remove(notifier->spool->known, is_unheard_of, ids);
    return rv_spool_save(notifier->spool, error);
}

/* ---- sending ---- */

typedef struct {
    RvNotifier *notifier;
    RvMessage *message; /* that is being handed over */
    gint64 now_ms;
    gint64 deadline; /* monotonic; of the channel: each has its share of what is left */
    RvNotifyCounts *counts;
    GError *error; /* of the spool: ends the run */
} Sending;

static gboolean
handing(gpointer data)
{
    Sending *sending = data;

    sending->message->state = RV_MESSAGE_HANDED;
    return rv_spool_save(sending->notifier->spool, &sending->error);
}

static gboolean
is_due(const RvMessage *message, const RvChannel *channel, gint64 now_ms)
{
    return message->next_ms <= now_ms && strcmp(message->channel, channel->id) == 0;
}

/* Where more are due than a reader wants one by one, they become one, in the place of the first. */
static void
digest(RvSpool *spool, const RvChannel *channel, gint64 now_ms)
{
    guint limit = channel->digest_after > 0 ? channel->digest_after : DIGEST_AFTER, due = 0;
    RvMessage *first = NULL;

    for (guint i = 0; i < spool->queue->len; i++) {
        const RvMessage *message = g_ptr_array_index(spool->queue, i);

        due += message->state == RV_MESSAGE_WAITING && is_due(message, channel, now_ms);
    }
    if (due <= limit)
        return;
    for (guint i = 0; i < spool->queue->len;) {
        RvMessage *message = g_ptr_array_index(spool->queue, i);

        if (message->state != RV_MESSAGE_WAITING || !is_due(message, channel, now_ms)) {
            i++;
        } else if (first == NULL) {
            first = message;
            i++;
        } else {
            rv_message_take(first, message);
            g_ptr_array_remove_index(spool->queue, i);
        }
    }
}

/* Only what has waited for so long: a digest may have begun with something old. */
static void
give_up(RvSpool *spool, RvMessage *message, gint64 before_ms)
{
    guint waiting = message->events->len, dropped = 0;

    while (dropped < waiting &&
           ((const RvNews *)g_ptr_array_index(message->events, 0))->queued_ms < before_ms) {
        if (dropped++ == 0)
            rv_warning("notify %s: what could not be sent for three days is dropped (message %s)",
                       message->channel, message->id);
        drop_oldest(spool, message); /* with the last one goes the message */
    }
}

static void
postpone(Sending *sending, RvDeliveryResult result, const GError *why)
{
    RvMessage *message = sending->message;
    gint64 pause_ms = MIN((gint64)FIRST_PAUSE_MS << MIN(message->attempts, 10u), LONGEST_PAUSE_MS);

    message->state = result == RV_DELIVERY_SILENT ? RV_MESSAGE_UNCERTAIN : RV_MESSAGE_WAITING;
    message->attempts++;
    message->next_ms = sending->now_ms + pause_ms;
    sending->counts->failed++;
    rv_warning("notify %s: not sent: %s; tried again in %d min", message->channel,
               why != NULL ? why->message : "", (int)(pause_ms / 60000));
    give_up(sending->notifier->spool, message, sending->now_ms - GIVE_UP_MS);
}

static RvDeliveryResult
hand_over(Sending *sending, const RvChannel *channel, GError **error)
{
    const RvNotifyOptions *options = &sending->notifier->options;
    const char *language = channel->language != NULL ? channel->language : options->language;
    g_auto(RvNotifyText) text = {0};
    RvDelivery delivery = {
        .channel = channel,
        .message = sending->message,
        .text = &text,
        .language = language,
        .host = sending->notifier->host,
        .now_ms = sending->now_ms,
        .timeout_ms = CLAMP(sending->deadline - rv_clock_monotonic_ms(), LEAST_TIMEOUT_MS,
                            DELIVERY_TIMEOUT_MS),
        .journal_socket = options->journal_socket,
        .syslog_socket = options->syslog_socket,
        .handing = handing,
        .data = sending,
    };

    rv_notify_write(sending->message, language, options->zone, &text);
    return rv_deliver(&delivery, error);
}

/* The next one that is due after `after` (NULL: the first); the queue may have changed meanwhile.
 */
static RvMessage *
next_due(const RvSpool *spool, const RvChannel *channel, gint64 now_ms)
{
    for (guint i = 0; i < spool->queue->len; i++) {
        RvMessage *message = g_ptr_array_index(spool->queue, i);

        if (is_due(message, channel, now_ms))
            return message;
    }
    return NULL;
}

/* All others of a channel that cannot be reached wait as long. */
static void
hold_back(RvSpool *spool, const RvChannel *channel, gint64 now_ms, gint64 until_ms)
{
    RvMessage *message;

    while ((message = next_due(spool, channel, now_ms)) != NULL)
        message->next_ms = until_ms;
}

static gboolean
send_channel(Sending *sending, const RvChannel *channel)
{
    RvSpool *spool = sending->notifier->spool;

    if (rv_notify_quiet(channel, sending->notifier->options.zone, sending->now_ms))
        return TRUE;
    digest(spool, channel, sending->now_ms);
    while (rv_clock_monotonic_ms() < sending->deadline) {
        g_autoptr(GError) why = NULL;
        RvDeliveryResult result;

        sending->message = next_due(spool, channel, sending->now_ms);
        if (sending->message == NULL)
            return TRUE;
        result = hand_over(sending, channel, &why);
        if (sending->error != NULL)
            return FALSE;
        if (result == RV_DELIVERY_TAKEN) {
            g_ptr_array_remove(spool->queue, sending->message);
            sending->counts->sent++;
        } else {
            postpone(sending, result, why);
        }
        if (result == RV_DELIVERY_UNREACHED)
            hold_back(spool, channel, sending->now_ms, sending->now_ms + FIRST_PAUSE_MS);
        if (!rv_spool_save(spool, &sending->error))
            return FALSE;
    }
    return TRUE;
}

gboolean
rv_notifier_send(RvNotifier *notifier, gint64 now_ms, gint64 budget_ms, RvNotifyCounts *counts,
                 GError **error)
{
    const GPtrArray *channels = notifier->options.channels;
    gint64 deadline = rv_clock_monotonic_ms() + budget_ms;
    RvNotifyCounts own;
    Sending sending = {
        .notifier = notifier, .now_ms = now_ms, .counts = counts != NULL ? counts : &own};

    *sending.counts = (RvNotifyCounts){.in_doubt = notifier->in_doubt};
    notifier->in_doubt = 0;
    for (guint i = 0; i < channels->len; i++) {
        gint64 left = deadline - rv_clock_monotonic_ms();

        if (left <= 0)
            break;
        sending.deadline = rv_clock_monotonic_ms() + left / (channels->len - i);
        if (!send_channel(&sending, g_ptr_array_index(channels, i))) {
            g_propagate_error(error, sending.error);
            return FALSE;
        }
    }
    sending.counts->waiting = notifier->spool->queue->len;
    return TRUE;
}
