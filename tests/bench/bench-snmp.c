/* The SNMP engine against a farm of agents, beside a client that does nothing but send and receive.
 *
 *   bench-snmp [--bare] --port PORT [--agents N] [--rounds R] [--at-once M] [--v3 USER]
 *
 * Each agent is a switch of 55 interfaces (7 columns), 51 sensors and its uptime: 437 values. The
 * first round learns how many rows there are; it is printed, but what counts is the last one. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "snmp/agent.h"
#include "snmp/pdu.h"
#include "snmp/udp.h"

#define INTERFACES 55
#define SENSORS 51
#define VALUES (7 * INTERFACES + SENSORS + 1)
#define COMMUNITY "public"
#define SILENCE_MS 2000

static char *first_address = NULL, *v3_user = NULL;
static int port = 0, agents = 1000, rounds = 3, at_once = 1000, timeout_ms = 2000, in_flight = 0;
static int budget_ms = 60000;
static gboolean bare = FALSE;

static double
cpu_s(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static long
peak_kib(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss;
}

static guint32
address_at(guint i)
{
    struct in_addr first;

    inet_pton(AF_INET, first_address, &first);
    return ntohl(first.s_addr) + i;
}

typedef struct {
    gint64 begun_us;
    double begun_cpu;
    guint64 requests, answers, retries, values, whole, down;
} Tally;

static void
begin(Tally *tally)
{
    *tally = (Tally){.begun_us = g_get_monotonic_time(), .begun_cpu = cpu_s()};
}

static void
print(const Tally *tally, const char *what, int round)
{
    printf("what=%s round=%d agents=%d wall=%.4f cpu=%.4f peak_kib=%ld requests=%" G_GUINT64_FORMAT
           " retries=%" G_GUINT64_FORMAT " values=%" G_GUINT64_FORMAT " whole=%" G_GUINT64_FORMAT
           " down=%" G_GUINT64_FORMAT "\n",
           what, round, agents, (double)(g_get_monotonic_time() - tally->begun_us) / 1e6,
           cpu_s() - tally->begun_cpu, peak_kib(), tally->requests, tally->retries, tally->values,
           tally->whole, tally->down);
    fflush(stdout);
}

/* ---- the engine ---- */

static guint32 hc_columns[] = {6, 10}, if_columns[] = {8, 13, 14, 19, 20}, sensor_columns[] = {4};
static guint32 uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0}, hc[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1},
               interfaces[] = {1, 3, 6, 1, 2, 1, 2, 2, 1},
               sensors[] = {1, 3, 6, 1, 2, 1, 99, 1, 1, 1};
#define OID(ids) ((RvOid){ids, G_N_ELEMENTS(ids)})
static RvSnmpQuestion questions[4];

static void
make_questions(void)
{
    questions[0] = (RvSnmpQuestion){.oid = OID(uptime)};
    questions[1] = (RvSnmpQuestion){OID(hc), TRUE, hc_columns, 2, 0};
    questions[2] = (RvSnmpQuestion){OID(interfaces), TRUE, if_columns, 5, 0};
    questions[3] = (RvSnmpQuestion){OID(sensors), TRUE, sensor_columns, 1, 0};
}

typedef struct {
    RvSnmpLoop *loop;
    RvSnmpAgent **agents;
    GMainLoop *waiting;
    Tally tally;
    guint next, done;
    gint64 deadline_ms;
} Round;

typedef struct {
    Round *round;
    RvSnmpAnswers *answers;
} One;

static void ask_next(Round *round);

static void
on_done(RvSnmpAgent *agent, const RvSnmpOutcome *outcome, gpointer user_data)
{
    One *one = user_data;
    Round *round = one->round;
    guint n = rv_snmp_answers_count(one->answers);

    round->tally.requests += outcome->requests;
    round->tally.answers += outcome->answers;
    round->tally.retries += outcome->retries;
    round->tally.values += n;
    round->tally.whole += n == VALUES && !outcome->partial;
    round->tally.down += outcome->state != RV_STATE_UP;
    rv_snmp_answers_free(one->answers);
    g_free(one);
    if (++round->done == (guint)agents)
        g_main_loop_quit(round->waiting);
    ask_next(round);
}

static void
ask_next(Round *round)
{
    One *one;

    if (round->next == (guint)agents)
        return;
    one = g_new0(One, 1);
    one->round = round;
    one->answers = rv_snmp_answers_new();
    rv_snmp_agent_ask(round->agents[round->next++], questions, G_N_ELEMENTS(questions),
                      round->deadline_ms, one->answers, on_done, one);
}

