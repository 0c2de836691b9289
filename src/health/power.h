/* Power: what can be expected of a server whose host is off. Pure. */
#pragma once

#include "observation/observation.h"

/* A sensor that says nothing at all while the host is off: nothing else is to be expected. */
gboolean rv_health_is_without_power(const RvObservation *observation, const RvSensor *sensor);
