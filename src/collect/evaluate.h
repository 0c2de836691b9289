/* Evaluating a profile's sources against an agent's answers. */
#pragma once

#include "profile/profile.h"
#include "snmp/answers.h"

/* What is the same for all rows of a device. */
typedef struct RvGround RvGround;

RvGround *rv_ground_new(const RvSnmpAnswers *answers);
void rv_ground_free(RvGround *ground);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvGround, rv_ground_free)
const RvSnmpAnswers *rv_ground_answers(const RvGround *ground);

/* The device's own words, clean; NULL where not given. */
const char *rv_ground_descr(const RvGround *ground);
const char *rv_ground_name(const RvGround *ground);
const char *rv_ground_object_id(const RvGround *ground); /* dotted */

/* A row of a table: its index. `self` is the cell under consideration, or NULL. */
typedef struct {
    RvGround *ground;
    const guint32 *index;
    guint length;
    const RvVarbind *self;
} RvRow;

/* The cell as a person would read it; NULL where it holds nothing. Caller frees. */
char *rv_varbind_text(const RvVarbind *varbind);
/* The cell as a number: of text, the one at its start. FALSE where there is none. */
gboolean rv_varbind_number(const RvVarbind *varbind, double *number);
gboolean rv_text_number_at_start(const char *text, double *number);
/* TRUE for the integer types; *integer is the device's own (Counter64 wraps). */
gboolean rv_varbind_integer(const RvVarbind *varbind, gint64 *integer);

/* The instance column.index. */
const RvVarbind *rv_ground_cell(const RvGround *ground, const RvOid *column, const guint32 *index,
                                guint length);

/* Non-empty text, or NULL. */
char *rv_source_text(const RvSource *source, const RvRow *row);
gboolean rv_source_number(const RvSource *source, const RvRow *row, double *number);
/* The cell that a COLUMN or SCALAR source names, before pattern, map and the like; or NULL. */
const RvVarbind *rv_source_cell(const RvSource *source, const RvRow *row);

gboolean rv_row_condition_holds(const RvRowCondition *condition, const RvRow *row);
/* NULL: TRUE. */
gboolean rv_row_conditions_hold(const GPtrArray *conditions, const RvRow *row);
