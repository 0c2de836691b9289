/* A fake SNMP agent: replays recordings and misbehaves on order.
 *
 *   fake-snmp-agent [OPTION…] [RECORDING…]
 *
 * Prints "port N" once it listens, and on SIGTERM what it did. Bound to 0.0.0.0 it is a farm: every
 * address of 127.0.0.0/8 is an agent that answers from its own address, with the recordings given
 * in turn, and with an SNMPv3 engine of its own. Its clocks (sysUpTime, the engine's) run on from
 * what was recorded.
 *
 * With --control it takes orders from its standard input, a line each, and answers "ok …":
 *
 *   set OID|TAG|VALUE    a value as in a recording comes or changes, at all agents
 *   drop OID             all below it is gone
 *   misbehave KIND[=N]   from now on; N 0: no longer
 *   pass SECONDS         the agents' clocks go on
 *   restart              they begin anew: uptime and engine time 0, boots one more
 *   count                what came since the last count */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "snmp-reply.h"
#include "snmp/cipher.h"

#define FAKE_PASSWORD "fake-password"
#define BATCH 64
#define PACKET 65536
#define BUFFER_WISH (64 << 20)

/* An answer on its way: waits for its time. */
typedef struct {
    gint64 due_us;
    struct sockaddr_in to;
    struct in_addr from;
    gsize size;
    guint8 bytes[];
} Waiting;

typedef struct {
    int fd, other_fd;
    FakeManner manner;
    GPtrArray *tables;
    gint64 latency_us;
    GQueue waiting;   /* Waiting*, in order: the latency is one */
    GQueue late;      /* those of FAKE_LATE */
    GHashTable *seen; /* request packets, for the first of each */
    guint64 requests, answers;
    guint64 counted_requests, counted_answers, failed;
    gint64 started_us; /* of the clocks */
    gint64 passed_ms;
    gboolean frozen, twins;
    RvSnmpAccess *access; /* of SNMPv3; NULL: it has none */
    RvKeyRing *ring;
    GHashTable *keys; /* address → RvKeys */
    guint32 boots;
    guint64 salt;
    guint reports[RV_USM_DECRYPTION_ERROR + 1];
} Agent;

static volatile sig_atomic_t stopped;

static void
on_signal(int signal)
{
    stopped = 1;
}

/* ---- out ---- */

