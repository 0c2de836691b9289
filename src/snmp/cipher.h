/* Ciphers and digests of SNMPv3, by net-snmp. The only file that names its algorithms. */
#pragma once

#include "inventory/access.h"

/* Once per process, before the others. Reads no configuration. */
void rv_cipher_init(void);

/* Bytes of a digest in a message: 12 to 48. */
guint rv_auth_digest_size(RvSnmpAuth auth);
/* Ku of a password: RFC 3414 §A.2. *size is the room, then the bytes used. */
gboolean rv_auth_password_key(RvSnmpAuth auth, const char *password, guint8 *key, guint *size);
gboolean rv_auth_localise(RvSnmpAuth auth, const guint8 *engine, guint engine_size,
                          const guint8 *ku, guint ku_size, guint8 *key, guint *size);
gboolean rv_auth_digest(RvSnmpAuth auth, const guint8 *key, guint key_size, const guint8 *message,
                        gsize size, guint8 *digest);

/* Lengthens a localised key where the cipher wants more than the hash gave. */
gboolean rv_priv_extend(RvSnmpPriv priv, RvSnmpAuth auth, const guint8 *engine, guint engine_size,
                        guint8 *key, guint *size, guint room);
gboolean rv_priv_is_des(RvSnmpPriv priv);
/* `out` has room for `size` + 8. `iv` has 8 bytes for DES, 16 for AES. */
gboolean rv_priv_encrypt(RvSnmpPriv priv, const guint8 *key, guint key_size, const guint8 *iv,
                         const guint8 *in, gsize size, guint8 *out, gsize *out_size);
gboolean rv_priv_decrypt(RvSnmpPriv priv, const guint8 *key, guint key_size, const guint8 *iv,
                         guint8 *in, gsize size, guint8 *out, gsize *out_size);
