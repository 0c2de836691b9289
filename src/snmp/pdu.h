/* Protocol data units (RFC 3416 §3, RFC 1157 §4): requests written, answers read. */
#pragma once

#include "snmp/ber.h"
#include "snmp/varbind.h"

typedef enum {
    RV_PDU_GET = 0xa0,
    RV_PDU_GETNEXT = 0xa1,
    RV_PDU_RESPONSE = 0xa2,
    RV_PDU_GETBULK = 0xa5,
    RV_PDU_REPORT = 0xa8,
} RvPduType;

/* error-status, those that we act on */
enum {
    RV_PDU_NO_ERROR = 0,
    RV_PDU_TOO_BIG = 1,
    RV_PDU_NO_SUCH_NAME = 2,
    RV_PDU_GEN_ERR = 5,
    RV_PDU_NO_ACCESS = 6,
    RV_PDU_AUTHORIZATION_ERROR = 16,
};
const char *rv_pdu_error_word(gint64 status); /* "tooBig"; NULL: no status of RFC 3416 */

typedef struct {
    guint8 type;
    gint64 request_id;
    gint64 error_status, error_index; /* GETBULK: non-repeaters, max-repetitions */
    RvBer varbinds;                   /* borrowed bytes, each read by rv_pdu_next */
} RvPdu;

void rv_pdu_write(RvBerWriter *writer, RvPduType type, gint32 request_id, gint64 first,
                  gint64 second, const RvOid *oids, guint n);
/* Takes a PDU. FALSE where the bytes are none. */
gboolean rv_pdu_read(RvBer *ber, RvPdu *pdu);

typedef enum {
    RV_CELL_VALUE,
    RV_CELL_ABSENT,  /* noSuchObject, noSuchInstance, NULL in a request */
    RV_CELL_END,     /* endOfMibView */
    RV_CELL_UNKNOWN, /* a type that is none of RFC 2578's */
} RvCell;

/* A varbind with room for its OIDs. Its pointers lead into itself and into the packet: copy what
 * stays. Octets are not NUL-terminated. */
typedef struct {
    RvCell cell;
    RvVarbind varbind;
    guint32 oid[RV_OID_CEILING], object[RV_OID_CEILING];
} RvPduVarbind;

/* Takes the next varbind. FALSE at the end, and where the rest is not valid (*valid says which). */
gboolean rv_pdu_next(RvBer *varbinds, RvPduVarbind *into, gboolean *valid);
