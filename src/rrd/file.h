/* One RRD file: made, written and read through librrd's thread-safe calls. The paths are ours
 * (names.h). */
#pragma once

#include "rrd/series.h"
#include "rrd/templates.h"

typedef enum {
    RV_WRITE_DONE,
    RV_WRITE_UNCHANGED, /* it holds a sample of this second already */
    RV_WRITE_NO_FILE,   /* no error is set */
    RV_WRITE_FAILED,
} RvRrdWrite;

/* Makes the file beside its place and renames it there: it is whole or not there. The first sample
 * may come later than `start_s`. A full disk is an error and leaves nothing behind. */
gboolean rv_rrd_file_create(const char *path, const RvRrdTemplate *template, gint64 start_s,
                            GError **error);

/* The same, with the history of `source`, an RRD file that may be the one at `path`; its own last
 * sample is the new one's. */
gboolean rv_rrd_file_create_from(const char *path, const char *source,
                                 const RvRrdTemplate *template, gint64 last_s, GError **error);

/* Bytes of a file made from the template, header included. */
gsize rv_rrd_file_bytes(const RvRrdTemplate *template);

/* FALSE where the header is not that of a whole RRD file with the sources of `template`, in their
 * order. */
gboolean rv_rrd_file_probe(const char *path, const RvRrdTemplate *template, GError **error);

/* Values in the order of the template's sources; NAN: not known. An older time than the last
 * sample's fails. `folder`: as in quick.h. */
RvRrdWrite rv_rrd_file_update(int folder, const char *path, const RvRrdTemplate *template,
                              gint64 time_s, const double *values, GError **error);

/* "1700000000:1.5:U": `values` as RRDtool takes them, whatever the locale. */
void rv_rrd_file_format(GString *text, gint64 time_s, const double *values, guint n);

/* Unix time of the last sample. */
gboolean rv_rrd_file_last(const char *path, gint64 *time_s, GError **error);

/* Names of its sources. NULL with *error. */
char **rv_rrd_file_sources(const char *path, GError **error);

/* `n` sources at once into `series`. The archive that fits the span and the wanted step best; each
 * series begins at or before `start_s` and ends at or after `end_s`, on multiples of its own step.
 * RV_ERROR_NO_INPUT where there is no such source. */
gboolean rv_rrd_file_fetch(const char *path, const char *const *sources, guint n,
                           const char *function, gint64 start_s, gint64 end_s, guint step_s,
                           RvSeries **series, GError **error);
