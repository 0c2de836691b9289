#include <glib/gstdio.h>
#include <string.h>

#include "snmp/capacity.h"
#include "snmp/cipher.h"
#include "snmp/session.h"

/* ---- BER ---- */

static void
test_integers(void)
{
    static const struct {
        gint64 value;
        const char *bytes;
        gsize size;
    } rows[] = {
        {0, "\2\1\0", 3},
        {127, "\2\1\x7f", 3},
        {128, "\2\2\0\x80", 4},
        {-1, "\2\1\xff", 3},
        {-129, "\2\2\xff\x7f", 4},
        {G_MAXINT32, "\2\4\x7f\xff\xff\xff", 6},
        {G_MININT64, "\2\10\x80\0\0\0\0\0\0\0", 10},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint8 room[16];
        RvBerWriter writer;
        RvBer ber;
        gint64 back;

        rv_ber_writer_init(&writer, room, sizeof room);
        rv_ber_put_integer(&writer, rows[i].value);
        g_assert_cmpmem(writer.at, room + sizeof room - writer.at, rows[i].bytes, rows[i].size);
        ber = (RvBer){writer.at, room + sizeof room};
        g_assert_true(rv_ber_take_integer(&ber, &back));
        g_assert_cmpint(back, ==, rows[i].value);
    }
}

static void
test_oids(void)
{
    static const char *const rows[] = {
        "1.3",        "0.0",
        "1.0.8802.1", "2.999.4294967295",
        "2.100.3",    "1.3.6.1.4.1.2011.5.25.31.1.1.1.1.11.67108867"};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint8 room[64];
        guint32 ids[RV_OID_CEILING];
        RvBerWriter writer;
        RvBer ber, contents;
        RvOid oid, back = {.ids = ids};
        g_autofree char *text = NULL;

        g_assert_true(rv_oid_parse(rows[i], &oid));
        rv_ber_writer_init(&writer, room, sizeof room);
        rv_ber_put_oid(&writer, &oid);
        ber = (RvBer){writer.at, room + sizeof room};
        g_assert_true(rv_ber_expect(&ber, RV_BER_OID, &contents));
        g_assert_true(rv_ber_oid(&contents, ids, &back.length));
        text = rv_oid_format(&back);
        g_assert_cmpstr(text, ==, rows[i]);
        g_assert_cmpuint(rv_oid_bytes(&oid), >=, (guint)(room + sizeof room - writer.at));
        rv_oid_clear(&oid);
    }
}

static void
test_not_ber(void)
{
    static const struct {
        const char *words, *bytes;
        gsize size;
    } rows[] = {
        {"nothing", "", 0},
        {"a tag alone", "\2", 1},
        {"shorter than it says", "\2\2\1", 3},
        {"an indefinite length", "\x30\x80\0\0", 4},
        {"a length of five bytes", "\2\x85\0\0\0\0\1\1", 8},
        {"a number without bytes", "\2\0", 2},
        {"a number of nine bytes", "\2\11\1\1\1\1\1\1\1\1\1", 11},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvBer ber = {(const guint8 *)rows[i].bytes, (const guint8 *)rows[i].bytes + rows[i].size};
        gint64 value;

        g_test_message("%s", rows[i].words);
        g_assert_false(rv_ber_take_integer(&ber, &value));
    }
}

static void
test_full(void)
{
    guint8 room[10];
    RvBerWriter writer;
    RvOid oid;

    g_assert_true(rv_oid_parse("1.3.6.1.2.1.1.1.0.1.2.3", &oid));
    rv_ber_writer_init(&writer, room, sizeof room);
    rv_ber_put_oid(&writer, &oid);
    g_assert_true(writer.full);
    rv_oid_clear(&oid);
}

/* ---- keys: RFC 3414 §A.3, RFC 7860 has none ---- */

static const guint8 test_engine[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};

