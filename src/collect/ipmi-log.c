#include "collect/ipmi-log.h"

#include "collect/ipmi-numbers.h"

#define EVENT_RECORD 0x02
#define OEM_RECORDS 0xC0 /* from here on (IPMI 2.0 §32) */

/* Bytes are numbered as in IPMI 2.0 table 32-1: the first of a record is byte 1. */
typedef struct {
    GArray *manufacturers, *products, *record_types, *sensor_types; /* guint32; empty: any */
    int event_type, offset;                                         /* -1: any */
    guint byte;                                                     /* the one that is looked at */
    guint8 mask;
    guint16 when_given; /* bit n: byte n + 1 must be when[n] */
    guint8 when[RV_IPMI_SEL_BYTES];
    GHashTable *entries; /* value → RvIpmiLogMeaning*, owned */
} Row;

struct RvIpmiLog {
    GPtrArray *rows; /* Row*, owned */
};

static void
row_free(gpointer data)
{
    Row *row = data;

    g_array_unref(row->manufacturers);
    g_array_unref(row->products);
    g_array_unref(row->record_types);
    g_array_unref(row->sensor_types);
    g_hash_table_unref(row->entries);
    g_free(row);
}

static Row *
row_new(void)
{
    Row *row = g_new0(Row, 1);
    GArray **const arrays[] = {&row->manufacturers, &row->products, &row->record_types,
                               &row->sensor_types};

    for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
        *arrays[i] = g_array_new(FALSE, FALSE, sizeof(guint32));
    row->entries = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    row->event_type = row->offset = -1;
    row->mask = 0xFF;
    return row;
}

RvIpmiLog *
rv_ipmi_log_new(void)
{
    RvIpmiLog *log = g_new0(RvIpmiLog, 1);

    log->rows = g_ptr_array_new_with_free_func(row_free);
    return log;
}

void
rv_ipmi_log_free(RvIpmiLog *log)
{
    if (log == NULL)
        return;
    g_ptr_array_unref(log->rows);
    g_free(log);
}

/* ---- loading ---- */

static void
read_entry(const RvYamlNode *node, guint64 value, Row *row, RvProblems *problems)
{
    static const char *const keys[] = {"verdict", "word", NULL};
    static const char *const verdicts[] = {"ok", "warning", "critical", "info", NULL};
    static const RvVerdict severities[] = {RV_VERDICT_OK, RV_VERDICT_WARNING, RV_VERDICT_CRITICAL,
                                           RV_VERDICT_OK};
    RvIpmiLogMeaning *meaning;
    const char *word = NULL;
    int verdict = 0;

    if (!rv_yaml_check_keys(node, "an entry", keys, problems))
        return;
    if (rv_yaml_get(node, "verdict") == NULL || rv_yaml_get(node, "word") == NULL)
        rv_yaml_problem(node, problems, "an entry needs a verdict and a word");
    (void)rv_yaml_get_choice(node, "verdict", verdicts, &verdict, problems);
    (void)rv_yaml_get_text(node, "word", &word, problems);
    meaning = g_new0(RvIpmiLogMeaning, 1);
    *meaning = (RvIpmiLogMeaning){severities[verdict], g_intern_string(word)};
    g_hash_table_insert(row->entries, GUINT_TO_POINTER((guint)value), meaning);
}

static void
read_entries(const RvYamlNode *node, Row *row, RvProblems *problems)
{
    const RvYamlNode *map = rv_yaml_get(node, "entries");
    guint64 value;

    if (map == NULL) {
        rv_yaml_problem(node, problems, "a row of the log needs 'entries'");
        return;
    }
    if (!rv_yaml_is_map(map, "entries", problems) || map->kind != RV_YAML_MAP)
        return;
    for (guint i = 0; i < map->size; i++)
        if (rv_ipmi_number(map->keys[i], "a value", 0xFF, &value, problems))
            read_entry(map->items[i], value, row, problems);
}

static void
read_when(const RvYamlNode *node, Row *row, RvProblems *problems)
{
    const RvYamlNode *map = rv_yaml_get(node, "when");
    guint64 byte, value;

    if (map == NULL || !rv_yaml_is_map(map, "when", problems) || map->kind != RV_YAML_MAP)
        return;
    for (guint i = 0; i < map->size; i++) {
        if (!rv_ipmi_number(map->keys[i], "a byte's number", RV_IPMI_SEL_BYTES, &byte, problems) ||
            !rv_ipmi_number(map->items[i], "a byte", 0xFF, &value, problems) || byte == 0)
            continue;
        row->when_given |= (guint16)(1 << (byte - 1));
        row->when[byte - 1] = (guint8)value;
    }
}

