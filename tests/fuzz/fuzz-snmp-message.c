/* Packets, as any host can send them: to sessions of each version, which believe nothing, and on to
 * the varbinds. */
#include "fuzz.h"
#include "snmp/answers.h"
#include "snmp/session.h"

static void
read_varbinds(const RvPdu *pdu)
{
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_answers_new();
    RvBer varbinds = pdu->varbinds;
    RvPduVarbind cell;
    gboolean valid;

    while (rv_pdu_next(&varbinds, &cell, &valid))
        if (cell.cell == RV_CELL_VALUE)
            rv_snmp_answers_add_copy(answers, &cell.varbind);
    g_assert_cmpuint(rv_snmp_answers_count(answers), <=, 65536);
}

/* One session for each version; what a packet makes of its engine stays. */
static RvSession *
session_of(RvSnmpVersion version)
{
    static RvSession sessions[3];
    static RvSecurity security;
    static guint8 room[65536];
    g_autoptr(RvSnmpAccess) access = NULL;

    if (sessions[version].access != NULL)
        return &sessions[version];
    if (security.ring == NULL)
        security = (RvSecurity){rv_key_ring_new(), rv_engines_new(), room, 1};
    access = rv_snmp_access_new();
    access->version = version;
    access->level = RV_LEVEL_NO_AUTH;
    access->user = g_strdup("user");
    rv_session_init(&sessions[version], access, &security);
    return &sessions[version];
}

static void
unwrap(RvSnmpVersion version, const uint8_t *data, size_t size)
{
    g_autofree guint8 *bytes = g_memdup2(data, size);
    RvSession *session = session_of(version);
    RvPdu pdu;
    gint64 id;

    rv_session_peek(bytes, size, &id);
    if (rv_session_unwrap(session, bytes, size, &pdu) == RV_UNWRAP_PDU)
        read_varbinds(&pdu);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    RvBer ber = {data, size > 0 ? data + size : data};
    RvPdu pdu;

    if (size == 0 || size > 65507)
        return 0;
    unwrap(RV_SNMP_1, data, size);
    unwrap(RV_SNMP_2C, data, size);
    unwrap(RV_SNMP_3, data, size);
    if (rv_pdu_read(&ber, &pdu))
        read_varbinds(&pdu);
    return 0;
}
