#include "ipmi/sensor-record.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* Bytes of a record, from 0, its header counted. */
#define OWNER 5
#define LUN 6
#define NUMBER 7
#define ENTITY 8
#define CAPABILITIES 11
#define TYPE 12
#define EVENT_TYPE 13
#define READABLE_MASK 18 /* of discrete sensors: the states it can tell */
#define UNITS 20
#define LINEARIZATION 23
#define M_AND_B 24
#define EXPONENTS 29
#define LIMITS 36
#define HYSTERESIS 42
#define FULL_ID 48
#define SHARING 23
#define COMPACT_ID 32

#define ID_MAX 16
#define LEAST 17 /* shorter ones say nothing */
#define ACCESS_NONE 0
#define ACCESS_FIXED 3 /* only the record says them */
#define HYSTERESIS_NONE 0xFF
#define LETTERS 26
#define NON_LINEAR 0x70

static gboolean
is_full(const RvSdrRecord *record)
{
    return rv_sdr_record_type(record) == IPMI_SDR_FORMAT_FULL_SENSOR_RECORD;
}

static gboolean
is_threshold(const RvSdrRecord *record)
{
    return (record->bytes[EVENT_TYPE] & 0x7F) == IPMI_EVENT_READING_TYPE_CODE_THRESHOLD;
}

/* ---- numbers ---- */

/* Two's complement of `bits` bits. */
static int
signed_of(guint value, guint bits)
{
    guint sign = 1u << (bits - 1);

    return (int)(value & (sign - 1)) - (int)(value & sign);
}

/* M, tolerance, B, accuracy, accuracy, exponents: the same in a record and in a reply. */
static void
set_numbers(RvIpmiFactors *factors, const guint8 *bytes)
{
    factors->m = (gint16)signed_of(bytes[0] | (bytes[1] & 0xC0u) << 2, 10);
    factors->b = (gint16)signed_of(bytes[2] | (bytes[3] & 0xC0u) << 2, 10);
    factors->r_exponent = (gint8)signed_of(bytes[5] >> 4, 4);
    factors->b_exponent = (gint8)signed_of(bytes[5] & 0x0F, 4);
}

gboolean
rv_ipmi_factors(const RvSdrRecord *record, RvIpmiFactors *factors)
{
    if (!is_full(record) || record->length <= EXPONENTS)
        return FALSE;
    set_numbers(factors, record->bytes + M_AND_B);
    factors->linearization = record->bytes[LINEARIZATION] & 0x7F;
    factors->format = record->bytes[UNITS] >> 6;
    return IPMI_SDR_ANALOG_DATA_FORMAT_VALID(factors->format) &&
           (IPMI_SDR_LINEARIZATION_IS_LINEAR(factors->linearization) ||
            rv_ipmi_factors_must_be_asked(factors));
}

gboolean
rv_ipmi_factors_must_be_asked(const RvIpmiFactors *factors)
{
    return factors->linearization >= NON_LINEAR;
}

void
rv_ipmi_factors_set(RvIpmiFactors *factors, const guint8 *bytes)
{
    set_numbers(factors, bytes);
    factors->linearization = IPMI_SDR_LINEARIZATION_LINEAR;
}

double
rv_ipmi_value(const RvIpmiFactors *factors, guint8 raw)
{
    double value = NAN;

    if (rv_ipmi_factors_must_be_asked(factors) ||
        ipmi_sensor_decode_value(factors->r_exponent, factors->b_exponent, factors->m, factors->b,
                                 factors->linearization, factors->format, raw, &value) < 0)
        return NAN;
    return value;
}

/* A span of `raw` steps in the sensor's unit: no offset. Only where a step is the same everywhere.
 */
static double
span(const RvIpmiFactors *factors, guint8 raw)
{
    if (factors->linearization != IPMI_SDR_LINEARIZATION_LINEAR || raw == HYSTERESIS_NONE)
        return 0;
    return fabs((double)raw * factors->m * pow(10, factors->r_exponent));
}

/* ---- limits ---- */

static void
set_limits(const RvSdrRecord *record, const RvIpmiFactors *factors, RvIpmiSensor *sensor)
{
    /* in the order of Get Sensor Thresholds (IPMI 2.0 §35.9); the record has them the other way */
    double *const limits[] = {&sensor->lower_noncritical,    &sensor->lower_critical,
                              &sensor->lower_nonrecoverable, &sensor->upper_noncritical,
                              &sensor->upper_critical,       &sensor->upper_nonrecoverable};
    const guint count = G_N_ELEMENTS(limits);
    guint8 access = record->bytes[CAPABILITIES] >> 2 & 3;
    gboolean asked = record->has_thresholds && access != ACCESS_FIXED;
    guint8 readable = asked ? record->thresholds[0] : record->bytes[READABLE_MASK];

    if (access == ACCESS_NONE)
        return;
    for (guint i = 0; i < count; i++)
        if (readable & 1 << i)
            *limits[i] = rv_ipmi_value(factors, asked ? record->thresholds[1 + i]
                                                      : record->bytes[LIMITS + count - 1 - i]);
}

