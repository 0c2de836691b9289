/* What reports write beside the words of plan/words.h: sentences of judging, and numbers, dates and
 * durations as each language writes them. */
#pragma once

#include "db/ledger.h"
#include "plan/words.h"

/* A sentence of health/ (RvSensor.reason) in the language; English where its form is not known. */
char *rv_say_judgement(RvLanguage language, const char *reason);

/* What was seen: from the fault's facts, where there are any, else its stored title. */
char *rv_say_fault(RvLanguage language, const RvFault *fault);

/* ---- figures; caller frees; NAN is "–" ---- */

char *rv_write_number(double value, int decimals); /* 12,345.6 */
char *rv_write_grouped(const char *digits);        /* "-12345.6" → −12,345.6 */
/* As g_strdup_printf(), but counts (%u) have their thousands told apart: 25,200. A number that is a
 * name, as that of a fault or a year, is %d. */
char *rv_write_text(const char *format, ...) G_GNUC_PRINTF(1, 2);
char *rv_write_text_v(const char *format, va_list arguments) G_GNUC_PRINTF(1, 0);
char *rv_write_percent(double share, int decimals);      /* 0.5 → "50%" */
char *rv_write_availability(double share);               /* never rounded up to 100 % */
char *rv_write_value(double value, const char *unit);    /* 41.5 °C */
char *rv_write_measure(double value, RvClass class);     /* the same decimals for a class */
char *rv_write_rate(double bits_per_second);             /* 1.25 Gbit/s */
char *rv_write_duration(RvLanguage language, gint64 ms); /* "3 h 5 min", "3 小时 5 分" */
char *rv_write_date(RvLanguage language, gint64 ms, GTimeZone *zone);
/* With the offset of the zone where clocks show it twice. */
char *rv_write_time(RvLanguage language, gint64 ms, GTimeZone *zone); /* to the minute */
char *rv_write_period(RvLanguage language, const RvPeriod *period, GTimeZone *zone);
