/* OpenMetrics text (1.0): families of the devices' state, for scrapers and for node_exporter's
 * textfile collector. rackvitals-openmetrics(1) names them all.
 *
 * Only gauges and counters, no time stamps: node_exporter, which reads the older format, takes it
 * too. */
#pragma once

#include "observation/observation.h"

typedef struct {
    const RvObservation *observation; /* judged */
    RvReachability state;             /* of the device as a whole, as of now */
    gint64 sampled_ms;                /* when that was last seen; 0: not told */
    gboolean silent; /* the observation is an older one: its readings are not shown */
} RvMetricsSource;

/* All families with the samples of all sources, ended by "# EOF". A device that was told twice is
 * shown once. */
void rv_openmetrics_print(const RvMetricsSource *sources, guint n, GString *out);
