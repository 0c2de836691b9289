#include "notify/text.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "plan/fault-facts.h"
#include "plan/words.h"

#define LINES_CEILING 200 /* of a digest */

typedef struct {
    const char *english, *chinese;
} Phrase;

static const Phrase kinds[RV_NEWS_KINDS] = {
    [RV_NEWS_OPEN] = {"Fault", "故障"},
    [RV_NEWS_WORSEN] = {"Worse", "故障升级"},
    [RV_NEWS_RECOVER] = {"Recovered", "已恢复"},
    [RV_NEWS_RELAPSE] = {"Back again", "故障复发"},
    [RV_NEWS_CLOCK_NEAR] = {"Due soon", "即将到期"},
    [RV_NEWS_CLOCK_OVER] = {"Overdue", "已超时"},
    [RV_NEWS_TEST] = {"Test message: nothing has happened", "测试消息：没有发生任何故障"},
};

static const Phrase clocks[RV_CLOCK_KINDS] = {
    [RV_CLOCK_RESPOND] = {"response", "响应"},
    [RV_CLOCK_RESOLVE] = {"resolution", "处理"},
    [RV_CLOCK_PLAN] = {"emergency plan", "应急方案"},
    [RV_CLOCK_REPORT] = {"fault report", "故障报告"},
};

typedef struct {
    RvLanguage language;
    GTimeZone *zone;
} Style;

static const char *
say(const Style *style, const Phrase *phrase)
{
    return RV_SAY(style->language, phrase->english, phrase->chinese);
}

#define SAY(style, in_english, in_chinese) RV_SAY((style)->language, in_english, in_chinese)

void
rv_notify_text_clear(RvNotifyText *text)
{
    g_clear_pointer(&text->subject, g_free);
    g_clear_pointer(&text->body, g_free);
}

char *
rv_notify_duration(gint64 ms, RvLanguage language)
{
    gint64 seconds = ms / 1000, minutes = seconds / 60, hours = minutes / 60, days = hours / 24;

    if (seconds < 60)
        return g_strdup_printf(RV_SAY(language, "%d s", "%d 秒"), (int)seconds);
    if (minutes < 60)
        return g_strdup_printf(RV_SAY(language, "%d min", "%d 分钟"), (int)minutes);
    if (hours < 48)
        return g_strdup_printf(RV_SAY(language, "%d h %02d min", "%d 小时 %d 分钟"), (int)hours,
                               (int)(minutes % 60));
    return g_strdup_printf(RV_SAY(language, "%d d %d h", "%d 天 %d 小时"), (int)days,
                           (int)(hours % 24));
}

static gboolean
is_clock(const RvNews *event)
{
    return event->kind == RV_NEWS_CLOCK_NEAR || event->kind == RV_NEWS_CLOCK_OVER;
}

/* "level 1" where the level has no better name than its id. */
static char *
level_of(const Style *style, const RvNews *event)
{
    if (event->level_name[0] != '\0' && strcmp(event->level_name, event->level) != 0)
        return g_strdup(rv_say_fault_level(style->language, event->level_name));
    return g_strdup_printf(SAY(style, "level %s", "%s 级"), event->level);
}

/* From its facts in this language, where there are any; caller frees. */
static char *
title_of(const Style *style, const RvNews *event)
{
    char *said = rv_fault_facts_say(event->facts, style->language);

    return said != NULL ? said : g_strdup(event->title);
}

/* "Fault #12 (level 1) db-01: power supply 2 failed, lasted 2 h 05 min" */
static char *
headline(const Style *style, const RvNews *event)
{
    GString *line = g_string_new(say(style, &kinds[event->kind]));
    g_autofree char *level = level_of(style, event);
    g_autofree char *title = title_of(style, event);

    if (event->kind == RV_NEWS_TEST)
        return g_string_free(line, FALSE);
    if (is_clock(event))
        g_string_append_printf(line, "%s%s", SAY(style, ", ", "："),
                               say(style, &clocks[event->clock]));
    g_string_append_printf(
        line, SAY(style, " #%" G_GINT64_FORMAT " (%s) ", " #%" G_GINT64_FORMAT "（%s）"),
        event->fault, level);
    if (event->device[0] != '\0')
        g_string_append_printf(line, "%s%s", event->device, SAY(style, ": ", "："));
    g_string_append(line, title);
    if (event->kind == RV_NEWS_RECOVER) {
        g_autofree char *lasted = rv_notify_duration(event->lasted_ms, style->language);

        g_string_append_printf(line, SAY(style, ", lasted %s", "，历时 %s"), lasted);
    }
    return g_string_free(line, FALSE);
}

static void
field(const Style *style, GString *body, const char *name, const char *value)
{
    if (value[0] != '\0')
        g_string_append_printf(body, SAY(style, "%s: %s\n", "%s：%s\n"), name, value);
}

static void
time_field(const Style *style, GString *body, const char *name, gint64 ms)
{
    g_autofree char *text = rv_clock_format(ms, style->zone);

    field(style, body, name, text);
}

