/* The spool: what came in and is not stored yet, so that the next run stores what a killed one had.
 *
 * Two files a round in FOLDER/spool, a line an observation, "TASKS JSON": answers, which are stored
 * in batches as they come, and silent devices, which are stored at the end, when it is known whose
 * parents are down. A line without its end is what a kill cut short, and is not read. */
#pragma once

#include "db/state.h"

typedef struct RvPollSpool RvPollSpool;

/* Makes the folder and the files of the round, which is known by the time of its start: a number
 * that is taken is counted up. RV_ERROR_STORE. */
RvPollSpool *rv_poll_spool_open(const char *state_folder, gint64 round_id, GError **error);
/* What all files of the spool together may take; 0: no end. What would go beyond is refused, and
 * what waits already stays: nothing that was once taken down is thrown away. */
void rv_poll_spool_limit(RvPollSpool *spool, guint64 bytes);
/* Removes its files where nothing is left in them. */
void rv_poll_spool_free(RvPollSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvPollSpool, rv_poll_spool_free)

typedef enum { RV_SPOOL_ANSWERS, RV_SPOOL_SILENT } RvPollSpoolKind;

/* `line`: rv_observation_to_json_brief. */
gboolean rv_poll_spool_append(RvPollSpool *spool, RvPollSpoolKind kind, RvTasks tasks,
                              const char *line, GError **error);
/* All that was appended is stored. */
void rv_poll_spool_settle(RvPollSpool *spool, RvPollSpoolKind kind);

/* `observation` belongs to the callback. */
typedef void (*RvPollSpoolRead)(RvObservation *observation, RvTasks tasks, gint64 round_id,
                                gpointer user_data);

/* Files that earlier runs left behind, oldest round first; caller frees. */
GPtrArray *rv_poll_spool_leftovers(const char *state_folder);
/* What they take. */
guint64 rv_poll_spool_bytes(const char *state_folder);
/* Answers that were neither stored nor kept, for want of room: added up over rounds until
 * forgotten. */
void rv_poll_spool_note_lost(const char *state_folder, guint answers, gint64 round_ms);
/* In a sentence without an end; NULL: none are. Caller frees. */
char *rv_poll_spool_say_lost(const char *state_folder, GTimeZone *zone);
void rv_poll_spool_forget_lost(const char *state_folder);
/* The number of the round whose file it is. */
gint64 rv_poll_spool_round(const char *path);
/* Reads one. Lines that are no observation are counted in *broken. */
gboolean rv_poll_spool_read(const char *path, RvPollSpoolRead read, gpointer user_data,
                            guint *broken, GError **error);
