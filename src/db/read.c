#include <string.h>

#include "base/text-order.h"
#include "db/sql.h"
#include "observation/pairs.h"
#include "observation/words.h"

/* "" in a device parameter: every device. */
#define EVERY(device) RV_TEXT((device) != NULL ? (device) : "")
/* That device, or every one. With "?1 = '' OR d.name = ?1" SQLite has no use for an index and reads
 * the rows of all devices, once for each device that is asked for. */
#define CHOSEN                                                                                     \
    "d.id IN (SELECT id FROM device WHERE name = ?1"                                               \
    " UNION ALL SELECT id FROM device WHERE ?1 = '')"

/* Fills `rows` by `read`, one call a row; gives the array, or NULL on error. */
static GPtrArray *
read_all(RvState *state, RvStatement *row, gpointer (*read)(RvStatement *), GDestroyNotify destroy,
         GError **error)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(destroy);
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(state, row, error)) == RV_STEP_ROW)
        g_ptr_array_add(rows, read(row));
    return step == RV_STEP_END ? g_steal_pointer(&rows) : NULL;
}

/* ---- devices ---- */

void
rv_device_row_free(RvDeviceRow *row)
{
    if (row == NULL)
        return;
    g_free(row->name);
    g_free(row->host);
    g_free(row->kind);
    g_free(row->site);
    g_free(row->vendor);
    g_free(row->model);
    g_free(row->os);
    g_free(row->os_version);
    g_free(row->serial);
    g_free(row->profile);
    g_free(row->sys_name);
    g_free(row->detail);
    g_free(row);
}

static gpointer
read_device(RvStatement *row)
{
    RvDeviceRow *device = g_new0(RvDeviceRow, 1);
    int column = 0;

    device->name = rv_db_column_word(row, column++);
    device->host = rv_db_column_word(row, column++);
    device->kind = rv_db_column_word(row, column++);
    device->site = rv_db_column_word(row, column++);
    device->vendor = rv_db_column_text(row, column++);
    device->model = rv_db_column_text(row, column++);
    device->os = rv_db_column_text(row, column++);
    device->os_version = rv_db_column_text(row, column++);
    device->serial = rv_db_column_text(row, column++);
    device->profile = rv_db_column_text(row, column++);
    device->sys_name = rv_db_column_text(row, column++);
    device->first_ms = rv_db_column_int(row, column++);
    device->last_ms = rv_db_column_int(row, column++);
    device->state = rv_db_reachability(row, column++);
    device->reason = rv_db_reason(row, column++);
    device->detail = rv_db_column_text(row, column++);
    device->since_ms = rv_db_column_int(row, column++);
    device->status = rv_db_verdict(row, column++);
    device->booted_ms = rv_db_column_int(row, column++);
    for (int task = 0; task < 3; task++) {
        device->asked_ms[task] = rv_db_column_int(row, column++);
        device->answered_ms[task] = rv_db_column_int(row, column++);
    }
    return device;
}

static GPtrArray *
read_devices(RvState *state, const char *name, GError **error)
{
    RvStatement *row = rv_db_query(
        state, error,
        "SELECT name, host, kind, site, vendor, model, os, os_version, serial, profile, sys_name,"
        " first_ms, last_ms, state, reason, detail, since_ms, status, booted_ms,"
        " asked_reachability_ms, answered_reachability_ms, asked_health_ms, answered_health_ms,"
        " asked_census_ms, answered_census_ms"
        " FROM device WHERE ?1 = '' OR name = ?1",
        EVERY(name));

    return read_all(state, row, read_device, (GDestroyNotify)rv_device_row_free, error);
}

static int
compare_devices(gconstpointer a, gconstpointer b)
{
    return rv_text_compare((*(RvDeviceRow *const *)a)->name, (*(RvDeviceRow *const *)b)->name);
}

GPtrArray *
rv_state_devices(RvState *state, GError **error)
{
    GPtrArray *rows = read_devices(state, NULL, error);

    if (rows != NULL)
        g_ptr_array_sort(rows, compare_devices);
    return rows;
}

RvDeviceRow *
rv_state_device(RvState *state, const char *device, GError **error)
{
    g_autoptr(GPtrArray) rows = read_devices(state, device, error);

    return rows != NULL && rows->len > 0 ? g_ptr_array_steal_index(rows, 0) : NULL;
}

/* ---- what judging wants to know of the past ---- */

void
rv_previous_free(RvPrevious *previous)
{
    if (previous == NULL)
        return;
    g_hash_table_unref(previous->verdicts);
    g_ptr_array_unref(previous->seen);
    g_free(previous);
}

