#include "collect/learn.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "collect/evaluate.h"
#include "collect/grid.h"
#include "collect/interpret.h"
#include "observation/words.h"

#define CELL_CEILING 50000
#define SAMPLES 6
#define SAMPLE_CEILING 40
#define STATE_CEILING 12 /* more different numbers are no states */

typedef struct {
    RvProfiles *profiles;
    const RvObjects *objects;
    const RvSnmpAnswers *answers;
    RvObservation *observation; /* what the profiles there are make of it */
    GHashTable *covered;        /* dotted columns that they read */
    GString *out;
} Learning;

/* ---- what is known already ---- */

static gboolean
answers_have(const RvOid *oid, gpointer user_data)
{
    guint count = 0;

    rv_snmp_answers_below(user_data, oid, &count);
    return count > 0;
}

static void
cover(Learning *learning)
{
    g_autoptr(RvProblems) problems = rv_problems_new();
    g_autoptr(GPtrArray) heads = NULL;
    RvSelf self;
    RvOid base;

    rv_self_read(learning->answers, &self);
    heads = rv_profiles_choose(learning->profiles, &self, NULL, answers_have,
                               (gpointer)learning->answers, NULL);
    base = rv_profiles_base(heads, &self);
    rv_self_clear(&self);
    for (guint i = 0; i < heads->len; i++) {
        const RvProfileHead *head = g_ptr_array_index(heads, i);
        const RvProfile *profile = rv_profiles_get(learning->profiles, head->name, &base, problems);
        g_autoptr(GArray) columns = profile != NULL ? rv_profile_columns(profile, TRUE) : NULL;

        for (guint j = 0; columns != NULL && j < columns->len; j++) {
            RvOid *column = &g_array_index(columns, RvOid, j);

            g_hash_table_add(learning->covered, rv_oid_format(column));
            rv_oid_clear(column);
        }
    }
    rv_oid_clear(&base);
}

static gboolean
is_covered(const Learning *learning, const RvOid *oid)
{
    for (guint length = oid->length; length > 7; length--) {
        RvOid prefix = {oid->ids, length};
        g_autofree char *text = rv_oid_format(&prefix);

        if (g_hash_table_contains(learning->covered, text))
            return TRUE;
    }
    return FALSE;
}

static GPtrArray *
uncovered_cells(const Learning *learning)
{
    guint32 ids[] = {1, 3, 6, 1, 4, 1};
    RvOid enterprises = {ids, G_N_ELEMENTS(ids)};
    guint count = 0;
    const RvVarbind *varbinds = rv_snmp_answers_below(learning->answers, &enterprises, &count);
    GPtrArray *cells = g_ptr_array_new();

    for (guint i = 0; i < count && cells->len < CELL_CEILING; i++) {
        if (varbinds[i].oid.length > 8 && !is_covered(learning, &varbinds[i].oid))
            g_ptr_array_add(cells, (gpointer)&varbinds[i]);
    }
    return cells;
}

/* ---- looking at a column ---- */

typedef struct {
    const RvObject *object; /* NULL: no module names it */
    gboolean text;          /* most cells are words */
    gboolean index;         /* the cells repeat their row's index */
    double low, high;       /* of the numbers; NAN: there are none */
    GPtrArray *values;      /* char*: different ones, at most STATE_CEILING + 1 */
} Look;

static void
look_clear(Look *look)
{
    g_ptr_array_unref(look->values);
}

static void
look_at(const Learning *learning, const RvGrid *grid, const RvGridColumn *column, Look *look)
{
    RvOid oid = rv_oid_append(&grid->entry, &column->column, 1);
    guint words = 0, repeated = 0;

    *look = (Look){.object = rv_objects_find(learning->objects, &oid),
                   .low = NAN,
                   .high = NAN,
                   .values = g_ptr_array_new_with_free_func(g_free)};
    rv_oid_clear(&oid);
    for (guint i = 0; i < column->cells->len; i++) {
        const RvVarbind *cell = g_ptr_array_index(column->cells, i);
        g_autofree char *text = rv_varbind_text(cell);
        double number;

        if (text == NULL)
            continue;
        if (!rv_varbind_number(cell, &number)) {
            words++;
        } else {
            look->low = isnan(look->low) ? number : MIN(look->low, number);
            look->high = isnan(look->high) ? number : MAX(look->high, number);
            repeated += number == cell->oid.ids[cell->oid.length - 1];
        }
        if (look->values->len <= STATE_CEILING &&
            !g_ptr_array_find_with_equal_func(look->values, text, g_str_equal, NULL))
            g_ptr_array_add(look->values, g_steal_pointer(&text));
    }
    look->text = words * 2 > column->cells->len;
    look->index = repeated > 1 && repeated == column->cells->len &&
                  (look->object == NULL || look->object->enumeration == NULL);
}

