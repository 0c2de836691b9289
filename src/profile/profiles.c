#include "profile/profiles.h"

#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "profile/catalogue.h"

#define FOLDER_DEPTH 8

struct RvProfiles {
    GPtrArray *heads;     /* RvProfileHead*, by name */
    GHashTable *by_name;  /* of a head → the head */
    GHashTable *compiled; /* name → RvProfile* */
    GHashTable *unheard;  /* name → RvProblems* of what was compiled and nobody took */
    guint64 digest;       /* of names, sizes and times of all files */
};

/* ---- loading ---- */

static void
add_digest(RvProfiles *profiles, const char *path)
{
    struct stat status = {0};

    (void)stat(path, &status);
    profiles->digest = rv_hash_more(profiles->digest, path, strlen(path) + 1);
    profiles->digest = rv_hash_more(profiles->digest, &status.st_size, sizeof status.st_size);
    profiles->digest = rv_hash_more(profiles->digest, &status.st_ino, sizeof status.st_ino);
    profiles->digest = rv_hash_more(profiles->digest, &status.st_mtim, sizeof status.st_mtim);
    profiles->digest = rv_hash_more(profiles->digest, &status.st_ctim, sizeof status.st_ctim);
}

static void
add_head(RvProfiles *profiles, RvProfileHead *head, const char *folder, GHashTable *of_folder,
         RvProblems *problems)
{
    RvProfileHead *old;

    if (head == NULL)
        return;
    if (g_hash_table_contains(of_folder, head->name)) {
        rv_problems_add(problems, head->file, 1, 1, "there is another profile '%s' below %s: %s",
                        head->name, folder,
                        (const char *)g_hash_table_lookup(of_folder, head->name));
        rv_profile_head_free(head);
        return;
    }
    g_hash_table_insert(of_folder, g_strdup(head->name), (gpointer)head->file);
    old = g_hash_table_lookup(profiles->by_name, head->name);
    if (old != NULL) {
        g_hash_table_remove(profiles->by_name, old->name);
        g_ptr_array_remove(profiles->heads, old);
    }
    g_ptr_array_add(profiles->heads, head);
    g_hash_table_insert(profiles->by_name, head->name, head);
}

static void
scan(RvProfiles *profiles, RvCatalogue *catalogue, const char *folder, const char *top, int depth,
     GHashTable *of_folder, RvProblems *problems)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = rv_catalogue_names(catalogue, folder, &error);

    if (names == NULL) {
        rv_problems_add(problems, folder, 0, 0, "%s", error->message);
        return;
    }
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_build_filename(folder, name, NULL);

        if (g_str_has_suffix(name, ".yaml")) {
            add_digest(profiles, path);
            add_head(profiles, rv_catalogue_head(catalogue, path, problems), top, of_folder,
                     problems);
        } else if (depth < FOLDER_DEPTH && g_str_has_suffix(name, "/")) {
            path[strlen(path) - 1] = '\0';
            scan(profiles, catalogue, path, top, depth + 1, of_folder, problems);
        }
    }
}

static int
compare_heads(gconstpointer a, gconstpointer b)
{
    return strcmp((*(RvProfileHead *const *)a)->name, (*(RvProfileHead *const *)b)->name);
}

RvProfiles *
rv_profiles_open(const char *const *folders, const char *catalogue, RvProblems *problems)
{
    RvProfiles *profiles = g_new0(RvProfiles, 1);
    g_autoptr(RvCatalogue) kept = rv_catalogue_load(catalogue, rv_clock_now_ms());

    profiles->heads = g_ptr_array_new_with_free_func((GDestroyNotify)rv_profile_head_free);
    profiles->digest = RV_HASH_BASIS;
    profiles->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    profiles->compiled =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)rv_profile_free);
    profiles->unheard =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)rv_problems_free);
    for (guint i = 0; folders != NULL && folders[i] != NULL; i++) {
        g_autoptr(GHashTable) of_folder =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        scan(profiles, kept, folders[i], folders[i], 0, of_folder, problems);
    }
    rv_catalogue_save(kept);
    g_ptr_array_sort(profiles->heads, compare_heads);
    return profiles;
}

void
rv_profiles_free(RvProfiles *profiles)
{
    if (profiles == NULL)
        return;
    g_hash_table_unref(profiles->compiled);
    g_hash_table_unref(profiles->unheard);
    g_hash_table_unref(profiles->by_name);
    g_ptr_array_unref(profiles->heads);
    g_free(profiles);
}

guint64
rv_profiles_digest(const RvProfiles *profiles)
{
    return profiles->digest;
}

guint
rv_profiles_count(const RvProfiles *profiles)
{
    return profiles->heads->len;
}

RvProfileHead *
rv_profiles_head(const RvProfiles *profiles, guint n)
{
    return g_ptr_array_index(profiles->heads, n);
}

RvProfileHead *
rv_profiles_find(const RvProfiles *profiles, const char *name)
{
    return g_hash_table_lookup(profiles->by_name, name);
}

/* Under which name there is what the file gave for this base or for any (*profile, may be NULL);
 * NULL: under none. */
static const char *
find_compiled(const RvProfiles *profiles, const char *name, const char *name_at,
              RvProfile **profile)
{
    if (g_hash_table_lookup_extended(profiles->compiled, name_at, NULL, (gpointer *)profile))
        return name_at;
    return g_hash_table_lookup_extended(profiles->compiled, name, NULL, (gpointer *)profile) &&
                   (*profile == NULL || !(*profile)->at_base)
               ? name
               : NULL;
}

static const char *
compile(RvProfiles *profiles, RvProfileHead *head, const RvOid *base, const char *name_at,
        RvProfile **profile)
{
    RvProblems *problems = rv_problems_new();
    const char *name;

    *profile = rv_profile_load(head, base, problems);
    name = *profile == NULL || !(*profile)->at_base ? head->name : name_at;
    g_hash_table_insert(profiles->compiled, g_strdup(name), *profile);
    g_hash_table_insert(profiles->unheard, g_strdup(name), problems);
    return name;
}

static void
hand_over(RvProfiles *profiles, const char *name, RvProblems *problems)
{
    const RvProblems *unheard = g_hash_table_lookup(profiles->unheard, name);

    if (unheard == NULL || problems == NULL)
        return;
    rv_problems_join(problems, unheard);
    g_hash_table_remove(profiles->unheard, name);
}

const RvProfile *
rv_profiles_get(RvProfiles *profiles, const char *name, const RvOid *base, RvProblems *problems)
{
    gboolean based = base != NULL && base->length > 0;
    g_autofree char *dotted = based ? rv_oid_format(base) : NULL;
    g_autofree char *name_at = based ? g_strconcat(name, " ", dotted, NULL) : g_strdup(name);
    RvProfileHead *head = rv_profiles_find(profiles, name);
    RvProfile *profile = NULL;
    const char *compiled;

    if (head == NULL)
        return NULL;
    compiled = find_compiled(profiles, name, name_at, &profile);
    if (compiled == NULL)
        compiled = compile(profiles, head, based ? base : NULL, name_at, &profile);
    hand_over(profiles, compiled, problems);
    return profile;
}
