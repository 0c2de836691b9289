#include <string.h>

#include "db/store.h"
#include "observation/words.h"

/* More than this many sampling intervals between two samples: what lies between is not known. */
#define GAP_FACTOR 2.5
#define UPTIME_PROTOCOL "snmp" /* sysUpTime */

typedef struct {
    gint64 id; /* 0: none */
    RvReachability state;
    RvReason reason;
    gint64 from_ms, until_ms;
} Last;

typedef struct {
    const char *protocol; /* "" for the device */
    RvReachability state;
    RvReason reason;
    const char *detail;
} Sample;

static gboolean
find_last(const RvStoring *storing, const char *protocol, Last *last, GError **error)
{
    RvStatement *row = rv_db_query(storing->state, error,
                                   "SELECT id, state, reason, from_ms, until_ms FROM reachability"
                                   " WHERE device = ?1 AND protocol = ?2"
                                   " ORDER BY from_ms DESC, id DESC LIMIT 1",
                                   RV_INT(storing->device), RV_TEXT(protocol));
    RvStep step = row == NULL ? RV_STEP_ERROR : rv_db_step(storing->state, row, error);

    *last = (Last){0};
    if (step == RV_STEP_ROW) {
        *last = (Last){rv_db_column_int(row, 0), rv_db_reachability(row, 1), rv_db_reason(row, 2),
                       rv_db_column_int(row, 3), rv_db_column_int(row, 4)};
        rv_db_done(row);
    }
    return step != RV_STEP_ERROR;
}

static gboolean
add(const RvStoring *storing, const Sample *sample, gint64 from_ms, gint64 until_ms, guint samples,
    GError **error)
{
    return rv_db_run(storing->state, error,
                     "INSERT INTO reachability"
                     " (device, protocol, state, reason, detail, from_ms, until_ms, samples)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                     RV_INT(storing->device), RV_TEXT(sample->protocol),
                     RV_TEXT(rv_reachability_word(sample->state)),
                     RV_TEXT(rv_reason_word(sample->reason)), RV_TEXT(sample->detail),
                     RV_INT(from_ms), RV_INT(until_ms), RV_INT(samples));
}

static gboolean
extend(const RvStoring *storing, gint64 id, guint samples, GError **error)
{
    return rv_db_run(storing->state, error,
                     "UPDATE reachability SET until_ms = ?2, samples = samples + ?3 WHERE id = ?1",
                     RV_INT(id), RV_INT(storing->now_ms), RV_INT(samples));
}

static gboolean
is_gap(const RvStoring *storing, const Last *last)
{
    return (double)(storing->now_ms - last->until_ms) >
           GAP_FACTOR * (double)storing->context.reachability_interval_ms;
}

static gboolean
store_gap(const RvStoring *storing, const Sample *sample, const Last *last, GError **error)
{
    const Sample lost = {sample->protocol, RV_STATE_BLIND, RV_REASON_NONE, "lost samples"};
    g_autofree char *before = g_strdup_printf("%" G_GINT64_FORMAT, last->until_ms);
    g_autofree char *after = g_strdup_printf("%" G_GINT64_FORMAT, storing->now_ms);

    return (last->state == RV_STATE_BLIND /* we saw nothing before, either */
                ? extend(storing, last->id, 0, error)
                : add(storing, &lost, last->until_ms, storing->now_ms, 0, error)) &&
           (sample->protocol[0] != '\0' ||
            rv_store_change(storing, last->until_ms, RV_CHANGE_LOST_SAMPLES, "", before, after,
                            error)) &&
           add(storing, sample, storing->now_ms, storing->now_ms, 1, error);
}

static gboolean
store_sample(const RvStoring *storing, const Sample *sample, GError **error)
{
    Last last;

    if (!find_last(storing, sample->protocol, &last, error))
        return FALSE;
    if (last.id == 0)
        return add(storing, sample, storing->now_ms, storing->now_ms, 1, error);
    if (storing->now_ms <= last.until_ms) /* health and reachability of the same moment */
        return TRUE;
    if (is_gap(storing, &last))
        return store_gap(storing, sample, &last, error);
    if (sample->state == last.state && sample->reason == last.reason)
        return extend(storing, last.id, 1, error);
    return extend(storing, last.id, 0, error) &&
           add(storing, sample, storing->now_ms, storing->now_ms, 1, error);
}

