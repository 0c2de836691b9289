/* Availability: rows with known answers, then properties of random journals. */
#include <math.h>
#include <string.h>

#include "plan/availability.h"
#include "plan/calendar.h"

/* "up 0-60 down 60-120": seconds */
static GPtrArray *
journal(const char *text)
{
    GPtrArray *intervals = g_ptr_array_new_with_free_func((GDestroyNotify)rv_interval_free);
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (guint i = 0; words[i] != NULL && words[i + 1] != NULL; i += 2) {
        RvReachability state = strcmp(words[i], "up") == 0     ? RV_STATE_UP
                               : strcmp(words[i], "down") == 0 ? RV_STATE_DOWN
                               : strcmp(words[i], "gone") == 0 ? RV_STATE_UNREACHABLE
                                                               : RV_STATE_BLIND;
        char *end;
        gint64 from_s = g_ascii_strtoll(words[i + 1], &end, 10);

        g_ptr_array_add(intervals, rv_interval_new(state, from_s * 1000,
                                                   g_ascii_strtoll(end + 1, NULL, 10) * 1000));
    }
    return intervals;
}

typedef struct {
    const char *what, *journal;
    const char *windows; /* as "x 10-20" */
    double target;
    gint64 up_s, down_s, not_observed_s;
    guint outages;
    RvPromise promise;
} Row;

/* The period is 0 to 1000 s. */
static const Row rows[] = {
    {"all up", "up 0-1000", "", 0.999, 1000, 0, 0, 0, RV_PROMISE_MET},
    {"nothing known", "", "", 0.999, 0, 0, 1000, 0, RV_PROMISE_NOT_PROVEN},
    {"no target", "up 0-1000", "", NAN, 1000, 0, 0, 0, RV_PROMISE_NONE},
    {"a second down is all that 99.9 % allows", "up 0-500 down 500-501 up 501-1000", "", 0.999, 999,
     1, 0, 1, RV_PROMISE_MET},
    {"two are not", "up 0-500 down 500-502 up 502-1000", "", 0.999, 998, 2, 0, 1,
     RV_PROMISE_NOT_MET},
    {"two not observed decide", "up 0-500 blind 500-502 up 502-1000", "", 0.999, 998, 0, 2, 0,
     RV_PROMISE_NOT_PROVEN},
    {"what is not observed cannot save a broken promise", "down 0-2 blind 2-900 up 900-1000", "",
     0.999, 100, 2, 898, 1, RV_PROMISE_NOT_MET},
    {"a hole in the journal is not observed", "up 0-400 up 600-1000", "", 0.999, 800, 0, 200, 0,
     RV_PROMISE_NOT_PROVEN},
    {"behind a dead parent is not observed", "up 0-400 gone 400-600 up 600-1000", "", 0.999, 800, 0,
     200, 0, RV_PROMISE_NOT_PROVEN},
    {"intervals reach out of the period", "up -500-600 down 600-5000", "", 0.5, 600, 400, 0, 1,
     RV_PROMISE_MET},
    {"maintenance takes its time out", "up 0-500 down 500-600 up 600-1000", "x 500-600", 0.999, 900,
     0, 0, 0, RV_PROMISE_MET},
    {"an outage that outlives the window counts from its end", "up 0-500 down 500-700 up 700-1000",
     "x 500-600", 0.999, 800, 100, 0, 1, RV_PROMISE_NOT_MET},
    {"an outage that begins before the window counts until it", "up 0-450 down 450-600 up 600-1000",
     "x 500-600", 0.999, 850, 50, 0, 1, RV_PROMISE_NOT_MET},
    {"one outage around a window is one", "down 100-300 up 300-1000", "x 150-200", 0.5, 700, 150,
     100, 1, RV_PROMISE_MET},
    {"down, not observed, down is one outage", "down 0-10 blind 10-20 down 20-30 up 30-1000", "",
     0.5, 970, 20, 10, 1, RV_PROMISE_MET},
    {"down, up, down are two", "down 0-10 up 10-20 down 20-30 up 30-1000", "", 0.5, 980, 20, 0, 2,
     RV_PROMISE_MET},
    {"up for an instant between two gaps ends an outage",
     "down 0-10 blind 10-15 up 15-15 blind 15-20 down 20-30 up 30-1000", "", 0.5, 970, 20, 10, 2,
     RV_PROMISE_MET},
    {"down wins where the journal contradicts itself", "up 0-1000 down 100-200", "", 0.5, 900, 100,
     0, 1, RV_PROMISE_MET},
    {"the same twice counts once", "up 0-1000 up 0-1000", "", 0.999, 1000, 0, 0, 0, RV_PROMISE_MET},
    {"windows may overlap", "up 0-1000", "x 100-300 x 200-400", 0.999, 700, 0, 0, 0,
     RV_PROMISE_MET},
    {"all of it maintenance: nothing was promised", "down 0-1000", "x 0-1000", 0.999, 0, 0, 0, 0,
     RV_PROMISE_NONE},
};

