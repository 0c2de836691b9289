/* How a target is asked: by the inventory, by options, by a credential. */
#include "cli/target-options.h"

#include <glib/gstdio.h>
#include <string.h>

static const struct {
    const char *name, *text;
} files[] = {
    {"rackvitals.yaml", "inventory: inventory.yaml\ncredentials: credentials.yaml\n"
                        "limits: [{ class: fan, low-warning: 1 }]\n"},
    {"inventory.yaml", "groups: { sw: { kind: switch, snmp: { credential: ro, port: 1161 } } }\n"
                       "devices:\n"
                       "  - { name: \"sw-[1-3]\", address: \"10.0.0.[1-3]\", group: sw }\n"
                       "  - { name: db-1, address: db.lan, snmp: { version: 3, credential: v3 }, "
                       "ipmi: { credential: bmc } }\n"},
    {"credentials.yaml", "ro: { community: secret }\n"
                         "v3: { user: monitor, auth-password: 12345678 }\n"
                         "bmc: { user: rounds, password: calvin }\n"},
    {"password", "a password\n"},
};

typedef struct {
    char *folder, *site;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
    fixture->folder = g_dir_make_tmp("rackvitals-target-XXXXXX", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(fixture->folder, files[i].name, NULL);

        g_assert_true(g_file_set_contents_full(path, files[i].text, -1,
                                               G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
    }
    fixture->site = g_build_filename(fixture->folder, "rackvitals.yaml", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(fixture->folder, files[i].name, NULL);

        g_unlink(path);
    }
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->site);
}

/* "name=snmp 161 2c secret, ipmi 623 rounds": one line a device. */
static char *
describe(const GPtrArray *devices)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < devices->len; i++) {
        const RvDevice *device = g_ptr_array_index(devices, i);
        const RvSnmpAccess *snmp = device->snmp;
        const RvIpmiAccess *ipmi = device->ipmi;

        g_string_append_printf(out, "%s%s", i > 0 ? "; " : "", device->name);
        if (snmp != NULL)
            g_string_append_printf(out, " snmp %s %u %s %s", snmp->address, snmp->port,
                                   rv_snmp_version_word(snmp->version),
                                   snmp->version == RV_SNMP_3 ? snmp->user
                                                              : rv_secret_reveal(snmp->community));
        if (snmp != NULL && snmp->version == RV_SNMP_3)
            g_string_append_printf(out, " %s", rv_snmp_level_word(snmp->level));
        if (ipmi != NULL)
            g_string_append_printf(
                out, " ipmi %s %u '%s' %s", ipmi->address, ipmi->port, ipmi->user,
                ipmi->password != NULL ? rv_secret_reveal(ipmi->password) : "none");
    }
    return g_string_free(out, FALSE);
}

