/* Reading a profile's parts: what the files of this room share while they compile one. */
#pragma once

#include "profile/profile.h"
#include "yaml/node.h"

typedef struct {
    RvProblems *problems;
    GHashTable *enumerations; /* name → const RvYamlNode* */
    const RvOid *entry;       /* of the table under way; NULL: columns must be absolute */
    const RvOid *base;        /* what "base" stands for; NULL: it must not be written */
    gboolean *at_base;        /* set where it is written; may be NULL */
} RvReader;

/* A column as a profile writes it: relative to the entry, absolute, or a short word. */
gboolean rv_read_column(const RvReader *reader, const RvYamlNode *node, RvOid *column);
gboolean rv_read_oid(const RvReader *reader, const RvYamlNode *node, RvOid *oid);
GRegex *rv_read_regex(const RvReader *reader, const RvYamlNode *node);

/* A list of values (or one), as keys without meaning. */
RvMap *rv_read_values(const RvReader *reader, const RvYamlNode *node, const char *what);
/* key: value. */
RvMap *rv_read_map(const RvReader *reader, const RvYamlNode *node, const char *what);
/* A name of `enumerations`, or key: [word, meaning]. */
RvMap *rv_read_states(const RvReader *reader, const RvYamlNode *node, const char *what);

/* NULL node: NULL, no problem. */
RvSource *rv_read_source(const RvReader *reader, const RvYamlNode *node, const char *what);
RvRowCondition *rv_read_condition(const RvReader *reader, const RvYamlNode *node, const char *what);
/* A list of conditions, or one; NULL node: NULL. */
GPtrArray *rv_read_conditions(const RvReader *reader, const RvYamlNode *node, const char *what);
/* scale, divide, offset, scale-by, precision, scale-enum, unit of `map`. TRUE where any is there.
 */
gboolean rv_read_scaling(const RvReader *reader, const RvYamlNode *map, RvScaling *scaling);
/* A constant or a source. */
void rv_read_limit(const RvReader *reader, const RvYamlNode *node, const char *what,
                   RvLimitRule *limit);

/* The rules of one item of `sensors`, appended to `rules` (several for a list of columns).
 * `defaults` is the table, whose name, part, entity, port and group hold where the sensor says
 * nothing. */
void rv_read_sensor(const RvReader *reader, const RvYamlNode *node, const RvYamlNode *defaults,
                    GPtrArray *rules);
void rv_sensor_rule_free(gpointer rule);
