/* Devices, sites and the inventory: what the operator says is there. Plain values, made by conf/.
 */
#pragma once

#include "inventory/access.h"
#include "observation/policy.h"

typedef struct {
    char *id;        /* "bj-dc1" */
    char *name;      /* what a person reads; the id where none is given */
    char *time_zone; /* IANA name; NULL: local */
} RvSite;

typedef struct {
    char *name; /* unique, letters digits . - _ */
    char *address;
    char *kind; /* switch router firewall loadbalancer server storage ups pdu sensor other */
    char *site, *rack, *service_class, *owner, *contract, *group; /* NULL where not given */
    char **parents;                          /* names, NULL-terminated; never NULL */
    RvSnmpAccess *snmp;                      /* NULL: not asked by SNMP */
    RvIpmiAccess *ipmi;                      /* NULL: no BMC */
    char *snmp_credential, *ipmi_credential; /* names only; NULL: none */
    char *profile;                           /* forced; NULL: found by match */
    char *serial;                            /* of the chassis, as declared; NULL: not declared */
    GPtrArray *expected;                     /* RvExpected* */
    GPtrArray *policies; /* RvPolicyLimit*: the device's, then its groups', then the site file's */
    char *ignore;        /* NULL */
    guint budget_ms;     /* 0: default of the run */
    const char *file;    /* where it was declared, for messages; interned */
    guint line;
} RvDevice;

typedef struct {
    GPtrArray *sites;   /* RvSite* */
    GPtrArray *devices; /* RvDevice*, in the order of the files */
} RvInventory;

RvDevice *rv_device_new(const char *name);
void rv_device_free(RvDevice *device);
RvInventory *rv_inventory_new(void);
void rv_inventory_free(RvInventory *inventory);
void rv_site_free(RvSite *site);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvDevice, rv_device_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvInventory, rv_inventory_free)

const RvDevice *rv_inventory_find(const RvInventory *inventory, const char *name);
const RvSite *rv_inventory_site(const RvInventory *inventory, const char *id);
/* Devices whose name or group matches `glob`; caller frees the array, not the devices. */
GPtrArray *rv_inventory_select(const RvInventory *inventory, const char *glob);
