#include "db/maintenance.h"

#include "base/error.h"
#include "base/text.h"
#include "db/sql.h"
#include "plan/calendar.h"

#define RECURRENCES_CEILING 20000

void
rv_maintenance_free(RvMaintenance *maintenance)
{
    if (maintenance == NULL)
        return;
    g_free(maintenance->devices);
    g_free(maintenance->zone);
    g_free(maintenance->who);
    g_free(maintenance->why);
    g_free(maintenance->ended_by);
    g_free(maintenance);
}

static gboolean
is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

static const char *
what_is_wrong(const RvMaintenance *maintenance)
{
    gint64 days_ms = (gint64)maintenance->every_days * 86400000;

    if (is_empty(maintenance->devices))
        return "a maintenance needs the devices it is for; '*' is all of them";
    if (is_empty(maintenance->who) || is_empty(maintenance->why))
        return "a maintenance needs who entered it and why";
    if (maintenance->until_ms <= maintenance->from_ms)
        return "a maintenance ends after it begins";
    if (days_ms > 0 && maintenance->until_ms - maintenance->from_ms > days_ms)
        return "a window that recurs ends before the next one begins";
    return NULL;
}

gboolean
rv_maintenance_add(RvState *state, RvMaintenance *maintenance, GError **error)
{
    const char *wrong = what_is_wrong(maintenance);

    if (wrong != NULL) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, wrong);
        return FALSE;
    }
    return rv_db_insert(
        state, &maintenance->id, error,
        "INSERT INTO maintenance (devices, from_ms, until_ms, every_days, last_ms, zone,"
        " numbers, alarms, who, why, made_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id",
        RV_TEXT(maintenance->devices), RV_INT(maintenance->from_ms), RV_INT(maintenance->until_ms),
        RV_INT(maintenance->every_days), RV_INT_OR_NULL(maintenance->last_ms),
        RV_TEXT(maintenance->zone != NULL ? maintenance->zone : "UTC"),
        RV_INT(maintenance->numbers != FALSE), RV_INT(maintenance->alarms != FALSE),
        RV_TEXT(maintenance->who), RV_TEXT(maintenance->why), RV_INT(maintenance->made_ms));
}

gboolean
rv_maintenance_end(RvState *state, gint64 id, gint64 now_ms, const char *who, GError **error)
{
    if (!rv_db_run(state, error,
                   "UPDATE maintenance SET ended_ms = ?2, ended_by = ?3 WHERE id = ?1"
                   " AND ended_ms IS NULL AND (until_ms > ?2 OR"
                   "  (every_days > 0 AND (last_ms IS NULL OR last_ms > ?2)))",
                   RV_INT(id), RV_INT(now_ms), RV_TEXT(who)))
        return FALSE;
    if (rv_db_changes(state) > 0)
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                "no maintenance %" G_GINT64_FORMAT " that runs or is to come; `rackvitals "
                "maintenance list` shows them",
                id);
    return FALSE;
}

static RvMaintenance *
read_maintenance(RvStatement *row)
{
    RvMaintenance *maintenance = g_new0(RvMaintenance, 1);

    maintenance->id = rv_db_column_int(row, 0);
    maintenance->devices = rv_db_column_word(row, 1);
    maintenance->from_ms = rv_db_column_int(row, 2);
    maintenance->until_ms = rv_db_column_int(row, 3);
    maintenance->every_days = (guint)rv_db_column_int(row, 4);
    maintenance->last_ms = rv_db_column_int(row, 5);
    maintenance->zone = rv_db_column_word(row, 6);
    maintenance->numbers = rv_db_column_int(row, 7) != 0;
    maintenance->alarms = rv_db_column_int(row, 8) != 0;
    maintenance->who = rv_db_column_word(row, 9);
    maintenance->why = rv_db_column_word(row, 10);
    maintenance->made_ms = rv_db_column_int(row, 11);
    maintenance->ended_ms = rv_db_column_int(row, 12);
    maintenance->ended_by = rv_db_column_text(row, 13);
    return maintenance;
}

static GPtrArray *
read_all(RvState *state, gint64 from_ms, gint64 until_ms, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)rv_maintenance_free);
    RvStatement *row =
        rv_db_query(state, error,
                    "SELECT id, devices, from_ms, until_ms, every_days, last_ms, zone, numbers,"
                    " alarms, who, why, made_ms, ended_ms, ended_by FROM maintenance"
                    " WHERE from_ms < ?2 AND (every_days > 0 OR until_ms > ?1)"
                    " ORDER BY from_ms, id",
                    RV_INT(from_ms), RV_INT(until_ms));
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(state, row, error)) == RV_STEP_ROW)
        g_ptr_array_add(all, read_maintenance(row));
    return step == RV_STEP_END ? g_steal_pointer(&all) : NULL;
}

