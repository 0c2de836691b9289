/* The monitoring-plugins guidelines: one status line with performance data, long output after it.
 *
 * Units: only those the guidelines name (%, s, c, B); other values go without one, in the class's
 * unit (°C, V, A, W, rpm, dBm …). A limit counts from its own value on with us, and from beyond it
 * in a range; no nearer range can be written. */
#include "cli/print.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "health/findings.h"
#include "observation/describe.h"
#include "observation/words.h"

/* Nagios reads 8 KiB: the verdict and the first values come in any case. */
#define FIRST_LINE_CEILING 3000
#define FINDINGS_IN_STATUS 4

static const char *const words[] = {[RV_VERDICT_OK] = "OK",
                                    [RV_VERDICT_WARNING] = "WARNING",
                                    [RV_VERDICT_CRITICAL] = "CRITICAL",
                                    [RV_VERDICT_UNKNOWN] = "UNKNOWN"};

/* '|' begins performance data wherever it stands. */
static void
append_plain(GString *out, const char *text)
{
    for (const char *p = text; *p != '\0'; p++)
        g_string_append_c(out, *p == '|' ? '/' : *p == '\n' || *p == '\r' ? ' ' : *p);
}

static void
append_finding(GString *out, const RvFinding *finding)
{
    g_autofree char *text = rv_finding_text(finding);

    append_plain(out, text);
}

static const char *
name_of(const RvObservation *observation)
{
    return *observation->device.name != '\0' ? observation->device.name : observation->device.host;
}

/* ---- performance data ---- */

typedef struct {
    GString *first, *rest; /* on the status line, and at the end */
    GHashTable *labels;
    gboolean several; /* devices: their names go before the labels */
} Data;

static const char *
unit_of(const RvSensor *sensor)
{
    if (strcmp(sensor->unit, "%") == 0)
        return "%";
    return sensor->class == RV_CLASS_RUNTIME ? "s" : "";
}

/* Quoted where it must be; unique; without '=' and '|', which no quoting saves. */
static char *
label_of(Data *data, const RvObservation *observation, const char *name, const char *key)
{
    g_autofree char *whole =
        data->several ? g_strdup_printf("%s %s", name_of(observation), name) : g_strdup(name);
    g_autoptr(GString) label = g_string_new("'");

    if (*name == '\0' || g_hash_table_contains(data->labels, whole)) {
        g_free(whole);
        whole = data->several ? g_strdup_printf("%s %s", name_of(observation), key) : g_strdup(key);
    }
    for (const char *p = whole; *p != '\0'; p++) {
        if (*p == '\'')
            g_string_append_c(label, '\'');
        g_string_append_c(label, *p == '=' || *p == '|' || *p == '\n' ? '_' : *p);
    }
    g_string_append_c(label, '\'');
    g_hash_table_add(data->labels, g_steal_pointer(&whole));
    return g_string_free(g_steal_pointer(&label), FALSE);
}

static void
append_range(GString *out, double low, double high)
{
    g_autofree char *from = rv_text_number(low, 9);
    g_autofree char *until = rv_text_number(high, 9);

    if (isnan(low) && isnan(high))
        return;
    if (isnan(high))
        g_string_append_printf(out, "%s:", from);
    else if (isnan(low))
        g_string_append_printf(out, "~:%s", until);
    else
        g_string_append_printf(out, "%s:%s", from, until);
}

static void
append_datum(Data *data, const char *datum)
{
    GString *to = data->first->len + strlen(datum) < FIRST_LINE_CEILING && data->rest->len == 0
                      ? data->first
                      : data->rest;

    if (to->len > 0)
        g_string_append_c(to, ' ');
    g_string_append(to, datum);
}

static void
add_sensor(Data *data, const RvObservation *observation, const RvSensor *sensor)
{
    g_autofree char *label = NULL;
    g_autofree char *value = NULL;
    g_autoptr(GString) datum = g_string_new(NULL);
    gboolean percent = strcmp(sensor->unit, "%") == 0;

    if (sensor->presence != RV_PRESENCE_PRESENT || sensor->class == RV_CLASS_STATE ||
        !isfinite(sensor->value))
        return;
    label = label_of(data, observation, sensor->name, sensor->key);
    value = rv_text_number(sensor->value, 9);
    g_string_printf(datum, "%s=%s%s;", label, value, unit_of(sensor));
    append_range(datum, sensor->limits.low_warning, sensor->limits.high_warning);
    g_string_append_c(datum, ';');
    append_range(datum, sensor->limits.low_critical, sensor->limits.high_critical);
    if (percent && sensor->value >= 0 && sensor->value <= 100)
        g_string_append(datum, ";0;100");
    while (datum->str[datum->len - 1] == ';')
        g_string_truncate(datum, datum->len - 1);
    append_datum(data, datum->str);
}

