#include "yaml/node.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "yaml/node-private.h"

/* "there are a, b, c" is said of so many words at most. */
#define FEW_WORDS 16

const char *
rv_yaml_file(const RvYamlNode *node)
{
    return node->yaml->file;
}

/* ---- structure ---- */

void
rv_yaml_problem(const RvYamlNode *node, RvProblems *problems, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rv_problems_add(problems, node->yaml->file, node->line, node->column, "%s", message);
}

static int
place_of(const RvYamlNode *map, const char *key)
{
    if (map == NULL || map->kind != RV_YAML_MAP)
        return -1;
    for (guint i = 0; i < map->size; i++)
        if (strcmp(map->keys[i]->text, key) == 0)
            return (int)i;
    return -1;
}

const RvYamlNode *
rv_yaml_get(const RvYamlNode *map, const char *key)
{
    int place = place_of(map, key);

    return place < 0 ? NULL : map->items[place];
}

const RvYamlNode *
rv_yaml_get_key(const RvYamlNode *map, const char *key)
{
    int place = place_of(map, key);

    return place < 0 ? NULL : map->keys[place];
}

static gboolean
is_kind(const RvYamlNode *node, RvYamlKind kind, const char *what, const char *wanted,
        RvProblems *problems)
{
    if (node->kind == kind || node->kind == RV_YAML_NONE)
        return TRUE;
    rv_yaml_problem(node, problems, "'%s' must be %s", what, wanted);
    return FALSE;
}

gboolean
rv_yaml_is_map(const RvYamlNode *node, const char *what, RvProblems *problems)
{
    return is_kind(node, RV_YAML_MAP, what, "a map of keys and values", problems);
}

gboolean
rv_yaml_is_list(const RvYamlNode *node, const char *what, RvProblems *problems)
{
    return is_kind(node, RV_YAML_LIST, what, "a list", problems);
}

char *
rv_yaml_suggest(const char *word, const char *const *known)
{
    const char *near = rv_text_nearest(word, known);
    g_autofree char *all = NULL;

    if (near != NULL)
        return g_strdup_printf("; did you mean '%s'?", near);
    if (known[0] == NULL || g_strv_length((char **)known) > FEW_WORDS)
        return g_strdup("");
    all = g_strjoinv(", ", (char **)known);
    return g_strdup_printf("; there %s %s", known[1] == NULL ? "is" : "are", all);
}

gboolean
rv_yaml_check_keys(const RvYamlNode *map, const char *what, const char *const *known,
                   RvProblems *problems)
{
    if (!rv_yaml_is_map(map, what, problems))
        return FALSE;
    for (guint i = 0; i < map->size; i++) {
        const RvYamlNode *key = map->keys[i];
        g_autofree char *end = NULL;

        if (g_strv_contains(known, key->text))
            continue;
        end = rv_yaml_suggest(key->text, known);
        if (key->yaml->secret)
            rv_yaml_problem(key, problems, "unknown key%s", end);
        else
            rv_yaml_problem(key, problems, "unknown key '%s'%s", key->text, end);
    }
    return TRUE;
}

guint
rv_yaml_count(const RvYamlNode *node)
{
    if (node == NULL || node->kind == RV_YAML_NONE)
        return 0;
    return node->kind == RV_YAML_LIST ? node->size : 1;
}

const RvYamlNode *
rv_yaml_item(const RvYamlNode *node, guint n)
{
    return node->kind == RV_YAML_LIST ? node->items[n] : node;
}

/* ---- values ---- */

static const char *const true_words[] = {"true", "yes", "on", NULL};
static const char *const false_words[] = {"false", "no", "off", NULL};

/* As YAML 1.1 has them: "no", "No" and "NO", not "nO". */
static gboolean
is_word_of(const char *text, const char *const *words)
{
    gboolean first = g_ascii_isupper(text[0]), rest = g_ascii_isupper(text[0] ? text[1] : '\0');

    for (const char *p = text; *p != '\0'; p++)
        if (p > text && g_ascii_isupper(*p) != (first && rest))
            return FALSE;
    for (; *words != NULL; words++)
        if (g_ascii_strcasecmp(text, *words) == 0)
            return TRUE;
    return FALSE;
}

