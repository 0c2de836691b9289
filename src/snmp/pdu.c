#include "snmp/pdu.h"

#include <math.h>

#include "snmp/opaque.h"

#define TAG_UINTEGER32 0x47 /* RFC 1442, still met */
#define TAG_NO_SUCH_OBJECT 0x80
#define TAG_NO_SUCH_INSTANCE 0x81
#define TAG_END_OF_MIB_VIEW 0x82

const char *
rv_pdu_error_word(gint64 status)
{
    static const char *const words[] = {
        "noError",
        "tooBig",
        "noSuchName",
        "badValue",
        "readOnly",
        "genErr",
        "noAccess",
        "wrongType",
        "wrongLength",
        "wrongEncoding",
        "wrongValue",
        "noCreation",
        "inconsistentValue",
        "resourceUnavailable",
        "commitFailed",
        "undoFailed",
        "authorizationError",
        "notWritable",
        "inconsistentName",
    };

    return status >= 0 && status < (gint64)G_N_ELEMENTS(words) ? words[status] : NULL;
}

void
rv_pdu_write(RvBerWriter *writer, RvPduType type, gint32 request_id, gint64 first, gint64 second,
             const RvOid *oids, guint n)
{
    const guint8 *end = writer->at;

    for (guint i = n; i > 0; i--) {
        const guint8 *varbind_end = writer->at;

        rv_ber_put_octets(writer, RV_BER_NULL, NULL, 0);
        rv_ber_put_oid(writer, &oids[i - 1]);
        rv_ber_wrap(writer, RV_BER_SEQUENCE, varbind_end);
    }
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
    rv_ber_put_integer(writer, second);
    rv_ber_put_integer(writer, first);
    rv_ber_put_integer(writer, request_id);
    rv_ber_wrap(writer, (guint8)type, end);
}

gboolean
rv_pdu_read(RvBer *ber, RvPdu *pdu)
{
    RvBer contents;

    return rv_ber_take(ber, &pdu->type, &contents) &&
           rv_ber_take_integer(&contents, &pdu->request_id) &&
           rv_ber_take_integer(&contents, &pdu->error_status) &&
           rv_ber_take_integer(&contents, &pdu->error_index) &&
           rv_ber_expect(&contents, RV_BER_SEQUENCE, &pdu->varbinds);
}

static gboolean
read_unsigned(const RvBer *contents, RvPduVarbind *into, RvSnmpType type)
{
    into->varbind.type = type;
    if (!rv_ber_unsigned(contents, &into->varbind.counter))
        return FALSE;
    /* agents that sign-extend a Gauge32 send five bytes of it */
    if (type != RV_SNMP_COUNTER64)
        into->varbind.counter = (guint32)into->varbind.counter;
    into->varbind.integer = (gint64)into->varbind.counter;
    return TRUE;
}

static gboolean
read_octets(const RvBer *contents, RvPduVarbind *into, RvSnmpType type)
{
    into->varbind.type = type;
    into->varbind.octets = (guint8 *)contents->at;
    into->varbind.size = (gsize)(contents->end - contents->at);
    if (type == RV_SNMP_OPAQUE)
        into->varbind.real = rv_opaque_real(into->varbind.octets, into->varbind.size);
    return TRUE;
}

static gboolean
read_value(guint8 tag, const RvBer *contents, RvPduVarbind *into)
{
    switch (tag) {
    case RV_SNMP_INTEGER:
        into->varbind.type = RV_SNMP_INTEGER;
        if (!rv_ber_signed(contents, &into->varbind.integer))
            return FALSE;
        into->varbind.counter = (guint64)into->varbind.integer;
        return TRUE;
    case RV_SNMP_COUNTER32:
    case RV_SNMP_GAUGE32:
    case RV_SNMP_TIMETICKS:
    case RV_SNMP_COUNTER64:
        return read_unsigned(contents, into, (RvSnmpType)tag);
    case TAG_UINTEGER32:
        return read_unsigned(contents, into, RV_SNMP_GAUGE32);
    case RV_SNMP_OCTETS:
    case RV_SNMP_IP_ADDRESS:
    case RV_SNMP_OPAQUE:
        return read_octets(contents, into, (RvSnmpType)tag);
    case RV_SNMP_OID:
        into->varbind.type = RV_SNMP_OID;
        into->varbind.object.ids = into->object;
        /* agents without a sysObjectID send no bytes at all */
        return contents->at == contents->end ||
               rv_ber_oid(contents, into->object, &into->varbind.object.length);
    case RV_SNMP_NULL:
        into->varbind.type = RV_SNMP_NULL;
        return TRUE;
    case TAG_NO_SUCH_OBJECT:
    case TAG_NO_SUCH_INSTANCE:
        into->cell = RV_CELL_ABSENT;
        return TRUE;
    case TAG_END_OF_MIB_VIEW:
        into->cell = RV_CELL_END;
        return TRUE;
    default:
        into->cell = RV_CELL_UNKNOWN;
        return TRUE;
    }
}

gboolean
rv_pdu_next(RvBer *varbinds, RvPduVarbind *into, gboolean *valid)
{
    RvBer varbind, oid, contents;
    guint8 tag;

    *valid = TRUE;
    if (varbinds->at == varbinds->end)
        return FALSE;
    into->cell = RV_CELL_VALUE;
    into->varbind = (RvVarbind){.real = NAN};
    into->varbind.oid.ids = into->oid;
    *valid = rv_ber_expect(varbinds, RV_BER_SEQUENCE, &varbind) &&
             rv_ber_expect(&varbind, RV_BER_OID, &oid) &&
             rv_ber_oid(&oid, into->oid, &into->varbind.oid.length) &&
             rv_ber_take(&varbind, &tag, &contents) && read_value(tag, &contents, into);
    return *valid;
}
