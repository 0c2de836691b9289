/* UDP: one socket per address family, shared by all agents; packets travel in batches. */
#pragma once

#include <glib.h>
#include <netinet/in.h>

#define RV_UDP_BATCH 64
#define RV_UDP_LARGEST_REQUEST 2048

typedef struct {
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
    };
} RvPeer;

gboolean rv_peer_equal(const RvPeer *a, const RvPeer *b);
/* "10.0.0.1", "fe80::1"; without the port. */
char *rv_peer_format(const RvPeer *peer);

typedef struct RvUdp RvUdp;

typedef struct {
    gpointer user_data;
    /* `bytes` may be written to. */
    void (*received)(gpointer user_data, const RvPeer *from, guint8 *bytes, gsize size);
    /* The packet with that tag could not be sent, or (tag 0) one sent to `to` came back (ICMP). */
    void (*failed)(gpointer user_data, guint32 tag, const RvPeer *to, int error);
} RvUdpCalls;

/* `family` AF_INET or AF_INET6. */
RvUdp *rv_udp_new(int family, const RvUdpCalls *calls, GError **error);
void rv_udp_free(RvUdp *udp);
int rv_udp_fd(const RvUdp *udp);
/* Bytes that can wait unread in the kernel. */
gsize rv_udp_receive_room(const RvUdp *udp);

/* Where the next packet is written: RV_UDP_LARGEST_REQUEST bytes; NULL: flush first. */
guint8 *rv_udp_slot(RvUdp *udp);
/* Queues what was written there. */
void rv_udp_queue(RvUdp *udp, const RvPeer *to, const guint8 *begin, gsize size, guint32 tag);
/* FALSE: the kernel takes no more now, wait until it is writable. */
gboolean rv_udp_flush(RvUdp *udp);
/* Reads one batch; returns how many came. */
guint rv_udp_receive(RvUdp *udp);
