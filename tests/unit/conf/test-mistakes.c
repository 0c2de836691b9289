/* Mistakes in the operator's files: each with the words it is told with. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "site.h"

typedef struct {
    const char *shows, *file, *text, *problems;
} Row;

#define INVENTORY "inventory.yaml"
#define ASKED ", address: 10.0.0.1, snmp: { credential: ro }"

static const Row rows[] = {
    /* ---- rackvitals.yaml ---- */
    {"a misspelt key", "rackvitals.yaml", "inventry: x\n",
     "rackvitals.yaml:1:1: unknown key 'inventry'; did you mean 'inventory'?"},
    {"a language that is not there", "rackvitals.yaml", "language: zh_CM\n",
     "rackvitals.yaml:1:11: 'language' cannot be 'zh_CM'; did you mean 'zh_CN'?"},
    {"a time without sense", "rackvitals.yaml", "intervals: { health: often }\n",
     "rackvitals.yaml:1:22: 'health' must be a time from 10s to 7d, as 90s, 5m, 12h or 7d, not "
     "'often'"},
    {"health more often than reachability", "rackvitals.yaml", "intervals: { health: 30s }\n",
     "rackvitals.yaml:1:12: 'health' must not come more often than 'reachability'"},
    {"an inventory that is not there", "rackvitals.yaml", "inventory: nowhere.yaml\n",
     "nowhere.yaml: cannot be read: No such file or directory"},
    {"a limit for nothing", "rackvitals.yaml", "limits: [{ high-warning: 3 }]\n",
     "rackvitals.yaml:1:10: a limit needs 'sensors' or 'class': which sensors it is for"},
    {"a limit without a number", "rackvitals.yaml", "limits: [{ class: temperature }]\n",
     "rackvitals.yaml:1:10: a limit needs one of low-critical, low-warning, high-warning, "
     "high-critical"},
    {"limits the wrong way round", "rackvitals.yaml",
     "limits: [{ class: fan, high-warning: 9, high-critical: 8 }]\n",
     "rackvitals.yaml:1:10: 'high-critical' must not be below 'high-warning'"},
    {"a class of sensors that is not there", "rackvitals.yaml",
     "limits: [{ class: temprature, high-warning: 3 }]\n",
     "rackvitals.yaml:1:19: 'class' cannot be 'temprature'; did you mean 'temperature'?\n"
     "rackvitals.yaml:1:10: a limit needs 'sensors' or 'class': which sensors it is for"},
    {"a channel of no kind", "rackvitals.yaml", "notify: { a: { to: x@y.z } }\n",
     "rackvitals.yaml:1:14: a channel needs one of 'mail', 'webhook', 'command', 'syslog'"},
    {"a channel's addresses", "rackvitals.yaml",
     "notify: { a: { mail: smtp://h, from: a@b.c, to: [noc, x@y.z] } }\n",
     "rackvitals.yaml:1:49: 'to': 'noc' is no mail address; write it as noc@example.com"},
    {"a password in an address", "rackvitals.yaml",
     "notify: { a: { webhook: \"https://u:p@h/\" } }\n",
     "rackvitals.yaml:1:25: 'webhook' holds a user or password; name a 'credential' instead"},
    {"a command without its path", "rackvitals.yaml", "notify: { a: { command: [page] } }\n",
     "rackvitals.yaml:1:25: 'command' must begin with the whole path of a program, as "
     "/usr/local/bin/page"},
    {"quiet hours without end", "rackvitals.yaml",
     "notify: { a: { syslog: true, quiet: '00:00-24:00' } }\n",
     "rackvitals.yaml:1:37: 'quiet' must be hours of a day that leave some to send in, not "
     "'00:00-24:00'"},
    {"quiet hours beyond the day", "rackvitals.yaml",
     "notify: { a: { syslog: true, quiet: '22:00-24:30' } }\n",
     "rackvitals.yaml:1:37: 'quiet' must be hours of a day that leave some to send in, not "
     "'22:00-24:30'"},
    {"quiet hours that are none", "rackvitals.yaml",
     "notify: { a: { syslog: true, quiet: night } }\n",
     "rackvitals.yaml:1:37: 'quiet' must be hours, as 22:00-07:00, not 'night'"},
    {"an uplink with a port", "rackvitals.yaml", "uplink: 10.0.0.1:53\n",
     "rackvitals.yaml:1:9: '10.0.0.1:53' is no address; give the port by 'port'"},

    /* ---- inventory: devices ---- */
    {"a device without a name", INVENTORY,
     "devices: [{ address: 10.0.0.1, snmp: { credential: ro } }]\n",
     "inventory.yaml:1:11: a device needs 'name'"},
    {"a name that is none", INVENTORY, "devices: [{ name: \"db 01\"" ASKED " }]\n",
     "inventory.yaml:1:19: 'db 01' is no name: 1 to 64 letters, digits, '.', '-' and '_', a "
     "letter or digit first"},
    {"a boolean for a name", INVENTORY, "devices: [{ name: no" ASKED " }]\n",
     "inventory.yaml:1:19: 'name' is no, a boolean to YAML; write \"no\""},
    {"a device without an address", INVENTORY, "devices: [{ name: a, snmp: { credential: ro } }]\n",
     "inventory.yaml:1:11: device 'a' needs 'address'"},
    {"a device that nobody asks", INVENTORY, "devices: [{ name: a, address: 10.0.0.1 }]\n",
     "inventory.yaml:1:11: device 'a' is asked neither by SNMP nor by IPMI; give it, or its group, "
     "'snmp' or 'ipmi'"},
    {"an address that is none", INVENTORY,
     "devices: [{ name: a, address: 10.0.0.300, snmp: { credential: ro } }]\n",
     "inventory.yaml:1:31: '10.0.0.300' is no IPv4 address: four numbers from 0 to 255, without "
     "zeros in front"},
    {"a device twice", INVENTORY,
     "devices:\n"
     "  - { name: a, address: 10.0.0.1, snmp: { credential: ro } }\n"
     "  - { name: a, address: 10.0.0.2, snmp: { credential: ro } }\n",
     "inventory.yaml:3:13: device 'a' is in FOLDER/inventory.yaml:2 already"},
    {"an address twice", INVENTORY,
     "devices:\n"
     "  - { name: a, address: 10.0.0.1, snmp: { credential: ro } }\n"
     "  - { name: b, address: 10.0.0.1, snmp: { credential: ro } }\n",
     "inventory.yaml:3:25: a has the address 10.0.0.1, port 161, already "
     "(FOLDER/inventory.yaml:2)"},
    {"an address twice with another port is none", INVENTORY,
     "devices:\n"
     "  - { name: a, address: 10.0.0.1, snmp: { credential: ro } }\n"
     "  - { name: b, address: 10.0.0.1, snmp: { credential: ro, port: 1161 } }\n",
     ""},
    {"a kind that is not there", INVENTORY, "devices: [{ name: a, kind: swich" ASKED " }]\n",
     "inventory.yaml:1:28: 'kind' cannot be 'swich'; did you mean 'switch'?"},
    {"a key of the credentials in the inventory", INVENTORY,
     "devices: [{ name: a, address: 10.0.0.1, snmp: { comunity: x, credential: ro } }]\n",
     "inventory.yaml:1:49: unknown key 'comunity'; there are version, credential, address, port, "
     "context, timeout, retries, max-repetitions, max-in-flight"},
    {"a version that is not there", INVENTORY,
     "devices: [{ name: a, address: 10.0.0.1, snmp: { version: 4, credential: ro } }]\n",
     "inventory.yaml:1:58: 'version' cannot be '4'; there are 1, 2c, 3"},
    {"a port out of range", INVENTORY,
     "devices: [{ name: a, address: 10.0.0.1, snmp: { port: 70000, credential: ro } }]\n",
     "inventory.yaml:1:55: 'port' must be a whole number from 1 to 65535, not '70000'"},
    {"parts of no kind", INVENTORY, "devices: [{ name: a, expected: { fans: 6 }" ASKED " }]\n",
     "inventory.yaml:1:34: unknown key 'fans'; did you mean 'fan'?"},
    {"less than no part", INVENTORY, "devices: [{ name: a, expected: { fan: -1 }" ASKED " }]\n",
     "inventory.yaml:1:39: 'fan' must be a whole number from 0 to 1000, not '-1'"},
    {"a list where a device is wanted", INVENTORY, "devices: [[a]]\n",
     "inventory.yaml:1:11: 'devices' must be a map of keys and values"},

    /* ---- inventory: ranges ---- */
    {"more names than addresses", INVENTORY,
     "devices: [{ name: \"a[1-3]\", address: \"10.0.0.[1-2]\", snmp: { credential: ro } }]\n",
     "inventory.yaml:1:38: 3 names and 2 of 'address'; there must be as many"},
    {"a range that is none", INVENTORY, "devices: [{ name: \"a[3-1]\"" ASKED " }]\n",
     "inventory.yaml:1:19: 'name': 'a[3-1]' is no range; write one as [01-16], [1,3,5-8] or [a-d], "
     "first to last"},
    {"mistakes of a range are told once", INVENTORY,
     "devices: [{ name: \"a[1-9]\", address: \"10.0.0.[1-9]\", kind: x, group: g, snmp: "
     "{ credential: rw } }]\n",
     "inventory.yaml:1:60: 'kind' must be one of switch, router, firewall, loadbalancer, server, "
     "storage, ups, pdu, sensor, other, not 'x'\n"
     "inventory.yaml:1:70: no group is called 'g'\n"
     "inventory.yaml:1:93: the credentials file has no 'rw'; did you mean 'ro'?"},

    /* ---- inventory: groups, sites, parents ---- */
    {"mistakes of a group are told once", INVENTORY,
     "groups: { g: { kind: x, snmp: { credential: ro, retires: 2, address: 10.0.0.9 } } }\n"
     "devices:\n"
     "  - { name: a, address: 10.0.0.1, group: g }\n"
     "  - { name: b, address: 10.0.0.2, group: g }\n",
     "inventory.yaml:1:22: 'kind' must be one of switch, router, firewall, loadbalancer, server, "
     "storage, ups, pdu, sensor, other, not 'x'\n"
     "inventory.yaml:1:49: unknown key 'retires'; did you mean 'retries'?\n"
     "inventory.yaml:1:70: an address belongs to a device, not to a group"},
    {"groups in a circle", INVENTORY,
     "groups: { g: { group: h }, h: { group: g } }\n"
     "devices: [{ name: a" ASKED " }]\n",
     "inventory.yaml:1:23: group 'g' is within itself\n"
     "inventory.yaml:1:40: group 'h' is within itself"},
    {"a group that is not there", INVENTORY,
     "groups: { servers: { kind: server } }\n"
     "devices: [{ name: a, group: server" ASKED " }]\n",
     "inventory.yaml:2:29: no group is called 'server'; did you mean 'servers'?"},
    {"a site that is not there", INVENTORY,
     "sites: { bj-dc1: }\ndevices: [{ name: a, site: bj-dc2" ASKED " }]\n",
     "inventory.yaml:2:28: no site is called 'bj-dc2'; did you mean 'bj-dc1'?"},
    {"a rack that its site has not", INVENTORY,
     "sites: { s: { racks: [A01, A02] } }\n"
     "devices: [{ name: a, site: s, rack: A10" ASKED " }]\n",
     "inventory.yaml:2:37: site 's' has no rack 'A10'; there are A01, A02"},
    {"a time zone that is not there", INVENTORY, "sites: { s: { time-zone: Asia/Peking } }\n",
     "inventory.yaml:1:26: 'Asia/Peking' is no time zone; give one as Asia/Shanghai"},
    {"a parent that is not there", INVENTORY, "devices: [{ name: a, parents: b" ASKED " }]\n",
     "inventory.yaml:1:31: no device is called 'b'"},
    {"a parent of itself", INVENTORY, "devices: [{ name: a, parents: [a]" ASKED " }]\n",
     "inventory.yaml:1:31: parents go in a circle: a, a"},
    {"parents in a circle", INVENTORY,
     "groups: { g: { snmp: { credential: ro } } }\n"
     "devices:\n"
     "  - { name: z, address: 10.0.0.4, group: g, parents: [a] }\n"
     "  - { name: a, address: 10.0.0.1, group: g, parents: [b] }\n"
     "  - { name: b, address: 10.0.0.2, group: g, parents: [c] }\n"
     "  - { name: c, address: 10.0.0.3, group: g, parents: [a] }\n",
     "inventory.yaml:4:54: parents go in a circle: a, b, c, a"},
    {"a class that the plan has not", INVENTORY,
     "devices: [{ name: a, service-class: god" ASKED " }]\n",
     "inventory.yaml:1:37: the service plan has no class 'god'; did you mean 'gold'?"},
    {"an include that is not there", INVENTORY, "include: [a/*.yaml, b.yaml]\n",
     "inventory.yaml:1:11: no file is called 'a/*.yaml'\n"
     "b.yaml: cannot be read: No such file or directory"},

    /* ---- credentials ---- */
    {"no credential", INVENTORY, "devices: [{ name: a, address: 10.0.0.1, snmp: {} }]\n",
     "inventory.yaml:1:11: device 'a' needs 'credential' in its 'snmp', or in its group's"},
    {"a user for 2c", INVENTORY,
     "devices: [{ name: a, address: 10.0.0.1, snmp: { credential: v3 } }]\n",
     "inventory.yaml:1:61: credential 'v3' has a user, and SNMP 1 and 2c want a community; say "
     "version 3, or name another"},
    {"a community for 3", INVENTORY,
     "devices: [{ name: a, address: 10.0.0.1, snmp: { credential: ro, version: 3 } }]\n",
     "inventory.yaml:1:61: credential 'ro' has a community, and SNMPv3 wants a user; say version "
     "2c, or name another"},
    {"a community for IPMI", INVENTORY,
     "devices: [{ name: a, address: 10.0.0.1, ipmi: { credential: ro } }]\n",
     "inventory.yaml:1:61: credential 'ro' has a community, and IPMI wants a user and a password; "
     "name another"},
    {"a misspelt key of a credential is not repeated", "credentials.yaml",
     "ro: { community: x, comunity: y }\n",
     "credentials.yaml:1:21: unknown key; did you mean 'community'?"},
    {"a secret instead of a map is not repeated", "credentials.yaml", "ro: hunter2\n",
     "credentials.yaml:1:5: 'ro' must be a map of keys and values\n"
     "inventory.yaml:1:61: credential 'ro' has no 'community'"},
    {"a variable that is not set", "credentials.yaml", "ro: { community: env:RV_NOT_SET }\n",
     "credentials.yaml:1:18: 'community': RV_NOT_SET is not set in the environment"},
    {"a file that is not there", "credentials.yaml", "ro: { community: file:nowhere }\n",
     "credentials.yaml:1:18: 'community': FOLDER/nowhere: No such file or directory"},
    {"systemd is not there", "credentials.yaml", "ro: { community: systemd:ro }\n",
     "credentials.yaml:1:18: 'community': CREDENTIALS_DIRECTORY is not set; is this run by systemd "
     "with LoadCredential=?"},

    /* ---- service plan ---- */
    {"a calendar that is not there", "service-plan.yaml", "classes: { gold: { coverage: 5x8 } }\n",
     "service-plan.yaml:1:30: no calendar is called '5x8'"},
    {"an availability that is a part of one", "service-plan.yaml",
     "classes: { gold: { availability: 0.999 } }\n",
     "service-plan.yaml:1:34: 'availability' is in percent: 99.9, not 0.999; '0.999' promises next "
     "to nothing"},
    {"a holiday that is no day", "service-plan.yaml",
     "calendars: { c: { holidays: { 2026-02-29: x, 2026-10-07/2026-10-01: y } } }\n",
     "service-plan.yaml:1:31: '2026-02-29' is no day; give one as 2026-10-01, several as "
     "2026-10-01/2026-10-07\n"
     "service-plan.yaml:1:46: '2026-10-07/2026-10-01' ends before it begins, or lasts too long"},
    {"hours that overlap", "service-plan.yaml",
     "calendars: { c: { hours: [\"09:00-18:00\", \"13:00-19:00\"] } }\n",
     "service-plan.yaml:1:42: 'hours' must be as 09:00-18:00, each after the one before, not "
     "'13:00-19:00'"},
    {"a weekday that is none", "service-plan.yaml", "calendars: { c: { weekdays: [monday] } }\n",
     "service-plan.yaml:1:30: 'weekdays' must be one of mon, tue, wed, thu, fri, sat, sun, not "
     "'monday'"},
    {"a time zone that is none", "service-plan.yaml", "time-zone: CST+8\n",
     "service-plan.yaml:1:12: 'CST+8' is no time zone; give one as Asia/Shanghai"},
    {"a level that is not there", "service-plan.yaml",
     "faults: { rules: [{ status: critical, level: 4 }] }\n",
     "service-plan.yaml:1:46: no fault level is called '4'; there are 1, 2, 3, none"},
    {"levels that no rule opens", "service-plan.yaml", "faults: { levels: [{ level: a }] }\n",
     "service-plan.yaml:1:9: 'faults' has levels of its own; it needs 'rules' that open faults of "
     "them"},
    {"a duty without a period", "service-plan.yaml", "duties: { promised: [{ within: 3h }] }\n",
     "service-plan.yaml:1:22: a duty needs 'period'"},
    {"a report in a language that is not there", "service-plan.yaml",
     "reports: [{ period: month, languages: [de] }]\n",
     "service-plan.yaml:1:39: no language 'de'; there are zh_CN, en"},
    {"a firmware rule that says nothing", "service-plan.yaml", "firmware: [{ models: x }]\n",
     "service-plan.yaml:1:12: a firmware rule needs 'min', 'exact' or 'deny'"},
    {"an exclusion that ends before it begins", "service-plan.yaml",
     "exclusions: [{ from: 2026-03-02, until: 2026-03-01, who: a, why: b }]\n",
     "service-plan.yaml:1:14: an exclusion must end after it begins"},
    {"a colour that is none", "service-plan.yaml", "accent: blue\n",
     "service-plan.yaml:1:9: 'accent' must be a colour as \"#1f4e79\", not 'blue'"},
    {"a redundant group of a class that is not there", "service-plan.yaml",
     "redundant-groups: { g: { devices: a, class: gold } }\n",
     "service-plan.yaml:1:45: no class is called 'gold'"},
};

