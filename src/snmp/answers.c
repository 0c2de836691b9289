#include "snmp/answers.h"

#include <string.h>

#define BYTES_CEILING (64u << 20)
#define BLOCK_FIRST 2048u
#define BLOCK_LARGEST 262144u
#define PARTIALS_CEILING 1000
#define RUNS_MERGED 64
#define PLACES 64 /* a power of two */
#define EXPECTED_CEILING 16384
#define EXPECTED_BYTES 256 /* of one value, ample */

/* OIDs and octets lie one after the other in a few blocks: an answer of 400 varbinds costs five
 * allocations, not a thousand. */
typedef struct {
    GPtrArray *blocks;
    guint8 *free;
    gsize left;
    gsize used; /* bytes given out … */
    gsize held; /* … of those that the blocks have */
} Arena;

typedef struct {
    RvOid root;
    char *why;
} Partial;

/* Varbinds come as walks do: long runs in order, one after the other. */
typedef struct {
    guint first, end;
} Run;

struct RvSnmpAnswers {
    GArray *varbinds; /* RvVarbind */
    GArray *runs;     /* guint: where the order begins anew; NULL: nowhere, all is in order */
    Arena arena;
    GArray *partials; /* Partial; NULL: none */
    guint expected;   /* varbinds in all */
    /* By column: where it was looked at last. Who reads a table goes through it row by row. */
    guint places[PLACES];
    const RvSnmpWatch *watch;
};

static gpointer
arena_take(Arena *arena, gsize size)
{
    gpointer place;

    size = (size + 7) & ~(gsize)7;
    if (size > arena->left) {
        gsize block = BLOCK_FIRST << MIN(arena->blocks->len, 7u);

        arena->left = MAX(size, MIN(block, BLOCK_LARGEST));
        arena->free = g_malloc(arena->left);
        g_ptr_array_add(arena->blocks, arena->free);
        arena->held += arena->left;
    }
    place = arena->free;
    arena->free += size;
    arena->left -= size;
    arena->used += size;
    return place;
}

static RvOid
arena_oid(Arena *arena, const RvOid *oid)
{
    RvOid copy = {.length = oid->length};

    if (oid->length > 0) {
        copy.ids = arena_take(arena, oid->length * sizeof *oid->ids);
        memcpy(copy.ids, oid->ids, oid->length * sizeof *oid->ids);
    }
    return copy;
}

static void
partial_clear(gpointer data)
{
    Partial *partial = data;

    rv_oid_clear(&partial->root);
    g_free(partial->why);
}

RvSnmpAnswers *
rv_snmp_answers_new(void)
{
    RvSnmpAnswers *answers = g_new0(RvSnmpAnswers, 1);

    answers->varbinds = g_array_new(FALSE, FALSE, sizeof(RvVarbind));
    answers->arena.blocks = g_ptr_array_new_with_free_func(g_free);
    return answers;
}

void
rv_snmp_answers_free(RvSnmpAnswers *answers)
{
    if (answers == NULL)
        return;
    g_array_unref(answers->varbinds);
    g_ptr_array_unref(answers->arena.blocks);
    g_clear_pointer(&answers->runs, g_array_unref);
    g_clear_pointer(&answers->partials, g_array_unref);
    g_free(answers);
}

void
rv_snmp_answers_expect(RvSnmpAnswers *answers, guint more)
{
    guint n = answers->varbinds->len;

    answers->expected = MIN(answers->expected + MIN(more, EXPECTED_CEILING), EXPECTED_CEILING);
    g_array_set_size(answers->varbinds, n + MIN(more, EXPECTED_CEILING));
    g_array_set_size(answers->varbinds, n);
}

static const RvVarbind *
at(const RvSnmpAnswers *answers, guint i)
{
    return &g_array_index(answers->varbinds, RvVarbind, i);
}

