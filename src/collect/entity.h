/* The containment tree of ENTITY-MIB (RFC 6933): places that outlive re-indexing, and components.
 */
#pragma once

#include "collect/evaluate.h"

typedef struct RvEntityTree RvEntityTree;

RvEntityTree *rv_entity_tree_new(const RvSnmpAnswers *answers);
void rv_entity_tree_free(RvEntityTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvEntityTree, rv_entity_tree_free)

typedef struct {
    guint32 index, parent;
    int class;         /* PhysicalClass; 0: not given */
    int position;      /* entPhysicalParentRelPos; -1 */
    const char *name;  /* entPhysicalName, else entPhysicalDescr; "" where neither */
    const char *descr; /* "" */
    const char *key;   /* place in the tree, unique: "chassis/slot-0/psu-1" */
} RvEntity;

/* NULL where there is no such entity. */
const RvEntity *rv_entity_find(const RvEntityTree *tree, guint32 index);
/* The part that `index` sits on: itself, or for sensors, ports and containers the nearest above
 * that a person could pull out. NULL at the top. */
const RvEntity *rv_entity_part(const RvEntityTree *tree, guint32 index);
/* The chassis that stands for the device: the first of class chassis, else of class stack's first
 * chassis; NULL where there is none. */
const RvEntity *rv_entity_chassis(const RvEntityTree *tree);
/* A column of entPhysicalEntry as text; NULL where empty. Caller frees. */
char *rv_entity_text(const RvEntityTree *tree, guint32 index, guint32 column);

/* Appends the components that the tree names. */
void rv_entity_components(const RvEntityTree *tree, RvObservation *observation);
