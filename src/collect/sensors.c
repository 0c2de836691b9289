#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/text.h"
#include "collect/collecting.h"
#include "collect/interfaces.h"
#include "collect/number.h"
#include "observation/left-out.h"
#include "observation/words.h"

#define SENSOR_CEILING 20000
#define NAME_CEILING 200

/* One cell on its way to a sensor. */
typedef struct {
    RvCollecting *collecting;
    const RvProfile *profile;
    const RvSensorRule *rule;
    guint place[2]; /* of the rule: its table, and in that */
    RvRow row;
    RvClass class;
    char *text; /* of the cell; NULL where empty */
    char *oid;
} Cell;

/* A sensor made of this table, to be told from its namesakes. */
typedef struct {
    RvSensor *sensor;
    char *index;
    char *place;
    const char *part; /* its name in ENTITY-MIB; borrowed, may be NULL */
} Made;

static void
made_clear(gpointer data)
{
    Made *made = data;

    g_free(made->index);
    g_free(made->place);
}

/* ---- dropping ---- */

static void
drop(const Cell *cell, const char *why)
{
    rv_collecting_trail(cell->collecting, "%s: %s = %s: dropped, %s", cell->profile->head->name,
                        cell->oid, cell->text != NULL ? cell->text : "(empty)", why);
}

static void
drop_with_note(const Cell *cell, const char *why)
{
    g_autofree char *note =
        rv_left_out_value(cell->profile->head->name, cell->rule->id, cell->class, why);

    drop(cell, why);
    rv_collecting_note(cell->collecting, "%s", note);
}

/* ---- names and places ---- */

static char *
index_text(const RvRow *row)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < row->length; i++)
        g_string_append_printf(out, "%s%u", i > 0 ? "." : "", row->index[i]);
    return g_string_free(out, FALSE);
}

/* Agents pad their words, and end them as if a value followed: "Slot 1 Temp:    Inlet", "cf2:". */
static char *
tidy(char *name)
{
    char *to = name;

    for (const char *from = name; *from != '\0'; from++)
        if (*from != ' ' || (to > name && to[-1] != ' '))
            *to++ = *from;
    while (to > name + 1 && (to[-1] == ' ' || to[-1] == ':'))
        to--;
    *to = '\0';
    return name;
}

static char *
sensor_name(const Cell *cell, guint number, guint numbers)
{
    g_autofree char *given =
        cell->rule->name != NULL ? rv_source_text(cell->rule->name, &cell->row) : NULL;
    g_autofree char *index = index_text(&cell->row);
    g_autoptr(GString) name = g_string_new(given);

    if (given == NULL && cell->rule->suffix == NULL) {
        const char *word = cell->class == RV_CLASS_STATE && cell->rule->group != NULL
                               ? cell->rule->group
                               : rv_class_word(cell->class);

        g_string_printf(name, "%s %s", word, index);
    }
    if (cell->rule->suffix != NULL)
        g_string_append_printf(name, "%s%s", name->len > 0 ? " " : "", cell->rule->suffix);
    if (numbers > 1)
        g_string_append_printf(name, " %u", number + 1);
    return tidy(rv_text_clean(name->str, (gssize)name->len, NAME_CEILING));
}

/* The part of ENTITY-MIB that the entity sits on; may be NULL. */
static const RvEntity *
entity_part(const Cell *cell)
{
    g_autofree char *text = NULL;
    guint64 index = 0;

    if (cell->rule->own_entity)
        index = cell->row.length > 0 ? cell->row.index[0] : 0;
    else if (cell->rule->entity != NULL &&
             (text = rv_source_text(cell->rule->entity, &cell->row)) != NULL)
        index = g_ascii_strtoull(text, NULL, 10);
    if (index == 0 || index > G_MAXUINT32)
        return NULL;
    return rv_entity_part(cell->collecting->tree, (guint32)index);
}

static char *
slug_path(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 8);

    for (char **part = parts; *part != NULL; part++) {
        char *slug = rv_text_slug(*part);

        g_free(*part);
        *part = slug;
    }
    return g_strjoinv("/", parts);
}

