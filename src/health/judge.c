#include "health/judge.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "observation/words.h"

RvSeenPart *
rv_seen_part_new(const char *key, const char *name, const char *group)
{
    RvSeenPart *part = g_new0(RvSeenPart, 1);

    part->key = g_strdup(key);
    part->name = g_strdup(name);
    part->group = g_strdup(group);
    return part;
}

void
rv_seen_part_free(RvSeenPart *part)
{
    if (part == NULL)
        return;
    g_free(part->key);
    g_free(part->name);
    g_free(part->group);
    g_free(part);
}

/* What a quantity can be at all. A limit outside is a number that means "none", whatever the device
 * says. */
static const struct {
    double least, most;
} physical[RV_CLASSES] = {
    [RV_CLASS_TEMPERATURE] = {-100, 300},   [RV_CLASS_FAN] = {0, 100000},
    [RV_CLASS_VOLTAGE] = {-100000, 100000}, [RV_CLASS_CURRENT] = {-10000, 10000},
    [RV_CLASS_POWER] = {-1e6, 1e7},         [RV_CLASS_ENERGY] = {0, 1e12},
    [RV_CLASS_HUMIDITY] = {0, 100},         [RV_CLASS_OPTICAL_POWER] = {-60, 40},
    [RV_CLASS_FREQUENCY] = {0, 1e12},       [RV_CLASS_PERCENT] = {-1000, 1000},
    [RV_CLASS_CHARGE] = {0, 110},           [RV_CLASS_RUNTIME] = {0, 1e8},
    [RV_CLASS_AIRFLOW] = {0, 1e6},          [RV_CLASS_COUNT] = {-1e15, 1e15},
    [RV_CLASS_STATE] = {-1e15, 1e15},
};

typedef struct {
    const char *name;
    gsize offset;
    gboolean high;
    RvVerdict verdict;
} Limit;

/* Worst first, so that the first one passed is the verdict. */
static const Limit limit_rows[] = {
    {"high_critical", G_STRUCT_OFFSET(RvLimits, high_critical), TRUE, RV_VERDICT_CRITICAL},
    {"low_critical", G_STRUCT_OFFSET(RvLimits, low_critical), FALSE, RV_VERDICT_CRITICAL},
    {"high_warning", G_STRUCT_OFFSET(RvLimits, high_warning), TRUE, RV_VERDICT_WARNING},
    {"low_warning", G_STRUCT_OFFSET(RvLimits, low_warning), FALSE, RV_VERDICT_WARNING},
};

static double *
limit_at(RvLimits *limits, const Limit *row)
{
    return (double *)((char *)limits + row->offset);
}

static double
limit_value(const RvLimits *limits, const Limit *row)
{
    return *(const double *)((const char *)limits + row->offset);
}

/* `slack` moves every limit inward: how far back a value must come before a limit counts as left.
 */
static const Limit *
limit_passed(const RvLimits *limits, double value, double slack, RvVerdict least)
{
    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
        const Limit *row = &limit_rows[i];
        double limit = limit_value(limits, row);

        if (isnan(limit) || (least == RV_VERDICT_CRITICAL && row->verdict != RV_VERDICT_CRITICAL))
            continue;
        if (row->high ? value >= limit - slack : value <= limit + slack)
            return row;
    }
    return NULL;
}

RvVerdict
rv_limits_judge(const RvLimits *limits, double value, const char **which)
{
    const Limit *row;

    if (which != NULL)
        *which = NULL;
    if (isnan(value))
        return RV_VERDICT_UNKNOWN;
    row = limit_passed(limits, value, 0, RV_VERDICT_OK);
    if (row == NULL)
        return RV_VERDICT_OK;
    if (which != NULL)
        *which = row->name;
    return row->verdict;
}

static gboolean
has_limits(const RvLimits *limits)
{
    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++)
        if (!isnan(limit_value(limits, &limit_rows[i])))
            return TRUE;
    return FALSE;
}

static void
drop_all(RvObservation *observation, RvSensor *sensor, const char *why)
{
    rv_observation_note(observation, "%s: limits of the device dropped: %s", sensor->name, why);
    sensor->limits = RV_LIMITS_EMPTY;
    sensor->limits_source = RV_LIMITS_NONE;
}

