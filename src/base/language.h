/* The languages that people read. Both stand side by side at the place where a text is made, so
 * that none can be forgotten. */
#pragma once

typedef enum { RV_LANGUAGE_EN, RV_LANGUAGE_ZH } RvLanguage;

/* "zh_CN" and "en"; anything else is English. */
RvLanguage rv_language_parse(const char *word);
const char *rv_language_word(RvLanguage language); /* "zh_CN" "en" */
const char *rv_language_tag(RvLanguage language);  /* BCP 47: "zh-CN" "en" */

#define RV_SAY(language, en, zh) ((language) == RV_LANGUAGE_ZH ? (zh) : (en))
