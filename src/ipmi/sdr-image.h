/* Our SDR records as an open SDR cache of libfreeipmi, which it needs to name sensors and to decode
 * events. Lives in memory only. */
#pragma once

#include "ipmi/sdr.h"

/* NULL where libfreeipmi does not take it (another version's format): decode without then. Caller
 * destroys with ipmi_sdr_ctx_destroy. */
ipmi_sdr_ctx_t rv_sdr_image_open(const RvSdr *sdr);
