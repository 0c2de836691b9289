/* The lock: one round at a time on one state folder. */
#pragma once

#include <glib.h>

typedef struct RvPollLock RvPollLock;

/* FOLDER/lock, held until freed or until the process ends, however it ends. RV_ERROR_LOCKED says
 * who holds it since when. Does not wait. */
RvPollLock *rv_poll_lock_take(const char *folder, gint64 now_ms, GError **error);
void rv_poll_lock_free(RvPollLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvPollLock, rv_poll_lock_free)

/* In a child process: lets go of the inherited handle; the parent keeps its lock. */
void rv_poll_lock_leave(RvPollLock *lock);

/* For doctor: TRUE where a run holds it; *holder (caller frees) says who since when. */
gboolean rv_poll_lock_is_held(const char *folder, char **holder);
