#include "snmp/loop.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "snmp/cipher.h"

#define ROOM 65536
#define WINDOW_LARGEST 8192u
#define WINDOW_SMALLEST 64u
#define PACKET_COST 4096 /* kernel memory of a waiting answer of 1500 bytes */
#define SLOTS_CEILING 0x10000u
#define NONCE_MASK 0x7fffu
#define EARLY_LIMIT 2
#define EARLY_LEAST_MS 250
#define REFUSED_PAUSE_MS 250
#define AGAIN_LIMIT 4
#define BATCHES_A_TURN 32
#define SEARCHES_A_TURN 64

typedef struct {
    GSource source;
    RvSnmpLoop *loop;
} Source;

struct RvSnmpLoop {
    GMainContext *context;
    Source *source;
    RvUdp *udp[2]; /* IPv4, IPv6; the second NULL where the system has none */
    gpointer tags[2];
    RvTimers timers;
    RvShares shares;
    RvSecurity security;
    RvFamilies *families;
    GQueue ready;
    GPtrArray *slots; /* RvRequest* or NULL; a request's id ends in its slot */
    GArray *free_slots;
    guint in_flight, window;
    guint packets_per_second;
    gint64 tokens_at_ms;
    double tokens;
    guint searches;
    gboolean blocked;
};

/* ---- requests ---- */

RvRequest *
rv_request_new(RvSession *session, RvTally *tally, RvPduType type, RvOid *oids, guint n)
{
    RvRequest *request = g_new0(RvRequest, 1);

    request->session = session;
    request->tally = tally;
    request->type = type;
    request->oids = oids;
    request->n = n;
    request->link.data = request;
    return request;
}

static void
request_free(RvRequest *request)
{
    for (guint i = 0; i < request->n; i++)
        rv_oid_clear(&request->oids[i]);
    g_free(request->oids);
    g_free(request->parts);
    g_free(request->detail);
    g_free(request);
}

static RvRequest *
find(RvSnmpLoop *loop, gint64 id)
{
    guint slot = (guint)(id & (SLOTS_CEILING - 1));
    RvRequest *request = slot < loop->slots->len ? g_ptr_array_index(loop->slots, slot) : NULL;

    return request != NULL && request->id == id ? request : NULL;
}

/* Ids cannot be guessed from earlier ones, and an answer to a request that has ended finds none. */
static gboolean
give_id(RvSnmpLoop *loop, RvRequest *request)
{
    guint slot;

    if (loop->free_slots->len > 0) {
        slot = g_array_index(loop->free_slots, guint, loop->free_slots->len - 1);
        g_array_set_size(loop->free_slots, loop->free_slots->len - 1);
    } else if (loop->slots->len < SLOTS_CEILING) {
        slot = loop->slots->len;
        g_ptr_array_add(loop->slots, NULL);
    } else {
        return FALSE;
    }
    request->id = ((1 + g_random_int() % (NONCE_MASK - 1)) << 16) | slot;
    g_ptr_array_index(loop->slots, slot) = request;
    return TRUE;
}

static void
detach(RvSnmpLoop *loop, RvRequest *request)
{
    rv_timers_unset(&loop->timers, &request->timer);
    if (request->queued)
        g_queue_unlink(&loop->ready, &request->link);
    request->queued = FALSE;
    if (request->counted)
        loop->in_flight--;
    request->counted = FALSE;
    if (request->id != 0) {
        guint slot = request->id & (SLOTS_CEILING - 1);

        g_ptr_array_index(loop->slots, slot) = NULL;
        g_array_append_val(loop->free_slots, slot);
    }
}

static void
finish(RvSnmpLoop *loop, RvRequest *request, const RvPdu *pdu)
{
    request->took_ms = rv_clock_monotonic_ms() - request->first_ms;
    detach(loop, request);
    request->done(request, pdu);
    request_free(request);
}

static void
fail(RvSnmpLoop *loop, RvRequest *request, RvReason reason, const char *detail)
{
    request->reason = reason;
    g_free(request->detail);
    request->detail = g_strdup(detail);
    finish(loop, request, NULL);
}

void
rv_loop_cancel(RvSnmpLoop *loop, RvRequest *request)
{
    detach(loop, request);
    request_free(request);
}

/* ---- time-outs ---- */

