#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "collect/frame-form.h"
#include "collect/frame.h"
#include "collect/kept.h"
#include "collect/packed.h"

struct RvFrameRecorder {
    RvSnmpAnswers *answers;
    const RvColumnPlan *plan;
    RvSnmpWatch watch;
    RvReads reads;
    gboolean refused;
    GByteArray *profiles;
    GArray *marks;      /* guint64: by sensor */
    GHashTable *cells;  /* const RvVarbind*: still ones that values are made with */
    GHashTable *absent; /* RvOid*: such cells that are not there */
    GHashTable *ranges; /* RvOid*: subtrees that were looked through */
};

/* ---- watching ---- */

static void
oid_free(gpointer data)
{
    rv_oid_clear(data);
    g_free(data);
}

static void
remember(GHashTable *oids, const RvOid *oid)
{
    RvOid copy;

    if (g_hash_table_contains(oids, oid))
        return;
    copy = rv_oid_copy(oid);
    g_hash_table_add(oids, g_memdup2(&copy, sizeof copy));
}

static gboolean
overlaps(const RvOid *a, const RvOid *b)
{
    return rv_oid_is_below(a, b) || rv_oid_is_below(b, a);
}

/* What is kept although it may change, and is asked again now and then. */
static gboolean
rests(const RvOid *oid)
{
    guint count;
    const RvOid *resting = rv_kept_all_resting(&count);

    for (guint i = 0; i < count; i++)
        if (overlaps(oid, &resting[i]))
            return TRUE;
    return FALSE;
}

static gboolean
holds_moving(const RvColumnPlan *plan, const RvOid *root)
{
    for (guint i = 0; i < plan->moving->len; i++)
        if (overlaps(root, &g_array_index(plan->moving, RvOid, i)))
            return TRUE;
    return FALSE;
}

/* sysDescr, sysObjectID and sysName: with another one nothing kept is used. */
static gboolean
is_self(const RvOid *oid)
{
    static guint32 ids[] = {1, 3, 6, 1, 2, 1, 1};
    const RvOid system = {ids, G_N_ELEMENTS(ids)};

    return oid->length == system.length + 2 && rv_oid_is_below(oid, &system) &&
           (oid->ids[system.length] == 1 || oid->ids[system.length] == 2 ||
            oid->ids[system.length] == 5);
}

static gboolean
stands_still(const RvFrameRecorder *recorder, const RvOid *oid, gboolean below)
{
    if (is_self(oid))
        return TRUE;
    return !rv_frame_is_asked_always(oid) && !rests(oid) &&
           !(below ? holds_moving(recorder->plan, oid) : rv_column_plan_moves(recorder->plan, oid));
}

static void
remember_cells(RvFrameRecorder *recorder, const RvVarbind *cells, guint count)
{
    for (guint i = 0; i < count; i++)
        if (!rv_column_plan_moves(recorder->plan, &cells[i].oid) &&
            !rv_frame_is_asked_always(&cells[i].oid))
            g_hash_table_add(recorder->cells, (gpointer)&cells[i]);
}

static void
looked(const RvOid *oid, gboolean below, const RvVarbind *cells, guint count, gpointer user_data)
{
    RvFrameRecorder *recorder = user_data;

    switch (recorder->reads) {
    case RV_READS_FREELY:
        return;
    case RV_READS_STILL:
        recorder->refused = recorder->refused || !stands_still(recorder, oid, below);
        return;
    case RV_READS_MOVING:
        break;
    }
    if (rv_column_plan_moves(recorder->plan, oid) || rv_frame_is_asked_always(oid))
        return;
    remember_cells(recorder, cells, count);
    if (below)
        remember(recorder->ranges, oid);
    else if (count == 0)
        remember(recorder->absent, oid);
}

