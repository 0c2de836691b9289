#include "base/text-width.h"

static guint
width_of(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

guint
rv_text_width(const char *text)
{
    guint width = 0;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p))
        width += width_of(g_utf8_get_char(p));
    return width;
}

char *
rv_text_cut(const char *text, guint columns)
{
    guint width = 0;
    const char *p = text;

    if (rv_text_width(text) <= columns)
        return g_strdup(text);
    if (columns == 0)
        return g_strdup("");
    for (; width + width_of(g_utf8_get_char(p)) <= columns - 1; p = g_utf8_next_char(p))
        width += width_of(g_utf8_get_char(p));
    return g_strdup_printf("%.*s…", (int)(p - text), text);
}

char *
rv_text_fit(const char *text, guint columns)
{
    g_autofree char *cut = rv_text_cut(text, columns);

    return g_strdup_printf("%s%*s", cut, (int)(columns - rv_text_width(cut)), "");
}

char *
rv_text_pad(const char *text, guint columns)
{
    guint width = rv_text_width(text);

    return g_strdup_printf("%s%*s", text, width < columns ? (int)(columns - width) : 0, "");
}
