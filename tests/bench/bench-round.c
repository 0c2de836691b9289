/* How fast a round is stored, without any network: devices that answer at once, as 48-port switches
 * do, judged, spooled, written to RRD files and to the state.
 *
 * bench-round TEMPLATES [DEVICES [ROUNDS [FOLDER]]]: the first round makes the files; what counts
 * are those after it. The templates' archives are kept short, so that the files of thousands of
 * devices fit a disk; how many pages an update touches does not hang on that. */
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "poll/round.h"

#define T0_MS (G_GINT64_CONSTANT(1790812800) * 1000)
#define INTERFACES 55
#define UP 4 /* of these: the others have no file */
#define SENSORS 51

static gint64 now_ms = T0_MS;
static guint64 octets = 1;

static void
set(char **text, char *value)
{
    g_free(*text);
    *text = value;
}

static void
add_interface(RvObservation *observation, guint n)
{
    RvInterface *interface = rv_observation_add_interface(observation, n);

    set(&interface->key, g_strdup_printf("ethernet%u", n));
    set(&interface->name, g_strdup_printf("Ethernet%u", n));
    set(&interface->description, g_strdup_printf("Ethernet%u", n));
    interface->type = 6;
    interface->oper_status = n <= UP ? RV_OPER_UP : RV_OPER_DOWN;
    interface->admin_status = RV_ADMIN_UP;
    interface->speed_bps = G_GINT64_CONSTANT(10000000000);
    interface->counters_64bit = TRUE;
    interface->in_octets = interface->out_octets = octets * n;
    interface->in_errors = interface->out_errors = 0;
    interface->in_discards = interface->out_discards = 0;
}

static void
add_sensor(RvObservation *observation, guint n)
{
    static const RvClass classes[] = {RV_CLASS_TEMPERATURE, RV_CLASS_FAN, RV_CLASS_VOLTAGE,
                                      RV_CLASS_OPTICAL_POWER};
    RvSensor *sensor = rv_observation_add_sensor(observation, classes[n % 4]);

    set(&sensor->key, g_strdup_printf("chassis/slot-%u/module-%u/sensor-%u", n / 16, n / 4, n));
    set(&sensor->name, g_strdup_printf("Slot %u module %u sensor %u", n / 16, n / 4, n));
    set(&sensor->component, g_strdup_printf("module-%u", n / 4));
    set(&sensor->oid, g_strdup_printf("1.3.6.1.2.1.99.1.1.1.4.%u", 100002000 + n));
    set(&sensor->source, g_strdup("entity: entPhySensorTable.value"));
    sensor->value = 20 + (double)((octets + n) % 300) / 10;
    sensor->raw = (gint64)(sensor->value * 10);
    sensor->has_raw = TRUE;
    sensor->limits.high_warning = 60;
    sensor->limits.high_critical = 70;
    sensor->limits_source = RV_LIMITS_DEVICE;
}

static gpointer
open_asker(GMainContext *context, guint askers, gpointer user_data, GError **error)
{
    return context;
}

static void
start(gpointer asker, const RvDevice *device, RvCollectTasks tasks, const RvCollectMemory *memory,
      gint64 deadline_ms, RvCollectDone done, gpointer user_data)
{
    RvObservation *observation = rv_observation_new();
    RvProtocol *protocol = rv_observation_add_protocol(observation, "snmp");

    observation->taken_at_ms = now_ms;
    set(&observation->device.name, g_strdup(device->name));
    set(&observation->device.host, g_strdup(device->address));
    set(&observation->device.vendor, g_strdup("Arista"));
    observation->device.uptime_seconds = (now_ms - T0_MS) / 1000 + 86400;
    observation->device.uptime_ticks = observation->device.uptime_seconds * 100;
    protocol->state = RV_STATE_UP;
    protocol->requests = protocol->answers = 8;
    for (guint n = 1; n <= INTERFACES; n++)
        add_interface(observation, n);
    for (guint n = 0; n < SENSORS; n++)
        add_sensor(observation, n);
    rv_observation_settle(observation);
    done(observation, user_data);
}

