/* Text: what devices and people write, made safe and comparable. */
#pragma once

#include <glib.h>

/* Bytes from outside as clean UTF-8: invalid sequences are read as GB18030
 * where that makes sense of them, else as Latin-1; control characters (C0, C1, line and
 * bidirectional controls) become spaces; leading and trailing space goes; cut at
 * `ceiling` bytes (0: 4096) on a character's edge. `length` -1: NUL-terminated. */
char *rv_text_clean(const char *bytes, gssize length, gsize ceiling);

/* `word` as part of a key: lower case, runs of anything but letters, digits and dots
 * become one '-'; "" gives "x". */
char *rv_text_slug(const char *word);

/* The word of `words` (NULL-terminated) nearest to `word`, or NULL when none is near enough
 * to be what was meant. */
const char *rv_text_nearest(const char *word, const char *const *words);

/* "90", "90s", "5m", "24h", "7d", "1500ms" in milliseconds; a bare number counts seconds.
 * FALSE where it is none of these or out of range (> 10 years). */
gboolean rv_text_parse_duration_ms(const char *text, gint64 *ms);

/* Number with at most `digits` significant digits, no trailing zeros, '.' whatever the locale. */
char *rv_text_number(double value, int digits);

/* "*" and "?" match; the whole text, case-sensitive. */
gboolean rv_text_glob(const char *pattern, const char *text);

/* Decimal digits: they end where `room` ends, without a NUL; returns the place of the first. */
#define RV_TEXT_DIGITS 20
gsize rv_text_digits(char room[RV_TEXT_DIGITS], guint64 number);
/* The same as a text; caller frees. */
char *rv_text_natural(guint64 number);
char *rv_text_integer(gint64 number);

/* The shortest decimal form of a finite number, where it has at most four decimals and, without the
 * point, is below `ceiling` (at most 1e15): reading it gives the number again. Into `room`, of 24
 * bytes, with its end; `*length` without. FALSE: it has none. */
gboolean rv_text_decimal(char *room, double value, double ceiling, gsize *length);
