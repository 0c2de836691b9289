/* Templates: which series are kept, for how long, in how many bytes. From rrd-templates/, any .yaml
 * file but graphs.yaml.
 *
 * The format is documented in rackvitals-rrd-templates(5). */
#pragma once

#include "observation/observation.h"

typedef enum { RV_SERIES_SENSOR, RV_SERIES_INTERFACE, RV_SERIES_REACHABILITY } RvSeriesKind;

/* When a file begins; from then on it is always written. */
typedef enum {
    RV_CREATE_ON_VALUE,   /* the first known value */
    RV_CREATE_ON_UP,      /* interfaces: the first time it is up */
    RV_CREATE_ON_NONZERO, /* the first value that is known and not 0 */
} RvCreateWhen;

/* What an interface's source may be made of. */
typedef enum {
    RV_COUNTER_IN_OCTETS,
    RV_COUNTER_OUT_OCTETS,
    RV_COUNTER_IN_ERRORS,
    RV_COUNTER_OUT_ERRORS,
    RV_COUNTER_IN_DISCARDS,
    RV_COUNTER_OUT_DISCARDS,
    RV_COUNTER_IN_UNICAST,
    RV_COUNTER_OUT_UNICAST,
} RvCounterKind;
#define RV_COUNTERS (RV_COUNTER_OUT_UNICAST + 1)

typedef enum { RV_FROM_VALUE, RV_FROM_COUNTERS, RV_FROM_UP, RV_FROM_RTT } RvSourceFrom;

typedef struct {
    char *name; /* data source: 1 to 19 of A-Z a-z 0-9 _ */
    RvSourceFrom from;
    guint counters;          /* bits 1 << RvCounterKind: their rates are added */
    double scale;            /* 8: octets to bits */
    double minimum, maximum; /* what is outside is not known; NAN: no limit */
} RvRrdSource;

typedef struct {
    const char *function; /* "AVERAGE" "MIN" "MAX" "LAST"; static */
    guint steps;          /* of the template's step, in one row */
    guint rows;
    double unknown_at_most; /* part of a row that may be unknown (RRDtool's xff) */
} RvRrdArchive;

typedef struct {
    char *name; /* of interfaces' and reachability's: the first word of the series' keys */
    RvSeriesKind kind;
    guint classes; /* sensors: bits 1 << RvClass */
    guint step_s, heartbeat_s;
    RvCreateWhen create;
    GArray *sources;  /* RvRrdSource */
    GArray *archives; /* RvRrdArchive */
} RvRrdTemplate;

typedef struct RvRrdTemplates RvRrdTemplates;

/* All problems of all files in one RV_ERROR_CONFIG; RV_ERROR_NO_INPUT where the folder is not
 * there. */
RvRrdTemplates *rv_rrd_templates_load(const char *folder, GError **error);
/* Does some interface series add up one of `counters` (bits 1 << RvCounterKind)? */
gboolean rv_rrd_templates_use(const RvRrdTemplates *templates, guint counters);
void rv_rrd_templates_free(RvRrdTemplates *templates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvRrdTemplates, rv_rrd_templates_free)

guint rv_rrd_templates_count(const RvRrdTemplates *templates);
const RvRrdTemplate *rv_rrd_templates_get(const RvRrdTemplates *templates, guint n);
/* The template of a sensor's class, or NULL where none is kept. */
const RvRrdTemplate *rv_rrd_templates_for_class(const RvRrdTemplates *templates, RvClass class);
