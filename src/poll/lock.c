#include "poll/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"

struct RvPollLock {
    int fd;
};

/* "process 4711 since 2026-10-31 23:59:00", from what the holder wrote into the file. */
static char *
describe(int fd)
{
    char text[64] = "";
    gssize length = pread(fd, text, sizeof text - 1, 0);
    g_auto(GStrv) words = NULL;
    g_autofree char *since = NULL;

    text[MAX(length, 0)] = '\0';
    words = g_strsplit(g_strstrip(text), " ", 2);
    if (words[0] == NULL || words[1] == NULL)
        return g_strdup("another process");
    since = rv_clock_format(g_ascii_strtoll(words[1], NULL, 10), NULL);
    return g_strdup_printf("process %" G_GINT64_FORMAT " since %s",
                           g_ascii_strtoll(words[0], NULL, 10), since);
}

static void
sign(int fd, gint64 now_ms)
{
    g_autofree char *text = g_strdup_printf("%ld %" G_GINT64_FORMAT "\n", (long)getpid(), now_ms);

    /* only a courtesy to whoever finds it taken */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, strlen(text), 0) < 0)
        return;
}

RvPollLock *
rv_poll_lock_take(const char *folder, gint64 now_ms, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    RvPollLock *lock;

    if (fd < 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_PERMISSION,
                    "%s: %s; see that the folder is there and our user may write in it", path,
                    g_strerror(errno));
        return NULL;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        g_autofree char *holder = describe(fd);

        g_set_error(error, RV_ERROR, RV_ERROR_LOCKED,
                    "%s: %s does the rounds; this run asked nobody", path, holder);
        close(fd);
        return NULL;
    }
    sign(fd, now_ms);
    lock = g_new(RvPollLock, 1);
    lock->fd = fd;
    return lock;
}

void
rv_poll_lock_free(RvPollLock *lock)
{
    if (lock == NULL)
        return;
    if (lock->fd >= 0)
        close(lock->fd);
    g_free(lock);
}

void
rv_poll_lock_leave(RvPollLock *lock)
{
    close(lock->fd);
    lock->fd = -1;
}

gboolean
rv_poll_lock_is_held(const char *folder, char **holder)
{
    g_autofree char *path = g_build_filename(folder, "lock", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean held;

    *holder = NULL;
    if (fd < 0)
        return FALSE;
    held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (held)
        *holder = describe(fd);
    close(fd);
    return held;
}
