#include "rrd/daemon.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"

#define SEND_AT (16 * 1024)
#define LINE_CEILING 4096 /* RRD_CMD_MAX: the daemon reads no longer line, nor writes one */

struct RvRrdDaemon {
    int fd;
    guint timeout_ms;
    char *socket;
    GString *commands; /* added, not yet sent */
    guint n_commands;  /* since the last exchange */
    GString *answers;  /* read, not yet looked at from `looked_at` on */
    gsize looked_at;
};

RvRrdDaemon *
rv_rrd_daemon_connect(const char *socket_path, guint timeout_ms, GError **error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autoptr(RvRrdDaemon) daemon = NULL;

    if (g_str_has_prefix(socket_path, "unix:"))
        socket_path += strlen("unix:");
    if (strlen(socket_path) >= sizeof address.sun_path) {
        g_set_error(error, RV_ERROR, RV_ERROR_CONFIG, "%s: too long for a Unix socket (107 bytes)",
                    socket_path);
        return NULL;
    }
    g_strlcpy(address.sun_path, socket_path, sizeof address.sun_path);
    daemon = g_new0(RvRrdDaemon, 1);
    daemon->timeout_ms = timeout_ms;
    daemon->socket = g_strdup(socket_path);
    daemon->commands = g_string_new(NULL);
    daemon->answers = g_string_new(NULL);
    daemon->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (daemon->fd < 0 || connect(daemon->fd, (struct sockaddr *)&address, sizeof address) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE, "rrdcached at %s: %s; is it running?",
                    socket_path, g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&daemon);
}

void
rv_rrd_daemon_free(RvRrdDaemon *daemon)
{
    if (daemon == NULL)
        return;
    if (daemon->fd >= 0)
        close(daemon->fd);
    g_free(daemon->socket);
    g_string_free(daemon->commands, TRUE);
    g_string_free(daemon->answers, TRUE);
    g_free(daemon);
}

/* The daemon splits a line at spaces; backslash protects. */
static void
append_escaped(GString *commands, const char *path)
{
    for (;;) {
        gsize plain = strcspn(path, " \\");

        g_string_append_len(commands, path, (gssize)plain);
        path += plain;
        if (*path == '\0')
            return;
        g_string_append_c(commands, '\\');
        g_string_append_c(commands, *path++);
    }
}

/* An error shows again when it is waited for. */
static void
send_some(RvRrdDaemon *daemon)
{
    gssize sent =
        send(daemon->fd, daemon->commands->str, daemon->commands->len, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent > 0)
        g_string_erase(daemon->commands, 0, sent);
}

static guint
add(RvRrdDaemon *daemon, const char *verb, const char *path, const char *sample)
{
    if (daemon->n_commands == 0)
        g_string_assign(daemon->commands, "BATCH\n");
    g_string_append(daemon->commands, verb);
    append_escaped(daemon->commands, path);
    if (sample != NULL) {
        g_string_append_c(daemon->commands, ' ');
        g_string_append(daemon->commands, sample);
    }
    g_string_append_c(daemon->commands, '\n');
    if (daemon->commands->len >= SEND_AT)
        send_some(daemon);
    return daemon->n_commands++;
}

guint
rv_rrd_daemon_add_update(RvRrdDaemon *daemon, const char *path, const char *sample)
{
    return add(daemon, "UPDATE ", path, sample);
}

guint
rv_rrd_daemon_add_flush(RvRrdDaemon *daemon, const char *path)
{
    return add(daemon, "FLUSH ", path, NULL);
}

static gboolean
fail(const RvRrdDaemon *daemon, const char *words, GError **error)
{
    g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE, "rrdcached at %s: %s", daemon->socket,
                words);
    return FALSE;
}

static gboolean
wait_for(RvRrdDaemon *daemon, short events, GError **error)
{
    struct pollfd poll_fd = {.fd = daemon->fd, .events = events};
    int ready;

    do {
        ready = poll(&poll_fd, 1, (int)daemon->timeout_ms);
    } while (ready < 0 && errno == EINTR);
    if (ready > 0)
        return TRUE;
    return fail(daemon, ready == 0 ? "no answer in time" : g_strerror(errno), error);
}

static gboolean
send_commands(RvRrdDaemon *daemon, GError **error)
{
    const char *p = daemon->commands->str;
    gsize left = daemon->commands->len;

    while (left > 0) {
        gssize sent = send(daemon->fd, p, left, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (sent > 0) {
            p += sent;
            left -= (gsize)sent;
        } else if (sent < 0 && errno == EAGAIN) {
            if (!wait_for(daemon, POLLOUT, error))
                return FALSE;
        } else if (errno != EINTR) {
            return fail(daemon, g_strerror(errno), error);
        }
    }
    return TRUE;
}

/* The next line, without its end; NULL with *error. Borrowed until the next call. */
static const char *
read_line(RvRrdDaemon *daemon, GError **error)
{
    char buffer[LINE_CEILING * 4];

    for (;;) {
        char *line = daemon->answers->str + daemon->looked_at;
        char *end = strchr(line, '\n');
        gssize length;

        if (end != NULL) {
            *end = '\0';
            daemon->looked_at = (gsize)(end + 1 - daemon->answers->str);
            return line;
        }
        if (daemon->answers->len - daemon->looked_at > LINE_CEILING) {
            fail(daemon, "an answer without end", error);
            return NULL;
        }
        g_string_erase(daemon->answers, 0, (gssize)daemon->looked_at);
        daemon->looked_at = 0;
        if (!wait_for(daemon, POLLIN, error))
            return NULL;
        length = recv(daemon->fd, buffer, sizeof buffer, 0);
        if (length > 0 && memchr(buffer, '\0', (gsize)length) == NULL) {
            g_string_append_len(daemon->answers, buffer, length);
        } else if (length >= 0 || errno != EINTR) {
            fail(daemon, length == 0 ? "closed the connection" : "not an answer of rrdcached",
                 error);
            return NULL;
        }
    }
}

static gboolean
read_answers(RvRrdDaemon *daemon, RvRrdDaemonRefused refused, gpointer user_data, GError **error)
{
    const char *line = read_line(daemon, error); /* "0 Go ahead. …" */
    guint64 n = 0;

    if (line == NULL)
        return FALSE;
    if (line[0] != '0')
        return fail(daemon, line, error);
    line = read_line(daemon, error); /* "3 errors" */
    if (line == NULL)
        return FALSE;
    n = g_ascii_strtoull(line, NULL, 10);
    if (!g_ascii_isdigit(*line) || n > daemon->n_commands)
        return fail(daemon, "not an answer to a batch", error);
    for (guint64 i = 0; i < n; i++) {
        char *words = NULL;
        guint64 place; /* from 1 */

        line = read_line(daemon, error);
        if (line == NULL)
            return FALSE;
        place = g_ascii_strtoull(line, &words, 10);
        if (place >= 1 && place <= daemon->n_commands)
            refused((guint)place - 1, g_strchug(words), user_data);
    }
    return TRUE;
}

gboolean
rv_rrd_daemon_exchange(RvRrdDaemon *daemon, RvRrdDaemonRefused refused, gpointer user_data,
                       GError **error)
{
    gboolean good;

    if (daemon->n_commands == 0)
        return TRUE;
    g_string_append(daemon->commands, ".\n");
    good = send_commands(daemon, error) && read_answers(daemon, refused, user_data, error);
    daemon->n_commands = 0;
    return good;
}
