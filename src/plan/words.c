#include "plan/words.h"

#include <string.h>

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

const char *
rv_say_verdict(RvLanguage language, RvVerdict verdict)
{
    static const Pair words[] = {
        [RV_VERDICT_OK] = {"OK", "正常"},
        [RV_VERDICT_WARNING] = {"warning", "告警"},
        [RV_VERDICT_CRITICAL] = {"critical", "严重"},
        [RV_VERDICT_UNKNOWN] = {"unknown", "未知"},
    };

    return pick(language, &words[verdict]);
}

const char *
rv_say_reachability(RvLanguage language, RvReachability state)
{
    static const Pair words[] = {
        [RV_STATE_UP] = {"up", "可达"},
        [RV_STATE_DOWN] = {"down", "中断"},
        [RV_STATE_UNREACHABLE] = {"unreachable", "上级中断"},
        [RV_STATE_BLIND] = {"not observed", "未观测"},
        [RV_STATE_NOT_ASKED] = {"not asked", "未询问"},
    };

    return pick(language, &words[state]);
}

const char *
rv_say_reason(RvLanguage language, RvReason reason)
{
    static const Pair words[] = {
        [RV_REASON_NONE] = {"", ""},
        [RV_REASON_NO_ANSWER] = {"no answer", "无应答"},
        [RV_REASON_REFUSED] = {"port refused", "端口拒绝"},
        [RV_REASON_NO_ROUTE] = {"no route", "无路由"},
        [RV_REASON_NAME] = {"name not found", "名称无法解析"},
        [RV_REASON_CREDENTIALS] = {"credentials refused", "凭据被拒"},
        [RV_REASON_PRIVILEGE] = {"privilege too low", "权限不足"},
        [RV_REASON_CIPHER] = {"cipher or level refused", "加密套件或安全级别被拒"},
        [RV_REASON_NO_SESSIONS] = {"no free session", "会话已满"},
        [RV_REASON_PROTOCOL] = {"invalid answer", "应答无效"},
        [RV_REASON_LOOP] = {"endless answer", "应答不收敛"},
        [RV_REASON_BUDGET] = {"time ran out", "超出时限"},
        [RV_REASON_CONFIGURATION] = {"not configured", "配置缺失"},
    };

    return pick(language, &words[reason]);
}

const char *
rv_say_class(RvLanguage language, RvClass class)
{
    static const Pair words[] = {
        [RV_CLASS_TEMPERATURE] = {"temperature", "温度"},
        [RV_CLASS_FAN] = {"fan speed", "风扇转速"},
        [RV_CLASS_VOLTAGE] = {"voltage", "电压"},
        [RV_CLASS_CURRENT] = {"current", "电流"},
        [RV_CLASS_POWER] = {"power", "功率"},
        [RV_CLASS_ENERGY] = {"energy", "电能"},
        [RV_CLASS_HUMIDITY] = {"humidity", "湿度"},
        [RV_CLASS_OPTICAL_POWER] = {"optical power", "光功率"},
        [RV_CLASS_FREQUENCY] = {"frequency", "频率"},
        [RV_CLASS_PERCENT] = {"utilisation", "利用率"},
        [RV_CLASS_CHARGE] = {"charge", "电池电量"},
        [RV_CLASS_RUNTIME] = {"runtime", "续航时间"},
        [RV_CLASS_AIRFLOW] = {"airflow", "风量"},
        [RV_CLASS_COUNT] = {"count", "计数"},
        [RV_CLASS_STATE] = {"state", "状态"},
    };

    return pick(language, &words[class]);
}

const char *
rv_say_limits_source(RvLanguage language, RvLimitsSource source)
{
    static const Pair words[] = {
        [RV_LIMITS_NONE] = {"nobody", "无"},
        [RV_LIMITS_DEVICE] = {"the device", "设备自带"},
        [RV_LIMITS_PROFILE] = {"the profile", "型号档案"},
        [RV_LIMITS_POLICY] = {"this site", "本站策略"},
    };

    return pick(language, &words[source]);
}