static gboolean
read_sensors(RvState *state, const char *device, RvPrevious *previous, GError **error)
{
    RvStatement *row = rv_db_query(state, error,
                                   "SELECT s.key, s.name, s.grp, s.seen, v.status FROM sensor s"
                                   " JOIN device d ON d.id = s.device"
                                   " LEFT JOIN verdict v ON v.sensor = s.id AND v.until_ms IS NULL"
                                   " WHERE d.name = ?1 ORDER BY s.key",
                                   RV_TEXT(device));
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(state, row, error)) == RV_STEP_ROW) {
        const char *key = rv_db_column_string(row, 0);

        if (!rv_db_column_is_null(row, 4))
            g_hash_table_insert(previous->verdicts, g_strdup(key),
                                GINT_TO_POINTER((int)rv_db_verdict(row, 4) + 1));
        if (rv_db_column_int(row, 3) != 0)
            g_ptr_array_add(previous->seen, rv_seen_part_new(key, rv_db_column_string(row, 1),
                                                             rv_db_column_string(row, 2)));
    }
    return step == RV_STEP_END;
}

static gboolean
read_newest_event(RvState *state, const char *device, RvPrevious *previous, GError **error)
{
    RvStatement *row = rv_db_query(state, error,
                                   "SELECT record_id, time_ms FROM event WHERE device ="
                                   " (SELECT id FROM device WHERE name = ?1)"
                                   " ORDER BY id DESC LIMIT 1",
                                   RV_TEXT(device));
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(state, row, error);

    if (step != RV_STEP_ROW)
        return step == RV_STEP_END;
    previous->event_record = (guint32)rv_db_column_int(row, 0);
    previous->event_time_ms = rv_db_column_int(row, 1);
    rv_db_done(row);
    return TRUE;
}

RvPrevious *
rv_state_previous(RvState *state, const char *device, GError **error)
{
    g_autoptr(RvPrevious) previous = g_new0(RvPrevious, 1);

    previous->verdicts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    previous->seen = g_ptr_array_new_with_free_func((GDestroyNotify)rv_seen_part_free);
    if (!read_sensors(state, device, previous, error) ||
        !read_newest_event(state, device, previous, error))
        return NULL;
    return g_steal_pointer(&previous);
}

static gboolean
forget(RvState *state, gint64 sensor, gint64 device, const char *key, gint64 now_ms, GError **error)
{
    return rv_db_run(state, error, "UPDATE sensor SET seen = 0 WHERE id = ?1", RV_INT(sensor)) &&
           rv_db_run(
               state, error,
               "UPDATE verdict SET until_ms = CASE WHEN from_ms > ?2 THEN from_ms ELSE ?2 END,"
               " last_sample ="
               "  (SELECT health_samples FROM device WHERE id = ?3)"
               " WHERE sensor = ?1 AND until_ms IS NULL AND presence = 'missing'",
               RV_INT(sensor), RV_INT(now_ms), RV_INT(device)) &&
           rv_db_run(state, error,
                     "INSERT INTO change (time_ms, device, kind, subject, before, after)"
                     " VALUES (?1, ?2, ?3, ?4, '', '')",
                     RV_INT(now_ms), RV_INT(device),
                     RV_TEXT(rv_change_kind_word(RV_CHANGE_PART_FORGOTTEN)), RV_TEXT(key));
}

gboolean
rv_state_forget_part(RvState *state, const char *device, const char *key, gint64 now_ms,
                     GError **error)
{
    RvStatement *row = rv_db_query(state, error,
                                   "SELECT s.id, s.device FROM sensor s JOIN device d"
                                   " ON d.id = s.device WHERE d.name = ?1 AND s.key = ?2"
                                   " AND s.seen <> 0",
                                   RV_TEXT(device), RV_TEXT(key));
    gint64 sensor, id;

    if (row == NULL || rv_db_step(state, row, error) != RV_STEP_ROW)
        return FALSE;
    sensor = rv_db_column_int(row, 0);
    id = rv_db_column_int(row, 1);
    rv_db_done(row);
    if (!rv_db_begin(state, error))
        return FALSE;
    return rv_db_finish(state, forget(state, sensor, id, key, now_ms, error), error);
}

/* ---- intervals ---- */

static gpointer
read_interval(RvStatement *row)
{
    RvInterval *interval = rv_interval_new(rv_db_reachability(row, 0), rv_db_column_int(row, 3),
                                           rv_db_column_int(row, 4));

    interval->reason = rv_db_reason(row, 1);
    interval->detail = rv_db_column_text(row, 2);
    interval->samples = (guint)rv_db_column_int(row, 5);
    return interval;
}

