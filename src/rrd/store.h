/* The store: a folder of RRD files, written once a round and device, read for graphs and reports.
 *
 * Series keys: "reachability", "<class>/<sensor key>" ("temperature/chassis/psu-1/temperature"),
 * "<template>/<interface key>" ("interface/gigabitethernet0-0-1", "errors/…"). File names: names.h.
 * One thread may use a store at a time; several stores, and several processes, may share a folder.
 */
#pragma once

#include "rrd/series.h"
#include "rrd/templates.h"

typedef struct RvRrdStore RvRrdStore;

typedef struct {
    const char *folder;          /* "…/rrd"; made when the first file is */
    const char *template_folder; /* rrd-templates */
    const char *daemon_socket;   /* rrdcached's Unix socket; NULL: files are written directly */
    guint daemon_timeout_ms;     /* 0: 10 s */
    gboolean may_be_away;        /* no rrdcached there is no error of opening, but of writing */
} RvRrdOptions;

/* RV_ERROR_CONFIG: templates are wrong; RV_ERROR_UNAVAILABLE: no rrdcached at the socket. */
RvRrdStore *rv_rrd_store_open(const RvRrdOptions *options, GError **error);
void rv_rrd_store_free(RvRrdStore *store);
/* Why nothing can be written any more: rrdcached was not there when it was opened, or went away, or
 * the folder is mounted read-only or not ours; else NULL. */
const char *rv_rrd_store_away(const RvRrdStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvRrdStore, rv_rrd_store_free)
const RvRrdTemplates *rv_rrd_store_templates(const RvRrdStore *store);
const char *rv_rrd_store_template_folder(const RvRrdStore *store);

/* Counters of the round before: what rates are made from. Keep it, or the Observation, from round
 * to round. */
typedef struct RvRrdPrevious RvRrdPrevious;
RvRrdPrevious *rv_rrd_previous_new(const RvObservation *observation);
/* The same as a few bytes, for this machine and version only, and back; NULL where the bytes are
 * not such, and then the Observation has to serve. */
GBytes *rv_rrd_previous_to_bytes(const RvObservation *observation);
RvRrdPrevious *rv_rrd_previous_from_bytes(GBytes *bytes);
void rv_rrd_previous_free(RvRrdPrevious *previous);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvRrdPrevious, rv_rrd_previous_free)

typedef struct {
    char *file;   /* relative to the store's folder */
    char *reason; /* one sentence */
} RvRrdFailure;

/* What came of writing; sums up over calls. Begin with {0}. */
typedef struct {
    guint written;   /* files that took a sample */
    guint created;   /* of these, new ones */
    guint unchanged; /* held a sample of that second already */
    guint skipped;   /* series that need no file yet, or get one in the next rounds */
    guint unknown;   /* rates not known, stored as such: restarts, resets, gaps */
    guint failed;
    GPtrArray *failures; /* RvRrdFailure*, the first 100; NULL: none */
} RvRrdReport;
void rv_rrd_report_clear(RvRrdReport *report);

/* Writes everything one device said. Files that cannot be written are in `report` by name and do
 * not stop the others; a device gets at most 1,000 new files a round, and 10,000 in all, which is
 * a failure by name; FALSE where nothing can be: a name that is none, a time that is not of this
 * age or too far ahead of the last round (RV_ERROR_STORE), a store that is away
 * (RV_ERROR_UNAVAILABLE). The same Observation twice changes nothing. */
gboolean rv_rrd_store_write(RvRrdStore *store, const char *device, const RvObservation *now,
                            const RvRrdPrevious *previous, RvRrdReport *report, GError **error);

/* From begin to settle what is written goes to rrdcached without waiting for its answers; what it
 * says of all of it, and what is counted as written, unchanged or refused by it, is in the report
 * of settle. FALSE: rrdcached is gone, and of none of it is it known whether it was taken; to write
 * it again changes nothing. Without rrdcached each file is written at once, and settle has nothing
 * to do. */
void rv_rrd_store_begin(RvRrdStore *store);
gboolean rv_rrd_store_settle(RvRrdStore *store, RvRrdReport *report, GError **error);

typedef struct {
    char *key;
    char *path;
    const RvRrdTemplate
        *template;      /* NULL: no template makes such files any more; borrowed from the store */
    gboolean has_class; /* a sensor, of this class */
    RvClass class;
} RvRrdSeriesInfo;

/* The series of a device, by key; empty where nothing was written yet. Array of RvRrdSeriesInfo*,
 * frees them. */
GPtrArray *rv_rrd_store_series(const RvRrdStore *store, const char *device);
/* Devices that have files, sorted. Array of char*, frees them. */
GPtrArray *rv_rrd_store_devices(const RvRrdStore *store);
void rv_rrd_series_info_free(RvRrdSeriesInfo *info);

/* Path of a series' file, whether it is there or not; NULL for a key that cannot be one. */
char *rv_rrd_store_path(const RvRrdStore *store, const char *device, const char *key);

/* Has rrdcached write what it holds of a device; nothing to do without it. Before reading many
 * series; the functions that read one do it for that one. */
gboolean rv_rrd_store_flush(RvRrdStore *store, const char *device, GError **error);

/* Values of [start_s, end_s) in steps of at least `step_s` where an archive of that step reaches
 * back so far, from the archive that fits best; the series' own step says which. `function`:
 * "AVERAGE" "MAX" "MIN" "LAST". RV_ERROR_NO_INPUT: no such series or source. */
RvSeries *rv_rrd_fetch(RvRrdStore *store, const char *device, const char *key, const char *source,
                       const char *function, gint64 start_s, gint64 end_s, guint step_s,
                       GError **error);
/* `n` sources of one series at once, into `series`: the file is read only once. */
gboolean rv_rrd_fetch_sources(RvRrdStore *store, const char *device, const char *key,
                              const char *const *sources, guint n, const char *function,
                              gint64 start_s, gint64 end_s, guint step_s, RvSeries **series,
                              GError **error);
