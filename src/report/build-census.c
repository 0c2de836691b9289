/* Census: what changed, which firmware runs, how devices can be reached by others. */
#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "report/build.h"

/* ---- changes ---- */

static gboolean
add_changes(RvBuild *build, GError **error)
{
    RvReport *report = build->report;
    g_autoptr(GPtrArray) rows = rv_state_changes(build->sources->state, build->request->device,
                                                 report->period.from_ms, report->until_ms, error);

    if (rows == NULL)
        return FALSE;
    for (guint i = 0; i < rows->len; i++) {
        RvChange *change = g_ptr_array_index(rows, i);

        if (change->kind == RV_CHANGE_LOST_SAMPLES)
            report->coverage.lost++;
        else if (change->kind == RV_CHANGE_LATE_SAMPLE)
            report->coverage.late++;
        else if (g_hash_table_contains(build->devices, change->device)) {
            RvChange *kept = g_memdup2(change, sizeof *change);

            kept->device = g_strdup(change->device);
            kept->subject = g_strdup(change->subject);
            kept->before = g_strdup(change->before);
            kept->after = g_strdup(change->after);
            g_ptr_array_add(report->changes, kept);
        }
    }
    return TRUE;
}

/* ---- links ---- */

static gboolean
add_links(RvBuild *build, GError **error)
{
    RvReport *report = build->report;
    g_autoptr(GPtrArray) rows =
        rv_state_link_changes(build->sources->state, build->request->device, report->period.from_ms,
                              report->until_ms, error);

    while (rows != NULL && rows->len > 0) {
        RvLinkChanges *one = g_ptr_array_steal_index(rows, 0);

        if (g_hash_table_contains(build->devices, one->device))
            g_ptr_array_add(report->links, one);
        else
            rv_link_changes_free(one);
    }
    return rows != NULL;
}

/* ---- firmware ---- */

static void
judge_one(RvBuild *build, RvReportDevice *device, const RvFirmwareOf *of)
{
    g_autofree char *sentence = NULL;
    RvFirmwareVerdict verdict = rv_firmware_judge(build->plan->firmware, of, &sentence);
    const RvFirmwareRule *rule = rv_firmware_rule(build->plan->firmware, of);
    RvReportFirmware *one;

    if (of->part == NULL)
        device->firmware = verdict;
    if (rule == NULL)
        return;
    build->report->firmware_judged++;
    if (verdict == RV_FIRMWARE_FINE) {
        build->report->firmware_fine++;
        return;
    }
    if (device->firmware < verdict)
        device->firmware = verdict;
    if (device->firmware_sentence == NULL)
        device->firmware_sentence = g_strdup(sentence);
    one = g_new0(RvReportFirmware, 1);
    one->device = g_strdup(device->name);
    one->model = g_strdup(of->model);
    one->part = g_strdup(of->part != NULL ? of->part : "");
    one->version = g_strdup(of->version != NULL ? of->version : "");
    one->verdict = verdict;
    one->sentence = g_strdup(sentence);
    one->min = g_strdup(rule->min != NULL ? rule->min : "");
    one->exact = g_strdup(rule->exact != NULL ? rule->exact : "");
    one->why = g_strdup(rule->why != NULL ? rule->why : "");
    g_ptr_array_add(build->report->firmware, one);
}

static void
count_version(RvBuild *build, const RvReportDevice *device)
{
    GPtrArray *all = build->report->versions;
    RvReportVersion *one;

    if (device->model[0] == '\0')
        return;
    for (guint i = 0; i < all->len; i++) {
        one = g_ptr_array_index(all, i);
        if (strcmp(one->model, device->model) == 0 &&
            strcmp(one->version, device->os_version) == 0) {
            one->devices++;
            return;
        }
    }
    one = g_new0(RvReportVersion, 1);
    one->model = g_strdup(device->model);
    one->version = g_strdup(device->os_version);
    one->devices = 1;
    g_ptr_array_add(all, one);
}

static int
compare_versions(gconstpointer a, gconstpointer b)
{
    const RvReportVersion *left = *(RvReportVersion *const *)a;
    const RvReportVersion *right = *(RvReportVersion *const *)b;
    int order = rv_text_compare(left->model, right->model);

    return order != 0 ? order : rv_version_compare(right->version, left->version);
}