GPtrArray *
rv_state_reachability(RvState *state, const char *device, const char *protocol, gint64 from_ms,
                      gint64 until_ms, GError **error)
{
    RvStatement *row =
        rv_db_query(state, error,
                    "SELECT state, reason, detail, from_ms, until_ms, samples FROM reachability"
                    " WHERE device = (SELECT id FROM device WHERE name = ?1) AND protocol = ?2"
                    " AND from_ms < ?4 AND until_ms >= ?3 ORDER BY from_ms, id",
                    RV_TEXT(device), RV_TEXT(protocol != NULL ? protocol : ""), RV_INT(from_ms),
                    RV_INT(until_ms));

    return read_all(state, row, read_interval, (GDestroyNotify)rv_interval_free, error);
}

GArray *
rv_state_health_spans(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                      GError **error)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(RvSpan));
    RvStatement *row = rv_db_query(state, error,
                                   "SELECT from_ms, until_ms FROM health_span"
                                   " WHERE device = (SELECT id FROM device WHERE name = ?1)"
                                   " AND from_ms < ?3 AND until_ms >= ?2 ORDER BY from_ms",
                                   RV_TEXT(device), RV_INT(from_ms), RV_INT(until_ms));
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(state, row, error)) == RV_STEP_ROW) {
        RvSpan span = {rv_db_column_int(row, 0), rv_db_column_int(row, 1)};

        g_array_append_val(spans, span);
    }
    return step == RV_STEP_END ? g_steal_pointer(&spans) : NULL;
}

void
rv_verdict_interval_free(RvVerdictInterval *interval)
{
    if (interval == NULL)
        return;
    g_free(interval->device);
    g_free(interval->key);
    g_free(interval->name);
    g_free(interval->group);
    g_free(interval->component);
    g_free(interval->reason);
    g_free(interval);
}

static gpointer
read_verdict(RvStatement *row)
{
    RvVerdictInterval *interval = g_new0(RvVerdictInterval, 1);
    g_autofree char *class = rv_db_column_word(row, 5);

    interval->device = rv_db_column_word(row, 0);
    interval->key = rv_db_column_word(row, 1);
    interval->name = rv_db_column_word(row, 2);
    interval->group = rv_db_column_word(row, 3);
    interval->component = rv_db_column_text(row, 4);
    if (!rv_class_parse(class, &interval->class))
        interval->class = RV_CLASS_STATE;
    interval->status = rv_db_verdict(row, 6);
    interval->presence = rv_db_presence(row, 7);
    interval->reason = rv_db_column_text(row, 8);
    interval->from_ms = rv_db_column_int(row, 9);
    interval->until_ms = MAX(rv_db_column_int(row, 10), interval->from_ms);
    interval->open = rv_db_column_int(row, 11) != 0;
    interval->samples = (guint)rv_db_column_int(row, 12);
    return interval;
}

GPtrArray *
rv_state_verdicts(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                  gboolean only_bad, GError **error)
{
    RvStatement *row = rv_db_query(
        state, error,
        "SELECT d.name, s.key, s.name, s.grp, s.component, s.class, v.status, v.presence,"
        " v.reason, v.from_ms, coalesce(v.until_ms, (SELECT max(h.until_ms) FROM health_span h"
        "  WHERE h.device = d.id), v.from_ms),"
        " v.until_ms IS NULL,"
        " coalesce(v.last_sample, d.health_samples + 1) - v.first_sample"
        " FROM device d JOIN sensor s ON s.device = d.id JOIN verdict v ON v.sensor = s.id"
        " WHERE " CHOSEN " AND v.from_ms < ?3"
        "  AND (v.until_ms IS NULL OR v.until_ms >= ?2) AND (?4 = 0 OR v.status <> 'ok')"
        " ORDER BY d.name, s.key, v.from_ms, v.id",
        EVERY(device), RV_INT(from_ms), RV_INT(until_ms), RV_INT(only_bad != FALSE));

    return read_all(state, row, read_verdict, (GDestroyNotify)rv_verdict_interval_free, error);
}

/* ---- links ---- */

void
rv_link_changes_free(RvLinkChanges *changes)
{
    if (changes == NULL)
        return;
    g_free(changes->device);
    g_free(changes->interface);
    g_free(changes->name);
    g_free(changes);
}

