#include "snmp-reply.h"

#include <stdlib.h>
#include <string.h>

#define REPLIES 4096 /* varbinds in an answer, at most */
#define HEAD 80

static const char *const words[] = {
    [FAKE_LOSE] = "lose",
    [FAKE_LOSE_FIRST] = "lose-first",
    [FAKE_DEAD] = "dead",
    [FAKE_SILENT_AFTER] = "silent-after",
    [FAKE_SILENT_OVER] = "silent-over",
    [FAKE_SLOW_OVER] = "slow-over",
    [FAKE_LATE] = "late",
    [FAKE_DUPLICATE] = "duplicate",
    [FAKE_TRUNCATE] = "truncate",
    [FAKE_GARBAGE] = "garbage",
    [FAKE_WRONG_ID] = "wrong-id",
    [FAKE_OTHER_ADDRESS] = "other-address",
    [FAKE_TOO_BIG] = "too-big",
    [FAKE_TOO_WIDE] = "too-wide",
    [FAKE_SILENT_WIDE] = "silent-wide",
    [FAKE_BULK_ERROR] = "bulk-error",
    [FAKE_REFUSE] = "refuse",
    [FAKE_EMPTY] = "empty",
    [FAKE_REPEAT] = "repeat",
    [FAKE_BULK_REPEAT] = "bulk-repeat",
    [FAKE_ENDLESS] = "endless",
    [FAKE_MANY] = "many",
    [FAKE_SKIP] = "skip",
    [FAKE_INVALID] = "invalid",
    [FAKE_STRANGE_TYPE] = "strange-type",
    [FAKE_OTHER_OBJECTS] = "other-objects",
    [FAKE_BLANK_TIME] = "blank-time",
    [FAKE_NO_WINDOW] = "no-window",
};

gboolean
fake_manner_parse(FakeManner *manner, const char *word)
{
    const char *equals = strchr(word, '=');
    gsize n = equals != NULL ? (gsize)(equals - word) : strlen(word);

    for (guint i = 0; i < FAKE_KINDS; i++)
        if (strlen(words[i]) == n && strncmp(words[i], word, n) == 0) {
            manner->misbehave[i] = equals != NULL ? (guint)strtoul(equals + 1, NULL, 10) : 1;
            return TRUE;
        }
    return FALSE;
}

char *
fake_manner_words(void)
{
    GString *all = g_string_new(words[0]);

    for (guint i = 1; i < FAKE_KINDS; i++)
        g_string_append_printf(all, " %s", words[i]);
    return g_string_free(all, FALSE);
}

/* ---- the table ---- */

typedef struct {
    RvOid oid;
    guint8 *bytes; /* the whole varbind */
    gsize size;
    guint8 type;
    guint unit_ms;  /* it runs: of a clock; 0: it stands still */
    guint64 number; /* of one that runs, as recorded */
} Row;

struct FakeTable {
    GArray *rows; /* Row, in order */
};

static void
row_clear(gpointer data)
{
    Row *row = data;

    rv_oid_clear(&row->oid);
    g_free(row->bytes);
}

FakeTable *
fake_table_new(void)
{
    FakeTable *table = g_new0(FakeTable, 1);

    table->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    g_array_set_clear_func(table->rows, row_clear);
    return table;
}

void
fake_table_free(FakeTable *table)
{
    g_array_unref(table->rows);
    g_free(table);
}

static void
put_value(RvBerWriter *writer, const RvVarbind *varbind)
{
    switch (varbind->type) {
    case RV_SNMP_INTEGER:
        rv_ber_put_integer(writer, varbind->integer);
        break;
    case RV_SNMP_NULL:
        rv_ber_put_octets(writer, RV_BER_NULL, NULL, 0);
        break;
    case RV_SNMP_OID:
        if (varbind->object.length > 0)
            rv_ber_put_oid(writer, &varbind->object);
        else
            rv_ber_put_octets(writer, RV_BER_OID, NULL, 0);
        break;
    case RV_SNMP_OCTETS:
    case RV_SNMP_IP_ADDRESS:
    case RV_SNMP_OPAQUE:
        rv_ber_put_octets(writer, (guint8)varbind->type, varbind->octets, varbind->size);
        break;
    case RV_SNMP_COUNTER32:
    case RV_SNMP_GAUGE32:
    case RV_SNMP_TIMETICKS:
    case RV_SNMP_COUNTER64:
        rv_ber_put_unsigned(writer, (guint8)varbind->type, varbind->counter);
        break;
    }
}

