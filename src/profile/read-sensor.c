#include <math.h>
#include <string.h>

#include "observation/words.h"
#include "profile/reader.h"

const char *const rv_sensor_groups[] = {
    "fan", "psu",    "temperature", "disk",     "array",     "battery", "module", "power", "memory",
    "cpu", "optics", "voltage",     "humidity", "enclosure", "log",     "other",  NULL};

static const char *const sensor_keys[] = {
    "column",     "names",      "class",   "name",       "part",    "entity", "port",
    "group",      "where",      "as",      "signed",     "mask",    "zero",   "none",
    "absent",     "pattern",    "numbers", "scale",      "divide",  "offset", "scale-by",
    "precision",  "scale-enum", "unit",    "percent-of", "minus",   "plus",   "times",
    "range",      "states",     "bits",    "status",     "present", "limits", "limits-if",
    "hysteresis", "static",     NULL};

void
rv_sensor_rule_free(gpointer data)
{
    RvSensorRule *rule = data;
    RvSource *sources[] = {rule->class_from,
                           rule->name,
                           rule->part,
                           rule->entity,
                           rule->port,
                           rule->minus,
                           rule->plus,
                           rule->percent_of,
                           rule->times,
                           rule->status,
                           rule->hysteresis.source};
    RvMap *maps[] = {rule->none, rule->absent,        rule->states,
                     rule->bits, rule->status_states, rule->limits_none};

    rv_oid_clear(&rule->column);
    g_free(rule->suffix);
    g_free(rule->id);
    g_free(rule->group);
    rv_source_free(rule->group_from);
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        rv_source_free(sources[i]);
    for (guint i = 0; i < G_N_ELEMENTS(maps); i++)
        rv_map_free(maps[i]);
    for (guint i = 0; i < RV_LIMIT_PLACES; i++)
        rv_source_free(rule->limits[i].source);
    g_clear_pointer(&rule->where, g_ptr_array_unref);
    g_clear_pointer(&rule->limits_if, g_ptr_array_unref);
    g_clear_pointer(&rule->pattern, g_regex_unref);
    rv_scaling_clear(&rule->scaling);
    rv_row_condition_free(rule->present);
    g_free(rule);
}

/* ---- where it sits and what it is called ---- */

static const RvYamlNode *
get_or_default(const RvYamlNode *node, const RvYamlNode *defaults, const char *key)
{
    const RvYamlNode *found = rv_yaml_get(node, key);

    return found != NULL ? found : rv_yaml_get(defaults, key);
}

static void
read_place(const RvReader *reader, const RvYamlNode *node, const RvYamlNode *defaults,
           RvSensorRule *rule)
{
    const RvYamlNode *entity = get_or_default(node, defaults, "entity");
    const RvYamlNode *group = get_or_default(node, defaults, "group");
    int choice;

    rule->name = rv_read_source(reader, get_or_default(node, defaults, "name"), "name");
    rule->part = rv_read_source(reader, get_or_default(node, defaults, "part"), "part");
    rule->port = rv_read_source(reader, get_or_default(node, defaults, "port"), "port");
    if (entity != NULL && rv_yaml_is_boolean(entity))
        rv_yaml_boolean(entity, "entity", &rule->own_entity, reader->problems);
    else
        rule->entity = rv_read_source(reader, entity, "entity");
    if (group != NULL && group->kind != RV_YAML_TEXT)
        rule->group_from = rv_read_source(reader, group, "group");
    else if (group != NULL &&
             rv_yaml_choice(group, "group", rv_sensor_groups, &choice, reader->problems))
        rule->group = g_strdup(rv_sensor_groups[choice]);
}

static void
read_class(const RvReader *reader, const RvYamlNode *node, RvSensorRule *rule)
{
    const RvYamlNode *class = rv_yaml_get(node, "class");
    const char *words[RV_CLASSES + 1] = {NULL};
    int choice;

    for (guint i = 0; i < RV_CLASSES; i++)
        words[i] = rv_class_word((RvClass)i);
    if (class == NULL)
        rv_yaml_problem(node, reader->problems, "a sensor needs its class");
    else if (class->kind != RV_YAML_TEXT)
        rule->class_from = rv_read_source(reader, class, "class");
    else if (rv_yaml_choice(class, "class", words, &choice, reader->problems))
        rule->class = (RvClass)choice;
    if (rule->class_from == NULL || rule->class_from->map == NULL)
        return;
    for (guint i = 0; i < rv_map_size(rule->class_from->map); i++) {
        RvClass ignored;

        if (!rv_class_parse(rv_map_entry(rule->class_from->map, i)->value, &ignored))
            rv_yaml_problem(class, reader->problems, "unknown class '%s'",
                            rv_map_entry(rule->class_from->map, i)->value);
    }
}

/* ---- what becomes of the cell ---- */

static void
read_raw(const RvReader *reader, const RvYamlNode *node, RvSensorRule *rule)
{
    static const char *const as_words[] = {"number", "float32", NULL};
    static const char *const zero_words[] = {"value", "none", NULL};
    static const char *const number_words[] = {"first", "all", NULL};
    const RvYamlNode *mask = rv_yaml_get(node, "mask");
    int choice = 0;
    gint64 bits = 0;

    if (rv_yaml_get_choice(node, "as", as_words, &choice, reader->problems))
        rule->float32 = choice == 1;
    if (rv_yaml_get_choice(node, "zero", zero_words, &choice, reader->problems))
        rule->zero_none = choice == 1;
    if (rv_yaml_get_choice(node, "numbers", number_words, &choice, reader->problems))
        rule->numbers_all = choice == 1;
    if (rv_yaml_get_integer(node, "signed", 8, 32, &bits, reader->problems))
        rule->signed_bits = (int)bits;
    if (mask != NULL && mask->kind == RV_YAML_TEXT)
        rule->mask = g_ascii_strtoull(mask->text, NULL, 0);
    rule->none = rv_read_values(reader, rv_yaml_get(node, "none"), "none");
    rule->absent = rv_read_values(reader, rv_yaml_get(node, "absent"), "absent");
    rule->pattern = rv_read_regex(reader, rv_yaml_get(node, "pattern"));
}

