#include "collect/entity.h"

#include <string.h>

#include "base/text.h"
#include "base/unique.h"
#include "collect/standard.h"

#define ENTITY_CEILING 100000
#define DEPTH_CEILING 16
#define SLUG_CEILING 48

/* PhysicalClass and the columns read (RFC 6933). */
enum {
    CLASS_CHASSIS = 3,
    CLASS_CONTAINER = 5,
    CLASS_PSU = 6,
    CLASS_FAN = 7,
    CLASS_SENSOR = 8,
    CLASS_MODULE = 9,
    CLASS_PORT = 10,
    CLASS_STACK = 11
};
enum {
    COLUMN_DESCR = 2,
    COLUMN_CONTAINED_IN = 4,
    COLUMN_CLASS = 5,
    COLUMN_POSITION = 6,
    COLUMN_NAME = 7,
    COLUMN_HARDWARE = 8,
    COLUMN_FIRMWARE = 9,
    COLUMN_SOFTWARE = 10,
    COLUMN_SERIAL = 11,
    COLUMN_VENDOR = 12,
    COLUMN_MODEL = 13,
    COLUMN_ASSET = 15
};

struct RvEntityTree {
    const RvSnmpAnswers *answers;
    GPtrArray *entities; /* RvEntity*, by index */
    GHashTable *by_index;
};

/* An entity, and its own part of its key. */
typedef struct {
    RvEntity entity;
    char *slug; /* NULL: not yet made */
} Node;

static void
entity_free(gpointer data)
{
    RvEntity *entity = data;

    g_free(((Node *)data)->slug);
    g_free((char *)entity->name);
    g_free((char *)entity->descr);
    g_free((char *)entity->key);
    g_free(entity);
}

static const RvVarbind *
cell(const RvSnmpAnswers *answers, guint32 index, guint32 column)
{
    guint32 ids[RV_ENT_COLUMN_LENGTH + 1] = RV_ENT_COLUMN(column);
    RvOid oid = {ids, RV_ENT_COLUMN_LENGTH + 1};

    ids[RV_ENT_COLUMN_LENGTH] = index;
    return rv_snmp_answers_get(answers, &oid);
}

static gint64
number(const RvSnmpAnswers *answers, guint32 index, guint32 column, gint64 otherwise)
{
    const RvVarbind *varbind = cell(answers, index, column);
    gint64 value = otherwise;

    if (varbind != NULL)
        rv_varbind_integer(varbind, &value);
    return value;
}

char *
rv_entity_text(const RvEntityTree *tree, guint32 index, guint32 column)
{
    const RvVarbind *varbind = cell(tree->answers, index, column);

    return varbind != NULL ? rv_varbind_text(varbind) : NULL;
}

/* ---- building ---- */

static void
add_entity(RvEntityTree *tree, guint32 index)
{
    Node *node;
    RvEntity *entity;
    char *name, *descr;

    if (g_hash_table_contains(tree->by_index, GUINT_TO_POINTER(index)) ||
        tree->entities->len >= ENTITY_CEILING)
        return;
    node = g_new0(Node, 1);
    entity = &node->entity;
    name = rv_entity_text(tree, index, COLUMN_NAME);
    descr = rv_entity_text(tree, index, COLUMN_DESCR);
    entity->index = index;
    entity->parent = (guint32)number(tree->answers, index, COLUMN_CONTAINED_IN, 0);
    entity->class = (int)number(tree->answers, index, COLUMN_CLASS, 0);
    entity->position = (int)number(tree->answers, index, COLUMN_POSITION, -1);
    entity->descr = descr != NULL ? descr : g_strdup("");
    entity->name = name != NULL ? name : g_strdup(entity->descr);
    g_ptr_array_add(tree->entities, entity);
    g_hash_table_insert(tree->by_index, GUINT_TO_POINTER(index), entity);
}

static void
add_column(RvEntityTree *tree, guint32 column)
{
    guint32 ids[RV_ENT_COLUMN_LENGTH] = RV_ENT_COLUMN(column);
    RvOid oid = {ids, RV_ENT_COLUMN_LENGTH};
    guint count = 0;
    const RvVarbind *varbinds = rv_snmp_answers_below(tree->answers, &oid, &count);

    for (guint i = 0; i < count; i++) {
        if (varbinds[i].oid.length == RV_ENT_COLUMN_LENGTH + 1)
            add_entity(tree, varbinds[i].oid.ids[RV_ENT_COLUMN_LENGTH]);
    }
}

