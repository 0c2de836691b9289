#include "rrd/tree.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <yaml.h>

#include "base/text.h"

#define FILE_CEILING (1024 * 1024)
#define DEPTH_CEILING 16

void
rv_tree_free(RvTree *tree)
{
    if (tree == NULL)
        return;
    g_free(tree->text);
    g_clear_pointer(&tree->keys, g_ptr_array_unref);
    g_clear_pointer(&tree->items, g_ptr_array_unref);
    g_free(tree);
}

static RvTree *
new_tree(RvTreeKind kind, const yaml_node_t *node, const char *file)
{
    RvTree *tree = g_new0(RvTree, 1);

    tree->kind = kind;
    tree->file = file;
    tree->line = (guint)node->start_mark.line + 1;
    tree->column = (guint)node->start_mark.column + 1;
    if (kind != RV_TREE_TEXT)
        tree->items = g_ptr_array_new_with_free_func((GDestroyNotify)rv_tree_free);
    if (kind == RV_TREE_MAP)
        tree->keys = g_ptr_array_new_with_free_func((GDestroyNotify)rv_tree_free);
    return tree;
}

static RvTree *convert(yaml_document_t *document, int id, const char *file, guint depth);

static gboolean
add_item(GPtrArray *items, RvTree *item)
{
    if (item != NULL)
        g_ptr_array_add(items, item);
    return item != NULL;
}

/* NULL: too deep, which is also where an alias to a parent leads. */
static RvTree *
convert(yaml_document_t *document, int id, const char *file, guint depth)
{
    yaml_node_t *node = yaml_document_get_node(document, id);
    g_autoptr(RvTree) tree = NULL;

    if (node == NULL || depth > DEPTH_CEILING)
        return NULL;
    if (node->type == YAML_SCALAR_NODE) {
        tree = new_tree(RV_TREE_TEXT, node, file);
        tree->text = g_strndup((const char *)node->data.scalar.value, node->data.scalar.length);
    } else if (node->type == YAML_SEQUENCE_NODE) {
        tree = new_tree(RV_TREE_LIST, node, file);
        for (yaml_node_item_t *item = node->data.sequence.items.start;
             item < node->data.sequence.items.top; item++)
            if (!add_item(tree->items, convert(document, *item, file, depth + 1)))
                return NULL;
    } else if (node->type == YAML_MAPPING_NODE) {
        tree = new_tree(RV_TREE_MAP, node, file);
        for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
             pair < node->data.mapping.pairs.top; pair++)
            if (!add_item(tree->keys, convert(document, pair->key, file, depth + 1)) ||
                !add_item(tree->items, convert(document, pair->value, file, depth + 1)))
                return NULL;
    }
    return g_steal_pointer(&tree);
}

static RvTree *
parse(const char *path, const char *text, gsize length, RvProblems *problems)
{
    yaml_parser_t parser;
    yaml_document_t document;
    RvTree *tree = NULL;

    if (!yaml_parser_initialize(&parser))
        g_error("out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    if (!yaml_parser_load(&parser, &document)) {
        rv_problems_add(problems, path, (guint)parser.problem_mark.line + 1,
                        (guint)parser.problem_mark.column + 1, "not valid YAML: %s",
                        parser.problem != NULL ? parser.problem : "cannot be read");
        yaml_parser_delete(&parser);
        return NULL;
    }
    tree = convert(&document, 1, g_intern_string(path), 0);
    if (tree == NULL)
        rv_problems_add(problems, path, 0, 0, "is empty, or nested more than %d levels deep",
                        DEPTH_CEILING);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    return tree;
}

RvTree *
rv_tree_load(const char *path, RvProblems *problems)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    gsize length = 0;

    if (!g_file_get_contents(path, &text, &length, &error)) {
        rv_problems_add(problems, path, 0, 0, "cannot be read: %s", g_strerror(errno));
        return NULL;
    }
    if (length > FILE_CEILING) {
        rv_problems_add(problems, path, 0, 0, "is larger than 1 MiB");
        return NULL;
    }
    return parse(path, text, length, problems);
}

