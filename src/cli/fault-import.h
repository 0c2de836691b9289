/* What a ticket system did, back into the ledger: CSV (RFC 4180) with a heading, as `fault list
 * --format csv` writes it. */
#pragma once

#include "db/ledger.h"

/* Columns id, acknowledged, planned, plan, resolved, root_cause, method, loss, reported, by are
 * looked at, others not; an empty cell says nothing, and so does a step that the ledger has. Times
 * are read in `zone`. `file` is for messages. All or nothing: RV_ERROR_CONFIG has every problem
 * with line and column. *steps gets how many were taken. */
gboolean rv_fault_import(RvState *state, const char *file, const char *text, GTimeZone *zone,
                         const char *who, guint *steps, GError **error);
