#include "cli/target-options.h"

#include <string.h>

#include "base/text.h"
#include "conf/address.h"
#include "conf/configuration.h"

#define DEFAULT_BUDGET_MS 30000

struct RvTargetOptions {
    char *snmp_version, *snmp_community, *snmp_user, *snmp_level, *snmp_auth, *snmp_priv;
    char *snmp_context, *snmp_auth_password_file, *snmp_priv_password_file;
    gboolean ipmi;
    char *ipmi_version, *ipmi_user, *ipmi_password_file, *ipmi_privilege;
    char **ipmi_workarounds;
    char *timeout, *budget, *credential;
    int ipmi_cipher, port, ipmi_port, retries; /* -1: not given */
};

RvTargetOptions *
rv_target_options_new(void)
{
    RvTargetOptions *options = g_new0(RvTargetOptions, 1);

    options->ipmi_cipher = options->port = options->ipmi_port = options->retries = -1;
    return options;
}

void
rv_target_options_free(RvTargetOptions *options)
{
    if (options == NULL)
        return;
    rv_secret_wipe(options->snmp_community);
    g_free(options->snmp_version);
    g_free(options->snmp_community);
    g_free(options->snmp_user);
    g_free(options->snmp_level);
    g_free(options->snmp_auth);
    g_free(options->snmp_priv);
    g_free(options->snmp_context);
    g_free(options->snmp_auth_password_file);
    g_free(options->snmp_priv_password_file);
    g_free(options->ipmi_version);
    g_free(options->ipmi_user);
    g_free(options->ipmi_password_file);
    g_free(options->ipmi_privilege);
    g_strfreev(options->ipmi_workarounds);
    g_free(options->timeout);
    g_free(options->budget);
    g_free(options->credential);
    g_free(options);
}

void
rv_target_options_add(RvTargetOptions *o, GOptionContext *context)
{
    const GOptionEntry entries[] = {
        {"snmp-version", 0, 0, G_OPTION_ARG_STRING, &o->snmp_version,
         "1, 2c or 3 (default 2c; 3 with --snmp-user)", "VERSION"},
        {"snmp-community", 0, 0, G_OPTION_ARG_STRING, &o->snmp_community,
         "of versions 1 and 2c (default public)", "COMMUNITY"},
        {"snmp-user", 0, 0, G_OPTION_ARG_STRING, &o->snmp_user, "of version 3", "NAME"},
        {"snmp-level", 0, 0, G_OPTION_ARG_STRING, &o->snmp_level,
         "noAuthNoPriv, authNoPriv or authPriv (default: by the password files)", "LEVEL"},
        {"snmp-auth", 0, 0, G_OPTION_ARG_STRING, &o->snmp_auth,
         "MD5, SHA-1 (default), SHA-224, SHA-256, SHA-384 or SHA-512", "PROTOCOL"},
        {"snmp-auth-password-file", 0, 0, G_OPTION_ARG_FILENAME, &o->snmp_auth_password_file,
         "its first line; only its owner may read it", "FILE"},
        {"snmp-priv", 0, 0, G_OPTION_ARG_STRING, &o->snmp_priv,
         "DES, AES-128 (default), AES-192, AES-256, AES-192-C or AES-256-C", "PROTOCOL"},
        {"snmp-priv-password-file", 0, 0, G_OPTION_ARG_FILENAME, &o->snmp_priv_password_file,
         "as --snmp-auth-password-file", "FILE"},
        {"snmp-context", 0, 0, G_OPTION_ARG_STRING, &o->snmp_context, "of version 3", "NAME"},
        {"ipmi", 0, 0, G_OPTION_ARG_NONE, &o->ipmi, "ask an address by IPMI", NULL},
        {"ipmi-version", 0, 0, G_OPTION_ARG_STRING, &o->ipmi_version, "1.5 or 2.0 (default)",
         "VERSION"},
        {"ipmi-user", 0, 0, G_OPTION_ARG_STRING, &o->ipmi_user, "default: the user without name",
         "NAME"},
        {"ipmi-password-file", 0, 0, G_OPTION_ARG_FILENAME, &o->ipmi_password_file,
         "as --snmp-auth-password-file", "FILE"},
        {"ipmi-privilege", 0, 0, G_OPTION_ARG_STRING, &o->ipmi_privilege,
         "user, operator (default) or admin", "LEVEL"},
        {"ipmi-cipher", 0, 0, G_OPTION_ARG_INT, &o->ipmi_cipher,
         "cipher suite, 0 to 19 (default 17, then 3)", "NUMBER"},
        {"ipmi-workaround", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->ipmi_workarounds,
         "FreeIPMI's name of one, as opensesspriv; may be given again", "FLAG"},
        {"port", 0, 0, G_OPTION_ARG_INT, &o->port, "default 161; 623 where only IPMI is asked",
         "PORT"},
        {"ipmi-port", 0, 0, G_OPTION_ARG_INT, &o->ipmi_port, "where both are asked (default 623)",
         "PORT"},
        {"timeout", 0, 0, G_OPTION_ARG_STRING, &o->timeout,
         "of one request (default 2s by SNMP, 5s by IPMI)", "TIME"},
        {"retries", 0, 0, G_OPTION_ARG_INT, &o->retries, "of an SNMP request (default 2)",
         "NUMBER"},
        {"credential", 0, 0, G_OPTION_ARG_STRING, &o->credential,
         "by name, from the credentials "
         "file",
         "NAME"},
        {"budget", 0, 0, G_OPTION_ARG_STRING, &o->budget, "what one target may take (default 30s)",
         "TIME"},
        {NULL},
    };

    g_option_context_add_main_entries(context, entries, NULL);
}

