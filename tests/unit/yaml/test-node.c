/* YAML nodes: what is refused, and with which words. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "yaml/node.h"

static const char *
first_problem(const RvProblems *problems)
{
    const char *text = rv_problems_get(problems, 0);

    return text != NULL ? text : "none";
}

/* ---- what is refused whole ---- */

static void
test_refused(void)
{
    static const struct {
        const char *shows, *text, *problem;
    } rows[] = {
        {"a tab in the indentation", "a:\n\tb: 1\n",
         "f:2:1: not valid YAML: found character that cannot start any token (a tab in the "
         "indentation, or a value that begins with @, ` or %: quote the value)"},
        {"a colon within a value", "a: b: c\n",
         "f:1:5: not valid YAML: mapping values are not allowed in this context (a ':' where none "
         "may stand: quote the value, or check the indentation)"},
        {"a quote that is not closed", "a: \"b\n",
         "f:2:1: not valid YAML: found unexpected end of stream (the file ends within a quoted "
         "text)"},
        {"bytes that are no UTF-8", "a: 1\nb: x\xff\n",
         "f:2:5: not UTF-8; save the file in that "
         "encoding"},
        {"a control character", "a: \x01\n",
         "f:1:4: a control character (U+0001); is this a text file?"},
        {"a NUL written as an escape", "a: \"b\\0c\"\n", "f:1:4: a NUL character within a text"},
        {"two documents", "a: 1\n---\nb: 1\n",
         "f:2:1: a second document begins here (---); a file holds one"},
        {"a map as a key", "{a: 1}: 2\n", "f:1:1: a key must be one text"},
        {"a key without a text", "~: 2\n", "f:1:1: a key must be one text"},
        {"a boolean as a key", "a:\n  off: 2\n",
         "f:2:3: the key off is a boolean to YAML; write \"off\""},
        {"a merge key", "a: &x {b: 1}\nc:\n  <<: *x\n",
         "f:3:3: merge keys (<<) are not read; give what is shared a name of its own"},
        {"a tag", "a: !!int 5\n",
         "f:1:4: tags (!…) are not read; a value that begins with '!' must be quoted"},
        {"an alias to nothing", "a: *x\n",
         "f:1:4: nothing before this is called &x; a value that begins with '*' must be quoted"},
        {"an alias to what it is part of", "a: &x\n  b: *x\n",
         "f:2:6: nothing before this is called &x; a value that begins with '*' must be quoted"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvProblems) problems = rv_problems_new();
        g_autoptr(RvYaml) yaml = rv_yaml_parse("f", rows[i].text, strlen(rows[i].text), problems);

        g_test_message("%s", rows[i].shows);
        g_assert_null(yaml);
        g_assert_cmpuint(rv_problems_count(problems), ==, 1);
        g_assert_cmpstr(first_problem(problems), ==, rows[i].problem);
    }
}

static void
check_refused(GString *text, const char *problem)
{
    g_autoptr(RvProblems) problems = rv_problems_new();

    g_assert_null(rv_yaml_parse("f", text->str, text->len, problems));
    g_assert_cmpstr(first_problem(problems), ==, problem);
    g_string_free(text, TRUE);
}

