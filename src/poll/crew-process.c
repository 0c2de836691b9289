#include "poll/crew-process.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "observation/json.h"

#define CHUNK 65536
#define BACKLOG_CEILING (4 * 1024 * 1024) /* bytes of answers that the parent has not read yet */
/* Of one answer: ample for what comes of the 64 MiB that one agent may say. */
#define LINE_CEILING (256 * 1024 * 1024)
#define WORKERS_CEILING 64
#define PATIENCE_MS 3000 /* for a child to close its sessions */

/* ---- the child ----
 * Sends "N TASKS JSON" for an answer, "error CODE TEXT" where it could not begin, "end" at last. */

typedef struct {
    int fd;
    GMainLoop *loop;
    GMainContext *context;
    GString *backlog;
    gsize sent;        /* of it */
    GSource *writable; /* NULL: nothing to write */
    GArray *share;     /* of RvAsk */
    GArray *numbers;   /* of guint: their places in the whole */
    gboolean stop;
} Child;

static gboolean
write_some(int fd, GIOCondition condition, gpointer user_data)
{
    Child *child = user_data;
    gssize n = send(fd, child->backlog->str + child->sent, child->backlog->len - child->sent,
                    MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n > 0)
        child->sent += (gsize)n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        _exit(1);                                 /* nobody listens any more */
    if (child->sent >= child->backlog->len / 2) { /* seldom: each byte is moved once at most */
        g_string_erase(child->backlog, 0, (gssize)child->sent);
        child->sent = 0;
    }
    if (child->backlog->len > 0)
        return G_SOURCE_CONTINUE;
    g_clear_pointer(&child->writable, g_source_unref);
    return G_SOURCE_REMOVE;
}

static void
child_send(Child *child, const char *head, const char *body)
{
    g_string_append(child->backlog, head);
    g_string_append(child->backlog, body);
    g_string_append_c(child->backlog, '\n');
    if (child->writable != NULL)
        return;
    child->writable = g_unix_fd_source_new(child->fd, G_IO_OUT);
    g_source_set_callback(child->writable, G_SOURCE_FUNC(write_some), child, NULL);
    g_source_attach(child->writable, child->context);
}

static void
child_answer(guint n, RvTasks tasks, RvObservation *observation, gpointer user_data)
{
    Child *child = user_data;
    g_autofree char *line = rv_observation_to_json_brief(observation);
    char head[40];

    g_snprintf(head, sizeof head, "%u %u ", g_array_index(child->numbers, guint, n), (guint)tasks);
    child_send(child, head, line);
    rv_observation_free(observation);
}

static void
child_finished(gpointer user_data)
{
    g_main_loop_quit(((Child *)user_data)->loop);
}

static gboolean
child_has_room(gpointer user_data)
{
    const Child *child = user_data;

    return child->backlog->len - child->sent < BACKLOG_CEILING;
}

static gboolean
child_must_stop(gpointer user_data)
{
    return ((Child *)user_data)->stop;
}

/* The parent never sends: what can be read is the end. */
static gboolean
parent_ended(int fd, GIOCondition condition, gpointer user_data)
{
    ((Child *)user_data)->stop = TRUE;
    return G_SOURCE_REMOVE;
}

static void
send_rest(Child *child)
{
    struct pollfd ready = {child->fd, POLLOUT, 0};

    child_send(child, "end", "");
    while (child->backlog->len > 0 && poll(&ready, 1, 10000) > 0)
        (void)write_some(child->fd, G_IO_OUT, child);
}

static G_GNUC_NORETURN void
child_run(Child *child, const RvAsker *kind, const RvDriverLimits *limits, guint workers)
{
    const RvDriverEvents events = {child_answer, child_finished, child_has_room, child_must_stop,
                                   child};
    g_autoptr(GError) error = NULL;
    GSource *ended;
    gpointer asker;

    signal(SIGINT, SIG_IGN); /* the parent hears it, and tells us */
    signal(SIGTERM, SIG_IGN);
    child->context = g_main_context_new();
    child->loop = g_main_loop_new(child->context, FALSE);
    child->backlog = g_string_new(NULL);
    g_main_context_push_thread_default(child->context);
    ended = g_unix_fd_source_new(child->fd, G_IO_IN | G_IO_HUP);
    g_source_set_callback(ended, G_SOURCE_FUNC(parent_ended), child, NULL);
    g_source_attach(ended, child->context);
    asker = kind->open(child->context, workers, kind->user_data, &error);
    if (asker != NULL) {
        rv_driver_new(child->context, kind, asker, child->share, limits, &events);
        g_main_loop_run(child->loop);
        kind->close(asker);
    } else {
        g_autofree char *head = g_strdup_printf("error %d ", error->code);
        g_autofree char *text = g_strescape(error->message, NULL);

        child_send(child, head, text);
    }
    send_rest(child);
    _exit(0);
}