/* ---- words and numbers ---- */

static gboolean usage(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean
usage(GError **error, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, message);
    return FALSE;
}

static gboolean
check_number(const char *option, int number, int minimum, int maximum, GError **error)
{
    if (number == -1 || (number >= minimum && number <= maximum))
        return TRUE;
    return usage(error, "%s takes a number from %d to %d", option, minimum, maximum);
}

static gboolean
check_time(const char *option, const char *text, gint64 minimum_ms, gint64 maximum_ms,
           GError **error)
{
    gint64 ms;

    if (text == NULL ||
        (rv_text_parse_duration_ms(text, &ms) && ms >= minimum_ms && ms <= maximum_ms))
        return TRUE;
    return usage(error,
                 "%s takes a time from %" G_GINT64_FORMAT " ms to %" G_GINT64_FORMAT
                 " s, as 500ms or 2s",
                 option, minimum_ms, maximum_ms / 1000);
}

/* Reads an option's word into an enumeration; what is not given stays. */
#define DEFINE_WORD(function, Type, parse, option, words)                                          \
    static gboolean function(const char *word, Type *value, GError **error)                        \
    {                                                                                              \
        if (word == NULL || parse(word, value))                                                    \
            return TRUE;                                                                           \
        return usage(error, option " %s: there are " words, word);                                 \
    }

DEFINE_WORD(read_snmp_version, RvSnmpVersion, rv_snmp_version_parse, "--snmp-version",
            "1, 2c and 3")
DEFINE_WORD(read_level, RvSnmpLevel, rv_snmp_level_parse, "--snmp-level",
            "noAuthNoPriv, authNoPriv and authPriv")
DEFINE_WORD(read_auth, RvSnmpAuth, rv_snmp_auth_parse, "--snmp-auth",
            "MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512")
DEFINE_WORD(read_priv, RvSnmpPriv, rv_snmp_priv_parse, "--snmp-priv",
            "DES, AES-128, AES-192, AES-256, AES-192-C and AES-256-C")
DEFINE_WORD(read_ipmi_version, RvIpmiVersion, rv_ipmi_version_parse, "--ipmi-version",
            "1.5 and 2.0")
DEFINE_WORD(read_privilege, RvIpmiPrivilege, rv_ipmi_privilege_parse, "--ipmi-privilege",
            "user, operator and admin")

static gboolean
read_password(const char *path, RvSecret **secret, GError **error)
{
    RvSecret *read;

    if (path == NULL)
        return TRUE;
    read = rv_secret_read_file(path, error);
    if (read == NULL)
        return FALSE;
    rv_secret_unref(*secret);
    *secret = read;
    return TRUE;
}

static void
set_text(char **place, const char *text)
{
    if (text == NULL)
        return;
    g_free(*place);
    *place = g_strdup(text);
}

