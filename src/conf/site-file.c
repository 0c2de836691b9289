#include "conf/site-file.h"

#include <string.h>

#include "conf/address.h"
#include "conf/credentials.h"

#define SECOND ((gint64)1000)
#define DAY (86400 * SECOND)

static const char *const languages[] = {"zh_CN", "en", NULL};

#define AT(member) offsetof(RvConfiguration, member)

const RvField rv_intervals_fields[] = {
    {"reachability", RV_FIELD_TIME, AT(reachability_ms), 10 * SECOND, DAY},
    {"health", RV_FIELD_TIME, AT(health_ms), 10 * SECOND, 7 * DAY},
    {"census", RV_FIELD_TIME, AT(census_ms), 60 * SECOND, 31 * DAY},
    {NULL},
};

const RvField rv_poll_fields[] = {
    {"deadline", RV_FIELD_TIME, AT(deadline_ms), SECOND, DAY},
    {"workers", RV_FIELD_COUNT, AT(workers), 1, 256},
    {"devices-at-once", RV_FIELD_COUNT, AT(max_devices), 1, 100000},
    {"packets-per-second", RV_FIELD_COUNT, AT(packets_per_second), 1, 1000000},
    {"ipmi-threads", RV_FIELD_COUNT, AT(ipmi_threads), 1, 1024},
    {"device-budget", RV_FIELD_TIME, AT(device_budget_ms), SECOND, 600 * SECOND},
    {NULL},
};

static void
read_intervals(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    rv_fields_read(reader, node, "intervals", rv_intervals_fields, target);
}

static void
read_poll(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    rv_fields_read(reader, node, "poll", rv_poll_fields, target);
}

static void
read_uplink(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvConfiguration *configuration = target;
    const char *text, *problem;

    if (!rv_yaml_text(node, "uplink", &text, reader->problems))
        return;
    problem = rv_address_problem(text);
    if (problem != NULL)
        rv_yaml_problem(node, reader->problems, "'%s' is %s", text, problem);
    g_free(configuration->uplink);
    configuration->uplink = g_strdup(text);
}

/* The site file may be read by everybody. The library that connects looks again, and closer. */
static void
read_database(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvConfiguration *configuration = target;
    const char *text;

    if (!rv_yaml_text(node, "database", &text, reader->problems))
        return;
    if (g_regex_match_simple("(^|[\\s?&])password\\s*=|^\\w+://[^/@]*:[^/@]*@", text, 0, 0))
        rv_yaml_problem(node, reader->problems,
                        "'database' holds a password; name a 'database-password' instead");
    g_free(configuration->database);
    configuration->database = g_strdup(text);
}

static void
read_database_password(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvConfiguration *configuration = target;
    const char *text;

    if (!rv_yaml_text(node, "database-password", &text, reader->problems))
        return;
    g_free(configuration->database_password);
    configuration->database_password = rv_secret_source(node, text);
    if (configuration->database_password == NULL)
        rv_yaml_problem(node, reader->problems,
                        "'database-password' says where the password is: file:PATH, env:NAME or "
                        "systemd:NAME");
}

const RvField rv_site_fields[] = {
    {"inventory", RV_FIELD_PATH, AT(inventory_path)},
    {"credentials", RV_FIELD_PATH, AT(credentials_path)},
    {"service-plan", RV_FIELD_PATH, AT(service_plan_path)},
    {"state", RV_FIELD_PATH, AT(state_folder)},
    {"language", RV_FIELD_ONE_OF, AT(language), .words = languages},
    {"intervals", RV_FIELD_OTHER, .read = read_intervals},
    {"poll", RV_FIELD_OTHER, .read = read_poll},
    {"profiles", RV_FIELD_PATHS, AT(profile_folders)},
    {"rrd-templates", RV_FIELD_PATH, AT(rrd_templates)},
    {"ipmi-states", RV_FIELD_PATH, AT(ipmi_states)},
    {"rrdcached", RV_FIELD_PATH, AT(rrdcached_socket)},
    {"spool-ceiling", RV_FIELD_COUNT, AT(spool_mib), 16, 1024 * 1024},
    {"database", RV_FIELD_OTHER, .read = read_database},
    {"database-password", RV_FIELD_OTHER, .read = read_database_password},
    {"retention", RV_FIELD_TIME, AT(retention_ms), 31 * DAY, 3660 * DAY},
    {"html", RV_FIELD_PATH, AT(html_folder)},
    {"openmetrics", RV_FIELD_PATH, AT(openmetrics_file)},
    {"uplink", RV_FIELD_OTHER, .read = read_uplink},
    {"limits", RV_FIELD_ELSEWHERE},
    {"notify", RV_FIELD_ELSEWHERE},
    {NULL},
};

const RvYamlNode *
rv_site_file_read(RvReader *reader, const char *path, RvConfiguration *configuration)
{
    const RvYamlNode *root = rv_reader_load(reader, path);

    if (root == NULL ||
        !rv_fields_read(reader, root, "the site file", rv_site_fields, configuration))
        return NULL;
    if (configuration->health_ms < configuration->reachability_ms)
        rv_yaml_problem(rv_yaml_get(root, "intervals"), reader->problems,
                        "'health' must not come more often than 'reachability'");
    return root;
}