static gpointer
read_link(RvStatement *row)
{
    RvLinkChanges *one = g_new0(RvLinkChanges, 1);

    one->device = rv_db_column_word(row, 0);
    one->interface = rv_db_column_word(row, 1);
    one->name = rv_db_column_word(row, 2);
    one->changes = (guint)rv_db_column_int(row, 3);
    one->downs = (guint)rv_db_column_int(row, 4);
    one->first_ms = rv_db_column_int(row, 5);
    one->last_ms = rv_db_column_int(row, 6);
    return one;
}

GPtrArray *
rv_state_link_changes(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                      GError **error)
{
    RvStatement *row =
        rv_db_query(state, error,
                    "SELECT d.name, l.interface, max(l.name), sum(l.changes) AS changes,"
                    " sum(l.downs), min(l.first_ms), max(l.last_ms)"
                    " FROM link l JOIN device d ON d.id = l.device"
                    " WHERE " CHOSEN " AND l.first_ms >= ?2 AND l.first_ms < ?3"
                    " GROUP BY d.name, l.interface ORDER BY changes DESC, d.name, l.interface",
                    EVERY(device), RV_INT(from_ms), RV_INT(until_ms));

    return read_all(state, row, read_link, (GDestroyNotify)rv_link_changes_free, error);
}

/* ---- events ---- */

void
rv_event_row_free(RvEventRow *row)
{
    if (row == NULL)
        return;
    g_free(row->device);
    g_free(row->event.sensor);
    g_free(row->event.text);
    g_free(row);
}

static gpointer
read_event(RvStatement *row)
{
    RvEventRow *event = g_new0(RvEventRow, 1);

    event->device = rv_db_column_word(row, 0);
    event->event.record_id = rv_db_column_int(row, 1);
    event->event.time_ms = rv_db_column_int(row, 2);
    event->seen_ms = rv_db_column_int(row, 3);
    event->event.sensor = rv_db_column_word(row, 4);
    event->event.text = rv_db_column_word(row, 5);
    event->event.asserted = rv_db_column_int(row, 6) != 0;
    event->event.severity = rv_db_verdict(row, 7);
    return event;
}

/* Each device for itself: names of sensors are its own. */
static void
pair_rows(const GPtrArray *rows)
{
    g_autoptr(GHashTable) devices =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    GHashTableIter iter;
    gpointer events;

    for (guint i = 0; i < rows->len; i++) {
        RvEventRow *row = g_ptr_array_index(rows, i);

        events = g_hash_table_lookup(devices, row->device);
        if (events == NULL) {
            events = g_ptr_array_new();
            g_hash_table_insert(devices, row->device, events);
        }
        g_ptr_array_add(events, &row->event);
    }
    g_hash_table_iter_init(&iter, devices);
    while (g_hash_table_iter_next(&iter, NULL, &events))
        rv_events_pair(events);
}

GPtrArray *
rv_state_events(RvState *state, const char *device, gint64 from_ms, gint64 until_ms, GError **error)
{
    GPtrArray *rows;
    RvStatement *row = rv_db_query(
        state, error,
        "SELECT d.name, e.record_id, e.time_ms, e.seen_ms, e.sensor, e.text, e.asserted, e.severity"
        " FROM event e JOIN device d ON d.id = e.device WHERE " CHOSEN
        "  AND CASE e.time_ms WHEN 0 THEN e.seen_ms ELSE e.time_ms END >= ?2"
        "  AND CASE e.time_ms WHEN 0 THEN e.seen_ms ELSE e.time_ms END < ?3"
        " ORDER BY CASE e.time_ms WHEN 0 THEN e.seen_ms ELSE e.time_ms END, d.name, e.id",
        EVERY(device), RV_INT(from_ms), RV_INT(until_ms));

    rows = read_all(state, row, read_event, (GDestroyNotify)rv_event_row_free, error);
    if (rows != NULL)
        pair_rows(rows);
    return rows;
}

/* ---- components ---- */

void
rv_component_row_free(RvComponentRow *row)
{
    RvComponent *component;

    if (row == NULL)
        return;
    component = &row->component;
    g_free(row->device);
    g_free(component->key);
    g_free(component->class);
    g_free(component->name);
    g_free(component->model);
    g_free(component->serial);
    g_free(component->part_number);
    g_free(component->vendor);
    g_free(component->firmware);
    g_free(component->hardware);
    g_free(component->asset_tag);
    g_free(component->parent);
    g_free(row);
}

