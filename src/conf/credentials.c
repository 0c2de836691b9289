#include "conf/credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

#define SECRET_CEILING 4096

struct RvCredential {
    char *name;
    const RvYamlNode *node;
    gboolean read; /* its values were taken in */
    char *user;
    char *context;
    RvSnmpLevel level;
    gboolean has_level;
    RvSnmpAuth auth;
    RvSnmpPriv priv;
    RvIpmiPrivilege privilege;
    gboolean has_auth, has_priv, has_privilege;
    RvSecret *community, *auth_password, *priv_password, *password, *kg, *key;
};

struct RvCredentials {
    RvYaml *yaml;
    GHashTable *by_name; /* name → RvCredential* */
};

/* ---- one secret ---- */

/* systemd gives a service its credentials by ACL, which shows as a group's right in the mode: the
 * folder, not the file, is what keeps others out. */
static RvSecret *
read_systemd(const char *name, GError **error)
{
    const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
    g_autofree char *path = NULL;
    char buffer[SECRET_CEILING + 1];
    RvSecret *secret = NULL;
    gssize length = -1;
    int fd;

    if (folder == NULL || strchr(name, '/') != NULL) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_NO_INPUT,
                            folder == NULL ? "CREDENTIALS_DIRECTORY is not set; is this run by "
                                             "systemd with LoadCredential=?"
                                           : "a systemd credential has no '/' in its name");
        return NULL;
    }
    path = g_build_filename(folder, name, NULL);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd >= 0) {
        length = read(fd, buffer, SECRET_CEILING);
        close(fd);
    }
    if (length < 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    buffer[length] = '\0';
    buffer[strcspn(buffer, "\r\n")] = '\0';
    if (*buffer == '\0')
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s: empty", path);
    else
        secret = rv_secret_new(buffer);
    explicit_bzero(buffer, sizeof buffer);
    return secret;
}

static RvSecret *
read_env(const char *name, GError **error)
{
    const char *value = g_getenv(name);

    if (value != NULL && *value != '\0')
        return rv_secret_new(value);
    g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s is not set in the environment", name);
    return NULL;
}

char *
rv_secret_source(const RvYamlNode *node, const char *text)
{
    g_autofree char *path = NULL;

    if (g_str_has_prefix(text, "env:") || g_str_has_prefix(text, "systemd:"))
        return g_strdup(text);
    if (!g_str_has_prefix(text, "file:"))
        return NULL;
    path = rv_fields_path(node, text + strlen("file:"));
    return g_strconcat("file:", path, NULL);
}

RvSecret *
rv_secret_read_source(const char *source, GError **error)
{
    if (g_str_has_prefix(source, "env:"))
        return read_env(source + strlen("env:"), error);
    if (g_str_has_prefix(source, "systemd:"))
        return read_systemd(source + strlen("systemd:"), error);
    return rv_secret_read_file(source + strlen("file:"), error);
}

static RvSecret *
read_source(const RvYamlNode *node, const char *text, GError **error)
{
    g_autofree char *source = rv_secret_source(node, text);

    return source != NULL ? rv_secret_read_source(source, error) : rv_secret_new(text);
}

static void
read_secret(RvReader *reader, const RvYamlNode *node, const char *what, RvSecret **secret)
{
    g_autoptr(GError) error = NULL;
    const char *text;

    if (!rv_yaml_text(node, what, &text, reader->problems))
        return;
    rv_secret_unref(*secret);
    *secret = read_source(node, text, &error);
    if (*secret != NULL)
        return;
    if (error->code == RV_ERROR_PERMISSION)
        reader->too_open = TRUE;
    rv_yaml_problem(node, reader->problems, "'%s': %s", what, error->message);
}

#define SECRET_FIELD(function, key, member)                                                        \
    static void function(RvReader *reader, const RvYamlNode *node, gpointer target)                \
    {                                                                                              \
        read_secret(reader, node, key, &((RvCredential *)target)->member);                         \
    }

SECRET_FIELD(read_community, "community", community)
SECRET_FIELD(read_auth_password, "auth-password", auth_password)
SECRET_FIELD(read_priv_password, "priv-password", priv_password)
SECRET_FIELD(read_password, "password", password)
SECRET_FIELD(read_kg, "kg", kg)
SECRET_FIELD(read_key, "key", key)

/* ---- one credential ---- */

RV_FIELD_PARSE(parse_level, RvSnmpLevel, rv_snmp_level_parse)
RV_FIELD_PARSE(parse_auth, RvSnmpAuth, rv_snmp_auth_parse)
RV_FIELD_PARSE(parse_priv, RvSnmpPriv, rv_snmp_priv_parse)
RV_FIELD_PARSE(parse_privilege, RvIpmiPrivilege, rv_ipmi_privilege_parse)

static const char *const levels[] = {"noAuthNoPriv", "authNoPriv", "authPriv", NULL};
static const char *const auths[] = {"MD5",     "SHA-1",   "SHA-224", "SHA-256",
                                    "SHA-384", "SHA-512", NULL};
