/* Habits: which columns an agent has, and how many rows, so that the next round asks less.
 *
 * One small file per device below `state_folder`/agents. What was absent is asked again after an
 * hour, or when the agent restarted. */
#pragma once

#include "snmp/answers.h"

typedef struct RvHabits RvHabits;

/* Never NULL; empty where nothing is known or `state_folder` is NULL. */
RvHabits *rv_habits_load(const char *state_folder, const char *device, gint64 now_ms);
void rv_habits_free(RvHabits *habits);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvHabits, rv_habits_free)

/* Rows of a column; 0: known to be absent; -1: not known. */
gint rv_habits_rows(const RvHabits *habits, const RvOid *column);
void rv_habits_set(RvHabits *habits, const RvOid *column, guint rows);
/* Forgets what is absent: ask everything. */
void rv_habits_forget_absent(RvHabits *habits);
/* Writes what changed. A file that cannot be written is not worth an error: the next round asks
 * more. */
void rv_habits_save(RvHabits *habits);
