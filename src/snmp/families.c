#include "snmp/families.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "snmp/shared-file.h"

#define KEPT_S (30 * 86400)
#define REFRESH_S 86400
#define TRY_S 86400
#define HEADING                                                                                    \
    "# rackvitals: what SNMP agents take, a line per family and firmware: seen tried, and of "     \
    "varbinds, cells, bytes, GETBULK each: answered refused silent silences\n"
#define FILE_CEILING (1u << 20)

typedef struct {
    guint64 id;
    gint64 seen_s;
    gint64 tried_s; /* when more than the ceiling was asked for last; 0: it may be now */
    RvSizeSeen sizes[RV_SIZES];
} Family;

struct RvFamilies {
    GHashTable *known; /* Family by its id */
    GHashTable *news;  /* the same, of what was learnt since it was loaded or saved */
    gboolean changed;  /* the news are worth a file */
};

static GHashTable *
table_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
}

RvFamilies *
rv_families_new(void)
{
    RvFamilies *families = g_new0(RvFamilies, 1);

    families->known = table_new();
    families->news = table_new();
    return families;
}

void
rv_families_free(RvFamilies *families)
{
    if (families == NULL)
        return;
    g_hash_table_unref(families->known);
    g_hash_table_unref(families->news);
    g_free(families);
}

/* ---- who ---- */

static guint64
add_cell(guint64 hash, const RvSnmpAnswers *answers, guint32 column)
{
    const RvOid oid = {(guint32[]){1, 3, 6, 1, 2, 1, 1, column, 0}, 9};
    const RvVarbind *cell = rv_snmp_answers_get(answers, &oid);

    if (cell == NULL)
        return hash;
    if (cell->octets != NULL)
        hash = rv_hash_more(hash, cell->octets, cell->size);
    return rv_hash_more(hash, cell->object.ids, cell->object.length * sizeof *cell->object.ids);
}

guint64
rv_family_of(const RvSnmpAnswers *answers)
{
    guint64 hash = add_cell(add_cell(RV_HASH_BASIS, answers, 1), answers, 2);

    return hash != RV_HASH_BASIS ? hash : 0;
}

/* ---- what it takes ---- */

static gboolean
is_limited(const Family *family)
{
    for (guint i = 0; i < RV_SIZES; i++)
        if (family->sizes[i].refused > 0 || family->sizes[i].silent > 0)
            return TRUE;
    return FALSE;
}

static void
drop_oldest(GHashTable *table)
{
    const Family *oldest = NULL;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Family *family = value;

        if (oldest == NULL || is_limited(oldest) > is_limited(family) ||
            (is_limited(oldest) == is_limited(family) && family->seen_s < oldest->seen_s))
            oldest = family;
    }
    if (oldest != NULL)
        g_hash_table_remove(table, &oldest->id);
}

static Family *
family_in(GHashTable *table, guint64 id)
{
    Family *family = g_hash_table_lookup(table, &id);

    if (family != NULL)
        return family;
    if (g_hash_table_size(table) >= RV_FAMILIES_CEILING)
        drop_oldest(table);
    family = g_new0(Family, 1);
    family->id = id;
    g_hash_table_insert(table, &family->id, family);
    return family;
}

/* A ceiling that rose may rise on at once; one that fell is left alone for a day. */
static void
add(Family *family, const RvSizeSeen later[RV_SIZES], gint64 seen_s, gint64 tried_s)
{
    family->seen_s = MAX(family->seen_s, seen_s);
    family->tried_s = MAX(family->tried_s, tried_s);
    for (guint i = 0; i < RV_SIZES; i++) {
        RvSizeSeen *seen = &family->sizes[i];
        guint before = rv_size_ceiling(i, seen), now;

        rv_size_add(seen, &later[i]);
        now = rv_size_ceiling(i, seen);
        if (now != before)
            family->tried_s = now < before ? seen_s : 0;
    }
}

void
rv_families_find(RvFamilies *families, guint64 id, gint64 now_s, guint most[RV_SIZES])
{
    Family *family = g_hash_table_lookup(families->known, &id);
    const Family none = {0};
    gboolean once_more = family != NULL && is_limited(family) &&
                         (now_s - family->tried_s >= TRY_S || now_s < family->tried_s);

    for (guint i = 0; i < RV_SIZES; i++) {
        const RvSizeSeen *seen = family != NULL ? &family->sizes[i] : &none.sizes[i];

        most[i] = !once_more             ? rv_size_ceiling(i, seen)
                  : family->tried_s != 0 ? rv_size_trial(i, seen)
                                         : MIN(2 * rv_size_ceiling(i, seen), rv_size_unlimited(i));
    }
    if (!once_more)
        return;
    family->tried_s = now_s;
    family_in(families->news, id)->tried_s = now_s;
    families->changed = TRUE;
}