static void
add_firmware(RvBuild *build)
{
    for (guint i = 0; i < build->report->devices->len; i++) {
        RvReportDevice *device = g_ptr_array_index(build->report->devices, i);
        const RvObservation *latest = g_hash_table_lookup(build->latest, device->name);

        judge_one(build, device,
                  &(RvFirmwareOf){.model = device->model, .version = device->os_version});
        count_version(build, device);
        for (guint j = 0; latest != NULL && j < latest->components->len; j++) {
            const RvComponent *part = g_ptr_array_index(latest->components, j);

            if (part->firmware[0] != '\0')
                judge_one(
                    build, device,
                    &(RvFirmwareOf){.model = part->model[0] != '\0' ? part->model : device->model,
                                    .part = part->key,
                                    .class = part->class,
                                    .version = part->firmware});
        }
    }
    g_ptr_array_sort(build->report->versions, compare_versions);
}

/* ---- management access ---- */

static void
note_weak(RvBuild *build, RvWeakness weakness, const char *device)
{
    g_ptr_array_add(build->report->weak[weakness], g_strdup(device));
}

/* Names that ship with devices and that everybody tries first. */
static gboolean
is_default_community(const RvSecret *community)
{
    static const char *const defaults[] = {"public",    "private", "cisco", "admin",
                                           "community", "manager", "snmp",  "default"};
    const char *text = community != NULL ? rv_secret_reveal(community) : NULL;

    for (gsize i = 0; text != NULL && i < G_N_ELEMENTS(defaults); i++)
        if (g_ascii_strcasecmp(text, defaults[i]) == 0)
            return TRUE;
    return FALSE;
}

static void
look_at_snmp(RvBuild *build, const char *device, const RvSnmpAccess *snmp)
{
    switch (snmp->version) {
    case RV_SNMP_1:
        note_weak(build, RV_WEAK_SNMP_1, device);
        break;
    case RV_SNMP_2C:
        note_weak(build, RV_WEAK_SNMP_2C, device);
        break;
    case RV_SNMP_3:
        if (snmp->level == RV_LEVEL_NO_AUTH)
            note_weak(build, RV_WEAK_NO_AUTH, device);
        else if (snmp->level == RV_LEVEL_AUTH)
            note_weak(build, RV_WEAK_NO_PRIVACY, device);
        if (snmp->level != RV_LEVEL_NO_AUTH && snmp->auth == RV_AUTH_MD5)
            note_weak(build, RV_WEAK_MD5, device);
        if (snmp->level == RV_LEVEL_AUTH_PRIV && snmp->priv == RV_PRIV_DES)
            note_weak(build, RV_WEAK_DES, device);
        return;
    }
    if (is_default_community(snmp->community))
        note_weak(build, RV_WEAK_COMMUNITY, device);
}

static void
look_at_ipmi(RvBuild *build, const char *device, const RvIpmiAccess *ipmi)
{
    if (ipmi->version == RV_IPMI_1_5)
        note_weak(build, RV_WEAK_IPMI_1_5, device);
    /* IPMI 2.0 table 22-20: 0 has no authentication, 1 no integrity, 2 no confidentiality */
    if (ipmi->version == RV_IPMI_2_0 && ipmi->cipher >= 0 && ipmi->cipher <= 2)
        note_weak(build, RV_WEAK_CIPHER, device);
    if (ipmi->user == NULL || ipmi->user[0] == '\0')
        note_weak(build, RV_WEAK_ANONYMOUS, device);
    if (ipmi->privilege == RV_PRIVILEGE_ADMIN)
        note_weak(build, RV_WEAK_ADMIN, device);
}

static void
add_access(RvBuild *build)
{
    const RvInventory *inventory = build->sources->configuration->inventory;

    for (guint i = 0; i < inventory->devices->len; i++) {
        const RvDevice *device = g_ptr_array_index(inventory->devices, i);

        if (!g_hash_table_contains(build->devices, device->name))
            continue;
        build->report->access_known += device->snmp != NULL || device->ipmi != NULL;
        if (device->snmp != NULL)
            look_at_snmp(build, device->name, device->snmp);
        if (device->ipmi != NULL && build->sources->secrets)
            look_at_ipmi(build, device->name, device->ipmi);
    }
    if (!build->sources->secrets)
        rv_build_gap(build, RV_GAP_NO_SECRETS, NULL);
}

gboolean
rv_build_census(RvBuild *build, GError **error)
{
    add_firmware(build);
    add_access(build);
    return add_changes(build, error) && add_links(build, error);
}
