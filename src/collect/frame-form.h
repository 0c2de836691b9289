/* The form of a frame's file, for who writes it and who reads it. For frame.c and frame-record.c
 * alone. */
#pragma once

#include "base/oid.h"
#include "observation/observation.h"

#define RV_FRAME_MAGIC "rackvitals frame 1\n"
#define RV_FRAME_CEILING 200000 /* elements of one kind */

/* Where strings are in a structure, as offsets. */
typedef struct {
    const gsize *offsets;
    guint n;
} RvFrameTexts;
extern const RvFrameTexts rv_frame_identity_texts, rv_frame_interface_texts,
    rv_frame_component_texts, rv_frame_sensor_texts;

/* The `i`th string of `structure`. */
static inline char **
rv_frame_text(const RvFrameTexts *texts, gpointer structure, guint i)
{
    return (char **)(gpointer)((char *)structure + texts->offsets[i]);
}

char *rv_frame_path(const char *state_folder, const char *device);
/* What is asked in each round, of whatever device: the system group and the signs of a change. */
gboolean rv_frame_is_asked_always(const RvOid *oid);
