#include "collect/collector.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "collect/interpret.h"
#include "collect/ipmi.h"
#include "collect/questions.h"
#include "ipmi/pool.h"
#include "snmp/agent.h"

struct RvCollector {
    GMainContext *context;
    char *state_folder;
    guint ipmi_threads, packets_per_second;
    GPtrArray *trail;
    RvProfiles *profiles;
    RvIpmiStates *states;
    RvSnmpLoop *loop; /* made with the first device that wants it */
    RvIpmiPool *pool;
    GHashTable *rounds; /* Round*: under way */
};

typedef enum { PHASE_SYSTEM, PHASE_PROBES, PHASE_REST } Phase;

/* One device under way. */
typedef struct {
    RvCollector *collector;
    const RvDevice *device;
    RvCollectTasks tasks;
    gint64 deadline_ms;
    RvCollectDone done;
    gpointer user_data;
    RvObservation *observation;
    GSource *later; /* tells a round that has nothing to ask */
    gboolean snmp_pending, ipmi_pending;
    /* SNMP */
    RvSnmpAgent *agent;
    RvSnmpAnswers *answers;
    RvHabits *habits;
    Phase phase;
    RvQuestions *asked; /* all questions so far */
    RvQuestions *now;   /* of this phase */
    RvSnmpOutcome outcome;
} Round;

static void ask_phase(Round *round);

/* ---- rounds ---- */

static void
round_free(gpointer data)
{
    Round *round = data;

    if (round->later != NULL) {
        g_source_destroy(round->later);
        g_source_unref(round->later);
    }
    rv_snmp_agent_free(round->agent);
    rv_snmp_answers_free(round->answers);
    rv_habits_free(round->habits);
    rv_questions_free(round->asked);
    rv_questions_free(round->now);
    g_free(round->outcome.detail);
    g_free(round->outcome.note);
    rv_observation_free(round->observation);
    g_free(round);
}

static void
replace(char **field, const char *text)
{
    if (text == NULL)
        return;
    g_free(*field);
    *field = g_strdup(text);
}

/* A device that the command line named by its address alone goes by what it calls itself. */
static void
name_device(const RvDevice *device, RvDeviceIdentity *identity)
{
    gboolean nameless = device->name == NULL || g_strcmp0(device->name, device->address) == 0;

    replace(&identity->host, device->address != NULL ? device->address
                             : device->snmp != NULL  ? device->snmp->address
                                                     : device->name);
    replace(&identity->name,
            nameless && identity->sys_name != NULL ? identity->sys_name : device->name);
    replace(&identity->kind, device->kind);
    replace(&identity->site, device->site);
}

static void
finish_when_whole(Round *round)
{
    RvObservation *observation;
    RvCollectDone done = round->done;
    gpointer user_data = round->user_data;

    if (round->snmp_pending || round->ipmi_pending)
        return;
    name_device(round->device, &round->observation->device);
    rv_observation_settle(round->observation);
    observation = g_steal_pointer(&round->observation);
    g_hash_table_remove(round->collector->rounds, round);
    done(observation, user_data);
}

/* ---- SNMP ---- */

static void
add_outcome(Round *round, const RvSnmpOutcome *outcome)
{
    round->outcome.state = outcome->state;
    round->outcome.reason = outcome->reason;
    round->outcome.partial = round->outcome.partial || outcome->partial;
    round->outcome.requests += outcome->requests;
    round->outcome.answers += outcome->answers;
    round->outcome.retries += outcome->retries;
    round->outcome.duration_ms += outcome->duration_ms;
    if (outcome->detail != NULL && round->outcome.detail == NULL)
        round->outcome.detail = g_strdup(outcome->detail);
    if (outcome->note != NULL && round->outcome.note == NULL)
        round->outcome.note = g_strdup(outcome->note);
}

