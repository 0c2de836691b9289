/* Agents: asking many devices over SNMP on one asynchronous loop.
 *
 * Nothing here blocks. An RvSnmpLoop lives on one GMainContext and thread; all its agents and their
 * callbacks run there. No configuration, MIB or persistent file of the user's is read. Every
 * question ends: with all its answers, or by its deadline with what came until then. */
#pragma once

#include "inventory/access.h"
#include "observation/observation.h"
#include "snmp/answers.h"

typedef struct RvSnmpLoop RvSnmpLoop;
typedef struct RvSnmpAgent RvSnmpAgent;

/* `context` NULL: the default one. One loop per process (net-snmp's SNMPv3 state is global). */
RvSnmpLoop *rv_snmp_loop_new(GMainContext *context, GError **error);
void rv_snmp_loop_free(RvSnmpLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvSnmpLoop, rv_snmp_loop_free)

/* At most so many packets leave in a second, evenly; 0 (the default): as many as the window lets.
 */
void rv_snmp_loop_set_pace(RvSnmpLoop *loop, guint packets_per_second);
/* The answers of those under way take so much that some have to wait: ask nobody else now. */
gboolean rv_snmp_loop_is_full(RvSnmpLoop *loop);
/* What earlier runs left in the state folder: SNMPv3 engines (engines.h), so that discovery is not
 * needed again, and what agents take in one request (families.h). No secrets; absence or damage
 * costs requests. */
void rv_snmp_loop_load(RvSnmpLoop *loop, const char *folder);
gboolean rv_snmp_loop_save(RvSnmpLoop *loop, const char *folder, GError **error);

/* Never fails: what is wrong (a name that does not resolve, bad keys) is the outcome of the first
 * question. `access` is copied. */
RvSnmpAgent *rv_snmp_agent_new(RvSnmpLoop *loop, const RvSnmpAccess *access);
/* It was of this family (rv_family_of) when it was asked last: it is asked for no more than the
 * family takes. What `into` of a later question holds of itself counts instead. 0: not known. */
void rv_snmp_agent_expect(RvSnmpAgent *agent, guint64 family);
/* Cancels what is under way without calling back. */
void rv_snmp_agent_free(RvSnmpAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvSnmpAgent, rv_snmp_agent_free)

/* What to ask. Instances are asked together with GET; a table's columns are walked with GETBULK
 * (GETNEXT for v1). */
typedef struct {
    RvOid oid;        /* instance, or the entry (or any root) of a table */
    gboolean walk;    /* FALSE: GET this instance */
    guint32 *columns; /* ascending; walked as oid.column; NULL: all below oid */
    guint n_columns;
    guint rows_hint; /* rows known from an earlier round; 0: none */
} RvSnmpQuestion;

typedef struct {
    RvReachability state;
    RvReason reason;
    char *detail; /* NULL when up and whole */
    char *note;   /* odd, but no failure (two devices with one SNMPv3 engine ID); NULL: nothing */
    gboolean partial;
    gboolean full; /* partial, and no more is kept of this agent: asking on is of no use */
    guint requests, answers, retries;
    gint64 duration_ms;
} RvSnmpOutcome;

typedef void (*RvSnmpDone)(RvSnmpAgent *agent, const RvSnmpOutcome *outcome, gpointer user_data);

/* Asks all questions; answers go into `into` (borrowed until done). Calls `done` once, always from
 * the loop, at the latest at `deadline_ms` (rv_clock_monotonic_ms). One call under way per agent.
 */
void rv_snmp_agent_ask(RvSnmpAgent *agent, const RvSnmpQuestion *questions, guint n_questions,
                       gint64 deadline_ms, RvSnmpAnswers *into, RvSnmpDone done,
                       gpointer user_data);
