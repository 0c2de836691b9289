/* An agent that answers as the bytes say: in order, again, backwards, from another table, with
 * errors, too long, or not at all. Whatever it does, asking ends, and what came is understood. */
#include <string.h>

#include "collect/interpret.h"
#include "fuzz.h"
#include "observation/json.h"
#include "snmp/table.h"

#define REQUESTS_CEILING 20000 /* a walk that goes on after it never ends */
#define ROOM 70000
#define VARBINDS 255

static struct {
    const uint8_t *at, *end;
} script;

static guint8
take(void)
{
    return script.at < script.end ? *script.at++ : 0;
}

/* ---- what the agent says ---- */

static void
put_value(RvBerWriter *writer, guint8 kind)
{
    static const guint8 tags[] = {2, 65, 66, 67, 70, 64, 68, 4};
    static const guint8 bytes[65000];
    guint8 tag = tags[kind % G_N_ELEMENTS(tags)];

    if (tag == RV_SNMP_OCTETS)
        rv_ber_put_octets(writer, tag, bytes, (gsize)take() * take());
    else if (tag == RV_SNMP_IP_ADDRESS || tag == RV_SNMP_OPAQUE)
        rv_ber_put_octets(writer, tag, "\x9f\x78\x04\x42", 4);
    else if (tag == RV_SNMP_INTEGER)
        rv_ber_put_integer(writer, (gint8)take());
    else
        rv_ber_put_unsigned(writer, tag, (guint64)take() << take() % 57);
}

/* Moves `oid`, which was asked or given last, to what comes, and writes it. */
static void
put_varbind(RvBerWriter *writer, RvOid *oid)
{
    static guint32 description[] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
    const guint8 *end = writer->at;
    guint8 kind = take();
    guint32 *last = &oid->ids[oid->length - 1];

    switch (kind & 15) {
    case 8: /* again */
        break;
    case 9: /* back */
        *last -= 1;
        break;
    case 10: /* the next column */
        oid->ids[oid->length > 11 ? oid->length - 2 : oid->length - 1]++;
        break;
    case 11:
    case 12:
        rv_ber_put_octets(writer, kind & 1 ? 0x82 : 0x80, NULL, 0);
        rv_ber_put_oid(writer, oid);
        rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
        return;
    case 13:
        memcpy(oid->ids, description, sizeof description);
        oid->length = G_N_ELEMENTS(description);
        break;
    case 14: /* longer */
        if (oid->length < RV_OID_CEILING)
            oid->ids[oid->length++] = take();
        break;
    case 15:
        *last += (guint32)take() << 24;
        break;
    default:
        *last += 1;
    }
    put_value(writer, kind >> 4);
    rv_ber_put_oid(writer, oid);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
}

/* Varbinds go in front of one another: each column's are written last first. */
static void
put_varbinds(RvBerWriter *writer, const RvRequest *request)
{
    guint8 kind = take(), n = take();
    guint8 room[ROOM / 8];
    guint32 ids[VARBINDS][RV_OID_CEILING];
    RvOid oids[VARBINDS];
    struct {
        gsize begin, size;
    } parts[VARBINDS];
    g_autofree guint8 *all = g_malloc(ROOM);
    gsize used = 0;
    guint count = 0;

    for (guint i = 0; i < request->n && i < VARBINDS; i++) {
        oids[i] = (RvOid){ids[i], request->oids[i].length};
        memcpy(ids[i], request->oids[i].ids, request->oids[i].length * sizeof(guint32));
    }
    for (; count < n && request->n > 0; count++) {
        RvBerWriter one;
        gsize size;

        rv_ber_writer_init(&one, room, sizeof room);
        put_varbind(&one, &oids[count % request->n]);
        size = (gsize)(room + sizeof room - one.at);
        if (one.full || used + size > ROOM)
            break;
        memcpy(all + used, one.at, size);
        parts[count].begin = used;
        parts[count].size = size;
        used += size;
    }
    while (count-- > 0)
        rv_ber_put(writer, all + parts[count].begin, parts[count].size);
    if (kind & 1) /* cut short */
        writer->at += (gsize)(kind >> 1) % (used + 1);
}

typedef enum { ANSWER, ERROR, NOTHING, BYTES } Kind;

/* FALSE: it is silent. */
static gboolean
answer(RvRequest *request, guint8 *room, RvPdu *pdu)
{
    RvBerWriter writer;
    guint8 kind;

    if (script.at == script.end)
        return FALSE;
    kind = take();
    *pdu = (RvPdu){.type = RV_PDU_RESPONSE};
    rv_ber_writer_init(&writer, room, ROOM);
    if (kind & 16 && request->shrink != NULL)
        request->shrink(request);
    switch ((Kind)(kind & 3)) {
    case ANSWER:
        put_varbinds(&writer, request);
        break;
    case ERROR:
        pdu->error_status = take();
        pdu->error_index = (gint8)take();
        break;
    case NOTHING:
        return FALSE;
    case BYTES:
        for (guint n = take(); n > 0; n--) {
            guint8 byte = take();

            rv_ber_put(&writer, &byte, 1);
        }
        break;
    }
    pdu->varbinds = (RvBer){writer.at, room + ROOM};
    return TRUE;
}

