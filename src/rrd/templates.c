#include "rrd/templates.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "observation/words.h"
#include "yaml/node.h"

#define SOURCES_CEILING 64
#define ARCHIVES_CEILING 64
#define ROWS_CEILING 10000000
#define GRAPHS_FILE "graphs.yaml"

struct RvRrdTemplates {
    GPtrArray *all;                            /* RvRrdTemplate* */
    const RvRrdTemplate *of_class[RV_CLASSES]; /* borrowed from `all` */
};

static const char *const kind_words[] = {"sensor", "interface", "reachability", NULL};
static const char *const create_words[] = {"on-value", "on-up", "on-nonzero", NULL};
static const char *const function_words[] = {"AVERAGE", "MIN", "MAX", "LAST", NULL};
static const char *const counter_words[] = {"in_octets",  "out_octets",  "in_errors",
                                            "out_errors", "in_discards", "out_discards",
                                            "in_unicast", "out_unicast", NULL};

static const char *const template_keys[] = {"template", "series",  "classes",  "step", "heartbeat",
                                            "create",   "sources", "archives", NULL};
static const char *const source_keys[] = {"name", "from", "scale", "minimum", "maximum", NULL};
static const char *const archive_keys[] = {"function", "every", "keep", "unknown-at-most", NULL};

static void
source_clear(gpointer source)
{
    g_free(((RvRrdSource *)source)->name);
}

static void
template_free(RvRrdTemplate *template)
{
    g_free(template->name);
    g_array_unref(template->sources);
    g_array_unref(template->archives);
    g_free(template);
}

static gboolean
is_word(const char *word, gsize ceiling, const char *others)
{
    gsize length = strlen(word);

    if (length == 0 || length > ceiling)
        return FALSE;
    for (; *word != '\0'; word++)
        if (!g_ascii_isalnum(*word) && strchr(others, *word) == NULL)
            return FALSE;
    return TRUE;
}

static guint
read_counters(const RvYamlNode *map, RvProblems *problems)
{
    const RvYamlNode *from = rv_yaml_get(map, "from");
    guint counters = 0;

    for (guint i = 0; i < rv_yaml_count(from); i++) {
        int kind;

        if (rv_yaml_choice(rv_yaml_item(from, i), "from", counter_words, &kind, problems))
            counters |= 1u << kind;
    }
    if (rv_yaml_count(from) == 0)
        rv_yaml_problem(map, problems, "a source needs 'from': the counters it is made of");
    return counters;
}

static RvSourceFrom
read_from(const RvYamlNode *map, const RvRrdTemplate *template, RvProblems *problems)
{
    static const char *const words[] = {"up", "rtt", NULL};
    int word = 0;

    switch (template->kind) {
    case RV_SERIES_SENSOR:
        return RV_FROM_VALUE;
    case RV_SERIES_INTERFACE:
        return RV_FROM_COUNTERS;
    case RV_SERIES_REACHABILITY:
        if (rv_yaml_get(map, "from") == NULL)
            rv_yaml_problem(map, problems, "a source needs 'from': up or rtt");
        rv_yaml_get_choice(map, "from", words, &word, problems);
        return word == 0 ? RV_FROM_UP : RV_FROM_RTT;
    }
    return RV_FROM_VALUE;
}

static void
read_source(const RvYamlNode *map, RvRrdTemplate *template, RvProblems *problems)
{
    RvRrdSource source = {.scale = 1, .minimum = NAN, .maximum = NAN};
    const char *name = "";

    if (!rv_yaml_check_keys(map, "sources", source_keys, problems))
        return;
    rv_yaml_get_text(map, "name", &name, problems);
    if (!is_word(name, 19, "_"))
        rv_yaml_problem(map, problems,
                        "a source needs a 'name' of 1 to 19 letters, digits and underscores");
    for (guint i = 0; i < template->sources->len; i++)
        if (strcmp(g_array_index(template->sources, RvRrdSource, i).name, name) == 0)
            rv_yaml_problem(map, problems, "source '%s' stands twice", name);
    source.name = g_strdup(name);
    source.from = read_from(map, template, problems);
    rv_yaml_get_number(map, "scale", -INFINITY, INFINITY, &source.scale, problems);
    rv_yaml_get_number(map, "minimum", -INFINITY, INFINITY, &source.minimum, problems);
    rv_yaml_get_number(map, "maximum", -INFINITY, INFINITY, &source.maximum, problems);
    if (source.from == RV_FROM_COUNTERS)
        source.counters = read_counters(map, problems);
    g_array_append_val(template->sources, source);
}

