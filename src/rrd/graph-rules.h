/* What graphs look like and say: rrd-templates/graphs.yaml. Private to this room. */
#pragma once

#include "observation/observation.h"

typedef enum { RV_LANGUAGE_EN, RV_LANGUAGE_ZH_CN } RvGraphLanguage;
#define RV_LANGUAGES (RV_LANGUAGE_ZH_CN + 1)

typedef struct {
    char *in[RV_LANGUAGES]; /* NULL in none of them */
} RvGraphText;

typedef enum {
    RV_WORD_LAST,
    RV_WORD_MINIMUM,
    RV_WORD_MEAN,
    RV_WORD_MEDIAN,
    RV_WORD_MAXIMUM,
    RV_WORD_PERCENTILE,
    RV_WORD_WARNING,
    RV_WORD_CRITICAL,
    RV_WORD_UP,
    RV_WORD_DOWN,
    RV_WORD_NOT_OBSERVED,
    RV_WORD_OUTAGE,
    RV_WORD_MAINTENANCE,
    RV_WORD_AVAILABILITY,
    RV_WORD_OTHERS, /* with one "%u" */
} RvGraphWord;
#define RV_GRAPH_WORDS (RV_WORD_OTHERS + 1)

typedef struct {
    char *source;
    gboolean area;
    const char *color; /* "#0072B2"; static */
    RvGraphText text;
} RvGraphLine;

/* A graph of all sources of one template's series. */
typedef struct {
    char *series; /* the template's name */
    RvGraphText title;
    char *unit;
    double percentile; /* a dashed level for each line; 0: none */
    GPtrArray *lines;  /* RvGraphLine* */
    char *mark_series; /* ticks where this series of the same interface is not 0; NULL: none */
    RvGraphLine *mark;
} RvGraphRule;

typedef struct {
    RvGraphText words[RV_GRAPH_WORDS];
    RvGraphText classes[RV_CLASSES];
    GPtrArray *rules; /* RvGraphRule* */
} RvGraphRules;

RvGraphRules *rv_graph_rules_load(const char *path, GError **error);
void rv_graph_rules_free(RvGraphRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvGraphRules, rv_graph_rules_free)

const RvGraphRule *rv_graph_rules_find(const RvGraphRules *rules, const char *series);
