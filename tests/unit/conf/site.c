#include "site.h"

#include <glib/gstdio.h>
#include <string.h>

static const struct {
    const char *name, *text;
} files[] = {
    {"rackvitals.yaml", "inventory: inventory.yaml\n"
                        "credentials: credentials.yaml\n"
                        "service-plan: service-plan.yaml\n"
                        "state: state\n"},
    {"inventory.yaml", "devices: [{ name: a, address: 10.0.0.1, snmp: { credential: ro } }]\n"},
    {"credentials.yaml", "ro: { community: public }\n"
                         "v3: { user: u, auth-password: 12345678, priv-password: 12345678 }\n"
                         "bmc: { user: u, password: p }\n"},
    {"service-plan.yaml", "calendars: { 7x24: { always: true } }\n"
                          "classes: { gold: { availability: 99.9, coverage: 7x24 } }\n"},
};

void
site_write(const Site *site, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);

    g_assert_true(
        g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
    g_assert_cmpint(g_chmod(path, 0600), ==, 0);
}

Site *
site_new(void)
{
    Site *site = g_new0(Site, 1);

    site->folder = g_dir_make_tmp("rackvitals-site-XXXXXX", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
        site_write(site, files[i].name, files[i].text);
    return site;
}

void
site_free(Site *site)
{
    g_autoptr(GDir) entries = g_dir_open(site->folder, 0, NULL);
    const char *entry;

    while ((entry = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(site->folder, entry, NULL);

        g_remove(path);
    }
    g_rmdir(site->folder);
    g_free(site->folder);
    g_free(site);
}

RvConfiguration *
site_load(const Site *site, RvConfigurationParts parts, GError **error)
{
    g_autofree char *path = g_build_filename(site->folder, "rackvitals.yaml", NULL);

    return rv_configuration_load(path, parts, error);
}

char *
site_problems(const Site *site, RvConfigurationParts parts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvConfiguration) configuration = site_load(site, parts, &error);
    g_autofree char *prefix = g_strconcat(site->folder, "/", NULL);
    g_auto(GStrv) pieces = NULL;

    if (configuration != NULL)
        return g_strdup("");
    pieces = g_strsplit(error->message, prefix, -1);
    return g_strjoinv("", pieces);
}
