/* Learning: tables found without a MIB, and a proposal that can be used as it stands. */
#include <glib/gstdio.h>
#include <string.h>

#include "collect/grid.h"
#include "collect/learn.h"
#include "snmp/recording.h"

#define WALK                                                                                       \
    "1.3.6.1.2.1.1.1.0|4|Box of nobody\n"                                                          \
    "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.5\n"                                                    \
    "1.3.6.1.4.1.99999.1.1.0|4|BX-1\n"                                                             \
    "1.3.6.1.4.1.99999.2.1.1.1.1|2|1\n"                                                            \
    "1.3.6.1.4.1.99999.2.1.1.1.2|2|2\n"                                                            \
    "1.3.6.1.4.1.99999.2.1.1.2.1|4|Temp A\n"                                                       \
    "1.3.6.1.4.1.99999.2.1.1.2.2|4|Temp B's\n"                                                     \
    "1.3.6.1.4.1.99999.2.1.1.3.1|2|41\n"                                                           \
    "1.3.6.1.4.1.99999.2.1.1.3.2|2|39\n"                                                           \
    "1.3.6.1.4.1.99999.3.1.1.2.1.1|2|1\n"                                                          \
    "1.3.6.1.4.1.99999.3.1.1.2.1.2|2|2\n"                                                          \
    "1.3.6.1.4.1.99999.3.1.1.4.1.1|2|7\n"                                                          \
    "1.3.6.1.4.1.99999.3.1.1.4.1.2|2|8\n"

#define MODULE                                                                                     \
    "NOBODY-MIB DEFINITIONS ::= BEGIN\n"                                                           \
    "iso1 OBJECT IDENTIFIER ::= { iso 3 6 1 4 1 }\n"                                               \
    "boxFanState OBJECT-TYPE\n"                                                                    \
    "    SYNTAX INTEGER { ok(1), failed(2) }\n    MAX-ACCESS read-only\n    STATUS current\n"      \
    "    DESCRIPTION \"fan\"\n    ::= { iso1 99999 3 1 1 2 }\nEND\n"

static char *folder;

static char *
put(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static RvSnmpAnswers *
walk(void)
{
    g_autofree char *path = put("walk.snmprec", WALK);
    RvSnmpAnswers *answers = rv_snmp_recording_load(path, NULL, NULL);

    g_remove(path);
    g_assert_nonnull(answers);
    return answers;
}

static void
test_grids(void)
{
    static const struct {
        const char *entry;
        gboolean scalars;
        guint columns, rows;
    } expected[] = {
        {"1.3.6.1.4.1.99999.1", TRUE, 1, 1},
        {"1.3.6.1.4.1.99999.2.1.1", FALSE, 3, 2},
        {"1.3.6.1.4.1.99999.3.1.1", FALSE, 2, 2},
    };
    g_autoptr(RvSnmpAnswers) answers = walk();
    guint32 ids[] = {1, 3, 6, 1, 4, 1};
    RvOid root = {ids, G_N_ELEMENTS(ids)};
    guint count = 0;
    const RvVarbind *varbinds = rv_snmp_answers_below(answers, &root, &count);
    g_autoptr(GPtrArray) cells = g_ptr_array_new(), grids = NULL;

    for (guint i = 0; i < count; i++)
        g_ptr_array_add(cells, (gpointer)&varbinds[i]);
    grids = rv_grids_find(cells);
    g_assert_cmpuint(grids->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < grids->len; i++) {
        const RvGrid *grid = g_ptr_array_index(grids, i);
        const RvGridColumn *column = g_ptr_array_index(grid->columns, 0);
        g_autofree char *entry = rv_oid_format(&grid->entry);

        g_assert_cmpstr(entry, ==, expected[i].entry);
        g_assert_cmpint(grid->scalars, ==, expected[i].scalars);
        g_assert_cmpuint(grid->columns->len, ==, expected[i].columns);
        g_assert_cmpuint(column->cells->len, ==, expected[i].rows);
    }
}

static void
assert_says(const char *text, const char *what)
{
    if (strstr(text, what) == NULL)
        g_test_message("not there: %s in\n%s", what, text);
    g_assert_nonnull(strstr(text, what));
}

static void
test_proposal(void)
{
    const char *folders[] = {folder, NULL};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autofree char *module = put("NOBODY-MIB", MODULE);
    g_autoptr(RvObjects) objects = rv_objects_load(folder);
    g_autoptr(RvProfiles) none = rv_profiles_open((const char *const[]){NULL}, NULL, problems);
    g_autoptr(RvSnmpAnswers) answers = walk();
    g_autofree char *text = rv_learn_profile(none, objects, answers, "box");
    g_autofree char *file = put("box.yaml", text);
    g_autoptr(RvProfiles) learnt = rv_profiles_open(folders, NULL, problems);
    const RvProfile *profile = rv_profiles_get(learnt, "box", NULL, problems);

    assert_says(text, "sysObjectID: [1.3.6.1.4.1.99999.5]");
    assert_says(text, "- { column: 3, class: temperature }   # GUESSED");
    assert_says(text, "# column 1: 1, 2 (2 rows; the row's index)");
    assert_says(text, "class: state, group: fan, states: { '1': ['ok', ok], '2': ['failed', "
                      "critical] } }   # boxFanState");
    assert_says(text, "# column 1: BX-1");
    g_assert_cmpuint(rv_problems_count(problems), ==, 0); /* it is a valid profile */
    g_assert_nonnull(profile);
    g_assert_cmpuint(profile->tables->len, ==, 2);
    g_remove(module);
    g_remove(file);
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("rv-learn-XXXXXX", NULL);
    g_test_add_func("/collect/grids", test_grids);
    g_test_add_func("/collect/learn", test_proposal);
    status = g_test_run();
    g_rmdir(folder);
    g_free(folder);
    return status;
}
