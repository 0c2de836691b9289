/* Makes a site of some devices and a past for it: configuration, state file and RRD files, as the
 * program itself would have made them round by round, up to 2026-11-01 08:00 in China. Seeded, so
 * that the same call makes the same.
 *
 * make-month FOLDER [DEVICES [DAYS [SENSORS [STEP_S [TEMPLATES]]]]] [end=UNIX-TIME] [zone=ZONE]
 *            [kind=well|hostile]
 *
 * well: without faults, outages and wear. hostile: whatever devices say of themselves is markup,
 * control characters, turned directions, and 4 KB long. */
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/ledger.h"
#include "db/maintenance.h"
#include "health/judge.h"
#include "rrd/store.h"

#define ZONE "Asia/Shanghai"
#define NASTY " <b>&amp;\"'\033[31m\a \u202eevil\u202c \U0001f600 \u05e9\u05dc\u05d5\u05dd $(x) %n "

static gint64 end_s = 1793491200; /* 2026-11-01T00:00Z */
static const char *zone = ZONE;
static gboolean well;    /* nothing ever fails */
static char *nasty_name; /* what every name of a hostile site ends in; NULL: a friendly one */

typedef struct {
    const char *kind, *vendor, *model, *version, *class;
    int psus, fans, ports, disks, optics;
} Family;

static const Family families[] = {
    {"switch", "Huawei", "S12708", "V200R019C10SPC500", "gold", 4, 6, 8, 0, 4},
    {"switch", "Huawei", "S5720-56C-PWR-EI-AC", "V200R010C00SPC600", "gold", 2, 2, 8, 0, 2},
    {"firewall", "Hillstone", "SG-6000-E5268", "5.5R6P12", "gold", 2, 3, 6, 0, 0},
    {"server", "Dell", "PowerEdge R740", "2.10.2", "silver", 2, 6, 2, 4, 0},
    {"server", "Inspur", "NF5280M5", "4.25.9", "silver", 2, 8, 2, 6, 0},
    {"storage", "Huawei", "OceanStor 5300 V5", "V500R007C61", "gold", 4, 4, 4, 12, 0},
};

typedef struct {
    char folder[512];
    RvState *state;
    RvRrdStore *rrd;
    GRand *rand;
    guint devices, days, sensors;
    gint64 step_s;
    const char *templates; /* NULL: its own */
} Site;

typedef struct {
    char name[64];
    guint number;
    const Family *family;
    RvRrdPrevious *previous;
    RvPrevious *past;
    guint64 octets[16][2];
    guint64 errors;
    gint64 booted_s;
    RvReachability state;
} Device;

static void
fail(const GError *error)
{
    fprintf(stderr, "make-month: %s\n", error->message);
    exit(1);
}

static void
set(char **text, const char *value)
{
    g_free(*text);
    *text = g_strdup(value);
}

/* What a device says of itself. */
static void
say(char **text, const char *value)
{
    g_free(*text);
    *text = nasty_name != NULL ? g_strconcat(value, nasty_name, NULL) : g_strdup(value);
}

/* ---- files ---- */

static void
write_text(const Site *site, const char *name, const char *text, int mode)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);
    GError *error = NULL;

    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error))
        fail(error);
}

