/* What a ticket system did, back into the ledger: CSV (RFC 4180) with a heading, as `fault list
 * --format csv` writes it. */
#pragma once

#include "db/ledger.h"

typedef struct {
    const char *file, *who; /* for messages; who takes the steps where a row does not say */
    GTimeZone *zone;        /* of the times in it */
    const RvInventory *inventory;
    const RvFaultPolicy *policy;
    gint64 now_ms;
} RvFaultImportTerms;

/* A level of `policy`; NULL is the mildest. NULL with RV_ERROR_USAGE: there is no such level. */
const char *rv_fault_level_parse(const char *word, const RvFaultPolicy *policy, GError **error);

/* Columns id, acknowledged, planned, plan, resolved, root_cause, method, loss, reported, by are
 * looked at, and device, kind, level, title, opened of rows without id, which open a fault where
 * none of that title was opened for that device at that time; others are not. An empty cell says
 * nothing, and so does a step that the ledger has. All or nothing: RV_ERROR_CONFIG has every
 * problem with line and column. *steps gets how many were taken. */
gboolean rv_fault_import(RvState *state, const RvFaultImportTerms *terms, const char *text,
                         gsize length, guint *steps, GError **error);
