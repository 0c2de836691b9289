/* Ranges and addresses. */
#include "conf/address.h"
#include "conf/range.h"

static void
test_ranges(void)
{
    static const struct {
        const char *shows, *text, *wanted; /* NULL: refused */
    } rows[] = {
        {"no brackets", "fw-01", "fw-01"},
        {"numbers", "a[1-3]", "a1 a2 a3"},
        {"zeros in front are kept", "a[08-11]", "a08 a09 a10 a11"},
        {"something behind", "10.0.[1-2].9", "10.0.1.9 10.0.2.9"},
        {"a list with runs", "a[1,3,5-6]", "a1 a3 a5 a6"},
        {"letters", "rack-[a-c]", "rack-a rack-b rack-c"},
        {"two pairs: the last runs fastest", "r[1-2]s[1-2]", "r1s1 r1s2 r2s1 r2s2"},
        {"one number", "a[7]", "a7"},
        {"first after last", "a[3-1]", NULL},
        {"not closed", "a[1-3", NULL},
        {"closed without being opened", "a1-3]", NULL},
        {"nothing in it", "a[]", NULL},
        {"words", "a[one-two]", NULL},
        {"a number to a letter", "a[1-b]", NULL},
        {"more than can be meant", "a[1-99999999]", NULL},
        {"more than can be meant by two pairs", "a[1-1000][1-1000]", NULL},
        {"a number that is too long", "a[1-99999999999999999999]", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *problem = NULL;
        g_auto(GStrv) texts = rv_range_expand(rows[i].text, &problem);
        g_autofree char *all = texts != NULL ? g_strjoinv(" ", texts) : NULL;

        g_test_message("%s", rows[i].shows);
        g_assert_cmpstr(all, ==, rows[i].wanted);
        g_assert_true((problem != NULL) == (texts == NULL));
    }
}

static void
test_addresses(void)
{
    static const struct {
        const char *text;
        gboolean right;
    } rows[] = {
        {"10.1.0.1", TRUE},
        {"127.0.0.1", TRUE},
        {"2001:db8::1", TRUE},
        {"fe80::1%eth0", TRUE},
        {"sw-01", TRUE},
        {"sw-01.example.com", TRUE},
        {"sw_01.lan.", TRUE},
        {"3com-1", TRUE},
        {"10.1.0", FALSE},
        {"10.1.0.256", FALSE},
        {"10.1.0.01", FALSE},
        {"0.0.0.0", FALSE},
        {"224.0.0.5", FALSE},
        {"255.255.255.255", FALSE},
        {"10.1.0.1:161", FALSE},
        {"sw-01:161", FALSE},
        {"::", FALSE},
        {"ff02::1", FALSE},
        {"fe80::1%", FALSE},
        {"[2001:db8::1]", FALSE},
        {"http://sw-01", FALSE},
        {"sw 01", FALSE},
        {"-sw", FALSE},
        {"a..b", FALSE},
        {"", FALSE},
        {"交换机", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].text);
        g_assert_cmpint(rv_address_problem(rows[i].text) == NULL, ==, rows[i].right);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/conf/ranges", test_ranges);
    g_test_add_func("/conf/addresses", test_addresses);
    return g_test_run();
}
