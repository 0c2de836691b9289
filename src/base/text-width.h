/* Text on a terminal: how many columns it takes. A Chinese character takes two. */
#pragma once

#include <glib.h>

guint rv_text_width(const char *text);

/* `text` in exactly `columns`: cut with "…" where it is longer, else padded with spaces. Caller
 * frees. */
char *rv_text_fit(const char *text, guint columns);
/* `text` in at most `columns`, not padded. */
char *rv_text_cut(const char *text, guint columns);
/* `text` in at least `columns`: padded with spaces, never cut. Caller frees. */
char *rv_text_pad(const char *text, guint columns);
