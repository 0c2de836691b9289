#include "collect/ipmi-states.h"

#include <string.h>

#include "base/error.h"
#include "collect/ipmi-log.h"
#include "collect/ipmi-numbers.h"
#include "observation/words.h"
#include "yaml/node.h"

#define OFFSETS 15  /* states of a sensor: bits 0 to 14 */
#define VALUES 0x80 /* whole masks that a row may name */

typedef enum { SAYS_OK, SAYS_WARNING, SAYS_CRITICAL, SAYS_INFO, SAYS_NOTHING } Says;
static const char *const says_words[] = {"ok", "warning", "critical", "info", NULL};
static const char *const others_words[] = {"unknown", "ignore", NULL};
static const char *const presence_words[] = {"present", "absent", NULL};

typedef struct {
    Says says; /* SAYS_NOTHING: not listed */
    gboolean absent;
    const char *word; /* interned; NULL: none */
} State;

typedef struct {
    GArray *manufacturers, *products; /* guint32; empty: any */
    int event_type;                   /* -1: any */
    gboolean any_type;
    guint8 types[256];
    const char *group; /* interned */
    Says none;
    gboolean ignores_others; /* bits that are not listed mean nothing */
    int present;             /* offset that says that the part is there; -1: none does */
    State states[OFFSETS], events[OFFSETS];
    GHashTable *values; /* mask → State*, owned */
} Row;

struct RvIpmiStates {
    GPtrArray *rows; /* Row*, owned */
    RvIpmiLog *log;
};

static void
row_free(gpointer data)
{
    Row *row = data;

    g_array_unref(row->manufacturers);
    g_array_unref(row->products);
    g_hash_table_unref(row->values);
    g_free(row);
}

static Row *
row_new(void)
{
    Row *row = g_new0(Row, 1);

    row->manufacturers = g_array_new(FALSE, FALSE, sizeof(guint32));
    row->products = g_array_new(FALSE, FALSE, sizeof(guint32));
    row->values = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    row->present = -1;
    for (guint i = 0; i < OFFSETS; i++)
        row->states[i].says = row->events[i].says = SAYS_NOTHING;
    return row;
}

void
rv_ipmi_states_free(RvIpmiStates *states)
{
    if (states == NULL)
        return;
    g_ptr_array_unref(states->rows);
    rv_ipmi_log_free(states->log);
    g_free(states);
}

/* ---- loading ---- */

static void
read_state(const RvYamlNode *node, State *state, RvProblems *problems)
{
    static const char *const keys[] = {"verdict", "presence", "word", NULL};
    int says = SAYS_INFO, presence = 0;
    const char *word = NULL;

    if (!rv_yaml_check_keys(node, "a state", keys, problems))
        return;
    if (rv_yaml_get(node, "verdict") == NULL)
        rv_yaml_problem(node, problems, "a state needs a verdict: ok, warning, critical or info");
    (void)rv_yaml_get_choice(node, "verdict", says_words, &says, problems);
    (void)rv_yaml_get_choice(node, "presence", presence_words, &presence, problems);
    (void)rv_yaml_get_text(node, "word", &word, problems);
    *state = (State){(Says)says, presence == 1, g_intern_string(word)};
}

static void
read_offsets(const RvYamlNode *row, const char *key, State *states, RvProblems *problems)
{
    const RvYamlNode *map = rv_yaml_get(row, key);
    guint64 offset;

    if (map == NULL || !rv_yaml_is_map(map, key, problems) || map->kind != RV_YAML_MAP)
        return;
    for (guint i = 0; i < map->size; i++)
        if (rv_ipmi_number(map->keys[i], "an offset", OFFSETS - 1, &offset, problems))
            read_state(map->items[i], &states[offset], problems);
}

static void
read_values(const RvYamlNode *row, GHashTable *values, RvProblems *problems)
{
    const RvYamlNode *map = rv_yaml_get(row, "values");
    guint64 mask;

    if (map == NULL || !rv_yaml_is_map(map, "values", problems) || map->kind != RV_YAML_MAP)
        return;
    for (guint i = 0; i < map->size && i < VALUES; i++) {
        State *state;

        if (!rv_ipmi_number(map->keys[i], "a value", 0x7FFF, &mask, problems))
            continue;
        state = g_new0(State, 1);
        read_state(map->items[i], state, problems);
        g_hash_table_insert(values, GUINT_TO_POINTER((guint)mask), state);
    }
}

