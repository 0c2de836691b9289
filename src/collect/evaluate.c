#include "collect/evaluate.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "collect/standard.h"

#define CONTAINED_DEPTH 16
#define TEXT_CEILING 1024

struct RvGround {
    const RvSnmpAnswers *answers;
    char *descr, *name, *object_id;
    GHashTable *finds; /* dotted column → (text of the cell → its varbind) */
};

static char *
scalar_text(const RvSnmpAnswers *answers, const guint32 *ids, guint length)
{
    RvOid oid = {(guint32 *)ids, length};
    const RvVarbind *varbind = rv_snmp_answers_get(answers, &oid);

    return varbind != NULL ? rv_varbind_text(varbind) : NULL;
}

RvGround *
rv_ground_new(const RvSnmpAnswers *answers)
{
    RvGround *ground = g_new0(RvGround, 1);

    ground->answers = answers;
    ground->descr = scalar_text(answers, RV_SYSTEM(1));
    ground->object_id = scalar_text(answers, RV_SYSTEM(2));
    ground->name = scalar_text(answers, RV_SYSTEM(5));
    ground->finds =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
    return ground;
}

void
rv_ground_free(RvGround *ground)
{
    if (ground == NULL)
        return;
    g_free(ground->descr);
    g_free(ground->name);
    g_free(ground->object_id);
    g_hash_table_unref(ground->finds);
    g_free(ground);
}

const RvSnmpAnswers *
rv_ground_answers(const RvGround *ground)
{
    return ground->answers;
}

const char *
rv_ground_descr(const RvGround *ground)
{
    return ground->descr;
}

const char *
rv_ground_name(const RvGround *ground)
{
    return ground->name;
}

const char *
rv_ground_object_id(const RvGround *ground)
{
    return ground->object_id;
}

/* ---- varbinds as text and number ---- */

char *
rv_varbind_text(const RvVarbind *varbind)
{
    char *text;

    switch (varbind->type) {
    case RV_SNMP_INTEGER:
        return rv_text_integer(varbind->integer);
    case RV_SNMP_COUNTER32:
    case RV_SNMP_GAUGE32:
    case RV_SNMP_TIMETICKS:
    case RV_SNMP_COUNTER64:
        return rv_text_natural(varbind->counter);
    case RV_SNMP_OID:
        return varbind->object.length > 0 ? rv_oid_format(&varbind->object) : NULL;
    case RV_SNMP_IP_ADDRESS:
        return varbind->size == 4
                   ? g_strdup_printf("%u.%u.%u.%u", varbind->octets[0], varbind->octets[1],
                                     varbind->octets[2], varbind->octets[3])
                   : NULL;
    case RV_SNMP_OPAQUE:
        return isnan(varbind->real) ? NULL : rv_text_number(varbind->real, 12);
    case RV_SNMP_OCTETS:
        break;
    case RV_SNMP_NULL:
        return NULL;
    }
    text =
        rv_text_clean((const char *)varbind->octets,
                      (gssize)strnlen((const char *)varbind->octets, varbind->size), TEXT_CEILING);
    if (text[0] == '\0')
        g_clear_pointer(&text, g_free);
    return text;
}

gboolean
rv_varbind_integer(const RvVarbind *varbind, gint64 *integer)
{
    switch (varbind->type) {
    case RV_SNMP_INTEGER:
        *integer = varbind->integer;
        return TRUE;
    case RV_SNMP_COUNTER32:
    case RV_SNMP_GAUGE32:
    case RV_SNMP_TIMETICKS:
    case RV_SNMP_COUNTER64:
        *integer = (gint64)varbind->counter;
        return TRUE;
    case RV_SNMP_OCTETS:
    case RV_SNMP_NULL:
    case RV_SNMP_OID:
    case RV_SNMP_IP_ADDRESS:
    case RV_SNMP_OPAQUE:
        break;
    }
    return FALSE;
}

