#include "notify/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

#define SPOOL_VERSION 1
#define SPOOL_CEILING (256 << 20) /* bytes; a file beyond it is not ours */

/* ---- messages ---- */

RvMessage *
rv_message_new(const char *channel, gint64 now_ms)
{
    RvMessage *message = g_new0(RvMessage, 1);

    message->id = g_uuid_string_random();
    message->channel = g_strdup(channel);
    message->created_ms = now_ms;
    message->events = g_ptr_array_new_with_free_func((GDestroyNotify)rv_news_free);
    return message;
}

void
rv_message_free(RvMessage *message)
{
    if (message == NULL)
        return;
    g_free(message->id);
    g_free(message->channel);
    g_ptr_array_unref(message->events);
    g_free(message);
}

void
rv_message_change(RvMessage *message)
{
    g_free(message->id);
    message->id = g_uuid_string_random();
}

void
rv_message_take(RvMessage *message, RvMessage *from)
{
    rv_message_change(message);
    while (from->events->len > 0)
        g_ptr_array_add(message->events, g_ptr_array_steal_index(from->events, 0));
}

gboolean
rv_message_concerns(const RvMessage *message, gint64 fault)
{
    for (guint i = 0; i < message->events->len; i++)
        if (((const RvNews *)g_ptr_array_index(message->events, i))->fault == fault)
            return TRUE;
    return FALSE;
}

/* ---- what channels know ---- */

static char *
key_of(const char *channel, gint64 fault)
{
    return g_strdup_printf("%s\n%" G_GINT64_FORMAT, channel, fault);
}

gint64
rv_spool_key_fault(const char *key)
{
    return g_ascii_strtoll(strrchr(key, '\n') + 1, NULL, 10);
}

char *
rv_spool_key_channel(const char *key)
{
    return g_strndup(key, (gsize)(strrchr(key, '\n') - key));
}

RvKnown *
rv_spool_known(const RvSpool *spool, const char *channel, gint64 fault)
{
    g_autofree char *key = key_of(channel, fault);

    return g_hash_table_lookup(spool->known, key);
}

void
rv_spool_learn(RvSpool *spool, const char *channel, gint64 fault, RvKnown *known)
{
    g_hash_table_replace(spool->known, key_of(channel, fault), known);
}

void
rv_spool_forget(RvSpool *spool, const char *channel, gint64 fault)
{
    g_autofree char *key = key_of(channel, fault);

    g_hash_table_remove(spool->known, key);
}

/* ---- writing ---- */

static json_t *
known_to_json(const char *key, const RvKnown *known)
{
    g_autofree char *channel = rv_spool_key_channel(key);

    return json_pack("{ss sI sI sb ss sI sI si si}", "channel", channel, "fault",
                     (json_int_t)rv_spool_key_fault(key), "opened_ms", (json_int_t)known->opened_ms,
                     "told", known->told, "level", known->level, "since_ms",
                     (json_int_t)known->since_ms, "over_ms", (json_int_t)known->over_ms, "near",
                     (int)known->near, "over", (int)known->over);
}

static json_t *
message_to_json(const RvMessage *message)
{
    json_t *events = json_array();

    for (guint i = 0; i < message->events->len; i++) {
        const RvNews *event = g_ptr_array_index(message->events, i);
        json_t *json = rv_news_to_json(event);

        json_object_set_new(json, "queued_ms", json_integer(event->queued_ms));
        json_array_append_new(events, json);
    }
    return json_pack("{ss ss si sI sI si so}", "id", message->id, "channel", message->channel,
                     "state", (int)message->state, "created_ms", (json_int_t)message->created_ms,
                     "next_ms", (json_int_t)message->next_ms, "attempts", (int)message->attempts,
                     "events", events);
}

static json_t *
spool_to_json(const RvSpool *spool)
{
    json_t *known = json_array(), *queue = json_array();
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, spool->known);
    while (g_hash_table_iter_next(&iter, &key, &value))
        json_array_append_new(known, known_to_json(key, value));
    for (guint i = 0; i < spool->queue->len; i++)
        json_array_append_new(queue, message_to_json(g_ptr_array_index(spool->queue, i)));
    return json_pack("{si so so}", "version", SPOOL_VERSION, "known", known, "queue", queue);
}

gboolean
rv_spool_save(const RvSpool *spool, GError **error)
{
    g_autoptr(GError) cause = NULL;
    json_t *json = spool_to_json(spool);
    char *text = json_dumps(json, JSON_COMPACT);
    gboolean fine;

    json_decref(json);
    if (text == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_INTERNAL, "%s: cannot be put into JSON", spool->path);
        return FALSE;
    }
    fine = g_file_set_contents_full(spool->path, text, -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0600, &cause);
    free(text);
    if (!fine)
        g_set_error_literal(error, RV_ERROR, RV_ERROR_STORE, cause->message);
    return fine;
}

/* ---- reading ---- */

static gboolean
read_known(RvSpool *spool, const json_t *json)
{
    const char *channel, *level;
    json_int_t fault, opened_ms, since_ms, over_ms;
    int told, near, over;
    RvKnown *known;

    if (json_unpack((json_t *)json, "{ss sI sI sb ss sI sI si si}", "channel", &channel, "fault",
                    &fault, "opened_ms", &opened_ms, "told", &told, "level", &level, "since_ms",
                    &since_ms, "over_ms", &over_ms, "near", &near, "over", &over) != 0)
        return FALSE;
    known = g_new0(RvKnown, 1);
    known->opened_ms = opened_ms;
    known->told = told;
    known->level = g_strdup(level);
    known->since_ms = since_ms;
    known->over_ms = over_ms;
    known->near = (guint)near;
    known->over = (guint)over;
    rv_spool_learn(spool, channel, fault, known);
    return TRUE;
}

