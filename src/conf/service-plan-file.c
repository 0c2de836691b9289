#include "conf/service-plan-file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "observation/words.h"

#define DAY ((gint64)86400000)
#define DAYS_CEILING 400

static const char *const period_words[] = {"day", "round", "month", "quarter", "year", NULL};

/* ---- days ---- */

static gboolean
parse_day(const char *text, GDate *day)
{
    int year, month, number, end = 0;

    if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &number, &end) != 3 || text[end] != '\0' ||
        year < 1990 || year > 9999 || month < 1 || number < 1 ||
        !g_date_valid_dmy((GDateDay)number, (GDateMonth)month, (GDateYear)year))
        return FALSE;
    g_date_set_dmy(day, (GDateDay)number, (GDateMonth)month, (GDateYear)year);
    return TRUE;
}

typedef gboolean (*AddDay)(RvCalendar *calendar, int year, int month, int day, const char *name);

/* "2026-10-01", or "2026-10-01/2026-10-07": both ends belong to it. */
static void
add_days(RvReader *reader, const RvYamlNode *node, const char *name, RvCalendar *calendar,
         AddDay add)
{
    g_auto(GStrv) ends = g_strsplit(node->text, "/", 2);
    GDate first, last;

    if (node->kind != RV_YAML_TEXT || !parse_day(ends[0], &first) ||
        !parse_day(ends[1] != NULL ? ends[1] : ends[0], &last)) {
        rv_yaml_problem(node, reader->problems,
                        "'%s' is no day; give one as 2026-10-01, several as 2026-10-01/2026-10-07",
                        node->text);
        return;
    }
    if (g_date_compare(&last, &first) < 0 || g_date_days_between(&first, &last) > DAYS_CEILING) {
        rv_yaml_problem(node, reader->problems, "'%s' ends before it begins, or lasts too long",
                        node->text);
        return;
    }
    for (; g_date_compare(&first, &last) <= 0; g_date_add_days(&first, 1))
        add(calendar, g_date_get_year(&first), (int)g_date_get_month(&first),
            g_date_get_day(&first), name);
}

static void
read_days(RvReader *reader, const RvYamlNode *map, const char *what, RvCalendar *calendar,
          AddDay add)
{
    if (!rv_yaml_is_map(map, what, reader->problems))
        return;
    for (guint i = 0; i < map->size; i++) {
        const char *name = "";

        if (map->items[i]->kind == RV_YAML_NONE ||
            rv_yaml_text(map->items[i], what, &name, reader->problems))
            add_days(reader, map->keys[i], name, calendar, add);
    }
}

/* ---- calendars ---- */

static void
read_holidays(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    read_days(reader, node, "holidays", target, rv_calendar_add_holiday);
}

static void
read_workdays(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    read_days(reader, node, "workdays", target, rv_calendar_add_workday);
}

static void
read_weekdays(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    static const char *const words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};
    RvCalendar *calendar = target;

    calendar->weekdays = 0;
    for (guint i = 0; i < rv_yaml_count(node); i++) {
        int day;

        if (rv_yaml_choice(rv_yaml_item(node, i), "weekdays", words, &day, reader->problems))
            calendar->weekdays |= 1u << day;
    }
}

static void
add_hours(RvReader *reader, const RvYamlNode *node, RvCalendar *calendar)
{
    int from_hour, from_minute, until_hour, until_minute, end = 0;
    const char *text;

    if (!rv_yaml_text(node, "hours", &text, reader->problems))
        return;
    if (sscanf(text, "%2d:%2d-%2d:%2d%n", &from_hour, &from_minute, &until_hour, &until_minute,
               &end) != 4 ||
        text[end] != '\0' || from_minute > 59 || until_minute > 59 || from_minute < 0 ||
        until_minute < 0 ||
        !rv_calendar_add_hours(calendar, from_hour * 60 + from_minute,
                               until_hour * 60 + until_minute))
        rv_yaml_problem(node, reader->problems,
                        "'hours' must be as 09:00-18:00, each after the one before, not '%s'",
                        text);
}

