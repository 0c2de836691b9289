/* Which fonts the report is set in. */
#include <string.h>

#include "report/pdf.h"

#define FIRST_WIDE 0x2e80 /* radicals; Chinese begins here */

/* The same design, of which the second family lends its Latin letters. They are two fonts on
 * purpose: cairo 1.16 embeds every subroutine of a CID font (900 kB) where Latin and Chinese
 * characters of one font come in an unlucky order, and never for Latin letters alone. */
static const RvFamilies chinese[] = {
    {"Noto Sans CJK JP", "Noto Sans CJK SC"},       {"Source Han Sans", "Source Han Sans SC"},
    {"Noto Sans CJK SC", "Noto Sans CJK SC"},       {"Source Han Sans SC", "Source Han Sans SC"},
    {"WenQuanYi Zen Hei", "WenQuanYi Zen Hei"},     {"WenQuanYi Micro Hei", "WenQuanYi Micro Hei"},
    {"Droid Sans Fallback", "Droid Sans Fallback"},
};
static const char *const latin[] = {"Noto Sans", "Noto Sans CJK JP", "Source Sans 3", "DejaVu Sans",
                                    NULL};

static gboolean
is_there(PangoFontFamily **families, int count, const char *wanted)
{
    for (int i = 0; i < count; i++)
        if (strcmp(pango_font_family_get_name(families[i]), wanted) == 0)
            return TRUE;
    return FALSE;
}

RvFamilies
rv_report_families(PangoFontMap *map, RvLanguage language, char **note)
{
    RvFamilies found = {NULL, NULL};
    PangoFontFamily **families;
    int count;

    pango_font_map_list_families(map, &families, &count);
    for (gsize i = 0; i < G_N_ELEMENTS(chinese) && found.wide == NULL; i++)
        if (is_there(families, count, chinese[i].text) &&
            is_there(families, count, chinese[i].wide))
            found = chinese[i];
    if (found.wide == NULL && language == RV_LANGUAGE_ZH && note != NULL)
        *note = g_strdup("none of the known Chinese fonts is installed, characters may be missing: "
                         "install fonts-noto-cjk (Debian), or see `rackvitals doctor`");
    if (language == RV_LANGUAGE_EN)
        found.text = NULL;
    for (gsize i = 0; latin[i] != NULL && found.text == NULL; i++)
        if (is_there(families, count, latin[i]))
            found.text = latin[i];
    g_free(families);
    if (found.text == NULL)
        found.text = "Sans";
    found.quotes = language == RV_LANGUAGE_ZH;
    return found;
}

/* “” ‘’ — …: a square wide in Chinese, narrow in English. */
static gboolean
is_wide(gunichar c, gboolean quotes)
{
    static const gunichar both[] = {0xb7, 0x2014, 0x2018, 0x2019, 0x201c, 0x201d, 0x2026};

    if (c >= FIRST_WIDE)
        return TRUE;
    for (gsize i = 0; quotes && i < G_N_ELEMENTS(both); i++)
        if (both[i] == c)
            return TRUE;
    return FALSE;
}

void
rv_families_apply(const RvFamilies *families, PangoAttrList *list, const char *text)
{
    const char *next;

    if (families->wide == NULL || strcmp(families->wide, families->text) == 0)
        return;
    for (const char *at = text; *at != '\0'; at = next) {
        PangoAttribute *family;

        next = g_utf8_next_char(at);
        if (!is_wide(g_utf8_get_char(at), families->quotes))
            continue;
        while (*next != '\0' && is_wide(g_utf8_get_char(next), families->quotes))
            next = g_utf8_next_char(next);
        family = pango_attr_family_new(families->wide);
        family->start_index = (guint)(at - text);
        family->end_index = (guint)(next - text);
        pango_attr_list_insert(list, family);
    }
}
