#include "plan/fault-facts.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "observation/words.h"

#define TEXT_CEILING 256 /* bytes of what a device says */

/* ---- writing them down ---- */

static void
put(json_t *json, const char *key, const char *text)
{
    g_autofree char *clean = text != NULL ? rv_text_clean(text, -1, TEXT_CEILING) : NULL;

    if (clean != NULL && clean[0] != '\0')
        json_object_set_new(json, key, json_string(clean));
}

static char *
finish(json_t *json)
{
    char *dumped = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(12));
    char *text = g_strdup(dumped);

    free(dumped);
    json_decref(json);
    return text;
}

/* The limit that made the verdict, where one did. A value on a limit counts as past it. */
static void
put_limit(json_t *json, const RvSensor *sensor)
{
    const RvLimits *limits = &sensor->limits;
    const struct {
        double limit;
        gboolean high;
        RvVerdict verdict;
    } rows[] = {{limits->high_critical, TRUE, RV_VERDICT_CRITICAL},
                {limits->low_critical, FALSE, RV_VERDICT_CRITICAL},
                {limits->high_warning, TRUE, RV_VERDICT_WARNING},
                {limits->low_warning, FALSE, RV_VERDICT_WARNING}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (isnan(rows[i].limit) || rows[i].verdict != sensor->status ||
            !(rows[i].high ? sensor->value >= rows[i].limit : sensor->value <= rows[i].limit))
            continue;
        json_object_set_new(json, "limit", json_real(rows[i].limit));
        put(json, "side", rows[i].high ? "high" : "low");
        put(json, "source", rv_limits_source_word(sensor->limits_source));
        return;
    }
}

char *
rv_fault_facts_of_sensor(const RvSensor *sensor)
{
    json_t *json = json_object();

    put(json, "name", sensor->name);
    put(json, "group", rv_sensor_group(sensor));
    put(json, "class", rv_class_word(sensor->class));
    put(json, "status", rv_verdict_word(sensor->status));
    put(json, "presence", rv_presence_word(sensor->presence));
    put(json, "state", sensor->state);
    if (isfinite(sensor->value)) {
        json_object_set_new(json, "value", json_real(sensor->value));
        put(json, "unit", sensor->unit);
        put_limit(json, sensor);
    }
    return finish(json);
}

char *
rv_fault_facts_of_silence(RvReason reason, const char *detail)
{
    json_t *json = json_object();

    put(json, "silence", rv_reason_word(reason));
    put(json, "detail", detail);
    return finish(json);
}

/* ---- saying them ---- */

typedef struct {
    const char *word, *english, *chinese;
} Phrase;

static const Phrase silences[] = {
    {"none", "no answer", "无应答"},
    {"no_answer", "no answer", "无应答"},
    {"refused", "nothing listens there", "端口拒绝连接"},
    {"no_route", "no route to it", "没有到达设备的路由"},
    {"name", "its name does not resolve", "主机名无法解析"},
    {"credentials", "it refuses our credentials", "凭据被拒绝"},
    {"privilege", "it does not grant the privilege", "权限不足"},
    {"cipher", "it refuses the cipher suite or security level", "不接受加密套件或安全级别"},
    {"no_sessions", "its BMC is out of sessions", "BMC 会话已满"},
    {"protocol", "its answers are not valid", "应答不合规范"},
    {"loop", "its answers repeat without end", "应答循环不止"},
    {"budget", "it did not answer within the time that it has", "未在限定时间内应答"},
    {"configuration", "the credential is missing or wrong", "缺少凭据或凭据有误"},
};

/* In English the name of the sensor says what it is. */
static const Phrase groups[] = {
    {"fan", "", "风扇"},      {"psu", "", "电源"},      {"temperature", "", "温度"},
    {"disk", "", "硬盘"},     {"array", "", "阵列"},    {"battery", "", "电池"},
    {"module", "", "模块"},   {"power", "", "供电"},    {"memory", "", "内存"},
    {"cpu", "", "处理器"},    {"optics", "", "光模块"}, {"enclosure", "", "机箱"},
    {"storage", "", "存储"},  {"voltage", "", "电压"},  {"current", "", "电流"},
    {"humidity", "", "湿度"}, {"log", "", "日志"},      {"interface", "", "接口"},
};

static const Phrase grades[] = {
    {"ok", "ok", "正常"},
    {"warning", "warning", "告警"},
    {"critical", "critical", "严重"},
    {"unknown", "unknown", "未知"},
};