static const struct {
    const char *shows, *arguments, *answer; /* an answer that begins with '!' is of an error */
} rows[] = {
    {"a device", "sw-1", "sw-1 snmp 10.0.0.1 1161 2c secret"},
    {"with both protocols", "db-1",
     "db-1 snmp db.lan 161 3 monitor authNoPriv ipmi db.lan 623 'rounds' calvin"},
    {"a glob and a group, each device once", "sw-3 sw",
     "sw-3 snmp 10.0.0.3 1161 2c secret; sw-1 snmp 10.0.0.1 1161 2c secret; "
     "sw-2 snmp 10.0.0.2 1161 2c secret"},
    {"a device by its address", "10.0.0.2", "sw-2 snmp 10.0.0.2 1161 2c secret"},
    {"the same address, asked as one says", "--snmp-community x 10.0.0.2",
     "10.0.0.2 snmp 10.0.0.2 161 2c x"},
    {"options come before the inventory", "--port 9 --snmp-community x sw-1",
     "sw-1 snmp 10.0.0.1 9 2c x"},
    {"an address alone", "192.0.2.7", "192.0.2.7 snmp 192.0.2.7 161 2c public"},
    {"an address of IPv6 in brackets", "[2001:db8::7]",
     "2001:db8::7 snmp 2001:db8::7 161 2c public"},
    {"version 1", "--snmp-version 1 --port 1161 192.0.2.7",
     "192.0.2.7 snmp 192.0.2.7 1161 1 public"},
    {"a user without a password", "--snmp-user u 192.0.2.7",
     "192.0.2.7 snmp 192.0.2.7 161 3 u noAuthNoPriv"},
    {"with one", "--snmp-user u --snmp-auth-password-file @password 192.0.2.7",
     "192.0.2.7 snmp 192.0.2.7 161 3 u authNoPriv"},
    {"with both",
     "--snmp-user u --snmp-auth-password-file @password --snmp-priv-password-file @password "
     "192.0.2.7",
     "192.0.2.7 snmp 192.0.2.7 161 3 u authPriv"},
    {"a level without its password", "--snmp-user u --snmp-level authPriv 192.0.2.7",
     "!authPriv needs --snmp-auth-password-file"},
    {"version 3 without a user", "--snmp-version 3 192.0.2.7",
     "!SNMPv3 needs --snmp-user, or --credential"},
    {"only IPMI", "--ipmi --ipmi-user admin --ipmi-password-file @password --port 9623 192.0.2.7",
     "192.0.2.7 ipmi 192.0.2.7 9623 'admin' a password"},
    {"both", "--ipmi --snmp-community x --port 1 --ipmi-port 2 192.0.2.7",
     "192.0.2.7 snmp 192.0.2.7 1 2c x ipmi 192.0.2.7 2 '' none"},
    {"both with one port", "--ipmi --snmp-community x --port 1 192.0.2.7",
     "!--port: two protocols are asked; give --ipmi-port too"},
    {"a credential with a user means version 3", "--credential v3 192.0.2.7",
     "192.0.2.7 snmp 192.0.2.7 161 3 monitor authNoPriv"},
    {"a credential with a community", "--credential ro 192.0.2.7",
     "192.0.2.7 snmp 192.0.2.7 161 2c secret"},
    {"a credential for IPMI", "--ipmi --credential bmc 192.0.2.7",
     "192.0.2.7 ipmi 192.0.2.7 623 'rounds' calvin"},
    {"a credential that is not there", "--credential rw 192.0.2.7",
     "!credentials.yaml: has no credential 'rw'; did you mean 'ro'?"},
    {"a glob that matches nothing", "x-*", "!x-*: no device or group of the inventory matches"},
    {"no address", "10.0.0.300",
     "!10.0.0.300: neither a device of the inventory nor an address (no IPv4 address: four "
     "numbers from 0 to 255, without zeros in front)"},
    {"no target", "", "!no target; give a device, a glob over names or groups, or an address"},
    {"a word that is none", "--snmp-auth SHA-3 192.0.2.7 --snmp-user u",
     "!--snmp-auth SHA-3: there are MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512"},
    {"a time that is none", "--timeout soon 192.0.2.7",
     "!--timeout takes a time from 50 ms to 120 s, as 500ms or 2s"},
    {"a password file that is not there", "--ipmi --ipmi-password-file @nowhere 192.0.2.7",
     "!nowhere: No such file or directory"},
};

static char *
resolve(const Fixture *fixture, const char *line)
{
    g_autofree char *prefix = g_strconcat(fixture->folder, "/", NULL);
    g_auto(GStrv) at = g_strsplit(line, "@", -1);
    g_autofree char *whole = g_strjoinv(prefix, at);
    g_autofree char *command = g_strconcat("check ", whole, NULL);
    g_auto(GStrv) argv = g_strsplit(command, " ", -1);
    int argc = (int)g_strv_length(argv);
    g_autofree char **parsed = g_memdup2(argv, ((gsize)argc + 1) * sizeof *argv);
    char **rest = parsed;
    g_autoptr(RvTargetOptions) options = rv_target_options_new();
    g_autoptr(GOptionContext) parser = g_option_context_new("");
    g_autoptr(GPtrArray) devices = NULL;
    g_autoptr(GError) error = NULL;
    RvCliContext context = {.config = fixture->site};
    g_auto(GStrv) pieces = NULL;
    g_autofree char *message = NULL;

    rv_target_options_add(options, parser);
    g_assert_true(g_option_context_parse(parser, &argc, &rest, &error));
    if (argc == 2 && *rest[1] == '\0')
        rest[1] = NULL;
    devices = rv_target_options_resolve(options, &context, rest + 1, &error);
    if (devices != NULL)
        return describe(devices);
    pieces = g_strsplit(error->message, prefix, -1);
    message = g_strjoinv("", pieces);
    return g_strconcat("!", message, NULL);
}

static void
test_rows(Fixture *fixture, gconstpointer unused)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *answer = resolve(fixture, rows[i].arguments);

        g_test_message("%s", rows[i].shows);
        g_assert_cmpstr(answer, ==, rows[i].answer);
    }
}

/* An engineer who may not read the secrets asks an address all the same. */
static void
test_without_rights(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(fixture->folder, "credentials.yaml", NULL);
    g_autofree char *address = NULL, *device = NULL;

    g_chmod(path, 0644);
    address = resolve(fixture, "192.0.2.7");
    g_assert_cmpstr(address, ==, "192.0.2.7 snmp 192.0.2.7 161 2c public");
    device = resolve(fixture, "sw-1");
    g_assert_true(g_str_has_prefix(device, "!credentials.yaml: others than its owner can read it"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/cli/target-options", Fixture, NULL, set_up, test_rows, tear_down);
    g_test_add("/cli/target-options/without-rights", Fixture, NULL, set_up, test_without_rights,
               tear_down);
    return g_test_run();
}
