#include "collect/frame.h"

#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "collect/frame-form.h"
#include "collect/kept.h"
#include "collect/packed.h"

/* ---- the form ---- */

#define TEXTS(name, ...)                                                                           \
    static const gsize name##_offsets[] = {__VA_ARGS__};                                           \
    const RvFrameTexts rv_frame_##name##_texts = {name##_offsets, G_N_ELEMENTS(name##_offsets)}
#define AT(type, field) G_STRUCT_OFFSET(type, field)

TEXTS(identity, AT(RvDeviceIdentity, vendor), AT(RvDeviceIdentity, model), AT(RvDeviceIdentity, os),
      AT(RvDeviceIdentity, os_version), AT(RvDeviceIdentity, serial),
      AT(RvDeviceIdentity, profile));
TEXTS(interface, AT(RvInterface, key), AT(RvInterface, name), AT(RvInterface, description),
      AT(RvInterface, alias), AT(RvInterface, mac), AT(RvInterface, duplex));
TEXTS(component, AT(RvComponent, key), AT(RvComponent, class), AT(RvComponent, name),
      AT(RvComponent, model), AT(RvComponent, serial), AT(RvComponent, part_number),
      AT(RvComponent, vendor), AT(RvComponent, firmware), AT(RvComponent, hardware),
      AT(RvComponent, asset_tag), AT(RvComponent, parent));
TEXTS(sensor, AT(RvSensor, oid), AT(RvSensor, key), AT(RvSensor, name), AT(RvSensor, component),
      AT(RvSensor, group), AT(RvSensor, source));

char *
rv_frame_path(const char *state_folder, const char *device)
{
    g_autofree char *slug = rv_text_slug(device), *name = g_strconcat(slug, ".frame", NULL);

    return g_build_filename(state_folder, "agents", name, NULL);
}

gboolean
rv_frame_is_asked_always(const RvOid *oid)
{
    static guint32 system_ids[] = {1, 3, 6, 1, 2, 1, 1},
                   engine_ids[] = {1, 3, 6, 1, 6, 3, 10, 2, 1, 3, 0};
    const RvOid asked[] = {{system_ids, G_N_ELEMENTS(system_ids)},
                           {engine_ids, G_N_ELEMENTS(engine_ids)}};
    guint count;
    const RvOid *signs = rv_kept_signs(&count);

    for (guint i = 0; i < G_N_ELEMENTS(asked); i++)
        if (rv_oid_is_below(oid, &asked[i]))
            return TRUE;
    for (guint i = 0; i < count; i++)
        if (rv_oid_compare(oid, &signs[i]) == 0)
            return TRUE;
    return FALSE;
}

/* ---- reading ---- */

/* OIDs in order, and their numbers in one piece. */
typedef struct {
    RvOid *oids;
    guint n;
    guint32 *ids;
} Oids;

struct RvFrame {
    guint8 *bytes; /* texts lie in it */
    GPtrArray *profiles;
    RvOid base;
    RvDeviceIdentity identity;
    GArray *interfaces, *components; /* with texts that are borrowed */
    RvUnpack cells, sensors;         /* read when they are wanted */
    guint n_cells, n_sensors;
    Oids absent, ranges; /* cells that are not there; subtrees whose still cells are all here */
    const RvColumnPlan *plan;
    RvSnmpWatch watch;
    gboolean unfit;
};

static void
take_texts(RvUnpack *reader, const RvFrameTexts *texts, gpointer structure)
{
    for (guint i = 0; i < texts->n; i++)
        *rv_frame_text(texts, structure, i) = (char *)(gpointer)rv_unpack_optional(reader);
}

/* Puts copies where the structure has borrowed texts. */
static void
own_texts(const RvFrameTexts *texts, gpointer structure)
{
    for (guint i = 0; i < texts->n; i++) {
        char **text = rv_frame_text(texts, structure, i);

        *text = g_strdup(*text);
    }
}

static void
take_profiles(RvUnpack *reader, RvFrame *frame)
{
    guint32 ids[RV_OID_CEILING];
    guint n = rv_unpack_below(reader, RV_FRAME_CEILING), length = 0;

    for (guint i = 0; i < n && !reader->bad; i++)
        g_ptr_array_add(frame->profiles, (gpointer)rv_unpack_optional(reader));
    g_ptr_array_add(frame->profiles, NULL);
    rv_unpack_oid_after(reader, ids, &length);
    if (!reader->bad && length > 0)
        frame->base = rv_oid_from(ids, length);
}