static char *
samples(const Look *look)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < MIN(look->values->len, SAMPLES); i++) {
        g_autofree char *text =
            rv_text_clean(g_ptr_array_index(look->values, i), -1, SAMPLE_CEILING);

        g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", text);
    }
    return g_string_free(out, FALSE);
}

/* What words of object and row names tell. */
static const struct {
    const char *pattern, *class, *group;
    double low, high; /* what such a column may hold at all */
} words[] = {
    {"status|state|health|condition", "state", NULL, 0, 1000},
    {"temp|thermal", "temperature", NULL, -60, 2000},
    {"fan|rpm|blower", "fan", NULL, 0, 60000},
    {"volt|vcc|vin|vout", "voltage", NULL, -100000, 1000000},
    {"current|amp(?!er?s?$)|bias", "current", NULL, -100000, 1000000},
    {"humid", "humidity", NULL, 0, 1000},
    {"power|watt", "power", NULL, 0, 10000000},
};

static const struct {
    const char *pattern, *group;
} groups[] = {
    {"fan|blower", "fan"},        {"psu|supply|power", "psu"}, {"temp", "temperature"},
    {"disk|drive", "disk"},       {"batter", "battery"},       {"raid|array|volume", "array"},
    {"sfp|optic|xcvr", "optics"}, {"dimm|memory", "memory"},   {"module|slot|card", "module"}};

static gboolean
may_be(guint word, const Look *look)
{
    return !isnan(look->low) && look->low >= words[word].low && look->high <= words[word].high &&
           (strcmp(words[word].class, "state") != 0 || look->values->len <= STATE_CEILING);
}

static gboolean
matches(const char *pattern, const char *text)
{
    return g_regex_match_simple(pattern, text, G_REGEX_CASELESS, 0);
}

/* By the name of the column's object; NULL where it tells nothing. */
static const char *
class_by_object(const Look *look)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (may_be(i, look) && matches(words[i].pattern, look->object->name))
            return words[i].class;
    }
    return NULL;
}

/* By what all rows are called; NULL where they are not of one kind. States are not told so: the row
 * says what the part is, not what is said of it. */
static const char *
class_by_rows(const GPtrArray *rows, const Look *look)
{
    for (guint i = 1; i < G_N_ELEMENTS(words) && rows->len > 0; i++) {
        gboolean all = may_be(i, look) && look->high > 0;

        for (guint j = 0; j < rows->len && all; j++)
            all = matches(words[i].pattern, g_ptr_array_index(rows, j));
        if (all)
            return words[i].class;
    }
    return NULL;
}

/* For a person who looks for what to do with a column. */
static const char *
hint(const Look *look)
{
    gboolean whole = !look->text && !isnan(look->low) && look->low == floor(look->low) &&
                     look->high == floor(look->high);

    if (look->index)
        return "; the row's index";
    if (whole && look->low >= 0 && look->high <= 20 && look->values->len <= STATE_CEILING)
        return "; could be states, whose meaning is not known";
    if (whole && look->low >= 15 && look->high <= 110 && look->values->len > 1)
        return "; could be degrees Celsius";
    if (whole && look->low >= 150 && look->high <= 1100 && look->values->len > 1)
        return "; could be tenths of a degree";
    return "";
}

static const char *
group_by_words(const char *what)
{
    for (guint i = 0; what != NULL && i < G_N_ELEMENTS(groups); i++) {
        if (g_regex_match_simple(groups[i].pattern, what, G_REGEX_CASELESS, 0))
            return groups[i].group;
    }
    return "other";
}

