/* BMCs: a bounded pool of threads that asks many BMCs through libfreeipmi, which blocks.
 *
 * One task is one session: opened, everything asked, always closed. Two tasks for one BMC never run
 * at once, also between processes (a lock file per BMC below `state_folder`). Results are delivered
 * on the GMainContext of the pool's maker. */
#pragma once

#include "inventory/access.h"
#include "ipmi/answers.h"

typedef struct RvIpmiPool RvIpmiPool;

/* `state_folder`: where the SDR caches and locks lie; NULL: a private temporary folder, removed
 * with the pool. `threads` 0: 128; they wait most of the time, so that a few dead BMCs do not hold
 * up the others. `context` NULL: the thread's default. All calls come from the thread that runs
 * `context`. */
RvIpmiPool *rv_ipmi_pool_new(GMainContext *context, const char *state_folder, guint threads,
                             GError **error);
/* Waits for running tasks to close their sessions (bounded by their budgets); their callbacks are
 * not called. */
void rv_ipmi_pool_free(RvIpmiPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvIpmiPool, rv_ipmi_pool_free)

/* With none of the five set the BMC is only asked whether it is there, without a session. */
typedef struct {
    gboolean sensors, chassis, sel, fru, dcmi;
    guint32 sel_after_record; /* with sel: entries after this record id; 0: all */
    gint64 sel_after_time; /* Unix seconds of that record, to recognise a cleared or wrapped log; 0:
                              not known */
    gint64 deadline_ms;    /* rv_clock_monotonic_ms */
} RvIpmiTask;

/* `answers` belongs to the callback, which comes at the deadline at the latest (with what was heard
 * until then) and does not free the pool. */
typedef void (*RvIpmiDone)(RvIpmiAnswers *answers, gpointer user_data);

void rv_ipmi_pool_ask(RvIpmiPool *pool, const RvIpmiAccess *access, const RvIpmiTask *task,
                      RvIpmiDone done, gpointer user_data);