static void
take_interfaces(RvUnpack *reader, RvFrame *frame)
{
    guint n = rv_unpack_below(reader, RV_FRAME_CEILING);

    for (guint i = 0; i < n && !reader->bad; i++) {
        RvInterface one = {.index = (guint32)rv_unpack_number(reader)};

        take_texts(reader, &rv_frame_interface_texts, &one);
        one.type = (int)rv_unpack_signed(reader);
        one.admin_status = (RvAdminStatus)rv_unpack_below(reader, RV_ADMIN_TESTING);
        one.speed_bps = rv_unpack_signed(reader);
        one.mtu = (int)rv_unpack_signed(reader);
        one.last_change_ticks = rv_unpack_signed(reader);
        one.discontinuity_ticks = rv_unpack_signed(reader);
        g_array_append_val(frame->interfaces, one);
    }
}

static void
take_components(RvUnpack *reader, RvFrame *frame)
{
    guint n = rv_unpack_below(reader, RV_FRAME_CEILING);

    for (guint i = 0; i < n && !reader->bad; i++) {
        RvComponent one = {.index = (int)rv_unpack_signed(reader)};

        take_texts(reader, &rv_frame_component_texts, &one);
        g_array_append_val(frame->components, one);
    }
}

static void
take_oids(RvUnpack *reader, Oids *oids)
{
    guint32 ids[RV_OID_CEILING];
    guint length = 0, at = 0, all;

    oids->n = rv_unpack_below(reader, RV_FRAME_CEILING);
    all = rv_unpack_below(reader, RV_FRAME_CEILING * RV_OID_CEILING);
    if (reader->bad || oids->n > (gsize)(reader->end - reader->at) ||
        all > (gsize)(reader->end - reader->at) * RV_OID_CEILING) {
        reader->bad = TRUE;
        return;
    }
    oids->oids = g_new(RvOid, oids->n);
    oids->ids = g_new(guint32, all);
    for (guint i = 0; i < oids->n && !reader->bad; i++) {
        rv_unpack_oid_after(reader, ids, &length);
        if (reader->bad || length > all - at) {
            reader->bad = TRUE;
            return;
        }
        memcpy(oids->ids + at, ids, length * sizeof *ids);
        oids->oids[i] = (RvOid){oids->ids + at, length};
        at += length;
    }
}

/* A part that is read later: how many elements, and its bytes. */
static RvUnpack
take_part(RvUnpack *reader, guint *n)
{
    guint size;
    const guint8 *bytes;

    *n = rv_unpack_below(reader, RV_FRAME_CEILING);
    size = rv_unpack_below(reader, G_MAXINT);
    bytes = rv_unpack_bytes(reader, size);
    return (RvUnpack){bytes, bytes != NULL ? bytes + size : NULL, bytes == NULL};
}

static gboolean
take_all(RvUnpack *reader, const char *device, guint64 ground, RvFrame *frame)
{
    const guint8 *magic = rv_unpack_bytes(reader, strlen(RV_FRAME_MAGIC));

    if (magic == NULL || memcmp(magic, RV_FRAME_MAGIC, strlen(RV_FRAME_MAGIC)) != 0 ||
        rv_unpack_number(reader) != rv_hash_more(RV_HASH_BASIS, device, strlen(device)) ||
        rv_unpack_number(reader) != ground ||
        rv_unpack_number(reader) != rv_hash_block(reader->at, (gsize)(reader->end - reader->at)))
        return FALSE;
    take_profiles(reader, frame);
    take_texts(reader, &rv_frame_identity_texts, &frame->identity);
    take_interfaces(reader, frame);
    take_components(reader, frame);
    frame->cells = take_part(reader, &frame->n_cells);
    take_oids(reader, &frame->absent);
    take_oids(reader, &frame->ranges);
    frame->sensors = take_part(reader, &frame->n_sensors);
    return !reader->bad;
}

RvFrame *
rv_frame_load(const char *state_folder, const char *device, guint64 ground)
{
    g_autofree char *path = rv_frame_path(state_folder, device);
    g_autoptr(RvFrame) frame = g_new0(RvFrame, 1);
    gsize size = 0;
    RvUnpack reader;

    frame->profiles = g_ptr_array_new();
    frame->interfaces = g_array_new(FALSE, FALSE, sizeof(RvInterface));
    frame->components = g_array_new(FALSE, FALSE, sizeof(RvComponent));
    if (!rv_packed_read(path, G_MAXINT, &frame->bytes, &size))
        return NULL;
    reader = (RvUnpack){frame->bytes, frame->bytes + size, FALSE};
    return take_all(&reader, device, ground, frame) ? g_steal_pointer(&frame) : NULL;
}

