#include "ipmi/sensor-reading.h"

#include <stdlib.h>

#include "base/text.h"
#include "ipmi/sensor-record.h"

#define BUSY_TRIES 3
#define BUSY_PAUSE_MS 100
#define READING_UNAVAILABLE 0x20 /* Get Sensor Reading, second byte */
#define SCANNING_ENABLED 0x40

void
rv_ipmi_reader_clear(RvIpmiReader *reader)
{
    if (reader->reader != NULL)
        ipmi_sensor_read_ctx_destroy(reader->reader);
    reader->reader = NULL;
}

static gboolean
has_quirk(const RvIpmiReader *reader, guint quirk)
{
    return (reader->session->workarounds.quirks & quirk) != 0;
}

gboolean
rv_ipmi_reader_bridges(const RvIpmiReader *reader, const RvSdrRecord *record)
{
    return has_quirk(reader, RV_IPMI_QUIRK_BRIDGE) && record->bytes[5] != IPMI_SLAVE_ADDRESS_BMC;
}

/* ---- of the BMC's own sensors ---- */

/* The factors of a non-linear sensor hold for one reading each (§35.5). */
static gboolean
ask_factors(RvIpmiReader *reader, const RvSdrRecord *record, guint8 raw, RvIpmiFactors *factors)
{
    const guint8 request[] = {0x23, record->bytes[7], raw};
    guint8 reply[7];

    if (rv_ipmi_session_command(reader->session, record->bytes[6] & 3, IPMI_NET_FN_SENSOR_EVENT_RQ,
                                request, sizeof request, reply, sizeof reply,
                                NULL) < (int)sizeof reply)
        return FALSE;
    rv_ipmi_factors_set(factors, reply + 1);
    return TRUE;
}

static void
set_value(RvIpmiReader *reader, const RvSdrRecord *record, guint8 raw, RvIpmiSensor *sensor)
{
    RvIpmiFactors factors;

    if (sensor->event_type != IPMI_EVENT_READING_TYPE_CODE_THRESHOLD ||
        !rv_ipmi_factors(record, &factors))
        return;
    if (rv_ipmi_factors_must_be_asked(&factors) && !ask_factors(reader, record, raw, &factors))
        return;
    sensor->analog = TRUE;
    sensor->value = rv_ipmi_value(&factors, raw);
}

static gboolean
ask_bmc(RvIpmiReader *reader, const RvSdrRecord *record, RvIpmiSensor *sensor)
{
    const guint8 request[] = {0x2D, sensor->number};
    guint8 reply[4] = {0}; /* some leave the states out */

    if (rv_ipmi_session_command(reader->session, sensor->owner_lun, IPMI_NET_FN_SENSOR_EVENT_RQ,
                                request, sizeof request, reply, sizeof reply, NULL) < 2 ||
        (reply[1] & READING_UNAVAILABLE) ||
        (!(reply[1] & SCANNING_ENABLED) && !has_quirk(reader, RV_IPMI_QUIRK_IGNORE_SCANNING)))
        return FALSE;
    sensor->events = (guint16)(reply[2] | reply[3] << 8);
    set_value(reader, record, reply[0], sensor);
    return TRUE;
}

/* ---- by libfreeipmi: of other controllers, and where a board's workaround says so ---- */

static unsigned int
read_flags(guint quirks)
{
    static const struct {
        guint quirk;
        unsigned int flag;
    } rows[] = {
        {RV_IPMI_QUIRK_BRIDGE, IPMI_SENSOR_READ_FLAGS_BRIDGE_SENSORS},
        {RV_IPMI_QUIRK_DISCRETE_READING, IPMI_SENSOR_READ_FLAGS_DISCRETE_READING},
        {RV_IPMI_QUIRK_IGNORE_SCANNING, IPMI_SENSOR_READ_FLAGS_IGNORE_SCANNING_DISABLED},
        {RV_IPMI_QUIRK_ASSUME_BMC_OWNER, IPMI_SENSOR_READ_FLAGS_ASSUME_BMC_OWNER},
    };
    unsigned int flags = IPMI_SENSOR_READ_FLAGS_DEFAULT;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (quirks & rows[i].quirk)
            flags |= rows[i].flag;
    return flags;
}

/* Whether libfreeipmi gave up before it sent anything. */
static gboolean
was_not_asked(int errnum)
{
    return errnum == IPMI_SENSOR_READ_ERR_SENSOR_NOT_OWNED_BY_BMC ||
           errnum == IPMI_SENSOR_READ_ERR_SENSOR_IS_SYSTEM_SOFTWARE ||
           errnum == IPMI_SENSOR_READ_ERR_SENSOR_CANNOT_BE_BRIDGED ||
           errnum == IPMI_SENSOR_READ_ERR_INVALID_SDR_RECORD_TYPE ||
           errnum == IPMI_SENSOR_READ_ERR_SDR_ENTRY_ERROR ||
           errnum == IPMI_SENSOR_READ_ERR_PARAMETERS;
}

/* The BMC itself is well. */
static gboolean
is_satellites_silence(const RvIpmiReader *reader, const RvSdrRecord *record)
{
    int errnum = ipmi_ctx_errnum(reader->session->context);

    return record->bytes[5] != IPMI_SLAVE_ADDRESS_BMC &&
           (errnum == IPMI_ERR_MESSAGE_TIMEOUT || errnum == IPMI_ERR_SESSION_TIMEOUT);
}

