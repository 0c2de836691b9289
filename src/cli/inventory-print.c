#include "cli/inventory-print.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text-width.h"
#include "base/text.h"
#include "cli/csv.h"
#include "observation/words.h"

gboolean
rv_inventory_format_parse(const char *word, RvInventoryFormat *format, GError **error)
{
    static const char *const words[] = {"text", "json", "csv"};

    *format = RV_INVENTORY_TEXT;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (word == NULL || strcmp(word, words[i]) == 0) {
            *format = (RvInventoryFormat)i;
            return TRUE;
        }
    }
    g_set_error(error, RV_ERROR, RV_ERROR_USAGE, "--format %s: there are text, json and csv", word);
    return FALSE;
}

/* ---- rows of texts ---- */

static const char *
or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* Columns as wide as their widest text, two spaces apart; the last is not filled up. */
static void
append_table(GString *out, char ***rows, guint count, guint columns)
{
    g_autofree gsize *widths = g_new0(gsize, columns);

    for (guint i = 0; i < count; i++)
        for (guint j = 0; j < columns; j++)
            widths[j] = MAX(widths[j], (gsize)rv_text_width(rows[i][j]));
    for (guint i = 0; i < count; i++) {
        gsize start = out->len;

        for (guint j = 0; j < columns; j++) {
            g_string_append(out, rows[i][j]);
            for (gsize k = (gsize)rv_text_width(rows[i][j]); k < widths[j] + 2; k++)
                g_string_append_c(out, ' ');
        }
        while (out->len > start && out->str[out->len - 1] == ' ')
            g_string_truncate(out, out->len - 1);
        g_string_append_c(out, '\n');
    }
}

static void
append_csv(GString *out, char ***rows, guint count)
{
    for (guint i = 0; i < count; i++) {
        for (char **cell = rows[i]; *cell != NULL; cell++)
            rv_csv_append(out, *cell);
        rv_csv_end_row(out);
    }
}

static void
add_json(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key,
                        text != NULL && *text != '\0' ? json_string(text) : json_null());
}

static void
append_json(GString *out, json_t *json)
{
    char *line = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(12));

    g_string_append(out, line);
    g_string_append_c(out, '\n');
    free(line);
    json_decref(json);
}

/* ---- list ---- */

static const char *
protocols_of(const RvDevice *device)
{
    return device->snmp != NULL && device->ipmi != NULL ? "snmp+ipmi"
           : device->snmp != NULL                       ? "snmp"
                                                        : "ipmi";
}

static char **
list_row(const RvDevice *device)
{
    const char *cells[] = {device->name,
                           device->address,
                           or_empty(device->kind),
                           or_empty(device->site),
                           or_empty(device->rack),
                           or_empty(device->service_class),
                           or_empty(device->group),
                           protocols_of(device),
                           NULL};

    return g_strdupv((char **)cells);
}

void
rv_inventory_print_list(const GPtrArray *devices, RvInventoryFormat format, GString *out)
{
    static const char *const heading[] = {"name",          "address", "kind",      "site", "rack",
                                          "service-class", "group",   "protocols", NULL};
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);

    if (format == RV_INVENTORY_JSON) {
        rv_inventory_print_devices(devices, format, out);
        return;
    }
    if (format == RV_INVENTORY_CSV)
        g_ptr_array_add(rows, g_strdupv((char **)heading));
    for (guint i = 0; i < devices->len; i++)
        g_ptr_array_add(rows, list_row(g_ptr_array_index(devices, i)));
    if (format == RV_INVENTORY_CSV)
        append_csv(out, (char ***)rows->pdata, rows->len);
    else
        append_table(out, (char ***)rows->pdata, rows->len, G_N_ELEMENTS(heading) - 1);
}

/* ---- one device ---- */

static void append_line(GString *out, const char *what, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
append_line(GString *out, const char *what, const char *format, ...)
{
    va_list arguments;

    g_string_append_printf(out, "%-15s ", what);
    va_start(arguments, format);
    g_string_append_vprintf(out, format, arguments);
    va_end(arguments);
    g_string_append_c(out, '\n');
}

static void
append_texts(GString *out, const RvDevice *device)
{
    const struct {
        const char *what, *text;
    } rows[] = {
        {"address", device->address}, {"kind", device->kind},
        {"site", device->site},       {"rack", device->rack},
        {"group", device->group},     {"service class", device->service_class},
        {"owner", device->owner},     {"contract", device->contract},
        {"serial", device->serial},   {"profile", device->profile},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].text != NULL && *rows[i].text != '\0')
            append_line(out, rows[i].what, "%s", rows[i].text);
}

