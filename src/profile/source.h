/* Sources: where in an agent's answers a text or a number comes from. Plain values, compiled from a
 * profile once; collect/ evaluates them. */
#pragma once

#include "base/oid.h"
#include "profile/map.h"
#include "profile/unit.h"

typedef enum {
    RV_SOURCE_TEXT,          /* `text` itself */
    RV_SOURCE_COLUMN,        /* a cell of `column` */
    RV_SOURCE_INDEX,         /* sub-identifiers of the row's index */
    RV_SOURCE_SCALAR,        /* the instance `column` */
    RV_SOURCE_SYS_DESCR,     /* of the device */
    RV_SOURCE_SYS_OBJECT_ID, /* of the device */
    RV_SOURCE_SYS_NAME,      /* of the device */
    RV_SOURCE_EITHER,        /* the first of `parts` that gives non-empty text */
    RV_SOURCE_JOIN,          /* all non-empty `parts`, with `with` between them */
    RV_SOURCE_SUM,           /* the numbers of all `parts`, added; nothing where one is missing */
} RvSourceKind;

typedef enum { RV_AS_NUMBERS, RV_AS_TEXT, RV_AS_MAC, RV_AS_IP } RvIndexAs;

/* Part of an index: a literal sub-identifier, or our positions first … last (from 1; negative from
 * the end, -1 is the last; last RV_INDEX_END: to the end). */
#define RV_INDEX_END G_MAXINT
typedef struct {
    gboolean literal;
    guint32 value;
    int first, last;
} RvIndexPart;

typedef struct RvRowCondition RvRowCondition;
typedef struct RvSource RvSource;

/* How a raw number becomes one in the class's unit. */
typedef struct {
    double scale, offset; /* raw * scale + offset */
    RvSource *scale_by;   /* a number to multiply with, or NULL */
    RvSource *precision;  /* divide by 10^n, or NULL */
    RvSource *scale_enum; /* RFC 3433 EntitySensorDataScale, or NULL */
    const RvUnit *unit;   /* NULL: the class's own */
    RvSource *unit_from;  /* gives the unit's word, or NULL */
} RvScaling;
#define RV_SCALING_NONE ((RvScaling){.scale = 1})

struct RvSource {
    RvSourceKind kind;
    char *text;
    RvOid column;
    GArray *index;      /* RvIndexPart; NULL: our own index */
    RvSource *via;      /* its value is the index; NULL: none */
    RvOid find;         /* length 0: none. The row whose cell here equals our index or `via` */
    gboolean contained; /* try the parents in entPhysicalContainedIn */
    gboolean first;     /* the first row that gives text, whatever our index */
    gboolean below;     /* the first such row whose index begins with ours */
    GPtrArray *rows;    /* RvRowCondition*: rows that `first` and `below` look at; NULL: all */
    GPtrArray *parts;   /* RvSource*: of EITHER, JOIN and SUM */
    char *with;         /* of JOIN */
    RvIndexAs as;
    /* what is done to the text, in this order */
    gboolean hex; /* octets as hexadecimal digits */
    RvMap *none;  /* texts that count as empty; NULL: none */
    GRegex *pattern;
    RvMap *map;
    char *format; /* with one %s */
    /* of limits that bring their own */
    RvScaling *scaling; /* NULL: the sensor's */
};

struct RvRowCondition {
    GPtrArray *any;   /* RvRowCondition*: one of them must hold; the rest is unused then */
    GPtrArray *all;   /* RvRowCondition*: all must hold; the rest is unused then */
    RvSource *source; /* NULL: the rule's own column */
    RvMap *is, *not ;
    double at_least, at_most; /* NAN: not asked */
    GRegex *matches;
    int exists; /* 1: must be there, 0: must not, -1: not asked */
};

RvSource *rv_source_new(RvSourceKind kind);
void rv_source_free(RvSource *source);
RvRowCondition *rv_row_condition_new(void);
void rv_row_condition_free(RvRowCondition *condition);
void rv_scaling_clear(RvScaling *scaling);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvSource, rv_source_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvRowCondition, rv_row_condition_free)
