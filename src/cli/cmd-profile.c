#include <string.h>
#include <sysexits.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/profile-commands.h"
#include "cli/subcommand.h"

static gboolean
is_wanted(const RvProfileHead *head, int argc, char **argv)
{
    gboolean wanted = argc < 2;

    for (int i = 1; i < argc; i++)
        wanted = wanted || rv_text_glob(argv[i], head->name);
    return wanted;
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

        if (is_wanted(head, argc, argv))
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
    rv_profiles_get(profiles, head->name, &head->base, problems);
}

/* Two families that no device could choose between. */
static void
lint_twins(const RvProfiles *profiles, const RvProfileHead *head, RvProblems *problems)
{
    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        const RvProfileHead *other = rv_profiles_head(profiles, i);

        if (strcmp(other->name, head->name) <= 0 || rv_profile_heads_differ(head, other))
            continue;
        rv_problems_add(problems, other->file, 2, 1, "match is the same as that of '%s' in %s",
                        head->name, head->file);
    }
}

static int
lint(const RvCliContext *context, int argc, char **argv, GError **error)
{
    g_auto(RvProfileOptions) options = {0};
    g_autoptr(GOptionContext) parser = g_option_context_new("[GLOB…]");
    g_autoptr(RvProblems) problems = rv_problems_new(), found = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;
    guint checked = 0, count;

    rv_profile_options_add(&options, parser);
    if (!rv_profile_options_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    profiles = rv_profile_options_open(&options, problems);
    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        const RvProfileHead *head = rv_profiles_head(profiles, i);

        if (!is_wanted(head, argc, argv))
            continue;
        lint_profile(profiles, head, found);
        lint_twins(profiles, head, found);
        checked++;
    }
    rv_profile_print_problems(found);
    count = rv_problems_count(problems) + rv_problems_count(found);
    g_print("%u profiles, %u problems\n", checked, count);
    return count > 0 ? EX_CONFIG : 0;
}

int
rv_cmd_profile(const RvCliContext *context, int argc, char **argv, GError **error)
{
    static const RvCommand rows[] = {
        {"list", list, "[GLOB…]", "the profiles there are and what they match"},
        {"lint", lint, "[GLOB…]", "everything that is wrong with profiles"},
        {"test", rv_profile_test, "RECORDING…", "what a check of recorded devices would say"},
        {"explain", rv_profile_explain, "TARGET|RECORDING",
         "why this profile, and what became of each row"},
        {"learn", rv_profile_learn, "RECORDING", "proposes a profile for an unknown device"},
        {NULL}};

    return rv_subcommand_run("profile", rows, context, argc, argv, error);
}
