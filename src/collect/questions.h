/* Questions: the columns that profiles and standards read, as what snmp/ asks. */
#pragma once

#include "collect/habits.h"
#include "profile/profiles.h"
#include "snmp/agent.h"

typedef struct RvQuestions RvQuestions;

RvQuestions *rv_questions_new(void);
void rv_questions_free(RvQuestions *questions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvQuestions, rv_questions_free)

/* One column, or an instance where the OID ends in .0; asked once however often it is added. */
void rv_questions_add(RvQuestions *questions, const RvOid *oid);
/* sysDescr … sysLocation and the engine's clock. */
void rv_questions_add_system(RvQuestions *questions);
/* IF-MIB, ifXTable, duplex; with `packets` unicast packets too. */
void rv_questions_add_interfaces(RvQuestions *questions, gboolean packets);
/* Of these: status and counters. */
void rv_questions_add_moving_interfaces(RvQuestions *questions, gboolean packets);
/* ENTITY-MIB: names and containment; with `census` models and serials too. */
void rv_questions_add_entities(RvQuestions *questions, gboolean census);
void rv_questions_add_profile(RvQuestions *questions, const RvProfile *profile, gboolean census);

gboolean rv_questions_has(const RvQuestions *questions, const RvOid *oid);
/* RvOid, ascending; borrowed until one is added. */
const GArray *rv_questions_oids(RvQuestions *questions);

/* Grouped by table. What `habits` (may be NULL) knows to be absent and what `asked` (may be NULL)
 * holds is left out. Borrowed until the next call. */
const RvSnmpQuestion *rv_questions_list(RvQuestions *questions, const RvHabits *habits,
                                        const RvQuestions *asked, guint *count);

/* Tells `habits` how many rows each column asked for had. */
void rv_questions_learn(const RvQuestions *questions, const RvSnmpAnswers *answers,
                        RvHabits *habits);
