/* Notices and channels for tests. */
#pragma once

#include "notify/notify.h"

#define AT(minutes)                                                                                \
    (G_GINT64_CONSTANT(1793433600000) + (gint64)(minutes)*60000) /* 2026-10-31 08:00 UTC */

static inline RvNotice
made_notice(gint64 id)
{
    return (RvNotice){.id = id,
                      .device = "db-01",
                      .site = "北京一号机房",
                      .title = "power supply 2: failed",
                      .level = "2",
                      .level_name = "major",
                      .opened_ms = AT(0),
                      .acknowledged_by = ""};
}

static inline RvChannel
made_channel(const char *id, RvChannelKind kind)
{
    return (RvChannel){.id = (char *)id, .kind = kind, .quiet_from = -1, .quiet_until = -1};
}
