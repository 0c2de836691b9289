#include "snmp/gets.h"

typedef enum { PENDING, ASKED, SETTLED } State;

typedef struct {
    RvOid oid;
    State state;
    gboolean asked_before;
} Item;

struct RvGets {
    GArray *items; /* Item */
    guint first;   /* all before it are settled */
    RvCapacity *capacity;
    RvPartial partial;
    gpointer ask;
};

static void
item_clear(gpointer data)
{
    rv_oid_clear(&((Item *)data)->oid);
}

RvGets *
rv_gets_new(RvCapacity *capacity, RvPartial partial, gpointer ask)
{
    RvGets *gets = g_new0(RvGets, 1);

    gets->items = g_array_new(FALSE, FALSE, sizeof(Item));
    g_array_set_clear_func(gets->items, item_clear);
    gets->capacity = capacity;
    gets->partial = partial;
    gets->ask = ask;
    return gets;
}

void
rv_gets_free(RvGets *gets)
{
    if (gets == NULL)
        return;
    g_array_unref(gets->items);
    g_free(gets);
}

void
rv_gets_add(RvGets *gets, const RvOid *oid)
{
    Item item = {.oid = rv_oid_copy(oid)};

    g_array_append_val(gets->items, item);
}

static Item *
item_at(const RvGets *gets, guint i)
{
    return &g_array_index(gets->items, Item, i);
}

guint
rv_oid_bytes(const RvOid *oid)
{
    guint bytes = 8;

    for (guint i = 1; i < oid->length; i++)
        for (guint32 id = oid->ids[i]; bytes++, id > 0x7f; id >>= 7)
            ;
    return bytes;
}

/* The last try asks for one alone: some agents keep silent at more than they can take. */
static void
shrink(RvRequest *request)
{
    RvGets *gets = request->part;

    if (request->timeouts < request->session->access->retries || request->n == 1)
        return;
    request->asked_first = request->n;
    rv_capacity_lower(gets->capacity, RV_SIZE_VARBINDS, request->n);
    for (; request->n > 1; request->n--) {
        item_at(gets, request->parts[request->n - 1])->state = PENDING;
        rv_oid_clear(&request->oids[request->n - 1]);
    }
    gets->first = 0;
}

RvRequest *
rv_gets_next(RvGets *gets, RvSession *session, RvTally *tally)
{
    guint ceiling = gets->capacity->most[RV_SIZE_VARBINDS], n = 0, bytes = 0;
    g_autofree guint32 *parts = g_new(guint32, ceiling);
    RvOid *oids;
    RvRequest *request;

    while (gets->first < gets->items->len && item_at(gets, gets->first)->state == SETTLED)
        gets->first++;
    for (guint i = gets->first; i < gets->items->len && n < ceiling; i++) {
        Item *item = item_at(gets, i);

        if (item->state != PENDING)
            continue;
        bytes += rv_oid_bytes(&item->oid);
        if (n > 0 && bytes > RV_REQUEST_BYTES)
            break;
        item->state = ASKED;
        parts[n++] = i;
    }
    if (n == 0)
        return NULL;
    oids = g_new(RvOid, n);
    for (guint i = 0; i < n; i++)
        oids[i] = rv_oid_copy(&item_at(gets, parts[i])->oid);
    request = rv_request_new(session, tally, RV_PDU_GET, oids, n);
    request->part = gets;
    request->parts = g_steal_pointer(&parts);
    request->shrink = shrink;
    return request;
}

/* What the answer did not speak of is asked once more. */
static void
settle_rest(RvGets *gets, const RvRequest *request, const char *why)
{
    for (guint i = 0; i < request->n; i++) {
        Item *item = item_at(gets, request->parts[i]);

        if (item->state != ASKED)
            continue;
        if (item->asked_before)
            gets->partial(gets->ask, &item->oid, RV_REASON_PROTOCOL, why);
        item->state = item->asked_before ? SETTLED : PENDING;
        item->asked_before = TRUE;
    }
}

static gboolean
is_denied(gint64 status)
{
    return status == RV_PDU_AUTHORIZATION_ERROR || status == RV_PDU_NO_ACCESS;
}

