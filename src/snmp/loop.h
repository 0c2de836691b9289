/* The loop: requests of all agents in flight at once, on two sockets and one heap of timers.
 *
 * A request is sent when the window and the pacing allow, repeated when nothing comes, and ends
 * once: answered, refused or failed. Answers count only from the address that was asked, with the
 * id that was given. */
#pragma once

#include "snmp/agent.h"
#include "snmp/families.h"
#include "snmp/session.h"
#include "snmp/shares.h"
#include "snmp/timers.h"

typedef struct {
    guint requests, answers, retries;
    guint unknown; /* values of a type that is none of SNMP's: left out */
} RvTally;

typedef struct RvRequest RvRequest;
struct RvRequest {
    /* filled by who asks */
    RvSession *session;
    RvTally *tally;
    RvPduType type;
    RvOid *oids; /* owned */
    guint n;
    guint repetitions; /* of GETBULK */
    guint asked_first; /* before it was made smaller: of `n` or `repetitions`; 0: it was not */
    /* The answer, or NULL: failed, see `reason` and `detail`. The request is freed after it. */
    void (*done)(RvRequest *request, const RvPdu *pdu);
    /* Before it is sent again after a whole time-out; may make it smaller. NULL: as it is. */
    void (*shrink)(RvRequest *request);
    gpointer owner, part;
    guint32 *parts; /* owned; for who asks */

    /* the loop's */
    guint32 id; /* 0: not yet sent */
    guint timeouts, early, again;
    gint64 first_ms, sent_ms, took_ms;
    RvReason reason;
    char *detail;
    int error; /* of ICMP or the kernel */
    gboolean foreign, strange;
    RvTimer timer;
    GList link;
    gboolean queued, counted;
    RvSnmpLoop *loop;
};

RvRequest *rv_request_new(RvSession *session, RvTally *tally, RvPduType type, RvOid *oids, guint n);
void rv_loop_send(RvSnmpLoop *loop, RvRequest *request);
/* Ends it without `done`. */
void rv_loop_cancel(RvSnmpLoop *loop, RvRequest *request);

RvTimers *rv_loop_timers(RvSnmpLoop *loop);
RvShares *rv_loop_shares(RvSnmpLoop *loop);
/* After a timer was set outside the loop's own callbacks. */
void rv_loop_wake(RvSnmpLoop *loop);
RvFamilies *rv_loop_families(RvSnmpLoop *loop);
RvSecurity *rv_loop_security(RvSnmpLoop *loop);
GMainContext *rv_loop_context(RvSnmpLoop *loop);
