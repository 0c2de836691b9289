#include <math.h>
#include <string.h>

#include "profile/reader.h"

static const struct {
    const char *word, *oid;
} column_words[] = {
    {"ifDescr", "1.3.6.1.2.1.2.2.1.2"},
    {"ifName", "1.3.6.1.2.1.31.1.1.1.1"},
    {"ifAlias", "1.3.6.1.2.1.31.1.1.1.18"},
    {"entPhysicalDescr", "1.3.6.1.2.1.47.1.1.1.1.2"},
    {"entPhysicalContainedIn", "1.3.6.1.2.1.47.1.1.1.1.4"},
    {"entPhysicalClass", "1.3.6.1.2.1.47.1.1.1.1.5"},
    {"entPhysicalName", "1.3.6.1.2.1.47.1.1.1.1.7"},
    {"entPhysicalHardwareRev", "1.3.6.1.2.1.47.1.1.1.1.8"},
    {"entPhysicalFirmwareRev", "1.3.6.1.2.1.47.1.1.1.1.9"},
    {"entPhysicalSoftwareRev", "1.3.6.1.2.1.47.1.1.1.1.10"},
    {"entPhysicalSerialNum", "1.3.6.1.2.1.47.1.1.1.1.11"},
    {"entPhysicalMfgName", "1.3.6.1.2.1.47.1.1.1.1.12"},
    {"entPhysicalModelName", "1.3.6.1.2.1.47.1.1.1.1.13"},
    {"entPhysicalAlias", "1.3.6.1.2.1.47.1.1.1.1.14"},
    {"entPhysicalIsFRU", "1.3.6.1.2.1.47.1.1.1.1.16"},
};

/* ---- OIDs, regular expressions, maps ---- */

#define BASE "base."

static gboolean
is_absolute(const char *text)
{
    return g_str_has_prefix(text, BASE) || g_str_has_prefix(text, "1.3.6.1.") ||
           g_str_has_prefix(text, "1.0.8802.") || g_str_has_prefix(text, "1.2.840.");
}

static gboolean
parse_absolute(const RvReader *reader, const char *text, RvOid *oid)
{
    RvOid rest = {NULL, 0};

    if (!g_str_has_prefix(text, BASE))
        return rv_oid_parse(text, oid);
    if (reader->base == NULL || !rv_oid_parse(text + strlen(BASE), &rest))
        return FALSE;
    *oid = rv_oid_append(reader->base, rest.ids, rest.length);
    rv_oid_clear(&rest);
    if (reader->at_base != NULL)
        *reader->at_base = TRUE;
    return TRUE;
}

gboolean
rv_read_oid(const RvReader *reader, const RvYamlNode *node, RvOid *oid)
{
    if (node != NULL && node->kind == RV_YAML_TEXT && is_absolute(node->text) &&
        parse_absolute(reader, node->text, oid))
        return TRUE;
    if (node != NULL)
        rv_yaml_problem(node, reader->problems,
                        "'%s' is no object identifier; it begins with 1.3.6.1.",
                        node->kind == RV_YAML_TEXT ? node->text : "this");
    return FALSE;
}

gboolean
rv_read_column(const RvReader *reader, const RvYamlNode *node, RvOid *column)
{
    RvOid relative = {NULL, 0};

    if (node == NULL || node->kind != RV_YAML_TEXT) {
        if (node != NULL)
            rv_yaml_problem(node, reader->problems, "a column is a number, an OID or a short word");
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(column_words); i++) {
        if (strcmp(column_words[i].word, node->text) == 0)
            return rv_oid_parse(column_words[i].oid, column);
    }
    if (is_absolute(node->text))
        return rv_read_oid(reader, node, column);
    if (!g_ascii_isdigit(node->text[0]) || !rv_oid_parse(node->text, &relative)) {
        const char *words[G_N_ELEMENTS(column_words) + 1] = {NULL};
        g_autofree char *hint = NULL;

        for (guint i = 0; i < G_N_ELEMENTS(column_words); i++)
            words[i] = column_words[i].word;
        hint = rv_yaml_suggest(node->text, words);
        rv_yaml_problem(node, reader->problems, "unknown column '%s'%s", node->text, hint);
        return FALSE;
    }
    if (reader->entry == NULL || reader->entry->length == 0)
        rv_yaml_problem(node, reader->problems,
                        "column '%s' stands in no table; write the whole OID", node->text);
    else
        *column = rv_oid_append(reader->entry, relative.ids, relative.length);
    rv_oid_clear(&relative);
    return column->length > 0;
}