static void
append_access(GString *out, const RvDevice *device)
{
    const RvSnmpAccess *snmp = device->snmp;
    const RvIpmiAccess *ipmi = device->ipmi;

    if (snmp != NULL)
        append_line(out, "snmp", "%s port %u, version %s, credential %s, %u ms, %u retries",
                    or_empty(snmp->address), snmp->port, rv_snmp_version_word(snmp->version),
                    device->snmp_credential != NULL ? device->snmp_credential : "none",
                    snmp->timeout_ms, snmp->retries);
    if (ipmi != NULL) {
        g_autofree char *flags =
            ipmi->workarounds != NULL ? g_strjoinv(" ", ipmi->workarounds) : g_strdup("");

        append_line(out, "ipmi", "%s port %u, version %s, credential %s, %u ms%s%s",
                    or_empty(ipmi->address), ipmi->port,
                    ipmi->version == RV_IPMI_2_0 ? "2.0" : "1.5",
                    device->ipmi_credential != NULL ? device->ipmi_credential : "none",
                    ipmi->timeout_ms, *flags != '\0' ? ", " : "", flags);
    }
}

typedef struct {
    const char *key;
    double value;
} Limit;

static void
limits_of(const RvPolicyLimit *policy, Limit limits[4])
{
    limits[0] = (Limit){"low-critical", policy->limits.low_critical};
    limits[1] = (Limit){"low-warning", policy->limits.low_warning};
    limits[2] = (Limit){"high-warning", policy->limits.high_warning};
    limits[3] = (Limit){"high-critical", policy->limits.high_critical};
}

static void
append_policy(GString *out, const RvPolicyLimit *policy)
{
    g_autoptr(GString) line = g_string_new(policy->sensors);
    Limit limits[4];

    limits_of(policy, limits);
    if (!policy->any_class)
        g_string_append_printf(line, " (%s)", rv_class_word(policy->class));
    for (guint i = 0; i < 4; i++) {
        g_autofree char *value = rv_text_number(limits[i].value, 12);

        if (!isnan(limits[i].value))
            g_string_append_printf(line, ", %s %s", limits[i].key, value);
    }
    append_line(out, "limit", "%s", line->str);
}

static void
append_device(GString *out, const RvDevice *device)
{
    g_autofree char *parents = g_strjoinv(", ", device->parents);

    g_string_append_printf(out, "%s\n", device->name);
    append_texts(out, device);
    append_access(out, device);
    if (*parents != '\0')
        append_line(out, "parents", "%s", parents);
    for (guint i = 0; i < device->expected->len; i++) {
        const RvExpected *expected = g_ptr_array_index(device->expected, i);

        append_line(out, "expected", "%u %s", expected->count, expected->group);
    }
    for (guint i = 0; i < device->policies->len; i++)
        append_policy(out, g_ptr_array_index(device->policies, i));
    if (device->file != NULL)
        append_line(out, "declared", "%s:%u", device->file, device->line);
}

static json_t *
snmp_to_json(const RvDevice *device)
{
    const RvSnmpAccess *snmp = device->snmp;

    if (snmp == NULL)
        return json_null();
    return json_pack("{s:s?,s:i,s:s,s:s?,s:i,s:i}", "address", snmp->address, "port", snmp->port,
                     "version", rv_snmp_version_word(snmp->version), "credential",
                     device->snmp_credential, "timeout_ms", (int)snmp->timeout_ms, "retries",
                     (int)snmp->retries);
}

