#include "snmp/table.h"

#include <string.h>

#define PROBE_COLUMNS 16
#define PROBE_CELLS 48
#define PROBE_ROWS_LEAST 2
#define PROBE_ROWS_MOST 12
#define GROWN_ROWS 4 /* asked for first where a column goes on after the rows known */
#define STRIKES 3
#define MISSING_CEILING 40
#define VALUE_GUESS 40 /* bytes of a value of which none was seen */

typedef enum {
    WAITING,
    BUSY,
    PERHAPS, /* as many rows as known, its end not seen */
    DONE,
} State;

typedef struct {
    RvOid root;
    guint32 last[RV_OID_CEILING]; /* the OID to go on from; first `root` */
    guint last_length;
    guint rows;
    guint widest; /* bytes of a cell; 0: none was seen */
    State state;
    gboolean end_seen;
} Column;

struct RvTable {
    RvOid root;
    Column *columns;
    guint n, busy;
    gboolean whole; /* no columns: all below the root */
    gboolean mixed; /* columns of several tables; no root */
    gboolean next;  /* GETNEXT */
    gboolean probed;
    guint known;          /* rows; 0: not known */
    gboolean counted;     /* known from a column whose end was seen, this time */
    guint rows_a_request; /* while not known, and past what was */
    guint strikes, cells, unknown;
    gboolean bulk_refused, bulk_silent; /* … and GETNEXT was not yet answered */
    RvCapacity *capacity;
    RvPartial partial;
    gpointer ask;
};

static RvOid
last_of(Column *column)
{
    return (RvOid){.ids = column->last, .length = column->last_length};
}

static void
column_init(Column *column, RvOid root)
{
    column->root = root;
    column->last_length = root.length;
    memcpy(column->last, root.ids, root.length * sizeof *root.ids);
}

static RvTable *
table_new(guint n, guint known, RvCapacity *capacity, RvPartial partial, gpointer ask)
{
    RvTable *table = g_new0(RvTable, 1);

    table->n = n;
    table->columns = g_new0(Column, n);
    table->known = known;
    table->next = !rv_capacity_has_bulk(capacity);
    table->rows_a_request = known > 0 ? GROWN_ROWS : PROBE_ROWS_MOST;
    table->capacity = capacity;
    table->partial = partial;
    table->ask = ask;
    return table;
}

RvTable *
rv_table_new(const RvSnmpQuestion *question, RvCapacity *capacity, RvPartial partial, gpointer ask)
{
    gboolean whole = question->columns == NULL || question->n_columns == 0 ||
                     question->oid.length >= RV_OID_CEILING;
    RvTable *table =
        table_new(whole ? 1 : question->n_columns, question->rows_hint, capacity, partial, ask);

    table->root = rv_oid_copy(&question->oid);
    table->whole = whole;
    for (guint i = 0; i < table->n; i++)
        column_init(&table->columns[i],
                    table->whole ? rv_oid_copy(&question->oid)
                                 : rv_oid_append(&question->oid, &question->columns[i], 1));
    return table;
}

RvTable *
rv_table_new_mixed(const RvSnmpQuestion *const *questions, guint n, RvCapacity *capacity,
                   RvPartial partial, gpointer ask)
{
    guint columns = 0, known = 0, at = 0;
    RvTable *table;

    for (guint i = 0; i < n; i++) {
        columns += questions[i]->n_columns;
        known = MAX(known, questions[i]->rows_hint);
    }
    table = table_new(columns, known, capacity, partial, ask);
    table->mixed = TRUE;
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < questions[i]->n_columns; k++)
            column_init(&table->columns[at++],
                        rv_oid_append(&questions[i]->oid, &questions[i]->columns[k], 1));
    return table;
}

void
rv_table_free(RvTable *table)
{
    for (guint i = 0; i < table->n; i++)
        rv_oid_clear(&table->columns[i].root);
    g_free(table->columns);
    rv_oid_clear(&table->root);
    g_free(table);
}

gboolean
rv_table_is_done(const RvTable *table)
{
    for (guint i = 0; i < table->n; i++)
        if (table->columns[i].state != DONE)
            return FALSE;
    return TRUE;
}

guint
rv_table_rows(const RvTable *table)
{
    return table->known;
}

