#include "cli/openmetrics.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "observation/words.h"

typedef struct {
    GString *out;
    const char *name; /* of the sample: the family's, with _total for counters */
    const char *device;
    const RvMetricsSource *source;
} Writer;

/* ---- samples ---- */

static void
append_label(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, "%s%s=\"", out->str[out->len - 1] == '{' ? "" : ",", name);
    for (const char *p = value; *p != '\0'; p++) {
        if (*p == '\n') {
            g_string_append(out, "\\n");
            continue;
        }
        if (*p == '"' || *p == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

static void
sample_begin(Writer *writer)
{
    g_string_append(writer->out, writer->name);
    g_string_append_c(writer->out, '{');
    append_label(writer->out, "device", writer->device);
}

static void
label(Writer *writer, const char *name, const char *value)
{
    if (value != NULL && *value != '\0')
        append_label(writer->out, name, value);
}

static void
sample_end(Writer *writer, double value)
{
    g_autofree char *number = rv_text_number(value, 15);

    g_string_append_printf(writer->out, "} %s\n", number);
}

static void
sample_end_counter(Writer *writer, guint64 value)
{
    g_string_append_printf(writer->out, "} %" G_GUINT64_FORMAT "\n", value);
}

/* ---- devices ---- */

static void
device_info(Writer *writer, int argument)
{
    const RvDeviceIdentity *device = &writer->source->observation->device;

    sample_begin(writer);
    label(writer, "host", device->host);
    label(writer, "kind", device->kind);
    label(writer, "site", device->site);
    label(writer, "vendor", device->vendor);
    label(writer, "model", device->model);
    label(writer, "os", device->os);
    label(writer, "os_version", device->os_version);
    label(writer, "serial", device->serial);
    label(writer, "profile", device->profile);
    sample_end(writer, 1);
}

static void
device_up(Writer *writer, int argument)
{
    if (writer->source->state == RV_STATE_NOT_ASKED)
        return;
    sample_begin(writer);
    sample_end(writer, writer->source->state == RV_STATE_UP);
}

static void
device_reachability(Writer *writer, int argument)
{
    for (int state = RV_STATE_UP; state <= RV_STATE_NOT_ASKED; state++) {
        sample_begin(writer);
        label(writer, "state", rv_reachability_word((RvReachability)state));
        sample_end(writer, (int)writer->source->state == state);
    }
}

static void
device_status(Writer *writer, int argument)
{
    sample_begin(writer);
    sample_end(writer, writer->source->observation->status);
}

static void
device_uptime(Writer *writer, int argument)
{
    gint64 uptime = writer->source->observation->device.uptime_seconds;

    if (uptime < 0 || writer->source->silent)
        return;
    sample_begin(writer);
    sample_end(writer, (double)uptime);
}

static void
device_answered(Writer *writer, int argument)
{
    if (writer->source->observation->taken_at_ms <= 0)
        return;
    sample_begin(writer);
    sample_end(writer, (double)writer->source->observation->taken_at_ms / 1000);
}

static void
device_sampled(Writer *writer, int argument)
{
    if (writer->source->sampled_ms <= 0)
        return;
    sample_begin(writer);
    sample_end(writer, (double)writer->source->sampled_ms / 1000);
}

typedef enum { OF_PROTOCOL_UP, OF_PROTOCOL_DURATION, OF_PROTOCOL_RETRIES } OfProtocol;

static void
protocols(Writer *writer, int argument)
{
    const GPtrArray *all = writer->source->observation->protocols;

    for (guint i = 0; i < all->len && !writer->source->silent; i++) {
        const RvProtocol *protocol = g_ptr_array_index(all, i);

        if (protocol->state == RV_STATE_NOT_ASKED)
            continue;
        sample_begin(writer);
        label(writer, "protocol", protocol->name);
        if (argument == OF_PROTOCOL_UP)
            sample_end(writer, protocol->state == RV_STATE_UP);
        else if (argument == OF_PROTOCOL_DURATION)
            sample_end(writer, (double)protocol->duration_ms / 1000);
        else
            sample_end(writer, protocol->retries);
    }
}

/* ---- sensors ---- */

static void
sensor_labels(Writer *writer, const RvSensor *sensor)
{
    sample_begin(writer);
    label(writer, "sensor", sensor->key);
    label(writer, "name", sensor->name);
    label(writer, "component", sensor->component);
}

static void
sensor_status(Writer *writer, int argument)
{
    const GPtrArray *all = writer->source->observation->sensors;

    for (guint i = 0; i < all->len && !writer->source->silent; i++) {
        const RvSensor *sensor = g_ptr_array_index(all, i);

        if (sensor->presence == RV_PRESENCE_ABSENT)
            continue;
        sensor_labels(writer, sensor);
        label(writer, "class", rv_class_word(sensor->class));
        label(writer, "group", rv_sensor_group(sensor));
        sample_end(writer, sensor->status);
    }
}

static void
sensor_present(Writer *writer, int argument)
{
    const GPtrArray *all = writer->source->observation->sensors;

    for (guint i = 0; i < all->len && !writer->source->silent; i++) {
        const RvSensor *sensor = g_ptr_array_index(all, i);

        sensor_labels(writer, sensor);
        label(writer, "group", rv_sensor_group(sensor));
        sample_end(writer, sensor->presence == RV_PRESENCE_PRESENT);
    }
}

/* What a class's readings are in base units. Fans come in rpm or in percent. */
static const struct {
    RvClass class;
    const char *from; /* the sensor's unit; NULL: any */
    double scale;
} readings[] = {
    {RV_CLASS_TEMPERATURE, NULL, 1},   {RV_CLASS_FAN, "rpm", 1},
    {RV_CLASS_FAN, "%", 0.01},         {RV_CLASS_VOLTAGE, NULL, 1},
    {RV_CLASS_CURRENT, NULL, 1},       {RV_CLASS_POWER, NULL, 1},
    {RV_CLASS_ENERGY, NULL, 3.6e6},    {RV_CLASS_HUMIDITY, NULL, 0.01},
    {RV_CLASS_OPTICAL_POWER, NULL, 1}, {RV_CLASS_FREQUENCY, NULL, 1},
    {RV_CLASS_PERCENT, NULL, 0.01},    {RV_CLASS_CHARGE, NULL, 0.01},
    {RV_CLASS_RUNTIME, NULL, 1},       {RV_CLASS_AIRFLOW, NULL, 0.028316846592 / 60},
    {RV_CLASS_COUNT, NULL, 1},
};

static gboolean
is_reading(const RvSensor *sensor, int argument)
{
    return sensor->class == readings[argument].class && sensor->presence == RV_PRESENCE_PRESENT &&
           (readings[argument].from == NULL || strcmp(sensor->unit, readings[argument].from) == 0);
}

static void
sensor_values(Writer *writer, int argument)
{
    const GPtrArray *all = writer->source->observation->sensors;

    for (guint i = 0; i < all->len && !writer->source->silent; i++) {
        const RvSensor *sensor = g_ptr_array_index(all, i);

        if (!is_reading(sensor, argument) || !isfinite(sensor->value))
            continue;
        sensor_labels(writer, sensor);
        sample_end(writer, sensor->value * readings[argument].scale);
    }
}

static void
sensor_limits(Writer *writer, int argument)
{
    const GPtrArray *all = writer->source->observation->sensors;

    for (guint i = 0; i < all->len && !writer->source->silent; i++) {
        const RvSensor *sensor = g_ptr_array_index(all, i);
        const struct {
            const char *name;
            double value;
        } rows[] = {{"low_critical", sensor->limits.low_critical},
                    {"low_warning", sensor->limits.low_warning},
                    {"high_warning", sensor->limits.high_warning},
                    {"high_critical", sensor->limits.high_critical}};

        if (!is_reading(sensor, argument))
            continue;
        for (gsize j = 0; j < G_N_ELEMENTS(rows); j++) {
            if (!isfinite(rows[j].value))
                continue;
            sensor_labels(writer, sensor);
            label(writer, "limit", rows[j].name);
            sample_end(writer, rows[j].value * readings[argument].scale);
        }
    }
}

/* ---- interfaces ---- */

static void
interface_labels(Writer *writer, const RvInterface *interface)
{
    sample_begin(writer);
    label(writer, "interface", interface->key);
    label(writer, "name", interface->name);
    label(writer, "alias", interface->alias);
}

typedef enum { OF_OPER_UP, OF_ADMIN_UP, OF_SPEED } OfInterface;

static void
interface_states(Writer *writer, int argument)
{
    const GPtrArray *all = writer->source->observation->interfaces;

    for (guint i = 0; i < all->len && !writer->source->silent; i++) {
        const RvInterface *interface = g_ptr_array_index(all, i);
        double value = argument == OF_OPER_UP    ? interface->oper_status == RV_OPER_UP
                       : argument == OF_ADMIN_UP ? interface->admin_status == RV_ADMIN_UP
                                                 : (double)interface->speed_bps / 8;

        if (argument == OF_SPEED && interface->speed_bps < 0)
            continue;
        interface_labels(writer, interface);
        sample_end(writer, value);
    }
}

static void
interface_counters(Writer *writer, int argument)
{
    const GPtrArray *all = writer->source->observation->interfaces;

    for (guint i = 0; i < all->len && !writer->source->silent; i++) {
        const RvInterface *interface = g_ptr_array_index(all, i);
        guint64 value = *(const guint64 *)((const char *)interface + argument);

        if (value == RV_COUNTER_NONE)
            continue;
        interface_labels(writer, interface);
        sample_end_counter(writer, value);
    }
}

/* ---- families ---- */

typedef struct {
    const char *name, *type, *unit, *help; /* unit "": none */
    void (*samples)(Writer *writer, int argument);
    int argument;
} Family;

#define COUNTER(name, unit, help, field)                                                           \
    {                                                                                              \
        name, "counter", unit, help, interface_counters, (int)G_STRUCT_OFFSET(RvInterface, field)  \
    }
#define READING(name, unit, help, row)                                                             \
    {"rackvitals_" name, "gauge", unit, help, sensor_values, row},                                 \
    {                                                                                              \
        "rackvitals_limit_" name, "gauge", unit, "Where a reading stops being well.",              \
            sensor_limits, row                                                                     \
    }

static const Family families[] = {
    {"rackvitals_device_info", "gauge", "", "What a device is; always 1.", device_info, 0},
    {"rackvitals_up", "gauge", "", "1: the device answers by any protocol.", device_up, 0},
    {"rackvitals_reachability", "gauge", "", "1 for the state the device is in, 0 for the others.",
     device_reachability, 0},
    {"rackvitals_status", "gauge", "", "Verdict: 0 ok, 1 warning, 2 critical, 3 unknown.",
     device_status, 0},
    {"rackvitals_uptime_seconds", "gauge", "seconds", "Time since the agent or device started.",
     device_uptime, 0},
    {"rackvitals_sample_timestamp_seconds", "gauge", "seconds",
     "When the device was last asked whether it is there.", device_sampled, 0},
    {"rackvitals_answer_timestamp_seconds", "gauge", "seconds",
     "When the readings shown here were taken.", device_answered, 0},
    {"rackvitals_protocol_up", "gauge", "", "1: this protocol answers.", protocols, OF_PROTOCOL_UP},
    {"rackvitals_protocol_duration_seconds", "gauge", "seconds", "How long asking took.", protocols,
     OF_PROTOCOL_DURATION},
    {"rackvitals_protocol_retries", "gauge", "", "Requests that were sent again in that round.",
     protocols, OF_PROTOCOL_RETRIES},
    {"rackvitals_sensor_status", "gauge", "", "Verdict: 0 ok, 1 warning, 2 critical, 3 unknown.",
     sensor_status, 0},
    {"rackvitals_sensor_present", "gauge", "", "0: the bay is empty, or the part is missing.",
     sensor_present, 0},
    READING("temperature_celsius", "celsius", "Temperature.", 0),
    READING("fan_speed_rpm", "rpm", "Fan speed.", 1),
    READING("fan_speed_ratio", "ratio", "Fan speed as a part of its most.", 2),
    READING("voltage_volts", "volts", "Voltage.", 3),
    READING("current_amperes", "amperes", "Current.", 4),
    READING("power_watts", "watts", "Power.", 5),
    READING("energy_joules", "joules", "Energy.", 6),
    READING("humidity_ratio", "ratio", "Relative humidity.", 7),
    READING("optical_power_dbm", "dbm", "Light, in decibels over 1 mW.", 8),
    READING("frequency_hertz", "hertz", "Frequency.", 9),
    READING("share_ratio", "ratio", "What the device gives in percent.", 10),
    READING("charge_ratio", "ratio", "Charge of a battery.", 11),
    READING("runtime_seconds", "seconds", "Time that a battery lasts.", 12),
    READING("airflow_cubic_meters_per_second", "cubic_meters_per_second", "Air flow.", 13),
    READING("things", "", "A number of things.", 14),
    {"rackvitals_interface_up", "gauge", "", "1: the interface has a link (ifOperStatus up).",
     interface_states, OF_OPER_UP},
    {"rackvitals_interface_admin_up", "gauge", "", "1: the interface is switched on.",
     interface_states, OF_ADMIN_UP},
    {"rackvitals_interface_speed_bytes_per_second", "gauge", "bytes_per_second",
     "Speed of the interface.", interface_states, OF_SPEED},
    COUNTER("rackvitals_interface_receive_bytes", "bytes", "Octets received.", in_octets),
    COUNTER("rackvitals_interface_transmit_bytes", "bytes", "Octets sent.", out_octets),
    COUNTER("rackvitals_interface_receive_unicast_packets", "", "Unicast packets received.",
            in_unicast),
    COUNTER("rackvitals_interface_transmit_unicast_packets", "", "Unicast packets sent.",
            out_unicast),
    COUNTER("rackvitals_interface_receive_errors", "", "Packets received with errors.", in_errors),
    COUNTER("rackvitals_interface_transmit_errors", "", "Packets not sent because of errors.",
            out_errors),
    COUNTER("rackvitals_interface_receive_discards", "", "Good packets received and dropped.",
            in_discards),
    COUNTER("rackvitals_interface_transmit_discards", "", "Good packets dropped before sending.",
            out_discards),
};

/* A heading that has no samples is not printed. */
static void
print_family(const Family *family, GPtrArray *sources, GString *out)
{
    gboolean counter = strcmp(family->type, "counter") == 0;
    g_autofree char *sample = g_strconcat(family->name, counter ? "_total" : "", NULL);
    gsize begin = out->len, samples;

    g_string_append_printf(out, "# TYPE %s %s\n", family->name, family->type);
    if (*family->unit != '\0')
        g_string_append_printf(out, "# UNIT %s %s\n", family->name, family->unit);
    g_string_append_printf(out, "# HELP %s %s\n", family->name, family->help);
    samples = out->len;
    for (guint i = 0; i < sources->len; i++) {
        const RvMetricsSource *source = g_ptr_array_index(sources, i);
        const RvDeviceIdentity *device = &source->observation->device;
        Writer writer = {out, sample, *device->name != '\0' ? device->name : device->host, source};

        family->samples(&writer, family->argument);
    }
    if (out->len == samples)
        g_string_truncate(out, begin);
}

void
rv_openmetrics_print(const RvMetricsSource *sources, guint n, GString *out)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) once = g_ptr_array_new();

    for (guint i = 0; i < n; i++) {
        const RvDeviceIdentity *device = &sources[i].observation->device;

        if (g_hash_table_add(names, *device->name != '\0' ? device->name : device->host))
            g_ptr_array_add(once, (gpointer)&sources[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(families); i++)
        print_family(&families[i], once, out);
    g_string_append(out, "# EOF\n");
}

void
rv_print_openmetrics(const GPtrArray *observations, const RvPrintStyle *style, GString *out)
{
    g_autofree RvMetricsSource *sources = g_new0(RvMetricsSource, MAX(observations->len, 1));

    for (guint i = 0; i < observations->len; i++) {
        const RvObservation *observation = g_ptr_array_index(observations, i);

        sources[i].observation = observation;
        sources[i].state = rv_observation_reachability(observation);
        sources[i].sampled_ms = observation->taken_at_ms;
    }
    rv_openmetrics_print(sources, observations->len, out);
}
