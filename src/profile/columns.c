#include <stdlib.h>

#include "profile/profile.h"

/* The columns so far, and the scalar group whose columns are instances while it is read. */
typedef struct {
    GArray *oids;
    const RvOid *scalars;
} Columns;

static void add_condition(Columns *columns, const RvRowCondition *condition);

static void
add_oid(Columns *columns, const RvOid *oid)
{
    gboolean instance = columns->scalars != NULL && rv_oid_is_below(oid, columns->scalars);
    RvOid copy;

    if (oid->length == 0)
        return;
    copy = instance && oid->ids[oid->length - 1] != 0 ? rv_oid_append(oid, (guint32[]){0}, 1)
                                                      : rv_oid_copy(oid);
    g_array_append_val(columns->oids, copy);
}

static void
add_conditions(Columns *columns, const GPtrArray *conditions)
{
    for (guint i = 0; conditions != NULL && i < conditions->len; i++)
        add_condition(columns, g_ptr_array_index(conditions, i));
}

static void
add_source(Columns *columns, const RvSource *source)
{
    if (source == NULL)
        return;
    if (source->kind == RV_SOURCE_COLUMN || source->kind == RV_SOURCE_SCALAR)
        add_oid(columns, &source->column);
    add_oid(columns, &source->find);
    add_source(columns, source->via);
    add_conditions(columns, source->rows);
    for (guint i = 0; source->parts != NULL && i < source->parts->len; i++)
        add_source(columns, g_ptr_array_index(source->parts, i));
    if (source->scaling == NULL)
        return;
    add_source(columns, source->scaling->scale_by);
    add_source(columns, source->scaling->precision);
    add_source(columns, source->scaling->scale_enum);
    add_source(columns, source->scaling->unit_from);
}

static void
add_condition(Columns *columns, const RvRowCondition *condition)
{
    if (condition == NULL)
        return;
    add_source(columns, condition->source);
    add_conditions(columns, condition->any);
    add_conditions(columns, condition->all);
}

static void
add_sensor(Columns *columns, const RvSensorRule *rule)
{
    const RvSource *sources[] = {rule->class_from,
                                 rule->group_from,
                                 rule->name,
                                 rule->part,
                                 rule->entity,
                                 rule->port,
                                 rule->minus,
                                 rule->plus,
                                 rule->percent_of,
                                 rule->times,
                                 rule->status,
                                 rule->hysteresis.source,
                                 rule->scaling.scale_by,
                                 rule->scaling.precision,
                                 rule->scaling.scale_enum,
                                 rule->scaling.unit_from};

    add_oid(columns, &rule->column);
    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        add_source(columns, sources[i]);
    for (guint i = 0; i < RV_LIMIT_PLACES; i++)
        add_source(columns, rule->limits[i].source);
    add_conditions(columns, rule->where);
    add_conditions(columns, rule->limits_if);
    add_condition(columns, rule->present);
}

static void
add_component(Columns *columns, const RvComponentRule *rule)
{
    const RvSource *sources[] = {rule->class_from, rule->name,        rule->part,   rule->model,
                                 rule->serial,     rule->part_number, rule->vendor, rule->firmware,
                                 rule->hardware,   rule->asset_tag};

    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        add_source(columns, sources[i]);
    add_conditions(columns, rule->where);
}

static int
compare(const void *a, const void *b)
{
    return rv_oid_compare(a, b);
}

static void
clear(gpointer data)
{
    rv_oid_clear(data);
}

static GArray *
without_repeats(GArray *columns)
{
    GArray *unique = g_array_new(FALSE, TRUE, sizeof(RvOid));

    g_array_set_clear_func(unique, clear);
    if (columns->len > 1)
        qsort(columns->data, columns->len, sizeof(RvOid), compare);
    for (guint i = 0; i < columns->len; i++) {
        RvOid *oid = &g_array_index(columns, RvOid, i);

        if (unique->len > 0 &&
            rv_oid_compare(oid, &g_array_index(unique, RvOid, unique->len - 1)) == 0)
            rv_oid_clear(oid);
        else
            g_array_append_val(unique, *oid);
    }
    g_array_unref(columns);
    return unique;
}

GArray *
rv_profile_columns(const RvProfile *profile, gboolean census)
{
    const RvSource *identity[] = {profile->vendor, profile->os, profile->model, profile->version,
                                  profile->serial};
    Columns columns = {g_array_new(FALSE, TRUE, sizeof(RvOid)), NULL};

    for (guint i = 0; i < G_N_ELEMENTS(identity); i++)
        add_source(&columns, identity[i]);
    for (guint i = 0; i < profile->tables->len; i++) {
        const RvTableRule *table = g_ptr_array_index(profile->tables, i);

        columns.scalars = table->scalars ? &table->entry : NULL;
        add_conditions(&columns, table->where);
        for (guint j = 0; j < table->sensors->len; j++)
            add_sensor(&columns, g_ptr_array_index(table->sensors, j));
    }
    columns.scalars = NULL;
    for (guint i = 0; census && i < profile->components->len; i++)
        add_component(&columns, g_ptr_array_index(profile->components, i));
    return without_repeats(columns.oids);
}
