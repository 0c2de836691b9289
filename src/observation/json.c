#include "observation/json.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "observation/words.h"

/* Writing: straight into a text, as compact as can be. The members follow each other by commas. */
typedef struct {
    GString *text;
    gboolean brief; /* what is not known is left out, not null */
} Writer;

/* Room for so many more bytes, all of which the caller fills. */
static char *
grow(Writer *out, gsize more)
{
    gsize begin = out->text->len;

    g_string_set_size(out->text, begin + more);
    return out->text->str + begin;
}

static void
put_bytes(Writer *out, const char *bytes, gsize n)
{
    memcpy(grow(out, n), bytes, n);
}

static void
put_mark(Writer *out, char mark)
{
    *grow(out, 1) = mark;
}

static void
put_natural(Writer *out, guint64 number)
{
    char digits[RV_TEXT_DIGITS];
    gsize first = rv_text_digits(digits, number);

    put_bytes(out, digits + first, sizeof digits - first);
}

static void
put_integer(Writer *out, gint64 number)
{
    if (number < 0)
        put_mark(out, '-');
    put_natural(out, number < 0 ? 0 - (guint64)number : (guint64)number);
}

/* Numbers as people write them: floats keep 12 significant digits, so that 0.1 stays 0.1; and a
 * float shows that it is one. */
static void
put_real(Writer *out, double number)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    gsize length;

    if (!rv_text_decimal(text, number, 1e12, &length)) {
        g_ascii_formatd(text, sizeof text, "%.12g", number);
        length = strlen(text);
    }
    put_bytes(out, text, length);
    if (strpbrk(text, ".e") == NULL)
        put_bytes(out, ".0", 2);
}

static void
put_escaped(Writer *out, guchar c)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = c != '\0' ? strchr(plain, c) : NULL;

    if (found != NULL)
        g_string_append_printf(out->text, "\\%c", letters[found - plain]);
    else
        g_string_append_printf(out->text, "\\u%04X", c);
}

