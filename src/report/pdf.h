/* PDF: a document as A4 pages, with outline, links, page labels, metadata, tags and attached data.
 */
#pragma once

#include "report/document.h"

/* Data that travels within the PDF. */
typedef struct {
    const char *name;        /* "report.json" */
    const char *type;        /* "application/json" */
    const char *description; /* what it is */
    GBytes *body;
} RvAttachment;

/* Progress of slow writers: 0 … 1; may be NULL. */
typedef void (*RvReportProgress)(const char *what, double share, gpointer data);

/* *note (may be NULL) gets what a person should know, or NULL: no font has the characters of the
 * language. RV_ERROR_INTERNAL where a library refuses. */
GBytes *rv_pdf_write(const RvDocument *document, const RvAttachment *attachments, guint count,
                     char **note, GError **error);

/* The parts that cairo does not write: attachments, language, viewer preferences, and a file
 * identifier that depends on the content only. pdf-finish.c; the one place that knows qpdf. */
GBytes *rv_pdf_finish(GBytes *pages, const RvDocument *document, const RvAttachment *attachments,
                      guint count, GError **error);

/* Families that can show the language; *note as above. fonts.c. */
RvFamilies rv_report_families(PangoFontMap *map, RvLanguage language, char **note);
