#include "made-template.h"

RvRrdTemplate *
made_template(const MadeTemplate *made)
{
    RvRrdTemplate *template = g_new0(RvRrdTemplate, 1);

    template->step_s = made->step_s;
    template->heartbeat_s = made->heartbeat_s;
    template->sources = g_array_new(FALSE, TRUE, sizeof(RvRrdSource));
    template->archives = g_array_new(FALSE, TRUE, sizeof(RvRrdArchive));
    for (guint i = 0; i < made->sources; i++) {
        const RvRrdSource source = {.name = g_strdup_printf("s%u", i),
                                    .scale = 1,
                                    .minimum = made->minimum,
                                    .maximum = made->maximum};

        g_array_append_val(template->sources, source);
    }
    g_array_append_vals(template->archives, made->archives, made->n_archives);
    return template;
}

void
made_template_free(RvRrdTemplate *template)
{
    for (guint i = 0; i < template->sources->len; i++)
        g_free(g_array_index(template->sources, RvRrdSource, i).name);
    g_array_unref(template->sources);
    g_array_unref(template->archives);
    g_free(template);
}