static gboolean
wants_escape(guchar c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void
put_with_escapes(Writer *out, const char *text, gsize length)
{
    gsize begin = 0;

    put_mark(out, '"');
    for (gsize i = 0; i < length; i++) {
        if (!wants_escape((guchar)text[i]))
            continue;
        put_bytes(out, text + begin, i - begin);
        put_escaped(out, (guchar)text[i]);
        begin = i + 1;
    }
    put_bytes(out, text + begin, length - begin);
    put_mark(out, '"');
}

/* Most texts are plain: one look, one copy. */
static void
put_text(Writer *out, const char *text)
{
    gsize length = strlen(text);
    g_autofree char *clean = NULL;
    gboolean escapes = FALSE;
    guchar all = 0;
    char *place;

    for (gsize i = 0; i < length; i++) {
        all |= (guchar)text[i];
        escapes |= wants_escape((guchar)text[i]);
    }
    if (all >= 0x80 && !g_utf8_validate(text, (gssize)length, NULL)) {
        /* only a bug in a room that forgot rv_text_clean */
        text = clean = rv_text_clean(text, -1, 0);
        length = strlen(text);
        escapes = TRUE;
    }
    if (escapes) {
        put_with_escapes(out, text, length);
        return;
    }
    place = grow(out, length + 2);
    place[0] = place[length + 1] = '"';
    memcpy(place + 1, text, length);
}

/* The name of a member, after a comma where it is not the first. `name` needs no escaping. */
static void
member(Writer *out, const char *name)
{
    gsize length = strlen(name), comma = out->text->str[out->text->len - 1] != '{';
    char *place = grow(out, comma + length + 3);

    if (comma > 0)
        *place++ = ',';
    *place++ = '"';
    memcpy(place, name, length);
    memcpy(place + length, "\":", 2);
}

static void
set_null(Writer *out, const char *name)
{
    if (out->brief)
        return;
    member(out, name);
    put_bytes(out, "null", 4);
}

static void
set_text(Writer *out, const char *name, const char *text)
{
    if (text == NULL) {
        set_null(out, name);
        return;
    }
    member(out, name);
    put_text(out, text);
}

static void
set_bool(Writer *out, const char *name, gboolean truth)
{
    member(out, name);
    if (truth)
        put_bytes(out, "true", 4);
    else
        put_bytes(out, "false", 5);
}

static void
set_integer(Writer *out, const char *name, gint64 number)
{
    member(out, name);
    put_integer(out, number);
}

static void
set_natural(Writer *out, const char *name, gint64 number)
{
    if (number < 0)
        set_null(out, name);
    else
        set_integer(out, name, number);
}

static void
set_number(Writer *out, const char *name, double number)
{
    if (!isfinite(number)) {
        set_null(out, name);
        return;
    }
    member(out, name);
    put_real(out, number);
}

/* Readers' integers are signed: a Counter64 beyond them is printed as a float, never negative. */
static void
set_counter(Writer *out, const char *name, guint64 counter)
{
    if (counter == RV_COUNTER_NONE)
        set_null(out, name);
    else if (counter > G_MAXINT64)
        set_number(out, name, (double)counter);
    else
        set_integer(out, name, (gint64)counter);
}

static void
put_identity(Writer *out, const RvDeviceIdentity *device)
{
    put_mark(out, '{');
    set_text(out, "host", device->host);
    set_text(out, "name", device->name);
    set_text(out, "kind", device->kind);
    set_text(out, "site", device->site);
    set_text(out, "vendor", device->vendor);
    set_text(out, "model", device->model);
    set_text(out, "os", device->os);
    set_text(out, "os_version", device->os_version);
    set_text(out, "serial", device->serial);
    set_text(out, "sys_object_id", device->sys_object_id);
    set_text(out, "sys_descr", device->sys_descr);
    set_text(out, "sys_name", device->sys_name);
    set_text(out, "sys_location", device->sys_location);
    set_text(out, "sys_contact", device->sys_contact);
    set_text(out, "profile", device->profile);
    set_natural(out, "uptime_seconds", device->uptime_seconds);
    set_natural(out, "uptime_ticks", device->uptime_ticks);
    set_text(out, "power_state", device->power_state);
    put_mark(out, '}');
}

static void
put_protocol(Writer *out, const RvProtocol *protocol)
{
    put_mark(out, '{');
    set_text(out, "name", protocol->name);
    set_text(out, "state", rv_reachability_word(protocol->state));
    set_text(out, "reason",
             protocol->reason != RV_REASON_NONE ? rv_reason_word(protocol->reason) : NULL);
    set_text(out, "detail", protocol->detail);
    set_bool(out, "partial", protocol->partial);
    set_integer(out, "duration_ms", protocol->duration_ms);
    set_integer(out, "requests", protocol->requests);
    set_integer(out, "answers", protocol->answers);
    set_integer(out, "retries", protocol->retries);
    put_mark(out, '}');
}

static void
set_limits(Writer *out, const RvLimits *limits)
{
    const double all[] = {limits->low_critical, limits->low_warning, limits->high_warning,
                          limits->high_critical};
    gboolean known = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        known |= isfinite(all[i]);
    if (out->brief && !known)
        return;
    member(out, "limits");
    put_mark(out, '{');
    set_number(out, "low_critical", limits->low_critical);
    set_number(out, "low_warning", limits->low_warning);
    set_number(out, "high_warning", limits->high_warning);
    set_number(out, "high_critical", limits->high_critical);
    put_mark(out, '}');
}

static void
put_sensor(Writer *out, const RvSensor *sensor)
{
    put_mark(out, '{');
    set_text(out, "key", sensor->key);
    set_text(out, "class", rv_class_word(sensor->class));
    set_text(out, "name", sensor->name);
    set_text(out, "component", sensor->component);
    set_text(out, "group", rv_sensor_group(sensor));
    set_text(out, "oid", sensor->oid);
    if (sensor->sdr_id >= 0) {
        set_integer(out, "sdr_id", sensor->sdr_id);
        set_text(out, "entity", sensor->entity);
    }
    set_number(out, "value", sensor->value);
    if (sensor->has_raw)
        set_integer(out, "raw", sensor->raw);
    else
        set_text(out, "raw", sensor->raw_text);
    set_text(out, "unit", sensor->unit);
    set_text(out, "state", sensor->state);
    set_text(out, "presence", rv_presence_word(sensor->presence));
    set_text(out, "status", rv_verdict_word(sensor->status));
    set_text(out, "reason", sensor->reason);
    set_limits(out, &sensor->limits);
    set_text(out, "limits_source", rv_limits_source_word(sensor->limits_source));
    set_number(out, "hysteresis", sensor->hysteresis);
    set_text(out, "device_verdict",
             sensor->has_device_verdict ? rv_verdict_word(sensor->device_verdict) : NULL);
    set_text(out, "source", sensor->source);
    put_mark(out, '}');
}

static void
put_interface(Writer *out, const RvInterface *interface)
{
    put_mark(out, '{');
    set_integer(out, "index", interface->index);
    set_text(out, "key", interface->key);
    set_text(out, "name", interface->name);
    set_text(out, "description", interface->description);
    set_text(out, "alias", interface->alias);
    set_text(out, "mac", interface->mac);
    set_integer(out, "type", interface->type);
    set_text(out, "admin_status", rv_admin_status_word(interface->admin_status));
    set_text(out, "oper_status", rv_oper_status_word(interface->oper_status));
    set_natural(out, "speed_bps", interface->speed_bps);
    set_text(out, "duplex", interface->duplex);
    set_integer(out, "mtu", interface->mtu);
    set_counter(out, "in_octets", interface->in_octets);
    set_counter(out, "out_octets", interface->out_octets);
    set_counter(out, "in_errors", interface->in_errors);
    set_counter(out, "out_errors", interface->out_errors);
    set_counter(out, "in_discards", interface->in_discards);
    set_counter(out, "out_discards", interface->out_discards);
    set_counter(out, "in_unicast", interface->in_unicast);
    set_counter(out, "out_unicast", interface->out_unicast);
    set_bool(out, "counters_64bit", interface->counters_64bit);
    set_natural(out, "discontinuity_ticks", interface->discontinuity_ticks);
    set_natural(out, "last_change_ticks", interface->last_change_ticks);
    put_mark(out, '}');
}

static void
put_component(Writer *out, const RvComponent *component)
{
    put_mark(out, '{');
    set_text(out, "key", component->key);
    set_natural(out, "index", component->index);
    set_text(out, "class", component->class);
    set_text(out, "name", component->name);
    set_text(out, "model", component->model);
    set_text(out, "serial", component->serial);
    set_text(out, "part_number", component->part_number);
    set_text(out, "vendor", component->vendor);
    set_text(out, "firmware", component->firmware);
    set_text(out, "hardware", component->hardware);
    set_text(out, "asset_tag", component->asset_tag);
    set_text(out, "parent", component->parent);
    put_mark(out, '}');
}

static void
put_event(Writer *out, const RvEvent *event)
{
    put_mark(out, '{');
    set_natural(out, "time_ms", event->time_ms > 0 ? event->time_ms : -1);
    set_integer(out, "record_id", event->record_id);
    set_text(out, "sensor", event->sensor);
    set_text(out, "text", event->text);
    set_bool(out, "asserted", event->asserted);
    set_text(out, "severity", rv_verdict_word(event->severity));
    set_bool(out, "ended", event->ended);
    put_mark(out, '}');
}

typedef void (*Put)(Writer *out, gconstpointer element);

static void
set_array(Writer *out, const char *name, const GPtrArray *elements, Put put)
{
    member(out, name);
    put_mark(out, '[');
    for (guint i = 0; i < elements->len; i++) {
        if (i > 0)
            put_mark(out, ',');
        put(out, g_ptr_array_index(elements, i));
    }
    put_mark(out, ']');
}

static char *
write_observation(const RvObservation *observation, gboolean brief)
{
    gsize parts = observation->sensors->len + observation->interfaces->len;
    Writer writer = {g_string_sized_new(2048 + parts * (brief ? 400 : 700)), brief};
    Writer *out = &writer;

    put_mark(out, '{');
    member(out, "device");
    put_identity(out, &observation->device);
    set_integer(out, "taken_at_ms", observation->taken_at_ms);
    set_text(out, "status", rv_verdict_word(observation->status));
    set_array(out, "protocols", observation->protocols, (Put)put_protocol);
    set_array(out, "sensors", observation->sensors, (Put)put_sensor);
    set_array(out, "interfaces", observation->interfaces, (Put)put_interface);
    set_array(out, "components", observation->components, (Put)put_component);
    set_array(out, "events", observation->events, (Put)put_event);
    set_array(out, "notes", observation->notes, (Put)put_text);
    put_mark(out, '}');
    return g_string_free(out->text, FALSE);
}

char *
rv_observation_to_json_line(const RvObservation *observation)
{
    return write_observation(observation, FALSE);
}

char *
rv_observation_to_json_brief(const RvObservation *observation)
{
    return write_observation(observation, TRUE);
}

/* Reading: a wrong type is an error with the field's name; a missing field keeps its "not known".
 */
typedef struct {
    GError **error;
    gboolean failed;
} Reading;

static void
wrong(Reading *reading, const char *field, const char *wanted)
{
    if (!reading->failed)
        g_set_error(reading->error, RV_ERROR, RV_ERROR_DATA, "observation: %s: not %s", field,
                    wanted);
    reading->failed = TRUE;
}

static void
take_text(Reading *reading, const json_t *object, const char *field, char **text)
{
    const json_t *value = json_object_get(object, field);

    if (value == NULL || json_is_null(value))
        return;
    if (!json_is_string(value)) {
        wrong(reading, field, "a text");
        return;
    }
    g_free(*text);
    *text = rv_text_clean(json_string_value(value), (gssize)json_string_length(value), 65536);
}

static void
take_number(Reading *reading, const json_t *object, const char *field, double *number)
{
    const json_t *value = json_object_get(object, field);

    if (value == NULL || json_is_null(value))
        return;
    if (!json_is_number(value))
        wrong(reading, field, "a number");
    else
        *number = json_number_value(value);
}

static void
take_integer(Reading *reading, const json_t *object, const char *field, gint64 *number)
{
    const json_t *value = json_object_get(object, field);

    if (value == NULL || json_is_null(value))
        return;
    if (!json_is_integer(value))
        wrong(reading, field, "an integer");
    else
        *number = json_integer_value(value);
}

static void
take_int(Reading *reading, const json_t *object, const char *field, int *number)
{
    gint64 value = *number;

    take_integer(reading, object, field, &value);
    if (value < G_MININT || value > G_MAXINT)
        wrong(reading, field, "a small integer");
    else
        *number = (int)value;
}

static void
take_uint(Reading *reading, const json_t *object, const char *field, guint *number)
{
    gint64 value = *number;

    take_integer(reading, object, field, &value);
    if (value < 0 || value > G_MAXUINT)
        wrong(reading, field, "a natural number");
    else
        *number = (guint)value;
}

static void
take_counter(Reading *reading, const json_t *object, const char *field, guint64 *counter)
{
    const json_t *value = json_object_get(object, field);

    if (value == NULL || json_is_null(value))
        return;
    if (json_is_integer(value) && json_integer_value(value) >= 0)
        *counter = (guint64)json_integer_value(value);
    else if (json_is_real(value) && json_real_value(value) >= 0 &&
             json_real_value(value) < 18446744073709551615.0)
        *counter = (guint64)json_real_value(value);
    else
        wrong(reading, field, "a counter");
}

static void
take_bool(Reading *reading, const json_t *object, const char *field, gboolean *truth)
{
    const json_t *value = json_object_get(object, field);

    if (value == NULL || json_is_null(value))
        return;
    if (!json_is_boolean(value))
        wrong(reading, field, "true or false");
    else
        *truth = json_is_true(value);
}

/* `words` by number; the first match wins. */
static void
take_word(Reading *reading, const json_t *object, const char *field, const char *(*word_of)(int),
          int n, int *number)
{
    g_autofree char *word = NULL;

    take_text(reading, object, field, &word);
    if (word == NULL)
        return;
    for (int i = 0; i < n; i++) {
        if (strcmp(word, word_of(i)) == 0) {
            *number = i;
            return;
        }
    }
    wrong(reading, field, "one of the words that it may hold");
}

#define TAKE_WORD(reading, object, field, word_of, n, target)                                      \
    do {                                                                                           \
        int number_ = (int)(target);                                                               \
        take_word(reading, object, field, word_of, n, &number_);                                   \
        (target) = number_;                                                                        \
    } while (0)

static const char *
verdict_at(int i)
{
    return rv_verdict_word((RvVerdict)i);
}

static const char *
presence_at(int i)
{
    return rv_presence_word((RvPresence)i);
}

static const char *
class_at(int i)
{
    return rv_class_word((RvClass)i);
}

static const char *
source_at(int i)
{
    return rv_limits_source_word((RvLimitsSource)i);
}

static const char *
reachability_at(int i)
{
    return rv_reachability_word((RvReachability)i);
}

static const char *
reason_at(int i)
{
    return rv_reason_word((RvReason)i);
}

static const char *
admin_at(int i)
{
    return rv_admin_status_word((RvAdminStatus)i);
}

static const char *
oper_at(int i)
{
    return rv_oper_status_word((RvOperStatus)i);
}

static void
read_identity(Reading *reading, const json_t *json, RvDeviceIdentity *device)
{
    take_text(reading, json, "host", &device->host);
    take_text(reading, json, "name", &device->name);
    take_text(reading, json, "kind", &device->kind);
    take_text(reading, json, "site", &device->site);
    take_text(reading, json, "vendor", &device->vendor);
    take_text(reading, json, "model", &device->model);
    take_text(reading, json, "os", &device->os);
    take_text(reading, json, "os_version", &device->os_version);
    take_text(reading, json, "serial", &device->serial);
    take_text(reading, json, "sys_object_id", &device->sys_object_id);
    take_text(reading, json, "sys_descr", &device->sys_descr);
    take_text(reading, json, "sys_name", &device->sys_name);
    take_text(reading, json, "sys_location", &device->sys_location);
    take_text(reading, json, "sys_contact", &device->sys_contact);
    take_text(reading, json, "profile", &device->profile);
    take_integer(reading, json, "uptime_seconds", &device->uptime_seconds);
    take_integer(reading, json, "uptime_ticks", &device->uptime_ticks);
    take_text(reading, json, "power_state", &device->power_state);
}

static void
read_protocol(Reading *reading, const json_t *json, RvObservation *observation)
{
    RvProtocol *protocol = rv_observation_add_protocol(observation, "");

    take_text(reading, json, "name", &protocol->name);
    TAKE_WORD(reading, json, "state", reachability_at, RV_STATE_NOT_ASKED + 1, protocol->state);
    TAKE_WORD(reading, json, "reason", reason_at, RV_REASON_CONFIGURATION + 1, protocol->reason);
    take_text(reading, json, "detail", &protocol->detail);
    take_bool(reading, json, "partial", &protocol->partial);
    take_integer(reading, json, "duration_ms", &protocol->duration_ms);
    take_uint(reading, json, "requests", &protocol->requests);
    take_uint(reading, json, "answers", &protocol->answers);
    take_uint(reading, json, "retries", &protocol->retries);
}

static void
read_limits(Reading *reading, const json_t *json, RvLimits *limits)
{
    take_number(reading, json, "low_critical", &limits->low_critical);
    take_number(reading, json, "low_warning", &limits->low_warning);
    take_number(reading, json, "high_warning", &limits->high_warning);
    take_number(reading, json, "high_critical", &limits->high_critical);
}

static void
read_sensor(Reading *reading, const json_t *json, RvObservation *observation)
{
    RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_STATE);
    const json_t *raw = json_object_get(json, "raw");

    take_text(reading, json, "key", &sensor->key);
    TAKE_WORD(reading, json, "class", class_at, RV_CLASSES, sensor->class);
    take_text(reading, json, "name", &sensor->name);
    take_text(reading, json, "component", &sensor->component);
    take_text(reading, json, "group", &sensor->group);
    take_text(reading, json, "oid", &sensor->oid);
    take_int(reading, json, "sdr_id", &sensor->sdr_id);
    take_text(reading, json, "entity", &sensor->entity);
    take_number(reading, json, "value", &sensor->value);
    if (json_is_integer(raw)) {
        sensor->raw = json_integer_value(raw);
        sensor->has_raw = TRUE;
    } else {
        take_text(reading, json, "raw", &sensor->raw_text);
    }
    take_text(reading, json, "unit", &sensor->unit);
    take_text(reading, json, "state", &sensor->state);
    TAKE_WORD(reading, json, "presence", presence_at, RV_PRESENCE_MISSING + 1, sensor->presence);
    TAKE_WORD(reading, json, "status", verdict_at, RV_VERDICT_UNKNOWN + 1, sensor->status);
    take_text(reading, json, "reason", &sensor->reason);
    read_limits(reading, json_object_get(json, "limits"), &sensor->limits);
    TAKE_WORD(reading, json, "limits_source", source_at, RV_LIMITS_POLICY + 1,
              sensor->limits_source);
    take_number(reading, json, "hysteresis", &sensor->hysteresis);
    sensor->has_device_verdict = json_is_string(json_object_get(json, "device_verdict"));
    TAKE_WORD(reading, json, "device_verdict", verdict_at, RV_VERDICT_UNKNOWN + 1,
              sensor->device_verdict);
    take_text(reading, json, "source", &sensor->source);
}

