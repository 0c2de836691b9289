/* Round: everything asked of one BMC in one session, in the order of worth, and where the answers
 * go meanwhile, so that what came is not lost when time runs out. */
#pragma once

#include "inventory/access.h"
#include "ipmi/answers.h"
#include "ipmi/pool.h"

typedef struct {
    RvIpmiAccess *access;
    RvIpmiTask task;
    char *folder;   /* of caches and locks; exists */
    gint cancelled; /* atomic */
    GMutex lock;    /* of `answers` */
    RvIpmiAnswers *answers;
} RvIpmiRound;

RvIpmiRound *rv_ipmi_round_new(const RvIpmiAccess *access, const RvIpmiTask *task,
                               const char *folder);
void rv_ipmi_round_free(RvIpmiRound *round);

/* Blocks until the session is closed. `answered` is called once before that, when the answers are
 * whole: a BMC that hangs at the end keeps nobody waiting. */
void rv_ipmi_round_run(RvIpmiRound *round, void (*answered)(gpointer), gpointer user_data);

/* Takes the answers out; what the thread still hears goes nowhere. Any thread. NULL the second
 * time. */
RvIpmiAnswers *rv_ipmi_round_take(RvIpmiRound *round);

/* Elements given to the round become its own. */
void rv_ipmi_round_add_sensor(RvIpmiRound *round, RvIpmiSensor *sensor);
void rv_ipmi_round_add_sel(RvIpmiRound *round, RvIpmiSelEntry *entry);
void rv_ipmi_round_add_fru(RvIpmiRound *round, RvIpmiFru *fru);
void rv_ipmi_round_note(RvIpmiRound *round, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Scalars are set between _begin and _end; NULL: nobody wants them any more. */
RvIpmiAnswers *rv_ipmi_round_begin(RvIpmiRound *round);
void rv_ipmi_round_end(RvIpmiRound *round);