static void
send_from(const Agent *agent, const struct sockaddr_in *to, struct in_addr from,
          const guint8 *bytes, gsize size)
{
    union {
        char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {(void *)bytes, size};
    struct msghdr message = {.msg_name = (void *)to,
                             .msg_namelen = sizeof *to,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    struct in_pktinfo info = {.ipi_spec_dst = from};

    head->cmsg_level = IPPROTO_IP;
    head->cmsg_type = IP_PKTINFO;
    head->cmsg_len = CMSG_LEN(sizeof info);
    memcpy(CMSG_DATA(head), &info, sizeof info);
    (void)sendmsg(agent->manner.misbehave[FAKE_OTHER_ADDRESS] ? agent->other_fd : agent->fd,
                  &message, 0);
}

static void
deliver(Agent *agent, gint64 delay_us, GQueue *queue, const struct sockaddr_in *to,
        struct in_addr from, const guint8 *bytes, gsize size)
{
    Waiting *waiting;

    agent->answers++;
    if (delay_us == 0) {
        send_from(agent, to, from, bytes, size);
        return;
    }
    waiting = g_malloc(sizeof *waiting + size);
    waiting->due_us = g_get_monotonic_time() + delay_us;
    waiting->to = *to;
    waiting->from = from;
    waiting->size = size;
    memcpy(waiting->bytes, bytes, size);
    g_queue_push_tail(queue, waiting);
}

static gint64
flush(Agent *agent, GQueue *queue)
{
    Waiting *first;

    while ((first = g_queue_peek_head(queue)) != NULL) {
        gint64 left = first->due_us - g_get_monotonic_time();

        if (left > 0)
            return left;
        send_from(agent, &first->to, first->from, first->bytes, first->size);
        g_free(g_queue_pop_head(queue));
    }
    return G_MAXINT64;
}

/* ---- in ---- */

static gboolean
is_first(Agent *agent, const guint8 *bytes, gsize size)
{
    return g_hash_table_add(agent->seen, g_bytes_new(bytes, size));
}

static gboolean
keeps_silent(Agent *agent, struct in_addr self, const guint8 *bytes, gsize size)
{
    const guint *wrong = agent->manner.misbehave;
    guint32 address = ntohl(self.s_addr);

    if (wrong[FAKE_DEAD] > 0 && (address * 2654435761u >> 8) % 100 < wrong[FAKE_DEAD])
        return TRUE;
    if (wrong[FAKE_SILENT_AFTER] > 0 && agent->requests > wrong[FAKE_SILENT_AFTER])
        return TRUE;
    if (wrong[FAKE_LOSE] > 0 && (guint)(random() % 100) < wrong[FAKE_LOSE])
        return TRUE;
    return wrong[FAKE_LOSE_FIRST] && is_first(agent, bytes, size);
}

/* All twins are one engine, else each address is one (RFC 3411 §5, format 1). */
static void
engine_of(Agent *agent, struct in_addr self, FakeEngine *engine)
{
    guint32 address = agent->twins ? 0 : self.s_addr;
    RvKeys *keys = g_hash_table_lookup(agent->keys, GUINT_TO_POINTER(address));
    const char *why;

    *engine = (FakeEngine){.access = agent->access,
                           .engine = {.id = {0x80, 0, 0xff, 0xff, 1}, .id_size = 9},
                           .salt = &agent->salt,
                           .reports = agent->reports};
    memcpy(engine->engine.id + 5, &address, 4);
    engine->engine.boots = agent->boots;
    engine->time_s = 1000 + agent->manner.ran_ms / 1000;
    if (keys == NULL) {
        keys = g_new0(RvKeys, 1);
        if (!rv_key_ring_localise(agent->ring, agent->access, engine->engine.id,
                                  engine->engine.id_size, keys, &why)) {
            fprintf(stderr, "%s\n", why);
            exit(1);
        }
        g_hash_table_insert(agent->keys, GUINT_TO_POINTER(address), keys);
    }
    engine->keys = keys;
}

static void
scramble(guint8 *bytes, gsize size)
{
    for (gsize i = 0; i < size; i++)
        bytes[i] = (guint8)random();
}

static void
receive(Agent *agent, const struct sockaddr_in *from, struct in_addr self, guint8 *bytes,
        gsize size)
{
    static guint8 room[PACKET];
    const guint *wrong = agent->manner.misbehave;
    const FakeTable *table =
        g_ptr_array_index(agent->tables, ntohl(self.s_addr) % agent->tables->len);
    const guint8 *reply;
    gsize reply_size;
    FakeEngine engine;

    agent->requests++;
    if (keeps_silent(agent, self, bytes, size))
        return;
    if (agent->access != NULL)
        engine_of(agent, self, &engine);
    reply = fake_reply(table, &agent->manner, agent->access != NULL ? &engine : NULL, bytes, size,
                       room, sizeof room, &reply_size);
    if (reply == NULL)
        return;
    if (wrong[FAKE_GARBAGE])
        scramble((guint8 *)reply, reply_size);
    if (wrong[FAKE_TRUNCATE])
        reply_size = reply_size * wrong[FAKE_TRUNCATE] / 100;
    if (wrong[FAKE_LATE] && is_first(agent, bytes, size)) {
        deliver(agent, (gint64)wrong[FAKE_LATE] * 1000, &agent->late, from, self, reply,
                reply_size);
        return;
    }
    for (guint i = 0; i < 1 + (wrong[FAKE_DUPLICATE] > 0); i++)
        deliver(agent, agent->latency_us, &agent->waiting, from, self, reply, reply_size);
}

static struct in_addr
address_of(struct msghdr *message, struct in_addr otherwise)
{
    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL;
         head = CMSG_NXTHDR(message, head)) {
        struct in_pktinfo info;

        if (head->cmsg_level != IPPROTO_IP || head->cmsg_type != IP_PKTINFO)
            continue;
        memcpy(&info, CMSG_DATA(head), sizeof info);
        return info.ipi_addr;
    }
    return otherwise;
}

static void
receive_batch(Agent *agent)
{
    static guint8 bytes[BATCH][PACKET];
    static char control[BATCH][64];
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_in from[BATCH];
    int n;

    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){bytes[i], PACKET};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                              .msg_namelen = sizeof from[i],
                                              .msg_iov = &parts[i],
                                              .msg_iovlen = 1,
                                              .msg_control = control[i],
                                              .msg_controllen = sizeof control[i]};
    }
    n = recvmmsg(agent->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    if (!agent->frozen)
        agent->manner.ran_ms =
            agent->passed_ms + (g_get_monotonic_time() - agent->started_us) / 1000;
    for (int i = 0; i < n; i++)
        receive(agent, &from[i], address_of(&messages[i].msg_hdr, from[i].sin_addr), bytes[i],
                messages[i].msg_len);
}

