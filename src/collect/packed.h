/* Packed: what the collector keeps of an agent, as bytes; more forms than base/pack.h has. */
#pragma once

#include "base/pack.h"
#include "snmp/varbind.h"

gint64 rv_unpack_signed(RvUnpack *reader);
/* An OID that shares its beginning with the one that lies in `ids`, of RV_OID_CEILING numbers. */
void rv_unpack_oid_after(RvUnpack *reader, guint32 *ids, guint *length);
/* Borrowed from the bytes; NULL as it was written, and where it is bad. */
const char *rv_unpack_optional(RvUnpack *reader);
/* `cell`, whose OID is the one before it, points into the bytes and to `object`. */
void rv_unpack_cell(RvUnpack *reader, RvVarbind *cell, guint32 *object);
/* The first `ceiling` bytes of a file, to be freed. */
gboolean rv_packed_read(const char *path, gsize ceiling, guint8 **bytes, gsize *size);
/* In place of what the file held, and not synced to the disk, which would hold up the loop: who
 * reads it looks at a sum. A file that cannot be written is not worth an error here, the next round
 * asks more. (g_file_set_contents_full without a flag leaves the end of a longer file behind.) */
void rv_packed_write(const char *path, gconstpointer bytes, gsize size);

void rv_pack_signed(GByteArray *out, gint64 number);
void rv_pack_oid_after(GByteArray *out, const RvOid *oid, const RvOid *before);
void rv_pack_optional(GByteArray *out, const char *text);
void rv_pack_cell(GByteArray *out, const RvVarbind *cell, const RvOid *before);
