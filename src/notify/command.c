#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "notify/delivery.h"

/* So that a timeout ends what the command started, too. */
static void
lead_a_group(gpointer data)
{
    (void)setpgid(0, 0);
}

/* Waits for `events` on `fd` until `deadline` (monotonic). */
static gboolean
wait_for(int fd, short events, gint64 deadline)
{
    struct pollfd item = {.fd = fd, .events = events};

    for (;;) {
        gint64 left = deadline - rv_clock_monotonic_ms();
        int ready = poll(&item, 1, (int)CLAMP(left, 0, G_MAXINT));

        if (ready > 0)
            return TRUE;
        if (ready == 0 || errno != EINTR)
            return FALSE;
    }
}

/* A command that does not read is its own business: only its exit status counts. */
static void
feed(int fd, const char *text, gint64 deadline)
{
    gsize at = 0, length = strlen(text);

    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    while (at < length) {
        gssize written = write(fd, text + at, length - at);

        if (written >= 0)
            at += (gsize)written;
        else if ((errno != EAGAIN && errno != EINTR) || !wait_for(fd, POLLOUT, deadline))
            break;
    }
    close(fd);
}

/* FALSE: it was still running at the deadline, and is no more. */
static gboolean
end(pid_t pid, gint64 deadline, int *status)
{
    int watch = pidfd_open(pid, 0);
    gboolean ended = watch >= 0 && wait_for(watch, POLLIN, deadline);

    if (!ended)
        kill(-pid, SIGKILL);
    if (watch >= 0)
        close(watch);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        continue;
    return ended;
}

static char **
environment(const RvMessage *message)
{
    const RvNews *last = g_ptr_array_index(message->events, message->events->len - 1);
    g_autofree char *fault = g_strdup_printf("%" G_GINT64_FORMAT, last->fault);
    char **list = g_get_environ();

    list = g_environ_setenv(list, "RACKVITALS_MESSAGE_ID", message->id, TRUE);
    list = g_environ_setenv(list, "RACKVITALS_EVENT", rv_news_word(last->kind), TRUE);
    list = g_environ_setenv(list, "RACKVITALS_FAULT", fault, TRUE);
    list = g_environ_setenv(list, "RACKVITALS_DEVICE", last->device, TRUE);
    return g_environ_setenv(list, "RACKVITALS_LEVEL", last->level, TRUE);
}

RvDeliveryResult
rv_deliver_command(const RvDelivery *delivery, GError **error)
{
    char **argv = delivery->channel->command;
    g_autofree char *text =
        g_strconcat(delivery->text->subject, "\n\n", delivery->text->body, NULL);
    g_auto(GStrv) variables = environment(delivery->message);
    g_autoptr(GError) cause = NULL;
    gint64 deadline = rv_clock_monotonic_ms() + delivery->timeout_ms;
    int input, status = 0;
    GPid pid;

    if (!delivery->handing(delivery->data)) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s was not started", argv[0]);
        return RV_DELIVERY_UNREACHED;
    }
    if (!g_spawn_async_with_pipes(NULL, argv, variables,
                                  G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH |
                                      G_SPAWN_STDOUT_TO_DEV_NULL,
                                  lead_a_group, NULL, &pid, &input, NULL, NULL, &cause)) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_UNAVAILABLE, cause->message);
        return RV_DELIVERY_REFUSED;
    }
    feed(input, text, deadline);
    if (!end(pid, deadline, &status)) {
        g_set_error(error, RV_ERROR, RV_ERROR_TIMEOUT, "%s still ran after %d s, and was ended",
                    argv[0], (int)(delivery->timeout_ms / 1000));
        return RV_DELIVERY_SILENT;
    }
    if (g_spawn_check_wait_status(status, &cause))
        return RV_DELIVERY_TAKEN;
    g_set_error(error, RV_ERROR, RV_ERROR_PROTOCOL, "%s: %s", argv[0], cause->message);
    return RV_DELIVERY_REFUSED;
}
