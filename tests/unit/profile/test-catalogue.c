/* Heads of profiles are kept from run to run, and never of a file that is another one by now. */
#include <glib/gstdio.h>
#include <string.h>

#include "profile/catalogue.h"

#define LATER_MS 60000 /* what was written just now is not young any more */

static char *folder, *kept;

static void
put(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
empty_folder(void)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        g_assert_cmpint(g_remove(path), ==, 0);
    }
    g_remove(kept);
}

static void
add_oids(GString *text, const char *what, const GArray *oids)
{
    for (guint i = 0; i < oids->len; i++) {
        g_autofree char *oid = rv_oid_format(&g_array_index(oids, RvOid, i));

        g_string_append_printf(text, " %s:%s", what, oid);
    }
}

static void
add_texts(GString *text, const char *what, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(text, " %s:%s", what, (const char *)g_ptr_array_index(texts, i));
}

static void
add_head(GString *text, const RvProfileHead *head)
{
    g_autofree char *base = head->base.length > 0 ? rv_oid_format(&head->base) : NULL;

    g_string_append_printf(text, "%s%s%s%s", head->name, head->role == RV_ROLE_PART ? " part" : "",
                           head->any ? " any" : "", head->none ? " none" : "");
    add_oids(text, "id", head->object_ids);
    add_texts(text, "descr", head->descr);
    add_texts(text, "not", head->descr_not);
    add_oids(text, "has", head->has);
    add_texts(text, "uses", head->uses);
    add_texts(text, "without", head->without);
    g_string_append_printf(text, " base:%s/%u\n", base != NULL ? base : "", head->base_length);
}

/* All heads of the folder as text; `*problems` of them. */
static char *
read_all(gint64 later_ms, guint *problems)
{
    g_autoptr(RvCatalogue) catalogue = rv_catalogue_load(kept, g_get_real_time() / 1000 + later_ms);
    g_autoptr(RvProblems) found = rv_problems_new();
    g_autoptr(GPtrArray) names = rv_catalogue_names(catalogue, folder, NULL);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);
        g_autoptr(RvProfileHead) head = rv_catalogue_head(catalogue, path, found);

        if (head != NULL)
            add_head(text, head);
    }
    rv_catalogue_save(catalogue);
    *problems = rv_problems_count(found);
    return g_string_free(text, FALSE);
}

/* Which file the catalogue is: it is replaced where something was read anew. 0: none. */
static guint64
which(void)
{
    GStatBuf now;

    return g_stat(kept, &now) == 0 ? now.st_ino : 0;
}

#define WHOLE                                                                                      \
    "profile: whole\nmatch: { sysObjectID: [1.3.6.1.4.1.99998, 1.3.6.1.4.1.99999.1], sysDescr: "   \
    "'*Up*', sysDescr-not: ['*No*'], has: 1.3.6.1.4.1.99999.7 }\nuses: [one, other]\n"             \
    "without: [third]\nbase: { sysObjectID: 8 }\n"
#define WHOLE_TEXT                                                                                 \
    "whole id:1.3.6.1.4.1.99998 id:1.3.6.1.4.1.99999.1 descr:*up* not:*no* "                       \
    "has:1.3.6.1.4.1.99999.7 uses:one uses:other without:third base:/8\n"
#define PART "profile: part\nmatch: any\nrole: part\nbase: 1.3.6.1.4.1.99997\n"
#define PART_TEXT "part part any base:1.3.6.1.4.1.99997/0\n"
#define BAD "profile: bad\nmatch: { sysObjectId: 1.3 }\n"

static void
put_site(void)
{
    empty_folder();
    put("a.yaml", WHOLE);
    put("b.yaml", PART);
}

/* The second run takes both from the catalogue: nothing is new, so it is not written again. */
static void
test_kept(void)
{
    guint problems;
    g_autofree char *first = NULL, *second = NULL;
    guint64 file;

    put_site();
    first = read_all(LATER_MS, &problems);
    g_assert_cmpstr(first, ==, WHOLE_TEXT PART_TEXT);
    file = which();
    g_assert_cmpuint(file, !=, 0);
    second = read_all(LATER_MS, &problems);
    g_assert_cmpstr(second, ==, first);
    g_assert_cmpuint(which(), ==, file);
    g_assert_cmpuint(problems, ==, 0);
}

static void
nothing(void)
{
}

static void
edit(void)
{
    put("b.yaml", "profile: art!\nmatch: any\nrole: part\nbase: 1.3.6.1.4.1.99997\n");
}

static void
edit_in_place(void)
{
    g_autofree char *path = g_build_filename(folder, "b.yaml", NULL);
    FILE *file = g_fopen(path, "r+");

    g_assert_nonnull(file);
    g_assert_cmpint(fputs("profile: tart", file), >=, 0);
    fclose(file);
}

