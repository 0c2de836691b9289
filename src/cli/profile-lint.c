#include <string.h>
#include <sysexits.h>

#include "base/text.h"
#include "cli/data-folder.h"
#include "cli/profile-commands.h"
#include "profile/objects.h"

typedef struct {
    RvProfiles *profiles;
    RvObjects *objects;
    RvProblems *found;
    gboolean unnamed; /* print the columns that no module has */
    guint checked, named, columns;
} Lint;

static void
lint_names(const Lint *lint, const RvProfileHead *head, const GPtrArray *names, const char *what)
{
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (rv_profiles_find(lint->profiles, name) == NULL)
            rv_problems_add(lint->found, head->file, 1, 1, "%s: there is no profile '%s'", what,
                            name);
    }
}

/* Two families that no device could choose between. */
static void
lint_twins(const Lint *lint, const RvProfileHead *head)
{
    for (guint i = 0; i < rv_profiles_count(lint->profiles); i++) {
        const RvProfileHead *other = rv_profiles_head(lint->profiles, i);

        if (strcmp(other->name, head->name) <= 0 || rv_profile_heads_differ(head, other))
            continue;
        rv_problems_add(lint->found, other->file, 2, 1, "match is the same as that of '%s' in %s",
                        head->name, head->file);
    }
}

/* ---- against the modules ---- */

/* "not-Present" and "notPresent" are one word. */
static gboolean
is_same_word(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        if (*a != '\0' && !g_ascii_isalnum(*a)) {
            a++;
        } else if (*b != '\0' && !g_ascii_isalnum(*b)) {
            b++;
        } else if (g_ascii_tolower(*a) != g_ascii_tolower(*b)) {
            return FALSE;
        } else {
            a++;
            b++;
        }
    }
    return TRUE;
}

/* The number that the module calls by this word; NULL: none. */
static const RvMapEntry *
find_word(const RvMap *enumeration, const char *word)
{
    for (guint i = 0; i < rv_map_size(enumeration); i++) {
        if (is_same_word(rv_map_entry(enumeration, i)->value, word))
            return rv_map_entry(enumeration, i);
    }
    return NULL;
}

static void
lint_state(const Lint *lint, const RvProfileHead *head, guint line, const RvObject *object,
           const RvMapEntry *state)
{
    const RvMapEntry *own = rv_map_find(object->enumeration, state->key), *other;

    if (own == NULL) {
        rv_problems_add(lint->found, head->file, line, 1,
                        "state %s (%s) is none of %s::%s; it has %u others", state->key,
                        state->value, object->module, object->name,
                        rv_map_size(object->enumeration));
        return;
    }
    if (is_same_word(own->value, state->value))
        return;
    other = find_word(object->enumeration, state->value);
    if (other != NULL)
        rv_problems_add(lint->found, head->file, line, 1,
                        "state %s is called %s, but %s::%s calls it %s, and %s is its %s",
                        state->key, state->value, object->module, object->name, own->value,
                        other->value, other->key);
}

/* What a rule says of a column is not what its module says. */
static void
lint_rule(const Lint *lint, const RvProfileHead *head, const RvSensorRule *rule)
{
    const RvObject *object = rv_objects_find(lint->objects, &rule->column);

    if (object == NULL || object->enumeration == NULL)
        return;
    if (rule->class != RV_CLASS_STATE && rule->class_from == NULL)
        rv_problems_add(lint->found, head->file, rule->line, 1,
                        "%s::%s is a state, not a reading: class: state", object->module,
                        object->name);
    for (guint i = 0; rule->states != NULL && i < rv_map_size(rule->states); i++) {
        const RvMapEntry *state = rv_map_entry(rule->states, i);

        if (strspn(state->key, "-0123456789") == strlen(state->key))
            lint_state(lint, head, rule->line, object, state);
    }
}

static void
lint_column(Lint *lint, const RvProfileHead *head, const RvOid *column)
{
    /* a scalar's instance is below its object */
    const RvObject *object = rv_objects_above(lint->objects, column);
    g_autofree char *oid = NULL;

    lint->columns++;
    if (object != NULL && object->leaf) {
        lint->named++;
    } else if (lint->unnamed) {
        oid = rv_oid_format(column);
        g_print("%s: no module has %s\n", head->name, oid);
    }
}

static void
lint_objects(Lint *lint, const RvProfileHead *head, const RvProfile *profile)
{
    g_autoptr(GArray) columns = rv_profile_columns(profile, TRUE);

    for (guint i = 0; i < columns->len && !profile->at_base; i++)
        lint_column(lint, head, &g_array_index(columns, RvOid, i));
    for (guint i = 0; i < profile->tables->len; i++) {
        const RvTableRule *table = g_ptr_array_index(profile->tables, i);

        for (guint j = 0; j < table->sensors->len; j++)
            lint_rule(lint, head, g_ptr_array_index(table->sensors, j));
    }
}

static void
lint_profile(Lint *lint, const RvProfileHead *head)
{
    g_autofree char *base = g_path_get_basename(head->file);
    g_autofree char *expected = g_strconcat(head->name, ".yaml", NULL);
    const RvProfile *profile;

    if (strcmp(base, expected) != 0)
        rv_problems_add(lint->found, head->file, 1, 1,
                        "profile '%s' belongs in a file of its name, %s", head->name, expected);
    lint_names(lint, head, head->uses, "uses");
    lint_names(lint, head, head->without, "without");
    lint_twins(lint, head);
    profile = rv_profiles_get(lint->profiles, head->name, &head->base, lint->found);
    if (profile != NULL)
        lint_objects(lint, head, profile);
    lint->checked++;
}

static void
lint_wanted(Lint *lint, int argc, char **argv)
{
    for (guint i = 0; i < rv_profiles_count(lint->profiles); i++) {
        const RvProfileHead *head = rv_profiles_head(lint->profiles, i);

        if (rv_profile_is_wanted(head, argc, argv))
            lint_profile(lint, head);
    }
}

int
rv_profile_lint(const RvCliContext *context, int argc, char **argv, GError **error)
{
    Lint lint = {0};
    const GOptionEntry entries[] = {{"unnamed", 0, 0, G_OPTION_ARG_NONE, &lint.unnamed,
                                     "print the columns that no module in mibs has", NULL},
                                    {NULL}};
    g_auto(RvProfileOptions) options = {0};
    g_autoptr(GOptionContext) parser = g_option_context_new("[GLOB…]");
    g_autoptr(RvProblems) problems = rv_problems_new(), found = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;
    g_autoptr(RvObjects) objects = NULL;
    g_autofree char *modules = rv_cli_data_folder("mibs");
    guint count;

    g_option_context_add_main_entries(parser, entries, NULL);
    rv_profile_options_add(&options, parser);
    if (!rv_profile_options_parse(parser, &argc, &argv, error))
        return EX_USAGE;
    lint.profiles = profiles = rv_profile_options_open(&options, problems);
    lint.objects = objects = rv_objects_load(modules);
    lint.found = found;
    lint_wanted(&lint, argc, argv);
    rv_profile_print_problems(found);
    if (argc > 1 && lint.checked == 0 && rv_problems_count(found) == 0) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT,
                    "there is no profile '%s'; `rackvitals profile list` shows them", argv[1]);
        return EX_NOINPUT;
    }
    count = rv_problems_count(problems) + rv_problems_count(found);
    g_print("%u profiles, %u problems; modules name %u of %u columns\n", lint.checked, count,
            lint.named, lint.columns);
    return count > 0 ? EX_CONFIG : 0;
}
