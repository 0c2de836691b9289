/* Session: one conversation with one BMC. Opened with the cipher suite that it takes, counted,
 * stopped at the deadline, always closed.
 *
 * Blocks, at most access->timeout_ms for each command. Not shared between threads. */
#pragma once

#include <freeipmi/freeipmi.h>

#include "inventory/access.h"
#include "ipmi/habits.h"
#include "ipmi/workaround.h"
#include "observation/observation.h"

typedef struct {
    const RvIpmiAccess *access;
    RvIpmiWorkarounds workarounds;
    gint64 deadline_ms;    /* rv_clock_monotonic_ms */
    const gint *cancelled; /* atomic: not 0 means stop soon */
    ipmi_ctx_t context;    /* NULL: not open */
    guint requests, retries;
    guint denied;    /* requests refused because of the privilege level */
    gint64 last_ms;  /* that the last command took: with less than that left none is begun */
    int cipher;      /* of the open session; -1: none, or IPMI 1.5 */
    RvReason reason; /* why no more can be asked; RV_REASON_NONE: go on */
    char *detail;    /* one sentence for a person */
} RvIpmiSession;

void rv_ipmi_session_init(RvIpmiSession *session, const RvIpmiAccess *access, gint64 deadline_ms,
                          const gint *cancelled);

/* Cipher suites in turn: access->cipher alone where it is given, else the remembered one, 17, 3. A
 * refused user or password ends it: no account is tried twice. FALSE: `reason` and `detail` say
 * why. The one that worked is written to `habits`. */
gboolean rv_ipmi_session_open(RvIpmiSession *session, RvIpmiHabits *habits);
/* Sends Close Session; bounded by the command's time-out. Nothing where it is not open. */
void rv_ipmi_session_close(RvIpmiSession *session);
/* Closes what is open and frees what init and open made. */
void rv_ipmi_session_clear(RvIpmiSession *session);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvIpmiSession, rv_ipmi_session_clear)

/* TRUE while there is time, nobody called off, and the BMC answers. */
gboolean rv_ipmi_session_goes_on(RvIpmiSession *session);

/* Around calls of libfreeipmi that send `requests` requests of their own: _begin gives the time,
 * _end counts and looks whether the session was lost. */
gint64 rv_ipmi_session_begin(RvIpmiSession *session);
void rv_ipmi_session_end(RvIpmiSession *session, gint64 begun_ms, guint requests, gboolean failed);

/* One command: request[0] is the command number. The reply's data after the completion code go to
 * `reply` (at most `size` bytes), its length is returned. -1: no reply, or not asked because the
 * session does not go on; -2: a completion code other than 0, in *code (may be NULL). A busy BMC is
 * asked again after a pause. */
int rv_ipmi_session_command(RvIpmiSession *session, guint8 lun, guint8 net_fn,
                            const guint8 *request, guint request_length, guint8 *reply, guint size,
                            guint8 *code);

#define RV_IPMI_NO_ANSWER                                                                          \
    "no answer: is the address right, the BMC up, its UDP port open, IPMI over LAN enabled?"

/* libfreeipmi's code as our reason, with a sentence for a person; *text may be NULL. */
RvReason rv_ipmi_reason(int errnum, gboolean opening, const char **text);
