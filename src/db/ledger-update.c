#include <string.h>

#include "db/ledger.h"
#include "db/maintenance.h"
#include "db/sql.h"
#include "observation/words.h"
#include "plan/fault-facts.h"

/* Windows that ended longer ago than this do not shift the begin of a fault. */
#define QUIET_HORIZON_MS ((gint64)31 * 86400000)

typedef struct {
    RvState *state;
    const RvInventory *inventory;
    GPtrArray *devices;  /* RvDeviceNow* */
    GPtrArray *rows;     /* RvDeviceRow*: texts that devices borrow */
    GHashTable *by_name; /* name → RvDeviceNow* */
    gint64 now_ms;
} Gathering;

/* ---- how things are ---- */

static void
fill_from_row(RvDeviceNow *device, const RvDeviceRow *row)
{
    device->state = row->state;
    device->reason = row->reason;
    device->detail = row->detail;
    device->since_ms = row->since_ms;
    device->health_ms = row->answered_ms[1];
}

static gboolean
gather_devices(Gathering *gathering, GError **error)
{
    g_autoptr(GHashTable) rows = g_hash_table_new(g_str_hash, g_str_equal);

    gathering->rows = rv_state_devices(gathering->state, error);
    if (gathering->rows == NULL)
        return FALSE;
    for (guint i = 0; i < gathering->rows->len; i++) {
        RvDeviceRow *row = g_ptr_array_index(gathering->rows, i);

        g_hash_table_insert(rows, row->name, row);
    }
    for (guint i = 0; i < gathering->inventory->devices->len; i++) {
        const RvDevice *known = g_ptr_array_index(gathering->inventory->devices, i);
        const RvDeviceRow *row = g_hash_table_lookup(rows, known->name);
        RvDeviceNow *device = rv_device_now_new(known->name);

        device->kind = known->kind != NULL ? known->kind : "";
        device->service_class = known->service_class != NULL ? known->service_class : "";
        device->parents = known->parents;
        if (row != NULL)
            fill_from_row(device, row);
        g_ptr_array_add(gathering->devices, device);
        g_hash_table_insert(gathering->by_name, known->name, device);
    }
    return TRUE;
}

/* Samples in the state it is in: of silent devices only, nobody asks it of the others. CROSS JOIN
 * keeps SQLite from reading the whole history and looking up each row's device. */
static gboolean
gather_samples(Gathering *gathering, GError **error)
{
    RvStatement *row = rv_db_query_with(
        gathering->state, error,
        "SELECT d.name, sum(r.samples) FROM device d CROSS JOIN reachability r"
        " WHERE r.device = d.id AND d.state IN ('down', 'unreachable') AND r.protocol = ''"
        "  AND r.state = d.state AND r.from_ms >= d.since_ms GROUP BY d.id",
        NULL, 0);
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(gathering->state, row, error)) == RV_STEP_ROW) {
        RvDeviceNow *device = g_hash_table_lookup(gathering->by_name, rv_db_column_string(row, 0));

        if (device != NULL)
            device->samples = (guint)rv_db_column_int(row, 1);
    }
    return step == RV_STEP_END;
}

static RvCondition *
find_condition(const RvDeviceNow *device, const char *cause)
{
    for (guint i = 0; i < device->conditions->len; i++) {
        RvCondition *condition = g_ptr_array_index(device->conditions, i);

        if (strcmp(condition->cause, cause) == 0)
            return condition;
    }
    return NULL;
}

/* Unknown is the mildest here: it only keeps a fault from ending. */
static int
severity(RvVerdict verdict)
{
    return verdict == RV_VERDICT_CRITICAL ? 2 : verdict == RV_VERDICT_WARNING ? 1 : 0;
}

