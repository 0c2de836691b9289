/* Notification: tells people and programs of faults, each once. rackvitals-notify(7).
 *
 * Who has been told what, and what is still to be sent, is one small file in the spool folder,
 * replaced whole before and after each message is handed over. Each round compares the ledger with
 * it: a round that was killed in between loses nothing and tells nothing twice.
 *
 * Not thread-safe. rv_notifier_send blocks, within its budget; nothing else does. */
#pragma once

#include "plan/channel.h"
#include "plan/fault.h"

/* A fault as the ledger has it now. Strings are borrowed, "" where there is nothing. */
typedef struct {
    gint64 id;
    const char *device, *site, *title;
    const char *facts; /* of the title, as plan/fault-facts.h: said in the channel's language */
    const char *level, *level_name;
    gint64 opened_ms, recovered_ms, resolved_ms; /* 0: not yet */
    const char *acknowledged_by;
    gboolean by_hand;               /* a person opened it: only its clocks are told */
    guint behind;                   /* devices that are silent behind it */
    RvClock clocks[RV_CLOCK_KINDS]; /* rv_fault_clocks at `now_ms` */
} RvNotice;

/* All borrowed, for as long as the notifier lives. */
typedef struct {
    const GPtrArray *channels;                  /* RvChannel* */
    const char *language;                       /* of channels that name none; NULL: "en" */
    GTimeZone *zone;                            /* of times and quiet hours; NULL: local */
    const char *host;                           /* who speaks; NULL: the name of this machine */
    const char *journal_socket, *syslog_socket; /* NULL: the system's */
} RvNotifyOptions;

typedef struct {
    guint sent, failed;
    guint waiting;  /* in the spool, quiet hours and failures included */
    guint in_doubt; /* handed over when an earlier run was killed: not sent again */
} RvNotifyCounts;

typedef struct RvNotifier RvNotifier;

/* Makes `folder` where it is not there. Errors: RV_ERROR_LOCKED where another notifier has it,
 * RV_ERROR_STORE. A spool file that cannot be understood is put aside with a warning. */
RvNotifier *rv_notifier_open(const char *folder, const RvNotifyOptions *options, GError **error);
void rv_notifier_free(RvNotifier *notifier);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvNotifier, rv_notifier_free)

/* Faults that someone was told of and may have to hear more about: rv_notifier_take wants them
 * although they are resolved. GArray of gint64; caller unrefs. */
GArray *rv_notifier_awaited(const RvNotifier *notifier);

/* Puts into the spool what the channels do not know yet. `notices` (RvNotice*): every fault that is
 * not resolved, and the awaited ones; one that is missing here is forgotten. RV_ERROR_STORE. */
gboolean rv_notifier_take(RvNotifier *notifier, const GPtrArray *notices, gint64 now_ms,
                          GError **error);

/* Sends what is due, for at most `budget_ms`. A channel that does not take its messages is warned
 * about in the log and tried again later; the error is RV_ERROR_STORE alone. `counts` may be NULL.
 */
gboolean rv_notifier_send(RvNotifier *notifier, gint64 now_ms, gint64 budget_ms,
                          RvNotifyCounts *counts, GError **error);

/* What waits for one channel. */
typedef struct {
    char *channel; /* its id */
    guint events;
    guint attempts;  /* in vain, of the message that was tried most; 0: quiet hours, or just come */
    gint64 since_ms; /* the oldest of them */
} RvBacklog;

void rv_backlog_free(RvBacklog *backlog);
/* RvBacklog*, of channels for which something waits. `folder` as above; nothing is changed. NULL:
 * RV_ERROR_STORE, or RV_ERROR_DATA where the file there is none of ours. */
GPtrArray *rv_notify_backlog(const char *folder, GError **error);

/* A message that says that it is a test, to one channel, at once, whatever the hour; nothing of it
 * is kept. FALSE: it was not taken, and why. Blocks, at most `timeout_ms`. */
gboolean rv_notify_test(const RvChannel *channel, const RvNotifyOptions *options, gint64 now_ms,
                        gint64 timeout_ms, GError **error);