/* ---- who asks ---- */

static RvSession *
session(RvSnmpLoop **loop)
{
    static RvSession one;
    static RvSnmpLoop *only;
    g_autoptr(RvSnmpAccess) access = NULL;

    if (only == NULL) {
        only = rv_snmp_loop_new(g_main_context_default(), NULL);
        g_assert_nonnull(only);
        access = rv_snmp_access_new();
        access->retries = 2;
        rv_session_init(&one, access, rv_loop_security(only));
    }
    *loop = only;
    return &one;
}

static void
on_partial(gpointer ask, const RvOid *root, RvReason reason, const char *why)
{
    g_assert_true(root->length > 0 && why != NULL);
    rv_snmp_answers_mark_partial(ask, root, why);
}

/* One table and the single instances, until both have ended. */
static void
ask(RvTable *table, RvGets *gets, RvSnmpAnswers *answers)
{
    guint8 *room = g_malloc(ROOM);
    RvTally tally = {0};
    RvSnmpLoop *loop;
    RvSession *peer = session(&loop);
    RvRequest *request;
    gboolean fits = TRUE;

    for (guint n = 0; fits && ((request = rv_gets_next(gets, peer, &tally)) != NULL ||
                               (request = rv_table_next(table, peer, &tally)) != NULL);
         n++) {
        RvPdu pdu;

        g_assert_cmpuint(n, <, REQUESTS_CEILING);
        if (!answer(request, room, &pdu)) {
            request->reason = RV_REASON_NO_ANSWER;
            request->detail = g_strdup("no answer");
            request->part == gets ? rv_gets_fail(gets, request) : rv_table_fail(table, request);
        } else {
            fits = request->part == gets ? rv_gets_answer(gets, request, &pdu, answers)
                                         : rv_table_answer(table, request, &pdu, answers);
        }
        rv_loop_cancel(loop, request);
    }
    g_assert_true(!fits || rv_table_is_done(table));
    if (fits)
        rv_table_ask_missing(table, answers, gets);
    g_free(room);
}

static const guint32 interfaces[] = {1, 3, 6, 1, 2, 1, 2, 2, 1};
static const guint32 sensors[] = {1, 3, 6, 1, 2, 1, 99, 1, 1, 1};

static RvTable *
table_of(guint8 kind, RvCapacity *capacity, RvSnmpAnswers *answers)
{
    const RvSnmpQuestion questions[] = {
        {.oid = {(guint32 *)interfaces, G_N_ELEMENTS(interfaces)},
         .walk = TRUE,
         .columns = kind & 8 ? NULL : (guint32[]){2, 5, 8, 10},
         .n_columns = kind & 8 ? 0 : 4,
         .rows_hint = kind >> 4},
        {.oid = {(guint32 *)sensors, G_N_ELEMENTS(sensors)},
         .walk = TRUE,
         .columns = (guint32[]){1, 2, 3, 4, 5},
         .n_columns = 5,
         .rows_hint = kind >> 4},
    };

    if ((kind & 12) == 4)
        return rv_table_new_mixed((const RvSnmpQuestion *[]){&questions[0], &questions[1]}, 2,
                                  capacity, on_partial, answers);
    return rv_table_new(&questions[kind & 1], capacity, on_partial, answers);
}

/* ---- and who understands ---- */

static void
understand(const RvSnmpAnswers *answers)
{
    static RvProfiles *profiles;
    const char *folders[] = {STANDARD_PROFILES, NULL};
    g_autoptr(RvObservation) observation = rv_observation_new();
    g_autofree char *json = NULL;

    if (profiles == NULL) {
        g_autoptr(RvProblems) problems = rv_problems_new();

        profiles = rv_profiles_open(folders, NULL, problems);
        g_assert_cmpuint(rv_problems_count(problems), ==, 0);
    }
    rv_interpret_snmp(profiles, answers, NULL, observation, NULL);
    rv_observation_settle(observation);
    json = rv_observation_to_json_line(observation);
    g_assert_nonnull(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_answers_new();
    RvCapacity capacity;
    RvGets *gets;
    RvTable *table;
    guint8 kind;

    script.at = data;
    script.end = size > 0 ? data + size : data;
    kind = take();
    rv_capacity_init(&capacity, (kind & 2) != 0, 0);
    gets = rv_gets_new(&capacity, on_partial, answers);
    table = table_of(kind, &capacity, answers);
    for (guint32 i = 1; i < 7; i++)
        rv_gets_add(gets, &(RvOid){(guint32[]){1, 3, 6, 1, 2, 1, 1, i, 0}, 9});
    ask(table, gets, answers);
    understand(answers);
    rv_table_free(table);
    rv_gets_free(gets);
    return 0;
}