/* Columns: device, key, name, grp, component, status, reason, from_ms, samples, facts. */
static void
add_condition(RvDeviceNow *device, RvStatement *row)
{
    const char *key = rv_db_column_string(row, 1);
    const char *component = rv_db_column_string(row, 4);
    const char *name = rv_db_column_string(row, 2);
    const char *reason = rv_db_column_string(row, 6);
    g_autofree char *cause = g_strconcat(
        RV_CAUSE_PART, component != NULL && component[0] != '\0' ? component : key, NULL);
    RvVerdict status = rv_db_verdict(row, 5);
    RvCondition *condition = find_condition(device, cause);

    if (condition == NULL) {
        condition = rv_condition_new(cause, rv_db_column_string(row, 3), "");
        condition->status = RV_VERDICT_UNKNOWN;
        condition->from_ms = rv_db_column_int(row, 7);
        g_ptr_array_add(device->conditions, condition);
    } else if (severity(status) <= severity(condition->status)) {
        return;
    }
    condition->status = status;
    condition->from_ms = rv_db_column_int(row, 7);
    condition->samples = (guint)rv_db_column_int(row, 8);
    g_free(condition->facts);
    condition->facts = rv_db_column_text(row, 9);
    g_free(condition->title);
    condition->title =
        g_strdup_printf("%s: %s", name, reason != NULL ? reason : rv_verdict_word(status));
}

static gboolean
gather_conditions(Gathering *gathering, GError **error)
{
    RvStatement *row = rv_db_query_with(
        gathering->state, error,
        "SELECT d.name, s.key, s.name, s.grp, s.component, v.status, v.reason, v.from_ms,"
        " d.health_samples + 1 - v.first_sample, v.facts"
        " FROM verdict v JOIN sensor s ON s.id = v.sensor JOIN device d ON d.id = s.device"
        " WHERE v.until_ms IS NULL AND v.status <> 'ok' ORDER BY d.name, s.key",
        NULL, 0);
    RvStep step = RV_STEP_ERROR;

    while (row != NULL && (step = rv_db_step(gathering->state, row, error)) == RV_STEP_ROW) {
        RvDeviceNow *device = g_hash_table_lookup(gathering->by_name, rv_db_column_string(row, 0));

        if (device != NULL)
            add_condition(device, row);
    }
    return step == RV_STEP_END;
}

/* Maintenance that keeps alarms quiet, now or until lately. Only for devices that are not well. */
static gboolean
gather_quiet(Gathering *gathering, RvDeviceNow *device, GError **error)
{
    g_autoptr(GPtrArray) windows =
        rv_maintenance_windows(gathering->state, device->name, RV_MAINTENANCE_ALARMS,
                               gathering->now_ms - QUIET_HORIZON_MS, gathering->now_ms + 1, error);

    if (windows == NULL)
        return FALSE;
    for (guint i = 0; i < windows->len; i++) {
        const RvWindow *window = g_ptr_array_index(windows, i);

        if (window->until_ms > gathering->now_ms)
            device->quiet = TRUE;
        else
            device->quiet_ms = MAX(device->quiet_ms, window->until_ms);
    }
    return TRUE;
}

static gboolean
gather(Gathering *gathering, GError **error)
{
    if (!gather_devices(gathering, error) || !gather_samples(gathering, error) ||
        !gather_conditions(gathering, error))
        return FALSE;
    for (guint i = 0; i < gathering->devices->len; i++) {
        RvDeviceNow *device = g_ptr_array_index(gathering->devices, i);

        if ((device->state != RV_STATE_UP || device->conditions->len > 0) &&
            !gather_quiet(gathering, device, error))
            return FALSE;
    }
    return TRUE;
}

static GPtrArray *
gather_open(RvState *state, GError **error)
{
    g_autoptr(GPtrArray) faults = rv_ledger_open_faults(state, error);
    GPtrArray *open;

    if (faults == NULL)
        return NULL;
    open = g_ptr_array_new_with_free_func((GDestroyNotify)rv_open_fault_free);
    for (guint i = 0; i < faults->len; i++) {
        const RvFault *fault = g_ptr_array_index(faults, i);
        RvOpenFault *one = g_new0(RvOpenFault, 1);

        one->id = fault->id;
        one->device = g_strdup(fault->device);
        one->cause = g_strdup(fault->cause);
        one->level = g_strdup(fault->level);
        one->opened_ms = fault->opened_ms;
        one->recovered_ms = fault->recovered_ms;
        g_ptr_array_add(open, one);
    }
    return open;
}

