#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/collector-options.h"
#include "cli/commands.h"
#include "cli/probe-ipmi.h"
#include "cli/target-options.h"
#include "conf/configuration.h"

#define SNMP_SHARE 3 /* of the budget, at most one part in so many for each SNMP version */

typedef struct {
    const RvCliContext *cli;
    const RvDevice *device;
    gint64 deadline_ms;
    GPtrArray *trail;           /* char* */
    RvSnmpAccess *snmp;         /* what works; NULL: nothing */
    RvIpmiAccess *ipmi;         /* the same */
    RvIpmiAnswers *bmc;         /* NULL: not asked */
    RvObservation *observation; /* by SNMP; NULL: no answer */
    GMainLoop *waiting;
} Probe;

static void
probe_clear(Probe *probe)
{
    g_ptr_array_unref(probe->trail);
    rv_snmp_access_free(probe->snmp);
    rv_ipmi_access_free(probe->ipmi);
    rv_ipmi_answers_free(probe->bmc);
    rv_observation_free(probe->observation);
    g_main_loop_unref(probe->waiting);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Probe, probe_clear)

/* ---- SNMP ---- */

static void
on_observed(RvObservation *observation, gpointer user_data)
{
    Probe *probe = user_data;

    rv_observation_free(probe->observation);
    probe->observation = observation;
    g_main_loop_quit(probe->waiting);
}

static void
note_snmp(Probe *probe, const RvSnmpAccess *access, const RvProtocol *protocol)
{
    gboolean up = protocol != NULL && protocol->state == RV_STATE_UP;

    g_ptr_array_add(probe->trail,
                    g_strdup_printf("SNMP %s: %s", rv_snmp_version_word(access->version),
                                    up ? "works"
                                    : protocol != NULL && protocol->detail != NULL
                                        ? protocol->detail
                                        : "no answer"));
}

/* One round of identity and parts with this access; TRUE where it answered. */
static gboolean
try_snmp(Probe *probe, RvCollector *collector, RvSnmpVersion version, gint64 budget_ms)
{
    g_autoptr(RvDevice) device = rv_device_new(probe->device->name);
    const RvProtocol *protocol;

    g_free(device->address);
    device->address = g_strdup(probe->device->address);
    device->snmp = rv_snmp_access_copy(probe->device->snmp);
    device->snmp->version = version;
    rv_collector_start(collector, device, RV_COLLECT_CENSUS | RV_COLLECT_HEALTH, NULL,
                       MIN(probe->deadline_ms, rv_clock_monotonic_ms() + budget_ms), on_observed,
                       probe);
    g_main_loop_run(probe->waiting);
    protocol = rv_observation_protocol(probe->observation, "snmp");
    note_snmp(probe, device->snmp, protocol);
    if (protocol == NULL || protocol->state != RV_STATE_UP)
        return FALSE;
    probe->snmp = g_steal_pointer(&device->snmp);
    return TRUE;
}

/* The version that was asked for; of 2c and 1 the other one as well, with the same community. */
static gboolean
probe_snmp(Probe *probe, GError **error)
{
    static const RvSnmpVersion older[] = {RV_SNMP_2C, RV_SNMP_1};
    g_auto(RvCliCollectorOptions) options = {0};
    g_autoptr(RvCollector) collector = NULL;
    RvSnmpVersion given = probe->device->snmp->version;
    gint64 share_ms = (probe->deadline_ms - rv_clock_monotonic_ms()) / SNMP_SHARE;

    rv_cli_collector_options(NULL, &options);
    collector = rv_collector_new(NULL, &options.options, error);
    if (collector == NULL)
        return FALSE;
    if (try_snmp(probe, collector, given, share_ms) || given == RV_SNMP_3)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(older); i++)
        if (older[i] != given && try_snmp(probe, collector, older[i], share_ms))
            return TRUE;
    return TRUE;
}

/* ---- what was found ---- */

static void
print_text(const char *what, const char *text)
{
    if (text != NULL && *text != '\0')
        printf("# %-14s %s\n", what, text);
}

static void
print_bmc(const RvIpmiAnswers *bmc)
{
    printf("# %-14s %02Xh, firmware %u.%02u, product %u\n", "device id", bmc->device_id,
           bmc->firmware_major, bmc->firmware_minor, bmc->product_id);
    print_text("manufacturer", bmc->manufacturer);
    print_text("board", bmc->board);
    printf("# %-14s %u sensors, %u FRU devices, host is %s\n", "has", bmc->sensors->len,
           bmc->frus->len,
           !bmc->has_chassis ? "unknown"
           : bmc->power_on   ? "on"
                             : "off");
}

