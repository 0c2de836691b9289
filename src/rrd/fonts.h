/* Fonts: which family can show a text. The one place that asks fontconfig. */
#pragma once

#include <glib.h>

/* A family that has every character of `sample`, the first of the known good ones, else any that
 * fontconfig offers for the language ("zh-cn", "en"); NULL where none has them all. */
char *rv_font_family(const char *sample, const char *language, gboolean monospaced);
