#include "ipmi/pool.h"

#include <errno.h>
#include <freeipmi/freeipmi.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "ipmi/round.h"

#define DEFAULT_THREADS 128
#define THREADS_MAX 1024
#define JITTER_FROM 8 /* from so many at once on, they do not all begin in one millisecond */
#define JITTER_MS 10
#define GRACE_MS 20 /* the thread itself stops at the deadline, as a rule */

struct RvIpmiPool {
    GMainContext *context;
    GThreadPool *threads;
    char *folder;
    gboolean folder_is_ours; /* removed with the pool */
    GHashTable *pending;     /* Job*: asked, not yet delivered; maker's side only */
};

/* One task: held by its thread, its timer and its delivery. */
typedef struct {
    gatomicrefcount references;
    RvIpmiPool *pool;
    RvIpmiRound *round;
    guint jitter_ms;
    RvIpmiDone done;
    gpointer user_data;
    gboolean delivered; /* maker's side only, as are all below */
    GSource *timer;
} Job;

static void
job_unref(gpointer data)
{
    Job *job = data;

    if (!g_atomic_ref_count_dec(&job->references))
        return;
    rv_ipmi_round_free(job->round);
    g_free(job);
}

static Job *
job_ref(Job *job)
{
    g_atomic_ref_count_inc(&job->references);
    return job;
}

/* ---- the maker's side ---- */

/* Nothing more is said about the job. */
static void
retire(Job *job)
{
    job->delivered = TRUE;
    g_source_destroy(job->timer);
    g_clear_pointer(&job->timer, g_source_unref);
}

static void
deliver(Job *job, RvIpmiAnswers *answers)
{
    retire(job);
    g_hash_table_remove(job->pool->pending, job);
    job->done(answers, job->user_data);
}

static gboolean
on_answered(gpointer data)
{
    Job *job = data;

    if (!job->delivered)
        deliver(job, rv_ipmi_round_take(job->round));
    return G_SOURCE_REMOVE;
}

/* The thread is stuck in a command, or in the queue: what came is given out now. */
static gboolean
on_deadline(gpointer data)
{
    g_autoptr(RvIpmiAnswers) answers = NULL;
    Job *job = data;

    if (job->delivered)
        return G_SOURCE_REMOVE;
    g_atomic_int_set(&job->round->cancelled, 1);
    answers = rv_ipmi_round_take(job->round);
    answers->state = answers->has_device_id ? RV_STATE_UP : RV_STATE_DOWN;
    answers->partial = answers->has_device_id;
    if (answers->reason == RV_REASON_NONE) {
        answers->reason = answers->has_device_id ? RV_REASON_BUDGET : RV_REASON_NO_ANSWER;
        answers->detail = g_strdup(answers->has_device_id
                                       ? "the time for this BMC ran out before everything was asked"
                                       : "no answer in the time for this BMC");
    }
    deliver(job, g_steal_pointer(&answers));
    return G_SOURCE_REMOVE;
}

static GSource *
attach(GMainContext *context, GSource *source, GSourceFunc function, Job *job)
{
    g_source_set_callback(source, function, job_ref(job), job_unref);
    g_source_attach(source, context);
    return source;
}

/* ---- the thread's side ---- */

static void
answered(gpointer data)
{
    Job *job = data;
    GSource *source = g_idle_source_new();

    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_unref(attach(job->pool->context, source, on_answered, job));
}

static void
run_job(gpointer data, gpointer user_data)
{
    Job *job = data;

    if (job->jitter_ms > 0)
        g_usleep((gulong)job->jitter_ms * 1000);
    rv_ipmi_round_run(job->round, answered, job);
    job_unref(job);
}

/* ---- the pool ---- */

static char *
make_folder(const char *state_folder, gboolean *ours, GError **error)
{
    g_autofree char *folder = NULL;

    *ours = state_folder == NULL;
    if (*ours)
        return g_dir_make_tmp("rackvitals-ipmi-XXXXXX", error);
    folder = g_build_filename(state_folder, "sdr", NULL);
    if (g_mkdir_with_parents(folder, 0700) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_CREATE, "%s: cannot be created: %s", folder,
                    g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&folder);
}

static void
remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        (void)g_unlink(path);
    }
    (void)g_rmdir(folder);
}

RvIpmiPool *
rv_ipmi_pool_new(GMainContext *context, const char *state_folder, guint threads, GError **error)
{
    g_autofree char *folder = NULL;
    gboolean ours;
    RvIpmiPool *pool;

    folder = make_folder(state_folder, &ours, error);
    if (folder == NULL)
        return NULL;
    (void)ipmi_rmcpplus_init(); /* the crypto library, once, before there are threads */
    pool = g_new0(RvIpmiPool, 1);
    pool->context =
        context != NULL ? g_main_context_ref(context) : g_main_context_ref_thread_default();
    pool->folder = g_steal_pointer(&folder);
    pool->folder_is_ours = ours;
    pool->pending = g_hash_table_new_full(NULL, NULL, job_unref, NULL);
    threads = threads == 0 ? DEFAULT_THREADS : MIN(threads, THREADS_MAX);
    pool->threads = g_thread_pool_new_full(run_job, pool, job_unref, (int)threads, FALSE, error);
    if (pool->threads == NULL) {
        rv_ipmi_pool_free(pool);
        return NULL;
    }
    return pool;
}

void
rv_ipmi_pool_ask(RvIpmiPool *pool, const RvIpmiAccess *access, const RvIpmiTask *task,
                 RvIpmiDone done, gpointer user_data)
{
    Job *job = g_new0(Job, 1);
    gint64 left_ms = MAX(task->deadline_ms - rv_clock_monotonic_ms(), 0);

    g_atomic_ref_count_init(&job->references);
    job->pool = pool;
    job->round = rv_ipmi_round_new(access, task, pool->folder);
    job->done = done;
    job->user_data = user_data;
    if (g_hash_table_size(pool->pending) >= JITTER_FROM)
        job->jitter_ms = (guint)g_random_int_range(0, JITTER_MS);
    g_hash_table_add(pool->pending, job_ref(job));
    job->timer =
        attach(pool->context, g_timeout_source_new((guint)MIN(left_ms + GRACE_MS, G_MAXUINT / 2)),
               on_deadline, job);
    g_thread_pool_push(pool->threads, job, NULL); /* fails only where a thread cannot start: the
                                                     others will come to it */
}

static void
call_off_all(RvIpmiPool *pool)
{
    GHashTableIter iter;
    gpointer job;

    g_hash_table_iter_init(&iter, pool->pending);
    while (g_hash_table_iter_next(&iter, &job, NULL)) {
        g_atomic_int_set(&((Job *)job)->round->cancelled, 1);
        retire(job);
    }
}

void
rv_ipmi_pool_free(RvIpmiPool *pool)
{
    if (pool == NULL)
        return;
    call_off_all(pool);
    if (pool->threads != NULL)
        g_thread_pool_free(pool->threads, FALSE, TRUE);
    if (pool->folder_is_ours)
        remove_folder(pool->folder);
    g_hash_table_unref(pool->pending);
    g_main_context_unref(pool->context);
    g_free(pool->folder);
    g_free(pool);
}
