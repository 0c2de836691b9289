/* The tree that an engineer reads at three in the morning: what the device is, what is wrong with
 * it, then the rest by kind of part. */
#include "cli/print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text-width.h"
#include "base/text.h"
#include "cli/companions.h"
#include "cli/optics.h"
#include "health/findings.h"
#include "observation/describe.h"
#include "observation/left-out.h"
#include "observation/words.h"

/* Longest lists before they are folded. */
#define ROWS_FOLDED 8
#define FINDINGS_FOLDED 20
#define ALIKE 4 /* so many findings of one kind or more share a line */
#define ALIKE_NAMED 3
#define INTERFACES_FOLDED 5
#define EVENTS_FOLDED 5
#define NOTES_FOLDED 5
#define BAR_CELLS 12

typedef struct {
    const RvPrintStyle *style;
    const RvObservation *observation;
    GString *out;
} Printer;

static const struct {
    const char *glyph, *color; /* never the colour alone */
} marks[] = {
    [RV_VERDICT_OK] = {"✓", "32"},
    [RV_VERDICT_WARNING] = {"!", "33;1"},
    [RV_VERDICT_CRITICAL] = {"✗", "31;1"},
    [RV_VERDICT_UNKNOWN] = {"?", "35"},
};

static void
put_color(Printer *printer, const char *color, const char *text)
{
    if (printer->style->color)
        g_string_append_printf(printer->out, "\033[%sm%s\033[0m", color, text);
    else
        g_string_append(printer->out, text);
}

static void
put_verdict(Printer *printer, RvVerdict verdict)
{
    g_autofree char *text =
        g_strdup_printf("%s %-8s", marks[verdict].glyph, rv_verdict_word(verdict));

    put_color(printer, marks[verdict].color, text);
}

static void
put_heading(Printer *printer, const char *title)
{
    g_string_append_c(printer->out, '\n');
    put_color(printer, "1", title);
}

/* Text that may be long, in lines of the terminal's width, each after `indent` spaces; the first
 * begins where the line stands. Cut between words where there are such, at any character of
 * Chinese. */
static void
put_wrapped(Printer *printer, guint column, guint indent, const char *text)
{
    guint width = MAX(printer->style->width, indent + 20);
    const char *p = text;

    while (*p != '\0') {
        const char *end = p, *last = NULL;
        guint room = width > column ? width - column : 1, used = 0;

        for (; *end != '\0'; end = g_utf8_next_char(end)) {
            gunichar c = g_utf8_get_char(end);
            guint step = g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;

            if (used + step > room)
                break;
            if (c == ' ' || (step == 2 && end > p))
                last = end;
            used += step;
        }
        if (*end != '\0' && last != NULL)
            end = last;
        if (end == p)
            end = g_utf8_next_char(p);
        g_string_append_len(printer->out, p, end - p);
        for (p = end; *p == ' '; p++)
            ;
        if (*p != '\0')
            g_string_append_printf(printer->out, "\n%*s", (int)indent, "");
        column = indent;
    }
    g_string_append_c(printer->out, '\n');
}

static void
put_fitted(Printer *printer, const char *text, guint columns)
{
    g_autofree char *fitted = rv_text_fit(text, columns);

    g_string_append(printer->out, fitted);
}

static void
put_folded(Printer *printer, guint hidden, const char *what)
{
    if (hidden > 0)
        g_string_append_printf(printer->out, "    … %u more%s%s (-v shows all)\n", hidden,
                               *what != '\0' ? " " : "", what);
}

/* ---- who it is ---- */

static void
join(GString *line, const char *before, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    if (line->len > 0)
        g_string_append(line, before);
    g_string_append(line, text);
}

