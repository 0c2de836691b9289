#include "ipmi/sel.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"

#define ENTRY_LENGTH RV_IPMI_SEL_BYTES
#define FIRST_RECORD 0x0000
#define LAST_RECORD 0xFFFF
#define SINCE_INIT_MAX 0x20000000 /* timestamps up to here count from the BMC's start (§37.1) */
#define TEXT_MAX 1024

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

/* ---- asking ---- */

static gboolean
ask_info(RvIpmiSession *session, RvIpmiRound *round, guint *entries)
{
    const guint8 request[] = {0x40}; /* Get SEL Info, §31.2 */
    guint8 reply[14];
    RvIpmiAnswers *answers;

    if (rv_ipmi_session_command(session, 0, IPMI_NET_FN_STORAGE_RQ, request, sizeof request, reply,
                                sizeof reply, NULL) < 14)
        return FALSE;
    *entries = u16(reply + 1);
    answers = rv_ipmi_round_begin(round);
    answers->has_sel_info = TRUE;
    answers->sel_entries = *entries;
    answers->sel_free_bytes = u16(reply + 3);
    answers->sel_overflow = (reply[13] & 0x80) != 0;
    rv_ipmi_round_end(round);
    return TRUE;
}

/* One whole entry; FALSE with *code set where the BMC has none of that id. */
static gboolean
get_entry(RvIpmiSession *session, guint16 id, guint8 *entry, guint16 *next, guint8 *code)
{
    const guint8 request[] = {0x43, 0, 0, (guint8)id, (guint8)(id >> 8), 0, 0xFF}; /* §31.5 */
    guint8 reply[2 + ENTRY_LENGTH];

    *code = 0;
    if (rv_ipmi_session_command(session, 0, IPMI_NET_FN_STORAGE_RQ, request, sizeof request, reply,
                                sizeof reply, code) < (int)sizeof reply)
        return FALSE;
    *next = u16(reply);
    memcpy(entry, reply + 2, ENTRY_LENGTH);
    return TRUE;
}

/* ---- decoding ---- */

static ipmi_sel_ctx_t
decoder_open(RvIpmiSession *session, RvSdrImage *image, RvIpmiRound *round)
{
    const RvSdr *sdr = image->sdr;
    ipmi_sdr_ctx_t context = rv_sdr_image_context(image);
    RvIpmiAnswers *answers;
    ipmi_sel_ctx_t decoder =
        context != NULL ? ipmi_sel_ctx_create(session->context, context) : NULL;

    if (decoder == NULL)
        return NULL;
    (void)ipmi_sel_ctx_set_separator(decoder, " ; ");
    if (sdr != NULL) {
        (void)ipmi_sel_ctx_set_manufacturer_id(decoder, sdr->key.manufacturer_id);
        (void)ipmi_sel_ctx_set_product_id(decoder, sdr->key.product_id);
    }
    answers = rv_ipmi_round_begin(round);
    (void)ipmi_sel_ctx_set_ipmi_version(decoder, answers->ipmi_major, answers->ipmi_minor);
    rv_ipmi_round_end(round);
    if (session->workarounds.quirks & RV_IPMI_QUIRK_ASSUME_EVENTS)
        (void)ipmi_sel_ctx_set_flags(decoder, IPMI_SEL_FLAGS_ASSUME_SYTEM_EVENT_RECORDS);
    return decoder;
}

static char *
decode(ipmi_sel_ctx_t decoder, const char *format, const guint8 *entry)
{
    char text[TEXT_MAX] = "";
    int length = ipmi_sel_parse_read_record_string(
        decoder, format, entry, ENTRY_LENGTH, text, sizeof text - 1,
        IPMI_SEL_STRING_FLAGS_IGNORE_UNAVAILABLE_FIELD |
            IPMI_SEL_STRING_FLAGS_OUTPUT_NOT_AVAILABLE | IPMI_SEL_STRING_FLAGS_INTERPRET_OEM_DATA);

    return length > 0 ? rv_text_clean(text, -1, 0) : g_strdup("");
}

static gint64
entry_time(guint32 stamp)
{
    return stamp <= SINCE_INIT_MAX || stamp == G_MAXUINT32 ? 0 : stamp;
}

static void
set_event(RvIpmiSelEntry *row, const guint8 *entry)
{
    row->sensor_type = entry[10];
    row->sensor_number = entry[11];
    row->event_type = entry[12] & 0x7F;
    row->asserted = (entry[12] & 0x80) == 0;
    memcpy(row->data, entry + 13, sizeof row->data);
    row->offset = entry[13] & 0x0F;
}

