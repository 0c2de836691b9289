/* Markup: what is put into a page, escaped. For html/ alone. */
#pragma once

#include "html/html.h"

/* As printf; every %s is escaped for text and for attributes in quotes. */
void rv_markup(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Digits and a sign, without the cost of printf: lines are made of them. */
void rv_markup_integer(GString *out, int value);

/* The head of a page with its style, and the begin of its body. `root` is the way to the folder of
 * the overview: "" or "../". No script runs but ours, which stands at the end. */
void rv_markup_begin(GString *out, const RvHtmlOptions *options, const char *title,
                     const char *root);
/* Below the title: of when all this is and in which time zone, and room to say that it is old. */
void rv_markup_as_of(GString *out, const RvHtmlOptions *options);
void rv_markup_end(GString *out, const RvHtmlOptions *options);

/* A section's heading; its id is for links and not from a device. `count` 0: none is said. */
void rv_markup_heading(GString *out, const char *id, const char *title, guint count);
/* Links to the headings of `body`, for its top. */
void rv_markup_contents(GString *out, RvLanguage language, const GString *body);

/* ---- tables: of cards where a screen is narrow ---- */

typedef struct {
    const char *words[2]; /* English, Chinese; NULL ends the columns */
    gboolean number;
} RvMarkupColumn;

typedef struct {
    RvLanguage language;
    const char *class, *id; /* of the heading that names it */
    const RvMarkupColumn *columns;
    gboolean folded; /* the rows that are being written */
} RvMarkupTable;

void rv_markup_table(GString *out, const RvMarkupTable *table);
/* Before row `i` of a list of `n`: those from `shown` on are there, but folded, if they are many.
 */
void rv_markup_row(GString *out, RvMarkupTable *table, guint i, guint n, guint shown);
/* After a list; there may be several in a table. */
void rv_markup_rows_end(GString *out, RvMarkupTable *table);
void rv_markup_table_end(GString *out, RvMarkupTable *table);

/* A field that narrows the rows of the <section> around it to those that have all the words typed;
 * there is none where no script runs. */
void rv_markup_filter(GString *out, RvLanguage language, const char *id);

/* Sign and word, coloured: a verdict is never a colour alone. */
void rv_markup_verdict(GString *out, RvLanguage language, RvVerdict verdict);
/* A stretch of time: "2026-10-31 23:59". Caller frees. */
char *rv_markup_time(const RvHtmlOptions *options, gint64 ms);

/* The mark by which we know our own pages. */
#define RV_MARKUP_GENERATOR "<meta name=\"generator\" content=\"rackvitals\">"
