/* Layout: step, sources and archives of a file against its template, and how a file gets those of
 * the template without losing its history. */
#pragma once

#include "rrd/templates.h"

/* "step 60 s, not 300 s; 2016 rows of AVERAGE over 300 s, not 11520": what differs; NULL where
 * nothing does, and with *error where the file cannot be read. Caller frees. */
char *rv_rrd_layout_difference(const char *path, const RvRrdTemplate *template, GError **error);

/* Makes the file anew beside its place with the template's layout, fills it from the old one at the
 * best resolution there is, and renames it: a crash leaves the old file or the new one. rrdcached
 * must hold nothing of it, and nobody may write meanwhile. */
gboolean rv_rrd_layout_migrate(const char *path, const RvRrdTemplate *template, GError **error);
