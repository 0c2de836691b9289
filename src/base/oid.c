#include "base/oid.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

gboolean
rv_oid_parse(const char *text, RvOid *oid)
{
    guint32 ids[RV_OID_CEILING];
    guint n = 0;
    const char *p = *text == '.' ? text + 1 : text;

    *oid = (RvOid){0};
    do {
        guint64 id = 0;

        if (!g_ascii_isdigit(*p) || n == RV_OID_CEILING)
            return FALSE;
        for (; g_ascii_isdigit(*p); p++) {
            id = id * 10 + (guint64)(*p - '0');
            if (id > G_MAXUINT32)
                return FALSE;
        }
        ids[n++] = (guint32)id;
    } while (*p++ == '.');
    if (p[-1] != '\0')
        return FALSE;
    *oid = rv_oid_from(ids, n);
    return TRUE;
}

RvOid
rv_oid_from(const guint32 *ids, guint length)
{
    return (RvOid){.ids = g_memdup2(ids, length * sizeof *ids), .length = length};
}

RvOid
rv_oid_copy(const RvOid *oid)
{
    return rv_oid_from(oid->ids, oid->length);
}

RvOid
rv_oid_append(const RvOid *oid, const guint32 *ids, guint n)
{
    RvOid whole = {.ids = g_new(guint32, oid->length + n), .length = oid->length + n};

    if (oid->length > 0)
        memcpy(whole.ids, oid->ids, oid->length * sizeof *whole.ids);
    if (n > 0)
        memcpy(whole.ids + oid->length, ids, n * sizeof *whole.ids);
    return whole;
}

void
rv_oid_clear(RvOid *oid)
{
    g_clear_pointer(&oid->ids, g_free);
    oid->length = 0;
}

static char *
put_number(char *at, guint32 number)
{
    char digits[RV_TEXT_DIGITS];
    gsize first = rv_text_digits(digits, number);

    memcpy(at, digits + first, sizeof digits - first);
    return at + sizeof digits - first;
}

char *
rv_oid_format(const RvOid *oid)
{
    char *text = g_malloc(oid->length * sizeof "4294967295" + 1), *at = text;

    for (guint i = 0; i < oid->length; i++) {
        if (i > 0)
            *at++ = '.';
        at = put_number(at, oid->ids[i]);
    }
    *at = '\0';
    return text;
}

/* Most that are compared begin alike: two numbers are looked at at once. */
int
rv_oid_compare(const RvOid *a, const RvOid *b)
{
    guint n = MIN(a->length, b->length), i = 0;

    for (; i + 2 <= n; i += 2)
        if (memcmp(a->ids + i, b->ids + i, 2 * sizeof *a->ids) != 0)
            break;
    for (; i < n; i++)
        if (a->ids[i] != b->ids[i])
            return a->ids[i] < b->ids[i] ? -1 : 1;
    return a->length == b->length ? 0 : a->length < b->length ? -1 : 1;
}

guint
rv_oid_hash(gconstpointer oid)
{
    const RvOid *one = oid;
    guint64 hash = rv_hash_block(one->ids, one->length * sizeof *one->ids);

    return (guint)(hash ^ hash >> 32);
}

gboolean
rv_oid_equal(gconstpointer a, gconstpointer b)
{
    const RvOid *one = a, *other = b;

    return one->length == other->length &&
           memcmp(one->ids, other->ids, one->length * sizeof *one->ids) == 0;
}

gboolean
rv_oid_is_below(const RvOid *oid, const RvOid *root)
{
    return oid->length >= root->length &&
           memcmp(oid->ids, root->ids, root->length * sizeof *oid->ids) == 0;
}

/* ---- lists ---- */

static void
clear_member(gpointer data)
{
    rv_oid_clear(data);
}

GArray *
rv_oids_new(void)
{
    GArray *oids = g_array_new(FALSE, TRUE, sizeof(RvOid));

    g_array_set_clear_func(oids, clear_member);
    return oids;
}

static int
compare_members(const void *a, const void *b)
{
    return rv_oid_compare(a, b);
}

void
rv_oids_sort(GArray *oids)
{
    if (oids->len > 1)
        qsort(oids->data, oids->len, sizeof(RvOid), compare_members);
}

void
rv_oids_settle(GArray *oids)
{
    guint kept = 0;

    rv_oids_sort(oids);
    for (guint i = 0; i < oids->len; i++) {
        RvOid *oid = &g_array_index(oids, RvOid, i);

        if (kept > 0 && rv_oid_compare(oid, &g_array_index(oids, RvOid, kept - 1)) == 0) {
            rv_oid_clear(oid);
            continue;
        }
        if (kept != i) {
            g_array_index(oids, RvOid, kept) = *oid;
            *oid = (RvOid){NULL, 0};
        }
        kept++;
    }
    g_array_set_size(oids, kept);
}
