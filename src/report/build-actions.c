/* What is to be done: parts that are abnormal at the end of the period, and those that will be. */
#include <string.h>

#include "base/text-order.h"
#include "report/build.h"

/* Parts that are bought singly and replaced as a whole. */
static gboolean
is_replaced(const char *group)
{
    static const char *const groups[] = {"psu", "fan", "disk", "battery", "module", NULL};

    return group != NULL && g_strv_contains(groups, group);
}

static RvActionKind
kind_of(const char *group, RvClass class, RvPresence presence, RvVerdict now)
{
    if (presence == RV_PRESENCE_MISSING)
        return RV_ACTION_FIND;
    if (is_replaced(group) || (g_strcmp0(group, "memory") == 0 && class == RV_CLASS_STATE))
        return now == RV_VERDICT_CRITICAL ? RV_ACTION_REPLACE : RV_ACTION_ORDER;
    switch (class) {
    case RV_CLASS_TEMPERATURE:
    case RV_CLASS_HUMIDITY:
    case RV_CLASS_AIRFLOW:
        return RV_ACTION_COOL;
    case RV_CLASS_VOLTAGE:
    case RV_CLASS_CURRENT:
    case RV_CLASS_POWER:
    case RV_CLASS_FREQUENCY:
        return RV_ACTION_SUPPLY;
    case RV_CLASS_OPTICAL_POWER:
        return RV_ACTION_OPTICS;
    case RV_CLASS_PERCENT:
        return RV_ACTION_RELIEVE;
    case RV_CLASS_FAN:
    case RV_CLASS_ENERGY:
    case RV_CLASS_CHARGE:
    case RV_CLASS_RUNTIME:
    case RV_CLASS_COUNT:
    case RV_CLASS_STATE:
        break;
    }
    return RV_ACTION_INSPECT;
}

/* The part that a sensor belongs to: the one it names, else the one that its key begins with. */
static const RvComponent *
part_of(const RvBuild *build, const char *device, const char *component, const char *key)
{
    const RvObservation *latest = g_hash_table_lookup(build->latest, device);
    const RvComponent *found = NULL;
    gsize longest = 0;

    for (guint i = 0; latest != NULL && i < latest->components->len; i++) {
        const RvComponent *one = g_ptr_array_index(latest->components, i);
        gsize length = strlen(one->key);

        if (g_strcmp0(component, one->key) == 0)
            return one;
        if (length > longest && strncmp(key, one->key, length) == 0 && key[length] == '/') {
            longest = length;
            found = one;
        }
    }
    return found;
}

/* Notes the open fault that is about it, and until when that was to be resolved. */
static void
note_fault(const RvBuild *build, RvReportAction *action, const char *device, const char *component,
           const char *key)
{
    for (guint i = 0; i < build->report->faults->len; i++) {
        const RvReportFault *one = g_ptr_array_index(build->report->faults, i);
        const RvFault *fault = one->fault;
        const RvClock *resolve = &one->clocks[RV_CLOCK_RESOLVE];
        const char *part = rv_cause_part(fault->cause);

        if (fault->resolved_ms != 0 || strcmp(fault->device, device) != 0 ||
            (key == NULL
                 ? strcmp(fault->cause, RV_CAUSE_REACHABILITY) != 0
                 : part == NULL || (strcmp(part, key) != 0 && g_strcmp0(part, component) != 0)))
            continue;
        action->fault = fault->id;
        action->due_ms = resolve->exists ? resolve->due_ms : 0;
        return;
    }
}

static RvReportAction *
add_action(RvBuild *build, const char *name, const char *part, RvActionKind kind, RvUrgency urgency)
{
    const RvReportDevice *device = g_hash_table_lookup(build->devices, name);
    RvReportAction *action = g_new0(RvReportAction, 1);

    action->device = g_strdup(name);
    action->rack = g_strdup(device != NULL ? device->rack : "");
    action->owner = g_strdup(device != NULL ? device->owner : "");
    action->part = g_strdup(part);
    action->model = g_strdup("");
    action->serial = g_strdup("");
    action->kind = kind;
    action->urgency = urgency;
    g_ptr_array_add(build->report->actions, action);
    return action;
}

/* Each part once, by its most pressing sensor: `seen` has those that were named. */
static void
add_for_part(RvBuild *build, GHashTable *seen, const char *device, const char *component,
             const char *key, const char *name, RvActionKind kind, RvUrgency urgency)
{
    const RvComponent *part = part_of(build, device, component, key);
    RvReportAction *action;

    if (!g_hash_table_add(
            seen,
            g_strdup_printf("%s\n%s", device,
                            part != NULL && strcmp(part->class, "chassis") != 0 ? part->key : key)))
        return;
    action = add_action(build, device, name, kind, urgency);
    note_fault(build, action, device, component, key);
    if (part == NULL || strcmp(part->class, "chassis") == 0)
        return;
    g_free(action->model);
    action->model = g_strdup(part->model);
    g_free(action->serial);
    action->serial = g_strdup(part->serial);
}

static int
compare_actions(gconstpointer a, gconstpointer b)
{
    const RvReportAction *left = *(RvReportAction *const *)a;
    const RvReportAction *right = *(RvReportAction *const *)b;
    int order;

    if (left->urgency != right->urgency)
        return left->urgency < right->urgency ? -1 : 1;
    order = rv_text_compare(left->device, right->device);
    return order != 0 ? order : rv_text_compare(left->part, right->part);
}

gboolean
rv_build_actions(RvBuild *build, G_GNUC_UNUSED GError **error)
{
    const RvReport *report = build->report;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);

        if (device->observed && device->last_state == RV_STATE_DOWN)
            note_fault(build,
                       add_action(build, device->name, "", RV_ACTION_RESTORE, RV_URGENCY_NOW),
                       device->name, NULL, NULL);
    }
    /* the worst come first, so that a part is named by its worst sensor */
    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *one = g_ptr_array_index(report->findings, i);

        if (one->now == RV_VERDICT_CRITICAL || one->now == RV_VERDICT_WARNING)
            add_for_part(build, seen, one->device, one->component, one->key, one->name,
                         kind_of(one->group, one->class, one->presence, one->now),
                         one->now == RV_VERDICT_CRITICAL ? RV_URGENCY_NOW : RV_URGENCY_SOON);
    }
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvReportSuspect *one = g_ptr_array_index(report->suspects, i);

        add_for_part(build, seen, one->evidence->device, one->component, one->evidence->key,
                     one->evidence->name,
                     kind_of(one->group, one->class, RV_PRESENCE_PRESENT, RV_VERDICT_OK),
                     RV_URGENCY_PLAN);
    }
    g_ptr_array_sort(report->actions, compare_actions);
    return TRUE;
}
