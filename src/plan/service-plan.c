#include "plan/service-plan.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

RvServicePlan *
rv_service_plan_new(void)
{
    RvServicePlan *plan = g_new0(RvServicePlan, 1);

    plan->customer = g_strdup("");
    plan->provider = g_strdup("");
    plan->project = g_strdup("");
    plan->contract = g_strdup("");
    plan->confidentiality = g_strdup("");
    plan->report_prefix = g_strdup("");
    plan->zone = g_time_zone_new_local();
    plan->zone_name = g_strdup("");
    plan->calendars = g_ptr_array_new_with_free_func((GDestroyNotify)rv_calendar_free);
    plan->classes = g_ptr_array_new_with_free_func((GDestroyNotify)rv_service_class_free);
    plan->groups = g_ptr_array_new_with_free_func((GDestroyNotify)rv_redundant_group_free);
    plan->faults = rv_fault_policy_new_default();
    plan->duties = g_array_new(FALSE, FALSE, sizeof(RvDuty));
    plan->reports = g_ptr_array_new_with_free_func((GDestroyNotify)rv_promised_report_free);
    plan->sign_off = g_ptr_array_new_with_free_func((GDestroyNotify)rv_sign_off_free);
    plan->firmware = g_ptr_array_new_with_free_func((GDestroyNotify)rv_firmware_rule_free);
    plan->prices = (RvPartPrices){g_strdup(""), NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    plan->exclusions = g_ptr_array_new_with_free_func((GDestroyNotify)rv_window_free);
    return plan;
}

void
rv_service_plan_free(RvServicePlan *plan)
{
    if (plan == NULL)
        return;
    g_free(plan->customer);
    g_free(plan->provider);
    g_free(plan->project);
    g_free(plan->contract);
    g_free(plan->confidentiality);
    g_free(plan->logo);
    g_free(plan->accent);
    g_free(plan->report_prefix);
    g_free(plan->prices.currency);
    g_time_zone_unref(plan->zone);
    g_free(plan->zone_name);
    g_free(plan->round_anchor);
    g_ptr_array_unref(plan->classes);
    g_ptr_array_unref(plan->groups);
    rv_fault_policy_free(plan->faults);
    g_array_unref(plan->duties);
    g_ptr_array_unref(plan->reports);
    g_ptr_array_unref(plan->sign_off);
    g_ptr_array_unref(plan->firmware);
    g_ptr_array_unref(plan->exclusions);
    g_ptr_array_unref(plan->calendars);
    g_free(plan);
}

void
rv_service_class_free(RvServiceClass *service_class)
{
    if (service_class == NULL)
        return;
    g_free(service_class->id);
    g_free(service_class->name);
    g_free(service_class);
}

void
rv_redundant_group_free(RvRedundantGroup *group)
{
    if (group == NULL)
        return;
    g_free(group->id);
    g_free(group->name);
    g_strfreev(group->devices);
    g_free(group->service_class);
    g_free(group);
}

void
rv_sign_off_free(RvSignOff *sign_off)
{
    if (sign_off == NULL)
        return;
    g_free(sign_off->role);
    g_free(sign_off->name);
    g_free(sign_off);
}

void
rv_promised_report_free(RvPromisedReport *report)
{
    if (report == NULL)
        return;
    g_free(report->format);
    g_strfreev(report->mail_to);
    g_strfreev(report->languages);
    g_free(report);
}

const RvServiceClass *
rv_service_plan_class(const RvServicePlan *plan, const char *id)
{
    for (guint i = 0; i < plan->classes->len; i++) {
        const RvServiceClass *one = g_ptr_array_index(plan->classes, i);

        if (strcmp(one->id, id) == 0)
            return one;
    }
    return NULL;
}

const RvCalendar *
rv_service_plan_calendar(const RvServicePlan *plan, const char *name)
{
    for (guint i = 0; i < plan->calendars->len; i++) {
        const RvCalendar *one = g_ptr_array_index(plan->calendars, i);

        if (strcmp(one->name, name) == 0)
            return one;
    }
    return NULL;
}

const char *const rv_priced_parts[] = {"psu",    "fan",    "disk",   "battery",
                                       "module", "memory", "optics", NULL};

double
rv_service_plan_price(const RvServicePlan *plan, const char *part)
{
    const RvPartPrices *prices = &plan->prices;
    const double all[] = {prices->psu,    prices->fan,    prices->disk,  prices->battery,
                          prices->module, prices->memory, prices->optics};

    for (gsize i = 0; rv_priced_parts[i] != NULL; i++)
        if (strcmp(rv_priced_parts[i], part) == 0)
            return all[i];
    return NAN;
}