const char *
rv_say_group(RvLanguage language, const char *group)
{
    static const Entry words[] = {
        {"reachability", {"reachability", "可达性"}},
        {"psu", {"power supply", "电源"}},
        {"fan", {"fan", "风扇"}},
        {"temperature", {"temperature", "温度"}},
        {"voltage", {"voltage", "电压"}},
        {"current", {"current", "电流"}},
        {"power", {"power", "供电"}},
        {"disk", {"disk", "磁盘"}},
        {"array", {"array", "阵列"}},
        {"battery", {"battery", "电池"}},
        {"module", {"module", "板卡"}},
        {"memory", {"memory", "内存"}},
        {"cpu", {"CPU", "CPU"}},
        {"optics", {"optics", "光模块"}},
        {"enclosure", {"enclosure", "机箱"}},
        {"log", {"event log", "事件日志"}},
        {"firmware", {"firmware", "固件"}},
        {"humidity", {"humidity", "湿度"}},
        {"storage", {"storage", "存储"}},
        {"interface", {"interface", "接口"}},
        {"other", {"other", "其他"}},
        {"alarm", {"alarm", "告警"}},
        {"defect", {"defect seen by a person", "人工发现的缺陷"}},
        {"question", {"question", "咨询"}},
    };

    return look_up(language, words, G_N_ELEMENTS(words), group);
}

const char *
rv_say_kind(RvLanguage language, const char *device_kind)
{
    static const Entry words[] = {
        {"switch", {"switch", "交换机"}},     {"router", {"router", "路由器"}},
        {"firewall", {"firewall", "防火墙"}}, {"loadbalancer", {"load balancer", "负载均衡"}},
        {"server", {"server", "服务器"}},     {"storage", {"storage", "存储"}},
        {"ups", {"UPS", "不间断电源"}},       {"pdu", {"PDU", "配电单元"}},
        {"sensor", {"sensor", "传感器"}},     {"other", {"other", "其他"}},
    };

    return look_up(language, words, G_N_ELEMENTS(words), device_kind);
}

const char *
rv_say_interval(RvLanguage language, const RvInterval *interval)
{
    static const Entry ours[] = {
        {"lost samples", {"", "采样缺失"}},
        {"restarted between two samples", {"", "两次采样之间设备重启"}},
    };
    const char *detail = interval->detail != NULL ? interval->detail : "";

    if (language == RV_LANGUAGE_EN && detail[0] != '\0')
        return detail;
    if (interval->reason != RV_REASON_NONE)
        return rv_say_reason(language, interval->reason);
    return look_up(language, ours, G_N_ELEMENTS(ours), detail);
}

const char *
rv_say_promise(RvLanguage language, RvPromise promise)
{
    static const Pair words[] = {
        [RV_PROMISE_NONE] = {"no target", "无指标"},
        [RV_PROMISE_MET] = {"met", "达标"},
        [RV_PROMISE_NOT_MET] = {"not met", "未达标"},
        [RV_PROMISE_NOT_PROVEN] = {"not proven", "无法证明"},
    };

    return pick(language, &words[promise]);
}

const char *
rv_say_piece(RvLanguage language, RvPieceKind kind)
{
    static const Pair words[] = {
        [RV_PIECE_NOT_COVERED] = {"outside service hours", "服务时间外"},
        [RV_PIECE_MAINTENANCE] = {"planned maintenance", "计划维护"},
        [RV_PIECE_EXCLUDED] = {"agreed exclusion", "约定除外"},
        [RV_PIECE_DOWN] = {"down", "中断"},
        [RV_PIECE_UP] = {"up", "可达"},
        [RV_PIECE_NOT_OBSERVED] = {"not observed", "未观测"},
    };

    return pick(language, &words[kind]);
}

