#include "base/text.h"

#include <math.h>
#include <string.h>

#define DECIMALS_CEILING 4

static gboolean
is_unwanted(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0x061c ||
           (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff || c == 0xfffe || c == 0xffff;
}

static char *
latin1_to_utf8(const char *bytes, gsize length)
{
    GString *out = g_string_sized_new(length * 2);

    for (gsize i = 0; i < length; i++)
        g_string_append_unichar(out, (guchar)bytes[i]);
    return g_string_free(out, FALSE);
}

/* Only a text that GB18030 turns wholly into CJK or ASCII characters is believed to be Chinese. */
static char *
chinese_to_utf8(const char *bytes, gsize length)
{
    g_autofree char *text = g_convert(bytes, (gssize)length, "UTF-8", "GB18030", NULL, NULL, NULL);

    if (text == NULL)
        return NULL;
    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (c >= 0x80 && !(c >= 0x3000 && c <= 0x9fff) && !(c >= 0xff00 && c <= 0xffef))
            return NULL;
    }
    return g_steal_pointer(&text);
}

/* Most words are plain ASCII, of which only the spaces around them go. NULL: this one is not, or
 * too long. */
static char *
clean_plain(const char *bytes, gsize size, gsize ceiling)
{
    gsize begin = 0;

    for (gsize i = 0; i < size; i++)
        if (bytes[i] < ' ' || bytes[i] > '~')
            return NULL;
    while (begin < size && bytes[begin] == ' ')
        begin++;
    while (size > begin && bytes[size - 1] == ' ')
        size--;
    return size - begin <= ceiling ? g_strndup(bytes + begin, size - begin) : NULL;
}

char *
rv_text_clean(const char *bytes, gssize length, gsize ceiling)
{
    gsize size = length < 0 ? strlen(bytes) : strnlen(bytes, (gsize)length);
    g_autofree char *converted = NULL;
    const char *text = bytes;
    GString *out;
    gboolean space = FALSE;
    char *plain;

    if (ceiling == 0)
        ceiling = 4096;
    size = MIN(size, ceiling * 2);
    plain = clean_plain(bytes, size, ceiling);
    if (plain != NULL)
        return plain;
    if (!g_utf8_validate(bytes, (gssize)size, NULL)) {
        const char *end = NULL;

        /* a cut in the middle of a character, or a device's own truncation, is no other charset */
        g_utf8_validate(bytes, (gssize)size, &end);
        if (end > bytes && (gsize)(end - bytes) + 4 > size && (guchar)*end >= 0xc2) {
            size = (gsize)(end - bytes);
        } else {
            converted = chinese_to_utf8(bytes, size);
            if (converted == NULL)
                converted = latin1_to_utf8(bytes, size);
            text = converted;
            size = strlen(converted);
        }
    }
    out = g_string_sized_new(size);
    for (const char *p = text; p < text + size; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (is_unwanted(c) || c == ' ') {
            space = out->len > 0;
            if (c == ' ' && space) {
                g_string_append_c(out, ' ');
                space = FALSE;
            }
            continue;
        }
        if (out->len + (space ? 1 : 0) + (gsize)g_unichar_to_utf8(c, NULL) > ceiling)
            break;
        if (space)
            g_string_append_c(out, ' ');
        space = FALSE;
        g_string_append_unichar(out, c);
    }
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    return g_string_free(out, FALSE);
}

static gboolean
belongs_to_slug(gunichar c)
{
    return c == '.' || (c < 0x80 ? g_ascii_isalnum((char)c) : g_unichar_isalnum(c));
}

char *
rv_text_slug(const char *word)
{
    GString *out = g_string_sized_new(strlen(word) + 2);
    gboolean gap = FALSE;

    for (const char *p = word; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (!belongs_to_slug(c)) {
            gap = TRUE;
            continue;
        }
        if (gap && out->len > 0)
            g_string_append_c(out, '-');
        gap = FALSE;
        if (c < 0x80)
            g_string_append_c(out, g_ascii_tolower((char)c));
        else
            g_string_append_unichar(out, g_unichar_tolower(c));
    }
    if (out->len == 0)
        g_string_append_c(out, 'x');
    return g_string_free(out, FALSE);
}

