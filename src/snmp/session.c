#include "snmp/session.h"

#include <string.h>

#include "base/clock.h"

#define TIME_WINDOW_S 150 /* RFC 3414 §2.2.3 */

static const gint64 versions[] = {[RV_SNMP_1] = 0, [RV_SNMP_2C] = 1, [RV_SNMP_3] = 3};

void
rv_session_init(RvSession *session, const RvSnmpAccess *access, RvSecurity *security)
{
    *session = (RvSession){.access = rv_snmp_access_copy(access), .security = security};
    if (session->access->user == NULL)
        session->access->user = g_strdup("");
    if (access->community != NULL)
        session->community_size = strlen(rv_secret_reveal(access->community));
}

void
rv_session_clear(RvSession *session)
{
    g_clear_pointer(&session->access, rv_snmp_access_free);
    explicit_bzero(&session->keys, sizeof session->keys);
    g_clear_pointer(&session->detail, g_free);
    g_clear_pointer(&session->note, g_free);
}

/* Two engines with one ID share their keys and their clocks: a person has to look. */
static void
note_twin(RvSession *session, const char *twin)
{
    g_autoptr(GString) hex = NULL;

    if (twin == NULL || session->note != NULL)
        return;
    hex = g_string_new(NULL);
    for (guint i = 0; i < session->engine.id_size; i++)
        g_string_append_printf(hex, "%02x", session->engine.id[i]);
    session->note =
        g_strdup_printf("SNMP engine ID %s is also that of %s: two devices share it (a copied "
                        "configuration), or one device is listed twice",
                        hex->str, twin);
}

void
rv_session_begin(RvSession *session)
{
    if (session->access->version != RV_SNMP_3)
        return;
    session->engine_cached =
        rv_engines_find(session->security->engines, &session->peer, &session->engine);
    if (session->engine_cached)
        note_twin(session,
                  rv_engines_twin(session->security->engines, &session->peer, &session->engine));
}

G_GNUC_PRINTF(3, 4)
static void
explain(RvSession *session, RvReason reason, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(session->detail);
    session->detail = g_strdup_vprintf(format, arguments);
    session->reason = reason;
    va_end(arguments);
}

static gint64
engine_time(const RvSession *session)
{
    return MAX(rv_clock_now_ms() / 1000 + session->engine.time_offset_s, 0) & G_MAXINT32;
}

/* ---- out ---- */

static gboolean
make_keys(RvSession *session)
{
    const char *why;

    if (session->keys_made)
        return TRUE;
    if (!rv_key_ring_localise(session->security->ring, session->access, session->engine.id,
                              session->engine.id_size, &session->keys, &why)) {
        explain(session, RV_REASON_CONFIGURATION, "SNMPv3 user '%s': %s", session->access->user,
                why);
        return FALSE;
    }
    session->keys_made = TRUE;
    return TRUE;
}

static gboolean
wrap_v3(RvSession *session, RvBerWriter *writer, const guint8 *end, gint32 id)
{
    if (!make_keys(session))
        return FALSE;
    if (rv_usm_write(writer, end, id, session->access, &session->engine, engine_time(session),
                     &session->keys, session->security->salt++))
        return TRUE;
    explain(session, RV_REASON_CONFIGURATION,
            "SNMPv3 user '%s': this net-snmp cannot encrypt with %s", session->access->user,
            rv_snmp_priv_word(session->access->priv));
    return FALSE;
}

gboolean
rv_session_wrap(RvSession *session, RvBerWriter *writer, gint32 id, RvPduType type, gint64 first,
                gint64 second, const RvOid *oids, guint n)
{
    const guint8 *end = writer->at;
    RvSecret *community = session->access->community;

    if (session->access->version == RV_SNMP_3 && session->engine.id_size == 0) {
        rv_usm_write_discovery(writer, id);
        return TRUE;
    }
    rv_pdu_write(writer, type, id, first, second, oids, n);
    if (session->access->version == RV_SNMP_3)
        return wrap_v3(session, writer, end, id);
    rv_ber_put_octets(writer, RV_BER_OCTETS, community != NULL ? rv_secret_reveal(community) : "",
                      session->community_size);
    rv_ber_put_integer(writer, versions[session->access->version]);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
    return !writer->full;
}