static void
read_hours(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    rv_calendar_clear_hours(target);
    for (guint i = 0; i < rv_yaml_count(node); i++)
        add_hours(reader, rv_yaml_item(node, i), target);
}

const RvField rv_calendar_fields[] = {
    {"always", RV_FIELD_BOOLEAN, offsetof(RvCalendar, always)},
    {"weekdays", RV_FIELD_OTHER, .read = read_weekdays},
    {"hours", RV_FIELD_OTHER, .read = read_hours},
    {"holidays", RV_FIELD_OTHER, .read = read_holidays},
    {"workdays", RV_FIELD_OTHER, .read = read_workdays},
    {NULL},
};

static void
read_calendars(RvReader *reader, const RvYamlNode *map, gpointer target)
{
    RvServicePlan *plan = target;

    if (!rv_yaml_is_map(map, "calendars", reader->problems))
        return;
    for (guint i = 0; i < map->size; i++) {
        RvCalendar *calendar = rv_calendar_new(map->keys[i]->text, plan->zone);

        g_ptr_array_add(plan->calendars, calendar);
        rv_fields_read(reader, map->items[i], map->keys[i]->text, rv_calendar_fields, calendar);
    }
}

static const RvCalendar *
find_calendar(RvReader *reader, const RvYamlNode *node, const char *what, const RvServicePlan *plan)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *suggestion = NULL;
    const RvCalendar *calendar;
    const char *name;

    if (!rv_yaml_text(node, what, &name, reader->problems))
        return NULL;
    calendar = rv_service_plan_calendar(plan, name);
    if (calendar != NULL)
        return calendar;
    for (guint i = 0; i < plan->calendars->len; i++)
        g_ptr_array_add(names, ((RvCalendar *)g_ptr_array_index(plan->calendars, i))->name);
    g_ptr_array_add(names, NULL);
    suggestion = rv_yaml_suggest(name, (const char *const *)names->pdata);
    rv_yaml_problem(node, reader->problems, "no calendar is called '%s'%s", name, suggestion);
    return NULL;
}

static void
check_class(RvReader *reader, const RvYamlNode *node, const char *name, const RvServicePlan *plan)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *suggestion = NULL;

    if (rv_service_plan_class(plan, name) != NULL)
        return;
    for (guint i = 0; i < plan->classes->len; i++)
        g_ptr_array_add(names, ((RvServiceClass *)g_ptr_array_index(plan->classes, i))->id);
    g_ptr_array_add(names, NULL);
    suggestion = rv_yaml_suggest(name, (const char *const *)names->pdata);
    rv_yaml_problem(node, reader->problems, "no class is called '%s'%s", name, suggestion);
}

/* ---- classes and groups ---- */

/* "99.9", "99.9%", "99.9 %" */
static void
read_availability(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvServiceClass *one = target;
    const char *text;
    char *end = NULL;
    double percent;

    if (!rv_yaml_text(node, "availability", &text, reader->problems))
        return;
    percent = g_ascii_strtod(text, &end);
    while (*end == ' ')
        end++;
    if (end == text || (*end != '\0' && strcmp(end, "%") != 0) || !(percent > 0 && percent <= 100))
        rv_yaml_problem(node, reader->problems, "'availability' must be percent, as 99.9, not '%s'",
                        text);
    else if (percent <= 1)
        rv_yaml_problem(node, reader->problems,
                        "'availability' is in percent: 99.9, not 0.999; '%s' promises next to "
                        "nothing",
                        text);
    else
        one->availability = percent / 100;
}

const RvField rv_class_fields[] = {
    {"name", RV_FIELD_TEXT, offsetof(RvServiceClass, name)},
    {"availability", RV_FIELD_OTHER, .read = read_availability},
    {"coverage", RV_FIELD_ELSEWHERE},
    {NULL},
};

