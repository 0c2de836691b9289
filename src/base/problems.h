/* Problems: everything that is wrong with the operator's files, gathered in one run.
 *
 * Each is one line, `file:line:column: what is wrong; what to do`. */
#pragma once

#include <glib.h>

typedef struct RvProblems RvProblems;

RvProblems *rv_problems_new(void);
void rv_problems_free(RvProblems *problems);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvProblems, rv_problems_free)

/* At most 1000 are kept; what follows is only counted. `line` 0: the file as a whole. */
void rv_problems_add(RvProblems *problems, const char *file, guint line, guint column,
                     const char *format, ...) G_GNUC_PRINTF(5, 6);

/* Those of `from`, after what is there. */
void rv_problems_join(RvProblems *problems, const RvProblems *from);

guint rv_problems_count(const RvProblems *problems);

/* The n-th message kept, or NULL. */
const char *rv_problems_get(const RvProblems *problems, guint n);

/* All of them, a line each, as one RV_ERROR_CONFIG. FALSE (and *error set) when there are any. */
gboolean rv_problems_settle(const RvProblems *problems, GError **error);
