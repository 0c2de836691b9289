/* Calendars: coverage with holidays, clocks that follow it, periods in the contract's zone. */
#include <string.h>

#include "base/error.h"
#include "plan/calendar.h"

#define HOUR ((gint64)3600000)

static gint64
at(GTimeZone *zone, int year, int month, int day, int hour, int minute)
{
    g_autoptr(GDateTime) time = g_date_time_new(zone, year, month, day, hour, minute, 0);

    return g_date_time_to_unix(time) * 1000;
}

/* ---- periods ---- */

typedef struct {
    const char *what, *zone;
    RvPeriodKind kind;
    const char *text, *label;
    gint64 hours; /* long */
} PeriodRow;

static const PeriodRow periods[] = {
    {"a month of 31 days", "Asia/Shanghai", RV_PERIOD_MONTH, "2026-10", "2026-10", 31 * 24},
    {"February", "Asia/Shanghai", RV_PERIOD_MONTH, "2026-02", "2026-02", 28 * 24},
    {"February of a leap year", "Asia/Shanghai", RV_PERIOD_MONTH, "2028-02", "2028-02", 29 * 24},
    {"1900 was none, 2000 was", "UTC", RV_PERIOD_MONTH, "2000-02", "2000-02", 29 * 24},
    {"a day of 25 hours", "Europe/Berlin", RV_PERIOD_DAY, "2026-10-25", "2026-10-25", 25},
    {"a day of 23 hours", "Europe/Berlin", RV_PERIOD_DAY, "2026-03-29", "2026-03-29", 23},
    {"a month with the change to winter", "Europe/Berlin", RV_PERIOD_MONTH, "2026-10", "2026-10",
     31 * 24 + 1},
    {"a day that has no midnight", "America/Sao_Paulo", RV_PERIOD_DAY, "2018-11-04", "2018-11-04",
     23},
    {"the last quarter", "Asia/Shanghai", RV_PERIOD_QUARTER, "2026-Q4", "2026-Q4", 92 * 24},
    {"a quarter by its month", "Asia/Shanghai", RV_PERIOD_QUARTER, "2026-05", "2026-Q2", 91 * 24},
    {"a year", "Asia/Shanghai", RV_PERIOD_YEAR, "2026", "2026", 365 * 24},
    {"a leap year", "Asia/Shanghai", RV_PERIOD_YEAR, "2028", "2028", 366 * 24},
    {"a month by one of its days", "Asia/Shanghai", RV_PERIOD_MONTH, "2026-10-31", "2026-10",
     31 * 24},
    {"a round by one of its days", "Asia/Shanghai", RV_PERIOD_ROUND, "2026-01-20",
     "2026-01-19/2026-02-01", 14 * 24},
    {"a round before the anchor", "Asia/Shanghai", RV_PERIOD_ROUND, "2026-01-04",
     "2025-12-22/2026-01-04", 14 * 24},
};

static void
test_periods(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(periods); i++) {
        const PeriodRow *row = &periods[i];
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(row->zone);
        GError *error = NULL;
        RvPeriod period, next, back;

        g_test_message("%s", row->what);
        g_assert_nonnull(zone);
        rv_period_parse(row->kind, row->text, zone, "2026-01-05", &period, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(period.label, ==, row->label);
        g_assert_cmpint(period.until_ms - period.from_ms, ==, row->hours * HOUR);
        next = rv_period_next(&period, zone, "2026-01-05");
        g_assert_cmpint(next.from_ms, ==, period.until_ms);
        back = rv_period_previous(&next, zone, "2026-01-05");
        g_assert_cmpint(back.from_ms, ==, period.from_ms);
        g_assert_cmpstr(back.label, ==, row->label);
    }
}

