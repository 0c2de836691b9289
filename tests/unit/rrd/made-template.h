/* A template for a test: sources "s0", "s1" … of one kind, and archives. */
#pragma once

#include "rrd/templates.h"

typedef struct {
    guint step_s, heartbeat_s, sources;
    double minimum, maximum;
    const RvRrdArchive *archives;
    guint n_archives;
} MadeTemplate;

RvRrdTemplate *made_template(const MadeTemplate *made);
void made_template_free(RvRrdTemplate *template);
