/* Unique names: numbers are given once, and not looked for from the beginning. */
#include "base/unique.h"

static const struct {
    const char *name, *unique;
} rows[] = {
    {"a", "a"},   {"a", "a-2"}, {"a", "a-3"}, {"b", "b"},       {"b-2", "b-2"},
    {"b", "b-3"}, {"", ""},     {"", "-2"},   {"a-2", "a-2-2"}, {"a", "a-4"},
};

static void
test_rows(void)
{
    g_autoptr(RvUnique) unique = rv_unique_new();

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = rv_unique_take(unique, rows[i].name, '-');

        g_assert_cmpstr(name, ==, rows[i].unique);
        g_assert_true(rv_unique_is_taken(unique, name));
    }
    g_assert_false(rv_unique_is_taken(unique, "c"));
}

/* Looking for each number from 2 on would take 2,500 million looks. */
static void
test_all_alike(void)
{
    g_autoptr(RvUnique) unique = rv_unique_new();

    for (guint i = 1; i <= 50000; i++) {
        g_autofree char *name = rv_unique_take(unique, "port/x", '~');
        g_autofree char *wanted = i == 1 ? g_strdup("port/x") : g_strdup_printf("port/x~%u", i);

        g_assert_cmpstr(name, ==, wanted);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/unique/rows", test_rows);
    g_test_add_func("/unique/50,000 that are alike", test_all_alike);
    return g_test_run();
}
