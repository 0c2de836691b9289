#include "health/judge.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "health/port.h"
#include "health/power.h"
#include "observation/describe.h"
#include "observation/left-out.h"
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

static gboolean
is_past(const Limit *row, double limit, double value)
{
    return row->high ? value >= limit : value <= limit;
}

static const Limit *
limit_passed(const RvLimits *limits, double value)
{
    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
        double limit = limit_value(limits, &limit_rows[i]);

        if (!isnan(limit) && is_past(&limit_rows[i], limit, value))
            return &limit_rows[i];
    }
    return NULL;
}

RvVerdict
rv_limits_judge(const RvLimits *limits, double value, const char **which)
{
    const Limit *row;

    if (which != NULL)
        *which = NULL;
    if (!isfinite(value))
        return RV_VERDICT_UNKNOWN;
    row = limit_passed(limits, value);
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

/* ---- limits that cannot be ---- */

static void
drop(RvObservation *observation, RvSensor *sensor, const Limit *row, const char *why)
{
    double *limit = limit_at(&sensor->limits, row);
    g_autofree char *number = rv_text_number(*limit, 6);
    g_autofree char *what = g_strdup_printf("%s %s%s%s", row->name, number,
                                            *sensor->unit != '\0' ? " " : "", sensor->unit);
    g_autofree char *note = rv_left_out_limit(sensor->name, what, why);

    rv_observation_note(observation, "%s", note);
    *limit = NAN;
}

static void
drop_all(RvObservation *observation, RvSensor *sensor, const char *why)
{
    g_autofree char *what =
        g_strdup_printf("limits of the %s", rv_limits_source_word(sensor->limits_source));
    g_autofree char *note = rv_left_out_limit(sensor->name, what, why);

    rv_observation_note(observation, "%s", note);
    sensor->limits = RV_LIMITS_EMPTY;
}

/* Each kind of quantity has its own way to have a 0 that is no limit. */
typedef enum {
    ZERO_IS_A_VALUE,  /* rails of -12 V and light of 0 dBm are */
    ZERO_IS_NO_HIGH,  /* nothing here works at 0 or below, or 0 is the end of the scale */
    ZERO_IS_NO_LIMIT, /* as above; and 0 is an idle reading, below which nothing can be */
} ZeroMeans;

static const ZeroMeans zero_means[RV_CLASSES] = {
    [RV_CLASS_TEMPERATURE] = ZERO_IS_NO_HIGH, [RV_CLASS_FAN] = ZERO_IS_NO_HIGH,
    [RV_CLASS_VOLTAGE] = ZERO_IS_A_VALUE,     [RV_CLASS_CURRENT] = ZERO_IS_NO_LIMIT,
    [RV_CLASS_POWER] = ZERO_IS_NO_LIMIT,      [RV_CLASS_ENERGY] = ZERO_IS_NO_LIMIT,
    [RV_CLASS_HUMIDITY] = ZERO_IS_NO_LIMIT,   [RV_CLASS_OPTICAL_POWER] = ZERO_IS_A_VALUE,
    [RV_CLASS_FREQUENCY] = ZERO_IS_NO_HIGH,   [RV_CLASS_PERCENT] = ZERO_IS_NO_LIMIT,
    [RV_CLASS_CHARGE] = ZERO_IS_NO_HIGH,      [RV_CLASS_RUNTIME] = ZERO_IS_NO_HIGH,
    [RV_CLASS_AIRFLOW] = ZERO_IS_NO_HIGH,     [RV_CLASS_COUNT] = ZERO_IS_A_VALUE,
    [RV_CLASS_STATE] = ZERO_IS_A_VALUE,
};

/* The high limits that are there are all 0. */
static gboolean
highs_are_zero(const RvLimits *limits)
{
    gboolean any = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
        double limit = limit_value(limits, &limit_rows[i]);

        if (!limit_rows[i].high || isnan(limit))
            continue;
        if (limit != 0)
            return FALSE;
        any = TRUE;
    }
    return any;
}

