#include "plan/calendar.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"

#define DAY_MINUTES 1440
#define LONGEST_DAYS (3660) /* that a clock is followed into the future */
#define ROUND_DAYS 14
#define WORKING_WEEK 0x1f

/* ---- days ---- */

/* GLib's own GDateTime takes the second one of a time that comes twice. */
gint64
rv_calendar_moment_ms(GTimeZone *zone, const GDate *date, int second)
{
    g_autoptr(GTimeZone) local = zone == NULL ? g_time_zone_new_local() : g_time_zone_ref(zone);
    g_autoptr(GDateTime) shown = g_date_time_new_utc(
        g_date_get_year(date), (int)g_date_get_month(date), g_date_get_day(date), 0, 0, 0);
    gint64 time = g_date_time_to_unix(shown) + second;
    int interval = g_time_zone_adjust_time(local, G_TIME_TYPE_DAYLIGHT, &time);

    return (time - g_time_zone_get_offset(local, interval)) * 1000;
}

gint64
rv_calendar_midnight_ms(GTimeZone *zone, int year, int month, int day)
{
    GDate date;

    if (year < 1 || month < 1 || month > 12 || day < 1 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return 0;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return rv_calendar_moment_ms(zone, &date, 0);
}

/* Floor division: milliseconds before 1970 belong to the second before. */
static gint64
seconds_of(gint64 ms)
{
    return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
}

static GDate
day_of(GTimeZone *zone, gint64 ms)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(seconds_of(ms));
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    int year, month, day;
    GDate date;

    g_date_time_get_ymd(local, &year, &month, &day);
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return date;
}

/* ---- coverage ---- */

RvCalendar *
rv_calendar_new(const char *name, GTimeZone *zone)
{
    RvCalendar *calendar = g_new0(RvCalendar, 1);

    calendar->name = g_strdup(name);
    calendar->zone = zone != NULL ? g_time_zone_ref(zone) : g_time_zone_new_local();
    calendar->weekdays = WORKING_WEEK;
    calendar->hours = g_array_new(FALSE, FALSE, sizeof(RvDayHours));
    rv_calendar_add_hours(calendar, 9 * 60, 18 * 60);
    calendar->holidays = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    calendar->workdays = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    return calendar;
}

RvCalendar *
rv_calendar_new_always(const char *name, GTimeZone *zone)
{
    RvCalendar *calendar = rv_calendar_new(name, zone);

    calendar->always = TRUE;
    return calendar;
}

void
rv_calendar_free(RvCalendar *calendar)
{
    if (calendar == NULL)
        return;
    g_free(calendar->name);
    g_time_zone_unref(calendar->zone);
    g_array_unref(calendar->hours);
    g_hash_table_unref(calendar->holidays);
    g_hash_table_unref(calendar->workdays);
    g_free(calendar);
}

void
rv_calendar_clear_hours(RvCalendar *calendar)
{
    g_array_set_size(calendar->hours, 0);
}

gboolean
rv_calendar_add_hours(RvCalendar *calendar, int from_minute, int until_minute)
{
    RvDayHours hours = {from_minute, until_minute};
    int after = 0;

    if (calendar->hours->len > 0)
        after = g_array_index(calendar->hours, RvDayHours, calendar->hours->len - 1).until_minute;
    if (from_minute < after || until_minute <= from_minute || until_minute > DAY_MINUTES)
        return FALSE;
    g_array_append_val(calendar->hours, hours);
    return TRUE;
}

static gboolean
add_day(GHashTable *days, int year, int month, int day, const char *name)
{
    GDate date;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    g_hash_table_insert(days, GUINT_TO_POINTER(g_date_get_julian(&date)),
                        g_strdup(name != NULL ? name : ""));
    return TRUE;
}

gboolean
rv_calendar_add_holiday(RvCalendar *calendar, int year, int month, int day, const char *name)
{
    return add_day(calendar->holidays, year, month, day, name);
}

gboolean
rv_calendar_add_workday(RvCalendar *calendar, int year, int month, int day, const char *name)
{
    return add_day(calendar->workdays, year, month, day, name);
}

static gboolean
is_working_day(const RvCalendar *calendar, const GDate *date)
{
    gpointer julian = GUINT_TO_POINTER(g_date_get_julian(date));
    guint weekday = (guint)g_date_get_weekday(date) - G_DATE_MONDAY;

    if (g_hash_table_contains(calendar->workdays, julian))
        return TRUE;
    return (calendar->weekdays >> weekday & 1) != 0 &&
           !g_hash_table_contains(calendar->holidays, julian);
}

/* Cuts to [from, until) and joins with the last span where they touch. */
static void
append_span(GArray *spans, RvSpan span, gint64 from_ms, gint64 until_ms)
{
    span.from_ms = MAX(span.from_ms, from_ms);
    span.until_ms = MIN(span.until_ms, until_ms);
    if (span.until_ms <= span.from_ms)
        return;
    if (spans->len > 0) {
        RvSpan *last = &g_array_index(spans, RvSpan, spans->len - 1);

        if (last->until_ms >= span.from_ms) {
            last->until_ms = MAX(last->until_ms, span.until_ms);
            return;
        }
    }
    g_array_append_val(spans, span);
}