gint64
rv_target_options_budget_ms(const RvTargetOptions *options)
{
    gint64 ms;

    return options->budget != NULL && rv_text_parse_duration_ms(options->budget, &ms)
               ? ms
               : DEFAULT_BUDGET_MS;
}

static gboolean
asks_snmp(const RvTargetOptions *o)
{
    return o->snmp_version != NULL || o->snmp_community != NULL || o->snmp_user != NULL ||
           o->snmp_level != NULL || o->snmp_auth != NULL || o->snmp_priv != NULL ||
           o->snmp_context != NULL || o->snmp_auth_password_file != NULL ||
           o->snmp_priv_password_file != NULL;
}

static gboolean
asks_ipmi(const RvTargetOptions *o)
{
    return o->ipmi || o->ipmi_version != NULL || o->ipmi_user != NULL ||
           o->ipmi_password_file != NULL || o->ipmi_privilege != NULL || o->ipmi_cipher >= 0 ||
           o->ipmi_workarounds != NULL || o->ipmi_port >= 0;
}

static gboolean
check_options(const RvTargetOptions *options, GError **error)
{
    if (asks_snmp(options) && asks_ipmi(options) && options->port >= 0 && options->ipmi_port < 0)
        return usage(error, "--port: two protocols are asked; give --ipmi-port too");
    return check_number("--port", options->port, 1, 65535, error) &&
           check_number("--ipmi-port", options->ipmi_port, 1, 65535, error) &&
           check_number("--ipmi-cipher", options->ipmi_cipher, 0, 19, error) &&
           check_number("--retries", options->retries, 0, 10, error) &&
           check_time("--timeout", options->timeout, 50, 120000, error) &&
           check_time("--budget", options->budget, 1000, 3600000, error);
}

/* ---- what the options say, over what is there ---- */

/* A user of SNMPv3 gets the level that was said, else the highest there are passwords for. */
static gboolean
apply_user(const RvTargetOptions *options, RvSnmpAccess *snmp, GError **error)
{
    if (options->snmp_user == NULL && snmp->user == NULL)
        return usage(error, "SNMPv3 needs --snmp-user, or --credential");
    set_text(&snmp->user, options->snmp_user);
    set_text(&snmp->context, options->snmp_context);
    if (!read_password(options->snmp_auth_password_file, &snmp->auth_password, error) ||
        !read_password(options->snmp_priv_password_file, &snmp->priv_password, error))
        return FALSE;
    if (options->snmp_level == NULL && options->snmp_user != NULL)
        snmp->level = snmp->priv_password != NULL   ? RV_LEVEL_AUTH_PRIV
                      : snmp->auth_password != NULL ? RV_LEVEL_AUTH
                                                    : RV_LEVEL_NO_AUTH;
    if (!read_level(options->snmp_level, &snmp->level, error))
        return FALSE;
    if (snmp->level >= RV_LEVEL_AUTH && snmp->auth_password == NULL)
        return usage(error, "%s needs --snmp-auth-password-file", rv_snmp_level_word(snmp->level));
    if (snmp->level == RV_LEVEL_AUTH_PRIV && snmp->priv_password == NULL)
        return usage(error, "authPriv needs --snmp-priv-password-file");
    return TRUE;
}

static gboolean
apply_snmp(const RvTargetOptions *options, gboolean alone, RvSnmpAccess *snmp, GError **error)
{
    gint64 ms;

    if (options->snmp_user != NULL)
        snmp->version = RV_SNMP_3;
    if (!read_snmp_version(options->snmp_version, &snmp->version, error) ||
        !read_auth(options->snmp_auth, &snmp->auth, error) ||
        !read_priv(options->snmp_priv, &snmp->priv, error))
        return FALSE;
    if (options->snmp_community != NULL) {
        rv_secret_unref(snmp->community);
        snmp->community = rv_secret_new(options->snmp_community);
    }
    if (options->port >= 0 && (alone || options->ipmi_port >= 0))
        snmp->port = (guint16)options->port;
    if (options->timeout != NULL && rv_text_parse_duration_ms(options->timeout, &ms))
        snmp->timeout_ms = (guint)ms;
    if (options->retries >= 0)
        snmp->retries = (guint)options->retries;
    if (snmp->version == RV_SNMP_3)
        return apply_user(options, snmp, error);
    if (snmp->community == NULL)
        snmp->community = rv_secret_new("public");
    return TRUE;
}

