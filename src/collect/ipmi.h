/* A BMC's answers become the IPMI half of an Observation. No network, no judging. */
#pragma once

#include "collect/ipmi-states.h"

/* Adds the protocol "ipmi", identity (what is there already stays), sensors, components, events and
 * notes. Sensor keys begin with "ipmi/", so that they never meet those of SNMP. */
void rv_collect_ipmi(const RvIpmiAnswers *answers, const RvIpmiStates *states,
                     RvObservation *observation);
