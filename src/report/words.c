#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "observation/words.h"
#include "plan/fault-facts.h"

typedef struct {
    const char *en, *zh;
} Pair;

typedef struct {
    const char *word;
    Pair pair;
} Entry;

static const char *
pick(RvLanguage language, const Pair *pair)
{
    return RV_SAY(language, pair->en, pair->zh);
}

static const char *
look_up(RvLanguage language, const Entry *entries, gsize count, const char *word)
{
    for (gsize i = 0; word != NULL && i < count; i++)
        if (strcmp(entries[i].word, word) == 0)
            return pick(language, &entries[i].pair);
    return word != NULL ? word : "";
}

/* ---- sentences of health/ ---- */

/* Of the number that a text begins with. */
char *
rv_write_grouped(const char *digits)
{
    gsize whole = strspn(digits, "-0123456789");
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < whole; i++) {
        if (digits[i] == '-')
            g_string_append(out, "−"); /* U+2212: as wide as the plus, at the height of digits */
        else
            g_string_append_c(out, digits[i]);
        if ((whole - i - 1) % 3 == 0 && i + 1 < whole && g_ascii_isdigit(digits[i]))
            g_string_append_c(out, ',');
    }
    g_string_append(out, digits + whole);
    return g_string_free(out, FALSE);
}

/* Stand around a count until its digits are grouped: no text has them, they are not printable. */
#define COUNT_BEGIN '\002'
#define COUNT_END '\003'

/* Of a conversion as "%2$u" or "%.1f", or of a character. */
static gsize
format_step(const char *at)
{
    gsize length = at[0] == '%' ? 1 + strcspn(at + 1, "%cdefgisuxX") : 0;

    return at[length] != '\0' ? length + 1 : length;
}

static char *
mark_counts(const char *format)
{
    GString *marked = g_string_new(NULL);

    for (gsize step; *format != '\0'; format += step) {
        gboolean counts = FALSE;

        step = format_step(format);
        counts = format[0] == '%' && format[step - 1] == 'u';
        if (counts)
            g_string_append_c(marked, COUNT_BEGIN);
        g_string_append_len(marked, format, (gssize)step);
        if (counts)
            g_string_append_c(marked, COUNT_END);
    }
    return g_string_free(marked, FALSE);
}

static char *
group_counts(char *text)
{
    GString *out = g_string_new(NULL);

    for (char *at = text; *at != '\0';) {
        char *end = *at == COUNT_BEGIN ? strchr(at, COUNT_END) : NULL;
        g_autofree char *grouped = NULL;

        if (end == NULL) {
            g_string_append_c(out, *at++);
            continue;
        }
        *end = '\0';
        grouped = rv_write_grouped(at + 1);
        g_string_append(out, grouped);
        at = end + 1;
    }
    return g_string_free(out, FALSE);
}

char *
rv_write_text_v(const char *format, va_list arguments)
{
    g_autofree char *marked = mark_counts(format);
    g_autofree char *text = g_strdup_vprintf(marked, arguments);

    return group_counts(text);
}

char *
rv_write_text(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = rv_write_text_v(format, arguments);
    va_end(arguments);
    return text;
}

/* "71 °C is at or above high_critical 70 °C (limit of the device)": value and unit stay, the rest
 * has a fixed form. */
