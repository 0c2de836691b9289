#include "ipmi/sensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SIBLINGS_MAX 32
#define ACCESS_NONE 0
#define ACCESS_FIXED 3 /* only the record says them */
#define BUSY_TRIES 3
#define BUSY_PAUSE_MS 100
#define READING_UNAVAILABLE 0x20 /* Get Sensor Reading, second byte */
#define SCANNING_ENABLED 0x40

/* ---- what the record says ---- */

static char *
sensor_name(ipmi_sdr_ctx_t context, const RvSdrRecord *record, guint8 number, guint sibling)
{
    char name[IPMI_SDR_MAX_SENSOR_NAME_LENGTH + 1] = "";
    unsigned int flags = sibling == 0 ? IPMI_SDR_SENSOR_NAME_FLAGS_IGNORE_SHARED_SENSORS
                                      : IPMI_SDR_SENSOR_NAME_FLAGS_DEFAULT;

    if (ipmi_sdr_parse_sensor_name(context, record->bytes, record->length, number, flags, name,
                                   sizeof name - 1) < 0)
        (void)ipmi_sdr_parse_id_string(context, record->bytes, record->length, name,
                                       sizeof name - 1);
    return rv_text_clean(name, -1, 0);
}

static char *
entity_name(guint8 id, guint8 instance)
{
    /* two numbers say air inlet; FreeIPMI's names know the second of them */
    const char *name =
        ipmi_get_entity_id_string(id == IPMI_ENTITY_ID_AIR_INLET_B ? IPMI_ENTITY_ID_AIR_INLET : id);
    /* 60h to 7Fh count within a device, from 60h (IPMI 2.0 §39.1) */
    guint number = instance >= 0x60 && instance <= 0x7F ? instance - 0x60u : instance;

    return name != NULL ? g_strdup_printf("%s %u", name, number) : NULL;
}

static char *
unit_of(ipmi_sdr_ctx_t context, const RvSdrRecord *record)
{
    guint8 percentage, modifier, rate, base, modifier_unit;
    char unit[64] = "";

    if (ipmi_sdr_parse_sensor_units(context, record->bytes, record->length, &percentage, &modifier,
                                    &rate, &base, &modifier_unit) < 0 ||
        ipmi_sensor_units_string(percentage, modifier, rate, base, modifier_unit, unit,
                                 sizeof unit - 1, TRUE) <= 0)
        return g_strdup(ipmi_sensor_units[IPMI_SENSOR_UNIT_UNSPECIFIED]);
    return g_strdup(unit);
}

typedef struct {
    int8_t r_exponent, b_exponent;
    int16_t m, b;
    uint8_t linearization, format;
} Decoding;

static gboolean
decoding_of(ipmi_sdr_ctx_t context, const RvSdrRecord *record, Decoding *decoding)
{
    return ipmi_sdr_parse_sensor_decoding_data(
               context, record->bytes, record->length, &decoding->r_exponent, &decoding->b_exponent,
               &decoding->m, &decoding->b, &decoding->linearization, &decoding->format) == 0 &&
           IPMI_SDR_ANALOG_DATA_FORMAT_VALID(decoding->format) &&
           IPMI_SDR_LINEARIZATION_IS_LINEAR(decoding->linearization);
}

static double
decode(const Decoding *decoding, guint8 raw)
{
    double value = NAN;

    if (ipmi_sensor_decode_value(decoding->r_exponent, decoding->b_exponent, decoding->m,
                                 decoding->b, decoding->linearization, decoding->format, raw,
                                 &value) < 0)
        return NAN;
    return value;
}

/* A span of `raw` steps in the sensor's unit: no offset. Only where a step is the same everywhere.
 */
static double
decode_span(const Decoding *decoding, guint8 raw)
{
    if (decoding->linearization != IPMI_SDR_LINEARIZATION_LINEAR)
        return 0;
    return fabs((double)raw * decoding->m * pow(10, decoding->r_exponent));
}

