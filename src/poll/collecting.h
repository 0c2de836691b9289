/* The asker that really asks: the collector. */
#pragma once

#include "poll/asker.h"

/* `options` (borrowed) must outlive every asker that is opened. */
RvAsker rv_collecting(const RvCollectorOptions *options);