/* ---- orders ---- */

static gboolean
order_set(Agent *agent, const char *words)
{
    gboolean good = TRUE;

    for (guint i = 0; i < agent->tables->len; i++)
        good = fake_table_set(g_ptr_array_index(agent->tables, i), words) && good;
    return good;
}

static gboolean
order_drop(Agent *agent, const char *words)
{
    RvOid oid;

    if (!rv_oid_parse(words, &oid))
        return FALSE;
    for (guint i = 0; i < agent->tables->len; i++)
        fake_table_drop(g_ptr_array_index(agent->tables, i), &oid);
    rv_oid_clear(&oid);
    return TRUE;
}

static gboolean
order_misbehave(Agent *agent, const char *words)
{
    return fake_manner_parse(&agent->manner, words);
}

static gboolean
order_pass(Agent *agent, const char *words)
{
    agent->passed_ms += (gint64)strtoul(words, NULL, 10) * 1000;
    agent->manner.ran_ms = agent->passed_ms;
    return TRUE;
}

static gboolean
order_restart(Agent *agent, const char *words)
{
    agent->boots++;
    agent->started_us = g_get_monotonic_time();
    agent->manner.ran_ms = agent->passed_ms = 0;
    return order_set(agent, "1.3.6.1.2.1.1.3.0|67|0");
}

static gboolean
order_count(Agent *agent, const char *words)
{
    printf("ok requests=%" G_GUINT64_FORMAT " answers=%" G_GUINT64_FORMAT
           " discoveries=%u not-in-window=%u refused=%u failed=%" G_GUINT64_FORMAT "\n",
           agent->requests - agent->counted_requests, agent->answers - agent->counted_answers,
           agent->reports[RV_USM_UNKNOWN_ENGINE], agent->reports[RV_USM_NOT_IN_TIME_WINDOW],
           agent->reports[RV_USM_UNSUPPORTED_LEVEL] + agent->reports[RV_USM_UNKNOWN_USER] +
               agent->reports[RV_USM_WRONG_DIGEST] + agent->reports[RV_USM_DECRYPTION_ERROR],
           agent->failed);
    agent->failed = 0;
    agent->counted_requests = agent->requests;
    agent->counted_answers = agent->answers;
    memset(agent->reports, 0, sizeof agent->reports);
    return TRUE;
}

static const struct {
    const char *word;
    gboolean (*obey)(Agent *agent, const char *words);
    gboolean answers; /* by itself */
} orders[] = {
    {"set", order_set, FALSE},
    {"drop", order_drop, FALSE},
    {"misbehave", order_misbehave, FALSE},
    {"pass", order_pass, FALSE},
    {"restart", order_restart, FALSE},
    {"count", order_count, TRUE},
};

static void
obey(Agent *agent, char *line)
{
    char *space = strchr(line, ' ');
    const char *words = space != NULL ? space + 1 : "";

    if (space != NULL)
        *space = '\0';
    for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
        if (strcmp(orders[i].word, line) == 0) {
            gboolean good = orders[i].obey(agent, words);

            if (!good || !orders[i].answers)
                puts(good ? "ok" : "not understood");
            fflush(stdout);
            return;
        }
    puts("not understood");
    fflush(stdout);
}

