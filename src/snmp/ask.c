#include "snmp/ask.h"

#include "base/clock.h"

#define COLUMNS 16
#define ROWS_OF_LARGE                                                                              \
    24 /* a table of so many rows shows an agent that takes two requests at once */
#define ROWS_OF_SMALL 12 /* tables of at most so many rows share requests */
#define SMALL_TABLES 16
#define SILENCES_LIMIT 2 /* requests in a row that failed: the agent is gone */

struct RvAsk {
    RvSnmpLoop *loop;
    RvSession *session;
    RvSnmpAnswers *into;
    void (*done)(gpointer user_data, const RvSnmpOutcome *outcome);
    gpointer user_data;
    RvCapacity *capacity;
    RvGets *gets;
    GPtrArray *tables;   /* RvTable* */
    GPtrArray *requests; /* RvRequest*, under way */
    RvTimer deadline, end;
    RvShare share;
    gint64 begun_ms;
    RvTally tally;
    guint turn; /* the table to be asked next: each gets its share, however long another one is */
    guint silences, slow;
    gboolean ended, full, checked_missing;
    RvReason reason; /* of the first thing that went wrong */
    char *detail;
    guint partials;
};

#define ASK_OF(part, member) ((RvAsk *)(gpointer)((char *)(part)-offsetof(RvAsk, member)))

static void schedule(RvAsk *ask);
static void schedule_waiting(RvShares *shares);

/* ---- the end ---- */

static void
on_partial(gpointer data, const RvOid *root, RvReason reason, const char *why)
{
    RvAsk *ask = data;

    rv_snmp_answers_mark_partial(ask->into, root, why);
    if (ask->partials++ == 0 || (reason == RV_REASON_LOOP && ask->reason != RV_REASON_LOOP)) {
        g_autofree char *oid = rv_oid_format(root);

        g_free(ask->detail);
        ask->detail = g_strdup_printf("%s: %s", oid, why);
        ask->reason = reason;
    }
}

static void
cancel_requests(RvAsk *ask)
{
    while (ask->requests->len > 0)
        rv_loop_cancel(ask->loop, g_ptr_array_steal_index_fast(ask->requests, 0));
}

/* The outcome is told from the loop's timers, when nothing of ours is on the stack. */
static void
end(RvAsk *ask)
{
    if (ask->ended)
        return;
    ask->ended = TRUE;
    cancel_requests(ask);
    rv_share_end(rv_loop_shares(ask->loop), &ask->share);
    rv_timers_unset(rv_loop_timers(ask->loop), &ask->deadline);
    rv_timers_set(rv_loop_timers(ask->loop), &ask->end, 0);
    rv_loop_wake(ask->loop);
}

static char *
detail_of(const RvAsk *ask, gboolean up)
{
    if (up && ask->partials > 1)
        return g_strdup_printf("%s (and %u more)", ask->detail, ask->partials - 1);
    if (!up && ask->reason == RV_REASON_NO_ANSWER && ask->session->access->version != RV_SNMP_3)
        return g_strdup_printf("%s; an agent is silent also where the community is wrong",
                               ask->detail);
    return g_strdup(ask->detail);
}

/* Odd, but no failure; NULL: nothing. */
static char *
note_of(const RvAsk *ask)
{
    if (ask->session->note != NULL || ask->tally.unknown == 0)
        return g_strdup(ask->session->note);
    return g_strdup_printf("the agent gave %u %s of a type that SNMP does not have: left out",
                           ask->tally.unknown, ask->tally.unknown == 1 ? "value" : "values");
}

static void
on_end(RvTimer *timer)
{
    RvAsk *ask = ASK_OF(timer, end);
    RvShares *shares = rv_loop_shares(ask->loop);
    gboolean up = ask->tally.answers > 0 && ask->reason != RV_REASON_CONFIGURATION &&
                  !(ask->reason == RV_REASON_CREDENTIALS && rv_snmp_answers_count(ask->into) == 0);
    g_autofree char *detail = detail_of(ask, up), *note = note_of(ask);
    RvSnmpOutcome outcome = {
        .state = up                                                            ? RV_STATE_UP
                 : ask->tally.requests == 0 && ask->reason == RV_REASON_BUDGET ? RV_STATE_NOT_ASKED
                                                                               : RV_STATE_DOWN,
        .reason = ask->reason,
        .detail = detail,
        .note = note,
        .partial = up && ask->partials > 0,
        .full = ask->full,
        .requests = ask->tally.requests,
        .answers = ask->tally.answers,
        .retries = ask->tally.retries,
        .duration_ms = rv_clock_monotonic_ms() - ask->begun_ms,
    };

    ask->done(ask->user_data, &outcome);
    schedule_waiting(shares);
}

static void
give_up(RvAsk *ask, RvReason reason, const char *why)
{
    cancel_requests(ask);
    rv_gets_give_up(ask->gets, reason, why);
    for (guint i = 0; i < ask->tables->len; i++)
        if (!rv_table_is_done(g_ptr_array_index(ask->tables, i)))
            rv_table_give_up(g_ptr_array_index(ask->tables, i), reason, why);
    end(ask);
}

