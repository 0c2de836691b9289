#include <math.h>
#include <string.h>

#include "base/error.h"
#include "observation/words.h"
#include "report/build.h"
#include "report/model.h"

/* ---- words ---- */

static const char *const part_words[] = {"psu",  "fan",    "temperature", "voltage",
                                         "disk", "optics", "other"};

const char *
rv_part_group_word(RvPartGroup group)
{
    return part_words[group];
}

RvPartGroup
rv_part_group(const char *group)
{
    static const struct {
        const char *group;
        RvPartGroup part;
    } also[] = {{"array", RV_PART_DISK}, {"power", RV_PART_PSU}, {"current", RV_PART_VOLTAGE}};

    for (guint i = 0; group != NULL && i < RV_PART_GROUPS; i++)
        if (strcmp(part_words[i], group) == 0)
            return (RvPartGroup)i;
    for (gsize i = 0; group != NULL && i < G_N_ELEMENTS(also); i++)
        if (strcmp(also[i].group, group) == 0)
            return also[i].part;
    return RV_PART_OTHER;
}

const char *
rv_weakness_word(RvWeakness weakness)
{
    static const char *const words[] = {
        [RV_WEAK_SNMP_1] = "snmp_1",
        [RV_WEAK_SNMP_2C] = "snmp_2c",
        [RV_WEAK_COMMUNITY] = "community",
        [RV_WEAK_NO_AUTH] = "no_auth",
        [RV_WEAK_NO_PRIVACY] = "no_privacy",
        [RV_WEAK_MD5] = "md5",
        [RV_WEAK_DES] = "des",
        [RV_WEAK_IPMI_1_5] = "ipmi_1_5",
        [RV_WEAK_CIPHER] = "weak_cipher",
        [RV_WEAK_ANONYMOUS] = "anonymous",
        [RV_WEAK_ADMIN] = "administrator",
    };

    return words[weakness];
}

const char *
rv_action_word(RvActionKind kind)
{
    static const char *const words[] = {
        [RV_ACTION_RESTORE] = "restore", [RV_ACTION_REPLACE] = "replace",
        [RV_ACTION_ORDER] = "order",     [RV_ACTION_FIND] = "find",
        [RV_ACTION_COOL] = "cool",       [RV_ACTION_SUPPLY] = "supply",
        [RV_ACTION_OPTICS] = "optics",   [RV_ACTION_RELIEVE] = "relieve",
        [RV_ACTION_INSPECT] = "inspect",
    };

    return words[kind];
}

const char *
rv_urgency_word(RvUrgency urgency)
{
    static const char *const words[] = {
        [RV_URGENCY_NOW] = "now", [RV_URGENCY_SOON] = "soon", [RV_URGENCY_PLAN] = "plan"};

    return words[urgency];
}

RvVerdict
rv_weakness_verdict(RvWeakness weakness)
{
    switch (weakness) {
    case RV_WEAK_COMMUNITY:
    case RV_WEAK_CIPHER:
    case RV_WEAK_ANONYMOUS:
        return RV_VERDICT_CRITICAL;
    case RV_WEAK_SNMP_1:
    case RV_WEAK_SNMP_2C:
    case RV_WEAK_NO_AUTH:
    case RV_WEAK_NO_PRIVACY:
    case RV_WEAK_MD5:
    case RV_WEAK_DES:
    case RV_WEAK_IPMI_1_5:
    case RV_WEAK_ADMIN:
        return RV_VERDICT_WARNING;
    }
    return RV_VERDICT_WARNING;
}

/* ---- ends of what the model holds ---- */

static void
free_texts(gpointer record, const gsize *offsets, gsize count)
{
    for (gsize i = 0; i < count; i++)
        g_free(G_STRUCT_MEMBER(char *, record, offsets[i]));
}

/* Ends a record whose only belongings are texts. */
#define AT(Type, member) G_STRUCT_OFFSET(Type, member)
#define RECORD(function, ...)                                                                      \
    static void function(gpointer data)                                                            \
    {                                                                                              \
        static const gsize texts[] = {__VA_ARGS__};                                                \
                                                                                                   \
        free_texts(data, texts, G_N_ELEMENTS(texts));                                              \
        g_free(data);                                                                              \
    }

