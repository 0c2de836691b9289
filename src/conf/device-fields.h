/* What a device, a group or an SNMP or IPMI block may say. Private to this room. */
#pragma once

#include "conf/fields.h"
#include "inventory/device.h"

extern const RvField rv_device_fields[];
extern const RvField rv_group_fields[];
extern const RvField rv_snmp_fields[];
extern const RvField rv_ipmi_fields[];
extern const RvField rv_site_of_inventory_fields[];

/* A device while it is read: where its parts were said, for messages. */
typedef struct {
    RvDevice *device;
    const RvYamlNode *node; /* its entry */
    const RvYamlNode *site, *rack, *service_class, *parents;
    const RvYamlNode *snmp_credential, *ipmi_credential;
} RvDeclared;

/* Lays what `map` says over what `declared` has. The table is rv_device_fields or rv_group_fields.
 */
void rv_declared_apply(RvReader *reader, const RvYamlNode *map, const char *what,
                       const RvField *fields, RvDeclared *declared);