static GPtrArray *
windows_of(const char *text)
{
    g_autoptr(GPtrArray) intervals = journal(text);
    GPtrArray *windows = g_ptr_array_new_with_free_func((GDestroyNotify)rv_window_free);

    for (guint i = 0; i < intervals->len; i++) {
        const RvInterval *one = g_ptr_array_index(intervals, i);

        g_ptr_array_add(windows, rv_window_new(one->from_ms, one->until_ms, "me", "test"));
    }
    return windows;
}

static void
test_rows(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row = &rows[i];
        g_autoptr(GPtrArray) intervals = journal(row->journal);
        g_autoptr(GPtrArray) windows = windows_of(row->windows);
        const RvAvailabilityTerms terms = {
            .until_ms = 1000000, .maintenance = windows, .target = row->target};
        g_autoptr(RvAvailability) result = rv_availability(intervals, &terms);

        g_test_message("%s", row->what);
        g_assert_cmpint(result->up_ms, ==, row->up_s * 1000);
        g_assert_cmpint(result->down_ms, ==, row->down_s * 1000);
        g_assert_cmpint(result->not_observed_ms, ==, row->not_observed_s * 1000);
        g_assert_cmpuint(result->outages, ==, row->outages);
        g_assert_cmpstr(rv_promise_word(result->promise), ==, rv_promise_word(row->promise));
    }
}

static void
test_means(void)
{
    g_autoptr(GPtrArray) intervals =
        journal("up 0-100 down 100-110 up 110-500 down 500-530 up 530-1000");
    const RvAvailabilityTerms terms = {.until_ms = 1000000, .target = 0.95};
    g_autoptr(RvAvailability) result = rv_availability(intervals, &terms);

    g_assert_cmpint(result->mttr_ms, ==, 20000);
    g_assert_cmpint(result->mtbf_ms, ==, 480000);
    g_assert_cmpint(result->budget_ms, ==, 50000);
    g_assert_cmpfloat_with_epsilon(result->budget_used, 0.8, 1e-12);
    g_assert_cmpfloat_with_epsilon(result->a, 0.96, 1e-12);
}

static void
test_group(void)
{
    g_autoptr(GPtrArray) members =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr(GPtrArray) group = NULL;
    static const struct {
        RvReachability state;
        gint64 from_s, until_s;
    } expected[] = {
        {RV_STATE_UP, 0, 300},
        {RV_STATE_DOWN, 300, 400},
        {RV_STATE_BLIND, 400, 500},
        {RV_STATE_UP, 500, 1000},
    };

    g_ptr_array_add(members, journal("up 0-200 down 200-500 up 500-1000"));
    g_ptr_array_add(members, journal("up 0-300 down 300-400 blind 400-600 down 600-1000"));
    group = rv_availability_group(members, 1, 0, 1000000);
    g_assert_cmpuint(group->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < group->len; i++) {
        const RvInterval *one = g_ptr_array_index(group, i);

        g_assert_cmpint(one->state, ==, expected[i].state);
        g_assert_cmpint(one->from_ms, ==, expected[i].from_s * 1000);
        g_assert_cmpint(one->until_ms, ==, expected[i].until_s * 1000);
    }
}

/* ---- properties ---- */

#define JOURNALS 300
#define DAY ((gint64)86400000)

typedef struct {
    GRand *rand;
    GTimeZone *zone;
    RvPeriod month;
    GPtrArray *intervals, *windows, *exclusions;
    GArray *coverage;
} World;

static gint64
any_time(World *world)
{
    return world->month.from_ms - DAY +
           (gint64)(g_rand_double(world->rand) *
                    (double)(world->month.until_ms - world->month.from_ms + 2 * DAY));
}

