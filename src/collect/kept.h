/* Kept: what of an agent does not move, so that most rounds ask only for what does.
 *
 * One file per device below STATE/agents. It holds the cells of names, places, scales and limits;
 * the signs under which they were read (what the device is, since when it runs, when it says that
 * its parts or interfaces changed); and which rows the moving columns had then. A file that is
 * damaged, old or not written by this version counts as none. */
#pragma once

#include "collect/column-plan.h"
#include "collect/questions.h"

#define RV_KEPT_SECONDS 86400

typedef struct RvKept RvKept;

/* Reads its head only. NULL where there is none, or `state_folder` is NULL. */
RvKept *rv_kept_load(const char *state_folder, const char *device);
void rv_kept_free(RvKept *kept);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvKept, rv_kept_free)

/* The instances that bear signs beside the system group: RvOid*, `*count` of them. */
const RvOid *rv_kept_signs(guint *count);

/* Columns of interfaces that are kept although they may change, borrowed, `*count` of them to be
 * read again in this round: whether a port is wanted, when its link changed, when its counters were
 * set back. All after half an hour, by devices not at once, and where a status changed; the second
 * and the last in each round where the agent makes use of them, and the last also where it does not
 * of the second: a link that went and came between two rounds may have set counters back. */
const RvOid *rv_kept_resting(const RvKept *kept, gint64 now_ms, guint *count);
/* All of them. */
const RvOid *rv_kept_all_resting(guint *count);
/* The half hour is over: what was read is to be kept. */
gboolean rv_kept_is_rested(const RvKept *kept, gint64 now_ms);

/* Do the signs in `answers` (system group and rv_kept_signs) and the plan still say the same? */
gboolean rv_kept_holds(const RvKept *kept, const RvSnmpAnswers *answers, const RvColumnPlan *plan,
                       gint64 now_ms);

typedef enum {
    RV_KEPT_SAME,
    RV_KEPT_LINKS, /* the rows are the same, but some link changed: speed and duplex may have, too
                    */
    RV_KEPT_ROWS,  /* rows came or went: nothing kept is to be relied on */
} RvKeptRows;
/* Compares the moving columns in `answers`, of those that were `asked`; one of which not all came
 * says nothing. */
RvKeptRows rv_kept_compare(const RvKept *kept, const RvSnmpAnswers *answers,
                           const RvQuestions *asked);

/* The family that it was (rv_family_of); `kept` NULL: 0. */
guint64 rv_kept_family(const RvKept *kept);

/* Is it still the device that the cells came from, as far as it says who it is? */
gboolean rv_kept_is_of(const RvKept *kept, const RvSnmpAnswers *answers);

/* Reads the cells, which rv_kept_load leaves alone. FALSE: the file is gone or damaged. */
gboolean rv_kept_read_cells(RvKept *kept);
/* Adds the cells; what `answers` has already stays. FALSE as rv_kept_read_cells. */
gboolean rv_kept_add_to(RvKept *kept, RvSnmpAnswers *answers);
/* Of the cells, of the plan under which they were read, and of what the device said it is. */
guint64 rv_kept_hash(const RvKept *kept);

/* Writes what `answers`, which are whole, hold of `plan`, and of each of `probes` (RvOid) that it
 * was answered. `before` (NULL: all was asked anew) is what most of it came from, and as old as
 * that. A file that cannot be written is not worth an error: the next round asks more. */
void rv_kept_save(const char *state_folder, const char *device, const RvSnmpAnswers *answers,
                  const RvColumnPlan *plan, const GArray *probes, const RvKept *before,
                  gint64 now_ms);
