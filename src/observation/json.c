#include "observation/json.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "observation/words.h"

/* Numbers as people write them: floats keep 12 significant digits, so that 0.1 stays 0.1. */
#define JSON_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(12) | JSON_ENCODE_ANY)

static json_t *
text_or_null(const char *text)
{
    json_t *json = text != NULL ? json_string(text) : json_null();

    if (json == NULL) { /* not UTF-8: only a bug in a room that forgot rv_text_clean */
        g_autofree char *clean = rv_text_clean(text, -1, 0);

        json = json_string(clean);
    }
    return json;
}

static json_t *
number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* The library's integers are signed: a Counter64 beyond them is printed as a float, never negative.
 */
static json_t *
counter_or_null(guint64 value)
{
    if (value == RV_COUNTER_NONE)
        return json_null();
    return value > G_MAXINT64 ? json_real((double)value) : json_integer((json_int_t)value);
}

static json_t *
natural_or_null(gint64 value)
{
    return value < 0 ? json_null() : json_integer(value);
}

static void
set(json_t *object, const char *key, json_t *value)
{
    json_object_set_new(object, key, value);
}

static json_t *
identity_to_json(const RvDeviceIdentity *device)
{
    json_t *json = json_object();

    set(json, "host", text_or_null(device->host));
    set(json, "name", text_or_null(device->name));
    set(json, "kind", text_or_null(device->kind));
    set(json, "site", text_or_null(device->site));
    set(json, "vendor", text_or_null(device->vendor));
    set(json, "model", text_or_null(device->model));
    set(json, "os", text_or_null(device->os));
    set(json, "os_version", text_or_null(device->os_version));
    set(json, "serial", text_or_null(device->serial));
    set(json, "sys_object_id", text_or_null(device->sys_object_id));
    set(json, "sys_descr", text_or_null(device->sys_descr));
    set(json, "sys_name", text_or_null(device->sys_name));
    set(json, "sys_location", text_or_null(device->sys_location));
    set(json, "sys_contact", text_or_null(device->sys_contact));
    set(json, "profile", text_or_null(device->profile));
    set(json, "uptime_seconds", natural_or_null(device->uptime_seconds));
    set(json, "uptime_ticks", natural_or_null(device->uptime_ticks));
    set(json, "power_state", text_or_null(device->power_state));
    return json;
}

static json_t *
protocol_to_json(const RvProtocol *protocol)
{
    json_t *json = json_object();

    set(json, "name", text_or_null(protocol->name));
    set(json, "state", json_string(rv_reachability_word(protocol->state)));
    set(json, "reason",
        protocol->reason == RV_REASON_NONE ? json_null()
                                           : json_string(rv_reason_word(protocol->reason)));
    set(json, "detail", text_or_null(protocol->detail));
    set(json, "partial", json_boolean(protocol->partial));
    set(json, "duration_ms", json_integer(protocol->duration_ms));
    set(json, "requests", json_integer(protocol->requests));
    set(json, "answers", json_integer(protocol->answers));
    set(json, "retries", json_integer(protocol->retries));
    return json;
}

static json_t *
limits_to_json(const RvLimits *limits)
{
    json_t *json = json_object();

    set(json, "low_critical", number_or_null(limits->low_critical));
    set(json, "low_warning", number_or_null(limits->low_warning));
    set(json, "high_warning", number_or_null(limits->high_warning));
    set(json, "high_critical", number_or_null(limits->high_critical));
    return json;
}

static json_t *
sensor_to_json(const RvSensor *sensor)
{
    json_t *json = json_object();

    set(json, "key", text_or_null(sensor->key));
    set(json, "class", json_string(rv_class_word(sensor->class)));
    set(json, "name", text_or_null(sensor->name));
    set(json, "component", text_or_null(sensor->component));
    set(json, "group", json_string(rv_sensor_group(sensor)));
    set(json, "oid", text_or_null(sensor->oid));
    if (sensor->sdr_id >= 0) {
        set(json, "sdr_id", json_integer(sensor->sdr_id));
        set(json, "entity", text_or_null(sensor->entity));
    }
    set(json, "value", number_or_null(sensor->value));
    if (sensor->has_raw)
        set(json, "raw", json_integer(sensor->raw));
    else
        set(json, "raw", text_or_null(sensor->raw_text));
    set(json, "unit", text_or_null(sensor->unit));
    set(json, "state", text_or_null(sensor->state));
    set(json, "presence", json_string(rv_presence_word(sensor->presence)));
    set(json, "status", json_string(rv_verdict_word(sensor->status)));
    set(json, "reason", text_or_null(sensor->reason));
    set(json, "limits", limits_to_json(&sensor->limits));
    set(json, "limits_source", json_string(rv_limits_source_word(sensor->limits_source)));
    set(json, "hysteresis", number_or_null(sensor->hysteresis));
    set(json, "device_verdict",
        sensor->has_device_verdict ? json_string(rv_verdict_word(sensor->device_verdict))
                                   : json_null());
    set(json, "source", text_or_null(sensor->source));
    return json;
}

