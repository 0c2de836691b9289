#include "collect/visit.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "collect/frame.h"
#include "collect/interpret.h"
#include "collect/kept.h"

#define TYPICAL_MOST (1u << 20)      /* bytes */
#define LATE_MS 500                  /* past the deadline … */
#define LATE_UNEXPECTED (256u << 10) /* … so much is not read any more */

typedef enum {
    PHASE_SYSTEM,        /* who it is, and the signs of a change */
    PHASE_MOVING,        /* the rest is kept … */
    PHASE_LINKS,         /* … but a link changed */
    PHASE_PROBES,        /* what profiles demand with `has` … */
    PHASE_REST,          /* … and all that they read */
    PHASE_RELATIVES,     /* of a model that no profile names: which family is like it … */
    PHASE_RELATIVE_REST, /* … and all that this one reads */
} Phase;

struct RvVisit {
    const RvVisitMeans *means;
    const RvDevice *device;
    RvCollectTasks tasks;
    gint64 deadline_ms, now_ms;
    RvObservation *observation;
    void (*done)(gpointer user_data);
    gpointer user_data;
    RvSnmpAgent *agent;
    RvSnmpAnswers *answers;
    RvHabits *habits; /* NULL: only a sign of life is wanted */
    RvKept *kept;     /* NULL: nothing */
    RvFrame *frame;   /* NULL: none, or not of use now */
    gboolean framed;  /* it gave the observation */
    gboolean anew;    /* all is asked; what is kept only fills what does not come */
    const RvColumnPlan *plan;
    Phase phase;
    RvQuestions *asked; /* all questions so far */
    RvQuestions *now;   /* of this phase */
    RvSnmpOutcome outcome;
    gboolean talks;
};

static void ask_phase(RvVisit *visit);

static gboolean
wants_more(const RvVisit *visit)
{
    return (visit->tasks & (RV_COLLECT_HEALTH | RV_COLLECT_CENSUS)) != 0;
}

static gboolean
is_census(const RvVisit *visit)
{
    return (visit->tasks & RV_COLLECT_CENSUS) != 0;
}

/* ---- which profiles, which columns ---- */

static gboolean
answers_have(const RvOid *oid, gpointer user_data)
{
    guint count = 0;

    rv_snmp_answers_below(user_data, oid, &count);
    return count > 0;
}

static gboolean
habits_have(const RvOid *oid, gpointer user_data)
{
    return rv_habits_rows(user_data, oid) > 0;
}

/* const RvProfile* that serve the device; problems are told when they are interpreted. */
static GPtrArray *
choose(RvVisit *visit, RvHas has, gpointer user_data)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GPtrArray) heads = NULL;
    GPtrArray *chosen = g_ptr_array_new();
    RvSelf self;
    RvOid base;

    rv_self_read(visit->answers, &self);
    heads = rv_profiles_choose(visit->means->profiles, &self, visit->device->profile, has,
                               user_data, NULL);
    base = rv_profiles_base(heads, &self);
    rv_self_clear(&self);
    for (guint i = 0; i < heads->len; i++) {
        const RvProfileHead *head = g_ptr_array_index(heads, i);
        const RvProfile *profile =
            rv_profiles_get(visit->means->profiles, head->name, &base, problems);

        if (profile != NULL)
            g_ptr_array_add(chosen, (gpointer)profile);
    }
    rv_oid_clear(&base);
    return chosen;
}

static GArray *
probes_of(const RvVisit *visit)
{
    RvSelf self;
    GArray *probes;

    rv_self_read(visit->answers, &self);
    probes = rv_profiles_probes(visit->means->profiles, &self);
    rv_self_clear(&self);
    return probes;
}

/* ---- the end ---- */

/* Of several phases the first that went wrong says why; more does the one that ended the visit. */
static void
add_outcome(RvVisit *visit, const RvSnmpOutcome *outcome)
{
    gboolean worse = outcome->state != RV_STATE_UP || visit->outcome.reason == RV_REASON_NONE;

    visit->outcome.state = outcome->state;
    visit->outcome.partial = visit->outcome.partial || outcome->partial;
    visit->outcome.requests += outcome->requests;
    visit->outcome.answers += outcome->answers;
    visit->outcome.retries += outcome->retries;
    visit->outcome.duration_ms += outcome->duration_ms;
    if (outcome->reason != RV_REASON_NONE && worse) {
        visit->outcome.reason = outcome->reason;
        g_free(visit->outcome.detail);
        visit->outcome.detail = g_strdup(outcome->detail);
    }
    if (outcome->note != NULL && visit->outcome.note == NULL)
        visit->outcome.note = g_strdup(outcome->note);
}