gboolean
rv_text_number_at_start(const char *text, double *number)
{
    char *end = NULL;

    while (g_ascii_isspace(*text))
        text++;
    if (!g_ascii_isdigit(text[strspn(text, "+-.")]) || strspn(text, "+-.") > 2)
        return FALSE; /* also "nan", "inf" and words */
    *number = g_ascii_strtod(text, &end);
    return end != text && isfinite(*number);
}

gboolean
rv_varbind_number(const RvVarbind *varbind, double *number)
{
    g_autofree char *text = NULL;

    switch (varbind->type) {
    case RV_SNMP_INTEGER:
        *number = (double)varbind->integer;
        return TRUE;
    case RV_SNMP_COUNTER32:
    case RV_SNMP_GAUGE32:
    case RV_SNMP_TIMETICKS:
    case RV_SNMP_COUNTER64:
        *number = (double)varbind->counter;
        return TRUE;
    case RV_SNMP_OPAQUE:
        *number = varbind->real;
        return isfinite(varbind->real);
    case RV_SNMP_OCTETS:
        text = rv_varbind_text(varbind);
        return text != NULL && rv_text_number_at_start(text, number);
    case RV_SNMP_NULL:
    case RV_SNMP_OID:
    case RV_SNMP_IP_ADDRESS:
        break;
    }
    return FALSE;
}

/* ---- cells ---- */

const RvVarbind *
rv_ground_cell(const RvGround *ground, const RvOid *column, const guint32 *index, guint length)
{
    guint32 ids[RV_OID_CEILING];
    RvOid oid = {ids, column->length + length};

    if (column->length == 0 || oid.length > RV_OID_CEILING)
        return NULL;
    memcpy(ids, column->ids, column->length * sizeof *ids);
    if (length > 0)
        memcpy(ids + column->length, index, length * sizeof *ids);
    return rv_snmp_answers_get(ground->answers, &oid);
}

/* The index that `source` means, in at most RV_OID_CEILING sub-identifiers; -1 where our row has no
 * such positions. */
static int
make_index(const GArray *parts, const RvRow *row, guint32 *ids)
{
    int n = 0, own = (int)row->length;

    for (guint i = 0; i < parts->len; i++) {
        const RvIndexPart *part = &g_array_index(parts, RvIndexPart, i);
        int first = part->first < 0 ? own + part->first + 1 : part->first;
        int last = part->last == RV_INDEX_END ? own
                   : part->last < 0           ? own + part->last + 1
                                              : part->last;

        if (part->literal) {
            if (n < RV_OID_CEILING)
                ids[n++] = part->value;
            continue;
        }
        if (first < 1 || first > own || last > own)
            return -1;
        for (int j = first; j <= last && n < RV_OID_CEILING; j++)
            ids[n++] = row->index[j - 1];
    }
    return n;
}

/* The value of `via` as an index: an integer, an OID, or dotted text. */
static int
index_from(const RvSource *via, const RvRow *row, guint32 *ids)
{
    g_autofree char *text = rv_source_text(via, row);
    RvOid oid = {NULL, 0};
    int n;

    if (text == NULL || !rv_oid_parse(text, &oid))
        return -1;
    n = (int)MIN(oid.length, RV_OID_CEILING);
    memcpy(ids, oid.ids, (gsize)n * sizeof *ids);
    rv_oid_clear(&oid);
    return n;
}

static GHashTable *
make_find(const RvSnmpAnswers *answers, const RvOid *column)
{
    GHashTable *cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint count = 0;
    const RvVarbind *varbinds = rv_snmp_answers_below(answers, column, &count);

    for (guint i = 0; i < count; i++) {
        char *text = rv_varbind_text(&varbinds[i]);

        if (text != NULL && !g_hash_table_contains(cells, text))
            g_hash_table_insert(cells, text, (gpointer)&varbinds[i]);
        else
            g_free(text);
    }
    return cells;
}