/* An agent that answered the first question and then no more is up, but not whole. */
static void
end_snmp(Round *round)
{
    RvProtocol *protocol = rv_observation_add_protocol(round->observation, "snmp");
    gboolean answered = rv_snmp_answers_count(round->answers) > 0;

    protocol->state = answered ? RV_STATE_UP : round->outcome.state;
    protocol->reason = round->outcome.reason;
    protocol->partial = answered && (round->outcome.partial || round->outcome.state != RV_STATE_UP);
    protocol->detail = g_strdup(round->outcome.detail);
    protocol->requests = round->outcome.requests;
    protocol->answers = round->outcome.answers;
    protocol->retries = round->outcome.retries;
    protocol->duration_ms = round->outcome.duration_ms;
    if (round->outcome.note != NULL)
        rv_observation_note(round->observation, "%s", round->outcome.note);
    if (answered && (round->tasks & (RV_COLLECT_HEALTH | RV_COLLECT_CENSUS)) != 0) {
        rv_interpret_snmp(round->collector->profiles, round->answers, round->device->profile,
                          round->observation, round->collector->trail);
        rv_habits_save(round->habits);
    } else if (answered) {
        rv_interpret_system(round->answers, round->observation);
    }
    round->snmp_pending = FALSE;
    finish_when_whole(round);
}

static void
merge_questions(Round *round)
{
    guint count;
    const RvSnmpQuestion *list = rv_questions_list(round->now, NULL, NULL, &count);

    for (guint i = 0; i < count; i++) {
        if (!list[i].walk)
            rv_questions_add(round->asked, &list[i].oid);
        for (guint j = 0; j < list[i].n_columns; j++) {
            RvOid column = rv_oid_append(&list[i].oid, &list[i].columns[j], 1);

            rv_questions_add(round->asked, &column);
            rv_oid_clear(&column);
        }
    }
    rv_questions_free(round->now);
    round->now = rv_questions_new();
}

static void
on_answers(RvSnmpAgent *agent, const RvSnmpOutcome *outcome, gpointer user_data)
{
    Round *round = user_data;
    gboolean more = (round->tasks & (RV_COLLECT_HEALTH | RV_COLLECT_CENSUS)) != 0;

    add_outcome(round, outcome);
    if (outcome->state == RV_STATE_UP && round->phase != PHASE_SYSTEM)
        rv_questions_learn(round->now, round->answers, round->habits);
    if (outcome->state != RV_STATE_UP || !more || round->phase == PHASE_REST ||
        rv_clock_monotonic_ms() >= round->deadline_ms) {
        end_snmp(round);
        return;
    }
    merge_questions(round);
    round->phase = round->phase == PHASE_SYSTEM ? PHASE_PROBES : PHASE_REST;
    ask_phase(round);
}

static gboolean
answers_have(const RvOid *oid, gpointer user_data)
{
    guint count = 0;

    rv_snmp_answers_below(user_data, oid, &count);
    return count > 0;
}

/* What profiles demand with `has`. */
static void
add_probes(Round *round)
{
    RvSelf self;
    g_autoptr(GArray) probes = NULL;

    rv_self_read(round->answers, &self);
    probes = rv_profiles_probes(round->collector->profiles, &self);
    for (guint i = 0; i < probes->len; i++)
        rv_questions_add(round->now, &g_array_index(probes, RvOid, i));
    rv_self_clear(&self);
}

static void
add_rest(Round *round)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GPtrArray) heads = NULL;
    gboolean census = (round->tasks & RV_COLLECT_CENSUS) != 0;
    RvSelf self;
    RvOid base;

    rv_self_read(round->answers, &self);
    heads = rv_profiles_choose(round->collector->profiles, &self, round->device->profile,
                               answers_have, round->answers, NULL);
    base = rv_profiles_base(heads, &self);
    rv_self_clear(&self);
    for (guint i = 0; i < heads->len; i++) {
        const RvProfileHead *head = g_ptr_array_index(heads, i);
        const RvProfile *profile =
            rv_profiles_get(round->collector->profiles, head->name, &base, problems);

        if (profile != NULL)
            rv_questions_add_profile(round->now, profile, census);
    }
    rv_oid_clear(&base);
    rv_questions_add_interfaces(round->now);
    rv_questions_add_entities(round->now, census);
}

