#include "ipmi/sdr.h"

#include <string.h>

/* The commands of the repository (IPMI 2.0 §33) and of a device's own SDR (§35). */
typedef struct {
    guint8 net_fn, info, reserve, get;
} Source;
static const Source sources[] = {
    {IPMI_NET_FN_STORAGE_RQ, 0x20, 0x22, 0x23},
    {IPMI_NET_FN_SENSOR_EVENT_RQ, 0x20, 0x22, 0x21},
};

#define WHOLE 0xFF /* bytes to read: the entire record (§33.12) */
#define HEADER 5
#define LAST_RECORD 0xFFFF
#define RESERVE_TRIES 4

static guint16
u16(const guint8 *bytes)
{
    return (guint16)(bytes[0] | bytes[1] << 8);
}

static guint32
u32(const guint8 *bytes)
{
    return u16(bytes) | (guint32)u16(bytes + 2) << 16;
}

/* ---- what the SDR is like ---- */

static gboolean
ask_repository(RvIpmiSession *session, RvSdrKey *key)
{
    guint8 reply[14];
    const guint8 request[] = {sources[0].info};

    if (rv_ipmi_session_command(session, 0, sources[0].net_fn, request, sizeof request, reply,
                                sizeof reply, NULL) < 13)
        return FALSE;
    key->device_sdr = 0;
    key->version = reply[0];
    key->count = u16(reply + 1);
    key->added = u32(reply + 5);
    key->erased = u32(reply + 9);
    return key->count > 0;
}

static gboolean
ask_device(RvIpmiSession *session, RvSdrKey *key)
{
    guint8 reply[6] = {0};
    const guint8 request[] = {sources[1].info, 1}; /* 1: count of SDRs, not of sensors */
    int length = rv_ipmi_session_command(session, 0, sources[1].net_fn, request, sizeof request,
                                         reply, sizeof reply, NULL);

    if (length < 2)
        return FALSE;
    key->device_sdr = 1;
    key->version = 0x51;
    key->count = reply[0];
    key->added = length >= 6 ? u32(reply + 2) : 0;
    key->erased = 0;
    return key->count > 0;
}

gboolean
rv_sdr_ask_key(RvIpmiSession *session, RvIpmiHabits *habits, RvSdrKey *key)
{
    if (!habits->no_sdr_info && ask_repository(session, key))
        return TRUE;
    if (session->reason != RV_REASON_NONE)
        return FALSE;
    habits->no_sdr_info = ask_device(session, key);
    return habits->no_sdr_info;
}

/* ---- records ---- */

typedef struct {
    RvIpmiSession *session;
    RvIpmiHabits *habits;
    const Source *source;
    guint16 reservation;
    gboolean reserved;
} Reading;

static gboolean
reserve(Reading *reading)
{
    guint8 reply[2];
    const guint8 request[] = {reading->source->reserve};

    reading->reserved =
        rv_ipmi_session_command(reading->session, 0, reading->source->net_fn, request,
                                sizeof request, reply, sizeof reply, NULL) == 2;
    reading->reservation = reading->reserved ? u16(reply) : 0;
    return reading->reserved;
}

/* Part of a record; the reply is the id of the next record and the bytes. */
static int
get_part(Reading *reading, guint16 id, guint8 offset, guint8 bytes, guint8 *reply, guint size,
         guint8 *code)
{
    const guint8 request[] = {reading->source->get,
                              (guint8)reading->reservation,
                              (guint8)(reading->reservation >> 8),
                              (guint8)id,
                              (guint8)(id >> 8),
                              offset,
                              bytes};

    return rv_ipmi_session_command(reading->session, 0, reading->source->net_fn, request,
                                   sizeof request, reply, size, code);
}

static gboolean
record_is_whole(const guint8 *bytes, int length)
{
    return length > HEADER && length == bytes[4] + HEADER;
}

/* The whole record at once: FALSE where this BMC does not do that. */
static gboolean
read_whole(Reading *reading, guint16 id, RvSdrRecord *record, guint16 *next)
{
    guint8 reply[2 + RV_SDR_RECORD_MAX];
    int length = get_part(reading, id, 0, WHOLE, reply, sizeof reply, NULL);

    if (length < 2 || !record_is_whole(reply + 2, length - 2))
        return FALSE;
    *next = u16(reply);
    record->length = (guint16)(length - 2);
    memcpy(record->bytes, reply + 2, record->length);
    return TRUE;
}

typedef enum {
    PART_OK,
    PART_TOO_LARGE, /* so many bytes at once are refused */
    PART_LOST,      /* the session, the record or the reservation */
} Part;

/* Appends `want` bytes, or what there is where the record's end is not known yet. */
static Part
append_part(Reading *reading, guint16 id, guint want, RvSdrRecord *record, guint16 *next)
{
    gboolean known_end = record->length >= HEADER;
    guint8 reply[2 + 255], code = 0;
    int length =
        get_part(reading, id, (guint8)record->length, (guint8)want, reply, sizeof reply, &code);
    guint got = length > 2 ? (guint)length - 2 : 0;

    if (code == IPMI_COMP_CODE_RESERVATION_CANCELLED) {
        reading->reserved = FALSE;
        return PART_LOST;
    }
    if (length == -1)
        return PART_LOST;
    if (got > want || record->length + got > RV_SDR_RECORD_MAX || (known_end && got != want))
        return PART_TOO_LARGE;
    if (!known_end && (got < HEADER || got != MIN(want, HEADER + (guint)reply[2 + 4])))
        return PART_TOO_LARGE;
    if (record->length == 0)
        *next = u16(reply);
    memcpy(record->bytes + record->length, reply + 2, got);
    record->length = (guint16)(record->length + got);
    return PART_OK;
}

