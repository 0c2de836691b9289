/* How the commands that ask devices set up the collector: the shipped profiles and table of states,
 * and what the site file says of its own. */
#pragma once

#include "collect/collector.h"
#include "conf/configuration.h"

typedef struct {
    RvCollectorOptions options; /* points into what follows */
    char **profile_folders;
    char *interpretation;
} RvCliCollectorOptions;

/* `configuration` must outlive it; NULL: only what is shipped. The state folder is left unset. */
void rv_cli_collector_options(const RvConfiguration *configuration,
                              RvCliCollectorOptions *collector);
void rv_cli_collector_options_clear(RvCliCollectorOptions *collector);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvCliCollectorOptions, rv_cli_collector_options_clear)
