#include "poll/doctor.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "db/state.h"
#include "notify/notify.h"
#include "poll/lock.h"
#include "poll/place.h"
#include "poll/spool.h"
#include "rrd/daemon.h"
#include "rrd/fonts.h"
#include "rrd/survey.h"

#define MIB (1024.0 * 1024)
#define EARLIEST_MS (G_GINT64_CONSTANT(1577836800) * 1000) /* 2020-01-01 */
#define NAMED_CEILING 5                                    /* findings of one kind by name */
#define GAP_DEVICES_CEILING 50
#define DAY_S 86400
#define DAEMON_TIMEOUT_MS 3000
#define INTERFACES_GUESS 24
#define SENSORS_GUESS 20
#define FREE_PART 0.05

typedef struct {
    const RvDoctorOptions *options;
    const RvConfiguration *configuration;
    GPtrArray *findings;
    const char *check; /* under way */
    RvState *state;    /* NULL: none */
    GError *state_error;
    RvRrdStore *store; /* NULL: templates are wrong */
    GError *store_error;
    guint64 stored_bytes; /* of RRD files, by the survey */
} Visit;

void
rv_doctor_finding_free(RvDoctorFinding *finding)
{
    if (finding == NULL)
        return;
    g_free(finding->what);
    g_free(finding->todo);
    g_free(finding);
}

static void G_GNUC_PRINTF(4, 5)
    say(Visit *visit, RvDoctorLevel level, const char *todo, const char *format, ...)
{
    RvDoctorFinding *finding = g_new(RvDoctorFinding, 1);
    va_list arguments;

    va_start(arguments, format);
    *finding =
        (RvDoctorFinding){level, visit->check, g_strdup_vprintf(format, arguments), g_strdup(todo)};
    va_end(arguments);
    g_ptr_array_add(visit->findings, finding);
}

static char *
in_state(const Visit *visit, const char *name)
{
    return g_build_filename(visit->configuration->state_folder, name, NULL);
}

static guint
devices_count(const Visit *visit)
{
    return visit->configuration->inventory->devices->len;
}

/* ---- the checks ---- */

static void
check_inventory(Visit *visit)
{
    guint snmp = 0, ipmi = 0;

    for (guint i = 0; i < devices_count(visit); i++) {
        const RvDevice *device = g_ptr_array_index(visit->configuration->inventory->devices, i);

        snmp += device->snmp != NULL;
        ipmi += device->ipmi != NULL;
    }
    if (devices_count(visit) == 0)
        say(visit, RV_DOCTOR_PROBLEM, "add devices; rackvitals-inventory(5) shows how",
            "the inventory has no devices");
    else
        say(visit, RV_DOCTOR_WELL, NULL, "%u devices: %u by SNMP, %u by IPMI", devices_count(visit),
            snmp, ipmi);
}

static void
check_rights(Visit *visit)
{
    const char *folder = visit->configuration->state_folder;
    struct stat status;

    if (stat(folder, &status) != 0)
        say(visit, RV_DOCTOR_PROBLEM,
            "make it and give it to the user that polls: install -d -o rackvitals -m 0750",
            "%s: %s", folder, g_strerror(errno));
    else if (access(folder, R_OK | W_OK | X_OK) != 0)
        say(visit, RV_DOCTOR_PROBLEM, "run doctor as the user that polls, or change the owner",
            "%s: our user (%s) may not write in it", folder, g_get_user_name());
    else if ((status.st_mode & S_IWOTH) != 0)
        say(visit, RV_DOCTOR_PROBLEM, "chmod o-w", "%s: everybody may write in it", folder);
    else
        say(visit, RV_DOCTOR_WELL, NULL, "%s: our user (%s) may read and write", folder,
            g_get_user_name());
}

static void
check_clock(Visit *visit)
{
    struct timex clock = {0};
    g_autofree char *now = rv_clock_format(visit->options->now_ms, NULL);

    if (visit->options->now_ms < EARLIEST_MS)
        say(visit, RV_DOCTOR_PROBLEM, "set the clock; timedatectl set-ntp true",
            "it is %s: the clock is not set, nothing will be stored", now);
    else if (rv_clock_is_simulated())
        say(visit, RV_DOCTOR_NOTE, NULL, "it is %s by RACKVITALS_NOW: a simulated clock", now);
    else if (adjtimex(&clock) == TIME_ERROR)
        say(visit, RV_DOCTOR_NOTE, "timedatectl set-ntp true, where nothing else keeps it right",
            "it is %s; the kernel does not know of any synchronisation", now);
    else
        say(visit, RV_DOCTOR_WELL, NULL, "it is %s, synchronised", now);
}

