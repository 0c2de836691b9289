/* Workers as processes: forked, each with its share of the devices, joined by a socket that carries
 * answers home and whose end tells them to stop. For crew.c alone. */
#pragma once

#include "poll/crew.h"

typedef struct RvCrewProcesses RvCrewProcesses;

RvCrewProcesses *rv_crew_processes_start(GMainContext *context, const RvAsker *kind,
                                         const GArray *asks, const RvDriverLimits *limits,
                                         guint workers, void (*leave)(gpointer),
                                         const RvCrewEvents *events, GError **error);
void rv_crew_processes_stop(RvCrewProcesses *processes);
void rv_crew_processes_free(RvCrewProcesses *processes);
