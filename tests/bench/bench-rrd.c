/* How fast a round is written, beside a bare loop over rrd_update_r on the same files in the same
 * run.
 *
 * bench-rrd TEMPLATES [DEVICES [SENSORS [ROUNDS]]]: devices of that many sensors each; rounds
 * alternate between the bare loop, our writer and, where rrdcached can be started, our writer
 * through it, which has as many files of its own. A first round through it is not counted: then
 * rrdcached reads from each file when it was written last, whoever asks. */
#include <ftw.h>
#include <rrd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "rrd/file.h"
#include "rrd/store.h"

#define T0 G_GINT64_CONSTANT(1790812800)
#define STEP 300
#define BATCH 64 /* devices, as a round stores them */

typedef struct {
    guint devices, sensors, rounds;
    char *folder, *cached_folder, *socket;
    GPid daemon;
    RvRrdStore *direct, *cached;
    RvObservation **observations; /* one a device */
    GPtrArray *paths;
    gint64 now_s;
} Bench;

static double
seconds(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

/* CPU seconds of this process: the machine may have other work. */
static double
cpu_seconds(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* CPU seconds of another one; 0 where it cannot be told. */
static double
cpu_seconds_of(GPid pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
    g_autofree char *text = NULL;
    unsigned long user = 0, kernel = 0;

    if (!g_file_get_contents(path, &text, NULL, NULL) ||
        sscanf(strrchr(text, ')'), ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lu %lu", &user,
               &kernel) != 2)
        return 0;
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static RvObservation *
make_observation(guint sensors)
{
    RvObservation *observation = rv_observation_new();

    for (guint i = 0; i < sensors; i++) {
        RvSensor *sensor = rv_observation_add_sensor(observation, RV_CLASS_TEMPERATURE);

        g_free(sensor->key);
        sensor->key = g_strdup_printf("chassis/slot-%u/temperature", i);
    }
    return observation;
}

static void
next_round(Bench *bench)
{
    bench->now_s += STEP;
    for (guint d = 0; d < bench->devices; d++) {
        bench->observations[d]->taken_at_ms = bench->now_s * 1000;
        for (guint s = 0; s < bench->sensors; s++)
            ((RvSensor *)g_ptr_array_index(bench->observations[d]->sensors, s))->value =
                20 + (double)((bench->now_s / STEP + s) % 100) / 10;
    }
}

static void
write_ours(Bench *bench, RvRrdStore *store)
{
    RvRrdReport report = {0};

    for (guint d = 0; d < bench->devices; d++) {
        g_autofree char *name = g_strdup_printf("device-%05u", d);
        g_autoptr(GError) error = NULL;

        rv_rrd_store_begin(store);
        if (!rv_rrd_store_write(store, name, bench->observations[d], NULL, &report, &error))
            g_error("%s", error->message);
        if ((d % BATCH == BATCH - 1 || d + 1 == bench->devices) &&
            !rv_rrd_store_settle(store, &report, &error))
            g_error("%s", error->message);
    }
    if (report.failed > 0)
        g_error("%u files failed: %s", report.failed,
                ((RvRrdFailure *)g_ptr_array_index(report.failures, 0))->reason);
    rv_rrd_report_clear(&report);
}

static void
write_bare(Bench *bench)
{
    for (guint i = 0; i < bench->paths->len; i++) {
        char sample[64];
        const char *arguments[] = {sample};

        snprintf(sample, sizeof sample, "%" G_GINT64_FORMAT ":%.1f", bench->now_s,
                 20 + (double)(i % 100) / 10);
        if (rrd_update_r(g_ptr_array_index(bench->paths, i), NULL, 1, arguments) != 0)
            g_error("%s", rrd_get_error());
    }
}

static gboolean
start_daemon(Bench *bench)
{
    g_autofree char *listen_at = g_strdup_printf("unix:%s/s", bench->folder);
    g_autofree char *pid_file = g_build_filename(bench->folder, "p", NULL);
    const char *arguments[] = {"rrdcached", "-g",   "-l", listen_at, "-p", pid_file,
                               "-w",        "7200", "-f", "14400",   NULL};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    bench->socket = g_build_filename(bench->folder, "s", NULL);
    if (!g_spawn_async(NULL, (char **)arguments, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                           G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, &bench->daemon, NULL))
        return FALSE;
    g_strlcpy(address.sun_path, bench->socket, sizeof address.sun_path);
    for (guint i = 0; i < 5000; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        int good = connect(fd, (struct sockaddr *)&address, sizeof address);

        close(fd);
        if (good == 0)
            return TRUE;
        g_usleep(2000);
    }
    return FALSE;
}

/* A fresh store each round, as a short-lived process has. */
static void
open_anew(RvRrdStore **store, const char *folder, const char *templates, const char *socket_path)
{
    const RvRrdOptions options = {
        .folder = folder, .template_folder = templates, .daemon_socket = socket_path};
    g_autoptr(GError) error = NULL;

    rv_rrd_store_free(*store);
    *store = rv_rrd_store_open(&options, &error);
    if (*store == NULL)
        g_error("%s", error->message);
}

/* Seconds that a round takes; CPU seconds are added, of rrdcached where it is not NULL. */
static double
measure(Bench *bench, const char *templates, double *cpu, double *cpu_daemon)
{
    double begun = seconds();

    *cpu -= cpu_seconds();
    if (cpu_daemon != NULL) {
        *cpu_daemon -= cpu_seconds_of(bench->daemon);
        open_anew(&bench->cached, bench->cached_folder, templates, bench->socket);
        write_ours(bench, bench->cached);
        *cpu_daemon += cpu_seconds_of(bench->daemon);
    } else {
        open_anew(&bench->direct, bench->folder, templates, NULL);
        write_ours(bench, bench->direct);
    }
    *cpu += cpu_seconds();
    return seconds() - begun;
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    return remove(path);
}

static void
open_stores(Bench *bench, const char *templates)
{
    open_anew(&bench->direct, bench->folder, templates, NULL);
    if (start_daemon(bench))
        open_anew(&bench->cached, bench->cached_folder, templates, bench->socket);
}

static void
collect_paths(Bench *bench)
{
    bench->paths = g_ptr_array_new();
    for (guint d = 0; d < bench->devices; d++) {
        g_autofree char *name = g_strdup_printf("device-%05u", d);
        GPtrArray *series = rv_rrd_store_series(bench->direct, name); /* kept until the end */

        for (guint i = 0; i < series->len; i++) {
            const RvRrdSeriesInfo *info = g_ptr_array_index(series, i);

            if (info->has_class)
                g_ptr_array_add(bench->paths, info->path);
        }
    }
}

static int
compare_doubles(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double
median(double *values, guint n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return values[n / 2];
}

int
main(int argc, char **argv)
{
    Bench bench = {
        .devices = argc > 2 ? (guint)atoi(argv[2]) : 100,
        .sensors = argc > 3 ? (guint)atoi(argv[3]) : 30,
        .rounds = argc > 4 ? CLAMP((guint)atoi(argv[4]), 1, 99) : 9,
        .folder = g_dir_make_tmp("rackvitals-bench-XXXXXX", NULL),
        .cached_folder = g_dir_make_tmp("rackvitals-bench-XXXXXX", NULL),
        .now_s = T0,
    };
    double bare[100], direct[100], cached[100], begun, files;
    double cpu[3] = {0}; /* direct, cached, rrdcached itself */

    if (argc < 2) {
        fprintf(stderr, "usage: bench-rrd TEMPLATES [DEVICES [SENSORS [ROUNDS]]]\n");
        return 64;
    }
    bench.observations = g_new(RvObservation *, bench.devices);
    for (guint d = 0; d < bench.devices; d++)
        bench.observations[d] = make_observation(bench.sensors);
    open_stores(&bench, argv[1]);
    next_round(&bench);
    begun = seconds();
    write_ours(&bench, bench.direct);
    files = bench.devices * bench.sensors;
    printf("created   %8.0f files in %.2f s\n", files, seconds() - begun);
    collect_paths(&bench);
    if (bench.cached != NULL) {
        write_ours(&bench, bench.cached);
        next_round(&bench);
        write_ours(&bench, bench.cached);
    }
    for (guint i = 0; i < bench.rounds; i++) {
        next_round(&bench);
        begun = seconds();
        write_bare(&bench);
        bare[i] = files / (seconds() - begun);
        next_round(&bench);
        direct[i] = files / measure(&bench, argv[1], &cpu[0], NULL);
        if (bench.cached != NULL)
            cached[i] = files / measure(&bench, argv[1], &cpu[1], &cpu[2]);
    }
    printf("bare      %8.0f files/s\n", median(bare, bench.rounds));
    printf("direct    %8.0f files/s, %.2f times the bare loop's time\n",
           median(direct, bench.rounds), median(bare, bench.rounds) / median(direct, bench.rounds));
    if (bench.cached != NULL)
        printf("rrdcached %8.0f files/s, %.1f times direct\n", median(cached, bench.rounds),
               median(cached, bench.rounds) / median(direct, bench.rounds));
    if (bench.cached != NULL)
        printf(
            "CPU       direct %.1f us a file; through rrdcached %.1f us and %.1f us of its own\n",
            cpu[0] / files / bench.rounds * 1e6, cpu[1] / files / bench.rounds * 1e6,
            cpu[2] / files / bench.rounds * 1e6);
    for (guint i = 0; i < rv_rrd_templates_count(rv_rrd_store_templates(bench.direct)); i++) {
        const RvRrdTemplate *template =
            rv_rrd_templates_get(rv_rrd_store_templates(bench.direct), i);

        printf("bytes     %8" G_GSIZE_FORMAT " %s\n", rv_rrd_file_bytes(template), template->name);
    }
    if (bench.daemon != 0)
        kill(bench.daemon, SIGKILL);
    nftw(bench.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    nftw(bench.cached_folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
