#include "base/language.h"

#include <glib.h>

RvLanguage
rv_language_parse(const char *word)
{
    return word != NULL && g_str_has_prefix(word, "zh") ? RV_LANGUAGE_ZH : RV_LANGUAGE_EN;
}

const char *
rv_language_word(RvLanguage language)
{
    return RV_SAY(language, "en", "zh_CN");
}

const char *
rv_language_tag(RvLanguage language)
{
    return RV_SAY(language, "en", "zh-CN");
}
