#include "cli/print.h"

#include "observation/json.h"

void
rv_print_json(const GPtrArray *observations, const RvPrintStyle *style, GString *out)
{
    for (guint i = 0; i < observations->len; i++) {
        g_autofree char *line = rv_observation_to_json_line(g_ptr_array_index(observations, i));

        g_string_append(out, line);
        g_string_append_c(out, '\n');
    }
}
