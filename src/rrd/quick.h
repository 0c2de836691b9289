/* The quick way to write one sample: five system calls, no mapping.
 *
 * librrd maps and unmaps the file for each sample, which costs several times what writing does.
 * What nearly every sample of ours is (gauges only, at most one step since the last sample) is done
 * here, as librrd does it, to the byte but for the rounding of decimals; the test of this file
 * compares the two over random histories. Everything else is left to librrd: more steps at once,
 * other kinds of sources and archives, files of other versions, time that does not go on. */
#pragma once

#include "rrd/templates.h"

/* FALSE: nothing was done; let librrd do it, or say what is wrong; errno is
 * ENOENT or ENOTDIR where there is no file, else 0. `values` in the order of the
 * template's sources. */
gboolean rv_rrd_quick_update(const char *path, const RvRrdTemplate *template, gint64 time_s,
                             const double *values);
