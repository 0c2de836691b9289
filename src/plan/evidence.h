/* Evidence: parts that still work but are not normal, each with what speaks for it. Pure.
 *
 * Nothing here is a verdict: a part that is named is one to look at before it fails. */
#pragma once

#include "plan/interval.h"
#include "plan/trend.h"

/* A sensor with its past. Strings are borrowed. */
typedef struct {
    const char *device, *key, *name, *group;
    RvClass class;
    RvVerdict status; /* now; what is not ok has its fault already and gives no evidence */
    double value;     /* now; NAN: none */
    RvLimits limits;
    const RvDailyValue *days; /* daily means; may be NULL */
    guint day_count;
} RvPartPast;

typedef enum {
    RV_EVIDENCE_SLOW_FOR_ITS_TWINS,    /* a fan against at least two others of its device */
    RV_EVIDENCE_CHANGED_FROM_ITS_PAST, /* last week against its first four */
    RV_EVIDENCE_NEARS_LIMIT,           /* a significant trend that reaches a limit */
    RV_EVIDENCE_FALLING_LIGHT,         /* optical power falls without a limit in sight */
} RvEvidenceKind;

const char *rv_evidence_kind_word(RvEvidenceKind kind); /* "slow_for_its_twins" … */

typedef struct {
    RvEvidenceKind kind;
    char *device, *key, *name;
    char *sentence;     /* the evidence, with its numbers, in English */
    double now, normal; /* in the class's unit: what it is, what it would be */
    gint64 soonest_days, likely_days, latest_days; /* to the limit; -1: no forecast. Latest may be
                                                    * G_MAXINT64 */
    double p;                                      /* of the trend; NAN where none */
} RvEvidence;

void rv_evidence_free(RvEvidence *evidence);

/* Whether trends are looked for in such a sensor at all: loads and the weather have none. */
gboolean rv_evidence_has_trend(RvClass class, const char *group);

/* RvEvidence*, in the order of `parts` (RvPartPast*). `ambient` are the daily means of the inlet;
 * temperatures are corrected for it where there is enough of it; may be NULL. */
GPtrArray *rv_evidence_find(const GPtrArray *parts, const RvDailyValue *ambient,
                            guint ambient_count);
