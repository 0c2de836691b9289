#include "profile/catalogue.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/pack.h"

#define MAGIC "rackvitals catalogue 1\n\n"
#define YOUNG_SECONDS 2
#define SIZE_CEILING (64 << 20)
#define LIST_CEILING 1000000
#define NS G_GINT64_CONSTANT(1000000000)

typedef enum { KIND_FOLDER, KIND_HEAD, KINDS } Kind;

typedef struct {
    guint64 inode, size, modified_ns, changed_ns;
} Stamp;

typedef struct {
    Stamp stamp;
    const guint8 *body; /* names of a folder, or a head; in `bytes` of the catalogue or `own` */
    guint size;
    GByteArray *own; /* NULL: came from the file */
    gboolean wanted;
} Entry;

struct RvCatalogue {
    char *path;
    char *bytes;
    gint64 now_ms;
    GHashTable *entries[KINDS]; /* path → Entry* */
    gboolean writes, news;
};

/* ---- stamps ---- */

static guint64
nanoseconds(struct timespec at)
{
    return (guint64)(at.tv_sec * NS + at.tv_nsec);
}

static gboolean
stamp_of(const char *path, Stamp *stamp)
{
    GStatBuf now;

    if (g_stat(path, &now) != 0)
        return FALSE;
    *stamp = (Stamp){now.st_ino, (guint64)now.st_size, nanoseconds(now.st_mtim),
                     nanoseconds(now.st_ctim)};
    return TRUE;
}

static gboolean
is_young(const RvCatalogue *catalogue, const Stamp *stamp)
{
    gint64 changed_ns = (gint64)MAX(stamp->changed_ns, stamp->modified_ns);

    return changed_ns + YOUNG_SECONDS * NS > catalogue->now_ms * (NS / 1000);
}

/* ---- entries ---- */

static void
free_entry(gpointer data)
{
    Entry *entry = data;

    if (entry->own != NULL)
        g_byte_array_unref(entry->own);
    g_free(entry);
}

/* FALSE: nothing is kept of `path` as it is now (`stamp`, NULL: it cannot be looked at). */
static gboolean
find(RvCatalogue *catalogue, Kind kind, const char *path, const Stamp *stamp, RvUnpack *body)
{
    Entry *entry = stamp != NULL ? g_hash_table_lookup(catalogue->entries[kind], path) : NULL;

    if (entry == NULL || memcmp(&entry->stamp, stamp, sizeof *stamp) != 0)
        return FALSE;
    entry->wanted = TRUE;
    *body = (RvUnpack){.at = entry->body, .end = entry->body + entry->size};
    return TRUE;
}

/* Takes over `body`. */
static void
keep(RvCatalogue *catalogue, Kind kind, const char *path, const Stamp *stamp, GByteArray *body)
{
    Entry *entry = g_new0(Entry, 1);

    *entry = (Entry){
        .stamp = *stamp, .body = body->data, .size = body->len, .own = body, .wanted = TRUE};
    g_hash_table_replace(catalogue->entries[kind], g_strdup(path), entry);
    catalogue->news = TRUE;
}

/* ---- the file ---- */

static void
put_entry(GByteArray *out, Kind kind, const char *path, const Entry *entry)
{
    rv_pack_number(out, kind);
    rv_pack_text(out, path);
    rv_pack_number(out, entry->stamp.inode);
    rv_pack_number(out, entry->stamp.size);
    rv_pack_number(out, entry->stamp.modified_ns);
    rv_pack_number(out, entry->stamp.changed_ns);
    rv_pack_number(out, entry->size);
    g_byte_array_append(out, entry->body, entry->size);
}

static void
take_entry(RvCatalogue *catalogue, RvUnpack *in)
{
    Kind kind = (Kind)rv_unpack_below(in, KINDS - 1);
    g_autofree char *path = rv_unpack_text(in);
    Entry entry = {0};

    entry.stamp.inode = rv_unpack_number(in);
    entry.stamp.size = rv_unpack_number(in);
    entry.stamp.modified_ns = rv_unpack_number(in);
    entry.stamp.changed_ns = rv_unpack_number(in);
    entry.size = rv_unpack_below(in, SIZE_CEILING);
    entry.body = rv_unpack_bytes(in, entry.size);
    if (!in->bad)
        g_hash_table_replace(catalogue->entries[kind], g_steal_pointer(&path),
                             g_memdup2(&entry, sizeof entry));
}