static void
close_asker(gpointer asker)
{
}

static char *
short_templates(const char *from, const char *folder)
{
    g_autofree char *path = g_build_filename(from, "series.yaml", NULL);
    g_autofree char *text = NULL;
    g_autofree char *into = g_build_filename(folder, "series.yaml", NULL);
    g_autoptr(GRegex) keep = g_regex_new("keep: +[0-9]+d", 0, 0, NULL);
    g_autofree char *shorter = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("%s: cannot be read", path);
    shorter = g_regex_replace(keep, text, -1, 0, "keep: 2d", 0, NULL);
    if (!g_file_set_contents(into, shorter, -1, NULL))
        g_error("%s: cannot be written", into);
    return g_strdup(folder);
}

static double
cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static long
peak_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void
one_round(const RvRoundOptions *options, guint n)
{
    g_auto(RvRoundResult) result = {0};
    g_autofree char *summary = NULL;
    double wall = (double)g_get_monotonic_time() / 1e6, cpu = cpu_seconds();
    GError *error = NULL;

    now_ms += 300000;
    octets += 1000003;
    if (!rv_round_run(options, &result, &error))
        g_error("%s", error->message);
    wall = (double)g_get_monotonic_time() / 1e6 - wall;
    cpu = cpu_seconds() - cpu;
    summary = rv_round_summary(&result);
    printf("round %u: %.2f s wall, %.2f s CPU, %.2f ms CPU a device, peak %ld MiB; %s\n", n, wall,
           cpu, cpu * 1000 / MAX(result.due, 1), peak_kib() / 1024, summary);
}

static int
delete_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    return remove(path);
}

int
main(int argc, char **argv)
{
    guint devices = argc > 2 ? (guint)atoi(argv[2]) : 200;
    guint rounds = argc > 3 ? (guint)atoi(argv[3]) : 3;
    g_autofree char *folder = argc > 4 ? g_strdup_printf("%s/rackvitals-bench-XXXXXX", argv[4])
                                       : g_strdup("/tmp/rackvitals-bench-XXXXXX");
    RvServicePlan plan = {.faults = rv_fault_policy_new_default()};
    RvConfiguration configuration = {.reachability_ms = 60000,
                                     .health_ms = 300000,
                                     .census_ms = 86400000,
                                     .deadline_ms = 600000,
                                     .workers = 1,
                                     .inventory = rv_inventory_new(),
                                     .plan = &plan};
    const RvAsker asker = {open_asker, start, NULL, close_asker, NULL};
    g_autofree char *templates = NULL;

    if (argc < 2 || g_mkdtemp(folder) == NULL)
        g_error("usage: bench-round TEMPLATES [DEVICES [ROUNDS [FOLDER]]]");
    templates = short_templates(argv[1], folder);
    configuration.state_folder = folder;
    for (guint n = 0; n < devices; n++) {
        g_autofree char *name = g_strdup_printf("acc-sw-%04u", n);
        RvDevice *device = rv_device_new(name);

        set(&device->address, g_strdup("192.0.2.1"));
        device->snmp = rv_snmp_access_new();
        g_ptr_array_add(configuration.inventory->devices, device);
    }
    printf("%u devices, %u interfaces (%u up), %u sensors each; peak before: %ld MiB\n", devices,
           INTERFACES, UP, SENSORS, peak_kib() / 1024);
    for (guint n = 1; n <= rounds; n++) {
        const RvRoundOptions options = {.configuration = &configuration,
                                        .template_folder = templates,
                                        .mode = RV_DUE_FORCE,
                                        .version = "bench",
                                        .asker = &asker};

        one_round(&options, n);
    }
    rv_inventory_free(configuration.inventory);
    rv_fault_policy_free(plan.faults);
    nftw(folder, delete_one, 32, FTW_DEPTH | FTW_PHYS);
    return 0;
}
