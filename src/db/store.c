#include "db/store.h"

#include <string.h>

#include "base/error.h"
#include "db/latest.h"
#include "observation/words.h"

#define REACHABILITY_INTERVAL_MS 60000
#define HEALTH_INTERVAL_MS 300000
#define TICK_WRAP ((gint64)1 << 32) /* TimeTicks, RFC 2578 §7.1.8 */
#define RESTART_SLACK_MS 60000
#define WRAP_SLACK_TICKS (5 * 60 * 100)

typedef struct {
    const char *name;
    gsize offset; /* of the char * in RvDeviceIdentity */
} IdentityColumn;

#define COLUMN(field)                                                                              \
    {                                                                                              \
#field, G_STRUCT_OFFSET(RvDeviceIdentity, field)                                           \
    }
static const IdentityColumn identity_columns[] = {
    COLUMN(vendor), COLUMN(model),   COLUMN(os),      COLUMN(os_version),
    COLUMN(serial), COLUMN(profile), COLUMN(sys_name)};
G_STATIC_ASSERT(G_N_ELEMENTS(identity_columns) == G_N_ELEMENTS(((RvStoring *)NULL)->identity));

static const char *
identity_value(const RvObservation *observation, gsize column)
{
    return G_STRUCT_MEMBER(char *, &observation->device, identity_columns[column].offset);
}

gboolean
rv_store_change(const RvStoring *storing, gint64 time_ms, RvChangeKind kind, const char *subject,
                const char *before, const char *after, GError **error)
{
    return rv_db_run(storing->state, error,
                     "INSERT INTO change (time_ms, device, kind, subject, before, after, round)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                     RV_INT(time_ms), RV_INT(storing->device), RV_TEXT(rv_change_kind_word(kind)),
                     RV_TEXT(subject != NULL ? subject : ""), RV_TEXT(before != NULL ? before : ""),
                     RV_TEXT(after != NULL ? after : ""),
                     RV_INT_OR_NULL(storing->context.round_id));
}

/* ---- the device's own row ---- */

static void
read_known(RvStoring *storing, RvStatement *row)
{
    storing->device = rv_db_column_int(row, 0);
    storing->last_ms = rv_db_column_int(row, 1);
    storing->uptime_ticks = rv_db_column_is_null(row, 2) ? -1 : rv_db_column_int(row, 2);
    storing->uptime_at_ms = rv_db_column_int(row, 3);
    storing->booted_ms = rv_db_column_int(row, 4);
    storing->health_samples = rv_db_column_int(row, 5);
    for (gsize i = 0; i < G_N_ELEMENTS(identity_columns); i++)
        storing->identity[i] = rv_db_column_text(row, 6 + (int)i);
}

static gboolean
find_device(RvStoring *storing, GError **error)
{
    RvStatement *row =
        rv_db_query(storing->state, error,
                    "SELECT id, last_ms, uptime_ticks, uptime_at_ms, booted_ms, health_samples,"
                    " vendor, model, os, os_version, serial, profile, sys_name"
                    " FROM device WHERE name = ?1",
                    RV_TEXT(storing->name));
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(storing->state, row, error);

    if (step == RV_STEP_ROW) {
        read_known(storing, row);
        rv_db_done(row);
        return TRUE;
    }
    if (step == RV_STEP_ERROR)
        return FALSE;
    storing->fresh = TRUE;
    storing->uptime_ticks = -1;
    if (!rv_db_insert(storing->state, &storing->device, error,
                      "INSERT INTO device (name) VALUES (?1) RETURNING id", RV_TEXT(storing->name)))
        return FALSE;
    return rv_store_change(storing, storing->now_ms, RV_CHANGE_DEVICE_NEW, "", "",
                           storing->observation->device.host, error);
}