GRegex *
rv_read_regex(const RvReader *reader, const RvYamlNode *node)
{
    g_autoptr(GError) error = NULL;
    GRegex *regex;

    if (node == NULL)
        return NULL;
    if (node->kind != RV_YAML_TEXT) {
        rv_yaml_problem(node, reader->problems, "a regular expression is text");
        return NULL;
    }
    regex = g_regex_new(node->text, 0, 0, &error);
    if (regex == NULL)
        rv_yaml_problem(node, reader->problems, "%s", error->message);
    return regex;
}

RvMap *
rv_read_values(const RvReader *reader, const RvYamlNode *node, const char *what)
{
    g_autoptr(RvMap) map = NULL;

    if (node == NULL)
        return NULL;
    map = rv_map_new();
    for (guint i = 0; i < rv_yaml_count(node); i++) {
        const RvYamlNode *item = rv_yaml_item(node, i);

        if (item->kind != RV_YAML_TEXT)
            rv_yaml_problem(item, reader->problems, "%s: a list of numbers or texts", what);
        else
            rv_map_add(map, item->text, "", RV_MEANING_UNKNOWN);
    }
    return g_steal_pointer(&map);
}

RvMap *
rv_read_map(const RvReader *reader, const RvYamlNode *node, const char *what)
{
    g_autoptr(RvMap) map = NULL;

    if (node == NULL || !rv_yaml_is_map(node, what, reader->problems))
        return NULL;
    map = rv_map_new();
    for (guint i = 0; node->kind == RV_YAML_MAP && i < node->size; i++) {
        const RvYamlNode *item = node->items[i];

        if (item->kind == RV_YAML_LIST || item->kind == RV_YAML_MAP)
            rv_yaml_problem(item, reader->problems, "%s: one text or number for each key", what);
        else if (!rv_map_add(map, node->keys[i]->text, item->text, RV_MEANING_UNKNOWN))
            rv_yaml_problem(item, reader->problems, "%s: '%s' stands there twice", what,
                            node->keys[i]->text);
    }
    return g_steal_pointer(&map);
}

/* "word" (a meaning itself), or [word, meaning]. */
static gboolean
read_state(const RvReader *reader, const RvYamlNode *node, const char **word, RvMeaning *meaning)
{
    const RvYamlNode *last =
        rv_yaml_count(node) > 0 ? rv_yaml_item(node, rv_yaml_count(node) - 1) : node;
    int choice = 0;

    if (rv_yaml_count(node) < 1 || rv_yaml_count(node) > 2 || last->kind != RV_YAML_TEXT ||
        rv_yaml_item(node, 0)->kind != RV_YAML_TEXT) {
        rv_yaml_problem(node, reader->problems, "a state is written [word, meaning]");
        return FALSE;
    }
    if (!rv_yaml_choice(last, "meaning", rv_meaning_words, &choice, reader->problems))
        return FALSE;
    *word = rv_yaml_item(node, 0)->text;
    *meaning = (RvMeaning)choice;
    return TRUE;
}

static const RvYamlNode *
find_enumeration(const RvReader *reader, const RvYamlNode *node)
{
    const RvYamlNode *found = NULL;
    g_autofree const char **names = NULL;
    g_autofree char *hint = NULL;

    if (node->kind != RV_YAML_TEXT)
        return node;
    if (reader->enumerations != NULL)
        found = g_hash_table_lookup(reader->enumerations, node->text);
    if (found != NULL)
        return found;
    if (reader->enumerations != NULL)
        names = (const char **)g_hash_table_get_keys_as_array(reader->enumerations, NULL);
    hint = rv_yaml_suggest(node->text, names != NULL ? names : (const char *[]){NULL});
    rv_yaml_problem(node, reader->problems, "there is no '%s' among the enumerations%s", node->text,
                    hint);
    return NULL;
}