/* A ceiling that creeps up by the digits of a counter is not worth a file; that the family still
 * lives is, once a day. */
static gboolean
is_news(const Family *before, const Family *now)
{
    for (guint i = 0; i < RV_SIZES; i++) {
        const RvSizeSeen *old = &before->sizes[i], *new = &now->sizes[i];
        guint was = rv_size_ceiling(i, old), is = rv_size_ceiling(i, new);

        if (old->silences != new->silences || is < was - was / 16 || is > was + was / 16 ||
            (old->refused == 0) != (new->refused == 0))
            return TRUE;
    }
    return is_limited(now) && now->seen_s - before->seen_s > REFRESH_S;
}

void
rv_families_learn(RvFamilies *families, guint64 id, gint64 now_s, const RvSizeSeen seen[RV_SIZES])
{
    Family *family = family_in(families->known, id);
    const Family before = *family;

    add(family, seen, now_s, 0);
    add(family_in(families->news, id), seen, now_s, 0);
    families->changed = families->changed || is_news(&before, family);
}

/* ---- the file ---- */

/* FALSE: the line is none of ours. */
static gboolean
read_line(const char *line, Family *family)
{
    int at = 0;

    if (sscanf(line, "%16" G_GINT64_MODIFIER "x %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "%n",
               &family->id, &family->seen_s, &family->tried_s, &at) != 3)
        return FALSE;
    for (guint i = 0; i < RV_SIZES; i++) {
        RvSizeSeen *seen = &family->sizes[i];
        int more = 0;

        if (sscanf(line + at, " %7u %7u %7u %7u%n", &seen->answered, &seen->refused, &seen->silent,
                   &seen->silences, &more) != 4)
            return FALSE;
        at += more;
    }
    return line[at] == '\0';
}

/* FALSE: damaged; then `table` is empty. */
static gboolean
read_file(GHashTable *table, const char *path, gint64 now_s)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    gsize size;

    if (!g_file_get_contents(path, &text, &size, NULL))
        return TRUE;
    if (size > FILE_CEILING || !g_str_has_prefix(text, HEADING) || text[size - 1] != '\n')
        return FALSE;
    text[size - 1] = '\0';
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines + 1; *line != NULL; line++) {
        Family family = {0};

        if (!read_line(*line, &family)) {
            g_hash_table_remove_all(table);
            return FALSE;
        }
        if (family.seen_s > now_s - KEPT_S && family.seen_s <= now_s)
            *family_in(table, family.id) = family;
    }
    return TRUE;
}

void
rv_families_load(RvFamilies *families, const char *path, gint64 now_s)
{
    if (!read_file(families->known, path, now_s))
        rv_warning("%s: damaged, and forgotten: what SNMP agents take in one request is learnt "
                   "anew",
                   path);
}

static void
write_line(GString *out, const Family *family)
{
    g_string_append_printf(out, "%016" G_GINT64_MODIFIER "x %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                           family->id, family->seen_s, family->tried_s);
    for (guint i = 0; i < RV_SIZES; i++)
        g_string_append_printf(out, " %u %u %u %u", family->sizes[i].answered,
                               family->sizes[i].refused, family->sizes[i].silent,
                               family->sizes[i].silences);
    g_string_append_c(out, '\n');
}

static gboolean
write_file(GHashTable *table, const char *path, GError **error)
{
    g_autoptr(GString) out = g_string_new(HEADING);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (is_limited(value))
            write_line(out, value);
    return rv_shared_file_write(path, out, error);
}

gboolean
rv_families_save(RvFamilies *families, const char *path, gint64 now_s, GError **error)
{
    g_autoptr(GHashTable) all = NULL;
    GHashTableIter iter;
    gpointer value;
    gboolean saved;
    int fd;

    if (!families->changed)
        return TRUE;
    all = table_new();
    fd = rv_shared_file_lock(path);
    (void)read_file(all, path, now_s);
    g_hash_table_iter_init(&iter, families->news);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Family *family = value;

        add(family_in(all, family->id), family->sizes, family->seen_s, family->tried_s);
    }
    saved = write_file(all, path, error);
    if (fd >= 0)
        close(fd);
    if (!saved)
        return FALSE;
    g_hash_table_remove_all(families->news);
    families->changed = FALSE;
    return TRUE;
}