const char *
rv_say_clock(RvLanguage language, RvClockKind kind)
{
    static const Pair words[] = {
        [RV_CLOCK_RESPOND] = {"respond", "响应"},
        [RV_CLOCK_RESOLVE] = {"resolve", "解决"},
        [RV_CLOCK_PLAN] = {"emergency plan", "应急方案"},
        [RV_CLOCK_REPORT] = {"fault report", "故障报告"},
    };

    return pick(language, &words[kind]);
}

const char *
rv_say_fault_level(RvLanguage language, const char *name)
{
    static const Entry words[] = {
        {"device down", {"device down", "设备中断"}},
        {"part failed", {"part failed", "部件故障"}},
        {"part degraded", {"part degraded", "部件性能下降"}},
    };

    return look_up(language, words, G_N_ELEMENTS(words), name);
}

const char *
rv_say_fault_kind(RvLanguage language, RvFaultKind kind)
{
    static const Pair words[] = {
        [RV_FAULT_ALARM] = {"alarm", "告警"},
        [RV_FAULT_DEFECT] = {"defect", "缺陷"},
        [RV_FAULT_QUESTION] = {"question", "咨询"},
    };

    return pick(language, &words[kind]);
}

const char *
rv_say_fault_action(RvLanguage language, const char *action)
{
    static const Entry words[] = {
        {"open", {"opened", "登记"}},       {"worsen", {"worsened", "升级"}},
        {"recover", {"recovered", "恢复"}}, {"relapse", {"came back", "复发"}},
        {"fold", {"joined", "并入"}},       {"acknowledge", {"acknowledged", "响应"}},
        {"note", {"note", "备注"}},         {"plan", {"emergency plan", "应急方案"}},
        {"resolve", {"resolved", "解决"}},  {"report", {"report handed over", "提交报告"}},
    };

    return look_up(language, words, G_N_ELEMENTS(words), action);
}

const char *
rv_say_period_kind(RvLanguage language, RvPeriodKind kind)
{
    static const Pair words[] = {
        [RV_PERIOD_DAY] = {"Daily report", "巡检日报"},
        [RV_PERIOD_ROUND] = {"Two-weekly round", "双周巡检单"},
        [RV_PERIOD_MONTH] = {"Monthly report", "巡检月报"},
        [RV_PERIOD_QUARTER] = {"Quarterly report", "巡检季报"},
        [RV_PERIOD_YEAR] = {"Annual report", "巡检年报"},
    };

    return pick(language, &words[kind]);
}

const char *
rv_say_duty(RvLanguage language, RvPeriodKind kind)
{
    static const Pair words[] = {
        [RV_PERIOD_DAY] = {"day", "日报"},     [RV_PERIOD_ROUND] = {"round", "巡检"},
        [RV_PERIOD_MONTH] = {"month", "月报"}, [RV_PERIOD_QUARTER] = {"quarter", "季报"},
        [RV_PERIOD_YEAR] = {"year", "年报"},
    };

    return pick(language, &words[kind]);
}

const char *
rv_say_duty_state(RvLanguage language, RvDutyState state)
{
    static const Pair words[] = {
        [RV_DUTY_RUNNING] = {"running", "进行中"}, [RV_DUTY_DUE] = {"due", "待提交"},
        [RV_DUTY_DONE] = {"done", "已完成"},       [RV_DUTY_DONE_LATE] = {"done_late", "逾期完成"},
        [RV_DUTY_OVERDUE] = {"overdue", "已逾期"},
    };

    return pick(language, &words[state]);
}

const char *
rv_say_role(RvLanguage language, const char *role)
{
    static const Entry words[] = {
        {"prepared", {"Prepared", "编制"}},
        {"reviewed", {"Reviewed", "审核"}},
        {"approved", {"Approved", "批准"}},
        {"customer", {"Customer", "客户确认"}},
    };

    return look_up(language, words, G_N_ELEMENTS(words), role);
}
