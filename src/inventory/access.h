/* How a device is asked: addresses, protocol settings, credentials. Plain values. */
#pragma once

#include "base/secret.h"

typedef enum { RV_SNMP_1, RV_SNMP_2C, RV_SNMP_3 } RvSnmpVersion;
typedef enum { RV_LEVEL_NO_AUTH, RV_LEVEL_AUTH, RV_LEVEL_AUTH_PRIV } RvSnmpLevel; /* RFC 3411 */
typedef enum {
    RV_AUTH_MD5,
    RV_AUTH_SHA1,
    RV_AUTH_SHA224,
    RV_AUTH_SHA256,
    RV_AUTH_SHA384,
    RV_AUTH_SHA512,
} RvSnmpAuth;
typedef enum {
    RV_PRIV_DES,
    RV_PRIV_AES128,
    RV_PRIV_AES192, /* Blumenthal key extension */
    RV_PRIV_AES256,
    RV_PRIV_AES192_CISCO, /* Reeder key extension */
    RV_PRIV_AES256_CISCO,
} RvSnmpPriv;

typedef struct {
    char *address; /* host name or address, no port */
    guint16 port;  /* 161 */
    RvSnmpVersion version;
    RvSecret *community; /* v1, v2c */
    char *user;          /* v3 */
    RvSnmpLevel level;
    RvSnmpAuth auth;
    RvSnmpPriv priv;
    RvSecret *auth_password, *priv_password;
    char *context;         /* v3 context name; may be NULL */
    guint timeout_ms;      /* of one request; 2000 */
    guint retries;         /* 2 */
    guint max_repetitions; /* ceiling of GETBULK; 0: the engine decides */
    guint max_in_flight;   /* requests; 0: the engine decides */
} RvSnmpAccess;

typedef enum { RV_IPMI_1_5, RV_IPMI_2_0 } RvIpmiVersion;
typedef enum { RV_PRIVILEGE_USER, RV_PRIVILEGE_OPERATOR, RV_PRIVILEGE_ADMIN } RvIpmiPrivilege;

typedef struct {
    char *address;
    guint16 port; /* 623 */
    RvIpmiVersion version;
    char *user;
    RvSecret *password, *kg; /* kg may be NULL */
    RvIpmiPrivilege privilege;
    int cipher;              /* RMCP+ cipher suite; -1: 17, then 3 */
    char **workarounds;      /* FreeIPMI's names, NULL-terminated; may be NULL */
    guint timeout_ms;        /* of one command until given up, retransmissions included; 5000 */
    guint retransmission_ms; /* 1000 */
} RvIpmiAccess;

RvSnmpAccess *rv_snmp_access_new(void); /* defaults as above, v2c */
RvSnmpAccess *rv_snmp_access_copy(const RvSnmpAccess *access);
void rv_snmp_access_free(RvSnmpAccess *access);
RvIpmiAccess *rv_ipmi_access_new(void);
RvIpmiAccess *rv_ipmi_access_copy(const RvIpmiAccess *access);
void rv_ipmi_access_free(RvIpmiAccess *access);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvSnmpAccess, rv_snmp_access_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvIpmiAccess, rv_ipmi_access_free)

/* Words of inventory and command line: "1" "2c" "3"; "noAuthNoPriv" …; "MD5" "SHA" "SHA-1"
 * "SHA-256" …; "DES" "AES" "AES-128" "AES-192" "AES-256" "AES-192-C" "AES-256-C"; "1.5" "2.0";
 * "user" "operator" "admin". Case and '-' do not matter. FALSE where unknown. */
gboolean rv_snmp_version_parse(const char *word, RvSnmpVersion *version);
gboolean rv_snmp_level_parse(const char *word, RvSnmpLevel *level);
gboolean rv_snmp_auth_parse(const char *word, RvSnmpAuth *auth);
gboolean rv_snmp_priv_parse(const char *word, RvSnmpPriv *priv);
gboolean rv_ipmi_version_parse(const char *word, RvIpmiVersion *version);
gboolean rv_ipmi_privilege_parse(const char *word, RvIpmiPrivilege *privilege);
const char *rv_snmp_version_word(RvSnmpVersion version);
const char *rv_snmp_level_word(RvSnmpLevel level);
const char *rv_snmp_auth_word(RvSnmpAuth auth);
const char *rv_snmp_priv_word(RvSnmpPriv priv);
