/* Keys: passwords made into SNMPv3 keys (RFC 3414 §2.6, RFC 3826, RFC 7860), once per process.
 *
 * A password costs a hash over a megabyte, once for all devices that share it; each engine then
 * costs one small hash. net-snmp computes both. Keys are wiped when freed and never stored. */
#pragma once

#include "inventory/access.h"

#define RV_KEY_LARGEST 64
#define RV_ENGINE_ID_LARGEST 32 /* RFC 3411 §5 */

typedef struct {
    guint8 auth[RV_KEY_LARGEST], priv[RV_KEY_LARGEST];
    guint auth_size, priv_size;
} RvKeys;

typedef struct RvKeyRing RvKeyRing;

RvKeyRing *rv_key_ring_new(void);
void rv_key_ring_free(RvKeyRing *ring);

/* The keys of `access` for an engine. FALSE with a sentence in *why (static): a password is missing
 * or shorter than eight characters, or the library lacks the algorithm. */
gboolean rv_key_ring_localise(RvKeyRing *ring, const RvSnmpAccess *access, const guint8 *engine,
                              guint engine_size, RvKeys *keys, const char **why);
/* How many passwords were hashed so far. */
guint rv_key_ring_hashed(const RvKeyRing *ring);
