/* A list of devices from a spreadsheet as inventory YAML. */
#pragma once

#include <glib.h>

/* `text` is CSV with a heading: name and address, and any of kind, site, rack, group,
 * service-class, owner, contract, serial, profile, parents (with ';' or spaces between),
 * snmp-version, snmp-credential, snmp-port, ipmi-address, ipmi-credential. `file` is for messages.
 * FALSE: RV_ERROR_CONFIG with every problem. */
gboolean rv_inventory_import(const char *file, const char *text, GString *out, GError **error);