static void
write_files(const Site *site)
{
    g_autofree char *plan = NULL, *settings = NULL;
    g_auto(GStrv) around = NULL;
    GError *error = NULL;
    g_autoptr(GString) inventory = g_string_new(NULL);

    g_string_printf(inventory,
                    "sites:\n  bj-dc1: { name: 北京一号机房, time-zone: %s }\ndevices:\n", zone);
    settings = g_strdup_printf(
        "inventory: inventory.yaml\ncredentials: credentials.yaml\nservice-plan: "
        "service-plan.yaml\nstate: state\nlanguage: zh_CN\nrrd-templates: templates\n"
        "intervals: { reachability: %us, health: %us }\n",
        (guint)site->step_s, (guint)site->step_s);
    write_text(site, "rackvitals.yaml", settings, 0644);
    write_text(site, "credentials.yaml",
               "weak: { community: public }\nv3: { user: monitor, level: authPriv, auth: SHA-256, "
               "auth-password: abcdefgh1, priv: AES-128, priv-password: abcdefgh2 }\n",
               0600);
    for (guint i = 0; i < site->devices; i++) {
        const Family *family = &families[i % G_N_ELEMENTS(families)];

        g_string_append_printf(
            inventory,
            "  - { name: %s-%02u, address: 10.1.%u.%u, kind: %s, site: bj-dc1, rack: A%02u, "
            "service-class: %s, snmp: { version: %s, credential: %s } }\n",
            family->kind, i + 1, i / 250, i % 250 + 1, family->kind, i / 8 + 1, family->class,
            i % 3 == 0 ? "2c" : "3", i % 3 == 0 ? "weak" : "v3");
    }
    write_text(site, "inventory.yaml", inventory->str, 0644);
    if (!g_file_get_contents(SERVICE_PLAN, &plan, NULL, &error))
        fail(error);
    around = g_strsplit(plan, "time-zone: " ZONE, 2);
    g_free(plan);
    plan = g_strdup_printf("%stime-zone: %s%s", around[0], zone, around[1]);
    write_text(site, "service-plan.yaml", plan, 0644);
}

/* Half the month's data at the step of this file, the rest as the shipped templates have it. */
static void
write_templates(const Site *site)
{
    g_autofree char *folder = g_build_filename(site->folder, "templates", NULL);
    const char *const archives =
        "    archives:\n      - { function: AVERAGE, every: 2h, keep: 120d }\n"
        "      - { function: AVERAGE, every: 1d, keep: 400d, unknown-at-most: 0.9 }\n"
        "      - { function: MAX, every: 1d, keep: 400d, unknown-at-most: 0.9 }\n"
        "      - { function: MIN, every: 1d, keep: 400d, unknown-at-most: 0.9 }\n";
    g_autofree char *text = g_strdup_printf(
        "templates:\n"
        "  - template: interface\n    series: interface\n    step: 2h\n    heartbeat: 5h\n    "
        "create: on-up\n"
        "    sources:\n      - { name: in, from: in_octets, scale: 8, minimum: 0 }\n"
        "      - { name: out, from: out_octets, scale: 8, minimum: 0 }\n%s"
        "  - template: errors\n    series: interface\n    step: 2h\n    heartbeat: 5h\n    create: "
        "on-nonzero\n"
        "    sources:\n      - { name: faults, from: [in_errors, out_errors, in_discards, "
        "out_discards], "
        "minimum: 0 }\n%s"
        "  - template: sensor\n    series: sensor\n    classes: [temperature, fan, voltage, power, "
        "percent, "
        "optical_power]\n    step: 2h\n    heartbeat: 3h\n    sources:\n      - { name: value "
        "}\n%s",
        archives, archives, archives);

    g_mkdir_with_parents(folder, 0755);
    write_text(site, "templates/series.yaml", text, 0644);
}

/* ---- one answer ---- */

static RvSensor *
sensor(RvObservation *observation, RvClass class, const char *group, const char *key,
       const char *name, double value)
{
    RvSensor *one = rv_observation_add_sensor(observation, class);

    set(&one->key, key);
    say(&one->name, name);
    set(&one->group, group);
    set(&one->component, strchr(key, '/') != NULL ? NULL : key);
    set(&one->unit, class == RV_CLASS_TEMPERATURE     ? "°C"
                    : class == RV_CLASS_FAN           ? "rpm"
                    : class == RV_CLASS_VOLTAGE       ? "V"
                    : class == RV_CLASS_POWER         ? "W"
                    : class == RV_CLASS_PERCENT       ? "%"
                    : class == RV_CLASS_OPTICAL_POWER ? "dBm"
                                                      : "");
    one->value = value;
    one->presence = RV_PRESENCE_PRESENT;
    one->limits = RV_LIMITS_EMPTY;
    return one;
}

static void
state(RvObservation *observation, const char *group, const char *key, const char *name,
      RvVerdict verdict, const char *word)
{
    RvSensor *one = sensor(observation, RV_CLASS_STATE, group, key, name, NAN);

    say(&one->state, word);
    one->has_device_verdict = TRUE;
    one->device_verdict = verdict;
}

static double
noise(const Site *site, double size)
{
    return g_rand_double_range(site->rand, -size, size);
}

