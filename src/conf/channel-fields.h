/* Channels of "notify" in the site file. Private to this room. */
#pragma once

#include "conf/configuration.h"
#include "conf/credentials.h"

extern const RvField rv_channel_fields[];

/* `credentials` NULL: secrets are not taken in. */
void rv_channels_read(RvReader *reader, const RvYamlNode *map, RvCredentials *credentials,
                      GPtrArray *channels);
