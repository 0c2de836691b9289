/* What a fault's title says, from facts, in two languages. */
#include "plan/fault-facts.h"

#include <math.h>

static const struct {
    const char *what;
    const char *name, *group, *state, *unit;
    RvClass class;
    double value;
    RvLimits limits;
    RvVerdict status;
    RvPresence presence;
    const char *english, *chinese;
} rows[] = {
    {"a state",
     "PSU 2",
     "psu",
     "failed",
     "",
     RV_CLASS_STATE,
     NAN,
     {NAN, NAN, NAN, NAN},
     RV_VERDICT_CRITICAL,
     RV_PRESENCE_PRESENT,
     "PSU 2: critical (the device says 'failed')",
     "电源 PSU 2：严重（设备状态“failed”）"},
    {"a high limit",
     "Inlet",
     NULL,
     NULL,
     "°C",
     RV_CLASS_TEMPERATURE,
     46,
     {NAN, NAN, 40, 45},
     RV_VERDICT_CRITICAL,
     RV_PRESENCE_PRESENT,
     "Inlet: 46 °C is at or above the critical limit of 45 °C (of the device)",
     "温度 Inlet：46 °C，达到或高于严重限值 45 °C（限值来源：设备自带）"},
    {"a low limit",
     "Fan 1",
     NULL,
     NULL,
     "rpm",
     RV_CLASS_FAN,
     900,
     {500, 1000, NAN, NAN},
     RV_VERDICT_WARNING,
     RV_PRESENCE_PRESENT,
     "Fan 1: 900 rpm is at or below the warning limit of 1000 rpm (of the device)",
     "风扇 Fan 1：900 rpm，达到或低于告警限值 1000 rpm（限值来源：设备自带）"},
    {"a limit that holds on",
     "Inlet",
     NULL,
     NULL,
     "°C",
     RV_CLASS_TEMPERATURE,
     39.5,
     {NAN, NAN, 40, 45},
     RV_VERDICT_WARNING,
     RV_PRESENCE_PRESENT,
     "Inlet: warning at 39.5 °C",
     "温度 Inlet：告警（39.5 °C）"},
    {"a part that is gone",
     "硬盘 3",
     "disk",
     "missing",
     "",
     RV_CLASS_STATE,
     NAN,
     {NAN, NAN, NAN, NAN},
     RV_VERDICT_CRITICAL,
     RV_PRESENCE_MISSING,
     "硬盘 3: missing",
     "硬盘 3：缺失"},
    {"a group that its name does not tell",
     "3",
     "disk",
     "rebuilding",
     "",
     RV_CLASS_STATE,
     NAN,
     {NAN, NAN, NAN, NAN},
     RV_VERDICT_WARNING,
     RV_PRESENCE_PRESENT,
     "3: warning (the device says 'rebuilding')",
     "磁盘 3：告警（设备状态“rebuilding”）"},
    {"a group without a word",
     "Gizmo",
     "gizmo",
     "odd",
     "",
     RV_CLASS_STATE,
     NAN,
     {NAN, NAN, NAN, NAN},
     RV_VERDICT_WARNING,
     RV_PRESENCE_PRESENT,
     "Gizmo: warning (the device says 'odd')",
     "Gizmo：告警（设备状态“odd”）"},
};

static void
assert_said(const char *facts, const char *english, const char *chinese)
{
    g_autofree char *in_english = rv_fault_facts_say(facts, RV_LANGUAGE_EN);
    g_autofree char *in_chinese = rv_fault_facts_say(facts, RV_LANGUAGE_ZH);

    g_assert_cmpstr(in_english, ==, english);
    g_assert_cmpstr(in_chinese, ==, chinese);
}

static void
test_parts(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        RvSensor sensor = {.name = (char *)rows[i].name,
                           .group = (char *)rows[i].group,
                           .state = (char *)rows[i].state,
                           .unit = (char *)rows[i].unit,
                           .class = rows[i].class,
                           .value = rows[i].value,
                           .limits = rows[i].limits,
                           .limits_source = RV_LIMITS_DEVICE,
                           .status = rows[i].status,
                           .presence = rows[i].presence};
        g_autofree char *facts = rv_fault_facts_of_sensor(&sensor);

        g_test_message("%s: %s", rows[i].what, facts);
        assert_said(facts, rows[i].english, rows[i].chinese);
    }
}

static void
test_silence(void)
{
    g_autofree char *timeout =
        rv_fault_facts_of_silence(RV_REASON_NO_ANSWER, "no answer within 3000 ms");
    g_autofree char *detail = rv_fault_facts_detail(timeout);
    g_autofree char *child = rv_fault_facts_of_child("acc-sw-07");
    g_autofree char *route = rv_fault_facts_of_silence(RV_REASON_NO_ROUTE, NULL);

    assert_said(timeout, "does not answer", "设备不可达：无应答");
    g_assert_cmpstr(detail, ==, "no answer within 3000 ms");
    assert_said(child, "acc-sw-07 does not answer either", "acc-sw-07 也无应答");
    assert_said(route, "does not answer: no route", "设备不可达：无路由");
}

/* Every reason has its words: none is shown as it stands in the file. */
static void
test_reasons(void)
{
    for (int reason = RV_REASON_NO_ANSWER; reason <= RV_REASON_CONFIGURATION; reason++) {
        g_autofree char *facts = rv_fault_facts_of_silence((RvReason)reason, NULL);
        g_autofree char *said = rv_fault_facts_say(facts, RV_LANGUAGE_ZH);

        for (const char *at = said; *at != '\0'; at++)
            g_assert_false(*at == '_');
        g_assert_true(g_str_has_prefix(said, "设备不可达："));
        g_assert_false(g_ascii_islower(said[sizeof "设备不可达：" - 1]));
    }
}

static void
test_none(void)
{
    static const char *const none[] = {NULL, "", "{}", "[1]", "3", "no JSON", "{\"name\":7}"};

    for (gsize i = 0; i < G_N_ELEMENTS(none) - 1; i++)
        assert_said(none[i], NULL, NULL);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan/fault-facts/parts", test_parts);
    g_test_add_func("/plan/fault-facts/silence", test_silence);
    g_test_add_func("/plan/fault-facts/every reason has words", test_reasons);
    g_test_add_func("/plan/fault-facts/what is no facts says nothing", test_none);
    return g_test_run();
}