static void
add_parts(const Site *site, const Device *device, RvObservation *observation, double day)
{
    for (int i = 1; i <= device->family->psus; i++) {
        g_autofree char *key = g_strdup_printf("psu-%d/state", i);
        g_autofree char *name = g_strdup_printf("PSU %d", i);
        gboolean broken = !well && device->number == 1 && i == 2 && day > -9;

        state(observation, "psu", key, name, broken ? RV_VERDICT_CRITICAL : RV_VERDICT_OK,
              broken ? "failed" : "ok");
    }
    for (int i = 1; i <= device->family->fans; i++) {
        g_autofree char *key = g_strdup_printf("fan-%d/speed", i);
        g_autofree char *name = g_strdup_printf("Fan %d", i);
        double worn = !well && device->number == 3 && i == 2 ? 28 * (day + site->days) : 0;
        RvSensor *one = sensor(observation, RV_CLASS_FAN, "fan", key, name,
                               rint(6200 - worn + noise(site, 80)));

        one->limits.low_warning = 4000;
        one->limits.low_critical = 2500;
        one->limits_source = RV_LIMITS_DEVICE;
    }
    for (int i = 1; i <= device->family->disks; i++) {
        g_autofree char *key = g_strdup_printf("disk-%d/state", i);
        g_autofree char *name = g_strdup_printf("Disk %d", i);
        gboolean bad = !well && device->number == 5 && i == 3 && day > -20 && day < -14;

        state(observation, "disk", key, name, bad ? RV_VERDICT_WARNING : RV_VERDICT_OK,
              bad ? "predictive failure" : "online");
    }
}

static void
add_readings(const Site *site, const Device *device, RvObservation *observation, double day)
{
    double hour = fmod(day + 1000, 1) * 24, sun = sin((hour - 8) / 24 * 2 * G_PI);
    double heat = !well && device->number == 4 ? 0.2 * (day + site->days) : 0;
    double hot = !well && device->number == 7 && day > -6 && day < -4.5 ? 9 : 0;
    RvSensor *one;

    one = sensor(observation, RV_CLASS_TEMPERATURE, "temperature", "inlet/temperature",
                 "Inlet temperature", 22 + 1.5 * sun + hot + noise(site, 0.4));
    one->limits.high_warning = 28;
    one->limits.high_critical = 35;
    one->limits_source = RV_LIMITS_POLICY;
    one = sensor(observation, RV_CLASS_TEMPERATURE, "temperature", "cpu-1/temperature",
                 "CPU 1 temperature", 52 + 3 * sun + heat + hot + noise(site, 1));
    one->limits.high_warning = 70;
    one->limits.high_critical = 80;
    one->limits_source = RV_LIMITS_DEVICE;
    one = sensor(observation, RV_CLASS_VOLTAGE, "voltage", "board/12v", "12 V rail",
                 12.05 + noise(site, 0.02));
    one->limits.low_critical = 11.2;
    one->limits.high_critical = 12.8;
    one->limits_source = RV_LIMITS_DEVICE;
    sensor(observation, RV_CLASS_POWER, "power", "chassis/power", "System power",
           rint(310 + 60 * sun + 5 * device->number + noise(site, 12)));
    one = sensor(observation, RV_CLASS_PERCENT, "cpu", "cpu/load", "CPU load",
                 CLAMP(35 + 22 * sun + noise(site, 10), 0, 100));
    one->limits.high_warning = 85;
    one->limits_source = RV_LIMITS_PROFILE;
    one = sensor(observation, RV_CLASS_PERCENT, "memory", "memory/used", "Memory used",
                 CLAMP(48 + 0.12 * (day + site->days) + noise(site, 1), 0, 100));
    one->limits.high_warning = 90;
    one->limits_source = RV_LIMITS_PROFILE;
    for (int i = 1; i <= device->family->optics; i++) {
        g_autofree char *key = g_strdup_printf("xgigabitethernet0-0-%d/rx-power", i);
        g_autofree char *name = g_strdup_printf("XGigabitEthernet0/0/%d Rx power", i);
        double lost = !well && device->number == 2 && i == 1 ? 0.05 * (day + site->days) : 0;

        one = sensor(observation, RV_CLASS_OPTICAL_POWER, "optics", key, name,
                     -5.2 - lost + noise(site, 0.15));
        one->limits.low_warning = -11.5;
        one->limits.low_critical = -14.4;
        one->limits_source = RV_LIMITS_DEVICE;
    }
    for (guint i = 0; i < site->sensors; i++) {
        g_autofree char *key = g_strdup_printf("extra-%u/temperature", i);

        one =
            sensor(observation, RV_CLASS_TEMPERATURE, "temperature", key, key, 40 + noise(site, 2));
        one->limits.high_warning = 70;
        one->limits_source = RV_LIMITS_DEVICE;
    }
}