/* ---- asking ---- */

/* The index of the last row, which columns of one table share. */
static gboolean
ends_alike(const Column *a, const Column *b)
{
    guint n = a->last_length - a->root.length;

    return a->rows == b->rows && b->last_length - b->root.length == n &&
           memcmp(a->last + a->root.length, b->last + b->root.length, n * sizeof *a->last) == 0;
}

/* A column whose end was not seen is whole where another one with its end seen ends alike. Where
 * none does and nothing else is under way, one is asked for more. */
static void
resolve_perhaps(RvTable *table)
{
    Column *first = NULL;

    for (guint i = 0; i < table->n; i++) {
        Column *column = &table->columns[i];

        for (guint k = 0; column->state == PERHAPS && k < table->n; k++)
            if (table->columns[k].end_seen && ends_alike(column, &table->columns[k]))
                column->state = DONE;
        if (column->state == PERHAPS && first == NULL)
            first = column;
    }
    for (guint i = 0; first != NULL && i < table->n; i++)
        if (table->columns[i].state == WAITING || table->columns[i].state == BUSY)
            return;
    if (first != NULL)
        first->state = WAITING;
}

/* Takes up to `ceiling` waiting columns that are as far as the first of them. */
static guint
pick(RvTable *table, guint ceiling, guint32 *parts)
{
    guint n = 0, bytes = 0;

    for (guint i = 0; i < table->n && n < ceiling; i++) {
        Column *column = &table->columns[i];
        RvOid last = last_of(column);

        if (column->state != WAITING ||
            (n > 0 && column->rows != table->columns[parts[0]].rows && !table->next))
            continue;
        bytes += rv_oid_bytes(&last);
        if (n > 0 && bytes > RV_REQUEST_BYTES)
            break;
        parts[n++] = i;
    }
    return n;
}

static void
shrink(RvRequest *request)
{
    RvTable *table = request->part;

    if (request->type != RV_PDU_GETBULK || request->repetitions <= 2)
        return;
    request->asked_first = MAX(request->asked_first, request->repetitions);
    rv_capacity_lower(table->capacity, RV_SIZE_CELLS, request->n * request->repetitions);
    request->repetitions /= 2;
}

static RvRequest *
make_request(RvTable *table, RvSession *session, RvTally *tally, const guint32 *parts, guint n,
             guint repetitions)
{
    RvOid *oids = g_new(RvOid, n);
    RvRequest *request;

    for (guint i = 0; i < n; i++) {
        Column *column = &table->columns[parts[i]];
        RvOid last = last_of(column);

        oids[i] = rv_oid_copy(&last);
        column->state = BUSY;
    }
    table->busy++;
    request =
        rv_request_new(session, tally, repetitions > 0 ? RV_PDU_GETBULK : RV_PDU_GETNEXT, oids, n);
    request->repetitions = repetitions;
    request->part = table;
    request->parts = g_memdup2(parts, n * sizeof *parts);
    request->shrink = shrink;
    return request;
}

/* Varbinds of a request to walk with. */
static guint
most_columns(const RvTable *table)
{
    return MIN(PROBE_COLUMNS, table->capacity->most[RV_SIZE_VARBINDS]);
}

/* Bytes of a row of these columns, so far as rows were seen. */
static guint
row_bytes(RvTable *table, const guint32 *parts, guint n)
{
    guint bytes = 0;

    for (guint i = 0; i < n; i++) {
        Column *column = &table->columns[parts[i]];
        RvOid last = last_of(column);

        bytes += column->widest > 0 ? column->widest : rv_oid_bytes(&last) + VALUE_GUESS;
    }
    return bytes;
}

/* As much as the agent takes: fewer columns, then fewer rows. Returns the columns. */
static guint
fit(RvTable *table, const guint32 *parts, guint n, guint *repetitions)
{
    const RvCapacity *capacity = table->capacity;
    guint cells = capacity->most[RV_SIZE_CELLS], bytes = capacity->most[RV_SIZE_BYTES];
    guint rows = MIN(*repetitions, capacity->repetitions);

    while (n > 1 && (n * rows > cells || row_bytes(table, parts, n) * rows > bytes))
        n--;
    if (n > 0)
        rows = MIN(rows, MIN(cells / n, bytes / row_bytes(table, parts, n)));
    *repetitions = MAX(rows, 1);
    return n;
}