static gboolean
apply_ipmi(const RvTargetOptions *options, gboolean alone, RvIpmiAccess *ipmi, GError **error)
{
    gint64 ms;

    if (!read_ipmi_version(options->ipmi_version, &ipmi->version, error) ||
        !read_privilege(options->ipmi_privilege, &ipmi->privilege, error) ||
        !read_password(options->ipmi_password_file, &ipmi->password, error))
        return FALSE;
    set_text(&ipmi->user, options->ipmi_user);
    if (ipmi->user == NULL)
        ipmi->user = g_strdup("");
    if (options->ipmi_cipher >= 0)
        ipmi->cipher = options->ipmi_cipher;
    if (options->ipmi_workarounds != NULL) {
        g_strfreev(ipmi->workarounds);
        ipmi->workarounds = g_strdupv(options->ipmi_workarounds);
    }
    if (options->ipmi_port >= 0)
        ipmi->port = (guint16)options->ipmi_port;
    else if (options->port >= 0 && alone)
        ipmi->port = (guint16)options->port;
    if (options->timeout != NULL && rv_text_parse_duration_ms(options->timeout, &ms))
        ipmi->timeout_ms = (guint)ms;
    return TRUE;
}

static gboolean
apply(const RvTargetOptions *options, RvDevice *device, GError **error)
{
    gboolean both = device->snmp != NULL && device->ipmi != NULL;

    return (device->snmp == NULL || apply_snmp(options, !both, device->snmp, error)) &&
           (device->ipmi == NULL || apply_ipmi(options, !both, device->ipmi, error));
}

/* ---- targets ---- */

static void
add_policies(const GPtrArray *policies, RvDevice *device)
{
    for (guint i = 0; i < policies->len; i++) {
        const RvPolicyLimit *policy = g_ptr_array_index(policies, i);
        RvPolicyLimit *copy = rv_policy_limit_new(policy->sensors);

        copy->any_class = policy->any_class;
        copy->class = policy->class;
        copy->limits = policy->limits;
        g_ptr_array_add(device->policies, copy);
    }
}

/* --credential is for SNMP, and for IPMI where an option of IPMI is given. */
static gboolean
use_credential(const RvTargetOptions *options, const RvConfiguration *configuration,
               RvDevice *device, GError **error)
{
    RvSnmpAccess *snmp = asks_snmp(options) || !asks_ipmi(options) ? device->snmp : NULL;
    RvIpmiAccess *ipmi = asks_ipmi(options) ? device->ipmi : NULL;

    if (options->credential == NULL)
        return TRUE;
    if (configuration->credentials_path == NULL)
        return usage(error, "--credential %s: %s names no credentials file", options->credential,
                     configuration->path != NULL ? configuration->path : "no site file");
    if (snmp != NULL && device->snmp_credential == NULL)
        device->snmp_credential = g_strdup(options->credential);
    if (ipmi != NULL && device->ipmi_credential == NULL)
        device->ipmi_credential = g_strdup(options->credential);
    return rv_configuration_credential(configuration->credentials_path, options->credential, snmp,
                                       ipmi, error);
}

/* A device that is in no inventory: SNMP, unless only IPMI is asked for. */
static RvDevice *
new_address(const RvTargetOptions *options, const RvConfiguration *configuration,
            const char *address, GError **error)
{
    g_autoptr(RvDevice) device = rv_device_new(address);
    const char *problem = rv_address_problem(address);

    if (problem != NULL) {
        usage(error, "%s: neither a device of the inventory nor an address (%s)", address, problem);
        return NULL;
    }
    set_text(&device->address, address);
    if (asks_snmp(options) || !asks_ipmi(options)) {
        device->snmp = rv_snmp_access_new();
        set_text(&device->snmp->address, address);
    }
    if (asks_ipmi(options)) {
        device->ipmi = rv_ipmi_access_new();
        set_text(&device->ipmi->address, address);
    }
    add_policies(configuration->policies, device);
    return g_steal_pointer(&device);
}