static char *
limit_sentence(RvLanguage language, const char *reason)
{
    static const Entry limits[] = {
        {"high_critical", {"upper critical limit", "严重上限"}},
        {"low_critical", {"lower critical limit", "严重下限"}},
        {"high_warning", {"upper warning limit", "告警上限"}},
        {"low_warning", {"lower warning limit", "告警下限"}},
    };
    static const Entry sources[] = {{"device", {"device", "设备自带"}},
                                    {"profile", {"profile", "型号档案"}},
                                    {"policy", {"site policy", "本站策略"}}};
    static GRegex *form;
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *value = NULL, *unit = NULL, *limit = NULL, *number = NULL;
    g_autofree char *source = NULL, *plain = NULL, *shown = NULL, *reached = NULL;

    if (g_once_init_enter(&form))
        g_once_init_leave(&form, g_regex_new("^(\\S+)(.*) is at or (?:above|below) (\\w+) "
                                             "(\\S+(?: \\S+)?) *\\(limit of the (\\w+)\\)$",
                                             0, 0, NULL));
    if (!g_regex_match(form, reason, 0, &match))
        return NULL;
    value = g_match_info_fetch(match, 1);
    unit = g_match_info_fetch(match, 2);
    limit = g_match_info_fetch(match, 3);
    number = g_match_info_fetch(match, 4);
    source = g_match_info_fetch(match, 5);
    plain = rv_text_number(g_ascii_strtod(value, NULL), 4);
    shown = rv_write_grouped(plain);
    reached = rv_write_grouped(number);
    if (g_str_has_suffix(reached, " %")) { /* a percentage stands at its sign */
        g_strlcpy(reached + strlen(reached) - 2, "%", 2);
        g_strstrip(unit);
    }
    return g_strdup_printf(RV_SAY(language, "%s%s; %s %s (%s)", "%s%s，达到%s %s（%s）"), shown,
                           g_strchomp(unit), look_up(language, limits, G_N_ELEMENTS(limits), limit),
                           reached, look_up(language, sources, G_N_ELEMENTS(sources), source));
}

char *
rv_say_judgement(RvLanguage language, const char *reason)
{
    static const Entry sentences[] = {
        {"not fitted", {"", "未安装"}},
        {"was there and is gone", {"", "曾在位，现已不在"}},
        {"the device gave no reading", {"", "设备未给出读数"}},
        {"no reading: the host is off", {"", "主机已关机，无读数"}},
        {"was seen working, and the device no longer names it", {"", "曾正常工作，设备已不再列出"}},
        {"was seen working, and its bay is now empty", {"", "曾正常工作，槽位现为空"}},
    };
    char *translated;
    const char *quoted;
    guint expected, found;

    if (reason == NULL)
        return g_strdup("");
    translated = limit_sentence(language, reason);
    if (translated != NULL)
        return translated;
    if (language == RV_LANGUAGE_EN)
        return g_strdup(reason);
    for (gsize i = 0; i < G_N_ELEMENTS(sentences); i++)
        if (strcmp(sentences[i].word, reason) == 0)
            return g_strdup(sentences[i].pair.zh);
    if (g_str_has_prefix(reason, "the device says '")) {
        static const char puzzled[] = "', which we cannot interpret";
        gboolean unknown = g_str_has_suffix(reason, puzzled);
        int length;

        quoted = reason + strlen("the device says '");
        length = (int)strlen(quoted) - (unknown ? (int)strlen(puzzled) : 1);
        return g_strdup_printf("设备报告“%.*s”%s", MAX(0, length), quoted,
                               unknown ? "，含义未知" : "");
    }
    if (sscanf(reason, "the inventory expects %u, the device shows %u", &expected, &found) == 2)
        return g_strdup_printf("台账应有 %u 个，设备显示 %u 个", expected, found);
    return g_strdup(reason);
}

/* Why a device did not answer; without a word for it, as it was noted. */
static const char *
say_silence(RvLanguage language, const char *why)
{
    for (guint i = RV_REASON_NONE + 1; i <= RV_REASON_CONFIGURATION; i++)
        if (strcmp(why, rv_say_reason(RV_LANGUAGE_EN, (RvReason)i)) == 0)
            return rv_say_reason(language, (RvReason)i);
    return why;
}

