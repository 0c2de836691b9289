#include <string.h>

#include "base/text.h"
#include "collect/collecting.h"

#define COMPONENT_CEILING 20000

static void
add_row(GHashTable *seen, GPtrArray *rows, const RvVarbind *varbind, guint skip)
{
    RvOid index = {varbind->oid.ids + skip, varbind->oid.length - skip};
    char *text;

    if (index.length == 0 || rows->len >= COMPONENT_CEILING)
        return;
    text = rv_oid_format(&index);
    if (g_hash_table_contains(seen, text)) {
        g_free(text);
        return;
    }
    g_hash_table_add(seen, text);
    g_ptr_array_add(rows, text);
}

/* Rows: each index, dotted, that any of the table's own columns has. */
static void
add_rows(const RvCollecting *collecting, const RvComponentRule *rule, const RvSource *source,
         GHashTable *seen, GPtrArray *rows)
{
    guint count = 0;
    const RvVarbind *varbinds;

    if (source == NULL)
        return;
    for (guint i = 0; source->parts != NULL && i < source->parts->len; i++)
        add_rows(collecting, rule, g_ptr_array_index(source->parts, i), seen, rows);
    if (source->kind != RV_SOURCE_COLUMN || source->index != NULL || source->via != NULL ||
        source->find.length > 0 || source->first || !rv_oid_is_below(&source->column, &rule->entry))
        return;
    varbinds =
        rv_snmp_answers_below(rv_ground_answers(collecting->ground), &source->column, &count);
    for (guint i = 0; i < count; i++)
        add_row(seen, rows, &varbinds[i], source->column.length);
}

static void
take(char **field, const RvSource *source, const RvRow *row)
{
    char *text = source != NULL ? rv_source_text(source, row) : NULL;

    if (text == NULL)
        return;
    g_free(*field);
    *field = text;
}

static char *
component_class(const RvComponentRule *rule, const RvRow *row)
{
    g_autofree char *word =
        rule->class_from != NULL ? rv_source_text(rule->class_from, row) : g_strdup(rule->class);

    if (word == NULL)
        return rule->class_from != NULL ? NULL : g_strdup("other");
    return g_strv_contains(rv_component_classes, word) ? g_steal_pointer(&word) : NULL;
}

/* The component that another table or ENTITY-MIB named with the same serial number, or NULL. */
static RvComponent *
find_known(const RvObservation *observation, const char *class, const char *serial)
{
    if (serial == NULL)
        return NULL;
    for (guint i = 0; i < observation->components->len; i++) {
        RvComponent *component = g_ptr_array_index(observation->components, i);

        if (strcmp(component->serial, serial) == 0 && strcmp(component->class, class) == 0)
            return component;
    }
    return NULL;
}

static void
fill(const RvComponentRule *rule, const RvRow *row, RvComponent *component)
{
    take(&component->model, rule->model, row);
    take(&component->serial, rule->serial, row);
    take(&component->part_number, rule->part_number, row);
    take(&component->vendor, rule->vendor, row);
    take(&component->firmware, rule->firmware, row);
    take(&component->hardware, rule->hardware, row);
    take(&component->asset_tag, rule->asset_tag, row);
}

static char *
make_key(const RvComponentRule *rule, const RvRow *row, const char *class, const char *name)
{
    g_autofree char *part = rule->part != NULL ? rv_source_text(rule->part, row) : NULL;
    g_autofree char *slug = rv_text_slug(part != NULL ? part : name);

    return part != NULL || g_str_has_prefix(slug, class) ? g_strdup(slug)
                                                         : g_strconcat(class, "/", slug, NULL);
}

static void
add_component(RvCollecting *collecting, const RvComponentRule *rule, const RvRow *row)
{
    g_autofree char *class = component_class(rule, row);
    g_autofree char *serial = NULL, *model = NULL, *name = NULL;
    RvComponent *component;

    if (class == NULL || !rv_row_conditions_hold(rule->where, row))
        return;
    serial = rule->serial != NULL ? rv_source_text(rule->serial, row) : NULL;
    model = rule->model != NULL ? rv_source_text(rule->model, row) : NULL;
    name = rule->name != NULL ? rv_source_text(rule->name, row) : NULL;
    if (serial == NULL && model == NULL && (name == NULL || row->length == 0))
        return;
    component = find_known(collecting->observation, class, serial);
    if (component != NULL) {
        fill(rule, row, component);
        return;
    }
    component = rv_observation_add_component(collecting->observation);
    if (name == NULL) {
        RvOid index = {(guint32 *)row->index, row->length};
        g_autofree char *text = row->length > 0 ? rv_oid_format(&index) : g_strdup("");

        name = g_strstrip(g_strconcat(class, " ", text, NULL));
    }
    g_free(component->class);
    component->class = g_strdup(class);
    g_free(component->key);
    component->key = make_key(rule, row, class, name);
    g_free(component->name);
    component->name = g_steal_pointer(&name);
    fill(rule, row, component);
}

static void
collect_rule(RvCollecting *collecting, const RvComponentRule *rule)
{
    const RvSource *sources[] = {rule->serial,     rule->model,       rule->name,
                                 rule->class_from, rule->part_number, rule->firmware,
                                 rule->hardware,   rule->part};
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        add_rows(collecting, rule, sources[i], seen, rows);
    if (rows->len == 0) { /* one thing, told by scalars */
        RvRow row = {collecting->ground, NULL, 0, NULL};

        add_component(collecting, rule, &row);
    }
    for (guint i = 0; i < rows->len; i++) {
        RvOid index = {NULL, 0};

        if (rv_oid_parse(g_ptr_array_index(rows, i), &index)) {
            RvRow row = {collecting->ground, index.ids, index.length, NULL};

            add_component(collecting, rule, &row);
        }
        rv_oid_clear(&index);
    }
}

void
rv_collect_components(RvCollecting *collecting, const RvProfile *profile)
{
    for (guint i = 0; i < profile->components->len; i++)
        collect_rule(collecting, g_ptr_array_index(profile->components, i));
}
