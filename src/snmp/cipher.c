#include "snmp/cipher.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>
#include <string.h>

static const int auth_types[] = {
    [RV_AUTH_MD5] = NETSNMP_USMAUTH_HMACMD5,
    [RV_AUTH_SHA1] = NETSNMP_USMAUTH_HMACSHA1,
    [RV_AUTH_SHA224] = NETSNMP_USMAUTH_HMAC128SHA224,
    [RV_AUTH_SHA256] = NETSNMP_USMAUTH_HMAC192SHA256,
    [RV_AUTH_SHA384] = NETSNMP_USMAUTH_HMAC256SHA384,
    [RV_AUTH_SHA512] = NETSNMP_USMAUTH_HMAC384SHA512,
};

static const struct {
    int type;
    guint key_size;
} priv_types[] = {
    [RV_PRIV_DES] = {USM_CREATE_USER_PRIV_DES, 16},
    [RV_PRIV_AES128] = {USM_CREATE_USER_PRIV_AES, 16},
    [RV_PRIV_AES192] = {USM_CREATE_USER_PRIV_AES192, 24},
    [RV_PRIV_AES256] = {USM_CREATE_USER_PRIV_AES256, 32},
    [RV_PRIV_AES192_CISCO] = {USM_CREATE_USER_PRIV_AES192_CISCO, 24},
    [RV_PRIV_AES256_CISCO] = {USM_CREATE_USER_PRIV_AES256_CISCO, 32},
};

static const oid *
auth_oid(RvSnmpAuth auth, size_t *length)
{
    return sc_get_auth_oid(auth_types[auth], length);
}

static const oid *
priv_oid(RvSnmpPriv priv, size_t *length)
{
    return sc_get_priv_oid(priv_types[priv].type, length);
}

void
rv_cipher_init(void)
{
    sc_init();
}

guint
rv_auth_digest_size(RvSnmpAuth auth)
{
    return (guint)MAX(sc_get_auth_maclen(auth_types[auth]), 0);
}

gboolean
rv_auth_password_key(RvSnmpAuth auth, const char *password, guint8 *key, guint *size)
{
    size_t oid_length, room = *size;
    const oid *name = auth_oid(auth, &oid_length);

    if (name == NULL || generate_Ku(name, (u_int)oid_length, (const u_char *)password,
                                    strlen(password), key, &room) != SNMPERR_SUCCESS)
        return FALSE;
    *size = (guint)room;
    return TRUE;
}

gboolean
rv_auth_localise(RvSnmpAuth auth, const guint8 *engine, guint engine_size, const guint8 *ku,
                 guint ku_size, guint8 *key, guint *size)
{
    size_t oid_length, room = *size;
    const oid *name = auth_oid(auth, &oid_length);

    if (name == NULL || generate_kul(name, (u_int)oid_length, engine, engine_size, ku, ku_size, key,
                                     &room) != SNMPERR_SUCCESS)
        return FALSE;
    *size = (guint)room;
    return TRUE;
}

gboolean
rv_auth_digest(RvSnmpAuth auth, const guint8 *key, guint key_size, const guint8 *message,
               gsize size, guint8 *digest)
{
    size_t oid_length, digest_size = rv_auth_digest_size(auth);
    const oid *name = auth_oid(auth, &oid_length);

    return sc_generate_keyed_hash(name, oid_length, key, key_size, message, (u_int)size, digest,
                                  &digest_size) == SNMPERR_SUCCESS;
}

gboolean
rv_priv_is_des(RvSnmpPriv priv)
{
    return priv == RV_PRIV_DES;
}

gboolean
rv_priv_extend(RvSnmpPriv priv, RvSnmpAuth auth, const guint8 *engine, guint engine_size,
               guint8 *key, guint *size, guint room)
{
    size_t oid_length, length = *size;
    guint needed = priv_types[priv].key_size;
    oid *name = (oid *)auth_oid(auth, &oid_length);
    u_char *grown;

    if (*size < needed) {
        /* net-snmp frees and replaces the buffer */
        grown = malloc(room);
        memcpy(grown, key, *size);
        if (netsnmp_extend_kul(needed, name, (u_int)oid_length, priv_types[priv].type,
                               (u_char *)engine, engine_size, &grown, &length,
                               room) != SNMPERR_SUCCESS ||
            length < needed) {
            free(grown);
            return FALSE;
        }
        memcpy(key, grown, needed);
        explicit_bzero(grown, needed);
        free(grown);
    }
    *size = needed;
    return TRUE;
}

gboolean
rv_priv_encrypt(RvSnmpPriv priv, const guint8 *key, guint key_size, const guint8 *iv,
                const guint8 *in, gsize size, guint8 *out, gsize *out_size)
{
    size_t oid_length, room = size + 8;
    const oid *name = priv_oid(priv, &oid_length);

    if (name == NULL ||
        sc_encrypt(name, oid_length, (u_char *)key, key_size, (u_char *)iv,
                   rv_priv_is_des(priv) ? 8 : 16, in, (u_int)size, out, &room) != SNMPERR_SUCCESS)
        return FALSE;
    *out_size = room;
    return TRUE;
}

gboolean
rv_priv_decrypt(RvSnmpPriv priv, const guint8 *key, guint key_size, const guint8 *iv, guint8 *in,
                gsize size, guint8 *out, gsize *out_size)
{
    size_t oid_length, room = size;
    const oid *name = priv_oid(priv, &oid_length);

    if (name == NULL || size == 0 || (rv_priv_is_des(priv) && size % 8 != 0) ||
        sc_decrypt(name, oid_length, (u_char *)key, key_size, (u_char *)iv,
                   rv_priv_is_des(priv) ? 8 : 16, in, (u_int)size, out, &room) != SNMPERR_SUCCESS)
        return FALSE;
    *out_size = room;
    return TRUE;
}
