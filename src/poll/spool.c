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

#define KINDS (RV_SPOOL_SILENT + 1)
#define LINE_CEILING (64 * 1024 * 1024)

struct RvPollSpool {
    char *paths[KINDS];
    int fds[KINDS];
    gboolean used[KINDS];
    guint64 own[KINDS]; /* bytes appended */
    guint64 others;     /* bytes that earlier rounds left */
    guint64 ceiling;    /* 0: none */
};

static const char *const endings[KINDS] = {".answers", ".silent"};

static gboolean
fail(const char *path, GError **error)
{
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "%s: %s; see that the disk has room and our user may write there", path,
                g_strerror(errno));
    return FALSE;
}

/* What another run left is never written over. */
static gint64
free_number(const char *folder, gint64 round_id)
{
    for (guint kind = 0; kind < KINDS; kind++) {
        g_autofree char *path =
            g_strdup_printf("%s/round-%012" G_GINT64_FORMAT "%s", folder, round_id, endings[kind]);

        if (access(path, F_OK) == 0)
            return free_number(folder, round_id + 1);
    }
    return round_id;
}

RvPollSpool *
rv_poll_spool_open(const char *state_folder, gint64 round_id, GError **error)
{
    g_autofree char *folder = g_build_filename(state_folder, "spool", NULL);
    g_autoptr(RvPollSpool) spool = g_new0(RvPollSpool, 1);

    for (guint kind = 0; kind < KINDS; kind++)
        spool->fds[kind] = -1;
    if (g_mkdir_with_parents(folder, 0750) != 0) {
        fail(folder, error);
        return NULL;
    }
    round_id = free_number(folder, round_id);
    spool->others = rv_poll_spool_bytes(state_folder);
    for (guint kind = 0; kind < KINDS; kind++) {
        spool->paths[kind] =
            g_strdup_printf("%s/round-%012" G_GINT64_FORMAT "%s", folder, round_id, endings[kind]);
        spool->fds[kind] =
            open(spool->paths[kind], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640);
        if (spool->fds[kind] < 0) {
            fail(spool->paths[kind], error);
            return NULL;
        }
    }
    return g_steal_pointer(&spool);
}

void
rv_poll_spool_limit(RvPollSpool *spool, guint64 bytes)
{
    spool->ceiling = bytes;
}

void
rv_poll_spool_free(RvPollSpool *spool)
{
    if (spool == NULL)
        return;
    for (guint kind = 0; kind < KINDS; kind++) {
        if (spool->fds[kind] >= 0) {
            close(spool->fds[kind]);
            if (!spool->used[kind])
                (void)g_unlink(spool->paths[kind]);
        }
        g_free(spool->paths[kind]);
    }
    g_free(spool);
}

/* The same words for every answer, so that a round says them once. */
static gboolean
has_room(const RvPollSpool *spool, gsize bytes, GError **error)
{
    guint64 all = spool->others + bytes;

    for (guint kind = 0; kind < KINDS; kind++)
        all += spool->own[kind];
    if (spool->ceiling == 0 || all <= spool->ceiling)
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                "the spool is full (spool-ceiling, %" G_GUINT64_FORMAT
                " MiB): what cannot be stored at once is lost until what waits there is stored; "
                "see why that is not: rackvitals doctor",
                spool->ceiling / (1024 * 1024));
    return FALSE;
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

    if (!has_room(spool, (gsize)n + length + 1, error))
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
    guint64 answers;
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
           sscanf(text, "%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                  &lost->answers, &lost->first_ms, &lost->last_ms) == 3;
}

/* On a disk without room it may be that not even this can be written: the gap is seen all the same.
 */
void
rv_poll_spool_note_lost(const char *state_folder, guint answers, gint64 round_ms)
{
    g_autofree char *path = lost_path(state_folder);
    g_autofree char *text = NULL;
    Lost lost;

    if (!read_lost(state_folder, &lost))
        lost = (Lost){.first_ms = round_ms};
    text = g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                           lost.answers + answers, lost.first_ms, round_ms);
    (void)g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, NULL);
}

char *
rv_poll_spool_say_lost(const char *state_folder, GTimeZone *zone)
{
    Lost lost;
    g_autofree char *first = NULL;
    g_autofree char *last = NULL;

    if (!read_lost(state_folder, &lost))
        return NULL;
    first = rv_clock_format(lost.first_ms, zone);
    last = rv_clock_format(lost.last_ms, zone);
    return g_strdup_printf("%" G_GUINT64_FORMAT " answers of the rounds from %s to %s are lost: "
                           "there was no room to keep them",
                           lost.answers, first, last);
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

gint64
rv_poll_spool_round(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);

    return g_ascii_strtoll(name + strlen("round-"), NULL, 10);
}

gboolean
rv_poll_spool_read(const char *path, RvPollSpoolRead read_one, gpointer user_data, guint *broken,
                   GError **error)
{
    gint64 round_id = rv_poll_spool_round(path);
    FILE *file = fopen(path, "re");
    char *line = NULL;
    gsize room = 0;
    gssize length;

    *broken = 0;
    if (file == NULL)
        return fail(path, error);
    while ((length = getline(&line, &room, file)) > 0) {
        RvTasks tasks;
        RvObservation *observation = line[length - 1] == '\n' && length < LINE_CEILING
                                         ? parse(line, (gsize)length, &tasks)
                                         : NULL;

        if (observation != NULL)
            read_one(observation, tasks, round_id, user_data);
        else
            *broken += 1;
    }
    free(line);
    fclose(file);
    return TRUE;
}
