#include "poll/driver.h"

#include "base/clock.h"

#define TICK_MS 2
#define STARTS_A_TICK 20

typedef struct {
    RvDriver *driver;
    guint n;
    RvTasks tasks; /* asked for now */
    gboolean probing;
} Flight;

struct RvDriver {
    const RvAsker *kind;
    gpointer asker;
    const GArray *asks;
    RvDriverLimits limits;
    const RvDriverEvents *events;
    GQueue plain, with_bmc; /* GUINT_TO_POINTER(n): not started yet */
    GHashTable *flights;    /* Flight* */
    guint bmcs;             /* of these */
    GSource *tick;
    gboolean finished;
};

static const RvAsk *
ask_at(const RvDriver *driver, guint n)
{
    return &g_array_index(driver->asks, RvAsk, n);
}

static void done(RvObservation *observation, gpointer user_data);

static void
start(RvDriver *driver, Flight *flight)
{
    const RvAsk *ask = ask_at(driver, flight->n);
    gint64 deadline_ms = MIN(driver->limits.deadline_ms, rv_clock_monotonic_ms() + ask->budget_ms);
    RvCollectTasks tasks = (RvCollectTasks)flight->tasks;

    if (ask->probe_first && tasks == RV_COLLECT_REACHABILITY)
        tasks |= RV_COLLECT_ONE_TRY;
    driver->kind->start(driver->asker, ask->device, tasks, &ask->memory, deadline_ms, done, flight);
}

static void
launch(RvDriver *driver, guint n)
{
    const RvAsk *ask = ask_at(driver, n);
    Flight *flight = g_new(Flight, 1);

    *flight = (Flight){.driver = driver,
                       .n = n,
                       .probing = ask->probe_first && ask->tasks != RV_TASK_REACHABILITY};
    flight->tasks = flight->probing ? RV_TASK_REACHABILITY : ask->tasks;
    g_hash_table_add(driver->flights, flight);
    driver->bmcs += ask->device->ipmi != NULL;
    start(driver, flight);
}

/* Nothing more can come: all have answered, it is too late, or we were told to stop. */
static gboolean
is_over(RvDriver *driver)
{
    gint64 now_ms = rv_clock_monotonic_ms();
    gboolean idle = g_hash_table_size(driver->flights) == 0;

    if (driver->events->must_stop(driver->events->user_data))
        return TRUE;
    if (now_ms >= driver->limits.deadline_ms)
        return idle || now_ms >= driver->limits.deadline_ms + driver->limits.late_ms;
    return idle && g_queue_is_empty(&driver->plain) && g_queue_is_empty(&driver->with_bmc);
}

static gboolean
is_full(const RvDriver *driver)
{
    return g_hash_table_size(driver->flights) >= driver->limits.devices ||
           (driver->kind->is_full != NULL && driver->kind->is_full(driver->asker));
}

static gboolean
start_next(RvDriver *driver)
{
    if (is_full(driver))
        return FALSE;
    if (driver->bmcs < driver->limits.bmcs && !g_queue_is_empty(&driver->with_bmc))
        launch(driver, GPOINTER_TO_UINT(g_queue_pop_head(&driver->with_bmc)));
    else if (!g_queue_is_empty(&driver->plain))
        launch(driver, GPOINTER_TO_UINT(g_queue_pop_head(&driver->plain)));
    else
        return FALSE;
    return TRUE;
}

static gboolean
tick(gpointer user_data)
{
    RvDriver *driver = user_data;

    if (is_over(driver)) {
        driver->finished = TRUE;
        driver->events->finished(driver->events->user_data);
        return G_SOURCE_REMOVE;
    }
    if (rv_clock_monotonic_ms() >= driver->limits.deadline_ms)
        return G_SOURCE_CONTINUE;
    for (guint i = 0; i < STARTS_A_TICK && driver->events->has_room(driver->events->user_data) &&
                      start_next(driver);
         i++)
        ;
    return G_SOURCE_CONTINUE;
}

static void
done(RvObservation *observation, gpointer user_data)
{
    Flight *flight = user_data;
    RvDriver *driver = flight->driver;
    const RvAsk *ask = ask_at(driver, flight->n);

    if (flight->probing && rv_observation_reachability(observation) == RV_STATE_UP &&
        rv_clock_monotonic_ms() < driver->limits.deadline_ms) {
        rv_observation_free(observation);
        flight->probing = FALSE;
        flight->tasks = ask->tasks;
        start(driver, flight);
        return;
    }
    driver->bmcs -= ask->device->ipmi != NULL;
    driver->events->answer(flight->n, flight->tasks, observation, driver->events->user_data);
    g_hash_table_remove(driver->flights, flight);
}

RvDriver *
rv_driver_new(GMainContext *context, const RvAsker *kind, gpointer asker, const GArray *asks,
              const RvDriverLimits *limits, const RvDriverEvents *events)
{
    RvDriver *driver = g_new0(RvDriver, 1);

    driver->kind = kind;
    driver->asker = asker;
    driver->asks = asks;
    driver->limits = *limits;
    driver->events = events;
    driver->flights = g_hash_table_new_full(g_direct_hash, g_direct_equal, g_free, NULL);
    g_queue_init(&driver->plain);
    g_queue_init(&driver->with_bmc);
    for (guint n = 0; n < asks->len; n++)
        g_queue_push_tail(ask_at(driver, n)->device->ipmi != NULL ? &driver->with_bmc
                                                                  : &driver->plain,
                          GUINT_TO_POINTER(n));
    driver->tick = g_timeout_source_new(TICK_MS);
    g_source_set_callback(driver->tick, tick, driver, NULL);
    g_source_attach(driver->tick, context);
    return driver;
}

void
rv_driver_free(RvDriver *driver)
{
    if (driver == NULL)
        return;
    g_source_destroy(driver->tick);
    g_source_unref(driver->tick);
    g_queue_clear(&driver->plain);
    g_queue_clear(&driver->with_bmc);
    g_hash_table_unref(driver->flights);
    g_free(driver);
}