static void
append_day(const RvCalendar *calendar, const GDate *date, GArray *spans, gint64 from_ms,
           gint64 until_ms)
{
    if (!is_working_day(calendar, date))
        return;
    for (guint i = 0; i < calendar->hours->len; i++) {
        const RvDayHours *hours = &g_array_index(calendar->hours, RvDayHours, i);
        RvSpan span = {rv_calendar_moment_ms(calendar->zone, date, hours->from_minute * 60),
                       rv_calendar_moment_ms(calendar->zone, date, hours->until_minute * 60)};

        append_span(spans, span, from_ms, until_ms);
    }
}

GArray *
rv_calendar_spans(const RvCalendar *calendar, gint64 from_ms, gint64 until_ms)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(RvSpan));
    GDate date, last;

    if (until_ms <= from_ms)
        return spans;
    if (calendar->always) {
        append_span(spans, (RvSpan){from_ms, until_ms}, from_ms, until_ms);
        return spans;
    }
    last = day_of(calendar->zone, until_ms);
    for (date = day_of(calendar->zone, from_ms); g_date_compare(&date, &last) <= 0;
         g_date_add_days(&date, 1))
        append_day(calendar, &date, spans, from_ms, until_ms);
    return spans;
}

gint64
rv_calendar_add(const RvCalendar *calendar, gint64 from_ms, gint64 duration_ms)
{
    GDate date;

    if (calendar == NULL || calendar->always)
        return from_ms + duration_ms;
    date = day_of(calendar->zone, from_ms);
    for (int day = 0; day < LONGEST_DAYS; day++, g_date_add_days(&date, 1)) {
        g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(RvSpan));

        append_day(calendar, &date, spans, from_ms, G_MAXINT64);
        for (guint i = 0; i < spans->len; i++) {
            const RvSpan *span = &g_array_index(spans, RvSpan, i);

            if (duration_ms <= span->until_ms - span->from_ms)
                return span->from_ms + duration_ms;
            duration_ms -= span->until_ms - span->from_ms;
        }
    }
    return G_MAXINT64;
}

gint64
rv_calendar_between(const RvCalendar *calendar, gint64 from_ms, gint64 until_ms)
{
    g_autoptr(GArray) spans = NULL;
    gint64 sum = 0;

    if (calendar == NULL || calendar->always)
        return MAX(until_ms - from_ms, 0);
    spans = rv_calendar_spans(calendar, from_ms, until_ms);
    for (guint i = 0; i < spans->len; i++) {
        const RvSpan *span = &g_array_index(spans, RvSpan, i);

        sum += span->until_ms - span->from_ms;
    }
    return sum;
}

/* ---- periods ---- */

static const char *const period_words[RV_PERIOD_KINDS] = {"day", "round", "month", "quarter",
                                                          "year"};

const char *
rv_period_kind_word(RvPeriodKind kind)
{
    return period_words[kind];
}

