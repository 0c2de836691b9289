#include <string.h>

#include "base/text.h"
#include "profile/matching.h"
#include "profile/relatives.h"

/* How well a profile fits: compared place by place. */
typedef struct {
    guint object_id; /* sub-identifiers of the longest prefix that holds */
    guint descr;     /* letters of the longest glob that holds */
    guint conditions;
} Fit;

gboolean
rv_matching_any_glob(const GPtrArray *globs, const char *lower, guint *longest)
{
    gboolean found = FALSE;

    for (guint i = 0; i < globs->len; i++) {
        const char *glob = g_ptr_array_index(globs, i);

        if (!rv_text_glob(glob, lower))
            continue;
        found = TRUE;
        if (longest != NULL)
            *longest = MAX(*longest, (guint)strlen(glob));
    }
    return found;
}

/* All but `has`. *why says what does not hold. */
static gboolean
fits(const RvProfileHead *head, const RvSelf *self, const char *lower, Fit *fit, const char **why)
{
    *fit = (Fit){0};
    if (head->none) {
        *why = "it serves only profiles that use it";
        return FALSE;
    }
    for (guint i = 0; i < head->object_ids->len; i++) {
        const RvOid *prefix = &g_array_index(head->object_ids, RvOid, i);

        if (self->object_id.length > 0 && rv_oid_is_below(&self->object_id, prefix))
            fit->object_id = MAX(fit->object_id, prefix->length);
    }
    if (head->object_ids->len > 0 && fit->object_id == 0) {
        *why = "sysObjectID is another";
        return FALSE;
    }
    if (head->descr->len > 0 && !rv_matching_any_glob(head->descr, lower, &fit->descr)) {
        *why = "sysDescr does not match";
        return FALSE;
    }
    if (rv_matching_any_glob(head->descr_not, lower, NULL)) {
        *why = "sysDescr matches sysDescr-not";
        return FALSE;
    }
    fit->conditions = head->has->len;
    return TRUE;
}

static int
compare_fit(const Fit *a, const Fit *b)
{
    if (a->object_id != b->object_id)
        return a->object_id < b->object_id ? -1 : 1;
    if (a->descr != b->descr)
        return a->descr < b->descr ? -1 : 1;
    return a->conditions == b->conditions ? 0 : a->conditions < b->conditions ? -1 : 1;
}

gboolean
rv_matching_has_all(const RvProfileHead *head, RvHas has, gpointer user_data)
{
    for (guint i = 0; i < head->has->len; i++) {
        if (has == NULL || !has(&g_array_index(head->has, RvOid, i), user_data))
            return FALSE;
    }
    return TRUE;
}

GArray *
rv_profiles_probes(const RvProfiles *profiles, const RvSelf *self)
{
    g_autofree char *lower = g_utf8_strdown(self->descr != NULL ? self->descr : "", -1);
    GArray *probes = rv_oids_new();

    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        const RvProfileHead *head = rv_profiles_head(profiles, i);
        const char *why;
        Fit fit;

        for (guint j = 0; fits(head, self, lower, &fit, &why) && j < head->has->len; j++) {
            RvOid copy = rv_oid_copy(&g_array_index(head->has, RvOid, j));

            g_array_append_val(probes, copy);
        }
    }
    rv_oids_settle(probes);
    return probes;
}

static void
say(GPtrArray *trail, const RvProfileHead *head, const char *what)
{
    if (trail != NULL)
        g_ptr_array_add(trail, g_strdup_printf("%s: %s", head->name, what));
}

/* By the enterprise and nothing else. */
static gboolean
is_loose(const Fit *fit)
{
    return fit->object_id <= RV_ENTERPRISE_LENGTH && fit->descr == 0 && fit->conditions == 0;
}

static RvFittingFamily
fitting_family(const RvProfiles *profiles, const RvSelf *self, const char *lower, RvHas has,
               gpointer user_data, GPtrArray *trail)
{
    RvProfileHead *best = NULL;
    Fit best_fit = {0};

    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        RvProfileHead *head = rv_profiles_head(profiles, i);
        const char *why;
        Fit fit;

        if (head->role != RV_ROLE_FAMILY)
            continue;
        if (!fits(head, self, lower, &fit, &why)) {
            if (fit.object_id > 0)
                say(trail, head, why);
            continue;
        }
        if (best != NULL && compare_fit(&fit, &best_fit) <= 0) {
            say(trail, head, "another family fits more closely");
            continue;
        }
        if (!rv_matching_has_all(head, has, user_data)) {
            say(trail, head, "what it demands with has is not answered");
            continue;
        }
        if (best != NULL)
            say(trail, best, "another family fits more closely");
        best = head;
        best_fit = fit;
    }
    return (RvFittingFamily){best, best == NULL || is_loose(&best_fit)};
}

