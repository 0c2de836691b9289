/* Varbinds as plain values (RFC 3416 §3), without net-snmp's types. */
#pragma once

#include "base/oid.h"

/* BER tags, as in RFC 3416 and in recordings. */
typedef enum {
    RV_SNMP_INTEGER = 2,
    RV_SNMP_OCTETS = 4,
    RV_SNMP_NULL = 5,
    RV_SNMP_OID = 6,
    RV_SNMP_IP_ADDRESS = 64,
    RV_SNMP_COUNTER32 = 65,
    RV_SNMP_GAUGE32 = 66,
    RV_SNMP_TIMETICKS = 67,
    RV_SNMP_OPAQUE = 68,
    RV_SNMP_COUNTER64 = 70,
} RvSnmpType;

typedef struct {
    RvOid oid; /* owned by the answers it lies in */
    RvSnmpType type;
    gint64
        integer; /* INTEGER and the unsigned 32-bit types; Counter64 wraps into it, see `counter` */
    guint64 counter; /* the unsigned types */
    double real;     /* Opaque float or double (net-snmp); NAN otherwise */
    guint8 *octets;  /* OCTET STRING, IpAddress, Opaque: owned, NUL after the end */
    gsize size;      /* of octets */
    RvOid object;    /* OBJECT IDENTIFIER value */
} RvVarbind;

/* Frees what `varbind` owns and empties it. */
void rv_varbind_clear(RvVarbind *varbind);
/* "INTEGER", "STRING", "Counter64" …, the words of snmpwalk(1). */
const char *rv_snmp_type_word(RvSnmpType type);
/* Appends "TYPE: value" for a terminal: text quoted, other bytes in hex, nothing raw. */
void rv_varbind_print(const RvVarbind *varbind, GString *out);
