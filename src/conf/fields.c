#include "conf/fields.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

char *
rv_fields_path(const RvYamlNode *node, const char *path)
{
    g_autofree char *folder = g_path_get_dirname(rv_yaml_file(node));

    return g_canonicalize_filename(path, folder);
}

GTimeZone *
rv_fields_zone(RvReader *reader, const RvYamlNode *node, const char *name)
{
    GTimeZone *zone = strchr(name, '/') != NULL || strcmp(name, "UTC") == 0
                          ? g_time_zone_new_identifier(name)
                          : NULL;

    if (zone == NULL)
        rv_yaml_problem(node, reader->problems, "'%s' is no time zone; give one as Asia/Shanghai",
                        name);
    return zone;
}

const RvYamlNode *
rv_reader_load(RvReader *reader, const char *path)
{
    RvYaml *yaml = rv_yaml_load(path, reader->problems);

    if (yaml == NULL)
        return NULL;
    g_ptr_array_add(reader->files, yaml);
    return rv_yaml_root(yaml);
}

static void
set_text(gpointer place, char *text)
{
    char **old = place;

    g_free(*old);
    *old = text;
}

static void
read_texts(RvReader *reader, const RvYamlNode *node, const RvField *field, gpointer place)
{
    char ***old = place;
    g_autofree const char **texts = NULL;

    if (!rv_yaml_texts(node, field->key, &texts, reader->problems))
        return;
    g_strfreev(*old);
    *old = g_strdupv((char **)texts);
    for (char **text = *old; field->kind == RV_FIELD_PATHS && *text != NULL; text++) {
        char *path = rv_fields_path(node, *text);

        g_free(*text);
        *text = path;
    }
}

static void
read_parsed(RvReader *reader, const RvYamlNode *node, const RvField *field, int *place)
{
    g_autofree char *suggestion = NULL;
    const char *word = NULL;

    if (!rv_yaml_text(node, field->key, &word, reader->problems) || field->parse(word, place))
        return;
    suggestion = rv_yaml_suggest(word, field->words);
    rv_yaml_problem(node, reader->problems, "'%s' cannot be '%s'%s", field->key, word, suggestion);
}

static void
read_field(RvReader *reader, const RvYamlNode *node, const RvField *field, gpointer target)
{
    gpointer place = (char *)target + field->offset;
    const char *text;
    gint64 integer;
    int word;

    switch (field->kind) {
    case RV_FIELD_TEXT:
        if (rv_yaml_text(node, field->key, &text, reader->problems))
            set_text(place, g_strdup(text));
        break;
    case RV_FIELD_PATH:
        if (rv_yaml_text(node, field->key, &text, reader->problems))
            set_text(place, rv_fields_path(node, text));
        break;
    case RV_FIELD_TEXTS:
    case RV_FIELD_PATHS:
        read_texts(reader, node, field, place);
        break;
    case RV_FIELD_ONE_OF:
        if (rv_yaml_choice(node, field->key, field->words, &word, reader->problems))
            set_text(place, g_strdup(field->words[word]));
        break;
    case RV_FIELD_BOOLEAN:
        rv_yaml_boolean(node, field->key, place, reader->problems);
        break;
    case RV_FIELD_COUNT:
        if (rv_yaml_integer(node, field->key, field->minimum, field->maximum, &integer,
                            reader->problems))
            *(guint *)place = (guint)integer;
        break;
    case RV_FIELD_PORT:
        if (rv_yaml_integer(node, field->key, 1, 65535, &integer, reader->problems))
            *(guint16 *)place = (guint16)integer;
        break;
    case RV_FIELD_NUMBER:
        rv_yaml_number(node, field->key, -INFINITY, INFINITY, place, reader->problems);
        break;
    case RV_FIELD_TIME:
        rv_yaml_duration(node, field->key, field->minimum, field->maximum, place, reader->problems);
        break;
    case RV_FIELD_SHORT_TIME:
        if (rv_yaml_duration(node, field->key, field->minimum, field->maximum, &integer,
                             reader->problems))
            *(guint *)place = (guint)integer;
        break;
    case RV_FIELD_WORD:
        rv_yaml_choice(node, field->key, field->words, place, reader->problems);
        break;
    case RV_FIELD_PARSED:
        read_parsed(reader, node, field, place);
        break;
    case RV_FIELD_OTHER:
        field->read(reader, node, target);
        break;
    case RV_FIELD_ELSEWHERE:
        break;
    }
}

gboolean
rv_fields_check(RvReader *reader, const RvYamlNode *map, const char *what, const RvField *fields)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (const RvField *field = fields; field->key != NULL; field++)
        g_ptr_array_add(known, (gpointer)field->key);
    g_ptr_array_add(known, NULL);
    if (!rv_yaml_check_keys(map, what, (const char *const *)known->pdata, reader->problems))
        return FALSE;
    for (const RvField *field = fields; field->key != NULL; field++)
        if (field->required && !reader->for_a_group && rv_yaml_get(map, field->key) == NULL)
            rv_yaml_problem(map, reader->problems, "%s needs '%s'", what, field->key);
    return TRUE;
}

void
rv_fields_values(RvReader *reader, const RvYamlNode *map, const RvField *fields, gpointer target)
{
    for (const RvField *field = fields; field->key != NULL; field++) {
        const RvYamlNode *node = rv_yaml_get(map, field->key);

        if (node != NULL)
            read_field(reader, node, field, target);
    }
}

gboolean
rv_fields_read(RvReader *reader, const RvYamlNode *map, const char *what, const RvField *fields,
               gpointer target)
{
    if (!rv_fields_check(reader, map, what, fields))
        return FALSE;
    rv_fields_values(reader, map, fields, target);
    return TRUE;
}
