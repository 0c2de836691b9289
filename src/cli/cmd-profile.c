#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/data-folder.h"
#include "cli/subcommand.h"
#include "collect/interpret.h"
#include "health/judge.h"
#include "observation/json.h"
#include "observation/words.h"
#include "snmp/recording.h"

typedef struct {
    char **folders; /* --profiles: after the shipped ones */
    char *format, *output, *profile;
    gboolean all;
} Options;

static void
options_clear(Options *options)
{
    g_strfreev(options->folders);
    g_free(options->format);
    g_free(options->output);
    g_free(options->profile);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static gboolean
parse(Options *options, const GOptionEntry *entries, const char *arguments, int *argc, char ***argv,
      GError **error)
{
    const GOptionEntry common[] = {
        {"profiles", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->folders,
         "a folder of the site's own profiles; may be given several times", "FOLDER"},
        {NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(arguments);

    g_option_context_add_main_entries(context, common, NULL);
    if (entries != NULL)
        g_option_context_add_main_entries(context, entries, NULL);
    if (g_option_context_parse(context, argc, argv, error))
        return TRUE;
    if (error != NULL && *error != NULL) {
        (*error)->domain = RV_ERROR;
        (*error)->code = RV_ERROR_USAGE;
    }
    return FALSE;
}

static int
usage(GError **error, const char *message)
{
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, message);
    return EX_USAGE;
}

static RvProfiles *
open_profiles(const RvCliContext *context, const Options *options, RvProblems *problems)
{
    g_autoptr(GPtrArray) folders = g_ptr_array_new();
    g_autofree char *shipped = rv_cli_data_folder("profiles");

    g_ptr_array_add(folders, shipped);
    for (char **folder = options->folders; folder != NULL && *folder != NULL; folder++)
        g_ptr_array_add(folders, *folder);
    g_ptr_array_add(folders, NULL);
    return rv_profiles_open((const char *const *)folders->pdata, problems);
}

static void
print_problems(const RvProblems *problems)
{
    for (guint i = 0; rv_problems_get(problems, i) != NULL; i++)
        g_printerr("%s\n", rv_problems_get(problems, i));
}

/* ---- list ---- */

static char *
match_words(const RvProfileHead *head)
{
    GString *words = g_string_new(head->any ? "any device" : head->none ? "only where used" : "");

    for (guint i = 0; i < head->object_ids->len; i++) {
        g_autofree char *oid = rv_oid_format(&g_array_index(head->object_ids, RvOid, i));

        g_string_append_printf(words, "%s%s", words->len > 0 ? " " : "", oid);
    }
    for (guint i = 0; i < head->descr->len; i++)
        g_string_append_printf(words, "%s\"%s\"", words->len > 0 ? " " : "",
                               (char *)g_ptr_array_index(head->descr, i));
    return g_string_free(words, FALSE);
}

static int
list(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;

    if (!parse(&options, NULL, "[GLOB…]", &argc, &argv, error))
        return EX_USAGE;
    profiles = open_profiles(context, &options, problems);
    print_problems(problems);
    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        const RvProfileHead *head = rv_profiles_head(profiles, i);
        g_autofree char *words = match_words(head);
        gboolean wanted = argc < 2;

        for (int j = 1; j < argc; j++)
            wanted = wanted || rv_text_glob(argv[j], head->name);
        if (wanted)
            g_print("%-32s %-7s %s\n", head->name, head->role == RV_ROLE_PART ? "part" : "family",
                    words);
    }
    return rv_problems_count(problems) > 0 ? EX_CONFIG : 0;
}

/* ---- lint ---- */

static void
lint_names(const RvProfiles *profiles, const RvProfileHead *head, const GPtrArray *names,
           const char *what, RvProblems *problems)
{
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (rv_profiles_find(profiles, name) == NULL)
            rv_problems_add(problems, head->file, 1, 1, "%s: there is no profile '%s'", what, name);
    }
}

static void
lint_profile(RvProfiles *profiles, const RvProfileHead *head, RvProblems *problems)
{
    g_autofree char *base = g_path_get_basename(head->file);
    g_autofree char *expected = g_strconcat(head->name, ".yaml", NULL);

    if (strcmp(base, expected) != 0)
        rv_problems_add(problems, head->file, 1, 1,
                        "profile '%s' belongs in a file of its name, %s", head->name, expected);
    lint_names(profiles, head, head->uses, "uses", problems);
    lint_names(profiles, head, head->without, "without", problems);
    rv_profiles_get(profiles, head->name, problems);
}

static int
lint(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;

    if (!parse(&options, NULL, "[GLOB…]", &argc, &argv, error))
        return EX_USAGE;
    profiles = open_profiles(context, &options, problems);
    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        const RvProfileHead *head = rv_profiles_head(profiles, i);
        gboolean wanted = argc < 2;

        for (int j = 1; j < argc; j++)
            wanted = wanted || rv_text_glob(argv[j], head->name);
        if (wanted)
            lint_profile(profiles, head, problems);
    }
    print_problems(problems);
    g_print("%u profiles, %u problems\n", rv_profiles_count(profiles), rv_problems_count(problems));
    return rv_problems_count(problems) > 0 ? EX_CONFIG : 0;
}

