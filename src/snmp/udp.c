#include "snmp/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"

#define LARGEST_ANSWER 65536
#define RECEIVE_WISH (32 << 20)

struct RvUdp {
    int fd, family;
    RvUdpCalls calls;
    guint queued; /* packets of the batch, those before `sent` are gone */
    guint sent;
    struct mmsghdr out[RV_UDP_BATCH], in[RV_UDP_BATCH];
    struct iovec out_bytes[RV_UDP_BATCH], in_bytes[RV_UDP_BATCH];
    RvPeer to[RV_UDP_BATCH], from[RV_UDP_BATCH];
    guint32 tags[RV_UDP_BATCH];
    guint8 (*requests)[RV_UDP_LARGEST_REQUEST];
    guint8 (*answers)[LARGEST_ANSWER]; /* pages are used as far as packets reach */
};

gboolean
rv_peer_equal(const RvPeer *a, const RvPeer *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return FALSE;
    if (a->any.sa_family == AF_INET)
        return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr && a->in.sin_port == b->in.sin_port;
    return a->in6.sin6_port == b->in6.sin6_port &&
           memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof a->in6.sin6_addr) == 0;
}

char *
rv_peer_format(const RvPeer *peer)
{
    char text[INET6_ADDRSTRLEN] = "?";

    inet_ntop(peer->any.sa_family,
              peer->any.sa_family == AF_INET ? (const void *)&peer->in.sin_addr
                                             : (const void *)&peer->in6.sin6_addr,
              text, sizeof text);
    return g_strdup(text);
}

static void
prepare(RvUdp *udp)
{
    for (guint i = 0; i < RV_UDP_BATCH; i++) {
        udp->in_bytes[i] = (struct iovec){udp->answers[i], LARGEST_ANSWER};
        udp->in[i].msg_hdr = (struct msghdr){
            .msg_name = &udp->from[i], .msg_iov = &udp->in_bytes[i], .msg_iovlen = 1};
        udp->out[i].msg_hdr = (struct msghdr){
            .msg_name = &udp->to[i],
            .msg_namelen = udp->family == AF_INET ? sizeof udp->to[i].in : sizeof udp->to[i].in6,
            .msg_iov = &udp->out_bytes[i],
            .msg_iovlen = 1};
    }
}

RvUdp *
rv_udp_new(int family, const RvUdpCalls *calls, GError **error)
{
    int on = 1, wish = RECEIVE_WISH;
    int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    RvUdp *udp;

    if (fd < 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_UNAVAILABLE, "cannot open a UDP socket: %s",
                    g_strerror(errno));
        return NULL;
    }
    udp = g_new0(RvUdp, 1);
    udp->fd = fd;
    udp->family = family;
    udp->calls = *calls;
    udp->requests = g_malloc(RV_UDP_BATCH * sizeof *udp->requests);
    udp->answers = g_malloc(RV_UDP_BATCH * sizeof *udp->answers);
    prepare(udp);
    /* the first needs CAP_NET_ADMIN, the second is cut to net.core.rmem_max */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wish, sizeof wish) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wish, sizeof wish);
    if (family == AF_INET)
        setsockopt(fd, SOL_IP, IP_RECVERR, &on, sizeof on);
    else
        setsockopt(fd, SOL_IPV6, IPV6_RECVERR, &on, sizeof on);
    return udp;
}

void
rv_udp_free(RvUdp *udp)
{
    if (udp == NULL)
        return;
    close(udp->fd);
    g_free(udp->requests);
    g_free(udp->answers);
    g_free(udp);
}

int
rv_udp_fd(const RvUdp *udp)
{
    return udp->fd;
}

gsize
rv_udp_receive_room(const RvUdp *udp)
{
    int size = 0;
    socklen_t length = sizeof size;

    getsockopt(udp->fd, SOL_SOCKET, SO_RCVBUF, &size, &length);
    return (gsize)MAX(size, 0);
}

/* ---- errors that came back ---- */

static int
error_of(struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        struct sock_extended_err seen;

        if (!(c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR) &&
            !(c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_RECVERR))
            continue;
        memcpy(&seen, CMSG_DATA(c), sizeof seen);
        return seen.ee_origin == SO_EE_ORIGIN_ICMP || seen.ee_origin == SO_EE_ORIGIN_ICMP6
                   ? (int)seen.ee_errno
                   : 0;
    }
    return 0;
}

/* An ICMP error of one peer is shown at the next call for any other: empty the queue, tell whose it
 * was. FALSE: there was none. */
static gboolean
drain_errors(RvUdp *udp)
{
    guint n;

    for (n = 0; n < 4096; n++) {
        RvPeer to = {0};
        guint8 control[512], bytes[64];
        struct iovec part = {bytes, sizeof bytes};
        struct msghdr message = {.msg_name = &to,
                                 .msg_namelen = sizeof to,
                                 .msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        int code;

        if (recvmsg(udp->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            break;
        code = error_of(&message);
        if (code != 0)
            udp->calls.failed(udp->calls.user_data, 0, &to, code);
    }
    return n > 0;
}

/* ---- sending ---- */

guint8 *
rv_udp_slot(RvUdp *udp)
{
    return udp->queued < RV_UDP_BATCH ? udp->requests[udp->queued] : NULL;
}

void
rv_udp_queue(RvUdp *udp, const RvPeer *to, const guint8 *begin, gsize size, guint32 tag)
{
    guint i = udp->queued++;

    udp->to[i] = *to;
    udp->out_bytes[i] = (struct iovec){(void *)begin, size};
    udp->tags[i] = tag;
}

gboolean
rv_udp_flush(RvUdp *udp)
{
    while (udp->sent < udp->queued) {
        int n = sendmmsg(udp->fd, udp->out + udp->sent, udp->queued - udp->sent, MSG_DONTWAIT);

        if (n > 0) {
            udp->sent += (guint)n;
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            return FALSE;
        } else if (errno != EINTR) {
            int code = errno;

            /* another peer's error, or this packet's own? */
            if (drain_errors(udp))
                continue;
            udp->sent++;
            udp->calls.failed(udp->calls.user_data, udp->tags[udp->sent - 1],
                              &udp->to[udp->sent - 1], code);
        }
    }
    udp->sent = udp->queued = 0;
    return TRUE;
}

guint
rv_udp_receive(RvUdp *udp)
{
    int n;

    for (guint i = 0; i < RV_UDP_BATCH; i++)
        udp->in[i].msg_hdr.msg_namelen = sizeof udp->from[i];
    n = recvmmsg(udp->fd, udp->in, RV_UDP_BATCH, MSG_DONTWAIT, NULL);
    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR)
            drain_errors(udp);
        return 0;
    }
    for (int i = 0; i < n; i++)
        udp->calls.received(udp->calls.user_data, &udp->from[i], udp->answers[i],
                            udp->in[i].msg_len);
    return (guint)n;
}
