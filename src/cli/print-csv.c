/* RFC 4180: a row for the device, for each protocol, sensor and interface. */
#include "cli/print.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "observation/describe.h"
#include "observation/words.h"

typedef enum {
    CELL_RECORD,
    CELL_DEVICE,
    CELL_HOST,
    CELL_KEY,
    CELL_CLASS,
    CELL_GROUP,
    CELL_NAME,
    CELL_COMPONENT,
    CELL_VALUE,
    CELL_UNIT,
    CELL_STATE,
    CELL_PRESENCE,
    CELL_STATUS,
    CELL_REASON,
    CELL_LOW_CRITICAL,
    CELL_LOW_WARNING,
    CELL_HIGH_WARNING,
    CELL_HIGH_CRITICAL,
    CELL_LIMITS_SOURCE,
    CELL_OID,
    CELL_MODEL,
    CELL_SERIAL,
    CELL_ALIAS,
    CELL_ADMIN_STATUS,
    CELL_SPEED,
    CELL_IN_OCTETS,
    CELL_OUT_OCTETS,
    CELL_IN_ERRORS,
    CELL_OUT_ERRORS,
    CELL_IN_DISCARDS,
    CELL_OUT_DISCARDS,
} Cell;
#define CELLS (CELL_OUT_DISCARDS + 1)

static const char *const headings[CELLS] = {
    "record",        "device",    "host",         "key",         "class",        "group",
    "name",          "component", "value",        "unit",        "state",        "presence",
    "status",        "reason",    "low_critical", "low_warning", "high_warning", "high_critical",
    "limits_source", "oid",       "model",        "serial",      "alias",        "admin_status",
    "speed_bps",     "in_octets", "out_octets",   "in_errors",   "out_errors",   "in_discards",
    "out_discards",
};

typedef struct {
    const RvObservation *observation;
    char *cells[CELLS]; /* NULL: empty */
    GString *out;
} Row;

static void
put_text(Row *row, Cell cell, const char *text)
{
    GString *quoted;

    if (text == NULL || *text == '\0')
        return;
    quoted = g_string_new("\"");
    /* what a device calls itself is no formula of a spreadsheet */
    if (strchr("=+-@", *text) != NULL)
        g_string_append_c(quoted, '\'');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"')
            g_string_append_c(quoted, '"');
        g_string_append_c(quoted, *p);
    }
    g_string_append_c(quoted, '"');
    g_free(row->cells[cell]);
    row->cells[cell] = g_string_free(quoted, FALSE);
}

static void
put_number(Row *row, Cell cell, double value)
{
    if (isfinite(value))
        row->cells[cell] = rv_text_number(value, 12);
}

static void
put_counter(Row *row, Cell cell, guint64 value)
{
    if (value != RV_COUNTER_NONE)
        row->cells[cell] = g_strdup_printf("%" G_GUINT64_FORMAT, value);
}

static void
begin(Row *row, const char *record)
{
    put_text(row, CELL_RECORD, record);
    put_text(row, CELL_DEVICE, row->observation->device.name);
    put_text(row, CELL_HOST, row->observation->device.host);
}

static void
end(Row *row)
{
    for (int i = 0; i < CELLS; i++) {
        g_string_append_printf(row->out, "%s%s", i > 0 ? "," : "",
                               row->cells[i] != NULL ? row->cells[i] : "");
        g_clear_pointer(&row->cells[i], g_free);
    }
    g_string_append(row->out, "\r\n");
}

static void
print_sensor(Row *row, const RvSensor *sensor)
{
    begin(row, "sensor");
    put_text(row, CELL_KEY, sensor->key);
    put_text(row, CELL_CLASS, rv_class_word(sensor->class));
    put_text(row, CELL_GROUP, rv_sensor_group(sensor));
    put_text(row, CELL_NAME, sensor->name);
    put_text(row, CELL_COMPONENT, sensor->component);
    put_number(row, CELL_VALUE, sensor->value);
    put_text(row, CELL_UNIT, sensor->unit);
    put_text(row, CELL_STATE, sensor->state);
    put_text(row, CELL_PRESENCE, rv_presence_word(sensor->presence));
    put_text(row, CELL_STATUS, rv_verdict_word(sensor->status));
    put_text(row, CELL_REASON, sensor->reason);
    put_number(row, CELL_LOW_CRITICAL, sensor->limits.low_critical);
    put_number(row, CELL_LOW_WARNING, sensor->limits.low_warning);
    put_number(row, CELL_HIGH_WARNING, sensor->limits.high_warning);
    put_number(row, CELL_HIGH_CRITICAL, sensor->limits.high_critical);
    put_text(row, CELL_LIMITS_SOURCE, rv_limits_source_word(sensor->limits_source));
    put_text(row, CELL_OID, sensor->oid);
    end(row);
}

static void
print_interface(Row *row, const RvInterface *interface)
{
    begin(row, "interface");
    put_text(row, CELL_KEY, interface->key);
    put_text(row, CELL_NAME, interface->name);
    put_text(row, CELL_STATE, rv_oper_status_word(interface->oper_status));
    put_text(row, CELL_ALIAS, interface->alias);
    put_text(row, CELL_ADMIN_STATUS, rv_admin_status_word(interface->admin_status));
    if (interface->speed_bps >= 0)
        put_number(row, CELL_SPEED, (double)interface->speed_bps);
    put_counter(row, CELL_IN_OCTETS, interface->in_octets);
    put_counter(row, CELL_OUT_OCTETS, interface->out_octets);
    put_counter(row, CELL_IN_ERRORS, interface->in_errors);
    put_counter(row, CELL_OUT_ERRORS, interface->out_errors);
    put_counter(row, CELL_IN_DISCARDS, interface->in_discards);
    put_counter(row, CELL_OUT_DISCARDS, interface->out_discards);
    end(row);
}

static void
print_protocol(Row *row, const RvProtocol *protocol)
{
    g_autofree char *trouble = rv_describe_trouble(protocol);

    begin(row, "protocol");
    put_text(row, CELL_KEY, protocol->name);
    put_text(row, CELL_NAME, protocol->name);
    put_number(row, CELL_VALUE, (double)protocol->duration_ms);
    put_text(row, CELL_UNIT, "ms");
    put_text(row, CELL_STATE, rv_reachability_word(protocol->state));
    put_text(row, CELL_REASON, trouble);
    end(row);
}

static void
print_device(Row *row)
{
    const RvObservation *observation = row->observation;

    begin(row, "device");
    put_text(row, CELL_MODEL, observation->device.model);
    put_text(row, CELL_SERIAL, observation->device.serial);
    put_text(row, CELL_STATE, rv_reachability_word(rv_observation_reachability(observation)));
    put_text(row, CELL_STATUS, rv_verdict_word(observation->status));
    end(row);
    for (guint i = 0; i < observation->protocols->len; i++)
        print_protocol(row, g_ptr_array_index(observation->protocols, i));
    for (guint i = 0; i < observation->sensors->len; i++)
        print_sensor(row, g_ptr_array_index(observation->sensors, i));
    for (guint i = 0; i < observation->interfaces->len; i++)
        print_interface(row, g_ptr_array_index(observation->interfaces, i));
}

void
rv_print_csv(const GPtrArray *observations, const RvPrintStyle *style, GString *out)
{
    for (int i = 0; style->first && i < CELLS; i++)
        g_string_append_printf(out, "%s%s", headings[i], i + 1 < CELLS ? "," : "\r\n");
    for (guint i = 0; i < observations->len; i++) {
        Row row = {.observation = g_ptr_array_index(observations, i), .out = out};

        print_device(&row);
    }
}