/* ---- test and explain ---- */

static char *
recording_name(const char *path)
{
    char *base = g_path_get_basename(path);
    char *dot = strrchr(base, '.');

    if (dot != NULL && dot != base)
        *dot = '\0';
    return base;
}

/* What a check of the recorded device would have said; NULL where the file cannot be read. */
static RvObservation *
interpret(RvProfiles *profiles, const char *path, const char *forced, GPtrArray *trail,
          GError **error)
{
    g_autofree char *name = recording_name(path);
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

static void
print_text(const char *path, const RvObservation *observation)
{
    const RvDeviceIdentity *device = &observation->device;

    g_print("%s: %s %s, %s %s, profile %s: %u sensors, %u interfaces, %u components, %u notes\n",
            path, device->vendor != NULL ? device->vendor : "?",
            device->model != NULL ? device->model : "?", device->os != NULL ? device->os : "?",
            device->os_version != NULL ? device->os_version : "?",
            device->profile != NULL ? device->profile : "none", observation->sensors->len,
            observation->interfaces->len, observation->components->len, observation->notes->len);
}

static gboolean
put(const Options *options, const char *path, const RvObservation *observation, GError **error)
{
    g_autofree char *json = NULL, *name = NULL, *file = NULL, *out = NULL;

    if (options->output == NULL && g_strcmp0(options->format, "json") != 0) {
        print_text(path, observation);
        return TRUE;
    }
    json = rv_observation_to_json_line(observation);
    if (options->output == NULL) {
        g_print("%s\n", json);
        return TRUE;
    }
    name = recording_name(path);
    file = g_strconcat(name, ".json", NULL);
    out = g_build_filename(options->output, file, NULL);
    if (g_file_set_contents_full(out, json, -1, G_FILE_SET_CONTENTS_NONE, 0644, error))
        return TRUE;
    (*error)->domain = RV_ERROR;
    (*error)->code = RV_ERROR_CREATE;
    return FALSE;
}

static int
test(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, "text or json", "FORMAT"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
         "a folder that gets one JSON file for each recording", "FOLDER"},
        {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "use this profile", "NAME"},
        {NULL}};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;

    if (!parse(&options, entries, "RECORDING…", &argc, &argv, error))
        return EX_USAGE;
    if (argc < 2)
        return usage(error, "profile test takes the files of recordings");
    if (options.format != NULL && strcmp(options.format, "json") != 0 &&
        strcmp(options.format, "text") != 0)
        return usage(error, "--format: there are text and json");
    if (options.output != NULL)
        g_mkdir_with_parents(options.output, 0755);
    profiles = open_profiles(context, &options, problems);
    print_problems(problems);
    for (int i = 1; i < argc; i++) {
        g_autoptr(RvObservation) observation =
            interpret(profiles, argv[i], options.profile, NULL, error);

        if (observation == NULL || !put(&options, argv[i], observation, error))
            return rv_error_exit_status(*error);
    }
    return rv_problems_count(problems) > 0 ? EX_CONFIG : 0;
}

static int
explain(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"profile", 0, 0, G_OPTION_ARG_STRING, &options.profile, "use this profile", "NAME"},
        {NULL}};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;
    g_autoptr(RvObservation) observation = NULL;
    g_autoptr(GPtrArray) trail = g_ptr_array_new_with_free_func(g_free);

    if (!parse(&options, entries, "RECORDING", &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2)
        return usage(error, "profile explain takes one recording");
    profiles = open_profiles(context, &options, problems);
    print_problems(problems);
    observation = interpret(profiles, argv[1], options.profile, trail, error);
    if (observation == NULL)
        return rv_error_exit_status(*error);
    g_print("sysObjectID %s\nsysDescr %s\n",
            observation->device.sys_object_id != NULL ? observation->device.sys_object_id : "-",
            observation->device.sys_descr != NULL ? observation->device.sys_descr : "-");
    for (guint i = 0; i < trail->len; i++)
        g_print("%s\n", (char *)g_ptr_array_index(trail, i));
    for (guint i = 0; i < observation->notes->len; i++)
        g_print("note: %s\n", (char *)g_ptr_array_index(observation->notes, i));
    print_text(argv[1], observation);
    return 0;
}

int
rv_cmd_profile(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"list", list, "[GLOB…]", "the profiles there are and what they match"},
        {"lint", lint, "[GLOB…]", "everything that is wrong with profiles"},
        {"test", test, "RECORDING…", "what a check of recorded devices would say"},
        {"explain", explain, "RECORDING", "why this profile, and what became of each row"},
        {NULL}};

    return rv_subcommand_run("profile", rows, context, argc, argv, error);
}
