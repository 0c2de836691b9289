#include "snmp/keys.h"

#include <string.h>

#include "snmp/cipher.h"

#define PASSWORD_SHORTEST 8 /* RFC 3414 §11.2 */

/* A password under one digest. */
typedef struct {
    RvSecret *password;
    RvSnmpAuth auth;
    guint8 ku[RV_KEY_LARGEST];
    guint size;
} Password;

struct RvKeyRing {
    GHashTable *passwords; /* Password, itself the key */
};

static guint
password_hash(gconstpointer data)
{
    const Password *password = data;

    return g_str_hash(rv_secret_reveal(password->password)) + (guint)password->auth;
}

static gboolean
password_equal(gconstpointer a, gconstpointer b)
{
    const Password *left = a, *right = b;

    return left->auth == right->auth &&
           strcmp(rv_secret_reveal(left->password), rv_secret_reveal(right->password)) == 0;
}

static void
password_free(gpointer data)
{
    Password *password = data;

    rv_secret_unref(password->password);
    explicit_bzero(password->ku, sizeof password->ku);
    g_free(password);
}

RvKeyRing *
rv_key_ring_new(void)
{
    RvKeyRing *ring = g_new0(RvKeyRing, 1);

    ring->passwords = g_hash_table_new_full(password_hash, password_equal, password_free, NULL);
    return ring;
}

void
rv_key_ring_free(RvKeyRing *ring)
{
    if (ring == NULL)
        return;
    g_hash_table_unref(ring->passwords);
    g_free(ring);
}

guint
rv_key_ring_hashed(const RvKeyRing *ring)
{
    return g_hash_table_size(ring->passwords);
}

static const Password *
password_of(RvKeyRing *ring, RvSecret *secret, RvSnmpAuth auth)
{
    Password wanted = {.password = secret, .auth = auth};
    Password *found = g_hash_table_lookup(ring->passwords, &wanted);

    if (found != NULL)
        return found;
    wanted.size = sizeof wanted.ku;
    if (!rv_auth_password_key(auth, rv_secret_reveal(secret), wanted.ku, &wanted.size))
        return NULL;
    found = g_memdup2(&wanted, sizeof wanted);
    explicit_bzero(wanted.ku, sizeof wanted.ku);
    rv_secret_ref(secret);
    g_hash_table_add(ring->passwords, found);
    return found;
}

static gboolean
localise(RvKeyRing *ring, RvSecret *secret, RvSnmpAuth auth, const guint8 *engine,
         guint engine_size, guint8 *key, guint *size)
{
    const Password *password = password_of(ring, secret, auth);

    *size = RV_KEY_LARGEST;
    return password != NULL &&
           rv_auth_localise(auth, engine, engine_size, password->ku, password->size, key, size);
}

static const char *
complaint(const RvSecret *password, const char *missing, const char *too_short)
{
    if (password == NULL)
        return missing;
    return strlen(rv_secret_reveal(password)) < PASSWORD_SHORTEST ? too_short : NULL;
}

gboolean
rv_key_ring_localise(RvKeyRing *ring, const RvSnmpAccess *access, const guint8 *engine,
                     guint engine_size, RvKeys *keys, const char **why)
{
    *why = NULL;
    if (access->level == RV_LEVEL_NO_AUTH)
        return TRUE;
    *why = complaint(access->auth_password, "the authentication password is missing",
                     "the authentication password has fewer than 8 characters");
    if (*why == NULL && access->level == RV_LEVEL_AUTH_PRIV)
        *why = complaint(access->priv_password, "the privacy password is missing",
                         "the privacy password has fewer than 8 characters");
    if (*why != NULL)
        return FALSE;
    if (!localise(ring, access->auth_password, access->auth, engine, engine_size, keys->auth,
                  &keys->auth_size)) {
        *why = "this net-snmp lacks the authentication protocol";
        return FALSE;
    }
    if (access->level == RV_LEVEL_AUTH_PRIV &&
        (!localise(ring, access->priv_password, access->auth, engine, engine_size, keys->priv,
                   &keys->priv_size) ||
         !rv_priv_extend(access->priv, access->auth, engine, engine_size, keys->priv,
                         &keys->priv_size, RV_KEY_LARGEST))) {
        *why = "this net-snmp lacks the privacy protocol";
        return FALSE;
    }
    return TRUE;
}