static void
read_file(RvCatalogue *catalogue)
{
    static const gsize begin = sizeof MAGIC - 1 + sizeof(guint64);
    gsize size = 0;
    guint64 hash;
    RvUnpack in;

    if (!g_file_get_contents(catalogue->path, &catalogue->bytes, &size, NULL) || size <= begin ||
        memcmp(catalogue->bytes, MAGIC, sizeof MAGIC - 1) != 0)
        return;
    memcpy(&hash, catalogue->bytes + sizeof MAGIC - 1, sizeof hash);
    if (hash != rv_hash_block(catalogue->bytes + begin, size - begin))
        return;
    in.at = (const guint8 *)catalogue->bytes + begin;
    in.end = (const guint8 *)catalogue->bytes + size;
    in.bad = FALSE;
    while (!in.bad && in.at < in.end)
        take_entry(catalogue, &in);
}

RvCatalogue *
rv_catalogue_load(const char *path, gint64 now_ms)
{
    RvCatalogue *catalogue = g_new0(RvCatalogue, 1);

    catalogue->path = g_strdup(path);
    catalogue->now_ms = now_ms;
    for (int kind = 0; kind < KINDS; kind++)
        catalogue->entries[kind] =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_entry);
    if (path != NULL) {
        g_autofree char *folder = g_path_get_dirname(path);

        catalogue->writes = g_access(folder, W_OK) == 0;
        read_file(catalogue);
    }
    return catalogue;
}

void
rv_catalogue_free(RvCatalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    for (int kind = 0; kind < KINDS; kind++)
        g_hash_table_unref(catalogue->entries[kind]);
    g_free(catalogue->bytes);
    g_free(catalogue->path);
    g_free(catalogue);
}

/* Adds what was wanted to `out`; TRUE where something was not. */
static gboolean
put_wanted(const RvCatalogue *catalogue, Kind kind, GByteArray *out)
{
    gboolean gone = FALSE;
    GHashTableIter iter;
    gpointer path, entry;

    g_hash_table_iter_init(&iter, catalogue->entries[kind]);
    while (g_hash_table_iter_next(&iter, &path, &entry)) {
        if (((const Entry *)entry)->wanted)
            put_entry(out, kind, path, entry);
        else
            gone = TRUE;
    }
    return gone;
}

void
rv_catalogue_save(RvCatalogue *catalogue)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GString) text = g_string_new(MAGIC);
    gboolean news = catalogue->news;
    guint64 hash;

    if (!catalogue->writes)
        return;
    for (int kind = 0; kind < KINDS; kind++)
        news = put_wanted(catalogue, (Kind)kind, body) || news;
    if (!news)
        return;
    hash = rv_hash_block(body->data, body->len);
    g_string_append_len(text, (const char *)&hash, sizeof hash);
    g_string_append_len(text, (const char *)body->data, (gssize)body->len);
    g_file_set_contents_full(catalogue->path, text->str, (gssize)text->len,
                             G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL);
    catalogue->news = FALSE;
}

/* ---- lists of texts, of OIDs ---- */

static void
put_texts(GByteArray *out, const GPtrArray *texts)
{
    rv_pack_number(out, texts->len);
    for (guint i = 0; i < texts->len; i++)
        rv_pack_text(out, g_ptr_array_index(texts, i));
}

static void
take_texts(RvUnpack *in, GPtrArray *texts)
{
    guint n = rv_unpack_below(in, LIST_CEILING);

    for (guint i = 0; i < n && !in->bad; i++)
        g_ptr_array_add(texts, rv_unpack_text(in));
}

static void
put_oids(GByteArray *out, const GArray *oids)
{
    rv_pack_number(out, oids->len);
    for (guint i = 0; i < oids->len; i++)
        rv_pack_oid(out, &g_array_index(oids, RvOid, i));
}

