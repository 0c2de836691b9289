#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "notify/delivery.h"

/* systemd's native protocol: fields NAME=VALUE, a line each, in one datagram. */
#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define SYSLOG_SOCKET "/dev/log"

static const int priorities[RV_NEWS_KINDS] = {
    [RV_NEWS_OPEN] = LOG_ERR,    [RV_NEWS_WORSEN] = LOG_ERR,         [RV_NEWS_RECOVER] = LOG_NOTICE,
    [RV_NEWS_RELAPSE] = LOG_ERR, [RV_NEWS_CLOCK_NEAR] = LOG_WARNING, [RV_NEWS_CLOCK_OVER] = LOG_ERR,
    [RV_NEWS_TEST] = LOG_NOTICE,
};

static int
connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static char *
for_journal(const RvDelivery *delivery, const RvNews *event)
{
    g_autofree char *line = rv_notify_headline(event, delivery->language);

    return g_strdup_printf(
        "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=rackvitals\n"
        "RACKVITALS_EVENT=%s\nRACKVITALS_FAULT=%" G_GINT64_FORMAT
        "\nRACKVITALS_DEVICE=%s\nRACKVITALS_LEVEL=%s\n",
        line, priorities[event->kind], LOG_FAC(LOG_DAEMON), rv_news_word(event->kind), event->fault,
        event->device, event->level);
}

static char *
for_syslog(const RvDelivery *delivery, const RvNews *event)
{
    g_autofree char *line = rv_notify_headline(event, delivery->language);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_local(delivery->now_ms / 1000);
    g_autofree char *stamp = g_date_time_format(now, "%b %e %H:%M:%S");

    return g_strdup_printf("<%d>%s rackvitals: %s", LOG_DAEMON | priorities[event->kind], stamp,
                           line);
}

/* An event a line: those who read logs are programs, which a digest would not help. */
RvDeliveryResult
rv_deliver_log(const RvDelivery *delivery, GError **error)
{
    const char *journal =
        delivery->journal_socket != NULL ? delivery->journal_socket : JOURNAL_SOCKET;
    const char *plain = delivery->syslog_socket != NULL ? delivery->syslog_socket : SYSLOG_SOCKET;
    const GPtrArray *events = delivery->message->events;
    int fd = connect_to(journal);
    gboolean native = fd >= 0;

    if (!native)
        fd = connect_to(plain);
    if (fd < 0 || !delivery->handing(delivery->data)) {
        g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE, "neither %s nor %s takes messages",
                    journal, plain);
        if (fd >= 0)
            close(fd);
        return RV_DELIVERY_UNREACHED;
    }
    for (guint i = 0; i < events->len; i++) {
        g_autofree char *line =
            (native ? for_journal : for_syslog)(delivery, g_ptr_array_index(events, i));

        if (send(fd, line, strlen(line), MSG_NOSIGNAL) < 0) {
            g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE, "%s: %s", native ? journal : plain,
                        g_strerror(errno));
            close(fd);
            return RV_DELIVERY_REFUSED;
        }
    }
    close(fd);
    return RV_DELIVERY_TAKEN;
}