/* An agent that answered the first question and then no more is up, but not whole. */
static void
fill_protocol(RvVisit *visit, gboolean answered)
{
    RvProtocol *protocol = rv_observation_add_protocol(visit->observation, "snmp");

    protocol->state = answered ? RV_STATE_UP : visit->outcome.state;
    protocol->reason = visit->outcome.reason;
    protocol->partial = answered && (visit->outcome.partial || visit->outcome.state != RV_STATE_UP);
    protocol->detail = g_strdup(visit->outcome.detail);
    protocol->requests = visit->outcome.requests;
    protocol->answers = visit->outcome.answers;
    protocol->retries = visit->outcome.retries;
    protocol->duration_ms = visit->outcome.duration_ms;
    if (visit->outcome.note != NULL)
        rv_observation_note(visit->observation, "%s", visit->outcome.note);
}

/* What was kept joins what was asked; what was asked anew is kept for the next time. Where asking
 * anew was cut short, names that are kept are better than none: a sensor without its name would
 * look like another one. */
static void
settle_kept(RvVisit *visit, gboolean whole)
{
    g_autoptr(GArray) probes = NULL;
    g_autoptr(GPtrArray) profiles = NULL;

    if (visit->kept != NULL && visit->phase != PHASE_SYSTEM &&
        (visit->anew ? !whole && rv_kept_is_of(visit->kept, visit->answers) : TRUE))
        rv_kept_add_to(visit->kept, visit->answers);
    if (!whole || visit->means->state_folder == NULL ||
        (visit->phase == PHASE_MOVING && !rv_kept_is_rested(visit->kept, visit->now_ms)))
        return;
    profiles = choose(visit, answers_have, visit->answers);
    probes = probes_of(visit);
    rv_kept_save(visit->means->state_folder, visit->device->name, visit->answers,
                 rv_column_plans_get(visit->means->plans, profiles), probes,
                 visit->anew ? NULL : visit->kept, visit->now_ms);
}

/* What the frame of the device hangs on, beside itself. */
static guint64
frame_ground(const RvVisit *visit)
{
    const char *forced = visit->device->profile != NULL ? visit->device->profile : "";
    guint64 kept = rv_kept_hash(visit->kept), ground = RV_HASH_BASIS;

    ground = rv_hash_more(ground, &kept, sizeof kept);
    ground = rv_hash_more(ground, &visit->means->digest, sizeof visit->means->digest);
    return rv_hash_more(ground, forced, strlen(forced));
}

/* A round in which nothing was asked but what moves. */
static gboolean
is_plain(const RvVisit *visit)
{
    return visit->phase == PHASE_MOVING && visit->outcome.state == RV_STATE_UP &&
           !visit->outcome.partial && visit->means->trail == NULL &&
           !rv_kept_is_rested(visit->kept, visit->now_ms);
}

static void
interpret(RvVisit *visit, gboolean whole)
{
    g_autoptr(RvFrameRecorder) recorder = NULL;

    if (!whole || !is_plain(visit)) {
        rv_interpret_snmp(visit->means->profiles, visit->answers, visit->device->profile,
                          visit->observation, visit->means->trail);
        return;
    }
    recorder = rv_frame_recorder_new(visit->answers, visit->plan);
    rv_interpret_recorded(visit->means->profiles, visit->answers, visit->device->profile,
                          visit->observation, recorder);
    rv_frame_recorder_save(recorder, visit->observation, visit->means->state_folder,
                           visit->device->name, frame_ground(visit));
}

/* One that says far too much is none of these: it is cut where there is no room (snmp/shares.h).
 */
static void
note_load(RvVisitLoad *load, gsize bytes)
{
    load->typical = load->typical - load->typical / 8 + MIN(bytes, TYPICAL_MOST) / 8;
}

/* Many that said too much may end at one time, with the round: reading them all would end it late.
 */