/* ---- in ---- */

gboolean
rv_session_peek(const guint8 *bytes, gsize size, gint64 *id)
{
    RvBer packet = {bytes, bytes + size}, message, part;
    gint64 version;
    guint8 tag;

    if (!rv_ber_expect(&packet, RV_BER_SEQUENCE, &message) ||
        !rv_ber_take_integer(&message, &version) || !rv_ber_take(&message, &tag, &part))
        return FALSE;
    /* SNMPv3: the header; before: community, then the PDU */
    if (version != versions[RV_SNMP_3] && !rv_ber_take(&message, &tag, &part))
        return FALSE;
    return rv_ber_take_integer(&part, id);
}

static RvUnwrap
drop(RvSession *session, const char *why)
{
    explain(session, RV_REASON_PROTOCOL, "%s", why);
    return RV_UNWRAP_DROPPED;
}

static void
set_engine(RvSession *session, const RvUsmMessage *message)
{
    gsize size = (gsize)(message->engine.end - message->engine.at);
    RvEngine *engine = &session->engine;
    const char *twin;

    if (size != engine->id_size || memcmp(engine->id, message->engine.at, size) != 0) {
        memcpy(engine->id, message->engine.at, size);
        engine->id_size = (guint)size;
        session->keys_made = FALSE;
    }
    engine->boots = (guint32)message->boots;
    engine->seen_s = rv_clock_now_ms() / 1000;
    engine->time_offset_s = message->time - engine->seen_s;
    session->engine_cached = FALSE;
    session->engine_heard = TRUE;
    twin = rv_engines_learn(session->security->engines, &session->peer, engine);
    note_twin(session, twin);
}

static RvUnwrap
refuse(RvSession *session, RvReason reason, const char *what)
{
    explain(session, reason, "the agent refuses SNMPv3 user '%s': %s", session->access->user, what);
    return RV_UNWRAP_REFUSED;
}

/* RFC 3414 §3.2. A report that makes us ask again does so a few times only: the loop counts. */
static RvUnwrap
read_report(RvSession *session, const RvUsmMessage *message, const RvPdu *pdu)
{
    gboolean authentic = (message->flags & RV_USM_FLAG_AUTH) != 0;

    switch (rv_usm_report(pdu)) {
    case RV_USM_UNKNOWN_ENGINE:
        if (message->engine.at == message->engine.end)
            return drop(session, "the agent's SNMPv3 report lacks its engine ID");
        set_engine(session, message);
        explain(session, RV_REASON_PROTOCOL, "the agent does not know its own SNMPv3 engine ID");
        return RV_UNWRAP_AGAIN;
    case RV_USM_NOT_IN_TIME_WINDOW:
        if (!authentic && session->access->level != RV_LEVEL_NO_AUTH)
            return drop(session, "a report about the time window was not authentic");
        set_engine(session, message);
        explain(session, RV_REASON_CREDENTIALS,
                "the agent says that we are not in its time window, with its own time too");
        return RV_UNWRAP_AGAIN;
    case RV_USM_UNSUPPORTED_LEVEL:
        return refuse(session, RV_REASON_CIPHER,
                      "it is not set up for this security level or protocol");
    case RV_USM_UNKNOWN_USER:
        return refuse(session, RV_REASON_CREDENTIALS, "unknown user name");
    case RV_USM_WRONG_DIGEST:
        return refuse(session, RV_REASON_CREDENTIALS,
                      "wrong digest; the authentication password or protocol is wrong");
    case RV_USM_DECRYPTION_ERROR:
        return refuse(session, RV_REASON_CREDENTIALS,
                      "it cannot decrypt; the privacy password or protocol is wrong");
    case RV_USM_UNKNOWN_CONTEXT:
        return refuse(session, RV_REASON_CREDENTIALS, "unknown context name");
    case RV_USM_OTHER_REPORT:
        break;
    }
    return refuse(session, RV_REASON_PROTOCOL, "it reports an error that we do not know");
}