/* ---- writing what was decided ---- */

static gboolean
add_trail(RvState *state, const RvFaultAction *action, const char *text, const char *facts,
          GError **error)
{
    return rv_db_run(state, error,
                     "INSERT INTO fault_trail (fault, time_ms, who, action, text, facts)"
                     " VALUES (?1, ?2, 'rule', ?3, ?4, ?5)",
                     RV_INT(action->fault), RV_INT(action->time_ms),
                     RV_TEXT(rv_fault_action_word(action->kind)), RV_TEXT(text), RV_TEXT(facts));
}

/* When the last fault of this cause was resolved; *evidence_ms: when the device last told us. */
static gboolean
last_resolved(RvState *state, const RvFaultAction *action, gint64 *resolved_ms, gint64 *evidence_ms,
              GError **error)
{
    gboolean reachability = strcmp(action->cause, RV_CAUSE_REACHABILITY) == 0;
    RvStatement *row = rv_db_query(state, error,
                                   "SELECT (SELECT max(resolved_ms) FROM fault"
                                   "  WHERE device = ?1 AND cause = ?2),"
                                   " last_ms, answered_health_ms FROM device WHERE name = ?1",
                                   RV_TEXT(action->device), RV_TEXT(action->cause));
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(state, row, error);

    *resolved_ms = *evidence_ms = 0;
    if (step != RV_STEP_ROW)
        return step == RV_STEP_END;
    *resolved_ms = rv_db_column_int(row, 0);
    *evidence_ms = rv_db_column_int(row, reachability ? 1 : 2);
    rv_db_done(row);
    return TRUE;
}

/* *news FALSE: a person has just resolved it, and the device was not asked since. */
static gboolean
write_open(RvState *state, RvFaultAction *action, gboolean *news, GError **error)
{
    RvFault fault = {.device = action->device,
                     .cause = action->cause,
                     .kind = RV_FAULT_ALARM,
                     .level = action->level,
                     .title = action->title,
                     .facts = action->facts,
                     .opened_by = (char *)"rule"};
    gint64 resolved_ms, evidence_ms;

    if (!last_resolved(state, action, &resolved_ms, &evidence_ms, error))
        return FALSE;
    *news = resolved_ms == 0 || evidence_ms > resolved_ms;
    if (!*news)
        return TRUE;
    action->time_ms = MAX(action->time_ms, resolved_ms);
    fault.opened_ms = action->time_ms;
    if (!rv_ledger_open(state, &fault, error))
        return FALSE;
    action->fault = fault.id;
    return TRUE;
}

/* *news FALSE: the parent has no fault (yet), or knows this child of this outage already. */
static gboolean
write_fold(RvState *state, RvFaultAction *action, gboolean *news, GError **error)
{
    g_autofree char *facts = rv_fault_facts_of_child(action->device);
    g_autofree char *text = rv_fault_facts_say(facts, RV_LANGUAGE_EN);
    RvStatement *row =
        rv_db_query(state, error,
                    "SELECT f.id, EXISTS (SELECT 1 FROM fault_trail t WHERE t.fault = f.id"
                    "  AND t.action = 'fold' AND t.text = ?3) FROM fault f WHERE f.device = ?1"
                    " AND f.cause = ?2 AND f.cause <> '' AND f.resolved_ms IS NULL",
                    RV_TEXT(action->parent), RV_TEXT(RV_CAUSE_REACHABILITY), RV_TEXT(text));
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(state, row, error);

    *news = FALSE;
    if (step != RV_STEP_ROW)
        return step == RV_STEP_END;
    action->fault = rv_db_column_int(row, 0);
    *news = rv_db_column_int(row, 1) == 0;
    rv_db_done(row);
    return !*news || add_trail(state, action, text, facts, error);
}