/* FOLDER in what is expected is where the files lie; the folder before a file's own name is cut. */
static void
test_mistakes(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Site) site = site_new();
        g_autofree char *problems = NULL;
        g_auto(GStrv) pieces = g_strsplit(rows[i].problems, "FOLDER/", -1);
        g_autofree char *wanted = g_strjoinv("", pieces);

        site_write(site, rows[i].file, rows[i].text);
        problems = site_problems(site, RV_CONFIGURATION_ALL);
        g_test_message("%s", rows[i].shows);
        g_assert_cmpstr(problems, ==, wanted);
    }
}

/* All files, all mistakes, one run; exit status 78. */
static void
test_all_at_once(void)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *problems = NULL;

    site_write(site, "inventory.yaml", "device: []\ndevices: [{ nme: a }]\n");
    site_write(site, "credentials.yaml", "ro: { communty: x }\n");
    site_write(site, "service-plan.yaml", "custmer: x\n");
    problems = site_problems(site, RV_CONFIGURATION_ALL);
    g_assert_cmpstr(problems, ==,
                    "credentials.yaml:1:7: unknown key; did you mean 'community'?\n"
                    "service-plan.yaml:1:1: unknown key 'custmer'; did you mean 'customer'?\n"
                    "inventory.yaml:1:1: unknown key 'device'; did you mean 'devices'?\n"
                    "inventory.yaml:2:13: unknown key 'nme'; did you mean 'name'?\n"
                    "inventory.yaml:2:11: a device needs 'name'");
    g_assert_null(site_load(site, RV_CONFIGURATION_ALL, &error));
    g_assert_cmpint(rv_error_exit_status(error), ==, 78);
}

static void
test_rights(void)
{
    g_autoptr(Site) site = site_new();
    g_autofree char *path = g_build_filename(site->folder, "credentials.yaml", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(RvConfiguration) without = NULL;

    g_chmod(path, 0644);
    g_assert_null(site_load(site, RV_CONFIGURATION_ALL, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_PERMISSION);
    g_assert_nonnull(strstr(error->message, "(mode 0644); do: chmod 600 "));
    without = site_load(site, RV_CONFIGURATION_INVENTORY, NULL);
    g_assert_nonnull(without);
}

static void
test_no_file(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(rv_configuration_load("/nowhere/rackvitals.yaml", RV_CONFIGURATION_SITE, &error));
    g_assert_error(error, RV_ERROR, RV_ERROR_NO_INPUT);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_unsetenv("CREDENTIALS_DIRECTORY");
    g_test_add_func("/conf/mistakes", test_mistakes);
    g_test_add_func("/conf/all-at-once", test_all_at_once);
    g_test_add_func("/conf/rights", test_rights);
    g_test_add_func("/conf/no-file", test_no_file);
    return g_test_run();
}