static void
read_types(const RvYamlNode *node, Row *row, RvProblems *problems)
{
    g_autoptr(GArray) types = g_array_new(FALSE, FALSE, sizeof(guint32));

    rv_ipmi_numbers(node, "sensor-type", 0xFF, types, problems);
    row->any_type = types->len == 0;
    for (guint i = 0; i < types->len; i++)
        row->types[g_array_index(types, guint32, i)] = 1;
}

static void
read_row(const RvYamlNode *node, RvIpmiStates *states, RvProblems *problems)
{
    static const char *const keys[] = {
        "name",   "manufacturer", "product", "event-type", "group",  "sensor-type", "none",
        "others", "present",      "states",  "values",     "events", NULL};
    const RvYamlNode *event_type;
    const char *name = NULL, *group = NULL;
    gint64 present = -1;
    int none = SAYS_OK, others = 0;
    guint64 number = 0;
    Row *row;

    if (!rv_yaml_check_keys(node, "a row of the table", keys, problems))
        return;
    row = row_new();
    g_ptr_array_add(states->rows, row);
    event_type = rv_yaml_get(node, "event-type");
    (void)rv_yaml_get_text(node, "name", &name, problems);
    (void)rv_yaml_get_text(node, "group", &group, problems);
    (void)rv_yaml_get_choice(node, "none", says_words, &none, problems);
    (void)rv_yaml_get_choice(node, "others", others_words, &others, problems);
    (void)rv_yaml_get_integer(node, "present", 0, OFFSETS - 1, &present, problems);
    rv_ipmi_numbers(node, "manufacturer", 0xFFFFF, row->manufacturers, problems);
    rv_ipmi_numbers(node, "product", 0xFFFF, row->products, problems);
    read_types(node, row, problems);
    row->event_type = event_type == NULL ? -1 : 0;
    if (event_type != NULL && rv_ipmi_number(event_type, "event-type", 0x7F, &number, problems))
        row->event_type = (int)number;
    row->group = g_intern_string(group);
    row->none = (Says)none;
    row->ignores_others = others == 1;
    row->present = (int)present;
    read_offsets(node, "states", row->states, problems);
    read_offsets(node, "events", row->events, problems);
    read_values(node, row->values, problems);
}

RvIpmiStates *
rv_ipmi_states_load(const char *path, GError **error)
{
    static const char *const keys[] = {"states", "log", NULL};
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(RvIpmiStates) states = g_new0(RvIpmiStates, 1);
    g_autoptr(RvYaml) yaml = NULL;
    const RvYamlNode *root, *list;

    states->rows = g_ptr_array_new_with_free_func(row_free);
    states->log = rv_ipmi_log_new();
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, RV_ERROR, RV_ERROR_NO_INPUT, "%s: there is no such file", path);
        return NULL;
    }
    yaml = rv_yaml_load(path, problems);
    root = yaml != NULL ? rv_yaml_root(yaml) : NULL;
    if (root != NULL && rv_yaml_check_keys(root, "the table of states", keys, problems)) {
        list = rv_yaml_get(root, "states");
        if (list == NULL)
            rv_yaml_problem(root, problems, "the list 'states' is missing");
        for (guint i = 0; i < rv_yaml_count(list); i++)
            read_row(rv_yaml_item(list, i), states, problems);
        rv_ipmi_log_load(states->log, rv_yaml_get(root, "log"), problems);
    }
    return rv_problems_settle(problems, error) ? g_steal_pointer(&states) : NULL;
}

/* ---- reading ---- */

static const Row *
find_row(const RvIpmiStates *states, guint32 manufacturer_id, guint16 product_id, guint8 event_type,
         guint8 sensor_type)
{
    for (guint i = 0; i < states->rows->len; i++) {
        const Row *row = g_ptr_array_index(states->rows, i);

        if ((row->event_type < 0 || row->event_type == event_type) &&
            (row->any_type || row->types[sensor_type]) &&
            rv_ipmi_numbers_contain(row->manufacturers, manufacturer_id) &&
            rv_ipmi_numbers_contain(row->products, product_id))
            return row;
    }
    return NULL;
}

