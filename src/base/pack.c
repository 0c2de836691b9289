#include "base/pack.h"

#include <string.h>

void
rv_pack_number(GByteArray *out, guint64 number)
{
    guint8 bytes[10];
    guint n = 0;

    for (; number >= 0x80; number >>= 7)
        bytes[n++] = (guint8)(number | 0x80);
    bytes[n++] = (guint8)number;
    g_byte_array_append(out, bytes, n);
}

void
rv_pack_text(GByteArray *out, const char *text)
{
    gsize size = strlen(text);

    rv_pack_number(out, size);
    g_byte_array_append(out, (const guint8 *)text, (guint)size);
}

void
rv_pack_oid(GByteArray *out, const RvOid *oid)
{
    rv_pack_number(out, oid->length);
    for (guint i = 0; i < oid->length; i++)
        rv_pack_number(out, oid->ids[i]);
}

guint64
rv_unpack_number(RvUnpack *in)
{
    guint64 number = 0;

    for (guint shift = 0; shift < 64 && !in->bad && in->at < in->end; shift += 7) {
        guint8 byte = *in->at++;

        number |= (guint64)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
    in->bad = TRUE;
    return 0;
}

guint
rv_unpack_below(RvUnpack *in, guint ceiling)
{
    guint64 number = rv_unpack_number(in);

    in->bad = in->bad || number > ceiling;
    return in->bad ? 0 : (guint)number;
}

const guint8 *
rv_unpack_bytes(RvUnpack *in, gsize size)
{
    const guint8 *bytes = in->at;

    if (in->bad || size > (gsize)(in->end - in->at)) {
        in->bad = TRUE;
        return NULL;
    }
    in->at += size;
    return bytes;
}

char *
rv_unpack_text(RvUnpack *in)
{
    gsize size = rv_unpack_below(in, G_MAXINT);
    const guint8 *bytes = rv_unpack_bytes(in, size);

    return bytes != NULL ? g_strndup((const char *)bytes, size) : NULL;
}

RvOid
rv_unpack_oid(RvUnpack *in)
{
    guint32 ids[RV_OID_CEILING];
    guint length = rv_unpack_below(in, RV_OID_CEILING);

    for (guint i = 0; i < length; i++)
        ids[i] = rv_unpack_below(in, G_MAXUINT32);
    return length > 0 && !in->bad ? rv_oid_from(ids, length) : (RvOid){NULL, 0};
}
