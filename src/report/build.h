/* The steps of rv_report_build(), in the order in which they run. For report/ alone. */
#pragma once

#include "report/model.h"

typedef struct {
    const RvReportSources *sources;
    const RvReportRequest *request;
    RvReport *report;
    const RvServicePlan *plan;
    GHashTable *devices; /* name → RvReportDevice* */
    GHashTable *latest;  /* name → RvObservation* */
} RvBuild;

/* Each: FALSE and *error where the state file cannot be read. */
gboolean rv_build_devices(RvBuild *build, GError **error);  /* availability, parts, findings */
gboolean rv_build_service(RvBuild *build, GError **error);  /* classes, faults, handling */
gboolean rv_build_series(RvBuild *build, GError **error);   /* what the RRD files tell */
gboolean rv_build_census(RvBuild *build, GError **error);   /* changes, firmware, access */
gboolean rv_build_actions(RvBuild *build, GError **error);  /* what is to be done */
gboolean rv_build_coverage(RvBuild *build, GError **error); /* rounds, blind time, duties */
gboolean rv_build_history(RvBuild *build, GError **error);  /* score, months before */
gboolean rv_build_long(RvBuild *build, GError **error);     /* what comes back, what ages */
gboolean rv_build_sums(RvBuild *build, GError **error);     /* over all of these */

void rv_build_gap(RvBuild *build, RvGapKind kind, const char *detail);
void rv_build_progress(const RvBuild *build, const char *what, double share);
/* What a device was promised; NULL: nothing. */
const RvServiceClass *rv_build_class(const RvBuild *build, const char *device);
/* The availability of a device over a stretch; keeps `*intervals` and `*windows` for its pieces. */
RvAvailability *rv_build_availability(const RvBuild *build, const char *device, gint64 from_ms,
                                      gint64 until_ms, GPtrArray **intervals, GPtrArray **windows,
                                      GError **error);
/* How long `spans` (RvSpan, gets sorted) lasted together within [from, until). */
gint64 rv_build_union(GArray *spans, gint64 from_ms, gint64 until_ms);
/* How long any part was critical, and how long none but some were warning; down time counts as
 * critical. `verdicts`: RvVerdictInterval* of one device. */
void rv_build_bad_time(const GPtrArray *verdicts, const RvAvailability *availability,
                       gint64 from_ms, gint64 until_ms, gint64 *critical_ms, gint64 *warning_ms);
/* Points of a period, from what is known of it. */
RvReportScore rv_build_score(double promise_share, double health_share, double kept_share,
                             double seen_share, gboolean broken, gboolean open);
