/* One asker per BMC on this host: a lock file in the state folder, held from before the session is
 * opened until after it is closed. */
#pragma once

#include <glib.h>

/* Waits for the lock until `deadline_ms` (rv_clock_monotonic_ms) or until *cancelled; then keeps
 * `spacing_ms` between the last session's end and the next. -1: not got. */
int rv_ipmi_lock_take(const char *path, guint spacing_ms, gint64 deadline_ms,
                      const gint *cancelled);
void rv_ipmi_lock_release(int lock);