static void
fail_by_error(RvSnmpLoop *loop, RvRequest *request)
{
    g_autofree char *detail = NULL;

    if (request->error == ECONNREFUSED) {
        detail = g_strdup_printf("refused: nothing listens on UDP port %u there",
                                 request->session->access->port);
        fail(loop, request, RV_REASON_REFUSED, detail);
        return;
    }
    detail = g_strdup_printf("cannot be reached: %s", g_strerror(request->error));
    fail(loop, request, request->error == EMSGSIZE ? RV_REASON_PROTOCOL : RV_REASON_NO_ROUTE,
         detail);
}

/* It told its engine ID but nothing after that. net-snmp's agent does so where it cannot decrypt.
 */
static void
fail_silent_engine(RvSnmpLoop *loop, RvRequest *request)
{
    const RvSnmpAccess *access = request->session->access;
    g_autofree char *detail = g_strdup_printf(
        "the agent tells its engine ID but does not answer SNMPv3 user '%s': most likely the %s",
        access->user,
        access->level == RV_LEVEL_AUTH_PRIV ? "privacy password or protocol is wrong"
                                            : "user may not read");

    fail(loop, request, RV_REASON_CREDENTIALS, detail);
}

/* All tries are used up: the most exact reason that was seen. */
static void
fail_unanswered(RvSnmpLoop *loop, RvRequest *request)
{
    RvSession *session = request->session;
    g_autofree char *detail = NULL;

    if (request->error != 0) {
        fail_by_error(loop, request);
    } else if (session->detail != NULL) {
        fail(loop, request, session->reason, session->detail);
    } else if (request->foreign) {
        fail(loop, request, RV_REASON_PROTOCOL,
             "answers came from another address than was asked; they are not accepted");
    } else if (request->strange) {
        fail(loop, request, RV_REASON_PROTOCOL,
             "answers carried another request id than was asked with, or were no SNMP at all");
    } else if (session->engine_heard && request->tally->answers == 0) {
        fail_silent_engine(loop, request);
    } else {
        g_autofree char *early =
            request->early > 0
                ? g_strdup_printf(", asked again %u times within them", request->early)
                : g_strdup("");

        /* as the operator configured it: retries and the first */
        detail = g_strdup_printf("no answer within %" G_GINT64_FORMAT " ms (%u %s of %d ms%s)",
                                 rv_clock_monotonic_ms() - request->first_ms, request->timeouts,
                                 request->timeouts == 1 ? "try" : "tries",
                                 (int)session->access->timeout_ms, early);
        fail(loop, request, RV_REASON_NO_ANSWER, detail);
    }
}

static void
send_again(RvSnmpLoop *loop, RvRequest *request)
{
    if (request->queued)
        return;
    request->queued = TRUE;
    g_queue_push_head_link(&loop->ready, &request->link);
}

static void
on_timeout(RvTimer *timer)
{
    RvRequest *request = (RvRequest *)(gpointer)((char *)timer - offsetof(RvRequest, timer));
    RvSnmpLoop *loop = request->loop;
    const RvSnmpAccess *access = request->session->access;

    if (request->error == 0 && request->early < EARLY_LIMIT && request->timeouts == 0 &&
        access->retries > 0 &&
        rv_clock_monotonic_ms() - request->first_ms < (gint64)access->timeout_ms) {
        request->early++;
        request->tally->retries++;
        send_again(loop, request);
        return;
    }
    if (++request->timeouts > access->retries) {
        fail_unanswered(loop, request);
        return;
    }
    /* from an earlier run, and silent: the device may have been replaced */
    if (request->timeouts == access->retries)
        rv_session_doubt(request->session);
    request->tally->retries++;
    if (request->shrink != NULL && request->error == 0)
        request->shrink(request);
    send_again(loop, request);
}

/* A lost packet must not cost a whole time-out: early in the first one it is sent again, after a
 * few times the round trip known of this agent. */
static gint64
patience_ms(const RvRequest *request)
{
    const RvSession *session = request->session;
    gint64 timeout = session->access->timeout_ms, early;

    if (request->timeouts > 0 || session->access->retries == 0)
        return timeout;
    early =
        session->round_trip_ms > 0 ? MAX(4 * session->round_trip_ms, EARLY_LEAST_MS) : timeout / 4;
    early <<= request->early;
    if (request->early >= EARLY_LIMIT || request->sent_ms + early >= request->first_ms + timeout)
        return MAX(request->first_ms + timeout - request->sent_ms, 1);
    return early;
}

