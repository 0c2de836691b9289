#include "cli/companions.h"

#include <math.h>
#include <string.h>

#include "base/oid.h"
#include "observation/describe.h"

static gboolean
is_well(const RvSensor *sensor)
{
    return sensor->status == RV_VERDICT_OK && sensor->presence == RV_PRESENCE_PRESENT;
}

static gboolean
has_limits(const RvSensor *sensor)
{
    const RvLimits *limits = &sensor->limits;

    return !isnan(limits->low_critical) || !isnan(limits->low_warning) ||
           !isnan(limits->high_warning) || !isnan(limits->high_critical);
}

/* A reading leads the state of its part. */
static gboolean
leads(const RvSensor *sensor, const RvSensor *other)
{
    return other == NULL || (other->class == RV_CLASS_STATE && sensor->class != RV_CLASS_STATE);
}

/* name → RvSensor* that leads those of the name */
static GHashTable *
find_leaders(const GPtrArray *sensors)
{
    GHashTable *leaders = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < sensors->len; i++) {
        RvSensor *sensor = g_ptr_array_index(sensors, i);

        if (is_well(sensor) && leads(sensor, g_hash_table_lookup(leaders, sensor->name)))
            g_hash_table_replace(leaders, sensor->name, sensor);
    }
    return leaders;
}

/* Two columns of one row: their OIDs differ in one sub-identifier, which is not the last. */
static gboolean
is_same_row(const RvSensor *a, const RvSensor *b)
{
    RvOid one = {NULL, 0}, other = {NULL, 0};
    guint differ = 0;
    gboolean same = a->oid != NULL && b->oid != NULL && rv_oid_parse(a->oid, &one) &&
                    rv_oid_parse(b->oid, &other) && one.length == other.length;

    for (guint i = 0; same && i < one.length; i++)
        differ += one.ids[i] != other.ids[i];
    same = same && differ == 1 && one.ids[one.length - 1] == other.ids[other.length - 1];
    rv_oid_clear(&one);
    rv_oid_clear(&other);
    return same;
}

/* The sensor whose name `sensor`'s goes on after, the longest; NULL. */
static RvSensor *
longer_than(GHashTable *leaders, const RvSensor *sensor)
{
    g_autofree char *name = g_strdup(sensor->name);
    RvSensor *leader = NULL;

    for (char *space = strrchr(name, ' '); leader == NULL && space != NULL;
         space = strrchr(name, ' ')) {
        *space = '\0';
        leader = g_hash_table_lookup(leaders, name);
    }
    return leader;
}

static gboolean
belongs(const RvSensor *sensor, const RvSensor *leader)
{
    /* BMCs call the same sensor of each processor "Status": the entity tells whose it is */
    return is_well(sensor) && !has_limits(sensor) &&
           g_strcmp0(sensor->entity, leader->entity) == 0 &&
           (sensor->class == RV_CLASS_STATE || sensor->class != leader->class) &&
           (strcmp(sensor->name, leader->name) == 0 || is_same_row(sensor, leader));
}

static RvSensor *
leader_of(GHashTable *leaders, const RvSensor *sensor)
{
    RvSensor *leader = g_hash_table_lookup(leaders, sensor->name);

    if (leader == sensor)
        leader = longer_than(leaders, sensor);
    return leader != NULL && belongs(sensor, leader) ? leader : NULL;
}

/* Those that lead others may themselves go on after a shorter name: the first of the chain. */
static RvSensor *
first_of(GHashTable *leaders, RvSensor *sensor)
{
    RvSensor *leader = leader_of(leaders, sensor);

    return leader != NULL ? first_of(leaders, leader) : sensor;
}

/* The row says so already, of the verdict or of the state. */
static gboolean
says_nothing(const RvSensor *sensor, const char *value, const char *led_by)
{
    return sensor->class == RV_CLASS_STATE &&
           (strcmp(value, "ok") == 0 || strcmp(value, "normal") == 0 || strcmp(value, led_by) == 0);
}

/* "state" beside a state says no more than that it is one. */
static gboolean
is_mere_state(const char *more)
{
    return *more == '\0' || g_ascii_strcasecmp(more, "state") == 0 ||
           g_ascii_strcasecmp(more, "status") == 0;
}

static void
say(GHashTable *told, RvSensor *leader, const RvSensor *sensor)
{
    const char *before = g_hash_table_lookup(told, leader);
    g_autofree char *value = rv_describe_value(sensor);
    g_autofree char *led_by = rv_describe_value(leader);
    const char *more = sensor->name + MIN(strlen(leader->name), strlen(sensor->name));

    while (*more == ' ')
        more++;
    if (is_mere_state(more) && says_nothing(sensor, value, led_by))
        return;
    g_hash_table_replace(told, leader,
                         g_strconcat(before != NULL ? before : "", before != NULL ? " · " : "",
                                     more, *more != '\0' ? " " : "", value, NULL));
}

GHashTable *
rv_companions(GPtrArray *sensors)
{
    GHashTable *told = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    g_autoptr(GHashTable) leaders = find_leaders(sensors);
    g_autoptr(GPtrArray) stay = g_ptr_array_new();

    for (guint i = 0; i < sensors->len; i++) {
        RvSensor *sensor = g_ptr_array_index(sensors, i);
        RvSensor *leader = first_of(leaders, sensor);

        if (leader == sensor)
            g_ptr_array_add(stay, sensor);
        else
            say(told, leader, sensor);
    }
    g_ptr_array_set_size(sensors, 0);
    g_ptr_array_extend(sensors, stay, NULL, NULL);
    return told;
}
