#include "conf/policy-fields.h"

#include <math.h>
#include <string.h>

#include "observation/words.h"

#define PARTS_CEILING 1000

static void
read_class(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvPolicyLimit *policy = target;
    const char *words[RV_CLASSES] = {NULL}; /* without the class of states, which has no limits */
    int class = 0;

    for (guint i = 0; i < RV_CLASS_STATE; i++)
        words[i] = rv_class_word((RvClass)i);
    if (!rv_yaml_choice(node, "class", words, &class, reader->problems))
        return;
    policy->any_class = FALSE;
    policy->class = (RvClass) class;
}

#define AT(member) offsetof(RvPolicyLimit, member)

const RvField rv_policy_fields[] = {
    {"sensors", RV_FIELD_TEXT, AT(sensors)},
    {"class", RV_FIELD_OTHER, .read = read_class},
    {"low-critical", RV_FIELD_NUMBER, AT(limits.low_critical)},
    {"low-warning", RV_FIELD_NUMBER, AT(limits.low_warning)},
    {"high-warning", RV_FIELD_NUMBER, AT(limits.high_warning)},
    {"high-critical", RV_FIELD_NUMBER, AT(limits.high_critical)},
    {NULL},
};

static void
check_limits(RvReader *reader, const RvYamlNode *node, const RvLimits *limits)
{
    const struct {
        const char *key;
        double value;
    } rows[] = {{"low-critical", limits->low_critical},
                {"low-warning", limits->low_warning},
                {"high-warning", limits->high_warning},
                {"high-critical", limits->high_critical}};
    guint before = G_N_ELEMENTS(rows);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (isnan(rows[i].value))
            continue;
        if (before < i && rows[i].value < rows[before].value)
            rv_yaml_problem(node, reader->problems, "'%s' must not be below '%s'", rows[i].key,
                            rows[before].key);
        before = i;
    }
    if (before == G_N_ELEMENTS(rows))
        rv_yaml_problem(node, reader->problems,
                        "a limit needs one of low-critical, low-warning, high-warning, "
                        "high-critical");
}

static void
read_policy(RvReader *reader, const RvYamlNode *node, GPtrArray *policies, int place)
{
    RvPolicyLimit *policy = rv_policy_limit_new("*");

    policy->any_class = TRUE;
    if (rv_fields_read(reader, node, "a limit", rv_policy_fields, policy)) {
        check_limits(reader, node, &policy->limits);
        if (policy->any_class && strcmp(policy->sensors, "*") == 0)
            rv_yaml_problem(node, reader->problems,
                            "a limit needs 'sensors' or 'class': which sensors it is for");
    }
    g_ptr_array_insert(policies, place, policy);
}

void
rv_policies_read(RvReader *reader, const RvYamlNode *list, GPtrArray *policies)
{
    if (!rv_yaml_is_list(list, "limits", reader->problems))
        return;
    for (guint i = 0; i < list->size; i++)
        read_policy(reader, list->items[i], policies, (int)i);
}

static void
set_expected(GPtrArray *expected, const char *group, guint count)
{
    for (guint i = 0; i < expected->len; i++) {
        RvExpected *old = g_ptr_array_index(expected, i);

        if (strcmp(old->group, group) == 0) {
            old->count = count;
            return;
        }
    }
    g_ptr_array_add(expected, rv_expected_new(group, count));
}

void
rv_expected_read(RvReader *reader, const RvYamlNode *map, GPtrArray *expected)
{
    static const char *const groups[] = {"fan",     "psu",       "temperature", "disk",   "array",
                                         "battery", "module",    "power",       "memory", "cpu",
                                         "optics",  "enclosure", "log",         "other",  NULL};

    if (!rv_yaml_check_keys(map, "expected", groups, reader->problems))
        return;
    for (guint i = 0; i < map->size; i++) {
        const char *group = map->keys[i]->text;
        gint64 count;

        if (g_strv_contains(groups, group) &&
            rv_yaml_integer(map->items[i], group, 0, PARTS_CEILING, &count, reader->problems))
            set_expected(expected, group, (guint)count);
    }
}