GPtrArray *
rv_maintenance_list(RvState *state, gint64 from_ms, gint64 until_ms, GError **error)
{
    GPtrArray *all = read_all(state, from_ms, until_ms, error);

    for (guint i = all != NULL ? all->len : 0; i-- > 0;) {
        g_autoptr(GPtrArray) windows =
            g_ptr_array_new_with_free_func((GDestroyNotify)rv_window_free);
        const RvMaintenance *one = g_ptr_array_index(all, i);

        rv_maintenance_expand(one, from_ms, until_ms, windows);
        if (windows->len == 0 && one->every_days > 0)
            g_ptr_array_remove_index(all, i);
    }
    return all;
}

/* The same time of the local day, `days` later. */
static gint64
days_later(GTimeZone *zone, gint64 ms, gint64 days)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    int second = g_date_time_get_hour(local) * 3600 + g_date_time_get_minute(local) * 60 +
                 g_date_time_get_second(local);
    int year, month, day;
    GDate date;

    if (days == 0) /* a time that comes twice may have been meant the second time */
        return ms;
    g_date_time_get_ymd(local, &year, &month, &day);
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
    g_date_add_days(&date, (guint)days);
    return rv_calendar_moment_ms(zone, &date, second) + ms % 1000;
}

static void
append_window(const RvMaintenance *maintenance, gint64 begin_ms, gint64 from_ms, gint64 until_ms,
              GPtrArray *windows)
{
    gint64 end_ms = begin_ms + (maintenance->until_ms - maintenance->from_ms);
    RvWindow *window;

    if (maintenance->ended_ms != 0)
        end_ms = MIN(end_ms, maintenance->ended_ms);
    if (end_ms <= begin_ms || begin_ms >= until_ms || end_ms <= from_ms)
        return;
    window = rv_window_new(begin_ms, end_ms, maintenance->who, maintenance->why);
    window->id = maintenance->id;
    g_ptr_array_add(windows, window);
}

void
rv_maintenance_expand(const RvMaintenance *maintenance, gint64 from_ms, gint64 until_ms,
                      GPtrArray *windows)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(maintenance->zone);
    gint64 step_ms = (gint64)maintenance->every_days * 86400000;
    gint64 first = 0, begin_ms;

    if (step_ms == 0) {
        append_window(maintenance, maintenance->from_ms, from_ms, until_ms, windows);
        return;
    }
    if (zone == NULL)
        zone = g_time_zone_new_utc();
    if (from_ms > maintenance->until_ms) /* skip what lies before, a day's shift of zone aside */
        first = MAX((from_ms - maintenance->until_ms) / step_ms - 1, 0);
    for (gint64 i = first; i < first + RECURRENCES_CEILING; i++) {
        begin_ms = days_later(zone, maintenance->from_ms, i * maintenance->every_days);
        if (begin_ms >= until_ms || (maintenance->last_ms != 0 && begin_ms >= maintenance->last_ms))
            return;
        append_window(maintenance, begin_ms, from_ms, until_ms, windows);
    }
}

static gint
compare_windows(gconstpointer a, gconstpointer b)
{
    const RvWindow *left = *(const RvWindow *const *)a, *right = *(const RvWindow *const *)b;

    return left->from_ms < right->from_ms ? -1 : left->from_ms > right->from_ms;
}

GPtrArray *
rv_maintenance_windows(RvState *state, const char *device, RvMaintenanceUse use, gint64 from_ms,
                       gint64 until_ms, GError **error)
{
    g_autoptr(GPtrArray) all = read_all(state, from_ms, until_ms, error);
    GPtrArray *windows;

    if (all == NULL)
        return NULL;
    windows = g_ptr_array_new_with_free_func((GDestroyNotify)rv_window_free);
    for (guint i = 0; i < all->len; i++) {
        const RvMaintenance *one = g_ptr_array_index(all, i);

        if ((use == RV_MAINTENANCE_NUMBERS ? one->numbers : one->alarms) &&
            rv_text_glob(one->devices, device))
            rv_maintenance_expand(one, from_ms, until_ms, windows);
    }
    g_ptr_array_sort(windows, compare_windows);
    return windows;
}