/* All columns together: some rows of each, enough for a small table. */
static guint
plan_probe(RvTable *table, guint32 *parts, guint *repetitions)
{
    guint n = pick(table, most_columns(table), parts);

    if (n > 0)
        *repetitions = CLAMP(PROBE_CELLS / n, PROBE_ROWS_LEAST, PROBE_ROWS_MOST);
    table->probed = TRUE;
    return n;
}

static guint
plan_unknown(RvTable *table, guint32 *parts, guint *repetitions)
{
    if (table->busy > 0)
        return 0;
    if (!table->probed && !table->whole)
        return plan_probe(table, parts, repetitions);
    *repetitions = table->rows_a_request;
    return pick(table, 1, parts);
}

static void
go_over_to_next(RvTable *table)
{
    table->next = TRUE;
    for (guint i = 0; i < table->n; i++)
        if (table->columns[i].state == PERHAPS)
            table->columns[i].state = WAITING;
}

/* One row more than known shows the end; of a large table only one column needs to. */
static guint
plan_known(RvTable *table, guint32 *parts, guint *repetitions)
{
    guint n = pick(table, 1, parts), left, wish;

    if (n == 0)
        return 0;
    left = table->known - MIN(table->known, table->columns[parts[0]].rows);
    wish = left > 0 ? left + 1 : table->rows_a_request;
    n = pick(table, CLAMP(RV_CELLS_A_PACKET / wish, 1, most_columns(table)), parts);
    if (n == 1 && left > 0 && (table->counted || table->probed) && !table->mixed)
        wish = left;
    table->probed = TRUE;
    *repetitions = wish;
    return n;
}

RvRequest *
rv_table_next(RvTable *table, RvSession *session, RvTally *tally)
{
    guint32 parts[PROBE_COLUMNS];
    guint n, repetitions = 0;

    resolve_perhaps(table);
    if (!table->next && !rv_capacity_has_bulk(table->capacity))
        go_over_to_next(table);
    if (table->next)
        n = table->busy > 0 ? 0 : pick(table, most_columns(table), parts);
    else if (table->known == 0)
        n = plan_unknown(table, parts, &repetitions);
    else
        n = plan_known(table, parts, &repetitions);
    if (!table->next)
        n = fit(table, parts, n, &repetitions);
    return n > 0 ? make_request(table, session, tally, parts, n, table->next ? 0 : repetitions)
                 : NULL;
}

/* ---- answers ---- */

static void
column_end(RvTable *table, Column *column)
{
    column->state = DONE;
    column->end_seen = TRUE;
    if (column->rows > 0 && (!table->counted || column->rows > table->known)) {
        table->known = column->rows;
        table->counted = TRUE;
    }
}

static void
column_partial(RvTable *table, Column *column, RvReason reason, const char *why)
{
    column->state = DONE;
    table->partial(table->ask, &column->root, reason, why);
}

void
rv_table_give_up(RvTable *table, RvReason reason, const char *why)
{
    guint open = 0;

    for (guint i = 0; i < table->n; i++)
        open += table->columns[i].state != DONE;
    if (open == table->n && !table->mixed) {
        table->partial(table->ask, &table->root, reason, why);
        for (guint i = 0; i < table->n; i++)
            table->columns[i].state = DONE;
        return;
    }
    for (guint i = 0; i < table->n; i++)
        if (table->columns[i].state != DONE)
            column_partial(table, &table->columns[i], reason, why);
}

/* After `column` comes `oid` (NULL: nothing more at all): columns between them are empty. */
static void
skip_empty(RvTable *table, const Column *column, const RvOid *oid)
{
    for (guint i = 0; i < table->n; i++) {
        Column *other = &table->columns[i];

        if (other->state == WAITING && other->rows == 0 &&
            rv_oid_compare(&other->root, &column->root) > 0 &&
            (oid == NULL ||
             (rv_oid_compare(&other->root, oid) < 0 && !rv_oid_is_below(oid, &other->root))))
            column_end(table, other);
    }
}