RvMap *
rv_read_states(const RvReader *reader, const RvYamlNode *node, const char *what)
{
    g_autoptr(RvMap) map = NULL;

    if (node == NULL || (node = find_enumeration(reader, node)) == NULL ||
        !rv_yaml_is_map(node, what, reader->problems) || node->kind != RV_YAML_MAP)
        return NULL;
    map = rv_map_new();
    for (guint i = 0; i < node->size; i++) {
        const char *word;
        RvMeaning meaning;

        if (read_state(reader, node->items[i], &word, &meaning) &&
            !rv_map_add(map, node->keys[i]->text, word, meaning))
            rv_yaml_problem(node->keys[i], reader->problems, "state '%s' stands there twice",
                            node->keys[i]->text);
    }
    return g_steal_pointer(&map);
}

/* ---- index ---- */

static gboolean
parse_position(const char *text, int *position)
{
    char *end = NULL;
    gint64 value = g_ascii_strtoll(text, &end, 10);

    *position = (int)CLAMP(value, -RV_OID_CEILING, RV_OID_CEILING);
    return end != text && *end == '\0' && value != 0;
}

/* "2", "-1", "2..", "2..4", "=0". */
static gboolean
parse_index_part(const char *text, RvIndexPart *part)
{
    g_autofree char *from = NULL;
    const char *dots = strstr(text, "..");

    *part = (RvIndexPart){0};
    if (text[0] == '=') {
        part->literal = TRUE;
        part->value = (guint32)g_ascii_strtoull(text + 1, NULL, 10);
        return g_ascii_isdigit(text[1]);
    }
    from = dots != NULL ? g_strndup(text, (gsize)(dots - text)) : g_strdup(text);
    if (!parse_position(from, &part->first))
        return FALSE;
    part->last = dots == NULL ? part->first : RV_INDEX_END;
    return dots == NULL || dots[2] == '\0' || parse_position(dots + 2, &part->last);
}

static void
add_constant_index(GArray *parts, const RvOid *oid)
{
    for (guint i = 0; i < oid->length; i++) {
        RvIndexPart part = {.literal = TRUE, .value = oid->ids[i]};

        g_array_append_val(parts, part);
    }
}

static GArray *
read_index(const RvReader *reader, const RvYamlNode *node)
{
    g_autoptr(GArray) parts = NULL;

    if (node == NULL)
        return NULL;
    parts = g_array_new(FALSE, TRUE, sizeof(RvIndexPart));
    for (guint i = 0; i < rv_yaml_count(node); i++) {
        const RvYamlNode *item = rv_yaml_item(node, i);
        RvIndexPart part;
        RvOid constant = {NULL, 0};

        if (item->kind == RV_YAML_TEXT && g_str_has_prefix(item->text, "const ") &&
            rv_oid_parse(item->text + 6, &constant)) {
            add_constant_index(parts, &constant);
            rv_oid_clear(&constant);
        } else if (item->kind == RV_YAML_TEXT && parse_index_part(item->text, &part)) {
            g_array_append_val(parts, part);
        } else {
            rv_yaml_problem(item, reader->problems,
                            "an index is made of positions: 1, -1, \"2..\", \"2..4\", \"=0\", or "
                            "const 1.2");
        }
    }
    return g_steal_pointer(&parts);
}

/* ---- scaling ---- */

static void
read_unit(const RvReader *reader, const RvYamlNode *node, RvScaling *scaling)
{
    g_autofree char *hint = NULL;

    if (node == NULL)
        return;
    if (node->kind != RV_YAML_TEXT) {
        scaling->unit_from = rv_read_source(reader, node, "unit");
        return;
    }
    scaling->unit = rv_unit_find(node->text);
    if (scaling->unit != NULL)
        return;
    hint = rv_yaml_suggest(node->text, rv_unit_words());
    rv_yaml_problem(node, reader->problems, "unknown unit '%s'%s", node->text, hint);
}

