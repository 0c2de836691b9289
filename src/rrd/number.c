#include "rrd/number.h"

#include <string.h>

#include "base/text.h"

gboolean
rv_rrd_number_put(char *text, double value, gsize *length)
{
    /* "%.15g" has an exponent from 1e15 on */
    if (rv_text_decimal(text, value, 1e15, length))
        return TRUE;
    g_ascii_formatd(text, RV_RRD_NUMBER_SIZE, "%.15g", value);
    *length = strlen(text);
    return FALSE;
}