/* ---- the parent ---- */

typedef struct {
    RvCrewProcesses *crew;
    pid_t pid;
    int fd;
    GSource *readable; /* NULL: it has ended */
    GByteArray *text;  /* not yet a line */
    gsize looked;      /* bytes of it without a line's end */
    gboolean ended;    /* said so */
} Worker;

struct RvCrewProcesses {
    GMainContext *context;
    const GArray *asks;
    const RvCrewEvents *events;
    GArray *workers; /* Worker */
    guint running;
    GError *error; /* the first */
};

static Worker *
worker_at(RvCrewProcesses *crew, guint i)
{
    return &g_array_index(crew->workers, Worker, i);
}

static void
set_error(RvCrewProcesses *crew, int code, const char *text)
{
    g_autofree char *plain = g_strcompress(text);

    if (crew->error == NULL)
        crew->error = g_error_new_literal(RV_ERROR, code, plain);
}

/* Words of our own child; what is not as agreed is a bug. */
static gboolean
take_answer(RvCrewProcesses *crew, const char *line, gsize length)
{
    char *end = NULL;
    guint64 n = g_ascii_strtoull(line, &end, 10);
    guint tasks = (guint)g_ascii_strtoull(end, &end, 10);
    json_t *json;
    RvObservation *observation;

    if (n >= crew->asks->len || *end != ' ')
        return FALSE;
    json = json_loadb(end + 1, length - (gsize)(end + 1 - line), 0, NULL);
    observation = json != NULL ? rv_observation_from_json(json, NULL) : NULL;
    json_decref(json);
    if (observation == NULL)
        return FALSE;
    crew->events->answer((guint)n, (RvTasks)tasks, observation, crew->events->user_data);
    return TRUE;
}

static void
take_line(Worker *worker, char *line, gsize length)
{
    char *end = NULL;

    line[length] = '\0';
    if (strcmp(line, "end") == 0) {
        worker->ended = TRUE;
    } else if (g_str_has_prefix(line, "error ")) {
        int code = (int)g_ascii_strtoll(line + strlen("error "), &end, 10);

        set_error(worker->crew, code, end + strspn(end, " "));
    } else if (!take_answer(worker->crew, line, length)) {
        set_error(worker->crew, RV_ERROR_INTERNAL, "a worker process sent something unreadable");
    }
}

static void
take_lines(Worker *worker)
{
    gsize begin = 0;
    guint8 *end;

    while ((end = memchr(worker->text->data + begin + worker->looked, '\n',
                         worker->text->len - begin - worker->looked)) != NULL) {
        take_line(worker, (char *)worker->text->data + begin,
                  (gsize)(end - worker->text->data) - begin);
        begin = (gsize)(end - worker->text->data) + 1;
        worker->looked = 0;
    }
    if (begin > 0)
        g_byte_array_remove_range(worker->text, 0, (guint)begin);
    worker->looked = worker->text->len;
}

static void
worker_gone(Worker *worker)
{
    RvCrewProcesses *crew = worker->crew;

    g_source_destroy(worker->readable);
    g_clear_pointer(&worker->readable, g_source_unref);
    if (!worker->ended)
        set_error(crew, RV_ERROR_INTERNAL,
                  "a worker process ended before its work; what it had not asked waits for the "
                  "next round");
    crew->running--;
    if (crew->running == 0)
        crew->events->finished(crew->error, crew->events->user_data);
}

static gboolean
read_some(int fd, GIOCondition condition, gpointer user_data)
{
    Worker *worker = user_data;
    guint8 chunk[CHUNK];
    gssize n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return G_SOURCE_CONTINUE;
    if (n > 0 && worker->text->len + (gsize)n <= LINE_CEILING) {
        g_byte_array_append(worker->text, chunk, (guint)n);
        take_lines(worker);
        if (!worker->ended)
            return G_SOURCE_CONTINUE;
    }
    worker_gone(worker);
    return G_SOURCE_REMOVE;
}

