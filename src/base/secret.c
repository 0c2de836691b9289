#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define SECRET_CEILING 4096

struct RvSecret {
    gint references;
    gsize mapped; /* bytes of the mapping that holds this structure */
    char text[];
};

RvSecret *
rv_secret_new(const char *text)
{
    gsize length = strlen(text);
    gsize mapped = sizeof(RvSecret) + length + 1;
    RvSecret *secret =
        mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (secret == MAP_FAILED)
        g_error("out of memory");
    /* both are best effort: a container may not grant locked memory */
    (void)mlock(secret, mapped);
    (void)madvise(secret, mapped, MADV_DONTDUMP);
    secret->references = 1;
    secret->mapped = mapped;
    memcpy(secret->text, text, length + 1);
    return secret;
}

RvSecret *
rv_secret_ref(RvSecret *secret)
{
    g_atomic_int_inc(&secret->references);
    return secret;
}

void
rv_secret_unref(RvSecret *secret)
{
    if (secret == NULL || !g_atomic_int_dec_and_test(&secret->references))
        return;
    explicit_bzero(secret->text, secret->mapped - sizeof(RvSecret));
    munmap(secret, secret->mapped);
}

const char *
rv_secret_reveal(const RvSecret *secret)
{
    return secret->text;
}

void
rv_secret_wipe(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
}

RvSecret *
rv_secret_read_file(const char *path, GError **error)
{
    char buffer[SECRET_CEILING + 1];
    RvSecret *secret = NULL;
    struct stat status;
    gssize length;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &status) < 0) {
        g_set_error(error, RV_ERROR, errno == EACCES ? RV_ERROR_PERMISSION : RV_ERROR_NO_INPUT,
                    "%s: %s", path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    if (S_ISREG(status.st_mode) && (status.st_mode & 077) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_PERMISSION,
                    "%s: others can read it (mode %04o); do: chmod 600 %s", path,
                    (guint)(status.st_mode & 07777), path);
        close(fd);
        return NULL;
    }
    length = read(fd, buffer, sizeof buffer);
    close(fd);
    if (length < 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (length > SECRET_CEILING) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s: longer than %d bytes", path,
                    SECRET_CEILING);
    } else if (memchr(buffer, '\0', (gsize)length) != NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s: holds a NUL byte; is it a text?", path);
    } else {
        buffer[length] = '\0';
        buffer[strcspn(buffer, "\r\n")] = '\0';
        if (*buffer == '\0')
            g_set_error(error, RV_ERROR, RV_ERROR_DATA, "%s: empty", path);
        else
            secret = rv_secret_new(buffer);
    }
    explicit_bzero(buffer, sizeof buffer);
    return secret;
}
