#include "observation/observation.h"

#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "observation/policy.h"
#include "observation/words.h"

#define NOTES_CEILING 500

void
rv_sensor_free(RvSensor *sensor)
{
    if (sensor == NULL)
        return;
    g_free(sensor->key);
    g_free(sensor->name);
    g_free(sensor->component);
    g_free(sensor->group);
    g_free(sensor->oid);
    g_free(sensor->entity);
    g_free(sensor->raw_text);
    g_free(sensor->unit);
    g_free(sensor->state);
    g_free(sensor->reason);
    g_free(sensor->source);
    g_free(sensor);
}

void
rv_interface_free(RvInterface *interface)
{
    if (interface == NULL)
        return;
    g_free(interface->key);
    g_free(interface->name);
    g_free(interface->description);
    g_free(interface->alias);
    g_free(interface->mac);
    g_free(interface->duplex);
    g_free(interface);
}

void
rv_component_free(RvComponent *component)
{
    if (component == NULL)
        return;
    g_free(component->key);
    g_free(component->class);
    g_free(component->name);
    g_free(component->model);
    g_free(component->serial);
    g_free(component->part_number);
    g_free(component->vendor);
    g_free(component->firmware);
    g_free(component->hardware);
    g_free(component->asset_tag);
    g_free(component->parent);
    g_free(component);
}

void
rv_event_free(RvEvent *event)
{
    if (event == NULL)
        return;
    g_free(event->sensor);
    g_free(event->text);
    g_free(event);
}

void
rv_protocol_free(RvProtocol *protocol)
{
    if (protocol == NULL)
        return;
    g_free(protocol->name);
    g_free(protocol->detail);
    g_free(protocol);
}

RvObservation *
rv_observation_new(void)
{
    RvObservation *observation = g_new0(RvObservation, 1);

    observation->device.host = g_strdup("");
    observation->device.name = g_strdup("");
    observation->device.kind = g_strdup("");
    observation->device.site = g_strdup("");
    observation->device.uptime_seconds = -1;
    observation->device.uptime_ticks = -1;
    observation->status = RV_VERDICT_UNKNOWN;
    observation->protocols = g_ptr_array_new_with_free_func((GDestroyNotify)rv_protocol_free);
    observation->sensors = g_ptr_array_new_with_free_func((GDestroyNotify)rv_sensor_free);
    observation->interfaces = g_ptr_array_new_with_free_func((GDestroyNotify)rv_interface_free);
    observation->components = g_ptr_array_new_with_free_func((GDestroyNotify)rv_component_free);
    observation->events = g_ptr_array_new_with_free_func((GDestroyNotify)rv_event_free);
    observation->notes = g_ptr_array_new_with_free_func(g_free);
    return observation;
}

static void
clear_identity(RvDeviceIdentity *device)
{
    g_free(device->host);
    g_free(device->name);
    g_free(device->kind);
    g_free(device->site);
    g_free(device->vendor);
    g_free(device->model);
    g_free(device->os);
    g_free(device->os_version);
    g_free(device->serial);
    g_free(device->sys_object_id);
    g_free(device->sys_descr);
    g_free(device->sys_name);
    g_free(device->sys_location);
    g_free(device->sys_contact);
    g_free(device->profile);
    g_free(device->power_state);
}

void
rv_observation_free(RvObservation *observation)
{
    if (observation == NULL)
        return;
    clear_identity(&observation->device);
    g_ptr_array_unref(observation->protocols);
    g_ptr_array_unref(observation->sensors);
    g_ptr_array_unref(observation->interfaces);
    g_ptr_array_unref(observation->components);
    g_ptr_array_unref(observation->events);
    g_ptr_array_unref(observation->notes);
    g_free(observation);
}

RvSensor *
rv_observation_add_sensor(RvObservation *observation, RvClass class)
{
    RvSensor *sensor = g_new0(RvSensor, 1);

    sensor->class = class;
    sensor->key = g_strdup("");
    sensor->name = g_strdup("");
    sensor->unit = g_strdup(rv_class_unit(class));
    sensor->sdr_id = -1;
    sensor->value = NAN;
    sensor->limits = RV_LIMITS_EMPTY;
    sensor->status = RV_VERDICT_UNKNOWN;
    g_ptr_array_add(observation->sensors, sensor);
    return sensor;
}

