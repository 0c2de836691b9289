/* The survey: every file of a store looked at once, and what is not as it should be. Reads headers
 * only; hundreds of thousands of files take seconds. */
#pragma once

#include "rrd/store.h"

typedef enum {
    RV_RRD_ORPHAN_DEVICE, /* a folder of a device that nobody knows */
    RV_RRD_ORPHAN_SERIES, /* a file that no template makes any more */
    RV_RRD_LAYOUT,        /* its step, sources or archives are not its template's */
    RV_RRD_BROKEN,        /* cannot be read, or is none */
    RV_RRD_LEFTOVER,      /* half a file that a kill left beside its place */
} RvRrdFindingKind;

typedef struct {
    RvRrdFindingKind kind;
    char *path;
    char *text;    /* what is wrong; one sentence */
    guint64 bytes; /* on disk */
} RvRrdFinding;

void rv_rrd_finding_free(RvRrdFinding *finding);

typedef struct {
    GPtrArray *findings; /* RvRrdFinding* */
    guint devices, files;
    guint64 bytes;
} RvRrdSurvey;

void rv_rrd_survey_clear(RvRrdSurvey *survey);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RvRrdSurvey, rv_rrd_survey_clear)

/* `known`: set of device names. */
void rv_rrd_survey(const RvRrdStore *store, GHashTable *known, RvRrdSurvey *survey);

/* ---- size ---- */

typedef struct {
    const RvRrdTemplate *template; /* borrowed from the store */
    guint files;
    guint64 bytes;
} RvRrdShare;

/* Files that the templates make for what a device said (GArray of RvRrdShare, one a template, added
 * to): its interfaces that are up, its sensors with a value, itself. */
GArray *rv_rrd_shares_new(const RvRrdTemplates *templates);
void rv_rrd_shares_add(GArray *shares, const RvRrdTemplates *templates,
                       const RvObservation *observation);
/* The same for a device that has not spoken yet: so many interfaces and sensors. */
void rv_rrd_shares_guess(GArray *shares, const RvRrdTemplates *templates, guint interfaces,
                         guint sensors);
guint64 rv_rrd_shares_bytes(const GArray *shares);
