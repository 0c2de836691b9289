/* Notes on what was left out of an observation: values that are none, limits that cannot be. Where
 * one is made its words are fixed, so that whoever prints many of them can fold them. */
#pragma once

#include "observation/observation.h"

/* "radlan: column 3 (current): 0 says that there is nothing". Caller frees. */
char *rv_left_out_value(const char *profile, const char *column, RvClass class, const char *why);
/* "PSU 1: high_critical 0 °C dropped: …"; `what` is the limit, or whose limits. Caller frees. */
char *rv_left_out_limit(const char *sensor, const char *what, const char *why);

/* Why, borrowed from the note; NULL: it is a note on something else. */
const char *rv_left_out_why(const char *note);
/* All such notes in a line: "14 of values and limits left out: no light; …", naming the reasons.
 * `count` gets how many there are; "" where it is 0. Caller frees. */
char *rv_left_out_summary(const GPtrArray *notes, guint *count);
