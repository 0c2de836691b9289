/* Doctor: looks at everything that a round stands on, and says what to do. Reads only. */
#pragma once

#include "conf/configuration.h"
#include "rrd/store.h"

typedef enum {
    RV_DOCTOR_WELL,
    RV_DOCTOR_NOTE,    /* worth knowing; nothing has to be done */
    RV_DOCTOR_PROBLEM, /* a person has to do something */
} RvDoctorLevel;

typedef struct {
    RvDoctorLevel level;
    const char *check; /* "disk": static */
    char *what;        /* one sentence: where and what */
    char *todo;        /* what to do; NULL: nothing */
} RvDoctorFinding;

void rv_doctor_finding_free(RvDoctorFinding *finding);

typedef struct {
    const RvConfiguration *configuration; /* with inventory */
    const char *template_folder;
    gint64 now_ms;
} RvDoctorOptions;

/* RvDoctorFinding*, in the order of the checks; each check gives at least one. */
GPtrArray *rv_doctor_examine(const RvDoctorOptions *options);
