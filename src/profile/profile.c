#include "profile/profile.h"

#include <string.h>

#include "profile/reader.h"

const char *const rv_component_classes[] = {"chassis", "module", "psu",     "fan",         "disk",
                                            "memory",  "cpu",    "battery", "transceiver", "stack",
                                            "bmc",     "other",  NULL};

static const char *const profile_keys[] = {
    "profile", "match",      "role",       "uses",         "without", "identity", "models",
    "tables",  "components", "interfaces", "enumerations", "about",   "base",     NULL};

/* ---- tables ---- */

static void
table_free(gpointer data)
{
    RvTableRule *table = data;

    rv_oid_clear(&table->entry);
    g_clear_pointer(&table->where, g_ptr_array_unref);
    g_ptr_array_unref(table->sensors);
    g_free(table);
}

static void
read_table(RvReader *reader, const RvYamlNode *node, RvProfile *profile)
{
    static const char *const keys[] = {"entry", "scalars", "name",    "part",   "entity", "port",
                                       "group", "where",   "sensors", "static", NULL};
    const RvYamlNode *sensors = rv_yaml_get(node, "sensors");
    RvTableRule *table;

    if (!rv_yaml_check_keys(node, "a table", keys, reader->problems))
        return;
    table = g_new0(RvTableRule, 1);
    table->line = node->line;
    table->sensors = g_ptr_array_new_with_free_func(rv_sensor_rule_free);
    g_ptr_array_add(profile->tables, table);
    if (rv_yaml_get(node, "entry") == NULL)
        rv_yaml_problem(node, reader->problems, "a table needs its entry");
    rv_read_oid(reader, rv_yaml_get(node, "entry"), &table->entry);
    rv_yaml_get_boolean(node, "scalars", &table->scalars, reader->problems);
    if (sensors == NULL)
        rv_yaml_problem(node, reader->problems, "a table needs sensors");
    reader->entry = &table->entry;
    table->where = rv_read_conditions(reader, rv_yaml_get(node, "where"), "where");
    for (guint i = 0; i < rv_yaml_count(sensors); i++)
        rv_read_sensor(reader, rv_yaml_item(sensors, i), node, table->sensors);
    reader->entry = NULL;
}

/* ---- components ---- */

static void
component_free(gpointer data)
{
    RvComponentRule *rule = data;
    RvSource *sources[] = {rule->class_from, rule->name,        rule->part,   rule->model,
                           rule->serial,     rule->part_number, rule->vendor, rule->firmware,
                           rule->hardware,   rule->asset_tag};

    rv_oid_clear(&rule->entry);
    g_free(rule->class);
    g_clear_pointer(&rule->where, g_ptr_array_unref);
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        rv_source_free(sources[i]);
    g_free(rule);
}

static void
read_component_class(const RvReader *reader, const RvYamlNode *class, RvComponentRule *rule)
{
    int choice;

    if (class != NULL && class->kind != RV_YAML_TEXT)
        rule->class_from = rv_read_source(reader, class, "class");
    else if (class != NULL &&
             rv_yaml_choice(class, "class", rv_component_classes, &choice, reader->problems))
        rule->class = g_strdup(rv_component_classes[choice]);
}

static void
read_component(RvReader *reader, const RvYamlNode *node, RvProfile *profile)
{
    static const char *const keys[] = {
        "entry",    "class",    "name",      "part",  "model",   "serial", "part-number", "vendor",
        "firmware", "hardware", "asset-tag", "where", "scalars", "static", NULL};
    RvComponentRule *rule;

    if (!rv_yaml_check_keys(node, "a component", keys, reader->problems))
        return;
    rule = g_new0(RvComponentRule, 1);
    rule->line = node->line;
    g_ptr_array_add(profile->components, rule);
    if (rv_yaml_get(node, "entry") == NULL)
        rv_yaml_problem(node, reader->problems, "a component needs its entry");
    rv_read_oid(reader, rv_yaml_get(node, "entry"), &rule->entry);
    reader->entry = &rule->entry;
    read_component_class(reader, rv_yaml_get(node, "class"), rule);
    rule->name = rv_read_source(reader, rv_yaml_get(node, "name"), "name");
    rule->part = rv_read_source(reader, rv_yaml_get(node, "part"), "part");
    rule->model = rv_read_source(reader, rv_yaml_get(node, "model"), "model");
    rule->serial = rv_read_source(reader, rv_yaml_get(node, "serial"), "serial");
    rule->part_number = rv_read_source(reader, rv_yaml_get(node, "part-number"), "part-number");
    rule->vendor = rv_read_source(reader, rv_yaml_get(node, "vendor"), "vendor");
    rule->firmware = rv_read_source(reader, rv_yaml_get(node, "firmware"), "firmware");
    rule->hardware = rv_read_source(reader, rv_yaml_get(node, "hardware"), "hardware");
    rule->asset_tag = rv_read_source(reader, rv_yaml_get(node, "asset-tag"), "asset-tag");
    rule->where = rv_read_conditions(reader, rv_yaml_get(node, "where"), "where");
    reader->entry = NULL;
}

