/* Ask: one round of questions to one agent, from the first packet to the outcome. */
#pragma once

#include "snmp/table.h"

typedef struct RvAsk RvAsk;

/* Begins once the session has its peer; learns `capacity` (borrowed). `done` is called once, from
 * the loop, and may free the ask.
 */
RvAsk *rv_ask_new(RvSnmpLoop *loop, RvSession *session, RvCapacity *capacity,
                  const RvSnmpQuestion *questions, guint n, gint64 deadline_ms, RvSnmpAnswers *into,
                  void (*done)(gpointer user_data, const RvSnmpOutcome *outcome),
                  gpointer user_data);
void rv_ask_begin(RvAsk *ask);
/* Ends it before it began. */
void rv_ask_refuse(RvAsk *ask, RvReason reason, const char *detail);
/* Without calling back. */
void rv_ask_free(RvAsk *ask);