static void
add(void)
{
    put("c.yaml", "profile: third\nmatch: none\n");
}

static void
take_away(void)
{
    g_autofree char *path = g_build_filename(folder, "a.yaml", NULL);

    g_remove(path);
}

static void
spoil(void)
{
    put("b.yaml", BAD);
}

static void
test_changes(void)
{
    static const struct {
        const char *what;
        void (*change)(void);
        const char *text;
        guint problems;
    } rows[] = {
        {"nothing", nothing, WHOLE_TEXT PART_TEXT, 0},
        {"another file of the same size", edit,
         WHOLE_TEXT "art! part any base:1.3.6.1.4.1.99997/0\n", 0},
        {"the same file, written over", edit_in_place,
         WHOLE_TEXT "tart part any base:1.3.6.1.4.1.99997/0\n", 0},
        {"a file more", add, WHOLE_TEXT PART_TEXT "third none base:/0\n", 0},
        {"a file less", take_away, PART_TEXT, 0},
        {"a file that is wrong", spoil, NULL, 2},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint problems;
        g_autofree char *before = NULL, *after = NULL, *again = NULL;

        g_test_message("%s", rows[i].what);
        put_site();
        before = read_all(LATER_MS, &problems);
        rows[i].change();
        after = read_all(LATER_MS, &problems);
        if (rows[i].text != NULL)
            g_assert_cmpstr(after, ==, rows[i].text);
        g_assert_cmpuint(problems, ==, rows[i].problems);
        again = read_all(LATER_MS, &problems);
        g_assert_cmpstr(again, ==, after);
        g_assert_cmpuint(problems, ==, rows[i].problems); /* told each time */
    }
}

/* A file of this second may be written again within it. */
static void
test_young(void)
{
    guint problems;
    g_autofree char *text = NULL;
    g_autofree char *later = NULL;
    guint64 file;

    put_site();
    text = read_all(0, &problems);
    file = which();
    later = read_all(LATER_MS, &problems);
    g_assert_cmpstr(later, ==, text);
    g_assert_cmpuint(which(), !=, 0);
    g_assert_cmpuint(which(), !=, file);
}

/* Cut off anywhere, or with a byte changed, it counts as none. */
static void
test_damaged(void)
{
    g_autofree char *text = NULL;
    g_autofree char *whole = NULL;
    gsize size;
    guint problems;

    put_site();
    text = read_all(LATER_MS, &problems);
    g_assert_true(g_file_get_contents(kept, &whole, &size, NULL));
    for (gsize i = 0; i < size; i += 3) {
        g_autofree char *cut = NULL;
        g_autofree char *changed = NULL;

        g_assert_true(g_file_set_contents(kept, whole, (gssize)i, NULL));
        cut = read_all(LATER_MS, &problems);
        g_assert_cmpstr(cut, ==, text);
        whole[i] ^= 0x55;
        g_assert_true(g_file_set_contents(kept, whole, (gssize)size, NULL));
        whole[i] ^= 0x55;
        changed = read_all(LATER_MS, &problems);
        g_assert_cmpstr(changed, ==, text);
    }
}

/* Without a place to keep them heads are read each time. */
static void
test_no_place(void)
{
    g_autofree char *usual = kept;
    g_autofree char *nowhere = g_build_filename(folder, "none", "kept", NULL);
    g_autofree char *text = NULL;
    guint problems;

    put_site();
    kept = nowhere;
    text = read_all(LATER_MS, &problems);
    g_assert_cmpuint(which(), ==, 0);
    kept = g_steal_pointer(&usual);
    g_assert_cmpstr(text, ==, WHOLE_TEXT PART_TEXT);
}

static void
test_no_folder(void)
{
    g_autoptr(RvCatalogue) catalogue = rv_catalogue_load(NULL, 0);
    g_autoptr(GError) error = NULL;

    g_assert_null(rv_catalogue_names(catalogue, kept, &error));
    g_assert_nonnull(error);
    rv_catalogue_save(catalogue);
}

int
main(int argc, char **argv)
{
    int result;

    g_test_init(&argc, &argv, NULL);
    folder = g_dir_make_tmp("rv-catalogue-XXXXXX", NULL);
    kept = g_strconcat(folder, ".kept", NULL);
    g_test_add_func("/catalogue/kept", test_kept);
    g_test_add_func("/catalogue/changes", test_changes);
    g_test_add_func("/catalogue/young", test_young);
    g_test_add_func("/catalogue/damaged", test_damaged);
    g_test_add_func("/catalogue/no-place", test_no_place);
    g_test_add_func("/catalogue/no-folder", test_no_folder);
    result = g_test_run();
    empty_folder();
    g_rmdir(folder);
    g_free(folder);
    g_free(kept);
    return result;
}
