#include "base/oid.h"

#include <string.h>

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

char *
rv_oid_format(const RvOid *oid)
{
    GString *text = g_string_sized_new(oid->length * 4);

    for (guint i = 0; i < oid->length; i++)
        g_string_append_printf(text, i > 0 ? ".%u" : "%u", oid->ids[i]);
    return g_string_free(text, FALSE);
}

int
rv_oid_compare(const RvOid *a, const RvOid *b)
{
    guint n = MIN(a->length, b->length);

    for (guint i = 0; i < n; i++)
        if (a->ids[i] != b->ids[i])
            return a->ids[i] < b->ids[i] ? -1 : 1;
    return a->length == b->length ? 0 : a->length < b->length ? -1 : 1;
}

gboolean
rv_oid_is_below(const RvOid *oid, const RvOid *root)
{
    return oid->length >= root->length &&
           memcmp(oid->ids, root->ids, root->length * sizeof *oid->ids) == 0;
}