/* The beginning of a record, of unknown length: one piece, or the header alone where this BMC does
 * not let us read past a record's end. */
static Part
read_beginning(Reading *reading, guint16 id, guint piece, RvSdrRecord *record, guint16 *next)
{
    RvIpmiHabits *habits = reading->habits;
    Part part;

    if (!habits->header_first) {
        part = append_part(reading, id, piece, record, next);
        if (part != PART_TOO_LARGE)
            return part;
    }
    part = append_part(reading, id, HEADER, record, next);
    if (part != PART_OK || habits->header_first)
        return part;
    if (HEADER + record->bytes[4] >= (int)piece)
        return PART_TOO_LARGE; /* it was not past the end */
    habits->header_first = TRUE;
    return PART_OK;
}

static Part
read_pieces(Reading *reading, guint16 id, guint piece, RvSdrRecord *record, guint16 *next)
{
    Part part;

    record->length = 0;
    part = read_beginning(reading, id, piece, record, next);
    while (part == PART_OK && record->length < HEADER + record->bytes[4]) {
        guint want = MIN(piece, HEADER + record->bytes[4] - (guint)record->length);

        part = append_part(reading, id, want, record, next);
        if (part == PART_TOO_LARGE)
            reading->habits->header_first = FALSE; /* not past the end, and yet too much */
    }
    return part;
}

static gboolean
read_with(Reading *reading, guint16 id, guint piece, RvSdrRecord *record, guint16 *next)
{
    if (piece == WHOLE)
        return read_whole(reading, id, record, next);
    for (guint try = 0; try < RESERVE_TRIES; try++) {
        if (!reading->reserved && !reserve(reading))
            return FALSE;
        if (read_pieces(reading, id, piece, record, next) == PART_OK)
            return record_is_whole(record->bytes, record->length);
        if (reading->reserved)
            return FALSE;
    }
    return FALSE;
}

/* From the largest that is known to work, or from whole records, down to what every BMC must give
 * (§33.12 asks for 16 bytes at the least). */
static gboolean
read_record(Reading *reading, guint16 id, RvSdrRecord *record, guint16 *next)
{
    static const guint pieces[] = {WHOLE, 128, 64, 48, 40, 36, 33, 32, 28, 24, 22, 20, 16};
    guint known = reading->habits->record_read > 0 ? (guint)reading->habits->record_read : WHOLE;

    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        if (pieces[i] > known)
            continue;
        if (read_with(reading, id, pieces[i], record, next)) {
            reading->habits->record_read = (int)pieces[i];
            return TRUE;
        }
        if (reading->session->reason != RV_REASON_NONE) {
            reading->habits->record_read = 16; /* perhaps it died of a large reply */
            return FALSE;
        }
    }
    return FALSE;
}

RvSdr *
rv_sdr_read(RvIpmiSession *session, RvIpmiHabits *habits, const RvSdrKey *key, char **problem)
{
    g_autoptr(RvSdr) sdr = rv_sdr_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Reading reading = {session, habits, &sources[key->device_sdr], 0, FALSE};
    guint16 id = 0;

    sdr->key = *key;
    while (id != LAST_RECORD) {
        g_autofree RvSdrRecord *record = g_new0(RvSdrRecord, 1);
        guint16 next = LAST_RECORD;

        if (!read_record(&reading, id, record, &next)) {
            if (problem != NULL && session->reason == RV_REASON_NONE)
                *problem = g_strdup_printf("SDR record %u cannot be read", id);
            return NULL;
        }
        if (!g_hash_table_add(seen, GUINT_TO_POINTER((guint)next + 1)) ||
            sdr->records->len >= RV_SDR_RECORDS_MAX) {
            if (problem != NULL)
                *problem = g_strdup("the SDR never ends: its records go in a circle");
            return NULL;
        }
        /* some BMCs give a record another id than it was asked by; the one asked by is what works
         */
        if (id != 0) {
            record->bytes[0] = (guint8)id;
            record->bytes[1] = (guint8)(id >> 8);
        }
        g_ptr_array_add(sdr->records, g_steal_pointer(&record));
        id = next;
    }
    return g_steal_pointer(&sdr);
}

/* ---- thresholds ---- */

/* Threshold access support (§43.1, byte 12, bits 3 and 2): 1 readable, 2 readable and settable. */
static gboolean
has_readable_thresholds(const RvSdrRecord *record)
{
    guint8 access = record->bytes[11] >> 2 & 3;

    return (access == 1 || access == 2) &&
           rv_sdr_record_type(record) == IPMI_SDR_FORMAT_FULL_SENSOR_RECORD &&
           record->length > 19 && record->bytes[13] == 0x01 && /* event/reading type: threshold */
           record->bytes[5] == IPMI_SLAVE_ADDRESS_BMC;
}

void
rv_sdr_read_thresholds(RvIpmiSession *session, RvSdr *sdr)
{
    for (guint i = 0; i < sdr->records->len && rv_ipmi_session_goes_on(session); i++) {
        RvSdrRecord *record = g_ptr_array_index(sdr->records, i);
        const guint8 request[] = {0x27, record->bytes[7]}; /* Get Sensor Thresholds, §35.9 */
        guint8 reply[7];

        if (!has_readable_thresholds(record))
            continue;
        if (rv_ipmi_session_command(session, record->bytes[6] & 3, IPMI_NET_FN_SENSOR_EVENT_RQ,
                                    request, sizeof request, reply, sizeof reply, NULL) < 7)
            continue;
        record->has_thresholds = TRUE;
        memcpy(record->thresholds, reply, sizeof reply);
    }
}