static gboolean
equals(const RvBer *bytes, gconstpointer other, gsize size)
{
    return (gsize)(bytes->end - bytes->at) == size && memcmp(bytes->at, other, size) == 0;
}

static gboolean
is_timely(const RvSession *session, const RvUsmMessage *message)
{
    gint64 behind = engine_time(session) - message->time;

    return message->boots == session->engine.boots && behind <= TIME_WINDOW_S &&
           behind >= -TIME_WINDOW_S;
}

static RvUnwrap
unwrap_v3(RvSession *session, guint8 *bytes, gsize size, RvBer message, RvPdu *pdu)
{
    const RvSnmpAccess *access = session->access;
    guint8 wanted = access->level == RV_LEVEL_NO_AUTH ? 0
                    : access->level == RV_LEVEL_AUTH  ? RV_USM_FLAG_AUTH
                                                      : RV_USM_FLAG_AUTH | RV_USM_FLAG_PRIV;
    guint8 given;
    RvUsmMessage m;

    if (!rv_usm_read(message, &m))
        return drop(session, "answers are no valid SNMPv3 messages");
    given = m.flags & (RV_USM_FLAG_AUTH | RV_USM_FLAG_PRIV);
    if (given & ~wanted)
        return drop(session, "answers are at another SNMPv3 security level than the questions");
    if (given & RV_USM_FLAG_AUTH &&
        (!session->keys_made || !equals(&m.engine, session->engine.id, session->engine.id_size) ||
         !equals(&m.user, access->user, strlen(access->user)) ||
         !rv_usm_is_authentic(bytes, size, &m, access->auth, &session->keys)))
        return drop(session, "answers fail SNMPv3 authentication");
    if (!rv_usm_open(&m, access, &session->keys, session->security->room, pdu))
        return drop(session, given & RV_USM_FLAG_PRIV
                                 ? "answers do not decrypt to SNMP; the privacy password or "
                                   "protocol may be wrong"
                                 : "answers are no valid SNMPv3 messages");
    if (pdu->type == RV_PDU_REPORT)
        return read_report(session, &m, pdu);
    if (given != wanted)
        return drop(session, "answers are at another SNMPv3 security level than the questions");
    if (given & RV_USM_FLAG_AUTH && !is_timely(session, &m))
        return drop(session, "answers are outside the SNMPv3 time window");
    if (session->engine_cached)
        set_engine(session, &m);
    return RV_UNWRAP_PDU;
}

RvUnwrap
rv_session_unwrap(RvSession *session, guint8 *bytes, gsize size, RvPdu *pdu)
{
    RvBer packet = {bytes, bytes + size}, message, community;
    gint64 version;

    if (!rv_ber_expect(&packet, RV_BER_SEQUENCE, &message) ||
        !rv_ber_take_integer(&message, &version))
        return drop(session, "answers are no SNMP");
    if (version != versions[session->access->version])
        return drop(session, "answers are of another SNMP version than the questions");
    if (session->access->version == RV_SNMP_3) {
        RvUnwrap result = unwrap_v3(session, bytes, size, message, pdu);

        if (result != RV_UNWRAP_PDU)
            return result;
    } else if (!rv_ber_expect(&message, RV_BER_OCTETS, &community) || !rv_pdu_read(&message, pdu)) {
        return drop(session, "answers are cut short or no valid SNMP");
    }
    if (pdu->type != RV_PDU_RESPONSE)
        return drop(session, "answers are no responses");
    return RV_UNWRAP_PDU;
}

void
rv_session_doubt(RvSession *session)
{
    if (!session->engine_cached)
        return;
    session->engine_cached = FALSE;
    session->engine.id_size = 0;
    session->keys_made = FALSE;
    rv_engines_forget(session->security->engines, &session->peer);
}