static void
test_keys(void)
{
    static const guint8 md5[] = {0x52, 0x6f, 0x5e, 0xed, 0x9f, 0xcc, 0xe2, 0x6f,
                                 0x89, 0x64, 0xc2, 0x93, 0x07, 0x87, 0xd8, 0x2b};
    static const guint8 sha1[] = {0x66, 0x95, 0xfe, 0xbc, 0x92, 0x88, 0xe3, 0x62, 0x82, 0x23,
                                  0x5f, 0xc7, 0x15, 0x1f, 0x12, 0x84, 0x97, 0xb3, 0x8f, 0x3f};
    g_autoptr(RvSnmpAccess) access = rv_snmp_access_new();
    RvKeyRing *ring = rv_key_ring_new();
    const char *why;
    RvKeys keys;

    access->level = RV_LEVEL_AUTH;
    access->auth_password = rv_secret_new("maplesyrup");
    access->auth = RV_AUTH_MD5;
    g_assert_true(rv_key_ring_localise(ring, access, test_engine, sizeof test_engine, &keys, &why));
    g_assert_cmpmem(keys.auth, keys.auth_size, md5, sizeof md5);
    access->auth = RV_AUTH_SHA1;
    g_assert_true(rv_key_ring_localise(ring, access, test_engine, sizeof test_engine, &keys, &why));
    g_assert_cmpmem(keys.auth, keys.auth_size, sha1, sizeof sha1);
    /* another engine, the same password: no further hash over a megabyte */
    g_assert_true(rv_key_ring_localise(ring, access, test_engine, 5, &keys, &why));
    g_assert_cmpuint(rv_key_ring_hashed(ring), ==, 2);
    access->level = RV_LEVEL_AUTH_PRIV;
    g_assert_false(rv_key_ring_localise(ring, access, test_engine, 5, &keys, &why));
    g_assert_cmpstr(why, ==, "the privacy password is missing");
    rv_key_ring_free(ring);
}

/* ---- sessions ---- */

typedef struct {
    RvSecurity security;
    RvSession session;
    guint8 room[65536], packet[2048];
} Side;

static void
side_open(Side *side, RvSnmpLevel level)
{
    g_autoptr(RvSnmpAccess) access = rv_snmp_access_new();

    side->security = (RvSecurity){rv_key_ring_new(), rv_engines_new(), side->room, 1};
    access->version = RV_SNMP_3;
    access->level = level;
    access->user = g_strdup("monitor");
    access->auth = RV_AUTH_SHA256;
    access->priv = RV_PRIV_AES128;
    access->auth_password = rv_secret_new("authentication");
    access->priv_password = rv_secret_new("privacy-password");
    rv_session_init(&side->session, access, &side->security);
    side->session.engine = (RvEngine){.id = {0x80, 0, 0, 0, 1}, .id_size = 5, .boots = 3};
}

static void
side_close(Side *side)
{
    rv_session_clear(&side->session);
    rv_key_ring_free(side->security.ring);
    rv_engines_free(side->security.engines);
}

