/* Frame: what an interpretation found that does not hang on readings, kept so that the next rounds
 * only put values in.
 *
 * Recorded where a round asked for what moves and the rest came from what is kept (kept.h): names,
 * places and keys of sensors, the still half of interfaces, the components, who the device is.
 * While recording each look at the answers is watched. A frame is kept only where nothing that it
 * holds hung on a cell that moves; and it holds the still cells that values were made with (scales,
 * limits), so that nothing else of what is kept need be read.
 *
 * Used where nothing changed: values go through the profiles' rules as ever. Where that looks at a
 * cell which the frame does not hold, or makes other sensors than those recorded, the frame does
 * not fit, and all is interpreted anew. One file per device below STATE/agents, good for one set of
 * kept cells, one set of profiles and one program. */
#pragma once

#include "collect/column-plan.h"
#include "observation/observation.h"
#include "snmp/answers.h"

/* ---- recording ---- */

typedef struct RvFrameRecorder RvFrameRecorder;

/* What the interpretation is about to read. */
typedef enum {
    RV_READS_FREELY, /* read again in each round, or not kept in the frame */
    RV_READS_STILL,  /* becomes part of the frame: must not move */
    RV_READS_MOVING, /* makes a value: done again in each round */
} RvReads;

/* Watches `answers` until it is freed; both arguments are borrowed. */
RvFrameRecorder *rv_frame_recorder_new(RvSnmpAnswers *answers, const RvColumnPlan *plan);
void rv_frame_recorder_free(RvFrameRecorder *recorder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvFrameRecorder, rv_frame_recorder_free)
/* `recorder` NULL: nothing. */
void rv_frame_recorder_turn(RvFrameRecorder *recorder, RvReads reads);
/* The profiles that serve (const RvProfile*) and their base. */
void rv_frame_recorder_set_profiles(RvFrameRecorder *recorder, const GPtrArray *profiles,
                                    const RvOid *base);
/* A sensor was made; `mark` tells what made it, of a row that makes several. */
void rv_frame_recorder_add(RvFrameRecorder *recorder, guint64 mark);
/* This one is not to be kept. */
void rv_frame_recorder_refuse(RvFrameRecorder *recorder);
/* Writes the frame of `observation`, which holds nothing but what was recorded and is as the
 * interpretation left it; or nothing, where it cannot be kept. `ground`: what it is good for. */
void rv_frame_recorder_save(RvFrameRecorder *recorder, const RvObservation *observation,
                            const char *state_folder, const char *device, guint64 ground);

/* ---- use ---- */

typedef struct RvFrame RvFrame;

/* NULL: there is none for `ground`. */
RvFrame *rv_frame_load(const char *state_folder, const char *device, guint64 ground);
void rv_frame_free(RvFrame *frame);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvFrame, rv_frame_free)

/* Names of the profiles, NULL-terminated, and what "base" stands for in them. */
const char *const *rv_frame_profiles(const RvFrame *frame);
const RvOid *rv_frame_base(const RvFrame *frame);

/* Adds the still cells to `answers`, and watches it until _end; all arguments are borrowed. */
void rv_frame_begin(RvFrame *frame, const RvColumnPlan *plan, RvSnmpAnswers *answers);
/* Adds interfaces and components to `observation`, without what moves of them. */
void rv_frame_add_still(const RvFrame *frame, RvObservation *observation);
/* Key, name, component, group, OID and source for the next sensor, which was made of `oid` as
 * `mark` tells; FALSE: that is not the one, and the frame does not fit. */
gboolean rv_frame_place(RvFrame *frame, guint64 mark, const char *oid, RvSensor *sensor);
/* TRUE: it fitted all the time, and nothing is left over. */
gboolean rv_frame_end(RvFrame *frame, RvSnmpAnswers *answers);
/* Who it is; what `device` knows already stays. */
void rv_frame_identify(const RvFrame *frame, RvDeviceIdentity *device);