static void
read_single(const RvYamlNode *node, const char *key, guint64 most, int *into, RvProblems *problems)
{
    const RvYamlNode *value = rv_yaml_get(node, key);
    guint64 number;

    if (value != NULL && rv_ipmi_number(value, key, most, &number, problems))
        *into = (int)number;
}

static void
read_row(const RvYamlNode *node, RvIpmiLog *log, RvProblems *problems)
{
    static const char *const keys[] = {"name",       "manufacturer", "product", "record-type",
                                       "event-type", "sensor-type",  "offset",  "when",
                                       "byte",       "mask",         "entries", NULL};
    const char *name = NULL;
    gint64 byte = 1;
    int mask = 0xFF;
    Row *row;

    if (!rv_yaml_check_keys(node, "a row of the log", keys, problems))
        return;
    row = row_new();
    g_ptr_array_add(log->rows, row);
    if (rv_yaml_get(node, "byte") == NULL)
        rv_yaml_problem(node, problems, "a row of the log needs a 'byte'");
    (void)rv_yaml_get_text(node, "name", &name, problems);
    (void)rv_yaml_get_integer(node, "byte", 1, RV_IPMI_SEL_BYTES, &byte, problems);
    rv_ipmi_numbers(node, "manufacturer", 0xFFFFFF, row->manufacturers, problems);
    rv_ipmi_numbers(node, "product", 0xFFFF, row->products, problems);
    rv_ipmi_numbers(node, "record-type", 0xFF, row->record_types, problems);
    rv_ipmi_numbers(node, "sensor-type", 0xFF, row->sensor_types, problems);
    read_single(node, "event-type", 0x7F, &row->event_type, problems);
    read_single(node, "offset", 0x0F, &row->offset, problems);
    read_single(node, "mask", 0xFF, &mask, problems);
    row->byte = (guint)byte;
    row->mask = (guint8)mask;
    read_when(node, row, problems);
    read_entries(node, row, problems);
}

void
rv_ipmi_log_load(RvIpmiLog *log, const RvYamlNode *list, RvProblems *problems)
{
    for (guint i = 0; i < rv_yaml_count(list); i++)
        read_row(rv_yaml_item(list, i), log, problems);
}

/* ---- reading ---- */

static gboolean
fits_record(const Row *row, const RvIpmiSelEntry *entry)
{
    if (row->record_types->len == 0
            ? entry->record_type != EVENT_RECORD
            : !rv_ipmi_numbers_contain(row->record_types, entry->record_type))
        return FALSE;
    for (guint i = 0; i < RV_IPMI_SEL_BYTES; i++)
        if ((row->when_given & 1 << i) && entry->bytes[i] != row->when[i])
            return FALSE;
    if (entry->record_type >= OEM_RECORDS)
        return TRUE;
    return rv_ipmi_numbers_contain(row->sensor_types, entry->sensor_type) &&
           (row->event_type < 0 || row->event_type == entry->event_type) &&
           (row->offset < 0 || row->offset == entry->offset);
}

const RvIpmiLogMeaning *
rv_ipmi_log_find(const RvIpmiLog *log, guint32 manufacturer_id, guint16 product_id,
                 const RvIpmiSelEntry *entry)
{
    for (guint i = 0; i < log->rows->len; i++) {
        const Row *row = g_ptr_array_index(log->rows, i);
        guint value = entry->bytes[row->byte - 1] & row->mask;
        const RvIpmiLogMeaning *meaning;

        if ((!rv_ipmi_numbers_contain(row->manufacturers, manufacturer_id) &&
             !rv_ipmi_numbers_contain(row->manufacturers, entry->manufacturer_id)) ||
            !rv_ipmi_numbers_contain(row->products, product_id) || !fits_record(row, entry))
            continue;
        meaning = g_hash_table_lookup(row->entries, GUINT_TO_POINTER(value));
        if (meaning != NULL)
            return meaning;
    }
    return NULL;
}