gboolean
rv_yaml_is_boolean(const RvYamlNode *node)
{
    return node->kind == RV_YAML_TEXT && !node->quoted &&
           (is_word_of(node->text, true_words) || is_word_of(node->text, false_words));
}

/* A problem that says what was wanted, and what is there where that is one short text. */
static gboolean
unwanted(const RvYamlNode *node, const char *what, RvProblems *problems, const char *wanted)
{
    if (node->kind == RV_YAML_NONE)
        rv_yaml_problem(node, problems, "'%s' is given no value; it must be %s", what, wanted);
    else if (node->kind != RV_YAML_TEXT || node->yaml->secret || strlen(node->text) > 80)
        rv_yaml_problem(node, problems, "'%s' must be %s", what, wanted);
    else
        rv_yaml_problem(node, problems, "'%s' must be %s, not '%s'", what, wanted, node->text);
    return FALSE;
}

gboolean
rv_yaml_text(const RvYamlNode *node, const char *what, const char **value, RvProblems *problems)
{
    if (node->kind != RV_YAML_TEXT || *node->text == '\0')
        return unwanted(node, what, problems, "a text");
    if (rv_yaml_is_boolean(node)) {
        if (node->yaml->secret)
            rv_yaml_problem(node, problems, "'%s' is a boolean to YAML; write it in quotes", what);
        else
            rv_yaml_problem(node, problems, "'%s' is %s, a boolean to YAML; write \"%s\"", what,
                            node->text, node->text);
        return FALSE;
    }
    if (strpbrk(node->text, "\r\n") != NULL)
        return unwanted(node, what, problems, "a text of one line");
    *value = node->text;
    return TRUE;
}