static json_t *
texts_to_json(char **texts)
{
    json_t *list = json_array();

    for (; texts != NULL && *texts != NULL; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static json_t *
ipmi_to_json(const RvDevice *device)
{
    const RvIpmiAccess *ipmi = device->ipmi;

    if (ipmi == NULL)
        return json_null();
    return json_pack("{s:s?,s:i,s:s,s:s?,s:i,s:o}", "address", ipmi->address, "port", ipmi->port,
                     "version", ipmi->version == RV_IPMI_2_0 ? "2.0" : "1.5", "credential",
                     device->ipmi_credential, "timeout_ms", (int)ipmi->timeout_ms, "workarounds",
                     texts_to_json(ipmi->workarounds));
}

static json_t *
policies_to_json(const GPtrArray *policies)
{
    json_t *list = json_array();

    for (guint i = 0; i < policies->len; i++) {
        const RvPolicyLimit *policy = g_ptr_array_index(policies, i);
        json_t *one = json_object();
        Limit limits[4];

        limits_of(policy, limits);
        add_json(one, "sensors", policy->sensors);
        add_json(one, "class", policy->any_class ? NULL : rv_class_word(policy->class));
        for (guint j = 0; j < 4; j++) {
            g_autofree char *key = g_strdelimit(g_strdup(limits[j].key), "-", '_');

            json_object_set_new(one, key,
                                isnan(limits[j].value) ? json_null() : json_real(limits[j].value));
        }
        json_array_append_new(list, one);
    }
    return list;
}

static json_t *
device_to_json(const RvDevice *device)
{
    json_t *json = json_object(), *expected = json_object();

    add_json(json, "name", device->name);
    add_json(json, "address", device->address);
    add_json(json, "kind", device->kind);
    add_json(json, "site", device->site);
    add_json(json, "rack", device->rack);
    add_json(json, "group", device->group);
    add_json(json, "service_class", device->service_class);
    add_json(json, "owner", device->owner);
    add_json(json, "contract", device->contract);
    add_json(json, "serial", device->serial);
    add_json(json, "profile", device->profile);
    json_object_set_new(json, "snmp", snmp_to_json(device));
    json_object_set_new(json, "ipmi", ipmi_to_json(device));
    json_object_set_new(json, "parents", texts_to_json(device->parents));
    for (guint i = 0; i < device->expected->len; i++) {
        const RvExpected *one = g_ptr_array_index(device->expected, i);

        json_object_set_new(expected, one->group, json_integer(one->count));
    }
    json_object_set_new(json, "expected", expected);
    json_object_set_new(json, "limits", policies_to_json(device->policies));
    add_json(json, "file", device->file);
    json_object_set_new(json, "line", json_integer(device->line));
    return json;
}

void
rv_inventory_print_devices(const GPtrArray *devices, RvInventoryFormat format, GString *out)
{
    for (guint i = 0; i < devices->len; i++) {
        const RvDevice *device = g_ptr_array_index(devices, i);

        if (format == RV_INVENTORY_JSON) {
            append_json(out, device_to_json(device));
            continue;
        }
        g_string_append(out, i > 0 ? "\n" : "");
        append_device(out, device);
    }
}

/* ---- census ---- */

/* Below its device's name for people, beside it for programs. */
static char **
component_row(const RvComponentRow *row, gboolean below)
{
    const RvComponent *part = &row->component;
    g_autofree char *key = g_strconcat("  ", part->key, NULL);
    const char *cells[] = {
        row->device,  below ? key : part->key, part->class, part->name, part->model,
        part->serial, part->firmware,          NULL};

    return g_strdupv((char **)cells + (below ? 1 : 0));
}

static void
append_identity(GString *out, const RvDeviceRow *row, GTimeZone *zone)
{
    g_autofree char *seen =
        row->answered_ms[2] > 0 ? rv_clock_format(row->answered_ms[2], zone) : NULL;

    g_string_append_printf(out, "%s", row->name);
    if (row->vendor != NULL || row->model != NULL)
        g_string_append_printf(out, ": %s%s%s", or_empty(row->vendor),
                               row->vendor != NULL && row->model != NULL ? " " : "",
                               or_empty(row->model));
    if (row->os_version != NULL)
        g_string_append_printf(out, ", %s%s%s", or_empty(row->os), row->os != NULL ? " " : "",
                               row->os_version);
    if (row->serial != NULL)
        g_string_append_printf(out, ", serial %s", row->serial);
    g_string_append_printf(out, " (%s%s)\n", seen != NULL ? "census of " : "no census yet",
                           or_empty(seen));
}

static void
append_census(GString *out, const RvDeviceRow *row, const GPtrArray *components, GTimeZone *zone)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);

    append_identity(out, row, zone);
    for (guint i = 0; i < components->len; i++) {
        const RvComponentRow *component = g_ptr_array_index(components, i);

        if (strcmp(component->device, row->name) == 0)
            g_ptr_array_add(rows, component_row(component, TRUE));
    }
    append_table(out, (char ***)rows->pdata, rows->len, 6);
}

static json_t *
census_to_json(const RvDeviceRow *row, const GPtrArray *components)
{
    json_t *json = json_object(), *parts = json_array();

    add_json(json, "device", row->name);
    add_json(json, "vendor", row->vendor);
    add_json(json, "model", row->model);
    add_json(json, "os", row->os);
    add_json(json, "os_version", row->os_version);
    add_json(json, "serial", row->serial);
    json_object_set_new(json, "census_ms",
                        row->answered_ms[2] > 0 ? json_integer(row->answered_ms[2]) : json_null());
    for (guint i = 0; i < components->len; i++) {
        const RvComponentRow *component = g_ptr_array_index(components, i);
        const RvComponent *part = &component->component;
        json_t *one;

        if (strcmp(component->device, row->name) != 0)
            continue;
        one = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "key", part->key, "class", part->class,
                        "name", part->name, "model", part->model, "serial", part->serial,
                        "part_number", part->part_number, "firmware", part->firmware, "hardware",
                        part->hardware);
        json_object_set_new(one, "since_ms", json_integer(component->from_ms));
        json_array_append_new(parts, one);
    }
    json_object_set_new(json, "components", parts);
    return json;
}

void
rv_inventory_print_census(const GPtrArray *rows, const GPtrArray *components, GTimeZone *zone,
                          RvInventoryFormat format, GString *out)
{
    if (format == RV_INVENTORY_CSV) {
        g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
        static const char *const heading[] = {"device", "key",    "class",    "name",
                                              "model",  "serial", "firmware", NULL};

        g_ptr_array_add(lines, g_strdupv((char **)heading));
        for (guint i = 0; i < components->len; i++)
            g_ptr_array_add(lines, component_row(g_ptr_array_index(components, i), FALSE));
        append_csv(out, (char ***)lines->pdata, lines->len);
        return;
    }
    for (guint i = 0; i < rows->len; i++) {
        const RvDeviceRow *row = g_ptr_array_index(rows, i);

        if (format == RV_INVENTORY_JSON)
            append_json(out, census_to_json(row, components));
        else
            append_census(out, row, components, zone);
    }
}
