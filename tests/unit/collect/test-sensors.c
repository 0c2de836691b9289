/* Sensors: what rows of a walk become by the keys of a profile. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "collect/interpret.h"
#include "observation/words.h"
#include "snmp/recording.h"

static char *folder;

static char *
put(const char *name, const char *text)
{
    char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

static RvObservation *
interpret(const char *profile, const char *walk)
{
    g_autofree char *body = g_strconcat("profile: p\nmatch: any\n", profile, NULL);
    g_autofree char *file = put("p.yaml", body);
    g_autofree char *recording = put("walk.snmprec", walk);
    const char *folders[] = {folder, NULL};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = rv_profiles_open(folders, NULL, problems);
    g_autoptr(GError) error = NULL;
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_recording_load(recording, NULL, &error);
    RvObservation *observation = rv_observation_new();

    g_assert_no_error(error);
    rv_interpret_snmp(profiles, answers, NULL, observation, NULL);
    rv_observation_settle(observation);
    g_remove(file);
    g_remove(recording);
    return observation;
}

/* "key value unit", "key state verdict", "key absent unit"; one a line. */
static char *
print(const RvObservation *observation)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);
        g_autofree char *value =
            isnan(sensor->value) ? g_strdup("-") : rv_text_number(sensor->value, 6);

        g_string_append(out, sensor->key);
        if (sensor->presence == RV_PRESENCE_ABSENT)
            g_string_append_printf(out, " absent%s%s", *sensor->unit != '\0' ? " " : "",
                                   sensor->unit);
        else if (sensor->class == RV_CLASS_STATE)
            g_string_append_printf(out, " %s %s", sensor->state,
                                   sensor->has_device_verdict
                                       ? rv_verdict_word(sensor->device_verdict)
                                       : "uninterpreted");
        else
            g_string_append_printf(out, " %s %s", value, sensor->unit);
        if (g_strcmp0(sensor->group, "optics") == 0)
            g_string_append(out, " optics");
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

#define TABLE "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    name: { column: 2 }\n    sensors:\n"
#define CELL(column, row, tag, value) "1.3.6.1.4.1.9.1." #column "." #row "|" #tag "|" value "\n"
#define NAMES CELL(2, 1, 4, "Left") CELL(2, 2, 4, "Right")

