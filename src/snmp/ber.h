/* BER (ITU-T X.690) as far as SNMP uses it (RFC 3417 §8): definite lengths, tags of one byte.
 *
 * Readers check every length against the bytes that are there and never copy. Writers fill a buffer
 * from its end, so that lengths are known when they are written. */
#pragma once

#include "base/oid.h"

typedef struct {
    const guint8 *at, *end;
} RvBer;

#define RV_BER_INTEGER 0x02
#define RV_BER_OCTETS 0x04
#define RV_BER_NULL 0x05
#define RV_BER_OID 0x06
#define RV_BER_SEQUENCE 0x30

/* Takes one element: its tag and its contents. FALSE where the bytes end too early. */
gboolean rv_ber_take(RvBer *ber, guint8 *tag, RvBer *contents);
/* The same where the tag must be `tag`. */
gboolean rv_ber_expect(RvBer *ber, guint8 tag, RvBer *contents);
/* Contents as a signed number of 1 to 8 bytes; as an unsigned one of 1 to 9, the ninth being 0. */
gboolean rv_ber_signed(const RvBer *contents, gint64 *value);
gboolean rv_ber_unsigned(const RvBer *contents, guint64 *value);
gboolean rv_ber_take_integer(RvBer *ber, gint64 *value);
/* Contents as sub-identifiers into `ids` (RV_OID_CEILING of them). */
gboolean rv_ber_oid(const RvBer *contents, guint32 *ids, guint *length);

typedef struct {
    guint8 *begin; /* of the buffer */
    guint8 *at;    /* what is written lies from here to the end */
    gboolean full; /* it did not fit: what is there is no message */
} RvBerWriter;

void rv_ber_writer_init(RvBerWriter *writer, guint8 *buffer, gsize size);
void rv_ber_put(RvBerWriter *writer, const void *bytes, gsize size);
/* Tag and length before what was written since `end` was `at`. */
void rv_ber_wrap(RvBerWriter *writer, guint8 tag, const guint8 *end);
void rv_ber_put_octets(RvBerWriter *writer, guint8 tag, const void *bytes, gsize size);
void rv_ber_put_integer(RvBerWriter *writer, gint64 value);
void rv_ber_put_unsigned(RvBerWriter *writer, guint8 tag, guint64 value);
void rv_ber_put_oid(RvBerWriter *writer, const RvOid *oid);
