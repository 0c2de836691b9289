/* Which series hold the traffic of a port, and what went wrong on it. */
#pragma once

#include "rrd/templates.h"

/* Templates and names of their sources; NULL where none keeps such a thing. Borrowed. */
typedef struct {
    const RvRrdTemplate *template;
    const char *in, *out; /* bit/s */
    const RvRrdTemplate *faults_template;
    const char *faults; /* errors and discards, each second */
} RvTraffic;

/* FALSE: traffic is not kept. */
gboolean rv_traffic_find(const RvRrdTemplates *templates, RvTraffic *traffic);