static void
drop_zeros(RvObservation *observation, RvSensor *sensor)
{
    ZeroMeans zero = zero_means[sensor->class];
    gboolean highs = zero != ZERO_IS_A_VALUE && highs_are_zero(&sensor->limits);

    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
        const Limit *row = &limit_rows[i];

        if (limit_value(&sensor->limits, row) != 0)
            continue;
        if (row->high ? highs : zero == ZERO_IS_NO_LIMIT)
            drop(observation, sensor, row, "0 is how devices say that they have none");
    }
}

/* A limit is never repaired by guessing: what cannot be one is dropped, and the note says so. */
static void
drop_insane_limits(RvObservation *observation, RvSensor *sensor)
{
    RvLimits *limits = &sensor->limits;
    double low, high;

    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
        double limit = limit_value(limits, &limit_rows[i]);

        if (!isnan(limit) &&
            !(limit >= physical[sensor->class].least && limit <= physical[sensor->class].most))
            drop(observation, sensor, &limit_rows[i], "out of physical range");
    }
    /* before zeros are: 0/0 is one thing that the device said, not two limits */
    low = fmax(limits->low_critical, limits->low_warning);
    high = fmin(limits->high_critical, limits->high_warning);
    if (low == 0 && high == 0)
        drop_all(observation, sensor, "0/0 is how devices say that they have none");
    drop_zeros(observation, sensor);
    low = fmax(limits->low_critical, limits->low_warning);
    high = fmin(limits->high_critical, limits->high_warning);
    if (!isnan(low) && !isnan(high) && low >= high)
        drop_all(observation, sensor, "the low limit is not below the high one");
    /* a warning limit beyond the critical one can never speak first: the critical one rules */
    if (limits->high_warning > limits->high_critical)
        drop(observation, sensor, &limit_rows[2], "beyond high_critical");
    if (limits->low_warning < limits->low_critical)
        drop(observation, sensor, &limit_rows[3], "beyond low_critical");
    if (!has_limits(limits))
        sensor->limits_source = RV_LIMITS_NONE;
}

/* ---- judging one sensor ---- */

/* Where each of limit_rows comes from. */
typedef struct {
    RvLimitsSource of[G_N_ELEMENTS(limit_rows)];
} Sources;

static const RvPolicyLimit *
find_policy(const RvSensor *sensor, const GPtrArray *policies)
{
    for (guint i = 0; policies != NULL && i < policies->len; i++) {
        const RvPolicyLimit *policy = g_ptr_array_index(policies, i);

        if ((policy->any_class || policy->class == sensor->class) &&
            (rv_text_glob(policy->sensors, sensor->key) ||
             rv_text_glob(policy->sensors, sensor->name)))
            return policy;
    }
    return NULL;
}

/* The operator's limits stand beside those of the device that they leave alone; one of the
 * device's that contradicts them gives way. */
static void
apply_policy(RvObservation *observation, RvSensor *sensor, const GPtrArray *policies,
             Sources *sources)
{
    const RvPolicyLimit *policy = find_policy(sensor, policies);
    double low, high;

    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++)
        sources->of[i] = sensor->limits_source;
    if (policy == NULL || !has_limits(&policy->limits))
        return;
    low = fmax(policy->limits.low_critical, policy->limits.low_warning);
    high = fmin(policy->limits.high_critical, policy->limits.high_warning);
    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
        const Limit *row = &limit_rows[i];
        double limit = limit_value(&policy->limits, row);
        double old = limit_value(&sensor->limits, row);

        if (!isnan(limit)) {
            *limit_at(&sensor->limits, row) = limit;
            sources->of[i] = RV_LIMITS_POLICY;
        } else if (!isnan(old) && (row->high ? old <= low : old >= high)) {
            drop(observation, sensor, row, "the site's own limits leave no room for it");
        }
    }
    sensor->limits_source = RV_LIMITS_POLICY;
}

