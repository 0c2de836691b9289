/* What an agent tells of one part in several columns, in one row: "Fan1  6240 rpm", whose state is
 * ok as well, and "Disk 1  online · SMART ok", instead of a row for each. */
#pragma once

#include "observation/observation.h"

/* Takes out of `sensors` (RvSensor*, borrowed) those that are well and belong to another that is
 * well: of the same name, or of the same row of a table with a name that goes on after the other's.
 * Returns what is to be said of them beside the other: RvSensor* (borrowed) → char*, owned by the
 * table. A state that only says "ok" or "normal" says nothing
 * more. Limits are never hidden. */
GHashTable *rv_companions(GPtrArray *sensors);