static guint8 *
wrap(Side *side, RvPduType type, gsize *size)
{
    guint32 ids[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
    RvOid oid = {.ids = ids, .length = G_N_ELEMENTS(ids)};
    RvBerWriter writer;

    rv_ber_writer_init(&writer, side->packet, sizeof side->packet);
    g_assert_true(rv_session_wrap(&side->session, &writer, 7, type, 0, 0, &oid, 1));
    *size = (gsize)(side->packet + sizeof side->packet - writer.at);
    return writer.at;
}

/* What one side writes the other reads; every changed byte, every cut is noticed. */
static void
test_authentic(void)
{
    static Side side;
    gsize size;
    RvPdu pdu;
    guint8 *packet, *copy;

    side_open(&side, RV_LEVEL_AUTH_PRIV);
    packet = wrap(&side, RV_PDU_RESPONSE, &size);
    g_assert_null(memmem(packet, size, "\x2b\6\1\2\1\1\3\0", 8));
    copy = g_memdup2(packet, size);
    g_assert_cmpint(rv_session_unwrap(&side.session, packet, size, &pdu), ==, RV_UNWRAP_PDU);
    g_assert_cmpint(pdu.request_id, ==, 7);
    for (gsize i = 0; i < size; i++) {
        g_autofree guint8 *changed = g_memdup2(copy, size), *cut = g_memdup2(copy, MAX(i, 1));

        changed[i] ^= 0x11;
        g_assert_cmpint(rv_session_unwrap(&side.session, changed, size, &pdu), ==,
                        RV_UNWRAP_DROPPED);
        g_assert_cmpint(rv_session_unwrap(&side.session, cut, i, &pdu), ==, RV_UNWRAP_DROPPED);
    }
    g_free(copy);
    side_close(&side);
}

/* An answer below the level that was asked with is not believed, whoever sends it. */
static void
test_level(void)
{
    static Side asked, plain;
    gsize size;
    RvPdu pdu;
    guint8 *packet;

    side_open(&asked, RV_LEVEL_AUTH_PRIV);
    side_open(&plain, RV_LEVEL_NO_AUTH);
    packet = wrap(&plain, RV_PDU_RESPONSE, &size);
    g_assert_cmpint(rv_session_unwrap(&asked.session, packet, size, &pdu), ==, RV_UNWRAP_DROPPED);
    packet = wrap(&asked, RV_PDU_RESPONSE, &size);
    /* an old one, played again an hour later */
    asked.session.engine.time_offset_s += 3600;
    g_assert_cmpint(rv_session_unwrap(&asked.session, packet, size, &pdu), ==, RV_UNWRAP_DROPPED);
    side_close(&asked);
    side_close(&plain);
}

/* ---- engines ---- */

static RvPeer
peer_of(guint8 last)
{
    RvPeer peer = {.in = {.sin_family = AF_INET, .sin_port = 161}};

    peer.in.sin_port = g_htons(161);
    peer.in.sin_addr.s_addr = g_htonl(0x0a000000u + last);
    return peer;
}

static void
test_engines(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("rackvitals-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "engines", NULL);
    g_autofree char *lock = g_strconcat(path, ".lock", NULL);
    RvEngines *engines = rv_engines_new();
    RvPeer one = peer_of(1), two = peer_of(2);
    RvEngine engine = {
        .id = {0x80, 1, 2}, .id_size = 3, .boots = 4, .time_offset_s = -5, .seen_s = 1000000};
    RvEngine found = {0};

    g_assert_false(rv_engines_find(engines, &one, &found));
    g_assert_null(rv_engines_learn(engines, &one, &engine));
    g_assert_null(rv_engines_learn(engines, &one, &engine));
    g_assert_cmpstr(rv_engines_learn(engines, &two, &engine), ==, "10.0.0.1:161");
    g_assert_true(rv_engines_save(engines, path, &error));
    rv_engines_free(engines);

    engines = rv_engines_new();
    rv_engines_load(engines, path, 1000100);
    g_assert_true(rv_engines_find(engines, &one, &found));
    g_assert_cmpuint(found.boots, ==, 4);
    g_assert_cmpint(found.time_offset_s, ==, -5);
    g_assert_cmpmem(found.id, found.id_size, engine.id, engine.id_size);
    /* one of two twins is told so when both come from the file, too */
    g_assert_true((rv_engines_twin(engines, &one, &engine) != NULL) !=
                  (rv_engines_twin(engines, &two, &engine) != NULL));
    rv_engines_free(engines);

    /* after a month nothing of it is believed, and a damaged file is an empty one */
    engines = rv_engines_new();
    rv_engines_load(engines, path, 1000000 + 31 * 86400);
    g_assert_false(rv_engines_find(engines, &one, &found));
    g_assert_true(
        g_file_set_contents(path, "10.0.0.1:161 x\n\xff\n10.0.0.1:161 1 2 3 8", -1, NULL));
    rv_engines_load(engines, path, 1000100);
    g_assert_false(rv_engines_find(engines, &one, &found));
    rv_engines_free(engines);
    g_unlink(path);
    g_unlink(lock);
    g_rmdir(folder);
}

/* Two processes write one file: neither loses what the other has heard. */
static void
test_engines_shared(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("rackvitals-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "engines", NULL);
    g_autofree char *lock = g_strconcat(path, ".lock", NULL);
    RvEngines *first = rv_engines_new(), *second = rv_engines_new(), *both = rv_engines_new();
    RvPeer one = peer_of(1), two = peer_of(2);
    const gint64 now_s = g_get_real_time() / G_USEC_PER_SEC;
    RvEngine engine = {.id = {0x80, 1, 2}, .id_size = 3, .boots = 4, .seen_s = now_s - 2};
    RvEngine other = {.id = {0x80, 1, 3}, .id_size = 3, .boots = 9, .seen_s = now_s - 2};
    RvEngine found = {0};

    rv_engines_learn(first, &one, &engine);
    rv_engines_learn(second, &two, &other);
    g_assert_true(rv_engines_save(first, path, &error));
    g_assert_true(rv_engines_save(second, path, &error));
    rv_engines_load(both, path, now_s);
    g_assert_true(rv_engines_find(both, &one, &found));
    g_assert_true(rv_engines_find(both, &two, &found));
    g_assert_cmpuint(found.boots, ==, 9);

    /* a clock that ran on is not worth writing; a reboot is */
    g_unlink(path);
    other.seen_s++;
    rv_engines_learn(both, &two, &other);
    g_assert_true(rv_engines_save(both, path, &error));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    other.boots++;
    rv_engines_learn(both, &two, &other);
    g_assert_true(rv_engines_save(both, path, &error));
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    rv_engines_free(first);
    rv_engines_free(second);
    rv_engines_free(both);
    g_unlink(path);
    g_unlink(lock);
    g_rmdir(folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    rv_cipher_init();
    g_test_add_func("/snmp/ber/integers", test_integers);
    g_test_add_func("/snmp/ber/oids", test_oids);
    g_test_add_func("/snmp/ber/not-ber", test_not_ber);
    g_test_add_func("/snmp/ber/full", test_full);
    g_test_add_func("/snmp/keys", test_keys);
    g_test_add_func("/snmp/session/authentic", test_authentic);
    g_test_add_func("/snmp/session/level", test_level);
    g_test_add_func("/snmp/engines", test_engines);
    g_test_add_func("/snmp/engines/shared", test_engines_shared);
    return g_test_run();
}