/* The story of one fault, an event a line. */
static void
write_history(const Style *style, GString *body, const GPtrArray *events)
{
    for (guint i = 0; i < events->len; i++) {
        const RvNews *event = g_ptr_array_index(events, i);
        g_autofree char *time = rv_clock_format(event->time_ms, style->zone);
        g_autofree char *level = level_of(style, event);

        g_string_append_printf(body, "%s  %s", time, say(style, &kinds[event->kind]));
        if (event->kind == RV_NEWS_WORSEN)
            g_string_append_printf(body, SAY(style, ": %s", "：%s"), level);
        if (is_clock(event)) {
            g_autofree char *due = rv_clock_format(event->due_ms, style->zone);

            g_string_append_printf(body, SAY(style, ": %s, due %s", "：%s，期限 %s"),
                                   say(style, &clocks[event->clock]), due);
        }
        if (event->kind == RV_NEWS_RECOVER) {
            g_autofree char *lasted = rv_notify_duration(event->lasted_ms, style->language);

            g_string_append_printf(body, SAY(style, ", lasted %s", "，历时 %s"), lasted);
        }
        g_string_append_c(body, '\n');
    }
}

static void
write_test(const Style *style, const RvNews *event, RvNotifyText *text)
{
    g_autofree char *line = headline(style, event);
    g_autofree char *time = rv_clock_format(event->time_ms, style->zone);

    text->subject = g_strdup_printf("[rackvitals] %s", line);
    text->body = g_strdup_printf(
        SAY(style,
            "%s\nSent at %s by 'rackvitals notify test'. Faults would be told in this way.\n",
            "%s\n由 rackvitals notify test 于 %s 发送。故障将以同样方式通知。\n"),
        line, time);
}

static void
write_one(const Style *style, const GPtrArray *events, RvNotifyText *text)
{
    const RvNews *last = g_ptr_array_index(events, events->len - 1);
    g_autofree char *line = headline(style, last);
    g_autofree char *number = g_strdup_printf("#%" G_GINT64_FORMAT, last->fault);
    g_autofree char *level = level_of(style, last);
    g_autofree char *title = title_of(style, last);
    GString *body = g_string_new(NULL);

    text->subject = g_strdup_printf("[rackvitals] %s", line);
    field(style, body, SAY(style, "Fault", "故障编号"), number);
    field(style, body, SAY(style, "Device", "设备"), last->device);
    field(style, body, SAY(style, "Site", "机房"), last->site);
    field(style, body, SAY(style, "What", "现象"), title);
    field(style, body, SAY(style, "Level", "级别"), level);
    time_field(style, body, SAY(style, "Opened", "发生时间"), last->opened_ms);
    field(style, body, SAY(style, "Acknowledged by", "受理人"), last->acknowledged_by);
    if (last->behind > 0) {
        g_autofree char *count = g_strdup_printf("%u", last->behind);

        field(style, body, SAY(style, "Devices silent behind it", "受其影响不可达的设备数"), count);
    }
    g_string_append_c(body, '\n');
    write_history(style, body, events);
    g_string_append_printf(body,
                           SAY(style,
                               "\nrackvitals fault show %" G_GINT64_FORMAT " tells the rest.\n",
                               "\n详情：rackvitals fault show %" G_GINT64_FORMAT "\n"),
                           last->fault);
    text->body = g_string_free(body, FALSE);
}

static void
write_digest(const Style *style, const GPtrArray *events, RvNotifyText *text)
{
    GString *subject = g_string_new(NULL), *body = g_string_new(NULL);
    guint counts[RV_NEWS_KINDS] = {0};

    for (guint i = 0; i < events->len; i++)
        counts[((const RvNews *)g_ptr_array_index(events, i))->kind]++;
    g_string_printf(subject, SAY(style, "[rackvitals] %u messages", "[rackvitals] 共 %u 条消息"),
                    events->len);
    for (int kind = 0, first = 1; kind < RV_NEWS_KINDS; kind++) {
        if (counts[kind] == 0)
            continue;
        g_string_append_printf(subject, SAY(style, "%s%s %u", "%s%s %u 条"),
                               first ? SAY(style, ": ", "：") : SAY(style, ", ", "，"),
                               say(style, &kinds[kind]), counts[kind]);
        first = 0;
    }
    for (guint i = 0; i < MIN(events->len, LINES_CEILING); i++) {
        const RvNews *event = g_ptr_array_index(events, i);
        g_autofree char *time = rv_clock_format(event->time_ms, style->zone);
        g_autofree char *line = headline(style, event);

        g_string_append_printf(body, "%s  %s\n", time, line);
    }
    if (events->len > LINES_CEILING)
        g_string_append_printf(body, SAY(style, "… and %u more\n", "……另有 %u 条\n"),
                               events->len - LINES_CEILING);
    g_string_append(body, SAY(style, "\nrackvitals fault list shows what lasts.\n",
                              "\n未解决的故障：rackvitals fault list\n"));
    text->subject = g_string_free(subject, FALSE);
    text->body = g_string_free(body, FALSE);
}

char *
rv_notify_headline(const RvNews *event, const char *language)
{
    const Style style = {.language = rv_language_parse(language)};

    return headline(&style, event);
}

void
rv_notify_write(const RvMessage *message, const char *language, GTimeZone *zone, RvNotifyText *text)
{
    const Style style = {.language = rv_language_parse(language), .zone = zone};
    const RvNews *first = g_ptr_array_index(message->events, 0);
    g_autofree char *raw = NULL;
    gboolean one = TRUE;

    for (guint i = 1; i < message->events->len; i++)
        one = one && ((const RvNews *)g_ptr_array_index(message->events, i))->fault == first->fault;
    if (first->kind == RV_NEWS_TEST)
        write_test(&style, first, text);
    else
        (one ? write_one : write_digest)(&style, message->events, text);
    raw = text->subject; /* what devices say may hold line ends: none gets into a header */
    text->subject = rv_text_clean(raw, -1, 512);
}