static void
read_interface(Reading *reading, const json_t *json, RvObservation *observation)
{
    RvInterface *interface = rv_observation_add_interface(observation, 0);

    take_uint(reading, json, "index", &interface->index);
    take_text(reading, json, "key", &interface->key);
    take_text(reading, json, "name", &interface->name);
    take_text(reading, json, "description", &interface->description);
    take_text(reading, json, "alias", &interface->alias);
    take_text(reading, json, "mac", &interface->mac);
    take_int(reading, json, "type", &interface->type);
    TAKE_WORD(reading, json, "admin_status", admin_at, RV_ADMIN_TESTING + 1,
              interface->admin_status);
    TAKE_WORD(reading, json, "oper_status", oper_at, RV_OPER_LOWER_LAYER_DOWN + 1,
              interface->oper_status);
    take_integer(reading, json, "speed_bps", &interface->speed_bps);
    take_text(reading, json, "duplex", &interface->duplex);
    take_int(reading, json, "mtu", &interface->mtu);
    take_counter(reading, json, "in_octets", &interface->in_octets);
    take_counter(reading, json, "out_octets", &interface->out_octets);
    take_counter(reading, json, "in_errors", &interface->in_errors);
    take_counter(reading, json, "out_errors", &interface->out_errors);
    take_counter(reading, json, "in_discards", &interface->in_discards);
    take_counter(reading, json, "out_discards", &interface->out_discards);
    take_counter(reading, json, "in_unicast", &interface->in_unicast);
    take_counter(reading, json, "out_unicast", &interface->out_unicast);
    take_bool(reading, json, "counters_64bit", &interface->counters_64bit);
    take_integer(reading, json, "discontinuity_ticks", &interface->discontinuity_ticks);
    take_integer(reading, json, "last_change_ticks", &interface->last_change_ticks);
}

