/* Grids: tables found in a walk without any MIB. An entry is a node 1 below which columns share
 * their indexes (RFC 2578 §7.10: a table's only child is its entry, number 1). */
#pragma once

#include "snmp/answers.h"

typedef struct {
    guint32 column;
    GPtrArray *cells; /* const RvVarbind*, in order */
} RvGridColumn;

typedef struct {
    RvOid entry; /* of the table; of scalars: their parent */
    gboolean scalars;
    GPtrArray *columns; /* RvGridColumn*, ascending */
} RvGrid;

/* Groups `cells` (const RvVarbind*, ascending): RvGrid*, ascending. Caller unrefs. */
GPtrArray *rv_grids_find(const GPtrArray *cells);
