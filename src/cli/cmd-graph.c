#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/output.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/data-folder.h"
#include "cli/state-options.h"
#include "health/findings.h"
#include "html/spans.h"
#include "observation/words.h"
#include "rrd/graph.h"

#define GRAPHS_CEILING 200

typedef struct {
    RvStateOptions state;
    char *device, *from, *to, *format, *output, *templates, *daemon;
    gboolean list;
} Options;

static void
options_clear(Options *options)
{
    rv_state_options_clear(&options->state);
    g_free(options->device);
    g_free(options->from);
    g_free(options->to);
    g_free(options->format);
    g_free(options->output);
    g_free(options->templates);
    g_free(options->daemon);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* Series of one device that share a picture. */
typedef struct {
    char *device;
    GPtrArray *keys, *labels; /* char*, NULL-terminated when drawn */
    gboolean has_class;
    RvClass class;
} Group;

typedef struct {
    const Options *options;
    const char *language;
    RvRrdStore *store;
    RvState *state; /* names and limits; NULL: there is none */
    GPtrArray *groups;
    RvGraphFormat format;
    gint64 start_s, end_s;
} Work;

static void
group_free(Group *group)
{
    g_free(group->device);
    g_ptr_array_unref(group->keys);
    g_ptr_array_unref(group->labels);
    g_free(group);
}

static gboolean
usage(GError **error, const char *message)
{
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, message);
    return FALSE;
}

/* ---- names and limits, from the latest answer ---- */

static const RvSensor *
sensor_of(const RvObservation *latest, const char *key)
{
    for (guint i = 0; latest != NULL && i < latest->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(latest->sensors, i);

        if (strcmp(sensor->key, key) == 0)
            return sensor;
    }
    return NULL;
}

static const char *
name_of(const RvObservation *latest, const RvRrdSeriesInfo *info)
{
    const char *slash = strchr(info->key, '/');
    const RvSensor *sensor = slash != NULL && info->has_class ? sensor_of(latest, slash + 1) : NULL;

    if (sensor != NULL && *sensor->name != '\0')
        return sensor->name;
    for (guint i = 0;
         slash != NULL && !info->has_class && latest != NULL && i < latest->interfaces->len; i++) {
        const RvInterface *interface = g_ptr_array_index(latest->interfaces, i);

        if (strcmp(interface->key, slash + 1) == 0 && *interface->name != '\0')
            return interface->name;
    }
    return slash != NULL ? slash + 1 : info->key;
}

/* What stands in the legend: of several sensors of one name with their part. Caller frees. */
static char *
label_of(const RvObservation *latest, const RvRrdSeriesInfo *info, const char *name)
{
    const char *slash = strchr(info->key, '/');
    const RvSensor *sensor = slash != NULL && info->has_class ? sensor_of(latest, slash + 1) : NULL;

    return sensor != NULL && *sensor->name != '\0' ? rv_finding_title(latest, sensor)
                                                   : g_strdup(name);
}

/* A device that the state file does not know has no names; its series are there all the same. */
static RvObservation *
latest_of(const Work *work, const char *device)
{
    return work->state != NULL ? rv_state_latest(work->state, device, NULL) : NULL;
}

/* ---- what is asked for ---- */

/* "interface/gi0-1", "gi0-1", "GigabitEthernet0/0/1" by its name, "temperature" for the class, or a
 * glob of these. */
static gboolean
is_meant(const char *pattern, const RvRrdSeriesInfo *info, const char *name)
{
    const char *slash = strchr(info->key, '/');
    g_autofree char *prefix =
        g_strndup(info->key, slash != NULL ? (gsize)(slash - info->key) : strlen(info->key));

    return rv_text_glob(pattern, info->key) || rv_text_glob(pattern, name) ||
           strcmp(pattern, prefix) == 0 || (slash != NULL && rv_text_glob(pattern, slash + 1));
}

