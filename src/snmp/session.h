/* Session: one agent's address and security; PDUs in, packets out, and back. Never blocks.
 *
 * A v3 session whose engine is not known sends the discovery in place of the PDU: the answer to it
 * is RV_UNWRAP_AGAIN, and the same request goes out once more, now real. */
#pragma once

#include "observation/observation.h"
#include "snmp/usm.h"

/* What the sessions of one loop share. */
typedef struct {
    RvKeyRing *ring;
    RvEngines *engines;
    guint8 *room; /* for decrypted PDUs: 64 KiB */
    guint64 salt; /* never the same twice */
} RvSecurity;

typedef enum {
    RV_UNWRAP_PDU,
    RV_UNWRAP_DROPPED, /* not valid, or not to be trusted: wait on */
    RV_UNWRAP_AGAIN,   /* send the request again now */
    RV_UNWRAP_REFUSED, /* it will not be answered: see session->reason and ->detail */
} RvUnwrap;

typedef struct {
    RvSnmpAccess *access;
    RvSecurity *security;
    RvPeer peer;
    gsize community_size;
    RvEngine engine;
    RvKeys keys;
    gboolean keys_made;
    gboolean engine_heard;  /* it told its ID, now */
    gboolean engine_cached; /* from an earlier run, not yet confirmed */
    gint64 round_trip_ms;   /* smoothed; 0: not known */
    RvReason reason;        /* of the last refusal or drop */
    char *detail;
    char *note; /* odd, but no failure; NULL: nothing */
} RvSession;

void rv_session_init(RvSession *session, const RvSnmpAccess *access, RvSecurity *security);
/* After `peer` is filled. */
void rv_session_begin(RvSession *session);
void rv_session_clear(RvSession *session);

/* FALSE: cannot be sent (see reason and detail). */
gboolean rv_session_wrap(RvSession *session, RvBerWriter *writer, gint32 id, RvPduType type,
                         gint64 first, gint64 second, const RvOid *oids, guint n);
/* `bytes` may be written to; `pdu` is valid until they or the room are used again. */
RvUnwrap rv_session_unwrap(RvSession *session, guint8 *bytes, gsize size, RvPdu *pdu);
/* No answer although the engine was known from an earlier run: ask for it anew. */
void rv_session_doubt(RvSession *session);

/* The request id of a packet (msgID for v3), before anything is trusted. */
gboolean rv_session_peek(const guint8 *bytes, gsize size, gint64 *id);
