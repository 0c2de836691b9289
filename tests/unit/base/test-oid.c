#include <string.h>

#include "base/oid.h"

static void
test_parse(void)
{
    static const struct {
        const char *shows, *text, *formatted; /* NULL: refused */
    } rows[] = {
        {"a plain one", "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.1.0"},
        {"with a leading dot", ".1.3.6", "1.3.6"},
        {"one sub-identifier", "1", "1"},
        {"the largest sub-identifier", "1.4294967295", "1.4294967295"},
        {"leading zeros are no octal", "1.010", "1.10"},
        {"one too large", "1.4294967296", NULL},
        {"a number that overflows 64 bits", "1.99999999999999999999999", NULL},
        {"nothing", "", NULL},
        {"a dot", ".", NULL},
        {"two dots", "1..3", NULL},
        {"a dot at the end", "1.3.", NULL},
        {"a name", "1.3.sysDescr", NULL},
        {"a negative one", "1.-3", NULL},
        {"space", "1.3 ", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvOid oid;
        gboolean good = rv_oid_parse(rows[i].text, &oid);

        g_test_message("%s", rows[i].shows);
        g_assert_cmpint(good, ==, rows[i].formatted != NULL);
        if (good) {
            g_autofree char *text = rv_oid_format(&oid);

            g_assert_cmpstr(text, ==, rows[i].formatted);
        } else {
            g_assert_null(oid.ids);
        }
        rv_oid_clear(&oid);
    }
}

static void
test_ceiling(void)
{
    for (guint n = RV_OID_CEILING - 1; n <= RV_OID_CEILING + 1; n++) {
        g_autoptr(GString) text = g_string_new("1");
        RvOid oid;

        for (guint i = 1; i < n; i++)
            g_string_append(text, ".1");
        g_assert_cmpint(rv_oid_parse(text->str, &oid), ==, n <= RV_OID_CEILING);
        g_assert_cmpuint(oid.length, ==, n <= RV_OID_CEILING ? n : 0);
        rv_oid_clear(&oid);
    }
}

static void
test_order(void)
{
    static const struct {
        const char *shows, *a, *b;
        int order;
        gboolean below; /* a is b or below it */
    } rows[] = {
        {"alike", "1.3.6", "1.3.6", 0, TRUE},
        {"a child comes after its parent", "1.3.6.1", "1.3.6", 1, TRUE},
        {"numbers, not texts", "1.3.10", "1.3.9", 1, FALSE},
        {"before all that is longer", "1.3", "1.3.0", -1, FALSE},
        {"a longer number is no child", "1.36", "1.3", 1, FALSE},
        {"no sign", "1.4294967295", "1.2", 1, FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvOid a, b;
        int order;

        g_test_message("%s", rows[i].shows);
        g_assert_true(rv_oid_parse(rows[i].a, &a));
        g_assert_true(rv_oid_parse(rows[i].b, &b));
        order = rv_oid_compare(&a, &b);
        g_assert_cmpint((order > 0) - (order < 0), ==, rows[i].order);
        order = rv_oid_compare(&b, &a);
        g_assert_cmpint((order > 0) - (order < 0), ==, -rows[i].order);
        g_assert_cmpint(rv_oid_is_below(&a, &b), ==, rows[i].below);
        rv_oid_clear(&a);
        rv_oid_clear(&b);
    }
}

static void
test_append(void)
{
    const guint32 more[] = {7, 4294967295};
    RvOid root = {0}, oid = rv_oid_append(&root, more, 2), copy = rv_oid_copy(&oid);
    RvOid longer = rv_oid_append(&copy, more, 1), same = rv_oid_append(&copy, NULL, 0);
    g_autofree char *text = rv_oid_format(&longer);

    g_assert_cmpstr(text, ==, "7.4294967295.7");
    g_assert_true(copy.ids != oid.ids);
    g_assert_cmpint(rv_oid_compare(&same, &oid), ==, 0);
    rv_oid_clear(&oid);
    rv_oid_clear(&copy);
    rv_oid_clear(&longer);
    rv_oid_clear(&same);
    rv_oid_clear(&same); /* twice is allowed */
}

static void
test_settle(void)
{
    static const char *const given[] = {"1.3.6", "1.3", "1.3.6.1", "1.3", "1.3.6", "1.3"};
    static const char *const settled[] = {"1.3", "1.3.6", "1.3.6.1"};
    g_autoptr(GArray) oids = rv_oids_new();

    rv_oids_settle(oids);
    g_assert_cmpuint(oids->len, ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(given); i++) {
        RvOid oid;

        g_assert_true(rv_oid_parse(given[i], &oid));
        g_array_append_val(oids, oid);
    }
    rv_oids_settle(oids);
    g_assert_cmpuint(oids->len, ==, G_N_ELEMENTS(settled));
    for (guint i = 0; i < oids->len; i++) {
        g_autofree char *text = rv_oid_format(&g_array_index(oids, RvOid, i));

        g_assert_cmpstr(text, ==, settled[i]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/oid/parse", test_parse);
    g_test_add_func("/oid/ceiling", test_ceiling);
    g_test_add_func("/oid/order", test_order);
    g_test_add_func("/oid/append", test_append);
    g_test_add_func("/oid/settle", test_settle);
    return g_test_run();
}