static const char *const samples[][2] = {{"Temperature °C", "en"},
                                         {"温度 风扇 电源 月报", "zh-cn"}};

static void
check_fonts(Visit *visit)
{
    for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autofree char *family = rv_font_family(samples[i][0], samples[i][1], FALSE);

        if (family != NULL)
            say(visit, RV_DOCTOR_WELL, NULL, "%s: %s", samples[i][1], family);
        else
            say(visit, RV_DOCTOR_PROBLEM,
                "install one: apt-get install fonts-noto-cjk fonts-dejavu-core",
                "no font has the characters of '%s'; graphs and reports would show boxes",
                samples[i][0]);
    }
}

static void
check_rounds(Visit *visit)
{
    gint64 now_ms = visit->options->now_ms;
    g_autoptr(GPtrArray) rounds =
        rv_state_rounds(visit->state, now_ms - (gint64)DAY_S * 1000, G_MAXINT64, NULL);
    const RvRound *last =
        rounds != NULL && rounds->len > 0 ? g_ptr_array_index(rounds, rounds->len - 1) : NULL;
    g_autofree char *when = last != NULL ? rv_clock_format(last->started_ms, NULL) : NULL;

    if (last == NULL)
        say(visit, RV_DOCTOR_PROBLEM, "systemctl enable --now rackvitals.timer, or a line in cron",
            "there was no round within the last day");
    else if (last->started_ms > now_ms + 60000)
        say(visit, RV_DOCTOR_PROBLEM, "set the clock; until then nothing is added to the series",
            "the last round was at %s, which is still to come", when);
    else if (now_ms - last->started_ms > 5 * visit->configuration->reachability_ms)
        say(visit, RV_DOCTOR_PROBLEM, "see that the timer runs: systemctl list-timers rackvitals*",
            "the last round was at %s", when);
    else
        say(visit, RV_DOCTOR_WELL, NULL,
            "%u rounds within a day, the last at %s: %u of %u answered", rounds->len, when,
            last->answered, last->due);
}

static void
check_state(Visit *visit)
{
    g_autoptr(GPtrArray) sentences = NULL;
    g_autoptr(GError) error = NULL;

    if (visit->state == NULL) {
        gboolean none = g_error_matches(visit->state_error, RV_ERROR, RV_ERROR_NO_INPUT);

        say(visit, none ? RV_DOCTOR_NOTE : RV_DOCTOR_PROBLEM, NULL, "%s",
            visit->state_error->message);
        return;
    }
    sentences = rv_state_verify(visit->state, &error);
    if (sentences == NULL) {
        say(visit, RV_DOCTOR_PROBLEM, NULL, "%s", error->message);
        return;
    }
    for (guint i = 0; i < sentences->len; i++)
        say(visit, RV_DOCTOR_PROBLEM, "put the last backup in its place, and report this as a bug",
            "%s: %s", rv_state_path(visit->state), (char *)g_ptr_array_index(sentences, i));
    if (sentences->len == 0)
        say(visit, RV_DOCTOR_WELL, NULL, "%s: whole, %s, schema %d", rv_state_path(visit->state),
            rv_state_backend(visit->state), rv_state_schema_version());
    check_rounds(visit);
}

static void
check_lock(Visit *visit)
{
    g_autofree char *holder = NULL;

    if (rv_poll_lock_is_held(visit->configuration->state_folder, &holder))
        say(visit, RV_DOCTOR_NOTE, NULL, "a round runs now: %s", holder);
    else
        say(visit, RV_DOCTOR_WELL, NULL, "no round runs now");
}

