#include "rrd/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text-order.h"
#include "base/text.h"
#include "observation/words.h"
#include "rrd/daemon.h"
#include "rrd/file.h"
#include "rrd/known.h"
#include "rrd/names.h"
#include "rrd/rate.h"

#define DAEMON_TIMEOUT_MS 10000
#define FAILURES_CEILING 100
/* Files of one device; an agent that makes up ports must not fill the disk, nor hold up a round. */
#define FILES_CEILING 10000
#define NEW_FILES_CEILING 1000 /* in one round: the others in the next ones */
#define SOURCES_CEILING 64
#define EARLIEST_S G_GINT64_CONSTANT(1577836800) /* 2020-01-01: a clock before that is not set */
#define AHEAD_S (G_GINT64_CONSTANT(400) * 86400) /* of the newest round: a clock that jumped */
#define NEWEST_FILE ".newest"
#define MARK_EVERY_S 60

struct RvRrdStore {
    char *folder;
    char *template_folder;
    RvRrdTemplates *templates;
    RvRrdDaemon *daemon; /* NULL: direct */
    char *away;          /* why nothing can be written any more */
    GPtrArray *queued;   /* paths of updates handed to it, by place */
    gboolean begun;      /* its answers are waited for later */
    gint64 newest_s;     /* of all rounds ever written here; 0: none */
    gint64 marked_s;     /* what NEWEST_FILE says */
};

/* --- counters of the round before --- */

/* Is written out as it stands in memory: without gaps, which would carry whatever lay there. */
typedef struct {
    guint64 values[RV_COUNTERS];
    gboolean is_64bit;
    guint32 spare;
    gint64 discontinuity_ticks;
    double octet_ceiling, packet_ceiling;
} Counters;
G_STATIC_ASSERT(sizeof(Counters) == RV_COUNTERS * sizeof(guint64) + 2 * sizeof(guint32) +
                                        sizeof(gint64) + 2 * sizeof(double));

struct RvRrdPrevious {
    RvRateMoment moment;
    GHashTable *interfaces; /* key → Counters */
};

static Counters
counters_of(const RvInterface *interface)
{
    return (Counters){
        .values = {[RV_COUNTER_IN_OCTETS] = interface->in_octets,
                   [RV_COUNTER_OUT_OCTETS] = interface->out_octets,
                   [RV_COUNTER_IN_ERRORS] = interface->in_errors,
                   [RV_COUNTER_OUT_ERRORS] = interface->out_errors,
                   [RV_COUNTER_IN_DISCARDS] = interface->in_discards,
                   [RV_COUNTER_OUT_DISCARDS] = interface->out_discards,
                   [RV_COUNTER_IN_UNICAST] = interface->in_unicast,
                   [RV_COUNTER_OUT_UNICAST] = interface->out_unicast},
        .is_64bit = interface->counters_64bit,
        .discontinuity_ticks = interface->discontinuity_ticks,
        .octet_ceiling = rv_rate_octet_ceiling(interface),
        .packet_ceiling = rv_rate_packet_ceiling(interface),
    };
}

static RvRateMoment
moment_of(const RvObservation *observation)
{
    return (RvRateMoment){.taken_at_ms = observation->taken_at_ms,
                          .uptime_ticks = observation->device.uptime_ticks};
}

RvRrdPrevious *
rv_rrd_previous_new(const RvObservation *observation)
{
    RvRrdPrevious *previous = g_new0(RvRrdPrevious, 1);

    previous->moment = moment_of(observation);
    previous->interfaces = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < observation->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(observation->interfaces, i);
        Counters counters = counters_of(interface);

        g_hash_table_insert(previous->interfaces, g_strdup(interface->key),
                            g_memdup2(&counters, sizeof counters));
    }
    return previous;
}

#define PACK_MARK 0x31435652 /* "RVC1": one more where Counters change */

typedef struct {
    guint32 mark, size; /* of Counters: another build may have others */
    guint32 count, spare;
    RvRateMoment moment;
} PackHead;

/* Each interface: Counters, the key's length, the key. */
GBytes *
rv_rrd_previous_to_bytes(const RvObservation *observation)
{
    GByteArray *bytes = g_byte_array_new();
    const PackHead head = {.mark = PACK_MARK,
                           .size = sizeof(Counters),
                           .count = observation->interfaces->len,
                           .moment = moment_of(observation)};

    g_byte_array_append(bytes, (const guint8 *)&head, sizeof head);
    for (guint i = 0; i < observation->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(observation->interfaces, i);
        Counters counters = counters_of(interface);
        guint32 length = (guint32)strlen(interface->key);

        g_byte_array_append(bytes, (const guint8 *)&counters, sizeof counters);
        g_byte_array_append(bytes, (const guint8 *)&length, sizeof length);
        g_byte_array_append(bytes, (const guint8 *)interface->key, length);
    }
    return g_byte_array_free_to_bytes(bytes);
}

