/* Profiles: which one serves a device, and what is said about mistakes in them. */
#include "profile/profiles.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static void
put(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GError) error = NULL;

    g_file_set_contents(path, text, -1, &error);
    g_assert_no_error(error);
}

static void
empty_folder(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_remove(path);
    }
    g_dir_close(dir);
}

static RvProfiles *
open_folder(RvProblems *problems)
{
    const char *folders[] = {folder, NULL};

    return rv_profiles_open(folders, NULL, problems);
}

static gboolean
has_fans(const RvOid *oid, gpointer user_data)
{
    g_autofree char *text = rv_oid_format(oid);

    return strcmp(text, "1.3.6.1.4.1.99999.1.7") == 0;
}

static char *
choose_by(RvProfiles *profiles, const char *object_id, const char *descr, const char *forced,
          RvHas has, gpointer user_data)
{
    g_autoptr(GPtrArray) chosen = NULL;
    GString *names = g_string_new(NULL);
    RvSelf self = {{NULL, 0}, descr};

    if (object_id != NULL)
        g_assert_true(rv_oid_parse(object_id, &self.object_id));
    chosen = rv_profiles_choose(profiles, &self, forced, has, user_data, NULL);
    for (guint i = 0; i < chosen->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "",
                               ((RvProfileHead *)g_ptr_array_index(chosen, i))->name);
    rv_oid_clear(&self.object_id);
    return g_string_free(names, FALSE);
}

static char *
choose(RvProfiles *profiles, const char *object_id, const char *descr, const char *forced)
{
    return choose_by(profiles, object_id, descr, forced, has_fans, NULL);
}

static void
test_choose(void)
{
    static const struct {
        const char *what, *object_id, *descr, *forced, *names;
    } rows[] = {
        {"nobody knows it", "1.3.6.1.4.1.5", "", NULL, "part-any"},
        {"the family by its prefix, with what it uses", "1.3.6.1.4.1.99999.2.1", "", NULL,
         "family helper part-any"},
        {"a longer prefix wins", "1.3.6.1.4.1.99999.1.5", "", NULL, "series part-any"},
        {"sysDescr weighs more than none", "1.3.6.1.4.1.99999.2.1", "Runs FancyOS 3", NULL,
         "fancy part-any"},
        {"sub-identifiers are whole: 999990 is not 99999", "1.3.6.1.4.1.999990", "", NULL,
         "part-any"},
        {"no sysObjectID at all", NULL, "Runs FancyOS 3", NULL, "part-any"},
        {"sysDescr-not excludes", "1.3.6.1.4.1.99998.1", "a virtual thing", NULL, "part-any"},
        {"what `has` demands is there, and a part is left out", "1.3.6.1.4.1.99998.1", "a thing",
         NULL, "with-fans"},
        {"the inventory says it", "1.3.6.1.4.1.5", "", "series", "series part-any"},
    };
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;

    empty_folder();
    put("family.yaml", "profile: family\nmatch: { sysObjectID: 1.3.6.1.4.1.99999 }\n"
                       "uses: [helper]\ntables: []\n");
    put("series.yaml", "profile: series\nmatch: { sysObjectID: [1.3.6.1.4.1.99999.1] }\n");
    put("fancy.yaml",
        "profile: fancy\nmatch: { sysObjectID: 1.3.6.1.4.1.99999, sysDescr: '*fancyos*' }\n");
    put("with-fans.yaml", "profile: with-fans\nmatch: { sysObjectID: 1.3.6.1.4.1.99998, "
                          "sysDescr-not: ['*virtual*'], has: [1.3.6.1.4.1.99999.1.7] }\n"
                          "without: [part-any]\n");
    put("without-fans.yaml", "profile: without-fans\nmatch: { sysObjectID: 1.3.6.1.4.1.99998.1, "
                             "has: [1.3.6.1.4.1.99999.1.8] }\n");
    put("helper.yaml", "profile: helper\nmatch: none\nrole: part\n");
    put("part-any.yaml", "profile: part-any\nmatch: any\nrole: part\n");
    profiles = open_folder(problems);
    g_assert_cmpuint(rv_problems_count(problems), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *names = choose(profiles, rows[i].object_id, rows[i].descr, rows[i].forced);

        g_test_message("%s", rows[i].what);
        g_assert_cmpstr(names, ==, rows[i].names);
    }
}

/* What devices answer, by column. */
static gboolean
is_listed(const RvOid *oid, gpointer user_data)
{
    g_autofree char *text = rv_oid_format(oid);

    return g_strv_contains(user_data, text);
}