static const char *const privs[] = {"DES",     "AES-128",   "AES-192", "AES-192-C",
                                    "AES-256", "AES-256-C", NULL};
static const char *const privileges[] = {"user", "operator", "admin", NULL};

#define AT(member) offsetof(RvCredential, member)

const RvField rv_credential_fields[] = {
    {"community", RV_FIELD_OTHER, .read = read_community},
    {"user", RV_FIELD_TEXT, AT(user)},
    {"level", RV_FIELD_PARSED, AT(level), .words = levels, .parse = parse_level},
    {"auth", RV_FIELD_PARSED, AT(auth), .words = auths, .parse = parse_auth},
    {"auth-password", RV_FIELD_OTHER, .read = read_auth_password},
    {"priv", RV_FIELD_PARSED, AT(priv), .words = privs, .parse = parse_priv},
    {"priv-password", RV_FIELD_OTHER, .read = read_priv_password},
    {"context", RV_FIELD_TEXT, AT(context)},
    {"password", RV_FIELD_OTHER, .read = read_password},
    {"kg", RV_FIELD_OTHER, .read = read_kg},
    {"privilege", RV_FIELD_PARSED, AT(privilege), .words = privileges, .parse = parse_privilege},
    {"key", RV_FIELD_OTHER, .read = read_key},
    {NULL},
};

static void
credential_free(gpointer data)
{
    RvCredential *credential = data;

    g_free(credential->name);
    g_free(credential->user);
    g_free(credential->context);
    rv_secret_unref(credential->community);
    rv_secret_unref(credential->auth_password);
    rv_secret_unref(credential->priv_password);
    rv_secret_unref(credential->password);
    rv_secret_unref(credential->kg);
    rv_secret_unref(credential->key);
    g_free(credential);
}

/* Keys are checked for all of them; values are taken in where they are used. */
static RvCredential *
new_credential(RvReader *reader, const char *name, const RvYamlNode *node)
{
    RvCredential *credential = g_new0(RvCredential, 1);

    rv_fields_check(reader, node, name, rv_credential_fields);
    credential->name = g_strdup(name);
    credential->node = node;
    credential->has_level = rv_yaml_get(node, "level") != NULL;
    credential->has_auth = rv_yaml_get(node, "auth") != NULL;
    credential->has_priv = rv_yaml_get(node, "priv") != NULL;
    credential->has_privilege = rv_yaml_get(node, "privilege") != NULL;
    return credential;
}

RvCredentials *
rv_credentials_load(RvReader *reader, const char *path)
{
    RvYaml *yaml = rv_yaml_load_private(path, &reader->too_open, reader->problems);
    const RvYamlNode *root;
    RvCredentials *credentials;

    if (yaml == NULL)
        return NULL;
    credentials = g_new0(RvCredentials, 1);
    credentials->yaml = yaml;
    credentials->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, credential_free);
    root = rv_yaml_root(yaml);
    if (!rv_yaml_is_map(root, "the file", reader->problems))
        return credentials;
    for (guint i = 0; i < root->size; i++) {
        const char *name = root->keys[i]->text;

        if (!g_hash_table_contains(credentials->by_name, name))
            g_hash_table_insert(credentials->by_name, (gpointer)name,
                                new_credential(reader, name, root->items[i]));
    }
    return credentials;
}

void
rv_credentials_free(RvCredentials *credentials)
{
    if (credentials == NULL)
        return;
    g_hash_table_unref(credentials->by_name);
    rv_yaml_free(credentials->yaml);
    g_free(credentials);
}

const RvCredential *
rv_credentials_find(RvReader *reader, RvCredentials *credentials, const char *name,
                    const RvYamlNode *node)
{
    RvCredential *credential = g_hash_table_lookup(credentials->by_name, name);
    g_autofree const char **names = NULL;
    g_autofree char *suggestion = NULL;

    if (credential != NULL) {
        if (!credential->read)
            rv_fields_values(reader, credential->node, rv_credential_fields, credential);
        credential->read = TRUE;
        return credential;
    }
    names = (const char **)g_hash_table_get_keys_as_array(credentials->by_name, NULL);
    suggestion = rv_yaml_suggest(name, names);
    if (node != NULL)
        rv_yaml_problem(node, reader->problems, "the credentials file has no '%s'%s", name,
                        suggestion);
    else
        rv_problems_add(reader->problems, rv_yaml_file(rv_yaml_root(credentials->yaml)), 0, 0,
                        "has no credential '%s'%s", name, suggestion);
    return NULL;
}

gboolean
rv_credential_is_of_a_user(const RvCredential *credential)
{
    return rv_credential_has(credential, "user") && !rv_credential_has(credential, "community");
}

gboolean
rv_credential_has(const RvCredential *credential, const char *key)
{
    return rv_yaml_get(credential->node, key) != NULL;
}

const char *
rv_credential_user(const RvCredential *credential)
{
    return credential->user;
}