static gboolean
stands_in_paths(const RvEntity *entity)
{
    return entity->class != CLASS_CONTAINER && entity->class != CLASS_SENSOR;
}

static const char *
class_slug(int class)
{
    static const char *const words[] = {
        "part",   "part",   "part", "chassis", "backplane", "slot",   "psu",     "fan",
        "sensor", "module", "port", "stack",   "cpu",       "energy", "battery", "drive"};

    return class >= 0 && class < (int)G_N_ELEMENTS(words) ? words[class] : "part";
}

static char *
make_slug(const RvEntity *entity)
{
    g_autofree char *cut =
        g_utf8_substring(entity->name, 0, MIN(g_utf8_strlen(entity->name, -1), SLUG_CEILING));

    if (entity->name[0] == '\0')
        return entity->position >= 0
                   ? g_strdup_printf("%s-%d", class_slug(entity->class), entity->position)
                   : g_strdup(class_slug(entity->class));
    return rv_text_slug(cut);
}

/* Asked for by every entity below. */
static const char *
own_slug(const RvEntity *entity)
{
    Node *node = (Node *)(gpointer)entity;

    if (node->slug == NULL)
        node->slug = make_slug(entity);
    return node->slug;
}

static const RvEntity *
find(const RvEntityTree *tree, guint32 index)
{
    return g_hash_table_lookup(tree->by_index, GUINT_TO_POINTER(index));
}

static char *
path(const RvEntityTree *tree, const RvEntity *entity)
{
    char *key = g_strdup(own_slug(entity));
    const RvEntity *up = find(tree, entity->parent);

    for (int depth = 0; up != NULL && up != entity && depth < DEPTH_CEILING; depth++) {
        if (stands_in_paths(up)) {
            g_autofree char *below = key;

            key = g_strconcat(own_slug(up), "/", below, NULL);
        }
        up = find(tree, up->parent);
    }
    return key;
}

/* Position of the entity, or of the container that it sits in. */
static int
position_of(const RvEntityTree *tree, const RvEntity *entity)
{
    const RvEntity *up = find(tree, entity->parent);

    if (up != NULL && up->class == CLASS_CONTAINER && up->position >= 0)
        return up->position;
    return entity->position;
}

static void
name_keys(RvEntityTree *tree)
{
    g_autoptr(RvUnique) keys = rv_unique_new();

    for (guint i = 0; i < tree->entities->len; i++) {
        RvEntity *entity = g_ptr_array_index(tree->entities, i);
        g_autofree char *key = path(tree, entity);
        int position = position_of(tree, entity);

        if (rv_unique_is_taken(keys, key) && position >= 0) {
            char *longer = g_strdup_printf("%s-%d", key, position);

            g_free(key);
            key = longer;
        }
        entity->key = rv_unique_take(keys, key, '~');
    }
}

static int
compare_index(gconstpointer a, gconstpointer b)
{
    guint32 x = (*(RvEntity *const *)a)->index, y = (*(RvEntity *const *)b)->index;

    return x < y ? -1 : x > y;
}

RvEntityTree *
rv_entity_tree_new(const RvSnmpAnswers *answers)
{
    RvEntityTree *tree = g_new0(RvEntityTree, 1);

    tree->answers = answers;
    tree->entities = g_ptr_array_new_with_free_func(entity_free);
    tree->by_index = g_hash_table_new(NULL, NULL);
    add_column(tree, COLUMN_DESCR);
    add_column(tree, COLUMN_NAME);
    add_column(tree, COLUMN_CLASS);
    add_column(tree, COLUMN_SERIAL);
    add_column(tree, COLUMN_MODEL);
    g_ptr_array_sort(tree->entities, compare_index);
    name_keys(tree);
    return tree;
}

void
rv_entity_tree_free(RvEntityTree *tree)
{
    if (tree == NULL)
        return;
    g_hash_table_unref(tree->by_index);
    g_ptr_array_unref(tree->entities);
    g_free(tree);
}

/* ---- asking ---- */

const RvEntity *
rv_entity_find(const RvEntityTree *tree, guint32 index)
{
    return find(tree, index);
}