RvFrameRecorder *
rv_frame_recorder_new(RvSnmpAnswers *answers, const RvColumnPlan *plan)
{
    RvFrameRecorder *recorder = g_new0(RvFrameRecorder, 1);

    recorder->answers = answers;
    recorder->plan = plan;
    recorder->watch = (RvSnmpWatch){looked, recorder};
    recorder->profiles = g_byte_array_new();
    recorder->marks = g_array_new(FALSE, FALSE, sizeof(guint64));
    recorder->cells = g_hash_table_new(NULL, NULL);
    recorder->absent = g_hash_table_new_full(rv_oid_hash, rv_oid_equal, oid_free, NULL);
    recorder->ranges = g_hash_table_new_full(rv_oid_hash, rv_oid_equal, oid_free, NULL);
    rv_snmp_answers_watch(answers, &recorder->watch);
    return recorder;
}

void
rv_frame_recorder_free(RvFrameRecorder *recorder)
{
    if (recorder == NULL)
        return;
    rv_snmp_answers_watch(recorder->answers, NULL);
    g_byte_array_unref(recorder->profiles);
    g_array_unref(recorder->marks);
    g_hash_table_unref(recorder->cells);
    g_hash_table_unref(recorder->absent);
    g_hash_table_unref(recorder->ranges);
    g_free(recorder);
}

void
rv_frame_recorder_turn(RvFrameRecorder *recorder, RvReads reads)
{
    if (recorder != NULL)
        recorder->reads = reads;
}

void
rv_frame_recorder_set_profiles(RvFrameRecorder *recorder, const GPtrArray *profiles,
                               const RvOid *base)
{
    const RvOid none = {NULL, 0};

    rv_pack_number(recorder->profiles, profiles->len);
    for (guint i = 0; i < profiles->len; i++)
        rv_pack_optional(recorder->profiles,
                         ((const RvProfile *)g_ptr_array_index(profiles, i))->head->name);
    rv_pack_oid_after(recorder->profiles, base, &none);
}

void
rv_frame_recorder_add(RvFrameRecorder *recorder, guint64 mark)
{
    if (recorder != NULL)
        g_array_append_val(recorder->marks, mark);
}

void
rv_frame_recorder_refuse(RvFrameRecorder *recorder)
{
    recorder->refused = TRUE;
}

/* ---- writing ---- */

static void
put_texts(GByteArray *out, const RvFrameTexts *texts, gconstpointer structure)
{
    for (guint i = 0; i < texts->n; i++)
        rv_pack_optional(out, *rv_frame_text(texts, (gpointer)structure, i));
}

static void
put_interfaces(GByteArray *out, const GPtrArray *interfaces)
{
    rv_pack_number(out, interfaces->len);
    for (guint i = 0; i < interfaces->len; i++) {
        const RvInterface *one = g_ptr_array_index(interfaces, i);

        rv_pack_number(out, one->index);
        put_texts(out, &rv_frame_interface_texts, one);
        rv_pack_signed(out, one->type);
        rv_pack_number(out, one->admin_status);
        rv_pack_signed(out, one->speed_bps);
        rv_pack_signed(out, one->mtu);
        rv_pack_signed(out, one->last_change_ticks);
        rv_pack_signed(out, one->discontinuity_ticks);
    }
}

static void
put_components(GByteArray *out, const GPtrArray *components)
{
    rv_pack_number(out, components->len);
    for (guint i = 0; i < components->len; i++) {
        const RvComponent *one = g_ptr_array_index(components, i);

        rv_pack_signed(out, one->index);
        put_texts(out, &rv_frame_component_texts, one);
    }
}

static void
put_part(GByteArray *out, guint n, const GByteArray *part)
{
    rv_pack_number(out, n);
    rv_pack_number(out, part->len);
    g_byte_array_append(out, part->data, part->len);
}

static int
compare_cells(gconstpointer a, gconstpointer b)
{
    return rv_oid_compare(&(*(const RvVarbind *const *)a)->oid,
                          &(*(const RvVarbind *const *)b)->oid);
}

static int
compare_oids(gconstpointer a, gconstpointer b)
{
    return rv_oid_compare(*(const RvOid *const *)a, *(const RvOid *const *)b);
}