/* Is `oid`, which lies below the column's root, past its last one? */
static gboolean
advances(const Column *column, const RvOid *oid)
{
    guint n = MIN(column->last_length, oid->length);

    for (guint i = column->root.length; i < n; i++)
        if (oid->ids[i] != column->last[i])
            return oid->ids[i] > column->last[i];
    return oid->length > column->last_length;
}

typedef enum { GOES_ON, ENDED, REPEATED, FULL } Step;

static void
repeated(RvTable *table, Column *column, const RvOid *oid, gboolean bulk)
{
    RvOid last = last_of(column);
    g_autofree char *text = rv_oid_format(oid);
    g_autofree char *asked = rv_oid_format(&last);
    g_autofree char *why =
        rv_oid_compare(oid, &last) == 0
            ? g_strdup_printf("the walk does not advance: the agent gave %s again", text)
            : g_strdup_printf("the walk goes in a circle: after %s the agent gave %s", asked, text);

    column->state = WAITING;
    if (bulk)
        go_over_to_next(table);
    else
        column_partial(table, column, RV_REASON_LOOP, why);
}

static void
endless(RvTable *table)
{
    g_autofree char *why = g_strdup_printf(
        "more than %d values: not read further, the agent may make them up for ever",
        RV_TABLE_CEILING);

    rv_table_give_up(table, RV_REASON_LOOP, why);
}

/* Some agents begin anew after their last object, with the first of all; one that falls back to
 * another object repeats itself. */
static gboolean
begins_anew(const RvOid *oid)
{
    static guint32 description[] = {1, 3, 6, 1, 2, 1, 1, 1, 0};
    const RvOid first = {.ids = description, .length = G_N_ELEMENTS(description)};

    return rv_oid_compare(oid, &first) <= 0;
}

static Step
take_cell(RvTable *table, Column *column, const RvPduVarbind *cell, gboolean bulk,
          RvSnmpAnswers *into)
{
    const RvOid *oid = &cell->varbind.oid;

    if (cell->cell == RV_CELL_END || cell->cell == RV_CELL_ABSENT) {
        column_end(table, column);
        skip_empty(table, column, NULL);
        return ENDED;
    }
    if (!rv_oid_is_below(oid, &column->root)) {
        RvOid last = last_of(column);
        gboolean falls_back = rv_oid_compare(oid, &last) <= 0;

        /* a GETBULK that falls back may have lost its way */
        if (falls_back && (bulk || !begins_anew(oid)))
            return REPEATED;
        column_end(table, column);
        if (!falls_back)
            skip_empty(table, column, oid);
        return ENDED;
    }
    if (!advances(column, oid))
        return REPEATED;
    if (cell->cell == RV_CELL_VALUE && !rv_snmp_answers_add_copy(into, &cell->varbind))
        return FULL;
    table->unknown += cell->cell == RV_CELL_UNKNOWN;
    memcpy(column->last, oid->ids, oid->length * sizeof *oid->ids);
    column->last_length = oid->length;
    column->rows++;
    table->cells++;
    return GOES_ON;
}

/* FALSE: the answers are full. *cells counts those after which we know what to do. */
static gboolean
take_cells(RvTable *table, const RvRequest *request, const RvPdu *pdu, RvSnmpAnswers *into,
           guint *cells, gboolean *cut)
{
    RvBer varbinds = pdu->varbinds;
    RvPduVarbind cell;
    gboolean bulk = request->type == RV_PDU_GETBULK, valid;
    const guint8 *before;

    for (guint at = 0; before = varbinds.at, rv_pdu_next(&varbinds, &cell, &valid); at++) {
        Column *column = &table->columns[request->parts[at % request->n]];

        if (column->state != BUSY)
            continue;
        column->widest = MAX(column->widest, (guint)(varbinds.at - before));
        switch (take_cell(table, column, &cell, bulk, into)) {
        case REPEATED:
            repeated(table, column, &cell.varbind.oid, bulk);
            (*cells)++;
            break;
        case FULL:
            return FALSE;
        case ENDED:
        case GOES_ON:
            (*cells)++;
            break;
        }
    }
    *cut = !valid;
    return TRUE;
}

