/* Rows: a stretch of one archive of an RRD file, all its sources, read with a few system calls.
 *
 * librrd maps the whole file for each question, which costs several times what reading does.
 * Files of the version that we write are read here, by librrd's own choice of the archive; the test
 * of this file compares the two over random spans. Everything else is left to librrd. */
#pragma once

#include <glib.h>

typedef struct {
    gint64 start_s; /* row i covers the step that ends at start_s + (i + 1) * step_s */
    guint step_s;
    gsize n, n_sources;
    char **sources; /* names, NULL-terminated */
    double *values; /* row by row; NAN: not known */
} RvRrdRows;

void rv_rrd_rows_clear(RvRrdRows *rows);

/* [start_s, end_s] as librrd takes it, `rows` begins and ends on multiples of its step. FALSE:
 * nothing was read; let librrd do it, or say what is wrong. */
gboolean rv_rrd_rows_read(const char *path, const char *function, gint64 start_s, gint64 end_s,
                          guint step_s, RvRrdRows *rows);
