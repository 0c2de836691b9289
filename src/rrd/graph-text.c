#include "rrd/graph-text.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

/* UAX #9; of no width */
#define LEFT_TO_RIGHT_MARK "\u200e"
#define FIRST_STRONG_ISOLATE "\u2068"
#define POP_ISOLATE "\u2069"

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
        return g_strdup("-");
    while (rate && fabs(value) >= 999.5 && prefix + 1 < G_N_ELEMENTS(prefixes)) {
        value /= 1000;
        prefix++;
    }
    /* beyond a legend's cells */
    g_ascii_formatd(number, sizeof number, fabs(value) < 1e11 ? decimals(value) : "%.4g", value);
    if (*unit == '\0')
        return g_strdup(number);
    return g_strdup_printf("%s%s%s%s", number, strcmp(unit, "%") == 0 ? "" : " ", prefixes[prefix],
                           unit);
}

static guint
cells_of(const char *character)
{
    gunichar c = g_utf8_get_char(character);

    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

guint
rv_graph_cells(const char *text)
{
    guint cells = 0;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        cells += cells_of(p);
    return cells;
}

char *
rv_graph_pad(const char *text, guint cells, gboolean right)
{
    g_autoptr(GString) padded = g_string_new(text);
    guint wide = rv_graph_cells(text);

    if (wide > cells && cells > 0) {
        while (rv_graph_cells(padded->str) > cells - 2)
            g_string_truncate(
                padded, (gsize)(g_utf8_find_prev_char(padded->str, padded->str + padded->len) -
                                padded->str));
        g_string_append(padded, ".."); /* of ASCII: sure of its cells */
        wide = rv_graph_cells(padded->str);
    }
    for (; wide < cells; wide++)
        g_string_insert_c(padded, right ? 0 : -1, ' ');
    return g_string_free(g_steal_pointer(&padded), FALSE);
}

/* A colon ends a field; a backslash begins RRDtool's own marks. The latter has no escape that holds
 * in all places, so that a look-alike of every font stands for it. */
char *
rv_graph_quote(const char *clean)
{
    GString *quoted = g_string_new(NULL);

    for (const char *p = clean; *p != '\0'; p++) {
        if (*p == ':')
            g_string_append(quoted, "\\:");
        else
            g_string_append_c(quoted, *p == '\\' ? '/' : *p);
    }
    return g_string_free(quoted, FALSE);
}

char *
rv_graph_escape(const char *text)
{
    g_autofree char *clean = rv_text_clean(text, -1, 400);

    return rv_graph_quote(clean);
}

/* From the middle: how a name begins and its number at the end tell it from others. */
static char *
clip_middle(const char *text, guint cells)
{
    guint over = rv_graph_cells(text);
    const char *cut = text, *rest;

    if (over <= cells || cells < 8)
        return g_strdup(text);
    over -= cells - 2;
    for (guint kept = 0; kept + 2 <= cells / 2; cut = g_utf8_next_char(cut))
        kept += cells_of(cut);
    rest = cut;
    for (guint gone = 0; gone < over || (*rest != '\0' && cells_of(rest) == 0);
         rest = g_utf8_next_char(rest))
        gone += cells_of(rest);
    return g_strdup_printf("%.*s..%s", (int)(cut - text), text, rest);
}

char *
rv_graph_label(const char *text, guint cells)
{
    g_autofree char *clean = rv_text_clean(text, -1, 400);
    g_autofree char *short_enough = clip_middle(clean, cells);
    g_autofree char *clipped = rv_graph_pad(short_enough, cells, FALSE);
    guint blanks = 0;
    g_autofree char *quoted = NULL;
    g_autofree char *island = NULL;

    for (gsize end = strlen(clipped); end > 0 && clipped[end - 1] == ' '; end--, blanks++)
        clipped[end - 1] = '\0';
    quoted = rv_graph_quote(clipped);
    island = rv_graph_isolate(quoted);
    return g_strdup_printf("%s%*s", island, (int)blanks, "");
}

char *
rv_graph_isolate(const char *text)
{
    return g_strconcat(LEFT_TO_RIGHT_MARK FIRST_STRONG_ISOLATE, text, POP_ISOLATE, NULL);
}