static void
read_classes(RvReader *reader, const RvYamlNode *map, gpointer target)
{
    RvServicePlan *plan = target;

    if (!rv_yaml_is_map(map, "classes", reader->problems))
        return;
    for (guint i = 0; i < map->size; i++) {
        RvServiceClass *one = g_new0(RvServiceClass, 1);
        const RvYamlNode *coverage = rv_yaml_get(map->items[i], "coverage");

        one->id = g_strdup(map->keys[i]->text);
        one->name = g_strdup(one->id);
        one->availability = NAN;
        g_ptr_array_add(plan->classes, one);
        rv_fields_read(reader, map->items[i], one->id, rv_class_fields, one);
        if (coverage != NULL)
            one->coverage = find_calendar(reader, coverage, "coverage", plan);
    }
}

const RvField rv_redundant_fields[] = {
    {"name", RV_FIELD_TEXT, offsetof(RvRedundantGroup, name)},
    {"devices", RV_FIELD_TEXTS, offsetof(RvRedundantGroup, devices), .required = TRUE},
    {"needed", RV_FIELD_COUNT, offsetof(RvRedundantGroup, needed), 1, 1000},
    {"class", RV_FIELD_TEXT, offsetof(RvRedundantGroup, service_class)},
    {NULL},
};

static void
read_groups(RvReader *reader, const RvYamlNode *map, gpointer target)
{
    RvServicePlan *plan = target;

    if (!rv_yaml_is_map(map, "redundant-groups", reader->problems))
        return;
    for (guint i = 0; i < map->size; i++) {
        RvRedundantGroup *group = g_new0(RvRedundantGroup, 1);

        group->id = g_strdup(map->keys[i]->text);
        group->name = g_strdup(group->id);
        group->devices = g_new0(char *, 1);
        group->needed = 1;
        g_ptr_array_add(plan->groups, group);
        rv_fields_read(reader, map->items[i], group->id, rv_redundant_fields, group);
        if (group->service_class != NULL)
            check_class(reader, rv_yaml_get(map->items[i], "class"), group->service_class, plan);
    }
}

/* ---- faults ---- */

#define LEVEL(key, member)                                                                         \
    {                                                                                              \
        key, RV_FIELD_TIME, offsetof(RvFaultLevel, member), 0, 366 * DAY                           \
    }

const RvField rv_level_fields[] = {
    {"level", RV_FIELD_ELSEWHERE, .required = TRUE},
    {"name", RV_FIELD_TEXT, offsetof(RvFaultLevel, name)},
    LEVEL("respond", respond_ms),
    LEVEL("resolve", resolve_ms),
    LEVEL("plan", plan_ms),
    LEVEL("report", report_ms),
    {"by-coverage", RV_FIELD_BOOLEAN, offsetof(RvFaultLevel, by_coverage)},
    {NULL},
};

static void
read_levels(RvReader *reader, const RvYamlNode *list, gpointer target)
{
    RvFaultPolicy *policy = target;

    if (!rv_yaml_is_list(list, "levels", reader->problems))
        return;
    g_ptr_array_set_size(policy->levels, 0);
    for (guint i = 0; i < list->size; i++) {
        const RvYamlNode *node = list->items[i];
        const char *id = "?";
        RvFaultLevel *level;

        if (rv_yaml_get_text(node, "level", &id, reader->problems) &&
            rv_fault_policy_level(policy, id) != NULL)
            rv_yaml_problem(node, reader->problems, "level '%s' stands twice", id);
        level = rv_fault_policy_add_level(policy, id, id);
        rv_fields_read(reader, node, "a level", rv_level_fields, level);
    }
}

/* Takes RvFaultRule.status from "warning" or "critical". */
static void
read_status(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    static const char *const words[] = {"warning", "critical", NULL};
    int word;

    if (rv_yaml_choice(node, "status", words, &word, reader->problems))
        ((RvFaultRule *)target)->status = word == 0 ? RV_VERDICT_WARNING : RV_VERDICT_CRITICAL;
}