static void
print_identity(Printer *printer)
{
    const RvDeviceIdentity *device = &printer->observation->device;
    const char *name = *device->name != '\0' ? device->name : device->host;
    g_autoptr(GString) line = g_string_new(NULL);
    g_autofree char *uptime = rv_describe_duration(device->uptime_seconds);

    put_color(printer, "1", name);
    g_string_append(printer->out, "  ");
    put_verdict(printer, printer->observation->status);
    while (printer->out->str[printer->out->len - 1] == ' ')
        g_string_truncate(printer->out, printer->out->len - 1);
    if (strcmp(name, device->host) != 0)
        g_string_append_printf(printer->out, "  %s", device->host);
    g_string_append_c(printer->out, '\n');
    join(line, "", device->vendor);
    join(line, " ", device->model);
    join(line, ", ", device->os);
    join(line, device->os != NULL ? " " : ", ", device->os_version);
    if (device->serial != NULL && *device->serial != '\0') {
        join(line, ", ", "serial");
        join(line, " ", device->serial);
    }
    if (*uptime != '\0') {
        join(line, ", ", "up for");
        join(line, " ", uptime);
    }
    if (device->power_state != NULL && strcmp(device->power_state, "on") != 0) {
        join(line, ", ", "power");
        join(line, " ", device->power_state);
    }
    if (line->len == 0)
        join(line, "", device->sys_descr);
    if (line->len > 0) {
        g_string_append(printer->out, "  ");
        put_wrapped(printer, 2, 2, line->str);
    }
}

/* How it went; why it did not is a finding. */
static void
print_protocols(Printer *printer)
{
    for (guint i = 0; i < printer->observation->protocols->len; i++) {
        const RvProtocol *protocol = g_ptr_array_index(printer->observation->protocols, i);

        if (protocol->state == RV_STATE_NOT_ASKED && protocol->reason == RV_REASON_NONE)
            continue;
        g_string_append_printf(printer->out, "  %s %s in %" G_GINT64_FORMAT " ms", protocol->name,
                               rv_describe_reachability(protocol->state), protocol->duration_ms);
        if (protocol->requests > 0 && (printer->style->explain || protocol->retries > 0))
            g_string_append_printf(printer->out, " (requests: %u, repeated: %u)",
                                   protocol->requests, protocol->retries);
        g_string_append_c(printer->out, '\n');
    }
    if (!printer->style->explain)
        return;
    g_string_append_printf(printer->out, "  profile %s, sysObjectID %s\n",
                           printer->observation->device.profile != NULL
                               ? printer->observation->device.profile
                               : "none",
                           printer->observation->device.sys_object_id != NULL
                               ? printer->observation->device.sys_object_id
                               : "none");
}

/* ---- what is wrong ---- */

/* A state that several parts are in, for the same reason; a reading has a value of its own. */
static gboolean
is_alike(const RvFinding *one, const RvFinding *other)
{
    return one->verdict == other->verdict && one->sensor != NULL && other->sensor != NULL &&
           !isfinite(one->sensor->value) && !isfinite(other->sensor->value) &&
           (one->verdict == RV_VERDICT_UNKNOWN ||
            strcmp(rv_sensor_group(one->sensor), rv_sensor_group(other->sensor)) == 0) &&
           strcmp(one->value, other->value) == 0 && g_strcmp0(one->reason, other->reason) == 0;
}

/* "13 × communication lost (the device says so): Slot 1, Slot 2, Slot 3 and 10 more". */
static char *
describe_alike(const GPtrArray *alike)
{
    const RvFinding *first = g_ptr_array_index(alike, 0);
    g_autofree char *text = rv_finding_text(first);
    GString *line = g_string_new(NULL);
    guint named = alike->len <= ALIKE_NAMED + 1 ? alike->len : ALIKE_NAMED;

    g_string_printf(line, "%u × %s: ", alike->len, text + strlen(first->subject) + strlen(": "));
    for (guint i = 0; i < named; i++)
        g_string_append_printf(line, "%s%s", i > 0 ? ", " : "",
                               ((const RvFinding *)g_ptr_array_index(alike, i))->subject);
    if (named < alike->len)
        g_string_append_printf(line, " and %u more", alike->len - named);
    return g_string_free(line, FALSE);
}

/* A line each (char*, with its verdict in `verdicts`); many that are alike share one. */
static GPtrArray *
finding_lines(const Printer *printer, const GPtrArray *findings, GArray *verdicts)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < findings->len; i++) {
        RvFinding *finding = g_ptr_array_index(findings, i);
        g_autoptr(GPtrArray) alike = g_ptr_array_new();

        if (g_hash_table_contains(told, finding))
            continue;
        for (guint j = i; j < findings->len && !printer->style->all; j++)
            if (is_alike(finding, g_ptr_array_index(findings, j)))
                g_ptr_array_add(alike, g_ptr_array_index(findings, j));
        for (guint j = 0; j < alike->len && alike->len >= ALIKE; j++)
            g_hash_table_add(told, g_ptr_array_index(alike, j));
        g_array_append_val(verdicts, finding->verdict);
        g_ptr_array_add(lines,
                        alike->len >= ALIKE ? describe_alike(alike) : rv_finding_text(finding));
    }
    return lines;
}

