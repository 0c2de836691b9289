#include <string.h>

#include "profile/profile.h"
#include "profile/reader.h"

static const char *const head_keys[] = {"profile", "match", "role", "uses",
                                        "without", "base",  NULL};

RvProfileHead *
rv_profile_head_new(const char *path)
{
    RvProfileHead *head = g_new0(RvProfileHead, 1);

    head->file = g_intern_string(path);
    head->object_ids = rv_oids_new();
    head->has = rv_oids_new();
    head->descr = g_ptr_array_new_with_free_func(g_free);
    head->descr_not = g_ptr_array_new_with_free_func(g_free);
    head->uses = g_ptr_array_new_with_free_func(g_free);
    head->without = g_ptr_array_new_with_free_func(g_free);
    return head;
}

void
rv_profile_head_free(RvProfileHead *head)
{
    if (head == NULL)
        return;
    g_free(head->name);
    g_array_unref(head->object_ids);
    g_array_unref(head->has);
    g_ptr_array_unref(head->descr);
    g_ptr_array_unref(head->descr_not);
    g_ptr_array_unref(head->uses);
    g_ptr_array_unref(head->without);
    rv_oid_clear(&head->base);
    g_free(head);
}

static void
read_oids(const RvReader *reader, const RvYamlNode *list, GArray *oids)
{
    for (guint i = 0; i < rv_yaml_count(list); i++) {
        RvOid oid = {NULL, 0};

        if (rv_read_oid(reader, rv_yaml_item(list, i), &oid))
            g_array_append_val(oids, oid);
    }
}

static void
read_texts(const RvReader *reader, const RvYamlNode *list, const char *what, gboolean lower,
           GPtrArray *texts)
{
    g_autofree const char **items = NULL;

    if (list == NULL)
        return;
    rv_yaml_texts(list, what, &items, reader->problems);
    for (guint i = 0; items != NULL && items[i] != NULL; i++)
        g_ptr_array_add(texts, lower ? g_utf8_strdown(items[i], -1) : g_strdup(items[i]));
}

static void
read_match(const RvReader *reader, const RvYamlNode *match, RvProfileHead *head)
{
    static const char *const keys[] = {"sysObjectID", "sysDescr", "sysDescr-not",
                                       "has",         "any",      NULL};

    if (match->kind == RV_YAML_TEXT && strcmp(match->text, "any") == 0) {
        head->any = TRUE;
        return;
    }
    if (match->kind == RV_YAML_TEXT && strcmp(match->text, "none") == 0) {
        head->none = TRUE;
        return;
    }
    if (!rv_yaml_check_keys(match, "match", keys, reader->problems))
        return;
    rv_yaml_get_boolean(match, "any", &head->any, reader->problems);
    read_oids(reader, rv_yaml_get(match, "sysObjectID"), head->object_ids);
    read_oids(reader, rv_yaml_get(match, "has"), head->has);
    read_texts(reader, rv_yaml_get(match, "sysDescr"), "sysDescr", TRUE, head->descr);
    read_texts(reader, rv_yaml_get(match, "sysDescr-not"), "sysDescr-not", TRUE, head->descr_not);
    if (!head->any && head->object_ids->len == 0 && head->descr->len == 0 && head->has->len == 0)
        rv_yaml_problem(match, reader->problems,
                        "match says nothing: give sysObjectID, sysDescr or has; or any, or none");
}

/* `base`: an OID, or { sysObjectID: LENGTH }. */
static void
read_base(const RvReader *reader, const RvYamlNode *base, RvProfileHead *head)
{
    static const char *const keys[] = {"sysObjectID", NULL};
    gint64 length = 0;

    if (base == NULL)
        return;
    if (base->kind == RV_YAML_TEXT) {
        rv_read_oid(reader, base, &head->base);
        return;
    }
    if (rv_yaml_check_keys(base, "base", keys, reader->problems) &&
        rv_yaml_get_integer(base, "sysObjectID", 7, 128, &length, reader->problems))
        head->base_length = (guint)length;
}

RvProfileHead *
rv_profile_head_load(const char *path, RvProblems *problems)
{
    static const char *const roles[] = {"family", "part", NULL};
    g_autoptr(RvYaml) yaml = rv_yaml_load_head(path, head_keys, problems);
    const RvYamlNode *root = yaml != NULL ? rv_yaml_root(yaml) : NULL;
    RvReader reader = {.problems = problems};
    RvProfileHead *head;
    const char *name = NULL;
    int role = 0;

    if (root == NULL)
        return NULL;
    if (!rv_yaml_get_text(root, "profile", &name, problems) || rv_yaml_get(root, "match") == NULL) {
        rv_yaml_problem(root, problems, "a profile begins with the keys profile and match");
        return NULL;
    }
    head = rv_profile_head_new(path);
    head->name = g_strdup(name);
    read_match(&reader, rv_yaml_get(root, "match"), head);
    if (rv_yaml_get_choice(root, "role", roles, &role, problems))
        head->role = (RvProfileRole)role;
    read_texts(&reader, rv_yaml_get(root, "uses"), "uses", FALSE, head->uses);
    read_texts(&reader, rv_yaml_get(root, "without"), "without", FALSE, head->without);
    read_base(&reader, rv_yaml_get(root, "base"), head);
    return head;
}
