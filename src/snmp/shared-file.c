#include "snmp/shared-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>

#include "base/error.h"

int
rv_shared_file_lock(const char *path)
{
    g_autofree char *beside = g_strconcat(path, ".lock", NULL);
    int fd = g_open(beside, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

    while (fd >= 0 && flock(fd, LOCK_EX) != 0 && errno == EINTR)
        ;
    return fd;
}

gboolean
rv_shared_file_write(const char *path, const GString *text, GError **error)
{
    g_autoptr(GError) io = NULL;

    if (g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, &io))
        return TRUE;
    g_set_error_literal(error, RV_ERROR, RV_ERROR_CREATE, io->message);
    return FALSE;
}