gboolean
rv_read_scaling(const RvReader *reader, const RvYamlNode *map, RvScaling *scaling)
{
    static const char *const keys[] = {"scale",     "divide",     "offset", "scale-by",
                                       "precision", "scale-enum", "unit"};
    const RvYamlNode *factor = rv_yaml_get(map, "scale");
    double divide = 1;
    gboolean any = FALSE;

    *scaling = RV_SCALING_NONE;
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        any = any || rv_yaml_get(map, keys[i]) != NULL;
    if (factor != NULL && factor->kind != RV_YAML_TEXT)
        scaling->scale_by = rv_read_source(reader, factor, "scale");
    else
        rv_yaml_get_number(map, "scale", -1e18, 1e18, &scaling->scale, reader->problems);
    if (rv_yaml_get_number(map, "divide", 1e-18, 1e18, &divide, reader->problems))
        scaling->scale /= divide;
    rv_yaml_get_number(map, "offset", -1e18, 1e18, &scaling->offset, reader->problems);
    if (scaling->scale_by == NULL)
        scaling->scale_by = rv_read_source(reader, rv_yaml_get(map, "scale-by"), "scale-by");
    scaling->precision = rv_read_source(reader, rv_yaml_get(map, "precision"), "precision");
    scaling->scale_enum = rv_read_source(reader, rv_yaml_get(map, "scale-enum"), "scale-enum");
    read_unit(reader, rv_yaml_get(map, "unit"), scaling);
    return any;
}

/* ---- sources ---- */

static const char *const source_keys[] = {
    "text",      "column",     "oid",    "sysDescr", "sysObjectID", "sysName", "either",
    "join",      "sum",        "rows",   "with",     "index",       "via",     "find",
    "contained", "first",      "where",  "as",       "hex",         "none",    "pattern",
    "map",       "format",     "static", "scale",    "divide",      "offset",  "scale-by",
    "precision", "scale-enum", "unit",   "raw",      "states",      NULL};
static const char *const condition_keys[] = {"is",      "not",    "at-least", "at-most",
                                             "matches", "exists", "any",      "all"};

static gboolean
check_source_keys(const RvReader *reader, const RvYamlNode *node, const char *what,
                  gboolean condition)
{
    const char *known[G_N_ELEMENTS(source_keys) + G_N_ELEMENTS(condition_keys)];
    guint n = 0;

    for (guint i = 0; condition && i < G_N_ELEMENTS(condition_keys); i++)
        known[n++] = condition_keys[i];
    for (guint i = 0; source_keys[i] != NULL; i++)
        known[n++] = source_keys[i];
    known[n] = NULL;
    return rv_yaml_check_keys(node, what, known, reader->problems);
}

static void
read_parts(const RvReader *reader, const RvYamlNode *list, const char *what, RvSource *source)
{
    source->parts = g_ptr_array_new_with_free_func((GDestroyNotify)rv_source_free);
    for (guint i = 0; i < rv_yaml_count(list); i++) {
        RvSource *part = rv_read_source(reader, rv_yaml_item(list, i), what);

        if (part != NULL)
            g_ptr_array_add(source->parts, part);
    }
}

/* `where: {column: value or values}`, or a list of conditions. */
static GPtrArray *
read_rows(const RvReader *reader, const RvYamlNode *node)
{
    GPtrArray *rows;

    if (node == NULL || node->kind != RV_YAML_MAP || rv_yaml_get(node, "column") != NULL)
        return rv_read_conditions(reader, node, "where");
    rows = g_ptr_array_new_with_free_func((GDestroyNotify)rv_row_condition_free);
    for (guint i = 0; i < node->size; i++) {
        RvRowCondition *condition = rv_row_condition_new();

        condition->source = rv_source_new(RV_SOURCE_COLUMN);
        rv_read_column(reader, node->keys[i], &condition->source->column);
        condition->is = rv_read_values(reader, node->items[i], "where");
        g_ptr_array_add(rows, condition);
    }
    return rows;
}

static void
read_as(const RvReader *reader, const RvYamlNode *node, RvSource *source)
{
    static const char *const words[] = {"numbers", "text", "mac", "ip", NULL};
    int choice = 0;

    if (node != NULL && rv_yaml_choice(node, "as", words, &choice, reader->problems))
        source->as = (RvIndexAs)choice;
}