/* What the columns of a request do next. */
static void
release(RvTable *table, const RvRequest *request, guint rows_before)
{
    for (guint i = 0; i < request->n; i++) {
        Column *column = &table->columns[request->parts[i]];

        if (column->state != BUSY)
            continue;
        column->state = request->n == 1 && !table->next && !table->mixed && table->known > 0 &&
                                column->rows == table->known &&
                                column->rows - rows_before == request->repetitions
                            ? PERHAPS
                            : WAITING;
    }
    if (table->known == 0 || table->columns[request->parts[0]].rows > table->known)
        table->rows_a_request = MIN(2 * table->rows_a_request, table->capacity->repetitions);
}

/* Nothing came of it: GETNEXT instead of GETBULK, then no more. */
static void
strike(RvTable *table, const RvRequest *request, const char *why)
{
    if (++table->strikes >= STRIKES || table->next)
        for (guint i = 0; i < request->n; i++) {
            Column *column = &table->columns[request->parts[i]];

            if (column->state != DONE)
                column_partial(table, column, RV_REASON_PROTOCOL, why);
        }
    table->bulk_refused = !table->next;
    go_over_to_next(table);
}

/* Fewer columns, fewer rows, or GETNEXT. */
static void
too_big(RvTable *table, const RvRequest *request)
{
    RvCapacity *capacity = table->capacity;
    guint cells = request->n * MAX(request->repetitions, 1);
    guint bytes = request->repetitions * row_bytes(table, request->parts, request->n);

    if (cells > 1 && request->type != RV_PDU_GETBULK)
        rv_capacity_refused(capacity, RV_SIZE_VARBINDS, cells);
    else if (cells > 1)
        rv_capacity_refused(capacity, RV_SIZE_CELLS, cells);
    else
        strike(table, request, "a single value is too big for the agent to send");
    if (bytes > capacity->seen[RV_SIZE_BYTES].answered)
        rv_capacity_refused(capacity, RV_SIZE_BYTES, bytes);
}

static void
read_error(RvTable *table, const RvRequest *request, const RvPdu *pdu)
{
    const char *word = rv_pdu_error_word(pdu->error_status);
    g_autofree char *why = NULL;
    gint64 index = request->n == 1 ? 1 : pdu->error_index;
    gboolean denied =
        pdu->error_status == RV_PDU_AUTHORIZATION_ERROR || pdu->error_status == RV_PDU_NO_ACCESS;

    release(table, request, 0);
    if (pdu->error_status == RV_PDU_TOO_BIG) {
        too_big(table, request);
    } else if (!table->next && !denied) {
        table->bulk_refused = TRUE;
        go_over_to_next(table);
    } else if (index < 1 || index > (gint64)request->n) {
        rv_capacity_refused(table->capacity, RV_SIZE_VARBINDS, request->n);
    } else if (pdu->error_status == RV_PDU_NO_SUCH_NAME) {
        Column *column = &table->columns[request->parts[index - 1]];

        column_end(table, column);
        skip_empty(table, column, NULL);
    } else {
        why = g_strdup_printf("the agent says %s", word != NULL ? word : "an unknown error");
        column_partial(table, &table->columns[request->parts[index - 1]],
                       denied ? RV_REASON_CREDENTIALS : RV_REASON_PROTOCOL, why);
    }
}

/* Silent at more, and what is left of it was answered. */
static void
note_silence(RvTable *table, const RvRequest *request)
{
    guint cells = request->n * request->asked_first;
    guint bytes = request->asked_first * row_bytes(table, request->parts, request->n);

    if (request->asked_first == 0)
        return;
    rv_capacity_silent(table->capacity, RV_SIZE_CELLS, cells);
    rv_capacity_silent(table->capacity, RV_SIZE_BYTES, bytes);
}

/* No GETBULK was ever answered, but GETNEXT was. */
static void
note_bulk(RvTable *table)
{
    if (table->capacity->seen[RV_SIZE_BULK].answered > 0)
        return;
    if (table->bulk_refused)
        rv_capacity_refused(table->capacity, RV_SIZE_BULK, 2);
    else if (table->bulk_silent)
        rv_capacity_silent(table->capacity, RV_SIZE_BULK, 2);
}

