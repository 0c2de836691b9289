#include "rrd/number.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

#define WHOLE_CEILING 1e15 /* "%.15g" has an exponent from here on */
#define DECIMALS_CEILING 4

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
 * gives the value, those digits are its shortest form, and what "%.15g" writes. */
gboolean
rv_rrd_number_put(char *text, double value, gsize *length)
{
    double size = fabs(value);
    guint64 power = 1;

    for (guint decimals = 0; decimals <= DECIMALS_CEILING; decimals++, power *= 10) {
        double n = rint(size * (double)power);

        if (n >= WHOLE_CEILING)
            break;
        if (n / (double)power != size)
            continue;
        *length = put_decimal(text, signbit(value) != 0, (guint64)n, power, decimals);
        return TRUE;
    }
    g_ascii_formatd(text, RV_RRD_NUMBER_SIZE, "%.15g", value);
    *length = strlen(text);
    return FALSE;
}
