#include "notify/news.h"

#include <string.h>

#include "base/text.h"

#define TEXT_CEILING 512 /* bytes of what a device or a person wrote */

static const char *const words[RV_NEWS_KINDS] = {"open",       "worsen",     "recover", "relapse",
                                                 "clock_near", "clock_over", "test"};

const char *
rv_news_word(RvNewsKind kind)
{
    return words[kind];
}

static char *
clean(const char *text)
{
    return text != NULL ? rv_text_clean(text, -1, TEXT_CEILING) : g_strdup("");
}

RvNews *
rv_news_new(RvNewsKind kind, const RvNotice *notice, gint64 time_ms)
{
    RvNews *event = g_new0(RvNews, 1);

    event->kind = kind;
    event->fault = notice->id;
    event->device = clean(notice->device);
    event->site = clean(notice->site);
    event->title = clean(notice->title);
    event->facts = g_strdup(notice->facts != NULL ? notice->facts : "");
    event->level = clean(notice->level);
    event->level_name = clean(notice->level_name);
    event->acknowledged_by = clean(notice->acknowledged_by);
    event->time_ms = time_ms;
    event->opened_ms = notice->opened_ms;
    event->behind = notice->behind;
    return event;
}

void
rv_news_free(RvNews *event)
{
    if (event == NULL)
        return;
    g_free(event->device);
    g_free(event->site);
    g_free(event->title);
    g_free(event->facts);
    g_free(event->level);
    g_free(event->level_name);
    g_free(event->acknowledged_by);
    g_free(event);
}

json_t *
rv_news_to_json(const RvNews *event)
{
    json_t *json =
        json_pack("{ss sI ss ss ss ss ss ss sI sI sI si}", "event", words[event->kind], "fault",
                  (json_int_t)event->fault, "device", event->device, "site", event->site, "title",
                  event->title, "level", event->level, "level_name", event->level_name,
                  "acknowledged_by", event->acknowledged_by, "time_ms", (json_int_t)event->time_ms,
                  "opened_ms", (json_int_t)event->opened_ms, "lasted_ms",
                  (json_int_t)event->lasted_ms, "behind", (int)event->behind);

    if (json != NULL && event->facts != NULL && event->facts[0] != '\0')
        json_object_set_new(json, "facts", json_loads(event->facts, 0, NULL));
    if (json != NULL && event->due_ms != 0) {
        json_object_set_new(json, "clock", json_string(rv_clock_kind_word(event->clock)));
        json_object_set_new(json, "due_ms", json_integer(event->due_ms));
    }
    return json;
}

static gboolean
find_word(const char *word, const char *(*name)(int), int count, int *found)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(word, name(i)) == 0) {
            *found = i;
            return TRUE;
        }
    }
    return FALSE;
}

static const char *
news_name(int kind)
{
    return words[kind];
}

static const char *
clock_name(int kind)
{
    return rv_clock_kind_word((RvClockKind)kind);
}

/* "" where there are none: messages of an older program. */
static char *
facts_of(const json_t *json)
{
    const json_t *facts = json_object_get(json, "facts");
    char *dumped = facts != NULL ? json_dumps(facts, JSON_COMPACT) : NULL;
    char *text = g_strdup(dumped != NULL ? dumped : "");

    free(dumped);
    return text;
}

RvNews *
rv_news_from_json(const json_t *json)
{
    const char *word, *clock = NULL, *texts[6];
    json_int_t fault, time_ms, opened_ms, lasted_ms, due_ms = 0;
    int behind, kind, clock_kind = 0;
    g_autofree char *facts = facts_of(json);
    RvNews *event;

    if (json_unpack((json_t *)json, "{ss sI ss ss ss ss ss ss sI sI sI si s?s s?I}", "event", &word,
                    "fault", &fault, "device", &texts[0], "site", &texts[1], "title", &texts[2],
                    "level", &texts[3], "level_name", &texts[4], "acknowledged_by", &texts[5],
                    "time_ms", &time_ms, "opened_ms", &opened_ms, "lasted_ms", &lasted_ms, "behind",
                    &behind, "clock", &clock, "due_ms", &due_ms) != 0 ||
        !find_word(word, news_name, RV_NEWS_KINDS, &kind) ||
        (clock != NULL && !find_word(clock, clock_name, RV_CLOCK_KINDS, &clock_kind)))
        return NULL;
    event = rv_news_new((RvNewsKind)kind,
                        &(RvNotice){.id = fault,
                                    .device = texts[0],
                                    .site = texts[1],
                                    .title = texts[2],
                                    .facts = facts,
                                    .level = texts[3],
                                    .level_name = texts[4],
                                    .acknowledged_by = texts[5],
                                    .opened_ms = opened_ms,
                                    .behind = (guint)MAX(behind, 0)},
                        time_ms);
    event->lasted_ms = lasted_ms;
    event->clock = (RvClockKind)clock_kind;
    event->due_ms = due_ms;
    return event;
}
