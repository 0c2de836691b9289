#include "snmp/usm.h"

#include <string.h>

#include "snmp/cipher.h"

#define MODEL_USM 3
#define VERSION_3 3
#define LARGEST_MESSAGE 65507 /* what we take: all that UDP carries */
#define LARGEST_DIGEST 64

/* ---- writing ---- */

static void
put_header(RvBerWriter *writer, const guint8 *end, gint32 id, guint8 flags)
{
    const guint8 *head_end = writer->at;

    rv_ber_put_integer(writer, MODEL_USM);
    rv_ber_put_octets(writer, RV_BER_OCTETS, &flags, 1);
    rv_ber_put_integer(writer, LARGEST_MESSAGE);
    rv_ber_put_integer(writer, id);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, head_end);
    rv_ber_put_integer(writer, VERSION_3);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
}

typedef struct {
    const RvEngine *engine;
    gint64 time;
    const char *user;
    guint digest_size, salt_size;
    const guint8 *salt;
} Parameters;

/* Returns where the digest goes. */
static guint8 *
put_parameters(RvBerWriter *writer, const Parameters *p)
{
    static const guint8 zeros[LARGEST_DIGEST];
    const guint8 *end = writer->at;
    guint8 *digest;

    rv_ber_put_octets(writer, RV_BER_OCTETS, p->salt, p->salt_size);
    rv_ber_put(writer, zeros, p->digest_size);
    digest = writer->at;
    rv_ber_wrap(writer, RV_BER_OCTETS, digest + p->digest_size);
    rv_ber_put_octets(writer, RV_BER_OCTETS, p->user, strlen(p->user));
    rv_ber_put_integer(writer, p->time);
    rv_ber_put_integer(writer, p->engine->boots);
    rv_ber_put_octets(writer, RV_BER_OCTETS, p->engine->id, p->engine->id_size);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
    rv_ber_wrap(writer, RV_BER_OCTETS, end);
    return digest;
}

static void
put_scope(RvBerWriter *writer, const guint8 *end, const RvEngine *engine, const char *context)
{
    rv_ber_put_octets(writer, RV_BER_OCTETS, context, strlen(context));
    rv_ber_put_octets(writer, RV_BER_OCTETS, engine->id, engine->id_size);
    rv_ber_wrap(writer, RV_BER_SEQUENCE, end);
}

/* RFC 3414 §8.1.1.1 for DES, RFC 3826 §3.1.2.1 for AES. */
static void
make_iv(RvSnmpPriv priv, const RvKeys *keys, guint32 boots, guint32 time, const guint8 *salt,
        guint8 *iv)
{
    guint32 words[] = {GUINT32_TO_BE(boots), GUINT32_TO_BE(time)};

    if (rv_priv_is_des(priv)) {
        for (guint i = 0; i < 8; i++)
            iv[i] = keys->priv[8 + i] ^ salt[i];
        return;
    }
    memcpy(iv, words, 8);
    memcpy(iv + 8, salt, 8);
}

static void
make_salt(RvSnmpPriv priv, guint32 boots, guint64 number, guint8 *salt)
{
    guint64 wide = GUINT64_TO_BE(number);

    memcpy(salt, &wide, 8);
    if (rv_priv_is_des(priv)) {
        boots = GUINT32_TO_BE(boots);
        memcpy(salt, &boots, 4);
    }
}

static gboolean
encrypt(RvBerWriter *writer, const guint8 *end, RvSnmpPriv priv, const RvKeys *keys,
        const RvEngine *engine, gint64 time, const guint8 *salt)
{
    gsize size = (gsize)(end - writer->at), out_size;
    g_autofree guint8 *out = g_malloc(size + 16);
    guint8 iv[16];

    make_iv(priv, keys, engine->boots, (guint32)time, salt, iv);
    if (!rv_priv_encrypt(priv, keys->priv, keys->priv_size, iv, writer->at, size, out, &out_size))
        return FALSE;
    writer->at = (guint8 *)end;
    rv_ber_put_octets(writer, RV_BER_OCTETS, out, out_size);
    return TRUE;
}

gboolean
rv_usm_write(RvBerWriter *writer, const guint8 *end, gint32 id, const RvSnmpAccess *access,
             const RvEngine *engine, gint64 engine_time, const RvKeys *keys, guint64 salt_number)
{
    gboolean with_auth = access->level != RV_LEVEL_NO_AUTH;
    gboolean with_priv = access->level == RV_LEVEL_AUTH_PRIV;
    guint8 flags = RV_USM_FLAG_REPORTABLE | (with_auth ? RV_USM_FLAG_AUTH : 0) |
                   (with_priv ? RV_USM_FLAG_PRIV : 0);
    guint8 salt[8], made[LARGEST_DIGEST];
    Parameters p = {.engine = engine,
                    .time = engine_time,
                    .user = access->user,
                    .digest_size = with_auth ? rv_auth_digest_size(access->auth) : 0,
                    .salt = salt,
                    .salt_size = with_priv ? sizeof salt : 0};
    guint8 *digest;

    make_salt(access->priv, engine->boots, salt_number, salt);
    put_scope(writer, end, engine, access->context != NULL ? access->context : "");
    if (writer->full ||
        (with_priv && !encrypt(writer, end, access->priv, keys, engine, engine_time, salt)))
        return FALSE;
    digest = put_parameters(writer, &p);
    put_header(writer, end, id, flags);
    if (writer->full)
        return FALSE;
    if (!with_auth)
        return TRUE;
    if (!rv_auth_digest(access->auth, keys->auth, keys->auth_size, writer->at,
                        (gsize)(end - writer->at), made))
        return FALSE;
    memcpy(digest, made, p.digest_size);
    return TRUE;
}

