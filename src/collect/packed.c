#include "collect/packed.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

gint64
rv_unpack_signed(RvUnpack *reader)
{
    guint64 number = rv_unpack_number(reader);

    return (gint64)(number >> 1) ^ -(gint64)(number & 1);
}

void
rv_unpack_oid_after(RvUnpack *reader, guint32 *ids, guint *length)
{
    guint shared = rv_unpack_below(reader, *length), more = rv_unpack_below(reader, RV_OID_CEILING);

    if (reader->bad || shared + more > RV_OID_CEILING) {
        reader->bad = TRUE;
        return;
    }
    for (guint i = 0; i < more; i++)
        ids[shared + i] = (guint32)rv_unpack_number(reader);
    *length = shared + more;
}

void
rv_pack_signed(GByteArray *out, gint64 number)
{
    rv_pack_number(out, ((guint64)number << 1) ^ (guint64)(number < 0 ? -1 : 0));
}

void
rv_pack_oid_after(GByteArray *out, const RvOid *oid, const RvOid *before)
{
    guint shared = 0;

    while (shared < before->length && shared < oid->length &&
           oid->ids[shared] == before->ids[shared])
        shared++;
    rv_pack_number(out, shared);
    rv_pack_number(out, oid->length - shared);
    for (guint i = shared; i < oid->length; i++)
        rv_pack_number(out, oid->ids[i]);
}

/* ---- files ---- */

static gboolean
read_all(int fd, gsize ceiling, guint8 **bytes, gsize *size)
{
    struct stat status;
    gssize got;

    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return FALSE;
    *size = MIN((gsize)status.st_size, ceiling);
    *bytes = g_malloc(*size + 1);
    got = read(fd, *bytes, *size);
    if (got == (gssize)*size)
        return TRUE;
    g_clear_pointer(bytes, g_free);
    return FALSE;
}

gboolean
rv_packed_read(const char *path, gsize ceiling, guint8 **bytes, gsize *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean done = fd >= 0 && read_all(fd, ceiling, bytes, size);

    if (fd >= 0)
        close(fd);
    return done;
}

void
rv_packed_write(const char *path, gconstpointer bytes, gsize size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    gsize done = 0;
    gssize n = 0;

    if (fd < 0)
        return;
    while (done < size && (n = write(fd, (const guint8 *)bytes + done, size - done)) > 0)
        done += (gsize)n;
    close(fd);
}

/* ---- texts ---- */

const char *
rv_unpack_optional(RvUnpack *reader)
{
    guint size = rv_unpack_below(reader, G_MAXINT);
    const guint8 *text = size > 0 ? rv_unpack_bytes(reader, size) : NULL;

    if (text != NULL && text[size - 1] != '\0')
        reader->bad = TRUE;
    return reader->bad ? NULL : (const char *)text;
}

void
rv_pack_optional(GByteArray *out, const char *text)
{
    gsize size = text != NULL ? strlen(text) + 1 : 0;

    rv_pack_number(out, size);
    if (size > 0)
        g_byte_array_append(out, (const guint8 *)text, (guint)size);
}

/* ---- cells ---- */

enum { HAS_OCTETS = 1, HAS_OBJECT = 2, HAS_REAL = 4 };

void
rv_pack_cell(GByteArray *out, const RvVarbind *cell, const RvOid *before)
{
    guint has = (cell->octets != NULL ? HAS_OCTETS : 0) |
                (cell->object.length > 0 ? HAS_OBJECT : 0) | (!isnan(cell->real) ? HAS_REAL : 0);

    rv_pack_oid_after(out, &cell->oid, before);
    rv_pack_number(out, cell->type);
    rv_pack_number(out, has);
    if (has == 0) {
        rv_pack_signed(out, cell->integer);
        rv_pack_number(out, cell->counter);
    }
    if ((has & HAS_OCTETS) != 0) {
        rv_pack_number(out, cell->size);
        g_byte_array_append(out, cell->octets, (guint)cell->size);
    }
    if ((has & HAS_OBJECT) != 0)
        rv_pack_oid_after(out, &cell->object, &(RvOid){NULL, 0});
    if ((has & HAS_REAL) != 0)
        g_byte_array_append(out, (const guint8 *)&cell->real, sizeof cell->real);
}

void
rv_unpack_cell(RvUnpack *reader, RvVarbind *cell, guint32 *object)
{
    RvOid oid = cell->oid;
    guint has;
    const guint8 *real;

    rv_unpack_oid_after(reader, oid.ids, &oid.length);
    *cell = (RvVarbind){.oid = oid, .type = (RvSnmpType)rv_unpack_below(reader, 255), .real = NAN};
    has = rv_unpack_below(reader, HAS_OCTETS | HAS_OBJECT | HAS_REAL);
    if (has == 0) {
        cell->integer = rv_unpack_signed(reader);
        cell->counter = rv_unpack_number(reader);
    }
    if ((has & HAS_OCTETS) != 0) {
        cell->size = rv_unpack_below(reader, G_MAXINT);
        cell->octets = (guint8 *)rv_unpack_bytes(reader, cell->size);
    }
    if ((has & HAS_OBJECT) != 0) {
        cell->object.ids = object;
        rv_unpack_oid_after(reader, object, &cell->object.length);
    }
    if ((has & HAS_REAL) != 0 && (real = rv_unpack_bytes(reader, sizeof cell->real)) != NULL)
        memcpy(&cell->real, real, sizeof cell->real);
}
