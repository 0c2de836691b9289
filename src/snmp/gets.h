/* Gets: single instances, asked many at a time. */
#pragma once

#include "snmp/capacity.h"
#include "snmp/loop.h"

typedef struct RvGets RvGets;

RvGets *rv_gets_new(RvCapacity *capacity, RvPartial partial, gpointer ask);
void rv_gets_free(RvGets *gets);
/* Copies `oid`. */
void rv_gets_add(RvGets *gets, const RvOid *oid);

/* The next request, without its `done`; NULL: all are asked. */
RvRequest *rv_gets_next(RvGets *gets, RvSession *session, RvTally *tally);
/* FALSE: the answers are full. */
gboolean rv_gets_answer(RvGets *gets, const RvRequest *request, const RvPdu *pdu,
                        RvSnmpAnswers *into);
/* The request failed: they are not asked again. */
void rv_gets_fail(RvGets *gets, const RvRequest *request);
/* Nothing more will be asked: tells what is missing. */
void rv_gets_give_up(RvGets *gets, RvReason reason, const char *why);