/* What `says` adds to what was known: info adds nothing. */
static void
add_verdict(Says says, RvIpmiMeaning *meaning)
{
    static const RvVerdict verdicts[] = {RV_VERDICT_OK, RV_VERDICT_WARNING, RV_VERDICT_CRITICAL};

    if (says > SAYS_CRITICAL)
        return;
    meaning->verdict =
        meaning->judged ? rv_verdict_worst(meaning->verdict, verdicts[says]) : verdicts[says];
    meaning->judged = TRUE;
}

static void
add_state(const State *state, GString *words, RvIpmiMeaning *meaning)
{
    add_verdict(state->says, meaning);
    meaning->absent |= state->absent;
    if (state->word != NULL)
        g_string_append_printf(words, "%s%s", words->len > 0 ? ", " : "", state->word);
}

/* The part is not there where its sensor can tell that it is, and does not. */
static gboolean
is_absent(const Row *row, const RvIpmiSensor *sensor, guint16 events)
{
    return row->present >= 0 && (sensor->possible & 1 << row->present) != 0 &&
           (events & 1 << row->present) == 0;
}

static void
read_bits(const Row *row, guint16 events, GString *words, RvIpmiMeaning *meaning)
{
    gboolean unknown = FALSE, listed = FALSE;

    for (guint i = 0; i < OFFSETS; i++) {
        if (!(events & 1 << i))
            continue;
        if (row->states[i].says == SAYS_NOTHING && row->ignores_others)
            continue;
        listed = TRUE;
        unknown |= row->states[i].says == SAYS_NOTHING;
        add_state(&row->states[i], words, meaning);
    }
    if (!listed)
        add_verdict(row->none, meaning);
    if (unknown)
        meaning->known = meaning->judged = meaning->absent = FALSE;
}

void
rv_ipmi_states_read(const RvIpmiStates *states, guint32 manufacturer_id, guint16 product_id,
                    const RvIpmiSensor *sensor, RvIpmiMeaning *meaning)
{
    const Row *row =
        find_row(states, manufacturer_id, product_id, sensor->event_type, sensor->type);
    guint16 events = sensor->events & 0x7FFF; /* the highest bit is reserved (§35.14) */
    g_autoptr(GString) words = g_string_new(NULL);
    const State *value;

    *meaning = (RvIpmiMeaning){.verdict = RV_VERDICT_UNKNOWN};
    if (row == NULL)
        return;
    meaning->group = row->group;
    value = g_hash_table_lookup(row->values, GUINT_TO_POINTER((guint)events));
    meaning->known = TRUE;
    if (value != NULL)
        add_state(value, words, meaning);
    else
        read_bits(row, events, words, meaning);
    if (is_absent(row, sensor, events) && meaning->judged && meaning->verdict == RV_VERDICT_OK)
        meaning->absent = TRUE;
    if (words->len > 0)
        meaning->words = g_strdup(words->str);
}

const char *
rv_ipmi_states_log_word(const RvIpmiStates *states, guint32 manufacturer_id, guint16 product_id,
                        const RvIpmiSelEntry *entry)
{
    const RvIpmiLogMeaning *meaning =
        rv_ipmi_log_find(states->log, manufacturer_id, product_id, entry);

    return meaning != NULL ? meaning->word : NULL;
}

RvVerdict
rv_ipmi_states_severity(const RvIpmiStates *states, guint32 manufacturer_id, guint16 product_id,
                        const RvIpmiSelEntry *entry)
{
    const RvIpmiLogMeaning *known =
        rv_ipmi_log_find(states->log, manufacturer_id, product_id, entry);
    const Row *row =
        find_row(states, manufacturer_id, product_id, entry->event_type, entry->sensor_type);
    RvIpmiMeaning meaning = {.verdict = RV_VERDICT_UNKNOWN};
    const State *state;

    if (known != NULL && entry->asserted)
        return known->severity;
    if (entry->record_type >= 0xC0) /* OEM records: only the maker knows */
        return RV_VERDICT_UNKNOWN;
    if (!entry->asserted)
        return RV_VERDICT_OK;
    if (row == NULL || entry->offset >= OFFSETS)
        return RV_VERDICT_UNKNOWN;
    state = &row->events[entry->offset];
    if (state->says == SAYS_NOTHING)
        state = &row->states[entry->offset];
    if (state->says == SAYS_INFO)
        return RV_VERDICT_OK;
    add_verdict(state->says, &meaning);
    return meaning.verdict;
}
