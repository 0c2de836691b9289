#include "profile/objects.h"

#include <string.h>

#define DEPTH_CEILING 64

/* name, what stands before "::=", parent, sub-identifiers */
#define DEFINITION                                                                                 \
    "^\\s*([a-z][\\w-]*)\\s+(?:OBJECT-TYPE|OBJECT IDENTIFIER|OBJECT-IDENTITY|MODULE-IDENTITY)\\b"  \
    "(.*?)::=\\s*\\{\\s*([\\w-]+)((?:\\s+\\d+)*)\\s*\\}"

/* A definition whose parent may come later, or in another module. */
typedef struct {
    char *name, *module, *parent, *tail, *body;
} Definition;

typedef struct {
    GHashTable *by_module; /* "MODULE::name" → Definition* */
    GHashTable *anywhere;  /* name → one of them, borrowed */
} Definitions;

struct RvObjects {
    GHashTable *by_oid; /* dotted → RvObject* */
};

static void
object_free(gpointer data)
{
    RvObject *object = data;

    g_free(object->name);
    g_free(object->module);
    rv_oid_clear(&object->oid);
    rv_map_free(object->enumeration);
    g_free(object);
}

static void
definition_free(gpointer data)
{
    Definition *definition = data;

    g_free(definition->name);
    g_free(definition->module);
    g_free(definition->parent);
    g_free(definition->tail);
    g_free(definition->body);
    g_free(definition);
}

/* Two modules may use one name. */
static char *
definition_key(const char *module, const char *name)
{
    return g_strconcat(module, "::", name, NULL);
}

static void
read_module(const char *path, const char *module, const GRegex *regex, const Definitions *all)
{
    g_autofree char *text = NULL;
    g_autoptr(GMatchInfo) match = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL) || !g_utf8_validate(text, -1, NULL))
        return;
    g_regex_match(regex, text, 0, &match);
    while (g_match_info_matches(match)) {
        Definition *definition = g_new0(Definition, 1);

        definition->name = g_match_info_fetch(match, 1);
        definition->body = g_match_info_fetch(match, 2);
        definition->parent = g_match_info_fetch(match, 3);
        definition->tail = g_match_info_fetch(match, 4);
        definition->module = g_strdup(module);
        g_hash_table_replace(all->anywhere, definition->name, definition);
        g_hash_table_replace(all->by_module, definition_key(module, definition->name), definition);
        g_match_info_next(match, NULL);
    }
}

/* As `module` sees it: its own, else what any has. */
static const Definition *
find_definition(const Definitions *all, const char *module, const char *name)
{
    g_autofree char *key = definition_key(module, name);
    const Definition *own = g_hash_table_lookup(all->by_module, key);

    return own != NULL ? own : g_hash_table_lookup(all->anywhere, name);
}

/* Dotted; FALSE where a parent is not known. */
static gboolean
resolve(const Definitions *all, const char *module, const char *name, GString *out, int depth)
{
    const Definition *definition = find_definition(all, module, name);
    g_auto(GStrv) numbers = NULL;

    if (strcmp(name, "iso") == 0) {
        g_string_append_c(out, '1');
        return TRUE;
    }
    if (definition == NULL || depth > DEPTH_CEILING ||
        !resolve(all, definition->module, definition->parent, out, depth + 1))
        return FALSE;
    numbers = g_strsplit_set(definition->tail, " \t\r\n", -1);
    for (char **number = numbers; *number != NULL; number++) {
        if (**number != '\0')
            g_string_append_printf(out, ".%s", *number);
    }
    return TRUE;
}

static RvMap *
read_enumeration(const char *body)
{
    g_autoptr(GRegex) block =
        g_regex_new("SYNTAX\\s+(?:INTEGER|BITS)\\s*\\{([^}]*)\\}", 0, 0, NULL);
    g_autoptr(GRegex) item = g_regex_new("([\\w-]+)\\s*\\(\\s*(-?\\d+)\\s*\\)", 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL, match = NULL;
    g_autofree char *items = NULL;
    RvMap *map;

    if (!g_regex_match(block, body, 0, &found))
        return NULL;
    items = g_match_info_fetch(found, 1);
    map = rv_map_new();
    g_regex_match(item, items, 0, &match);
    while (g_match_info_matches(match)) {
        g_autofree char *word = g_match_info_fetch(match, 1);
        g_autofree char *number = g_match_info_fetch(match, 2);

        rv_map_add(map, number, word, RV_MEANING_UNKNOWN);
        g_match_info_next(match, NULL);
    }
    return map;
}

static void
add_object(RvObjects *objects, const Definitions *all, const Definition *definition)
{
    g_autoptr(GString) dotted = g_string_new(NULL);
    RvObject *object;
    RvOid oid = {NULL, 0};

    if (!resolve(all, definition->module, definition->name, dotted, 0) ||
        !rv_oid_parse(dotted->str, &oid))
        return;
    object = g_new0(RvObject, 1);
    object->name = g_strdup(definition->name);
    object->module = g_strdup(definition->module);
    object->oid = oid;
    object->enumeration = read_enumeration(definition->body);
    object->leaf = strstr(definition->body, "MAX-ACCESS") != NULL &&
                   strstr(definition->body, "not-accessible") == NULL;
    g_hash_table_replace(objects->by_oid, g_strdup(dotted->str), object);
}

RvObjects *
rv_objects_load(const char *folder)
{
    RvObjects *objects = g_new0(RvObjects, 1);
    g_autoptr(GRegex) regex = g_regex_new(DEFINITION, G_REGEX_MULTILINE | G_REGEX_DOTALL, 0, NULL);
    g_autoptr(GHashTable) by_module =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, definition_free);
    g_autoptr(GHashTable) anywhere = g_hash_table_new(g_str_hash, g_str_equal);
    const Definitions all = {by_module, anywhere};
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    GHashTableIter iter;
    gpointer definition;
    const char *name;

    objects->by_oid = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, object_free);
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (strchr(name, '.') == NULL && g_file_test(path, G_FILE_TEST_IS_REGULAR))
            read_module(path, name, regex, &all);
    }
    g_hash_table_iter_init(&iter, by_module);
    while (g_hash_table_iter_next(&iter, NULL, &definition))
        add_object(objects, &all, definition);
    return objects;
}

void
rv_objects_free(RvObjects *objects)
{
    if (objects == NULL)
        return;
    g_hash_table_unref(objects->by_oid);
    g_free(objects);
}

guint
rv_objects_count(const RvObjects *objects)
{
    return g_hash_table_size(objects->by_oid);
}

const RvObject *
rv_objects_find(const RvObjects *objects, const RvOid *oid)
{
    g_autofree char *text = rv_oid_format(oid);

    return g_hash_table_lookup(objects->by_oid, text);
}

const RvObject *
rv_objects_above(const RvObjects *objects, const RvOid *oid)
{
    g_autofree char *text = rv_oid_format(oid);
    const RvObject *object = g_hash_table_lookup(objects->by_oid, text);
    char *dot;

    while (object == NULL && (dot = strrchr(text, '.')) != NULL) {
        *dot = '\0';
        object = g_hash_table_lookup(objects->by_oid, text);
    }
    return object;
}