/* An answer that was of use shows what the agent takes. */
static void
note_capacity(RvTable *table, const RvRequest *request, const RvPdu *pdu, guint cells)
{
    RvCapacity *capacity = table->capacity;

    rv_capacity_answered(capacity, RV_SIZE_BYTES, (guint)(pdu->varbinds.end - pdu->varbinds.at));
    if (request->type != RV_PDU_GETBULK) {
        rv_capacity_answered(capacity, RV_SIZE_VARBINDS, request->n);
        note_bulk(table);
    } else if (!table->next) {
        rv_capacity_answered(capacity, RV_SIZE_CELLS, cells);
        rv_capacity_answered(capacity, RV_SIZE_BULK, 2);
        note_silence(table, request);
    }
}

gboolean
rv_table_answer(RvTable *table, const RvRequest *request, const RvPdu *pdu, RvSnmpAnswers *into)
{
    guint before = table->columns[request->parts[0]].rows, cells = 0;
    gboolean cut;

    table->busy--;
    if (pdu->error_status != RV_PDU_NO_ERROR) {
        read_error(table, request, pdu);
        return TRUE;
    }
    if (!take_cells(table, request, pdu, into, &cells, &cut))
        return FALSE;
    request->tally->unknown += table->unknown;
    table->unknown = 0;
    release(table, request, before);
    if (table->cells > RV_TABLE_CEILING)
        endless(table);
    else if (cells == 0)
        strike(table, request,
               cut ? "the agent's answers cannot be decoded" : "the agent's answers are empty");
    else if (cut)
        rv_capacity_lower(table->capacity, RV_SIZE_CELLS, request->n * request->repetitions);
    else
        note_capacity(table, request, pdu, cells);
    return TRUE;
}

void
rv_table_fail(RvTable *table, const RvRequest *request)
{
    table->busy--;
    release(table, request, 0);
    if (table->next || request->reason != RV_REASON_NO_ANSWER)
        rv_table_give_up(table, request->reason, request->detail);
    else {
        table->bulk_silent = TRUE;
        go_over_to_next(table);
    }
}

/* ---- rows that were skipped ---- */

static gboolean
has_index(const RvVarbind *cells, guint count, guint *at, const Column *column, const RvOid *index)
{
    for (; *at < count; (*at)++) {
        RvOid other = {.ids = cells[*at].oid.ids + column->root.length,
                       .length = cells[*at].oid.length - column->root.length};
        int order = rv_oid_compare(&other, index);

        if (order >= 0)
            return order == 0;
    }
    return FALSE;
}

static void
ask_missing_of(const Column *column, const Column *full, const RvSnmpAnswers *answers, RvGets *gets)
{
    guint n_full, n, at = 0;
    const RvVarbind *all = rv_snmp_answers_below(answers, &full->root, &n_full);
    const RvVarbind *cells = rv_snmp_answers_below(answers, &column->root, &n);

    for (guint i = 0, asked = 0; i < n_full && asked < MISSING_CEILING; i++) {
        RvOid index = {.ids = all[i].oid.ids + full->root.length,
                       .length = all[i].oid.length - full->root.length};
        RvOid missing;

        if (has_index(cells, n, &at, column, &index))
            continue;
        missing = rv_oid_append(&column->root, index.ids, index.length);
        rv_gets_add(gets, &missing);
        rv_oid_clear(&missing);
        asked++;
    }
}

void
rv_table_ask_missing(const RvTable *table, const RvSnmpAnswers *answers, RvGets *gets)
{
    const Column *full = NULL;
    guint missing = 0;

    for (guint i = 0; i < table->n && !table->mixed; i++)
        if (full == NULL || table->columns[i].rows > full->rows)
            full = &table->columns[i];
    for (guint pass = 0; full != NULL && pass < 2; pass++)
        for (guint i = 0; i < table->n; i++) {
            const Column *column = &table->columns[i];
            guint few = MAX(full->rows / 4, 1);

            if (column->rows == 0 || !column->end_seen || column->rows == full->rows ||
                full->rows - column->rows > few)
                continue;
            if (pass == 0)
                missing += full->rows - column->rows;
            else if (missing <= MISSING_CEILING)
                ask_missing_of(column, full, answers, gets);
        }
}
