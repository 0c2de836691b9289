/* Families: how much the devices of one kind and firmware take in one request; kept between runs.
 *
 * What one device refuses (tooBig, an error for GETBULK) no other one of its family is asked. What
 * it met with silence may be a loss: that is believed where it was seen twice, and never where one
 * of the family answered as much. Once a day one device is asked for more, and while that goes
 * well the next ones for double; so nothing that was learnt wrongly stays. The file holds a hash
 * for the family and numbers, no secret; without it each device is learnt anew. */
#pragma once

#include "snmp/answers.h"
#include "snmp/capacity.h"

/* Most families that are remembered; of more, those last seen. */
#define RV_FAMILIES_CEILING 4096

typedef struct RvFamilies RvFamilies;

RvFamilies *rv_families_new(void);
void rv_families_free(RvFamilies *families);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvFamilies, rv_families_free)

/* Of sysObjectID and sysDescr, which names the firmware; 0: `answers` have none of them. */
guint64 rv_family_of(const RvSnmpAnswers *answers);

/* What to ask a device of it for at most. */
void rv_families_find(RvFamilies *families, guint64 family, gint64 now_s, guint most[RV_SIZES]);
/* What was seen of one of its devices, once per visit. */
void rv_families_learn(RvFamilies *families, guint64 family, gint64 now_s,
                       const RvSizeSeen seen[RV_SIZES]);

/* Adds what the file holds and is younger than 30 days. A file that is damaged is told of and
 * counts as none. */
void rv_families_load(RvFamilies *families, const char *path, gint64 now_s);
/* Adds what was learnt since it was loaded to what other processes wrote. Nothing is written where
 * nothing worth it changed. */
gboolean rv_families_save(RvFamilies *families, const char *path, gint64 now_s, GError **error);