/* ---- the whole ---- */

static void
read_identity(const RvReader *reader, const RvYamlNode *root, RvProfile *profile)
{
    static const char *const keys[] = {"vendor", "os",     "model", "version",
                                       "serial", "models", NULL};
    const RvYamlNode *identity = rv_yaml_get(root, "identity");
    const RvYamlNode *models = rv_yaml_get(identity, "models");

    if (identity != NULL)
        rv_yaml_check_keys(identity, "identity", keys, reader->problems);
    profile->vendor = rv_read_source(reader, rv_yaml_get(identity, "vendor"), "vendor");
    profile->os = rv_read_source(reader, rv_yaml_get(identity, "os"), "os");
    profile->model = rv_read_source(reader, rv_yaml_get(identity, "model"), "model");
    profile->version = rv_read_source(reader, rv_yaml_get(identity, "version"), "version");
    profile->serial = rv_read_source(reader, rv_yaml_get(identity, "serial"), "serial");
    profile->models =
        rv_read_map(reader, models != NULL ? models : rv_yaml_get(root, "models"), "models");
}

static void
read_interfaces(const RvReader *reader, const RvYamlNode *node, RvProfile *profile)
{
    static const char *const keys[] = {"names", "standard", NULL};
    static const char *const names[] = {"ifName", "ifDescr", NULL};
    gboolean standard = TRUE;
    int choice = 0;

    if (node == NULL || !rv_yaml_check_keys(node, "interfaces", keys, reader->problems))
        return;
    if (rv_yaml_get_choice(node, "names", names, &choice, reader->problems))
        profile->name_by_descr = choice == 1;
    if (rv_yaml_get_boolean(node, "standard", &standard, reader->problems))
        profile->no_interfaces = !standard;
}

static void
read_enumerations(RvReader *reader, const RvYamlNode *node)
{
    reader->enumerations = g_hash_table_new(g_str_hash, g_str_equal);
    if (node == NULL || !rv_yaml_is_map(node, "enumerations", reader->problems))
        return;
    for (guint i = 0; node->kind == RV_YAML_MAP && i < node->size; i++)
        g_hash_table_insert(reader->enumerations, (gpointer)node->keys[i]->text,
                            (gpointer)node->items[i]);
}

static void
read_profile(RvReader *reader, const RvYamlNode *root, RvProfile *profile)
{
    const RvYamlNode *tables = rv_yaml_get(root, "tables");
    const RvYamlNode *components = rv_yaml_get(root, "components");

    rv_yaml_check_keys(root, "a profile", profile_keys, reader->problems);
    read_enumerations(reader, rv_yaml_get(root, "enumerations"));
    read_identity(reader, root, profile);
    for (guint i = 0; i < rv_yaml_count(tables); i++)
        read_table(reader, rv_yaml_item(tables, i), profile);
    for (guint i = 0; i < rv_yaml_count(components); i++)
        read_component(reader, rv_yaml_item(components, i), profile);
    read_interfaces(reader, rv_yaml_get(root, "interfaces"), profile);
    g_hash_table_unref(reader->enumerations);
}

RvProfile *
rv_profile_load(RvProfileHead *head, const RvOid *base, RvProblems *problems)
{
    static guint32 nobody[] = {1, 3, 6, 1, 4, 1, 0}; /* enterprise 0 is reserved */
    static const RvOid placeholder = {nobody, G_N_ELEMENTS(nobody)};
    g_autoptr(RvYaml) yaml = rv_yaml_load(head->file, problems);
    RvReader reader = {.problems = problems, .base = base != NULL ? base : &placeholder};
    RvProfile *profile;

    if (yaml == NULL || rv_yaml_root(yaml)->kind != RV_YAML_MAP)
        return NULL;
    profile = g_new0(RvProfile, 1);
    profile->head = head;
    reader.at_base = &profile->at_base;
    profile->tables = g_ptr_array_new_with_free_func(table_free);
    profile->components = g_ptr_array_new_with_free_func(component_free);
    read_profile(&reader, rv_yaml_root(yaml), profile);
    return profile;
}

void
rv_profile_free(RvProfile *profile)
{
    if (profile == NULL)
        return;
    rv_source_free(profile->vendor);
    rv_source_free(profile->os);
    rv_source_free(profile->model);
    rv_source_free(profile->version);
    rv_source_free(profile->serial);
    rv_map_free(profile->models);
    g_ptr_array_unref(profile->tables);
    g_ptr_array_unref(profile->components);
    g_free(profile);
}
