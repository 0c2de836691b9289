/* Relatives: a vendor's new model under a sysObjectID that no profile names is served by the family
 * of that vendor whose tables it answers.
 *
 * A family fits loosely where it was chosen by the enterprise alone; then a relative of which more
 * is answered serves better. One that fits closely gets a relative beside it only where the device
 * answers none of its vendors' tables. */
#pragma once

#include "profile/profiles.h"

typedef struct {
    RvProfileHead *head; /* NULL: no family fits, which is a loose fit as well */
    gboolean loose;
} RvFittingFamily;

/* The relative that serves the device better than `fitting`; NULL: none. `lower` is its sysDescr in
 * lower case, `has` as with rv_profiles_choose. */
RvProfileHead *rv_relatives_choose(RvProfiles *profiles, const RvSelf *self, const char *lower,
                                   const RvFittingFamily *fitting, RvHas has, gpointer user_data);

/* What rv_relatives_choose would want to know of: RvOid, unsorted, with repeats; added to `oids`.
 * Nothing where `fitting` is good enough as far as `has` tells. */
void rv_relatives_probes(RvProfiles *profiles, const RvSelf *self, const char *lower,
                         const RvFittingFamily *fitting, RvHas has, gpointer user_data,
                         GArray *oids);
