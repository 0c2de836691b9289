/* rrdcached over its Unix socket: updates gathered into batches, one exchange each.
 *
 * librrd's own client waits for an answer after every update; the daemon's BATCH command takes
 * thousands at once. Every wait ends after the time-out. After an error of RV_ERROR_UNAVAILABLE the
 * connection is of no more use. */
#pragma once

#include <glib.h>

typedef struct RvRrdDaemon RvRrdDaemon;

/* RV_ERROR_UNAVAILABLE where nobody listens at `socket`. */
RvRrdDaemon *rv_rrd_daemon_connect(const char *socket, guint timeout_ms, GError **error);
void rv_rrd_daemon_free(RvRrdDaemon *daemon);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvRrdDaemon, rv_rrd_daemon_free)

/* A command that the daemon refused: its place among those added since the last exchange, and the
 * daemon's words. */
typedef void (*RvRrdDaemonRefused)(guint place, const char *words, gpointer user_data);

/* Adds "UPDATE path sample" or "FLUSH path", and sends what is much, as far as the daemon takes it
 * without waiting, so that it works while more is added. Returns the command's place. */
guint rv_rrd_daemon_add_update(RvRrdDaemon *daemon, const char *path, const char *sample);
guint rv_rrd_daemon_add_flush(RvRrdDaemon *daemon, const char *path);

/* Sends what is left of it and reads the answers. Blocks; FALSE where the daemon is gone or talks
 * nonsense. */
gboolean rv_rrd_daemon_exchange(RvRrdDaemon *daemon, RvRrdDaemonRefused refused, gpointer user_data,
                                GError **error);
