#include "collect/ipmi.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "collect/ipmi-parts.h"
#include "observation/pairs.h"
#include "observation/words.h"

#define SEL_ENTRY_BYTES 16
#define SEL_FREE_UNKNOWN 0xFFFF /* that much or more (IPMI 2.0 §31.2) */
#define SEL_WARNING_PERCENT 80
#define CLOCK_TOLERANCE_S 180

typedef struct {
    const RvIpmiAnswers *answers;
    const RvIpmiStates *states;
    RvObservation *observation;
} Collecting;

static void
replace(char **text, char *with)
{
    g_free(*text);
    *text = with;
}

/* ---- protocol and identity ---- */

static void
add_protocol(const Collecting *collecting)
{
    const RvIpmiAnswers *answers = collecting->answers;
    RvProtocol *protocol = rv_observation_add_protocol(collecting->observation, "ipmi");

    protocol->state = answers->state;
    protocol->reason = answers->reason;
    replace(&protocol->detail, g_strdup(answers->detail));
    protocol->partial = answers->partial;
    protocol->duration_ms = answers->duration_ms;
    protocol->requests = answers->requests;
    protocol->answers = answers->requests; /* libfreeipmi repeats by itself: see retries */
    protocol->retries = answers->retries;
}

static void
set_identity(const Collecting *collecting)
{
    const RvIpmiAnswers *answers = collecting->answers;
    RvDeviceIdentity *device = &collecting->observation->device;
    const RvIpmiFru *fru = rv_ipmi_main_fru(answers);

    if (fru != NULL)
        rv_ipmi_fru_identity(fru, device);
    /* who made the BMC stands for the server's maker only where no FRU could say */
    if (device->vendor == NULL && answers->frus_whole)
        device->vendor = g_strdup(answers->manufacturer);
    if (device->power_state == NULL && answers->has_chassis)
        device->power_state = g_strdup(answers->power_on ? "on" : "off");
}

/* ---- sensors ---- */

/* IPMI's unit as our class, by its code (IPMI 2.0 table 43-15), and by its text, which tells it
 * from those per second or by another: value = factor × (raw + offset). */
static const struct {
    guint8 code;
    const char *unit;
    RvClass class;
    double offset, factor;
} units[] = {
    {1, "C", RV_CLASS_TEMPERATURE, 0, 1},
    {2, "F", RV_CLASS_TEMPERATURE, -32, 5.0 / 9},
    {3, "K", RV_CLASS_TEMPERATURE, -273.15, 1},
    {18, "RPM", RV_CLASS_FAN, 0, 1},
    {4, "V", RV_CLASS_VOLTAGE, 0, 1},
    {5, "A", RV_CLASS_CURRENT, 0, 1},
    {6, "W", RV_CLASS_POWER, 0, 1},
    {0, "%", RV_CLASS_PERCENT, 0, 1},
    {17, "CFM", RV_CLASS_AIRFLOW, 0, 1},
    {19, "Hz", RV_CLASS_FREQUENCY, 0, 1},
    {7, "J", RV_CLASS_ENERGY, 0, 1 / 3.6e6},
};

static guint
find_unit(const RvIpmiSensor *sensor)
{
    guint i = 0;

    while (i < G_N_ELEMENTS(units) &&
           (units[i].code != sensor->base_unit || g_strcmp0(units[i].unit, sensor->unit) != 0))
        i++;
    return i;
}

static RvClass
class_of(const RvIpmiSensor *sensor)
{
    guint i = find_unit(sensor);

    if (i < G_N_ELEMENTS(units) && (sensor->analog || !sensor->readable))
        return units[i].class;
    return sensor->analog ? RV_CLASS_COUNT : RV_CLASS_STATE;
}

static double
scale(const RvIpmiSensor *sensor, double value)
{
    guint i = find_unit(sensor);

    return i < G_N_ELEMENTS(units) ? (value + units[i].offset) * units[i].factor : value;
}

static char *
key_of(const RvIpmiSensor *sensor, RvClass class)
{
    g_autofree char *place = rv_text_slug(sensor->entity != NULL ? sensor->entity : "unspecified");
    g_autofree char *name = rv_text_slug(sensor->name);

    return g_strdup_printf("ipmi/%s/%s/%s", place, rv_class_word(class), name);
}

static void
set_value(const RvIpmiSensor *from, RvSensor *sensor)
{
    guint unit = find_unit(from);
    double factor = unit < G_N_ELEMENTS(units) ? fabs(units[unit].factor) : 1;

    sensor->value = scale(from, from->value);
    sensor->limits =
        (RvLimits){scale(from, from->lower_critical), scale(from, from->lower_noncritical),
                   scale(from, from->upper_noncritical), scale(from, from->upper_critical)};
    sensor->limits_source = RV_LIMITS_DEVICE;
    sensor->hysteresis = fmax(from->hysteresis_positive, from->hysteresis_negative) * factor;
    if (sensor->class == RV_CLASS_COUNT)
        replace(&sensor->unit, g_strdup(from->unit != NULL ? from->unit : ""));
}