static void
conclude(RvSensor *sensor, RvVerdict verdict, char *reason)
{
    sensor->status = verdict;
    g_free(sensor->reason);
    sensor->reason = reason;
}

/* No more than leaves room between the limits: else a sensor that was once bad stays so for ever.
 */
static double
sane_hysteresis(const RvSensor *sensor)
{
    double low = fmax(sensor->limits.low_critical, sensor->limits.low_warning);
    double high = fmin(sensor->limits.high_critical, sensor->limits.high_warning);

    if (!(sensor->hysteresis > 0) || !isfinite(sensor->hysteresis))
        return 0;
    return high - low <= 2 * sensor->hysteresis ? 0 : sensor->hysteresis;
}

/* The worst limit that holds. One that held before (`previous` was as bad) still does until the
 * value is back inside by more than the hysteresis; *held says so. */
static const Limit *
limit_holding(const RvSensor *sensor, RvVerdict previous, gboolean *held)
{
    double hysteresis = sane_hysteresis(sensor);

    for (gsize i = 0; i < G_N_ELEMENTS(limit_rows); i++) {
        const Limit *row = &limit_rows[i];
        double limit = limit_value(&sensor->limits, row);
        gboolean before = previous == RV_VERDICT_CRITICAL || previous == row->verdict;

        if (isnan(limit))
            continue;
        *held = !is_past(row, limit, sensor->value);
        if (!*held)
            return row;
        if (before && hysteresis > 0 &&
            is_past(row, row->high ? limit - hysteresis : limit + hysteresis, sensor->value))
            return row;
    }
    return NULL;
}

/* "0.006 mW", "12.5 V". */
static char *
reason_number(const RvSensor *sensor, double value)
{
    char *small = rv_describe_small(sensor, value);
    g_autofree char *number = NULL;

    if (small != NULL)
        return small;
    number = rv_text_number(value, 6);
    return g_strdup_printf("%s%s%s", number, *sensor->unit != '\0' ? " " : "", sensor->unit);
}

static char *
limit_reason(const RvSensor *sensor, const Limit *row, gboolean held, RvLimitsSource source)
{
    g_autofree char *value = reason_number(sensor, sensor->value);
    g_autofree char *limit = reason_number(sensor, limit_value(&sensor->limits, row));
    g_autofree char *hysteresis = reason_number(sensor, sensor->hysteresis);
    g_autoptr(GString) reason = g_string_new(NULL);

    g_string_printf(reason, "%s is ", value);
    if (held)
        g_string_append_printf(reason, "not yet %s back from %s %s", hysteresis, row->name, limit);
    else
        g_string_append_printf(reason, "at or %s %s %s", row->high ? "above" : "below", row->name,
                               limit);
    g_string_append_printf(reason, " (limit of the %s)", rv_limits_source_word(source));
    return g_string_free(g_steal_pointer(&reason), FALSE);
}

/* Light that is missing where none can be: said, but no alarm, unless the site itself set the
 * limit. Some agents write 0 for it, which is much of light in dBm. */
static gboolean
is_dark(const RvObservation *observation, RvSensor *sensor, const Limit *row, RvLimitsSource source)
{
    gboolean missing = !row->high || (sensor->has_raw && sensor->raw == 0);

    if (!missing || source == RV_LIMITS_POLICY || !rv_health_port_is_dark(observation, sensor))
        return FALSE;
    if (sensor->status == RV_VERDICT_OK)
        conclude(sensor, RV_VERDICT_OK, g_strdup("the port is down: no light is expected"));
    return TRUE;
}