static gboolean
write_action(RvState *state, RvFaultAction *action, gboolean *news, GError **error)
{
    *news = TRUE;
    switch (action->kind) {
    case RV_FAULT_ACTION_OPEN:
        return write_open(state, action, news, error);
    case RV_FAULT_ACTION_WORSEN:
        return rv_db_run(state, error,
                         "UPDATE fault SET level = ?2, title = ?3, facts = ?4 WHERE id = ?1",
                         RV_INT(action->fault), RV_TEXT(action->level), RV_TEXT(action->title),
                         RV_TEXT(action->facts)) &&
               add_trail(state, action, action->title, action->facts, error);
    case RV_FAULT_ACTION_RECOVER:
        return rv_db_run(state, error, "UPDATE fault SET recovered_ms = ?2 WHERE id = ?1",
                         RV_INT(action->fault), RV_INT(action->time_ms)) &&
               add_trail(state, action, "", NULL, error);
    case RV_FAULT_ACTION_RELAPSE:
        return rv_db_run(state, error, "UPDATE fault SET recovered_ms = NULL WHERE id = ?1",
                         RV_INT(action->fault)) &&
               add_trail(state, action, "", NULL, error);
    case RV_FAULT_ACTION_FOLD:
        return write_fold(state, action, news, error);
    }
    return FALSE;
}

/* Opens first: a fold needs its parent's fault. */
static gboolean
write_all(RvState *state, const GPtrArray *actions, GPtrArray *done, GError **error)
{
    for (int pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < actions->len; i++) {
            RvFaultAction *action = g_ptr_array_index(actions, i);
            gboolean news;

            if ((action->kind == RV_FAULT_ACTION_FOLD) != (pass == 1))
                continue;
            if (!write_action(state, action, &news, error))
                return FALSE;
            if (news)
                g_ptr_array_add(done, action);
        }
    }
    return TRUE;
}

/* Moves what is in `done` out of `actions`, which frees the rest. */
static void
keep_done(GPtrArray *actions, GPtrArray *done)
{
    for (guint i = 0; i < done->len; i++) {
        guint place;

        if (g_ptr_array_find(actions, g_ptr_array_index(done, i), &place))
            g_ptr_array_steal_index_fast(actions, place);
    }
    g_ptr_array_set_free_func(done, (GDestroyNotify)rv_fault_action_free);
}

static GPtrArray *
update(Gathering *gathering, const RvFaultPolicy *policy, GError **error)
{
    g_autoptr(GPtrArray) open = NULL;
    g_autoptr(GPtrArray) actions = NULL;
    g_autoptr(GPtrArray) done = g_ptr_array_new();

    if (!gather(gathering, error))
        return NULL;
    open = gather_open(gathering->state, error);
    if (open == NULL)
        return NULL;
    actions = rv_fault_decide(policy, gathering->devices, open, gathering->now_ms);
    if (!write_all(gathering->state, actions, done, error))
        return NULL;
    keep_done(actions, done);
    return g_steal_pointer(&done);
}

GPtrArray *
rv_ledger_update(RvState *state, const RvInventory *inventory, const RvFaultPolicy *policy,
                 gint64 now_ms, GError **error)
{
    Gathering gathering = {.state = state, .inventory = inventory, .now_ms = now_ms};
    g_autoptr(GPtrArray) done = NULL;

    if (!rv_db_begin(state, error))
        return NULL;
    gathering.devices = g_ptr_array_new_with_free_func((GDestroyNotify)rv_device_now_free);
    gathering.by_name = g_hash_table_new(g_str_hash, g_str_equal);
    done = update(&gathering, policy, error);
    g_ptr_array_unref(gathering.devices);
    g_hash_table_unref(gathering.by_name);
    g_clear_pointer(&gathering.rows, g_ptr_array_unref);
    return rv_db_finish(state, done != NULL, error) ? g_steal_pointer(&done) : NULL;
}