RECORD(device_texts_free, AT(RvReportDevice, name), AT(RvReportDevice, host),
       AT(RvReportDevice, kind), AT(RvReportDevice, site), AT(RvReportDevice, site_name),
       AT(RvReportDevice, rack), AT(RvReportDevice, owner), AT(RvReportDevice, vendor),
       AT(RvReportDevice, model), AT(RvReportDevice, serial), AT(RvReportDevice, profile),
       AT(RvReportDevice, os_version), AT(RvReportDevice, service_class),
       AT(RvReportDevice, firmware_sentence))
RECORD(finding_free, AT(RvReportFinding, device), AT(RvReportFinding, key),
       AT(RvReportFinding, name), AT(RvReportFinding, group), AT(RvReportFinding, component),
       AT(RvReportFinding, reason))
RECORD(class_free, AT(RvReportClass, id), AT(RvReportClass, name), AT(RvReportClass, coverage))
RECORD(group_free, AT(RvReportGroup, id), AT(RvReportGroup, name))
RECORD(fault_texts_free, AT(RvReportFault, level_name))
RECORD(handling_free, AT(RvReportHandling, level), AT(RvReportHandling, name))
RECORD(suspect_texts_free, AT(RvReportSuspect, group), AT(RvReportSuspect, component))
RECORD(action_free, AT(RvReportAction, device), AT(RvReportAction, rack), AT(RvReportAction, part),
       AT(RvReportAction, model), AT(RvReportAction, serial), AT(RvReportAction, owner))
RECORD(interface_free, AT(RvReportInterface, device), AT(RvReportInterface, key),
       AT(RvReportInterface, name), AT(RvReportInterface, alias))
RECORD(series_free, AT(RvReportSeries, device), AT(RvReportSeries, key), AT(RvReportSeries, name))
RECORD(firmware_free, AT(RvReportFirmware, device), AT(RvReportFirmware, model),
       AT(RvReportFirmware, part), AT(RvReportFirmware, version), AT(RvReportFirmware, sentence),
       AT(RvReportFirmware, min), AT(RvReportFirmware, exact), AT(RvReportFirmware, why))
RECORD(version_free, AT(RvReportVersion, model), AT(RvReportVersion, version))
RECORD(month_free, AT(RvReportMonth, label))
RECORD(cause_free, AT(RvReportCause, cause))
RECORD(recurring_free, AT(RvReportRecurring, device), AT(RvReportRecurring, cause))
RECORD(model_free, AT(RvReportModel, model))
RECORD(spares_free, AT(RvReportSpares, part))
RECORD(graph_texts_free, AT(RvReportGraph, device), AT(RvReportGraph, key), AT(RvReportGraph, name),
       AT(RvReportGraph, unit), AT(RvReportGraph, component))
RECORD(gap_free, AT(RvReportGap, detail))
RECORD(sign_off_free, AT(RvSignOff, role), AT(RvSignOff, name))
RECORD(report_texts_free, AT(RvReport, subject), AT(RvReport, zone_name), AT(RvReport, number),
       AT(RvReport, language), AT(RvReport, customer), AT(RvReport, provider),
       AT(RvReport, project), AT(RvReport, contract), AT(RvReport, confidentiality),
       AT(RvReport, logo), AT(RvReport, accent), AT(RvReport, version), AT(RvReport, state_digest),
       AT(RvReport, inventory_digest), AT(RvReport, plan_digest),
       AT(RvReport, configuration_digest), AT(RvReport, currency))

/* ---- and of those that hold more ---- */

static void
device_free(gpointer data)
{
    RvReportDevice *device = data;

    rv_availability_free(device->availability);
    g_clear_pointer(&device->intervals, g_ptr_array_unref);
    g_clear_pointer(&device->windows, g_ptr_array_unref);
    device_texts_free(device);
}

static void
fault_free(gpointer data)
{
    rv_fault_free(((RvReportFault *)data)->fault);
    fault_texts_free(data);
}

static void
suspect_free(gpointer data)
{
    RvReportSuspect *suspect = data;

    rv_evidence_free(suspect->evidence);
    g_clear_pointer(&suspect->days, g_array_unref);
    suspect_texts_free(suspect);
}

static void
graph_free(gpointer data)
{
    RvReportGraph *graph = data;

    for (guint i = 0; i < 2; i++)
        g_clear_pointer(&graph->values[i], g_array_unref);
    graph_texts_free(graph);
}

static void
free_window(gpointer data)
{
    rv_window_free(data);
}

