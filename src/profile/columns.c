
#include "profile/profile.h"

/* What a column is read for. */
typedef enum {
    VALUE, /* moves with each reading */
    STILL, /* names, places, scales, limits */
    ROWS,  /* which rows count: moves, unless it is also read for what stands still */
    PURPOSES
} Purpose;

/* The columns so far, and the scalar group whose columns are instances while it is read. */
typedef struct {
    GArray *oids[PURPOSES];
    const RvOid *scalars;
} Columns;

static void add_condition(Columns *columns, const RvRowCondition *condition, Purpose purpose);

static void
add_oid(Columns *columns, const RvOid *oid, Purpose purpose)
{
    gboolean instance = columns->scalars != NULL && rv_oid_is_below(oid, columns->scalars);
    RvOid copy;

    if (oid->length == 0)
        return;
    copy = instance && oid->ids[oid->length - 1] != 0 ? rv_oid_append(oid, (guint32[]){0}, 1)
                                                      : rv_oid_copy(oid);
    g_array_append_val(columns->oids[purpose], copy);
}

static void
add_conditions(Columns *columns, const GPtrArray *conditions, Purpose purpose)
{
    for (guint i = 0; conditions != NULL && i < conditions->len; i++)
        add_condition(columns, g_ptr_array_index(conditions, i), purpose);
}

static void
add_source(Columns *columns, const RvSource *source, Purpose purpose)
{
    if (source == NULL)
        return;
    if (source->kind == RV_SOURCE_COLUMN || source->kind == RV_SOURCE_SCALAR)
        add_oid(columns, &source->column, purpose);
    add_oid(columns, &source->find, purpose);
    add_source(columns, source->via, purpose);
    add_conditions(columns, source->rows, purpose);
    for (guint i = 0; source->parts != NULL && i < source->parts->len; i++)
        add_source(columns, g_ptr_array_index(source->parts, i), purpose);
    if (source->scaling == NULL)
        return;
    add_source(columns, source->scaling->scale_by, STILL);
    add_source(columns, source->scaling->precision, STILL);
    add_source(columns, source->scaling->scale_enum, STILL);
    add_source(columns, source->scaling->unit_from, STILL);
}

static void
add_condition(Columns *columns, const RvRowCondition *condition, Purpose purpose)
{
    if (condition == NULL)
        return;
    add_source(columns, condition->source, purpose);
    add_conditions(columns, condition->any, purpose);
    add_conditions(columns, condition->all, purpose);
}

static void
add_sources(Columns *columns, const RvSource *const *sources, guint n, Purpose purpose)
{
    for (guint i = 0; i < n; i++)
        add_source(columns, sources[i], purpose);
}

static void
add_sensor(Columns *columns, const RvSensorRule *rule)
{
    const RvSource *values[] = {rule->minus, rule->plus, rule->percent_of, rule->times,
                                rule->status};
    const RvSource *still[] = {rule->class_from,
                               rule->group_from,
                               rule->name,
                               rule->part,
                               rule->entity,
                               rule->port,
                               rule->hysteresis.source,
                               rule->scaling.scale_by,
                               rule->scaling.precision,
                               rule->scaling.scale_enum,
                               rule->scaling.unit_from};

    add_oid(columns, &rule->column, VALUE);
    add_sources(columns, values, G_N_ELEMENTS(values), VALUE);
    add_sources(columns, still, G_N_ELEMENTS(still), STILL);
    for (guint i = 0; i < RV_LIMIT_PLACES; i++)
        add_source(columns, rule->limits[i].source, STILL);
    add_conditions(columns, rule->where, ROWS);
    add_conditions(columns, rule->limits_if, ROWS);
    add_condition(columns, rule->present, ROWS);
}

static void
add_component(Columns *columns, const RvComponentRule *rule)
{
    const RvSource *sources[] = {rule->class_from, rule->name,        rule->part,   rule->model,
                                 rule->serial,     rule->part_number, rule->vendor, rule->firmware,
                                 rule->hardware,   rule->asset_tag};

    add_sources(columns, sources, G_N_ELEMENTS(sources), STILL);
    add_conditions(columns, rule->where, STILL);
}

static void
columns_init(Columns *columns)
{
    *columns = (Columns){0};
    for (guint i = 0; i < PURPOSES; i++)
        columns->oids[i] = rv_oids_new();
}

static void
read_profile(Columns *columns, const RvProfile *profile)
{
    const RvSource *identity[] = {profile->vendor, profile->os, profile->model, profile->version,
                                  profile->serial};

    add_sources(columns, identity, G_N_ELEMENTS(identity), STILL);
    for (guint i = 0; i < profile->tables->len; i++) {
        const RvTableRule *table = g_ptr_array_index(profile->tables, i);

        columns->scalars = table->scalars ? &table->entry : NULL;
        add_conditions(columns, table->where, ROWS);
        for (guint j = 0; j < table->sensors->len; j++)
            add_sensor(columns, g_ptr_array_index(table->sensors, j));
    }
    columns->scalars = NULL;
}

/* Moves what lies in `from` into `into`. */
static void
join(GArray *into, GArray *from)
{
    g_array_append_vals(into, from->data, from->len);
    g_array_set_clear_func(from, NULL);
    g_array_unref(from);
}

GArray *
rv_profile_columns(const RvProfile *profile, gboolean census)
{
    Columns columns;

    columns_init(&columns);
    read_profile(&columns, profile);
    for (guint i = 0; census && i < profile->components->len; i++)
        add_component(&columns, g_ptr_array_index(profile->components, i));
    join(columns.oids[VALUE], columns.oids[STILL]);
    join(columns.oids[VALUE], columns.oids[ROWS]);
    rv_oids_settle(columns.oids[VALUE]);
    return columns.oids[VALUE];
}

static gboolean
holds(const GArray *oids, const RvOid *oid)
{
    for (guint i = 0; i < oids->len; i++)
        if (rv_oid_compare(&g_array_index(oids, RvOid, i), oid) == 0)
            return TRUE;
    return FALSE;
}

GArray *
rv_profile_moving_columns(const RvProfile *profile)
{
    Columns columns;
    GArray *rows;

    columns_init(&columns);
    read_profile(&columns, profile);
    rows = columns.oids[ROWS];
    for (guint i = 0; i < rows->len; i++) {
        RvOid *oid = &g_array_index(rows, RvOid, i);

        if (holds(columns.oids[STILL], oid))
            continue;
        g_array_append_val(columns.oids[VALUE], *oid);
        *oid = (RvOid){NULL, 0};
    }
    g_array_unref(rows);
    g_array_unref(columns.oids[STILL]);
    rv_oids_settle(columns.oids[VALUE]);
    return columns.oids[VALUE];
}