static RvSource *
read_kind(const RvReader *reader, const RvYamlNode *node, const char *what)
{
    const RvYamlNode *item;
    RvSource *source;

    if ((item = rv_yaml_get(node, "column")) != NULL) {
        source = rv_source_new(RV_SOURCE_COLUMN);
        rv_read_column(reader, item, &source->column);
    } else if ((item = rv_yaml_get(node, "oid")) != NULL) {
        source = rv_source_new(RV_SOURCE_SCALAR);
        rv_read_oid(reader, item, &source->column);
    } else if ((item = rv_yaml_get(node, "sysDescr")) != NULL) {
        source = rv_source_new(RV_SOURCE_SYS_DESCR);
        source->pattern = rv_read_regex(reader, item);
    } else if ((item = rv_yaml_get(node, "sysName")) != NULL) {
        source = rv_source_new(RV_SOURCE_SYS_NAME);
        source->pattern = rv_read_regex(reader, item);
    } else if ((item = rv_yaml_get(node, "sysObjectID")) != NULL) {
        source = rv_source_new(RV_SOURCE_SYS_OBJECT_ID);
        source->map = rv_read_map(reader, item, "sysObjectID");
    } else if ((item = rv_yaml_get(node, "join")) != NULL) {
        source = rv_source_new(RV_SOURCE_JOIN);
        read_parts(reader, item, what, source);
    } else if ((item = rv_yaml_get(node, "sum")) != NULL) {
        source = rv_source_new(RV_SOURCE_SUM);
        read_parts(reader, item, what, source);
    } else if ((item = rv_yaml_get(node, "either")) != NULL) {
        source = rv_source_new(RV_SOURCE_EITHER);
        read_parts(reader, item, what, source);
    } else if ((item = rv_yaml_get(node, "text")) != NULL) {
        source = rv_source_new(RV_SOURCE_TEXT);
        source->text = g_strdup(item->kind == RV_YAML_TEXT ? item->text : "");
    } else if (rv_yaml_get(node, "index") != NULL) {
        source = rv_source_new(RV_SOURCE_INDEX);
    } else {
        return NULL;
    }
    return source;
}

static char *
read_format(const RvReader *reader, const RvYamlNode *node)
{
    const char *percent;

    if (node == NULL)
        return NULL;
    percent = node->kind == RV_YAML_TEXT ? strchr(node->text, '%') : NULL;
    if (percent != NULL && percent[1] == 's' && strchr(percent + 1, '%') == NULL)
        return g_strdup(node->text);
    rv_yaml_problem(node, reader->problems, "format: text with one %%s and no other '%%'");
    return NULL;
}

static void
read_join_keys(const RvReader *reader, const RvYamlNode *node, RvSource *source)
{
    const RvYamlNode *find = rv_yaml_get(node, "find"), *via = rv_yaml_get(node, "via");
    const RvYamlNode *with = rv_yaml_get(node, "with");
    static const char *const rows_words[] = {"below", NULL};
    gboolean set = FALSE;
    int choice = 0;

    source->index = read_index(reader, rv_yaml_get(node, "index"));
    if (via != NULL && via->kind == RV_YAML_TEXT) {
        source->via = rv_source_new(RV_SOURCE_COLUMN);
        rv_read_column(reader, via, &source->via->column);
    } else if (via != NULL) {
        source->via = rv_read_source(reader, via, "via");
    }
    if (find != NULL)
        rv_read_column(reader, find, &source->find);
    if (rv_yaml_get(node, "contained") != NULL)
        source->contained = TRUE;
    if (rv_yaml_get_boolean(node, "first", &set, reader->problems))
        source->first = set;
    source->rows = read_rows(reader, rv_yaml_get(node, "where"));
    if (rv_yaml_get_choice(node, "rows", rows_words, &choice, reader->problems))
        source->below = TRUE;
    source->first = !source->below && (source->first || source->rows != NULL);
    source->with = g_strdup(with != NULL && with->kind == RV_YAML_TEXT ? with->text : " ");
}