static void
judge_limits(const RvObservation *observation, RvSensor *sensor, RvVerdict previous,
             const Sources *sources)
{
    gboolean held = FALSE;
    const Limit *row;

    if (!isfinite(sensor->value))
        return;
    row = limit_holding(sensor, previous, &held);
    /* what is known to be past a limit is more than unknown */
    if (row == NULL || (sensor->status != RV_VERDICT_UNKNOWN &&
                        rv_verdict_worst(sensor->status, row->verdict) == sensor->status))
        return;
    if (is_dark(observation, sensor, row, sources->of[row - limit_rows]))
        return;
    conclude(sensor, row->verdict, limit_reason(sensor, row, held, sources->of[row - limit_rows]));
}

/* The device's own word, or that it has none. */
static char *
state_reason(const RvSensor *sensor)
{
    const char *what = sensor->has_device_verdict ? "" : ", which we cannot interpret";

    if (sensor->state != NULL && *sensor->state != '\0')
        return g_strdup_printf("the device says '%s'%s", sensor->state, what);
    if (sensor->has_raw)
        return g_strdup_printf("the device says %" G_GINT64_FORMAT "%s", sensor->raw, what);
    if (sensor->raw_text != NULL && *sensor->raw_text != '\0')
        return g_strdup_printf("the device says '%s'%s", sensor->raw_text, what);
    if (sensor->has_device_verdict && sensor->device_verdict != RV_VERDICT_UNKNOWN)
        return g_strdup_printf("the device reports it as %s",
                               rv_verdict_word(sensor->device_verdict));
    return g_strdup("the device gave no reading");
}

static void
judge_state(const RvObservation *observation, RvSensor *sensor)
{
    if (rv_health_is_without_power(observation, sensor))
        conclude(sensor, RV_VERDICT_UNKNOWN, g_strdup("no reading: the host is off"));
    else if (sensor->has_device_verdict)
        conclude(sensor, sensor->device_verdict,
                 sensor->device_verdict == RV_VERDICT_OK ? NULL : state_reason(sensor));
    else if (sensor->class == RV_CLASS_STATE || !isfinite(sensor->value))
        conclude(sensor, RV_VERDICT_UNKNOWN, state_reason(sensor));
    else
        conclude(sensor, RV_VERDICT_OK, NULL);
}

static RvVerdict
previous_verdict(const RvHealthContext *context, const char *key)
{
    int kept = context->previous != NULL
                   ? GPOINTER_TO_INT(g_hash_table_lookup(context->previous, key))
                   : 0;

    return kept > 0 ? (RvVerdict)(kept - 1) : RV_VERDICT_OK;
}

static void
judge_sensor(RvObservation *observation, RvSensor *sensor, const RvHealthContext *context)
{
    Sources sources;

    switch (sensor->presence) {
    case RV_PRESENCE_ABSENT:
        conclude(sensor, RV_VERDICT_OK, g_strdup("not fitted"));
        return;
    case RV_PRESENCE_MISSING:
        conclude(sensor, RV_VERDICT_CRITICAL, g_strdup("was there and is gone"));
        return;
    case RV_PRESENCE_PRESENT:
        break;
    }
    if (has_limits(&sensor->limits))
        drop_insane_limits(observation, sensor);
    else
        sensor->limits_source = RV_LIMITS_NONE;
    apply_policy(observation, sensor, context->policies, &sources);
    judge_state(observation, sensor);
    judge_limits(observation, sensor, previous_verdict(context, sensor->key), &sources);
}

/* ---- parts that should be there ---- */

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

/* What places of a group's parts are called; others ("chassis", "slot-3") hold several parts. */
static const struct {
    const char *group;
    const char *words[8];
} part_words[] = {
    {"psu", {"psu", "power", "supply", "pwr", "pem", "ps"}},
    {"fan", {"fan", "blower", "cooling"}},
    {"disk", {"disk", "drive", "hdd", "ssd", "nvme", "bay"}},
    {"battery", {"batt", "bbu"}},
    {"memory", {"dimm", "memory"}},
    {"cpu", {"cpu", "processor", "proc"}},
    {"module", {"module", "card", "slot", "board", "fru"}},
    {"optics", {"optic", "sfp", "xfp", "transceiver", "port", "ethernet"}},
};