/* Mostly orderly, as a poller writes it; sometimes with holes, overlaps and nonsense. */
static void
make_journal(World *world)
{
    gboolean orderly = g_rand_int_range(world->rand, 0, 4) > 0;
    int count = g_rand_int_range(world->rand, 0, 60);
    gint64 time_ms = world->month.from_ms - DAY;

    for (int i = 0; i < count; i++) {
        RvReachability state = (RvReachability)g_rand_int_range(world->rand, 0, 5);
        gint64 from_ms = orderly ? time_ms : any_time(world);
        gint64 long_ms = (gint64)(g_rand_double(world->rand) * (double)(3 * DAY));

        if (g_rand_int_range(world->rand, 0, 10) == 0)
            long_ms = 0;
        g_ptr_array_add(world->intervals, rv_interval_new(state, from_ms, from_ms + long_ms));
        time_ms = from_ms + long_ms;
        if (g_rand_int_range(world->rand, 0, 8) == 0)
            time_ms += (gint64)(g_rand_double(world->rand) * (double)DAY);
    }
}

static void
make_windows(World *world, GPtrArray *windows)
{
    int count = g_rand_int_range(world->rand, 0, 6);

    for (int i = 0; i < count; i++) {
        gint64 from_ms = any_time(world);

        g_ptr_array_add(windows,
                        rv_window_new(from_ms,
                                      from_ms + g_rand_int_range(world->rand, 1, 20 * 3600000),
                                      "me", "because"));
    }
}

static void
make_world(World *world, guint32 seed)
{
    static const char *const zones[] = {"Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo",
                                        "UTC"};
    g_autoptr(RvCalendar) calendar = NULL;
    char text[16];

    world->rand = g_rand_new_with_seed(seed);
    world->zone = g_time_zone_new_identifier(zones[g_rand_int_range(world->rand, 0, 4)]);
    g_snprintf(text, sizeof text, "%d-%02d", g_rand_int_range(world->rand, 2017, 2029),
               g_rand_int_range(world->rand, 1, 13));
    g_assert_true(rv_period_parse(RV_PERIOD_MONTH, text, world->zone, NULL, &world->month, NULL));
    world->intervals = g_ptr_array_new_with_free_func((GDestroyNotify)rv_interval_free);
    world->windows = g_ptr_array_new_with_free_func((GDestroyNotify)rv_window_free);
    world->exclusions = g_ptr_array_new_with_free_func((GDestroyNotify)rv_window_free);
    make_journal(world);
    make_windows(world, world->windows);
    make_windows(world, world->exclusions);
    calendar = rv_calendar_new("5x8", world->zone);
    world->coverage =
        g_rand_boolean(world->rand)
            ? NULL
            : rv_calendar_spans(calendar, world->month.from_ms - DAY, world->month.until_ms + DAY);
}

static void
clear_world(World *world)
{
    g_rand_free(world->rand);
    g_time_zone_unref(world->zone);
    g_ptr_array_unref(world->intervals);
    g_ptr_array_unref(world->windows);
    g_ptr_array_unref(world->exclusions);
    if (world->coverage != NULL)
        g_array_unref(world->coverage);
}

static RvAvailability *
compute(const World *world, gint64 from_ms, gint64 until_ms)
{
    const RvAvailabilityTerms terms = {.from_ms = from_ms,
                                       .until_ms = until_ms,
                                       .coverage = world->coverage,
                                       .maintenance = world->windows,
                                       .exclusions = world->exclusions,
                                       .target = 0.99};

    return rv_availability(world->intervals, &terms);
}

static void
assert_bounds(const RvAvailability *result)
{
    gint64 sum = 0;

    for (guint i = 0; i < RV_PIECE_KINDS; i++) {
        g_assert_cmpint(result->sum_ms[i], >=, 0);
        sum += result->sum_ms[i];
    }
    g_assert_cmpint(sum, ==, result->period_ms);
    if (result->agreed_ms == 0)
        return;
    g_assert_true(0 <= result->a_low && result->a_low <= result->a_high && result->a_high <= 1);
    if (result->up_ms + result->down_ms > 0)
        g_assert_true(result->a_low <= result->a && result->a <= result->a_high);
}

