#include "collect/number.h"

#include <math.h>
#include <string.h>

#define NUMBERS_CEILING 64

/* Decimal scales leave 4.1000000000000005 behind. */
static double
tidy(double value)
{
    char text[40];

    if (!isfinite(value))
        return NAN;
    g_ascii_formatd(text, sizeof text, "%.12g", value);
    return g_ascii_strtod(text, NULL);
}

const RvUnit *
rv_number_unit(const RvScaling *scaling, const RvRow *row)
{
    g_autofree char *word = NULL;

    if (scaling->unit_from == NULL)
        return scaling->unit;
    word = rv_source_text(scaling->unit_from, row);
    return word != NULL ? rv_unit_find(word) : NULL;
}

double
rv_number_scale(const RvScaling *scaling, const RvRow *row, RvClass class, double raw)
{
    double value = raw * scaling->scale, n = 0;
    const RvUnit *unit = rv_number_unit(scaling, row);

    if (scaling->scale_by != NULL && rv_source_number(scaling->scale_by, row, &n))
        value *= n;
    /* RFC 3433: yocto(1) … units(9) … yotta(17), by three decimal places each */
    if (scaling->scale_enum != NULL && rv_source_number(scaling->scale_enum, row, &n) && n >= 1 &&
        n <= 17)
        value *= pow(10, 3 * (n - 9));
    /* RFC 3433: 1 … 9 decimal places; -8 … -1 only say how many digits are to be trusted */
    if (scaling->precision != NULL && rv_source_number(scaling->precision, row, &n) && n > 0 &&
        n <= 9)
        value /= pow(10, n);
    value += scaling->offset;
    return tidy(unit != NULL ? rv_unit_convert(unit, class, value) : value);
}

/* ---- raw ---- */

static void
add(GArray *numbers, double number)
{
    if (numbers->len < NUMBERS_CEILING)
        g_array_append_val(numbers, number);
}

static void
add_matches(GArray *numbers, const RvSensorRule *rule, const char *text)
{
    g_autoptr(GMatchInfo) match = NULL;

    g_regex_match(rule->pattern, text, 0, &match);
    while (g_match_info_matches(match)) {
        int groups = g_match_info_get_match_count(match);

        for (int i = groups > 1 ? 1 : 0; i < MAX(groups, 1); i++) {
            g_autofree char *group = g_match_info_fetch(match, i);
            double number;

            if (group != NULL && rv_text_number_at_start(group, &number)) {
                add(numbers, number);
                if (!rule->numbers_all)
                    return;
            }
        }
        if (!rule->numbers_all || !g_match_info_next(match, NULL))
            return;
    }
}

static void
add_all(GArray *numbers, const char *text)
{
    while (*text != '\0') {
        gboolean start =
            g_ascii_isdigit(*text) || ((*text == '-' || *text == '+') && g_ascii_isdigit(text[1]));

        if (start) {
            char *end = NULL;

            add(numbers, g_ascii_strtod(text, &end));
            text = end;
        } else {
            text++;
        }
    }
}

static gboolean
read_float32(const RvVarbind *cell, double *number)
{
    guint32 bits;
    float value;

    if (cell->octets == NULL || cell->size != 4)
        return FALSE;
    memcpy(&bits, cell->octets, sizeof bits);
    bits = GUINT32_FROM_BE(bits);
    memcpy(&value, &bits, sizeof value);
    *number = (double)value;
    return isfinite(value);
}

/* Integers that the agent sends in a wider type than it means. */
static double
reinterpret(const RvSensorRule *rule, double number)
{
    gint64 integer;

    if ((rule->mask == 0 && rule->signed_bits == 0) || fabs(number) > 9e18)
        return number;
    integer = (gint64)number;
    if (rule->mask != 0)
        integer = (gint64)((guint64)integer & rule->mask);
    switch (rule->signed_bits) {
    case 8:
        return (gint8)integer;
    case 16:
        return (gint16)integer;
    case 32:
        return (gint32)integer;
    default:
        return (double)integer;
    }
}

GArray *
rv_number_raw(const RvSensorRule *rule, const RvVarbind *cell)
{
    GArray *numbers = g_array_new(FALSE, FALSE, sizeof(double));
    g_autofree char *text = NULL;
    double number;

    if (rule->float32) {
        if (read_float32(cell, &number))
            add(numbers, number);
        return numbers;
    }
    if (rule->pattern == NULL && !rule->numbers_all) {
        if (rv_varbind_number(cell, &number))
            add(numbers, reinterpret(rule, number));
        return numbers;
    }
    text = rv_varbind_text(cell);
    if (text != NULL && rule->pattern != NULL)
        add_matches(numbers, rule, text);
    else if (text != NULL)
        add_all(numbers, text);
    return numbers;
}

/* ---- values ---- */

double
rv_number_value(const RvSensorRule *rule, const RvRow *row, RvClass class, double raw)
{
    double other;

    if (rule->minus != NULL && rv_source_number(rule->minus, row, &other))
        raw -= other;
    if (rule->plus != NULL && rv_source_number(rule->plus, row, &other))
        raw += other;
    if (rule->times != NULL) {
        if (!rv_source_number(rule->times, row, &other))
            return NAN;
        raw *= other;
    }
    if (rule->percent_of != NULL) {
        if (!rv_source_number(rule->percent_of, row, &other) || other <= 0)
            return NAN;
        raw = 100 * raw / other;
    }
    return rv_number_scale(&rule->scaling, row, class, raw);
}

double
rv_number_limit(const RvLimitRule *limit, const RvSensorRule *rule, const RvRow *row, RvClass class)
{
    g_autofree char *text = NULL;
    double raw;

    if (limit->source == NULL)
        return limit->constant;
    text = rv_source_text(limit->source, row);
    if (text == NULL || !rv_text_number_at_start(text, &raw) ||
        (rule->limits_none != NULL && rv_map_find(rule->limits_none, text) != NULL))
        return NAN;
    if (limit->raw)
        return raw;
    return rv_number_scale(limit->source->scaling != NULL ? limit->source->scaling : &rule->scaling,
                           row, class, reinterpret(rule, raw));
}
