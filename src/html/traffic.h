/* Which series hold the traffic of a port, and what went wrong on it. */
#pragma once

#include "rrd/templates.h"

/* Names of templates and of their sources; NULL where no template keeps such a thing. Borrowed. */
typedef struct {
    const char *template, *in, *out; /* bit/s */
    const RvRrdTemplate *kept;
    const char *faults_template, *faults; /* errors and discards, each second */
} RvTraffic;

/* FALSE: traffic is not kept. */
gboolean rv_traffic_find(const RvRrdTemplates *templates, RvTraffic *traffic);