static gboolean
is_left_unread(RvVisit *visit)
{
    gint64 late_ms = rv_clock_monotonic_ms() - visit->deadline_ms;

    if (late_ms < LATE_MS || rv_snmp_answers_unexpected(visit->answers) < LATE_UNEXPECTED)
        return FALSE;
    visit->outcome.partial = TRUE;
    visit->outcome.reason = RV_REASON_BUDGET;
    g_free(visit->outcome.detail);
    visit->outcome.detail =
        g_strdup_printf("%u values came, too many to be read when the time was over",
                        rv_snmp_answers_count(visit->answers));
    return TRUE;
}

static void
end(RvVisit *visit, gboolean whole)
{
    gboolean answered = rv_snmp_answers_count(visit->answers) > 0;
    gboolean read = answered && wants_more(visit) && !is_left_unread(visit);

    fill_protocol(visit, answered);
    if (read) {
        if (!visit->framed) {
            settle_kept(visit,
                        whole && visit->outcome.state == RV_STATE_UP && !visit->outcome.partial);
            interpret(visit, whole);
        }
        rv_habits_save(visit->habits);
    } else if (answered) {
        rv_interpret_system(visit->answers, visit->observation);
    }
    if (read)
        note_load(visit->means->load, rv_snmp_answers_bytes(visit->answers));
    visit->done(visit->user_data);
}

/* ---- phase by phase ---- */

static void
merge_questions(RvVisit *visit)
{
    guint count;
    const RvSnmpQuestion *list = rv_questions_list(visit->now, NULL, NULL, &count);

    for (guint i = 0; i < count; i++) {
        if (!list[i].walk)
            rv_questions_add(visit->asked, &list[i].oid);
        for (guint j = 0; j < list[i].n_columns; j++) {
            RvOid column = rv_oid_append(&list[i].oid, &list[i].columns[j], 1);

            rv_questions_add(visit->asked, &column);
            rv_oid_clear(&column);
        }
    }
    rv_questions_free(visit->now);
    visit->now = rv_questions_new();
}

/* All anew: what was absent may be there now. Not so where no visit was whole yet: what a slow
 * agent does not have is learned visit by visit, until there is time for what it has. */
static Phase
begin_whole(RvVisit *visit)
{
    visit->anew = TRUE;
    if (visit->kept != NULL)
        rv_habits_forget_absent(visit->habits);
    return PHASE_PROBES;
}

static Phase
after_system(RvVisit *visit)
{
    g_autoptr(GPtrArray) profiles = NULL;

    if (visit->kept == NULL || is_census(visit))
        return begin_whole(visit);
    profiles = choose(visit, habits_have, visit->habits);
    visit->plan = rv_column_plans_get(visit->means->plans, profiles);
    if (!rv_kept_holds(visit->kept, visit->answers, visit->plan, visit->now_ms))
        return begin_whole(visit);
    if (visit->means->trail == NULL && !rv_kept_is_rested(visit->kept, visit->now_ms))
        visit->frame =
            rv_frame_load(visit->means->state_folder, visit->device->name, frame_ground(visit));
    return visit->frame != NULL || rv_kept_read_cells(visit->kept) ? PHASE_MOVING
                                                                   : begin_whole(visit);
}

/* Nothing changed: the frame is filled, or what is kept will be needed after all. */
static Phase
after_moving(RvVisit *visit)
{
    if (visit->frame != NULL && is_plain(visit))
        visit->framed = rv_interpret_framed(visit->means->profiles, visit->frame, visit->plan,
                                            visit->answers, visit->observation);
    return visit->framed || rv_kept_read_cells(visit->kept) ? PHASE_MOVING : begin_whole(visit);
}

/* FALSE: that was all. */
static gboolean
go_on(RvVisit *visit)
{
    switch (visit->phase) {
    case PHASE_SYSTEM:
        visit->phase = after_system(visit);
        return TRUE;
    case PHASE_MOVING:
        switch (rv_kept_compare(visit->kept, visit->answers, visit->asked)) {
        case RV_KEPT_SAME:
            visit->phase = after_moving(visit);
            return visit->phase != PHASE_MOVING;
        case RV_KEPT_LINKS:
            visit->phase = rv_kept_read_cells(visit->kept) ? PHASE_LINKS : begin_whole(visit);
            return TRUE;
        case RV_KEPT_ROWS:
            visit->phase = begin_whole(visit);
            return TRUE;
        }
        return FALSE;
    case PHASE_PROBES:
    case PHASE_REST:
    case PHASE_RELATIVES:
        visit->phase++;
        return TRUE;
    case PHASE_LINKS:
    case PHASE_RELATIVE_REST:
        return FALSE;
    }
    return FALSE;
}

