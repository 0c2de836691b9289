#include "collect/kept.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "collect/packed.h"
#include "snmp/families.h"

#define MAGIC "rackvitals kept cells 4\n"
#define CELLS_CEILING 200000
#define MOVING_CEILING 10000
#define HEAD_USUAL 4096 /* bytes of a file that hold its head */
#define REST_LEAST_MS (20 * 60 * 1000)
#define REST_SPREAD_MS (10 * 60 * 1000)
#define SIGNS 2              /* rv_kept_signs */
#define CLOCK_SLACK_MS 60000 /* answers that waited … */
#define CLOCK_SLACK_PART 50  /* … and clocks that are 2 % slow */

/* What tells that nothing of the kept changed. */
typedef struct {
    guint64 family; /* sysDescr, sysObjectID */
    guint64 self;   /* … and sysName */
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
    gboolean breaks;   /* the agent tells when counters were set back … */
    gboolean flaps;    /* … and when links changed */
    gsize cells_begin; /* in the file */
    guint64 cells;     /* hash of what stands there */
    guint8 *bytes;     /* the whole file, `size` of them, between reading and adding; else NULL */
    gsize size;
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

/* ---- signs ---- */

static gint64
integer_of(const RvSnmpAnswers *answers, const RvOid *oid)
{
    const RvVarbind *cell = rv_snmp_answers_get(answers, oid);

    return cell != NULL && cell->octets == NULL ? cell->integer : -1;
}

static guint64
self_of(const RvSnmpAnswers *answers, guint64 family)
{
    const RvOid name = {(guint32[]){1, 3, 6, 1, 2, 1, 1, 5, 0}, 9};
    const RvVarbind *cell = rv_snmp_answers_get(answers, &name);

    return cell != NULL && cell->octets != NULL ? rv_hash_more(family, cell->octets, cell->size)
                                                : family;
}

static Signs
signs_of(const RvSnmpAnswers *answers, const RvColumnPlan *plan, gint64 now_ms)
{
    const RvOid uptime = {(guint32[]){1, 3, 6, 1, 2, 1, 1, 3, 0}, 9};
    guint64 family = rv_family_of(answers);
    Signs signs = {
        .family = family,
        .self = self_of(answers, family),
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
    guint first = rv_kept_is_rested(kept, now_ms) ? 0
                  : kept->flaps                   ? REST_LAST_CHANGE
                                                  : REST_DISCONTINUITY;

    *count = (first > 0 && kept->flaps && !kept->breaks ? REST_DISCONTINUITY : RESTING) - first;
    return &resting[first];
}

const RvOid *
rv_kept_all_resting(guint *count)
{
    *count = RESTING;
    return resting;
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
take_moving(RvUnpack *reader, RvKept *kept)
{
    guint32 ids[RV_OID_CEILING];
    guint n = rv_unpack_below(reader, MOVING_CEILING), length = 0;

    for (guint i = 0; i < n && !reader->bad; i++) {
        Moving moving = {{NULL, 0}, 0};

        rv_unpack_oid_after(reader, ids, &length);
        moving.rows = rv_unpack_number(reader);
        if (reader->bad)
            return;
        moving.column = rv_oid_from(ids, length);
        g_array_append_val(kept->moving, moving);
    }
}

static void
take_head(RvUnpack *reader, const char *device, RvKept *kept)
{
    const guint8 *magic = rv_unpack_bytes(reader, strlen(MAGIC));

    reader->bad = magic == NULL || memcmp(magic, MAGIC, strlen(MAGIC)) != 0 ||
                  rv_unpack_number(reader) != rv_hash_more(RV_HASH_BASIS, device, strlen(device));
    if (reader->bad)
        return;
    kept->signs.family = rv_unpack_number(reader);
    kept->signs.self = rv_unpack_number(reader);
    kept->signs.plan = rv_unpack_number(reader);
    kept->signs.uptime_ticks = rv_unpack_signed(reader);
    for (guint i = 0; i < SIGNS; i++)
        kept->signs.changed[i] = rv_unpack_signed(reader);
    kept->signs.taken_ms = rv_unpack_signed(reader);
    kept->states = rv_unpack_number(reader);
    kept->links = rv_unpack_number(reader);
    kept->rested_ms = rv_unpack_signed(reader);
    kept->breaks = rv_unpack_number(reader) != 0;
    kept->flaps = rv_unpack_number(reader) != 0;
    take_moving(reader, kept);
}

/* FALSE: damaged, or longer than what was read. */
static gboolean
read_head(RvKept *kept, const char *device, gsize ceiling)
{
    g_autofree guint8 *bytes = NULL;
    gsize size = 0;
    RvUnpack reader;

    if (!rv_packed_read(kept->path, ceiling, &bytes, &size))
        return FALSE;
    g_array_set_size(kept->moving, 0);
    reader = (RvUnpack){bytes, bytes + size, FALSE};
    take_head(&reader, device, kept);
    kept->cells = rv_unpack_number(&reader);
    kept->cells_begin = (gsize)(reader.at - bytes);
    return !reader.bad;
}

RvKept *
rv_kept_load(const char *state_folder, const char *device)
{
    g_autoptr(RvKept) kept = NULL;

    if (state_folder == NULL || device == NULL)
        return NULL;
    kept = g_new0(RvKept, 1);
    kept->path = path_of(state_folder, device);
    kept->rest_ms = REST_LEAST_MS +
                    (gint64)(rv_hash_more(RV_HASH_BASIS, device, strlen(device)) % REST_SPREAD_MS);
    kept->moving = g_array_new(FALSE, TRUE, sizeof(Moving));
    g_array_set_clear_func(kept->moving, clear_moving);
    return read_head(kept, device, HEAD_USUAL) || read_head(kept, device, G_MAXINT)
               ? g_steal_pointer(&kept)
               : NULL;
}

void
rv_kept_free(RvKept *kept)
{
    if (kept == NULL)
        return;
    g_array_unref(kept->moving);
    g_free(kept->bytes);
    g_free(kept->path);
    g_free(kept);
}

guint64
rv_kept_family(const RvKept *kept)
{
    return kept != NULL ? kept->signs.family : 0;
}

gboolean
rv_kept_is_of(const RvKept *kept, const RvSnmpAnswers *answers)
{
    return kept->signs.self == self_of(answers, rv_family_of(answers));
}

gboolean
rv_kept_read_cells(RvKept *kept)
{
    g_autofree guint8 *bytes = NULL;
    gsize size = 0;

    if (kept->bytes != NULL)
        return TRUE;
    if (!rv_packed_read(kept->path, G_MAXINT, &bytes, &size) || size < kept->cells_begin ||
        rv_hash_block(bytes + kept->cells_begin, size - kept->cells_begin) != kept->cells)
        return FALSE;
    kept->bytes = g_steal_pointer(&bytes);
    kept->size = size;
    return TRUE;
}

gboolean
rv_kept_add_to(RvKept *kept, RvSnmpAnswers *answers)
{
    guint32 ids[RV_OID_CEILING], object[RV_OID_CEILING];
    RvVarbind cell = {.oid = {ids, 0}};
    RvUnpack reader;
    guint n;

    if (!rv_kept_read_cells(kept))
        return FALSE;
    reader = (RvUnpack){kept->bytes + kept->cells_begin, kept->bytes + kept->size, FALSE};
    n = rv_unpack_below(&reader, CELLS_CEILING);
    for (guint i = 0; i < n && !reader.bad; i++) {
        rv_unpack_cell(&reader, &cell, object);
        if (!reader.bad && !rv_snmp_answers_add_copy(answers, &cell))
            return FALSE;
    }
    g_clear_pointer(&kept->bytes, g_free);
    return !reader.bad && reader.at == reader.end;
}

guint64
rv_kept_hash(const RvKept *kept)
{
    guint64 hash = rv_hash_more(kept->cells, &kept->signs.plan, sizeof kept->signs.plan);

    return rv_hash_more(hash, &kept->signs.self, sizeof kept->signs.self);
}

/* ---- saving ---- */

static void
put_moving(GByteArray *out, const RvSnmpAnswers *answers, const GArray *columns)
{
    const RvOid none = {NULL, 0}, *before = &none;

    rv_pack_number(out, columns->len);
    for (guint i = 0; i < columns->len; i++) {
        const RvOid *column = &g_array_index(columns, RvOid, i);

        rv_pack_oid_after(out, column, before);
        rv_pack_number(out, rows_of(answers, column));
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
            rv_pack_cell(out, &cells[k], before);
            before = &cells[k].oid;
        }
        all += count;
    }
    return all;
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

        while (k < count && rv_column_plan_moves(plan, &cells[k].oid))
            k++;
        if (k == count)
            continue;
        rv_pack_cell(out, &cells[k], &(RvOid){NULL, 0});
        all++;
    }
    return all;
}

static void
put_head(GByteArray *out, const char *device, const Signs *signs)
{
    g_byte_array_append(out, (const guint8 *)MAGIC, strlen(MAGIC));
    rv_pack_number(out, rv_hash_more(RV_HASH_BASIS, device, strlen(device)));
    rv_pack_number(out, signs->family);
    rv_pack_number(out, signs->self);
    rv_pack_number(out, signs->plan);
    rv_pack_signed(out, signs->uptime_ticks);
    for (guint i = 0; i < SIGNS; i++)
        rv_pack_signed(out, signs->changed[i]);
    rv_pack_signed(out, signs->taken_ms);
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
    rv_pack_number(out, values_of(answers, &oper_status));
    rv_pack_number(out, values_of(answers, &resting[REST_LAST_CHANGE]));
    rv_pack_signed(out, now_ms);
    rv_pack_number(out, any_value(answers, &resting[REST_DISCONTINUITY]));
    rv_pack_number(out, any_value(answers, &resting[REST_LAST_CHANGE]));
    put_moving(out, answers, plan->moving);
    rv_pack_number(cells, count);
    g_byte_array_append(cells, body->data, body->len);
    rv_pack_number(out, rv_hash_block(cells->data, cells->len));
    g_byte_array_append(out, cells->data, cells->len);
    folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0750);
    rv_packed_write(path, out->data, out->len);
}
