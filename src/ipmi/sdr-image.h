/* Our SDR records as an open SDR cache of libfreeipmi, which it needs to name sensors and to decode
 * events. Lives in memory only. */
#pragma once

#include "ipmi/sdr.h"

/* Made when it is first asked for: most rounds do without. Clear before `sdr` is freed. */
typedef struct {
    const RvSdr *sdr; /* may be NULL */
    ipmi_sdr_ctx_t context;
} RvSdrImage;

/* Empty where there is no SDR, or libfreeipmi does not take it (another version's format): decode
 * without then. NULL: no memory. Belongs to the image. */
ipmi_sdr_ctx_t rv_sdr_image_context(RvSdrImage *image);
void rv_sdr_image_clear(RvSdrImage *image);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvSdrImage, rv_sdr_image_clear)
