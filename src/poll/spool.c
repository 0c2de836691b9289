#include "poll/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "observation/json.h"

#define APPENDED (RV_SPOOL_SILENT + 1) /* kinds that are written to */
#define KINDS (RV_SPOOL_SERIES + 1)
#define LINE_CEILING (64 * 1024 * 1024)
#define STRUCK '-' /* in place of the first digit */

struct RvPollSpool {
    char *state_folder;
    gint64 round;
    char *paths[KINDS];
    int fds[APPENDED];
    gboolean used[APPENDED];
    guint64 own[APPENDED]; /* bytes in them */
    guint64 others;        /* bytes that earlier rounds left */
    guint64 ceiling;       /* 0: none */
    guint dropped;         /* lines of earlier rounds */
};

static const char *const endings[KINDS] = {".answers", ".silent", ".series"};

static gboolean
fail(const char *path, GError **error)
{
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "%s: %s; see that the disk has room and our user may write there", path,
                g_strerror(errno));
    return FALSE;
}

static char *
path_of(const char *state_folder, gint64 round_id, guint kind)
{
    g_autofree char *name =
        g_strdup_printf("round-%012" G_GINT64_FORMAT "%s", round_id, endings[kind]);

    return g_build_filename(state_folder, "spool", name, NULL);
}

/* What another run left is never written over. */
static gint64
free_number(const char *state_folder, gint64 round_id)
{
    for (guint kind = 0; kind < KINDS; kind++) {
        g_autofree char *path = path_of(state_folder, round_id, kind);

        if (access(path, F_OK) == 0)
            return free_number(state_folder, round_id + 1);
    }
    return round_id;
}

/* A line that a kill cut short must not be glued to the next one. */
static gboolean
look_at_end(RvPollSpool *spool, guint kind)
{
    off_t end = lseek(spool->fds[kind], 0, SEEK_END);
    char last = '\n';

    if (end < 0 || (end > 0 && pread(spool->fds[kind], &last, 1, end - 1) != 1) ||
        (last != '\n' && write(spool->fds[kind], "\n", 1) != 1))
        return FALSE;
    spool->used[kind] = end > 0;
    spool->own[kind] = (guint64)end;
    return TRUE;
}

RvPollSpool *
rv_poll_spool_reopen(const char *state_folder, gint64 round_id, GError **error)
{
    g_autofree char *folder = g_build_filename(state_folder, "spool", NULL);
    g_autoptr(RvPollSpool) spool = g_new0(RvPollSpool, 1);

    spool->state_folder = g_strdup(state_folder);
    spool->round = round_id;
    for (guint kind = 0; kind < APPENDED; kind++)
        spool->fds[kind] = -1;
    if (g_mkdir_with_parents(folder, 0750) != 0) {
        fail(folder, error);
        return NULL;
    }
    spool->others = rv_poll_spool_bytes(state_folder);
    for (guint kind = 0; kind < KINDS; kind++)
        spool->paths[kind] = path_of(state_folder, round_id, kind);
    for (guint kind = 0; kind < APPENDED; kind++) {
        spool->used[kind] = TRUE; /* unless it is known to be empty */
        spool->fds[kind] = open(spool->paths[kind], O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        if (spool->fds[kind] < 0 || !look_at_end(spool, kind)) {
            fail(spool->paths[kind], error);
            return NULL;
        }
        spool->others -= MIN(spool->others, spool->own[kind]);
    }
    return g_steal_pointer(&spool);
}

RvPollSpool *
rv_poll_spool_open(const char *state_folder, gint64 round_id, GError **error)
{
    return rv_poll_spool_reopen(state_folder, free_number(state_folder, round_id), error);
}

void
rv_poll_spool_limit(RvPollSpool *spool, guint64 bytes)
{
    spool->ceiling = bytes;
}

guint
rv_poll_spool_dropped(const RvPollSpool *spool)
{
    return spool->dropped;
}

void
rv_poll_spool_free(RvPollSpool *spool)
{
    if (spool == NULL)
        return;
    for (guint kind = 0; kind < APPENDED; kind++) {
        if (spool->fds[kind] < 0)
            continue;
        close(spool->fds[kind]);
        if (!spool->used[kind])
            (void)g_unlink(spool->paths[kind]);
    }
    for (guint kind = 0; kind < KINDS; kind++)
        g_free(spool->paths[kind]);
    g_free(spool->state_folder);
    g_free(spool);
}

/* ---- room ---- */

static guint
count_lines(const char *path)
{
    FILE *file = fopen(path, "re");
    gboolean begins = TRUE, struck = FALSE;
    guint lines = 0;
    int c;

    while (file != NULL && (c = getc_unlocked(file)) != EOF) {
        struck = begins ? c == STRUCK : struck;
        begins = c == '\n';
        lines += begins && !struck;
    }
    if (file != NULL)
        fclose(file);
    return lines;
}

/* FALSE: nothing is left but the round's own. */
static gboolean
drop_oldest(RvPollSpool *spool)
{
    g_autoptr(GPtrArray) paths = rv_poll_spool_leftovers(spool->state_folder);
    const char *oldest = paths->len > 0 ? g_ptr_array_index(paths, 0) : NULL;
    GStatBuf status;
    guint lines;

    if (oldest == NULL || rv_poll_spool_round(oldest) == spool->round ||
        g_stat(oldest, &status) != 0)
        return FALSE;
    lines = count_lines(oldest);
    if (g_unlink(oldest) != 0)
        return FALSE;
    rv_poll_spool_note_lost(spool->state_folder, rv_poll_spool_kind(oldest), lines,
                            rv_poll_spool_round(oldest));
    spool->dropped += lines;
    spool->others -= MIN(spool->others, (guint64)status.st_size);
    return TRUE;
}

static gboolean
fits(const RvPollSpool *spool, gsize bytes)
{
    guint64 all = spool->others + bytes;

    for (guint kind = 0; kind < APPENDED; kind++)
        all += spool->own[kind];
    return spool->ceiling == 0 || all <= spool->ceiling;
}

/* The same words for every answer, so that a round says them once. */
static gboolean
make_room(RvPollSpool *spool, gsize bytes, GError **error)
{
    while (!fits(spool, bytes)) {
        if (drop_oldest(spool))
            continue;
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "the spool has no room for one round (spool-ceiling, %" G_GUINT64_FORMAT
                    " MiB): what cannot be stored at once is lost; give it more",
                    spool->ceiling / (1024 * 1024));
        return FALSE;
    }
    return TRUE;
}