/* Titles by rule are "name: reason", or what reachability says. */
char *
rv_say_fault(RvLanguage language, const RvFault *fault)
{
    const char *colon = fault->title != NULL ? strstr(fault->title, ": ") : NULL;
    g_autofree char *name = NULL;
    g_autofree char *reason = NULL;
    char *said = rv_fault_facts_say(fault->facts, language);

    if (said != NULL)
        return said;
    if (fault->title == NULL)
        return g_strdup("–");
    if (g_strcmp0(fault->opened_by, "rule") != 0)
        return g_strdup(fault->title);
    if (g_strcmp0(fault->cause, RV_CAUSE_REACHABILITY) == 0 && language == RV_LANGUAGE_EN &&
        strcmp(fault->title, rv_say_reason(language, RV_REASON_NO_ANSWER)) == 0)
        return g_strdup("does not answer");
    if (g_strcmp0(fault->cause, RV_CAUSE_REACHABILITY) == 0)
        return g_strdup_printf(RV_SAY(language, "does not answer (%s)", "设备不可达（%s）"),
                               say_silence(language, fault->title));
    if (colon == NULL)
        return g_strdup(fault->title);
    name = g_strndup(fault->title, (gsize)(colon - fault->title));
    reason = rv_say_judgement(language, colon + 2);
    return g_strdup_printf(RV_SAY(language, "%s: %s", "%s：%s"), name, reason);
}

/* ---- figures ---- */

char *
rv_write_number(double value, int decimals)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE + 320];
    char form[8];

    if (!isfinite(value))
        return g_strdup("–");
    g_snprintf(form, sizeof form, "%%.%df", CLAMP(decimals, 0, 9));
    g_ascii_formatd(digits, sizeof digits, form, value);
    if (digits[0] == '-' && strspn(digits + 1, "0.") == strlen(digits + 1))
        memmove(digits, digits + 1, strlen(digits));
    return rv_write_grouped(digits);
}

char *
rv_write_percent(double share, int decimals)
{
    g_autofree char *number = rv_write_number(share * 100, share == 1 ? 0 : decimals);

    return isfinite(share) ? g_strconcat(number, "%", NULL) : g_steal_pointer(&number);
}

char *
rv_write_availability(double share)
{
    /* 99.9996% is not 100% */
    if (share < 1 && share > 0.999995)
        return g_strdup("99.999%");
    return rv_write_percent(share, share >= 1 ? 0 : 3);
}

/* A percentage stands at its sign, all else has a space. Takes `number`. */
static char *
with_unit(char *number, double value, const char *unit)
{
    char *whole;

    if (!isfinite(value) || unit == NULL || unit[0] == '\0')
        return number;
    whole = g_strconcat(number, strcmp(unit, "%") == 0 ? "" : " ", unit, NULL);
    g_free(number);
    return whole;
}

char *
rv_write_value(double value, const char *unit)
{
    double size = fabs(value);
    int decimals = size >= 1000 || value == rint(value) ? 0 : size >= 100 ? 1 : size >= 1 ? 1 : 2;
    g_autofree char *number = rv_write_number(value, decimals);

    return with_unit(g_steal_pointer(&number), value, unit);
}

char *
rv_write_measure(double value, RvClass class)
{
    static const struct {
        RvClass class;
        int decimals;
    } whole[] = {{RV_CLASS_FAN, 0},     {RV_CLASS_POWER, 0},   {RV_CLASS_STATE, 0},
                 {RV_CLASS_COUNT, 0},   {RV_CLASS_RUNTIME, 0}, {RV_CLASS_AIRFLOW, 0},
                 {RV_CLASS_VOLTAGE, 2}, {RV_CLASS_CURRENT, 2}};
    int decimals = 1;

    for (gsize i = 0; i < G_N_ELEMENTS(whole); i++)
        if (whole[i].class == class)
            decimals = whole[i].decimals;
    return with_unit(rv_write_number(value, decimals), value, rv_class_unit(class));
}