static json_t *
interface_to_json(const RvInterface *interface)
{
    json_t *json = json_object();

    set(json, "index", json_integer(interface->index));
    set(json, "key", text_or_null(interface->key));
    set(json, "name", text_or_null(interface->name));
    set(json, "description", text_or_null(interface->description));
    set(json, "alias", text_or_null(interface->alias));
    set(json, "mac", text_or_null(interface->mac));
    set(json, "type", json_integer(interface->type));
    set(json, "admin_status", json_string(rv_admin_status_word(interface->admin_status)));
    set(json, "oper_status", json_string(rv_oper_status_word(interface->oper_status)));
    set(json, "speed_bps", natural_or_null(interface->speed_bps));
    set(json, "duplex", text_or_null(interface->duplex));
    set(json, "mtu", json_integer(interface->mtu));
    set(json, "in_octets", counter_or_null(interface->in_octets));
    set(json, "out_octets", counter_or_null(interface->out_octets));
    set(json, "in_errors", counter_or_null(interface->in_errors));
    set(json, "out_errors", counter_or_null(interface->out_errors));
    set(json, "in_discards", counter_or_null(interface->in_discards));
    set(json, "out_discards", counter_or_null(interface->out_discards));
    set(json, "in_unicast", counter_or_null(interface->in_unicast));
    set(json, "out_unicast", counter_or_null(interface->out_unicast));
    set(json, "counters_64bit", json_boolean(interface->counters_64bit));
    set(json, "discontinuity_ticks", natural_or_null(interface->discontinuity_ticks));
    set(json, "last_change_ticks", natural_or_null(interface->last_change_ticks));
    return json;
}

static json_t *
component_to_json(const RvComponent *component)
{
    json_t *json = json_object();

    set(json, "key", text_or_null(component->key));
    set(json, "index", natural_or_null(component->index));
    set(json, "class", text_or_null(component->class));
    set(json, "name", text_or_null(component->name));
    set(json, "model", text_or_null(component->model));
    set(json, "serial", text_or_null(component->serial));
    set(json, "part_number", text_or_null(component->part_number));
    set(json, "vendor", text_or_null(component->vendor));
    set(json, "firmware", text_or_null(component->firmware));
    set(json, "hardware", text_or_null(component->hardware));
    set(json, "asset_tag", text_or_null(component->asset_tag));
    set(json, "parent", text_or_null(component->parent));
    return json;
}

static json_t *
event_to_json(const RvEvent *event)
{
    json_t *json = json_object();

    set(json, "time_ms", event->time_ms > 0 ? json_integer(event->time_ms) : json_null());
    set(json, "record_id", json_integer(event->record_id));
    set(json, "sensor", text_or_null(event->sensor));
    set(json, "text", text_or_null(event->text));
    set(json, "asserted", json_boolean(event->asserted));
    set(json, "severity", json_string(rv_verdict_word(event->severity)));
    set(json, "ended", json_boolean(event->ended));
    return json;
}

static json_t *
array_to_json(const GPtrArray *elements, json_t *(*to_json)(gconstpointer))
{
    json_t *array = json_array();

    for (guint i = 0; i < elements->len; i++)
        json_array_append_new(array, to_json(g_ptr_array_index(elements, i)));
    return array;
}

static json_t *
note_to_json(const char *note)
{
    return text_or_null(note);
}

#define ARRAY(elements, to_json) array_to_json(elements, (json_t * (*)(gconstpointer)) to_json)

json_t *
rv_observation_to_json(const RvObservation *observation)
{
    json_t *json = json_object();

    set(json, "device", identity_to_json(&observation->device));
    set(json, "taken_at_ms", json_integer(observation->taken_at_ms));
    set(json, "status", json_string(rv_verdict_word(observation->status)));
    set(json, "protocols", ARRAY(observation->protocols, protocol_to_json));
    set(json, "sensors", ARRAY(observation->sensors, sensor_to_json));
    set(json, "interfaces", ARRAY(observation->interfaces, interface_to_json));
    set(json, "components", ARRAY(observation->components, component_to_json));
    set(json, "events", ARRAY(observation->events, event_to_json));
    set(json, "notes", ARRAY(observation->notes, note_to_json));
    return json;
}

char *
rv_observation_to_json_line(const RvObservation *observation)
{
    json_t *json = rv_observation_to_json(observation);
    char *printed = json_dumps(json, JSON_FLAGS);
    char *line = g_strdup(printed);

    free(printed);
    json_decref(json);
    return line;
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
