#include "base/text.h"
#include "cli/data-folder.h"
#include "cli/profile-commands.h"

void
rv_profile_options_clear(RvProfileOptions *options)
{
    g_strfreev(options->folders);
    g_free(options->profile);
}

void
rv_profile_options_add(RvProfileOptions *options, GOptionContext *context)
{
    const GOptionEntry entries[] = {
        {"profiles", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->folders,
         "a folder of the site's own profiles; may be given several times", "FOLDER"},
        {"profile", 0, 0, G_OPTION_ARG_STRING, &options->profile,
         "use this profile, whatever matches", "NAME"},
        {NULL}};

    g_option_context_add_main_entries(context, entries, NULL);
}

gboolean
rv_profile_options_parse(GOptionContext *context, int *argc, char ***argv, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (g_option_context_parse(context, argc, argv, &local))
        return TRUE;
    g_set_error_literal(error, RV_ERROR, RV_ERROR_USAGE, local->message);
    return FALSE;
}

char **
rv_profile_options_folders(const RvProfileOptions *options)
{
    GPtrArray *folders = g_ptr_array_new();

    g_ptr_array_add(folders, rv_cli_data_folder("profiles"));
    for (char **folder = options->folders; folder != NULL && *folder != NULL; folder++)
        g_ptr_array_add(folders, g_strdup(*folder));
    g_ptr_array_add(folders, NULL);
    return (char **)g_ptr_array_free(folders, FALSE);
}

void
rv_profile_print_problems(const RvProblems *problems)
{
    for (guint i = 0; rv_problems_get(problems, i) != NULL; i++)
        g_printerr("%s\n", rv_problems_get(problems, i));
}

RvProfiles *
rv_profile_options_open(const RvProfileOptions *options, RvProblems *problems)
{
    g_auto(GStrv) folders = rv_profile_options_folders(options);
    RvProfiles *profiles = rv_profiles_open((const char *const *)folders, NULL, problems);

    rv_profile_print_problems(problems);
    return profiles;
}

gboolean
rv_profile_is_wanted(const RvProfileHead *head, int argc, char **argv)
{
    gboolean wanted = argc < 2;

    for (int i = 1; i < argc; i++)
        wanted = wanted || rv_text_glob(argv[i], head->name);
    return wanted;
}
