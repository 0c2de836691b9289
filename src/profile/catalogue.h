/* Heads of profiles that were read before, and what stands in their folders.
 *
 * Hundreds of files are on a disk and two or three serve a device; what is read of all the others
 * is their heads, and those do not change. One file keeps them. Each entry counts as long as the
 * file or folder it came from is the same one, with the size and times (of content and of inode)
 * that it had; one that changed in the last two seconds is not kept, for it may change again within
 * what the times tell apart. A catalogue that is damaged or of another version counts as none. */
#pragma once

#include "profile/profile.h"

typedef struct RvCatalogue RvCatalogue;

/* `path` may be NULL: nothing was kept and nothing will be. `now_ms` is the file system's time, for
 * what is too young. Never NULL. */
RvCatalogue *rv_catalogue_load(const char *path, gint64 now_ms);
void rv_catalogue_free(RvCatalogue *catalogue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvCatalogue, rv_catalogue_free)

/* What stands in a folder, in the order of the names, without those that begin with a dot; folders
 * end with '/'. char*, the array is the caller's; NULL with `error` where it cannot be read. */
GPtrArray *rv_catalogue_names(RvCatalogue *catalogue, const char *folder, GError **error);

/* As rv_profile_head_load. Heads with problems are not kept, so that they are told each time. */
RvProfileHead *rv_catalogue_head(RvCatalogue *catalogue, const char *path, RvProblems *problems);

/* Writes what was asked for, where that is not what the file holds. A file that cannot be written
 * (its folder is not there, or not ours) is not worth an error: the next run reads the profiles. */
void rv_catalogue_save(RvCatalogue *catalogue);
