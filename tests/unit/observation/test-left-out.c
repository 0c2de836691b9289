/* Notes on what was left out: told apart from others, and folded into a line. */
#include "observation/left-out.h"

static void
test_why(void)
{
    g_autofree char *value =
        rv_left_out_value("radlan", "3", RV_CLASS_CURRENT, "0 says that there is nothing");
    g_autofree char *limit = rv_left_out_limit("PSU 1", "high_critical 0 V", "beyond all");
    static const char *const others[] = {
        "radlan: column 3: state 9 is not among the states",
        "FRU 0: its checksum is wrong",
        "the agent (1) repeats itself: rows dropped",
        "",
    };

    g_assert_cmpstr(value, ==, "radlan: column 3 (current): 0 says that there is nothing");
    g_assert_cmpstr(rv_left_out_why(value), ==, "0 says that there is nothing");
    g_assert_cmpstr(limit, ==, "PSU 1: high_critical 0 V dropped: beyond all");
    g_assert_cmpstr(rv_left_out_why(limit), ==, "beyond all");
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        g_assert_null(rv_left_out_why(others[i]));
}

static void
test_summary(void)
{
    static const struct {
        const char *what, *notes[6], *line;
        guint count;
    } rows[] = {
        {"nothing left out", {"another"}, "", 0},
        {"one reason, with and without rows",
         {"p: column 1 (fan): no light (29 rows)", "p: column 2 (fan): no light", "another"},
         "2 of values and limits left out: no light",
         2},
        {"reasons in their order",
         {"A: x dropped: 0/0", "p: column 2 (fan): no light"},
         "2 of values and limits left out: 0/0; no light",
         2},
        {"more reasons than are named",
         {"A: x dropped: a", "A: x dropped: b", "A: x dropped: c", "A: x dropped: d"},
         "4 of values and limits left out: a; b; c; …",
         4},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) notes = g_ptr_array_new();
        g_autofree char *line = NULL;
        guint count = 99;

        for (guint j = 0; rows[i].notes[j] != NULL; j++)
            g_ptr_array_add(notes, (gpointer)rows[i].notes[j]);
        line = rv_left_out_summary(notes, &count);
        g_test_message("%s", rows[i].what);
        g_assert_cmpstr(line, ==, rows[i].line);
        g_assert_cmpuint(count, ==, rows[i].count);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/left-out/why", test_why);
    g_test_add_func("/left-out/summary", test_summary);
    return g_test_run();
}