static void
assert_pieces(const RvAvailability *result, const World *world)
{
    gint64 time_ms = world->month.from_ms;

    for (guint i = 0; i < result->pieces->len; i++) {
        const RvPiece *piece = &g_array_index(result->pieces, RvPiece, i);

        g_assert_cmpint(piece->from_ms, ==, time_ms);
        g_assert_cmpint(piece->until_ms, >, piece->from_ms);
        time_ms = piece->until_ms;
    }
    g_assert_cmpint(time_ms, ==, world->month.until_ms);
}

static void
assert_days_add_up(const RvAvailability *month, World *world)
{
    gint64 sums[RV_PIECE_KINDS] = {0};
    RvPeriod day = rv_period_at(RV_PERIOD_DAY, world->zone, NULL, world->month.from_ms);

    for (; day.from_ms < world->month.until_ms; day = rv_period_next(&day, world->zone, NULL)) {
        g_autoptr(RvAvailability) result = compute(world, day.from_ms, day.until_ms);

        for (guint i = 0; i < RV_PIECE_KINDS; i++)
            sums[i] += result->sum_ms[i];
    }
    for (guint i = 0; i < RV_PIECE_KINDS; i++)
        g_assert_cmpint(sums[i], ==, month->sum_ms[i]);
}

static void
shuffle(GPtrArray *things, GRand *rand)
{
    for (guint i = things->len; i > 1; i--) {
        guint j = (guint)g_rand_int_range(rand, 0, (gint32)i);
        gpointer other = things->pdata[j];

        things->pdata[j] = things->pdata[i - 1];
        things->pdata[i - 1] = other;
    }
}

static void
assert_order_is_irrelevant(const RvAvailability *month, World *world)
{
    g_autoptr(RvAvailability) again = NULL;

    shuffle(world->intervals, world->rand);
    shuffle(world->windows, world->rand);
    shuffle(world->exclusions, world->rand);
    again = compute(world, world->month.from_ms, world->month.until_ms);
    for (guint i = 0; i < RV_PIECE_KINDS; i++)
        g_assert_cmpint(again->sum_ms[i], ==, month->sum_ms[i]);
    g_assert_cmpuint(again->outages, ==, month->outages);
}

static RvPieceKind
kind_at(const RvAvailability *result, gint64 time_ms)
{
    for (guint i = 0; i < result->pieces->len; i++) {
        const RvPiece *piece = &g_array_index(result->pieces, RvPiece, i);

        if (piece->from_ms <= time_ms && time_ms < piece->until_ms)
            return piece->kind;
    }
    g_assert_not_reached();
}

static void
assert_maintenance_stays_inside(const RvAvailability *month, World *world)
{
    gint64 from_ms = any_time(world), until_ms = from_ms + 5 * 3600000;
    g_autoptr(RvAvailability) after = NULL;

    g_ptr_array_add(world->windows, rv_window_new(from_ms, until_ms, "me", "one more"));
    after = compute(world, world->month.from_ms, world->month.until_ms);
    for (int i = 0; i < 200; i++) {
        gint64 any_ms = any_time(world);
        gint64 time_ms = CLAMP(any_ms, world->month.from_ms, world->month.until_ms - 1);
        RvPieceKind kind = kind_at(after, time_ms);

        if (time_ms < from_ms || time_ms >= until_ms)
            g_assert_cmpint(kind, ==, kind_at(month, time_ms));
        else
            g_assert_true(kind == RV_PIECE_MAINTENANCE || kind == RV_PIECE_NOT_COVERED);
    }
}

static void
test_properties(void)
{
    guint32 first = (guint32)g_test_rand_int();

    for (guint32 i = 0; i < JOURNALS; i++) {
        World world = {0};
        g_autoptr(RvAvailability) month = NULL;

        make_world(&world, first + i);
        month = compute(&world, world.month.from_ms, world.month.until_ms);
        assert_bounds(month);
        assert_pieces(month, &world);
        assert_days_add_up(month, &world);
        assert_order_is_irrelevant(month, &world);
        assert_maintenance_stays_inside(month, &world);
        clear_world(&world);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/availability/known answers", test_rows);
    g_test_add_func("/plan/availability/means and the error budget", test_means);
    g_test_add_func("/plan/availability/a group is down only when all members are", test_group);
    g_test_add_func("/plan/availability/properties of random journals", test_properties);
    return g_test_run();
}
