#include "cli/optics.h"

#include <math.h>
#include <string.h>

#include "base/text-width.h"
#include "health/port.h"
#include "observation/describe.h"

/* What a row tells, in this order; lanes of the same kind side by side. */
typedef enum { RECEIVED, SENT, LIGHT, BIAS, TEMPERATURE, SUPPLY, QUANTITIES } Quantity;

static const char *const labels[QUANTITIES] = {
    [RECEIVED] = "rx ", [SENT] = "tx ",     [LIGHT] = "",
    [BIAS] = "",        [TEMPERATURE] = "", [SUPPLY] = ""};

typedef struct {
    const char *name;   /* of its interface; borrowed; NULL: no interface is known */
    GPtrArray *sensors; /* RvSensor*, borrowed */
} Port;

static void
free_port(gpointer data)
{
    Port *port = data;

    g_ptr_array_unref(port->sensors);
    g_free(port);
}

static void
free_row(gpointer data)
{
    RvOpticsRow *row = data;

    g_free(row->name);
    g_free(row->text);
    g_free(row);
}

static gboolean
says(const RvSensor *sensor, const char *const *words)
{
    g_autofree char *name = g_ascii_strdown(sensor->name, -1);

    for (; *words != NULL; words++)
        if (strstr(name, *words) != NULL)
            return TRUE;
    return FALSE;
}

static Quantity
quantity_of(const RvSensor *sensor)
{
    static const char *const received[] = {"receive", "rx", "input", "rcv", NULL};
    static const char *const sent[] = {"transmit", "tx", "output", "trmt", NULL};

    switch (sensor->class) {
    case RV_CLASS_OPTICAL_POWER:
        return says(sensor, received) ? RECEIVED : says(sensor, sent) ? SENT : LIGHT;
    case RV_CLASS_CURRENT:
        return BIAS;
    case RV_CLASS_TEMPERATURE:
        return TEMPERATURE;
    case RV_CLASS_VOLTAGE:
        return SUPPLY;
    case RV_CLASS_FAN:
    case RV_CLASS_POWER:
    case RV_CLASS_ENERGY:
    case RV_CLASS_HUMIDITY:
    case RV_CLASS_FREQUENCY:
    case RV_CLASS_PERCENT:
    case RV_CLASS_CHARGE:
    case RV_CLASS_RUNTIME:
    case RV_CLASS_AIRFLOW:
    case RV_CLASS_COUNT:
    case RV_CLASS_STATE:
        break;
    }
    return QUANTITIES;
}

/* One kind of light on one port, told twice as "average" and "maximum", is not lanes. */
static gboolean
fits(const RvSensor *sensor)
{
    static const char *const statistics[] = {"average", "avg", "maximum", "max",
                                             "minimum", "min", NULL};

    return sensor->status == RV_VERDICT_OK && sensor->presence == RV_PRESENCE_PRESENT &&
           isfinite(sensor->value) && quantity_of(sensor) != QUANTITIES &&
           !says(sensor, statistics);
}

/* The same light once in watts, once in dBm: both are sensors, for those who count in the one or
 * the other; a person is told of it once. */
static gboolean
is_told_in_dbm(const RvSensor *sensor, GHashTable *light)
{
    return sensor->class == RV_CLASS_POWER && sensor->oid != NULL &&
           sensor->status == RV_VERDICT_OK && g_hash_table_contains(light, sensor->oid);
}

static void
take_out_watts(GPtrArray *sensors)
{
    g_autoptr(GHashTable) light = g_hash_table_new(g_str_hash, g_str_equal); /* OIDs */

    for (guint i = 0; i < sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(sensors, i);

        if (sensor->class == RV_CLASS_OPTICAL_POWER && sensor->oid != NULL && fits(sensor))
            g_hash_table_add(light, sensor->oid);
    }
    for (guint i = sensors->len; i-- > 0;)
        if (is_told_in_dbm(g_ptr_array_index(sensors, i), light))
            g_ptr_array_remove_index(sensors, i);
}

static Port *
port_of(const RvObservation *observation, const RvSensor *sensor, GPtrArray *ports,
        GHashTable *known)
{
    const RvInterface *interface = rv_health_port(observation, sensor);
    const char *key = interface != NULL ? interface->key : sensor->component;
    Port *port = key != NULL ? g_hash_table_lookup(known, key) : NULL;

    if (key == NULL || port != NULL)
        return port;
    port = g_new0(Port, 1);
    port->name = interface != NULL ? interface->name : NULL;
    port->sensors = g_ptr_array_new();
    g_ptr_array_add(ports, port);
    g_hash_table_insert(known, (gpointer)key, port);
    return port;
}