/* The index of the row whose cell in `column` reads `text`. */
static gboolean
find_row(RvGround *ground, const RvOid *column, const char *text, const guint32 **index,
         guint *length)
{
    g_autofree char *name = rv_oid_format(column);
    GHashTable *cells = g_hash_table_lookup(ground->finds, name);
    const RvVarbind *varbind;
    guint count;

    if (cells == NULL) {
        cells = make_find(ground->answers, column);
        g_hash_table_insert(ground->finds, g_steal_pointer(&name), cells);
    } else {
        (void)rv_snmp_answers_below(ground->answers, column, &count); /* for who watches */
    }
    varbind = g_hash_table_lookup(cells, text);
    if (varbind == NULL)
        return FALSE;
    *index = varbind->oid.ids + column->length;
    *length = varbind->oid.length - column->length;
    return TRUE;
}

static gboolean
has_text(const RvVarbind *varbind)
{
    g_autofree char *text = varbind != NULL ? rv_varbind_text(varbind) : NULL;

    return text != NULL;
}

static const RvVarbind *
cell_up(const RvSource *source, const RvGround *ground, guint32 *ids, guint n)
{
    const RvVarbind *cell = rv_ground_cell(ground, &source->column, ids, n);
    RvOid contained = {(guint32 *)rv_ent_contained_in, RV_ENT_COLUMN_LENGTH};

    for (int depth = 0; source->contained && depth < CONTAINED_DEPTH && !has_text(cell); depth++) {
        const RvVarbind *parent = rv_ground_cell(ground, &contained, ids, n);
        gint64 up = 0;

        if (parent == NULL || !rv_varbind_integer(parent, &up) || up <= 0 || up > G_MAXUINT32)
            return cell;
        ids[0] = (guint32)up;
        n = 1;
        cell = rv_ground_cell(ground, &source->column, ids, n);
    }
    return cell;
}

/* The first row that gives text and satisfies `rows`, among those whose index begins with `ids`. */
static const RvVarbind *
first_cell(const RvSource *source, const RvRow *row, const guint32 *ids, guint n)
{
    guint count = 0;
    RvOid root = rv_oid_append(&source->column, ids, n);
    const RvVarbind *varbinds = rv_snmp_answers_below(row->ground->answers, &root, &count);

    rv_oid_clear(&root);

    for (guint i = 0; i < count; i++) {
        RvRow other = {row->ground, varbinds[i].oid.ids + source->column.length,
                       varbinds[i].oid.length - source->column.length, &varbinds[i]};
        g_autofree char *text = rv_varbind_text(&varbinds[i]);

        if (text == NULL || (source->none != NULL && rv_map_find(source->none, text) != NULL))
            continue;
        if (rv_row_conditions_hold(source->rows, &other))
            return &varbinds[i];
    }
    return NULL;
}

const RvVarbind *
rv_source_cell(const RvSource *source, const RvRow *row)
{
    guint32 ids[RV_OID_CEILING];
    int n = (int)row->length;

    if (source->kind == RV_SOURCE_SCALAR)
        return rv_snmp_answers_get(row->ground->answers, &source->column);
    if (source->kind != RV_SOURCE_COLUMN)
        return NULL;
    if (source->first || (row->index == NULL && source->index == NULL && source->via == NULL))
        return first_cell(source, row, NULL, 0);
    if (n > 0)
        memcpy(ids, row->index, row->length * sizeof *ids);
    if (source->via != NULL)
        n = index_from(source->via, row, ids);
    else if (source->index != NULL)
        n = make_index(source->index, row, ids);
    if (n < 0)
        return NULL;
    if (source->below)
        return first_cell(source, row, ids, (guint)n);
    if (source->find.length > 0) {
        RvOid wanted = {ids, (guint)n};
        g_autofree char *text =
            source->via != NULL ? rv_source_text(source->via, row) : rv_oid_format(&wanted);
        const guint32 *index = NULL;
        guint length = 0;

        if (!find_row(row->ground, &source->find, text, &index, &length))
            return NULL;
        memcpy(ids, index, length * sizeof *ids);
        n = (int)length;
    }
    return cell_up(source, row->ground, ids, (guint)n);
}

/* ---- text ---- */

