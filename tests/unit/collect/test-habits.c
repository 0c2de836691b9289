/* Habits: what an agent lacks is not asked again for an hour; questions are grouped by table. */
#include <glib/gstdio.h>
#include <string.h>

#include "collect/questions.h"

#define HOUR_MS ((gint64)3600 * 1000)

static char *folder;

static RvOid
oid(const char *text)
{
    RvOid parsed = {NULL, 0};

    g_assert_true(rv_oid_parse(text, &parsed));
    return parsed;
}

static void
assert_rows(const RvHabits *habits, const char *column, int rows)
{
    RvOid parsed = oid(column);

    g_assert_cmpint(rv_habits_rows(habits, &parsed), ==, rows);
    rv_oid_clear(&parsed);
}

static void
set_rows(RvHabits *habits, const char *column, guint rows)
{
    RvOid parsed = oid(column);

    rv_habits_set(habits, &parsed, rows);
    rv_oid_clear(&parsed);
}

static void
test_kept(void)
{
    const gint64 now_ms = 1762272000000;
    g_autoptr(RvHabits) first = rv_habits_load(folder, "core-sw-01", now_ms);
    g_autoptr(RvHabits) soon = NULL, late = NULL, other = NULL;

    assert_rows(first, "1.3.6.1.2.1.99.1.1.1.4", -1);
    set_rows(first, "1.3.6.1.2.1.99.1.1.1.4", 0);
    set_rows(first, "1.3.6.1.2.1.2.2.1.2", 54);
    rv_habits_save(first);
    soon = rv_habits_load(folder, "core-sw-01", now_ms + HOUR_MS / 2);
    assert_rows(soon, "1.3.6.1.2.1.99.1.1.1.4", 0);
    assert_rows(soon, "1.3.6.1.2.1.2.2.1.2", 54);
    late = rv_habits_load(folder, "core-sw-01", now_ms + 2 * HOUR_MS);
    assert_rows(late, "1.3.6.1.2.1.99.1.1.1.4", -1); /* asked again */
    assert_rows(late, "1.3.6.1.2.1.2.2.1.2", 54);
    other = rv_habits_load(folder, "core-sw-02", now_ms);
    assert_rows(other, "1.3.6.1.2.1.2.2.1.2", -1);
}

static void
test_broken_file(void)
{
    g_autofree char *path = g_build_filename(folder, "agents", "sw", NULL);
    g_autoptr(RvHabits) habits = NULL;

    g_assert_true(g_file_set_contents(
        path, "rackvitals agent habits 1\n99\nnonsense\n1.3 -4\n1.3.6 99999999999999\n", -1, NULL));
    habits = rv_habits_load(folder, "sw", 100);
    assert_rows(habits, "1.3.6", -1);
    g_remove(path);
}

static void
add(RvQuestions *questions, const char *text)
{
    RvOid parsed = oid(text);

    rv_questions_add(questions, &parsed);
    rv_oid_clear(&parsed);
}

static void
test_questions(void)
{
    g_autoptr(RvHabits) habits = rv_habits_load(NULL, "x", 0);
    g_autoptr(RvQuestions) questions = rv_questions_new(), asked = rv_questions_new();
    const RvSnmpQuestion *list;
    guint count = 0;

    add(questions, "1.3.6.1.4.1.9.2.1.1.5");
    add(questions, "1.3.6.1.4.1.9.2.1.1.3");
    add(questions, "1.3.6.1.4.1.9.2.1.1.3"); /* once */
    add(questions, "1.3.6.1.4.1.9.2.1.1.4"); /* known to be absent */
    add(questions, "1.3.6.1.4.1.9.1.7.0");   /* an instance */
    add(questions, "1.3.6.1.4.1.9.3.1.1.1"); /* asked already */
    add(asked, "1.3.6.1.4.1.9.3.1.1.1");
    set_rows(habits, "1.3.6.1.4.1.9.2.1.1.4", 0);
    set_rows(habits, "1.3.6.1.4.1.9.2.1.1.5", 12);
    list = rv_questions_list(questions, habits, asked, &count);
    g_assert_cmpuint(count, ==, 2);
    g_assert_false(list[0].walk);
    g_assert_true(list[1].walk);
    g_assert_cmpuint(list[1].n_columns, ==, 2);
    g_assert_cmpuint(list[1].columns[0], ==, 3);
    g_assert_cmpuint(list[1].columns[1], ==, 5);
    g_assert_cmpuint(list[1].rows_hint, ==, 12);
}

int
main(int argc, char **argv)
{
    g_autofree char *agents = NULL, *kept = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("rv-habits-XXXXXX", NULL);
    g_test_add_func("/collect/habits/kept", test_kept);
    g_test_add_func("/collect/habits/broken-file", test_broken_file);
    g_test_add_func("/collect/questions", test_questions);
    status = g_test_run();
    agents = g_build_filename(folder, "agents", NULL);
    kept = g_build_filename(agents, "core-sw-01", NULL);
    g_remove(kept);
    g_rmdir(agents);
    g_rmdir(folder);
    g_free(folder);
    return status;
}
