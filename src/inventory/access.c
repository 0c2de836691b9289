#include "inventory/access.h"

#include <string.h>

typedef struct {
    const char *word;
    int value;
} Word;

/* Case and separators do not matter, so that "sha256", "SHA-256" and "SHA_256" are one word. */
static gboolean
same_word(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '-' || *a == '_')
            a++;
        while (*b == '-' || *b == '_')
            b++;
        if (g_ascii_tolower(*a) != g_ascii_tolower(*b))
            return FALSE;
        if (*a == '\0')
            return TRUE;
    }
}

static gboolean
parse_word(const char *word, const Word *words, gsize n, int *value)
{
    for (gsize i = 0; i < n; i++) {
        if (same_word(word, words[i].word)) {
            *value = words[i].value;
            return TRUE;
        }
    }
    return FALSE;
}

static const char *
word_of(int value, const Word *words, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (words[i].value == value)
            return words[i].word;
    return "?";
}

static const Word snmp_versions[] = {{"1", RV_SNMP_1},  {"2c", RV_SNMP_2C}, {"3", RV_SNMP_3},
                                     {"v1", RV_SNMP_1}, {"2", RV_SNMP_2C},  {"v2c", RV_SNMP_2C},
                                     {"v3", RV_SNMP_3}};
static const Word snmp_levels[] = {{"noAuthNoPriv", RV_LEVEL_NO_AUTH},
                                   {"authNoPriv", RV_LEVEL_AUTH},
                                   {"authPriv", RV_LEVEL_AUTH_PRIV}};
static const Word snmp_auths[] = {{"MD5", RV_AUTH_MD5},        {"SHA-1", RV_AUTH_SHA1},
                                  {"SHA", RV_AUTH_SHA1},       {"SHA-224", RV_AUTH_SHA224},
                                  {"SHA-256", RV_AUTH_SHA256}, {"SHA-384", RV_AUTH_SHA384},
                                  {"SHA-512", RV_AUTH_SHA512}};
static const Word snmp_privs[] = {{"DES", RV_PRIV_DES},
                                  {"AES-128", RV_PRIV_AES128},
                                  {"AES", RV_PRIV_AES128},
                                  {"AES-192", RV_PRIV_AES192},
                                  {"AES-192-C", RV_PRIV_AES192_CISCO},
                                  {"AES-256", RV_PRIV_AES256},
                                  {"AES-256-C", RV_PRIV_AES256_CISCO}};
static const Word ipmi_versions[] = {{"2.0", RV_IPMI_2_0}, {"1.5", RV_IPMI_1_5}};
static const Word ipmi_privileges[] = {{"user", RV_PRIVILEGE_USER},
                                       {"operator", RV_PRIVILEGE_OPERATOR},
                                       {"admin", RV_PRIVILEGE_ADMIN},
                                       {"administrator", RV_PRIVILEGE_ADMIN}};

#define DEFINE_PARSE(name, Type, words)                                                            \
    gboolean name(const char *word, Type *value)                                                   \
    {                                                                                              \
        int number;                                                                                \
        if (!parse_word(word, words, G_N_ELEMENTS(words), &number))                                \
            return FALSE;                                                                          \
        *value = (Type)number;                                                                     \
        return TRUE;                                                                               \
    }

DEFINE_PARSE(rv_snmp_version_parse, RvSnmpVersion, snmp_versions)
DEFINE_PARSE(rv_snmp_level_parse, RvSnmpLevel, snmp_levels)
DEFINE_PARSE(rv_snmp_auth_parse, RvSnmpAuth, snmp_auths)
DEFINE_PARSE(rv_snmp_priv_parse, RvSnmpPriv, snmp_privs)
DEFINE_PARSE(rv_ipmi_version_parse, RvIpmiVersion, ipmi_versions)
DEFINE_PARSE(rv_ipmi_privilege_parse, RvIpmiPrivilege, ipmi_privileges)

const char *
rv_snmp_version_word(RvSnmpVersion version)
{
    return word_of(version, snmp_versions, G_N_ELEMENTS(snmp_versions));
}

const char *
rv_snmp_level_word(RvSnmpLevel level)
{
    return word_of(level, snmp_levels, G_N_ELEMENTS(snmp_levels));
}

const char *
rv_snmp_auth_word(RvSnmpAuth auth)
{
    return word_of(auth, snmp_auths, G_N_ELEMENTS(snmp_auths));
}

const char *
rv_snmp_priv_word(RvSnmpPriv priv)
{
    return word_of(priv, snmp_privs, G_N_ELEMENTS(snmp_privs));
}

RvSnmpAccess *
rv_snmp_access_new(void)
{
    RvSnmpAccess *access = g_new0(RvSnmpAccess, 1);

    access->port = 161;
    access->version = RV_SNMP_2C;
    access->auth = RV_AUTH_SHA1;
    access->priv = RV_PRIV_AES128;
    access->timeout_ms = 2000;
    access->retries = 2;
    return access;
}

static RvSecret *
copy_secret(RvSecret *secret)
{
    return secret != NULL ? rv_secret_ref(secret) : NULL;
}

RvSnmpAccess *
rv_snmp_access_copy(const RvSnmpAccess *access)
{
    RvSnmpAccess *copy = g_memdup2(access, sizeof *access);

    copy->address = g_strdup(access->address);
    copy->user = g_strdup(access->user);
    copy->context = g_strdup(access->context);
    copy->community = copy_secret(access->community);
    copy->auth_password = copy_secret(access->auth_password);
    copy->priv_password = copy_secret(access->priv_password);
    return copy;
}

void
rv_snmp_access_free(RvSnmpAccess *access)
{
    if (access == NULL)
        return;
    g_free(access->address);
    g_free(access->user);
    g_free(access->context);
    rv_secret_unref(access->community);
    rv_secret_unref(access->auth_password);
    rv_secret_unref(access->priv_password);
    g_free(access);
}

RvIpmiAccess *
rv_ipmi_access_new(void)
{
    RvIpmiAccess *access = g_new0(RvIpmiAccess, 1);

    access->port = 623;
    access->version = RV_IPMI_2_0;
    access->privilege = RV_PRIVILEGE_OPERATOR;
    access->cipher = -1;
    access->timeout_ms = 5000;
    access->retransmission_ms = 1000;
    return access;
}

RvIpmiAccess *
rv_ipmi_access_copy(const RvIpmiAccess *access)
{
    RvIpmiAccess *copy = g_memdup2(access, sizeof *access);

    copy->address = g_strdup(access->address);
    copy->user = g_strdup(access->user);
    copy->password = copy_secret(access->password);
    copy->kg = copy_secret(access->kg);
    copy->workarounds = g_strdupv(access->workarounds);
    return copy;
}

void
rv_ipmi_access_free(RvIpmiAccess *access)
{
    if (access == NULL)
        return;
    g_free(access->address);
    g_free(access->user);
    rv_secret_unref(access->password);
    rv_secret_unref(access->kg);
    g_strfreev(access->workarounds);
    g_free(access);
}
