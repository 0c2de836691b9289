#include "rrd/graph-text.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

static const char *
decimals(double value)
{
    double size = fabs(value);

    return size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f";
}

char *
rv_graph_value(double value, const char *unit)
{
    static const char *const prefixes[] = {"", "k", "M", "G", "T", "P"};
    gboolean rate = strcmp(unit, "bit/s") == 0 || strcmp(unit, "/s") == 0;
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    guint prefix = 0;

    if (isnan(value))
        return g_strdup("–");
    while (rate && fabs(value) >= 999.5 && prefix + 1 < G_N_ELEMENTS(prefixes)) {
        value /= 1000;
        prefix++;
    }
    g_ascii_formatd(number, sizeof number, decimals(value), value);
    if (*unit == '\0')
        return g_strdup(number);
    return g_strdup_printf("%s%s%s%s", number, strcmp(unit, "%") == 0 ? "" : " ", prefixes[prefix],
                           unit);
}

guint
rv_graph_cells(const char *text)
{
    guint cells = 0;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        cells += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
    }
    return cells;
}

char *
rv_graph_pad(const char *text, guint cells, gboolean right)
{
    g_autoptr(GString) padded = g_string_new(text);
    guint wide = rv_graph_cells(text);

    if (wide > cells && cells > 0) {
        while (rv_graph_cells(padded->str) > cells - 1)
            g_string_truncate(
                padded, (gsize)(g_utf8_find_prev_char(padded->str, padded->str + padded->len) -
                                padded->str));
        g_string_append(padded, "…");
        wide = rv_graph_cells(padded->str);
    }
    for (; wide < cells; wide++)
        g_string_insert_c(padded, right ? 0 : -1, ' ');
    return g_string_free(g_steal_pointer(&padded), FALSE);
}

/* A colon ends a field; a backslash begins RRDtool's own marks. The latter has no escape that holds
 * in all places, so that a look-alike of every font stands for it. */
char *
rv_graph_escape(const char *text)
{
    g_autofree char *clean = rv_text_clean(text, -1, 400);
    GString *escaped = g_string_new(NULL);

    for (const char *p = clean; *p != '\0'; p++) {
        if (*p == ':')
            g_string_append(escaped, "\\:");
        else
            g_string_append_c(escaped, *p == '\\' ? '/' : *p);
    }
    return g_string_free(escaped, FALSE);
}
