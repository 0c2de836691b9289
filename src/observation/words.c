#include "observation/words.h"

#include <string.h>

static const char *const verdict_words[] = {"ok", "warning", "critical", "unknown"};
static const char *const presence_words[] = {"present", "absent", "missing"};
static const char *const source_words[] = {"none", "device", "profile", "policy"};
static const char *const reachability_words[] = {"up", "down", "unreachable", "blind", "not_asked"};
static const char *const reason_words[] = {
    "none",   "no_answer",   "refused",  "no_route", "name",   "credentials",  "privilege",
    "cipher", "no_sessions", "protocol", "loop",     "budget", "configuration"};
static const char *const admin_words[] = {"unknown", "up", "down", "testing"};
static const char *const oper_words[] = {"unknown", "up",      "down",       "testing",
                                         "unknown", "dormant", "notPresent", "lowerLayerDown"};

static const struct {
    const char *word, *unit, *group;
} classes[RV_CLASSES] = {
    [RV_CLASS_TEMPERATURE] = {"temperature", "°C", "temperature"},
    [RV_CLASS_FAN] = {"fan", "rpm", "fan"},
    [RV_CLASS_VOLTAGE] = {"voltage", "V", "voltage"},
    [RV_CLASS_CURRENT] = {"current", "A", "power"},
    [RV_CLASS_POWER] = {"power", "W", "power"},
    [RV_CLASS_ENERGY] = {"energy", "kWh", "power"},
    [RV_CLASS_HUMIDITY] = {"humidity", "%", "humidity"},
    [RV_CLASS_OPTICAL_POWER] = {"optical_power", "dBm", "optics"},
    [RV_CLASS_FREQUENCY] = {"frequency", "Hz", "power"},
    [RV_CLASS_PERCENT] = {"percent", "%", "other"},
    [RV_CLASS_CHARGE] = {"charge", "%", "battery"},
    [RV_CLASS_RUNTIME] = {"runtime", "s", "battery"},
    [RV_CLASS_AIRFLOW] = {"airflow", "CFM", "fan"},
    [RV_CLASS_COUNT] = {"count", "", "other"},
    [RV_CLASS_STATE] = {"state", "", "other"},
};

const char *
rv_verdict_word(RvVerdict verdict)
{
    return verdict_words[verdict];
}

gboolean
rv_verdict_parse(const char *word, RvVerdict *verdict)
{
    for (guint i = 0; i < G_N_ELEMENTS(verdict_words); i++) {
        if (strcmp(word, verdict_words[i]) == 0) {
            *verdict = (RvVerdict)i;
            return TRUE;
        }
    }
    return FALSE;
}

RvVerdict
rv_verdict_worst(RvVerdict a, RvVerdict b)
{
    static const int rank[] = {[RV_VERDICT_OK] = 0,
                               [RV_VERDICT_WARNING] = 1,
                               [RV_VERDICT_UNKNOWN] = 2,
                               [RV_VERDICT_CRITICAL] = 3};

    return rank[a] >= rank[b] ? a : b;
}

const char *
rv_presence_word(RvPresence presence)
{
    return presence_words[presence];
}

const char *
rv_class_word(RvClass class)
{
    return classes[class].word;
}

gboolean
rv_class_parse(const char *word, RvClass *class)
{
    for (guint i = 0; i < RV_CLASSES; i++) {
        if (strcmp(word, classes[i].word) == 0) {
            *class = (RvClass)i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *
rv_class_unit(RvClass class)
{
    return classes[class].unit;
}

const char *
rv_limits_source_word(RvLimitsSource source)
{
    return source_words[source];
}

const char *
rv_reachability_word(RvReachability state)
{
    return reachability_words[state];
}

const char *
rv_reason_word(RvReason reason)
{
    return reason_words[reason];
}

const char *
rv_admin_status_word(RvAdminStatus status)
{
    return admin_words[status];
}

const char *
rv_oper_status_word(RvOperStatus status)
{
    return oper_words[status];
}

const char *
rv_sensor_group(const RvSensor *sensor)
{
    return sensor->group != NULL ? sensor->group : classes[sensor->class].group;
}
