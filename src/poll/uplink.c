#include "poll/uplink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES 2
#define WAIT_MS 1000
#define TCP_PORT "7" /* echo, RFC 862; hardly anyone offers it, and the refusal is what counts */

typedef enum { ANSWERS, SILENT, CANNOT_TELL } Sign;

static gboolean
wait_for(int fd, short what)
{
    struct pollfd ready = {fd, what, 0};

    return poll(&ready, 1, WAIT_MS) > 0;
}

/* The kernel fills in identifier and checksum of an unprivileged echo socket. */
static Sign
echo(const struct addrinfo *to)
{
    gboolean six = to->ai_family == AF_INET6;
    int fd =
        socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, six ? (int)IPPROTO_ICMPV6 : IPPROTO_ICMP);
    guint8 request[8] = {six ? ICMP6_ECHO_REQUEST : ICMP_ECHO};
    guint8 reply[128];
    Sign sign = SILENT;

    if (fd < 0)
        return CANNOT_TELL;
    if (connect(fd, to->ai_addr, to->ai_addrlen) != 0)
        sign = errno == EACCES ? CANNOT_TELL : SILENT;
    for (int i = 0; i < TRIES && sign == SILENT; i++)
        if (send(fd, request, sizeof request, MSG_NOSIGNAL) == (gssize)sizeof request &&
            wait_for(fd, POLLIN) && recv(fd, reply, sizeof reply, 0) > 0)
            sign = ANSWERS;
    close(fd);
    return sign;
}

static Sign
knock(const struct addrinfo *to)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result = 0;
    socklen_t length = sizeof result;

    if (fd < 0)
        return CANNOT_TELL;
    if (connect(fd, to->ai_addr, to->ai_addrlen) != 0)
        result = errno;
    if (result == EINPROGRESS) {
        result = ETIMEDOUT;
        if (wait_for(fd, POLLOUT))
            (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &length);
    }
    close(fd);
    return result == 0 || result == ECONNREFUSED ? ANSWERS : SILENT;
}

gboolean
rv_uplink_answers(const char *address)
{
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *to = NULL;
    Sign sign;

    /* a name could not be resolved without the network that is in question */
    if (getaddrinfo(address, TCP_PORT, &hints, &to) != 0)
        return TRUE;
    sign = echo(to);
    if (sign != ANSWERS)
        sign = knock(to);
    freeaddrinfo(to);
    return sign != SILENT;
}
