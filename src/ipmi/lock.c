#include "ipmi/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define TRY_EVERY_MS 20

static gboolean
may_wait(gint64 deadline_ms, const gint *cancelled)
{
    return rv_clock_monotonic_ms() < deadline_ms && !g_atomic_int_get(cancelled);
}

/* Time since the last holder let go, by the file's own time; a clock that was set back counts as
 * long ago. */
static gint64
idle_ms(int lock)
{
    struct stat status;
    gint64 now_ms = g_get_real_time() / 1000;
    gint64 then_ms;

    if (fstat(lock, &status) != 0)
        return G_MAXINT64;
    then_ms = (gint64)status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1000000;
    return then_ms <= now_ms ? now_ms - then_ms : G_MAXINT64;
}

int
rv_ipmi_lock_take(const char *path, guint spacing_ms, gint64 deadline_ms, const gint *cancelled)
{
    struct stat before;
    gboolean fresh = stat(path, &before) != 0;
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    gint64 idle;

    if (lock < 0)
        return -1;
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if ((errno != EWOULDBLOCK && errno != EINTR) || !may_wait(deadline_ms, cancelled)) {
            close(lock);
            return -1;
        }
        g_usleep((gulong)(TRY_EVERY_MS + g_random_int_range(0, TRY_EVERY_MS)) * 1000);
    }
    idle = fresh ? G_MAXINT64 : idle_ms(lock);
    if (idle < spacing_ms)
        g_usleep((gulong)(spacing_ms - idle) * 1000);
    return lock;
}

void
rv_ipmi_lock_release(int lock)
{
    if (lock < 0)
        return;
    (void)futimens(lock, NULL);
    close(lock);
}