static void
print_findings(Printer *printer)
{
    g_autoptr(GPtrArray) findings = rv_findings(printer->observation);
    g_autoptr(GArray) verdicts = g_array_new(FALSE, FALSE, sizeof(RvVerdict));
    g_autoptr(GPtrArray) lines = finding_lines(printer, findings, verdicts);
    guint shown = printer->style->all ? lines->len : MIN(lines->len, FINDINGS_FOLDED);

    if (findings->len > 0)
        g_string_append_c(printer->out, '\n');
    for (guint i = 0; i < shown; i++) {
        g_string_append(printer->out, "  ");
        put_verdict(printer, g_array_index(verdicts, RvVerdict, i));
        g_string_append(printer->out, "  ");
        put_wrapped(printer, 14, 14, g_ptr_array_index(lines, i));
    }
    put_folded(printer, lines->len - shown, "findings");
}

/* ---- sensors by kind of part ---- */

static const struct {
    const char *group, *title;
} titles[] = {
    {"psu", "Power supplies"},
    {"fan", "Fans"},
    {"temperature", "Temperatures"},
    {"voltage", "Voltages"},
    {"power", "Power"},
    {"battery", "Batteries"},
    {"humidity", "Humidity"},
    {"disk", "Disks"},
    {"array", "Arrays"},
    {"module", "Modules"},
    {"optics", "Optics"},
    {"cpu", "Processors"},
    {"memory", "Memory"},
    {"enclosure", "Enclosure"},
    {"log", "Logs"},
    {"other", "Other"},
};

/* "[···●···!!!!]": where a value lies between the limits, which are at the ends; '!' is beyond a
 * warning limit. NULL where there is no span to lie in. */
static char *
bar_of(const RvSensor *sensor)
{
    const RvLimits *limits = &sensor->limits;
    double low = isnan(limits->low_critical) ? limits->low_warning : limits->low_critical;
    double high = isnan(limits->high_critical) ? limits->high_warning : limits->high_critical;
    GString *bar;
    int place;

    if (isnan(low) && high > 0 && sensor->class != RV_CLASS_OPTICAL_POWER)
        low = 0;
    if (!isfinite(sensor->value) || !isfinite(low) || !isfinite(high) || low >= high)
        return NULL;
    place = (int)floor((sensor->value - low) / (high - low) * BAR_CELLS);
    place = CLAMP(place, 0, BAR_CELLS - 1);
    bar = g_string_new("[");
    for (int i = 0; i < BAR_CELLS; i++) {
        double from = low + (high - low) * i / BAR_CELLS;
        double until = low + (high - low) * (i + 1) / BAR_CELLS;
        gboolean beyond = from >= limits->high_warning || until <= limits->low_warning;

        g_string_append(bar, i == place ? "●" : beyond ? "!" : "·");
    }
    g_string_append_c(bar, ']');
    return g_string_free(bar, FALSE);
}

typedef struct {
    guint name, value;
} Columns;

static Columns
measure(const Printer *printer, const GPtrArray *sensors)
{
    Columns columns = {0};

    for (guint i = 0; i < sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(sensors, i);
        g_autofree char *title = rv_finding_title(printer->observation, sensor);
        g_autofree char *value = rv_describe_value(sensor);

        columns.name = MAX(columns.name, rv_text_width(title));
        columns.value = MAX(columns.value, rv_text_width(value));
    }
    columns.name = MIN(columns.name, MAX(printer->style->width / 3, 16));
    columns.value = MIN(columns.value, MAX(printer->style->width / 4, 12));
    return columns;
}

