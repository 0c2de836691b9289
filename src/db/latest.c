#include "db/latest.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "observation/json.h"

#define BODY_CEILING (64 * 1024 * 1024)

/* All of `bytes` through a GZlibCompressor or its inverse; at most `ceiling` bytes come out. */
static GByteArray *
convert(GConverter *converter, const guint8 *bytes, gsize length, gsize ceiling, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    GConverterResult result = G_CONVERTER_CONVERTED;

    while (result != G_CONVERTER_FINISHED) {
        guint8 piece[16384];
        gsize taken = 0, made = 0;

        result = g_converter_convert(converter, bytes, length, piece, sizeof piece,
                                     G_CONVERTER_INPUT_AT_END, &taken, &made, error);
        if (result == G_CONVERTER_ERROR)
            return NULL;
        bytes += taken;
        length -= taken;
        g_byte_array_append(out, piece, (guint)made);
        if (out->len > ceiling) {
            g_set_error(error, RV_ERROR, RV_ERROR_DATA, "longer than %" G_GSIZE_FORMAT " bytes",
                        ceiling);
            return NULL;
        }
    }
    return g_steal_pointer(&out);
}

gboolean
rv_latest_store(RvState *state, gint64 device, const RvObservation *observation,
                const RvStoreContext *context, GError **error)
{
    g_autofree char *own = context->line == NULL ? rv_observation_to_json_line(observation) : NULL;
    const char *line = own != NULL ? own : context->line;
    gconstpointer counters = NULL;
    gsize counters_length = 0;
    g_autoptr(GConverter) compressor =
        G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 1));
    gsize length = strlen(line);
    g_autoptr(GByteArray) body =
        convert(compressor, (const guint8 *)line, length, BODY_CEILING, error);

    if (body == NULL) {
        g_prefix_error(error, "%s: answer of %s: ", state->path, observation->device.name);
        return FALSE;
    }
    if (context->counters != NULL)
        counters = g_bytes_get_data(context->counters, &counters_length);
    return rv_db_run(state, error,
                     "INSERT INTO latest (device, taken_ms, size, body, counters)"
                     " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (device) DO UPDATE"
                     " SET taken_ms = ?2, size = ?3, body = ?4, counters = ?5",
                     RV_INT(device), RV_INT(observation->taken_at_ms), RV_INT(length),
                     RV_BLOB(body->data, body->len),
                     counters != NULL ? RV_BLOB(counters, counters_length) : RV_TEXT(NULL));
}

static RvObservation *
read_body(const guint8 *bytes, gsize length, GError **error)
{
    g_autoptr(GConverter) decompressor =
        G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
    g_autoptr(GByteArray) text = convert(decompressor, bytes, length, BODY_CEILING, error);
    RvObservation *observation = NULL;
    json_error_t place;
    json_t *json;

    if (text == NULL)
        return NULL;
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

RvObservation *
rv_state_latest(RvState *state, const char *device, GError **error)
{
    g_autoptr(RvObservation) observation = NULL;
    g_autoptr(GError) problem = NULL;
    RvStatement *statement =
        rv_db_query(state, error,
                    "SELECT l.body FROM latest l JOIN device d ON d.id = l.device"
                    " WHERE d.name = ?1",
                    RV_TEXT(device));
    gconstpointer body;
    gsize length;

    if (statement == NULL || rv_db_step(state, statement, error) != RV_STEP_ROW)
        return NULL;
    body = rv_db_column_blob(statement, 0, &length);
    observation = read_body(body, length, &problem);
    rv_db_done(statement);
    if (observation == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: the last answer of %s cannot be read (%s); the next poll replaces it",
                    state->path, device, problem->message);
        return NULL;
    }
    return add_components(state, device, observation, error) ? g_steal_pointer(&observation) : NULL;
}
