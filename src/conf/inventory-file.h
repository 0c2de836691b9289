/* The inventory: one file, or a folder of them, with what they include. Private to this room. */
#pragma once

#include "conf/credentials.h"
#include "conf/device-fields.h"
#include "plan/service-plan.h"

typedef struct {
    const RvYamlNode *site_limits; /* of the site file: after the devices' own; may be NULL */
    RvCredentials *credentials;    /* NULL: names of credentials are not looked up */
    const RvServicePlan *plan;     /* NULL: service classes are not looked up */
} RvInventoryTerms;

/* Adds what stands in `path` to `inventory`; all that is wrong becomes problems. */
void rv_inventory_file_read(RvReader *reader, const char *path, const RvInventoryTerms *terms,
                            RvInventory *inventory);

/* The checks between devices: names, addresses, parents, credentials, classes. `declared`:
 * RvDeclared*; `site_nodes`, name → RvYamlNode of each site. */
void rv_inventory_check(RvReader *reader, const GPtrArray *declared, GHashTable *site_nodes,
                        const RvInventoryTerms *terms);

extern const RvField rv_inventory_fields[];
