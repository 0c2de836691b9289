/* CSV (RFC 4180) as spreadsheets and ticket systems read and write it. */
#pragma once

#include <glib.h>

typedef struct {
    guint line;       /* where it begins, from 1 */
    GPtrArray *cells; /* char* */
} RvCsvRow;

/* RvCsvRow*, the heading among them; at most 100 000. A byte order mark is skipped, and so is the
 * apostrophe that keeps a cell from being taken for a formula. */
GPtrArray *rv_csv_read(const char *text);

/* A quoted cell with a comma behind it; NULL is an empty one. What a spreadsheet would take for a
 * formula gets an apostrophe before it. */
void rv_csv_append(GString *out, const char *text);
/* Ends a row: the last comma becomes a line end. */
void rv_csv_end_row(GString *out);