static void
set_analog(const RvSdrRecord *record, RvIpmiSensor *sensor)
{
    RvIpmiFactors factors;

    if (!is_threshold(record) || record->length <= HYSTERESIS + 1 ||
        !rv_ipmi_factors(record, &factors))
        return;
    set_limits(record, &factors, sensor);
    sensor->hysteresis_positive = span(&factors, record->bytes[HYSTERESIS]);
    sensor->hysteresis_negative = span(&factors, record->bytes[HYSTERESIS + 1]);
}

/* ---- names ---- */

/* The bytes as they are, as FreeIPMI takes them, whatever their type code. */
static char *
id_string(const RvSdrRecord *record)
{
    guint at = is_full(record) ? FULL_ID : COMPACT_ID;
    guint most = record->length > at ? MIN(record->length - at, ID_MAX) : 0;
    const char *text = (const char *)record->bytes + at;

    return rv_text_clean(text, (gssize)strnlen(text, most), 0);
}

/* §43.2: "Temp 5, Temp 6", or "Temp A … Temp Z, Temp AA". */
static char *
sibling_name(const RvSdrRecord *record, guint sibling)
{
    g_autofree char *id = id_string(record);
    guint count = (record->bytes[SHARING + 1] & 0x7Fu) + sibling;

    if ((record->bytes[SHARING] >> 4 & 3) != 1)
        return g_strdup_printf("%s %u", id, count);
    if (count < LETTERS)
        return g_strdup_printf("%s %c", id, (char)('A' + count));
    return g_strdup_printf("%s %c%c", id, (char)('A' + count / LETTERS - 1),
                           (char)('A' + count % LETTERS));
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

static guint8
known_unit(guint8 unit)
{
    return IPMI_SENSOR_UNIT_VALID(unit) ? unit : IPMI_SENSOR_UNIT_UNSPECIFIED;
}

static char *
unit_of(const RvSdrRecord *record)
{
    const guint8 *units = record->bytes + UNITS;
    char unit[64] = "";

    if (record->length <= UNITS + 2 ||
        ipmi_sensor_units_string(units[0] & 1, units[0] >> 1 & 3, units[0] >> 3 & 7,
                                 known_unit(units[1]), known_unit(units[2]), unit, sizeof unit - 1,
                                 TRUE) <= 0)
        return g_strdup(ipmi_sensor_units[IPMI_SENSOR_UNIT_UNSPECIFIED]);
    return g_strdup(unit);
}

/* ---- the sensor ---- */

/* Event-only records describe what can be told in the SEL, not what can be read. */
static gboolean
describes_a_sensor(const RvSdrRecord *record)
{
    return (is_full(record) ||
            rv_sdr_record_type(record) == IPMI_SDR_FORMAT_COMPACT_SENSOR_RECORD) &&
           record->length >= LEAST;
}

guint
rv_ipmi_sensor_shared(const RvSdrRecord *record)
{
    if (rv_sdr_record_type(record) != IPMI_SDR_FORMAT_COMPACT_SENSOR_RECORD ||
        record->length <= SHARING + 1)
        return 1;
    return MAX(record->bytes[SHARING] & 0x0F, 1);
}

/* Where a shared record counts entity instances up, so does the sibling (§43.2). */
static guint8
entity_instance(const RvSdrRecord *record, guint sibling)
{
    gboolean counts_up = sibling > 0 && (record->bytes[SHARING + 1] & 0x80) != 0;

    return (guint8)(record->bytes[ENTITY + 1] + (counts_up ? sibling : 0)) & 0x7F;
}

RvIpmiSensor *
rv_ipmi_sensor_describe(const RvSdrRecord *record, guint sibling)
{
    RvIpmiSensor *sensor;

    if (!describes_a_sensor(record))
        return NULL;
    sensor = rv_ipmi_sensor_new();
    sensor->record_id = rv_sdr_record_id(record);
    sensor->owner_id = record->bytes[OWNER];
    sensor->owner_lun = record->bytes[LUN] & 3;
    sensor->number = (guint8)(record->bytes[NUMBER] + sibling);
    sensor->entity_id = record->bytes[ENTITY];
    sensor->entity_instance = entity_instance(record, sibling);
    sensor->type = record->bytes[TYPE];
    sensor->event_type = record->bytes[EVENT_TYPE] & 0x7F;
    sensor->name = sibling > 0 ? sibling_name(record, sibling) : id_string(record);
    sensor->entity = entity_name(sensor->entity_id, sensor->entity_instance);
    sensor->satellite = sensor->owner_id != IPMI_SLAVE_ADDRESS_BMC;
    if (!is_threshold(record) && record->length > READABLE_MASK + 1)
        sensor->possible =
            (guint16)((record->bytes[READABLE_MASK] | record->bytes[READABLE_MASK + 1] << 8) &
                      0x7FFF);
    sensor->unit = unit_of(record);
    sensor->base_unit = record->length > UNITS + 1 ? known_unit(record->bytes[UNITS + 1]) : 0;
    set_analog(record, sensor);
    return sensor;
}