static RvSource *
read_source_map(const RvReader *reader, const RvYamlNode *node, const char *what)
{
    RvSource *source = read_kind(reader, node, what);
    RvScaling scaling;
    const RvYamlNode *item;

    if (source == NULL)
        return NULL;
    read_join_keys(reader, node, source);
    read_as(reader, rv_yaml_get(node, "as"), source);
    rv_yaml_get_boolean(node, "hex", &source->hex, reader->problems);
    source->none = rv_read_values(reader, rv_yaml_get(node, "none"), "none");
    if ((item = rv_yaml_get(node, "pattern")) != NULL && source->pattern == NULL)
        source->pattern = rv_read_regex(reader, item);
    if ((item = rv_yaml_get(node, "map")) != NULL && source->map == NULL)
        source->map = rv_read_map(reader, item, "map");
    source->format = read_format(reader, rv_yaml_get(node, "format"));
    if (rv_read_scaling(reader, node, &scaling))
        source->scaling = g_memdup2(&scaling, sizeof scaling);
    return source;
}

RvSource *
rv_read_source(const RvReader *reader, const RvYamlNode *node, const char *what)
{
    RvSource *source;

    if (node == NULL)
        return NULL;
    switch (node->kind) {
    case RV_YAML_NONE:
        rv_yaml_problem(node, reader->problems, "%s: nothing stands here", what);
        return NULL;
    case RV_YAML_TEXT:
        source = rv_source_new(RV_SOURCE_TEXT);
        source->text = g_strdup(node->text);
        return source;
    case RV_YAML_LIST:
        source = rv_source_new(RV_SOURCE_EITHER);
        read_parts(reader, node, what, source);
        return source;
    case RV_YAML_MAP:
        break;
    }
    if (!check_source_keys(reader, node, what, FALSE))
        return NULL;
    source = read_source_map(reader, node, what);
    if (source == NULL)
        rv_yaml_problem(node, reader->problems,
                        "%s: a source needs column, index, oid, text, sysDescr, sysObjectID, "
                        "sysName, either, join or sum",
                        what);
    return source;
}

/* ---- conditions ---- */

RvRowCondition *
rv_read_condition(const RvReader *reader, const RvYamlNode *node, const char *what)
{
    RvRowCondition *condition;
    gboolean exists = TRUE;

    if (node == NULL)
        return NULL;
    if (node->kind != RV_YAML_MAP) {
        rv_yaml_problem(node, reader->problems, "%s: a condition is a map, as {column: 3, is: [1]}",
                        what);
        return NULL;
    }
    check_source_keys(reader, node, what, TRUE);
    condition = rv_row_condition_new();
    condition->any = rv_read_conditions(reader, rv_yaml_get(node, "any"), "any");
    condition->all = rv_read_conditions(reader, rv_yaml_get(node, "all"), "all");
    condition->source = read_source_map(reader, node, what);
    condition->is = rv_read_values(reader, rv_yaml_get(node, "is"), "is");
    condition->not = rv_read_values(reader, rv_yaml_get(node, "not"), "not");
    rv_yaml_get_number(node, "at-least", -1e300, 1e300, &condition->at_least, reader->problems);
    rv_yaml_get_number(node, "at-most", -1e300, 1e300, &condition->at_most, reader->problems);
    condition->matches = rv_read_regex(reader, rv_yaml_get(node, "matches"));
    if (rv_yaml_get_boolean(node, "exists", &exists, reader->problems))
        condition->exists = exists;
    return condition;
}

GPtrArray *
rv_read_conditions(const RvReader *reader, const RvYamlNode *node, const char *what)
{
    GPtrArray *conditions;

    if (node == NULL)
        return NULL;
    conditions = g_ptr_array_new_with_free_func((GDestroyNotify)rv_row_condition_free);
    for (guint i = 0; i < rv_yaml_count(node); i++) {
        RvRowCondition *condition = rv_read_condition(reader, rv_yaml_item(node, i), what);

        if (condition != NULL)
            g_ptr_array_add(conditions, condition);
    }
    return conditions;
}

void
rv_read_limit(const RvReader *reader, const RvYamlNode *node, const char *what, RvLimitRule *limit)
{
    *limit = (RvLimitRule){.constant = NAN};
    if (node == NULL)
        return;
    if (node->kind == RV_YAML_TEXT) {
        rv_yaml_number(node, what, -1e18, 1e18, &limit->constant, reader->problems);
        return;
    }
    limit->source = rv_read_source(reader, node, what);
    if (node->kind == RV_YAML_MAP)
        rv_yaml_get_boolean(node, "raw", &limit->raw, reader->problems);
}