/* NULL where nothing says where the sensor sits; `*name` is that of the part of ENTITY-MIB. */
static char *
sensor_place(const Cell *cell, const char **name)
{
    g_autofree char *port =
        cell->rule->port != NULL ? rv_source_text(cell->rule->port, &cell->row) : NULL;
    g_autofree char *part = NULL;
    const RvEntity *entity;

    if (port != NULL) {
        g_autofree char *slug = rv_text_slug(port);

        return g_strconcat("port/", slug, NULL);
    }
    entity = entity_part(cell);
    if (entity != NULL) {
        *name = entity->name;
        return g_strdup(entity->key);
    }
    part = cell->rule->part != NULL ? rv_source_text(cell->rule->part, &cell->row) : NULL;
    return part != NULL ? rv_text_slug(part) : NULL;
}

static char *
make_key(const char *place, RvClass class, const char *name)
{
    g_autofree char *slug = slug_path(name);
    const char *leaf = place != NULL ? strrchr(place, '/') : NULL;

    leaf = leaf != NULL ? leaf + 1 : place;
    if (leaf != NULL && strcmp(leaf, slug) == 0)
        return g_strconcat(place, "/", rv_class_word(class), NULL);
    return g_strconcat(place != NULL ? place : "", place != NULL ? "/" : "", rv_class_word(class),
                       "/", slug, NULL);
}

/* Sensors of a table that would be told by the same name get their index. */
static void
tell_apart(GArray *made)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < made->len; i++) {
            Made *one = &g_array_index(made, Made, i);
            char *key = make_key(one->place, one->sensor->class, one->sensor->name);
            guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));

            if (pass == 0) {
                g_hash_table_replace(counts, key, GUINT_TO_POINTER(count + 1));
                continue;
            }
            if (count > 1 && one->index[0] != '\0') {
                char *longer = g_strconcat(one->sensor->name, " ", one->index, NULL);

                g_free(one->sensor->name);
                one->sensor->name = longer;
                g_free(key);
                key = make_key(one->place, one->sensor->class, longer);
            }
            g_free(one->sensor->key);
            one->sensor->key = key;
        }
    }
}

/* class and name → how many sensors a person would not tell apart */
static GHashTable *
count_names(const GArray *made)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < made->len; i++) {
        const RvSensor *sensor = g_array_index(made, Made, i).sensor;
        char *name = g_strconcat(rv_class_word(sensor->class), " ", sensor->name, NULL);
        guint count = GPOINTER_TO_UINT(g_hash_table_lookup(counts, name));

        g_hash_table_replace(counts, name, GUINT_TO_POINTER(count + 1));
    }
    return counts;
}

static gboolean
is_namesake(GHashTable *counts, const RvSensor *sensor)
{
    g_autofree char *name = g_strconcat(rv_class_word(sensor->class), " ", sensor->name, NULL);

    return GPOINTER_TO_UINT(g_hash_table_lookup(counts, name)) > 1;
}

/* "Input voltage sensor" of two supplies: each says its part first, or its index where the parts
 * are namesakes as well. Keys, which say the place anyway, stay as they are. */
static void
name_parts(GArray *made)
{
    for (guint pass = 0; pass < 2; pass++) {
        g_autoptr(GHashTable) counts = count_names(made);

        for (guint i = 0; i < made->len; i++) {
            const Made *one = &g_array_index(made, Made, i);
            const char *more = pass == 0 ? one->part : one->index;
            char *name = one->sensor->name;

            if (more == NULL || *more == '\0' || strstr(name, more) != NULL ||
                !is_namesake(counts, one->sensor))
                continue;
            one->sensor->name =
                pass == 0 ? g_strconcat(more, " ", name, NULL) : g_strconcat(name, " ", more, NULL);
            g_free(name);
        }
    }
}

/* ---- making ---- */