static void
on_answers(RvSnmpAgent *agent, const RvSnmpOutcome *outcome, gpointer user_data)
{
    RvVisit *visit = user_data;
    RvVisitLoad *load = visit->means->load;

    if (!visit->talks && outcome->answers > 0) {
        visit->talks = TRUE;
        load->silent--;
        load->talking++;
    }
    add_outcome(visit, outcome);
    if (outcome->state == RV_STATE_UP && visit->phase != PHASE_SYSTEM)
        rv_questions_learn(visit->now, visit->answers, visit->habits);
    merge_questions(visit);
    if (outcome->state != RV_STATE_UP || outcome->full || !wants_more(visit) ||
        rv_clock_monotonic_ms() >= visit->deadline_ms)
        end(visit, FALSE);
    else if (go_on(visit))
        ask_phase(visit);
    else
        end(visit, TRUE);
}

/* ---- questions ---- */

static void
add_system(RvVisit *visit)
{
    guint count;
    const RvOid *signs = rv_kept_signs(&count);

    rv_questions_add_system(visit->now);
    for (guint i = 0; visit->habits != NULL && visit->means->state_folder != NULL && i < count; i++)
        rv_questions_add(visit->now, &signs[i]);
}

static void
add_probes(RvVisit *visit)
{
    g_autoptr(GArray) probes = probes_of(visit);

    for (guint i = 0; i < probes->len; i++)
        rv_questions_add(visit->now, &g_array_index(probes, RvOid, i));
}

static void
add_relatives(RvVisit *visit)
{
    g_autoptr(GArray) probes = NULL;
    RvSelf self;

    if (visit->device->profile != NULL)
        return;
    rv_self_read(visit->answers, &self);
    probes =
        rv_profiles_relative_probes(visit->means->profiles, &self, answers_have, visit->answers);
    rv_self_clear(&self);
    for (guint i = 0; i < probes->len; i++)
        rv_questions_add(visit->now, &g_array_index(probes, RvOid, i));
}

static void
add_rest(RvVisit *visit)
{
    g_autoptr(GPtrArray) profiles = choose(visit, answers_have, visit->answers);

    for (guint i = 0; i < profiles->len; i++)
        rv_questions_add_profile(visit->now, g_ptr_array_index(profiles, i), is_census(visit));
    rv_questions_add_interfaces(visit->now, is_census(visit) || visit->means->packet_counters);
    rv_questions_add_entities(visit->now, is_census(visit));
}

/* A counter of 32 bits is read only where one of 64 bits has fewer rows. */
static gboolean
is_replaced(const RvVisit *visit, const RvOid *oid)
{
    const struct {
        RvOid narrow, wide;
    } counters[] = {
        {{(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 10}, 10},
         {(guint32[]){1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6}, 11}},
        {{(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 11}, 10},
         {(guint32[]){1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 7}, 11}},
        {{(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 17}, 10},
         {(guint32[]){1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 11}, 11}},
        {{(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 16}, 10},
         {(guint32[]){1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10}, 11}},
    };

    for (guint i = 0; i < G_N_ELEMENTS(counters); i++)
        if (rv_oid_compare(oid, &counters[i].narrow) == 0) {
            gint rows = rv_habits_rows(visit->habits, &counters[i].wide);

            return rows > 0 && rows >= rv_habits_rows(visit->habits, oid);
        }
    return FALSE;
}

/* What changes so seldom that it is looked at now and then. */
static void
add_resting(RvVisit *visit)
{
    guint count;
    const RvOid *resting = rv_kept_resting(visit->kept, visit->now_ms, &count);

    for (guint i = 0; i < count; i++)
        if (rv_habits_rows(visit->habits, &resting[i]) > 0)
            rv_questions_add(visit->now, &resting[i]);
}