void
rv_frame_free(RvFrame *frame)
{
    if (frame == NULL)
        return;
    g_ptr_array_unref(frame->profiles);
    rv_oid_clear(&frame->base);
    g_array_unref(frame->interfaces);
    g_array_unref(frame->components);
    g_free(frame->absent.oids);
    g_free(frame->absent.ids);
    g_free(frame->ranges.oids);
    g_free(frame->ranges.ids);
    g_free(frame->bytes);
    g_free(frame);
}

const char *const *
rv_frame_profiles(const RvFrame *frame)
{
    return (const char *const *)frame->profiles->pdata;
}

const RvOid *
rv_frame_base(const RvFrame *frame)
{
    return &frame->base;
}

/* ---- filling ---- */

static gboolean
holds(const Oids *oids, const RvOid *oid)
{
    guint low = 0, high = oids->n;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        int order = rv_oid_compare(&oids->oids[middle], oid);

        if (order == 0)
            return TRUE;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return FALSE;
}

/* A cell that was found is the right one. What was not may be kept and not here. */
static void
looked(const RvOid *oid, gboolean below, const RvVarbind *cells, guint count, gpointer user_data)
{
    RvFrame *frame = user_data;

    if (!below && count > 0)
        return;
    if (!rv_column_plan_moves(frame->plan, oid) && !rv_frame_is_asked_always(oid) &&
        !holds(below ? &frame->ranges : &frame->absent, oid))
        frame->unfit = TRUE;
}

void
rv_frame_begin(RvFrame *frame, const RvColumnPlan *plan, RvSnmpAnswers *answers)
{
    guint32 ids[RV_OID_CEILING], object[RV_OID_CEILING];
    RvVarbind cell = {.oid = {ids, 0}};

    for (guint i = 0; i < frame->n_cells && !frame->cells.bad; i++) {
        rv_unpack_cell(&frame->cells, &cell, object);
        if (!frame->cells.bad && !rv_snmp_answers_add_copy(answers, &cell))
            frame->unfit = TRUE;
    }
    frame->unfit = frame->unfit || frame->cells.bad;
    frame->plan = plan;
    frame->watch = (RvSnmpWatch){looked, frame};
    rv_snmp_answers_watch(answers, &frame->watch);
}

void
rv_frame_add_still(const RvFrame *frame, RvObservation *observation)
{
    for (guint i = 0; i < frame->interfaces->len; i++) {
        RvInterface *copy =
            g_memdup2(&g_array_index(frame->interfaces, RvInterface, i), sizeof(RvInterface));

        own_texts(&rv_frame_interface_texts, copy);
        g_ptr_array_add(observation->interfaces, copy);
    }
    for (guint i = 0; i < frame->components->len; i++) {
        RvComponent *copy =
            g_memdup2(&g_array_index(frame->components, RvComponent, i), sizeof(RvComponent));

        own_texts(&rv_frame_component_texts, copy);
        g_ptr_array_add(observation->components, copy);
    }
}

gboolean
rv_frame_place(RvFrame *frame, guint64 mark, const char *oid, RvSensor *sensor)
{
    RvSensor kept = {0};

    if (frame->unfit || frame->n_sensors == 0) {
        frame->unfit = TRUE;
        return FALSE;
    }
    frame->n_sensors--;
    take_texts(&frame->sensors, &rv_frame_sensor_texts, &kept);
    if (rv_unpack_below(&frame->sensors, RV_CLASSES - 1) != sensor->class ||
        rv_unpack_number(&frame->sensors) != mark || frame->sensors.bad ||
        g_strcmp0(kept.oid, oid) != 0) {
        frame->unfit = TRUE;
        return FALSE;
    }
    for (guint i = 0; i < rv_frame_sensor_texts.n; i++) {
        char **text = rv_frame_text(&rv_frame_sensor_texts, sensor, i);

        g_free(*text);
        *text = g_strdup(*rv_frame_text(&rv_frame_sensor_texts, &kept, i));
    }
    return TRUE;
}

gboolean
rv_frame_end(RvFrame *frame, RvSnmpAnswers *answers)
{
    rv_snmp_answers_watch(answers, NULL);
    return !frame->unfit && frame->n_sensors == 0;
}

void
rv_frame_identify(const RvFrame *frame, RvDeviceIdentity *device)
{
    RvDeviceIdentity identity = frame->identity;

    for (guint i = 0; i < rv_frame_identity_texts.n; i++) {
        char **text = rv_frame_text(&rv_frame_identity_texts, device, i);

        if (*text == NULL)
            *text = g_strdup(*rv_frame_text(&rv_frame_identity_texts, &identity, i));
    }
}
