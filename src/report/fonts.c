/* Which font the report is set in. */
#include <string.h>

#include "report/pdf.h"

static const char *const chinese[] = {"Noto Sans CJK SC",    "Source Han Sans SC",
                                      "WenQuanYi Zen Hei",   "WenQuanYi Micro Hei",
                                      "Droid Sans Fallback", NULL};
static const char *const latin[] = {"Noto Sans", "Noto Sans CJK SC", "Source Sans 3", "DejaVu Sans",
                                    NULL};

static const char *
first_there(PangoFontMap *map, const char *const *wanted)
{
    PangoFontFamily **families;
    const char *found = NULL;
    int count;

    pango_font_map_list_families(map, &families, &count);
    for (; *wanted != NULL && found == NULL; wanted++)
        for (int i = 0; i < count && found == NULL; i++)
            if (strcmp(pango_font_family_get_name(families[i]), *wanted) == 0)
                found = *wanted;
    g_free(families);
    return found;
}

const char *
rv_report_family(PangoFontMap *map, RvLanguage language, char **note)
{
    const char *found = first_there(map, language == RV_LANGUAGE_ZH ? chinese : latin);

    if (found == NULL && language == RV_LANGUAGE_ZH && note != NULL)
        *note = g_strdup("none of the known Chinese fonts is installed, characters may be missing: "
                         "install fonts-noto-cjk (Debian), or see `rackvitals doctor`");
    return found != NULL ? found : "Sans";
}
