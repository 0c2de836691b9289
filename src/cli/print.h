/* Judged observations on paper: the formats of `check`. Each appends to `out`; everything that a
 * device said is escaped as the format wants it. */
#pragma once

#include "observation/observation.h"

typedef struct {
    gboolean explain; /* sources of values and limits, what was dropped and why */
    gboolean all;     /* no list is folded */
    gboolean color;
    guint width;    /* columns of the terminal */
    gboolean first; /* nothing was printed before: headings */
} RvPrintStyle;

/* `observations`: RvObservation*, in the order in which they were asked for. */
typedef void (*RvPrint)(const GPtrArray *observations, const RvPrintStyle *style, GString *out);

void rv_print_text(const GPtrArray *observations, const RvPrintStyle *style, GString *out);
void rv_print_json(const GPtrArray *observations, const RvPrintStyle *style, GString *out);
void rv_print_csv(const GPtrArray *observations, const RvPrintStyle *style, GString *out);
/* These two make one whole of all observations. */
void rv_print_nagios(const GPtrArray *observations, const RvPrintStyle *style, GString *out);
void rv_print_openmetrics(const GPtrArray *observations, const RvPrintStyle *style, GString *out);

/* For a terminal: colour and width as it has them, and as NO_COLOR and COLUMNS say. */
void rv_print_style_for(int fd, RvPrintStyle *style);
