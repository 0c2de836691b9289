/* Files that people asked for. */
#pragma once

#include <glib.h>

/* Writes `size` bytes to `path`. A regular file, or one that is not there yet, is replaced at once
 * or not at all, with `mode`; into anything else (a device, a pipe, what /dev/stdout is) it is
 * written as it is, for a node that is replaced is lost to the whole machine. RV_ERROR_CREATE. */
gboolean rv_output_write(const char *path, const void *data, gsize size, int mode, GError **error);

/* All of it into `fd`, however often it takes; FALSE with errno. */
gboolean rv_output_write_fd(int fd, const char *data, gsize size);
