/* Small files of our own: numbers of seven bits a byte, least first, and what is made of them.
 *
 * Reading never goes beyond the end: what is not there, too large or too long makes `bad` TRUE, and
 * everything read after that is zero or NULL. */
#pragma once

#include "base/oid.h"

void rv_pack_number(GByteArray *out, guint64 number);
/* May hold any byte but 0. */
void rv_pack_text(GByteArray *out, const char *text);
void rv_pack_oid(GByteArray *out, const RvOid *oid);

typedef struct {
    const guint8 *at, *end;
    gboolean bad;
} RvUnpack;

guint64 rv_unpack_number(RvUnpack *in);
guint rv_unpack_below(RvUnpack *in, guint ceiling);      /* at most `ceiling` */
const guint8 *rv_unpack_bytes(RvUnpack *in, gsize size); /* borrowed */
char *rv_unpack_text(RvUnpack *in);                      /* caller frees */
RvOid rv_unpack_oid(RvUnpack *in);                       /* caller clears */
