/* The readings of one transceiver in one row, as an engineer reads them: light in, light out,
 * laser current, temperature, supply. */
#pragma once

#include "observation/observation.h"

typedef struct {
    char *name; /* of the port: "Ethernet1/27" */
    char *text; /* "rx -2.71 dBm  tx -2.28 dBm  5.6 mA  39 °C  3.30 V" */
} RvOpticsRow;

/* Takes out of `sensors` (RvSensor*, borrowed) those that are well and share their port with
 * others, as well as what tells a light in watts that another tells in dBm, and returns a row for
 * each such port, in their order. RvOpticsRow*, owned by the array.
 */
GPtrArray *rv_optics_rows(const RvObservation *observation, GPtrArray *sensors);