/* sysUpTime, snmpEngineTime */
static const struct {
    RvOid oid;
    guint unit_ms;
} clocks[] = {
    {{(guint32[]){1, 3, 6, 1, 2, 1, 1, 3, 0}, 9}, 10},
    {{(guint32[]){1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0}, 11}, 1000},
};

static Row
row_of(const RvVarbind *varbind)
{
    static guint8 room[70000];
    const guint8 *end = room + sizeof room;
    RvBerWriter writer;
    Row row = {.oid = rv_oid_copy(&varbind->oid), .type = (guint8)varbind->type};

    rv_ber_writer_init(&writer, room, sizeof room);
    put_value(&writer, varbind);
    rv_ber_put_oid(&writer, &varbind->oid);
    rv_ber_wrap(&writer, RV_BER_SEQUENCE, end);
    row.size = (gsize)(end - writer.at);
    row.bytes = g_memdup2(writer.at, row.size);
    for (guint i = 0; i < G_N_ELEMENTS(clocks); i++)
        if (rv_oid_compare(&row.oid, &clocks[i].oid) == 0)
            row.unit_ms = clocks[i].unit_ms;
    row.number = (guint64)varbind->integer;
    return row;
}

static void
append(FakeTable *table, const RvVarbind *varbind)
{
    Row row = row_of(varbind);

    g_array_append_val(table->rows, row);
}

gboolean
fake_table_load(FakeTable *table, const char *path, GError **error)
{
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_recording_load(path, NULL, error);

    if (answers == NULL)
        return FALSE;
    for (guint32 id = 0; id < 3; id++) {
        RvOid root = {.ids = &id, .length = 1};
        guint n;
        const RvVarbind *varbinds = rv_snmp_answers_below(answers, &root, &n);

        for (guint i = 0; i < n; i++)
            append(table, &varbinds[i]);
    }
    return TRUE;
}

void
fake_table_invent(FakeTable *table, guint n, guint size)
{
    static const guint32 columns[] = {2, 10};
    g_autofree guint8 *text = g_malloc(size + 1);

    memset(text, 'x', size);
    for (guint c = 0; c < G_N_ELEMENTS(columns); c++)
        for (guint i = 1; i <= n; i++) {
            guint32 ids[] = {1, 3, 6, 1, 2, 1, 2, 2, 1, columns[c], i};
            RvVarbind varbind = {.oid = {.ids = ids, .length = G_N_ELEMENTS(ids)},
                                 .type = c == 0 ? RV_SNMP_OCTETS : RV_SNMP_COUNTER32,
                                 .counter = i,
                                 .octets = text,
                                 .size = size};

            append(table, &varbind);
        }
}

