/* What a person reads: subject and body of a message, in Chinese or English. Private to this room.
 */
#pragma once

#include "base/language.h"
#include "notify/spool.h"

typedef struct {
    char *subject; /* one line */
    char *body;    /* lines, each with its end */
} RvNotifyText;

void rv_notify_text_clear(RvNotifyText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvNotifyText, rv_notify_text_clear)

/* `language` "zh_CN", or anything else for English. `zone` NULL: local. */
void rv_notify_write(const RvMessage *message, const char *language, GTimeZone *zone,
                     RvNotifyText *text);
/* One event as one line: "Fault #12 (level 1) db-01: power supply 2 failed"; caller frees. */
char *rv_notify_headline(const RvNews *event, const char *language);
/* "2 h 05 min", "2 小时 5 分钟"; caller frees. */
char *rv_notify_duration(gint64 ms, RvLanguage language);