static void
add_protocol(Data *data, const RvObservation *observation, const RvProtocol *protocol)
{
    g_autofree char *name = g_strdup_printf("%s time", protocol->name);
    g_autofree char *label = NULL;
    g_autofree char *datum = NULL;

    if (protocol->state != RV_STATE_UP)
        return;
    label = label_of(data, observation, name, name);
    datum = g_strdup_printf("%s=%" G_GINT64_FORMAT ".%03ds;;;0", label,
                            protocol->duration_ms / 1000, (int)(protocol->duration_ms % 1000));
    append_datum(data, datum);
}

static void
collect_data(Data *data, const GPtrArray *observations)
{
    for (guint i = 0; i < observations->len; i++) {
        const RvObservation *observation = g_ptr_array_index(observations, i);

        for (guint j = 0; j < observation->protocols->len; j++)
            add_protocol(data, observation, g_ptr_array_index(observation->protocols, j));
        for (guint j = 0; j < observation->sensors->len; j++)
            add_sensor(data, observation, g_ptr_array_index(observation->sensors, j));
    }
}

/* ---- the words ---- */

/* "PSU 2: failed (…), Fan 3: 0 rpm (…) and 2 more"; or what was seen, where all is well. */
static void
append_summary(GString *out, const RvObservation *observation, const GPtrArray *findings)
{
    guint counts[RV_VERDICT_UNKNOWN + 1];
    guint told = MIN(findings->len, FINDINGS_IN_STATUS);

    for (guint i = 0; i < told; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        append_finding(out, g_ptr_array_index(findings, i));
    }
    if (findings->len > told)
        g_string_append_printf(out, " and %u more", findings->len - told);
    if (findings->len > 0)
        return;
    rv_findings_count(observation, counts);
    if (counts[RV_VERDICT_OK] > 0)
        g_string_append_printf(out, "%u sensor%s ok", counts[RV_VERDICT_OK],
                               counts[RV_VERDICT_OK] == 1 ? "" : "s");
    else
        g_string_append(out, "answers; no sensors are known");
}

static void
append_status(GString *out, const GPtrArray *observations, RvVerdict worst)
{
    gboolean begun = FALSE;
    guint well = 0;

    g_string_append_printf(out, "%s - ", words[worst]);
    for (guint i = 0; i < observations->len; i++) {
        const RvObservation *observation = g_ptr_array_index(observations, i);
        g_autoptr(GPtrArray) findings = rv_findings(observation);

        if (observations->len > 1 && observation->status == RV_VERDICT_OK) {
            well++;
            continue;
        }
        g_string_append(out, begun ? "; " : "");
        begun = TRUE;
        if (observations->len > 1) {
            append_plain(out, name_of(observation));
            g_string_append(out, ": ");
        }
        append_summary(out, observation, findings);
    }
    if (well > 0)
        g_string_append_printf(out, "%s%u device%s ok", begun ? "; " : "", well,
                               well == 1 ? "" : "s");
}

static void
append_field(GString *out, const char *before, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    g_string_append(out, before);
    append_plain(out, text);
}

static void
append_long(GString *out, const RvObservation *observation)
{
    const RvDeviceIdentity *device = &observation->device;
    g_autoptr(GPtrArray) findings = rv_findings(observation);
    g_autofree char *uptime = rv_describe_duration(device->uptime_seconds);

    append_plain(out, name_of(observation));
    g_string_append_printf(out, ": %s", rv_verdict_word(observation->status));
    append_field(out, ", ", device->vendor);
    append_field(out, " ", device->model);
    append_field(out, ", ", device->os);
    append_field(out, " ", device->os_version);
    append_field(out, ", serial ", device->serial);
    append_field(out, ", up for ", uptime);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);
        g_autofree char *text = rv_describe_protocol(protocol);

        append_field(out, "  ", protocol->name);
        append_field(out, " ", text);
        g_string_append_c(out, '\n');
    }
    for (guint i = 0; i < findings->len; i++) {
        const RvFinding *finding = g_ptr_array_index(findings, i);

        g_string_append_printf(out, "  [%s] ", words[finding->verdict]);
        append_finding(out, finding);
        g_string_append_c(out, '\n');
    }
}

void
rv_print_nagios(const GPtrArray *observations, const RvPrintStyle *style, GString *out)
{
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) rest = g_string_new(NULL);
    g_autoptr(GHashTable) labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Data data = {first, rest, labels, observations->len > 1};
    RvVerdict worst = RV_VERDICT_OK;

    for (guint i = 0; i < observations->len; i++)
        worst = rv_verdict_worst(
            worst, ((const RvObservation *)g_ptr_array_index(observations, i))->status);
    append_status(out, observations, worst);
    collect_data(&data, observations);
    if (first->len > 0)
        g_string_append_printf(out, " | %s", first->str);
    g_string_append_c(out, '\n');
    for (guint i = 0; i < observations->len; i++)
        append_long(out, g_ptr_array_index(observations, i));
    if (rest->len > 0) {
        g_string_truncate(out, out->len - 1);
        g_string_append_printf(out, " | %s\n", rest->str);
    }
}