static char *
join_numbers(const guint32 *ids, guint n, const char *format, char separator)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < n; i++) {
        if (i > 0)
            g_string_append_c(out, separator);
        g_string_append_printf(out, format, ids[i]);
    }
    return g_string_free(out, FALSE);
}

/* Octets in an index; a leading length is skipped where it fits (RFC 2578 §7.7). */
static char *
index_text(const guint32 *ids, guint n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint from = n > 1 && ids[0] == n - 1 ? 1 : 0;

    for (guint i = from; i < n; i++)
        g_string_append_c(out, (char)(ids[i] & 0xff));
    return rv_text_clean(out->str, (gssize)out->len, TEXT_CEILING);
}

static char *
text_of_index(const RvSource *source, const RvRow *row)
{
    guint32 ids[RV_OID_CEILING];
    int n = make_index(source->index, row, ids);

    if (n <= 0)
        return NULL;
    switch (source->as) {
    case RV_AS_NUMBERS:
        return join_numbers(ids, (guint)n, "%u", '.');
    case RV_AS_TEXT:
        return index_text(ids, (guint)n);
    case RV_AS_MAC:
        return join_numbers(ids + (n == 7), (guint)(n - (n == 7)), "%02x", ':');
    case RV_AS_IP:
        return join_numbers(ids + (n == 5), (guint)(n - (n == 5)), "%u", '.');
    }
    return NULL;
}

static char *
text_of_octets(const RvVarbind *cell)
{
    GString *out = g_string_new(NULL);

    for (gsize i = 0; i < MIN(cell->size, TEXT_CEILING); i++)
        g_string_append_printf(out, "%02x", cell->octets[i]);
    return g_string_free(out, FALSE);
}

static char *
join_parts(const RvSource *source, const RvRow *row)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < source->parts->len; i++) {
        g_autofree char *text = rv_source_text(g_ptr_array_index(source->parts, i), row);

        if (text == NULL)
            continue;
        if (out->len > 0)
            g_string_append(out, source->with);
        g_string_append(out, text);
    }
    return g_string_free(out, FALSE);
}

static char *
add_parts(const RvSource *source, const RvRow *row)
{
    double sum = 0;

    for (guint i = 0; i < source->parts->len; i++) {
        double number;

        if (!rv_source_number(g_ptr_array_index(source->parts, i), row, &number))
            return NULL;
        sum += number;
    }
    return rv_text_number(sum, 17);
}

static char *
first_part(const RvSource *source, const RvRow *row)
{
    for (guint i = 0; i < source->parts->len; i++) {
        char *text = rv_source_text(g_ptr_array_index(source->parts, i), row);

        if (text != NULL)
            return text;
    }
    return NULL;
}

static char *
plain_text(const RvSource *source, const RvRow *row)
{
    const RvVarbind *cell;

    switch (source->kind) {
    case RV_SOURCE_TEXT:
        return g_strdup(source->text);
    case RV_SOURCE_COLUMN:
    case RV_SOURCE_SCALAR:
        cell = rv_source_cell(source, row);
        if (cell != NULL && source->hex && cell->octets != NULL)
            return text_of_octets(cell);
        return cell != NULL ? rv_varbind_text(cell) : NULL;
    case RV_SOURCE_INDEX:
        return text_of_index(source, row);
    case RV_SOURCE_SYS_DESCR:
        return g_strdup(row->ground->descr);
    case RV_SOURCE_SYS_OBJECT_ID:
        return g_strdup(row->ground->object_id);
    case RV_SOURCE_SYS_NAME:
        return g_strdup(row->ground->name);
    case RV_SOURCE_EITHER:
        return first_part(source, row);
    case RV_SOURCE_JOIN:
        return join_parts(source, row);
    case RV_SOURCE_SUM:
        return add_parts(source, row);
    }
    return NULL;
}