gboolean
rv_poll_spool_append(RvPollSpool *spool, RvPollSpoolKind kind, RvTasks tasks, const char *line,
                     GError **error)
{
    char head[16];
    gsize length = strlen(line);
    int n = g_snprintf(head, sizeof head, "%u ", (guint)tasks);
    const struct iovec parts[] = {{head, (gsize)n}, {(char *)line, length}, {(char *)"\n", 1}};
    gssize written;

    if (!make_room(spool, (gsize)n + length + 1, error))
        return FALSE;
    spool->used[kind] = TRUE;
    written = writev(spool->fds[kind], parts, G_N_ELEMENTS(parts));
    spool->own[kind] += written > 0 ? (guint64)written : 0;
    if (written == (gssize)((gsize)n + length + 1))
        return TRUE;
    if (written >= 0) /* what follows must not be glued to it */
        errno = write(spool->fds[kind], "\n", 1) == 1 ? ENOSPC : errno;
    return fail(spool->paths[kind], error);
}

void
rv_poll_spool_settle(RvPollSpool *spool, RvPollSpoolKind kind)
{
    if (!spool->used[kind] || ftruncate(spool->fds[kind], 0) != 0)
        return;
    spool->used[kind] = FALSE;
    spool->own[kind] = 0;
}

/* Where a kill left series of this round already, answers stay: the next run finds them stored. */
void
rv_poll_spool_keep_series(RvPollSpool *spool)
{
    const char *answers = spool->paths[RV_SPOOL_ANSWERS];
    const char *series = spool->paths[RV_SPOOL_SERIES];

    if (spool->used[RV_SPOOL_ANSWERS] && access(series, F_OK) != 0 &&
        g_rename(answers, series) == 0)
        spool->used[RV_SPOOL_ANSWERS] = FALSE;
    rv_poll_spool_settle(spool, RV_SPOOL_SILENT);
}

/* ---- reading ---- */

static int
compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *
rv_poll_spool_leftovers(const char *state_folder)
{
    g_autofree char *folder = g_build_filename(state_folder, "spool", NULL);
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *entry;

    while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        for (guint kind = 0; kind < KINDS; kind++)
            if (g_str_has_prefix(entry, "round-") && g_str_has_suffix(entry, endings[kind]))
                g_ptr_array_add(paths, g_build_filename(folder, entry, NULL));
    }
    g_ptr_array_sort(paths, compare);
    return paths;
}

GPtrArray *
rv_poll_spool_leftovers_of(const char *state_folder, gboolean series)
{
    GPtrArray *paths = rv_poll_spool_leftovers(state_folder);

    for (guint i = paths->len; i-- > 0;)
        if ((rv_poll_spool_kind(g_ptr_array_index(paths, i)) == RV_SPOOL_SERIES) != series)
            g_ptr_array_remove_index(paths, i);
    return paths;
}

RvPollSpoolKind
rv_poll_spool_kind(const char *path)
{
    guint kind = 0;

    while (kind < KINDS - 1 && !g_str_has_suffix(path, endings[kind]))
        kind++;
    return (RvPollSpoolKind)kind;
}

gint64
rv_poll_spool_round(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);

    return g_ascii_strtoll(name + strlen("round-"), NULL, 10);
}

