#include "profile/source.h"

#include <math.h>

RvSource *
rv_source_new(RvSourceKind kind)
{
    RvSource *source = g_new0(RvSource, 1);

    source->kind = kind;
    return source;
}

void
rv_source_free(RvSource *source)
{
    if (source == NULL)
        return;
    g_free(source->text);
    rv_oid_clear(&source->column);
    g_clear_pointer(&source->index, g_array_unref);
    rv_source_free(source->via);
    rv_oid_clear(&source->find);
    g_clear_pointer(&source->rows, g_ptr_array_unref);
    g_clear_pointer(&source->parts, g_ptr_array_unref);
    g_free(source->with);
    rv_map_free(source->none);
    g_clear_pointer(&source->pattern, g_regex_unref);
    rv_map_free(source->map);
    g_free(source->format);
    if (source->scaling != NULL)
        rv_scaling_clear(source->scaling);
    g_free(source->scaling);
    g_free(source);
}

RvRowCondition *
rv_row_condition_new(void)
{
    RvRowCondition *condition = g_new0(RvRowCondition, 1);

    condition->at_least = condition->at_most = NAN;
    condition->exists = -1;
    return condition;
}

void
rv_row_condition_free(RvRowCondition *condition)
{
    if (condition == NULL)
        return;
    g_clear_pointer(&condition->any, g_ptr_array_unref);
    g_clear_pointer(&condition->all, g_ptr_array_unref);
    rv_source_free(condition->source);
    rv_map_free(condition->is);
    rv_map_free(condition->not );
    g_clear_pointer(&condition->matches, g_regex_unref);
    g_free(condition);
}

void
rv_scaling_clear(RvScaling *scaling)
{
    rv_source_free(scaling->scale_by);
    rv_source_free(scaling->precision);
    rv_source_free(scaling->scale_enum);
    rv_source_free(scaling->unit_from);
    *scaling = RV_SCALING_NONE;
}
