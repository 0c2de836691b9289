#include "health/power.h"

#include <math.h>

gboolean
rv_health_is_without_power(const RvObservation *observation, const RvSensor *sensor)
{
    return g_strcmp0(observation->device.power_state, "off") == 0 && !sensor->has_device_verdict &&
           !sensor->has_raw && sensor->raw_text == NULL && sensor->state == NULL &&
           !isfinite(sensor->value);
}