guint64
rv_poll_spool_bytes(const char *state_folder)
{
    g_autoptr(GPtrArray) paths = rv_poll_spool_leftovers(state_folder);
    guint64 bytes = 0;

    for (guint i = 0; i < paths->len; i++) {
        GStatBuf status;

        if (g_stat(g_ptr_array_index(paths, i), &status) == 0)
            bytes += (guint64)status.st_size;
    }
    return bytes;
}

/* ---- what is lost ---- */

typedef struct {
    guint64 answers, series;  /* series: of answers that the state has */
    gint64 first_ms, last_ms; /* rounds */
} Lost;

static char *
lost_path(const char *state_folder)
{
    return g_build_filename(state_folder, "spool", "lost", NULL);
}

static gboolean
read_lost(const char *state_folder, Lost *lost)
{
    g_autofree char *path = lost_path(state_folder);
    g_autofree char *text = NULL;

    *lost = (Lost){0};
    return g_file_get_contents(path, &text, NULL, NULL) &&
           sscanf(text,
                  "%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                  " %" G_GUINT64_FORMAT,
                  &lost->answers, &lost->first_ms, &lost->last_ms, &lost->series) >= 3;
}

/* On a disk without room it may be that not even this can be written: the gap is seen all the same.
 */
void
rv_poll_spool_note_lost(const char *state_folder, RvPollSpoolKind kind, guint answers,
                        gint64 round_ms)
{
    g_autofree char *path = lost_path(state_folder);
    g_autofree char *text = NULL;
    Lost lost;

    if (!read_lost(state_folder, &lost))
        lost = (Lost){.first_ms = round_ms, .last_ms = round_ms};
    *(kind == RV_SPOOL_SERIES ? &lost.series : &lost.answers) += answers;
    text = g_strdup_printf(
        "%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
        lost.answers, MIN(lost.first_ms, round_ms), MAX(lost.last_ms, round_ms), lost.series);
    (void)g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, NULL);
}

char *
rv_poll_spool_say_lost(const char *state_folder, GTimeZone *zone)
{
    Lost lost;
    g_autofree char *first = NULL;
    g_autofree char *last = NULL;
    g_autofree char *series = NULL;

    if (!read_lost(state_folder, &lost))
        return NULL;
    first = rv_clock_format(lost.first_ms, zone);
    last = rv_clock_format(lost.last_ms, zone);
    series = g_strdup_printf("the series of %" G_GUINT64_FORMAT " answers", lost.series);
    if (lost.answers == 0)
        return g_strdup_printf("%s of the rounds from %s to %s are lost: there was no room to keep "
                               "them; graphs have a gap there",
                               series, first, last);
    return g_strdup_printf(
        "%" G_GUINT64_FORMAT " answers%s%s of the rounds from %s to %s are lost: "
        "there was no room to keep them; that time is not observed",
        lost.answers, lost.series > 0 ? " and " : "", lost.series > 0 ? series : "", first, last);
}

void
rv_poll_spool_forget_lost(const char *state_folder)
{
    g_autofree char *path = lost_path(state_folder);

    (void)g_unlink(path);
}

/* ---- lines ---- */

static RvObservation *
parse(const char *line, gsize length, RvTasks *tasks)
{
    char *end = NULL;
    json_t *json;
    RvObservation *observation;

    *tasks = (RvTasks)g_ascii_strtoull(line, &end, 10);
    if (end == line || *end != ' ')
        return NULL;
    json = json_loadb(end + 1, length - (gsize)(end + 1 - line), 0, NULL);
    observation = json != NULL ? rv_observation_from_json(json, NULL) : NULL;
    json_decref(json);
    return observation;
}

/* NULL: no whole line with an observation. */
static RvObservation *
read_line(const char *line, gsize length, RvTasks *tasks)
{
    return line[length - 1] == '\n' && length < LINE_CEILING ? parse(line, length, tasks) : NULL;
}

gboolean
rv_poll_spool_read(const char *path, RvPollSpoolRead read_one, gpointer user_data, guint *broken,
                   GError **error)
{
    FILE *file = fopen(path, "re");
    gboolean more = TRUE;
    char *line = NULL;
    gsize room = 0;
    gint64 at = 0;
    gssize length;

    *broken = 0;
    if (file == NULL)
        return fail(path, error);
    for (; more && (length = getline(&line, &room, file)) > 0; at += length) {
        RvTasks tasks;
        RvObservation *observation;

        if (line[0] == STRUCK)
            continue;
        observation = read_line(line, (gsize)length, &tasks);
        if (observation != NULL)
            more = read_one(observation, tasks, at, user_data);
        else
            *broken += 1;
    }
    free(line);
    fclose(file);
    return TRUE;
}

/* In place, a byte each: no kill leaves a line half done. */
gboolean
rv_poll_spool_strike(const char *path, const GArray *lines, GError **error)
{
    const char struck = STRUCK;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    gboolean fine = fd >= 0;

    for (guint i = 0; fine && i < lines->len; i++)
        fine = pwrite(fd, &struck, 1, g_array_index(lines, gint64, i)) == 1;
    if (!fine)
        fail(path, error);
    if (fd >= 0)
        close(fd);
    return fine;
}
