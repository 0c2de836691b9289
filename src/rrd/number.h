/* Numbers as librrd reads them: what "%.15g" writes in the C locale, but quicker where a number has
 * few decimals, as nearly every reading has. Private to this room. */
#pragma once

#include <glib.h>

#define RV_RRD_NUMBER_SIZE G_ASCII_DTOSTR_BUF_SIZE

/* Into `text`, of at least RV_RRD_NUMBER_SIZE bytes, `*length` without its end. `value` is finite.
 * TRUE: reading it gives the value itself; else a near one may come. */
gboolean rv_rrd_number_put(char *text, double value, gsize *length);
