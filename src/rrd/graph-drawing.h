/* A graph in the making: RRDtool's arguments, and what every kind of graph says in the same way.
 * Private to this room. */
#pragma once

#include "rrd/graph-rules.h"
#include "rrd/graph.h"

#define RV_DRAWING_INDENT "  " /* as wide as a legend's colour mark */
#define RV_DRAWING_CELLS 14    /* of a figure in the legend */
#define RV_DRAWING_LABEL_CELLS 34

typedef struct {
    RvRrdStore *store;
    const RvGraphRequest *request;
    const RvGraphRules *rules;
    RvGraphLanguage language;
    GPtrArray *arguments; /* char*, owned */
    GPtrArray *legend;    /* RvDrawingItem*: shades and levels, for the last line */
    char *base;           /* name of a DEF that is there: for expressions of time */
} RvDrawing;

/* What the last line of the legend names: drawn already, or by `element` itself. */
typedef struct {
    char *element; /* "HRULE:45#E69F00", or "AREA:void" and a colour to name what is drawn elsewhere
                    */
    char *text;    /* escaped */
    char *rest;    /* options behind the text; may be NULL */
} RvDrawingItem;
void rv_drawing_item_free(RvDrawingItem *item);

void rv_drawing_add(RvDrawing *drawing, const char *format, ...) G_GNUC_PRINTF(2, 3);
void rv_drawing_option(RvDrawing *drawing, const char *option, const char *value);
const char *rv_drawing_word(const RvDrawing *drawing, RvGraphWord which);
/* A number for an expression, whatever the locale. */
const char *rv_drawing_number(double value, char *buffer);

/* ---- what is the same for all ---- */

void rv_drawing_look(RvDrawing *drawing, RvGraphFormat format, const char *family,
                     const char *fixed_family);
void rv_drawing_frame(RvDrawing *drawing, guint height);
void rv_drawing_title(RvDrawing *drawing, const char *what);
/* Source `source` of a file as `name`. The first one also is what expressions of time stand on. */
void rv_drawing_def(RvDrawing *drawing, const char *name, const char *path, const char *source,
                    const char *function);
const char *rv_drawing_label(const RvDrawing *drawing, guint n);
RvSeries *rv_drawing_fetch(RvDrawing *drawing, const char *key, const char *source,
                           const char *function, GError **error);
const char *rv_drawing_function(const RvRrdTemplate *template);

/* ---- the legend: a table in a fixed-width font ---- */

/* `unit` behind them, where the figures do not name their own; "" for none. */
void rv_drawing_heading(RvDrawing *drawing, const char *const *titles, guint n, guint label_cells,
                        const char *unit);
/* Label and figures of one line, escaped. `unit` "": the figures alone. */
char *rv_drawing_legend(const char *label, guint label_cells, const double *values, guint n,
                        const char *unit);
/* One more thing for the last line. Takes `element`. */
void rv_drawing_item(RvDrawing *drawing, char *element, const char *text, const char *rest);
void rv_drawing_items(RvDrawing *drawing);

/* ---- shades behind the lines ---- */

/* Outages and maintenance of the request. */
void rv_drawing_spans(RvDrawing *drawing);
/* Where an expression is 1, nothing is known. */
void rv_drawing_gap(RvDrawing *drawing, const char *unknown);

/* ---- the kinds of graphs ---- */

gboolean rv_draw_interface(RvDrawing *drawing, const RvRrdSeriesInfo *info, GError **error);
/* `n`: of the request's keys. */
gboolean rv_draw_sensors(RvDrawing *drawing, const RvRrdSeriesInfo *first, guint n, GError **error);
