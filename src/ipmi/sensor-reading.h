/* Reading: what the BMC says of one sensor now (Get Sensor Reading, IPMI 2.0 §35.14). */
#pragma once

#include "ipmi/answers.h"
#include "ipmi/sdr.h"

/* For the readings of one round. */
typedef struct {
    RvIpmiSession *session;
    const RvSdrKey *key;
    ipmi_sensor_read_ctx_t reader; /* made when the first sensor needs it: it is large */
    guint8 silent; /* address of a satellite controller that did not answer; 0: none */
} RvIpmiReader;

void rv_ipmi_reader_clear(RvIpmiReader *reader);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvIpmiReader, rv_ipmi_reader_clear)

/* Asked by Send Message, where the workarounds allow that (§6.13). */
gboolean rv_ipmi_reader_bridges(const RvIpmiReader *reader, const RvSdrRecord *record);

/* One request, two for a non-linear sensor. TRUE where there is such a sensor and it has a reading,
 * which `sensor` then has. Where reader->silent is set nothing more can be asked: libfreeipmi takes
 * the silence of a controller behind the BMC for the end of the session, and then it is. */
gboolean rv_ipmi_reader_read(RvIpmiReader *reader, const RvSdrRecord *record, guint sibling,
                             RvIpmiSensor *sensor);