static Group *
group_for(Work *work, const char *device, const RvRrdSeriesInfo *info)
{
    Group *group;

    for (guint i = 0; info->has_class && i < work->groups->len; i++) {
        group = g_ptr_array_index(work->groups, i);
        if (group->has_class && group->class == info->class && strcmp(group->device, device) == 0)
            return group;
    }
    group = g_new0(Group, 1);
    group->device = g_strdup(device);
    group->keys = g_ptr_array_new_with_free_func(g_free);
    group->labels = g_ptr_array_new_with_free_func(g_free);
    group->has_class = info->has_class;
    group->class = info->class;
    g_ptr_array_add(work->groups, group);
    return group;
}

/* Errors of an interface are marks in the graph of its traffic; alone only where they are asked for
 * by that word. */
static gboolean
is_shown_elsewhere(const char *pattern, const RvRrdSeriesInfo *info)
{
    return g_str_has_prefix(info->key, "errors/") && !g_str_has_prefix(pattern, "errors");
}

static gboolean
has_key(const Group *group, const char *key)
{
    return g_ptr_array_find_with_equal_func(group->keys, key, g_str_equal, NULL);
}

static void
list_series(const char *device, const RvRrdSeriesInfo *info, const char *name)
{
    g_autofree char *clean = rv_text_clean(info->key, -1, 0);
    const char *slash = strchr(clean, '/');

    printf("%s:%s%s%s\n", device, clean,
           strcmp(name, slash != NULL ? slash + 1 : clean) != 0 ? "\t" : "",
           strcmp(name, slash != NULL ? slash + 1 : clean) != 0 ? name : "");
}

static gboolean
add_matches(Work *work, const char *device, const char *pattern)
{
    g_autoptr(GPtrArray) all = rv_rrd_store_series(work->store, device);
    g_autoptr(RvObservation) latest = latest_of(work, device);
    gboolean found = FALSE;

    for (guint i = 0; i < all->len; i++) {
        const RvRrdSeriesInfo *info = g_ptr_array_index(all, i);
        const char *name = name_of(latest, info);
        Group *group;

        if (info->template == NULL || !is_meant(pattern, info, name))
            continue;
        found = TRUE;
        if (work->options->list) {
            list_series(device, info, name);
            continue;
        }
        if (is_shown_elsewhere(pattern, info))
            continue;
        group = group_for(work, device, info);
        if (has_key(group, info->key))
            continue;
        g_ptr_array_add(group->keys, g_strdup(info->key));
        g_ptr_array_add(group->labels, label_of(latest, info, name));
    }
    return found;
}

/* SERIES of --device, or DEVICE:SERIES; both may be globs. */
static gboolean
resolve(Work *work, const GPtrArray *devices, const char *argument, GError **error)
{
    const char *colon = work->options->device == NULL ? strchr(argument, ':') : NULL;
    g_autofree char *device = colon != NULL ? g_strndup(argument, (gsize)(colon - argument))
                                            : g_strdup(work->options->device);
    const char *pattern = colon != NULL ? colon + 1 : argument;
    gboolean found = FALSE;

    if (device == NULL)
        return usage(error, "say of which device: --device DEVICE, or DEVICE:SERIES");
    for (guint i = 0; i < devices->len; i++)
        if (rv_text_glob(device, g_ptr_array_index(devices, i)))
            found |= add_matches(work, g_ptr_array_index(devices, i), pattern);
    if (!found)
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT,
                    "%s:%s: no such series; rackvitals graph --list '%s:*' tells what there is",
                    device, pattern, device);
    return found;
}

/* ---- drawing ---- */

static char *
file_of(const Work *work, const Group *group)
{
    static const char *const endings[] = {"png", "svg", "pdf"};
    const char *output = work->options->output;
    const char *key = g_ptr_array_index(group->keys, 0);
    g_autofree char *device = rv_text_slug(group->device);
    g_autofree char *series =
        rv_text_slug(group->has_class && group->keys->len > 2 ? rv_class_word(group->class) : key);
    g_autofree char *name = NULL;

    if (output != NULL && !g_file_test(output, G_FILE_TEST_IS_DIR))
        return g_strdup(output);
    name = g_strdup_printf("%.80s-%.120s.%s", device, series, endings[work->format]);
    return output != NULL ? g_build_filename(output, name, NULL) : g_steal_pointer(&name);
}

