/* What is packed comes back, and what is cut off or too large is bad and never read beyond. */
#include "base/pack.h"

static void
test_back(void)
{
    static const guint64 numbers[] = {0, 1, 127, 128, 16383, 16384, G_MAXUINT32, G_MAXUINT64};
    static const char *const texts[] = {"", "a", "Lüfter 风扇"};
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    RvOid oid, none = {NULL, 0}, back;
    RvUnpack in;

    g_assert_true(rv_oid_parse("1.3.6.1.4.1.4294967295.0", &oid));
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
        rv_pack_number(bytes, numbers[i]);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        rv_pack_text(bytes, texts[i]);
    rv_pack_oid(bytes, &oid);
    rv_pack_oid(bytes, &none);

    in = (RvUnpack){bytes->data, bytes->data + bytes->len, FALSE};
    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++)
        g_assert_cmpuint(rv_unpack_number(&in), ==, numbers[i]);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = rv_unpack_text(&in);

        g_assert_cmpstr(text, ==, texts[i]);
    }
    back = rv_unpack_oid(&in);
    g_assert_cmpint(rv_oid_compare(&back, &oid), ==, 0);
    g_assert_cmpuint(rv_unpack_oid(&in).length, ==, 0);
    g_assert_false(in.bad);
    g_assert_true(in.at == in.end);
    rv_oid_clear(&back);
    rv_oid_clear(&oid);
}

static void
test_bad(void)
{
    static const struct {
        const char *what;
        const guint8 bytes[12];
        guint size;
    } rows[] = {
        {"nothing", {0}, 0},
        {"a number without its end", {0x80, 0x80}, 2},
        {"a number of more than 64 bits",
         {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1},
         12},
        {"a text longer than the file", {5, 'a', 'b'}, 3},
        {"a text of 2^40 bytes", {0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 'a'}, 7},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvUnpack in = {rows[i].bytes, rows[i].bytes + rows[i].size, FALSE};

        g_test_message("%s", rows[i].what);
        g_assert_null(rv_unpack_text(&in));
        g_assert_true(in.bad);
        g_assert_cmpuint(rv_unpack_number(&in), ==, 0);
        g_assert_cmpuint(rv_unpack_oid(&in).length, ==, 0);
    }
}

static void
test_bad_oid(void)
{
    static const struct {
        const char *what;
        const guint8 bytes[8];
        guint size;
    } rows[] = {
        {"129 sub-identifiers", {0x81, 0x01, 1, 3, 6}, 5},
        {"fewer than it says", {4, 1, 3, 6}, 4},
        {"a sub-identifier of 33 bits", {1, 0x80, 0x80, 0x80, 0x80, 0x10}, 6},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvUnpack in = {rows[i].bytes, rows[i].bytes + rows[i].size, FALSE};

        g_test_message("%s", rows[i].what);
        g_assert_cmpuint(rv_unpack_oid(&in).length, ==, 0);
        g_assert_true(in.bad);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pack/back", test_back);
    g_test_add_func("/pack/bad", test_bad);
    g_test_add_func("/pack/bad-oid", test_bad_oid);
    return g_test_run();
}
