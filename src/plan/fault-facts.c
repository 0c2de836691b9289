#include "plan/fault-facts.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "observation/words.h"
#include "plan/words.h"

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

char *
rv_fault_facts_of_child(const char *device)
{
    json_t *json = json_object();

    put(json, "behind", device);
    return finish(json);
}

/* ---- saying them ---- */

typedef struct {
    const json_t *facts;
    RvLanguage language;
} Saying;

#define SAY(saying, in_english, in_chinese) RV_SAY((saying)->language, in_english, in_chinese)

static const char *
get(const Saying *saying, const char *key)
{
    const char *text = json_string_value(json_object_get(saying->facts, key));

    return text != NULL ? text : "";
}

static RvReason
reason_of(const Saying *saying)
{
    for (int reason = RV_REASON_NO_ANSWER; reason <= RV_REASON_CONFIGURATION; reason++)
        if (strcmp(get(saying, "silence"), rv_reason_word((RvReason)reason)) == 0)
            return (RvReason)reason;
    return RV_REASON_NO_ANSWER;
}

static const char *
grade_of(const Saying *saying)
{
    RvVerdict verdict = RV_VERDICT_UNKNOWN;

    rv_verdict_parse(get(saying, "status"), &verdict);
    return rv_say_verdict(saying->language, verdict);
}

static const char *
source_of(const Saying *saying)
{
    for (int source = RV_LIMITS_DEVICE; source <= RV_LIMITS_POLICY; source++)
        if (strcmp(get(saying, "source"), rv_limits_source_word((RvLimitsSource)source)) == 0)
            return rv_say_limits_source(saying->language, (RvLimitsSource)source);
    return rv_say_limits_source(saying->language, RV_LIMITS_NONE);
}

/* The detail says what the reason says, and more, but in English. */
static char *
say_silence(const Saying *saying)
{
    const char *why = rv_say_reason(saying->language, reason_of(saying));
    const char *detail = get(saying, "detail");

    if (saying->language == RV_LANGUAGE_EN && reason_of(saying) == RV_REASON_NO_ANSWER)
        return g_strdup("does not answer"); /* "no answer in 3000 ms" says it again */
    if (saying->language == RV_LANGUAGE_EN && detail[0] != '\0')
        why = detail;
    return g_strdup_printf(SAY(saying, "does not answer: %s", "设备不可达：%s"), why);
}

static char *
say_child(const Saying *saying)
{
    return g_strdup_printf(SAY(saying, "%s does not answer either", "%s 也无应答"),
                           get(saying, "behind"));
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
    const char *grade = grade_of(saying);
    g_autofree char *value = number(saying, "value");
    g_autofree char *limit = number(saying, "limit");
    const char *source = source_of(saying);

    if (saying->language == RV_LANGUAGE_ZH)
        return g_strdup_printf("%s，%s%s限值 %s（限值来源：%s）", value,
                               high ? "达到或高于" : "达到或低于", grade, limit, source);
    return g_strdup_printf("%s is at or %s the %s limit of %s (of %s)", value,
                           high ? "above" : "below", grade, limit, source);
}

static char *
say_judgement(const Saying *saying)
{
    const char *grade = grade_of(saying);
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

/* In English the name of the sensor says what it is. */
static char *
say_part(const Saying *saying)
{
    const char *name = get(saying, "name");
    const char *group = get(saying, "group");
    const char *kind = SAY(saying, "", rv_say_group(saying->language, group));
    g_autofree char *judgement = say_judgement(saying);

    if (kind == group || !g_str_is_ascii(name)) /* no word for it, or its name is Chinese itself */
        kind = "";
    return g_strdup_printf(SAY(saying, "%s%s%s: %s", "%s%s%s：%s"), kind,
                           kind[0] != '\0' ? " " : "", name, judgement);
}

char *
rv_fault_facts_say(const char *facts, RvLanguage language)
{
    json_t *json = facts != NULL ? json_loads(facts, 0, NULL) : NULL;
    const Saying saying = {json, language};
    char *sentence = NULL;

    if (json_object_get(json, "silence") != NULL)
        sentence = say_silence(&saying);
    else if (json_object_get(json, "behind") != NULL)
        sentence = say_child(&saying);
    else if (json_object_get(json, "name") != NULL)
        sentence = say_part(&saying);
    json_decref(json);
    return sentence;
}

char *
rv_fault_facts_detail(const char *facts)
{
    json_t *json = facts != NULL ? json_loads(facts, 0, NULL) : NULL;
    char *detail = g_strdup(json_string_value(json_object_get(json, "detail")));

    json_decref(json);
    return detail;
}