/* One file or two are what a killed run left; many are rounds that could not be stored. */
static void
say_waiting(Visit *visit, const GPtrArray *files)
{
    double mib = (double)rv_poll_spool_bytes(visit->configuration->state_folder) / MIB;
    guint ceiling = visit->configuration->spool_mib;
    g_autofree char *since = rv_clock_format(rv_poll_spool_round(g_ptr_array_index(files, 0)),
                                             visit->configuration->plan->zone);
    gboolean full = ceiling > 0 && mib > ceiling / 2.0;

    say(visit, full ? RV_DOCTOR_PROBLEM : RV_DOCTOR_NOTE,
        full ? "see that rrdcached, or the database, answers; the next round then stores what waits"
             : NULL,
        "%s: %u files, %.1f of %u MiB, wait since %s; the next round that can stores them",
        (char *)g_ptr_array_index(files, 0), files->len, mib, ceiling, since);
}

static void
say_lost(Visit *visit)
{
    g_autofree char *lost = rv_poll_spool_say_lost(visit->configuration->state_folder,
                                                   visit->configuration->plan->zone);

    if (lost != NULL)
        say(visit, RV_DOCTOR_PROBLEM,
            "see that rrdcached, or the database, answers; spool-ceiling says how much may wait",
            "%s", lost);
}

static void
check_spool(Visit *visit)
{
    g_autofree char *holder = NULL;
    g_autoptr(GPtrArray) files = rv_poll_spool_leftovers(visit->configuration->state_folder);
    gboolean runs = rv_poll_lock_is_held(visit->configuration->state_folder, &holder);

    if (files->len == 0 || runs)
        say(visit, RV_DOCTOR_WELL, NULL, "nothing waits to be stored");
    else
        say_waiting(visit, files);
    say_lost(visit);
}

/* A channel that takes nothing is noticed by nobody: that is what it was for. */
static void
say_backlog(Visit *visit, const RvBacklog *backlog)
{
    g_autofree char *since = rv_clock_format(backlog->since_ms, visit->configuration->plan->zone);
    g_autofree char *todo = g_strdup_printf("see why: rackvitals notify test %s", backlog->channel);
    const char *wait = backlog->events == 1 ? " waits" : "s wait";

    if (backlog->attempts == 0)
        say(visit, RV_DOCTOR_NOTE, NULL,
            "%s: %u event%s since %s for the end of quiet hours or the next round",
            backlog->channel, backlog->events, wait, since);
    else
        say(visit, RV_DOCTOR_PROBLEM, todo,
            "%s: %u event%s since %s; tried in vain %u time%s, and what waits for three days is "
            "dropped",
            backlog->channel, backlog->events, wait, since, backlog->attempts,
            backlog->attempts == 1 ? "" : "s");
}

static void
check_messages(Visit *visit)
{
    g_autofree char *folder = in_state(visit, "spool/notify");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) all = rv_notify_backlog(folder, &error);

    if (all == NULL)
        say(visit, RV_DOCTOR_PROBLEM,
            "the next round puts it aside and tells faults that last anew", "%s", error->message);
    else if (visit->configuration->channels == NULL || visit->configuration->channels->len == 0)
        say(visit, RV_DOCTOR_NOTE, "name some by 'notify' in the site file; rackvitals-notify(7)",
            "no channels: nobody is told of faults");
    else if (all->len == 0)
        say(visit, RV_DOCTOR_WELL, NULL, "no message waits");
    for (guint i = 0; all != NULL && i < all->len; i++)
        say_backlog(visit, g_ptr_array_index(all, i));
}

/* ---- RRD files ---- */

static GHashTable *
known_devices(const Visit *visit)
{
    GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < devices_count(visit); i++)
        g_hash_table_add(
            known,
            ((RvDevice *)g_ptr_array_index(visit->configuration->inventory->devices, i))->name);
    return known;
}

static const struct {
    RvDoctorLevel level;
    const char *what, *todo;
} kinds[] = {
    [RV_RRD_ORPHAN_DEVICE] = {RV_DOCTOR_NOTE, "orphans",
                              "remove what is not wanted any more; rackvitals rrd orphans"},
    [RV_RRD_ORPHAN_SERIES] = {RV_DOCTOR_NOTE, "orphans",
                              "remove what is not wanted any more; rackvitals rrd orphans"},
    [RV_RRD_LAYOUT] = {RV_DOCTOR_PROBLEM, "files of another layout", "rackvitals rrd migrate"},
    [RV_RRD_BROKEN] = {RV_DOCTOR_PROBLEM, "broken files",
                       "move them away; new ones are made in the next round"},
    [RV_RRD_LEFTOVER] = {RV_DOCTOR_NOTE, "halves of files", "remove them"},
};

