/* The spool: what came in and is not stored yet, so that the next run stores what a killed one had.
 *
 * Three files a round in FOLDER/spool, a line an observation, "TASKS JSON": answers, which are
 * stored in batches as they come; silent devices, which are stored at the end, when it is known
 * whose parents are down; and series, answers that the state has and whose series alone are still
 * to be written. A line without its end is what a kill cut short, and is not read. */
#pragma once

#include "db/state.h"

typedef struct RvPollSpool RvPollSpool;

/* Makes the folder and the files of the round, which is known by the time of its start: a number
 * that is taken is counted up. RV_ERROR_STORE. */
RvPollSpool *rv_poll_spool_open(const char *state_folder, gint64 round_id, GError **error);
/* The files of an earlier round, with what is in them, for more. */
RvPollSpool *rv_poll_spool_reopen(const char *state_folder, gint64 round_id, GError **error);
/* What all files of the spool together may take; 0: no end. Beyond it the oldest file makes room,
 * and what was in it is noted as lost; the round's own is refused. */
void rv_poll_spool_limit(RvPollSpool *spool, guint64 bytes);
/* Lines of earlier rounds that made room. */
guint rv_poll_spool_dropped(const RvPollSpool *spool);
/* Removes its files where nothing is left in them. */
void rv_poll_spool_free(RvPollSpool *spool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvPollSpool, rv_poll_spool_free)

typedef enum { RV_SPOOL_ANSWERS, RV_SPOOL_SILENT, RV_SPOOL_SERIES } RvPollSpoolKind;

/* `line`: rv_observation_to_json_brief. Not for series. */
gboolean rv_poll_spool_append(RvPollSpool *spool, RvPollSpoolKind kind, RvTasks tasks,
                              const char *line, GError **error);
/* All that was appended is stored. */
void rv_poll_spool_settle(RvPollSpool *spool, RvPollSpoolKind kind);
/* The state has all of it: of answers the series alone are still to be written. */
void rv_poll_spool_keep_series(RvPollSpool *spool);

/* Files that earlier runs left behind, oldest round first; caller frees. */
GPtrArray *rv_poll_spool_leftovers(const char *state_folder);
/* The same: those of series alone, or those of all else. */
GPtrArray *rv_poll_spool_leftovers_of(const char *state_folder, gboolean series);
RvPollSpoolKind rv_poll_spool_kind(const char *path);
/* The number of the round whose file it is. */
gint64 rv_poll_spool_round(const char *path);
/* What they take. */
guint64 rv_poll_spool_bytes(const char *state_folder);

/* `observation` belongs to the callback; `line` says which it is. FALSE: no more is read. */
typedef gboolean (*RvPollSpoolRead)(RvObservation *observation, RvTasks tasks, gint64 line,
                                    gpointer user_data);
/* Reads one. Lines that are no observation are counted in *broken. */
gboolean rv_poll_spool_read(const char *path, RvPollSpoolRead read, gpointer user_data,
                            guint *broken, GError **error);
/* Lines (gint64) of a file that are done with, and are not read again. */
gboolean rv_poll_spool_strike(const char *path, const GArray *lines, GError **error);

/* Answers (SERIES: of which the state has all but the series) that were neither stored nor kept,
 * for want of room: added up over rounds until forgotten. */
void rv_poll_spool_note_lost(const char *state_folder, RvPollSpoolKind kind, guint answers,
                             gint64 round_ms);
/* In a sentence without an end; NULL: none are. Caller frees. */
char *rv_poll_spool_say_lost(const char *state_folder, GTimeZone *zone);
void rv_poll_spool_forget_lost(const char *state_folder);