gboolean
rv_yaml_integer(const RvYamlNode *node, const char *what, gint64 minimum, gint64 maximum,
                gint64 *value, RvProblems *problems)
{
    g_autofree char *wanted = NULL;
    gint64 number;

    if (node->kind == RV_YAML_TEXT && !node->quoted &&
        g_ascii_string_to_signed(node->text, 10, minimum, maximum, &number, NULL)) {
        *value = number;
        return TRUE;
    }
    if (minimum == G_MININT64 || maximum == G_MAXINT64)
        wanted = g_strdup("a whole number");
    else
        wanted = g_strdup_printf("a whole number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                                 minimum, maximum);
    return unwanted(node, what, problems, wanted);
}

gboolean
rv_yaml_number(const RvYamlNode *node, const char *what, double minimum, double maximum,
               double *value, RvProblems *problems)
{
    g_autofree char *wanted = NULL;
    char *end = NULL;

    if (node->kind == RV_YAML_TEXT && !node->quoted &&
        (g_ascii_isdigit(*node->text) || strchr("+-.", *node->text) != NULL)) {
        double number = g_ascii_strtod(node->text, &end);

        if (end != node->text && *end == '\0' && isfinite(number) && number >= minimum &&
            number <= maximum) {
            *value = number;
            return TRUE;
        }
    }
    if (isinf(minimum) || isinf(maximum)) {
        wanted = g_strdup("a number");
    } else {
        g_autofree char *low = rv_text_number(minimum, 12), *high = rv_text_number(maximum, 12);

        wanted = g_strdup_printf("a number from %s to %s", low, high);
    }
    return unwanted(node, what, problems, wanted);
}

gboolean
rv_yaml_boolean(const RvYamlNode *node, const char *what, gboolean *value, RvProblems *problems)
{
    if (!rv_yaml_is_boolean(node))
        return unwanted(node, what, problems, "true or false");
    *value = is_word_of(node->text, true_words);
    return TRUE;
}

static char *
format_duration(gint64 ms)
{
    static const struct {
        gint64 ms;
        const char *unit;
    } units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
    guint i = 0;

    while (ms % units[i].ms != 0)
        i++;
    return ms == 0 ? g_strdup("0s")
                   : g_strdup_printf("%" G_GINT64_FORMAT "%s", ms / units[i].ms, units[i].unit);
}

gboolean
rv_yaml_duration(const RvYamlNode *node, const char *what, gint64 minimum_ms, gint64 maximum_ms,
                 gint64 *value, RvProblems *problems)
{
    g_autofree char *low = NULL, *high = NULL, *wanted = NULL;
    gint64 ms;

    if (node->kind == RV_YAML_TEXT && rv_text_parse_duration_ms(node->text, &ms) &&
        ms >= minimum_ms && ms <= maximum_ms) {
        *value = ms;
        return TRUE;
    }
    low = format_duration(minimum_ms);
    high = format_duration(maximum_ms);
    wanted = maximum_ms == G_MAXINT64
                 ? g_strdup("a time, as 90s, 5m, 12h or 7d")
                 : g_strdup_printf("a time from %s to %s, as 90s, 5m, 12h or 7d", low, high);
    return unwanted(node, what, problems, wanted);
}

gboolean
rv_yaml_choice(const RvYamlNode *node, const char *what, const char *const *words, int *value,
               RvProblems *problems)
{
    g_autofree char *all = NULL;
    g_autofree char *wanted = NULL;
    const char *near;

    if (node->kind == RV_YAML_TEXT) {
        for (int i = 0; words[i] != NULL; i++) {
            if (strcmp(node->text, words[i]) == 0) {
                *value = i;
                return TRUE;
            }
        }
    }
    near = node->kind == RV_YAML_TEXT ? rv_text_nearest(node->text, words) : NULL;
    if (near != NULL && !node->yaml->secret) {
        rv_yaml_problem(node, problems, "'%s' cannot be '%s'; did you mean '%s'?", what, node->text,
                        near);
        return FALSE;
    }
    all = g_strjoinv(", ", (char **)words);
    wanted = g_strdup_printf("one of %s", all);
    return unwanted(node, what, problems, wanted);
}

gboolean
rv_yaml_texts(const RvYamlNode *node, const char *what, const char ***value, RvProblems *problems)
{
    guint count = rv_yaml_count(node), used = 0;
    const char **texts = g_new0(const char *, count + 1);

    if (node->kind == RV_YAML_MAP) {
        rv_yaml_problem(node, problems, "'%s' must be a text or a list of texts", what);
        count = 0;
    }
    for (guint i = 0; i < count; i++)
        if (rv_yaml_text(rv_yaml_item(node, i), what, &texts[used], problems))
            used++;
    *value = texts;
    return node->kind != RV_YAML_MAP && used == count;
}

#define DEFINE_GET(name, parameters, call)                                                         \
    gboolean rv_yaml_get_##name parameters                                                         \
    {                                                                                              \
        const RvYamlNode *node = rv_yaml_get(map, key);                                            \
                                                                                                   \
        return node != NULL && rv_yaml_##name call;                                                \
    }

DEFINE_GET(text, (const RvYamlNode *map, const char *key, const char **value, RvProblems *problems),
           (node, key, value, problems))
DEFINE_GET(integer,
           (const RvYamlNode *map, const char *key, gint64 minimum, gint64 maximum, gint64 *value,
            RvProblems *problems),
           (node, key, minimum, maximum, value, problems))
DEFINE_GET(number,
           (const RvYamlNode *map, const char *key, double minimum, double maximum, double *value,
            RvProblems *problems),
           (node, key, minimum, maximum, value, problems))
DEFINE_GET(boolean, (const RvYamlNode *map, const char *key, gboolean *value, RvProblems *problems),
           (node, key, value, problems))
DEFINE_GET(duration,
           (const RvYamlNode *map, const char *key, gint64 minimum_ms, gint64 maximum_ms,
            gint64 *value, RvProblems *problems),
           (node, key, minimum_ms, maximum_ms, value, problems))
DEFINE_GET(choice,
           (const RvYamlNode *map, const char *key, const char *const *words, int *value,
            RvProblems *problems),
           (node, key, words, value, problems))