static RvVerdict
verdict_of(RvMeaning meaning)
{
    switch (meaning) {
    case RV_MEANING_OK:
    case RV_MEANING_ABSENT:
    case RV_MEANING_IGNORE:
        return RV_VERDICT_OK;
    case RV_MEANING_WARNING:
        return RV_VERDICT_WARNING;
    case RV_MEANING_CRITICAL:
        return RV_VERDICT_CRITICAL;
    case RV_MEANING_UNKNOWN:
        break;
    }
    return RV_VERDICT_UNKNOWN;
}

static void
set_verdict(RvSensor *sensor, RvMeaning meaning)
{
    sensor->has_device_verdict = TRUE;
    sensor->device_verdict = verdict_of(meaning);
    if (meaning == RV_MEANING_ABSENT)
        sensor->presence = RV_PRESENCE_ABSENT;
}

/* What a port's module measures of itself are optics; what a port feeds its device is power. */
static char *
sensor_group(const Cell *cell)
{
    if (cell->rule->group_from != NULL)
        return rv_source_text(cell->rule->group_from, &cell->row);
    if (cell->rule->group == NULL && cell->rule->port != NULL &&
        (cell->class == RV_CLASS_TEMPERATURE || cell->class == RV_CLASS_VOLTAGE ||
         cell->class == RV_CLASS_CURRENT))
        return g_strdup("optics");
    return g_strdup(cell->rule->group);
}

/* All of it that does not hang on the value. */
static void
find_place(const Cell *cell, RvSensor *sensor, guint number, guint numbers, GArray *made)
{
    Made one = {.sensor = sensor, .index = index_text(&cell->row)};

    one.place = sensor_place(cell, &one.part);
    g_free(sensor->name);
    sensor->name = sensor_name(cell, number, numbers);
    sensor->component = g_strdup(one.place);
    sensor->group = sensor_group(cell);
    sensor->oid = g_strdup(cell->oid);
    sensor->source =
        g_strdup_printf("%s:%u: %s", cell->profile->head->name, cell->rule->line, cell->rule->id);
    g_array_append_val(made, one);
}

/* What of a row makes a sensor, beside its OID. */
static guint64
mark_of(const Cell *cell, guint number, guint numbers)
{
    const char *profile = cell->profile->head->name;
    const guint marks[] = {cell->place[0], cell->place[1], number, numbers};

    return rv_hash_more(rv_hash_block(marks, sizeof marks), profile, strlen(profile));
}

static RvSensor *
add_sensor(const Cell *cell, guint number, guint numbers, GArray *made)
{
    RvCollecting *collecting = cell->collecting;
    RvSensor *sensor = rv_observation_add_sensor(collecting->observation, cell->class);

    if (collecting->frame == NULL) {
        rv_frame_recorder_turn(collecting->recorder, RV_READS_STILL);
        find_place(cell, sensor, number, numbers, made);
        rv_frame_recorder_turn(collecting->recorder, RV_READS_MOVING);
        rv_frame_recorder_add(collecting->recorder, mark_of(cell, number, numbers));
    } else {
        rv_frame_place(collecting->frame, mark_of(cell, number, numbers), cell->oid, sensor);
    }
    if (rv_varbind_integer(cell->row.self, &sensor->raw))
        sensor->has_raw = TRUE;
    else
        sensor->raw_text = g_strdup(cell->text);
    return sensor;
}

static void
explain(const Cell *cell, const RvSensor *sensor)
{
    g_autofree char *value = NULL;

    if (cell->collecting->trail == NULL)
        return;
    value = isnan(sensor->value) ? NULL : rv_text_number(sensor->value, 8);
    rv_collecting_trail(cell->collecting, "%s: %s = %s: %s '%s' %s%s%s", cell->profile->head->name,
                        cell->oid, cell->text != NULL ? cell->text : "(empty)",
                        rv_class_word(cell->class), sensor->name,
                        sensor->presence == RV_PRESENCE_ABSENT ? "absent"
                        : value != NULL                        ? value
                        : sensor->state != NULL                ? sensor->state
                                                               : "without value",
                        value != NULL ? " " : "", value != NULL ? sensor->unit : "");
}

static void
set_unit(const Cell *cell, RvSensor *sensor)
{
    g_free(sensor->unit);
    sensor->unit =
        g_strdup(rv_unit_shown(rv_number_unit(&cell->rule->scaling, &cell->row), cell->class));
}

