/* A block of a file as a table: which keys it has, of which type, and where the value goes.
 *
 * The table is also what the man pages are held against (conf/sections.h). Private to this room. */
#pragma once

#include "yaml/node.h"

/* What a run of reading shares. */
typedef struct {
    RvProblems *problems;
    GPtrArray *files;     /* RvYaml*: nodes are borrowed until the end */
    gboolean too_open;    /* a file of secrets was refused for its mode */
    gboolean for_a_group; /* a block that many devices share is read for itself */
} RvReader;

typedef enum {
    RV_FIELD_TEXT,       /* char*, owned */
    RV_FIELD_TEXTS,      /* char**, owned */
    RV_FIELD_ONE_OF,     /* char*: one of `words` */
    RV_FIELD_PATH,       /* char*: absolute */
    RV_FIELD_PATHS,      /* char**: absolute */
    RV_FIELD_BOOLEAN,    /* gboolean */
    RV_FIELD_COUNT,      /* guint; minimum … maximum */
    RV_FIELD_PORT,       /* guint16 */
    RV_FIELD_NUMBER,     /* double, any */
    RV_FIELD_TIME,       /* gint64, ms; minimum … maximum */
    RV_FIELD_SHORT_TIME, /* guint, ms; minimum … maximum */
    RV_FIELD_WORD,       /* an enumeration: place among `words` */
    RV_FIELD_PARSED,     /* an enumeration: by `parse`; `words` for the message */
    RV_FIELD_OTHER,      /* by `read` */
    RV_FIELD_ELSEWHERE,  /* a key that the caller reads */
} RvFieldKind;

typedef struct {
    const char *key;
    RvFieldKind kind;
    gsize offset; /* in the target */
    gint64 minimum, maximum;
    const char *const *words;
    gboolean (*parse)(const char *word, int *value);
    void (*read)(RvReader *reader, const RvYamlNode *value, gpointer target);
    gboolean required;
} RvField; /* a table ends with a row without key */

/* Reads a map into `target`; what is not there, or wrong, stays as it was. FALSE where it is no
 * map. */
gboolean rv_fields_read(RvReader *reader, const RvYamlNode *map, const char *what,
                        const RvField *fields, gpointer target);

/* The two halves of it: whether the keys are right, and their values. */
gboolean rv_fields_check(RvReader *reader, const RvYamlNode *map, const char *what,
                         const RvField *fields);
void rv_fields_values(RvReader *reader, const RvYamlNode *map, const RvField *fields,
                      gpointer target);

/* `path` as the file of `node` means it; caller frees. */
char *rv_fields_path(const RvYamlNode *node, const char *path);
/* The time zone of that IANA name; NULL: a problem more. POSIX's "CST+8", which lies west, is none.
 */
GTimeZone *rv_fields_zone(RvReader *reader, const RvYamlNode *node, const char *name);
/* Loads a file whose nodes last as long as the reader; NULL: there are problems more. */
const RvYamlNode *rv_reader_load(RvReader *reader, const char *path);

/* A parser of conf/ from one of another room whose enumeration is an int. */
#define RV_FIELD_PARSE(name, Type, function)                                                       \
    static gboolean name(const char *word, int *value)                                             \
    {                                                                                              \
        Type parsed;                                                                               \
                                                                                                   \
        if (!function(word, &parsed))                                                              \
            return FALSE;                                                                          \
        *value = (int)parsed;                                                                      \
        return TRUE;                                                                               \
    }