static void
add_interfaces(const Site *site, Device *device, RvObservation *observation, double day)
{
    double hour = fmod(day + 1000, 1) * 24, work = hour > 8 && hour < 20 ? 1 : 0.3;

    for (int i = 0; i < device->family->ports; i++) {
        RvInterface *one = rv_observation_add_interface(observation, (guint32)i + 1);
        g_autofree char *name = g_strdup_printf("GigabitEthernet0/0/%d", i + 1);
        g_autofree char *key = g_strdup_printf("gigabitethernet0-0-%d", i + 1);
        double rate = 1e9 / (4 + i * 3 + device->number) * work * (0.7 + noise(site, 0.3));

        device->octets[i][0] += (guint64)(rate / 8 * (double)site->step_s);
        device->octets[i][1] += (guint64)(rate / 8 * 0.4 * (double)site->step_s);
        set(&one->key, key);
        say(&one->name, name);
        say(&one->alias, i == 0 ? "to core" : "");
        one->type = 6;
        one->admin_status = RV_ADMIN_UP;
        one->oper_status = i < 6 ? RV_OPER_UP : RV_OPER_DOWN;
        if (!well && device->number == 2 && i == 4 && day > -20 && day < -19)
            one->oper_status = fmod(floor(day * 12), 2) != 0 ? RV_OPER_DOWN : RV_OPER_UP;
        one->speed_bps = 1000000000;
        one->in_octets = device->octets[i][0];
        one->out_octets = device->octets[i][1];
        one->in_errors = one->out_errors = one->in_discards = one->out_discards = 0;
        if (!well && device->number == 2 && i == 1)
            one->in_errors = device->errors += day > -12 ? 180 : 0;
        one->counters_64bit = TRUE;
    }
}

static void
add_chassis(const Device *device, RvObservation *observation, double day)
{
    RvComponent *chassis = rv_observation_add_component(observation);
    g_autofree char *serial = g_strdup_printf("21023510%06u", device->number);

    set(&chassis->key, "chassis");
    set(&chassis->class, "chassis");
    set(&chassis->name, "Chassis");
    say(&chassis->model, device->family->model);
    set(&chassis->serial, serial);
    for (int i = 1; i <= device->family->psus; i++) {
        RvComponent *psu = rv_observation_add_component(observation);
        g_autofree char *key = g_strdup_printf("psu-%d", i);
        g_autofree char *number =
            g_strdup_printf("PS%u-%d%s", device->number, i,
                            device->number == 6 && i == 1 && day > -17 ? "-NEW" : "");

        set(&psu->key, key);
        set(&psu->class, "psu");
        set(&psu->name, key);
        say(&psu->serial, number);
    }
}

static void
add_identity(const Device *device, RvObservation *observation, gint64 s, double day)
{
    set(&observation->device.name, device->name);
    set(&observation->device.host, "192.0.2.1");
    set(&observation->device.kind, device->family->kind);
    set(&observation->device.site, "bj-dc1");
    say(&observation->device.vendor, device->family->vendor);
    say(&observation->device.model, device->family->model);
    say(&observation->device.os_version,
        device->number == 2 && day > -11 ? "V200R019C10SPC800" : device->family->version);
    set(&observation->device.profile, "made");
    observation->device.uptime_seconds = s - device->booted_s;
    observation->device.uptime_ticks = (s - device->booted_s) * 100;
}

/* ---- a life ---- */

/* Outages that the tests know: device 1 for six hours on the 12th, device 6 for a day, device 9
 * again and again, and nobody seen for half a day. */
