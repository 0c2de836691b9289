/* What is read right: groups, ranges, secrets; the examples; the man pages' keys. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "conf/sections.h"
#include "site.h"

static RvConfiguration *
load(const Site *site)
{
    g_autoptr(GError) error = NULL;
    RvConfiguration *configuration = site_load(site, RV_CONFIGURATION_ALL, &error);

    g_assert_no_error(error);
    return configuration;
}

static void
test_groups(void)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(RvConfiguration) configuration = NULL;
    const RvDevice *a, *b;

    site_write(
        site, "inventory.yaml",
        "groups:\n"
        "  net: { kind: router, owner: net, snmp: { credential: ro, timeout: 3s },\n"
        "         expected: { psu: 2, fan: 2 }, limits: [{ class: fan, low-warning: 1 }] }\n"
        "  sw: { group: net, kind: switch, snmp: { retries: 4 }, expected: { fan: 3 },\n"
        "        limits: [{ class: fan, low-warning: 2 }] }\n"
        "devices:\n"
        "  - { name: a, address: 10.0.0.1, group: sw, snmp: { port: 1161 },\n"
        "      limits: [{ class: fan, low-warning: 3 }] }\n"
        "  - { name: b, address: b.lan, group: net, snmp: none, ipmi: { credential: bmc } }\n");
    configuration = load(site);
    a = rv_inventory_find(configuration->inventory, "a");
    b = rv_inventory_find(configuration->inventory, "b");
    g_assert_cmpstr(a->kind, ==, "switch");
    g_assert_cmpstr(a->owner, ==, "net");
    g_assert_cmpstr(a->group, ==, "sw");
    g_assert_cmpuint(a->snmp->port, ==, 1161);
    g_assert_cmpuint(a->snmp->retries, ==, 4);
    g_assert_cmpuint(a->snmp->timeout_ms, ==, 3000);
    g_assert_cmpstr(rv_secret_reveal(a->snmp->community), ==, "public");
    g_assert_cmpuint(a->expected->len, ==, 2);
    g_assert_cmpuint(((RvExpected *)a->expected->pdata[1])->count, ==, 3);
    g_assert_cmpuint(a->policies->len, ==, 3);
    for (guint i = 0; i < 3; i++)
        g_assert_cmpfloat(((RvPolicyLimit *)a->policies->pdata[i])->limits.low_warning, ==, 3 - i);
    g_assert_null(b->snmp);
    g_assert_cmpstr(b->kind, ==, "router");
    g_assert_cmpstr(b->ipmi->address, ==, "b.lan");
    g_assert_cmpstr(b->ipmi->user, ==, "u");
    g_assert_cmpstr(rv_secret_reveal(b->ipmi->password), ==, "p");
}

static void
test_ranges(void)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(RvConfiguration) configuration = NULL;
    const RvDevice *last;

    site_write(site, "inventory.yaml",
               "devices:\n"
               "  - name: \"sw-[08-11]\"\n"
               "    address: \"10.1.0.[8-11]\"\n"
               "    rack: \"A[1-4]\"\n"
               "    snmp: { credential: ro }\n"
               "    ipmi: { credential: bmc, address: \"10.2.0.[18-21]\" }\n");
    configuration = load(site);
    g_assert_cmpuint(configuration->inventory->devices->len, ==, 4);
    last = rv_inventory_find(configuration->inventory, "sw-11");
    g_assert_cmpstr(last->address, ==, "10.1.0.11");
    g_assert_cmpstr(last->snmp->address, ==, "10.1.0.11");
    g_assert_cmpstr(last->ipmi->address, ==, "10.2.0.21");
    g_assert_cmpstr(last->rack, ==, "A4");
    g_assert_cmpuint(last->line, ==, 2);
}

static void
test_include(void)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(RvConfiguration) configuration = NULL;

    site_write(site, "inventory.yaml",
               "include: [more-*.yaml, inventory.yaml]\n"
               "groups: { g: { snmp: { credential: ro } } }\n");
    site_write(site, "more-1.yaml",
               "include: inventory.yaml\n"
               "devices: [{ name: a, address: 10.0.0.1, group: g, parents: b }]\n");
    site_write(site, "more-2.yaml", "devices: [{ name: b, address: 10.0.0.2, group: g }]\n");
    configuration = load(site);
    g_assert_cmpuint(configuration->inventory->devices->len, ==, 2);
}

static void
test_secrets(void)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(RvConfiguration) configuration = NULL;
    const RvSnmpAccess *snmp;

    site_write(site, "inventory.yaml",
               "devices: [{ name: a, address: 10.0.0.1, snmp: { credential: v3, version: 3 }, "
               "ipmi: { credential: bmc } }]\n");
    site_write(site, "auth", "from-a-file\nsecond line\n");
    site_write(site, "bmc", "from-systemd\n");
    site_write(site, "credentials.yaml",
               "v3: { user: u, auth: SHA-512, auth-password: file:auth, priv: AES-256, "
               "priv-password: env:RV_TEST_PRIV }\n"
               "bmc: { password: systemd:bmc, privilege: user }\n"
               "unused: { community: env:RV_NOT_SET }\n");
    g_setenv("RV_TEST_PRIV", "from-the-environment", TRUE);
    g_setenv("CREDENTIALS_DIRECTORY", site->folder, TRUE);
    configuration = load(site);
    snmp = rv_inventory_find(configuration->inventory, "a")->snmp;
    g_assert_cmpint(snmp->level, ==, RV_LEVEL_AUTH_PRIV);
    g_assert_cmpint(snmp->auth, ==, RV_AUTH_SHA512);
    g_assert_cmpint(snmp->priv, ==, RV_PRIV_AES256);
    g_assert_cmpstr(rv_secret_reveal(snmp->auth_password), ==, "from-a-file");
    g_assert_cmpstr(rv_secret_reveal(snmp->priv_password), ==, "from-the-environment");
    g_assert_cmpstr(
        rv_secret_reveal(rv_inventory_find(configuration->inventory, "a")->ipmi->password), ==,
        "from-systemd");
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

static void
test_defaults(void)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(RvConfiguration) configuration = NULL;

    site_write(site, "rackvitals.yaml", "# nothing\n");
    configuration = load(site);
    g_assert_cmpstr(configuration->state_folder, ==, "/var/lib/rackvitals");
    g_assert_cmpstr(configuration->language, ==, "en");
    g_assert_cmpint(configuration->reachability_ms, ==, 60000);
    g_assert_cmpint(configuration->health_ms, ==, 300000);
    g_assert_cmpint(configuration->deadline_ms, ==, 50000);
    g_assert_cmpuint(configuration->plan->faults->levels->len, ==, 3);
}

static void
copy_examples(const Site *site)
{
    static const char *const names[] = {"rackvitals.yaml", "inventory.yaml", "credentials.yaml",
                                        "service-plan.yaml"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(g_getenv("RACKVITALS_EXAMPLES"), names[i], NULL);
        g_autofree char *text = NULL;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        site_write(site, names[i], text);
    }
    site_write(site, "servers-v3.auth", "a long password\n");
    site_write(site, "servers-v3.priv", "another password\n");
    site_write(site, "idrac", "calvin\n");
}

static void
test_examples(void)
{
    g_autoptr(Site) site = site_new();
    g_autoptr(RvConfiguration) configuration = NULL;
    const RvCalendar *office;

    copy_examples(site);
    g_setenv("CREDENTIALS_DIRECTORY", site->folder, TRUE);
    g_setenv("RACKVITALS_MAIL_PASSWORD", "mail", TRUE);
    configuration = load(site);
    g_assert_cmpuint(configuration->inventory->devices->len, ==, 21);
    g_assert_cmpuint(configuration->channels->len, ==, 2);
    g_assert_cmpuint(configuration->plan->duties->len, ==, 4);
    g_assert_cmpuint(configuration->plan->faults->rules->len, ==, 4);
    g_assert_cmpfloat_with_epsilon(rv_service_plan_class(configuration->plan, "gold")->availability,
                                   0.999, 1e-12);
    office = rv_service_plan_calendar(configuration->plan, "5x8");
    /* the notice: 33 days of holidays, six of them made up for */
    g_assert_cmpuint(g_hash_table_size(office->holidays), ==, 33);
    g_assert_cmpuint(g_hash_table_size(office->workdays), ==, 6);
    g_unsetenv("CREDENTIALS_DIRECTORY");
    g_unsetenv("RACKVITALS_MAIL_PASSWORD");
}