static gpointer
read_component(RvStatement *row)
{
    RvComponentRow *one = g_new0(RvComponentRow, 1);

    one->device = rv_db_column_word(row, 0);
    one->component.key = rv_db_column_word(row, 1);
    one->component.index = (int)rv_db_column_int(row, 2);
    one->component.class = rv_db_column_word(row, 3);
    one->component.name = rv_db_column_word(row, 4);
    one->component.model = rv_db_column_word(row, 5);
    one->component.serial = rv_db_column_word(row, 6);
    one->component.part_number = rv_db_column_word(row, 7);
    one->component.vendor = rv_db_column_word(row, 8);
    one->component.firmware = rv_db_column_word(row, 9);
    one->component.hardware = rv_db_column_word(row, 10);
    one->component.asset_tag = rv_db_column_word(row, 11);
    one->component.parent = rv_db_column_text(row, 12);
    one->from_ms = rv_db_column_int(row, 13);
    one->until_ms = rv_db_column_int(row, 14);
    one->last_ms = rv_db_column_int(row, 15);
    return one;
}

/* Of rows that the database has by device, key and time. */
static int
compare_parts(gconstpointer a, gconstpointer b)
{
    const RvComponentRow *left = *(RvComponentRow *const *)a, *right = *(RvComponentRow *const *)b;
    int order = rv_text_compare(left->device, right->device);

    return order != 0 ? order : rv_text_compare(left->component.key, right->component.key);
}

GPtrArray *
rv_state_components(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                    GError **error)
{
    GPtrArray *parts;
    RvStatement *row = rv_db_query(
        state, error,
        "SELECT d.name, c.key, c.idx, c.class, c.name, c.model, c.serial, c.part_number, c.vendor,"
        " c.firmware, c.hardware, c.asset_tag, c.parent, c.from_ms, c.until_ms, c.last_ms"
        " FROM component c JOIN device d ON d.id = c.device WHERE " CHOSEN
        "  AND c.from_ms < ?3 AND (c.until_ms IS NULL OR c.until_ms > ?2)"
        " ORDER BY d.name, c.key, c.from_ms, c.id",
        EVERY(device), RV_INT(from_ms), RV_INT(until_ms));

    parts = read_all(state, row, read_component, (GDestroyNotify)rv_component_row_free, error);
    if (parts != NULL)
        g_ptr_array_sort(parts, compare_parts); /* stable: GLib's is a merge sort */
    return parts;
}

/* ---- changes ---- */

static const char *const change_words[RV_CHANGE_KINDS] = {
    [RV_CHANGE_DEVICE_NEW] = "device_new",
    [RV_CHANGE_IDENTITY] = "identity",
    [RV_CHANGE_PART_ADDED] = "part_added",
    [RV_CHANGE_PART_REMOVED] = "part_removed",
    [RV_CHANGE_PART_REPLACED] = "part_replaced",
    [RV_CHANGE_FIRMWARE] = "firmware",
    [RV_CHANGE_RESTART] = "restart",
    [RV_CHANGE_LOST_SAMPLES] = "lost_samples",
    [RV_CHANGE_LATE_SAMPLE] = "late_sample",
    [RV_CHANGE_PART_FORGOTTEN] = "part_forgotten",
    [RV_CHANGE_LOG_CLEARED] = "log_cleared",
};

const char *
rv_change_kind_word(RvChangeKind kind)
{
    return change_words[kind];
}

void
rv_change_free(RvChange *change)
{
    if (change == NULL)
        return;
    g_free(change->device);
    g_free(change->subject);
    g_free(change->before);
    g_free(change->after);
    g_free(change);
}

static gpointer
read_change(RvStatement *row)
{
    RvChange *change = g_new0(RvChange, 1);
    g_autofree char *kind = rv_db_column_word(row, 2);

    change->time_ms = rv_db_column_int(row, 0);
    change->device = rv_db_column_word(row, 1);
    for (guint i = 0; i < RV_CHANGE_KINDS; i++) {
        if (strcmp(kind, change_words[i]) == 0)
            change->kind = (RvChangeKind)i;
    }
    change->subject = rv_db_column_word(row, 3);
    change->before = rv_db_column_word(row, 4);
    change->after = rv_db_column_word(row, 5);
    return change;
}

GPtrArray *
rv_state_changes(RvState *state, const char *device, gint64 from_ms, gint64 until_ms,
                 GError **error)
{
    RvStatement *row =
        rv_db_query(state, error,
                    "SELECT c.time_ms, d.name, c.kind, c.subject, c.before, c.after FROM change c"
                    " JOIN device d ON d.id = c.device WHERE " CHOSEN
                    "  AND c.time_ms >= ?2 AND c.time_ms < ?3 ORDER BY c.time_ms, c.id",
                    EVERY(device), RV_INT(from_ms), RV_INT(until_ms));

    return read_all(state, row, read_change, (GDestroyNotify)rv_change_free, error);
}
