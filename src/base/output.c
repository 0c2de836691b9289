#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

gboolean
rv_output_write_fd(int fd, const char *data, gsize size)
{
    while (size > 0) {
        gssize n = write(fd, data, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        data += n;
        size -= (gsize)n;
    }
    return TRUE;
}

static gboolean
write_into(const char *path, const char *data, gsize size)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), problem;

    if (fd < 0)
        return FALSE;
    if (rv_output_write_fd(fd, data, size))
        return close(fd) == 0;
    problem = errno;
    close(fd);
    errno = problem;
    return FALSE;
}

/* GLib's message names a temporary file, which nobody asked for; its last part says why. */
static void
say_why(const char *path, const GError *problem, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    const char *why = strrchr(problem->message, ':');

    if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
        g_set_error(error, RV_ERROR, RV_ERROR_CREATE,
                    "%s: cannot be written: there is no folder %s", path, folder);
    else
        g_set_error(error, RV_ERROR, RV_ERROR_CREATE, "%s: cannot be written%s", path,
                    why != NULL ? why : "");
}

gboolean
rv_output_write(const char *path, const void *data, gsize size, int mode, GError **error)
{
    g_autoptr(GError) problem = NULL;
    struct stat what;

    if (stat(path, &what) == 0 && !S_ISREG(what.st_mode)) {
        if (write_into(path, data, size))
            return TRUE;
        g_set_error(error, RV_ERROR, RV_ERROR_CREATE, "%s: cannot be written: %s", path,
                    g_strerror(errno));
        return FALSE;
    }
    if (g_file_set_contents_full(path, data, (gssize)size,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, mode,
                                 &problem))
        return TRUE;
    say_why(path, problem, error);
    return FALSE;
}
