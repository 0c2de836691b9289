/* Secrets: passwords and communities that have no way to be printed.
 *
 * The bytes lie in locked memory that is left out of core files and wiped on
 * free. Only the rooms that hand them to a protocol library call _reveal. */
#pragma once

#include <glib.h>

typedef struct RvSecret RvSecret;

/* Copies `text`; the caller still wipes its own copy (rv_secret_wipe). */
RvSecret *rv_secret_new(const char *text);
RvSecret *rv_secret_ref(RvSecret *secret);
void rv_secret_unref(RvSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvSecret, rv_secret_unref)

/* The bytes, NUL-terminated, borrowed; never to be logged, stored or put into argv. */
const char *rv_secret_reveal(const RvSecret *secret);

/* Overwrites a string that held a secret. NULL is accepted. */
void rv_secret_wipe(char *text);

/* First line of a file that only its owner can read (mode & 077 == 0), without its line end.
 * Errors: RV_ERROR_NO_INPUT, RV_ERROR_PERMISSION, RV_ERROR_DATA (empty, over 4 KiB, NUL bytes). */
RvSecret *rv_secret_read_file(const char *path, GError **error);