/* A time in whole seconds, or `fallback`. */
static guint
read_seconds(const RvYamlNode *map, const char *key, guint fallback, RvProblems *problems)
{
    gint64 ms = (gint64)fallback * 1000;

    if (rv_yaml_get_duration(map, key, 1000, G_MAXINT64, &ms, problems) && ms % 1000 != 0)
        rv_yaml_problem(rv_yaml_get(map, key), problems, "'%s' must be whole seconds", key);
    return (guint)(ms / 1000);
}

static void
read_archive(const RvYamlNode *map, RvRrdTemplate *template, RvProblems *problems)
{
    RvRrdArchive archive = {.unknown_at_most = 0.5};
    int function = 0;
    guint every_s;
    guint keep_s;

    if (!rv_yaml_check_keys(map, "archives", archive_keys, problems))
        return;
    every_s = read_seconds(map, "every", template->step_s, problems);
    keep_s = read_seconds(map, "keep", 0, problems);
    rv_yaml_get_choice(map, "function", function_words, &function, problems);
    archive.function = function_words[function];
    rv_yaml_get_number(map, "unknown-at-most", 0, 1, &archive.unknown_at_most, problems);
    if (archive.unknown_at_most >= 1)
        rv_yaml_problem(map, problems, "'unknown-at-most' must be at least 0 and less than 1");
    if (every_s % template->step_s != 0)
        rv_yaml_problem(map, problems, "'every' must be a multiple of the step (%u s)",
                        template->step_s);
    if (keep_s == 0 || keep_s < every_s)
        rv_yaml_problem(map, problems,
                        "an archive needs 'keep', no shorter than 'every', such as 40d");
    archive.steps = MAX(every_s / template->step_s, 1);
    archive.rows = (keep_s + every_s - 1) / every_s;
    if (archive.rows > ROWS_CEILING)
        rv_yaml_problem(map, problems, "more than %d rows", ROWS_CEILING);
    g_array_append_val(template->archives, archive);
}

static void
read_classes(const RvYamlNode *map, RvRrdTemplate *template, RvProblems *problems)
{
    const RvYamlNode *classes = rv_yaml_get(map, "classes");

    for (guint i = 0; i < rv_yaml_count(classes); i++) {
        const RvYamlNode *item = rv_yaml_item(classes, i);
        RvClass class;

        if (item->kind == RV_YAML_TEXT && rv_class_parse(item->text, &class) &&
            class != RV_CLASS_STATE)
            template->classes |= 1u << class;
        else
            rv_yaml_problem(item, problems, "no class of sensors with values is called '%s'",
                            item->kind == RV_YAML_TEXT ? item->text : "…");
    }
    if ((template->kind == RV_SERIES_SENSOR) != (template->classes != 0))
        rv_yaml_problem(map, problems,
                        "'classes' is what a template of sensors needs, and no other");
}

static void
check_name(const RvYamlNode *map, const RvRrdTemplate *template, const GPtrArray *others,
           RvProblems *problems)
{
    RvClass class;

    if (!is_word(template->name, 32, "-_"))
        rv_yaml_problem(map, problems,
                        "'template' must be a name of 1 to 32 letters, digits, '-' and '_'");
    if (template->kind != RV_SERIES_SENSOR && rv_class_parse(template->name, &class))
        rv_yaml_problem(map, problems, "'%s' is the name of a class of sensors; choose another",
                        template->name);
    for (guint i = 0; i < others->len; i++)
        if (strcmp(((RvRrdTemplate *)g_ptr_array_index(others, i))->name, template->name) == 0)
            rv_yaml_problem(map, problems, "template '%s' is there twice", template->name);
}

static void
read_parts(const RvYamlNode *map, RvRrdTemplate *template, RvProblems *problems)
{
    const RvYamlNode *source_list = rv_yaml_get(map, "sources");
    const RvYamlNode *archive_list = rv_yaml_get(map, "archives");
    guint sources = rv_yaml_count(source_list);
    guint archives = rv_yaml_count(archive_list);

    if (sources == 0 || sources > SOURCES_CEILING || archives == 0 || archives > ARCHIVES_CEILING) {
        rv_yaml_problem(map, problems, "a template needs 1 to %d 'sources' and 1 to %d 'archives'",
                        SOURCES_CEILING, ARCHIVES_CEILING);
        return;
    }
    for (guint i = 0; i < sources; i++)
        read_source(rv_yaml_item(source_list, i), template, problems);
    for (guint i = 0; i < archives; i++)
        read_archive(rv_yaml_item(archive_list, i), template, problems);
}

