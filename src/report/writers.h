/* The other forms of a report: HTML in one file, CSV of one table, JSON of the whole model. */
#pragma once

#include "report/document.h"
#include "report/model.h"

/* The model with every number that any form prints; keys sorted, so that the same model gives the
 * same bytes. */
char *rv_report_json(const RvReport *report);

/* RFC 4180 with a heading, UTF-8; NULL for a table that does not exist. Tables: rv_report_tables.
 */
char *rv_report_csv(const RvReport *report, const char *table);
extern const char *const rv_report_tables[]; /* NULL-terminated */

/* One page without anything outside of it: charts are drawn within. */
char *rv_report_write_html(const RvDocument *document);