static void
explain_sensor(Printer *printer, const RvSensor *sensor)
{
    g_autoptr(GString) line = g_string_new(NULL);

    join(line, ", ", sensor->key);
    if (sensor->source != NULL) {
        join(line, ", ", "from");
        join(line, " ", sensor->source);
    }
    if (sensor->oid != NULL) {
        join(line, ", ", "OID");
        join(line, " ", sensor->oid);
    }
    if (sensor->sdr_id >= 0)
        g_string_append_printf(line, ", SDR record %d%s%s", sensor->sdr_id,
                               sensor->entity != NULL ? ", " : "",
                               sensor->entity != NULL ? sensor->entity : "");
    if (sensor->has_raw)
        g_string_append_printf(line, ", raw %" G_GINT64_FORMAT, sensor->raw);
    else if (sensor->raw_text != NULL)
        g_string_append_printf(line, ", raw '%s'", sensor->raw_text);
    if (sensor->limits_source != RV_LIMITS_NONE)
        g_string_append_printf(line, ", limits of the %s",
                               rv_limits_source_word(sensor->limits_source));
    if (sensor->hysteresis > 0) {
        g_autofree char *hysteresis = rv_describe_number(sensor, sensor->hysteresis);

        g_string_append_printf(line, ", hysteresis %s", hysteresis);
    }
    if (sensor->reason != NULL)
        g_string_append_printf(line, "; %s", sensor->reason);
    g_string_append_printf(printer->out, "%*s", 16, "");
    put_wrapped(printer, 16, 16, line->str);
}

/* Cut where the line ends. */
static void
put_rest(Printer *printer, guint column, const char *text)
{
    g_autofree char *cut = NULL;

    if (column + 10 >= printer->style->width)
        return;
    cut = rv_text_cut(text, printer->style->width - column);
    g_string_append(printer->out, cut);
}

static void
drop_blanks(Printer *printer)
{
    while (printer->out->str[printer->out->len - 1] == ' ')
        g_string_truncate(printer->out, printer->out->len - 1);
}

/* `more` (NULL: nothing) is what others tell of the same part. */
static void
print_sensor(Printer *printer, const RvSensor *sensor, const Columns *columns, const char *more)
{
    g_autofree char *title = rv_finding_title(printer->observation, sensor);
    g_autofree char *value = rv_describe_value(sensor);
    g_autofree char *limits = rv_describe_limits(sensor);
    g_autofree char *bar = bar_of(sensor);
    guint column = 4 + 10 + 2 + columns->name + 2 + columns->value + 2;

    g_string_append(printer->out, "    ");
    if (sensor->presence == RV_PRESENCE_ABSENT)
        g_string_append(printer->out, "- absent  ");
    else
        put_verdict(printer, sensor->status);
    g_string_append(printer->out, "  ");
    put_fitted(printer, title, columns->name);
    g_string_append(printer->out, "  ");
    put_fitted(printer, value, columns->value);
    if (sensor->presence == RV_PRESENCE_PRESENT && *limits != '\0') {
        g_string_append(printer->out, "  ");
        if (bar != NULL &&
            column + BAR_CELLS + 3 + rv_text_width(limits) <= printer->style->width) {
            put_fitted(printer, bar, BAR_CELLS + 3);
            column += BAR_CELLS + 3;
        }
        put_rest(printer, column, limits);
        column += rv_text_width(limits);
    }
    drop_blanks(printer);
    if (more != NULL) {
        g_string_append(printer->out, " · ");
        put_rest(printer, column + 3, more);
    }
    g_string_append_c(printer->out, '\n');
    if (printer->style->explain)
        explain_sensor(printer, sensor);
}

static void
print_counts(Printer *printer, const GPtrArray *sensors)
{
    guint counts[RV_VERDICT_UNKNOWN + 1] = {0}, absent = 0;
    gboolean begun = FALSE;

    for (guint i = 0; i < sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(sensors, i);

        if (sensor->presence == RV_PRESENCE_ABSENT)
            absent++;
        else
            counts[sensor->status]++;
    }
    for (int i = RV_VERDICT_OK; i <= RV_VERDICT_UNKNOWN; i++) {
        if (counts[i] > 0)
            g_string_append_printf(printer->out, "%s%u %s", begun ? ", " : "  ", counts[i],
                                   rv_verdict_word((RvVerdict)i));
        begun |= counts[i] > 0;
    }
    if (absent > 0)
        g_string_append_printf(printer->out, "%s%u absent", begun ? ", " : "  ", absent);
    g_string_append_c(printer->out, '\n');
}