static void
set_thresholds(ipmi_sdr_ctx_t context, const RvSdrRecord *record, const Decoding *decoding,
               RvIpmiSensor *sensor)
{
    /* in the order of Get Sensor Thresholds (IPMI 2.0 §35.9) */
    double *const limits[] = {&sensor->lower_noncritical,    &sensor->lower_critical,
                              &sensor->lower_nonrecoverable, &sensor->upper_noncritical,
                              &sensor->upper_critical,       &sensor->upper_nonrecoverable};
    guint8 readable[6], raw[6];
    guint8 access = record->bytes[11] >> 2 & 3; /* §43.1 */

    if (access == ACCESS_NONE)
        return;
    if (record->has_thresholds && access != ACCESS_FIXED) {
        for (guint i = 0; i < G_N_ELEMENTS(limits); i++)
            if (record->thresholds[0] & (1 << i))
                *limits[i] = decode(decoding, record->thresholds[1 + i]);
        return;
    }
    if (ipmi_sdr_parse_threshold_readable(context, record->bytes, record->length, &readable[0],
                                          &readable[1], &readable[2], &readable[3], &readable[4],
                                          &readable[5]) < 0 ||
        ipmi_sdr_parse_thresholds_raw(context, record->bytes, record->length, &raw[0], &raw[1],
                                      &raw[2], &raw[3], &raw[4], &raw[5]) < 0)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(limits); i++)
        if (readable[i])
            *limits[i] = decode(decoding, raw[i]);
}

static void
set_analog(ipmi_sdr_ctx_t context, const RvSdrRecord *record, RvIpmiSensor *sensor)
{
    guint8 positive, negative;
    Decoding decoding;

    if (rv_sdr_record_type(record) != IPMI_SDR_FORMAT_FULL_SENSOR_RECORD ||
        sensor->event_type != IPMI_EVENT_READING_TYPE_CODE_THRESHOLD ||
        !decoding_of(context, record, &decoding))
        return;
    set_thresholds(context, record, &decoding, sensor);
    if (ipmi_sdr_parse_hysteresis(context, record->bytes, record->length, &positive, &negative) < 0)
        return;
    /* FFh: not specified (§43.1) */
    sensor->hysteresis_positive = positive != 0xFF ? decode_span(&decoding, positive) : 0;
    sensor->hysteresis_negative = negative != 0xFF ? decode_span(&decoding, negative) : 0;
}

/* Event-only records describe what can be told in the SEL, not what can be read. */
static gboolean
describes_a_sensor(const RvSdrRecord *record)
{
    guint8 type = rv_sdr_record_type(record);

    return (type == IPMI_SDR_FORMAT_FULL_SENSOR_RECORD ||
            type == IPMI_SDR_FORMAT_COMPACT_SENSOR_RECORD) &&
           record->length > 16;
}

/* Where a shared record counts entity instances up, so does the sibling (§43.2). */
static guint8
entity_instance(ipmi_sdr_ctx_t context, const RvSdrRecord *record, guint sibling)
{
    guint8 count, type, offset, counts_up = 0;

    if (sibling > 0)
        (void)ipmi_sdr_parse_sensor_record_sharing(context, record->bytes, record->length, &count,
                                                   &type, &offset, &counts_up);
    return (guint8)(record->bytes[9] + (counts_up ? sibling : 0));
}

RvIpmiSensor *
rv_ipmi_sensor_describe(ipmi_sdr_ctx_t context, const RvSdrRecord *record, guint sibling)
{
    RvIpmiSensor *sensor;

    if (!describes_a_sensor(record))
        return NULL;
    sensor = rv_ipmi_sensor_new();
    sensor->record_id = rv_sdr_record_id(record);
    sensor->owner_id = record->bytes[5];
    sensor->owner_lun = record->bytes[6] & 3;
    sensor->number = (guint8)(record->bytes[7] + sibling);
    sensor->entity_id = record->bytes[8];
    sensor->entity_instance = entity_instance(context, record, sibling) & 0x7F;
    sensor->type = record->bytes[12];
    sensor->event_type = record->bytes[13] & 0x7F;
    sensor->name = sensor_name(context, record, sensor->number, sibling);
    sensor->entity = entity_name(sensor->entity_id, sensor->entity_instance);
    sensor->satellite = sensor->owner_id != IPMI_SLAVE_ADDRESS_BMC;
    if (sensor->event_type != IPMI_EVENT_READING_TYPE_CODE_THRESHOLD && record->length > 19)
        sensor->possible = (guint16)((record->bytes[18] | record->bytes[19] << 8) & 0x7FFF);
    sensor->unit = unit_of(context, record);
    set_analog(context, record, sensor);
    return sensor;
}

/* ---- what the BMC says ---- */

typedef struct {
    RvIpmiSession *session;
    ipmi_sdr_ctx_t sdr;
    ipmi_sensor_read_ctx_t reader;
    guint32 manufacturer_id;
    guint16 product_id;
    guint8 silent; /* address of a satellite controller that did not answer; 0: none */
} Asking;

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

/* Sensors behind another LUN of the BMC itself: libfreeipmi takes them for another controller's. */
static gboolean
is_behind_lun(const RvSdrRecord *record)
{
    return record->bytes[5] == IPMI_SLAVE_ADDRESS_BMC && (record->bytes[6] & 3) != 0;
}

