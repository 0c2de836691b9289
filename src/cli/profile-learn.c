#include <sysexits.h>

#include "base/text.h"
#include "cli/data-folder.h"
#include "cli/profile-commands.h"
#include "collect/learn.h"
#include "snmp/recording.h"

int
rv_profile_learn(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvProfileOptions) options = {0};
    g_autofree char *name = NULL, *text = NULL;
    g_autofree char *modules = rv_cli_data_folder("mibs");
    const GOptionEntry entries[] = {
        {"name", 0, 0, G_OPTION_ARG_STRING, &name, "of the profile; from the file's", "NAME"},
        {NULL}};
    g_autoptr(GOptionContext) parser = g_option_context_new("RECORDING");
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;
    g_autoptr(RvObjects) objects = NULL;
    g_autoptr(RvSnmpAnswers) answers = NULL;

    g_option_context_add_main_entries(parser, entries, NULL);
    rv_profile_options_add(&options, parser);
    if (!rv_profile_options_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    if (argc != 2) {
        g_set_error_literal(
            error, RV_ERROR, RV_ERROR_USAGE,
            "profile learn takes one recording, as rackvitals walk --save makes it");
        return EX_USAGE;
    }
    answers = rv_snmp_recording_load(argv[1], NULL, error);
    if (answers == NULL)
        return EX_NOINPUT; /* the error's own status is used */
    if (name == NULL) {
        g_autofree char *base = rv_profile_recording_name(argv[1]);

        name = rv_text_slug(base);
    }
    profiles = rv_profile_options_open(&options, problems);
    objects = rv_objects_load(modules);
    text = rv_learn_profile(profiles, objects, answers, name);
    g_print("%s", text);
    return 0;
}
