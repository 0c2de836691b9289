#include <sysexits.h>

#include "cli/commands.h"
#include "cli/profile-commands.h"
#include "cli/subcommand.h"

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
    g_auto(RvProfileOptions) options = {0};
    g_autoptr(GOptionContext) parser = g_option_context_new("[GLOB…]");
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;

    rv_profile_options_add(&options, parser);
    if (!rv_profile_options_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    profiles = rv_profile_options_open(&options, problems);
    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        const RvProfileHead *head = rv_profiles_head(profiles, i);
        g_autofree char *words = match_words(head);

        if (rv_profile_is_wanted(head, argc, argv))
            g_print("%-32s %-7s %s\n", head->name, head->role == RV_ROLE_PART ? "part" : "family",
                    words);
    }
    return rv_problems_count(problems) > 0 ? EX_CONFIG : 0;
}

int
rv_cmd_profile(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"list", list, "[GLOB…]", "the profiles there are and what they match"},
        {"lint", rv_profile_lint, "[GLOB…]", "everything that is wrong with profiles"},
        {"test", rv_profile_test, "RECORDING…", "what a check of recorded devices would say"},
        {"explain", rv_profile_explain, "TARGET|RECORDING",
         "why this profile, and what became of each row"},
        {"learn", rv_profile_learn, "RECORDING", "proposes a profile for an unknown device"},
        {NULL}};

    return rv_subcommand_run("profile", rows, context, argc, argv, error);
}
