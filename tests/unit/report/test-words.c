/* Numbers, durations and days as each language writes them. */
#include <glib.h>
#include <math.h>

#include "plan/fault.h"
#include "report/words.h"

#define H 3600000
#define D (24 * (gint64)H)

typedef struct {
    const char *says;
    gint64 ms;
    const char *en, *zh;
} DurationRow;

static const DurationRow durations[] = {
    {"nothing", 0, "0", "0"},
    {"seconds", 42000, "42 s", "42 秒"},
    {"half a second is rounded up", 500, "1 s", "1 秒"},
    {"a whole minute has no seconds", 60000, "1 min", "1 分钟"},
    {"minutes and seconds", 61000, "1 min 1 s", "1 分 1 秒"},
    {"whole hours", 6 * H, "6 h", "6 小时"},
    {"hours and minutes", 3 * H + 5 * 60000, "3 h 5 min", "3 小时 5 分"},
    {"a day to the second", D, "1 d", "1 天"},
    {"days and hours, the minutes are left out", 29 * D + 14 * H + 59 * 60000, "29 d 14 h",
     "29 天 14 小时"},
    {"less than nothing has its sign", -90 * 60000, "−1 h 30 min", "−1 小时 30 分"},
};

static void
test_duration(gconstpointer data)
{
    const DurationRow *row = data;
    g_autofree char *en = rv_write_duration(RV_LANGUAGE_EN, row->ms);
    g_autofree char *zh = rv_write_duration(RV_LANGUAGE_ZH, row->ms);

    g_assert_cmpstr(en, ==, row->en);
    g_assert_cmpstr(zh, ==, row->zh);
}

typedef enum { PERCENT, AVAILABILITY, MEASURE, RATE } Form;

typedef struct {
    const char *says;
    Form form;
    double value;
    int extra; /* decimals; class */
    const char *text;
} NumberRow;

static const NumberRow numbers[] = {
    {"a percentage stands at its sign", PERCENT, 0.983, 1, "98.3%"},
    {"the whole needs no decimals", PERCENT, 1, 1, "100%"},
    {"what is not known is a dash, without a sign", PERCENT, NAN, 1, "–"},
    {"nearly all is never written as all", AVAILABILITY, 0.9999999, 0, "99.999%"},
    {"all is all", AVAILABILITY, 1, 0, "100%"},
    {"three decimals of availability", AVAILABILITY, 0.99375, 0, "99.375%"},
    {"temperatures have one decimal, needed or not", MEASURE, 22, RV_CLASS_TEMPERATURE, "22.0 °C"},
    {"watts have none", MEASURE, 369.7, RV_CLASS_POWER, "370 W"},
    {"volts have two", MEASURE, 12.049, RV_CLASS_VOLTAGE, "12.05 V"},
    {"thousands are grouped", MEASURE, 6268, RV_CLASS_FAN, "6,268 rpm"},
    {"shares stand at their sign", MEASURE, 35, RV_CLASS_PERCENT, "35.0%"},
    {"minus nothing is nothing", MEASURE, -0.01, RV_CLASS_TEMPERATURE, "0.0 °C"},
    {"no value", MEASURE, NAN, RV_CLASS_POWER, "–"},
    {"the speed of a port", RATE, 1e9, 0, "1 Gbit/s"},
    {"three digits at most", RATE, 75.7123e6, 0, "75.7 Mbit/s"},
    {"rounded up into the next unit", RATE, 999.7e6, 0, "1.00 Gbit/s"},
    {"single bits", RATE, 12, 0, "12 bit/s"},
};

static void
test_number(gconstpointer data)
{
    const NumberRow *row = data;
    g_autofree char *text = NULL;

    switch (row->form) {
    case PERCENT:
        text = rv_write_percent(row->value, row->extra);
        break;
    case AVAILABILITY:
        text = rv_write_availability(row->value);
        break;
    case MEASURE:
        text = rv_write_measure(row->value, (RvClass)row->extra);
        break;
    case RATE:
        text = rv_write_rate(row->value);
        break;
    }
    g_assert_cmpstr(text, ==, row->text);
}

typedef struct {
    const char *says;
    RvPeriodKind kind;
    const char *at, *zone, *en, *zh;
    int hours;
} PeriodRow;

