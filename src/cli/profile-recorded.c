#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/output.h"
#include "cli/collector-options.h"
#include "cli/profile-commands.h"
#include "cli/target-options.h"
#include "collect/interpret.h"
#include "health/judge.h"
#include "observation/json.h"
#include "snmp/recording.h"

/* ---- recordings ---- */

char *
rv_profile_recording_name(const char *path)
{
    char *base = g_path_get_basename(path);
    char *dot = strrchr(base, '.');

    if (dot != NULL && dot != base)
        *dot = '\0';
    return base;
}

RvObservation *
rv_profile_interpret(RvProfiles *profiles, const char *path, const char *forced, GPtrArray *trail,
                     GError **error)
{
    g_autofree char *name = rv_profile_recording_name(path);
    g_autoptr(RvSnmpAnswers) answers = rv_snmp_recording_load(path, NULL, error);
    g_autoptr(RvObservation) observation = NULL;
    RvProtocol *protocol;

    if (answers == NULL)
        return NULL;
    observation = rv_observation_new();
    observation->taken_at_ms = rv_clock_now_ms();
    g_free(observation->device.host);
    observation->device.host = g_strdup(name);
    rv_interpret_snmp(profiles, answers, forced, observation, trail);
    g_free(observation->device.name);
    observation->device.name =
        g_strdup(observation->device.sys_name != NULL ? observation->device.sys_name : name);
    protocol = rv_observation_add_protocol(observation, "snmp");
    protocol->state = RV_STATE_UP;
    rv_observation_settle(observation);
    rv_health_judge(observation, &(RvHealthContext){0});
    return g_steal_pointer(&observation);
}

static const char *
or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

static void
print_summary(const char *what, const RvObservation *observation)
{
    const RvDeviceIdentity *device = &observation->device;

    g_print("%s: %s %s, %s %s, profile %s: %u sensors, %u interfaces, %u components, %u notes\n",
            what, or_dash(device->vendor), or_dash(device->model), or_dash(device->os),
            or_dash(device->os_version), or_dash(device->profile), observation->sensors->len,
            observation->interfaces->len, observation->components->len, observation->notes->len);
}

/* ---- test ---- */

static gboolean
put_file(const char *folder, const char *path, const char *json, GError **error)
{
    g_autofree char *name = rv_profile_recording_name(path);
    g_autofree char *file = g_strconcat(name, ".json", NULL);
    g_autofree char *out = g_build_filename(folder, file, NULL);

    return rv_output_write(out, json, strlen(json), 0644, error);
}

static gboolean
put(const char *format, const char *folder, const char *path, const RvObservation *observation,
    GError **error)
{
    g_autofree char *json = NULL;

    if (folder == NULL && g_strcmp0(format, "json") != 0) {
        print_summary(path, observation);
        return TRUE;
    }
    json = rv_observation_to_json_line(observation);
    if (folder != NULL)
        return put_file(folder, path, json, error);
    g_print("%s\n", json);
    return TRUE;
}

static int
test_all(const RvProfileOptions *options, const char *format, const char *folder, int argc,
         char **argv, GError **error)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = rv_profile_options_open(options, problems);

    if (folder != NULL)
        g_mkdir_with_parents(folder, 0755);
    for (int i = 1; i < argc; i++) {
        g_autoptr(RvObservation) observation =
            rv_profile_interpret(profiles, argv[i], options->profile, NULL, error);

        if (observation == NULL || !put(format, folder, argv[i], observation, error))
            return EX_DATAERR; /* the error's own status is used */
    }
    return rv_problems_count(problems) > 0 ? EX_CONFIG : 0;
}

int
rv_profile_test(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvProfileOptions) options = {0};
    g_autofree char *format = NULL, *folder = NULL;
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &format, "text or json", "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &folder,
         "a folder that gets one JSON file for each recording", "FOLDER"},
        {NULL}};
    g_autoptr(GOptionContext) parser = g_option_context_new("RECORDING…");

    g_option_context_add_main_entries(parser, entries, NULL);
    rv_profile_options_add(&options, parser);
    if (!rv_profile_options_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc < 2 ||
        (format != NULL && strcmp(format, "json") != 0 && strcmp(format, "text") != 0)) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            argc < 2 ? "profile test takes the files of recordings"
                                     : "--format: there are text and json");
        return EX_USAGE;
    }
    return test_all(&options, format, folder, argc, argv, error);
}