static gboolean
unpack(gconstpointer *from, gsize *left, gpointer into, gsize size)
{
    if (*left < size)
        return FALSE;
    memcpy(into, *from, size);
    *from = (const guint8 *)*from + size;
    *left -= size;
    return TRUE;
}

static gboolean
unpack_interface(gconstpointer *from, gsize *left, GHashTable *interfaces)
{
    Counters *counters = g_new(Counters, 1);
    guint32 length;

    if (!unpack(from, left, counters, sizeof *counters) ||
        !unpack(from, left, &length, sizeof length) || length > *left) {
        g_free(counters);
        return FALSE;
    }
    g_hash_table_insert(interfaces, g_strndup(*from, length), counters);
    *from = (const guint8 *)*from + length;
    *left -= length;
    return TRUE;
}

RvRrdPrevious *
rv_rrd_previous_from_bytes(GBytes *bytes)
{
    gsize left;
    gconstpointer from = g_bytes_get_data(bytes, &left);
    g_autoptr(RvRrdPrevious) previous = NULL;
    PackHead head;

    if (!unpack(&from, &left, &head, sizeof head) || head.mark != PACK_MARK ||
        head.size != sizeof(Counters))
        return NULL;
    previous = g_new0(RvRrdPrevious, 1);
    previous->moment = head.moment;
    previous->interfaces = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < head.count; i++)
        if (!unpack_interface(&from, &left, previous->interfaces))
            return NULL;
    return g_steal_pointer(&previous);
}

void
rv_rrd_previous_free(RvRrdPrevious *previous)
{
    if (previous == NULL)
        return;
    g_hash_table_unref(previous->interfaces);
    g_free(previous);
}

/* --- open and close --- */

static gint64
read_newest(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, NEWEST_FILE, NULL);
    g_autofree char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    return MAX(g_ascii_strtoll(text, NULL, 10), 0);
}

