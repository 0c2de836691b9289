/* News: one thing a channel is told about one fault, and its JSON form, which is that of the
 * spool and of the webhook. Private to this room. */
#pragma once

#include <jansson.h>

#include "notify/notify.h"

typedef enum {
    RV_NEWS_OPEN,
    RV_NEWS_WORSEN,
    RV_NEWS_RECOVER,
    RV_NEWS_RELAPSE,
    RV_NEWS_CLOCK_NEAR, /* a clock will run out soon */
    RV_NEWS_CLOCK_OVER, /* a clock has run out */
    RV_NEWS_TEST,       /* of the channel; there is no fault */
} RvNewsKind;
#define RV_NEWS_KINDS (RV_NEWS_TEST + 1)

typedef struct {
    RvNewsKind kind;
    gint64 fault;
    char *facts; /* of the title; "" where there are none */
    char *device, *site, *title, *level, *level_name, *acknowledged_by; /* never NULL */
    gint64 time_ms;                                                     /* when it happened */
    gint64 opened_ms;                                                   /* of the fault */
    gint64 lasted_ms; /* RECOVER: since it opened or came back; else 0 */
    guint behind;
    RvClockKind clock; /* CLOCK_NEAR, CLOCK_OVER */
    gint64 due_ms;     /* of that clock; else 0 */
    gint64 queued_ms;  /* since when it waits to be told; not in the webhook's form */
} RvNews;

const char *rv_news_word(RvNewsKind kind); /* "open" … "clock_over", "test" */

/* What the ledger says of a fault, or of none where `notice` is empty. What devices and people
 * wrote is cleaned and has a ceiling. */
RvNews *rv_news_new(RvNewsKind kind, const RvNotice *notice, gint64 time_ms);
void rv_news_free(RvNews *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvNews, rv_news_free)

json_t *rv_news_to_json(const RvNews *event);
/* NULL where it is none. */
RvNews *rv_news_from_json(const json_t *json);