static void
ask_phase(Round *round)
{
    const RvSnmpQuestion *list;
    guint count = 0;

    switch (round->phase) {
    case PHASE_SYSTEM:
        rv_questions_add_system(round->now);
        break;
    case PHASE_PROBES:
        add_probes(round);
        break;
    case PHASE_REST:
        add_rest(round);
        break;
    }
    list = rv_questions_list(round->now, round->phase == PHASE_SYSTEM ? NULL : round->habits,
                             round->asked, &count);
    if (count == 0 && round->phase == PHASE_PROBES) {
        round->phase = PHASE_REST;
        ask_phase(round);
    } else if (count == 0) {
        end_snmp(round);
    } else {
        rv_snmp_agent_ask(round->agent, list, count, round->deadline_ms, round->answers, on_answers,
                          round);
    }
}

static void
refuse_snmp(Round *round, const char *why)
{
    RvProtocol *protocol = rv_observation_add_protocol(round->observation, "snmp");

    protocol->state = RV_STATE_NOT_ASKED;
    protocol->reason = RV_REASON_CONFIGURATION;
    protocol->detail = g_strdup(why);
}

static char *
engines_path(const RvCollector *collector)
{
    return collector->state_folder != NULL
               ? g_build_filename(collector->state_folder, "engines", NULL)
               : NULL;
}

static gboolean
open_loop(RvCollector *collector, GError **error)
{
    g_autofree char *engines = engines_path(collector);

    if (collector->loop != NULL)
        return TRUE;
    collector->loop = rv_snmp_loop_new(collector->context, error);
    if (collector->loop == NULL)
        return FALSE;
    rv_snmp_loop_set_pace(collector->loop, collector->packets_per_second);
    if (engines != NULL)
        rv_snmp_loop_load_engines(collector->loop, engines);
    return TRUE;
}

/* Without the file the next run asks each v3 agent once more. */
static void
close_loop(RvCollector *collector)
{
    g_autofree char *engines = engines_path(collector);
    g_autoptr(GError) error = NULL;

    if (collector->loop != NULL && engines != NULL &&
        !rv_snmp_loop_save_engines(collector->loop, engines, &error))
        rv_warning("%s", error->message);
    rv_snmp_loop_free(collector->loop);
}

static void
start_snmp(Round *round)
{
    RvCollector *collector = round->collector;
    g_autoptr(GError) error = NULL;

    if (!open_loop(collector, &error)) {
        refuse_snmp(round, error->message);
        return;
    }
    round->snmp_pending = TRUE;
    round->agent = rv_snmp_agent_new(collector->loop, round->device->snmp);
    round->answers = rv_snmp_answers_new();
    round->habits = rv_habits_load(collector->state_folder, round->device->name, rv_clock_now_ms());
    if ((round->tasks & RV_COLLECT_CENSUS) != 0)
        rv_habits_forget_absent(round->habits);
    round->asked = rv_questions_new();
    round->now = rv_questions_new();
    ask_phase(round);
}

/* ---- IPMI ---- */

static void
on_bmc(RvIpmiAnswers *answers, gpointer user_data)
{
    Round *round = user_data;

    rv_collect_ipmi(answers, round->collector->states, round->observation);
    rv_ipmi_answers_free(answers);
    round->ipmi_pending = FALSE;
    finish_when_whole(round);
}

static void
refuse_ipmi(Round *round, const char *why)
{
    RvProtocol *protocol = rv_observation_add_protocol(round->observation, "ipmi");

    protocol->state = RV_STATE_NOT_ASKED;
    protocol->reason = RV_REASON_CONFIGURATION;
    protocol->detail = g_strdup(why);
}

