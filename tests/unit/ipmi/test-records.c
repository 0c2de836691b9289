/* What we read in an SDR record is what libfreeipmi's own functions read there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ipmi/sdr-image.h"
#include "ipmi/sensor-record.h"

#define RANDOM_RECORDS 3000

static const guint8 layouts[] = {IPMI_SDR_FORMAT_FULL_SENSOR_RECORD,
                                 IPMI_SDR_FORMAT_COMPACT_SENSOR_RECORD};

/* A record of either layout with a name of four letters; what is not set is zero. */
static void
record_make(RvSdrRecord *record, guint8 layout)
{
    guint at = layout == IPMI_SDR_FORMAT_FULL_SENSOR_RECORD ? 47 : 31;

    *record = (RvSdrRecord){.length = (guint16)(at + 5)};
    record->bytes[0] = 1;
    record->bytes[2] = 0x51;
    record->bytes[3] = layout;
    record->bytes[4] = (guint8)(record->length - 5);
    record->bytes[5] = 0x20;
    record->bytes[at] = 0xC4;
    memcpy(record->bytes + at + 1, "Temp", 4);
}

/* Everything between the header and the name, whatever it means. */
static void
record_fill(RvSdrRecord *record, GRand *random)
{
    for (guint i = 6; i < record->length - 5u; i++)
        record->bytes[i] = (guint8)g_rand_int_range(random, 0, 256);
}

static ipmi_sdr_ctx_t
context_of(RvSdrImage *image, const RvSdrRecord *record)
{
    RvSdr *sdr = rv_sdr_new();

    g_ptr_array_add(sdr->records, g_memdup2(record, sizeof *record));
    image->sdr = sdr;
    return rv_sdr_image_context(image);
}

static void
close_image(RvSdrImage *image)
{
    RvSdr *sdr = (RvSdr *)image->sdr;

    rv_sdr_image_clear(image);
    rv_sdr_free(sdr);
}

/* ---- names ---- */

static void
test_names(void)
{
    for (guint modifier = 0; modifier < 4; modifier++)
        for (guint offset = 0; offset < 128; offset++) {
            RvSdrImage image = {0};
            ipmi_sdr_ctx_t context;
            RvSdrRecord record;

            record_make(&record, IPMI_SDR_FORMAT_COMPACT_SENSOR_RECORD);
            record.bytes[7] = 40;
            record.bytes[23] = (guint8)(15 | modifier << 4);
            record.bytes[24] = (guint8)offset;
            context = context_of(&image, &record);
            for (guint sibling = 1; sibling < 15; sibling++) {
                RvIpmiSensor *sensor = rv_ipmi_sensor_describe(&record, sibling);
                char theirs[128] = "";

                g_assert_cmpint(ipmi_sdr_parse_sensor_name(context, record.bytes, record.length,
                                                           (guint8)(40 + sibling), 0, theirs,
                                                           sizeof theirs - 1),
                                ==, 0);
                if (modifier != 1) /* libfreeipmi calls every one A */
                    g_assert_cmpstr(sensor->name, ==, theirs);
                g_assert_cmpint(sensor->number, ==, 40 + sibling);
                rv_ipmi_sensor_free(sensor);
            }
            close_image(&image);
        }
}

/* IPMI 2.0 §43.2, ID String Instance Modifier Type: alpha. */
static void
test_letters(void)
{
    static const struct {
        guint offset, sibling;
        const char *name;
    } rows[] = {{0, 1, "Temp B"},   {4, 2, "Temp G"},    {23, 2, "Temp Z"},
                {23, 3, "Temp AA"}, {40, 11, "Temp AZ"}, {40, 12, "Temp BA"}};

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvSdrRecord record;
        RvIpmiSensor *sensor;

        record_make(&record, IPMI_SDR_FORMAT_COMPACT_SENSOR_RECORD);
        record.bytes[23] = 15 | 1 << 4;
        record.bytes[24] = (guint8)rows[i].offset;
        sensor = rv_ipmi_sensor_describe(&record, rows[i].sibling);
        g_assert_cmpstr(sensor->name, ==, rows[i].name);
        rv_ipmi_sensor_free(sensor);
    }
}