RvInterface *
rv_observation_add_interface(RvObservation *observation, guint32 index)
{
    RvInterface *interface = g_new0(RvInterface, 1);

    interface->index = index;
    interface->key = g_strdup("");
    interface->name = g_strdup("");
    interface->description = g_strdup("");
    interface->alias = g_strdup("");
    interface->speed_bps = -1;
    interface->in_octets = interface->out_octets = RV_COUNTER_NONE;
    interface->in_errors = interface->out_errors = RV_COUNTER_NONE;
    interface->in_discards = interface->out_discards = RV_COUNTER_NONE;
    interface->in_unicast = interface->out_unicast = RV_COUNTER_NONE;
    interface->discontinuity_ticks = -1;
    interface->last_change_ticks = -1;
    g_ptr_array_add(observation->interfaces, interface);
    return interface;
}

RvComponent *
rv_observation_add_component(RvObservation *observation)
{
    RvComponent *component = g_new0(RvComponent, 1);

    component->index = -1;
    component->key = g_strdup("");
    component->class = g_strdup("other");
    component->name = g_strdup("");
    component->model = g_strdup("");
    component->serial = g_strdup("");
    component->part_number = g_strdup("");
    component->vendor = g_strdup("");
    component->firmware = g_strdup("");
    component->hardware = g_strdup("");
    component->asset_tag = g_strdup("");
    g_ptr_array_add(observation->components, component);
    return component;
}

RvEvent *
rv_observation_add_event(RvObservation *observation)
{
    RvEvent *event = g_new0(RvEvent, 1);

    event->sensor = g_strdup("");
    event->text = g_strdup("");
    g_ptr_array_add(observation->events, event);
    return event;
}

RvProtocol *
rv_observation_add_protocol(RvObservation *observation, const char *name)
{
    RvProtocol *protocol = g_new0(RvProtocol, 1);

    protocol->name = g_strdup(name);
    protocol->state = RV_STATE_NOT_ASKED;
    g_ptr_array_add(observation->protocols, protocol);
    return protocol;
}

void
rv_observation_note(RvObservation *observation, const char *format, ...)
{
    va_list arguments;

    if (observation->notes->len >= NOTES_CEILING)
        return;
    va_start(arguments, format);
    g_ptr_array_add(observation->notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static int
compare_sensors(gconstpointer a, gconstpointer b)
{
    const RvSensor *left = *(RvSensor *const *)a, *right = *(RvSensor *const *)b;
    int order = rv_text_compare(left->key, right->key);

    if (order == 0 && left->oid != NULL && right->oid != NULL) {
        gsize n = strlen(left->oid), m = strlen(right->oid);

        /* a longer OID of the same table is the larger one: close to numeric order, and always the
         * same */
        order = n != m ? (n < m ? -1 : 1) : strcmp(left->oid, right->oid);
    }
    return order != 0 ? order : left->sdr_id - right->sdr_id;
}

static int
compare_interfaces(gconstpointer a, gconstpointer b)
{
    const RvInterface *left = *(RvInterface *const *)a, *right = *(RvInterface *const *)b;

    return left->index < right->index ? -1 : left->index > right->index;
}

static int
compare_components(gconstpointer a, gconstpointer b)
{
    const RvComponent *left = *(RvComponent *const *)a, *right = *(RvComponent *const *)b;
    int order = rv_text_compare(left->key, right->key);

    return order != 0 ? order : left->index - right->index;
}

static char **
key_at(GPtrArray *elements, guint i, gsize key_offset)
{
    return (char **)((char *)g_ptr_array_index(elements, i) + key_offset);
}

/* Of elements that are sorted by key. */
static gboolean
has_equal_keys(GPtrArray *elements, gsize key_offset)
{
    for (guint i = 1; i < elements->len; i++)
        if (strcmp(*key_at(elements, i - 1, key_offset), *key_at(elements, i, key_offset)) == 0)
            return TRUE;
    return FALSE;
}

/* `key_offset` is where the element keeps its `char *key`. A number never takes a key that another
 * element has of its own. */
static void
make_keys_unique(GPtrArray *elements, gsize key_offset)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) given = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < elements->len; i++)
        g_hash_table_add(taken, g_strdup(*key_at(elements, i, key_offset)));
    for (guint i = 0; i < elements->len; i++) {
        char **key = key_at(elements, i, key_offset);

        if (g_hash_table_contains(given, *key)) {
            guint n = MAX(GPOINTER_TO_UINT(g_hash_table_lookup(counts, *key)), 1);
            char *unique = NULL;

            do {
                g_free(unique);
                unique = g_strdup_printf("%s-%u", *key, ++n);
            } while (g_hash_table_contains(taken, unique));
            g_hash_table_insert(counts, g_strdup(*key), GUINT_TO_POINTER(n));
            g_hash_table_add(taken, g_strdup(unique));
            g_free(*key);
            *key = unique;
        }
        g_hash_table_add(given, *key);
    }
}