static gboolean
note_identity_changes(const RvStoring *storing, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(identity_columns); i++) {
        const char *column = identity_columns[i].name;
        const char *before = storing->identity[i];
        const char *after = identity_value(storing->observation, i);
        RvChangeKind kind =
            strcmp(column, "os_version") == 0 ? RV_CHANGE_FIRMWARE : RV_CHANGE_IDENTITY;

        if (before == NULL || after == NULL || strcmp(before, after) == 0)
            continue;
        if (!rv_store_change(storing, storing->now_ms, kind, column, before, after, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
update_identity(const RvStoring *storing, GError **error)
{
    const RvDeviceIdentity *device = &storing->observation->device;

    return note_identity_changes(storing, error) &&
           rv_db_run(storing->state, error,
                     "UPDATE device SET host = ?2, kind = ?3, site = ?4,"
                     " vendor = coalesce(?5, vendor), model = coalesce(?6, model),"
                     " os = coalesce(?7, os), os_version = coalesce(?8, os_version),"
                     " serial = coalesce(?9, serial), profile = coalesce(?10, profile),"
                     " sys_name = coalesce(?11, sys_name) WHERE id = ?1",
                     RV_INT(storing->device), RV_TEXT(device->host), RV_TEXT(device->kind),
                     RV_TEXT(device->site), RV_TEXT(device->vendor), RV_TEXT(device->model),
                     RV_TEXT(device->os), RV_TEXT(device->os_version), RV_TEXT(device->serial),
                     RV_TEXT(device->profile), RV_TEXT(device->sys_name));
}

/* sysUpTime begins anew after 497 days without any restart. */
static gboolean
uptime_wrapped(const RvStoring *storing, gint64 ticks)
{
    gint64 expected =
        storing->uptime_ticks + (storing->now_ms - storing->uptime_at_ms) / 10 - TICK_WRAP;

    return storing->uptime_ticks >= 0 && ticks >= 0 && expected >= -WRAP_SLACK_TICKS &&
           ABS(ticks - expected) < WRAP_SLACK_TICKS;
}

/* The device restarted after the last answer when it says it has run for less time than has passed
 * since. */
static gboolean
restarted(const RvStoring *storing, gint64 booted_ms)
{
    return storing->booted_ms > 0 && booted_ms > storing->uptime_at_ms &&
           booted_ms > storing->booted_ms + RESTART_SLACK_MS &&
           !uptime_wrapped(storing, storing->observation->device.uptime_ticks);
}

static gboolean
store_uptime(const RvStoring *storing, GError **error)
{
    const RvDeviceIdentity *device = &storing->observation->device;
    gint64 booted_ms = storing->now_ms - device->uptime_seconds * 1000;

    if (device->uptime_seconds < 0)
        return TRUE;
    if (restarted(storing, booted_ms)) {
        g_autofree char *before = g_strdup_printf("%" G_GINT64_FORMAT, storing->booted_ms);
        g_autofree char *after = g_strdup_printf("%" G_GINT64_FORMAT, booted_ms);

        if (!rv_store_change(storing, booted_ms, RV_CHANGE_RESTART, "", before, after, error) ||
            !rv_store_restart(storing, booted_ms, error))
            return FALSE;
    }
    return rv_db_run(storing->state, error,
                     "UPDATE device SET uptime_ticks = ?2, uptime_at_ms = ?3, booted_ms = ?4"
                     " WHERE id = ?1",
                     RV_INT(storing->device),
                     device->uptime_ticks < 0 ? RV_TEXT(NULL) : RV_INT(device->uptime_ticks),
                     RV_INT(storing->now_ms), RV_INT(booted_ms));
}

/* ---- tasks ---- */

static gboolean
note_tasks(const RvStoring *storing, GError **error)
{
    static const char *const asked[] = {
        "UPDATE device SET asked_reachability_ms = CASE WHEN asked_reachability_ms > ?2 THEN "
        "asked_reachability_ms ELSE ?2 END,"
        " answered_reachability_ms = coalesce(?3, answered_reachability_ms) WHERE id = ?1",
        "UPDATE device SET asked_health_ms = CASE WHEN asked_health_ms > ?2 THEN asked_health_ms "
        "ELSE ?2 END,"
        " answered_health_ms = coalesce(?3, answered_health_ms) WHERE id = ?1",
        "UPDATE device SET asked_census_ms = CASE WHEN asked_census_ms > ?2 THEN asked_census_ms "
        "ELSE ?2 END,"
        " answered_census_ms = coalesce(?3, answered_census_ms) WHERE id = ?1",
    };
    gint64 answered_ms = storing->reachability == RV_STATE_UP ? storing->now_ms : 0;

    for (gsize i = 0; i < G_N_ELEMENTS(asked); i++) {
        if (((guint)storing->context.tasks & (1u << i)) != 0 &&
            !rv_db_run(storing->state, error, asked[i], RV_INT(storing->device),
                       RV_INT(storing->now_ms), RV_INT_OR_NULL(answered_ms)))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_whole(const RvObservation *observation)
{
    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);

        if (protocol->state != RV_STATE_UP || protocol->partial)
            return FALSE;
    }
    return observation->protocols->len > 0;
}

static gboolean
store_health(RvStoring *storing, GError **error)
{
    return rv_store_verdicts(storing, error) &&
           rv_latest_store(storing->state, storing->device, storing->observation, &storing->context,
                           error) &&
           rv_store_links(storing, error) &&
           rv_db_run(storing->state, error, "UPDATE device SET status = ?2 WHERE id = ?1",
                     RV_INT(storing->device),
                     RV_TEXT(rv_verdict_word(storing->observation->status)));
}

static gboolean
store_answer(RvStoring *storing, GError **error)
{
    RvTasks tasks = storing->context.tasks;

    if (!update_identity(storing, error) || !store_uptime(storing, error))
        return FALSE;
    if ((tasks & RV_TASK_HEALTH) != 0 && !store_health(storing, error))
        return FALSE;
    return (tasks & RV_TASK_CENSUS) == 0 || rv_store_components(storing, error);
}

static gboolean
store_all(RvStoring *storing, GError **error)
{
    if (!find_device(storing, error))
        return FALSE;
    if (storing->now_ms < storing->last_ms) { /* younger ones are in: only its log is news */
        g_autofree char *last = g_strdup_printf("%" G_GINT64_FORMAT, storing->last_ms);

        return rv_store_change(storing, storing->now_ms, RV_CHANGE_LATE_SAMPLE, "", last, "",
                               error) &&
               rv_store_events(storing, error);
    }
    return rv_store_reachability(storing, error) && note_tasks(storing, error) &&
           (storing->reachability != RV_STATE_UP || store_answer(storing, error)) &&
           rv_store_events(storing, error);
}

static void
clear(RvStoring *storing)
{
    for (gsize i = 0; i < G_N_ELEMENTS(storing->identity); i++)
        g_free(storing->identity[i]);
}

gboolean
rv_state_store_observation(RvState *state, const RvObservation *observation,
                           const RvStoreContext *context, GError **error)
{
    RvStoring storing = {
        .state = state,
        .observation = observation,
        .context = *context,
        .name = rv_observation_name(observation),
        .now_ms = observation->taken_at_ms,
        .whole = is_whole(observation),
        .reachability = rv_observation_reachability(observation),
    };
    gboolean fine;

    if (storing.context.reachability_interval_ms <= 0)
        storing.context.reachability_interval_ms = REACHABILITY_INTERVAL_MS;
    if (storing.context.health_interval_ms <= 0)
        storing.context.health_interval_ms = HEALTH_INTERVAL_MS;
    if (!rv_db_begin(state, error))
        return FALSE;
    fine = store_all(&storing, error);
    clear(&storing);
    fine = rv_db_finish(state, fine, error);
    if (!fine)
        g_prefix_error(error, "%s: ", storing.name);
    return fine;
}
