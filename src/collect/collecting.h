/* What the files that interpret one device share. */
#pragma once

#include "collect/entity.h"
#include "collect/evaluate.h"
#include "collect/frame.h"

typedef struct {
    RvGround *ground;
    RvEntityTree *tree;
    gboolean by_descr; /* ports are named by ifDescr */
    RvObservation *observation;
    GHashTable *given;         /* "oid class" of sensors that earlier profiles gave */
    GHashTable *notes;         /* sentence → how often */
    GPtrArray *trail;          /* char*: what became of each row; NULL: nobody asks */
    RvFrameRecorder *recorder; /* NULL: none is recorded */
    RvFrame *frame;            /* gives sensors their places; NULL: they are found */
} RvCollecting;

/* A sentence about a row that was dropped or looks odd; the same one is kept once, counted. */
void rv_collecting_note(RvCollecting *collecting, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Only for those who ask with explain. */
void rv_collecting_trail(RvCollecting *collecting, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* All sensors of `profile`. */
void rv_collect_sensors(RvCollecting *collecting, const RvProfile *profile);
/* Once all are there: what sits on a part that gives light belongs to the group optics. */
void rv_collect_transceivers(RvObservation *observation);
/* All components of `profile`. */
void rv_collect_components(RvCollecting *collecting, const RvProfile *profile);
