#include "html/traffic.h"

#define OCTETS (1u << RV_COUNTER_IN_OCTETS | 1u << RV_COUNTER_OUT_OCTETS)
#define FAULTS                                                                                     \
    (1u << RV_COUNTER_IN_ERRORS | 1u << RV_COUNTER_OUT_ERRORS | 1u << RV_COUNTER_IN_DISCARDS |     \
     1u << RV_COUNTER_OUT_DISCARDS)

static void
take_source(RvTraffic *traffic, const RvRrdTemplate *template, const RvRrdSource *source)
{
    if (traffic->template == NULL && source->counters == 1u << RV_COUNTER_IN_OCTETS)
        traffic->in = source->name;
    if (traffic->template == NULL && source->counters == 1u << RV_COUNTER_OUT_OCTETS)
        traffic->out = source->name;
    if ((source->counters & FAULTS) == 0 || (source->counters & OCTETS) != 0 ||
        traffic->faults != NULL)
        return;
    traffic->faults = source->name;
    traffic->faults_template = template;
}

gboolean
rv_traffic_find(const RvRrdTemplates *templates, RvTraffic *traffic)
{
    *traffic = (RvTraffic){0};
    for (guint i = 0; i < rv_rrd_templates_count(templates); i++) {
        const RvRrdTemplate *template = rv_rrd_templates_get(templates, i);

        if (template->kind != RV_SERIES_INTERFACE)
            continue;
        if (traffic->template == NULL)
            traffic->in = traffic->out = NULL;
        for (guint j = 0; j < template->sources->len; j++)
            take_source(traffic, template, &g_array_index(template->sources, RvRrdSource, j));
        if (traffic->template == NULL && traffic->in != NULL && traffic->out != NULL)
            traffic->template = template;
    }
    return traffic->template != NULL;
}