/* Ports whose optics are well, a row each. */
static void
print_ports(Printer *printer, const GPtrArray *rows)
{
    guint shown = rows->len <= ROWS_FOLDED + 1 ? rows->len : ROWS_FOLDED, width = 0;

    for (guint i = 0; i < shown; i++)
        width = MAX(width, rv_text_width(((RvOpticsRow *)g_ptr_array_index(rows, i))->name));
    width = MIN(width, MAX(printer->style->width / 3, 16));
    for (guint i = 0; i < shown; i++) {
        const RvOpticsRow *row = g_ptr_array_index(rows, i);

        g_string_append(printer->out, "    ");
        put_verdict(printer, RV_VERDICT_OK);
        g_string_append(printer->out, "  ");
        put_fitted(printer, row->name, width);
        g_string_append(printer->out, "  ");
        put_wrapped(printer, 18 + width, 18 + width, row->text);
    }
    put_folded(printer, rows->len - shown, "ports");
}

static void
print_group(Printer *printer, const char *title, GPtrArray *sensors)
{
    gboolean whole = printer->style->all || printer->style->explain;
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GHashTable) told = NULL;
    Columns columns;
    guint shown;

    if (sensors->len == 0)
        return;
    put_heading(printer, title);
    print_counts(printer, sensors);
    if (!whole && strcmp(rv_sensor_group(g_ptr_array_index(sensors, 0)), "optics") == 0)
        rows = rv_optics_rows(printer->observation, sensors);
    else if (!whole)
        told = rv_companions(sensors);
    g_ptr_array_sort(sensors, rv_findings_compare_sensors);
    shown = printer->style->all || sensors->len <= ROWS_FOLDED + 1 ? sensors->len : ROWS_FOLDED;
    while (shown < sensors->len && shown < FINDINGS_FOLDED &&
           ((RvSensor *)g_ptr_array_index(sensors, shown))->status != RV_VERDICT_OK)
        shown++;
    columns = measure(printer, sensors);
    for (guint i = 0; i < shown; i++)
        print_sensor(printer, g_ptr_array_index(sensors, i), &columns,
                     told != NULL ? g_hash_table_lookup(told, g_ptr_array_index(sensors, i))
                                  : NULL);
    put_folded(printer, sensors->len - shown, "");
    if (rows != NULL)
        print_ports(printer, rows);
}

static GPtrArray *
sensors_of(const RvObservation *observation, const char *group)
{
    GPtrArray *sensors = g_ptr_array_new();

    for (guint i = 0; i < observation->sensors->len; i++) {
        RvSensor *sensor = g_ptr_array_index(observation->sensors, i);
        gboolean known = FALSE;

        for (gsize j = 0; j < G_N_ELEMENTS(titles); j++)
            known |= strcmp(rv_sensor_group(sensor), titles[j].group) == 0;
        if (strcmp(known ? rv_sensor_group(sensor) : "other", group) == 0)
            g_ptr_array_add(sensors, sensor);
    }
    return sensors;
}

static void
print_sensors(Printer *printer)
{
    for (gsize i = 0; i < G_N_ELEMENTS(titles); i++) {
        g_autoptr(GPtrArray) sensors = sensors_of(printer->observation, titles[i].group);

        print_group(printer, titles[i].title, sensors);
    }
    if (printer->observation->sensors->len == 0 &&
        rv_observation_reachability(printer->observation) == RV_STATE_UP)
        g_string_append(printer->out, "\n  no sensors: no profile knows this device's, or it has "
                                      "none (rackvitals profile explain TARGET)\n");
}

/* ---- interfaces ---- */

static guint64
troubles(const RvInterface *interface)
{
    const guint64 counters[] = {interface->in_errors, interface->out_errors, interface->in_discards,
                                interface->out_discards};
    guint64 sum = 0;

    for (gsize i = 0; i < G_N_ELEMENTS(counters); i++)
        sum += counters[i] != RV_COUNTER_NONE ? MIN(counters[i], G_MAXUINT32 * 1024ull) : 0;
    return sum;
}

static int
compare_troubles(gconstpointer a, gconstpointer b)
{
    guint64 left = troubles(*(RvInterface *const *)a), right = troubles(*(RvInterface *const *)b);

    return left > right ? -1 : left < right;
}