/* ---- explain ---- */

static void
print_explained(const char *what, const RvObservation *observation, const GPtrArray *trail)
{
    g_print("sysObjectID %s\nsysDescr %s\n", or_dash(observation->device.sys_object_id),
            or_dash(observation->device.sys_descr));
    for (guint i = 0; i < trail->len; i++)
        g_print("%s\n", (char *)g_ptr_array_index(trail, i));
    for (guint i = 0; i < observation->notes->len; i++)
        g_print("note: %s\n", (char *)g_ptr_array_index(observation->notes, i));
    print_summary(what, observation);
}

typedef struct {
    GMainLoop *loop;
    RvObservation *observation;
} Waiting;

static void
on_observation(RvObservation *observation, gpointer user_data)
{
    Waiting *waiting = user_data;

    waiting->observation = observation;
    g_main_loop_quit(waiting->loop);
}

/* Asks the device now; NULL where it cannot be asked at all. */
static RvObservation *
ask(const RvProfileOptions *options, RvTargetOptions *target, const RvCliContext *context,
    char **targets, GPtrArray *trail, GError **error)
{
    g_autoptr(GPtrArray) devices = rv_target_options_resolve(target, context, targets, error);
    g_auto(GStrv) folders = rv_profile_options_folders(options);
    const RvCollectorOptions with = {.profile_folders = (const char *const *)folders,
                                     .trail = trail};
    g_autoptr(RvCollector) collector = NULL;
    Waiting waiting = {0};
    RvDevice *device;

    if (devices == NULL || (collector = rv_collector_new(NULL, &with, error)) == NULL)
        return NULL;
    if (devices->len != 1) {
        g_set_error(error, RV_ERROR, RV_ERROR_USAGE,
                    "profile explain takes one device; %u are meant", devices->len);
        return NULL;
    }
    device = g_ptr_array_index(devices, 0);
    if (options->profile != NULL) {
        g_free(device->profile);
        device->profile = g_strdup(options->profile);
    }
    waiting.loop = g_main_loop_new(NULL, FALSE);
    rv_collector_start(collector, device, RV_COLLECT_ALL, NULL,
                       rv_clock_monotonic_ms() + rv_target_options_budget_ms(target),
                       on_observation, &waiting);
    g_main_loop_run(waiting.loop);
    g_main_loop_unref(waiting.loop);
    return waiting.observation;
}

/* Says why nothing can be explained. */
static int
print_silence(const RvObservation *observation)
{
    const RvProtocol *protocol = rv_observation_protocol(observation, "snmp");

    g_printerr("%s: %s\n", observation->device.host,
               protocol != NULL && protocol->detail != NULL ? protocol->detail
                                                            : "not asked over SNMP");
    return 1;
}

int
rv_profile_explain(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvProfileOptions) options = {0};
    g_autoptr(RvTargetOptions) target = rv_target_options_new();
    g_autoptr(GOptionContext) parser = g_option_context_new("TARGET|RECORDING");
    g_autoptr(GPtrArray) trail = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(RvObservation) observation = NULL;

    rv_profile_options_add(&options, parser);
    rv_target_options_add(target, parser);
    if (!rv_profile_options_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE,
                            "profile explain takes one device or one recording");
        return EX_USAGE;
    }
    if (g_file_test(argv[1], G_FILE_TEST_IS_REGULAR)) {
        g_autoptr(RvProblems) problems = rv_problems_new();
        g_autoptr(RvProfiles) profiles = rv_profile_options_open(&options, problems);

        observation = rv_profile_interpret(profiles, argv[1], options.profile, trail, error);
    } else {
        observation = ask(&options, target, context, argv + 1, trail, error);
    }
    if (observation == NULL)
        return EX_DATAERR; /* the error's own status is used */
    if (observation->device.sys_object_id == NULL && observation->sensors->len == 0)
        return print_silence(observation);
    print_explained(argv[1], observation, trail);
    return 0;
}
