/* OIDs of the standards that are read in C: system, IF-MIB, EtherLike-MIB, ENTITY-MIB. */
#pragma once

#include <glib.h>

/* SNMPv2-MIB::system, instance .column.0: two arguments, ids and length. */
#define RV_SYSTEM(column) ((const guint32[]){1, 3, 6, 1, 2, 1, 1, (column), 0}), 9

/* ENTITY-MIB::entPhysicalEntry columns. */
#define RV_ENT_COLUMN_LENGTH 12
#define RV_ENT_COLUMN(column)                                                                      \
    {                                                                                              \
        1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, (column)                                                 \
    }
static const guint32 rv_ent_contained_in[RV_ENT_COLUMN_LENGTH] = RV_ENT_COLUMN(4);
