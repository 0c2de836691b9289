/* User-based security (RFC 3414): SNMPv3 messages written and read.
 *
 * Knows no socket and no clock: boots and time are arguments. */
#pragma once

#include "snmp/engines.h"
#include "snmp/pdu.h"

/* What a message says outside its PDU; borrowed from the packet. */
typedef struct {
    gint64 id;
    guint8 flags;
    RvBer engine, user, digest, salt;
    gint64 boots, time;
    RvBer data; /* the scoped PDU, or an OCTET STRING with its ciphertext */
} RvUsmMessage;

#define RV_USM_FLAG_AUTH 1
#define RV_USM_FLAG_PRIV 2
#define RV_USM_FLAG_REPORTABLE 4

/* usmStats of RFC 3414 §5, by the number below 1.3.6.1.6.3.15.1.1 */
typedef enum {
    RV_USM_OTHER_REPORT = 0,
    RV_USM_UNSUPPORTED_LEVEL = 1,
    RV_USM_NOT_IN_TIME_WINDOW = 2,
    RV_USM_UNKNOWN_USER = 3,
    RV_USM_UNKNOWN_ENGINE = 4,
    RV_USM_WRONG_DIGEST = 5,
    RV_USM_DECRYPTION_ERROR = 6,
    RV_USM_UNKNOWN_CONTEXT = 100, /* RFC 3413: snmpUnknownContexts, snmpUnavailableContexts */
} RvUsmReport;

/* Wraps the PDU that ends at `end` and begins where `writer` is. FALSE where encryption fails. */
gboolean rv_usm_write(RvBerWriter *writer, const guint8 *end, gint32 id, const RvSnmpAccess *access,
                      const RvEngine *engine, gint64 engine_time, const RvKeys *keys, guint64 salt);
/* The question for an engine's ID: RFC 3414 §4. */
void rv_usm_write_discovery(RvBerWriter *writer, gint32 id);

/* `message`: contents of the outer sequence after the version. */
gboolean rv_usm_read(RvBer message, RvUsmMessage *into);
/* `whole` is the packet that `message` lies in; its digest is overwritten with zeros. */
gboolean rv_usm_is_authentic(guint8 *whole, gsize size, const RvUsmMessage *message,
                             RvSnmpAuth auth, const RvKeys *keys);
/* The PDU, decrypted into `room` (as large as the packet) where it has to be. */
gboolean rv_usm_open(const RvUsmMessage *message, const RvSnmpAccess *access, const RvKeys *keys,
                     guint8 *room, RvPdu *pdu);
RvUsmReport rv_usm_report(const RvPdu *pdu);
