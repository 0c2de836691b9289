#include "collect/ipmi-numbers.h"

static gboolean
parse(const char *text, guint64 most, guint64 *value)
{
    gboolean hex = g_str_has_prefix(text, "0x") || g_str_has_prefix(text, "0X");

    return g_ascii_string_to_unsigned(hex ? text + 2 : text, hex ? 16 : 10, 0, most, value, NULL);
}

gboolean
rv_ipmi_number(const RvYamlNode *node, const char *what, guint64 most, guint64 *value,
               RvProblems *problems)
{
    if (node->kind == RV_YAML_TEXT && parse(node->text, most, value))
        return TRUE;
    rv_yaml_problem(node, problems, "%s is a number from 0 to 0x%" G_GINT64_MODIFIER "X", what,
                    most);
    return FALSE;
}

void
rv_ipmi_numbers(const RvYamlNode *row, const char *key, guint64 most, GArray *into,
                RvProblems *problems)
{
    const RvYamlNode *node = rv_yaml_get(row, key);
    guint64 value;

    for (guint i = 0; i < rv_yaml_count(node); i++)
        if (rv_ipmi_number(rv_yaml_item(node, i), key, most, &value, problems)) {
            guint32 number = (guint32)value;

            g_array_append_val(into, number);
        }
}

gboolean
rv_ipmi_numbers_contain(const GArray *numbers, guint32 number)
{
    for (guint i = 0; i < numbers->len; i++)
        if (g_array_index(numbers, guint32, i) == number)
            return TRUE;
    return numbers->len == 0;
}