static gboolean
connect_daemon(RvRrdStore *store, const RvRrdOptions *options, GError **error)
{
    g_autoptr(GError) problem = NULL;

    store->daemon = rv_rrd_daemon_connect(
        options->daemon_socket,
        options->daemon_timeout_ms > 0 ? options->daemon_timeout_ms : DAEMON_TIMEOUT_MS, &problem);
    if (store->daemon != NULL)
        return TRUE;
    if (options->may_be_away && g_error_matches(problem, RV_ERROR, RV_ERROR_UNAVAILABLE)) {
        store->away = g_strdup(problem->message);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

RvRrdStore *
rv_rrd_store_open(const RvRrdOptions *options, GError **error)
{
    g_autoptr(RvRrdStore) store = g_new0(RvRrdStore, 1);

    store->folder = g_canonicalize_filename(options->folder, NULL);
    store->template_folder = g_strdup(options->template_folder);
    store->queued = g_ptr_array_new_with_free_func(g_free);
    store->templates = rv_rrd_templates_load(options->template_folder, error);
    if (store->templates == NULL)
        return NULL;
    if (options->daemon_socket != NULL && !connect_daemon(store, options, error))
        return NULL;
    store->newest_s = store->marked_s = read_newest(store->folder);
    return g_steal_pointer(&store);
}

/* The mark is a guard, not data: that it cannot be written is no error, the files' own will say
 * why. In place and at once: to wait for the disk would take longer than the round's other files
 * together. */
static void
write_newest(RvRrdStore *store)
{
    g_autofree char *path = g_build_filename(store->folder, NEWEST_FILE, NULL);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", store->newest_s);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0)
        return;
    (void)!pwrite(fd, text, strlen(text), 0);
    close(fd);
    store->marked_s = store->newest_s;
}

void
rv_rrd_store_free(RvRrdStore *store)
{
    if (store == NULL)
        return;
    if (store->newest_s > store->marked_s)
        write_newest(store);
    rv_rrd_daemon_free(store->daemon);
    g_ptr_array_unref(store->queued);
    g_free(store->away);
    rv_rrd_templates_free(store->templates);
    g_free(store->folder);
    g_free(store->template_folder);
    g_free(store);
}

const char *
rv_rrd_store_away(const RvRrdStore *store)
{
    return store->away;
}

const RvRrdTemplates *
rv_rrd_store_templates(const RvRrdStore *store)
{
    return store->templates;
}

const char *
rv_rrd_store_template_folder(const RvRrdStore *store)
{
    return store->template_folder;
}

/* --- report --- */

static void
failure_free(RvRrdFailure *failure)
{
    g_free(failure->file);
    g_free(failure->reason);
    g_free(failure);
}

void
rv_rrd_report_clear(RvRrdReport *report)
{
    g_clear_pointer(&report->failures, g_ptr_array_unref);
    *report = (RvRrdReport){0};
}

static const char *
below(const RvRrdStore *store, const char *path)
{
    gsize length = strlen(store->folder);

    return strncmp(path, store->folder, length) == 0 && path[length] == '/' ? path + length + 1
                                                                            : path;
}

static void
report_failure(const RvRrdStore *store, RvRrdReport *report, const char *path, const char *reason)
{
    const char *said = reason[0] == '\'' ? reason + 1 : reason; /* librrd quotes some */
    RvRrdFailure *failure;

    report->failed++;
    if (report->failures == NULL)
        report->failures = g_ptr_array_new_with_free_func((GDestroyNotify)failure_free);
    if (report->failures->len >= FAILURES_CEILING)
        return;
    said = g_str_has_prefix(said, path) ? said + strlen(path) : reason;
    said += said != reason ? strspn(said, "': ") : 0;
    failure = g_new(RvRrdFailure, 1);
    *failure = (RvRrdFailure){.file = g_strdup(below(store, path)), .reason = g_strdup(said)};
    g_ptr_array_add(report->failures, failure);
}

/* --- one round of one device --- */

typedef struct {
    char *path;
    const RvRrdTemplate *template;
    double values[SOURCES_CEILING];
} Pending;

typedef struct {
    RvRrdStore *store;
    RvRrdReport *report;
    const RvObservation *now;
    const RvRrdPrevious *previous;
    char *folder;  /* of the device */
    int folder_fd; /* -1: there is none */
    GString *path; /* of the series in work: begins with `folder` and a slash */
    const char *device;
    gint64 time_s;
    gboolean folder_made;
    RvRrdKnown *known; /* NULL: direct */
    GString *sample;   /* room for one */
    GHashTable *there; /* names of the files that are there; NULL: not yet wanted */
    guint made;        /* files, in this round */
} Round;

/* Appends the name of a series' file: "interface.port+eth0.rrd"; FALSE where the key is none. */
static gboolean
append_file(GString *path, const char *prefix, const char *key, gboolean *is_cut)
{
    gsize begin;

    *is_cut = FALSE;
    g_string_append(path, prefix);
    if (key != NULL) {
        g_string_append_c(path, '.');
        begin = path->len;
        if (!rv_rrd_name_append(path, key))
            return FALSE;
        *is_cut = rv_rrd_name_is_cut(path->str + begin);
    }
    g_string_append_len(path, ".rrd", 4);
    return TRUE;
}

static gboolean
write_name(const char *path, const char *name, GError **error)
{
    return g_file_test(path, G_FILE_TEST_EXISTS) ||
           g_file_set_contents_full(path, name, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}

/* The device's folder, with its whole name in it where the folder's was cut. */
static gboolean
make_folder(Round *round, GError **error)
{
    if (round->folder_made)
        return TRUE;
    if (g_mkdir_with_parents(round->folder, 0755) != 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", round->folder, g_strerror(errno));
        return FALSE;
    }
    if (rv_rrd_name_is_cut(strrchr(round->folder, '/'))) {
        g_autofree char *path = g_build_filename(round->folder, ".name", NULL);

        if (!write_name(path, round->device, error))
            return FALSE;
    }
    if (round->folder_fd < 0)
        round->folder_fd = open(round->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    round->folder_made = TRUE;
    return TRUE;
}

static gboolean
wants_file(const RvRrdTemplate *template, const double *values, gboolean up)
{
    gboolean known = FALSE;
    gboolean nonzero = FALSE;

    for (guint i = 0; i < template->sources->len; i++) {
        known |= !isnan(values[i]);
        nonzero |= !isnan(values[i]) && values[i] != 0;
    }
    switch (template->create) {
    case RV_CREATE_ON_VALUE:
        return known;
    case RV_CREATE_ON_UP:
        return up;
    case RV_CREATE_ON_NONZERO:
        return nonzero;
    }
    return FALSE;
}

static gboolean
create(Round *round, const char *path, const char *key, gboolean is_cut,
       const RvRrdTemplate *template, GError **error)
{
    if (!make_folder(round, error))
        return FALSE;
    if (is_cut) {
        g_autofree char *name =
            g_strdup_printf("%.*s.name", (int)(strlen(path) - strlen(".rrd")), path);

        if (!write_name(name, key, error))
            return FALSE;
    }
    if (!rv_rrd_file_create(path, template, round->time_s - template->step_s, error))
        return FALSE;
    round->report->created++;
    return TRUE;
}

/* Whether the daemon will find a file as the template says: DONE, or what else it is. */
static RvRrdWrite
look_at(Round *round, const char *path, const RvRrdTemplate *template, GError **error)
{
    switch (rv_rrd_known_ask(round->known, round->folder_fd, path, template, round->time_s)) {
    case RV_KNOWN_WELL:
        return RV_WRITE_DONE;
    case RV_KNOWN_NO_FILE:
        return RV_WRITE_NO_FILE;
    case RV_KNOWN_LOCKED:
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "%s: nobody has the right to write it; chmod u+w gives it back", path);
        return RV_WRITE_FAILED;
    case RV_KNOWN_NOT:
        break;
    }
    if (!rv_rrd_file_probe(path, template, error)) {
        rv_rrd_known_forget(round->known, path);
        return RV_WRITE_FAILED;
    }
    rv_rrd_known_add(round->known);
    return RV_WRITE_DONE;
}

static RvRrdWrite
put_queued(Round *round, const char *path, const RvRrdTemplate *template, const double *values,
           GError **error)
{
    RvRrdWrite found = look_at(round, path, template, error);

    if (found != RV_WRITE_DONE)
        return found;
    g_string_truncate(round->sample, 0);
    rv_rrd_file_format(round->sample, round->time_s, values, template->sources->len);
    rv_rrd_daemon_add_update(round->store->daemon, path, round->sample->str);
    g_ptr_array_add(round->store->queued, g_strdup(path));
    return RV_WRITE_DONE;
}

static RvRrdWrite
put(Round *round, const char *path, const RvRrdTemplate *template, const double *values,
    GError **error)
{
    return round->store->daemon != NULL
               ? put_queued(round, path, template, values, error)
               : rv_rrd_file_update(round->folder_fd, path, template, round->time_s, values, error);
}

/* A device with one series that has no file has many: ports without a cable. To read the folder
 * once costs less than to look for each. */
static void
list_files(Round *round)
{
    g_autoptr(GDir) dir = g_dir_open(round->folder, 0, NULL);
    const char *name;

    round->there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (dir != NULL && g_hash_table_size(round->there) <= FILES_CEILING &&
           (name = g_dir_read_name(dir)) != NULL)
        g_hash_table_add(round->there, g_strdup(name));
}

static gboolean
is_missing(const Round *round)
{
    return round->there != NULL && g_hash_table_size(round->there) <= FILES_CEILING &&
           !g_hash_table_contains(round->there, round->path->str + strlen(round->folder) + 1);
}

/* Is there room for one more file of this device? Where there will never be, that is a failure. */
static gboolean
has_room(Round *round)
{
    if (round->made >= NEW_FILES_CEILING)
        return FALSE;
    if (g_hash_table_size(round->there) + round->made < FILES_CEILING)
        return TRUE;
    report_failure(round->store, round->report, round->folder,
                   "the device has " G_STRINGIFY(FILES_CEILING) " files, and more series than "
                                                                "that: the others are not stored");
    round->made = NEW_FILES_CEILING; /* said once */
    return FALSE;
}

/* A file that was not there: made where it is wanted. */
static RvRrdWrite
put_first(Round *round, const char *key, gboolean is_cut, const RvRrdTemplate *template,
          const double *values, gboolean up, GError **error)
{
    const char *path = round->path->str;
    RvRrdWrite result;

    if (!wants_file(template, values, up) || !has_room(round)) {
        round->report->skipped++;
        return RV_WRITE_NO_FILE;
    }
    if (!create(round, path, key, is_cut, template, error))
        return RV_WRITE_FAILED;
    round->made++;
    result = put(round, path, template, values, error);
    if (result != RV_WRITE_NO_FILE)
        return result;
    g_set_error(error, RV_ERROR, RV_ERROR_STORE, "%s: %s", path, g_strerror(ENOENT));
    return RV_WRITE_FAILED;
}

/* Most files are there: the first is written without a look, and after the first that is not there
 * those that are are known. */
static RvRrdWrite
put_known(Round *round, const RvRrdTemplate *template, const double *values, GError **error)
{
    RvRrdWrite result = RV_WRITE_NO_FILE;

    if (!is_missing(round))
        result = put(round, round->path->str, template, values, error);
    if (result == RV_WRITE_NO_FILE && round->there == NULL)
        list_files(round);
    return result;
}

static void
write_series(Round *round, const RvRrdTemplate *template, const char *prefix, const char *key,
             const double *values, gboolean up)
{
    gboolean is_cut = FALSE;
    g_autoptr(GError) error = NULL;
    RvRrdWrite result;

    g_string_truncate(round->path, strlen(round->folder) + 1);
    if (!append_file(round->path, prefix, key, &is_cut)) {
        report_failure(round->store, round->report, prefix,
                       "a key that is empty or longer than 4096 bytes");
        return;
    }
    result = put_known(round, template, values, &error);
    if (result == RV_WRITE_NO_FILE)
        result = put_first(round, key, is_cut, template, values, up, &error);
    round->report->written += result == RV_WRITE_DONE && round->store->daemon == NULL;
    round->report->unchanged += result == RV_WRITE_UNCHANGED;
    if (result == RV_WRITE_FAILED)
        report_failure(round->store, round->report, round->path->str, error->message);
}

static double
within(const RvRrdSource *source, double value)
{
    value *= source->scale;
    return value < source->minimum || value > source->maximum ? NAN : value;
}

/* --- reachability --- */

/* A cheap request or two: its duration is the way there and back. More of them measure the agent's
 * work. */
static double
round_trip_ms(const RvObservation *now)
{
    double best = NAN;

    for (guint i = 0; i < now->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(now->protocols, i);

        if (protocol->state == RV_STATE_UP && protocol->answers == 1 && protocol->retries == 0)
            best = fmin(best, (double)protocol->duration_ms);
    }
    return best;
}

static double
up_of(RvReachability state)
{
    switch (state) {
    case RV_STATE_UP:
        return 1;
    case RV_STATE_DOWN:
    case RV_STATE_UNREACHABLE:
        return 0;
    case RV_STATE_BLIND:
    case RV_STATE_NOT_ASKED:
        return NAN; /* not observed */
    }
    return NAN;
}

static void
write_reachability(Round *round, const RvRrdTemplate *template)
{
    double values[SOURCES_CEILING];

    for (guint i = 0; i < template->sources->len; i++) {
        const RvRrdSource *source = &g_array_index(template->sources, RvRrdSource, i);

        values[i] = within(source, source->from == RV_FROM_RTT
                                       ? round_trip_ms(round->now)
                                       : up_of(rv_observation_reachability(round->now)));
    }
    write_series(round, template, template->name, NULL, values, FALSE);
}

/* --- sensors --- */

static void
write_sensor(Round *round, const RvSensor *sensor)
{
    const RvRrdTemplate *template =
        rv_rrd_templates_for_class(round->store->templates, sensor->class);
    double values[SOURCES_CEILING];

    if (template == NULL)
        return;
    for (guint i = 0; i < template->sources->len; i++)
        values[i] = within(&g_array_index(template->sources, RvRrdSource, i), sensor->value);
    write_series(round, template, rv_class_word(sensor->class), sensor->key, values, FALSE);
}

/* --- interfaces --- */

static RvRateReason
compare_rounds(const Round *round, const Counters *before, const Counters *now, guint heartbeat_s)
{
    RvRateMoment moment = moment_of(round->now);
    RvRateReason reason;

    if (before == NULL)
        return RV_RATE_FIRST;
    reason = rv_rate_compare(&round->previous->moment, &moment, (gint64)heartbeat_s * 1000);
    if (reason == RV_RATE_KNOWN && before->discontinuity_ticks >= 0 &&
        now->discontinuity_ticks >= 0 && before->discontinuity_ticks != now->discontinuity_ticks)
        return RV_RATE_DISCONTINUITY;
    return reason;
}

static gboolean
is_wide(const Counters *counters, guint kind)
{
    /* IF-MIB has no 64-bit form of errors and discards */
    return counters->is_64bit && (kind == RV_COUNTER_IN_OCTETS || kind == RV_COUNTER_OUT_OCTETS ||
                                  kind == RV_COUNTER_IN_UNICAST || kind == RV_COUNTER_OUT_UNICAST);
}

static gboolean
is_of_errors(guint kind)
{
    return kind == RV_COUNTER_IN_ERRORS || kind == RV_COUNTER_OUT_ERRORS ||
           kind == RV_COUNTER_IN_DISCARDS || kind == RV_COUNTER_OUT_DISCARDS;
}

static double
rate_of(const Counters *before, const Counters *now, guint kind, double seconds)
{
    gboolean octets = kind == RV_COUNTER_IN_OCTETS || kind == RV_COUNTER_OUT_OCTETS;
    double packets = MAX(before->packet_ceiling, now->packet_ceiling);
    RvRateCounter counter = {
        .before = before->values[kind],
        .now = now->values[kind],
        .is_64bit_before = is_wide(before, kind),
        .is_64bit_now = is_wide(now, kind),
        /* a speed that changed between the rounds: the higher one bounds what can have passed */
        .ceiling = octets               ? MAX(before->octet_ceiling, now->octet_ceiling)
                   : is_of_errors(kind) ? rv_rate_error_ceiling(packets, seconds)
                                        : packets,
    };

    return rv_rate_counter(&counter, seconds, NULL);
}

/* The sum of a source's rates. One that the device never gives does not spoil the others. */
static double
sum_of_rates(const RvRrdSource *source, const Counters *before, const Counters *now, double seconds)
{
    double sum = NAN;

    for (guint kind = 0; kind < RV_COUNTERS; kind++) {
        double rate;

        if ((source->counters & 1u << kind) == 0 ||
            (before->values[kind] == RV_COUNTER_NONE && now->values[kind] == RV_COUNTER_NONE))
            continue;
        rate = rate_of(before, now, kind, seconds);
        if (isnan(rate))
            return NAN;
        sum = isnan(sum) ? rate : sum + rate;
    }
    return sum;
}

static void
write_interface(Round *round, const RvRrdTemplate *template, const RvInterface *interface)
{
    Counters now = counters_of(interface);
    const Counters *before = round->previous != NULL
                                 ? g_hash_table_lookup(round->previous->interfaces, interface->key)
                                 : NULL;
    RvRateReason reason = compare_rounds(round, before, &now, template->heartbeat_s);
    double values[SOURCES_CEILING];

    for (guint i = 0; i < template->sources->len; i++) {
        const RvRrdSource *source = &g_array_index(template->sources, RvRrdSource, i);

        values[i] = NAN;
        if (reason == RV_RATE_KNOWN)
            values[i] = within(source, sum_of_rates(source, before, &now,
                                                    (double)(round->now->taken_at_ms -
                                                             round->previous->moment.taken_at_ms) /
                                                        1000));
        round->report->unknown += isnan(values[i]) && reason != RV_RATE_FIRST;
    }
    write_series(round, template, template->name, interface->key, values,
                 interface->oper_status == RV_OPER_UP);
}

/* --- the whole --- */

static void
write_all(Round *round)
{
    const RvRrdTemplates *templates = round->store->templates;

    for (guint i = 0; i < rv_rrd_templates_count(templates); i++) {
        const RvRrdTemplate *template = rv_rrd_templates_get(templates, i);

        switch (template->kind) {
        case RV_SERIES_REACHABILITY:
            write_reachability(round, template);
            break;
        case RV_SERIES_INTERFACE:
            for (guint n = 0; n < round->now->interfaces->len; n++)
                write_interface(round, template, g_ptr_array_index(round->now->interfaces, n));
            break;
        case RV_SERIES_SENSOR:
            break; /* by class, below */
        }
    }
    for (guint n = 0; n < round->now->sensors->len; n++)
        write_sensor(round, g_ptr_array_index(round->now->sensors, n));
}

/* "illegal attempt to update using time 1.000000 when last update time is 1.000000 (…)" */
static gboolean
is_same_second(const char *words)
{
    const char *using = strstr(words, "using time ");
    const char *last = strstr(words, "last update time is ");

    return using != NULL && last != NULL &&
           g_ascii_strtod(using + strlen("using time "), NULL) ==
               g_ascii_strtod(last + strlen("last update time is "), NULL);
}

typedef struct {
    const RvRrdStore *store;
    RvRrdReport *report;
    guint refused;
} Settlement;

/* The next round looks into it. */
static void
forget(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    g_autoptr(RvRrdKnown) known = rv_rrd_known_load(fd);

    rv_rrd_known_forget(known, path);
    rv_rrd_known_save(known, fd);
    if (fd >= 0)
        close(fd);
}

static void
daemon_refused(guint place, const char *words, gpointer user_data)
{
    Settlement *settlement = user_data;
    const GPtrArray *queued = settlement->store->queued;
    const char *path = place < queued->len ? g_ptr_array_index(queued, place) : NULL;

    if (path == NULL)
        return;
    settlement->refused++;
    if (is_same_second(words)) {
        settlement->report->unchanged++;
        return;
    }
    forget(path);
    report_failure(settlement->store, settlement->report, path,
                   strstr(words, "illegal attempt") != NULL
                       ? "time goes backwards: rrdcached holds a later sample; is the clock right?"
                       : words);
}

/* Samples that found their place. */
static guint
count_put(const RvRrdStore *store, const RvRrdReport *report)
{
    return report->written + report->unchanged + store->queued->len;
}

/* Whether the whole folder cannot be written (mounted read-only, not ours, gone), which is not the
 * fault of a file. A full disk does not count: files that are there have their room. */
static gboolean
is_shut(const RvRrdStore *store)
{
    return faccessat(AT_FDCWD, store->folder, W_OK | X_OK, AT_EACCESS) != 0 && errno != ENOENT;
}

/* Of what failed in the shut folder since there were `failed` failures the folder is named alone.
 */
static gboolean
shut(RvRrdStore *store, RvRrdReport *report, guint failed, GError **error)
{
    store->away = g_strdup_printf("%s: cannot be written: %s", store->folder, g_strerror(errno));
    report->failed = failed;
    if (report->failures != NULL && report->failures->len > failed)
        g_ptr_array_set_size(report->failures, (int)failed);
    g_set_error_literal(error, RV_ERROR, RV_ERROR_UNAVAILABLE, store->away);
    return FALSE;
}

void
rv_rrd_store_begin(RvRrdStore *store)
{
    store->begun = TRUE;
}

gboolean
rv_rrd_store_settle(RvRrdStore *store, RvRrdReport *report, GError **error)
{
    Settlement settlement = {.store = store, .report = report};
    g_autoptr(GError) problem = NULL;

    store->begun = FALSE;
    if (store->daemon == NULL)
        return TRUE;
    if (rv_rrd_daemon_exchange(store->daemon, daemon_refused, &settlement, &problem))
        report->written += store->queued->len - settlement.refused;
    else if (store->away == NULL)
        store->away = g_strdup(problem->message); /* nobody waits for it again */
    g_ptr_array_set_size(store->queued, 0);
    if (problem == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&problem));
    return FALSE;
}

static gboolean
check_time(const RvRrdStore *store, gint64 time_s, GError **error)
{
    if (time_s < EARLIEST_S)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "the round's time is before 2020: set the clock; nothing was written");
    else if (store->newest_s > 0 && time_s > store->newest_s + AHEAD_S)
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "the round's time is %" G_GINT64_FORMAT
                    " days after the last one's: set the clock, or where "
                    "it is right remove %s/" NEWEST_FILE "; nothing was written",
                    (time_s - store->newest_s) / 86400, store->folder);
    else
        return TRUE;
    return FALSE;
}