/* Nothing came at all: one reason for the whole, not one per table. */
static void
fail_whole(RvAsk *ask, RvReason reason, const char *detail)
{
    g_autofree char *why = g_strdup(detail);

    g_free(ask->detail);
    ask->detail = g_steal_pointer(&why);
    ask->reason = reason;
    ask->partials = 0;
    end(ask);
}

static void
on_deadline(RvTimer *timer)
{
    RvAsk *ask = ASK_OF(timer, deadline);
    gint64 spent = rv_clock_monotonic_ms() - ask->begun_ms;
    g_autofree char *why = NULL;

    if (ask->tally.answers == 0 && ask->tally.requests > 0) {
        if (ask->session->detail != NULL)
            fail_whole(ask, ask->session->reason, ask->session->detail);
        else {
            why = g_strdup_printf("no answer within %" G_GINT64_FORMAT " ms", spent);
            fail_whole(ask, RV_REASON_NO_ANSWER, why);
        }
        return;
    }
    why = g_strdup_printf("not all was asked in the %" G_GINT64_FORMAT " ms there were", spent);
    if (ask->tally.requests == 0)
        fail_whole(ask, RV_REASON_BUDGET, why);
    else
        give_up(ask, RV_REASON_BUDGET, why);
}

/* ---- answers ---- */

static void
give_up_full(RvAsk *ask, const char *why)
{
    ask->full = TRUE;
    give_up(ask, RV_REASON_LOOP, why);
}

/* More came: whoever says too much for all to have room is cut. */
static void
keep_within(RvAsk *ask)
{
    RvShares *shares = rv_loop_shares(ask->loop);
    RvShare *excessive;

    if (ask->ended)
        return;
    rv_share_count(shares, &ask->share);
    while ((excessive = rv_shares_excessive(shares)) != NULL)
        give_up_full(ASK_OF(excessive, share),
                     "more values than there is room for beside the other devices that are asked; "
                     "the agent may make them up for ever");
}

static void
on_failure(RvAsk *ask, RvRequest *request)
{
    g_autofree char *why = NULL;

    if (ask->tally.answers == 0) {
        fail_whole(ask, request->reason, request->detail);
        return;
    }
    if (request->part == ask->gets)
        rv_gets_fail(ask->gets, request);
    else
        rv_table_fail(request->part, request);
    if (++ask->silences < SILENCES_LIMIT && request->reason != RV_REASON_CREDENTIALS)
        return;
    why = g_strdup_printf("stopped answering after %u requests: %s", ask->tally.answers,
                          request->detail);
    give_up(ask, request->reason, why);
}

static void
on_done(RvRequest *request, const RvPdu *pdu)
{
    RvAsk *ask = request->owner;
    gboolean room = TRUE;

    g_ptr_array_remove_fast(ask->requests, request);
    ask->slow += request->timeouts;
    if (pdu == NULL) {
        on_failure(ask, request);
    } else {
        ask->silences = 0;
        room = request->part == ask->gets ? rv_gets_answer(ask->gets, request, pdu, ask->into)
                                          : rv_table_answer(request->part, request, pdu, ask->into);
    }
    if (!room)
        give_up_full(ask, "more values than are kept of one device; the agent may make them up for "
                          "ever");
    keep_within(ask);
    schedule(ask);
}

/* ---- what next ---- */

/* One request at a time to small agents and to those that had to be asked twice. */
static guint
most_in_flight(const RvAsk *ask)
{
    guint wish = ask->session->access->max_in_flight;

    if (ask->tally.answers == 0)
        return 1;
    if (wish > 0)
        return wish;
    if (ask->slow > 0)
        return 1;
    for (guint i = 0; i < ask->tables->len; i++)
        if (rv_table_rows(g_ptr_array_index(ask->tables, i)) >= ROWS_OF_LARGE)
            return 2;
    return 1;
}

static RvRequest *
next_request(RvAsk *ask)
{
    RvRequest *request = rv_gets_next(ask->gets, ask->session, &ask->tally);

    for (guint i = 0; request == NULL && i < ask->tables->len; i++) {
        RvTable *table = g_ptr_array_index(ask->tables, ask->turn++ % ask->tables->len);

        request = rv_table_next(table, ask->session, &ask->tally);
    }
    return request;
}

/* Cells that an agent left out of its walks are asked for by name, once, all tables together. */
static gboolean
ask_missing(RvAsk *ask)
{
    if (ask->checked_missing)
        return FALSE;
    ask->checked_missing = TRUE;
    for (guint i = 0; i < ask->tables->len; i++)
        rv_table_ask_missing(g_ptr_array_index(ask->tables, i), ask->into, ask->gets);
    return TRUE;
}

/* Somebody ended or waits: others may go on. */
static void
schedule_waiting(RvShares *shares)
{
    RvShare *next;

    while ((next = rv_shares_next(shares)) != NULL)
        schedule(ASK_OF(next, share));
}