void
rv_usm_write_discovery(RvBerWriter *writer, gint32 id)
{
    static const RvEngine nobody;
    const guint8 *end = writer->at;
    Parameters p = {.engine = &nobody, .user = "", .salt = (const guint8 *)""};

    rv_pdu_write(writer, RV_PDU_GET, id, 0, 0, NULL, 0);
    put_scope(writer, end, &nobody, "");
    put_parameters(writer, &p);
    put_header(writer, end, id, RV_USM_FLAG_REPORTABLE);
}

/* ---- reading ---- */

static gboolean
read_parameters(RvBer *message, RvUsmMessage *into)
{
    RvBer octets, sequence;

    return rv_ber_expect(message, RV_BER_OCTETS, &octets) &&
           rv_ber_expect(&octets, RV_BER_SEQUENCE, &sequence) &&
           rv_ber_expect(&sequence, RV_BER_OCTETS, &into->engine) &&
           rv_ber_take_integer(&sequence, &into->boots) &&
           rv_ber_take_integer(&sequence, &into->time) &&
           rv_ber_expect(&sequence, RV_BER_OCTETS, &into->user) &&
           rv_ber_expect(&sequence, RV_BER_OCTETS, &into->digest) &&
           rv_ber_expect(&sequence, RV_BER_OCTETS, &into->salt);
}

gboolean
rv_usm_read(RvBer message, RvUsmMessage *into)
{
    RvBer head, flags;
    gint64 largest, model;

    if (!rv_ber_expect(&message, RV_BER_SEQUENCE, &head) ||
        !rv_ber_take_integer(&head, &into->id) || !rv_ber_take_integer(&head, &largest) ||
        !rv_ber_expect(&head, RV_BER_OCTETS, &flags) || flags.end - flags.at != 1 ||
        !rv_ber_take_integer(&head, &model) || model != MODEL_USM ||
        !read_parameters(&message, into))
        return FALSE;
    into->flags = *flags.at;
    into->data = message;
    return into->boots >= 0 && into->boots <= G_MAXINT32 && into->time >= 0 &&
           into->time <= G_MAXINT32 && into->engine.end - into->engine.at <= RV_ENGINE_ID_LARGEST;
}

gboolean
rv_usm_is_authentic(guint8 *whole, gsize size, const RvUsmMessage *message, RvSnmpAuth auth,
                    const RvKeys *keys)
{
    guint digest_size = rv_auth_digest_size(auth);
    guint8 given[LARGEST_DIGEST], made[LARGEST_DIGEST], difference = 0;

    if (message->digest.end - message->digest.at != (gssize)digest_size)
        return FALSE;
    memcpy(given, message->digest.at, digest_size);
    memset(whole + (message->digest.at - whole), 0, digest_size);
    if (!rv_auth_digest(auth, keys->auth, keys->auth_size, whole, size, made))
        return FALSE;
    for (guint i = 0; i < digest_size; i++)
        difference |= given[i] ^ made[i];
    return difference == 0;
}

static gboolean
decrypt(const RvUsmMessage *message, const RvSnmpAccess *access, const RvKeys *keys, guint8 *room,
        RvBer *scoped)
{
    RvBer data = message->data, cipher;
    guint8 iv[16];
    gsize size;

    if (message->salt.end - message->salt.at != 8 || !rv_ber_expect(&data, RV_BER_OCTETS, &cipher))
        return FALSE;
    make_iv(access->priv, keys, (guint32)message->boots, (guint32)message->time, message->salt.at,
            iv);
    if (!rv_priv_decrypt(access->priv, keys->priv, keys->priv_size, iv, (guint8 *)cipher.at,
                         (gsize)(cipher.end - cipher.at), room, &size))
        return FALSE;
    *scoped = (RvBer){.at = room, .end = room + size};
    return TRUE;
}

gboolean
rv_usm_open(const RvUsmMessage *message, const RvSnmpAccess *access, const RvKeys *keys,
            guint8 *room, RvPdu *pdu)
{
    RvBer scoped = message->data, contents, ignored;

    if (message->flags & RV_USM_FLAG_PRIV && !decrypt(message, access, keys, room, &scoped))
        return FALSE;
    return rv_ber_expect(&scoped, RV_BER_SEQUENCE, &contents) &&
           rv_ber_expect(&contents, RV_BER_OCTETS, &ignored) &&
           rv_ber_expect(&contents, RV_BER_OCTETS, &ignored) && rv_pdu_read(&contents, pdu);
}

RvUsmReport
rv_usm_report(const RvPdu *pdu)
{
    static const guint32 usm_stats[] = {1, 3, 6, 1, 6, 3, 15, 1, 1};
    static const guint32 target_stats[] = {1, 3, 6, 1, 6, 3, 12, 1};
    RvPduVarbind varbind;
    RvBer varbinds = pdu->varbinds;
    gboolean valid;

    if (!rv_pdu_next(&varbinds, &varbind, &valid))
        return RV_USM_OTHER_REPORT;
    if (varbind.varbind.oid.length >= 10 && memcmp(varbind.oid, usm_stats, sizeof usm_stats) == 0 &&
        varbind.oid[9] >= 1 && varbind.oid[9] <= 6)
        return (RvUsmReport)varbind.oid[9];
    if (varbind.varbind.oid.length >= 9 &&
        memcmp(varbind.oid, target_stats, sizeof target_stats) == 0 &&
        (varbind.oid[8] == 4 || varbind.oid[8] == 5))
        return RV_USM_UNKNOWN_CONTEXT;
    return RV_USM_OTHER_REPORT;
}