static gint
compare(gconstpointer a, gconstpointer b, gpointer unused)
{
    return rv_oid_compare(&((const RvVarbind *)a)->oid, &((const RvVarbind *)b)->oid);
}

static gint
compare_runs(gconstpointer a, gconstpointer b, gpointer answers)
{
    return rv_oid_compare(&at(answers, ((const Run *)a)->first)->oid,
                          &at(answers, ((const Run *)b)->first)->oid);
}

static GArray *
list_runs(const RvSnmpAnswers *answers)
{
    GArray *runs = g_array_new(FALSE, FALSE, sizeof(Run));
    Run run = {0};

    for (guint i = 0; i < answers->runs->len; i++) {
        run.end = g_array_index(answers->runs, guint, i);
        g_array_append_val(runs, run);
        run.first = run.end;
    }
    run.end = answers->varbinds->len;
    g_array_append_val(runs, run);
    return runs;
}

/* Puts whole runs one after the other. FALSE: some overlap, and nothing was done. */
static gboolean
join_runs(RvSnmpAnswers *answers)
{
    g_autoptr(GArray) runs = list_runs(answers);
    GArray *joined;

    g_qsort_with_data(runs->data, (gint)runs->len, sizeof(Run), compare_runs, answers);
    for (guint i = 1; i < runs->len; i++)
        if (rv_oid_compare(&at(answers, g_array_index(runs, Run, i - 1).end - 1)->oid,
                           &at(answers, g_array_index(runs, Run, i).first)->oid) >= 0)
            return FALSE;
    joined = g_array_sized_new(FALSE, FALSE, sizeof(RvVarbind), answers->varbinds->len);
    for (guint i = 0; i < runs->len; i++) {
        const Run *run = &g_array_index(runs, Run, i);

        g_array_append_vals(joined, at(answers, run->first), run->end - run->first);
    }
    g_array_unref(answers->varbinds);
    answers->varbinds = joined;
    return TRUE;
}

/* Of the runs that are left, the one that begins with the least OID, the earliest of several;
 * *next (NULL: none) is the least of the others. */
static guint
least_run(const RvSnmpAnswers *answers, const GArray *runs, const RvOid **next)
{
    guint least = runs->len;

    *next = NULL;
    for (guint i = 0; i < runs->len; i++) {
        const Run *run = &g_array_index(runs, Run, i);
        const RvOid *oid, *best;

        if (run->first == run->end)
            continue;
        oid = &at(answers, run->first)->oid;
        best = least < runs->len ? &at(answers, g_array_index(runs, Run, least).first)->oid : NULL;
        if (best == NULL || rv_oid_compare(oid, best) < 0) {
            *next = best;
            least = i;
        } else if (*next == NULL || rv_oid_compare(oid, *next) < 0) {
            *next = oid;
        }
    }
    return least;
}

