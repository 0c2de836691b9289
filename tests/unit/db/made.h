/* Observations made in a line, and a state in a folder or a schema of its own. */
#pragma once

#include "db/state.h"

typedef struct {
    char *folder, *path;
    char *server; /* connection string with a schema of its own; NULL: SQLite */
    RvState *state;
} Place;

/* The same tests run on both: with RACKVITALS_TEST_POSTGRESQL, a connection string, on that server.
 */
gboolean made_on_server(void);
/* Opens it once more. */
RvState *place_state(const Place *place, RvStateMode mode, GError **error);
/* A schema that holds nothing, and its connection string; caller frees. */
char *made_server(void);
/* Runs SQL on the server, beside the state's own connection. */
void made_sql(const char *server, const char *sql);

void place_open(Place *place, gconstpointer unused);
void place_close(Place *place, gconstpointer unused);

/* "db-01" at `s` seconds, one protocol in `state`. */
RvObservation *made_sample(const char *device, gint64 s, const char *protocol,
                           RvReachability state);
/* Adds a sensor "KEY" with that status, present. */
RvSensor *made_sensor(RvObservation *observation, const char *key, RvVerdict status);
RvComponent *made_component(RvObservation *observation, const char *key, const char *serial,
                            const char *firmware);

/* Stores and frees. Fails the test on error. */
void store(RvState *state, RvObservation *observation, RvTasks tasks);

/* "up 0-120 down 120-180" in seconds; caller frees. */
char *intervals_text(const GPtrArray *intervals);
