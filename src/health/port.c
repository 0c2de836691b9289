#include "health/port.h"

#include <string.h>

#include "observation/words.h"

/* Length of `name` where `text` begins with it and it ends there as a word. */
static gsize
begins_with(const char *text, const char *name)
{
    gsize length = name != NULL ? strlen(name) : 0;

    if (length == 0 || strncmp(text, name, length) != 0)
        return 0;
    return g_ascii_isalnum(text[length]) || text[length] == '/' || text[length] == '.' ? 0 : length;
}

/* As "DOM RX Power Sensor for Ethernet2". */
static gsize
ends_with(const char *text, const char *name)
{
    gsize length = name != NULL ? strlen(name) : 0, all = strlen(text);

    if (length == 0 || all <= length || text[all - length - 1] != ' ')
        return 0;
    return strcmp(text + all - length, name) == 0 ? length : 0;
}

/* IOS XR tells of a transceiver by its place alone: "power Rx 0/0/1/1" is of
 * GigabitEthernet0/0/1/1. Length of the place, of three numbers or more, with which both end. */
static gsize
ends_with_place(const char *text, const char *name)
{
    const char *word = strrchr(text, ' '), *slash = word;
    gsize length = word != NULL ? strlen(++word) : 0, all = name != NULL ? strlen(name) : 0;
    guint slashes = 0;

    while (slash != NULL && (slash = strchr(slash + 1, '/')) != NULL)
        slashes++;
    if (slashes < 2 || all <= length || strspn(word, "0123456789/") != length ||
        !g_ascii_isalpha(name[all - length - 1]))
        return 0;
    return strcmp(name + all - length, word) == 0 ? length : 0;
}

const RvInterface *
rv_health_port(const RvObservation *observation, const RvSensor *sensor)
{
    const RvInterface *found = NULL;
    gsize longest = 0;

    for (guint i = 0; i < observation->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(observation->interfaces, i);
        gsize length = MAX(MAX(begins_with(sensor->name, interface->name),
                               begins_with(sensor->name, interface->description)),
                           MAX(ends_with(sensor->name, interface->name),
                               ends_with_place(sensor->name, interface->name)));

        if (g_strcmp0(sensor->component, interface->key) == 0)
            return interface;
        if (length > longest) {
            longest = length;
            found = interface;
        }
    }
    return found;
}

gboolean
rv_health_port_is_dark(const RvObservation *observation, const RvSensor *sensor)
{
    const RvInterface *interface;

    if (sensor->class != RV_CLASS_OPTICAL_POWER && sensor->class != RV_CLASS_CURRENT &&
        (sensor->class != RV_CLASS_POWER || strcmp(rv_sensor_group(sensor), "optics") != 0))
        return FALSE;
    interface = rv_health_port(observation, sensor);
    if (interface == NULL)
        return FALSE;
    switch (interface->oper_status) {
    case RV_OPER_DOWN:
    case RV_OPER_NOT_PRESENT:
    case RV_OPER_LOWER_LAYER_DOWN:
    case RV_OPER_DORMANT:
        return TRUE;
    case RV_OPER_UNKNOWN_TO_US:
    case RV_OPER_UP:
    case RV_OPER_TESTING:
    case RV_OPER_UNKNOWN:
        break;
    }
    return interface->admin_status == RV_ADMIN_DOWN;
}