/* Of a vendor's new model: the family whose tables it answers. */
static void
test_relatives(void)
{
#define BOX "1.3.6.1.4.1.99999.10.1.2"
#define BOX_MORE "1.3.6.1.4.1.99999.10.2.2"
#define RACK "1.3.6.1.4.1.99999.20.1.2"
#define SHARED "1.3.6.1.4.1.99999.30.1.2"
    static const struct {
        const char *what, *object_id, *descr;
        const char *answered[4];
        const char *names;
        guint probes;
    } rows[] = {
        {"a model of a family that is named and answers", BOX ".7", "", {BOX}, "box", 0},
        {"nothing of its own is answered, but a relative's tables",
         BOX ".7",
         "",
         {RACK},
         "box rack",
         3},
        {"nothing of anybody", BOX ".7", "", {NULL}, "box", 3},
        {"a new model: the relative", "1.3.6.1.4.1.99999.77", "", {RACK}, "rack", 4},
        {"of two the one of which more is answered",
         "1.3.6.1.4.1.99999.77",
         "",
         {RACK, BOX, BOX_MORE},
         "box",
         4},
        {"tables that all of them share say nothing",
         "1.3.6.1.4.1.99999.77",
         "",
         {SHARED},
         "vendor shared",
         4},
        {"sysDescr says which of two",
         "1.3.6.1.4.1.99999.77",
         "old rack",
         {"1.3.6.1.4.1.99999.40.1.2"},
         "rack-old",
         4},
        {"not what sysDescr excludes",
         "1.3.6.1.4.1.99999.77",
         "a virtual rack",
         {RACK},
         "vendor shared",
         3},
        {"another vendor's tables count for nothing", "1.3.6.1.4.1.99998.1", "", {RACK}, "", 0},
        {"agents of everybody have no relatives", "1.3.6.1.4.1.8072.3", "", {RACK}, "net", 0},
        {"no sysObjectID", NULL, "", {RACK}, "", 0},
    };
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;

    empty_folder();
#define TABLE(entry) "  - { entry: " entry ", sensors: [ { column: 2, class: fan } ] }\n"
    put("vendor.yaml", "profile: vendor\nmatch: { sysObjectID: 1.3.6.1.4.1.99999 }\n"
                       "uses: [shared]\n");
    put("shared.yaml", "profile: shared\nmatch: none\ntables:\n" TABLE("1.3.6.1.4.1.99999.30.1"));
    put("box.yaml", "profile: box\nmatch: { sysObjectID: 1.3.6.1.4.1.99999.10 }\n"
                    "tables:\n" TABLE("1.3.6.1.4.1.99999.10.1") TABLE("1.3.6.1.4.1.99999.10.2"));
    put("rack.yaml", "profile: rack\nmatch: { sysObjectID: 1.3.6.1.4.1.99999.20, "
                     "sysDescr-not: ['*virtual*'] }\n"
                     "tables:\n" TABLE("1.3.6.1.4.1.99999.20.1"));
    put("rack-new.yaml", "profile: rack-new\nmatch: { sysObjectID: 1.3.6.1.4.1.99999.40, "
                         "sysDescr: '*new*' }\n"
                         "tables:\n" TABLE("1.3.6.1.4.1.99999.40.1"));
    put("rack-old.yaml", "profile: rack-old\nmatch: { sysObjectID: 1.3.6.1.4.1.99999.40, "
                         "sysDescr: '*old*' }\n"
                         "tables:\n" TABLE("1.3.6.1.4.1.99999.40.1"));
    put("net.yaml", "profile: net\nmatch: { sysObjectID: 1.3.6.1.4.1.8072 }\n"
                    "tables:\n" TABLE("1.3.6.1.4.1.8072.1.1"));
    profiles = open_folder(problems);
    g_assert_cmpuint(rv_problems_count(problems), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *names = NULL;
        g_autoptr(GArray) probes = NULL;
        RvSelf self = {{NULL, 0}, rows[i].descr};

        g_test_message("%s", rows[i].what);
        names = choose_by(profiles, rows[i].object_id, rows[i].descr, NULL, is_listed,
                          (gpointer)rows[i].answered);
        g_assert_cmpstr(names, ==, rows[i].names);
        if (rows[i].object_id != NULL)
            g_assert_true(rv_oid_parse(rows[i].object_id, &self.object_id));
        probes =
            rv_profiles_relative_probes(profiles, &self, is_listed, (gpointer)rows[i].answered);
        g_assert_cmpuint(probes->len, ==, rows[i].probes);
        rv_oid_clear(&self.object_id);
    }
}

