/* The spool: what each channel knows, and what is still to be sent, as one JSON file that is only
 * ever replaced whole. Private to this room. */
#pragma once

#include "notify/decide.h"

typedef enum {
    RV_MESSAGE_WAITING,   /* surely nobody has it yet */
    RV_MESSAGE_UNCERTAIN, /* was handed over, no answer came: again under the same id */
    RV_MESSAGE_HANDED,    /* is just being handed over; found on opening: in doubt */
} RvMessageState;

typedef struct {
    char *id;      /* unique; receivers can know a repetition by it */
    char *channel; /* its id */
    RvMessageState state;
    gint64 created_ms, next_ms; /* next_ms: not before */
    guint attempts;
    GPtrArray *events; /* RvNews*, oldest first */
} RvMessage;

RvMessage *rv_message_new(const char *channel, gint64 now_ms);
void rv_message_free(RvMessage *message);
/* What it says has changed, so it is another message. */
void rv_message_change(RvMessage *message);
/* The same, and takes the events out of `from`. */
void rv_message_take(RvMessage *message, RvMessage *from);
gboolean rv_message_concerns(const RvMessage *message, gint64 fault);

typedef struct {
    char *path;
    int lock;
    GHashTable *known; /* "CHANNEL\nFAULT" → RvKnown* */
    GPtrArray *queue;  /* RvMessage*, oldest first */
} RvSpool;

/* Makes the folder. Errors: RV_ERROR_LOCKED, RV_ERROR_STORE. */
RvSpool *rv_spool_open(const char *folder, GError **error);
/* As it is, to look at: without the lock, and nothing is written. */
RvSpool *rv_spool_look(const char *folder, GError **error);
void rv_spool_free(RvSpool *spool);
/* On disk when it returns. */
gboolean rv_spool_save(const RvSpool *spool, GError **error);

/* Owned by the spool; NULL: nothing known. */
RvKnown *rv_spool_known(const RvSpool *spool, const char *channel, gint64 fault);
void rv_spool_learn(RvSpool *spool, const char *channel, gint64 fault, RvKnown *known);
void rv_spool_forget(RvSpool *spool, const char *channel, gint64 fault);
/* The parts of a key of `known`. */
gint64 rv_spool_key_fault(const char *key);
char *rv_spool_key_channel(const char *key);