static void
append_counter(GString *line, const char *name, guint64 value)
{
    if (value != RV_COUNTER_NONE && value > 0)
        g_string_append_printf(line, "%s%" G_GUINT64_FORMAT " %s", line->len > 0 ? ", " : "", value,
                               name);
}

static void
print_interface(Printer *printer, const RvInterface *interface, guint name_width)
{
    g_autofree char *speed = rv_describe_speed(interface->speed_bps);
    g_autoptr(GString) line = g_string_new(NULL);
    guint column = 4 + name_width + 2 + 14 + 2 + 11 + 2;

    append_counter(line, "in errors", interface->in_errors);
    append_counter(line, "out errors", interface->out_errors);
    append_counter(line, "in discards", interface->in_discards);
    append_counter(line, "out discards", interface->out_discards);
    if (*interface->alias != '\0')
        g_string_append_printf(line, "%s\"%s\"", line->len > 0 ? "  " : "", interface->alias);
    g_string_append(printer->out, "    ");
    put_fitted(printer, interface->name, name_width);
    g_string_append(printer->out, "  ");
    put_fitted(printer,
               interface->admin_status == RV_ADMIN_DOWN
                   ? "switched off"
                   : rv_oper_status_word(interface->oper_status),
               14);
    g_string_append(printer->out, "  ");
    put_fitted(printer, speed, 11);
    g_string_append(printer->out, "  ");
    if (column + 24 > printer->style->width) {
        column = 8;
        if (line->len > 0)
            g_string_append_printf(printer->out, "\n%*s", (int)column, "");
    }
    put_wrapped(printer, column, column, line->str);
}

static void
print_interfaces(Printer *printer)
{
    const GPtrArray *interfaces = printer->observation->interfaces;
    g_autoptr(GPtrArray) troubled = g_ptr_array_new();
    guint up = 0, off = 0, untold = 0, width = 4, shown;

    if (interfaces->len == 0)
        return;
    for (guint i = 0; i < interfaces->len; i++) {
        RvInterface *interface = g_ptr_array_index(interfaces, i);

        up += interface->oper_status == RV_OPER_UP;
        if (interface->oper_status != RV_OPER_UP && interface->admin_status == RV_ADMIN_DOWN)
            off++;
        else if (interface->oper_status == RV_OPER_UNKNOWN_TO_US)
            untold++;
        if (printer->style->all || troubles(interface) > 0) {
            g_ptr_array_add(troubled, interface);
            width = MAX(width, rv_text_width(interface->name));
        }
    }
    put_heading(printer, "Interfaces");
    g_string_append_printf(printer->out, "  %u up, %u down, %u switched off", up,
                           interfaces->len - up - off - untold, off);
    if (untold > 0)
        g_string_append_printf(printer->out, ", %u not told", untold);
    g_string_append_c(printer->out, '\n');
    if (!printer->style->all)
        g_ptr_array_sort(troubled, compare_troubles);
    shown = printer->style->all ? troubled->len : MIN(troubled->len, INTERFACES_FOLDED);
    for (guint i = 0; i < shown; i++)
        print_interface(printer, g_ptr_array_index(troubled, i),
                        MIN(width, printer->style->width / 3));
    put_folded(printer, troubled->len - shown, "with errors or discards since they were counted");
}

/* ---- the rest ---- */

static void
print_components(Printer *printer)
{
    const GPtrArray *components = printer->observation->components;

    if (components->len == 0)
        return;
    put_heading(printer, "Parts");
    g_string_append_printf(printer->out, "  %u%s\n", components->len,
                           printer->style->all ? "" : " (-v lists them)");
    for (guint i = 0; i < components->len && printer->style->all; i++) {
        const RvComponent *component = g_ptr_array_index(components, i);
        g_autoptr(GString) line = g_string_new(NULL);

        join(line, "", component->class);
        join(line, ": ", component->name);
        join(line, ", ", component->vendor);
        join(line, " ", component->model);
        if (*component->serial != '\0')
            g_string_append_printf(line, ", serial %s", component->serial);
        if (*component->firmware != '\0')
            g_string_append_printf(line, ", firmware %s", component->firmware);
        g_string_append(printer->out, "    ");
        put_wrapped(printer, 4, 6, line->str);
    }
}

