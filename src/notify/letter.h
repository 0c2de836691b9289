/* Letter: one mail with files attached, sent at once or not at all: a report on its way to its
 * readers. Nothing is kept in the spool. */
#pragma once

#include "plan/channel.h"

typedef struct {
    const char *name, *type; /* "RV-2026-10.pdf", "application/pdf" */
    GBytes *body;
} RvLetterFile;

/* All borrowed. */
typedef struct {
    const RvChannel *channel; /* of mail: server, login and sender; its own lists are not used */
    char *const *recipients;  /* NULL-terminated; blind: in no header */
    const char *subject, *text;
    const RvLetterFile *files;
    guint count;
    gint64 now_ms, timeout_ms;
} RvLetter;

/* Blocks. RV_ERROR_UNAVAILABLE, _AUTH, _TIMEOUT, _PROTOCOL, _CONFIG, with the channel's id. */
gboolean rv_letter_send(const RvLetter *letter, GError **error);
