/* The credentials file: secrets by name, taken in when somebody uses them. Private to this room. */
#pragma once

#include "conf/fields.h"
#include "inventory/access.h"

typedef struct RvCredentials RvCredentials;

/* NULL: there are problems more (reader->too_open where the file's mode is the cause). */
RvCredentials *rv_credentials_load(RvReader *reader, const char *path);
void rv_credentials_free(RvCredentials *credentials);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvCredentials, rv_credentials_free)

/* "file:PATH", "env:NAME" or "systemd:NAME", with the path as the file of `node` means it; NULL: it
 * is none of them. Caller frees. */
char *rv_secret_source(const RvYamlNode *node, const char *text);
RvSecret *rv_secret_read_source(const char *source, GError **error);

typedef struct RvCredential RvCredential;

/* By name; `node` is where it is named. NULL: a problem more. */
const RvCredential *rv_credentials_find(RvReader *reader, RvCredentials *credentials,
                                        const char *name, const RvYamlNode *node);

/* Whether it has a user and no community: it is one for SNMPv3 or IPMI. */
gboolean rv_credential_is_of_a_user(const RvCredential *credential);

/* Fills what the version of `access` needs; a problem at `node` for what is missing. */
void rv_credential_use_snmp(RvReader *reader, const RvCredential *credential,
                            const RvYamlNode *node, RvSnmpAccess *access);
void rv_credential_use_ipmi(RvReader *reader, const RvCredential *credential,
                            const RvYamlNode *node, RvIpmiAccess *access);

/* Whether the file gives it a value of that key, be it one that could not be taken in. */
gboolean rv_credential_has(const RvCredential *credential, const char *key);
/* The pieces for a channel: user and password (mail), key (webhook); each may be NULL. */
const char *rv_credential_user(const RvCredential *credential);
RvSecret *rv_credential_password(const RvCredential *credential); /* borrowed */
RvSecret *rv_credential_key(const RvCredential *credential);      /* borrowed */

extern const RvField rv_credential_fields[];