static RvReachability
reachability(const Site *site, const Device *device, double day)
{
    if (well)
        return RV_STATE_UP;
    if (day > -24 && day < -23.5)
        return RV_STATE_BLIND;
    if (device->number == 1 && day > -20.5 && day < -20.2)
        return RV_STATE_DOWN;
    if (device->number == 6 && day > -13.3 && day < -12.3)
        return RV_STATE_DOWN;
    if (device->number == 9 && day > -8 && g_rand_double(site->rand) < 0.05)
        return RV_STATE_DOWN;
    return RV_STATE_UP;
}

static void
poll_one(Site *site, Device *device, gint64 s)
{
    RvObservation *observation = rv_observation_new();
    RvProtocol *protocol = rv_observation_add_protocol(observation, "snmp");
    double day = (double)(s - end_s) / 86400;
    const RvStoreContext context = {.tasks = RV_TASK_REACHABILITY | RV_TASK_HEALTH | RV_TASK_CENSUS,
                                    .reachability_interval_ms = site->step_s * 1000,
                                    .health_interval_ms = site->step_s * 1000};
    RvRrdReport report = {0};
    GError *error = NULL;

    observation->taken_at_ms = s * 1000;
    protocol->state = device->state = reachability(site, device, day);
    protocol->reason = protocol->state == RV_STATE_DOWN ? RV_REASON_NO_ANSWER : RV_REASON_NONE;
    add_identity(device, observation, s, day);
    if (protocol->state == RV_STATE_UP) {
        add_parts(site, device, observation, day);
        add_readings(site, device, observation, day);
        add_interfaces(site, device, observation, day);
        add_chassis(device, observation, day);
    }
    rv_observation_settle(observation);
    rv_health_judge(observation, &(RvHealthContext){0});
    if (!rv_state_store_observation(site->state, observation, &context, &error))
        fail(error);
    if (protocol->state == RV_STATE_UP) {
        if (!rv_rrd_store_write(site->rrd, device->name, observation, device->previous, &report,
                                &error))
            fail(error);
        rv_rrd_report_clear(&report);
        rv_rrd_previous_free(device->previous);
        device->previous = rv_rrd_previous_new(observation);
    }
    rv_observation_free(observation);
}

static void
live(Site *site, Device *devices)
{
    for (gint64 s = end_s - (gint64)site->days * 86400; s <= end_s; s += site->step_s) {
        RvRound round = {.started_ms = s * 1000,
                         .host = (char *)"poller-1",
                         .version = (char *)"0.1.0",
                         .due = site->devices,
                         .asked = site->devices};
        GError *error = NULL;

        if (!rv_state_round_start(site->state, &round, &error))
            fail(error);
        for (guint i = 0; i < site->devices; i++) {
            poll_one(site, &devices[i], s);
            round.answered += devices[i].state == RV_STATE_UP;
        }
        round.failed = round.asked - round.answered;
        round.ended_ms = (s + 20) * 1000;
        if (!rv_state_round_end(site->state, &round, &error))
            fail(error);
    }
}

/* ---- people ---- */

static gint64
day_ms(double day)
{
    return (gint64)(((double)end_s + day * 86400) * 1000);
}

static gint64
open_fault(Site *site, const char *device, const char *level, const char *title, double day)
{
    RvFault fault = {.device = (char *)device,
                     .kind = RV_FAULT_DEFECT,
                     .level = (char *)level,
                     .title = (char *)title,
                     .opened_ms = day_ms(day),
                     .opened_by = (char *)"王工"};
    GError *error = NULL;

    if (!rv_ledger_open(site->state, &fault, &error))
        fail(error);
    return fault.id;
}