static void
say_kind(Visit *visit, const RvRrdSurvey *survey, RvRrdFindingKind kind)
{
    guint count = 0;

    for (guint i = 0; i < survey->findings->len; i++) {
        const RvRrdFinding *finding = g_ptr_array_index(survey->findings, i);

        if (finding->kind != kind || ++count > NAMED_CEILING)
            continue;
        if (strstr(finding->text, finding->path) != NULL)
            say(visit, kinds[kind].level, kinds[kind].todo, "%s", finding->text);
        else
            say(visit, kinds[kind].level, kinds[kind].todo, "%s: %s", finding->path, finding->text);
    }
    if (count > NAMED_CEILING)
        say(visit, kinds[kind].level, kinds[kind].todo, "and %u more %s", count - NAMED_CEILING,
            kinds[kind].what);
}

static void
check_series(Visit *visit)
{
    g_autoptr(GHashTable) known = known_devices(visit);
    g_auto(RvRrdSurvey) survey = {0};

    if (visit->store == NULL) {
        say(visit, RV_DOCTOR_PROBLEM, NULL, "%s", visit->store_error->message);
        return;
    }
    rv_rrd_survey(visit->store, known, &survey);
    visit->stored_bytes = survey.bytes;
    say(visit, RV_DOCTOR_WELL, NULL, "%u RRD files of %u devices, %.1f MiB", survey.files,
        survey.devices, (double)survey.bytes / MIB);
    for (gsize kind = 0; kind < G_N_ELEMENTS(kinds); kind++)
        say_kind(visit, &survey, (RvRrdFindingKind)kind);
}

/* Minutes of the last day without a sample, of devices that have been polled for longer. */
static void
check_gaps(Visit *visit)
{
    gint64 now_s = visit->options->now_ms / 1000;
    guint devices = 0, gaps = 0;
    gsize minutes = 0;

    for (guint i = 0;
         visit->store != NULL && i < devices_count(visit) && devices < GAP_DEVICES_CEILING; i++) {
        const RvDevice *device = g_ptr_array_index(visit->configuration->inventory->devices, i);
        g_autoptr(RvSeries) series = rv_rrd_fetch(visit->store, device->name, "reachability", "up",
                                                  "AVERAGE", now_s - DAY_S, now_s - 300, 60, NULL);

        if (series == NULL || rv_series_known(series) == 0 ||
            series->values[0] != series->values[0])
            continue;
        devices++;
        minutes += series->n - rv_series_known(series);
        gaps += rv_series_known(series) < series->n * 19 / 20;
    }
    if (devices == 0)
        say(visit, RV_DOCTOR_WELL, NULL, "no device has been polled for a day yet");
    else if (gaps > 0)
        say(visit, RV_DOCTOR_PROBLEM,
            "see that the timer runs each minute and that rounds end in time; such minutes count "
            "as "
            "not observed",
            "%u of %u devices looked at lack more than a twentieth of the last day's samples", gaps,
            devices);
    else
        say(visit, RV_DOCTOR_WELL, NULL,
            "%" G_GSIZE_FORMAT " of the last day's minutes lack a sample, of %u devices looked at",
            minutes, devices);
}

static guint64
foretell(const Visit *visit)
{
    const RvRrdTemplates *templates = rv_rrd_store_templates(visit->store);
    g_autoptr(GArray) shares = rv_rrd_shares_new(templates);

    for (guint i = 0; i < devices_count(visit); i++) {
        const RvDevice *device = g_ptr_array_index(visit->configuration->inventory->devices, i);
        g_autoptr(RvObservation) latest =
            visit->state != NULL ? rv_state_latest(visit->state, device->name, NULL) : NULL;

        if (latest != NULL)
            rv_rrd_shares_add(shares, templates, latest);
        else
            rv_rrd_shares_guess(shares, templates, INTERFACES_GUESS, SENSORS_GUESS);
    }
    return rv_rrd_shares_bytes(shares);
}

