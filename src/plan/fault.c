#include "plan/fault.h"

#include <string.h>

#include "base/text.h"
#include "observation/words.h"
#include "plan/fault-facts.h"

#define MINUTE ((gint64)60000)
#define HOUR (60 * MINUTE)

static const char *const kind_words[] = {"alarm", "defect", "question"};
static const char *const action_words[] = {"open", "worsen", "recover", "relapse", "fold"};
static const char *const clock_words[RV_CLOCK_KINDS] = {"respond", "resolve", "plan", "report"};

const char *
rv_fault_kind_word(RvFaultKind kind)
{
    return kind_words[kind];
}

gboolean
rv_fault_kind_parse(const char *word, RvFaultKind *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(kind_words); i++) {
        if (strcmp(word, kind_words[i]) == 0) {
            *kind = (RvFaultKind)i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *
rv_fault_action_word(RvFaultActionKind kind)
{
    return action_words[kind];
}

const char *
rv_clock_kind_word(RvClockKind kind)
{
    return clock_words[kind];
}

/* ---- policy ---- */

static void
level_free(gpointer data)
{
    RvFaultLevel *level = data;

    g_free(level->id);
    g_free(level->name);
    g_free(level);
}

static void
rule_free(gpointer data)
{
    RvFaultRule *rule = data;

    g_free(rule->devices);
    g_free(rule->kinds);
    g_free(rule->service_classes);
    g_free(rule->what);
    g_free(rule->level);
    g_free(rule);
}

RvFaultPolicy *
rv_fault_policy_new(void)
{
    RvFaultPolicy *policy = g_new0(RvFaultPolicy, 1);

    policy->levels = g_ptr_array_new_with_free_func(level_free);
    policy->rules = g_ptr_array_new_with_free_func(rule_free);
    return policy;
}

void
rv_fault_policy_free(RvFaultPolicy *policy)
{
    if (policy == NULL)
        return;
    g_ptr_array_unref(policy->levels);
    g_ptr_array_unref(policy->rules);
    g_free(policy);
}

RvFaultLevel *
rv_fault_policy_add_level(RvFaultPolicy *policy, const char *id, const char *name)
{
    RvFaultLevel *level = g_new0(RvFaultLevel, 1);

    level->id = g_strdup(id);
    level->name = g_strdup(name);
    g_ptr_array_add(policy->levels, level);
    return level;
}

RvFaultRule *
rv_fault_policy_add_rule(RvFaultPolicy *policy, const char *level)
{
    RvFaultRule *rule = g_new0(RvFaultRule, 1);

    rule->level = g_strdup(level);
    rule->status = RV_VERDICT_WARNING;
    g_ptr_array_add(policy->rules, rule);
    return rule;
}

static guint
level_rank(const RvFaultPolicy *policy, const char *id)
{
    guint rank = 0;

    while (rank < policy->levels->len &&
           g_strcmp0(((RvFaultLevel *)g_ptr_array_index(policy->levels, rank))->id, id) != 0)
        rank++;
    return rank;
}

const RvFaultLevel *
rv_fault_policy_level(const RvFaultPolicy *policy, const char *id)
{
    guint rank = level_rank(policy, id);

    return rank < policy->levels->len ? g_ptr_array_index(policy->levels, rank) : NULL;
}

RvFaultPolicy *
rv_fault_policy_new_default(void)
{
    static const struct {
        const char *id, *name, *what;
        RvVerdict status;
        gint64 after_ms;
        guint samples;
    } rows[] = {
        {"1", "device down", RV_CAUSE_REACHABILITY, RV_VERDICT_CRITICAL, 0, 2},
        {"2", "part failed", NULL, RV_VERDICT_CRITICAL, 0, 2},
        {"3", "part degraded", NULL, RV_VERDICT_WARNING, HOUR, 2},
    };
    RvFaultPolicy *policy = rv_fault_policy_new();

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvFaultLevel *level = rv_fault_policy_add_level(policy, rows[i].id, rows[i].name);
        RvFaultRule *rule = rv_fault_policy_add_rule(policy, rows[i].id);

        level->respond_ms = 30 * MINUTE;
        level->resolve_ms = 12 * HOUR;
        level->plan_ms = 16 * HOUR;
        level->report_ms = 24 * HOUR;
        rule->what = g_strdup(rows[i].what);
        rule->status = rows[i].status;
        rule->after_ms = rows[i].after_ms;
        rule->samples = rows[i].samples;
    }
    return policy;
}

/* ---- values ---- */

RvCondition *
rv_condition_new(const char *cause, const char *group, const char *title)
{
    RvCondition *condition = g_new0(RvCondition, 1);

    condition->cause = g_strdup(cause);
    condition->group = g_strdup(group);
    condition->title = g_strdup(title);
    return condition;
}

void
rv_condition_free(RvCondition *condition)
{
    if (condition == NULL)
        return;
    g_free(condition->cause);
    g_free(condition->group);
    g_free(condition->title);
    g_free(condition->facts);
    g_free(condition);
}

RvDeviceNow *
rv_device_now_new(const char *name)
{
    RvDeviceNow *device = g_new0(RvDeviceNow, 1);

    device->name = name;
    device->kind = "";
    device->service_class = "";
    device->state = RV_STATE_NOT_ASKED;
    device->conditions = g_ptr_array_new_with_free_func((GDestroyNotify)rv_condition_free);
    return device;
}

void
rv_device_now_free(RvDeviceNow *device)
{
    if (device == NULL)
        return;
    g_ptr_array_unref(device->conditions);
    g_free(device);
}

void
rv_open_fault_free(RvOpenFault *fault)
{
    if (fault == NULL)
        return;
    g_free(fault->device);
    g_free(fault->cause);
    g_free(fault->level);
    g_free(fault);
}

void
rv_fault_action_free(RvFaultAction *action)
{
    if (action == NULL)
        return;
    g_free(action->device);
    g_free(action->cause);
    g_free(action->level);
    g_free(action->title);
    g_free(action->facts);
    g_free(action->parent);
    g_free(action);
}

/* ---- decisions ---- */

typedef struct {
    const RvFaultPolicy *policy;
    const GPtrArray *open;
    GHashTable *devices;     /* name → RvDeviceNow* */
    GHashTable *fault_index; /* "device\ncause" → RvOpenFault* */
    GPtrArray *actions;
    gint64 now_ms;
} Deciding;

static RvFaultAction *
act(Deciding *deciding, RvFaultActionKind kind, const RvDeviceNow *device, const char *cause,
    gint64 time_ms)
{
    RvFaultAction *action = g_new0(RvFaultAction, 1);

    action->kind = kind;
    action->device = g_strdup(device->name);
    action->cause = g_strdup(cause);
    action->level = g_strdup("");
    action->title = g_strdup("");
    action->parent = g_strdup("");
    action->time_ms = time_ms;
    g_ptr_array_add(deciding->actions, action);
    return action;
}

static const RvOpenFault *
open_fault(const Deciding *deciding, const char *device, const char *cause)
{
    g_autofree char *key = g_strconcat(device, "\n", cause, NULL);

    return g_hash_table_lookup(deciding->fault_index, key);
}

static gboolean
fits(const char *glob, const char *text)
{
    return glob == NULL || rv_text_glob(glob, text);
}

static gboolean
rule_names(const RvFaultRule *rule, const RvDeviceNow *device, const RvCondition *condition)
{
    return fits(rule->devices, device->name) && fits(rule->kinds, device->kind) &&
           fits(rule->service_classes, device->service_class) &&
           fits(rule->what, condition->group) && rule->status <= condition->status;
}

/* A condition that a milder rule already names need not wait for the worse one to be due. */
static const RvFaultRule *
find_rule(const Deciding *deciding, const RvDeviceNow *device, const RvCondition *condition,
          gint64 from_ms)
{
    for (guint i = 0; i < deciding->policy->rules->len; i++) {
        const RvFaultRule *rule = g_ptr_array_index(deciding->policy->rules, i);

        if (!rule_names(rule, device, condition))
            continue;
        if (rule->level == NULL)
            return NULL;
        if (deciding->now_ms - from_ms >= rule->after_ms && condition->samples >= rule->samples)
            return rule;
    }
    return NULL;
}

static void
worsen(Deciding *deciding, const RvDeviceNow *device, const RvCondition *condition,
       const RvOpenFault *fault, const RvFaultRule *rule)
{
    RvFaultAction *action;

    if (level_rank(deciding->policy, rule->level) >= level_rank(deciding->policy, fault->level))
        return;
    action = act(deciding, RV_FAULT_ACTION_WORSEN, device, condition->cause, deciding->now_ms);
    action->fault = fault->id;
    g_free(action->level);
    action->level = g_strdup(rule->level);
    g_free(action->title);
    action->title = g_strdup(condition->title);
    action->facts = g_strdup(condition->facts);
}

static void
open_new(Deciding *deciding, const RvDeviceNow *device, const RvCondition *condition,
         const RvFaultRule *rule, gint64 from_ms)
{
    RvFaultAction *action = act(deciding, RV_FAULT_ACTION_OPEN, device, condition->cause, from_ms);

    g_free(action->level);
    action->level = g_strdup(rule->level);
    g_free(action->title);
    action->title = g_strdup(condition->title);
    action->facts = g_strdup(condition->facts);
}

static void
decide_bad(Deciding *deciding, const RvDeviceNow *device, const RvCondition *condition)
{
    const RvOpenFault *fault = open_fault(deciding, device->name, condition->cause);
    gint64 from_ms = MAX(condition->from_ms, device->quiet_ms);
    const RvFaultRule *rule;

    if (condition->status == RV_VERDICT_UNKNOWN || device->quiet)
        return;
    rule = find_rule(deciding, device, condition, from_ms);
    if (rule == NULL)
        return;
    if (fault == NULL) {
        open_new(deciding, device, condition, rule, from_ms);
        return;
    }
    if (fault->recovered_ms != 0)
        act(deciding, RV_FAULT_ACTION_RELAPSE, device, condition->cause, condition->from_ms)
            ->fault = fault->id;
    worsen(deciding, device, condition, fault, rule);
}

static gboolean
is_dead(const RvDeviceNow *device)
{
    return device != NULL &&
           (device->state == RV_STATE_DOWN || device->state == RV_STATE_UNREACHABLE);
}

/* The dead parent that has a fault of its own, or will have: the highest one up the chain. NULL
 * where the device has a parent that is alive, or none. */
static const char *
dead_parent(const Deciding *deciding, const RvDeviceNow *device, guint depth)
{
    const RvDeviceNow *first = NULL;
    const char *higher;

    for (guint i = 0; device->parents != NULL && device->parents[i] != NULL; i++) {
        const RvDeviceNow *parent = g_hash_table_lookup(deciding->devices, device->parents[i]);

        if (!is_dead(parent))
            return NULL;
        if (first == NULL)
            first = parent;
    }
    if (first == NULL || depth > 32) /* parents in a ring are the inventory's error */
        return NULL;
    higher = dead_parent(deciding, first, depth + 1);
    return higher != NULL ? higher : first->name;
}

static void
decide_down(Deciding *deciding, const RvDeviceNow *device)
{
    const char *parent = dead_parent(deciding, device, 0);
    g_autofree char *facts = NULL;
    g_autofree char *title = NULL;
    RvCondition *condition;

    if (parent != NULL) {
        RvFaultAction *action =
            act(deciding, RV_FAULT_ACTION_FOLD, device, RV_CAUSE_REACHABILITY, device->since_ms);

        g_free(action->parent);
        action->parent = g_strdup(parent);
        return;
    }
    if (device->state != RV_STATE_DOWN)
        return;
    facts = rv_fault_facts_of_silence(device->reason, device->detail);
    title = rv_fault_facts_say(facts, RV_LANGUAGE_EN);
    condition = rv_condition_new(RV_CAUSE_REACHABILITY, RV_CAUSE_REACHABILITY, title);
    condition->facts = g_steal_pointer(&facts);
    condition->status = RV_VERDICT_CRITICAL;
    condition->from_ms = device->since_ms;
    condition->samples = device->samples;
    decide_bad(deciding, device, condition);
    rv_condition_free(condition);
}

static gboolean
still_there(const RvDeviceNow *device, const char *cause)
{
    for (guint i = 0; i < device->conditions->len; i++) {
        const RvCondition *condition = g_ptr_array_index(device->conditions, i);

        if (strcmp(condition->cause, cause) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
decide_recovery(Deciding *deciding, const RvOpenFault *fault)
{
    const RvDeviceNow *device = g_hash_table_lookup(deciding->devices, fault->device);
    gint64 time_ms;

    if (device == NULL || fault->recovered_ms != 0 || fault->cause[0] == '\0' ||
        device->state != RV_STATE_UP)
        return;
    if (strcmp(fault->cause, RV_CAUSE_REACHABILITY) == 0)
        time_ms = device->since_ms;
    else if (device->health_ms <= fault->opened_ms || still_there(device, fault->cause))
        return;
    else
        time_ms = device->health_ms;
    act(deciding, RV_FAULT_ACTION_RECOVER, device, fault->cause, MAX(time_ms, fault->opened_ms))
        ->fault = fault->id;
}

static void
index_input(Deciding *deciding, const GPtrArray *devices)
{
    deciding->devices = g_hash_table_new(g_str_hash, g_str_equal);
    deciding->fault_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < devices->len; i++) {
        RvDeviceNow *device = g_ptr_array_index(devices, i);

        g_hash_table_insert(deciding->devices, (gpointer)device->name, device);
    }
    for (guint i = 0; i < deciding->open->len; i++) {
        RvOpenFault *fault = g_ptr_array_index(deciding->open, i);

        g_hash_table_insert(deciding->fault_index,
                            g_strconcat(fault->device, "\n", fault->cause, NULL), fault);
    }
}

GPtrArray *
rv_fault_decide(const RvFaultPolicy *policy, const GPtrArray *devices, const GPtrArray *open,
                gint64 now_ms)
{
    Deciding deciding = {.policy = policy, .open = open, .now_ms = now_ms};

    deciding.actions = g_ptr_array_new_with_free_func((GDestroyNotify)rv_fault_action_free);
    index_input(&deciding, devices);
    for (guint i = 0; i < open->len; i++)
        decide_recovery(&deciding, g_ptr_array_index(open, i));
    for (guint i = 0; i < devices->len; i++) {
        const RvDeviceNow *device = g_ptr_array_index(devices, i);

        if (is_dead(device))
            decide_down(&deciding, device);
        /* what was last heard of the parts of a silent device is no news */
        for (guint j = 0; device->state == RV_STATE_UP && j < device->conditions->len; j++)
            decide_bad(&deciding, device, g_ptr_array_index(device->conditions, j));
    }
    g_hash_table_unref(deciding.devices);
    g_hash_table_unref(deciding.fault_index);
    return deciding.actions;
}

/* ---- clocks ---- */

typedef struct {
    gint64 start_ms, duration_ms, done_ms;
} Run;

static RvClock
run_clock(RvClockKind kind, const Run *run, const RvCalendar *calendar, gint64 now_ms)
{
    RvClock clock = {.kind = kind};

    if (run->duration_ms <= 0 || run->start_ms == 0)
        return clock;
    clock.exists = TRUE;
    clock.due_ms = rv_calendar_add(calendar, run->start_ms, run->duration_ms);
    clock.done_ms = run->done_ms;
    clock.breached = run->done_ms != 0 ? run->done_ms > clock.due_ms : now_ms >= clock.due_ms;
    if (run->done_ms == 0)
        clock.left_ms = now_ms <= clock.due_ms
                            ? rv_calendar_between(calendar, now_ms, clock.due_ms)
                            : -rv_calendar_between(calendar, clock.due_ms, now_ms);
    return clock;
}

/* Whichever came first; 0 is never. */
static gint64
first_of(gint64 a, gint64 b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

void
rv_fault_clocks(const RvFaultTimes *times, const RvFaultLevel *level, const RvCalendar *calendar,
                gint64 now_ms, RvClock clocks[RV_CLOCK_KINDS])
{
    const RvCalendar *basis = level->by_coverage ? calendar : NULL;
    const Run runs[RV_CLOCK_KINDS] = {
        /* a resolution is a response, and makes a plan needless */
        {times->opened_ms, level->respond_ms, first_of(times->acknowledged_ms, times->resolved_ms)},
        {times->opened_ms, level->resolve_ms, times->resolved_ms},
        {times->opened_ms, level->plan_ms, first_of(times->planned_ms, times->resolved_ms)},
        {times->resolved_ms, level->report_ms, times->reported_ms},
    };

    for (guint i = 0; i < RV_CLOCK_KINDS; i++)
        clocks[i] = run_clock((RvClockKind)i, &runs[i], basis, now_ms);
}

const char *
rv_cause_part(const char *cause)
{
    return g_str_has_prefix(cause, RV_CAUSE_PART) ? cause + strlen(RV_CAUSE_PART) : NULL;
}