static void
test_ceilings(void)
{
    GString *bomb = g_string_new("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    GString *deep = g_string_new(NULL), *braces = g_string_new(NULL), *wide = g_string_new(NULL);
    GString *nonsense = g_string_new(NULL), *long_file = g_string_new(NULL);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);

    for (int i = 1; i < 10; i++) {
        g_string_append_printf(bomb, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            g_string_append_printf(bomb, "%s*a%d", j > 0 ? ", " : "", i - 1);
        g_string_append(bomb, "]\n");
    }
    check_refused(bomb, "f:6:30: more than 500000 values once aliases are expanded; this is no "
                        "file of ours");
    for (int i = 0; i < 60; i++)
        g_string_append_printf(deep, "%*sa:\n", i, "");
    check_refused(deep, "f:49:49: nested more than 48 levels deep");
    for (int i = 0; i < 10 * 1024 * 1024; i++)
        g_string_append_c(braces, '[');
    check_refused(braces, "f:1:49: nested more than 48 levels deep");
    for (int i = 0; i < 600000; i++)
        g_string_append(wide, "- x\n");
    check_refused(wide, "f:500001:3: more than 500000 values once aliases are expanded; this is "
                        "no file of ours");
    for (int i = 0; i < 10 * 1024 * 1024; i++)
        g_string_append_c(nonsense, (char)g_rand_int_range(random, 0x80, 0x100));
    check_refused(nonsense, "f:1:1: not UTF-8; save the file in that encoding");
    for (int i = 0; i <= 10 * 1024 * 1024; i++)
        g_string_append_c(long_file, '\n');
    check_refused(long_file, "f: is larger than 10 MiB");
}

/* ---- what is read ---- */

static const char sample[] = "name: \"no\"\n"
                             "trap: no\n"
                             "port: 161\n"
                             "share: 0.5\n"
                             "time: 5m\n"
                             "on-call: On\n"
                             "kind: swich\n"
                             "empty:\n"
                             "list: [a, b, off]\n"
                             "lines: |\n"
                             "  one\n"
                             "  two\n"
                             "shared: &x { deep: 1 }\n"
                             "again: *x\n"
                             "name: twice\n"
                             "乱: 中文\n";

typedef struct {
    const char *shows;
    gboolean (*read)(const RvYamlNode *root, RvProblems *problems);
    gboolean right;
    const char *problem; /* "none" */
} Row;

static gboolean
read_text(const RvYamlNode *root, const char *key, const char *wanted, RvProblems *problems)
{
    const char *text = "as before";
    gboolean right = rv_yaml_get_text(root, key, &text, problems);

    g_assert_cmpstr(text, ==, wanted);
    return right;
}

static gboolean
quoted_no(const RvYamlNode *root, RvProblems *problems)
{
    return read_text(root, "name", "no", problems);
}

static gboolean
plain_no(const RvYamlNode *root, RvProblems *problems)
{
    return read_text(root, "trap", "as before", problems);
}

static gboolean
not_there(const RvYamlNode *root, RvProblems *problems)
{
    return read_text(root, "nowhere", "as before", problems);
}

static gboolean
without_value(const RvYamlNode *root, RvProblems *problems)
{
    return read_text(root, "empty", "as before", problems);
}

static gboolean
several_lines(const RvYamlNode *root, RvProblems *problems)
{
    return read_text(root, "lines", "as before", problems);
}

static gboolean
chinese(const RvYamlNode *root, RvProblems *problems)
{
    return read_text(root, "乱", "中文", problems);
}

static gboolean
integer(const RvYamlNode *root, RvProblems *problems)
{
    gint64 value = 0;

    return rv_yaml_get_integer(root, "port", 1, 65535, &value, problems) && value == 161;
}

static gboolean
integer_too_large(const RvYamlNode *root, RvProblems *problems)
{
    gint64 value;

    return rv_yaml_get_integer(root, "port", 1, 100, &value, problems);
}

static gboolean
number(const RvYamlNode *root, RvProblems *problems)
{
    double value = 0;

    return rv_yaml_get_number(root, "share", 0, 1, &value, problems) && value == 0.5;
}

static gboolean
no_number(const RvYamlNode *root, RvProblems *problems)
{
    double value;

    return rv_yaml_get_number(root, "time", 0, 1, &value, problems);
}

static gboolean
boolean(const RvYamlNode *root, RvProblems *problems)
{
    gboolean value = FALSE;

    return rv_yaml_get_boolean(root, "on-call", &value, problems) && value;
}

static gboolean
quoted_boolean(const RvYamlNode *root, RvProblems *problems)
{
    gboolean value;

    return rv_yaml_get_boolean(root, "name", &value, problems);
}

static gboolean
duration(const RvYamlNode *root, RvProblems *problems)
{
    gint64 ms = 0;

    return rv_yaml_get_duration(root, "time", 1000, 3600000, &ms, problems) && ms == 300000;
}

static gboolean
duration_too_long(const RvYamlNode *root, RvProblems *problems)
{
    gint64 ms;

    return rv_yaml_get_duration(root, "time", 1500, 60000, &ms, problems);
}

static gboolean
choice(const RvYamlNode *root, RvProblems *problems)
{
    static const char *const words[] = {"server", "switch", NULL};
    int value;

    return rv_yaml_get_choice(root, "kind", words, &value, problems);
}

static gboolean
texts(const RvYamlNode *root, RvProblems *problems)
{
    g_autofree const char **value = NULL;
    gboolean right = rv_yaml_texts(rv_yaml_get(root, "list"), "list", &value, problems);

    g_assert_cmpstr(value[0], ==, "a");
    g_assert_cmpstr(value[1], ==, "b");
    g_assert_null(value[2]);
    return right;
}

static gboolean
alias(const RvYamlNode *root, RvProblems *problems)
{
    return rv_yaml_get(root, "again") == rv_yaml_get(root, "shared") &&
           rv_yaml_get(root, "again")->line == 13;
}

static gboolean
map_wanted(const RvYamlNode *root, RvProblems *problems)
{
    return rv_yaml_is_map(rv_yaml_get(root, "list"), "list", problems);
}

static gboolean
list_wanted(const RvYamlNode *root, RvProblems *problems)
{
    return rv_yaml_is_list(rv_yaml_get(root, "empty"), "empty", problems);
}

static gboolean
misspelt(const RvYamlNode *root, RvProblems *problems)
{
    static const char *const known[] = {"deem", NULL};

    return rv_yaml_check_keys(rv_yaml_get(root, "shared"), "shared", known, problems);
}

static gboolean
unknown(const RvYamlNode *root, RvProblems *problems)
{
    static const char *const known[] = {"community", "user", NULL};

    return rv_yaml_check_keys(rv_yaml_get(root, "shared"), "shared", known, problems);
}

static void
test_values(void)
{
    static const Row rows[] = {
        {"a quoted no is a text; of a key that stands twice the first counts", quoted_no, TRUE,
         "none"},
        {"a plain no is a trap", plain_no, FALSE,
         "f:2:7: 'trap' is no, a boolean to YAML; write \"no\""},
        {"a key that is not there is no problem", not_there, FALSE, "none"},
        {"a key without a value", without_value, FALSE,
         "f:8:7: 'empty' is given no value; it must be a text"},
        {"several lines where one is wanted", several_lines, FALSE,
         "f:10:8: 'lines' must be a text of one line, not 'one two '"},
        {"Chinese keys and values", chinese, TRUE, "none"},
        {"a whole number", integer, TRUE, "none"},
        {"a whole number out of range", integer_too_large, FALSE,
         "f:3:7: 'port' must be a whole number from 1 to 100, not '161'"},
        {"a number", number, TRUE, "none"},
        {"no number", no_number, FALSE, "f:5:7: 'time' must be a number from 0 to 1, not '5m'"},
        {"a boolean", boolean, TRUE, "none"},
        {"a quoted word is no boolean", quoted_boolean, FALSE,
         "f:1:7: 'name' must be true or false, not 'no'"},
        {"a time", duration, TRUE, "none"},
        {"a time out of range", duration_too_long, FALSE,
         "f:5:7: 'time' must be a time from 1500ms to 1m, as 90s, 5m, 12h or 7d, not '5m'"},
        {"a misspelt choice", choice, FALSE,
         "f:7:7: 'kind' cannot be 'swich'; did you mean 'switch'?"},
        {"a list with a trap in it", texts, FALSE,
         "f:9:14: 'list' is off, a boolean to YAML; write \"off\""},
        {"an alias is the node it names", alias, TRUE, "none"},
        {"a list where a map is wanted", map_wanted, FALSE,
         "f:9:7: 'list' must be a map of keys and values"},
        {"nothing is an empty list", list_wanted, TRUE, "none"},
        {"a misspelt key", misspelt, TRUE, "f:13:14: unknown key 'deep'; did you mean 'deem'?"},
        {"an unknown key", unknown, TRUE, "f:13:14: unknown key 'deep'; there are community, user"},
    };
    g_autoptr(RvProblems) loading = rv_problems_new();
    g_autoptr(RvYaml) yaml = rv_yaml_parse("f", sample, strlen(sample), loading);

    g_assert_nonnull(yaml);
    g_assert_cmpuint(rv_problems_count(loading), ==, 1);
    g_assert_cmpstr(first_problem(loading), ==,
                    "f:15:1: key 'name' stands twice; the first is in line 1");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvProblems) problems = rv_problems_new();

        g_test_message("%s", rows[i].shows);
        g_assert_cmpint(rows[i].read(rv_yaml_root(yaml), problems), ==, rows[i].right);
        g_assert_cmpstr(first_problem(problems), ==, rows[i].problem);
    }
}