static char *
device_folder(const RvRrdStore *store, const char *device)
{
    g_autofree char *relative = rv_rrd_name_device_folder(device);

    return relative != NULL ? g_build_filename(store->folder, relative, NULL) : NULL;
}

gboolean
rv_rrd_store_write(RvRrdStore *store, const char *device, const RvObservation *now,
                   const RvRrdPrevious *previous, RvRrdReport *report, GError **error)
{
    g_autofree char *folder = device_folder(store, device);
    g_autoptr(GString) path = g_string_sized_new(256);
    g_autoptr(GString) sample = g_string_sized_new(128);
    g_autoptr(RvRrdKnown) known = NULL;
    Round round = {.store = store,
                   .report = report,
                   .now = now,
                   .previous = previous,
                   .folder = folder,
                   .folder_fd = -1,
                   .path = path,
                   .device = device,
                   .time_s = now->taken_at_ms / 1000,
                   .sample = sample};
    guint failed = report->failed;
    guint put = count_put(store, report);

    if (folder == NULL) {
        g_set_error(error, RV_ERROR, RV_ERROR_STORE,
                    "a device's name is empty or longer than %d bytes", RV_RRD_NAME_CEILING);
        return FALSE;
    }
    if (store->away != NULL) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_UNAVAILABLE, store->away);
        return FALSE;
    }
    if (!check_time(store, round.time_s, error))
        return FALSE;
    g_string_append_printf(path, "%s/", folder);
    round.folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (store->daemon != NULL)
        round.known = known = rv_rrd_known_load(round.folder_fd);
    write_all(&round);
    g_clear_pointer(&round.there, g_hash_table_unref);
    if (known != NULL)
        rv_rrd_known_save(known, round.folder_fd);
    if (round.folder_fd >= 0)
        close(round.folder_fd);
    if (report->failed > failed && count_put(store, report) == put && is_shut(store))
        return shut(store, report, failed, error);
    if (!store->begun && !rv_rrd_store_settle(store, report, error))
        return FALSE;
    store->newest_s = MAX(store->newest_s, round.time_s);
    if (store->newest_s >= store->marked_s + MARK_EVERY_S)
        write_newest(store);
    return TRUE;
}

