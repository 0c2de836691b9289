/* Shared files: small files of the state folder that several processes write. Who comes second
 * reads, under the lock, what the first wrote, and adds it. */
#pragma once

#include <glib.h>

/* Waits for the others; the lock ends with close(2). Negative: there is none, as in a folder that
 * cannot be written. */
int rv_shared_file_lock(const char *path);
/* At once or not at all. RV_ERROR_CREATE. */
gboolean rv_shared_file_write(const char *path, const GString *text, GError **error);
