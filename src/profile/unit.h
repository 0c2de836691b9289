/* Units: what a device counts in, and the one unit of each class. */
#pragma once

#include "observation/observation.h"

typedef struct RvUnit RvUnit;

/* NULL where the word is not known. The words: rv_unit_words(). Case matters ("mW" is not "MW"). */
const RvUnit *rv_unit_find(const char *word);
const char *const *rv_unit_words(void); /* ended by NULL */

/* TRUE where readings of `class` may come in `unit`. */
gboolean rv_unit_fits(const RvUnit *unit, RvClass class);
/* In the unit of `class`. NAN where it cannot be (no light: 0 mW in dBm). */
double rv_unit_convert(const RvUnit *unit, RvClass class, double value);
/* "rpm" and "%" are both units of a fan: what the converted value is shown in. */
const char *rv_unit_shown(const RvUnit *unit, RvClass class);

/* What no part of that class can have in a machine room: outside, a reading is a device's slip. */
gboolean rv_class_plausible(RvClass class, double value);
