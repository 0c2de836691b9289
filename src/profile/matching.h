/* What choosing a family and looking for its relatives share. */
#pragma once

#include "profile/profiles.h"

#define RV_ENTERPRISE_LENGTH 7 /* 1.3.6.1.4.1.N */

/* TRUE where one of the globs (char*, lower case) matches; *longest (may be NULL) becomes at least
 * the letters of the longest that does. */
gboolean rv_matching_any_glob(const GPtrArray *globs, const char *lower, guint *longest);

/* All that `has` of the profile demands is answered. `has` NULL: nothing is. */
gboolean rv_matching_has_all(const RvProfileHead *head, RvHas has, gpointer user_data);