static gboolean
write_picture(GBytes *picture, const char *path, GError **error)
{
    if (strcmp(path, "-") == 0) {
        fwrite(g_bytes_get_data(picture, NULL), 1, g_bytes_get_size(picture), stdout);
        return TRUE;
    }
    if (!rv_output_write(path, g_bytes_get_data(picture, NULL), g_bytes_get_size(picture), 0644,
                         error))
        return FALSE;
    printf("%s\n", path);
    return TRUE;
}

/* Without a state file nothing is known of outages. */
static GArray *
spans_of(const Work *work, const char *device, GError **error)
{
    return work->state != NULL
               ? rv_html_spans(work->state, device, work->start_s * 1000, work->end_s * 1000, error)
               : g_array_new(FALSE, FALSE, sizeof(RvGraphSpan));
}

static gboolean
draw_group(const Work *work, Group *group, GError **error)
{
    g_autoptr(RvObservation) latest = latest_of(work, group->device);
    const char *key = g_ptr_array_index(group->keys, 0);
    const RvSensor *sensor = group->has_class ? sensor_of(latest, strchr(key, '/') + 1) : NULL;
    g_autofree char *path = NULL;
    g_autofree char *note = NULL;
    g_autoptr(GBytes) picture = NULL;
    g_autoptr(GArray) spans = NULL;
    RvGraphRequest request = {.device = group->device,
                              .language = work->language,
                              .start_s = work->start_s,
                              .end_s = work->end_s};

    if (sensor != NULL && *sensor->unit != '\0')
        request.unit = sensor->unit;
    if (sensor != NULL && group->keys->len == 1)
        request.limits = &sensor->limits;
    g_ptr_array_add(group->keys, NULL);
    g_ptr_array_add(group->labels, NULL);
    request.keys = (const char *const *)group->keys->pdata;
    request.labels = (const char *const *)group->labels->pdata;
    spans = spans_of(work, group->device, error);
    if (spans == NULL)
        return FALSE;
    request.spans = (const RvGraphSpan *)spans->data;
    request.n_spans = spans->len;
    path = file_of(work, group);
    picture = rv_rrd_graph(work->store, &request, work->format, &note, error);
    if (picture == NULL)
        return FALSE;
    if (note != NULL)
        rv_warning("%s: %s", group->device, note);
    return write_picture(picture, path, error);
}

static gboolean
draw_all(const Work *work, GError **error)
{
    const char *output = work->options->output;

    if (work->groups->len > GRAPHS_CEILING) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "that would be %u graphs; ask for at most %d",
                    work->groups->len, GRAPHS_CEILING);
        return FALSE;
    }
    if (work->groups->len > 1 && output != NULL && !g_file_test(output, G_FILE_TEST_IS_DIR)) {
        const Group *first = g_ptr_array_index(work->groups, 0);

        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "that makes %u graphs: give a folder that is there to --output, or name one "
                    "series alone, as '%s:%s'; --list shows them",
                    work->groups->len, first->device,
                    (const char *)g_ptr_array_index(first->keys, 0));
        return FALSE;
    }
    for (guint i = 0; i < work->groups->len; i++)
        if (!draw_group(work, g_ptr_array_index(work->groups, i), error))
            return FALSE;
    return TRUE;
}

/* ---- the command ---- */

/* The options come before the site file, the site file before what is shipped. */
static RvRrdStore *
open_store(const Options *options, const RvConfiguration *site, GError **error)
{
    const char *named = options->templates != NULL ? options->templates : site->rrd_templates;
    g_autofree char *templates =
        named != NULL ? g_strdup(named) : rv_cli_data_folder("rrd-templates");
    g_autofree char *folder = g_build_filename(
        options->state.folder != NULL ? options->state.folder : site->state_folder, "rrd", NULL);
    const RvRrdOptions store = {
        .folder = folder,
        .template_folder = templates,
        .daemon_socket = options->daemon != NULL ? options->daemon : site->rrdcached_socket,
    };

    return rv_rrd_store_open(&store, error);
}