gboolean
rv_period_kind_parse(const char *word, RvPeriodKind *kind)
{
    for (guint i = 0; i < RV_PERIOD_KINDS; i++) {
        if (strcmp(word, period_words[i]) == 0) {
            *kind = (RvPeriodKind)i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
parse_day(const char *text, GDate *date)
{
    int year, month, day, end = 0;

    if (text == NULL || sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 ||
        text[end] != '\0' || year < 1 || month < 1 || month > 12 || day < 1 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    g_date_clear(date, 1);
    g_date_set_dmy(date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    return TRUE;
}

static guint32
anchor_day(const char *anchor)
{
    GDate date;

    if (!parse_day(anchor, &date))
        parse_day("2024-01-01", &date); /* a Monday */
    return g_date_get_julian(&date);
}

/* The first day of the period that `date` lies in. */
static GDate
first_day(RvPeriodKind kind, const char *anchor, GDate date)
{
    switch (kind) {
    case RV_PERIOD_DAY:
        break;
    case RV_PERIOD_ROUND: {
        gint64 days = (gint64)g_date_get_julian(&date) - (gint64)anchor_day(anchor);

        g_date_subtract_days(&date, (guint)((days % ROUND_DAYS + ROUND_DAYS) % ROUND_DAYS));
        break;
    }
    case RV_PERIOD_MONTH:
        g_date_set_day(&date, 1);
        break;
    case RV_PERIOD_QUARTER:
        g_date_set_day(&date, 1);
        g_date_set_month(&date, (GDateMonth)(((int)g_date_get_month(&date) - 1) / 3 * 3 + 1));
        break;
    case RV_PERIOD_YEAR:
        g_date_set_dmy(&date, 1, G_DATE_JANUARY, g_date_get_year(&date));
        break;
    }
    return date;
}

static GDate
day_after(RvPeriodKind kind, GDate first)
{
    switch (kind) {
    case RV_PERIOD_DAY:
        g_date_add_days(&first, 1);
        break;
    case RV_PERIOD_ROUND:
        g_date_add_days(&first, ROUND_DAYS);
        break;
    case RV_PERIOD_MONTH:
        g_date_add_months(&first, 1);
        break;
    case RV_PERIOD_QUARTER:
        g_date_add_months(&first, 3);
        break;
    case RV_PERIOD_YEAR:
        g_date_add_years(&first, 1);
        break;
    }
    return first;
}

static void
write_label(RvPeriod *period, const GDate *first, GDate after)
{
    guint year = g_date_get_year(first), month = (guint)g_date_get_month(first),
          day = g_date_get_day(first);
    gsize size = sizeof period->label;

    g_date_subtract_days(&after, 1);
    switch (period->kind) {
    case RV_PERIOD_DAY:
        g_snprintf(period->label, size, "%04u-%02u-%02u", year, month, day);
        break;
    case RV_PERIOD_ROUND:
        g_snprintf(period->label, size, "%04u-%02u-%02u/%04u-%02u-%02u", year, month, day,
                   (guint)g_date_get_year(&after), (guint)g_date_get_month(&after),
                   (guint)g_date_get_day(&after));
        break;
    case RV_PERIOD_MONTH:
        g_snprintf(period->label, size, "%04u-%02u", year, month);
        break;
    case RV_PERIOD_QUARTER:
        g_snprintf(period->label, size, "%04u-Q%u", year, (month + 2) / 3);
        break;
    case RV_PERIOD_YEAR:
        g_snprintf(period->label, size, "%04u", year);
        break;
    }
}

static RvPeriod
period_of(RvPeriodKind kind, GTimeZone *zone, const char *anchor, GDate date)
{
    RvPeriod period = {.kind = kind};
    GDate first = first_day(kind, anchor, date);
    GDate after = day_after(kind, first);

    period.from_ms = rv_calendar_moment_ms(zone, &first, 0);
    period.until_ms = rv_calendar_moment_ms(zone, &after, 0);
    write_label(&period, &first, after);
    return period;
}

RvPeriod
rv_period_at(RvPeriodKind kind, GTimeZone *zone, const char *anchor, gint64 at_ms)
{
    g_autoptr(GTimeZone) local = zone == NULL ? g_time_zone_new_local() : g_time_zone_ref(zone);

    return period_of(kind, local, anchor, day_of(local, at_ms));
}

RvPeriod
rv_period_next(const RvPeriod *period, GTimeZone *zone, const char *anchor)
{
    return rv_period_at(period->kind, zone, anchor, period->until_ms);
}

RvPeriod
rv_period_previous(const RvPeriod *period, GTimeZone *zone, const char *anchor)
{
    return rv_period_at(period->kind, zone, anchor, period->from_ms - 1);
}

/* The day that a text names; *finest: the shortest period that it can mean. */
static gboolean
parse_text(const char *text, GDate *date, RvPeriodKind *finest)
{
    g_autofree char *whole = NULL;
    int year, number, end = 0;

    if (parse_day(text, date)) {
        *finest = RV_PERIOD_DAY;
        return TRUE;
    }
    if (sscanf(text, "%4d-Q%1d%n", &year, &number, &end) == 2 && text[end] == '\0' && number >= 1 &&
        number <= 4) {
        *finest = RV_PERIOD_QUARTER;
        number = number * 3 - 2;
    } else if (end = 0, sscanf(text, "%4d-%2d%n", &year, &number, &end) == 2 && text[end] == '\0') {
        *finest = RV_PERIOD_MONTH;
    } else if (end = 0, sscanf(text, "%4d%n", &year, &end) == 1 && text[end] == '\0') {
        *finest = RV_PERIOD_YEAR;
        number = 1;
    } else {
        return FALSE;
    }
    whole = g_strdup_printf("%04d-%02d-01", year, number);
    return parse_day(whole, date);
}

gboolean
rv_period_parse(RvPeriodKind kind, const char *text, GTimeZone *zone, const char *anchor,
                RvPeriod *period, GError **error)
{
    static const char *const examples[RV_PERIOD_KINDS] = {
        "a day, as 2026-10-31", "a day of the round, as 2026-10-31", "a month, as 2026-10",
        "a quarter, as 2026-Q4", "a year, as 2026"};
    g_autoptr(GTimeZone) local = zone == NULL ? g_time_zone_new_local() : g_time_zone_ref(zone);
    RvPeriodKind finest;
    GDate date;

    if (!parse_text(text, &date, &finest) || finest > kind) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "'%s' names no %s; give %s", text,
                    period_words[kind], examples[kind]);
        return FALSE;
    }
    *period = period_of(kind, local, anchor, date);
    return TRUE;
}
