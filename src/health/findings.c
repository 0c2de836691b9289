#include "health/findings.h"

#include <math.h>
#include <string.h>

#include "health/power.h"
#include "observation/describe.h"
#include "observation/words.h"

static void
finding_free(RvFinding *finding)
{
    g_free(finding->subject);
    g_free(finding->value);
    g_free(finding->reason);
    g_free(finding);
}

static RvFinding *
add(GPtrArray *findings, RvVerdict verdict, char *subject)
{
    RvFinding *finding = g_new0(RvFinding, 1);

    finding->verdict = verdict;
    finding->subject = subject;
    g_ptr_array_add(findings, finding);
    return finding;
}

static RvVerdict
protocol_verdict(const RvObservation *observation, const RvProtocol *protocol)
{
    gboolean up = rv_observation_reachability(observation) == RV_STATE_UP;

    switch (protocol->state) {
    case RV_STATE_UP:
        return protocol->partial ? RV_VERDICT_WARNING : RV_VERDICT_OK;
    case RV_STATE_DOWN:
        return up ? RV_VERDICT_WARNING : RV_VERDICT_CRITICAL;
    case RV_STATE_UNREACHABLE:
    case RV_STATE_BLIND:
        return RV_VERDICT_UNKNOWN;
    case RV_STATE_NOT_ASKED:
        if (protocol->reason == RV_REASON_NONE)
            return RV_VERDICT_OK;
        return up ? RV_VERDICT_WARNING : RV_VERDICT_UNKNOWN;
    }
    return RV_VERDICT_UNKNOWN;
}

static int
compare_verdicts(RvVerdict left, RvVerdict right)
{
    static const int rank[] = {[RV_VERDICT_CRITICAL] = 0,
                               [RV_VERDICT_WARNING] = 1,
                               [RV_VERDICT_UNKNOWN] = 2,
                               [RV_VERDICT_OK] = 3};

    return rank[left] - rank[right];
}

static int
compare(gconstpointer a, gconstpointer b)
{
    const RvFinding *left = *(RvFinding *const *)a, *right = *(RvFinding *const *)b;

    return compare_verdicts(left->verdict, right->verdict);
}

char *
rv_finding_title(const RvObservation *observation, const RvSensor *sensor)
{
    guint same = 0;

    for (guint i = 0; i < observation->sensors->len && sensor->entity != NULL; i++) {
        const RvSensor *other = g_ptr_array_index(observation->sensors, i);

        same += g_strcmp0(other->name, sensor->name) == 0;
    }
    return same > 1 ? g_strdup_printf("%s (%s)", sensor->name, sensor->entity)
                    : g_strdup(sensor->name);
}

/* IPMI knows states that say nothing about health, as that a link is up. By SNMP "unknown" is the
 * word of a part that cannot tell. */
static gboolean
is_no_matter(const RvSensor *sensor)
{
    return sensor->sdr_id >= 0 && sensor->status == RV_VERDICT_UNKNOWN &&
           sensor->has_device_verdict && sensor->device_verdict == RV_VERDICT_UNKNOWN;
}

/* Light that was read once and is told in watts and in dBm is one finding. */
static gboolean
is_told(const GPtrArray *findings, const RvSensor *sensor)
{
    for (guint i = 0; i < findings->len && sensor->oid != NULL; i++) {
        const RvSensor *other = ((const RvFinding *)g_ptr_array_index(findings, i))->sensor;

        if (other != NULL && other->status == sensor->status &&
            g_strcmp0(other->oid, sensor->oid) == 0 && strcmp(other->name, sensor->name) == 0)
            return TRUE;
    }
    return FALSE;
}

GPtrArray *
rv_findings(const RvObservation *observation)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func((GDestroyNotify)finding_free);

    for (guint i = 0; i < observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(observation->protocols, i);
        RvVerdict verdict = protocol_verdict(observation, protocol);

        if (verdict != RV_VERDICT_OK) {
            RvFinding *finding = add(findings, verdict, g_strdup(protocol->name));

            finding->value = g_strdup(protocol->partial && protocol->state == RV_STATE_UP
                                          ? "answers in part"
                                          : rv_describe_reachability(protocol->state));
            finding->reason = rv_describe_trouble(protocol);
        }
    }
    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        if (sensor->status != RV_VERDICT_OK && sensor->presence != RV_PRESENCE_ABSENT &&
            !is_no_matter(sensor) && !is_told(findings, sensor) &&
            !rv_health_is_without_power(observation, sensor)) {
            RvFinding *finding =
                add(findings, sensor->status, rv_finding_title(observation, sensor));

            finding->value = rv_describe_value(sensor);
            finding->reason = g_strdup(sensor->reason);
            finding->sensor = sensor;
        }
    }
    g_ptr_array_sort(findings, compare); /* stable: GLib's is a merge sort */
    return findings;
}

/* The reason only repeats the state that stands with the value. */
static gboolean
says_so(const RvFinding *finding)
{
    const RvSensor *sensor = finding->sensor;
    g_autofree char *reason = sensor != NULL && sensor->state != NULL
                                  ? g_strdup_printf("the device says '%s'", sensor->state)
                                  : NULL;

    return reason != NULL && strcmp(reason, finding->reason) == 0;
}

char *
rv_finding_text(const RvFinding *finding)
{
    const char *value = finding->value, *reason = finding->reason;
    /* a reason that is about a value begins with it */
    gboolean told = reason != NULL && finding->sensor != NULL && isfinite(finding->sensor->value) &&
                    (g_ascii_isdigit(*reason) || *reason == '-');

    if (reason == NULL)
        return g_strdup_printf("%s: %s", finding->subject, value);
    if (told)
        return g_strdup_printf("%s: %s", finding->subject, reason);
    if (says_so(finding))
        return isfinite(finding->sensor->value)
                   ? g_strdup_printf("%s: %s, says the device", finding->subject, value)
                   : g_strdup_printf("%s: %s (the device says so)", finding->subject, value);
    if (strcmp(value, "-") == 0)
        return g_strdup_printf("%s: %s", finding->subject, reason);
    return g_strdup_printf("%s: %s (%s)", finding->subject, value, reason);
}

int
rv_findings_compare_sensors(gconstpointer a, gconstpointer b)
{
    const RvSensor *left = *(RvSensor *const *)a, *right = *(RvSensor *const *)b;
    int order = compare_verdicts(left->status, right->status);

    return order != 0
               ? order
               : (left->presence == RV_PRESENCE_ABSENT) - (right->presence == RV_PRESENCE_ABSENT);
}

void
rv_findings_count(const RvObservation *observation, guint *counts)
{
    for (int i = 0; i <= RV_VERDICT_UNKNOWN; i++)
        counts[i] = 0;
    for (guint i = 0; i < observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(observation->sensors, i);

        if (sensor->presence != RV_PRESENCE_ABSENT)
            counts[sensor->status]++;
    }
}