static void
add_absent(const Cell *cell, GArray *made)
{
    RvSensor *sensor = add_sensor(cell, 0, 1, made);

    sensor->presence = RV_PRESENCE_ABSENT;
    set_unit(cell, sensor);
    explain(cell, sensor);
}

/* ---- states ---- */

/* Some agents write the octets of BITS as text, "80 00": then bits are set that the row does not
 * have, and all of it is hex. Octets, or NULL. */
static guint8 *
octets_of_text(const Cell *cell, gsize *size)
{
    const RvVarbind *self = cell->row.self;
    gsize known = 0, n = 0;
    guint8 *octets;

    for (guint i = 0; i < rv_map_size(cell->rule->bits); i++)
        known =
            MAX(known, (gsize)g_ascii_strtoull(rv_map_entry(cell->rule->bits, i)->key, NULL, 10));
    if (self->type != RV_SNMP_OCTETS || self->size <= known / 8 + 1 ||
        !g_ascii_isxdigit(self->octets[0]))
        return NULL;
    for (gsize i = 0; i < self->size; i++)
        if (!g_ascii_isxdigit(self->octets[i]) && self->octets[i] != ' ')
            return NULL;
    octets = g_malloc0(self->size);
    for (gsize i = 0; i < self->size; i++) {
        if (self->octets[i] == ' ')
            continue;
        octets[n / 2] |= (guint8)(g_ascii_xdigit_value((char)self->octets[i]) << (n % 2 ? 0 : 4));
        n++;
    }
    *size = (n + 1) / 2;
    return octets;
}

/* Bit n of an integer, or of BITS, where bit 0 is the highest of the first octet (RFC 2578 §7.1.4).
 */
static gboolean
has_bit(const RvVarbind *varbind, guint64 n)
{
    gint64 integer = 0;

    if (varbind->type == RV_SNMP_OCTETS)
        return n / 8 < varbind->size && (varbind->octets[n / 8] & (0x80 >> n % 8)) != 0;
    return n < 64 && rv_varbind_integer(varbind, &integer) && ((guint64)integer >> n & 1) != 0;
}

static void
state_by_bits(const Cell *cell, GArray *made)
{
    RvVarbind self = *cell->row.self;
    g_autofree guint8 *octets = octets_of_text(cell, &self.size);
    RvSensor *sensor;
    g_autoptr(GString) words = g_string_new(NULL);
    RvMeaning worst = RV_MEANING_OK;

    if (octets != NULL)
        self.octets = octets;
    for (guint i = 0; i < rv_map_size(cell->rule->bits); i++) {
        const RvMapEntry *entry = rv_map_entry(cell->rule->bits, i);
        guint64 bit = g_ascii_strtoull(entry->key, NULL, 10);

        if (!has_bit(&self, bit))
            continue;
        if (entry->meaning == RV_MEANING_IGNORE) {
            drop(cell, "a bit to be ignored");
            return;
        }
        g_string_append_printf(words, "%s%s", words->len > 0 ? ", " : "", entry->value);
        if (rv_verdict_worst(verdict_of(worst), verdict_of(entry->meaning)) != verdict_of(worst))
            worst = entry->meaning;
    }
    sensor = add_sensor(cell, 0, 1, made);
    sensor->state = g_strdup(words->len > 0 ? words->str : "ok");
    set_verdict(sensor, worst);
    explain(cell, sensor);
}

static char *
state_text(const Cell *cell)
{
    g_autoptr(GMatchInfo) match = NULL;

    if (cell->rule->mask != 0 && cell->row.self->octets == NULL)
        return rv_text_natural((guint64)cell->row.self->integer & cell->rule->mask);
    if (cell->rule->pattern == NULL || cell->text == NULL)
        return g_strdup(cell->text);
    if (!g_regex_match(cell->rule->pattern, cell->text, 0, &match))
        return NULL;
    return g_match_info_fetch(match, g_match_info_get_match_count(match) > 1 ? 1 : 0);
}