static void
take_oids(RvUnpack *in, GArray *oids)
{
    guint n = rv_unpack_below(in, LIST_CEILING);

    for (guint i = 0; i < n && !in->bad; i++) {
        RvOid oid = rv_unpack_oid(in);

        g_array_append_val(oids, oid);
    }
}

/* ---- folders ---- */

static int
compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
list_folder(const char *folder, GError **error)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
    GPtrArray *names;
    const char *name;

    if (dir == NULL)
        return NULL;
    names = g_ptr_array_new_with_free_func(g_free);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        gboolean below = g_file_test(path, G_FILE_TEST_IS_DIR);

        if (name[0] != '.')
            g_ptr_array_add(names, g_strconcat(name, below ? "/" : NULL, NULL));
    }
    g_ptr_array_sort(names, compare_text);
    return names;
}

GPtrArray *
rv_catalogue_names(RvCatalogue *catalogue, const char *folder, GError **error)
{
    Stamp stamp;
    gboolean stamped = stamp_of(folder, &stamp);
    GPtrArray *names;
    RvUnpack in;

    if (find(catalogue, KIND_FOLDER, folder, stamped ? &stamp : NULL, &in)) {
        names = g_ptr_array_new_with_free_func(g_free);
        take_texts(&in, names);
        return names;
    }
    names = list_folder(folder, error);
    if (names != NULL && catalogue->writes && stamped && !is_young(catalogue, &stamp)) {
        GByteArray *body = g_byte_array_new();

        put_texts(body, names);
        keep(catalogue, KIND_FOLDER, folder, &stamp, body);
    }
    return names;
}

/* ---- heads ---- */

enum { IS_PART = 1, IS_ANY = 2, IS_NONE = 4, IS_ALL = 7 };

static GByteArray *
pack_head(const RvProfileHead *head)
{
    GByteArray *out = g_byte_array_new();

    rv_pack_text(out, head->name);
    rv_pack_number(out, (guint64)(head->role == RV_ROLE_PART ? IS_PART : 0) |
                            (head->any ? IS_ANY : 0) | (head->none ? IS_NONE : 0));
    put_oids(out, head->object_ids);
    put_texts(out, head->descr);
    put_texts(out, head->descr_not);
    put_oids(out, head->has);
    put_texts(out, head->uses);
    put_texts(out, head->without);
    rv_pack_oid(out, &head->base);
    rv_pack_number(out, head->base_length);
    return out;
}

static RvProfileHead *
unpack_head(RvUnpack *in, const char *path)
{
    RvProfileHead *head = rv_profile_head_new(path);
    guint is;

    head->name = rv_unpack_text(in);
    is = rv_unpack_below(in, IS_ALL);
    head->role = (is & IS_PART) != 0 ? RV_ROLE_PART : RV_ROLE_FAMILY;
    head->any = (is & IS_ANY) != 0;
    head->none = (is & IS_NONE) != 0;
    take_oids(in, head->object_ids);
    take_texts(in, head->descr);
    take_texts(in, head->descr_not);
    take_oids(in, head->has);
    take_texts(in, head->uses);
    take_texts(in, head->without);
    head->base = rv_unpack_oid(in);
    head->base_length = rv_unpack_below(in, RV_OID_CEILING);
    return head;
}

RvProfileHead *
rv_catalogue_head(RvCatalogue *catalogue, const char *path, RvProblems *problems)
{
    Stamp stamp;
    gboolean stamped = stamp_of(path, &stamp);
    guint before = rv_problems_count(problems);
    RvProfileHead *head;
    RvUnpack in;

    if (find(catalogue, KIND_HEAD, path, stamped ? &stamp : NULL, &in)) {
        head = unpack_head(&in, path);
        if (!in.bad)
            return head;
        rv_profile_head_free(head);
    }
    head = rv_profile_head_load(path, problems);
    if (head != NULL && rv_problems_count(problems) == before && catalogue->writes && stamped &&
        !is_young(catalogue, &stamp))
        keep(catalogue, KIND_HEAD, path, &stamp, pack_head(head));
    return head;
}