static void
refuse(RvGets *gets, Item *item, gint64 status)
{
    const char *word = rv_pdu_error_word(status);
    g_autofree char *why = NULL;

    item->state = SETTLED;
    if (status == RV_PDU_NO_SUCH_NAME)
        return;
    why = g_strdup_printf("the agent says %s", word != NULL ? word : "an unknown error");
    gets->partial(gets->ask, &item->oid,
                  is_denied(status) ? RV_REASON_CREDENTIALS : RV_REASON_PROTOCOL, why);
}

/* An error is about one object: that one is left out and the others asked again. Where the agent
 * does not say which, or all are too much, fewer are asked. */
static void
read_error(RvGets *gets, const RvRequest *request, const RvPdu *pdu)
{
    gint64 index = pdu->error_index;

    for (guint i = 0; is_denied(pdu->error_status) && i < request->n; i++)
        refuse(gets, item_at(gets, request->parts[i]), pdu->error_status);
    if (is_denied(pdu->error_status))
        return;
    if (request->n == 1)
        index = 1;
    if (request->n > 1 &&
        (pdu->error_status == RV_PDU_TOO_BIG || index < 1 || index > (gint64)request->n)) {
        rv_capacity_refused(gets->capacity, RV_SIZE_VARBINDS, request->n);
        index = 0;
    }
    for (guint i = 0; i < request->n; i++)
        item_at(gets, request->parts[i])->state = PENDING;
    if (index > 0)
        refuse(gets, item_at(gets, request->parts[index - 1]), pdu->error_status);
    gets->first = 0;
}

static Item *
item_of(const RvGets *gets, const RvRequest *request, guint at, const RvOid *oid)
{
    for (guint i = 0; i < request->n; i++) {
        guint place = (at + i) % request->n; /* in order, by rights */

        if (rv_oid_compare(&request->oids[place], oid) == 0)
            return item_at(gets, request->parts[place]);
    }
    return NULL;
}

gboolean
rv_gets_answer(RvGets *gets, const RvRequest *request, const RvPdu *pdu, RvSnmpAnswers *into)
{
    RvBer varbinds = pdu->varbinds;
    RvPduVarbind varbind;
    gboolean valid;

    if (pdu->error_status != RV_PDU_NO_ERROR) {
        read_error(gets, request, pdu);
        return TRUE;
    }
    for (guint at = 0; rv_pdu_next(&varbinds, &varbind, &valid); at++) {
        Item *item = item_of(gets, request, at, &varbind.varbind.oid);

        if (item == NULL || item->state == SETTLED)
            continue;
        item->state = SETTLED;
        request->tally->unknown += varbind.cell == RV_CELL_UNKNOWN;
        if (varbind.cell == RV_CELL_VALUE && !rv_snmp_answers_add_copy(into, &varbind.varbind))
            return FALSE;
    }
    rv_capacity_answered(gets->capacity, RV_SIZE_VARBINDS, request->n);
    rv_capacity_answered(gets->capacity, RV_SIZE_BYTES,
                         (guint)(pdu->varbinds.end - pdu->varbinds.at));
    if (request->asked_first > 0)
        rv_capacity_silent(gets->capacity, RV_SIZE_VARBINDS, request->asked_first);
    settle_rest(gets, request,
                valid ? "the agent answers other objects than were asked"
                      : "the agent's answers cannot be decoded");
    gets->first = 0;
    return TRUE;
}

void
rv_gets_fail(RvGets *gets, const RvRequest *request)
{
    for (guint i = 0; i < request->n; i++) {
        Item *item = item_at(gets, request->parts[i]);

        item->state = SETTLED;
        gets->partial(gets->ask, &item->oid, request->reason, request->detail);
    }
}

void
rv_gets_give_up(RvGets *gets, RvReason reason, const char *why)
{
    for (guint i = gets->first; i < gets->items->len; i++) {
        Item *item = item_at(gets, i);

        if (item->state == SETTLED)
            continue;
        item->state = SETTLED;
        gets->partial(gets->ask, &item->oid, reason, why);
    }
}
