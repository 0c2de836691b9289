/* Table: the columns of one table, or all below one OID, walked in as few requests as will do.
 *
 * Rows unknown: all columns together, a few rows; that ends small and absent tables at once. Then,
 * and where the rows are known from before, as many columns in a request as fill a packet: of a
 * large table one, with as many repetitions as there are rows. Small tables that are known share
 * requests. GETNEXT row by row for v1 and where
 * GETBULK goes wrong. */
#pragma once

#include "snmp/gets.h"

/* Cells of one table that are taken; more is an agent that makes them up. */
#define RV_TABLE_CEILING 250000

typedef struct RvTable RvTable;

RvTable *rv_table_new(const RvSnmpQuestion *question, RvCapacity *capacity, RvPartial partial,
                      gpointer ask);
/* Small tables whose rows are known (rows_hint), asked as one. */
RvTable *rv_table_new_mixed(const RvSnmpQuestion *const *questions, guint n, RvCapacity *capacity,
                            RvPartial partial, gpointer ask);
void rv_table_free(RvTable *table);

/* The next request, without its `done`; NULL: none now (see rv_table_is_done). */
RvRequest *rv_table_next(RvTable *table, RvSession *session, RvTally *tally);
/* FALSE: the answers are full. */
gboolean rv_table_answer(RvTable *table, const RvRequest *request, const RvPdu *pdu,
                         RvSnmpAnswers *into);
/* No answer. Tries GETNEXT once, then gives the table up. */
void rv_table_fail(RvTable *table, const RvRequest *request);
void rv_table_give_up(RvTable *table, RvReason reason, const char *why);
gboolean rv_table_is_done(const RvTable *table);
/* Rows as far as known; 0: not. */
guint rv_table_rows(const RvTable *table);

/* Cells that most columns suggest and that did not come, where they are few: an agent may have
 * skipped them. */
void rv_table_ask_missing(const RvTable *table, const RvSnmpAnswers *answers, RvGets *gets);