/* A limit is never repaired by guessing: what cannot be one is dropped, and the note says so. */
static void
drop_insane_limits(RvObservation *observation, RvSensor *sensor)
{
    RvLimits *limits = &sensor->limits;
    double low, high;

    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
        double *limit = limit_at(limits, &limit_rows[i]);

        if (!isnan(*limit) &&
            (*limit < physical[sensor->class].least || *limit > physical[sensor->class].most)) {
            g_autofree char *number = rv_text_number(*limit, 6);

            rv_observation_note(observation, "%s: %s %s %s dropped: out of physical range",
                                sensor->name, limit_rows[i].name, number, sensor->unit);
            *limit = NAN;
        }
    }
    /* all alike (mostly 0/0) is how agents say that they have none */
    low = fmax(limits->low_critical, limits->low_warning);
    high = fmin(limits->high_critical, limits->high_warning);
    if (!isnan(low) && !isnan(high) && low >= high) {
        drop_all(observation, sensor, "the low limit is not below the high one");
        return;
    }
    if (limits->high_warning == 0 && limits->high_critical == 0 &&
        sensor->class != RV_CLASS_OPTICAL_POWER) {
        drop_all(observation, sensor, "both high limits are 0");
        return;
    }
    /* a warning limit beyond the critical one can never speak first: the critical one rules */
    if (limits->high_warning > limits->high_critical)
        limits->high_warning = NAN;
    if (limits->low_warning < limits->low_critical)
        limits->low_warning = NAN;
    if (!has_limits(limits))
        sensor->limits_source = RV_LIMITS_NONE;
}

static void
apply_policy(RvSensor *sensor, const GPtrArray *policies)
{
    for (guint i = 0; policies != NULL && i < policies->len; i++) {
        const RvPolicyLimit *policy = g_ptr_array_index(policies, i);

        if (!policy->any_class && policy->class != sensor->class)
            continue;
        if (!rv_text_glob(policy->sensors, sensor->key) &&
            !rv_text_glob(policy->sensors, sensor->name))
            continue;
        for (gsize j = 0; j < G_N_ELEMENTS(limit_rows); j++) {
            double limit = limit_value(&policy->limits, &limit_rows[j]);

            if (!isnan(limit))
                *limit_at(&sensor->limits, &limit_rows[j]) = limit;
        }
        sensor->limits_source = RV_LIMITS_POLICY;
        return;
    }
}

static void
conclude(RvSensor *sensor, RvVerdict verdict, char *reason)
{
    sensor->status = verdict;
    g_free(sensor->reason);
    sensor->reason = reason;
}

static void
judge_limits(RvSensor *sensor, RvVerdict previous)
{
    const Limit *row;
    g_autofree char *value = NULL;
    g_autofree char *limit = NULL;

    if (isnan(sensor->value) || !has_limits(&sensor->limits))
        return;
    row = limit_passed(&sensor->limits, sensor->value, 0, RV_VERDICT_OK);
    if (sensor->hysteresis > 0 &&
        (previous == RV_VERDICT_CRITICAL || previous == RV_VERDICT_WARNING)) {
        const Limit *held =
            limit_passed(&sensor->limits, sensor->value, sensor->hysteresis, previous);

        if (held != NULL && (row == NULL || held->verdict == RV_VERDICT_CRITICAL))
            row = held->verdict == RV_VERDICT_CRITICAL && previous != RV_VERDICT_CRITICAL ? row
                                                                                          : held;
    }
    if (row == NULL || rv_verdict_worst(sensor->status, row->verdict) == sensor->status)
        return;
    value = rv_text_number(sensor->value, 6);
    limit = rv_text_number(limit_value(&sensor->limits, row), 6);
    conclude(sensor, row->verdict,
             g_strdup_printf("%s %s is %s %s %s %s (limit of the %s)", value, sensor->unit,
                             row->high ? "at or above" : "at or below", row->name, limit,
                             sensor->unit, rv_limits_source_word(sensor->limits_source)));
}

static void
judge_sensor(RvObservation *observation, RvSensor *sensor, const RvHealthContext *context)
{
    int previous = context->previous != NULL
                       ? GPOINTER_TO_INT(g_hash_table_lookup(context->previous, sensor->key))
                       : 0;

    if (has_limits(&sensor->limits))
        drop_insane_limits(observation, sensor);
    apply_policy(sensor, context->policies);
    if (sensor->presence == RV_PRESENCE_ABSENT) {
        conclude(sensor, RV_VERDICT_OK, g_strdup("not fitted"));
        return;
    }
    if (sensor->presence == RV_PRESENCE_MISSING) {
        conclude(sensor, RV_VERDICT_CRITICAL, g_strdup("was there and is gone"));
        return;
    }
    if (sensor->has_device_verdict) {
        conclude(sensor, sensor->device_verdict,
                 sensor->device_verdict == RV_VERDICT_OK || sensor->state == NULL
                     ? NULL
                     : g_strdup_printf("the device says '%s'", sensor->state));
    } else if (sensor->class == RV_CLASS_STATE || isnan(sensor->value)) {
        conclude(sensor, RV_VERDICT_UNKNOWN, g_strdup("the device gave no reading"));
    } else {
        conclude(sensor, RV_VERDICT_OK, NULL);
    }
    judge_limits(sensor, previous > 0 ? (RvVerdict)(previous - 1) : RV_VERDICT_OK);
}

