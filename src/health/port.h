/* Ports: which interface a sensor belongs to, and whether it can have light. Pure. */
#pragma once

#include "observation/observation.h"

/* By the sensor's place, else by its name, which begins or ends with the interface's ("Ethernet1/27
 * receive power"); borrowed, NULL where there is none. */
const RvInterface *rv_health_port(const RvObservation *observation, const RvSensor *sensor);

/* TRUE for the light and the laser current of a port that is not up: there is nothing to receive,
 * and often nothing is sent. */
gboolean rv_health_port_is_dark(const RvObservation *observation, const RvSensor *sensor);