/* FALSE: who gives orders is gone. */
static gboolean
take_orders(Agent *agent)
{
    static char text[70000];
    static gsize have;
    gssize n = read(STDIN_FILENO, text + have, sizeof text - 1 - have);
    char *begin = text, *end;

    if (n <= 0)
        return FALSE;
    have += (gsize)n;
    text[have] = '\0';
    for (; (end = strchr(begin, '\n')) != NULL; begin = end + 1) {
        *end = '\0';
        obey(agent, begin);
    }
    have -= (gsize)(begin - text);
    memmove(text, begin, have);
    return TRUE;
}

/* ---- life ---- */

static int
bind_to(const char *address, int port)
{
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_port = htons((guint16)port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, wish = BUFFER_WISH;

    if (fd < 0 || inet_pton(AF_INET, address, &self.sin_addr) != 1 ||
        bind(fd, (struct sockaddr *)&self, sizeof self) != 0) {
        perror(address);
        exit(1);
    }
    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wish, sizeof wish) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wish, sizeof wish);
    return fd;
}

static void
announce(int fd)
{
    struct sockaddr_in self;
    socklen_t length = sizeof self;

    getsockname(fd, (struct sockaddr *)&self, &length);
    printf("port %u\n", ntohs(self.sin_port));
    fflush(stdout);
}