/* --- reading --- */

void
rv_rrd_series_info_free(RvRrdSeriesInfo *info)
{
    if (info == NULL)
        return;
    g_free(info->key);
    g_free(info->path);
    g_free(info);
}

/* The whole name behind a component: from itself, or where it was cut from the file beside it. */
static char *
whole_name(const char *component, const char *name_file)
{
    g_autofree char *name = NULL;
    gsize length = 0;

    if (!rv_rrd_name_is_cut(component))
        return rv_rrd_name_decode(component);
    if (!g_file_get_contents(name_file, &name, &length, NULL) || length == 0 ||
        length > RV_RRD_NAME_CEILING || memchr(name, '\0', length) != NULL)
        return NULL;
    return g_steal_pointer(&name);
}

static const RvRrdTemplate *
template_named(const RvRrdTemplates *templates, const char *name)
{
    for (guint i = 0; i < rv_rrd_templates_count(templates); i++)
        if (strcmp(rv_rrd_templates_get(templates, i)->name, name) == 0 &&
            rv_rrd_templates_get(templates, i)->kind != RV_SERIES_SENSOR)
            return rv_rrd_templates_get(templates, i);
    return NULL;
}

static RvRrdSeriesInfo *
series_of_file(const RvRrdStore *store, const char *folder, const char *file)
{
    gsize stem = strlen(file) - strlen(".rrd");
    const char *dot = memchr(file, '.', stem);
    g_autofree char *prefix = g_strndup(file, dot != NULL ? (gsize)(dot - file) : stem);
    g_autofree char *component =
        dot != NULL ? g_strndup(dot + 1, stem - (gsize)(dot + 1 - file)) : NULL;
    g_autofree char *name_file = g_strdup_printf("%s/%.*s.name", folder, (int)stem, file);
    g_autofree char *key = component != NULL ? whole_name(component, name_file) : NULL;
    RvRrdSeriesInfo *info;

    if (component != NULL && key == NULL)
        return NULL;
    info = g_new0(RvRrdSeriesInfo, 1);
    info->key = key != NULL ? g_strdup_printf("%s/%s", prefix, key) : g_strdup(prefix);
    info->path = g_build_filename(folder, file, NULL);
    info->has_class = rv_class_parse(prefix, &info->class);
    info->template = info->has_class ? rv_rrd_templates_for_class(store->templates, info->class)
                                     : template_named(store->templates, prefix);
    return info;
}

