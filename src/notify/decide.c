#include "notify/decide.h"

#include <string.h>

#include "base/text.h"

RvKnown *
rv_known_new(const RvNotice *notice)
{
    RvKnown *known = g_new0(RvKnown, 1);

    known->opened_ms = known->since_ms = notice->opened_ms;
    known->level = g_strdup(notice->level);
    return known;
}

void
rv_known_free(RvKnown *known)
{
    if (known == NULL)
        return;
    g_free(known->level);
    g_free(known);
}

/* 0: it lasts. */
static gint64
over_ms(const RvNotice *notice)
{
    return notice->recovered_ms != 0 ? notice->recovered_ms : notice->resolved_ms;
}

gboolean
rv_notify_concerns(const RvChannel *channel, const RvNotice *notice)
{
    return channel->levels == NULL || rv_text_glob(channel->levels, notice->level);
}

static RvNews *
add(GPtrArray *events, const RvNotice *notice, RvNewsKind kind, gint64 time_ms)
{
    RvNews *event = rv_news_new(kind, notice, time_ms);

    g_ptr_array_add(events, event);
    return event;
}

static void
decide_state(const RvNotice *notice, RvKnown *known, gint64 now_ms, GPtrArray *events)
{
    gint64 over = over_ms(notice);

    if (!known->told) {
        if (over != 0)
            return; /* came and went before it was told: nobody waits for its end */
        add(events, notice, RV_NEWS_OPEN, notice->opened_ms);
        known->told = TRUE;
    } else if (known->over_ms == 0 && over != 0) {
        add(events, notice, RV_NEWS_RECOVER, over)->lasted_ms = MAX(over - known->since_ms, 0);
        known->over_ms = over;
    } else if (known->over_ms != 0 && over == 0) {
        add(events, notice, RV_NEWS_RELAPSE, now_ms);
        known->over_ms = 0;
        known->since_ms = now_ms;
    } else if (over == 0 && strcmp(known->level, notice->level) != 0) {
        add(events, notice, RV_NEWS_WORSEN, now_ms);
    }
    g_free(known->level);
    known->level = g_strdup(notice->level);
}

static void
decide_clocks(const RvChannel *channel, const RvNotice *notice, RvKnown *known, gint64 now_ms,
              GPtrArray *events)
{
    for (int kind = 0; kind < RV_CLOCK_KINDS; kind++) {
        const RvClock *clock = &notice->clocks[kind];
        guint bit = 1u << kind;
        RvNewsKind told;
        RvNews *event;

        if (!clock->exists || clock->done_ms != 0 || (known->over & bit) != 0)
            continue;
        if (clock->breached) {
            known->over |= bit;
            told = RV_NEWS_CLOCK_OVER;
        } else if (channel->escalate_before_ms > 0 && (known->near & bit) == 0 &&
                   clock->left_ms <= channel->escalate_before_ms) {
            known->near |= bit;
            told = RV_NEWS_CLOCK_NEAR;
        } else {
            continue;
        }
        event = add(events, notice, told, told == RV_NEWS_CLOCK_OVER ? clock->due_ms : now_ms);
        event->clock = (RvClockKind)kind;
        event->due_ms = clock->due_ms;
    }
}

void
rv_notify_decide(const RvChannel *channel, const RvNotice *notice, RvKnown *known, gint64 now_ms,
                 GPtrArray *events)
{
    if (!channel->escalation_only && !notice->by_hand)
        decide_state(notice, known, now_ms, events);
    decide_clocks(channel, notice, known, now_ms, events);
}

gboolean
rv_notify_finished(const RvNotice *notice)
{
    const RvClock *report = &notice->clocks[RV_CLOCK_REPORT];

    return notice->resolved_ms != 0 &&
           (!report->exists || report->done_ms != 0 || report->breached);
}

gboolean
rv_notify_quiet(const RvChannel *channel, GTimeZone *zone, gint64 now_ms)
{
    g_autoptr(GDateTime) utc = NULL;
    g_autoptr(GDateTime) local = NULL;
    int minute, from = channel->quiet_from, until = channel->quiet_until;

    if (from < 0 || until < 0 || from == until)
        return FALSE;
    utc = g_date_time_new_from_unix_utc(now_ms / 1000);
    if (utc == NULL)
        return FALSE;
    local = zone != NULL ? g_date_time_to_timezone(utc, zone) : g_date_time_to_local(utc);
    minute = g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local);
    return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}