const RvEntity *
rv_entity_part(const RvEntityTree *tree, guint32 index)
{
    const RvEntity *entity = find(tree, index);

    for (int depth = 0; entity != NULL && depth < DEPTH_CEILING; depth++) {
        if (entity->class != CLASS_SENSOR && entity->class != CLASS_CONTAINER)
            return entity;
        entity = find(tree, entity->parent);
    }
    return NULL;
}

const RvEntity *
rv_entity_chassis(const RvEntityTree *tree)
{
    const RvEntity *first = NULL;

    for (guint i = 0; i < tree->entities->len; i++) {
        const RvEntity *entity = g_ptr_array_index(tree->entities, i);

        if (entity->class != CLASS_CHASSIS)
            continue;
        if (first == NULL)
            first = entity;
        if (cell(tree->answers, entity->index, COLUMN_MODEL) != NULL) {
            g_autofree char *model = rv_entity_text(tree, entity->index, COLUMN_MODEL);

            if (model != NULL)
                return entity;
        }
    }
    return first;
}

/* ---- components ---- */

static const char *
component_class(const RvEntity *entity)
{
    static const char *const words[] = {[CLASS_CHASSIS] = "chassis",
                                        [CLASS_PSU] = "psu",
                                        [CLASS_FAN] = "fan",
                                        [CLASS_MODULE] = "module",
                                        [CLASS_STACK] = "stack",
                                        [12] = "cpu",
                                        [14] = "battery",
                                        [15] = "disk"};
    g_autofree char *text = NULL;

    if (entity->class == CLASS_MODULE || entity->class == CLASS_PORT) {
        text = g_strconcat(entity->descr, " ", entity->name, NULL);
        if (g_regex_match_simple("sfp|xfp|qsfp|gbic|transceiver|optic|1000BASE|10GBASE|100GBASE",
                                 text, G_REGEX_CASELESS, 0))
            return "transceiver";
    }
    if (entity->class >= 0 && entity->class < (int)G_N_ELEMENTS(words) &&
        words[entity->class] != NULL)
        return words[entity->class];
    return "other";
}

static void
take(char **field, char *text)
{
    if (text == NULL)
        return;
    g_free(*field);
    *field = text;
}

static gboolean
is_component(const RvEntity *entity, const char *model, const char *serial)
{
    if (model != NULL || serial != NULL)
        return TRUE;
    return entity->class == CLASS_CHASSIS || entity->class == CLASS_PSU ||
           entity->class == CLASS_FAN || entity->class == CLASS_STACK;
}

static const char *
parent_key(const RvEntityTree *tree, const RvEntity *entity)
{
    const RvEntity *up = rv_entity_part(tree, entity->parent);

    return up != NULL && up != entity ? up->key : NULL;
}

static void
add_component(const RvEntityTree *tree, const RvEntity *entity, RvObservation *observation)
{
    g_autofree char *model = rv_entity_text(tree, entity->index, COLUMN_MODEL);
    g_autofree char *serial = rv_entity_text(tree, entity->index, COLUMN_SERIAL);
    char *firmware;
    RvComponent *component;

    if (!is_component(entity, model, serial))
        return;
    component = rv_observation_add_component(observation);
    take(&component->key, g_strdup(entity->key));
    component->index = (int)MIN(entity->index, G_MAXINT);
    take(&component->class, g_strdup(component_class(entity)));
    take(&component->name, g_strdup(entity->name));
    take(&component->model, g_steal_pointer(&model));
    take(&component->serial, g_steal_pointer(&serial));
    take(&component->vendor, rv_entity_text(tree, entity->index, COLUMN_VENDOR));
    take(&component->hardware, rv_entity_text(tree, entity->index, COLUMN_HARDWARE));
    take(&component->asset_tag, rv_entity_text(tree, entity->index, COLUMN_ASSET));
    firmware = rv_entity_text(tree, entity->index, COLUMN_FIRMWARE);
    take(&component->firmware,
         firmware != NULL ? firmware : rv_entity_text(tree, entity->index, COLUMN_SOFTWARE));
    take(&component->parent, g_strdup(parent_key(tree, entity)));
}

void
rv_entity_components(const RvEntityTree *tree, RvObservation *observation)
{
    for (guint i = 0; i < tree->entities->len; i++)
        add_component(tree, g_ptr_array_index(tree->entities, i), observation);
}
