/* Graphs of stored series: png (at twice the resolution), svg, pdf.
 *
 * How they look is in rrd-templates/graphs.yaml. Drawn by librrd, which keeps state of its own
 * while it draws: one graph at a time in a process. Times are shown in the process' time zone (TZ).
 */
#pragma once

#include "rrd/store.h"

typedef enum { RV_GRAPH_PNG, RV_GRAPH_SVG, RV_GRAPH_PDF } RvGraphFormat;

/* "png" "svg" "pdf". */
gboolean rv_graph_format_parse(const char *word, RvGraphFormat *format);

/* A span as people write it: "2026-10-01", "2026-10-01 08:00", or RRDtool's own words ("-7d",
 * "end-1month", "08:00 yesterday"; rrdfetch(1)). "now" is `now_s`. NULL: the day before the end;
 * now. RV_ERROR_USAGE. */
gboolean rv_graph_parse_span(const char *from, const char *to, gint64 now_s, gint64 *start_s,
                             gint64 *end_s, GError **error);

typedef enum { RV_SHADE_OUTAGE, RV_SHADE_MAINTENANCE } RvGraphShade;

typedef struct {
    gint64 start_s, end_s;
    RvGraphShade shade;
} RvGraphSpan;

/* Spans ascending, cut to [start_s, end_s); those of a kind that touch, or lie nearer together than
 * `least_s`, are one. GArray of RvGraphSpan. */
GArray *rv_graph_spans_join(const RvGraphSpan *spans, guint n, gint64 start_s, gint64 end_s,
                            gint64 least_s);

typedef struct {
    const char *device;
    /* Series keys, NULL-terminated: one interface, one reachability, or sensors of one class (500
     * at most: of many the 14 worst are lines, the rest a band from the lowest to the highest). */
    const char *const *keys;
    const char *const *labels; /* beside `keys`: what a person reads; NULL: the keys */
    const char *title;         /* NULL: device and what is drawn */
    const char *unit;          /* NULL: the class's */
    const RvLimits *limits;    /* of one sensor; NULL: none */
    gint64 start_s, end_s;
    const char *language;     /* "zh_CN", "en"; NULL: en */
    guint width, height;      /* of the plot, in points; 0: 760 and 210 */
    const RvGraphSpan *spans; /* shaded; may be NULL */
    guint n_spans;
} RvGraphRequest;

/* The picture. *note (may be NULL) gets what a person should know of it, or NULL: no font has
 * Chinese, so that it is in English; lines that were left out. Errors: RV_ERROR_NO_INPUT where
 * there is nothing of the kind to draw, RV_ERROR_USAGE for a request that makes no sense,
 * RV_ERROR_STORE. */
GBytes *rv_rrd_graph(RvRrdStore *store, const RvGraphRequest *request, RvGraphFormat format,
                     char **note, GError **error);

/* The same into a file, replaced at once or not at all. RV_ERROR_CREATE. */
gboolean rv_rrd_graph_to_file(RvRrdStore *store, const RvGraphRequest *request,
                              RvGraphFormat format, const char *path, char **note, GError **error);