static const PeriodRow periods[] = {
    {"a leap February", RV_PERIOD_MONTH, "2028-02", "Asia/Shanghai", "February 2028", "2028年2月",
     29 * 24},
    {"a February of 28 days", RV_PERIOD_MONTH, "2026-02", "Asia/Shanghai", "February 2026",
     "2026年2月", 28 * 24},
    {"the month that loses an hour", RV_PERIOD_MONTH, "2026-03", "Europe/Berlin", "March 2026",
     "2026年3月", 31 * 24 - 1},
    {"the month that wins an hour", RV_PERIOD_MONTH, "2026-10", "Europe/Berlin", "October 2026",
     "2026年10月", 31 * 24 + 1},
    {"a quarter", RV_PERIOD_QUARTER, "2026-Q4", "Asia/Shanghai", "Q4 2026", "2026年第4季度",
     92 * 24},
    {"a year", RV_PERIOD_YEAR, "2028", "Asia/Shanghai", "2028", "2028年", 366 * 24},
    {"a round, first and last day", RV_PERIOD_ROUND, "2026-10-20", "Asia/Shanghai",
     "2026-10-12 to 2026-10-25", "2026年10月12日至2026年10月25日", 14 * 24},
};

static void
test_period(gconstpointer data)
{
    const PeriodRow *row = data;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(row->zone);
    RvPeriod period;
    GError *error = NULL;
    g_autofree char *en = NULL, *zh = NULL;

    g_assert_true(rv_period_parse(row->kind, row->at, zone, "2026-01-05", &period, &error));
    g_assert_no_error(error);
    en = rv_write_period(RV_LANGUAGE_EN, &period, zone);
    zh = rv_write_period(RV_LANGUAGE_ZH, &period, zone);
    g_assert_cmpstr(en, ==, row->en);
    g_assert_cmpstr(zh, ==, row->zh);
    g_assert_cmpint((period.until_ms - period.from_ms) / H, ==, row->hours);
}

/* Counts have their thousands told apart, whatever stands around them; names do not. */
static void
test_counts(void)
{
    g_autofree char *plain = rv_write_text("%u of %u", 25200u, 999u);
    g_autofree char *turned = rv_write_text("%2$s 台设备中有 %1$u 台", 1234567u, "switch-2000");
    g_autofree char *name =
        rv_write_text("fault %d of %s, %u%% (%.1f)", 1200, "2026", 1000u, 1234.5);
    g_autofree char *days = rv_write_duration(RV_LANGUAGE_EN, 1234 * D);

    g_assert_cmpstr(plain, ==, "25,200 of 999");
    g_assert_cmpstr(turned, ==, "switch-2000 台设备中有 1,234,567 台");
    g_assert_cmpstr(name, ==, "fault 1200 of 2026, 1,000% (1234.5)");
    g_assert_cmpstr(days, ==, "1,234 d");
}

typedef struct {
    const char *says, *cause, *by, *title, *en, *zh;
} TitleRow;

static const TitleRow titles[] = {
    {"a device that says nothing", RV_CAUSE_REACHABILITY, "rule", "no answer", "does not answer",
     "设备不可达（无应答）"},
    {"why it says nothing", RV_CAUSE_REACHABILITY, "rule", "credentials refused",
     "does not answer (credentials refused)", "设备不可达（凭据被拒）"},
    {"what no word is known for", RV_CAUSE_REACHABILITY, "rule", "on fire",
     "does not answer (on fire)", "设备不可达（on fire）"},
    {"what a person wrote stays", "", "li", "no answer", "no answer", "no answer"},
    {"a part", "psu-1/state", "rule", "PSU 1: the device says 'failed'",
     "PSU 1: the device says 'failed'", "PSU 1：设备报告“failed”"},
};

static void
test_title(gconstpointer data)
{
    const TitleRow *row = data;
    const RvFault fault = {
        .cause = (char *)row->cause, .opened_by = (char *)row->by, .title = (char *)row->title};
    g_autofree char *en = rv_say_fault(RV_LANGUAGE_EN, &fault);
    g_autofree char *zh = rv_say_fault(RV_LANGUAGE_ZH, &fault);

    g_assert_cmpstr(en, ==, row->en);
    g_assert_cmpstr(zh, ==, row->zh);
}

