#include "db/latest.h"

#include <libdeflate.h>
#include <string.h>

#include "base/error.h"
#include "observation/json.h"

#define BODY_CEILING (64 * 1024 * 1024)

/* zlib's format (RFC 1950); NULL: no memory. */
static GByteArray *
deflate_line(const char *line, gsize length)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(1);
    GByteArray *out;

    if (compressor == NULL)
        return NULL;
    out = g_byte_array_new();
    g_byte_array_set_size(out, (guint)libdeflate_zlib_compress_bound(compressor, length));
    g_byte_array_set_size(
        out, (guint)libdeflate_zlib_compress(compressor, line, length, out->data, out->len));
    libdeflate_free_compressor(compressor);
    return out;
}

/* NULL: `bytes` are no zlib stream of `size` bytes. */
static GByteArray *
inflate_line(const guint8 *bytes, gsize length, gsize size)
{
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
    g_autoptr(GByteArray) out = g_byte_array_new();
    gboolean fine;

    if (decompressor == NULL)
        return NULL;
    g_byte_array_set_size(out, (guint)size);
    fine = libdeflate_zlib_decompress(decompressor, bytes, length, out->data, size, NULL) ==
           LIBDEFLATE_SUCCESS;
    libdeflate_free_decompressor(decompressor);
    return fine ? g_steal_pointer(&out) : NULL;
}

gboolean
rv_latest_store(RvState *state, gint64 device, const RvObservation *observation,
                const RvStoreContext *context, GError **error)
{
    g_autofree char *own = context->line == NULL ? rv_observation_to_json_brief(observation) : NULL;
    const char *line = own != NULL ? own : context->line;
    gconstpointer counters = NULL;
    gsize counters_length = 0;
    gsize length = strlen(line);
    g_autoptr(GByteArray) body = length <= BODY_CEILING ? deflate_line(line, length) : NULL;

    if (body == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA,
                    "%s: answer of %s: longer than %d bytes, or no memory to pack it", state->path,
                    observation->device.name, BODY_CEILING);
        return FALSE;
    }
    if (context->counters != NULL)
        counters = g_bytes_get_data(context->counters, &counters_length);
    return rv_db_run(state, error,
                     "INSERT INTO latest (device, taken_ms, size, body, counters)"
                     " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (device) DO UPDATE"
                     " SET taken_ms = ?2, size = ?3, body = ?4,"
                     " counters = coalesce(?5, latest.counters)",
                     RV_INT(device), RV_INT(observation->taken_at_ms), RV_INT(length),
                     RV_BLOB(body->data, body->len),
                     counters != NULL ? RV_BLOB(counters, counters_length) : RV_TEXT(NULL));
}

static RvObservation *
read_body(const guint8 *bytes, gsize length, gint64 size, GError **error)
{
    g_autoptr(GByteArray) text =
        size > 0 && size <= BODY_CEILING ? inflate_line(bytes, length, (gsize)size) : NULL;
    RvObservation *observation = NULL;
    json_error_t place;
    json_t *json;

    if (text == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA,
                    "%" G_GSIZE_FORMAT " bytes that do not unpack to %" G_GINT64_FORMAT, length,
                    size);
        return NULL;
    }
    json = json_loadb((const char *)text->data, text->len, 0, &place);
    if (json == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "byte %d: %s", place.position, place.text);
        return NULL;
    }
    observation = rv_observation_from_json(json, error);
    json_decref(json);
    return observation;
}

/* The census and the health answer come at different times: parts come from the last census. */
static gboolean
add_components(RvState *state, const char *device, RvObservation *observation, GError **error)
{
    g_autoptr(GPtrArray) rows = NULL;

    if (observation->components->len > 0)
        return TRUE;
    rows = rv_state_components(state, device, G_MAXINT64 - 1, G_MAXINT64, error);
    if (rows == NULL)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        RvComponentRow *row = g_ptr_array_index(rows, i);
        RvComponent *component = rv_observation_add_component(observation);
        RvComponent empty = *component;

        *component = row->component;
        row->component = empty;
    }
    return TRUE;
}

GBytes *
rv_state_counters(RvState *state, const char *device, GError **error)
{
    RvStatement *row = rv_db_query(state, error,
                                   "SELECT l.counters FROM latest l JOIN device d"
                                   " ON d.id = l.device WHERE d.name = ?1",
                                   RV_TEXT(device));
    GBytes *counters = NULL;
    gconstpointer bytes;
    gsize length;

    if (row == NULL || rv_db_step(state, row, error) != RV_STEP_ROW)
        return NULL;
    bytes = rv_db_column_blob(row, 0, &length);
    if (bytes != NULL)
        counters = g_bytes_new(bytes, length);
    rv_db_done(row);
    return counters;
}

gboolean
rv_state_keep_counters(RvState *state, const char *device, GBytes *counters, GError **error)
{
    gsize length;
    gconstpointer bytes = g_bytes_get_data(counters, &length);

    return rv_db_run(state, error,
                     "UPDATE latest SET counters = ?2"
                     " WHERE device = (SELECT id FROM device WHERE name = ?1)",
                     RV_TEXT(device), RV_BLOB(bytes, length));
}

RvObservation *
rv_state_latest(RvState *state, const char *device, GError **error)
{
    g_autoptr(RvObservation) observation = NULL;
    g_autoptr(GError) problem = NULL;
    RvStatement *statement =
        rv_db_query(state, error,
                    "SELECT l.body, l.size FROM latest l JOIN device d ON d.id = l.device"
                    " WHERE d.name = ?1",
                    RV_TEXT(device));
    gconstpointer body;
    gsize length;

    if (statement == NULL || rv_db_step(state, statement, error) != RV_STEP_ROW)
        return NULL;
    body = rv_db_column_blob(statement, 0, &length);
    observation = read_body(body, length, rv_db_column_int(statement, 1), &problem);
    rv_db_done(statement);
    if (observation == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: the last answer of %s cannot be read (%s); the next poll replaces it",
                    state->path, device, problem->message);
        return NULL;
    }
    return add_components(state, device, observation, error) ? g_steal_pointer(&observation) : NULL;
}