const RvField rv_rule_fields[] = {
    {"devices", RV_FIELD_TEXT, offsetof(RvFaultRule, devices)},
    {"kinds", RV_FIELD_TEXT, offsetof(RvFaultRule, kinds)},
    {"classes", RV_FIELD_TEXT, offsetof(RvFaultRule, service_classes)},
    {"what", RV_FIELD_TEXT, offsetof(RvFaultRule, what)},
    {"status", RV_FIELD_OTHER, .read = read_status},
    {"after", RV_FIELD_TIME, offsetof(RvFaultRule, after_ms), 0, 31 * DAY},
    {"samples", RV_FIELD_COUNT, offsetof(RvFaultRule, samples), 1, 1000},
    {"level", RV_FIELD_ELSEWHERE, .required = TRUE},
    {NULL},
};

static void
check_level(RvReader *reader, const RvYamlNode *node, const char *id, const RvFaultPolicy *policy)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *suggestion = NULL;

    if (rv_fault_policy_level(policy, id) != NULL)
        return;
    for (guint i = 0; i < policy->levels->len; i++)
        g_ptr_array_add(names, ((RvFaultLevel *)g_ptr_array_index(policy->levels, i))->id);
    g_ptr_array_add(names, (gpointer) "none");
    g_ptr_array_add(names, NULL);
    suggestion = rv_yaml_suggest(id, (const char *const *)names->pdata);
    rv_yaml_problem(node, reader->problems, "no fault level is called '%s'%s", id, suggestion);
}

static void
read_rules(RvReader *reader, const RvYamlNode *list, gpointer target)
{
    RvFaultPolicy *policy = target;

    if (!rv_yaml_is_list(list, "rules", reader->problems))
        return;
    g_ptr_array_set_size(policy->rules, 0);
    for (guint i = 0; i < list->size; i++) {
        const RvYamlNode *node = list->items[i], *level_node = rv_yaml_get(node, "level");
        const char *level = "none";
        RvFaultRule *rule;

        if (rv_yaml_get_text(node, "level", &level, reader->problems) && strcmp(level, "none") != 0)
            check_level(reader, level_node, level, policy);
        rule = rv_fault_policy_add_rule(policy, strcmp(level, "none") != 0 ? level : NULL);
        rv_fields_read(reader, node, "a rule", rv_rule_fields, rule);
    }
}

const RvField rv_faults_fields[] = {
    {"calendar", RV_FIELD_ELSEWHERE},
    {"levels", RV_FIELD_OTHER, .read = read_levels},
    {"rules", RV_FIELD_OTHER, .read = read_rules},
    {NULL},
};

static void
read_faults(RvReader *reader, const RvYamlNode *map, gpointer target)
{
    RvServicePlan *plan = target;
    const RvYamlNode *calendar = rv_yaml_get(map, "calendar");

    if (!rv_fields_read(reader, map, "faults", rv_faults_fields, plan->faults))
        return;
    if (rv_yaml_get(map, "levels") != NULL && rv_yaml_get(map, "rules") == NULL)
        rv_yaml_problem(map, reader->problems,
                        "'faults' has levels of its own; it needs 'rules' that open faults of "
                        "them");
    if (calendar != NULL)
        plan->fault_calendar = find_calendar(reader, calendar, "calendar", plan);
}

/* ---- duties and reports ---- */

const RvField rv_duty_fields[] = {
    {"period", RV_FIELD_WORD, offsetof(RvDuty, kind), .words = period_words, .required = TRUE},
    {"within", RV_FIELD_TIME, offsetof(RvDuty, within_ms), 0, 366 * DAY},
    {NULL},
};

const RvField rv_duties_fields[] = {
    {"calendar", RV_FIELD_ELSEWHERE},
    {"promised", RV_FIELD_ELSEWHERE, .required = TRUE},
    {NULL},
};

static void
read_duties(RvReader *reader, const RvYamlNode *map, gpointer target)
{
    RvServicePlan *plan = target;
    const RvYamlNode *calendar = rv_yaml_get(map, "calendar");
    const RvYamlNode *promised = rv_yaml_get(map, "promised");

    if (!rv_fields_check(reader, map, "duties", rv_duties_fields))
        return;
    if (calendar != NULL)
        plan->duty_calendar = find_calendar(reader, calendar, "calendar", plan);
    if (promised == NULL || !rv_yaml_is_list(promised, "promised", reader->problems))
        return;
    for (guint i = 0; i < promised->size; i++) {
        RvDuty duty = {.kind = RV_PERIOD_MONTH};

        if (rv_fields_read(reader, promised->items[i], "a duty", rv_duty_fields, &duty))
            g_array_append_val(plan->duties, duty);
    }
}