static int
compare_infos(gconstpointer a, gconstpointer b)
{
    return rv_text_compare((*(RvRrdSeriesInfo *const *)a)->key,
                           (*(RvRrdSeriesInfo *const *)b)->key);
}

GPtrArray *
rv_rrd_store_series(const RvRrdStore *store, const char *device)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)rv_rrd_series_info_free);
    g_autofree char *folder = device_folder(store, device);
    g_autoptr(GDir) entries = folder != NULL ? g_dir_open(folder, 0, NULL) : NULL;
    const char *file;

    while (entries != NULL && (file = g_dir_read_name(entries)) != NULL) {
        RvRrdSeriesInfo *info =
            g_str_has_suffix(file, ".rrd") ? series_of_file(store, folder, file) : NULL;

        if (info != NULL)
            g_ptr_array_add(all, info);
    }
    g_ptr_array_sort(all, compare_infos);
    return all;
}

static void
add_devices(GPtrArray *devices, const char *folder)
{
    g_autoptr(GDir) entries = g_dir_open(folder, 0, NULL);
    const char *entry;

    while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        g_autofree char *name_file = g_build_filename(folder, entry, ".name", NULL);
        char *name = whole_name(entry, name_file);

        if (name != NULL)
            g_ptr_array_add(devices, name);
    }
}