static gboolean
says_how(const RvTargetOptions *options)
{
    return asks_snmp(options) || asks_ipmi(options) || options->credential != NULL ||
           options->port >= 0;
}

/* Devices of the inventory: by name, glob or group; by address where nothing else is said about how
 * to ask, and one device alone has it. */
static GPtrArray *
select_devices(const RvTargetOptions *options, const RvInventory *inventory, const char *target)
{
    g_autoptr(GPtrArray) selected = rv_inventory_select(inventory, target);
    g_autoptr(GPtrArray) there = NULL;

    if (selected->len > 0 || says_how(options))
        return g_steal_pointer(&selected);
    there = g_ptr_array_new();
    for (guint i = 0; i < inventory->devices->len; i++) {
        RvDevice *device = g_ptr_array_index(inventory->devices, i);

        if (strcmp(device->address, target) == 0)
            g_ptr_array_add(there, device);
    }
    return there->len == 1 ? g_steal_pointer(&there) : g_steal_pointer(&selected);
}

static void
take_device(RvInventory *inventory, RvDevice *device, GPtrArray *devices)
{
    guint place;

    if (g_ptr_array_find(devices, device, NULL) ||
        !g_ptr_array_find(inventory->devices, device, &place))
        return;
    g_ptr_array_add(devices, g_ptr_array_steal_index(inventory->devices, place));
}

/* "[2001:db8::1]" is how URLs write it. */
static char *
without_brackets(const char *target)
{
    gsize length = strlen(target);

    return length > 2 && target[0] == '[' && target[length - 1] == ']'
               ? g_strndup(target + 1, length - 2)
               : g_strdup(target);
}

static gboolean
is_in_inventory(const RvTargetOptions *options, const RvInventory *inventory, char **targets)
{
    for (; *targets != NULL; targets++) {
        g_autoptr(GPtrArray) selected = select_devices(options, inventory, *targets);

        if (selected->len > 0)
            return TRUE;
    }
    return FALSE;
}

/* Selects before it takes, so that globs that overlap name a device once. */
static gboolean
collect(const RvTargetOptions *options, RvConfiguration *configuration, char **targets,
        GPtrArray *devices, GError **error)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new();

    for (; *targets != NULL; targets++) {
        g_autoptr(GPtrArray) selected = select_devices(options, configuration->inventory, *targets);
        g_autofree char *address = without_brackets(*targets);
        RvDevice *device;

        g_ptr_array_extend(order, selected, NULL, NULL);
        if (selected->len > 0)
            continue;
        if (strpbrk(*targets, "*?") != NULL)
            return usage(error, "%s: no device or group of the inventory matches", *targets);
        device = new_address(options, configuration, address, error);
        if (device == NULL)
            return FALSE;
        g_ptr_array_add(configuration->inventory->devices, device);
        g_ptr_array_add(order, device);
    }
    for (guint i = 0; i < order->len; i++)
        take_device(configuration->inventory, g_ptr_array_index(order, i), devices);
    return TRUE;
}

GPtrArray *
rv_target_options_resolve(RvTargetOptions *options, const RvCliContext *context, char **targets,
                          GError **error)
{
    g_autoptr(GPtrArray) devices = g_ptr_array_new_with_free_func((GDestroyNotify)rv_device_free);
    g_autoptr(RvConfiguration) configuration = NULL;

    if (!check_options(options, error))
        return NULL;
    if (targets == NULL || *targets == NULL) {
        usage(error, "no target; give a device, a glob over names or groups, or an address");
        return NULL;
    }
    /* who asks an address needs no right to read the site's secrets */
    configuration = rv_configuration_load(context->config, RV_CONFIGURATION_INVENTORY, error);
    if (configuration != NULL && is_in_inventory(options, configuration->inventory, targets)) {
        rv_configuration_free(configuration);
        configuration = rv_configuration_load(context->config, RV_CONFIGURATION_CREDENTIALS, error);
    }
    if (configuration == NULL || !collect(options, configuration, targets, devices, error))
        return NULL;
    for (guint i = 0; i < devices->len; i++) {
        RvDevice *device = g_ptr_array_index(devices, i);

        if (!use_credential(options, configuration, device, error) ||
            !apply(options, device, error))
            return NULL;
    }
    return g_steal_pointer(&devices);
}
