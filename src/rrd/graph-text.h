/* Text in graphs: numbers with their unit, cells of a legend, words made safe. Private to this
 * room. */
#pragma once

#include <glib.h>

/* "8.00 Mbit/s", "41.0 °C", "-" for NAN. Units of rates get SI prefixes. */
char *rv_graph_value(double value, const char *unit);

/* Columns of a fixed-width font: CJK takes two. */
guint rv_graph_cells(const char *text);
/* Clipped with ".." and padded with spaces to `cells`. */
char *rv_graph_pad(const char *text, guint cells, gboolean right);

/* Text from devices as one argument field: clean, and with what RRDtool reads as its own escaped.
 */
char *rv_graph_escape(const char *text);
/* The same of text that is clean already; its blanks stay. */
char *rv_graph_quote(const char *clean);

/* The same text as an island: whatever way it is written, the figures beside it stay where they
 * are. After cleaning, which takes such marks out. */
char *rv_graph_isolate(const char *text);
/* Text from devices as the first cells of a line: clean, escaped, clipped in its
 * middle, padded, an island. */
char *rv_graph_label(const char *text, guint cells);
