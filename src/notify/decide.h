/* What a channel has to be told: the difference between a fault as it is and what the channel
 * knows of it. Pure. Private to this room. */
#pragma once

#include "notify/news.h"
#include "notify/notify.h"

/* What one channel knows of one fault. */
typedef struct {
    gint64 opened_ms; /* of the fault: another fault may have the same id in a new ledger */
    gboolean told;    /* of its opening; FALSE: only watched, for its clocks */
    char *level;      /* as told; never NULL */
    gint64 since_ms;  /* it opened, or came back */
    gint64 over_ms;   /* recovery told; 0: as far as the channel knows, it lasts */
    guint near, over; /* bits of RvClockKind told of */
} RvKnown;

RvKnown *rv_known_new(const RvNotice *notice);
void rv_known_free(RvKnown *known);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvKnown, rv_known_free)

/* Whether `channel` has to do with that fault at all. */
gboolean rv_notify_concerns(const RvChannel *channel, const RvNotice *notice);

/* Appends to `events` (RvNews*) what `channel` is to be told now, and brings `known` up to it. */
void rv_notify_decide(const RvChannel *channel, const RvNotice *notice, RvKnown *known,
                      gint64 now_ms, GPtrArray *events);

/* Nothing more can come of that fault. */
gboolean rv_notify_finished(const RvNotice *notice);

/* Whether `now_ms` lies in the quiet hours of `channel`. `zone` NULL: local. */
gboolean rv_notify_quiet(const RvChannel *channel, GTimeZone *zone, gint64 now_ms);