static void
read_template(const RvYamlNode *map, RvRrdTemplates *templates, RvProblems *problems)
{
    RvRrdTemplate *template;
    const char *name = "";
    int kind = 0, create = 0;

    if (!rv_yaml_check_keys(map, "templates", template_keys, problems))
        return;
    template = g_new0(RvRrdTemplate, 1);
    template->sources = g_array_new(FALSE, FALSE, sizeof(RvRrdSource));
    g_array_set_clear_func(template->sources, source_clear);
    template->archives = g_array_new(FALSE, FALSE, sizeof(RvRrdArchive));
    rv_yaml_get_text(map, "template", &name, problems);
    template->name = g_strdup(name);
    if (rv_yaml_get(map, "series") == NULL)
        rv_yaml_problem(map, problems,
                        "a template needs 'series': sensor, interface or reachability");
    rv_yaml_get_choice(map, "series", kind_words, &kind, problems);
    template->kind = (RvSeriesKind)kind;
    template->step_s = read_seconds(map, "step", 300, problems);
    template->heartbeat_s = read_seconds(map, "heartbeat", template->step_s * 3 / 2, problems);
    rv_yaml_get_choice(map, "create", create_words, &create, problems);
    template->create = (RvCreateWhen)create;
    if (template->heartbeat_s < template->step_s)
        rv_yaml_problem(map, problems, "'heartbeat' must not be shorter than 'step'");
    check_name(map, template, templates->all, problems);
    read_classes(map, template, problems);
    read_parts(map, template, problems);
    for (guint class = 0; class < RV_CLASSES; class ++) {
        if ((template->classes & 1u << class) == 0)
            continue;
        if (templates->of_class[class] != NULL)
            rv_yaml_problem(map, problems, "class '%s' has a template already: '%s'",
                            rv_class_word((RvClass) class), templates->of_class[class]->name);
        templates->of_class[class] = template;
    }
    g_ptr_array_add(templates->all, template);
}

static void
read_file(const char *path, RvRrdTemplates *templates, RvProblems *problems)
{
    static const char *const keys[] = {"templates", NULL};
    g_autoptr(RvYaml) yaml = rv_yaml_load(path, problems);
    const RvYamlNode *list;

    if (yaml == NULL || !rv_yaml_check_keys(rv_yaml_root(yaml), "the file", keys, problems))
        return;
    list = rv_yaml_get(rv_yaml_root(yaml), "templates");
    if (list == NULL)
        rv_yaml_problem(rv_yaml_root(yaml), problems, "the file needs 'templates'");
    for (guint i = 0; i < rv_yaml_count(list); i++)
        read_template(rv_yaml_item(list, i), templates, problems);
}

static int
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

RvRrdTemplates *
rv_rrd_templates_load(const char *folder, GError **error)
{
    g_autoptr(RvRrdTemplates) templates = g_new0(RvRrdTemplates, 1);
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) entries = g_dir_open(folder, 0, &cause);
    const char *entry;

    templates->all = g_ptr_array_new_with_free_func((GDestroyNotify)template_free);
    if (entries == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "RRD templates: %s", cause->message);
        return NULL;
    }
    while ((entry = g_dir_read_name(entries)) != NULL)
        if (g_str_has_suffix(entry, ".yaml") && entry[0] != '.' && strcmp(entry, GRAPHS_FILE) != 0)
            g_ptr_array_add(files, g_build_filename(folder, entry, NULL));
    g_ptr_array_sort(files, compare_strings);
    for (guint i = 0; i < files->len; i++)
        read_file(g_ptr_array_index(files, i), templates, problems);
    if (files->len == 0)
        rv_problems_add(problems, folder, 0, 0, "holds no template (*.yaml)");
    return rv_problems_settle(problems, error) ? g_steal_pointer(&templates) : NULL;
}

void
rv_rrd_templates_free(RvRrdTemplates *templates)
{
    if (templates == NULL)
        return;
    g_ptr_array_unref(templates->all);
    g_free(templates);
}

guint
rv_rrd_templates_count(const RvRrdTemplates *templates)
{
    return templates->all->len;
}

const RvRrdTemplate *
rv_rrd_templates_get(const RvRrdTemplates *templates, guint n)
{
    return g_ptr_array_index(templates->all, n);
}

const RvRrdTemplate *
rv_rrd_templates_for_class(const RvRrdTemplates *templates, RvClass class)
{
    return templates->of_class[class];
}

gboolean
rv_rrd_templates_use(const RvRrdTemplates *templates, guint counters)
{
    for (guint i = 0; i < templates->all->len; i++) {
        const RvRrdTemplate *template = g_ptr_array_index(templates->all, i);

        for (guint k = 0; k < template->sources->len; k++)
            if ((g_array_index(template->sources, RvRrdSource, k).counters & counters) != 0)
                return TRUE;
    }
    return FALSE;
}
