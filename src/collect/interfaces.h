/* Interfaces by IF-MIB (RFC 2863) and EtherLike-MIB (RFC 3635). */
#pragma once

#include "collect/evaluate.h"

/* `by_descr`: ifDescr names ports, where ifName is useless. */
void rv_collect_interfaces(const RvSnmpAnswers *answers, gboolean by_descr,
                           RvObservation *observation);
/* What of an interface moves: its status, counters, and when they were set back, which stays as it
 * is where that was not read. */
void rv_interface_read_moving(const RvSnmpAnswers *answers, RvInterface *interface);
/* A note where status or counters, as far as they came, hold something else than numbers. */
void rv_interfaces_note_types(const RvSnmpAnswers *answers, RvObservation *observation);
/* The name of the interface; NULL where there is none. Caller frees. */
char *rv_interface_name_of(const RvSnmpAnswers *answers, guint32 index, gboolean by_descr);