static const Phrase sources[] = {
    {"device", "the device", "设备"},
    {"profile", "the profile", "设备模板"},
    {"policy", "the site", "本站策略"},
};

typedef struct {
    const json_t *facts;
    gboolean chinese;
} Saying;

#define SAY(saying, in_english, in_chinese) ((saying)->chinese ? (in_chinese) : (in_english))

static const char *
get(const Saying *saying, const char *key)
{
    const char *text = json_string_value(json_object_get(saying->facts, key));

    return text != NULL ? text : "";
}

/* The word itself where the table does not have it. */
static const char *
phrase_in(const Saying *saying, const Phrase *rows, gsize count, const char *word)
{
    for (gsize i = 0; i < count; i++)
        if (strcmp(rows[i].word, word) == 0)
            return SAY(saying, rows[i].english, rows[i].chinese);
    return word;
}
#define PHRASE(saying, rows, word) phrase_in(saying, rows, G_N_ELEMENTS(rows), word)

static char *
say_silence(const Saying *saying)
{
    const char *why = PHRASE(saying, silences, get(saying, "silence"));
    const char *detail = get(saying, "detail");

    if (detail[0] == '\0' || strcmp(detail, why) == 0)
        return g_strdup_printf(SAY(saying, "does not answer: %s", "设备不可达：%s"), why);
    if (!saying->chinese) /* the detail says the same, and more */
        return g_strdup_printf("does not answer: %s", detail);
    return g_strdup_printf("设备不可达：%s（%s）", why, detail);
}

static char *
number(const Saying *saying, const char *key)
{
    g_autofree char *text =
        rv_text_number(json_number_value(json_object_get(saying->facts, key)), 6);
    const char *unit = get(saying, "unit");

    return g_strdup_printf("%s%s%s", text, unit[0] != '\0' ? " " : "", unit);
}

static char *
say_limit(const Saying *saying)
{
    gboolean high = strcmp(get(saying, "side"), "high") == 0;
    const char *grade = PHRASE(saying, grades, get(saying, "status"));
    g_autofree char *value = number(saying, "value");
    g_autofree char *limit = number(saying, "limit");
    const char *source = PHRASE(saying, sources, get(saying, "source"));

    if (saying->chinese)
        return g_strdup_printf("%s，%s%s限值 %s（限值来源：%s）", value,
                               high ? "达到或高于" : "达到或低于", grade, limit, source);
    return g_strdup_printf("%s is at or %s the %s limit of %s (of %s)", value,
                           high ? "above" : "below", grade, limit, source);
}

static char *
say_judgement(const Saying *saying)
{
    const char *grade = PHRASE(saying, grades, get(saying, "status"));
    const char *state = get(saying, "state");

    if (strcmp(get(saying, "presence"), "missing") == 0)
        return g_strdup(SAY(saying, "missing", "缺失"));
    if (json_object_get(saying->facts, "limit") != NULL)
        return say_limit(saying);
    if (state[0] != '\0')
        return g_strdup_printf(SAY(saying, "%s (the device says '%s')", "%s（设备状态“%s”）"),
                               grade, state);
    if (json_object_get(saying->facts, "value") != NULL) {
        g_autofree char *value = number(saying, "value");

        return g_strdup_printf(SAY(saying, "%s at %s", "%s（%s）"), grade, value);
    }
    return g_strdup(grade);
}

static char *
say_part(const Saying *saying)
{
    const char *name = get(saying, "name");
    const char *group = get(saying, "group");
    const char *kind = saying->chinese ? PHRASE(saying, groups, group) : "";
    g_autofree char *judgement = say_judgement(saying);

    if (kind == group || strstr(name, kind) != NULL) /* no word for it, or its name has it */
        kind = "";
    return g_strdup_printf(SAY(saying, "%s%s%s: %s", "%s%s%s：%s"), kind,
                           kind[0] != '\0' ? " " : "", name, judgement);
}

char *
rv_fault_facts_say(const char *facts, const char *language)
{
    json_t *json = facts != NULL ? json_loads(facts, 0, NULL) : NULL;
    const Saying saying = {json, language != NULL && g_str_has_prefix(language, "zh")};
    char *sentence = NULL;

    if (json_object_get(json, "silence") != NULL)
        sentence = say_silence(&saying);
    else if (json_object_get(json, "name") != NULL)
        sentence = say_part(&saying);
    json_decref(json);
    return sentence;
}