/* ---- man pages ---- */

static void
add_key(GHashTable *keys, const char *line)
{
    const char *start = line;
    gsize length;

    while (*start == '.' || g_ascii_isupper(*start) || *start == ' ')
        start++; /* .BI, .BR, .B */
    length = strcspn(start, ":");
    g_assert_cmpint(start[length], ==, ':');
    g_hash_table_add(keys, g_strndup(start, length));
}

/* Section → set of keys, of all pages: the line after each .TP and .TQ between the marks. */
static GHashTable *
read_manuals(void)
{
    static const char *const pages[] = {"rackvitals.yaml.5", "rackvitals-inventory.5",
                                        "rackvitals-credentials.5", "rackvitals-service-plan.5"};
    GHashTable *sections =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);

    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autofree char *path = g_build_filename(g_getenv("RACKVITALS_MANUALS"), pages[i], NULL);
        g_autofree char *text = NULL;
        g_auto(GStrv) lines = NULL;
        GHashTable *keys = NULL;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        for (char *p = text; (p = strstr(p, "\\-")) != NULL;)
            memmove(p, p + 1, strlen(p));
        lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line != NULL; line++) {
            if (g_str_has_prefix(*line, ".\\\" keys: ")) {
                keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
                g_hash_table_insert(sections, g_strdup(*line + strlen(".\\\" keys: ")), keys);
            } else if (strcmp(*line, ".\\\" end") == 0) {
                keys = NULL;
            } else if (keys != NULL && (strcmp(*line, ".TP") == 0 || strcmp(*line, ".TQ") == 0)) {
                add_key(keys, line[1]);
            }
        }
    }
    return sections;
}

/* Every key that a man page has is one that is read, and the other way round. */
static void
test_manuals(void)
{
    g_autoptr(GHashTable) manuals = read_manuals();
    guint section = 0;

    for (; rv_conf_section_name(section) != NULL; section++) {
        GHashTable *keys = g_hash_table_lookup(manuals, rv_conf_section_name(section));
        const char *key;
        guint n = 0;

        g_test_message("%s", rv_conf_section_name(section));
        g_assert_nonnull(keys);
        for (; (key = rv_conf_section_key(section, n)) != NULL; n++) {
            if (!g_hash_table_contains(keys, key))
                g_error("no man page has '%s' of %s", key, rv_conf_section_name(section));
        }
        g_assert_cmpuint(g_hash_table_size(keys), ==, n);
    }
    g_assert_cmpuint(g_hash_table_size(manuals), ==, section);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/conf/groups", test_groups);
    g_test_add_func("/conf/ranges", test_ranges);
    g_test_add_func("/conf/include", test_include);
    g_test_add_func("/conf/secrets", test_secrets);
    g_test_add_func("/conf/defaults", test_defaults);
    g_test_add_func("/conf/examples", test_examples);
    g_test_add_func("/conf/manuals", test_manuals);
    return g_test_run();
}