static void
take_value(double *value, RvIpmiSensor *sensor)
{
    if (value == NULL)
        return;
    sensor->analog = TRUE;
    sensor->value = *value;
    free(value); /* libfreeipmi's malloc */
}

static gboolean
ask_once(RvIpmiReader *reader, const RvSdrRecord *record, guint sibling, RvIpmiSensor *sensor)
{
    gint64 begun_ms = rv_ipmi_session_begin(reader->session);
    double *value = NULL;
    guint8 raw;
    int result = ipmi_sensor_read(reader->reader, record->bytes, record->length, (guint8)sibling,
                                  &raw, &value, &sensor->events);
    int errnum = result <= 0 ? ipmi_sensor_read_ctx_errnum(reader->reader) : 0;
    guint requests = was_not_asked(errnum) ? 0 : 1;

    if (result < 0 && requests > 0)
        reader->silent = is_satellites_silence(reader, record) ? record->bytes[5] : 0;
    rv_ipmi_session_end(reader->session, begun_ms, requests,
                        result < 0 && errnum == IPMI_SENSOR_READ_ERR_IPMI_ERROR &&
                            reader->silent == 0);
    take_value(value, sensor);
    return result >= 0;
}

static gboolean
make_reader(RvIpmiReader *reader)
{
    if (reader->reader == NULL) {
        reader->reader = ipmi_sensor_read_ctx_create(reader->session->context);
        if (reader->reader != NULL)
            (void)ipmi_sensor_read_ctx_set_flags(reader->reader,
                                                 read_flags(reader->session->workarounds.quirks));
    }
    return reader->reader != NULL;
}

static gboolean
ask_library(RvIpmiReader *reader, const RvSdrRecord *record, guint sibling, RvIpmiSensor *sensor)
{
    if (!make_reader(reader))
        return FALSE;
    for (guint try = 0;
         try < BUSY_TRIES && reader->silent == 0 && rv_ipmi_session_goes_on(reader->session);
         try++) {
        if (ask_once(reader, record, sibling, sensor))
            return TRUE;
        if (ipmi_sensor_read_ctx_errnum(reader->reader) != IPMI_SENSOR_READ_ERR_NODE_BUSY)
            break;
        g_usleep((gulong)(BUSY_PAUSE_MS << try) * 1000);
    }
    return FALSE;
}

/* ---- who is asked ---- */

static gboolean
ask(RvIpmiReader *reader, const RvSdrRecord *record, guint sibling, RvIpmiSensor *sensor)
{
    gboolean own = sensor->owner_id == IPMI_SLAVE_ADDRESS_BMC;
    gboolean odd =
        has_quirk(reader, RV_IPMI_QUIRK_DISCRETE_READING | RV_IPMI_QUIRK_ASSUME_BMC_OWNER);

    /* libfreeipmi takes another LUN of the BMC itself for another controller */
    if (own && (!odd || sensor->owner_lun != 0))
        return ask_bmc(reader, record, sensor);
    if (!own && !has_quirk(reader, RV_IPMI_QUIRK_BRIDGE | RV_IPMI_QUIRK_ASSUME_BMC_OWNER))
        return FALSE;
    return ask_library(reader, record, sibling, sensor);
}

/* Reserved event types (IPMI 2.0 table 42-1): the bits have no meaning. */
static gboolean
has_meaning(guint8 event_type)
{
    return IPMI_EVENT_READING_TYPE_CODE_IS_THRESHOLD(event_type) ||
           IPMI_EVENT_READING_TYPE_CODE_IS_GENERIC(event_type) ||
           IPMI_EVENT_READING_TYPE_CODE_IS_SENSOR_SPECIFIC(event_type) ||
           IPMI_EVENT_READING_TYPE_CODE_IS_OEM(event_type);
}

static char **
event_words(const RvSdrKey *key, const RvIpmiSensor *sensor)
{
    unsigned int flags = IPMI_GET_EVENT_MESSAGES_FLAGS_SENSOR_READING |
                         IPMI_GET_EVENT_MESSAGES_FLAGS_SHORT |
                         IPMI_GET_EVENT_MESSAGES_FLAGS_INTERPRET_OEM_DATA;
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    char **messages = NULL;
    unsigned int count = 0;

    if (ipmi_get_event_messages(sensor->event_type, sensor->type, sensor->number, sensor->events,
                                key->manufacturer_id, key->product_id, &messages, &count, NULL,
                                flags) < 0)
        return g_strv_builder_end(words);
    for (unsigned int i = 0; i < count; i++) {
        g_autofree char *clean = rv_text_clean(messages[i], -1, 0);

        g_strv_builder_add(words, clean);
        free(messages[i]); /* libfreeipmi's malloc */
    }
    free(messages);
    return g_strv_builder_end(words);
}

gboolean
rv_ipmi_reader_read(RvIpmiReader *reader, const RvSdrRecord *record, guint sibling,
                    RvIpmiSensor *sensor)
{
    if (!ask(reader, record, sibling, sensor))
        return FALSE;
    sensor->readable = TRUE;
    sensor->satellite = FALSE;
    sensor->has_events = has_meaning(sensor->event_type);
    if (sensor->has_events)
        sensor->event_words = event_words(reader->key, sensor);
    return TRUE;
}