/* Levels of a site without a service plan have words in both languages; its own stay. */
static void
test_levels(void)
{
    g_autoptr(RvFaultPolicy) policy = rv_fault_policy_new_default();

    for (guint i = 0; i < policy->levels->len; i++) {
        const RvFaultLevel *level = g_ptr_array_index(policy->levels, i);

        g_assert_cmpstr(rv_say_fault_level(RV_LANGUAGE_EN, level->name), ==, level->name);
        g_assert_false(g_str_is_ascii(rv_say_fault_level(RV_LANGUAGE_ZH, level->name)));
    }
    g_assert_cmpstr(rv_say_fault_level(RV_LANGUAGE_ZH, "outage"), ==, "outage");
}

/* In the hour that clocks show twice a time says which of the two it is. */
static void
test_time(void)
{
    static const struct {
        gint64 s;
        const char *text;
    } rows[] = {
        {1792886340, "2026-10-25 01:59"},        {1792886400, "2026-10-25 02:00 +02:00"},
        {1792889940, "2026-10-25 02:59 +02:00"}, {1792890000, "2026-10-25 02:00 +01:00"},
        {1792893540, "2026-10-25 02:59 +01:00"}, {1792893600, "2026-10-25 03:00"},
        {1774746000, "2026-03-29 03:00"}, /* the hour before it is left out */
    };
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Europe/Berlin");

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = rv_write_time(RV_LANGUAGE_EN, rows[i].s * 1000, zone);

        g_assert_cmpstr(text, ==, rows[i].text);
    }
}

static void
test_day(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("Asia/Shanghai");
    g_autofree char *en = rv_write_date(RV_LANGUAGE_EN, 1793491200000, zone);
    g_autofree char *zh = rv_write_date(RV_LANGUAGE_ZH, 1793491200000, zone);
    g_autofree char *time = rv_write_time(RV_LANGUAGE_ZH, 1793491200000, zone);
    g_autofree char *never = rv_write_time(RV_LANGUAGE_EN, 0, zone);

    g_assert_cmpstr(en, ==, "2026-11-01");
    g_assert_cmpstr(zh, ==, "2026年11月1日");
    g_assert_cmpstr(time, ==, "2026-11-01 08:00");
    g_assert_cmpstr(never, ==, "–");
}

static void
test_judgement(void)
{
    g_autofree char *zh = rv_say_judgement(RV_LANGUAGE_ZH, "the device says 'failed'");
    g_autofree char *strange = rv_say_judgement(RV_LANGUAGE_ZH, "something new");
    const char *limit = "3812 rpm is at or below low_warning 4000 rpm (limit of the device)";
    const char *share = "91.4 % is at or above high_warning 85 % (limit of the profile)";
    g_autofree char *limit_en = rv_say_judgement(RV_LANGUAGE_EN, limit);
    g_autofree char *limit_zh = rv_say_judgement(RV_LANGUAGE_ZH, limit);
    g_autofree char *share_en = rv_say_judgement(RV_LANGUAGE_EN, share);

    g_assert_cmpstr(zh, ==, "设备报告“failed”");
    g_assert_cmpstr(strange, ==, "something new");
    g_assert_cmpstr(limit_en, ==, "3,812 rpm; lower warning limit 4,000 rpm (device)");
    g_assert_cmpstr(limit_zh, ==, "3,812 rpm，达到告警下限 4,000 rpm（设备自带）");
    g_assert_cmpstr(share_en, ==, "91.4%; upper warning limit 85% (profile)");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(durations); i++) {
        g_autofree char *path = g_strdup_printf("/duration/%s", durations[i].says);

        g_test_add_data_func(path, &durations[i], test_duration);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *path = g_strdup_printf("/number/%s", numbers[i].says);

        g_test_add_data_func(path, &numbers[i], test_number);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(periods); i++) {
        g_autofree char *path = g_strdup_printf("/period/%s", periods[i].says);

        g_test_add_data_func(path, &periods[i], test_period);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(titles); i++) {
        g_autofree char *path = g_strdup_printf("/title/%s", titles[i].says);

        g_test_add_data_func(path, &titles[i], test_title);
    }
    g_test_add_func("/time/of the hour that comes twice", test_time);
    g_test_add_func("/counts/have their thousands told apart", test_counts);
    g_test_add_func("/levels/those without a service plan have words", test_levels);
    g_test_add_func("/day/as each language writes it, in the zone asked for", test_day);
    g_test_add_func("/judgement/known sentences are translated, others stay", test_judgement);
    return g_test_run();
}
