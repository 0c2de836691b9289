/* A profile: what is known of one family of devices, compiled to a plan that needs no further
 * parsing. rackvitals-profile(5) describes the file. Plain values. */
#pragma once

#include "base/problems.h"
#include "profile/source.h"

typedef enum { RV_ROLE_FAMILY, RV_ROLE_PART } RvProfileRole;

/* What is read of every profile before one is chosen. */
typedef struct {
    char *name;
    const char *file; /* interned */
    RvProfileRole role;
    gboolean any, none;   /* `match: any`, `match: none` */
    GArray *object_ids;   /* RvOid: prefixes of sysObjectID */
    GPtrArray *descr;     /* char*, lower case: globs on sysDescr, one must match; empty: any */
    GPtrArray *descr_not; /* char*, lower case: none may match */
    GArray *has;          /* RvOid: something must answer at or below each */
    GPtrArray *uses, *without; /* char*: names */
    RvOid base;                /* what "base" stands for in the profiles it uses; or */
    guint base_length;         /* so many sub-identifiers of sysObjectID; 0: none */
} RvProfileHead;

#define RV_LIMIT_PLACES 4 /* low critical, low warning, high warning, high critical */
typedef struct {
    double constant; /* NAN: none */
    RvSource *source;
    gboolean raw; /* the cell is in the class's unit already */
} RvLimitRule;

/* One kind of sensor: a column of readings. */
typedef struct {
    RvOid column;
    char *suffix; /* appended to the name; may be NULL */
    guint line;
    char *id; /* "hwEntity….11": what the messages call it */

    RvClass class;
    RvSource *class_from; /* gives the word of the class; rows without one are skipped; or NULL */
    RvSource *name, *part, *entity, *port; /* NULL: the table's */
    gboolean own_entity;                   /* the row's index is its entPhysicalIndex */
    char *group;
    RvSource *group_from; /* gives the word of the group; NULL: `group` */
    GPtrArray *where;     /* RvRowCondition* */

    gboolean float32;   /* 4 octets, IEEE 754, big-endian */
    int signed_bits;    /* 0, 16, 32: reinterpret */
    guint64 mask;       /* 0: none */
    gboolean zero_none; /* 0 says that there is nothing */
    RvMap *none, *absent;
    GRegex *pattern;      /* on text cells */
    gboolean numbers_all; /* each number of the text is a sensor */
    RvScaling scaling;
    RvSource *percent_of, *minus, *plus, *times;
    double low, high; /* range; NAN: none */

    RvMap *states; /* class state; NULL: number without a word */
    RvMap *bits;   /* class state: bit number → word and meaning */
    RvSource *status;
    RvMap *status_states;
    RvRowCondition *present;

    RvLimitRule limits[RV_LIMIT_PLACES];
    GPtrArray *limits_if; /* RvRowCondition* */
    RvMap *limits_none;
    RvLimitRule hysteresis;
} RvSensorRule;

typedef struct {
    RvOid entry;
    gboolean scalars;
    guint line;
    GPtrArray *where;   /* RvRowCondition* */
    GPtrArray *sensors; /* RvSensorRule* */
} RvTableRule;

typedef struct {
    RvOid entry;
    guint line;
    char *class;
    RvSource *class_from;
    RvSource *name, *part, *model, *serial, *part_number, *vendor, *firmware, *hardware, *asset_tag;
    GPtrArray *where; /* RvRowCondition* */
} RvComponentRule;

typedef struct {
    RvProfileHead *head; /* borrowed */
    RvSource *vendor, *os, *model, *version, *serial;
    RvMap *models;          /* sysObjectID → model; may be NULL */
    GPtrArray *tables;      /* RvTableRule* */
    GPtrArray *components;  /* RvComponentRule* */
    gboolean name_by_descr; /* interfaces: ifDescr names ports, not ifName */
    gboolean no_interfaces;
    gboolean at_base; /* some OID was written below "base" */
} RvProfile;

/* An empty one of the file `path`. */
RvProfileHead *rv_profile_head_new(const char *path);
/* Reads profile, match, role, uses, without, base. NULL with problems. */
RvProfileHead *rv_profile_head_load(const char *path, RvProblems *problems);
void rv_profile_head_free(RvProfileHead *head);

/* Compiles the whole file. With problems, what could be read of it; NULL when nothing could. `base`
 * is what OIDs written "base.1.2" stand below; NULL: an enterprise that nobody has. */
RvProfile *rv_profile_load(RvProfileHead *head, const RvOid *base, RvProblems *problems);
void rv_profile_free(RvProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvProfileHead, rv_profile_head_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvProfile, rv_profile_free)

/* The class words of components. Ended by NULL. */
extern const char *const rv_component_classes[];
/* The group words of sensors. Ended by NULL. */
extern const char *const rv_sensor_groups[];
/* Each column that the profile reads: an array of RvOid (the column, or the instance of a scalar
 * ending in ".0"), ascending, without repeats; those of components only with `census`. Caller frees
 * with g_array_unref. */
GArray *rv_profile_columns(const RvProfile *profile, gboolean census);
/* Of those without census, the ones that give values and states, or say whether a row counts; not
 * those that only name, place, scale or limit. */
GArray *rv_profile_moving_columns(const RvProfile *profile);
