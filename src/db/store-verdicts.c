#include <string.h>

#include "base/error.h"
#include "db/store.h"
#include "observation/words.h"
#include "plan/fault-facts.h"

#define GAP_FACTOR 2.5
#define SENSORS_CEILING 20000 /* of one device */

typedef struct {
    gint64 sensor;  /* row */
    gint64 verdict; /* open row; 0: none */
    RvVerdict status;
    RvPresence presence;
    gboolean seen;
    gboolean named; /* by this answer */
} Known;

static GHashTable *
load_known(const RvStoring *storing, GError **error)
{
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    RvStatement *row =
        rv_db_query(storing->state, error,
                    "SELECT s.key, s.id, v.id, v.status, v.presence, s.seen FROM sensor s"
                    " LEFT JOIN verdict v ON v.sensor = s.id AND v.until_ms IS NULL"
                    " WHERE s.device = ?1",
                    RV_INT(storing->device));
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(storing->state, row, error)) == RV_STEP_ROW) {
        Known *one = g_new0(Known, 1);

        one->sensor = rv_db_column_int(row, 1);
        one->verdict = rv_db_column_int(row, 2);
        one->status = rv_db_verdict(row, 3);
        one->presence = rv_db_presence(row, 4);
        one->seen = rv_db_column_int(row, 5) != 0;
        g_hash_table_insert(known, rv_db_column_word(row, 0), one);
    }
    return step == RV_STEP_END ? g_steal_pointer(&known) : NULL;
}

static Known *
add_sensor(const RvStoring *storing, GHashTable *known, const RvSensor *sensor, GError **error)
{
    gint64 id;
    Known *one;

    if (g_hash_table_size(known) >= SENSORS_CEILING) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: the device has named more than %d sensors; its keys change from round to "
                    "round, look at its profile",
                    storing->state->path, SENSORS_CEILING);
        return NULL;
    }
    if (!rv_db_insert(
            storing->state, &id, error,
            "INSERT INTO sensor (device, key, name, class, grp, component, first_ms, seen)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0) RETURNING id",
            RV_INT(storing->device), RV_TEXT(sensor->key), RV_TEXT(sensor->name),
            RV_TEXT(rv_class_word(sensor->class)), RV_TEXT(rv_sensor_group(sensor)),
            RV_TEXT(sensor->component), RV_INT(storing->now_ms)))
        return NULL;
    one = g_new0(Known, 1);
    one->sensor = id;
    g_hash_table_insert(known, g_strdup(sensor->key), one);
    return one;
}

static gboolean
end_verdict(const RvStoring *storing, Known *one, GError **error)
{
    gint64 id = one->verdict;

    one->verdict = 0;
    return id == 0 ||
           rv_db_run(storing->state, error,
                     "UPDATE verdict SET until_ms = ?2, last_sample = ?3 WHERE id = ?1", RV_INT(id),
                     RV_INT(storing->now_ms), RV_INT(storing->health_samples));
}

static gboolean
begin_verdict(const RvStoring *storing, Known *one, RvVerdict status, RvPresence presence,
              const char *reason, const char *facts, GError **error)
{
    if (!end_verdict(storing, one, error) ||
        !rv_db_insert(
            storing->state, &one->verdict, error,
            "INSERT INTO verdict (sensor, status, presence, reason, from_ms, first_sample,"
            " facts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
            RV_INT(one->sensor), RV_TEXT(rv_verdict_word(status)),
            RV_TEXT(rv_presence_word(presence)), RV_TEXT(reason), RV_INT(storing->now_ms),
            RV_INT(storing->health_samples), RV_TEXT(facts)))
        return FALSE;
    one->status = status;
    one->presence = presence;
    return TRUE;
}

/* A part counts as seen from the first time it was there and gave something, in an answer that was
 * whole: where the names of a table did not come, sensors go by other keys for that round. */
