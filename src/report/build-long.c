/* What only long periods make visible: causes by weight, faults that come back, models that age. */
#include <math.h>
#include <string.h>

#include "base/text-order.h"
#include "report/build.h"

#define VITAL 0.8 /* of all faults */

static void
weigh_causes(RvReport *report)
{
    guint all = 0, sum = 0;

    for (guint i = 0; i < report->causes->len; i++)
        all += ((RvReportCause *)g_ptr_array_index(report->causes, i))->faults;
    for (guint i = 0; i < report->causes->len; i++) {
        RvReportCause *cause = g_ptr_array_index(report->causes, i);

        cause->vital = sum < VITAL * all;
        sum += cause->faults;
        cause->cumulative = (double)sum / MAX(1, all);
    }
}

/* ---- faults that come back ---- */

static int
compare_recurring(gconstpointer a, gconstpointer b)
{
    const RvReportRecurring *left = *(RvReportRecurring *const *)a;
    const RvReportRecurring *right = *(RvReportRecurring *const *)b;
    int order;

    if (left->times != right->times)
        return left->times > right->times ? -1 : 1;
    order = rv_text_compare(left->device, right->device);
    return order != 0 ? order : rv_text_compare(left->cause, right->cause);
}

static void
find_recurring(RvReport *report)
{
    g_autoptr(GHashTable) at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < report->faults->len; i++) {
        const RvFault *fault = ((RvReportFault *)g_ptr_array_index(report->faults, i))->fault;
        RvReportRecurring *one;
        g_autofree char *key = NULL;

        if (fault->cause == NULL || fault->cause[0] == '\0')
            continue;
        key = g_strdup_printf("%s\n%s", fault->device, fault->cause);
        one = g_hash_table_lookup(at, key);
        if (one == NULL) {
            one = g_new0(RvReportRecurring, 1);
            one->device = g_strdup(fault->device);
            one->cause = g_strdup(fault->cause);
            g_ptr_array_add(report->recurring, one);
            g_hash_table_insert(at, g_steal_pointer(&key), one);
        }
        one->times++;
        one->last_ms = MAX(one->last_ms, fault->opened_ms);
    }
    for (guint i = report->recurring->len; i > 0; i--)
        if (((RvReportRecurring *)g_ptr_array_index(report->recurring, i - 1))->times < 2)
            g_ptr_array_remove_index(report->recurring, i - 1);
    g_ptr_array_sort(report->recurring, compare_recurring);
}

/* ---- models that age ---- */

static int
compare_models(gconstpointer a, gconstpointer b)
{
    const RvReportModel *left = *(RvReportModel *const *)a, *right = *(RvReportModel *const *)b;

    if (left->per_device != right->per_device)
        return left->per_device > right->per_device ? -1 : 1;
    return rv_text_compare(left->model, right->model);
}

static RvReportModel *
model_of(RvReport *report, GHashTable *by_name, const char *name)
{
    RvReportModel *model = g_hash_table_lookup(by_name, name);

    if (model == NULL) {
        model = g_new0(RvReportModel, 1);
        model->model = g_strdup(name);
        g_ptr_array_add(report->models, model);
        g_hash_table_insert(by_name, model->model, model);
    }
    return model;
}

static void
sum_models(RvBuild *build)
{
    RvReport *report = build->report;
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < report->devices->len; i++) {
        const RvReportDevice *device = g_ptr_array_index(report->devices, i);
        RvReportModel *model = model_of(report, by_name, device->model);

        model->devices++;
        model->findings += device->findings;
        model->faults += device->faults;
    }
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvReportSuspect *suspect = g_ptr_array_index(report->suspects, i);
        const RvReportDevice *device =
            g_hash_table_lookup(build->devices, suspect->evidence->device);

        if (device != NULL)
            model_of(report, by_name, device->model)->suspects++;
    }
    for (guint i = 0; i < report->models->len; i++) {
        RvReportModel *model = g_ptr_array_index(report->models, i);

        model->per_device = (double)(model->findings + model->suspects) / MAX(1, model->devices);
    }
    g_ptr_array_sort(report->models, compare_models);
}

/* ---- parts to buy ---- */

/* NULL: it is not bought singly. Memory that is full is no memory that is broken. */
static RvReportSpares *
spares_of(RvBuild *build, const char *part, RvClass class)
{
    GPtrArray *all = build->report->spares;
    RvReportSpares *spares;

    if (part == NULL || class == RV_CLASS_PERCENT || !g_strv_contains(rv_priced_parts, part))
        return NULL;
    for (guint i = 0; i < all->len; i++)
        if (strcmp(((RvReportSpares *)g_ptr_array_index(all, i))->part, part) == 0)
            return g_ptr_array_index(all, i);
    spares = g_new0(RvReportSpares, 1);
    spares->part = g_strdup(part);
    spares->price = rv_service_plan_price(build->plan, part);
    g_ptr_array_add(all, spares);
    return spares;
}

/* TRUE for the first sensor of a part. */
static gboolean
is_new_part(GHashTable *seen, const char *device, const char *component, const char *key)
{
    return g_hash_table_add(seen,
                            g_strdup_printf("%s\n%s", device, component != NULL ? component : key));
}

/* Each part once, however many of its sensors say so. */
static void
count_spares(RvBuild *build)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const RvReport *report = build->report;

    for (guint i = 0; i < report->findings->len; i++) {
        const RvReportFinding *one = g_ptr_array_index(report->findings, i);
        gboolean bad = one->now == RV_VERDICT_WARNING || one->now == RV_VERDICT_CRITICAL;
        RvReportSpares *spares = bad ? spares_of(build, one->group, one->class) : NULL;

        if (spares != NULL && is_new_part(seen, one->device, one->component, one->key))
            spares->bad++;
    }
    for (guint i = 0; i < report->suspects->len; i++) {
        const RvReportSuspect *one = g_ptr_array_index(report->suspects, i);
        RvReportSpares *spares = spares_of(build, one->group, one->class);

        if (spares != NULL &&
            is_new_part(seen, one->evidence->device, one->component, one->evidence->key))
            spares->suspected++;
    }
}

static void
price_spares(RvBuild *build)
{
    RvReportSums *sums = &build->report->sums;

    sums->spares_cost = NAN;
    for (guint i = 0; i < build->report->spares->len; i++) {
        RvReportSpares *one = g_ptr_array_index(build->report->spares, i);
        guint count = one->bad + one->suspected;

        one->cost = one->price * count;
        sums->spares += count;
        if (isfinite(one->cost))
            sums->spares_cost = (isfinite(sums->spares_cost) ? sums->spares_cost : 0) + one->cost;
        else
            sums->unpriced += count;
    }
}

gboolean
rv_build_long(RvBuild *build, G_GNUC_UNUSED GError **error)
{
    weigh_causes(build->report);
    find_recurring(build->report);
    sum_models(build);
    count_spares(build);
    price_spares(build);
    return TRUE;
}