static void
start_ipmi(Round *round, const RvCollectMemory *memory)
{
    RvCollector *collector = round->collector;
    gboolean health = (round->tasks & RV_COLLECT_HEALTH) != 0;
    gboolean census = (round->tasks & RV_COLLECT_CENSUS) != 0;
    RvIpmiTask task = {.sensors = health,
                       .sel = health,
                       .dcmi = health,
                       .chassis = health || census,
                       .fru = census,
                       .sel_after_record = memory != NULL ? memory->sel_record : 0,
                       .sel_after_time = memory != NULL ? memory->sel_time : 0,
                       .deadline_ms = round->deadline_ms};
    g_autoptr(GError) error = NULL;

    if (collector->states == NULL) {
        refuse_ipmi(round, "no table of states was named");
        return;
    }
    if (collector->pool == NULL)
        collector->pool = rv_ipmi_pool_new(collector->context, collector->state_folder,
                                           collector->ipmi_threads, &error);
    if (collector->pool == NULL) {
        refuse_ipmi(round, error->message);
        return;
    }
    round->ipmi_pending = TRUE;
    rv_ipmi_pool_ask(collector->pool, round->device->ipmi, &task, on_bmc, round);
}

/* ---- the collector ---- */

RvCollector *
rv_collector_new(GMainContext *context, const RvCollectorOptions *options, GError **error)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvCollector) collector = g_new0(RvCollector, 1);

    collector->context = context;
    collector->state_folder = g_strdup(options->state_folder);
    collector->ipmi_threads = options->ipmi_threads;
    collector->packets_per_second = options->packets_per_second;
    collector->trail = options->trail;
    collector->rounds = g_hash_table_new_full(NULL, NULL, round_free, NULL);
    collector->profiles = rv_profiles_open(options->profile_folders, problems);
    if (options->interpretation != NULL)
        collector->states = rv_ipmi_states_load(options->interpretation, error);
    if ((options->interpretation != NULL && collector->states == NULL) ||
        !rv_problems_settle(problems, error))
        return NULL;
    return g_steal_pointer(&collector);
}

void
rv_collector_free(RvCollector *collector)
{
    if (collector == NULL)
        return;
    rv_ipmi_pool_free(collector->pool); /* its callbacks point to rounds */
    g_hash_table_unref(collector->rounds);
    close_loop(collector);
    rv_profiles_free(collector->profiles);
    rv_ipmi_states_free(collector->states);
    g_free(collector->state_folder);
    g_free(collector);
}

/* Neither protocol can be asked: told from the loop, as everything else. */
static gboolean
on_nothing_to_ask(gpointer user_data)
{
    finish_when_whole(user_data);
    return G_SOURCE_REMOVE;
}

static void
finish_later(Round *round)
{
    round->later = g_idle_source_new();
    g_source_set_callback(round->later, on_nothing_to_ask, round, NULL);
    g_source_attach(round->later, round->collector->context);
}

void
rv_collector_start(RvCollector *collector, const RvDevice *device, RvCollectTasks tasks,
                   const RvCollectMemory *memory, gint64 deadline_ms, RvCollectDone done,
                   gpointer user_data)
{
    Round *round = g_new0(Round, 1);

    round->collector = collector;
    round->device = device;
    round->tasks = tasks;
    round->deadline_ms = deadline_ms;
    round->done = done;
    round->user_data = user_data;
    round->observation = rv_observation_new();
    round->observation->taken_at_ms = rv_clock_now_ms();
    g_hash_table_add(collector->rounds, round);
    if (device->snmp != NULL)
        start_snmp(round);
    if (device->ipmi != NULL)
        start_ipmi(round, memory);
    if (!round->snmp_pending && !round->ipmi_pending)
        finish_later(round);
}