static RvSnmpAgent *
agent_new(RvSnmpLoop *loop, guint i, RvSecret *community, RvSecret *password)
{
    g_autoptr(RvSnmpAccess) access = rv_snmp_access_new();
    struct in_addr address = {htonl(address_at(i))};
    char text[INET_ADDRSTRLEN];

    access->address = g_strdup(inet_ntop(AF_INET, &address, text, sizeof text));
    access->port = (guint16)port;
    access->timeout_ms = (guint)timeout_ms;
    access->max_in_flight = (guint)in_flight;
    access->community = rv_secret_ref(community);
    if (v3_user != NULL) {
        access->version = RV_SNMP_3;
        access->user = g_strdup(v3_user);
        access->level = RV_LEVEL_AUTH_PRIV;
        access->auth = RV_AUTH_SHA1;
        access->priv = RV_PRIV_AES128;
        access->auth_password = rv_secret_ref(password);
        access->priv_password = rv_secret_ref(password);
    }
    return rv_snmp_agent_new(loop, access);
}

static void
run_engine(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(RvSnmpLoop) loop = rv_snmp_loop_new(NULL, &error);
    g_autoptr(RvSecret) community = rv_secret_new(COMMUNITY);
    g_autoptr(RvSecret) password = rv_secret_new("benchmark-password");
    Round round = {.loop = loop, .waiting = g_main_loop_new(NULL, FALSE)};

    if (loop == NULL) {
        fprintf(stderr, "%s\n", error->message);
        exit(1);
    }
    round.agents = g_new(RvSnmpAgent *, agents);
    for (int i = 0; i < agents; i++)
        round.agents[i] = agent_new(loop, (guint)i, community, password);
    make_questions();
    for (int r = 1; r <= rounds; r++) {
        round.next = round.done = 0;
        round.deadline_ms = rv_clock_monotonic_ms() + budget_ms;
        begin(&round.tally);
        for (int i = 0; i < at_once; i++)
            ask_next(&round);
        g_main_loop_run(round.waiting);
        print(&round.tally, v3_user != NULL ? "engine-v3" : "engine", r);
        questions[1].rows_hint = questions[2].rows_hint = INTERFACES;
        questions[3].rows_hint = SENSORS;
    }
    for (int i = 0; i < agents; i++)
        rv_snmp_agent_free(round.agents[i]);
    g_free(round.agents);
    g_main_loop_unref(round.waiting);
}

/* ---- the bare client ---- */

#define PACKETS 8
#define ID_LEAST 0x01000000u /* four bytes in every packet */

typedef struct {
    guint8 bytes[512];
    gsize size, id_at;
} Packet;

typedef struct {
    RvUdp *udp;
    guint8 *seen;
    guint64 got, total;
} Bare;

static void
make_packet(Packet *packet, const RvOid *oids, guint n, guint non_repeaters, guint repetitions)
{
    static const guint8 mark[] = {0x02, 0x04, 0x01, 0x00, 0x00, 0x00};
    RvBerWriter writer;
    const guint8 *end = packet->bytes + sizeof packet->bytes;

    rv_ber_writer_init(&writer, packet->bytes, sizeof packet->bytes);
    rv_pdu_write(&writer, RV_PDU_GETBULK, ID_LEAST, non_repeaters, repetitions, oids, n);
    rv_ber_put_octets(&writer, RV_BER_OCTETS, COMMUNITY, strlen(COMMUNITY));
    rv_ber_put_integer(&writer, 1);
    rv_ber_wrap(&writer, RV_BER_SEQUENCE, end);
    packet->size = (gsize)(end - writer.at);
    memmove(packet->bytes, writer.at, packet->size);
    packet->id_at =
        (gsize)((guint8 *)memmem(packet->bytes, packet->size, mark, sizeof mark) - packet->bytes) +
        2;
}

static void
make_packets(Packet *packets)
{
    guint n = 0;

    for (guint t = 1; t < G_N_ELEMENTS(questions); t++)
        for (guint c = 0; c < questions[t].n_columns; c++) {
            RvOid up = {.ids = uptime, .length = 8};
            RvOid oids[] = {up, rv_oid_append(&questions[t].oid, &questions[t].columns[c], 1)};
            gboolean last = t == 3;

            make_packet(&packets[n++], last ? oids : &oids[1], last ? 2 : 1, last,
                        last ? SENSORS : INTERFACES);
            rv_oid_clear(&oids[1]);
        }
}