RvSecret *
rv_credential_password(const RvCredential *credential)
{
    return credential->password;
}

RvSecret *
rv_credential_key(const RvCredential *credential)
{
    return credential->key;
}

/* ---- use ---- */

static void
complain(RvReader *reader, const RvCredential *credential, const RvYamlNode *node,
         const char *complaint)
{
    rv_yaml_problem(node != NULL ? node : credential->node, reader->problems, "credential '%s' %s",
                    credential->name, complaint);
}

static void
set_secret(RvSecret **place, RvSecret *secret)
{
    rv_secret_unref(*place);
    *place = secret != NULL ? rv_secret_ref(secret) : NULL;
}

static void
set_text(char **place, const char *text)
{
    g_free(*place);
    *place = g_strdup(text);
}

/* A user of SNMPv3 has the level that was said, else the highest there are passwords for. */
static RvSnmpLevel
level_of(const RvCredential *credential)
{
    if (credential->has_level)
        return credential->level;
    return rv_credential_has(credential, "priv-password")   ? RV_LEVEL_AUTH_PRIV
           : rv_credential_has(credential, "auth-password") ? RV_LEVEL_AUTH
                                                            : RV_LEVEL_NO_AUTH;
}

static gboolean
is_short(const RvSecret *secret)
{
    return secret != NULL && strlen(rv_secret_reveal(secret)) < 8; /* RFC 3414 §11.2 */
}

static void
use_user(RvReader *reader, const RvCredential *credential, const RvYamlNode *node,
         RvSnmpAccess *access)
{
    RvSnmpLevel level = level_of(credential);

    if (!rv_credential_has(credential, "user")) {
        complain(reader, credential, node,
                 rv_credential_has(credential, "community")
                     ? "has a community, and SNMPv3 wants a user; say version 2c, or name another"
                     : "has no 'user'");
        return;
    }
    if (level >= RV_LEVEL_AUTH && !rv_credential_has(credential, "auth-password"))
        complain(reader, credential, node, "has no 'auth-password', which its level wants");
    if (level == RV_LEVEL_AUTH_PRIV && !rv_credential_has(credential, "priv-password"))
        complain(reader, credential, node, "has no 'priv-password', which its level wants");
    if (level >= RV_LEVEL_AUTH && is_short(credential->auth_password))
        complain(reader, credential, node,
                 "has an 'auth-password' of less than 8 characters, which SNMPv3 does not allow");
    if (level == RV_LEVEL_AUTH_PRIV && is_short(credential->priv_password))
        complain(reader, credential, node,
                 "has a 'priv-password' of less than 8 characters, which SNMPv3 does not allow");
    set_text(&access->user, credential->user);
    access->level = level;
    if (credential->has_auth)
        access->auth = credential->auth;
    if (credential->has_priv)
        access->priv = credential->priv;
    set_secret(&access->auth_password, credential->auth_password);
    set_secret(&access->priv_password, credential->priv_password);
    if (credential->context != NULL && access->context == NULL)
        access->context = g_strdup(credential->context);
}

void
rv_credential_use_snmp(RvReader *reader, const RvCredential *credential, const RvYamlNode *node,
                       RvSnmpAccess *access)
{
    if (access->version == RV_SNMP_3) {
        use_user(reader, credential, node, access);
        return;
    }
    if (!rv_credential_has(credential, "community"))
        complain(reader, credential, node,
                 rv_credential_has(credential, "user")
                     ? "has a user, and SNMP 1 and 2c want a community; say version 3, or name "
                       "another"
                     : "has no 'community'");
    set_secret(&access->community, credential->community);
}

void
rv_credential_use_ipmi(RvReader *reader, const RvCredential *credential, const RvYamlNode *node,
                       RvIpmiAccess *access)
{
    gsize password_ceiling = access->version == RV_IPMI_1_5 ? 16 : 20; /* IPMI 2.0 §22.30 */

    if (!rv_credential_has(credential, "password")) {
        complain(reader, credential, node,
                 rv_credential_has(credential, "community")
                     ? "has a community, and IPMI wants a user and a password; name another"
                     : "has no 'password', which IPMI wants");
        return;
    }
    if (credential->user != NULL && strlen(credential->user) > 16)
        complain(reader, credential, node,
                 "has a 'user' of more than 16 bytes, which IPMI does "
                 "not allow");
    if (credential->password != NULL &&
        strlen(rv_secret_reveal(credential->password)) > password_ceiling)
        complain(reader, credential, node,
                 access->version == RV_IPMI_1_5
                     ? "has a 'password' of more than 16 bytes, which IPMI 1.5 does not allow"
                     : "has a 'password' of more than 20 bytes, which IPMI does not allow");
    set_text(&access->user, credential->user != NULL ? credential->user : "");
    set_secret(&access->password, credential->password);
    set_secret(&access->kg, credential->kg);
    if (credential->has_privilege)
        access->privilege = credential->privilege;
}