/* ---- sending ---- */

static RvUdp *
udp_of(RvSnmpLoop *loop, const RvRequest *request)
{
    return loop->udp[request->session->peer.any.sa_family == AF_INET ? 0 : 1];
}

static void
send_now(RvSnmpLoop *loop, RvRequest *request, RvUdp *udp, guint8 *slot)
{
    RvSession *session = request->session;
    RvBerWriter writer;
    gint64 now = rv_clock_monotonic_ms();

    rv_ber_writer_init(&writer, slot, RV_UDP_LARGEST_REQUEST);
    if (!rv_session_wrap(session, &writer, (gint32)request->id, request->type, 0,
                         request->type == RV_PDU_GETBULK ? request->repetitions : 0, request->oids,
                         request->n)) {
        fail(loop, request, writer.full ? RV_REASON_PROTOCOL : session->reason,
             writer.full ? "the request does not fit into a packet" : session->detail);
        return;
    }
    if (request->first_ms == 0) {
        request->first_ms = now;
        request->tally->requests++;
    }
    request->sent_ms = now;
    rv_udp_queue(udp, &session->peer, writer.at, (gsize)(slot + RV_UDP_LARGEST_REQUEST - writer.at),
                 request->id);
    rv_timers_set(&loop->timers, &request->timer, now + patience_ms(request));
}

/* Milliseconds until the pacing lets a packet go; 0: now. */
static gint64
pace(RvSnmpLoop *loop)
{
    gint64 now = rv_clock_monotonic_ms();
    double rate = loop->packets_per_second;

    if (loop->packets_per_second == 0)
        return 0;
    loop->tokens =
        MIN(loop->tokens + rate * (double)(now - loop->tokens_at_ms) / 1000.0, MAX(rate / 50, 1));
    loop->tokens_at_ms = now;
    return loop->tokens >= 1 ? 0 : 1 + (gint64)((1 - loop->tokens) * 1000 / rate);
}

/* FALSE: the kernel or the pacing holds us back. */
static gboolean
send_head(RvSnmpLoop *loop, RvRequest *request)
{
    RvUdp *udp = udp_of(loop, request);
    guint8 *slot;

    if (udp == NULL) {
        fail(loop, request, RV_REASON_NO_ROUTE, "this system has no IPv6");
        return TRUE;
    }
    slot = rv_udp_slot(udp);
    if (slot == NULL)
        return FALSE;
    if (!request->counted && !give_id(loop, request))
        return FALSE;
    g_queue_unlink(&loop->ready, &request->link);
    request->queued = FALSE;
    if (!request->counted)
        loop->in_flight++;
    request->counted = TRUE;
    loop->tokens -= 1;
    send_now(loop, request, udp, slot);
    return TRUE;
}

static void
pump(RvSnmpLoop *loop)
{
    RvRequest *request;

    do {
        while ((request = g_queue_peek_head(&loop->ready)) != NULL &&
               (request->counted || loop->in_flight < loop->window) && pace(loop) == 0 &&
               send_head(loop, request))
            ;
        loop->blocked = FALSE;
        for (guint i = 0; i < 2; i++)
            if (loop->udp[i] != NULL && !rv_udp_flush(loop->udp[i]))
                loop->blocked = TRUE;
    } while (!loop->blocked && !g_queue_is_empty(&loop->ready) &&
             (((RvRequest *)g_queue_peek_head(&loop->ready))->counted ||
              loop->in_flight < loop->window) &&
             pace(loop) == 0 && loop->slots->len < SLOTS_CEILING);
}

void
rv_loop_send(RvSnmpLoop *loop, RvRequest *request)
{
    request->loop = loop;
    request->timer.fire = on_timeout;
    request->queued = TRUE;
    g_queue_push_tail_link(&loop->ready, &request->link);
    rv_loop_wake(loop);
}

/* ---- receiving ---- */

/* Something came from `from` that fits no request: remembered for the reason, where it was asked.
 */
static void
note_strange(RvSnmpLoop *loop, const RvPeer *from)
{
    if (++loop->searches > SEARCHES_A_TURN)
        return;
    for (guint i = 0; i < loop->slots->len; i++) {
        RvRequest *request = g_ptr_array_index(loop->slots, i);

        if (request != NULL && rv_peer_equal(&request->session->peer, from))
            request->strange = TRUE;
    }
}

