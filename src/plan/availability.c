#include "plan/availability.h"

#include <math.h>

static const char *const promise_words[] = {"none", "met", "not_met", "not_proven"};
static const char *const piece_words[RV_PIECE_KINDS] = {
    "not_covered", "maintenance", "excluded", "down", "up", "not_observed"};

const char *
rv_promise_word(RvPromise promise)
{
    return promise_words[promise];
}

const char *
rv_piece_word(RvPieceKind kind)
{
    return piece_words[kind];
}

/* ---- the sweep: edges of everything in order of time, and what is open between two of them ----
 */

typedef enum {
    LAYER_COVERAGE,
    LAYER_MAINTENANCE,
    LAYER_EXCLUSION,
    LAYER_DOWN,
    LAYER_UP,
    LAYER_UNKNOWN
} Layer;
#define LAYERS (LAYER_UNKNOWN + 1)

typedef struct {
    gint64 time_ms;
    Layer layer;
    gboolean opens;
    gconstpointer thing;
} Edge;

typedef struct {
    GArray *edges;           /* Edge */
    GPtrArray *open[LAYERS]; /* things whose begin is behind us */
    gint64 from_ms, until_ms;
} Sweep;

static Layer
layer_of(const RvInterval *interval)
{
    switch (interval->state) {
    case RV_STATE_UP:
        return LAYER_UP;
    case RV_STATE_DOWN:
        return LAYER_DOWN;
    case RV_STATE_UNREACHABLE:
    case RV_STATE_BLIND:
    case RV_STATE_NOT_ASKED:
        break;
    }
    return LAYER_UNKNOWN;
}

static void
add_edges(Sweep *sweep, Layer layer, gint64 from_ms, gint64 until_ms, gconstpointer thing)
{
    Edge begin = {MAX(from_ms, sweep->from_ms), layer, TRUE, thing};
    Edge end = {MIN(until_ms, sweep->until_ms), layer, FALSE, thing};

    if (end.time_ms <= begin.time_ms)
        return;
    g_array_append_val(sweep->edges, begin);
    g_array_append_val(sweep->edges, end);
}

static void
add_windows(Sweep *sweep, Layer layer, const GPtrArray *windows)
{
    for (guint i = 0; windows != NULL && i < windows->len; i++) {
        const RvWindow *window = g_ptr_array_index(windows, i);

        add_edges(sweep, layer, window->from_ms, window->until_ms, window);
    }
}

static void
add_coverage(Sweep *sweep, const GArray *coverage)
{
    if (coverage == NULL) {
        add_edges(sweep, LAYER_COVERAGE, sweep->from_ms, sweep->until_ms, sweep);
        return;
    }
    for (guint i = 0; i < coverage->len; i++) {
        const RvSpan *span = &g_array_index(coverage, RvSpan, i);

        add_edges(sweep, LAYER_COVERAGE, span->from_ms, span->until_ms, span);
    }
}

static gint
compare_edges(gconstpointer a, gconstpointer b)
{
    const Edge *left = a, *right = b;

    return left->time_ms < right->time_ms ? -1 : left->time_ms > right->time_ms;
}

static void
sweep_begin(Sweep *sweep, const GPtrArray *intervals, const RvAvailabilityTerms *terms)
{
    sweep->from_ms = terms->from_ms;
    sweep->until_ms = terms->until_ms;
    sweep->edges = g_array_new(FALSE, FALSE, sizeof(Edge));
    for (guint i = 0; i < LAYERS; i++)
        sweep->open[i] = g_ptr_array_new();
    add_coverage(sweep, terms->coverage);
    add_windows(sweep, LAYER_MAINTENANCE, terms->maintenance);
    add_windows(sweep, LAYER_EXCLUSION, terms->exclusions);
    for (guint i = 0; i < intervals->len; i++) {
        const RvInterval *interval = g_ptr_array_index(intervals, i);

        add_edges(sweep, layer_of(interval), interval->from_ms, interval->until_ms, interval);
    }
    g_array_sort(sweep->edges, compare_edges);
}