static const char *const format_words[] = {"pdf", "html", "csv", "json", NULL};

const RvField rv_report_fields[] = {
    {"period", RV_FIELD_WORD, offsetof(RvPromisedReport, kind), .words = period_words,
     .required = TRUE},
    {"format", RV_FIELD_ONE_OF, offsetof(RvPromisedReport, format), .words = format_words},
    {"languages", RV_FIELD_TEXTS, offsetof(RvPromisedReport, languages)},
    {"mail-to", RV_FIELD_TEXTS, offsetof(RvPromisedReport, mail_to)},
    {NULL},
};

static void
check_languages(RvReader *reader, const RvYamlNode *node, char **languages)
{
    static const char *const known[] = {"zh_CN", "en", NULL};

    for (; *languages != NULL; languages++)
        if (!g_strv_contains(known, *languages))
            rv_yaml_problem(rv_yaml_get(node, "languages"), reader->problems,
                            "no language '%s'; there are zh_CN, en", *languages);
}

static void
read_reports(RvReader *reader, const RvYamlNode *list, gpointer target)
{
    RvServicePlan *plan = target;

    if (!rv_yaml_is_list(list, "reports", reader->problems))
        return;
    for (guint i = 0; i < list->size; i++) {
        RvPromisedReport *report = g_new0(RvPromisedReport, 1);

        report->kind = RV_PERIOD_MONTH;
        report->format = g_strdup("pdf");
        report->mail_to = g_new0(char *, 1);
        report->languages = g_new0(char *, 1);
        g_ptr_array_add(plan->reports, report);
        rv_fields_read(reader, list->items[i], "a report", rv_report_fields, report);
        check_languages(reader, list->items[i], report->languages);
        for (char **to = report->mail_to; *to != NULL; to++)
            if (strchr(*to, '@') == NULL || strpbrk(*to, " <>,;") != NULL)
                rv_yaml_problem(rv_yaml_get(list->items[i], "mail-to"), reader->problems,
                                "'mail-to': '%s' is no mail address; write it as noc@example.com",
                                *to);
    }
}

static const char *const role_words[] = {"prepared", "reviewed", "approved", "customer", NULL};

const RvField rv_sign_off_fields[] = {
    {"role", RV_FIELD_ONE_OF, offsetof(RvSignOff, role), .words = role_words, .required = TRUE},
    {"name", RV_FIELD_TEXT, offsetof(RvSignOff, name)},
    {NULL},
};

static void
read_sign_off(RvReader *reader, const RvYamlNode *list, gpointer target)
{
    RvServicePlan *plan = target;

    if (!rv_yaml_is_list(list, "sign-off", reader->problems))
        return;
    for (guint i = 0; i < list->size; i++) {
        RvSignOff *one = g_new0(RvSignOff, 1);

        one->role = g_strdup("prepared");
        one->name = g_strdup("");
        g_ptr_array_add(plan->sign_off, one);
        rv_fields_read(reader, list->items[i], "a signature", rv_sign_off_fields, one);
    }
}

/* ---- firmware ---- */

const RvField rv_firmware_fields[] = {
    {"models", RV_FIELD_TEXT, offsetof(RvFirmwareRule, models)},
    {"parts", RV_FIELD_TEXT, offsetof(RvFirmwareRule, parts)},
    {"min", RV_FIELD_TEXT, offsetof(RvFirmwareRule, min)},
    {"exact", RV_FIELD_TEXT, offsetof(RvFirmwareRule, exact)},
    {"deny", RV_FIELD_TEXTS, offsetof(RvFirmwareRule, deny)},
    {"why", RV_FIELD_TEXT, offsetof(RvFirmwareRule, why)},
    {NULL},
};

