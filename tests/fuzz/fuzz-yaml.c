/* The operator's YAML: nodes whose shape and places are as promised, whatever the bytes. */
#include <glib.h>
#include <string.h>

#include "fuzz.h"
#include "yaml/node.h"

static void
walk(const RvYamlNode *node, guint depth, guint *budget)
{
    const char *text;
    gint64 integer;
    double number;
    gboolean boolean;
    g_autoptr(RvProblems) problems = rv_problems_new();

    if (*budget == 0)
        return;
    (*budget)--;
    g_assert_cmpuint(depth, <=, 64);
    g_assert_cmpuint(node->line, >, 0);
    g_assert_cmpuint(node->column, >, 0);
    if (node->kind == RV_YAML_TEXT || node->kind == RV_YAML_NONE) {
        g_assert_true(g_utf8_validate(node->text, -1, NULL));
        if (!rv_yaml_text(node, "a", &text, problems) &&
            !rv_yaml_integer(node, "a", -5, 5, &integer, problems) &&
            !rv_yaml_number(node, "a", -5, 5, &number, problems) &&
            !rv_yaml_boolean(node, "a", &boolean, problems) &&
            !rv_yaml_duration(node, "a", 1, 86400000, &integer, problems))
            g_assert_cmpuint(rv_problems_count(problems), ==, 5);
        return;
    }
    for (guint i = 0; i < node->size; i++) {
        if (node->kind == RV_YAML_MAP) {
            g_assert_cmpint(node->keys[i]->kind, ==, RV_YAML_TEXT);
            g_assert_nonnull(rv_yaml_get(node, node->keys[i]->text));
        }
        walk(node->items[i], depth + 1, budget);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvYaml) yaml = rv_yaml_parse("seed", (const char *)data, size, problems);
    guint budget = 2000;

    if (yaml == NULL)
        g_assert_cmpuint(rv_problems_count(problems), >, 0);
    else
        walk(rv_yaml_root(yaml), 0, &budget);
    return 0;
}