static GPtrArray *
keys_of(GHashTable *table, GCompareFunc compare)
{
    GPtrArray *keys = g_ptr_array_new();
    GHashTableIter each;
    gpointer key;

    g_hash_table_iter_init(&each, table);
    while (g_hash_table_iter_next(&each, &key, NULL))
        g_ptr_array_add(keys, key);
    g_ptr_array_sort(keys, compare);
    return keys;
}

static void
put_cells(GByteArray *out, GHashTable *table)
{
    g_autoptr(GPtrArray) cells = keys_of(table, compare_cells);
    g_autoptr(GByteArray) part = g_byte_array_new();
    const RvOid none = {NULL, 0}, *before = &none;

    for (guint i = 0; i < cells->len; i++) {
        const RvVarbind *cell = g_ptr_array_index(cells, i);

        rv_pack_cell(part, cell, before);
        before = &cell->oid;
    }
    put_part(out, cells->len, part);
}

static void
put_oids(GByteArray *out, GHashTable *table)
{
    g_autoptr(GPtrArray) oids = keys_of(table, compare_oids);
    const RvOid none = {NULL, 0}, *before = &none;
    guint all = 0;

    for (guint i = 0; i < oids->len; i++)
        all += ((const RvOid *)g_ptr_array_index(oids, i))->length;
    rv_pack_number(out, oids->len);
    rv_pack_number(out, all);
    for (guint i = 0; i < oids->len; i++) {
        rv_pack_oid_after(out, g_ptr_array_index(oids, i), before);
        before = g_ptr_array_index(oids, i);
    }
}

static void
put_sensors(GByteArray *out, const GPtrArray *sensors, const GArray *marks)
{
    g_autoptr(GByteArray) part = g_byte_array_new();

    for (guint i = 0; i < sensors->len; i++) {
        const RvSensor *one = g_ptr_array_index(sensors, i);

        put_texts(part, &rv_frame_sensor_texts, one);
        rv_pack_number(part, one->class);
        rv_pack_number(part, g_array_index(marks, guint64, i));
    }
    put_part(out, sensors->len, part);
}

static gboolean
is_small(const RvFrameRecorder *recorder, const RvObservation *observation)
{
    return observation->sensors->len == recorder->marks->len &&
           observation->interfaces->len <= RV_FRAME_CEILING &&
           observation->components->len <= RV_FRAME_CEILING &&
           observation->sensors->len <= RV_FRAME_CEILING &&
           g_hash_table_size(recorder->cells) <= RV_FRAME_CEILING &&
           g_hash_table_size(recorder->absent) <= RV_FRAME_CEILING &&
           g_hash_table_size(recorder->ranges) <= RV_FRAME_CEILING;
}

void
rv_frame_recorder_save(RvFrameRecorder *recorder, const RvObservation *observation,
                       const char *state_folder, const char *device, guint64 ground)
{
    g_autoptr(GByteArray) out = g_byte_array_new(), body = g_byte_array_new();
    g_autofree char *path = rv_frame_path(state_folder, device);

    if (recorder->refused || !is_small(recorder, observation))
        return;
    g_byte_array_append(body, recorder->profiles->data, recorder->profiles->len);
    put_texts(body, &rv_frame_identity_texts, &observation->device);
    put_interfaces(body, observation->interfaces);
    put_components(body, observation->components);
    put_cells(body, recorder->cells);
    put_oids(body, recorder->absent);
    put_oids(body, recorder->ranges);
    put_sensors(body, observation->sensors, recorder->marks);
    g_byte_array_append(out, (const guint8 *)RV_FRAME_MAGIC, strlen(RV_FRAME_MAGIC));
    rv_pack_number(out, rv_hash_more(RV_HASH_BASIS, device, strlen(device)));
    rv_pack_number(out, ground);
    rv_pack_number(out, rv_hash_block(body->data, body->len));
    g_byte_array_append(out, body->data, body->len);
    rv_packed_write(path, out->data, out->len);
}
