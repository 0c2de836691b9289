/* Asked: when each device was asked and what came of it, by which the next round knows what is due.
 *
 * The state knows it. Where that is on a server, which may be away, a file of the state folder
 * knows it as well, so that rounds without the server ask no more than those with it. */
#pragma once

#include "db/state.h"

/* Name → RvDeviceRow, owned; caller unrefs. NULL with *error. */
GHashTable *rv_asked_of_state(RvState *state, GError **error);
/* The same of the file, the times and the reachability alone; empty where there is none. */
GHashTable *rv_asked_load(const char *state_folder);
/* That it cannot be written costs questions only. */
void rv_asked_save(const char *state_folder, GHashTable *rows);

/* What a device said, or that it did not. */
typedef struct {
    const char *device;
    RvTasks tasks;
    RvReachability state;
    gint64 taken_ms;
} RvAsked;

/* Brings the rows up to date. */
void rv_asked_note(GHashTable *rows, const RvAsked *asked);
