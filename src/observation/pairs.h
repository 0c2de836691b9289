/* Pairs of log entries: what came, and that it went again.
 *
 * A BMC writes one entry when a state comes and another when it goes, days apart or in the same
 * second. What came and went is history; what came alone still stands. Pure. */
#pragma once

#include "observation/observation.h"

/* `events`: RvEvent* of one device, oldest first. Sets `ended` of each asserted one that a later
 * one ends: the same state of the same sensor, deasserted (readings and limits in the text may
 * differ), or asserted, the state of that sensor which is well and excludes the first ("Fully
 * Redundant" after "Redundancy Lost"). Of repeated ones all are ended. */
void rv_events_pair(const GPtrArray *events);
