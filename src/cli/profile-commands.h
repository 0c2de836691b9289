/* The commands of `profile`, and what they share. */
#pragma once

#include "cli/command.h"
#include "observation/observation.h"
#include "profile/profiles.h"

typedef struct {
    char **folders; /* --profiles: the site's own, after the shipped ones */
    char *profile;  /* --profile: the family, whatever matches */
} RvProfileOptions;

void rv_profile_options_clear(RvProfileOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvProfileOptions, rv_profile_options_clear)

/* `options` must outlive the context. */
void rv_profile_options_add(RvProfileOptions *options, GOptionContext *context);
/* With the context's other entries; an error is one of usage. */
gboolean rv_profile_options_parse(GOptionContext *context, int *argc, char ***argv, GError **error);
/* NULL-terminated; caller frees. */
char **rv_profile_options_folders(const RvProfileOptions *options);
/* All heads; what is wrong goes to stderr. */
RvProfiles *rv_profile_options_open(const RvProfileOptions *options, RvProblems *problems);
/* TRUE where one of the globs behind the command matches, or there is none. */
gboolean rv_profile_is_wanted(const RvProfileHead *head, int argc, char **argv);
void rv_profile_print_problems(const RvProblems *problems);

/* The file's name without folder and ending. */
char *rv_profile_recording_name(const char *path);
/* What a check of the recorded device would have said; NULL where the file cannot be read. `trail`
 * may be NULL. */
RvObservation *rv_profile_interpret(RvProfiles *profiles, const char *path, const char *forced,
                                    GPtrArray *trail, GError **error);

int rv_profile_lint(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_profile_test(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_profile_explain(const RvCliContext *context, int argc, char **argv, GError **error);
int rv_profile_learn(const RvCliContext *context, int argc, char **argv, GError **error);