/* From the last sending: too short where an earlier one was answered, never so long that a lost
 * packet is waited for. */
static void
learn_round_trip(RvRequest *request, gint64 now)
{
    RvSession *session = request->session;
    gint64 took = MAX(now - request->sent_ms, 1);

    session->round_trip_ms =
        session->round_trip_ms == 0 ? took : MAX((7 * session->round_trip_ms + took) / 8, 1);
}

static void
accept_answer(RvSnmpLoop *loop, RvRequest *request, guint8 *bytes, gsize size)
{
    RvSession *session = request->session;
    RvPdu pdu;

    switch (rv_session_unwrap(session, bytes, size, &pdu)) {
    case RV_UNWRAP_PDU:
        if (pdu.request_id != request->id) {
            request->strange = TRUE;
            return;
        }
        g_clear_pointer(&session->detail, g_free);
        request->tally->answers++;
        learn_round_trip(request, rv_clock_monotonic_ms());
        finish(loop, request, &pdu);
        return;
    case RV_UNWRAP_DROPPED:
        return;
    case RV_UNWRAP_AGAIN:
        if (++request->again > AGAIN_LIMIT) {
            fail(loop, request, session->reason, session->detail);
            return;
        }
        g_clear_pointer(&session->detail, g_free);
        send_again(loop, request);
        return;
    case RV_UNWRAP_REFUSED:
        fail(loop, request, session->reason, session->detail);
        return;
    }
}

static void
on_received(gpointer data, const RvPeer *from, guint8 *bytes, gsize size)
{
    RvSnmpLoop *loop = data;
    RvRequest *request;
    gint64 id;

    if (!rv_session_peek(bytes, size, &id) || (request = find(loop, id)) == NULL) {
        note_strange(loop, from);
        return;
    }
    if (!rv_peer_equal(&request->session->peer, from)) {
        request->foreign = TRUE;
        return;
    }
    accept_answer(loop, request, bytes, size);
}

static void
note_error(RvSnmpLoop *loop, RvRequest *request, int code)
{
    request->error = code;
    rv_timers_set(&loop->timers, &request->timer, rv_clock_monotonic_ms() + REFUSED_PAUSE_MS);
}

static void
on_failed(gpointer data, guint32 tag, const RvPeer *to, int code)
{
    RvSnmpLoop *loop = data;
    RvRequest *request = find(loop, tag);

    if (request != NULL) {
        note_error(loop, request, code);
        return;
    }
    for (guint i = 0; tag == 0 && i < loop->slots->len; i++) {
        request = g_ptr_array_index(loop->slots, i);
        if (request != NULL && rv_peer_equal(&request->session->peer, to))
            note_error(loop, request, code);
    }
}

/* ---- the source ---- */

static void
set_ready_time(RvSnmpLoop *loop)
{
    gint64 next = rv_timers_next_ms(&loop->timers);
    RvRequest *head = g_queue_peek_head(&loop->ready);

    if (head != NULL && !loop->blocked && (head->counted || loop->in_flight < loop->window))
        next = MIN(next, rv_clock_monotonic_ms() + MAX(pace(loop), 1));
    g_source_set_ready_time(&loop->source->source, next == G_MAXINT64 ? -1 : next * 1000);
    for (guint i = 0; i < 2; i++)
        if (loop->udp[i] != NULL)
            g_source_modify_unix_fd(&loop->source->source, loop->tags[i],
                                    G_IO_IN | G_IO_ERR | (loop->blocked ? G_IO_OUT : 0));
}

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    RvSnmpLoop *loop = ((Source *)source)->loop;

    loop->searches = 0;
    for (guint i = 0; i < 2; i++) {
        if (loop->udp[i] == NULL || g_source_query_unix_fd(source, loop->tags[i]) == 0)
            continue;
        for (guint turn = 0; turn < BATCHES_A_TURN; turn++) {
            guint n = rv_udp_receive(loop->udp[i]);

            pump(loop);
            if (n < RV_UDP_BATCH)
                break;
        }
    }
    rv_timers_run(&loop->timers, rv_clock_monotonic_ms());
    pump(loop);
    set_ready_time(loop);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_calls = {.dispatch = dispatch};

void
rv_loop_wake(RvSnmpLoop *loop)
{
    g_source_set_ready_time(&loop->source->source, 0);
}

/* ---- life ---- */

