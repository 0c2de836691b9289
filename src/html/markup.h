/* Markup: what is put into a page, escaped. For html/ alone. */
#pragma once

#include "html/html.h"

/* As printf; every %s is escaped for text and for attributes in quotes. */
void rv_markup(GString *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Digits and a sign, without the cost of printf: lines are made of them. */
void rv_markup_integer(GString *out, int value);

/* The head of a page with its style, and the begin of its body. `root` is the way to the folder of
 * the overview: "" or "../". No script runs but `script` (NULL: none), which stands at the end. */
void rv_markup_begin(GString *out, RvLanguage language, const char *title, const char *root,
                     const char *script);
void rv_markup_end(GString *out, const RvHtmlOptions *options, const char *script);

/* A section's heading; its id is for links and not from a device. `count` 0: none is said. */
void rv_markup_heading(GString *out, const char *id, const char *title, guint count);
/* Links to the headings of `body`, for its top. */
void rv_markup_contents(GString *out, RvLanguage language, const GString *body);

/* Sign and word, coloured: a verdict is never a colour alone. */
void rv_markup_verdict(GString *out, RvLanguage language, RvVerdict verdict);
/* A stretch of time: "2026-10-31 23:59". Caller frees. */
char *rv_markup_time(const RvHtmlOptions *options, gint64 ms);

/* The mark by which we know our own pages. */
#define RV_MARKUP_GENERATOR "<meta name=\"generator\" content=\"rackvitals\">"
