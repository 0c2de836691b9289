#include "base/error.h"
#include "base/problems.h"

static void
test_none(void)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GError) error = NULL;

    g_assert_true(rv_problems_settle(problems, &error));
    g_assert_no_error(error);
    g_assert_null(rv_problems_get(problems, 0));
}

static void
test_lines(void)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GError) error = NULL;

    rv_problems_add(problems, "a.yaml", 3, 7, "no key '%s'; did you mean '%s'?", "comunity",
                    "community");
    rv_problems_add(problems, "a.yaml", 0, 0, "empty");
    rv_problems_add(problems, "b.yaml", 1, 1, "a value with\na line and \033[31mcolour");
    g_assert_false(rv_problems_settle(problems, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_CONFIG);
    g_assert_cmpstr(error->message, ==,
                    "a.yaml:3:7: no key 'comunity'; did you mean 'community'?\n"
                    "a.yaml: empty\n"
                    "b.yaml:1:1: a value with a line and  [31mcolour");
    g_assert_cmpuint(rv_problems_count(problems), ==, 3);
    g_assert_cmpstr(rv_problems_get(problems, 1), ==, "a.yaml: empty");
    g_assert_null(rv_problems_get(problems, 3));
    g_assert_cmpint(rv_error_exit_status(error), ==, 78);
}

static void
test_ceiling(void)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 1234; i++)
        rv_problems_add(problems, "a", i + 1, 1, "wrong");
    g_assert_false(rv_problems_settle(problems, &error));
    g_assert_cmpuint(rv_problems_count(problems), ==, 1234);
    g_assert_nonnull(rv_problems_get(problems, 999));
    g_assert_null(rv_problems_get(problems, 1000));
    g_assert_true(g_str_has_suffix(error->message, "a:1000:1: wrong\n(and 234 more)"));
}

/* The codes say what a script may do next: they are a contract. */
static void
test_exit_status(void)
{
    static const struct {
        RvError code;
        int status;
    } rows[] = {
        {RV_ERROR_USAGE, 64},    {RV_ERROR_CONFIG, 78},      {RV_ERROR_NO_INPUT, 66},
        {RV_ERROR_DATA, 65},     {RV_ERROR_UNAVAILABLE, 69}, {RV_ERROR_STORE, 74},
        {RV_ERROR_CREATE, 73},   {RV_ERROR_LOCKED, 75},      {RV_ERROR_PERMISSION, 77},
        {RV_ERROR_INTERNAL, 70},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = g_error_new_literal(RV_ERROR, (int)rows[i].code, "x");

        g_assert_cmpint(rv_error_exit_status(error), ==, rows[i].status);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/problems/none", test_none);
    g_test_add_func("/problems/lines", test_lines);
    g_test_add_func("/problems/ceiling", test_ceiling);
    g_test_add_func("/problems/exit-status", test_exit_status);
    return g_test_run();
}
