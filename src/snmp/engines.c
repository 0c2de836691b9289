#include "snmp/engines.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "snmp/shared-file.h"

#define KEPT_S (30 * 86400)
#define TWIN_S 86400
#define REFRESH_S 86400
#define DRIFT_S 10 /* RFC 3414 allows 150 */
#define ENTRIES_CEILING 200000
#define HEADING "# rackvitals: SNMPv3 engines: address boots time-offset seen engine-id\n"

struct RvEngines {
    GHashTable *by_peer; /* "10.0.0.1:161" to RvEngine */
    GHashTable *by_id;   /* GBytes to the peer it was last seen at */
    gboolean changed;    /* since it was loaded or saved */
};

RvEngines *
rv_engines_new(void)
{
    RvEngines *engines = g_new0(RvEngines, 1);

    engines->by_peer = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    engines->by_id =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, g_free);
    return engines;
}

void
rv_engines_free(RvEngines *engines)
{
    if (engines == NULL)
        return;
    g_hash_table_unref(engines->by_peer);
    g_hash_table_unref(engines->by_id);
    g_free(engines);
}

static char *
key_of(const RvPeer *peer)
{
    g_autofree char *address = rv_peer_format(peer);

    return g_strdup_printf("%s:%u", address, ntohs(peer->in.sin_port));
}

gboolean
rv_engines_find(RvEngines *engines, const RvPeer *peer, RvEngine *engine)
{
    g_autofree char *key = key_of(peer);
    const RvEngine *found = g_hash_table_lookup(engines->by_peer, key);

    if (found != NULL)
        *engine = *found;
    return found != NULL;
}

/* An agent that makes up a new ID each time fills no memory. */
static void
drop_old_id(RvEngines *engines, const char *key, const RvEngine *engine)
{
    const RvEngine *old = g_hash_table_lookup(engines->by_peer, key);
    g_autoptr(GBytes) id = NULL;

    if (old == NULL ||
        (old->id_size == engine->id_size && memcmp(old->id, engine->id, old->id_size) == 0))
        return;
    id = g_bytes_new(old->id, old->id_size);
    if (g_strcmp0(g_hash_table_lookup(engines->by_id, id), key) == 0)
        g_hash_table_remove(engines->by_id, id);
}

static const char *
twin_of(RvEngines *engines, const char *key, const RvEngine *engine)
{
    g_autoptr(GBytes) id = g_bytes_new(engine->id, engine->id_size);
    const char *holder = g_hash_table_lookup(engines->by_id, id);
    const RvEngine *other = holder != NULL ? g_hash_table_lookup(engines->by_peer, holder) : NULL;

    return other != NULL && strcmp(holder, key) != 0 && other->id_size == engine->id_size &&
                   memcmp(other->id, engine->id, engine->id_size) == 0 &&
                   engine->seen_s - other->seen_s < TWIN_S
               ? holder
               : NULL;
}

static const char *
learn(RvEngines *engines, const char *key, const RvEngine *engine)
{
    const char *twin = twin_of(engines, key, engine);

    drop_old_id(engines, key, engine);
    g_hash_table_insert(engines->by_peer, g_strdup(key), g_memdup2(engine, sizeof *engine));
    if (twin == NULL)
        g_hash_table_replace(engines->by_id, g_bytes_new(engine->id, engine->id_size),
                             g_strdup(key));
    return twin;
}

/* A clock that only ran on is not worth a file; that the agent still lives is, once a day. */
static gboolean
is_news(const RvEngine *old, const RvEngine *engine)
{
    return old == NULL || old->id_size != engine->id_size ||
           memcmp(old->id, engine->id, engine->id_size) != 0 || old->boots != engine->boots ||
           ABS(old->time_offset_s - engine->time_offset_s) > DRIFT_S ||
           engine->seen_s - old->seen_s > REFRESH_S;
}

const char *
rv_engines_learn(RvEngines *engines, const RvPeer *peer, const RvEngine *engine)
{
    g_autofree char *key = key_of(peer);

    engines->changed =
        engines->changed || is_news(g_hash_table_lookup(engines->by_peer, key), engine);
    return learn(engines, key, engine);
}

const char *
rv_engines_twin(RvEngines *engines, const RvPeer *peer, const RvEngine *engine)
{
    g_autofree char *key = key_of(peer);

    return twin_of(engines, key, engine);
}

void
rv_engines_forget(RvEngines *engines, const RvPeer *peer)
{
    g_autofree char *key = key_of(peer);

    if (g_hash_table_remove(engines->by_peer, key))
        engines->changed = TRUE;
}

static gboolean
read_hex(const char *text, RvEngine *engine)
{
    gsize n = strlen(text);

    if (n < 2 || n % 2 != 0 || n / 2 > sizeof engine->id)
        return FALSE;
    for (gsize i = 0; i < n; i += 2) {
        int high = g_ascii_xdigit_value(text[i]), low = g_ascii_xdigit_value(text[i + 1]);

        if (high < 0 || low < 0)
            return FALSE;
        engine->id[i / 2] = (guint8)(high * 16 + low);
    }
    engine->id_size = (guint)(n / 2);
    return TRUE;
}

static gboolean
is_later(const RvEngine *known, const RvEngine *engine)
{
    return known == NULL || known->seen_s < engine->seen_s;
}

void
rv_engines_load(RvEngines *engines, const char *path, gint64 now_s)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return;
    lines = g_strsplit(text, "\n", ENTRIES_CEILING);
    for (char **line = lines; *line != NULL; line++) {
        char key[80], hex[2 * RV_ENGINE_ID_LARGEST + 1];
        RvEngine engine = {0};

        if (sscanf(*line, "%79s %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %64s", key,
                   &engine.boots, &engine.time_offset_s, &engine.seen_s, hex) == 5 &&
            read_hex(hex, &engine) && engine.seen_s > now_s - KEPT_S && engine.seen_s <= now_s &&
            is_later(g_hash_table_lookup(engines->by_peer, key), &engine))
            learn(engines, key, &engine);
    }
}

static gboolean
write_file(const RvEngines *engines, const char *path, GError **error)
{
    g_autoptr(GString) out = g_string_new(HEADING);
    GHashTableIter entries;
    gpointer key, value;

    g_hash_table_iter_init(&entries, engines->by_peer);
    while (g_hash_table_iter_next(&entries, &key, &value)) {
        const RvEngine *engine = value;

        g_string_append_printf(out, "%s %u %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " ", (char *)key,
                               engine->boots, engine->time_offset_s, engine->seen_s);
        for (guint i = 0; i < engine->id_size; i++)
            g_string_append_printf(out, "%02x", engine->id[i]);
        g_string_append_c(out, '\n');
    }
    return rv_shared_file_write(path, out, error);
}

gboolean
rv_engines_save(RvEngines *engines, const char *path, GError **error)
{
    gboolean saved;
    int fd;

    if (!engines->changed)
        return TRUE;
    fd = rv_shared_file_lock(path);
    rv_engines_load(engines, path, rv_clock_now_ms() / 1000);
    saved = write_file(engines, path, error);
    engines->changed = engines->changed && !saved;
    if (fd >= 0)
        close(fd);
    return saved;
}