/* Where each list lies and what ends its elements. */
static const struct {
    gsize offset;
    GDestroyNotify end;
} lists[] = {
    {AT(RvReport, sign_off), sign_off_free},
    {AT(RvReport, devices), device_free},
    {AT(RvReport, classes), class_free},
    {AT(RvReport, groups), group_free},
    {AT(RvReport, findings), finding_free},
    {AT(RvReport, faults), fault_free},
    {AT(RvReport, handling), handling_free},
    {AT(RvReport, suspects), suspect_free},
    {AT(RvReport, interfaces), interface_free},
    {AT(RvReport, inlets), series_free},
    {AT(RvReport, energy), series_free},
    {AT(RvReport, capacity), series_free},
    {AT(RvReport, optics), series_free},
    {AT(RvReport, actions), action_free},
    {AT(RvReport, links), (GDestroyNotify)rv_link_changes_free},
    {AT(RvReport, changes), (GDestroyNotify)rv_change_free},
    {AT(RvReport, firmware), firmware_free},
    {AT(RvReport, versions), version_free},
    {AT(RvReport, events), (GDestroyNotify)rv_event_row_free},
    {AT(RvReport, maintenance), (GDestroyNotify)rv_maintenance_free},
    {AT(RvReport, exclusions), free_window},
    {AT(RvReport, duties), g_free},
    {AT(RvReport, history), month_free},
    {AT(RvReport, months), month_free},
    {AT(RvReport, causes), cause_free},
    {AT(RvReport, recurring), recurring_free},
    {AT(RvReport, models), model_free},
    {AT(RvReport, spares), spares_free},
    {AT(RvReport, graphs), graph_free},
    {AT(RvReport, gaps), gap_free},
};

static RvReport *
report_new(void)
{
    RvReport *report = g_new0(RvReport, 1);

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        G_STRUCT_MEMBER(GPtrArray *, report, lists[i].offset) =
            g_ptr_array_new_with_free_func(lists[i].end);
    for (guint i = 0; i < RV_WEAKNESSES; i++)
        report->weak[i] = g_ptr_array_new_with_free_func(g_free);
    report->coverage.blind = g_ptr_array_new_with_free_func(g_free);
    report->places = g_hash_table_new(g_str_hash, g_str_equal);
    return report;
}

void
rv_report_free(RvReport *report)
{
    if (report == NULL)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_unref(G_STRUCT_MEMBER(GPtrArray *, report, lists[i].offset));
    for (guint i = 0; i < RV_WEAKNESSES; i++)
        g_ptr_array_unref(report->weak[i]);
    g_ptr_array_unref(report->coverage.blind);
    g_hash_table_unref(report->places);
    g_time_zone_unref(report->zone);
    report_texts_free(report);
}

/* ---- shared by the steps ---- */

void
rv_build_gap(RvBuild *build, RvGapKind kind, const char *detail)
{
    RvReportGap *gap = g_new0(RvReportGap, 1);

    gap->kind = kind;
    gap->detail = g_strdup(detail);
    g_ptr_array_add(build->report->gaps, gap);
}

gboolean
rv_report_has_gap(const RvReport *report, RvGapKind kind)
{
    for (guint i = 0; i < report->gaps->len; i++)
        if (((RvReportGap *)g_ptr_array_index(report->gaps, i))->kind == kind)
            return TRUE;
    return FALSE;
}

void
rv_build_progress(const RvBuild *build, const char *what, double share)
{
    if (build->sources->progress != NULL)
        build->sources->progress(what, share, build->sources->progress_data);
}

guint
rv_report_place(const RvReport *report, const char *name)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(report->places, name));
}

const RvReportDevice *
rv_report_device(const RvReport *report, const char *name)
{
    guint place = rv_report_place(report, name);

    return place > 0 ? g_ptr_array_index(report->devices, place - 1) : NULL;
}

/* ---- head ---- */

static char *
digest_of_file(const char *path)
{
    g_autofree char *text = NULL;
    gsize length;

    if (path == NULL || !g_file_get_contents(path, &text, &length, NULL))
        return g_strdup("");
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);
}

static char *
make_number(const RvReport *report, const RvServicePlan *plan)
{
    const char *prefix =
        plan->report_prefix != NULL && plan->report_prefix[0] != '\0' ? plan->report_prefix : "RV";
    g_autofree char *label = g_strdup(report->period.label);
    g_autofree char *edition =
        report->edition > 1 ? g_strdup_printf("-r%u", report->edition) : g_strdup("");

    g_strdelimit(label, "/", '_');
    switch (report->kind) {
    case RV_REPORT_PERIOD:
        break;
    case RV_REPORT_DEVICE:
        return g_strdup_printf("%s-%s-%s%s", prefix, label, report->subject, edition);
    case RV_REPORT_FAULT:
        return g_strdup_printf("%s-F%" G_GINT64_FORMAT "%s", prefix, report->fault_id, edition);
    }
    return g_strdup_printf("%s-%s%s", prefix, label, edition);
}