/* To look for relatives compiles a profile; its mistakes still come with its first use. */
static void
test_heard(void)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;
    g_autofree char *names = NULL;
    const char *const nothing[] = {NULL};

    empty_folder();
    put("p.yaml", "profile: p\nmatch: { sysObjectID: 1.3.6.1.4.1.99999 }\ntables:\n"
                  "  - { entry: 1.3.6.1.4.1.99999.1, sensors: [ { column: 2, class: phan } ] }\n");
    profiles = open_folder(problems);
    g_assert_cmpuint(rv_problems_count(problems), ==, 0);
    names = choose_by(profiles, "1.3.6.1.4.1.99999.7", "", NULL, is_listed, (gpointer)nothing);
    g_assert_cmpstr(names, ==, "p");
    rv_profiles_get(profiles, "p", NULL, problems);
    g_assert_cmpuint(rv_problems_count(problems), ==, 1);
    g_assert_nonnull(strstr(rv_problems_get(problems, 0), "p.yaml:4:"));
    rv_profiles_get(profiles, "p", NULL, problems);
    g_assert_cmpuint(rv_problems_count(problems), ==, 1);
}

/* A later folder's profile of the same name replaces the shipped one. */
static void
test_replace(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *site = g_dir_make_tmp("rv-site-XXXXXX", &error);
    g_autofree char *path = g_build_filename(site, "family.yaml", NULL);
    const char *folders[] = {folder, site, NULL};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;

    empty_folder();
    put("family.yaml", "profile: family\nmatch: any\n");
    g_file_set_contents(path, "profile: family\nmatch: none\n", -1, NULL);
    profiles = rv_profiles_open(folders, NULL, problems);
    g_assert_cmpuint(rv_profiles_count(profiles), ==, 1);
    g_assert_true(rv_profiles_find(profiles, "family")->none);
    g_remove(path);
    g_rmdir(site);
}

