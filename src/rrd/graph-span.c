#include <rrd.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "rrd/graph.h"

/* ISO 8601 with its shorter forms; NULL where it is none. */
static char *
seconds_of_date(const char *text)
{
    g_autofree char *whole = NULL;
    g_autoptr(GTimeZone) local = g_time_zone_new_local();
    g_autoptr(GDateTime) date = NULL;
    gsize length = strlen(text);

    if (length < strlen("2026-10-01") || text[4] != '-' || text[7] != '-')
        return NULL;
    whole = g_strconcat(text, length == strlen("2026-10-01") ? "T00:00:00" : "",
                        length == strlen("2026-10-01 08:00") ? ":00" : "", NULL);
    if (whole[10] == ' ')
        whole[10] = 'T';
    date = g_date_time_new_from_iso8601(whole, local);
    return date != NULL ? g_strdup_printf("%" G_GINT64_FORMAT, g_date_time_to_unix(date)) : NULL;
}

/* RRDtool counts from the system's clock; ours may be a simulated one. */
static gboolean
parse(const char *text, gint64 shift_s, rrd_time_value_t *value, GError **error)
{
    g_autofree char *date = seconds_of_date(text);
    const char *wrong = rrd_parsetime(date != NULL ? date : text, value);

    if (wrong != NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "'%s' is no time (%s); write 2026-10-31, '2026-10-31 14:00', -7d or now", text,
                    wrong);
        rrd_clear_error();
        return FALSE;
    }
    if (value->type == ABSOLUTE_TIME &&
        (g_str_has_prefix(text, "now") || *text == '-' || *text == '+'))
        value->offset += (long)shift_s;
    return TRUE;
}

gboolean
rv_graph_parse_span(const char *from, const char *to, gint64 now_s, gint64 *start_s, gint64 *end_s,
                    GError **error)
{
    gint64 shift_s = now_s - (gint64)time(NULL);
    rrd_time_value_t start_value;
    rrd_time_value_t end_value;
    time_t start = 0;
    time_t end = 0;

    rrd_clear_error();
    if (!parse(from != NULL ? from : "end-1d", shift_s, &start_value, error) ||
        !parse(to != NULL ? to : "now", shift_s, &end_value, error))
        return FALSE;
    if (rrd_proc_start_end(&start_value, &end_value, &start, &end) != 0 || start >= end ||
        start < 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "--from must be before --to%s%s",
                    rrd_test_error() ? ": " : "", rrd_test_error() ? rrd_get_error() : "");
        rrd_clear_error();
        return FALSE;
    }
    *start_s = start;
    *end_s = end;
    return TRUE;
}