static void
test_id_strings(void)
{
    static const struct {
        const char *what, *bytes;
        guint length; /* of them, in the record */
    } rows[] = {
        {"no text", "", 0},
        {"a text", "Fan 1", 5},
        {"sixteen letters", "Sixteen chars 16", 16},
        {"padded with zeros", "Fan\0\0\0\0", 7},
        {"longer than may be", "Seventeen chars17", 17},
        {"blanks around", "  Fan  ", 7},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows) * 2; i++) {
        guint row = i / 2, at = i % 2 == 0 ? 48 : 32;
        g_autofree char *clean = NULL;
        RvSdrImage image = {0};
        RvSdrRecord record;
        RvIpmiSensor *sensor;
        char theirs[128] = "";

        record_make(&record, layouts[i % 2]);
        memcpy(record.bytes + at, rows[row].bytes, rows[row].length);
        record.length = (guint16)(at + rows[row].length);
        record.bytes[4] = (guint8)(record.length - 5);
        record.bytes[at - 1] = (guint8)(0xC0 | rows[row].length);
        sensor = rv_ipmi_sensor_describe(&record, 0);
        (void)ipmi_sdr_parse_id_string(context_of(&image, &record), record.bytes, record.length,
                                       theirs, sizeof theirs - 1);
        clean = rv_text_clean(theirs, -1, 0);
        g_test_message("%s", rows[row].what);
        g_assert_cmpstr(sensor->name, ==, clean);
        rv_ipmi_sensor_free(sensor);
        close_image(&image);
    }
}

/* Every entity id has FreeIPMI's name, or none where it has none. */
static void
test_entities(void)
{
    for (guint id = 0; id < 256; id++)
        for (guint instance = 0; instance < 256; instance++) {
            guint8 known = id == IPMI_ENTITY_ID_AIR_INLET_B ? IPMI_ENTITY_ID_AIR_INLET : (guint8)id;
            const char *name = ipmi_get_entity_id_string(known);
            guint within = instance & 0x7F;
            guint number = within >= 0x60 ? within - 0x60 : within; /* §39.1 */
            g_autofree char *wanted = name != NULL ? g_strdup_printf("%s %u", name, number) : NULL;
            RvSdrRecord record;
            RvIpmiSensor *sensor;

            record_make(&record, IPMI_SDR_FORMAT_FULL_SENSOR_RECORD);
            record.bytes[8] = (guint8)id;
            record.bytes[9] = (guint8)instance;
            sensor = rv_ipmi_sensor_describe(&record, 0);
            g_assert_cmpstr(sensor->entity, ==, wanted);
            g_assert_cmpuint(sensor->entity_instance, ==, within);
            rv_ipmi_sensor_free(sensor);
        }
}

/* ---- numbers ---- */

static void
compare_factors(ipmi_sdr_ctx_t context, const RvSdrRecord *record)
{
    RvIpmiFactors ours = {0}, theirs = {0};
    gboolean known = rv_ipmi_factors(record, &ours);

    if (record->bytes[3] != IPMI_SDR_FORMAT_FULL_SENSOR_RECORD) {
        g_assert_false(known);
        return;
    }
    g_assert_cmpint(ipmi_sdr_parse_sensor_decoding_data(context, record->bytes, record->length,
                                                        &theirs.r_exponent, &theirs.b_exponent,
                                                        &theirs.m, &theirs.b, &theirs.linearization,
                                                        &theirs.format),
                    ==, 0);
    g_assert_cmpint(known, ==,
                    theirs.format != 3 &&
                        (theirs.linearization <= 11 || theirs.linearization >= 0x70));
    if (!known)
        return;
    g_assert_cmpint(ours.m, ==, theirs.m);
    g_assert_cmpint(ours.b, ==, theirs.b);
    g_assert_cmpint(ours.r_exponent, ==, theirs.r_exponent);
    g_assert_cmpint(ours.b_exponent, ==, theirs.b_exponent);
    g_assert_cmpint(ours.linearization, ==, theirs.linearization);
    g_assert_cmpint(ours.format, ==, theirs.format);
}

static void
assert_same(double ours, gboolean given, double theirs)
{
    if (!given || isnan(theirs))
        g_assert_true(isnan(ours));
    else
        g_assert_true(ours == theirs || fabs(ours - theirs) <= 1e-12 * fabs(theirs));
}

/* The limits that the record itself has, where it says that they can be read. */
static void
compare_limits(ipmi_sdr_ctx_t context, const RvSdrRecord *record, const RvIpmiSensor *sensor)
{
    guint8 given[6], access;
    double *limits[6] = {NULL};
    const double ours[] = {sensor->lower_noncritical,    sensor->lower_critical,
                           sensor->lower_nonrecoverable, sensor->upper_noncritical,
                           sensor->upper_critical,       sensor->upper_nonrecoverable};

    access = record->bytes[11] >> 2 & 3;
    if (ipmi_sdr_parse_threshold_readable(context, record->bytes, record->length, &given[0],
                                          &given[1], &given[2], &given[3], &given[4],
                                          &given[5]) < 0 ||
        ipmi_sdr_parse_thresholds(context, record->bytes, record->length, &limits[0], &limits[1],
                                  &limits[2], &limits[3], &limits[4], &limits[5]) < 0)
        memset(given, 0, sizeof given);
    for (guint i = 0; i < 6; i++) {
        assert_same(ours[i], access != 0 && given[i] && limits[i] != NULL,
                    limits[i] != NULL ? *limits[i] : NAN);
        free(limits[i]);
    }
}

