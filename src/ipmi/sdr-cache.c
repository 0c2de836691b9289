#include "ipmi/sdr.h"

#include <string.h>

/* The file: magic, key, number of records, each record as length, bytes, thresholds, siblings; then
 * the SHA-256 of all that. Little-endian. */
#define MAGIC "RVSDR02\n"
#define MAGIC_LENGTH 8
#define SUM_LENGTH 32
#define FILE_CEILING (RV_SDR_RECORDS_MAX * (RV_SDR_RECORD_MAX + 16) + 128)

RvSdr *
rv_sdr_new(void)
{
    RvSdr *sdr = g_new0(RvSdr, 1);

    sdr->records = g_ptr_array_new_with_free_func(g_free);
    return sdr;
}

void
rv_sdr_free(RvSdr *sdr)
{
    if (sdr == NULL)
        return;
    g_ptr_array_unref(sdr->records);
    g_free(sdr);
}

guint16
rv_sdr_record_id(const RvSdrRecord *record)
{
    return (guint16)(record->bytes[0] | record->bytes[1] << 8);
}

guint8
rv_sdr_record_type(const RvSdrRecord *record)
{
    return record->bytes[3];
}

gboolean
rv_sdr_key_equal(const RvSdrKey *a, const RvSdrKey *b)
{
    return memcmp(a->guid, b->guid, sizeof a->guid) == 0 &&
           a->manufacturer_id == b->manufacturer_id && a->product_id == b->product_id &&
           a->firmware_major == b->firmware_major && a->firmware_minor == b->firmware_minor &&
           a->device_sdr == b->device_sdr && a->version == b->version && a->count == b->count &&
           a->added == b->added && a->erased == b->erased;
}

/* ---- bytes ---- */

static void
put(GByteArray *out, guint64 value, guint bytes)
{
    for (guint i = 0; i < bytes; i++) {
        guint8 byte = (guint8)(value >> (8 * i));

        g_byte_array_append(out, &byte, 1);
    }
}

typedef struct {
    const guint8 *at, *end;
    gboolean broken; /* ran past the end */
} Reader;

static const guint8 *
take(Reader *reader, gsize bytes)
{
    static const guint8 nothing[RV_SDR_RECORD_MAX];
    const guint8 *at = reader->at;

    if (reader->broken || (gsize)(reader->end - reader->at) < bytes || bytes > sizeof nothing) {
        reader->broken = TRUE;
        return nothing;
    }
    reader->at += bytes;
    return at;
}

static guint64
get(Reader *reader, guint bytes)
{
    const guint8 *at = take(reader, bytes);
    guint64 value = 0;

    for (guint i = 0; i < bytes; i++)
        value |= (guint64)at[i] << (8 * i);
    return value;
}

static void
put_key(GByteArray *out, const RvSdrKey *key)
{
    g_byte_array_append(out, key->guid, sizeof key->guid);
    put(out, key->manufacturer_id, 4);
    put(out, key->product_id, 2);
    put(out, key->firmware_major, 1);
    put(out, key->firmware_minor, 1);
    put(out, key->device_sdr, 1);
    put(out, key->version, 1);
    put(out, key->count, 2);
    put(out, key->added, 4);
    put(out, key->erased, 4);
}

static void
get_key(Reader *reader, RvSdrKey *key)
{
    memcpy(key->guid, take(reader, sizeof key->guid), sizeof key->guid);
    key->manufacturer_id = (guint32)get(reader, 4);
    key->product_id = (guint16)get(reader, 2);
    key->firmware_major = (guint8)get(reader, 1);
    key->firmware_minor = (guint8)get(reader, 1);
    key->device_sdr = (guint8)get(reader, 1);
    key->version = (guint8)get(reader, 1);
    key->count = (guint16)get(reader, 2);
    key->added = (guint32)get(reader, 4);
    key->erased = (guint32)get(reader, 4);
}

static void
append_sum(GByteArray *out)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[SUM_LENGTH];
    gsize length = sizeof digest;

    g_checksum_update(sum, out->data, out->len);
    g_checksum_get_digest(sum, digest, &length);
    g_byte_array_append(out, digest, sizeof digest);
}

static gboolean
sum_is_right(const guint8 *data, gsize length)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[SUM_LENGTH];
    gsize digest_length = sizeof digest;

    g_checksum_update(sum, data, (gssize)(length - SUM_LENGTH));
    g_checksum_get_digest(sum, digest, &digest_length);
    return memcmp(digest, data + length - SUM_LENGTH, SUM_LENGTH) == 0;
}

/* ---- load and store ---- */

static gboolean
get_record(Reader *reader, RvSdr *sdr)
{
    RvSdrRecord *record = g_new0(RvSdrRecord, 1);

    g_ptr_array_add(sdr->records, record);
    record->length = (guint16)get(reader, 2);
    if (record->length < 6 || record->length > RV_SDR_RECORD_MAX)
        return FALSE;
    memcpy(record->bytes, take(reader, record->length), record->length);
    record->has_thresholds = get(reader, 1) != 0;
    memcpy(record->thresholds, take(reader, sizeof record->thresholds), sizeof record->thresholds);
    record->siblings = (guint32)get(reader, 4);
    return !reader->broken && record->bytes[4] + 5 == record->length;
}

RvSdr *
rv_sdr_load(const char *path)
{
    g_autofree char *data = NULL;
    g_autoptr(RvSdr) sdr = rv_sdr_new();
    gsize length;
    Reader reader;
    guint count;

    if (!g_file_get_contents(path, &data, &length, NULL))
        return NULL;
    if (length < MAGIC_LENGTH + SUM_LENGTH || length > FILE_CEILING ||
        memcmp(data, MAGIC, MAGIC_LENGTH) != 0 || !sum_is_right((const guint8 *)data, length))
        return NULL;
    reader = (Reader){(const guint8 *)data + MAGIC_LENGTH,
                      (const guint8 *)data + length - SUM_LENGTH, FALSE};
    get_key(&reader, &sdr->key);
    count = (guint)get(&reader, 2);
    if (reader.broken || count > RV_SDR_RECORDS_MAX)
        return NULL;
    for (guint i = 0; i < count; i++)
        if (!get_record(&reader, sdr))
            return NULL;
    return reader.at == reader.end ? g_steal_pointer(&sdr) : NULL;
}

gboolean
rv_sdr_store(const RvSdr *sdr, const char *path, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    g_byte_array_append(out, (const guint8 *)MAGIC, MAGIC_LENGTH);
    put_key(out, &sdr->key);
    put(out, sdr->records->len, 2);
    for (guint i = 0; i < sdr->records->len; i++) {
        const RvSdrRecord *record = g_ptr_array_index(sdr->records, i);

        put(out, record->length, 2);
        g_byte_array_append(out, record->bytes, record->length);
        put(out, record->has_thresholds ? 1 : 0, 1);
        g_byte_array_append(out, record->thresholds, sizeof record->thresholds);
        put(out, record->siblings, 4);
    }
    append_sum(out);
    return g_file_set_contents_full(path, (const char *)out->data, out->len,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}
