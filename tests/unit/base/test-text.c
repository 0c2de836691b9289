#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "base/text-width.h"
#include "base/text.h"

static void
test_clean(void)
{
    static const struct {
        const char *shows, *bytes;
        gssize length;
        gsize ceiling;
        const char *text;
    } rows[] = {
        {"plain", "Fan 1", -1, 0, "Fan 1"},
        {"space around it goes, space within stays", "  Fan  1 \n", -1, 0, "Fan  1"},
        {"lines become one", "a\r\nb\tc", -1, 0, "a b c"},
        {"a terminal's escape sequence is harmless", "\033[2Jgone", -1, 0, "[2Jgone"},
        {"so is the 8-bit one",
         "a\xc2\x9b"
         "2J",
         -1, 0, "a 2J"},
        {"text that turns round", "a\xe2\x80\xaetxt.exe", -1, 0, "a txt.exe"},
        {"the Arabic mark, too",
         "a\xd8\x9c"
         "b",
         -1, 0, "a b"},
        {"UTF-8 stays", "核心交换机", -1, 0, "核心交换机"},
        {"GB18030 is read", "\xba\xcb\xd0\xc4", -1, 0, "核心"},
        {"Latin-1 is read", "K\xfchler 4\xb0", -1, 0, "Kühler 4°"},
        {"bytes up to a NUL", "abc\0def", 7, 0, "abc"},
        {"no more than the length", "abcdef", 3, 0, "abc"},
        {"a character that the device cut", "温\xe5\xba", -1, 0, "温"},
        {"cut on a character's edge", "核心核心", -1, 11, "核心核"},
        {"nothing", "", -1, 0, ""},
        {"only space", " \t ", -1, 0, ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = rv_text_clean(rows[i].bytes, rows[i].length, rows[i].ceiling);

        g_test_message("%s", rows[i].shows);
        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

/* Whatever the bytes: valid, without controls, not over the ceiling, and clean once is clean. */
static void
test_clean_anything(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(7);

    for (int round = 0; round < 20000; round++) {
        char bytes[40];
        gsize n = (gsize)g_rand_int_range(rand, 0, sizeof bytes);
        g_autofree char *text = NULL;
        g_autofree char *again = NULL;

        for (gsize i = 0; i < n; i++)
            bytes[i] = (char)g_rand_int_range(rand, 0, 256);
        text = rv_text_clean(bytes, (gssize)n, 20);
        again = rv_text_clean(text, -1, 20);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        g_assert_cmpuint(strlen(text), <=, 20);
        g_assert_cmpstr(again, ==, text);
        for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
            g_assert_false(g_unichar_iscntrl(g_utf8_get_char(p)));
    }
}

static void
test_slug(void)
{
    static const struct {
        const char *word, *slug;
    } rows[] = {
        {"PSU 1", "psu-1"},
        {"GigabitEthernet0/0/1", "gigabitethernet0-0-1"},
        {"  Fan--Tray (2) ", "fan-tray-2"},
        {"+1.8V", "1.8v"},
        {"电源 1", "电源-1"},
        {"", "x"},
        {"///", "x"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *slug = rv_text_slug(rows[i].word);

        g_assert_cmpstr(slug, ==, rows[i].slug);
    }
}

static void
test_nearest(void)
{
    const char *const words[] = {"community", "user", "level", "port", NULL};

    g_assert_cmpstr(rv_text_nearest("comunity", words), ==, "community");
    g_assert_cmpstr(rv_text_nearest("Prot", words), ==, NULL);
    g_assert_cmpstr(rv_text_nearest("porf", words), ==, "port");
    g_assert_cmpstr(rv_text_nearest("PORT", words), ==, "port");
    g_assert_cmpstr(rv_text_nearest("temperature", words), ==, NULL);
    g_assert_cmpstr(rv_text_nearest("", words), ==, NULL);
}

static void
test_duration(void)
{
    static const struct {
        const char *text;
        gint64 ms; /* -1: refused */
    } rows[] = {
        {"90", 90000},
        {"90s", 90000},
        {"5m", 300000},
        {"5min", 300000},
        {"24h", 86400000},
        {"7d", 604800000},
        {"1500ms", 1500},
        {"0", 0},
        {"1w", 604800000},
        {"", -1},
        {"s", -1},
        {"-5s", -1},
        {"5 s", -1},
        {"5x", -1},
        {"1.5h", -1},
        {"4000d", -1},
        {"99999999999999999999s", -1},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        gint64 ms = -1;

        g_test_message("'%s'", rows[i].text);
        g_assert_cmpint(rv_text_parse_duration_ms(rows[i].text, &ms), ==, rows[i].ms >= 0);
        g_assert_cmpint(ms, ==, rows[i].ms);
    }
}

static void
test_number(void)
{
    static const struct {
        double value;
        int digits;
        const char *text;
    } rows[] = {
        {41, 6, "41"},
        {41.50, 6, "41.5"},
        {0.1 + 0.2, 6, "0.3"},
        {-3.3333333, 4, "-3.333"},
        {1e9, 6, "1000000000"},
        {0.00001, 6, "1e-05"},
        {NAN, 6, "-"},
        {INFINITY, 6, "-"},
        {0, 6, "0"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = rv_text_number(rows[i].value, rows[i].digits);

        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void
test_glob(void)
{
    g_assert_true(rv_text_glob("core-*", "core-sw-01"));
    g_assert_true(rv_text_glob("core-sw-0?", "core-sw-01"));
    g_assert_false(rv_text_glob("core", "core-sw-01"));
    g_assert_false(rv_text_glob("Core-*", "core-sw-01"));
}

static void
test_width(void)
{
    static const struct {
        const char *shows, *text;
        guint width, columns;
        const char *cut, *fit;
    } rows[] = {
        {"shorter is padded", "PSU 1", 5, 7, "PSU 1", "PSU 1  "},
        {"as wide as the room", "PSU 1", 5, 5, "PSU 1", "PSU 1"},
        {"wider is cut", "PSU 12", 6, 5, "PSU …", "PSU …"},
        {"a Chinese character takes two columns", "电源 1", 6, 8, "电源 1", "电源 1  "},
        {"and is not cut in half", "电源电源", 8, 6, "电源…", "电源… "},
        {"a combining mark takes none",
         "e\xcc\x81"
         "a",
         2, 3,
         "e\xcc\x81"
         "a",
         "e\xcc\x81"
         "a "},
        {"no room", "PSU", 3, 0, "", ""},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *cut = rv_text_cut(rows[i].text, rows[i].columns);
        g_autofree char *fit = rv_text_fit(rows[i].text, rows[i].columns);

        g_test_message("%s", rows[i].shows);
        g_assert_cmpuint(rv_text_width(rows[i].text), ==, rows[i].width);
        g_assert_cmpstr(cut, ==, rows[i].cut);
        g_assert_cmpstr(fit, ==, rows[i].fit);
    }
}

static int
sign(int number)
{
    return (number > 0) - (number < 0);
}

static void
test_order(void)
{
    static const struct {
        const char *shows, *first, *second;
    } rows[] = {
        {"letters by their bytes", "Fan", "PSU"},
        {"what is shorter first", "Fan", "Fan 1"},
        {"nothing before something", "", "0"},
        {"a number by its value", "Fan 2", "Fan 10"},
        {"within a name", "PSU-2/fan", "PSU-10/fan"},
        {"the first that differs decides", "Ethernet1/2", "Ethernet1/10"},
        {"also before others", "Ethernet2/10", "Ethernet10/2"},
        {"digits that both have belong to the number", "Slot 19", "Slot 100"},
        {"a number before a word", "port 9", "port A"},
        {"leading zeros do not count", "disk 009", "disk 10"},
        {"what comes after equal numbers decides before their zeros", "07a", "7b"},
        {"with all else equal the zeros do", "disk 07", "disk 7"},
        {"a number that no type holds", "9999999999999999999998", "9999999999999999999999"},
        {"one longer than that", "99999999999999999999999", "100000000000000000000000"},
        {"UTF-8 is above ASCII", "z", "电源 1"},
        {"numbers in Chinese names", "电源 2", "电源 10"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].shows);
        g_assert_cmpint(rv_text_compare(rows[i].first, rows[i].second), <, 0);
        g_assert_cmpint(rv_text_compare(rows[i].second, rows[i].first), >, 0);
        g_assert_cmpint(rv_text_compare(rows[i].first, rows[i].first), ==, 0);
    }
}

/* Whatever the texts: one order for all, in which only equal ones are equal. */
static void
test_order_anything(void)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);

    for (int round = 0; round < 20000; round++) {
        char texts[3][8] = {{0}};
        const char *a = texts[0], *b = texts[1], *c = texts[2];

        for (int i = 0; i < 3; i++)
            for (int n = g_rand_int_range(rand, 0, sizeof texts[i]); n-- > 0;)
                texts[i][n] = "0019a-"[g_rand_int_range(rand, 0, 6)];
        g_assert_cmpint(sign(rv_text_compare(a, b)), ==, -sign(rv_text_compare(b, a)));
        g_assert_true((rv_text_compare(a, b) == 0) == (strcmp(a, b) == 0));
        if (rv_text_compare(a, b) <= 0 && rv_text_compare(b, c) <= 0)
            g_assert_cmpint(rv_text_compare(a, c), <=, 0);
    }
}

static void
test_whole(void)
{
    static const gint64 numbers[] = {0, 7, -1, 10, -40, G_MAXINT64, G_MININT64};
    g_autofree char *largest = rv_text_natural(G_MAXUINT64);

    g_assert_cmpstr(largest, ==, "18446744073709551615");
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *text = rv_text_integer(numbers[i]);
        g_autofree char *wanted = g_strdup_printf("%" G_GINT64_FORMAT, numbers[i]);

        g_assert_cmpstr(text, ==, wanted);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/clean", test_clean);
    g_test_add_func("/text/clean-anything", test_clean_anything);
    g_test_add_func("/text/slug", test_slug);
    g_test_add_func("/text/nearest", test_nearest);
    g_test_add_func("/text/duration", test_duration);
    g_test_add_func("/text/number", test_number);
    g_test_add_func("/text/whole", test_whole);
    g_test_add_func("/text/glob", test_glob);
    g_test_add_func("/text/width", test_width);
    g_test_add_func("/text/order", test_order);
    g_test_add_func("/text/order-anything", test_order_anything);
    return g_test_run();
}
