/* A progress bar on a terminal; nothing at all where standard error is none. */
#pragma once

#include <glib.h>

typedef struct RvProgress RvProgress;

/* `quiet`: never anything. */
RvProgress *rv_progress_new(gboolean quiet);
/* Takes the bar away. */
void rv_progress_free(RvProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvProgress, rv_progress_free)

/* Draws at most ten times a second. */
void rv_progress_show(RvProgress *progress, guint done, guint due, guint silent);