/* Get Sensor Reading, §35.14. As ipmi_sensor_read. */
static int
ask_lun(Asking *asking, const RvSdrRecord *record, guint sibling, double **value, guint16 *events)
{
    const guint8 request[] = {0x2D, (guint8)(record->bytes[7] + sibling)};
    gboolean any = (asking->session->workarounds.quirks & RV_IPMI_QUIRK_IGNORE_SCANNING) != 0;
    gboolean threshold = (record->bytes[13] & 0x7F) == IPMI_EVENT_READING_TYPE_CODE_THRESHOLD;
    guint8 reply[4] = {0};
    Decoding decoding;

    if (rv_ipmi_session_command(asking->session, record->bytes[6] & 3, IPMI_NET_FN_SENSOR_EVENT_RQ,
                                request, sizeof request, reply, sizeof reply, NULL) < 2 ||
        (reply[1] & READING_UNAVAILABLE) || (!(reply[1] & SCANNING_ENABLED) && !any))
        return -1;
    *events = (guint16)((reply[2] | reply[3] << 8) & (threshold ? 0x3F : 0x7FFF));
    if (!threshold || rv_sdr_record_type(record) != IPMI_SDR_FORMAT_FULL_SENSOR_RECORD ||
        !decoding_of(asking->sdr, record, &decoding))
        return 0;
    *value = malloc(sizeof **value); /* as libfreeipmi gives it */
    **value = decode(&decoding, reply[0]);
    return 1;
}

/* libfreeipmi takes the silence of a controller behind the BMC for the end of the session, and then
 * it is: but the BMC itself is well. */
static gboolean
is_satellites_silence(Asking *asking, const RvSdrRecord *record)
{
    int errnum = ipmi_ctx_errnum(asking->session->context);

    return record->bytes[5] != IPMI_SLAVE_ADDRESS_BMC &&
           (errnum == IPMI_ERR_MESSAGE_TIMEOUT || errnum == IPMI_ERR_SESSION_TIMEOUT);
}

/* One request, two for a non-linear sensor. As ipmi_sensor_read: 1, 0, -1. */
static int
ask_once(Asking *asking, const RvSdrRecord *record, guint sibling, double **value, guint16 *events)
{
    gint64 begun_ms = rv_ipmi_session_begin(asking->session);
    guint8 raw;
    int result = ipmi_sensor_read(asking->reader, record->bytes, record->length, (guint8)sibling,
                                  &raw, value, events);
    int errnum = result <= 0 ? ipmi_sensor_read_ctx_errnum(asking->reader) : 0;
    gboolean non_linear = rv_sdr_record_type(record) == IPMI_SDR_FORMAT_FULL_SENSOR_RECORD &&
                          (record->bytes[23] & 0x7F) >= 0x70;
    guint requests = was_not_asked(errnum) ? 0 : non_linear ? 2 : 1;

    if (result < 0 && requests > 0)
        asking->silent = is_satellites_silence(asking, record) ? record->bytes[5] : 0;
    rv_ipmi_session_end(asking->session, begun_ms, requests,
                        result < 0 && errnum == IPMI_SENSOR_READ_ERR_IPMI_ERROR &&
                            asking->silent == 0);
    return result;
}

