#include "rrd/graph-rules.h"

#include <string.h>

#include "base/problems.h"
#include "observation/words.h"
#include "yaml/node.h"

#define LINES_CEILING 16

static const char *const language_keys[] = {"en", "zh_CN", NULL};
static const char *const word_keys[] = {"last",        "minimum",      "mean",         "median",
                                        "maximum",     "percentile",   "warning",      "critical",
                                        "up",          "down",         "not-observed", "outage",
                                        "maintenance", "availability", "others",       NULL};

static const struct {
    const char *name, *color;
} colors[] = {{"black", "#000000"},        {"orange", "#E69F00"}, {"sky-blue", "#56B4E9"},
              {"bluish-green", "#009E73"}, {"yellow", "#F0E442"}, {"blue", "#0072B2"},
              {"vermillion", "#D55E00"},   {"purple", "#CC79A7"}};

static void
text_clear(RvGraphText *text)
{
    for (guint i = 0; i < RV_LANGUAGES; i++)
        g_free(text->in[i]);
}

static void
line_free(RvGraphLine *line)
{
    if (line == NULL)
        return;
    g_free(line->source);
    text_clear(&line->text);
    g_free(line);
}

static void
rule_free(RvGraphRule *rule)
{
    g_free(rule->series);
    text_clear(&rule->title);
    g_free(rule->unit);
    g_ptr_array_unref(rule->lines);
    g_free(rule->mark_series);
    line_free(rule->mark);
    g_free(rule);
}

void
rv_graph_rules_free(RvGraphRules *rules)
{
    if (rules == NULL)
        return;
    for (guint i = 0; i < RV_GRAPH_WORDS; i++)
        text_clear(&rules->words[i]);
    for (guint i = 0; i < RV_CLASSES; i++)
        text_clear(&rules->classes[i]);
    g_ptr_array_unref(rules->rules);
    g_free(rules);
}

/* The text of a key, or `fallback`; caller frees. */
static char *
read_string(const RvYamlNode *map, const char *key, const char *fallback, RvProblems *problems)
{
    rv_yaml_get_text(map, key, &fallback, problems);
    return g_strdup(fallback);
}

static void
read_text(const RvYamlNode *map, const char *key, RvGraphText *text, RvProblems *problems)
{
    const RvYamlNode *node = rv_yaml_get(map, key);

    if (node == NULL)
        rv_yaml_problem(map, problems, "'%s' is needed: { en: …, zh_CN: … }", key);
    else if (rv_yaml_check_keys(node, key, language_keys, problems))
        for (guint i = 0; i < RV_LANGUAGES; i++) {
            if (rv_yaml_get(node, language_keys[i]) == NULL)
                rv_yaml_problem(node, problems, "'%s' is needed in %s", key, language_keys[i]);
            text->in[i] = read_string(node, language_keys[i], "", problems);
        }
    for (guint i = 0; i < RV_LANGUAGES; i++)
        if (text->in[i] == NULL)
            text->in[i] = g_strdup("");
}

/* The one text that is a format: nothing but its "%u" may stand in for something. */
static void
check_others(const RvYamlNode *map, const RvGraphText *text, RvProblems *problems)
{
    for (guint i = 0; i < RV_LANGUAGES; i++) {
        const char *percent = strchr(text->in[i], '%');

        if (percent == NULL || percent[1] != 'u' || strchr(percent + 1, '%') != NULL)
            rv_yaml_problem(map, problems,
                            "'others' must hold '%%u' once, for the number, and no other '%%'");
    }
}

static void
read_words(const RvYamlNode *root, RvGraphRules *rules, RvProblems *problems)
{
    const RvYamlNode *words = rv_yaml_get(root, "words");
    const RvYamlNode *classes = rv_yaml_get(root, "classes");

    if (words == NULL || classes == NULL) {
        rv_yaml_problem(root, problems, "'words' and 'classes' are needed");
        return;
    }
    if (!rv_yaml_check_keys(words, "words", word_keys, problems))
        return;
    for (guint i = 0; i < RV_GRAPH_WORDS; i++)
        read_text(words, word_keys[i], &rules->words[i], problems);
    check_others(words, &rules->words[RV_WORD_OTHERS], problems);
    for (guint i = 0; i < RV_CLASS_STATE; i++)
        read_text(classes, rv_class_word((RvClass)i), &rules->classes[i], problems);
}

