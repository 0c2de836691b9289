/* Interpreting: an agent's answers, by profiles, become the Observation's SNMP half. No network. */
#pragma once

#include "collect/frame.h"
#include "profile/profiles.h"
#include "snmp/answers.h"

/* Fills identity, sensors, interfaces, components and notes; what is there already stays. `forced`
 * (may be NULL): the family's profile by the inventory. `trail` (may be NULL) gets sentences
 * (char*): which profiles were candidates, and what became of each row. Problems of profiles become
 * notes. */
void rv_interpret_snmp(RvProfiles *profiles, const RvSnmpAnswers *answers, const char *forced,
                       RvObservation *observation, GPtrArray *trail);

/* The same, without a trail, while `recorder`, which watches `answers`, takes the frame. */
void rv_interpret_recorded(RvProfiles *profiles, const RvSnmpAnswers *answers, const char *forced,
                           RvObservation *observation, RvFrameRecorder *recorder);
/* The same from what moves alone (`answers`, to which still cells are added) and a frame of the
 * same device, profiles and rows. FALSE: the frame does not fit; of `observation` only what the
 * system group says was filled. */
gboolean rv_interpret_framed(RvProfiles *profiles, RvFrame *frame, const RvColumnPlan *plan,
                             RvSnmpAnswers *answers, RvObservation *observation);

/* Only who it says it is, and since when it runs. */
void rv_interpret_system(const RvSnmpAnswers *answers, RvObservation *observation);

/* The device's own words about itself, from the system group; `descr` and the OID belong to the
 * caller (rv_self_clear). */
void rv_self_read(const RvSnmpAnswers *answers, RvSelf *self);
void rv_self_clear(RvSelf *self);
