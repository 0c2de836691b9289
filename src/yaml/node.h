/* YAML as the operator's files use it, read strictly: nodes that know file, line and column.
 *
 * What is wrong is collected in RvProblems, never printed here. Refused at loading, each with a
 * message: what is no YAML or no UTF-8, more than one document, keys that are no text or a boolean,
 * merge keys, tags, aliases to what is not complete; more than 10 MiB, 48 levels, or 500 000 nodes
 * once aliases are expanded. Of a key that stands twice the first is kept, and there is a problem.
 * Scalars stay as they were written: no type is guessed before a reader asks for one.
 *
 * Nodes belong to their RvYaml and are gone with it; an alias and its anchor are one node. */
#pragma once

#include "base/problems.h"

typedef enum {
    RV_YAML_NONE, /* nothing, ~ or null */
    RV_YAML_TEXT,
    RV_YAML_LIST,
    RV_YAML_MAP,
} RvYamlKind;

typedef struct RvYaml RvYaml; /* one file */
typedef struct RvYamlNode RvYamlNode;
struct RvYamlNode {
    const RvYaml *yaml;
    guint line, column; /* from 1 */
    RvYamlKind kind : 8;
    guint quoted : 1; /* TEXT: by '…', "…", | or > */
    guint size;       /* items of a list, keys of a map */
    union {
        const char *text; /* TEXT: as it was written, no NUL inside; NONE: "" */
        struct {
            const RvYamlNode *const *keys; /* MAP: TEXT nodes */
            const RvYamlNode *const *items;
        };
    };
};

/* ---- files ---- */

/* NULL where the file cannot be read or is refused; then there are problems more. A file of
 * comments alone has a root of kind NONE. */
RvYaml *rv_yaml_load(const char *path, RvProblems *problems);

/* Only the keys of the root map before the first that is not among `keys` (NULL-terminated); what
 * follows is neither parsed nor checked. */
RvYaml *rv_yaml_load_head(const char *path, const char *const *keys, RvProblems *problems);

/* A file of secrets: refused (*refused set, if given) where anyone but its owner may read it; no
 * message repeats what stands in it. */
RvYaml *rv_yaml_load_private(const char *path, gboolean *refused, RvProblems *problems);

/* `name` stands for the file in messages. `text` is not needed afterwards. */
RvYaml *rv_yaml_parse(const char *name, const char *text, gsize length, RvProblems *problems);

/* Memory is wiped. */
void rv_yaml_free(RvYaml *yaml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvYaml, rv_yaml_free)

const RvYamlNode *rv_yaml_root(const RvYaml *yaml);
/* As it was given; interned. */
const char *rv_yaml_file(const RvYamlNode *node);

/* ---- structure ---- */

void rv_yaml_problem(const RvYamlNode *node, RvProblems *problems, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* The value of a key; NULL where the key is not there, or `map` is no map or NULL. */
const RvYamlNode *rv_yaml_get(const RvYamlNode *map, const char *key);
/* The node of the key itself, for messages about it. */
const RvYamlNode *rv_yaml_get_key(const RvYamlNode *map, const char *key);

/* Whether it is a map, or nothing at all; else a problem that calls it `what`. The same for lists.
 */
gboolean rv_yaml_is_map(const RvYamlNode *node, const char *what, RvProblems *problems);
gboolean rv_yaml_is_list(const RvYamlNode *node, const char *what, RvProblems *problems);

/* A map with no keys but `known` (NULL-terminated); a problem for each other, with the key that was
 * meant. FALSE where it is no map. */
gboolean rv_yaml_check_keys(const RvYamlNode *map, const char *what, const char *const *known,
                            RvProblems *problems);

/* A list, or a single node that counts as a list of one; NULL: 0 items. */
guint rv_yaml_count(const RvYamlNode *node);
const RvYamlNode *rv_yaml_item(const RvYamlNode *node, guint n);

/* Whether a plain text is one that YAML 1.1 readers take for a boolean: no, on, yes, off, true,
 * false. */
gboolean rv_yaml_is_boolean(const RvYamlNode *node);

/* The end of a message: "; did you mean 'x'?", or "; there are a, b, c" where nothing is near (and
 * there are few), or "". Caller frees. */
char *rv_yaml_suggest(const char *word, const char *const *known);

/* ---- values ----
 *
 * Each sets *value and returns TRUE where the node is what is wanted; else there is a problem that
 * calls it `what`, and *value stays. The _get_ forms look a key up; one that is not there is no
 * problem: FALSE, *value stays. */

/* One line of text that is not empty; a plain boolean word is refused with how to quote it. */
gboolean rv_yaml_text(const RvYamlNode *node, const char *what, const char **value,
                      RvProblems *problems);
gboolean rv_yaml_integer(const RvYamlNode *node, const char *what, gint64 minimum, gint64 maximum,
                         gint64 *value, RvProblems *problems);
gboolean rv_yaml_number(const RvYamlNode *node, const char *what, double minimum, double maximum,
                        double *value, RvProblems *problems);
/* true false yes no on off, not quoted. */
gboolean rv_yaml_boolean(const RvYamlNode *node, const char *what, gboolean *value,
                         RvProblems *problems);
/* rv_text_parse_duration_ms. */
gboolean rv_yaml_duration(const RvYamlNode *node, const char *what, gint64 minimum_ms,
                          gint64 maximum_ms, gint64 *value, RvProblems *problems);
/* *value: place among `words` (NULL-terminated). */
gboolean rv_yaml_choice(const RvYamlNode *node, const char *what, const char *const *words,
                        int *value, RvProblems *problems);
/* A list of texts, or one text. *value: what can be used of it, NULL-terminated, never NULL; the
 * texts are borrowed, caller frees the array (g_free). FALSE where an item was none. */
gboolean rv_yaml_texts(const RvYamlNode *node, const char *what, const char ***value,
                       RvProblems *problems);

gboolean rv_yaml_get_text(const RvYamlNode *map, const char *key, const char **value,
                          RvProblems *problems);
gboolean rv_yaml_get_integer(const RvYamlNode *map, const char *key, gint64 minimum, gint64 maximum,
                             gint64 *value, RvProblems *problems);
gboolean rv_yaml_get_number(const RvYamlNode *map, const char *key, double minimum, double maximum,
                            double *value, RvProblems *problems);
gboolean rv_yaml_get_boolean(const RvYamlNode *map, const char *key, gboolean *value,
                             RvProblems *problems);
gboolean rv_yaml_get_duration(const RvYamlNode *map, const char *key, gint64 minimum_ms,
                              gint64 maximum_ms, gint64 *value, RvProblems *problems);
gboolean rv_yaml_get_choice(const RvYamlNode *map, const char *key, const char *const *words,
                            int *value, RvProblems *problems);