/* ---- starting ---- */

static void
take_share(Child *child, const GArray *asks, guint i, guint workers)
{
    child->share = g_array_new(FALSE, FALSE, sizeof(RvAsk));
    child->numbers = g_array_new(FALSE, FALSE, sizeof(guint));
    for (guint n = i; n < asks->len; n += workers) {
        g_array_append_val(child->share, g_array_index(asks, RvAsk, n));
        g_array_append_val(child->numbers, n);
    }
}

static gboolean
start_one(RvCrewProcesses *crew, const RvAsker *kind, const RvDriverLimits *limits, guint i,
          guint workers, void (*leave)(gpointer), GError **error)
{
    Worker *worker = worker_at(crew, i);
    int pair[2] = {-1, -1};

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
        (worker->pid = fork()) < 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_INTERNAL, "a worker process cannot be started: %s",
                    g_strerror(errno));
        if (pair[0] >= 0) {
            close(pair[0]);
            close(pair[1]);
        }
        worker->pid = 0;
        return FALSE;
    }
    if (worker->pid == 0) {
        Child child = {.fd = pair[1]};

        close(pair[0]);
        for (guint other = 0; other < i; other++)
            close(worker_at(crew, other)->fd);
        if (leave != NULL)
            leave(crew->events->user_data);
        take_share(&child, crew->asks, i, workers);
        child_run(&child, kind, limits, workers);
    }
    close(pair[1]);
    worker->fd = pair[0];
    worker->crew = crew;
    worker->text = g_byte_array_new();
    worker->readable = g_unix_fd_source_new(worker->fd, G_IO_IN | G_IO_HUP);
    g_source_set_callback(worker->readable, G_SOURCE_FUNC(read_some), worker, NULL);
    g_source_attach(worker->readable, crew->context);
    crew->running++;
    return TRUE;
}

RvCrewProcesses *
rv_crew_processes_start(GMainContext *context, const RvAsker *kind, const GArray *asks,
                        const RvDriverLimits *limits, guint workers, void (*leave)(gpointer),
                        const RvCrewEvents *events, GError **error)
{
    RvCrewProcesses *crew = g_new0(RvCrewProcesses, 1);
    RvDriverLimits share = *limits;

    workers = MIN(workers, WORKERS_CEILING);
    share.devices = MAX(limits->devices / workers, 1);
    share.bmcs = MAX(limits->bmcs / workers, 1);
    crew->context = g_main_context_ref(context);
    crew->asks = asks;
    crew->events = events;
    crew->workers = g_array_new(FALSE, TRUE, sizeof(Worker));
    g_array_set_size(crew->workers, workers);
    for (guint i = 0; i < workers; i++) {
        if (!start_one(crew, kind, &share, i, workers, leave, error)) {
            rv_crew_processes_free(crew);
            return NULL;
        }
    }
    return crew;
}

void
rv_crew_processes_stop(RvCrewProcesses *crew)
{
    for (guint i = 0; i < crew->workers->len; i++)
        if (worker_at(crew, i)->readable != NULL)
            (void)shutdown(worker_at(crew, i)->fd, SHUT_WR);
}

/* A child that does not end by itself (a resolver that hangs) is ended. */
static void
await(pid_t pid)
{
    gint64 until_ms = rv_clock_monotonic_ms() + PATIENCE_MS;

    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (rv_clock_monotonic_ms() >= until_ms)
            kill(pid, SIGKILL);
        g_usleep(2000);
    }
}

void
rv_crew_processes_free(RvCrewProcesses *crew)
{
    if (crew == NULL)
        return;
    for (guint i = 0; i < crew->workers->len; i++) {
        Worker *worker = worker_at(crew, i);

        if (worker->pid <= 0)
            continue;
        if (worker->readable != NULL) {
            g_source_destroy(worker->readable);
            g_source_unref(worker->readable);
        }
        close(worker->fd); /* it sees that and ends */
        await(worker->pid);
        g_byte_array_unref(worker->text);
    }
    g_array_unref(crew->workers);
    g_clear_error(&crew->error);
    g_main_context_unref(crew->context);
    g_free(crew);
}
