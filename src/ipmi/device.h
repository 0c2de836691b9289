/* The BMC and the host it watches: device id, GUID, chassis, DCMI power and asset tag. One request
 * each; what the BMC does not offer stays unset. */
#pragma once

#include "ipmi/round.h"
#include "ipmi/sdr.h"

/* Manufacturer, product and firmware also go to `key`. FALSE: no device id. */
gboolean rv_ipmi_device_ask_id(RvIpmiSession *session, RvIpmiRound *round, RvSdrKey *key);
/* To `key` too. */
void rv_ipmi_device_ask_guid(RvIpmiSession *session, RvIpmiRound *round, RvSdrKey *key);
void rv_ipmi_device_ask_chassis(RvIpmiSession *session, RvIpmiRound *round);
void rv_ipmi_device_ask_power(RvIpmiSession *session, RvIpmiHabits *habits, RvIpmiRound *round);
void rv_ipmi_device_ask_asset_tag(RvIpmiSession *session, RvIpmiRound *round);