static void
sweep_end(Sweep *sweep)
{
    g_array_unref(sweep->edges);
    for (guint i = 0; i < LAYERS; i++)
        g_ptr_array_unref(sweep->open[i]);
}

static gconstpointer
top(const Sweep *sweep, Layer layer)
{
    const GPtrArray *open = sweep->open[layer];

    return open->len > 0 ? g_ptr_array_index(open, 0) : NULL;
}

static RvPiece
classify(const Sweep *sweep)
{
    RvPiece piece = {0};

    if (sweep->open[LAYER_COVERAGE]->len == 0) {
        piece.kind = RV_PIECE_NOT_COVERED;
    } else if (sweep->open[LAYER_MAINTENANCE]->len > 0) {
        piece.kind = RV_PIECE_MAINTENANCE;
        piece.window = top(sweep, LAYER_MAINTENANCE);
    } else if (sweep->open[LAYER_EXCLUSION]->len > 0) {
        piece.kind = RV_PIECE_EXCLUDED;
        piece.window = top(sweep, LAYER_EXCLUSION);
    } else if (sweep->open[LAYER_DOWN]->len > 0) {
        piece.kind = RV_PIECE_DOWN;
        piece.interval = top(sweep, LAYER_DOWN);
    } else if (sweep->open[LAYER_UP]->len > 0) {
        piece.kind = RV_PIECE_UP;
        piece.interval = top(sweep, LAYER_UP);
    } else {
        piece.kind = RV_PIECE_NOT_OBSERVED;
        piece.interval = top(sweep, LAYER_UNKNOWN);
    }
    return piece;
}

static void
append_piece(GArray *pieces, RvPiece piece)
{
    RvPiece *last = pieces->len > 0 ? &g_array_index(pieces, RvPiece, pieces->len - 1) : NULL;

    if (piece.until_ms <= piece.from_ms)
        return;
    if (last != NULL && last->kind == piece.kind && last->interval == piece.interval &&
        last->window == piece.window)
        last->until_ms = piece.until_ms;
    else
        g_array_append_val(pieces, piece);
}

static GArray *
cut_pieces(Sweep *sweep)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(RvPiece));
    gint64 done_ms = sweep->from_ms;

    for (guint i = 0; i <= sweep->edges->len; i++) {
        const Edge *edge = i < sweep->edges->len ? &g_array_index(sweep->edges, Edge, i) : NULL;
        gint64 time_ms = edge != NULL ? edge->time_ms : sweep->until_ms;
        RvPiece piece;

        if (time_ms > done_ms) {
            piece = classify(sweep);
            piece.from_ms = done_ms;
            piece.until_ms = time_ms;
            append_piece(pieces, piece);
            done_ms = time_ms;
        }
        if (edge != NULL && edge->opens)
            g_ptr_array_add(sweep->open[edge->layer], (gpointer)edge->thing);
        else if (edge != NULL)
            g_ptr_array_remove(sweep->open[edge->layer], (gpointer)edge->thing);
    }
    return pieces;
}

/* ---- outages: the journal's downs in real time, not cut by calendars ---- */

static gint
compare_intervals(gconstpointer a, gconstpointer b)
{
    const RvInterval *left = *(const RvInterval *const *)a, *right = *(const RvInterval *const *)b;

    return left->from_ms < right->from_ms ? -1 : left->from_ms > right->from_ms;
}

/* Of [from, until) counted as down. `next` is where the search goes on: callers ask in order. */
static gint64
counted_within(const GArray *pieces, gint64 from_ms, gint64 until_ms, guint *next)
{
    gint64 sum = 0;

    while (*next < pieces->len && g_array_index(pieces, RvPiece, *next).until_ms <= from_ms)
        (*next)++;
    for (guint i = *next; i < pieces->len; i++) {
        const RvPiece *piece = &g_array_index(pieces, RvPiece, i);

        if (piece->from_ms >= until_ms)
            break;
        if (piece->kind == RV_PIECE_DOWN)
            sum += MIN(piece->until_ms, until_ms) - MAX(piece->from_ms, from_ms);
    }
    return sum;
}