static gboolean
mark_seen(const RvStoring *storing, Known *one, const RvSensor *sensor, GError **error)
{
    if (one->seen || !storing->whole || sensor->presence != RV_PRESENCE_PRESENT)
        return TRUE;
    one->seen = TRUE;
    return rv_db_run(storing->state, error, "UPDATE sensor SET seen = 1 WHERE id = ?1",
                     RV_INT(one->sensor));
}

static gboolean
store_sensor(const RvStoring *storing, GHashTable *known, const RvSensor *sensor, GError **error)
{
    Known *one = g_hash_table_lookup(known, sensor->key);
    g_autofree char *facts = NULL;

    if (one == NULL) {
        one = add_sensor(storing, known, sensor, error);
        if (one == NULL)
            return FALSE;
    }
    one->named = TRUE;
    if (!mark_seen(storing, one, sensor, error))
        return FALSE;
    if (one->verdict != 0 && one->status == sensor->status && one->presence == sensor->presence)
        return TRUE;
    if (sensor->status != RV_VERDICT_OK)
        facts = rv_fault_facts_of_sensor(sensor);
    return begin_verdict(storing, one, sensor->status, sensor->presence, sensor->reason, facts,
                         error);
}

/* A whole answer that does not name a sensor: it is no more. Any other: nothing is known of it. */
static gboolean
store_unnamed(const RvStoring *storing, Known *one, GError **error)
{
    if (one->verdict == 0)
        return TRUE;
    if (storing->whole)
        return end_verdict(storing, one, error);
    if (one->status == RV_VERDICT_UNKNOWN)
        return TRUE;
    return begin_verdict(storing, one, RV_VERDICT_UNKNOWN, one->presence,
                         "not in the answer, which was not whole", NULL, error);
}

static gboolean
extend_span(const RvStoring *storing, GError **error)
{
    RvStatement *row = rv_db_query(storing->state, error,
                                   "SELECT id, until_ms FROM health_span WHERE device = ?1"
                                   " ORDER BY from_ms DESC LIMIT 1",
                                   RV_INT(storing->device));
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(storing->state, row, error);
    gint64 id = 0, until_ms = 0;

    if (step == RV_STEP_ERROR)
        return FALSE;
    if (step == RV_STEP_ROW) {
        id = rv_db_column_int(row, 0);
        until_ms = rv_db_column_int(row, 1);
        rv_db_done(row);
    }
    if (id != 0 && (double)(storing->now_ms - until_ms) <=
                       GAP_FACTOR * (double)storing->context.health_interval_ms)
        return rv_db_run(storing->state, error,
                         "UPDATE health_span SET until_ms = ?2, samples = samples + 1"
                         " WHERE id = ?1",
                         RV_INT(id), RV_INT(storing->now_ms));
    return rv_db_run(storing->state, error,
                     "INSERT INTO health_span (device, from_ms, until_ms, samples)"
                     " VALUES (?1, ?2, ?2, 1)",
                     RV_INT(storing->device), RV_INT(storing->now_ms));
}

static gboolean
count_sample(RvStoring *storing, GError **error)
{
    storing->health_samples++;
    return extend_span(storing, error) &&
           rv_db_run(storing->state, error, "UPDATE device SET health_samples = ?2 WHERE id = ?1",
                     RV_INT(storing->device), RV_INT(storing->health_samples));
}

gboolean
rv_store_verdicts(RvStoring *storing, GError **error)
{
    const GPtrArray *sensors = storing->observation->sensors;
    g_autoptr(GHashTable) known = NULL;
    GHashTableIter each;
    gpointer one;

    if (!count_sample(storing, error))
        return FALSE;
    known = load_known(storing, error);
    if (known == NULL)
        return FALSE;
    for (guint i = 0; i < sensors->len; i++) {
        if (!store_sensor(storing, known, g_ptr_array_index(sensors, i), error))
            return FALSE;
    }
    g_hash_table_iter_init(&each, known);
    while (g_hash_table_iter_next(&each, NULL, &one)) {
        if (!((Known *)one)->named && !store_unnamed(storing, one, error))
            return FALSE;
    }
    return TRUE;
}