static void
make_state(const Cell *cell, GArray *made)
{
    g_autofree char *text = state_text(cell);
    const RvMapEntry *entry;
    RvSensor *sensor;

    if (text == NULL) {
        drop(cell, "no state stands there");
        return;
    }
    entry = cell->rule->states != NULL ? rv_map_find(cell->rule->states, text) : NULL;
    if (entry != NULL && entry->meaning == RV_MEANING_IGNORE) {
        drop(cell, "a state to be ignored");
        return;
    }
    sensor = add_sensor(cell, 0, 1, made);
    sensor->state = g_strdup(entry != NULL ? entry->value : text);
    if (entry != NULL) {
        set_verdict(sensor, entry->meaning);
    } else {
        sensor->device_verdict = RV_VERDICT_UNKNOWN; /* and it has none: we cannot interpret it */
        rv_collecting_note(cell->collecting, "%s: column %s: state %s is not among the states",
                           cell->profile->head->name, cell->rule->id, text);
    }
    explain(cell, sensor);
}

/* ---- readings ---- */

static void
set_limits(const Cell *cell, RvSensor *sensor)
{
    double *places[RV_LIMIT_PLACES] = {&sensor->limits.low_critical, &sensor->limits.low_warning,
                                       &sensor->limits.high_warning, &sensor->limits.high_critical};
    double hysteresis;

    if (!rv_row_conditions_hold(cell->rule->limits_if, &cell->row))
        return;
    for (guint i = 0; i < RV_LIMIT_PLACES; i++) {
        const RvLimitRule *limit = &cell->rule->limits[i];

        *places[i] = rv_number_limit(limit, cell->rule, &cell->row, cell->class);
        if (!isnan(*places[i]) && sensor->limits_source != RV_LIMITS_DEVICE)
            sensor->limits_source = limit->source != NULL ? RV_LIMITS_DEVICE : RV_LIMITS_PROFILE;
    }
    hysteresis = rv_number_limit(&cell->rule->hysteresis, cell->rule, &cell->row, cell->class);
    if (hysteresis > 0)
        sensor->hysteresis = hysteresis;
}

static void
set_status(const Cell *cell, RvSensor *sensor)
{
    g_autofree char *text = NULL;
    const RvMapEntry *entry;

    if (cell->rule->status == NULL || cell->rule->status_states == NULL)
        return;
    text = rv_source_text(cell->rule->status, &cell->row);
    if (text == NULL)
        return;
    entry = rv_map_find(cell->rule->status_states, text);
    if (entry == NULL || entry->meaning == RV_MEANING_IGNORE)
        return;
    sensor->state = g_strdup(entry->value);
    set_verdict(sensor, entry->meaning);
    if (entry->meaning == RV_MEANING_ABSENT)
        sensor->value = NAN;
}

/* Why the value is none; NULL where it is one. */
static const char *
implausible(const Cell *cell, double raw, double value)
{
    if (cell->rule->zero_none && raw == 0)
        return "0 says that there is nothing";
    if (isnan(value))
        return cell->class == RV_CLASS_OPTICAL_POWER ? "no light" : "no value";
    if (value < cell->rule->low || value > cell->rule->high)
        return "outside the range of the profile";
    if (!rv_class_plausible(cell->class, value))
        return "outside of what can be";
    return NULL;
}

static void
make_reading(const Cell *cell, GArray *made)
{
    g_autoptr(GArray) numbers = rv_number_raw(cell->rule, cell->row.self);

    if (numbers->len == 0)
        drop(cell, "no number stands there");
    for (guint i = 0; i < numbers->len; i++) {
        double raw = g_array_index(numbers, double, i);
        double value = rv_number_value(cell->rule, &cell->row, cell->class, raw);
        const char *why = implausible(cell, raw, value);
        RvSensor *sensor;

        if (why != NULL) {
            drop_with_note(cell, why);
            continue;
        }
        sensor = add_sensor(cell, i, numbers->len, made);
        sensor->value = value;
        set_unit(cell, sensor);
        set_limits(cell, sensor);
        set_status(cell, sensor);
        explain(cell, sensor);
    }
}

/* ---- rows ---- */