static void
attach(RvSnmpLoop *loop)
{
    GSource *source = g_source_new(&source_calls, sizeof(Source));

    loop->source = (Source *)source;
    loop->source->loop = loop;
    for (guint i = 0; i < 2; i++)
        if (loop->udp[i] != NULL)
            loop->tags[i] =
                g_source_add_unix_fd(source, rv_udp_fd(loop->udp[i]), G_IO_IN | G_IO_ERR);
    g_source_attach(source, loop->context);
}

RvSnmpLoop *
rv_snmp_loop_new(GMainContext *context, GError **error)
{
    RvSnmpLoop *loop = g_new0(RvSnmpLoop, 1);
    RvUdpCalls calls = {.user_data = loop, .received = on_received, .failed = on_failed};

    loop->context = context != NULL ? g_main_context_ref(context)
                                    : g_main_context_ref(g_main_context_default());
    loop->udp[0] = rv_udp_new(AF_INET, &calls, error);
    if (loop->udp[0] == NULL) {
        g_main_context_unref(loop->context);
        g_free(loop);
        return NULL;
    }
    loop->udp[1] = rv_udp_new(AF_INET6, &calls, NULL);
    /* of net-snmp only its ciphers are set up: nothing reads its configuration */
    rv_cipher_init();
    loop->slots = g_ptr_array_new();
    loop->free_slots = g_array_new(FALSE, FALSE, sizeof(guint));
    loop->window = CLAMP((guint)(rv_udp_receive_room(loop->udp[0]) / PACKET_COST), WINDOW_SMALLEST,
                         WINDOW_LARGEST);
    loop->security.ring = rv_key_ring_new();
    loop->security.engines = rv_engines_new();
    loop->security.room = g_malloc(ROOM);
    loop->families = rv_families_new();
    loop->security.salt = (guint64)g_random_int() << 32 | g_random_int();
    attach(loop);
    return loop;
}

void
rv_snmp_loop_free(RvSnmpLoop *loop)
{
    if (loop == NULL)
        return;
    g_source_destroy(&loop->source->source);
    g_source_unref(&loop->source->source);
    rv_udp_free(loop->udp[0]);
    rv_udp_free(loop->udp[1]);
    rv_timers_clear(&loop->timers);
    g_ptr_array_unref(loop->slots);
    g_array_unref(loop->free_slots);
    rv_key_ring_free(loop->security.ring);
    rv_engines_free(loop->security.engines);
    rv_families_free(loop->families);
    g_free(loop->security.room);
    g_main_context_unref(loop->context);
    g_free(loop);
}

void
rv_snmp_loop_set_pace(RvSnmpLoop *loop, guint packets_per_second)
{
    loop->packets_per_second = packets_per_second;
    loop->tokens_at_ms = rv_clock_monotonic_ms();
}

void
rv_snmp_loop_load(RvSnmpLoop *loop, const char *folder)
{
    g_autofree char *engines = g_build_filename(folder, "engines", NULL);
    g_autofree char *families = g_build_filename(folder, "families", NULL);
    gint64 now_s = rv_clock_now_ms() / 1000;

    rv_engines_load(loop->security.engines, engines, now_s);
    rv_families_load(loop->families, families, now_s);
}

gboolean
rv_snmp_loop_save(RvSnmpLoop *loop, const char *folder, GError **error)
{
    g_autofree char *engines = g_build_filename(folder, "engines", NULL);
    g_autofree char *families = g_build_filename(folder, "families", NULL);
    gint64 now_s = rv_clock_now_ms() / 1000;

    return rv_engines_save(loop->security.engines, engines, error) &&
           rv_families_save(loop->families, families, now_s, error);
}

RvTimers *
rv_loop_timers(RvSnmpLoop *loop)
{
    return &loop->timers;
}

RvShares *
rv_loop_shares(RvSnmpLoop *loop)
{
    return &loop->shares;
}

gboolean
rv_snmp_loop_is_full(RvSnmpLoop *loop)
{
    return rv_shares_are_scarce(&loop->shares);
}

RvSecurity *
rv_loop_security(RvSnmpLoop *loop)
{
    return &loop->security;
}

RvFamilies *
rv_loop_families(RvSnmpLoop *loop)
{
    return loop->families;
}

GMainContext *
rv_loop_context(RvSnmpLoop *loop)
{
    return loop->context;
}
