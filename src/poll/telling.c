#include "poll/telling.h"

#include <string.h>

#include "base/log.h"
#include "notify/notify.h"

/* Devices that are silent behind this one, by the trail. */
static guint
count_behind(RvState *state, const RvFault *fault)
{
    g_autoptr(RvFault) whole = NULL;
    guint count = 0;

    if (strcmp(fault->cause, RV_CAUSE_REACHABILITY) != 0)
        return 0;
    whole = rv_ledger_get(state, fault->id, NULL);
    for (guint i = 0; whole != NULL && i < whole->trail->len; i++)
        count += strcmp(((RvFaultEntry *)g_ptr_array_index(whole->trail, i))->action,
                        rv_fault_action_word(RV_FAULT_ACTION_FOLD)) == 0;
    return count;
}

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static RvNotice *
notice_of(RvState *state, const RvConfiguration *configuration, const RvFault *fault, gint64 now_ms)
{
    const RvServicePlan *plan = configuration->plan;
    const RvFaultLevel *level = rv_fault_policy_level(plan->faults, fault->level);
    const RvDevice *device = rv_inventory_find(configuration->inventory, fault->device);
    const RvFaultTimes times = rv_fault_times(fault);
    RvNotice *notice = g_new0(RvNotice, 1);

    *notice = (RvNotice){
        .id = fault->id,
        .device = fault->device,
        .site = device != NULL ? or_empty(device->site) : "",
        .title = or_empty(fault->title),
        .facts = fault->facts,
        .level = or_empty(fault->level),
        .level_name = level != NULL ? or_empty(level->name) : or_empty(fault->level),
        .opened_ms = fault->opened_ms,
        .recovered_ms = fault->recovered_ms,
        .resolved_ms = fault->resolved_ms,
        .acknowledged_by = or_empty(fault->acknowledged_by),
        .by_hand = strcmp(or_empty(fault->opened_by), "rule") != 0,
        .behind = count_behind(state, fault),
    };
    if (level != NULL)
        rv_fault_clocks(&times, level, plan->fault_calendar, now_ms, notice->clocks);
    return notice;
}

/* The faults that are not resolved, and those that somebody still waits to hear of. */
static GPtrArray *
gather(RvState *state, const RvNotifier *notifier, GError **error)
{
    GPtrArray *faults = rv_ledger_open_faults(state, error);
    g_autoptr(GArray) awaited = rv_notifier_awaited(notifier);

    for (guint i = 0; faults != NULL && i < awaited->len; i++) {
        RvFault *fault = rv_ledger_get(state, g_array_index(awaited, gint64, i), NULL);

        if (fault != NULL && fault->resolved_ms > 0)
            g_ptr_array_add(faults, fault);
        else
            rv_fault_free(fault); /* open ones are in the list already */
    }
    return faults;
}

gboolean
rv_telling_run(RvState *state, const RvConfiguration *configuration, gint64 now_ms,
               gint64 budget_ms, GError **error)
{
    g_autofree char *folder =
        g_build_filename(configuration->state_folder, "spool", "notify", NULL);
    const RvNotifyOptions options = {.channels = configuration->channels,
                                     .language = configuration->language,
                                     .zone = configuration->plan->zone};
    g_autoptr(RvNotifier) notifier = NULL;
    g_autoptr(GPtrArray) faults = NULL;
    g_autoptr(GPtrArray) notices = g_ptr_array_new_with_free_func(g_free);
    RvNotifyCounts counts = {0};

    if (configuration->channels == NULL || configuration->channels->len == 0)
        return TRUE;
    notifier = rv_notifier_open(folder, &options, error);
    if (notifier == NULL)
        return FALSE;
    faults = gather(state, notifier, error);
    if (faults == NULL)
        return FALSE;
    for (guint i = 0; i < faults->len; i++)
        g_ptr_array_add(notices,
                        notice_of(state, configuration, g_ptr_array_index(faults, i), now_ms));
    if (!rv_notifier_take(notifier, notices, now_ms, error) ||
        !rv_notifier_send(notifier, now_ms, budget_ms, &counts, error))
        return FALSE;
    if (counts.sent > 0 || counts.failed > 0)
        rv_info("messages: %u sent, %u failed, %u wait", counts.sent, counts.failed,
                counts.waiting);
    return TRUE;
}