static void
read_firmware(RvReader *reader, const RvYamlNode *list, gpointer target)
{
    RvServicePlan *plan = target;

    if (!rv_yaml_is_list(list, "firmware", reader->problems))
        return;
    for (guint i = 0; i < list->size; i++) {
        RvFirmwareRule *rule = rv_firmware_rule_new();

        g_ptr_array_add(plan->firmware, rule);
        if (rv_fields_read(reader, list->items[i], "a firmware rule", rv_firmware_fields, rule) &&
            rule->min == NULL && rule->exact == NULL && rule->deny == NULL)
            rv_yaml_problem(list->items[i], reader->problems,
                            "a firmware rule needs 'min', 'exact' or 'deny'");
    }
}

/* ---- prices ---- */

const RvField rv_prices_fields[] = {
    {"currency", RV_FIELD_TEXT, offsetof(RvPartPrices, currency)},
    {"psu", RV_FIELD_NUMBER, offsetof(RvPartPrices, psu)},
    {"fan", RV_FIELD_NUMBER, offsetof(RvPartPrices, fan)},
    {"disk", RV_FIELD_NUMBER, offsetof(RvPartPrices, disk)},
    {"battery", RV_FIELD_NUMBER, offsetof(RvPartPrices, battery)},
    {"module", RV_FIELD_NUMBER, offsetof(RvPartPrices, module)},
    {"memory", RV_FIELD_NUMBER, offsetof(RvPartPrices, memory)},
    {"optics", RV_FIELD_NUMBER, offsetof(RvPartPrices, optics)},
    {NULL},
};

static void
read_prices(RvReader *reader, const RvYamlNode *map, gpointer target)
{
    RvServicePlan *plan = target;

    if (!rv_fields_read(reader, map, "'prices'", rv_prices_fields, &plan->prices))
        return;
    for (gsize i = 0; rv_priced_parts[i] != NULL; i++)
        if (rv_service_plan_price(plan, rv_priced_parts[i]) < 0)
            rv_yaml_problem(map, reader->problems, "the price of '%s' is less than nothing",
                            rv_priced_parts[i]);
}

/* ---- exclusions ---- */

typedef struct {
    char *from, *until, *who, *why;
} Exclusion;

const RvField rv_exclusion_fields[] = {
    {"from", RV_FIELD_TEXT, offsetof(Exclusion, from), .required = TRUE},
    {"until", RV_FIELD_TEXT, offsetof(Exclusion, until), .required = TRUE},
    {"who", RV_FIELD_TEXT, offsetof(Exclusion, who), .required = TRUE},
    {"why", RV_FIELD_TEXT, offsetof(Exclusion, why), .required = TRUE},
    {NULL},
};

/* "2026-10-31", "2026-10-31 14:00", with seconds, with an offset. */
static gboolean
parse_time(RvReader *reader, const RvYamlNode *node, const char *text, GTimeZone *zone, gint64 *ms)
{
    gsize length = strlen(text);
    g_autofree char *whole = g_strconcat(text,
                                         length == strlen("2026-10-31")         ? "T00:00:00"
                                         : length == strlen("2026-10-31 14:00") ? ":00"
                                                                                : "",
                                         NULL);
    g_autoptr(GDateTime) time = NULL;

    g_strdelimit(whole, " ", 'T');
    time = g_date_time_new_from_iso8601(whole, zone);
    if (time == NULL) {
        rv_yaml_problem(node, reader->problems, "'%s' is no time; give one as '2026-10-31 14:00'",
                        text);
        return FALSE;
    }
    *ms = g_date_time_to_unix(time) * 1000;
    return TRUE;
}

static void
read_exclusion(RvReader *reader, const RvYamlNode *node, RvServicePlan *plan)
{
    Exclusion one = {0};
    gint64 from, until;

    rv_fields_read(reader, node, "an exclusion", rv_exclusion_fields, &one);
    if (one.from != NULL && one.until != NULL &&
        parse_time(reader, rv_yaml_get(node, "from"), one.from, plan->zone, &from) &&
        parse_time(reader, rv_yaml_get(node, "until"), one.until, plan->zone, &until)) {
        if (until <= from)
            rv_yaml_problem(node, reader->problems, "an exclusion must end after it begins");
        else
            g_ptr_array_add(plan->exclusions,
                            rv_window_new(from, until, one.who != NULL ? one.who : "",
                                          one.why != NULL ? one.why : ""));
    }
    g_free(one.from);
    g_free(one.until);
    g_free(one.who);
    g_free(one.why);
}