static guint
distance(const char *a, const char *b)
{
    gsize n = strlen(a), m = strlen(b);
    g_autofree guint *row = g_new(guint, m + 1);

    for (gsize j = 0; j <= m; j++)
        row[j] = (guint)j;
    for (gsize i = 1; i <= n; i++) {
        guint diagonal = row[0];

        row[0] = (guint)i;
        for (gsize j = 1; j <= m; j++) {
            guint above = row[j];
            guint best = diagonal + (g_ascii_tolower(a[i - 1]) != g_ascii_tolower(b[j - 1]));

            best = MIN(best, MIN(above, row[j - 1]) + 1);
            row[j] = best;
            diagonal = above;
        }
    }
    return row[m];
}

const char *
rv_text_nearest(const char *word, const char *const *words)
{
    const char *best = NULL;
    guint least = G_MAXUINT;
    gsize length = strlen(word);

    if (length == 0 || length > 64)
        return NULL;
    for (; *words != NULL; words++) {
        guint d = distance(word, *words);

        if (d < least) {
            least = d;
            best = *words;
        }
    }
    return least < length && least <= MAX(1, length / 3) ? best : NULL;
}

gboolean
rv_text_parse_duration_ms(const char *text, gint64 *ms)
{
    static const struct {
        const char *unit;
        gint64 factor;
    } units[] = {{"", 1000},     {"ms", 1},      {"s", 1000},       {"m", 60000},
                 {"min", 60000}, {"h", 3600000}, {"d", 86400000LL}, {"w", 604800000LL}};
    const gint64 ceiling = 3660LL * 86400000LL;
    char *end = NULL;
    gint64 number;

    if (!g_ascii_isdigit(*text))
        return FALSE;
    number = g_ascii_strtoll(text, &end, 10);
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strcmp(end, units[i].unit) == 0) {
            if (number > ceiling / units[i].factor)
                return FALSE;
            *ms = number * units[i].factor;
            return TRUE;
        }
    }
    return FALSE;
}

char *
rv_text_number(double value, int digits)
{
    char format[16];
    char buffer[G_ASCII_DTOSTR_BUF_SIZE];

    if (!isfinite(value))
        return g_strdup("-");
    g_snprintf(format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd(buffer, sizeof buffer, format, value);
    if (strchr(buffer, 'e') != NULL && fabs(value) < 1e15 && fabs(value) >= 1)
        g_ascii_formatd(buffer, sizeof buffer, "%.0f", value);
    return g_strdup(buffer);
}

gboolean
rv_text_glob(const char *pattern, const char *text)
{
    return g_pattern_match_simple(pattern, text);
}

gsize
rv_text_digits(char room[RV_TEXT_DIGITS], guint64 number)
{
    gsize first = RV_TEXT_DIGITS;

    do
        room[--first] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    return first;
}

static char *
whole_text(gboolean negative, guint64 size)
{
    char digits[1 + RV_TEXT_DIGITS];
    gsize first = 1 + rv_text_digits(digits + 1, size);

    if (negative)
        digits[--first] = '-';
    return g_strndup(digits + first, sizeof digits - first);
}

char *
rv_text_natural(guint64 number)
{
    return whole_text(FALSE, number);
}

char *
rv_text_integer(gint64 number)
{
    return whole_text(number < 0, number < 0 ? 0 - (guint64)number : (guint64)number);
}

static gsize
put_digits(char *text, guint64 number, guint at_least)
{
    char digits[RV_TEXT_DIGITS];
    gsize first = rv_text_digits(digits, number), length = sizeof digits - first;
    gsize zeros = at_least > length ? at_least - length : 0;

    memset(text, '0', zeros);
    memcpy(text + zeros, digits + first, length);
    return zeros + length;
}

static gsize
put_decimal(char *text, gboolean negative, guint64 n, guint64 power, guint decimals)
{
    gsize length = 0;

    if (negative)
        text[length++] = '-';
    length += put_digits(text + length, n / power, 1);
    if (decimals > 0) {
        text[length++] = '.';
        length += put_digits(text + length, n % power, decimals);
    }
    text[length] = '\0';
    return length;
}

/* A whole number divided by a power of ten is rounded as reading its decimal form is: where that
 * gives the value, those digits are its shortest form. */
gboolean
rv_text_decimal(char *room, double value, double ceiling, gsize *length)
{
    double size = fabs(value);
    guint64 power = 1;

    for (guint decimals = 0; decimals <= DECIMALS_CEILING; decimals++, power *= 10) {
        double n = rint(size * (double)power);

        if (n >= ceiling)
            break;
        if (n / (double)power != size)
            continue;
        *length = put_decimal(room, signbit(value) != 0, (guint64)n, power, decimals);
        return TRUE;
    }
    return FALSE;
}
