#include "ipmi/sensors.h"

#include "ipmi/sensor-reading.h"
#include "ipmi/sensor-record.h"

#define SIBLINGS_MAX 32 /* bits of record->siblings */

/* Whether all of them were asked. */
static gboolean
read_siblings(RvIpmiReader *reader, const RvSdrRecord *record, gboolean look, guint32 *there,
              RvIpmiRound *round)
{
    guint count = MIN(rv_ipmi_sensor_shared(record), SIBLINGS_MAX);

    for (guint i = 1; i < count; i++) {
        RvIpmiSensor *sensor;

        if (!look && !(record->siblings & (1u << i)))
            continue;
        sensor = rv_ipmi_sensor_describe(record, i);
        if (rv_ipmi_reader_read(reader, record, i, sensor)) {
            *there |= 1u << i;
            rv_ipmi_round_add_sensor(round, sensor);
        } else {
            rv_ipmi_sensor_free(sensor);
        }
        if (reader->session->reason != RV_REASON_NONE)
            return FALSE;
    }
    return TRUE;
}

static void
read_all(RvIpmiReader *reader, RvSdr *sdr, gboolean bridged, gboolean look, RvIpmiRound *round)
{
    for (guint i = 0; i < sdr->records->len && rv_ipmi_session_goes_on(reader->session); i++) {
        RvSdrRecord *record = g_ptr_array_index(sdr->records, i);
        RvIpmiSensor *sensor = rv_ipmi_sensor_describe(record, 0);
        guint32 there = 0;

        if (sensor == NULL || rv_ipmi_reader_bridges(reader, record) != bridged) {
            rv_ipmi_sensor_free(sensor);
            continue;
        }
        (void)rv_ipmi_reader_read(reader, record, 0, sensor);
        if (reader->session->reason != RV_REASON_NONE && !sensor->readable) {
            rv_ipmi_sensor_free(sensor); /* not heard is not the same as not readable */
            return;
        }
        rv_ipmi_round_add_sensor(round, sensor);
        if (reader->silent == 0 && read_siblings(reader, record, look, &there, round) && look)
            record->siblings = there;
    }
}

void
rv_ipmi_sensors_read(RvIpmiSession *session, RvSdr *sdr, gboolean bridged,
                     gboolean look_for_siblings, RvIpmiRound *round)
{
    g_auto(RvIpmiReader) reader = {.session = session, .key = &sdr->key};

    read_all(&reader, sdr, bridged, look_for_siblings, round);
    if (reader.silent != 0)
        rv_ipmi_round_note(round,
                           "a controller behind the BMC (address %02Xh) does not answer: its "
                           "sensors and those asked after it have no reading",
                           reader.silent);
}
