#include "inventory/device.h"

#include <string.h>

#include "base/text.h"

RvDevice *
rv_device_new(const char *name)
{
    RvDevice *device = g_new0(RvDevice, 1);

    device->name = g_strdup(name);
    device->address = g_strdup("");
    device->kind = g_strdup("");
    device->parents = g_new0(char *, 1);
    device->expected = g_ptr_array_new_with_free_func((GDestroyNotify)rv_expected_free);
    device->policies = g_ptr_array_new_with_free_func((GDestroyNotify)rv_policy_limit_free);
    return device;
}

void
rv_device_free(RvDevice *device)
{
    if (device == NULL)
        return;
    g_free(device->name);
    g_free(device->address);
    g_free(device->kind);
    g_free(device->site);
    g_free(device->rack);
    g_free(device->service_class);
    g_free(device->owner);
    g_free(device->contract);
    g_free(device->group);
    g_strfreev(device->parents);
    rv_snmp_access_free(device->snmp);
    rv_ipmi_access_free(device->ipmi);
    g_free(device->snmp_credential);
    g_free(device->ipmi_credential);
    g_free(device->profile);
    g_free(device->serial);
    g_free(device->ignore);
    g_ptr_array_unref(device->expected);
    g_ptr_array_unref(device->policies);
    g_free(device);
}

void
rv_site_free(RvSite *site)
{
    if (site == NULL)
        return;
    g_free(site->id);
    g_free(site->name);
    g_free(site->time_zone);
    g_free(site);
}

RvInventory *
rv_inventory_new(void)
{
    RvInventory *inventory = g_new0(RvInventory, 1);

    inventory->sites = g_ptr_array_new_with_free_func((GDestroyNotify)rv_site_free);
    inventory->devices = g_ptr_array_new_with_free_func((GDestroyNotify)rv_device_free);
    return inventory;
}

void
rv_inventory_free(RvInventory *inventory)
{
    if (inventory == NULL)
        return;
    g_ptr_array_unref(inventory->sites);
    g_ptr_array_unref(inventory->devices);
    g_free(inventory);
}

const RvDevice *
rv_inventory_find(const RvInventory *inventory, const char *name)
{
    for (guint i = 0; i < inventory->devices->len; i++) {
        const RvDevice *device = g_ptr_array_index(inventory->devices, i);

        if (strcmp(device->name, name) == 0)
            return device;
    }
    return NULL;
}

const RvSite *
rv_inventory_site(const RvInventory *inventory, const char *id)
{
    for (guint i = 0; i < inventory->sites->len; i++) {
        const RvSite *site = g_ptr_array_index(inventory->sites, i);

        if (strcmp(site->id, id) == 0)
            return site;
    }
    return NULL;
}

GPtrArray *
rv_inventory_select(const RvInventory *inventory, const char *glob)
{
    GPtrArray *selected = g_ptr_array_new();

    for (guint i = 0; i < inventory->devices->len; i++) {
        RvDevice *device = g_ptr_array_index(inventory->devices, i);

        if (rv_text_glob(glob, device->name) ||
            (device->group != NULL && rv_text_glob(glob, device->group)))
            g_ptr_array_add(selected, device);
    }
    return selected;
}
