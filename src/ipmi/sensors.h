/* Sensors: one row of what ipmi-sensors(8) prints for each SDR record that describes one. */
#pragma once

#include "ipmi/round.h"
#include "ipmi/sdr.h"

/* Asks every sensor once: without `bridged` all that the BMC itself can tell, with it those of
 * other controllers, where the workarounds allow that. These come last of all that is asked of a
 * BMC: when one of them is silent, libfreeipmi's session is over. `look_for_siblings`: also those
 * of shared records that were not there last time; record->siblings then says which are. */
void rv_ipmi_sensors_read(RvIpmiSession *session, RvSdr *sdr, gboolean bridged,
                          gboolean look_for_siblings, RvIpmiRound *round);
