#include "collect/kept.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"

#define MAGIC "rackvitals kept cells 2\n"
#define CELLS_CEILING 200000
#define MOVING_CEILING 10000
#define REST_LEAST_MS (20 * 60 * 1000)
#define REST_SPREAD_MS (10 * 60 * 1000)
#define SIGNS 2              /* rv_kept_signs */
#define CLOCK_SLACK_MS 60000 /* answers that waited … */
#define CLOCK_SLACK_PART 50  /* … and clocks that are 2 % slow */

/* What tells that nothing of the kept changed. */
typedef struct {
    guint64 self; /* sysDescr, sysObjectID, sysName */
    guint64 plan;
    gint64 uptime_ticks; /* -1: not told */
    gint64 changed[SIGNS];
    gint64 taken_ms; /* Unix time */
} Signs;

typedef struct {
    RvOid column;
    guint64 rows; /* hash of their indexes */
} Moving;

struct RvKept {
    char *path;
    Signs signs;
    GArray *moving;    /* Moving */
    guint64 states;    /* hash of the cells of ifOperStatus */
    guint64 links;     /* of ifLastChange */
    gint64 rested_ms;  /* since when the resting columns are as they are */
    gint64 rest_ms;    /* how long they rest */
    gboolean breaks;   /* the agent tells when counters were set back */
    gsize cells_begin; /* in the file */
};

/* ifTableLastChange, entLastChangeTime */
static const RvOid sign_oids[SIGNS] = {
    {(guint32[]){1, 3, 6, 1, 2, 1, 31, 1, 5, 0}, 10},
    {(guint32[]){1, 3, 6, 1, 2, 1, 47, 1, 4, 1, 0}, 11},
};
static const RvOid oper_status = {(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 8}, 10};
/* ifAdminStatus, ifLastChange, ifCounterDiscontinuityTime */
enum { REST_ADMIN, REST_LAST_CHANGE, REST_DISCONTINUITY, RESTING };
static const RvOid resting[RESTING] = {
    {(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 7}, 10},
    {(guint32[]){1, 3, 6, 1, 2, 1, 2, 2, 1, 9}, 10},
    {(guint32[]){1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 19}, 11},
};

const RvOid *
rv_kept_signs(guint *count)
{
    *count = SIGNS;
    return sign_oids;
}

/* ---- bytes: numbers of seven bits a byte, least first ---- */

typedef struct {
    const guint8 *at, *end;
    gboolean bad;
} Reader;

