#include "snmp/ber.h"

#include <string.h>

gboolean
rv_ber_take(RvBer *ber, guint8 *tag, RvBer *contents)
{
    const guint8 *p = ber->at;
    gsize length;

    if (ber->end - p < 2)
        return FALSE;
    *tag = *p++;
    length = *p++;
    if (length & 0x80) {
        guint n = length & 0x7f;

        if (n < 1 || n > 4 || ber->end - p < (gssize)n)
            return FALSE;
        for (length = 0; n > 0; n--)
            length = length << 8 | *p++;
    }
    if ((gsize)(ber->end - p) < length)
        return FALSE;
    *contents = (RvBer){.at = p, .end = p + length};
    ber->at = p + length;
    return TRUE;
}

gboolean
rv_ber_expect(RvBer *ber, guint8 tag, RvBer *contents)
{
    guint8 found;

    return rv_ber_take(ber, &found, contents) && found == tag;
}

gboolean
rv_ber_signed(const RvBer *contents, gint64 *value)
{
    const guint8 *p = contents->at;
    guint64 number;

    if (p == contents->end || contents->end - p > 8)
        return FALSE;
    number = *p & 0x80 ? G_MAXUINT64 : 0;
    for (; p < contents->end; p++)
        number = number << 8 | *p;
    *value = (gint64)number;
    return TRUE;
}

gboolean
rv_ber_unsigned(const RvBer *contents, guint64 *value)
{
    const guint8 *p = contents->at;
    guint64 number = 0;

    if (p == contents->end || contents->end - p > 9 || (contents->end - p == 9 && *p != 0))
        return FALSE;
    for (; p < contents->end; p++)
        number = number << 8 | *p;
    *value = number;
    return TRUE;
}

gboolean
rv_ber_take_integer(RvBer *ber, gint64 *value)
{
    RvBer contents;

    return rv_ber_expect(ber, RV_BER_INTEGER, &contents) && rv_ber_signed(&contents, value);
}

/* A sub-identifier of several bytes. NULL: too large, or the bytes end in it. */
static const guint8 *
take_id(const guint8 *p, const guint8 *end, guint64 *id)
{
    *id = 0;
    while (p < end) {
        *id = *id << 7 | (*p & 0x7f);
        if (*id > G_MAXUINT32 + (guint64)80)
            return NULL;
        if (!(*p++ & 0x80))
            return p;
    }
    return NULL;
}

gboolean
rv_ber_oid(const RvBer *contents, guint32 *ids, guint *length)
{
    const guint8 *p = contents->at, *end = contents->end;
    guint64 id;
    guint n = 0;

    /* the first two share a number, X.690 §8.19.4 */
    p = take_id(p, end, &id);
    if (p == NULL)
        return FALSE;
    ids[n++] = id < 80 ? (guint32)id / 40 : 2;
    ids[n++] = (guint32)(id - (guint64)ids[0] * 40);
    while (p < end) {
        if (n == RV_OID_CEILING)
            return FALSE;
        if (!(*p & 0x80)) {
            ids[n++] = *p++;
            continue;
        }
        p = take_id(p, end, &id);
        if (p == NULL || id > G_MAXUINT32)
            return FALSE;
        ids[n++] = (guint32)id;
    }
    *length = n;
    return TRUE;
}

/* ---- writing ---- */

void
rv_ber_writer_init(RvBerWriter *writer, guint8 *buffer, gsize size)
{
    *writer = (RvBerWriter){.begin = buffer, .at = buffer + size};
}

void
rv_ber_put(RvBerWriter *writer, const void *bytes, gsize size)
{
    if (writer->full || (gsize)(writer->at - writer->begin) < size) {
        writer->full = TRUE;
        return;
    }
    writer->at -= size;
    if (size > 0)
        memcpy(writer->at, bytes, size);
}

static void
put_byte(RvBerWriter *writer, guint8 byte)
{
    rv_ber_put(writer, &byte, 1);
}

static void
put_head(RvBerWriter *writer, guint8 tag, gsize length)
{
    if (length < 0x80) {
        put_byte(writer, (guint8)length);
    } else {
        guint8 n = 0;

        for (; length > 0; length >>= 8, n++)
            put_byte(writer, (guint8)length);
        put_byte(writer, 0x80 | n);
    }
    put_byte(writer, tag);
}

void
rv_ber_wrap(RvBerWriter *writer, guint8 tag, const guint8 *end)
{
    put_head(writer, tag, (gsize)(end - writer->at));
}

void
rv_ber_put_octets(RvBerWriter *writer, guint8 tag, const void *bytes, gsize size)
{
    rv_ber_put(writer, bytes, size);
    put_head(writer, tag, size);
}

void
rv_ber_put_integer(RvBerWriter *writer, gint64 value)
{
    const guint8 *end = writer->at;

    do {
        put_byte(writer, (guint8)value);
        value >>= 8;
    } while (!writer->full && !(value == 0 && !(*writer->at & 0x80)) &&
             !(value == -1 && (*writer->at & 0x80)));
    rv_ber_wrap(writer, RV_BER_INTEGER, end);
}

void
rv_ber_put_unsigned(RvBerWriter *writer, guint8 tag, guint64 value)
{
    const guint8 *end = writer->at;

    do {
        put_byte(writer, (guint8)value);
        value >>= 8;
    } while (value > 0);
    if (!writer->full && *writer->at & 0x80)
        put_byte(writer, 0);
    rv_ber_wrap(writer, tag, end);
}

static void
put_id(RvBerWriter *writer, guint64 id)
{
    put_byte(writer, id & 0x7f);
    for (id >>= 7; id > 0; id >>= 7)
        put_byte(writer, 0x80 | (id & 0x7f));
}

void
rv_ber_put_oid(RvBerWriter *writer, const RvOid *oid)
{
    const guint8 *end = writer->at;

    for (guint i = oid->length; i > 2; i--)
        put_id(writer, oid->ids[i - 1]);
    put_id(writer, (guint64)oid->ids[0] * 40 + (oid->length > 1 ? oid->ids[1] : 0));
    rv_ber_wrap(writer, RV_BER_OID, end);
}
