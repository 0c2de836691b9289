/* Learning: a walk of a device that nobody knows becomes the proposal of a profile. */
#pragma once

#include "profile/objects.h"
#include "profile/profiles.h"
#include "snmp/answers.h"

/* The text of a profile `name`: what is certain as rules, what is guessed or not understood as
 * comments beside them. It can be linted and used as it stands; every guess is marked. Caller
 * frees. */
char *rv_learn_profile(RvProfiles *profiles, const RvObjects *objects, const RvSnmpAnswers *answers,
                       const char *name);