static void
read_component(Reading *reading, const json_t *json, RvObservation *observation)
{
    RvComponent *component = rv_observation_add_component(observation);

    take_text(reading, json, "key", &component->key);
    take_int(reading, json, "index", &component->index);
    take_text(reading, json, "class", &component->class);
    take_text(reading, json, "name", &component->name);
    take_text(reading, json, "model", &component->model);
    take_text(reading, json, "serial", &component->serial);
    take_text(reading, json, "part_number", &component->part_number);
    take_text(reading, json, "vendor", &component->vendor);
    take_text(reading, json, "firmware", &component->firmware);
    take_text(reading, json, "hardware", &component->hardware);
    take_text(reading, json, "asset_tag", &component->asset_tag);
    take_text(reading, json, "parent", &component->parent);
}

static void
read_event(Reading *reading, const json_t *json, RvObservation *observation)
{
    RvEvent *event = rv_observation_add_event(observation);

    take_integer(reading, json, "time_ms", &event->time_ms);
    take_integer(reading, json, "record_id", &event->record_id);
    take_text(reading, json, "sensor", &event->sensor);
    take_text(reading, json, "text", &event->text);
    take_bool(reading, json, "asserted", &event->asserted);
    TAKE_WORD(reading, json, "severity", verdict_at, RV_VERDICT_UNKNOWN + 1, event->severity);
    take_bool(reading, json, "ended", &event->ended);
}

