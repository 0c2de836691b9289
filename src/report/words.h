/* Words of the reports: both languages side by side at the place where they are used, so that none
 * can be forgotten, and numbers, dates and durations as each language writes them. */
#pragma once

#include "plan/availability.h"
#include "plan/calendar.h"
#include "plan/fault.h"

typedef enum { RV_LANGUAGE_EN, RV_LANGUAGE_ZH } RvLanguage;

/* "zh_CN" and "en"; anything else is English. */
RvLanguage rv_language_parse(const char *word);
const char *rv_language_word(RvLanguage language); /* "zh_CN" "en" */
const char *rv_language_tag(RvLanguage language);  /* BCP 47: "zh-CN" "en" */

#define RV_SAY(language, en, zh) ((language) == RV_LANGUAGE_ZH ? (zh) : (en))

const char *rv_say_verdict(RvLanguage language, RvVerdict verdict);
const char *rv_say_reachability(RvLanguage language, RvReachability state);
const char *rv_say_reason(RvLanguage language, RvReason reason);
const char *rv_say_class(RvLanguage language, RvClass class);
/* Of parts: "psu", "fan" …; one that is not known is said as it is. */
const char *rv_say_group(RvLanguage language, const char *group);
const char *rv_say_kind(RvLanguage language, const char *device_kind);
const char *rv_say_promise(RvLanguage language, RvPromise promise);
const char *rv_say_piece(RvLanguage language, RvPieceKind kind);
const char *rv_say_clock(RvLanguage language, RvClockKind kind);
const char *rv_say_fault_kind(RvLanguage language, RvFaultKind kind);
const char *rv_say_fault_action(RvLanguage language, const char *action);
const char *rv_say_period_kind(RvLanguage language, RvPeriodKind kind);
/* "prepared" "reviewed" "approved"; another role is said as it is. */
const char *rv_say_role(RvLanguage language, const char *role);
/* A sentence of health/ (RvSensor.reason) in the language; English where its form is not known. */
char *rv_say_judgement(RvLanguage language, const char *reason);

/* ---- figures; caller frees; NAN is "–" ---- */

char *rv_write_number(double value, int decimals);       /* 12,345.6 */
char *rv_write_percent(double share, int decimals);      /* 0.5 → "50%" */
char *rv_write_availability(double share);               /* never rounded up to 100 % */
char *rv_write_value(double value, const char *unit);    /* 41.5 °C */
char *rv_write_measure(double value, RvClass class);     /* the same decimals for a class */
char *rv_write_rate(double bits_per_second);             /* 1.25 Gbit/s */
char *rv_write_duration(RvLanguage language, gint64 ms); /* "3 h 5 min", "3小时5分" */
char *rv_write_date(RvLanguage language, gint64 ms, GTimeZone *zone);
char *rv_write_time(RvLanguage language, gint64 ms, GTimeZone *zone); /* to the minute */
char *rv_write_period(RvLanguage language, const RvPeriod *period, GTimeZone *zone);