static void
add_missing(RvObservation *observation, const char *key, const char *name, const char *group,
            char *reason)
{
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_STATE);

    g_free(sensor->key);
    g_free(sensor->name);
    sensor->key = g_strdup(key);
    sensor->name = g_strdup(name);
    sensor->group = g_strdup(group);
    sensor->state = g_strdup("missing");
    sensor->presence = RV_PRESENCE_MISSING;
    conclude(sensor, RV_VERDICT_CRITICAL, reason);
}

/* Absence of a part proves nothing where a protocol did not answer whole. */
static gboolean
is_whole(const RvObservation *observation)
{
    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state != RV_STATE_UP || protocol->partial)
            return FALSE;
    }
    return observation->protocols->len > 0;
}

static void
find_missing_parts(RvObservation *observation, const GPtrArray *seen)
{
    g_autoptr(GHashTable) now = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < observation->sensors->len; i++) {
        RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        g_hash_table_insert(now, sensor->key, sensor);
    }
    for (guint i = 0; i < seen->len; i++) {
        const RvSeenPart *part = g_ptr_array_index(seen, i);
        RvSensor *sensor = g_hash_table_lookup(now, part->key);

        if (sensor == NULL) {
            add_missing(observation, part->key, part->name, part->group,
                        g_strdup("was seen working, and the device no longer names it"));
        } else if (sensor->presence == RV_PRESENCE_ABSENT) {
            sensor->presence = RV_PRESENCE_MISSING;
            conclude(sensor, RV_VERDICT_CRITICAL,
                     g_strdup("was seen working, and its bay is now empty"));
        }
    }
}

/* Parts are counted by their place: one supply with five sensors is one part. */
static guint
count_parts(const RvObservation *observation, const char *group)
{
    g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        if (sensor->presence != RV_PRESENCE_PRESENT || strcmp(rv_sensor_group(sensor), group) != 0)
            continue;
        g_hash_table_add(places,
                         g_strdup(sensor->component != NULL ? sensor->component : sensor->key));
    }
    return g_hash_table_size(places);
}

static void
find_expected_parts(RvObservation *observation, const GPtrArray *expected)
{
    for (guint i = 0; i < expected->len; i++) {
        const RvExpected *demand = g_ptr_array_index(expected, i);
        guint found = count_parts(observation, demand->group);
        g_autofree char *key = NULL;
        g_autofree char *name = NULL;

        if (found >= demand->count)
            continue;
        key = g_strdup_printf("expected/%s", demand->group);
        name = g_strdup_printf("%s: %u expected", demand->group, demand->count);
        add_missing(
            observation, key, name, demand->group,
            g_strdup_printf("the inventory expects %u, the device shows %u", demand->count, found));
    }
}

static RvVerdict
overall(const RvObservation *observation)
{
    RvVerdict worst = RV_VERDICT_OK;
    gboolean any = FALSE;

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        /* a sensor that cannot be read is worth a look, not a call at night */
        worst = rv_verdict_worst(worst, sensor->status == RV_VERDICT_UNKNOWN ? RV_VERDICT_OK
                                                                             : sensor->status);
    }
    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state == RV_STATE_UP)
            any = TRUE;
        else if (protocol->state == RV_STATE_DOWN)
            worst = rv_verdict_worst(worst, RV_VERDICT_WARNING);
    }
    if (any)
        return worst;
    return rv_observation_reachability(observation) == RV_STATE_DOWN ? RV_VERDICT_CRITICAL
                                                                     : RV_VERDICT_UNKNOWN;
}

void
rv_health_judge(RvObservation *observation, const RvHealthContext *context)
{
    static const RvHealthContext nothing;

    if (context == NULL)
        context = &nothing;
    for (guint i = 0; i < observation->sensors->len; i++)
        judge_sensor(observation, g_ptr_array_index(observation->sensors, i), context);
    if (is_whole(observation)) {
        if (context->seen != NULL)
            find_missing_parts(observation, context->seen);
        if (context->expected != NULL)
            find_expected_parts(observation, context->expected);
    }
    observation->status = overall(observation);
}