/* --lang, else the site's, else that of the person who asks. */
static const char *
language_of(const RvCliContext *context, const RvConfiguration *site)
{
    if (context->language != NULL)
        return context->language;
    return site->path != NULL ? site->language : g_get_language_names()[0];
}

static gboolean
set_zone(Options *options, const RvCliContext *context, GError **error)
{
    g_autoptr(GTimeZone) zone = rv_state_options_zone(&options->state, context, error);
    const char *name = options->state.zone;

    if (zone == NULL)
        return FALSE;
    if (name == NULL && options->state.site->plan->zone_name[0] != '\0')
        name = options->state.site->plan->zone_name;
    if (name != NULL)
        g_setenv("TZ", name, TRUE); /* librrd knows no other way */
    return TRUE;
}

/* The format: --format, else the ending of --output, else png. */
static gboolean
read_format(const Options *options, RvGraphFormat *format, GError **error)
{
    const char *dot = options->output != NULL ? strrchr(options->output, '.') : NULL;

    *format = RV_GRAPH_PNG;
    if (options->format == NULL) {
        if (dot != NULL)
            (void)rv_graph_format_parse(dot + 1, format);
        return TRUE;
    }
    return rv_graph_format_parse(options->format, format) ||
           usage(error, "--format: there are png, svg and pdf");
}

static gboolean
run(Work *work, char **arguments, GError **error)
{
    g_autoptr(GPtrArray) devices = rv_rrd_store_devices(work->store);

    for (char **argument = arguments; *argument != NULL; argument++)
        if (!resolve(work, devices, *argument, error))
            return FALSE;
    return work->options->list || draw_all(work, error);
}

int
rv_cmd_graph(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"device", 'd', 0, G_OPTION_ARG_STRING, &options.device, "whose series; a glob", "DEVICE"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &options.from,
         "begin: a date, -7d, … (default a day before --to)", "TIME"},
        {"to", 0, 0, G_OPTION_ARG_STRING, &options.to, "end (default now)", "TIME"},
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format,
         "png, svg or pdf (default by --output, else png)", "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         "file, folder, or - (default: named by series, here)", "FILE"},
        {"list", 'l', 0, G_OPTION_ARG_NONE, &options.list, "only say which series there are", NULL},
        {"templates", 0, 0, G_OPTION_ARG_FILENAME, &options.templates, "folder of RRD templates",
         "FOLDER"},
        {"rrdcached", 0, 0, G_OPTION_ARG_FILENAME, &options.daemon,
         "its Unix socket: what it holds is written first", "SOCKET"},
        {NULL},
    };
    g_autoptr(GOptionContext) parser = g_option_context_new("SERIES… - a graph of what was stored");
    g_autoptr(RvRrdStore) store = NULL;
    g_autoptr(RvState) state = NULL;
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func((GDestroyNotify)group_free);
    Work work = {.options = &options, .groups = groups};

    g_option_context_add_main_entries(parser, entries, NULL);
    rv_state_options_add(&options.state, parser);
    if (!g_option_context_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc < 2) {
        usage(error,
              "which series? rackvitals graph --device DEVICE --list '*' tells what there is");
        return EX_USAGE;
    }
    if (!set_zone(&options, context, error) || !read_format(&options, &work.format, error) ||
        !rv_graph_parse_span(options.from, options.to, rv_clock_now_ms() / 1000, &work.start_s,
                             &work.end_s, error))
        return EX_USAGE;
    work.language = language_of(context, options.state.site);
    work.store = store = open_store(&options, options.state.site, error);
    if (store == NULL)
        return EX_USAGE;
    work.state = state = rv_state_options_open(&options.state, context, RV_STATE_MODE_READ, NULL);
    return run(&work, argv + 1, error) ? 0 : EX_USAGE;
}
