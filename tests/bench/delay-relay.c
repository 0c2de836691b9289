/* A UDP relay for many servers that holds every reply back by the same time, quick enough not to be
 * what is measured.
 *
 *   delay-relay DELAY_MS HOST:PORT…
 *
 * Prints a line "HOST:PORT" of its own for each; runs until it is killed. */
#include <arpa/inet.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_MAX 1500
#define CLIENTS_MAX 4096

typedef struct {
    int file;
    gboolean is_front;
    int front;                 /* of a back: where its replies leave */
    struct sockaddr_in server; /* of a front */
    struct sockaddr_in client; /* of a back */
    GHashTable *backs;         /* of a front: client's port → End* */
} End;

typedef struct {
    gint64 due_us;
    int front;
    struct sockaddr_in client;
    gssize length;
    guint8 bytes[PACKET_MAX];
} Late;

static int poll_file;
static gint64 delay_us;
static GQueue late = G_QUEUE_INIT; /* the delay is one for all: first in, first out */

static int
open_socket(void)
{
    int file = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    g_assert_cmpint(file, >=, 0);
    return file;
}

static void
watch(End *end)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = end};

    g_assert_cmpint(epoll_ctl(poll_file, EPOLL_CTL_ADD, end->file, &event), ==, 0);
}

static End *
back_of(End *front, const struct sockaddr_in *client)
{
    gpointer key = GUINT_TO_POINTER((guint)client->sin_port + 1);
    End *back = g_hash_table_lookup(front->backs, key);

    if (back != NULL || g_hash_table_size(front->backs) >= CLIENTS_MAX)
        return back;
    back = g_new0(End, 1);
    back->file = open_socket();
    back->front = front->file;
    back->client = *client;
    g_assert_cmpint(connect(back->file, (struct sockaddr *)&front->server, sizeof front->server),
                    ==, 0);
    watch(back);
    g_hash_table_insert(front->backs, key, back);
    return back;
}

static void
forward_request(End *front)
{
    guint8 bytes[PACKET_MAX];
    struct sockaddr_in client;
    socklen_t size = sizeof client;
    gssize length;

    while ((length = recvfrom(front->file, bytes, sizeof bytes, 0, (struct sockaddr *)&client,
                              &size)) > 0) {
        End *back = back_of(front, &client);

        if (back != NULL)
            (void)!send(back->file, bytes, (size_t)length, 0);
    }
}

static void
keep_reply(End *back)
{
    for (;;) {
        Late *one = g_new(Late, 1);

        one->length = recv(back->file, one->bytes, sizeof one->bytes, 0);
        if (one->length <= 0) {
            g_free(one);
            return;
        }
        one->due_us = g_get_monotonic_time() + delay_us;
        one->front = back->front;
        one->client = back->client;
        g_queue_push_tail(&late, one);
    }
}

/* Milliseconds until the next is due, rounded up; -1: none waits. */
static int
send_due(void)
{
    gint64 now_us = g_get_monotonic_time();
    Late *one;

    while ((one = g_queue_peek_head(&late)) != NULL && one->due_us <= now_us) {
        (void)!sendto(one->front, one->bytes, (size_t)one->length, 0,
                      (struct sockaddr *)&one->client, sizeof one->client);
        g_free(g_queue_pop_head(&late));
    }
    return one != NULL ? (int)((one->due_us - now_us) / 1000 + 1) : -1;
}

static void
add_front(const char *server)
{
    g_auto(GStrv) parts = g_strsplit(server, ":", 2);
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof own;
    End *front = g_new0(End, 1);

    front->file = open_socket();
    front->is_front = TRUE;
    front->backs = g_hash_table_new(NULL, NULL);
    front->server = own;
    front->server.sin_addr.s_addr = inet_addr(parts[0]);
    front->server.sin_port = htons((guint16)atoi(parts[1] != NULL ? parts[1] : "623"));
    g_assert_cmpint(bind(front->file, (struct sockaddr *)&own, sizeof own), ==, 0);
    g_assert_cmpint(getsockname(front->file, (struct sockaddr *)&own, &size), ==, 0);
    watch(front);
    printf("127.0.0.1:%u\n", ntohs(own.sin_port));
}

int
main(int argc, char **argv)
{
    if (argc < 3)
        return 64;
    delay_us = (gint64)atoi(argv[1]) * 1000;
    poll_file = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 2; i < argc; i++)
        add_front(argv[i]);
    fflush(stdout);
    for (;;) {
        struct epoll_event events[64];
        int count = epoll_wait(poll_file, events, G_N_ELEMENTS(events), send_due());

        for (int i = 0; i < count; i++) {
            End *end = events[i].data.ptr;

            if (end->is_front)
                forward_request(end);
            else
                keep_reply(end);
        }
    }
}