static void
check_disk(Visit *visit)
{
    g_autofree char *above = g_path_get_dirname(visit->configuration->state_folder);
    double wanted = visit->store != NULL ? (double)foretell(visit) : 0;
    double missing = MAX(wanted - (double)visit->stored_bytes, 0);
    struct statvfs room;
    double left;

    if (statvfs(visit->configuration->state_folder, &room) != 0 && statvfs(above, &room) != 0) {
        say(visit, RV_DOCTOR_PROBLEM, NULL, "%s: %s", visit->configuration->state_folder,
            g_strerror(errno));
        return;
    }
    left = (double)room.f_bavail * (double)room.f_frsize;
    if (missing > left)
        say(visit, RV_DOCTOR_PROBLEM,
            "make room, or shorten archives in the RRD templates; rackvitals rrd size",
            "RRD files will take %.1f MiB more, and %.1f MiB are free", missing / MIB, left / MIB);
    else if (left < FREE_PART * (double)room.f_blocks * (double)room.f_frsize ||
             (room.f_files > 0 && (double)room.f_favail < FREE_PART * (double)room.f_files))
        say(visit, RV_DOCTOR_PROBLEM, "make room", "%.1f MiB and %lu inodes are free", left / MIB,
            (gulong)room.f_favail);
    else
        say(visit, RV_DOCTOR_WELL, NULL,
            "%.1f MiB are free; RRD files take %.1f MiB and will take %.1f MiB more", left / MIB,
            (double)visit->stored_bytes / MIB, missing / MIB);
}

static void
check_daemon(Visit *visit)
{
    const char *socket = visit->configuration->rrdcached_socket;
    g_autoptr(RvRrdDaemon) daemon = NULL;
    g_autoptr(GError) error = NULL;

    if (socket == NULL) {
        say(visit, RV_DOCTOR_WELL, NULL, "not used: files are written directly");
        return;
    }
    daemon = rv_rrd_daemon_connect(socket, DAEMON_TIMEOUT_MS, &error);
    if (daemon == NULL)
        say(visit, RV_DOCTOR_PROBLEM,
            "start rrdcached, give our user rights on its socket, or take it out of the site file",
            "%s", error->message);
    else
        say(visit, RV_DOCTOR_WELL, NULL, "%s: answers", socket);
}

/* What can be asked again is kept in these; losing it costs time only. */
static void
check_caches(Visit *visit)
{
    static const char *const folders[] = {"agents", "sdr", "spool", "reports", "rrd"};
    gboolean well = TRUE;

    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = in_state(visit, folders[i]);

        if (access(path, F_OK) == 0 && access(path, R_OK | W_OK | X_OK) != 0) {
            say(visit, RV_DOCTOR_PROBLEM, "give it to the user that polls: chown -R rackvitals",
                "%s: our user (%s) may not write in it", path, g_get_user_name());
            well = FALSE;
        }
    }
    if (well)
        say(visit, RV_DOCTOR_WELL, NULL, "folders below %s are ours",
            visit->configuration->state_folder);
}

/* ---- the whole ---- */

static const struct {
    const char *name;
    void (*run)(Visit *visit);
} checks[] = {
    {"inventory", check_inventory}, {"rights", check_rights}, {"caches", check_caches},
    {"clock", check_clock},         {"fonts", check_fonts},   {"state", check_state},
    {"lock", check_lock},           {"spool", check_spool},   {"messages", check_messages},
    {"rrdcached", check_daemon},    {"series", check_series}, {"gaps", check_gaps},
    {"disk", check_disk},
};

GPtrArray *
rv_doctor_examine(const RvDoctorOptions *options)
{
    Visit visit = {.options = options, .configuration = options->configuration};
    g_autofree char *series = in_state(&visit, "rrd");
    const RvRrdOptions store = {.folder = series, .template_folder = options->template_folder};

    visit.findings = g_ptr_array_new_with_free_func((GDestroyNotify)rv_doctor_finding_free);
    visit.state =
        rv_place_open(options->configuration, NULL, RV_STATE_MODE_READ, &visit.state_error);
    visit.store = rv_rrd_store_open(&store, &visit.store_error);
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        visit.check = checks[i].name;
        checks[i].run(&visit);
    }
    rv_rrd_store_free(visit.store);
    rv_state_close(visit.state);
    g_clear_error(&visit.state_error);
    g_clear_error(&visit.store_error);
    return visit.findings;
}