static guint64
take_number(Reader *reader)
{
    guint64 number = 0;

    for (guint shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
        guint8 byte = *reader->at++;

        number |= (guint64)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
    reader->bad = TRUE;
    return 0;
}

static guint
take_below(Reader *reader, guint ceiling)
{
    guint64 number = take_number(reader);

    reader->bad = reader->bad || number > ceiling;
    return reader->bad ? 0 : (guint)number;
}

static gint64
take_signed(Reader *reader)
{
    guint64 number = take_number(reader);

    return (gint64)(number >> 1) ^ -(gint64)(number & 1);
}

static const guint8 *
take_bytes(Reader *reader, gsize size)
{
    const guint8 *bytes = reader->at;

    if (reader->bad || size > (gsize)(reader->end - reader->at)) {
        reader->bad = TRUE;
        return NULL;
    }
    reader->at += size;
    return bytes;
}

/* Reads an OID that shares its beginning with the one that lies in `ids`. */
static void
take_oid(Reader *reader, guint32 *ids, guint *length)
{
    guint shared = take_below(reader, *length), more = take_below(reader, RV_OID_CEILING);

    if (reader->bad || shared + more > RV_OID_CEILING) {
        reader->bad = TRUE;
        return;
    }
    for (guint i = 0; i < more; i++)
        ids[shared + i] = (guint32)take_number(reader);
    *length = shared + more;
}

static void
put_number(GByteArray *out, guint64 number)
{
    guint8 bytes[10];
    guint n = 0;

    for (; number >= 0x80; number >>= 7)
        bytes[n++] = (guint8)(number | 0x80);
    bytes[n++] = (guint8)number;
    g_byte_array_append(out, bytes, n);
}

static void
put_signed(GByteArray *out, gint64 number)
{
    put_number(out, ((guint64)number << 1) ^ (guint64)(number < 0 ? -1 : 0));
}

static void
put_oid(GByteArray *out, const RvOid *oid, const RvOid *before)
{
    guint shared = 0;

    while (shared < before->length && shared < oid->length &&
           oid->ids[shared] == before->ids[shared])
        shared++;
    put_number(out, shared);
    put_number(out, oid->length - shared);
    for (guint i = shared; i < oid->length; i++)
        put_number(out, oid->ids[i]);
}

/* ---- cells ---- */

enum { HAS_OCTETS = 1, HAS_OBJECT = 2, HAS_REAL = 4 };

static void
put_cell(GByteArray *out, const RvVarbind *cell, const RvOid *before)
{
    guint has = (cell->octets != NULL ? HAS_OCTETS : 0) |
                (cell->object.length > 0 ? HAS_OBJECT : 0) | (!isnan(cell->real) ? HAS_REAL : 0);

    put_oid(out, &cell->oid, before);
    put_number(out, cell->type);
    put_number(out, has);
    if (has == 0) {
        put_signed(out, cell->integer);
        put_number(out, cell->counter);
    }
    if ((has & HAS_OCTETS) != 0) {
        put_number(out, cell->size);
        g_byte_array_append(out, cell->octets, (guint)cell->size);
    }
    if ((has & HAS_OBJECT) != 0)
        put_oid(out, &cell->object, &(RvOid){NULL, 0});
    if ((has & HAS_REAL) != 0)
        g_byte_array_append(out, (const guint8 *)&cell->real, sizeof cell->real);
}

/* `cell` points into `reader` and to `object`; its OID stays. */
static void
take_cell(Reader *reader, RvVarbind *cell, guint32 *object)
{
    RvOid oid = cell->oid;
    guint has;
    const guint8 *real;

    take_oid(reader, oid.ids, &oid.length);
    *cell = (RvVarbind){.oid = oid, .type = (RvSnmpType)take_below(reader, 255), .real = NAN};
    has = take_below(reader, HAS_OCTETS | HAS_OBJECT | HAS_REAL);
    if (has == 0) {
        cell->integer = take_signed(reader);
        cell->counter = take_number(reader);
    }
    if ((has & HAS_OCTETS) != 0) {
        cell->size = take_below(reader, G_MAXINT);
        cell->octets = (guint8 *)take_bytes(reader, cell->size);
    }
    if ((has & HAS_OBJECT) != 0) {
        cell->object.ids = object;
        take_oid(reader, object, &cell->object.length);
    }
    if ((has & HAS_REAL) != 0 && (real = take_bytes(reader, sizeof cell->real)) != NULL)
        memcpy(&cell->real, real, sizeof cell->real);
}

/* ---- signs ---- */

static gint64
integer_of(const RvSnmpAnswers *answers, const RvOid *oid)
{
    const RvVarbind *cell = rv_snmp_answers_get(answers, oid);

    return cell != NULL && cell->octets == NULL ? cell->integer : -1;
}

static guint64
add_system(guint64 hash, const RvSnmpAnswers *answers, guint32 column)
{
    const RvOid oid = {(guint32[]){1, 3, 6, 1, 2, 1, 1, column, 0}, 9};
    const RvVarbind *cell = rv_snmp_answers_get(answers, &oid);

    if (cell == NULL)
        return hash;
    if (cell->octets != NULL)
        hash = rv_hash_more(hash, cell->octets, cell->size);
    return rv_hash_more(hash, cell->object.ids, cell->object.length * sizeof *cell->object.ids);
}

static guint64
self_of(const RvSnmpAnswers *answers)
{
    return add_system(add_system(add_system(RV_HASH_BASIS, answers, 1), answers, 2), answers, 5);
}

static Signs
signs_of(const RvSnmpAnswers *answers, const RvColumnPlan *plan, gint64 now_ms)
{
    const RvOid uptime = {(guint32[]){1, 3, 6, 1, 2, 1, 1, 3, 0}, 9};
    Signs signs = {
        .self = self_of(answers),
        .plan = plan->hash,
        .uptime_ticks = integer_of(answers, &uptime),
        .taken_ms = now_ms,
    };

    for (guint i = 0; i < SIGNS; i++)
        signs.changed[i] = integer_of(answers, &sign_oids[i]);
    return signs;
}

/* The clock that counts from the start went on with ours: after 497 days it begins anew, which
 * looks like a start and costs one whole round. */
static gboolean
runs_on(const Signs *before, const Signs *now)
{
    gint64 passed_ms = now->taken_ms - before->taken_ms;

    if (before->uptime_ticks < 0 || now->uptime_ticks < 0)
        return before->uptime_ticks == now->uptime_ticks;
    return now->uptime_ticks >= before->uptime_ticks &&
           (now->uptime_ticks - before->uptime_ticks) * 10 >=
               passed_ms - CLOCK_SLACK_MS - passed_ms / CLOCK_SLACK_PART;
}

gboolean
rv_kept_holds(const RvKept *kept, const RvSnmpAnswers *answers, const RvColumnPlan *plan,
              gint64 now_ms)
{
    const Signs now = signs_of(answers, plan, now_ms);

    return kept->signs.self == now.self && kept->signs.plan == now.plan &&
           now_ms >= kept->signs.taken_ms &&
           now_ms - kept->signs.taken_ms < (gint64)RV_KEPT_SECONDS * 1000 &&
           memcmp(kept->signs.changed, now.changed, sizeof now.changed) == 0 &&
           runs_on(&kept->signs, &now);
}

/* ---- rows ---- */

static guint64
rows_of(const RvSnmpAnswers *answers, const RvOid *column)
{
    guint count = 0;
    const RvVarbind *cells = rv_snmp_answers_below(answers, column, &count);
    guint64 hash = RV_HASH_BASIS;

    for (guint i = 0; i < count; i++) {
        guint length = cells[i].oid.length - column->length;

        hash = rv_hash_more(hash, cells[i].oid.ids + column->length,
                            length * sizeof *cells[i].oid.ids);
        hash = rv_hash_more(hash, &length, sizeof length);
    }
    return hash;
}

static guint64
values_of(const RvSnmpAnswers *answers, const RvOid *column)
{
    guint count = 0;
    const RvVarbind *cells = rv_snmp_answers_below(answers, column, &count);
    guint64 hash = RV_HASH_BASIS;

    for (guint i = 0; i < count; i++)
        hash = rv_hash_more(hash, &cells[i].integer, sizeof cells[i].integer);
    return hash;
}

static gboolean
any_value(const RvSnmpAnswers *answers, const RvOid *column)
{
    guint count = 0;
    const RvVarbind *cells = rv_snmp_answers_below(answers, column, &count);

    for (guint i = 0; i < count; i++)
        if (cells[i].integer != 0)
            return TRUE;
    return FALSE;
}

static gboolean
has_changed(const RvSnmpAnswers *answers, const RvQuestions *asked, const RvOid *column,
            guint64 before)
{
    return rv_questions_has(asked, column) && rv_snmp_answers_partial(answers, column) == NULL &&
           values_of(answers, column) != before;
}

gboolean
rv_kept_is_rested(const RvKept *kept, gint64 now_ms)
{
    return now_ms < kept->rested_ms || now_ms - kept->rested_ms >= kept->rest_ms;
}

const RvOid *
rv_kept_resting(const RvKept *kept, gint64 now_ms, guint *count)
{
    *count = rv_kept_is_rested(kept, now_ms) ? RESTING : kept->breaks ? 1 : 0;
    return *count == RESTING ? resting : &resting[REST_DISCONTINUITY];
}

RvKeptRows
rv_kept_compare(const RvKept *kept, const RvSnmpAnswers *answers, const RvQuestions *asked)
{
    for (guint i = 0; i < kept->moving->len; i++) {
        const Moving *moving = &g_array_index(kept->moving, Moving, i);

        if (rv_questions_has(asked, &moving->column) &&
            moving->rows != rows_of(answers, &moving->column) &&
            rv_snmp_answers_partial(answers, &moving->column) == NULL)
            return RV_KEPT_ROWS;
    }
    return has_changed(answers, asked, &oper_status, kept->states) ||
                   has_changed(answers, asked, &resting[REST_LAST_CHANGE], kept->links)
               ? RV_KEPT_LINKS
               : RV_KEPT_SAME;
}

/* ---- the file ---- */

static char *
path_of(const char *state_folder, const char *device)
{
    g_autofree char *slug = rv_text_slug(device), *name = g_strconcat(slug, ".kept", NULL);

    return g_build_filename(state_folder, "agents", name, NULL);
}

static void
clear_moving(gpointer data)
{
    rv_oid_clear(&((Moving *)data)->column);
}

static void
take_moving(Reader *reader, RvKept *kept)
{
    guint32 ids[RV_OID_CEILING];
    guint n = take_below(reader, MOVING_CEILING), length = 0;

    for (guint i = 0; i < n && !reader->bad; i++) {
        Moving moving = {{NULL, 0}, 0};

        take_oid(reader, ids, &length);
        moving.rows = take_number(reader);
        if (reader->bad)
            return;
        moving.column = rv_oid_from(ids, length);
        g_array_append_val(kept->moving, moving);
    }
}

static void
take_head(Reader *reader, const char *device, RvKept *kept)
{
    const guint8 *magic = take_bytes(reader, strlen(MAGIC));

    reader->bad = magic == NULL || memcmp(magic, MAGIC, strlen(MAGIC)) != 0 ||
                  take_number(reader) != rv_hash_more(RV_HASH_BASIS, device, strlen(device));
    if (reader->bad)
        return;
    kept->signs.self = take_number(reader);
    kept->signs.plan = take_number(reader);
    kept->signs.uptime_ticks = take_signed(reader);
    for (guint i = 0; i < SIGNS; i++)
        kept->signs.changed[i] = take_signed(reader);
    kept->signs.taken_ms = take_signed(reader);
    kept->states = take_number(reader);
    kept->links = take_number(reader);
    kept->rested_ms = take_signed(reader);
    kept->breaks = take_number(reader) != 0;
    take_moving(reader, kept);
}

RvKept *
rv_kept_load(const char *state_folder, const char *device)
{
    g_autoptr(RvKept) kept = NULL;
    g_autofree char *text = NULL;
    gsize size = 0;
    guint64 sum;
    Reader reader;

    if (state_folder == NULL || device == NULL)
        return NULL;
    kept = g_new0(RvKept, 1);
    kept->path = path_of(state_folder, device);
    kept->rest_ms = REST_LEAST_MS +
                    (gint64)(rv_hash_more(RV_HASH_BASIS, device, strlen(device)) % REST_SPREAD_MS);
    kept->moving = g_array_new(FALSE, TRUE, sizeof(Moving));
    g_array_set_clear_func(kept->moving, clear_moving);
    if (!g_file_get_contents(kept->path, &text, &size, NULL))
        return NULL;
    reader = (Reader){(const guint8 *)text, (const guint8 *)text + size, FALSE};
    take_head(&reader, device, kept);
    sum = take_number(&reader);
    if (reader.bad || sum != rv_hash_block(reader.at, (gsize)(reader.end - reader.at)))
        return NULL;
    kept->cells_begin = (gsize)(reader.at - (const guint8 *)text);
    return g_steal_pointer(&kept);
}

void
rv_kept_free(RvKept *kept)
{
    if (kept == NULL)
        return;
    g_array_unref(kept->moving);
    g_free(kept->path);
    g_free(kept);
}

gboolean
rv_kept_is_of(const RvKept *kept, const RvSnmpAnswers *answers)
{
    return kept->signs.self == self_of(answers);
}

gboolean
rv_kept_add_to(const RvKept *kept, RvSnmpAnswers *answers)
{
    g_autofree char *text = NULL;
    guint32 ids[RV_OID_CEILING], object[RV_OID_CEILING];
    RvVarbind cell = {.oid = {ids, 0}};
    Reader reader;
    gsize size = 0;
    guint n;

    if (!g_file_get_contents(kept->path, &text, &size, NULL) || size < kept->cells_begin)
        return FALSE;
    reader = (Reader){(const guint8 *)text + kept->cells_begin, (const guint8 *)text + size, FALSE};
    n = take_below(&reader, CELLS_CEILING);
    for (guint i = 0; i < n && !reader.bad; i++) {
        take_cell(&reader, &cell, object);
        if (!reader.bad && !rv_snmp_answers_add_copy(answers, &cell))
            return FALSE;
    }
    return !reader.bad && reader.at == reader.end;
}

/* ---- saving ---- */

static void
put_moving(GByteArray *out, const RvSnmpAnswers *answers, const GArray *columns)
{
    const RvOid none = {NULL, 0}, *before = &none;

    put_number(out, columns->len);
    for (guint i = 0; i < columns->len; i++) {
        const RvOid *column = &g_array_index(columns, RvOid, i);

        put_oid(out, column, before);
        put_number(out, rows_of(answers, column));
        before = column;
    }
}

/* Returns how many there were; more than the ceiling is not written. */
static guint
put_cells(GByteArray *out, const RvSnmpAnswers *answers, const GArray *columns)
{
    const RvOid none = {NULL, 0}, *before = &none;
    guint all = 0;

    for (guint i = 0; i < columns->len && all <= CELLS_CEILING; i++) {
        guint count = 0;
        const RvVarbind *cells =
            rv_snmp_answers_below(answers, &g_array_index(columns, RvOid, i), &count);

        for (guint k = 0; k < count; k++) {
            put_cell(out, &cells[k], before);
            before = &cells[k].oid;
        }
        all += count;
    }
    return all;
}

static gboolean
moves(const RvColumnPlan *plan, const RvOid *oid)
{
    for (guint i = 0; i < plan->moving->len; i++)
        if (rv_oid_is_below(oid, &g_array_index(plan->moving, RvOid, i)))
            return TRUE;
    return FALSE;
}

/* One cell that stands still tells that the probe was answered. */
static guint
put_probes(GByteArray *out, const RvSnmpAnswers *answers, const GArray *probes,
           const RvColumnPlan *plan)
{
    guint all = 0;

    for (guint i = 0; i < probes->len; i++) {
        guint count = 0, k = 0;
        const RvVarbind *cells =
            rv_snmp_answers_below(answers, &g_array_index(probes, RvOid, i), &count);

        while (k < count && moves(plan, &cells[k].oid))
            k++;
        if (k == count)
            continue;
        put_cell(out, &cells[k], &(RvOid){NULL, 0});
        all++;
    }
    return all;
}

static void
put_head(GByteArray *out, const char *device, const Signs *signs)
{
    g_byte_array_append(out, (const guint8 *)MAGIC, strlen(MAGIC));
    put_number(out, rv_hash_more(RV_HASH_BASIS, device, strlen(device)));
    put_number(out, signs->self);
    put_number(out, signs->plan);
    put_signed(out, signs->uptime_ticks);
    for (guint i = 0; i < SIGNS; i++)
        put_signed(out, signs->changed[i]);
    put_signed(out, signs->taken_ms);
}

void
rv_kept_save(const char *state_folder, const char *device, const RvSnmpAnswers *answers,
             const RvColumnPlan *plan, const GArray *probes, const RvKept *before, gint64 now_ms)
{
    g_autoptr(GByteArray) out = g_byte_array_new(), body = g_byte_array_new(),
                          cells = g_byte_array_new();
    g_autofree char *path = NULL, *folder = NULL;
    const Signs signs = before != NULL ? before->signs : signs_of(answers, plan, now_ms);
    guint count;

    if (state_folder == NULL || device == NULL)
        return;
    path = path_of(state_folder, device);
    count = put_cells(body, answers, plan->still);
    count += put_probes(body, answers, probes, plan);
    if (count > CELLS_CEILING || plan->moving->len > MOVING_CEILING) {
        g_unlink(path);
        return;
    }
    put_head(out, device, &signs);
    put_number(out, values_of(answers, &oper_status));
    put_number(out, values_of(answers, &resting[REST_LAST_CHANGE]));
    put_signed(out, now_ms);
    put_number(out, any_value(answers, &resting[REST_DISCONTINUITY]));
    put_moving(out, answers, plan->moving);
    put_number(cells, count);
    g_byte_array_append(cells, body->data, body->len);
    put_number(out, rv_hash_block(cells->data, cells->len));
    g_byte_array_append(out, cells->data, cells->len);
    folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0750);
    /* not synced to the disk, which would hold up the loop: the sum tells a file that was cut */
    g_file_set_contents_full(path, (const char *)out->data, (gssize)out->len,
                             G_FILE_SET_CONTENTS_NONE, 0640, NULL);
}