static char *
state_text(const RvIpmiSensor *from, const RvIpmiMeaning *meaning)
{
    if (meaning->words != NULL)
        return g_strdup(meaning->words);
    if (from->event_words != NULL && *from->event_words != NULL)
        return g_strjoinv(", ", from->event_words);
    return from->analog ? NULL : g_strdup("OK");
}

static void
set_state(const Collecting *collecting, const RvIpmiSensor *from, RvSensor *sensor)
{
    const RvIpmiAnswers *answers = collecting->answers;
    RvIpmiMeaning meaning;

    rv_ipmi_states_read(collecting->states, answers->manufacturer_id, answers->product_id, from,
                        &meaning);
    /* a state that is known and says nothing about health is not one that nobody can read */
    sensor->has_device_verdict = meaning.judged || (meaning.known && !from->analog);
    sensor->device_verdict = meaning.judged               ? meaning.verdict
                             : sensor->has_device_verdict ? RV_VERDICT_UNKNOWN
                                                          : RV_VERDICT_OK;
    sensor->presence = meaning.absent ? RV_PRESENCE_ABSENT : RV_PRESENCE_PRESENT;
    replace(&sensor->group,
            g_strdup(meaning.group != NULL ? meaning.group : rv_ipmi_type_group(from->type)));
    replace(&sensor->state, state_text(from, &meaning));
    sensor->raw = from->events;
    sensor->has_raw = !from->analog;
    g_free(meaning.words);
}

static void
add_sensor(const Collecting *collecting, const RvIpmiSensor *from)
{
    RvClass class = class_of(from);
    RvSensor *sensor = rv_observation_add_sensor(collecting->observation, class);

    replace(&sensor->key, key_of(from, class));
    replace(&sensor->name, g_strdup(from->name));
    replace(&sensor->entity, g_strdup(from->entity));
    replace(&sensor->component, rv_ipmi_place(from->entity_id, from->entity_instance));
    replace(&sensor->source,
            g_strdup_printf("SDR record %u, sensor %02Xh, type %02Xh/%02Xh", from->record_id,
                            from->number, from->event_type, from->type));
    sensor->sdr_id = from->record_id;
    /* a reading that is not there says nothing: it is never an alarm */
    replace(&sensor->group, g_strdup(rv_ipmi_type_group(from->type)));
    if (!from->readable)
        return;
    if (from->analog)
        set_value(from, sensor);
    set_state(collecting, from, sensor);
}

static void
add_sensors(const Collecting *collecting)
{
    guint satellites = 0;

    for (guint i = 0; i < collecting->answers->sensors->len; i++) {
        const RvIpmiSensor *sensor = g_ptr_array_index(collecting->answers->sensors, i);

        if (sensor->satellite)
            satellites++;
        else
            add_sensor(collecting, sensor);
    }
    if (satellites > 0)
        rv_observation_note(collecting->observation,
                            "sensors of other controllers that were not asked: %u "
                            "(workaround bridgesensors asks them)",
                            satellites);
}

/* ---- the chassis and the log, as sensors ---- */

static RvSensor *
add_own(const Collecting *collecting, RvClass class, const char *key, const char *name,
        const char *group)
{
    RvSensor *sensor = rv_observation_add_sensor(collecting->observation, class);

    replace(&sensor->key, g_strdup(key));
    replace(&sensor->name, g_strdup(name));
    replace(&sensor->group, g_strdup(group));
    replace(&sensor->component, g_strdup("chassis"));
    return sensor;
}

static void
add_chassis(const Collecting *collecting)
{
    const RvIpmiAnswers *answers = collecting->answers;
    const struct {
        const char *key, *name, *group, *word;
        gboolean set;
        RvVerdict verdict;
    } rows[] = {
        {"ipmi/chassis/state/power-fault", "Chassis power fault", "power", "power fault",
         answers->power_fault, RV_VERDICT_CRITICAL},
        {"ipmi/chassis/state/drive-fault", "Chassis drive fault", "disk", "drive fault",
         answers->drive_fault, RV_VERDICT_CRITICAL},
        {"ipmi/chassis/state/cooling-fault", "Chassis cooling fault", "fan", "cooling fault",
         answers->cooling_fault, RV_VERDICT_CRITICAL},
        {"ipmi/chassis/state/intrusion", "Chassis intrusion status", "enclosure", "open",
         answers->intrusion, RV_VERDICT_WARNING},
    };

    for (guint i = 0; answers->has_chassis && i < G_N_ELEMENTS(rows); i++) {
        RvSensor *sensor =
            add_own(collecting, RV_CLASS_STATE, rows[i].key, rows[i].name, rows[i].group);

        sensor->raw = rows[i].set;
        sensor->has_raw = TRUE;
        sensor->has_device_verdict = TRUE;
        sensor->device_verdict = rows[i].set ? rows[i].verdict : RV_VERDICT_OK;
        replace(&sensor->state, g_strdup(rows[i].set ? rows[i].word : "OK"));
    }
}