static gboolean
is_one_part(const char *component, const char *group)
{
    g_autofree char *last = g_path_get_basename(component);
    g_autofree char *lower = g_ascii_strdown(last, -1);

    if (strstr(lower, group) != NULL)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(part_words); i++) {
        if (strcmp(part_words[i].group, group) != 0)
            continue;
        for (gsize j = 0; part_words[i].words[j] != NULL; j++)
            if (g_str_has_prefix(lower, part_words[i].words[j]))
                return TRUE;
    }
    return FALSE;
}

/* Parts are counted by their place: one supply with five sensors is one part. Where the place is
 * the chassis, each sensor is a part, and the most of one class are all. */
static guint
count_parts(const RvObservation *observation, const char *group)
{
    g_autoptr(GHashTable) places = g_hash_table_new(g_str_hash, g_str_equal);
    guint loose[RV_CLASSES] = {0}, most = 0;

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        if (sensor->presence != RV_PRESENCE_PRESENT || strcmp(rv_sensor_group(sensor), group) != 0)
            continue;
        if (sensor->component != NULL && is_one_part(sensor->component, group)) {
            g_hash_table_add(places, sensor->component);
        } else {
            loose[sensor->class]++;
            most = MAX(most, loose[sensor->class]);
        }
    }
    return MAX(g_hash_table_size(places), most);
}

/* Where no sensor speaks of them, the parts list may. */
static guint
count_components(const RvObservation *observation, const char *class)
{
    guint count = 0;

    for (guint i = 0; i < observation->components->len; i++) {
        const RvComponent *component = g_ptr_array_index(observation->components, i);

        count += strcmp(component->class, class) == 0;
    }
    return count;
}

static void
find_expected_parts(RvObservation *observation, const GPtrArray *expected)
{
    for (guint i = 0; i < expected->len; i++) {
        const RvExpected *demand = g_ptr_array_index(expected, i);
        guint sensed = count_parts(observation, demand->group);
        guint found = sensed > 0 ? sensed : count_components(observation, demand->group);
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

/* ---- the whole ---- */

/* A sensor that cannot be read is worth a look, not a call at night; but where none can be read,
 * nothing is known. */
static RvVerdict
worst_sensor(const RvObservation *observation)
{
    RvVerdict worst = RV_VERDICT_OK;
    guint judged = 0, unknown = 0;

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        if (sensor->presence == RV_PRESENCE_ABSENT)
            continue;
        if (sensor->status == RV_VERDICT_UNKNOWN) {
            unknown++;
            continue;
        }
        judged++;
        worst = rv_verdict_worst(worst, sensor->status);
    }
    return judged == 0 && unknown > 0 ? RV_VERDICT_UNKNOWN : worst;
}

/* Half an answer is at best half well. */
static RvVerdict
worst_protocol(const RvObservation *observation)
{
    RvVerdict worst = RV_VERDICT_OK;

    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state == RV_STATE_DOWN || protocol->partial ||
            (protocol->state == RV_STATE_NOT_ASKED && protocol->reason != RV_REASON_NONE))
            worst = RV_VERDICT_WARNING;
    }
    return worst;
}

static RvVerdict
overall(const RvObservation *observation)
{
    switch (rv_observation_reachability(observation)) {
    case RV_STATE_UP:
        return rv_verdict_worst(worst_sensor(observation), worst_protocol(observation));
    case RV_STATE_DOWN:
        return RV_VERDICT_CRITICAL;
    case RV_STATE_UNREACHABLE:
    case RV_STATE_BLIND:
    case RV_STATE_NOT_ASKED:
        return RV_VERDICT_UNKNOWN;
    }
    return RV_VERDICT_UNKNOWN;
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
        if (context->seen != NULL && observation->sensors->len > 0)
            find_missing_parts(observation, context->seen);
        if (context->expected != NULL)
            find_expected_parts(observation, context->expected);
    }
    observation->status = overall(observation);
}