static void
read_array(Reading *reading, const json_t *json, const char *field,
           void (*read_element)(Reading *, const json_t *, RvObservation *),
           RvObservation *observation)
{
    const json_t *array = json_object_get(json, field);
    const json_t *element;
    gsize i;

    if (array != NULL && !json_is_array(array))
        wrong(reading, field, "an array");
    json_array_foreach(array, i, element)
    {
        if (reading->failed)
            return;
        if (!json_is_object(element))
            wrong(reading, field, "an array of objects");
        else
            read_element(reading, element, observation);
    }
}

RvObservation *
rv_observation_from_json(const json_t *json, GError **error)
{
    g_autoptr(RvObservation) observation = rv_observation_new();
    Reading reading = {.error = error};
    const json_t *note;
    gsize i;

    if (!json_is_object(json) || !json_is_object(json_object_get(json, "device"))) {
        wrong(&reading, "device", "an object");
        return NULL;
    }
    read_identity(&reading, json_object_get(json, "device"), &observation->device);
    take_integer(&reading, json, "taken_at_ms", &observation->taken_at_ms);
    TAKE_WORD(&reading, json, "status", verdict_at, RV_VERDICT_UNKNOWN + 1, observation->status);
    read_array(&reading, json, "protocols", read_protocol, observation);
    read_array(&reading, json, "sensors", read_sensor, observation);
    read_array(&reading, json, "interfaces", read_interface, observation);
    read_array(&reading, json, "components", read_component, observation);
    read_array(&reading, json, "events", read_event, observation);
    json_array_foreach(json_object_get(json, "notes"), i, note)
    {
        g_autofree char *clean = NULL;

        if (!json_is_string(note)) {
            wrong(&reading, "notes", "an array of texts");
            break;
        }
        clean = rv_text_clean(json_string_value(note), (gssize)json_string_length(note), 4096);
        rv_observation_note(observation, "%s", clean);
    }
    return reading.failed ? NULL : g_steal_pointer(&observation);
}
