#include "check/check.h"

#include "base/clock.h"
#include "base/log.h"
#include "health/judge.h"

/* The collector keeps deadlines; this only saves a person from one that does not. */
#define LATE_MS 2000

typedef struct {
    const GPtrArray *devices;
    const RvCheckOptions *options;
    RvCheckEach each;
    gpointer user_data;
    GMainContext *context;
    GMainLoop *loop;
    RvCollector *collector;
    RvObservation **answers; /* one for each device, until it is told */
    guint started, flying, told;
} Run;

typedef struct {
    Run *run; /* NULL: given up, the answer comes too late */
    guint n;
    GSource *late;
} Flight;

static RvPrevious *
known_of(RvState *state, const char *name)
{
    g_autoptr(GError) error = NULL;
    RvPrevious *previous = state != NULL ? rv_state_previous(state, name, &error) : NULL;

    if (error != NULL)
        rv_info("%s: judged without its history: %s", name, error->message);
    return previous;
}

void
rv_check_judge(RvObservation *observation, const RvDevice *device, RvState *state)
{
    g_autoptr(RvPrevious) previous = known_of(state, observation->device.name);
    const RvHealthContext context = {
        .expected = device != NULL ? device->expected : NULL,
        .policies = device != NULL ? device->policies : NULL,
        .previous = previous != NULL ? previous->verdicts : NULL,
        .seen = previous != NULL ? previous->seen : NULL,
    };

    rv_health_judge(observation, &context);
}

/* ---- asking ---- */

static void start_some(Run *run);

static void
tell(Run *run)
{
    while (run->told < run->devices->len && run->answers[run->told] != NULL) {
        RvObservation *observation = g_steal_pointer(&run->answers[run->told]);

        rv_check_judge(observation, g_ptr_array_index(run->devices, run->told),
                       run->options->state);
        run->told++;
        run->each(observation, run->user_data);
    }
    if (run->told == run->devices->len)
        g_main_loop_quit(run->loop);
}

static void
flight_end(Flight *flight)
{
    if (flight->late != NULL) {
        g_source_destroy(flight->late);
        g_source_unref(flight->late);
        flight->late = NULL;
    }
    flight->run = NULL;
}

static void
answered(RvObservation *observation, gpointer user_data)
{
    Flight *flight = user_data;
    Run *run = flight->run;
    guint n = flight->n;

    if (run == NULL) {
        rv_observation_free(observation);
        g_free(flight);
        return;
    }
    flight_end(flight);
    g_free(flight);
    run->answers[n] = observation;
    run->flying--;
    tell(run);
    start_some(run);
}

static RvObservation *
nothing_came(const RvDevice *device)
{
    RvObservation *observation = rv_observation_new();
    const char *const names[] = {device->snmp != NULL ? "snmp" : NULL,
                                 device->ipmi != NULL ? "ipmi" : NULL};

    g_free(observation->device.host);
    g_free(observation->device.name);
    observation->device.host = g_strdup(device->address);
    observation->device.name = g_strdup(device->name);
    observation->taken_at_ms = rv_clock_now_ms();
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        RvProtocol *protocol;

        if (names[i] == NULL)
            continue;
        protocol = rv_observation_add_protocol(observation, names[i]);
        protocol->state = RV_STATE_DOWN;
        protocol->reason = RV_REASON_BUDGET;
    }
    return observation;
}

static gboolean
too_late(gpointer user_data)
{
    Flight *flight = user_data;
    Run *run = flight->run;
    const RvDevice *device = g_ptr_array_index(run->devices, flight->n);

    rv_warning("%s: still asked %d s after its time; given up", device->name, LATE_MS / 1000);
    run->answers[flight->n] = nothing_came(device);
    flight_end(flight); /* the answer, when it comes, frees it */
    run->flying--;
    tell(run);
    start_some(run);
    return G_SOURCE_REMOVE;
}

static void
start_one(Run *run, guint n)
{
    const RvDevice *device = g_ptr_array_index(run->devices, n);
    g_autoptr(RvPrevious) previous = known_of(run->options->state, device->name);
    RvCollectMemory memory = {0};
    gint64 budget_ms = device->budget_ms > 0 ? device->budget_ms : run->options->budget_ms;
    Flight *flight = g_new0(Flight, 1);

    if (previous != NULL) {
        memory.sel_record = previous->event_record;
        memory.sel_time = previous->event_time_ms / 1000;
    }
    flight->run = run;
    flight->n = n;
    flight->late = g_timeout_source_new((guint)MIN(budget_ms + LATE_MS, G_MAXUINT));
    g_source_set_callback(flight->late, too_late, flight, NULL);
    g_source_attach(flight->late, run->context);
    run->flying++;
    rv_collector_start(run->collector, device, RV_COLLECT_ALL, &memory,
                       rv_clock_monotonic_ms() + budget_ms, answered, flight);
}

static void
start_some(Run *run)
{
    guint at_once = run->options->at_once > 0 ? run->options->at_once : RV_CHECK_AT_ONCE;

    while (run->started < run->devices->len && run->flying < at_once)
        start_one(run, run->started++);
}

gboolean
rv_check_run(const GPtrArray *devices, const RvCheckOptions *options, RvCheckEach each,
             gpointer user_data, GError **error)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(GMainLoop) loop = g_main_loop_new(context, FALSE);
    g_autofree RvObservation **answers = g_new0(RvObservation *, devices->len + 1);
    Run run = {.devices = devices,
               .options = options,
               .each = each,
               .user_data = user_data,
               .context = context,
               .loop = loop,
               .answers = answers};

    if (devices->len == 0)
        return TRUE;
    run.collector = rv_collector_new(context, options->collector, error);
    if (run.collector == NULL)
        return FALSE;
    start_some(&run);
    while (run.told < devices->len)
        g_main_loop_run(loop);
    rv_collector_free(run.collector);
    return TRUE;
}
