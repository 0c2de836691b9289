/* Answers: all that one agent said in one round, ordered by OID, free of duplicates.
 *
 * Filled by snmp/agent.c from the network, or by snmp/recording.c from a file, so that what
 * interprets them needs no network. Bounded: at most RV_ANSWERS_CEILING varbinds and 64 MiB. */
#pragma once

#include "snmp/varbind.h"

#define RV_ANSWERS_CEILING 1000000

typedef struct RvSnmpAnswers RvSnmpAnswers;

RvSnmpAnswers *rv_snmp_answers_new(void);
void rv_snmp_answers_free(RvSnmpAnswers *answers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvSnmpAnswers, rv_snmp_answers_free)

/* About so many more will come: room is made once, not as they come. No promise; what came beyond
 * it is what _unexpected tells. */
void rv_snmp_answers_expect(RvSnmpAnswers *answers, guint more);
/* Takes the contents of `varbind` (its pointers are stolen). FALSE when full. A second value for an
 * OID is dropped. */
gboolean rv_snmp_answers_add(RvSnmpAnswers *answers, RvVarbind *varbind);
/* The same from borrowed pointers, which are copied: no allocation per varbind. */
gboolean rv_snmp_answers_add_copy(RvSnmpAnswers *answers, const RvVarbind *varbind);
/* The instance, or NULL. */
const RvVarbind *rv_snmp_answers_get(const RvSnmpAnswers *answers, const RvOid *oid);
/* All below `root`, in order: the first and how many; NULL and 0 where none. Valid until the next
 * _add. */
const RvVarbind *rv_snmp_answers_below(const RvSnmpAnswers *answers, const RvOid *root,
                                       guint *count);
/* Tells of each _get (`cells`: the instance or NULL, `count` 1 or 0) and of each _below. */
typedef struct {
    void (*looked)(const RvOid *oid, gboolean below, const RvVarbind *cells, guint count,
                   gpointer user_data);
    gpointer user_data;
} RvSnmpWatch;
/* `watch` (NULL: nobody, as at first) must live until the next call. */
void rv_snmp_answers_watch(RvSnmpAnswers *answers, const RvSnmpWatch *watch);

guint rv_snmp_answers_count(const RvSnmpAnswers *answers);
/* About how much memory they take. */
gsize rv_snmp_answers_bytes(const RvSnmpAnswers *answers);
/* About how much of it for more than was expected. */
gsize rv_snmp_answers_unexpected(const RvSnmpAnswers *answers);

/* Subtrees of which not everything came, with a sentence that says why. */
void rv_snmp_answers_mark_partial(RvSnmpAnswers *answers, const RvOid *root, const char *why);
/* Nothing more fits. */
gboolean rv_snmp_answers_full(const RvSnmpAnswers *answers);
/* The sentence, where `root` lies in a partial subtree or one lies below it; else NULL. */
const char *rv_snmp_answers_partial(const RvSnmpAnswers *answers, const RvOid *root);