void
rv_tree_problem(const RvTree *tree, RvProblems *problems, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rv_problems_add(problems, tree->file, tree->line, tree->column, "%s", message);
}

const RvTree *
rv_tree_get(const RvTree *map, const char *key)
{
    if (map == NULL || map->kind != RV_TREE_MAP)
        return NULL;
    for (guint i = 0; i < map->keys->len; i++) {
        const RvTree *name = g_ptr_array_index(map->keys, i);

        if (name->kind == RV_TREE_TEXT && strcmp(name->text, key) == 0)
            return g_ptr_array_index(map->items, i);
    }
    return NULL;
}

gboolean
rv_tree_check_keys(const RvTree *map, const char *const *known, RvProblems *problems)
{
    if (map->kind != RV_TREE_MAP) {
        rv_tree_problem(map, problems, "must be a map of keys and values");
        return FALSE;
    }
    for (guint i = 0; i < map->keys->len; i++) {
        const RvTree *name = g_ptr_array_index(map->keys, i);
        const char *near;

        if (name->kind == RV_TREE_TEXT && g_strv_contains(known, name->text)) {
            if (rv_tree_get(map, name->text) != g_ptr_array_index(map->items, i))
                rv_tree_problem(name, problems, "key '%s' stands twice", name->text);
            continue;
        }
        near = name->kind == RV_TREE_TEXT ? rv_text_nearest(name->text, known) : NULL;
        rv_tree_problem(name, problems, "unknown key '%s'%s%s%s",
                        name->kind == RV_TREE_TEXT ? name->text : "…",
                        near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                        near != NULL ? "'?" : "");
    }
    return TRUE;
}

const char *
rv_tree_text(const RvTree *map, const char *key, const char *fallback, RvProblems *problems)
{
    const RvTree *node = rv_tree_get(map, key);

    if (node == NULL)
        return fallback;
    if (node->kind == RV_TREE_TEXT)
        return node->text;
    rv_tree_problem(node, problems, "'%s' must be one text", key);
    return fallback;
}

double
rv_tree_number(const RvTree *map, const char *key, double fallback, RvProblems *problems)
{
    const RvTree *node = rv_tree_get(map, key);
    char *end = NULL;
    double value;

    if (node == NULL)
        return fallback;
    value = node->kind == RV_TREE_TEXT ? g_ascii_strtod(node->text, &end) : NAN;
    if (end != NULL && end != node->text && *end == '\0' && isfinite(value))
        return value;
    rv_tree_problem(node, problems, "'%s' must be a number", key);
    return fallback;
}

guint
rv_tree_seconds(const RvTree *map, const char *key, guint fallback, RvProblems *problems)
{
    const RvTree *node = rv_tree_get(map, key);
    gint64 ms = 0;

    if (node == NULL)
        return fallback;
    if (node->kind == RV_TREE_TEXT && rv_text_parse_duration_ms(node->text, &ms) && ms >= 1000 &&
        ms % 1000 == 0)
        return (guint)(ms / 1000);
    rv_tree_problem(node, problems, "'%s' must be a time in whole seconds, such as 300s, 1h, 40d",
                    key);
    return fallback;
}

int
rv_tree_choice(const RvTree *map, const char *key, const char *const *words, int fallback,
               RvProblems *problems)
{
    const RvTree *node = rv_tree_get(map, key);
    g_autofree char *all = NULL;

    if (node == NULL)
        return fallback;
    for (int i = 0; node->kind == RV_TREE_TEXT && words[i] != NULL; i++)
        if (strcmp(node->text, words[i]) == 0)
            return i;
    all = g_strjoinv(", ", (char **)words);
    rv_tree_problem(node, problems, "'%s' must be one of: %s", key, all);
    return fallback;
}

guint
rv_tree_count(const RvTree *map, const char *key)
{
    const RvTree *node = rv_tree_get(map, key);

    return node == NULL ? 0 : node->kind == RV_TREE_LIST ? node->items->len : 1;
}

const RvTree *
rv_tree_item(const RvTree *map, const char *key, guint n)
{
    const RvTree *node = rv_tree_get(map, key);

    return node->kind == RV_TREE_LIST ? g_ptr_array_index(node->items, n) : node;
}