static void
copy_sign_off(RvReport *report, const RvServicePlan *plan)
{
    for (guint i = 0; i < plan->sign_off->len; i++) {
        const RvSignOff *from = g_ptr_array_index(plan->sign_off, i);
        RvSignOff *to = g_new0(RvSignOff, 1);

        to->role = g_strdup(from->role);
        to->name = g_strdup(from->name != NULL ? from->name : "");
        g_ptr_array_add(report->sign_off, to);
    }
    for (guint i = 0; plan->sign_off->len == 0 && i < 3; i++) {
        static const char *const roles[] = {"prepared", "reviewed", "approved"};
        RvSignOff *to = g_new0(RvSignOff, 1);

        to->role = g_strdup(roles[i]);
        to->name = g_strdup("");
        g_ptr_array_add(report->sign_off, to);
    }
}

static char *
text_or_empty(const char *text)
{
    return g_strdup(text != NULL ? text : "");
}

static void
fill_head(RvBuild *build)
{
    RvReport *report = build->report;
    const RvReportRequest *request = build->request;
    const RvServicePlan *plan = build->plan;

    report->kind = request->kind;
    report->period = request->period;
    report->subject = g_strdup(request->device);
    report->fault_id = request->fault;
    report->made_ms = request->now_ms;
    report->until_ms = MIN(request->period.until_ms, request->now_ms);
    report->running = request->now_ms < request->period.until_ms;
    report->zone = g_time_zone_ref(request->zone != NULL ? request->zone : plan->zone);
    report->zone_name = g_strdup(request->zone_name != NULL ? request->zone_name : plan->zone_name);
    report->edition = MAX(1, request->edition);
    report->customer = text_or_empty(plan->customer);
    report->provider = text_or_empty(plan->provider);
    report->project = text_or_empty(plan->project);
    report->contract = text_or_empty(plan->contract);
    report->confidentiality = text_or_empty(plan->confidentiality);
    report->logo = g_strdup(plan->logo);
    report->accent = g_strdup(plan->accent);
    report->currency = text_or_empty(plan->prices.currency);
    report->version = text_or_empty(request->version);
    report->schema = rv_state_schema_version();
    report->state_digest = digest_of_file(rv_state_path(build->sources->state));
    report->configuration_digest = digest_of_file(build->sources->configuration->path);
    report->inventory_digest = digest_of_file(build->sources->configuration->inventory_path);
    report->plan_digest = digest_of_file(build->sources->configuration->service_plan_path);
    report->number = make_number(report, plan);
    copy_sign_off(report, plan);
}

/* ---- public ---- */

static gboolean
run_steps(RvBuild *build, GError **error)
{
    static const struct {
        const char *what;
        gboolean (*run)(RvBuild *build, GError **error);
    } steps[] = {
        {"devices", rv_build_devices},   {"service level", rv_build_service},
        {"series", rv_build_series},     {"census", rv_build_census},
        {"coverage", rv_build_coverage}, {"history", rv_build_history},
        {"actions", rv_build_actions},   {"ageing", rv_build_long},
        {"sums", rv_build_sums},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
        rv_build_progress(build, steps[i].what, 0);
        if (!steps[i].run(build, error))
            return FALSE;
    }
    return TRUE;
}

RvReport *
rv_report_build(const RvReportSources *sources, const RvReportRequest *request, GError **error)
{
    g_autoptr(RvReport) report = report_new();
    RvBuild build = {.sources = sources,
                     .request = request,
                     .report = report,
                     .plan = sources->configuration->plan};
    gboolean done;

    build.devices = g_hash_table_new(g_str_hash, g_str_equal);
    build.latest =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)rv_observation_free);
    fill_head(&build);
    if (report->until_ms <= report->period.from_ms) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "the period %s has not begun yet",
                    report->period.label);
        done = FALSE;
    } else {
        done = run_steps(&build, error);
    }
    g_hash_table_unref(build.devices);
    g_hash_table_unref(build.latest);
    return done ? g_steal_pointer(&report) : NULL;
}
