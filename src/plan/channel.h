/* Channels: who is told of faults, how, and when not. Plain values, made by conf/, used by notify/.
 *
 * rackvitals.yaml(5), "notify"; rackvitals-notify(7). */
#pragma once

#include "base/secret.h"

/* Strings NULL where not given. */
typedef enum {
    RV_CHANNEL_MAIL,
    RV_CHANNEL_WEBHOOK,
    RV_CHANNEL_COMMAND,
    RV_CHANNEL_SYSLOG
} RvChannelKind;
typedef struct {
    char *id;
    RvChannelKind kind;
    char *url;                   /* mail: smtp://HOST:PORT or smtps://…; webhook: http(s)://… */
    char *from, *user;           /* mail */
    RvSecret *password;          /* mail */
    RvSecret *key;               /* webhook: HMAC-SHA-256 key */
    char **to, **bcc;            /* mail; NULL-terminated; never NULL */
    char **command;              /* argv, NULL-terminated; NULL unless COMMAND */
    char *ca_file;               /* of the server's certificate; NULL: the system's */
    gboolean start_tls;          /* mail: refuse to go on without TLS */
    char *levels;                /* glob on fault levels; NULL: all */
    char *language;              /* NULL: the site's */
    int quiet_from, quiet_until; /* minutes of the day, local; -1: no quiet hours */
    guint digest_after;          /* more messages than this in one round become one; 0: 10 */
    gint64 escalate_before_ms; /* also told when a clock has that long left or has run out; 0: only
                                  when out */
    gboolean escalation_only;  /* hears of nothing but clocks */
} RvChannel;
void rv_channel_free(RvChannel *channel);
/* Among RvChannel*; NULL: no such channel. `channels` may be NULL. */
const RvChannel *rv_channel_find(const GPtrArray *channels, const char *id);