static void
schedule(RvAsk *ask)
{
    RvShares *shares = rv_loop_shares(ask->loop);

    if (ask->ended)
        return;
    if (!rv_share_may_go_on(shares, &ask->share)) {
        schedule_waiting(shares);
        return;
    }
    do {
        while (!ask->ended && ask->requests->len < most_in_flight(ask)) {
            RvRequest *request = next_request(ask);

            if (request == NULL)
                break;
            request->owner = ask;
            request->done = on_done;
            g_ptr_array_add(ask->requests, request);
            rv_loop_send(ask->loop, request);
        }
    } while (!ask->ended && ask->requests->len == 0 && ask_missing(ask));
    if (ask->requests->len == 0)
        end(ask);
}

/* ---- questions ---- */

static gboolean
is_small(const RvAsk *ask, const RvSnmpQuestion *question)
{
    return rv_capacity_has_bulk(ask->capacity) && question->walk && question->n_columns > 0 &&
           question->rows_hint > 0 && question->rows_hint <= ROWS_OF_SMALL &&
           question->oid.length < RV_OID_CEILING;
}

static void
add_table(RvAsk *ask, const RvSnmpQuestion *const *questions, guint n)
{
    if (n == 1)
        g_ptr_array_add(ask->tables, rv_table_new(questions[0], ask->capacity, on_partial, ask));
    else if (n > 1)
        g_ptr_array_add(ask->tables,
                        rv_table_new_mixed(questions, n, ask->capacity, on_partial, ask));
}

/* Small tables together, as many as fit into one answer; the others for themselves. */
static void
add_questions(RvAsk *ask, const RvSnmpQuestion *questions, guint n)
{
    const RvSnmpQuestion *small[SMALL_TABLES];
    guint count = 0, columns = 0, rows = 0;

    for (guint i = 0; i < n; i++) {
        const RvSnmpQuestion *question = &questions[i];
        guint all = columns + question->n_columns, most = MAX(rows, question->rows_hint);

        if (!question->walk) {
            rv_gets_add(ask->gets, &question->oid);
            continue;
        }
        if (!is_small(ask, question)) {
            add_table(ask, &question, 1);
            continue;
        }
        if (count == SMALL_TABLES || all > COLUMNS || all * (most + 1) > RV_CELLS_A_PACKET) {
            add_table(ask, small, count);
            count = columns = rows = 0;
        }
        small[count++] = question;
        columns += question->n_columns;
        rows = MAX(rows, question->rows_hint);
    }
    add_table(ask, small, count);
}

/* ---- life ---- */

static guint
expected_answers(const RvSnmpQuestion *questions, guint n)
{
    guint expected = 0;

    for (guint i = 0; i < n; i++)
        expected += questions[i].walk ? questions[i].n_columns * questions[i].rows_hint : 1;
    return expected;
}

RvAsk *
rv_ask_new(RvSnmpLoop *loop, RvSession *session, RvCapacity *capacity,
           const RvSnmpQuestion *questions, guint n, gint64 deadline_ms, RvSnmpAnswers *into,
           void (*done)(gpointer user_data, const RvSnmpOutcome *outcome), gpointer user_data)
{
    RvAsk *ask = g_new0(RvAsk, 1);

    ask->loop = loop;
    ask->session = session;
    ask->into = into;
    rv_snmp_answers_expect(into, expected_answers(questions, n));
    ask->done = done;
    ask->user_data = user_data;
    ask->capacity = capacity;
    ask->gets = rv_gets_new(ask->capacity, on_partial, ask);
    ask->tables = g_ptr_array_new_with_free_func((GDestroyNotify)rv_table_free);
    ask->requests = g_ptr_array_new();
    add_questions(ask, questions, n);
    ask->begun_ms = rv_clock_monotonic_ms();
    ask->deadline.fire = on_deadline;
    ask->end.fire = on_end;
    rv_share_begin(rv_loop_shares(loop), &ask->share, into);
    rv_timers_set(rv_loop_timers(loop), &ask->deadline, deadline_ms);
    rv_loop_wake(loop);
    return ask;
}

void
rv_ask_begin(RvAsk *ask)
{
    if (!ask->ended)
        schedule(ask);
}

void
rv_ask_refuse(RvAsk *ask, RvReason reason, const char *detail)
{
    fail_whole(ask, reason, detail);
}

void
rv_ask_free(RvAsk *ask)
{
    if (ask == NULL)
        return;
    cancel_requests(ask);
    rv_share_end(rv_loop_shares(ask->loop), &ask->share);
    rv_timers_unset(rv_loop_timers(ask->loop), &ask->deadline);
    rv_timers_unset(rv_loop_timers(ask->loop), &ask->end);
    rv_gets_free(ask->gets);
    g_ptr_array_unref(ask->tables);
    g_ptr_array_unref(ask->requests);
    g_free(ask->detail);
    g_free(ask);
}