static const char *
read_color(const RvYamlNode *map, RvProblems *problems)
{
    const char *name = "blue";

    rv_yaml_get_text(map, "color", &name, problems);
    for (gsize i = 0; i < G_N_ELEMENTS(colors); i++)
        if (strcmp(colors[i].name, name) == 0)
            return colors[i].color;
    rv_yaml_problem(
        map, problems,
        "no colour '%s'; there are black, orange, sky-blue, bluish-green, yellow, blue, "
        "vermillion, purple",
        name);
    return colors[0].color;
}

static RvGraphLine *
read_line(const RvYamlNode *map, RvProblems *problems)
{
    static const char *const styles[] = {"line", "area", NULL};
    RvGraphLine *line = g_new0(RvGraphLine, 1);
    int style = 0;

    rv_yaml_get_choice(map, "style", styles, &style, problems);
    line->source = read_string(map, "source", "", problems);
    line->area = style == 1;
    line->color = read_color(map, problems);
    read_text(map, "text", &line->text, problems);
    if (*line->source == '\0')
        rv_yaml_problem(map, problems, "'source' is needed: the data source to draw");
    return line;
}

static void
read_rule(const RvYamlNode *map, RvGraphRules *rules, RvProblems *problems)
{
    static const char *const keys[] = {"series", "title", "unit", "percentile",
                                       "lines",  "marks", NULL};
    static const char *const line_keys[] = {"source", "style", "color", "text", NULL};
    static const char *const mark_keys[] = {"series", "source", "color", "text", NULL};
    const RvYamlNode *marks = rv_yaml_get(map, "marks"), *lines = rv_yaml_get(map, "lines");
    RvGraphRule *rule;

    if (!rv_yaml_check_keys(map, "a graph", keys, problems))
        return;
    rule = g_new0(RvGraphRule, 1);
    rule->lines = g_ptr_array_new_with_free_func((GDestroyNotify)line_free);
    rule->series = read_string(map, "series", "", problems);
    rule->unit = read_string(map, "unit", "", problems);
    rv_yaml_get_number(map, "percentile", 0, 100, &rule->percentile, problems);
    read_text(map, "title", &rule->title, problems);
    if (rv_yaml_count(lines) == 0 || rv_yaml_count(lines) > LINES_CEILING)
        rv_yaml_problem(map, problems, "a graph needs 1 to %d 'lines'", LINES_CEILING);
    for (guint i = 0; i < MIN(rv_yaml_count(lines), LINES_CEILING); i++)
        if (rv_yaml_check_keys(rv_yaml_item(lines, i), "lines", line_keys, problems))
            g_ptr_array_add(rule->lines, read_line(rv_yaml_item(lines, i), problems));
    if (marks != NULL && rv_yaml_check_keys(marks, "marks", mark_keys, problems)) {
        rule->mark_series = read_string(marks, "series", "", problems);
        rule->mark = read_line(marks, problems);
    }
    g_ptr_array_add(rules->rules, rule);
}

RvGraphRules *
rv_graph_rules_load(const char *path, GError **error)
{
    static const char *const keys[] = {"words", "classes", "graphs", NULL};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvYaml) file = rv_yaml_load(path, problems);
    const RvYamlNode *root = file != NULL ? rv_yaml_root(file) : NULL;
    const RvYamlNode *graphs = rv_yaml_get(root, "graphs");
    g_autoptr(RvGraphRules) rules = g_new0(RvGraphRules, 1);

    rules->rules = g_ptr_array_new_with_free_func((GDestroyNotify)rule_free);
    if (root != NULL && rv_yaml_check_keys(root, "the file", keys, problems)) {
        read_words(root, rules, problems);
        for (guint i = 0; i < rv_yaml_count(graphs); i++)
            read_rule(rv_yaml_item(graphs, i), rules, problems);
    }
    return rv_problems_settle(problems, error) ? g_steal_pointer(&rules) : NULL;
}

const RvGraphRule *
rv_graph_rules_find(const RvGraphRules *rules, const char *series)
{
    for (guint i = 0; i < rules->rules->len; i++) {
        const RvGraphRule *rule = g_ptr_array_index(rules->rules, i);

        if (strcmp(rule->series, series) == 0)
            return rule;
    }
    return NULL;
}