/* The end of the varbinds of `run` that come before `oid`; at least one does not come after it. */
static guint
run_up_to(const RvSnmpAnswers *answers, const Run *run, const RvOid *oid)
{
    guint low = run->first + 1, high = run->end;

    while (oid != NULL && low < high) {
        guint middle = low + (high - low) / 2;

        if (rv_oid_compare(&at(answers, middle)->oid, oid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return oid != NULL ? low : run->end;
}

/* Merges a few runs by long pieces: columns that were asked among those that were kept. Of two
 * values for an OID the first one stays. FALSE: there are too many. */
static gboolean
merge_runs(RvSnmpAnswers *answers)
{
    g_autoptr(GArray) runs = NULL;
    GArray *merged;
    const RvOid *next;
    guint i;

    if (answers->runs->len > RUNS_MERGED)
        return FALSE;
    runs = list_runs(answers);
    merged = g_array_sized_new(FALSE, FALSE, sizeof(RvVarbind), answers->varbinds->len);
    while ((i = least_run(answers, runs, &next)) < runs->len) {
        Run *run = &g_array_index(runs, Run, i);
        const RvOid *last =
            merged->len > 0 ? &g_array_index(merged, RvVarbind, merged->len - 1).oid : NULL;
        guint end = run_up_to(answers, run, next);

        if (last != NULL && rv_oid_compare(last, &at(answers, run->first)->oid) == 0)
            run->first++;
        g_array_append_vals(merged, at(answers, run->first), end - run->first);
        run->first = end;
    }
    g_array_unref(answers->varbinds);
    answers->varbinds = merged;
    return TRUE;
}

/* The sort is stable, so that of two values for an OID the first one stays. */
static void
sort(RvSnmpAnswers *answers)
{
    RvVarbind *all = (RvVarbind *)(gpointer)answers->varbinds->data;
    guint n = answers->varbinds->len, kept = 0;

    g_qsort_with_data(all, (gint)n, sizeof *all, compare, NULL);
    for (guint i = 0; i < n; i++)
        if (kept == 0 || rv_oid_compare(&all[kept - 1].oid, &all[i].oid) != 0)
            all[kept++] = all[i];
    g_array_set_size(answers->varbinds, kept);
}

/* Orders what came since the last look. */
static void
settle(const RvSnmpAnswers *borrowed)
{
    RvSnmpAnswers *answers = (RvSnmpAnswers *)borrowed; /* only the order changes */

    if (answers->runs != NULL && !join_runs(answers) && !merge_runs(answers))
        sort(answers);
    g_clear_pointer(&answers->runs, g_array_unref);
}

gboolean
rv_snmp_answers_full(const RvSnmpAnswers *answers)
{
    return answers->varbinds->len >= RV_ANSWERS_CEILING ||
           answers->arena.used + answers->varbinds->len * sizeof(RvVarbind) >= BYTES_CEILING;
}

static void
begin_run(RvSnmpAnswers *answers, guint first)
{
    if (answers->runs == NULL)
        answers->runs = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(answers->runs, first);
}

gboolean
rv_snmp_answers_add_copy(RvSnmpAnswers *answers, const RvVarbind *varbind)
{
    Arena *arena = &answers->arena;
    RvVarbind copy = *varbind;
    guint n = answers->varbinds->len;

    if (n >= RV_ANSWERS_CEILING)
        settle(answers);
    if (rv_snmp_answers_full(answers))
        return FALSE;
    if (n > 0) {
        int order = rv_oid_compare(&at(answers, n - 1)->oid, &varbind->oid);

        if (order == 0)
            return TRUE;
        if (order > 0)
            begin_run(answers, n);
    }
    copy.oid = arena_oid(arena, &varbind->oid);
    copy.object = arena_oid(arena, &varbind->object);
    if (varbind->octets != NULL) {
        copy.octets = arena_take(arena, varbind->size + 1);
        memcpy(copy.octets, varbind->octets, varbind->size);
        copy.octets[varbind->size] = '\0';
    }
    g_array_append_val(answers->varbinds, copy);
    return TRUE;
}

gboolean
rv_snmp_answers_add(RvSnmpAnswers *answers, RvVarbind *varbind)
{
    gboolean taken = rv_snmp_answers_add_copy(answers, varbind);

    rv_varbind_clear(varbind);
    return taken;
}

/* The first of [low, high) whose OID is not less than `oid`. */
static guint
search(const RvSnmpAnswers *answers, const RvOid *oid, guint low, guint high)
{
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (rv_oid_compare(&at(answers, middle)->oid, oid) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static guint
lower_bound(const RvSnmpAnswers *answers, const RvOid *oid)
{
    return search(answers, oid, 0, answers->varbinds->len);
}

static guint *
place_of(const RvSnmpAnswers *borrowed, const RvOid *oid)
{
    RvSnmpAnswers *answers = (RvSnmpAnswers *)borrowed; /* only what is remembered changes */
    guint32 hash = oid->length;

    for (guint i = oid->length - MIN(oid->length, 4); i + 1 < oid->length; i++)
        hash = hash * 31 + oid->ids[i];
    return &answers->places[hash % PLACES];
}

/* The same, beginning at the last place of the column. */
static guint
lower_bound_near(const RvSnmpAnswers *answers, const RvOid *oid)
{
    guint *place = place_of(answers, oid), n = answers->varbinds->len, i = *place;

    if (i >= n)
        i = search(answers, oid, 0, n);
    else if (rv_oid_compare(&at(answers, i)->oid, oid) >= 0)
        i = i > 0 && rv_oid_compare(&at(answers, i - 1)->oid, oid) >= 0
                ? search(answers, oid, 0, i - 1)
                : i;
    else if (++i < n && rv_oid_compare(&at(answers, i)->oid, oid) < 0)
        i = search(answers, oid, i + 1, n);
    *place = i;
    return i;
}

void
rv_snmp_answers_watch(RvSnmpAnswers *answers, const RvSnmpWatch *watch)
{
    answers->watch = watch;
}

static const RvVarbind *
tell(const RvSnmpAnswers *answers, const RvOid *oid, gboolean below, const RvVarbind *cells,
     guint count)
{
    if (answers->watch != NULL)
        answers->watch->looked(oid, below, cells, count, answers->watch->user_data);
    return cells;
}

const RvVarbind *
rv_snmp_answers_get(const RvSnmpAnswers *answers, const RvOid *oid)
{
    guint i;

    settle(answers);
    i = lower_bound_near(answers, oid);
    if (i == answers->varbinds->len || rv_oid_compare(&at(answers, i)->oid, oid) != 0)
        return tell(answers, oid, FALSE, NULL, 0);
    return tell(answers, oid, FALSE, at(answers, i), 1);
}

/* The first from `from` on that is not below `root`. */
static guint
end_of(const RvSnmpAnswers *answers, guint from, const RvOid *root)
{
    guint low = from, high = answers->varbinds->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (rv_oid_is_below(&at(answers, middle)->oid, root))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const RvVarbind *
rv_snmp_answers_below(const RvSnmpAnswers *answers, const RvOid *root, guint *count)
{
    guint first;

    settle(answers);
    first = lower_bound(answers, root);
    *count = end_of(answers, first, root) - first;
    return tell(answers, root, TRUE, *count > 0 ? at(answers, first) : NULL, *count);
}

guint
rv_snmp_answers_count(const RvSnmpAnswers *answers)
{
    settle(answers);
    return answers->varbinds->len;
}

gsize
rv_snmp_answers_bytes(const RvSnmpAnswers *answers)
{
    return answers->arena.held +
           answers->varbinds->len * (sizeof(RvVarbind) + sizeof(RvVarbind) / 2);
}

gsize
rv_snmp_answers_unexpected(const RvSnmpAnswers *answers)
{
    gsize bytes = rv_snmp_answers_bytes(answers);

    return bytes - MIN(bytes, (gsize)answers->expected * EXPECTED_BYTES);
}

void
rv_snmp_answers_mark_partial(RvSnmpAnswers *answers, const RvOid *root, const char *why)
{
    Partial partial = {.root = rv_oid_copy(root), .why = g_strdup(why)};

    if (answers->partials == NULL) {
        answers->partials = g_array_new(FALSE, FALSE, sizeof(Partial));
        g_array_set_clear_func(answers->partials, partial_clear);
    }
    if (answers->partials->len < PARTIALS_CEILING)
        g_array_append_val(answers->partials, partial);
    else
        partial_clear(&partial);
}

const char *
rv_snmp_answers_partial(const RvSnmpAnswers *answers, const RvOid *root)
{
    for (guint i = 0; answers->partials != NULL && i < answers->partials->len; i++) {
        const Partial *partial = &g_array_index(answers->partials, Partial, i);

        if (rv_oid_is_below(root, &partial->root) || rv_oid_is_below(&partial->root, root))
            return partial->why;
    }
    return NULL;
}
