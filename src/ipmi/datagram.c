#include "ipmi/datagram.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define REPLY_MAX 512

static int
connect_to(const RvIpmiAccess *access, RvReason *reason)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    g_autofree char *port = g_strdup_printf("%u", access->port);
    g_autofree char *host = g_strdup(access->address);
    struct addrinfo *found = NULL;
    int file = -1;

    if (host[0] == '[' && g_str_has_suffix(host, "]")) {
        memmove(host, host + 1, strlen(host));
        host[strlen(host) - 1] = '\0';
    }
    *reason = RV_REASON_NAME;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    *reason = RV_REASON_NO_ROUTE;
    for (const struct addrinfo *one = found; one != NULL && file < 0; one = one->ai_next) {
        file = socket(one->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (file >= 0 && connect(file, one->ai_addr, one->ai_addrlen) != 0) {
            close(file);
            file = -1;
        }
    }
    freeaddrinfo(found);
    return file;
}

/* The reply's length; 0: none in time; -1: the network says no, in errno. */
static gssize
exchange(int file, const guint8 *request, gsize length, guint8 *reply, gint64 timeout_ms)
{
    struct pollfd wait = {.fd = file, .events = POLLIN};
    gssize got;

    if (send(file, request, length, 0) < 0)
        return -1;
    if (poll(&wait, 1, (int)CLAMP(timeout_ms, 0, G_MAXINT)) <= 0)
        return 0;
    got = recv(file, reply, REPLY_MAX, 0);
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : got;
}

RvReason
rv_ipmi_ping(const RvIpmiAccess *access, gint64 timeout_ms, guint *requests)
{
    /* RMCP, IPMI 1.5 session header without authentication, then to 20h: netfn 6, command 38h,
     * channel 0Eh with IPMI 2.0 data, privilege administrator */
    static const guint8 request[] = {0x06, 0x00, 0xFF, 0x07, 0x00, 0x00, 0x00, 0x00,
                                     0x00, 0x00, 0x00, 0x00, 0x00, 0x09, 0x20, 0x18,
                                     0xC8, 0x81, 0x00, 0x38, 0x8E, 0x04, 0xB5};
    gint64 until_ms = rv_clock_monotonic_ms() + timeout_ms;
    guint8 reply[REPLY_MAX];
    RvReason reason;
    int file = connect_to(access, &reason);
    gssize got = 0;

    if (file < 0)
        return reason;
    while (got == 0 && rv_clock_monotonic_ms() < until_ms) {
        gint64 left_ms = until_ms - rv_clock_monotonic_ms();

        if (requests != NULL)
            (*requests)++;
        got = exchange(file, request, sizeof request, reply,
                       MIN(left_ms, MAX(access->retransmission_ms, 50)));
    }
    reason = got > 0 ? RV_REASON_NONE : got == 0 ? RV_REASON_NO_ANSWER : RV_REASON_NO_ROUTE;
    if (got < 0 && errno == ECONNREFUSED)
        reason = RV_REASON_REFUSED;
    close(file);
    return reason;
}

/* Authentication, integrity and confidentiality algorithm of each suite (table 22-20). */
static const guint8 suites[20][3] = {
    {0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {1, 1, 1}, {1, 1, 2}, {1, 1, 3}, {2, 0, 0},
    {2, 2, 0}, {2, 2, 1}, {2, 2, 2}, {2, 2, 3}, {2, 3, 0}, {2, 3, 1}, {2, 3, 2},
    {2, 3, 3}, {3, 0, 0}, {3, 4, 0}, {3, 4, 1}, {3, 4, 2}, {3, 4, 3},
};

int
rv_ipmi_open_status(const RvIpmiAccess *access, int cipher, gint64 timeout_ms)
{
    guint8 request[16 + 8 + 3 * 8] = {0x06, 0x00, 0xFF, 0x07, 0x06, 0x10};
    guint8 *payload = request + 16, reply[REPLY_MAX];
    RvReason reason;
    gssize got;
    int file;

    if (cipher < 0 || cipher >= (int)G_N_ELEMENTS(suites))
        return -1;
    file = connect_to(access, &reason);
    if (file < 0)
        return -1;
    request[14] = 8 + 3 * 8; /* payload's length */
    payload[0] = 0x2A;       /* tag; privilege 0: the highest that the suite allows */
    payload[4] = 0x52;       /* our session id */
    for (guint i = 0; i < 3; i++) {
        payload[8 + 8 * i] = (guint8)i;
        payload[8 + 8 * i + 3] = 8;
        payload[8 + 8 * i + 4] = suites[cipher][i];
    }
    got = exchange(file, request, sizeof request, reply, timeout_ms);
    close(file);
    /* the status is the second byte of the payload */
    return got >= 18 && (reply[5] & 0x3F) == 0x11 && reply[16] == payload[0] ? reply[17] : -1;
}