static void
test_wrong_periods(void)
{
    static const struct {
        RvPeriodKind kind;
        const char *text;
    } rows[] = {
        {RV_PERIOD_MONTH, "2026"},      {RV_PERIOD_MONTH, "2026-13"}, {RV_PERIOD_MONTH, "2026-00"},
        {RV_PERIOD_QUARTER, "2026-Q5"}, {RV_PERIOD_YEAR, "year"},     {RV_PERIOD_DAY, "2026-02-29"},
        {RV_PERIOD_ROUND, "2026-10"},   {RV_PERIOD_MONTH, ""},        {RV_PERIOD_YEAR, "2026 "},
        {RV_PERIOD_YEAR, "0"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        GError *error = NULL;
        RvPeriod period;

        g_test_message("%s", rows[i].text);
        g_assert_false(rv_period_parse(rows[i].kind, rows[i].text, NULL, NULL, &period, &error));
        g_assert_error(error, RV_ERROR, RV_ERROR_USAGE);
        g_error_free(error);
    }
}

/* ---- coverage ---- */

/* 5×8 with a lunch break, the National Day week of 2026 and its make-up Saturday. */
static RvCalendar *
office(GTimeZone *zone)
{
    RvCalendar *calendar = rv_calendar_new("5x8", zone);

    rv_calendar_clear_hours(calendar);
    g_assert_true(rv_calendar_add_hours(calendar, 9 * 60, 12 * 60));
    g_assert_true(rv_calendar_add_hours(calendar, 13 * 60, 18 * 60));
    for (int day = 1; day <= 7; day++)
        g_assert_true(rv_calendar_add_holiday(calendar, 2026, 10, day, "国庆节"));
    g_assert_true(rv_calendar_add_workday(calendar, 2026, 10, 10, "国庆节调休"));
    return calendar;
}

static void
test_coverage(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    g_autoptr(RvCalendar) calendar = office(zone);
    g_autoptr(GArray) spans = NULL;
    RvPeriod october;

    g_assert_true(rv_period_parse(RV_PERIOD_MONTH, "2026-10", zone, NULL, &october, NULL));
    /* 22 weekdays, 5 of them (1, 2, 5, 6, 7) holidays, one Saturday made up for */
    g_assert_cmpint(rv_calendar_between(calendar, october.from_ms, october.until_ms), ==,
                    (22 - 5 + 1) * 8 * HOUR);
    spans = rv_calendar_spans(calendar, at(zone, 2026, 10, 9, 10, 0), at(zone, 2026, 10, 11, 0, 0));
    g_assert_cmpuint(spans->len, ==, 4);
    g_assert_cmpint(g_array_index(spans, RvSpan, 0).from_ms, ==, at(zone, 2026, 10, 9, 10, 0));
    g_assert_cmpint(g_array_index(spans, RvSpan, 0).until_ms, ==, at(zone, 2026, 10, 9, 12, 0));
    g_assert_cmpint(g_array_index(spans, RvSpan, 3).until_ms, ==, at(zone, 2026, 10, 10, 18, 0));
}

static void
test_round_the_clock(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");
    g_autoptr(RvCalendar) always = rv_calendar_new_always("7x24", zone);
    g_autoptr(RvCalendar) night = rv_calendar_new("night", zone);
    gint64 from_ms = at(zone, 2026, 10, 25, 0, 0), until_ms = at(zone, 2026, 10, 26, 0, 0);

    g_assert_cmpint(rv_calendar_between(always, from_ms, until_ms), ==, 25 * HOUR);
    night->weekdays = 0x7f;
    rv_calendar_clear_hours(night);
    g_assert_true(rv_calendar_add_hours(night, 0, 1440));
    g_assert_cmpint(rv_calendar_between(night, from_ms, until_ms), ==, 25 * HOUR);
    rv_calendar_clear_hours(night);
    g_assert_true(rv_calendar_add_hours(night, 60, 4 * 60)); /* the hour from 2 to 3 comes twice */
    g_assert_cmpint(rv_calendar_between(night, from_ms, until_ms), ==, 4 * HOUR);
}

static void
test_clock_follows_coverage(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    g_autoptr(RvCalendar) calendar = office(zone);
    const struct {
        const char *what;
        gint64 from_ms, hours, due_ms;
    } rows[] = {
        {"within a morning", at(zone, 2026, 9, 28, 9, 0), 2, at(zone, 2026, 9, 28, 11, 0)},
        {"over lunch", at(zone, 2026, 9, 28, 11, 0), 2, at(zone, 2026, 9, 28, 14, 0)},
        {"opened at night", at(zone, 2026, 9, 28, 2, 0), 8, at(zone, 2026, 9, 28, 18, 0)},
        {"over the holidays", at(zone, 2026, 9, 30, 16, 0), 4, at(zone, 2026, 10, 8, 11, 0)},
        {"into the make-up Saturday", at(zone, 2026, 10, 9, 17, 0), 2,
         at(zone, 2026, 10, 10, 10, 0)},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].what);
        g_assert_cmpint(rv_calendar_add(calendar, rows[i].from_ms, rows[i].hours * HOUR), ==,
                        rows[i].due_ms);
        g_assert_cmpint(rv_calendar_between(calendar, rows[i].from_ms, rows[i].due_ms), ==,
                        rows[i].hours * HOUR);
    }
    g_assert_cmpint(rv_calendar_add(NULL, 1000, 12 * HOUR), ==, 1000 + 12 * HOUR);
    rv_calendar_clear_hours(calendar);
    g_assert_cmpint(rv_calendar_add(calendar, 0, 1), ==, G_MAXINT64);
}

static void
test_wrong_days(void)
{
    g_autoptr(RvCalendar) calendar = rv_calendar_new("x", NULL);

    g_assert_false(rv_calendar_add_holiday(calendar, 2026, 2, 29, ""));
    g_assert_false(rv_calendar_add_workday(calendar, 2026, 13, 1, ""));
    g_assert_false(rv_calendar_add_hours(calendar, 17 * 60, 19 * 60)); /* until 18:00 is taken */
    g_assert_false(rv_calendar_add_hours(calendar, 20 * 60, 20 * 60));
    g_assert_false(rv_calendar_add_hours(calendar, 20 * 60, 1441));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/calendar/periods are those of the zone's calendar", test_periods);
    g_test_add_func("/plan/calendar/what names no period is refused", test_wrong_periods);
    g_test_add_func("/plan/calendar/holidays and make-up days", test_coverage);
    g_test_add_func("/plan/calendar/7x24 and days of 25 hours", test_round_the_clock);
    g_test_add_func("/plan/calendar/a clock stands still outside coverage",
                    test_clock_follows_coverage);
    g_test_add_func("/plan/calendar/days that are not", test_wrong_days);
    return g_test_run();
}
