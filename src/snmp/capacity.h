/* Capacity: how much an agent takes in one request; learned as it answers. */
#pragma once

#include "snmp/loop.h"

/* OIDs and values of a request or answer that mostly fit into one packet of 1400 bytes. */
#define RV_CELLS_A_PACKET 64
#define RV_REQUEST_BYTES 1200

typedef struct {
    gboolean has_bulk;   /* not v1 */
    guint repetitions;   /* ceiling of GETBULK */
    guint gets, columns; /* ceilings of varbinds in a GET, in a GETNEXT or GETBULK */
} RvCapacity;

/* Where an answer that could not be used leaves its subtree: why, for the outcome and the answers.
 */
typedef void (*RvPartial)(gpointer ask, const RvOid *root, RvReason reason, const char *why);

/* Bytes of an OID in a packet. */
guint rv_oid_bytes(const RvOid *oid);