static int
compare_strings(gconstpointer a, gconstpointer b)
{
    return rv_text_compare(*(char *const *)a, *(char *const *)b);
}

GPtrArray *
rv_rrd_store_devices(const RvRrdStore *store)
{
    GPtrArray *devices = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) entries = g_dir_open(store->folder, 0, NULL);
    const char *entry;

    while (entries != NULL && (entry = g_dir_read_name(entries)) != NULL) {
        if (strlen(entry) == 2 && g_ascii_isxdigit(entry[0]) && g_ascii_isxdigit(entry[1])) {
            g_autofree char *folder = g_build_filename(store->folder, entry, NULL);

            add_devices(devices, folder);
        }
    }
    g_ptr_array_sort(devices, compare_strings);
    return devices;
}

char *
rv_rrd_store_path(const RvRrdStore *store, const char *device, const char *key)
{
    g_autofree char *folder = device_folder(store, device);
    const char *slash = strchr(key, '/');
    g_autofree char *prefix = g_strndup(key, slash != NULL ? (gsize)(slash - key) : strlen(key));
    g_autoptr(GString) path = NULL;
    gboolean is_cut;

    for (const char *p = prefix; *p != '\0'; p++)
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_')
            return NULL;
    if (folder == NULL || *prefix == '\0' || strlen(prefix) > 64)
        return NULL;
    path = g_string_new(folder);
    g_string_append_c(path, '/');
    if (!append_file(path, prefix, slash != NULL ? slash + 1 : NULL, &is_cut))
        return NULL;
    return g_string_free(g_steal_pointer(&path), FALSE);
}