/* First group that took part, or the whole match; NULL where there is no match. */
static char *
match_text(const GRegex *regex, const char *text)
{
    g_autoptr(GMatchInfo) match = NULL;
    int groups;

    if (!g_regex_match(regex, text, 0, &match))
        return NULL;
    groups = g_match_info_get_match_count(match);
    for (int i = 1; i < groups; i++) {
        char *group = g_match_info_fetch(match, i);

        if (group != NULL && group[0] != '\0')
            return group;
        g_free(group);
    }
    return groups > 1 ? NULL : g_match_info_fetch(match, 0);
}

static void
replace(char **text, char *with)
{
    g_free(*text);
    *text = with;
}

static void
apply_format(const char *format, char **text)
{
    const char *place = strstr(format, "%s");

    if (place != NULL)
        replace(text, g_strdup_printf("%.*s%s%s", (int)(place - format), format, *text, place + 2));
}

char *
rv_source_text(const RvSource *source, const RvRow *row)
{
    g_autofree char *text = source != NULL ? plain_text(source, row) : NULL;

    if (text == NULL || (source->none != NULL && rv_map_find(source->none, text) != NULL))
        return NULL;
    if (source->pattern != NULL)
        replace(&text, match_text(source->pattern, text));
    if (text != NULL && source->map != NULL) {
        const RvMapEntry *entry = rv_map_find(source->map, text);

        replace(&text, entry != NULL ? g_strdup(entry->value) : NULL);
    }
    if (text == NULL || g_strstrip(text)[0] == '\0')
        return NULL;
    if (source->format != NULL)
        apply_format(source->format, &text);
    return g_steal_pointer(&text);
}

gboolean
rv_source_number(const RvSource *source, const RvRow *row, double *number)
{
    g_autofree char *text = NULL;

    if (source->kind == RV_SOURCE_COLUMN || source->kind == RV_SOURCE_SCALAR) {
        const RvVarbind *cell = rv_source_cell(source, row);

        if (cell == NULL)
            return FALSE;
        if (source->pattern == NULL && source->map == NULL && source->none == NULL)
            return rv_varbind_number(cell, number);
    }
    text = rv_source_text(source, row);
    return text != NULL && rv_text_number_at_start(text, number);
}

/* ---- conditions ---- */

static gboolean
any_holds(const GPtrArray *conditions, const RvRow *row)
{
    for (guint i = 0; i < conditions->len; i++) {
        if (rv_row_condition_holds(g_ptr_array_index(conditions, i), row))
            return TRUE;
    }
    return FALSE;
}

static char *
condition_text(const RvRowCondition *condition, const RvRow *row)
{
    if (condition->source != NULL)
        return rv_source_text(condition->source, row);
    return row->self != NULL ? rv_varbind_text(row->self) : NULL;
}

gboolean
rv_row_condition_holds(const RvRowCondition *condition, const RvRow *row)
{
    g_autofree char *text = NULL;
    double number = NAN;

    if (condition->any != NULL)
        return any_holds(condition->any, row);
    if (condition->all != NULL)
        return rv_row_conditions_hold(condition->all, row);
    text = condition_text(condition, row);
    if (condition->exists >= 0 && (text != NULL) != condition->exists)
        return FALSE;
    if (condition->is != NULL && (text == NULL || rv_map_find(condition->is, text) == NULL))
        return FALSE;
    if (condition->not != NULL && text != NULL && rv_map_find(condition->not, text) != NULL)
        return FALSE;
    if (condition->matches != NULL &&
        (text == NULL || !g_regex_match(condition->matches, text, 0, NULL)))
        return FALSE;
    if (isnan(condition->at_least) && isnan(condition->at_most))
        return TRUE;
    return text != NULL && rv_text_number_at_start(text, &number) &&
           !(number < condition->at_least) && !(number > condition->at_most);
}

gboolean
rv_row_conditions_hold(const GPtrArray *conditions, const RvRow *row)
{
    for (guint i = 0; conditions != NULL && i < conditions->len; i++) {
        if (!rv_row_condition_holds(g_ptr_array_index(conditions, i), row))
            return FALSE;
    }
    return TRUE;
}