static void
on_received(gpointer data, const RvPeer *from, guint8 *bytes, gsize size)
{
    Bare *client = data;
    RvBer packet = {bytes, bytes + size}, message, part;
    gint64 id;
    guint8 tag;

    if (rv_ber_expect(&packet, RV_BER_SEQUENCE, &message) && rv_ber_take(&message, &tag, &part) &&
        rv_ber_take(&message, &tag, &part) && rv_ber_take(&message, &tag, &part) &&
        rv_ber_take_integer(&part, &id) && id >= ID_LEAST &&
        id < (gint64)(ID_LEAST + client->total) && !client->seen[id - ID_LEAST]) {
        client->seen[id - ID_LEAST] = 1;
        client->got++;
    }
}

static void
on_failed(gpointer data, guint32 tag, const RvPeer *to, int error)
{
}

static void
send_one(Bare *client, const Packet *packets, guint64 k)
{
    const Packet *packet = &packets[k / (guint)agents];
    RvPeer to = {.in = {.sin_family = AF_INET, .sin_port = htons((guint16)port)}};
    guint8 *slot = rv_udp_slot(client->udp);
    guint32 id = htonl((guint32)(ID_LEAST + k));

    to.in.sin_addr.s_addr = htonl(address_at((guint)(k % (guint)agents)));
    memcpy(slot, packet->bytes, packet->size);
    memcpy(slot + packet->id_at, &id, sizeof id);
    rv_udp_queue(client->udp, &to, slot, packet->size, 0);
}

/* All agents' first packet, then their second: `at_once` of them on the way. */
static void
run_bare(void)
{
    Packet packets[PACKETS];
    Bare client = {.total = (guint64)agents * PACKETS};
    RvUdpCalls calls = {&client, on_received, on_failed};
    Tally tally;
    guint64 sent = 0;
    gint64 last;

    make_questions();
    make_packets(packets);
    client.udp = rv_udp_new(AF_INET, &calls, NULL);
    for (int r = 1; r <= rounds; r++) {
        client.seen = g_malloc0(client.total);
        client.got = sent = 0;
        begin(&tally);
        last = g_get_monotonic_time();
        while (client.got < client.total && g_get_monotonic_time() - last < SILENCE_MS * 1000) {
            GPollFD readable = {rv_udp_fd(client.udp), G_IO_IN, 0};

            for (guint i = 0;
                 i < RV_UDP_BATCH && sent < client.total && sent - client.got < (guint64)at_once;
                 i++)
                send_one(&client, packets, sent++);
            rv_udp_flush(client.udp);
            if (rv_udp_receive(client.udp) > 0)
                last = g_get_monotonic_time();
            else if (sent == client.total || sent - client.got >= (guint64)at_once)
                g_poll(&readable, 1, 100);
        }
        tally.requests = sent;
        tally.values = client.got;
        print(&tally, "bare", r);
        g_free(client.seen);
    }
    rv_udp_free(client.udp);
}

int
main(int argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"bare", 0, 0, G_OPTION_ARG_NONE, &bare, "send and receive only", NULL},
        {"address", 0, 0, G_OPTION_ARG_STRING, &first_address, "of the first agent", "ADDRESS"},
        {"port", 0, 0, G_OPTION_ARG_INT, &port, "of all", "PORT"},
        {"agents", 0, 0, G_OPTION_ARG_INT, &agents, "how many", "N"},
        {"rounds", 0, 0, G_OPTION_ARG_INT, &rounds, "how often", "N"},
        {"at-once", 0, 0, G_OPTION_ARG_INT, &at_once, "agents (bare: packets) under way", "N"},
        {"timeout", 0, 0, G_OPTION_ARG_INT, &timeout_ms, "of a request", "MS"},
        {"budget", 0, 0, G_OPTION_ARG_INT, &budget_ms, "of a round", "MS"},
        {"in-flight", 0, 0, G_OPTION_ARG_INT, &in_flight, "requests to one agent", "N"},
        {"v3", 0, 0, G_OPTION_ARG_STRING, &v3_user, "authPriv with this user", "USER"},
        {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;

    first_address = g_strdup("127.16.0.1");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || port == 0) {
        fprintf(stderr, "%s\n", error != NULL ? error->message : "--port is needed");
        return 2;
    }
    if (bare)
        run_bare();
    else
        run_engine();
    g_free(first_address);
    return 0;
}