static void
remember_refusal(guint place, const char *words, gpointer user_data)
{
    char **first = user_data;

    /* a file that the daemon has not touched yet is as good as flushed */
    if (*first == NULL && strstr(words, "No such file") == NULL)
        *first = g_strdup(words);
}

static gboolean
flush_added(RvRrdStore *store, GError **error)
{
    g_autofree char *words = NULL;

    if (!rv_rrd_daemon_exchange(store->daemon, remember_refusal, &words, error))
        return FALSE;
    if (words == NULL)
        return TRUE;
    g_set_error(error, RV_ERROR, RV_ERROR_STORE, "rrdcached cannot flush: %s", words);
    return FALSE;
}

gboolean
rv_rrd_store_flush(RvRrdStore *store, const char *device, GError **error)
{
    g_autoptr(GPtrArray) all = NULL;

    if (store->daemon == NULL)
        return TRUE;
    all = rv_rrd_store_series(store, device);
    for (guint i = 0; i < all->len; i++)
        rv_rrd_daemon_add_flush(store->daemon,
                                ((RvRrdSeriesInfo *)g_ptr_array_index(all, i))->path);
    return flush_added(store, error);
}

gboolean
rv_rrd_fetch_sources(RvRrdStore *store, const char *device, const char *key,
                     const char *const *sources, guint n, const char *function, gint64 start_s,
                     gint64 end_s, guint step_s, RvSeries **series, GError **error)
{
    g_autofree char *path = rv_rrd_store_path(store, device, key);

    if (path == NULL || !g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: no series '%s'", device, key);
        return FALSE;
    }
    if (store->daemon != NULL) {
        rv_rrd_daemon_add_flush(store->daemon, path);
        if (!flush_added(store, error))
            return FALSE;
    }
    return rv_rrd_file_fetch(path, sources, n, function, start_s, end_s, step_s, series, error);
}

RvSeries *
rv_rrd_fetch(RvRrdStore *store, const char *device, const char *key, const char *source,
             const char *function, gint64 start_s, gint64 end_s, guint step_s, GError **error)
{
    RvSeries *series = NULL;

    rv_rrd_fetch_sources(store, device, key, &source, 1, function, start_s, end_s, step_s, &series,
                         error);
    return series;
}