static const char *
meaning_by_words(const char *word)
{
    static const struct {
        const char *pattern, *meaning;
    } meanings[] = {{"not.?(present|installed|equipped)|absent|empty|missing", "absent"},
                    {"fail|fault|critical|error|bad|dead|shutdown|down|broken", "critical"},
                    {"warn|degrad|minor|major|high|low|alarm", "warning"},
                    {"^ok$|normal|good|^on$|^up$|online|active|healthy|present|enabled", "ok"}};

    for (guint i = 0; i < G_N_ELEMENTS(meanings); i++) {
        if (g_regex_match_simple(meanings[i].pattern, word, G_REGEX_CASELESS, 0))
            return meanings[i].meaning;
    }
    return "unknown";
}

/* ---- writing ---- */

static void
put_quoted(GString *out, const char *text)
{
    g_string_append_c(out, '\'');
    for (const char *at = text; *at != '\0'; at++)
        g_string_append_printf(out, *at == '\'' ? "''" : "%c", *at);
    g_string_append_c(out, '\'');
}

static void
put_states(GString *out, const Look *look)
{
    const RvMap *known = look->object != NULL ? look->object->enumeration : NULL;
    guint n = known != NULL ? rv_map_size(known) : look->values->len;

    g_string_append(out, ", states: { ");
    for (guint i = 0; i < n; i++) {
        const RvMapEntry *entry = known != NULL ? rv_map_entry(known, i) : NULL;
        const char *key = entry != NULL ? entry->key : g_ptr_array_index(look->values, i);
        const char *word = entry != NULL ? entry->value : key;

        g_string_append(out, i > 0 ? ", " : "");
        put_quoted(out, key);
        g_string_append(out, ": [");
        put_quoted(out, word);
        g_string_append_printf(out, ", %s]", entry != NULL ? meaning_by_words(word) : "unknown");
    }
    g_string_append(out, " }");
}

static void
put_column(Learning *learning, const RvGridColumn *column, const Look *look, const char *class)
{
    g_autofree char *sample = samples(look);
    const char *object = look->object != NULL ? look->object->name : NULL;
    GString *out = learning->out;

    if (class == NULL) {
        g_string_append_printf(out, "      # column %u: %s%s%s (%u rows%s)\n", column->column,
                               object != NULL ? object : "", object != NULL ? ", " : "", sample,
                               column->cells->len, hint(look));
        return;
    }
    g_string_append_printf(out, "      - { column: %u, class: %s", column->column, class);
    if (strcmp(class, "state") == 0) {
        g_string_append_printf(out, ", group: %s", group_by_words(object));
        put_states(out, look);
    }
    g_string_append_printf(out, " }   # %s, %s\n",
                           object != NULL ? object : "GUESSED by what the rows are called", sample);
}

/* The column that names the rows: by its object's name, else the first with words. */
static const RvGridColumn *
name_column(const Learning *learning, const RvGrid *grid)
{
    const RvGridColumn *first = NULL;

    for (guint i = 0; i < grid->columns->len; i++) {
        const RvGridColumn *column = g_ptr_array_index(grid->columns, i);
        Look look;
        gboolean text, named;

        look_at(learning, grid, column, &look);
        text = look.text;
        named = look.object != NULL &&
                g_regex_match_simple("name|descr|label", look.object->name, G_REGEX_CASELESS, 0);
        look_clear(&look);
        if (text && named)
            return column;
        if (text && first == NULL)
            first = column;
    }
    return first;
}

static GPtrArray *
row_names(const RvGridColumn *names)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; names != NULL && i < names->cells->len; i++) {
        char *text = rv_varbind_text(g_ptr_array_index(names->cells, i));

        if (text != NULL)
            g_ptr_array_add(rows, text);
    }
    return rows;
}

/* The rules of a grid; *any: whether one of its columns is understood. */
static GString *
grid_rules(Learning *learning, const RvGrid *grid, const RvGridColumn *names, gboolean *any)
{
    g_autoptr(GPtrArray) rows = row_names(names);
    GString *out = learning->out, *rules = g_string_new(NULL);

    *any = FALSE;
    learning->out = rules;
    for (guint i = 0; i < grid->columns->len; i++) {
        const RvGridColumn *column = g_ptr_array_index(grid->columns, i);
        const char *class = NULL;
        Look look;

        look_at(learning, grid, column, &look);
        if (column != names && !look.text && !look.index)
            class = look.object != NULL ? class_by_object(&look) : class_by_rows(rows, &look);
        put_column(learning, column, &look, class);
        *any = *any || class != NULL;
        look_clear(&look);
    }
    learning->out = out;
    return rules;
}