/* The first row whose OID is above `oid`, or (`equal`) not below it. */
static guint
search(const FakeTable *table, const RvOid *oid, gboolean equal)
{
    guint low = 0, high = table->rows->len;

    while (low < high) {
        guint middle = (low + high) / 2;
        int order = rv_oid_compare(&g_array_index(table->rows, Row, middle).oid, oid);

        if (order > 0 || (equal && order == 0))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

gboolean
fake_table_set(FakeTable *table, const char *line)
{
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_recording_parse(line, strlen(line), NULL);
    const RvVarbind *varbind = NULL;
    guint n = 0, at;
    Row row;

    for (guint32 id = 0; id < 3 && n == 0; id++)
        varbind = rv_snmp_answers_below(answers, &(RvOid){.ids = &id, .length = 1}, &n);
    if (n != 1)
        return FALSE;
    fake_table_drop(table, &varbind->oid);
    at = search(table, &varbind->oid, TRUE);
    row = row_of(varbind);
    g_array_insert_val(table->rows, at, row);
    return TRUE;
}

void
fake_table_drop(FakeTable *table, const RvOid *oid)
{
    guint at = search(table, oid, TRUE), n = 0;

    while (at + n < table->rows->len &&
           rv_oid_is_below(&g_array_index(table->rows, Row, at + n).oid, oid))
        n++;
    if (n > 0)
        g_array_remove_range(table->rows, at, n);
}

/* ---- one answer ---- */

/* Varbinds are bytes of the table, or of `made`. */
typedef struct {
    struct {
        const guint8 *bytes;
        gsize size;
    } parts[REPLIES];
    guint n;
    gsize size, ceiling;
    gboolean full;
    guint8 made[1 << 16];
    gsize made_size;
} Reply;

static gboolean
add(Reply *reply, const guint8 *bytes, gsize size)
{
    if (reply->n == REPLIES || (reply->n > 0 && reply->size + size > reply->ceiling)) {
        reply->full = TRUE;
        return FALSE;
    }
    reply->parts[reply->n].bytes = bytes;
    reply->parts[reply->n++].size = size;
    reply->size += size;
    return TRUE;
}

/* A varbind without a table behind it. */
static gboolean
add_made(Reply *reply, const RvOid *oid, guint8 tag, const void *value, gsize size)
{
    guint8 *end = reply->made + sizeof reply->made - reply->made_size;
    RvBerWriter writer;

    rv_ber_writer_init(&writer, reply->made, (gsize)(end - reply->made));
    rv_ber_put_octets(&writer, tag, value, size);
    rv_ber_put_oid(&writer, oid);
    rv_ber_wrap(&writer, RV_BER_SEQUENCE, end);
    if (writer.full)
        return FALSE;
    reply->made_size += (gsize)(end - writer.at);
    return add(reply, writer.at, (gsize)(end - writer.at));
}

typedef struct {
    const FakeTable *table;
    const FakeManner *manner;
    gboolean v1, bulk;
    Reply *reply;
    gint64 status, index;
} Work;

static gboolean
add_clock(Work *work, const Row *row)
{
    guint64 now = row->number + (guint64)work->manner->ran_ms / row->unit_ms;
    guint8 bytes[5] = {0};

    for (guint i = 0; i < 4; i++)
        bytes[4 - i] = (guint8)(now >> (8 * i));
    return add_made(work->reply, &row->oid, row->type, bytes + (bytes[1] < 0x80),
                    sizeof bytes - (bytes[1] < 0x80));
}

static gboolean
add_row(Work *work, const Row *row)
{
    static const guint8 ten[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

    if (work->manner->misbehave[FAKE_INVALID])
        return add_made(work->reply, &row->oid, RV_BER_INTEGER, ten, sizeof ten);
    if (work->manner->misbehave[FAKE_STRANGE_TYPE])
        return add_made(work->reply, &row->oid, 0x5f, ten, 3);
    if (row->unit_ms > 0 && work->manner->ran_ms > 0)
        return add_clock(work, row);
    return add(work->reply, row->bytes, row->size);
}

static void
fail(Work *work, gint64 status, guint index)
{
    work->status = status;
    work->index = index;
}

static void
get(Work *work, const RvOid *oid, guint index)
{
    const FakeTable *table = work->table;
    guint i = search(table, oid, TRUE);

    if (work->manner->misbehave[FAKE_OTHER_OBJECTS] && table->rows->len > 0)
        add_row(work, &g_array_index(table->rows, Row, table->rows->len - 1));
    else if (i < table->rows->len &&
             rv_oid_compare(&g_array_index(table->rows, Row, i).oid, oid) == 0)
        add_row(work, &g_array_index(table->rows, Row, i));
    else if (work->v1)
        fail(work, RV_PDU_NO_SUCH_NAME, index);
    else
        add_made(work->reply, oid, 0x81, NULL, 0);
}

/* An OID after `oid` that no table ever had. */
static void
invent(Work *work, RvOid *oid, guint32 *room)
{
    memmove(room, oid->ids, oid->length * sizeof *room);
    if (oid->length < 10)
        room[oid->length++] = 1;
    else
        room[oid->length - 1]++;
    oid->ids = room;
    add_made(work->reply, oid, RV_BER_INTEGER, "\1", 1);
}

/* Every N-th row of one column is not there for a GETBULK. */
static gboolean
is_skipped(const Work *work, const Row *row)
{
    guint every = work->manner->misbehave[FAKE_SKIP];

    return every > 0 && work->bulk && row->oid.ids[row->oid.length - 1] % every == 0 &&
           row->oid.length > 9 && row->oid.ids[9] == 10;
}

/* It is a row of ifTable, and not yet the last of N. */
static gboolean
goes_on(const Work *work, const RvOid *oid)
{
    static guint32 entry[] = {1, 3, 6, 1, 2, 1, 2, 2, 1};
    const RvOid table = {entry, G_N_ELEMENTS(entry)};

    return oid->length == table.length + 2 && rv_oid_is_below(oid, &table) &&
           oid->ids[table.length + 1] < work->manner->misbehave[FAKE_MANY];
}

/* What follows `oid`, which moves on to it. FALSE: nothing does. */
static gboolean
next(Work *work, RvOid *oid, guint32 *room, guint index)
{
    const guint *wrong = work->manner->misbehave;
    const FakeTable *table = work->table;
    guint i = search(table, oid, FALSE);
    guint stay =
        work->bulk && wrong[FAKE_BULK_REPEAT] ? wrong[FAKE_BULK_REPEAT] : wrong[FAKE_REPEAT];
    const Row *row;

    if (wrong[FAKE_ENDLESS] || goes_on(work, oid)) {
        invent(work, oid, room);
        return TRUE;
    }
    if (stay > 0 && i >= stay)
        i = stay - 1;
    while (i < table->rows->len && is_skipped(work, &g_array_index(table->rows, Row, i)))
        i++;
    while (work->v1 && i < table->rows->len &&
           g_array_index(table->rows, Row, i).type == RV_SNMP_COUNTER64)
        i++;
    if (i >= table->rows->len) {
        if (work->v1)
            fail(work, RV_PDU_NO_SUCH_NAME, index);
        else
            add_made(work->reply, oid, 0x82, NULL, 0);
        return FALSE;
    }
    row = &g_array_index(table->rows, Row, i);
    *oid = row->oid;
    return add_row(work, row);
}

static void
answer_bulk(Work *work, const RvPdu *pdu, RvOid *oids, guint32 (*rooms)[RV_OID_CEILING], guint n)
{
    guint first = (guint)CLAMP(pdu->error_status, 0, (gint64)n);
    guint rows = (guint)CLAMP(pdu->error_index, 0, REPLIES);

    for (guint i = 0; i < first; i++)
        next(work, &oids[i], rooms[i], i + 1);
    for (guint row = 0; row < rows && !work->reply->full && first < n; row++) {
        gboolean alive = FALSE;

        for (guint i = first; i < n && !work->reply->full; i++)
            alive |= next(work, &oids[i], rooms[i], i + 1);
        if (!alive)
            break;
    }
}

static void
answer(Work *work, const RvPdu *pdu)
{
    static RvPduVarbind cells[512];
    static guint32 rooms[512][RV_OID_CEILING];
    static RvOid oids[512];
    const guint *wrong = work->manner->misbehave;
    RvBer varbinds = pdu->varbinds;
    gboolean valid;
    guint n = 0;

    while (n < 512 && rv_pdu_next(&varbinds, &cells[n], &valid)) {
        oids[n] = cells[n].varbind.oid;
        n++;
    }
    work->bulk = pdu->type == RV_PDU_GETBULK;
    if (wrong[FAKE_REFUSE])
        fail(work, wrong[FAKE_REFUSE], 0);
    else if (work->bulk && wrong[FAKE_BULK_ERROR])
        fail(work, wrong[FAKE_BULK_ERROR], 0);
    else if (work->bulk && !wrong[FAKE_EMPTY])
        answer_bulk(work, pdu, oids, rooms, n);
    for (guint i = 0; i < n && !work->bulk && work->status == 0; i++) {
        if (pdu->type == RV_PDU_GET)
            get(work, &oids[i], i + 1);
        else
            next(work, &oids[i], rooms[i], i + 1);
        if (work->reply->full)
            fail(work, RV_PDU_TOO_BIG, 0);
    }
    if ((wrong[FAKE_TOO_BIG] > 0 && work->reply->n > wrong[FAKE_TOO_BIG]) ||
        (wrong[FAKE_TOO_WIDE] > 0 && work->reply->size > wrong[FAKE_TOO_WIDE]))
        fail(work, RV_PDU_TOO_BIG, 0);
}

static gboolean
keeps_silent(const FakeManner *manner, const RvPdu *pdu)
{
    const guint *wrong = manner->misbehave;
    RvBer varbinds = pdu->varbinds;
    RvPduVarbind cell;
    gboolean valid;
    guint n = 0;

    if (wrong[FAKE_SLOW_OVER] > 0 && pdu->type == RV_PDU_GETBULK &&
        pdu->error_index > (gint64)wrong[FAKE_SLOW_OVER])
        return TRUE;
    while (wrong[FAKE_SILENT_OVER] > 0 && rv_pdu_next(&varbinds, &cell, &valid))
        n++;
    return n > wrong[FAKE_SILENT_OVER];
}

static void
count_failed(const Work *work)
{
    if (work->manner->failed != NULL)
        (*work->manner->failed)++;
}

static void
put_response(Work *work, const RvPdu *pdu, RvBerWriter *writer, const guint8 *end)
{
    if (work->status != 0)
        count_failed(work);
    if (work->status != 0 && !work->v1) {
        work->reply->n = 0;
        add_made(work->reply, &(RvOid){.ids = (guint32[]){1, 3}, .length = 2}, RV_BER_NULL, NULL,
                 0);
    }
    for (guint i = work->reply->n; i > 0; i--)
        rv_ber_put(writer, work->reply->parts[i - 1].bytes, work->reply->parts[i - 1].size);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
    rv_ber_put_integer(writer, work->index);
    rv_ber_put_integer(writer, work->status);
    rv_ber_put_integer(writer, pdu->request_id + work->manner->misbehave[FAKE_WRONG_ID]);
    rv_ber_wrap(writer, RV_PDU_RESPONSE, end);
}

static void
answer_pdu(Work *work, const RvPdu *pdu, RvBerWriter *writer, const guint8 *end)
{
    Reply *reply = work->reply;

    reply->n = 0;
    reply->size = reply->made_size = 0;
    reply->full = FALSE;
    reply->ceiling = work->manner->max_size - HEAD;
    answer(work, pdu);
    put_response(work, pdu, writer, end);
}

/* v1 and v2c. FALSE: silent. */
static gboolean
reply_plain(Work *work, RvBer message, gint64 version, RvBerWriter *writer, const guint8 *end)
{
    const char *wanted = work->manner->community;
    guint wide = work->manner->misbehave[FAKE_SILENT_WIDE];
    RvBer community;
    gsize size;
    RvPdu pdu;

    if (!rv_ber_expect(&message, RV_BER_OCTETS, &community) || !rv_pdu_read(&message, &pdu) ||
        keeps_silent(work->manner, &pdu))
        return FALSE;
    size = (gsize)(community.end - community.at);
    if (wanted != NULL && (size != strlen(wanted) || memcmp(community.at, wanted, size) != 0))
        return FALSE;
    work->v1 = version == 0;
    answer_pdu(work, &pdu, writer, end);
    if (wide > 0 && work->reply->size > wide) {
        count_failed(work);
        return FALSE;
    }
    rv_ber_put_octets(writer, RV_BER_OCTETS, community.at, size);
    rv_ber_put_integer(writer, version);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
    return TRUE;
}

/* ---- SNMPv3 (RFC 3414 §3.2) ---- */

#define TIME_WINDOW_S 150

/* What is wrong with a message; RV_USM_OTHER_REPORT: nothing. */
static RvUsmReport
complaint(const FakeManner *manner, const FakeEngine *engine, const RvUsmMessage *m, guint8 *whole,
          gsize size, RvPdu *pdu)
{
    static guint8 room[1 << 16];
    const RvSnmpAccess *access = engine->access;
    guint8 wanted = access->level == RV_LEVEL_NO_AUTH ? 0
                    : access->level == RV_LEVEL_AUTH  ? RV_USM_FLAG_AUTH
                                                      : RV_USM_FLAG_AUTH | RV_USM_FLAG_PRIV;

    if ((gsize)(m->engine.end - m->engine.at) != engine->engine.id_size ||
        memcmp(m->engine.at, engine->engine.id, engine->engine.id_size) != 0)
        return RV_USM_UNKNOWN_ENGINE;
    if ((gsize)(m->user.end - m->user.at) != strlen(access->user) ||
        memcmp(m->user.at, access->user, strlen(access->user)) != 0)
        return RV_USM_UNKNOWN_USER;
    if ((m->flags & (RV_USM_FLAG_AUTH | RV_USM_FLAG_PRIV)) != wanted)
        return RV_USM_UNSUPPORTED_LEVEL;
    if (wanted & RV_USM_FLAG_AUTH) {
        if (!rv_usm_is_authentic(whole, size, m, access->auth, engine->keys))
            return RV_USM_WRONG_DIGEST;
        if (manner->misbehave[FAKE_NO_WINDOW] || m->boots != engine->engine.boots ||
            ABS(m->time - engine->time_s) > TIME_WINDOW_S)
            return RV_USM_NOT_IN_TIME_WINDOW;
    }
    return rv_usm_open(m, access, engine->keys, room, pdu) ? RV_USM_OTHER_REPORT
                                                           : RV_USM_DECRYPTION_ERROR;
}

static void
put_report(RvUsmReport report, RvBerWriter *writer, const guint8 *end)
{
    guint32 ids[] = {1, 3, 6, 1, 6, 3, 15, 1, 1, report, 0};

    rv_ber_put_unsigned(writer, RV_SNMP_COUNTER32, 1);
    rv_ber_put_oid(writer, &(RvOid){.ids = ids, .length = G_N_ELEMENTS(ids)});
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
    rv_ber_put_integer(writer, 0);
    rv_ber_put_integer(writer, 0);
    rv_ber_put_integer(writer, 0);
    rv_ber_wrap(writer, RV_PDU_REPORT, end);
}

static gboolean
reply_secure(Work *work, const FakeEngine *engine, RvBer message, guint8 *whole, gsize size,
             RvBerWriter *writer, const guint8 *end)
{
    RvSnmpAccess access = *engine->access;
    RvEngine self = engine->engine;
    gint64 time_s = engine->time_s;
    RvUsmReport report;
    RvUsmMessage m;
    RvPdu pdu;

    if (!rv_usm_read(message, &m))
        return FALSE;
    report = complaint(work->manner, engine, &m, whole, size, &pdu);
    engine->reports[report]++;
    if (report == RV_USM_OTHER_REPORT) {
        if (keeps_silent(work->manner, &pdu))
            return FALSE;
        answer_pdu(work, &pdu, writer, end);
    } else {
        put_report(report, writer, end);
        access.level = report == RV_USM_NOT_IN_TIME_WINDOW ? RV_LEVEL_AUTH : RV_LEVEL_NO_AUTH;
        if (report == RV_USM_UNKNOWN_ENGINE && work->manner->misbehave[FAKE_BLANK_TIME])
            self.boots = (guint32)(time_s = 0);
    }
    return rv_usm_write(writer, end, (gint32)m.id, &access, &self, time_s, engine->keys,
                        ++*engine->salt);
}

const guint8 *
fake_reply(const FakeTable *table, const FakeManner *manner, const FakeEngine *engine,
           guint8 *request, gsize size, guint8 *room, gsize room_size, gsize *reply_size)
{
    static Reply reply;
    RvBer packet = {request, request + size}, message;
    Work work = {.table = table, .manner = manner, .reply = &reply};
    const guint8 *end = room + room_size;
    RvBerWriter writer;
    gint64 version;

    rv_ber_writer_init(&writer, room, room_size);
    if (!rv_ber_expect(&packet, RV_BER_SEQUENCE, &message) ||
        !rv_ber_take_integer(&message, &version))
        return NULL;
    if (version == 3
            ? engine == NULL || !reply_secure(&work, engine, message, request, size, &writer, end)
            : version > 1 || !reply_plain(&work, message, version, &writer, end))
        return NULL;
    *reply_size = (gsize)(end - writer.at);
    return writer.full ? NULL : writer.at;
}
