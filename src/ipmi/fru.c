#include "ipmi/fru.h"

#include <string.h>

#include "base/text.h"

#define HEADER 8
#define RECORD_HEADER 5
#define AREA_MAX 65535

/* ---- reading ---- */

/* A FRU device's bytes, read as far as they are needed. */
typedef struct {
    RvIpmiSession *session;
    RvIpmiHabits *habits;
    guint8 device_id, lun;
    gboolean by_words;
    guint size, have;
    guint8 *bytes; /* `size` long; zero where not read */
} Store;

static gboolean
ask_size(Store *store)
{
    const guint8 request[] = {0x10, store->device_id}; /* Get FRU Inventory Area Info, §34.1 */
    guint8 reply[3];

    if (rv_ipmi_session_command(store->session, store->lun, IPMI_NET_FN_STORAGE_RQ, request,
                                sizeof request, reply, sizeof reply, NULL) < 3)
        return FALSE;
    store->size = reply[0] | (guint)reply[1] << 8;
    store->by_words = reply[2] & 1;
    return store->size > 0;
}

/* Bytes read at `have`; 0: the BMC does not give so many at once. */
static guint
read_piece(Store *store, guint piece)
{
    guint unit = store->by_words ? 2 : 1;
    guint want = MIN(piece, store->size - store->have) / unit;
    guint offset = store->have / unit;
    const guint8 request[] = {0x11, store->device_id, (guint8)offset, (guint8)(offset >> 8),
                              (guint8)MAX(want, 1)}; /* Read FRU Data, §34.2 */
    guint8 reply[1 + 255];
    int length = rv_ipmi_session_command(store->session, store->lun, IPMI_NET_FN_STORAGE_RQ,
                                         request, sizeof request, reply, sizeof reply, NULL);
    guint got;

    if (length < 2)
        return 0;
    got = MIN(MIN((guint)reply[0] * unit, (guint)length - 1), store->size - store->have);
    memcpy(store->bytes + store->have, reply + 1, got);
    return got;
}

/* Reads on until `end` bytes are there: in the largest pieces that this BMC gives. */
static gboolean
read_to(Store *store, guint end)
{
    static const guint pieces[] = {224, 128, 64, 48, 40, 34, 32, 28, 24, 16};
    guint known = store->habits->fru_read > 0 ? (guint)store->habits->fru_read : pieces[0];
    guint i = 0;

    end = MIN(end, store->size);
    while (store->have < end && i < G_N_ELEMENTS(pieces)) {
        guint got = pieces[i] > known ? 0 : read_piece(store, pieces[i]);

        if (store->session->reason != RV_REASON_NONE) {
            store->habits->fru_read = 16; /* a BMC that dies of large replies */
            return FALSE;
        }
        if (got == 0) {
            i++;
            continue;
        }
        store->habits->fru_read = (int)pieces[i];
        store->have += got;
    }
    return store->have >= end;
}

/* Chassis, board and product area each say their length in their second byte, in eights. */
static void
read_area(Store *store, guint8 offset)
{
    guint at = offset * 8u;

    if (offset != 0 && read_to(store, at + 2) && at + 2 <= store->size)
        (void)read_to(store, at + store->bytes[at + 1] * 8u);
}

static void
read_records(Store *store, guint8 offset)
{
    guint at = offset * 8u;
    gboolean last = offset == 0;

    while (!last && at + RECORD_HEADER <= store->size && read_to(store, at + RECORD_HEADER)) {
        last = (store->bytes[at + 1] & 0x80) != 0;
        at += RECORD_HEADER + store->bytes[at + 2];
        if (!read_to(store, at))
            return;
    }
}

static gboolean
header_is_right(const guint8 *bytes)
{
    guint8 sum = 0;

    for (guint i = 0; i < HEADER; i++)
        sum = (guint8)(sum + bytes[i]);
    return sum == 0;
}

static gboolean
read_store(Store *store)
{
    store->bytes = g_malloc0(MAX(store->size, HEADER));
    if (!read_to(store, HEADER))
        return FALSE;
    if (!header_is_right(store->bytes))
        return TRUE; /* the decoder says so */
    for (guint i = 2; i <= 4; i++)
        read_area(store, store->bytes[i]);
    read_records(store, store->bytes[5]);
    return store->session->reason == RV_REASON_NONE;
}

/* ---- devices ---- */

static void
read_device(RvIpmiSession *session, RvIpmiHabits *habits, guint8 lun, RvIpmiFru *fru)
{
    Store store = {session, habits, fru->device_id, lun};

    if (!ask_size(&store))
        return;
    if (read_store(&store))
        rv_ipmi_fru_decode(store.bytes, store.size,
                           (session->workarounds.quirks & RV_IPMI_QUIRK_SKIP_CHECKSUMS) != 0, fru);
    else if (fru->problem == NULL && session->reason == RV_REASON_NONE)
        fru->problem = g_strdup("the BMC does not give the data");
    g_free(store.bytes);
}

/* A logical FRU device that the BMC itself answers for (§43.8). */
static gboolean
is_located(const RvSdrRecord *record)
{
    return rv_sdr_record_type(record) == IPMI_SDR_FORMAT_FRU_DEVICE_LOCATOR_RECORD &&
           record->length > 16 && record->bytes[5] == IPMI_SLAVE_ADDRESS_BMC &&
           (record->bytes[7] & 0x80) != 0;
}

static RvIpmiFru *
describe(ipmi_sdr_ctx_t context, const RvSdrRecord *record)
{
    char name[IPMI_SDR_MAX_SENSOR_NAME_LENGTH + 1] = "";
    RvIpmiFru *fru = rv_ipmi_fru_new();

    fru->device_id = record->bytes[6];
    fru->entity_id = record->bytes[12];
    fru->entity_instance = record->bytes[13];
    if (context != NULL && ipmi_sdr_parse_device_id_string(context, record->bytes, record->length,
                                                           name, sizeof name - 1) >= 0)
        fru->name = rv_text_clean(name, -1, 0);
    return fru;
}

static void
read_one(RvIpmiSession *session, RvIpmiHabits *habits, guint8 lun, RvIpmiFru *fru,
         RvIpmiRound *round)
{
    read_device(session, habits, lun, fru);
    rv_ipmi_round_add_fru(round, fru);
}

void
rv_ipmi_fru_read(RvIpmiSession *session, RvIpmiHabits *habits, RvSdrImage *image,
                 RvIpmiRound *round)
{
    const RvSdr *sdr = image->sdr;
    ipmi_sdr_ctx_t context = rv_sdr_image_context(image);
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    guint count = sdr != NULL ? sdr->records->len : 0;

    for (guint i = 0; i < count && rv_ipmi_session_goes_on(session); i++) {
        const RvSdrRecord *record = g_ptr_array_index(sdr->records, i);

        if (is_located(record) &&
            g_hash_table_add(done, GUINT_TO_POINTER((guint)record->bytes[6] + 1)))
            read_one(session, habits, record->bytes[7] >> 3 & 3, describe(context, record), round);
    }
    if (!g_hash_table_contains(done, GUINT_TO_POINTER(1)) && rv_ipmi_session_goes_on(session)) {
        RvIpmiFru *fru = rv_ipmi_fru_new();

        fru->name = g_strdup("Default FRU Device");
        read_one(session, habits, 0, fru, round);
    }
}