/* Whether the device was seen up, be it for an instant, in [from, until). As above for `next`. */
static gboolean
was_up(const GPtrArray *ups, gint64 from_ms, gint64 until_ms, guint *next)
{
    for (; *next < ups->len; (*next)++) {
        const RvInterval *up = g_ptr_array_index(ups, *next);

        if (up->from_ms >= until_ms)
            return FALSE;
        if (up->until_ms > from_ms || (up->from_ms == up->until_ms && up->from_ms == from_ms))
            return TRUE;
    }
    return FALSE;
}

static void
split_by_state(const GPtrArray *intervals, const RvAvailabilityTerms *terms, GPtrArray *ups,
               GPtrArray *downs)
{
    for (guint i = 0; i < intervals->len; i++) {
        RvInterval *interval = g_ptr_array_index(intervals, i);

        if (interval->from_ms >= terms->until_ms || interval->until_ms < terms->from_ms)
            continue;
        if (interval->state == RV_STATE_UP)
            g_ptr_array_add(ups, interval);
        else if (interval->state == RV_STATE_DOWN && interval->until_ms > terms->from_ms)
            g_ptr_array_add(downs, interval);
    }
    g_ptr_array_sort(ups, compare_intervals);
    g_ptr_array_sort(downs, compare_intervals);
}

static GArray *
find_outages(const GPtrArray *intervals, const RvAvailabilityTerms *terms, const GArray *pieces)
{
    GArray *outages = g_array_new(FALSE, FALSE, sizeof(RvOutage));
    g_autoptr(GPtrArray) ups = g_ptr_array_new();
    g_autoptr(GPtrArray) downs = g_ptr_array_new();

    guint next_up = 0, next_piece = 0;

    split_by_state(intervals, terms, ups, downs);
    for (guint i = 0; i < downs->len; i++) {
        const RvInterval *down = g_ptr_array_index(downs, i);
        RvOutage outage = {down->from_ms, down->until_ms, 0, FALSE};
        RvOutage *last =
            outages->len > 0 ? &g_array_index(outages, RvOutage, outages->len - 1) : NULL;

        if (last != NULL && (down->from_ms <= last->until_ms ||
                             !was_up(ups, last->until_ms, down->from_ms, &next_up)))
            last->until_ms = MAX(last->until_ms, down->until_ms);
        else
            g_array_append_val(outages, outage);
    }
    for (guint i = 0; i < outages->len; i++) {
        RvOutage *outage = &g_array_index(outages, RvOutage, i);

        outage->counted_ms = counted_within(pieces, outage->from_ms, outage->until_ms, &next_piece);
        outage->open = outage->until_ms >= terms->until_ms;
    }
    return outages;
}

/* ---- the numbers ---- */

static void
sum_up(RvAvailability *result)
{
    for (guint i = 0; i < result->pieces->len; i++) {
        const RvPiece *piece = &g_array_index(result->pieces, RvPiece, i);

        result->sum_ms[piece->kind] += piece->until_ms - piece->from_ms;
    }
    result->up_ms = result->sum_ms[RV_PIECE_UP];
    result->down_ms = result->sum_ms[RV_PIECE_DOWN];
    result->not_observed_ms = result->sum_ms[RV_PIECE_NOT_OBSERVED];
    result->agreed_ms = result->up_ms + result->down_ms + result->not_observed_ms;
}

static double
ratio(gint64 part, gint64 whole)
{
    return whole > 0 ? (double)part / (double)whole : NAN;
}

static RvPromise
judge_promise(const RvAvailability *result)
{
    if (isnan(result->target) || result->agreed_ms == 0)
        return RV_PROMISE_NONE;
    if (result->down_ms > result->budget_ms)
        return RV_PROMISE_NOT_MET;
    return result->down_ms + result->not_observed_ms <= result->budget_ms ? RV_PROMISE_MET
                                                                          : RV_PROMISE_NOT_PROVEN;
}

