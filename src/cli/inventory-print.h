/* The inventory and what was found of it, for people (text), programs (JSON) and spreadsheets
 * (CSV).
 */
#pragma once

#include "db/state.h"
#include "inventory/device.h"

typedef enum { RV_INVENTORY_TEXT, RV_INVENTORY_JSON, RV_INVENTORY_CSV } RvInventoryFormat;

/* FALSE (RV_ERROR_USAGE) where `word` is none; NULL is text. */
gboolean rv_inventory_format_parse(const char *word, RvInventoryFormat *format, GError **error);

/* RvDevice*, a line each. */
void rv_inventory_print_list(const GPtrArray *devices, RvInventoryFormat format, GString *out);
/* All that is declared of each device, inherited or not; no secrets. Not CSV. */
void rv_inventory_print_devices(const GPtrArray *devices, RvInventoryFormat format, GString *out);
/* RvDeviceRow* and, of those devices, RvComponentRow*. */
void rv_inventory_print_census(const GPtrArray *rows, const GPtrArray *components, GTimeZone *zone,
                               RvInventoryFormat format, GString *out);
