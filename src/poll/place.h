/* Where a site's state is: state.db in the state folder, or the database that the site names. */
#pragma once

#include "conf/configuration.h"
#include "db/state.h"

/* `folder`: the file in that folder is meant, whatever the site names; NULL: the site's own. */
RvState *rv_place_open(const RvConfiguration *configuration, const char *folder, RvStateMode mode,
                       GError **error);
/* The site's database; RV_ERROR_USAGE where it names none. */
RvState *rv_place_open_database(const RvConfiguration *configuration, RvStateMode mode,
                                GError **error);