GArray *
rv_profiles_relative_probes(RvProfiles *profiles, const RvSelf *self, RvHas has, gpointer user_data)
{
    g_autofree char *lower = g_utf8_strdown(self->descr != NULL ? self->descr : "", -1);
    RvFittingFamily fitting = fitting_family(profiles, self, lower, has, user_data, NULL);
    GArray *probes = rv_oids_new();

    rv_relatives_probes(profiles, self, lower, &fitting, has, user_data, probes);
    rv_oids_settle(probes);
    return probes;
}

static void
add_with_uses(const RvProfiles *profiles, RvProfileHead *head, GPtrArray *chosen, GPtrArray *trail,
              const char *what)
{
    if (head == NULL || g_ptr_array_find(chosen, head, NULL))
        return;
    g_ptr_array_add(chosen, head);
    say(trail, head, what);
    for (guint i = 0; i < head->uses->len; i++)
        add_with_uses(profiles, rv_profiles_find(profiles, g_ptr_array_index(head->uses, i)),
                      chosen, trail, "chosen: used by another");
}

static gboolean
is_left_out(const GPtrArray *chosen, const RvProfileHead *part)
{
    for (guint i = 0; i < chosen->len; i++) {
        const RvProfileHead *head = g_ptr_array_index(chosen, i);

        if (g_ptr_array_find_with_equal_func(head->without, part->name, g_str_equal, NULL))
            return TRUE;
    }
    return FALSE;
}

static void
add_family(RvProfiles *profiles, const RvSelf *self, const char *lower, RvHas has,
           gpointer user_data, GPtrArray *chosen, GPtrArray *trail)
{
    RvFittingFamily fitting = fitting_family(profiles, self, lower, has, user_data, trail);
    RvProfileHead *relative = rv_relatives_choose(profiles, self, lower, &fitting, has, user_data);

    if (relative == NULL || !fitting.loose)
        add_with_uses(profiles, fitting.head, chosen, trail,
                      "chosen: the family that fits most closely");
    else if (fitting.head != NULL)
        say(trail, fitting.head, "fits, but of a relative more is answered");
    add_with_uses(profiles, relative, chosen, trail,
                  "chosen: a relative of the same vendor, whose tables the device answers");
}

GPtrArray *
rv_profiles_choose(RvProfiles *profiles, const RvSelf *self, const char *forced, RvHas has,
                   gpointer user_data, GPtrArray *trail)
{
    g_autofree char *lower = g_utf8_strdown(self->descr != NULL ? self->descr : "", -1);
    GPtrArray *chosen = g_ptr_array_new();
    RvProfileHead *family = forced != NULL ? rv_profiles_find(profiles, forced) : NULL;

    if (family != NULL)
        add_with_uses(profiles, family, chosen, trail, "chosen: the inventory says so");
    else
        add_family(profiles, self, lower, has, user_data, chosen, trail);
    for (guint i = 0; i < rv_profiles_count(profiles); i++) {
        RvProfileHead *head = rv_profiles_head(profiles, i);
        const char *why;
        Fit fit;

        if (head->role != RV_ROLE_PART || !fits(head, self, lower, &fit, &why))
            continue;
        if (is_left_out(chosen, head))
            say(trail, head, "left out by the family");
        else if (!rv_matching_has_all(head, has, user_data))
            say(trail, head, "not answered");
        else
            add_with_uses(profiles, head, chosen, trail, "chosen: a part that the device has");
    }
    return chosen;
}

RvOid
rv_profiles_base(const GPtrArray *chosen, const RvSelf *self)
{
    for (guint i = 0; i < chosen->len; i++) {
        const RvProfileHead *head = g_ptr_array_index(chosen, i);

        if (head->base.length > 0)
            return rv_oid_copy(&head->base);
        if (head->base_length > 0 && self->object_id.length >= head->base_length)
            return rv_oid_from(self->object_id.ids, head->base_length);
    }
    return (RvOid){NULL, 0};
}

static gboolean
oids_differ(const GArray *a, const GArray *b)
{
    if (a->len != b->len)
        return TRUE;
    for (guint i = 0; i < a->len; i++) {
        if (rv_oid_compare(&g_array_index(a, RvOid, i), &g_array_index(b, RvOid, i)) != 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
texts_differ(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return TRUE;
    for (guint i = 0; i < a->len; i++) {
        if (strcmp(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) != 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
rv_profile_heads_differ(const RvProfileHead *a, const RvProfileHead *b)
{
    return a->role != RV_ROLE_FAMILY || b->role != RV_ROLE_FAMILY || a->none || b->none ||
           a->any != b->any || oids_differ(a->object_ids, b->object_ids) ||
           oids_differ(a->has, b->has) || texts_differ(a->descr, b->descr) ||
           texts_differ(a->descr_not, b->descr_not);
}