static void
test_empty(void)
{
    static const char *const rows[] = {"", "# nothing but a comment\n", "---\n", "~\n"};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvProblems) problems = rv_problems_new();
        g_autoptr(RvYaml) yaml = rv_yaml_parse("f", rows[i], strlen(rows[i]), problems);

        g_assert_cmpstr(first_problem(problems), ==, "none");
        g_assert_cmpint(rv_yaml_root(yaml)->kind, ==, RV_YAML_NONE);
        g_assert_cmpstr(rv_yaml_root(yaml)->text, ==, "");
        g_assert_true(rv_yaml_is_map(rv_yaml_root(yaml), "the file", problems));
    }
}

/* ---- files ---- */

static void
test_head(void)
{
    static const char *const keys[] = {"profile", "match", NULL};
    static const char text[] = "profile: x\nmatch: [1, 2]\nsensors:\n  - what follows: [is not\n";
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "rackvitals-head-XXXXXX", NULL);
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvYaml) yaml = NULL;
    int fd = g_mkstemp(path);

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    yaml = rv_yaml_load_head(path, keys, problems);
    g_assert_cmpstr(first_problem(problems), ==, "none");
    g_assert_cmpuint(rv_yaml_root(yaml)->size, ==, 2);
    g_assert_cmpuint(rv_yaml_count(rv_yaml_get(rv_yaml_root(yaml), "match")), ==, 2);
    g_assert_cmpstr(rv_yaml_file(rv_yaml_root(yaml)), ==, path);
    g_assert_null(rv_yaml_load(path, problems));
    g_unlink(path);
    g_close(fd, NULL);
}