static int
ask(Asking *asking, const RvSdrRecord *record, guint sibling, double **value, guint16 *events)
{
    int result = -1;

    if (is_behind_lun(record))
        return ask_lun(asking, record, sibling, value, events);
    for (guint try = 0;
         try < BUSY_TRIES && asking->silent == 0 && rv_ipmi_session_goes_on(asking->session);
         try++) {
        result = ask_once(asking, record, sibling, value, events);
        if (result >= 0 ||
            ipmi_sensor_read_ctx_errnum(asking->reader) != IPMI_SENSOR_READ_ERR_NODE_BUSY)
            break;
        g_usleep((gulong)(BUSY_PAUSE_MS << try) * 1000);
    }
    return result;
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
event_words(const Asking *asking, const RvIpmiSensor *sensor)
{
    unsigned int flags = IPMI_GET_EVENT_MESSAGES_FLAGS_SENSOR_READING |
                         IPMI_GET_EVENT_MESSAGES_FLAGS_SHORT |
                         IPMI_GET_EVENT_MESSAGES_FLAGS_INTERPRET_OEM_DATA;
    g_autoptr(GStrvBuilder) words = g_strv_builder_new();
    char **messages = NULL;
    unsigned int count = 0;

    if (ipmi_get_event_messages(sensor->event_type, sensor->type, sensor->number, sensor->events,
                                asking->manufacturer_id, asking->product_id, &messages, &count,
                                NULL, flags) < 0)
        return g_strv_builder_end(words);
    for (unsigned int i = 0; i < count; i++) {
        g_autofree char *clean = rv_text_clean(messages[i], -1, 0);

        g_strv_builder_add(words, clean);
        free(messages[i]); /* libfreeipmi's malloc */
    }
    free(messages);
    return g_strv_builder_end(words);
}

/* TRUE where there is such a sensor, with or without a reading. */
static gboolean
read_into(Asking *asking, const RvSdrRecord *record, guint sibling, RvIpmiSensor *sensor)
{
    double *value = NULL;
    int result = ask(asking, record, sibling, &value, &sensor->events);

    if (result < 0)
        return FALSE;
    sensor->readable = TRUE;
    sensor->satellite = FALSE;
    sensor->has_events = has_meaning(sensor->event_type);
    if (sensor->has_events)
        sensor->event_words = event_words(asking, sensor);
    if (value != NULL) {
        sensor->analog = TRUE;
        sensor->value = *value;
        free(value);
    }
    return TRUE;
}

static void
read_siblings(Asking *asking, RvSdrRecord *record, gboolean look, RvIpmiRound *round)
{
    guint8 count = 0, type, offset, counts_up;
    guint32 there = 0;

    if (rv_sdr_record_type(record) != IPMI_SDR_FORMAT_COMPACT_SENSOR_RECORD ||
        (!look && record->siblings == 0) ||
        ipmi_sdr_parse_sensor_record_sharing(asking->sdr, record->bytes, record->length, &count,
                                             &type, &offset, &counts_up) < 0)
        return;
    for (guint i = 1; i < count && i < SIBLINGS_MAX; i++) {
        RvIpmiSensor *sensor;

        if (!look && !(record->siblings & (1u << i)))
            continue;
        sensor = rv_ipmi_sensor_describe(asking->sdr, record, i);
        if (read_into(asking, record, i, sensor)) {
            there |= 1u << i;
            rv_ipmi_round_add_sensor(round, sensor);
        } else {
            rv_ipmi_sensor_free(sensor);
        }
        if (asking->session->reason != RV_REASON_NONE)
            return; /* not known for all: what was known stays */
    }
    if (look)
        record->siblings = there;
}

/* Asked by Send Message, where that is allowed (IPMI 2.0 §6.13). */
static gboolean
is_bridged(const Asking *asking, const RvSdrRecord *record)
{
    return (asking->session->workarounds.quirks & RV_IPMI_QUIRK_BRIDGE) &&
           record->bytes[5] != IPMI_SLAVE_ADDRESS_BMC;
}

static void
read_all(Asking *asking, RvSdr *sdr, gboolean bridged, gboolean look_for_siblings,
         RvIpmiRound *round)
{
    for (guint i = 0; i < sdr->records->len && rv_ipmi_session_goes_on(asking->session); i++) {
        RvSdrRecord *record = g_ptr_array_index(sdr->records, i);
        RvIpmiSensor *sensor = rv_ipmi_sensor_describe(asking->sdr, record, 0);

        if (sensor == NULL || is_bridged(asking, record) != bridged) {
            rv_ipmi_sensor_free(sensor);
            continue;
        }
        (void)read_into(asking, record, 0, sensor);
        if (asking->session->reason != RV_REASON_NONE && !sensor->readable) {
            rv_ipmi_sensor_free(sensor); /* not heard is not the same as not readable */
            return;
        }
        rv_ipmi_round_add_sensor(round, sensor);
        if (asking->silent == 0)
            read_siblings(asking, record, look_for_siblings, round);
    }
}

void
rv_ipmi_sensors_read(RvIpmiSession *session, RvSdr *sdr, ipmi_sdr_ctx_t context, gboolean bridged,
                     gboolean look_for_siblings, RvIpmiRound *round)
{
    Asking asking = {.session = session,
                     .sdr = context,
                     .reader = ipmi_sensor_read_ctx_create(session->context),
                     .manufacturer_id = sdr->key.manufacturer_id,
                     .product_id = sdr->key.product_id};

    if (asking.reader == NULL)
        return;
    (void)ipmi_sensor_read_ctx_set_flags(asking.reader, read_flags(session->workarounds.quirks));
    read_all(&asking, sdr, bridged, look_for_siblings, round);
    if (asking.silent != 0)
        rv_ipmi_round_note(round,
                           "a controller behind the BMC (address %02Xh) does not answer: its "
                           "sensors and those asked after it have no reading",
                           asking.silent);
    ipmi_sensor_read_ctx_destroy(asking.reader);
}