static void
add_moving(RvVisit *visit)
{
    for (guint i = 0; i < visit->plan->moving->len; i++) {
        const RvOid *oid = &g_array_index(visit->plan->moving, RvOid, i);

        if (rv_habits_rows(visit->habits, oid) != 0 && !is_replaced(visit, oid))
            rv_questions_add(visit->now, oid);
    }
    add_resting(visit);
}

static void
add_links(RvVisit *visit)
{
    const RvOid tables[] = {
        {(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1}, 9},
        {(guint32[]){1, 3, 6, 1, 2, 1, 10, 7, 2, 1}, 10},
        {(guint32[]){1, 3, 6, 1, 2, 1, 31, 1, 1, 1}, 10},
    };

    for (guint i = 0; i < visit->plan->still->len; i++) {
        const RvOid *oid = &g_array_index(visit->plan->still, RvOid, i);

        for (guint k = 0; k < G_N_ELEMENTS(tables); k++)
            if (rv_oid_is_below(oid, &tables[k]))
                rv_questions_add(visit->now, oid);
    }
}

static void
ask_phase(RvVisit *visit)
{
    const RvSnmpQuestion *list;
    guint count = 0;

    switch (visit->phase) {
    case PHASE_SYSTEM:
        add_system(visit);
        break;
    case PHASE_MOVING:
        add_moving(visit);
        break;
    case PHASE_LINKS:
        add_links(visit);
        break;
    case PHASE_PROBES:
        add_probes(visit);
        break;
    case PHASE_RELATIVES:
        add_relatives(visit);
        break;
    case PHASE_REST:
    case PHASE_RELATIVE_REST:
        add_rest(visit);
        break;
    }
    list = rv_questions_list(visit->now, visit->phase == PHASE_SYSTEM ? NULL : visit->habits,
                             visit->asked, &count);
    if (count > 0)
        rv_snmp_agent_ask(visit->agent, list, count, visit->deadline_ms, visit->answers, on_answers,
                          visit);
    else if (go_on(visit))
        ask_phase(visit);
    else
        end(visit, TRUE);
}

/* ---- life ---- */

static RvSnmpAgent *
agent_of(const RvVisitMeans *means, const RvDevice *device, RvCollectTasks tasks)
{
    RvSnmpAccess access = *device->snmp; /* borrows what it points to: the agent has its copy */

    if ((tasks & RV_COLLECT_ONE_TRY) != 0)
        access.retries = 0;
    return rv_snmp_agent_new(means->loop, &access);
}

RvVisit *
rv_visit_start(const RvVisitMeans *means, const RvDevice *device, RvCollectTasks tasks,
               gint64 deadline_ms, RvObservation *observation, void (*done)(gpointer user_data),
               gpointer user_data)
{
    RvVisit *visit = g_new0(RvVisit, 1);

    visit->means = means;
    visit->device = device;
    visit->tasks = tasks;
    visit->deadline_ms = deadline_ms;
    visit->now_ms = rv_clock_now_ms();
    visit->observation = observation;
    visit->done = done;
    visit->user_data = user_data;
    visit->agent = agent_of(means, device, tasks);
    visit->answers = rv_snmp_answers_new();
    if (wants_more(visit)) {
        visit->habits = rv_habits_load(means->state_folder, device->name, visit->now_ms);
        visit->kept = rv_kept_load(means->state_folder, device->name);
        rv_snmp_agent_expect(visit->agent, rv_kept_family(visit->kept));
    }
    visit->asked = rv_questions_new();
    visit->now = rv_questions_new();
    means->load->silent++;
    ask_phase(visit);
    return visit;
}

void
rv_visit_free(RvVisit *visit)
{
    if (visit == NULL)
        return;
    *(visit->talks ? &visit->means->load->talking : &visit->means->load->silent) -= 1;
    rv_snmp_agent_free(visit->agent);
    rv_snmp_answers_free(visit->answers);
    rv_habits_free(visit->habits);
    rv_kept_free(visit->kept);
    rv_frame_free(visit->frame);
    rv_questions_free(visit->asked);
    rv_questions_free(visit->now);
    g_free(visit->outcome.detail);
    g_free(visit->outcome.note);
    g_free(visit);
}
