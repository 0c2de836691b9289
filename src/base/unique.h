/* Unique names: of several that are alike, the second and those after it get a number.
 *
 * Takes as long for names that are all alike as for others: a device may give its 50,000 ports one
 * name. */
#pragma once

#include <glib.h>

typedef struct RvUnique RvUnique;

RvUnique *rv_unique_new(void);
void rv_unique_free(RvUnique *unique);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvUnique, rv_unique_free)

gboolean rv_unique_is_taken(const RvUnique *unique, const char *name);
/* `name`, or where that is taken NAME, `mark` and the first number from 2 that makes it unique.
 * Caller frees. */
char *rv_unique_take(RvUnique *unique, const char *name, char mark);
