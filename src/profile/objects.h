/* Objects: names and enumerations of the MIB modules that come with the program, for people.
 * Polling needs numbers only. Reads what our compact modules use of SMIv2 (RFC 2578), no more. */
#pragma once

#include "base/oid.h"
#include "profile/map.h"

typedef struct {
    char *name, *module;
    RvOid oid;
    RvMap *enumeration; /* number → word; NULL: none */
    gboolean leaf;      /* has instances: no branch, table or row */
} RvObject;

typedef struct RvObjects RvObjects;

/* Files that cannot be read are left out; never NULL. */
RvObjects *rv_objects_load(const char *folder);
void rv_objects_free(RvObjects *objects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvObjects, rv_objects_free)

guint rv_objects_count(const RvObjects *objects);
/* Exactly this OID; NULL where no module has it. */
const RvObject *rv_objects_find(const RvObjects *objects, const RvOid *oid);
/* The longest that `oid` is or lies below: the column or scalar of an instance. */
const RvObject *rv_objects_above(const RvObjects *objects, const RvOid *oid);