static void
settle_by_key(GPtrArray *elements, GCompareFunc compare, gsize key_offset)
{
    g_ptr_array_sort(elements, compare);
    if (has_equal_keys(elements, key_offset))
        make_keys_unique(elements, key_offset);
}

void
rv_observation_settle(RvObservation *observation)
{
    settle_by_key(observation->sensors, compare_sensors, G_STRUCT_OFFSET(RvSensor, key));
    settle_by_key(observation->components, compare_components, G_STRUCT_OFFSET(RvComponent, key));
    g_ptr_array_sort(observation->interfaces, compare_interfaces);
    make_keys_unique(observation->interfaces, G_STRUCT_OFFSET(RvInterface, key));
}

const RvProtocol *
rv_observation_protocol(const RvObservation *observation, const char *name)
{
    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (strcmp(protocol->name, name) == 0)
            return protocol;
    }
    return NULL;
}

const char *
rv_observation_name(const RvObservation *observation)
{
    const RvDeviceIdentity *device = &observation->device;

    return device->name[0] != '\0' ? device->name : device->host;
}

static gsize
text_bytes(const char *text)
{
    return text != NULL ? strlen(text) + 1 : 0;
}

/* Of the texts only those that a device can make long. */
gsize
rv_observation_bytes(const RvObservation *observation)
{
    gsize bytes = sizeof *observation + observation->sensors->len * 2 * sizeof(RvSensor) +
                  observation->interfaces->len * 2 * sizeof(RvInterface) +
                  observation->components->len * 2 * sizeof(RvComponent) +
                  observation->events->len * 2 * sizeof(RvEvent);

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        bytes += text_bytes(sensor->key) + text_bytes(sensor->name) + text_bytes(sensor->raw_text);
    }
    for (guint i = 0; i < observation->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(observation->interfaces, i);

        bytes += text_bytes(interface->key) + text_bytes(interface->name) +
                 text_bytes(interface->description) + text_bytes(interface->alias);
    }
    for (guint i = 0; i < observation->components->len; i++) {
        const RvComponent *component = g_ptr_array_index(observation->components, i);

        bytes += text_bytes(component->key) + text_bytes(component->name) +
                 text_bytes(component->model) + text_bytes(component->serial);
    }
    for (guint i = 0; i < observation->events->len; i++)
        bytes += text_bytes(((const RvEvent *)g_ptr_array_index(observation->events, i))->text);
    return bytes;
}

RvReachability
rv_observation_reachability(const RvObservation *observation)
{
    RvReachability best = RV_STATE_NOT_ASKED;

    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state == RV_STATE_UP)
            return RV_STATE_UP;
        if (protocol->state != RV_STATE_NOT_ASKED)
            best = protocol->state;
    }
    return best;
}

RvExpected *
rv_expected_new(const char *group, guint count)
{
    RvExpected *expected = g_new0(RvExpected, 1);

    expected->group = g_strdup(group);
    expected->count = count;
    return expected;
}

void
rv_expected_free(RvExpected *expected)
{
    if (expected == NULL)
        return;
    g_free(expected->group);
    g_free(expected);
}

RvPolicyLimit *
rv_policy_limit_new(const char *sensors)
{
    RvPolicyLimit *policy = g_new0(RvPolicyLimit, 1);

    policy->sensors = g_strdup(sensors);
    policy->any_class = TRUE;
    policy->limits = RV_LIMITS_EMPTY;
    return policy;
}

void
rv_policy_limit_free(RvPolicyLimit *policy)
{
    if (policy == NULL)
        return;
    g_free(policy->sensors);
    g_free(policy);
}