static gboolean
find_class(Cell *cell)
{
    g_autofree char *word = NULL;

    cell->class = cell->rule->class;
    if (cell->rule->class_from == NULL)
        return TRUE;
    word = rv_source_text(cell->rule->class_from, &cell->row);
    return word != NULL && rv_class_parse(word, &cell->class);
}

static gboolean
is_given(const Cell *cell, GHashTable *mine)
{
    g_autofree char *id = g_strconcat(cell->oid, " ", rv_class_word(cell->class), NULL);

    if (g_hash_table_contains(cell->collecting->given, id))
        return TRUE;
    g_hash_table_add(mine, g_steal_pointer(&id));
    return FALSE;
}

static void
make_cell(Cell *cell, const RvTableRule *table, GHashTable *mine, GArray *made)
{
    if (!find_class(cell))
        drop(cell, "the row is of no class that is read");
    else if (cell->collecting->observation->sensors->len >= SENSOR_CEILING)
        drop_with_note(cell, "too many sensors");
    else if (!rv_row_conditions_hold(table->where, &cell->row) ||
             !rv_row_conditions_hold(cell->rule->where, &cell->row))
        drop(cell, "a condition (where) does not hold");
    else if (cell->rule->none != NULL &&
             rv_map_find(cell->rule->none, cell->text != NULL ? cell->text : "") != NULL)
        drop_with_note(cell, "the value stands for none");
    else if (is_given(cell, mine))
        drop(cell, "an earlier profile gave it");
    else if ((cell->rule->absent != NULL && cell->text != NULL &&
              rv_map_find(cell->rule->absent, cell->text) != NULL) ||
             (cell->rule->present != NULL &&
              !rv_row_condition_holds(cell->rule->present, &cell->row)))
        add_absent(cell, made);
    else if (cell->class == RV_CLASS_STATE && cell->rule->bits != NULL)
        state_by_bits(cell, made);
    else if (cell->class == RV_CLASS_STATE)
        make_state(cell, made);
    else
        make_reading(cell, made);
}

/* A scalar has one instance, 0; what else stands below it is another thing. */
static gboolean
is_instance(const RvTableRule *table, const Cell *cell)
{
    return !table->scalars || (cell->row.length == 1 && cell->row.index[0] == 0);
}

static void
collect_rule(RvCollecting *collecting, const RvProfile *profile, guint i_table, guint n,
             GHashTable *mine, GArray *made)
{
    const RvTableRule *table = g_ptr_array_index(profile->tables, i_table);
    const RvSensorRule *rule = g_ptr_array_index(table->sensors, n);
    guint count = 0;
    const RvVarbind *varbinds =
        rv_snmp_answers_below(rv_ground_answers(collecting->ground), &rule->column, &count);

    for (guint i = 0; rule->column.length > 0 && i < count; i++) {
        Cell cell = {collecting,
                     profile,
                     rule,
                     {i_table, n},
                     {collecting->ground, varbinds[i].oid.ids + rule->column.length,
                      varbinds[i].oid.length - rule->column.length, &varbinds[i]}};

        if (!is_instance(table, &cell))
            continue;
        cell.text = rv_varbind_text(&varbinds[i]);
        cell.oid = rv_oid_format(&varbinds[i].oid);
        make_cell(&cell, table, mine, made);
        g_free(cell.text);
        g_free(cell.oid);
    }
}

void
rv_collect_sensors(RvCollecting *collecting, const RvProfile *profile)
{
    g_autoptr(GHashTable) mine = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer id;

    for (guint i = 0; i < profile->tables->len; i++) {
        const RvTableRule *table = g_ptr_array_index(profile->tables, i);
        g_autoptr(GArray) made = g_array_new(FALSE, FALSE, sizeof(Made));

        g_array_set_clear_func(made, made_clear);
        for (guint j = 0; j < table->sensors->len; j++)
            collect_rule(collecting, profile, i, j, mine, made);
        tell_apart(made);
        name_parts(made);
    }
    g_hash_table_iter_init(&iter, mine);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_hash_table_add(collecting->given, g_strdup(id));
}