static GPtrArray *
group(const RvObservation *observation, const GPtrArray *sensors)
{
    GPtrArray *ports = g_ptr_array_new_with_free_func(free_port);
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < sensors->len; i++) {
        RvSensor *sensor = g_ptr_array_index(sensors, i);
        Port *port = fits(sensor) ? port_of(observation, sensor, ports, known) : NULL;

        if (port != NULL)
            g_ptr_array_add(port->sensors, sensor);
    }
    return ports;
}

static gboolean
has_word(const char *name, const char *word)
{
    g_auto(GStrv) words = g_strsplit(name, " ", -1);

    return g_strv_contains((const char *const *)words, word);
}

/* The words that all names have: "0/0/2/2" of "Rx 0/0/2/2" and "Tx 0/0/2/2"; NULL where there are
 * none, or one sensor only. */
static char *
common_name(const GPtrArray *sensors)
{
    const RvSensor *first = g_ptr_array_index(sensors, 0);
    g_auto(GStrv) words = g_strsplit(first->name, " ", -1);
    g_autoptr(GString) name = g_string_new(NULL);

    for (guint n = 0; words[n] != NULL; n++) {
        gboolean common = TRUE;

        for (guint i = 1; common && i < sensors->len; i++)
            common = has_word(((const RvSensor *)g_ptr_array_index(sensors, i))->name, words[n]);
        if (common)
            g_string_append_printf(name, "%s%s", name->len > 0 ? " " : "", words[n]);
    }
    return sensors->len > 1 && name->len > 0 ? g_strdup(name->str) : NULL;
}

/* Laser currents are a few hundredths of an ampere. */
static char *
number_of(const RvSensor *sensor, Quantity quantity)
{
    switch (quantity) {
    case RECEIVED:
    case SENT:
    case LIGHT:
        return g_strdup_printf("%.2f %s", sensor->value, sensor->unit);
    case BIAS:
        if (fabs(sensor->value) < 1)
            return g_strdup_printf("%.1f mA", sensor->value * 1000);
        break;
    case SUPPLY:
        return g_strdup_printf("%.2f %s", sensor->value, sensor->unit);
    case TEMPERATURE:
    case QUANTITIES:
        break;
    }
    return rv_describe_number(sensor, sensor->value);
}

/* "rx -2.71/-2.80 dBm"; "" where the port has none of that kind. */
static char *
cell_of(const GPtrArray *sensors, Quantity quantity)
{
    GString *cell = g_string_new(NULL);

    for (guint i = 0; i < sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(sensors, i);
        g_autofree char *number = NULL;

        if (quantity_of(sensor) != quantity)
            continue;
        number = number_of(sensor, quantity);
        if (cell->len > 0) /* a further lane: the unit stands once, at the end */
            g_string_truncate(cell, (gsize)(strrchr(cell->str, ' ') - cell->str));
        g_string_append_printf(cell, "%s%s", cell->len > 0 ? "/" : labels[quantity], number);
    }
    return g_string_free(cell, FALSE);
}

/* Cells of one kind below each other. */
static void
add_column(GPtrArray *lines, const GPtrArray *ports, Quantity quantity)
{
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
    guint width = 0;

    for (guint i = 0; i < ports->len; i++) {
        const Port *port = g_ptr_array_index(ports, i);
        char *cell = cell_of(port->sensors, quantity);

        g_ptr_array_add(cells, cell);
        width = MAX(width, rv_text_width(cell));
    }
    for (guint i = 0; width > 0 && i < ports->len; i++) {
        GString *line = g_ptr_array_index(lines, i);
        g_autofree char *cell = rv_text_fit(g_ptr_array_index(cells, i), width);

        g_string_append_printf(line, "%s%s", line->len > 0 ? "  " : "", cell);
    }
}

static void
free_line(gpointer line)
{
    g_string_free(line, TRUE);
}

static void
take_out(GPtrArray *sensors, const GPtrArray *taken)
{
    for (guint i = 0; i < taken->len; i++)
        g_ptr_array_remove(sensors, g_ptr_array_index(taken, i));
}

GPtrArray *
rv_optics_rows(const RvObservation *observation, GPtrArray *sensors)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);
    g_autoptr(GPtrArray) ports = NULL;
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(free_line);

    take_out_watts(sensors);
    ports = group(observation, sensors);
    for (guint i = 0; i < ports->len; i++)
        g_ptr_array_add(lines, g_string_new(NULL));
    for (Quantity quantity = 0; quantity < QUANTITIES; quantity++)
        add_column(lines, ports, quantity);
    for (guint i = 0; i < ports->len; i++) {
        const Port *port = g_ptr_array_index(ports, i);
        const GString *line = g_ptr_array_index(lines, i);
        char *name = port->name != NULL ? g_strdup(port->name) : common_name(port->sensors);
        RvOpticsRow *row;

        if (name == NULL)
            continue;
        row = g_new(RvOpticsRow, 1);
        *row = (RvOpticsRow){name, g_strchomp(g_strdup(line->str))};
        g_ptr_array_add(rows, row);
        take_out(sensors, port->sensors);
    }
    return rows;
}
