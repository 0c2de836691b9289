/* Maps: from what a device says to what it means. Keys are texts or numbers written as text; they
 * compare without case; "*" and "?" in a key match (exact keys first, then in the file's order). */
#pragma once

#include <glib.h>

#include "observation/observation.h"

typedef enum {
    RV_MEANING_OK,
    RV_MEANING_WARNING,
    RV_MEANING_CRITICAL,
    RV_MEANING_UNKNOWN,
    RV_MEANING_ABSENT, /* the bay is empty */
    RV_MEANING_IGNORE, /* the row says nothing: no sensor */
} RvMeaning;
#define RV_MEANINGS (RV_MEANING_IGNORE + 1)
extern const char *const rv_meaning_words[RV_MEANINGS + 1]; /* ended by NULL */

typedef struct {
    char *key;     /* lower case */
    char *value;   /* the word; never NULL */
    double number; /* of `value`; NAN where it is no number */
    RvMeaning meaning;
} RvMapEntry;

typedef struct RvMap RvMap;

RvMap *rv_map_new(void);
void rv_map_free(RvMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvMap, rv_map_free)

/* FALSE where the key is there already. */
gboolean rv_map_add(RvMap *map, const char *key, const char *value, RvMeaning meaning);
const RvMapEntry *rv_map_find(const RvMap *map, const char *text);
guint rv_map_size(const RvMap *map);
const RvMapEntry *rv_map_entry(const RvMap *map, guint n);