static void
test_private(void)
{
    static const char text[] = "a: { community: hunter2, hunter3: x, b: no }\nb: [hunter4\n";
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "rackvitals-private-XXXXXX", NULL);
    g_autoptr(RvProblems) problems = rv_problems_new();
    gboolean refused = FALSE;
    int fd = g_mkstemp(path);

    g_assert_true(g_file_set_contents_full(path, text, -1, 0, 0640, NULL));
    g_chmod(path, 0640);
    g_assert_null(rv_yaml_load_private(path, &refused, problems));
    g_assert_true(refused);
    g_assert_nonnull(strstr(first_problem(problems), "(mode 0640); do: chmod 600 "));
    g_chmod(path, 0600);
    refused = FALSE;
    g_assert_null(rv_yaml_load_private(path, &refused, problems));
    g_assert_false(refused);
    g_unlink(path);
    g_close(fd, NULL);
}

/* No message about a file of secrets repeats what stands in it. */
static void
test_private_is_quiet(void)
{
    static const char *const rows[] = {
        "a: { hunter2: x }\n",
        "a: { user: { hunter2: 1 } }\n",
        "a: { user: no, level: hunter2 }\n",
        "a: { hunter2: 1, hunter2: 2 }\n",
        "a: *hunter2\n",
        "a: !hunter2 x\n",
        "a: [hunter2\n",
        "a: hunter2\n",
    };
    static const char *const known[] = {"user", "level", NULL};
    static const char *const levels[] = {"one", "two", NULL};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_build_filename(g_get_tmp_dir(), "rackvitals-quiet-XXXXXX", NULL);
        g_autoptr(RvProblems) problems = rv_problems_new();
        g_autoptr(RvYaml) yaml = NULL;
        g_autoptr(GError) error = NULL;
        int fd = g_mkstemp(path);

        g_assert_true(g_file_set_contents_full(path, rows[i], -1, 0, 0600, NULL));
        yaml = rv_yaml_load_private(path, NULL, problems);
        if (yaml != NULL) {
            const RvYamlNode *a = rv_yaml_get(rv_yaml_root(yaml), "a");
            const char *text;
            int choice_value;

            rv_yaml_check_keys(a, "a", known, problems);
            rv_yaml_get_text(a, "user", &text, problems);
            rv_yaml_get_choice(a, "level", levels, &choice_value, problems);
        }
        g_assert_false(rv_problems_settle(problems, &error));
        g_assert_null(strstr(error->message, "hunter"));
        g_unlink(path);
        g_close(fd, NULL);
    }
}

static void
test_not_there(void)
{
    g_autoptr(RvProblems) problems = rv_problems_new();

    g_assert_null(rv_yaml_load("/nowhere/x.yaml", problems));
    g_assert_null(rv_yaml_load("/", problems));
    g_assert_cmpstr(rv_problems_get(problems, 0), ==,
                    "/nowhere/x.yaml: cannot be read: No such file or directory");
    g_assert_cmpstr(rv_problems_get(problems, 1), ==, "/: is a folder, a file is wanted");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/yaml/refused", test_refused);
    g_test_add_func("/yaml/ceilings", test_ceilings);
    g_test_add_func("/yaml/values", test_values);
    g_test_add_func("/yaml/empty", test_empty);
    g_test_add_func("/yaml/head", test_head);
    g_test_add_func("/yaml/private", test_private);
    g_test_add_func("/yaml/private-is-quiet", test_private_is_quiet);
    g_test_add_func("/yaml/not-there", test_not_there);
    return g_test_run();
}
