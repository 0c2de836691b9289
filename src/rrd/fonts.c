#include "rrd/fonts.h"

#include <fontconfig/fontconfig.h>
#include <string.h>

static const char *const proportional[] = {"Noto Sans CJK SC",
                                           "Source Han Sans SC",
                                           "Noto Sans SC",
                                           "WenQuanYi Micro Hei",
                                           "Noto Sans",
                                           "DejaVu Sans",
                                           NULL};
/* Those with Chinese keep their cells in ASCII and Chinese alone: what else there is, such as "°"
 * and "é", is as wide as it likes. */
static const char *const monospaced_chinese[] = {"Noto Sans Mono CJK SC", "Source Han Mono SC",
                                                 "WenQuanYi Micro Hei Mono", NULL};
static const char *const monospaced_plain[] = {"DejaVu Sans Mono", "Noto Sans Mono",
                                               "Liberation Mono", NULL};

static gboolean
has_all(FcPattern *font, const char *sample)
{
    FcCharSet *characters = NULL;

    if (FcPatternGetCharSet(font, FC_CHARSET, 0, &characters) != FcResultMatch)
        return FALSE;
    for (const char *p = sample; *p != '\0'; p = g_utf8_next_char(p))
        if (!FcCharSetHasChar(characters, g_utf8_get_char(p)))
            return FALSE;
    return TRUE;
}

/* The family that fontconfig picks for the wish, if it has the characters and, where `exact`, is
 * the one wished for. */
static char *
match(const char *family, const char *language, const char *sample, gboolean exact)
{
    FcPattern *wish = FcPatternCreate();
    FcPattern *font;
    FcResult result = FcResultNoMatch;
    FcChar8 *found = NULL;
    char *name = NULL;

    FcPatternAddString(wish, FC_FAMILY, (const FcChar8 *)family);
    FcPatternAddString(wish, FC_LANG, (const FcChar8 *)language);
    FcConfigSubstitute(NULL, wish, FcMatchPattern);
    FcDefaultSubstitute(wish);
    font = FcFontMatch(NULL, wish, &result);
    if (font != NULL && FcPatternGetString(font, FC_FAMILY, 0, &found) == FcResultMatch &&
        (!exact || strcmp((const char *)found, family) == 0) && has_all(font, sample))
        name = g_strdup((const char *)found);
    if (font != NULL)
        FcPatternDestroy(font);
    FcPatternDestroy(wish);
    return name;
}

static gboolean
has_wide(const char *sample)
{
    for (const char *p = sample; *p != '\0'; p = g_utf8_next_char(p))
        if (g_unichar_iswide(g_utf8_get_char(p)))
            return TRUE;
    return FALSE;
}

char *
rv_font_family(const char *sample, const char *language, gboolean monospaced)
{
    const char *const *families = !monospaced        ? proportional
                                  : has_wide(sample) ? monospaced_chinese
                                                     : monospaced_plain;

    for (gsize i = 0; families[i] != NULL; i++) {
        char *name = match(families[i], language, sample, TRUE);

        if (name != NULL)
            return name;
    }
    return match(monospaced ? "monospace" : "sans-serif", language, sample, FALSE);
}