/* The three kinds of record by number: events, OEM with a time, OEM without (§32). */
static RvIpmiSelEntry *
make_row(ipmi_sel_ctx_t decoder, const guint8 *entry, guint32 manufacturer_id)
{
    RvIpmiSelEntry *row = rv_ipmi_sel_entry_new();
    guint8 type = entry[2];

    row->record_id = u16(entry);
    row->record_type = type;
    memcpy(row->bytes, entry, sizeof row->bytes);
    row->manufacturer_id = manufacturer_id;
    row->asserted = TRUE;
    if (type < 0xC0) {
        row->time = entry_time(u32(entry + 3));
        set_event(row, entry);
        row->sensor = decode(decoder, "%s", entry);
        row->text = decode(decoder, "%E", entry);
    } else if (type < 0xE0) {
        row->time = entry_time(u32(entry + 3));
        row->manufacturer_id = u32(entry + 7) & 0xFFFFFF;
        row->text = decode(decoder, "%o", entry);
    } else {
        row->text = decode(decoder, "%o", entry);
    }
    if (row->sensor == NULL)
        row->sensor = g_strdup("");
    return row;
}

/* ---- the clock ---- */

/* What the times of the entries are worth: the BMC's clock beside ours (Get SEL Time, §31.10). */
static void
ask_clock(RvIpmiSession *session, RvIpmiRound *round)
{
    const guint8 request[] = {0x48};
    guint8 reply[4];
    RvIpmiAnswers *answers;
    gint64 time;

    if (rv_ipmi_session_command(session, 0, IPMI_NET_FN_STORAGE_RQ, request, sizeof request, reply,
                                sizeof reply, NULL) < (int)sizeof reply)
        return;
    time = entry_time(u32(reply));
    answers = rv_ipmi_round_begin(round);
    answers->has_sel_clock = TRUE;
    answers->sel_clock_set = time > 0;
    answers->sel_clock_ahead_s = time > 0 ? time - rv_clock_now_ms() / 1000 : 0;
    rv_ipmi_round_end(round);
}

/* ---- the log ---- */

/* Where to begin: after the record that was seen last, if it is still the same one. */
static guint16
find_start(RvIpmiSession *session, const RvIpmiTask *task, guint entries, gboolean *restarted)
{
    guint8 entry[ENTRY_LENGTH], code;
    guint16 next;

    *restarted = FALSE;
    if (task->sel_after_record == 0)
        return entries > 0 ? FIRST_RECORD : LAST_RECORD;
    if (entries == 0) {
        *restarted = TRUE;
        return LAST_RECORD;
    }
    if (get_entry(session, (guint16)task->sel_after_record, entry, &next, &code)) {
        gint64 time = entry[2] < 0xE0 ? entry_time(u32(entry + 3)) : 0;

        if (u16(entry) == task->sel_after_record &&
            (task->sel_after_time == 0 || time == task->sel_after_time))
            return next;
    } else if (code == 0) {
        return LAST_RECORD; /* no answer: nothing is known about the log */
    }
    *restarted = TRUE;
    return FIRST_RECORD;
}

static void
read_from(RvIpmiSession *session, RvSdrImage *image, guint16 id, RvIpmiRound *round)
{
    guint32 manufacturer_id = image->sdr != NULL ? image->sdr->key.manufacturer_id : 0;
    guint8 entry[ENTRY_LENGTH], code;
    ipmi_sel_ctx_t decoder = decoder_open(session, image, round);
    guint count = 0;

    if (decoder != NULL) {
        while (id != LAST_RECORD && count++ < RV_SEL_ENTRIES_MAX) {
            guint16 next;

            if (!get_entry(session, id, entry, &next, &code)) {
                if (code != 0)
                    rv_ipmi_round_note(round, "SEL record %u cannot be read", id);
                break;
            }
            rv_ipmi_round_add_sel(round, make_row(decoder, entry, manufacturer_id));
            if (next == id || next == FIRST_RECORD)
                break;
            id = next;
        }
        if (count > RV_SEL_ENTRIES_MAX)
            rv_ipmi_round_note(round, "the SEL is long: the rest is read next time");
    }
    if (decoder != NULL)
        ipmi_sel_ctx_destroy(decoder);
}

void
rv_ipmi_sel_read(RvIpmiSession *session, RvSdrImage *image, const RvIpmiTask *task,
                 RvIpmiRound *round)
{
    gboolean restarted;
    guint entries;
    guint16 start;

    if (!ask_info(session, round, &entries))
        return;
    start = find_start(session, task, entries, &restarted);
    if (restarted) {
        rv_ipmi_round_begin(round)->sel_restarted = TRUE;
        rv_ipmi_round_end(round);
    }
    if (start != LAST_RECORD)
        read_from(session, image, start, round);
    if (start != LAST_RECORD || task->fru)
        ask_clock(session, round);
}