static const struct {
    const char *what, *profile, *walk, *sensors;
} rows[] = {
    {"scale", TABLE "      - { column: 3, class: voltage, scale: 0.001 }\n",
     NAMES CELL(3, 1, 2, "12044") CELL(3, 2, 2, "-5"),
     "voltage/left 12.044 V\nvoltage/right -0.005 V\n"},
    {"divide and offset",
     TABLE "      - { column: 3, class: temperature, divide: 10, offset: -273.15 }\n",
     NAMES CELL(3, 1, 2, "2982"), "temperature/left 25.05 °C\n"},
    {"RFC 3433 scale and precision",
     TABLE
     "      - { column: 3, class: voltage, scale-enum: { column: 4 }, precision: { column: 5 } }\n",
     NAMES CELL(3, 1, 2, "33120") CELL(4, 1, 2, "8") CELL(5, 1, 2, "1") CELL(3, 2, 2, "12")
         CELL(4, 2, 2, "9") CELL(5, 2, 2, "-2"),
     "voltage/left 3.312 V\nvoltage/right 12 V\n"},
    {"sentinels and ranges give no sensor",
     TABLE "      - { column: 3, class: temperature, none: [255], range: [-20, 90] }\n",
     NAMES CELL(3, 1, 2, "255") CELL(3, 2, 2, "91"), ""},
    {"zero says that there is nothing", TABLE "      - { column: 3, class: fan, zero: none }\n",
     NAMES CELL(3, 1, 2, "0") CELL(3, 2, 2, "900"), "fan/right 900 rpm\n"},
    {"absent", TABLE "      - { column: 3, class: fan, absent: [65535] }\n",
     NAMES CELL(3, 1, 2, "65535"), "fan/left absent rpm\n"},
    {"absent of what is measured in percent",
     TABLE "      - { column: 3, class: fan, unit: '%', absent: [255] }\n",
     NAMES CELL(3, 1, 2, "255") CELL(3, 2, 2, "40"), "fan/left absent %\nfan/right 40 %\n"},
    {"present by another column",
     TABLE "      - { column: 3, class: fan, present: { column: 4, is: [1] } }\n",
     NAMES CELL(3, 1, 2, "0") CELL(4, 1, 2, "2") CELL(3, 2, 2, "700") CELL(4, 2, 2, "1"),
     "fan/left absent rpm\nfan/right 700 rpm\n"},
    {"numbers in texts", TABLE "      - { column: 3, class: temperature }\n",
     NAMES CELL(3, 1, 4, " 41.5 C") CELL(3, 2, 4, "N/A"), "temperature/left 41.5 °C\n"},
    {"a pattern picks the number",
     TABLE "      - { column: 3, class: temperature, pattern: 'CPU: (\\d+)' }\n",
     NAMES CELL(3, 1, 4, "Fan: 900 CPU: 61 C"), "temperature/left 61 °C\n"},
    {"all numbers of a text", TABLE "      - { column: 3, class: temperature, numbers: all }\n",
     NAMES CELL(3, 1, 4, "21 / 35"), "temperature/left-1 21 °C\ntemperature/left-2 35 °C\n"},
    {"unsigned that means signed", TABLE "      - { column: 3, class: temperature, signed: 16 }\n",
     NAMES CELL(3, 1, 66, "65533"), "temperature/left -3 °C\n"},
    {"a float in octets", TABLE "      - { column: 3, class: voltage, as: float32 }\n",
     NAMES CELL(3, 1, 4x, "41480000"), "voltage/left 12.5 V\n"},
    {"light in mW becomes dBm, and no light is none",
     TABLE "      - { column: 3, class: optical_power, unit: uW }\n",
     NAMES CELL(3, 1, 2, "500") CELL(3, 2, 2, "0"), "optical_power/left -3.0103 dBm\n"},
    {"what sits where light is given is optics, not so on a part with more than that",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    part: { column: 5 }\n    name: { column: 2 }\n"
     "    sensors:\n      - { column: 3, class: { column: 4, map: { 1: temperature, 2: current, "
     "3: optical_power, 4: fan } } }\n",
     CELL(2, 1, 4, "heat") CELL(3, 1, 2, "40") CELL(4, 1, 2, "1") CELL(5, 1, 4, "xcvr")
         CELL(2, 2, 4, "bias") CELL(3, 2, 2, "1") CELL(4, 2, 2, "2") CELL(5, 2, 4, "xcvr")
             CELL(2, 3, 4, "rx") CELL(3, 3, 2, "-3") CELL(4, 3, 2, "3") CELL(5, 3, 4, "xcvr")
                 CELL(2, 4, 4, "rx") CELL(3, 4, 2, "-3") CELL(4, 4, 2, "3") CELL(5, 4, 4, "board")
                     CELL(2, 5, 4, "in") CELL(3, 5, 2, "20") CELL(4, 5, 2, "1")
                         CELL(5, 5, 4, "board") CELL(2, 6, 4, "out") CELL(3, 6, 2, "30")
                             CELL(4, 6, 2, "1") CELL(5, 6, 4, "board"),
     "board/optical_power/rx -3 dBm\nboard/temperature/in 20 °C\nboard/temperature/out 30 °C\n"
     "xcvr/current/bias 1 A optics\nxcvr/optical_power/rx -3 dBm\n"
     "xcvr/temperature/heat 40 °C optics\n"},
    {"percent of a capacity",
     TABLE "      - { column: 3, class: percent, percent-of: { column: 4 } }\n",
     NAMES CELL(3, 1, 2, "30") CELL(4, 1, 2, "120") CELL(3, 2, 2, "30") CELL(4, 2, 2, "0"),
     "percent/left 25 %\n"},
    {"volts times amperes",
     TABLE "      - { column: 3, class: power, times: { column: 4 }, scale: 0.1 }\n",
     NAMES CELL(3, 1, 2, "230") CELL(4, 1, 2, "15"), "power/left 345 W\n"},
    {"the class from a column",
     TABLE "      - { column: 3, class: { column: 4, map: { 8: temperature, 10: fan } } }\n",
     NAMES CELL(3, 1, 2, "41") CELL(4, 1, 2, "8") CELL(3, 2, 2, "900") CELL(4, 2, 2, "11"),
     "temperature/left 41 °C\n"},
    {"the unit from a column",
     TABLE "      - { column: 3, class: temperature, unit: { column: 4, map: { 1: C, 2: F } } }\n",
     NAMES CELL(3, 1, 2, "41") CELL(4, 1, 2, "1") CELL(3, 2, 2, "50") CELL(4, 2, 2, "2"),
     "temperature/left 41 °C\ntemperature/right 10 °C\n"},
    {"states, and a number that nobody listed",
     TABLE
     "      - { column: 3, class: state, states: { 1: [normal, ok], 2: [failed, critical] } }\n",
     NAMES CELL(3, 1, 2, "2") CELL(3, 2, 2, "9"),
     "state/left failed critical\nstate/right 9 uninterpreted\n"},
    {"states in texts",
     TABLE "      - { column: 3, class: state, states: { 'ok': ok, 'fail*': [failed, critical], "
           "'*': [other, warning] } }\n",
     NAMES CELL(3, 1, 4, "FAILED (2)") CELL(3, 2, 4, "Ok"),
     "state/left failed critical\nstate/right ok ok\n"},
    {"empty bays and rows that say nothing",
     TABLE "      - { column: 3, class: state, states: { 1: [empty, absent], 2: [notSupported, "
           "ignore] } }\n",
     NAMES CELL(3, 1, 2, "1") CELL(3, 2, 2, "2"), "state/left absent\n"},
    {"bits: the worst wins",
     TABLE
     "      - { column: 3, class: state, bits: { 0: [low, warning], 2: [dead, critical] } }\n",
     NAMES CELL(3, 1, 2, "5") CELL(3, 2, 2, "0"),
     "state/left low, dead critical\nstate/right ok ok\n"},
    {"BITS count from the left",
     TABLE
     "      - { column: 3, class: state, bits: { 0: [low, warning], 2: [dead, critical] } }\n",
     NAMES CELL(3, 1, 4x, "80"), "state/left low warning\n"},
    {"BITS written as text",
     TABLE
     "      - { column: 3, class: state, bits: { 0: [low, warning], 2: [dead, critical] } }\n",
     NAMES CELL(3, 1, 4, "80 0") CELL(3, 2, 4, "00"),
     "state/left low warning\nstate/right ok ok\n"},
    {"a bit that says the rest is nothing",
     TABLE
     "      - { column: 3, class: state, bits: { 0: [mute, ignore], 2: [dead, critical] } }\n",
     NAMES CELL(3, 1, 2, "5") CELL(3, 2, 2, "4"), "state/right dead critical\n"},
    {"conditions",
     TABLE
     "      - { column: 3, class: fan, where: [ { column: 4, is: [1, 2] }, { at-least: 100 } ] }\n",
     NAMES CELL(3, 1, 2, "99") CELL(4, 1, 2, "1") CELL(3, 2, 2, "100") CELL(4, 2, 2, "2"),
     "fan/right 100 rpm\n"},
    {"one of several conditions",
     TABLE "      - { column: 3, class: fan, where: { any: [ { column: 4, exists: false }, { "
           "column: 4, matches: '^x' } ] } }\n",
     NAMES CELL(3, 1, 2, "1") CELL(4, 1, 4, "y") CELL(3, 2, 2, "2"), "fan/right 2 rpm\n"},
    {"columns alike", TABLE "      - { column: [3, 4], names: [L1, L2], class: current }\n",
     NAMES CELL(3, 1, 2, "3") CELL(4, 1, 2, "4"), "current/left-l1 3 A\ncurrent/left-l2 4 A\n"},
    {"names that are padded, or end as if a value followed",
     TABLE "      - { column: 3, class: fan }\n",
     CELL(2, 1, 4, "Slot 1 :    Inlet") CELL(2, 2, 4, "cf2: ") CELL(2, 3, 4, ":") CELL(3, 1, 2, "1")
         CELL(3, 2, 2, "2") CELL(3, 3, 2, "3"),
     "fan/cf2 2 rpm\nfan/slot-1-inlet 1 rpm\nfan/x 3 rpm\n"},
    {"equal names get their index", TABLE "      - { column: 3, class: fan }\n",
     CELL(2, 1, 4, "Fan") CELL(2, 2, 4, "Fan") CELL(3, 1, 2, "1") CELL(3, 2, 2, "2"),
     "fan/fan-1 1 rpm\nfan/fan-2 2 rpm\n"},
    {"without a name: class and index", TABLE "      - { column: 3, class: fan }\n",
     CELL(3, 7, 2, "1"), "fan/fan-7 1 rpm\n"},
    {"the place leads the key",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    part: { index: 1, format: 'PSU %s' }\n"
     "    name: Input\n    sensors:\n      - { column: 3, class: voltage }\n",
     CELL(3, 2, 2, "230"), "psu-2/voltage/input 230 V\n"},
    {"a port leads the key, and what its module measures of itself is optics",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    port: { column: ifName, index: 2 }\n"
     "    name: { index: 1, format: 'Lane %s' }\n    sensors:\n      - { column: 3, class: "
     "current, unit: 2uA }\n",
     "1.3.6.1.4.1.9.1.3.4.17|2|3000\n1.3.6.1.2.1.31.1.1.1.1.17|4|Eth1/4\n",
     "port/eth1-4/current/lane-4 0.006 A optics\n"},
    {"a join by value",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    name: { column: entPhysicalName, via: 4 }\n"
     "    sensors:\n      - { column: 3, class: fan }\n",
     CELL(3, 1, 2, "5") CELL(4, 1, 2, "1001") "1.3.6.1.2.1.47.1.1.1.1.7.1001|4|Tray 3\n",
     "fan/tray-3 5 rpm\n"},
    {"a join by searching",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    name: { column: 1.3.6.1.4.1.9.2.7, find: "
     "1.3.6.1.4.1.9.2.3 }\n"
     "    sensors:\n      - { column: 3, class: fan }\n",
     CELL(3, 6, 2,
          "5") "1.3.6.1.4.1.9.2.3.1|2|4\n1.3.6.1.4.1.9.2.3.2|2|6\n1.3.6.1.4.1.9.2.7.2|4|Sixth\n",
     "fan/sixth 5 rpm\n"},
    {"a name up the containment tree",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    name: { column: entPhysicalName, contained: up }\n"
     "    sensors:\n      - { column: 3, class: fan }\n",
     CELL(3, 6, 2, "5") "1.3.6.1.2.1.47.1.1.1.1.4.6|2|5\n1.3.6.1.2.1.47.1.1.1.1.7.5|4|Above\n",
     "fan/above 5 rpm\n"},
    {"an index that is text",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    name: { index: '1..', as: text }\n"
     "    sensors:\n      - { column: 3, class: fan }\n",
     "1.3.6.1.4.1.9.1.3.3.65.66.67|2|5\n", "fan/abc 5 rpm\n"},
    {"joined and patterned names",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    name: { join: [ Slot, { index: 1 }, { column: 2, "
     "pattern: '^\\w+' } ] }\n"
     "    sensors:\n      - { column: 3, class: fan }\n",
     CELL(2, 4, 4, "Intake (front)") CELL(3, 4, 2, "5"), "fan/slot-4-intake 5 rpm\n"},
    {"scalars",
     "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    scalars: true\n    sensors:\n"
     "      - { column: 3, class: temperature, name: Inlet }\n",
     CELL(3, 0, 2, "21"), "temperature/inlet 21 °C\n"},
    {"a reading and a state of one cell",
     TABLE "      - { column: 3, class: fan }\n      - { column: 3, class: state, group: fan, "
           "states: { 0: [stopped, critical], '*': [turning, ok] } }\n",
     NAMES CELL(3, 1, 2, "0"), "fan/left 0 rpm\nstate/left stopped critical\n"},
    {"what a device makes up is not shown", TABLE "      - { column: 3, class: temperature }\n",
     NAMES CELL(3, 1, 2, "2147483647"), ""},
};

static void
test_rows(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvObservation) observation = interpret(rows[i].profile, rows[i].walk);
        g_autofree char *text = print(observation);

        g_test_message("%s", rows[i].what);
        g_assert_cmpstr(text, ==, rows[i].sensors);
    }
}

static void
test_limits(void)
{
    g_autoptr(RvObservation) observation = interpret(
        TABLE
        "      - { column: 3, class: temperature, unit: dC, hysteresis: 2,\n"
        "          limits: { none: [0], low-critical: { column: 4 }, high-warning: { column: 5 }, "
        "high-critical: 90 } }\n",
        NAMES CELL(3, 1, 2, "254") CELL(4, 1, 2, "0") CELL(5, 1, 2, "600"));
    const RvSensor *sensor = g_ptr_array_index(observation->sensors, 0);

    g_assert_true(isnan(sensor->limits.low_critical)); /* a sentinel */
    g_assert_true(isnan(sensor->limits.low_warning));
    g_assert_cmpfloat_with_epsilon(sensor->limits.high_warning, 60, 1e-9); /* scaled as the value */
    g_assert_cmpfloat_with_epsilon(sensor->limits.high_critical, 90, 1e-9);
    g_assert_cmpfloat_with_epsilon(sensor->hysteresis, 2, 1e-9);
    g_assert_cmpint(sensor->limits_source, ==, RV_LIMITS_DEVICE);
    g_assert_cmpint(sensor->raw, ==, 254);
}

/* Names and texts of a hostile agent are clean before anybody sees them. */
static void
test_hostile(void)
{
    g_autoptr(RvObservation) observation = interpret(
        TABLE "      - { column: 3, class: fan }\n"
              "      - { column: 4, class: state, states: { 1: ok } }\n",
        CELL(2, 1, 4x, "1b5b326a00ff0a41") CELL(3, 1, 2, "5") CELL(
            4, 1, 4x, "fffefd") "1.3.6.1.4.1.9.1.3|2|7\n1.3.6.1.4.1.9.1.4.1.2.3.4.5.6.7.8|5|\n");

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        g_assert_true(g_utf8_validate(sensor->name, -1, NULL));
        g_assert_null(strpbrk(sensor->name, "\033\n"));
        g_assert_true(g_utf8_validate(sensor->key, -1, NULL));
    }
    g_assert_cmpuint(observation->sensors->len, >=, 1);
}

static void
test_identity(void)
{
    g_autoptr(RvObservation) observation = interpret(
        "identity:\n  vendor: Nobody\n  version: { sysDescr: 'Version (\\S+),' }\n"
        "  model: [ { oid: 1.3.6.1.4.1.9.7.0 }, { column: entPhysicalModelName, where: { "
        "entPhysicalClass: [3, 11] } } ]\n"
        "  serial: { column: entPhysicalSerialNum, first: true, none: [unknown] }\n",
        "1.3.6.1.2.1.1.1.0|4|Thing Version 7.2, built today\n1.3.6.1.2.1.1.3.0|67|123400\n"
        "1.3.6.1.2.1.1.5.0|4|sw-1\n1.3.6.1.4.1.9.7.0|4| \n"
        "1.3.6.1.2.1.47.1.1.1.1.5.1|2|9\n1.3.6.1.2.1.47.1.1.1.1.5.2|2|3\n"
        "1.3.6.1.2.1.47.1.1.1.1.13.1|4|LINECARD\n1.3.6.1.2.1.47.1.1.1.1.13.2|4|CHASSIS\n"
        "1.3.6.1.2.1.47.1.1.1.1.11.1|4|Unknown\n1.3.6.1.2.1.47.1.1.1.1.11.2|4|S-2\n");
    const RvDeviceIdentity *device = &observation->device;

    g_assert_cmpstr(device->vendor, ==, "Nobody");
    g_assert_cmpstr(device->os_version, ==, "7.2");
    g_assert_cmpstr(device->model, ==, "CHASSIS");
    g_assert_cmpstr(device->serial, ==, "S-2");
    g_assert_cmpstr(device->sys_name, ==, "sw-1");
    g_assert_cmpint(device->uptime_seconds, ==, 1234);
    g_assert_cmpstr(device->profile, ==, "p");
}

static void
test_components(void)
{
    g_autoptr(RvObservation) observation = interpret(
        "components:\n  - entry: 1.3.6.1.4.1.9.1\n    class: disk\n    name: { column: 2 }\n"
        "    serial: { column: 3 }\n    model: { column: 4 }\n"
        "    where: [ { column: 5, not: [9] } ]\n",
        CELL(2, 1, 4, "Bay 1") CELL(3, 1, 4, "D-1") CELL(4, 1, 4, "ST4000") CELL(5, 1, 2, "1")
            CELL(2, 2, 4, "Bay 2") CELL(3, 2, 4, "D-2") CELL(5, 2, 2, "9"));
    const RvComponent *component;

    g_assert_cmpuint(observation->components->len, ==, 1);
    component = g_ptr_array_index(observation->components, 0);
    g_assert_cmpstr(component->class, ==, "disk");
    g_assert_cmpstr(component->name, ==, "Bay 1");
    g_assert_cmpstr(component->serial, ==, "D-1");
    g_assert_cmpstr(component->model, ==, "ST4000");
}

#define ENTITY(column, index, tag, value)                                                          \
    "1.3.6.1.2.1.47.1.1.1.1." #column "." #index "|" #tag "|" value "\n"

/* A card is pulled, the agent counts its entities anew: keys stay, indexes and OIDs move. */
static void
test_moved_indexes(void)
{
    static const char profile[] = "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    entity: true\n"
                                  "    name: { column: entPhysicalName }\n    sensors:\n"
                                  "      - { column: 3, class: temperature }\n";
    g_autoptr(RvObservation) before = interpret(
        profile, ENTITY(7, 1, 4, "Chassis") ENTITY(5, 1, 2, "3") ENTITY(7, 5, 4, "Slot 1")
                     ENTITY(5, 5, 2, "9") ENTITY(4, 5, 2, "1") ENTITY(7, 9, 4, "Slot 2")
                         ENTITY(5, 9, 2, "9") ENTITY(4, 9, 2, "1") ENTITY(7, 10, 4, "CPU")
                             ENTITY(5, 10, 2, "8") ENTITY(4, 10, 2, "9") CELL(3, 10, 2, "41"));
    g_autoptr(RvObservation) after =
        interpret(profile, ENTITY(7, 1, 4, "Chassis") ENTITY(5, 1, 2, "3") ENTITY(7, 6, 4, "Slot 2")
                               ENTITY(5, 6, 2, "9") ENTITY(4, 6, 2, "1") ENTITY(7, 7, 4, "CPU")
                                   ENTITY(5, 7, 2, "8") ENTITY(4, 7, 2, "6") CELL(3, 7, 2, "44"));
    const RvSensor *old = g_ptr_array_index(before->sensors, 0);
    const RvSensor *new = g_ptr_array_index(after->sensors, 0);

    g_assert_cmpstr(old->key, ==, "chassis/slot-2/temperature/cpu");
    g_assert_cmpstr(new->key, ==, old->key);
    g_assert_cmpstr(new->component, ==, old->component);
    g_assert_cmpstr(new->oid, !=, old->oid);
}

/* Two supplies with a sensor of the same name each: a person is told which; keys say it anyway. */
static void
test_namesakes(void)
{
    static const char *const entities =
        "1.3.6.1.2.1.47.1.1.1.1.4.1|2|0\n1.3.6.1.2.1.47.1.1.1.1.5.1|2|3\n"
        "1.3.6.1.2.1.47.1.1.1.1.7.1|4|Chassis\n"
        "1.3.6.1.2.1.47.1.1.1.1.4.10|2|1\n1.3.6.1.2.1.47.1.1.1.1.5.10|2|6\n"
        "1.3.6.1.2.1.47.1.1.1.1.7.10|4|Supply A\n"
        "1.3.6.1.2.1.47.1.1.1.1.4.20|2|1\n1.3.6.1.2.1.47.1.1.1.1.5.20|2|6\n"
        "1.3.6.1.2.1.47.1.1.1.1.7.20|4|Supply B\n"
        "1.3.6.1.2.1.47.1.1.1.1.4.11|2|10\n1.3.6.1.2.1.47.1.1.1.1.5.11|2|8\n"
        "1.3.6.1.2.1.47.1.1.1.1.4.21|2|20\n1.3.6.1.2.1.47.1.1.1.1.5.21|2|8\n"
        "1.3.6.1.2.1.47.1.1.1.1.4.12|2|10\n1.3.6.1.2.1.47.1.1.1.1.5.12|2|8\n"
        "1.3.6.1.4.1.9.1.2.11|4|Input\n1.3.6.1.4.1.9.1.2.12|4|Output\n"
        "1.3.6.1.4.1.9.1.2.21|4|Input\n"
        "1.3.6.1.4.1.9.1.3.11|2|230\n1.3.6.1.4.1.9.1.3.12|2|12\n1.3.6.1.4.1.9.1.3.21|2|0\n";
    g_autoptr(RvObservation) observation =
        interpret("tables:\n  - entry: 1.3.6.1.4.1.9.1\n    name: { column: 2 }\n    entity: true\n"
                  "    sensors:\n      - { column: 3, class: voltage }\n",
                  entities);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        g_string_append_printf(text, "%s: %s\n", sensor->key, sensor->name);
    }
    g_assert_cmpstr(text->str, ==,
                    "chassis/supply-a/voltage/input: Supply A Input\n"
                    "chassis/supply-a/voltage/output: Output\n"
                    "chassis/supply-b/voltage/input: Supply B Input\n");
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("rv-sensors-XXXXXX", NULL);
    g_test_add_func("/collect/sensors/rows", test_rows);
    g_test_add_func("/collect/sensors/limits", test_limits);
    g_test_add_func("/collect/sensors/hostile", test_hostile);
    g_test_add_func("/collect/identity", test_identity);
    g_test_add_func("/collect/moved-indexes", test_moved_indexes);
    g_test_add_func("/collect/components", test_components);
    g_test_add_func("/collect/namesakes", test_namesakes);
    status = g_test_run();
    g_rmdir(folder);
    g_free(folder);
    return status;
}
