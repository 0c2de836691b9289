/* Object identifiers as numbers (RFC 2578 §3.5: at most 128 sub-identifiers of 32 bits). */
#pragma once

#include <glib.h>

#define RV_OID_CEILING 128

typedef struct {
    guint32 *ids; /* owned by whoever owns the structure */
    guint length;
} RvOid;

/* "1.3.6.1.2.1" or ".1.3.6…"; at least one sub-identifier. FALSE leaves *oid empty. */
gboolean rv_oid_parse(const char *text, RvOid *oid);
RvOid rv_oid_copy(const RvOid *oid);
RvOid rv_oid_from(const guint32 *ids, guint length);
/* `oid` followed by `n` further sub-identifiers. */
RvOid rv_oid_append(const RvOid *oid, const guint32 *ids, guint n);
void rv_oid_clear(RvOid *oid);

/* Without a leading dot; caller frees. */
char *rv_oid_format(const RvOid *oid);

/* Lexicographic, as agents order them: < 0, 0, > 0. */
int rv_oid_compare(const RvOid *a, const RvOid *b);
/* For a GHashTable whose keys are RvOid*. */
guint rv_oid_hash(gconstpointer oid);
gboolean rv_oid_equal(gconstpointer a, gconstpointer b);
/* True where `oid` is `root` or lies below it. */
gboolean rv_oid_is_below(const RvOid *oid, const RvOid *root);

/* A list of RvOid that owns them. */
GArray *rv_oids_new(void);
/* Ascending. */
void rv_oids_sort(GArray *oids);
/* Ascending, each once. */
void rv_oids_settle(GArray *oids);
