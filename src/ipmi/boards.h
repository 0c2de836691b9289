/* Boards we know by manufacturer (IANA enterprise number) and product id: their name, and the
 * workarounds that probe tries first on them. */
#pragma once

#include <glib.h>

typedef struct {
    guint32 manufacturer_id;
    guint16 product_id;
    const char *name;
    const char *workarounds; /* FreeIPMI's names, comma-separated; NULL: none needed */
} RvIpmiBoard;

/* NULL where it is none of them. */
const RvIpmiBoard *rv_ipmi_board_find(guint32 manufacturer_id, guint16 product_id);