static void
compare_units(ipmi_sdr_ctx_t context, const RvSdrRecord *record, const RvIpmiSensor *sensor)
{
    guint8 percentage, modifier, rate, base, modifier_unit;
    char unit[64] = "";

    g_assert_cmpint(ipmi_sdr_parse_sensor_units(context, record->bytes, record->length, &percentage,
                                                &modifier, &rate, &base, &modifier_unit),
                    ==, 0);
    if (ipmi_sensor_units_string(percentage, modifier, rate, base, modifier_unit, unit,
                                 sizeof unit - 1, TRUE) <= 0)
        g_strlcpy(unit, ipmi_sensor_units[0], sizeof unit);
    g_assert_cmpstr(sensor->unit, ==, unit);
    g_assert_cmpuint(sensor->base_unit, ==, base);
}

static void
test_random(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(g_test_rand_int());

    for (guint i = 0; i < RANDOM_RECORDS; i++) {
        RvSdrImage image = {0};
        ipmi_sdr_ctx_t context;
        RvSdrRecord record;
        RvIpmiSensor *sensor;

        record_make(&record, layouts[i % 2]);
        record_fill(&record, random);
        if (i % 4 < 2)
            record.bytes[13] = 1; /* threshold */
        context = context_of(&image, &record);
        sensor = rv_ipmi_sensor_describe(&record, 0);
        compare_factors(context, &record);
        compare_units(context, &record, sensor);
        if (i % 4 == 0)
            compare_limits(context, &record, sensor);
        rv_ipmi_sensor_free(sensor);
        close_image(&image);
    }
}

/* A record may end anywhere: nothing is read past its end, and what is not there is not known. */
static void
test_cut(void)
{
    for (guint k = 0; k < G_N_ELEMENTS(layouts); k++) {
        RvSdrRecord whole;

        record_make(&whole, layouts[k]);
        whole.bytes[13] = 1;
        whole.bytes[11] = 4; /* limits can be read */
        whole.bytes[18] = 0x3F;
        whole.bytes[23] = 15;
        for (guint length = 5; length < whole.length; length++) {
            RvSdrRecord *record = g_memdup2(&whole, sizeof whole);
            RvIpmiSensor *sensor;

            record->length = (guint16)length;
            memset(record->bytes + length, 0xFF, sizeof record->bytes - length);
            sensor = rv_ipmi_sensor_describe(record, 0);
            g_assert_true((sensor == NULL) == (length < 17));
            if (sensor != NULL && length <= 43)
                g_assert_true(isnan(sensor->upper_critical));
            g_assert_cmpuint(rv_ipmi_sensor_shared(record), ==, k == 1 && length > 24 ? 15 : 1);
            rv_ipmi_sensor_free(sensor);
            g_free(record);
        }
    }
}

/* Get Sensor Reading Factors has them at the same places as a record. */
static void
test_factors(void)
{
    const guint8 bytes[] = {0x2C, 0xC0, 0x05, 0x00, 0x00, 0xF2}; /* M -212, B 5·100, R -1 */
    RvIpmiFactors factors = {.linearization = 0x70};

    g_assert_true(rv_ipmi_factors_must_be_asked(&factors));
    g_assert_true(isnan(rv_ipmi_value(&factors, 10)));
    rv_ipmi_factors_set(&factors, bytes);
    g_assert_false(rv_ipmi_factors_must_be_asked(&factors));
    g_assert_cmpfloat_with_epsilon(rv_ipmi_value(&factors, 10), (-212.0 * 10 + 500) / 10, 1e-9);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ipmi/records: names of shared records", test_names);
    g_test_add_func("/ipmi/records: names that count by letters", test_letters);
    g_test_add_func("/ipmi/records: names as they are stored", test_id_strings);
    g_test_add_func("/ipmi/records: every entity", test_entities);
    g_test_add_func("/ipmi/records: factors, units and limits of any bytes", test_random);
    g_test_add_func("/ipmi/records: records that end early", test_cut);
    g_test_add_func("/ipmi/records: factors that were asked", test_factors);
    return g_test_run();
}
