/* Parts by IPMI: entities as places, FRU data as components and identity. */
#pragma once

#include "ipmi/answers.h"

/* "power-supply-1"; NULL for an entity that is no place. Caller frees. */
char *rv_ipmi_place(guint8 entity_id, guint8 instance);
/* Group of RvSensor by sensor type (IPMI 2.0 table 42-3); NULL: from its class. */
const char *rv_ipmi_type_group(guint8 sensor_type);

/* FRU device 0: the server itself; NULL where it was not read or says nothing. */
const RvIpmiFru *rv_ipmi_main_fru(const RvIpmiAnswers *answers);
/* Fills vendor, model and serial where they are not known yet. */
void rv_ipmi_fru_identity(const RvIpmiFru *fru, RvDeviceIdentity *device);
/* The BMC, and a component for each FRU area that has a serial number of its own. */
void rv_ipmi_add_components(const RvIpmiAnswers *answers, RvObservation *observation);