static void
compute(RvAvailability *result)
{
    result->a = ratio(result->up_ms, result->up_ms + result->down_ms);
    result->a_low = ratio(result->up_ms, result->agreed_ms);
    result->a_high = ratio(result->agreed_ms - result->down_ms, result->agreed_ms);
    if (!isnan(result->target))
        result->budget_ms = (gint64)floor((double)result->agreed_ms * (1.0 - result->target) + 0.5);
    result->budget_used = ratio(result->down_ms, result->budget_ms);
    result->promise = judge_promise(result);
    for (guint i = 0; i < result->outage_list->len; i++)
        result->outages += g_array_index(result->outage_list, RvOutage, i).counted_ms > 0;
    result->mttr_ms = result->outages > 0 ? result->down_ms / result->outages : -1;
    result->mtbf_ms = result->outages > 0 ? result->up_ms / result->outages : -1;
}

RvAvailability *
rv_availability(const GPtrArray *intervals, const RvAvailabilityTerms *terms)
{
    RvAvailability *result = g_new0(RvAvailability, 1);
    Sweep sweep;

    sweep_begin(&sweep, intervals, terms);
    result->period_ms = MAX(terms->until_ms - terms->from_ms, 0);
    result->target = terms->target;
    result->pieces = cut_pieces(&sweep);
    sweep_end(&sweep);
    result->outage_list = find_outages(intervals, terms, result->pieces);
    sum_up(result);
    compute(result);
    return result;
}

void
rv_availability_free(RvAvailability *availability)
{
    if (availability == NULL)
        return;
    g_array_unref(availability->pieces);
    g_array_unref(availability->outage_list);
    g_free(availability);
}

/* ---- redundant groups ---- */

/* +1 and -1 to the number of members that are up, or down, at a time. */
typedef struct {
    gint64 time_ms;
    int up, down;
} Step;

static gint
compare_steps(gconstpointer a, gconstpointer b)
{
    const Step *left = a, *right = b;

    return left->time_ms < right->time_ms ? -1 : left->time_ms > right->time_ms;
}

static void
add_steps(GArray *steps, const GPtrArray *intervals, gint64 from_ms, gint64 until_ms)
{
    const RvAvailabilityTerms terms = {.from_ms = from_ms, .until_ms = until_ms, .target = NAN};
    g_autoptr(RvAvailability) member = rv_availability(intervals, &terms);

    for (guint i = 0; i < member->pieces->len; i++) {
        const RvPiece *piece = &g_array_index(member->pieces, RvPiece, i);
        int up = piece->kind == RV_PIECE_UP, down = piece->kind == RV_PIECE_DOWN;
        const Step edges[] = {{piece->from_ms, up, down}, {piece->until_ms, -up, -down}};

        g_array_append_vals(steps, edges, 2);
    }
}

static RvReachability
group_state(int members, int up, int down, int needed)
{
    if (up >= needed)
        return RV_STATE_UP;
    return members - down < needed ? RV_STATE_DOWN : RV_STATE_BLIND;
}

static void
append_interval(GPtrArray *intervals, RvReachability state, gint64 from_ms, gint64 until_ms)
{
    RvInterval *last = intervals->len > 0 ? g_ptr_array_index(intervals, intervals->len - 1) : NULL;

    if (until_ms <= from_ms)
        return;
    if (last != NULL && last->state == state)
        last->until_ms = until_ms;
    else
        g_ptr_array_add(intervals, rv_interval_new(state, from_ms, until_ms));
}

GPtrArray *
rv_availability_group(const GPtrArray *members, guint needed, gint64 from_ms, gint64 until_ms)
{
    GPtrArray *intervals = g_ptr_array_new_with_free_func((GDestroyNotify)rv_interval_free);
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(Step));
    gint64 done_ms = from_ms;
    int up = 0, down = 0;

    for (guint i = 0; i < members->len; i++)
        add_steps(steps, g_ptr_array_index(members, i), from_ms, until_ms);
    g_array_sort(steps, compare_steps);
    for (guint i = 0; i < steps->len; i++) {
        const Step *step = &g_array_index(steps, Step, i);

        append_interval(intervals, group_state((int)members->len, up, down, (int)needed), done_ms,
                        step->time_ms);
        done_ms = step->time_ms;
        up += step->up;
        down += step->down;
    }
    append_interval(intervals, group_state((int)members->len, up, down, (int)needed), done_ms,
                    until_ms);
    return intervals;
}
