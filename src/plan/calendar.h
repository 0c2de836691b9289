/* Calendars: when service was promised, and which stretch of time a report is about.
 *
 * Everything is counted in the contract's time zone: a day may have 23, 24 or 25 hours. Pure. */
#pragma once

#include "plan/interval.h"

/* ---- coverage ---- */

typedef struct {
    char *name;
    GTimeZone *zone;
    gboolean always;      /* 7×24: the rest does not matter */
    guint weekdays;       /* bit 0 Monday … bit 6 Sunday; new: Monday to Friday */
    GArray *hours;        /* RvDayHours, ascending; new: 09:00 to 18:00 */
    GHashTable *holidays; /* Julian day of GDate → name: no work although a weekday */
    GHashTable *workdays; /* the same: made up for on a day that is no weekday */
} RvCalendar;

/* Minutes from local midnight by the clock on the wall; 1440 is the end of the day. */
typedef struct {
    int from_minute, until_minute;
} RvDayHours;

/* `zone` NULL: local. Monday to Friday, 09:00 to 18:00, no holidays. */
RvCalendar *rv_calendar_new(const char *name, GTimeZone *zone);
RvCalendar *rv_calendar_new_always(const char *name, GTimeZone *zone);
void rv_calendar_free(RvCalendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvCalendar, rv_calendar_free)

void rv_calendar_clear_hours(RvCalendar *calendar);
/* FALSE where until <= from, outside 0 … 1440, or not after the hours added before. */
gboolean rv_calendar_add_hours(RvCalendar *calendar, int from_minute, int until_minute);
/* FALSE where there is no such day. */
gboolean rv_calendar_add_holiday(RvCalendar *calendar, int year, int month, int day,
                                 const char *name);
gboolean rv_calendar_add_workday(RvCalendar *calendar, int year, int month, int day,
                                 const char *name);

/* Covered time within [from, until): GArray of RvSpan, ascending, disjoint, not touching. */
GArray *rv_calendar_spans(const RvCalendar *calendar, gint64 from_ms, gint64 until_ms);

/* The moment when `duration_ms` of covered time has passed since `from_ms`; G_MAXINT64 where that
 * takes more than ten years. `calendar` NULL: every moment counts. */
gint64 rv_calendar_add(const RvCalendar *calendar, gint64 from_ms, gint64 duration_ms);
/* Covered time in [from, until). `calendar` NULL: all of it. */
gint64 rv_calendar_between(const RvCalendar *calendar, gint64 from_ms, gint64 until_ms);

/* ---- periods ---- */

typedef enum {
    RV_PERIOD_DAY,
    RV_PERIOD_ROUND, /* two weeks, counted from an anchor */
    RV_PERIOD_MONTH,
    RV_PERIOD_QUARTER,
    RV_PERIOD_YEAR,
} RvPeriodKind;
#define RV_PERIOD_KINDS (RV_PERIOD_YEAR + 1)

typedef struct {
    RvPeriodKind kind;
    gint64 from_ms, until_ms;
    char label[24]; /* "2026-10-31", "2026-10-19/2026-11-01", "2026-10", "2026-Q4", "2026" */
} RvPeriod;

/* "day" "round" "month" "quarter" "year" */
const char *rv_period_kind_word(RvPeriodKind kind);
gboolean rv_period_kind_parse(const char *word, RvPeriodKind *kind);

/* The period that `at_ms` lies in. `anchor` is the first day of some two-week round, "2026-01-05";
 * NULL: Monday 2024-01-01. `zone` NULL: local. */
RvPeriod rv_period_at(RvPeriodKind kind, GTimeZone *zone, const char *anchor, gint64 at_ms);
RvPeriod rv_period_next(const RvPeriod *period, GTimeZone *zone, const char *anchor);
RvPeriod rv_period_previous(const RvPeriod *period, GTimeZone *zone, const char *anchor);

/* "2026", "2026-10", "2026-Q4", "2026-10-31": the period of `kind` that begins there or holds that
 * day. FALSE (RV_ERROR_USAGE) with what would be right. */
gboolean rv_period_parse(RvPeriodKind kind, const char *text, GTimeZone *zone, const char *anchor,
                         RvPeriod *period, GError **error);

/* The first moment at which the clocks of the zone (NULL: local) show that time of a day, or a
 * later one where they leave it out (DST). `second` of the day, 86400 is the next one's midnight.
 */
gint64 rv_calendar_moment_ms(GTimeZone *zone, const GDate *date, int second);
/* Midnight that begins a day, in that sense; 0: there is no such day. */
gint64 rv_calendar_midnight_ms(GTimeZone *zone, int year, int month, int day);
