#include "collect/collector.h"

#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/log.h"
#include "collect/ipmi.h"
#include "collect/visit.h"
#include "ipmi/pool.h"

struct RvCollector {
    GMainContext *context;
    char *state_folder;
    guint ipmi_threads, packets_per_second;
    RvIpmiStates *states;
    RvVisitLoad load;
    RvVisitMeans means; /* its loop is made with the first device that wants it */
    RvIpmiPool *pool;
    GHashTable *rounds; /* Round*: under way */
};

#define LOAD_CEILING (64u << 20)   /* bytes of answers under way */
#define TYPICAL_BYTES (512u << 10) /* before one was seen */
#define SILENT_PART 8              /* of these, what one that is silent counts as */

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
    RvVisit *visit;       /* of its agent */
    RvIpmiAnswers *early; /* of its BMC, which wait for the agent's */
} Round;

/* ---- rounds ---- */

static void
round_free(gpointer data)
{
    Round *round = data;

    if (round->later != NULL) {
        g_source_destroy(round->later);
        g_source_unref(round->later);
    }
    rv_visit_free(round->visit);
    rv_ipmi_answers_free(round->early);
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
take_ipmi(Round *round, RvIpmiAnswers *answers)
{
    rv_collect_ipmi(answers, round->collector->states, round->observation);
    rv_ipmi_answers_free(answers);
}

static void
on_visit(gpointer user_data)
{
    Round *round = user_data;

    round->snmp_pending = FALSE;
    g_clear_pointer(&round->visit, rv_visit_free);
    if (round->early != NULL)
        take_ipmi(round, g_steal_pointer(&round->early));
    finish_when_whole(round);
}

static void
refuse_snmp(Round *round, const char *why)
{
    RvProtocol *protocol = rv_observation_add_protocol(round->observation, "snmp");

    protocol->state = RV_STATE_NOT_ASKED;
    protocol->reason = RV_REASON_CONFIGURATION;
    protocol->detail = g_strdup(why);
}

static gboolean
open_loop(RvCollector *collector, GError **error)
{
    if (collector->means.loop != NULL)
        return TRUE;
    collector->means.loop = rv_snmp_loop_new(collector->context, error);
    if (collector->means.loop == NULL)
        return FALSE;
    rv_snmp_loop_set_pace(collector->means.loop, collector->packets_per_second);
    if (collector->state_folder != NULL)
        rv_snmp_loop_load(collector->means.loop, collector->state_folder);
    return TRUE;
}

/* Without the files the next run asks more. */
static void
close_loop(RvCollector *collector)
{
    g_autoptr(GError) error = NULL;

    if (collector->means.loop != NULL && collector->state_folder != NULL &&
        !rv_snmp_loop_save(collector->means.loop, collector->state_folder, &error))
        rv_warning("%s", error->message);
    rv_snmp_loop_free(collector->means.loop);
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
    round->visit = rv_visit_start(&collector->means, round->device, round->tasks,
                                  round->deadline_ms, round->observation, on_visit, round);
}

/* ---- IPMI ---- */

/* The agent's answers are interpreted first, whoever answers first: a device says the same in each
 * round, and a frame (frame.h) holds nothing of its BMC. */
static void
on_bmc(RvIpmiAnswers *answers, gpointer user_data)
{
    Round *round = user_data;

    round->ipmi_pending = FALSE;
    if (round->snmp_pending)
        round->early = answers;
    else
        take_ipmi(round, answers);
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

/* Another build may read the same profile otherwise. */
static guint64
program_digest(guint64 hash)
{
    struct stat status = {0};

    (void)stat("/proc/self/exe", &status);
    hash = rv_hash_more(hash, &status.st_size, sizeof status.st_size);
    hash = rv_hash_more(hash, &status.st_ino, sizeof status.st_ino);
    return rv_hash_more(hash, &status.st_mtim, sizeof status.st_mtim);
}

RvCollector *
rv_collector_new(GMainContext *context, const RvCollectorOptions *options, GError **error)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvCollector) collector = g_new0(RvCollector, 1);
    g_autofree char *catalogue =
        options->state_folder != NULL
            ? g_build_filename(options->state_folder, "profiles.catalogue", NULL)
            : NULL;

    collector->context = context;
    collector->state_folder = g_strdup(options->state_folder);
    collector->ipmi_threads = options->ipmi_threads;
    collector->packets_per_second = options->packets_per_second;
    collector->rounds = g_hash_table_new_full(NULL, NULL, round_free, NULL);
    collector->load.typical = TYPICAL_BYTES;
    collector->means = (RvVisitMeans){
        .profiles = rv_profiles_open(options->profile_folders, catalogue, problems),
        .load = &collector->load,
        .plans = rv_column_plans_new(options->packet_counters),
        .packet_counters = options->packet_counters,
        .state_folder = collector->state_folder,
        .trail = options->trail,
    };
    collector->means.digest = program_digest(rv_profiles_digest(collector->means.profiles));
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
    rv_column_plans_free(collector->means.plans);
    rv_profiles_free(collector->means.profiles);
    rv_ipmi_states_free(collector->states);
    g_free(collector->state_folder);
    g_free(collector);
}

gboolean
rv_collector_is_full(const RvCollector *collector)
{
    const RvVisitLoad *load = &collector->load;

    return (load->talking + load->silent / SILENT_PART) * load->typical >= LOAD_CEILING ||
           (collector->means.loop != NULL && rv_snmp_loop_is_full(collector->means.loop));
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
