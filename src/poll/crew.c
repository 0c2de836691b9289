#include "poll/crew.h"

#include "poll/crew-process.h"

/* Answers on their way to the caller. */
#define UNSTORED_CEILING 256
#define UNSTORED_KIB_CEILING (64 << 10)

struct RvCrew {
    const RvAsker *kind;
    const GArray *asks;
    RvDriverLimits limits;
    const RvCrewEvents *events;
    GMainContext *home;      /* the caller's */
    GMainContext *away;      /* the thread's */
    GThread *thread;         /* NULL: processes */
    RvCrewProcesses *others; /* NULL: a thread */
    GMainLoop *loop;
    gint unstored, unstored_kib, stop; /* atomic */
};

/* ---- from the thread to the caller ---- */

typedef struct {
    RvCrew *crew;
    guint n;
    RvTasks tasks;
    RvObservation *observation; /* NULL: finished */
    gint kib;
    GError *error;
} Parcel;

static void
parcel_free(gpointer data)
{
    Parcel *parcel = data;

    rv_observation_free(parcel->observation);
    g_clear_error(&parcel->error);
    g_free(parcel);
}

static gboolean
unpack(gpointer data)
{
    Parcel *parcel = data;
    RvCrew *crew = parcel->crew;
    const RvCrewEvents *events = crew->events;

    if (parcel->observation == NULL) {
        events->finished(parcel->error, events->user_data);
        return G_SOURCE_REMOVE;
    }
    events->answer(parcel->n, parcel->tasks, g_steal_pointer(&parcel->observation),
                   events->user_data);
    g_atomic_int_add(&crew->unstored, -1);
    g_atomic_int_add(&crew->unstored_kib, -parcel->kib);
    return G_SOURCE_REMOVE;
}

static gint
kib_of(const RvObservation *observation)
{
    return observation != NULL ? (gint)(rv_observation_bytes(observation) / 1024) : 0;
}

static void
send_home(RvCrew *crew, guint n, RvTasks tasks, RvObservation *observation, GError *error)
{
    GSource *source = g_idle_source_new();
    Parcel *parcel = g_new(Parcel, 1);

    *parcel = (Parcel){crew, n, tasks, observation, kib_of(observation), error};
    g_atomic_int_add(&crew->unstored_kib, parcel->kib);
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, unpack, parcel, parcel_free);
    g_source_attach(source, crew->home);
    g_source_unref(source);
}

/* ---- in the thread ---- */

static void
thread_answer(guint n, RvTasks tasks, RvObservation *observation, gpointer user_data)
{
    RvCrew *crew = user_data;

    g_atomic_int_inc(&crew->unstored);
    send_home(crew, n, tasks, observation, NULL);
}

static void
thread_finished(gpointer user_data)
{
    g_main_loop_quit(((RvCrew *)user_data)->loop);
}

static gboolean
thread_has_room(gpointer user_data)
{
    RvCrew *crew = user_data;

    return g_atomic_int_get(&crew->unstored) < UNSTORED_CEILING &&
           g_atomic_int_get(&crew->unstored_kib) < UNSTORED_KIB_CEILING;
}

static gboolean
thread_must_stop(gpointer user_data)
{
    return g_atomic_int_get(&((RvCrew *)user_data)->stop) != 0;
}

static gpointer
thread_run(gpointer user_data)
{
    RvCrew *crew = user_data;
    const RvDriverEvents events = {thread_answer, thread_finished, thread_has_room,
                                   thread_must_stop, crew};
    GError *error = NULL;
    gpointer asker;

    g_main_context_push_thread_default(crew->away);
    asker = crew->kind->open(crew->away, 1, crew->kind->user_data, &error);
    if (asker != NULL) {
        RvDriver *driver =
            rv_driver_new(crew->away, crew->kind, asker, crew->asks, &crew->limits, &events);

        g_main_loop_run(crew->loop);
        crew->kind->close(asker);
        rv_driver_free(driver);
    }
    g_main_context_pop_thread_default(crew->away);
    send_home(crew, 0, 0, NULL, error);
    return NULL;
}

/* ---- the crew ---- */

RvCrew *
rv_crew_start(GMainContext *context, const RvAsker *kind, const GArray *asks,
              const RvDriverLimits *limits, guint workers, void (*leave)(gpointer),
              const RvCrewEvents *events, GError **error)
{
    RvCrew *crew = g_new0(RvCrew, 1);

    crew->kind = kind;
    crew->asks = asks;
    crew->limits = *limits;
    crew->events = events;
    crew->home = g_main_context_ref(context);
    if (workers > 1) {
        crew->others =
            rv_crew_processes_start(context, kind, asks, limits, workers, leave, events, error);
        if (crew->others == NULL)
            g_clear_pointer(&crew, rv_crew_free);
        return crew;
    }
    crew->away = g_main_context_new();
    crew->loop = g_main_loop_new(crew->away, FALSE);
    crew->thread = g_thread_new("asker", thread_run, crew);
    return crew;
}

void
rv_crew_stop(RvCrew *crew)
{
    g_atomic_int_set(&crew->stop, 1);
    if (crew->others != NULL)
        rv_crew_processes_stop(crew->others);
}

void
rv_crew_free(RvCrew *crew)
{
    if (crew == NULL)
        return;
    rv_crew_processes_free(crew->others);
    if (crew->thread != NULL) {
        g_atomic_int_set(&crew->stop, 1);
        g_thread_join(crew->thread);
        g_main_loop_unref(crew->loop);
        g_main_context_unref(crew->away);
    }
    g_main_context_unref(crew->home);
    g_free(crew);
}