static void
read_range(const RvReader *reader, const RvYamlNode *range, RvSensorRule *rule)
{
    rule->low = rule->high = NAN;
    if (range == NULL)
        return;
    if (range->kind != RV_YAML_LIST || range->size != 2) {
        rv_yaml_problem(range, reader->problems, "a range is written [low, high]");
        return;
    }
    rv_yaml_number(range->items[0], "range", -1e18, 1e18, &rule->low, reader->problems);
    rv_yaml_number(range->items[1], "range", -1e18, 1e18, &rule->high, reader->problems);
}

static void
read_value(const RvReader *reader, const RvYamlNode *node, RvSensorRule *rule)
{
    const RvYamlNode *unit = rv_yaml_get(node, "unit");

    read_raw(reader, node, rule);
    read_range(reader, rv_yaml_get(node, "range"), rule);
    rv_read_scaling(reader, node, &rule->scaling);
    rule->percent_of = rv_read_source(reader, rv_yaml_get(node, "percent-of"), "percent-of");
    rule->minus = rv_read_source(reader, rv_yaml_get(node, "minus"), "minus");
    rule->plus = rv_read_source(reader, rv_yaml_get(node, "plus"), "plus");
    rule->times = rv_read_source(reader, rv_yaml_get(node, "times"), "times");
    if (rule->scaling.unit != NULL && rule->class_from == NULL &&
        !rv_unit_fits(rule->scaling.unit, rule->class))
        rv_yaml_problem(unit, reader->problems, "a %s does not come in '%s'",
                        rv_class_word(rule->class), unit->text);
}

static void
read_states(const RvReader *reader, const RvYamlNode *node, RvSensorRule *rule)
{
    const RvYamlNode *status = rv_yaml_get(node, "status");

    rule->states = rv_read_states(reader, rv_yaml_get(node, "states"), "states");
    rule->bits = rv_read_states(reader, rv_yaml_get(node, "bits"), "bits");
    if (rule->class_from == NULL && rule->class == RV_CLASS_STATE &&
        rv_yaml_get(node, "states") == NULL && rv_yaml_get(node, "bits") == NULL)
        rv_yaml_problem(node, reader->problems, "class state needs states (or bits)");
    rule->present = rv_read_condition(reader, rv_yaml_get(node, "present"), "present");
    if (status == NULL)
        return;
    if (rv_yaml_get(status, "states") == NULL)
        rv_yaml_problem(status, reader->problems, "status needs column and states");
    rule->status_states = rv_read_states(reader, rv_yaml_get(status, "states"), "states");
    rule->status = rv_read_source(reader, status, "status");
}

static void
read_limits(const RvReader *reader, const RvYamlNode *node, RvSensorRule *rule)
{
    static const char *const words[] = {"low-critical",  "low-warning", "high-warning",
                                        "high-critical", "none",        NULL};
    const RvYamlNode *limits = rv_yaml_get(node, "limits");

    if (limits != NULL)
        rv_yaml_check_keys(limits, "limits", words, reader->problems);
    for (guint i = 0; i < RV_LIMIT_PLACES; i++)
        rv_read_limit(reader, rv_yaml_get(limits, words[i]), words[i], &rule->limits[i]);
    rule->limits_none = rv_read_values(reader, rv_yaml_get(limits, "none"), "none");
    rule->limits_if = rv_read_conditions(reader, rv_yaml_get(node, "limits-if"), "limits-if");
    rv_read_limit(reader, rv_yaml_get(node, "hysteresis"), "hysteresis", &rule->hysteresis);
}

void
rv_read_sensor(const RvReader *reader, const RvYamlNode *node, const RvYamlNode *defaults,
               GPtrArray *rules)
{
    const RvYamlNode *columns, *names;

    if (!rv_yaml_check_keys(node, "a sensor", sensor_keys, reader->problems))
        return;
    columns = rv_yaml_get(node, "column");
    names = rv_yaml_get(node, "names");
    if (columns == NULL)
        rv_yaml_problem(node, reader->problems, "a sensor needs its column");
    if (names != NULL && rv_yaml_count(names) != rv_yaml_count(columns))
        rv_yaml_problem(names, reader->problems, "as many names as columns: %u, not %u",
                        rv_yaml_count(columns), rv_yaml_count(names));
    for (guint i = 0; columns != NULL && i < rv_yaml_count(columns); i++) {
        RvSensorRule *rule = g_new0(RvSensorRule, 1);

        g_ptr_array_add(rules, rule);
        rule->line = node->line;
        rule->id = g_strdup(
            rv_yaml_item(columns, i)->kind == RV_YAML_TEXT ? rv_yaml_item(columns, i)->text : "?");
        rv_read_column(reader, rv_yaml_item(columns, i), &rule->column);
        if (names != NULL && i < rv_yaml_count(names))
            rule->suffix = g_strdup(rv_yaml_item(names, i)->text);
        read_place(reader, node, defaults, rule);
        read_class(reader, node, rule);
        rule->where = rv_read_conditions(reader, rv_yaml_get(node, "where"), "where");
        read_value(reader, node, rule);
        read_states(reader, node, rule);
        read_limits(reader, node, rule);
    }
}