/* Why the device as a whole is not up: its first protocol that says so. */
static Sample
device_sample(const RvStoring *storing)
{
    const GPtrArray *protocols = storing->observation->protocols;
    Sample sample = {"", storing->reachability, RV_REASON_NONE, NULL};

    for (guint i = 0; i < protocols->len && sample.state != RV_STATE_UP; i++) {
        const RvProtocol *protocol = g_ptr_array_index(protocols, i);

        if (protocol->state != sample.state)
            continue;
        sample.reason = protocol->reason;
        sample.detail = protocol->detail;
        break;
    }
    return sample;
}

static gboolean
update_device(const RvStoring *storing, const Sample *sample, GError **error)
{
    return rv_db_run(
        storing->state, error,
        "UPDATE device SET first_ms = coalesce(first_ms, ?2), last_ms = ?2, detail = ?5,"
        " since_ms = CASE WHEN state = ?3 AND since_ms IS NOT NULL THEN since_ms ELSE ?2 END,"
        " state = ?3, reason = ?4 WHERE id = ?1",
        RV_INT(storing->device), RV_INT(storing->now_ms),
        RV_TEXT(rv_reachability_word(sample->state)), RV_TEXT(rv_reason_word(sample->reason)),
        RV_TEXT(sample->detail));
}

gboolean
rv_store_reachability(const RvStoring *storing, GError **error)
{
    const GPtrArray *protocols = storing->observation->protocols;
    const Sample whole = device_sample(storing);

    if (!store_sample(storing, &whole, error))
        return FALSE;
    for (guint i = 0; i < protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(protocols, i);
        const Sample sample = {protocol->name, protocol->state, protocol->reason, protocol->detail};

        if (!store_sample(storing, &sample, error))
            return FALSE;
    }
    return update_device(storing, &whole, error);
}

/* ---- restarts ---- */

/* Whether the last interval was extended over the restart as if nothing had been. */
static gboolean
spans_restart(const RvStoring *storing, const Last *last)
{
    return last->id != 0 && last->state == RV_STATE_UP && last->until_ms == storing->now_ms &&
           last->from_ms <= storing->last_ms;
}

static gboolean
cut(const RvStoring *storing, const char *protocol, gint64 booted_ms, GError **error)
{
    const Sample dark = {protocol, RV_STATE_BLIND, RV_REASON_NONE, "restarted between two samples"};
    const Sample up = {protocol, RV_STATE_UP, RV_REASON_NONE, NULL};
    Last last;

    if (!find_last(storing, protocol, &last, error))
        return FALSE;
    if (!spans_restart(storing, &last))
        return TRUE;
    return rv_db_run(storing->state, error,
                     "UPDATE reachability SET until_ms = ?2, samples = samples - 1 WHERE id = ?1",
                     RV_INT(last.id), RV_INT(storing->last_ms)) &&
           add(storing, &dark, storing->last_ms, booted_ms, 0, error) &&
           add(storing, &up, booted_ms, storing->now_ms, 1, error);
}

/* *found: a protocol other than `protocol` was up before and after. */
static gboolean
other_spans_restart(const RvStoring *storing, const char *protocol, gboolean *found, GError **error)
{
    const GPtrArray *protocols = storing->observation->protocols;

    *found = FALSE;
    for (guint i = 0; i < protocols->len && !*found; i++) {
        const RvProtocol *other = g_ptr_array_index(protocols, i);
        Last last;

        if (strcmp(other->name, protocol) == 0)
            continue;
        if (!find_last(storing, other->name, &last, error))
            return FALSE;
        *found = spans_restart(storing, &last);
    }
    return TRUE;
}

gboolean
rv_store_restart(const RvStoring *storing, gint64 booted_ms, GError **error)
{
    gboolean other;

    if (booted_ms <= storing->last_ms)
        return TRUE;
    return other_spans_restart(storing, UPTIME_PROTOCOL, &other, error) &&
           (other || cut(storing, "", booted_ms, error)) &&
           cut(storing, UPTIME_PROTOCOL, booted_ms, error);
}