static void
report(const Agent *agent)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    printf("requests %" G_GUINT64_FORMAT " answers %" G_GUINT64_FORMAT " cpu %.3f\n",
           agent->requests, agent->answers,
           (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
               (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
}

/* Signals come only while it waits, so that none is lost between looking and waiting. */
static void
serve(Agent *agent, gboolean control)
{
    sigset_t blocked, open;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, &open);
    while (!stopped) {
        gint64 left = MIN(flush(agent, &agent->waiting), flush(agent, &agent->late));
        struct timespec wait = {.tv_sec = left / 1000000, .tv_nsec = left % 1000000 * 1000};
        struct pollfd readable[] = {{.fd = agent->fd, .events = POLLIN},
                                    {.fd = STDIN_FILENO, .events = POLLIN}};

        if (ppoll(readable, control ? 2 : 1, left == G_MAXINT64 ? NULL : &wait, &open) <= 0)
            continue;
        if (readable[0].revents != 0)
            receive_batch(agent);
        if (control && readable[1].revents != 0)
            control = take_orders(agent);
    }
}

/* FALSE: a word that is none. */
static gboolean
set_up_v3(Agent *agent, const char *user, const char *level, const char *protocols)
{
    g_auto(GStrv) words = g_strsplit(protocols != NULL ? protocols : "SHA/AES", "/", 2);

    rv_cipher_init();
    agent->ring = rv_key_ring_new();
    agent->keys = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    agent->boots = 1;
    if (user == NULL)
        return TRUE;
    agent->access = rv_snmp_access_new();
    agent->access->version = RV_SNMP_3;
    agent->access->user = g_strdup(user);
    agent->access->auth_password = rv_secret_new(FAKE_PASSWORD);
    agent->access->priv_password = rv_secret_new(FAKE_PASSWORD);
    return g_strv_length(words) == 2 &&
           rv_snmp_level_parse(level != NULL ? level : "authPriv", &agent->access->level) &&
           rv_snmp_auth_parse(words[0], &agent->access->auth) &&
           rv_snmp_priv_parse(words[1], &agent->access->priv);
}

int
main(int argc, char **argv)
{
    g_auto(GStrv) misbehave = NULL, files = NULL;
    g_autofree char *address = NULL, *community = NULL, *user = NULL, *level = NULL;
    g_autofree char *words = fake_manner_words(), *protocols = NULL;
    int port = 0, latency = 0, max_size = 1400, rows = 0, string = 8, seed = 1;
    gboolean frozen = FALSE, control = FALSE, twins = FALSE;
    const GOptionEntry entries[] = {
        {"address", 0, 0, G_OPTION_ARG_STRING, &address, "0.0.0.0 for a farm", "ADDRESS"},
        {"port", 0, 0, G_OPTION_ARG_INT, &port, "0: any", "N"},
        {"community", 0, 0, G_OPTION_ARG_STRING, &community, "silent to others", "NAME"},
        {"latency", 0, 0, G_OPTION_ARG_INT, &latency, "of every answer", "MS"},
        {"max-size", 0, 0, G_OPTION_ARG_INT, &max_size, "of an answer", "BYTES"},
        {"rows", 0, 0, G_OPTION_ARG_INT, &rows, "an invented interface table", "N"},
        {"string", 0, 0, G_OPTION_ARG_INT, &string, "bytes of its descriptions", "N"},
        {"seed", 0, 0, G_OPTION_ARG_INT, &seed, "of what is lost", "N"},
        {"user", 0, 0, G_OPTION_ARG_STRING, &user, "SNMPv3, of password " FAKE_PASSWORD, "NAME"},
        {"level", 0, 0, G_OPTION_ARG_STRING, &level, "of the user; authPriv", "LEVEL"},
        {"protocols", 0, 0, G_OPTION_ARG_STRING, &protocols, "of the user; SHA/AES", "AUTH/PRIV"},
        {"twins", 0, 0, G_OPTION_ARG_NONE, &twins, "all agents have one engine ID", NULL},
        {"frozen", 0, 0, G_OPTION_ARG_NONE, &frozen, "clocks stand still", NULL},
        {"control", 0, 0, G_OPTION_ARG_NONE, &control, "takes orders", NULL},
        {"misbehave", 0, 0, G_OPTION_ARG_STRING_ARRAY, &misbehave, words, "KIND[=N]"},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files, NULL, "RECORDING…"},
        {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    Agent agent = {0};

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 2;
    }
    for (char **word = misbehave; word != NULL && *word != NULL; word++)
        if (!fake_manner_parse(&agent.manner, *word)) {
            fprintf(stderr, "unknown misbehaviour '%s'; known: %s\n", *word, words);
            return 2;
        }
    if (!set_up_v3(&agent, user, level, protocols)) {
        fprintf(stderr, "a level or protocol of SNMPv3 is not known\n");
        return 2;
    }
    agent.tables = g_ptr_array_new_with_free_func((GDestroyNotify)fake_table_free);
    for (char **file = files; file != NULL && *file != NULL; file++) {
        FakeTable *table = fake_table_new();

        g_ptr_array_add(agent.tables, table);
        if (!fake_table_load(table, *file, &error)) {
            fprintf(stderr, "%s\n", error->message);
            return 1;
        }
    }
    if (agent.tables->len == 0)
        g_ptr_array_add(agent.tables, fake_table_new());
    if (rows > 0)
        fake_table_invent(g_ptr_array_index(agent.tables, 0), (guint)rows, (guint)string);
    agent.manner.community = community;
    agent.manner.failed = &agent.failed;
    agent.manner.max_size = (guint)max_size;
    agent.latency_us = (gint64)latency * 1000;
    agent.frozen = frozen;
    agent.twins = twins;
    agent.started_us = g_get_monotonic_time();
    agent.seen =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    srandom((guint)seed);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigaction(SIGTERM, &(struct sigaction){.sa_handler = on_signal}, NULL);
    sigaction(SIGINT, &(struct sigaction){.sa_handler = on_signal}, NULL);
    agent.fd = bind_to(address != NULL ? address : "127.0.0.1", port);
    agent.other_fd = bind_to(address != NULL ? address : "127.0.0.1", 0);
    announce(agent.fd);
    serve(&agent, control);
    report(&agent);
    g_queue_clear_full(&agent.waiting, g_free);
    g_queue_clear_full(&agent.late, g_free);
    g_hash_table_unref(agent.seen);
    g_ptr_array_unref(agent.tables);
    g_hash_table_unref(agent.keys);
    rv_key_ring_free(agent.ring);
    rv_snmp_access_free(agent.access);
    return 0;
}
