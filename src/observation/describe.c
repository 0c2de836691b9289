#include "observation/describe.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "observation/words.h"

/* Digits after the point that a person wants to see at most. */
static const int places[RV_CLASSES] = {
    [RV_CLASS_TEMPERATURE] = 1, [RV_CLASS_FAN] = 0,           [RV_CLASS_VOLTAGE] = 3,
    [RV_CLASS_CURRENT] = 3,     [RV_CLASS_POWER] = 1,         [RV_CLASS_ENERGY] = 2,
    [RV_CLASS_HUMIDITY] = 1,    [RV_CLASS_OPTICAL_POWER] = 2, [RV_CLASS_FREQUENCY] = 2,
    [RV_CLASS_PERCENT] = 2,     [RV_CLASS_CHARGE] = 1,        [RV_CLASS_RUNTIME] = 0,
    [RV_CLASS_AIRFLOW] = 1,     [RV_CLASS_COUNT] = 3,         [RV_CLASS_STATE] = 3,
};

static char *
bare_number(RvClass class, double value)
{
    double scale = pow(10, places[class]);
    double rounded = round(value * scale) / scale;

    return rv_text_number(rounded == 0 ? 0 : rounded, 12); /* no -0 */
}

char *
rv_describe_number(const RvSensor *sensor, double value)
{
    g_autofree char *number = bare_number(sensor->class, value);

    if (!isfinite(value))
        return g_strdup("-");
    if (sensor->class == RV_CLASS_RUNTIME && value >= 120)
        return rv_describe_duration((gint64)value);
    return *sensor->unit != '\0' ? g_strdup_printf("%s %s", number, sensor->unit)
                                 : g_steal_pointer(&number);
}

/* Laser currents and light in watts: "33.5 mA", "633 µW", where three places of the whole unit
 * would show nothing. */
typedef struct {
    double below, factor;
    const char *prefix;
} SmallUnit;

static const SmallUnit small_units[] = {{1e-3, 1e6, "µ"}, {0.1, 1e3, "m"}};

/* One that suits the value and its limits; NULL: the class's unit does. */
static const SmallUnit *
small_unit(const RvSensor *sensor)
{
    const double numbers[] = {sensor->value, sensor->limits.low_critical,
                              sensor->limits.low_warning, sensor->limits.high_warning,
                              sensor->limits.high_critical};
    double size = 0;

    if (sensor->class != RV_CLASS_CURRENT && sensor->class != RV_CLASS_POWER)
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
        size = isfinite(numbers[i]) ? fmax(size, fabs(numbers[i])) : size;
    for (gsize i = 0; i < G_N_ELEMENTS(small_units); i++)
        if (size > 0 && size < small_units[i].below)
            return &small_units[i];
    return NULL;
}

char *
rv_describe_small(const RvSensor *sensor, double value)
{
    const SmallUnit *small = small_unit(sensor);
    g_autofree char *number = small != NULL ? rv_text_number(value * small->factor, 3) : NULL;

    return number != NULL ? g_strdup_printf("%s %s%s", number, small->prefix, sensor->unit) : NULL;
}

/* "notPresent", as MIBs write enumerations, is "not present". */
static char *
spaced(const char *state)
{
    GString *text = g_string_new(NULL);

    for (const char *c = state; *c != '\0'; c++) {
        gboolean begins = c > state && g_ascii_isupper(*c) && g_ascii_islower(c[-1]);

        if (begins)
            g_string_append_c(text, ' ');
        g_string_append_c(text, begins && g_ascii_islower(c[1]) ? g_ascii_tolower(*c) : *c);
    }
    return g_string_free(text, FALSE);
}

/* A word that begins small and has no space is an enumeration's. */
static char *
describe_state(const char *state)
{
    return g_ascii_islower(*state) && strpbrk(state, " -_/") == NULL ? spaced(state)
                                                                     : g_strdup(state);
}

char *
rv_describe_value(const RvSensor *sensor)
{
    if (sensor->presence == RV_PRESENCE_ABSENT)
        return g_strdup("not fitted");
    if (sensor->presence == RV_PRESENCE_MISSING)
        return g_strdup("missing");
    if (isfinite(sensor->value)) {
        g_autofree char *small = rv_describe_small(sensor, sensor->value);
        g_autofree char *number =
            small != NULL ? g_steal_pointer(&small) : rv_describe_number(sensor, sensor->value);

        if (sensor->state == NULL || *sensor->state == '\0' || sensor->class == RV_CLASS_STATE)
            return g_steal_pointer(&number);
        return sensor->has_device_verdict && sensor->device_verdict != RV_VERDICT_OK
                   ? g_strdup_printf("%s (%s)", number, sensor->state)
                   : g_steal_pointer(&number);
    }
    if (sensor->state != NULL && *sensor->state != '\0')
        return describe_state(sensor->state);
    if (sensor->has_raw)
        return g_strdup_printf("%" G_GINT64_FORMAT, sensor->raw);
    return g_strdup(sensor->raw_text != NULL && *sensor->raw_text != '\0' ? sensor->raw_text : "-");
}

