/* A template file as a tree whose nodes know their line. Private to this room. */
#pragma once

#include "base/problems.h"

typedef enum { RV_TREE_TEXT, RV_TREE_LIST, RV_TREE_MAP } RvTreeKind;

typedef struct RvTree RvTree;
struct RvTree {
    RvTreeKind kind;
    char *text;       /* TEXT */
    GPtrArray *keys;  /* MAP: RvTree* of texts, beside `items` */
    GPtrArray *items; /* LIST and MAP: RvTree* */
    const char *file; /* interned */
    guint line, column;
};

/* NULL where the file cannot be read or is no YAML; then there is one problem more. */
RvTree *rv_tree_load(const char *path, RvProblems *problems);
void rv_tree_free(RvTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvTree, rv_tree_free)

void rv_tree_problem(const RvTree *tree, RvProblems *problems, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* The value of a key, or NULL. */
const RvTree *rv_tree_get(const RvTree *map, const char *key);
/* A problem for each key of a map that is none of `known` (NULL-terminated). FALSE where it is no
 * map. */
gboolean rv_tree_check_keys(const RvTree *map, const char *const *known, RvProblems *problems);

/* Values of a key, `fallback` where it is not there; a wrong one is a problem and gives `fallback`.
 */
const char *rv_tree_text(const RvTree *map, const char *key, const char *fallback,
                         RvProblems *problems);
double rv_tree_number(const RvTree *map, const char *key, double fallback, RvProblems *problems);
guint rv_tree_seconds(const RvTree *map, const char *key, guint fallback, RvProblems *problems);
/* Place of the text among `words` (NULL-terminated). */
int rv_tree_choice(const RvTree *map, const char *key, const char *const *words, int fallback,
                   RvProblems *problems);
/* The items of a list, or the node itself alone; 0 where `key` is not there. */
guint rv_tree_count(const RvTree *map, const char *key);
const RvTree *rv_tree_item(const RvTree *map, const char *key, guint n);