static gboolean
is_over(const RvEvent *event)
{
    return event->ended || event->severity == RV_VERDICT_OK;
}

static void
print_event(Printer *printer, const RvEvent *event)
{
    g_autofree char *time = event->time_ms > 0 ? rv_clock_format(event->time_ms, NULL)
                                               : g_strdup("clock was not set  ");
    g_autofree char *text =
        g_strdup_printf("%s%s%s%s", event->sensor, *event->sensor != '\0' ? ": " : "", event->text,
                        !event->asserted ? " (went away)"
                        : event->ended   ? " (over since)"
                                         : "");

    g_string_append(printer->out, "    ");
    put_verdict(printer, event->ended ? RV_VERDICT_OK : event->severity);
    g_string_append_printf(printer->out, "  %s  ", time);
    put_wrapped(printer, 37, 37, text);
}

/* What is over, or never was bad, is counted only. */
static void
print_events(Printer *printer)
{
    const GPtrArray *events = printer->observation->events;
    guint over = 0, shown = 0;

    if (events->len == 0)
        return;
    for (guint i = 0; i < events->len; i++)
        over += is_over(g_ptr_array_index(events, i));
    put_heading(printer, "Events");
    g_string_append_printf(printer->out, "  %u new, %u of them bad and not over%s\n", events->len,
                           events->len - over,
                           over < events->len || printer->style->all ? "; the latest first" : "");
    for (guint i = events->len; i-- > 0;) {
        const RvEvent *event = g_ptr_array_index(events, i);

        if (!printer->style->all && (is_over(event) || shown == EVENTS_FOLDED))
            continue;
        print_event(printer, event);
        shown++;
    }
    put_folded(printer, events->len - shown, "events");
}

static void
put_note(Printer *printer, const char *note)
{
    g_string_append(printer->out, "    ");
    put_wrapped(printer, 4, 6, note);
}

/* What was left out is for who doubts a value or writes a profile: one line, unless asked for. */
static void
print_notes(Printer *printer)
{
    const GPtrArray *notes = printer->observation->notes;
    gboolean whole = printer->style->all || printer->style->explain;
    guint count = 0, shown = 0, folded = 0;
    g_autofree char *left_out = whole ? NULL : rv_left_out_summary(notes, &count);

    if (notes->len == 0)
        return;
    put_heading(printer, "Notes");
    g_string_append_c(printer->out, '\n');
    for (guint i = 0; i < notes->len; i++) {
        const char *note = g_ptr_array_index(notes, i);

        if (count > 0 && rv_left_out_why(note) != NULL)
            continue;
        if (!whole && shown == NOTES_FOLDED) {
            folded++;
            continue;
        }
        put_note(printer, note);
        shown++;
    }
    put_folded(printer, folded, "notes");
    if (count > 0) {
        g_autofree char *line = g_strdup_printf("%s (-v lists them)", left_out);

        put_note(printer, line);
    }
}

void
rv_print_text(const GPtrArray *observations, const RvPrintStyle *style, GString *out)
{
    for (guint i = 0; i < observations->len; i++) {
        Printer printer = {style, g_ptr_array_index(observations, i), out};

        if (i > 0 || !style->first)
            g_string_append_c(out, '\n');
        print_identity(&printer);
        print_protocols(&printer);
        print_findings(&printer);
        print_sensors(&printer);
        print_interfaces(&printer);
        print_components(&printer);
        print_events(&printer);
        print_notes(&printer);
    }
}

void
rv_print_style_for(int fd, RvPrintStyle *style)
{
    const char *no_color = g_getenv("NO_COLOR"), *term = g_getenv("TERM");
    const char *columns = g_getenv("COLUMNS");
    gint64 asked = columns != NULL ? g_ascii_strtoll(columns, NULL, 10) : 0;
    gboolean terminal = isatty(fd);
    struct winsize size = {0};

    style->color = terminal && (no_color == NULL || *no_color == '\0') &&
                   (term == NULL || strcmp(term, "dumb") != 0);
    style->width = 120;
    if (terminal && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style->width = size.ws_col;
    else if (asked > 0)
        style->width = (guint)MIN(asked, 1000);
    style->width = CLAMP(style->width, 60, 1000);
}