static gboolean
read_message(RvSpool *spool, const json_t *json)
{
    const char *id, *channel;
    json_int_t created_ms, next_ms;
    int state, attempts;
    json_t *events;
    RvMessage *message;

    if (json_unpack((json_t *)json, "{ss ss si sI sI si so}", "id", &id, "channel", &channel,
                    "state", &state, "created_ms", &created_ms, "next_ms", &next_ms, "attempts",
                    &attempts, "events", &events) != 0 ||
        state < RV_MESSAGE_WAITING || state > RV_MESSAGE_HANDED || json_array_size(events) == 0)
        return FALSE;
    message = rv_message_new(channel, created_ms);
    g_free(message->id);
    message->id = g_strdup(id);
    message->state = (RvMessageState)state;
    message->next_ms = next_ms;
    message->attempts = (guint)attempts;
    g_ptr_array_add(spool->queue, message);
    for (gsize i = 0; i < json_array_size(events); i++) {
        const json_t *one = json_array_get(events, i);
        const json_t *queued = json_object_get(one, "queued_ms");
        RvNews *event = rv_news_from_json(one);

        if (event == NULL)
            return FALSE;
        event->queued_ms = json_is_integer(queued) ? json_integer_value(queued) : created_ms;
        g_ptr_array_add(message->events, event);
    }
    return TRUE;
}

static gboolean
read_rows(RvSpool *spool, const json_t *rows, gboolean (*read)(RvSpool *, const json_t *))
{
    if (!json_is_array(rows))
        return FALSE;
    for (gsize i = 0; i < json_array_size(rows); i++)
        if (!read(spool, json_array_get(rows, i)))
            return FALSE;
    return TRUE;
}

/* FALSE: not a spool file of ours. */
static gboolean
parse(RvSpool *spool, const char *text, gsize length)
{
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    gboolean fine = json_integer_value(json_object_get(json, "version")) == SPOOL_VERSION &&
                    read_rows(spool, json_object_get(json, "known"), read_known) &&
                    read_rows(spool, json_object_get(json, "queue"), read_message);

    json_decref(json);
    return fine;
}

static void
empty(RvSpool *spool)
{
    g_hash_table_remove_all(spool->known);
    g_ptr_array_set_size(spool->queue, 0);
}

/* A file that is broken must not silence all that comes after it: it is kept aside, and what lasts
 * is told anew. */
static gboolean
load(RvSpool *spool, GError **error)
{
    g_autofree char *text = NULL;
    g_autofree char *aside = g_strconcat(spool->path, ".broken", NULL);
    g_autoptr(GError) cause = NULL;
    GStatBuf about;
    gsize length = 0;

    if (g_stat(spool->path, &about) != 0 && errno == ENOENT)
        return TRUE;
    if (about.st_size <= SPOOL_CEILING) {
        if (!g_file_get_contents(spool->path, &text, &length, &cause)) {
            g_set_error_literal(error, RV_ERROR, RV_ERROR_STORE, cause->message);
            return FALSE;
        }
        if (parse(spool, text, length))
            return TRUE;
    }
    rv_warning("%s: not a spool of messages; kept as %s, faults that last are told anew",
               spool->path, aside);
    empty(spool);
    if (g_rename(spool->path, aside) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", aside, g_strerror(errno));
        return FALSE;
    }
    return TRUE;
}

static gboolean
lock(RvSpool *spool, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "notify.lock", NULL);

    spool->lock = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (spool->lock < 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", path, g_strerror(errno));
        return FALSE;
    }
    if (flock(spool->lock, LOCK_EX | LOCK_NB) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_LOCKED, "%s: another run is sending messages", path);
        return FALSE;
    }
    return TRUE;
}

static RvSpool *
new_spool(const char *folder)
{
    RvSpool *spool = g_new0(RvSpool, 1);

    spool->lock = -1;
    spool->path = g_build_filename(folder, "notify.json", NULL);
    spool->known =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)rv_known_free);
    spool->queue = g_ptr_array_new_with_free_func((GDestroyNotify)rv_message_free);
    return spool;
}

RvSpool *
rv_spool_look(const char *folder, GError **error)
{
    RvSpool *spool = new_spool(folder);
    g_autofree char *text = NULL;
    g_autoptr(GError) cause = NULL;
    gsize length = 0;

    if (!g_file_get_contents(spool->path, &text, &length, &cause)) {
        if (g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return spool;
        g_set_error_literal(error, RV_ERROR, RV_ERROR_STORE, cause->message);
        g_clear_pointer(&spool, rv_spool_free);
    } else if (!parse(spool, text, length)) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s: not a spool of messages", spool->path);
        g_clear_pointer(&spool, rv_spool_free);
    }
    return spool;
}

RvSpool *
rv_spool_open(const char *folder, GError **error)
{
    RvSpool *spool = new_spool(folder);

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", folder, g_strerror(errno));
        g_clear_pointer(&spool, rv_spool_free);
    } else if (!lock(spool, folder, error) || !load(spool, error)) {
        g_clear_pointer(&spool, rv_spool_free);
    }
    return spool;
}

void
rv_spool_free(RvSpool *spool)
{
    if (spool == NULL)
        return;
    if (spool->lock >= 0)
        close(spool->lock);
    g_free(spool->path);
    g_hash_table_unref(spool->known);
    g_ptr_array_unref(spool->queue);
    g_free(spool);
}
