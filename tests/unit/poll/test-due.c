/* Which tasks of a device a round has to ask for. */
#include "poll/due.h"

#define S(x) ((gint64)(x)*1000)
#define M(x) S((x)*60)
#define DAY M(24 * 60)
#define NOW (G_GINT64_CONSTANT(1800000000) * 1000)

static const RvDueIntervals intervals = {M(1), M(5), DAY};

typedef struct {
    const char *says;
    RvReachability state;
    gint64 asked_ago_ms[3], answered_ago_ms[3];
    RvDueMode mode;
    guint tasks;
} Row;

enum { R = RV_TASK_REACHABILITY, H = RV_TASK_HEALTH, C = RV_TASK_CENSUS };

static const Row rows[] = {
    {"all was asked a moment ago", RV_STATE_UP, {S(5), S(5), S(5)}, {S(5), S(5), S(5)}, 0, 0},
    {"a minute is over", RV_STATE_UP, {S(60), S(61), S(61)}, {S(60), S(61), S(61)}, 0, R},
    {"a timer that is 4 s early", RV_STATE_UP, {S(56), S(56), S(56)}, {S(56), S(56), S(56)}, 0, R},
    {"half a minute is not yet", RV_STATE_UP, {S(30), S(61), S(61)}, {S(30), S(61), S(61)}, 0, 0},
    {"one and a half intervals: whatever the turn",
     RV_STATE_UP,
     {M(1), M(8), S(61)},
     {M(1), M(8), S(61)},
     0,
     R | H},
    {"the census brings health along",
     RV_STATE_UP,
     {M(1), M(1), 2 * DAY},
     {M(1), M(1), 2 * DAY},
     0,
     R | H | C},
    {"all that is over, out of turn",
     RV_STATE_UP,
     {M(1), M(5), S(61)},
     {M(1), M(5), S(61)},
     RV_DUE_ALL,
     R | H},
    {"by force", RV_STATE_UP, {S(5), S(5), S(5)}, {S(5), S(5), S(5)}, RV_DUE_FORCE, R | H | C},
    {"silent since an hour: health is owed",
     RV_STATE_DOWN,
     {M(1), M(2), M(2)},
     {M(60), M(60), M(60)},
     0,
     R | H},
    {"silent, and asked a moment ago",
     RV_STATE_DOWN,
     {S(5), M(60), M(60)},
     {M(60), M(60), M(60)},
     0,
     0},
    {"the clock was set back", RV_STATE_UP, {-M(60), S(61), S(61)}, {S(61), S(61), S(61)}, 0, R},
};

static void
test_row(gconstpointer data)
{
    const Row *row = data;
    RvDeviceRow device = {.name = (char *)"sw-1", .state = row->state};

    for (guint i = 0; i < 3; i++) {
        device.asked_ms[i] = NOW - row->asked_ago_ms[i];
        device.answered_ms[i] = NOW - row->answered_ago_ms[i];
    }
    g_test_message("%s", row->says);
    g_assert_cmpuint(rv_due_tasks(&device, "sw-1", &intervals, row->mode, NOW), ==, row->tasks);
}

static void
test_new(void)
{
    g_assert_cmpuint(rv_due_tasks(NULL, "sw-1", &intervals, RV_DUE_IN_TURN, NOW), ==, R | H | C);
}

/* A hundred devices, all asked at once first: what the rounds of the next hour ask of each. */
static void
test_spread(void)
{
    guint load[60] = {0};
    guint least = G_MAXUINT, most = 0;

    for (guint d = 0; d < 100; d++) {
        g_autofree char *name = g_strdup_printf("acc-sw-%02u", d);
        RvDeviceRow device = {.name = name, .state = RV_STATE_UP};

        for (guint i = 0; i < 3; i++)
            device.asked_ms[i] = device.answered_ms[i] = NOW;
        for (guint minute = 1; minute < 60; minute++) {
            gint64 now_ms = NOW + M(minute) + S(minute % 3); /* a timer with some jitter */
            RvTasks tasks = rv_due_tasks(&device, name, &intervals, RV_DUE_IN_TURN, now_ms);

            if ((tasks & H) != 0) {
                gint64 distance = now_ms - device.asked_ms[1];

                g_assert_cmpint(distance, >=, M(5) / 2 - S(10));
                g_assert_cmpint(distance, <=, M(5) * 3 / 2 + S(62));
                if (minute > 15) /* everybody is in turn by then */
                    g_assert_cmpint(ABS(distance - M(5)), <=, S(10));
                load[minute]++;
                device.asked_ms[1] = device.answered_ms[1] = now_ms;
            }
            g_assert_true((tasks & R) != 0);
            device.asked_ms[0] = device.answered_ms[0] = now_ms;
        }
    }
    for (guint minute = 20; minute < 60; minute++) {
        least = MIN(least, load[minute]);
        most = MAX(most, load[minute]);
    }
    g_test_message("%u to %u devices a minute", least, most);
    g_assert_cmpuint(least, >=, 8);
    g_assert_cmpuint(most, <=, 35);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/due/%s", rows[i].says);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/due/a new device owes everything", test_new);
    g_test_add_func("/due/devices get turns of their own and keep them", test_spread);
    return g_test_run();
}