char *
rv_write_rate(double bits_per_second)
{
    static const char *const units[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
    gsize i = 0;
    g_autofree char *number = NULL;

    if (!isfinite(bits_per_second))
        return g_strdup("–");
    while (fabs(bits_per_second) >= 999.5 && i + 1 < G_N_ELEMENTS(units)) {
        bits_per_second /= 1000;
        i++;
    }
    number = rv_write_number(bits_per_second, fabs(bits_per_second) >= 100 || i == 0 ||
                                                      bits_per_second == rint(bits_per_second)
                                                  ? 0
                                              : fabs(bits_per_second) >= 10 ? 1
                                                                            : 2);
    return g_strconcat(number, " ", units[i], NULL);
}

/* "3 h 5 min", "3 小时 5 分"; a whole number of hours is "3 h", "3 小时". */
static char *
two_parts(const char *sign, gint64 large, const char *large_unit, gint64 small,
          const char *small_unit)
{
    if (small == 0)
        return rv_write_text("%s%u %s%s", sign, (guint)large, large_unit,
                             strcmp(large_unit, "分") == 0 ? "钟" : "");
    return rv_write_text("%s%u %s %u %s", sign, (guint)large, large_unit, (guint)small, small_unit);
}

char *
rv_write_duration(RvLanguage language, gint64 ms)
{
    gint64 s = (ABS(ms) + 500) / 1000, minutes = s / 60, hours = minutes / 60, days = hours / 24;
    const char *sign = ms < 0 ? "−" : "";

    if (s == 0)
        return g_strdup("0");
    if (days > 0)
        return two_parts(sign, days, RV_SAY(language, "d", "天"), hours % 24,
                         RV_SAY(language, "h", "小时"));
    if (hours > 0)
        return two_parts(sign, hours, RV_SAY(language, "h", "小时"), minutes % 60,
                         RV_SAY(language, "min", "分"));
    if (minutes > 0)
        return two_parts(sign, minutes, RV_SAY(language, "min", "分"), s % 60,
                         RV_SAY(language, "s", "秒"));
    return g_strdup_printf("%s%d %s", sign, (int)s, RV_SAY(language, "s", "秒"));
}

static char *
write_form(gint64 ms, GTimeZone *zone, const char *form)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(ms / 1000);
    g_autoptr(GDateTime) local = utc != NULL ? (zone != NULL ? g_date_time_to_timezone(utc, zone)
                                                             : g_date_time_to_local(utc))
                                             : NULL;

    return local != NULL ? g_date_time_format(local, form) : g_strdup("–");
}

char *
rv_write_date(RvLanguage language, gint64 ms, GTimeZone *zone)
{
    return write_form(ms, zone, RV_SAY(language, "%Y-%m-%d", "%Y年%-m月%-d日"));
}

static gint32
offset_at(GTimeZone *zone, gint64 s)
{
    return g_time_zone_get_offset(zone, g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, s));
}

/* Whether clocks show this time twice: summer time ends within the hour before or after. */
static gboolean
is_shown_twice(GTimeZone *zone, gint64 s)
{
    return zone != NULL && offset_at(zone, s - 3600) > offset_at(zone, s + 3600);
}

char *
rv_write_time(G_GNUC_UNUSED RvLanguage language, gint64 ms, GTimeZone *zone)
{
    return ms == 0 ? g_strdup("–")
                   : write_form(ms, zone,
                                is_shown_twice(zone, ms / 1000) ? "%Y-%m-%d %H:%M %:z"
                                                                : "%Y-%m-%d %H:%M");
}

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

char *
rv_write_period(RvLanguage language, const RvPeriod *period, GTimeZone *zone)
{
    g_autofree char *first = rv_write_date(language, period->from_ms, zone);
    g_autofree char *last = rv_write_date(language, period->until_ms - 1, zone);
    int year = 0, part = 0;

    switch (period->kind) {
    case RV_PERIOD_MONTH:
        if (sscanf(period->label, "%d-%d", &year, &part) == 2 && part >= 1 && part <= 12)
            return language == RV_LANGUAGE_ZH
                       ? g_strdup_printf("%d年%d月", year, part)
                       : g_strdup_printf("%s %d", month_names[part - 1], year);
        break;
    case RV_PERIOD_QUARTER:
        if (sscanf(period->label, "%d-Q%d", &year, &part) == 2)
            return language == RV_LANGUAGE_ZH ? g_strdup_printf("%d年第%d季度", year, part)
                                              : g_strdup_printf("Q%d %d", part, year);
        break;
    case RV_PERIOD_YEAR:
        return g_strdup_printf(RV_SAY(language, "%s", "%s年"), period->label);
    case RV_PERIOD_DAY:
        return g_steal_pointer(&first);
    case RV_PERIOD_ROUND:
        break;
    }
    return g_strdup_printf(RV_SAY(language, "%s to %s", "%s至%s"), first, last);
}