static char *
limit_number(const RvSensor *sensor, const SmallUnit *small, double limit)
{
    return small != NULL ? rv_text_number(limit * small->factor, 3)
                         : bare_number(sensor->class, limit);
}

char *
rv_describe_limits(const RvSensor *sensor)
{
    const struct {
        const char *word;
        double low, high;
    } rows[] = {{"warning", sensor->limits.low_warning, sensor->limits.high_warning},
                {"critical", sensor->limits.low_critical, sensor->limits.high_critical}};
    const SmallUnit *small = small_unit(sensor);
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *low = limit_number(sensor, small, rows[i].low);
        g_autofree char *high = limit_number(sensor, small, rows[i].high);

        if (isnan(rows[i].low) && isnan(rows[i].high))
            continue;
        g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", rows[i].word);
        if (!isnan(rows[i].low))
            g_string_append_printf(text, " ≤%s", low);
        if (!isnan(rows[i].high))
            g_string_append_printf(text, " ≥%s", high);
    }
    if (text->len > 0 && *sensor->unit != '\0')
        g_string_append_printf(text, " %s%s", small != NULL ? small->prefix : "", sensor->unit);
    return g_string_free(text, FALSE);
}

char *
rv_describe_duration(gint64 seconds)
{
    gint64 days = seconds / 86400;
    int rest = (int)(seconds % 86400);

    if (seconds < 0)
        return g_strdup("");
    if (days > 0)
        return g_strdup_printf("%" G_GINT64_FORMAT " d %02d:%02d:%02d", days, rest / 3600,
                               rest / 60 % 60, rest % 60);
    return g_strdup_printf("%02d:%02d:%02d", rest / 3600, rest / 60 % 60, rest % 60);
}

char *
rv_describe_speed(gint64 bits_per_second)
{
    static const struct {
        double unit;
        const char *name;
    } rows[] = {{1e12, "Tbit/s"}, {1e9, "Gbit/s"}, {1e6, "Mbit/s"}, {1e3, "kbit/s"}};

    if (bits_per_second < 1)
        return g_strdup("");
    if (bits_per_second == G_MAXUINT32) /* ifSpeed is full: RFC 2863 */
        return g_strdup("over 4 Gbit/s");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *number = NULL;

        if ((double)bits_per_second < rows[i].unit)
            continue;
        number = rv_text_number((double)bits_per_second / rows[i].unit, 4);
        return g_strdup_printf("%s %s", number, rows[i].name);
    }
    return g_strdup_printf("%" G_GINT64_FORMAT " bit/s", bits_per_second);
}

static const char *
reason_sentence(RvReason reason)
{
    switch (reason) {
    case RV_REASON_NONE:
        return "no reason was given";
    case RV_REASON_NO_ANSWER:
        return "no answer in time";
    case RV_REASON_REFUSED:
        return "nothing listens on that port";
    case RV_REASON_NO_ROUTE:
        return "no route to the address";
    case RV_REASON_NAME:
        return "the host name does not resolve";
    case RV_REASON_CREDENTIALS:
        return "user name, password, key or community was refused";
    case RV_REASON_PRIVILEGE:
        return "the user's privilege level is too low";
    case RV_REASON_CIPHER:
        return "cipher suite or security level was refused";
    case RV_REASON_NO_SESSIONS:
        return "the BMC is out of sessions";
    case RV_REASON_PROTOCOL:
        return "it answers, but not validly";
    case RV_REASON_LOOP:
        return "it repeats itself without end";
    case RV_REASON_BUDGET:
        return "our time for this device ran out";
    case RV_REASON_CONFIGURATION:
        return "not asked: its credential is missing or wrong";
    }
    return "";
}

const char *
rv_describe_reachability(RvReachability state)
{
    return state == RV_STATE_NOT_ASKED ? "not asked" : rv_reachability_word(state);
}

char *
rv_describe_trouble(const RvProtocol *protocol)
{
    if (protocol->state == RV_STATE_UP && !protocol->partial)
        return NULL;
    if (protocol->state == RV_STATE_NOT_ASKED && protocol->reason == RV_REASON_NONE)
        return NULL;
    if (protocol->detail != NULL && *protocol->detail != '\0')
        return g_strdup(protocol->detail);
    if (protocol->state == RV_STATE_UNREACHABLE)
        return g_strdup("a device on the way to it is down");
    if (protocol->state == RV_STATE_BLIND)
        return g_strdup("we ourselves were cut off");
    return g_strdup(reason_sentence(protocol->reason));
}

char *
rv_describe_protocol(const RvProtocol *protocol)
{
    g_autofree char *trouble = rv_describe_trouble(protocol);

    if (protocol->state == RV_STATE_NOT_ASKED)
        return trouble != NULL ? g_steal_pointer(&trouble) : g_strdup("not asked");
    if (protocol->state != RV_STATE_UP)
        return g_strdup_printf("%s: %s", rv_reachability_word(protocol->state), trouble);
    return g_strdup_printf("up in %" G_GINT64_FORMAT " ms%s%s", protocol->duration_ms,
                           trouble != NULL ? ", not whole: " : "", trouble != NULL ? trouble : "");
}
