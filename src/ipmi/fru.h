/* FRU: what the BMC knows about its replaceable parts (Platform Management FRU Information Storage
 * Definition 1.3). Broken parts of it are said, not feared. */
#pragma once

#include "ipmi/round.h"
#include "ipmi/sdr-image.h"

/* Device 0 and every logical device that the SDR locates at the BMC. */
void rv_ipmi_fru_read(RvIpmiSession *session, RvIpmiHabits *habits, RvSdrImage *image,
                      RvIpmiRound *round);

/* Decodes `length` bytes as ipmi-fru(8) does. No I/O. */
void rv_ipmi_fru_decode(const guint8 *bytes, guint length, gboolean skip_checksums, RvIpmiFru *fru);
