/* The quick way to write one sample: five system calls, no mapping.
 *
 * librrd maps and unmaps the file for each sample, which costs several times what writing does.
 * It
 * also changes the mapped head piece by piece: killed in the midst it leaves rows that are shifted
 * against their time. Here rows are written first and the head after them, at once.
 *
 * What samples of ours are (gauges only) is done as librrd does it, gaps too, to the byte but for
 * the rounding of decimals; the test of this file compares the two over random histories.
 * Everything else is left to librrd: other kinds of sources and archives, files of other versions,
 * time that does not go on. */
#pragma once

#include "rrd/templates.h"

/* FALSE: nothing was done; let librrd do it, or say what is wrong; errno is
 * ENOENT or ENOTDIR where there is no file, else 0. `values` in the order of the
 * template's sources. `folder`: a descriptor of the folder that `path` lies in, so that the way
 * there is not walked for each file; -1: none. */
gboolean rv_rrd_quick_update(int folder, const char *path, const RvRrdTemplate *template,
                             gint64 time_s, const double *values);
