#include "conf/configuration.h"

#include <string.h>

#include "base/error.h"
#include "conf/channel-fields.h"
#include "conf/credentials.h"
#include "conf/inventory-file.h"
#include "conf/policy-fields.h"
#include "conf/service-plan-file.h"
#include "conf/site-file.h"

static RvConfiguration *
new_configuration(void)
{
    RvConfiguration *configuration = g_new0(RvConfiguration, 1);

    configuration->state_folder = g_strdup("/var/lib/rackvitals");
    configuration->profile_folders = g_new0(char *, 1);
    configuration->language = g_strdup("en");
    configuration->reachability_ms = 60 * 1000;
    configuration->health_ms = 5 * 60 * 1000;
    configuration->census_ms = 24 * 3600 * 1000;
    configuration->deadline_ms = 50 * 1000;
    configuration->spool_mib = 4096;
    configuration->policies = g_ptr_array_new_with_free_func((GDestroyNotify)rv_policy_limit_free);
    configuration->channels = g_ptr_array_new_with_free_func((GDestroyNotify)rv_channel_free);
    configuration->inventory = rv_inventory_new();
    configuration->plan = rv_service_plan_new();
    return configuration;
}

void
rv_configuration_free(RvConfiguration *configuration)
{
    if (configuration == NULL)
        return;
    g_free(configuration->path);
    g_free(configuration->inventory_path);
    g_free(configuration->credentials_path);
    g_free(configuration->service_plan_path);
    g_free(configuration->state_folder);
    g_free(configuration->rrd_templates);
    g_free(configuration->ipmi_states);
    g_strfreev(configuration->profile_folders);
    g_free(configuration->rrdcached_socket);
    g_free(configuration->database);
    g_free(configuration->database_password);
    g_free(configuration->language);
    g_free(configuration->html_folder);
    g_free(configuration->openmetrics_file);
    g_free(configuration->uplink);
    g_ptr_array_unref(configuration->policies);
    g_ptr_array_unref(configuration->channels);
    rv_inventory_free(configuration->inventory);
    rv_service_plan_free(configuration->plan);
    g_free(configuration);
}

/* ---- one run of reading ---- */

static void
reader_clear(RvReader *reader)
{
    rv_problems_free(reader->problems);
    g_ptr_array_unref(reader->files);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvReader, reader_clear)

static RvReader
new_reader(void)
{
    return (RvReader){
        .problems = rv_problems_new(),
        .files = g_ptr_array_new_with_free_func((GDestroyNotify)rv_yaml_free),
    };
}

/* A secret that others could read, and nothing else, is a matter of rights. */
static gboolean
settle(const RvReader *reader, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (rv_problems_settle(reader->problems, &problem))
        return TRUE;
    if (reader->too_open && rv_problems_count(reader->problems) == 1)
        problem->code = RV_ERROR_PERMISSION;
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

static void
read_parts(RvReader *reader, RvConfiguration *configuration, RvConfigurationParts parts)
{
    const RvYamlNode *root = rv_site_file_read(reader, configuration->path, configuration);
    const RvYamlNode *limits = rv_yaml_get(root, "limits");
    const RvYamlNode *notify = rv_yaml_get(root, "notify");
    g_autoptr(RvCredentials) credentials = NULL;
    RvInventoryTerms terms = {.site_limits = limits};

    if (root == NULL)
        return;
    if ((parts & RV_CONFIGURATION_CREDENTIALS) != 0 && configuration->credentials_path != NULL)
        credentials = rv_credentials_load(reader, configuration->credentials_path);
    if (limits != NULL)
        rv_policies_read(reader, limits, configuration->policies);
    if (notify != NULL)
        rv_channels_read(reader, notify, credentials, configuration->channels);
    if ((parts & RV_CONFIGURATION_SERVICE_PLAN) != 0 && configuration->service_plan_path != NULL) {
        rv_service_plan_file_read(reader, configuration->service_plan_path, configuration->plan);
        terms.plan = configuration->plan;
    }
    terms.credentials = credentials;
    if ((parts & (RV_CONFIGURATION_INVENTORY | RV_CONFIGURATION_CREDENTIALS)) != 0 &&
        configuration->inventory_path != NULL)
        rv_inventory_file_read(reader, configuration->inventory_path, &terms,
                               configuration->inventory);
}

/* The file that was named, or the one that is there; NULL: none. */
static char *
find_file(const char *path, GError **error)
{
    const char *named = path != NULL ? path : g_getenv("RACKVITALS_CONFIG");

    if (named != NULL && *named != '\0') {
        if (g_file_test(named, G_FILE_TEST_EXISTS))
            return g_canonicalize_filename(named, NULL);
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: no such file%s", named,
                    path == NULL ? " (RACKVITALS_CONFIG names it)" : "");
        return NULL;
    }
    return g_file_test(RV_CONFIGURATION_DEFAULT_PATH, G_FILE_TEST_EXISTS)
               ? g_strdup(RV_CONFIGURATION_DEFAULT_PATH)
               : NULL;
}

RvConfiguration *
rv_configuration_load(const char *path, RvConfigurationParts parts, GError **error)
{
    g_autoptr(RvConfiguration) configuration = new_configuration();
    g_auto(RvReader) reader = new_reader();
    g_autoptr(GError) missing = NULL;

    configuration->path = find_file(path, &missing);
    if (missing != NULL) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return NULL;
    }
    if (configuration->path != NULL)
        read_parts(&reader, configuration, parts);
    return settle(&reader, error) ? g_steal_pointer(&configuration) : NULL;
}

RvSecret *
rv_configuration_database_password(const RvConfiguration *configuration, GError **error)
{
    RvSecret *secret;

    if (configuration->database_password == NULL)
        return NULL;
    secret = rv_secret_read_source(configuration->database_password, error);
    if (secret == NULL)
        g_prefix_error(error, "database-password: ");
    return secret;
}

gboolean
rv_configuration_credential(const char *credentials_path, const char *name, RvSnmpAccess *snmp,
                            RvIpmiAccess *ipmi, GError **error)
{
    g_auto(RvReader) reader = new_reader();
    g_autoptr(RvCredentials) credentials = rv_credentials_load(&reader, credentials_path);
    const RvCredential *credential =
        credentials != NULL ? rv_credentials_find(&reader, credentials, name, NULL) : NULL;

    if (credential != NULL && snmp != NULL) {
        if (rv_credential_is_of_a_user(credential))
            snmp->version = RV_SNMP_3;
        rv_credential_use_snmp(&reader, credential, NULL, snmp);
    }
    if (credential != NULL && ipmi != NULL)
        rv_credential_use_ipmi(&reader, credential, NULL, ipmi);
    return settle(&reader, error);
}