static void
handle(Site *site)
{
    const RvResolution power = {"PDU B 路空开跳闸，双电源接在同一路",
                                "恢复供电，并将第二电源改接至 A 路", "业务中断约 7 小时"};
    const RvResolution disk = {"Disk 3 predicted its failure", "disk replaced, array rebuilt",
                               "none"};
    RvMaintenance window = {.devices = (char *)"switch-*",
                            .from_ms = day_ms(-10.4),
                            .until_ms = day_ms(-10.2),
                            .zone = (char *)zone,
                            .numbers = TRUE,
                            .alarms = TRUE,
                            .who = (char *)"李工",
                            .why = (char *)"交换机版本升级",
                            .made_ms = day_ms(-12)};
    GError *error = NULL;
    gint64 id;

    id = open_fault(site, "switch-01", "1", "整机不可达", -20.4);
    if (!rv_ledger_acknowledge(site->state, id, day_ms(-20.39), "王工", "已赶赴现场", &error) ||
        !rv_ledger_resolve(site->state, id, day_ms(-20.1), "王工", &power, &error) ||
        !rv_ledger_reported(site->state, id, day_ms(-19.5), "王工", &error))
        fail(error);
    if (site->devices >= 5) {
        id = open_fault(site, "server-05", "3", "Disk 3: predictive failure", -19.8);
        if (!rv_ledger_acknowledge(site->state, id, day_ms(-19.7), "zhang", "spare ordered",
                                   &error) ||
            !rv_ledger_resolve(site->state, id, day_ms(-14), "zhang", &disk, &error))
            fail(error);
    }
    open_fault(site, "switch-01", "2", "PSU 2: the device says 'failed'", -8.9);
    if (!rv_maintenance_add(site->state, &window, &error))
        fail(error);
}

static void
open_site(Site *site)
{
    g_autofree char *folder = g_build_filename(site->folder, "state", NULL);
    g_autofree char *path = g_build_filename(folder, "state.db", NULL);
    g_autofree char *rrd = g_build_filename(folder, "rrd", NULL);
    g_autofree char *templates = g_build_filename(site->folder, "templates", NULL);
    const RvRrdOptions options = {
        .folder = rrd, .template_folder = site->templates != NULL ? site->templates : templates};
    GError *error = NULL;

    g_mkdir_with_parents(folder, 0755);
    write_files(site);
    write_templates(site);
    site->state = rv_state_open(path, RV_STATE_MODE_WRITE, &error);
    if (site->state == NULL)
        fail(error);
    site->rrd = rv_rrd_store_open(&options, &error);
    if (site->rrd == NULL)
        fail(error);
}

/* Takes the options from the end of the arguments. */
static int
take_options(int argc, char **argv)
{
    for (; argc > 1 && strchr(argv[argc - 1], '=') != NULL; argc--) {
        const char *option = argv[argc - 1], *value = strchr(option, '=') + 1;

        if (g_str_has_prefix(option, "end="))
            end_s = g_ascii_strtoll(value, NULL, 10);
        else if (g_str_has_prefix(option, "zone="))
            zone = value;
        else if (strcmp(option, "kind=well") == 0)
            well = TRUE;
        else if (strcmp(option, "kind=hostile") == 0)
            nasty_name = g_strconcat(NASTY, g_strnfill(4096, 'x'), NULL);
        else
            exit(64);
    }
    return argc;
}

int
main(int argc, char **argv)
{
    int count = take_options(argc, argv);
    Site site = {.devices = count > 2 ? (guint)atoi(argv[2]) : 12,
                 .days = count > 3 ? (guint)atoi(argv[3]) : 60,
                 .sensors = count > 4 ? (guint)atoi(argv[4]) : 0,
                 .step_s = count > 5 ? atoi(argv[5]) : 7200,
                 .templates = count > 6 ? argv[6] : NULL,
                 .rand = g_rand_new_with_seed(7)};
    Device *devices;

    if (count < 2)
        return 64;
    g_strlcpy(site.folder, argv[1], sizeof site.folder);
    open_site(&site);
    devices = g_new0(Device, site.devices);
    for (guint i = 0; i < site.devices; i++) {
        devices[i].number = i + 1;
        devices[i].family = &families[i % G_N_ELEMENTS(families)];
        devices[i].booted_s = end_s - (gint64)(site.days + 30) * 86400;
        g_snprintf(devices[i].name, sizeof devices[i].name, "%s-%02u", devices[i].family->kind,
                   i + 1);
    }
    live(&site, devices);
    if (!well)
        handle(&site);
    for (guint i = 0; i < site.devices; i++)
        rv_rrd_previous_free(devices[i].previous);
    g_free(devices);
    rv_rrd_store_free(site.rrd);
    rv_state_close(site.state);
    g_rand_free(site.rand);
    return 0;
}
