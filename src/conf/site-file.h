/* rackvitals.yaml itself. Private to this room. */
#pragma once

#include "conf/configuration.h"
#include "conf/fields.h"

extern const RvField rv_site_fields[];
extern const RvField rv_intervals_fields[];
extern const RvField rv_poll_fields[];

/* Fills the paths and settings of `configuration`; limits and channels are read by the caller from
 * the root that is returned. NULL: there are problems more. */
const RvYamlNode *rv_site_file_read(RvReader *reader, const char *path,
                                    RvConfiguration *configuration);
