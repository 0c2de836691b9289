#include "snmp/agent.h"

#include "base/clock.h"
#include "snmp/ask.h"
#include "snmp/resolve.h"

struct RvSnmpAgent {
    RvSnmpLoop *loop;
    RvSession session;
    RvCapacity capacity;
    guint64 family;   /* 0: not known */
    RvLookup *lookup; /* under way */
    gboolean resolved;
    RvAsk *ask; /* under way */
    RvSnmpDone done;
    gpointer user_data;
};

RvSnmpAgent *
rv_snmp_agent_new(RvSnmpLoop *loop, const RvSnmpAccess *access)
{
    RvSnmpAgent *agent = g_new0(RvSnmpAgent, 1);

    agent->loop = loop;
    rv_session_init(&agent->session, access, rv_loop_security(loop));
    rv_capacity_init(&agent->capacity, access->version != RV_SNMP_1, access->max_repetitions);
    return agent;
}

void
rv_snmp_agent_expect(RvSnmpAgent *agent, guint64 family)
{
    guint most[RV_SIZES];

    if (family == 0 || family == agent->family)
        return;
    agent->family = family;
    rv_families_find(rv_loop_families(agent->loop), family, rv_clock_now_ms() / 1000, most);
    rv_capacity_expect(&agent->capacity, most);
}

void
rv_snmp_agent_free(RvSnmpAgent *agent)
{
    if (agent == NULL)
        return;
    if (agent->family != 0 && agent->capacity.seen[RV_SIZE_BYTES].answered > 0)
        rv_families_learn(rv_loop_families(agent->loop), agent->family, rv_clock_now_ms() / 1000,
                          agent->capacity.seen);
    rv_resolve_cancel(agent->lookup);
    rv_ask_free(agent->ask);
    rv_session_clear(&agent->session);
    g_free(agent);
}

/* The ask is gone before the caller hears of it: it may ask again at once, or free the agent. */
static void
on_done(gpointer data, const RvSnmpOutcome *outcome)
{
    RvSnmpAgent *agent = data;
    RvAsk *ask = g_steal_pointer(&agent->ask);
    g_autofree char *detail = g_strdup(outcome->detail), *note = g_strdup(outcome->note);
    RvSnmpOutcome copy = *outcome;

    if (agent->lookup != NULL && outcome->reason == RV_REASON_BUDGET) {
        g_free(detail);
        detail = g_strdup_printf("the name '%s' was not resolved in time; see that the name server "
                                 "answers, or give an address",
                                 agent->session.access->address);
    }
    copy.detail = detail;
    copy.note = note;
    rv_resolve_cancel(g_steal_pointer(&agent->lookup));
    rv_ask_free(ask);
    agent->done(agent, &copy, agent->user_data);
}

static void
begin(RvSnmpAgent *agent)
{
    agent->resolved = TRUE;
    rv_session_begin(&agent->session);
    rv_ask_begin(agent->ask);
}

static void
on_resolved(gpointer data, const RvPeer *peer, const char *why)
{
    RvSnmpAgent *agent = data;

    agent->lookup = NULL;
    if (peer == NULL) {
        rv_ask_refuse(agent->ask, RV_REASON_NAME, why);
        return;
    }
    agent->session.peer = *peer;
    begin(agent);
}

/* What can be known to fail without a packet; NULL: nothing. */
static const char *
complaint(const RvSnmpAccess *access)
{
    if (access->address == NULL || *access->address == '\0')
        return "no address is given";
    if (access->version != RV_SNMP_3)
        return access->community == NULL ? "no community is given" : NULL;
    return *access->user == '\0' ? "no SNMPv3 user is given" : NULL;
}

void
rv_snmp_agent_ask(RvSnmpAgent *agent, const RvSnmpQuestion *questions, guint n_questions,
                  gint64 deadline_ms, RvSnmpAnswers *into, RvSnmpDone done, gpointer user_data)
{
    const RvSnmpAccess *access = agent->session.access;

    g_return_if_fail(agent->ask == NULL);
    agent->done = done;
    agent->user_data = user_data;
    rv_snmp_agent_expect(agent, rv_family_of(into));
    agent->ask = rv_ask_new(agent->loop, &agent->session, &agent->capacity, questions, n_questions,
                            deadline_ms, into, on_done, agent);
    if (complaint(access) != NULL)
        rv_ask_refuse(agent->ask, RV_REASON_CONFIGURATION, complaint(access));
    else if (agent->resolved)
        rv_ask_begin(agent->ask);
    else if (rv_resolve_number(access->address, access->port, &agent->session.peer))
        begin(agent);
    else
        agent->lookup = rv_resolve_start(rv_loop_context(agent->loop), access->address,
                                         access->port, on_resolved, agent);
}