static void
read_exclusions(RvReader *reader, const RvYamlNode *list, gpointer target)
{
    if (!rv_yaml_is_list(list, "exclusions", reader->problems))
        return;
    for (guint i = 0; i < list->size; i++)
        read_exclusion(reader, list->items[i], target);
}

/* ---- the plan ---- */

static void
read_zone(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvServicePlan *plan = target;
    const char *name;
    GTimeZone *zone;

    if (!rv_yaml_text(node, "time-zone", &name, reader->problems))
        return;
    zone = rv_fields_zone(reader, node, name);
    if (zone == NULL)
        return;
    g_time_zone_unref(plan->zone);
    plan->zone = zone;
    g_free(plan->zone_name);
    plan->zone_name = g_strdup(name);
}

static void
read_first_round(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvServicePlan *plan = target;
    const char *text;
    GDate day;

    if (!rv_yaml_text(node, "first-round", &text, reader->problems))
        return;
    if (!parse_day(text, &day)) {
        rv_yaml_problem(node, reader->problems, "'%s' is no day; give one as 2026-01-05", text);
        return;
    }
    g_free(plan->round_anchor);
    plan->round_anchor = g_strdup(text);
}

static void
read_accent(RvReader *reader, const RvYamlNode *node, gpointer target)
{
    RvServicePlan *plan = target;
    const char *text;

    if (!rv_yaml_text(node, "accent", &text, reader->problems))
        return;
    if (*text != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6) {
        rv_yaml_problem(node, reader->problems,
                        "'accent' must be a colour as \"#1f4e79\", not '%s'", text);
        return;
    }
    g_free(plan->accent);
    plan->accent = g_strdup(text);
}

#define AT(member) offsetof(RvServicePlan, member)

/* What others refer to stands before them: the time zone, the calendars, the classes. */
const RvField rv_plan_fields[] = {
    {"customer", RV_FIELD_TEXT, AT(customer)},
    {"provider", RV_FIELD_TEXT, AT(provider)},
    {"project", RV_FIELD_TEXT, AT(project)},
    {"contract", RV_FIELD_TEXT, AT(contract)},
    {"confidentiality", RV_FIELD_TEXT, AT(confidentiality)},
    {"logo", RV_FIELD_PATH, AT(logo)},
    {"accent", RV_FIELD_OTHER, .read = read_accent},
    {"report-prefix", RV_FIELD_TEXT, AT(report_prefix)},
    {"time-zone", RV_FIELD_OTHER, .read = read_zone},
    {"first-round", RV_FIELD_OTHER, .read = read_first_round},
    {"calendars", RV_FIELD_OTHER, .read = read_calendars},
    {"classes", RV_FIELD_OTHER, .read = read_classes},
    {"redundant-groups", RV_FIELD_OTHER, .read = read_groups},
    {"faults", RV_FIELD_OTHER, .read = read_faults},
    {"duties", RV_FIELD_OTHER, .read = read_duties},
    {"reports", RV_FIELD_OTHER, .read = read_reports},
    {"sign-off", RV_FIELD_OTHER, .read = read_sign_off},
    {"firmware", RV_FIELD_OTHER, .read = read_firmware},
    {"prices", RV_FIELD_OTHER, .read = read_prices},
    {"exclusions", RV_FIELD_OTHER, .read = read_exclusions},
    {NULL},
};

void
rv_service_plan_file_read(RvReader *reader, const char *path, RvServicePlan *plan)
{
    const RvYamlNode *root = rv_reader_load(reader, path);

    if (root != NULL)
        rv_fields_read(reader, root, "the service plan", rv_plan_fields, plan);
}