/* With `understood`: a table of rules; else nothing but comments, for grids without a rule. */
static void
put_grid(Learning *learning, const RvGrid *grid, gboolean understood)
{
    g_autofree char *entry = rv_oid_format(&grid->entry);
    const RvGridColumn *names = grid->scalars ? NULL : name_column(learning, grid);
    gboolean any;
    g_autoptr(GString) rules = grid_rules(learning, grid, names, &any);

    if (any != understood)
        return;
    if (!understood) {
        g_string_append_printf(learning->out, "# %s %s\n%s", grid->scalars ? "scalars" : "table",
                               entry, rules->str);
        return;
    }
    g_string_append_printf(learning->out, "  - entry: %s\n%s", entry,
                           grid->scalars ? "    scalars: true\n" : "");
    if (names != NULL)
        g_string_append_printf(learning->out, "    name: { column: %u }\n", names->column);
    g_string_append_printf(learning->out, "    sensors:\n%s", rules->str);
}

static void
put_known(Learning *learning)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer name, count;

    for (guint i = 0; i < learning->observation->sensors->len; i++) {
        const RvSensor *sensor = g_ptr_array_index(learning->observation->sensors, i);
        char *from = g_strndup(sensor->source, strcspn(sensor->source, ":"));
        guint known = GPOINTER_TO_UINT(g_hash_table_lookup(counts, from));

        g_hash_table_replace(counts, from, GUINT_TO_POINTER(known + 1));
    }
    g_hash_table_iter_init(&iter, counts);
    while (g_hash_table_iter_next(&iter, &name, &count))
        g_string_append_printf(learning->out, "# %s gives %u sensors already.\n", (char *)name,
                               GPOINTER_TO_UINT(count));
    for (guint i = 0; i < learning->observation->notes->len; i++)
        g_string_append_printf(learning->out, "# note: %s\n",
                               (char *)g_ptr_array_index(learning->observation->notes, i));
}

static void
put_head(Learning *learning, const char *name)
{
    const RvDeviceIdentity *device = &learning->observation->device;
    GString *out = learning->out;

    g_string_append_printf(out, "profile: %s\nmatch:\n", name);
    if (device->sys_object_id != NULL && g_str_has_prefix(device->sys_object_id, "1.3.6.1."))
        g_string_append_printf(out,
                               "  sysObjectID: [%s]   # a prefix would serve the whole family\n",
                               device->sys_object_id);
    else
        g_string_append(out, "  sysDescr: ['*']\n");
    g_string_append_printf(out, "# sysDescr: %s\n",
                           device->sys_descr != NULL ? device->sys_descr : "");
    put_known(learning);
    g_string_append(out, "identity:\n  vendor: ");
    put_quoted(out, device->vendor != NULL ? device->vendor : "TODO");
    g_string_append(out, "\n");
}

static void
put_tables(Learning *learning, const GPtrArray *grids)
{
    gsize before;

    g_string_append(learning->out, "tables:\n");
    before = learning->out->len;
    for (guint i = 0; i < grids->len; i++)
        put_grid(learning, g_ptr_array_index(grids, i), TRUE);
    if (learning->out->len == before)
        g_string_append(learning->out, "  []\n");
    if (grids->len > 0)
        g_string_append(learning->out, "\n# Answered by the device and not understood yet:\n");
    for (guint i = 0; i < grids->len; i++)
        put_grid(learning, g_ptr_array_index(grids, i), FALSE);
}

char *
rv_learn_profile(RvProfiles *profiles, const RvObjects *objects, const RvSnmpAnswers *answers,
                 const char *name)
{
    Learning learning = {profiles,
                         objects,
                         answers,
                         rv_observation_new(),
                         g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                         g_string_new(NULL)};
    g_autoptr(GPtrArray) cells = NULL, grids = NULL;

    cover(&learning);
    rv_interpret_snmp(profiles, answers, NULL, learning.observation, NULL);
    cells = uncovered_cells(&learning);
    grids = rv_grids_find(cells);
    put_head(&learning, name);
    put_tables(&learning, grids);
    rv_observation_free(learning.observation);
    g_hash_table_unref(learning.covered);
    return g_string_free(learning.out, FALSE);
}