static void
print_found(const Probe *probe)
{
    for (guint i = 0; i < probe->trail->len; i++)
        printf("# %s\n", (const char *)g_ptr_array_index(probe->trail, i));
    if (probe->snmp != NULL) {
        const RvDeviceIdentity *device = &probe->observation->device;

        print_text("vendor", device->vendor);
        print_text("model", device->model);
        print_text("profile", device->profile);
        print_text("sysObjectID", device->sys_object_id);
        print_text("sysDescr", device->sys_descr);
    }
    if (probe->ipmi != NULL)
        print_bmc(probe->bmc);
}

static void
print_snmp_map(const Probe *probe)
{
    const RvSnmpAccess *snmp = probe->snmp;
    const char *credential = probe->device->snmp_credential;

    printf("    snmp: { version: %s, credential: %s", rv_snmp_version_word(snmp->version),
           credential != NULL ? credential : "NAME");
    if (snmp->port != 161)
        printf(", port: %u", snmp->port);
    if (g_strcmp0(snmp->address, probe->device->address) != 0)
        printf(", address: \"%s\"", snmp->address);
    printf(" }\n");
}

static void
print_ipmi_map(const Probe *probe)
{
    const RvIpmiAccess *ipmi = probe->ipmi;
    const char *credential = probe->device->ipmi_credential;
    g_autofree char *flags =
        ipmi->workarounds != NULL ? g_strjoinv(", ", ipmi->workarounds) : g_strdup("");

    printf("    ipmi: { credential: %s, privilege: %s", credential != NULL ? credential : "NAME",
           rv_probe_privilege_word(ipmi->privilege));
    if (ipmi->version == RV_IPMI_1_5)
        printf(", version: \"1.5\"");
    else if (ipmi->cipher >= 0)
        printf(", cipher: %d", ipmi->cipher);
    if (*flags != '\0')
        printf(", workarounds: [%s]", flags);
    if (ipmi->port != 623)
        printf(", port: %u", ipmi->port);
    if (g_strcmp0(ipmi->address, probe->device->address) != 0)
        printf(", address: \"%s\"", ipmi->address);
    printf(" }\n");
}

/* To paste below `devices:`; NAME stands for the credential's. */
static void
print_inventory(const Probe *probe)
{
    if (probe->snmp == NULL && probe->ipmi == NULL)
        return;
    printf("devices:\n  - name: \"%s\"\n    address: \"%s\"\n", probe->device->name,
           probe->device->address);
    if (probe->snmp == NULL)
        printf("    kind: server\n");
    if (probe->snmp != NULL)
        print_snmp_map(probe);
    if (probe->ipmi != NULL)
        print_ipmi_map(probe);
}

static gboolean
everything_works(const Probe *probe)
{
    return (probe->device->snmp == NULL || probe->snmp != NULL) &&
           (probe->device->ipmi == NULL || probe->ipmi != NULL);
}

static int
run(const RvCliContext *cli, const RvDevice *device, gint64 budget_ms, GError **error)
{
    g_auto(Probe) probe = {.cli = cli,
                           .device = device,
                           .deadline_ms = rv_clock_monotonic_ms() + budget_ms,
                           .trail = g_ptr_array_new_with_free_func(g_free),
                           .waiting = g_main_loop_new(NULL, FALSE)};

    if (device->snmp != NULL && !probe_snmp(&probe, error))
        return EX_CONFIG;
    if (device->ipmi != NULL) {
        probe.bmc = rv_probe_ipmi(device->ipmi, probe.deadline_ms, &probe.ipmi, probe.trail, error);
        if (probe.bmc == NULL)
            return EX_CANTCREAT;
    }
    print_found(&probe);
    print_inventory(&probe);
    return everything_works(&probe) ? EX_OK : 1;
}

int
rv_cmd_probe(const RvCliContext *cli, int argc, char **argv, GError **error)
{
    g_autoptr(RvTargetOptions) options = rv_target_options_new();
    g_autoptr(GOptionContext) context = g_option_context_new(
        "TARGET - find how a device wants to be asked; print the inventory entry");
    g_autoptr(GPtrArray) devices = NULL;
    char *targets[] = {NULL, NULL};

    rv_target_options_add(options, context);
    if (!g_option_context_parse(context, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, "probe takes one TARGET");
        return EX_USAGE;
    }
    targets[0] = argv[1];
    devices = rv_target_options_resolve(options, cli, targets, error);
    if (devices == NULL)
        return EX_USAGE;
    if (devices->len != 1) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, "probe takes one device at a time");
        return EX_USAGE;
    }
    return run(cli, g_ptr_array_index(devices, 0), rv_target_options_budget_ms(options), error);
}
