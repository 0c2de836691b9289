/* All profiles there are, and which of them serve a device.
 *
 * Only heads are read at the start, and of files that did not change since not even those; a
 * profile is compiled when a device needs it. */
#pragma once

#include "profile/profile.h"

typedef struct RvProfiles RvProfiles;

/* Folders (NULL-terminated) are searched with all below them; a profile of a later folder replaces
 * one of the same name of an earlier. Heads that are wrong are problems and left out. `catalogue`
 * (may be NULL) is the file where heads are kept for the next run. Never NULL. */
RvProfiles *rv_profiles_open(const char *const *folders, const char *catalogue,
                             RvProblems *problems);
void rv_profiles_free(RvProfiles *profiles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvProfiles, rv_profiles_free)

/* Another one where any file of them is another. */
guint64 rv_profiles_digest(const RvProfiles *profiles);

/* In the order of their names. */
guint rv_profiles_count(const RvProfiles *profiles);
RvProfileHead *rv_profiles_head(const RvProfiles *profiles, guint n);
RvProfileHead *rv_profiles_find(const RvProfiles *profiles, const char *name);

/* Compiled for `base` (NULL or empty: none), kept by `profiles`; NULL where there is none of that
 * name or nothing could be read of it. Problems come with the first use that takes them (`problems`
 * not NULL). */
const RvProfile *rv_profiles_get(RvProfiles *profiles, const char *name, const RvOid *base,
                                 RvProblems *problems);

/* FALSE: both are families and any device that fits one fits the other as well. */
gboolean rv_profile_heads_differ(const RvProfileHead *a, const RvProfileHead *b);

/* What a device says of itself; texts may be NULL. */
typedef struct {
    RvOid object_id; /* length 0: not given */
    const char *descr;
} RvSelf;

/* TRUE where the device answers something at or below `oid`. */
typedef gboolean (*RvHas)(const RvOid *oid, gpointer user_data);

/* The OIDs that rv_profiles_choose will want to know of: RvOid, ascending, without repeats. */
GArray *rv_profiles_probes(const RvProfiles *profiles, const RvSelf *self);

/* Where the family that fits does not serve well (src/profile/relatives.h): what more
 * rv_profiles_choose would want to know of; empty where it does. */
GArray *rv_profiles_relative_probes(RvProfiles *profiles, const RvSelf *self, RvHas has,
                                    gpointer user_data);

/* The profiles that serve the device: RvProfileHead*, the family (if there is one) first, what it
 * uses, then parts; each once. `forced` (may be NULL) is the family's name where the operator says
 * it. `trail` (may be NULL) gets one sentence for each candidate: why it was chosen or not. */
GPtrArray *rv_profiles_choose(RvProfiles *profiles, const RvSelf *self, const char *forced,
                              RvHas has, gpointer user_data, GPtrArray *trail);

/* What "base" stands for in the profiles that rv_profiles_choose gave; empty where the family says
 * nothing of it. To be cleared. */
RvOid rv_profiles_base(const GPtrArray *chosen, const RvSelf *self);