static void
test_mistakes(void)
{
    static const struct {
        const char *what, *body, *message;
    } rows[] = {
        {"a key that is none", "tabels: []\n", "p.yaml:3:1: "},
        {"a class that is none",
         "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    sensors:\n      - { column: 1, class: "
         "temprature }\n",
         "did you mean 'temperature'?"},
        {"a column that is none",
         "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    name: { column: entPhysicalNam }\n    sensors:\n"
         "      - { column: 1, class: fan }\n",
         "p.yaml:5:21: unknown column 'entPhysicalNam'; did you mean 'entPhysicalName'?"},
        {"a unit of something else",
         "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    sensors:\n      - { column: 1, class: fan, "
         "unit: mV }\n",
         "a fan does not come in 'mV'"},
        {"a state without states",
         "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    sensors:\n      - { column: 1, class: state }\n",
         "class state needs states"},
        {"an enumeration that is not there",
         "enumerations: { fanState: { 1: ok } }\ntables:\n  - entry: 1.3.6.1.4.1.9.1\n    "
         "sensors:\n"
         "      - { column: 1, class: state, states: fanStat }\n",
         "did you mean 'fanState'?"},
        {"a meaning that is none",
         "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    sensors:\n"
         "      - { column: 1, class: state, states: { 1: [up, oky] } }\n",
         "p.yaml:6:54: "},
        {"a regular expression that is none", "identity: { version: { sysDescr: '(' } }\n",
         "p.yaml:3:34: "},
        {"a column outside of a table", "identity: { model: { column: 3 } }\n",
         "column '3' stands in no table"},
        {"names and columns that do not pair",
         "tables:\n  - entry: 1.3.6.1.4.1.9.1\n    sensors:\n"
         "      - { column: [1, 2], names: [a], class: fan }\n",
         "as many names as columns: 2, not 1"},
        {"a source of nothing", "identity: { model: { pattern: x } }\n", "a source needs column"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(RvProblems) problems = rv_problems_new();
        g_autoptr(RvProfiles) profiles = NULL;
        g_autofree char *text = g_strconcat("profile: p\nmatch: any\n", rows[i].body, NULL);
        gboolean found = FALSE;

        empty_folder();
        put("p.yaml", text);
        profiles = open_folder(problems);
        g_assert_cmpuint(rv_problems_count(problems), ==, 0); /* heads are right */
        rv_profiles_get(profiles, "p", NULL, problems);
        for (guint j = 0; rv_problems_get(problems, j) != NULL; j++)
            found = found || strstr(rv_problems_get(problems, j), rows[i].message) != NULL;
        if (!found)
            g_test_message("%s: %s", rows[i].what,
                           rv_problems_count(problems) > 0 ? rv_problems_get(problems, 0) : "none");
        g_assert_true(found);
    }
}

static void
test_columns(void)
{
    static const char *const expected[] = {"1.3.6.1.2.1.47.1.1.1.1.7", "1.3.6.1.4.1.9.1.2",
                                           "1.3.6.1.4.1.9.1.3",        "1.3.6.1.4.1.9.1.9",
                                           "1.3.6.1.4.1.9.2.5.0",      "1.3.6.1.4.1.9.7.1.0"};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;
    g_autoptr(GArray) columns = NULL;

    empty_folder();
    put("p.yaml", "profile: p\nmatch: any\nidentity: { model: { oid: 1.3.6.1.4.1.9.7.1.0 } }\n"
                  "tables:\n"
                  "  - entry: 1.3.6.1.4.1.9.1\n"
                  "    name: { column: entPhysicalName, via: 9 }\n"
                  "    sensors:\n"
                  "      - { column: 2, class: fan, limits: { low-warning: { column: 3 } } }\n"
                  "  - entry: 1.3.6.1.4.1.9.2\n"
                  "    scalars: true\n"
                  "    sensors: [ { column: 5, class: fan } ]\n"
                  "components: [ { entry: 1.3.6.1.4.1.9.3, serial: { column: 4 } } ]\n");
    profiles = open_folder(problems);
    columns = rv_profile_columns(rv_profiles_get(profiles, "p", NULL, problems), FALSE);
    g_assert_cmpuint(columns->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < columns->len; i++) {
        g_autofree char *text = rv_oid_format(&g_array_index(columns, RvOid, i));

        g_assert_cmpstr(text, ==, expected[i]);
    }
}

/* One profile of objects, two families that say where these stand. */
static void
test_base(void)
{
    static const struct {
        const char *what, *object_id, *column;
    } rows[] = {
        {"a fixed place", "1.3.6.1.4.1.9.1", "1.3.6.1.4.1.99.7.5.1.3"},
        {"a model's place", "1.3.6.1.4.1.11.4.8.200", "1.3.6.1.4.1.11.4.8.5.1.3"},
        {"another model's place", "1.3.6.1.4.1.11.4.9.200", "1.3.6.1.4.1.11.4.9.5.1.3"},
        {"a family without a place", "1.3.6.1.4.1.12.1", "1.3.6.1.4.1.0.5.1.3"},
    };
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvProfiles) profiles = NULL;

    empty_folder();
    put("objects.yaml", "profile: objects\nmatch: none\ntables:\n  - entry: base.5.1\n"
                        "    sensors: [ { column: 3, class: fan } ]\n");
    put("fixed.yaml", "profile: fixed\nmatch: { sysObjectID: 1.3.6.1.4.1.9 }\n"
                      "uses: [objects]\nbase: 1.3.6.1.4.1.99.7\n");
    put("models.yaml", "profile: models\nmatch: { sysObjectID: 1.3.6.1.4.1.11 }\n"
                       "uses: [objects]\nbase: { sysObjectID: 9 }\n");
    put("nowhere.yaml", "profile: nowhere\nmatch: { sysObjectID: 1.3.6.1.4.1.12 }\n"
                        "uses: [objects]\n");
    profiles = open_folder(problems);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvSelf self = {{NULL, 0}, ""};
        g_autoptr(GPtrArray) chosen = NULL;
        g_autoptr(GArray) columns = NULL;
        g_autofree char *text = NULL;
        RvOid base;

        g_test_message("%s", rows[i].what);
        g_assert_true(rv_oid_parse(rows[i].object_id, &self.object_id));
        chosen = rv_profiles_choose(profiles, &self, NULL, has_fans, NULL, NULL);
        base = rv_profiles_base(chosen, &self);
        columns = rv_profile_columns(rv_profiles_get(profiles, "objects", &base, problems), FALSE);
        g_assert_cmpuint(columns->len, ==, 1);
        text = rv_oid_format(&g_array_index(columns, RvOid, 0));
        g_assert_cmpstr(text, ==, rows[i].column);
        rv_oid_clear(&g_array_index(columns, RvOid, 0));
        rv_oid_clear(&base);
        rv_oid_clear(&self.object_id);
    }
    g_assert_cmpuint(rv_problems_count(problems), ==, 0);
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("rv-profiles-XXXXXX", NULL);
    g_test_add_func("/profile/choose", test_choose);
    g_test_add_func("/profile/relatives", test_relatives);
    g_test_add_func("/profile/heard", test_heard);
    g_test_add_func("/profile/replace", test_replace);
    g_test_add_func("/profile/mistakes", test_mistakes);
    g_test_add_func("/profile/columns", test_columns);
    g_test_add_func("/profile/base", test_base);
    status = g_test_run();
    empty_folder();
    g_rmdir(folder);
    g_free(folder);
    return status;
}