static void
add_power(const Collecting *collecting)
{
    RvSensor *sensor;

    if (isnan(collecting->answers->dcmi_power_w))
        return;
    sensor = add_own(collecting, RV_CLASS_POWER, "ipmi/chassis/power/dcmi", "DCMI power", "power");
    sensor->value = collecting->answers->dcmi_power_w;
}

static void
add_log_usage(const Collecting *collecting)
{
    const RvIpmiAnswers *answers = collecting->answers;
    double used = (double)answers->sel_entries * SEL_ENTRY_BYTES;
    RvSensor *sensor;

    if (!answers->has_sel_info || answers->sel_free_bytes == SEL_FREE_UNKNOWN ||
        used + answers->sel_free_bytes <= 0)
        return;
    sensor = add_own(collecting, RV_CLASS_PERCENT, "ipmi/sel/percent/usage", "SEL usage", "log");
    sensor->value = 100 * used / (used + answers->sel_free_bytes);
    sensor->limits.high_warning = SEL_WARNING_PERCENT;
    sensor->limits_source = RV_LIMITS_PROFILE;
    if (answers->sel_overflow) {
        sensor->has_device_verdict = TRUE;
        sensor->device_verdict = RV_VERDICT_WARNING;
        replace(&sensor->state, g_strdup("overflow: entries were lost"));
    }
}

/* ---- events ---- */

/* Our table's word before libfreeipmi's text, which has the bytes where it knows no better. */
static char *
event_text(const Collecting *collecting, const RvIpmiSelEntry *entry)
{
    const RvIpmiAnswers *answers = collecting->answers;
    const char *word = rv_ipmi_states_log_word(collecting->states, answers->manufacturer_id,
                                               answers->product_id, entry);

    if (word == NULL || g_strcmp0(entry->text, "") == 0)
        return g_strdup(word != NULL ? word : entry->text);
    return g_strdup_printf("%s (%s)", word, entry->text);
}

static void
add_events(const Collecting *collecting)
{
    const RvIpmiAnswers *answers = collecting->answers;

    for (guint i = 0; i < answers->sel->len; i++) {
        const RvIpmiSelEntry *entry = g_ptr_array_index(answers->sel, i);
        RvEvent *event = rv_observation_add_event(collecting->observation);

        event->time_ms = entry->time * 1000;
        event->record_id = entry->record_id;
        replace(&event->sensor, g_strdup(entry->sensor));
        replace(&event->text, event_text(collecting, entry));
        event->asserted = entry->asserted;
        event->severity = rv_ipmi_states_severity(collecting->states, answers->manufacturer_id,
                                                  answers->product_id, entry);
    }
    rv_events_pair(collecting->observation->events);
    if (answers->sel_restarted)
        rv_observation_note(collecting->observation,
                            "the BMC's event log was cleared or has wrapped since the last round");
}

static void
note_clock(const Collecting *collecting)
{
    gint64 ahead_s = collecting->answers->sel_clock_ahead_s;
    gint64 minutes = (ABS(ahead_s) + 30) / 60;

    if (!collecting->answers->has_sel_clock)
        return;
    if (!collecting->answers->sel_clock_set)
        rv_observation_note(collecting->observation,
                            "the BMC's clock is not set: its event log has no true times");
    else if (ABS(ahead_s) > CLOCK_TOLERANCE_S)
        rv_observation_note(collecting->observation,
                            "the BMC's clock is %" G_GINT64_FORMAT " h %" G_GINT64_FORMAT
                            " min %s this host's: so are the times of its event log",
                            minutes / 60, minutes % 60, ahead_s > 0 ? "ahead of" : "behind");
}

void
rv_collect_ipmi(const RvIpmiAnswers *answers, const RvIpmiStates *states,
                RvObservation *observation)
{
    const Collecting collecting = {answers, states, observation};

    add_protocol(&collecting);
    set_identity(&collecting);
    add_sensors(&collecting);
    add_chassis(&collecting);
    add_power(&collecting);
    add_log_usage(&collecting);
    rv_ipmi_add_components(answers, observation);
    add_events(&collecting);
    note_clock(&collecting);
    for (guint i = 0; i < answers->notes->len; i++)
        rv_observation_note(observation, "%s", (const char *)g_ptr_array_index(answers->notes, i));
}
