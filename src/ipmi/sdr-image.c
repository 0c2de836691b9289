#include "ipmi/sdr-image.h"

#include <sys/mman.h>
#include <unistd.h>

/* libfreeipmi 1.6's cache file: magic, file version, SDR version, count, timestamps, checksum of
 * these; the records; the file's length, checksum of both. A checksum makes the bytes' sum 0. */
static const guint8 head[] = {0x72, 0x8C, 0x9D, 0x1F, 0x00, 0x01, 0x00, 0x02};

static void
append(GByteArray *out, guint64 value, guint bytes)
{
    for (guint i = 0; i < bytes; i++) {
        guint8 byte = (guint8)(value >> (8 * i));

        g_byte_array_append(out, &byte, 1);
    }
}

static void
append_checksum(GByteArray *out, guint from)
{
    guint8 sum = 0;

    for (guint i = from; i < out->len; i++)
        sum = (guint8)(sum + out->data[i]);
    append(out, (guint8)-sum, 1);
}

static GByteArray *
image_of(const RvSdr *sdr)
{
    GByteArray *out = g_byte_array_new();
    guint records;

    g_byte_array_append(out, head, sizeof head);
    /* major in the high nibble there, in the low one on the wire */
    append(out, (guint8)(sdr->key.version << 4 | sdr->key.version >> 4), 1);
    append(out, sdr->records->len, 2);
    append(out, sdr->key.added, 4);
    append(out, sdr->key.erased, 4);
    append_checksum(out, 0);
    records = out->len;
    for (guint i = 0; i < sdr->records->len; i++) {
        const RvSdrRecord *record = g_ptr_array_index(sdr->records, i);

        g_byte_array_append(out, record->bytes, record->length);
    }
    append(out, out->len + 5, 4);
    append_checksum(out, records);
    return out;
}

static ipmi_sdr_ctx_t
open_image(const RvSdr *sdr)
{
    g_autoptr(GByteArray) image = image_of(sdr);
    ipmi_sdr_ctx_t context = ipmi_sdr_ctx_create();
    int file = memfd_create("sdr", MFD_CLOEXEC);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", file);
    gboolean open = context != NULL && file >= 0 &&
                    write(file, image->data, image->len) == (gssize)image->len &&
                    ipmi_sdr_cache_open(context, NULL, path) == 0;

    if (file >= 0)
        close(file); /* libfreeipmi has its own by now */
    if (open)
        return context;
    if (context != NULL)
        ipmi_sdr_ctx_destroy(context);
    return NULL;
}

ipmi_sdr_ctx_t
rv_sdr_image_context(RvSdrImage *image)
{
    if (image->context == NULL && image->sdr != NULL)
        image->context = open_image(image->sdr);
    if (image->context == NULL)
        image->context = ipmi_sdr_ctx_create();
    return image->context;
}

void
rv_sdr_image_clear(RvSdrImage *image)
{
    if (image->context != NULL)
        ipmi_sdr_ctx_destroy(image->context);
    image->context = NULL;
}
